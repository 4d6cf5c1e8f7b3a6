// SPDX-License-Identifier: GPL-2.0-only
/* The purge command: exemptions and quarantines that have ended */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "kernel.h"
#include "out.h"
#include "overlay.h"
#include "txn.h"

#define TRIES 10

/**
 * struct purge - what has become of those that have ended
 * @exempt: exemptions that were removed
 * @quarantine: quarantines that were removed
 * @kept: configured ones, while a change waits to be confirmed
 * @generation: of the policy without them; 0: there were none
 */
struct purge {
	size_t exempt;
	size_t quarantine;
	size_t kept;
	uint64_t generation;
};

static bool del(struct txn *txn, const struct overlay *overlay)
{
	struct nlmsghdr *request;

	request = txn_add(txn, OBPBL_CMD_OVERLAY_DEL, txn->at,
			  cidr_print(&overlay->prefix));
	if (request)
		overlay_put_identity(request, overlay);
	return request;
}

/*
 * OVERLAY_DEL removes all that are alike, one configured and others by command,
 * so all of them must have ended.
 */
static bool del_all(struct txn *txn, const struct policy *policy, bool waits,
		    struct purge *purge)
{
	const struct overlay **sorted = policy_sorted(policy, overlay_order);
	bool done = true, ended, configured;
	uint64_t now = time(NULL);
	size_t i, n;

	for (i = 0; done && i < policy->n_overlays; i += n) {
		ended = true;
		configured = false;
		for (n = 0; i + n < policy->n_overlays &&
		     !overlay_order(sorted[i], sorted[i + n]); n++) {
			ended &= overlay_ended(sorted[i + n], now);
			configured |= sorted[i + n]->layer ==
				      OBPBL_LAYER_CONFIGURED;
		}
		if (!ended)
			continue;
		if (waits && configured) {
			purge->kept += n;
			continue;
		}
		done = del(txn, sorted[i]);
		if (sorted[i]->class == OBPBL_CLASS_EXEMPT)
			purge->exempt += n;
		else
			purge->quarantine += n;
	}
	free(sorted);
	return done;
}

/* Whether it is to be tried again, since others have changed something */
static bool purge_once(struct nl *nl, bool waits, struct purge *purge,
		       int *status)
{
	struct policy policy;
	struct txn txn;
	bool again = false, done;

	memset(purge, 0, sizeof(*purge));
	*status = kernel_policy(nl, &policy, KERNEL_OVERLAYS);
	if (*status)
		return false;
	txn_init(&txn, nl, NULL, false);
	txn.seen = policy.generation;
	done = del_all(&txn, &policy, waits, purge);
	if (done && purge->exempt + purge->quarantine)
		done = txn_commit(&txn);
	purge->generation = txn.generation;
	if (!done) {
		again = nl->refusal.error == ESTALE;
		*status = again ? STATUS_FAILED : txn_fail(&txn);
		if (again)
			txn_abort(&txn);
	}
	txn_end(&txn);
	policy_free(&policy);
	return again;
}

static void print_purge(const struct purge *purge)
{
	if (options.json)
		out_json(json_pack("{s:I, s:I, s:I, s:o}", "exempt",
				   (json_int_t)purge->exempt, "quarantine",
				   (json_int_t)purge->quarantine, "kept",
				   (json_int_t)purge->kept, "generation",
				   purge->generation ?
				   json_integer(purge->generation) :
				   json_null()));
	else
		printf("removed %s and %s that had ended\n",
		       count_of(purge->exempt, "exemption"),
		       count_of(purge->quarantine, "quarantine"));
	if (purge->kept)
		warn("%zu more of the config file: they can go when the change that waits is confirmed or taken back",
		     purge->kept);
}

static int run(struct nl *nl, void *order)
{
	struct glance glance;
	struct purge purge;
	bool again = true;
	int status, try;

	for (try = 0; again && try < TRIES; try++) {
		nl_forget(nl);
		status = kernel_glance(nl, &glance);
		if (status)
			return status;
		again = purge_once(nl, glance.confirm, &purge, &status);
	}
	if (again)
		return nl_fail(nl);
	if (!status)
		print_purge(&purge);
	return status;
}

const struct command purge_command = {
	.name = "purge",
	.summary = "remove exemptions and quarantines that have ended",
	.help = "They have no effect any more, but are kept, listed and counted. All go in one\n"
		"step. While a change waits to be confirmed those of the config file stay.\n"
		"One that the file gives a time with 'for' begins anew with the next apply.\n",
	.verbs = ONE_VERB(.synopsis = "",
			  .example = "obpblctl purge",
			  .run = run,
			  .step = true),
};

// SPDX-License-Identifier: GPL-2.0-only
/* The purge command: exemptions and quarantines that have ended */
#include <stdlib.h>
#include <time.h>

#include "command.h"
#include "kernel.h"
#include "out.h"
#include "overlay.h"
#include "txn.h"

/**
 * struct purge - what has become of those that have ended
 * @exempt: exemptions that were removed
 * @quarantine: quarantines that were removed
 * @kept: configured ones, while a change waits to be confirmed
 * @waits: one does
 */
struct purge {
	size_t exempt;
	size_t quarantine;
	size_t kept;
	bool waits;
};

/*
 * OVERLAY_DEL removes all that are alike, one configured and others by command,
 * so all of them must have ended.
 */
static bool del_all(struct txn *txn, const struct policy *policy, void *data)
{
	const struct overlay **sorted = policy_sorted(policy, overlay_order);
	struct purge *purge = data;
	bool done = true, ended, configured;
	uint64_t now = time(NULL);
	size_t i, n;

	*purge = (struct purge){ .waits = purge->waits };
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
		if (purge->waits && configured) {
			purge->kept += n;
			continue;
		}
		done = overlay_request(txn, OBPBL_CMD_OVERLAY_DEL, txn->at,
				       sorted[i]);
		if (sorted[i]->class == OBPBL_CLASS_EXEMPT)
			purge->exempt += n;
		else
			purge->quarantine += n;
	}
	free(sorted);
	return done;
}

static void print_purge(const struct purge *purge, uint64_t generation)
{
	if (options.json)
		out_json(json_pack("{s:I, s:I, s:I, s:o}", "exempt",
				   (json_int_t)purge->exempt, "quarantine",
				   (json_int_t)purge->quarantine, "kept",
				   (json_int_t)purge->kept, "generation",
				   generation ? json_integer(generation) :
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
	struct purge purge = { 0 };
	struct glance glance;
	uint64_t generation;
	int status;

	status = kernel_glance(nl, &glance);
	purge.waits = glance.confirm;
	if (!status)
		status = overlay_step(nl, NULL, del_all, NULL, &purge,
				      &generation);
	if (!status)
		print_purge(&purge, generation);
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

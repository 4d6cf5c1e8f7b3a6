// SPDX-License-Identifier: GPL-2.0-only
/*
 * The keep and restore commands: what was added by command, through a reboot
 *
 * The file says what the kernel has, so whoever keeps it restores it first: at
 * the start, and whenever another module has come.  A namespace without any
 * policy has none to be kept, and the file stays: between two modules, it is what
 * returns.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "batch.h"
#include "change.h"
#include "command.h"
#include "config.h"
#include "kernel.h"
#include "list.h"
#include "out.h"
#include "overlay.h"
#include "save.h"

#define KEPT_MODE 0640	/* reasons name customers */

/* Milliseconds until what could not be written is tried again */
#define RETRY 60000
/* and what the kernel has refused, for a transaction of another program say; so
 * often, before something must be wrong */
#define RETRY_BUSY 5000
#define RETRIES 12
/* The pause after a writing is so many times as long as that took, RETRY at most */
#define SHARE 10

/* What has become of an overlay of a file */
enum {
	WAITS,		/* for its ISP */
	ADDED,		/* in the step under way */
	THERE,		/* before it */
	ENDED,		/* likewise */
	REFUSED,	/* and told */
	DONE,		/* in an earlier step */
};

/**
 * struct kept - a file of overlays
 * @path: of the file
 * @policy: what it says
 * @state: what has become of each
 * @added: how many were not there
 * @there: how many were there
 * @ended: how many have ended
 * @left: how many are left out, since they wait or were refused
 */
struct kept {
	const char *path;
	struct policy policy;
	uint8_t *state;
	size_t added;
	size_t there;
	size_t ended;
	size_t left;
};

/**
 * struct keeper - a file that is kept
 * @ask: for requests
 * @events: for events of the policy
 * @kept: what the file has said; of that, what is left out is still kept
 * @text: what the file says, as far as is known; NULL: nothing is
 * @stale: the overlays may have changed
 * @next: when they may be read next, in milliseconds
 * @failed: how often that has failed, one time after the other
 */
struct keeper {
	struct nl *ask;
	struct nl events;
	struct kept kept;
	char *text;
	bool stale;
	uint64_t next;
	unsigned int failed;
};

/* Restoring */

static int read_kept(struct kept *kept)
{
	struct faults faults = { .policy = &kept->policy };
	int status;
	size_t i;

	config_read(kept->path, &kept->policy, &faults);
	if (!faults.total && kept->policy.n_isps)
		faults_add(&faults, kept->policy.isps[0].at,
			   "'%s': an ISP is for 'apply'; only exemptions and quarantines are restored",
			   kept->policy.isps[0].name);
	else if (!faults.total && kept->policy.n_follows)
		faults_add(&faults, kept->policy.follows[0].at,
			   "'%s': a routing table is for 'follow'; only exemptions and quarantines are restored",
			   kept->policy.follows[0].name);
	status = faults_fail(&faults, file_name(kept->path));
	faults_free(&faults);
	kept->state = xcalloc(kept->policy.n_overlays + 1, 1);
	for (i = 0; i < kept->policy.n_overlays; i++)
		kept->policy.overlays[i].layer = OBPBL_LAYER_RUNTIME;
	return status;
}

static int order_of(const void *a, const void *b)
{
	return overlay_order(*(const struct overlay *const *)a,
			     *(const struct overlay *const *)b);
}

static bool add_one(struct txn *txn, const struct overlay *overlay)
{
	txn->tightens |= overlay->class == OBPBL_CLASS_QUARANTINE;
	return overlay_request(txn, OBPBL_CMD_OVERLAY_ADD, overlay->at,
			       overlay);
}

/* What is there is newer than the file, or is the config file's. */
static bool add_missing(struct txn *txn, const struct policy *running,
			void *data)
{
	const struct overlay **have = policy_sorted(running, overlay_order);
	struct kept *kept = data;
	uint64_t now = time(NULL);
	const struct overlay *overlay;
	bool done = true;
	size_t i;

	kept->added = kept->there = kept->ended = kept->left = 0;
	for (i = 0; done && i < kept->policy.n_overlays; i++) {
		overlay = &kept->policy.overlays[i];
		if (kept->state[i] == DONE)
			continue;
		if (overlay_ended(overlay, now)) {
			kept->ended++;
			kept->state[i] = ENDED;
		} else if (running->n_overlays &&
			   bsearch(&overlay, have, running->n_overlays,
				   sizeof(*have), order_of)) {
			kept->there++;
			kept->state[i] = THERE;
		} else if (kept->state[i] == REFUSED ||
			   !policy_find_isp(running, overlay->isp)) {
			kept->left++;
			if (kept->state[i] != REFUSED)
				kept->state[i] = WAITS;
		} else {
			kept->added++;
			kept->state[i] = ADDED;
			done = add_one(txn, overlay);
		}
	}
	free(have);
	return done;
}

/* Where there is no room for one, there is none for those behind it. */
static bool leave_out(struct place at, int error, const char *why, void *data)
{
	struct kept *kept = data;
	bool found = false;
	size_t i;

	for (i = 0; i < kept->policy.n_overlays; i++) {
		found |= !memcmp(&kept->policy.overlays[i].at, &at, sizeof(at));
		if (found && kept->state[i] == ADDED) {
			kept->state[i] = REFUSED;
			if (error != ENOSPC)
				break;
		}
	}
	fail("%s; it is left out%s", why,
	     error == ENOSPC ? ", and those behind it" : "");
	return found;
}

static int restore(struct nl *nl, struct kept *kept, uint64_t *generation)
{
	int status;
	size_t i;

	status = overlay_step(nl, &kept->policy, add_missing, leave_out, kept,
			      generation);
	for (i = 0; !status && i < kept->policy.n_overlays; i++)
		if (kept->state[i] != WAITS && kept->state[i] != REFUSED)
			kept->state[i] = DONE;
	return status;
}

static bool was_refused(const struct kept *kept)
{
	return memchr(kept->state, REFUSED, kept->policy.n_overlays);
}

static int run_restore(struct nl *nl, void *order)
{
	struct kept *kept = order;
	uint64_t generation;
	int status;

	status = restore(nl, kept, &generation);
	if (status)
		return status;
	if (options.json) {
		out_json(json_pack("{s:I, s:I, s:I, s:I, s:o, s:I}", "added",
				   (json_int_t)kept->added, "there",
				   (json_int_t)kept->there, "ended",
				   (json_int_t)kept->ended, "left",
				   (json_int_t)kept->left, "generation",
				   generation ? json_integer(generation) :
						json_null(),
				   "connections_ended", (json_int_t)0));
	} else {
		printf("restored %zu %s", kept->added,
		       overlay_count(kept->added));
		if (kept->there)
			printf("; %zu %s there", kept->there,
			       kept->there == 1 ? "was" : "were");
		if (kept->ended)
			printf("; %zu %s ended", kept->ended,
			       kept->ended == 1 ? "has" : "have");
		putchar('\n');
	}
	if (kept->left)
		warn("%zu %s left out: refused, or of an ISP that is not there",
		     kept->left, kept->left == 1 ? "is" : "are");
	return was_refused(kept) ? STATUS_FAILED : STATUS_OK;
}

/* Keeping */

static void forget(struct kept *kept)
{
	policy_free(&kept->policy);
	free(kept->state);
	*kept = (struct kept){ .path = kept->path };
}

/* As at the start: what the file says is what there was before this module. */
static int begin(struct keeper *keeper)
{
	int status = STATUS_OK;

	forget(&keeper->kept);
	if (!access(keeper->kept.path, F_OK) || errno != ENOENT)
		status = read_kept(&keeper->kept);
	keeper->stale = true;
	keeper->next = 0;
	return status;
}

/* Of the file, what has no place in the kernel yet */
static int restore_rest(struct keeper *keeper)
{
	struct kept *kept = &keeper->kept;
	uint64_t generation;
	int status;

	if (!kept->policy.n_overlays)
		return STATUS_OK;
	status = restore(keeper->ask, kept, &generation);
	if (!status && kept->added + kept->there + kept->ended)
		out_event("restored", json_pack("{s:o, s:I, s:I, s:I, s:I}",
			"file", json_text(kept->path), "added",
			(json_int_t)kept->added, "there",
			(json_int_t)kept->there, "ended",
			(json_int_t)kept->ended, "left",
			(json_int_t)kept->left));
	if (!status && !kept->left)
		forget(kept);
	return status;
}

/* What is there, and what is left out: not owned, but for the array */
static struct policy all_of(const struct policy *running,
			    const struct kept *kept)
{
	size_t i, n = running->n_overlays + kept->policy.n_overlays;
	struct policy all = { .generation = running->generation };

	all.overlays = xcalloc(n + 1, sizeof(*all.overlays));
	for (i = 0; i < running->n_overlays; i++)
		if (running->overlays[i].layer != OBPBL_LAYER_CONFIGURED)
			all.overlays[all.n_overlays++] = running->overlays[i];
	for (i = 0; i < kept->policy.n_overlays; i++)
		if (kept->state[i] != DONE)
			all.overlays[all.n_overlays++] =
				kept->policy.overlays[i];
	return all;
}

static void write_text(FILE *file, const void *text)
{
	fputs(text, file);
}

/* A disk that is full, or no memory, is told, and tried again. */
static void write_kept(struct keeper *keeper, const struct policy *all)
{
	const char *path = keeper->kept.path;
	char *text = file_text(save_runtime, all);

	if (text && keeper->text && !strcmp(keeper->text, text)) {
		free(text);
		return;
	}
	if (text && !file_replace(path, KEPT_MODE, write_text, text)) {
		free(keeper->text);
		keeper->text = text;
		out_event("kept", json_pack("{s:o, s:I, s:I}", "file",
					    json_text(path), "overlays",
					    (json_int_t)all->n_overlays,
					    "generation",
					    (json_int_t)all->generation));
		return;
	}
	free(text);
	keeper->stale = true;
	keeper->next = milliseconds() + RETRY;
}

static int step(struct keeper *keeper)
{
	uint64_t began = milliseconds(), pause;
	struct policy policy, all;
	int status;

	keeper->stale = false;
	keeper->next = 0;
	nl_forget(keeper->ask);
	status = restore_rest(keeper);
	if (!status)
		status = kernel_policy(keeper->ask, &policy,
				       KERNEL_ISPS | KERNEL_OVERLAYS);
	if (status)
		return status;
	all = all_of(&policy, &keeper->kept);
	if (policy.n_isps || policy.n_overlays)
		write_kept(keeper, &all);
	free(all.overlays);
	policy_free(&policy);
	pause = SHARE * (milliseconds() - began);
	if (!keeper->next)
		keeper->next = milliseconds() + (pause < RETRY ? pause : RETRY);
	return STATUS_OK;
}

static int see_event(int event, const struct nlattr **a, void *data)
{
	struct keeper *keeper = data;
	int status;

	if (event == OBPBL_CMD_POLICY_EVENT) {
		keeper->stale |= keeper->kept.left ||
				 change_of(nl_u8(a[OBPBL_A_CMD])).overlays;
	} else if (event == NL_LOST) {
		keeper->stale = true;
	} else if (event == NL_FAMILY) {
		nl_forget(keeper->ask);
		keeper->ask->family = keeper->events.family;
		keeper->stale = false;
		if (!keeper->events.family)
			return STATUS_OK;
		status = nl_listen(&keeper->events);
		return status ? status : begin(keeper);
	}
	return STATUS_OK;
}

/* Until something happens, or what is due may be done */
static int wait_events(struct keeper *keeper, const sigset_t *signals)
{
	struct pollfd fd = {
		.fd = mnl_socket_get_fd(keeper->events.socket),
		.events = POLLIN,
	};
	uint64_t now = milliseconds();
	uint64_t wait = keeper->next > now ? keeper->next - now : 0;
	struct timespec timeout = { wait / 1000, wait % 1000 * 1000000 };

	if (ppoll(&fd, 1, keeper->stale ? &timeout : NULL, signals) < 0 &&
	    errno != EINTR)
		return fail("cannot wait for events: %s", strerror(errno));
	return nl_hear(&keeper->events, see_event, keeper);
}

/*
 * A module that goes, or is busy, while it is asked is no reason to end; nobody
 * would write what changes until the next start.
 */
static int step_again(struct keeper *keeper)
{
	int status = step(keeper);

	if (!status) {
		keeper->failed = 0;
		return STATUS_OK;
	}
	keeper->stale = true;
	keeper->next = milliseconds() + RETRY_BUSY;
	return ++keeper->failed < RETRIES ? STATUS_OK : status;
}

static int watch(struct keeper *keeper, const sigset_t *signals)
{
	int status = nl_hear(&keeper->events, see_event, keeper);

	while (!stopped && !status) {
		if (keeper->stale && milliseconds() >= keeper->next)
			status = step_again(keeper);
		else
			status = wait_events(keeper, signals);
	}
	return status;
}

/* What has changed until it is ended is written before that. */
static int keep(struct keeper *keeper)
{
	sigset_t old;
	int status;

	stop_on_signals(&old);
	setvbuf(stdout, NULL, _IOLBF, 0);
	status = nl_listen(&keeper->events);
	if (!status)
		status = begin(keeper);
	if (!status)
		status = watch(keeper, &old);
	if (!status && keeper->stale && keeper->events.family)
		status = step(keeper);
	free(keeper->text);
	forget(&keeper->kept);
	return !status && keeper->stale ? STATUS_FAILED : status;
}

static int run_keep(struct nl *nl, void *order)
{
	struct keeper keeper = {
		.kept.path = *(const char **)order, .ask = nl
	};
	int status;

	status = nl_open(&keeper.events);
	if (!status)
		status = keep(&keeper);
	nl_close(&keeper.events);
	return status;
}

/* Words */

static const struct key keys[] = {
	{ .name = "FILE", .take = word_any, .bare = true },
	{ .name = NULL }
};

static int take_path(struct words *words, const struct verb *verb,
		     const char **path)
{
	int status = command_keys(words, keys, verb, path);

	return !status && !*path ? command_usage("a file is missing") : status;
}

static int parse_restore(struct words *words, const struct verb *verb,
			 void *order)
{
	struct kept *kept = order;
	int status = take_path(words, verb, &kept->path);

	if (!status)
		status = batch_stdin(kept->path);
	return status ? status : read_kept(kept);
}

static int parse_keep(struct words *words, const struct verb *verb,
		      void *order)
{
	const char **path = order;
	int status = take_path(words, verb, path);
	struct stat st;

	if (!status && !strcmp(*path, "-"))
		status = command_usage("'-': a file is needed");
	if (!status && !stat(*path, &st) && !S_ISREG(st.st_mode))
		status = fail("%s: is no regular file", *path);
	return status;
}

static void free_kept(void *order)
{
	forget(order);
}

const struct command keep_command = {
	.name = "keep",
	.summary = "write what is added by command to a file, at each change",
	.help = "Runs until it is ended. Exemptions and quarantines that FILE has are restored\n"
		"first; then it is written anew, to the disk, when one is added, removed or\n"
		"made by a limit. A flush leaves it as it is until there is a policy again.\n",
	.verbs = ONE_VERB(.synopsis = "FILE",
			  .example = "obpblctl keep /var/lib/obpbl/runtime.conf",
			  .size = sizeof(const char *),
			  .parse = parse_keep,
			  .run = run_keep,
			  .step = true),
};

const struct command restore_command = {
	.name = "restore",
	.summary = "add again what was added by command, from a file of keep",
	.help = "All in one step. Left out is what has ended, what is there, also in the config\n"
		"file, what is of an ISP that is not there, and what is refused.\n",
	.verbs = ONE_VERB(.synopsis = "FILE|-",
			  .example = "obpblctl restore /var/lib/obpbl/runtime.conf",
			  .size = sizeof(struct kept),
			  .parse = parse_restore,
			  .run = run_restore,
			  .step = true,
			  .free = free_kept),
};

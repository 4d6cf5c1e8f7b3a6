// SPDX-License-Identifier: GPL-2.0-only
/*
 * The follow command: a routing table, mirrored into the policy
 *
 * Whatever happens, one step is taken: read the table, read what the policy
 * has, change the difference.  A prefix that is not in the table any more is
 * held for a time before it goes, because a BGP session that is lost, or a
 * daemon that is started anew, must not open port 25; a prefix that is back in
 * time has never been away.  Only what has been in the table goes: what else
 * the ISP has of the class is somebody else's, and so is what the config file of
 * a section, or the list of another section, has as well.  Exemptions and
 * quarantines say in their reason whose they are.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "batch.h"
#include "check.h"
#include "command.h"
#include "config.h"
#include "conntrack.h"
#include "fib.h"
#include "fields.h"
#include "kernel.h"
#include "list.h"
#include "mirrored.h"
#include "names.h"
#include "out.h"
#include "overlay.h"
#include "prefix.h"
#include "txn.h"

/* Milliseconds: from one step to the next; and so many times what the step worked */
#define PAUSE		100
#define SHARE		10
/* until what was refused is tried again, though nothing is known to be new */
#define RETRY		60000
#define RETRY_BUSY	1000
/* In which it is told that a family has gone that is not found any more */
#define TOLD_GONE	5000

/* Refusals that a step tells one by one */
#define TOLD		10

/**
 * struct member - a prefix that is, or was, in the table
 * @p: the prefix
 * @gone: since when it is not, in milliseconds of a clock; 0: it is
 */
struct member {
	struct prefix p;
	uint64_t gone;
};

/**
 * struct set - prefixes in order
 * @list: they, each once
 * @n: how many
 */
struct set {
	struct prefix *list;
	size_t n;
};

/**
 * struct mirror - a routing table and what it becomes
 * @follow: which table, and what it becomes
 * @path: the config file whose section says so; NULL: a command line does
 * @said: what that file says of the class without the list of this section
 * @blind: that could not be read, so that nothing goes
 * @reason: of the exemptions or quarantines that it has made
 * @own: those
 * @ended: those of somebody else that have ended, and are in the way
 * @ends: when the next of somebody else ends, in seconds since 1970; 0: never
 * @fib: the table
 * @ask: for requests
 * @events: for events of the policy
 * @list: what is in the table or was, in order
 * @n: length of @list
 * @refused: what was refused in the last step
 * @held: how many prefixes were held after it
 * @wait: why nothing could be done in it; empty: something could
 * @generation: of the policy that the last change has made
 * @unsaved: the list says something else than @list
 * @stale: the policy may have changed
 * @told: a step has been told
 * @told_held: @held of the last that was
 * @now: when the step under way began
 * @next: when the next step is due by itself; UINT64_MAX: never
 */
struct mirror {
	struct follow follow;
	const char *path;
	struct set said;
	bool blind;
	char reason[32];
	struct set own;
	struct set ended;
	uint64_t ends;
	struct fib fib;
	struct nl *ask;
	struct nl events;
	struct member *list;
	size_t n;
	struct set refused;
	size_t held;
	char wait[256];
	uint64_t generation;
	bool unsaved;
	bool stale;
	bool told;
	size_t told_held;
	uint64_t now;
	uint64_t next;
};

static int compare(const void *a, const void *b)
{
	return cidr_order(a, b);
}

static struct set set_make(const struct prefixes *from)
{
	size_t i, n = prefixes_count(from);
	struct set set = { xcalloc(n + 1, sizeof(*set.list)), 0 };

	for (i = 0; i < n; i++)
		prefixes_get(from, i, &set.list[i]);
	qsort(set.list, n, sizeof(*set.list), compare);
	for (i = 0; i < n; i++)
		if (!set.n || compare(&set.list[set.n - 1], &set.list[i]))
			set.list[set.n++] = set.list[i];
	return set;
}

static bool set_has(const struct set *set, const struct prefix *p)
{
	return set->n && bsearch(p, set->list, set->n, sizeof(*p), compare);
}

static uint64_t hold(const struct mirror *mirror)
{
	return mirror->follow.hold * 1000;
}

static bool expired(const struct mirror *mirror, const struct member *member)
{
	return member->gone && mirror->now - member->gone >= hold(mirror);
}

static bool is_overlay(const struct mirror *mirror)
{
	return mirror->follow.class > OBPBL_CLASS_TARGET;
}

static void due_at(struct mirror *mirror, uint64_t when)
{
	if (when < mirror->next)
		mirror->next = when;
}

static void due_in(struct mirror *mirror, uint64_t wait)
{
	due_at(mirror, mirror->now + wait);
}

/* The table as it is now; who is missing from it is gone since now. */
static void merge(struct mirror *mirror, const struct set *table)
{
	struct member *old = mirror->list, *list;
	size_t i = 0, k = 0, n = 0;
	int order;

	list = xcalloc(mirror->n + table->n + 1, sizeof(*list));
	while (i < mirror->n || k < table->n) {
		order = i == mirror->n ? 1 : k == table->n ? -1 :
			compare(&old[i].p, &table->list[k]);
		if (order > 0)
			mirror->unsaved = true;
		list[n] = order <= 0 ? old[i] : (struct member){
			.p = table->list[k] };
		if (order < 0 && !list[n].gone)
			list[n].gone = mirror->now;
		if (order >= 0) {
			list[n].gone = 0;
			k++;
		}
		if (order <= 0)
			i++;
		n++;
	}
	free(old);
	mirror->list = list;
	mirror->n = n;
}

/* Whether what has expired is this one's to remove */
static bool is_own(const struct mirror *mirror, const struct prefix *p)
{
	return is_overlay(mirror) ? set_has(&mirror->own, p) :
				    !set_has(&mirror->said, p);
}

/*
 * What the policy lacks, and what it has for too long.  What has expired is
 * forgotten as soon as it is not there any more, or is somebody else's.
 */
static void choose(struct mirror *mirror, const struct set *have,
		   struct prefixes *add, struct prefixes *del)
{
	const struct place nowhere = { 0 };
	struct member *member;
	size_t i, n = 0;

	mirror->held = 0;
	mirror->next = UINT64_MAX;
	for (i = 0; i < mirror->n; i++) {
		bool there, goes;

		member = &mirror->list[i];
		there = set_has(have, &member->p);
		goes = expired(mirror, member) && !mirror->blind;
		if (goes) {
			mirror->unsaved = true;
			if (!there || !is_own(mirror, &member->p))
				continue;
			prefixes_add(del, &member->p, nowhere);
		} else if (!there) {
			prefixes_add(add, &member->p, nowhere);
		}
		if (member->gone && !goes) {
			mirror->held++;
			due_at(mirror, mirror->blind ? mirror->now + RETRY :
				       member->gone + hold(mirror));
		}
		mirror->list[n++] = *member;
	}
	mirror->n = n;
}

static bool put_overlays(struct txn *txn, struct mirror *mirror, bool add,
			 const struct prefixes *list)
{
	struct overlay overlay = {
		.class = mirror->follow.class,
		.layer = OBPBL_LAYER_RUNTIME,
		.reason = mirror->reason,
	};
	bool ended;
	size_t i;

	strcpy(overlay.isp, mirror->follow.isp);
	for (i = 0; prefixes_get(list, i, &overlay.prefix); i++) {
		ended = add && set_has(&mirror->ended, &overlay.prefix);
		if ((ended || !add) &&
		    !overlay_request(txn, OBPBL_CMD_OVERLAY_DEL, overlay.at,
				     &overlay))
			return false;
		if (add && !overlay_request(txn, OBPBL_CMD_OVERLAY_ADD,
					    overlay.at, &overlay))
			return false;
	}
	return true;
}

static bool put(struct txn *txn, struct mirror *mirror, bool add,
		const struct prefixes *list)
{
	const struct follow *follow = &mirror->follow;

	if (is_overlay(mirror))
		return put_overlays(txn, mirror, add, list);
	return txn_prefixes(txn, add ? OBPBL_CMD_PREFIX_ADD :
			    OBPBL_CMD_PREFIX_DEL, follow->isp, follow->class,
			    list);
}

/* Adds one list and removes the other, all or nothing. */
static bool change_all(struct mirror *mirror, const struct prefixes *add,
		       const struct prefixes *del)
{
	struct txn txn;
	bool done;

	nl_forget(mirror->ask);
	txn_init(&txn, mirror->ask, NULL, false);
	done = put(&txn, mirror, true, add) &&
	       put(&txn, mirror, false, del) &&
	       txn_commit(&txn);
	if (done)
		mirror->generation = txn.generation;
	else
		txn_abort(&txn);
	txn_end(&txn);
	return done;
}

static void tell_refused(struct mirror *mirror, const struct prefix *p)
{

	out_event("refused", json_pack("{s:s, s:s, s:s, s:o}", "prefix",
				       cidr_print(p), "class",
				       names_word(&class_names,
						  mirror->follow.class),
				       "isp", mirror->follow.isp, "why",
				       json_text(mirror->ask->refusal.text)));
}

/* Each for itself, so that one at fault keeps no other away. */
static size_t change_each(struct mirror *mirror, const struct prefixes *list,
			  bool add, struct prefixes *refused)
{
	const struct prefixes none = { 0 };
	const struct place nowhere = { 0 };
	size_t i, done = 0, told = 0;

	for (i = 0; i < prefixes_count(list); i++) {
		struct prefixes one = { 0 };
		struct prefix p;

		prefixes_get(list, i, &p);
		prefixes_add(&one, &p, nowhere);
		if (change_all(mirror, add ? &one : &none,
			       add ? &none : &one)) {
			done++;
		} else {
			if (!set_has(&mirror->refused, &p) && told++ < TOLD)
				tell_refused(mirror, &p);
			prefixes_add(refused, &p, nowhere);
		}
		prefixes_free(&one);
	}
	return done;
}

/* A step that could not be taken at all is told once, and taken later. */
static void wait_for(struct mirror *mirror, const char *why, uint64_t retry)
{
	if (strcmp(mirror->wait, why))
		out_event("waiting", json_pack("{s:s, s:o}", "isp",
					       mirror->follow.isp, "why",
					       json_text(why)));
	snprintf(mirror->wait, sizeof(mirror->wait), "%s", why);
	due_in(mirror, retry);
}

static void tell(struct mirror *mirror, size_t added, size_t deleted)
{
	json_t *event;

	event = json_pack("{s:I, s:s, s:s, s:I, s:I, s:I, s:I}", "table",
			  (json_int_t)mirror->follow.table, "isp",
			  mirror->follow.isp, "class",
			  names_word(&class_names, mirror->follow.class),
			  "prefixes", (json_int_t)mirror->n, "added",
			  (json_int_t)added, "deleted", (json_int_t)deleted,
			  "held", (json_int_t)mirror->held);
	if (mirror->held)
		put_number(event, "hold_left",
			   (mirror->next - mirror->now + 999) / 1000);
	if (mirror->refused.n)
		put_number(event, "refused", mirror->refused.n);
	out_event("followed", event);
	mirror->told = true;
	mirror->told_held = mirror->held;
}

static void change(struct mirror *mirror, const struct prefixes *add,
		   const struct prefixes *del)
{
	size_t added = prefixes_count(add), deleted = prefixes_count(del);
	const size_t n_refused = mirror->refused.n;
	struct prefixes refused = { 0 };

	if ((added || deleted) && !change_all(mirror, add, del)) {
		if (mirror->ask->refusal.error == EBUSY) {
			wait_for(mirror, mirror->ask->refusal.text, RETRY_BUSY);
			return;
		}
		added = change_each(mirror, add, true, &refused);
		deleted = change_each(mirror, del, false, &refused);
	}
	if (prefixes_count(&refused) || n_refused)
		mirror->unsaved = true;
	free(mirror->refused.list);
	mirror->refused = set_make(&refused);
	prefixes_free(&refused);
	*mirror->wait = '\0';
	if (added || deleted || mirror->refused.n != n_refused ||
	    mirror->held != mirror->told_held || !mirror->told)
		tell(mirror, added, deleted);
	if (mirror->refused.n)
		due_in(mirror, RETRY);
	if (deleted || (added && class_tightens(mirror->follow.class)))
		conntrack_end(mirror->ask);
}

static int knows_isp(struct mirror *mirror, bool *known)
{
	struct policy policy;
	int status;

	status = kernel_policy(mirror->ask, &policy, KERNEL_ISPS);
	if (status)
		return status;
	*known = policy_find_isp(&policy, mirror->follow.isp);
	policy_free(&policy);
	return STATUS_OK;
}

/* What was refused is not written: it would make a config file be refused. */
static void write_members(FILE *file, const void *data)
{
	const struct mirror *mirror = data;
	size_t i;

	fprintf(file, "# obpblctl follow table %" PRIu32 " isp %s class %s\n",
		mirror->follow.table, mirror->follow.isp,
		names_word(&class_names, mirror->follow.class));
	for (i = 0; i < mirror->n; i++)
		if (!expired(mirror, &mirror->list[i]) &&
		    !set_has(&mirror->refused, &mirror->list[i].p))
			fprintf(file, "%s\n", cidr_print(&mirror->list[i].p));
}

/* A disk that is full keeps nothing from being followed. */
static void save(struct mirror *mirror)
{
	if (!mirror->follow.file || !mirror->unsaved)
		return;
	if (file_replace(mirror->follow.file, 0666, write_members, mirror))
		due_in(mirror, RETRY);
	else
		mirror->unsaved = false;
}

/* Its own list is left out: that says what was in the table. */
static struct set said_of(struct policy *policy, const struct mirror *mirror,
			  struct faults *faults)
{
	const struct prefixes none = { 0 };
	const struct isp *isp = policy_find_isp(policy, mirror->follow.isp);
	struct follow *own = policy_find_follow(policy, mirror->follow.name);

	if (own) {
		free(own->file);
		own->file = NULL;
	}
	mirrored_add(policy, faults);
	return set_make(isp ? &isp->lists[mirror->follow.class] : &none);
}

/*
 * Only where something goes: the file may say something else by now.  Of two
 * sections that give up a prefix at once, the second one has to see that the list
 * of the first has it no more: returns the lock for that, or -1.
 */
static int read_said(struct mirror *mirror)
{
	struct policy policy = { 0 };
	struct faults faults = { .policy = &policy };
	int lock;
	size_t i;

	free(mirror->said.list);
	mirror->said = (struct set){ 0 };
	mirror->blind = false;
	for (i = 0; i < mirror->n; i++)
		if (expired(mirror, &mirror->list[i]))
			break;
	if (i == mirror->n || !mirror->path || is_overlay(mirror))
		return -1;
	lock = file_lock(mirror->path);
	if (config_read(mirror->path, &policy, &faults))
		mirror->said = said_of(&policy, mirror, &faults);
	mirror->blind = lock < 0 || faults.total;
	faults_free(&faults);
	policy_free(&policy);
	return lock;
}

static void compare_and_change(struct mirror *mirror,
			       const struct prefixes *table,
			       const struct prefixes *have)
{
	struct set in_table = set_make(table), in_policy = set_make(have);
	struct prefixes add = { 0 }, del = { 0 };
	int lock;

	/* What was mirrored before, or came back after a reboot */
	if (!mirror->told && is_overlay(mirror))
		merge(mirror, &mirror->own);
	merge(mirror, &in_table);
	lock = read_said(mirror);
	choose(mirror, &in_policy, &add, &del);
	change(mirror, &add, &del);
	save(mirror);
	if (lock >= 0)
		close(lock);
	if (mirror->blind)
		wait_for(mirror, text_print("%s has a fault: nothing goes until it can be read",
					    file_name(mirror->path)), RETRY);
	if (mirror->ends)
		due_in(mirror, (mirror->ends - time(NULL)) * 1000);
	prefixes_free(&add);
	prefixes_free(&del);
	free(in_table.list);
	free(in_policy.list);
}

/* Those of somebody else do as well, and stay. */
static void see_overlay(struct mirror *mirror, const struct overlay *overlay,
			struct prefixes *have, struct prefixes *own,
			struct prefixes *ended)
{
	if (overlay->to.family || *overlay->dev)
		return;
	if (overlay_ended(overlay, time(NULL))) {
		prefixes_add(ended, &overlay->prefix, overlay->at);
		return;
	}
	prefixes_add(have, &overlay->prefix, overlay->at);
	if (overlay->until && (!mirror->ends || overlay->until < mirror->ends))
		mirror->ends = overlay->until;
	if (overlay->reason && !strcmp(overlay->reason, mirror->reason))
		prefixes_add(own, &overlay->prefix, overlay->at);
}

static int read_overlays(struct mirror *mirror, struct prefixes *have)
{
	struct prefixes own = { 0 }, ended = { 0 };
	struct policy policy;
	int status;
	size_t i;

	status = kernel_overlays(mirror->ask, &policy, mirror->follow.isp,
				 mirror->follow.class, NULL);
	if (status)
		return status;
	mirror->ends = 0;
	for (i = 0; i < policy.n_overlays; i++)
		see_overlay(mirror, &policy.overlays[i], have, &own, &ended);
	free(mirror->own.list);
	free(mirror->ended.list);
	mirror->own = set_make(&own);
	mirror->ended = set_make(&ended);
	prefixes_free(&own);
	prefixes_free(&ended);
	policy_free(&policy);
	return STATUS_OK;
}

static int read_policy(struct mirror *mirror, struct prefixes *have)
{
	if (is_overlay(mirror))
		return read_overlays(mirror, have);
	return kernel_prefixes(mirror->ask, mirror->follow.isp,
			       mirror->follow.class, kernel_take_packed, have);
}

static int step(struct mirror *mirror)
{
	struct prefixes table = { 0 }, have = { 0 };
	bool whole = mirror->fib.whole, known = false;
	int status;

	mirror->now = milliseconds();
	mirror->next = UINT64_MAX;
	mirror->stale = false;
	mirror->ask->family = mirror->events.family;
	if (!mirror->events.family) {
		wait_for(mirror, "the obpbl module is not loaded", RETRY);
		return STATUS_OK;
	}
	status = fib_read(&mirror->fib, &table);
	if (mirror->fib.whole && !whole)
		warn("table %" PRIu32 " has a default route: it is not mirrored, since it would be everybody",
		     mirror->follow.table);
	nl_forget(mirror->ask);
	if (!status)
		status = knows_isp(mirror, &known);
	if (!status && known)
		status = read_policy(mirror, &have);
	if (!status && known)
		compare_and_change(mirror, &table, &have);
	else if (!status)
		wait_for(mirror, "there is no such ISP", RETRY);
	prefixes_free(&table);
	prefixes_free(&have);
	return status;
}

/*
 * Only what somebody else has done to the policy is news; and the module that
 * has come or gone.
 */
static int see_event(int event, const struct nlattr **a, void *data)
{
	struct mirror *mirror = data;

	mirror->stale |= event < 0 || (event == OBPBL_CMD_POLICY_EVENT &&
		nl_u64(a[OBPBL_A_GENERATION]) != mirror->generation);
	return event == NL_FAMILY && mirror->events.family ?
	       nl_listen(&mirror->events) : STATUS_OK;
}

static int hear_events(struct mirror *mirror)
{
	return nl_hear(&mirror->events, see_event, mirror);
}

/* Until something happens, or a time comes */
static int sleep_until(struct mirror *mirror, uint64_t until,
		       const sigset_t *signals)
{
	struct pollfd fds[] = {
		/* More news of the table would only wake it */
		{ .fd = mirror->fib.changed ? -1 : fib_fd(&mirror->fib),
		  .events = POLLIN },
		{ .fd = mnl_socket_get_fd(mirror->events.socket),
		  .events = POLLIN },
	};
	uint64_t now = milliseconds(), wait = until > now ? until - now : 0;
	struct timespec timeout = { wait / 1000, wait % 1000 * 1000000 };
	int status;

	if (ppoll(fds, 2, until == UINT64_MAX ? NULL : &timeout, signals) < 0 &&
	    errno != EINTR)
		return fail("cannot wait: %s", strerror(errno));
	status = fib_hear(&mirror->fib);
	return status ? status : hear_events(mirror);
}

/*
 * Whether the module has gone while it was asked, also if another one has come. Its
 * family is not found any more a moment before that is told.
 */
static bool has_gone(struct mirror *mirror, const sigset_t *signals)
{
	uint64_t until = milliseconds() + TOLD_GONE;
	int status = hear_events(mirror);

	while (!status && !stopped &&
	       mirror->events.family == mirror->ask->family &&
	       mirror->ask->refusal.error == ENOENT && milliseconds() < until)
		status = sleep_until(mirror, until, signals);
	return !status && mirror->events.family != mirror->ask->family;
}

/*
 * Between steps is SHARE times what one works, so that neither a large table nor one
 * that never rests uses up the router. What it waits for an answer or a lock uses up
 * nothing.
 */
static int watch(struct mirror *mirror, const sigset_t *signals)
{
	uint64_t resume = 0, due, worked;
	bool news = true;
	int status = STATUS_OK;

	while (!stopped && !status) {
		due = news ? resume : mirror->next;
		if (due < resume)
			due = resume;
		if (milliseconds() >= due) {
			worked = milliseconds_worked();
			status = hear_events(mirror);
			if (!status)
				status = step(mirror);
			if (status && has_gone(mirror, signals))
				status = STATUS_OK;
			worked = milliseconds_worked() - worked;
			resume = milliseconds() + PAUSE + SHARE * worked;
		} else {
			status = sleep_until(mirror, due, signals);
		}
		news = mirror->fib.changed || mirror->stale;
	}
	return status;
}

/* What was in the table when the list was written: it counts as gone now. */
static int load(struct mirror *mirror)
{
	struct policy policy = { 0 };
	struct faults faults = { .policy = &policy };
	struct prefixes list = { 0 };
	const char *why, *file = mirror->follow.file;
	int status = STATUS_OK;
	struct set set;

	if (!file || (access(file, F_OK) && errno == ENOENT))
		return STATUS_OK;
	why = list_read(file, &policy, &list, &faults);
	if (why || faults.total) {
		faults_print(&faults);
		status = fail("%s: %s", file,
			      why ? why : "is no list of prefixes");
	} else {
		set = set_make(&list);
		merge(mirror, &set);
		free(set.list);
	}
	prefixes_free(&list);
	faults_free(&faults);
	policy_free(&policy);
	return status;
}

static int mirror_run(struct mirror *mirror)
{
	sigset_t old;
	int status;

	stop_on_signals(&old);
	setvbuf(stdout, NULL, _IOLBF, 0);
	mirror->ask->patience = 0;	/* routes come meanwhile */
	status = nl_listen(&mirror->events);
	if (!status)
		status = kernel_isp(mirror->ask, mirror->follow.isp, NULL);
	if (!status)
		status = load(mirror);
	if (!status)
		status = fib_open(&mirror->fib, mirror->follow.table);
	if (!status) {
		mirror->unsaved = true;
		status = watch(mirror, &old);
		fib_close(&mirror->fib);
	}
	free(mirror->list);
	free(mirror->refused.list);
	free(mirror->own.list);
	free(mirror->ended.list);
	free(mirror->said.list);
	return status;
}

static int take_section(const char *path, const char *title,
			struct follow *to)
{
	struct policy policy = { 0 };
	struct faults faults = { .policy = &policy };
	struct follow *follow = NULL;
	int status;

	if (config_read(path, &policy, &faults))
		check_faults(&policy, &faults);
	status = faults_fail(&faults, file_name(path));
	if (!status) {
		follow = policy_find_follow(&policy, title);
		if (!follow)
			status = fail("%s: there is no section 'follow %s' in it",
				      file_name(path), title);
	}
	if (follow) {
		*to = *follow;
		follow->file = NULL;
	}
	faults_free(&faults);
	policy_free(&policy);
	return status;
}

static int parse_section(struct words *words, struct mirror *mirror)
{
	const char *title, *path;
	int status;

	words_next(words);
	title = words_next(words);
	if (!title || !words_begin(words, "of"))
		return command_usage("'section': a name and 'of FILE' follow it");
	words_next(words);
	path = words_next(words);
	if (!path)
		return command_usage("a file is missing");
	status = words_end(words);
	if (!status)
		status = batch_stdin(path);
	if (strcmp(path, "-"))
		mirror->path = path;
	return status ? status : take_section(path, title, &mirror->follow);
}

static int parse(struct words *words, const struct verb *verb, void *order)
{
	struct mirror *mirror = order;
	uint32_t given;
	int status;

	mirror->follow.hold = FOLLOW_HOLD;
	if (words_begin(words, "section"))
		status = parse_section(words, mirror);
	else
		status = command_fields(words, verb, &mirror->follow, &given);
	snprintf(mirror->reason, sizeof(mirror->reason), "follow table %" PRIu32,
		 mirror->follow.table);
	return status;
}

static void free_order(void *order)
{
	struct mirror *mirror = order;

	free(mirror->follow.file);
}

static int run(struct nl *nl, void *order)
{
	struct mirror *mirror = order;
	int status;

	mirror->ask = nl;
	status = nl_open(&mirror->events);
	if (!status)
		status = mirror_run(mirror);
	nl_close(&mirror->events);
	return status;
}

const struct command follow_command = {
	.name = "follow",
	.summary = "mirror a routing table (BGP) into the policy",
	.help = "Runs until it is ended. Prefixes of the kernel's routing table N become\n"
		"prefixes of the ISP, at once; of class exempt or quarantine, exemptions or\n"
		"quarantines. One that leaves the table is held for DUR (default: 1h) before\n"
		"it goes, so that the loss of a BGP session does not open port 25. Only what\n"
		"has been in the table goes. FILE is a list of what is mirrored, kept up to\n"
		"date. With 'section' all this is said by 'follow TITLE { ... }' in a config\n"
		"file: then what is in its FILE is there from boot on and through every\n"
		"'apply' of that file.\n",
	.verbs = ONE_VERB(.synopsis = "section TITLE of FILE |",
			  .fields = follow_fields,
			  .example = "obpblctl follow table 100 isp alpha class dynamic hold 6h",
			  .size = sizeof(struct mirror),
			  .parse = parse,
			  .run = run,
			  .free = free_order,
			  .step = true),
};

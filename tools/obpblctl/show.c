// SPDX-License-Identifier: GPL-2.0-only
/*
 * The show command: is it on, for whom, what does it block, and is anything
 * wrong?
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "asleep.h"
#include "check.h"
#include "command.h"
#include "confirm.h"
#include "isp.h"
#include "kernel.h"
#include "names.h"
#include "out.h"
#include "shadow.h"
#include "source.h"
#include "version.h"

#define FULL 90		/* percent of a ceiling that are worth a word */
#define NAMES 200	/* bytes of names in a sentence */

/**
 * struct view - all that is shown
 * @isp: of this ISP alone, or NULL
 * @glance: the namespace at a glance
 * @policy: the ISPs
 * @stats: the counters
 * @sources: of each ISP the source that was blocked last, or would have been
 * @recent: how many were in the last minute
 * @rows: an object an ISP
 * @warnings: what is wrong, worst first
 */
struct view {
	const char *isp;
	struct glance glance;
	struct policy policy;
	struct stats stats;
	struct sources sources;
	unsigned int recent;
	json_t *rows;
	json_t *warnings;
};

/* Reading */

static const struct isp_stats *find_stats(const struct stats *stats,
					  const char *name)
{
	size_t i;

	for (i = 0; i < stats->n; i++)
		if (!strcmp(stats->isps[i].name, name))
			return &stats->isps[i];
	return &stats->foreign;
}

static bool wanted(const struct view *view, const char *isp)
{
	return !view->isp || !strcmp(view->isp, isp);
}

static int by_isp(const void *a, const void *b)
{
	const struct source *x = a, *y = b;
	int order = strcmp(x->isp, y->isp);

	return order ? order : (x->is.last < y->is.last) -
			       (x->is.last > y->is.last);
}

static int same_isp(const void *a, const void *b)
{
	return strcmp(((const struct source *)a)->isp,
		      ((const struct source *)b)->isp);
}

/* There may be many; what is needed is one of each ISP, in order. */
static void keep_last(struct view *view)
{
	struct source *list = view->sources.list;
	uint64_t now = time(NULL);
	size_t i, n = 0;

	for (i = 0; i < view->sources.n; i++)
		view->recent += list[i].is.last + 60 > now;
	if (view->sources.n)
		qsort(list, view->sources.n, sizeof(*list), by_isp);
	for (i = 0; i < view->sources.n; i++)
		if (!n || same_isp(&list[n - 1], &list[i]))
			list[n++] = list[i];
	view->sources.n = n;
}

/* The source that was blocked last, of one ISP or of all that are shown */
static const struct source *last_source(const struct view *view,
					const char *isp)
{
	const struct sources *sources = &view->sources;
	const struct source *last = NULL;
	struct source key;
	size_t i;

	if (isp) {
		snprintf(key.isp, sizeof(key.isp), "%s", isp);
		return sources->n ? bsearch(&key, sources->list, sources->n,
					    sizeof(key), same_isp) : NULL;
	}
	for (i = 0; i < sources->n; i++)
		if (!last || sources->list[i].is.last > last->is.last)
			last = &sources->list[i];
	return last;
}

static json_t *last_json(const struct source *last)
{
	char text[32];

	return last ? json_string(print_time(last->is.last, text)) :
		      json_null();
}

static json_t *row_of(const struct view *view, const struct isp *isp)
{
	uint8_t ceiling = view->glance.ceiling;
	uint8_t mode = isp->mode < ceiling ? isp->mode : ceiling;
	uint64_t blocked, would_block;
	json_t *row = isp_json(isp);

	blocked = stats_blocked(find_stats(&view->stats, isp->name),
				&would_block);
	json_object_set_new(row, "effective",
			    json_string(names_word(&mode_names, mode)));
	json_object_set_new(row, "blocked", json_integer(blocked));
	json_object_set_new(row, "would_block", json_integer(would_block));
	json_object_set_new(row, "last_blocked",
			    last_json(last_source(view, isp->name)));
	return row;
}

/* What is wrong */

static void full_warning(struct view *view, const char *what, uint32_t n,
			 uint32_t most)
{
	if (most && n >= (uint64_t)most * FULL / 100)
		warn_in(view->warnings, "%u %s of at most %u: raise net.obpbl.max_%s before it is reached",
			n, what, most, what);
}

static void isp_warnings(struct view *view)
{
	const struct isp *isp;
	const char *text;
	size_t i;

	for (i = 0; i < view->policy.n_isps; i++) {
		isp = &view->policy.isps[i];
		if (!wanted(view, isp->name))
			continue;
		if (!isp->counts[OBPBL_CLASS_DYNAMIC] && !isp->sessions)
			warn_in(view->warnings, "isp %s has no dynamic prefix: nothing of it is blocked",
				isp->name);
		text = isp->counts[OBPBL_CLASS_RELAY] ? NULL :
		       check_no_relay(isp);
		if (text)
			warn_in(view->warnings, "isp %s has no relay: %s",
				isp->name, text);
	}
}

static void tally_warnings(struct view *view)
{
	const struct tallies *tallies = &view->stats.tallies;

	if (tallies->limit_full)
		warn_in(view->warnings, "%" PRIu64 " connection%s blocked because there was no room to count sources with a limit: raise net.obpbl.max_sources, which takes effect after obpblctl flush",
			tallies->limit_full,
			tallies->limit_full == 1 ? " was" : "s were");
	if (tallies->not_quarantined)
		warn_in(view->warnings, "%" PRIu64 " source%s over the limit could not be quarantined: raise net.obpbl.max_overlays, or remove quarantines that have ended",
			tallies->not_quarantined,
			plural(tallies->not_quarantined));
	if (tallies->suppressed)
		warn_in(view->warnings, "%" PRIu64 " repl%s held back by net.obpbl.reject_rate: these clients wait instead of being told",
			tallies->suppressed,
			tallies->suppressed == 1 ? "y was" : "ies were");
}

/* Worst first: what may open or close port 25, then what is lost */
static void find_wrong(struct view *view, struct nl *nl)
{
	const struct glance *glance = &view->glance;
	const char *advice = version_advice(glance);
	uint8_t highest = OBPBL_MODE_OFF;
	char text[CONFIRM_TEXT], when[32];
	size_t i;

	if (confirm_text(glance, text))
		warn_in(view->warnings, "%s", text);
	if (glance->expired)
		warn_in(view->warnings, "the last change was taken back by the timer at %s, since nobody had confirmed it",
			print_time(glance->expired, when));
	for (i = 0; i < view->policy.n_isps; i++)
		if (view->policy.isps[i].mode > highest)
			highest = view->policy.isps[i].mode;
	ceiling_warning(glance, highest, view->warnings);
	isp_warnings(view);
	asleep_warnings(nl, view->warnings);
	tally_warnings(view);
	full_warning(view, "prefixes", glance->prefixes, glance->max_prefixes);
	full_warning(view, "overlays", glance->overlays, glance->max_overlays);
	full_warning(view, "sessions", glance->sessions, glance->max_sessions);
	if (advice)
		warn_in(view->warnings, "%s", advice);
	if (glance->owner)
		warn_in(view->warnings, "netlink port %u has a transaction open: other changes are refused until it ends",
			glance->owner);
}

/* Showing */

static void print_json(const struct view *view)
{
	const struct glance *glance = &view->glance;

	out_json(json_pack("{s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:i, s:o, s:o, s:O, s:O}",
			   "program", OBPBL_VERSION, "module", glance->version,
			   "generation", (json_int_t)glance->generation,
			   "ceiling", names_word(&mode_names, glance->ceiling),
			   "prefixes", (json_int_t)glance->prefixes,
			   "overlays", (json_int_t)glance->overlays, "bytes",
			   (json_int_t)glance->bytes, "max_prefixes",
			   (json_int_t)glance->max_prefixes, "max_overlays",
			   (json_int_t)glance->max_overlays, "sources",
			   (json_int_t)glance->sources, "max_sources",
			   (json_int_t)glance->max_sources, "sessions",
			   (json_int_t)glance->sessions, "max_sessions",
			   (json_int_t)glance->max_sessions, "last_blocked",
			   last_json(last_source(view, NULL)),
			   "sources_last_minute", (int)view->recent,
			   "confirm", confirm_json(glance), "shadow",
			   shadow_json(glance), "isps", view->rows,
			   "warnings", view->warnings));
}

/* "alpha, beta and 12 more" */
static void print_isps(const struct view *view, const char *label,
		       const char *mode)
{
	const char *effective, *name;
	size_t i, used = 0, n = 0;
	char text[NAMES + 64];
	json_t *row;

	json_array_foreach(view->rows, i, row) {
		effective = json_string_value(json_object_get(row,
							      "effective"));
		if (strcmp(effective, mode))
			continue;
		name = json_string_value(json_object_get(row, "name"));
		if (used > NAMES - OBPBL_ISP_NAME_SIZE)
			n++;
		else
			used += snprintf(text + used, sizeof(text) - used,
					 "%s%s", used ? ", " : "", name);
	}
	if (n)
		snprintf(text + used, sizeof(text) - used, " and %zu more", n);
	if (used)
		out_wrapped(label, text);
}

static uint64_t sum(const json_t *rows, const char *column)
{
	uint64_t total = 0;
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
		total += json_integer_value(json_object_get(row, column));
	return total;
}

static void print_counts(const struct view *view)
{
	const struct source *last = last_source(view, NULL);
	uint64_t blocked = sum(view->rows, "blocked");
	uint64_t would_block = sum(view->rows, "would_block"), foreign;
	char text[160], when[32];

	foreign = view->stats.foreign.reasons[OBPBL_REASON_FOREIGN].packets;
	snprintf(text, sizeof(text), "%" PRIu64 " packet%s%s%s", blocked,
		 plural(blocked), last ? "; last tried " : "",
		 last ? print_time(last->is.last, when) : "");
	out_wrapped("blocked", text);
	if (would_block) {
		snprintf(text, sizeof(text), "%" PRIu64 " packet%s, which passed",
			 would_block, plural(would_block));
		out_wrapped("would block", text);
	}
	snprintf(text, sizeof(text), "%u source%s blocked, or would have been",
		 view->recent, view->recent == 1 ? " was" : "s were");
	out_wrapped("last minute", text);
	if (foreign && !view->isp) {
		snprintf(text, sizeof(text), "%" PRIu64 " packet%s of no ISP's customers passed",
			 foreign, plural(foreign));
		out_wrapped("no ISP", text);
	}
}

static void print_wrong(const struct view *view)
{
	json_t *text;
	size_t i;

	fputs(color(RED), stdout);
	json_array_foreach(view->warnings, i, text)
		out_wrapped("wrong", json_string_value(text));
	fputs(color(PLAIN), stdout);
	if (!json_array_size(view->warnings))
		out_wrapped("wrong", "nothing");
}

static void print_rest(const struct glance *glance)
{
	char text[256], bytes[32], since[32];

	snprintf(text, sizeof(text), "generation %" PRIu64 ", %u prefix%s, %u overlay%s, %u session%s, %s; net.obpbl.mode %s; obpbl %s, obpblctl %s",
		 glance->generation, glance->prefixes,
		 glance->prefixes == 1 ? "" : "es", glance->overlays,
		 plural(glance->overlays), glance->sessions,
		 plural(glance->sessions), print_bytes(glance->bytes, bytes),
		 names_word(&mode_names, glance->ceiling), glance->version,
		 OBPBL_VERSION);
	out_wrapped("policy", text);
	if (!glance->shadow_since)
		return;
	snprintf(text, sizeof(text), "a shadow is judged beside it since %s (obpblctl shadow show)",
		 print_time(glance->shadow_since, since));
	out_wrapped("shadow", text);
}

static void print_text(const struct view *view)
{
	static const char *const narrow[] = {
		"name", "effective", "policy", "blocked", "would_block",
		"last_blocked", NULL
	};
	static const char *const wide[] = {
		"name", "effective", "policy", "blocked", "would_block",
		"last_blocked", "reject", "reverse", "limit", "vrf", "space",
		"dynamic", "static", "relay", "target", "exempt", "quarantine",
		"sessions", NULL
	};

	if (!json_array_size(view->rows))
		out_wrapped("off", "no policy: nothing is judged (obpblctl apply FILE installs one)");
	print_isps(view, "blocking", "enforce");
	print_isps(view, "counting", "monitor");
	print_isps(view, "off", "off");
	if (json_array_size(view->rows))
		print_counts(view);
	print_wrong(view);
	print_rest(&view->glance);
	if (!json_array_size(view->rows))
		return;
	putchar('\n');
	out_table(view->rows, options.wide ? wide : narrow, true);
}

static int read_all(struct nl *nl, struct view *view)
{
	size_t i;
	int status;

	status = kernel_isp_there(nl, view->isp);
	if (!status)
		status = kernel_glance(nl, &view->glance);
	if (!status)
		status = kernel_policy(nl, &view->policy, KERNEL_ISPS);
	if (!status)
		status = kernel_stats(nl, &view->stats, false);
	if (!status && !sources_read(nl, view->isp, &view->sources))
		status = nl_fail_isp(nl, view->isp);
	keep_last(view);
	for (i = 0; !status && i < view->policy.n_isps; i++)
		if (wanted(view, view->policy.isps[i].name))
			json_array_append_new(view->rows,
					      row_of(view,
						     &view->policy.isps[i]));
	return status;
}

static int show(struct nl *nl, void *order)
{
	struct view *view = order;
	int status;

	view->rows = json_array();
	view->warnings = json_array();
	status = read_all(nl, view);
	if (status)
		return status;
	options.quiet = true;
	find_wrong(view, nl);
	options.quiet = false;
	if (options.json)
		print_json(view);
	else
		print_text(view);
	return STATUS_OK;
}

static void free_view(void *order)
{
	struct view *view = order;

	json_decref(view->rows);
	json_decref(view->warnings);
	free(view->sources.list);
	stats_free(&view->stats);
	policy_free(&view->policy);
}

static const struct key keys[] = {
	{ KEY("isp", "the name of an ISP", word_isp, struct view, isp) },
	{ .name = "-w", .take = word_wide },
	{ .name = NULL }
};

static const struct verb verbs[] = {
	{
		.synopsis = "[isp NAME] [-w]",
		.example = "obpblctl show",
		.run = show,
		.free = free_view,
	},
	{ .synopsis = NULL }
};

const struct command show_command = {
	.name = "show",
	.summary = "the policy at a glance; so does no command at all",
	.help = "Whose mail is blocked, counted or not judged, how much was and when the\n"
		"last, and what is wrong, worst first. -w: all columns of the table.\n",
	.verbs = verbs,
	.size = sizeof(struct view),
	.keys = keys,
};

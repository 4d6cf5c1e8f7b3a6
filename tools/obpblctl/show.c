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
#include "overlay.h"
#include "owner.h"
#include "shadow.h"
#include "source.h"
#include "version.h"

#define FULL 90		/* percent of a ceiling that are worth a word */

/**
 * struct view - all that is shown
 * @isp: of this ISP alone, or NULL
 * @glance: the namespace at a glance
 * @policy: the ISPs
 * @stats: the counters
 * @lasts: by name of an ISP, when a source of it was blocked last, or would
 *	have been
 * @last: the same of all of them; 0: never
 * @recent: how many sources were in the last minute
 * @rows: an object an ISP
 * @warnings: what is wrong, worst first
 */
struct view {
	const char *isp;
	struct glance glance;
	struct policy policy;
	struct stats stats;
	json_t *lasts;
	uint64_t last;
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

static uint64_t last_of(const struct view *view, const char *isp)
{
	return json_integer_value(json_object_get(view->lasts, isp));
}

static void take_source(struct view *view, const struct source *source,
			uint64_t now)
{
	uint64_t last = source->is.last;

	view->recent += last + 60 > now;
	if (last > view->last)
		view->last = last;
	if (last > last_of(view, source->isp))
		put_number(view->lasts, source->isp, last);
}

static int read_sources(struct nl *nl, struct view *view)
{
	struct sources sources = { 0 };
	uint64_t now = time(NULL);
	int status = STATUS_OK;
	size_t i;

	if (!sources_dump(nl, OBPBL_CMD_SOURCE_GET, view->isp, &sources))
		status = nl_fail_isp(nl, view->isp);
	for (i = 0; i < sources.n; i++)
		take_source(view, &sources.list[i], now);
	free(sources.list);
	return status;
}

static json_t *last_json(uint64_t last)
{
	return last ? json_string(print_time(last)) : json_null();
}

static json_t *row_of(const struct view *view, const struct isp *isp)
{
	uint8_t ceiling = view->glance.ceiling;
	uint8_t mode = isp->mode < ceiling ? isp->mode : ceiling;
	uint64_t blocked, would_block;
	json_t *row = isp_json(isp);

	blocked = stats_blocked(find_stats(&view->stats, isp->name),
				&would_block);
	put_text(row, "effective", names_word(&mode_names, mode));
	put_number(row, "blocked", blocked);
	put_number(row, "would_block", would_block);
	json_object_set_new(row, "last_blocked",
			    last_json(last_of(view, isp->name)));
	return row;
}

/* What is wrong */

static void full_warning(struct view *view, const char *what,
			 const char *ceiling, uint32_t n, uint32_t most)
{
	if (most && n >= (uint64_t)most * FULL / 100)
		warn_in(view->warnings, "%u %s of at most %u: raise net.obpbl.max_%s before it is reached",
			n, what, most, ceiling);
}

/* The kernel knows the names of this namespace, which may be another one. */
static void vrf_warning(struct view *view, struct nl *nl, const struct isp *isp)
{
	if (*isp->vrf && !owner_device(nl, isp->vrf))
		warn_in(view->warnings, "isp %s: there is no VRF '%s', nothing of it is judged",
			isp->name, isp->vrf);
}

static void isp_warnings(struct view *view, struct nl *nl)
{
	const struct isp *isp;
	size_t i;

	for (i = 0; i < view->policy.n_isps; i++) {
		isp = &view->policy.isps[i];
		if (!wanted(view, isp->name))
			continue;
		vrf_warning(view, nl, isp);
		if (!isp->counts[OBPBL_CLASS_DYNAMIC] && !isp->sessions)
			warn_in(view->warnings, "isp %s has no dynamic prefix: nothing of it is blocked",
				isp->name);
		if (!isp->counts[OBPBL_CLASS_RELAY])
			warn_in(view->warnings, "isp %s has no relay: %s",
				isp->name, check_no_relay(isp));
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
		warn_in(view->warnings, "%s over the limit could not be quarantined: raise net.obpbl.max_overlays, or remove quarantines that have ended",
			count_of(tallies->not_quarantined, "source"));
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
	const char *text = confirm_text(glance);

	if (text)
		warn_in(view->warnings, "%s", text);
	if (glance->expired)
		warn_in(view->warnings, "the last change was taken back by the timer at %s, since nobody had confirmed it",
			print_time(glance->expired));
	ceiling_warning(glance, policy_mode(&view->policy), view->warnings);
	isp_warnings(view, nl);
	asleep_warnings(nl, view->warnings);
	tally_warnings(view);
	full_warning(view, "prefixes", "prefixes", glance->prefixes,
		     glance->max_prefixes);
	full_warning(view, overlay_count(glance->overlays), "overlays",
		     glance->overlays, glance->max_overlays);
	full_warning(view, "sessions", "sessions", glance->sessions,
		     glance->max_sessions);
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
			   last_json(view->last),
			   "sources_last_minute", (int)view->recent,
			   "confirm", confirm_json(glance), "shadow",
			   shadow_json(glance), "isps", view->rows,
			   "warnings", view->warnings));
}

static void print_isps(const struct view *view, const char *label,
		       const char *mode)
{
	json_t *names = json_array(), *row;
	const char *effective;
	size_t i;

	json_array_foreach(view->rows, i, row) {
		effective = json_string_value(json_object_get(row,
							      "effective"));
		if (!strcmp(effective, mode))
			json_array_append(names, json_object_get(row, "name"));
	}
	if (json_array_size(names))
		out_wrapped(label, "%s", isp_names(names));
	json_decref(names);
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
	uint64_t blocked = sum(view->rows, "blocked");
	uint64_t would_block = sum(view->rows, "would_block"), foreign;

	foreign = view->stats.foreign.reasons[OBPBL_REASON_FOREIGN].packets;
	out_wrapped("blocked", "%s%s%s", count_of(blocked, "packet"),
		    view->last ? "; last tried " : "",
		    view->last ? print_time(view->last) : "");
	if (would_block)
		out_wrapped("would block", "%s, which passed",
			    count_of(would_block, "packet"));
	out_wrapped("last minute", "%u source%s blocked, or would have been",
		    view->recent, view->recent == 1 ? " was" : "s were");
	if (foreign && !view->isp)
		out_wrapped("no ISP", "%s of no ISP's customers passed",
			    count_of(foreign, "packet"));
}

static void print_wrong(const struct view *view)
{
	json_t *text;
	size_t i;

	fputs(color(RED), stdout);
	json_array_foreach(view->warnings, i, text)
		out_wrapped("wrong", "%s", json_string_value(text));
	fputs(color(PLAIN), stdout);
	if (!json_array_size(view->warnings))
		out_wrapped("wrong", "nothing");
}

/* Of one ISP what it has; nobody counts its memory. */
static void count_own(const struct view *view, struct glance *own)
{
	const struct isp *isp = policy_find_isp(&view->policy, view->isp);
	int class;

	if (!isp)
		return;
	own->prefixes = 0;
	for_each_class(class)
		own->prefixes += isp->counts[class];
	own->overlays = isp->counts[OBPBL_CLASS_EXEMPT] +
			isp->counts[OBPBL_CLASS_QUARANTINE];
	own->sessions = isp->sessions;
}

static void print_rest(const struct view *view)
{
	const struct glance *glance = &view->glance;
	struct glance of = *glance;

	if (view->isp)
		count_own(view, &of);
	out_wrapped("policy", "generation %" PRIu64 ", %s, %u %s, %s%s%s; net.obpbl.mode %s; obpbl %s, obpblctl %s",
		    glance->generation, count_of(of.prefixes, "prefix"),
		    of.overlays, overlay_count(of.overlays),
		    count_of(of.sessions, "session"), view->isp ? "" : ", ",
		    view->isp ? "" : print_bytes(glance->bytes),
		    names_word(&mode_names, glance->ceiling), glance->version,
		    OBPBL_VERSION);
	if (glance->shadow_since)
		out_wrapped("shadow", "a shadow is judged beside it since %s (obpblctl shadow show)",
			    print_time(glance->shadow_since));
}

static void print_text(const struct view *view)
{
	static const char *const narrow[] = {
		"name", "effective", "policy", "blocked", "would_block",
		"last_blocked", NULL
	};
	static const char *const wide[] = {
		"name", "mode", "effective", "policy", "blocked",
		"would_block", "last_blocked", "reject", "reverse", "limit",
		"limit_quarantine", "vrf", "space", "dynamic", "static",
		"relay", "target", "exempt", "quarantine", "sessions", NULL
	};

	if (!json_array_size(view->rows))
		out_wrapped("off", "no policy: nothing is judged (obpblctl apply FILE installs one)");
	print_isps(view, "blocking", "enforce");
	print_isps(view, "counting", "monitor");
	print_isps(view, "off", "off");
	if (json_array_size(view->rows))
		print_counts(view);
	print_wrong(view);
	print_rest(view);
	if (!json_array_size(view->rows))
		return;
	putchar('\n');
	out_table(view->rows, options.wide ? wide : narrow, true);
}

static int read_all(struct nl *nl, struct view *view)
{
	size_t i;
	int status;

	status = kernel_isp(nl, view->isp, NULL);
	if (!status)
		status = kernel_glance(nl, &view->glance);
	if (!status)
		status = kernel_policy(nl, &view->policy, KERNEL_ISPS);
	if (!status)
		status = kernel_stats(nl, &view->stats, false);
	if (!status)
		status = read_sources(nl, view);
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

	view->lasts = json_object();
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

	json_decref(view->lasts);
	json_decref(view->rows);
	json_decref(view->warnings);
	stats_free(&view->stats);
	policy_free(&view->policy);
}

static const struct key keys[] = {
	{ KEY("isp", "the name of an ISP", word_isp, struct view, isp) },
	{ .name = "-w", .take = word_wide },
	{ .name = NULL }
};

const struct command show_command = {
	.name = "show",
	.summary = "the policy at a glance; so does no command at all",
	.help = "Whose mail is blocked, counted or not judged, how much was and when the\n"
		"last, and what is wrong, worst first. -w: all columns of the table.\n",
	.verbs = ONE_VERB(.synopsis = "[isp NAME] [-w]",
			  .example = "obpblctl show",
			  .run = show,
			  .free = free_view),
	.size = sizeof(struct view),
	.keys = keys,
};

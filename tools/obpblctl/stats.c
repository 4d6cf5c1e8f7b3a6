// SPDX-License-Identifier: GPL-2.0-only
/* The stats command */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "command.h"
#include "counter.h"
#include "kernel.h"
#include "names.h"
#include "out.h"

static json_t *reason_json(const struct counts *counts)
{
	json_t *object;

	object = json_pack("{s:I, s:I, s:I}", "packets",
			   (json_int_t)counts->packets, "bytes",
			   (json_int_t)counts->bytes, "attempts",
			   (json_int_t)counts->attempts);
	if (counts->would_block)
		put_number(object, "would_block", counts->would_block);
	return object;
}

static json_t *isp_stats_json(const struct isp_stats *isp)
{
	json_t *reasons = json_object();
	int i;

	for (i = 0; i <= OBPBL_REASON_MAX; i++)
		if (isp->reasons[i].packets)
			json_object_set_new(reasons,
					    names_word(&reason_names, i),
					    reason_json(&isp->reasons[i]));
	return json_pack("{s:s, s:s, s:o}", "name", isp->name, "mode",
			 names_word(&mode_names, isp->mode), "reasons",
			 reasons);
}

static void print_json(const struct stats *stats, bool whole)
{
	const struct tallies *tallies = &stats->tallies;
	json_t *isps = json_array();
	size_t i;

	for (i = 0; i < stats->n; i++)
		json_array_append_new(isps, isp_stats_json(&stats->isps[i]));
	if (!whole) {
		out_json(json_pack("{s:I, s:o}", "generation",
				   (json_int_t)stats->generation, "isps",
				   isps));
		return;
	}
	out_json(json_pack("{s:I, s:o, s:o, s:{s:I, s:I}, s:{s:I}, s:{s:I, s:I}, s:{s:I, s:I}}", "generation",
			   (json_int_t)stats->generation, "isps", isps,
			   "foreign", reason_json(
			   &stats->foreign.reasons[OBPBL_REASON_FOREIGN]),
			   "replies", "sent", (json_int_t)tallies->replies,
			   "suppressed", (json_int_t)tallies->suppressed,
			   "sources", "lost", (json_int_t)tallies->sources_lost,
			   "limit", "full", (json_int_t)tallies->limit_full,
			   "not_quarantined",
			   (json_int_t)tallies->not_quarantined,
			   "events", "sent", (json_int_t)tallies->events,
			   "suppressed",
			   (json_int_t)tallies->events_suppressed));
}

static void add_row(json_t *rows, const char *isp, int reason,
		    const struct counts *counts)
{
	json_t *row;

	if (!counts->packets)
		return;
	row = reason_json(counts);
	put_text(row, "isp", isp);
	put_text(row, "reason", names_word(&reason_names, reason));
	put_number(row, "ipv4", counts->family[0]);
	put_number(row, "ipv6", counts->family[1]);
	put_number(row, "would_block", counts->would_block);
	json_array_append_new(rows, row);
}

static void print_tallies(const struct tallies *tallies)
{
	if (tallies->replies || tallies->suppressed)
		printf("replies: %" PRIu64 " sent, %" PRIu64 " suppressed by net.obpbl.reject_rate\n",
		       tallies->replies, tallies->suppressed);
	if (tallies->events || tallies->events_suppressed)
		printf("block events: %" PRIu64 " sent, %s without one\n",
		       tallies->events,
		       count_of(tallies->events_suppressed, "packet"));
	if (tallies->sources_lost)
		printf("sources: %s not taken by the table of top\n",
		       count_of(tallies->sources_lost, "packet"));
	if (tallies->limit_full)
		printf("limit: %s blocked because the table was full (net.obpbl.max_sources)\n",
		       count_of(tallies->limit_full, "connection"));
	if (tallies->not_quarantined)
		printf("limit: %s over it could not be quarantined (net.obpbl.max_overlays)\n",
		       count_of(tallies->not_quarantined, "source"));
}

static void print_text(const struct stats *stats, bool whole)
{
	static const char *const columns[] = {
		"packets", "bytes", "attempts", "ipv4", "ipv6", "would_block",
		"isp", "reason", NULL
	};
	json_t *rows = json_array();
	size_t i;
	int reason;

	for (i = 0; i < stats->n; i++)
		for (reason = 0; reason <= OBPBL_REASON_MAX; reason++)
			add_row(rows, stats->isps[i].name, reason,
				&stats->isps[i].reasons[reason]);
	if (whole)
		add_row(rows, "-", OBPBL_REASON_FOREIGN,
			&stats->foreign.reasons[OBPBL_REASON_FOREIGN]);
	if (json_array_size(rows))
		out_table(rows, columns, false);
	else
		puts("no packet to port 25 has been counted");
	if (whole)
		print_tallies(&stats->tallies);
	json_decref(rows);
}

/* Words */

/**
 * struct order - what a command line asks for
 * @reset: begin anew behind the counters
 * @isp: of this ISP alone, or NULL
 */
struct order {
	bool reset;
	const char *isp;
};

/* The counters of one ISP alone */
static int narrow(struct stats *stats, const char *isp)
{
	size_t i;

	for (i = 0; i < stats->n; i++)
		if (!strcmp(stats->isps[i].name, isp))
			break;
	if (i == stats->n)
		return fail_as(ENOENT, "%s: there is no such ISP",
			       quote_word(isp));
	stats->isps[0] = stats->isps[i];
	stats->n = 1;
	return STATUS_OK;
}

static int run(struct nl *nl, void *data)
{
	const struct order *order = data;
	struct stats stats;
	int status;

	status = kernel_stats(nl, &stats, order->reset);
	if (status)
		return status;
	if (order->isp)
		status = narrow(&stats, order->isp);
	if (!status && options.json)
		print_json(&stats, !order->isp);
	else if (!status)
		print_text(&stats, !order->isp);
	stats_free(&stats);
	return status;
}

enum { SHOW, RESET };

static const struct key keys[] = {
	{ KEY("isp", "the name of an ISP", word_isp, struct order, isp),
	  .verbs = 1 << SHOW },
	{ .name = NULL }
};

static int parse(struct words *words, const struct verb *verb, void *data)
{
	struct order *order = data;

	order->reset = verb->value == RESET;
	return command_keys(words, keys, verb, data);
}

static const struct verb verbs[] = {
	{
		.name = "show",
		.synopsis = "[isp NAME]",
		.summary = "counters of each ISP and reason; so does no word at all",
		.example = "obpblctl -j stats isp alpha",
		.value = SHOW,
		.parse = parse,
		.run = run,
	}, {
		.name = "reset",
		.synopsis = "",
		.summary = "print the counters and begin anew",
		.example = "obpblctl stats reset",
		.value = RESET,
		.parse = parse,
		.run = run,
		.step = true,
	}, {
		.name = "save",
		.synopsis = "",
		.summary = "print the counters as commands that restore them",
		.example = "obpblctl stats save",
		.run = counters_save,
	}, {
		.name = "restore",
		.synopsis = "[isp NAME] family 4|6 reason REASON verdict VERDICT packets N bytes N attempts N [before]",
		.summary = "go on from where a counter of another module has come",
		.example = "obpblctl stats restore isp alpha family 4 reason outside verdict block packets 5 bytes 300 attempts 5",
		.size = sizeof(struct counter),
		.parse = counter_parse,
		.run = counter_restore,
		.step = true,
	},
	{ .synopsis = NULL }
};

const struct command stats_command = {
	.name = "stats",
	.summary = "counters of each ISP and reason",
	.help = "attempts are TCP SYN without ACK: connections that were tried. 'reset'\n"
		"prints the counters and begins anew; no packet is lost or counted twice.\n"
		"What 'save' prints is a batch for the next module, once it has the policy.\n",
	.verbs = verbs,
	.size = sizeof(struct order),
	.standard = true,
	.open = true,
};

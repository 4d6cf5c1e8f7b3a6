// SPDX-License-Identifier: GPL-2.0-only
/* The stats command */
#include <inttypes.h>

#include "command.h"
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
		json_object_set_new(object, "would_block",
				    json_integer(counts->would_block));
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

static void print_json(const struct stats *stats)
{
	const struct tallies *tallies = &stats->tallies;
	json_t *isps = json_array();
	size_t i;

	for (i = 0; i < stats->n; i++)
		json_array_append_new(isps, isp_stats_json(&stats->isps[i]));
	out_json(json_pack("{s:I, s:o, s:o, s:{s:I, s:I}, s:{s:I}, s:{s:I, s:I}, s:{s:I, s:I}}", "generation",
			   (json_int_t)stats->generation, "isps", isps,
			   "foreign", reason_json(
			   &stats->foreign.reasons[OBPBL_REASON_FOREIGN]),
			   "replies", "sent", (json_int_t)tallies->replies,
			   "suppressed", (json_int_t)tallies->suppressed,
			   "sources", "lost", (json_int_t)tallies->sources_lost,
			   "limit", "full", (json_int_t)tallies->limit_full,
			   "not_quarantined",
			   (json_int_t)tallies->not_quarantined, "events", "sent", (json_int_t)tallies->events,
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
	json_object_set_new(row, "isp", json_string(isp));
	json_object_set_new(row, "reason",
			    json_string(names_word(&reason_names, reason)));
	json_object_set_new(row, "ipv4", json_integer(counts->family[0]));
	json_object_set_new(row, "ipv6", json_integer(counts->family[1]));
	json_object_set_new(row, "would_block",
			    json_integer(counts->would_block));
	json_array_append_new(rows, row);
}

static void print_tallies(const struct tallies *tallies)
{
	if (tallies->replies || tallies->suppressed)
		printf("replies: %" PRIu64 " sent, %" PRIu64 " suppressed by net.obpbl.reject_rate\n",
		       tallies->replies, tallies->suppressed);
	if (tallies->events || tallies->events_suppressed)
		printf("block events: %" PRIu64 " sent, %" PRIu64 " packet%s without one\n",
		       tallies->events, tallies->events_suppressed,
		       plural(tallies->events_suppressed));
	if (tallies->sources_lost)
		printf("sources: %" PRIu64 " packet%s not taken by the table of top\n",
		       tallies->sources_lost, plural(tallies->sources_lost));
	if (tallies->limit_full)
		printf("limit: %" PRIu64 " connection%s blocked because the table was full (net.obpbl.max_sources)\n",
		       tallies->limit_full, plural(tallies->limit_full));
	if (tallies->not_quarantined)
		printf("limit: %" PRIu64 " source%s over it could not be quarantined (net.obpbl.max_overlays)\n",
		       tallies->not_quarantined,
		       plural(tallies->not_quarantined));
}

static void print_text(const struct stats *stats)
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
	add_row(rows, "-", OBPBL_REASON_FOREIGN,
		&stats->foreign.reasons[OBPBL_REASON_FOREIGN]);
	if (json_array_size(rows))
		out_table(rows, columns, "");
	else
		puts("no packet to port 25 has been counted");
	print_tallies(&stats->tallies);
	json_decref(rows);
}

/**
 * stats_command() - print the counters, and with reset begin anew
 * @words: what follows the command
 *
 * Return: enum status.
 */
int stats_command(struct words *words)
{
	bool reset = words_take(words, "reset");
	struct stats stats;
	struct nl nl;
	int status;

	if (words_end(words))
		return STATUS_USAGE;
	status = nl_open(&nl);
	if (status)
		return status;
	status = kernel_stats(&nl, &stats, reset);
	nl_release(&nl);
	if (status)
		return status;
	if (options.json)
		print_json(&stats);
	else
		print_text(&stats);
	stats_free(&stats);
	return STATUS_OK;
}

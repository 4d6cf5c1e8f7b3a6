// SPDX-License-Identifier: GPL-2.0-only
/* The stats command */
#include "command.h"
#include "kernel.h"
#include "names.h"
#include "out.h"

static json_t *counts_json(const struct counts *counts)
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
					    counts_json(&isp->reasons[i]));
	return json_pack("{s:s, s:s, s:o}", "name", isp->name, "mode",
			 names_word(&mode_names, isp->mode), "reasons",
			 reasons);
}

static void print_json(const struct stats *stats)
{
	const struct counts *foreign;
	json_t *isps = json_array();
	size_t i;

	for (i = 0; i < stats->n; i++)
		json_array_append_new(isps, isp_stats_json(&stats->isps[i]));
	foreign = &stats->foreign.reasons[OBPBL_REASON_FOREIGN];
	out_json(json_pack("{s:I, s:o, s:o, s:{s:I, s:I}}", "generation",
			   (json_int_t)stats->generation, "isps", isps,
			   "foreign", counts_json(foreign), "replies", "sent",
			   (json_int_t)stats->replies, "suppressed",
			   (json_int_t)stats->suppressed));
}

static void add_row(json_t *rows, const char *isp, const char *mode,
		    int reason, const struct counts *counts)
{
	json_array_append_new(rows,
		json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I}",
			  "isp", isp, "mode", mode, "reason",
			  names_word(&reason_names, reason), "packets",
			  (json_int_t)counts->packets, "ipv4",
			  (json_int_t)counts->family[0], "ipv6",
			  (json_int_t)counts->family[1], "bytes",
			  (json_int_t)counts->bytes, "attempts",
			  (json_int_t)counts->attempts, "would-block",
			  (json_int_t)counts->would_block));
}

static void add_rows(json_t *rows, const struct isp_stats *isp)
{
	const char *mode = names_word(&mode_names, isp->mode);
	int i;

	for (i = 0; i <= OBPBL_REASON_MAX; i++)
		if (isp->reasons[i].packets)
			add_row(rows, isp->name, mode, i, &isp->reasons[i]);
}

static void print_text(const struct stats *stats)
{
	static const char *const columns[] = {
		"isp", "mode", "reason", "packets", "ipv4", "ipv6", "bytes",
		"attempts", "would-block", NULL
	};
	json_t *rows = json_array();
	size_t i;

	for (i = 0; i < stats->n; i++)
		add_rows(rows, &stats->isps[i]);
	for (i = 0; i <= OBPBL_REASON_MAX; i++)
		if (stats->foreign.reasons[i].packets)
			add_row(rows, "-", "-", i, &stats->foreign.reasons[i]);
	if (json_array_size(rows))
		out_table(rows, columns, "");
	else
		puts("no packet to or from port 25 has been judged yet");
	printf("replies: %llu sent, %llu suppressed by net.obpbl.reject_rate\n",
	       (unsigned long long)stats->replies,
	       (unsigned long long)stats->suppressed);
	json_decref(rows);
}

/**
 * stats_command() - counters
 * @words: what follows the command
 *
 * Return: enum status.
 */
int stats_command(struct words *words)
{
	struct stats stats;
	struct nl nl;
	int status;

	if (words_end(words))
		return STATUS_USAGE;
	status = nl_open(&nl);
	if (status)
		return status;
	status = kernel_stats(&nl, &stats);
	nl_close(&nl);
	if (status)
		return status;
	if (options.json)
		print_json(&stats);
	else
		print_text(&stats);
	stats_free(&stats);
	return STATUS_OK;
}

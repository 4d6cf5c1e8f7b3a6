// SPDX-License-Identifier: GPL-2.0-only
/* The show command: the policy at a glance */
#include <inttypes.h>
#include <string.h>

#include "asleep.h"
#include "check.h"
#include "command.h"
#include "confirm.h"
#include "isp.h"
#include "kernel.h"
#include "names.h"
#include "out.h"
#include "shadow.h"
#include "version.h"

static const struct isp_stats *find_stats(const struct stats *stats,
					  const char *name)
{
	size_t i;

	for (i = 0; i < stats->n; i++)
		if (!strcmp(stats->isps[i].name, name))
			return &stats->isps[i];
	return &stats->foreign;
}

static json_t *row_of(const struct isp *isp, const struct stats *stats,
		      uint8_t ceiling)
{
	uint8_t mode = isp->mode < ceiling ? isp->mode : ceiling;
	uint64_t blocked, would_block;
	json_t *row = isp_json(isp);

	blocked = stats_blocked(find_stats(stats, isp->name), &would_block);
	json_object_set_new(row, "effective",
			    json_string(names_word(&mode_names, mode)));
	json_object_set_new(row, "blocked", json_integer(blocked));
	json_object_set_new(row, "would_block", json_integer(would_block));
	return row;
}

static json_t *rows_of(const struct policy *policy, const struct stats *stats,
		       uint8_t ceiling)
{
	json_t *rows = json_array();
	size_t i;

	for (i = 0; i < policy->n_isps; i++)
		json_array_append_new(rows, row_of(&policy->isps[i], stats,
						   ceiling));
	return rows;
}

static void isp_warnings(const struct policy *policy, json_t *warnings)
{
	const struct isp *isp;
	const char *text;
	size_t i;

	for (i = 0; i < policy->n_isps; i++) {
		isp = &policy->isps[i];
		if (!isp->counts[OBPBL_CLASS_DYNAMIC] && !isp->sessions)
			warn_in(warnings, "isp %s has no dynamic prefix: nothing of it is blocked",
				isp->name);
		text = isp->counts[OBPBL_CLASS_RELAY] ? NULL :
		       check_no_relay(isp);
		if (text)
			warn_in(warnings, "isp %s has no relay: %s", isp->name,
				text);
	}
}

static void warnings_of(const struct glance *glance,
			const struct policy *policy, const struct stats *stats,
			json_t *warnings)
{
	const char *advice = version_advice(glance);
	uint8_t highest = OBPBL_MODE_OFF;
	char text[CONFIRM_TEXT];
	size_t i;

	if (advice)
		warn_in(warnings, "%s", advice);
	if (confirm_text(glance, text))
		warn_in(warnings, "%s", text);
	for (i = 0; i < policy->n_isps; i++)
		if (policy->isps[i].mode > highest)
			highest = policy->isps[i].mode;
	ceiling_warning(glance, highest, warnings);
	if (glance->owner)
		warn_in(warnings, "netlink port %u has a transaction open: other changes are refused until it ends",
			glance->owner);
	if (stats->tallies.limit_full)
		warn_in(warnings, "%" PRIu64 " connection%s blocked because there was no room to count sources with a limit: raise net.obpbl.max_sources, which takes effect after obpblctl flush",
			stats->tallies.limit_full,
			stats->tallies.limit_full == 1 ? " was" : "s were");
	if (stats->tallies.not_quarantined)
		warn_in(warnings, "%" PRIu64 " source%s over the limit could not be quarantined: raise net.obpbl.max_overlays, or remove quarantines that have ended",
			stats->tallies.not_quarantined,
			plural(stats->tallies.not_quarantined));
	isp_warnings(policy, warnings);
}

static void print_json(const struct glance *glance, json_t *rows,
		       json_t *warnings)
{
	out_json(json_pack("{s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:O, s:O}",
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
			   (json_int_t)glance->max_sessions, "confirm",
			   confirm_json(glance), "shadow",
			   shadow_json(glance), "isps", rows,
			   "warnings", warnings));
}

static void print_text(const struct glance *glance, json_t *rows)
{
	static const char *const columns[] = {
		"name", "effective", "policy", "reject", "reverse", "vrf",
		"space", "dynamic", "static", "relay", "target", "exempt",
		"quarantine", "sessions", "blocked", "would_block", NULL
	};
	char bytes[32], since[32];

	printf("obpbl %s, obpblctl %s, generation %" PRIu64 ", net.obpbl.mode %s, %u prefix%s, %u overlay%s, %s\n",
	       glance->version, OBPBL_VERSION, glance->generation,
	       names_word(&mode_names, glance->ceiling), glance->prefixes,
	       glance->prefixes == 1 ? "" : "es", glance->overlays,
	       plural(glance->overlays), print_bytes(glance->bytes, bytes));
	if (json_array_size(rows))
		out_table(rows, columns, "");
	else
		puts("no policy: nothing is judged (obpblctl apply FILE installs one)");
	if (glance->shadow_since)
		printf("a shadow is judged beside it since %s (obpblctl shadow show)\n",
		       print_time(glance->shadow_since, since));
}

static int show(struct nl *nl, void *order)
{
	json_t *rows, *warnings;
	struct policy policy;
	struct glance glance;
	struct stats stats;
	int status;

	(void)order;
	status = kernel_glance(nl, &glance);
	if (!status)
		status = kernel_policy(nl, &policy, KERNEL_ISPS);
	if (status)
		return status;
	status = kernel_stats(nl, &stats, false);
	if (!status) {
		rows = rows_of(&policy, &stats, glance.ceiling);
		warnings = json_array();
		if (!options.json)
			print_text(&glance, rows);
		fflush(stdout);
		warnings_of(&glance, &policy, &stats, warnings);
		asleep_warnings(nl, warnings);
		if (options.json)
			print_json(&glance, rows, warnings);
		json_decref(rows);
		json_decref(warnings);
		stats_free(&stats);
	}
	policy_free(&policy);
	return status;
}

static const struct verb verbs[] = {
	{
		.synopsis = "",
		.example = "obpblctl show",
		.run = show,
	},
	{ .synopsis = NULL }
};

const struct command show_command = {
	.name = "show",
	.summary = "the policy at a glance; so does no command at all",
	.help = "Versions, generation, memory, and of each ISP its mode, prefixes and\n"
		"blocked packets. What deserves attention is said in words.\n",
	.verbs = verbs,
};

// SPDX-License-Identifier: GPL-2.0-only
/* The shadow command: a candidate that is judged beside the running policy */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "confirm.h"
#include "isp.h"
#include "names.h"
#include "out.h"
#include "shadow.h"
#include "source.h"

#define DEFAULT_ROWS 20

/**
 * struct summary - the answer to OBPBL_CMD_SHADOW_GET
 * @since: when it was made
 * @judged: packets
 * @isps: ISPs that it has
 * @prefixes: prefixes
 * @overlays: configured overlays
 * @lost: packets that its table of sources did not take
 * @full: connections for whose source its table of limits had no place
 */
struct summary {
	uint64_t since;
	uint64_t judged;
	uint32_t isps;
	uint32_t prefixes;
	uint32_t overlays;
	uint64_t lost;
	uint64_t full;
};

/**
 * struct seen - what was seen with a shadow
 * @summary: in short
 * @isps: array of an object an ISP
 * @policy: the ISPs that it has
 * @to_block: packets that only it blocks
 * @to_pass: packets that only the running policy blocks
 * @sources: whose they were
 */
struct seen {
	struct summary summary;
	json_t *isps;
	struct policy policy;
	uint64_t to_block;
	uint64_t to_pass;
	struct sources sources;
};

/**
 * shadow_json() - whether there is a shadow
 * @glance: the answer to OBPBL_CMD_GET
 *
 * Return: an object, or null.
 */
json_t *shadow_json(const struct glance *glance)
{

	if (!glance->shadow_since)
		return json_null();
	return json_pack("{s:s}", "since", print_time(glance->shadow_since));
}

/* Reading */

static void take_summary(const struct nlattr **a, void *data)
{
	struct summary *summary = data;

	summary->since = nl_u64(a[OBPBL_A_SHADOW_SINCE]);
	summary->judged = nl_u64(a[OBPBL_A_SHADOW_JUDGED]);
	summary->isps = nl_u32(a[OBPBL_A_ISPS]);
	summary->prefixes = nl_u32(a[OBPBL_A_PREFIXES]);
	summary->overlays = nl_u32(a[OBPBL_A_OVERLAYS]);
	summary->lost = nl_u64(a[OBPBL_A_SOURCES_LOST]);
	summary->full = nl_u64(a[OBPBL_A_LIMIT_FULL]);
}

/* An ISP comes in one message or several, one after the other. */
static json_t *isp_of(struct seen *seen, const char *name)
{
	size_t n = json_array_size(seen->isps);
	json_t *isp = n ? json_array_get(seen->isps, n - 1) : NULL;

	if (isp && !strcmp(name, json_string_value(json_object_get(isp,
								   "name"))))
		return isp;
	isp = json_pack("{s:s, s:i, s:i, s:[]}", "name", name, "pass_to_block",
			0, "block_to_pass", 0, "changes");
	json_array_append_new(seen->isps, isp);
	return isp;
}

static void add_to(json_t *object, const char *key, uint64_t count)
{
	json_t *value = json_object_get(object, key);

	json_integer_set(value, json_integer_value(value) + count);
}

static void take_change(struct seen *seen, json_t *isp,
			const struct obpbl_shadow_change *change)
{
	const char *way = change->blocks ? "pass_to_block" : "block_to_pass";
	uint64_t *total = change->blocks ? &seen->to_block : &seen->to_pass;

	*total += change->packets;
	add_to(isp, way, change->packets);
	json_array_append_new(json_object_get(isp, "changes"),
			      json_pack("{s:s, s:I, s:s, s:s}", "change", way,
					"packets", (json_int_t)change->packets,
					"running",
					names_word(&reason_names, change->live),
					"shadow",
					names_word(&reason_names,
						   change->shadow)));
}

static void take_changes(const struct nlattr **a, void *data)
{
	struct obpbl_shadow_change change;
	char name[OBPBL_ISP_NAME_SIZE];
	struct seen *seen = data;
	size_t i;

	nl_isp(a[OBPBL_A_ISP], name);
	for (i = 0; nl_element(a[OBPBL_A_SHADOW_CHANGES], i, &change,
			       sizeof(change)); i++)
		take_change(seen, isp_of(seen, name), &change);
}

static bool read_seen(struct nl *nl, struct seen *seen)
{
	return nl_talk(nl, nl_request(nl, OBPBL_CMD_SHADOW_GET, NLM_F_ACK),
		       take_summary, &seen->summary) &&
	       nl_talk(nl, nl_request(nl, OBPBL_CMD_SHADOW_GET, NLM_F_DUMP),
		       take_changes, seen) &&
	       sources_dump(nl, OBPBL_CMD_SHADOW_SOURCE_GET, NULL,
			    &seen->sources);
}

/* Showing */

/* A source of a shadow has the same numbers under other names. */
static json_t *changer_json(const struct source *source)
{
	json_t *from = source_json(source), *to;

	to = json_pack("{s:O, s:O, s:I, s:I, s:O, s:O, s:O, s:O}", "source",
		       json_object_get(from, "source"), "isp",
		       json_object_get(from, "isp"), "pass_to_block",
		       (json_int_t)source->is.blocked, "block_to_pass",
		       (json_int_t)source->is.would_block, "attempts",
		       json_object_get(from, "attempts"), "reason",
		       json_object_get(from, "reason"), "first",
		       json_object_get(from, "first"), "last",
		       json_object_get(from, "last"));
	json_decref(from);
	return to;
}

/* The heaviest of those that would change one way, or any way */
static json_t *changers(const struct sources *sources, const char *way,
			uint64_t most)
{
	json_t *rows = json_array(), *row;
	size_t i;

	for (i = 0; i < sources->n && json_array_size(rows) < most; i++) {
		row = changer_json(&sources->list[i]);
		if (!way || json_integer_value(json_object_get(row, way)))
			json_array_append(rows, row);
		json_decref(row);
	}
	return rows;
}

static json_t *modes_json(const struct policy *policy)
{
	json_t *modes = json_array();
	const struct isp *isp;
	size_t i;

	for (i = 0; i < policy->n_isps; i++) {
		isp = &policy->isps[i];
		json_array_append_new(modes, json_pack("{s:s, s:s}", "name",
						       isp->name, "mode",
						       names_word(&mode_names,
								  isp->mode)));
	}
	return modes;
}

static void print_json(const struct seen *seen)
{
	const struct summary *summary = &seen->summary;

	out_json(json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:I, s:I, s:O, s:o}",
			   "since", print_time(summary->since), "judged",
			   (json_int_t)summary->judged, "pass_to_block",
			   (json_int_t)seen->to_block, "block_to_pass",
			   (json_int_t)seen->to_pass, "prefixes",
			   (json_int_t)summary->prefixes, "overlays",
			   (json_int_t)summary->overlays, "configured_isps",
			   (json_int_t)summary->isps, "modes",
			   modes_json(&seen->policy), "sources_lost",
			   (json_int_t)summary->lost, "limit_full",
			   (json_int_t)summary->full, "isps", seen->isps,
			   "sources", changers(&seen->sources, NULL,
					       UINT64_MAX)));
}

/* A line for each mode that any ISP has */
static void print_modes(const struct policy *policy)
{
	json_t *names;
	int mode;
	size_t i;

	for (mode = OBPBL_MODE_ENFORCE; mode >= OBPBL_MODE_OFF; mode--) {
		names = json_array();
		for (i = 0; i < policy->n_isps; i++)
			if (policy->isps[i].mode == mode)
				json_array_append_new(names, json_string(
					policy->isps[i].name));
		if (json_array_size(names))
			printf("mode %s: %s%s\n", names_word(&mode_names, mode),
			       isp_names(names),
			       mode == OBPBL_MODE_ENFORCE ? "" :
			       ", of which nothing counts as blocked");
		json_decref(names);
	}
}

/* A row for each pair of reasons */
static json_t *change_rows(const struct seen *seen)
{
	json_t *rows = json_array(), *isp, *change, *row;
	size_t i, j;

	json_array_foreach(seen->isps, i, isp) {
		json_array_foreach(json_object_get(isp, "changes"), j, change) {
			row = json_pack("{s:O}", "isp",
					json_object_get(isp, "name"));
			json_object_update(row, change);
			json_array_append_new(rows, row);
		}
	}
	return rows;
}

static void print_changers(const struct seen *seen, const char *way,
			   const char *title, uint64_t most)
{
	const char *const columns[] = {
		way, "source", "isp", "reason", "last", NULL
	};
	json_t *rows = changers(&seen->sources, way, most);

	if (json_array_size(rows)) {
		printf("\n%s:\n", title);
		out_table(rows, columns, false);
	}
	json_decref(rows);
}

static void print_text(const struct seen *seen, uint64_t most)
{
	static const char *const columns[] = {
		"isp", "change", "running", "shadow", "packets", NULL
	};
	const struct summary *summary = &seen->summary;
	json_t *rows = change_rows(seen);

	printf("shadow since %s: %s, %s, %s\n", print_time(summary->since),
	       count_of(summary->isps, "ISP"),
	       count_of(summary->prefixes, "prefix"),
	       count_of(summary->overlays, "overlay"));
	print_modes(&seen->policy);
	printf("%s judged: %" PRIu64 " that pass would be blocked, %" PRIu64 " that are blocked would pass\n",
	       count_of(summary->judged, "packet"), seen->to_block,
	       seen->to_pass);
	if (json_array_size(rows)) {
		putchar('\n');
		out_table(rows, columns, false);
	}
	json_decref(rows);
	print_changers(seen, "pass_to_block", "would be blocked", most);
	print_changers(seen, "block_to_pass", "would pass", most);
}

/**
 * struct wish - what was asked for
 * @rows: sources to show, each way
 * @confirm: seconds in which the promotion is to be confirmed; 0: it is not
 */
struct wish {
	uint64_t rows;
	uint32_t confirm;
};

static int show(struct nl *nl, void *order)
{
	struct seen seen = { .isps = json_array() };
	const struct wish *wish = order;
	int status;

	status = read_seen(nl, &seen) ?
		 kernel_policy(nl, &seen.policy, KERNEL_SHADOW) : nl_fail(nl);
	if (seen.sources.n)
		qsort(seen.sources.list, seen.sources.n,
		      sizeof(*seen.sources.list), source_order);
	if (!status && options.json)
		print_json(&seen);
	else if (!status)
		print_text(&seen, wish->rows ? wish->rows : DEFAULT_ROWS);
	json_decref(seen.isps);
	policy_free(&seen.policy);
	free(seen.sources.list);
	return status;
}

/* Ending it */

static int promote(struct nl *nl, void *order)
{
	const struct wish *wish = order;
	struct glance glance;
	uint64_t generation = 0;
	const char *text;
	int status;

	status = confirm_talk(nl, OBPBL_CMD_SHADOW_PROMOTE, wish->confirm,
			      &generation);
	if (!status)
		status = kernel_glance(nl, &glance);
	if (status)
		return status;
	nl->tightened = !wish->confirm;
	if (options.json)
		out_json(json_pack("{s:I, s:o, s:i}", "generation",
				   (json_int_t)generation, "confirm",
				   confirm_json(&glance), "connections_ended",
				   0));
	else
		printf("generation %" PRIu64 ": the shadow is what is configured\n",
		       generation);
	text = confirm_text(&glance);
	if (!options.json && text)
		printf("%s; 'obpblctl confirm' keeps what is new\n", text);
	return STATUS_OK;
}

static int drop(struct nl *nl, void *order)
{
	if (!nl_command(nl, OBPBL_CMD_SHADOW_DROP))
		return nl_fail(nl);
	if (options.json)
		out_json(json_pack("{s:b}", "dropped", 1));
	return STATUS_OK;
}

/* Words */

enum { SHOW, PROMOTE, DROP };

static const struct key keys[] = {
	{ KEY("-n", "a number of rows", word_rows, struct wish, rows),
	  .verbs = 1 << SHOW },
	{ KEY("--confirm", "a number of seconds, or a duration like 10m,", confirm_word,
	      struct wish, confirm),
	  .verbs = 1 << PROMOTE },
	{ .name = NULL }
};

static const struct verb verbs[] = {
	{
		.name = "show",
		.synopsis = "[-n N]",
		.summary = "what the shadow would change",
		.example = "obpblctl shadow show",
		.value = SHOW,
		.run = show,
	}, {
		.name = "promote",
		.synopsis = "[--confirm DUR]",
		.summary = "make the shadow the policy, in one step",
		.example = "obpblctl shadow promote --confirm 600",
		.value = PROMOTE,
		.run = promote,
		.step = true,
	}, {
		.name = "drop",
		.synopsis = "",
		.summary = "remove the shadow",
		.example = "obpblctl shadow drop",
		.value = DROP,
		.run = drop,
		.step = true,
	},
	{ .synopsis = NULL }
};

const struct command shadow_command = {
	.name = "shadow",
	.summary = "the candidate that apply --shadow has put beside the policy",
	.help = "'show': how many packets would be blocked that pass, or pass that are\n"
		"blocked, by ISP, by the reasons of both, and of which sources (the N\n"
		"heaviest each way; default: 20). 'promote' makes it the policy in one step,\n"
		"--confirm as of apply. 'drop' removes it.\n",
	.verbs = verbs,
	.size = sizeof(struct wish),
	.keys = keys,
};

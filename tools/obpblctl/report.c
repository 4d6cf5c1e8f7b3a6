// SPDX-License-Identifier: GPL-2.0-only
/* The report command: a day as a page for the abuse desk */
#include <string.h>
#include <time.h>

#include "command.h"
#include "facts.h"
#include "history.h"
#include "out.h"
#include "page.h"
#include "sample.h"

#define HOUR 3600
#define NOT_SAID UINT64_MAX

/**
 * struct order - what a command line asks for
 * @path: the file of the history
 * @day: when the day begins; NOT_SAID
 */
struct order {
	const char *path;
	uint64_t day;
};

enum { SHOW, SAMPLE };

static int take_day(const char *word, void *to)
{
	const char *fault;

	fault = parse_time(text_print("%.64sT00:00:00Z", word), to);
	if (fault)
		return usage("%s: a day is written like 2027-03-31",
			     quote_word(word));
	return STATUS_OK;
}

static const struct key keys[] = {
	{ KEY("day", "a day like 2027-03-31", take_day, struct order, day),
	  .verbs = 1 << SHOW },
	{ .name = NULL }
};

static int parse(struct words *words, const struct verb *verb, void *data)
{
	struct order *order = data;

	order->path = HISTORY;
	order->day = NOT_SAID;
	if (words->left && strcmp(*words->at, "day") &&
	    (**words->at != '-' || words->plain))
		order->path = words_next(words);
	return command_keys(words, keys, verb, order);
}

/* The hour that runs is the last one. */
static uint64_t last_day(void)
{
	uint64_t now = time(NULL);

	return now - now % HOUR - (FACTS_HOURS - 1) * HOUR;
}

/* All is in the file, so that it can be looked at anywhere. */
static int parse_show(struct words *words, const struct verb *verb, void *data)
{
	struct order *order = data;
	uint64_t from;
	json_t *facts;
	int status;

	status = parse(words, verb, data);
	if (status)
		return status;
	from = order->day == NOT_SAID ? last_day() : order->day;
	status = facts_read(order->path, from, from + FACTS_HOURS * HOUR,
			    &facts);
	if (!status && options.json)
		out_json(json_incref(facts));
	else if (!status)
		page_write(stdout, facts);
	json_decref(facts);
	return status ? status : STATUS_DONE;
}

static int sample(struct nl *nl, void *data)
{
	const struct order *order = data;
	uint64_t now = time(NULL), last = history_last(order->path);
	json_t *taken;
	int status;

	/* Where a clock was set back, nobody knows who has come since. */
	status = sample_take(nl, last > now ? 0 : last, now, &taken);
	if (!status)
		status = history_append(order->path, taken, now);
	if (!status && options.json)
		out_json(json_pack("{s:s, s:s, s:O}", "file", order->path,
				   "time", print_time(now), "sources",
				   json_object_get(taken, "sources_all")));
	json_decref(taken);
	return status;
}

static const struct verb verbs[] = {
	{
		.name = "show",
		.synopsis = "[FILE] [day DATE]",
		.summary = "a day as one HTML page; so does no word at all",
		.example = "obpblctl report day 2027-03-31 >report.html",
		.value = SHOW,
		.parse = parse_show,
	}, {
		.name = "sample",
		.synopsis = "[FILE]",
		.summary = "add what the kernel has counted to the history",
		.example = "obpblctl report sample",
		.value = SAMPLE,
		.parse = parse,
		.run = sample,
	},
	{ .synopsis = NULL }
};

const struct command report_command = {
	.name = "report",
	.summary = "a day as a page for the abuse desk",
	.help = "Attempts by ISP, hour and verdict, bots and misconfigured clients with what\n"
		"to tell each, exemptions that end soon, quarantines: of the last 24 hours, or\n"
		"of a day of UTC. They come from FILE (/var/lib/obpbl/history), to which\n"
		"obpbl-report.timer adds a sample every five minutes; neither the module nor\n"
		"root is needed to read it. Samples are kept for eight days.\n",
	.verbs = verbs,
	.size = sizeof(struct order),
	.standard = true,
	.open = true,
};

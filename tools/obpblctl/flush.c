// SPDX-License-Identifier: GPL-2.0-only
/* The flush command */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "kernel.h"
#include "out.h"

static bool ask(const struct glance *glance)
{
	char answer[16];

	fprintf(stderr, "Remove %s, %s and %s (exemptions, quarantines), and open port 25? [y/N] ",
		count_of(glance->isps, "ISP"),
		count_of(glance->prefixes, "prefix"),
		count_of(glance->overlays, "overlay"));
	return fgets(answer, sizeof(answer), stdin) &&
	       (*answer == 'y' || *answer == 'Y');
}

static void print_removed(const struct glance *glance)
{
	printf("removed %s, %s%s %s", count_of(glance->isps, "ISP"),
	       count_of(glance->prefixes, "prefix"),
	       glance->sessions ? "," : " and",
	       count_of(glance->overlays, "overlay"));
	if (glance->sessions)
		printf(" and sessions of %s",
		       count_of(glance->sessions, "prefix"));
	putchar('\n');
}

static int flush(struct nl *nl, void *order)
{
	const bool *yes = order;
	struct glance glance;
	int status;

	status = kernel_glance(nl, &glance);
	if (status)
		return status;
	if (!*yes && !ask(&glance))
		return fail("nothing was changed");
	if (!nl_command(nl, OBPBL_CMD_FLUSH))
		return nl_fail(nl);
	if (glance.confirm)
		warn("a change was waiting to be confirmed: that has ended, generation %" PRIu64 " does not return",
		     glance.confirm_generation);
	if (options.json)
		out_json(json_pack("{s:i, s:i, s:i, s:i}", "configured_isps",
				   glance.isps, "prefixes", glance.prefixes,
				   "overlays", glance.overlays, "sessions",
				   glance.sessions));
	else
		print_removed(&glance);
	return STATUS_OK;
}

static const struct key keys[] = {
	{ .name = "--yes", .take = word_flag },
	{ .name = NULL }
};

static int parse(struct words *words, const struct verb *verb, void *order)
{
	int status = command_keys(words, keys, verb, order);
	const bool *yes = order;

	if (status || *yes)
		return status;
	if (isatty(STDIN_FILENO) && !options.json && !options.lines)
		return STATUS_OK;
	return command_usage("this removes the whole policy and there is no terminal to ask on; say --yes");
}

const struct command flush_command = {
	.name = "flush",
	.summary = "remove the policy of this namespace",
	.help = "ISPs, prefixes, exemptions, quarantines and sessions all go, and port 25\n"
		"is open.\n"
		"Asks first on a terminal; elsewhere --yes is needed.\n",
	.verbs = ONE_VERB(.synopsis = "[--yes]",
			  .example = "obpblctl flush --yes",
			  .size = sizeof(bool),
			  .parse = parse,
			  .run = flush,
			  .step = true),
};

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

	fprintf(stderr, "Remove %u ISP%s, %u prefix%s and %u overlay%s (exemptions, quarantines), and open port 25? [y/N] ",
		glance->isps, plural(glance->isps), glance->prefixes,
		glance->prefixes == 1 ? "" : "es", glance->overlays,
		plural(glance->overlays));
	return fgets(answer, sizeof(answer), stdin) &&
	       (*answer == 'y' || *answer == 'Y');
}

static void print_removed(const struct glance *glance)
{
	printf("removed %u ISP%s, %u prefix%s%s %u overlay%s", glance->isps,
	       plural(glance->isps), glance->prefixes,
	       glance->prefixes == 1 ? "" : "es",
	       glance->sessions ? "," : " and", glance->overlays,
	       plural(glance->overlays));
	if (glance->sessions)
		printf(" and sessions of %u prefix%s", glance->sessions,
		       glance->sessions == 1 ? "" : "es");
	putchar('\n');
}

static int flush(struct nl *nl, bool yes)
{
	struct glance glance;
	int status;

	status = kernel_glance(nl, &glance);
	if (status)
		return status;
	if (!yes && !ask(&glance))
		return fail("nothing was changed");
	if (!nl_command(nl, OBPBL_CMD_FLUSH))
		return nl_fail(nl);
	if (glance.confirm)
		warn("a change was waiting to be confirmed: that has ended, generation %" PRIu64 " does not return",
		     glance.confirm_generation);
	if (options.json)
		out_json(json_pack("{s:i, s:i, s:i, s:i}", "isps", glance.isps,
				   "prefixes", glance.prefixes, "overlays",
				   glance.overlays, "sessions",
				   glance.sessions));
	else
		print_removed(&glance);
	return STATUS_OK;
}

/**
 * flush_command() - remove the policy
 * @words: what follows the command
 *
 * Return: enum status.
 */
int flush_command(struct words *words)
{
	bool yes = words_take(words, "--yes");
	struct nl nl;
	int status;

	if (words_end(words))
		return STATUS_USAGE;
	if (!yes && (!isatty(STDIN_FILENO) || options.json || options.lines))
		return command_usage("flush", "this removes the whole policy and there is no terminal to ask on; say --yes");
	status = nl_open(&nl);
	if (status)
		return status;
	status = flush(&nl, yes);
	nl_release(&nl);
	return status;
}

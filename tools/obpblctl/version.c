// SPDX-License-Identifier: GPL-2.0-only
/* The version command */
#include <string.h>

#include "command.h"
#include "kernel.h"
#include "out.h"
#include "version.h"

/**
 * version_advice() - which of program and module to update
 * @glance: what the module says
 *
 * Return: that, in words, or NULL.
 */
const char *version_advice(const struct glance *glance)
{
	int newer = strverscmp(OBPBL_VERSION, glance->version);

	if (glance->protocol != OBPBL_GENL_VERSION)
		newer = glance->protocol < OBPBL_GENL_VERSION ? 1 : -1;
	if (!newer)
		return NULL;
	return newer < 0 ?
	       "the program is older than the module: update obpblctl" :
	       "the module is older than the program: update obpbl and load it anew";
}

static void print_json(const struct glance *glance, const char *advice)
{
	out_json(json_pack("{s:s, s:s?, s:i, s:o, s:s?}", "program",
			   OBPBL_VERSION, "module",
			   glance ? glance->version : NULL, "protocol",
			   OBPBL_GENL_VERSION, "module_protocol",
			   glance ? json_integer(glance->protocol) : json_null(),
			   "advice", advice));
}

static void print_text(const struct glance *glance, const char *advice)
{
	printf("program   %s\n", OBPBL_VERSION);
	if (glance)
		printf("module    %s\n", glance->version);
	if (glance && glance->protocol != OBPBL_GENL_VERSION)
		printf("protocol  %d (module %u)\n", OBPBL_GENL_VERSION,
		       glance->protocol);
	else
		printf("protocol  %d\n", OBPBL_GENL_VERSION);
	if (advice)
		puts(advice);
}

/* Without a module it says what there is to say of the program. */
static int run(struct nl *nl, void *order)
{
	const char *advice = NULL;
	struct glance glance;
	int status;

	status = nl ? kernel_glance(nl, &glance) : STATUS_NO_MODULE;
	if (!status)
		advice = version_advice(&glance);
	if (options.json)
		print_json(status ? NULL : &glance, advice);
	else
		print_text(status ? NULL : &glance, advice);
	return nl ? status : STATUS_OK;
}

const struct command version_command = {
	.name = "version",
	.summary = "program, module and protocol versions, and which to update",
	.help = "",
	.verbs = ONE_VERB(.synopsis = "",
			  .example = "obpblctl version",
			  .run = run,
			  .alone = true),
};

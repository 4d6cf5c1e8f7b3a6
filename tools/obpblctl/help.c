// SPDX-License-Identifier: GPL-2.0-only
/* The help command */
#include "command.h"
#include "complete.h"
#include "fields.h"
#include "help.h"
#include "out.h"

/**
 * help_wanted() - whether the rest of a command line asks for help
 * @words: the rest, behind a command or its verb
 *
 * Return: that. Further on such words are texts, such as a reason.
 */
bool help_wanted(const struct words *words)
{
	struct words rest = *words;

	if (words->plain)
		return false;
	return words_take(&rest, "-h") || words_take(&rest, "--help") ||
	       (words_take(&rest, "help") && !rest.left);
}

static void print_synopsis(void)
{
	const struct command *command = NULL;

	fputs("usage: obpblctl [-j] [-n NETNS] COMMAND\n"
	      "       obpblctl [-j] [-n NETNS] -b FILE|- [-f|--atomic]\n"
	      "\n"
	      "Outbound Port 25 Blocking: control of the obpbl kernel module.\n"
	      "\n"
	      "  -j, --json          one JSON document on stdout; with -b one a line\n"
	      "  -n, --netns NETNS   act in that network namespace (ip netns)\n"
	      "  -c, --color[=WHEN]  colours: always, never, or auto (the default)\n"
	      "  -w, --wide          all columns, however wide\n"
	      "  -b, --batch FILE    run the commands in it, one a line; - is stdin\n"
	      "  -f, --force         with -b: go on after a failure\n"
	      "      --atomic        with -b: all changes in one step, or none\n"
	      "  -V, --version       version of the program and of the module\n"
	      "  -h, --help          this\n"
	      "  --                  no option comes behind it\n"
	      "\n", stdout);
	while ((command = command_next(command)))
		printf("  %-10s %s\n", command->name, command->summary);
	fputs("\n"
	      "Commands and their words may be short, as long as they are clear.\n"
	      "Exit status: 0 done, 1 refused or failed, 2 usage, 3 module not loaded;\n"
	      "test: 0 pass, 10 block, 11 would block.\n"
	      "obpblctl help COMMAND says more.\n", stdout);
}

/* "add PREFIX... CLASS isp NAME" */
static int verb_line(const struct verb *verb, char *text, size_t size)
{
	const char *synopsis;

	synopsis = command_synopsis(verb);
	return snprintf(text, size, "%s%s%s", verb->name ? verb->name : "",
			verb->name && *synopsis ? " " : "", synopsis);
}

static json_t *verbs_json(const struct command *command)
{
	json_t *list = json_array();
	const struct verb *verb;

	for (verb = command->verbs; verb->name; verb++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}",
						      "name", verb->name,
						      "synopsis",
						      command_synopsis(verb),
						      "summary", verb->summary,
						      "example",
						      verb->example));
	return list;
}

static json_t *command_json(const struct command *command)
{
	const struct verb *verb;
	char synopsis[1024] = "";
	size_t used = 0;

	for (verb = command->verbs; verb->synopsis; verb++) {
		if (used)
			used += snprintf(synopsis + used,
					 sizeof(synopsis) - used, " | ");
		used += verb_line(verb, synopsis + used,
				  sizeof(synopsis) - used);
	}
	return json_pack("{s:s, s:s, s:s, s:s, s:o}", "name", command->name,
			 "synopsis", synopsis, "summary", command->summary,
			 "example", command->verbs->example, "verbs",
			 verbs_json(command));
}

static void print_all_json(void)
{
	const struct command *command = NULL;
	json_t *list = json_array();

	while ((command = command_next(command)))
		json_array_append_new(list, command_json(command));
	out_json(list);
}

static void print_command(const struct command *command,
			  const struct verb *only)
{
	const struct verb *verb;
	bool first = true;
	char line[512];

	for (verb = command->verbs; verb->synopsis; verb++) {
		if (only && verb != only)
			continue;
		verb_line(verb, line, sizeof(line));
		printf("%s obpblctl %s%s%s\n", first ? "usage:" : "      ",
		       command->name, *line ? " " : "", line);
		first = false;
	}
	printf("\n%s.\n", only && only->summary ? only->summary :
	       command->summary);
	if (*command->help || command->fields)
		printf("\n%s", command->help);
	if (command->fields)
		fields_help(command->fields);
	putchar('\n');
	for (verb = command->verbs; verb->synopsis; verb++)
		if (!only || verb == only)
			printf("example: %s\n", verb->example);
}

/**
 * help_print() - what there is
 * @command: of this command alone, or NULL
 * @verb: of this verb of it alone, or NULL
 */
void help_print(const struct command *command, const struct verb *verb)
{
	if (options.json && command)
		out_json(command_json(command));
	else if (options.json)
		print_all_json();
	else if (command)
		print_command(command, verb);
	else
		print_synopsis();
}

static int parse(struct words *words, const struct verb *self, void *order)
{
	const struct command *command = NULL;
	const struct verb *verb = NULL;
	int status = STATUS_OK;

	(void)self;
	(void)order;
	if (words_take(words, "--complete")) {
		complete(words);
		return STATUS_DONE;
	}
	if (words->left)
		status = command_find(words, &command);
	if (!status && words->left && command->verbs->name)
		status = command_verb(words, command, &verb);
	if (!status)
		status = words_end(words);
	if (status)
		return status;
	help_print(command, verb);
	return STATUS_DONE;
}

const struct command help_command = {
	.name = "help",
	.summary = "this, or more of a command",
	.help = "'help --complete WORD...' prints what may follow these words, one a line;\n"
		"the completion of the shell asks so.\n",
	.verbs = ONE_VERB(.synopsis = "[COMMAND [WORD]]",
			  .example = "obpblctl help isp add",
			  .parse = parse),
};

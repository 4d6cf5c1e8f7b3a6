// SPDX-License-Identifier: GPL-2.0-only
/* The commands: one table, from which parsing, help and completion come */
#include <stdarg.h>
#include <string.h>

#include "command.h"
#include "fields.h"
#include "out.h"

const struct command commands[] = {
	{
		.name = "show",
		.synopsis = "",
		.summary = "the policy at a glance; so does no command at all",
		.help = "Versions, generation, memory, and of each ISP its mode, prefixes and\n"
			"blocked packets. What deserves attention is said in words.\n",
		.example = "obpblctl show",
		.run = show_command,
	}, {
		.name = "apply",
		.synopsis = "FILE|- [--check] [--diff] [--empty] [--confirm SEC|--shadow]",
		.summary = "replace the whole configured policy, atomically",
		.help = "Whatever is wrong in the file is named with its line, and then nothing\n"
			"changes. Sessions, and exemptions and quarantines that were added by\n"
			"command, stay.\n"
			"  --check  look at the file only; needs neither the module nor root\n"
			"  --diff   print what differs from the running policy, then apply; with\n"
			"           --check, print it and do not apply\n"
			"  --empty  the file may have no ISP, which removes the policy\n"
			"  --confirm SEC  the kernel goes back by itself after so many seconds (up to\n"
			"           86400) unless 'obpblctl confirm' comes in time\n"
			"  --shadow  change nothing, but judge each packet by this policy as well:\n"
			"           see 'obpblctl help shadow'\n",
		.example = "obpblctl apply /etc/obpbl/obpbl.conf",
		.completion = "--check --diff --empty --confirm --shadow",
		.run = apply_command,
	}, {
		.name = "confirm",
		.synopsis = "",
		.summary = "keep what apply --confirm has changed",
		.help = "Until then nothing configured can be changed, and tracked connections that\n"
			"the new policy blocks are left alone.\n",
		.example = "obpblctl confirm",
		.run = confirm_command,
	}, {
		.name = "rollback",
		.synopsis = "",
		.summary = "go back to what was before apply --confirm, at once",
		.help = "What was configured before is back in one step. Exemptions and quarantines\n"
			"that were added by command stay.\n",
		.example = "obpblctl rollback",
		.run = rollback_command,
	}, {
		.name = "shadow",
		.synopsis = "show [-n N] | promote [--confirm SEC] | drop",
		.summary = "the candidate that apply --shadow has put beside the policy",
		.help = "'show': how many packets would be blocked that pass, or pass that are\n"
			"blocked, by ISP, by the reasons of both, and of which sources (the N\n"
			"heaviest each way; default: 20). 'promote' makes it the policy in one step,\n"
			"--confirm as of apply. 'drop' removes it.\n",
		.example = "obpblctl shadow show",
		.completion = "show promote drop -n --confirm",
		.run = shadow_command,
	}, {
		.name = "save",
		.synopsis = "[FILE]",
		.summary = "the running policy as a config file that apply accepts",
		.help = "Exemptions and quarantines added by command are in it too, unless they have\n"
			"ended; sessions are not, since they end with their interfaces. FILE is\n"
			"replaced as a whole or not at all; without it the text goes to stdout.\n",
		.example = "obpblctl save /etc/obpbl/obpbl.conf",
		.run = save_command,
	}, {
		.name = "flush",
		.synopsis = "[--yes]",
		.summary = "remove the policy of this namespace",
		.help = "ISPs, prefixes, exemptions, quarantines and sessions all go, and port 25\n"
			"is open.\n"
			"Asks first on a terminal; elsewhere --yes is needed.\n",
		.example = "obpblctl flush --yes",
		.completion = "--yes",
		.run = flush_command,
	}, {
		.name = "mode",
		.synopsis = "off|monitor|enforce [isp NAME]",
		.summary = "set the mode of one ISP, or of all",
		.help = "off: judge nothing. monitor: decide and count, block nothing. enforce:\n"
			"block. The effective mode is the lower of this and net.obpbl.mode.\n",
		.example = "obpblctl mode enforce isp alpha",
		.completion = "off monitor enforce isp",
		.changes = true,
		.run = mode_command,
	}, {
		.name = "isp",
		.synopsis = "add|set|del|show|list NAME [mode M] [policy P] [reject R] [reverse on|off] [limit N/T|none] [limit_quarantine DUR|none] [vrf NAME]",
		.summary = "ISPs and their attributes",
		.help = "",
		.fields = isp_fields,
		.example = "obpblctl isp add alpha mode monitor policy outside",
		.completion = "add set del show list mode policy reject reverse limit limit_quarantine vrf off monitor enforce outside relay-only targets reset admin drop on none",
		.changes = true,
		.run = isp_command,
	}, {
		.name = "prefix",
		.synopsis = "add|replace|del PREFIX... CLASS isp NAME | list [CLASS] [isp NAME] | load FILE|- CLASS isp NAME [--replace]",
		.summary = "prefixes of an ISP",
		.help = "CLASS is dynamic, static, space, relay or target. 'add' refuses what is\n"
			"there already, 'replace' does not. 'load' reads a list, one prefix a line,\n"
			"# comments, and adds all of it or nothing; with --replace the list takes\n"
			"the place of all that the ISP has of that class.\n",
		.example = "obpblctl prefix add 203.0.113.0/25 dynamic isp alpha",
		.completion = "add replace del list load dynamic static space relay target isp --replace",
		.changes = true,
		.run = prefix_command,
	}, {
		.name = "exempt",
		.synopsis = "add PREFIX isp NAME [to PREFIX] [dev IF] [for DUR|until TIME] reason TEXT [ticket ID] | del PREFIX isp NAME [to PREFIX] [dev IF] | list [PREFIX] [isp NAME]",
		.summary = "exemptions: sources that pass",
		.help = "Of what the prefix holds everything passes, or what goes to a destination\n"
			"or comes in by a device only. DUR is such as 90s, 30m, 24h, 7d, 2w or\n"
			"1h30m; TIME such as 2027-03-31T00:00:00+09:00. What has ended has no\n"
			"effect, and stays in the list until it is removed. 'list' with a prefix\n"
			"shows what is in it.\n",
		.example = "obpblctl exempt add 203.0.113.9 isp alpha for 7d reason \"own MTA\" ticket AB-1234",
		.completion = "add del list isp to dev for until reason ticket",
		.changes = true,
		.run = exempt_command,
	}, {
		.name = "quarantine",
		.synopsis = "add PREFIX isp NAME [for DUR|until TIME] reason TEXT [ticket ID] | del PREFIX isp NAME | list [PREFIX] [isp NAME]",
		.summary = "quarantines: sources that reach relays only",
		.help = "Whatever else holds for the source. DUR, TIME and 'list' are as for exempt.\n",
		.example = "obpblctl quarantine add 203.0.113.77 isp alpha for 24h reason \"bot report\"",
		.completion = "add del list isp for until reason ticket",
		.changes = true,
		.run = quarantine_command,
	}, {
		.name = "session",
		.synopsis = "up dev IF [addr PREFIX]... isp NAME [class dynamic|static|exempt] | addr dev IF addr PREFIX... | down dev IF | list [dev IF] [isp NAME]",
		.summary = "who is behind an interface, for as long as it is there",
		.help = "For ip-up and ip-down scripts and the like. 'up' makes the session of an\n"
			"interface exactly this (default: class dynamic), 'addr' adds prefixes to\n"
			"it, 'down' ends it. It also ends when the interface does. Whatever is so\n"
			"already is done: nothing changes, and the exit status is 0. A prefix that\n"
			"another interface's session has is taken from it. While another program\n"
			"has a transaction open, these wait for up to 30 seconds.\n",
		.example = "obpblctl session up dev ppp0 addr 203.0.113.5 isp alpha",
		.completion = "up addr down list dev isp class dynamic static exempt",
		.changes = true,
		.run = session_command,
	}, {
		.name = "test",
		.synopsis = "from SRC to DST [dport N] [sport N] [dev IF] [flags S|SA|A|...]",
		.summary = "the kernel's own decision on a packet that is not sent",
		.help = "flags are letters of F S R P A U E C, or - for none; default: S.\n"
			"Exit status: 0 pass, 10 block, 11 would block were the mode enforce.\n",
		.example = "obpblctl test from 203.0.113.7 to 192.0.2.25",
		.completion = "from to dport sport dev flags",
		.run = test_command,
	}, {
		.name = "top",
		.synopsis = "[-n N] [isp NAME] [--bots|--clients]",
		.summary = "who tries port 25",
		.help = "Sources that were blocked or would have been, those with the most attempts\n"
			"first. On a terminal it runs until q, with -n or elsewhere once (default:\n"
			"20). destinations is an estimate of to how many hosts a source has sent,\n"
			"destination the last one, as far as net.obpbl.event_dst lets it be known.\n"
			"  --bots     only those with 16 destinations or more\n"
			"  --clients  only those with one or two: a mail program with wrong settings\n",
		.example = "obpblctl top -n 10 --bots",
		.completion = "-n isp --bots --clients",
		.run = top_command,
	}, {
		.name = "stats",
		.synopsis = "[reset]",
		.summary = "counters of each ISP and reason",
		.help = "attempts are TCP SYN without ACK: connections that were tried. 'reset'\n"
			"prints the counters and begins anew; no packet is lost or counted twice.\n",
		.example = "obpblctl -j stats",
		.completion = "reset",
		.run = stats_command,
	}, {
		.name = "metrics",
		.synopsis = "",
		.summary = "counters for Prometheus, in its text format",
		.help = "'stats reset' does not touch them. Counters that are still zero are absent.\n",
		.example = "obpblctl metrics",
		.run = metrics_command,
	}, {
		.name = "monitor",
		.synopsis = "",
		.summary = "changes of the policy, sessions, expiries, blocked sources as they happen",
		.help = "A line each, with -j a JSON object a line. Of each source at most one line\n"
			"a minute, of all at most net.obpbl.event_rate a second; suppressed says\n"
			"how many packets got none since the last line.\n",
		.example = "obpblctl -j monitor",
		.run = monitor_command,
	}, {
		.name = "export",
		.synopsis = "dynamic|space|relay [isp NAME]",
		.summary = "prefixes alone, one a line, for other programs",
		.help = "For lists of dynamic addresses (PBL), reverse DNS, other ISPs; and for\n"
			"'prefix load'. With -j an array of strings. Sessions are not in it: such a\n"
			"list is of pools, not of who is connected.\n",
		.example = "obpblctl export dynamic isp alpha",
		.completion = "dynamic space relay isp",
		.run = export_command,
	}, {
		.name = "follow",
		.synopsis = "table N isp NAME class CLASS [hold DUR] [file FILE]",
		.summary = "mirror a routing table (BGP) into the policy",
		.help = "Runs until it is ended. Prefixes of the kernel's routing table N become\n"
			"prefixes of the ISP, at once. One that leaves the table is held for DUR\n"
			"(default: 1h) before it goes, so that the loss of a BGP session does not\n"
			"open port 25. Only what has been in the table goes. FILE is a list of what\n"
			"is mirrored, kept up to date: with @FILE in the config file it is there\n"
			"from boot and through every 'apply'.\n",
		.example = "obpblctl follow table 100 isp alpha class dynamic hold 6h",
		.completion = "table isp class dynamic static space relay target hold file",
		.run = follow_command,
	}, {
		.name = "version",
		.synopsis = "",
		.summary = "program, module and protocol versions, and which to update",
		.help = "",
		.example = "obpblctl version",
		.run = version_command,
	}, {
		.name = "help",
		.synopsis = "[COMMAND]",
		.summary = "this, or more of a command",
		.help = "'help --complete' prints the commands, 'help --complete COMMAND' the\n"
			"words that may follow one; the completion of the shell asks so.\n",
		.example = "obpblctl help apply",
		.run = command_help,
	},
	{ .name = NULL }
};

/**
 * command_usage() - say what of a command was not understood, and its synopsis
 * @name: the command
 * @format: a sentence
 *
 * Return: STATUS_USAGE.
 */
int command_usage(const char *name, const char *format, ...)
{
	const struct command *command;
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (command = commands; command->name; command++)
		if (!strcmp(command->name, name))
			return usage("%s (usage: obpblctl %s %s)", text, name,
				     command->synopsis);
	return usage("%s", text);
}

/**
 * command_rows() - the number of rows after -n
 * @words: what follows it
 * @name: the command, for what to say
 * @rows: where to put it
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int command_rows(struct words *words, const char *name, uint64_t *rows)
{
	const char *word = words_next(words);
	char text[QUOTE_SIZE];

	if (!word)
		return command_usage(name, "'-n': a number of rows follows it");
	if (!parse_number(word, 1000000000, rows) || !*rows)
		return usage("%s: is no number of rows", quote_word(word, text));
	return STATUS_OK;
}

static void list_commands(const char *start, char *text, size_t size)
{
	const struct command *command;
	size_t used = 0;

	*text = '\0';
	for (command = commands; command->name; command++)
		if (!strncmp(command->name, start, strlen(start)))
			used += snprintf(text + used, size - used, " %s",
					 command->name);
}

/**
 * command_find() - a command by its name, or by an unambiguous beginning of it
 * @name: what was written
 * @found: where to put the command
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int command_find(const char *name, const struct command **found)
{
	const struct command *command;
	char word[QUOTE_SIZE], list[256];
	int n = 0;

	for (command = commands; command->name; command++) {
		if (strncmp(command->name, name, strlen(name)) || !*name)
			continue;
		*found = command;
		n++;
		if (!strcmp(command->name, name))
			return STATUS_OK;
	}
	if (n == 1)
		return STATUS_OK;
	quote_word(name, word);
	list_commands(n ? name : "", list, sizeof(list));
	if (n)
		return usage("%s: can be%s", word, list);
	return usage("%s: unknown command; there are%s", word, list);
}

/**
 * command_synopsis() - print what there is
 * @file: where to
 */
void command_synopsis(FILE *file)
{
	const struct command *command;

	fputs("usage: obpblctl [-j] [-n NETNS] COMMAND\n"
	      "       obpblctl [-j] [-n NETNS] -b FILE|- [-f|--atomic]\n"
	      "\n"
	      "Outbound Port 25 Blocking: control of the obpbl kernel module.\n"
	      "\n"
	      "  -j, --json          one JSON document on stdout; with -b one a line\n"
	      "  -n, --netns NETNS   act in that network namespace (ip netns)\n"
	      "  -b, --batch FILE    run the commands in it, one a line; - is stdin\n"
	      "  -f, --force         with -b: go on after a failure\n"
	      "      --atomic        with -b: all changes in one step, or none\n"
	      "  -V, --version       version of the program and of the module\n"
	      "  -h, --help          this\n"
	      "\n", file);
	for (command = commands; command->name; command++)
		fprintf(file, "  %-10s %s\n", command->name, command->summary);
	fputs("\n"
	      "Exit status: 0 done, 1 refused or failed, 2 usage, 3 module not loaded;\n"
	      "test: 0 pass, 10 block, 11 would block.\n"
	      "obpblctl help COMMAND says more.\n", file);
}

static int complete(struct words *words)
{
	const struct command *command;
	const char *name = words_next(words);

	if (!name)
		for (command = commands; command->name; command++)
			puts(command->name);
	else if (!command_find(name, &command) && command->completion)
		puts(command->completion);
	return STATUS_OK;
}

static json_t *describe(const struct command *command)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "name", command->name,
			 "synopsis", command->synopsis, "summary",
			 command->summary, "example", command->example);
}

static int help_json(void)
{
	json_t *list = json_array();
	const struct command *command;

	for (command = commands; command->name; command++)
		json_array_append_new(list, describe(command));
	out_json(list);
	return STATUS_OK;
}

/**
 * command_help() - the help command
 * @words: what follows it
 *
 * Return: enum status.
 */
int command_help(struct words *words)
{
	const struct command *command;
	const char *name;
	int status;

	if (words_take(words, "--complete"))
		return complete(words);
	name = words_next(words);
	if (words_end(words))
		return STATUS_USAGE;
	if (!name && options.json)
		return help_json();
	if (!name) {
		command_synopsis(stdout);
		return STATUS_OK;
	}
	status = command_find(name, &command);
	if (status)
		return status;
	if (options.json) {
		out_json(describe(command));
		return STATUS_OK;
	}
	printf("usage: obpblctl [-j] [-n NETNS] %s%s%s\n\n%s.\n%s%s",
	       command->name, *command->synopsis ? " " : "", command->synopsis,
	       command->summary, *command->help || command->fields ? "\n" : "",
	       command->help);
	if (command->fields)
		fields_help(command->fields);
	printf("\nexample: %s\n", command->example);
	return STATUS_OK;
}

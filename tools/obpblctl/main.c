// SPDX-License-Identifier: GPL-2.0-only
/*
 * obpblctl: control of Outbound Port 25 Blocking
 *
 * Here is what all commands have in common: options, the socket, which is
 * opened when a command line has been understood, and the end of connections
 * that a change blocks. The lines of a batch go the same way, by one socket.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "command.h"
#include "conntrack.h"
#include "help.h"
#include "netlink.h"
#include "out.h"

#ifndef OBPBL_VERSION
#error "the Makefile gives OBPBL_VERSION"
#endif

#define OUTPUT (64 * 1024)	/* bytes of output at once */

/* The socket of all command lines */
static struct nl nl;

static bool is_text(const char *key)
{
	return !strcmp(key, "reason") || !strcmp(key, "ticket");
}

/*
 * -j may stand anywhere: people add it to what they have just typed. But it may
 * also be the text of an exemption.
 */
static void take_json(struct words *words)
{
	bool plain = false;
	int i, kept = 0;
	char *word;

	for (i = 0; i < words->left; i++) {
		word = words->at[i];
		if (*word == '-' && !plain && !(i && is_text(words->at[i - 1]))) {
			plain = !strcmp(word, "--");
			if (!strcmp(word, "-j") || !strcmp(word, "--json")) {
				options.json = true;
				continue;
			}
		}
		words->at[kept++] = word;
	}
	words->left = kept;
}

/* An option with a value: "-n NAME", "--netns NAME" or "--netns=NAME" */
static bool is_option(const char *word, const char *brief, const char *full)
{
	size_t length = strlen(full);

	return !strcmp(word, brief) ||
	       (!strncmp(word, full, length) &&
		(!word[length] || word[length] == '='));
}

static int take_value(struct words *words, const char *what, const char **value)
{
	const char *word = words_next(words), *equals = strchr(word, '=');

	*value = equals ? equals + 1 : words_next(words);
	if (*value)
		return STATUS_OK;
	return usage("'%s': %s", word, what);
}

static int take_color(struct words *words)
{
	const char *word = words_next(words), *when = strchr(word, '=');

	when = when ? when + 1 : "always";
	if (strcmp(when, "auto") && strcmp(when, "always") &&
	    strcmp(when, "never"))
		return usage("%s: colours are auto, always or never",
			     quote_word(when));
	options.color = when;
	return STATUS_OK;
}

static int run_line(struct words *words);
static int print_version(struct words *words);

/* Options before the command; STATUS_DONE when they were all there was */
static int take_options(struct words *words, struct batch_options *batch)
{
	int status = STATUS_OK;

	while (!status && words->left && **words->at == '-' && !words->plain) {
		const char *word = *words->at;

		if (is_option(word, "-n", "--netns")) {
			status = take_value(words, "the name of a network namespace follows it",
					    &options.netns);
		} else if (is_option(word, "-b", "--batch")) {
			status = take_value(words, "a file of commands follows it, or - for stdin",
					    &batch->path);
		} else if (words_take(words, "-f") ||
			   words_take(words, "--force")) {
			batch->force = true;
		} else if (words_take(words, "--atomic")) {
			batch->atomic = true;
		} else if (words_take(words, "-w") ||
			   words_take(words, "--wide")) {
			options.wide = true;
		} else if (is_option(word, "-c", "--color") ||
			   !strncmp(word, "-c=", 3)) {
			status = take_color(words);
		} else if (help_wanted(words)) {
			help_print(NULL, NULL);
			return STATUS_DONE;
		} else if (words_take(words, "-V") ||
			   words_take(words, "--version")) {
			return print_version(words);
		} else if (words_take(words, "--")) {
			words->plain = true;
		} else {
			return usage("%s: unknown option (usage: obpblctl [-j] [-n NETNS] COMMAND)",
				     quote_word(word));
		}
	}
	return status;
}

/* Connections that a change blocks end once, when all is said. */
static void end_connections(void)
{
	if (nl.tightened && !batch_postpones())
		out_ended(conntrack_end(&nl));
	nl.tightened = false;
}

static int run_verb(const struct verb *verb, void *order)
{
	int open = nl_open(&nl), status;

	if (open && !verb->alone)
		return open;
	status = verb->run(open ? NULL : &nl, order);
	end_connections();
	return status ? status : open;
}

static int do_verb(struct words *words, const struct command *command,
		   const struct verb *verb)
{
	size_t size = verb->size ? verb->size : command->size;
	int (*parse)(struct words *words, const struct verb *verb, void *order);
	void *order;
	int status;

	if (batch_joined() && !verb->join)
		return batch_no_part(verb->name ? verb->name : command->name,
				     verb->step);
	order = size ? xcalloc(1, size) : NULL;
	parse = verb->parse ? verb->parse : command->parse;
	if (parse)
		status = parse(words, verb, order);
	else if (command->keys)
		status = command_keys(words, command->keys, verb, order);
	else
		status = words_end(words);
	if (!status)
		status = batch_joined() ? batch_join(verb, order) :
					  run_verb(verb, order);
	if (verb->free)
		verb->free(order);
	else if (command->free)
		command->free(order);
	free(order);
	return status;
}

/* Without a module there is one version less, and nothing wrong. */
static int print_version(struct words *words)
{
	int status = words_end(words);

	options.quiet = true;
	if (!status)
		do_verb(words, &version_command, version_command.verbs);
	options.quiet = false;
	*failure.text = '\0';
	return status ? status : STATUS_DONE;
}

static int dispatch(struct words *words)
{
	struct batch_options batch = { .run = run_line, .nl = &nl };
	const struct command *command = &show_command;
	const struct verb *verb = NULL;
	int status;

	take_json(words);
	status = take_options(words, &batch);
	if (status)
		return status;
	if (batch.path || batch.force || batch.atomic)
		return batch_command(&batch, words);
	if (words->left)
		status = command_find(words, &command);
	if (!status && !help_wanted(words))
		status = command_verb(words, command, &verb);
	if (status)
		return status;
	if (help_wanted(words)) {
		help_print(command, verb);
		return STATUS_DONE;
	}
	words->plain |= words_take(words, "--");
	return do_verb(words, command, verb);
}

/* A command line: its words, with the options before the command */
static int run_line(struct words *words)
{
	int status = dispatch(words);

	return status == STATUS_DONE ? STATUS_OK : status;
}

/* So that no file or socket gets the number of a stream that is closed. */
static void keep_standard(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/**
 * main() - run a command
 * @argc: number of words
 * @argv: the words
 *
 * Return: enum status.
 */
int main(int argc, char **argv)
{
	struct words words = { argv + 1, argc > 0 ? argc - 1 : 0, false };
	int status;

	keep_standard();
	if (!isatty(STDOUT_FILENO))
		setvbuf(stdout, NULL, _IOFBF, OUTPUT);
	status = run_line(&words);
	nl_close(&nl);
	return out_close(status);
}

// SPDX-License-Identifier: GPL-2.0-only
/* obpblctl: control of Outbound Port 25 Blocking */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "command.h"
#include "out.h"

#ifndef OBPBL_VERSION
#error "the Makefile gives OBPBL_VERSION"
#endif

#define OUTPUT (64 * 1024)	/* bytes of output at once */

static bool is_json(const char *word)
{
	return !strcmp(word, "-j") || !strcmp(word, "--json");
}

static bool is_help(const char *word)
{
	return !strcmp(word, "-h") || !strcmp(word, "--help");
}

/* -j may stand anywhere: people add it to what they have just typed. */
static void take_json(struct words *words)
{
	int i, kept = 0;

	for (i = 0; i < words->left; i++)
		if (is_json(words->at[i]))
			options.json = true;
		else
			words->at[kept++] = words->at[i];
	words->left = kept;
}

static int take_netns(struct words *words)
{
	options.netns = words_next(words);
	if (!options.netns)
		return usage("'-n': the name of a network namespace follows it");
	return STATUS_OK;
}

static int take_batch(struct words *words, struct batch_options *batch)
{
	batch->path = words_next(words);
	if (!batch->path)
		return usage("'-b': a file of commands follows it, or - for stdin");
	return STATUS_OK;
}

/* Options before the command; done is set when they were all there was. */
static int take_options(struct words *words, struct batch_options *batch,
			bool *done)
{
	char word[QUOTE_SIZE];
	int status = STATUS_OK;

	while (!status && words->left && **words->at == '-' && !*done) {
		if (words_take(words, "-n") || words_take(words, "--netns")) {
			status = take_netns(words);
		} else if (words_take(words, "-b") ||
			   words_take(words, "--batch")) {
			status = take_batch(words, batch);
		} else if (words_take(words, "-f") ||
			   words_take(words, "--force")) {
			batch->force = true;
		} else if (words_take(words, "--atomic")) {
			batch->atomic = true;
		} else if (is_help(*words->at)) {
			*done = true;
			command_synopsis(stdout);
		} else if (words_take(words, "-V") ||
			   words_take(words, "--version")) {
			*done = true;
			return version_command(words);
		} else {
			return usage("%s: unknown option (usage: obpblctl [-j] [-n NETNS] COMMAND)",
				     quote_word(*words->at, word));
		}
	}
	return status;
}

static bool wants_help(const struct words *words)
{
	int i;

	for (i = 0; i < words->left; i++)
		if (is_help(words->at[i]))
			return true;
	return false;
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

/* A command line: its words, with the options before the command */
static int run_command(struct words *words)
{
	struct batch_options batch = { .run = run_command };
	const struct command *command;
	char *name = "show";
	bool done = false;
	struct words help;
	int status;

	take_json(words);
	status = take_options(words, &batch, &done);
	if (status || done)
		return status;
	if (batch.path || batch.force || batch.atomic)
		return batch_command(&batch, words);
	if (words->left)
		name = (char *)words_next(words);
	status = command_find(name, &command);
	if (status)
		return status;
	if (batch_joined() && !command->changes)
		return batch_no_change(command->name);
	if (wants_help(words)) {
		name = (char *)command->name;
		help = (struct words){ &name, 1 };
		return command_help(&help);
	}
	return command->run(words);
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
	struct words words = { argv + 1, argc > 0 ? argc - 1 : 0 };

	keep_standard();
	if (!isatty(STDOUT_FILENO))
		setvbuf(stdout, NULL, _IOFBF, OUTPUT);
	return out_close(run_command(&words));
}

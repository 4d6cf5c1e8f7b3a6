// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may follow the words of a command line, for the shell
 *
 * The synopsis of a verb is the grammar: a word in small letters is itself, one
 * in capitals stands for others, which the kernel may know. It is asked only
 * where its module is loaded, since to ask could load it.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "complete.h"
#include "fields.h"
#include "kernel.h"
#include "names.h"
#include "source.h"

#define LOADED "/sys/module/obpbl"
#define MAX_PARTS 48

/**
 * struct part - a word of a synopsis
 * @text: it
 * @size: its length
 * @choice: the same for those that "|" parts
 * @value: it follows the part before that is none
 * @more: it may be there again
 */
struct part {
	const char *text;
	size_t size;
	int choice;
	bool value;
	bool more;
};

static bool is(const struct part *part, const char *text)
{
	return strlen(text) == part->size &&
	       !strncmp(part->text, text, part->size);
}

static bool is_literal(const struct part *part)
{
	return part->text[0] == '-' ? part->size > 1 :
	       part->text[0] >= 'a' && part->text[0] <= 'z';
}

/* Reads one word without blanks, such as "DUR|until"; inner: in one bracket */
static int add_choice(struct part *parts, int n, const char *word, size_t size,
		      bool inner, bool ends)
{
	bool key = inner && n && is_literal(&parts[n - 1]);
	static int choice;
	size_t i, length;

	choice++;
	for (i = 0; i < size && n < MAX_PARTS; i += length + 1) {
		length = strcspn(word + i, "|");
		if (i + length > size)
			length = size - i;
		parts[n] = (struct part){
			.text = word + i, .size = length, .choice = choice,
			.value = key,
		};
		/* "until" of "for DUR|until TIME" is no end of "for" */
		if (i && (word[i] == '-' || (!ends && i + length == size &&
					     is_literal(&parts[n]))))
			parts[n].value = false;
		n++;
	}
	return n;
}

static int read_synopsis(const char *at, struct part parts[MAX_PARTS])
{
	bool inner = false, ends, more;
	int n = 0, first;
	size_t size;

	for (; *at; at += strspn(at, " ")) {
		if (*at == '[') {
			inner = false;
			at++;
		}
		size = strcspn(at, " ]");
		more = size > 3 && !strncmp(at + size - 3, "...", 3);
		ends = at[size] != ' ';
		first = n;
		n = add_choice(parts, n, at, more ? size - 3 : size, inner,
			       ends);
		at += size;
		inner = *at == ' ' && !(n && parts[n - 1].value);
		if (*at == ']') {
			more = !strncmp(at, "]...", 4);
			at += more ? 4 : 1;
			inner = false;
		}
		while (first < n)
			parts[first++].more = more;
	}
	return n;
}

static void each_file(const char *folder)
{
	struct dirent *entry;
	DIR *dir = opendir(folder);

	while (dir && (entry = readdir(dir)))
		if (*entry->d_name != '.')
			puts(entry->d_name);
	if (dir)
		closedir(dir);
}

/* The words that a part is one of, if it is one of a few */
static const struct names *names_of(const struct part *part,
				    const struct verb *verb)
{
	const struct field *field;

	for (field = verb->fields; field && field->word; field++)
		if (field->names && is(part, field->form))
			return field->names;
	return is(part, "CLASS") ? &class_names : NULL;
}

static void each_name(const struct names *names)
{
	unsigned int i;

	for (i = names->first; i <= names->last; i++)
		puts(names->words[i]);
}

static bool ask(struct policy *policy, int what)
{
	struct nl nl = { 0 };
	bool there;

	there = !access(LOADED, F_OK) && !nl_open(&nl) &&
		!kernel_policy(&nl, policy, what);
	nl_close(&nl);
	return there;
}

static void each_isp(void)
{
	struct policy policy;
	size_t i;

	if (!ask(&policy, KERNEL_ISPS))
		return;
	for (i = 0; i < policy.n_isps; i++)
		puts(policy.isps[i].name);
	policy_free(&policy);
}

/* Those that could be removed or replaced */
static void each_overlay(const char *class)
{
	struct policy policy;
	size_t i;

	if (!ask(&policy, KERNEL_OVERLAYS))
		return;
	for (i = 0; i < policy.n_overlays; i++)
		if (!strcmp(names_word(&class_names,
				       policy.overlays[i].class), class))
			puts(cidr_print(&policy.overlays[i].prefix));
	policy_free(&policy);
}

static void each_column(void)
{
	int i;

	for (i = 0; source_columns[i]; i++)
		puts(source_columns[i]);
}

static void each_command(void)
{
	const struct command *command = NULL;

	while ((command = command_next(command)))
		puts(command->name);
}

/* What a part stands for */
static void expand(const struct part *part, const struct command *command,
		   const struct verb *verb)
{
	if (is_literal(part))
		printf("%.*s\n", (int)part->size, part->text);
	else if (is(part, "NAME"))
		each_isp();
	else if (names_of(part, verb))
		each_name(names_of(part, verb));
	else if (is(part, "IF") || is(part, "VRF"))
		each_file("/sys/class/net");
	else if (is(part, "FILE"))
		puts("FILE");
	else if (is(part, "COLUMN"))
		each_column();
	else if (is(part, "COMMAND"))
		each_command();
	else if (is(part, "PREFIX") && verb->name &&
		 (!strcmp(verb->name, "del") ||
		  !strcmp(verb->name, "replace")))
		each_overlay(command->name);
}

static bool given(const struct part *part, const struct words *words)
{
	int i;

	for (i = 0; i < words->left; i++)
		if (is(part, words->at[i]) ||
		    (is(part, "CLASS") &&
		     names_value(&class_names, words->at[i]) >= 0))
			return true;
	return false;
}

/* Whether a part, or another in its place, is there already */
static bool choice_given(const struct part *parts, int n, int at,
			 const struct words *words)
{
	int i;

	for (i = 0; i < n; i++)
		if (parts[i].choice == parts[at].choice && !parts[i].value &&
		    given(&parts[i], words))
			return true;
	/* What stands first has no word that tells that it is there. */
	return !is_literal(&parts[at]) && !is(&parts[at], "CLASS") &&
	       words->left;
}

static void complete_verb(const struct command *command,
			  const struct verb *verb, const struct words *words)
{
	/* Kept while what its words stand for is printed */
	char *synopsis = xstrdup(command_synopsis(verb));
	const char *last = words->left ? words->at[words->left - 1] : "";
	int i, n, values = 0;
	struct part parts[MAX_PARTS];

	n = read_synopsis(synopsis, parts);
	for (i = 0; i < n; i++)
		if (!parts[i].value && is(&parts[i], last))
			for (; i + 1 < n && parts[i + 1].value; i++, values++)
				expand(&parts[i + 1], command, verb);
	for (i = 0; !values && i < n; i++)
		if (!parts[i].value && (parts[i].more ||
					!choice_given(parts, n, i, words)))
			expand(&parts[i], command, verb);
	free(synopsis);
}

/* Leaves out options before the command; whether one of them waits for more */
static bool skip_options(struct words *words)
{
	while (words->left && **words->at == '-') {
		const char *word = words_next(words);
		bool netns = !strcmp(word, "-n") || !strcmp(word, "--netns");
		bool batch = !strcmp(word, "-b") || !strcmp(word, "--batch");

		if (!strncmp(word, "--netns=", 8))
			options.netns = word + 8;
		if (!netns && !batch)
			continue;
		if (!words->left) {
			if (netns)
				each_file("/run/netns");
			else
				puts("FILE");
			return true;
		}
		word = words_next(words);
		if (netns)
			options.netns = word;
	}
	return false;
}

static void complete_command(struct words *words)
{
	const struct command *command;
	const struct verb *verb;
	struct words rest;

	if (command_find(words, &command))
		return;
	if (!strcmp(command->name, "help") && words->left) {
		complete_command(words);
		return;
	}
	rest = *words;
	for (verb = command->verbs; verb->name && !words->left; verb++)
		puts(verb->name);
	if (!words->left && command->verbs->name && !command->open)
		return;
	if (!command_verb(&rest, command, &verb))
		complete_verb(command, verb, &rest);
}

/**
 * complete() - print what may follow, one a line; FILE: the name of any file
 * @words: what there is already
 */
void complete(struct words *words)
{
	options.quiet = true;
	if (skip_options(words))
		;
	else if (words->left)
		complete_command(words);
	else
		each_command();
	options.quiet = false;
}

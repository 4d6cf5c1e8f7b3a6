// SPDX-License-Identifier: GPL-2.0-only
/* The words of a command line, and what single ones of them say */
#include <string.h>

#include "names.h"
#include "word.h"

#define MAX_ROWS 1000000000
#define MAX_NAMES 32

/**
 * words_next() - take the next word of a command line
 * @words: the words
 *
 * Return: the word, or NULL at the end.
 */
const char *words_next(struct words *words)
{
	if (!words->left)
		return NULL;
	words->left--;
	return *words->at++;
}

/**
 * words_take() - take the next word if it is a certain one
 * @words: the words
 * @word: the one
 *
 * Return: whether it was taken.
 */
bool words_take(struct words *words, const char *word)
{
	if (!words->left || strcmp(*words->at, word))
		return false;
	words_next(words);
	return true;
}

/**
 * words_begin() - whether the next word is a certain one, or begins it
 * @words: the words
 * @word: the one
 *
 * Return: that.
 */
bool words_begin(const struct words *words, const char *word)
{
	return words->left && **words->at == *word &&
	       !strncmp(*words->at, word, strlen(*words->at));
}

/**
 * words_end() - nothing may be left of a command line
 * @words: the words
 *
 * Return: STATUS_OK, or STATUS_USAGE, and the first word too many was named.
 */
int words_end(const struct words *words)
{

	if (!words->left)
		return STATUS_OK;
	return usage("%s: a word too many", quote_word(*words->at));
}

/* Which name a word is as it stands, or -1; a batch asks millions of times. */
static int whole(const char *word, const char *const *names)
{
	int i;

	for (i = 0; names[i]; i++)
		if (*names[i] == *word && !strcmp(names[i], word))
			return i;
	return -1;
}

/* 2: it is the name; 1: it is the beginning of one; else 0 */
static int likeness(const char *word, const char *name)
{
	size_t length = strlen(word);

	if (!length || strncmp(word, name, length))
		return 0;
	return name[length] ? 1 : 2;
}

/* The same for the other word that some names have everywhere */
static int other_likeness(const char *word, const char *const *names,
			  const char *name)
{
	static const char *const same[][2] = {
		{ "list", "show" }, { "show", "list" }, { "del", "delete" },
	};
	size_t i;

	for (i = 0; i < sizeof(same) / sizeof(*same); i++)
		if (!strcmp(same[i][0], name) && whole(same[i][1], names) < 0)
			return likeness(word, same[i][1]);
	return 0;
}

/**
 * word_pick() - which of some names a word means
 * @word: a name, another word for it, or an unambiguous beginning of either
 * @names: the names, up to NULL
 * @found: where to put the number of the name; -1: none
 *
 * Return: STATUS_OK, or STATUS_USAGE after telling those that it could mean.
 */
int word_pick(const char *word, const char *const *names, int *found)
{
	const char *could[MAX_NAMES + 1];
	int i, like, other, n = 0;

	*found = whole(word, names);
	if (*found >= 0)
		return STATUS_OK;
	for (i = 0; names[i]; i++) {
		like = likeness(word, names[i]);
		other = other_likeness(word, names, names[i]);
		if (!like && !other)
			continue;
		*found = i;
		if (other > 1)
			return STATUS_OK;
		if (n < MAX_NAMES)
			could[n++] = names[i];
	}
	could[n] = NULL;
	if (n < 2)
		return STATUS_OK;
	return usage("%s: can be %s", quote_word(word), word_list(could));
}

/**
 * word_list() - names as a sentence has them
 * @names: the names, up to NULL
 *
 * Return: "a, b or c".
 */
const char *word_list(const char *const *names)
{
	char *text = text_room();
	size_t used = 0;
	int i;

	*text = '\0';
	for (i = 0; names[i] && used < TEXT_ROOM; i++)
		used += snprintf(text + used, TEXT_ROOM - used, "%s%s",
				 !i ? "" : names[i + 1] ? ", " : " or ",
				 names[i]);
	return text;
}

/* Says what is wrong with a word, unless that is NULL. */
static int judge(const char *word, const char *fault)
{
	if (!fault)
		return STATUS_OK;
	return usage("%s: %s", quote_word(word), fault);
}

/* Warns of what is a prefix, but hardly the one that is meant. */
static int judge_prefix(const char *word, const char *fault,
			const struct prefix *p)
{
	const char *mapped = fault ? NULL : cidr_mapped(p);

	if (mapped)
		warn("%s", mapped);
	return judge(word, fault);
}

/**
 * word_flag() - a word that is enough
 * @word: the word
 * @flag: bool to set
 *
 * Return: STATUS_OK.
 */
int word_flag(const char *word, void *flag)
{
	(void)word;
	*(bool *)flag = true;
	return STATUS_OK;
}

/**
 * word_wide() - "-w" behind a command
 * @word: the word
 * @to: anything
 *
 * Return: STATUS_OK.
 */
int word_wide(const char *word, void *to)
{
	(void)to;
	return word_flag(word, &options.wide);
}

/**
 * word_any() - a word as it is
 * @word: the word
 * @to: const char * to set
 *
 * Return: STATUS_OK.
 */
int word_any(const char *word, void *to)
{
	*(const char **)to = word;
	return STATUS_OK;
}

/**
 * word_isp() - the name of an ISP
 * @word: the word
 * @to: const char * to set
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int word_isp(const char *word, void *to)
{
	*(const char **)to = word;
	return judge(word, isp_name_fault(word));
}

/**
 * word_dev() - the name of a network device
 * @word: the word
 * @to: const char * to set
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int word_dev(const char *word, void *to)
{
	*(const char **)to = word;
	return judge(word, device_fault(word));
}

/**
 * word_prefix() - a prefix
 * @word: the word
 * @to: struct prefix to set
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int word_prefix(const char *word, void *to)
{
	return judge_prefix(word, cidr_read(word, strlen(word), to), to);
}

/**
 * word_address() - an address
 * @word: the word
 * @to: struct prefix to set
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int word_address(const char *word, void *to)
{
	return judge_prefix(word, cidr_read_address(word, to), to);
}

/**
 * word_port() - a port
 * @word: the word
 * @to: uint16_t to set
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int word_port(const char *word, void *to)
{
	uint64_t value;

	if (!parse_number(word, UINT16_MAX, &value) || !value)
		return judge(word, "a port is a number from 1 to 65535");
	*(uint16_t *)to = value;
	return STATUS_OK;
}

/**
 * word_rows() - a number of rows
 * @word: the word
 * @to: uint64_t to set
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int word_rows(const char *word, void *to)
{
	uint64_t *rows = to;

	if (parse_number(word, MAX_ROWS, rows) && *rows)
		return STATUS_OK;
	return judge(word, "is no number of rows");
}

/**
 * word_choice() - one of the words that a user may write for a number
 * @word: the word, or an unambiguous beginning of one
 * @names: the words
 * @value: where to put the number
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int word_choice(const char *word, const struct names *names, int *value)
{
	const char *choice[MAX_NAMES + 1] = { NULL };
	unsigned int i;
	int status;

	for (i = names->first; i <= names->last; i++)
		choice[i - names->first] = names->words[i];
	status = word_pick(word, choice, value);
	if (!status && *value < 0)
		return usage("%s: unknown %s; it is %s", quote_word(word),
			     names->what, names_choice(names));
	*value += names->first;
	return status;
}

/**
 * word_class() - the class of prefixes
 * @word: the word
 * @to: int to set, enum obpbl_class
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int word_class(const char *word, void *to)
{
	return word_choice(word, &class_names, to);
}

// SPDX-License-Identifier: GPL-2.0-only
/* The words of the protocol's numbers: one table of each */
#include <stdio.h>
#include <string.h>

#include "names.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const mode_words[] = {
	[OBPBL_MODE_OFF] = "off",
	[OBPBL_MODE_MONITOR] = "monitor",
	[OBPBL_MODE_ENFORCE] = "enforce",
};

static const char *const policy_words[] = {
	[OBPBL_POLICY_OUTSIDE] = "outside",
	[OBPBL_POLICY_RELAY_ONLY] = "relay-only",
	[OBPBL_POLICY_TARGETS] = "targets",
};

static const char *const reject_words[] = {
	[OBPBL_REJECT_RESET] = "reset",
	[OBPBL_REJECT_ADMIN] = "admin",
	[OBPBL_REJECT_DROP] = "drop",
};

static const char *const switch_words[] = { "off", "on" };

static const char *const class_words[] = {
	[OBPBL_CLASS_NONE] = "none",
	[OBPBL_CLASS_DYNAMIC] = "dynamic",
	[OBPBL_CLASS_STATIC] = "static",
	[OBPBL_CLASS_SPACE] = "space",
	[OBPBL_CLASS_RELAY] = "relay",
	[OBPBL_CLASS_TARGET] = "target",
	[OBPBL_CLASS_EXEMPT] = "exempt",
	[OBPBL_CLASS_QUARANTINE] = "quarantine",
};

static const char *const verdict_words[] = {
	[OBPBL_VERDICT_PASS] = "pass",
	[OBPBL_VERDICT_BLOCK] = "block",
	[OBPBL_VERDICT_WOULD_BLOCK] = "would_block",
};

#define REASON_WORD(name, word) [OBPBL_REASON_##name] = word,
static const char *const reason_words[] = { OBPBL_REASONS(REASON_WORD) };

#define NAMES_OF(name, title, list, from, to)		\
const struct names name##_names = {			\
	.what = title,					\
	.words = list,					\
	.first = from,					\
	.last = to,					\
	.count = COUNT(list),				\
}
#define NAMES(name, title, from, to)			\
	NAMES_OF(name, title, name##_words, from, to)

NAMES(mode, "mode", OBPBL_MODE_OFF, OBPBL_MODE_MAX);
NAMES(policy, "policy", OBPBL_POLICY_OUTSIDE, OBPBL_POLICY_MAX);
NAMES(reject, "reject", OBPBL_REJECT_RESET, OBPBL_REJECT_MAX);
NAMES(switch, "reverse", 0, 1);
NAMES(class, "class", OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_TARGET);
/* What a routing table can become */
NAMES_OF(follow, "class", class_words, OBPBL_CLASS_DYNAMIC,
	 OBPBL_CLASS_QUARANTINE);
NAMES(verdict, "verdict", OBPBL_VERDICT_PASS, __OBPBL_VERDICT_LAST - 1);
NAMES(reason, "reason", 0, OBPBL_REASON_MAX);

/**
 * names_word() - the word of a number
 * @names: its table
 * @value: the number, which a newer module may have made up
 *
 * Return: the word, or "unknown".
 */
const char *names_word(const struct names *names, unsigned int value)
{
	return value < names->count ? names->words[value] : "unknown";
}

/**
 * names_value() - the number of a word that a user wrote
 * @names: its table
 * @word: the word
 *
 * Return: the number, or -1.
 */
int names_value(const struct names *names, const char *word)
{
	unsigned int i;

	for (i = names->first; i <= names->last; i++)
		if (!strcmp(names->words[i], word))
			return i;
	return -1;
}

/**
 * names_choice() - the words that a user may write, as a sentence has them
 * @names: their table
 *
 * Return: "a, b or c" in a buffer that the next call overwrites.
 */
const char *names_choice(const struct names *names)
{
	static char text[320];
	const char *between;
	size_t used = 0;
	unsigned int i;

	for (i = names->first; i <= names->last; i++) {
		between = i == names->first ? "" :
			  i == names->last ? " or " : ", ";
		used += snprintf(text + used, sizeof(text) - used, "%s%s",
				 between, names->words[i]);
	}
	return text;
}

/**
 * source_word() - what a deciding source entry is called
 * @class: its enum obpbl_class
 *
 * Return: the word.
 */
const char *source_word(unsigned int class)
{
	if (class == OBPBL_CLASS_NONE)
		return "foreign";
	if (class == OBPBL_CLASS_SPACE)
		return "own";
	return names_word(&class_names, class);
}

/**
 * destination_word() - what a deciding destination entry is called
 * @class: its enum obpbl_class
 *
 * Return: the word.
 */
const char *destination_word(unsigned int class)
{
	if (class == OBPBL_CLASS_NONE)
		return "outside";
	return names_word(&class_names, class);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The words of the protocol's numbers: one table of each */
#ifndef OBPBLCTL_NAMES_H
#define OBPBLCTL_NAMES_H

#include <stddef.h>
#include <linux/obpbl.h>

/**
 * struct names - the words of one enumeration
 * @what: what it enumerates, as a sentence names it
 * @words: the words, by number
 * @first: the first number that a user may write
 * @last: the last one
 * @count: entries of @words
 */
struct names {
	const char *what;
	const char *const *words;
	unsigned int first;
	unsigned int last;
	unsigned int count;
};

extern const struct names mode_names;
extern const struct names policy_names;
extern const struct names reject_names;
extern const struct names switch_names;
extern const struct names class_names;
extern const struct names follow_names;
extern const struct names verdict_names;
extern const struct names reason_names;

const char *names_word(const struct names *names, unsigned int value);
int names_value(const struct names *names, const char *word);
const char *names_choice(const struct names *names);
const char *source_word(unsigned int class);
const char *destination_word(unsigned int class);

#endif

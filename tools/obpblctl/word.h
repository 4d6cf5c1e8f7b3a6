/* SPDX-License-Identifier: GPL-2.0-only */
/* The words of a command line, and what single ones of them say */
#ifndef OBPBLCTL_WORD_H
#define OBPBLCTL_WORD_H

#include "util.h"

struct names;

/**
 * struct words - the words of a command line, taken one after another
 * @at: the next one
 * @left: how many there are
 * @plain: "--" was there: none of them is an option
 */
struct words {
	char **at;
	int left;
	bool plain;
};

const char *words_next(struct words *words);
bool words_take(struct words *words, const char *word);
bool words_begin(const struct words *words, const char *word);
int words_end(const struct words *words);
int word_pick(const char *word, const char *const *names, int *found);
const char *word_list(const char *const *names);

/* Readers of one word: they put what it says where the second argument is. */
int word_flag(const char *word, void *flag);
int word_wide(const char *word, void *to);
int word_any(const char *word, void *to);
int word_isp(const char *word, void *to);
int word_dev(const char *word, void *to);
int word_prefix(const char *word, void *to);
int word_address(const char *word, void *to);
int word_port(const char *word, void *to);
int word_rows(const char *word, void *to);
int word_class(const char *word, void *to);
int word_choice(const char *word, const struct names *names, int *value);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* The words and signs of a config file, and of the lines of a batch */
#ifndef OBPBLCTL_SCAN_H
#define OBPBLCTL_SCAN_H

#include "policy.h"

#define SCAN_WORD 1024	/* the longest word of a file */

/**
 * struct text - a word, the inside of a string, or a sign
 * @at: its first character; no NUL ends it
 * @size: its length
 */
struct text {
	char *at;
	size_t size;
};

/**
 * struct scan - where a text is being read
 * @scanner: the state of flex
 * @faults: where to note what is wrong inside of a string
 * @at: the next character
 * @comment: where the comment at hand begins
 * @why: what is wrong with the last token, if it is one that cannot be
 * @lost: where things begin and end cannot be told any more
 */
struct scan {
	void *scanner;
	struct faults *faults;
	struct place at;
	struct place comment;
	const char *why;
	bool lost;
};

void scan_begin(struct scan *scan, struct faults *faults);
void scan_file(struct scan *scan, char *text, size_t size, uint32_t file);
void scan_line(struct scan *scan, const char *line, size_t size,
	       struct place at);
bool scan_word(struct scan *scan, struct text *word);
/* The next one of them all; 0: there is none; T_BAD: see @why of struct scan */
int scan_token(struct text *value, struct place *at, void *scanner);
void scan_end(struct scan *scan);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* The lines of a batch, and the words of a line */
#ifndef OBPBLCTL_LINE_H
#define OBPBLCTL_LINE_H

#include "scan.h"

/**
 * struct lines - a file that is read line by line, as it comes
 * @fd: the file
 * @text: what has been read
 * @cap: room in @text
 * @start: of the next line
 * @end: of what has been read
 * @looked: up to where there is no end of line
 * @ended: the file has ended
 * @line: number of the last line
 */
struct lines {
	int fd;
	char *text;
	size_t cap;
	size_t start;
	size_t end;
	size_t looked;
	bool ended;
	uint32_t line;
};

/**
 * struct line_words - the words of a line
 * @at: the words
 * @texts: the same, as they were read
 * @n: how many
 * @cap: room
 */
struct line_words {
	char **at;
	struct text *texts;
	size_t n;
	size_t cap;
};

const char *lines_open(struct lines *lines, const char *path);
bool lines_ready(struct lines *lines);
const char *lines_next(struct lines *lines, char **line, size_t *size);
void lines_close(struct lines *lines);

void line_split(struct scan *scan, const char *line, size_t size,
		struct place at, struct line_words *words);
void line_words_free(struct line_words *words);

#endif

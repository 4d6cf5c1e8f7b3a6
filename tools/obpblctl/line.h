/* SPDX-License-Identifier: GPL-2.0-only */
/* The lines of a batch, and the words of a line */
#ifndef OBPBLCTL_LINE_H
#define OBPBLCTL_LINE_H

#include "util.h"

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
 * @at: the words, which are in the line itself
 * @n: how many
 * @cap: room
 */
struct line_words {
	char **at;
	size_t n;
	size_t cap;
};

const char *lines_open(struct lines *lines, const char *path);
bool lines_ready(struct lines *lines);
const char *lines_next(struct lines *lines, char **line, size_t *size);
void lines_close(struct lines *lines);

const char *line_split(char *line, size_t size, struct line_words *words);

#endif

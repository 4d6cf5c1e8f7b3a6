// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lines of a batch, and the words of a line
 *
 * A line is taken as soon as it is complete, so that a program can write one,
 * wait for what it did, and write the next one.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "line.h"

#define FIRST_CAP (64UL << 10)
#define MAX_LINE (1UL << 20)

/**
 * lines_open() - open a file of lines
 * @lines: where to put it
 * @path: its name; "-" is stdin
 *
 * Return: what is wrong, or NULL.
 */
const char *lines_open(struct lines *lines, const char *path)
{
	memset(lines, 0, sizeof(*lines));
	lines->fd = STDIN_FILENO;
	if (strcmp(path, "-"))
		lines->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (lines->fd < 0)
		return cannot("opened");
	lines->cap = FIRST_CAP;
	lines->text = xrealloc(NULL, lines->cap, 1);
	return NULL;
}

static bool has_line(struct lines *lines)
{
	const char *from = lines->text + lines->looked;

	if (memchr(from, '\n', lines->end - lines->looked))
		return true;
	lines->looked = lines->end;
	return false;
}

/**
 * lines_ready() - whether lines_next() would return without waiting
 * @lines: the lines
 *
 * Return: whether it would; "yes" may be wrong when half a line has come.
 */
bool lines_ready(struct lines *lines)
{
	struct pollfd poll_fd = { .fd = lines->fd, .events = POLLIN };

	return lines->ended || has_line(lines) || poll(&poll_fd, 1, 0) > 0;
}

static void make_room(struct lines *lines)
{
	if (lines->start) {
		memmove(lines->text, lines->text + lines->start,
			lines->end - lines->start);
		lines->end -= lines->start;
		lines->looked -= lines->start;
		lines->start = 0;
	}
	if (lines->end + 1 >= lines->cap) {
		lines->cap *= 2;
		lines->text = xrealloc(lines->text, lines->cap, 1);
	}
}

static const char *read_more(struct lines *lines)
{
	ssize_t got;

	make_room(lines);
	do {
		got = read(lines->fd, lines->text + lines->end,
			   lines->cap - lines->end - 1);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == EISDIR ? "is a directory, not a file" :
		       cannot("read");
	lines->ended = !got;
	lines->end += got;
	return NULL;
}

/**
 * lines_next() - the next line, which may have to be waited for
 * @lines: the lines
 * @line: where to put the line, which ends in a NUL and may be changed until
 *	the next one is asked for; NULL at the end
 * @size: where to put its length
 *
 * Return: what is wrong, or NULL.
 */
const char *lines_next(struct lines *lines, char **line, size_t *size)
{
	const char *fault;
	char *end;

	*line = NULL;
	while (!has_line(lines) && !lines->ended) {
		if (lines->end - lines->start > MAX_LINE) {
			lines->line++;
			return "a line of more than a million characters";
		}
		fault = read_more(lines);
		if (fault)
			return fault;
	}
	if (lines->start == lines->end)
		return NULL;
	lines->line++;
	*line = lines->text + lines->start;
	*size = lines->end - lines->start;
	end = memchr(*line, '\n', *size);
	if (end)
		*size = end - *line;
	(*line)[*size] = '\0';
	lines->start += *size + !!end;
	lines->looked = lines->start;
	return NULL;
}

/**
 * lines_close() - close the file
 * @lines: the lines
 */
void lines_close(struct lines *lines)
{
	if (lines->fd > STDIN_FILENO)
		close(lines->fd);
	free(lines->text);
}

/**
 * line_split() - the words of a line
 * @scan: what reads them; faults are noted where it says
 * @line: the line
 * @size: its length
 * @at: where it is
 * @words: where to put them; they are void when the next line is split
 *
 * Words stand between blanks; what is in quotes is one word; a # begins a
 * comment.
 */
void line_split(struct scan *scan, const char *line, size_t size,
		struct place at, struct line_words *words)
{
	struct text word;
	size_t i;

	words->n = 0;
	size -= size && line[size - 1] == '\r';
	at.column = 1;
	scan_line(scan, line, size, at);
	while (scan_word(scan, &word)) {
		GROW(words->texts, words->n, words->cap);
		words->texts[words->n++] = word;
	}
	if (scan->why)
		faults_add(scan->faults, scan->at, "%s: %s",
			   quote(word.at, word.size), scan->why);
	words->at = xrealloc(words->at, words->cap, sizeof(*words->at));
	for (i = 0; i < words->n; i++) {
		words->at[i] = words->texts[i].at;
		words->at[i][words->texts[i].size] = '\0';
	}
}

/**
 * line_words_free() - free the words
 * @words: the words
 */
void line_words_free(struct line_words *words)
{
	free(words->texts);
	free(words->at);
}

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

static const char *cannot(const char *what)
{
	static char text[128];

	snprintf(text, sizeof(text), "cannot be %s: %s", what, strerror(errno));
	return text;
}

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

static bool is_blank(char ch)
{
	return ch == ' ' || ch == '\t';
}

/* One character of a quoted word; the same rules as in the config file. */
static const char *quoted_char(const char **at, char quotation, char **to)
{
	if (**at == '\\' && (quotation == '"' || strchr("\\'", (*at)[1]))) {
		if (!(*at)[1] || !strchr("\\\"$'", (*at)[1]) ||
		    (quotation == '"' && (*at)[1] == '\''))
			return "in a string, only \\ \" and $ can follow a backslash";
		(*at)++;
	} else if (**at == '$' && (*at)[1] == '{' && quotation == '"') {
		return "the environment is not looked at; write \\${ for these characters";
	}
	*(*to)++ = *(*at)++;
	return NULL;
}

/* Takes the quotes off a word, in its place; moves *at behind it. */
static const char *quoted_word(char **at)
{
	const char *from = *at, *fault;
	char quotation = *from++, *to = *at;

	while (*from && *from != quotation) {
		fault = quoted_char(&from, quotation, &to);
		if (fault)
			return fault;
	}
	if (!*from)
		return "the string is not closed in its line";
	from++;
	if (*from && !is_blank(*from) && *from != '#')
		return "a blank is missing after a string";
	*at = (char *)from;
	*to = '\0';
	return NULL;
}

static const char *plain_word(char **at)
{
	*at += strcspn(*at, " \t#\"'");
	return **at == '"' || **at == '\'' ?
	       "a string begins in the middle of a word" : NULL;
}

static const char *control_fault(const char *line, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if (((unsigned char)line[i] < ' ' && line[i] != '\t') ||
		    line[i] == 0x7f)
			return line[i] ? "a control character" :
			       "a NUL byte; this is no text file";
	return NULL;
}

/**
 * line_split() - the words of a line
 * @line: the line, NUL behind it; the words are made in it
 * @size: its length
 * @words: where to put them
 *
 * Words stand between blanks; what is in quotes is one word; a # begins a
 * comment.
 *
 * Return: what is wrong, or NULL.
 */
const char *line_split(char *line, size_t size, struct line_words *words)
{
	const char *fault;
	char *at = line;
	bool comment;

	words->n = 0;
	if (size && line[size - 1] == '\r')
		line[--size] = '\0';
	fault = control_fault(line, size);
	while (!fault) {
		while (is_blank(*at))
			at++;
		if (!*at || *at == '#')
			break;
		GROW(words->at, words->n, words->cap);
		words->at[words->n++] = at;
		fault = *at == '"' || *at == '\'' ? quoted_word(&at) :
						   plain_word(&at);
		if (fault)
			break;
		comment = *at == '#';
		if (*at)
			*at++ = '\0';
		if (comment)
			break;
	}
	return fault;
}

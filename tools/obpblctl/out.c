// SPDX-License-Identifier: GPL-2.0-only
/*
 * What goes to stdout: aligned tables for people, JSON for programs
 *
 * A table is an array of flat objects either way.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "out.h"

#define CELL 320
#define MAX_COLUMNS 24
#define LINE 80		/* columns of a line where nothing says how many */
#define LABEL 12	/* columns of what stands before a sentence */

#define SCHEMA 1	/* of tools/json/schema.json */

/* The document of the command at hand, until it ends */
static json_t *kept;
static bool begun;
static size_t streamed;

/**
 * color() - a colour on a terminal, and nothing elsewhere, or as -c says
 * @which: BOLD, RED, ... PLAIN
 *
 * Return: what to print.
 */
const char *color(const char *which)
{
	static int tty = -1;

	if (options.color && strcmp(options.color, "auto"))
		return strcmp(options.color, "never") ? which : "";
	if (tty < 0)
		tty = isatty(STDOUT_FILENO);
	return tty && (options.color || !getenv("NO_COLOR")) ? which : "";
}

/**
 * out_begin() - begin the output of a command
 */
void out_begin(void)
{
	begun = false;
	*failure.text = '\0';
}

/* Why a document could not be written to the end; 0: it could */
static int write_error;

/**
 * out_json() - the JSON document, which out_end() prints
 * @document: the document; taken over
 */
void out_json(json_t *document)
{
	begun = document;
	kept = document;
	if (!document)
		fail("cannot make the JSON document");
}

/**
 * out_ended() - note in the document how many connections were ended
 * @connections: how many; "connections_ended" is there already
 */
void out_ended(json_int_t connections)
{
	json_t *value = json_object_get(kept, "connections_ended");

	if (value)
		json_integer_set(value, connections);
}

/* An object says which version of the schema it is of, and says it first. */
static json_t *with_schema(json_t *document)
{
	json_t *whole;

	if (!json_is_object(document))
		return document;
	whole = json_pack("{s:i}", "schema", SCHEMA);
	json_object_update(whole, document);
	json_decref(document);
	return whole;
}

static void print_document(json_t *document)
{
	size_t flags = options.lines ? 0 : JSON_INDENT(1);

	document = with_schema(document);
	if (!document || json_dumpf(document, stdout, flags)) {
		write_error = errno;
		if (!ferror(stdout))
			fail("cannot write the JSON document");
	}
	putchar('\n');
	json_decref(document);
}

/**
 * json_text() - a JSON string of a text that may not be UTF-8
 * @text: the text
 *
 * Return: the string.
 */
json_t *json_text(const char *text)
{
	char *copy = xstrdup(text);
	json_t *string;

	make_utf8(copy);
	string = json_string(copy);
	free(copy);
	return string;
}

/**
 * json_count() - a JSON number that may be too large for an integer of Jansson
 * @count: the number; the highest stands for 2^64, which it is as a real
 *
 * Return: the number.
 */
json_t *json_count(uint64_t count)
{
	return count > INT64_MAX ? json_real(count) : json_integer(count);
}

/**
 * put_text() - add a text to an object
 * @object: the object
 * @key: its name there
 * @text: the text, which may not be UTF-8
 */
void put_text(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, json_text(text));
}

/**
 * put_number() - add a number to an object
 * @object: the object
 * @key: its name there
 * @number: the number
 */
void put_number(json_t *object, const char *key, json_int_t number)
{
	json_object_set_new(object, key, json_integer(number));
}

/**
 * stream_begin() - begin a JSON document that is one long array
 *
 * Nothing is printed before there is an element, or the end, so that a refusal
 * can be the document instead.
 */
void stream_begin(void)
{
	streamed = 0;
}

/**
 * stream_next() - begin an element of the long array
 *
 * The caller prints it, as JSON.
 */
void stream_next(void)
{
	begun = true;
	fputs(streamed++ ? "," : "[", stdout);
	if (!options.lines)
		fputs("\n ", stdout);
	else if (streamed > 1)
		putchar(' ');
}

/**
 * stream_end() - end the long array
 * @status: how the command ends
 */
void stream_end(int status)
{
	if (status && !streamed)
		return;
	begun = true;
	if (!streamed)
		putchar('[');
	puts(streamed && !options.lines ? "\n]" : "]");
}

static const char *cell(const json_t *row, const char *column, char text[CELL])
{
	const json_t *value = json_object_get(row, column);

	if (json_is_string(value))
		snprintf(text, CELL, "%s", json_string_value(value));
	else if (json_is_integer(value))
		snprintf(text, CELL, "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
	else if (json_is_boolean(value))
		snprintf(text, CELL, "%s", json_is_true(value) ? "on" : "off");
	else
		snprintf(text, CELL, "-");
	return text;
}

static void widen(json_t *rows, const char *column, int *width)
{
	char text[CELL];
	json_t *row;
	size_t i;

	*width = strlen(column);
	json_array_foreach(rows, i, row)
		if ((int)strlen(cell(row, column, text)) > *width)
			*width = strlen(text);
}

/**
 * out_width() - how wide lines may be
 *
 * Return: columns of the terminal, or of the environment; 0: any.
 */
int out_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t width;

	if (options.wide)
		return 0;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return columns && parse_number(columns, 10000, &width) ? width : 0;
}

/**
 * out_wrapped() - print a sentence in lines that people can read
 * @label: what stands before it, and is left out before further lines
 * @format: the sentence
 */
void out_wrapped(const char *label, const char *format, ...)
{
	int width = out_width(), used, length;
	char sentence[1024], *text;
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	if (!width && !options.wide)
		width = LINE;
	used = printf("%-*s", LABEL, label);
	for (text = sentence; *text;
	     text += length + strspn(text + length, " ")) {
		length = strcspn(text, " ");
		if (width && used > LABEL && used + length >= width)
			used = printf("\n%-*s", LABEL, "") - 1;
		used += printf("%s%.*s", used > LABEL ? " " : "", length, text);
	}
	putchar('\n');
}

/* How many of the columns there is room for; one at least */
static int fitting(json_t *rows, const char *const *columns, int *widths,
		   int room)
{
	int i, used = 0;

	for (i = 0; columns[i] && i < MAX_COLUMNS; i++) {
		widen(rows, columns[i], &widths[i]);
		used += widths[i] + (i ? 2 : 0);
		if (i && room && used > room)
			break;
	}
	return i;
}

/*
 * Numbers, and the names of columns of them, stand to the right; a last column
 * of words has no padding.
 */
static void print_row(const json_t *row, bool names,
		      const char *const *columns, const int *widths, int count)
{
	char text[CELL];
	const char *word;
	bool last;
	int i;

	for (i = 0; i < count; i++) {
		last = i + 1 == count;
		word = names ? columns[i] : cell(row, columns[i], text);
		if (json_is_integer(json_object_get(row, columns[i])))
			printf("%*s", widths[i], word);
		else
			printf("%-*s", last ? 0 : widths[i], word);
		fputs(last ? "\n" : "  ", stdout);
	}
}

/**
 * out_table() - print objects as a table
 * @rows: an array of flat objects
 * @columns: which of their values; ends in NULL
 * @fit: leave out the last ones where the terminal is too narrow
 */
void out_table(json_t *rows, const char *const *columns, bool fit)
{
	int widths[MAX_COLUMNS], count;
	json_t *row;
	size_t i;

	count = fitting(rows, columns, widths, fit ? out_width() : 0);
	fputs(color(BOLD), stdout);
	print_row(json_array_get(rows, 0), true, columns, widths, count);
	fputs(color(PLAIN), stdout);
	json_array_foreach(rows, i, row)
		print_row(row, false, columns, widths, count);
}

/**
 * out_error() - what went wrong, for programs
 *
 * Return: an object.
 */
json_t *out_error(void)
{
	json_t *error;

	error = json_pack("{s:s, s:o}", "code", failure.code, "message",
			  json_text(failure.text));
	if (failure.file) {
		put_text(error, "file", failure.file);
		put_number(error, "line", failure.line);
	}
	return error;
}

/**
 * out_end() - end the output of a command
 * @status: how the command ended
 *
 * With -j there is one JSON document whatever happened.
 */
void out_end(int status)
{
	if (options.json && !begun && status && *failure.text)
		out_json(json_pack("{s:o}", "error", out_error()));
	if (kept)
		print_document(kept);
	kept = NULL;
}

/**
 * out_close() - finish stdout
 * @status: how the last command ended
 *
 * Return: @status, or STATUS_FAILED if not all could be written.
 */
int out_close(int status)
{
	out_end(status);
	if (!ferror(stdout) && !fflush(stdout) && !fclose(stdout))
		return status;
	if (errno == EBADF && !begun && status)
		return status;
	fail("cannot write to stdout: %s",
	     strerror(write_error ? write_error : errno));
	return STATUS_FAILED;
}

/* An event is an object; as text it is its values with their names. */
static void print_text(json_t *event)
{
	const char *key, *text;
	json_t *value, *one;
	size_t i;

	fputs(json_string_value(json_object_get(event, "time")), stdout);
	printf(" %s", json_string_value(json_object_get(event, "event")));
	json_object_foreach(event, key, value) {
		text = json_string_value(value);
		if (!strcmp(key, "time") || !strcmp(key, "event"))
			continue;
		if (text)
			printf(" %s %s", key, text);
		else if (json_is_integer(value))
			printf(" %s %" JSON_INTEGER_FORMAT, key,
			       json_integer_value(value));
		json_array_foreach(value, i, one)
			printf(" %s %s", key, json_string_value(one));
	}
}

/**
 * out_event() - print something that has happened just now, on a line
 * @kind: what
 * @more: more of it, an object of plain values; taken over
 */
void out_event(const char *kind, json_t *more)
{
	json_t *event;

	event = json_pack("{s:s, s:s}", "time", print_time(time(NULL)),
			  "event", kind);
	json_object_update(event, more);
	json_decref(more);
	if (options.json)
		event = with_schema(event);
	if (options.json)
		json_dumpf(event, stdout, JSON_COMPACT);
	else
		print_text(event);
	putchar('\n');
	json_decref(event);
}

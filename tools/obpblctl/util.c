// SPDX-License-Identifier: GPL-2.0-only
/* What every command needs: messages, memory, words, time and numbers */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>
#include <linux/obpbl.h>

#include "util.h"

#define QUOTED 84	/* bytes of a word that are shown */
#define TEXTS 16

#define MAX_TIME 253402300799ULL	/* 9999-12-31T23:59:59Z */

struct options options;
struct failure failure;
static const char *where_file;
static uint32_t where_line;

/**
 * say_where() - the line of a batch that messages are about
 * @file: its file, or NULL for none
 * @line: its number
 */
void say_where(const char *file, uint32_t line)
{
	where_file = file;
	where_line = line;
}

static uint64_t progress_start, progress_shown;

volatile sig_atomic_t stopped;

static void stop(int signal)
{
	stopped = 1;
}

/**
 * stop_on_signals() - let the command end by itself when it is asked to
 * @old: where to put the signals for ppoll(), while which alone they come; NULL:
 *	they come at any time
 */
void stop_on_signals(sigset_t *old)
{
	struct sigaction action = { .sa_handler = stop };
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	if (old)
		sigprocmask(SIG_BLOCK, &signals, old);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static uint64_t clock_read(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * UINT64_C(1000) + now.tv_nsec / 1000000 + 1;
}

/**
 * milliseconds() - a time that nobody sets
 *
 * Return: it, never 0.
 */
uint64_t milliseconds(void)
{
	return clock_read(CLOCK_BOOTTIME);
}

/**
 * milliseconds_worked() - how long this program has had a processor
 *
 * Return: that, in it or in the kernel, and not what it has waited.
 */
uint64_t milliseconds_worked(void)
{
	return clock_read(CLOCK_PROCESS_CPUTIME_ID);
}

/**
 * cannot() - why something cannot be done with a file
 * @what: such as "read"
 *
 * Return: a sentence that follows its name, by errno.
 */
const char *cannot(const char *what)
{
	return text_print("cannot be %s: %s", what, strerror(errno));
}

/**
 * progress() - on a terminal, say once a second how far something is
 * @format: that
 *
 * The first call says nothing: most things take less than a second.
 */
void progress(const char *format, ...)
{
	va_list args;
	uint64_t now;

	if (!isatty(STDERR_FILENO))
		return;
	now = milliseconds();
	if (!progress_start)
		progress_start = progress_shown = now;
	if (now - progress_shown < 1000)
		return;
	progress_shown = now;
	va_start(args, format);
	fputs("\r", stderr);
	vfprintf(stderr, format, args);
	fputs(" ", stderr);
	va_end(args);
}

/**
 * progress_end() - wipe what progress() has said
 */
void progress_end(void)
{
	if (progress_shown != progress_start)
		fputs("\r\033[K", stderr);
	progress_start = progress_shown = 0;
}

static void say(const char *kind, const char *format, va_list args)
{
	char text[sizeof(failure.text)];
	size_t used = 0;

	if (where_file)
		used = snprintf(text, sizeof(text), "%.512s:%u: ", where_file,
				where_line);
	vsnprintf(text + used, sizeof(text) - used, format, args);
	if (!*kind) {
		memcpy(failure.text, text, sizeof(text));
		failure.file = where_file;
		failure.line = where_line;
	}
	if (!options.quiet)
		fprintf(stderr, "obpblctl: %s%s\n", kind, text);
}

/* The words of the manual; a number that is not here is "failed" */
static const char *code_of(int error)
{
	static const struct {
		int error;
		const char *code;
	} codes[] = {
		{ EPERM, "not_permitted" }, { EACCES, "not_permitted" },
		{ ENOENT, "not_found" }, { ENODEV, "not_found" },
		{ EEXIST, "exists" }, { EADDRINUSE, "conflict" },
		{ EINVAL, "invalid" }, { ERANGE, "invalid" },
		{ ENOSPC, "ceiling" }, { E2BIG, "ceiling" },
		{ ENOMEM, "no_memory" }, { ENOBUFS, "no_memory" },
		{ EBUSY, "busy" }, { ESTALE, "changed" },
		{ ECANCELED, "changed" }, { EOPNOTSUPP, "module_too_old" },
	};
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (codes[i].error == error)
			return codes[i].code;
	return "failed";
}

/**
 * fail_as() - say on stderr what went wrong
 * @error: errno, or 0
 * @format: a sentence
 *
 * Return: STATUS_FAILED.
 */
int fail_as(int error, const char *format, ...)
{
	va_list args;

	failure.code = code_of(error);
	va_start(args, format);
	say("", format, args);
	va_end(args);
	return STATUS_FAILED;
}

/**
 * usage() - say on stderr what was not understood
 * @format: a sentence
 *
 * Return: STATUS_USAGE.
 */
int usage(const char *format, ...)
{
	va_list args;

	failure.code = "usage";
	va_start(args, format);
	say("", format, args);
	va_end(args);
	return STATUS_USAGE;
}

/**
 * warn() - say on stderr what is no failure, but may be a mistake
 * @format: a sentence
 */
void warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("warning: ", format, args);
	va_end(args);
}

/**
 * add_to_failure() - say on stderr what else there is to know of a failure
 * @format: a sentence
 *
 * It is no part of the failure in JSON.
 */
void add_to_failure(const char *format, ...)
{
	va_list args;

	if (options.quiet)
		return;
	fputs("obpblctl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/**
 * xrealloc() - memory for an array, or the end of the program
 * @old: what it was, or NULL
 * @count: elements
 * @size: of one
 *
 * Return: the memory.
 */
void *xrealloc(void *old, size_t count, size_t size)
{
	void *new = reallocarray(old, count ? count : 1, size);

	if (!new) {
		fail("out of memory; nothing was changed");
		exit(STATUS_FAILED);
	}
	return new;
}

/**
 * xcalloc() - zeroed memory for an array, or the end of the program
 * @count: elements
 * @size: of one
 *
 * Return: the memory.
 */
void *xcalloc(size_t count, size_t size)
{
	void *new = xrealloc(NULL, count, size);

	memset(new, 0, count * size);
	return new;
}

/**
 * xstrdup() - a copy of a string, or the end of the program
 * @text: the string
 *
 * Return: the copy.
 */
char *xstrdup(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(xrealloc(NULL, size, 1), text, size);
}

/**
 * text_room() - room for a text that is only used for a moment
 *
 * Return: TEXT_ROOM bytes.
 */
char *text_room(void)
{
	static char rooms[TEXTS][TEXT_ROOM];
	static unsigned int last;

	return rooms[++last % TEXTS];
}

/**
 * text_print() - such a text
 * @format: as of printf()
 *
 * Return: the text; what is too long for its room is cut off.
 */
const char *text_print(const char *format, ...)
{
	char *text = text_room();
	va_list args;

	va_start(args, format);
	vsnprintf(text, TEXT_ROOM, format, args);
	va_end(args);
	return text;
}

/**
 * quote_word() - quote() of a string
 * @text: the string
 *
 * Return: it.
 */
const char *quote_word(const char *text)
{
	return quote(text, strlen(text));
}

/* As parse_number(), from where @at is to where it is then */
static bool take_number(const char **at, uint64_t max, uint64_t *value)
{
	const char *start = *at;
	unsigned int digit;

	*value = 0;
	for (; isdigit((unsigned char)**at); (*at)++) {
		digit = **at - '0';
		if (*value > (max - digit) / 10 || digit > max)
			return false;
		*value = *value * 10 + digit;
	}
	return *at > start && (*start != '0' || *at == start + 1);
}

/**
 * parse_number() - a decimal number: digits, no sign, no leading zero
 * @text: its text
 * @max: the highest
 * @value: where to put it
 *
 * Return: whether it was one.
 */
bool parse_number(const char *text, uint64_t max, uint64_t *value)
{
	return take_number(&text, max, value) && !*text;
}

/**
 * isp_name_fault() - what is wrong with the name of an ISP
 * @name: the name
 *
 * Return: the words, or NULL.
 */
const char *isp_name_fault(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789._-";

	if (!*name)
		return "the name of an ISP cannot be empty";
	if (strlen(name) >= OBPBL_ISP_NAME_SIZE)
		return "the name of an ISP has at most 31 characters";
	if (name[strspn(name, allowed)])
		return "the name of an ISP is made of A-Z a-z 0-9 . _ -";
	if (strchr("._-", *name))
		return "the name of an ISP begins with a letter or a digit";
	return NULL;
}

/* Length of the UTF-8 sequence at @at, 0 if it is none (RFC 3629). */
static int utf8_decode(const unsigned char *at, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	int length = *at < 0x80 ? 1 : *at >= 0xf0 ? 4 : *at >= 0xe0 ? 3 : 2;
	int i;

	*code = length == 1 ? *at : *at & (0x7f >> length);
	if (*at >= 0x80 && (*at < 0xc2 || *at > 0xf4))
		return 0;
	for (i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (at[i] & 0x3f);
	}
	if (*code < least[length] && length > 1)
		return 0;
	return *code > 0x10ffff || (*code >> 11) == 0x1b ? 0 : length;
}

static int utf8_length(const char *at)
{
	uint32_t code;

	return utf8_decode((const unsigned char *)at, &code);
}

/* What looks like nothing, like a blank, or turns what is around it */
static bool is_invisible(uint32_t code)
{
	static const struct {
		uint32_t first;
		uint32_t last;
	} ranges[] = {
		{ 0x00, 0x1f }, { 0x7f, 0xa0 }, { 0xad, 0xad },
		{ 0x115f, 0x1160 }, { 0x1680, 0x1680 }, { 0x180e, 0x180e },
		{ 0x2000, 0x200f }, { 0x2028, 0x202f }, { 0x205f, 0x206f },
		{ 0x3000, 0x3000 }, { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f },
		{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xe0000, 0xe0fff },
	};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

/* One character of a word that is shown; returns how many bytes it had. */
static size_t quote_one(const char *at, size_t left, char *out)
{
	unsigned char bytes[4] = { 0 };
	uint32_t code;
	int length;

	memcpy(bytes, at, left < sizeof(bytes) ? left : sizeof(bytes));
	length = utf8_decode(bytes, &code);
	if (length && !is_invisible(code))
		sprintf(out, "%.*s", length, at);
	else if (length > 1)
		sprintf(out, "\\u%04x", code);
	else
		sprintf(out, "\\x%02x", *bytes);
	return length ? length : 1;
}

/**
 * quote() - a word as messages show it: in quotes, visible, not endless
 * @text: the word
 * @size: its length
 *
 * Return: that.
 */
const char *quote(const char *text, size_t size)
{
	char *out = text_room();
	size_t i = 0, used = 1;

	out[0] = '\'';
	while (i < size && used < QUOTED) {
		i += quote_one(text + i, size - i, out + used);
		used += strlen(out + used);
	}
	sprintf(out + used, i < size ? "...'" : "'");
	return out;
}

/**
 * make_utf8() - replace what is not UTF-8 by question marks
 * @text: the text
 */
void make_utf8(char *text)
{
	int length;

	for (; *text; text += length) {
		length = utf8_length(text);
		if (!length) {
			*text = '?';
			length = 1;
		}
	}
}

/**
 * text_fault() - what is wrong with a reason or a ticket
 * @text: it
 * @size: the bytes that there are for it, NUL included
 *
 * Return: the words, or NULL.
 */
const char *text_fault(const char *text, size_t size)
{
	const unsigned char *at;
	int length;

	if (!*text)
		return "cannot be empty";
	if (strlen(text) >= size)
		return text_print("has at most %zu bytes", size - 1);
	for (at = (const unsigned char *)text; *at; at += length) {
		length = utf8_length((const char *)at);
		if (!length)
			return "is not UTF-8";
		if (*at < ' ' || *at == 0x7f || (*at == 0xc2 && at[1] < 0xa0))
			return "cannot hold control characters";
	}
	return NULL;
}

/**
 * device_fault() - what is wrong with the name of a network device
 * @name: the name
 *
 * Return: the words, or NULL.
 */
const char *device_fault(const char *name)
{
	const char *at;

	if (!*name)
		return "the name of a device cannot be empty";
	if (strlen(name) >= OBPBL_DEV_NAME_SIZE)
		return "the name of a device has at most 15 characters";
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return "is no name of a device";
	for (at = name; *at; at++)
		if (strchr("/:", *at) || (unsigned char)*at <= ' ' ||
		    *at == 0x7f)
			return "is no name of a device";
	return NULL;
}

static uint64_t unit_seconds(char unit)
{
	static const uint32_t seconds[] = { 1, 60, 3600, 86400, 604800 };
	static const char units[] = "smhdw";
	const char *at = unit ? strchr(units, unit) : NULL;

	return at ? seconds[at - units] : 0;
}

/**
 * parse_duration() - such as 90s, 30m, 24h, 7d, 2w or 1h30m
 * @text: its text; units come in falling order, each at most once
 * @seconds: where to put it
 *
 * Return: what is wrong, or NULL.
 */
const char *parse_duration(const char *text, uint64_t *seconds)
{
	static const char form[] =
		"a duration is written like 90s, 30m, 24h, 7d, 2w or 1h30m";
	uint64_t number, unit, last = UINT64_MAX;

	for (*seconds = 0; *text; text++) {
		if (!take_number(&text, 9999999999, &number))
			return form;
		unit = unit_seconds(*text);
		if (!unit || unit >= last)
			return form;
		*seconds += number * unit;
		last = unit;
	}
	if (last == UINT64_MAX)
		return form;
	if (!*seconds || *seconds > 3153600000)
		return "a duration is between a second and a hundred years";
	return NULL;
}

/**
 * parse_limit() - such as 10/1h; or none
 * @text: its text
 * @limit: where to put how many; 0 for none
 * @seconds: where to put in how many seconds; 0 for none
 *
 * Return: what is wrong, or NULL.
 */
const char *parse_limit(const char *text, uint32_t *limit, uint32_t *seconds)
{
	static const char form[] =
		"a limit is none, or written like 10/1h: so many connections in so much time";
	uint64_t number, duration;
	const char *fault;

	*limit = *seconds = 0;
	if (!strcmp(text, "none"))
		return NULL;
	if (!take_number(&text, 9999999999, &number) || *text != '/')
		return form;
	if (!number || number > OBPBL_MAX_LIMIT)
		return "a limit is between 1 and 1000000 connections";
	fault = parse_duration(text + 1, &duration);
	if (fault)
		return fault;
	if (duration > OBPBL_MAX_LIMIT_SECONDS)
		return "the time of a limit is at most 31 days";
	*limit = number;
	*seconds = duration;
	return NULL;
}

/**
 * parse_penalty() - for how long who is over a limit is quarantined; or none
 * @text: its text
 * @seconds: where to put it; 0 for none
 *
 * Return: what is wrong, or NULL.
 */
const char *parse_penalty(const char *text, uint32_t *seconds)
{
	uint64_t duration;
	const char *fault;

	*seconds = 0;
	if (!strcmp(text, "none"))
		return NULL;
	fault = parse_duration(text, &duration);
	if (fault)
		return fault;
	if (duration > OBPBL_MAX_LIMIT_QUARANTINE)
		return "the quarantine of a limit is at most 31 days";
	*seconds = duration;
	return NULL;
}

/* The greatest unit that goes in whole; seconds becomes how many of it */
static char whole_unit(uint32_t *seconds)
{
	static const char units[] = "dhms";
	const char *unit = units;

	while (*seconds % unit_seconds(*unit))
		unit++;
	*seconds /= unit_seconds(*unit);
	return *unit;
}

/**
 * print_penalty() - as parse_penalty() reads it
 * @seconds: for how many seconds; 0: none
 *
 * Return: it, or NULL for none.
 */
const char *print_penalty(uint32_t seconds)
{
	char unit;

	if (!seconds)
		return NULL;
	unit = whole_unit(&seconds);
	return text_print("%u%c", seconds, unit);
}

/**
 * print_limit() - as parse_limit() reads it
 * @limit: how many; 0: none
 * @seconds: in how many seconds
 *
 * Return: it, or NULL for none.
 */
const char *print_limit(uint32_t limit, uint32_t seconds)
{
	char unit;

	if (!limit)
		return NULL;
	unit = whole_unit(&seconds);
	return text_print("%u/%u%c", limit, seconds, unit);
}

/* Whether a text begins like a pattern, in which 0 is any digit. */
static bool looks_like(const char *text, const char *pattern)
{
	for (; *pattern; pattern++, text++)
		if (*pattern == '0' ? !isdigit((unsigned char)*text) :
				      toupper((unsigned char)*text) != *pattern)
			return false;
	return true;
}

static const char *parse_offset(const char *at, int *offset)
{
	int hours, minutes;

	*offset = 0;
	if (!*at)
		return "a time needs an offset from UTC, such as Z or +09:00";
	if (!strcasecmp(at, "Z"))
		return NULL;
	if (!strchr("+-", *at) ||
	    !(looks_like(at + 1, "00:00") ? !at[6] :
	      looks_like(at + 1, "0000") && !at[5]))
		return "";
	hours = strtol((char []){ at[1], at[2], '\0' }, NULL, 10);
	minutes = strtol(at + strlen(at) - 2, NULL, 10);
	*offset = (hours * 60 + minutes) * (*at == '-' ? -60 : 60);
	return hours < 24 && minutes < 60 ? NULL : "";
}

/**
 * parse_time() - RFC 3339, the offset included
 * @text: its text
 * @seconds: where to put it, since 1970 in UTC
 *
 * Return: what is wrong, or NULL.
 */
const char *parse_time(const char *text, uint64_t *seconds)
{
	static const char form[] =
		"a time is written like 2027-03-31T00:00:00+09:00";
	const char *at = text + strlen("0000-00-00T00:00:00"), *fault;
	struct tm tm = { 0 }, copy;
	int64_t value;
	int offset;

	/* strptime() also takes blanks, and leaves digits that are too many */
	if ((!looks_like(text, "0000-00-00T00:00:00") &&
	     !looks_like(text, "0000-00-00 00:00:00")) ||
	    strptime(text, "%Y-%m-%d", &tm) != text + 10 ||
	    strptime(text + 11, "%H:%M:%S", &tm) != at || tm.tm_sec > 59)
		return form;
	if (*at == '.') {
		if (!isdigit((unsigned char)at[1]))
			return form;
		at += 1 + strspn(at + 1, "0123456789");
	}
	fault = parse_offset(at, &offset);
	if (fault)
		return *fault ? fault : form;
	copy = tm;
	value = (int64_t)timegm(&copy) - offset;
	if (copy.tm_mday != tm.tm_mday)
		return "there is no such day";
	if (value < 0 || (uint64_t)value > MAX_TIME)
		return "a time is between 1970 and 9999";
	*seconds = value;
	return NULL;
}

/**
 * print_time() - RFC 3339 in UTC
 * @seconds: since 1970
 *
 * Return: that.
 */
const char *print_time(uint64_t seconds)
{
	char *out = text_room();
	time_t when = seconds > MAX_TIME ? MAX_TIME : seconds;
	struct tm tm;

	gmtime_r(&when, &tm);
	strftime(out, TEXT_ROOM, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return out;
}

/**
 * print_bytes() - an amount of memory for people
 * @bytes: the amount
 *
 * Return: that.
 */
const char *print_bytes(uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double value = bytes;
	size_t i;

	for (i = 0; value >= 1024 && i < 4; i++)
		value /= 1024;
	return text_print(i && value < 100 ? "%.1f %s" : "%.0f %s", value,
			  units[i]);
}

/**
 * plural() - the ending of a noun
 * @count: how many there are
 *
 * Return: "" or "s".
 */
const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/**
 * count_of() - so many of something
 * @count: how many
 * @noun: what one is called
 *
 * Return: "1 prefix" or "2 prefixes".
 */
const char *count_of(uint64_t count, const char *noun)
{
	bool hisses = strchr("sx", noun[strlen(noun) - 1]);

	return text_print("%" PRIu64 " %s%s%s", count, noun,
			  hisses && count != 1 ? "e" : "", plural(count));
}

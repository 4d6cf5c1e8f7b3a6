/* SPDX-License-Identifier: GPL-2.0-only */
/* What every command needs: messages, memory, words, time and numbers */
#ifndef OBPBLCTL_UTIL_H
#define OBPBLCTL_UTIL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cidr.h"

/**
 * enum status - exit status of the program
 * @STATUS_DONE: of a parser alone: all is done already, without the kernel
 * @STATUS_OK: done
 * @STATUS_FAILED: refused or failed
 * @STATUS_USAGE: not understood
 * @STATUS_NO_MODULE: the kernel module is not loaded
 * @STATUS_BLOCK: test: the packet would be blocked
 * @STATUS_WOULD_BLOCK: test: it would be, were the mode enforce
 */
enum status {
	STATUS_DONE = -1,
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_NO_MODULE = 3,
	STATUS_BLOCK = 10,
	STATUS_WOULD_BLOCK = 11,
};

/**
 * struct options - what was said before the command
 * @json: -j, one JSON document on stdout
 * @netns: -n, name of a network namespace, or NULL
 * @color: -c, or NULL: auto
 * @wide: -w, all columns
 * @lines: each document on a line of its own
 * @quiet: say nothing of what fails
 */
struct options {
	bool json;
	const char *netns;
	const char *color;
	bool wide;
	bool lines;
	bool quiet;
};

extern struct options options;

#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/**
 * struct failure - the newest sentence of fail(), fail_as() or usage()
 * @code: what kind of failure it is, in a word for programs
 * @text: the sentence; empty: there was none
 * @file: the batch that it is about, or NULL
 * @line: the line there
 */
struct failure {
	const char *code;
	char text[1024];
	const char *file;
	uint32_t line;
};

extern struct failure failure;

int fail_as(int error, const char *format, ...) PRINTF(2, 3);
#define fail(...) fail_as(0, __VA_ARGS__)
int usage(const char *format, ...) PRINTF(1, 2);
void warn(const char *format, ...) PRINTF(1, 2);
void add_to_failure(const char *format, ...) PRINTF(1, 2);
void progress(const char *format, ...) PRINTF(1, 2);
void progress_end(void);
void say_where(const char *file, uint32_t line);

/* Set by SIGINT and SIGTERM after stop_on_signals() */
extern volatile sig_atomic_t stopped;

void stop_on_signals(sigset_t *old);
uint64_t milliseconds(void);
uint64_t milliseconds_worked(void);
const char *cannot(const char *what);

void *xrealloc(void *old, size_t count, size_t size);
void *xcalloc(size_t count, size_t size);
char *xstrdup(const char *text);

/* Room for one more in an array that doubles. */
#define GROW(array, count, cap) do {					\
	if ((count) == (cap)) {						\
		(cap) = (cap) ? (cap) * 2 : 16;				\
		(array) = xrealloc(array, cap, sizeof(*(array)));	\
	}								\
} while (0)

/* Room for a text; it is used again by the sixteenth call from then on */
#define TEXT_ROOM 1024

char *text_room(void);
const char *text_print(const char *format, ...) PRINTF(1, 2);
const char *quote(const char *text, size_t size);
const char *quote_word(const char *text);

bool parse_number(const char *text, uint64_t max, uint64_t *value);
const char *isp_name_fault(const char *name);
void make_utf8(char *text);
const char *text_fault(const char *text, size_t size);
const char *device_fault(const char *name);
const char *parse_duration(const char *text, uint64_t *seconds);
const char *parse_limit(const char *text, uint32_t *limit, uint32_t *seconds);
const char *parse_penalty(const char *text, uint32_t *seconds);
const char *print_penalty(uint32_t seconds);
const char *print_limit(uint32_t limit, uint32_t seconds);
const char *parse_time(const char *text, uint64_t *seconds);
const char *print_time(uint64_t seconds);
const char *print_bytes(uint64_t bytes);
const char *plural(uint64_t count);
const char *count_of(uint64_t count, const char *noun);

#endif

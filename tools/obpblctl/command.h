/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands and their verbs, from which parsing, help and completion come */
#ifndef OBPBLCTL_COMMAND_H
#define OBPBLCTL_COMMAND_H

#include <stddef.h>
#include <jansson.h>

#include "word.h"

struct field;
struct key;
struct nl;
struct txn;

/**
 * struct verb - one of the things that a command does
 * @name: its word; NULL: the command does nothing else, and has no verbs
 * @synopsis: what follows it, as command_synopsis() has it but for @fields
 * @fields: table of words that may follow then, each with a value, or NULL
 * @only: FIELD_...; those that have one of these; 0: all
 * @without: FIELD_...; but for those that have one of these
 * @summary: what it does, in a line; NULL: as the command
 * @example: one
 * @value: what tells it from others with the same functions
 * @size: of the order that @parse fills in, which is zeroes before; 0: as the
 *	command
 * @parse: takes the words that follow; NULL: as the command
 * @run: does it, with the socket of the dispatcher
 * @join: adds its requests to the transaction of an atomic batch, and returns
 *	whether nothing was refused; NULL: it cannot be part of one
 * @free: frees what @parse has filled in, whether or not that was all; NULL: as
 *	the command
 * @alone: @run comes in any case, with NULL where there is no module
 * @step: it changes something, but is always a step of its own
 *
 * What can be said without the kernel is said by @parse, which returns
 * STATUS_DONE if nothing is left then. All but @join return enum status.
 */
struct verb {
	const char *name;
	const char *synopsis;
	const struct field *fields;
	uint8_t only;
	uint8_t without;
	const char *summary;
	const char *example;
	int value;
	size_t size;
	int (*parse)(struct words *words, const struct verb *verb, void *order);
	int (*run)(struct nl *nl, void *order);
	bool (*join)(struct txn *txn, void *order);
	void (*free)(void *order);
	bool alone;
	bool step;
};

/**
 * struct command - a command
 * @name: its word
 * @summary: what it does, in a line
 * @help: more of that; several lines
 * @fields: words with a value that have a help of their own, or NULL
 * @verbs: what it does, up to one without a synopsis
 * @size: of their orders
 * @parse: takes the words that follow a verb; NULL: they are @keys
 * @free: frees what @parse has filled in, or NULL
 * @keys: words that may follow a verb; NULL: there are none
 * @standard: the first verb is meant if no word follows
 * @open: and also if the next word is no verb
 */
struct command {
	const char *name;
	const char *summary;
	const char *help;
	const struct field *fields;
	const struct verb *verbs;
	size_t size;
	int (*parse)(struct words *words, const struct verb *verb, void *order);
	void (*free)(void *order);
	const struct key *keys;
	bool standard;
	bool open;
};

/* The verbs of a command that does one thing */
#define ONE_VERB(...)							\
	((const struct verb[]){ { __VA_ARGS__ }, { .synopsis = NULL } })

extern const struct command apply_command, confirm_command, diff_command,
	exempt_command, export_command, fallback_command, flush_command,
	follow_command, help_command, import_command, isp_command, keep_command, metrics_command,
	mode_command, monitor_command, prefix_command, purge_command,
	quarantine_command, report_command, restore_command, rollback_command,
	save_command, session_command, shadow_command,
	show_command, stats_command, test_command, top_command,
	version_command;

/**
 * struct key - a word that may stand in a command line, and what follows it
 * @name: the word
 * @value: what follows it, as a sentence has it; NULL: nothing does
 * @verbs: bits of the values of verbs that it may stand behind; 0: of all
 * @take: reads what follows, or else the word itself; returns enum status
 * @at: where in the order @take puts what it has read
 * @often: it may be there more than once
 * @bare: there is no such word, only what follows; one of the keys at most
 */
struct key {
	const char *name;
	const char *value;
	uint64_t verbs;
	int (*take)(const char *word, void *to);
	size_t at;
	bool often;
	bool bare;
};

/* A key whose value goes into a member of the order */
#define KEY(word, what, reader, type, member)				\
	.name = word, .value = what, .take = reader,			\
	.at = offsetof(type, member)

const struct command *command_next(const struct command *command);
int command_find(struct words *words, const struct command **command);
int command_verb(struct words *words, const struct command *command,
		 const struct verb **verb);
int command_keys(struct words *words, const struct key *keys,
		 const struct verb *verb, void *order);
int command_fields(struct words *words, const struct verb *verb, void *object,
		   uint32_t *given);
const char *command_synopsis(const struct verb *verb);
int command_usage(const char *format, ...) PRINTF(1, 2);

#endif

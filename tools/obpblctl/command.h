/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands: one table, from which parsing, help and completion come */
#ifndef OBPBLCTL_COMMAND_H
#define OBPBLCTL_COMMAND_H

#include "util.h"

struct field;

/**
 * struct command - a command
 * @name: its word
 * @synopsis: what follows it
 * @summary: what it does, in a line
 * @help: more of that; several lines
 * @fields: words of it that have a help of their own, or NULL
 * @example: one
 * @completion: the words that may follow it
 * @changes: it can be part of an atomic batch
 * @run: does it, with the words that follow; returns enum status
 */
struct command {
	const char *name;
	const char *synopsis;
	const char *summary;
	const char *help;
	const struct field *fields;
	const char *example;
	const char *completion;
	bool changes;
	int (*run)(struct words *words);
};

extern const struct command commands[];

int command_usage(const char *name, const char *format, ...) PRINTF(2, 3);
int command_rows(struct words *words, const char *name, uint64_t *rows);
int command_help(struct words *words);
int command_find(const char *name, const struct command **found);
void command_synopsis(FILE *file);

int apply_command(struct words *words);
int confirm_command(struct words *words);
int exempt_command(struct words *words);
int export_command(struct words *words);
int flush_command(struct words *words);
int isp_command(struct words *words);
int metrics_command(struct words *words);
int mode_command(struct words *words);
int monitor_command(struct words *words);
int prefix_command(struct words *words);
int quarantine_command(struct words *words);
int rollback_command(struct words *words);
int save_command(struct words *words);
int session_command(struct words *words);
int shadow_command(struct words *words);
int show_command(struct words *words);
int stats_command(struct words *words);
int test_command(struct words *words);
int top_command(struct words *words);
int follow_command(struct words *words);
int version_command(struct words *words);

#endif

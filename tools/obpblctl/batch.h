/* SPDX-License-Identifier: GPL-2.0-only */
/* Many commands by one process */
#ifndef OBPBLCTL_BATCH_H
#define OBPBLCTL_BATCH_H

#include "netlink.h"
#include "word.h"

struct verb;

/**
 * struct batch_options - how to run a file of commands
 * @path: its name; "-" is stdin; NULL: none was given
 * @force: go on after a failure
 * @atomic: all of it is one transaction
 * @run: runs the words of a line; returns enum status
 * @nl: the socket that all lines share
 */
struct batch_options {
	const char *path;
	bool force;
	bool atomic;
	int (*run)(struct words *words);
	struct nl *nl;
};

int batch_command(const struct batch_options *how, struct words *words);

/*
 * In an atomic batch, a command that changes something adds its requests to
 * those of the lines before it, instead of sending them.
 */
bool batch_joined(void);
int batch_join(const struct verb *verb, void *order);
bool batch_postpones(void);
bool batch_prefixes(uint8_t command, const char *isp, int class,
		    const char *file, const struct prefixes *list);
int batch_no_part(const char *word, bool step);
int batch_stdin(const char *path);

#endif

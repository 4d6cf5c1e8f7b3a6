/* SPDX-License-Identifier: GPL-2.0-only */
/* A routing table of the kernel */
#ifndef OBPBLCTL_FIB_H
#define OBPBLCTL_FIB_H

#include "policy.h"

struct nl_sock;

/**
 * struct fib - a routing table
 * @table: its number
 * @ask: for reading it
 * @hear: for hearing of changes
 * @changed: it may not be what it was when it was read last
 * @whole: it had a default route when it was read last
 */
struct fib {
	uint32_t table;
	struct nl_sock *ask;
	struct nl_sock *hear;
	bool changed;
	bool whole;
};

const char *fib_table(const char *word, uint32_t *table);
int fib_open(struct fib *fib, uint32_t table);
int fib_fd(const struct fib *fib);
int fib_hear(struct fib *fib);
int fib_read(struct fib *fib, struct prefixes *list);
void fib_close(struct fib *fib);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Sources that were blocked, from the kernel */
#ifndef OBPBLCTL_SOURCE_H
#define OBPBLCTL_SOURCE_H

#include <jansson.h>

#include "netlink.h"

/* Mail to so many hosts is no misconfigured program any more, but a bot */
#define SOURCE_BOT 16

/* A misconfigured program knows one server, or a name of two addresses */
#define SOURCE_CLIENT 2

/**
 * struct source - a source
 * @isp: its ISP
 * @is: what is known of it
 */
struct source {
	char isp[OBPBL_ISP_NAME_SIZE];
	struct obpbl_source is;
};

/**
 * struct sources - a list of sources
 * @list: the sources
 * @n: number of them
 * @cap: room
 */
struct sources {
	struct source *list;
	size_t n;
	size_t cap;
};

/* Numbers of a source that sources are sorted by, up to NULL */
extern const char *const source_columns[];

bool source_take(const struct nlattr **a, struct source *source);
int source_order(const void *a, const void *b);
json_t *source_json(const struct source *source);
bool sources_dump(struct nl *nl, uint8_t command, const char *isp,
		  struct sources *sources);

#endif

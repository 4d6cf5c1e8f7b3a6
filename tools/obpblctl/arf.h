/* SPDX-License-Identifier: GPL-2.0-only */
/* Abuse reports by mail: RFC 5965 */
#ifndef OBPBLCTL_ARF_H
#define OBPBLCTL_ARF_H

#include "util.h"

#define ARF_SIZE (1UL << 20)	/* bytes of a report, the message in it included */
#define ARF_TYPE_SIZE 32
#define ARF_DOMAIN_SIZE 254

/**
 * struct arf - what a report says in the part that is for machines
 * @type: its Feedback-Type, such as abuse
 * @source: the address that the message came from, as a prefix of all its bits
 * @arrival: when it came, in seconds since 1970; 0: not said
 * @domain: the first Reported-Domain; empty: none
 * @domains: how many there are
 */
struct arf {
	char type[ARF_TYPE_SIZE];
	struct prefix source;
	uint64_t arrival;
	char domain[ARF_DOMAIN_SIZE];
	unsigned int domains;
};

const char *arf_read(const char *text, size_t size, struct arf *arf,
		     uint32_t *line);

#endif

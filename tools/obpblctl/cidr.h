/* SPDX-License-Identifier: GPL-2.0-only */
/* Prefixes and addresses as text: exactly one grammar */
#ifndef OBPBLCTL_CIDR_H
#define OBPBLCTL_CIDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct prefix - a prefix of either family
 * @family: 4 or 6
 * @len: 0-32 or 0-128
 * @addr: network order; 4 or 16 bytes count
 */
struct prefix {
	uint8_t family;
	uint8_t len;
	uint8_t addr[16];
};

bool cidr_network(struct prefix *p);
bool cidr_covers(const struct prefix *whole, const struct prefix *p);
int cidr_order(const struct prefix *a, const struct prefix *b);
const char *cidr_read(const char *text, size_t size, struct prefix *p);
const char *cidr_read_address(const char *text, struct prefix *p);
const char *cidr_mapped(const struct prefix *p);
const char *cidr_print(const struct prefix *p);
const char *cidr_print_address(const struct prefix *p);
const char *cidr_print_short(const struct prefix *p);

static inline unsigned int cidr_bits(const struct prefix *p)
{
	return p->family == 4 ? 32 : 128;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef OBPBLCTL_EXPIRY_H
#define OBPBLCTL_EXPIRY_H

#include <stdbool.h>
#include <stdint.h>

#include "netlink.h"
#include "policy.h"

/**
 * struct expiry - ends of overlays that are waited for
 * @fd: readable when one has come, or when the clock was set
 * @seen: all that ended until then, in seconds since the epoch, was told
 * @overlays: what is waited for
 */
struct expiry {
	int fd;
	uint64_t seen;
	struct policy overlays;
};

int expiry_begin(struct expiry *expiry, struct nl *nl);
void expiry_forget(struct expiry *expiry);
int expiry_reload(struct expiry *expiry, struct nl *nl);
void expiry_tell(struct expiry *expiry,
		 void (*ended)(const struct overlay *overlay));
void expiry_end(struct expiry *expiry);

#endif /* OBPBLCTL_EXPIRY_H */

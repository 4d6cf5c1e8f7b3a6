/* SPDX-License-Identifier: GPL-2.0-only */
/* Exemptions and quarantines in requests */
#ifndef OBPBLCTL_OVERLAY_H
#define OBPBLCTL_OVERLAY_H

#include "netlink.h"

void overlay_put(struct nlmsghdr *request, const struct overlay *overlay);
void overlay_put_identity(struct nlmsghdr *request,
			  const struct overlay *overlay);
const char *overlay_count(size_t n);
bool overlay_ended(const struct overlay *overlay, uint64_t now);

#endif

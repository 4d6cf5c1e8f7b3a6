/* SPDX-License-Identifier: GPL-2.0-only */
/* Exemptions and quarantines in requests */
#ifndef OBPBLCTL_OVERLAY_H
#define OBPBLCTL_OVERLAY_H

#include "netlink.h"

void overlay_put(struct nlmsghdr *request, const struct overlay *overlay);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracked connections that a policy blocks */
#ifndef OBPBLCTL_CONNTRACK_H
#define OBPBLCTL_CONNTRACK_H

#include <jansson.h>

#include "netlink.h"

json_int_t conntrack_end(struct nl *nl);

#endif

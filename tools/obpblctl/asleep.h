/* SPDX-License-Identifier: GPL-2.0-only */
/* What was added at run time and sleeps */
#ifndef OBPBLCTL_ASLEEP_H
#define OBPBLCTL_ASLEEP_H

#include <jansson.h>

#include "netlink.h"

void asleep_warnings(struct nl *nl, json_t *warnings);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel has counted, as a sample of a history */
#ifndef OBPBLCTL_SAMPLE_H
#define OBPBLCTL_SAMPLE_H

#include <jansson.h>

#include "netlink.h"

int sample_take(struct nl *nl, uint64_t since, uint64_t now, json_t **sample);

#endif

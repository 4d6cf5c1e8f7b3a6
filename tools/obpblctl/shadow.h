/* SPDX-License-Identifier: GPL-2.0-only */
/* A candidate that is judged beside the running policy */
#ifndef OBPBLCTL_SHADOW_H
#define OBPBLCTL_SHADOW_H

#include <jansson.h>

#include "kernel.h"

json_t *shadow_json(const struct glance *glance);

#endif

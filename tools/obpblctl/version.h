/* SPDX-License-Identifier: GPL-2.0-only */
/* Versions */
#ifndef OBPBLCTL_VERSION_H
#define OBPBLCTL_VERSION_H

#include "kernel.h"

const char *version_advice(const struct glance *glance);

#endif

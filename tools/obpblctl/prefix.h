/* SPDX-License-Identifier: GPL-2.0-only */
/* Classes of prefixes on the command line */
#ifndef OBPBLCTL_PREFIX_H
#define OBPBLCTL_PREFIX_H

#include <stdbool.h>

bool class_tightens(int class);

#endif

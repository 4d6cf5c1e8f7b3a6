/* SPDX-License-Identifier: GPL-2.0-only */
/* The running policy as text */
#ifndef OBPBLCTL_SAVE_H
#define OBPBLCTL_SAVE_H

#include <stdio.h>

void save_runtime(FILE *file, const void *policy);

#endif

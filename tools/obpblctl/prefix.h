/* SPDX-License-Identifier: GPL-2.0-only */
/* Classes of prefixes on the command line */
#ifndef OBPBLCTL_PREFIX_H
#define OBPBLCTL_PREFIX_H

#include "word.h"

bool class_tightens(int class);
int class_word(struct words *words, int *class);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* What may follow the words of a command line, for the shell */
#ifndef OBPBLCTL_COMPLETE_H
#define OBPBLCTL_COMPLETE_H

#include "word.h"

void complete(struct words *words);

#endif

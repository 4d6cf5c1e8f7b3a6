/* SPDX-License-Identifier: GPL-2.0-only */
/* What changes the policy, as its events tell it */
#ifndef OBPBLCTL_CHANGE_H
#define OBPBLCTL_CHANGE_H

#include <linux/obpbl.h>

#include "util.h"

/**
 * struct change - what a command of the kernel changes
 * @word: the word for it
 * @overlays: it may be overlays
 */
struct change {
	const char *word;
	bool overlays;
};

struct change change_of(uint8_t command);

#endif

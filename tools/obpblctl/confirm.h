/* SPDX-License-Identifier: GPL-2.0-only */
/* A change that the kernel takes back unless it is confirmed */
#ifndef OBPBLCTL_CONFIRM_H
#define OBPBLCTL_CONFIRM_H

#include <jansson.h>

#include "kernel.h"

json_t *confirm_json(const struct glance *glance);
const char *confirm_text(const struct glance *glance);
int confirm_word(const char *word, void *to);
int confirm_talk(struct nl *nl, uint8_t command, uint32_t seconds,
		 uint64_t *generation);

#endif

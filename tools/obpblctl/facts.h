/* SPDX-License-Identifier: GPL-2.0-only */
/* What a history says of a day */
#ifndef OBPBLCTL_FACTS_H
#define OBPBLCTL_FACTS_H

#include <jansson.h>

#include "util.h"

#define FACTS_HOURS 24

int facts_read(const char *path, uint64_t from, uint64_t to, json_t **facts);

/* What a document may lack: empty, or 0 */
const char *facts_text(const json_t *object, const char *key);
json_int_t facts_number(const json_t *object, const char *key);
const char *facts_thousands(json_int_t n);
const char *facts_when(const char *time);
json_int_t facts_sum(json_int_t a, json_int_t b);

#endif

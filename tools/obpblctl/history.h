/* SPDX-License-Identifier: GPL-2.0-only */
/* Samples of the counters, a line of JSON each */
#ifndef OBPBLCTL_HISTORY_H
#define OBPBLCTL_HISTORY_H

#include <jansson.h>

#include "util.h"

#define HISTORY "/var/lib/obpbl/history"

/* Takes a sample. */
typedef void sample_fn(const json_t *sample, void *data);

uint64_t history_last(const char *path);
int history_append(const char *path, const json_t *sample, uint64_t now);
int history_read(const char *path, sample_fn *take, void *data);

#endif

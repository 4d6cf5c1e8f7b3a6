/* SPDX-License-Identifier: GPL-2.0-only */
/* What goes to stdout: aligned tables for people, JSON for programs */
#ifndef OBPBLCTL_OUT_H
#define OBPBLCTL_OUT_H

#include <jansson.h>

#include "util.h"

json_t *json_text(const char *text);
json_t *json_count(uint64_t count);
void put_text(json_t *object, const char *key, const char *text);
void put_number(json_t *object, const char *key, json_int_t number);
void out_json(json_t *document);
json_t *out_error(void);
void out_table(json_t *rows, const char *const *columns, bool fit);
int out_width(void);
void out_wrapped(const char *label, const char *format, ...) PRINTF(2, 3);
void out_event(const char *kind, json_t *more);
void out_begin(void);
void out_ended(json_int_t connections);
void out_end(int status);
int out_close(int status);
const char *color(const char *which);

void stream_begin(void);
void stream_next(void);
void stream_end(int status);

#define BOLD "\033[1m"
#define RED "\033[31m"
#define YELLOW "\033[33m"
#define GREEN "\033[32m"
#define PLAIN "\033[0m"

#endif

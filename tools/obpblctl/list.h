/* SPDX-License-Identifier: GPL-2.0-only */
/* Files as a whole, and lists of prefixes */
#ifndef OBPBLCTL_LIST_H
#define OBPBLCTL_LIST_H

#include <sys/types.h>

#include "policy.h"

/* Bytes that a list, or a config file, may have */
#define LIST_SIZE (512UL << 20)

/* Writes the content of a file. */
typedef void write_fn(FILE *file, const void *data);

const char *file_name(const char *path);
uint32_t file_line(const char *text, const char *at);
const char *file_read(const char *path, size_t most, char **text, size_t *size,
		      uint32_t *line);
char *file_text(write_fn *write, const void *data);
int file_lock(const char *path);
int file_replace(const char *path, mode_t most, write_fn *write,
		 const void *data);
int file_write(const char *path, mode_t most, write_fn *write,
	       const void *data);
const char *list_read(const char *path, struct policy *policy,
		      struct prefixes *list, struct faults *faults);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Files as a whole, and lists of prefixes */
#ifndef OBPBLCTL_LIST_H
#define OBPBLCTL_LIST_H

#include <sys/types.h>

#include "policy.h"

/* Writes the content of a file. */
typedef void write_fn(FILE *file, const void *data);

const char *file_name(const char *path);
const char *file_read(const char *path, char **text, size_t *size,
		      uint32_t *line);
char *file_text(write_fn *write, const void *data);
bool file_fill(int fd, write_fn *write, const void *data, bool sync);
int file_replace(const char *path, mode_t most, write_fn *write,
		 const void *data);
const char *list_read(const char *path, struct policy *policy,
		      struct prefixes *list, struct faults *faults);

#endif

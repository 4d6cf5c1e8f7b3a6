/* SPDX-License-Identifier: GPL-2.0-only */
/* What a history says of a day, as a page for people */
#ifndef OBPBLCTL_PAGE_H
#define OBPBLCTL_PAGE_H

#include <stdio.h>
#include <jansson.h>

void page_write(FILE *file, const json_t *facts);

#endif

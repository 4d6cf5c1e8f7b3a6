/* SPDX-License-Identifier: GPL-2.0-only */
/* A config file before libConfuse reads it */
#ifndef OBPBLCTL_LEX_H
#define OBPBLCTL_LEX_H

#include "policy.h"

/**
 * struct section_kind - a kind of section of the config file
 * @name: its word
 * @keys: the words in it; ends in NULL
 * @lists: index of the first of @keys whose value is a list; so are those after
 */
struct section_kind {
	const char *name;
	const char *const *keys;
	unsigned int lists;
};

/**
 * struct section - a section of the config file
 * @kind: index into the kinds
 * @title: what follows its word
 * @line: where it begins
 */
struct section {
	unsigned int kind;
	char *title;
	uint32_t line;
};

/**
 * struct sections - the sections of a config file, in order
 * @list: the sections
 * @n: number of them
 * @cap: room
 */
struct sections {
	struct section *list;
	size_t n;
	size_t cap;
};

bool lex_check(char *text, size_t size, uint32_t file,
	       const struct section_kind *kinds, struct sections *sections,
	       struct faults *faults);
void sections_free(struct sections *sections);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* What the grammar of the config file finds, for what is made of it */
#ifndef OBPBLCTL_READER_H
#define OBPBLCTL_READER_H

#include "fields.h"
#include "scan.h"

#define READER_KEYS 16

/**
 * struct token - a word of the file
 * @text: the word
 * @at: where it is
 */
struct token {
	struct text text;
	struct place at;
};

/**
 * struct source - a file that is being read
 * @path: its name; "-" is stdin
 * @outer: the file that includes it, or NULL
 * @depth: how many there are around it
 * @device: where its inode is
 * @inode: its number
 */
struct source {
	const char *path;
	const struct source *outer;
	unsigned int depth;
	uint64_t device;
	uint64_t inode;
};

/**
 * struct reader - the state of reading a config file
 * @policy: what it says
 * @faults: what is wrong in it
 * @source: the file
 * @scan: its words
 * @last: the word or sign that came last
 * @kind: the word that the section at hand begins with
 * @table: the fields of the section; NULL: nobody knows it
 * @isp: the ISP, if it is one
 * @overlay: the overlay, if it is one
 * @follow: what becomes of a routing table, if it is that
 * @key: the key at hand
 * @field: its field, or NULL
 * @list: its list, or NULL
 * @open: where the list begins
 * @comma: a value may follow in the list
 * @broken: words are not where they should be, so that much may be missing
 * @seen: where the section has its keys, by place in the table; lists behind
 */
struct reader {
	struct policy *policy;
	struct faults *faults;
	const struct source *source;
	struct scan scan;
	struct token last;
	struct token kind;
	const struct field *table;
	struct isp *isp;
	struct overlay *overlay;
	struct follow *follow;
	struct token key;
	const struct field *field;
	struct prefixes *list;
	struct token open;
	bool comma;
	bool broken;
	struct place seen[READER_KEYS];
};

void reader_fault(struct reader *reader, const struct token *token,
		  const char *format, ...) PRINTF(3, 4);
void reader_include(struct reader *reader, const struct token *name);
void reader_begin(struct reader *reader, const struct token *title);
void reader_end(struct reader *reader, const struct token *title);
void reader_key(struct reader *reader, bool lost);
void reader_value(struct reader *reader, const struct token *value);
void reader_list(struct reader *reader, const struct token *open);
void reader_item(struct reader *reader, const struct token *value);

#endif

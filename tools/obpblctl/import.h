/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an ISP has elsewhere for blocking port 25, to become a policy
 *
 * A reader makes lines of it: of a packet, the first line that it matches
 * decides.  What a reader does not understand, or a policy cannot say, is a remark.
 */
#ifndef OBPBLCTL_IMPORT_H
#define OBPBLCTL_IMPORT_H

#include "policy.h"
#include "sort.h"

/* Lines about port 25 of one list; each is compared with each. */
#define ACL_MAX_LINES 16384

#define ACL_PORT 25
#define ACL_WORDS 2050	/* of a line, and a NULL; a word takes two bytes */

/* Whether a rule is of port 25, as far as it is known */
enum acl_ports { ANY_PORT, THIS_PORT, OTHER_PORT };

/**
 * struct acl_match - the packets that a rule matches
 * @src: from where
 * @dst: to where
 * @ports: whether they are those to port 25
 * @others: and those to other ports
 * @never: no new connection by TCP does
 * @running: only what belongs to a connection does
 * @unknown: it may be anything
 * @why: it depends on more than that; empty: it does not
 * @dev: it is of an interface that is meant
 */
struct acl_match {
	struct prefixes src;
	struct prefixes dst;
	enum acl_ports ports;
	bool others;
	bool never;
	bool running;
	bool unknown;
	char why[192];
	const char *dev;
};

/**
 * struct acl_line - what happens to new connections to port 25 from here to there
 * @at: where it was written
 * @text: as it was written, or NULL
 * @why: it depends on more than a policy knows, and matches nothing here; or NULL
 * @deny: it blocks them
 * @only: it is about port 25; others stay where they are, for the other ports
 * @end: it is what happens where no line matches
 * @all_src: by family, @src is all of it
 * @all_dst: and @dst is
 * @everyone: by family, its sources are all there are, or all whom lines deny
 * @reject: enum obpbl_reject
 * @src: from where; all of a family is a /0
 * @dst: to where
 * @from: addresses of @src
 * @to: addresses of @dst
 */
struct acl_line {
	struct place at;
	char *text;
	char *why;
	bool deny;
	bool only;
	bool end;
	bool all_src[FAMILIES];
	bool all_dst[FAMILIES];
	bool everyone[FAMILIES];
	uint8_t reject;
	struct prefixes src;
	struct prefixes dst;
	struct ranges from;
	struct ranges to;
};

/**
 * struct remark - what there is to say of something in the input
 * @at: where it is
 * @text: as it was written, or NULL
 * @why: a sentence
 * @carried: it is in the policy all the same
 */
struct remark {
	struct place at;
	char *text;
	char *why;
	bool carried;
};

/**
 * struct named_set - a set that the command line gives a meaning, or a list
 * @name: its name
 * @class: enum obpbl_class; 0: none was said, or it is a list
 * @seen: the input has it
 */
struct named_set {
	const char *name;
	int class;
	bool seen;
};

/**
 * struct import - one run of import
 * @path: of the input
 * @name: of the ISP
 * @lists: access lists, filters or chains that are meant; none: it is clear which
 * @n_lists: number of them
 * @cap_lists: room
 * @space: the space of the ISP
 * @devs: interfaces whose rules are meant
 * @n_devs: number of them
 * @cap_devs: room
 * @sets: the sets that are meant
 * @n_sets: number of them
 * @cap_sets: room
 * @policy: what is made, and the names of what it was made of
 * @isp: its only ISP
 * @lines: what the input says about port 25, in order
 * @n_lines: number of them
 * @cap_lines: room
 * @remarks: what there is to say
 * @n_remarks: number of them
 * @cap_remarks: room
 * @others: how many lines of the input are not about port 25, or not alone
 */
struct import {
	const char *path;
	const char *name;
	struct named_set *lists;
	size_t n_lists;
	size_t cap_lists;
	struct prefixes space;
	const char **devs;
	size_t n_devs;
	size_t cap_devs;
	struct named_set *sets;
	size_t n_sets;
	size_t cap_sets;
	struct policy policy;
	struct isp *isp;
	struct acl_line *lines;
	size_t n_lines;
	size_t cap_lines;
	struct remark *remarks;
	size_t n_remarks;
	size_t cap_remarks;
	size_t others;
};

void import_remark(struct import *im, bool carried, struct place at,
		   const char *text, const char *format, ...) PRINTF(5, 6);
uint32_t import_file(struct import *im, const char *name);
struct overlay *import_overlay(struct import *im, int class,
			       const struct prefix *p, struct place at,
			       const char *reason);
bool import_list(struct import *im, const char *name);
int import_which(const struct import *im, const char *what, const char *one,
		 const char *other);
int import_none(const struct import *im, const char *what);
void import_trial(struct import *im);
void import_clear(struct import *im);
void import_any(struct prefixes *list, int family, struct place at);

/* What could not be carried over, and what was but is worth a word */
#define import_leave(im, at, text, ...) \
	import_remark(im, false, at, text, __VA_ARGS__)
#define import_note(im, at, text, ...) \
	import_remark(im, true, at, text, __VA_ARGS__)

/* Readers; each returns enum status */
int nft_read(struct import *im, char *text, size_t size);
int ipset_read(struct import *im, char *text, size_t size);
int cisco_read(struct import *im, char *text, size_t size);
int junos_read(struct import *im, char *text, size_t size);

void acl_because(struct acl_match *match, const char *format, ...) PRINTF(2, 3);
void acl_match_all(struct acl_match *match);
void acl_match_copy(struct acl_match *to, const struct acl_match *from);
void acl_match_free(struct acl_match *match);
bool acl_may_match(const struct acl_match *match);
void acl_ports(struct acl_match *match, bool here, bool others);
int acl_decide(struct import *im, const struct acl_match *match, bool deny,
	       int reject, const char *text, struct place at);
int acl_end(struct import *im, const char *name, const struct acl_match *match);
int acl_end_all(struct import *im, const char *what, const char *name,
		int family);
void acl_except(struct prefixes *list, struct prefixes *except,
		struct place at);
int acl_words(char *line, char *words[ACL_WORDS]);
const char *acl_range(const char *first, const char *last,
		      struct prefixes *list, struct place at);
bool acl_prefix(const char *word, struct prefix *p);
bool acl_blocks(const struct import *im);

int acl_add(struct import *im, struct acl_line *line);
void acl_line_free(struct acl_line *line);
bool acl_translate(struct import *im);
void acl_finish(struct isp *isp);

#endif

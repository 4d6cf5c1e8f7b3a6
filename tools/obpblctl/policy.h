/* SPDX-License-Identifier: GPL-2.0-only */
/* A policy in memory, as a config file or the kernel says it */
#ifndef OBPBLCTL_POLICY_H
#define OBPBLCTL_POLICY_H

#include <linux/obpbl.h>

#include "util.h"

/**
 * struct place - where something was written
 * @file: index into struct policy's files
 * @line: 1 for the first; 0: nowhere
 * @column: in characters, 1 for the first; 0: the line as a whole
 */
struct place {
	uint32_t file;
	uint32_t line;
	uint32_t column;
};

/**
 * struct file_start - from where on prefixes of a list come from a file
 * @first: index of the first one
 * @file: the file, for struct place
 */
struct file_start {
	size_t first;
	uint32_t file;
};

/**
 * struct places - where each of an array of prefixes was written
 * @lines: the lines
 * @columns: the columns, each ^ 1; NULL: all are 1, as those of a list mostly
 *	are, of which there may be a million
 * @files: the files, in order; a file holds many prefixes
 * @n: number of @files
 * @cap: room in @files
 */
struct places {
	uint32_t *lines;
	uint32_t *columns;
	struct file_start *files;
	size_t n;
	size_t cap;
};

/* The families, as indices */
enum { V4, V6, FAMILIES };

/**
 * struct family - prefixes of one family, in the form in which they travel
 * @wire: an array of struct obpbl_prefix4 or obpbl_prefix6
 * @at: where each was written
 * @n: how many
 * @cap: room in @wire and @at
 */
struct family {
	void *wire;
	struct places at;
	size_t n;
	size_t cap;
};

/**
 * struct prefixes - a list of prefixes
 * @of: those of each family
 */
struct prefixes {
	struct family of[FAMILIES];
};

/**
 * struct limit - so many new connections in so much time
 * @count: how many; 0: there is no limit
 * @seconds: in how many seconds
 */
struct limit {
	uint32_t count;
	uint32_t seconds;
};

/**
 * struct isp - an ISP
 * @name: its name
 * @vrf: its VRF; empty: none
 * @mode: enum obpbl_mode
 * @policy: enum obpbl_policy_kind
 * @reject: enum obpbl_reject
 * @reverse: 0 or 1
 * @limit: new connections per source that are let through
 * @penalty: for how many seconds who is over it is quarantined; 0: is not
 * @at: where it was written
 * @lists: its prefixes, by enum obpbl_class
 * @counts: what the kernel says their numbers are, overlays included
 * @sessions: how many prefixes its sessions have, likewise
 */
struct isp {
	char name[OBPBL_ISP_NAME_SIZE];
	char vrf[OBPBL_DEV_NAME_SIZE];
	uint8_t mode;
	uint8_t policy;
	uint8_t reject;
	uint8_t reverse;
	struct limit limit;
	uint32_t penalty;
	struct place at;
	struct prefixes lists[OBPBL_CLASS_TARGET + 1];
	uint32_t counts[OBPBL_CLASS_MAX + 1];
	uint32_t sessions;
};

/* Seconds for which what has left a routing table is held, unless it is said */
#define FOLLOW_HOLD 3600

/* The classes of which an ISP has lists */
#define for_each_class(class)						\
	for ((class) = OBPBL_CLASS_DYNAMIC;				\
	     (class) <= OBPBL_CLASS_TARGET; (class)++)

/**
 * struct overlay - an exemption or a quarantine
 * @class: enum obpbl_class
 * @layer: enum obpbl_layer
 * @isp: name of its ISP
 * @dev: its device; empty: any
 * @prefix: the sources
 * @to: the only destination; family 0: any
 * @until: its end, in seconds since 1970; 0: none
 * @from_now: the end was given as a duration
 * @reason: why, or NULL
 * @ticket: or NULL
 * @asleep: in the kernel: its ISP is not configured, or not where the overlay is
 * @at: where it was written
 */
struct overlay {
	uint8_t class;
	uint8_t layer;
	char isp[OBPBL_ISP_NAME_SIZE];
	char dev[OBPBL_DEV_NAME_SIZE];
	struct prefix prefix;
	struct prefix to;
	uint64_t until;
	bool from_now;
	char *reason;
	char *ticket;
	bool asleep;
	struct place at;
};

/**
 * struct follow - a routing table, and what is made of it
 * @name: of the section that says so; empty: a command line does
 * @table: its number
 * @isp: name of the ISP
 * @class: enum obpbl_class
 * @hold: seconds for which a prefix that has left the table is held
 * @file: the list of what was in the table; NULL: there is none
 * @at: where it was written
 */
struct follow {
	char name[OBPBL_ISP_NAME_SIZE];
	uint32_t table;
	char isp[OBPBL_ISP_NAME_SIZE];
	uint8_t class;
	uint64_t hold;
	char *file;
	struct place at;
};

/**
 * struct fault - something wrong in a file
 * @at: where
 * @order: in which order it was found
 * @text: what, in words
 */
struct fault {
	struct place at;
	uint32_t order;
	char *text;
};

struct policy;

/**
 * struct faults - what is wrong in the files of a policy
 * @policy: the policy, for its files
 * @list: those that are kept
 * @n: number of @list
 * @cap: room
 * @total: how many there were
 */
struct faults {
	const struct policy *policy;
	struct fault *list;
	size_t n;
	size_t cap;
	size_t total;
};

/**
 * struct policy - ISPs and overlays, and what routing tables become
 * @isps: the ISPs
 * @n_isps: number of them
 * @cap_isps: room
 * @overlays: the overlays
 * @n_overlays: number of them
 * @cap_overlays: room
 * @follows: routing tables that a config file knows, and the kernel does not
 * @n_follows: number of them
 * @cap_follows: room
 * @files: names of the files that it was written in
 * @n_files: number of them
 * @cap_files: room
 * @generation: of the kernel's
 * @notes: what is no fault in it, but worth a warning
 */
struct policy {
	struct isp *isps;
	size_t n_isps;
	size_t cap_isps;
	struct overlay *overlays;
	size_t n_overlays;
	size_t cap_overlays;
	struct follow *follows;
	size_t n_follows;
	size_t cap_follows;
	char **files;
	size_t n_files;
	size_t cap_files;
	uint64_t generation;
	struct faults notes;
};

uint32_t policy_file(struct policy *policy, const char *name);
struct isp *policy_add_isp(struct policy *policy);
void policy_drop_isp(struct policy *policy);
struct isp *policy_find_isp(const struct policy *policy, const char *name);
uint8_t policy_mode(const struct policy *policy);
struct overlay *policy_add_overlay(struct policy *policy);
struct follow *policy_add_follow(struct policy *policy);
struct follow *policy_find_follow(const struct policy *policy,
				  const char *name);

typedef int overlay_order_fn(const struct overlay *x, const struct overlay *y);

int overlay_order(const struct overlay *x, const struct overlay *y);
const struct overlay **policy_sorted(const struct policy *policy,
				     overlay_order_fn *order);
const char *overlay_name(const struct overlay *overlay);
void overlay_free(struct overlay *overlay);
void policy_free(struct policy *policy);

void faults_add(struct faults *faults, struct place at, const char *format,
		...) PRINTF(3, 4);
void faults_print(struct faults *faults);
int faults_fail(struct faults *faults, const char *path);
void faults_free(struct faults *faults);
const char *place_text(const struct policy *policy, struct place at);

void prefixes_add(struct prefixes *list, const struct prefix *p,
		  struct place at);
size_t prefixes_count(const struct prefixes *list);
bool prefixes_same(const struct prefixes *a, const struct prefixes *b);
bool prefixes_get(const struct prefixes *list, size_t i, struct prefix *p);
void prefixes_clear(struct prefixes *list);
void prefixes_add_wire(struct prefixes *list, int family, const void *from,
		       size_t n);
struct place prefixes_place(const struct prefixes *list, size_t i);
void prefixes_free(struct prefixes *list);

/* Both forms are an address, a length, and three bytes of nothing. */
static inline size_t wire_size(int family)
{
	return family == V4 ? sizeof(struct obpbl_prefix4) :
			      sizeof(struct obpbl_prefix6);
}

void prefix_to_wire(void *wire, const struct prefix *p);
void prefix_from_wire(struct prefix *p, int family, const void *wire);

#endif

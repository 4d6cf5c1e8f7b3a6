/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between two policies */
#ifndef OBPBLCTL_DIFF_H
#define OBPBLCTL_DIFF_H

#include <jansson.h>

#include "policy.h"

/**
 * struct isp_diff - what differs in an ISP
 * @old: as it was, or NULL
 * @new: as it will be, or NULL
 * @added: prefixes by enum obpbl_class
 * @removed: likewise
 * @fields: bits of the attributes in isp_fields that differ
 * @any: anything differs
 */
struct isp_diff {
	const struct isp *old;
	const struct isp *new;
	struct prefixes added[OBPBL_CLASS_TARGET + 1];
	struct prefixes removed[OBPBL_CLASS_TARGET + 1];
	uint32_t fields;
	bool any;
};

/**
 * struct diff - what differs between two policies
 * @isps: in each ISP of either
 * @n: number of @isps
 * @cap: room
 * @added: overlays
 * @n_added: number of @added
 * @removed: overlays
 * @n_removed: number of @removed
 */
struct diff {
	struct isp_diff *isps;
	size_t n;
	size_t cap;
	const struct overlay **added;
	size_t n_added;
	const struct overlay **removed;
	size_t n_removed;
};

void diff_make(struct diff *diff, const struct policy *old,
	       const struct policy *new);
void diff_keep_ends(struct policy *new, const struct policy *old);
void diff_free(struct diff *diff);
void diff_lines(const struct diff *diff, json_t *lines);
bool diff_any(const struct diff *diff);
void diff_report(const struct diff *diff);
json_t *diff_json(const struct diff *diff);

#endif

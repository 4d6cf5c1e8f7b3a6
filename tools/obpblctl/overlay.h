/* SPDX-License-Identifier: GPL-2.0-only */
/* Exemptions and quarantines in requests */
#ifndef OBPBLCTL_OVERLAY_H
#define OBPBLCTL_OVERLAY_H

#include <jansson.h>

#include "txn.h"

bool overlay_request(struct txn *txn, uint8_t command, struct place at,
		     const struct overlay *overlay);
const char *overlay_count(size_t n);
json_t *overlay_json(const struct overlay *overlay, uint64_t now);
const char *overlay_span(uint64_t seconds);
bool overlay_ended(const struct overlay *overlay, uint64_t now);

/* Adds a change to a transaction, from what runs; false: it was refused */
typedef bool overlay_build_fn(struct txn *txn, const struct policy *running,
			      void *data);

/* Leaves out what was written there; false: all is refused */
typedef bool overlay_refused_fn(struct place at, int error, const char *why,
				void *data);

int overlay_replace(struct nl *nl, const struct overlay *overlay);
int overlay_step(struct nl *nl, const struct policy *file,
		 overlay_build_fn *build, overlay_refused_fn *refused,
		 void *data, uint64_t *generation);

#endif

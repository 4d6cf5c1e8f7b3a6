/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The end of a version.
 */
#ifndef _OBPBL_DEAD_H
#define _OBPBL_DEAD_H

#include "txn.h"

void obpbl_dead_drop(struct obpbl_dead *dead, u64 older, bool have_older,
		     struct obpbl_dead *keep, u64 *bytes);

#endif /* _OBPBL_DEAD_H */

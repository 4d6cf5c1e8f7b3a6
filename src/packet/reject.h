/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Replies to what was blocked.
 */
#ifndef _OBPBL_REJECT_H
#define _OBPBL_REJECT_H

#include "datapath.h"

void obpbl_reject(struct obpbl_context *context);

#endif /* _OBPBL_REJECT_H */

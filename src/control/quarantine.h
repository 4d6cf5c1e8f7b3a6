/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Quarantine of sources that went over their limit.
 */
#ifndef _OBPBL_QUARANTINE_H
#define _OBPBL_QUARANTINE_H

#include "net.h"

void obpbl_quarantine_add(struct obpbl_net *onet,
			  const struct obpbl_note *note);
void obpbl_quarantine_init(struct obpbl_net *onet);
void obpbl_quarantine_exit(struct obpbl_net *onet);

#endif /* _OBPBL_QUARANTINE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Quarantine of sources that went over their limit.
 */
#ifndef _OBPBL_QUARANTINE_H
#define _OBPBL_QUARANTINE_H

struct obpbl_net;

void obpbl_quarantine_soon(struct obpbl_net *on);
void obpbl_quarantine_init(struct obpbl_net *on);
void obpbl_quarantine_exit(struct obpbl_net *on);

#endif /* _OBPBL_QUARANTINE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * net.obpbl.*
 */
#ifndef _OBPBL_SYSCTL_H
#define _OBPBL_SYSCTL_H

struct obpbl_net;

int obpbl_sysctl_init(struct obpbl_net *onet);
void obpbl_sysctl_exit(struct obpbl_net *onet);

#endif /* _OBPBL_SYSCTL_H */

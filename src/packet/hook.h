/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The netfilter hooks.
 */
#ifndef _OBPBL_HOOK_H
#define _OBPBL_HOOK_H

struct net;

int obpbl_hook_register(struct net *net);
void obpbl_hook_unregister(struct net *net);

#endif /* _OBPBL_HOOK_H */

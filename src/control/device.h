/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Network devices: what they are called, and what ends with them.
 */
#ifndef _OBPBL_DEVICE_H
#define _OBPBL_DEVICE_H

#include <linux/types.h>

struct genl_info;
struct obpbl_net;

int obpbl_device_index(const struct obpbl_net *on, const char *name);
bool obpbl_device_name(const struct obpbl_net *on, int index, char *name);
void obpbl_device_tell(struct obpbl_net *on, struct genl_info *info);
void obpbl_device_sweep_later(struct obpbl_net *on);

void obpbl_device_net_init(struct obpbl_net *on);
void obpbl_device_net_exit(struct obpbl_net *on);

int obpbl_device_init(void);
void obpbl_device_exit(void);

#endif /* _OBPBL_DEVICE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Network devices: what they are called, and what ends with them.
 */
#ifndef _OBPBL_DEVICE_H
#define _OBPBL_DEVICE_H

#include "net.h"
#include "event.h"

int obpbl_device_index(const struct obpbl_net *onet, const char *name);
bool obpbl_device_name(const struct obpbl_net *onet, int index, char *name);
int obpbl_device_epoch(struct obpbl_net *onet, const char *name, u32 *index,
		       u32 *epoch);
void obpbl_device_tell(struct obpbl_net *onet,
		       const struct obpbl_origin *origin,
		       const struct obpbl_policy *before, u32 index);
void obpbl_device_sweep(struct obpbl_net *onet);

void obpbl_device_init(struct obpbl_net *onet);
void obpbl_device_exit(struct obpbl_net *onet);

int obpbl_device_register(void);
void obpbl_device_unregister(void);

#endif /* _OBPBL_DEVICE_H */

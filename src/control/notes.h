/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What packets have to tell.
 */
#ifndef _OBPBL_NOTES_H
#define _OBPBL_NOTES_H

#include "net.h"

void obpbl_notes_init(struct obpbl_net *onet);
void obpbl_notes_exit(struct obpbl_net *onet);

#endif /* _OBPBL_NOTES_H */

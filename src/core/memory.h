/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _OBPBL_MEMORY_H
#define _OBPBL_MEMORY_H

#include <linux/gfp.h>

/*
 * For what may be large.  It is paid for by whoever asks for it, and without
 * memory that is refused: no process of the router dies for a policy.
 */
#define OBPBL_GFP	(GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

#endif /* _OBPBL_MEMORY_H */

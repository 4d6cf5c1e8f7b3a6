/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _OBPBL_UNINITIALIZED_H
#define _OBPBL_UNINITIALIZED_H

/*
 * On a large variable that is written before it is read, where a packet, or each
 * prefix of a table, would pay for it.  Kernels with CONFIG_INIT_STACK_ALL_ZERO,
 * as Debian's, would zero it first, and that costs as much as a search in a small
 * table.
 *
 * Known to the compilers that zero at all: gcc since 12, clang since 8.
 */
#if __has_attribute(uninitialized)
#define OBPBL_UNINITIALIZED	__attribute__((uninitialized))
#else
#define OBPBL_UNINITIALIZED
#endif

#endif /* _OBPBL_UNINITIALIZED_H */

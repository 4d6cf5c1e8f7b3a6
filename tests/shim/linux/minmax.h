/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_MINMAX_H
#define _SHIM_LINUX_MINMAX_H

#include <linux/compiler.h>

/* Like the kernel's, these refuse to compare different types */
#define shim_cmp(a, b, op) ({				\
	__typeof__(a) __a = (a);			\
	__typeof__(b) __b = (b);			\
	(void)(&__a == &__b);				\
	__a op __b ? __a : __b; })

#define min(a, b)		shim_cmp(a, b, <)
#define max(a, b)		shim_cmp(a, b, >)
#define min3(a, b, c)		min((__typeof__(a))min(a, b), c)
#define max3(a, b, c)		max((__typeof__(a))max(a, b), c)
#define min_t(t, a, b)		min((t)(a), (t)(b))
#define max_t(t, a, b)		max((t)(a), (t)(b))
#define clamp(v, lo, hi)	min((__typeof__(v))max(v, lo), hi)
#define clamp_t(t, v, lo, hi)	min_t(t, max_t(t, v, lo), hi)
#define swap(a, b)	\
	do { __typeof__(a) __t = (a); (a) = (b); (b) = __t; } while (0)

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Chance that a test can repeat: seed it with shim_random */
#ifndef _SHIM_LINUX_RANDOM_H
#define _SHIM_LINUX_RANDOM_H

#include <linux/types.h>

/* One definition for all files of a program, hence weak */
u64 shim_random __attribute__((weak));

/* splitmix64 (Steele, Lea and Flood, OOPSLA 2014); every thread may draw */
static inline u64 shim_draw(void)
{
	u64 z = __atomic_add_fetch(&shim_random, 0x9e3779b97f4a7c15ULL,
				   __ATOMIC_RELAXED);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static inline u32 get_random_u32(void)
{
	return shim_draw() >> 32;
}

static inline void get_random_bytes(void *to, size_t size)
{
	u8 *at = to;

	while (size--)
		*at++ = shim_draw();
}

#endif

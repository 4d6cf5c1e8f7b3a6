/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory: an arena in which nothing is used twice in one run.
 *
 * What is not allocated is poisoned, and what was freed stays so until the run
 * ends, so that the address sanitizer reports whoever touches it, however late.
 * Each object knows where it was allocated and freed, whether RCU ever published
 * it, and since when not any more.
 */
#ifndef _SIM_MEM_H
#define _SIM_MEM_H

#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/types.h>

#ifndef GFP_NOWAIT
#define GFP_NOWAIT	0x80u
#endif

void *kmalloc(size_t size, gfp_t flags);
void kfree(const void *ptr);
size_t ksize(const void *ptr);

static inline void *kzalloc(size_t size, gfp_t flags)
{
	return kmalloc(size, flags | __GFP_ZERO);
}

static inline void *kcalloc(size_t n, size_t size, gfp_t flags)
{
	return kzalloc(size_mul(n, size), flags);
}

static inline void *kmalloc_array(size_t n, size_t size, gfp_t flags)
{
	return kmalloc(size_mul(n, size), flags);
}

static inline void *kmemdup(const void *src, size_t size, gfp_t flags)
{
	void *dst = kmalloc(size, flags);

	return dst ? memcpy(dst, src, size) : NULL;
}

static inline char *kstrdup(const char *s, gfp_t flags)
{
	return kmemdup(s, strlen(s) + 1, flags);
}

#define kvmalloc(size, flags)		kmalloc(size, flags)
#define kvzalloc(size, flags)		kzalloc(size, flags)
#define kvmalloc_array(n, s, flags)	kmalloc_array(n, s, flags)
#define kvcalloc(n, s, flags)		kcalloc(n, s, flags)
#define kvfree(ptr)			kfree(ptr)
#define vmalloc(size)			kmalloc(size, GFP_KERNEL)
#define vzalloc(size)			kzalloc(size, GFP_KERNEL)
#define vfree(ptr)			kfree(ptr)
#define kfree_sensitive(ptr)		kfree(ptr)

struct kmem_cache {
	size_t size;
};

#endif

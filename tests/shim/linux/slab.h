/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The allocator, with the size classes of the kernel's kmalloc, so that memory
 * measured in user space is what the kernel would use; and with a fault
 * injector, so that every allocation can be made to fail once.
 */
#ifndef _SHIM_LINUX_SLAB_H
#define _SHIM_LINUX_SLAB_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/overflow.h>
#include <linux/types.h>

/**
 * struct shim_alloc - what the allocator has done
 * @fail_nth: the allocation to fail, counted from 1 and from now; 0 for none.
 *	      Counts down, so 0 afterwards means that the fault was met
 * @calls: allocations asked for, ever
 * @live: objects allocated and not freed
 * @bytes: what these occupy, in bytes of their size classes
 * @largest: of all that had to be contiguous, ever
 *
 * One definition for all files of a program, hence weak.
 */
struct shim_alloc {
	unsigned long fail_nth;
	unsigned long calls;
	unsigned long live;
	unsigned long bytes;
	size_t largest;
};

struct shim_alloc shim_alloc __attribute__((weak));

static inline size_t shim_class(size_t size)
{
	if (size > 64 && size <= 96)
		return 96;
	if (size > 128 && size <= 192)
		return 192;
	return size <= 8 ? 8 : roundup_pow_of_two(size);
}

static inline bool shim_fails(gfp_t flags)
{
	shim_alloc.calls++;
	if (flags & __GFP_NOFAIL || !shim_alloc.fail_nth)
		return false;
	return --shim_alloc.fail_nth == 0;
}

/* What nobody has written yet must not look like zero to a test */
static inline void shim_poison(void *ptr, size_t size)
{
#ifdef SHIM_POISON
	memset(ptr, 0xa5, size);
#else
	(void)ptr;
	(void)size;
#endif
}

static inline void shim_count(size_t room, bool more)
{
	shim_alloc.live += more ? 1 : -1;
	shim_alloc.bytes += more ? room : -room;
}

#ifdef SHIM_SLAB
/*
 * For benchmarks: objects lie without headers, aligned to their class, in slabs
 * that begin with the class; the object freed last is used first.
 */
#define SHIM_SLAB_SIZE	65536UL

/* Weak as shim_alloc is; by the logarithm, odd the classes between */
void *shim_free[2 * 64] __attribute__((weak));

static inline void **shim_list(size_t room)
{
	return &shim_free[2 * ilog2(room) + !is_power_of_2(room)];
}

static inline void *shim_refill(size_t room)
{
	size_t first = room < 64 ? 64 : room, at;
	size_t size = roundup(first + room, SHIM_SLAB_SIZE);
	char *slab = aligned_alloc(SHIM_SLAB_SIZE, size);

	if (!slab)
		abort();
	*(size_t *)slab = room;
	for (at = size - size % room - room; at >= first; at -= room) {
		*(void **)(slab + at) = *shim_list(room);
		*shim_list(room) = slab + at;
	}
	return *shim_list(room);
}

static inline size_t ksize(const void *ptr)
{
	return *(size_t *)((uintptr_t)ptr & ~(SHIM_SLAB_SIZE - 1));
}

static inline void *shim_get(size_t size)
{
	size_t room = shim_class(size);
	void **ptr = *shim_list(room);

	if (!ptr)
		ptr = shim_refill(room);
	*shim_list(room) = *ptr;
	return ptr;
}

static inline void shim_put(void *ptr)
{
	size_t room = ksize(ptr);

	*(void **)ptr = *shim_list(room);
	*shim_list(room) = ptr;
}
#else
/*
 * Only the bytes asked for are allocated, so that a sanitizer sees the first
 * byte past them, although ksize() says more, as under KASAN.
 */
struct shim_object {
	size_t room;
	size_t magic;
};

#define SHIM_MAGIC	0x6b6d616c6c6f6321UL

static inline size_t ksize(const void *ptr)
{
	const struct shim_object *object = ptr;

	return object[-1].room;
}

static inline void *shim_get(size_t size)
{
	struct shim_object *object = malloc(sizeof(*object) + size);

	if (!object)
		abort();
	object->room = shim_class(size);
	object->magic = SHIM_MAGIC;
	return object + 1;
}

static inline void shim_put(void *ptr)
{
	struct shim_object *object = ptr;

	object--;
	if (object->magic != SHIM_MAGIC)
		abort();
	object->magic = 0;
	free(object);
}
#endif

static inline void *kvmalloc(size_t size, gfp_t flags)
{
	void *ptr;

	if (shim_fails(flags) || size > SIZE_MAX / 2)
		return NULL;
	ptr = shim_get(size);
	shim_count(ksize(ptr), true);
	if (flags & __GFP_ZERO)
		memset(ptr, 0, size);
	else
		shim_poison(ptr, size);
	return ptr;
}

static inline void *kmalloc(size_t size, gfp_t flags)
{
	if (size > shim_alloc.largest)
		shim_alloc.largest = size;
	return kvmalloc(size, flags);
}

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

static inline void kfree(const void *ptr)
{
	if (!ptr)
		return;
	shim_count(ksize(ptr), false);
	shim_put((void *)ptr);
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

#define kvzalloc(size, flags)		kvmalloc(size, (flags) | __GFP_ZERO)
#define kvmalloc_array(n, s, flags)	kvmalloc(size_mul(n, s), flags)
#define kvcalloc(n, s, flags)		kvzalloc(size_mul(n, s), flags)
#define kvfree(ptr)			kfree(ptr)
#define kfree_rcu(ptr, head)		kfree(ptr)
#define kvfree_rcu(ptr, head)		kfree(ptr)

#endif

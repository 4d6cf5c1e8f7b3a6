// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module asks of a kernel, for one thread that never fails and never
 * is interrupted.  What packets do not come by is not there: a call of it ends
 * the program.
 */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Of the one CPU: %gs is 0, so that what is its own is where all others are */
int __preempt_count = 1;
unsigned long this_cpu_off;
unsigned int cpu_number;
unsigned long __per_cpu_offset[1];
unsigned long __cpu_online_mask[128] = { 1 };
unsigned long __cpu_possible_mask[128] = { 1 };
unsigned int nr_cpu_ids = 1;
unsigned long steps_canary;

void *kmalloc_caches[64][16];
unsigned long page_offset_base, vmemmap_base, phys_base;

/* Memory, in powers of two and aligned to them, as the slab allocator has most */

static void *get(size_t size)
{
	size_t align = 8;
	void *p;

	while (align < size && align < 4096)
		align *= 2;
	if (posix_memalign(&p, align, size))
		return NULL;
	return memset(p, 0, size);
}

void *__kmalloc(size_t size, unsigned int flags) { return get(size); }
void *kmalloc_trace(void *cache, unsigned int flags, size_t size) { return get(size); }
void *kvmalloc_node(size_t size, unsigned int flags, int node) { return get(size); }
void kfree(const void *p) { free((void *)p); }
void kvfree(const void *p) { free((void *)p); }
size_t ksize(const void *p) { return malloc_usable_size((void *)p); }

void *__alloc_percpu_gfp(size_t size, size_t align, unsigned int flags)
{
	return get(size);
}

/* Locks: one instruction more or less than the real ones */

void _raw_spin_lock(int *lock) { *lock = 1; }
void _raw_spin_lock_bh(int *lock) { *lock = 1; }
void _raw_spin_unlock(int *lock) { *lock = 0; }
void _raw_spin_unlock_bh(int *lock) { *lock = 0; }

int _raw_spin_trylock(int *lock)
{
	int free = 0;

	return __atomic_compare_exchange_n(lock, &free, 1, false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

void __local_bh_enable_ip(unsigned long ip, unsigned int count)
{
	__preempt_count -= count;
}

void mutex_lock(void *lock) { }
void mutex_unlock(void *lock) { }
void __mutex_init(void *lock, const char *name, void *key) { }

/* Clocks */

int64_t ktime_get(void) { return 1000000000; }
int64_t ktime_get_real_seconds(void) { return 1000000000; }
int64_t ktime_get_seconds(void) { return 1000; }

/* Lists of the kernel, where it checks them */

bool __list_add_valid(void *a, void *b, void *c) { return true; }
bool __list_del_entry_valid(void *a) { return true; }

/* An xarray with one entry */

static void *entry;

int __xa_alloc(void *xa, uint32_t *id, void *new, uint64_t limit,
	       unsigned int flags)
{
	entry = new;
	*id = 1;
	return 0;
}

void *xa_load(void *xa, unsigned long index) { return entry; }

/* Text, which fits where it goes */

ssize_t strscpy(char *to, const char *from, size_t size)
{
	strcpy(to, from);
	return strlen(to);
}

/* Of one CPU */
unsigned long _find_next_bit(const unsigned long *bits, unsigned long size,
			     unsigned long from)
{
	return from < 1 ? 0 : size;
}

/* Numbers */

void get_random_bytes(void *p, size_t size)
{
	static uint32_t seed = 25;

	for (; size--; p = (char *)p + 1)
		*(uint8_t *)p = (seed = seed * 1664525 + 1013904223) >> 24;
}

/* A function that does nothing but what it is told to */
#define BARE(name, code)						\
	asm(".globl " #name "\n.type " #name ", @function\n"		\
	    #name ": " code "ret\n.size " #name ", . - " #name "\n")

BARE(__sw_hweight64, "popcnt %rdi, %rax\n");
BARE(__SCT__cond_resched, "");
BARE(__SCT__might_resched, "");
BARE(__x86_return_thunk, "");

/* What the kernel calls HalfSipHash-1-3 is SipHash-1-3 where words have 64 bits */

#define ROTL(x, n) ((x) << (n) | (x) >> (64 - (n)))
#define ROUND \
	(v0 += v1, v1 = ROTL(v1, 13), v1 ^= v0, v0 = ROTL(v0, 32), \
	 v2 += v3, v3 = ROTL(v3, 16), v3 ^= v2, \
	 v0 += v3, v3 = ROTL(v3, 21), v3 ^= v0, \
	 v2 += v1, v1 = ROTL(v1, 17), v1 ^= v2, v2 = ROTL(v2, 32))

static inline __attribute__((always_inline)) uint32_t
sip(const uint64_t *key, const uint64_t *word, unsigned int n, uint64_t last)
{
	uint64_t v0 = 0x736f6d6570736575ULL ^ key[0];
	uint64_t v1 = 0x646f72616e646f6dULL ^ key[1];
	uint64_t v2 = 0x6c7967656e657261ULL ^ key[0];
	uint64_t v3 = 0x7465646279746573ULL ^ key[1];

	for (; n--; word++) {
		v3 ^= *word;
		ROUND;
		v0 ^= *word;
	}
	v3 ^= last;
	ROUND;
	v0 ^= last;
	v2 ^= 0xff;
	ROUND;
	ROUND;
	ROUND;
	return v0 ^ v1 ^ v2 ^ v3;
}

uint32_t hsiphash_1u32(uint32_t a, const uint64_t *key)
{
	return sip(key, NULL, 0, 4ULL << 56 | a);
}

uint32_t hsiphash_2u32(uint32_t a, uint32_t b, const uint64_t *key)
{
	uint64_t word = (uint64_t)b << 32 | a;

	return sip(key, &word, 1, 8ULL << 56);
}

uint32_t hsiphash_4u32(uint32_t a, uint32_t b, uint32_t c, uint32_t d,
		       const uint64_t *key)
{
	uint64_t word[] = { (uint64_t)b << 32 | a, (uint64_t)d << 32 | c };

	return sip(key, word, 2, 16ULL << 56);
}

/* The packet that is dropped is the next one as well */
void kfree_skb_reason(void *skb, int reason) { }

bool netlink_has_listeners(void *sock, unsigned int group) { return false; }

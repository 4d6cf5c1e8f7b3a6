// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arena.
 */
#include <stdio.h>
#include <sys/mman.h>

#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

#include "sim.h"
#include "run.h"

#define ARENA	(1UL << 32)
#define MAGIC	0x6f62706c73696d21UL
#define GAP	32
#define ALIGNED	1024		/* from this size on, to a cache line */

/**
 * struct object - in front of what was allocated
 * @magic: it is one
 * @size: bytes asked for
 * @span: bytes from this one to the next
 * @made: step in which it was allocated
 * @gone: step in which it was freed; 0: it was not
 * @made_at: who did
 * @gone_at: likewise
 * @unpublished: stamp; 0: never, or it is published
 * @published: rcu_assign_pointer() has put it somewhere
 */
struct object {
	u64 magic;
	size_t size;
	size_t span;
	u32 made;
	u32 gone;
	void *made_at;
	void *gone_at;
	u64 unpublished;
	bool published;
};

static char *arena, *top;
static unsigned int fail_nth, failed;

#define HEAD	((sizeof(struct object) + 15) & ~15UL)

static struct object *head_of(const void *ptr)
{
	return (struct object *)((char *)ptr - HEAD);
}

static bool inside(const void *ptr)
{
	return (char *)ptr >= arena + HEAD && (char *)ptr < top;
}

void mem_init(void)
{
	arena = mmap(NULL, ARENA, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (arena == MAP_FAILED)
		sim_fail("no memory for the arena");
	top = arena;
}

/* All is freed, or leaked and told */
void mem_reset(void)
{
	__asan_poison_memory_region(arena, top - arena + GAP);
	top = arena;
	fail_nth = failed = 0;
}

size_t mem_used(void)
{
	return top - arena;
}

void mem_fail(unsigned int nth)
{
	fail_nth = nth;
}

unsigned int mem_fail_set(void)
{
	return fail_nth;
}

/* How many have failed so far */
unsigned int mem_failed(void)
{
	return failed;
}

static size_t class_of(size_t size)
{
	if (size > 64 && size <= 96)
		return 96;
	if (size > 128 && size <= 192)
		return 192;
	return size <= 8 ? 8 : roundup_pow_of_two(size);
}

/* So that what is allocated next lies as the kernel would have it */
static void align(size_t size)
{
	size_t span = -(uintptr_t)(top + HEAD) & 63;
	struct object *object = (struct object *)top;

	if (size < ALIGNED || !span)
		return;
	if (span < HEAD)
		span += 64;
	__asan_poison_memory_region(top, span + HEAD);
	top += span;
	*object = (struct object){ .span = span, .gone = 1 };
}

static void *get(size_t size, void *by)
{
	size_t span = (HEAD + size + GAP + 15) & ~15UL;
	struct object *object;

	align(size);
	object = (struct object *)top;
	if (top + span + HEAD > arena + ARENA)
		sim_fail("the arena is full");
	__asan_poison_memory_region(top, span + HEAD);
	top += span;
	*object = (struct object){
		.magic = MAGIC, .size = size, .span = span,
		.made = run_step, .made_at = by,
	};
	__asan_unpoison_memory_region((char *)object + HEAD, size);
	return (char *)object + HEAD;
}

/* For the kernel itself: it does not fail */
void *mem_alloc(size_t size)
{
	return memset(get(size, __builtin_return_address(0)), 0, size);
}

void *kmalloc(size_t size, gfp_t flags)
{
	void *ptr;

	if (flags & GFP_KERNEL)
		sim_may_sleep("an allocation with GFP_KERNEL");
	if (sim_current && sim_current->softirq)
		sim_fail("a softirq allocates");
	sim_point();
	if (fail_nth && !(flags & __GFP_NOFAIL) && !--fail_nth) {
		failed++;
		if (sim_current)
			sim_current->failed++;
		return NULL;
	}
	if (size > ARENA / 4)
		sim_fail("an allocation of %zu bytes", size);
	ptr = get(size, __builtin_return_address(0));
	memset(ptr, flags & __GFP_ZERO ? 0 : 0xa5, size);
	return ptr;
}

static struct object *object_of(const void *ptr, const char *what)
{
	struct object *object = head_of(ptr);

	if (!inside(ptr) || object->magic != MAGIC)
		sim_fail("%s of what was never allocated", what);
	if (object->gone) {
		mem_explain(ptr);
		sim_fail("%s of what was freed", what);
	}
	return object;
}

size_t ksize(const void *ptr)
{
	return class_of(object_of(ptr, "ksize()")->size);
}

/*
 * Whether somebody may still see it: it is published, or was and no grace period
 * that began since has been waited for to its end.
 */
static void check_readers(const struct object *object, const void *ptr)
{
	int i, j;

	if (object->published && net_module_busy()) {
		mem_explain(ptr);
		sim_fail("freed while it is published");
	}
	if (run_graces && !object->published && object->unpublished &&
	    !rcu_passed(object->unpublished)) {
		mem_explain(ptr);
		sim_fail("freed before a grace period has passed");
	}
	for (i = 0; run_graces && i < TASKS; i++) {
		for (j = 0; sim_task[i].readers && j < (int)sim_task[i].roots;
		     j++) {
			if (sim_task[i].root[j] != ptr ||
			    &sim_task[i] == sim_current)
				continue;
			mem_explain(ptr);
			sim_fail("freed while a reader has it");
		}
	}
}

void kfree(const void *ptr)
{
	struct object *object;

	if (!ptr)
		return;
	object = object_of(ptr, "kfree()");
	if (object->published || object->unpublished)
		check_readers(object, ptr);
	work_check_free(ptr, object->size);
	lock_check_free(ptr, object->size);
	rcu_check_free(ptr, object->size);
	object->gone = run_step ?: 1;
	object->gone_at = __builtin_return_address(0);
	__asan_poison_memory_region(ptr, object->size);
}

/* What the kernel itself reads of the module's, which no compiler checks */
void mem_check(const void *ptr, const char *what)
{
	if (!__asan_address_is_poisoned(ptr))
		return;
	mem_explain(ptr);
	sim_fail("%s is in memory that was freed", what);
}

/* Publication */

void mem_published(const void *old, const void *new)
{
	struct object *object;

	if (old && old != new && inside(old)) {
		object = head_of(old);
		if (object->magic == MAGIC && !object->gone) {
			object->published = false;
			object->unpublished = ++sim_stamp;
		}
	}
	if (new && inside(new)) {
		object = head_of(new);
		if (object->magic == MAGIC) {
			object->published = true;
			object->unpublished = 0;
		}
	}
}

/* For people */

static void name(const char *what, const struct object *object, void *pc,
		 u32 step)
{
	char where[256] = "?";

	(void)object;
	if (run_traces)
		__sanitizer_symbolize_pc((char *)pc - 1, "%f %S", where,
					 sizeof(where));
	fprintf(stderr, "sim: %s in step %u by %s\n", what, step, where);
}

void mem_explain(const void *at)
{
	struct object *object;
	char *pos;

	if (!inside(at))
		return;
	for (pos = arena; pos < top; pos += object->span) {
		object = (struct object *)pos;
		if ((char *)at >= pos + object->span)
			continue;
		fprintf(stderr, "sim: byte %ld of an object of %zu\n",
			(long)((char *)at - pos - (long)HEAD), object->size);
		name("allocated", object, object->made_at, object->made);
		if (object->gone)
			name("freed", object, object->gone_at, object->gone);
		return;
	}
}

void mem_leaks(void)
{
	unsigned int n = 0;
	struct object *object, *first = NULL;
	char *pos;

	for (pos = arena; pos < top; pos += object->span) {
		object = (struct object *)pos;
		if (object->gone)
			continue;
		n++;
		first = first ?: object;
	}
	if (!n)
		return;
	fprintf(stderr, "sim: %u objects are left, the first of %zu bytes\n",
		n, first->size);
	name("allocated", first, first->made_at, first->made);
	sim_fail("memory is left when all is gone");
}

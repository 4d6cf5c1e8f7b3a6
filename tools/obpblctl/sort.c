// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prefixes in order, and the addresses that they cover
 *
 * Lists mostly come in order, or as a few parts that are, so that what is in
 * order already is only merged.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "sort.h"

/**
 * refs_add() - add a prefix
 * @refs: the array
 * @p: the prefix
 * @scope: what is sorted by before it
 * @isp: see struct ref
 * @class: see struct ref
 * @index: see struct ref
 */
void refs_add(struct refs *refs, const struct prefix *p, uint16_t scope,
	      uint16_t isp, uint16_t class, uint32_t index)
{
	struct ref *ref;

	GROW(refs->list, refs->n, refs->cap);
	ref = &refs->list[refs->n++];
	ref->key[0] = scope >> 8;
	ref->key[1] = scope;
	ref->key[2] = p->family;
	memcpy(ref->key + 3, p->addr, 16);
	ref->key[19] = p->len;
	ref->class = class;
	ref->isp = isp;
	ref->index = index;
}

/* Room for a list; little more than that, unless there are many lists. */
static void reserve(struct refs *refs, size_t n)
{
	if (refs->n + n <= refs->cap)
		return;
	refs->cap += refs->cap / 2;
	if (refs->cap < refs->n + n)
		refs->cap = refs->n + n;
	refs->list = xrealloc(refs->list, refs->cap, sizeof(*refs->list));
}

/**
 * refs_add_list() - add a list of prefixes
 * @refs: the array
 * @list: the list
 * @scope: what is sorted by before it
 * @isp: see struct ref
 * @class: see struct ref
 */
void refs_add_list(struct refs *refs, const struct prefixes *list,
		   uint16_t scope, uint16_t isp, uint16_t class)
{
	struct prefix p;
	size_t i;

	reserve(refs, prefixes_count(list));
	for (i = 0; prefixes_get(list, i, &p); i++)
		refs_add(refs, &p, scope, isp, class, i);
}

static bool in_order(const struct ref *a, const struct ref *b)
{
	return memcmp(a->key, b->key, REF_KEY) <= 0;
}

/* Where the part that is in order ends which begins at @start */
static size_t end_of_run(const struct refs *refs, size_t start)
{
	size_t i = start + 1;

	while (i < refs->n && in_order(&refs->list[i - 1], &refs->list[i]))
		i++;
	return i < refs->n ? i : refs->n;
}

/* Of two that are equal the one of the earlier run comes first. */
static void merge(const struct ref *from, size_t start, size_t middle,
		  size_t end, struct ref *to)
{
	size_t left = start, right = middle, i;

	for (i = start; left < middle && right < end; i++)
		to[i] = in_order(&from[left], &from[right]) ? from[left++] :
							      from[right++];
	memcpy(&to[i], &from[left], (middle - left) * sizeof(*to));
	i += middle - left;
	memcpy(&to[i], &from[right], (end - right) * sizeof(*to));
}

/**
 * refs_sort() - put prefixes in order; equal ones stay in the order they had
 * @refs: the array
 *
 * Each two runs that follow each other become one, until there is only one.
 */
void refs_sort(struct refs *refs)
{
	struct ref *spare, *from;
	size_t start, middle, end;

	if (end_of_run(refs, 0) == refs->n)
		return;
	spare = xrealloc(NULL, refs->cap, sizeof(*spare));
	do {
		from = refs->list;
		for (start = 0; start < refs->n; start = end) {
			middle = end_of_run(refs, start);
			end = end_of_run(refs, middle);
			merge(from, start, middle, end, spare);
		}
		refs->list = spare;
		spare = from;
	} while (end_of_run(refs, 0) < refs->n);
	free(spare);
}

/**
 * refs_prefix() - the prefix of a ref
 * @ref: the ref
 * @p: where to put it
 */
void refs_prefix(const struct ref *ref, struct prefix *p)
{
	p->family = ref->key[2];
	memcpy(p->addr, ref->key + 3, 16);
	p->len = ref->key[19];
}

/**
 * refs_free() - free the array
 * @refs: the array, empty afterwards
 */
void refs_free(struct refs *refs)
{
	free(refs->list);
	memset(refs, 0, sizeof(*refs));
}

static u128 first_address(const struct prefix *p)
{
	uint64_t words[2];

	memcpy(words, p->addr, sizeof(words));
	if (p->family == 4)
		return be64toh(words[0]) >> 32;
	return (u128)be64toh(words[0]) << 64 | be64toh(words[1]);
}

static u128 last_address(const struct prefix *p)
{
	unsigned int host = cidr_bits(p) - p->len;
	u128 mask = host == 128 ? ~(u128)0 : ((u128)1 << host) - 1;

	return first_address(p) | mask;
}

/**
 * range_of() - the addresses of a prefix
 * @p: the prefix
 *
 * Return: they.
 */
struct range range_of(const struct prefix *p)
{
	return (struct range){ first_address(p), last_address(p) };
}

/**
 * range_first() - the first address of a range
 * @range: the range
 * @family: 4 or 6
 * @p: where to put it, as a prefix of full length
 */
void range_first(struct range range, int family, struct prefix *p)
{
	unsigned int i;

	memset(p, 0, sizeof(*p));
	p->family = family;
	p->len = cidr_bits(p);
	for (i = p->len / 8; i--; range.lo >>= 8)
		p->addr[i] = range.lo;
}

/**
 * range_prefixes() - add the prefixes of a range to a list, as few as there can be
 * @range: the range
 * @family: 4 or 6
 * @list: the list
 * @at: where it was written
 */
void range_prefixes(struct range range, int family, struct prefixes *list,
		    struct place at)
{
	struct prefix p, wider;

	do {
		range_first(range, family, &p);
		for (wider = p; wider.len; p = wider) {
			wider.len--;
			if (cidr_network(&wider) ||
			    last_address(&wider) > range.hi)
				break;
		}
		prefixes_add(list, &p, at);
		range.lo = last_address(&p) + 1;
	} while (range.lo && range.lo <= range.hi);
}

/* Where the ranges of a family begin, and where they end */
static size_t first_range(const struct ranges *ranges, int family)
{
	return family == 4 ? 0 : ranges->n4;
}

static size_t end_range(const struct ranges *ranges, int family)
{
	return family == 4 ? ranges->n4 : ranges->n;
}

/* Takes a prefix that does not sort before the ones already in. */
static void ranges_take(struct ranges *ranges, const struct prefix *p)
{
	u128 lo = first_address(p), hi = last_address(p);
	struct range *last = NULL;

	if (ranges->n > first_range(ranges, p->family))
		last = &ranges->list[ranges->n - 1];
	if (!last || (lo > last->hi && lo != last->hi + 1))
		ranges->list[ranges->n++] = (struct range){ lo, hi };
	else if (hi > last->hi)
		last->hi = hi;
	if (p->family == 4)
		ranges->n4 = ranges->n;
}

/**
 * ranges_make() - the addresses that a list covers
 * @ranges: where to put them
 * @list: the list
 */
void ranges_make(struct ranges *ranges, const struct prefixes *list)
{
	struct refs refs = { 0 };
	struct prefix p;
	size_t i;

	refs_add_list(&refs, list, 0, 0, 0);
	refs_sort(&refs);
	memset(ranges, 0, sizeof(*ranges));
	ranges->list = xrealloc(NULL, refs.n, sizeof(*ranges->list));
	for (i = 0; i < refs.n; i++) {
		refs_prefix(&refs.list[i], &p);
		ranges_take(ranges, &p);
	}
	refs_free(&refs);
}

static void ranges_push(struct ranges *ranges, int family, u128 lo, u128 hi)
{
	ranges->list = xrealloc(ranges->list, ranges->n + 1,
				sizeof(*ranges->list));
	ranges->list[ranges->n++] = (struct range){ lo, hi };
	if (family == 4)
		ranges->n4 = ranges->n;
}

/**
 * ranges_not() - all other addresses
 * @to: where to put them
 * @of: the ranges
 */
void ranges_not(struct ranges *to, const struct ranges *of)
{
	size_t i;
	int family;
	u128 next;

	memset(to, 0, sizeof(*to));
	for (family = 4; family <= 6; family += 2) {
		const struct prefix all = { .family = family };
		const u128 last = last_address(&all);
		bool open = true;

		next = 0;
		for (i = first_range(of, family); i < end_range(of, family);
		     i++) {
			if (of->list[i].lo > next)
				ranges_push(to, family, next,
					    of->list[i].lo - 1);
			next = of->list[i].hi + 1;
			open = of->list[i].hi < last;
		}
		if (open)
			ranges_push(to, family, next, last);
	}
}

static void and_family(struct ranges *to, const struct ranges *a,
		       const struct ranges *b, int family)
{
	size_t i = first_range(a, family), j = first_range(b, family);

	while (i < end_range(a, family) && j < end_range(b, family)) {
		const struct range *x = &a->list[i], *y = &b->list[j];

		if (x->lo <= y->hi && y->lo <= x->hi)
			ranges_push(to, family, x->lo > y->lo ? x->lo : y->lo,
				    x->hi < y->hi ? x->hi : y->hi);
		if (x->hi < y->hi)
			i++;
		else
			j++;
	}
}

/**
 * ranges_and() - the addresses that two have in common
 * @to: where to put them
 * @a: ranges
 * @b: others
 */
void ranges_and(struct ranges *to, const struct ranges *a,
		const struct ranges *b)
{
	memset(to, 0, sizeof(*to));
	and_family(to, a, b, 4);
	and_family(to, a, b, 6);
}

/**
 * ranges_prefixes() - add ranges to a list
 * @ranges: the ranges
 * @list: the list
 * @at: where they were written
 */
void ranges_prefixes(const struct ranges *ranges, struct prefixes *list,
		     struct place at)
{
	size_t i;

	for (i = 0; i < ranges->n; i++)
		range_prefixes(ranges->list[i], i < ranges->n4 ? 4 : 6, list,
			       at);
}

/**
 * ranges_hold() - whether all addresses of a prefix are in ranges
 * @ranges: the ranges
 * @p: the prefix
 *
 * Return: whether they are.
 */
bool ranges_hold(const struct ranges *ranges, const struct prefix *p)
{
	size_t low = first_range(ranges, p->family), middle;
	size_t end = end_range(ranges, p->family), high = end;
	u128 lo = first_address(p);

	while (low < high) {
		middle = low + (high - low) / 2;
		if (ranges->list[middle].hi < lo)
			low = middle + 1;
		else
			high = middle;
	}
	return low < end && ranges->list[low].lo <= lo &&
	       last_address(p) <= ranges->list[low].hi;
}

/**
 * ranges_size() - how much is in ranges
 * @ranges: the ranges
 * @family: 4: IPv4 addresses; 6: IPv6 networks of /64
 *
 * Return: the number, or the highest one if it is even higher.
 */
uint64_t ranges_size(const struct ranges *ranges, int family)
{
	int shift = family == 4 ? 0 : 64;
	u128 sum = 0, next = 0, lo, hi;
	size_t i;

	for (i = first_range(ranges, family); i < end_range(ranges, family);
	     i++) {
		lo = ranges->list[i].lo >> shift;
		hi = ranges->list[i].hi >> shift;
		if (lo < next)
			lo = next;
		if (hi + 1 > lo)
			sum += hi - lo + 1;
		next = hi + 1;
	}
	return sum > UINT64_MAX ? UINT64_MAX : sum;
}

/**
 * ranges_free() - free ranges
 * @ranges: the ranges, empty afterwards
 */
void ranges_free(struct ranges *ranges)
{
	free(ranges->list);
	memset(ranges, 0, sizeof(*ranges));
}

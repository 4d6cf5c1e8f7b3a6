// SPDX-License-Identifier: GPL-2.0-only
/* A policy in memory, as a config file or the kernel says it */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"

#define KEEP_FAULTS 1000	/* kept for sorting */
#define PRINT_FAULTS 20

/**
 * policy_file() - name a file that parts of a policy are written in
 * @policy: the policy
 * @name: the file's name
 *
 * Return: its index for struct place.
 */
uint32_t policy_file(struct policy *policy, const char *name)
{
	GROW(policy->files, policy->n_files, policy->cap_files);
	policy->files[policy->n_files] = xstrdup(name);
	return policy->n_files++;
}

/**
 * policy_add_isp() - room for another ISP; earlier pointers become void
 * @policy: the policy
 *
 * Return: the ISP, with the default attributes.
 */
struct isp *policy_add_isp(struct policy *policy)
{
	struct isp *isp;

	GROW(policy->isps, policy->n_isps, policy->cap_isps);
	isp = &policy->isps[policy->n_isps++];
	memset(isp, 0, sizeof(*isp));
	isp->mode = OBPBL_MODE_MONITOR;
	return isp;
}

/**
 * policy_drop_isp() - remove the ISP that was added last
 * @policy: the policy
 */
void policy_drop_isp(struct policy *policy)
{
	struct isp *isp = &policy->isps[--policy->n_isps];
	int class;

	for_each_class(class)
		prefixes_free(&isp->lists[class]);
}

/**
 * policy_find_isp() - an ISP by name
 * @policy: the policy
 * @name: the name
 *
 * Return: the ISP or NULL.
 */
struct isp *policy_find_isp(const struct policy *policy, const char *name)
{
	size_t i;

	for (i = 0; i < policy->n_isps; i++)
		if (!strcmp(policy->isps[i].name, name))
			return &policy->isps[i];
	return NULL;
}

/**
 * policy_mode() - the highest mode of the ISPs of a policy
 * @policy: the policy
 *
 * Return: enum obpbl_mode.
 */
uint8_t policy_mode(const struct policy *policy)
{
	uint8_t mode = OBPBL_MODE_OFF;
	size_t i;

	for (i = 0; i < policy->n_isps; i++)
		if (policy->isps[i].mode > mode)
			mode = policy->isps[i].mode;
	return mode;
}

/**
 * policy_add_overlay() - room for another overlay; earlier pointers become void
 * @policy: the policy
 *
 * Return: the overlay, empty.
 */
struct overlay *policy_add_overlay(struct policy *policy)
{
	struct overlay *overlay;

	GROW(policy->overlays, policy->n_overlays, policy->cap_overlays);
	overlay = &policy->overlays[policy->n_overlays++];
	memset(overlay, 0, sizeof(*overlay));
	return overlay;
}

/**
 * overlay_order() - the order of overlays: by all that tells them apart
 * @x: an overlay
 * @y: another one
 *
 * Return: below 0, 0 or above 0, as of strcmp().
 */
int overlay_order(const struct overlay *x, const struct overlay *y)
{
	int order = cidr_order(&x->prefix, &y->prefix);

	order = order ? order : strcmp(x->isp, y->isp);
	order = order ? order : (int)x->class - y->class;
	order = order ? order : cidr_order(&x->to, &y->to);
	return order ? order : strcmp(x->dev, y->dev);
}

static int order_of(const void *a, const void *b, void *order)
{
	const struct overlay *x = *(const struct overlay *const *)a;
	const struct overlay *y = *(const struct overlay *const *)b;
	int way = (*(overlay_order_fn *const *)order)(x, y);

	return way ? way : x < y ? -1 : x > y;
}

/**
 * policy_sorted() - the overlays of a policy in order
 * @policy: the policy
 * @order: the order; equal ones stay in the order they have
 *
 * Return: an array of as many as there are, to be freed.
 */
const struct overlay **policy_sorted(const struct policy *policy,
				     overlay_order_fn *order)
{
	size_t i, n = policy->n_overlays;
	const struct overlay **sorted;

	sorted = xcalloc(n, sizeof(*sorted));
	for (i = 0; i < n; i++)
		sorted[i] = &policy->overlays[i];
	qsort_r(sorted, n, sizeof(*sorted), order_of, &order);
	return sorted;
}

/**
 * overlay_free() - free what an overlay holds
 * @overlay: the overlay
 */
void overlay_free(struct overlay *overlay)
{
	free(overlay->reason);
	free(overlay->ticket);
}

/**
 * policy_free() - free what a policy holds
 * @policy: the policy, empty afterwards
 */
void policy_free(struct policy *policy)
{
	size_t i;

	while (policy->n_isps)
		policy_drop_isp(policy);
	for (i = 0; i < policy->n_overlays; i++)
		overlay_free(&policy->overlays[i]);
	for (i = 0; i < policy->n_files; i++)
		free(policy->files[i]);
	faults_free(&policy->notes);
	free(policy->isps);
	free(policy->overlays);
	free(policy->files);
	memset(policy, 0, sizeof(*policy));
}

/**
 * faults_add() - note that something is wrong in a file
 * @faults: where to note it
 * @at: where it is
 * @format: what, in words
 */
void faults_add(struct faults *faults, struct place at, const char *format,
		...)
{
	struct fault *fault;
	va_list args;

	if (faults->total++ >= KEEP_FAULTS)
		return;
	GROW(faults->list, faults->n, faults->cap);
	fault = &faults->list[faults->n];
	fault->at = at;
	fault->order = faults->n++;
	va_start(args, format);
	if (vasprintf(&fault->text, format, args) < 0)
		fault->text = NULL;
	va_end(args);
}

static int fault_order(const void *a, const void *b)
{
	const struct fault *x = a, *y = b;

	if (x->at.file != y->at.file)
		return x->at.file < y->at.file ? -1 : 1;
	if (x->at.line != y->at.line)
		return x->at.line < y->at.line ? -1 : 1;
	if (x->at.column != y->at.column)
		return x->at.column < y->at.column ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

/**
 * place_text() - a place as messages show it
 * @policy: the policy, for its files
 * @at: the place
 * @out: where to put "FILE:LINE:COLUMN", or what of it is known
 * @size: size of @out
 *
 * Return: @out.
 */
const char *place_text(const struct policy *policy, struct place at, char *out,
		       size_t size)
{
	const char *file = at.file < policy->n_files ?
			   policy->files[at.file] : "?";

	if (at.column)
		snprintf(out, size, "%s:%u:%u", file, at.line, at.column);
	else if (at.line)
		snprintf(out, size, "%s:%u", file, at.line);
	else
		snprintf(out, size, "%s", file);
	return out;
}

/**
 * faults_print() - say on stderr what is wrong, the first twenty of it
 * @faults: it
 */
void faults_print(struct faults *faults)
{
	char place[512];
	size_t i;

	if (faults->n)
		qsort(faults->list, faults->n, sizeof(*faults->list),
		      fault_order);
	for (i = 0; i < faults->n && i < PRINT_FAULTS; i++)
		fail("%s: %s", place_text(faults->policy, faults->list[i].at,
					  place, sizeof(place)),
		     faults->list[i].text);
	if (faults->total > i)
		fail("and %zu more", faults->total - i);
}

/**
 * faults_free() - free what was noted
 * @faults: it, empty afterwards
 */
void faults_free(struct faults *faults)
{
	size_t i;

	for (i = 0; i < faults->n; i++)
		free(faults->list[i].text);
	free(faults->list);
	faults->list = NULL;
	faults->n = faults->cap = faults->total = 0;
}

/**
 * prefix_to4() - an IPv4 prefix in the form in which it travels
 * @wire: where to put it
 * @p: the prefix
 */
void prefix_to4(struct obpbl_prefix4 *wire, const struct prefix *p)
{
	memset(wire, 0, sizeof(*wire));
	memcpy(&wire->addr, p->addr, sizeof(wire->addr));
	wire->len = p->len;
}

/**
 * prefix_to6() - an IPv6 prefix in the form in which it travels
 * @wire: where to put it
 * @p: the prefix
 */
void prefix_to6(struct obpbl_prefix6 *wire, const struct prefix *p)
{
	memset(wire, 0, sizeof(*wire));
	memcpy(wire->addr, p->addr, sizeof(wire->addr));
	wire->len = p->len;
}

/* All sums of prefixes rely on it, whatever a module may say. */
static uint8_t possible(const struct prefix *p, uint8_t len)
{
	return len > cidr_bits(p) ? cidr_bits(p) : len;
}

/**
 * prefix_from4() - an IPv4 prefix that has travelled
 * @p: where to put it
 * @wire: the prefix
 */
void prefix_from4(struct prefix *p, const struct obpbl_prefix4 *wire)
{
	memset(p, 0, sizeof(*p));
	memcpy(p->addr, &wire->addr, sizeof(wire->addr));
	p->family = 4;
	p->len = possible(p, wire->len);
}

/**
 * prefix_from6() - an IPv6 prefix that has travelled
 * @p: where to put it
 * @wire: the prefix
 */
void prefix_from6(struct prefix *p, const struct obpbl_prefix6 *wire)
{
	memcpy(p->addr, wire->addr, sizeof(wire->addr));
	p->family = 6;
	p->len = possible(p, wire->len);
}

/* Half as much again: a million prefixes shall not take the room of two. */
static size_t more(size_t cap, size_t need)
{
	cap += cap / 2;
	return cap > need ? cap : need + 16;
}

/* An array of prefixes with room for so many, and for their places */
static void *room(void *array, size_t size, size_t need, size_t *cap,
		  struct places *places)
{
	if (need <= *cap)
		return array;
	*cap = more(*cap, need);
	places->lines = xrealloc(places->lines, *cap, sizeof(*places->lines));
	if (places->columns)
		places->columns = xrealloc(places->columns, *cap,
					   sizeof(*places->columns));
	return xrealloc(array, *cap, size);
}

static void room4(struct prefixes *list, size_t n)
{
	list->p4 = room(list->p4, sizeof(*list->p4), list->n4 + n, &list->cap4,
			&list->at4);
}

static void room6(struct prefixes *list, size_t n)
{
	list->p6 = room(list->p6, sizeof(*list->p6), list->n6 + n, &list->cap6,
			&list->at6);
}

static void note_place(struct places *places, size_t i, size_t cap,
		       struct place at)
{
	places->lines[i] = at.line;
	if (at.line && at.column != 1 && !places->columns)
		places->columns = xcalloc(cap, sizeof(*places->columns));
	if (places->columns)
		places->columns[i] = at.column ^ 1;
	if (places->n && places->files[places->n - 1].file == at.file)
		return;
	GROW(places->files, places->n, places->cap);
	places->files[places->n++] = (struct file_start){ i, at.file };
}

static struct place get_place(const struct places *places, size_t i)
{
	size_t low = 0, high = places->n, middle;
	struct place at = {
		.line = places->lines[i],
	};

	while (low < high) {
		middle = low + (high - low) / 2;
		if (places->files[middle].first <= i)
			low = middle + 1;
		else
			high = middle;
	}
	if (low)
		at.file = places->files[low - 1].file;
	if (at.line)
		at.column = places->columns ? places->columns[i] ^ 1 : 1;
	return at;
}

/**
 * prefixes_add() - add to a list
 * @list: the list
 * @p: the prefix
 * @at: where it was written
 */
void prefixes_add(struct prefixes *list, const struct prefix *p,
		  struct place at)
{
	if (p->family == 4) {
		room4(list, 1);
		note_place(&list->at4, list->n4, list->cap4, at);
		prefix_to4(&list->p4[list->n4++], p);
	} else {
		room6(list, 1);
		note_place(&list->at6, list->n6, list->cap6, at);
		prefix_to6(&list->p6[list->n6++], p);
	}
}

/**
 * prefixes_add4() - add IPv4 prefixes, which were written nowhere, to a list
 * @list: the list
 * @from: the prefixes
 * @n: how many
 */
void prefixes_add4(struct prefixes *list, const struct obpbl_prefix4 *from,
		   size_t n)
{
	room4(list, n);
	memcpy(&list->p4[list->n4], from, n * sizeof(*from));
	memset(&list->at4.lines[list->n4], 0, n * sizeof(*list->at4.lines));
	list->n4 += n;
}

/**
 * prefixes_add6() - add IPv6 prefixes, which were written nowhere, to a list
 * @list: the list
 * @from: the prefixes
 * @n: how many
 */
void prefixes_add6(struct prefixes *list, const struct obpbl_prefix6 *from,
		   size_t n)
{
	room6(list, n);
	memcpy(&list->p6[list->n6], from, n * sizeof(*from));
	memset(&list->at6.lines[list->n6], 0, n * sizeof(*list->at6.lines));
	list->n6 += n;
}

/**
 * prefixes_clear() - make a list empty and keep its room
 * @list: the list
 */
void prefixes_clear(struct prefixes *list)
{
	list->n4 = list->n6 = 0;
	list->at4.n = list->at6.n = 0;
}

/**
 * prefixes_count() - length of a list
 * @list: the list
 *
 * Return: prefixes of both families.
 */
size_t prefixes_count(const struct prefixes *list)
{
	return list->n4 + list->n6;
}

/**
 * prefixes_same() - whether two lists have the same in the same order
 * @a: a list
 * @b: another one
 *
 * Return: whether they have.
 */
bool prefixes_same(const struct prefixes *a, const struct prefixes *b)
{
	return a->n4 == b->n4 && a->n6 == b->n6 &&
	       (!a->n4 || !memcmp(a->p4, b->p4, a->n4 * sizeof(*a->p4))) &&
	       (!a->n6 || !memcmp(a->p6, b->p6, a->n6 * sizeof(*a->p6)));
}

/**
 * prefixes_get() - one of a list; IPv4 comes first
 * @list: the list
 * @i: which
 * @p: where to put it
 *
 * Return: whether there are as many.
 */
bool prefixes_get(const struct prefixes *list, size_t i, struct prefix *p)
{
	if (i < list->n4)
		prefix_from4(p, &list->p4[i]);
	else if (i - list->n4 < list->n6)
		prefix_from6(p, &list->p6[i - list->n4]);
	else
		return false;
	return true;
}

/**
 * prefixes_place() - where one of a list was written
 * @list: the list
 * @i: which
 *
 * Return: the place.
 */
struct place prefixes_place(const struct prefixes *list, size_t i)
{
	return i < list->n4 ? get_place(&list->at4, i) :
	       get_place(&list->at6, i - list->n4);
}

static void free_places(struct places *places)
{
	free(places->lines);
	free(places->columns);
	free(places->files);
}

/**
 * prefixes_free() - free a list
 * @list: the list, empty afterwards
 */
void prefixes_free(struct prefixes *list)
{
	free(list->p4);
	free(list->p6);
	free_places(&list->at4);
	free_places(&list->at6);
	memset(list, 0, sizeof(*list));
}

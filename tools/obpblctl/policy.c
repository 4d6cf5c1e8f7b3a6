// SPDX-License-Identifier: GPL-2.0-only
/* A policy in memory, as a config file or the kernel says it */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
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
 * policy_add_follow() - room for another routing table; earlier pointers become
 * void
 * @policy: the policy
 *
 * Return: it, with the default attributes.
 */
struct follow *policy_add_follow(struct policy *policy)
{
	struct follow *follow;

	GROW(policy->follows, policy->n_follows, policy->cap_follows);
	follow = &policy->follows[policy->n_follows++];
	*follow = (struct follow){ .hold = FOLLOW_HOLD };
	return follow;
}

/**
 * policy_find_follow() - a routing table by the name of its section
 * @policy: the policy
 * @name: the name
 *
 * Return: it or NULL.
 */
struct follow *policy_find_follow(const struct policy *policy, const char *name)
{
	size_t i;

	for (i = 0; i < policy->n_follows; i++)
		if (!strcmp(policy->follows[i].name, name))
			return &policy->follows[i];
	return NULL;
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
 * overlay_name() - what messages call an overlay
 * @overlay: the overlay
 *
 * Return: "exempt 203.0.113.9/32".
 */
const char *overlay_name(const struct overlay *overlay)
{
	return text_print("%s %s", names_word(&class_names, overlay->class),
			  cidr_print(&overlay->prefix));
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
	for (i = 0; i < policy->n_follows; i++)
		free(policy->follows[i].file);
	for (i = 0; i < policy->n_files; i++)
		free(policy->files[i]);
	faults_free(&policy->notes);
	free(policy->isps);
	free(policy->overlays);
	free(policy->follows);
	free(policy->files);
	memset(policy, 0, sizeof(*policy));
}

/**
 * faults_add() - note that something is wrong in a file
 * @faults: where to note it
 * @at: where it is
 * @format: what, in words
 */
void faults_add(struct faults *faults, struct place at, const char *format, ...)
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
 *
 * Return: "FILE:LINE:COLUMN", or what of it is known.
 */
const char *place_text(const struct policy *policy, struct place at)
{
	const char *file = at.file < policy->n_files ?
			   policy->files[at.file] : "?";

	if (at.column)
		return text_print("%.512s:%u:%u", file, at.line, at.column);
	if (at.line)
		return text_print("%.512s:%u", file, at.line);
	return file;
}

/**
 * faults_print() - say on stderr what is wrong, the first twenty of it
 * @faults: it
 */
void faults_print(struct faults *faults)
{
	size_t i;

	if (faults->n)
		qsort(faults->list, faults->n, sizeof(*faults->list),
		      fault_order);
	for (i = 0; i < faults->n && i < PRINT_FAULTS; i++)
		fail("%s: %s", place_text(faults->policy, faults->list[i].at),
		     faults->list[i].text);
	if (faults->total > i)
		fail("and %zu more", faults->total - i);
}

/**
 * faults_fail() - end with what is wrong, if anything is
 * @faults: it
 * @path: the file as a whole
 *
 * Return: STATUS_OK, or STATUS_FAILED after saying what is wrong.
 */
int faults_fail(struct faults *faults, const char *path)
{
	faults_print(faults);
	if (!faults->total)
		return STATUS_OK;
	fail("%s: %s; nothing was changed", path,
	     count_of(faults->total, "fault"));
	failure.code = "faults";
	return STATUS_FAILED;
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

static int family_of(const struct prefix *p)
{
	return p->family == 4 ? V4 : V6;
}

/**
 * prefix_to_wire() - a prefix in the form in which it travels
 * @wire: where to put it, wire_size() bytes
 * @p: the prefix
 */
void prefix_to_wire(void *wire, const struct prefix *p)
{
	size_t bytes = cidr_bits(p) / 8;
	uint8_t *tail = (uint8_t *)wire + bytes;

	memcpy(wire, p->addr, bytes);
	memset(tail, 0, wire_size(family_of(p)) - bytes);
	*tail = p->len;
}

/**
 * prefix_from_wire() - a prefix that has travelled
 * @p: where to put it
 * @family: V4 or V6
 * @wire: the prefix
 *
 * All sums of prefixes rely on its length, whatever a module may say.
 */
void prefix_from_wire(struct prefix *p, int family, const void *wire)
{
	const struct obpbl_prefix4 *wire4 = wire;
	const struct obpbl_prefix6 *wire6 = wire;

	*p = (struct prefix){ .family = family == V4 ? 4 : 6 };
	if (family == V4) {
		memcpy(p->addr, &wire4->addr, sizeof(wire4->addr));
		p->len = wire4->len;
	} else {
		memcpy(p->addr, wire6->addr, sizeof(wire6->addr));
		p->len = wire6->len;
	}
	if (p->len > cidr_bits(p))
		p->len = cidr_bits(p);
}

/* Half as much again: a million prefixes shall not take the room of two. */
static size_t more(size_t cap, size_t need)
{
	cap += cap / 2;
	return cap > need ? cap : need + 16;
}

/* Room for so many more; returns the first of them */
static void *room(struct prefixes *list, int family, size_t n)
{
	struct family *of = &list->of[family];
	struct places *at = &of->at;

	if (of->n + n > of->cap) {
		of->cap = more(of->cap, of->n + n);
		of->wire = xrealloc(of->wire, of->cap, wire_size(family));
		at->lines = xrealloc(at->lines, of->cap, sizeof(*at->lines));
		if (at->columns)
			at->columns = xrealloc(at->columns, of->cap,
					       sizeof(*at->columns));
	}
	return (char *)of->wire + of->n * wire_size(family);
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
	struct family *of = &list->of[family_of(p)];

	prefix_to_wire(room(list, family_of(p), 1), p);
	note_place(&of->at, of->n++, of->cap, at);
}

/**
 * prefixes_add_wire() - add prefixes, which were written nowhere, to a list
 * @list: the list
 * @family: V4 or V6
 * @from: the prefixes, in the form in which they travel
 * @n: how many
 */
void prefixes_add_wire(struct prefixes *list, int family, const void *from,
		       size_t n)
{
	struct family *of = &list->of[family];

	memcpy(room(list, family, n), from, n * wire_size(family));
	memset(&of->at.lines[of->n], 0, n * sizeof(*of->at.lines));
	of->n += n;
}

/**
 * prefixes_clear() - make a list empty and keep its room
 * @list: the list
 */
void prefixes_clear(struct prefixes *list)
{
	int family;

	for (family = 0; family < FAMILIES; family++)
		list->of[family].n = list->of[family].at.n = 0;
}

/**
 * prefixes_count() - length of a list
 * @list: the list
 *
 * Return: prefixes of both families.
 */
size_t prefixes_count(const struct prefixes *list)
{
	return list->of[V4].n + list->of[V6].n;
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
	int family;
	size_t n;

	for (family = 0; family < FAMILIES; family++) {
		n = a->of[family].n;
		if (n != b->of[family].n ||
		    (n && memcmp(a->of[family].wire, b->of[family].wire,
				 n * wire_size(family))))
			return false;
	}
	return true;
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
	int family = i < list->of[V4].n ? V4 : V6;
	const struct family *of = &list->of[family];

	if (family == V6)
		i -= list->of[V4].n;
	if (i >= of->n)
		return false;
	prefix_from_wire(p, family, (char *)of->wire + i * wire_size(family));
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
	size_t n4 = list->of[V4].n;

	return i < n4 ? get_place(&list->of[V4].at, i) :
			get_place(&list->of[V6].at, i - n4);
}

/**
 * prefixes_free() - free a list
 * @list: the list, empty afterwards
 */
void prefixes_free(struct prefixes *list)
{
	struct family *of;

	for (of = list->of; of < list->of + FAMILIES; of++) {
		free(of->wire);
		free(of->at.lines);
		free(of->at.columns);
		free(of->at.files);
	}
	memset(list, 0, sizeof(*list));
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A list of which the first line that matches decides, as a policy, of which the
 * most specific prefix does
 *
 * Each line becomes what it is by itself: a denied source is dynamic, a permitted
 * one static, a permitted destination a relay.  Whether all of them together
 * decide as the list does is then looked at for each kind of connection that there
 * is; where they do not, the line that decides in the list is named.
 */
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "list.h"
#include "names.h"

#define MAX_PAIRS 4096	/* exemptions of one line */

/* What a source or a destination is in the policy */
enum { JUDGED = 1, PASSES = 2, INSIDE = 4 };

/**
 * struct group - addresses that match the same lines and mean the same
 * @address: one of them
 * @flags: JUDGED ...
 * @bits: a bit for each line, and behind them one for each overlay
 */
struct group {
	struct prefix address;
	uint64_t flags;
	uint64_t *bits;
};

/**
 * struct groups - all there are of sources, or of destinations
 * @list: they
 * @n: number of them
 * @slots: index of each, by hash, plus 1
 * @size: number of @slots, a power of 2
 */
struct groups {
	struct group *list;
	size_t n;
	size_t cap;
	uint32_t *slots;
	size_t size;
};

/**
 * struct side - sources, or destinations, of one family
 * @family: V4 or V6
 * @of: entries of the policy
 * @lengths: which lengths they have
 * @groups: what is made of all addresses
 */
struct side {
	int family;
	struct refs of;
	bool lengths[129];
	struct groups groups;
};

/**
 * struct acl - a list that becomes a policy
 * @im: the list, and the policy
 * @last: behind the last line that denies port 25
 * @whole: some line denies it wherever it goes to
 * @words: of the bits of the lines
 * @all: and of those of overlays
 * @named: lines that were named, by way
 */
struct acl {
	struct import *im;
	size_t last;
	bool whole;
	size_t words;
	size_t all;
	uint8_t *named;
};

/* The prefixes of one family */
#define for_each_of(list, family, i, p)					\
	for ((i) = (family) == V4 ? 0 : (list)->of[V4].n;		\
	     (i) < (list)->of[V4].n + ((family) == V4 ? 0 :		\
				       (list)->of[V6].n) &&		\
	     prefixes_get(list, i, p); (i)++)

static int number_of(int family)
{
	return family == V4 ? 4 : 6;
}

static bool is_all(const struct prefixes *list, int family)
{
	struct prefix p;
	size_t i;

	for_each_of(list, family, i, &p)
		if (!p.len)
			return true;
	return false;
}

/**
 * acl_add() - add a line to the list
 * @im: where to
 * @line: the line; what it holds is taken over
 *
 * Return: STATUS_OK, or STATUS_FAILED after saying that it is too long.
 */
int acl_add(struct import *im, struct acl_line *line)
{
	int family;

	if (im->n_lines == ACL_MAX_LINES) {
		acl_line_free(line);
		return fail("%s: more than %d lines about port 25 in one list; sets make fewer of them",
			    file_name(im->path), ACL_MAX_LINES);
	}
	for (family = 0; family < FAMILIES; family++) {
		line->all_src[family] = is_all(&line->src, family);
		line->all_dst[family] = is_all(&line->dst, family);
	}
	ranges_make(&line->from, &line->src);
	ranges_make(&line->to, &line->dst);
	GROW(im->lines, im->n_lines, im->cap_lines);
	im->lines[im->n_lines++] = *line;
	return STATUS_OK;
}

/**
 * acl_blocks() - whether any line blocks port 25
 * @im: the lines
 *
 * Return: whether one does, or may.
 */
bool acl_blocks(const struct import *im)
{
	size_t i;

	for (i = 0; i < im->n_lines; i++)
		if (im->lines[i].only && im->lines[i].deny)
			return true;
	return false;
}

/* Lines, one by one */

/* Whether all whom any line denies port 25 are among the sources of a line */
static bool has_denied(const struct acl *acl, const struct acl_line *line,
		       int family)
{
	const struct import *im = acl->im;
	const struct prefixes *list;
	const struct acl_line *other;
	struct prefix p;
	size_t i, j;

	for (i = 0; i <= acl->last && i < im->n_lines; i++) {
		other = &im->lines[i];
		if (!other->only || !other->deny ||
		    !other->dst.of[family].n)
			continue;
		list = other->all_src[family] ? &im->space : &other->src;
		for_each_of(list, family, j, &p)
			if (!ranges_hold(&line->from, &p))
				return false;
	}
	return true;
}

static void find_everyone(struct acl *acl)
{
	struct acl_line *line;
	size_t i;
	int f;

	for (i = 0; i < acl->im->n_lines; i++) {
		line = &acl->im->lines[i];
		for (f = 0; f < FAMILIES; f++)
			line->everyone[f] = line->all_src[f] ||
				(!line->deny && line->src.of[f].n &&
				 has_denied(acl, line, f));
	}
}

/* Whether lines before this one decide all of a source, or of a destination */
static bool is_decided(const struct acl *acl, size_t before, bool source,
		       const struct prefix *p)
{
	int family = p->family == 4 ? V4 : V6;
	const struct acl_line *line;
	size_t i;

	for (i = 0; i < before; i++) {
		line = &acl->im->lines[i];
		if (!line->only && line->deny)
			continue;
		if ((source ? line->all_dst[family] :
			      line->everyone[family]) &&
		    ranges_hold(source ? &line->from : &line->to, p))
			return true;
	}
	return false;
}

static bool is_exempt(const struct policy *policy, const struct prefix *p,
		      const struct prefix *to)
{
	size_t i;

	for (i = 0; i < policy->n_overlays; i++)
		if (!cidr_order(&policy->overlays[i].prefix, p) &&
		    !cidr_order(&policy->overlays[i].to, to))
			return true;
	return false;
}

/* Of an exemption that is wider, what a prefix within it has of it too */
static void narrow_exemptions(struct import *im, const struct prefix *p)
{
	size_t i, n = im->policy.n_overlays;
	const struct overlay *overlay;
	struct prefix to;

	for (i = 0; i < n; i++) {
		overlay = &im->policy.overlays[i];
		if (overlay->prefix.len >= p->len ||
		    !cidr_covers(&overlay->prefix, p))
			continue;
		to = overlay->to;
		if (!is_exempt(&im->policy, p, &to))
			import_overlay(im, OBPBL_CLASS_EXEMPT, p, overlay->at,
				       overlay->reason)->to = to;
	}
}

static size_t add_sources(struct acl *acl, size_t i, int family, int class)
{
	struct import *im = acl->im;
	const struct prefixes *list = &im->lines[i].src;
	bool all = im->lines[i].all_src[family];
	size_t j, n = 0;
	struct prefix p;

	if (all)
		list = &im->space;
	for_each_of(list, family, j, &p) {
		if (is_decided(acl, i, true, &p))
			continue;
		if (class == OBPBL_CLASS_DYNAMIC)
			narrow_exemptions(im, &p);
		prefixes_add(&im->isp->lists[class], &p,
			     all ? im->lines[i].at : prefixes_place(list, j));
		n++;
	}
	return n;
}

static bool is_space(const struct import *im, const struct prefix *p)
{
	struct prefix space;
	size_t i;

	for (i = 0; prefixes_get(&im->space, i, &space); i++)
		if (!cidr_order(&space, p))
			return true;
	return false;
}

static size_t add_destinations(struct acl *acl, size_t i, int family, int class)
{
	struct import *im = acl->im;
	const struct prefixes *list = &im->lines[i].dst;
	size_t j, n = 0;
	struct prefix p;

	for_each_of(list, family, j, &p) {
		if (is_decided(acl, i, false, &p))
			continue;
		n++;
		if (class != OBPBL_CLASS_RELAY || !is_space(im, &p))
			prefixes_add(&im->isp->lists[class], &p,
				     prefixes_place(list, j));
	}
	return n;
}

static size_t add_exemptions(struct acl *acl, size_t i, int family)
{
	struct import *im = acl->im;
	const struct acl_line *line = &im->lines[i];
	struct prefix p, to;
	size_t j, k, n = 0;

	for_each_of(&line->src, family, j, &p) {
		if (is_decided(acl, i, true, &p))
			continue;
		for_each_of(&line->dst, family, k, &to) {
			n++;
			if (!is_exempt(&im->policy, &p, &to))
				import_overlay(im, OBPBL_CLASS_EXEMPT, &p,
					       line->at, line->text)->to = to;
		}
	}
	return n;
}

static size_t permit(struct acl *acl, size_t i, int family)
{
	const struct acl_line *line = &acl->im->lines[i];

	if (line->all_dst[family])
		return line->all_src[family] ? 1 :
		       add_sources(acl, i, family, OBPBL_CLASS_STATIC);
	if (line->everyone[family])
		return add_destinations(acl, i, family, OBPBL_CLASS_RELAY);
	return add_exemptions(acl, i, family);
}

static size_t deny(struct acl *acl, size_t i, int family)
{
	const struct acl_line *line = &acl->im->lines[i];
	bool all = line->all_dst[family];

	if (all)
		return add_sources(acl, i, family, OBPBL_CLASS_DYNAMIC);
	if (!acl->whole)
		add_sources(acl, i, family, OBPBL_CLASS_DYNAMIC);
	return add_destinations(acl, i, family, OBPBL_CLASS_TARGET);
}

/* What is denied of all sources is denied of those that are the ISP's */
static void tell_of_all(struct import *im, const struct acl_line *line,
			int family)
{
	if (!im->space.of[family].n)
		import_leave(im, line->at, line->text,
			     "it denies every source of IPv%d; give the addresses of the ISP as 'space PREFIX'",
			     number_of(family));
	else if (family == V4 || !line->all_src[V4])
		import_note(im, line->at, line->text,
			    "it denies every source; here it is the space of the ISP");
}

static void carry(struct acl *acl, size_t i)
{
	struct import *im = acl->im;
	const struct acl_line *line = &im->lines[i];
	size_t n = 0;
	int family;

	for (family = 0; family < FAMILIES; family++) {
		if (!line->src.of[family].n || !line->dst.of[family].n)
			continue;
		if (line->deny && line->all_src[family])
			tell_of_all(im, line, family);
		n += line->deny ? deny(acl, i, family) :
				  permit(acl, i, family);
	}
	if (line->deny && line->reject != im->isp->reject)
		import_note(im, line->at, line->text,
			    "it answers by %s; the policy has one answer for all, %s",
			    names_word(&reject_names, line->reject),
			    names_word(&reject_names, im->isp->reject));
	if (!n && line->only)
		import_note(im, line->at, line->text,
			    "nothing reaches it: the lines before it decide");
}

static bool pairs_fit(struct import *im, const struct acl_line *line)
{
	int family;

	for (family = 0; family < FAMILIES; family++)
		if (!line->deny && !line->everyone[family] &&
		    !line->all_dst[family] &&
		    line->src.of[family].n * line->dst.of[family].n > MAX_PAIRS)
			return false;
	return true;
}

/* What comes behind it denies what it permits, and stays where it is */
static const struct acl_line *denied_later(const struct import *im, size_t i)
{
	const struct acl_line *line = &im->lines[i], *later;
	struct ranges from, to;
	bool both;

	for (later = line + 1; later < im->lines + im->n_lines; later++) {
		if (later->only || !later->deny || later->end)
			continue;
		ranges_and(&from, &line->from, &later->from);
		ranges_and(&to, &line->to, &later->to);
		both = (from.n4 && to.n4) ||
		       (from.n > from.n4 && to.n > to.n4);
		ranges_free(&from);
		ranges_free(&to);
		if (both)
			return later;
	}
	return NULL;
}

static void carry_all(struct acl *acl)
{
	struct import *im = acl->im;
	const struct acl_line *line, *later;
	size_t i;

	find_everyone(acl);
	for (i = 0; i < im->n_lines; i++) {
		line = &im->lines[i];
		later = line->only && !line->deny ? denied_later(im, i) : NULL;
		if (later)
			import_note(im, line->at, line->text,
				    "keep it where it is too: what it permits, %s denies for all ports",
				    place_text(&im->policy, later->at));
		if (!line->only && (line->deny || i > acl->last))
			continue;
		if (line->why)
			import_leave(im, line->at, line->text, "%s", line->why);
		else if (i > acl->last)
			import_note(im, line->at, line->text,
				    "nothing behind it denies port 25: it passes anyway");
		else if (!pairs_fit(im, line))
			import_leave(im, line->at, line->text,
				     "it makes more than %d exemptions",
				     MAX_PAIRS);
		else
			carry(acl, i);
	}
}

/* Comparison */

static void side_add(struct side *side, const struct prefix *p, int class,
		     size_t index)
{
	if (p->family != number_of(side->family))
		return;
	refs_add(&side->of, p, 0, 0, class, index);
	side->lengths[p->len] = true;
}

static void side_list(struct side *side, const struct isp *isp, int class)
{
	struct prefix p;
	size_t i;

	for (i = 0; prefixes_get(&isp->lists[class], i, &p); i++)
		side_add(side, &p, class, i);
}

/* The first of the entries that are of this prefix, or NULL */
static const struct ref *find(const struct side *side, const struct prefix *p)
{
	struct ref key;
	struct refs one = { .list = &key, .cap = 1 };
	size_t low = 0, high = side->of.n, middle;

	refs_add(&one, p, 0, 0, 0, 0);
	while (low < high) {
		middle = low + (high - low) / 2;
		if (memcmp(side->of.list[middle].key, key.key, REF_KEY) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < side->of.n && !memcmp(side->of.list[low].key, key.key,
					   REF_KEY) ?
	       &side->of.list[low] : NULL;
}

static void set_bit(uint64_t *bits, size_t i)
{
	bits[i / 64] |= UINT64_C(1) << i % 64;
}

/* The class of an address, most specific first; exemptions on the way are noted */
static int classify(const struct acl *acl, const struct side *side,
		    struct group *group)
{
	/* Of one prefix the higher counts */
	static const uint8_t ranks[] = {
		[OBPBL_CLASS_SPACE] = 1, [OBPBL_CLASS_DYNAMIC] = 2,
		[OBPBL_CLASS_STATIC] = 3, [OBPBL_CLASS_TARGET] = 2,
		[OBPBL_CLASS_RELAY] = 3,
	};
	const struct ref *end = side->of.list + side->of.n, *ref, *first;
	struct prefix p = group->address;
	int len, class = OBPBL_CLASS_NONE;

	for (len = p.len; len >= 0 && !class; len--) {
		if (!side->lengths[len])
			continue;
		p.len = len;
		cidr_network(&p);
		first = find(side, &p);
		for (ref = first; ref && ref < end &&
		     !memcmp(ref->key, first->key, REF_KEY); ref++)
			if (ref->class == OBPBL_CLASS_EXEMPT)
				set_bit(group->bits + acl->words, ref->index);
			else if (ranks[ref->class] >= ranks[class])
				class = ref->class;
	}
	return class;
}

static uint64_t hash(const struct acl *acl, const struct group *group)
{
	uint64_t sum = group->flags + 1;
	size_t i;

	for (i = 0; i < acl->all; i++)
		sum = (sum ^ group->bits[i]) * UINT64_C(0x9e3779b97f4a7c15);
	return sum ^ sum >> 32;
}

static bool same(const struct acl *acl, const struct group *a,
		 const struct group *b)
{
	return a->flags == b->flags &&
	       !memcmp(a->bits, b->bits, acl->all * sizeof(*a->bits));
}

static void rehash(const struct acl *acl, struct groups *groups)
{
	size_t i, slot;

	groups->size = groups->size ? 2 * groups->size : 64;
	free(groups->slots);
	groups->slots = xcalloc(groups->size, sizeof(*groups->slots));
	for (i = 0; i < groups->n; i++) {
		slot = hash(acl, &groups->list[i]) & (groups->size - 1);
		while (groups->slots[slot])
			slot = (slot + 1) & (groups->size - 1);
		groups->slots[slot] = i + 1;
	}
}

/* Adds a group unless there is its like; takes its bits over, or frees them. */
static void add_group(const struct acl *acl, struct groups *groups,
		      struct group *group)
{
	size_t slot;

	if (2 * groups->n >= groups->size)
		rehash(acl, groups);
	slot = hash(acl, group) & (groups->size - 1);
	for (; groups->slots[slot]; slot = (slot + 1) & (groups->size - 1))
		if (same(acl, &groups->list[groups->slots[slot] - 1], group)) {
			free(group->bits);
			return;
		}
	GROW(groups->list, groups->n, groups->cap);
	groups->list[groups->n++] = *group;
	groups->slots[slot] = groups->n;
}

static void side_free(struct side *side)
{
	size_t i;

	for (i = 0; i < side->groups.n; i++)
		free(side->groups.list[i].bits);
	free(side->groups.list);
	free(side->groups.slots);
	refs_free(&side->of);
}

static int number_order(const void *a, const void *b)
{
	const u128 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Where anything begins or has just ended: between two, all addresses are alike */
static u128 *edges(const struct acl *acl, const struct side *side, bool source,
		   size_t *n)
{
	const struct acl_line *line;
	size_t i, j, cap = 0;
	u128 *list = NULL;
	struct range range;
	struct prefix p;

	*n = 0;
	GROW(list, *n, cap);
	list[(*n)++] = 0;
	for (i = 0; i < acl->im->n_lines + side->of.n; i++) {
		line = i < acl->im->n_lines ? &acl->im->lines[i] : NULL;
		for (j = 0; ; j++) {
			if (!line && !j)
				refs_prefix(&side->of.list[i - acl->im->n_lines],
					    &p);
			else if (!line || !prefixes_get(source ? &line->src :
							&line->dst, j, &p))
				break;
			if (p.family != number_of(side->family))
				continue;
			range = range_of(&p);
			GROW(list, *n, cap);
			list[(*n)++] = range.lo;
			GROW(list, *n, cap);
			/* Behind the last address is the first one again */
			if (p.len)
				list[(*n)++] = range.hi + 1;
		}
	}
	qsort(list, *n, sizeof(*list), number_order);
	return list;
}

/* The lines that an address matches; whether any names it, and not just all */
static bool match(const struct acl *acl, struct group *group, bool source,
		  int family)
{
	const struct acl_line *line;
	bool named = false;
	size_t i;

	for (i = 0; i < acl->im->n_lines; i++) {
		line = &acl->im->lines[i];
		if (!ranges_hold(source ? &line->from : &line->to,
				 &group->address))
			continue;
		set_bit(group->bits, i);
		named |= !(source ? line->all_src[family] : line->all_dst[family]);
	}
	return named;
}

static void note_source(struct acl *acl, struct side *side, struct group *group)
{
	bool named = match(acl, group, true, side->family);
	int class = classify(acl, side, group);

	if (class == OBPBL_CLASS_DYNAMIC)
		group->flags = JUDGED;
	/* Who is no customer is none of ours */
	if (named || class)
		add_group(acl, &side->groups, group);
	else
		free(group->bits);
}

static void note_destination(struct acl *acl, struct side *side,
			     struct group *group)
{
	const struct policy *policy = &acl->im->policy;
	int class;
	size_t i;

	match(acl, group, false, side->family);
	class = classify(acl, side, group);
	if (acl->im->isp->policy == OBPBL_POLICY_TARGETS ?
	    class != OBPBL_CLASS_TARGET : class == OBPBL_CLASS_RELAY ||
	    class == OBPBL_CLASS_SPACE)
		group->flags = PASSES;
	if (class == OBPBL_CLASS_SPACE)
		group->flags |= INSIDE;
	for (i = 0; i < policy->n_overlays; i++)
		if (cidr_covers(&policy->overlays[i].to, &group->address))
			set_bit(group->bits + acl->words, i);
	add_group(acl, &side->groups, group);
}

static void make_groups(struct acl *acl, struct side *side, bool source)
{
	u128 *list;
	size_t i, n;

	refs_sort(&side->of);
	list = edges(acl, side, source, &n);
	for (i = 0; i < n; i++) {
		struct group group = {
			.bits = xcalloc(acl->all + 1, sizeof(uint64_t)),
		};

		if (i && list[i] == list[i - 1]) {
			free(group.bits);
			continue;
		}
		range_first((struct range){ .lo = list[i] },
			    number_of(side->family), &group.address);
		if (source)
			note_source(acl, side, &group);
		else
			note_destination(acl, side, &group);
	}
	free(list);
}

/* The line that decides; NULL: none */
static const struct acl_line *first_match(const struct acl *acl,
					  const struct group *from,
					  const struct group *to)
{
	uint64_t both;
	size_t i;

	for (i = 0; i < acl->words; i++) {
		both = from->bits[i] & to->bits[i];
		if (both)
			return &acl->im->lines[64 * i + __builtin_ctzll(both)];
	}
	return NULL;
}

static bool is_blocked(const struct acl *acl, const struct group *from,
		       const struct group *to)
{
	size_t i;

	if (!(from->flags & JUDGED) || to->flags & PASSES)
		return false;
	for (i = acl->words; i < acl->all; i++)
		if (from->bits[i] & to->bits[i])
			return false;
	return true;
}

static void tell(struct acl *acl, const struct acl_line *line, bool denied,
		 const struct group *from, const struct group *to)
{
	struct import *im = acl->im;
	uint8_t *named = &acl->named[line ? (size_t)(line - im->lines) :
				     im->n_lines];
	bool inside = denied && from->flags & JUDGED && to->flags & INSIDE;
	uint8_t way = inside ? 4 : denied ? 2 : 1;
	struct place whole = { 0 };

	if (*named & way)
		return;
	*named |= way;
	if (!line)
		whole.file = policy_file(&im->policy, file_name(im->path));
	if (inside)
		import_note(im, line->at, line->text,
			    "it denies mail inside the space too, which passes here; 'policy = relay-only' denies it");
	else
		import_leave(im, line ? line->at : whole,
			     line ? line->text : NULL,
			     "from %s to %s it %s, and this policy %s",
			     cidr_print_address(&from->address),
			     cidr_print_address(&to->address),
			     denied ? "denies" : "permits",
			     denied ? "lets it pass" : "blocks it");
}

static void compare(struct acl *acl, const struct group *from,
		    const struct group *to)
{
	const struct acl_line *line = first_match(acl, from, to);
	bool denied = line && line->deny;

	/* What is denied for all ports stays denied where it is */
	if (denied && !line->only)
		return;
	if (denied != is_blocked(acl, from, to))
		tell(acl, line, denied, from, to);
}

static void compare_family(struct acl *acl, int family)
{
	const struct policy *policy = &acl->im->policy;
	struct side from = { .family = family }, to = { .family = family };
	size_t i, j;
	int class;

	for_each_class(class) {
		if (class != OBPBL_CLASS_RELAY && class != OBPBL_CLASS_TARGET)
			side_list(&from, acl->im->isp, class);
		if (class != OBPBL_CLASS_DYNAMIC && class != OBPBL_CLASS_STATIC)
			side_list(&to, acl->im->isp, class);
	}
	for (i = 0; i < policy->n_overlays; i++)
		side_add(&from, &policy->overlays[i].prefix,
			 policy->overlays[i].class, i);
	make_groups(acl, &from, true);
	make_groups(acl, &to, false);
	for (i = 0; i < from.groups.n; i++)
		for (j = 0; j < to.groups.n; j++)
			compare(acl, &from.groups.list[i], &to.groups.list[j]);
	side_free(&from);
	side_free(&to);
}

/* Each prefix once, where it was written first, and in order */
static void make_unique(struct prefixes *list)
{
	struct prefixes sorted = { 0 };
	struct refs refs = { 0 };
	struct prefix p;
	size_t i;

	refs_add_list(&refs, list, 0, 0, 0);
	refs_sort(&refs);
	for (i = 0; i < refs.n; i++) {
		if (i && !memcmp(refs.list[i].key, refs.list[i - 1].key,
				 REF_KEY))
			continue;
		refs_prefix(&refs.list[i], &p);
		prefixes_add(&sorted, &p,
			     prefixes_place(list, refs.list[i].index));
	}
	refs_free(&refs);
	prefixes_free(list);
	*list = sorted;
}

/**
 * acl_finish() - make a file that can be applied of what was carried over
 * @isp: the ISP
 */
void acl_finish(struct isp *isp)
{
	int class;

	for_each_class(class)
		make_unique(&isp->lists[class]);
}

/* What kind of policy the lines make; whether there is any about port 25 */
static bool look_at(struct acl *acl)
{
	struct import *im = acl->im;
	const struct acl_line *line;
	bool found = false;
	size_t i;
	int f;

	for (i = 0; i < im->n_lines; i++) {
		line = &im->lines[i];
		if (!line->only || !line->deny || line->why)
			continue;
		if (!found)
			im->isp->reject = line->reject;
		found = true;
		acl->last = i;
		for (f = 0; f < FAMILIES; f++)
			acl->whole |= line->src.of[f].n &&
				      line->all_dst[f];
	}
	if (!found)
		acl->last = im->n_lines;
	else if (!acl->whole)
		im->isp->policy = OBPBL_POLICY_TARGETS;
	return found;
}

/**
 * acl_translate() - make a policy of the lines
 * @im: the lines, and where to put it
 *
 * Return: whether it blocks port 25 of anybody.
 */
bool acl_translate(struct import *im)
{
	struct acl acl = { .im = im };
	bool found;

	found = look_at(&acl);
	carry_all(&acl);
	if (!found || !prefixes_count(&im->isp->lists[OBPBL_CLASS_DYNAMIC]))
		return false;
	acl_finish(im->isp);
	acl.named = xcalloc(im->n_lines + 1, 1);
	acl.words = (im->n_lines + 63) / 64;
	acl.all = acl.words + (im->policy.n_overlays + 63) / 64;
	compare_family(&acl, V4);
	compare_family(&acl, V6);
	free(acl.named);
	return true;
}

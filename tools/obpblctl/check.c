// SPDX-License-Identifier: GPL-2.0-only
/* What a policy as a whole has wrong, and what may be a mistake */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "names.h"
#include "out.h"
#include "sort.h"

#define EXAMPLES 5	/* warnings of a kind that are spelled out */
#define REF_ASKED 0x8000	/* in the class of a ref: it is asked about */

/* Of one prefix the class that counts comes last. */
static const int source_classes[] = {
	OBPBL_CLASS_SPACE, OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_STATIC
};

#define SOURCES (sizeof(source_classes) / sizeof(*source_classes))

/* Faults */

static struct place ref_place(const struct policy *policy,
			      const struct ref *ref)
{
	if (ref->class > OBPBL_CLASS_TARGET)
		return policy->overlays[ref->index].at;
	return prefixes_place(&policy->isps[ref->isp].lists[ref->class],
			      ref->index);
}

/* The later of two is at fault, the earlier one is named. */
static void clash(const struct policy *policy, const struct ref *first,
		  const struct ref *second, struct faults *faults)
{
	const char *isp1 = policy->isps[first->isp].name;
	const char *isp2 = policy->isps[second->isp].name;
	const char *text, *place;
	struct prefix p;

	refs_prefix(first, &p);
	text = cidr_print(&p);
	place = place_text(policy, ref_place(policy, first));
	if (first->isp == second->isp)
		faults_add(faults, ref_place(policy, second),
			   "'%s': is twice in %s of isp %s; first at %s", text,
			   names_word(&class_names, first->class), isp1, place);
	else
		faults_add(faults, ref_place(policy, second),
			   "'%s': isp %s claims a source prefix of isp %s, which has it at %s",
			   text, isp2, isp1, place);
}

/* Entries of one prefix: one owner, and each class once. */
static void check_refs(const struct policy *policy, struct refs *refs,
		       struct faults *faults)
{
	const struct ref *seen[OBPBL_CLASS_MAX + 1] = { NULL };
	const struct ref *ref, *first;

	refs_sort(refs);
	for (ref = first = refs->list; ref < refs->list + refs->n; ref++) {
		if (memcmp(ref->key, first->key, REF_KEY)) {
			first = ref;
			memset(seen, 0, sizeof(seen));
		}
		if (ref->isp != first->isp)
			clash(policy, first, ref, faults);
		else if (ref->class > OBPBL_CLASS_TARGET)
			continue;
		else if (seen[ref->class])
			clash(policy, seen[ref->class], ref, faults);
		else
			seen[ref->class] = ref;
	}
}

/* ISPs in one VRF, or in none, share a scope: the first one's index. */
static uint16_t scope_of(const struct policy *policy, size_t isp)
{
	size_t i;

	for (i = 0; i < isp; i++)
		if (!strcmp(policy->isps[i].vrf, policy->isps[isp].vrf))
			break;
	return i;
}

static uint16_t *scopes_of(const struct policy *policy)
{
	uint16_t *scopes = xcalloc(policy->n_isps, sizeof(*scopes));
	size_t i;

	for (i = 0; i < policy->n_isps; i++)
		scopes[i] = scope_of(policy, i);
	return scopes;
}

/* An overlay makes its ISP the owner of its prefix, as an entry does. */
static void add_overlays(const struct policy *policy, const uint16_t *scopes,
			 struct refs *refs)
{
	const struct overlay *overlay;
	const struct isp *isp;
	size_t i;

	for (i = 0; i < policy->n_overlays; i++) {
		overlay = &policy->overlays[i];
		isp = policy_find_isp(policy, overlay->isp);
		if (isp && overlay->prefix.family)
			refs_add(refs, &overlay->prefix,
				 scopes[isp - policy->isps],
				 isp - policy->isps, overlay->class, i);
	}
}

static void check_sources(const struct policy *policy, struct faults *faults)
{
	uint16_t *scopes = scopes_of(policy);
	struct refs refs = { 0 };
	const struct isp *isp;
	size_t i, j;

	for (i = 0; i < policy->n_isps; i++) {
		isp = &policy->isps[i];
		/* One of no name is at fault already */
		for (j = 0; *isp->name && j < SOURCES; j++)
			refs_add_list(&refs, &isp->lists[source_classes[j]],
				      scopes[i], i, source_classes[j]);
	}
	add_overlays(policy, scopes, &refs);
	check_refs(policy, &refs, faults);
	refs_free(&refs);
	free(scopes);
}

static void check_destinations(const struct policy *policy,
			       struct faults *faults)
{
	struct refs refs = { 0 };
	const struct isp *isp;
	size_t i;

	for (i = 0; i < policy->n_isps; i++) {
		isp = &policy->isps[i];
		refs_add_list(&refs, &isp->lists[OBPBL_CLASS_RELAY], i, i,
			      OBPBL_CLASS_RELAY);
		refs_add_list(&refs, &isp->lists[OBPBL_CLASS_TARGET], i, i,
			      OBPBL_CLASS_TARGET);
	}
	check_refs(policy, &refs, faults);
	refs_free(&refs);
}

static void check_twins(const struct policy *policy, struct faults *faults)
{
	const struct overlay **sorted = policy_sorted(policy, overlay_order);
	const size_t max = OBPBL_MAX_OVERLAYS_AT;
	const struct overlay *overlay;
	const char *text;
	size_t i;

	for (i = 1; i < policy->n_overlays; i++) {
		overlay = sorted[i];
		if (!overlay->prefix.family)
			continue;
		text = cidr_print(&overlay->prefix);
		if (!overlay_order(sorted[i - 1], overlay))
			faults_add(faults, overlay->at,
				   "'%s': the same %s is there twice; first at %s",
				   text,
				   names_word(&class_names, overlay->class),
				   place_text(policy, sorted[i - 1]->at));
		if (i >= max &&
		    !cidr_order(&overlay->prefix, &sorted[i - max]->prefix) &&
		    !strcmp(overlay->isp, sorted[i - max]->isp))
			faults_add(faults, overlay->at,
				   "'%s': there can be at most %zu exemptions and quarantines of one prefix",
				   text, max);
	}
	free(sorted);
}

static void check_overlay(const struct policy *policy,
			  const struct overlay *overlay, struct faults *faults)
{
	if (*overlay->isp && !policy_find_isp(policy, overlay->isp))
		faults_add(faults, overlay->at, "'%s': no such ISP in this file",
			   overlay->isp);
	if (overlay->to.family && overlay->prefix.family &&
	    overlay->to.family != overlay->prefix.family)
		faults_add(faults, overlay->at,
			   "'%s': the destination is IPv%d, the source IPv%d",
			   cidr_print(&overlay->to), overlay->to.family,
			   overlay->prefix.family);
}

static void check_follow(const struct policy *policy,
			 const struct follow *follow, struct faults *faults)
{
	if (*follow->isp && !policy_find_isp(policy, follow->isp))
		faults_add(faults, follow->at, "'%s': no such ISP in this file",
			   follow->isp);
}

/**
 * check_faults() - what contradicts itself in a policy
 * @policy: the policy
 * @faults: where to note it
 */
void check_faults(const struct policy *policy, struct faults *faults)
{
	size_t i;

	check_sources(policy, faults);
	check_destinations(policy, faults);
	for (i = 0; i < policy->n_overlays; i++)
		check_overlay(policy, &policy->overlays[i], faults);
	for (i = 0; i < policy->n_follows; i++)
		check_follow(policy, &policy->follows[i], faults);
	if (policy->n_overlays > 1)
		check_twins(policy, faults);
}

/* Warnings */

/**
 * warn_in() - warn, and note it for the report
 * @warnings: the report's array, or NULL
 * @format: a sentence
 */
void warn_in(json_t *warnings, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	warn("%s", text);
	if (warnings)
		json_array_append_new(warnings, json_text(text));
}

/**
 * struct warner - warnings of one kind, of which there may be a million
 * @policy: the policy, for its files; what was written nowhere needs none
 * @warnings: the report's array
 * @count: how many there were
 */
struct warner {
	const struct policy *policy;
	json_t *warnings;
	size_t count;
};

/* Counts one more; whether it is one of those that are spelled out */
static bool is_example(struct warner *warner)
{
	return warner->count++ < EXAMPLES;
}

static void warn_at(struct warner *warner, struct place at,
		    const char *format, ...) PRINTF(3, 4);

static void warn_at(struct warner *warner, struct place at,
		    const char *format, ...)
{
	char text[512];
	const char *place = "";
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (at.line)
		place = place_text(warner->policy, at);
	warn_in(warner->warnings, "%s%s%s", place, *place ? ": " : "", text);
}

static void warn_rest(struct warner *warner)
{
	if (warner->count > EXAMPLES)
		warn_in(warner->warnings, "and %zu more like these",
			warner->count - EXAMPLES);
	warner->count = 0;
}

static void each_isp(struct warner *warner,
		     void (*check)(struct warner *warner,
				   const struct isp *isp))
{
	size_t i;

	for (i = 0; i < warner->policy->n_isps; i++)
		check(warner, &warner->policy->isps[i]);
	warn_rest(warner);
}

static void each_overlay(struct warner *warner,
			 void (*check)(struct warner *warner,
				       const struct overlay *overlay))
{
	size_t i;

	for (i = 0; i < warner->policy->n_overlays; i++)
		check(warner, &warner->policy->overlays[i]);
	warn_rest(warner);
}

/**
 * check_no_relay() - what it means for an ISP to have no relay
 * @isp: the ISP
 *
 * Return: that, in words.
 */
const char *check_no_relay(const struct isp *isp)
{
	switch (isp->policy) {
	case OBPBL_POLICY_RELAY_ONLY:
		return "its dynamic customers cannot reach port 25 anywhere";
	case OBPBL_POLICY_TARGETS:
		return "its quarantined customers cannot reach port 25 anywhere";
	}
	return "its dynamic customers can only reach port 25 inside its space";
}

static bool has(const struct isp *isp, int class)
{
	return prefixes_count(&isp->lists[class]);
}

static void warn_no_relay(struct warner *warner, const struct isp *isp)
{
	if (!has(isp, OBPBL_CLASS_RELAY) && is_example(warner))
		warn_at(warner, isp->at, "isp %s has no relay: %s", isp->name,
			check_no_relay(isp));
}

static void warn_no_dynamic(struct warner *warner, const struct isp *isp)
{
	if (!has(isp, OBPBL_CLASS_DYNAMIC) && is_example(warner))
		warn_at(warner, isp->at, "isp %s has no dynamic prefixes: nothing of it is blocked, dynamic sessions aside",
			isp->name);
}

static void warn_no_target(struct warner *warner, const struct isp *isp)
{
	if (isp->policy == OBPBL_POLICY_TARGETS &&
	    !has(isp, OBPBL_CLASS_TARGET) && is_example(warner))
		warn_at(warner, isp->at, "isp %s has no target: its policy blocks nothing of its dynamic customers",
			isp->name);
}

/**
 * struct owner - the most specific source entry around a relay
 * @class: its class; 0: there is none
 * @len: its length
 */
struct owner {
	uint8_t class;
	uint8_t len;
};

/**
 * struct claims - the source entries around the relays of an ISP
 * @relays: the relays, in order
 * @owners: of each
 * @hints: by family, bits of the first 16 bits that any of them has, since
 *	there may be a million entries that are far from all
 */
struct claims {
	struct refs relays;
	struct owner *owners;
	uint8_t hints[2][8192];
};

static uint8_t *hint(struct claims *claims, const struct prefix *p)
{
	return &claims->hints[p->family == 6][p->addr[0] << 5 |
					      p->addr[1] >> 3];
}

/* Relays that a source entry holds, and no more specific one yet */
static void claim(struct claims *claims, const struct prefix *p, int class)
{
	const struct refs *relays = &claims->relays;
	size_t low = 0, high = relays->n, middle;
	struct owner *owners = claims->owners;
	struct prefix relay;

	if (p->len >= 16 && !(*hint(claims, p) & 1 << (p->addr[1] & 7)))
		return;
	while (low < high) {
		middle = low + (high - low) / 2;
		refs_prefix(&relays->list[middle], &relay);
		if (cidr_order(&relay, p) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < relays->n; low++) {
		refs_prefix(&relays->list[low], &relay);
		if (!cidr_covers(p, &relay))
			break;
		if (!owners[low].class || p->len >= owners[low].len)
			owners[low] = (struct owner){ class, p->len };
	}
}

static void claim_all(const struct policy *policy, const struct isp *isp,
		      struct claims *claims)
{
	const struct overlay *overlay;
	struct prefix p;
	size_t i, j;
	int class;

	for (i = 0; i < SOURCES; i++) {
		class = source_classes[i];
		for (j = 0; prefixes_get(&isp->lists[class], j, &p); j++)
			claim(claims, &p, class);
	}
	for (i = 0; i < policy->n_overlays; i++) {
		overlay = &policy->overlays[i];
		if (!strcmp(overlay->isp, isp->name) &&
		    overlay->class == OBPBL_CLASS_EXEMPT &&
		    !overlay->to.family && !*overlay->dev &&
		    (!overlay->until || overlay->until > (uint64_t)time(NULL)))
			claim(claims, &overlay->prefix, OBPBL_CLASS_EXEMPT);
	}
}

/* Customers reach it, but what it sends itself is judged as theirs is. */
static void warn_relays(struct warner *warner, const struct isp *isp)
{
	const struct prefixes *list = &isp->lists[OBPBL_CLASS_RELAY];
	struct claims claims = { 0 };
	struct refs *relays = &claims.relays;
	struct prefix p;
	size_t i;

	if (!prefixes_count(list))
		return;
	refs_add_list(relays, list, 0, 0, 0);
	refs_sort(relays);
	claims.owners = xcalloc(relays->n, sizeof(*claims.owners));
	for (i = 0; i < relays->n; i++) {
		refs_prefix(&relays->list[i], &p);
		*hint(&claims, &p) |= 1 << (p.addr[1] & 7);
	}
	claim_all(warner->policy, isp, &claims);
	for (i = 0; i < relays->n; i++) {
		refs_prefix(&relays->list[i], &p);
		if (claims.owners[i].class == OBPBL_CLASS_DYNAMIC &&
		    is_example(warner))
			warn_at(warner, prefixes_place(list,
						       relays->list[i].index),
				"relay %s is inside the dynamic prefixes of isp %s: what it sends is judged as a customer's",
				cidr_print(&p), isp->name);
	}
	free(claims.owners);
	refs_free(relays);
}

/**
 * struct nest - prefixes of which each is inside the one before
 * @depth: how many
 * @refs: they; as many as there are lengths
 * @prefixes: likewise
 */
struct nest {
	size_t depth;
	const struct ref *refs[129];
	struct prefix prefixes[129];
};

/* What is around the next prefix in order; NULL: nothing is */
static const struct ref *enter(struct nest *nest, const struct ref *ref,
			       const struct prefix *p)
{
	const struct ref *around = NULL;
	const struct prefix *outer;

	for (; nest->depth; nest->depth--) {
		around = nest->refs[nest->depth - 1];
		outer = &nest->prefixes[nest->depth - 1];
		if (!memcmp(around->key, ref->key, REF_SCOPE) &&
		    outer->len < p->len && cidr_covers(outer, p))
			break;
		around = NULL;
	}
	nest->refs[nest->depth] = ref;
	nest->prefixes[nest->depth++] = *p;
	return around;
}

/**
 * struct claimed - source prefixes, some of which may be inside another ISP's
 * @policy: the ISPs
 * @list: the prefixes that are asked about; NULL: all are, with the overlays
 * @refs: all of them
 */
struct claimed {
	const struct policy *policy;
	const struct prefixes *list;
	struct refs refs;
};

static void warn_taken_one(struct warner *warner, const struct claimed *claimed,
			   const struct ref *ref, const struct ref *around)
{
	const char *isp = claimed->policy->isps[ref->isp].name;
	const char *other = claimed->policy->isps[around->isp].name;
	const char *word, *whole;
	int class = ref->class & ~REF_ASKED;
	struct ref plain = *ref;
	struct place at;
	struct prefix p;

	if (!is_example(warner))
		return;
	plain.class = class;
	at = claimed->list ? prefixes_place(claimed->list, ref->index) :
			     ref_place(claimed->policy, &plain);
	refs_prefix(around, &p);
	whole = cidr_print(&p);
	refs_prefix(ref, &p);
	word = cidr_print(&p);
	if (class > OBPBL_CLASS_TARGET)
		warn_at(warner, at, "%s is inside %s of isp %s", word, whole,
			other);
	else
		warn_at(warner, at, "%s %s of isp %s is inside %s of isp %s: these addresses become %s's",
			names_word(&class_names, class), word, isp, whole,
			other, isp);
}

/* Of entries of one prefix the last counts; one that was there took it. */
static void warn_taken(struct warner *warner, struct claimed *claimed)
{
	const struct ref *ref, *next, *end, *around;
	struct nest nest = { 0 };
	struct prefix p;
	bool asked;

	refs_sort(&claimed->refs);
	end = claimed->refs.list + claimed->refs.n;
	for (ref = claimed->refs.list; ref < end; ref = next) {
		asked = ref->class & REF_ASKED;
		for (next = ref + 1; next < end &&
		     !memcmp(next->key, ref->key, REF_KEY); next++)
			asked &= !!(next->class & REF_ASKED);
		refs_prefix(ref, &p);
		around = enter(&nest, next - 1, &p);
		if (asked && around && around->isp != ref->isp)
			warn_taken_one(warner, claimed, next - 1, around);
	}
	warn_rest(warner);
	refs_free(&claimed->refs);
}

static void claim_sources(struct claimed *claimed, const uint16_t *scopes)
{
	const struct policy *policy = claimed->policy;
	size_t i, j;

	for (i = 0; i < policy->n_isps; i++)
		for (j = 0; j < SOURCES; j++)
			refs_add_list(&claimed->refs,
				      &policy->isps[i].lists[source_classes[j]],
				      scopes[i], i, source_classes[j]);
}

static void warn_nested(struct warner *warner)
{
	struct claimed claimed = { .policy = warner->policy };
	uint16_t *scopes;
	size_t i;

	if (claimed.policy->n_isps < 2)
		return;
	scopes = scopes_of(claimed.policy);
	claim_sources(&claimed, scopes);
	add_overlays(claimed.policy, scopes, &claimed.refs);
	for (i = 0; i < claimed.refs.n; i++)
		claimed.refs.list[i].class |= REF_ASKED;
	warn_taken(warner, &claimed);
	free(scopes);
}

/* What is inside the space of its ISP, or what is not. */
static void check_inside(struct warner *warner, const struct isp *isp,
			 int class, bool inside, const char *text)
{
	const struct prefixes *list = &isp->lists[class];
	struct ranges space;
	struct prefix p;
	size_t i;

	ranges_make(&space, &isp->lists[OBPBL_CLASS_SPACE]);
	for (i = 0; prefixes_get(list, i, &p); i++)
		if (ranges_hold(&space, &p) == inside && is_example(warner))
			warn_at(warner, prefixes_place(list, i),
				"%s %s is %s the space of isp %s: %s",
				names_word(&class_names, class), cidr_print(&p),
				inside ? "inside" : "outside", isp->name, text);
	ranges_free(&space);
}

static void warn_dynamic(struct warner *warner, const struct isp *isp)
{
	check_inside(warner, isp, OBPBL_CLASS_DYNAMIC, false,
		     "mail between the two counts as outbound");
}

static void warn_target(struct warner *warner, const struct isp *isp)
{
	check_inside(warner, isp, OBPBL_CLASS_TARGET, true,
		     "dynamic customers cannot reach port 25 there, although it is the ISP's own network");
}

/* At one prefix static comes before dynamic. */
static void warn_twofold(struct warner *warner, const struct isp *isp)
{
	const struct prefixes *list = &isp->lists[OBPBL_CLASS_STATIC];
	struct refs refs = { 0 };
	struct prefix p;
	size_t i;

	if (!prefixes_count(list))
		return;
	refs_add_list(&refs, list, 0, 0, OBPBL_CLASS_STATIC);
	refs_add_list(&refs, &isp->lists[OBPBL_CLASS_DYNAMIC], 0, 0,
		      OBPBL_CLASS_DYNAMIC);
	refs_sort(&refs);
	for (i = 1; i < refs.n; i++) {
		const struct ref *a = &refs.list[i - 1], *b = &refs.list[i];

		if (memcmp(a->key, b->key, REF_KEY) || a->class == b->class ||
		    !is_example(warner))
			continue;
		refs_prefix(a, &p);
		warn_at(warner, prefixes_place(list, a->class ==
					       OBPBL_CLASS_STATIC ?
					       a->index : b->index),
			"%s of isp %s is both static and dynamic: static counts, and nothing of it is blocked",
			cidr_print(&p), isp->name);
	}
	refs_free(&refs);
}

/* An address that was mistyped looks like any other. */
static void warn_strangers(struct warner *warner, const struct isp *isp)
{
	const struct policy *policy = warner->policy;
	struct ranges home[SOURCES] = { 0 };
	const struct overlay *overlay;
	bool made = false;
	size_t i, j;

	for (i = 0; i < policy->n_overlays; i++) {
		overlay = &policy->overlays[i];
		if (strcmp(overlay->isp, isp->name))
			continue;
		for (j = 0; !made && j < SOURCES; j++)
			ranges_make(&home[j], &isp->lists[source_classes[j]]);
		made = true;
		for (j = 0; j < SOURCES; j++)
			if (ranges_hold(&home[j], &overlay->prefix))
				break;
		if (j == SOURCES && is_example(warner))
			warn_at(warner, overlay->at, "%s is not inside the prefixes of isp %s",
				overlay_name(overlay), isp->name);
	}
	for (j = 0; j < SOURCES; j++)
		ranges_free(&home[j]);
}

/* What it means that a class holds a /0 */
static const char *const everything[] = {
	[OBPBL_CLASS_DYNAMIC] = "every source of this family is judged as its customer",
	[OBPBL_CLASS_STATIC] = "every other source of this family passes",
	[OBPBL_CLASS_SPACE] = "no destination of this family is outside",
	[OBPBL_CLASS_RELAY] = "every destination of this family is reachable",
	[OBPBL_CLASS_TARGET] = "every destination of this family is a target",
	[OBPBL_CLASS_EXEMPT] = "every source of this family passes",
	[OBPBL_CLASS_QUARANTINE] = "every source of this family can reach relays only",
};

static void warn_whole(struct warner *warner, const struct isp *isp)
{
	const struct prefixes *list;
	struct prefix p;
	size_t i;
	int class;

	for_each_class(class) {
		list = &isp->lists[class];
		for (i = 0; prefixes_get(list, i, &p); i++)
			if (!p.len && is_example(warner))
				warn_at(warner, prefixes_place(list, i),
					"%s of isp %s holds %s: %s",
					names_word(&class_names, class),
					isp->name, cidr_print(&p),
					everything[class]);
	}
}

static void warn_whole_overlay(struct warner *warner,
			       const struct overlay *overlay)
{
	if (!overlay->prefix.len && is_example(warner))
		warn_at(warner, overlay->at, "%s of isp %s: %s",
			overlay_name(overlay), overlay->isp,
			everything[overlay->class]);
}

static void warn_mapped_one(struct warner *warner, const struct prefix *p,
			    struct place at)
{
	const char *mapped = cidr_mapped(p);

	if (mapped && is_example(warner))
		warn_at(warner, at, "%s", mapped);
}

static void warn_mapped(struct warner *warner, const struct isp *isp)
{
	const struct prefixes *list;
	struct prefix p;
	size_t i;
	int class;

	for_each_class(class) {
		list = &isp->lists[class];
		for (i = list->of[V4].n; prefixes_get(list, i, &p); i++)
			warn_mapped_one(warner, &p, prefixes_place(list, i));
	}
}

static void warn_mapped_overlay(struct warner *warner,
				const struct overlay *overlay)
{
	warn_mapped_one(warner, &overlay->prefix, overlay->at);
	warn_mapped_one(warner, &overlay->to, overlay->at);
}

static void warn_endless(struct warner *warner, const struct overlay *overlay)
{
	if (!overlay->until && is_example(warner))
		warn_at(warner, overlay->at, "%s has no end: it holds until somebody removes it",
			overlay_name(overlay));
}

/**
 * check_ended() - warn of exemptions and quarantines whose end has come
 * @policy: the policy
 * @kept: of those that have the end of their first time, or of the others
 * @warnings: the report's array, or NULL
 */
void check_ended(const struct policy *policy, bool kept, json_t *warnings)
{
	struct warner warner = { policy, warnings, 0 };
	const struct overlay *overlay;
	uint64_t now = time(NULL);
	size_t i;

	for (i = 0; i < policy->n_overlays; i++) {
		overlay = &policy->overlays[i];
		if (overlay->until && overlay->until <= now &&
		    overlay->from_now == kept && is_example(&warner))
			warn_at(&warner, overlay->at, "%s ended at %s: it has no effect",
				overlay_name(overlay),
				print_time(overlay->until));
	}
	warn_rest(&warner);
}

/* What is added at run time stays through an apply. */
static void warn_unkept(struct warner *warner)
{
	const struct policy *policy = warner->policy;
	size_t i;

	for (i = 0; i < policy->n_follows; i++)
		if (!policy->follows[i].file &&
		    policy->follows[i].class <= OBPBL_CLASS_TARGET &&
		    is_example(warner))
			warn_at(warner, policy->follows[i].at, "follow %s has no file: each apply removes what it has mirrored, until it puts that back",
				policy->follows[i].name);
	warn_rest(warner);
}

static void check_notes(struct warner *warner)
{
	const struct faults *notes = &warner->policy->notes;
	size_t i;

	for (i = 0; i < notes->n; i++)
		if (is_example(warner))
			warn_at(warner, notes->list[i].at, "%s",
				notes->list[i].text);
	warn_rest(warner);
}

/**
 * check_no_isp() - a file without an ISP is at fault
 * @policy: what it says
 * @more: what to say besides
 * @faults: where to note it
 *
 * As what a program that failed has written: it would open port 25.
 */
void check_no_isp(const struct policy *policy, const char *more,
		  struct faults *faults)
{
	const struct place whole = { 0 };

	if (!policy->n_isps)
		faults_add(faults, whole, "there is no ISP in it%s", more);
}

/**
 * check_warnings() - warn of what may be a mistake in a policy
 * @policy: the policy, without faults
 * @warnings: the report's array, or NULL
 */
void check_warnings(const struct policy *policy, json_t *warnings)
{
	struct warner warner = { policy, warnings, 0 };

	if (!policy->n_isps)
		warn_in(warnings, "there is no ISP in it: nothing will be blocked");
	check_notes(&warner);
	warn_unkept(&warner);
	each_isp(&warner, warn_no_relay);
	each_isp(&warner, warn_no_dynamic);
	each_isp(&warner, warn_no_target);
	each_isp(&warner, warn_relays);
	warn_nested(&warner);
	each_isp(&warner, warn_dynamic);
	each_isp(&warner, warn_target);
	each_isp(&warner, warn_twofold);
	each_isp(&warner, warn_strangers);
	each_isp(&warner, warn_whole);
	each_overlay(&warner, warn_whole_overlay);
	each_isp(&warner, warn_mapped);
	each_overlay(&warner, warn_mapped_overlay);
	each_overlay(&warner, warn_endless);
	check_ended(policy, false, warnings);
}

static void warn_shadow(struct warner *warner, const struct isp *isp)
{
	if (isp->mode != OBPBL_MODE_ENFORCE && is_example(warner))
		warn_at(warner, isp->at, "isp %s is in mode %s in the shadow: nothing of it counts as blocked",
			isp->name, names_word(&mode_names, isp->mode));
}

/**
 * check_shadow() - warn of what a policy does not show as a shadow
 * @policy: the policy, without faults
 * @warnings: the report's array, or NULL
 */
void check_shadow(const struct policy *policy, json_t *warnings)
{
	struct warner warner = { policy, warnings, 0 };

	each_isp(&warner, warn_shadow);
}

static void check_claims(const struct policy *around, size_t isp,
			 const struct policy *files, int class,
			 const struct prefixes *list)
{
	struct claimed claimed = { .policy = around, .list = list };
	struct warner warner = { .policy = files };
	uint16_t *scopes = scopes_of(around);

	claim_sources(&claimed, scopes);
	refs_add_list(&claimed.refs, list, scopes[isp], isp, class | REF_ASKED);
	warn_taken(&warner, &claimed);
	free(scopes);
}

/**
 * check_added() - warn of what may be a mistake in prefixes that were added
 * @list: the prefixes
 * @asked: those of which @around knows
 * @class: their class, enum obpbl_class
 * @name: their ISP
 * @around: what was there before, as of owners_read()
 * @files: for the places where they were written, or NULL
 */
void check_added(const struct prefixes *list, const struct prefixes *asked,
		 int class, const char *name, const struct policy *around,
		 const struct policy *files)
{
	const struct isp *isp = policy_find_isp(around, name);
	struct warner warner = { .policy = files };
	struct isp added = { 0 };

	if (isp && class != OBPBL_CLASS_RELAY && class != OBPBL_CLASS_TARGET)
		check_claims(around, isp - around->isps, files, class, asked);
	if (class > OBPBL_CLASS_TARGET)
		return;
	snprintf(added.name, sizeof(added.name), "%s", name);
	added.lists[class] = *list;
	warn_whole(&warner, &added);
	warn_rest(&warner);
	if (files)
		warn_mapped(&warner, &added);
	warn_rest(&warner);
}

/**
 * check_outside() - warn of pools that are outside the space of their ISP
 * @list: the pools
 * @name: the ISP
 * @files: for the places where they were written, or NULL
 */
void check_outside(const struct prefixes *list, const char *name,
		   const struct policy *files)
{
	struct warner warner = { .policy = files };
	struct isp isp = { 0 };

	snprintf(isp.name, sizeof(isp.name), "%s", name);
	isp.lists[OBPBL_CLASS_DYNAMIC] = *list;
	warn_dynamic(&warner, &isp);
	warn_rest(&warner);
}

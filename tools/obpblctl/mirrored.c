// SPDX-License-Identifier: GPL-2.0-only
/*
 * What 'follow' has mirrored, as a part of the policy of a config file
 *
 * A file is all that there is after an apply, so the prefixes in the list of a
 * follow section are taken as if they were written in it; else port 25 would be
 * open to them until follow has put them back.  The list is no operator's, so
 * what contradicts the file itself is left out of it, and refuses nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "list.h"
#include "mirrored.h"
#include "sort.h"

#define REF_MIRRORED 0x8000	/* in the class: from a list; then @isp is a section */

/**
 * struct mirrored - the lists of all sections
 * @policy: what the file says
 * @faults: where to note what is wrong
 * @lists: of each section
 * @isps: index of the ISP of each
 * @refs: what the file says itself, and then what they say
 */
struct mirrored {
	struct policy *policy;
	struct faults *faults;
	struct prefixes *lists;
	size_t *isps;
	struct refs refs;
};

static bool is_source(int class)
{
	return class != OBPBL_CLASS_RELAY && class != OBPBL_CLASS_TARGET;
}

/* Within which a prefix has one owner: destinations are each ISP's own. */
static uint16_t scope_of(const struct policy *policy, size_t isp, int class)
{
	size_t i;

	if (!is_source(class))
		return policy->n_isps + isp;
	for (i = 0; i < isp; i++)
		if (!strcmp(policy->isps[i].vrf, policy->isps[isp].vrf))
			break;
	return i;
}

static void add_said(struct mirrored *mirrored)
{
	const struct policy *policy = mirrored->policy;
	const struct overlay *overlay;
	const struct isp *isp;
	size_t i;
	int class;

	for (i = 0; i < policy->n_isps; i++)
		for_each_class(class)
			refs_add_list(&mirrored->refs,
				      &policy->isps[i].lists[class],
				      scope_of(policy, i, class), i, class);
	for (i = 0; i < policy->n_overlays; i++) {
		overlay = &policy->overlays[i];
		isp = policy_find_isp(policy, overlay->isp);
		if (isp && overlay->prefix.family)
			refs_add(&mirrored->refs, &overlay->prefix,
				 scope_of(policy, isp - policy->isps,
					  overlay->class),
				 isp - policy->isps, overlay->class, i);
	}
}

/* One that is not there is of a table that nobody has followed yet. */
static void read_list(struct mirrored *mirrored, size_t i)
{
	const struct follow *follow = &mirrored->policy->follows[i];
	const struct isp *isp;
	const char *why = NULL;

	isp = policy_find_isp(mirrored->policy, follow->isp);
	if (!isp || !follow->file || follow->class > OBPBL_CLASS_TARGET)
		return;
	if (!access(follow->file, F_OK) || errno != ENOENT)
		why = list_read(follow->file, mirrored->policy,
				&mirrored->lists[i], mirrored->faults);
	if (why)
		faults_add(mirrored->faults, follow->at,
			   "'%s': its file %s %s", follow->name, follow->file,
			   why);
	mirrored->isps[i] = isp - mirrored->policy->isps;
	refs_add_list(&mirrored->refs, &mirrored->lists[i],
		      scope_of(mirrored->policy, mirrored->isps[i],
			       follow->class), i, follow->class | REF_MIRRORED);
}

/* One of a list, if nobody has it */
static void take(struct mirrored *mirrored, const struct ref *ref,
		 const struct ref *owner, uint32_t *seen)
{
	const struct prefixes *list = &mirrored->lists[ref->isp];
	struct policy *policy = mirrored->policy;
	struct isp *isp = &policy->isps[mirrored->isps[ref->isp]];
	const struct isp *other = &policy->isps[owner->class & REF_MIRRORED ?
						mirrored->isps[owner->isp] :
						owner->isp];
	const int class = ref->class & ~REF_MIRRORED;
	struct prefix p;

	refs_prefix(ref, &p);
	if (other != isp)
		faults_add(&policy->notes, prefixes_place(list, ref->index),
			   "%s is mirrored for isp %s, and left out, since isp %s has it",
			   cidr_print(&p), isp->name, other->name);
	else if (!(*seen & 1u << class))
		prefixes_add(&isp->lists[class], &p,
			     prefixes_place(list, ref->index));
	if (other == isp)
		*seen |= 1u << class;
}

/* Of one prefix, what the file itself says comes first. */
static void take_all(struct mirrored *mirrored)
{
	const struct ref *ref, *first, *end;
	uint32_t seen = 0;

	refs_sort(&mirrored->refs);
	end = mirrored->refs.list + mirrored->refs.n;
	for (ref = first = mirrored->refs.list; ref < end; ref++) {
		if (memcmp(ref->key, first->key, REF_KEY)) {
			first = ref;
			seen = 0;
		}
		if (ref->class & REF_MIRRORED)
			take(mirrored, ref, first, &seen);
		else
			seen |= 1u << ref->class;
	}
}

/**
 * mirrored_add() - add what the lists of follow sections have to a policy
 * @policy: what a config file says
 * @faults: where to note what is wrong with them
 */
void mirrored_add(struct policy *policy, struct faults *faults)
{
	struct mirrored mirrored = { .policy = policy, .faults = faults };
	size_t i, total = faults->total;

	if (!policy->n_follows)
		return;
	mirrored.lists = xcalloc(policy->n_follows, sizeof(*mirrored.lists));
	mirrored.isps = xcalloc(policy->n_follows, sizeof(*mirrored.isps));
	add_said(&mirrored);
	for (i = 0; i < policy->n_follows; i++)
		read_list(&mirrored, i);
	if (faults->total == total)
		take_all(&mirrored);
	for (i = 0; i < policy->n_follows; i++)
		prefixes_free(&mirrored.lists[i]);
	refs_free(&mirrored.refs);
	free(mirrored.lists);
	free(mirrored.isps);
}

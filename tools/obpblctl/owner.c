// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose addresses are, before a change takes them and after it
 *
 * A prefix inside another ISP's takes its addresses from that one, which the
 * kernel has no reason to refuse.  The kernel is asked of prefixes as of the
 * packets of their first and last address, whatever the size of the policy; of a
 * long list, of so many all along it: a list of the wrong ISP has more than one.
 *
 * It is for warnings: where something cannot be learnt, nothing is said of it,
 * and a line of a batch, which is one message, does not ask.
 */
#include <errno.h>
#include <string.h>

#include "check.h"
#include "owner.h"

#define ASKED 256

static void take_owner(const struct nlattr **a, void *data)
{
	struct owner *owner = data;

	nl_isp(a[OBPBL_A_ISP], owner->isp);
	owner->class = nl_u8(a[OBPBL_A_SRC_CLASS]);
	owner->len = nl_u8(a[OBPBL_A_SRC_LEN]);
	owner->dst_class = nl_u8(a[OBPBL_A_DST_CLASS]);
}

/**
 * owner_ask() - whose an address is
 * @nl: the socket
 * @address: the address
 * @dev: where packets from it come in, such as a VRF; empty: anywhere
 * @owner: where to put it
 *
 * Return: 0 or errno.
 */
int owner_ask(struct nl *nl, const struct prefix *address, const char *dev,
	      struct owner *owner)
{
	size_t size = cidr_bits(address) / 8;
	struct nlmsghdr *request;
	int error = 0;

	memset(owner, 0, sizeof(*owner));
	request = nl_request(nl, OBPBL_CMD_TEST, NLM_F_ACK);
	mnl_attr_put(request, OBPBL_A_SRC, size, address->addr);
	mnl_attr_put(request, OBPBL_A_DST, size, address->addr);
	if (*dev)
		mnl_attr_put_strz(request, OBPBL_A_DEV, dev);
	if (!nl_talk(nl, request, take_owner, owner))
		error = nl->refusal.error;
	nl_forget(nl);
	return error;
}

/**
 * owner_device() - whether the namespace of a socket has a device
 * @nl: the socket
 * @dev: its name
 *
 * Return: whether it has, or may have.
 */
bool owner_device(struct nl *nl, const char *dev)
{
	const struct prefix any = { .family = 4 };
	struct owner owner;

	return owner_ask(nl, &any, dev, &owner) != ENODEV;
}

/* The ISP; whether there is one of the name */
static bool read_isp(struct nl *nl, const char *name, struct policy *policy)
{
	struct nlmsghdr *request;
	bool found;

	request = nl_request(nl, OBPBL_CMD_ISP_GET, NLM_F_ACK);
	mnl_attr_put_strz(request, OBPBL_A_ISP, name);
	found = nl_talk(nl, request, kernel_take_isp, policy_add_isp(policy));
	if (!found)
		policy_drop_isp(policy);
	nl_forget(nl);
	return found;
}

/* The first address of a prefix, and the last */
static void ends(const struct prefix *p, struct prefix ends[2])
{
	unsigned int bit, bits = cidr_bits(p);

	ends[0] = ends[1] = *p;
	ends[0].len = ends[1].len = bits;
	for (bit = p->len; bit < bits; bit++)
		ends[1].addr[bit / 8] |= 0x80 >> bit % 8;
}

/* What decides of an address is around the prefix, or at it, or inside. */
static void note(struct policy *policy, const struct prefix *address,
		 const struct owner *owner)
{
	const struct place nowhere = { 0 };
	struct prefix p = *address;
	struct isp *isp;

	isp = policy_find_isp(policy, owner->isp);
	if (!isp) {
		isp = policy_add_isp(policy);
		strcpy(isp->name, owner->isp);
		strcpy(isp->vrf, policy->isps[0].vrf);
	}
	if (owner->len < p.len)
		p.len = owner->len;
	cidr_network(&p);
	prefixes_add(&isp->lists[OBPBL_CLASS_SPACE], &p, nowhere);
}

/**
 * owners_read() - what is around prefixes that are to be added
 * @nl: the socket
 * @isp: the ISP that is to have them
 * @list: the prefixes
 * @owners: where to put it
 */
void owners_read(struct nl *nl, const char *isp, const struct prefixes *list,
		 struct owners *owners)
{
	size_t i, j, step = (prefixes_count(list) + ASKED - 1) / ASKED;
	struct policy *policy = &owners->policy;
	char vrf[OBPBL_DEV_NAME_SIZE];
	struct prefix p, addresses[2];
	struct owner owner;

	memset(owners, 0, sizeof(*owners));
	if (options.lines || !read_isp(nl, isp, policy))
		return;
	strcpy(vrf, policy->isps[0].vrf);
	for (i = 0; prefixes_get(list, i, &p); i += step) {
		prefixes_add(&owners->asked, &p, prefixes_place(list, i));
		ends(&p, addresses);
		for (j = 0; j < (p.len < cidr_bits(&p) ? 2 : 1); j++)
			if (!owner_ask(nl, &addresses[j], vrf, &owner) && *owner.isp)
				note(policy, &addresses[j], &owner);
	}
}

/* Of a pool that is there now the kernel says whether it is in the space. */
static void keep_outside(struct nl *nl, const char *isp, const char *vrf,
			 const struct prefixes *list, struct prefixes *outside)
{
	struct prefix p, addresses[2];
	struct owner owner;
	size_t i, j;

	for (i = 0; prefixes_get(list, i, &p); i++) {
		ends(&p, addresses);
		for (j = 0; j < 2; j++)
			if (!owner_ask(nl, &addresses[j], vrf, &owner) &&
			    !strcmp(owner.isp, isp) && !owner.dst_class)
				break;
		if (j < 2)
			prefixes_add(outside, &p, prefixes_place(list, i));
	}
}

/**
 * owners_tell() - warn of what may be a mistake in prefixes that were added
 * @nl: the socket
 * @isp: the ISP that has them
 * @class: their class, enum obpbl_class
 * @list: the prefixes
 * @files: for the places where they were written, or NULL
 * @owners: what was around them before
 */
void owners_tell(struct nl *nl, const char *isp, int class,
		 const struct prefixes *list, const struct policy *files,
		 struct owners *owners)
{
	struct policy *policy = &owners->policy;
	struct prefixes outside = { 0 };

	check_added(list, &owners->asked, class, isp, policy, files);
	if (class != OBPBL_CLASS_DYNAMIC || !policy->n_isps)
		return;
	keep_outside(nl, isp, policy->isps[0].vrf, &owners->asked, &outside);
	check_outside(&outside, isp, files);
	prefixes_free(&outside);
}

/**
 * owners_free() - free what was read
 * @owners: it, empty afterwards
 */
void owners_free(struct owners *owners)
{
	policy_free(&owners->policy);
	prefixes_free(&owners->asked);
	memset(owners, 0, sizeof(*owners));
}

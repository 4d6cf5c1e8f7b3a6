// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is running in the kernel
 *
 * Each dump is of one generation, but several of them need not be of the
 * same one; so they are compared, and begun again when they differ.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "kernel.h"

#define TRIES 20

static void take_glance(const struct nlattr **a, void *data)
{
	struct glance *glance = data;

	glance->generation = nl_u64(a[OBPBL_A_GENERATION]);
	nl_text(a[OBPBL_A_VERSION], glance->version, sizeof(glance->version));
	glance->protocol = nl_u32(a[OBPBL_A_PROTOCOL]);
	glance->ceiling = nl_u8(a[OBPBL_A_CEILING]);
	glance->isps = nl_u32(a[OBPBL_A_ISPS]);
	glance->prefixes = nl_u32(a[OBPBL_A_PREFIXES]);
	glance->overlays = nl_u32(a[OBPBL_A_OVERLAYS]);
	glance->bytes = nl_u64(a[OBPBL_A_BYTES]);
	glance->max_prefixes = nl_u32(a[OBPBL_A_MAX_PREFIXES]);
	glance->max_overlays = nl_u32(a[OBPBL_A_MAX_OVERLAYS]);
	glance->sources = nl_u32(a[OBPBL_A_SOURCES]);
	glance->max_sources = nl_u32(a[OBPBL_A_MAX_SOURCES]);
	glance->sessions = nl_u32(a[OBPBL_A_SESSIONS]);
	glance->max_sessions = nl_u32(a[OBPBL_A_MAX_SESSIONS]);
	glance->owner = nl_u32(a[OBPBL_A_OWNER]);
	glance->confirm = a[OBPBL_A_CONFIRM];
	glance->confirm_left = nl_u32(a[OBPBL_A_CONFIRM]);
	glance->confirm_generation = nl_u64(a[OBPBL_A_CONFIRM_GENERATION]);
	glance->expired = nl_u64(a[OBPBL_A_EXPIRED]);
	glance->shadow_since = nl_u64(a[OBPBL_A_SHADOW_SINCE]);
}

/**
 * kernel_glance() - the namespace at a glance
 * @nl: the socket
 * @glance: where to put it
 *
 * Return: STATUS_OK or STATUS_FAILED.
 */
int kernel_glance(struct nl *nl, struct glance *glance)
{
	memset(glance, 0, sizeof(*glance));
	return nl_talk(nl, nl_request(nl, OBPBL_CMD_GET, NLM_F_ACK),
		       take_glance, glance) ? STATUS_OK : nl_fail(nl);
}

/**
 * struct reading - the state of reading the running policy
 * @policy: where to put it
 * @started: whether the generation is known
 * @torn: whether there was another one
 */
struct reading {
	struct policy *policy;
	bool started;
	bool torn;
};

static void see_generation(struct reading *reading, const struct nlattr *attr)
{
	uint64_t generation = nl_u64(attr);

	if (reading->started && reading->policy->generation != generation)
		reading->torn = true;
	reading->policy->generation = generation;
	reading->started = true;
}

static void take_counts(const struct nlattr *attr, struct isp *isp)
{
	size_t size = attr ? mnl_attr_get_payload_len(attr) : 0;

	if (size > sizeof(isp->counts))
		size = sizeof(isp->counts);
	if (size)
		memcpy(isp->counts, mnl_attr_get_payload(attr), size);
}

/**
 * kernel_take_isp() - the ISP of an answer
 * @a: attributes of the answer
 * @data: struct isp, where to put it
 */
void kernel_take_isp(const struct nlattr **a, void *data)
{
	struct isp *isp = data;

	nl_isp(a[OBPBL_A_ISP], isp->name);
	fields_take(a, isp_fields, isp);
	isp->sessions = nl_u32(a[OBPBL_A_SESSIONS]);
	take_counts(a[OBPBL_A_CLASS_COUNTS], isp);
}

static void take_isp(const struct nlattr **a, void *data)
{
	struct reading *reading = data;

	see_generation(reading, a[OBPBL_A_GENERATION]);
	if (a[OBPBL_A_ISP])
		kernel_take_isp(a, policy_add_isp(reading->policy));
}

/**
 * kernel_take_packed() - the prefixes of an answer
 * @a: its attributes
 * @data: struct prefixes, where to add them
 */
void kernel_take_packed(const struct nlattr **a, void *data)
{
	static const uint16_t attrs[] = { OBPBL_A_PREFIXES4, OBPBL_A_PREFIXES6 };
	const struct nlattr *attr;
	int family;

	for (family = 0; family < FAMILIES; family++) {
		attr = a[attrs[family]];
		if (attr)
			prefixes_add_wire(data, family,
					  mnl_attr_get_payload(attr),
					  mnl_attr_get_payload_len(attr) /
					  wire_size(family));
	}
}

/**
 * kernel_each_packed() - take the prefixes of an answer one by one
 * @attrs: its attributes
 * @take: what takes them
 * @data: for @take
 */
void kernel_each_packed(const struct nlattr **attrs,
			void (*take)(const struct prefix *p, void *data),
			void *data)
{
	struct prefixes list = { 0 };
	struct prefix p;
	size_t i;

	kernel_take_packed(attrs, &list);
	for (i = 0; i < prefixes_count(&list); i++) {
		prefixes_get(&list, i, &p);
		take(&p, data);
	}
	prefixes_free(&list);
}

static void take_prefixes(const struct nlattr **a, void *data)
{
	char name[OBPBL_ISP_NAME_SIZE];
	struct reading *reading = data;
	unsigned int class;
	struct isp *isp;

	see_generation(reading, a[OBPBL_A_GENERATION]);
	nl_isp(a[OBPBL_A_ISP], name);
	isp = policy_find_isp(reading->policy, name);
	class = nl_u8(a[OBPBL_A_CLASS]);
	if (isp && class && class <= OBPBL_CLASS_TARGET)
		kernel_take_packed(a, &isp->lists[class]);
}

static void take_overlay(const struct nlattr **a, void *data)
{
	struct reading *reading = data;
	struct overlay *overlay;

	see_generation(reading, a[OBPBL_A_GENERATION]);
	if (!a[OBPBL_A_CLASS])
		return;
	overlay = policy_add_overlay(reading->policy);
	overlay->class = nl_u8(a[OBPBL_A_CLASS]);
	overlay->layer = nl_u8(a[OBPBL_A_LAYER]);
	nl_take_prefix(a[OBPBL_A_PREFIXES4], a[OBPBL_A_PREFIXES6],
		       &overlay->prefix);
	fields_take(a, overlay_fields, overlay);
	overlay->asleep = a[OBPBL_A_ASLEEP];
}

static bool dump(struct nl *nl, uint8_t command, nl_answer_fn *answer, void *data)
{
	return nl_talk(nl, nl_request(nl, command, NLM_F_DUMP), answer, data);
}

static bool read_once(struct nl *nl, struct reading *reading, int parts)
{
	struct nlmsghdr *request;

	request = nl_request(nl, OBPBL_CMD_ISP_GET, NLM_F_DUMP);
	if (parts & KERNEL_SHADOW)
		mnl_attr_put(request, OBPBL_A_SHADOW, 0, NULL);
	if (!nl_talk(nl, request, take_isp, reading))
		return false;
	if (parts & KERNEL_PREFIXES &&
	    !dump(nl, OBPBL_CMD_PREFIX_GET, take_prefixes, reading))
		return false;
	return !(parts & KERNEL_OVERLAYS) ||
	       dump(nl, OBPBL_CMD_OVERLAY_GET, take_overlay, reading);
}

/**
 * kernel_policy() - the running policy
 * @nl: the socket
 * @policy: where to put it
 * @parts: KERNEL_PREFIXES, KERNEL_OVERLAYS, or KERNEL_SHADOW; the ISPs always
 *	come
 *
 * Return: STATUS_OK or STATUS_FAILED.
 */
int kernel_policy(struct nl *nl, struct policy *policy, int parts)
{
	struct reading reading;
	int try;

	for (try = 0; try < TRIES; try++) {
		memset(policy, 0, sizeof(*policy));
		memset(&reading, 0, sizeof(reading));
		reading.policy = policy;
		nl_forget(nl);
		if (read_once(nl, &reading, parts) && !reading.torn)
			return STATUS_OK;
		policy_free(policy);
		if (nl->refusal.error && nl->refusal.error != ESTALE)
			return nl_fail(nl);
	}
	return fail("the policy changes faster than it can be read; try again");
}

/**
 * kernel_overlays() - some of the overlays
 * @nl: the socket
 * @policy: where to put them
 * @isp: of this ISP only, or NULL
 * @class: of this enum obpbl_class only, or 0
 * @p: at this prefix only, however many there are elsewhere, or NULL
 *
 * Return: STATUS_OK or STATUS_FAILED.
 */
int kernel_overlays(struct nl *nl, struct policy *policy, const char *isp,
		    int class, const struct prefix *p)
{
	struct reading reading = { .policy = policy };
	struct nlmsghdr *request;

	memset(policy, 0, sizeof(*policy));
	request = nl_request(nl, OBPBL_CMD_OVERLAY_GET, NLM_F_DUMP);
	if (isp)
		mnl_attr_put_strz(request, OBPBL_A_ISP, isp);
	if (class)
		mnl_attr_put_u8(request, OBPBL_A_CLASS, class);
	if (p)
		nl_put_prefix(request, p, OBPBL_A_PREFIXES4,
			      OBPBL_A_PREFIXES6);
	if (nl_talk(nl, request, take_overlay, &reading))
		return STATUS_OK;
	policy_free(policy);
	return nl_fail(nl);
}

/**
 * kernel_isp() - an ISP
 * @nl: the socket
 * @name: its name; NULL: none is asked for
 * @isp: zeroes, where to put it; NULL: it only has to be there
 *
 * Return: STATUS_OK, or STATUS_FAILED after saying why.
 */
int kernel_isp(struct nl *nl, const char *name, struct isp *isp)
{
	struct nlmsghdr *request;

	if (!name)
		return STATUS_OK;
	request = nl_request(nl, OBPBL_CMD_ISP_GET, NLM_F_ACK);
	mnl_attr_put_strz(request, OBPBL_A_ISP, name);
	return nl_talk(nl, request, isp ? kernel_take_isp : NULL, isp) ?
	       STATUS_OK : nl_fail_isp(nl, name);
}

/**
 * kernel_prefixes() - dump prefixes
 * @nl: the socket
 * @isp: of this ISP only, or NULL
 * @class: of this enum obpbl_class only, or 0
 * @answer: what takes the answers
 * @data: for @answer
 *
 * Return: STATUS_OK or STATUS_FAILED.
 */
int kernel_prefixes(struct nl *nl, const char *isp, int class,
		    nl_answer_fn *answer, void *data)
{
	struct nlmsghdr *request;

	request = nl_request(nl, OBPBL_CMD_PREFIX_GET, NLM_F_DUMP);
	if (isp)
		mnl_attr_put_strz(request, OBPBL_A_ISP, isp);
	if (class)
		mnl_attr_put_u8(request, OBPBL_A_CLASS, class);
	return nl_talk(nl, request, answer, data) ? STATUS_OK :
						    nl_fail_isp(nl, isp);
}

static void count(struct isp_stats *isp, const struct nlattr *attr)
{
	struct obpbl_counter counter;
	struct counts *counts;
	size_t i;

	for (i = 0; nl_element(attr, i, &counter, sizeof(counter)); i++) {
		if (counter.reason > OBPBL_REASON_MAX)
			continue;
		counts = &isp->reasons[counter.reason];
		counts->packets += counter.packets;
		counts->bytes += counter.bytes;
		counts->attempts += counter.attempts;
		if (counter.verdict == OBPBL_VERDICT_WOULD_BLOCK)
			counts->would_block += counter.packets;
		counts->family[counter.family == 6] += counter.packets;
	}
}

/**
 * kernel_take_tallies() - what is counted apart from ISPs, of an answer
 * @a: attributes of the answer
 * @tallies: where to put it
 */
void kernel_take_tallies(const struct nlattr **a, struct tallies *tallies)
{
	tallies->replies = nl_u64(a[OBPBL_A_REPLIES]);
	tallies->suppressed = nl_u64(a[OBPBL_A_REPLIES_SUPPRESSED]);
	tallies->sources_lost = nl_u64(a[OBPBL_A_SOURCES_LOST]);
	tallies->limit_full = nl_u64(a[OBPBL_A_LIMIT_FULL]);
	tallies->not_quarantined = nl_u64(a[OBPBL_A_QUARANTINE_REFUSED]);
	tallies->events = nl_u64(a[OBPBL_A_EVENTS]);
	tallies->events_suppressed = nl_u64(a[OBPBL_A_EVENTS_SUPPRESSED]);
}

static void take_stats(const struct nlattr **a, void *data)
{
	struct stats *stats = data;
	struct isp_stats *isp;

	stats->generation = nl_u64(a[OBPBL_A_GENERATION]);
	isp = &stats->foreign;
	if (a[OBPBL_A_ISP]) {
		GROW(stats->isps, stats->n, stats->cap);
		isp = &stats->isps[stats->n++];
		memset(isp, 0, sizeof(*isp));
	} else {
		kernel_take_tallies(a, &stats->tallies);
	}
	nl_isp(a[OBPBL_A_ISP], isp->name);
	isp->mode = nl_u8(a[OBPBL_A_MODE]);
	count(isp, a[OBPBL_A_COUNTERS]);
}

/**
 * kernel_stats() - all counters since the last reset
 * @nl: the socket
 * @stats: where to put them
 * @reset: begin anew behind them
 *
 * Return: STATUS_OK or STATUS_FAILED.
 */
int kernel_stats(struct nl *nl, struct stats *stats, bool reset)
{
	memset(stats, 0, sizeof(*stats));
	if (dump(nl, reset ? OBPBL_CMD_STATS_RESET : OBPBL_CMD_STATS_GET,
		 take_stats, stats))
		return STATUS_OK;
	stats_free(stats);
	return nl_fail(nl);
}

/**
 * stats_free() - free counters
 * @stats: the counters, empty afterwards
 */
void stats_free(struct stats *stats)
{
	free(stats->isps);
	memset(stats, 0, sizeof(*stats));
}

/**
 * stats_blocked() - how many packets an ISP's policy was against
 * @isp: its counters
 * @would_block: where to put those that mode monitor let pass
 *
 * Return: those that were blocked.
 */
uint64_t stats_blocked(const struct isp_stats *isp, uint64_t *would_block)
{
	uint64_t blocked = 0;
	int reason;

	*would_block = 0;
	for (reason = OBPBL_REASON_OUTSIDE; reason <= OBPBL_REASON_MAX;
	     reason++) {
		*would_block += isp->reasons[reason].would_block;
		blocked += isp->reasons[reason].packets -
			   isp->reasons[reason].would_block;
	}
	return blocked;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Sources that were blocked, from the kernel */
#include <string.h>

#include "names.h"
#include "source.h"

const char *const source_columns[] = {
	"attempts", "blocked", "would_block", "destinations", "first", "last",
	NULL
};

/**
 * source_take() - the source of an answer or event
 * @a: its attributes
 * @source: where to put it
 *
 * Return: whether there is one.
 */
bool source_take(const struct nlattr **a, struct source *source)
{
	const struct nlattr *attr = a[OBPBL_A_SOURCE];

	if (!attr || mnl_attr_get_payload_len(attr) < sizeof(source->is))
		return false;
	/* Attributes are aligned to four bytes only. */
	memcpy(&source->is, mnl_attr_get_payload(attr), sizeof(source->is));
	nl_isp(a[OBPBL_A_ISP], source->isp);
	return true;
}

static uint64_t packets(const struct source *source)
{
	return source->is.blocked + source->is.would_block;
}

/**
 * source_order() - the heaviest first; equal ones in an order that does not
 * change
 * @a: a struct source
 * @b: another one
 *
 * Return: below 0, 0 or above 0, as qsort() wants it.
 */
int source_order(const void *a, const void *b)
{
	const struct source *x = a, *y = b;

	if (packets(x) != packets(y))
		return packets(x) < packets(y) ? 1 : -1;
	if (x->is.family != y->is.family)
		return x->is.family - y->is.family;
	return memcmp(x->is.src, y->is.src, sizeof(x->is.src)) ?:
	       strcmp(x->isp, y->isp);
}

static const char *print(uint8_t family, uint8_t len, const uint8_t *addr)
{
	struct prefix p = { .family = family == 6 ? 6 : 4, .len = len };

	memcpy(p.addr, addr, sizeof(p.addr));
	return cidr_print_short(&p);
}

/**
 * source_json() - a source as a flat object
 * @source: the source
 *
 * Return: the object; its destination is null where the kernel does not tell.
 */
json_t *source_json(const struct source *source)
{
	const struct obpbl_source *is = &source->is;

	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:s?, s:s, s:s, s:s}",
			 "source", print(is->family, is->src_len, is->src),
			 "isp", source->isp, "attempts",
			 (json_int_t)is->attempts, "blocked",
			 (json_int_t)is->blocked, "would_block",
			 (json_int_t)is->would_block, "destinations",
			 (json_int_t)is->destinations, "destination",
			 is->dst_len ? print(is->family, is->dst_len, is->dst) : NULL,
			 "reason", names_word(&reason_names, is->reason),
			 "first", print_time(is->first), "last",
			 print_time(is->last));
}

static void take_one(const struct nlattr **a, void *data)
{
	struct sources *sources = data;

	GROW(sources->list, sources->n, sources->cap);
	sources->n += source_take(a, &sources->list[sources->n]);
}

/**
 * sources_dump() - all sources of a table
 * @nl: the socket
 * @command: OBPBL_CMD_SOURCE_GET: those that were blocked, or would have been;
 *	OBPBL_CMD_SHADOW_SOURCE_GET: those of the shadow
 * @isp: of this ISP only, or NULL
 * @sources: where to put them, in the place of those that are there
 *
 * Return: whether it was done; if not, see @nl->refusal.
 */
bool sources_dump(struct nl *nl, uint8_t command, const char *isp,
		  struct sources *sources)
{
	struct nlmsghdr *request;

	sources->n = 0;
	request = nl_request(nl, command, NLM_F_DUMP);
	if (isp)
		mnl_attr_put_strz(request, OBPBL_A_ISP, isp);
	return nl_talk(nl, request, take_one, sources);
}

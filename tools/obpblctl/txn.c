// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transactions: many changes, one step
 *
 * What is refused is traced to the prefix at fault, and to where it was
 * written: the kernel gives the offset of the array element in the request.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <linux/genetlink.h>

#include "txn.h"

#define MAX_PAYLOAD 65531u
#define GATHER 32768	/* prefixes that wait to be sent or named */

/**
 * txn_init() - prepare a transaction
 * @txn: where to put it
 * @nl: the socket
 * @policy: whose files to name, or NULL
 * @empty: start from nothing configured
 *
 * The kernel hears of it with the first request, since an open transaction is
 * in the way of other programs.
 */
void txn_init(struct txn *txn, struct nl *nl, const struct policy *policy,
	      bool empty)
{
	memset(txn, 0, sizeof(*txn));
	txn->nl = nl;
	txn->policy = policy;
	txn->empty = empty;
	txn->counted = true;
}

/**
 * txn_begin() - open a transaction, if it is not open yet
 * @txn: the transaction
 *
 * Return: whether it is open.
 */
bool txn_begin(struct txn *txn)
{
	struct nlmsghdr *request;

	if (txn->begun || txn->alone)
		return true;
	request = nl_request(txn->nl, OBPBL_CMD_BEGIN, NLM_F_ACK);
	if (txn->empty)
		mnl_attr_put(request, OBPBL_A_EMPTY, 0, NULL);
	if (txn->shadow)
		mnl_attr_put(request, OBPBL_A_SHADOW, 0, NULL);
	if (txn->confirm)
		mnl_attr_put_u32(request, OBPBL_A_CONFIRM, txn->confirm);
	if (txn->seen)
		mnl_attr_put_u64(request, OBPBL_A_GENERATION, txn->seen);
	txn->begun = nl_talk(txn->nl, request, NULL, NULL);
	return txn->begun;
}

static struct sent *last_sent(struct txn *txn)
{
	return &txn->sent[txn->n - 1];
}

/* Notes a request, so that a refusal can be traced to it. */
static struct nlmsghdr *add(struct txn *txn, uint8_t command)
{
	struct nlmsghdr *request = nl_batch(txn->nl, command);

	GROW(txn->sent, txn->n, txn->cap);
	txn->sent[txn->n++] = (struct sent){
		.request = request,
		.seq = request->nlmsg_seq,
	};
	return request;
}

static bool send_batch(struct txn *txn)
{
	if (!txn->n)
		return true;
	if (!txn_begin(txn) || !nl_batch_talk(txn->nl, NULL, NULL))
		return false;
	if (txn->expected)
		progress("%" PRIu64 " of %" PRIu64 " prefixes",
			 txn->prefixes, txn->expected);
	txn->n = 0;
	return true;
}

static bool make_room(struct txn *txn)
{
	return !nl_batch_full(txn->nl) || send_batch(txn);
}

static struct run whole(const struct prefixes *list)
{
	return (struct run){ .n = { list->of[V4].n, list->of[V6].n } };
}

static size_t run_count(const struct run *run)
{
	return run->n[V4] + run->n[V6];
}

/* Puts prefixes of a list into a request; IPv4 comes first. */
static void put_run(struct txn *txn, struct nlmsghdr *request,
		    const struct prefixes *list, struct run run)
{
	static const uint16_t attrs[] = { OBPBL_A_PREFIXES4, OBPBL_A_PREFIXES6 };
	struct sent *sent = last_sent(txn);
	const char *first;
	int family;

	sent->list = list;
	sent->run = run;
	for (family = 0; family < FAMILIES; family++) {
		sent->offsets[family] = request->nlmsg_len + MNL_ATTR_HDRLEN;
		first = (const char *)list->of[family].wire +
			run.first[family] * wire_size(family);
		if (run.n[family])
			mnl_attr_put(request, attrs[family], run.n[family] *
				     wire_size(family), first);
	}
}

/**
 * txn_put() - put a whole list, which must fit, into the request added last
 * @txn: the transaction
 * @request: the request
 * @list: the list
 */
void txn_put(struct txn *txn, struct nlmsghdr *request,
	     const struct prefixes *list)
{
	struct prefixes *copy = &txn->gathering.list;
	struct run run = whole(list);
	struct prefix p;
	size_t i;

	run.first[V4] = copy->of[V4].n;
	run.first[V6] = copy->of[V6].n;
	for (i = 0; prefixes_get(list, i, &p); i++)
		prefixes_add(copy, &p, txn->at);
	put_run(txn, request, copy, run);
}

static bool add_run(struct txn *txn, uint8_t command, const char *isp,
		    int class, const struct prefixes *list, struct run run)
{
	struct nlmsghdr *request;

	if (!run_count(&run))
		return true;
	if (!make_room(txn))
		return false;
	txn->counted &= command == OBPBL_CMD_PREFIX_ADD;
	request = add(txn, command);
	mnl_attr_put_strz(request, OBPBL_A_ISP, isp);
	mnl_attr_put_u8(request, OBPBL_A_CLASS, class);
	put_run(txn, request, list, run);
	txn->prefixes += run_count(&run);
	return true;
}

static size_t run_size(const struct run *run)
{
	return run->n[V4] * wire_size(V4) + run->n[V6] * wire_size(V6);
}

/* As many of one family as fit, from the rest of a list. */
static struct run take_run(struct run *rest)
{
	int family = rest->n[V4] ? V4 : V6;
	size_t most = MAX_PAYLOAD / wire_size(family);
	struct run run = *rest;

	if (run_size(&run) > MAX_PAYLOAD) {
		run.n[!family] = 0;
		if (run.n[family] > most)
			run.n[family] = most;
	}
	for (family = 0; family < FAMILIES; family++) {
		rest->first[family] += run.n[family];
		rest->n[family] -= run.n[family];
	}
	return run;
}

/**
 * txn_fits() - whether a list is no more than a request can hold
 * @list: the list
 *
 * Return: whether txn_prefixes() makes one request of it.
 */
bool txn_fits(const struct prefixes *list)
{
	struct run run = whole(list);

	return run_size(&run) <= MAX_PAYLOAD;
}

/* Makes a request of what has gathered. */
static bool close_run(struct txn *txn)
{
	struct gathering *g = &txn->gathering;
	struct run run = g->open;

	g->open = (struct run){ 0 };
	return add_run(txn, g->command, g->isp, g->class, &g->list, run);
}

/* What is sent needs no names any more, so that the room is used again. */
static bool open_run(struct txn *txn, uint8_t command, const char *isp,
		     int class)
{
	struct gathering *g = &txn->gathering;

	if (!close_run(txn))
		return false;
	if (prefixes_count(&g->list) >= GATHER && !send_batch(txn))
		return false;
	if (!txn->n)
		prefixes_clear(&g->list);
	g->open.first[V4] = g->list.of[V4].n;
	g->open.first[V6] = g->list.of[V6].n;
	g->command = command;
	g->class = class;
	snprintf(g->isp, sizeof(g->isp), "%s", isp);
	return true;
}

/**
 * txn_gather() - add a prefix, together with those like it that came before
 * @txn: the transaction
 * @command: OBPBL_CMD_PREFIX_ADD, _REPLACE or _DEL
 * @isp: the ISP
 * @class: enum obpbl_class
 * @p: the prefix
 * @at: where it was written
 *
 * Return: whether nothing was refused until now.
 */
bool txn_gather(struct txn *txn, uint8_t command, const char *isp, int class,
		const struct prefix *p, struct place at)
{
	struct gathering *g = &txn->gathering;
	const size_t full = MAX_PAYLOAD - sizeof(struct obpbl_prefix6);

	if ((g->command != command || g->class != class ||
	     strcmp(g->isp, isp) || run_size(&g->open) > full ||
	     !run_count(&g->open)) &&
	    !open_run(txn, command, isp, class))
		return false;
	prefixes_add(&g->list, p, at);
	g->open.n[p->family == 4 ? V4 : V6]++;
	return true;
}

/**
 * txn_flush() - send what has gathered
 * @txn: the transaction
 *
 * Return: whether nothing of it was refused.
 */
bool txn_flush(struct txn *txn)
{
	return close_run(txn) && send_batch(txn);
}

/**
 * txn_add() - add a request
 * @txn: the transaction
 * @command: enum obpbl_cmd
 * @at: where its cause was written
 * @word: the word at fault if it is refused
 *
 * Return: the request, for attributes to be added; NULL if an earlier one was
 * refused.
 */
struct nlmsghdr *txn_add(struct txn *txn, uint8_t command, struct place at,
			 const char *word)
{
	struct nlmsghdr *request;

	if (!close_run(txn) || !make_room(txn))
		return NULL;
	request = add(txn, command);
	last_sent(txn)->at = at;
	snprintf(last_sent(txn)->word, SENT_WORD, "%s", word);
	return request;
}

/**
 * txn_prefixes() - add a list of prefixes
 * @txn: the transaction
 * @command: OBPBL_CMD_PREFIX_ADD, _REPLACE or _DEL
 * @isp: the ISP
 * @class: enum obpbl_class
 * @list: the prefixes; must stay until the transaction ends
 *
 * Return: whether nothing was refused until now.
 */
bool txn_prefixes(struct txn *txn, uint8_t command, const char *isp,
		  int class, const struct prefixes *list)
{
	struct run rest = whole(list);

	if (!close_run(txn))
		return false;
	while (run_count(&rest))
		if (!add_run(txn, command, isp, class, list, take_run(&rest)))
			return false;
	return true;
}

static bool send_commit(struct txn *txn)
{
	struct nlmsghdr *request;

	if (!txn_begin(txn))
		return false;
	request = nl_request(txn->nl, OBPBL_CMD_COMMIT, NLM_F_ACK);
	if (txn->counted)
		mnl_attr_put_u64(request, OBPBL_A_COUNT, txn->prefixes);
	if (!nl_talk(txn->nl, request, nl_take_generation, &txn->generation))
		return false;
	txn->begun = false;
	return true;
}

/**
 * txn_commit() - make it all real
 * @txn: the transaction
 *
 * Return: whether it is.
 */
bool txn_commit(struct txn *txn)
{
	if (!txn_flush(txn) || (!txn->alone && !send_commit(txn)))
		return false;
	txn->nl->tightened |= txn->tightens;
	return true;
}

/**
 * txn_run() - do at once what could also be part of an atomic batch
 * @nl: the socket
 * @join: adds it to a transaction; a single request
 * @order: for @join
 *
 * Return: STATUS_OK, or STATUS_FAILED after saying why.
 */
int txn_run(struct nl *nl, bool (*join)(struct txn *txn, void *order),
	    void *order)
{
	int status = STATUS_OK;
	struct txn txn;

	txn_init(&txn, nl, NULL, false);
	txn.alone = true;
	if (!join(&txn, order) || !txn_commit(&txn))
		status = txn_fail(&txn);
	txn_end(&txn);
	return status;
}

static const struct sent *find_sent(const struct txn *txn, uint32_t seq)
{
	size_t i;

	for (i = 0; i < txn->n; i++)
		if (txn->sent[i].seq == seq)
			return &txn->sent[i];
	return NULL;
}

/*
 * Which prefix of a request the kernel's offset points at. It is the only one
 * that can be, if there is one, and no other word.
 */
static bool find_prefix(const struct sent *sent, uint32_t offset,
			struct prefix *p, struct place *at)
{
	bool only = run_count(&sent->run) == 1 && !*sent->word;
	int family;
	size_t i;

	for (family = V6; family >= V4; family--) {
		i = only ? 0 : (offset - sent->offsets[family]) /
			       wire_size(family);
		if ((!only && offset < sent->offsets[family]) ||
		    i >= sent->run.n[family])
			continue;
		i += sent->run.first[family];
		if (family == V6)
			i += sent->list->of[V4].n;
		prefixes_get(sent->list, i, p);
		*at = prefixes_place(sent->list, i);
		return true;
	}
	return false;
}

/* The ISP, if the kernel's offset points at it; else NULL */
static const char *find_isp(const struct sent *sent, uint32_t offset)
{
	const char *start = (const char *)sent->request;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, sent->request, GENL_HDRLEN)
		if (mnl_attr_get_type(attr) == OBPBL_A_ISP &&
		    (const char *)attr == start + offset)
			return mnl_attr_get_str(attr);
	return NULL;
}

/* The word at fault, and where it was written */
static const char *locate(const struct sent *sent, uint32_t offset,
			  struct place *at)
{
	const char *isp = find_isp(sent, offset);
	struct prefix p;

	*at = sent->at;
	if (sent->list && find_prefix(sent, offset, &p, at) && !isp)
		return cidr_print(&p);
	return isp ? isp : sent->word;
}

/**
 * txn_refusal() - what was refused, and why
 * @txn: the transaction, before txn_fail() or txn_abort()
 * @at: where to put the place of it; line 0: there is none
 *
 * Return: a sentence.
 */
const char *txn_refusal(const struct txn *txn, struct place *at)
{
	const struct nl_refusal *refusal = &txn->nl->refusal;
	const struct sent *sent = find_sent(txn, refusal->seq);
	const char *place = "", *word = "";

	*at = (struct place){ 0 };
	if (sent)
		word = locate(sent, refusal->offset, at);
	if (txn->policy && at->line)
		place = place_text(txn->policy, *at);
	return text_print("%s%s%s%s%s%s", place, *place ? ": " : "",
			  *word ? "'" : "", word, *word ? "': " : "",
			  refusal->text);
}

/**
 * txn_fail() - abort, and say why
 * @txn: the transaction
 *
 * Return: STATUS_FAILED.
 */
int txn_fail(struct txn *txn)
{
	int error = txn->nl->refusal.error;
	const char *text;
	struct place at;

	progress_end();
	text = txn_refusal(txn, &at);
	txn_abort(txn);
	return fail_as(error, "%s", text);
}

/**
 * txn_abort() - throw away what has not been committed
 * @txn: the transaction
 */
void txn_abort(struct txn *txn)
{
	nl_batch_drop(txn->nl);
	txn->n = 0;
	txn->gathering.open = (struct run){ 0 };
	if (txn->begun)
		nl_command(txn->nl, OBPBL_CMD_ABORT);
	txn->begun = false;
}

/**
 * txn_end() - free what a transaction holds
 * @txn: the transaction
 */
void txn_end(struct txn *txn)
{
	progress_end();
	free(txn->sent);
	prefixes_free(&txn->gathering.list);
	memset(txn, 0, sizeof(*txn));
}

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
#include <time.h>
#include <unistd.h>
#include <linux/genetlink.h>

#include "txn.h"

#define MAX_PAYLOAD 65531u

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/**
 * txn_begin() - open a transaction
 * @txn: where to put it
 * @nl: the socket
 * @policy: whose files to name, or NULL
 * @empty: start from nothing configured
 *
 * Return: whether it is open.
 */
bool txn_begin(struct txn *txn, struct nl *nl, const struct policy *policy,
	       bool empty)
{
	char buffer[64] __attribute__((aligned(8)));
	struct nlmsghdr *request;

	memset(txn, 0, sizeof(*txn));
	txn->nl = nl;
	txn->policy = policy;
	txn->counted = true;
	txn->shown = now_ms();
	request = nl_request(nl, buffer, OBPBL_CMD_BEGIN, NLM_F_ACK);
	if (empty)
		mnl_attr_put(request, OBPBL_A_EMPTY, 0, NULL);
	return nl_talk(nl, request, NULL, NULL);
}

static struct sent *last_sent(struct txn *txn)
{
	return &txn->sent[txn->n - 1];
}

/* Names a request before the next one is begun. */
static struct nlmsghdr *add(struct txn *txn, uint8_t command)
{
	struct nlmsghdr *request = nl_batch(txn->nl, command);

	GROW(txn->sent, txn->n, txn->cap);
	txn->n++;
	memset(last_sent(txn), 0, sizeof(*txn->sent));
	last_sent(txn)->seq = request->nlmsg_seq;
	return request;
}

static void show_progress(struct txn *txn)
{
	int64_t now;

	if (!txn->expected || !isatty(STDERR_FILENO))
		return;
	now = now_ms();
	if (now - txn->shown < 1000)
		return;
	txn->shown = now;
	fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " prefixes ",
		txn->prefixes, txn->expected);
}

/**
 * txn_flush() - send what has gathered
 * @txn: the transaction
 *
 * Return: whether nothing of it was refused.
 */
bool txn_flush(struct txn *txn)
{
	if (!nl_batch_send(txn->nl))
		return false;
	show_progress(txn);
	txn->n = 0;
	return true;
}

static bool make_room(struct txn *txn)
{
	return !nl_batch_full(txn->nl) || txn_flush(txn);
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

	if (!make_room(txn))
		return NULL;
	request = add(txn, command);
	last_sent(txn)->at = at;
	snprintf(last_sent(txn)->word, CIDR_SIZE, "%s", word);
	return request;
}

/* As many prefixes as fit, beginning with @first; returns how many. */
static size_t add_packed(struct txn *txn, struct nlmsghdr *request, int class,
			 const char *isp, const struct prefixes *list,
			 size_t first)
{
	bool is4 = first < list->n4;
	size_t left = is4 ? list->n4 - first : prefixes_count(list) - first;
	size_t size = is4 ? sizeof(*list->p4) : sizeof(*list->p6);
	struct sent *sent = last_sent(txn);
	const void *from;

	if (left > MAX_PAYLOAD / size)
		left = MAX_PAYLOAD / size;
	from = is4 ? (const void *)&list->p4[first] :
	       &list->p6[first - list->n4];
	mnl_attr_put_strz(request, OBPBL_A_ISP, isp);
	mnl_attr_put_u8(request, OBPBL_A_CLASS, class);
	sent->list = list;
	sent->first = first;
	sent->size = size;
	sent->elements = request->nlmsg_len + MNL_ATTR_HDRLEN;
	mnl_attr_put(request, is4 ? OBPBL_A_PREFIXES4 : OBPBL_A_PREFIXES6,
		     left * size, from);
	return left;
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
	size_t first = 0, n = prefixes_count(list), sent;

	txn->counted &= command == OBPBL_CMD_PREFIX_ADD;
	while (first < n) {
		if (!make_room(txn))
			return false;
		sent = add_packed(txn, add(txn, command), class, isp, list,
				  first);
		first += sent;
		txn->prefixes += sent;
	}
	return true;
}

static int take_generation(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *a[OBPBL_A_MAX + 1];
	struct txn *txn = data;

	nl_attributes(message, a);
	txn->generation = nl_u64(a[OBPBL_A_GENERATION]);
	return MNL_CB_OK;
}

/**
 * txn_commit() - make it all real
 * @txn: the transaction
 *
 * Return: whether it is.
 */
bool txn_commit(struct txn *txn)
{
	char buffer[64] __attribute__((aligned(8)));
	struct nlmsghdr *request;

	if (!txn_flush(txn))
		return false;
	request = nl_request(txn->nl, buffer, OBPBL_CMD_COMMIT, NLM_F_ACK);
	if (txn->counted)
		mnl_attr_put_u64(request, OBPBL_A_COUNT, txn->prefixes);
	return nl_talk(txn->nl, request, take_generation, txn);
}

static const struct sent *find_sent(const struct txn *txn, uint32_t seq)
{
	size_t i;

	for (i = 0; i < txn->n; i++)
		if (txn->sent[i].seq == seq)
			return &txn->sent[i];
	return NULL;
}

/* Which prefix of a request the kernel's offset points at. */
static void locate(const struct sent *sent, uint32_t offset, struct place *at,
		   char word[CIDR_SIZE])
{
	size_t index = 0, n;
	struct prefix p;

	*at = sent->at;
	snprintf(word, CIDR_SIZE, "%s", sent->word);
	if (!sent->list)
		return;
	n = prefixes_count(sent->list) - sent->first;
	if (offset >= sent->elements)
		index = (offset - sent->elements) / sent->size;
	else if (n > 1)
		return;
	if (index >= n)
		return;
	prefixes_get(sent->list, sent->first + index, &p);
	*at = prefixes_place(sent->list, sent->first + index);
	cidr_print(&p, word);
}

static void refusal_text(const struct txn *txn, char *text, size_t size)
{
	const struct nl_refusal *refusal = &txn->nl->refusal;
	const struct sent *sent = find_sent(txn, refusal->seq);
	char place[512] = "", word[CIDR_SIZE] = "";
	struct place at = { 0 };

	if (sent)
		locate(sent, refusal->offset, &at, word);
	if (txn->policy && at.line)
		place_text(txn->policy, at, place, sizeof(place));
	snprintf(text, size, "%s%s%s%s%s%s", place, *place ? ": " : "",
		 *word ? "'" : "", word, *word ? "': " : "", refusal->text);
}

/**
 * txn_fail() - abort, and say why
 * @txn: the transaction
 * @begun: whether txn_begin() had done
 *
 * Return: STATUS_FAILED.
 */
int txn_fail(struct txn *txn, bool begun)
{
	char text[1024];

	if (txn->expected && isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	refusal_text(txn, text, sizeof(text));
	if (begun)
		nl_command(txn->nl, OBPBL_CMD_ABORT);
	fail("%s", text);
	return STATUS_FAILED;
}

/**
 * txn_end() - free what a transaction holds
 * @txn: the transaction
 */
void txn_end(struct txn *txn)
{
	if (txn->expected && isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	free(txn->sent);
	memset(txn, 0, sizeof(*txn));
}

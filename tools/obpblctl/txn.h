/* SPDX-License-Identifier: GPL-2.0-only */
/* Transactions: many changes, one step */
#ifndef OBPBLCTL_TXN_H
#define OBPBLCTL_TXN_H

#include "netlink.h"

#define SENT_WORD 64	/* the longest: a prefix */

/**
 * struct run - prefixes of a list that go in one request
 * @first: the first one of each family
 * @n: how many of them
 */
struct run {
	size_t first[FAMILIES];
	size_t n[FAMILIES];
};

/**
 * struct sent - a request of the batch under way
 * @request: itself, for as long as nothing else is gathered
 * @seq: its sequence number
 * @at: where its cause was written
 * @word: the word at fault in it, unless it is one of @list or the ISP
 * @list: the prefixes in it, or NULL
 * @run: which of them
 * @offsets: of the first one of each family in the request
 */
struct sent {
	const struct nlmsghdr *request;
	uint32_t seq;
	struct place at;
	char word[SENT_WORD];
	const struct prefixes *list;
	struct run run;
	uint32_t offsets[FAMILIES];
};

/**
 * struct gathering - prefixes that come one by one, to go in few requests
 * @list: they, and those of the batch under way
 * @open: those that are in no request yet
 * @command: of those
 * @class: likewise
 * @isp: likewise
 */
struct gathering {
	struct prefixes list;
	struct run open;
	uint8_t command;
	int class;
	char isp[OBPBL_ISP_NAME_SIZE];
};

/**
 * struct txn - a transaction
 * @nl: the socket
 * @policy: whose files to name, or NULL
 * @empty: start from nothing configured
 * @confirm: seconds in which it is to be confirmed; 0: it is not
 * @shadow: make a shadow of it
 * @seen: the generation that it must begin from; 0: from any
 * @begun: the kernel knows of it
 * @alone: it is one request, which needs no frame
 * @at: where the line of the batch is whose requests are added; else nowhere
 * @tightens: more may be blocked after it
 * @sent: requests of the batch under way
 * @n: number of @sent
 * @cap: room
 * @gathering: prefixes from txn_gather()
 * @prefixes: sent until now
 * @counted: all of them were added, so that OBPBL_A_COUNT is their number
 * @expected: to be sent in all, for showing progress; 0: do not
 * @generation: after txn_commit()
 */
struct txn {
	struct nl *nl;
	const struct policy *policy;
	bool empty;
	uint32_t confirm;
	bool shadow;
	uint64_t seen;
	bool begun;
	bool alone;
	struct place at;
	bool tightens;
	struct sent *sent;
	size_t n;
	size_t cap;
	struct gathering gathering;
	uint64_t prefixes;
	bool counted;
	uint64_t expected;
	uint64_t generation;
};

void txn_init(struct txn *txn, struct nl *nl, const struct policy *policy,
	      bool empty);
bool txn_begin(struct txn *txn);
struct nlmsghdr *txn_add(struct txn *txn, uint8_t command, struct place at,
			 const char *word);
void txn_put(struct txn *txn, struct nlmsghdr *request,
	     const struct prefixes *list);
bool txn_prefixes(struct txn *txn, uint8_t command, const char *isp,
		  int class, const struct prefixes *list);
bool txn_gather(struct txn *txn, uint8_t command, const char *isp, int class,
		const struct prefix *p, struct place at);
bool txn_fits(const struct prefixes *list);
bool txn_flush(struct txn *txn);
bool txn_commit(struct txn *txn);
int txn_run(struct nl *nl, bool (*join)(struct txn *txn, void *order),
	    void *order);
const char *txn_refusal(const struct txn *txn, struct place *at);
int txn_fail(struct txn *txn);
void txn_abort(struct txn *txn);
void txn_end(struct txn *txn);

#endif

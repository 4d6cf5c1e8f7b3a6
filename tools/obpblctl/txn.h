/* SPDX-License-Identifier: GPL-2.0-only */
/* Transactions: many changes, one step */
#ifndef OBPBLCTL_TXN_H
#define OBPBLCTL_TXN_H

#include "netlink.h"

/**
 * struct sent - a request of the batch under way
 * @seq: its sequence number
 * @at: where its cause was written
 * @word: the word at fault in it, unless it is one of @list
 * @list: the prefixes in it, or NULL
 * @first: the first of them, in @list
 * @elements: offset of the first one in the request
 * @size: size of one in the request
 */
struct sent {
	uint32_t seq;
	struct place at;
	char word[CIDR_SIZE];
	const struct prefixes *list;
	size_t first;
	uint32_t elements;
	uint32_t size;
};

/**
 * struct txn - a transaction
 * @nl: the socket
 * @policy: whose files to name, or NULL
 * @sent: requests of the batch under way
 * @n: number of @sent
 * @cap: room
 * @prefixes: sent until now
 * @counted: all of them were added, so that OBPBL_A_COUNT is their number
 * @expected: to be sent in all, for showing progress; 0: do not
 * @shown: when progress was shown last
 * @generation: after txn_commit()
 */
struct txn {
	struct nl *nl;
	const struct policy *policy;
	struct sent *sent;
	size_t n;
	size_t cap;
	uint64_t prefixes;
	bool counted;
	uint64_t expected;
	int64_t shown;
	uint64_t generation;
};

bool txn_begin(struct txn *txn, struct nl *nl, const struct policy *policy,
	       bool empty);
struct nlmsghdr *txn_add(struct txn *txn, uint8_t command, struct place at,
			 const char *word);
bool txn_prefixes(struct txn *txn, uint8_t command, const char *isp,
		  int class, const struct prefixes *list);
bool txn_flush(struct txn *txn);
bool txn_commit(struct txn *txn);
int txn_fail(struct txn *txn, bool begun);
void txn_end(struct txn *txn);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What must become of a request, and what an answer must look like.
 */
#ifndef FUZZ_LAW_H
#define FUZZ_LAW_H

#include "grammar.h"

/**
 * enum opinion - what must become of a request
 * @FINE: it is done, or refused for what there is
 * @WRONG: it is refused
 * @MALFORMED: it is refused by the tables, whatever there is
 * @EITHER: it depends on the kernel
 */
enum opinion { FINE, WRONG, MALFORMED, EITHER };

/* Whether this kernel looks at all bits of a header (since 6.1) */
extern bool strict_headers;

/* Of each attribute, in how many answers it was */
extern uint64_t seen[ATTRIBUTES];

/* why: what is wrong with it */
enum opinion opinion_of(const struct nlmsghdr *nlh, const char **why);

/* Whether a request with which nothing is wrong may be refused so */
bool may_fail(const struct nlmsghdr *nlh, int error);

/* Whether a command changes nothing */
bool reads(uint8_t command);

/* What is wrong with an answer or an event; NULL: nothing */
const char *fault_of(const struct nlmsghdr *nlh);

/* The last attribute of this type in a message; NULL: there is none */
const struct nlattr *find(const struct nlmsghdr *nlh, uint16_t type);

#endif

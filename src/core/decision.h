/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The decision: (policy, flow, settings, now) -> verdict, reason, deciding
 * entries.  Pure: knows no socket buffer and no netlink, and is the one place
 * where packets, obpblctl test and the reverse direction are judged.
 */
#ifndef _OBPBL_DECISION_H
#define _OBPBL_DECISION_H

#include <linux/types.h>
#include <uapi/linux/obpbl.h>

#include "policy.h"

/* TCP flags, as in byte 13 of the header (RFC 9293) */
#define OBPBL_TCP_FIN	0x01
#define OBPBL_TCP_SYN	0x02
#define OBPBL_TCP_RST	0x04
#define OBPBL_TCP_PSH	0x08
#define OBPBL_TCP_ACK	0x10

/**
 * struct obpbl_port - a network device, by the names that a policy can use
 * @dev: its name; NULL where it is not known
 * @vrf: name of its l3mdev master; NULL for none
 */
struct obpbl_port {
	const char *dev;
	const char *vrf;
};

/**
 * struct obpbl_flow - what the decision needs to know of a TCP packet
 * @src: source address in network order, as a key of the tables; zeros follow it
 * @dst: destination address, likewise
 * @in: where it came from
 * @out: where it goes; the subscriber's side of an answer
 * @sport: source port, host order
 * @dport: destination port, host order
 * @family: enum obpbl_family
 * @tcp_flags: OBPBL_TCP_*
 * @malformed: 0, or the reason to block it for if its pair of addresses is
 *	       subject: OBPBL_REASON_TINY_FRAGMENT and those after it; the
 *	       ports and flags then say nothing
 */
struct obpbl_flow {
	u8 src[OBPBL_KEY_SIZE];
	u8 dst[OBPBL_KEY_SIZE];
	struct obpbl_port in;
	struct obpbl_port out;
	u16 sport;
	u16 dport;
	u8 family;
	u8 tcp_flags;
	u8 malformed;
};

/**
 * struct obpbl_settings - the sysctls that a verdict depends on
 * @mode: ceiling on every ISP's mode, enum obpbl_mode
 * @established: judge only what opens a connection
 */
struct obpbl_settings {
	u8 mode;
	u8 established;
};

/**
 * struct obpbl_question - a packet, and all that its verdict depends on
 * @policy: the snapshot, protected from being freed for as long as the decision
 *	    is used
 * @flow: the packet
 * @settings: the sysctls
 * @now: seconds since the epoch, by which overlays end
 */
struct obpbl_question {
	const struct obpbl_policy *policy;
	const struct obpbl_flow *flow;
	struct obpbl_settings settings;
	u64 now;
};

/**
 * struct obpbl_decision - a verdict and why
 * @isp: the ISP whose policy decided; NULL for a source of no ISP
 * @verdict: enum obpbl_verdict
 * @reason: enum obpbl_reason
 * @mode: effective enum obpbl_mode
 * @reverse: judged as an answer from port 25: no reply is sent
 * @limited: "block" holds only once the limiter has said so; see
 *	     obpbl_decision_limit()
 * @src_class: enum obpbl_class of the deciding source entry; NONE: foreign
 * @dst_class: likewise of the destination; NONE: outside, or it did not matter
 * @src_len: length of the deciding source prefix, where @src_class is not NONE
 * @dst_len: likewise
 * @session: the session that @src_class comes from; NULL: it comes from none
 */
struct obpbl_decision {
	const struct obpbl_isp *isp;
	u8 verdict;
	u8 reason;
	u8 mode;
	bool reverse;
	bool limited;
	u8 src_class;
	u8 dst_class;
	u8 src_len;
	u8 dst_len;
	const struct obpbl_session *session;
};

/* Whether it is known to open a connection */
static inline bool obpbl_flow_attempts(const struct obpbl_flow *flow)
{
	return !flow->malformed &&
	       (flow->tcp_flags & (OBPBL_TCP_SYN | OBPBL_TCP_ACK)) ==
	       OBPBL_TCP_SYN;
}

bool obpbl_judge(const struct obpbl_question *question, enum obpbl_slot slot,
		 struct obpbl_decision *decision);
void obpbl_decision_limit(struct obpbl_decision *decision, bool under);

#endif /* _OBPBL_DECISION_H */

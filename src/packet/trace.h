/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tracepoint obpbl:verdict, one for each packet that is judged:
 *
 *	perf record -e obpbl:verdict
 *	bpftrace -e 'tracepoint:obpbl:verdict { @[args->isp] = count(); }'
 *
 * family is 4 or 6; verdict and reason are enum obpbl_verdict and enum
 * obpbl_reason; addresses are struct sockaddr_in and sockaddr_in6, so that
 * user space can print them as the kernel does. Of a malformed packet, what
 * could not be read is 0.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM obpbl

#if !defined(_OBPBL_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _OBPBL_TRACE_H

#include <linux/in6.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/tracepoint.h>

#include "core/decision.h"

#ifndef _OBPBL_TRACE_ONCE
#define _OBPBL_TRACE_ONCE
static inline void obpbl_trace_address(void *to, u8 family, const u8 *address,
				       u16 port)
{
	struct sockaddr_in6 *in6 = to;
	struct sockaddr_in *in4 = to;

	memset(to, 0, sizeof(*in6));
	if (family == OBPBL_INET4) {
		in4->sin_family = AF_INET;
		in4->sin_port = htons(port);
		memcpy(&in4->sin_addr, address, sizeof(in4->sin_addr));
	} else {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		memcpy(&in6->sin6_addr, address, sizeof(in6->sin6_addr));
	}
}

static inline const char *obpbl_trace_device(const struct net_device *dev)
{
	return dev ? dev->name : "-";
}
#endif

/* So that user space knows the numbers behind the words */
#define OBPBL_TRACE_ENUM(name, word) TRACE_DEFINE_ENUM(OBPBL_REASON_##name);
OBPBL_REASONS(OBPBL_TRACE_ENUM)
TRACE_DEFINE_ENUM(OBPBL_VERDICT_PASS);
TRACE_DEFINE_ENUM(OBPBL_VERDICT_BLOCK);
TRACE_DEFINE_ENUM(OBPBL_VERDICT_WOULD_BLOCK);

#define OBPBL_TRACE_WORD(name, word) { OBPBL_REASON_##name, word },

TRACE_EVENT(verdict,
	TP_PROTO(const struct obpbl_flow *flow,
		 const struct obpbl_decision *decision,
		 const struct nf_hook_state *state),
	TP_ARGS(flow, decision, state),
	TP_STRUCT__entry(
		__array(__u8, src, sizeof(struct sockaddr_in6))
		__array(__u8, dst, sizeof(struct sockaddr_in6))
		__array(char, isp, OBPBL_ISP_NAME_SIZE)
		__array(char, in, OBPBL_DEV_NAME_SIZE)
		__array(char, out, OBPBL_DEV_NAME_SIZE)
		__field(u16, sport)
		__field(u16, dport)
		__field(u8, family)
		__field(u8, flags)
		__field(u8, verdict)
		__field(u8, reason)
	),
	TP_fast_assign(
		obpbl_trace_address(__entry->src, flow->family, flow->src,
				    flow->sport);
		obpbl_trace_address(__entry->dst, flow->family, flow->dst,
				    flow->dport);
		strscpy(__entry->isp, decision->isp ?
			decision->isp->config.name : "-", OBPBL_ISP_NAME_SIZE);
		strscpy(__entry->in, obpbl_trace_device(state->in),
			OBPBL_DEV_NAME_SIZE);
		strscpy(__entry->out, obpbl_trace_device(state->out),
			OBPBL_DEV_NAME_SIZE);
		__entry->sport = flow->sport;
		__entry->dport = flow->dport;
		__entry->family = flow->family == OBPBL_INET4 ? 4 : 6;
		__entry->flags = flow->tcp_flags;
		__entry->verdict = decision->verdict;
		__entry->reason = decision->reason;
	),
	TP_printk("%s %s isp=%s src=%pISpc dst=%pISpc flags=0x%02x in=%s out=%s",
		  __print_symbolic(__entry->verdict,
			{ OBPBL_VERDICT_PASS, "pass" },
			{ OBPBL_VERDICT_BLOCK, "block" },
			{ OBPBL_VERDICT_WOULD_BLOCK, "would_block" }),
		  __print_symbolic(__entry->reason,
			OBPBL_REASONS(OBPBL_TRACE_WORD)
			{ -1, "" }),
		  __entry->isp, __entry->src, __entry->dst, __entry->flags,
		  __entry->in, __entry->out)
);

#endif /* _OBPBL_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where kernels from 5.10 on differ.
 *
 * Each difference is found by probe.mk in the headers, never by a version,
 * since distributions backport.  Names are our own: a kernel may come to
 * define any other.
 */
#ifndef _OBPBL_COMPAT_H
#define _OBPBL_COMPAT_H

#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <linux/sysctl.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

/* Handlers get a constant table since 6.11 */
#ifdef OBPBL_HAVE_CONST_CTL_TABLE
typedef const struct ctl_table obpbl_ctl_table;
#else
typedef struct ctl_table obpbl_ctl_table;
#endif

/* Since 6.6 a table has a size, which is the only way since 6.11 */
static inline struct ctl_table_header *
obpbl_register_net_sysctl(struct net *net, const char *path,
			  struct ctl_table *table, size_t size)
{
#ifdef OBPBL_HAVE_SYSCTL_SZ
	return register_net_sysctl_sz(net, path, table, size);
#else
	return register_net_sysctl(net, path, table);
#endif
}

/* Since 5.11, in place of nla_strlcpy(), which does not say what is cut */
static inline ssize_t obpbl_nla_strscpy(char *dst, const struct nlattr *nla,
					size_t size)
{
#ifdef OBPBL_HAVE_NLA_STRSCPY
	return nla_strscpy(dst, nla, size);
#else
	size_t len = nla_strlcpy(dst, nla, size);

	return len < size ? (ssize_t)len : -E2BIG;
#endif
}

/* Since 6.2; see sentence.c */
#ifdef NL_SET_ERR_MSG_FMT
#define OBPBL_SET_ERR_FMT(extack, fmt, ...) \
	NL_SET_ERR_MSG_FMT(extack, fmt, ##__VA_ARGS__)
#else
const char *obpbl_sentence(const char *fmt, ...) __printf(1, 2);
#define OBPBL_SET_ERR_FMT(extack, fmt, ...) \
	((extack)->_msg = obpbl_sentence(fmt, ##__VA_ARGS__))
#endif

/* Who may join a multicast group: since 6.7, and in what it was backported to */
#ifdef GENL_MCAST_CAP_NET_ADMIN
#define OBPBL_MCAST_ADMIN	.flags = GENL_MCAST_CAP_NET_ADMIN
#elif defined(OBPBL_HAVE_MCAST_CAP_SYS_ADMIN)
#define OBPBL_MCAST_ADMIN	.cap_sys_admin = 1
#else
#error "with this kernel, anybody could listen to events: it cannot guard a generic netlink group"
#endif

/*
 * Since 6.6, and in what it was backported to: what watches for dropped packets
 * (the tracepoint skb:kfree_skb, drop_monitor) sees that it was this module,
 * and not just some hook
 */
#ifdef OBPBL_HAVE_NF_DROP_REASON
#define OBPBL_DROP(skb) \
	NF_DROP_REASON(skb, SKB_DROP_REASON_NETFILTER_DROP, 0)
#else
#define OBPBL_DROP(skb)	NF_DROP
#endif

/* What ran the dump (6.6 made it the same type as of doit) */
static inline struct nlattr **obpbl_dump_attrs(struct netlink_callback *cb)
{
#ifdef OBPBL_HAVE_GENL_INFO_DUMP
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

#endif /* _OBPBL_COMPAT_H */

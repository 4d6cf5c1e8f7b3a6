/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Generic netlink: attributes as they lie in messages, and the family, whose
 * operations the simulator calls.
 */
#ifndef _SIM_GENL_H
#define _SIM_GENL_H

#include <linux/netlink.h>
#include <linux/genetlink.h>
#include <linux/types.h>
#include <sim/net.h>
#include <sim/skb.h>

#define NLMSG_GOODSIZE	3712
#define GENL_HDRLEN_	NLMSG_ALIGN(sizeof(struct genlmsghdr))

struct sock {
	struct net *net;
	u32 portid;
	bool dead;
};

#define SOCK_DEAD		0
#define sock_flag(sk, flag)	((sk)->dead)

static inline struct net *sock_net(const struct sock *sk)
{
	return sk->net;
}

struct netlink_skb_parms {
	u32 portid;
	struct sock *sk;
};

#define NETLINK_CB(skb)	(*(struct netlink_skb_parms *)&((skb)->cb))

/* What a handler says beside an errno */
struct netlink_ext_ack {
	const char *_msg;
	const struct nlattr *bad_attr;
	const void *policy;
	u8 cookie[20];
	u8 cookie_len;
	int miss_type;
	char _msg_buf[128];
};

void sim_ext_ack(struct netlink_ext_ack *extack, const char *fmt, ...);
#define NL_SET_ERR_MSG(extack, msg) do {				\
	if (extack)							\
		(extack)->_msg = (msg);					\
} while (0)
#define NL_SET_ERR_MSG_MOD(extack, msg)	NL_SET_ERR_MSG(extack, msg)
#define NL_SET_ERR_MSG_FMT(extack, fmt, ...) \
	sim_ext_ack(extack, fmt, ##__VA_ARGS__)
#define NL_SET_BAD_ATTR(extack, attr) do {				\
	if (extack)							\
		(extack)->bad_attr = (attr);				\
} while (0)
#define NL_SET_ERR_MSG_ATTR(extack, attr, msg) do {			\
	if (extack) {							\
		(extack)->_msg = (msg);					\
		(extack)->bad_attr = (attr);				\
	}								\
} while (0)
#define NL_SET_ERR_ATTR_MISS(extack, nest, type) do {			\
	if (extack)							\
		(extack)->miss_type = (type);				\
} while (0)

enum {
	NLA_UNSPEC, NLA_U8, NLA_U16, NLA_U32, NLA_U64, NLA_STRING, NLA_FLAG,
	NLA_MSECS, NLA_NESTED, NLA_NESTED_ARRAY, NLA_NUL_STRING, NLA_BINARY,
	NLA_S8, NLA_S16, NLA_S32, NLA_S64, NLA_BITFIELD32, NLA_REJECT,
	NLA_BE16, NLA_BE32,
};

enum nla_policy_validation {
	NLA_VALIDATE_NONE, NLA_VALIDATE_RANGE, NLA_VALIDATE_MIN,
	NLA_VALIDATE_MAX, NLA_VALIDATE_MASK, NLA_VALIDATE_RANGE_PTR,
	NLA_VALIDATE_FUNCTION,
};

struct netlink_range_validation {
	u64 min, max;
};

/* What of it can be told wrong is checked: see sim_validate() */
struct nla_policy {
	u8 type;
	u8 validation_type;
	u16 len;
	union {
		u32 mask;
		const struct netlink_range_validation *range;
		const struct nla_policy *nested_policy;
		int (*validate)(const struct nlattr *attr,
				struct netlink_ext_ack *extack);
		struct {
			s16 min, max;
		};
	};
};

#define NLA_POLICY_RANGE(t, lo, hi)	\
	{ .type = t, .validation_type = NLA_VALIDATE_RANGE, \
	  .min = lo, .max = hi }
#define NLA_POLICY_MIN(t, lo)	\
	{ .type = t, .validation_type = NLA_VALIDATE_MIN, .min = lo }
#define NLA_POLICY_MAX(t, hi)	\
	{ .type = t, .validation_type = NLA_VALIDATE_MAX, .max = hi }
#define NLA_POLICY_FULL_RANGE(t, r)	\
	{ .type = t, .validation_type = NLA_VALIDATE_RANGE_PTR, .range = r }
#define NLA_POLICY_VALIDATE_FN(t, fn, ...)	\
	{ .type = t, .validation_type = NLA_VALIDATE_FUNCTION, \
	  .validate = fn, .len = __VA_ARGS__ + 0 }
#define NLA_POLICY_EXACT_LEN(n)	\
	{ .type = NLA_BINARY, .validation_type = NLA_VALIDATE_RANGE, \
	  .min = n, .max = n }
#define NLA_POLICY_MIN_LEN(n)	\
	{ .type = NLA_BINARY, .validation_type = NLA_VALIDATE_MIN, .min = n }
#define NLA_POLICY_NESTED(p)	{ .type = NLA_NESTED, .nested_policy = p }
#define NLA_POLICY_MASK(t, m)	\
	{ .type = t, .validation_type = NLA_VALIDATE_MASK, .mask = m }

static inline void *nla_data(const struct nlattr *nla)
{
	return (char *)nla + NLA_HDRLEN;
}

static inline int nla_len(const struct nlattr *nla)
{
	return nla->nla_len - NLA_HDRLEN;
}

static inline int nla_type(const struct nlattr *nla)
{
	return nla->nla_type & NLA_TYPE_MASK;
}

static inline int nla_attr_size(int payload)
{
	return NLA_HDRLEN + payload;
}

static inline int nla_total_size(int payload)
{
	return NLA_ALIGN(nla_attr_size(payload));
}

static inline int nla_total_size_64bit(int payload)
{
	return nla_total_size(payload);
}

#define SIM_NLA_GET(name, type)						\
static inline type nla_get_##name(const struct nlattr *nla)		\
{									\
	type value;							\
									\
	__builtin_memcpy(&value, nla_data(nla), sizeof(value));		\
	return value;							\
}
SIM_NLA_GET(u8, u8)
SIM_NLA_GET(u16, u16)
SIM_NLA_GET(u32, u32)
SIM_NLA_GET(u64, u64)
#define nla_get_flag(nla)	(!!(nla))

struct nlattr *nla_reserve(struct sk_buff *skb, int type, int len);
int nla_put(struct sk_buff *skb, int type, int len, const void *data);
int nla_put_nohdr(struct sk_buff *skb, int len, const void *data);
ssize_t nla_strscpy(char *dst, const struct nlattr *nla, size_t size);
int nla_strcmp(const struct nlattr *nla, const char *str);
int nla_memcpy(void *dst, const struct nlattr *src, int count);

#define SIM_NLA_PUT(name, type)						\
static inline int nla_put_##name(struct sk_buff *skb, int attr, type value) \
{									\
	return nla_put(skb, attr, sizeof(value), &value);		\
}
SIM_NLA_PUT(u8, u8)
SIM_NLA_PUT(u16, u16)
SIM_NLA_PUT(u32, u32)

static inline int nla_put_u64_64bit(struct sk_buff *skb, int attr, u64 value,
				    int pad)
{
	(void)pad;
	return nla_put(skb, attr, sizeof(value), &value);
}

static inline int nla_put_64bit(struct sk_buff *skb, int attr, int len,
				const void *data, int pad)
{
	(void)pad;
	return nla_put(skb, attr, len, data);
}

static inline int nla_put_string(struct sk_buff *skb, int attr, const char *s)
{
	return nla_put(skb, attr, strlen(s) + 1, s);
}

static inline int nla_put_flag(struct sk_buff *skb, int attr)
{
	return nla_put(skb, attr, 0, NULL);
}

#define nla_nest_start(skb, attr)	nla_reserve(skb, attr, 0)
#define nla_nest_start_noflag(skb, attr) nla_reserve(skb, attr, 0)

static inline int nla_nest_end(struct sk_buff *skb, struct nlattr *start)
{
	start->nla_len = skb_tail_pointer(skb) - (unsigned char *)start;
	return skb->len;
}

static inline void nla_nest_cancel(struct sk_buff *skb, struct nlattr *start)
{
	if (start)
		skb_trim(skb, (unsigned char *)start - skb->data);
}

static inline bool nla_ok(const struct nlattr *nla, int rem)
{
	return rem >= (int)sizeof(*nla) && nla->nla_len >= sizeof(*nla) &&
	       nla->nla_len <= rem;
}

static inline struct nlattr *nla_next(const struct nlattr *nla, int *rem)
{
	*rem -= NLA_ALIGN(nla->nla_len);
	return (struct nlattr *)((char *)nla + NLA_ALIGN(nla->nla_len));
}

#define nla_for_each_attr(pos, head, len, rem)	\
	for (pos = head, rem = len; nla_ok(pos, rem); pos = nla_next(pos, &(rem)))
#define nla_for_each_nested(pos, nla, rem)	\
	nla_for_each_attr(pos, (struct nlattr *)nla_data(nla), nla_len(nla), rem)

/* The family */

struct genl_info;
struct genl_ops;

struct netlink_callback {
	struct sk_buff *skb;
	const struct nlmsghdr *nlh;
	int (*dump)(struct sk_buff *skb, struct netlink_callback *cb);
	int (*done)(struct netlink_callback *cb);
	void *data;
	struct module *module;
	struct netlink_ext_ack *extack;
	u16 family;
	u32 min_dump_alloc;
	unsigned int prev_seq, seq;
	int flags;
	bool strict_check;
	union {
		u8 ctx[48];
		long args[6];
	};
	struct genl_info *info;
};

#define NL_ASSERT_DUMP_CTX_FITS(type)	\
	BUILD_BUG_ON(sizeof(type) > sizeof_field(struct netlink_callback, ctx))
#define NL_ASSERT_CTX_FITS(type)	NL_ASSERT_DUMP_CTX_FITS(type)

struct genl_split_ops;

struct genl_multicast_group {
	char name[16];
	u8 flags;
};

#define GENL_MCAST_CAP_NET_ADMIN	1
#define GENL_UNS_ADMIN_PERM		0x10

struct genl_family {
	unsigned int hdrsize;
	char name[16];
	unsigned int version;
	unsigned int maxattr;
	u8 netnsok:1;
	u8 parallel_ops:1;
	u8 n_ops;
	u8 n_small_ops;
	u8 n_split_ops;
	u8 n_mcgrps;
	u8 resv_start_op;
	const struct nla_policy *policy;
	int (*pre_doit)(const void *ops, struct sk_buff *skb,
			struct genl_info *info);
	void (*post_doit)(const void *ops, struct sk_buff *skb,
			  struct genl_info *info);
	int (*bind)(int mcgrp);
	void (*unbind)(int mcgrp);
	const struct genl_ops *ops;
	const struct genl_ops *small_ops;
	const struct genl_multicast_group *mcgrps;
	struct module *module;
};

struct genl_info {
	u32 snd_seq;
	u32 snd_portid;
	const struct genl_family *family;
	const struct nlmsghdr *nlhdr;
	struct genlmsghdr *genlhdr;
	void *userhdr;
	struct nlattr **attrs;
	struct net *net;
	void *user_ptr[2];
	struct netlink_ext_ack *extack;
};

struct genl_ops {
	int (*doit)(struct sk_buff *skb, struct genl_info *info);
	int (*start)(struct netlink_callback *cb);
	int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb);
	int (*done)(struct netlink_callback *cb);
	const struct nla_policy *policy;
	unsigned int maxattr;
	u8 cmd;
	u8 internal_flags;
	u8 flags;
	u8 validate;
};

static inline struct net *genl_info_net(const struct genl_info *info)
{
	return info->net;
}

static inline void *genl_info_userhdr(const struct genl_info *info)
{
	return info->userhdr;
}

static inline const struct genl_info *
genl_info_dump(struct netlink_callback *cb)
{
	return cb->info;
}

#define genl_dumpit_info(cb)	genl_info_dump(cb)
#define GENL_REQ_ATTR_CHECK(info, attr) ({				\
	bool __missing = !(info)->attrs[attr];				\
	if (__missing)							\
		(info)->extack->miss_type = (attr);			\
	__missing; })
#define GENL_SET_ERR_MSG(info, msg)	NL_SET_ERR_MSG((info)->extack, msg)

int genl_register_family(struct genl_family *family);
int genl_unregister_family(const struct genl_family *family);
void *genlmsg_put(struct sk_buff *skb, u32 portid, u32 seq,
		  const struct genl_family *family, int flags, u8 cmd);

static inline void *genlmsg_put_reply(struct sk_buff *skb,
				      struct genl_info *info,
				      const struct genl_family *family,
				      int flags, u8 cmd)
{
	return genlmsg_put(skb, info->snd_portid, info->snd_seq, family, flags,
			   cmd);
}

#define genlmsg_iput(skb, info)	\
	genlmsg_put(skb, (info)->snd_portid, (info)->snd_seq, \
		    (info)->family, 0, (info)->genlhdr->cmd)

void genlmsg_end(struct sk_buff *skb, void *header);
void genlmsg_cancel(struct sk_buff *skb, void *header);
int genlmsg_reply(struct sk_buff *skb, struct genl_info *info);
int genlmsg_unicast(struct net *net, struct sk_buff *skb, u32 portid);
int genlmsg_multicast_netns(const struct genl_family *family, struct net *net,
			    struct sk_buff *skb, u32 portid, unsigned int group,
			    gfp_t flags);
int genl_has_listeners(const struct genl_family *family, struct net *net,
		       unsigned int group);
#define genlmsg_new(size, flags)	alloc_skb((size) + 20, flags)
#define nlmsg_new(size, flags)		alloc_skb((size) + 16, flags)
#define nlmsg_free(skb)			kfree_skb(skb)
#define nlmsg_total_size(n)		NLMSG_ALIGN(NLMSG_HDRLEN + (n))
#define genlmsg_total_size(n)		((n) + GENL_HDRLEN_)
#define genlmsg_data(h)			((void *)((char *)(h) + GENL_HDRLEN_))
#define nlmsg_data(nlh)			((void *)((char *)(nlh) + NLMSG_HDRLEN))
#define genlmsg_parse_deprecated	sim_no_such_thing

/* The notifier of sockets that close */

#define NETLINK_URELEASE	1

struct netlink_notify {
	struct net *net;
	u32 portid;
	int protocol;
};

int netlink_register_notifier(struct notifier_block *nb);
int netlink_unregister_notifier(struct notifier_block *nb);

#endif

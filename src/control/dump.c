// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers: the namespace at a glance, and dumps.
 *
 * A dump holds the snapshot that ran when it began, and between its messages
 * only a key of where it stands: it can neither be torn nor starved.
 */
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "account.h"
#include "compat/compat.h"
#include "confirm.h"
#include "device.h"
#include "net.h"
#include "netlink.h"
#include "session.h"
#include "shadow.h"
#include "source.h"
#include "stats.h"

/**
 * obpbl_answer() - answer a request with one message
 * @info: the request
 * @put: does what is asked for, and fills in the answer, under the lock of the
 *	 namespace's state; only without an error is there an answer
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM, and nothing was done; or what @put has returned.
 */
int obpbl_answer(struct genl_info *info,
		 int (*put)(struct sk_buff *reply, struct obpbl_net *on,
			    struct genl_info *info))
{
	struct sk_buff *reply = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	struct obpbl_net *on = obpbl_pernet(genl_info_net(info));
	void *header;
	int err;

	if (!reply)
		return -ENOMEM;
	header = genlmsg_put_reply(reply, info, &obpbl_genl_family, 0,
				   info->genlhdr->cmd);
	mutex_lock(&on->lock);
	err = put(reply, on, info);
	mutex_unlock(&on->lock);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);
}

/**
 * obpbl_put_generation() - say of which snapshot a message is
 * @skb: the message
 * @policy: the snapshot
 *
 * Return: 0 or -EMSGSIZE.
 */
int obpbl_put_generation(struct sk_buff *skb,
			 const struct obpbl_policy *policy)
{
	return nla_put_u64_64bit(skb, OBPBL_A_GENERATION, policy->generation,
				 OBPBL_A_PAD);
}

/* At a glance */

static u32 sources_used(struct obpbl_net *on)
{
	struct obpbl_sources *sources;
	u32 used;

	rcu_read_lock();
	sources = rcu_dereference(on->sources);
	used = sources ? obpbl_sources_used(sources) : 0;
	rcu_read_unlock();
	return used;
}

static int put_summary(struct sk_buff *skb, struct obpbl_net *on,
		       struct genl_info *info)
{
	const struct obpbl_policy *policy = on->history.current_policy;
	const struct obpbl_sysctl *sysctl = &on->sysctl;

	lockdep_assert_held(&on->lock);

	return obpbl_put_generation(skb, policy) ||
	       nla_put_string(skb, OBPBL_A_VERSION, OBPBL_VERSION) ||
	       nla_put_u32(skb, OBPBL_A_PROTOCOL, OBPBL_GENL_VERSION) ||
	       nla_put_u8(skb, OBPBL_A_CEILING, READ_ONCE(sysctl->mode)) ||
	       nla_put_u32(skb, OBPBL_A_ISPS, policy->configured.isps.count) ||
	       nla_put_u32(skb, OBPBL_A_PREFIXES,
			   policy->configured.prefixes) ||
	       nla_put_u32(skb, OBPBL_A_OVERLAYS,
			   obpbl_policy_overlays(policy)) ||
	       nla_put_u64_64bit(skb, OBPBL_A_BYTES, on->history.bytes,
				 OBPBL_A_PAD) ||
	       nla_put_u32(skb, OBPBL_A_MAX_PREFIXES,
			   READ_ONCE(sysctl->max_prefixes)) ||
	       nla_put_u32(skb, OBPBL_A_MAX_OVERLAYS,
			   READ_ONCE(sysctl->max_overlays)) ||
	       nla_put_u32(skb, OBPBL_A_SOURCES, sources_used(on)) ||
	       nla_put_u32(skb, OBPBL_A_MAX_SOURCES,
			   READ_ONCE(sysctl->max_sources)) ||
	       nla_put_u32(skb, OBPBL_A_SESSIONS, policy->session_entries) ||
	       nla_put_u32(skb, OBPBL_A_MAX_SESSIONS,
			   READ_ONCE(sysctl->max_sessions)) ||
	       (on->owner && nla_put_u32(skb, OBPBL_A_OWNER, on->owner)) ||
	       obpbl_confirm_put(skb, on) || obpbl_shadow_put(skb, on) ?
	       -EMSGSIZE : 0;
}

/**
 * obpbl_cmd_get() - OBPBL_CMD_GET
 * @skb: unused
 * @info: the request
 *
 * Return: 0 or a negative errno.
 */
int obpbl_cmd_get(struct sk_buff *skb, struct genl_info *info)
{
	return obpbl_answer(info, put_summary);
}

/* ISPs */

static int put_isp(struct sk_buff *skb, const struct obpbl_policy *policy,
		   const struct obpbl_isp *isp)
{
	const struct obpbl_isp_config *config = &isp->config;
	u32 counts[__OBPBL_CLASS_LAST];
	u8 class;

	for (class = 0; class < ARRAY_SIZE(counts); class++)
		counts[class] = obpbl_policy_count(policy, isp, class);
	return obpbl_put_generation(skb, policy) ||
	       nla_put_string(skb, OBPBL_A_ISP, config->name) ||
	       nla_put_u8(skb, OBPBL_A_MODE, config->mode) ||
	       nla_put_u8(skb, OBPBL_A_POLICY, config->policy) ||
	       nla_put_u8(skb, OBPBL_A_REJECT, config->reject) ||
	       nla_put_u8(skb, OBPBL_A_REVERSE, config->reverse) ||
	       (config->limit &&
		(nla_put_u32(skb, OBPBL_A_LIMIT, config->limit) ||
		 nla_put_u32(skb, OBPBL_A_LIMIT_SECONDS, config->interval))) ||
	       (config->quarantine &&
		nla_put_u32(skb, OBPBL_A_LIMIT_QUARANTINE,
			    config->quarantine)) ||
	       (config->vrf[0] &&
		nla_put_string(skb, OBPBL_A_VRF, config->vrf)) ||
	       nla_put(skb, OBPBL_A_CLASS_COUNTS, sizeof(counts), counts) ||
	       nla_put_u32(skb, OBPBL_A_SESSIONS,
			   obpbl_policy_sessions(policy, isp->index));
}

static int get_isp(struct sk_buff *reply, struct obpbl_net *on,
		   struct genl_info *info)
{
	const struct obpbl_policy *policy = on->history.current_policy;
	const struct obpbl_isp *isp;

	isp = obpbl_policy_isp(policy, nla_data(info->attrs[OBPBL_A_ISP]));
	if (isp)
		return put_isp(reply, policy, isp) ? -EMSGSIZE : 0;
	info->extack->bad_attr = info->attrs[OBPBL_A_ISP];
	NL_SET_ERR_MSG(info->extack, "there is no such ISP");
	return -ENOENT;
}

/**
 * obpbl_cmd_isp_get() - OBPBL_CMD_ISP_GET of one ISP
 * @skb: unused
 * @info: the request
 *
 * Return: 0 or a negative errno.
 */
int obpbl_cmd_isp_get(struct sk_buff *skb, struct genl_info *info)
{
	int err = obpbl_missing(info, OBPBL_A_ISP, "the ISP is missing");

	return err ?: obpbl_answer(info, get_isp);
}

/* Dumps */

/* Classes in the order in which their tables are dumped: sources, then the rest */
static const u8 dumped[] = {
	OBPBL_CLASS_SPACE, OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_STATIC,
	OBPBL_CLASS_RELAY, OBPBL_CLASS_TARGET,
};

/**
 * struct cursor - a dump under way
 * @policy: the snapshot
 * @isp: index of the one ISP wanted; negative: all
 * @none: an ISP is wanted that the snapshot does not have
 * @dev: number of the one device wanted; 0: all
 * @wanted: classes wanted, as bits
 * @pass: index into dumped[], or the layer of the overlays
 * @index: the ISP, scope, spot, session or place of a source where it stands
 * @sub: the overlay at that spot, or the prefix of that session
 * @prefix: the last prefix sent
 * @started: @prefix holds one
 * @foreign: statistics: what belongs to no ISP has been sent
 * @total: statistics: since the beginning
 * @reset: statistics: begin anew behind what is sent
 * @counters: room to read statistics into
 */
struct cursor {
	struct obpbl_policy *policy;
	int isp;
	bool none;
	u32 dev;
	u32 wanted;
	u8 pass;
	u32 index;
	u16 sub;
	struct obpbl_prefix prefix;
	bool started;
	bool foreign;
	bool total;
	bool reset;
	struct obpbl_counter counters[OBPBL_STATS_MAX];
};

static struct cursor *cursor_of(struct netlink_callback *cb)
{
	return (struct cursor *)cb->args[0];
}

static void cursor_filter(struct cursor *cursor, struct nlattr **attrs)
{
	const struct obpbl_isp *isp = NULL;

	cursor->isp = -1;
	cursor->wanted = ~0U;
	cursor->total = attrs && attrs[OBPBL_A_TOTAL];
	if (attrs && attrs[OBPBL_A_CLASS])
		cursor->wanted = OBPBL_BIT(nla_get_u8(attrs[OBPBL_A_CLASS]));
	if (!attrs || !attrs[OBPBL_A_ISP])
		return;
	isp = obpbl_policy_isp(cursor->policy, nla_data(attrs[OBPBL_A_ISP]));
	cursor->none = !isp;
	cursor->isp = isp ? isp->index : -1;
}

static int cursor_device(struct cursor *cursor, struct obpbl_net *on,
			 struct netlink_callback *cb)
{
	struct nlattr **attrs = obpbl_dump_attrs(cb);
	int index;

	if (!attrs || !attrs[OBPBL_A_DEV])
		return 0;
	index = obpbl_device_index(on, nla_data(attrs[OBPBL_A_DEV]));
	if (index < 0) {
		NL_SET_ERR_MSG(cb->extack, "there is no such device");
		return index;
	}
	cursor->dev = index;
	return 0;
}

/**
 * obpbl_dump_start() - hold the running snapshot for a dump
 * @cb: the dump
 *
 * Return: 0, -ENOMEM, -ENOENT for an ISP that is not there, or -ENODEV for such
 * a device.
 */
int obpbl_dump_start(struct netlink_callback *cb)
{
	struct obpbl_net *on = obpbl_pernet(sock_net(cb->skb->sk));
	struct cursor *cursor = kzalloc(sizeof(*cursor), GFP_KERNEL_ACCOUNT);
	int err;

	if (!cursor)
		return -ENOMEM;
	mutex_lock(&on->lock);
	cursor->policy = obpbl_net_hold(on);
	mutex_unlock(&on->lock);
	cursor_filter(cursor, obpbl_dump_attrs(cb));
	err = cursor->none ? -ENOENT : cursor_device(cursor, on, cb);
	if (cursor->none)
		NL_SET_ERR_MSG(cb->extack, "there is no such ISP");
	if (err) {
		obpbl_net_put(on, cursor->policy);
		kfree(cursor);
		return err;
	}
	cb->args[0] = (long)cursor;
	return 0;
}

/**
 * obpbl_dump_done() - let go of it
 * @cb: the dump, also one that was never read to its end
 *
 * Return: 0.
 */
int obpbl_dump_done(struct netlink_callback *cb)
{
	struct obpbl_net *on = obpbl_pernet(sock_net(cb->skb->sk));
	struct cursor *cursor = cursor_of(cb);

	if (cursor)
		obpbl_net_put(on, cursor->policy);
	kfree(cursor);
	return 0;
}

static void *message(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &obpbl_genl_family, NLM_F_MULTI, cmd);
}

/* Sends messages until one does not fit; fn() puts one and moves the cursor */
static int dump(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		int (*fn)(struct sk_buff *skb, struct obpbl_net *on,
			  struct cursor *cursor))
{
	struct obpbl_net *on = obpbl_pernet(sock_net(cb->skb->sk));
	struct cursor *cursor = cursor_of(cb);
	void *header;
	int more;

	do {
		header = message(skb, cb, cmd);
		if (!header)
			break;
		more = fn(skb, on, cursor);
		if (more > 0)
			genlmsg_end(skb, header);
		else
			genlmsg_cancel(skb, header);
	} while (more > 0);
	if (header && more == -EMSGSIZE && !skb->len)
		return -EMSGSIZE;
	return skb->len;
}

static const struct obpbl_isp *next_isp(struct cursor *cursor)
{
	const struct obpbl_isp *isp;

	while ((isp = obpbl_vec_next(&cursor->policy->configured.isps,
				     &cursor->index))) {
		if (cursor->isp < 0 || cursor->isp == isp->index)
			return isp;
		cursor->index++;
	}
	return NULL;
}

static int isp_message(struct sk_buff *skb, struct obpbl_net *on,
		       struct cursor *cursor)
{
	const struct obpbl_isp *isp = next_isp(cursor);

	if (!isp)
		return 0;
	if (put_isp(skb, cursor->policy, isp))
		return -EMSGSIZE;
	cursor->index++;
	return 1;
}

/**
 * obpbl_dump_isps() - OBPBL_CMD_ISP_GET of all
 * @skb: to be filled
 * @cb: the dump
 *
 * Return: length of what was filled in; 0 at the end.
 */
int obpbl_dump_isps(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, OBPBL_CMD_ISP_GET, isp_message);
}

/* Prefixes */

static bool is_source(const struct cursor *cursor)
{
	return OBPBL_BIT(dumped[cursor->pass]) & OBPBL_SRC_CLASSES;
}

/* The table where the cursor stands; NULL past the last one of the pass */
static const struct obpbl_trie *table(struct cursor *cursor)
{
	const struct obpbl_part *part = &cursor->policy->configured;
	u8 family = cursor->prefix.family;
	struct obpbl_scope *scope;
	const struct obpbl_isp *isp;

	if (is_source(cursor)) {
		scope = obpbl_vec_next(&part->tables.scopes, &cursor->index);
		return scope ? &scope->src[family] : NULL;
	}
	isp = next_isp(cursor);
	return isp ? &isp->dst[family] : NULL;
}

static void next_table(struct cursor *cursor)
{
	u8 family = cursor->prefix.family;

	memset(&cursor->prefix, 0, sizeof(cursor->prefix));
	cursor->started = false;
	if (family == OBPBL_INET4) {
		cursor->prefix.family = OBPBL_INET6;
		return;
	}
	cursor->index++;
}

static void next_pass(struct cursor *cursor)
{
	cursor->index = 0;
	do {
		cursor->pass++;
	} while (cursor->pass < ARRAY_SIZE(dumped) &&
		 !(cursor->wanted & OBPBL_BIT(dumped[cursor->pass])));
}

/* ISP and classes of an entry of the table where the cursor stands */
static u8 entry_classes(const struct cursor *cursor, u32 value, u32 *isp)
{
	const struct obpbl_spot *spot;

	if (!is_source(cursor)) {
		*isp = cursor->index;
		return value;
	}
	if (!obpbl_value_is_spot(value)) {
		*isp = obpbl_value_isp(value);
		return obpbl_value_classes(value);
	}
	spot = obpbl_vec_get(&cursor->policy->configured.tables.spots,
			     obpbl_value_spot(value));
	*isp = spot->isp;
	return spot->classes;
}

static void stand_at(struct cursor *cursor, const struct obpbl_prefix *prefix)
{
	cursor->prefix = *prefix;
	cursor->started = true;
}

/* The next prefix that is wanted in this table, and whose it is */
static bool next_prefix(struct cursor *cursor, const struct obpbl_trie *trie,
			struct obpbl_prefix *prefix, u32 *isp)
{
	bool started = cursor->started;
	u32 value;
	u8 classes;

	*prefix = cursor->prefix;
	while (obpbl_trie_next(trie, prefix->key, &prefix->len, &started,
			       &value)) {
		classes = entry_classes(cursor, value, isp);
		if (classes & OBPBL_BIT(dumped[cursor->pass]) &&
		    (cursor->isp < 0 || cursor->isp == *isp))
			return true;
		stand_at(cursor, prefix);
	}
	return false;
}

/* Goes on to the table and pass that has a prefix next */
static bool seek_prefix(struct cursor *cursor, const struct obpbl_trie **trie,
			struct obpbl_prefix *prefix, u32 *isp)
{
	if (!(cursor->wanted & OBPBL_BIT(dumped[cursor->pass])))
		next_pass(cursor);
	while (cursor->pass < ARRAY_SIZE(dumped)) {
		*trie = table(cursor);
		if (!*trie)
			next_pass(cursor);
		else if (next_prefix(cursor, *trie, prefix, isp))
			return true;
		else
			next_table(cursor);
		cond_resched();
	}
	return false;
}

static bool put_prefix(struct sk_buff *skb, struct nlattr *array,
		       const struct obpbl_prefix *prefix)
{
	unsigned int bytes = obpbl_family_bits(prefix->family) / 8;
	u8 *wire;

	if (skb_tailroom(skb) < bytes + 4 ||
	    array->nla_len + bytes + 4 > U16_MAX)
		return false;
	wire = skb_put_zero(skb, bytes + 4);
	memcpy(wire, prefix->key, bytes);
	wire[bytes] = prefix->len;
	array->nla_len += bytes + 4;
	return true;
}

static int put_head(struct sk_buff *skb, const struct cursor *cursor,
		    u32 index)
{
	const struct obpbl_isp *isp;

	isp = obpbl_vec_get(&cursor->policy->configured.isps, index);
	return obpbl_put_generation(skb, cursor->policy) ||
	       nla_put_string(skb, OBPBL_A_ISP, isp->config.name) ||
	       nla_put_u8(skb, OBPBL_A_CLASS, dumped[cursor->pass]);
}

/* A run of prefixes of one ISP and class */
static int prefix_message(struct sk_buff *skb, struct obpbl_net *on,
			  struct cursor *cursor)
{
	const struct obpbl_trie *trie;
	struct obpbl_prefix prefix;
	struct nlattr *array;
	u32 isp, next;
	bool any;

	if (cursor->pass == ARRAY_SIZE(dumped) ||
	    !seek_prefix(cursor, &trie, &prefix, &isp))
		return 0;
	if (put_head(skb, cursor, isp))
		return -EMSGSIZE;
	array = nla_reserve(skb, prefix.family == OBPBL_INET4 ?
			    OBPBL_A_PREFIXES4 : OBPBL_A_PREFIXES6, 0);
	next = isp;
	any = false;
	while (array && next == isp && put_prefix(skb, array, &prefix)) {
		stand_at(cursor, &prefix);
		any = true;
		if (!next_prefix(cursor, trie, &prefix, &next))
			break;
	}
	return any ? 1 : -EMSGSIZE;
}

/**
 * obpbl_dump_prefixes() - OBPBL_CMD_PREFIX_GET
 * @skb: to be filled
 * @cb: the dump
 *
 * Return: length of what was filled in; 0 at the end.
 */
int obpbl_dump_prefixes(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, OBPBL_CMD_PREFIX_GET, prefix_message);
}

/* Overlays */

static int put_one_prefix(struct sk_buff *skb, int attr4, int attr6,
			  const struct obpbl_prefix *prefix)
{
	bool inet4 = prefix->family == OBPBL_INET4;
	struct nlattr *nla;

	nla = nla_reserve(skb, inet4 ? attr4 : attr6, 0);
	return !nla || !put_prefix(skb, nla, prefix);
}

static int put_overlay(struct sk_buff *skb, const struct cursor *cursor,
		       const struct obpbl_spot *spot,
		       const struct obpbl_overlay *overlay)
{
	const struct obpbl_isp *isp;

	isp = obpbl_vec_get(&cursor->policy->configured.isps, spot->isp);
	return obpbl_put_generation(skb, cursor->policy) ||
	       nla_put_string(skb, OBPBL_A_ISP, isp->config.name) ||
	       nla_put_u8(skb, OBPBL_A_CLASS, overlay->class) ||
	       nla_put_u8(skb, OBPBL_A_LAYER, cursor->pass) ||
	       put_one_prefix(skb, OBPBL_A_PREFIXES4, OBPBL_A_PREFIXES6,
			      &spot->prefix) ||
	       (overlay->has_to &&
		put_one_prefix(skb, OBPBL_A_TO4, OBPBL_A_TO6, &overlay->to)) ||
	       (overlay->dev[0] &&
		nla_put_string(skb, OBPBL_A_DEV, overlay->dev)) ||
	       (overlay->until &&
		nla_put_u64_64bit(skb, OBPBL_A_UNTIL, overlay->until,
				  OBPBL_A_PAD)) ||
	       nla_put_string(skb, OBPBL_A_REASON, overlay->reason) ||
	       (overlay->ticket[0] &&
		nla_put_string(skb, OBPBL_A_TICKET, overlay->ticket));
}

static const struct obpbl_spot *next_spot(struct cursor *cursor)
{
	const struct obpbl_tables *tables;
	const struct obpbl_spot *spot;

	while (cursor->pass < OBPBL_LAYERS) {
		tables = obpbl_policy_tables(cursor->policy, cursor->pass);
		spot = obpbl_vec_next(&tables->spots, &cursor->index);
		if (spot && cursor->sub < spot->n &&
		    (cursor->isp < 0 || cursor->isp == spot->isp))
			return spot;
		cursor->sub = 0;
		cursor->index++;
		if (!spot) {
			cursor->index = 0;
			cursor->pass++;
		}
	}
	return NULL;
}

static int overlay_message(struct sk_buff *skb, struct obpbl_net *on,
			   struct cursor *cursor)
{
	const struct obpbl_overlay *overlay;
	const struct obpbl_spot *spot;

	while ((spot = next_spot(cursor))) {
		overlay = spot->overlays[cursor->sub];
		if (!(cursor->wanted & OBPBL_BIT(overlay->class))) {
			cursor->sub++;
			continue;
		}
		if (put_overlay(skb, cursor, spot, overlay))
			return -EMSGSIZE;
		cursor->sub++;
		return 1;
	}
	return 0;
}

/**
 * obpbl_dump_overlays() - OBPBL_CMD_OVERLAY_GET
 * @skb: to be filled
 * @cb: the dump
 *
 * Return: length of what was filled in; 0 at the end.
 */
int obpbl_dump_overlays(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, OBPBL_CMD_OVERLAY_GET, overlay_message);
}

/* Sessions */

/**
 * obpbl_put_prefixes() - prefixes of both families, packed
 * @skb: the message
 * @prefixes: they
 * @n: how many
 *
 * Return: 0 or -EMSGSIZE.
 */
int obpbl_put_prefixes(struct sk_buff *skb, const struct obpbl_prefix *prefixes,
		       unsigned int n)
{
	struct nlattr *array;
	unsigned int i;
	u8 family;

	for (family = 0; family < OBPBL_FAMILIES; family++) {
		array = NULL;
		for (i = 0; i < n; i++) {
			if (prefixes[i].family != family)
				continue;
			if (!array)
				array = nla_reserve(skb, family == OBPBL_INET4 ?
						    OBPBL_A_PREFIXES4 :
						    OBPBL_A_PREFIXES6, 0);
			if (!array || !put_prefix(skb, array, &prefixes[i]))
				return -EMSGSIZE;
		}
	}
	return 0;
}

static bool session_wanted(const struct cursor *cursor,
			   const struct obpbl_session *session)
{
	return (cursor->isp < 0 || cursor->isp == session->isp) &&
	       (!cursor->dev || cursor->dev == session->ifindex);
}

/* A session that has said all is followed by the next one */
static const struct obpbl_session *next_session(struct cursor *cursor)
{
	const struct obpbl_policy *policy = cursor->policy;
	const struct obpbl_session *session;

	while ((session = obpbl_vec_next(&policy->sessions, &cursor->index))) {
		if (!READ_ONCE(session->gone) &&
		    session_wanted(cursor, session) &&
		    cursor->sub < max_t(u16, session->n, 1))
			return session;
		cursor->sub = 0;
		cursor->index++;
	}
	return NULL;
}

static int put_session(struct sk_buff *skb, const struct cursor *cursor,
		       const struct obpbl_session *session, const char *dev)
{
	const struct obpbl_vec *isps = &cursor->policy->configured.isps;
	const struct obpbl_isp *isp = obpbl_vec_get(isps, session->isp);

	return obpbl_put_generation(skb, cursor->policy) ||
	       nla_put_string(skb, OBPBL_A_DEV, dev) ||
	       nla_put_u32(skb, OBPBL_A_IFINDEX, session->ifindex) ||
	       nla_put_string(skb, OBPBL_A_ISP, isp->config.name) ||
	       nla_put_u8(skb, OBPBL_A_CLASS, session->class) ||
	       (session->n &&
		obpbl_put_prefixes(skb, &session->prefixes[cursor->sub], 1));
}

static int session_message(struct sk_buff *skb, struct obpbl_net *on,
			   struct cursor *cursor)
{
	const struct obpbl_session *session;
	char dev[IFNAMSIZ];

	while ((session = next_session(cursor))) {
		cond_resched();
		if (!obpbl_device_name(on, session->ifindex, dev)) {
			cursor->sub = session->n + 1;
			continue;
		}
		if (put_session(skb, cursor, session, dev))
			return -EMSGSIZE;
		cursor->sub++;
		return 1;
	}
	return 0;
}

/**
 * obpbl_dump_sessions() - OBPBL_CMD_SESSION_GET
 * @skb: to be filled
 * @cb: the dump
 *
 * Return: length of what was filled in; 0 at the end.
 */
int obpbl_dump_sessions(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, OBPBL_CMD_SESSION_GET, session_message);
}

/* Statistics */

static int put_counters(struct sk_buff *skb, struct obpbl_net *on,
			struct cursor *cursor, int place)
{
	unsigned int n = obpbl_stats_read(on, place, cursor->counters,
					  cursor->total);

	if (nla_put(skb, OBPBL_A_COUNTERS, n * sizeof(*cursor->counters),
		    cursor->counters))
		return -EMSGSIZE;
	/* The last thing in a message: what is in it will be sent */
	if (cursor->reset)
		obpbl_stats_reset(on, place, cursor->counters, n);
	return 0;
}

static int put_tallies(struct sk_buff *skb, struct obpbl_net *on,
		       const struct cursor *cursor)
{
	static const int attrs[OBPBL_TALLIES] = {
		[OBPBL_TALLY_SENT] = OBPBL_A_REPLIES,
		[OBPBL_TALLY_HELD] = OBPBL_A_REPLIES_SUPPRESSED,
		[OBPBL_TALLY_LOST] = OBPBL_A_SOURCES_LOST,
		[OBPBL_TALLY_FULL] = OBPBL_A_LIMIT_FULL,
		[OBPBL_TALLY_TOLD] = OBPBL_A_EVENTS,
		[OBPBL_TALLY_QUIET] = OBPBL_A_EVENTS_SUPPRESSED,
		[OBPBL_TALLY_FREE] = OBPBL_A_QUARANTINE_REFUSED,
	};
	u64 tallies[OBPBL_TALLIES];
	unsigned int i;

	obpbl_stats_tallies(on, tallies, cursor->total);
	for (i = 0; i < OBPBL_TALLIES; i++) {
		if (nla_put_u64_64bit(skb, attrs[i], tallies[i], OBPBL_A_PAD))
			return -EMSGSIZE;
	}
	/* Behind them is room for the two counters that there are at most */
	if (skb_tailroom(skb) < nla_total_size(OBPBL_FAMILIES *
					       sizeof(*cursor->counters)))
		return -EMSGSIZE;
	if (cursor->reset)
		obpbl_stats_tallies_reset(on, tallies);
	return 0;
}

static int foreign_message(struct sk_buff *skb, struct obpbl_net *on,
			   struct cursor *cursor)
{
	if (obpbl_put_generation(skb, cursor->policy) ||
	    put_tallies(skb, on, cursor) ||
	    put_counters(skb, on, cursor, OBPBL_STATS_FOREIGN))
		return -EMSGSIZE;
	cursor->foreign = true;
	return 1;
}

static int next_stats(struct sk_buff *skb, struct obpbl_net *on,
		      struct cursor *cursor)
{
	const struct obpbl_isp *isp;

	if (!cursor->foreign)
		return foreign_message(skb, on, cursor);
	isp = next_isp(cursor);
	if (!isp)
		return 0;
	if (obpbl_put_generation(skb, cursor->policy) ||
	    nla_put_string(skb, OBPBL_A_ISP, isp->config.name) ||
	    nla_put_u8(skb, OBPBL_A_MODE, isp->config.mode) ||
	    put_counters(skb, on, cursor, isp->index))
		return -EMSGSIZE;
	cursor->index++;
	return 1;
}

static int stats_message(struct sk_buff *skb, struct obpbl_net *on,
			 struct cursor *cursor)
{
	int more;

	obpbl_stats_lock(on);
	more = next_stats(skb, on, cursor);
	obpbl_stats_unlock(on);
	return more;
}

/**
 * obpbl_dump_stats() - OBPBL_CMD_STATS_GET
 * @skb: to be filled
 * @cb: the dump
 *
 * Return: length of what was filled in; 0 at the end.
 */
int obpbl_dump_stats(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, OBPBL_CMD_STATS_GET, stats_message);
}

/**
 * obpbl_dump_stats_reset() - OBPBL_CMD_STATS_RESET
 * @skb: to be filled
 * @cb: the dump
 *
 * Return: length of what was filled in; 0 at the end.
 */
int obpbl_dump_stats_reset(struct sk_buff *skb, struct netlink_callback *cb)
{
	cursor_of(cb)->reset = true;
	return dump(skb, cb, OBPBL_CMD_STATS_RESET, stats_message);
}

/* Sources */

/* Entries have seconds of a clock that knows nothing of dates */
static u64 real_seconds(u32 seconds)
{
	ktime_t real = ktime_mono_to_real(ktime_set(seconds, 0));

	return div_u64(ktime_to_ns(real), NSEC_PER_SEC);
}

/**
 * obpbl_source_wire() - a source as the protocol has it
 * @on: the namespace's state
 * @entry: the source
 * @source: where to put it
 *
 * Context: process.
 */
void obpbl_source_wire(struct obpbl_net *on,
		       const struct obpbl_source_entry *entry,
		       struct obpbl_source *source)
{
	u8 family = entry->key.family;

	BUILD_BUG_ON(sizeof(source->src) != OBPBL_SOURCE_ADDR ||
		     sizeof(source->dst) != OBPBL_SOURCE_ADDR);
	memset(source, 0, sizeof(*source));
	source->attempts = entry->attempts;
	source->blocked = entry->blocked;
	source->would_block = entry->would_block;
	source->first = real_seconds(entry->first);
	source->last = real_seconds(entry->last);
	source->destinations = obpbl_source_destinations(entry);
	source->family = family == OBPBL_INET4 ? 4 : 6;
	source->src_len = entry->key.len;
	source->reason = entry->reason;
	memcpy(source->src, entry->key.addr, sizeof(source->src));
	/* The sysctl may have changed since */
	source->dst_len = min(entry->dst_len,
			      obpbl_account_dst_len(on, family));
	obpbl_source_mask(source->dst, entry->dst, source->dst_len);
}

/* The next source from the cursor on, of an ISP that is wanted and there */
static const struct obpbl_isp *next_source(struct obpbl_net *on,
					   struct cursor *cursor,
					   struct obpbl_source_entry *entry)
{
	const struct obpbl_isp *isp = NULL;
	struct obpbl_sources *sources;

	rcu_read_lock();
	sources = rcu_dereference(on->sources);
	while (sources && !isp &&
	       cursor->index < obpbl_sources_size(sources)) {
		if (obpbl_sources_read(sources, cursor->index, entry) &&
		    (cursor->isp < 0 || cursor->isp == entry->key.isp))
			isp = obpbl_vec_get(&cursor->policy->configured.isps,
					    entry->key.isp);
		if (!isp)
			cursor->index++;
	}
	rcu_read_unlock();
	return isp;
}

static int source_message(struct sk_buff *skb, struct obpbl_net *on,
			  struct cursor *cursor)
{
	struct obpbl_source_entry entry;
	const struct obpbl_isp *isp;
	struct obpbl_source source;

	cond_resched();
	isp = next_source(on, cursor, &entry);
	if (!isp)
		return 0;
	obpbl_source_wire(on, &entry, &source);
	if (obpbl_put_generation(skb, cursor->policy) ||
	    nla_put_string(skb, OBPBL_A_ISP, isp->config.name) ||
	    nla_put(skb, OBPBL_A_SOURCE, sizeof(source), &source))
		return -EMSGSIZE;
	cursor->index++;
	return 1;
}

/**
 * obpbl_dump_sources() - OBPBL_CMD_SOURCE_GET
 * @skb: to be filled
 * @cb: the dump
 *
 * Return: length of what was filled in; 0 at the end.
 */
int obpbl_dump_sources(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, OBPBL_CMD_SOURCE_GET, source_message);
}

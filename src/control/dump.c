// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers: the namespace at a glance, and dumps.
 *
 * Both hold the policy that runs, or ran when the dump began, and between its
 * messages a dump keeps only a key of where it stands: it can neither be torn nor
 * starved, and nobody waits for it.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "compat/compat.h"
#include "core/session.h"
#include "core/uninitialized.h"
#include "device.h"
#include "dump.h"
#include "message.h"
#include "netlink.h"
#include "packet/shadow.h"
#include "packet/stats.h"

/* Changes of a shadow in one message */
#define PORTION	64

/* Places of the table of sources that are looked at in one read-side section */
#define STRETCH	256

/* At a glance */

static u32 sources_used(struct obpbl_net *onet)
{
	struct obpbl_datapath *dp;
	u32 used;

	rcu_read_lock();
	dp = rcu_dereference(onet->datapath);
	used = dp ? obpbl_sources_used(dp->sources) : 0;
	rcu_read_unlock();
	return used;
}

static int put_since(struct sk_buff *skb, const struct obpbl_policy *policy)
{
	const struct obpbl_shadow *shadow = obpbl_shadow_of(policy);

	return shadow ? nla_put_u64_64bit(skb, OBPBL_A_SHADOW_SINCE,
					  shadow->since, OBPBL_A_PAD) : 0;
}

static int put_summary(struct sk_buff *skb, struct obpbl_net *onet,
		       const struct obpbl_policy *policy)
{
	const struct obpbl_table *runtime = policy->slot[OBPBL_RUNTIME];
	const struct obpbl_table *live = policy->slot[OBPBL_LIVE];
	const struct obpbl_sysctl *sysctl = &onet->sysctl;
	u64 expired = READ_ONCE(onet->confirm.expired);
	u32 owner = READ_ONCE(onet->owner);

	return obpbl_put_generation(skb, policy) ||
	       nla_put_string(skb, OBPBL_A_VERSION, OBPBL_VERSION) ||
	       nla_put_u32(skb, OBPBL_A_PROTOCOL, OBPBL_GENL_VERSION) ||
	       nla_put_u8(skb, OBPBL_A_CEILING, READ_ONCE(sysctl->mode)) ||
	       nla_put_u32(skb, OBPBL_A_ISPS, live->isps.count) ||
	       nla_put_u32(skb, OBPBL_A_PREFIXES, live->prefixes) ||
	       nla_put_u32(skb, OBPBL_A_OVERLAYS,
			   obpbl_policy_overlays(policy)) ||
	       nla_put_u64_64bit(skb, OBPBL_A_BYTES,
				 obpbl_history_bytes(&onet->history),
				 OBPBL_A_PAD) ||
	       nla_put_u32(skb, OBPBL_A_MAX_PREFIXES,
			   READ_ONCE(sysctl->max_prefixes)) ||
	       nla_put_u32(skb, OBPBL_A_MAX_OVERLAYS,
			   READ_ONCE(sysctl->max_overlays)) ||
	       nla_put_u32(skb, OBPBL_A_SOURCES, sources_used(onet)) ||
	       nla_put_u32(skb, OBPBL_A_MAX_SOURCES,
			   READ_ONCE(sysctl->max_sources)) ||
	       nla_put_u32(skb, OBPBL_A_SESSIONS, runtime->session_entries) ||
	       nla_put_u32(skb, OBPBL_A_MAX_SESSIONS,
			   READ_ONCE(sysctl->max_sessions)) ||
	       (owner && nla_put_u32(skb, OBPBL_A_OWNER, owner)) ||
	       obpbl_put_confirm(skb, onet, policy) ||
	       (expired && nla_put_u64_64bit(skb, OBPBL_A_EXPIRED, expired,
					     OBPBL_A_PAD)) ||
	       put_since(skb, policy) ? -EMSGSIZE : 0;
}

static int get(struct sk_buff *reply, struct obpbl_net *onet,
	       struct genl_info *info)
{
	struct obpbl_policy *policy = obpbl_net_hold(onet);
	int err = put_summary(reply, onet, policy);

	obpbl_net_put(onet, policy);
	return err;
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
	return obpbl_answer(info, get);
}

/* ISPs */

/* What was added at run time is counted with what runs. */
static int put_isp(struct sk_buff *skb, const struct obpbl_policy *policy,
		   enum obpbl_slot slot, const struct obpbl_isp *isp)
{
	const struct obpbl_counts *configured, *runtime;
	const struct obpbl_isp_config *config = &isp->config;
	bool live = slot == OBPBL_LIVE;
	u32 counts[__OBPBL_CLASS_LAST];
	u8 class;

	configured = obpbl_counts_get(policy->slot[slot], isp->number);
	runtime = obpbl_counts_get(policy->slot[OBPBL_RUNTIME], isp->number);
	for (class = 0; class < ARRAY_SIZE(counts); class++)
		counts[class] = configured->n[class] +
				(live ? runtime->n[class] : 0);
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
			   live ? runtime->sessions : 0);
}

/* Which of the two policies a request for ISPs is about */
static enum obpbl_slot slot_of(struct nlattr *const *attrs)
{
	return attrs && attrs[OBPBL_A_SHADOW] ? OBPBL_SHADOW : OBPBL_LIVE;
}

static int get_isp(struct sk_buff *reply, struct obpbl_net *onet,
		   struct genl_info *info)
{
	struct obpbl_policy *policy = obpbl_net_hold(onet);
	enum obpbl_slot slot = slot_of(info->attrs);
	const struct obpbl_isp *isp = NULL;
	int err;

	if (policy->slot[slot])
		isp = obpbl_isp_find(policy->slot[slot],
				     nla_data(info->attrs[OBPBL_A_ISP]));
	if (isp)
		err = put_isp(reply, policy, slot, isp) ? -EMSGSIZE : 0;
	else
		err = obpbl_refuse(info, OBPBL_A_ISP, -ENOENT,
				   "there is no such ISP");
	obpbl_net_put(onet, policy);
	return err;
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

/* The shadow */

static int put_shadow(struct sk_buff *skb, const struct obpbl_policy *policy)
{
	const struct obpbl_table *table = policy->slot[OBPBL_SHADOW];
	const struct obpbl_shadow *shadow = obpbl_shadow_of(policy);
	struct obpbl_shadow_totals totals;

	obpbl_shadow_read(shadow, &totals);
	return obpbl_put_generation(skb, policy) || put_since(skb, policy) ||
	       nla_put_u64_64bit(skb, OBPBL_A_SHADOW_JUDGED, totals.judged,
				 OBPBL_A_PAD) ||
	       nla_put_u64_64bit(skb, OBPBL_A_SOURCES_LOST, totals.lost,
				 OBPBL_A_PAD) ||
	       nla_put_u64_64bit(skb, OBPBL_A_LIMIT_FULL, totals.full,
				 OBPBL_A_PAD) ||
	       nla_put_u32(skb, OBPBL_A_ISPS, table->isps.count) ||
	       nla_put_u32(skb, OBPBL_A_PREFIXES, table->prefixes) ||
	       nla_put_u32(skb, OBPBL_A_OVERLAYS, table->overlays) ||
	       nla_put_u32(skb, OBPBL_A_SOURCES,
			   obpbl_sources_used(shadow->sources)) ||
	       nla_put_u32(skb, OBPBL_A_MAX_SOURCES,
			   obpbl_sources_size(shadow->sources)) ? -EMSGSIZE : 0;
}

static int get_shadow(struct sk_buff *reply, struct obpbl_net *onet,
		      struct genl_info *info)
{
	struct obpbl_policy *policy = obpbl_net_hold(onet);
	int err = -ENOENT;

	if (policy->slot[OBPBL_SHADOW])
		err = put_shadow(reply, policy);
	else
		NL_SET_ERR_MSG(info->extack, "there is no shadow");
	obpbl_net_put(onet, policy);
	return err;
}

/**
 * obpbl_cmd_shadow_get() - OBPBL_CMD_SHADOW_GET, not dumped
 * @skb: unused
 * @info: the request
 *
 * Return: 0 or a negative errno.
 */
int obpbl_cmd_shadow_get(struct sk_buff *skb, struct genl_info *info)
{
	return obpbl_answer(info, get_shadow);
}

/* Dumps */

/* Classes in the order in which their tables are dumped: sources, then the rest */
static const u8 dumped[] = {
	OBPBL_CLASS_SPACE, OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_STATIC,
	OBPBL_CLASS_RELAY, OBPBL_CLASS_TARGET,
};

/* Where overlays stand, by enum obpbl_layer */
static const enum obpbl_slot layers[] = {
	[OBPBL_LAYER_CONFIGURED] = OBPBL_LIVE,
	[OBPBL_LAYER_RUNTIME] = OBPBL_RUNTIME,
};

/**
 * struct cursor - a dump under way
 * @onet: the namespace
 * @policy: the policy
 * @isp: number of the one ISP wanted; 0: all
 * @dev: number of the one device wanted; 0: all
 * @slot: where the ISPs wanted are: what runs, or the shadow
 * @at: only overlays at this prefix are wanted, if @only_at
 * @only_at: likewise
 * @asleep: only what sleeps is wanted
 * @wanted: classes wanted, as bits
 * @pass: index into dumped[], or the layer of the overlays
 * @index: the ISP, scope, entry, session or place of a source where it stands; of
 *	   overlays at one prefix the scope
 * @sub: the overlay at that entry, the prefix of that session, or the change of
 *	 that ISP's
 * @prefix: the last prefix sent
 * @started: @prefix holds one
 * @foreign: statistics: what belongs to no ISP has been sent
 * @total: statistics: since the beginning
 * @reset: statistics: begin anew behind what is sent
 * @counters: room to read statistics into
 */
struct cursor {
	struct obpbl_net *onet;
	struct obpbl_policy *policy;
	u16 isp;
	u32 dev;
	enum obpbl_slot slot;
	struct obpbl_prefix at;
	bool only_at;
	bool asleep;
	u32 wanted;
	u8 pass;
	u32 index;
	u32 sub;
	struct obpbl_prefix prefix;
	bool started;
	bool foreign;
	bool total;
	bool reset;
	struct obpbl_counter counters[OBPBL_STATS_MAX];
};

/* Puts a message and moves the cursor; 0: there is none, else 1 or -EMSGSIZE */
typedef int message_fn(struct sk_buff *skb, struct cursor *cursor);

static const struct obpbl_table *live(const struct cursor *cursor)
{
	return cursor->policy->slot[OBPBL_LIVE];
}

static bool isp_wanted(const struct cursor *cursor, u16 isp)
{
	return !cursor->isp || cursor->isp == isp;
}

static const struct obpbl_isp *next_isp(struct cursor *cursor)
{
	const struct obpbl_table *table = cursor->policy->slot[cursor->slot];
	const struct obpbl_isp *isp;

	while ((isp = obpbl_array_next(&table->isps, &cursor->index))) {
		if (isp_wanted(cursor, isp->number))
			return isp;
		cursor->index++;
	}
	return NULL;
}

static int isp_message(struct sk_buff *skb, struct cursor *cursor)
{
	const struct obpbl_isp *isp = next_isp(cursor);

	if (!isp)
		return 0;
	if (put_isp(skb, cursor->policy, cursor->slot, isp))
		return -EMSGSIZE;
	cursor->index++;
	return 1;
}

/* Prefixes */

static bool is_source(const struct cursor *cursor)
{
	return OBPBL_BIT(dumped[cursor->pass]) & OBPBL_SRC_CLASSES;
}

/* The table where the cursor stands; NULL past the last one of the pass */
static const struct obpbl_trie *trie_at(struct cursor *cursor)
{
	u8 family = cursor->prefix.family;
	struct obpbl_scope *scope;
	const struct obpbl_isp *isp;

	if (is_source(cursor)) {
		scope = obpbl_array_next(&live(cursor)->scopes,
					 &cursor->index);
		return scope ? &scope->src[family] : NULL;
	}
	isp = next_isp(cursor);
	return isp ? &isp->dst[family] : NULL;
}

static void next_trie(struct cursor *cursor)
{
	u8 family = cursor->prefix.family;

	memset(&cursor->prefix, 0, sizeof(cursor->prefix));
	cursor->started = false;
	if (family == OBPBL_INET4)
		cursor->prefix.family = OBPBL_INET6;
	else
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

/* ISP and classes of a value of the table where the cursor stands */
static u8 classes_of(const struct cursor *cursor, u32 value, u32 *isp)
{
	struct obpbl_entry_info info;

	if (!is_source(cursor)) {
		*isp = cursor->index;
		return value;
	}
	obpbl_entry_decode(live(cursor), value, &info);
	*isp = info.isp;
	return info.classes;
}

static void stand_at(struct cursor *cursor, const struct obpbl_prefix *prefix)
{
	cursor->prefix = *prefix;
	cursor->started = true;
}

/* The next prefix that is wanted in this table, and whose it is */
static bool next_prefix(struct cursor *cursor, struct obpbl_trie_walk *walk,
			u32 *isp)
{
	unsigned int n = 0;

	while (obpbl_trie_walk_next(walk)) {
		if (classes_of(cursor, walk->at.value, isp) &
		    OBPBL_BIT(dumped[cursor->pass]) &&
		    isp_wanted(cursor, *isp))
			return true;
		if (!(++n % STRETCH))
			cond_resched();
	}
	return false;
}

static void walk_on(struct obpbl_trie_walk *walk, const struct cursor *cursor,
		    const struct obpbl_trie *trie)
{
	if (cursor->started)
		obpbl_trie_walk_resume(walk, trie, cursor->prefix.key,
				       cursor->prefix.len);
	else
		obpbl_trie_walk_begin(walk, trie);
}

/* Goes on to the table and pass that has a prefix next */
static bool seek_prefix(struct cursor *cursor, struct obpbl_trie_walk *walk,
			u32 *isp)
{
	const struct obpbl_trie *trie;

	if (!(cursor->wanted & OBPBL_BIT(dumped[cursor->pass])))
		next_pass(cursor);
	while (cursor->pass < ARRAY_SIZE(dumped)) {
		trie = trie_at(cursor);
		if (!trie) {
			next_pass(cursor);
		} else {
			walk_on(walk, cursor, trie);
			if (next_prefix(cursor, walk, isp))
				return true;
			next_trie(cursor);
		}
		cond_resched();
	}
	return false;
}

static int put_head(struct sk_buff *skb, const struct cursor *cursor,
		    u32 number)
{
	const struct obpbl_isp *isp = obpbl_isp_get(live(cursor), number);

	return obpbl_put_generation(skb, cursor->policy) ||
	       nla_put_string(skb, OBPBL_A_ISP, isp->config.name) ||
	       nla_put_u8(skb, OBPBL_A_CLASS, dumped[cursor->pass]);
}

/* A run of prefixes of one ISP and class */
static int prefix_message(struct sk_buff *skb, struct cursor *cursor)
{
	struct obpbl_trie_walk walk OBPBL_UNINITIALIZED;
	struct obpbl_prefix prefix;
	struct nlattr *array;
	u32 isp, next;
	bool any;

	if (cursor->pass == ARRAY_SIZE(dumped) ||
	    !seek_prefix(cursor, &walk, &isp))
		return 0;
	if (put_head(skb, cursor, isp))
		return -EMSGSIZE;
	prefix.family = cursor->prefix.family;
	array = nla_reserve(skb, prefix.family == OBPBL_INET4 ?
			    OBPBL_A_PREFIXES4 : OBPBL_A_PREFIXES6, 0);
	next = isp;
	any = false;
	while (array && next == isp) {
		memcpy(prefix.key, walk.at.key, sizeof(prefix.key));
		prefix.len = walk.at.len;
		if (!obpbl_put_prefix(skb, array, &prefix))
			break;
		stand_at(cursor, &prefix);
		any = true;
		if (!next_prefix(cursor, &walk, &next))
			break;
	}
	return any ? 1 : -EMSGSIZE;
}

/* Overlays */

static const char *isp_name(const struct cursor *cursor, u16 isp)
{
	return obpbl_isp_stats_name(cursor->onet->stats, isp);
}

static bool overlay_sleeps(const struct cursor *cursor,
			   const struct obpbl_entry *entry,
			   const struct obpbl_overlay *overlay)
{
	return layers[cursor->pass] == OBPBL_RUNTIME &&
	       !obpbl_entry_awake(live(cursor),
				  cursor->policy->slot[OBPBL_RUNTIME],
				  entry->scope, &entry->prefix, overlay->isp);
}

static int put_overlay(struct sk_buff *skb, const struct cursor *cursor,
		       const struct obpbl_entry *entry,
		       const struct obpbl_overlay *overlay)
{
	return obpbl_put_generation(skb, cursor->policy) ||
	       nla_put_string(skb, OBPBL_A_ISP,
			      isp_name(cursor, overlay->isp)) ||
	       nla_put_u8(skb, OBPBL_A_CLASS, overlay->class) ||
	       nla_put_u8(skb, OBPBL_A_LAYER, cursor->pass) ||
	       obpbl_put_one_prefix(skb, OBPBL_A_PREFIXES4, OBPBL_A_PREFIXES6,
				    &entry->prefix) ||
	       (overlay->has_to &&
		obpbl_put_one_prefix(skb, OBPBL_A_TO4, OBPBL_A_TO6,
				     &overlay->to)) ||
	       (overlay->dev[0] &&
		nla_put_string(skb, OBPBL_A_DEV, overlay->dev)) ||
	       (overlay->until &&
		nla_put_u64_64bit(skb, OBPBL_A_UNTIL, overlay->until,
				  OBPBL_A_PAD)) ||
	       nla_put_string(skb, OBPBL_A_REASON, overlay->reason) ||
	       (overlay->ticket[0] &&
		nla_put_string(skb, OBPBL_A_TICKET, overlay->ticket)) ||
	       (overlay_sleeps(cursor, entry, overlay) &&
		nla_put_flag(skb, OBPBL_A_ASLEEP));
}

/* The entry where the cursor stands, if any; whether the table has more */
static bool entry_at(struct cursor *cursor, const struct obpbl_table *table,
		     const struct obpbl_entry **entry)
{
	struct obpbl_entry_info info;

	if (!cursor->only_at) {
		*entry = obpbl_array_next(&table->entries, &cursor->index);
		return *entry;
	}
	if (!obpbl_array_next(&table->scopes, &cursor->index)) {
		*entry = NULL;
		return false;
	}
	obpbl_entry_get(table, cursor->index, &cursor->at, &info);
	*entry = info.entry;
	return true;
}

/* The entry with the overlay where the cursor stands; NULL at the end */
static const struct obpbl_entry *next_entry(struct cursor *cursor)
{
	const struct obpbl_table *table;
	const struct obpbl_entry *entry;
	bool more;

	while (cursor->pass < ARRAY_SIZE(layers)) {
		table = cursor->policy->slot[layers[cursor->pass]];
		more = entry_at(cursor, table, &entry);
		if (entry && cursor->sub < entry->n)
			return entry;
		cursor->sub = 0;
		cursor->index++;
		if (!more) {
			cursor->index = 0;
			cursor->pass++;
		}
		cond_resched();
	}
	return NULL;
}

static int overlay_message(struct sk_buff *skb, struct cursor *cursor)
{
	const struct obpbl_overlay *overlay;
	const struct obpbl_entry *entry;

	while ((entry = next_entry(cursor))) {
		overlay = entry->overlays[cursor->sub];
		if (cursor->wanted & OBPBL_BIT(overlay->class) &&
		    isp_wanted(cursor, overlay->isp) &&
		    (!cursor->asleep ||
		     overlay_sleeps(cursor, entry, overlay))) {
			if (put_overlay(skb, cursor, entry, overlay))
				return -EMSGSIZE;
			cursor->sub++;
			return 1;
		}
		cursor->sub++;
	}
	return 0;
}

/* Sessions */

/* A prefix of a session, or a session without one */
static bool session_sleeps(const struct cursor *cursor,
			   const struct obpbl_session *session)
{
	const struct obpbl_table *runtime =
		cursor->policy->slot[OBPBL_RUNTIME];
	const struct obpbl_isp *isp = obpbl_isp_get(live(cursor), session->isp);
	const struct obpbl_scope *scope;

	if (session->n)
		return !obpbl_entry_awake(live(cursor), runtime, session->scope,
					  &session->prefixes[cursor->sub],
					  session->isp);
	scope = obpbl_array_get(&runtime->scopes, session->scope);
	return !isp || strcmp(isp->config.vrf, scope->vrf);
}

/* A session that has said all is followed by the next one */
static const struct obpbl_session *next_session(struct cursor *cursor)
{
	const struct obpbl_table *runtime =
		cursor->policy->slot[OBPBL_RUNTIME];
	const struct obpbl_session *session;

	while ((session = obpbl_array_next(&runtime->sessions,
					   &cursor->index))) {
		if (!READ_ONCE(session->gone) &&
		    isp_wanted(cursor, session->isp) &&
		    (!cursor->dev || cursor->dev == session->ifindex) &&
		    cursor->sub < max_t(u16, session->n, 1))
			return session;
		cursor->sub = 0;
		cursor->index++;
		cond_resched();
	}
	return NULL;
}

static int put_session(struct sk_buff *skb, const struct cursor *cursor,
		       const struct obpbl_session *session, const char *dev)
{
	return obpbl_put_generation(skb, cursor->policy) ||
	       nla_put_string(skb, OBPBL_A_DEV, dev) ||
	       nla_put_u32(skb, OBPBL_A_IFINDEX, session->ifindex) ||
	       nla_put_string(skb, OBPBL_A_ISP,
			      isp_name(cursor, session->isp)) ||
	       nla_put_u8(skb, OBPBL_A_CLASS, session->class) ||
	       (session->n &&
		obpbl_put_prefixes(skb, &session->prefixes[cursor->sub], 1)) ||
	       (session_sleeps(cursor, session) &&
		nla_put_flag(skb, OBPBL_A_ASLEEP));
}

static int session_message(struct sk_buff *skb, struct cursor *cursor)
{
	const struct obpbl_session *session;
	char dev[IFNAMSIZ];

	while ((session = next_session(cursor))) {
		if (!obpbl_device_name(cursor->onet, session->ifindex, dev)) {
			cursor->sub = session->n + 1;
			continue;
		}
		if (cursor->asleep && !session_sleeps(cursor, session)) {
			cursor->sub++;
			continue;
		}
		if (put_session(skb, cursor, session, dev))
			return -EMSGSIZE;
		cursor->sub++;
		return 1;
	}
	return 0;
}

/* Statistics */

static int put_counters(struct sk_buff *skb, struct cursor *cursor,
			const struct obpbl_isp *isp)
{
	struct obpbl_stats *stats = cursor->onet->stats;
	unsigned int n = obpbl_stats_read(stats, isp, cursor->counters,
					  cursor->total);

	if (nla_put(skb, OBPBL_A_COUNTERS, n * sizeof(*cursor->counters),
		    cursor->counters))
		return -EMSGSIZE;
	/* The last thing in a message: what is in it will be sent */
	if (cursor->reset)
		obpbl_stats_reset(stats, isp, cursor->counters, n);
	return 0;
}

static int put_totals(struct sk_buff *skb, const struct cursor *cursor)
{
	static const int attrs[OBPBL_TOTALS] = {
		[OBPBL_TOTAL_REPLIES] = OBPBL_A_REPLIES,
		[OBPBL_TOTAL_RATELIMITED] = OBPBL_A_REPLIES_SUPPRESSED,
		[OBPBL_TOTAL_SOURCES_LOST] = OBPBL_A_SOURCES_LOST,
		[OBPBL_TOTAL_LIMIT_FULL] = OBPBL_A_LIMIT_FULL,
		[OBPBL_TOTAL_EVENTS] = OBPBL_A_EVENTS,
		[OBPBL_TOTAL_SUPPRESSED] = OBPBL_A_EVENTS_SUPPRESSED,
		[OBPBL_TOTAL_QUARANTINE_REFUSED] = OBPBL_A_QUARANTINE_REFUSED,
	};
	struct obpbl_stats *stats = cursor->onet->stats;
	u64 totals[OBPBL_TOTALS];
	unsigned int i;

	obpbl_stats_totals(stats, totals, cursor->total);
	for (i = 0; i < OBPBL_TOTALS; i++) {
		if (nla_put_u64_64bit(skb, attrs[i], totals[i], OBPBL_A_PAD))
			return -EMSGSIZE;
	}
	/* Behind them is room for the two counters that there are at most */
	if (skb_tailroom(skb) < nla_total_size(OBPBL_FAMILIES *
					       sizeof(*cursor->counters)))
		return -EMSGSIZE;
	if (cursor->reset)
		obpbl_stats_totals_reset(stats, totals);
	return 0;
}

static int foreign_message(struct sk_buff *skb, struct cursor *cursor)
{
	if (obpbl_put_generation(skb, cursor->policy) ||
	    put_totals(skb, cursor) || put_counters(skb, cursor, NULL))
		return -EMSGSIZE;
	cursor->foreign = true;
	return 1;
}

static int next_stats(struct sk_buff *skb, struct cursor *cursor)
{
	const struct obpbl_isp *isp;

	if (!cursor->foreign)
		return foreign_message(skb, cursor);
	isp = next_isp(cursor);
	if (!isp)
		return 0;
	if (obpbl_put_generation(skb, cursor->policy) ||
	    nla_put_string(skb, OBPBL_A_ISP, isp->config.name) ||
	    nla_put_u8(skb, OBPBL_A_MODE, isp->config.mode) ||
	    put_counters(skb, cursor, isp))
		return -EMSGSIZE;
	cursor->index++;
	return 1;
}

static int stats_message(struct sk_buff *skb, struct cursor *cursor)
{
	struct obpbl_stats *stats = cursor->onet->stats;
	int more;

	obpbl_stats_lock(stats);
	more = next_stats(skb, cursor);
	obpbl_stats_unlock(stats);
	return more;
}

static int reset_message(struct sk_buff *skb, struct cursor *cursor)
{
	cursor->reset = true;
	return stats_message(skb, cursor);
}

/* Sources */

/* The next source from the cursor on that is of a wanted ISP of a table */
static const struct obpbl_isp *source_at(struct cursor *cursor,
					 struct obpbl_sources *sources,
					 const struct obpbl_table *table,
					 struct obpbl_source_entry *entry)
{
	u32 end = min(cursor->index + STRETCH, obpbl_sources_size(sources));
	const struct obpbl_isp *isp;

	for (; cursor->index < end; cursor->index++) {
		if (!obpbl_sources_read(sources, cursor->index, entry) ||
		    !isp_wanted(cursor, entry->key.isp))
			continue;
		isp = obpbl_isp_get(table, entry->key.isp);
		if (isp)
			return isp;
	}
	return NULL;
}

/* Likewise, in steps; the table of sources may go between them */
static const struct obpbl_isp *next_source(struct cursor *cursor,
					   struct obpbl_source_entry *entry)
{
	const struct obpbl_isp *isp = NULL;
	struct obpbl_datapath *dp;
	bool more;

	do {
		cond_resched();
		rcu_read_lock();
		dp = rcu_dereference(cursor->onet->datapath);
		more = dp && cursor->index < obpbl_sources_size(dp->sources);
		if (more)
			isp = source_at(cursor, dp->sources, live(cursor),
					entry);
		rcu_read_unlock();
	} while (more && !isp);
	return isp;
}

static int put_source(struct sk_buff *skb, struct cursor *cursor,
		      const char *isp, const struct obpbl_source_entry *entry)
{
	if (obpbl_put_generation(skb, cursor->policy) ||
	    nla_put_string(skb, OBPBL_A_ISP, isp) ||
	    obpbl_put_source(skb, cursor->onet, entry))
		return -EMSGSIZE;
	cursor->index++;
	return 1;
}

static int source_message(struct sk_buff *skb, struct cursor *cursor)
{
	struct obpbl_source_entry entry;
	const struct obpbl_isp *isp = next_source(cursor, &entry);

	return isp ? put_source(skb, cursor, isp->config.name, &entry) : 0;
}

/* What a shadow would change */

/* Changes from a place on, as many as go into a message; and where they end */
static unsigned int portion(const struct obpbl_shadow_changes *changes,
			    u32 *at, struct obpbl_shadow_change *out)
{
	const atomic64_t *packets = &changes->packets[0][0][0];
	unsigned int n = 0;

	for (; *at < OBPBL_SHADOW_KINDS && n < PORTION; ++*at) {
		u64 count = atomic64_read(&packets[*at]);

		if (!count)
			continue;
		out[n++] = (struct obpbl_shadow_change){
			.packets = count,
			.blocks = *at / (__OBPBL_REASON_LAST *
					 __OBPBL_REASON_LAST) ==
				  OBPBL_ONLY_SHADOW,
			.live = *at / __OBPBL_REASON_LAST %
				__OBPBL_REASON_LAST,
			.shadow = *at % __OBPBL_REASON_LAST,
		};
	}
	return n;
}

/* An ISP that blocks something, as whichever of the two tables has it */
static const struct obpbl_isp *either_isp(const struct cursor *cursor, u16 isp)
{
	return obpbl_isp_get(live(cursor), isp) ?:
	       obpbl_isp_get(cursor->policy->slot[OBPBL_SHADOW], isp);
}

/* Of the first ISP from the cursor on that has something to say */
static int shadow_message(struct sk_buff *skb, struct cursor *cursor)
{
	const struct obpbl_shadow *shadow = obpbl_shadow_of(cursor->policy);
	struct obpbl_shadow_change out[PORTION];
	const struct obpbl_isp *isp = NULL;
	u32 next = cursor->sub;
	unsigned int n = 0;

	for (; cursor->index <= OBPBL_MAX_ISPS; cursor->index++, next = 0) {
		cond_resched();
		isp = either_isp(cursor, cursor->index);
		if (isp && shadow->changes[cursor->index])
			n = portion(shadow->changes[cursor->index], &next, out);
		if (n)
			break;
	}
	if (!n)
		return 0;
	if (obpbl_put_generation(skb, cursor->policy) ||
	    nla_put_string(skb, OBPBL_A_ISP, isp->config.name) ||
	    nla_put(skb, OBPBL_A_SHADOW_CHANGES, n * sizeof(*out), out))
		return -EMSGSIZE;
	cursor->sub = next;
	return 1;
}

static int shadow_source_message(struct sk_buff *skb, struct cursor *cursor)
{
	struct obpbl_sources *sources =
		obpbl_shadow_of(cursor->policy)->sources;
	u32 size = obpbl_sources_size(sources);
	struct obpbl_source_entry entry;
	const struct obpbl_isp *isp;

	for (; cursor->index < size; cursor->index++) {
		cond_resched();
		if (!obpbl_sources_read(sources, cursor->index, &entry))
			continue;
		isp = either_isp(cursor, entry.key.isp);
		if (isp)
			return put_source(skb, cursor, isp->config.name,
					  &entry);
	}
	return 0;
}

/* All of them */

static message_fn * const messages[OBPBL_CMD_MAX + 1] = {
	[OBPBL_CMD_ISP_GET] = isp_message,
	[OBPBL_CMD_PREFIX_GET] = prefix_message,
	[OBPBL_CMD_OVERLAY_GET] = overlay_message,
	[OBPBL_CMD_SESSION_GET] = session_message,
	[OBPBL_CMD_STATS_GET] = stats_message,
	[OBPBL_CMD_STATS_RESET] = reset_message,
	[OBPBL_CMD_SOURCE_GET] = source_message,
	[OBPBL_CMD_SHADOW_GET] = shadow_message,
	[OBPBL_CMD_SHADOW_SOURCE_GET] = shadow_source_message,
};

static u8 cmd_of(const struct netlink_callback *cb)
{
	const struct genlmsghdr *header = nlmsg_data(cb->nlh);

	return header->cmd;
}

/* One that is not configured may have entries that sleep */
static bool has_any(const struct cursor *cursor, u16 isp, u8 cmd)
{
	if (obpbl_isp_get(cursor->policy->slot[cursor->slot], isp))
		return true;
	return (cmd == OBPBL_CMD_OVERLAY_GET || cmd == OBPBL_CMD_SESSION_GET) &&
	       obpbl_table_knows(cursor->policy->slot[OBPBL_RUNTIME], isp);
}

static int filter_isp(struct cursor *cursor, const char *name,
		      struct netlink_callback *cb)
{
	u16 isp;

	for (isp = 1; isp <= OBPBL_MAX_ISPS; isp++) {
		if (!has_any(cursor, isp, cmd_of(cb)) ||
		    strcmp(isp_name(cursor, isp), name))
			continue;
		cursor->isp = isp;
		return 0;
	}
	NL_SET_ERR_MSG(cb->extack, "there is no such ISP");
	return -ENOENT;
}

static int filter_device(struct cursor *cursor, const char *name,
			 struct netlink_ext_ack *extack)
{
	int index = obpbl_device_index(cursor->onet, name);

	if (index < 0) {
		NL_SET_ERR_MSG(extack, "there is no such device");
		return index;
	}
	cursor->dev = index;
	return 0;
}

static int filter_prefix(struct cursor *cursor, struct nlattr *const *attrs,
			 struct netlink_ext_ack *extack)
{
	const struct nlattr *four = attrs[OBPBL_A_PREFIXES4];
	const struct nlattr *six = attrs[OBPBL_A_PREFIXES6];

	if (four && six) {
		NL_SET_ERR_MSG(extack, "prefixes of both families at once");
		return -EINVAL;
	}
	if (!four && !six)
		return 0;
	cursor->only_at = true;
	return obpbl_get_prefix(extack, four ? OBPBL_INET4 : OBPBL_INET6,
				nla_data(four ?: six), &cursor->at);
}

/* Of the ISPs wanted; nobody walks over all prefixes in search of others */
static u32 classes_there(const struct cursor *cursor)
{
	const struct obpbl_counts *counts;
	const struct obpbl_isp *isp;
	u32 index = 0, classes = 0, class;

	for (; (isp = obpbl_array_next(&live(cursor)->isps, &index)); index++) {
		if (!isp_wanted(cursor, isp->number))
			continue;
		counts = obpbl_counts_get(live(cursor), isp->number);
		for (class = 0; class < ARRAY_SIZE(counts->n); class++)
			if (counts->n[class])
				classes |= OBPBL_BIT(class);
	}
	return classes;
}

/* What is wanted of what there is */
static int filter(struct cursor *cursor, struct netlink_callback *cb)
{
	struct nlattr **attrs = obpbl_dump_attrs(cb);
	int err = 0;

	cursor->wanted = ~0U;
	if (!attrs)
		return 0;
	cursor->total = attrs[OBPBL_A_TOTAL];
	cursor->asleep = attrs[OBPBL_A_ASLEEP];
	if (attrs[OBPBL_A_CLASS])
		cursor->wanted = OBPBL_BIT(nla_get_u8(attrs[OBPBL_A_CLASS]));
	if (attrs[OBPBL_A_ISP])
		err = filter_isp(cursor, nla_data(attrs[OBPBL_A_ISP]), cb);
	if (!err && attrs[OBPBL_A_DEV])
		err = filter_device(cursor, nla_data(attrs[OBPBL_A_DEV]),
				    cb->extack);
	if (!err && cmd_of(cb) == OBPBL_CMD_OVERLAY_GET)
		err = filter_prefix(cursor, attrs, cb->extack);
	return err;
}

static int check(const struct cursor *cursor, struct netlink_callback *cb)
{
	bool shadow = cursor->slot == OBPBL_SHADOW ||
		      cmd_of(cb) == OBPBL_CMD_SHADOW_GET ||
		      cmd_of(cb) == OBPBL_CMD_SHADOW_SOURCE_GET;

	if (!shadow || cursor->policy->slot[OBPBL_SHADOW])
		return 0;
	NL_SET_ERR_MSG(cb->extack, "there is no shadow");
	return -ENOENT;
}

static void cursor_free(struct cursor *cursor)
{
	obpbl_net_put(cursor->onet, cursor->policy);
	kfree(cursor);
}

/**
 * obpbl_dump_start() - hold the running policy for a dump
 * @cb: the dump
 *
 * Return: 0, -ENOMEM, -ENOENT for an ISP or a shadow that is not there, or
 * -ENODEV for such a device.
 */
int obpbl_dump_start(struct netlink_callback *cb)
{
	struct cursor *cursor = kzalloc(sizeof(*cursor), GFP_KERNEL_ACCOUNT);
	int err;

	if (!cursor)
		return -ENOMEM;
	cursor->onet = obpbl_pernet(sock_net(cb->skb->sk));
	cursor->policy = obpbl_net_hold(cursor->onet);
	cursor->slot = slot_of(obpbl_dump_attrs(cb));
	err = check(cursor, cb) ?: filter(cursor, cb);
	if (err) {
		cursor_free(cursor);
		return err;
	}
	if (cmd_of(cb) == OBPBL_CMD_PREFIX_GET)
		cursor->wanted &= classes_there(cursor);
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
	struct cursor *cursor = (struct cursor *)cb->args[0];

	if (cursor)
		cursor_free(cursor);
	return 0;
}

/**
 * obpbl_dump() - the next messages of a dump
 * @skb: to be filled
 * @cb: the dump
 *
 * Return: length of what was filled in; 0 at the end.
 */
int obpbl_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct cursor *cursor = (struct cursor *)cb->args[0];
	u8 cmd = cmd_of(cb);
	void *header;
	int more;

	do {
		header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				     cb->nlh->nlmsg_seq, &obpbl_genl_family,
				     NLM_F_MULTI, cmd);
		if (!header)
			break;
		more = messages[cmd](skb, cursor);
		if (more > 0)
			genlmsg_end(skb, header);
		else
			genlmsg_cancel(skb, header);
		cond_resched();
	} while (more > 0);
	if (header && more == -EMSGSIZE && !skb->len)
		return -EMSGSIZE;
	return skb->len;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The changes: what a request asks for, done to a transaction.
 *
 * What a policy table of netlink.c can check is checked there.  A handler says
 * what failed by an errno, for which obpbl_explain() has the sentence unless
 * the handler has set a better one.
 */
#include <linux/ctype.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <net/genetlink.h>

#include "change.h"
#include "compat/compat.h"
#include "core/isp.h"
#include "core/session.h"
#include "device.h"
#include "message.h"
#include "packet/shadow.h"
#include "packet/stats.h"

/* Attributes */

static u8 get_u8(struct genl_info *info, int attr, u8 otherwise)
{
	return info->attrs[attr] ? nla_get_u8(info->attrs[attr]) : otherwise;
}

static bool name_valid(const char *name)
{
	if (!isalnum(*name) || !isascii(*name))
		return false;
	for (; *name; name++) {
		if (!isascii(*name) ||
		    (!isalnum(*name) && !strchr("._-", *name)))
			return false;
	}
	return true;
}

static bool text_valid(const char *text)
{
	if (!*text)
		return false;
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	}
	return true;
}

static int check_name(struct genl_info *info)
{
	int err = obpbl_missing(info, OBPBL_A_ISP, "the ISP is missing");

	if (!err && !name_valid(nla_data(info->attrs[OBPBL_A_ISP])))
		err = obpbl_refuse(info, OBPBL_A_ISP, -EINVAL,
				   "an ISP's name is 1-31 of A-Za-z0-9._-, beginning with a letter or digit");
	return err;
}

/* What is configured, as the transaction has it by now */
static const struct obpbl_table *configured(const struct obpbl_transaction *t)
{
	return t->policy->slot[t->target];
}

/* The ISP that a change is about */
static const struct obpbl_isp *get_isp(struct obpbl_transaction *t,
				       struct genl_info *info)
{
	const struct obpbl_isp *isp;
	int err = check_name(info);

	if (err)
		return ERR_PTR(err);
	isp = obpbl_isp_find(configured(t),
			     nla_data(info->attrs[OBPBL_A_ISP]));
	if (!isp)
		return ERR_PTR(obpbl_refuse(info, OBPBL_A_ISP, -ENOENT,
					    "there is no such ISP"));
	return isp;
}

static int get_class(struct genl_info *info, u8 *class)
{
	int err = obpbl_missing(info, OBPBL_A_CLASS, "the class is missing");

	if (!err)
		*class = nla_get_u8(info->attrs[OBPBL_A_CLASS]);
	return err;
}

/* Prefixes */

static size_t prefix_size(u8 family)
{
	return family == OBPBL_INET4 ? sizeof(struct obpbl_prefix4) :
				       sizeof(struct obpbl_prefix6);
}

/* Where the prefixes of a family are in a request; nowhere, if it has none */
static int wire_of(struct genl_info *info, u8 family, const u8 **wire,
		   const u8 **end)
{
	int attr = family == OBPBL_INET4 ? OBPBL_A_PREFIXES4 :
					   OBPBL_A_PREFIXES6;
	struct nlattr *nla = info->attrs[attr];

	*wire = *end = NULL;
	if (!nla)
		return 0;
	if (!nla_len(nla) || nla_len(nla) % prefix_size(family))
		return obpbl_refuse(info, attr, -EINVAL,
			      "not a whole number of prefixes");
	*wire = nla_data(nla);
	*end = *wire + nla_len(nla);
	return 0;
}

typedef int prefix_fn(struct obpbl_prefixes *prefixes,
		      const struct obpbl_prefix *prefix);

static int each_prefix(struct obpbl_prefixes *prefixes, struct genl_info *info,
		       u8 family, prefix_fn *fn)
{
	struct obpbl_prefix prefix;
	const u8 *wire, *end;
	int err;

	err = wire_of(info, family, &wire, &end);
	for (; !err && wire < end; wire += prefix_size(family)) {
		err = obpbl_get_prefix(info->extack, family, wire, &prefix);
		if (err)
			return err;
		err = fn(prefixes, &prefix);
		if (err)
			info->extack->bad_attr = (const struct nlattr *)wire;
		cond_resched();
	}
	return err;
}

static int change_prefixes(struct obpbl_transaction *t,
			   struct genl_info *info, prefix_fn *fn)
{
	const struct obpbl_isp *isp = get_isp(t, info);
	struct obpbl_prefixes prefixes;
	u8 class;
	int err;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	err = get_class(info, &class);
	if (err)
		return err;
	if (!info->attrs[OBPBL_A_PREFIXES4] && !info->attrs[OBPBL_A_PREFIXES6])
		return obpbl_missing(info, OBPBL_A_PREFIXES4,
				     "the prefixes are missing");
	err = obpbl_prefixes_begin(&prefixes, t, isp->number, class);
	if (!err)
		err = each_prefix(&prefixes, info, OBPBL_INET4, fn);
	return err ?: each_prefix(&prefixes, info, OBPBL_INET6, fn);
}

static int add(struct obpbl_prefixes *prefixes,
	       const struct obpbl_prefix *prefix)
{
	return obpbl_prefix_add(prefixes, prefix, false);
}

static int replace(struct obpbl_prefixes *prefixes,
		   const struct obpbl_prefix *prefix)
{
	return obpbl_prefix_add(prefixes, prefix, true);
}

static int prefix_add(struct obpbl_net *onet, struct obpbl_transaction *t,
		      struct genl_info *info)
{
	return change_prefixes(t, info, add);
}

static int prefix_replace(struct obpbl_net *onet, struct obpbl_transaction *t,
			  struct genl_info *info)
{
	return change_prefixes(t, info, replace);
}

static int prefix_del(struct obpbl_net *onet, struct obpbl_transaction *t,
		      struct genl_info *info)
{
	return change_prefixes(t, info, obpbl_prefix_del);
}

static int prefix_flush(struct obpbl_net *onet, struct obpbl_transaction *t,
			struct genl_info *info)
{
	const struct obpbl_isp *isp = get_isp(t, info);
	u8 class;
	int err;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	err = get_class(info, &class);
	return err ?: obpbl_prefix_flush(t, isp->number, class);
}

/* ISPs */

/* Ranges here, since a policy table has none of 32 bits in all kernels */
static int get_limit(struct genl_info *info, struct obpbl_isp_config *config)
{
	struct nlattr *limit = info->attrs[OBPBL_A_LIMIT];
	struct nlattr *seconds = info->attrs[OBPBL_A_LIMIT_SECONDS];
	u32 interval = seconds ? nla_get_u32(seconds) : 0;

	if (!limit)
		return seconds ? obpbl_refuse(info, OBPBL_A_LIMIT_SECONDS,
			-EINVAL, "a window needs a limit") : 0;
	if (nla_get_u32(limit) > OBPBL_MAX_LIMIT)
		return obpbl_refuse(info, OBPBL_A_LIMIT, -ERANGE,
			"a limit is at most 1000000 connections");
	if (nla_get_u32(limit) && !seconds)
		return obpbl_refuse(info, OBPBL_A_LIMIT, -EINVAL,
			"a limit needs a window");
	if (seconds && (!nla_get_u32(limit) || !interval ||
			interval > OBPBL_MAX_LIMIT_SECONDS))
		return obpbl_refuse(info, OBPBL_A_LIMIT_SECONDS, -ERANGE,
			"the window of a limit is between a second and 31 days");
	config->limit = nla_get_u32(limit);
	config->interval = interval;
	return 0;
}

/* Whichever of the two was given, they must go together afterwards */
static int get_quarantine(struct genl_info *info,
			  struct obpbl_isp_config *config)
{
	struct nlattr *seconds = info->attrs[OBPBL_A_LIMIT_QUARANTINE];

	if (seconds)
		config->quarantine = nla_get_u32(seconds);
	if (config->quarantine > OBPBL_MAX_LIMIT_QUARANTINE)
		return obpbl_refuse(info, OBPBL_A_LIMIT_QUARANTINE, -ERANGE,
			"the quarantine of a limit is between a second and 31 days");
	if (!config->quarantine || config->limit)
		return 0;
	return obpbl_refuse(info, seconds ? OBPBL_A_LIMIT_QUARANTINE :
			    OBPBL_A_LIMIT, -EINVAL,
			    "limit_quarantine needs a limit");
}

static int get_config(struct genl_info *info, struct obpbl_isp_config *config)
{
	int err = get_limit(info, config);

	if (!err)
		err = get_quarantine(info, config);
	if (err)
		return err;
	config->mode = get_u8(info, OBPBL_A_MODE, config->mode);
	config->policy = get_u8(info, OBPBL_A_POLICY, config->policy);
	config->reject = get_u8(info, OBPBL_A_REJECT, config->reject);
	config->reverse = get_u8(info, OBPBL_A_REVERSE, config->reverse);
	if (!info->attrs[OBPBL_A_VRF])
		return 0;
	memset(config->vrf, 0, sizeof(config->vrf));
	obpbl_nla_strscpy(config->vrf, info->attrs[OBPBL_A_VRF],
			  sizeof(config->vrf));
	if (config->vrf[0] && !dev_valid_name(config->vrf))
		return obpbl_refuse(info, OBPBL_A_VRF, -EINVAL,
			      "not a possible name of a network device");
	return 0;
}

static int isp_add(struct obpbl_net *onet, struct obpbl_transaction *t,
		   struct genl_info *info)
{
	struct obpbl_isp_config config = {
		.mode = OBPBL_MODE_MONITOR,
		.policy = OBPBL_POLICY_OUTSIDE,
		.reject = OBPBL_REJECT_RESET,
	};
	struct obpbl_isp_stats *stats;
	struct obpbl_table *table;
	int err = check_name(info);
	u16 number;

	if (!err)
		err = get_config(info, &config);
	if (err)
		return err;
	obpbl_nla_strscpy(config.name, info->attrs[OBPBL_A_ISP],
			  sizeof(config.name));
	if (obpbl_isp_find(configured(t), config.name))
		return obpbl_refuse(info, OBPBL_A_ISP, -EEXIST,
			      "there is an ISP of that name already");
	stats = obpbl_net_isp(onet, config.name);
	if (PTR_ERR_OR_ZERO(stats) == -ENOSPC)
		return obpbl_refuse(info, OBPBL_A_ISP, -ENOSPC,
			      "there are as many ISPs as there can be");
	if (IS_ERR(stats))
		return PTR_ERR(stats);
	number = obpbl_isp_stats_number(stats);
	err = obpbl_shadow_add_isp(obpbl_shadow_of(t->policy), number);
	if (err)
		return err;
	table = obpbl_transaction_table(t, t->target);
	return IS_ERR(table) ? PTR_ERR(table) :
	       obpbl_isp_add(table, number, stats, &config);
}

static int set_config(struct obpbl_transaction *t, const struct obpbl_isp *isp,
		      const struct obpbl_isp_config *config)
{
	struct obpbl_table *table = obpbl_transaction_table(t, t->target);

	return IS_ERR(table) ? PTR_ERR(table) :
	       obpbl_isp_set(table, isp->number, config);
}

static int isp_set(struct obpbl_net *onet, struct obpbl_transaction *t,
		   struct genl_info *info)
{
	const struct obpbl_isp *isp = get_isp(t, info);
	struct obpbl_isp_config config;
	int err;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	config = isp->config;
	err = get_config(info, &config);
	/* It would not be wrong, but nobody who asks for it wants them to sleep */
	if (!err && t->target == OBPBL_LIVE &&
	    strcmp(config.vrf, isp->config.vrf) &&
	    obpbl_table_knows(t->policy->slot[OBPBL_RUNTIME], isp->number))
		err = -EBUSY;
	if (!err)
		err = set_config(t, isp, &config);
	if (err == -EBUSY)
		obpbl_refuse(info, OBPBL_A_VRF, err,
			     "the ISP has source entries, so its VRF cannot change");
	return err;
}

/* What was added for it at run time goes with an ISP that is removed by name */
static int drop_runtime(struct obpbl_transaction *t, u16 number)
{
	struct obpbl_table *table;
	int err = obpbl_sessions_flush(t, number);

	if (err)
		return err;
	table = obpbl_transaction_table(t, OBPBL_RUNTIME);
	return IS_ERR(table) ? PTR_ERR(table) :
	       obpbl_overlays_flush(table, number);
}

static int isp_del(struct obpbl_net *onet, struct obpbl_transaction *t,
		   struct genl_info *info)
{
	const struct obpbl_isp *isp = get_isp(t, info);
	struct obpbl_table *table;
	u16 number;
	int err = 0;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	number = isp->number;
	if (t->target == OBPBL_LIVE)
		err = drop_runtime(t, number);
	if (err)
		return err;
	table = obpbl_transaction_table(t, t->target);
	return IS_ERR(table) ? PTR_ERR(table) : obpbl_isp_del(table, number);
}

static int set_mode(struct obpbl_transaction *t, const struct obpbl_isp *isp,
		    u8 mode)
{
	struct obpbl_isp_config config = isp->config;

	config.mode = mode;
	return set_config(t, isp, &config);
}

static int mode_set(struct obpbl_net *onet, struct obpbl_transaction *t,
		    struct genl_info *info)
{
	const struct obpbl_isp *isp;
	u32 number = 0;
	int err;
	u8 mode;

	err = obpbl_missing(info, OBPBL_A_MODE, "the mode is missing");
	if (err)
		return err;
	mode = nla_get_u8(info->attrs[OBPBL_A_MODE]);
	if (info->attrs[OBPBL_A_ISP]) {
		isp = get_isp(t, info);
		return IS_ERR(isp) ? PTR_ERR(isp) : set_mode(t, isp, mode);
	}
	while (!err && (isp = obpbl_array_next(&configured(t)->isps, &number))) {
		err = set_mode(t, isp, mode);
		number++;
	}
	return err;
}

static int flush(struct obpbl_net *onet, struct obpbl_transaction *t,
		 struct genl_info *info)
{
	if (onet->owner) {
		NL_SET_ERR_MSG(info->extack,
			       "flush cannot be part of a transaction");
		return -EINVAL;
	}
	obpbl_transaction_drop(t, OBPBL_KEPT);
	obpbl_transaction_drop(t, OBPBL_SHADOW);
	return obpbl_transaction_empty(t, OBPBL_LIVE) ?:
	       obpbl_transaction_empty(t, OBPBL_RUNTIME);
}

/* Overlays */

/* The one prefix of either of two attributes */
static int get_one_prefix(struct genl_info *info, int attr4, int attr6,
			  struct obpbl_prefix *prefix)
{
	u8 family = info->attrs[attr4] ? OBPBL_INET4 : OBPBL_INET6;
	int attr = family == OBPBL_INET4 ? attr4 : attr6;

	if (info->attrs[attr4] && info->attrs[attr6])
		return obpbl_refuse(info, attr6, -EINVAL,
			      "prefixes of both families at once");
	return obpbl_get_prefix(info->extack, family, nla_data(info->attrs[attr]), prefix);
}

static int get_to(struct genl_info *info, u8 family,
		  struct obpbl_overlay *overlay)
{
	int err;

	if (!info->attrs[OBPBL_A_TO4] && !info->attrs[OBPBL_A_TO6])
		return 0;
	err = get_one_prefix(info, OBPBL_A_TO4, OBPBL_A_TO6, &overlay->to);
	if (err)
		return err;
	overlay->has_to = true;
	if (overlay->to.family == family)
		return 0;
	return obpbl_refuse(info, overlay->to.family == OBPBL_INET4 ? OBPBL_A_TO4 :
		      OBPBL_A_TO6, -EINVAL,
		      "the destination is not of the family of the source");
}

static int get_dev(struct genl_info *info, struct obpbl_overlay *overlay)
{
	if (!info->attrs[OBPBL_A_DEV])
		return 0;
	obpbl_nla_strscpy(overlay->dev, info->attrs[OBPBL_A_DEV],
			  sizeof(overlay->dev));
	if (dev_valid_name(overlay->dev))
		return 0;
	return obpbl_refuse(info, OBPBL_A_DEV, -EINVAL,
		      "not a possible name of a network device");
}

static int get_text(struct genl_info *info, int attr, char *text, size_t size)
{
	if (!info->attrs[attr])
		return 0;
	obpbl_nla_strscpy(text, info->attrs[attr], size);
	if (text_valid(text))
		return 0;
	return obpbl_refuse(info, attr, -EINVAL,
		      "a text must not be empty or have control characters");
}

static int get_until(struct genl_info *info, struct obpbl_overlay *overlay)
{
	if (!info->attrs[OBPBL_A_UNTIL])
		return 0;
	overlay->until = nla_get_u64(info->attrs[OBPBL_A_UNTIL]);
	if (overlay->until)
		return 0;
	return obpbl_refuse(info, OBPBL_A_UNTIL, -ERANGE,
		      "an end at second 0; leave it away for no end");
}

static int get_overlay(struct genl_info *info, struct obpbl_prefix *prefix,
		       struct obpbl_overlay *overlay)
{
	int err = get_class(info, &overlay->class);

	if (!err && !info->attrs[OBPBL_A_PREFIXES4])
		err = obpbl_missing(info, OBPBL_A_PREFIXES6,
				    "the source prefix is missing");
	if (!err)
		err = get_one_prefix(info, OBPBL_A_PREFIXES4,
				     OBPBL_A_PREFIXES6, prefix);
	if (!err)
		err = get_to(info, prefix->family, overlay);
	if (!err)
		err = get_dev(info, overlay);
	if (!err && overlay->class == OBPBL_CLASS_QUARANTINE &&
	    (overlay->has_to || overlay->dev[0]))
		err = obpbl_refuse(info, OBPBL_A_CLASS, -EINVAL,
				   "a quarantine has no destination and no device");
	if (!err)
		err = get_until(info, overlay);
	if (!err)
		err = get_text(info, OBPBL_A_TICKET, overlay->ticket,
			       sizeof(overlay->ticket));
	return err ?: get_text(info, OBPBL_A_REASON, overlay->reason,
			       OBPBL_REASON_SIZE);
}

/* An address that was mistyped looks like any other; a file is checked before */
static void warn_outside(struct obpbl_transaction *t, struct genl_info *info,
			 const struct obpbl_isp *isp,
			  const struct obpbl_prefix *prefix)
{
	if (obpbl_policy_covers(t->policy, isp, prefix))
		return;
	if (prefix->family == OBPBL_INET4)
		OBPBL_SET_ERR_FMT(info->extack,
				  "%pI4/%u is not inside the ISP's prefixes",
				  prefix->key, prefix->len);
	else
		OBPBL_SET_ERR_FMT(info->extack,
				  "%pI6c/%u is not inside the ISP's prefixes",
				  prefix->key, prefix->len);
}

static int overlay_add_to(struct obpbl_transaction *t, struct genl_info *info,
			  const struct obpbl_isp *isp, u8 layer,
			  const struct obpbl_prefix *prefix,
			  const struct obpbl_overlay *overlay)
{
	bool runtime = layer == OBPBL_LAYER_RUNTIME;
	u16 number = isp->number;
	int err;

	err = obpbl_missing(info, OBPBL_A_REASON, "the reason is missing");
	if (!err && runtime && t->target == OBPBL_LIVE)
		err = obpbl_overlays_recycle(t, ktime_get_real_seconds());
	if (!err)
		err = obpbl_overlay_add(t, runtime ? OBPBL_RUNTIME : t->target,
					number, prefix, overlay);
	if (!err && runtime)
		warn_outside(t, info, obpbl_isp_get(configured(t), number),
			     prefix);
	return err;
}

/* One that sleeps may be of an ISP that is not configured */
static int overlay_del_from(struct obpbl_net *onet, struct obpbl_transaction *t,
			    struct genl_info *info,
			    const struct obpbl_prefix *prefix,
			    const struct obpbl_overlay *overlay)
{
	const struct obpbl_isp_stats *isp;

	isp = obpbl_isp_stats_find(onet->stats,
				   nla_data(info->attrs[OBPBL_A_ISP]));
	if (!isp)
		return obpbl_refuse(info, OBPBL_A_ISP, -ENOENT,
				    "there is no such ISP");
	return obpbl_overlay_del(t, obpbl_isp_stats_number(isp), prefix,
				 overlay);
}

static int overlay_change(struct obpbl_net *onet, struct obpbl_transaction *t,
			  struct genl_info *info,
			  struct obpbl_overlay *overlay, bool add)
{
	u8 layer = get_u8(info, OBPBL_A_LAYER, OBPBL_LAYER_RUNTIME);
	const struct obpbl_isp *isp = NULL;
	struct obpbl_prefix prefix;
	int err = check_name(info);

	if (!err && add) {
		isp = get_isp(t, info);
		err = PTR_ERR_OR_ZERO(isp);
	}
	if (!err)
		err = get_overlay(info, &prefix, overlay);
	if (err)
		return err;
	return add ? overlay_add_to(t, info, isp, layer, &prefix, overlay) :
		     overlay_del_from(onet, t, info, &prefix, overlay);
}

static int overlay_request(struct obpbl_net *onet, struct obpbl_transaction *t,
			   struct genl_info *info, bool add)
{
	struct obpbl_overlay *overlay;
	int err;

	overlay = kzalloc(sizeof(*overlay) + OBPBL_REASON_SIZE, GFP_KERNEL);
	if (!overlay)
		return -ENOMEM;
	err = overlay_change(onet, t, info, overlay, add);
	kfree(overlay);
	return err;
}

static int overlay_add(struct obpbl_net *onet, struct obpbl_transaction *t,
		       struct genl_info *info)
{
	return overlay_request(onet, t, info, true);
}

static int overlay_del(struct obpbl_net *onet, struct obpbl_transaction *t,
		       struct genl_info *info)
{
	return overlay_request(onet, t, info, false);
}

/* Sessions */

static int session_class(struct genl_info *info, u8 *class)
{
	*class = get_u8(info, OBPBL_A_CLASS, OBPBL_CLASS_DYNAMIC);
	if (*class == OBPBL_CLASS_DYNAMIC || *class == OBPBL_CLASS_STATIC ||
	    *class == OBPBL_CLASS_EXEMPT)
		return 0;
	return obpbl_refuse(info, OBPBL_A_CLASS, -EINVAL,
		      "the class of a session is dynamic, static or exempt");
}

static int check_device(struct genl_info *info)
{
	int err = obpbl_missing(info, OBPBL_A_DEV, "the device is missing");

	if (err || dev_valid_name(nla_data(info->attrs[OBPBL_A_DEV])))
		return err;
	return obpbl_refuse(info, OBPBL_A_DEV, -EINVAL,
			    "not a possible name of a network device");
}

static int session_prefixes(struct genl_info *info, u8 family,
			    struct obpbl_session_config *config)
{
	const u8 *wire, *end;
	int err;

	err = wire_of(info, family, &wire, &end);
	for (; !err && wire < end; wire += prefix_size(family)) {
		if (config->n == OBPBL_MAX_SESSION_PREFIXES) {
			NL_SET_ERR_MSG(info->extack,
				       "a session has at most 256 prefixes");
			return -E2BIG;
		}
		err = obpbl_get_prefix(info->extack, family, wire,
				 &config->prefixes[config->n++]);
	}
	return err;
}

/* The prefix that was refused, where the request has it */
static void point_at(struct genl_info *info, int attr,
		     const struct obpbl_prefix *prefix)
{
	struct nlattr *nla = info->attrs[attr];
	unsigned int bytes = obpbl_family_bits(prefix->family) / 8;
	const u8 *wire, *end;

	if (!nla)
		return;
	end = nla_data(nla) + nla_len(nla);
	for (wire = nla_data(nla); wire < end;
	     wire += prefix_size(prefix->family)) {
		if (wire[bytes] == prefix->len &&
		    !memcmp(wire, prefix->key, bytes))
			info->extack->bad_attr = (const struct nlattr *)wire;
	}
}

static int session_explain(struct genl_info *info,
			   const struct obpbl_session_config *config, int err)
{
	switch (err) {
	case -EADDRINUSE:
		point_at(info, config->refused.family == OBPBL_INET4 ?
			 OBPBL_A_PREFIXES4 : OBPBL_A_PREFIXES6,
			 &config->refused);
		break;
	case -ENOSPC:
		NL_SET_ERR_MSG(info->extack,
			       "a ceiling is reached: see net.obpbl.max_sessions");
		break;
	case -E2BIG:
		NL_SET_ERR_MSG(info->extack,
			       "a session has at most 256 prefixes");
		break;
	}
	return err;
}

/* Sessions whose device is gone take nobody's place, swept or not */
static int make_room(struct obpbl_net *onet, struct obpbl_transaction *t,
		     const struct obpbl_session_config *config)
{
	const struct obpbl_table *runtime = t->policy->slot[OBPBL_RUNTIME];
	u64 entries = (u64)runtime->session_entries + max_t(u16, config->n, 1);
	int err;

	if (!READ_ONCE(onet->stale) || entries <= t->max_sessions)
		return 0;
	err = obpbl_sessions_sweep(t);
	return err < 0 ? err : 0;
}

static int session_change(struct obpbl_net *onet, struct obpbl_transaction *t,
			  struct genl_info *info,
			  struct obpbl_session_config *config,
			  int (*fn)(struct obpbl_transaction *t,
				    struct obpbl_session_config *config))
{
	int err = check_device(info);

	if (err)
		return err;
	err = obpbl_device_epoch(onet, nla_data(info->attrs[OBPBL_A_DEV]),
				 &config->ifindex, &config->epoch);
	if (err == -ENODEV)
		obpbl_refuse(info, OBPBL_A_DEV, err,
			     "there is no such device");
	if (!err)
		err = session_prefixes(info, OBPBL_INET4, config);
	if (!err)
		err = session_prefixes(info, OBPBL_INET6, config);
	if (!err)
		err = make_room(onet, t, config);
	return err ?: session_explain(info, config, fn(t, config));
}

static int session_up(struct obpbl_net *onet, struct obpbl_transaction *t,
		      struct genl_info *info)
{
	const struct obpbl_isp *isp = get_isp(t, info);
	struct obpbl_session_config *config;
	int err;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	config = kzalloc(sizeof(*config), GFP_KERNEL);
	if (!config)
		return -ENOMEM;
	config->isp = isp->number;
	err = session_class(info, &config->class);
	if (!err)
		err = session_change(onet, t, info, config,
				     obpbl_session_up);
	kfree(config);
	return err;
}

static int session_addr(struct obpbl_net *onet, struct obpbl_transaction *t,
			struct genl_info *info)
{
	struct obpbl_session_config *config;
	int err;

	if (!info->attrs[OBPBL_A_PREFIXES4] && !info->attrs[OBPBL_A_PREFIXES6])
		return obpbl_missing(info, OBPBL_A_PREFIXES4,
				     "the prefixes are missing");
	config = kzalloc(sizeof(*config), GFP_KERNEL);
	if (!config)
		return -ENOMEM;
	err = session_change(onet, t, info, config, obpbl_session_addr);
	if (err == -ENOENT)
		obpbl_refuse(info, OBPBL_A_DEV, err,
			     "the device has no session");
	kfree(config);
	return err;
}

/* Of a device that is gone there is no session any more: as was asked for */
static int session_down(struct obpbl_net *onet, struct obpbl_transaction *t,
			struct genl_info *info)
{
	int index, err = check_device(info);

	if (err)
		return err;
	index = obpbl_device_index(onet, nla_data(info->attrs[OBPBL_A_DEV]));
	return index < 0 ? OBPBL_UNCHANGED : obpbl_session_down(t, index);
}

/* All of them */

/**
 * struct operation - what a request of some kind does
 * @fn: does it
 * @configures: changes what is configured, which must be settled; an OVERLAY_DEL
 *		may or may not, and an OVERLAY_ADD says so itself
 * @takes_away: must not be refused because there is too much; a mode opens port 25
 *		when that is wanted at once
 * @bulk: takes as long as it has prefixes; touches nothing but the transaction, so
 *	  that it needs no lock while that is its own
 * @whole: takes as long as there are prefixes, so that by itself it is the open
 *	   transaction as well
 */
struct operation {
	int (*fn)(struct obpbl_net *onet, struct obpbl_transaction *t,
		  struct genl_info *info);
	bool configures;
	bool takes_away;
	bool bulk;
	bool whole;
};

static const struct operation operations[OBPBL_CMD_MAX + 1] = {
	[OBPBL_CMD_FLUSH] = { flush, .takes_away = true },
	[OBPBL_CMD_MODE_SET] = { mode_set, .configures = true,
				 .takes_away = true },
	[OBPBL_CMD_ISP_ADD] = { isp_add, .configures = true },
	[OBPBL_CMD_ISP_SET] = { isp_set, .configures = true },
	[OBPBL_CMD_ISP_DEL] = { isp_del, .configures = true,
				.takes_away = true, .bulk = true,
				.whole = true },
	[OBPBL_CMD_PREFIX_ADD] = { prefix_add, .configures = true,
				   .bulk = true },
	[OBPBL_CMD_PREFIX_REPLACE] = { prefix_replace, .configures = true,
				       .bulk = true },
	[OBPBL_CMD_PREFIX_DEL] = { prefix_del, .configures = true,
				   .takes_away = true, .bulk = true },
	[OBPBL_CMD_PREFIX_FLUSH] = { prefix_flush, .configures = true,
				     .takes_away = true, .bulk = true,
				     .whole = true },
	[OBPBL_CMD_OVERLAY_ADD] = { overlay_add },
	[OBPBL_CMD_OVERLAY_DEL] = { overlay_del, .takes_away = true },
	[OBPBL_CMD_SESSION_UP] = { session_up },
	[OBPBL_CMD_SESSION_ADDR] = { session_addr },
	[OBPBL_CMD_SESSION_DOWN] = { session_down, .takes_away = true },
};

static bool configures(const struct operation *operation,
		       struct genl_info *info)
{
	return operation->configures ||
	       (operation->fn == overlay_add &&
		get_u8(info, OBPBL_A_LAYER, OBPBL_LAYER_RUNTIME) ==
		OBPBL_LAYER_CONFIGURED);
}

/**
 * obpbl_request_is_whole() - whether a request takes long by itself
 * @info: the request
 *
 * Return: true: it is for the open transaction of its socket alone.
 */
bool obpbl_request_is_whole(const struct genl_info *info)
{
	return operations[info->genlhdr->cmd].whole;
}

/*
 * Without the lock: whoever else wants to change something is told that a
 * transaction is open, instead of waiting for its end.
 */
static int build(struct obpbl_net *onet, struct obpbl_transaction *t,
		 struct genl_info *info, const struct operation *operation)
{
	int err;

	onet->building = true;
	mutex_unlock(&onet->lock);
	err = operation->fn(onet, t, info);
	mutex_lock(&onet->lock);
	onet->building = false;
	return err;
}

/**
 * obpbl_request() - make the change that a request asks for
 * @onet: the namespace
 * @t: the transaction; the open one, if obpbl_request_is_whole()
 * @arg: the request, a struct genl_info
 *
 * Context: process, under @onet->lock, which it lets go of for what is bulky in
 * the open transaction.
 * Return: 0; OBPBL_UNCHANGED, it asks for what is there; or a negative errno and
 * the transaction has failed.
 */
int obpbl_request(struct obpbl_net *onet, struct obpbl_transaction *t,
		  void *arg)
{
	struct genl_info *info = arg;
	const struct operation *operation =
		&operations[info->genlhdr->cmd];
	int err;

	if (configures(operation, info)) {
		err = obpbl_refuse_unconfirmed(onet, info);
		if (err)
			return err;
	}
	t->unlimited = operation->takes_away;
	err = operation->bulk && t == &onet->transaction ?
		      build(onet, t, info, operation) :
		      operation->fn(onet, t, info);
	t->unlimited = false;
	/* Only what is configured can be in the way of itself */
	if (err == -EBUSY && obpbl_transaction_unconfirmed(t))
		return obpbl_refuse_unconfirmed(onet, info);
	return err;
}

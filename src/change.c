// SPDX-License-Identifier: GPL-2.0-only
/*
 * The changes: what a request asks for, done to a draft.
 *
 * What a policy table of netlink.c can check is checked there.  A handler says
 * what failed by an errno, for which obpbl_explain() has the sentence unless
 * the handler has set a better one.
 */
#include <linux/ctype.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/string.h>
#include <net/genetlink.h>

#include "compat/compat.h"
#include "confirm.h"
#include "device.h"
#include "net.h"
#include "netlink.h"
#include "session.h"
#include "shadow.h"
#include "stats.h"

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

/* The ISP that a change is about */
static const struct obpbl_isp *get_isp(struct obpbl_draft *draft,
				       struct genl_info *info)
{
	const struct obpbl_isp *isp;
	int err = check_name(info);

	if (err)
		return ERR_PTR(err);
	isp = obpbl_policy_isp(draft->policy,
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

/* The address, the length and three reserved bytes, in both families */
static int get_prefix(struct genl_info *info, u8 family, const u8 *wire,
		      struct obpbl_prefix *prefix)
{
	unsigned int bytes = obpbl_family_bits(family) / 8;
	const char *sentence = NULL;
	int err = -EINVAL;

	memset(prefix, 0, sizeof(*prefix));
	memcpy(prefix->key, wire, bytes);
	prefix->family = family;
	prefix->len = wire[bytes];
	if (wire[bytes + 1] | wire[bytes + 2] | wire[bytes + 3]) {
		sentence = "reserved bytes of a prefix are not zero";
	} else if (prefix->len > obpbl_family_bits(family)) {
		sentence = "the prefix length is out of range";
		err = -ERANGE;
	} else if (!obpbl_prefix_canonical(prefix)) {
		sentence = "the prefix has host bits set";
	}
	if (!sentence)
		return 0;
	info->extack->bad_attr = (const struct nlattr *)wire;
	info->extack->_msg = sentence;
	return err;
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

typedef int prefix_fn(struct obpbl_draft *draft, u16 isp, u8 class,
		      const struct obpbl_prefix *prefix);

static int each_prefix(struct obpbl_draft *draft, struct genl_info *info,
		       u16 isp, u8 class, u8 family, prefix_fn *fn)
{
	struct obpbl_prefix prefix;
	const u8 *wire, *end;
	int err;

	err = wire_of(info, family, &wire, &end);
	for (; !err && wire < end; wire += prefix_size(family)) {
		err = get_prefix(info, family, wire, &prefix);
		if (err)
			return err;
		err = fn(draft, isp, class, &prefix);
		if (err)
			info->extack->bad_attr = (const struct nlattr *)wire;
		cond_resched();
	}
	return err;
}

static int prefixes(struct obpbl_draft *draft, struct genl_info *info,
		    prefix_fn *fn)
{
	const struct obpbl_isp *isp = get_isp(draft, info);
	u16 index;
	u8 class;
	int err;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	index = isp->index;
	err = get_class(info, &class);
	if (err)
		return err;
	if (!info->attrs[OBPBL_A_PREFIXES4] && !info->attrs[OBPBL_A_PREFIXES6])
		return obpbl_missing(info, OBPBL_A_PREFIXES4,
				     "the prefixes are missing");
	err = each_prefix(draft, info, index, class, OBPBL_INET4, fn);
	return err ?: each_prefix(draft, info, index, class, OBPBL_INET6, fn);
}

static int add(struct obpbl_draft *draft, u16 isp, u8 class,
	       const struct obpbl_prefix *prefix)
{
	return obpbl_draft_prefix_add(draft, isp, class, prefix, false);
}

static int replace(struct obpbl_draft *draft, u16 isp, u8 class,
		   const struct obpbl_prefix *prefix)
{
	return obpbl_draft_prefix_add(draft, isp, class, prefix, true);
}

static int prefix_add(struct obpbl_net *on, struct obpbl_draft *draft,
		      struct genl_info *info)
{
	return prefixes(draft, info, add);
}

static int prefix_replace(struct obpbl_net *on, struct obpbl_draft *draft,
			  struct genl_info *info)
{
	return prefixes(draft, info, replace);
}

static int prefix_del(struct obpbl_net *on, struct obpbl_draft *draft,
		      struct genl_info *info)
{
	return prefixes(draft, info, obpbl_draft_prefix_del);
}

static int prefix_flush(struct obpbl_net *on, struct obpbl_draft *draft,
			struct genl_info *info)
{
	const struct obpbl_isp *isp = get_isp(draft, info);
	u8 class;
	int err;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	err = get_class(info, &class);
	return err ?: obpbl_draft_prefix_flush(draft, isp->index, class);
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

static int isp_add(struct obpbl_net *on, struct obpbl_draft *draft,
		   struct genl_info *info)
{
	struct obpbl_isp_config config = {
		.mode = OBPBL_MODE_MONITOR,
		.policy = OBPBL_POLICY_OUTSIDE,
		.reject = OBPBL_REJECT_RESET,
	};
	int err = check_name(info);
	u16 place;

	if (!err)
		err = get_config(info, &config);
	if (err)
		return err;
	obpbl_nla_strscpy(config.name, info->attrs[OBPBL_A_ISP],
			  sizeof(config.name));
	if (obpbl_policy_isp(draft->policy, config.name))
		return obpbl_refuse(info, OBPBL_A_ISP, -EEXIST,
			      "there is an ISP of that name already");
	err = obpbl_stats_place(on, config.name);
	if (err == -ENOSPC)
		return obpbl_refuse(info, OBPBL_A_ISP, err,
			      "there are as many ISPs as there can be");
	if (err < 0)
		return err;
	place = err;
	err = obpbl_shadow_place(on, place);
	return err ?: obpbl_draft_isp_add(draft, place, &config);
}

static int isp_set(struct obpbl_net *on, struct obpbl_draft *draft,
		   struct genl_info *info)
{
	const struct obpbl_isp *isp = get_isp(draft, info);
	struct obpbl_isp_config config;
	int err;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	config = isp->config;
	err = get_config(info, &config);
	if (!err)
		err = obpbl_draft_isp_set(draft, isp->index, &config);
	if (err == -EBUSY)
		obpbl_refuse(info, OBPBL_A_VRF, err,
		       "the ISP has source entries, so its VRF cannot change");
	return err;
}

static int isp_del(struct obpbl_net *on, struct obpbl_draft *draft,
		   struct genl_info *info)
{
	const struct obpbl_isp *isp = get_isp(draft, info);

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	return obpbl_draft_isp_del(draft, isp->index);
}

static int set_mode(struct obpbl_draft *draft, const struct obpbl_isp *isp,
		    u8 mode)
{
	struct obpbl_isp_config config = isp->config;

	config.mode = mode;
	return obpbl_draft_isp_set(draft, isp->index, &config);
}

static int mode_set(struct obpbl_net *on, struct obpbl_draft *draft,
		    struct genl_info *info)
{
	const struct obpbl_isp *isp;
	u32 index = 0;
	int err;
	u8 mode;

	err = obpbl_missing(info, OBPBL_A_MODE, "the mode is missing");
	if (err)
		return err;
	mode = nla_get_u8(info->attrs[OBPBL_A_MODE]);
	if (info->attrs[OBPBL_A_ISP]) {
		isp = get_isp(draft, info);
		return IS_ERR(isp) ? PTR_ERR(isp) : set_mode(draft, isp, mode);
	}
	while (!err && (isp = obpbl_vec_next(&draft->policy->configured.isps,
					    &index))) {
		err = set_mode(draft, isp, mode);
		index++;
	}
	return err;
}

static int flush(struct obpbl_net *on, struct obpbl_draft *draft,
		 struct genl_info *info)
{
	if (on->owner) {
		NL_SET_ERR_MSG(info->extack,
			       "flush cannot be part of a transaction");
		return -EINVAL;
	}
	return obpbl_draft_clear(draft, true);
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
	return get_prefix(info, family, nla_data(info->attrs[attr]), prefix);
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
static void warn_stranger(struct obpbl_draft *draft, struct genl_info *info,
			  const struct obpbl_isp *isp,
			  const struct obpbl_prefix *prefix)
{
	if (obpbl_policy_covers(draft->policy, isp, prefix))
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

static int overlay_change(struct obpbl_draft *draft, struct genl_info *info,
			  struct obpbl_overlay *overlay, bool add)
{
	u8 layer = get_u8(info, OBPBL_A_LAYER, OBPBL_LAYER_RUNTIME);
	const struct obpbl_isp *isp = get_isp(draft, info);
	struct obpbl_prefix prefix;
	int err;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	err = get_overlay(info, &prefix, overlay);
	if (err)
		return err;
	if (!add)
		return obpbl_draft_overlay_del(draft, isp->index, &prefix,
					       overlay);
	err = obpbl_missing(info, OBPBL_A_REASON, "the reason is missing");
	if (!err)
		err = obpbl_draft_overlay_add(draft, isp->index, layer, &prefix,
					      overlay);
	if (!err && layer == OBPBL_LAYER_RUNTIME)
		warn_stranger(draft, info, isp, &prefix);
	return err;
}

static int overlay_request(struct obpbl_draft *draft, struct genl_info *info,
			   bool add)
{
	struct obpbl_overlay *overlay;
	int err;

	overlay = kzalloc(sizeof(*overlay) + OBPBL_REASON_SIZE, GFP_KERNEL);
	if (!overlay)
		return -ENOMEM;
	err = overlay_change(draft, info, overlay, add);
	kfree(overlay);
	return err;
}

static int overlay_add(struct obpbl_net *on, struct obpbl_draft *draft,
		       struct genl_info *info)
{
	return overlay_request(draft, info, true);
}

static int overlay_del(struct obpbl_net *on, struct obpbl_draft *draft,
		       struct genl_info *info)
{
	return overlay_request(draft, info, false);
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

/* Its number, or a negative errno */
static int session_device(struct obpbl_net *on, struct genl_info *info)
{
	struct nlattr *dev = info->attrs[OBPBL_A_DEV];
	int index = obpbl_missing(info, OBPBL_A_DEV, "the device is missing");

	if (index)
		return index;
	if (!dev_valid_name(nla_data(dev)))
		return obpbl_refuse(info, OBPBL_A_DEV, -EINVAL,
			      "not a possible name of a network device");
	index = obpbl_device_index(on, nla_data(dev));
	if (index < 0)
		obpbl_refuse(info, OBPBL_A_DEV, index,
			     "there is no such device");
	return index;
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
		err = get_prefix(info, family, wire,
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

static int session_change(struct obpbl_net *on, struct obpbl_draft *draft,
			  struct genl_info *info,
			  struct obpbl_session_config *config,
			  int (*fn)(struct obpbl_draft *draft,
				    struct obpbl_session_config *config))
{
	int err = session_device(on, info);

	if (err < 0)
		return err;
	config->ifindex = err;
	err = session_prefixes(info, OBPBL_INET4, config);
	if (!err)
		err = session_prefixes(info, OBPBL_INET6, config);
	return err ?: session_explain(info, config, fn(draft, config));
}

static int session_up(struct obpbl_net *on, struct obpbl_draft *draft,
		      struct genl_info *info)
{
	const struct obpbl_isp *isp = get_isp(draft, info);
	struct obpbl_session_config *config;
	int err;

	if (IS_ERR(isp))
		return PTR_ERR(isp);
	config = kzalloc(sizeof(*config), GFP_KERNEL);
	if (!config)
		return -ENOMEM;
	config->isp = isp->index;
	err = session_class(info, &config->class);
	if (!err)
		err = session_change(on, draft, info, config,
				     obpbl_draft_session_up);
	kfree(config);
	return err;
}

static int session_addr(struct obpbl_net *on, struct obpbl_draft *draft,
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
	err = session_change(on, draft, info, config, obpbl_draft_session_addr);
	if (err == -ENOENT)
		obpbl_refuse(info, OBPBL_A_DEV, err,
			     obpbl_session_of(draft->policy, config->ifindex) ?
			     "the device has a session, but its ISP is not configured" :
			     "the device has no session");
	kfree(config);
	return err;
}

/* Of a device that is gone there is no session any more: as was asked for */
static int session_down(struct obpbl_net *on, struct obpbl_draft *draft,
			struct genl_info *info)
{
	int index = session_device(on, info);

	if (index == -ENODEV) {
		info->extack->_msg = NULL;
		info->extack->bad_attr = NULL;
		return OBPBL_UNCHANGED;
	}
	return index < 0 ? index : obpbl_draft_session_down(draft, index);
}

/* All of them */

typedef int change_fn(struct obpbl_net *on, struct obpbl_draft *draft,
		      struct genl_info *info);

static change_fn * const changes[OBPBL_CMD_MAX + 1] = {
	[OBPBL_CMD_FLUSH] = flush,
	[OBPBL_CMD_MODE_SET] = mode_set,
	[OBPBL_CMD_ISP_ADD] = isp_add,
	[OBPBL_CMD_ISP_SET] = isp_set,
	[OBPBL_CMD_ISP_DEL] = isp_del,
	[OBPBL_CMD_PREFIX_ADD] = prefix_add,
	[OBPBL_CMD_PREFIX_REPLACE] = prefix_replace,
	[OBPBL_CMD_PREFIX_DEL] = prefix_del,
	[OBPBL_CMD_PREFIX_FLUSH] = prefix_flush,
	[OBPBL_CMD_OVERLAY_ADD] = overlay_add,
	[OBPBL_CMD_OVERLAY_DEL] = overlay_del,
	[OBPBL_CMD_SESSION_UP] = session_up,
	[OBPBL_CMD_SESSION_ADDR] = session_addr,
	[OBPBL_CMD_SESSION_DOWN] = session_down,
};

/**
 * obpbl_explain() - the sentence for an errno, where nothing better was said
 * @draft: the draft that failed
 * @info: the request
 * @err: what it failed with; 0: it has not
 */
void obpbl_explain(struct obpbl_draft *draft, struct genl_info *info, int err)
{
	struct netlink_ext_ack *extack = info->extack;

	if (!err || extack->_msg)
		return;
	switch (err) {
	case -EEXIST:
		NL_SET_ERR_MSG(extack, "it exists already");
		break;
	case -ENOENT:
		NL_SET_ERR_MSG(extack, "there is no such entry");
		break;
	case -EADDRINUSE:
		OBPBL_SET_ERR_FMT(extack, "the prefix belongs to isp %s",
				  draft->conflict);
		break;
	case -ENOSPC:
		NL_SET_ERR_MSG(extack, "a ceiling is reached: see net.obpbl.max_prefixes and net.obpbl.max_overlays");
		break;
	case -EINVAL:
		if (draft->aside)
			NL_SET_ERR_MSG(extack, "a shadow has no run-time entries");
		break;
	case -E2BIG:
		NL_SET_ERR_MSG(extack, "too many overlays on this prefix");
		break;
	case -ENOMEM:
		NL_SET_ERR_MSG(extack, "the kernel has no memory for this; nothing has changed");
		break;
	}
}

/* What changes what is configured, which an OVERLAY_DEL may or may not */
static bool configures(struct genl_info *info)
{
	switch (info->genlhdr->cmd) {
	case OBPBL_CMD_FLUSH:
	case OBPBL_CMD_OVERLAY_DEL:
	case OBPBL_CMD_SESSION_UP:
	case OBPBL_CMD_SESSION_ADDR:
	case OBPBL_CMD_SESSION_DOWN:
		return false;
	case OBPBL_CMD_OVERLAY_ADD:
		return get_u8(info, OBPBL_A_LAYER, OBPBL_LAYER_RUNTIME) ==
		       OBPBL_LAYER_CONFIGURED;
	default:
		return true;
	}
}

/* What does not go together with a change that may still be taken back */
static int unsettled(struct obpbl_net *on, struct genl_info *info)
{
	const char *isp = on->draft.conflict;

	if (!isp[0])
		return obpbl_confirm_refuse(on, info);
	OBPBL_SET_ERR_FMT(info->extack,
			  "isp %s is not confirmed yet (new or moved)",
			  isp);
	return -EBUSY;
}

/* What only takes away must not be refused because there is too much */
static bool takes_away(u8 cmd)
{
	switch (cmd) {
	case OBPBL_CMD_ISP_DEL:
	case OBPBL_CMD_PREFIX_DEL:
	case OBPBL_CMD_PREFIX_FLUSH:
	case OBPBL_CMD_OVERLAY_DEL:
	case OBPBL_CMD_SESSION_DOWN:
		return true;
	default:
		return false;
	}
}

/**
 * obpbl_change() - make the change that a request asks for
 * @on: the namespace, with a draft
 * @info: the request: one that cmd_change() in netlink.c handles
 *
 * Context: process, under @on->lock.
 * Return: 0; OBPBL_UNCHANGED, it asks for what is there; or a negative errno and
 * the draft is spoiled.
 */
int obpbl_change(struct obpbl_net *on, struct genl_info *info)
{
	change_fn *change = changes[info->genlhdr->cmd];
	struct obpbl_txn *txn = &on->draft.txn;
	u64 limit = txn->limit;
	int err;

	if (on->draft.frozen && configures(info))
		return obpbl_confirm_refuse(on, info);
	if (takes_away(info->genlhdr->cmd))
		txn->limit = U64_MAX;
	err = change(on, &on->draft, info);
	txn->limit = limit;
	if (err == -EBUSY && on->draft.frozen)
		return unsettled(on, info);
	return err;
}

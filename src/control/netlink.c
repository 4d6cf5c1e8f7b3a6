// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family: its operations, and transactions.
 */
#include <linux/module.h>
#include <linux/netlink.h>
#include <net/genetlink.h>

#include "compat/compat.h"
#include "confirm.h"
#include "device.h"
#include "event.h"
#include "net.h"
#include "netlink.h"
#include "session.h"
#include "shadow.h"

/* Policies */

#define ISP_POLICY \
	[OBPBL_A_ISP] = { .type = NLA_NUL_STRING, \
			  .len = OBPBL_ISP_NAME_SIZE - 1 }
#define CLASS_POLICY(min, max) \
	[OBPBL_A_CLASS] = NLA_POLICY_RANGE(NLA_U8, min, max)
#define GENERATION_POLICY \
	[OBPBL_A_GENERATION] = { .type = NLA_U64 }
#define DEV_POLICY \
	[OBPBL_A_DEV] = { .type = NLA_NUL_STRING, \
			  .len = OBPBL_DEV_NAME_SIZE - 1 }
#define PREFIXES_POLICY \
	[OBPBL_A_PREFIXES4] = { .type = NLA_BINARY }, \
	[OBPBL_A_PREFIXES6] = { .type = NLA_BINARY }

static const struct nla_policy none_policy[OBPBL_A_MAX + 1] = { };

static const struct nla_policy begin_policy[OBPBL_A_MAX + 1] = {
	GENERATION_POLICY,
	[OBPBL_A_EMPTY] = { .type = NLA_FLAG },
	[OBPBL_A_CONFIRM] = { .type = NLA_U32 },
	[OBPBL_A_SHADOW] = { .type = NLA_FLAG },
};

static const struct nla_policy confirm_policy[OBPBL_A_MAX + 1] = {
	[OBPBL_A_CONFIRM] = { .type = NLA_U32 },
};

static const struct nla_policy commit_policy[OBPBL_A_MAX + 1] = {
	GENERATION_POLICY,
	[OBPBL_A_COUNT] = { .type = NLA_U64 },
};

static const struct nla_policy mode_policy[OBPBL_A_MAX + 1] = {
	ISP_POLICY,
	[OBPBL_A_MODE] = NLA_POLICY_MAX(NLA_U8, OBPBL_MODE_MAX),
};

static const struct nla_policy isp_policy[OBPBL_A_MAX + 1] = {
	ISP_POLICY,
	[OBPBL_A_MODE] = NLA_POLICY_MAX(NLA_U8, OBPBL_MODE_MAX),
	[OBPBL_A_POLICY] = NLA_POLICY_MAX(NLA_U8, OBPBL_POLICY_MAX),
	[OBPBL_A_REJECT] = NLA_POLICY_MAX(NLA_U8, OBPBL_REJECT_MAX),
	[OBPBL_A_REVERSE] = NLA_POLICY_MAX(NLA_U8, 1),
	[OBPBL_A_LIMIT] = { .type = NLA_U32 },
	[OBPBL_A_LIMIT_SECONDS] = { .type = NLA_U32 },
	[OBPBL_A_LIMIT_QUARANTINE] = { .type = NLA_U32 },
	[OBPBL_A_VRF] = { .type = NLA_NUL_STRING,
			  .len = OBPBL_DEV_NAME_SIZE - 1 },
};

static const struct nla_policy name_policy[OBPBL_A_MAX + 1] = {
	ISP_POLICY,
};

static const struct nla_policy prefix_policy[OBPBL_A_MAX + 1] = {
	ISP_POLICY,
	CLASS_POLICY(OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_TARGET),
	PREFIXES_POLICY,
};

static const struct nla_policy class_policy[OBPBL_A_MAX + 1] = {
	ISP_POLICY,
	CLASS_POLICY(OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_TARGET),
};

static const struct nla_policy overlay_policy[OBPBL_A_MAX + 1] = {
	ISP_POLICY,
	CLASS_POLICY(OBPBL_CLASS_EXEMPT, OBPBL_CLASS_QUARANTINE),
	[OBPBL_A_PREFIXES4] = NLA_POLICY_EXACT_LEN(sizeof(struct obpbl_prefix4)),
	[OBPBL_A_PREFIXES6] = NLA_POLICY_EXACT_LEN(sizeof(struct obpbl_prefix6)),
	[OBPBL_A_LAYER] = NLA_POLICY_MAX(NLA_U8, OBPBL_LAYER_MAX),
	[OBPBL_A_TO4] = NLA_POLICY_EXACT_LEN(sizeof(struct obpbl_prefix4)),
	[OBPBL_A_TO6] = NLA_POLICY_EXACT_LEN(sizeof(struct obpbl_prefix6)),
	DEV_POLICY,
	[OBPBL_A_UNTIL] = { .type = NLA_U64 },
	[OBPBL_A_REASON] = { .type = NLA_NUL_STRING,
			     .len = OBPBL_REASON_SIZE - 1 },
	[OBPBL_A_TICKET] = { .type = NLA_NUL_STRING,
			     .len = OBPBL_TICKET_SIZE - 1 },
};

static const struct nla_policy overlay_dump_policy[OBPBL_A_MAX + 1] = {
	ISP_POLICY,
	CLASS_POLICY(OBPBL_CLASS_EXEMPT, OBPBL_CLASS_QUARANTINE),
};

static const struct nla_policy stats_policy[OBPBL_A_MAX + 1] = {
	[OBPBL_A_TOTAL] = { .type = NLA_FLAG },
};

static const struct nla_policy test_policy[OBPBL_A_MAX + 1] = {
	[OBPBL_A_SRC] = { .type = NLA_BINARY, .len = 16 },
	[OBPBL_A_DST] = { .type = NLA_BINARY, .len = 16 },
	[OBPBL_A_SPORT] = { .type = NLA_U16 },
	[OBPBL_A_DPORT] = { .type = NLA_U16 },
	[OBPBL_A_TCP_FLAGS] = { .type = NLA_U8 },
	DEV_POLICY,
};

static const struct nla_policy session_up_policy[OBPBL_A_MAX + 1] = {
	ISP_POLICY,
	CLASS_POLICY(OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_EXEMPT),
	PREFIXES_POLICY,
	DEV_POLICY,
};

static const struct nla_policy session_addr_policy[OBPBL_A_MAX + 1] = {
	PREFIXES_POLICY,
	DEV_POLICY,
};

static const struct nla_policy session_down_policy[OBPBL_A_MAX + 1] = {
	DEV_POLICY,
};

static const struct nla_policy session_dump_policy[OBPBL_A_MAX + 1] = {
	ISP_POLICY,
	DEV_POLICY,
};

/* Refusals */

/**
 * obpbl_missing() - refuse a request without an attribute
 * @info: the request
 * @attr: the attribute
 * @sentence: what to say
 *
 * Return: 0 if it is there, else -EINVAL.
 */
int obpbl_missing(struct genl_info *info, int attr, const char *sentence)
{
	if (info->attrs[attr])
		return 0;
	info->extack->_msg = sentence;
	return -EINVAL;
}

/**
 * obpbl_refuse() - refuse a request for one of its attributes
 * @info: the request
 * @attr: the attribute
 * @err: a negative errno
 * @sentence: what to say
 *
 * Return: @err.
 */
int obpbl_refuse(struct genl_info *info, int attr, int err,
		 const char *sentence)
{
	info->extack->bad_attr = info->attrs[attr];
	info->extack->_msg = sentence;
	return err;
}

/* Transactions */

static int check_owner(struct obpbl_net *on, struct genl_info *info)
{
	if (!on->owner || on->owner == info->snd_portid)
		return 0;
	OBPBL_SET_ERR_FMT(info->extack,
			  "netlink port %u has a transaction open", on->owner);
	return -EBUSY;
}

static int check_generation(struct obpbl_net *on, struct genl_info *info)
{
	u64 running = on->history.current_policy->generation;

	if (!info->attrs[OBPBL_A_GENERATION] ||
	    nla_get_u64(info->attrs[OBPBL_A_GENERATION]) == running)
		return 0;
	return obpbl_refuse(info, OBPBL_A_GENERATION, -ESTALE,
		      "another generation is running by now");
}

/**
 * obpbl_check_fits() - the last look at a draft, and what it has found
 * @draft: the draft
 * @info: the request
 *
 * Return: as obpbl_draft_check().
 */
int obpbl_check_fits(struct obpbl_draft *draft, struct genl_info *info)
{
	int err = obpbl_draft_check(draft);

	if (err == -ENOENT)
		OBPBL_SET_ERR_FMT(info->extack,
				  "isp %s would go, but has run-time entries",
				  draft->conflict);
	else if (err == -EBUSY)
		OBPBL_SET_ERR_FMT(info->extack,
				  "isp %s would change VRF, but has run-time entries",
				  draft->conflict);
	else if (err == -EADDRINUSE)
		OBPBL_SET_ERR_FMT(info->extack,
				  "isp %s has a run-time entry on another's prefix",
				  draft->conflict);
	return err;
}

/* The last look at the draft, and its publication */
static int publish(struct obpbl_net *on, struct genl_info *info)
{
	struct obpbl_cause cause = { info->genlhdr->cmd, info->snd_portid };
	const struct obpbl_aside *kept = on->history.kept;
	struct obpbl_draft *draft = &on->draft;
	int err = 0;

	if (on->stale && !draft->aside)
		err = obpbl_draft_sessions_sweep(draft);
	if (!err)
		err = obpbl_check_fits(draft, info);
	if (!err && draft->aside)
		return obpbl_shadow_commit(on);
	if (!err)
		err = obpbl_net_publish(on, draft);
	if (err)
		return err;
	on->stale = false;
	if (!kept && on->history.kept)
		obpbl_confirm_start(on, on->confirm.seconds);
	else if (!on->history.kept)
		obpbl_confirm_end(on);
	obpbl_event_policy(on, &cause);
	return 0;
}

/* A change by itself: a transaction of its own */
static int change_alone(struct obpbl_net *on, struct genl_info *info)
{
	int err = obpbl_net_begin(on, &on->draft);

	if (err) {
		obpbl_explain(&on->draft, info, err);
		return err;
	}
	err = obpbl_change(on, info);
	if (err == OBPBL_UNCHANGED) {
		obpbl_net_abort(on);
		return 0;
	}
	if (!err)
		err = publish(on, info);
	obpbl_explain(&on->draft, info, err);
	if (err)
		obpbl_net_abort(on);
	else if (on->draft.touched)
		obpbl_device_tell(on, info);
	return err;
}

static int check_spoiled(struct obpbl_net *on, struct genl_info *info)
{
	if (!on->draft.spoiled)
		return 0;
	if (on->draft.policy)
		NL_SET_ERR_MSG(info->extack,
			       "an earlier change of this transaction was refused");
	else
		NL_SET_ERR_MSG(info->extack,
			       "what this transaction began from was rolled back; begin again");
	return -ECANCELED;
}

static int change_in_transaction(struct obpbl_net *on, struct genl_info *info)
{
	int err = check_spoiled(on, info);

	if (err)
		return err;
	err = obpbl_change(on, info);
	if (err == OBPBL_UNCHANGED)
		err = 0;
	obpbl_explain(&on->draft, info, err);
	on->draft.spoiled = err;
	return err;
}

static int cmd_change(struct sk_buff *skb, struct genl_info *info)
{
	struct obpbl_net *on = obpbl_pernet(genl_info_net(info));
	int err;

	mutex_lock(&on->lock);
	err = check_owner(on, info);
	if (!err)
		err = on->owner ? change_in_transaction(on, info) :
				  change_alone(on, info);
	mutex_unlock(&on->lock);
	return err;
}

/**
 * obpbl_check_idle() - refuse a request while a transaction is open
 * @on: the namespace's state
 * @info: the request
 *
 * Return: 0, or -EBUSY.
 */
int obpbl_check_idle(struct obpbl_net *on, struct genl_info *info)
{
	int err = check_owner(on, info);

	if (err || !on->owner)
		return err;
	NL_SET_ERR_MSG(info->extack,
		       "this socket has a transaction open already");
	return -EBUSY;
}

/* How a transaction begins */
static int check_begin(struct obpbl_net *on, struct genl_info *info)
{
	int err = obpbl_confirm_seconds(info, &on->confirm.seconds);

	if (!err && info->attrs[OBPBL_A_SHADOW] && info->attrs[OBPBL_A_CONFIRM])
		return obpbl_refuse(info, OBPBL_A_SHADOW, -EINVAL,
			"a shadow is not to be confirmed before it is promoted");
	if (err || info->attrs[OBPBL_A_EMPTY])
		return err ?: obpbl_confirm_refuse(on, info);
	if (info->attrs[OBPBL_A_SHADOW])
		return obpbl_refuse(info, OBPBL_A_SHADOW, -EINVAL,
			"only what replaces all that is configured can be a shadow");
	if (!info->attrs[OBPBL_A_CONFIRM])
		return 0;
	return obpbl_refuse(info, OBPBL_A_CONFIRM, -EINVAL,
			    "only what replaces all that is configured can be confirmed");
}

static int begin_with(struct obpbl_net *on, struct genl_info *info)
{
	if (!info->attrs[OBPBL_A_EMPTY])
		return 0;
	if (info->attrs[OBPBL_A_SHADOW])
		return obpbl_draft_beside(&on->draft);
	return on->confirm.seconds ? obpbl_draft_keep(&on->draft) :
				     obpbl_draft_clear(&on->draft, false);
}

static int begin(struct obpbl_net *on, struct genl_info *info)
{
	int err = obpbl_check_idle(on, info);

	if (!err)
		err = check_generation(on, info);
	if (!err)
		err = check_begin(on, info);
	if (!err)
		err = obpbl_net_begin(on, &on->draft);
	obpbl_explain(&on->draft, info, err);
	if (err)
		return err;
	on->owner = info->snd_portid;
	err = begin_with(on, info);
	obpbl_explain(&on->draft, info, err);
	if (err)
		obpbl_net_abort(on);
	return err;
}

static int cmd_begin(struct sk_buff *skb, struct genl_info *info)
{
	struct obpbl_net *on = obpbl_pernet(genl_info_net(info));
	int err;

	mutex_lock(&on->lock);
	err = begin(on, info);
	mutex_unlock(&on->lock);
	return err;
}

/* COMMIT and ABORT are for whoever has begun */
static int check_begun(struct obpbl_net *on, struct genl_info *info)
{
	int err = check_owner(on, info);

	if (err || on->owner)
		return err;
	NL_SET_ERR_MSG(info->extack, "no transaction is open");
	return -EINVAL;
}

static int check_complete(struct obpbl_net *on, struct genl_info *info)
{
	struct nlattr *count = info->attrs[OBPBL_A_COUNT];
	int err = check_spoiled(on, info);

	if (err)
		return err;
	if (!count || nla_get_u64(count) == on->draft.added)
		return check_generation(on, info);
	return obpbl_refuse(info, OBPBL_A_COUNT, -EBADMSG,
		      "not as many prefixes have arrived as were sent");
}

static int commit(struct sk_buff *reply, struct obpbl_net *on,
		  struct genl_info *info)
{
	int err = check_begun(on, info);

	if (!err)
		err = check_complete(on, info);
	if (err)
		return err;
	err = publish(on, info);
	obpbl_explain(&on->draft, info, err);
	if (err) {
		on->draft.spoiled = true;
		return err;
	}
	on->owner = 0;
	return obpbl_put_generation(reply, on->history.current_policy);
}

static int cmd_commit(struct sk_buff *skb, struct genl_info *info)
{
	return obpbl_answer(info, commit);
}

static int cmd_abort(struct sk_buff *skb, struct genl_info *info)
{
	struct obpbl_net *on = obpbl_pernet(genl_info_net(info));
	int err;

	mutex_lock(&on->lock);
	err = check_begun(on, info);
	if (!err)
		obpbl_net_abort(on);
	mutex_unlock(&on->lock);
	return err;
}

/* The family */

#define OP(command, table, ...) {		\
	.cmd = OBPBL_CMD_##command,		\
	.flags = GENL_ADMIN_PERM,		\
	.policy = table,			\
	.maxattr = OBPBL_A_MAX,			\
	__VA_ARGS__				\
}
#define CHANGE(command, table)	OP(command, table, .doit = cmd_change)
#define DUMP(fn)	.start = obpbl_dump_start, .dumpit = fn, \
			.done = obpbl_dump_done

static const struct genl_ops ops[] = {
	OP(GET, none_policy, .doit = obpbl_cmd_get),
	OP(BEGIN, begin_policy, .doit = cmd_begin),
	OP(COMMIT, commit_policy, .doit = cmd_commit),
	OP(ABORT, none_policy, .doit = cmd_abort),
	CHANGE(FLUSH, none_policy),
	CHANGE(MODE_SET, mode_policy),
	CHANGE(ISP_ADD, isp_policy),
	CHANGE(ISP_SET, isp_policy),
	CHANGE(ISP_DEL, name_policy),
	OP(ISP_GET, name_policy, .doit = obpbl_cmd_isp_get,
	   DUMP(obpbl_dump_isps)),
	CHANGE(PREFIX_ADD, prefix_policy),
	CHANGE(PREFIX_REPLACE, prefix_policy),
	CHANGE(PREFIX_DEL, prefix_policy),
	CHANGE(PREFIX_FLUSH, class_policy),
	OP(PREFIX_GET, class_policy, DUMP(obpbl_dump_prefixes)),
	CHANGE(OVERLAY_ADD, overlay_policy),
	CHANGE(OVERLAY_DEL, overlay_policy),
	OP(OVERLAY_GET, overlay_dump_policy, DUMP(obpbl_dump_overlays)),
	OP(TEST, test_policy, .doit = obpbl_cmd_test),
	OP(STATS_GET, stats_policy, DUMP(obpbl_dump_stats)),
	OP(STATS_RESET, none_policy, DUMP(obpbl_dump_stats_reset)),
	OP(SOURCE_GET, name_policy, DUMP(obpbl_dump_sources)),
	OP(CONFIRM, none_policy, .doit = obpbl_cmd_settle),
	OP(ROLLBACK, none_policy, .doit = obpbl_cmd_settle),
	OP(SHADOW_GET, none_policy, .doit = obpbl_cmd_shadow_get,
	   .start = obpbl_dump_shadow_start, .dumpit = obpbl_dump_shadow),
	OP(SHADOW_PROMOTE, confirm_policy, .doit = obpbl_cmd_settle),
	OP(SHADOW_DROP, none_policy, .doit = obpbl_cmd_shadow_drop),
	OP(SHADOW_SOURCE_GET, none_policy, .start = obpbl_dump_shadow_start,
	   .dumpit = obpbl_dump_shadow_sources),
	CHANGE(SESSION_UP, session_up_policy),
	CHANGE(SESSION_ADDR, session_addr_policy),
	CHANGE(SESSION_DOWN, session_down_policy),
	OP(SESSION_GET, session_dump_policy, DUMP(obpbl_dump_sessions)),
};

struct genl_family obpbl_genl_family __ro_after_init = {
	.name = OBPBL_GENL_NAME,
	.version = OBPBL_GENL_VERSION,
	.maxattr = OBPBL_A_MAX,
	.netnsok = true,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = obpbl_event_groups,
	.n_mcgrps = OBPBL_EVENT_GROUPS,
};

static int on_release(struct notifier_block *nb, unsigned long event,
		      void *data)
{
	struct netlink_notify *notify = data;

	if (event == NETLINK_URELEASE && notify->protocol == NETLINK_GENERIC)
		obpbl_net_closed(notify->net, notify->portid);
	return NOTIFY_DONE;
}

static struct notifier_block release_notifier = {
	.notifier_call = on_release,
};

/**
 * obpbl_netlink_init() - open the door
 *
 * Return: 0 or a negative errno.
 */
int __init obpbl_netlink_init(void)
{
	int err = netlink_register_notifier(&release_notifier);

	if (err)
		return err;
	err = genl_register_family(&obpbl_genl_family);
	if (err)
		netlink_unregister_notifier(&release_notifier);
	return err;
}

/**
 * obpbl_netlink_exit() - close it: no request is under way afterwards
 */
void obpbl_netlink_exit(void)
{
	genl_unregister_family(&obpbl_genl_family);
	netlink_unregister_notifier(&release_notifier);
}

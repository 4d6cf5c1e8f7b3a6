// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family: the table of its operations.
 *
 * Requests of different sockets run side by side, so that a long one keeps
 * nobody waiting who only wants to read: what they must not do at the same time
 * is serialised by the lock of changes of their namespace.
 */
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/string.h>
#include <net/genetlink.h>

#include "confirm.h"
#include "dump.h"
#include "event.h"
#include "netlink.h"
#include "request.h"
#include "restore.h"

/* Policies */

/* The core looks no further than the first NUL */
static int check_string(const struct nlattr *nla, struct netlink_ext_ack *extack)
{
	if (strlen(nla_data(nla)) + 1 == nla_len(nla))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, nla, "bytes behind the end of a string");
	return -EINVAL;
}

#define STRING_POLICY(size) \
	NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, check_string, (size) - 1)
#define ISP_POLICY \
	[OBPBL_A_ISP] = STRING_POLICY(OBPBL_ISP_NAME_SIZE)
#define CLASS_POLICY(min, max) \
	[OBPBL_A_CLASS] = NLA_POLICY_RANGE(NLA_U8, min, max)
#define GENERATION_POLICY \
	[OBPBL_A_GENERATION] = { .type = NLA_U64 }
#define DEV_POLICY \
	[OBPBL_A_DEV] = STRING_POLICY(OBPBL_DEV_NAME_SIZE)
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
	[OBPBL_A_VRF] = STRING_POLICY(OBPBL_DEV_NAME_SIZE),
};

static const struct nla_policy name_policy[OBPBL_A_MAX + 1] = {
	ISP_POLICY,
};

static const struct nla_policy isp_get_policy[OBPBL_A_MAX + 1] = {
	ISP_POLICY,
	[OBPBL_A_SHADOW] = { .type = NLA_FLAG },
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
	[OBPBL_A_REASON] = STRING_POLICY(OBPBL_REASON_SIZE),
	[OBPBL_A_TICKET] = STRING_POLICY(OBPBL_TICKET_SIZE),
};

static const struct nla_policy overlay_dump_policy[OBPBL_A_MAX + 1] = {
	ISP_POLICY,
	[OBPBL_A_ASLEEP] = { .type = NLA_FLAG },
	CLASS_POLICY(OBPBL_CLASS_EXEMPT, OBPBL_CLASS_QUARANTINE),
	[OBPBL_A_PREFIXES4] = NLA_POLICY_EXACT_LEN(sizeof(struct obpbl_prefix4)),
	[OBPBL_A_PREFIXES6] = NLA_POLICY_EXACT_LEN(sizeof(struct obpbl_prefix6)),
};

static const struct nla_policy stats_policy[OBPBL_A_MAX + 1] = {
	[OBPBL_A_TOTAL] = { .type = NLA_FLAG },
};

static const struct nla_policy restore_policy[OBPBL_A_MAX + 1] = {
	ISP_POLICY,
	[OBPBL_A_TOTAL] = { .type = NLA_FLAG },
	[OBPBL_A_COUNTERS] = NLA_POLICY_EXACT_LEN(sizeof(struct obpbl_counter)),
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
	[OBPBL_A_ASLEEP] = { .type = NLA_FLAG },
};

/* The family */

#define OP(command, table, ...) {		\
	.cmd = OBPBL_CMD_##command,		\
	.flags = GENL_ADMIN_PERM,		\
	.policy = table,			\
	.maxattr = OBPBL_A_MAX,			\
	__VA_ARGS__				\
}
#define CHANGE(command, table)	OP(command, table, .doit = obpbl_cmd_change)
#define DUMP	.start = obpbl_dump_start, .dumpit = obpbl_dump, \
		.done = obpbl_dump_done

static const struct genl_ops ops[] = {
	OP(GET, none_policy, .doit = obpbl_cmd_get),
	OP(BEGIN, begin_policy, .doit = obpbl_cmd_begin),
	OP(COMMIT, commit_policy, .doit = obpbl_cmd_commit),
	OP(ABORT, none_policy, .doit = obpbl_cmd_abort),
	CHANGE(FLUSH, none_policy),
	CHANGE(MODE_SET, mode_policy),
	CHANGE(ISP_ADD, isp_policy),
	CHANGE(ISP_SET, isp_policy),
	CHANGE(ISP_DEL, name_policy),
	OP(ISP_GET, isp_get_policy, .doit = obpbl_cmd_isp_get,
	   DUMP),
	CHANGE(PREFIX_ADD, prefix_policy),
	CHANGE(PREFIX_REPLACE, prefix_policy),
	CHANGE(PREFIX_DEL, prefix_policy),
	CHANGE(PREFIX_FLUSH, class_policy),
	OP(PREFIX_GET, class_policy, DUMP),
	CHANGE(OVERLAY_ADD, overlay_policy),
	CHANGE(OVERLAY_DEL, overlay_policy),
	OP(OVERLAY_GET, overlay_dump_policy, DUMP),
	OP(TEST, test_policy, .doit = obpbl_cmd_test),
	OP(STATS_GET, stats_policy, DUMP),
	OP(STATS_RESET, none_policy, DUMP),
	OP(SOURCE_GET, name_policy, DUMP),
	OP(CONFIRM, none_policy, .doit = obpbl_cmd_confirm_or_rollback),
	OP(ROLLBACK, none_policy, .doit = obpbl_cmd_confirm_or_rollback),
	OP(SHADOW_GET, none_policy, .doit = obpbl_cmd_shadow_get,
	   DUMP),
	OP(SHADOW_PROMOTE, confirm_policy, .doit = obpbl_cmd_confirm_or_rollback),
	OP(SHADOW_DROP, none_policy, .doit = obpbl_cmd_shadow_drop),
	OP(SHADOW_SOURCE_GET, none_policy, DUMP),
	CHANGE(SESSION_UP, session_up_policy),
	CHANGE(SESSION_ADDR, session_addr_policy),
	CHANGE(SESSION_DOWN, session_down_policy),
	OP(SESSION_GET, session_dump_policy, DUMP),
	OP(STATS_RESTORE, restore_policy, .doit = obpbl_cmd_stats_restore),
};

struct genl_family obpbl_genl_family __ro_after_init = {
	.name = OBPBL_GENL_NAME,
	.version = OBPBL_GENL_VERSION,
	.maxattr = OBPBL_A_MAX,
	.netnsok = true,
	.parallel_ops = true,
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
		obpbl_closed(obpbl_pernet(notify->net), notify->portid);
	return NOTIFY_DONE;
}

static struct notifier_block release_notifier = {
	.notifier_call = on_release,
};

/**
 * obpbl_netlink_exit_net() - a namespace ends, and the open transaction with it
 * @onet: its state
 *
 * Context: process, may sleep.
 */
void obpbl_netlink_exit_net(struct obpbl_net *onet)
{
	obpbl_request_exit(onet);
}

/**
 * obpbl_netlink_register() - open the door
 *
 * Return: 0 or a negative errno.
 */
int __init obpbl_netlink_register(void)
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
 * obpbl_netlink_unregister() - close it: no request is under way afterwards
 */
void obpbl_netlink_unregister(void)
{
	genl_unregister_family(&obpbl_genl_family);
	netlink_unregister_notifier(&release_notifier);
}

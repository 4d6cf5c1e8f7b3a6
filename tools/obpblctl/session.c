// SPDX-License-Identifier: GPL-2.0-only
/*
 * The session command: who is behind an interface
 *
 * It is called when an interface goes up or down, by programs that do not try
 * again.  So a transaction of somebody else, which lasts for as long as a large
 * policy takes to be sent, is waited for.
 */
#include <errno.h>
#include <string.h>

#include "check.h"
#include "command.h"
#include "kernel.h"
#include "names.h"
#include "out.h"
#include "owner.h"
#include "txn.h"

#define PATIENCE 30	/* seconds: the script that asks has no second try */

/**
 * struct order - what a command line asks for
 * @command: OBPBL_CMD_SESSION_UP, _ADDR, _DOWN or _GET
 * @dev: the interface; NULL: any
 * @isp: the ISP; NULL: any
 * @class: enum obpbl_class; 0: none was given
 * @list: the prefixes
 */
struct order {
	uint8_t command;
	const char *dev;
	const char *isp;
	int class;
	struct prefixes list;
};

static const int classes[] = {
	OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_STATIC, OBPBL_CLASS_EXEMPT,
};

/* Words */

static int take_class(const char *word, void *to)
{
	const char *const words[] = { "dynamic", "static", "exempt", NULL };
	int found, status;

	status = word_pick(word, words, &found);
	if (!status && found < 0)
		return usage("%s: the class of a session is dynamic, static or exempt",
			     quote_word(word));
	*(int *)to = classes[found];
	return status;
}

static int take_addr(const char *word, void *to)
{
	const struct place nowhere = { 0 };
	struct prefixes *list = to;
	struct prefix p;
	int status;

	status = word_prefix(word, &p);
	if (status)
		return status;
	if (prefixes_count(list) == OBPBL_MAX_SESSION_PREFIXES)
		return usage("a session has at most %d prefixes",
			     OBPBL_MAX_SESSION_PREFIXES);
	prefixes_add(list, &p, nowhere);
	return STATUS_OK;
}

#define WITH(command) (1ULL << OBPBL_CMD_SESSION_##command)

static const struct key keys[] = {
	{ KEY("dev", "the name of a device", word_dev, struct order, dev) },
	{ KEY("addr", "a prefix", take_addr, struct order, list),
	  .verbs = WITH(UP) | WITH(ADDR), .often = true },
	{ KEY("isp", "the name of an ISP", word_isp, struct order, isp),
	  .verbs = WITH(UP) | WITH(GET) },
	{ KEY("class", "a class", take_class, struct order, class),
	  .verbs = WITH(UP) },
	{ .name = NULL }
};

static int parse(struct words *words, const struct verb *verb, void *data)
{
	struct order *order = data;
	int status = command_keys(words, keys, verb, order);

	order->command = verb->value;
	if (status || order->command == OBPBL_CMD_SESSION_GET)
		return status;
	if (!order->dev)
		return command_usage("'dev IF' is missing");
	if (order->command == OBPBL_CMD_SESSION_UP && !order->isp)
		return command_usage("'isp NAME' is missing");
	if (order->command == OBPBL_CMD_SESSION_ADDR &&
	    !prefixes_count(&order->list))
		return command_usage("'addr PREFIX' is missing");
	if (order->command == OBPBL_CMD_SESSION_UP && !order->class)
		order->class = OBPBL_CLASS_DYNAMIC;
	return STATUS_OK;
}

static void free_order(void *data)
{
	struct order *order = data;

	prefixes_free(&order->list);
}

/* Changes */

static json_t *addr_json(const struct prefixes *list)
{
	size_t i, n = prefixes_count(list);
	json_t *array = json_array();
	struct prefix p;

	for (i = 0; i < n; i++) {
		prefixes_get(list, i, &p);
		json_array_append_new(array, json_string(cidr_print(&p)));
	}
	return array;
}

static void print_change(const struct order *order)
{
	json_t *row = json_pack("{s:o}", "dev", json_text(order->dev));

	if (order->command != OBPBL_CMD_SESSION_DOWN)
		json_object_set_new(row, "addr", addr_json(&order->list));
	if (order->isp)
		put_text(row, "isp", order->isp);
	if (order->class)
		put_text(row, "class", names_word(&class_names, order->class));
	out_json(row);
}

static bool join(struct txn *txn, void *data)
{
	struct order *order = data;
	struct nlmsghdr *request;

	request = txn_add(txn, order->command, txn->at, order->dev);
	if (!request)
		return false;
	mnl_attr_put_strz(request, OBPBL_A_DEV, order->dev);
	if (order->isp)
		mnl_attr_put_strz(request, OBPBL_A_ISP, order->isp);
	if (order->class)
		mnl_attr_put_u8(request, OBPBL_A_CLASS, order->class);
	txn_put(txn, request, &order->list);
	return true;
}

static int change(struct nl *nl, void *data)
{
	struct order *order = data;
	struct owners owners = { 0 };
	int status;

	if (order->command == OBPBL_CMD_SESSION_UP)
		owners_read(nl, order->isp, &order->list, &owners);
	nl->patience = PATIENCE;
	status = txn_run(nl, join, order);
	nl->patience = NL_PATIENCE;
	if (!status && order->command == OBPBL_CMD_SESSION_UP)
		check_added(&order->list, &owners.asked, order->class,
			    order->isp, &owners.policy, NULL);
	owners_free(&owners);
	if (!status && options.json)
		print_change(order);
	return status;
}

/* Lists */

/* Printed as it comes, so that a list of any length takes no memory. */
static void list_one(const struct nlattr **a, void *data)
{
	char dev[OBPBL_DEV_NAME_SIZE], isp[OBPBL_ISP_NAME_SIZE];
	const char *text = "";
	struct prefix p = { 0 };
	const char *class;
	json_t *row;

	nl_string(a[OBPBL_A_DEV], dev, sizeof(dev));
	nl_isp(a[OBPBL_A_ISP], isp);
	class = names_word(&class_names, nl_u8(a[OBPBL_A_CLASS]));
	nl_take_prefix(a[OBPBL_A_PREFIXES4], a[OBPBL_A_PREFIXES6], &p);
	if (p.family)
		text = cidr_print(&p);
	if (!options.json) {
		printf("dev %s %s%s%sisp %s class %s%s\n", dev,
		       *text ? "addr " : "", text, *text ? " " : "", isp,
		       class, a[OBPBL_A_ASLEEP] ? " asleep" : "");
		return;
	}
	stream_next();
	row = json_pack("{s:o, s:s?, s:s, s:s, s:b}", "dev", json_text(dev),
			"addr", *text ? text : NULL, "isp", isp, "class", class,
			"asleep", !!a[OBPBL_A_ASLEEP]);
	json_dumpf(row, stdout, 0);
	json_decref(row);
}

static int list_refused(const struct nl *nl, const struct order *order)
{
	if (nl->refusal.error == ENODEV)
		return nl_fail_dev(nl, order->dev);
	return nl_fail_isp(nl, order->isp);
}

static int list(struct nl *nl, void *data)
{
	const struct order *order = data;
	int status = STATUS_OK;
	struct nlmsghdr *request;

	request = nl_request(nl, OBPBL_CMD_SESSION_GET, NLM_F_DUMP);
	if (order->dev)
		mnl_attr_put_strz(request, OBPBL_A_DEV, order->dev);
	if (order->isp)
		mnl_attr_put_strz(request, OBPBL_A_ISP, order->isp);
	if (options.json)
		stream_begin();
	if (!nl_talk(nl, request, list_one, NULL))
		status = list_refused(nl, order);
	if (options.json)
		stream_end(status);
	return status;
}

static const struct verb verbs[] = {
	{
		.name = "list",
		.synopsis = "[dev IF] [isp NAME]",
		.summary = "sessions, a prefix a line",
		.example = "obpblctl session list isp alpha",
		.value = OBPBL_CMD_SESSION_GET,
		.run = list,
	}, {
		.name = "up",
		.synopsis = "dev IF [addr PREFIX]... isp NAME [class dynamic|static|exempt]",
		.summary = "make the session of an interface exactly this",
		.example = "obpblctl session up dev ppp0 addr 203.0.113.5 isp alpha",
		.value = OBPBL_CMD_SESSION_UP,
		.run = change,
		.join = join,
	}, {
		.name = "addr",
		.synopsis = "dev IF addr PREFIX...",
		.summary = "add prefixes to the session of an interface",
		.example = "obpblctl session addr dev ppp0 addr 2001:db8:a:1000::/56",
		.value = OBPBL_CMD_SESSION_ADDR,
		.run = change,
		.join = join,
	}, {
		.name = "down",
		.synopsis = "dev IF",
		.summary = "end the session of an interface",
		.example = "obpblctl session down dev ppp0",
		.value = OBPBL_CMD_SESSION_DOWN,
		.run = change,
		.join = join,
	},
	{ .synopsis = NULL }
};

const struct command session_command = {
	.name = "session",
	.summary = "who is behind an interface, for as long as it is there",
	.help = "For ip-up and ip-down scripts and the like. 'up' makes the session of an\n"
		"interface exactly this (default: class dynamic), 'addr' adds prefixes to\n"
		"it, 'down' ends it. It also ends when the interface does. Whatever is so\n"
		"already is done: nothing changes, and the exit status is 0. A prefix that\n"
		"another interface's session has is taken from it. While another program\n"
		"has a transaction open, these wait for up to 30 seconds.\n",
	.verbs = verbs,
	.size = sizeof(struct order),
	.parse = parse,
	.free = free_order,
	.standard = true,
};

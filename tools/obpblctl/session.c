// SPDX-License-Identifier: GPL-2.0-only
/*
 * The session command: who is behind an interface
 *
 * It is called when an interface goes up or down, by programs that do not try
 * again.  So a transaction of somebody else, which lasts for as long as a large
 * policy takes to be sent, is waited for.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "batch.h"
#include "command.h"
#include "isp.h"
#include "kernel.h"
#include "names.h"
#include "out.h"

#define PATIENCE 30	/* seconds for a transaction of another program */
#define PAUSE 20	/* milliseconds between two looks */

/**
 * struct order - what a command line asks for
 * @command: OBPBL_CMD_SESSION_UP, _ADDR, _DOWN or _GET
 * @dev: the interface; NULL: any
 * @isp: the ISP; NULL: any
 * @class: enum obpbl_class; 0: none was given
 * @list: the prefixes
 * @offset4: where the IPv4 ones are in the request
 * @offset6: where the IPv6 ones are
 */
struct order {
	uint8_t command;
	const char *dev;
	const char *isp;
	int class;
	struct prefixes list;
	uint32_t offset4;
	uint32_t offset6;
};

static const int classes[] = {
	OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_STATIC, OBPBL_CLASS_EXEMPT,
};

static int refuse(const char *word, const char *why)
{
	char text[QUOTE_SIZE];

	return usage("%s: %s", quote_word(word, text), why);
}

static int take_dev(const char *word, struct order *order)
{
	const char *fault = device_fault(word);

	if (order->dev)
		return usage("'dev': given twice");
	order->dev = word;
	return fault ? refuse(word, fault) : STATUS_OK;
}

static int take_isp(const char *word, struct order *order)
{
	const char *fault = isp_name_fault(word);

	if (order->isp)
		return usage("'isp': given twice");
	order->isp = word;
	return fault ? refuse(word, fault) : STATUS_OK;
}

static int take_class(const char *word, struct order *order)
{
	size_t i;

	if (order->class)
		return usage("'class': given twice");
	for (i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (!strcmp(names_word(&class_names, classes[i]), word))
			order->class = classes[i];
	if (order->class)
		return STATUS_OK;
	return refuse(word, "the class of a session is dynamic, static or exempt");
}

static int take_addr(const char *word, struct order *order)
{
	const struct place nowhere = { 0 };
	const char *fault;
	struct prefix p;

	fault = cidr_read(word, strlen(word), &p);
	if (fault)
		return refuse(word, fault);
	if (prefixes_count(&order->list) == OBPBL_MAX_SESSION_PREFIXES)
		return usage("a session has at most %d prefixes",
			     OBPBL_MAX_SESSION_PREFIXES);
	prefixes_add(&order->list, &p, nowhere);
	return STATUS_OK;
}

#define WITH(command) (1ULL << OBPBL_CMD_SESSION_##command)

static const struct {
	const char *word;
	uint64_t commands;
	int (*take)(const char *word, struct order *order);
} keys[] = {
	{ "dev", WITH(UP) | WITH(ADDR) | WITH(DOWN) | WITH(GET), take_dev },
	{ "addr", WITH(UP) | WITH(ADDR), take_addr },
	{ "isp", WITH(UP) | WITH(GET), take_isp },
	{ "class", WITH(UP), take_class },
};

static int take_pair(struct words *words, struct order *order)
{
	const char *word = words_next(words), *value;
	char text[QUOTE_SIZE];
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (keys[i].commands & 1ULL << order->command &&
		    !strcmp(keys[i].word, word))
			break;
	if (i == sizeof(keys) / sizeof(*keys))
		return command_usage("session", "%s: not expected here",
				     quote_word(word, text));
	value = words_next(words);
	if (!value)
		return command_usage("session", "'%s': a value follows it",
				     word);
	return keys[i].take(value, order);
}

static int take_order(struct words *words, struct order *order)
{
	int status = STATUS_OK;

	while (!status && words->left)
		status = take_pair(words, order);
	if (status || order->command == OBPBL_CMD_SESSION_GET)
		return status;
	if (!order->dev)
		return command_usage("session", "'dev IF' is missing");
	if (order->command == OBPBL_CMD_SESSION_UP && !order->isp)
		return command_usage("session", "'isp NAME' is missing");
	if (order->command == OBPBL_CMD_SESSION_ADDR &&
	    !prefixes_count(&order->list))
		return command_usage("session", "'addr PREFIX' is missing");
	if (order->command == OBPBL_CMD_SESSION_UP && !order->class)
		order->class = OBPBL_CLASS_DYNAMIC;
	return STATUS_OK;
}

/* Changes */

static void put_order(struct nlmsghdr *request, struct order *order)
{
	const struct prefixes *list = &order->list;

	mnl_attr_put_strz(request, OBPBL_A_DEV, order->dev);
	if (order->isp)
		mnl_attr_put_strz(request, OBPBL_A_ISP, order->isp);
	if (order->class)
		mnl_attr_put_u8(request, OBPBL_A_CLASS, order->class);
	order->offset4 = request->nlmsg_len + MNL_ATTR_HDRLEN;
	if (list->n4)
		mnl_attr_put(request, OBPBL_A_PREFIXES4,
			     list->n4 * sizeof(*list->p4), list->p4);
	order->offset6 = request->nlmsg_len + MNL_ATTR_HDRLEN;
	if (list->n6)
		mnl_attr_put(request, OBPBL_A_PREFIXES6,
			     list->n6 * sizeof(*list->p6), list->p6);
}

/* The word at fault: a prefix, the ISP, or else the interface */
static const char *word_at(const struct order *order,
			   const struct nl_refusal *refusal,
			   char text[CIDR_SIZE])
{
	size_t i4 = (refusal->offset - order->offset4) /
		    sizeof(*order->list.p4);
	size_t i6 = (refusal->offset - order->offset6) /
		    sizeof(*order->list.p6);
	struct prefix p;

	if (refusal->offset >= order->offset6 && i6 < order->list.n6)
		prefix_from6(&p, &order->list.p6[i6]);
	else if (refusal->offset >= order->offset4 && i4 < order->list.n4)
		prefix_from4(&p, &order->list.p4[i4]);
	else if (refusal->error == ENOENT && order->isp)
		return order->isp;
	else
		return order->dev;
	return cidr_print(&p, text);
}

static bool send_once(struct nl *nl, struct order *order, char *buffer)
{
	struct nlmsghdr *request;

	nl_forget(nl);
	request = nl_request(nl, buffer, order->command, NLM_F_ACK);
	put_order(request, order);
	return nl_talk(nl, request, NULL, NULL);
}

/* A change that waits to be confirmed is as busy, but may take a day. */
static bool transaction_open(struct nl *nl)
{
	struct nl_refusal refusal = nl->refusal;
	struct glance glance;
	bool open;

	if (refusal.error != EBUSY)
		return false;
	nl_forget(nl);
	open = !kernel_glance(nl, &glance) && glance.owner;
	nl->refusal = refusal;
	return open;
}

/* The transaction may have ended between the refusal and the look for it. */
static bool send_patiently(struct nl *nl, struct order *order)
{
	const struct timespec pause = { 0, PAUSE * 1000000L };
	char *buffer = xrealloc(NULL, NL_MESSAGE, 1);
	time_t end = time(NULL) + PATIENCE;
	bool done, open = true;

	for (;;) {
		done = send_once(nl, order, buffer);
		if (done || nl->refusal.error != EBUSY || !open ||
		    time(NULL) > end)
			break;
		open = transaction_open(nl);
		if (open)
			nanosleep(&pause, NULL);
	}
	free(buffer);
	return done;
}

static json_t *addr_json(const struct prefixes *list)
{
	size_t i, n = prefixes_count(list);
	json_t *array = json_array();
	char text[CIDR_SIZE];
	struct prefix p;

	for (i = 0; i < n; i++) {
		prefixes_get(list, i, &p);
		json_array_append_new(array, json_string(cidr_print(&p, text)));
	}
	return array;
}

static void print_change(const struct order *order)
{
	json_t *row = json_pack("{s:o}", "dev", json_text(order->dev));

	if (order->command != OBPBL_CMD_SESSION_DOWN)
		json_object_set_new(row, "addr", addr_json(&order->list));
	if (order->isp)
		json_object_set_new(row, "isp", json_string(order->isp));
	if (order->class)
		json_object_set_new(row, "class",
				    json_string(names_word(&class_names,
							   order->class)));
	out_json(row);
}

static int change(struct order *order)
{
	char text[QUOTE_SIZE], word[CIDR_SIZE];
	int status;
	struct nl nl;

	status = nl_open(&nl);
	if (status)
		return status;
	if (!send_patiently(&nl, order))
		status = fail("%s: %s",
			      quote_word(word_at(order, &nl.refusal, word),
					 text), nl.refusal.text);
	else if (options.json)
		print_change(order);
	nl_release(&nl);
	return status;
}

static int join(struct order *order)
{
	struct nlmsghdr *request;

	request = batch_request(order->command, order->dev);
	if (!request)
		return STATUS_FAILED;
	put_order(request, order);
	return STATUS_OK;
}

/* Lists */

static void print_one(const char *dev, const char *addr, const char *isp,
		      const char *class, bool asleep)
{
	json_t *row;

	if (!options.json) {
		printf("dev %s %s%s%sisp %s class %s%s\n", dev,
		       addr ? "addr " : "", addr ? addr : "", addr ? " " : "",
		       isp, class, asleep ? " asleep" : "");
		return;
	}
	stream_next();
	row = json_pack("{s:o, s:s?, s:s, s:s, s:b}", "dev", json_text(dev),
			"addr", addr, "isp", isp, "class", class, "asleep",
			asleep);
	json_dumpf(row, stdout, 0);
	json_decref(row);
}

static void keep(const struct prefix *p, void *data)
{
	*(struct prefix *)data = *p;
}

/* Printed as it comes, so that a list of any length takes no memory. */
static int list_one(const struct nlmsghdr *message,
		    void *data __attribute__((unused)))
{
	char dev[OBPBL_DEV_NAME_SIZE], isp[OBPBL_ISP_NAME_SIZE];
	const struct nlattr *a[OBPBL_A_MAX + 1];
	struct prefix p = { 0 };
	char text[CIDR_SIZE];

	nl_attributes(message, a);
	nl_string(a[OBPBL_A_DEV], dev, sizeof(dev));
	nl_string(a[OBPBL_A_ISP], isp, sizeof(isp));
	kernel_each_packed(a, keep, &p);
	print_one(dev, p.family ? cidr_print(&p, text) : NULL, isp,
		  names_word(&class_names, nl_u8(a[OBPBL_A_CLASS])),
		  a[OBPBL_A_ASLEEP]);
	return MNL_CB_OK;
}

static int list_refused(const struct nl *nl, const struct order *order)
{
	char text[QUOTE_SIZE];

	if (nl->refusal.error == ENODEV && order->dev)
		return fail("%s: there is no such device",
			    quote_word(order->dev, text));
	return nl_fail_isp(nl, order->isp);
}

static int list(const struct order *order)
{
	char buffer[128] __attribute__((aligned(8)));
	int status = STATUS_OK;
	struct nlmsghdr *request;
	struct nl nl;

	if (batch_joined())
		return batch_no_change("list");
	status = nl_open(&nl);
	if (status)
		return status;
	request = nl_request(&nl, buffer, OBPBL_CMD_SESSION_GET, NLM_F_DUMP);
	if (order->dev)
		mnl_attr_put_strz(request, OBPBL_A_DEV, order->dev);
	if (order->isp)
		mnl_attr_put_strz(request, OBPBL_A_ISP, order->isp);
	if (options.json)
		stream_begin();
	if (!nl_talk(&nl, request, list_one, NULL))
		status = list_refused(&nl, order);
	if (options.json)
		stream_end();
	nl_release(&nl);
	return status;
}

static int run(struct words *words, struct order *order)
{
	int status = take_order(words, order);

	if (status)
		return status;
	if (order->command == OBPBL_CMD_SESSION_GET)
		return list(order);
	return batch_joined() ? join(order) : change(order);
}

/**
 * session_command() - sessions of interfaces
 * @words: what follows the command
 *
 * Return: enum status.
 */
int session_command(struct words *words)
{
	struct order order = { .command = OBPBL_CMD_SESSION_GET };
	char text[QUOTE_SIZE];
	int status;

	if (words_take(words, "up"))
		order.command = OBPBL_CMD_SESSION_UP;
	else if (words_take(words, "addr"))
		order.command = OBPBL_CMD_SESSION_ADDR;
	else if (words_take(words, "down"))
		order.command = OBPBL_CMD_SESSION_DOWN;
	else if (words->left && !words_take(words, "list"))
		return command_usage("session", "%s: unknown word",
				     quote_word(*words->at, text));
	status = run(words, &order);
	prefixes_free(&order.list);
	return status;
}

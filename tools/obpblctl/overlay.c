// SPDX-License-Identifier: GPL-2.0-only
/* The exempt and quarantine commands */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "batch.h"
#include "command.h"
#include "isp.h"
#include "kernel.h"
#include "names.h"
#include "out.h"
#include "overlay.h"

#define SOON 3600	/* an end that is worth a remark, in seconds */

/**
 * struct order - what a command line asks for
 * @class: enum obpbl_class
 * @command: OBPBL_CMD_OVERLAY_ADD, _DEL or _GET
 * @overlay: the words of the line; its texts are not its own
 * @has_end: whether an end was given
 */
struct order {
	int class;
	uint8_t command;
	struct overlay overlay;
	bool has_end;
};

static const char *name_of(const struct order *order)
{
	return names_word(&class_names, order->class);
}

/**
 * overlay_put() - add an overlay to a request
 * @request: the request
 * @overlay: the overlay
 */
void overlay_put(struct nlmsghdr *request, const struct overlay *overlay)
{
	mnl_attr_put_strz(request, OBPBL_A_ISP, overlay->isp);
	mnl_attr_put_u8(request, OBPBL_A_CLASS, overlay->class);
	mnl_attr_put_u8(request, OBPBL_A_LAYER, overlay->layer);
	nl_put_prefix(request, &overlay->prefix, OBPBL_A_PREFIXES4,
		      OBPBL_A_PREFIXES6);
	if (overlay->to.family)
		nl_put_prefix(request, &overlay->to, OBPBL_A_TO4, OBPBL_A_TO6);
	if (*overlay->dev)
		mnl_attr_put_strz(request, OBPBL_A_DEV, overlay->dev);
	if (overlay->until)
		mnl_attr_put_u64(request, OBPBL_A_UNTIL, overlay->until);
	if (overlay->reason)
		mnl_attr_put_strz(request, OBPBL_A_REASON, overlay->reason);
	if (overlay->ticket)
		mnl_attr_put_strz(request, OBPBL_A_TICKET, overlay->ticket);
}

/* Words */

static int refuse(const char *word, const char *why)
{
	char text[QUOTE_SIZE];

	return usage("%s: %s", quote_word(word, text), why);
}

static int take_prefix(const char *word, struct prefix *p)
{
	enum cidr_fault fault = cidr_parse(word, strlen(word), p);
	char why[128];

	if (!fault)
		return STATUS_OK;
	cidr_explain(fault, p, why, sizeof(why));
	return refuse(word, why);
}

static int take_isp(const char *word, struct order *order)
{
	const char *fault = isp_name_fault(word);

	if (fault)
		return refuse(word, fault);
	strcpy(order->overlay.isp, word);
	return STATUS_OK;
}

static int take_dev(const char *word, struct order *order)
{
	const char *fault = device_fault(word);

	if (fault)
		return refuse(word, fault);
	strcpy(order->overlay.dev, word);
	return STATUS_OK;
}

static int take_end(const char *word, struct order *order, bool from_now)
{
	uint64_t seconds;
	const char *fault;

	if (order->has_end)
		return usage("there are both 'for' and 'until'; one end is enough");
	order->has_end = true;
	fault = from_now ? parse_duration(word, &seconds) :
			   parse_time(word, &seconds);
	if (fault)
		return refuse(word, fault);
	if (from_now)
		seconds += time(NULL);
	order->overlay.until = seconds ? seconds : 1;
	return STATUS_OK;
}

static int take_text(const char *key, const char *word, size_t size, char **to)
{
	const char *fault = text_fault(word, size);

	if (fault)
		return usage("'%s': %s", key, fault);
	*to = (char *)word;
	return STATUS_OK;
}

/**
 * enum keys - the words that stand before others
 */
enum keys {
	KEY_ISP = 1,
	KEY_TO = 2,
	KEY_DEV = 4,
	KEY_FOR = 8,
	KEY_UNTIL = 16,
	KEY_REASON = 32,
	KEY_TICKET = 64,
};

static const struct {
	const char *word;
	enum keys key;
} keys[] = {
	{ "isp", KEY_ISP },
	{ "to", KEY_TO },
	{ "dev", KEY_DEV },
	{ "for", KEY_FOR },
	{ "until", KEY_UNTIL },
	{ "reason", KEY_REASON },
	{ "ticket", KEY_TICKET },
};

/* A quarantine has neither a destination nor a device. */
static int keys_of(const struct order *order)
{
	int all = KEY_ISP;

	if (order->command != OBPBL_CMD_OVERLAY_GET &&
	    order->class == OBPBL_CLASS_EXEMPT)
		all |= KEY_TO | KEY_DEV;
	if (order->command == OBPBL_CMD_OVERLAY_ADD)
		all |= KEY_FOR | KEY_UNTIL | KEY_REASON | KEY_TICKET;
	return all;
}

static int find_key(const char *word, int allowed)
{
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (keys[i].key & allowed && !strcmp(keys[i].word, word))
			return keys[i].key;
	return 0;
}

static int take_value(struct order *order, int key, const char *value)
{
	struct overlay *overlay = &order->overlay;

	switch (key) {
	case KEY_ISP:
		return take_isp(value, order);
	case KEY_TO:
		return take_prefix(value, &overlay->to);
	case KEY_DEV:
		return take_dev(value, order);
	case KEY_FOR:
	case KEY_UNTIL:
		return take_end(value, order, key == KEY_FOR);
	case KEY_REASON:
		return take_text("reason", value, OBPBL_REASON_SIZE,
				 &overlay->reason);
	}
	return take_text("ticket", value, OBPBL_TICKET_SIZE, &overlay->ticket);
}

static int take_pairs(struct words *words, struct order *order, int *given)
{
	const char *word, *value;
	char text[QUOTE_SIZE];
	int key, status = 0;

	while (!status && (word = words_next(words))) {
		key = find_key(word, keys_of(order));
		if (!key && *given & (KEY_REASON | KEY_TICKET))
			return usage("%s: not expected here; a text of several words is put in quotes",
				     quote_word(word, text));
		if (!key)
			return command_usage("%s: not expected here",
					     quote_word(word, text));
		if (*given & key)
			return usage("'%s': given twice", word);
		*given |= key;
		value = words_next(words);
		if (!value)
			return command_usage("'%s': a value follows it", word);
		status = take_value(order, key, value);
	}
	return status;
}

static int take_order(struct words *words, struct order *order)
{
	struct overlay *overlay = &order->overlay;
	int given = 0, status = STATUS_OK;
	bool listing = order->command == OBPBL_CMD_OVERLAY_GET;

	overlay->class = order->class;
	overlay->layer = OBPBL_LAYER_RUNTIME;
	if (words->left && !find_key(*words->at, KEY_ISP))
		status = take_prefix(words_next(words), &overlay->prefix);
	else if (!listing)
		return command_usage("a prefix is missing");
	if (!status)
		status = take_pairs(words, order, &given);
	if (status || listing)
		return status;
	if (!(given & KEY_ISP))
		return command_usage("'isp NAME' is missing");
	if (order->command == OBPBL_CMD_OVERLAY_ADD && !(given & KEY_REASON))
		return command_usage("'reason TEXT' is missing");
	if (overlay->to.family && overlay->to.family != overlay->prefix.family)
		return usage("the destination is IPv%d, the source IPv%d",
			     overlay->to.family, overlay->prefix.family);
	return STATUS_OK;
}

/* Lists */

static bool covers(const struct prefix *whole, const struct prefix *p)
{
	unsigned int bytes = whole->len / 8, bits = whole->len % 8;

	if (whole->family != p->family || whole->len > p->len ||
	    memcmp(whole->addr, p->addr, bytes))
		return false;
	return !bits || !((whole->addr[bytes] ^ p->addr[bytes]) >> (8 - bits));
}

static json_t *json_prefix(const struct prefix *p)
{
	char text[CIDR_SIZE];

	return p->family ? json_string(cidr_print(p, text)) : json_null();
}

static json_t *json_or_null(const char *text)
{
	return text && *text ? json_text(text) : json_null();
}

static json_t *json_until(uint64_t until)
{
	char text[32];

	return until ? json_string(print_time(until, text)) : json_null();
}

/* What tells an overlay from others */
static json_t *identity_json(const struct overlay *overlay)
{
	json_t *row;

	row = json_pack("{s:o, s:s}", "prefix", json_prefix(&overlay->prefix),
			"isp", overlay->isp);
	if (overlay->class == OBPBL_CLASS_EXEMPT) {
		json_object_set_new(row, "to", json_prefix(&overlay->to));
		json_object_set_new(row, "dev", json_or_null(overlay->dev));
	}
	return row;
}

static json_t *overlay_json(const struct overlay *overlay, uint64_t now)
{
	json_t *row = identity_json(overlay);

	json_object_set_new(row, "until", json_until(overlay->until));
	json_object_set_new(row, "reason", json_or_null(overlay->reason));
	json_object_set_new(row, "ticket", json_or_null(overlay->ticket));
	json_object_set_new(row, "expired",
			    json_boolean(overlay->until &&
					 overlay->until <= now));
	json_object_set_new(row, "configured",
			    json_boolean(overlay->layer ==
					 OBPBL_LAYER_CONFIGURED));
	json_object_set_new(row, "asleep", json_boolean(overlay->asleep));
	return row;
}

/* The two largest units of a time */
static void print_span(uint64_t seconds, char *text, size_t size)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = {
		{ 86400, "day" }, { 3600, "hour" }, { 60, "minute" },
		{ 1, "second" },
	};
	uint64_t n, more;
	size_t i = 0;
	int used;

	while (i < 3 && seconds < units[i].seconds)
		i++;
	n = seconds / units[i].seconds;
	used = snprintf(text, size, "%" PRIu64 " %s%s", n, units[i].name,
			plural(n));
	more = i < 3 ? seconds % units[i].seconds / units[i + 1].seconds : 0;
	if (more)
		snprintf(text + used, size - used, " %" PRIu64 " %s%s", more,
			 units[i + 1].name, plural(more));
}

static void print_left(uint64_t until, uint64_t now, char *text, size_t size)
{
	char span[64];

	if (!until) {
		snprintf(text, size, "no end");
	} else if (until <= now) {
		print_span(now - until, span, sizeof(span));
		snprintf(text, size, "EXPIRED %s ago", span);
	} else {
		print_span(until - now, span, sizeof(span));
		snprintf(text, size, "%s%s", until - now < SOON ? "soon: " : "",
			 span);
	}
}

static json_t *overlay_row(const struct overlay *overlay, uint64_t now)
{
	json_t *row = overlay_json(overlay, now);
	char left[96] = "asleep, ";
	size_t used = overlay->asleep ? strlen(left) : 0;

	print_left(overlay->until, now, left + used, sizeof(left) - used);
	json_object_set_new(row, "left", json_string(left));
	return row;
}

static bool is_wanted(const struct order *order, const struct overlay *overlay)
{
	return overlay->class == order->class &&
	       (!*order->overlay.isp ||
		!strcmp(order->overlay.isp, overlay->isp)) &&
	       (!order->overlay.prefix.family ||
		covers(&order->overlay.prefix, &overlay->prefix));
}

static void print_list(const struct order *order, const struct policy *policy)
{
	static const char *const exempt_columns[] = {
		"prefix", "isp", "to", "dev", "left", "ticket", "reason",
		NULL
	};
	static const char *const quarantine_columns[] = {
		"prefix", "isp", "left", "ticket", "reason", NULL
	};
	json_t *rows = json_array();
	uint64_t now = time(NULL);
	size_t i;

	for (i = 0; i < policy->n_overlays; i++)
		if (is_wanted(order, &policy->overlays[i]))
			json_array_append_new(rows, options.json ?
				overlay_json(&policy->overlays[i], now) :
				overlay_row(&policy->overlays[i], now));
	if (options.json)
		out_json(json_incref(rows));
	else if (json_array_size(rows))
		out_table(rows, order->class == OBPBL_CLASS_EXEMPT ?
			  exempt_columns : quarantine_columns, false);
	json_decref(rows);
}

static int list(struct nl *nl, void *data)
{
	struct policy policy;
	int status;

	status = kernel_policy(nl, &policy, KERNEL_OVERLAYS);
	if (status)
		return status;
	print_list(data, &policy);
	policy_free(&policy);
	return STATUS_OK;
}

/* Changes */

static void warn_of(const struct order *order)
{
	const struct overlay *overlay = &order->overlay;
	char text[CIDR_SIZE], end[32];

	if (order->command != OBPBL_CMD_OVERLAY_ADD)
		return;
	cidr_print(&overlay->prefix, text);
	if (!overlay->until && order->class == OBPBL_CLASS_EXEMPT)
		warn("exempt %s has no end: it holds until somebody removes it",
		     text);
	else if (overlay->until && overlay->until <= (uint64_t)time(NULL))
		warn("%s %s ended at %s: it has no effect", name_of(order),
		     text, print_time(overlay->until, end));
}

static bool tightens(const struct order *order)
{
	return order->command == (order->class == OBPBL_CLASS_EXEMPT ?
				  OBPBL_CMD_OVERLAY_DEL :
				  OBPBL_CMD_OVERLAY_ADD);
}

static void print_json(const struct order *order)
{
	json_t *row;

	row = order->command == OBPBL_CMD_OVERLAY_ADD ?
	      overlay_json(&order->overlay, time(NULL)) :
	      identity_json(&order->overlay);
	if (tightens(order))
		json_object_set_new(row, "connections_ended", json_integer(0));
	out_json(row);
}

static int change(struct nl *nl, void *data)
{
	char buffer[1024] __attribute__((aligned(8))), text[CIDR_SIZE];
	const struct order *order = data;
	struct nlmsghdr *request;

	request = nl_request(nl, buffer, order->command, NLM_F_ACK);
	overlay_put(request, &order->overlay);
	if (!nl_talk(nl, request, NULL, NULL))
		return fail_as(nl->refusal.error, "'%s': %s",
			       cidr_print(&order->overlay.prefix, text),
			       nl->refusal.text);
	warn_of(order);
	nl->tightened = tightens(order);
	if (options.json)
		print_json(order);
	return STATUS_OK;
}

static int join(void *data)
{
	const struct order *order = data;
	struct nlmsghdr *request;
	char text[CIDR_SIZE];

	request = batch_request(order->command,
				cidr_print(&order->overlay.prefix, text));
	if (!request)
		return STATUS_FAILED;
	overlay_put(request, &order->overlay);
	batch_tightens(tightens(order));
	warn_of(order);
	return STATUS_OK;
}

static int parse(struct words *words, const struct verb *verb, void *data)
{
	struct order *order = data;

	order->command = verb->value;
	return take_order(words, order);
}

static int parse_exempt(struct words *words, const struct verb *verb,
			void *data)
{
	((struct order *)data)->class = OBPBL_CLASS_EXEMPT;
	return parse(words, verb, data);
}

static int parse_quarantine(struct words *words, const struct verb *verb,
			    void *data)
{
	((struct order *)data)->class = OBPBL_CLASS_QUARANTINE;
	return parse(words, verb, data);
}

static const struct verb exempt_verbs[] = {
	{
		.name = "list",
		.synopsis = "[PREFIX] [isp NAME]",
		.summary = "exemptions, or those in a prefix",
		.example = "obpblctl exempt list 203.0.113.0/24",
		.value = OBPBL_CMD_OVERLAY_GET,
		.parse = parse_exempt,
		.run = list,
	}, {
		.name = "add",
		.synopsis = "PREFIX isp NAME [to PREFIX] [dev IF] [for DUR|until TIME] reason TEXT [ticket ID]",
		.summary = "let a source pass",
		.example = "obpblctl exempt add 203.0.113.9 isp alpha for 7d reason \"own MTA\" ticket AB-1234",
		.value = OBPBL_CMD_OVERLAY_ADD,
		.parse = parse_exempt,
		.run = change,
		.join = join,
	}, {
		.name = "del",
		.synopsis = "PREFIX isp NAME [to PREFIX] [dev IF]",
		.summary = "remove an exemption",
		.example = "obpblctl exempt del 203.0.113.9 isp alpha",
		.value = OBPBL_CMD_OVERLAY_DEL,
		.parse = parse_exempt,
		.run = change,
		.join = join,
	},
	{ .synopsis = NULL }
};

static const struct verb quarantine_verbs[] = {
	{
		.name = "list",
		.synopsis = "[PREFIX] [isp NAME]",
		.summary = "quarantines, or those in a prefix",
		.example = "obpblctl quarantine list isp alpha",
		.value = OBPBL_CMD_OVERLAY_GET,
		.parse = parse_quarantine,
		.run = list,
	}, {
		.name = "add",
		.synopsis = "PREFIX isp NAME [for DUR|until TIME] reason TEXT [ticket ID]",
		.summary = "let a source reach relays only",
		.example = "obpblctl quarantine add 203.0.113.77 isp alpha for 24h reason \"bot report\"",
		.value = OBPBL_CMD_OVERLAY_ADD,
		.parse = parse_quarantine,
		.run = change,
		.join = join,
	}, {
		.name = "del",
		.synopsis = "PREFIX isp NAME",
		.summary = "remove a quarantine",
		.example = "obpblctl quarantine del 203.0.113.77 isp alpha",
		.value = OBPBL_CMD_OVERLAY_DEL,
		.parse = parse_quarantine,
		.run = change,
		.join = join,
	},
	{ .synopsis = NULL }
};

const struct command exempt_command = {
	.name = "exempt",
	.summary = "exemptions: sources that pass",
	.help = "Of what the prefix holds everything passes, or what goes to a destination\n"
		"or comes in by a device only. DUR is such as 90s, 30m, 24h, 7d, 2w or\n"
		"1h30m; TIME such as 2027-03-31T00:00:00+09:00. What has ended has no\n"
		"effect, and stays in the list until it is removed. 'list' with a prefix\n"
		"shows what is in it.\n",
	.verbs = exempt_verbs,
	.size = sizeof(struct order),
	.standard = true,
};

const struct command quarantine_command = {
	.name = "quarantine",
	.summary = "quarantines: sources that reach relays only",
	.help = "Whatever else holds for the source. DUR, TIME and 'list' are as for exempt.\n",
	.verbs = quarantine_verbs,
	.size = sizeof(struct order),
	.standard = true,
};

// SPDX-License-Identifier: GPL-2.0-only
/* The exempt and quarantine commands */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "batch.h"
#include "command.h"
#include "conntrack.h"
#include "fields.h"
#include "isp.h"
#include "kernel.h"
#include "names.h"
#include "out.h"
#include "overlay.h"

#define END offsetof(struct overlay, until)
#define SOON 3600	/* an end that is worth a remark, in seconds */

/**
 * struct order - what a command line asks for
 * @class: enum obpbl_class
 * @command: OBPBL_CMD_OVERLAY_ADD, _DEL or _GET
 * @overlay: the words of the line
 */
struct order {
	int class;
	uint8_t command;
	struct overlay overlay;
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
	mnl_attr_put_u8(request, OBPBL_A_CLASS, overlay->class);
	mnl_attr_put_u8(request, OBPBL_A_LAYER, overlay->layer);
	nl_put_prefix(request, &overlay->prefix, OBPBL_A_PREFIXES4,
		      OBPBL_A_PREFIXES6);
	fields_put(request, overlay_fields, overlay,
		   fields_set(overlay_fields, overlay));
}

/* Words */

static int take_prefix(const char *word, struct prefix *p)
{
	const char *fault = cidr_read(word, strlen(word), p);
	char text[QUOTE_SIZE];

	return fault ? usage("%s: %s", quote_word(word, text), fault) :
	       STATUS_OK;
}

/* The fields that a command takes */
static bool takes(const struct order *order, const struct field *field)
{
	if (field->flags & FIELD_EXEMPT && order->class != OBPBL_CLASS_EXEMPT)
		return false;
	return order->command == OBPBL_CMD_OVERLAY_ADD ||
	       field->flags & (order->command == OBPBL_CMD_OVERLAY_GET ?
			       FIELD_GET : FIELD_ID);
}

static const struct field *find(const struct order *order, const char *word)
{
	const struct field *field;

	field = field_find(overlay_fields, word, strlen(word));
	return field && takes(order, field) ? field : NULL;
}

static int take_pairs(struct words *words, struct order *order)
{
	char text[QUOTE_SIZE], fault[FIELD_FAULT];
	struct overlay *overlay = &order->overlay;
	const struct field *field;
	const char *word;
	uint32_t given = 0;

	while ((word = words_next(words))) {
		field = find(order, word);
		quote_word(word, text);
		if (!field && (overlay->reason || overlay->ticket))
			return usage("%s: not expected here; a text of several words is put in quotes",
				     text);
		if (!field)
			return command_usage(name_of(order), "%s: not expected here",
					     text);
		if (given & FIELD_BIT(overlay_fields, field))
			return usage("%s: given twice", text);
		if (field->offset == END && overlay->until)
			return usage("there are both 'for' and 'until'; one end is enough");
		given |= FIELD_BIT(overlay_fields, field);
		word = words_next(words);
		if (!word)
			return command_usage(name_of(order), "%s: %s follows it",
					     text, field_follows(field));
		if (!field_parse(field, word, overlay, fault))
			return usage("%s", fault);
	}
	return STATUS_OK;
}

static int take_order(struct words *words, struct order *order)
{
	struct overlay *overlay = &order->overlay;
	bool listing = order->command == OBPBL_CMD_OVERLAY_GET;
	int status = STATUS_OK;

	overlay->class = order->class;
	overlay->layer = OBPBL_LAYER_RUNTIME;
	if (words->left && strcmp(*words->at, "isp"))
		status = take_prefix(words_next(words), &overlay->prefix);
	else if (!listing)
		return command_usage(name_of(order), "a prefix is missing");
	if (!status)
		status = take_pairs(words, order);
	if (status || listing)
		return status;
	if (!*overlay->isp)
		return command_usage(name_of(order), "'isp NAME' is missing");
	if (order->command == OBPBL_CMD_OVERLAY_ADD && !overlay->reason)
		return command_usage(name_of(order), "'reason TEXT' is missing");
	if (overlay->to.family && overlay->to.family != overlay->prefix.family)
		return usage("the destination is IPv%d, the source IPv%d",
			     overlay->to.family, overlay->prefix.family);
	return STATUS_OK;
}

/* Lists */

/* What tells an overlay from others, and with @all what it says besides */
static json_t *fields_json(const struct overlay *overlay, bool all)
{
	char text[CIDR_SIZE];
	const struct field *field;
	json_t *row;

	row = json_pack("{s:s}", "prefix", cidr_print(&overlay->prefix, text));
	for (field = overlay_fields; field->word; field++)
		if (field->attr && (all || field->flags & FIELD_ID) &&
		    (!(field->flags & FIELD_EXEMPT) ||
		     overlay->class == OBPBL_CLASS_EXEMPT))
			json_object_set_new(row, field->word,
					    field_json(field, overlay));
	return row;
}

static json_t *overlay_json(const struct overlay *overlay, uint64_t now)
{
	json_t *row = fields_json(overlay, true);

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
		cidr_covers(&order->overlay.prefix, &overlay->prefix));
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
			  exempt_columns : quarantine_columns, "");
	json_decref(rows);
}

static int list(const struct order *order)
{
	struct policy policy;
	struct nl nl;
	int status;

	if (batch_joined())
		return batch_no_change("list");
	status = nl_open(&nl);
	if (status)
		return status;
	status = kernel_policy(&nl, &policy, KERNEL_OVERLAYS);
	nl_release(&nl);
	if (status)
		return status;
	print_list(order, &policy);
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

static void print_json(const struct order *order, json_int_t ended)
{
	json_t *row;

	row = order->command == OBPBL_CMD_OVERLAY_ADD ?
	      overlay_json(&order->overlay, time(NULL)) :
	      fields_json(&order->overlay, false);
	if (tightens(order))
		json_object_set_new(row, "connections_ended",
				    json_integer(ended));
	out_json(row);
}

static int send_order(struct nl *nl, const struct order *order)
{
	char buffer[1024] __attribute__((aligned(8))), text[CIDR_SIZE];
	const struct overlay *overlay = &order->overlay;
	struct nlmsghdr *request;
	json_int_t ended = 0;

	request = nl_request(nl, buffer, order->command, NLM_F_ACK);
	overlay_put(request, overlay);
	if (!nl_talk(nl, request, NULL, NULL))
		return fail("'%s': %s", cidr_print(&overlay->prefix, text),
			    nl->refusal.text);
	warn_of(order);
	if (tightens(order))
		ended = conntrack_end(nl);
	if (options.json)
		print_json(order, ended);
	return STATUS_OK;
}

static int join(const struct order *order)
{
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

static int change(const struct order *order)
{
	struct nl nl;
	int status;

	if (batch_joined())
		return join(order);
	status = nl_open(&nl);
	if (status)
		return status;
	status = send_order(&nl, order);
	nl_release(&nl);
	return status;
}

static int overlay_command(struct words *words, int class)
{
	struct order order = { .class = class };
	char text[QUOTE_SIZE];
	int status;

	if (!words->left || words_take(words, "list"))
		order.command = OBPBL_CMD_OVERLAY_GET;
	else if (words_take(words, "add"))
		order.command = OBPBL_CMD_OVERLAY_ADD;
	else if (words_take(words, "del"))
		order.command = OBPBL_CMD_OVERLAY_DEL;
	else
		return command_usage(name_of(&order), "%s: unknown word",
				     quote_word(*words->at, text));
	status = take_order(words, &order);
	if (!status)
		status = order.command == OBPBL_CMD_OVERLAY_GET ?
			 list(&order) : change(&order);
	overlay_free(&order.overlay);
	return status;
}

/**
 * exempt_command() - exemptions
 * @words: what follows the command
 *
 * Return: enum status.
 */
int exempt_command(struct words *words)
{
	return overlay_command(words, OBPBL_CLASS_EXEMPT);
}

/**
 * quarantine_command() - quarantines
 * @words: what follows the command
 *
 * Return: enum status.
 */
int quarantine_command(struct words *words)
{
	return overlay_command(words, OBPBL_CLASS_QUARANTINE);
}

// SPDX-License-Identifier: GPL-2.0-only
/* The isp command, and ISPs in requests */
#include <inttypes.h>
#include <string.h>

#include "check.h"
#include "command.h"
#include "fields.h"
#include "isp.h"
#include "names.h"
#include "out.h"
#include "overlay.h"
#include "txn.h"

#define NAMES 168	/* bytes of names in a sentence, but for the last one */

/**
 * isp_word() - take "isp NAME" from a command line
 * @words: its words
 * @name: where to put the name
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int isp_word(struct words *words, const char **name)
{
	if (!words->left)
		return command_usage("'isp NAME' is missing");
	if (!words_begin(words, "isp"))
		return command_usage("%s: 'isp NAME' is expected here",
				     quote_word(*words->at));
	words_next(words);
	*name = words_next(words);
	if (!*name)
		return command_usage("'isp': the name of an ISP follows it");
	return word_isp(*name, name);
}

/**
 * isp_put() - add an ISP to a request
 * @request: the request
 * @isp: the ISP
 * @which: bits of the attributes that are told
 */
void isp_put(struct nlmsghdr *request, const struct isp *isp, uint32_t which)
{
	mnl_attr_put_strz(request, OBPBL_A_ISP, isp->name);
	fields_put(request, isp_fields, isp, which);
}

/**
 * isp_json() - an ISP as a flat object
 * @isp: the ISP, from the kernel
 *
 * Return: the object.
 */
json_t *isp_json(const struct isp *isp)
{
	json_t *row = json_pack("{s:s}", "name", isp->name);
	const struct field *field;
	int class;

	for (field = isp_fields; field->word; field++)
		json_object_set_new(row, field->word, field_json(field, isp));
	for (class = OBPBL_CLASS_DYNAMIC; class <= OBPBL_CLASS_MAX; class++)
		put_number(row, names_word(&class_names, class),
			   isp->counts[class]);
	put_number(row, "sessions", isp->sessions);
	return row;
}

/**
 * ceiling_warning() - warn when net.obpbl.mode is below a mode just set
 * @glance: what the kernel says
 * @mode: the mode
 * @warnings: the report's array, or NULL
 */
void ceiling_warning(const struct glance *glance, int mode, json_t *warnings)
{
	const char *ceiling = names_word(&mode_names, glance->ceiling);

	if (glance->ceiling < mode)
		warn_in(warnings, "net.obpbl.mode is %u (%s): until it is raised, no ISP goes beyond %s",
			glance->ceiling, ceiling, ceiling);
}

/**
 * isp_names() - names of ISPs as a sentence has them
 * @names: array of strings
 *
 * Return: "alpha, beta and 12 more"; empty: there are none.
 */
const char *isp_names(const json_t *names)
{
	char *text = text_room();
	size_t i, used = 0, n = 0;
	json_t *name;

	*text = '\0';
	json_array_foreach((json_t *)names, i, name) {
		if (used > NAMES)
			n++;
		else
			used += snprintf(text + used, TEXT_ROOM - used,
					 "%s%s", used ? ", " : "",
					 json_string_value(name));
	}
	if (n)
		snprintf(text + used, TEXT_ROOM - used, " and %zu more", n);
	return text;
}

static void print_isp(const json_t *row)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)row, key, value) {
		if (json_is_string(value))
			printf("%-10s %s\n", key, json_string_value(value));
		else if (json_is_boolean(value))
			printf("%-10s %s\n", key,
			       json_is_true(value) ? "on" : "off");
		else if (json_is_integer(value))
			printf("%-10s %lld\n", key,
			       (long long)json_integer_value(value));
		else
			printf("%-10s none\n", key);
	}
}

/**
 * struct order - what a command line asks for
 * @command: enum obpbl_cmd
 * @isp: the ISP; its name is empty where all are meant
 * @given: which of its attributes were given
 */
struct order {
	uint8_t command;
	struct isp isp;
	uint32_t given;
};

static json_t *read_isp(struct nl *nl, const char *name)
{
	struct isp isp = { 0 };

	return kernel_isp(nl, name, &isp) ? NULL : isp_json(&isp);
}

static int read_all(struct nl *nl, json_t *rows)
{
	struct policy policy;
	int status;
	size_t i;

	status = kernel_policy(nl, &policy, KERNEL_ISPS);
	if (status)
		return status;
	for (i = 0; i < policy.n_isps; i++)
		json_array_append_new(rows, isp_json(&policy.isps[i]));
	policy_free(&policy);
	return STATUS_OK;
}

static int list(struct nl *nl, void *data)
{
	static const char *const columns[] = {
		"name", "mode", "policy", "reject", "reverse", "limit",
		"limit_quarantine", "vrf", "dynamic", "static", "space",
		"relay", "target", "exempt", "quarantine", NULL
	};
	const struct order *order = data;
	json_t *rows = json_array();
	int status = STATUS_OK;

	if (!*order->isp.name)
		status = read_all(nl, rows);
	else if (json_array_append_new(rows, read_isp(nl, order->isp.name)))
		status = STATUS_FAILED;
	if (!status && options.json)
		out_json(json_incref(rows));
	else if (!status && json_array_size(rows))
		out_table(rows, columns, false);
	json_decref(rows);
	return status;
}

static int show(struct nl *nl, void *data)
{
	const struct order *order = data;
	json_t *row;

	if (!*order->isp.name)
		return list(nl, data);
	row = read_isp(nl, order->isp.name);
	if (!row)
		return STATUS_FAILED;
	if (options.json) {
		out_json(row);
		return STATUS_OK;
	}
	print_isp(row);
	json_decref(row);
	return STATUS_OK;
}

static bool join(struct txn *txn, void *data)
{
	const struct order *order = data;
	struct nlmsghdr *request;

	request = txn_add(txn, order->command, txn->at, order->isp.name);
	if (request)
		isp_put(request, &order->isp, order->given);
	txn->tightens |= order->command == OBPBL_CMD_ISP_SET;
	return request;
}

/* What goes with an ISP is more than its name says. */
static void warn_gone(const struct isp *isp)
{
	uint64_t prefixes = 0, overlays, sessions = isp->sessions;
	char more[64] = "";
	int class;

	for_each_class(class)
		prefixes += isp->counts[class];
	overlays = isp->counts[OBPBL_CLASS_EXEMPT] +
		   isp->counts[OBPBL_CLASS_QUARANTINE];
	if (sessions)
		snprintf(more, sizeof(more), ", and %s of sessions",
			 count_of(sessions, "prefix"));
	if (prefixes || overlays || sessions)
		warn("isp %s had %s and %" PRIu64 " %s%s; they have gone with it",
		     isp->name, count_of(prefixes, "prefix"), overlays,
		     overlay_count(overlays), more);
}

static int change(struct nl *nl, void *data)
{
	const struct order *order = data;
	const char *name = order->isp.name;
	struct isp before = { 0 };
	int status = STATUS_OK;
	json_t *row;

	if (order->command == OBPBL_CMD_ISP_DEL && !options.lines)
		status = kernel_isp(nl, name, &before);
	if (!status)
		status = txn_run(nl, join, data);
	if (!status)
		warn_gone(&before);
	if (status || !options.json)
		return status;
	row = order->command == OBPBL_CMD_ISP_DEL ?
	      json_pack("{s:s}", "name", name) : read_isp(nl, name);
	if (!row)
		return STATUS_FAILED;
	if (nl->tightened)
		put_number(row, "connections_ended", 0);
	out_json(row);
	return STATUS_OK;
}

static int parse(struct words *words, const struct verb *verb, void *data)
{
	struct order *order = data;
	bool reads = verb->value == OBPBL_CMD_ISP_GET;
	const char *name = words_next(words);
	int status;

	order->command = verb->value;
	order->isp.mode = OBPBL_MODE_MONITOR;
	if (!name)
		return reads ? STATUS_OK :
		       command_usage("the name of an ISP is missing");
	status = word_isp(name, &name);
	if (status)
		return status;
	strcpy(order->isp.name, name);
	if (reads || order->command == OBPBL_CMD_ISP_DEL)
		return words_end(words);
	status = command_fields(words, verb, &order->isp, &order->given);
	if (!status && !order->given && order->command == OBPBL_CMD_ISP_SET)
		status = command_usage("there is nothing to set");
	return status;
}

static const struct verb verbs[] = {
	{
		.name = "list",
		.synopsis = "[NAME]",
		.summary = "ISPs, one a line",
		.example = "obpblctl isp list",
		.value = OBPBL_CMD_ISP_GET,
		.run = list,
	}, {
		.name = "show",
		.synopsis = "NAME",
		.summary = "one ISP, one attribute a line",
		.example = "obpblctl isp show alpha",
		.value = OBPBL_CMD_ISP_GET,
		.run = show,
	}, {
		.name = "add",
		.synopsis = "NAME",
		.fields = isp_fields,
		.summary = "add an ISP",
		.example = "obpblctl isp add alpha mode monitor policy outside",
		.value = OBPBL_CMD_ISP_ADD,
		.run = change,
		.join = join,
	}, {
		.name = "set",
		.synopsis = "NAME",
		.fields = isp_fields,
		.summary = "change attributes of an ISP",
		.example = "obpblctl isp set alpha mode enforce",
		.value = OBPBL_CMD_ISP_SET,
		.run = change,
		.join = join,
	}, {
		.name = "del",
		.synopsis = "NAME",
		.summary = "remove an ISP with its prefixes, exemptions and quarantines",
		.example = "obpblctl isp del alpha",
		.value = OBPBL_CMD_ISP_DEL,
		.run = change,
		.join = join,
	},
	{ .synopsis = NULL }
};

const struct command isp_command = {
	.name = "isp",
	.summary = "ISPs and their attributes",
	.help = "",
	.fields = isp_fields,
	.verbs = verbs,
	.size = sizeof(struct order),
	.parse = parse,
	.standard = true,
};

// SPDX-License-Identifier: GPL-2.0-only
/* The isp command, and ISPs in requests */
#include <errno.h>
#include <string.h>

#include "batch.h"
#include "check.h"
#include "command.h"
#include "isp.h"
#include "names.h"
#include "out.h"

/*
 * Attributes of isp add and set that were given, as bits by attribute; no two
 * of theirs are 64 apart.
 */
#define GIVEN(attr) (1ULL << ((attr) % 64))

/**
 * isp_word() - take "isp NAME" from a command line
 * @words: its words
 * @name: where to put the name
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int isp_word(struct words *words, const char **name)
{
	char word[QUOTE_SIZE];

	if (!words->left)
		return usage("'isp NAME' is missing");
	if (!words_begin(words, "isp"))
		return usage("%s: 'isp NAME' is expected here",
			     quote_word(*words->at, word));
	words_next(words);
	*name = words_next(words);
	if (!*name)
		return usage("'isp': the name of an ISP follows it");
	return word_isp(*name, name);
}

static void put_limit(struct nlmsghdr *request, const struct isp *isp)
{
	mnl_attr_put_u32(request, OBPBL_A_LIMIT, isp->limit);
	if (isp->limit)
		mnl_attr_put_u32(request, OBPBL_A_LIMIT_SECONDS, isp->interval);
}

/**
 * isp_put() - add an ISP's attributes to a request
 * @request: the request
 * @isp: the ISP
 */
void isp_put(struct nlmsghdr *request, const struct isp *isp)
{
	mnl_attr_put_strz(request, OBPBL_A_ISP, isp->name);
	mnl_attr_put_u8(request, OBPBL_A_MODE, isp->mode);
	mnl_attr_put_u8(request, OBPBL_A_POLICY, isp->policy);
	mnl_attr_put_u8(request, OBPBL_A_REJECT, isp->reject);
	mnl_attr_put_u8(request, OBPBL_A_REVERSE, isp->reverse);
	if (isp->limit)
		put_limit(request, isp);
	if (isp->penalty)
		mnl_attr_put_u32(request, OBPBL_A_LIMIT_QUARANTINE,
				 isp->penalty);
	if (*isp->vrf)
		mnl_attr_put_strz(request, OBPBL_A_VRF, isp->vrf);
}

/**
 * isp_json() - an ISP as a flat object
 * @isp: the ISP, from the kernel
 *
 * Return: the object.
 */
json_t *isp_json(const struct isp *isp)
{
	char limit[32], penalty[32];
	json_t *row;
	int class;

	row = json_pack("{s:s, s:s, s:s, s:s, s:b, s:s, s:s, s:s?}", "name",
			isp->name, "mode", names_word(&mode_names, isp->mode),
			"policy", names_word(&policy_names, isp->policy),
			"reject", names_word(&reject_names, isp->reject),
			"reverse", isp->reverse, "limit",
			print_limit(isp->limit, isp->interval, limit),
			"limit_quarantine",
			print_penalty(isp->penalty, penalty), "vrf",
			*isp->vrf ? isp->vrf : NULL);
	for (class = OBPBL_CLASS_DYNAMIC; class <= OBPBL_CLASS_MAX; class++)
		json_object_set_new(row, names_word(&class_names, class),
				    json_integer(isp->counts[class]));
	json_object_set_new(row, "sessions", json_integer(isp->sessions));
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

static int take_choice(struct words *words, const struct names *names,
		       uint8_t *to)
{
	const char *word = words_next(words);
	char text[QUOTE_SIZE];
	int value;

	if (!word)
		return command_usage("'%s': a value follows it: %s",
				     names->what, names_choice(names));
	value = names_value(names, word);
	if (value < 0)
		return usage("%s: unknown %s; it is %s", quote_word(word, text),
			     names->what,
			     names_choice(names));
	*to = value;
	return STATUS_OK;
}

static int take_vrf(struct words *words, struct isp *isp)
{
	const char *word = words_next(words), *fault;
	char text[QUOTE_SIZE];

	if (!word)
		return command_usage("'vrf': the name of a device follows it");
	*isp->vrf = '\0';
	if (!strcmp(word, "none"))
		return STATUS_OK;
	fault = device_fault(word);
	if (fault)
		return usage("%s: %s", quote_word(word, text), fault);
	strcpy(isp->vrf, word);
	return STATUS_OK;
}

static int take_limit(struct words *words, struct isp *isp)
{
	const char *word = words_next(words), *fault;
	char text[QUOTE_SIZE];

	if (!word)
		return command_usage("'limit': none, or a limit like 10/1h, follows it");
	fault = parse_limit(word, &isp->limit, &isp->interval);
	if (fault)
		return usage("%s: %s", quote_word(word, text), fault);
	return STATUS_OK;
}

static int take_penalty(struct words *words, struct isp *isp)
{
	const char *word = words_next(words), *fault;
	char text[QUOTE_SIZE];

	if (!word)
		return command_usage("'limit_quarantine': none, or a duration like 24h, follows it");
	fault = parse_penalty(word, &isp->penalty);
	if (fault)
		return usage("%s: %s", quote_word(word, text), fault);
	return STATUS_OK;
}

static int take_attribute(struct words *words, struct isp *isp, int attr)
{
	switch (attr) {
	case OBPBL_A_MODE:
		return take_choice(words, &mode_names, &isp->mode);
	case OBPBL_A_POLICY:
		return take_choice(words, &policy_names, &isp->policy);
	case OBPBL_A_REJECT:
		return take_choice(words, &reject_names, &isp->reject);
	case OBPBL_A_REVERSE:
		return take_choice(words, &switch_names, &isp->reverse);
	case OBPBL_A_VRF:
		return take_vrf(words, isp);
	case OBPBL_A_LIMIT_QUARANTINE:
		return take_penalty(words, isp);
	}
	return take_limit(words, isp);
}

/* The attribute of a word. */
static int attribute(const char *word)
{
	static const struct {
		const char *word;
		int attr;
	} table[] = {
		{ "mode", OBPBL_A_MODE },
		{ "policy", OBPBL_A_POLICY },
		{ "reject", OBPBL_A_REJECT },
		{ "reverse", OBPBL_A_REVERSE },
		{ "vrf", OBPBL_A_VRF },
		{ "limit", OBPBL_A_LIMIT },
		{ "limit_quarantine", OBPBL_A_LIMIT_QUARANTINE },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (!strcmp(table[i].word, word))
			return table[i].attr;
	return 0;
}

static int take_attributes(struct words *words, struct isp *isp,
			   uint64_t *given)
{
	char text[QUOTE_SIZE];
	const char *word;
	int attr, status;

	while ((word = words_next(words))) {
		attr = attribute(word);
		if (!attr)
			return command_usage("%s: unknown word",
					     quote_word(word, text));
		if (*given & GIVEN(attr))
			return usage("%s: given twice", quote_word(word, text));
		*given |= GIVEN(attr);
		status = take_attribute(words, isp, attr);
		if (status)
			return status;
	}
	return STATUS_OK;
}

static void put_given(struct nlmsghdr *request, const struct isp *isp,
		      uint64_t given)
{
	mnl_attr_put_strz(request, OBPBL_A_ISP, isp->name);
	if (given & GIVEN(OBPBL_A_MODE))
		mnl_attr_put_u8(request, OBPBL_A_MODE, isp->mode);
	if (given & GIVEN(OBPBL_A_POLICY))
		mnl_attr_put_u8(request, OBPBL_A_POLICY, isp->policy);
	if (given & GIVEN(OBPBL_A_REJECT))
		mnl_attr_put_u8(request, OBPBL_A_REJECT, isp->reject);
	if (given & GIVEN(OBPBL_A_REVERSE))
		mnl_attr_put_u8(request, OBPBL_A_REVERSE, isp->reverse);
	if (given & GIVEN(OBPBL_A_LIMIT))
		put_limit(request, isp);
	if (given & GIVEN(OBPBL_A_LIMIT_QUARANTINE))
		mnl_attr_put_u32(request, OBPBL_A_LIMIT_QUARANTINE,
				 isp->penalty);
	if (given & GIVEN(OBPBL_A_VRF))
		mnl_attr_put_strz(request, OBPBL_A_VRF, isp->vrf);
}

static int take_isp(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *a[OBPBL_A_MAX + 1];
	json_t **row = data;
	struct isp isp = { 0 };

	nl_attributes(message, a);
	kernel_take_isp(a, &isp);
	json_decref(*row);
	*row = isp_json(&isp);
	return MNL_CB_OK;
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
	uint64_t given;
};

static json_t *read_isp(struct nl *nl, const char *name)
{
	char buffer[128] __attribute__((aligned(8)));
	struct nlmsghdr *request;
	json_t *row = NULL;

	request = nl_request(nl, buffer, OBPBL_CMD_ISP_GET, NLM_F_ACK);
	mnl_attr_put_strz(request, OBPBL_A_ISP, name);
	if (!nl_talk(nl, request, take_isp, &row))
		nl_fail_isp(nl, name);
	return row;
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
		"name", "mode", "policy", "reject", "reverse", "vrf", "dynamic",
		"static", "space", "relay", "target", "exempt", "quarantine",
		NULL
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

static int change(struct nl *nl, void *data)
{
	char buffer[512] __attribute__((aligned(8)));
	const struct order *order = data;
	const char *name = order->isp.name;
	struct nlmsghdr *request;
	json_t *row;

	request = nl_request(nl, buffer, order->command, NLM_F_ACK);
	put_given(request, &order->isp, order->given);
	if (!nl_talk(nl, request, NULL, NULL))
		return nl_fail_isp(nl, name);
	nl->tightened = order->command == OBPBL_CMD_ISP_SET;
	if (!options.json)
		return STATUS_OK;
	row = order->command == OBPBL_CMD_ISP_DEL ?
	      json_pack("{s:s}", "name", name) : read_isp(nl, name);
	if (!row)
		return STATUS_FAILED;
	if (nl->tightened)
		json_object_set_new(row, "connections_ended", json_integer(0));
	out_json(row);
	return STATUS_OK;
}

static int join(void *data)
{
	const struct order *order = data;
	struct nlmsghdr *request;

	request = batch_request(order->command, order->isp.name);
	if (!request)
		return STATUS_FAILED;
	put_given(request, &order->isp, order->given);
	batch_tightens(order->command == OBPBL_CMD_ISP_SET);
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
	status = take_attributes(words, &order->isp, &order->given);
	if (!status && !order->given && order->command == OBPBL_CMD_ISP_SET)
		status = command_usage("there is nothing to set");
	return status;
}

#define ATTRIBUTES "[mode MODE] [policy POLICY] [reject REJECT] [reverse on|off] [limit N/T|none] [limit_quarantine DUR|none] [vrf VRF]"

static const struct verb verbs[] = {
	{
		.name = "list",
		.synopsis = "[NAME]",
		.summary = "ISPs, one a line",
		.example = "obpblctl isp list",
		.value = OBPBL_CMD_ISP_GET,
		.parse = parse,
		.run = list,
	}, {
		.name = "show",
		.synopsis = "NAME",
		.summary = "one ISP, one attribute a line",
		.example = "obpblctl isp show alpha",
		.value = OBPBL_CMD_ISP_GET,
		.parse = parse,
		.run = show,
	}, {
		.name = "add",
		.synopsis = "NAME " ATTRIBUTES,
		.summary = "add an ISP",
		.example = "obpblctl isp add alpha mode monitor policy outside",
		.value = OBPBL_CMD_ISP_ADD,
		.parse = parse,
		.run = change,
		.join = join,
	}, {
		.name = "set",
		.synopsis = "NAME " ATTRIBUTES,
		.summary = "change attributes of an ISP",
		.example = "obpblctl isp set alpha mode enforce",
		.value = OBPBL_CMD_ISP_SET,
		.parse = parse,
		.run = change,
		.join = join,
	}, {
		.name = "del",
		.synopsis = "NAME",
		.summary = "remove an ISP with its prefixes, exemptions and quarantines",
		.example = "obpblctl isp del alpha",
		.value = OBPBL_CMD_ISP_DEL,
		.parse = parse,
		.run = change,
		.join = join,
	},
	{ .synopsis = NULL }
};

const struct command isp_command = {
	.name = "isp",
	.summary = "ISPs and their attributes",
	.help = "  mode    off monitor enforce (default: monitor)\n"
		"  policy  outside relay-only targets (default: outside)\n"
		"  reject  reset admin drop (default: reset)\n"
		"  reverse on off: judge answers from port 25 too (default: off)\n"
		"  limit   none, or N/T such as 10/1h: so many new connections of each\n"
		"          source are let through in that time before the policy blocks\n"
		"          (default: none)\n"
		"  limit_quarantine  none, or a duration such as 24h: a source that goes\n"
		"          over the limit is put in quarantine for so long (default: none)\n"
		"  vrf     name of an l3mdev master; none: no VRF\n",
	.verbs = verbs,
	.size = sizeof(struct order),
	.standard = true,
};

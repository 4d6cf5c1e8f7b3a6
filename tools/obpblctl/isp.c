// SPDX-License-Identifier: GPL-2.0-only
/* The isp command, and ISPs in requests */
#include <errno.h>
#include <string.h>

#include "batch.h"
#include "check.h"
#include "command.h"
#include "conntrack.h"
#include "fields.h"
#include "isp.h"
#include "names.h"
#include "out.h"

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
	const char *fault;

	if (!words->left)
		return usage("'isp NAME' is missing");
	if (!words_take(words, "isp"))
		return usage("%s: 'isp NAME' is expected here",
			     quote_word(*words->at, word));
	*name = words_next(words);
	if (!*name)
		return usage("'isp': the name of an ISP follows it");
	fault = isp_name_fault(*name);
	if (fault)
		return usage("%s: %s", quote_word(*name, word), fault);
	return STATUS_OK;
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

static int take_attributes(struct words *words, struct isp *isp,
			   uint32_t *given)
{
	char text[QUOTE_SIZE], fault[FIELD_FAULT];
	const struct field *field;
	const char *word;

	while ((word = words_next(words))) {
		quote_word(word, text);
		field = field_find(isp_fields, word, strlen(word));
		if (!field)
			return command_usage("isp", "%s: unknown word", text);
		if (*given & FIELD_BIT(isp_fields, field))
			return usage("%s: given twice", text);
		*given |= FIELD_BIT(isp_fields, field);
		word = words_next(words);
		if (!word)
			return command_usage("isp", "%s: %s follows it", text,
					     field_follows(field));
		if (!field_parse(field, word, isp, fault))
			return usage("%s", fault);
	}
	return STATUS_OK;
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

static int show(struct nl *nl, const char *name, const json_int_t *ended)
{
	char buffer[128] __attribute__((aligned(8)));
	struct nlmsghdr *request;
	json_t *row = NULL;

	request = nl_request(nl, buffer, OBPBL_CMD_ISP_GET, NLM_F_ACK);
	mnl_attr_put_strz(request, OBPBL_A_ISP, name);
	if (!nl_talk(nl, request, take_isp, &row))
		return nl_fail_isp(nl, name);
	if (ended)
		json_object_set_new(row, "connections_ended",
				    json_integer(*ended));
	if (options.json) {
		out_json(row);
		return STATUS_OK;
	}
	print_isp(row);
	json_decref(row);
	return STATUS_OK;
}

static int list(struct nl *nl)
{
	static const char *const columns[] = {
		"name", "mode", "policy", "reject", "reverse", "vrf", "dynamic",
		"static", "space", "relay", "target", "exempt", "quarantine",
		NULL
	};
	json_t *rows = json_array();
	struct policy policy;
	int status;
	size_t i;

	status = kernel_policy(nl, &policy, KERNEL_ISPS);
	for (i = 0; !status && i < policy.n_isps; i++)
		json_array_append_new(rows, isp_json(&policy.isps[i]));
	if (!status && options.json)
		out_json(json_incref(rows));
	else if (!status && json_array_size(rows))
		out_table(rows, columns, "");
	json_decref(rows);
	if (!status)
		policy_free(&policy);
	return status;
}

static int change(struct nl *nl, uint8_t command, const struct isp *isp,
		  uint32_t given)
{
	char buffer[512] __attribute__((aligned(8)));
	struct nlmsghdr *request;
	json_int_t ended = 0;

	request = nl_request(nl, buffer, command, NLM_F_ACK);
	isp_put(request, isp, given);
	if (!nl_talk(nl, request, NULL, NULL))
		return nl_fail_isp(nl, isp->name);
	if (command == OBPBL_CMD_ISP_SET)
		ended = conntrack_end(nl);
	if (!options.json)
		return STATUS_OK;
	if (command != OBPBL_CMD_ISP_DEL)
		return show(nl, isp->name, command == OBPBL_CMD_ISP_SET ?
			    &ended : NULL);
	out_json(json_pack("{s:s}", "name", isp->name));
	return STATUS_OK;
}

static int join(uint8_t command, const struct isp *isp, uint32_t given)
{
	struct nlmsghdr *request = batch_request(command, isp->name);

	if (!request)
		return STATUS_FAILED;
	isp_put(request, isp, given);
	batch_tightens(command == OBPBL_CMD_ISP_SET);
	return STATUS_OK;
}

static int do_change(uint8_t command, const struct isp *isp, uint32_t given)
{
	struct nl nl;
	int status;

	if (batch_joined())
		return join(command, isp, given);
	status = nl_open(&nl);
	if (status)
		return status;
	status = change(&nl, command, isp, given);
	nl_release(&nl);
	return status;
}

static int do_verb(const char *verb, const struct isp *isp, uint32_t given)
{
	struct nl nl;
	int status;

	if (!strcmp(verb, "add"))
		return do_change(OBPBL_CMD_ISP_ADD, isp, given);
	if (!strcmp(verb, "set"))
		return do_change(OBPBL_CMD_ISP_SET, isp, given);
	if (!strcmp(verb, "del"))
		return do_change(OBPBL_CMD_ISP_DEL, isp, given);
	if (batch_joined())
		return batch_no_change(verb);
	status = nl_open(&nl);
	if (status)
		return status;
	if (!strcmp(verb, "list"))
		status = list(&nl);
	else
		status = show(&nl, isp->name, NULL);
	nl_release(&nl);
	return status;
}

static bool is_verb(const char *word)
{
	return !strcmp(word, "add") || !strcmp(word, "set") ||
	       !strcmp(word, "del") || !strcmp(word, "show") ||
	       !strcmp(word, "list");
}

/**
 * isp_command() - ISPs and their attributes
 * @words: what follows the command
 *
 * Return: enum status.
 */
int isp_command(struct words *words)
{
	const char *verb = words_next(words), *name, *fault;
	struct isp isp = { .mode = OBPBL_MODE_MONITOR };
	char text[QUOTE_SIZE];
	uint32_t given = 0;
	int status = 0;

	if (!verb)
		verb = "list";
	if (!is_verb(verb))
		return command_usage("isp", "%s: unknown word",
				     quote_word(verb, text));
	if (strcmp(verb, "list")) {
		name = words_next(words);
		if (!name)
			return command_usage("isp", "the name of an ISP is missing");
		fault = isp_name_fault(name);
		if (fault)
			return usage("%s: %s", quote_word(name, text), fault);
		strcpy(isp.name, name);
	}
	if (!strcmp(verb, "add") || !strcmp(verb, "set"))
		status = take_attributes(words, &isp, &given);
	if (!status)
		status = words_end(words);
	if (!status && !given && !strcmp(verb, "set"))
		status = command_usage("isp", "there is nothing to set");
	return status ? status : do_verb(verb, &isp, given);
}

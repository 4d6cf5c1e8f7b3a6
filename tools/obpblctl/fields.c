// SPDX-License-Identifier: GPL-2.0-only
/* The words that have a value */
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fib.h"
#include "fields.h"
#include "out.h"

static const void *value_of(const struct field *field, const void *object)
{
	return (const char *)object + field->offset;
}

static const char *parse_choice(const struct names *names, const char *word,
				uint8_t *value)
{
	int number = names_value(names, word);

	if (number < 0)
		return text_print("unknown %s; it is %s", names->what,
				  names_choice(names));
	*value = number;
	return NULL;
}

static const char *parse_name(const char *fault, const char *word, char *value)
{
	if (!fault)
		strcpy(value, word);
	return fault;
}

static const char *parse_end(const char *fault, uint64_t from, uint64_t *until)
{
	*until += from;
	if (!fault && !*until)
		*until = 1;
	return fault;
}

static const char *parse_text(const char *word, size_t size, char **text)
{
	const char *fault = text_fault(word, size);

	if (!fault) {
		free(*text);
		*text = xstrdup(word);
	}
	return fault;
}

/* Reads a value; returns what is wrong with the word, or NULL. */
static const char *parse(const struct field *field, const char *word,
			 void *value)
{
	struct limit *limit = value;

	switch (field->type) {
	case TYPE_CHOICE:
	case TYPE_SWITCH:
		return parse_choice(field->names, word, value);
	case TYPE_LIMIT:
		return parse_limit(word, &limit->count, &limit->seconds);
	case TYPE_PENALTY:
		return parse_penalty(word, value);
	case TYPE_TABLE:
		return fib_table(word, value);
	case TYPE_HOLD:
		return parse_duration(word, value);
	case TYPE_VRF:
		if (!strcmp(word, "none"))
			return parse_name(NULL, "", value);
		return parse_name(device_fault(word), word, value);
	case TYPE_DEVICE:
		return parse_name(device_fault(word), word, value);
	case TYPE_ISP:
		return parse_name(isp_name_fault(word), word, value);
	case TYPE_PREFIX:
		return cidr_read(word, strlen(word), value);
	case TYPE_FOR:
		return parse_end(parse_duration(word, value), time(NULL),
				 value);
	case TYPE_UNTIL:
		return parse_end(parse_time(word, value), 0, value);
	case TYPE_TEXT:
		return parse_text(word, field->size, value);
	}
	return NULL;
}

static void put(struct nlmsghdr *request, const struct field *field,
		const void *value)
{
	const struct limit *limit = value;

	switch (field->type) {
	case TYPE_CHOICE:
	case TYPE_SWITCH:
		mnl_attr_put_u8(request, field->attr, *(const uint8_t *)value);
		break;
	case TYPE_LIMIT:
		mnl_attr_put_u32(request, field->attr, limit->count);
		if (limit->count)
			mnl_attr_put_u32(request, OBPBL_A_LIMIT_SECONDS,
					 limit->seconds);
		break;
	case TYPE_PENALTY:
		mnl_attr_put_u32(request, field->attr,
				 *(const uint32_t *)value);
		break;
	case TYPE_TABLE:	/* the kernel does not know them */
	case TYPE_HOLD:
		break;
	case TYPE_VRF:
	case TYPE_DEVICE:
	case TYPE_ISP:
		mnl_attr_put_strz(request, field->attr, value);
		break;
	case TYPE_PREFIX:
		nl_put_prefix(request, value, field->attr, OBPBL_A_TO6);
		break;
	case TYPE_FOR:
	case TYPE_UNTIL:
		mnl_attr_put_u64(request, field->attr,
				 *(const uint64_t *)value);
		break;
	case TYPE_TEXT:
		mnl_attr_put_strz(request, field->attr, *(char *const *)value);
		break;
	}
}

static void take(const struct nlattr **a,
		 const struct field *field, void *value)
{
	const struct nlattr *attr = a[field->attr];
	struct limit *limit = value;
	char text[OBPBL_REASON_SIZE];

	switch (field->type) {
	case TYPE_CHOICE:
		*(uint8_t *)value = nl_u8(attr);
		break;
	case TYPE_SWITCH:
		*(uint8_t *)value = !!nl_u8(attr);
		break;
	case TYPE_LIMIT:
		limit->count = nl_u32(attr);
		limit->seconds = nl_u32(a[OBPBL_A_LIMIT_SECONDS]);
		break;
	case TYPE_PENALTY:
		*(uint32_t *)value = nl_u32(attr);
		break;
	case TYPE_TABLE:
	case TYPE_HOLD:
		break;
	case TYPE_VRF:
	case TYPE_DEVICE:
		nl_string(attr, value, field->size);
		break;
	case TYPE_ISP:
		nl_isp(attr, value);
		break;
	case TYPE_PREFIX:
		nl_take_prefix(attr, a[OBPBL_A_TO6], value);
		break;
	case TYPE_FOR:
	case TYPE_UNTIL:
		*(uint64_t *)value = nl_u64(attr);
		break;
	case TYPE_TEXT:
		nl_text(attr, text, sizeof(text));
		*(char **)value = attr ? xstrdup(text) : NULL;
		break;
	}
}

#define ISP(word, form, kind, member, attr, ...)			\
	{ word, form, kind, offsetof(struct isp, member), attr, __VA_ARGS__ }
#define OVERLAY(word, form, kind, member, attr, ...)			\
	{ word, form, kind, offsetof(struct overlay, member), attr,	\
	  __VA_ARGS__ }
#define FOLLOW(word, form, kind, member, ...)				\
	{ word, form, kind, offsetof(struct follow, member), 0,		\
	  __VA_ARGS__ }

const struct field isp_fields[] = {
	ISP("mode", "MODE", TYPE_CHOICE, mode, OBPBL_A_MODE,
	    FIELD_ALWAYS, &mode_names, 0, NULL,
	    "off monitor enforce (default: monitor)"),
	ISP("policy", "POLICY", TYPE_CHOICE, policy, OBPBL_A_POLICY,
	    FIELD_ALWAYS, &policy_names, 0, NULL,
	    "outside relay-only targets (default: outside)"),
	ISP("reject", "REJECT", TYPE_CHOICE, reject, OBPBL_A_REJECT,
	    FIELD_ALWAYS, &reject_names, 0, NULL,
	    "reset admin drop (default: reset)"),
	ISP("reverse", "on|off", TYPE_SWITCH, reverse, OBPBL_A_REVERSE,
	    0, &switch_names, 0, NULL,
	    "on off: judge answers from port 25 too (default: off)"),
	ISP("limit", "N/T|none", TYPE_LIMIT, limit, OBPBL_A_LIMIT,
	    0, NULL, 0, "none, or a limit like 10/1h,",
	    "none, or N/T such as 10/1h: so many new connections of each\n"
	    "          source are let through in that time before the policy blocks\n"
	    "          (default: none)"),
	ISP("limit_quarantine", "DUR|none", TYPE_PENALTY, penalty,
	    OBPBL_A_LIMIT_QUARANTINE,
	    0, NULL, 0, "none, or a duration like 24h,",
	    "none, or a duration such as 24h: a source that goes\n"
	    "          over the limit is put in quarantine for so long (default: none)"),
	ISP("vrf", "VRF", TYPE_VRF, vrf, OBPBL_A_VRF,
	    0, NULL, OBPBL_DEV_NAME_SIZE, "none, or the name of a device,",
	    "name of an l3mdev master; none: no VRF"),
	{ .word = NULL }
};

const struct field overlay_fields[] = {
	OVERLAY("isp", "NAME", TYPE_ISP, isp, OBPBL_A_ISP,
		FIELD_ID | FIELD_GET | FIELD_MUST,
		NULL, OBPBL_ISP_NAME_SIZE, "the name of an ISP", NULL),
	OVERLAY("to", "PREFIX", TYPE_PREFIX, to, OBPBL_A_TO4,
		FIELD_ID | FIELD_EXEMPT, NULL, 0, "a prefix", NULL),
	OVERLAY("dev", "IF", TYPE_DEVICE, dev, OBPBL_A_DEV,
		FIELD_ID | FIELD_EXEMPT,
		NULL, OBPBL_DEV_NAME_SIZE, "the name of a device", NULL),
	OVERLAY("for", "DUR", TYPE_FOR, until, 0, 0,
		NULL, 0, "a duration like 24h", NULL),
	OVERLAY("until", "TIME", TYPE_UNTIL, until, OBPBL_A_UNTIL, 0,
		NULL, 0, "a time like 2027-03-31T00:00:00+09:00", NULL),
	OVERLAY("reason", "TEXT", TYPE_TEXT, reason, OBPBL_A_REASON,
		FIELD_MUST, NULL, OBPBL_REASON_SIZE, "a text", NULL),
	OVERLAY("ticket", "ID", TYPE_TEXT, ticket, OBPBL_A_TICKET, 0,
		NULL, OBPBL_TICKET_SIZE, "a text", NULL),
	{ .word = NULL }
};

const struct field follow_fields[] = {
	FOLLOW("table", "N", TYPE_TABLE, table, FIELD_MUST,
	       NULL, 0, "a routing table", NULL),
	FOLLOW("isp", "NAME", TYPE_ISP, isp, FIELD_MUST,
	       NULL, OBPBL_ISP_NAME_SIZE, "the name of an ISP", NULL),
	FOLLOW("class", "CLASS", TYPE_CHOICE, class, FIELD_MUST,
	       &follow_names, 0, "a class", NULL),
	FOLLOW("hold", "DUR", TYPE_HOLD, hold, 0,
	       NULL, 0, "a duration", NULL),
	FOLLOW("file", "FILE", TYPE_TEXT, file, 0,
	       NULL, PATH_MAX, "the name of a list", NULL),
	{ .word = NULL }
};

/**
 * field_find() - the field of a word
 * @table: isp_fields, overlay_fields or follow_fields
 * @word: the word
 * @size: its length
 *
 * Return: the field, or NULL.
 */
const struct field *field_find(const struct field *table, const char *word,
			       size_t size)
{
	for (; table->word; table++)
		if (!strncmp(table->word, word, size) && !table->word[size])
			return table;
	return NULL;
}

/**
 * field_parse() - read a value
 * @field: its field
 * @word: its text
 * @object: where to put it: a struct isp, struct overlay or struct follow
 *
 * Return: what is wrong, in a sentence; NULL: nothing is.
 */
const char *field_parse(const struct field *field, const char *word,
			void *object)
{
	const char *why = parse(field, word, (char *)object + field->offset);

	return !why ? NULL :
	       text_print("%s: %s", quote_word(field->type == TYPE_TEXT ?
					       field->word : word), why);
}

/**
 * field_follows() - what follows a word
 * @field: its field
 *
 * Return: that, as a sentence has it; the next call may overwrite it.
 */
const char *field_follows(const struct field *field)
{
	return field->follows ? field->follows : names_choice(field->names);
}

/**
 * field_print() - a value, as field_parse() reads it
 * @field: its field
 * @object: a struct isp or struct overlay
 *
 * Return: the value; NULL: there is none.
 */
const char *field_print(const struct field *field, const void *object)
{
	const void *value = value_of(field, object);
	const struct limit *limit = value;

	switch (field->type) {
	case TYPE_CHOICE:
	case TYPE_SWITCH:
		return names_word(field->names, *(const uint8_t *)value);
	case TYPE_LIMIT:
		return print_limit(limit->count, limit->seconds);
	case TYPE_PENALTY:
		return print_penalty(*(const uint32_t *)value);
	case TYPE_TABLE:
		return text_print("%u", *(const uint32_t *)value);
	case TYPE_HOLD:
		return text_print("%" PRIu64 "s", *(const uint64_t *)value);
	case TYPE_VRF:
	case TYPE_DEVICE:
	case TYPE_ISP:
		return *(const char *)value ? value : NULL;
	case TYPE_PREFIX:
		return *(const uint8_t *)value ? cidr_print(value) : NULL;
	case TYPE_FOR:
	case TYPE_UNTIL:
		return *(const uint64_t *)value ?
		       print_time(*(const uint64_t *)value) : NULL;
	case TYPE_TEXT:
		return *(char *const *)value;
	}
	return NULL;
}

/**
 * field_quoted() - whether a config file has the value in quotes
 * @field: its field
 *
 * Return: whether it has.
 */
bool field_quoted(const struct field *field)
{
	return field->type >= TYPE_UNTIL;
}

/**
 * field_json() - a value in JSON, of the same type wherever it is told
 * @field: its field
 * @object: a struct isp or struct overlay
 *
 * Return: the value; null: there is none.
 */
json_t *field_json(const struct field *field, const void *object)
{
	const void *value = value_of(field, object);
	const char *word;

	if (field->type == TYPE_SWITCH)
		return json_boolean(*(const uint8_t *)value);
	word = field_print(field, object);
	if (!word && (field->type == TYPE_LIMIT || field->type == TYPE_PENALTY))
		word = "none";
	return word ? json_text(word) : json_null();
}

static bool is_set(const struct field *field, const void *object)
{
	const void *value = value_of(field, object);

	if (!field->attr || field->flags & FIELD_ALWAYS)
		return field->attr;
	if (field->type == TYPE_SWITCH)
		return *(const uint8_t *)value;
	if (field->type == TYPE_UNTIL)	/* there may be many to be sent */
		return *(const uint64_t *)value;
	return field_print(field, object);
}

/**
 * fields_set() - which fields have a value that is not nothing
 * @table: isp_fields or overlay_fields
 * @object: the object
 *
 * Return: their bits.
 */
uint32_t fields_set(const struct field *table, const void *object)
{
	const struct field *field;
	uint32_t which = 0;

	for (field = table; field->word; field++)
		if (is_set(field, object))
			which |= FIELD_BIT(table, field);
	return which;
}

/**
 * fields_put() - add values to a request
 * @request: the request
 * @table: isp_fields or overlay_fields
 * @object: the object
 * @which: bits of the fields
 */
void fields_put(struct nlmsghdr *request, const struct field *table,
		const void *object, uint32_t which)
{
	const struct field *field;

	for (field = table; field->word; field++)
		if (which & FIELD_BIT(table, field))
			put(request, field, value_of(field, object));
}

/**
 * fields_take() - take the values of an answer
 * @a: its attributes
 * @table: isp_fields or overlay_fields
 * @object: where to put them
 */
void fields_take(const struct nlattr **a,
		 const struct field *table, void *object)
{
	for (; table->word; table++)
		if (table->attr)
			take(a, table, (char *)object + table->offset);
}

/**
 * fields_help() - print what is said of fields
 * @table: isp_fields or overlay_fields
 */
void fields_help(const struct field *table)
{
	for (; table->word; table++)
		if (table->help)
			printf("  %-7s %s\n", table->word, table->help);
}

static bool is_other_way(const struct field *field)
{
	return field[1].word && field[1].offset == field->offset;
}

/**
 * fields_synopsis() - words and what follows them, in a line
 * @table: isp_fields or overlay_fields
 * @which: bits of those that there may be
 * @must: bits of those that there must be
 * @text: where to put "[to PREFIX] reason TEXT", and a blank before it
 * @size: room; what is too long is cut off
 */
void fields_synopsis(const struct field *table, uint32_t which, uint32_t must,
		     char *text, size_t size)
{
	const struct field *field;
	bool other = false;	/* the word is another for the one before */
	size_t used = 0;
	uint32_t bit;

	for (field = table; field->word && used < size; field++) {
		bit = FIELD_BIT(table, field);
		if (!(which & bit))
			continue;
		used += snprintf(text + used, size - used, "%s%s %s%s",
				 other ? "|" : must & bit ? " " : " [",
				 field->word, field->form,
				 must & bit || is_other_way(field) ? "" : "]");
		other = is_other_way(field);
	}
}

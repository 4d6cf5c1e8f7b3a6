/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words that have a value: attributes of ISPs, keys of exemptions and
 * quarantines, and of what follows a routing table. One table of each serves the config file, the command line,
 * requests and answers, what is printed, saved and compared, and JSON.
 */
#ifndef OBPBLCTL_FIELDS_H
#define OBPBLCTL_FIELDS_H

#include <jansson.h>

#include "names.h"
#include "netlink.h"
#include "policy.h"

#define FIELD_ALWAYS 1	/* is worth saying of a new ISP whatever it is */
#define FIELD_EXEMPT 2	/* an exemption may have it, a quarantine may not */
#define FIELD_ID 4	/* tells overlays of one prefix apart */
#define FIELD_GET 8	/* narrows a list */
#define FIELD_MUST 16	/* has to be there */

/**
 * enum field_type - how a value is read, printed and sent
 * @TYPE_CHOICE: one of a few words; a number
 * @TYPE_SWITCH: on or off; in JSON true or false
 * @TYPE_LIMIT: so many in so much time, or none
 * @TYPE_PENALTY: a duration, or none
 * @TYPE_TABLE: a routing table
 * @TYPE_HOLD: a duration
 * @TYPE_ISP: name of an ISP
 * @TYPE_PREFIX: a prefix
 * @TYPE_FOR: an end, from now on
 * @TYPE_UNTIL: an end; the config file has it and the types after it in quotes
 * @TYPE_VRF: name of a device, or none
 * @TYPE_DEVICE: name of a device
 * @TYPE_TEXT: a text; faults name the word before it, since it may not be
 *	printable
 */
enum field_type {
	TYPE_CHOICE,
	TYPE_SWITCH,
	TYPE_LIMIT,
	TYPE_PENALTY,
	TYPE_TABLE,
	TYPE_HOLD,
	TYPE_ISP,
	TYPE_PREFIX,
	TYPE_FOR,
	TYPE_UNTIL,
	TYPE_VRF,
	TYPE_DEVICE,
	TYPE_TEXT,
};

/**
 * struct field - a word that has a value
 * @word: the word
 * @form: what follows it, as a synopsis has it
 * @type: how the value is read, printed and sent
 * @offset: of the value in struct isp, struct overlay or struct follow; the
 *	same as that of the next: a second way to write its value
 * @attr: enum obpbl_attr; 0: is not sent
 * @flags: FIELD_ALWAYS ...
 * @names: of a choice: what there is to choose
 * @size: of a text: the bytes that there are for it, NUL included
 * @follows: what follows the word, as a sentence has it; NULL: @names
 * @help: what 'help' says of it, or NULL
 */
struct field {
	const char *word;
	const char *form;
	enum field_type type;
	size_t offset;
	uint16_t attr;
	uint8_t flags;
	const struct names *names;
	size_t size;
	const char *follows;
	const char *help;
};

/* Each ends in a word of NULL. Bits of a mask of fields are by place in it. */
extern const struct field isp_fields[];
extern const struct field overlay_fields[];
extern const struct field follow_fields[];

#define FIELD_BIT(table, field) (1u << ((field) - (table)))

const struct field *field_find(const struct field *table, const char *word,
			       size_t size);
const char *field_parse(const struct field *field, const char *word,
			void *object);
const char *field_follows(const struct field *field);
const char *field_print(const struct field *field, const void *object);
bool field_quoted(const struct field *field);
json_t *field_json(const struct field *field, const void *object);

uint32_t fields_set(const struct field *table, const void *object);
void fields_put(struct nlmsghdr *request, const struct field *table,
		const void *object, uint32_t which);
void fields_help(const struct field *table);
void fields_synopsis(const struct field *table, uint32_t which, uint32_t must,
		     char *text, size_t size);
void fields_take(const struct nlattr **a,
		 const struct field *table, void *object);

#endif

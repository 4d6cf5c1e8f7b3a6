// SPDX-License-Identifier: GPL-2.0-only
/* What the readers of import have made so far: a policy, lines of lists, remarks */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "list.h"

/**
 * import_remark() - say something of the input
 * @im: the import
 * @carried: it is in the policy all the same
 * @at: where it is
 * @text: as it was written, or NULL
 * @format: a sentence
 */
void import_remark(struct import *im, bool carried, struct place at,
		   const char *text, const char *format, ...)
{
	struct remark *remark;
	va_list args;

	GROW(im->remarks, im->n_remarks, im->cap_remarks);
	remark = &im->remarks[im->n_remarks++];
	*remark = (struct remark){ .at = at, .carried = carried };
	remark->text = text ? xstrdup(text) : NULL;
	va_start(args, format);
	if (vasprintf(&remark->why, format, args) < 0)
		remark->why = NULL;
	va_end(args);
}

/* What cannot be in a line of a file is a question mark */
static void make_printable(char *text)
{
	char *byte;

	for (byte = text; *byte; byte++)
		if ((unsigned char)*byte < ' ' || *byte == 0x7f)
			*byte = '?';
	make_utf8(text);
	for (byte = text; *byte; byte++)
		if (!strncmp(byte, "\xc2", 1) && (unsigned char)byte[1] < 0xa0)
			byte[0] = byte[1] = '?';
}

/**
 * import_file() - name what parts of the policy are written in
 * @im: the import
 * @name: its name, as the input has it
 *
 * Return: its index for struct place.
 */
uint32_t import_file(struct import *im, const char *name)
{
	uint32_t index = policy_file(&im->policy, name);

	make_printable(im->policy.files[index]);
	return index;
}

/* A text that a reason can be */
static char *make_reason(const struct import *im, struct place at,
			 const char *text)
{
	char reason[OBPBL_REASON_SIZE];

	snprintf(reason, sizeof(reason), "%s%s%s",
		 place_text(&im->policy, at), text ? ": " : "",
		 text ? text : "");
	make_printable(reason);
	return xstrdup(reason);
}

/**
 * import_overlay() - add an exemption or a quarantine
 * @im: the import
 * @class: its class
 * @p: the sources
 * @at: where it was written
 * @reason: what is said of it, or NULL
 *
 * Return: it; the next call makes it void.
 */
struct overlay *import_overlay(struct import *im, int class,
			       const struct prefix *p, struct place at,
			       const char *reason)
{
	struct overlay *overlay = policy_add_overlay(&im->policy);

	overlay->class = class;
	overlay->layer = OBPBL_LAYER_CONFIGURED;
	overlay->prefix = *p;
	overlay->at = at;
	overlay->reason = make_reason(im, at, reason);
	strcpy(overlay->isp, im->isp->name);
	return overlay;
}

/**
 * import_any() - add all addresses of a family to a list
 * @list: the list
 * @family: V4 or V6
 * @at: where they were written
 */
void import_any(struct prefixes *list, int family, struct place at)
{
	const struct prefix all = { .family = family == V4 ? 4 : 6 };

	prefixes_add(list, &all, at);
}

/**
 * import_list() - whether a list is one of those that are meant
 * @im: the import
 * @name: the list
 *
 * Return: whether it is.
 */
bool import_list(struct import *im, const char *name)
{
	size_t i;

	for (i = 0; i < im->n_lists; i++)
		if (!strcmp(im->lists[i].name, name))
			return im->lists[i].seen = true;
	return false;
}

/**
 * import_which() - say that it is not clear which list is meant
 * @im: the import
 * @what: what a list is called
 * @one: a list
 * @other: another one of the same family
 *
 * Return: STATUS_FAILED.
 */
int import_which(const struct import *im, const char *what, const char *one,
		 const char *other)
{
	return fail("%s: both %s %s and %s %s block port 25; say which one is meant: list %s",
		    file_name(im->path), what, quote_word(one), what,
		    quote_word(other), quote_word(one));
}

/**
 * import_none() - say that there is no list that is meant
 * @im: the import
 * @what: what a list is called
 *
 * Return: STATUS_FAILED.
 */
int import_none(const struct import *im, const char *what)
{
	return fail("%s: no %s %s%s", file_name(im->path), what,
		    im->n_lists ? "is called " : "blocks port 25",
		    im->n_lists ? quote_word(im->lists[0].name) : "");
}

/**
 * acl_line_free() - free what a line holds
 * @line: the line
 */
void acl_line_free(struct acl_line *line)
{
	free(line->text);
	free(line->why);
	prefixes_free(&line->src);
	prefixes_free(&line->dst);
	ranges_free(&line->from);
	ranges_free(&line->to);
}

/**
 * import_trial() - begin a copy that reads something to throw it away
 * @im: the copy, to be ended by import_clear()
 */
void import_trial(struct import *im)
{
	memset(&im->policy, 0, sizeof(im->policy));
	im->lines = NULL;
	im->remarks = NULL;
	im->n_lines = im->cap_lines = 0;
	im->n_remarks = im->cap_remarks = 0;
}

/**
 * import_clear() - free what was read
 * @im: the import
 */
void import_clear(struct import *im)
{
	size_t i;

	for (i = 0; i < im->n_lines; i++)
		acl_line_free(&im->lines[i]);
	for (i = 0; i < im->n_remarks; i++) {
		free(im->remarks[i].text);
		free(im->remarks[i].why);
	}
	free(im->lines);
	free(im->remarks);
	policy_free(&im->policy);
}

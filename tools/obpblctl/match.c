// SPDX-License-Identifier: GPL-2.0-only
/* What rules match, in any of the languages that they are written in */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

/**
 * acl_because() - it depends on something that a policy does not know
 * @match: what is matched
 * @format: a sentence; only the first one is told
 */
void acl_because(struct acl_match *match, const char *format, ...)
{
	va_list args;

	if (*match->why)
		return;
	va_start(args, format);
	vsnprintf(match->why, sizeof(match->why), format, args);
	va_end(args);
}

/**
 * acl_match_all() - match everything
 * @match: where to put that
 */
void acl_match_all(struct acl_match *match)
{
	const struct place nowhere = { 0 };
	int family;

	memset(match, 0, sizeof(*match));
	for (family = 0; family < FAMILIES; family++) {
		import_any(&match->src, family, nowhere);
		import_any(&match->dst, family, nowhere);
	}
}

static void copy(struct prefixes *to, const struct prefixes *from)
{
	struct prefix p;
	size_t i;

	memset(to, 0, sizeof(*to));
	for (i = 0; prefixes_get(from, i, &p); i++)
		prefixes_add(to, &p, prefixes_place(from, i));
}

/**
 * acl_match_copy() - a copy that holds what it has by itself
 * @to: where to put it
 * @from: of what
 */
void acl_match_copy(struct acl_match *to, const struct acl_match *from)
{
	*to = *from;
	copy(&to->src, &from->src);
	copy(&to->dst, &from->dst);
}

/**
 * acl_match_free() - free what it holds
 * @match: what is matched
 */
void acl_match_free(struct acl_match *match)
{
	prefixes_free(&match->src);
	prefixes_free(&match->dst);
}

/**
 * acl_may_match() - whether new connections to port 25 can match
 * @match: what is matched
 *
 * Return: whether they can.
 */
bool acl_may_match(const struct acl_match *match)
{
	return !match->never && match->ports != OTHER_PORT &&
	       ((match->src.of[V4].n && match->dst.of[V4].n) ||
		(match->src.of[V6].n && match->dst.of[V6].n));
}

/**
 * acl_ports() - narrow it to ports
 * @match: what is matched
 * @here: port 25 is among them
 * @others: others are
 */
void acl_ports(struct acl_match *match, bool here, bool others)
{
	if (!here)
		match->ports = OTHER_PORT;
	else if (match->ports == ANY_PORT)
		match->ports = THIS_PORT;
	match->others |= here && others;
}

/**
 * acl_decide() - add the line of a rule that decides
 * @im: where to
 * @match: what it matches, which can match
 * @deny: it blocks that
 * @reject: enum obpbl_reject
 * @text: as it was written, or NULL
 * @at: where it was
 *
 * Return: enum status.
 */
int acl_decide(struct import *im, const struct acl_match *match, bool deny,
	       int reject, const char *text, struct place at)
{
	struct acl_line line = {
		.at = at, .deny = deny, .reject = reject,
		.only = match->ports == THIS_PORT || match->unknown,
		.text = text ? xstrdup(text) : NULL,
	};

	if (match->running) {
		if (line.only)
			import_note(im, at, text,
				    "it is of running connections alone; net.obpbl.established = 1 does the like");
		free(line.text);
		return STATUS_OK;
	}
	if (*match->why) {
		line.why = xstrdup(match->why);
		return acl_add(im, &line);
	}
	if (match->others)
		import_note(im, at, text, "it is of other ports too, for which it is still needed");
	if (match->dev)
		import_note(im, at, text, "here it is of every interface");
	copy(&line.src, &match->src);
	copy(&line.dst, &match->dst);
	return acl_add(im, &line);
}

/**
 * acl_end() - deny what no line decides
 * @im: where to
 * @name: of the list
 * @match: what gets to it
 *
 * Return: enum status.
 */
int acl_end(struct import *im, const char *name, const struct acl_match *match)
{
	struct acl_line line = { .deny = true, .end = true };

	line.at.file = import_file(im, name);
	copy(&line.src, &match->src);
	copy(&line.dst, &match->dst);
	return acl_add(im, &line);
}

/**
 * acl_end_all() - deny what no line of one family decides
 * @im: where to
 * @what: what a list is called
 * @name: of this one
 * @family: V4 or V6
 *
 * Return: enum status.
 */
int acl_end_all(struct import *im, const char *what, const char *name,
		int family)
{
	struct acl_match all;
	int status;

	acl_match_all(&all);
	all.src.of[!family].n = 0;
	status = acl_end(im, text_print("the end of %s %.64s", what, name),
			 &all);
	acl_match_free(&all);
	return status;
}

static void take_length(const struct prefixes *from, int length,
			struct prefixes *to)
{
	struct prefix p;
	size_t i;

	for (i = 0; prefixes_get(from, i, &p); i++)
		if (p.len == length)
			prefixes_add(to, &p, prefixes_place(from, i));
}

static void cut(struct prefixes *list, const struct prefixes *out,
		struct place at)
{
	struct ranges all, some, rest, left;

	ranges_make(&all, list);
	ranges_make(&some, out);
	ranges_not(&rest, &some);
	ranges_and(&left, &all, &rest);
	prefixes_clear(list);
	ranges_prefixes(&left, list, at);
	ranges_free(&all);
	ranges_free(&some);
	ranges_free(&rest);
	ranges_free(&left);
}

/**
 * acl_except() - cut exceptions out of a list; the most specific prefix decides
 * @list: the list
 * @except: what is not in it; taken over
 * @at: where the rest of it is from then on
 */
void acl_except(struct prefixes *list, struct prefixes *except,
		struct place at)
{
	struct prefixes all = *list, out;
	int length;

	if (prefixes_count(except)) {
		memset(list, 0, sizeof(*list));
		for (length = 0; length <= 128; length++) {
			memset(&out, 0, sizeof(out));
			take_length(&all, length, list);
			take_length(except, length, &out);
			if (prefixes_count(&out))
				cut(list, &out, at);
			prefixes_free(&out);
		}
		prefixes_free(&all);
	}
	prefixes_free(except);
}

/**
 * acl_words() - split a line into words; one in quotes is one
 * @line: the line, which is taken apart
 * @words: where to put them; NULL behind them, to the end, since some are asked for
 *	   that need not be there
 *
 * Return: how many there are.
 */
int acl_words(char *line, char *words[ACL_WORDS])
{
	static const char blanks[] = " \t\r";
	int n = 0;

	for (line += strspn(line, blanks); *line && n < ACL_WORDS - 1;
	     line += strspn(line, blanks)) {
		if (*line == '"') {
			words[n++] = ++line;
			line += strcspn(line, "\"");
		} else {
			words[n++] = line;
			line += strcspn(line, blanks);
		}
		if (*line)
			*line++ = '\0';
	}
	memset(words + n, 0, (ACL_WORDS - n) * sizeof(*words));
	return n;
}

/**
 * acl_range() - add a range of addresses to a list
 * @first: the first one, or NULL
 * @last: the last one, or NULL
 * @list: the list
 * @at: where it was written
 *
 * Return: what is wrong, or NULL.
 */
const char *acl_range(const char *first, const char *last,
		      struct prefixes *list, struct place at)
{
	struct prefix lo, hi;

	if (!first || !last || cidr_read_address(first, &lo) ||
	    cidr_read_address(last, &hi) || lo.family != hi.family ||
	    range_of(&lo).lo > range_of(&hi).lo)
		return "it has a range of addresses that is none";
	range_prefixes((struct range){ range_of(&lo).lo, range_of(&hi).lo },
		       lo.family, list, at);
	return NULL;
}

/**
 * acl_prefix() - read an address, or a prefix whose host bits do not matter
 * @word: the text
 * @p: where to put it
 *
 * Return: whether it is one.
 */
bool acl_prefix(const char *word, struct prefix *p)
{
	const char *slash = strchr(word, '/');
	char address[64];
	uint64_t len;

	if (!slash)
		return !cidr_read_address(word, p);
	if ((size_t)(slash - word) >= sizeof(address))
		return false;
	memcpy(address, word, slash - word);
	address[slash - word] = '\0';
	if (cidr_read_address(address, p) ||
	    !parse_number(slash + 1, cidr_bits(p), &len))
		return false;
	p->len = len;
	cidr_network(p);
	return true;
}

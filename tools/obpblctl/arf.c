// SPDX-License-Identifier: GPL-2.0-only
/*
 * Abuse reports by mail: RFC 5965, in the MIME of RFC 2045 and 2046
 *
 * Whoever can send us mail writes them, and the third part of a report is what
 * a spammer has written. So nothing is read but the headers that lead to the
 * second part, and that part itself, and a message in a message is never looked
 * into: it could be a report as well, about whomever the spammer likes.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "arf.h"
#include "list.h"

#define DEPTH 8		/* of parts in parts */
#define BOUNDARY_SIZE 71

/* Bytes from @at up to @end */
struct span {
	const char *at;
	const char *end;
};

/**
 * struct reading - a report that is being read
 * @text: all of it
 * @at: where the newest line is
 * @arf: what it says
 * @reports: how many reports there were
 * @seen: bits of the fields that there were
 * @fault: what is wrong, or NULL
 */
struct reading {
	const char *text;
	const char *at;
	struct arf *arf;
	unsigned int reports;
	unsigned int seen;
	const char *fault;
};

/**
 * struct entity - what the header of a message or part says of it
 * @type: such as text/plain
 * @boundary: between its parts
 * @report_type: what the report is about
 * @encoding: of its bytes
 */
struct entity {
	char type[64];
	char boundary[BOUNDARY_SIZE];
	char report_type[64];
	char encoding[32];
};

/* Notes a fault, unless there is one already; false, to be handed on. */
static bool wrong(struct reading *reading, const char *at, const char *fault)
{
	if (!reading->fault) {
		reading->at = at;
		reading->fault = fault;
	}
	return false;
}

/* Lines */

static bool next_line(struct span *rest, struct span *line)
{
	const char *end;

	if (rest->at == rest->end)
		return false;
	end = memchr(rest->at, '\n', rest->end - rest->at);
	line->at = rest->at;
	line->end = end ? end : rest->end;
	rest->at = end ? end + 1 : rest->end;
	if (line->end > line->at && line->end[-1] == '\r')
		line->end--;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* How many bytes a name and its colon have; 0: it is none (RFC 5322) */
static size_t name_length(const struct span *line)
{
	const char *at = line->at;

	while (at < line->end && *at > ' ' && *at < 0x7f && *at != ':')
		at++;
	return at > line->at && at < line->end && *at == ':' ?
	       at + 1 - line->at : 0;
}

/* One header, or field, and the lines that go on with it; false: no more */
static bool next_header(struct reading *reading, struct span *rest,
			struct span *header)
{
	struct span line, more = *rest;

	if (!next_line(&more, header))
		return false;
	if (header->at == header->end) {
		*rest = more;
		return false;
	}
	if (!name_length(header))
		return wrong(reading, header->at,
			     text_print("%s: is no header line",
					quote(header->at, header->end - header->at)));
	for (*rest = more; next_line(&more, &line) && line.end > line.at &&
	     is_blank(*line.at); *rest = more)
		header->end = line.end;
	return true;
}

static bool is_named(const struct span *header, const char *name)
{
	size_t length = strlen(name);

	return name_length(header) == length + 1 &&
	       !strncasecmp(header->at, name, length);
}

/* What is behind the colon, without blanks around, in one line (RFC 5322) */
static bool unfold(struct reading *reading, const struct span *header,
		   char value[TEXT_ROOM])
{
	const char *at = header->at + name_length(header);
	size_t used = 0;

	for (; at < header->end; at++) {
		if (*at == '\n' || (*at == '\r' && at[1] == '\n') ||
		    (!used && is_blank(*at)))
			continue;
		if ((unsigned char)*at < ' ' && *at != '\t')
			return wrong(reading, header->at,
				     "a control character in a header line");
		if (used == TEXT_ROOM - 1)
			return wrong(reading, header->at,
				     "a header line of more than 1023 bytes");
		value[used++] = *at;
	}
	while (used && is_blank(value[used - 1]))
		used--;
	value[used] = '\0';
	return true;
}

/* Headers of MIME */

/* Copies what fits; an empty word, or one that does not, is none. */
static bool take_word(const char **at, size_t length, char *out, size_t size)
{
	if (!length || length >= size)
		return false;
	memcpy(out, *at, length);
	out[length] = '\0';
	*at += length;
	return true;
}

static bool take_quoted(const char **at, char *out, size_t size)
{
	size_t used = 0;

	for (++*at; **at && **at != '"'; ++*at) {
		if (**at == '\\' && !*++*at)
			return false;
		if (used == size - 1)
			return false;
		out[used++] = **at;
	}
	out[used] = '\0';
	return used && *(*at)++ == '"';
}

/* "; name=value"; many do not quote what they should. */
static bool take_parameter(const char **at, struct entity *entity)
{
	char name[64], other[TEXT_ROOM], *value = other;
	size_t size = sizeof(other);

	++*at;
	*at += strspn(*at, " \t");
	if (!**at)
		return true;
	if (!take_word(at, strcspn(*at, "=; \t\"()"), name, sizeof(name)) ||
	    *(*at)++ != '=')
		return false;
	if (!strcasecmp(name, "boundary")) {
		value = entity->boundary;
		size = sizeof(entity->boundary);
	} else if (!strcasecmp(name, "report-type")) {
		value = entity->report_type;
		size = sizeof(entity->report_type);
	}
	if (value != other && *value)
		return false;
	return **at == '"' ? take_quoted(at, value, size) :
	       take_word(at, strcspn(*at, "; \t\"()"), value, size);
}

static bool take_type(const char *at, struct entity *entity)
{
	if (!take_word(&at, strcspn(at, "; \t\"()"), entity->type,
		       sizeof(entity->type)) || !strchr(entity->type, '/'))
		return false;
	for (;;) {
		at += strspn(at, " \t");
		if (!*at)
			return true;
		if (*at != ';' || !take_parameter(&at, entity))
			return false;
	}
}

static bool take_encoding(const char *at, struct entity *entity)
{
	return take_word(&at, strlen(at), entity->encoding,
			 sizeof(entity->encoding));
}

static bool take_mime(struct reading *reading, const struct span *header,
		      const char *name, const char *before,
		      bool (*take)(const char *at, struct entity *entity),
		      struct entity *entity)
{
	char value[TEXT_ROOM];

	if (!is_named(header, name))
		return true;
	if (*before)
		return wrong(reading, header->at,
			     text_print("'%s' is there twice", name));
	if (!unfold(reading, header, value))
		return false;
	return take(value, entity) ||
	       wrong(reading, header->at,
		     text_print("%s cannot be understood: %s", name,
				quote_word(value)));
}

static bool take_headers(struct reading *reading, struct span *rest,
			 struct entity *entity)
{
	struct span header;

	memset(entity, 0, sizeof(*entity));
	while (next_header(reading, rest, &header))
		if (!take_mime(reading, &header, "Content-Type", entity->type,
			       take_type, entity) ||
		    !take_mime(reading, &header, "Content-Transfer-Encoding",
			       entity->encoding, take_encoding, entity))
			return false;
	return !reading->fault;
}

/* Bytes that stand for themselves */
static bool is_plain(struct reading *reading, const struct span *entity,
		     const char *encoding)
{
	if (!*encoding || !strcasecmp(encoding, "7bit") ||
	    !strcasecmp(encoding, "8bit"))
		return true;
	return wrong(reading, entity->at,
		     text_print("the Content-Transfer-Encoding of this part is %s; that of a report is 7bit",
				quote_word(encoding)));
}

/* The fields of a report */

static const char *take_text(const char *value, char *text, size_t size)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789.-_";

	if (!*value || strlen(value) >= size || value[strspn(value, allowed)])
		return "is no such name";
	strcpy(text, value);
	return NULL;
}

static const char *feedback_type(const char *value, struct arf *arf)
{
	return take_text(value, arf->type, sizeof(arf->type));
}

/* Drafts of RFC 5965 were 0.1, and some still say so. */
static const char *version(const char *value, struct arf *arf)
{
	(void)arf;
	return strcmp(value, "1") && strcmp(value, "0.1") ?
	       "a version that is not known" : NULL;
}

static const char *source_ip(const char *value, struct arf *arf)
{
	const char *fault = cidr_read_address(value, &arf->source);

	return fault ? fault : cidr_mapped(&arf->source);
}

static const char *reported_domain(const char *value, struct arf *arf)
{
	char other[ARF_DOMAIN_SIZE];

	return take_text(value, arf->domains++ ? other : arf->domain,
			 ARF_DOMAIN_SIZE);
}

/* The zones that mail has by name (RFC 5322); another is what it says. */
static const char *offset_of(const char *zone)
{
	static const char *const zones[][2] = {
		{ "UT", "Z" }, { "GMT", "Z" }, { "UTC", "Z" },
		{ "EST", "-0500" }, { "EDT", "-0400" }, { "CST", "-0600" },
		{ "CDT", "-0500" }, { "MST", "-0700" }, { "MDT", "-0600" },
		{ "PST", "-0800" }, { "PDT", "-0700" },
	};
	size_t i;

	for (i = 0; i < sizeof(zones) / sizeof(*zones); i++)
		if (!strcasecmp(zones[i][0], zone))
			return zones[i][1];
	return zone;
}

/* "Thu, 8 Mar 2005 14:00:00 -0400 (EDT)"; the first and last are optional. */
static const char *arrival_date(const char *value, struct arf *arf)
{
	static const char form[] =
		"a date is written like Thu, 1 Jan 2026 10:00:00 +0900";
	const char *at = value, *time;
	struct tm tm = { 0 };
	char zone[8];

	if (strchr(at, ','))
		at = strptime(at, "%a,", &tm);
	if (at)
		at = strptime(at, "%d %b %Y %H:%M", &tm);
	if (at && *at == ':')
		at = strptime(at, ":%S", &tm);
	if (!at || !is_blank(*at))
		return form;
	at += strspn(at, " \t");
	if (!take_word(&at, strcspn(at, " \t("), zone, sizeof(zone)))
		return form;
	at += strspn(at, " \t");
	if (*at && (*at != '(' || at[strcspn(at, ")")] != ')' ||
		    strchr(at, ')')[1]))
		return form;
	time = text_print("%04d-%02d-%02dT%02d:%02d:%02d%s", tm.tm_year + 1900,
			  tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
			  tm.tm_sec, offset_of(zone));
	return parse_time(time, &arf->arrival) ? form : NULL;
}

/*
 * Those that we read. Received-Date was the name of Arrival-Date in drafts, and
 * one of them is enough, so they share a place.
 */
static const struct known {
	const char *name;
	const char *(*take)(const char *value, struct arf *arf);
	unsigned int place;
	bool must;
	bool often;
} fields[] = {
	{ "Feedback-Type", feedback_type, 0, .must = true },
	{ "User-Agent", NULL, 1, .must = true },
	{ "Version", version, 2, .must = true },
	{ "Source-IP", source_ip, 3, .must = true },
	{ "Arrival-Date", arrival_date, 4, .must = false },
	{ "Received-Date", arrival_date, 4, .must = false },
	{ "Reported-Domain", reported_domain, 5, .often = true },
};

#define N_FIELDS (sizeof(fields) / sizeof(*fields))

static bool take_field(struct reading *reading, const struct span *header,
		       const struct known *field)
{
	char value[TEXT_ROOM];
	const char *fault;

	if (reading->seen & 1 << field->place && !field->often)
		return wrong(reading, header->at,
			     text_print("'%s' is there twice", field->name));
	reading->seen |= 1 << field->place;
	if (!unfold(reading, header, value))
		return false;
	fault = field->take ? field->take(value, reading->arf) : NULL;
	return !fault || wrong(reading, header->at,
			       text_print("'%s': %s: %s", field->name,
					  quote_word(value), fault));
}

static bool take_fields(struct reading *reading, struct span *rest)
{
	struct span header;
	size_t i;

	while (next_header(reading, rest, &header))
		for (i = 0; i < N_FIELDS; i++)
			if (is_named(&header, fields[i].name) &&
			    !take_field(reading, &header, &fields[i]))
				return false;
	return !reading->fault;
}

/* The second part. Blank lines around the fields are nothing. */
static bool take_report(struct reading *reading, struct span part)
{
	struct span rest = part, more, line;
	struct entity entity;
	size_t i;

	if (!take_headers(reading, &rest, &entity))
		return false;
	if (strcasecmp(entity.type, "message/feedback-report"))
		return wrong(reading, part.at,
			     "the second part of a report is message/feedback-report, and this is not");
	if (!is_plain(reading, &part, entity.encoding))
		return false;
	for (more = rest; next_line(&more, &line) && line.at == line.end;)
		rest = more;
	if (!take_fields(reading, &rest))
		return false;
	while (next_line(&rest, &line))
		if (line.at < line.end)
			return wrong(reading, line.at,
				     "a line behind the end of the report");
	for (i = 0; i < N_FIELDS; i++)
		if (fields[i].must && !(reading->seen & 1 << fields[i].place))
			return wrong(reading, part.at,
				     text_print("the report has no '%s'",
						fields[i].name));
	return true;
}

/* Parts */

enum mark { NONE, NEXT, LAST };

static enum mark mark_of(const struct span *line, const char *boundary)
{
	size_t length = strlen(boundary);
	const char *at = line->at;
	enum mark mark = NEXT;

	if (line->end - at < (ptrdiff_t)length + 2 || memcmp(at, "--", 2) ||
	    memcmp(at + 2, boundary, length))
		return NONE;
	at += 2 + length;
	if (line->end - at >= 2 && !memcmp(at, "--", 2)) {
		mark = LAST;
		at += 2;
	}
	while (at < line->end && is_blank(*at))
		at++;
	return at == line->end ? mark : NONE;
}

/* Up to the next line between two parts, or the one behind the last */
static enum mark next_part(struct reading *reading, struct span *rest,
			   const char *boundary, struct span *part)
{
	enum mark mark;
	struct span line;

	part->at = rest->at;
	while (next_line(rest, &line)) {
		mark = mark_of(&line, boundary);
		part->end = line.at;
		if (mark)
			return mark;
	}
	wrong(reading, part->at,
	      text_print("it is cut off: the line that ends its parts is missing (boundary %s)",
			 quote_word(boundary)));
	return NONE;
}

static bool take_entity(struct reading *reading, struct span text, int depth);

static bool is_report(const struct entity *entity)
{
	return !strcasecmp(entity->type, "multipart/report") &&
	       !strcasecmp(entity->report_type, "feedback-report");
}

static bool take_parts(struct reading *reading, struct span rest,
		       const struct entity *entity, int depth)
{
	bool report = is_report(entity), done = true;
	struct span part;
	enum mark mark;
	int n = 0;

	if (report && reading->reports++)
		return wrong(reading, rest.at,
			     "there are two reports in it; one at a time");
	mark = next_part(reading, &rest, entity->boundary, &part);
	while (done && mark == NEXT) {
		mark = next_part(reading, &rest, entity->boundary, &part);
		if (!mark)
			return false;
		n++;
		if (report && n == 2)
			done = take_report(reading, part);
		else if (!report)
			done = take_entity(reading, part, depth + 1);
	}
	if (done && report && n < 2)
		return wrong(reading, part.at,
			     "the report has no second part");
	return done && !reading->fault;
}

static bool take_entity(struct reading *reading, struct span text, int depth)
{
	struct span rest = text;
	struct entity entity;

	if (depth > DEPTH)
		return wrong(reading, text.at, "parts in parts, too deep");
	if (!take_headers(reading, &rest, &entity))
		return false;
	if (strncasecmp(entity.type, "multipart/", strlen("multipart/")))
		return true;
	if (!*entity.boundary)
		return wrong(reading, text.at,
			     "a multipart Content-Type without a boundary");
	return is_plain(reading, &text, entity.encoding) &&
	       take_parts(reading, rest, &entity, depth);
}

/**
 * arf_read() - what a report says
 * @text: a mail message, which has no NUL but the one at its end
 * @size: its length
 * @arf: where to put it
 * @line: where to put the line of a fault; 0: it is none of a line
 *
 * A line "From ...", which mail servers put before what they pipe to a program,
 * is left out.
 *
 * Return: what is wrong, or NULL.
 */
const char *arf_read(const char *text, size_t size, struct arf *arf,
		     uint32_t *line)
{
	struct reading reading = { .text = text, .arf = arf };
	struct span all = { text, text + size }, first;

	memset(arf, 0, sizeof(*arf));
	if (size > 5 && !memcmp(text, "From ", 5))
		next_line(&all, &first);
	take_entity(&reading, all, 0);
	*line = reading.fault ? file_line(text, reading.at) : 0;
	if (!reading.fault && !reading.reports)
		return "is no abuse report: that is multipart/report with report-type=feedback-report";
	return reading.fault;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a history says of a day
 *
 * Counters of a sample count since they began, so what happened is what they
 * have grown by since the sample before. Where they have begun anew meanwhile, it
 * is what they say: it cannot be less than nothing. Those of another module have
 * not, if none is less than it was: "stats restore" lets them go on. So do those of
 * an ISP that was not there for a while. What was counted before the first sample
 * of all happened nobody knows when.
 *
 * A source counts since its own first time. It is not in every sample, so it is
 * compared with the last one before the day that has it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "history.h"
#include "names.h"
#include "out.h"
#include "source.h"

#define HOUR 3600
#define GAP HOUR	/* of a time so long is told */

/* Numbers of a source that grow */
static const char *const grow[] = { "attempts", "blocked", "would_block" };

/**
 * struct day - a day that is being read
 * @from: the second after which it begins
 * @to: its last second
 * @before: the sample before
 * @counters: which there were last, as a sample says it; NULL: there were none
 * @known: of each ISP, what a sample has last said of these: one that is not there
 *	for a while goes on from there
 * @last: the last sample of the day, or NULL
 * @facts: what is known
 * @isps: by name, as in the facts
 * @sources: by their names and first times: "base", the last row before the day,
 *	and "now", the last one of it
 */
struct day {
	uint64_t from;
	uint64_t to;
	json_t *before;
	json_t *counters;
	json_t *known;
	json_t *last;
	json_t *facts;
	json_t *isps;
	json_t *sources;
};

/**
 * facts_text() - a text of an object
 * @object: the object
 * @key: its name there
 *
 * Return: the text; empty: there is none.
 */
const char *facts_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static json_int_t natural(const json_t *value)
{
	json_int_t number = json_integer_value(value);

	return number > 0 ? number : 0;
}

/**
 * facts_number() - a number of an object, which is not below 0
 * @object: the object
 * @key: its name there
 *
 * Return: the number; 0: there is none.
 */
json_int_t facts_number(const json_t *object, const char *key)
{
	return natural(json_object_get(object, key));
}

/**
 * facts_thousands() - a number for people
 * @n: the number
 *
 * Return: such as "1,234,567".
 */
const char *facts_thousands(json_int_t n)
{
	char digits[32], *out = text_room();
	size_t i, used = 0, size;

	size = snprintf(digits, sizeof(digits), "%" JSON_INTEGER_FORMAT, n);
	for (i = 0; i < size; i++) {
		if (i && !((size - i) % 3))
			out[used++] = ',';
		out[used++] = digits[i];
	}
	out[used] = '\0';
	return out;
}

/**
 * facts_when() - a time for people who are no machines
 * @time: as RFC 3339 has it; of a file, so it can be anything
 *
 * Return: without its seconds and its zone, which is UTC.
 */
const char *facts_when(const char *time)
{
	char *out = text_room();

	snprintf(out, TEXT_ROOM, "%.10s %.5s", time, time + strnlen(time, 11));
	make_utf8(out);
	return out;
}

static json_int_t grown(json_int_t now, json_int_t before)
{
	return now >= before ? now - before : now;
}

/**
 * facts_sum() - the sum of two numbers of a file, which can be as large as may be
 * @a: one, not below 0
 * @b: the other
 *
 * Return: it, or the largest number there is.
 */
json_int_t facts_sum(json_int_t a, json_int_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

static void add(json_t *object, const char *key, json_int_t n)
{
	put_number(object, key, facts_sum(facts_number(object, key), n));
}

static void add_all(json_t *object, const json_t *more)
{
	size_t i;

	for (i = 0; i < sizeof(grow) / sizeof(*grow); i++)
		add(object, grow[i], facts_number(more, grow[i]));
}

/* ISPs */

static json_t *verdict_counts(void)
{
	return json_pack("{s:i, s:i, s:i}", "block", 0, "would_block", 0,
			 "pass", 0);
}

static json_t *isp_of(struct day *day, const char *name)
{
	json_t *isp = json_object_get(day->isps, name), *hours, *hour;
	int i;

	if (isp)
		return isp;
	isp = verdict_counts();
	put_text(isp, "name", name);
	json_object_set_new(isp, "reasons", json_array());
	hours = json_array();
	for (i = 0; i < FACTS_HOURS; i++) {
		hour = verdict_counts();
		put_text(hour, "time", print_time(day->from + i * HOUR));
		json_array_append_new(hours, hour);
	}
	json_object_set_new(isp, "hours", hours);
	json_object_set_new(day->isps, name, isp);
	return isp;
}

static json_t *reason_of(json_t *isp, const char *verdict, const char *reason)
{
	json_t *reasons = json_object_get(isp, "reasons"), *one;
	size_t i;

	json_array_foreach(reasons, i, one)
		if (!strcmp(facts_text(one, "verdict"), verdict) &&
		    !strcmp(facts_text(one, "reason"), reason))
			return one;
	one = json_pack("{s:s, s:s, s:i, s:i}", "verdict", verdict, "reason",
			reason, "attempts", 0, "packets", 0);
	json_array_append_new(reasons, one);
	return one;
}

/* One counter; key: "VERDICT REASON", of which we know the verdicts */
static void add_growth(struct day *day, json_t *isp, uint64_t time,
		       const char *key, json_int_t attempts,
		       json_int_t packets)
{
	json_t *hours = json_object_get(isp, "hours"), *reason;
	size_t length = strcspn(key, " ");
	const char *verdict = text_print("%.*s", (int)length, key);

	if (names_value(&verdict_names, verdict) < 0 || !key[length] ||
	    (!attempts && !packets))
		return;
	add(isp, verdict, attempts);
	add(json_array_get(hours, (time - 1 - day->from) / HOUR), verdict,
	    attempts);
	reason = reason_of(isp, verdict, key + length + 1);
	add(reason, "attempts", attempts);
	add(reason, "packets", packets);
}

static void take_isp(struct day *day, uint64_t time, const char *name,
		     json_t *now, const json_t *before)
{
	json_t *isp = isp_of(day, name), *counts, *old;
	const char *key;

	json_object_foreach(now, key, counts) {
		old = json_object_get(before, key);
		add_growth(day, isp, time, key,
			   grown(natural(json_array_get(counts, 0)),
				 natural(json_array_get(old, 0))),
			   grown(natural(json_array_get(counts, 1)),
				 natural(json_array_get(old, 1))));
	}
}

/* Of an ISP that is known: whether a counter is less than it was */
static bool is_less(const json_t *isp, json_t *known)
{
	const char *key;
	json_t *counts;

	json_object_foreach(known, key, counts)
		if (natural(json_array_get(json_object_get(isp, key), 1)) <
		    natural(json_array_get(counts, 1)))
			return true;
	return false;
}

/*
 * Whether the counters have begun anew, and nothing is known any more. Of another
 * module that has no ISP yet, that cannot be said.
 */
static bool begin_anew(struct day *day, const json_t *sample)
{
	json_t *name = json_object_get(sample, "counters"), *isp, *known;
	bool less = false, any = !day->counters;
	const char *key;

	if (json_equal(name, day->counters))
		return false;
	json_object_foreach(json_object_get(sample, "isps"), key, isp) {
		known = json_object_get(day->known, key);
		any |= json_object_size(known) > 0;
		less |= is_less(isp, known);
	}
	if (less)
		json_object_clear(day->known);
	if (any) {
		json_decref(day->counters);
		day->counters = json_incref(name);
	}
	return less;
}

static void take_gap(struct day *day, uint64_t time)
{
	uint64_t before = facts_number(day->before, "time");

	if (time <= before || time - before <= GAP)
		return;
	json_array_append_new(json_object_get(day->facts, "gaps"),
			      json_pack("{s:s, s:s}", "from",
					print_time(before), "to",
					print_time(time)));
}

static void take_isps(struct day *day, uint64_t time, const json_t *sample)
{
	json_t *isps = json_object_get(sample, "isps"), *isp;
	const char *name;

	if (!day->before) {
		json_object_foreach(isps, name, isp)
			isp_of(day, name);
		return;
	}
	take_gap(day, time);
	json_object_foreach(isps, name, isp)
		take_isp(day, time, name, isp,
			 json_object_get(day->known, name));
}

/* Sources */

static json_t *member(json_t *object, const char *key)
{
	json_t *one = json_object_get(object, key);

	if (!one) {
		one = json_object();
		json_object_set_new(object, key, one);
	}
	return one;
}

/* The most that one sample had no room for */
static void take_left(struct day *day, const json_t *sample)
{
	json_int_t all = facts_number(sample, "sources_all"),
		   n = json_array_size(json_object_get(sample, "sources"));

	if (all - n > facts_number(day->facts, "sources_left"))
		put_number(day->facts, "sources_left", all - n);
}

static void take_sources(struct day *day, const char *which,
			 const json_t *sample)
{
	json_t *rows = json_object_get(sample, "sources"), *row;
	size_t i;

	json_array_foreach(rows, i, row)
		json_object_set(member(day->sources,
				       text_print("%.80s %.80s %.40s",
						  facts_text(row, "isp"),
						  facts_text(row, "source"),
						  facts_text(row, "first"))),
				which, row);
}

/* The same source, which the table may have forgotten for a while */
static void merge(json_t *into, const json_t *row)
{
	const char *first = facts_text(row, "first");

	if (json_object_size(into) &&
	    strcmp(first, facts_text(into, "first")) >= 0)
		first = facts_text(into, "first");
	add_all(into, row);
	if (strcmp(facts_text(row, "last"), facts_text(into, "last")) >= 0) {
		put_text(into, "source", facts_text(row, "source"));
		put_text(into, "isp", facts_text(row, "isp"));
		put_text(into, "reason", facts_text(row, "reason"));
		put_text(into, "last", facts_text(row, "last"));
		json_object_set_new(into, "destination",
				    *facts_text(row, "destination") ?
				    json_text(facts_text(row, "destination")) :
				    json_null());
	}
	put_text(into, "first", first);
	if (facts_number(row, "destinations") >=
	    facts_number(into, "destinations"))
		put_number(into, "destinations",
			   facts_number(row, "destinations"));
}

/* What one has done in the day; the numbers of a row are those since its first. */
static json_t *growth(const json_t *now, const json_t *base, uint64_t from)
{
	json_t *row = json_copy((json_t *)now);
	size_t i;

	for (i = 0; base && i < sizeof(grow) / sizeof(*grow); i++)
		put_number(row, grow[i], grown(facts_number(now, grow[i]),
					       facts_number(base, grow[i])));
	if (base)
		put_text(row, "first", print_time(from));
	return row;
}

static json_t *day_of_sources(const struct day *day)
{
	json_t *all = json_object(), *one, *now, *row;
	const char *key;

	json_object_foreach(day->sources, key, one) {
		now = json_object_get(one, "now");
		if (!now)
			continue;
		row = growth(now, json_object_get(one, "base"), day->from);
		merge(member(all, text_print("%.80s %.80s",
					     facts_text(row, "isp"),
					     facts_text(row, "source"))), row);
		json_decref(row);
	}
	return all;
}

static int by_attempts(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	json_int_t m = facts_number(x, "attempts"),
		   n = facts_number(y, "attempts");

	if (m != n)
		return m < n ? 1 : -1;
	return strcmp(facts_text(x, "source"), facts_text(y, "source")) ?:
	       strcmp(facts_text(x, "isp"), facts_text(y, "isp"));
}

/* Advice */

static const char *what_we_do(const json_t *row)
{
	return facts_number(row, "blocked") ?
	       "We block these connections" :
	       "We count these connections, and are going to block them";
}

static const char *facts_of(const json_t *row, const char *whom)
{
	json_int_t n = facts_number(row, "attempts");

	return text_print("From your connection (address %.60s) there %s %s attempt%s to reach %s by TCP port 25 between %s UTC and %s UTC",
			  facts_text(row, "source"), n == 1 ? "was" : "were",
			  facts_thousands(n), plural(n), whom,
			  facts_when(facts_text(row, "first")),
			  facts_when(facts_text(row, "last")));
}

static const char *many_servers(const json_t *row)
{
	return text_print("the mail servers of about %s others",
			  facts_thousands(facts_number(row, "destinations")));
}

static const char *bot_advice(const json_t *row)
{
	return text_print("%s. No mail program does that: it is most likely that a computer or another device in your network is infected, and sends spam without your knowledge. Please look for malware on all of them, bring their software and that of your router up to date, and change the passwords of your mail accounts. %s; mail that you send by your mail program through port 587 or 465 is not affected.",
			  facts_of(row, many_servers(row)), what_we_do(row));
}

static const char *client_advice(const json_t *row)
{
	const char *to = facts_text(row, "destination");

	return text_print("%s%s%.60s. That looks like a mail program, a camera or a printer with old settings, whose mail does not arrive. Port 25 is for mail servers among themselves. Please set the port of the outgoing mail server (SMTP) to 587 with STARTTLS, or to 465 with TLS, and let the program log in with your user name and password. %s; through these two ports you can use any provider.",
			  facts_of(row, "a mail server"), *to ? ", the last one at " : "", to,
			  what_we_do(row));
}

static const char *other_advice(const json_t *row)
{
	return text_print("%s. That is much for a mail program, and little for a bot. Do you run a mail server? Then please tell us, since that needs another contract or an exemption, or send through our relay. If you do not, please look for malware on all devices of your network. %s; mail programs are to use port 587 or 465.",
			  facts_of(row, many_servers(row)), what_we_do(row));
}

static void put_sources(struct day *day)
{
	json_t *all = day_of_sources(day), *one, **list;
	size_t i, n = 0, size = json_object_size(all);
	json_int_t destinations;
	const char *key, *kind, *advice;

	list = xcalloc(size + 1, sizeof(*list));
	json_object_foreach(all, key, one)
		if (facts_number(one, "attempts") ||
		    facts_number(one, "blocked") ||
		    facts_number(one, "would_block"))
			list[n++] = one;
	qsort(list, n, sizeof(*list), by_attempts);
	for (i = 0; i < n; i++) {
		destinations = facts_number(list[i], "destinations");
		kind = destinations >= SOURCE_BOT ? "bots" :
		       destinations <= SOURCE_CLIENT ? "clients" : "others";
		advice = *kind == 'b' ? bot_advice(list[i]) :
			 *kind == 'c' ? client_advice(list[i]) :
			 other_advice(list[i]);
		put_text(list[i], "advice", advice);
		json_array_append(json_object_get(day->facts, kind), list[i]);
	}
	free(list);
	json_decref(all);
}

/* The day */

static void take(const json_t *sample, void *data)
{
	uint64_t time = facts_number(sample, "time");
	struct day *day = data;
	bool anew = begin_anew(day, sample);

	if (time <= day->from) {
		take_sources(day, "base", sample);
	} else if (time <= day->to) {
		take_isps(day, time, sample);
		take_sources(day, "now", sample);
		take_left(day, sample);
		add(day->facts, "samples", 1);
		add(day->facts, "restarts", anew);
		json_decref(day->last);
		day->last = json_incref((json_t *)sample);
	}
	json_object_update(day->known, json_object_get(sample, "isps"));
	json_decref(day->before);
	day->before = json_incref((json_t *)sample);
}

static void put_last(struct day *day, const char *key)
{
	char all[16];
	json_t *rows = json_object_get(day->last, key);

	snprintf(all, sizeof(all), "%s_all", key);
	json_object_set_new(day->facts, key, json_is_array(rows) ?
			    json_incref(rows) : json_array());
	put_number(day->facts, all, facts_number(day->last, all));
}

static void put_rest(struct day *day)
{
	json_t *isps = json_array(), *isp;
	const char *name;

	json_object_foreach(day->isps, name, isp)
		json_array_append(isps, isp);
	json_object_set_new(day->facts, "isps", isps);
	put_sources(day);
	json_object_set_new(day->facts, "as_of", day->last ?
			    json_string(print_time(facts_number(day->last,
								"time"))) :
			    json_null());
	put_last(day, "exempt");
	put_last(day, "quarantine");
}

/**
 * facts_read() - what a history says of a time
 * @path: its file
 * @from: the second after which the time begins
 * @to: its last second, at most FACTS_HOURS hours later
 * @facts: where to put the document; the caller frees it
 *
 * Return: STATUS_OK or STATUS_FAILED.
 */
int facts_read(const char *path, uint64_t from, uint64_t to, json_t **facts)
{
	struct day day = {
		.from = from, .to = to, .known = json_object(),
		.isps = json_object(), .sources = json_object(),
	};
	int status;

	*facts = day.facts = json_pack("{s:s, s:s, s:i, s:i, s:[], s:[], s:[], s:[], s:i}",
				       "from", print_time(from), "to",
				       print_time(to), "samples", 0,
				       "restarts", 0, "gaps", "bots", "clients",
				       "others", "sources_left", 0);
	status = history_read(path, take, &day);
	if (!status)
		put_rest(&day);
	json_decref(day.before);
	json_decref(day.counters);
	json_decref(day.known);
	json_decref(day.last);
	json_decref(day.isps);
	json_decref(day.sources);
	return status;
}

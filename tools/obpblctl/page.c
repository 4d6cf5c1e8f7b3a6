// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a history says of a day, as a page for people
 *
 * One file of HTML that is well-formed XML as well, and needs nothing else: no
 * script, no font, no picture, no network. Whatever is not ours is escaped.
 */
#include <string.h>

#include "facts.h"
#include "page.h"
#include "util.h"

#define ROWS 100	/* of a list; the document has all */

/* Places in a chart, in units that are pixels on a wide screen */
#define WIDTH 480
#define LEFT 48
#define RIGHT 472
#define TOP 22		/* of the upper panel */
#define UPPER 96	/* its height */
#define MIDDLE 150	/* top of the lower panel */
#define LOWER 48	/* its height */
#define HEIGHT 222

static const char head[] =
"<!DOCTYPE html>\n"
"<html lang=\"en\">\n"
"<head>\n"
"<meta charset=\"utf-8\"/>\n"
"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
"<meta name=\"color-scheme\" content=\"light dark\"/>\n"
"<meta name=\"referrer\" content=\"no-referrer\"/>\n"
"<title>Port 25: a day</title>\n"
"<style>\n"
":root { color-scheme: light dark; --page: #f6f7f9; --card: #ffffff;\n"
"  --text: #1c2330; --soft: #566073; --line: #d5dae2; --block: #c2303a;\n"
"  --would_block: #d98a00; --pass: #2f7fc4; --note: #fff4d6; }\n"
"@media (prefers-color-scheme: dark) { :root { --page: #14171c;\n"
"  --card: #1d2229; --text: #e6e9ef; --soft: #a3adbd; --line: #39414d;\n"
"  --block: #f0616b; --would_block: #f0b440; --pass: #62aef0;\n"
"  --note: #3a3012; } }\n"
"* { box-sizing: border-box; }\n"
"body { margin: 0 auto; padding: 1rem; max-width: 76rem; color: var(--text);\n"
"  background: var(--page); font: 1rem/1.5 system-ui, sans-serif;\n"
"  overflow-wrap: anywhere; }\n"
"h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }\n"
"h3 { font-size: 1rem; margin: 0 0 .5rem; } p { margin: .25rem 0 .75rem; }\n"
".soft { color: var(--soft); }\n"
".grid { display: grid; gap: 1rem; align-items: start;\n"
"  grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); }\n"
".tiles { display: grid; gap: .75rem; margin: 1rem 0; padding: 0; list-style: none;\n"
"  grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); }\n"
".tiles li, .card { background: var(--card); border: 1px solid var(--line);\n"
"  border-radius: .5rem; padding: .75rem; min-width: 0; }\n"
".tiles b { display: block; font-size: 1.5rem; line-height: 1.2; }\n"
".note { background: var(--note); border-radius: .5rem; padding: .5rem .75rem; }\n"
".key { display: inline-block; width: .8em; height: .8em; margin-right: .3em;\n"
"  border-radius: .15em; }\n"
".legend > span { white-space: nowrap; margin-right: 1em; }\n"
"svg { display: block; width: 100%; height: auto; }\n"
"svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }\n"
"@media (max-width: 40rem) { svg text { font-size: 16px; } }\n"
"svg line { stroke: var(--line); }\n"
"svg .end { text-anchor: end; } svg .middle { text-anchor: middle; }\n"
".block { fill: var(--block); background: var(--block); }\n"
".would_block { fill: var(--would_block); background: var(--would_block); }\n"
".pass { fill: var(--pass); background: var(--pass); }\n"
".scroll { overflow-x: auto; }\n"
"table { border-collapse: collapse; width: 100%; overflow-wrap: break-word;\n"
"  font-variant-numeric: tabular-nums; }\n"
"th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0;\n"
"  max-width: 22rem; border-bottom: 1px solid var(--line); unicode-bidi: isolate; }\n"
".n { text-align: right; } td.n, time { white-space: nowrap; }\n"
"details { margin: .5rem 0; } summary { cursor: pointer; }\n"
".card details { margin: 0; }\n"
".letter { border-left: .25rem solid var(--line); padding-left: .75rem;\n"
"  margin: .75rem 0 0; }\n"
"@media print { :root { --page: #fff; --card: #fff; --text: #000; --soft: #444;\n"
"  --line: #bbb; --block: #c2303a; --would_block: #d98a00; --pass: #2f7fc4;\n"
"  --note: #fff; } body { max-width: none; padding: 0; font-size: .8rem; }\n"
"  * { print-color-adjust: exact; } .card, tr { break-inside: avoid; }\n"
"  details::details-content { content-visibility: visible; }\n"
"  .scroll { overflow: visible; } }\n"
"</style>\n"
"</head>\n"
"<body>\n";

/* U+FFFE and U+FFFF, which are no characters of XML */
static bool is_no_character(const char *text)
{
	return !strncmp(text, "\xef\xbf\xbe", 3) ||
	       !strncmp(text, "\xef\xbf\xbf", 3);
}

/* What neither HTML nor XML lets be, but as something else */
static void put_escaped(FILE *file, const char *text)
{
	for (; *text; text++) {
		if (is_no_character(text)) {
			putc('?', file);
			text += 2;
			continue;
		}
		switch (*text) {
		case '&':
			fputs("&amp;", file);
			break;
		case '<':
			fputs("&lt;", file);
			break;
		case '>':
			fputs("&gt;", file);
			break;
		case '"':
			fputs("&quot;", file);
			break;
		case '\'':
			fputs("&#39;", file);
			break;
		default:
			putc((unsigned char)*text < ' ' || *text == 0x7f ?
			     '?' : *text, file);
		}
	}
}

static void put_time(FILE *file, const char *time)
{
	fputs("<time>", file);
	put_escaped(file, facts_when(time));
	fputs("</time>", file);
}

/* "1,234 attempts" */
static const char *amount(json_int_t n, const char *noun)
{
	return text_print("%s %s%s", facts_thousands(n), noun, plural(n));
}

static const char *verdict_words(const char *verdict)
{
	return !strcmp(verdict, "block") ? "blocked" :
	       !strcmp(verdict, "pass") ? "passed" : "would be blocked";
}

/* Charts */

/* The next of 1, 2, 5, 10, 20, ... */
static json_int_t round_up(json_int_t n)
{
	json_int_t top = 1;
	int step;

	for (step = 0; top < n && top < INT64_MAX / 10; step++)
		top = step % 3 == 1 ? top / 2 * 5 : top * 2;
	return top;
}

static const char *brief(double n)
{
	static const char *const units[] = { "", "k", "M", "G", "T", "P", "E" };
	size_t i;

	for (i = 0; n >= 1000 && i < 6; i++)
		n /= 1000;
	return text_print("%g%s", n, units[i]);
}

/**
 * struct panel - one of the charts of an ISP, above another
 * @verdicts: what is stacked, the lowest first, up to NULL
 * @title: what that is
 * @top: where it begins
 * @height: how high it is
 */
struct panel {
	const char *const verdicts[3];
	const char *title;
	int top;
	int height;
};

static json_int_t stacked(const struct panel *panel, const json_t *hour)
{
	json_int_t sum = 0;
	int i;

	for (i = 0; panel->verdicts[i]; i++)
		sum = facts_sum(sum, facts_number(hour, panel->verdicts[i]));
	return sum;
}

static json_int_t most_of(const struct panel *panel, const json_t *hours)
{
	json_int_t most = 0;
	json_t *hour;
	size_t i;

	json_array_foreach(hours, i, hour)
		if (stacked(panel, hour) > most)
			most = stacked(panel, hour);
	return round_up(most);
}

static void put_axis(FILE *file, const struct panel *panel, json_int_t most)
{
	int i, y;

	fprintf(file, "<text x=\"%d\" y=\"%d\">%s</text>\n", LEFT,
		panel->top - 8, panel->title);
	for (i = 0; i <= 2; i++) {
		if (i == 1 && most < 2)
			continue;
		y = panel->top + panel->height - i * panel->height / 2;
		fprintf(file, "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>"
			"<text class=\"end\" x=\"%d\" y=\"%d\">%s</text>\n",
			LEFT, RIGHT, y, y, LEFT - 6, y + 4,
			brief(most / 2.0 * i));
	}
}

static void put_bar(FILE *file, const struct panel *panel, json_int_t most,
		    const json_t *hour, double x, double width)
{
	double y = panel->top + panel->height, height;
	json_int_t n;
	int i;

	fprintf(file, "<g><title>%s UTC:", facts_when(facts_text(hour, "time")));
	for (i = 0; panel->verdicts[i]; i++)
		fprintf(file, " %s %s", facts_thousands(facts_number(hour,
							       panel->verdicts[i])),
			verdict_words(panel->verdicts[i]));
	fputs("</title>", file);
	for (i = 0; panel->verdicts[i]; i++) {
		n = facts_number(hour, panel->verdicts[i]);
		height = (double)panel->height * n / most;
		if (!n)
			continue;
		/* One is seen beside thousands. */
		if (height < 1)
			height = 1;
		y -= height;
		fprintf(file, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
			panel->verdicts[i], x, y, width, height);
	}
	fputs("</g>\n", file);
}

static void put_panel(FILE *file, const struct panel *panel,
		      const json_t *hours)
{
	json_int_t most = most_of(panel, hours);
	double step = (double)(RIGHT - LEFT) / FACTS_HOURS;
	json_t *hour;
	size_t i;

	put_axis(file, panel, most);
	json_array_foreach(hours, i, hour)
		put_bar(file, panel, most, hour, LEFT + step * i + 2, step - 4);
}

static void put_hours(FILE *file, const json_t *hours)
{
	double step = (double)(RIGHT - LEFT) / FACTS_HOURS;
	json_t *hour;
	size_t i;

	json_array_foreach(hours, i, hour)
		if (!(i % 6))
			fprintf(file, "<text class=\"middle\" x=\"%.1f\" y=\"%d\">%.5s</text>\n",
				LEFT + step * (i + .5), HEIGHT - 4,
				facts_text(hour, "time") + 11);
}

static void put_chart(FILE *file, const json_t *isp, size_t number)
{
	static const struct panel panels[] = {
		{ { "block", "would_block" },
		  "blocked, and would be blocked", TOP, UPPER },
		{ { "pass" }, "passed", MIDDLE, LOWER },
	};
	const json_t *hours = json_object_get(isp, "hours");
	size_t i;

	fprintf(file, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"t%zu d%zu\">\n<title id=\"t%zu\">Attempts an hour of ",
		WIDTH, HEIGHT, number, number, number);
	put_escaped(file, facts_text(isp, "name"));
	fprintf(file, "</title>\n<desc id=\"d%zu\">Bars of 24 hours: %s blocked, %s that would be blocked, %s passed. The table below has the numbers.</desc>\n",
		number, facts_thousands(facts_number(isp, "block")),
		facts_thousands(facts_number(isp, "would_block")),
		facts_thousands(facts_number(isp, "pass")));
	for (i = 0; i < sizeof(panels) / sizeof(*panels); i++)
		put_panel(file, &panels[i], hours);
	put_hours(file, hours);
	fputs("</svg>\n", file);
}

/* Tables */

/**
 * struct column - a column of a table
 * @key: of its values
 * @title: what is above it
 */
struct column {
	const char *key;
	const char *title;
};

static void put_cell(FILE *file, const json_t *row, const char *key)
{
	const json_t *value = json_object_get(row, key);
	const char *text = facts_text(row, key);

	if (json_is_integer(value)) {
		fprintf(file, "<td class=\"n\">%s</td>",
			facts_thousands(facts_number(row, key)));
		return;
	}
	fputs("<td>", file);
	if (!strcmp(key, "verdict"))
		text = verdict_words(text);
	if (!strcmp(key, "time") || (!strcmp(key, "until") && *text))
		put_time(file, text);
	else
		put_escaped(file, *text ? text : "-");
	fputs("</td>", file);
}

static void put_table(FILE *file, const char *what, const json_t *rows,
		      const struct column *columns)
{
	const struct column *column;
	const json_t *first = json_array_get(rows, 0);
	json_t *row;
	size_t i;

	fprintf(file, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table>\n<thead><tr>",
		what);
	for (column = columns; column->key; column++)
		fprintf(file, "<th scope=\"col\"%s>%s</th>",
			json_is_integer(json_object_get(first, column->key)) ?
			" class=\"n\"" : "", column->title);
	fputs("</tr></thead>\n<tbody>\n", file);
	json_array_foreach(rows, i, row) {
		fputs("<tr>", file);
		for (column = columns; column->key; column++)
			put_cell(file, row, column->key);
		fputs("</tr>\n", file);
	}
	fputs("</tbody></table></div>\n", file);
}

/* ISPs */

static void put_legend(FILE *file)
{
	static const char *const verdicts[] = { "block", "would_block", "pass" };
	size_t i;

	fputs("<p class=\"legend\">", file);
	for (i = 0; i < sizeof(verdicts) / sizeof(*verdicts); i++)
		fprintf(file, "<span><span class=\"key %s\"></span>%s</span> ",
			verdicts[i], verdict_words(verdicts[i]));
	fputs("</p>\n", file);
}

static void put_isp(FILE *file, const json_t *isp, size_t number)
{
	static const struct column reasons[] = {
		{ "verdict", "verdict" }, { "reason", "reason" },
		{ "attempts", "attempts" }, { "packets", "packets" }, { 0 }
	};
	static const struct column hours[] = {
		{ "time", "hour (UTC)" }, { "block", "blocked" },
		{ "would_block", "would be blocked" }, { "pass", "passed" },
		{ 0 }
	};

	fputs("<section class=\"card\"><h3>", file);
	put_escaped(file, facts_text(isp, "name"));
	fputs("</h3>\n", file);
	put_chart(file, isp, number);
	fputs("<details><summary>The numbers</summary>\n", file);
	put_table(file, "By reason", json_object_get(isp, "reasons"), reasons);
	put_table(file, "By hour", json_object_get(isp, "hours"), hours);
	fputs("</details></section>\n", file);
}

static void put_isps(FILE *file, const json_t *facts)
{
	json_t *isps = json_object_get(facts, "isps"), *isp;
	size_t i;

	fputs("<h2>Attempts an hour</h2>\n", file);
	if (!json_array_size(isps)) {
		fputs("<p>Nothing is known of any ISP.</p>\n", file);
		return;
	}
	put_legend(file);
	fputs("<div class=\"grid\">\n", file);
	json_array_foreach(isps, i, isp)
		put_isp(file, isp, i);
	fputs("</div>\n", file);
}

/* Sources */

static void put_source(FILE *file, const json_t *row)
{
	fputs("<section class=\"card\"><details><summary><b>", file);
	put_escaped(file, facts_text(row, "source"));
	fputs("</b> of ", file);
	put_escaped(file, facts_text(row, "isp"));
	fprintf(file, ": %s, %s<br/><span class=\"soft\">",
		amount(facts_number(row, "attempts"), "attempt"),
		amount(facts_number(row, "destinations"), "destination"));
	put_time(file, facts_text(row, "first"));
	fputs(" to ", file);
	put_time(file, facts_text(row, "last"));
	fputs(" UTC; ", file);
	put_escaped(file, facts_text(row, "reason"));
	if (*facts_text(row, "destination")) {
		fputs("; last to ", file);
		put_escaped(file, facts_text(row, "destination"));
	}
	fputs("</span></summary>\n<p class=\"letter\">", file);
	put_escaped(file, facts_text(row, "advice"));
	fputs("</p></details></section>\n", file);
}

static void put_more(FILE *file, size_t more)
{
	if (more)
		fprintf(file, "<p>And %zu more, which <code>obpblctl -j report</code> has.</p>\n",
			more);
}

static void put_sources(FILE *file, const json_t *rows, const char *title,
			const char *what)
{
	size_t i, n = json_array_size(rows);

	fprintf(file, "<h2>%s (%zu)</h2>\n<p>%s</p>\n<div class=\"grid\">\n",
		title, n, what);
	for (i = 0; i < n && i < ROWS; i++)
		put_source(file, json_array_get(rows, i));
	fputs("</div>\n", file);
	put_more(file, n - i);
}

/* Exemptions and quarantines */

static void put_overlays(FILE *file, const json_t *facts, const char *key,
			 const char *title, const struct column *columns)
{
	json_t *rows = json_object_get(facts, key);
	json_int_t all = facts_number(facts, text_print("%s_all", key));
	json_int_t n = json_array_size(rows);

	if (all < n)
		all = n;
	fprintf(file, "<h2>%s (%s)</h2>\n", title, facts_thousands(all));
	if (!n)
		fputs("<p>None.</p>\n", file);
	else
		put_table(file, title, rows, columns);
	if (all > n)
		fprintf(file, "<p>And %s more, which <code>obpblctl %s list</code> has.</p>\n",
			facts_thousands(all - n), key);
}

/* The head of the page */

static json_int_t sum_of(const json_t *isps, const char *verdict)
{
	json_int_t sum = 0;
	json_t *isp;
	size_t i;

	json_array_foreach(isps, i, isp)
		sum = facts_sum(sum, facts_number(isp, verdict));
	return sum;
}

static void put_tile(FILE *file, json_int_t n, const char *what)
{
	fprintf(file, "<li><b>%s</b>%s</li>\n", facts_thousands(n), what);
}

static void put_tiles(FILE *file, const json_t *facts)
{
	const json_t *isps = json_object_get(facts, "isps");

	fputs("<ul class=\"tiles\">\n", file);
	put_tile(file, sum_of(isps, "block"), "attempts blocked");
	put_tile(file, sum_of(isps, "would_block"),
		 "attempts that would be blocked");
	put_tile(file, sum_of(isps, "pass"), "attempts passed");
	put_tile(file, json_array_size(json_object_get(facts, "bots")), "bots");
	put_tile(file, json_array_size(json_object_get(facts, "clients")),
		 "misconfigured clients");
	put_tile(file, facts_number(facts, "exempt_all"),
		 "exemptions that end soon");
	put_tile(file, facts_number(facts, "quarantine_all"), "quarantines");
	fputs("</ul>\n", file);
}

static void put_notes(FILE *file, const json_t *facts)
{
	json_int_t restarts = facts_number(facts, "restarts");
	json_int_t left = facts_number(facts, "sources_left");
	json_t *gap;
	size_t i;

	if (!facts_number(facts, "samples"))
		fputs("<p class=\"note\">There is no sample of this day: is obpbl-report.timer enabled?</p>\n",
		      file);
	if (restarts)
		fprintf(file, "<p class=\"note\">The counters began anew %s: what was counted between the last sample and that is lost.</p>\n",
			amount(restarts, "time"));
	if (left)
		fprintf(file, "<p class=\"note\">A sample had no room for %s: those with the fewest attempts are not on this page.</p>\n",
			amount(left, "source"));
	json_array_foreach(json_object_get(facts, "gaps"), i, gap)
		fprintf(file, "<p class=\"note\">There is no sample between %s and %s UTC: what was counted then stands at its end.</p>\n",
			facts_when(facts_text(gap, "from")),
			facts_when(facts_text(gap, "to")));
}

static void put_head(FILE *file, const json_t *facts)
{
	const char *as_of = facts_text(facts, "as_of");

	fputs(head, file);
	fprintf(file, "<header><h1>Port 25, %s to %s UTC</h1>\n<p class=\"soft\">%s%s%s</p></header>\n<main>\n",
		facts_when(facts_text(facts, "from")), facts_when(facts_text(facts, "to")),
		amount(facts_number(facts, "samples"), "sample"),
		*as_of ? ", the last one at " : "",
		*as_of ? text_print("%s UTC", facts_when(as_of)) : "");
	put_notes(file, facts);
	put_tiles(file, facts);
}

/**
 * page_write() - write a page
 * @file: where to
 * @facts: what facts_read() has made
 */
void page_write(FILE *file, const json_t *facts)
{
	static const struct column exempt[] = {
		{ "until", "until (UTC)" }, { "prefix", "prefix" },
		{ "isp", "ISP" }, { "to", "to" }, { "dev", "device" },
		{ "reason", "reason" }, { "ticket", "ticket" }, { 0 }
	};
	static const struct column quarantine[] = {
		{ "until", "until (UTC)" }, { "prefix", "prefix" },
		{ "isp", "ISP" }, { "reason", "reason" },
		{ "ticket", "ticket" }, { 0 }
	};

	put_head(file, facts);
	put_isps(file, facts);
	put_sources(file, json_object_get(facts, "bots"), "Bots",
		    "They have tried 16 hosts or more. Tell these customers that something of theirs is infected.");
	put_sources(file, json_object_get(facts, "clients"),
		    "Misconfigured clients",
		    "They have tried one or two hosts: old settings. Tell these customers to use port 587.");
	put_sources(file, json_object_get(facts, "others"), "Neither",
		    "They have tried 3 to 15 hosts: look at them, and ask.");
	put_overlays(file, facts, "exempt", "Exemptions that end within a week",
		     exempt);
	put_overlays(file, facts, "quarantine", "Quarantines", quarantine);
	fputs("</main>\n</body>\n</html>\n", file);
}

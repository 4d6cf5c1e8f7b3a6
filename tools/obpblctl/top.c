// SPDX-License-Identifier: GPL-2.0-only
/* The top command: who tries port 25 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "kernel.h"
#include "out.h"
#include "source.h"

#define DEFAULT_ROWS 20
#define REFRESH 1000	/* ms */
#define OTHER_LINES 4	/* on a screen, beside the rows */

/**
 * struct view - what is wanted
 * @rows: how many; 0: not said
 * @isp: of this ISP only, or NULL
 * @order: which of source_columns they are sorted by
 * @bots: only those with many destinations
 * @clients: only those with few
 */
struct view {
	uint64_t rows;
	const char *isp;
	int order;
	bool bots;
	bool clients;
};

static uint64_t value(const struct source *source, int column)
{
	const uint64_t values[] = {
		source->is.attempts, source->is.blocked,
		source->is.would_block, source->is.destinations,
		source->is.first, source->is.last,
	};

	return values[column];
}

static int by_value(const void *a, const void *b, void *column)
{
	uint64_t x = value(a, *(int *)column), y = value(b, *(int *)column);

	return x != y ? (x < y) - (x > y) : source_order(a, b);
}

static bool wanted(const struct view *view, const struct source *source)
{
	return (!view->bots || source->is.destinations >= SOURCE_BOT) &&
	       (!view->clients || source->is.destinations <= SOURCE_CLIENT);
}

/* The rows to show, of sources that are sorted for it */
static json_t *rows_of(struct view *view, struct sources *sources,
		       uint64_t most)
{
	json_t *rows = json_array();
	size_t i;

	if (sources->n)
		qsort_r(sources->list, sources->n, sizeof(*sources->list),
			by_value, &view->order);
	for (i = 0; i < sources->n && json_array_size(rows) < most; i++)
		if (wanted(view, &sources->list[i]))
			json_array_append_new(rows,
					      source_json(&sources->list[i]));
	return rows;
}

static void print_rows(json_t *rows)
{
	static const char *const columns[] = {
		"attempts", "blocked", "would_block", "destinations", "source",
		"isp", "reason", "destination", "last", "first", NULL
	};

	if (json_array_size(rows))
		out_table(rows, columns, true);
}

static int once(struct nl *nl, struct view *view)
{
	uint64_t most = view->rows ? view->rows : DEFAULT_ROWS;
	struct sources sources = { 0 };
	json_t *rows;

	if (!sources_dump(nl, OBPBL_CMD_SOURCE_GET, view->isp, &sources)) {
		free(sources.list);
		return nl_fail_isp(nl, view->isp);
	}
	rows = rows_of(view, &sources, most);
	free(sources.list);
	if (options.json) {
		out_json(rows);
		return STATUS_OK;
	}
	print_rows(rows);
	json_decref(rows);
	return STATUS_OK;
}

static unsigned int screen_rows(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ||
	    size.ws_row <= OTHER_LINES)
		return DEFAULT_ROWS;
	return size.ws_row - OTHER_LINES;
}

/* A line that was longer than the screen would take the place of another. */
static void print_cut(const char *line)
{
	int width = out_width();

	printf("%.*s\n", width ? width : INT_MAX, line);
}

/* One screen; each line ends what an earlier one has left there. */
static int draw(struct nl *nl, struct view *view, struct sources *sources)
{
	char line[160];
	struct glance glance;
	size_t used = 0;
	json_t *rows;
	int i, status;

	status = kernel_glance(nl, &glance);
	if (!status &&
	    !sources_dump(nl, OBPBL_CMD_SOURCE_GET, view->isp, sources))
		status = nl_fail_isp(nl, view->isp);
	if (status)
		return status;
	rows = rows_of(view, sources, screen_rows());
	fputs("\033[H\033[J", stdout);
	snprintf(line, sizeof(line), "%s  %u of %u sources by %s",
		 print_time(time(NULL)), glance.sources,
		 glance.max_sources, source_columns[view->order]);
	print_cut(line);
	for (i = 0; source_columns[i]; i++)
		used += snprintf(line + used, sizeof(line) - used, "%c %s  ",
				 *source_columns[i], source_columns[i]);
	snprintf(line + used, sizeof(line) - used, "q ends");
	print_cut(line);
	print_rows(rows);
	json_decref(rows);
	return fflush(stdout) ? STATUS_FAILED : STATUS_OK;
}

/* The letter that a column begins with sorts by it. */
static void take_key(char key, int *order)
{
	int i;

	for (i = 0; source_columns[i]; i++)
		if (*source_columns[i] == key)
			*order = i;
}

/* Whether to go on: until a q, or a signal. */
static bool wait_for_key(struct view *view)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	char key;

	if (stopped || poll(&in, 1, REFRESH) < 0)
		return !stopped && errno == EINTR;
	if (!in.revents)
		return true;
	if (read(STDIN_FILENO, &key, 1) != 1)
		return false;
	take_key(key, &view->order);
	return key != 'q' && key != 'Q';
}

static int draw_till_stopped(struct nl *nl, struct view *view)
{
	struct sources sources = { 0 };
	int status;

	do {
		status = draw(nl, view, &sources);
	} while (!status && wait_for_key(view));
	free(sources.list);
	return status;
}

/* Keys come as they are typed, and ^C by a signal that we take. */
static int live(struct nl *nl, struct view *view)
{
	struct termios before, raw;
	int status;

	stop_on_signals(NULL);
	if (tcgetattr(STDIN_FILENO, &before))
		return once(nl, view);
	raw = before;
	raw.c_lflag &= ~(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	status = draw_till_stopped(nl, view);
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
	return status;
}

/* Words */

static int take_order(const char *word, void *to)
{
	int *order = to, status;

	status = word_pick(word, source_columns, order);
	if (!status && *order < 0)
		return usage("%s: unknown column; it is %s",
			     quote_word(word), word_list(source_columns));
	return status;
}

static const struct key keys[] = {
	{ KEY("-n", "a number of rows", word_rows, struct view, rows) },
	{ KEY("isp", "the name of an ISP", word_isp, struct view, isp) },
	{ KEY("--bots", NULL, word_flag, struct view, bots) },
	{ KEY("--clients", NULL, word_flag, struct view, clients) },
	{ KEY("--sort", "a column", take_order, struct view, order) },
	{ .name = "-w", .take = word_wide },
	{ .name = NULL }
};

static int parse(struct words *words, const struct verb *verb, void *data)
{
	struct view *view = data;
	int status;

	status = command_keys(words, keys, verb, data);
	if (!status && view->bots && view->clients)
		status = command_usage("no source is both of --bots and --clients");
	return status;
}

static int run(struct nl *nl, void *data)
{
	struct view *view = data;

	if (view->rows || options.json || !isatty(STDOUT_FILENO) ||
	    !isatty(STDIN_FILENO))
		return once(nl, view);
	return live(nl, view);
}

const struct command top_command = {
	.name = "top",
	.summary = "who tries port 25",
	.help = "Sources that were blocked or would have been, those with the most attempts\n"
		"first. On a terminal it runs until q, with -n or elsewhere once (default:\n"
		"20). destinations is an estimate of to how many hosts a source has sent,\n"
		"destination the last one, as far as net.obpbl.event_dst lets it be known.\n"
		"On a terminal a, b, w, d, f and l sort by another column.\n"
		"  --sort     by attempts (the default), blocked, would_block, destinations,\n"
		"             first or last, the greatest first\n"
		"  -w         all columns, also those for which the terminal is too narrow\n"
		"  --bots     only those with 16 destinations or more\n"
		"  --clients  only those with one or two: a mail program with wrong settings\n",
	.verbs = ONE_VERB(.synopsis = "[-n N] [isp NAME] [--bots|--clients] [--sort COLUMN] [-w]",
			  .example = "obpblctl top -n 10 --bots",
			  .size = sizeof(struct view),
			  .parse = parse,
			  .run = run),
};

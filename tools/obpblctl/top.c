// SPDX-License-Identifier: GPL-2.0-only
/* The top command: who tries port 25 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "isp.h"
#include "kernel.h"
#include "out.h"
#include "source.h"

#define DEFAULT_ROWS 20
#define REFRESH 1000	/* ms */
#define OTHER_LINES 3	/* on a screen, beside the rows */

/**
 * struct view - what is wanted
 * @rows: how many; 0: not said
 * @isp: of this ISP only, or NULL
 * @bots: only those with many destinations
 * @clients: only those with few
 */
struct view {
	uint64_t rows;
	const char *isp;
	bool bots;
	bool clients;
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static uint64_t packets(const struct source *source)
{
	return source->is.blocked + source->is.would_block;
}

/* The busiest first; equal ones in an order that does not change */
static int by_attempts(const void *a, const void *b)
{
	const struct source *x = a, *y = b;

	if (x->is.attempts != y->is.attempts)
		return x->is.attempts < y->is.attempts ? 1 : -1;
	if (packets(x) != packets(y))
		return packets(x) < packets(y) ? 1 : -1;
	if (x->is.family != y->is.family)
		return x->is.family - y->is.family;
	return memcmp(x->is.src, y->is.src, sizeof(x->is.src)) ?:
	       strcmp(x->isp, y->isp);
}

static bool wanted(const struct view *view, const struct source *source)
{
	return (!view->bots || source->is.destinations >= SOURCE_BOT) &&
	       (!view->clients || source->is.destinations <= SOURCE_CLIENT);
}

/* The rows to show, of sources that are sorted for it */
static json_t *rows_of(const struct view *view, struct sources *sources,
		       uint64_t most)
{
	json_t *rows = json_array();
	size_t i;

	if (sources->n)
		qsort(sources->list, sources->n, sizeof(*sources->list),
		      by_attempts);
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
		"isp", "reason", "destination", "last", NULL
	};

	if (json_array_size(rows))
		out_table(rows, columns, "");
}

static int once(struct nl *nl, const struct view *view)
{
	uint64_t most = view->rows ? view->rows : DEFAULT_ROWS;
	struct sources sources = { 0 };
	json_t *rows;

	if (!sources_read(nl, view->isp, &sources)) {
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

/* One screen; each line ends what an earlier one has left there. */
static int draw(struct nl *nl, const struct view *view,
		struct sources *sources)
{
	struct glance glance;
	char now[32];
	json_t *rows;
	int status;

	status = kernel_glance(nl, &glance);
	if (!status && !sources_read(nl, view->isp, sources))
		status = nl_fail_isp(nl, view->isp);
	if (status)
		return status;
	rows = rows_of(view, sources, screen_rows());
	printf("\033[H\033[J%s  %u of %u sources  (q ends)\n\n",
	       print_time(time(NULL), now), glance.sources,
	       glance.max_sources);
	print_rows(rows);
	json_decref(rows);
	return fflush(stdout) ? STATUS_FAILED : STATUS_OK;
}

/* Whether to go on: until a q, or a signal. */
static bool wait_for_key(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	char key;

	if (stopped || poll(&in, 1, REFRESH) < 0)
		return !stopped && errno == EINTR;
	if (!in.revents)
		return true;
	return read(STDIN_FILENO, &key, 1) == 1 && key != 'q' && key != 'Q';
}

static int draw_till_stopped(struct nl *nl, const struct view *view)
{
	struct sources sources = { 0 };
	int status;

	do {
		status = draw(nl, view, &sources);
	} while (!status && wait_for_key());
	free(sources.list);
	return status;
}

/* Keys come as they are typed, and ^C by a signal that we take. */
static int live(struct nl *nl, const struct view *view)
{
	struct sigaction action = { .sa_handler = stop };
	struct termios before, raw;
	int status;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
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

static const struct key keys[] = {
	{ .name = "-n", .value = "a number of rows", .take = word_rows, .at = offsetof(struct view, rows) },
	{ .name = "isp", .value = "the name of an ISP", .take = word_isp, .at = offsetof(struct view, isp) },
	{ .name = "--bots", .take = word_flag, .at = offsetof(struct view, bots) },
	{ .name = "--clients", .take = word_flag, .at = offsetof(struct view, clients) },
	{ .name = NULL }
};

static int parse(struct words *words, const struct verb *verb, void *order)
{
	struct view *view = order;
	int status;

	status = command_keys(words, keys, verb, order);
	if (!status && view->bots && view->clients)
		status = command_usage("no source is both of --bots and --clients");
	return status;
}

static int run(struct nl *nl, void *order)
{
	const struct view *view = order;

	if (view->rows || options.json || !isatty(STDOUT_FILENO) ||
	    !isatty(STDIN_FILENO))
		return once(nl, view);
	return live(nl, view);
}

static const struct verb verbs[] = {
	{
		.synopsis = "[-n N] [isp NAME] [--bots|--clients]",
		.example = "obpblctl top -n 10 --bots",
		.size = sizeof(struct view),
		.parse = parse,
		.run = run,
	},
	{ .synopsis = NULL }
};

const struct command top_command = {
	.name = "top",
	.summary = "who tries port 25",
	.help = "Sources that were blocked or would have been, those with the most attempts\n"
		"first. On a terminal it runs until q, with -n or elsewhere once (default:\n"
		"20). destinations is an estimate of to how many hosts a source has sent,\n"
		"destination the last one, as far as net.obpbl.event_dst lets it be known.\n"
		"  --bots     only those with 16 destinations or more\n"
		"  --clients  only those with one or two: a mail program with wrong settings\n",
	.verbs = verbs,
};

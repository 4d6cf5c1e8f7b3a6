// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many commands by one process
 *
 * A line is a command line like that of the program. One socket serves all of
 * them. Each line is a step of its own, or, in an atomic batch, all of them
 * are one: then the commands add requests to a common transaction, and what
 * follows each other and is alike shares a request.
 */
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "command.h"
#include "conntrack.h"
#include "line.h"
#include "list.h"
#include "out.h"
#include "txn.h"

/**
 * struct batch - the batch under way
 * @how: its options
 * @lines: its file
 * @scan: what splits them
 * @faults: what is wrong with the current line
 * @words: the words of it
 * @changes: commands that have changed something, or will
 * @files: the names of the file and of lists that it loads
 * @netns: the namespace of lines that name no other
 * @due: connections wait to be ended
 * @txn: the transaction of an atomic one
 */
struct batch {
	const struct batch_options *how;
	struct lines lines;
	struct scan scan;
	struct faults faults;
	struct line_words words;
	uint64_t changes;
	struct policy files;
	const char *netns;
	bool due;
	struct txn txn;
};

/* There is one at a time, since a line cannot begin another. */
static struct batch *batch;

/**
 * batch_joined() - whether changes are part of an atomic batch
 *
 * Return: whether they are.
 */
bool batch_joined(void)
{
	return batch && batch->how->atomic;
}

/**
 * batch_postpones() - whether connections that a line blocks end later
 *
 * One search serves many lines; but what is told as JSON is told with the line
 * that was the reason.
 *
 * Return: that, and then it will be done.
 */
bool batch_postpones(void)
{
	if (!batch || options.json || options.netns != batch->netns)
		return false;
	batch->due = true;
	return true;
}

static void end_due(void)
{
	if (batch->due && !nl_open(batch->how->nl))
		conntrack_end(batch->how->nl);
	batch->due = false;
}

static struct place here(void)
{
	struct place at = { .line = batch->lines.line };

	return at;
}

/**
 * batch_join() - make a change part of an atomic batch
 * @verb: what changes something
 * @order: for @verb
 *
 * Return: STATUS_OK; STATUS_FAILED if it or an earlier one was refused, which
 * the end of the batch will say.
 */
int batch_join(const struct verb *verb, void *order)
{
	batch->changes++;
	batch->txn.at = here();
	return verb->join(&batch->txn, order) ? STATUS_OK : STATUS_FAILED;
}

/**
 * batch_prefixes() - add prefixes to an atomic batch
 * @command: OBPBL_CMD_PREFIX_ADD, _REPLACE or _DEL
 * @isp: the ISP
 * @class: enum obpbl_class
 * @file: the list that they were read from, or NULL
 * @list: they; copied
 *
 * Return: whether nothing was refused until now.
 */
bool batch_prefixes(uint8_t command, const char *isp, int class,
		    const char *file, const struct prefixes *list)
{
	size_t i, n = prefixes_count(list);
	struct place at = here(), from;
	struct prefix p;

	if (file)
		at.file = policy_file(&batch->files, file);
	for (i = 0; i < n; i++) {
		prefixes_get(list, i, &p);
		if (file) {
			from = prefixes_place(list, i);
			at.line = from.line;
			at.column = from.column;
		}
		if (!txn_gather(&batch->txn, command, isp, class, &p, at))
			return false;
	}
	return true;
}

/**
 * batch_no_part() - refuse what cannot be part of an atomic batch
 * @word: what was asked for
 * @step: it is a change, but always a step of its own
 *
 * Return: STATUS_USAGE.
 */
int batch_no_part(const char *word, bool step)
{
	if (step)
		return usage("'%s': is always a step of its own, and cannot be part of an atomic batch",
			     word);
	return usage("'%s': only changes can be part of an atomic batch", word);
}

/**
 * batch_stdin() - refuse to read a file from stdin, if commands come from it
 * @path: name of the file
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int batch_stdin(const char *path)
{
	if (strcmp(path, "-") || !batch || strcmp(batch->how->path, "-"))
		return STATUS_OK;
	return usage("'-': the commands come from stdin; it cannot be a file as well");
}

/* The options of a line are its own; those of the program hold for all. */
static int run_words(void)
{
	struct words words = { batch->words.at, batch->words.n, false };
	struct options outer = options;
	int status;

	out_begin();
	status = batch->how->run(&words);
	if (!batch_joined() || status)
		out_end(status);
	options = outer;
	return status;
}

/* Verdicts of test are answers, and no failures. */
static bool is_failure(int status)
{
	return status && status != STATUS_BLOCK &&
	       status != STATUS_WOULD_BLOCK;
}

static int run_line(const char *line, size_t size)
{
	int status = STATUS_OK;

	line_split(&batch->scan, line, size, here(), &batch->words);
	if (batch->faults.total) {
		out_begin();
		faults_print(&batch->faults);
		faults_free(&batch->faults);
		failure.code = "usage";
		failure.file = file_name(batch->how->path);
		failure.line = batch->lines.line;
		status = STATUS_USAGE;
		out_end(status);
	} else if (batch->words.n) {
		say_where(file_name(batch->how->path), batch->lines.line);
		status = run_words();
		say_where(NULL, 0);
	}
	fflush(stdout);
	return status;
}

static int cannot_read(const char *fault)
{
	const char *file = file_name(batch->how->path);

	if (batch->lines.line)
		return fail("%s:%u: %s", file, batch->lines.line, fault);
	return fail("%s: %s", file, fault);
}

static int run_lines(void)
{
	int status, worst = STATUS_OK;
	const char *fault;
	size_t size;
	char *line;

	for (;;) {
		if (batch->due && !lines_ready(&batch->lines)) {
			end_due();
			fflush(stdout);
		}
		fault = lines_next(&batch->lines, &line, &size);
		if (fault)
			return cannot_read(fault);
		if (!line)
			return worst;
		status = run_line(line, size);
		if (ferror(stdout))
			return STATUS_FAILED;
		if (!is_failure(status))
			continue;
		if (!batch->how->force)
			return status;
		worst = STATUS_FAILED;
	}
}

static int commit(void)
{
	struct nl *nl = batch->how->nl;
	json_int_t ended = 0;

	out_begin();
	if (batch->changes && !txn_commit(&batch->txn))
		return txn_fail(&batch->txn);
	if (nl->tightened)
		ended = conntrack_end(nl);
	if (options.json)
		out_json(json_pack("{s:I, s:o, s:I}", "changes",
				   (json_int_t)batch->changes, "generation",
				   batch->changes ?
				   json_integer(batch->txn.generation) :
				   json_null(), "connections_ended", ended));
	return STATUS_OK;
}

/* A refusal is told here, since it may be one of an earlier line. */
static int run_atomic(void)
{
	struct nl *nl = batch->how->nl;
	int status;

	status = nl_open(nl);
	if (status)
		return status;
	txn_init(&batch->txn, nl, &batch->files, false);
	status = run_lines();
	if (nl->refusal.error)
		status = txn_fail(&batch->txn);
	else if (status)
		txn_abort(&batch->txn);
	else
		status = commit();
	/* It is not known if the kernel has not answered. */
	if (status && (!nl->refusal.error || nl->refusal.seq))
		add_to_failure("%s: nothing was changed",
			       file_name(batch->how->path));
	txn_end(&batch->txn);
	return status;
}

static int refuse_options(const struct batch_options *how,
			  const struct words *words)
{
	if (batch)
		return usage("a line cannot begin another batch");
	if (!how->path)
		return usage("'%s' is for a batch: -b FILE",
			     how->atomic ? "--atomic" : "-f");
	if (words->left)
		return usage("%s: the commands come from %s",
			     quote_word(*words->at), file_name(how->path));
	if (how->atomic && how->force)
		return usage("'--atomic' is all or nothing; it cannot be with '-f'");
	return STATUS_OK;
}

/**
 * batch_command() - run the commands of a file
 * @how: its options
 * @words: what follows them
 *
 * Return: enum status.
 */
int batch_command(const struct batch_options *how, struct words *words)
{
	struct batch state = { .how = how, .netns = options.netns };
	const char *fault;
	int status;

	status = refuse_options(how, words);
	if (status)
		return status;
	fault = lines_open(&state.lines, how->path);
	if (fault)
		return fail("%s: %s", file_name(how->path), fault);
	policy_file(&state.files, file_name(how->path));
	state.faults.policy = &state.files;
	scan_begin(&state.scan, &state.faults);
	batch = &state;
	options.lines = true;
	status = how->atomic ? run_atomic() : run_lines();
	end_due();
	nl_close(how->nl);
	batch = NULL;
	lines_close(&state.lines);
	scan_end(&state.scan);
	line_words_free(&state.words);
	policy_free(&state.files);
	return status;
}

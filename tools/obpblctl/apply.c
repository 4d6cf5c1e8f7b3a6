// SPDX-License-Identifier: GPL-2.0-only
/* The apply command: replace the whole configured policy, atomically */
#include <inttypes.h>
#include <string.h>

#include "asleep.h"
#include "batch.h"
#include "check.h"
#include "command.h"
#include "config.h"
#include "confirm.h"
#include "conntrack.h"
#include "diff.h"
#include "fields.h"
#include "isp.h"
#include "list.h"
#include "names.h"
#include "out.h"
#include "overlay.h"
#include "txn.h"

/**
 * struct job - one run of apply
 * @path: of the config file
 * @check: look only
 * @diff: print what differs
 * @empty: it may have no ISP
 * @confirm: seconds in which it is to be confirmed; 0: it is not
 * @shadow: make a shadow of it, which changes nothing
 * @policy: what the file says
 * @running: what runs
 * @compared: what differs between the two
 * @warnings: the report's array, or NULL
 * @generation: of the policy that was installed
 * @ended: connections that it has ended
 */
struct job {
	const char *path;
	bool check;
	bool diff;
	bool empty;
	uint32_t confirm;
	bool shadow;
	struct policy policy;
	struct policy running;
	struct diff compared;
	json_t *warnings;
	uint64_t generation;
	json_int_t ended;
};

static size_t count_prefixes(const struct policy *policy)
{
	size_t i, n = 0;
	int class;

	for (i = 0; i < policy->n_isps; i++)
		for (class = OBPBL_CLASS_DYNAMIC; class <= OBPBL_CLASS_TARGET;
		     class++)
			n += prefixes_count(&policy->isps[i].lists[class]);
	return n;
}

static json_t *fault_json(const struct policy *policy,
			  const struct fault *fault)
{
	const char *file = fault->at.file < policy->n_files ?
			   policy->files[fault->at.file] : "";

	return json_pack("{s:o, s:I, s:I, s:o}", "file", json_text(file),
			 "line", (json_int_t)fault->at.line, "column",
			 (json_int_t)fault->at.column, "text",
			 json_text(fault->text ? fault->text : ""));
}

static void faults_json(const struct faults *faults)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < faults->n; i++)
		json_array_append_new(list, fault_json(faults->policy,
						       &faults->list[i]));
	out_json(json_pack("{s:b, s:o, s:I, s:o}", "applied", 0, "error",
			   json_text(last_failure()), "total",
			   (json_int_t)faults->total,
			   "faults", list));
}

static int read_file(struct job *job)
{
	struct faults faults = { .policy = &job->policy };
	const struct place whole = { 0 };
	int status = STATUS_OK;

	if (config_read(job->path, &job->policy, &faults))
		check_faults(&job->policy, &faults);
	/* As what a program that failed has written: it would open port 25 */
	if (!faults.total && !job->policy.n_isps && !job->empty)
		faults_add(&faults, whole, "there is no ISP in it; --empty removes the policy");
	faults_print(&faults);
	if (faults.total)
		status = fail("%s: %zu fault%s; nothing was changed",
			      file_name(job->path), faults.total,
			      plural(faults.total));
	else
		check_warnings(&job->policy, job->warnings);
	if (status && options.json)
		faults_json(&faults);
	faults_free(&faults);
	return status;
}

static bool send_isp(struct txn *txn, const struct isp *isp)
{
	struct nlmsghdr *request;
	int class;

	request = txn_add(txn, OBPBL_CMD_ISP_ADD, isp->at, isp->name);
	if (!request)
		return false;
	isp_put(request, isp, fields_set(isp_fields, isp));
	for (class = OBPBL_CLASS_DYNAMIC; class <= OBPBL_CLASS_TARGET; class++)
		if (!txn_prefixes(txn, OBPBL_CMD_PREFIX_ADD, isp->name, class,
				  &isp->lists[class]))
			return false;
	return true;
}

static bool send_overlay(struct txn *txn, const struct overlay *overlay)
{
	char word[CIDR_SIZE];
	struct nlmsghdr *request;

	request = txn_add(txn, OBPBL_CMD_OVERLAY_ADD, overlay->at,
			  cidr_print(&overlay->prefix, word));
	if (request)
		overlay_put(request, overlay);
	return request;
}

static bool send_all(struct txn *txn, const struct policy *policy)
{
	size_t i;

	for (i = 0; i < policy->n_isps; i++)
		if (!send_isp(txn, &policy->isps[i]))
			return false;
	for (i = 0; i < policy->n_overlays; i++)
		if (!send_overlay(txn, &policy->overlays[i]))
			return false;
	return txn_commit(txn);
}

static int compare(struct job *job, struct nl *nl)
{
	int status = kernel_policy(nl, &job->running, KERNEL_ALL);

	if (!status) {
		diff_keep_ends(&job->policy, &job->running);
		diff_make(&job->compared, &job->running, &job->policy);
	}
	return status;
}

/*
 * While the transaction is open nobody else can change what is running, so
 * that what differs is exactly what this step changes.
 */
static int install(struct job *job, struct nl *nl)
{
	int status = STATUS_OK;
	struct txn txn;

	txn_init(&txn, nl, &job->policy, true);
	txn.confirm = job->confirm;
	txn.shadow = job->shadow;
	if (txn_begin(&txn))
		status = compare(job, nl);
	txn.expected = count_prefixes(&job->policy);
	if (status)
		txn_abort(&txn);
	else if (!txn.begun || !send_all(&txn, &job->policy))
		status = txn_fail(&txn);
	job->generation = txn.generation;
	txn_end(&txn);
	return status;
}

static void mode_warning(struct job *job, struct nl *nl)
{
	uint8_t highest = OBPBL_MODE_OFF;
	struct glance glance;
	size_t i;

	for (i = 0; i < job->policy.n_isps; i++)
		if (job->policy.isps[i].mode > highest)
			highest = job->policy.isps[i].mode;
	if (!kernel_glance(nl, &glance))
		ceiling_warning(&glance, highest, job->warnings);
}

static void removed_warnings(struct job *job)
{
	const struct diff *diff = &job->compared;
	size_t i;

	for (i = 0; i < diff->n; i++)
		if (!diff->isps[i].new)
			warn_in(job->warnings, "isp %s is not in %s and was removed: its customers are no longer judged",
				diff->isps[i].old->name, file_name(job->path));
}

/* What the kernel will do unless it is told otherwise */
static struct glance waits(const struct job *job)
{
	return (struct glance){
		.confirm = job->confirm && !job->check,
		.confirm_left = job->confirm,
		.confirm_generation = job->running.generation,
	};
}

static void report_json(struct job *job, const struct diff *diff)
{
	struct glance glance = waits(job);
	json_t *lines = job->diff ? json_array() : NULL;

	if (lines)
		diff_lines(diff, lines);
	out_json(json_pack("{s:b, s:b, s:I, s:o, s:o, s:o, s:I, s:o*, s:O}",
			   "applied", !job->check && !job->shadow, "shadow",
			   !job->check && job->shadow, "old_generation",
			   (json_int_t)job->running.generation, "generation",
			   job->check || job->shadow ? json_null() :
			   json_integer(job->generation), "confirm",
			   confirm_json(&glance), "changes", diff_json(diff),
			   "connections_ended", job->ended, "diff", lines,
			   "warnings", job->warnings));
}

static void report_text(struct job *job, const struct diff *diff)
{
	struct glance glance = waits(job);
	char text[CONFIRM_TEXT];

	if (job->diff)
		diff_lines(diff, NULL);
	if (job->check)
		return;
	diff_report(diff);
	if (job->shadow) {
		puts("nothing has changed; a shadow is judged beside the policy from now on (obpblctl shadow show)");
		return;
	}
	printf("generation %" PRIu64 " -> %" PRIu64 "\n",
	       job->running.generation, job->generation);
	if (confirm_text(&glance, text))
		printf("%s; 'obpblctl confirm' keeps what is new\n", text);
}

/*
 * A connection that has ended does not come back, so that none ends before it
 * is settled that the change stays.
 */
static int compare_and_install(struct job *job, struct nl *nl)
{
	int status = job->check ? compare(job, nl) : install(job, nl);
	bool ends = !job->check && !job->confirm && !job->shadow;

	if (!status)
		check_ended(&job->policy, true, job->warnings);
	if (!status && !job->check) {
		if (!job->shadow)
			removed_warnings(job);
		mode_warning(job, nl);
		asleep_warnings(nl, job->warnings);
		if (job->confirm && !diff_any(&job->compared))
			warn_in(job->warnings, "nothing differs from the policy that was running: if this is not confirmed, the same returns");
	}
	if (!status && options.json && ends)
		job->ended = conntrack_end(nl);
	if (!status && options.json)
		report_json(job, &job->compared);
	else if (!status)
		report_text(job, &job->compared);
	if (!status && !options.json && ends)
		conntrack_end(nl);
	diff_free(&job->compared);
	policy_free(&job->running);
	return status;
}

static int report_check(struct job *job)
{
	size_t prefixes = count_prefixes(&job->policy);

	if (options.json)
		out_json(json_pack("{s:b, s:I, s:I, s:I, s:O}", "applied", 0,
				   "isps", (json_int_t)job->policy.n_isps,
				   "prefixes", (json_int_t)prefixes,
				   "overlays",
				   (json_int_t)job->policy.n_overlays,
				   "warnings", job->warnings));
	else
		printf("%s: %zu ISP%s, %zu prefix%s, %zu overlay%s: no fault\n",
		       file_name(job->path), job->policy.n_isps,
		       plural(job->policy.n_isps), prefixes,
		       prefixes == 1 ? "" : "es", job->policy.n_overlays,
		       plural(job->policy.n_overlays));
	return STATUS_OK;
}

static int run(struct job *job)
{
	struct nl nl;
	int status;

	status = read_file(job);
	if (status)
		return status;
	if (job->check && !job->diff)
		return report_check(job);
	status = nl_open(&nl);
	if (status)
		return status;
	status = compare_and_install(job, &nl);
	nl_release(&nl);
	return status;
}

static int take_words(struct words *words, struct job *job)
{
	char text[QUOTE_SIZE];
	const char *word;

	while ((word = words_next(words))) {
		if (!strcmp(word, "--confirm")) {
			if (confirm_word(words, "apply", &job->confirm))
				return STATUS_USAGE;
		} else if (!strcmp(word, "--shadow"))
			job->shadow = true;
		else if (!strcmp(word, "--check"))
			job->check = true;
		else if (!strcmp(word, "--diff"))
			job->diff = true;
		else if (!strcmp(word, "--empty"))
			job->empty = true;
		else if (job->path || (word[0] == '-' && word[1]))
			return command_usage("apply", "%s: not expected here",
					     quote_word(word, text));
		else
			job->path = word;
	}
	if (!job->path)
		return command_usage("apply", "a file is missing");
	if (job->shadow && job->confirm)
		return command_usage("apply", "--shadow changes nothing that could be confirmed; 'shadow promote --confirm' does");
	return batch_stdin(job->path);
}

/**
 * apply_command() - replace the configured policy
 * @words: what follows the command
 *
 * Return: enum status.
 */
int apply_command(struct words *words)
{
	struct job job = { 0 };
	int status;

	status = take_words(words, &job);
	if (status)
		return status;
	if (options.json)
		job.warnings = json_array();
	status = run(&job);
	policy_free(&job.policy);
	json_decref(job.warnings);
	return status;
}

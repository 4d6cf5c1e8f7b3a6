// SPDX-License-Identifier: GPL-2.0-only
/* The apply command */
#include <string.h>

#include "check.h"
#include "command.h"
#include "config.h"
#include "diff.h"
#include "isp.h"
#include "kernel.h"
#include "list.h"
#include "names.h"
#include "out.h"
#include "txn.h"

/**
 * struct job - an apply command
 * @path: of the file
 * @check: do not apply
 * @diff: print what differs
 * @policy: what the file says
 * @faults: what is wrong in it
 * @report: for -j
 * @warnings: the report's array
 */
struct job {
	const char *path;
	bool check;
	bool diff;
	struct policy policy;
	struct faults faults;
	json_t *report;
	json_t *warnings;
};

static int take_words(struct words *words, struct job *job)
{
	char text[QUOTE_SIZE];
	const char *word;

	while ((word = words_next(words))) {
		if (!strcmp(word, "--check"))
			job->check = true;
		else if (!strcmp(word, "--diff"))
			job->diff = true;
		else if (*word == '-' && word[1])
			return command_usage("apply", "%s: unknown option",
					     quote_word(word, text));
		else if (job->path)
			return command_usage("apply", "%s: a word too many",
					     quote_word(word, text));
		else
			job->path = word;
	}
	if (!job->path)
		return command_usage("apply", "the name of a file is missing");
	return STATUS_OK;
}

static json_t *fault_json(const struct policy *policy,
			  const struct fault *fault)
{
	const char *file = fault->at.file < policy->n_files ?
			   policy->files[fault->at.file] : "";

	return json_pack("{s:o, s:i, s:o}", "file", json_text(file), "line",
			 (int)fault->at.line, "text",
			 json_text(fault->text ? fault->text : ""));
}

static int refused(struct job *job)
{
	json_t *list = json_array();
	int status;
	size_t i;

	faults_print(&job->faults);
	for (i = 0; i < job->faults.n; i++)
		json_array_append_new(list, fault_json(&job->policy,
						       &job->faults.list[i]));
	json_object_set_new(job->report, "applied", json_false());
	json_object_set_new(job->report, "faults", list);
	status = fail("nothing was changed");
	if (options.json)
		out_json(json_incref(job->report));
	return status;
}

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

static void summary(struct job *job)
{
	const struct policy *policy = &job->policy;
	size_t prefixes = count_prefixes(policy);

	json_object_set_new(job->report, "applied", json_false());
	json_object_set_new(job->report, "isps",
			    json_integer(policy->n_isps));
	json_object_set_new(job->report, "prefixes", json_integer(prefixes));
	json_object_set_new(job->report, "overlays",
			    json_integer(policy->n_overlays));
	if (!options.json)
		printf("%s: no fault found in %zu ISP%s, %zu prefix%s and %zu exemption%s and quarantines; nothing was applied\n",
		       file_name(job->path), policy->n_isps,
		       plural(policy->n_isps), prefixes,
		       prefixes == 1 ? "" : "es", policy->n_overlays,
		       plural(policy->n_overlays));
}

static void put_overlay(struct nlmsghdr *request, const struct overlay *o)
{
	mnl_attr_put_u8(request, OBPBL_A_CLASS, o->class);
	mnl_attr_put_u8(request, OBPBL_A_LAYER, OBPBL_LAYER_CONFIGURED);
	mnl_attr_put_strz(request, OBPBL_A_ISP, o->isp);
	nl_put_prefix(request, &o->prefix, OBPBL_A_PREFIXES4,
		      OBPBL_A_PREFIXES6);
	if (o->to.family)
		nl_put_prefix(request, &o->to, OBPBL_A_TO4, OBPBL_A_TO6);
	if (*o->dev)
		mnl_attr_put_strz(request, OBPBL_A_DEV, o->dev);
	if (o->until)
		mnl_attr_put_u64(request, OBPBL_A_UNTIL, o->until);
	mnl_attr_put_strz(request, OBPBL_A_REASON, o->reason);
	if (o->ticket)
		mnl_attr_put_strz(request, OBPBL_A_TICKET, o->ticket);
}

static bool send_isp(struct txn *txn, const struct isp *isp)
{
	struct nlmsghdr *request;
	int class;

	request = txn_add(txn, OBPBL_CMD_ISP_ADD, isp->at, isp->name);
	if (!request)
		return false;
	isp_put(request, isp);
	for (class = OBPBL_CLASS_DYNAMIC; class <= OBPBL_CLASS_TARGET; class++)
		if (!txn_prefixes(txn, OBPBL_CMD_PREFIX_ADD, isp->name, class,
				  &isp->lists[class]))
			return false;
	return true;
}

static bool send_overlay(struct txn *txn, const struct overlay *overlay)
{
	struct nlmsghdr *request;
	char word[CIDR_SIZE];

	request = txn_add(txn, OBPBL_CMD_OVERLAY_ADD, overlay->at,
			  cidr_print(&overlay->prefix, word));
	if (request)
		put_overlay(request, overlay);
	return request;
}

static bool send_policy(struct txn *txn, const struct policy *policy)
{
	size_t i;

	txn->expected = count_prefixes(policy);
	for (i = 0; i < policy->n_isps; i++)
		if (!send_isp(txn, &policy->isps[i]))
			return false;
	for (i = 0; i < policy->n_overlays; i++)
		if (!send_overlay(txn, &policy->overlays[i]))
			return false;
	return txn_commit(txn);
}

static void show_diff(struct job *job, const struct diff *diff)
{
	json_t *lines = options.json ? json_array() : NULL;

	diff_lines(diff, lines);
	if (lines)
		json_object_set_new(job->report, "diff", lines);
	else
		fflush(stdout);
}

static void report(struct job *job, const struct diff *diff,
		   uint64_t old, uint64_t new)
{
	json_object_set_new(job->report, "applied", json_true());
	json_object_set_new(job->report, "generation",
			    json_pack("{s:I, s:I}", "old", (json_int_t)old,
				      "new", (json_int_t)new));
	json_object_set_new(job->report, "changes", diff_json(diff));
	if (options.json)
		return;
	printf("%s applied: generation %llu -> %llu\n", file_name(job->path),
	       (unsigned long long)old, (unsigned long long)new);
	diff_report(diff);
}

static int highest_mode(const struct policy *policy)
{
	int mode = OBPBL_MODE_OFF;
	size_t i;

	for (i = 0; i < policy->n_isps; i++)
		if (policy->isps[i].mode > mode)
			mode = policy->isps[i].mode;
	return mode;
}

static void warn_removed(struct job *job, const struct diff *diff)
{
	size_t i;

	for (i = 0; i < diff->n; i++)
		if (!diff->isps[i].new)
			warn_in(job->warnings, "isp %s is not in %s and was removed: its customers are not judged any more",
				diff->isps[i].old->name, file_name(job->path));
}

/*
 * The transaction is opened first: while it is, nobody else can change what is
 * running, so that the report is of exactly this step.
 */
static int replace(struct job *job, struct nl *nl, struct txn *txn,
		   struct policy *old, struct diff *diff)
{
	struct glance glance;

	if (!txn_begin(txn, nl, &job->policy, true))
		return txn_fail(txn, false);
	if (kernel_policy(nl, old, KERNEL_ALL)) {
		nl_command(nl, OBPBL_CMD_ABORT);
		return STATUS_FAILED;
	}
	diff_make(diff, old, &job->policy);
	if (job->diff)
		show_diff(job, diff);
	if (!send_policy(txn, &job->policy)) {
		txn_fail(txn, true);
		return fail("nothing was changed");
	}
	report(job, diff, old->generation, txn->generation);
	warn_removed(job, diff);
	if (kernel_glance(nl, &glance))
		return STATUS_FAILED;
	ceiling_warning(&glance, highest_mode(&job->policy), job->warnings);
	return STATUS_OK;
}

static int do_replace(struct job *job)
{
	struct policy old = { 0 };
	struct diff diff = { 0 };
	struct txn txn;
	struct nl nl;
	int status;

	status = nl_open(&nl);
	if (status)
		return status;
	status = replace(job, &nl, &txn, &old, &diff);
	txn_end(&txn);
	diff_free(&diff);
	policy_free(&old);
	nl_close(&nl);
	return status;
}

static int do_compare(struct job *job)
{
	struct policy old = { 0 };
	struct diff diff = { 0 };
	struct nl nl;
	int status;

	status = nl_open(&nl);
	if (status)
		return status;
	status = kernel_policy(&nl, &old, KERNEL_ALL);
	if (!status) {
		diff_make(&diff, &old, &job->policy);
		show_diff(job, &diff);
		diff_free(&diff);
		policy_free(&old);
	}
	nl_close(&nl);
	return status;
}

static int do_check(struct job *job)
{
	int status = STATUS_OK;

	if (job->diff)
		status = do_compare(job);
	if (!status)
		summary(job);
	return status;
}

static int apply(struct job *job)
{
	int status;

	config_read(job->path, &job->policy, &job->faults);
	check_faults(&job->policy, &job->faults);
	if (job->faults.total)
		return refused(job);
	check_warnings(&job->policy, job->warnings);
	status = job->check ? do_check(job) : do_replace(job);
	if (!status && options.json)
		out_json(json_incref(job->report));
	return status;
}

/**
 * apply_command() - replace the configured policy by that of a file
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
	job.report = json_object();
	job.warnings = json_array();
	json_object_set_new(job.report, "file",
			    json_text(file_name(job.path)));
	json_object_set(job.report, "warnings", job.warnings);
	status = apply(&job);
	json_decref(job.warnings);
	json_decref(job.report);
	faults_free(&job.faults);
	policy_free(&job.policy);
	return status;
}

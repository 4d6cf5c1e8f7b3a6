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
#include "diff.h"
#include "fields.h"
#include "isp.h"
#include "list.h"
#include "mirrored.h"
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
};

static size_t count_prefixes(const struct policy *policy)
{
	size_t i, n = 0;
	int class;

	for (i = 0; i < policy->n_isps; i++)
		for_each_class(class)
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
			   out_error(), "total", (json_int_t)faults->total,
			   "faults", list));
}

static int read_file(struct job *job)
{
	struct faults faults = { .policy = &job->policy };
	int status;

	if (config_read(job->path, &job->policy, &faults)) {
		mirrored_add(&job->policy, &faults);
		check_faults(&job->policy, &faults);
	}
	if (!faults.total && !job->empty)
		check_no_isp(&job->policy, "; --empty removes the policy",
			     &faults);
	status = faults_fail(&faults, file_name(job->path));
	if (!status) {
		check_warnings(&job->policy, job->warnings);
		if (job->shadow)
			check_shadow(&job->policy, job->warnings);
	}
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
	for_each_class(class)
		if (!txn_prefixes(txn, OBPBL_CMD_PREFIX_ADD, isp->name, class,
				  &isp->lists[class]))
			return false;
	return true;
}

static bool send_all(struct txn *txn, const struct policy *policy)
{
	size_t i;

	for (i = 0; i < policy->n_isps; i++)
		if (!send_isp(txn, &policy->isps[i]))
			return false;
	for (i = 0; i < policy->n_overlays; i++)
		if (!overlay_request(txn, OBPBL_CMD_OVERLAY_ADD,
				     policy->overlays[i].at,
				     &policy->overlays[i]))
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
	struct glance glance;

	if (!kernel_glance(nl, &glance))
		ceiling_warning(&glance, policy_mode(&job->policy),
				job->warnings);
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
			   "connections_ended", (json_int_t)0, "diff", lines,
			   "warnings", job->warnings));
}

static void report_text(struct job *job, const struct diff *diff)
{
	struct glance glance = waits(job);
	const char *text;

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
	text = confirm_text(&glance);
	if (text)
		printf("%s; 'obpblctl confirm' keeps what is new\n", text);
}

/*
 * A connection that has ended does not come back, so that none ends before it
 * is settled that the change stays.
 */
static int run(struct nl *nl, void *order)
{
	struct job *job = order;
	int status = job->check ? compare(job, nl) : install(job, nl);

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
	if (!status && options.json)
		report_json(job, &job->compared);
	else if (!status)
		report_text(job, &job->compared);
	nl->tightened = !status && !job->check && !job->confirm && !job->shadow;
	diff_free(&job->compared);
	policy_free(&job->running);
	return status;
}

static json_t *isps_json(const struct policy *policy)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < policy->n_isps; i++)
		json_array_append_new(list, json_pack("{s:s}", "name",
						      policy->isps[i].name));
	return list;
}

static void report_check(struct job *job)
{
	size_t prefixes = count_prefixes(&job->policy);

	if (options.json)
		out_json(json_pack("{s:b, s:o, s:I, s:I, s:O}", "applied", 0,
				   "isps", isps_json(&job->policy),
				   "prefixes", (json_int_t)prefixes,
				   "overlays",
				   (json_int_t)job->policy.n_overlays,
				   "warnings", job->warnings));
	else
		printf("%s: %s, %s, %zu %s: no fault\n", file_name(job->path),
		       count_of(job->policy.n_isps, "ISP"),
		       count_of(prefixes, "prefix"), job->policy.n_overlays,
		       overlay_count(job->policy.n_overlays));
}

static void free_job(void *order)
{
	struct job *job = order;

	policy_free(&job->policy);
	json_decref(job->warnings);
}

/* Words */

enum { APPLY, DIFF };

static const struct key keys[] = {
	{ KEY("FILE", NULL, word_any, struct job, path), .bare = true },
	{ KEY("--check", NULL, word_flag, struct job, check),
	  .verbs = 1 << APPLY },
	{ KEY("--diff", NULL, word_flag, struct job, diff),
	  .verbs = 1 << APPLY },
	{ KEY("--empty", NULL, word_flag, struct job, empty) },
	{ KEY("--shadow", NULL, word_flag, struct job, shadow),
	  .verbs = 1 << APPLY },
	{ KEY("--confirm", "a number of seconds, or a duration like 10m,", confirm_word,
	      struct job, confirm),
	  .verbs = 1 << APPLY },
	{ .name = NULL }
};

static int parse(struct words *words, const struct verb *verb, void *order)
{
	struct job *job = order;
	int status;

	job->check = job->diff = verb->value == DIFF;
	status = command_keys(words, keys, verb, order);
	if (!status && !job->path)
		status = command_usage("a file is missing");
	if (!status && job->shadow && job->confirm)
		status = command_usage("--shadow changes nothing that could be confirmed; 'shadow promote --confirm' does");
	if (!status)
		status = batch_stdin(job->path);
	if (status)
		return status;
	if (options.json)
		job->warnings = json_array();
	status = read_file(job);
	if (status || !job->check || job->diff)
		return status;
	report_check(job);
	return STATUS_DONE;
}

const struct command apply_command = {
	.name = "apply",
	.summary = "replace the whole configured policy, atomically",
	.help = "Whatever is wrong in the file is named with its line, and then nothing\n"
		"changes. Sessions, and exemptions and quarantines that were added by\n"
		"command, stay.\n"
		"  --check  look at the file only; needs neither the module nor root\n"
		"  --diff   apply, and print line by line what differs from what was running;\n"
		"           'obpblctl diff FILE' and --check --diff print it and do not apply\n"
		"  --empty  the file may have no ISP, which removes the policy\n"
		"  --confirm DUR  the kernel goes back by itself after that time (600 seconds,\n"
		"           10m, up to 24h) unless 'obpblctl confirm' comes in time\n"
		"  --shadow  change nothing, but judge each packet by this policy as well:\n"
		"           see 'obpblctl help shadow'\n",
	.verbs = ONE_VERB(.synopsis = "FILE|- [--check] [--diff] [--empty] [--confirm DUR|--shadow]",
			  .example = "obpblctl apply /etc/obpbl/obpbl.conf",
			  .value = APPLY,
			  .size = sizeof(struct job),
			  .parse = parse,
			  .run = run,
			  .step = true,
			  .free = free_job),
};

const struct command diff_command = {
	.name = "diff",
	.summary = "what apply would change; changes nothing",
	.help = "A line begins with - for what runs and would go, and with + for what would\n"
		"come. Nothing is printed if there is no difference.\n",
	.verbs = ONE_VERB(.synopsis = "FILE|- [--empty]",
			  .example = "obpblctl diff /etc/obpbl/obpbl.conf",
			  .value = DIFF,
			  .size = sizeof(struct job),
			  .parse = parse,
			  .run = run,
			  .free = free_job),
};

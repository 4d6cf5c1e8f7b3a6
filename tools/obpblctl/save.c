// SPDX-License-Identifier: GPL-2.0-only
/* The save command: the running policy as a config file */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "fields.h"
#include "kernel.h"
#include "list.h"
#include "names.h"
#include "out.h"
#include "overlay.h"
#include "save.h"

#define SAVE_MODE 0640	/* reasons name customers */

static void write_list(FILE *file, const struct isp *isp, int class,
		       const struct policy *places)
{
	const struct prefixes *list = &isp->lists[class];
	size_t i, n = prefixes_count(list);
	struct prefix p;

	if (!n)
		return;
	fprintf(file, "    %-7s = {", names_word(&class_names, class));
	for (i = 0; prefixes_get(list, i, &p); i++) {
		fprintf(file, "\n        %s%s", cidr_print(&p),
			i + 1 < n ? "," : "");
		if (places)
			fprintf(file, "  # %s",
				place_text(places, prefixes_place(list, i)));
	}
	fputs("\n    }\n", file);
}

/* As the config file reads it: a backslash before what would mean more */
static void write_string(FILE *file, const char *text)
{
	putc('"', file);
	for (; *text; text++) {
		if (strchr("\"\\$", *text))
			putc('\\', file);
		putc(*text, file);
	}
	putc('"', file);
}

/**
 * struct save - what a command line asks for
 * @path: of the file; NULL: stdout
 * @runtime: only what was added by command
 * @configured: all but that
 * @policy: what runs
 */
struct save {
	const char *path;
	bool runtime;
	bool configured;
	struct policy policy;
};

/* A line for each that has a value */
static void write_fields(FILE *file, const char *lead,
			 const struct field *table, const void *object)
{
	const struct field *field;
	const char *value;

	for (field = table; field->word; field++) {
		value = field->attr ? field_print(field, object) : NULL;
		if (!value)
			continue;
		fprintf(file, "%s    %-7s = ", lead, field->word);
		if (field_quoted(field))
			write_string(file, value);
		else
			fputs(value, file);
		putc('\n', file);
	}
}

/**
 * save_isp() - write an ISP as the config file has it
 * @file: where to
 * @isp: the ISP
 * @places: the policy that says where its prefixes were written, which is told in
 *	comments; NULL: is not
 */
void save_isp(FILE *file, const struct isp *isp, const struct policy *places)
{
	static const int classes[] = {
		OBPBL_CLASS_SPACE, OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_STATIC,
		OBPBL_CLASS_RELAY, OBPBL_CLASS_TARGET,
	};
	size_t i;

	fprintf(file, "isp %s {\n", isp->name);
	write_fields(file, "", isp_fields, isp);
	for (i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		write_list(file, isp, classes[i], places);
	fputs("}\n\n", file);
}

/**
 * save_overlay() - write an overlay as the config file has it
 * @file: where to
 * @overlay: the overlay
 * @lead: what each of its lines begins with
 */
void save_overlay(FILE *file, const struct overlay *overlay, const char *lead)
{
	fprintf(file, "%s%s {\n", lead, overlay_name(overlay));
	write_fields(file, lead, overlay_fields, overlay);
	fprintf(file, "%s}\n\n", lead);
}

static int name_order(const void *a, const void *b)
{
	return strcmp(((const struct isp *)a)->name,
		      ((const struct isp *)b)->name);
}

/*
 * An overlay can be both configured and added by command while a change waits
 * to be confirmed, or after it was taken back: it is written once.
 */
static void write_overlays(FILE *file, const struct policy *policy,
			   const struct overlay *const *sorted, bool asleep)
{
	const struct overlay *last = NULL;
	uint64_t now = time(NULL);
	size_t i;

	for (i = 0; i < policy->n_overlays; i++) {
		if (sorted[i]->asleep != asleep ||
		    overlay_ended(sorted[i], now) ||
		    (last && !asleep && !overlay_order(last, sorted[i])))
			continue;
		last = sorted[i];
		/* As a comment: what sleeps would be refused, or wake */
		if (asleep)
			fputs("# asleep:\n", file);
		save_overlay(file, last, asleep ? "# " : "");
	}
}

/* In an order that does not depend on what was there first */
static void write_policy(FILE *file, const void *data)
{
	const struct policy *policy = data;
	const struct overlay **sorted = policy_sorted(policy, overlay_order);
	size_t i;

	fputs("# obpbl policy\n\n", file);
	for (i = 0; i < policy->n_isps; i++)
		save_isp(file, &policy->isps[i], NULL);
	write_overlays(file, policy, sorted, false);
	write_overlays(file, policy, sorted, true);
	free(sorted);
}

/**
 * save_runtime() - write what was added by command, as a file for restore
 * @file: where to
 * @data: the running policy
 *
 * What sleeps is restored asleep, and is no comment.
 */
void save_runtime(FILE *file, const void *data)
{
	const struct policy *policy = data;
	const struct overlay **sorted = policy_sorted(policy, overlay_order);
	uint64_t now = time(NULL);
	size_t i;

	fputs("# exemptions and quarantines added by command, for obpblctl restore\n\n",
	      file);
	for (i = 0; i < policy->n_overlays; i++)
		if (sorted[i]->layer != OBPBL_LAYER_CONFIGURED &&
		    !overlay_ended(sorted[i], now))
			save_overlay(file, sorted[i], "");
	free(sorted);
}

static void say_ended(const struct policy *policy)
{
	uint64_t now = time(NULL);
	size_t i, n = 0;

	for (i = 0; i < policy->n_overlays; i++)
		n += overlay_ended(&policy->overlays[i], now);
	if (n)
		warn("%zu exemption%s or quarantine%s that ha%s ended %s left out",
		     n, plural(n), plural(n), n == 1 ? "s" : "ve",
		     n == 1 ? "is" : "are");
}

static int save_to(const struct save *save, write_fn *write)
{
	int status = file_write(save->path, SAVE_MODE, write, &save->policy);

	if (!status && options.json)
		out_json(json_pack("{s:I, s:o}", "generation",
				   (json_int_t)save->policy.generation, "file",
				   json_text(save->path)));
	return status;
}

static int save_all(const struct save *save)
{
	write_fn *write = save->runtime ? save_runtime : write_policy;
	char *text;

	if (save->path && strcmp(save->path, "-"))
		return save_to(save, write);
	if (!options.json) {
		write(stdout, &save->policy);
		return STATUS_OK;
	}
	text = file_text(write, &save->policy);
	if (!text)
		return STATUS_FAILED;
	out_json(json_pack("{s:I, s:o}", "generation",
			   (json_int_t)save->policy.generation, "config",
			   json_text(text)));
	free(text);
	return STATUS_OK;
}

static void leave_out_runtime(struct policy *policy)
{
	size_t i, n = 0;

	for (i = 0; i < policy->n_overlays; i++)
		if (policy->overlays[i].layer == OBPBL_LAYER_CONFIGURED)
			policy->overlays[n++] = policy->overlays[i];
		else
			overlay_free(&policy->overlays[i]);
	policy->n_overlays = n;
}

static int run(struct nl *nl, void *order)
{
	struct save *save = order;
	struct policy *policy = &save->policy;
	int status;

	status = kernel_policy(nl, policy, KERNEL_ALL);
	if (status)
		return status;
	if (save->configured)
		leave_out_runtime(policy);
	if (policy->n_isps)
		qsort(policy->isps, policy->n_isps, sizeof(*policy->isps),
		      name_order);
	if (save->path && !policy->n_isps && !policy->n_overlays)
		status = fail("there is no policy here to be saved: '%s' stays as it is",
			      save->path);
	else
		status = save_all(save);
	if (!status)
		say_ended(policy);
	return status;
}

static void free_save(void *order)
{
	struct save *save = order;

	policy_free(&save->policy);
}

static const struct key keys[] = {
	{ KEY("FILE", NULL, word_any, struct save, path), .bare = true },
	{ KEY("--runtime", NULL, word_flag, struct save, runtime) },
	{ KEY("--configured", NULL, word_flag, struct save, configured) },
	{ .name = NULL }
};

static int parse_save(struct words *words, const struct verb *verb,
		      void *order)
{
	const struct save *save = order;
	int status = command_keys(words, keys, verb, order);

	if (!status && save->runtime && save->configured)
		status = command_usage("of --runtime and --configured, which together are all, there may be one");
	return status;
}

const struct command save_command = {
	.name = "save",
	.summary = "the running policy as a config file that apply accepts",
	.help = "Exemptions and quarantines added by command are in it too, unless they have\n"
		"ended; sessions are not, since they end with their interfaces. FILE is\n"
		"replaced as a whole or not at all; without it the text goes to stdout.\n"
		"  --runtime  only what was added by command, for 'obpblctl restore'\n"
		"  --configured  all but that\n",
	.verbs = ONE_VERB(.synopsis = "[FILE] [--runtime|--configured]",
			  .example = "obpblctl save /etc/obpbl/obpbl.conf",
			  .run = run),
	.size = sizeof(struct save),
	.parse = parse_save,
	.free = free_save,
};

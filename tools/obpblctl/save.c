// SPDX-License-Identifier: GPL-2.0-only
/* The save command: the running policy as a config file */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "fields.h"
#include "kernel.h"
#include "list.h"
#include "names.h"
#include "out.h"
#include "overlay.h"

#define SAVE_MODE 0640	/* reasons name customers */

static void write_list(FILE *file, const struct isp *isp, int class)
{
	const struct prefixes *list = &isp->lists[class];
	struct prefix p;
	size_t i;

	if (!prefixes_count(list))
		return;
	fprintf(file, "    %-7s = {", names_word(&class_names, class));
	for (i = 0; prefixes_get(list, i, &p); i++)
		fprintf(file, "%s\n        %s", i ? "," : "", cidr_print(&p));
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

static void write_isp(FILE *file, const struct isp *isp)
{
	static const int classes[] = {
		OBPBL_CLASS_SPACE, OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_STATIC,
		OBPBL_CLASS_RELAY, OBPBL_CLASS_TARGET,
	};
	size_t i;

	fprintf(file, "isp %s {\n", isp->name);
	write_fields(file, "", isp_fields, isp);
	for (i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		write_list(file, isp, classes[i]);
	fputs("}\n\n", file);
}

static void write_overlay(FILE *file, const struct overlay *overlay)
{
	/* As a comment: what sleeps would be refused, or wake */
	const char *lead = overlay->asleep ? "# " : "";

	if (overlay->asleep)
		fputs("# asleep:\n", file);
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
		write_overlay(file, last);
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
		write_isp(file, &policy->isps[i]);
	write_overlays(file, policy, sorted, false);
	write_overlays(file, policy, sorted, true);
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

/* A device or a FIFO is written to; to rename over it would take its place. */
static int write_device(const char *path, const struct policy *policy)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0 && file_fill(fd, write_policy, policy, false))
		return STATUS_OK;
	return fail("%s: cannot be written: %s", path, strerror(errno));
}

static int save_to(const char *path, const struct policy *policy)
{
	/* Where a link leads, so that the link itself stays */
	char *target = realpath(path, NULL);
	struct stat st;
	int status;

	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		status = write_device(path, policy);
	else
		status = file_replace(target ? target : path, SAVE_MODE,
				      write_policy, policy);
	free(target);
	if (!status && options.json)
		out_json(json_pack("{s:I, s:o}", "generation",
				   (json_int_t)policy->generation, "file",
				   json_text(path)));
	return status;
}

static int save(const char *path, const struct policy *policy)
{
	char *text;
	size_t size;
	FILE *file;

	if (path && strcmp(path, "-"))
		return save_to(path, policy);
	if (!options.json) {
		write_policy(stdout, policy);
		return STATUS_OK;
	}
	file = open_memstream(&text, &size);
	if (!file)
		return fail("out of memory");
	write_policy(file, policy);
	fclose(file);
	out_json(json_pack("{s:I, s:o}", "generation",
			   (json_int_t)policy->generation, "config",
			   json_text(text)));
	free(text);
	return STATUS_OK;
}

static int run(struct nl *nl, void *order)
{
	const char *path = *(const char **)order;
	struct policy policy;
	int status;

	status = kernel_policy(nl, &policy, KERNEL_ALL);
	if (status)
		return status;
	if (policy.n_isps)
		qsort(policy.isps, policy.n_isps, sizeof(*policy.isps),
		      name_order);
	if (path && !policy.n_isps && !policy.n_overlays)
		status = fail("there is no policy here to be saved: '%s' stays as it is",
			      path);
	else
		status = save(path, &policy);
	if (!status)
		say_ended(&policy);
	policy_free(&policy);
	return status;
}

static const struct key keys[] = {
	{ .name = "FILE", .take = word_any, .bare = true },
	{ .name = NULL }
};

const struct command save_command = {
	.name = "save",
	.summary = "the running policy as a config file that apply accepts",
	.help = "Exemptions and quarantines added by command are in it too, unless they have\n"
		"ended; sessions are not, since they end with their interfaces. FILE is\n"
		"replaced as a whole or not at all; without it the text goes to stdout.\n",
	.verbs = ONE_VERB(.synopsis = "[FILE]",
			  .example = "obpblctl save /etc/obpbl/obpbl.conf",
			  .run = run),
	.size = sizeof(const char *),
	.keys = keys,
};

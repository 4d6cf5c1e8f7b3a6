// SPDX-License-Identifier: GPL-2.0-only
/* The save command: the running policy as a config file */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "kernel.h"
#include "list.h"
#include "names.h"
#include "out.h"

static void write_list(FILE *file, const struct isp *isp, int class)
{
	const struct prefixes *list = &isp->lists[class];
	size_t i, n = prefixes_count(list);
	char text[CIDR_SIZE];
	struct prefix p;

	if (!n)
		return;
	fprintf(file, "    %-7s = {", names_word(&class_names, class));
	for (i = 0; i < n; i++) {
		prefixes_get(list, i, &p);
		fprintf(file, "%s\n        %s", i ? "," : "",
			cidr_print(&p, text));
	}
	fputs("\n    }\n", file);
}

static void write_isp(FILE *file, const struct isp *isp)
{
	static const int classes[] = {
		OBPBL_CLASS_SPACE, OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_STATIC,
		OBPBL_CLASS_RELAY, OBPBL_CLASS_TARGET,
	};
	char text[32];
	size_t i;

	fprintf(file, "isp %s {\n", isp->name);
	fprintf(file, "    mode    = %s\n", names_word(&mode_names, isp->mode));
	fprintf(file, "    policy  = %s\n",
		names_word(&policy_names, isp->policy));
	fprintf(file, "    reject  = %s\n",
		names_word(&reject_names, isp->reject));
	fprintf(file, "    reverse = %s\n",
		names_word(&switch_names, isp->reverse));
	if (isp->limit)
		fprintf(file, "    limit   = %s\n",
			print_limit(isp->limit, isp->interval, text));
	if (isp->penalty)
		fprintf(file, "    limit_quarantine = %s\n",
			print_penalty(isp->penalty, text));
	if (*isp->vrf)
		fprintf(file, "    vrf     = \"%s\"\n", isp->vrf);
	for (i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		write_list(file, isp, classes[i]);
	fputs("}\n\n", file);
}

/* As the config file reads it: a backslash before what would end or mean more */
static void write_string(FILE *file, const char *key, const char *text)
{
	fprintf(file, "    %-7s = \"", key);
	for (; *text; text++) {
		if (strchr("\"\\$", *text))
			putc('\\', file);
		putc(*text, file);
	}
	fputs("\"\n", file);
}

static void write_overlay(FILE *file, const struct overlay *overlay)
{
	/* As a comment: what sleeps would be refused, or wake */
	const char *lead = overlay->asleep ? "# " : "";
	char text[CIDR_SIZE], end[32];

	if (overlay->asleep)
		fputs("# asleep:\n", file);
	fprintf(file, "%s%s %s {\n", lead,
		names_word(&class_names, overlay->class),
		cidr_print(&overlay->prefix, text));
	fprintf(file, "%s    isp     = %s\n", lead, overlay->isp);
	if (overlay->to.family)
		fprintf(file, "%s    to      = %s\n", lead,
			cidr_print(&overlay->to, text));
	if (*overlay->dev)
		fprintf(file, "%s    dev     = \"%s\"\n", lead, overlay->dev);
	if (overlay->until)
		fprintf(file, "%s    until   = \"%s\"\n", lead,
			print_time(overlay->until, end));
	if (overlay->reason) {
		fputs(lead, file);
		write_string(file, "reason", overlay->reason);
	}
	if (overlay->ticket) {
		fputs(lead, file);
		write_string(file, "ticket", overlay->ticket);
	}
	fprintf(file, "%s}\n\n", lead);
}

/* Those that sleep to the end, all else in its order; how many are awake */
static size_t awake_first(struct policy *policy)
{
	struct overlay *sleeping = xcalloc(policy->n_overlays,
					   sizeof(*sleeping));
	size_t i, awake = 0, asleep = 0;

	for (i = 0; i < policy->n_overlays; i++) {
		if (policy->overlays[i].asleep)
			sleeping[asleep++] = policy->overlays[i];
		else
			policy->overlays[awake++] = policy->overlays[i];
	}
	for (i = 0; i < asleep; i++)
		policy->overlays[awake + i] = sleeping[i];
	free(sleeping);
	return awake;
}

/*
 * An overlay can be both configured and added by command while a change waits
 * to be confirmed, or after it was taken back: it is written once.
 */
static void write_policy(FILE *file, const void *data)
{
	struct policy policy = *(const struct policy *)data;
	size_t i, n = policy.n_overlays;
	bool *twice;

	policy.n_overlays = awake_first(&policy);
	twice = check_twice(&policy);
	fprintf(file, "# obpbl policy, generation %llu\n\n",
		(unsigned long long)policy.generation);
	for (i = 0; i < policy.n_isps; i++)
		write_isp(file, &policy.isps[i]);
	for (i = 0; i < n; i++)
		if (i >= policy.n_overlays || !twice[i])
			write_overlay(file, &policy.overlays[i]);
	free(twice);
}

/* A device or a FIFO is written to; to rename over it would take its place. */
static int write_device(const char *path, const struct policy *policy)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	bool done = false;
	FILE *file;

	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (file) {
		write_policy(file, policy);
		done = !fflush(file) && !ferror(file);
		done = !fclose(file) && done;
	}
	if (done)
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
		status = file_replace(target ? target : path, write_policy,
				      policy);
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
	if (path && !policy.n_isps && !policy.n_overlays)
		status = fail("there is no policy here to be saved: '%s' stays as it is",
			      path);
	else
		status = save(path, &policy);
	policy_free(&policy);
	return status;
}

static const struct key keys[] = {
	{ .name = "FILE", .take = word_any, .bare = true },
	{ .name = NULL }
};

static const struct verb verbs[] = {
	{
		.synopsis = "[FILE]",
		.example = "obpblctl save /etc/obpbl/obpbl.conf",
		.run = run,
	},
	{ .synopsis = NULL }
};

const struct command save_command = {
	.name = "save",
	.summary = "the running policy as a config file that apply accepts",
	.help = "Exemptions and quarantines added by command are in it too; sessions are\n"
		"not, since they end with their interfaces. FILE is replaced as a whole or\n"
		"not at all; without it the text goes to stdout.\n",
	.verbs = verbs,
	.size = sizeof(const char *),
	.keys = keys,
};

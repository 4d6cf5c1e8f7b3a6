// SPDX-License-Identifier: GPL-2.0-only
/* The save command */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "kernel.h"
#include "names.h"
#include "out.h"

/* In quotes, as the config file takes it. */
static void put_string(FILE *file, const char *text)
{
	putc('"', file);
	for (; *text; text++) {
		if (strchr("\\\"$", *text))
			putc('\\', file);
		putc(*text, file);
	}
	putc('"', file);
}

static void put_list(FILE *file, int class, const struct prefixes *list)
{
	size_t i, n = prefixes_count(list);
	char text[CIDR_SIZE];
	struct prefix p;

	if (!n)
		return;
	fprintf(file, "    %-7s = {\n", names_word(&class_names, class));
	for (i = 0; i < n; i++) {
		prefixes_get(list, i, &p);
		fprintf(file, "        %s%s\n", cidr_print(&p, text),
			i + 1 < n ? "," : "");
	}
	fputs("    }\n", file);
}

static void put_isp(FILE *file, const struct isp *isp)
{
	int class;

	fprintf(file, "isp %s {\n", isp->name);
	fprintf(file, "    mode    = %s\n", names_word(&mode_names, isp->mode));
	fprintf(file, "    policy  = %s\n",
		names_word(&policy_names, isp->policy));
	fprintf(file, "    reject  = %s\n",
		names_word(&reject_names, isp->reject));
	fprintf(file, "    reverse = %s\n",
		names_word(&switch_names, isp->reverse));
	if (*isp->vrf) {
		fputs("    vrf     = ", file);
		put_string(file, isp->vrf);
		putc('\n', file);
	}
	for (class = OBPBL_CLASS_DYNAMIC; class <= OBPBL_CLASS_TARGET; class++)
		put_list(file, class, &isp->lists[class]);
	fputs("}\n\n", file);
}

static void put_overlay(FILE *file, const struct overlay *overlay)
{
	char text[CIDR_SIZE], end[32];

	fprintf(file, "%s %s { isp = %s",
		names_word(&class_names, overlay->class),
		cidr_print(&overlay->prefix, text), overlay->isp);
	if (overlay->to.family)
		fprintf(file, "  to = %s", cidr_print(&overlay->to, text));
	if (*overlay->dev) {
		fputs("  dev = ", file);
		put_string(file, overlay->dev);
	}
	if (overlay->until)
		fprintf(file, "  until = \"%s\"",
			print_time(overlay->until, end));
	fputs("  reason = ", file);
	put_string(file, overlay->reason ? overlay->reason : "unknown");
	if (overlay->ticket) {
		fputs("  ticket = ", file);
		put_string(file, overlay->ticket);
	}
	fputs(" }\n", file);
}

static void put_policy(FILE *file, const struct policy *policy)
{
	size_t i;

	fprintf(file, "# saved by obpblctl %s; generation %llu\n",
		OBPBL_VERSION, (unsigned long long)policy->generation);
	for (i = 0; i < policy->n_isps; i++)
		put_isp(file, &policy->isps[i]);
	for (i = 0; i < policy->n_overlays; i++)
		put_overlay(file, &policy->overlays[i]);
}

/* The file that a link points at, so that the link stays. */
static void real_path(const char *path, char out[PATH_MAX])
{
	if (!realpath(path, out))
		snprintf(out, PATH_MAX, "%s", path);
}

static bool write_and_close(FILE *file, const char *text, size_t size)
{
	bool written;

	written = fwrite(text, 1, size, file) == size && !fflush(file) &&
		  !fsync(fileno(file));
	return !fclose(file) && written;
}

/* Permissions of what is replaced stay as they are. */
static void copy_mode(int fd, const char *path)
{
	struct stat st;

	if (!stat(path, &st))
		(void)!fchown(fd, st.st_uid, st.st_gid);
	fchmod(fd, stat(path, &st) ? 0640 : st.st_mode & 0777);
}

static int replace_file(const char *name, const char *text, size_t size)
{
	char path[PATH_MAX], temp[PATH_MAX + 16], word[QUOTE_SIZE];
	FILE *file = NULL;
	int fd;

	real_path(name, path);
	quote_word(name, word);
	snprintf(temp, sizeof(temp), "%s.XXXXXX", path);
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd >= 0) {
		copy_mode(fd, path);
		file = fdopen(fd, "w");
	}
	if (!file)
		return fail("%s: cannot be written: %s", word, strerror(errno));
	if (!write_and_close(file, text, size) || rename(temp, path)) {
		fail("%s: cannot be written: %s", word, strerror(errno));
		unlink(temp);
		return STATUS_FAILED;
	}
	return STATUS_OK;
}

static bool is_plain(const char *path)
{
	struct stat st;

	return stat(path, &st) || S_ISREG(st.st_mode);
}

/* A device or a FIFO is written to, and a directory is none of all. */
static int write_file(const char *path, const char *text, size_t size)
{
	char word[QUOTE_SIZE];
	FILE *file;

	if (is_plain(path))
		return replace_file(path, text, size);
	file = fopen(path, "we");
	if (!file || fwrite(text, 1, size, file) != size || fclose(file))
		return fail("%s: cannot be written: %s", quote_word(path, word),
			    strerror(errno));
	return STATUS_OK;
}

static int save(const struct policy *policy, const char *path)
{
	size_t size = 0;
	char *text = NULL;
	FILE *memory = open_memstream(&text, &size);
	int status = STATUS_OK;

	if (!memory)
		return fail("out of memory");
	put_policy(memory, policy);
	if (fclose(memory))
		status = fail("out of memory");
	else if (path)
		status = write_file(path, text, size);
	else if (options.json)
		out_json(json_pack("{s:I, s:o}", "generation",
				   (json_int_t)policy->generation, "config",
				   json_text(text)));
	else
		fwrite(text, 1, size, stdout);
	free(text);
	if (!status && path && options.json)
		out_json(json_pack("{s:I, s:o}", "generation",
				   (json_int_t)policy->generation, "file",
				   json_text(path)));
	return status;
}

/**
 * save_command() - the running policy as a config file
 * @words: what follows the command
 *
 * Return: enum status.
 */
int save_command(struct words *words)
{
	const char *path = words_next(words);
	struct policy policy;
	struct nl nl;
	int status;

	if (words_end(words))
		return STATUS_USAGE;
	if (path && !strcmp(path, "-"))
		path = NULL;
	status = nl_open(&nl);
	if (status)
		return status;
	status = kernel_policy(&nl, &policy, KERNEL_ALL);
	nl_close(&nl);
	if (status)
		return status;
	status = save(&policy, path);
	policy_free(&policy);
	return status;
}

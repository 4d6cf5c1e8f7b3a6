// SPDX-License-Identifier: GPL-2.0-only
/*
 * The config file, lists, and the lines of a batch, by libFuzzer
 *
 * The first byte says which of the two the rest is: a config file, which can
 * name itself as a list, or lines. What is accepted must come back from what
 * save makes of it, in the same text.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdint.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static const uint8_t *input;
static size_t input_size;
static int opened;

/* The file, and as "list" itself once more; nothing else of this machine */
static int fuzz_open(const char *path, int flags, ...)
{
	int fd;

	if (strcmp(path, opened++ ? "list" : "file")) {
		errno = ENOENT;
		return -1;
	}
	fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || write(fd, input, input_size) != (ssize_t)input_size ||
	    lseek(fd, 0, SEEK_SET))
		abort();
	return fd;
}

/* In all of the program: nothing shall end between two looks at it. */
time_t time(time_t *now)
{
	if (now)
		*now = 1800000000;
	return 1800000000;
}

static int fuzz_glob(const char *pattern, int flags,
		     int (*fault)(const char *path, int error), glob_t *found)
{
	return strcspn(pattern, "*?[") < strlen(pattern) ? GLOB_NOMATCH :
	       glob("nothing", GLOB_NOMAGIC, fault, found);
}

#define open fuzz_open
#define glob(pattern, flags, fault, found) \
	fuzz_glob(pattern, flags, fault, found)
#include "list.c"
#include "config.c"
#define access(path, mode) 0
#include "mirrored.c"
#undef access
#undef open
#undef glob
#include "save.c"
#include "check.h"
#include "diff.h"
#include "line.h"

static bool read_input(const void *data, size_t size, struct policy *policy)
{
	struct faults faults = { 0 };
	bool right;

	input = data;
	input_size = size;
	opened = 0;
	if (config_read("file", policy, &faults)) {
		mirrored_add(policy, &faults);
		check_faults(policy, &faults);
	}
	right = !faults.total;
	faults_free(&faults);
	return right;
}

static char *save_text(struct policy *policy, size_t *size)
{
	char *text;
	FILE *file = open_memstream(&text, size);

	qsort(policy->isps, policy->n_isps, sizeof(*policy->isps), name_order);
	write_policy(file, policy);
	fclose(file);
	return text;
}

/* Ended overlays are left out, so that the second text is looked at. */
static void try_file(const uint8_t *data, size_t size)
{
	struct policy first = { 0 }, second = { 0 }, third = { 0 };
	size_t size1, size2;
	char *text1, *text2;
	struct diff diff;

	if (read_input(data, size, &first) && first.n_isps) {
		check_warnings(&first, NULL);
		text1 = save_text(&first, &size1);
		if (!read_input(text1, size1, &second))
			abort();
		text2 = save_text(&second, &size2);
		if (size1 != size2 || memcmp(text1, text2, size1) ||
		    !read_input(text2, size2, &third))
			abort();
		diff_keep_ends(&third, &second);
		diff_make(&diff, &second, &third);
		if (diff_any(&diff))
			abort();
		diff_free(&diff);
		free(text1);
		free(text2);
	}
	policy_free(&first);
	policy_free(&second);
	policy_free(&third);
}

static void try_lines(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *stop = at + size, *end;
	struct line_words words = { 0 };
	struct faults faults = { 0 };
	struct place place = { 0 };
	struct scan scan;
	size_t i;

	scan_begin(&scan, &faults);
	for (; at < stop; at = end + 1) {
		end = memchr(at, '\n', stop - at);
		if (!end)
			end = stop;
		place.line++;
		line_split(&scan, at, end - at, place, &words);
		for (i = 0; i < words.n; i++)
			if (strlen(words.at[i]) > (size_t)(end - at))
				abort();
	}
	scan_end(&scan);
	line_words_free(&words);
	faults_free(&faults);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size && *data == '|')
		try_lines(data + 1, size - 1);
	else
		try_file(data, size);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What import reads, by libFuzzer
 *
 * The first byte says of which kind the rest is.  What comes out must be a file
 * that apply accepts, whatever went in.
 */
#include <stdint.h>
#include <time.h>

#include "import.c"
#include "config.h"

/* In all of the program: nothing shall end between two looks at it. */
time_t time(time_t *now)
{
	if (now)
		*now = 1800000000;
	return 1800000000;
}

static void try_text(const char *text)
{
	char path[] = "/dev/shm/import_fuzz.XXXXXX";
	struct policy policy = { 0 };
	struct faults faults = { 0 };
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	close(fd);
	if (config_read(path, &policy, &faults))
		check_faults(&policy, &faults);
	unlink(path);
	if (faults.total)
		abort();
	faults_free(&faults);
	policy_free(&policy);
}

static void give_words(struct import *im, int kind)
{
	struct place given = { 0 };
	struct prefix p;
	int class;

	im->path = "file";
	im->name = "alpha";
	cidr_read("10.0.0.0/8", 10, &p);
	prefixes_add(&im->space, &p, given);
	cidr_read("2001:db8::/32", 13, &p);
	prefixes_add(&im->space, &p, given);
	take_dev("ppp0", im);
	for (class = OBPBL_CLASS_DYNAMIC; kind == IPSET &&
	     class <= OBPBL_CLASS_QUARANTINE; class++) {
		take_set(names_word(&class_names, class), im);
		im->sets[im->n_sets - 1].class = class;
		im->sets[im->n_sets - 1].seen = true;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char kinds[] = "nicj";
	const char *kind = size ? strchr(kinds, *data) : NULL;
	struct import im = { 0 };
	char *text, *config;
	int status;

	/* file_read() lets no NUL pass */
	if (!kind || !*kind || memchr(data, '\0', size))
		return 0;
	options.quiet = true;
	give_words(&im, kind - kinds);
	begin_policy(&im);
	text = xcalloc(size + 1, 1);
	memcpy(text, data + 1, size - 1);
	status = readers[kind - kinds](&im, text, size - 1);
	if (!status && kind - kinds != IPSET)
		status = translate(&im);
	if (!status)
		status = check(&im);
	if (!status) {
		config = file_text(write_config, &im);
		try_text(config);
		free(config);
	}
	free(text);
	free_import(&im);
	return 0;
}

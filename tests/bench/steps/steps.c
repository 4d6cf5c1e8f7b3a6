// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets through the module's own objects, in a program, so that callgrind can
 * count what each step of a verdict costs; see count.py.
 *
 *	steps DIRECTORY FAMILY PAIRS VERDICT PACKETS [flush]
 *
 * DIRECTORY is one that tables.py has made, and PAIRS a file of it.  VERDICT is
 * "blocked" or "passed": of the packets that are, PACKETS are measured, each once
 * more after it has gone through.  With "flush", much memory is walked over in
 * between.
 */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"

#define SOURCES	65536
#define MEMORY	(8 << 20)

static void load(const char *directory, const char *name, int family)
{
	unsigned char addr[16];
	char path[4096], line[128], *slash;
	FILE *file;
	int error;

	snprintf(path, sizeof(path), "%s/%s%d", directory, name, family);
	file = fopen(path, "r");
	if (!file)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), file)) {
		slash = strchr(line, '/');
		if (!slash)
			errx(1, "%s: %s", path, line);
		*slash = '\0';
		if (inet_pton(family == 4 ? AF_INET : AF_INET6, line, addr) != 1)
			errx(1, "%s: %s", path, line);
		error = drive_prefix(family, !strcmp(name, "ok"), addr,
				     atoi(slash + 1));
		if (error < 0)
			errx(1, "%s: %s: %s", path, line, strerror(-error));
	}
	fclose(file);
}

static void flush(void)
{
	static volatile char memory[MEMORY];
	size_t i;

	for (i = 0; i < sizeof(memory); i += 64)
		memory[i]++;
}

/* What callgrind collects */
__attribute__((noinline)) int measured(void)
{
	return drive_packet();
}

int main(int argc, char **argv)
{
	unsigned char pair[32];
	int family, blocked;
	unsigned int left;
	size_t size;
	FILE *file;

	if (argc < 6)
		errx(2, "usage: steps DIRECTORY FAMILY PAIRS VERDICT PACKETS [flush]");
	family = atoi(argv[2]);
	size = family == 4 ? 8 : 32;
	blocked = !strcmp(argv[4], "blocked");
	left = atoi(argv[5]);
	if (drive_begin(SOURCES))
		errx(1, "no memory");
	load(argv[1], "dyn", family);
	load(argv[1], "ok", family);
	drive_publish();
	file = fopen(argv[3], "r");
	if (!file)
		err(1, "%s", argv[3]);
	while (left && fread(pair, size, 1, file) == 1) {
		drive_prepare(family, pair);
		if (drive_packet() != blocked)
			continue;
		if (argc > 6)
			flush();
		if (measured() != blocked)
			errx(1, "the same packet has another verdict");
		left--;
	}
	if (left)
		errx(1, "%s: %u packets too few are %s", argv[3], left, argv[4]);
	return 0;
}

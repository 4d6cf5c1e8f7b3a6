// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maps of BPF, made from files with a prefix a line.
 */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "maps.h"

/* glibc has no wrapper of it */
int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* Whatever fails ends the program */
int map_create(union bpf_attr *attr)
{
	int fd = bpf(BPF_MAP_CREATE, attr);

	if (fd < 0)
		err(1, "cannot create a map");
	return fd;
}

void map_put(int map, const void *key, const void *value)
{
	union bpf_attr attr = {
		.map_fd = map,
		.key = (unsigned long)key,
		.value = (unsigned long)value,
	};

	if (bpf(BPF_MAP_UPDATE_ELEM, &attr))
		err(1, "cannot fill a map");
}

/* @take gets the address in network order, and @data */
void each_prefix(const char *path, int family,
		 void (*take)(const void *addr, unsigned int len, void *data),
		 void *data)
{
	FILE *file = fopen(path, "r");
	char line[128], *slash;
	struct in6_addr addr;

	if (!file)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), file)) {
		slash = strchr(line, '/');
		if (!slash)
			errx(1, "no length: %s", line);
		*slash = '\0';
		if (inet_pton(family, line, &addr) != 1)
			errx(1, "no address: %s", line);
		take(&addr, atoi(slash + 1), data);
	}
	fclose(file);
}

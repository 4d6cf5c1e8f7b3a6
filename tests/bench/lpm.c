// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads prefixes into BPF maps of type LPM trie, and makes a peer of them.
 *
 *	lpm NAME DYN4 OK4 DYN6 OK6
 *
 * The maps live on with the peer; see injector/.
 */
#include <arpa/inet.h>
#include <err.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct key {
	__u32 len;
	__u8 addr[16];
};

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int create(unsigned int size)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_LPM_TRIE,
		.key_size = 4 + size,
		.value_size = 4,
		.max_entries = 4 << 20,
		.map_flags = BPF_F_NO_PREALLOC,
	};
	int fd = bpf(BPF_MAP_CREATE, &attr);

	if (fd < 0)
		err(1, "cannot create a map");
	return fd;
}

static void add(int map, int family, char *line)
{
	char *slash = strchr(line, '/');
	struct key key = { 0 };
	__u32 value = 1;
	union bpf_attr attr = {
		.map_fd = map,
		.key = (unsigned long)&key,
		.value = (unsigned long)&value,
	};

	if (!slash)
		errx(1, "no length: %s", line);
	*slash = '\0';
	key.len = atoi(slash + 1);
	if (inet_pton(family, line, key.addr) != 1)
		errx(1, "no address: %s", line);
	if (bpf(BPF_MAP_UPDATE_ELEM, &attr))
		err(1, "cannot add %s", line);
}

static int load(int family, const char *path)
{
	int map = create(family == AF_INET ? 4 : 16);
	FILE *file = fopen(path, "r");
	char line[128];

	if (!file)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), file))
		add(map, family, line);
	fclose(file);
	return map;
}

int main(int argc, char **argv)
{
	FILE *bench;
	int map[4], i;

	if (argc != 6)
		errx(2, "usage: lpm NAME DYN4 OK4 DYN6 OK6");
	for (i = 0; i < 4; i++)
		map[i] = load(i < 2 ? AF_INET : AF_INET6, argv[2 + i]);
	bench = fopen("/proc/obpbl_bench", "w");
	if (!bench)
		err(1, "/proc/obpbl_bench");
	fprintf(bench, "peer %s bpf %d %d %d %d", argv[1], map[0], map[1],
		map[2], map[3]);
	if (fclose(bench))
		err(1, "cannot become a peer");
	return 0;
}

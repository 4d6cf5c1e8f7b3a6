// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads prefixes into BPF maps of type LPM trie, and makes a peer of them.
 *
 *	lpm NAME DYN4 OK4 DYN6 OK6
 *
 * The maps live on with the peer; see injector/.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "maps.h"

struct key {
	__u32 len;
	__u8 addr[16];
};

static void add(const void *addr, unsigned int len, void *map)
{
	struct key key = { .len = len };
	__u32 value = 1;

	memcpy(key.addr, addr, sizeof(key.addr));
	map_put(*(int *)map, &key, &value);
}

static int load(int family, const char *path)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_LPM_TRIE,
		.key_size = 4 + (family == AF_INET ? 4 : 16),
		.value_size = 4,
		.max_entries = 4 << 20,
		.map_flags = BPF_F_NO_PREALLOC,
	};
	int map = map_create(&attr);

	each_prefix(path, family, add, &map);
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

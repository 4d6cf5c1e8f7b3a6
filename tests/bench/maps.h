/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Maps of BPF, made from files with a prefix a line.
 */
#ifndef OBPBL_BENCH_MAPS_H
#define OBPBL_BENCH_MAPS_H

#include <linux/bpf.h>

int bpf(int cmd, union bpf_attr *attr);
int map_create(union bpf_attr *attr);
void map_put(int map, const void *key, const void *value);
void each_prefix(const char *path, int family,
		 void (*take)(const void *addr, unsigned int len, void *data),
		 void *data);

#endif /* OBPBL_BENCH_MAPS_H */

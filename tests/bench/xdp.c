// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program of XDP that drops what goes to TCP port 25, from a network to one that
 * is not among others: what can be had before the stack.
 *
 *	xdp DEVICE SOURCES DESTINATIONS
 *
 * The files have one IPv4 prefix a line.  A bit for each /24 tells whether it is in
 * one, or one is in it: of longer prefixes it knows no better.  Like the hooks of
 * injector/peer.c it knows no options, no fragments, no counters, and no IPv6.
 */
#include <arpa/inet.h>
#include <err.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "maps.h"

#define WORDS	(1 << 18)	/* of 64 networks each */

static void mark(const void *addr, unsigned int len, void *data)
{
	__u32 first = ntohl(*(const __u32 *)addr) >> 8, n;
	__u64 *bits = data;

	for (n = 0; n < (len < 24 ? 1U << (24 - len) : 1); n++)
		bits[(first + n) / 64] |= 1ULL << (first + n) % 64;
}

/* A map of all /24, from a file */
static int load(const char *path)
{
	static __u64 bits[WORDS];
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.value_size = sizeof(*bits),
		.max_entries = WORDS,
	};
	int map = map_create(&attr);
	__u32 i;

	memset(bits, 0, sizeof(bits));
	each_prefix(path, AF_INET, mark, bits);
	for (i = 0; i < WORDS; i++)
		if (bits[i])
			map_put(map, &i, &bits[i]);
	return map;
}

/* Instructions, as the kernel's own documentation names them */

#define LDX(size, to, from, at)						\
	{ .code = BPF_LDX | BPF_MEM | (size), .dst_reg = (to),		\
	  .src_reg = (from), .off = (at) }
#define STX(size, to, at, from)						\
	{ .code = BPF_STX | BPF_MEM | (size), .dst_reg = (to),		\
	  .src_reg = (from), .off = (at) }
#define ALU(op, to, value)						\
	{ .code = BPF_ALU64 | (op) | BPF_K, .dst_reg = (to), .imm = (value) }
#define ALU_REG(op, to, from)						\
	{ .code = BPF_ALU64 | (op) | BPF_X, .dst_reg = (to), .src_reg = (from) }
#define JUMP(op, reg, value, skip)					\
	{ .code = BPF_JMP | (op) | BPF_K, .dst_reg = (reg), .off = (skip), \
	  .imm = (value) }
#define JUMP_REG(op, reg, other, skip)					\
	{ .code = BPF_JMP | (op) | BPF_X, .dst_reg = (reg),		\
	  .src_reg = (other), .off = (skip) }
#define HOST_ORDER(reg)							\
	{ .code = BPF_ALU | BPF_END | BPF_TO_BE, .dst_reg = (reg), .imm = 32 }
#define LOAD_MAP(to, fd)						\
	{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = (to),		\
	  .src_reg = BPF_PSEUDO_MAP_FD, .imm = (fd) }, { .imm = 0 }
#define CALL(function)	{ .code = BPF_JMP | BPF_CALL, .imm = (function) }
#define EXIT		{ .code = BPF_JMP | BPF_EXIT }

#define IP	ETH_HLEN
#define TCP	(IP + 20)
#define SMTP	25

/* R7: the address, in host order; R0: whether its network is in the map */
#define HAS(map)							\
	ALU_REG(BPF_MOV, BPF_REG_1, BPF_REG_7),				\
	ALU(BPF_RSH, BPF_REG_1, 14),					\
	STX(BPF_W, BPF_REG_10, -4, BPF_REG_1),				\
	LOAD_MAP(BPF_REG_1, map),					\
	ALU_REG(BPF_MOV, BPF_REG_2, BPF_REG_10),			\
	ALU(BPF_ADD, BPF_REG_2, -4),					\
	CALL(BPF_FUNC_map_lookup_elem),					\
	JUMP(BPF_JEQ, BPF_REG_0, 0, 5),					\
	LDX(BPF_DW, BPF_REG_0, BPF_REG_0, 0),				\
	ALU(BPF_RSH, BPF_REG_7, 8),					\
	ALU(BPF_AND, BPF_REG_7, 63),					\
	ALU_REG(BPF_RSH, BPF_REG_0, BPF_REG_7),				\
	ALU(BPF_AND, BPF_REG_0, 1)

/* The last of all, which lets the packet pass, is that many instructions on */
#define PASS(reg, value, on)	JUMP(BPF_JNE, reg, value, on)

static int load_program(int sources, int destinations)
{
	const struct bpf_insn code[] = {
		LDX(BPF_W, BPF_REG_6, BPF_REG_1, offsetof(struct xdp_md, data)),
		LDX(BPF_W, BPF_REG_2, BPF_REG_1,
		    offsetof(struct xdp_md, data_end)),
		ALU_REG(BPF_MOV, BPF_REG_3, BPF_REG_6),
		ALU(BPF_ADD, BPF_REG_3, TCP + 4),
		JUMP_REG(BPF_JGT, BPF_REG_3, BPF_REG_2, 45),
		LDX(BPF_H, BPF_REG_0, BPF_REG_6, offsetof(struct ethhdr, h_proto)),
		PASS(BPF_REG_0, htons(ETH_P_IP), 43),
		LDX(BPF_B, BPF_REG_0, BPF_REG_6, IP),
		PASS(BPF_REG_0, 0x45, 41),
		LDX(BPF_B, BPF_REG_0, BPF_REG_6, IP + 9),
		PASS(BPF_REG_0, IPPROTO_TCP, 39),
		LDX(BPF_H, BPF_REG_0, BPF_REG_6, TCP + 2),
		PASS(BPF_REG_0, htons(SMTP), 37),
		LDX(BPF_W, BPF_REG_7, BPF_REG_6, IP + 12),
		LDX(BPF_W, BPF_REG_8, BPF_REG_6, IP + 16),
		HOST_ORDER(BPF_REG_7),
		HAS(sources),
		PASS(BPF_REG_0, 1, 19),
		ALU_REG(BPF_MOV, BPF_REG_7, BPF_REG_8),
		HOST_ORDER(BPF_REG_7),
		HAS(destinations),
		PASS(BPF_REG_0, 0, 2),
		ALU(BPF_MOV, BPF_REG_0, XDP_DROP),
		EXIT,
		ALU(BPF_MOV, BPF_REG_0, XDP_PASS),
		EXIT,
	};
	static char log[1 << 16];
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_XDP,
		.insns = (unsigned long)code,
		.insn_cnt = sizeof(code) / sizeof(*code),
		.license = (unsigned long)"GPL",
		.log_buf = (unsigned long)log,
		.log_size = sizeof(log),
		.log_level = 1,
	};
	int program = bpf(BPF_PROG_LOAD, &attr);

	if (program < 0)
		err(1, "%scannot load the program", log);
	return program;
}

/* By the stack, before anything else: no driver that is here does it itself */
static void attach(const char *device, int program)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	struct mnl_socket *socket = mnl_socket_open(NETLINK_ROUTE);
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *link;
	struct nlattr *xdp;
	ssize_t n;

	request->nlmsg_type = RTM_SETLINK;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	link = mnl_nlmsg_put_extra_header(request, sizeof(*link));
	link->ifi_index = if_nametoindex(device);
	xdp = mnl_attr_nest_start(request, IFLA_XDP);
	mnl_attr_put_u32(request, IFLA_XDP_FD, program);
	mnl_attr_put_u32(request, IFLA_XDP_FLAGS, XDP_FLAGS_SKB_MODE);
	mnl_attr_nest_end(request, xdp);
	if (!socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		err(1, "cannot ask for it");
	n = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
	if (n < 0 || mnl_cb_run(buffer, n, 0, mnl_socket_get_portid(socket), NULL,
				NULL) < 0)
		err(1, "%s takes no program", device);
	mnl_socket_close(socket);
}

int main(int argc, char **argv)
{
	int sources, destinations;

	if (argc != 4)
		errx(2, "usage: xdp DEVICE SOURCES DESTINATIONS");
	sources = load(argv[2]);
	destinations = load(argv[3]);
	attach(argv[1], load_program(sources, destinations));
	return 0;
}

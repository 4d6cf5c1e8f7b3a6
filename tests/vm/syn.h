/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SYNs to port 25 and answers from it, for those who send many of them.  TCP
 * checksums are wrong, so that nobody answers; all else is right.
 */
#ifndef OBPBL_TESTS_SYN_H
#define OBPBL_TESTS_SYN_H

#include <arpa/inet.h>
#include <err.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>

#define PORT		25
#define CLIENT_PORT	40000

struct packet {
	union {
		struct iphdr ip;
		struct ip6_hdr ip6;
		unsigned char bytes[sizeof(struct ip6_hdr) +
				    sizeof(struct tcphdr)];
	};
};

/* Its last four bytes are counted up */
struct address {
	union {
		struct in_addr ip;
		struct in6_addr ip6;
	};
	bool six;
};

static inline struct address address_of(const char *text)
{
	struct address address = { .six = strchr(text, ':') };

	if (inet_pton(address.six ? AF_INET6 : AF_INET, text, &address.ip6) != 1)
		errx(1, "no address: %s", text);
	return address;
}

static inline struct address address_after(struct address address,
					   uint32_t number)
{
	uint32_t *last = address.six ? &address.ip6.s6_addr32[3] :
				       &address.ip.s_addr;

	*last = htonl(ntohl(*last) + number);
	return address;
}

static inline uint16_t sum(const void *data, size_t size)
{
	const uint16_t *word = data;
	uint32_t total = 0;

	for (; size; size -= 2)
		total += *word++;
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return ~total;
}

static inline void put_tcp(struct tcphdr *tcp, bool answer)
{
	*tcp = (struct tcphdr){
		.source = htons(answer ? PORT : CLIENT_PORT),
		.dest = htons(answer ? CLIENT_PORT : PORT),
		.seq = htonl(1),
		.doff = sizeof(*tcp) / 4,
		.syn = 1,
		.ack = answer,
		.window = htons(8192),
		.check = htons(1),
	};
}

/* put_syn(): its size. Of an answer, the source is that of the server. */
static inline size_t put_syn(struct packet *packet, const struct address *from,
			     const struct address *to, bool answer)
{
	if (from->six != to->six)
		errx(1, "addresses of two families");
	if (from->six) {
		packet->ip6 = (struct ip6_hdr){
			.ip6_flow = htonl(6U << 28),
			.ip6_plen = htons(sizeof(struct tcphdr)),
			.ip6_nxt = IPPROTO_TCP,
			.ip6_hlim = 64,
			.ip6_src = from->ip6,
			.ip6_dst = to->ip6,
		};
		put_tcp((struct tcphdr *)(&packet->ip6 + 1), answer);
		return sizeof(packet->ip6) + sizeof(struct tcphdr);
	}
	packet->ip = (struct iphdr){
		.version = 4,
		.ihl = 5,
		.tot_len = htons(sizeof(packet->ip) + sizeof(struct tcphdr)),
		.ttl = 64,
		.protocol = IPPROTO_TCP,
		.saddr = from->ip.s_addr,
		.daddr = to->ip.s_addr,
	};
	packet->ip.check = sum(&packet->ip, sizeof(packet->ip));
	put_tcp((struct tcphdr *)(&packet->ip + 1), answer);
	return sizeof(packet->ip) + sizeof(struct tcphdr);
}

/* on_device(): where packets of that family go, whatever their hardware address. */
static inline struct sockaddr_ll on_device(unsigned int device, bool six)
{
	return (struct sockaddr_ll){
		.sll_family = AF_PACKET,
		.sll_protocol = htons(six ? ETHERTYPE_IPV6 : ETHERTYPE_IP),
		.sll_ifindex = device,
		.sll_halen = ETH_ALEN,
	};
}

static inline void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "processor %d", cpu);
}

#endif

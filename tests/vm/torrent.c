// SPDX-License-Identifier: GPL-2.0-only
/*
 * SYNs to port 25, and answers from it, as fast as one processor sends them:
 *
 *	torrent CPU ROUNDS SIDE...
 *
 * on processor CPU, or on any (-1); ROUNDS of them, or until it is killed (0).
 * A round is BATCH packets of each side, and a SIDE is
 *
 *	NETNS,DEVICE,SOURCE,DESTINATION[,answer]
 *
 * the file of a network namespace, the number of a device there, and addresses,
 * of which that on the side of the subscriber is counted up.  The device may be
 * gone and come again.  All goes to one hardware address, 02:00:00:00:00:19.
 * TCP checksums are wrong, so that nobody answers.  Says when it has begun, and
 * at its end how many it has sent.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH		32
#define MAX_SIDES	64
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

struct side {
	int socket;
	struct sockaddr_ll to;
	struct packet packets[BATCH];
	struct iovec parts[BATCH];
	struct mmsghdr messages[BATCH];
};

static struct side sides[MAX_SIDES];
static volatile sig_atomic_t stopped;

static void stop(int number)
{
	(void)number;
	stopped = 1;
}

static int socket_in(const char *netns)
{
	int fd = open(netns, O_RDONLY | O_CLOEXEC), sock;

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(1, "%s", netns);
	close(fd);
	sock = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock < 0)
		err(1, "socket");
	return sock;
}

static uint16_t sum(const void *data, size_t size)
{
	const uint16_t *word = data;
	uint32_t total = 0;

	for (; size; size -= 2)
		total += *word++;
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return ~total;
}

static void put_tcp(struct tcphdr *tcp, bool answer)
{
	tcp->source = htons(answer ? PORT : CLIENT_PORT);
	tcp->dest = htons(answer ? CLIENT_PORT : PORT);
	tcp->seq = htonl(1);
	tcp->doff = sizeof(*tcp) / 4;
	tcp->syn = 1;
	tcp->ack = answer;
	tcp->window = htons(8192);
	tcp->check = htons(1);
}

static size_t put_ip(struct packet *packet, const char *from, const char *to,
		     unsigned int number, bool answer)
{
	struct iphdr *ip = &packet->ip;
	uint32_t *subscriber = answer ? &ip->daddr : &ip->saddr;

	if (inet_pton(AF_INET, from, &ip->saddr) != 1 ||
	    inet_pton(AF_INET, to, &ip->daddr) != 1)
		errx(1, "no addresses: %s, %s", from, to);
	*subscriber = htonl(ntohl(*subscriber) + number);
	ip->version = 4;
	ip->ihl = 5;
	ip->tot_len = htons(sizeof(*ip) + sizeof(struct tcphdr));
	ip->ttl = 64;
	ip->protocol = IPPROTO_TCP;
	ip->check = sum(ip, sizeof(*ip));
	put_tcp((struct tcphdr *)(ip + 1), answer);
	return sizeof(*ip) + sizeof(struct tcphdr);
}

static size_t put_ip6(struct packet *packet, const char *from, const char *to,
		      unsigned int number, bool answer)
{
	struct ip6_hdr *ip = &packet->ip6;
	struct in6_addr *subscriber = answer ? &ip->ip6_dst : &ip->ip6_src;

	if (inet_pton(AF_INET6, from, &ip->ip6_src) != 1 ||
	    inet_pton(AF_INET6, to, &ip->ip6_dst) != 1)
		errx(1, "no addresses: %s, %s", from, to);
	subscriber->s6_addr[15] += number;
	ip->ip6_flow = htonl(6U << 28);
	ip->ip6_plen = htons(sizeof(struct tcphdr));
	ip->ip6_nxt = IPPROTO_TCP;
	ip->ip6_hlim = 64;
	put_tcp((struct tcphdr *)(ip + 1), answer);
	return sizeof(*ip) + sizeof(struct tcphdr);
}

static void parse(struct side *side, char *words)
{
	char *netns = strsep(&words, ","), *device = strsep(&words, ",");
	char *from = strsep(&words, ","), *to = strsep(&words, ",");
	char *answer = strsep(&words, ",");
	unsigned int i;

	if (!to || (answer && strcmp(answer, "answer")))
		errx(2, "a side is NETNS,DEVICE,SOURCE,DESTINATION[,answer]");
	side->socket = socket_in(netns);
	side->to = (struct sockaddr_ll){
		.sll_family = AF_PACKET,
		.sll_protocol = htons(strchr(from, ':') ? ETHERTYPE_IPV6 :
							  ETHERTYPE_IP),
		.sll_ifindex = atoi(device),
		.sll_halen = ETH_ALEN,
		.sll_addr = { 0x02, 0, 0, 0, 0, 0x19 },
	};
	for (i = 0; i < BATCH; i++) {
		side->parts[i].iov_base = side->packets[i].bytes;
		side->parts[i].iov_len = strchr(from, ':') ?
			put_ip6(&side->packets[i], from, to, i, answer) :
			put_ip(&side->packets[i], from, to, i, answer);
		side->messages[i].msg_hdr = (struct msghdr){
			.msg_name = &side->to,
			.msg_namelen = sizeof(side->to),
			.msg_iov = &side->parts[i],
			.msg_iovlen = 1,
		};
	}
}

/* How many; none where the device is gone or its queue is full */
static unsigned int send_batch(struct side *side)
{
	int n = sendmmsg(side->socket, side->messages, BATCH, 0);

	if (n >= 0)
		return n;
	if (errno != ENXIO && errno != ENODEV && errno != ENETDOWN &&
	    errno != ENOBUFS && errno != EINTR)
		err(1, "send");
	return 0;
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "processor %d", cpu);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = stop };
	unsigned long rounds, round, sent = 0;
	unsigned int i, n = argc - 3;

	if (argc < 4 || n > MAX_SIDES)
		errx(2, "torrent CPU ROUNDS SIDE...");
	for (i = 0; i < n; i++)
		parse(&sides[i], argv[3 + i]);
	if (atoi(argv[1]) >= 0)
		pin(atoi(argv[1]));
	sigaction(SIGTERM, &action, NULL);
	puts("begun");
	fflush(stdout);
	rounds = strtoul(argv[2], NULL, 10);
	for (round = 0; !stopped && (!rounds || round < rounds); round++) {
		for (i = 0; i < n; i++)
			sent += send_batch(&sides[i]);
	}
	printf("%lu\n", sent);
	return 0;
}

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
 * Says when it has begun, and at its end how many it has sent.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "syn.h"

#define BATCH		32
#define MAX_SIDES	64

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

static void parse(struct side *side, char *words)
{
	char *netns = strsep(&words, ","), *device = strsep(&words, ",");
	char *from = strsep(&words, ","), *to = strsep(&words, ",");
	char *answer = strsep(&words, ",");
	struct address source, destination;
	unsigned int i;

	if (!to || (answer && strcmp(answer, "answer")))
		errx(2, "a side is NETNS,DEVICE,SOURCE,DESTINATION[,answer]");
	source = address_of(from);
	destination = address_of(to);
	side->socket = socket_in(netns);
	side->to = on_device(atoi(device), source.six);
	memcpy(side->to.sll_addr, (unsigned char[]){ 2, 0, 0, 0, 0, 0x19 },
	       ETH_ALEN);
	for (i = 0; i < BATCH; i++) {
		struct address first = address_after(source, answer ? 0 : i);
		struct address second = address_after(destination,
						      answer ? i : 0);

		side->parts[i].iov_base = side->packets[i].bytes;
		side->parts[i].iov_len = put_syn(&side->packets[i], &first,
						 &second, answer);
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

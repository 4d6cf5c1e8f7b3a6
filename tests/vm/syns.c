// SPDX-License-Identifier: GPL-2.0-only
/*
 * SYNs to port 25 from many sources:
 *
 *	syns SOURCE COUNT DESTINATION COUNT [ROUNDS [CPU]]
 *
 * From the line of the subscriber of lib.sh, to the router, whose hardware address
 * is in ROUTER_MAC.  Each source, counted up from SOURCE, sends to each destination,
 * ROUNDS times (1).  CPU is the last where there are not so many.
 */
#define _GNU_SOURCE
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "syn.h"

static struct sockaddr_ll router(bool six)
{
	struct sockaddr_ll to = on_device(if_nametoindex("eth0"), six);
	const char *text = getenv("ROUTER_MAC");
	unsigned char *byte = to.sll_addr;

	if (!to.sll_ifindex)
		err(1, "eth0");
	if (!text || sscanf(text, "%2hhx%2hhx%2hhx%2hhx%2hhx%2hhx", byte,
			    byte + 1, byte + 2, byte + 3, byte + 4,
			    byte + 5) != ETH_ALEN)
		errx(1, "ROUTER_MAC is not twelve digits");
	return to;
}

int main(int argc, char **argv)
{
	unsigned int sources, destinations, rounds, i, j;
	struct address from, to;
	struct sockaddr_ll line;
	int sock;

	if (argc < 5 || argc > 7)
		errx(2, "syns SOURCE COUNT DESTINATION COUNT [ROUNDS [CPU]]");
	from = address_of(argv[1]);
	sources = strtoul(argv[2], NULL, 10);
	to = address_of(argv[3]);
	destinations = strtoul(argv[4], NULL, 10);
	rounds = argc > 5 ? strtoul(argv[5], NULL, 10) : 1;
	if (argc > 6)
		pin(atoi(argv[6]) % sysconf(_SC_NPROCESSORS_ONLN));
	line = router(from.six);
	sock = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock < 0)
		err(1, "socket");
	for (; rounds; rounds--) {
		for (i = 0; i < sources; i++) {
			struct address source = address_after(from, i);

			for (j = 0; j < destinations; j++) {
				struct address target = address_after(to, j);
				struct packet packet;
				size_t size = put_syn(&packet, &source, &target,
						      false);

				if (sendto(sock, &packet, size, 0,
					   (struct sockaddr *)&line,
					   sizeof(line)) < 0)
					err(1, "send");
			}
		}
	}
	return 0;
}

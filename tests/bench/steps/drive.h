/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the program and what is compiled as for the kernel: no type of either.
 * What can fail returns 0, or a negative errno.
 */
#ifndef DRIVE_H
#define DRIVE_H

/* Begins a policy of one ISP */
int drive_begin(unsigned int max_sources);

/* Adds a dynamic prefix to it, or one of a relay */
int drive_prefix(int family, int relay, const unsigned char *addr,
		 unsigned int len);

/* Lets packets see it */
void drive_publish(void);

/* The next packet: a SYN to port 25, of a pair of addresses, source first */
void drive_prepare(int family, const unsigned char *pair);

/* That packet in the hook; whether it was blocked */
int drive_packet(void);

#endif

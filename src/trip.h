/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trips: sources that went over their limit, on their way to quarantine.
 *
 * Pure: knows no socket buffer and no netlink.
 */
#ifndef _OBPBL_TRIP_H
#define _OBPBL_TRIP_H

#include <linux/types.h>
#include <uapi/linux/obpbl.h>

#include "trie.h"

/* How many can be on their way at one time */
#define OBPBL_MAX_TRIPS	256

struct obpbl_trips;

/**
 * struct obpbl_trip - a source that went over its limit
 * @src: its address, as a key of the tables
 * @dst: whom it tried to reach, likewise
 * @session: number of the device whose session it was; 0: of none
 * @family: enum obpbl_family
 * @done: for whoever takes it: nothing is left to be done about it
 * @isp: name of its ISP, which says more than a place that another can get
 */
struct obpbl_trip {
	u8 src[OBPBL_KEY_SIZE];
	u8 dst[OBPBL_KEY_SIZE];
	u32 session;
	u8 family;
	bool done;
	char isp[OBPBL_ISP_NAME_SIZE];
};

struct obpbl_trips *obpbl_trips_alloc(void);
void obpbl_trips_free(struct obpbl_trips *trips);
void obpbl_trips_free_rcu(struct obpbl_trips *trips);
bool obpbl_trips_full(const struct obpbl_trips *trips);
bool obpbl_trips_put(struct obpbl_trips *trips, const struct obpbl_trip *trip);
unsigned int obpbl_trips_take(struct obpbl_trips *trips,
			      struct obpbl_trip **list);
unsigned int obpbl_trips_sweep(struct obpbl_trips *trips);

#endif /* _OBPBL_TRIP_H */

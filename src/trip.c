// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trips.
 *
 * Packets put them into a list of a fixed size, and one reader, who may take
 * his time, works at its head: whatever is put meanwhile comes behind what he
 * has seen.  What he has done he sweeps away in one step, so that what must
 * wait keeps its turn.
 *
 * The lock is taken once a window of a source, and even then only tried: who
 * does not get it, or finds no place, is not noted, and comes again with its
 * next packet.
 */
#include <linux/compiler.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "trip.h"

/**
 * struct obpbl_trips - sources on their way to quarantine
 * @rcu: to free it
 * @lock: protects @n, and those of @trip that are not counted in it yet
 * @n: how many there are
 * @trip: they, the oldest first
 */
struct obpbl_trips {
	struct rcu_head rcu;
	spinlock_t lock;
	unsigned int n;
	struct obpbl_trip trip[OBPBL_MAX_TRIPS];
};

/**
 * obpbl_trips_alloc() - make an empty list
 *
 * Context: process, may sleep.
 * Return: the list, or NULL without memory.
 */
struct obpbl_trips *obpbl_trips_alloc(void)
{
	struct obpbl_trips *trips;

	trips = kvzalloc(sizeof(*trips), GFP_KERNEL_ACCOUNT);
	if (trips)
		spin_lock_init(&trips->lock);
	return trips;
}

/**
 * obpbl_trips_free() - free a list that no packet can see
 * @trips: the list, or NULL
 *
 * Context: process.
 */
void obpbl_trips_free(struct obpbl_trips *trips)
{
	kvfree(trips);
}

/**
 * obpbl_trips_free_rcu() - free a list after a grace period
 * @trips: the list
 *
 * Context: process.
 */
void obpbl_trips_free_rcu(struct obpbl_trips *trips)
{
	kvfree_rcu(trips, rcu);
}

/**
 * obpbl_trips_full() - whether it is in vain to try
 * @trips: the list
 *
 * Context: any.
 * Return: whether there was no place a moment ago.
 */
bool obpbl_trips_full(const struct obpbl_trips *trips)
{
	return READ_ONCE(trips->n) == OBPBL_MAX_TRIPS;
}

/**
 * obpbl_trips_put() - note a source
 * @trips: the list
 * @trip: the source; copied
 *
 * Context: softirq.
 * Return: whether it was noted; not while the list is full or busy.
 */
bool obpbl_trips_put(struct obpbl_trips *trips, const struct obpbl_trip *trip)
{
	bool room;

	if (!spin_trylock(&trips->lock))
		return false;
	room = trips->n < OBPBL_MAX_TRIPS;
	if (room) {
		trips->trip[trips->n] = *trip;
		WRITE_ONCE(trips->n, trips->n + 1);
	}
	spin_unlock(&trips->lock);
	return room;
}

/**
 * obpbl_trips_take() - see who is there
 * @trips: the list
 * @list: where to put the first of them; the caller's, until he sweeps
 *
 * Context: process; one caller at a time.
 * Return: how many there are.
 */
unsigned int obpbl_trips_take(struct obpbl_trips *trips,
			      struct obpbl_trip **list)
{
	unsigned int n;

	spin_lock_bh(&trips->lock);
	n = trips->n;
	spin_unlock_bh(&trips->lock);
	*list = trips->trip;
	return n;
}

/**
 * obpbl_trips_sweep() - remove those that are done
 * @trips: the list
 *
 * Context: process; whoever called obpbl_trips_take() last.
 * Return: how many are left.
 */
unsigned int obpbl_trips_sweep(struct obpbl_trips *trips)
{
	unsigned int i, n = 0;

	spin_lock_bh(&trips->lock);
	for (i = 0; i < trips->n; i++) {
		if (!trips->trip[i].done)
			trips->trip[n++] = trips->trip[i];
	}
	WRITE_ONCE(trips->n, n);
	spin_unlock_bh(&trips->lock);
	return n;
}

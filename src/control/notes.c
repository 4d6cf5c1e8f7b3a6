// SPDX-License-Identifier: GPL-2.0-only
/*
 * What packets have to tell.
 *
 * They leave notes in the queue of the datapath (packet/account.c).  A work item
 * makes events of those of blocked sources, and quarantines of those of sources
 * over their limit.
 */
#include <linux/kfifo.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "event.h"
#include "notes.h"
#include "quarantine.h"

static bool next_note(struct obpbl_net *onet, struct obpbl_note *note)
{
	struct obpbl_datapath *dp;
	bool any = false;

	rcu_read_lock();
	dp = rcu_dereference(onet->datapath);
	if (dp && !kfifo_is_empty(&dp->notes)) {
		/* Pairs with smp_wmb() in kfifo_put(); kfifo_get() has none */
		smp_rmb();
		any = kfifo_get(&dp->notes, note);
	}
	rcu_read_unlock();
	return any;
}

static void drain(struct work_struct *work)
{
	struct obpbl_net *onet = container_of(work, struct obpbl_net, drain);
	struct obpbl_note note;

	while (next_note(onet, &note)) {
		if (note.overlimit)
			obpbl_quarantine_add(onet, &note);
		else
			obpbl_event_block(onet, &note);
		cond_resched();
	}
}

/**
 * obpbl_notes_init() - a namespace begins
 * @onet: its state
 */
void obpbl_notes_init(struct obpbl_net *onet)
{
	INIT_WORK(&onet->drain, drain);
}

/**
 * obpbl_notes_exit() - a namespace ends: nothing more is told
 * @onet: its state; no hook runs any more
 *
 * Context: process, may sleep.
 */
void obpbl_notes_exit(struct obpbl_net *onet)
{
	cancel_work_sync(&onet->drain);
}

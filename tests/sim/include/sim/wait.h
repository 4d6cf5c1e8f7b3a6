/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waiting for a condition, by the address of what it depends on.
 */
#ifndef _SIM_WAIT_H
#define _SIM_WAIT_H

#include <sim/sched.h>

void sim_wait_prepare(const void *var);
void sim_wait(const char *waits);
void sim_wait_finish(void);
void sim_wake_var(const void *var);

#define wait_var_event(var, condition) do {				\
	sim_may_sleep("wait_var_event()");				\
	for (;;) {							\
		sim_wait_prepare(var);					\
		if (condition)						\
			break;						\
		sim_wait(#condition);					\
	}								\
	sim_wait_finish();						\
} while (0)
#define wake_up_var(var)	sim_wake_var(var)

typedef struct {
	char none;
} wait_queue_head_t;

#define init_waitqueue_head(wq)		((void)(wq))
#define DECLARE_WAIT_QUEUE_HEAD(name)	wait_queue_head_t name
#define wait_event(wq, condition)	wait_var_event(&(wq), condition)
#define wake_up(wq)			sim_wake_var(wq)
#define wake_up_all(wq)			sim_wake_var(wq)

struct completion {
	unsigned int done;
};

#define init_completion(c)		((c)->done = 0)
#define reinit_completion(c)		((c)->done = 0)
#define complete(c)			((c)->done++, sim_wake_var(c))
#define complete_all(c)			((c)->done = ~0U / 2, sim_wake_var(c))
#define wait_for_completion(c)	do {					\
	wait_var_event(c, (c)->done);					\
	(c)->done--;							\
} while (0)

#endif

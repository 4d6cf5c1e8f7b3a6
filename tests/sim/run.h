/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run: where it is, for whoever has to tell of a failure.
 */
#ifndef _SIM_RUN_H
#define _SIM_RUN_H

#include <linux/types.h>

/* Number of the step that is being done, from 1 on */
extern u32 run_step;
/* Whether stacks and places in the source are told */
extern bool run_traces;
/* Whether grace periods must have been waited for */
extern bool run_graces;
/* Whether each step is told as it ends */
extern bool run_tells;

void run_where(void);
void run_patience(unsigned int seconds);

#endif

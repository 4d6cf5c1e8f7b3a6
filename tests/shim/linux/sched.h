/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_SCHED_H
#define _SHIM_LINUX_SCHED_H

/* How often others were let in, by this thread */
__attribute__((weak)) _Thread_local unsigned int shim_rescheds;

#define cond_resched()		((void)shim_rescheds++)

#endif

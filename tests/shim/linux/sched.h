/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_SCHED_H
#define _SHIM_LINUX_SCHED_H

/* How often others were let in */
__attribute__((weak)) unsigned int shim_rescheds;

#define cond_resched()		((void)shim_rescheds++)

#endif

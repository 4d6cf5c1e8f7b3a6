/* SPDX-License-Identifier: GPL-2.0-only */
/* A warning of the kernel is a failure */
#ifndef _SIM_LINUX_BUG_H
#define _SIM_LINUX_BUG_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <sim/sched.h>

#define WARN_ON(cond) ({						\
	bool __warn = !!(cond);						\
	if (unlikely(__warn))						\
		sim_fail("%s: WARN_ON(%s)", __func__, #cond);		\
	__warn; })
#define WARN_ON_ONCE(cond)		WARN_ON(cond)
#define WARN(cond, ...)			WARN_ON(cond)
#define WARN_ONCE(cond, ...)		WARN_ON(cond)
#define BUG_ON(cond)			((void)WARN_ON(cond))
#define BUG()				BUG_ON(1)

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* What is embedded in objects of the core; nothing here runs it */
#ifndef _SHIM_LINUX_WORKQUEUE_H
#define _SHIM_LINUX_WORKQUEUE_H

struct work_struct {
	void (*func)(struct work_struct *work);
};

struct rcu_work {
	struct work_struct work;
};

#endif

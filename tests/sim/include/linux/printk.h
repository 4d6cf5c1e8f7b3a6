/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SIM_LINUX_PRINTK_H
#define _SIM_LINUX_PRINTK_H

#define pr_err(...)	do { } while (0)
#define pr_warn(...)	do { } while (0)
#define pr_info(...)	do { } while (0)
#define pr_debug(...)	do { } while (0)
#define pr_warn_once(...)	do { } while (0)

#endif

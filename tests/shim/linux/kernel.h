/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_KERNEL_H
#define _SHIM_LINUX_KERNEL_H

#include_next <linux/kernel.h>

/* Its names would meet those of the module where all of it is compiled */
#ifndef SHIM_NO_STDIO
#include <stdio.h>
#endif

#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/byteorder.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/types.h>

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	\
	(sizeof(a) / sizeof((a)[0]) + 0 * sizeof(struct { int not_an_array : \
	__same_type((a), &(a)[0]) ? -1 : 1; }))
#endif

#ifndef might_sleep
#define might_sleep()		do { } while (0)
#endif

#endif

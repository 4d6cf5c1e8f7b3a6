/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_BUG_H
#define _SHIM_LINUX_BUG_H

#include <stdio.h>
#include <stdlib.h>

#include <linux/build_bug.h>
#include <linux/compiler.h>

/* A warning of the kernel fails a test */
static inline int shim_warn(int cond, const char *what, const char *file,
			    int line)
{
	if (unlikely(cond)) {
		fprintf(stderr, "%s:%d: %s\n", file, line, what);
		abort();
	}
	return cond;
}

#define WARN_ON(cond)	\
	shim_warn(!!(cond), "WARN_ON: " #cond, __FILE__, __LINE__)
#define WARN_ON_ONCE(cond)	WARN_ON(cond)
#define WARN(cond, fmt, ...)	\
	shim_warn(!!(cond), "WARN: " fmt, __FILE__, __LINE__)
#define WARN_ONCE(cond, fmt, ...) WARN(cond, fmt)
#define BUG_ON(cond)		((void)WARN_ON(cond))
#define BUG()			BUG_ON(1)

#endif

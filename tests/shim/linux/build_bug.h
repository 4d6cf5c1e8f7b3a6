/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_BUILD_BUG_H
#define _SHIM_LINUX_BUILD_BUG_H

#include <assert.h>

#define BUILD_BUG_ON(cond)	_Static_assert(!(cond), "BUILD_BUG_ON: " #cond)
#define BUILD_BUG_ON_MSG(cond, msg) _Static_assert(!(cond), msg)

/* As in the kernel, the message is optional */
#undef static_assert
#define static_assert(cond, ...) shim_assert(cond, ##__VA_ARGS__, #cond)
#define shim_assert(cond, msg, ...) _Static_assert(cond, msg)

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_PREFETCH_H
#define _SHIM_LINUX_PREFETCH_H

#define prefetch(at)	__builtin_prefetch(at)
#define prefetchw(at)	__builtin_prefetch(at, 1)

#endif

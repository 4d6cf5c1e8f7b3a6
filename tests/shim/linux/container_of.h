/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_CONTAINER_OF_H
#define _SHIM_LINUX_CONTAINER_OF_H

#include <stddef.h>

#define container_of(ptr, type, member)	\
	((type *)((char *)(ptr) - offsetof(type, member)))

#ifndef offsetofend
#define offsetofend(type, member)	\
	(offsetof(type, member) + sizeof(((type *)0)->member))
#endif

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_STRING_H
#define _SHIM_LINUX_STRING_H

#include <linux/errno.h>
#include <linux/types.h>

#include <string.h>
#include <strings.h>

static inline ssize_t strscpy(char *dst, const char *src, size_t size)
{
	size_t len = strnlen(src, size);

	if (!size)
		return -E2BIG;
	if (len == size) {
		memcpy(dst, src, size - 1);
		dst[size - 1] = '\0';
		return -E2BIG;
	}
	memcpy(dst, src, len + 1);
	return (ssize_t)len;
}

/* Where the first byte is that is another one; NULL: there is none */
static inline const void *memchr_inv(const void *start, int c, size_t n)
{
	const unsigned char *at = start;

	for (; n; n--, at++)
		if (*at != (unsigned char)c)
			return at;
	return NULL;
}

#define memzero_explicit(p, n)	explicit_bzero(p, n)

#endif

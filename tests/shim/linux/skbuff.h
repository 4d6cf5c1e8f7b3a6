/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A packet in user space: a linear part, and what follows it in one other
 * piece.  Both are exactly as large as they say, so that a sanitizer sees what
 * reads past them.
 */
#ifndef _SHIM_LINUX_SKBUFF_H
#define _SHIM_LINUX_SKBUFF_H

#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

/**
 * struct sk_buff - a packet
 * @data: its linear part
 * @len: length of the whole
 * @data_len: length of what is not linear
 * @paged: that part
 */
struct sk_buff {
	unsigned char *data;
	unsigned int len;
	unsigned int data_len;
	const unsigned char *paged;
};

static inline unsigned int skb_headlen(const struct sk_buff *skb)
{
	return skb->len - skb->data_len;
}

static inline void *skb_header_pointer(const struct sk_buff *skb, int offset,
				       int len, void *buffer)
{
	int linear = (int)skb_headlen(skb) - offset;
	int first = linear < 0 ? 0 : linear;

	if (linear >= len)
		return skb->data + offset;
	if (offset < 0 || len < 0 || offset + len > (int)skb->len)
		return NULL;
	memcpy(buffer, skb->data + offset, first);
	memcpy((unsigned char *)buffer + first,
	       skb->paged + (linear < 0 ? -linear : 0), len - first);
	return buffer;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Socket buffers: a packet, all of it linear, or a netlink message.
 */
#ifndef _SIM_SKB_H
#define _SIM_SKB_H

#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>
#include <sim/mem.h>

struct dst_entry;
struct net_device;
struct sock;

struct sk_buff {
	unsigned char *head;
	unsigned char *data;
	unsigned int len;
	unsigned int data_len;
	unsigned int size;
	char cb[48] __attribute__((aligned(8)));
	struct sock *sk;
	struct net_device *dev;
	struct dst_entry *dst;
	u8 pkt_type;
	__be16 protocol;
};

#define PACKET_HOST	0

static inline unsigned int skb_headlen(const struct sk_buff *skb)
{
	return skb->len - skb->data_len;
}

static inline void *skb_header_pointer(const struct sk_buff *skb, int offset,
				       int len, void *buffer)
{
	(void)buffer;
	if (offset < 0 || len < 0 || offset + len > (int)skb->len)
		return NULL;
	return skb->data + offset;
}

static inline unsigned char *skb_network_header(const struct sk_buff *skb)
{
	return skb->data;
}

static inline int skb_network_offset(const struct sk_buff *skb)
{
	(void)skb;
	return 0;
}

static inline int skb_tailroom(const struct sk_buff *skb)
{
	return skb->size - skb->len;
}

static inline unsigned char *skb_tail_pointer(const struct sk_buff *skb)
{
	return skb->data + skb->len;
}

void *skb_put(struct sk_buff *skb, unsigned int len);
void *skb_put_zero(struct sk_buff *skb, unsigned int len);
void skb_trim(struct sk_buff *skb, unsigned int len);
struct sk_buff *alloc_skb(unsigned int size, gfp_t flags);
void kfree_skb(struct sk_buff *skb);
#define consume_skb(skb)	kfree_skb(skb)

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
#include <netinet/in.h>
#include_next <linux/netfilter_ipv6.h>

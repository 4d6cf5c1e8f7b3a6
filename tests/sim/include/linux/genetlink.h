/* SPDX-License-Identifier: GPL-2.0-only */
#include <netinet/in.h>
#include_next <linux/genetlink.h>

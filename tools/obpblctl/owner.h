/* SPDX-License-Identifier: GPL-2.0-only */
/* Whose addresses are, before a change takes them and after it */
#ifndef OBPBLCTL_OWNER_H
#define OBPBLCTL_OWNER_H

#include "kernel.h"

/**
 * struct owners - what was around prefixes before they were added
 * @policy: their ISP, and what is around them of all ISPs
 * @asked: of which the kernel was asked
 */
struct owners {
	struct policy policy;
	struct prefixes asked;
};

/**
 * struct owner - what decides of packets from an address to itself
 * @isp: whose it is; empty: nobody's
 * @class: enum obpbl_class of the source entry
 * @len: the length of that
 * @dst_class: enum obpbl_class of the destination entry; 0: there is none
 */
struct owner {
	char isp[OBPBL_ISP_NAME_SIZE];
	uint8_t class;
	uint8_t len;
	uint8_t dst_class;
};

int owner_ask(struct nl *nl, const struct prefix *address, const char *dev,
	      struct owner *owner);
bool owner_device(struct nl *nl, const char *dev);
void owners_read(struct nl *nl, const char *isp, const struct prefixes *list,
		 struct owners *owners);
void owners_tell(struct nl *nl, const char *isp, int class,
		 const struct prefixes *list, const struct policy *files,
		 struct owners *owners);
void owners_free(struct owners *owners);

#endif

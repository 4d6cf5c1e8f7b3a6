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

bool owner_device(struct nl *nl, const char *dev);
void owners_read(struct nl *nl, const char *isp, const struct prefixes *list,
		 struct owners *owners);
void owners_tell(struct nl *nl, const char *isp, int class,
		 const struct prefixes *list, const struct policy *files,
		 struct owners *owners);
void owners_free(struct owners *owners);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* What 'follow' has mirrored, as a part of the policy of a config file */
#ifndef OBPBLCTL_MIRRORED_H
#define OBPBLCTL_MIRRORED_H

#include "policy.h"

void mirrored_add(struct policy *policy, struct faults *faults);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* The config file */
#ifndef OBPBLCTL_CONFIG_H
#define OBPBLCTL_CONFIG_H

#include "policy.h"

bool config_read(const char *path, struct policy *policy,
		 struct faults *faults);

#endif

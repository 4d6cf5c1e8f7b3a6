/* SPDX-License-Identifier: GPL-2.0-only */
/* The config file */
#ifndef OBPBLCTL_CONFIG_H
#define OBPBLCTL_CONFIG_H

#include "policy.h"

void config_parse(const char *name, char *text, size_t size,
		  struct policy *policy, struct faults *faults);
void config_read(const char *path, struct policy *policy,
		 struct faults *faults);

#endif

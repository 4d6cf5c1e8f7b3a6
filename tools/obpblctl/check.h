/* SPDX-License-Identifier: GPL-2.0-only */
/* What a policy as a whole has wrong, and what may be a mistake */
#ifndef OBPBLCTL_CHECK_H
#define OBPBLCTL_CHECK_H

#include <jansson.h>

#include "policy.h"

void check_faults(const struct policy *policy, struct faults *faults);
void check_no_isp(const struct policy *policy, const char *more,
		  struct faults *faults);
void check_warnings(const struct policy *policy, json_t *warnings);
void check_shadow(const struct policy *policy, json_t *warnings);
void check_ended(const struct policy *policy, bool kept, json_t *warnings);
void check_outside(const struct prefixes *list, const char *name,
		   const struct policy *files);
void check_added(const struct prefixes *list, const struct prefixes *asked,
		 int class, const char *name, const struct policy *around,
		 const struct policy *files);
const char *check_no_relay(const struct isp *isp);
void warn_in(json_t *warnings, const char *format, ...) PRINTF(2, 3);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* ISPs on the command line and in requests */
#ifndef OBPBLCTL_ISP_H
#define OBPBLCTL_ISP_H

#include <jansson.h>

#include "kernel.h"
#include "word.h"

int isp_word(struct words *words, const char **name);
void isp_put(struct nlmsghdr *request, const struct isp *isp, uint32_t which);
json_t *isp_json(const struct isp *isp);
const char *isp_names(const json_t *names);
void ceiling_warning(const struct glance *glance, int mode, json_t *warnings);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* A policy as text */
#ifndef OBPBLCTL_SAVE_H
#define OBPBLCTL_SAVE_H

#include <stdio.h>

#include "policy.h"

void save_isp(FILE *file, const struct isp *isp, const struct policy *places);
void save_overlay(FILE *file, const struct overlay *overlay, const char *lead);
void save_runtime(FILE *file, const void *policy);

#endif

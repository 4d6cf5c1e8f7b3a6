/* SPDX-License-Identifier: GPL-2.0-only */
/* The import verb of the quarantine command */
#ifndef OBPBLCTL_ABUSE_H
#define OBPBLCTL_ABUSE_H

#include "arf.h"
#include "policy.h"
#include "word.h"

struct nl;
struct verb;

/**
 * struct abuse - a quarantine that an abuse report asks for
 * @arf: the report
 * @overlay: the quarantine
 * @isp: the ISP that was said, or NULL
 * @duration: for how long
 * @reason: why, or NULL: what the report says
 * @ticket: or NULL
 * @yes: do it
 * @there: another quarantine of the prefix is there, which it replaces
 */
struct abuse {
	struct arf arf;
	struct overlay overlay;
	const char *isp;
	const char *duration;
	const char *reason;
	const char *ticket;
	bool yes;
	bool there;
};

int abuse_parse(struct words *words, const struct verb *verb, void *order);
int abuse_run(struct nl *nl, void *order);
void abuse_free(void *order);

#endif

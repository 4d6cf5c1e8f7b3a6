// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was added at run time and sleeps: exemptions, quarantines and sessions of
 * an ISP that is not configured, or not where they are.
 *
 * The kernel sends nothing else when it is asked so; what there is of it in a
 * policy that is as it should be is nothing.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "asleep.h"
#include "check.h"
#include "util.h"

/**
 * struct sleepers - what sleeps of an ISP
 * @isp: its name
 * @exemptions: how many
 * @quarantines: likewise
 * @sessions: likewise; those with any prefix that sleeps
 */
struct sleepers {
	char isp[OBPBL_ISP_NAME_SIZE];
	uint64_t exemptions;
	uint64_t quarantines;
	uint64_t sessions;
};

/**
 * struct reading - what has come of the dumps
 * @isps: the ISPs
 * @n: number of @isps
 * @ifindex: the device of the last session, whose prefixes come together
 */
struct reading {
	struct sleepers *isps;
	size_t n;
	uint32_t ifindex;
};

static struct sleepers *sleepers_of(struct reading *reading,
				    const struct nlattr *attr)
{
	struct sleepers *isp;
	char name[OBPBL_ISP_NAME_SIZE];
	size_t i;

	nl_isp(attr, name);
	for (i = 0; i < reading->n; i++)
		if (!strcmp(reading->isps[i].isp, name))
			return &reading->isps[i];
	reading->isps = xrealloc(reading->isps, reading->n + 1,
				 sizeof(*reading->isps));
	isp = &reading->isps[reading->n++];
	memset(isp, 0, sizeof(*isp));
	strcpy(isp->isp, name);
	return isp;
}

static void take_overlay(const struct nlattr **a, void *data)
{
	struct sleepers *isp;

	/* An older module knows nothing of it, and sends all */
	if (!a[OBPBL_A_ASLEEP])
		return;
	isp = sleepers_of(data, a[OBPBL_A_ISP]);
	if (nl_u8(a[OBPBL_A_CLASS]) == OBPBL_CLASS_EXEMPT)
		isp->exemptions++;
	else
		isp->quarantines++;
}

static void take_session(const struct nlattr **a, void *data)
{
	struct reading *reading = data;

	if (!a[OBPBL_A_ASLEEP] || nl_u32(a[OBPBL_A_IFINDEX]) == reading->ifindex)
		return;
	reading->ifindex = nl_u32(a[OBPBL_A_IFINDEX]);
	sleepers_of(reading, a[OBPBL_A_ISP])->sessions++;
}

static bool ask(struct nl *nl, uint8_t command, nl_answer_fn *answer,
		struct reading *reading)
{
	struct nlmsghdr *request;

	request = nl_request(nl, command, NLM_F_DUMP);
	mnl_attr_put(request, OBPBL_A_ASLEEP, 0, NULL);
	return nl_talk(nl, request, answer, reading);
}

static void append(char *text, size_t size, uint64_t n, const char *noun)
{
	size_t used = strlen(text);

	if (n)
		snprintf(text + used, size - used, "%s%s", used ? ", " : "",
			 count_of(n, noun));
}

/**
 * asleep_warnings() - say what sleeps
 * @nl: the socket
 * @warnings: as warn_in(); one for each ISP that anything sleeps of
 *
 * Nothing is said where it cannot be learnt.
 */
void asleep_warnings(struct nl *nl, json_t *warnings)
{
	struct reading reading = { 0 };
	const struct sleepers *isp;
	char text[128];
	size_t i;

	if (ask(nl, OBPBL_CMD_OVERLAY_GET, take_overlay, &reading))
		ask(nl, OBPBL_CMD_SESSION_GET, take_session, &reading);
	for (i = 0; i < reading.n; i++) {
		isp = &reading.isps[i];
		*text = '\0';
		append(text, sizeof(text), isp->exemptions, "exemption");
		append(text, sizeof(text), isp->quarantines, "quarantine");
		append(text, sizeof(text), isp->sessions, "session");
		warn_in(warnings, "asleep: %s of isp %s, which is not configured there, or whose prefix is another ISP's",
			text, isp->isp);
	}
	free(reading.isps);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel has counted, as a sample of a history
 *
 *	{"time": seconds since 1970, "counters": which begin anew with another name,
 *	 "isps": {NAME: {"VERDICT REASON": [attempts, packets]}},
 *	 "sources": those seen since the last sample, "sources_all": how many,
 *	 "exempt": those that end soon, "exempt_all": how many,
 *	 "quarantine": likewise, "quarantine_all": how many}
 *
 * Numbers are those since the counters, or a source, began. Lists have ROWS at
 * most, so that a line has a bound.
 */
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "names.h"
#include "out.h"
#include "overlay.h"
#include "sample.h"
#include "source.h"

#define ROWS 100
#define SOON (7 * 86400)	/* seconds in which an exemption ends */
#define EARLY 1			/* seconds by which the kernel tells a time too early */
#define BOOT "/proc/sys/kernel/random/boot_id"

/* Counters begin anew with the machine, and with the module, whose number it is. */
static const char *counters_name(const struct nl *nl)
{
	char boot[40] = "";
	FILE *file = fopen(BOOT, "re");

	if (file && fscanf(file, "%39s", boot) != 1)
		*boot = '\0';
	if (file)
		fclose(file);
	return text_print("%s.%u", boot, nl->family);
}

/* Both families are one. */
static void add_counter(json_t *isp, const struct obpbl_counter *counter)
{
	const char *key = text_print("%s %s",
				     names_word(&verdict_names, counter->verdict),
				     names_word(&reason_names, counter->reason));
	json_t *counts = json_object_get(isp, key);

	if (!counts) {
		counts = json_pack("[I, I]", (json_int_t)0, (json_int_t)0);
		json_object_set_new(isp, key, counts);
	}
	json_integer_set(json_array_get(counts, 0), counter->attempts +
			 json_integer_value(json_array_get(counts, 0)));
	json_integer_set(json_array_get(counts, 1), counter->packets +
			 json_integer_value(json_array_get(counts, 1)));
}

static void take_counters(const struct nlattr **a, void *isps)
{
	char name[OBPBL_ISP_NAME_SIZE];
	struct obpbl_counter counter;
	json_t *isp;
	size_t i;

	if (!a[OBPBL_A_ISP])
		return;
	nl_isp(a[OBPBL_A_ISP], name);
	isp = json_object();
	for (i = 0; nl_element(a[OBPBL_A_COUNTERS], i, &counter,
			       sizeof(counter)); i++)
		add_counter(isp, &counter);
	json_object_set_new(isps, name, isp);
}

static int read_counters(struct nl *nl, json_t *sample)
{
	json_t *isps = json_object();
	struct nlmsghdr *request;

	json_object_set_new(sample, "isps", isps);
	request = nl_request(nl, OBPBL_CMD_STATS_GET, NLM_F_DUMP);
	mnl_attr_put(request, OBPBL_A_TOTAL, 0, NULL);
	return nl_talk(nl, request, take_counters, isps) ? STATUS_OK :
							   nl_fail(nl);
}

static int by_attempts(const void *a, const void *b)
{
	const struct source *x = a, *y = b;

	return x->is.attempts != y->is.attempts ?
	       (x->is.attempts < y->is.attempts) -
	       (x->is.attempts > y->is.attempts) : source_order(a, b);
}

/*
 * Since the last sample, or that very second, of which it may not have seen the
 * end. The kernel cuts off parts of a second of a clock whose seconds do not begin
 * with those of the time of day.
 */
static bool is_recent(const struct source *source, uint64_t since)
{
	return source->is.last + EARLY >= since;
}

static int read_sources(struct nl *nl, uint64_t since, json_t *sample)
{
	struct sources sources = { 0 };
	json_t *rows = json_array();
	size_t i, all = 0;
	bool done;

	json_object_set_new(sample, "sources", rows);
	done = sources_dump(nl, OBPBL_CMD_SOURCE_GET, NULL, &sources);
	if (done && sources.n)
		qsort(sources.list, sources.n, sizeof(*sources.list),
		      by_attempts);
	for (i = 0; done && i < sources.n; i++) {
		if (!is_recent(&sources.list[i], since) || all++ >= ROWS)
			continue;
		json_array_append_new(rows, source_json(&sources.list[i]));
	}
	put_number(sample, "sources_all", all);
	free(sources.list);
	return done ? STATUS_OK : nl_fail(nl);
}

static int by_end(const struct overlay *x, const struct overlay *y)
{
	/* None is the last one. */
	uint64_t a = x->until - 1, b = y->until - 1;

	return a != b ? (a > b) - (a < b) : overlay_order(x, y);
}

static bool is_wanted(const struct overlay *overlay, uint64_t now)
{
	if (overlay_ended(overlay, now))
		return false;
	return overlay->class == OBPBL_CLASS_QUARANTINE ||
	       (overlay->until && overlay->until < now + SOON);
}

static int read_overlays(struct nl *nl, uint64_t now, json_t *sample)
{
	json_t *rows[] = { json_array(), json_array() };
	const struct overlay **sorted;
	size_t i, all[2] = { 0 };
	struct policy policy;
	int status, kind;

	json_object_set_new(sample, "exempt", rows[0]);
	json_object_set_new(sample, "quarantine", rows[1]);
	status = kernel_policy(nl, &policy, KERNEL_OVERLAYS);
	if (status)
		return status;
	sorted = policy_sorted(&policy, by_end);
	for (i = 0; i < policy.n_overlays; i++) {
		kind = sorted[i]->class == OBPBL_CLASS_QUARANTINE;
		if (is_wanted(sorted[i], now) && all[kind]++ < ROWS)
			json_array_append_new(rows[kind],
					      overlay_json(sorted[i], now));
	}
	put_number(sample, "exempt_all", all[0]);
	put_number(sample, "quarantine_all", all[1]);
	free(sorted);
	policy_free(&policy);
	return STATUS_OK;
}

/**
 * sample_take() - read a sample
 * @nl: the socket
 * @since: when the last one was taken; 0: there is none
 * @now: in seconds since 1970
 * @sample: where to put it; the caller frees it, also after a failure
 *
 * Return: STATUS_OK or STATUS_FAILED.
 */
int sample_take(struct nl *nl, uint64_t since, uint64_t now, json_t **sample)
{
	int status;

	*sample = json_pack("{s:I, s:s}", "time", (json_int_t)now, "counters",
			    counters_name(nl));
	status = read_counters(nl, *sample);
	if (!status)
		status = read_sources(nl, since, *sample);
	if (!status)
		status = read_overlays(nl, now, *sample);
	return status;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verbs save and restore of stats: what one module has counted, as commands
 * by which another one goes on from there
 */
#include <inttypes.h>
#include <string.h>

#include "command.h"
#include "counter.h"
#include "names.h"
#include "out.h"

/**
 * struct list - counters
 * @list: they
 * @n: number of them
 * @cap: room
 */
struct list {
	struct counter *list;
	size_t n;
	size_t cap;
};

static void take(const struct nlattr **a, void *data)
{
	struct list *list = data;
	struct counter *counter, new = { .before = false };
	size_t i;

	nl_isp(a[OBPBL_A_ISP], new.isp);
	for (i = 0; nl_element(a[OBPBL_A_COUNTERS], i, &new.is,
			       sizeof(new.is)); i++) {
		GROW(list->list, list->n, list->cap);
		counter = &list->list[list->n++];
		*counter = new;
	}
}

static bool read_list(struct nl *nl, bool total, struct list *list)
{
	struct nlmsghdr *request;

	request = nl_request(nl, OBPBL_CMD_STATS_GET, NLM_F_DUMP);
	if (total)
		mnl_attr_put(request, OBPBL_A_TOTAL, 0, NULL);
	return nl_talk(nl, request, take, list);
}

static bool is_same(const struct counter *a, const struct counter *b)
{
	return a->is.family == b->is.family && a->is.reason == b->is.reason &&
	       a->is.verdict == b->is.verdict && !strcmp(a->isp, b->isp);
}

/* What is left of a total is from before the last reset. */
static void split(struct counter *total, const struct list *since)
{
	const struct counter *one;
	size_t i;

	total->before = true;
	for (i = 0; i < since->n; i++) {
		one = &since->list[i];
		if (!is_same(total, one))
			continue;
		total->is.packets -= one->is.packets;
		total->is.bytes -= one->is.bytes;
		total->is.attempts -= one->is.attempts;
		return;
	}
}

static json_t *counter_json(const struct counter *counter)
{
	const struct obpbl_counter *is = &counter->is;
	json_t *object = json_object();

	if (*counter->isp)
		put_text(object, "isp", counter->isp);
	put_number(object, "family", is->family);
	put_text(object, "reason", names_word(&reason_names, is->reason));
	put_text(object, "verdict", names_word(&verdict_names, is->verdict));
	put_number(object, "packets", is->packets);
	put_number(object, "bytes", is->bytes);
	put_number(object, "attempts", is->attempts);
	json_object_set_new(object, "before", json_boolean(counter->before));
	return object;
}

static void print_one(const struct counter *counter)
{
	const struct obpbl_counter *is = &counter->is;

	printf("stats restore%s%s family %u reason %s verdict %s packets %" PRIu64
	       " bytes %" PRIu64 " attempts %" PRIu64 "%s\n",
	       *counter->isp ? " isp " : "", counter->isp, is->family,
	       names_word(&reason_names, is->reason),
	       names_word(&verdict_names, is->verdict),
	       (uint64_t)is->packets, (uint64_t)is->bytes,
	       (uint64_t)is->attempts, counter->before ? " before" : "");
}

static void print_list(const struct list *list, json_t *array)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		if (!list->list[i].is.packets)
			continue;
		if (options.json)
			json_array_append_new(array,
					      counter_json(&list->list[i]));
		else
			print_one(&list->list[i]);
	}
}

/**
 * counters_save() - run "stats save"
 * @nl: the socket
 * @data: nothing
 *
 * Return: enum status.
 */
int counters_save(struct nl *nl, void *data)
{
	struct list since = { 0 }, total = { 0 };
	int status = STATUS_OK;
	json_t *array;
	size_t i;

	(void)data;
	/* In this order, so that no total is less than a part of it */
	if (read_list(nl, false, &since) && read_list(nl, true, &total)) {
		for (i = 0; i < total.n; i++)
			split(&total.list[i], &since);
		array = json_array();
		print_list(&since, array);
		print_list(&total, array);
		if (options.json)
			out_json(array);
		else
			json_decref(array);
	} else {
		status = nl_fail(nl);
	}
	free(since.list);
	free(total.list);
	return status;
}

/* Words */

static int take_isp(const char *word, void *to)
{
	const char *name;
	int status = word_isp(word, &name);

	if (!status)
		snprintf(to, OBPBL_ISP_NAME_SIZE, "%s", name);
	return status;
}

static int take_family(const char *word, void *to)
{
	if (strcmp(word, "4") && strcmp(word, "6"))
		return usage("%s: a family is 4 or 6", quote_word(word));
	*(uint8_t *)to = *word - '0';
	return STATUS_OK;
}

static int choose(const char *word, const struct names *names, uint8_t *to)
{
	int value, status = word_choice(word, names, &value);

	if (!status)
		*to = value;
	return status;
}

static int take_reason(const char *word, void *to)
{
	return choose(word, &reason_names, to);
}

static int take_verdict(const char *word, void *to)
{
	return choose(word, &verdict_names, to);
}

static int take_number(const char *word, void *to)
{
	uint64_t value;

	if (!parse_number(word, INT64_MAX, &value))
		return usage("%s: not a number from 0 to %" PRId64,
			     quote_word(word), INT64_MAX);
	*(__u64 *)to = value;
	return STATUS_OK;
}

static const struct key keys[] = {
	{ KEY("isp", "the name of an ISP", take_isp, struct counter, isp) },
	{ KEY("family", "4 or 6", take_family, struct counter, is.family) },
	{ KEY("reason", "a reason", take_reason, struct counter, is.reason) },
	{ KEY("verdict", "a verdict", take_verdict, struct counter,
	      is.verdict) },
	{ KEY("packets", "a number", take_number, struct counter, is.packets) },
	{ KEY("bytes", "a number", take_number, struct counter, is.bytes) },
	{ KEY("attempts", "a number", take_number, struct counter,
	      is.attempts) },
	{ KEY("before", NULL, word_flag, struct counter, before) },
	{ .name = NULL }
};

/**
 * counter_parse() - the words of "stats restore"
 * @words: they
 * @verb: the verb
 * @data: a struct counter
 *
 * Return: enum status.
 */
int counter_parse(struct words *words, const struct verb *verb, void *data)
{
	const struct counter *counter = data;
	int status = command_keys(words, keys, verb, data);

	if (status)
		return status;
	if (!counter->is.family)
		return command_usage("'family 4' or 'family 6' is missing");
	if (!counter->is.packets)
		return command_usage("'packets N' is missing");
	return STATUS_OK;
}

/**
 * counter_restore() - run "stats restore"
 * @nl: the socket
 * @data: a struct counter
 *
 * Return: enum status.
 */
int counter_restore(struct nl *nl, void *data)
{
	const struct counter *counter = data;
	struct nlmsghdr *request;

	request = nl_request(nl, OBPBL_CMD_STATS_RESTORE, NLM_F_ACK);
	if (*counter->isp)
		mnl_attr_put_strz(request, OBPBL_A_ISP, counter->isp);
	mnl_attr_put(request, OBPBL_A_COUNTERS, sizeof(counter->is),
		     &counter->is);
	if (counter->before)
		mnl_attr_put(request, OBPBL_A_TOTAL, 0, NULL);
	if (nl_talk(nl, request, NULL, NULL))
		return STATUS_OK;
	return nl_fail_isp(nl, *counter->isp ? counter->isp : NULL);
}

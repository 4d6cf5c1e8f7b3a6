// SPDX-License-Identifier: GPL-2.0-only
/*
 * The metrics command: counters for Prometheus, in its text format 0.0.4
 *
 * Counters are those since the namespace began, which no reset takes back.
 * Nothing here grows with the tables.
 */
#include <string.h>

#include "command.h"
#include "kernel.h"
#include "names.h"
#include "out.h"

/**
 * struct metric - one metric
 * @name: its name
 * @type: counter or gauge
 * @help: what it is
 * @samples: an array of {"labels": {...}, "value": N}
 */
struct metric {
	const char *name;
	const char *type;
	const char *help;
	json_t *samples;
};

enum {
	INFO, GENERATION, CEILING, ISPS, PREFIXES, PREFIXES_MAX, OVERLAYS,
	OVERLAYS_MAX, SESSIONS, SESSIONS_MAX, POLICY_BYTES, SOURCES,
	SOURCES_MAX, ISP_MODE, ISP_PREFIXES, ISP_SESSIONS, PACKETS, BYTES,
	ATTEMPTS, REPLIES, EVENTS, SOURCES_LOST, LIMIT_FULL,
	NOT_QUARANTINED, CONFIRM_LEFT,
	METRICS
};

static struct metric metrics[METRICS] = {
	[INFO] = { "obpbl_info", "gauge",
		"Versions of the module and of its protocol.", NULL },
	[GENERATION] = { "obpbl_policy_generation", "gauge",
		"Number of the running policy.", NULL },
	[CEILING] = { "obpbl_mode_ceiling", "gauge",
		"net.obpbl.mode: 0 off, 1 monitor, 2 enforce.", NULL },
	[ISPS] = { "obpbl_isps", "gauge", "ISPs.", NULL },
	[PREFIXES] = { "obpbl_prefixes", "gauge",
		"Prefixes of all ISPs, as net.obpbl.max_prefixes counts them.", NULL },
	[PREFIXES_MAX] = { "obpbl_prefixes_max", "gauge",
		"net.obpbl.max_prefixes.", NULL },
	[OVERLAYS] = { "obpbl_overlays", "gauge",
		"Exemptions and quarantines.", NULL },
	[OVERLAYS_MAX] = { "obpbl_overlays_max", "gauge",
		"net.obpbl.max_overlays.", NULL },
	[SESSIONS] = { "obpbl_sessions", "gauge",
		"Prefixes of sessions, as net.obpbl.max_sessions counts them.", NULL },
	[SESSIONS_MAX] = { "obpbl_sessions_max", "gauge",
		"net.obpbl.max_sessions.", NULL },
	[POLICY_BYTES] = { "obpbl_policy_bytes", "gauge",
		"Memory of the policy.", NULL },
	[SOURCES] = { "obpbl_sources", "gauge",
		"Sources in the table of those that were blocked.", NULL },
	[SOURCES_MAX] = { "obpbl_sources_max", "gauge",
		"net.obpbl.max_sources.", NULL },
	[ISP_MODE] = { "obpbl_isp_mode", "gauge",
		"Mode of an ISP: 0 off, 1 monitor, 2 enforce.", NULL },
	[ISP_PREFIXES] = { "obpbl_isp_prefixes", "gauge",
		"Prefixes and overlays of an ISP by class.", NULL },
	[ISP_SESSIONS] = { "obpbl_isp_sessions", "gauge",
		"Prefixes of sessions of an ISP.", NULL },
	[PACKETS] = { "obpbl_packets_total", "counter",
		"Packets that were judged.", NULL },
	[BYTES] = { "obpbl_bytes_total", "counter",
		"Bytes of packets that were judged, from the IP header on.", NULL },
	[ATTEMPTS] = { "obpbl_attempts_total", "counter",
		"Connections that were tried (SYN without ACK).", NULL },
	[REPLIES] = { "obpbl_replies_total", "counter",
		"RST and ICMP replies, sent or suppressed by net.obpbl.reject_rate.", NULL },
	[EVENTS] = { "obpbl_events_total", "counter",
		"Block events sent, and packets without one while somebody listened.", NULL },
	[SOURCES_LOST] = { "obpbl_sources_lost_total", "counter",
		"Packets that the table of sources did not take.", NULL },
	[LIMIT_FULL] = { "obpbl_limit_full_total", "counter",
		"Connections blocked because the table of limits was full.", NULL },
	[NOT_QUARANTINED] = { "obpbl_limit_not_quarantined_total", "counter",
		"Sources over their limit that could not be quarantined.", NULL },
	[CONFIRM_LEFT] = { "obpbl_confirm_seconds_left", "gauge",
		"Until a change is taken back that nobody has confirmed; 0: there is none.", NULL },
};

/* A sample; labels: json_pack() of an object, or NULL */
static void sample(int which, json_t *labels, uint64_t value)
{
	json_array_append_new(metrics[which].samples,
			      json_pack("{s:o, s:I}", "labels",
					labels ? labels : json_object(),
					"value", (json_int_t)value));
}

static void glance_samples(const struct glance *glance)
{
	char protocol[16];

	snprintf(protocol, sizeof(protocol), "%u", glance->protocol);
	sample(INFO, json_pack("{s:s, s:s}", "version", glance->version,
			       "protocol", protocol), 1);
	sample(GENERATION, NULL, glance->generation);
	sample(CEILING, NULL, glance->ceiling);
	sample(ISPS, NULL, glance->isps);
	sample(PREFIXES, NULL, glance->prefixes);
	sample(PREFIXES_MAX, NULL, glance->max_prefixes);
	sample(OVERLAYS, NULL, glance->overlays);
	sample(OVERLAYS_MAX, NULL, glance->max_overlays);
	sample(SESSIONS, NULL, glance->sessions);
	sample(SESSIONS_MAX, NULL, glance->max_sessions);
	sample(POLICY_BYTES, NULL, glance->bytes);
	sample(SOURCES, NULL, glance->sources);
	sample(SOURCES_MAX, NULL, glance->max_sources);
	sample(CONFIRM_LEFT, NULL, glance->confirm_left);
}

static void isp_samples(const struct isp *isp)
{
	int class;

	sample(ISP_MODE, json_pack("{s:s}", "isp", isp->name), isp->mode);
	for (class = OBPBL_CLASS_DYNAMIC; class <= OBPBL_CLASS_MAX; class++)
		sample(ISP_PREFIXES, json_pack("{s:s, s:s}", "isp", isp->name,
					       "class",
					       names_word(&class_names, class)),
		       isp->counts[class]);
	sample(ISP_SESSIONS, json_pack("{s:s}", "isp", isp->name),
	       isp->sessions);
}

static json_t *result(const char *word)
{
	return json_pack("{s:s}", "result", word);
}

static void tally_samples(const struct tallies *tallies)
{
	sample(REPLIES, result("sent"), tallies->replies);
	sample(REPLIES, result("suppressed"), tallies->suppressed);
	sample(EVENTS, result("sent"), tallies->events);
	sample(EVENTS, result("suppressed"), tallies->events_suppressed);
	sample(SOURCES_LOST, NULL, tallies->sources_lost);
	sample(LIMIT_FULL, NULL, tallies->limit_full);
	sample(NOT_QUARANTINED, NULL, tallies->not_quarantined);
}

static json_t *counter_labels(const char *isp,
			      const struct obpbl_counter *counter)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "isp", isp, "reason",
			 names_word(&reason_names, counter->reason), "family",
			 counter->family == 6 ? "ipv6" : "ipv4", "verdict",
			 names_word(&verdict_names, counter->verdict));
}

static int take_stats(const struct nlmsghdr *message,
		      void *data __attribute__((unused)))
{
	const struct nlattr *a[OBPBL_A_MAX + 1];
	struct obpbl_counter counter;
	char isp[OBPBL_ISP_NAME_SIZE];
	struct tallies tallies;
	size_t i;

	nl_attributes(message, a);
	nl_isp(a[OBPBL_A_ISP], isp);
	if (!a[OBPBL_A_ISP]) {
		kernel_take_tallies(a, &tallies);
		tally_samples(&tallies);
	}
	for (i = 0; kernel_take_counter(a[OBPBL_A_COUNTERS], i, &counter);
	     i++) {
		sample(PACKETS, counter_labels(isp, &counter), counter.packets);
		sample(BYTES, counter_labels(isp, &counter), counter.bytes);
		sample(ATTEMPTS, counter_labels(isp, &counter),
		       counter.attempts);
	}
	return MNL_CB_OK;
}

static int read_all(struct nl *nl)
{
	char buffer[64] __attribute__((aligned(8)));
	struct nlmsghdr *request;
	struct policy policy;
	struct glance glance;
	int status;
	size_t i;

	status = kernel_glance(nl, &glance);
	if (status)
		return status;
	glance_samples(&glance);
	status = kernel_policy(nl, &policy, KERNEL_ISPS);
	if (status)
		return status;
	for (i = 0; i < policy.n_isps; i++)
		isp_samples(&policy.isps[i]);
	policy_free(&policy);
	request = nl_request(nl, buffer, OBPBL_CMD_STATS_GET, NLM_F_DUMP);
	mnl_attr_put(request, OBPBL_A_TOTAL, 0, NULL);
	return nl_talk(nl, request, take_stats, NULL) ? STATUS_OK :
							nl_fail(nl);
}

/* Names of ISPs and our own words have nothing that needs an escape; the
 * version of the module could.
 */
static void print_label(const char *key, const char *value, bool first)
{
	printf("%s%s=\"", first ? "{" : ",", key);
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			putchar('\\');
		if (*value == '\n')
			fputs("\\n", stdout);
		else
			putchar(*value);
	}
	putchar('"');
}

static void print_sample(const struct metric *metric, const json_t *one)
{
	json_t *labels = json_object_get(one, "labels"), *value;
	const char *key;
	bool any = false;

	fputs(metric->name, stdout);
	json_object_foreach(labels, key, value) {
		print_label(key, json_string_value(value), !any);
		any = true;
	}
	printf("%s %" JSON_INTEGER_FORMAT "\n", any ? "}" : "",
	       json_integer_value(json_object_get(one, "value")));
}

static void print_text(const struct metric *metric)
{
	json_t *one;
	size_t i;

	printf("# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help,
	       metric->name, metric->type);
	json_array_foreach(metric->samples, i, one)
		print_sample(metric, one);
}

static void print_json(void)
{
	json_t *list = json_array();
	const struct metric *metric;

	for (metric = metrics; metric < metrics + METRICS; metric++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:O}",
						      "name", metric->name,
						      "type", metric->type,
						      "help", metric->help,
						      "samples",
						      metric->samples));
	out_json(list);
}

static int run(struct nl *nl, void *order)
{
	int i, status;

	(void)order;
	for (i = 0; i < METRICS; i++)
		metrics[i].samples = json_array();
	status = read_all(nl);
	if (!status && options.json)
		print_json();
	for (i = 0; i < METRICS; i++) {
		if (!status && !options.json)
			print_text(&metrics[i]);
		json_decref(metrics[i].samples);
	}
	return status;
}

static const struct verb verbs[] = {
	{
		.synopsis = "",
		.example = "obpblctl metrics",
		.run = run,
	},
	{ .synopsis = NULL }
};

const struct command metrics_command = {
	.name = "metrics",
	.summary = "counters for Prometheus, in its text format",
	.help = "'stats reset' does not touch them. Counters that are still zero are absent.\n",
	.verbs = verbs,
};

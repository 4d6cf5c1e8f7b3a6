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

/*
 * The document is an array of metrics, {"name": ..., "type": ..., "help": ...,
 * "samples": [{"labels": {...}, "value": N}]}.
 */

/* Adds a metric; returns its samples, of which there may be none. */
static json_t *metric(json_t *document, const char *type, const char *name,
		      const char *help)
{
	json_t *samples = json_array();

	json_array_append_new(document, json_pack("{s:s, s:s, s:s, s:o}",
						  "name", name, "type", type,
						  "help", help, "samples",
						  samples));
	return samples;
}

/* A sample; labels: json_pack() of an object, or NULL */
static void sample(json_t *samples, json_t *labels, uint64_t value)
{
	json_array_append_new(samples,
			      json_pack("{s:o, s:I}", "labels",
					labels ? labels : json_object(),
					"value", (json_int_t)value));
}

static void gauge(json_t *document, const char *name, const char *help,
		  uint64_t value)
{
	sample(metric(document, "gauge", name, help), NULL, value);
}

static void glance_metrics(json_t *document, const struct glance *glance)
{
	char protocol[16];

	snprintf(protocol, sizeof(protocol), "%u", glance->protocol);
	sample(metric(document, "gauge", "obpbl_info",
		      "Versions of the module and of its protocol."),
	       json_pack("{s:s, s:s}", "version", glance->version, "protocol",
			 protocol), 1);
	gauge(document, "obpbl_policy_generation",
	      "Number of the running policy.", glance->generation);
	gauge(document, "obpbl_mode_ceiling",
	      "net.obpbl.mode: 0 off, 1 monitor, 2 enforce.", glance->ceiling);
	gauge(document, "obpbl_isps", "ISPs.", glance->isps);
	gauge(document, "obpbl_prefixes",
	      "Prefixes of all ISPs, as net.obpbl.max_prefixes counts them.",
	      glance->prefixes);
	gauge(document, "obpbl_prefixes_max", "net.obpbl.max_prefixes.",
	      glance->max_prefixes);
	gauge(document, "obpbl_overlays", "Exemptions and quarantines.",
	      glance->overlays);
	gauge(document, "obpbl_overlays_max", "net.obpbl.max_overlays.",
	      glance->max_overlays);
	gauge(document, "obpbl_sessions",
	      "Prefixes of sessions, as net.obpbl.max_sessions counts them.",
	      glance->sessions);
	gauge(document, "obpbl_sessions_max", "net.obpbl.max_sessions.",
	      glance->max_sessions);
	gauge(document, "obpbl_policy_bytes", "Memory of the policy.",
	      glance->bytes);
	gauge(document, "obpbl_sources",
	      "Sources in the table of those that were blocked.",
	      glance->sources);
	gauge(document, "obpbl_sources_max", "net.obpbl.max_sources.",
	      glance->max_sources);
}

static void isp_metrics(json_t *document, const struct policy *policy)
{
	json_t *modes, *prefixes, *sessions;
	const struct isp *isp;
	size_t i;
	int class;

	modes = metric(document, "gauge", "obpbl_isp_mode",
		       "Mode of an ISP: 0 off, 1 monitor, 2 enforce.");
	prefixes = metric(document, "gauge", "obpbl_isp_prefixes",
			  "Prefixes and overlays of an ISP by class.");
	sessions = metric(document, "gauge", "obpbl_isp_sessions",
			  "Prefixes of sessions of an ISP.");
	for (i = 0; i < policy->n_isps; i++) {
		isp = &policy->isps[i];
		sample(modes, json_pack("{s:s}", "isp", isp->name), isp->mode);
		for (class = OBPBL_CLASS_DYNAMIC; class <= OBPBL_CLASS_MAX;
		     class++)
			sample(prefixes, json_pack("{s:s, s:s}", "isp",
						   isp->name, "class",
						   names_word(&class_names,
							      class)),
			       isp->counts[class]);
		sample(sessions, json_pack("{s:s}", "isp", isp->name),
		       isp->sessions);
	}
}

/* By what became of what it counts */
static void result_counter(json_t *document, const char *name,
			   const char *help, uint64_t sent, uint64_t suppressed)
{
	json_t *samples = metric(document, "counter", name, help);

	sample(samples, json_pack("{s:s}", "result", "sent"), sent);
	sample(samples, json_pack("{s:s}", "result", "suppressed"), suppressed);
}

static void tally_metrics(json_t *document, const struct tallies *tallies)
{
	result_counter(document, "obpbl_replies_total",
		       "RST and ICMP replies, sent or suppressed by net.obpbl.reject_rate.",
		       tallies->replies, tallies->suppressed);
	result_counter(document, "obpbl_events_total",
		       "Block events sent, and packets without one while somebody listened.",
		       tallies->events, tallies->events_suppressed);
	sample(metric(document, "counter", "obpbl_sources_lost_total",
		      "Packets that the table of sources did not take."),
	       NULL, tallies->sources_lost);
	sample(metric(document, "counter", "obpbl_limit_full_total",
		      "Connections blocked because the table of limits was full."),
	       NULL, tallies->limit_full);
	sample(metric(document, "counter", "obpbl_limit_not_quarantined_total",
		      "Sources over their limit that could not be quarantined."),
	       NULL, tallies->not_quarantined);
}

/**
 * struct reading - counters that are being read
 * @packets: samples
 * @bytes: samples
 * @attempts: samples
 * @tallies: what is counted apart from ISPs
 */
struct reading {
	json_t *packets;
	json_t *bytes;
	json_t *attempts;
	struct tallies tallies;
};

static void take_stats(const struct nlattr **a, void *data)
{
	struct obpbl_counter counts;
	char isp[OBPBL_ISP_NAME_SIZE];
	struct reading *reading = data;
	json_t *labels;
	size_t i;

	nl_isp(a[OBPBL_A_ISP], isp);
	if (!a[OBPBL_A_ISP])
		kernel_take_tallies(a, &reading->tallies);
	for (i = 0; nl_element(a[OBPBL_A_COUNTERS], i, &counts,
			       sizeof(counts)); i++) {
		labels = json_pack("{s:s, s:s, s:s, s:s}", "isp", isp,
				   "reason",
				   names_word(&reason_names, counts.reason),
				   "family",
				   counts.family == 6 ? "ipv6" : "ipv4",
				   "verdict",
				   names_word(&verdict_names, counts.verdict));
		sample(reading->packets, json_incref(labels), counts.packets);
		sample(reading->bytes, json_incref(labels), counts.bytes);
		sample(reading->attempts, labels, counts.attempts);
	}
}

static bool counter_metrics(json_t *document, struct nl *nl)
{
	struct nlmsghdr *request;
	struct reading reading = {
		.packets = metric(document, "counter", "obpbl_packets_total",
				  "Packets that were judged."),
		.bytes = metric(document, "counter", "obpbl_bytes_total",
				"Bytes of packets that were judged, from the IP header on."),
		.attempts = metric(document, "counter",
				   "obpbl_attempts_total",
				   "Connections that were tried (SYN without ACK)."),
	};

	request = nl_request(nl, OBPBL_CMD_STATS_GET, NLM_F_DUMP);
	mnl_attr_put(request, OBPBL_A_TOTAL, 0, NULL);
	if (!nl_talk(nl, request, take_stats, &reading))
		return false;
	tally_metrics(document, &reading.tallies);
	return true;
}

static int read_all(json_t *document, struct nl *nl)
{
	struct policy policy;
	struct glance glance;
	int status;

	status = kernel_glance(nl, &glance);
	if (status)
		return status;
	glance_metrics(document, &glance);
	status = kernel_policy(nl, &policy, KERNEL_ISPS);
	if (status)
		return status;
	isp_metrics(document, &policy);
	policy_free(&policy);
	if (!counter_metrics(document, nl))
		return nl_fail(nl);
	gauge(document, "obpbl_confirm_seconds_left",
	      "Until a change is taken back that nobody has confirmed; 0: there is none.",
	      glance.confirm_left);
	return STATUS_OK;
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

static void print_sample(const char *metric, const json_t *one)
{
	json_t *labels = json_object_get(one, "labels"), *value;
	const char *key;
	bool any = false;

	fputs(metric, stdout);
	json_object_foreach(labels, key, value) {
		print_label(key, json_string_value(value), !any);
		any = true;
	}
	printf("%s %" JSON_INTEGER_FORMAT "\n", any ? "}" : "",
	       json_integer_value(json_object_get(one, "value")));
}

static void print_text(const json_t *document)
{
	const char *name, *type, *help;
	json_t *metric, *samples, *one;
	size_t i, j;

	json_array_foreach(document, i, metric) {
		json_unpack(metric, "{s:s, s:s, s:s, s:o}", "name", &name,
			    "type", &type, "help", &help, "samples", &samples);
		printf("# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
		json_array_foreach(samples, j, one)
			print_sample(name, one);
	}
}

static int run(struct nl *nl, void *order)
{
	json_t *document = json_array();
	int status = read_all(document, nl);

	(void)order;
	if (!status && options.json)
		out_json(json_incref(document));
	else if (!status)
		print_text(document);
	json_decref(document);
	return status;
}

const struct command metrics_command = {
	.name = "metrics",
	.summary = "counters for Prometheus, in its text format",
	.help = "'stats reset' does not touch them. Counters that are still zero are absent.\n",
	.verbs = ONE_VERB(.synopsis = "",
			  .example = "obpblctl metrics",
			  .run = run),
};

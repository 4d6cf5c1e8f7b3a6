// SPDX-License-Identifier: GPL-2.0-only
/*
 * The metrics command: counters for Prometheus, in its text format 0.0.4
 *
 * Counters are those since the namespace began, which no reset takes back.
 * What is printed grows with the number of ISPs, and not with the tables.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "kernel.h"
#include "list.h"
#include "names.h"
#include "out.h"
#include "source.h"

/* Others may read the file: node_exporter does not run as root. */
#define METRICS_MODE 0644

#define ACTIVE 300	/* seconds since a source was seen last */

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

/*
 * A sample; labels: json_pack() of an object, or NULL. Files of several
 * namespaces lie in one folder, and are told apart by a label.
 */
static void sample(json_t *samples, json_t *labels, uint64_t value)
{
	if (!labels)
		labels = json_object();
	if (options.netns)
		put_text(labels, "netns", options.netns);
	json_array_append_new(samples,
			      json_pack("{s:o, s:I}", "labels", labels,
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
	gauge(document, "obpbl_confirm_left_seconds",
	      "Until a change is taken back that nobody has confirmed; 0: there is none.",
	      glance->confirm_left);
	gauge(document, "obpbl_taken_back_timestamp_seconds",
	      "When the last change was taken back, since nobody had confirmed it; 0: it was not.",
	      glance->expired);
	gauge(document, "obpbl_shadow_timestamp_seconds",
	      "When the shadow was made; 0: there is none.",
	      glance->shadow_since);
	gauge(document, "obpbl_transaction_open",
	      "Whether a program has a transaction open, which keeps others from changes.",
	      !!glance->owner);
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

static void isp_metrics(json_t *document, const struct policy *policy,
			uint8_t ceiling)
{
	json_t *modes, *effective, *prefixes, *sessions;
	const struct isp *isp;
	size_t i;
	int class;

	modes = metric(document, "gauge", "obpbl_isp_mode",
		       "Mode of an ISP: 0 off, 1 monitor, 2 enforce.");
	effective = metric(document, "gauge", "obpbl_isp_effective_mode",
			   "The lower of it and net.obpbl.mode.");
	prefixes = metric(document, "gauge", "obpbl_isp_prefixes",
			  "Prefixes and overlays of an ISP by class.");
	sessions = metric(document, "gauge", "obpbl_isp_sessions",
			  "Prefixes of sessions of an ISP.");
	for (i = 0; i < policy->n_isps; i++) {
		isp = &policy->isps[i];
		sample(modes, json_pack("{s:s}", "isp", isp->name), isp->mode);
		sample(effective, json_pack("{s:s}", "isp", isp->name),
		       isp->mode < ceiling ? isp->mode : ceiling);
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
 * @policy: the ISPs
 * @packets: samples
 * @bytes: samples
 * @attempts: samples
 * @tallies: what is counted apart from ISPs
 */
struct reading {
	const struct policy *policy;
	json_t *packets;
	json_t *bytes;
	json_t *attempts;
	struct tallies tallies;
};

static json_t *counter_labels(const char *isp,
			      const struct obpbl_counter *counter)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "isp", isp, "reason",
			 names_word(&reason_names, counter->reason), "family",
			 counter->family == 6 ? "ipv6" : "ipv4", "verdict",
			 names_word(&verdict_names, counter->verdict));
}

static bool is_counted(const struct nlattr *counters,
		       const struct obpbl_counter *zero)
{
	struct obpbl_counter one;
	size_t i;

	for (i = 0; nl_element(counters, i, &one, sizeof(one)); i++)
		if (one.family == zero->family && one.reason == zero->reason &&
		    one.verdict == zero->verdict)
			return true;
	return false;
}

/* Attempts of a reason, by its families and verdicts, unless some were counted */
static void add_zeros(struct reading *reading, const char *isp,
		      const struct nlattr *counters, uint8_t reason)
{
	bool blocks = reason >= OBPBL_REASON_OUTSIDE;
	uint8_t last = blocks ? OBPBL_VERDICT_WOULD_BLOCK : OBPBL_VERDICT_PASS;
	struct obpbl_counter zero = {
		.reason = reason,
		.verdict = blocks ? OBPBL_VERDICT_BLOCK : OBPBL_VERDICT_PASS,
	};

	for (; zero.verdict <= last; zero.verdict++)
		for (zero.family = 4; zero.family <= 6; zero.family += 2)
			if (!is_counted(counters, &zero))
				sample(reading->attempts,
				       counter_labels(isp, &zero), 0);
}

/*
 * What may begin any moment is there at zero: of what comes from nothing, no
 * rate() sees the first burst, and nothing is more than what was not there.
 */
static void take_zeros(struct reading *reading, const struct isp *isp,
		       const struct nlattr *counters)
{
	static const uint8_t of_policy[] = {
		[OBPBL_POLICY_OUTSIDE] = OBPBL_REASON_OUTSIDE,
		[OBPBL_POLICY_RELAY_ONLY] = OBPBL_REASON_NOT_RELAY,
		[OBPBL_POLICY_TARGETS] = OBPBL_REASON_TARGET,
	};

	add_zeros(reading, isp->name, counters, OBPBL_REASON_RELAY);
	add_zeros(reading, isp->name, counters, OBPBL_REASON_QUARANTINE);
	if (isp->limit.count)
		add_zeros(reading, isp->name, counters, OBPBL_REASON_LIMIT);
	if (isp->policy <= OBPBL_POLICY_MAX)
		add_zeros(reading, isp->name, counters,
			  of_policy[isp->policy]);
}

static void take_stats(const struct nlattr **a, void *data)
{
	struct obpbl_counter counts;
	char name[OBPBL_ISP_NAME_SIZE];
	struct reading *reading = data;
	const struct isp *isp;
	json_t *labels;
	size_t i;

	nl_isp(a[OBPBL_A_ISP], name);
	if (!a[OBPBL_A_ISP])
		kernel_take_tallies(a, &reading->tallies);
	for (i = 0; nl_element(a[OBPBL_A_COUNTERS], i, &counts,
			       sizeof(counts)); i++) {
		labels = counter_labels(name, &counts);
		sample(reading->packets, json_incref(labels), counts.packets);
		sample(reading->bytes, json_incref(labels), counts.bytes);
		sample(reading->attempts, labels, counts.attempts);
	}
	isp = policy_find_isp(reading->policy, name);
	if (isp)
		take_zeros(reading, isp, a[OBPBL_A_COUNTERS]);
}

static bool counter_metrics(json_t *document, struct nl *nl,
			    const struct policy *policy)
{
	struct nlmsghdr *request;
	struct reading reading = {
		.policy = policy,
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

/* Ends of exemptions and quarantines that are planned for */
static const struct {
	const char *within;
	uint64_t seconds;
} horizons[] = {
	{ "1h", 3600 }, { "1d", 86400 }, { "7d", 7 * 86400 },
};

#define HORIZONS (sizeof(horizons) / sizeof(*horizons))

/**
 * struct entries - exemptions, quarantines or sessions
 * @ending: how many end within a time of @horizons
 * @ended: how many have no effect any more
 * @asleep: how many have none since their ISP is not configured there
 */
struct entries {
	uint64_t ending[HORIZONS];
	uint64_t ended;
	uint64_t asleep;
};

/**
 * struct census - what is counted one by one
 * @now: the time
 * @exempt: exemptions
 * @quarantine: quarantines
 * @session: prefixes of sessions, of which @asleep is counted alone
 * @policy: the ISPs
 * @active: by number of an ISP, how many sources of each kind are active
 */
struct census {
	uint64_t now;
	struct entries exempt;
	struct entries quarantine;
	struct entries session;
	const struct policy *policy;
	uint64_t (*active)[3];
};

static void take_overlay(const struct nlattr **a, void *data)
{
	uint64_t until = nl_u64(a[OBPBL_A_UNTIL]);
	struct census *census = data;
	struct entries *entries;
	size_t i;

	if (!a[OBPBL_A_CLASS])
		return;
	entries = nl_u8(a[OBPBL_A_CLASS]) == OBPBL_CLASS_EXEMPT ?
		  &census->exempt : &census->quarantine;
	entries->asleep += a[OBPBL_A_ASLEEP] != NULL;
	if (!until)
		return;
	entries->ended += until <= census->now;
	for (i = 0; i < HORIZONS; i++)
		entries->ending[i] += until > census->now &&
				      until - census->now <= horizons[i].seconds;
}

static void take_session(const struct nlattr **a, void *data)
{
	struct census *census = data;

	census->session.asleep += a[OBPBL_A_ASLEEP] != NULL;
}

static void take_source(const struct nlattr **a, void *data)
{
	struct census *census = data;
	struct source source;
	const struct isp *isp;
	int kind;

	if (!source_take(a, &source) || source.is.last + ACTIVE < census->now)
		return;
	isp = policy_find_isp(census->policy, source.isp);
	kind = source.is.destinations >= SOURCE_BOT ? 0 :
	       source.is.destinations > SOURCE_CLIENT ? 1 : 2;
	if (isp)
		census->active[isp - census->policy->isps][kind]++;
}

static bool take_census(struct nl *nl, struct census *census)
{
	struct nlmsghdr *request;

	if (!nl_talk(nl, nl_request(nl, OBPBL_CMD_OVERLAY_GET, NLM_F_DUMP),
		     take_overlay, census))
		return false;
	request = nl_request(nl, OBPBL_CMD_SESSION_GET, NLM_F_DUMP);
	mnl_attr_put(request, OBPBL_A_ASLEEP, 0, NULL);
	return nl_talk(nl, request, take_session, census) &&
	       nl_talk(nl, nl_request(nl, OBPBL_CMD_SOURCE_GET, NLM_F_DUMP),
		       take_source, census);
}

static void ending_metric(json_t *samples, const char *class,
			  const struct entries *entries)
{
	size_t i;

	for (i = 0; i < HORIZONS; i++)
		sample(samples, json_pack("{s:s, s:s}", "class", class,
					  "within", horizons[i].within),
		       entries->ending[i]);
}

static void entry_metrics(json_t *document, const struct census *census)
{
	json_t *ending, *ended, *asleep;

	ending = metric(document, "gauge", "obpbl_overlays_ending",
			"Exemptions and quarantines that end within a time.");
	ending_metric(ending, "exempt", &census->exempt);
	ending_metric(ending, "quarantine", &census->quarantine);
	ended = metric(document, "gauge", "obpbl_overlays_ended",
		       "Exemptions and quarantines that have ended, and have not been purged.");
	sample(ended, json_pack("{s:s}", "class", "exempt"),
	       census->exempt.ended);
	sample(ended, json_pack("{s:s}", "class", "quarantine"),
	       census->quarantine.ended);
	asleep = metric(document, "gauge", "obpbl_asleep",
			"What was added at run time and has no effect, since its ISP is not configured there.");
	sample(asleep, json_pack("{s:s}", "class", "exempt"),
	       census->exempt.asleep);
	sample(asleep, json_pack("{s:s}", "class", "quarantine"),
	       census->quarantine.asleep);
	sample(asleep, json_pack("{s:s}", "class", "session"),
	       census->session.asleep);
}

static void source_metrics(json_t *document, const struct census *census)
{
	static const char *const kinds[] = { "bot", "between", "client" };
	json_t *samples;
	int kind;
	size_t i;

	samples = metric(document, "gauge", "obpbl_sources_active",
			 "Sources blocked in the last five minutes, or that would have been, by how many hosts they try.");
	for (i = 0; i < census->policy->n_isps; i++)
		for (kind = 0; kind < 3; kind++)
			sample(samples, json_pack("{s:s, s:s}", "isp",
						  census->policy->isps[i].name,
						  "kind", kinds[kind]),
			       census->active[i][kind]);
}

/* Nothing but numbers is kept of what is counted one by one. */
static bool census_metrics(json_t *document, struct nl *nl,
			   const struct policy *policy)
{
	struct census census = { .now = time(NULL), .policy = policy };
	bool done;

	census.active = xcalloc(policy->n_isps + 1, sizeof(*census.active));
	done = take_census(nl, &census);
	if (done) {
		entry_metrics(document, &census);
		source_metrics(document, &census);
	}
	free(census.active);
	return done;
}

static int read_all(json_t *document, struct nl *nl)
{
	struct policy policy;
	struct glance glance;
	bool done;
	int status;

	status = kernel_glance(nl, &glance);
	if (status)
		return status;
	glance_metrics(document, &glance);
	status = kernel_policy(nl, &policy, KERNEL_ISPS);
	if (status)
		return status;
	isp_metrics(document, &policy, glance.ceiling);
	done = census_metrics(document, nl, &policy) &&
	       counter_metrics(document, nl, &policy);
	policy_free(&policy);
	return done ? STATUS_OK : nl_fail(nl);
}

/* Names of ISPs and our own words have nothing that needs an escape; the
 * version of the module could.
 */
static void print_label(FILE *file, const char *key, const char *value,
			bool first)
{
	fprintf(file, "%s%s=\"", first ? "{" : ",", key);
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			putc('\\', file);
		if (*value == '\n')
			fputs("\\n", file);
		else
			putc(*value, file);
	}
	putc('"', file);
}

static void print_sample(FILE *file, const char *metric, const json_t *one)
{
	json_t *labels = json_object_get(one, "labels"), *value;
	const char *key;
	bool any = false;

	fputs(metric, file);
	json_object_foreach(labels, key, value) {
		print_label(file, key, json_string_value(value), !any);
		any = true;
	}
	fprintf(file, "%s %" JSON_INTEGER_FORMAT "\n", any ? "}" : "",
		json_integer_value(json_object_get(one, "value")));
}

static void print_text(FILE *file, const void *document)
{
	const char *name, *type, *help;
	json_t *metric, *samples, *one;
	size_t i, j;

	json_array_foreach((const json_t *)document, i, metric) {
		json_unpack(metric, "{s:s, s:s, s:s, s:o}", "name", &name,
			    "type", &type, "help", &help, "samples", &samples);
		fprintf(file, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
			type);
		json_array_foreach(samples, j, one)
			print_sample(file, name, one);
	}
}

/**
 * struct order - what is asked for
 * @path: where the text goes, or NULL
 */
struct order {
	const char *path;
};

/* What fails has a document of its own. */
static int deliver(const struct order *order, json_t *document, bool up)
{
	bool filed = order->path && strcmp(order->path, "-");
	int status = STATUS_OK;

	if (filed)
		status = file_write(order->path, METRICS_MODE, print_text,
				    document);
	else if (!options.json)
		print_text(stdout, document);
	if (!status && up && options.json)
		out_json(filed ? json_pack("{s:o}", "file",
					   json_text(order->path)) :
				 json_incref(document));
	return status;
}

/* That there is no module is worth a metric; that nobody may ask is not. */
static int run(struct nl *nl, void *order)
{
	json_t *document = json_array();
	int status = STATUS_OK;

	gauge(document, "obpbl_up",
	      "Whether the module is loaded and answers; 0: there are no other metrics.",
	      !!nl);
	if (nl)
		status = read_all(document, nl);
	if (!status && (nl || !strcmp(failure.code, "no_module")))
		status = deliver(order, document, nl);
	json_decref(document);
	return status;
}

static const struct key keys[] = {
	{ KEY("FILE", NULL, word_any, struct order, path), .bare = true },
	{ .name = NULL }
};

const struct command metrics_command = {
	.name = "metrics",
	.summary = "counters for Prometheus, in its text format",
	.help = "FILE is replaced as a whole or not at all, for the textfile collector of\n"
		"node_exporter; without it the text goes to stdout. Where the module is not\n"
		"loaded, that is what the metric obpbl_up says, and the status is still 3. With\n"
		"-n each sample has the label netns. 'stats reset' does not touch the counters;\n"
		"of those that are still zero, only attempts that may begin any moment are there.\n",
	.verbs = ONE_VERB(.synopsis = "[FILE]",
			  .example = "obpblctl metrics /var/lib/prometheus/node-exporter/obpbl.prom",
			  .run = run,
			  .alone = true),
	.size = sizeof(struct order),
	.keys = keys,
};

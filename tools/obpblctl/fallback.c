// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fallback command: a config file as rules of nftables
 *
 * For when there is no module: after a kernel for which it was not built, or
 * while it is replaced.  The most specific prefix decides in a policy, and
 * intervals in a set of nftables must not overlap; so the prefixes are spread out
 * into intervals first, each with what is decided for it.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "batch.h"
#include "check.h"
#include "command.h"
#include "config.h"
#include "list.h"
#include "mirrored.h"
#include "out.h"
#include "overlay.h"

typedef unsigned __int128 address;

/* What is decided for a source: a chain of its ISP, or nothing */
enum { PASSES, JUDGED, QUARANTINED, EXEMPTED };

/**
 * struct span - addresses for which something is decided
 * @first: the first
 * @last: the last
 * @rank: of two of the same addresses, the one with the higher rank counts
 * @isp: index of the ISP
 * @what: of a source one of these; of a destination 0 or 1
 */
struct span {
	address first;
	address last;
	uint8_t rank;
	uint16_t isp;
	uint8_t what;
};

/**
 * struct spans - many of them
 * @list: they
 * @n: number of @list
 * @cap: room
 */
struct spans {
	struct span *list;
	size_t n;
	size_t cap;
};

/**
 * struct fallback - what a command line asks for
 * @path: of the file
 * @policy: what it says
 */
struct fallback {
	const char *path;
	struct policy policy;
};

static address to_address(const struct prefix *p)
{
	address all = 0;
	size_t i;

	for (i = 0; i < cidr_bits(p) / 8; i++)
		all = all << 8 | p->addr[i];
	return all;
}

static const char *print_address(address at, int family)
{
	struct prefix p = { .family = family == V4 ? 4 : 6 };
	size_t i;

	p.len = cidr_bits(&p);
	for (i = cidr_bits(&p) / 8; i--; at >>= 8)
		p.addr[i] = at;
	return cidr_print_address(&p);
}

static void add_span(struct spans *spans, struct span span)
{
	if (spans->n == spans->cap) {
		spans->cap = spans->cap ? 2 * spans->cap : 64;
		spans->list = xrealloc(spans->list, spans->cap,
				       sizeof(*spans->list));
	}
	spans->list[spans->n++] = span;
}

static void add_prefix(struct spans *spans, int family, const struct prefix *p,
		       struct span span)
{
	unsigned int host = cidr_bits(p) - p->len;

	if ((p->family == 4) != (family == V4))
		return;
	span.first = to_address(p);
	span.last = host == 128 ? ~(address)0 :
		    span.first | (((address)1 << host) - 1);
	add_span(spans, span);
}

static void add_list(struct spans *spans, int family,
		     const struct prefixes *list, struct span span)
{
	struct prefix p;
	size_t i;

	for (i = 0; prefixes_get(list, i, &p); i++)
		add_prefix(spans, family, &p, span);
}

/* The outer one of two that begin together comes first, then the lower rank */
static int span_order(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->last != y->last)
		return x->last > y->last ? -1 : 1;
	return x->rank - y->rank;
}

static void emit(struct spans *to, const struct span *of, address first,
		 address last)
{
	struct span *before = to->n ? &to->list[to->n - 1] : NULL;
	struct span span = *of;

	if (before && before->isp == of->isp && before->what == of->what &&
	    before->last + 1 == first) {
		before->last = last;
		return;
	}
	span.first = first;
	span.last = last;
	add_span(to, span);
}

/*
 * Prefixes are nested or apart, so those around an address are a stack: the
 * innermost decides from where it begins until the next one does.
 */
static struct spans spread(struct spans *from)
{
	struct span *stack[2 * 129];
	struct spans to = { 0 };
	size_t i, depth = 0;
	address at = 0;

	if (from->n)
		qsort(from->list, from->n, sizeof(*from->list), span_order);
	for (i = 0; i <= from->n; i++) {
		struct span *next = i < from->n ? &from->list[i] : NULL;

		while (depth && (!next || stack[depth - 1]->last < next->first)) {
			struct span *inner = stack[--depth];

			if (at <= inner->last)
				emit(&to, inner, at, inner->last);
			at = inner->last + 1;
			/* Nothing comes behind the last address there is */
			if (!at)
				depth = 0;
		}
		if (!next)
			break;
		if (depth && next->first > at)
			emit(&to, stack[depth - 1], at, next->first - 1);
		at = next->first;
		/* Its like, of a lower rank, decides nothing */
		if (depth && stack[depth - 1]->first == next->first &&
		    stack[depth - 1]->last == next->last)
			depth--;
		stack[depth++] = next;
	}
	return to;
}

/* Printing */

static FILE *out;

static const char family_words[FAMILIES][4] = { "ip", "ip6" };

static const char *range(const struct span *span, int family)
{
	const char *first = print_address(span->first, family);

	return span->first == span->last ? first :
	       text_print("%s-%s", first, print_address(span->last, family));
}

static const char *chain_of(const struct policy *policy,
			    const struct span *span)
{
	return text_print("%s_%s", span->what == QUARANTINED ? "quarantine" :
			  "isp", policy->isps[span->isp].name);
}

/* A set of addresses, or with verdicts a map; those of 0 are left out. */
static void print_spans(struct spans *from, int family, const char *name,
			const struct policy *verdicts)
{
	struct spans spans = spread(from);
	const struct span *span;
	const char *lead = "\t\telements = {\n\t\t\t";
	size_t i;

	fprintf(out, "\t%s %s {\n\t\ttype ipv%c_addr%s\n\t\tflags interval\n",
	       verdicts ? "map" : "set", name, family == V4 ? '4' : '6',
	       verdicts ? " : verdict" : "");
	for (i = 0; i < spans.n; i++) {
		span = &spans.list[i];
		if (!span->what)
			continue;
		fprintf(out, "%s%s", lead, range(span, family));
		if (verdicts)
			fprintf(out, " : goto %s", chain_of(verdicts, span));
		lead = ",\n\t\t\t";
	}
	fputs(*lead == ',' ? "\n\t\t}\n\t}\n" : "\t}\n", out);
	free(spans.list);
}

/* Whether the policy of an ISP lets mail to a class of destinations pass */
static bool lets_pass(int policy, int class)
{
	return class == OBPBL_CLASS_RELAY ||
	       (class == OBPBL_CLASS_SPACE && policy != OBPBL_POLICY_RELAY_ONLY);
}

/* What the set of an ISP has: what passes, or with targets what does not */
static void print_destinations(const struct isp *isp, int family, int policy,
			       const char *name)
{
	static const int classes[] = {
		OBPBL_CLASS_SPACE, OBPBL_CLASS_TARGET, OBPBL_CLASS_RELAY
	};
	bool targets = policy == OBPBL_POLICY_TARGETS;
	struct spans spans = { 0 };
	uint8_t i;

	for (i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		add_list(&spans, family, &isp->lists[classes[i]],
			 (struct span){ .rank = i, .what = targets ^
					lets_pass(policy, classes[i]) });
	print_spans(&spans, family, text_print("%s%c_%s", name,
		    family == V4 ? '4' : '6', isp->name), NULL);
	free(spans.list);
}

static void print_chain(const struct isp *isp, const char *chain,
			const char *set, bool targets)
{
	static const char *const rejects[] = {
		[OBPBL_REJECT_RESET] = "reject with tcp reset",
		[OBPBL_REJECT_ADMIN] = "reject with icmpx type admin-prohibited",
		[OBPBL_REJECT_DROP] = "drop",
	};
	const char *reject = rejects[isp->reject];
	int family;

	fprintf(out, "\tchain %s_%s {\n", chain, isp->name);
	for (family = 0; family < FAMILIES; family++)
		fprintf(out, "\t\t%s daddr @%s%c_%s %s%s\n", family_words[family],
		       set, family == V4 ? '4' : '6', isp->name,
		       targets ? "counter " : "", targets ? reject : "accept");
	if (!targets)
		fprintf(out, "\t\tcounter %s\n", reject);
	fputs("\t}\n", out);
}

static void print_isp(const struct isp *isp)
{
	bool targets = isp->policy == OBPBL_POLICY_TARGETS;
	int family;

	for (family = 0; family < FAMILIES; family++) {
		print_destinations(isp, family, isp->policy,
				   targets ? "block" : "pass");
		print_destinations(isp, family, OBPBL_POLICY_RELAY_ONLY,
				   "relay");
	}
	print_chain(isp, "isp", targets ? "block" : "pass", targets);
	print_chain(isp, "quarantine", "relay", false);
}

/* Whether an exemption is of some destination or device alone */
static bool is_narrow(const struct overlay *overlay)
{
	return overlay->to.family || *overlay->dev;
}

/* Whether nft would take it for a name, and not for a pattern or an end */
static bool can_be_named(const char *dev)
{
	return !strpbrk(dev, "\"*\\");
}

/* The ISP of an overlay that has an effect in a VRF, or NULL */
static const struct isp *isp_of(const struct policy *policy,
				const struct overlay *overlay, const char *vrf)
{
	const struct isp *isp = policy_find_isp(policy, overlay->isp);

	return isp && !strcmp(isp->vrf, vrf) &&
	       !overlay_ended(overlay, time(NULL)) ? isp : NULL;
}

/* Sources: at the same prefix quarantine, exempt, static, dynamic, own */
static void add_sources(struct spans *spans, const struct policy *policy,
			const char *vrf, int family)
{
	static const int classes[] = {
		OBPBL_CLASS_SPACE, OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_STATIC
	};
	const struct overlay *overlay;
	const struct isp *isp;
	struct span span;
	uint8_t k;
	size_t i;

	for (i = 0; i < policy->n_isps; i++) {
		isp = &policy->isps[i];
		if (strcmp(isp->vrf, vrf))
			continue;
		for (k = 0; k < sizeof(classes) / sizeof(*classes); k++) {
			span = (struct span){ .rank = k, .isp = i };
			if (isp->mode == OBPBL_MODE_ENFORCE &&
			    classes[k] == OBPBL_CLASS_DYNAMIC)
				span.what = JUDGED;
			add_list(spans, family, &isp->lists[classes[k]], span);
		}
	}
	for (i = 0; i < policy->n_overlays; i++) {
		overlay = &policy->overlays[i];
		isp = isp_of(policy, overlay, vrf);
		if (!isp || is_narrow(overlay))
			continue;
		span = (struct span){ .rank = overlay->class,
				      .isp = isp - policy->isps };
		if (isp->mode == OBPBL_MODE_ENFORCE &&
		    overlay->class == OBPBL_CLASS_QUARANTINE)
			span.what = QUARANTINED;
		add_prefix(spans, family, &overlay->prefix, span);
	}
}

/* The sources of which an exemption decides, and nothing more specific */
static struct spans exempted(const struct spans *sources, int family,
			     const struct overlay *overlay)
{
	struct spans inner = { 0 }, all;
	struct span *self, *span;
	size_t i, n = 0;

	add_prefix(&inner, family, &overlay->prefix,
		   (struct span){ .rank = OBPBL_CLASS_EXEMPT, .what = EXEMPTED });
	for (i = 0; inner.n && i < sources->n; i++) {
		self = &inner.list[0];
		span = &sources->list[i];
		if (span->first >= self->first && span->last <= self->last)
			add_span(&inner, *span);
	}
	all = spread(&inner);
	for (i = 0; i < all.n; i++)
		if (all.list[i].what == EXEMPTED)
			all.list[n++] = all.list[i];
	all.n = n;
	free(inner.list);
	return all;
}

static void print_exemption(const struct overlay *overlay,
			    const struct spans *sources, int family)
{
	struct spans spans = exempted(sources, family, overlay);
	const char *word = family_words[family];
	size_t i;

	if (spans.n) {
		fputs("\t\t", out);
		if (*overlay->dev)
			fprintf(out, "iifname \"%s\" ", overlay->dev);
		fprintf(out, "%s saddr {", word);
		for (i = 0; i < spans.n; i++)
			fprintf(out, "%s %s", i ? "," : "",
				range(&spans.list[i], family));
		fputs(" }", out);
		if (overlay->to.family)
			fprintf(out, " %s daddr %s", word,
				cidr_print(&overlay->to));
		fputs(" accept\n", out);
	}
	free(spans.list);
}

static void print_exemptions(const struct policy *policy, const char *vrf,
			     const struct spans *sources, int family)
{
	const struct overlay *overlay;
	size_t i;

	for (i = 0; i < policy->n_overlays; i++) {
		overlay = &policy->overlays[i];
		if (isp_of(policy, overlay, vrf) && is_narrow(overlay) &&
		    can_be_named(overlay->dev))
			print_exemption(overlay, sources, family);
	}
}

static void print_scope(const struct policy *policy, const char *vrf, size_t n)
{
	struct spans sources[FAMILIES] = { { 0 } };
	int family;

	for (family = 0; family < FAMILIES; family++) {
		add_sources(&sources[family], policy, vrf, family);
		print_spans(&sources[family], family,
			    text_print("source%c_%zu",
				       family == V4 ? '4' : '6', n), policy);
	}
	fprintf(out, "\tchain scope_%zu {\n", n);
	for (family = 0; family < FAMILIES; family++) {
		print_exemptions(policy, vrf, &sources[family], family);
		free(sources[family].list);
	}
	for (family = 0; family < FAMILIES; family++)
		fprintf(out, "\t\t%s saddr vmap @source%c_%zu\n",
			family_words[family], family == V4 ? '4' : '6', n);
	fputs("\t}\n", out);
}

/* The first ISP of a VRF stands for it. */
static bool begins_scope(const struct policy *policy, size_t isp)
{
	size_t i;

	for (i = 0; i < isp; i++)
		if (!strcmp(policy->isps[i].vrf, policy->isps[isp].vrf))
			return false;
	return *policy->isps[isp].vrf;
}

/* Chains are named before elements of maps go to them. */
static void print_table(const struct policy *policy)
{
	size_t i;

	fputs("table inet obpbl\ndelete table inet obpbl\ntable inet obpbl {\n", out);
	for (i = 0; i < policy->n_isps; i++)
		fprintf(out, "\tchain isp_%s {\n\t}\n\tchain quarantine_%s {\n\t}\n",
		       policy->isps[i].name, policy->isps[i].name);
	fputs("}\ntable inet obpbl {\n", out);
	for (i = 0; i < policy->n_isps; i++)
		print_isp(&policy->isps[i]);
	print_scope(policy, "", 0);
	for (i = 0; i < policy->n_isps; i++)
		if (begins_scope(policy, i))
			print_scope(policy, policy->isps[i].vrf, i + 1);
	/* Where there is no port, as in a later fragment, nothing matches */
	fputs("\tchain forward {\n"
	      "\t\ttype filter hook forward priority filter; policy accept;\n", out);
	for (i = 0; i < policy->n_isps; i++)
		if (begins_scope(policy, i))
			fprintf(out, "\t\ttcp dport 25 iifname \"%s\" goto scope_%zu\n",
				policy->isps[i].vrf, i + 1);
	fputs("\t\ttcp dport 25 goto scope_0\n\t}\n}\n", out);
}

static void print_ruleset(FILE *file, const void *data)
{
	const struct fallback *fallback = data;

	out = file;
	fprintf(out, "# obpblctl fallback %s: for nft -f\n",
		file_name(fallback->path));
	print_table(&fallback->policy);
}

static int print_all(const struct fallback *fallback)
{
	char *text;

	if (!options.json) {
		print_ruleset(stdout, fallback);
		return STATUS_DONE;
	}
	text = file_text(print_ruleset, fallback);
	if (!text)
		return STATUS_FAILED;
	out_json(json_pack("{s:o}", "ruleset", json_text(text)));
	free(text);
	return STATUS_DONE;
}

/* What rules cannot say, or say otherwise */
static void warn_of(const struct policy *policy)
{
	const struct overlay *overlay;
	const struct isp *isp;
	size_t i;

	for (i = 0; i < policy->n_isps; i++) {
		isp = &policy->isps[i];
		if (isp->limit.count)
			warn("isp %s: its limit lets nothing through here",
			     isp->name);
		if (isp->reverse)
			warn("isp %s: answers from port 25 are not judged here",
			     isp->name);
	}
	for (i = 0; i < policy->n_overlays; i++) {
		overlay = &policy->overlays[i];
		if (!can_be_named(overlay->dev))
			warn("%s: nft cannot name device %s; it is left out",
			     overlay_name(overlay), quote_word(overlay->dev));
	}
}

static void check_vrfs(const struct policy *policy, struct faults *faults)
{
	size_t i;

	for (i = 0; i < policy->n_isps; i++)
		if (!can_be_named(policy->isps[i].vrf))
			faults_add(faults, policy->isps[i].at,
				   "nft cannot name VRF %s",
				   quote_word(policy->isps[i].vrf));
}

static void free_fallback(void *order)
{
	struct fallback *fallback = order;

	policy_free(&fallback->policy);
}

static const struct key keys[] = {
	{ KEY("FILE", NULL, word_any, struct fallback, path), .bare = true },
	{ .name = NULL }
};

static int parse(struct words *words, const struct verb *verb, void *order)
{
	struct fallback *fallback = order;
	struct faults faults = { .policy = &fallback->policy };
	int status;

	status = command_keys(words, keys, verb, order);
	if (!status && !fallback->path)
		status = command_usage("a file is missing");
	if (!status)
		status = batch_stdin(fallback->path);
	if (status)
		return status;
	if (config_read(fallback->path, &fallback->policy, &faults)) {
		mirrored_add(&fallback->policy, &faults);
		check_faults(&fallback->policy, &faults);
	}
	if (!faults.total) {
		check_no_isp(&fallback->policy, "", &faults);
		check_vrfs(&fallback->policy, &faults);
	}
	status = faults_fail(&faults, file_name(fallback->path));
	faults_free(&faults);
	if (status)
		return status;
	warn_of(&fallback->policy);
	return print_all(fallback);
}

const struct command fallback_command = {
	.name = "fallback",
	.summary = "a config file as rules of nft, for when there is no module",
	.help = "Prints a table 'inet obpbl' for 'nft -f -', which takes the place of the one\n"
		"before. It decides as the module does of ISPs in mode enforce, but for\n"
		"limits (they let nothing through), reverse (is not there) and fragments.\n"
		"Needs neither the module nor root. 'nft delete table inet obpbl' ends it.\n",
	.verbs = ONE_VERB(.synopsis = "FILE|-",
			  .example = "obpblctl fallback /etc/obpbl/obpbl.conf",
			  .size = sizeof(struct fallback),
			  .parse = parse,
			  .free = free_fallback),
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The import verb of the quarantine command: an abuse report becomes a command
 *
 * What somebody should look at first is a doubt: the command that is proposed
 * comes with it, and --yes does nothing.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "abuse.h"
#include "batch.h"
#include "check.h"
#include "command.h"
#include "fields.h"
#include "kernel.h"
#include "list.h"
#include "out.h"
#include "overlay.h"
#include "owner.h"

#define DURATION "24h"
#define FRESH 86400	/* seconds; after them, another may have the address */
#define EARLY 3600	/* by so many seconds clocks may differ */
#define SOURCE_LEN "/proc/sys/net/obpbl/v6_source_len"

/* Words */

static const struct key keys[] = {
	{ KEY("isp", "the name of an ISP", word_isp, struct abuse, isp) },
	{ KEY("for", "a duration like 24h", word_any, struct abuse,
	      duration) },
	{ KEY("reason", "a text", word_any, struct abuse, reason) },
	{ KEY("ticket", "a text", word_any, struct abuse, ticket) },
	{ KEY("--yes", NULL, word_flag, struct abuse, yes) },
	{ .name = NULL }
};

static int put(struct abuse *abuse, const char *word, const char *value)
{
	const struct field *field;
	const char *fault;

	field = field_find(overlay_fields, word, strlen(word));
	fault = value ? field_parse(field, value, &abuse->overlay) : NULL;
	return fault ? usage("%s", fault) : STATUS_OK;
}

static int read_report(struct arf *arf)
{
	const char *fault;
	uint32_t line;
	size_t size;
	char *text;

	fault = file_read("-", ARF_SIZE, &text, &size, &line);
	if (!fault)
		fault = arf_read(text, size, arf, &line);
	free(text);
	if (fault && line)
		return fail("stdin:%u: %s", line, fault);
	return fault ? fail("stdin: %s", fault) : STATUS_OK;
}

/**
 * abuse_parse() - take the words, and the report
 * @words: what follows the verb
 * @verb: it
 * @order: struct abuse to fill in
 *
 * Return: enum status.
 */
int abuse_parse(struct words *words, const struct verb *verb, void *order)
{
	struct abuse *abuse = order;
	int status;

	abuse->duration = DURATION;
	status = command_keys(words, keys, verb, order);
	if (!status)
		status = batch_stdin("-");
	if (!status)
		status = put(abuse, "for", abuse->duration);
	if (!status)
		status = put(abuse, "reason", abuse->reason);
	if (!status)
		status = put(abuse, "ticket", abuse->ticket);
	return status ? status : read_report(&abuse->arf);
}

/**
 * abuse_free() - free what abuse_parse() has filled in
 * @order: struct abuse
 */
void abuse_free(void *order)
{
	struct abuse *abuse = order;

	overlay_free(&abuse->overlay);
}

/* Doubts */

/* Whether to go on */
static PRINTF(3, 4) bool doubt(const struct abuse *abuse, json_t *warnings,
			       const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (abuse->yes)
		fail("%s; nothing was changed: look at it, then say the command without --yes",
		     text);
	else
		warn_in(warnings, "%s", text);
	return !abuse->yes;
}

static bool doubt_type(const struct abuse *abuse, json_t *warnings)
{
	static const char *const known[] = { "abuse", "fraud", "virus" };
	const char *type = abuse->arf.type;
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcasecmp(type, known[i]))
			return true;
	return doubt(abuse, warnings,
		     "the report is of the type %s, which need not be about a bot",
		     quote_word(type));
}

static bool doubt_age(const struct abuse *abuse, json_t *warnings)
{
	uint64_t arrival = abuse->arf.arrival, now = time(NULL);

	if (!arrival)
		return doubt(abuse, warnings,
			     "the report does not say when the message came: the address may be another customer's now");
	if (arrival > now + EARLY)
		return doubt(abuse, warnings,
			     "the report is about a message of %s, which is yet to come",
			     print_time(arrival));
	if (arrival + FRESH < now)
		return doubt(abuse, warnings,
			     "the report is about a message of %s, %s ago: the address may be another customer's now",
			     print_time(arrival), overlay_span(now - arrival));
	return true;
}

/* Whose address it is */

/* Another owner of the address, since inside addresses of VRFs may overlap */
static int note_owner(struct nl *nl, const struct abuse *abuse,
		      const char *vrf, struct owner *found)
{
	const char *source = cidr_print_address(&abuse->arf.source);
	struct owner owner;

	if (owner_ask(nl, &abuse->arf.source, vrf, &owner) || !*owner.isp ||
	    !strcmp(owner.isp, found->isp))
		return STATUS_OK;
	if (*found->isp && abuse->isp && strcmp(owner.isp, abuse->isp))
		return STATUS_OK;
	if (*found->isp && !abuse->isp)
		return fail("%s is an address of isp %s and, in another VRF, of isp %s: say 'isp NAME'",
			    source, found->isp, owner.isp);
	*found = owner;
	return STATUS_OK;
}

static int find_owner(struct nl *nl, const struct abuse *abuse,
		      const struct policy *policy, struct owner *owner)
{
	int status;
	size_t i;

	memset(owner, 0, sizeof(*owner));
	status = note_owner(nl, abuse, "", owner);
	for (i = 0; !status && i < policy->n_isps; i++)
		if (*policy->isps[i].vrf)
			status = note_owner(nl, abuse, policy->isps[i].vrf,
					    owner);
	return status;
}

static int judge_owner(const struct abuse *abuse, const struct owner *owner,
		       json_t *warnings)
{
	const char *source = cidr_print_address(&abuse->arf.source);

	if (!*owner->isp)
		return fail("%s is no address of an ISP here: the report is for somebody else",
			    source);
	if (abuse->isp && strcmp(owner->isp, abuse->isp))
		return fail("%s is an address of isp %s, not of isp %s",
			    source, owner->isp, abuse->isp);
	if (owner->dst_class == OBPBL_CLASS_RELAY)
		return fail("%s is a relay of isp %s: its log knows who has sent the message",
			    source, owner->isp);
	if (owner->class == OBPBL_CLASS_SPACE)
		return fail("%s is no customer's address, but isp %s's own",
			    source, owner->isp);
	if (owner->class == OBPBL_CLASS_STATIC &&
	    !doubt(abuse, warnings,
		   "%s is the address of a static customer of isp %s, who may have a mail server",
		   source, owner->isp))
		return STATUS_FAILED;
	return STATUS_OK;
}

/* What there is already */

static int judge_exempt(const struct abuse *abuse,
			const struct overlay *overlay, json_t *warnings)
{
	return doubt(abuse, warnings,
		     "%s is exempt: %s", cidr_print(&overlay->prefix),
		     quote_word(overlay->reason ? overlay->reason : "")) ?
	       STATUS_OK : STATUS_FAILED;
}

static int judge_quarantine(struct abuse *abuse,
			    const struct overlay *overlay, json_t *warnings)
{
	const char *text = cidr_print(&overlay->prefix);
	bool ended = overlay_ended(overlay, time(NULL));

	if (!ended && (!overlay->until ||
		       overlay->until >= abuse->overlay.until))
		return fail_as(EEXIST, "%s is in quarantine already, %s%s",
			       text, overlay->until ? "until " : "without an end",
			       overlay->until ? print_time(overlay->until) : "");
	if (!ended)
		warn_in(warnings, "%s is in quarantine already, until %s: this is longer",
			text, print_time(overlay->until));
	abuse->there = true;
	return STATUS_OK;
}

static int judge_overlays(struct abuse *abuse, const struct policy *policy,
			  json_t *warnings)
{
	const struct overlay *overlay, *wanted = &abuse->overlay;
	uint64_t now = time(NULL);
	int status = STATUS_OK;
	size_t i;

	for (i = 0; !status && i < policy->n_overlays; i++) {
		overlay = &policy->overlays[i];
		if (overlay->asleep || strcmp(overlay->isp, wanted->isp))
			continue;
		if (overlay->class == OBPBL_CLASS_QUARANTINE &&
		    !cidr_order(&overlay->prefix, &wanted->prefix))
			status = judge_quarantine(abuse, overlay, warnings);
		else if (overlay->class == OBPBL_CLASS_EXEMPT &&
			 !overlay_ended(overlay, now) &&
			 cidr_covers(&overlay->prefix, &abuse->arf.source))
			status = judge_exempt(abuse, overlay, warnings);
	}
	return status;
}

/* The quarantine */

/*
 * A customer has a network of IPv6, and a bot all of its addresses, so it is
 * what top counts as one source; but no shorter than what decides, which it
 * would not reach.
 */
static int source_prefix(const struct abuse *abuse,
			 const struct owner *owner, struct prefix *p)
{
	unsigned int len = 0;
	FILE *file;

	*p = abuse->arf.source;
	if (p->family == 4)
		return STATUS_OK;
	file = fopen(SOURCE_LEN, "re");
	if (!file || fscanf(file, "%3u", &len) != 1 || !len ||
	    len > cidr_bits(p))
		len = 0;
	if (file)
		fclose(file);
	if (!len)
		return fail("%s: cannot be read", SOURCE_LEN);
	p->len = owner->len > len ? owner->len : len;
	cidr_network(p);
	return STATUS_OK;
}

static void make_reason(struct abuse *abuse, json_t *warnings)
{
	const struct arf *arf = &abuse->arf;
	char text[512], more[32] = "";
	size_t used;

	used = snprintf(text, sizeof(text), "%s report", arf->type);
	if (arf->arrival)
		used += snprintf(text + used, sizeof(text) - used, " of %s",
				 print_time(arf->arrival));
	if (arf->domains > 1)
		snprintf(more, sizeof(more), " and %u more", arf->domains - 1);
	if (*arf->domain)
		snprintf(text + used, sizeof(text) - used, ": %s%s",
			 arf->domain, more);
	if (strlen(text) >= OBPBL_REASON_SIZE) {
		warn_in(warnings, "the Reported-Domain is too long for a reason, and left out");
		text[used] = '\0';
	}
	abuse->overlay.reason = xstrdup(text);
}

static int judge(struct nl *nl, struct abuse *abuse,
		 const struct policy *policy, json_t *warnings)
{
	struct owner owner;
	int status;

	if (!strcasecmp(abuse->arf.type, "not-spam"))
		return fail("the report is of the type 'not-spam': there is nothing to be stopped");
	status = find_owner(nl, abuse, policy, &owner);
	if (!status)
		status = judge_owner(abuse, &owner, warnings);
	if (!status)
		status = source_prefix(abuse, &owner,
				       &abuse->overlay.prefix);
	if (status)
		return status;
	abuse->overlay.class = OBPBL_CLASS_QUARANTINE;
	abuse->overlay.layer = OBPBL_LAYER_RUNTIME;
	strcpy(abuse->overlay.isp, owner.isp);
	status = judge_overlays(abuse, policy, warnings);
	if (status)
		return status;
	if (!doubt_type(abuse, warnings) || !doubt_age(abuse, warnings))
		return STATUS_FAILED;
	if (!abuse->overlay.reason)
		make_reason(abuse, warnings);
	return STATUS_OK;
}

/* The proposal */

static void add_word(json_t *command, const char *word)
{
	json_array_append_new(command, json_text(word));
}

static json_t *command_of(const struct abuse *abuse)
{
	const struct overlay *overlay = &abuse->overlay;
	const char *const words[] = {
		"quarantine", abuse->there ? "replace" : "add",
		cidr_print_short(&overlay->prefix), "isp", overlay->isp,
		"for", abuse->duration, "reason", overlay->reason,
	};
	json_t *command = json_array();
	size_t i;

	add_word(command, "obpblctl");
	if (options.netns) {
		add_word(command, "-n");
		add_word(command, options.netns);
	}
	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		add_word(command, words[i]);
	if (overlay->ticket) {
		add_word(command, "ticket");
		add_word(command, overlay->ticket);
	}
	return command;
}

/* As any shell reads it: nothing in single quotes means anything. */
static void print_word(const char *word)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789.:/_-";

	if (*word && !word[strspn(word, safe)]) {
		fputs(word, stdout);
		return;
	}
	putchar('\'');
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*word);
	putchar('\'');
}

static void print_command(const json_t *command)
{
	json_t *word;
	size_t i;

	json_array_foreach(command, i, word) {
		if (i)
			putchar(' ');
		print_word(json_string_value(word));
	}
	putchar('\n');
}

static void propose(const struct abuse *abuse, json_t *warnings)
{
	json_t *command = command_of(abuse);
	const struct arf *arf = &abuse->arf;

	if (options.json)
		out_json(json_pack("{s:O, s:s, s:s, s:s, s:s, s:s?, s:{s:s, s:s, s:s?, s:s?, s:I}, s:O}",
				   "command", command, "prefix",
				   cidr_print(&abuse->overlay.prefix),
				   "isp", abuse->overlay.isp,
				   "for", abuse->duration,
				   "reason", abuse->overlay.reason,
				   "ticket", abuse->overlay.ticket,
				   "report", "type", arf->type,
				   "source", cidr_print_address(&arf->source),
				   "arrival", arf->arrival ?
				   print_time(arf->arrival) : NULL,
				   "domain", *arf->domain ? arf->domain : NULL,
				   "domains", (json_int_t)arf->domains,
				   "warnings", warnings));
	else
		print_command(command);
	json_decref(command);
}

/**
 * abuse_run() - propose the quarantine, or make it
 * @nl: the socket
 * @order: struct abuse
 *
 * Return: enum status.
 */
int abuse_run(struct nl *nl, void *order)
{
	json_t *warnings = json_array();
	struct abuse *abuse = order;
	struct policy policy;
	int status;

	status = kernel_policy(nl, &policy, KERNEL_ISPS | KERNEL_OVERLAYS);
	if (!status) {
		status = judge(nl, abuse, &policy, warnings);
		policy_free(&policy);
	}
	if (!status && abuse->yes)
		status = overlay_replace(nl, &abuse->overlay);
	else if (!status)
		propose(abuse, warnings);
	json_decref(warnings);
	return status;
}

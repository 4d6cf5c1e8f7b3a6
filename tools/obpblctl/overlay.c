// SPDX-License-Identifier: GPL-2.0-only
/* The exempt and quarantine commands */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "abuse.h"
#include "check.h"
#include "command.h"
#include "fields.h"
#include "kernel.h"
#include "names.h"
#include "out.h"
#include "overlay.h"
#include "owner.h"
#include "txn.h"

#define SOON 3600	/* an end that is worth a remark, in seconds */
#define TRIES 10	/* while others change something as well */

/**
 * struct order - what a command line asks for
 * @command: OBPBL_CMD_OVERLAY_ADD, _DEL or _GET
 * @overlay: the words of the line
 * @replace: it takes the place of one that there may be
 * @there: there is one
 * @holds: and it has not ended
 * @configured: and a file has brought it
 * @other: one of the same prefix and ISP with another destination or device;
 *	that of an exemption of prefix family 0: there is none
 */
struct order {
	uint8_t command;
	struct overlay overlay;
	bool replace;
	bool there;
	bool holds;
	bool configured;
	struct overlay other;
};

/* Two requests, so that no command of the kernel is it */
enum { OVERLAY_REPLACE = OBPBL_CMD_MAX + 1 };

/**
 * overlay_request() - add a request about an overlay to a transaction
 * @txn: the transaction
 * @command: OBPBL_CMD_OVERLAY_ADD, or OBPBL_CMD_OVERLAY_DEL, to which only what
 *	tells it from others is said
 * @at: where it was written
 * @overlay: the overlay
 *
 * Return: whether nothing was refused.
 */
bool overlay_request(struct txn *txn, uint8_t command, struct place at,
		     const struct overlay *overlay)
{
	uint32_t which = fields_set(overlay_fields, overlay);
	bool all = command == OBPBL_CMD_OVERLAY_ADD;
	struct nlmsghdr *request;
	const struct field *field;

	request = txn_add(txn, command, at, cidr_print(&overlay->prefix));
	if (!request)
		return false;
	for (field = overlay_fields; !all && field->word; field++)
		if (!(field->flags & FIELD_ID))
			which &= ~FIELD_BIT(overlay_fields, field);
	if (all)
		mnl_attr_put_u8(request, OBPBL_A_LAYER, overlay->layer);
	mnl_attr_put_u8(request, OBPBL_A_CLASS, overlay->class);
	nl_put_prefix(request, &overlay->prefix, OBPBL_A_PREFIXES4,
		      OBPBL_A_PREFIXES6);
	fields_put(request, overlay_fields, overlay, which);
	return true;
}

/**
 * overlay_ended() - whether an overlay has no effect any more
 * @overlay: the overlay
 * @now: in seconds since 1970
 *
 * Return: that.
 */
bool overlay_ended(const struct overlay *overlay, uint64_t now)
{
	return overlay->until && overlay->until <= now;
}

/**
 * overlay_count() - how many overlays there are, in the words of the commands
 * @n: the number
 *
 * Return: what follows the number.
 */
const char *overlay_count(size_t n)
{
	return n == 1 ? "exemption or quarantine" :
			"exemptions and quarantines";
}

static bool try_step(struct txn *txn, overlay_build_fn *build, void *data,
		     int *status)
{
	struct policy running;
	bool done;

	nl_forget(txn->nl);
	*status = kernel_policy(txn->nl, &running,
				KERNEL_ISPS | KERNEL_OVERLAYS);
	if (*status)
		return true;
	txn->seen = running.generation;
	done = build(txn, &running, data);
	if (done && (txn->begun || txn->n))
		done = txn_commit(txn);
	policy_free(&running);
	return done;
}

static bool without_it(const struct txn *txn, overlay_refused_fn *refused,
		       void *data)
{
	struct place at;
	const char *why = txn_refusal(txn, &at);

	return refused && at.line && !stopped &&
	       refused(at, txn->nl->refusal.error, why, data);
}

/**
 * overlay_step() - change overlays after looking at what there is
 * @nl: the socket
 * @file: whose files to name, or NULL
 * @build: adds the change, which may be none, to a transaction; is called again
 *	if others have changed something meanwhile, or if something was refused
 * @refused: is told of what was refused; NULL: nothing may be
 * @data: for both
 * @generation: where to put that of the policy with the change; 0: there was none
 *
 * Return: STATUS_OK, or another after saying why.
 */
int overlay_step(struct nl *nl, const struct policy *file,
		 overlay_build_fn *build, overlay_refused_fn *refused,
		 void *data, uint64_t *generation)
{
	int status = STATUS_OK, try = 0;
	struct txn txn;
	bool again;

	do {
		txn_init(&txn, nl, file, false);
		again = false;
		if (!try_step(&txn, build, data, &status)) {
			again = nl->refusal.error == ESTALE ? ++try < TRIES :
				without_it(&txn, refused, data);
			if (again)
				txn_abort(&txn);
			else
				status = txn_fail(&txn);
		}
		*generation = txn.generation;
		txn_end(&txn);
	} while (again);
	return status;
}

/* Words */

static int take_order(struct words *words, const struct verb *verb,
		      struct order *order, int class)
{
	struct overlay *overlay = &order->overlay;
	const char *mapped;
	int status = STATUS_OK;
	uint32_t given;

	order->replace = verb->value == OVERLAY_REPLACE;
	order->command = order->replace ? OBPBL_CMD_OVERLAY_ADD : verb->value;
	overlay->class = class;
	overlay->layer = OBPBL_LAYER_RUNTIME;
	if (words->left && !words_begin(words, "isp"))
		status = word_prefix(words_next(words), &overlay->prefix);
	else if (order->command != OBPBL_CMD_OVERLAY_GET)
		return command_usage("a prefix is missing");
	if (!status)
		status = command_fields(words, verb, overlay, &given);
	if (status)
		return status;
	if (overlay->to.family && overlay->to.family != overlay->prefix.family)
		return usage("the destination is IPv%d, the source IPv%d",
			     overlay->to.family, overlay->prefix.family);
	mapped = cidr_mapped(&overlay->to);
	if (mapped)
		warn("%s", mapped);
	return STATUS_OK;
}

/* Lists */

/* What tells an overlay from others, and with @all what it says besides */
static json_t *fields_json(const struct overlay *overlay, bool all)
{
	const struct field *field;
	json_t *row;

	row = json_pack("{s:s}", "prefix", cidr_print(&overlay->prefix));
	for (field = overlay_fields; field->word; field++)
		if (field->attr && (all || field->flags & FIELD_ID) &&
		    (!(field->flags & FIELD_EXEMPT) ||
		     overlay->class == OBPBL_CLASS_EXEMPT))
			json_object_set_new(row, field->word,
					    field_json(field, overlay));
	return row;
}

/**
 * overlay_json() - an overlay as the lists have it
 * @overlay: the overlay
 * @now: in seconds since 1970
 *
 * Return: the object.
 */
json_t *overlay_json(const struct overlay *overlay, uint64_t now)
{
	json_t *row = fields_json(overlay, true);

	json_object_set_new(row, "expired",
			    json_boolean(overlay_ended(overlay, now)));
	json_object_set_new(row, "configured",
			    json_boolean(overlay->layer ==
					 OBPBL_LAYER_CONFIGURED));
	json_object_set_new(row, "asleep", json_boolean(overlay->asleep));
	return row;
}

/**
 * overlay_span() - the two largest units of a time
 * @seconds: the time
 *
 * Return: such as "1 day 2 hours".
 */
const char *overlay_span(uint64_t seconds)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = {
		{ 86400, "day" }, { 3600, "hour" }, { 60, "minute" },
		{ 1, "second" },
	};
	const char *first;
	uint64_t more;
	size_t i = 0;

	while (i < 3 && seconds < units[i].seconds)
		i++;
	first = count_of(seconds / units[i].seconds, units[i].name);
	more = i < 3 ? seconds % units[i].seconds / units[i + 1].seconds : 0;
	return more ? text_print("%s %s", first,
				 count_of(more, units[i + 1].name)) : first;
}

static void print_left(uint64_t until, uint64_t now, char *text, size_t size)
{
	if (!until)
		snprintf(text, size, "no end");
	else if (until <= now)
		snprintf(text, size, "EXPIRED %s ago", overlay_span(now - until));
	else
		snprintf(text, size, "%s%s", until - now < SOON ? "soon: " : "",
			 overlay_span(until - now));
}

static json_t *overlay_row(const struct overlay *overlay, uint64_t now)
{
	json_t *row = overlay_json(overlay, now);
	char left[96] = "asleep, ";
	size_t used = overlay->asleep ? strlen(left) : 0;

	print_left(overlay->until, now, left + used, sizeof(left) - used);
	put_text(row, "left", left);
	return row;
}

static bool is_wanted(const struct order *order, const struct overlay *overlay)
{
	return overlay->class == order->overlay.class &&
	       (!*order->overlay.isp ||
		!strcmp(order->overlay.isp, overlay->isp)) &&
	       (!order->overlay.prefix.family ||
		cidr_covers(&order->overlay.prefix, &overlay->prefix) ||
		cidr_covers(&overlay->prefix, &order->overlay.prefix));
}

static json_t *rows_of(const struct order *order, const struct policy *policy)
{
	const struct overlay *overlay;
	json_t *rows = json_array();
	uint64_t now = time(NULL);
	size_t i;

	for (i = 0; i < policy->n_overlays; i++) {
		overlay = &policy->overlays[i];
		if (is_wanted(order, overlay))
			json_array_append_new(rows, options.json ?
					      overlay_json(overlay, now) :
					      overlay_row(overlay, now));
	}
	return rows;
}

static void print_rows(const struct order *order, json_t *rows)
{
	static const char *const exempt_columns[] = {
		"prefix", "isp", "to", "dev", "left", "ticket", "reason",
		NULL
	};
	static const char *const quarantine_columns[] = {
		"prefix", "isp", "left", "ticket", "reason", NULL
	};

	if (options.json)
		out_json(json_incref(rows));
	else if (json_array_size(rows))
		out_table(rows, order->overlay.class == OBPBL_CLASS_EXEMPT ?
			  exempt_columns : quarantine_columns, false);
}

/* What sleeps may be of an ISP that is not there; else that is a mistake. */
static int list(struct nl *nl, void *data)
{
	const struct order *order = data;
	const char *isp = order->overlay.isp;
	struct policy policy;
	json_t *rows;
	int status;

	status = kernel_policy(nl, &policy, KERNEL_OVERLAYS);
	if (status)
		return status;
	rows = rows_of(order, &policy);
	if (*isp && !json_array_size(rows))
		status = kernel_isp(nl, isp, NULL);
	if (!status)
		print_rows(order, rows);
	json_decref(rows);
	policy_free(&policy);
	return status;
}

/* Changes */

static void warn_of(const struct order *order)
{
	const struct overlay *overlay = &order->overlay;
	const char *text;

	if (order->command != OBPBL_CMD_OVERLAY_ADD)
		return;
	text = cidr_print(&overlay->prefix);
	if (!overlay->until)
		warn("%s %s has no end: it holds until somebody removes it",
		     names_word(&class_names, overlay->class), text);
	else if (overlay_ended(overlay, time(NULL)))
		warn("%s %s ended at %s: it has no effect",
		     names_word(&class_names, overlay->class), text,
		     print_time(overlay->until));
}

/* In which way an exemption is another than one of the same prefix */
static const char *difference(const struct overlay *overlay,
			      const struct overlay *than)
{
	char *text = text_room();
	size_t used = 0;

	*text = '\0';
	if (cidr_order(&overlay->to, &than->to))
		used = snprintf(text, TEXT_ROOM, "%s%s", overlay->to.family ?
				"to " : "without 'to'", overlay->to.family ?
				cidr_print(&overlay->to) : "");
	if (strcmp(overlay->dev, than->dev))
		snprintf(text + used, TEXT_ROOM - used, "%s%s%s",
			 used ? " and " : "",
			 *overlay->dev ? "dev " : "without 'dev'",
			 overlay->dev);
	return text;
}

static void warn_beside(const struct order *order)
{
	if (order->replace && !order->there && order->other.prefix.family)
		warn("added; there was none %s (there is one %s)",
		     difference(&order->overlay, &order->other),
		     difference(&order->other, &order->overlay));
}

/* There is none to be removed, but one like it. */
static void hint(struct nl_refusal *refusal, const struct order *order)
{
	const struct overlay *other = &order->other;
	size_t used = strlen(refusal->text);

	if (order->command != OBPBL_CMD_OVERLAY_DEL ||
	    refusal->error != ENOENT || !other->prefix.family)
		return;
	used += snprintf(refusal->text + used, sizeof(refusal->text) - used,
			 "; there is one %s",
			 difference(other, &order->overlay));
	if (used >= sizeof(refusal->text) || (!other->to.family && !*other->dev))
		return;
	snprintf(refusal->text + used, sizeof(refusal->text) - used,
		 ": say '%s%s%s%s%s'", other->to.family ? "to " : "",
		 other->to.family ? cidr_print_short(&other->to) : "",
		 other->to.family && *other->dev ? " " : "",
		 *other->dev ? "dev " : "", other->dev);
}

/* Nobody would look for what a quarantine does not do; many lines ask once. */
static void warn_mode(struct nl *nl, const struct order *order)
{
	static char asked[OBPBL_ISP_NAME_SIZE];
	const char *name = order->overlay.isp;
	struct isp isp = { 0 };
	struct glance glance;
	uint8_t mode;

	if (order->overlay.class != OBPBL_CLASS_QUARANTINE ||
	    !strcmp(name, asked) || kernel_isp(nl, name, &isp) ||
	    kernel_glance(nl, &glance))
		return;
	strcpy(asked, name);
	mode = isp.mode < glance.ceiling ? isp.mode : glance.ceiling;
	if (mode != OBPBL_MODE_ENFORCE)
		warn("the effective mode of isp %s is %s: this blocks nothing yet",
		     name, names_word(&mode_names, mode));
}

/* An exemption that goes or ends, and a quarantine that was not there */
static bool tightens(const struct order *order)
{
	if (order->overlay.class != OBPBL_CLASS_EXEMPT)
		return order->command == OBPBL_CMD_OVERLAY_ADD && !order->holds;
	return order->command == OBPBL_CMD_OVERLAY_DEL ||
	       (order->holds && overlay_ended(&order->overlay, time(NULL)));
}

static void print_json(const struct order *order)
{
	json_t *row;

	row = order->command == OBPBL_CMD_OVERLAY_ADD ?
	      overlay_json(&order->overlay, time(NULL)) :
	      fields_json(&order->overlay, false);
	if (order->replace || tightens(order))
		put_number(row, "connections_ended", 0);
	out_json(row);
}

/* What there is goes first, if it is to be replaced. */
static bool add(struct txn *txn, void *data)
{
	const struct order *order = data;
	const struct overlay *overlay = &order->overlay;

	if ((order->replace && order->there &&
	     !overlay_request(txn, OBPBL_CMD_OVERLAY_DEL, txn->at, overlay)) ||
	    !overlay_request(txn, order->command, txn->at, overlay))
		return false;
	txn->tightens |= tightens(order);
	return true;
}

/* A line of a batch warns itself, since nothing is told of it at the end. */
static bool join(struct txn *txn, void *order)
{
	if (!add(txn, order))
		return false;
	warn_of(order);
	return true;
}

static void warn_around(struct nl *nl, const struct order *order,
			const struct owners *owners)
{
	const struct overlay *overlay = &order->overlay;
	const struct place nowhere = { 0 };
	struct prefixes list = { 0 };

	if (order->command != OBPBL_CMD_OVERLAY_ADD)
		return;
	prefixes_add(&list, &overlay->prefix, nowhere);
	check_added(&list, &owners->asked, overlay->class, overlay->isp,
		    &owners->policy, NULL);
	prefixes_free(&list);
	warn_mode(nl, order);
}

static void tell(struct nl *nl, const struct order *order,
		 const struct owners *owners)
{
	warn_around(nl, order, owners);
	warn_of(order);
	warn_beside(order);
	if (order->configured && !options.lines)
		warn("%s comes from a file: the next apply of it takes this back",
		     overlay_name(&order->overlay));
	if (options.json)
		print_json(order);
}

/* One that can be meant instead; an exemption is told by more than a prefix. */
static void see_other(struct order *order, const struct overlay *other)
{
	const struct overlay *overlay = &order->overlay;

	if (other->class != overlay->class || strcmp(other->isp, overlay->isp) ||
	    cidr_order(&other->prefix, &overlay->prefix))
		return;
	order->other = *other;
	order->other.reason = order->other.ticket = NULL;
}

static void see(struct order *order, const struct overlay *old, uint64_t now)
{
	if (overlay_order(old, &order->overlay)) {
		see_other(order, old);
		return;
	}
	if (!order->there || old->layer == OBPBL_LAYER_RUNTIME)
		order->overlay.layer = old->layer;
	order->there = true;
	order->holds |= !overlay_ended(old, now);
	order->configured |= old->layer == OBPBL_LAYER_CONFIGURED;
}

/*
 * Whether there is one already, and in which layer: then the other is put there
 * as well. One that is in both is the command's; OVERLAY_DEL removes both.
 */
static int look(struct nl *nl, struct order *order)
{
	uint64_t now = time(NULL);
	struct policy policy;
	int status;
	size_t i;

	status = kernel_overlays(nl, &policy, NULL, 0,
				 &order->overlay.prefix);
	if (status)
		return status;
	for (i = 0; i < policy.n_overlays; i++)
		see(order, &policy.overlays[i], now);
	policy_free(&policy);
	return STATUS_OK;
}

/* What is there, for warnings alone; not for each of many lines */
static void look_before(struct nl *nl, struct order *order,
			struct owners *owners)
{
	const struct place nowhere = { 0 };
	struct prefixes list = { 0 };
	bool quiet = options.quiet;

	if (order->command == OBPBL_CMD_OVERLAY_ADD) {
		prefixes_add(&list, &order->overlay.prefix, nowhere);
		owners_read(nl, order->overlay.isp, &list, owners);
		prefixes_free(&list);
	} else if (!options.lines) {
		options.quiet = true;
		look(nl, order);
		options.quiet = quiet;
		nl_forget(nl);
	}
}

/* What replaces goes in one step, so that no packet comes in between. */
static int change(struct nl *nl, void *data)
{
	struct owners owners = { 0 };
	struct order *order = data;
	int status = STATUS_OK;
	struct txn txn;
	bool begun;

	look_before(nl, order, &owners);
	txn_init(&txn, nl, NULL, false);
	txn.alone = !order->replace;
	begun = txn_begin(&txn);
	if (begun && order->replace)
		status = look(nl, order);
	if (status) {
		txn_abort(&txn);
	} else if (!begun || !add(&txn, order) || !txn_commit(&txn)) {
		hint(&nl->refusal, order);
		status = txn_fail(&txn);
	}
	txn_end(&txn);
	if (!status)
		tell(nl, order, &owners);
	owners_free(&owners);
	return status;
}

/**
 * overlay_replace() - do what 'replace' of the command does
 * @nl: the socket
 * @overlay: the overlay
 *
 * Return: enum status.
 */
int overlay_replace(struct nl *nl, const struct overlay *overlay)
{
	struct order order = {
		.command = OBPBL_CMD_OVERLAY_ADD, .overlay = *overlay,
		.replace = true,
	};

	return change(nl, &order);
}

/*
 * The transaction is open then, so that nobody else changes what is looked at;
 * what the lines before change is not to be seen.
 */
static bool join_replace(struct txn *txn, void *order)
{
	return txn_flush(txn) && txn_begin(txn) && !look(txn->nl, order) &&
	       join(txn, order);
}

static int parse_exempt(struct words *words, const struct verb *verb,
			void *data)
{
	return take_order(words, verb, data, OBPBL_CLASS_EXEMPT);
}

static int parse_quarantine(struct words *words, const struct verb *verb,
			    void *data)
{
	return take_order(words, verb, data, OBPBL_CLASS_QUARANTINE);
}

static void free_order(void *data)
{
	struct order *order = data;

	overlay_free(&order->overlay);
}

/* What the verbs of both commands are: only their texts differ. */
#define LIST								\
	.name = "list", .synopsis = "[PREFIX]",				\
	.fields = overlay_fields, .only = FIELD_GET,			\
	.value = OBPBL_CMD_OVERLAY_GET, .run = list
#define ADD								\
	.name = "add", .synopsis = "PREFIX", .fields = overlay_fields,	\
	.value = OBPBL_CMD_OVERLAY_ADD, .run = change, .join = join
#define DEL								\
	.name = "del", .synopsis = "PREFIX",				\
	.fields = overlay_fields, .only = FIELD_ID,			\
	.value = OBPBL_CMD_OVERLAY_DEL, .run = change, .join = join
#define REPLACE								\
	.name = "replace", .synopsis = "PREFIX",			\
	.fields = overlay_fields, .value = OVERLAY_REPLACE,		\
	.run = change, .join = join_replace

static const struct verb exempt_verbs[] = {
	{
		LIST,
		.summary = "exemptions, or those in or around a prefix",
		.example = "obpblctl exempt list 203.0.113.0/24",
	}, {
		ADD,
		.summary = "let a source pass",
		.example = "obpblctl exempt add 203.0.113.10 isp alpha for 7d reason \"own MTA\" ticket AB-1234",
	}, {
		REPLACE,
		.summary = "give an exemption another end or reason, or add it",
		.example = "obpblctl exempt replace 203.0.113.10 isp alpha for 30d reason \"own MTA\" ticket AB-1235",
	}, {
		DEL,
		.summary = "remove an exemption",
		.example = "obpblctl exempt del 203.0.113.10 isp alpha",
	},
	{ .synopsis = NULL }
};

static const struct verb quarantine_verbs[] = {
	{
		LIST,
		.summary = "quarantines, or those in or around a prefix",
		.example = "obpblctl quarantine list isp alpha",
	}, {
		ADD,
		.without = FIELD_EXEMPT,
		.summary = "let a source reach relays only",
		.example = "obpblctl quarantine add 203.0.113.78 isp alpha for 24h reason \"bot report\"",
	}, {
		REPLACE,
		.without = FIELD_EXEMPT,
		.summary = "give a quarantine another end or reason, or add it",
		.example = "obpblctl quarantine replace 203.0.113.78 isp alpha for 48h reason \"bot again\"",
	}, {
		DEL,
		.without = FIELD_EXEMPT,
		.summary = "remove a quarantine",
		.example = "obpblctl quarantine del 203.0.113.78 isp alpha",
	}, {
		.name = "import",
		.synopsis = "[isp NAME] [for DUR] [reason TEXT] [ticket ID] [--yes]",
		.summary = "read an abuse report (ARF) on stdin and print the command for it",
		.example = "obpblctl quarantine import ticket AR-77 <report.eml",
		.size = sizeof(struct abuse),
		.parse = abuse_parse,
		.run = abuse_run,
		.free = abuse_free,
		.step = true,
	},
	{ .synopsis = NULL }
};

const struct command exempt_command = {
	.name = "exempt",
	.summary = "exemptions: sources that pass",
	.help = "Of what the prefix holds everything passes, or what goes to a destination\n"
		"or comes in by a device only. DUR is such as 90s, 30m, 24h, 7d, 2w or\n"
		"1h30m; TIME such as 2027-03-31T00:00:00+09:00. What has ended has no\n"
		"effect, and stays in the list until it is removed (purge). 'replace' is one\n"
		"step: no packet sees that there is none. 'list' with a prefix shows what\n"
		"is in it and what is around it; what decides for an address says 'test'.\n",
	.verbs = exempt_verbs,
	.size = sizeof(struct order),
	.parse = parse_exempt,
	.free = free_order,
	.standard = true,
};

const struct command quarantine_command = {
	.name = "quarantine",
	.summary = "quarantines: sources that reach relays only",
	.help = "Whatever else is said of the same prefix or a larger one; a more specific\n"
		"session, prefix of the ISP or exemption still decides. DUR, TIME, 'replace'\n"
		"and 'list' are as for exempt.\n"
		"'import' takes the address (of IPv6 its network, as top has it) and the\n"
		"reason from the report, and the ISP from the policy; DUR is 24h if not said.\n"
		"It refuses what is no customer's address, and warns of reports older than a\n"
		"day, of static and of exempt customers; --yes does it, but none of these.\n",
	.verbs = quarantine_verbs,
	.size = sizeof(struct order),
	.parse = parse_quarantine,
	.free = free_order,
	.standard = true,
};

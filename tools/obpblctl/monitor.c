// SPDX-License-Identifier: GPL-2.0-only
/*
 * The monitor command: what happens, line by line
 *
 * Each line is written as a whole when it happens, so that a journal or a pipe
 * has it at once.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "change.h"
#include "command.h"
#include "expiry.h"
#include "fields.h"
#include "kernel.h"
#include "names.h"
#include "out.h"
#include "source.h"

/* Overlays are read anew at most so often, in milliseconds */
#define RELOAD_EVERY	500
/* And after which one that has gone has said so */
#define GONE_WITHIN	1000

/* Sources, sessions and expiries of this ISP alone; NULL: of all */
static const char *only;

/* The overlays may not be what they were when they were read last. */
static bool stale;

/* What a change by itself was about; of an overlay, which one */
static void put_subject(json_t *event, const struct nlattr **a)
{
	struct overlay overlay = { 0 };
	const struct field *field;

	if (a[OBPBL_A_CLASS])
		put_text(event, "class",
			 names_word(&class_names, nl_u8(a[OBPBL_A_CLASS])));
	nl_take_prefix(a[OBPBL_A_PREFIXES4], a[OBPBL_A_PREFIXES6],
		       &overlay.prefix);
	if (overlay.prefix.family)
		put_text(event, "prefix", cidr_print(&overlay.prefix));
	fields_take(a, overlay_fields, &overlay);
	for (field = overlay_fields; field->word; field++)
		if (field->attr && a[field->attr])
			json_object_set_new(event, field->word,
					    field_json(field, &overlay));
	overlay_free(&overlay);
}

static void policy_event(const struct nlattr **a)
{
	uint8_t command = nl_u8(a[OBPBL_A_CMD]);
	struct change change = change_of(command);
	uint32_t port = nl_u32(a[OBPBL_A_OWNER]);
	json_t *event;

	stale |= change.overlays;
	event = json_pack("{s:I, s:s, s:I}", "generation",
			  (json_int_t)nl_u64(a[OBPBL_A_GENERATION]), "change",
			  change.word, "port", (json_int_t)port);
	if (command == OBPBL_CMD_ROLLBACK)
		put_text(event, "by", port ? "command" : "timer");
	if (command == OBPBL_CMD_OVERLAY_ADD && !port)
		put_text(event, "by", "limit");
	put_subject(event, a);
	if (a[OBPBL_A_CONFIRM]) {
		put_number(event, "confirm_left", nl_u32(a[OBPBL_A_CONFIRM]));
		put_number(event, "returns",
			   nl_u64(a[OBPBL_A_CONFIRM_GENERATION]));
	}
	out_event("policy", event);
}

static void block_event(const struct nlattr **a)
{
	uint64_t suppressed = nl_u64(a[OBPBL_A_EVENTS_SUPPRESSED]);
	struct source source;
	json_t *event;

	if (!source_take(a, &source) || (only && strcmp(only, source.isp)))
		return;
	event = source_json(&source);
	put_text(event, "verdict",
		 names_word(&verdict_names, nl_u8(a[OBPBL_A_VERDICT])));
	put_text(event, "reason",
		 names_word(&reason_names, nl_u8(a[OBPBL_A_REASON_CODE])));
	put_number(event, "suppressed", suppressed);
	out_event("block", event);
}

static void expired_event(const struct overlay *overlay)
{

	if (only && strcmp(only, overlay->isp))
		return;
	out_event("expired", json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "class",
				   names_word(&class_names, overlay->class),
				   "prefix", cidr_print(&overlay->prefix),
				   "isp", overlay->isp, "until",
				   print_time(overlay->until), "reason",
				   overlay->reason ? overlay->reason : "",
				   "ticket", overlay->ticket &&
				   *overlay->ticket ?
				   json_text(overlay->ticket) : json_null()));
}

static void add_addr(const struct prefix *p, void *data)
{
	json_array_append_new(data, json_string(cidr_print(p)));
}

/* An interface that has gone has nobody who asked for it. */
static const char *session_word(uint8_t command, uint32_t port)
{
	if (command == OBPBL_CMD_SESSION_UP)
		return "up";
	if (command == OBPBL_CMD_SESSION_ADDR)
		return "addr";
	return port ? "down" : "gone";
}

static void session_event(const struct nlattr **a)
{
	char dev[OBPBL_DEV_NAME_SIZE], from[OBPBL_DEV_NAME_SIZE];
	uint32_t port = nl_u32(a[OBPBL_A_OWNER]);
	char isp[OBPBL_ISP_NAME_SIZE];
	json_t *addr;

	nl_string(a[OBPBL_A_DEV], dev, sizeof(dev));
	nl_string(a[OBPBL_A_FROM], from, sizeof(from));
	nl_isp(a[OBPBL_A_ISP], isp);
	if (only && strcmp(only, isp))
		return;
	addr = json_array();
	kernel_each_packed(a, add_addr, addr);
	out_event("session", json_pack("{s:s, s:o, s:o, s:s, s:s, s:o, s:I}",
				       "change",
				   session_word(nl_u8(a[OBPBL_A_CMD]), port),
				   "dev", json_text(dev), "addr", addr, "isp",
				   isp, "class",
				   names_word(&class_names,
					      nl_u8(a[OBPBL_A_CLASS])),
				   "from", *from ? json_text(from) :
						   json_null(),
				   "port", (json_int_t)port));
}

/* Says from which generation on, so that a gap to the first event is seen. */
static int say_listening(struct nl *ask)
{
	struct glance glance;
	int status;

	status = kernel_glance(ask, &glance);
	if (!status)
		out_event("listening", json_pack("{s:I}", "generation",
						 (json_int_t)glance.generation));
	return status;
}

/* Whoever upgrades the module does not restart what looks at it. */
static int family_event(struct nl *nl, struct nl *ask)
{
	int status = STATUS_OK;

	/* What the one that has gone refused is not what this one says */
	nl_forget(ask);
	ask->family = nl->family;
	stale = nl->family;
	if (!nl->family)
		out_event("unloaded", json_object());
	else
		status = nl_listen(nl);
	/* If it has gone again, there is a message about that as well */
	if (!status && nl->family)
		say_listening(ask);
	return status;
}

/**
 * struct sockets - the two sockets of a monitor
 * @ask: for requests
 * @events: for events, so that no answer is among them
 */
struct sockets {
	struct nl *ask;
	struct nl events;
};

/* What was lost because we were slow is said, not hidden. */
static int one_event(int event, const struct nlattr **a, void *data)
{
	struct sockets *sockets = data;

	if (event == NL_FAMILY)
		return family_event(&sockets->events, sockets->ask);
	if (event == NL_LOST) {
		stale = sockets->events.family;
		out_event("lost", json_object());
	} else if (event == OBPBL_CMD_POLICY_EVENT) {
		policy_event(a);
	} else if (event == OBPBL_CMD_BLOCK_EVENT) {
		block_event(a);
	} else if (event == OBPBL_CMD_SESSION_EVENT) {
		session_event(a);
	}
	return STATUS_OK;
}

/* Reads overlays that may have changed, though not with each of many changes */
static int refresh(struct expiry *expiry, struct nl *ask, uint64_t *last)
{
	uint64_t now = milliseconds();

	if (!stale || now - *last < RELOAD_EVERY)
		return STATUS_OK;
	stale = false;
	*last = now;
	return expiry_reload(expiry, ask);
}

/* A reader that has gone ends it, also while nothing happens. */
static int follow(struct sockets *sockets, struct expiry *expiry)
{
	const struct nl *nl = &sockets->events;
	struct pollfd fds[] = {
		{ .fd = mnl_socket_get_fd(nl->socket), .events = POLLIN },
		{ .fd = STDOUT_FILENO },
		{ .fd = expiry->fd, .events = POLLIN },
	};
	uint64_t last = 0;
	uint16_t family;
	int status;

	while (!stopped && !ferror(stdout)) {
		status = nl_hear(&sockets->events, one_event, sockets);
		if (!nl->family)
			expiry_forget(expiry);
		family = nl->family;
		if (!status)
			status = refresh(expiry, sockets->ask, &last);
		/* Of a module that has gone meanwhile, the next event tells. */
		if (status && poll(fds, 1, GONE_WITHIN) > 0 &&
		    !nl_hear(&sockets->events, one_event, sockets) &&
		    nl->family != family)
			status = STATUS_OK;
		if (status)
			return status;
		if (poll(fds, 3, stale ? RELOAD_EVERY : -1) < 0) {
			if (errno == EINTR)
				continue;
			return fail("cannot wait for events: %s",
				    strerror(errno));
		}
		if (fds[1].revents & (POLLERR | POLLNVAL))
			break;
		if (fds[2].revents)
			expiry_tell(expiry, expired_event);
	}
	return STATUS_OK;
}

static int monitor(struct sockets *sockets)
{
	struct nl *ask = sockets->ask;
	struct expiry expiry;
	int status;

	stop_on_signals(NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	status = nl_listen(&sockets->events);
	if (!status)
		status = kernel_isp(ask, only, NULL);
	if (!status)
		status = expiry_begin(&expiry, ask);
	if (status)
		return status;
	status = say_listening(ask);
	if (!status)
		status = follow(sockets, &expiry);
	expiry_end(&expiry);
	return status;
}

static int run(struct nl *nl, void *order)
{
	struct sockets sockets = { .ask = nl };
	int status;

	only = *(const char **)order;
	status = nl_open(&sockets.events);
	if (!status)
		status = monitor(&sockets);
	nl_close(&sockets.events);
	return status;
}

static const struct key keys[] = {
	{ .name = "isp", .value = "the name of an ISP", .take = word_isp },
	{ .name = NULL }
};

const struct command monitor_command = {
	.name = "monitor",
	.summary = "changes, sessions, expiries and blocked sources as they happen",
	.help = "A line each, with -j a JSON object a line. Of each source at most one line\n"
		"a minute, of all at most net.obpbl.event_rate a second; suppressed says\n"
		"how many packets got none since the last line. With an ISP, changes of the\n"
		"policy are told all the same, so that no generation seems to be missing.\n",
	.verbs = ONE_VERB(.synopsis = "[isp NAME]",
			  .example = "obpblctl -j monitor",
			  .run = run),
	.size = sizeof(const char *),
	.keys = keys,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Steps as text, and the names in them.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim.h"
#include "step.h"

const char * const isp_names[ISPS] = { "alpha", "beta", "gamma" };
const char * const dev_names[NAMES] = {
	"ppp0", "ppp1", "eth0", "eth1", "red", "blue",
};
const char * const sysctl_names[SYSCTLS] = {
	"mode", "established", "fragments", "event_dst", "v6_source_len",
	"reject_rate", "event_rate", "max_prefixes", "max_overlays",
	"max_sessions", "max_sources",
};

static const char * const prefix_names[PREFIXES] = {
	"0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24",
	"10.1.2.128/25", "10.1.2.129/32", "10.2.0.0/16", "198.51.100.25/32",
	"::/0", "2001:db8::/32", "2001:db8:1::/48", "2001:db8:1:2::/64",
	"2001:db8:1:2::3/128", "2001:db8:2::/48",
};
static const char * const addr_names[ADDRS] = {
	"10.1.2.129", "10.1.2.130", "10.1.3.1", "10.2.0.1", "10.9.9.9",
	"198.51.100.25", "192.0.2.1",
	"2001:db8:1:2::3", "2001:db8:1:2::4", "2001:db8:2::1", "2001:db9::1",
};
static const char * const class_names[] = {
	"none", "dynamic", "static", "space", "relay", "target", "exempt",
	"quarantine",
};
static const char * const mode_names[] = { "off", "monitor", "enforce" };
static const char * const policy_names[] = {
	"outside", "relay-only", "targets",
};
static const char * const what_names[] = {
	"isps", "prefixes", "overlays", "sessions", "stats", "reset",
	"sources", "shadow", "shadow-sources",
};
static const char * const who_names[] = {
	"s0", "s1", "s2", "s3", "p0", "p1", "rcu", "dev", "dev1", "ns", "mod", "sys",
	"w0", "w1", "w2",
};

struct prefix prefixes[PREFIXES];
struct addr addrs[ADDRS];

static const struct {
	const char *name;
	bool scheduler;
} ops[OPS] = {
	[OP_RUN] = { "run", true },
	[OP_SETTLE] = { "settle", true },
	[OP_WORK] = { "work", true },
	[OP_GRACE] = { "grace", true },
	[OP_TIME] = { "time", true },
	[OP_FAIL] = { "fail", true },
	[OP_LOAD] = { "load" },
	[OP_UNLOAD] = { "unload" },
	[OP_NET_ADD] = { "net-add" },
	[OP_NET_DEL] = { "net-del" },
	[OP_DEV_ADD] = { "dev-add" },
	[OP_DEV_DEL] = { "dev-del" },
	[OP_DEV_RENAME] = { "dev-rename" },
	[OP_DEV_MOVE] = { "dev-move" },
	[OP_DEV_VRF] = { "dev-vrf" },
	[OP_SYSCTL] = { "sysctl" },
	[OP_PACKET] = { "packet" },
	[OP_OPEN] = { "open" },
	[OP_CLOSE] = { "close" },
	[OP_BEGIN] = { "begin" },
	[OP_COMMIT] = { "commit" },
	[OP_ABORT] = { "abort" },
	[OP_FLUSH] = { "flush" },
	[OP_CONFIRM] = { "confirm" },
	[OP_ROLLBACK] = { "rollback" },
	[OP_PROMOTE] = { "promote" },
	[OP_DROP] = { "drop" },
	[OP_ISP_ADD] = { "isp-add" },
	[OP_ISP_SET] = { "isp-set" },
	[OP_ISP_DEL] = { "isp-del" },
	[OP_MODE] = { "mode" },
	[OP_PREFIX_ADD] = { "prefix-add" },
	[OP_PREFIX_REPLACE] = { "prefix-replace" },
	[OP_PREFIX_DEL] = { "prefix-del" },
	[OP_PREFIX_FLUSH] = { "prefix-flush" },
	[OP_OVERLAY_ADD] = { "overlay-add" },
	[OP_OVERLAY_DEL] = { "overlay-del" },
	[OP_SESSION_UP] = { "session-up" },
	[OP_SESSION_ADDR] = { "session-addr" },
	[OP_SESSION_DOWN] = { "session-down" },
	[OP_GET] = { "get" },
	[OP_TEST] = { "test" },
	[OP_DUMP] = { "dump" },
	[OP_MORE] = { "more" },
	[OP_END] = { "end" },
	[OP_RESTORE] = { "restore" },
};

#define NAMED(table)	table, ARRAY_SIZE(table)

/* Words that values go by; numbers otherwise */
static const struct {
	const char *name;
	const char * const *words;
	int n;
} args[ARGS] = {
	[ARG_N] = { "n", NULL, 0 },
	[ARG_NET] = { "net", NULL, 0 },
	[ARG_ISP] = { "isp", NAMED(isp_names) },
	[ARG_MODE] = { "mode", NAMED(mode_names) },
	[ARG_POLICY] = { "policy", NAMED(policy_names) },
	[ARG_REJECT] = { "reject", NULL, 0 },
	[ARG_REVERSE] = { "reverse", NULL, 0 },
	[ARG_LIMIT] = { "limit", NULL, 0 },
	[ARG_QUARANTINE] = { "quarantine", NULL, 0 },
	[ARG_VRF] = { "vrf", NAMED(dev_names) },
	[ARG_CLASS] = { "class", NAMED(class_names) },
	[ARG_LAYER] = { "layer", NULL, 0 },
	[ARG_PREFIX] = { "prefix", NAMED(prefix_names) },
	[ARG_PREFIX2] = { "prefix2", NAMED(prefix_names) },
	[ARG_TO] = { "to", NAMED(prefix_names) },
	[ARG_DEV] = { "dev", NULL, 0 },
	[ARG_NAME] = { "name", NAMED(dev_names) },
	[ARG_UNTIL] = { "until", NULL, 0 },
	[ARG_EMPTY] = { "empty", NULL, 0 },
	[ARG_SECONDS] = { "confirm", NULL, 0 },
	[ARG_SHADOW] = { "shadow", NULL, 0 },
	[ARG_SRC] = { "src", NAMED(addr_names) },
	[ARG_DST] = { "dst", NAMED(addr_names) },
	[ARG_FLAGS] = { "flags", NULL, 0 },
	[ARG_OUT] = { "out", NULL, 0 },
	[ARG_SYSCTL] = { "sysctl", NAMED(sysctl_names) },
	[ARG_VALUE] = { "value", NULL, 0 },
	[ARG_WHAT] = { "what", NAMED(what_names) },
	[ARG_SIZE] = { "size", NULL, 0 },
};

void step_init(void)
{
	char text[64], *slash;
	int i;

	for (i = 0; i < PREFIXES; i++) {
		snprintf(text, sizeof(text), "%s", prefix_names[i]);
		slash = strchr(text, '/');
		*slash = '\0';
		prefixes[i].family = strchr(text, ':') ? 6 : 4;
		prefixes[i].len = atoi(slash + 1);
		inet_pton(prefixes[i].family == 4 ? AF_INET : AF_INET6, text,
			  prefixes[i].addr);
	}
	for (i = 0; i < ADDRS; i++) {
		addrs[i].family = strchr(addr_names[i], ':') ? 6 : 4;
		inet_pton(addrs[i].family == 4 ? AF_INET : AF_INET6,
			  addr_names[i], addrs[i].addr);
	}
}

void step_clear(struct step *step, enum op op, int who)
{
	int i;

	step->op = op;
	step->who = who;
	step->slice = 0;
	for (i = 0; i < ARGS; i++)
		step->arg[i] = NONE;
}

bool step_of_task(enum op op)
{
	return !ops[op].scheduler;
}

const char *step_name(enum op op)
{
	return ops[op].name;
}

int step_print(char *to, size_t size, const struct step *step)
{
	int i, value, n;

	n = snprintf(to, size, "%s", ops[step->op].name);
	if (step->who != NONE)
		n += snprintf(to + n, size - n, " %s", who_names[step->who]);
	for (i = 0; i < ARGS; i++) {
		value = step->arg[i];
		if (value == NONE)
			continue;
		if (args[i].words && value < args[i].n)
			n += snprintf(to + n, size - n, " %s=%s", args[i].name,
				      args[i].words[value]);
		else
			n += snprintf(to + n, size - n, " %s=%d", args[i].name,
				      value);
	}
	if (step->slice)
		n += snprintf(to + n, size - n, " ^%u", step->slice);
	return n;
}

static int word(const char * const *words, int n, const char *text)
{
	int i;

	for (i = 0; i < n; i++) {
		if (!strcmp(words[i], text))
			return i;
	}
	return NONE;
}

static bool parse_arg(struct step *step, char *text)
{
	char *value = strchr(text, '=');
	int i;

	if (!value)
		return false;
	*value++ = '\0';
	for (i = 0; i < ARGS && strcmp(args[i].name, text); i++)
		;
	if (i == ARGS)
		return false;
	if (args[i].words) {
		step->arg[i] = word(args[i].words, args[i].n, value);
		return step->arg[i] != NONE;
	}
	step->arg[i] = atoi(value);
	return true;
}

bool step_parse(struct step *step, const char *line)
{
	char text[512], *at = text, *part;
	int i;

	snprintf(text, sizeof(text), "%s", line);
	part = strsep(&at, " ");
	for (i = 0; i < OPS && strcmp(ops[i].name, part); i++)
		;
	if (i == OPS)
		return false;
	step_clear(step, i, NONE);
	while ((part = strsep(&at, " "))) {
		if (!*part)
			continue;
		i = word(who_names, ARRAY_SIZE(who_names), part);
		if (i != NONE)
			step->who = i;
		else if (*part == '^')
			step->slice = atoi(part + 1);
		else if (!parse_arg(step, part))
			return false;
	}
	return true;
}

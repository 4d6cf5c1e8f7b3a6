// SPDX-License-Identifier: GPL-2.0-only
/* The show command */
#include <stdarg.h>
#include <string.h>

#include "check.h"
#include "command.h"
#include "isp.h"
#include "kernel.h"
#include "names.h"
#include "out.h"
#include "version.h"

/**
 * struct screen - what is shown
 * @glance: the namespace at a glance
 * @policy: its ISPs
 * @stats: their counters
 * @isps: an array of flat objects
 * @warnings: an array of sentences
 */
struct screen {
	struct glance glance;
	struct policy policy;
	struct stats stats;
	json_t *isps;
	json_t *warnings;
};

static void note(struct screen *screen, const char *format, ...) PRINTF(2, 3);

static void note(struct screen *screen, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	json_array_append_new(screen->warnings, json_text(text));
}

static const struct isp_stats *find_stats(const struct stats *stats,
					  const char *name)
{
	size_t i;

	for (i = 0; i < stats->n; i++)
		if (!strcmp(stats->isps[i].name, name))
			return &stats->isps[i];
	return NULL;
}

/* The row of the isp command, with the effective mode and what was blocked. */
static void add_isp(struct screen *screen, const struct isp *isp)
{
	const struct isp_stats *stats = find_stats(&screen->stats, isp->name);
	uint64_t blocked = 0, would_block = 0;
	json_t *row = isp_json(isp);
	int mode = isp->mode;

	if (mode > screen->glance.ceiling)
		mode = screen->glance.ceiling;
	if (stats)
		blocked = stats_blocked(stats, &would_block);
	json_object_set_new(row, "mode",
			    json_string(names_word(&mode_names, mode)));
	json_object_set_new(row, "set_mode",
			    json_string(names_word(&mode_names, isp->mode)));
	json_object_set_new(row, "blocked", json_integer(blocked));
	json_object_set_new(row, "would_block", json_integer(would_block));
	json_array_append_new(screen->isps, row);
}

static void note_isp(struct screen *screen, const struct isp *isp)
{
	if (!isp->counts[OBPBL_CLASS_RELAY])
		note(screen, "isp %s has no relay: %s", isp->name,
		     check_no_relay(isp));
	if (!isp->counts[OBPBL_CLASS_DYNAMIC])
		note(screen, "isp %s has no dynamic prefixes: nothing of it is ever blocked",
		     isp->name);
}

static void note_ceiling(struct screen *screen)
{
	unsigned int ceiling = screen->glance.ceiling;

	if (ceiling < OBPBL_MODE_ENFORCE && screen->policy.n_isps)
		note(screen, "net.obpbl.mode is %u (%s): no ISP goes beyond %s",
		     ceiling, names_word(&mode_names, ceiling),
		     names_word(&mode_names, ceiling));
}

static void note_all(struct screen *screen)
{
	const char *advice = version_advice(&screen->glance);
	size_t i;

	if (advice)
		note(screen, "%s", advice);
	note_ceiling(screen);
	if (screen->glance.owner)
		note(screen, "another program has a transaction open (netlink port %u)",
		     screen->glance.owner);
	for (i = 0; i < screen->policy.n_isps; i++)
		note_isp(screen, &screen->policy.isps[i]);
}

static int gather(struct nl *nl, struct screen *screen)
{
	size_t i;

	if (kernel_glance(nl, &screen->glance) ||
	    kernel_policy(nl, &screen->policy, KERNEL_ISPS) ||
	    kernel_stats(nl, &screen->stats))
		return STATUS_FAILED;
	for (i = 0; i < screen->policy.n_isps; i++)
		add_isp(screen, &screen->policy.isps[i]);
	note_all(screen);
	return STATUS_OK;
}

static void print_json(struct screen *screen)
{
	const struct glance *glance = &screen->glance;

	out_json(json_pack("{s:s, s:s, s:I, s:I, s:s, s:I, s:I, s:I, s:I, s:I, s:O, s:O}",
			   "program", OBPBL_VERSION, "module", glance->version,
			   "protocol", (json_int_t)glance->protocol,
			   "generation", (json_int_t)glance->generation,
			   "ceiling", names_word(&mode_names, glance->ceiling),
			   "prefixes", (json_int_t)glance->prefixes,
			   "max_prefixes", (json_int_t)glance->max_prefixes,
			   "overlays", (json_int_t)glance->overlays,
			   "max_overlays", (json_int_t)glance->max_overlays,
			   "bytes", (json_int_t)glance->bytes, "isps",
			   screen->isps, "warnings", screen->warnings));
}

static void print_head(const struct glance *glance)
{
	char bytes[32];

	printf("obpbl %s, obpblctl %s, generation %llu, ceiling %s\n",
	       glance->version, OBPBL_VERSION,
	       (unsigned long long)glance->generation,
	       names_word(&mode_names, glance->ceiling));
	printf("%u ISP%s, %u prefix%s, %u overlay%s, %s\n", glance->isps,
	       plural(glance->isps), glance->prefixes,
	       glance->prefixes == 1 ? "" : "es", glance->overlays,
	       plural(glance->overlays), print_bytes(glance->bytes, bytes));
}

/* Columns that say the same of every ISP are left out where they say little. */
static void print_isps(json_t *isps)
{
	static const char *const columns[] = {
		"name", "mode", "policy", "reject", "reverse", "vrf", "dynamic",
		"static", "space", "relay", "target", "blocked", "would_block",
		NULL
	};

	putchar('\n');
	out_table(isps, columns, "");
}

static void print_text(const struct screen *screen)
{
	json_t *text;
	size_t i;

	print_head(&screen->glance);
	if (json_array_size(screen->isps))
		print_isps(screen->isps);
	else
		printf("\nThere is no policy in this namespace: port 25 is open.\n"
		       "Write /etc/obpbl/obpbl.conf (man obpbl.conf), then: obpblctl apply /etc/obpbl/obpbl.conf\n");
	if (json_array_size(screen->warnings))
		putchar('\n');
	json_array_foreach(screen->warnings, i, text)
		printf("%swarning:%s %s\n", color(YELLOW), color(PLAIN),
		       json_string_value(text));
}

/**
 * show_command() - the policy at a glance
 * @words: what follows the command
 *
 * Return: enum status.
 */
int show_command(struct words *words)
{
	struct screen screen = { 0 };
	struct nl nl;
	int status;

	if (words_end(words))
		return STATUS_USAGE;
	status = nl_open(&nl);
	if (status)
		return status;
	screen.isps = json_array();
	screen.warnings = json_array();
	status = gather(&nl, &screen);
	nl_close(&nl);
	if (!status && options.json)
		print_json(&screen);
	else if (!status)
		print_text(&screen);
	json_decref(screen.isps);
	json_decref(screen.warnings);
	policy_free(&screen.policy);
	stats_free(&screen.stats);
	return status;
}

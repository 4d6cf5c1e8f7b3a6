// SPDX-License-Identifier: GPL-2.0-only
/* The mode command */
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "config.h"
#include "isp.h"
#include "kernel.h"
#include "names.h"
#include "out.h"
#include "txn.h"

#define BOOT_FILE "/etc/obpbl/obpbl.conf"

/**
 * struct order - what a command line asks for
 * @mode: enum obpbl_mode
 * @isp: of this ISP; NULL: of all
 */
struct order {
	int mode;
	const char *isp;
};

static void print_json(const struct order *order, const struct glance *glance)
{
	out_json(json_pack("{s:s?, s:s, s:s, s:I, s:i}", "isp", order->isp,
			   "mode", names_word(&mode_names, order->mode),
			   "ceiling", names_word(&mode_names, glance->ceiling),
			   "generation", (json_int_t)glance->generation,
			   "connections_ended", 0));
}

static bool join(struct txn *txn, void *data)
{
	const struct order *order = data;
	struct nlmsghdr *request;

	request = txn_add(txn, OBPBL_CMD_MODE_SET, txn->at,
			  order->isp ? order->isp : "");
	if (!request)
		return false;
	mnl_attr_put_u8(request, OBPBL_A_MODE, order->mode);
	if (order->isp)
		mnl_attr_put_strz(request, OBPBL_A_ISP, order->isp);
	txn->tightens |= order->mode == OBPBL_MODE_ENFORCE;
	return true;
}

/*
 * What is set here holds until the file that is applied at boot is applied
 * again. A file that cannot be read, or is of no use, says nothing here.
 */
static void boot_warning(const struct order *order)
{
	struct policy policy = { 0 };
	struct faults faults = { .policy = &policy };
	const struct isp *isp, *other = NULL;
	size_t i, n = 0;

	if (options.netns || options.lines || access(BOOT_FILE, R_OK))
		return;
	config_read(BOOT_FILE, &policy, &faults);
	for (i = 0; !faults.total && i < policy.n_isps; i++) {
		isp = &policy.isps[i];
		if (isp->mode == order->mode ||
		    (order->isp && strcmp(order->isp, isp->name)))
			continue;
		other = isp;
		n++;
	}
	if (n == 1)
		warn("%s has mode %s for isp %s: the next apply of it takes this back",
		     BOOT_FILE, names_word(&mode_names, other->mode),
		     other->name);
	else if (n)
		warn("%s has another mode for %zu ISPs: the next apply of it takes this back",
		     BOOT_FILE, n);
	faults_free(&faults);
	policy_free(&policy);
}

/* Nobody has named them. */
static void all_warning(struct nl *nl)
{
	struct policy policy;
	json_t *names;
	size_t i;

	if (kernel_policy(nl, &policy, KERNEL_ISPS))
		return;
	names = json_array();
	for (i = 0; i < policy.n_isps; i++)
		json_array_append_new(names, json_string(policy.isps[i].name));
	warn("all ISPs: %s", isp_names(names));
	json_decref(names);
	policy_free(&policy);
}

static int set(struct nl *nl, void *data)
{
	int status = txn_run(nl, join, data);
	const struct order *order = data;
	struct glance glance;

	if (!status)
		status = kernel_glance(nl, &glance);
	if (status)
		return status;
	if (!glance.isps)
		return fail("there is no ISP in this network namespace: no mode was set");
	if (options.json)
		print_json(order, &glance);
	if (!order->isp && glance.isps > 1 && !options.lines &&
	    order->mode == OBPBL_MODE_ENFORCE)
		all_warning(nl);
	ceiling_warning(&glance, order->mode, NULL);
	boot_warning(order);
	return status;
}

static const struct key keys[] = {
	{ KEY("isp", "the name of an ISP", word_isp, struct order, isp) },
	{ .name = NULL }
};

static int parse(struct words *words, const struct verb *verb, void *data)
{
	struct order *order = data;
	int status;

	if (!words->left)
		return command_usage("a mode is missing");
	if (words_begin(words, "isp"))
		return command_usage("'%s': the mode comes first, and then the ISP",
				     *words->at);
	status = word_choice(words_next(words), &mode_names, &order->mode);
	return status ? status : command_keys(words, keys, verb, order);
}

const struct command mode_command = {
	.name = "mode",
	.summary = "set the mode of one ISP, or of all",
	.help = "off: judge nothing. monitor: decide and count, block nothing. enforce:\n"
		"block. The effective mode is the lower of this and net.obpbl.mode. It holds\n"
		"until a file is applied that says otherwise: if /etc/obpbl/obpbl.conf does,\n"
		"that is said.\n",
	.verbs = ONE_VERB(.synopsis = "off|monitor|enforce [isp NAME]",
			  .example = "obpblctl mode enforce isp alpha",
			  .size = sizeof(struct order),
			  .parse = parse,
			  .run = set,
			  .join = join),
};

// SPDX-License-Identifier: GPL-2.0-only
/* The mode command */
#include "batch.h"
#include "command.h"
#include "isp.h"
#include "kernel.h"
#include "names.h"
#include "out.h"

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

static void put_mode(struct nlmsghdr *request, const struct order *order)
{
	mnl_attr_put_u8(request, OBPBL_A_MODE, order->mode);
	if (order->isp)
		mnl_attr_put_strz(request, OBPBL_A_ISP, order->isp);
}

static int join(void *data)
{
	const struct order *order = data;
	struct nlmsghdr *request;

	request = batch_request(OBPBL_CMD_MODE_SET,
				order->isp ? order->isp : "");
	if (!request)
		return STATUS_FAILED;
	put_mode(request, order);
	batch_tightens(order->mode == OBPBL_MODE_ENFORCE);
	return STATUS_OK;
}

static int set(struct nl *nl, void *data)
{
	char buffer[128] __attribute__((aligned(8)));
	const struct order *order = data;
	struct nlmsghdr *request;
	struct glance glance;
	int status;

	request = nl_request(nl, buffer, OBPBL_CMD_MODE_SET, NLM_F_ACK);
	put_mode(request, order);
	if (!nl_talk(nl, request, NULL, NULL))
		return nl_fail_isp(nl, order->isp);
	status = kernel_glance(nl, &glance);
	if (status)
		return status;
	if (!glance.isps)
		return fail("there is no ISP in this network namespace: no mode was set");
	nl->tightened = order->mode == OBPBL_MODE_ENFORCE;
	if (options.json)
		print_json(order, &glance);
	ceiling_warning(&glance, order->mode, NULL);
	return STATUS_OK;
}

static const struct key keys[] = {
	{ .name = "isp", .value = "the name of an ISP", .take = word_isp, .at = offsetof(struct order, isp) },
	{ .name = NULL }
};

static int parse(struct words *words, const struct verb *verb, void *data)
{
	struct order *order = data;
	int status;

	if (!words->left)
		return command_usage("a mode is missing");
	status = word_choice(words_next(words), &mode_names, &order->mode);
	return status ? status : command_keys(words, keys, verb, order);
}

static const struct verb verbs[] = {
	{
		.synopsis = "off|monitor|enforce [isp NAME]",
		.example = "obpblctl mode enforce isp alpha",
		.size = sizeof(struct order),
		.parse = parse,
		.run = set,
		.join = join,
	},
	{ .synopsis = NULL }
};

const struct command mode_command = {
	.name = "mode",
	.summary = "set the mode of one ISP, or of all",
	.help = "off: judge nothing. monitor: decide and count, block nothing. enforce:\n"
		"block. The effective mode is the lower of this and net.obpbl.mode.\n",
	.verbs = verbs,
};

// SPDX-License-Identifier: GPL-2.0-only
/* The mode command */
#include "batch.h"
#include "command.h"
#include "conntrack.h"
#include "isp.h"
#include "kernel.h"
#include "names.h"
#include "out.h"

static void print_json(const char *isp, int mode, const struct glance *glance,
		       json_int_t ended)
{
	out_json(json_pack("{s:s?, s:s, s:s, s:I, s:I}", "isp", isp, "mode",
			   names_word(&mode_names, mode), "ceiling",
			   names_word(&mode_names, glance->ceiling),
			   "generation", (json_int_t)glance->generation,
			   "connections_ended", ended));
}

static void put_mode(struct nlmsghdr *request, const char *isp, int mode)
{
	mnl_attr_put_u8(request, OBPBL_A_MODE, mode);
	if (isp)
		mnl_attr_put_strz(request, OBPBL_A_ISP, isp);
}

static int join(const char *isp, int mode)
{
	struct nlmsghdr *request;

	request = batch_request(OBPBL_CMD_MODE_SET, isp ? isp : "");
	if (!request)
		return STATUS_FAILED;
	put_mode(request, isp, mode);
	batch_tightens(mode == OBPBL_MODE_ENFORCE);
	return STATUS_OK;
}

static int set(struct nl *nl, const char *isp, int mode)
{
	char buffer[128] __attribute__((aligned(8)));
	struct nlmsghdr *request;
	struct glance glance;
	json_int_t ended;
	int status;

	request = nl_request(nl, buffer, OBPBL_CMD_MODE_SET, NLM_F_ACK);
	put_mode(request, isp, mode);
	if (!nl_talk(nl, request, NULL, NULL))
		return nl_fail_isp(nl, isp);
	status = kernel_glance(nl, &glance);
	if (status)
		return status;
	if (!glance.isps)
		return fail("there is no ISP in this network namespace: no mode was set");
	ended = mode == OBPBL_MODE_ENFORCE ? conntrack_end(nl) : 0;
	if (options.json)
		print_json(isp, mode, &glance, ended);
	ceiling_warning(&glance, mode, NULL);
	return STATUS_OK;
}

/**
 * mode_command() - set the mode of an ISP, or of all
 * @words: what follows the command
 *
 * Return: enum status.
 */
int mode_command(struct words *words)
{
	const char *word = words_next(words), *isp = NULL;
	char text[QUOTE_SIZE];
	struct nl nl;
	int status, mode;

	if (!word)
		return command_usage("mode", "a mode is missing");
	mode = names_value(&mode_names, word);
	if (mode < 0)
		return usage("%s: unknown mode; it is %s",
			     quote_word(word, text), names_choice(&mode_names));
	if (words->left && isp_word(words, &isp))
		return STATUS_USAGE;
	if (words_end(words))
		return STATUS_USAGE;
	if (batch_joined())
		return join(isp, mode);
	status = nl_open(&nl);
	if (status)
		return status;
	status = set(&nl, isp, mode);
	nl_release(&nl);
	return status;
}

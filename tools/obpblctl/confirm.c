// SPDX-License-Identifier: GPL-2.0-only
/* The confirm and rollback commands: how an apply --confirm ends */
#include <errno.h>
#include <inttypes.h>

#include "asleep.h"
#include "command.h"
#include "confirm.h"
#include "out.h"

/**
 * confirm_json() - what waits to be confirmed
 * @glance: the answer to OBPBL_CMD_GET
 *
 * Return: an object, or null.
 */
json_t *confirm_json(const struct glance *glance)
{
	if (!glance->confirm)
		return json_null();
	return json_pack("{s:I, s:I}", "seconds_left",
			 (json_int_t)glance->confirm_left, "returns",
			 (json_int_t)glance->confirm_generation);
}

/**
 * confirm_text() - the same in words
 * @glance: the answer to OBPBL_CMD_GET
 *
 * Return: that, or NULL if nothing waits.
 */
const char *confirm_text(const struct glance *glance)
{
	return !glance->confirm ? NULL :
	       text_print("confirm pending: %u s left, then generation %" PRIu64 " returns",
			  glance->confirm_left, glance->confirm_generation);
}

/**
 * confirm_word() - the time after --confirm, in seconds or as a duration
 * @word: the word
 * @to: uint32_t to set
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int confirm_word(const char *word, void *to)
{
	uint64_t value;

	if ((!parse_number(word, OBPBL_MAX_CONFIRM, &value) &&
	     parse_duration(word, &value)) || !value ||
	    value > OBPBL_MAX_CONFIRM)
		return usage("%s: is no time from 1 to %d seconds, such as 600 or 10m",
			     quote_word(word), OBPBL_MAX_CONFIRM);
	*(uint32_t *)to = value;
	return STATUS_OK;
}

/**
 * confirm_talk() - send a request that makes a generation
 * @nl: the socket
 * @command: enum obpbl_cmd
 * @seconds: in which it is to be confirmed; 0: it is not
 * @generation: where to put its number
 *
 * Return: STATUS_OK or STATUS_FAILED.
 */
int confirm_talk(struct nl *nl, uint8_t command, uint32_t seconds,
		 uint64_t *generation)
{
	struct nlmsghdr *request;

	request = nl_request(nl, command, NLM_F_ACK);
	if (seconds)
		mnl_attr_put_u32(request, OBPBL_A_CONFIRM, seconds);
	return nl_talk(nl, request, nl_take_generation, generation) ?
	       STATUS_OK : nl_fail(nl);
}

/* That nothing waits may be the doing of the timer, which tells nobody. */
static int settle_fail(struct nl *nl)
{
	struct nl_refusal refusal = nl->refusal;
	struct glance glance;

	if (refusal.error != ENOENT)
		return nl_fail(nl);
	nl_forget(nl);
	if (kernel_glance(nl, &glance))
		return STATUS_FAILED;
	if (!glance.expired)
		return fail_as(ENOENT, "%s", refusal.text);
	return fail_as(ENOENT, "%s; the last one was taken back by the timer at %s",
		       refusal.text, print_time(glance.expired));
}

static int settle(struct nl *nl, uint8_t command, uint64_t *generation)
{
	struct nlmsghdr *request = nl_request(nl, command, NLM_F_ACK);

	return nl_talk(nl, request, nl_take_generation, generation) ?
	       STATUS_OK : settle_fail(nl);
}

/* Connections were spared as long as the change could be taken back. */
static int confirm(struct nl *nl, void *order)
{
	uint64_t generation = 0;
	int status;

	status = settle(nl, OBPBL_CMD_CONFIRM, &generation);
	if (status)
		return status;
	nl->tightened = true;
	if (options.json)
		out_json(json_pack("{s:I, s:i}", "generation",
				   (json_int_t)generation, "connections_ended",
				   0));
	else
		printf("generation %" PRIu64 ": confirmed\n", generation);
	return STATUS_OK;
}

static int rollback(struct nl *nl, void *order)
{
	uint64_t generation = 0;
	struct glance glance;
	json_t *warnings;
	int status;

	status = kernel_glance(nl, &glance);
	if (!status)
		status = settle(nl, OBPBL_CMD_ROLLBACK, &generation);
	if (status)
		return status;
	nl->tightened = true;
	if (!options.json)
		printf("generation %" PRIu64 ": what generation %" PRIu64 " had configured is back\n",
		       generation, glance.confirm_generation);
	warnings = options.json ? json_array() : NULL;
	asleep_warnings(nl, warnings);
	if (options.json)
		out_json(json_pack("{s:I, s:I, s:i, s:o}", "generation",
				   (json_int_t)generation, "returned",
				   (json_int_t)glance.confirm_generation,
				   "connections_ended", 0, "warnings",
				   warnings));
	return STATUS_OK;
}

const struct command confirm_command = {
	.name = "confirm",
	.summary = "keep what apply --confirm has changed",
	.help = "Until then nothing configured can be changed, and tracked connections that\n"
		"the new policy blocks are left alone.\n",
	.verbs = ONE_VERB(.synopsis = "",
			  .example = "obpblctl confirm",
			  .run = confirm,
			  .step = true),
};

const struct command rollback_command = {
	.name = "rollback",
	.summary = "go back to what was before apply --confirm, at once",
	.help = "What was configured before is back in one step. Exemptions and quarantines\n"
		"that were added by command stay.\n",
	.verbs = ONE_VERB(.synopsis = "",
			  .example = "obpblctl rollback",
			  .run = rollback,
			  .step = true),
};

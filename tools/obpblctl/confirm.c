// SPDX-License-Identifier: GPL-2.0-only
/* The confirm and rollback commands: how an apply --confirm ends */
#include <inttypes.h>

#include "asleep.h"
#include "command.h"
#include "confirm.h"
#include "conntrack.h"
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
 * @text: where to put it
 *
 * Return: @text, or NULL if nothing waits.
 */
const char *confirm_text(const struct glance *glance, char text[CONFIRM_TEXT])
{
	if (!glance->confirm)
		return NULL;
	snprintf(text, CONFIRM_TEXT,
		 "confirm pending: %u s left, then generation %" PRIu64 " returns",
		 glance->confirm_left, glance->confirm_generation);
	return text;
}

/**
 * confirm_word() - the number of seconds after --confirm
 * @words: what follows it
 * @command: the command, for what to say
 * @seconds: where to put it
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int confirm_word(struct words *words, const char *command, uint32_t *seconds)
{
	const char *word = words_next(words);
	char text[QUOTE_SIZE];
	uint64_t value;

	if (!word)
		return command_usage(command, "--confirm: a number of seconds follows it");
	if ((!parse_number(word, OBPBL_MAX_CONFIRM, &value) &&
	     parse_duration(word, &value)) || !value ||
	    value > OBPBL_MAX_CONFIRM)
		return usage("%s: is no number of seconds from 1 to %d",
			     quote_word(word, text), OBPBL_MAX_CONFIRM);
	*seconds = value;
	return STATUS_OK;
}

static int take_generation(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *a[OBPBL_A_MAX + 1];
	uint64_t *generation = data;

	nl_attributes(message, a);
	*generation = nl_u64(a[OBPBL_A_GENERATION]);
	return MNL_CB_OK;
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
	char buffer[64] __attribute__((aligned(8)));
	struct nlmsghdr *request;

	request = nl_request(nl, buffer, command, NLM_F_ACK);
	if (seconds)
		mnl_attr_put_u32(request, OBPBL_A_CONFIRM, seconds);
	return nl_talk(nl, request, take_generation, generation) ? STATUS_OK :
								   nl_fail(nl);
}

/* Connections were spared as long as the change could be taken back. */
static int confirm(struct nl *nl)
{
	uint64_t generation = 0;
	json_int_t ended;
	int status;

	status = confirm_talk(nl, OBPBL_CMD_CONFIRM, 0, &generation);
	if (status)
		return status;
	if (!options.json)
		printf("generation %" PRIu64 ": confirmed\n", generation);
	ended = conntrack_end(nl);
	if (options.json)
		out_json(json_pack("{s:I, s:I}", "generation",
				   (json_int_t)generation, "connections_ended",
				   ended));
	return STATUS_OK;
}

static int rollback(struct nl *nl)
{
	uint64_t generation = 0;
	struct glance glance;
	json_t *warnings;
	json_int_t ended;
	int status;

	status = kernel_glance(nl, &glance);
	if (!status)
		status = confirm_talk(nl, OBPBL_CMD_ROLLBACK, 0, &generation);
	if (status)
		return status;
	if (!options.json)
		printf("generation %" PRIu64 ": what generation %" PRIu64 " had configured is back\n",
		       generation, glance.confirm_generation);
	warnings = options.json ? json_array() : NULL;
	asleep_warnings(nl, warnings);
	ended = conntrack_end(nl);
	if (options.json)
		out_json(json_pack("{s:I, s:I, s:I, s:o}", "generation",
				   (json_int_t)generation, "returned",
				   (json_int_t)glance.confirm_generation,
				   "connections_ended", ended, "warnings",
				   warnings));
	return STATUS_OK;
}

static int run(struct words *words, int (*fn)(struct nl *nl))
{
	struct nl nl;
	int status;

	if (words_end(words))
		return STATUS_USAGE;
	status = nl_open(&nl);
	if (status)
		return status;
	status = fn(&nl);
	nl_release(&nl);
	return status;
}

/**
 * confirm_command() - keep what apply --confirm has changed
 * @words: what follows the command
 *
 * Return: enum status.
 */
int confirm_command(struct words *words)
{
	return run(words, confirm);
}

/**
 * rollback_command() - take it back
 * @words: what follows the command
 *
 * Return: enum status.
 */
int rollback_command(struct words *words)
{
	return run(words, rollback);
}

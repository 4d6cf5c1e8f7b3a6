// SPDX-License-Identifier: GPL-2.0-only
/* The test command: the kernel's own decision on a packet that is not sent */
#include <string.h>

#include "command.h"
#include "kernel.h"
#include "names.h"
#include "out.h"

/**
 * struct question - the packet
 * @src: source address
 * @dst: destination address
 * @sport: source port; 0: not said
 * @dport: destination port; 0: not said
 * @dev: the device it comes in by, or NULL
 * @flags: TCP flags; negative: not said
 */
struct question {
	struct prefix src;
	struct prefix dst;
	uint16_t sport;
	uint16_t dport;
	const char *dev;
	int flags;
};

/**
 * struct answer - the decision
 * @verdict: enum obpbl_verdict
 * @reason: enum obpbl_reason; negative: not judged
 * @mode: the effective enum obpbl_mode; negative: none applies
 * @isp: the ISP; empty: none
 * @reject: enum obpbl_reject
 * @src_class: enum obpbl_class
 * @src_len: length of the source prefix
 * @dst_class: enum obpbl_class
 * @dst_len: length of the destination prefix
 * @session: the source entry is a session
 * @dev: the interface that it belongs to; empty: gone meanwhile
 */
struct answer {
	uint8_t verdict;
	int reason;
	int mode;
	char isp[OBPBL_ISP_NAME_SIZE];
	uint8_t reject;
	uint8_t src_class;
	uint8_t src_len;
	uint8_t dst_class;
	uint8_t dst_len;
	bool session;
	char dev[OBPBL_DEV_NAME_SIZE];
};

/* Words */

static int take_flags(const char *word, void *to)
{
	static const char letters[] = "FSRPAUEC";
	const char *at, *letter = word;
	int flags = 0;

	for (; *letter && strcmp(word, "-"); letter++) {
		at = strchr(letters, *letter);
		if (!at)
			break;
		flags |= 1 << (at - letters);
	}
	*(int *)to = flags;
	if (!strcmp(word, "-") || (flags && !*letter))
		return STATUS_OK;
	return usage("'flags' %s: letters of F S R P A U E C, or - for none",
		     quote_word(word));
}

static const struct key keys[] = {
	{ KEY("from", "an address", word_address, struct question, src) },
	{ KEY("to", "an address", word_address, struct question, dst) },
	{ KEY("dport", "a port", word_port, struct question, dport) },
	{ KEY("sport", "a port", word_port, struct question, sport) },
	{ KEY("dev", "the name of a device", word_dev, struct question, dev) },
	{ KEY("flags", "the letters of TCP flags", take_flags,
	      struct question, flags) },
	{ .name = NULL }
};

static int parse(struct words *words, const struct verb *verb, void *order)
{
	struct question *question = order;
	int status;

	question->flags = -1;
	status = command_keys(words, keys, verb, order);
	if (!status && !question->src.family)
		return command_usage("'from' and an address are missing");
	if (!status && !question->dst.family)
		return command_usage("'to' and an address are missing");
	if (!status && question->src.family != question->dst.family)
		return usage("the two addresses are not of one family");
	return status;
}

static void take_answer(const struct nlattr **a, void *data)
{
	struct answer *answer = data;

	answer->verdict = nl_u8(a[OBPBL_A_VERDICT]);
	answer->reason = a[OBPBL_A_REASON_CODE] ?
			 nl_u8(a[OBPBL_A_REASON_CODE]) : -1;
	answer->mode = a[OBPBL_A_ISP] && a[OBPBL_A_MODE] ?
		       nl_u8(a[OBPBL_A_MODE]) : -1;
	nl_isp(a[OBPBL_A_ISP], answer->isp);
	answer->reject = nl_u8(a[OBPBL_A_REJECT]);
	answer->src_class = nl_u8(a[OBPBL_A_SRC_CLASS]);
	answer->src_len = nl_u8(a[OBPBL_A_SRC_LEN]);
	answer->dst_class = nl_u8(a[OBPBL_A_DST_CLASS]);
	answer->dst_len = nl_u8(a[OBPBL_A_DST_LEN]);
	answer->session = a[OBPBL_A_IFINDEX];
	nl_string(a[OBPBL_A_DEV], answer->dev, sizeof(answer->dev));
}

static bool ask(struct nl *nl, const struct question *question,
		struct answer *answer)
{
	size_t size = cidr_bits(&question->src) / 8;
	struct nlmsghdr *request;

	request = nl_request(nl, OBPBL_CMD_TEST, NLM_F_ACK);
	mnl_attr_put(request, OBPBL_A_SRC, size, question->src.addr);
	mnl_attr_put(request, OBPBL_A_DST, size, question->dst.addr);
	if (question->sport)
		mnl_attr_put_u16(request, OBPBL_A_SPORT, question->sport);
	if (question->dport)
		mnl_attr_put_u16(request, OBPBL_A_DPORT, question->dport);
	if (question->flags >= 0)
		mnl_attr_put_u8(request, OBPBL_A_TCP_FLAGS, question->flags);
	if (question->dev)
		mnl_attr_put_strz(request, OBPBL_A_DEV, question->dev);
	return nl_talk(nl, request, take_answer, answer);
}

static const char *entry_text(const struct prefix *address, unsigned int class,
			      unsigned int len)
{
	struct prefix p = *address;

	if (class == OBPBL_CLASS_NONE)
		return NULL;
	p.len = len;
	cidr_network(&p);
	return cidr_print(&p);
}

/*
 * What decided of an answer from port 25 is the decision on the direction that
 * it answers, so its source is where the packet goes.
 */
static void sides(const struct question *question, const struct answer *answer,
		  const struct prefix **src, const struct prefix **dst)
{
	bool reverse = answer->reason == OBPBL_REASON_REVERSE;

	*src = reverse ? &question->dst : &question->src;
	*dst = reverse ? &question->src : &question->dst;
}

static void put_session(json_t *source, const struct answer *answer)
{
	put_text(source, "from", "session");
	json_object_set_new(source, "dev", *answer->dev ?
			    json_text(answer->dev) : json_null());
}

static void print_json(const struct question *question,
		       const struct answer *answer)
{
	const struct prefix *src, *dst;
	json_t *row;

	sides(question, answer, &src, &dst);
	row = json_pack("{s:s, s:s?, s:s?, s:s?, s:{s:s?, s:s}, s:{s:s?, s:s}}",
			"verdict",
			names_word(&verdict_names, answer->verdict),
			"reason", answer->reason < 0 ? NULL :
			names_word(&reason_names, answer->reason),
			"isp", *answer->isp ? answer->isp : NULL,
			"mode", answer->mode < 0 ? NULL :
			names_word(&mode_names, answer->mode),
			"source", "prefix",
			entry_text(src, answer->src_class, answer->src_len),
			"class", source_word(answer->src_class),
			"destination", "prefix",
			entry_text(dst, answer->dst_class, answer->dst_len),
			"class", destination_word(answer->dst_class));
	if (answer->session)
		put_session(json_object_get(row, "source"), answer);
	out_json(row);
}

static const char *told(const struct answer *answer)
{
	if (answer->reason == OBPBL_REASON_REVERSE)
		return "nothing: an answer to a mail server would be backscatter";
	switch (answer->reject) {
	case OBPBL_REJECT_RESET:
		return "a TCP reset: connection refused";
	case OBPBL_REJECT_ADMIN:
		return "ICMP administratively prohibited: no route to host";
	default:
		return "nothing: the connection times out";
	}
}

static void print_side(const char *side, const struct prefix *address,
		       unsigned int class, unsigned int len, const char *word,
		       const char *session)
{

	printf("%-12s %s, %s", side, cidr_print_address(address), word);
	if (class == OBPBL_CLASS_NONE)
		puts(" (no entry)");
	else
		printf(" (%s%s%s)\n", entry_text(address, class, len),
		       session ? ", session of " : "", session ? session : "");
}

static void print_text(const struct question *question,
		       const struct answer *answer)
{
	const struct prefix *src, *dst;

	if (answer->reason < 0) {
		puts("pass: not a packet that is judged");
		return;
	}
	sides(question, answer, &src, &dst);
	printf("%s%s%s: %s\n", color(answer->verdict ? RED : GREEN),
	       answer->verdict == OBPBL_VERDICT_WOULD_BLOCK ? "would block" :
	       names_word(&verdict_names, answer->verdict), color(PLAIN),
	       names_word(&reason_names, answer->reason));
	print_side("source", src, answer->src_class, answer->src_len,
		   source_word(answer->src_class),
		   answer->session ? answer->dev : NULL);
	print_side("destination", dst, answer->dst_class, answer->dst_len,
		   destination_word(answer->dst_class), NULL);
	if (*answer->isp && answer->mode >= 0)
		printf("%-12s %s, mode %s\n", "isp", answer->isp,
		       names_word(&mode_names, answer->mode));
	if (answer->verdict == OBPBL_VERDICT_BLOCK)
		printf("%-12s %s\n", "client gets", told(answer));
	else if (answer->verdict == OBPBL_VERDICT_WOULD_BLOCK)
		printf("%-12s %s\n", "mode enforce", told(answer));
}

static int status_of(const struct answer *answer)
{
	switch (answer->verdict) {
	case OBPBL_VERDICT_BLOCK:
		return STATUS_BLOCK;
	case OBPBL_VERDICT_WOULD_BLOCK:
		return STATUS_WOULD_BLOCK;
	default:
		return STATUS_OK;
	}
}

static int run(struct nl *nl, void *order)
{
	const struct question *question = order;
	struct answer answer = { 0 };

	if (!ask(nl, question, &answer))
		return nl_fail_dev(nl, question->dev);
	if (options.json)
		print_json(question, &answer);
	else
		print_text(question, &answer);
	return status_of(&answer);
}

const struct command test_command = {
	.name = "test",
	.summary = "the kernel's own decision on a packet that is not sent",
	.help = "flags are letters of F S R P A U E C, or - for none; default: S.\n"
		"Exit status: 0 pass, 10 block, 11 would block were the mode enforce.\n",
	.verbs = ONE_VERB(.synopsis = "from SRC to DST [dport N] [sport N] [dev IF] [flags S|SA|A|...]",
			  .example = "obpblctl test from 203.0.113.7 to 192.0.2.25",
			  .size = sizeof(struct question),
			  .parse = parse,
			  .run = run),
};

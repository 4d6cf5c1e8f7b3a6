// SPDX-License-Identifier: GPL-2.0-only
/* The test command */
#include <string.h>

#include "command.h"
#include "kernel.h"
#include "names.h"
#include "out.h"

/**
 * struct packet - a packet that is not sent
 * @src: its source
 * @dst: its destination
 * @dport: its destination port, or -1
 * @sport: its source port, or -1
 * @flags: its TCP flags, or -1
 * @dev: the device that it comes from, or NULL
 */
struct packet {
	struct prefix src;
	struct prefix dst;
	int dport;
	int sport;
	int flags;
	const char *dev;
};

/**
 * struct side - what decided about one end of the packet
 * @matched: whether an entry did
 * @class: of the entry
 * @prefix: of the entry, as text
 */
struct side {
	bool matched;
	uint8_t class;
	char prefix[CIDR_SIZE];
};

/**
 * struct answer - the kernel's decision
 * @packet: on this packet
 * @verdict: enum obpbl_verdict
 * @judged: whether there is a reason
 * @reason: enum obpbl_reason
 * @has_mode: whether there is a mode
 * @mode: enum obpbl_mode
 * @reject: enum obpbl_reject
 * @has_reject: whether there is one
 * @isp: name; empty: none
 * @src: the source
 * @dst: the destination
 */
struct answer {
	const struct packet *packet;
	uint8_t verdict;
	bool judged;
	uint8_t reason;
	bool has_mode;
	uint8_t mode;
	bool has_reject;
	uint8_t reject;
	char isp[OBPBL_ISP_NAME_SIZE];
	struct side src;
	struct side dst;
};

static int take_address(struct words *words, const char *after,
			struct prefix *p)
{
	const char *word = words_next(words);
	char text[QUOTE_SIZE], why[128];
	enum cidr_fault fault;

	if (p->family)
		return usage("'%s': given twice", after);
	if (!word)
		return command_usage("test", "'%s': an address follows it",
				     after);
	fault = cidr_parse_address(word, p);
	if (!fault)
		return STATUS_OK;
	cidr_explain(fault, p, why, sizeof(why));
	return usage("%s: %s", quote_word(word, text),
		     fault == CIDR_NONE ? "is not an IPv4 or IPv6 address" :
		     why);
}

static int take_port(struct words *words, const char *after, int *port)
{
	const char *word = words_next(words);
	char text[QUOTE_SIZE];
	uint64_t number;

	if (*port >= 0)
		return usage("'%s': given twice", after);
	if (!word)
		return command_usage("test", "'%s': a port follows it", after);
	if (!parse_number(word, 65535, &number))
		return usage("%s: a port is a number from 0 to 65535",
			     quote_word(word, text));
	*port = number;
	return STATUS_OK;
}

/* Letters in the order of the bits: FIN is 0x01. */
static const char flag_letters[] = "FSRPAUEC";

static int take_flags(struct words *words, int *flags)
{
	const char *word = words_next(words), *at, *letter;
	char text[QUOTE_SIZE];

	if (*flags >= 0)
		return usage("'flags': given twice");
	if (!word)
		return command_usage("test", "'flags': letters of F S R P A U E C follow it, or -");
	*flags = 0;
	if (!strcmp(word, "-"))
		return STATUS_OK;
	for (at = word; *at; at++) {
		letter = strchr(flag_letters, *at);
		if (!letter || *flags & 1 << (letter - flag_letters))
			break;
		*flags |= 1 << (letter - flag_letters);
	}
	if (*at || at == word)
		return usage("%s: flags are letters of F S R P A U E C, each once, or -",
			     quote_word(word, text));
	return STATUS_OK;
}

static int take_dev(struct words *words, const char **dev)
{
	const char *word = words_next(words), *fault;
	char text[QUOTE_SIZE];

	if (*dev)
		return usage("'dev': given twice");
	if (!word)
		return command_usage("test", "'dev': the name of a device follows it");
	fault = device_fault(word);
	if (fault)
		return usage("%s: %s", quote_word(word, text), fault);
	*dev = word;
	return STATUS_OK;
}

static int take_word(struct words *words, struct packet *packet)
{
	char text[QUOTE_SIZE];

	if (words_take(words, "from"))
		return take_address(words, "from", &packet->src);
	if (words_take(words, "to"))
		return take_address(words, "to", &packet->dst);
	if (words_take(words, "dport"))
		return take_port(words, "dport", &packet->dport);
	if (words_take(words, "sport"))
		return take_port(words, "sport", &packet->sport);
	if (words_take(words, "flags"))
		return take_flags(words, &packet->flags);
	if (words_take(words, "dev"))
		return take_dev(words, &packet->dev);
	return command_usage("test", "%s: unknown word",
			     quote_word(*words->at, text));
}

static int take_packet(struct words *words, struct packet *packet)
{
	int status;

	memset(packet, 0, sizeof(*packet));
	packet->dport = packet->sport = packet->flags = -1;
	while (words->left) {
		status = take_word(words, packet);
		if (status)
			return status;
	}
	if (!packet->src.family || !packet->dst.family)
		return command_usage("test", "'%s' is missing",
				     packet->src.family ? "to" : "from");
	if (packet->src.family != packet->dst.family)
		return usage("the source is IPv%d, the destination IPv%d",
			     packet->src.family, packet->dst.family);
	return STATUS_OK;
}

static void put_packet(struct nlmsghdr *request, const struct packet *packet)
{
	size_t size = packet->src.family == 4 ? 4 : 16;

	mnl_attr_put(request, OBPBL_A_SRC, size, packet->src.addr);
	mnl_attr_put(request, OBPBL_A_DST, size, packet->dst.addr);
	if (packet->sport >= 0)
		mnl_attr_put_u16(request, OBPBL_A_SPORT, packet->sport);
	if (packet->dport >= 0)
		mnl_attr_put_u16(request, OBPBL_A_DPORT, packet->dport);
	if (packet->flags >= 0)
		mnl_attr_put_u8(request, OBPBL_A_TCP_FLAGS, packet->flags);
	if (packet->dev)
		mnl_attr_put_strz(request, OBPBL_A_DEV, packet->dev);
}

/* The prefix of a certain length that an address is in. */
static void take_side(struct side *side, const struct prefix *address,
		      const struct nlattr *len, const struct nlattr *class)
{
	struct prefix p = *address;
	unsigned int i;

	side->class = nl_u8(class);
	side->matched = len && side->class;
	if (!side->matched)
		return;
	if (nl_u8(len) < p.len)
		p.len = nl_u8(len);
	for (i = p.len; i < cidr_bits(&p); i++)
		p.addr[i / 8] &= ~(0x80 >> i % 8);
	cidr_print(&p, side->prefix);
}

static int take_answer(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *a[OBPBL_A_MAX + 1];
	struct answer *answer = data;

	nl_attributes(message, a);
	answer->verdict = nl_u8(a[OBPBL_A_VERDICT]);
	answer->judged = a[OBPBL_A_REASON_CODE];
	answer->reason = nl_u8(a[OBPBL_A_REASON_CODE]);
	answer->has_mode = a[OBPBL_A_MODE] && a[OBPBL_A_ISP];
	answer->mode = nl_u8(a[OBPBL_A_MODE]);
	answer->has_reject = a[OBPBL_A_REJECT];
	answer->reject = nl_u8(a[OBPBL_A_REJECT]);
	nl_string(a[OBPBL_A_ISP], answer->isp, sizeof(answer->isp));
	take_side(&answer->src, &answer->packet->src, a[OBPBL_A_SRC_LEN],
		  a[OBPBL_A_SRC_CLASS]);
	take_side(&answer->dst, &answer->packet->dst, a[OBPBL_A_DST_LEN],
		  a[OBPBL_A_DST_CLASS]);
	return MNL_CB_OK;
}

static json_t *side_json(const struct side *side, const char *class)
{
	return json_pack("{s:s?, s:s}", "prefix",
			 side->matched ? side->prefix : NULL, "class", class);
}

static void print_json(const struct answer *answer)
{
	out_json(json_pack("{s:s, s:s?, s:s?, s:s?, s:o, s:o}", "verdict",
			   names_word(&verdict_names, answer->verdict),
			   "reason", answer->judged ?
			   names_word(&reason_names, answer->reason) : NULL,
			   "isp", *answer->isp ? answer->isp : NULL, "mode",
			   answer->has_mode ?
			   names_word(&mode_names, answer->mode) : NULL,
			   "source", side_json(&answer->src,
					       source_word(answer->src.class)),
			   "destination",
			   side_json(&answer->dst,
				     destination_word(answer->dst.class))));
}

/* When an exchange is an answer from port 25, its ends are swapped. */
static void print_source(const struct answer *answer)
{
	char text[CIDR_SIZE];

	cidr_print_address(&answer->packet->src, text);
	if (!answer->src.matched)
		printf("No ISP owns the source %s.\n", text);
	else
		printf("The source %s is %s of isp %s, by %s.\n", text,
		       source_word(answer->src.class), answer->isp,
		       answer->src.prefix);
}

static void print_destination(const struct answer *answer)
{
	char text[CIDR_SIZE];

	cidr_print_address(&answer->packet->dst, text);
	if (!*answer->isp)
		return;
	if (!answer->dst.matched)
		printf("The destination %s is outside its space.\n", text);
	else
		printf("The destination %s is in its %s, by %s.\n", text,
		       destination_word(answer->dst.class),
		       answer->dst.prefix);
}

static const char *told(const struct answer *answer)
{
	bool v4 = answer->packet->src.family == 4;

	if (answer->reason == OBPBL_REASON_REVERSE || !answer->has_reject)
		return "nothing";
	switch (answer->reject) {
	case OBPBL_REJECT_RESET:
		return "a TCP reset: connection refused";
	case OBPBL_REJECT_ADMIN:
		return v4 ? "ICMP 3/13, administratively prohibited" :
		       "ICMPv6 1/1, administratively prohibited";
	}
	return "nothing";
}

static void print_text(const struct answer *answer)
{
	const char *verdict = names_word(&verdict_names, answer->verdict);

	if (!answer->judged) {
		printf("pass: only TCP to port 25 is judged.\n");
		return;
	}
	printf("%s: %s\n", verdict, names_word(&reason_names, answer->reason));
	print_source(answer);
	print_destination(answer);
	if (answer->verdict == OBPBL_VERDICT_WOULD_BLOCK)
		printf("The mode is monitor: it passes; else the client would be told: %s.\n",
		       told(answer));
	else if (answer->verdict == OBPBL_VERDICT_BLOCK)
		printf("The client is told: %s.\n", told(answer));
}

static int ask(struct nl *nl, const struct packet *packet)
{
	char buffer[256] __attribute__((aligned(8)));
	struct answer answer = { .packet = packet };
	struct nlmsghdr *request;

	request = nl_request(nl, buffer, OBPBL_CMD_TEST, NLM_F_ACK);
	put_packet(request, packet);
	if (!nl_talk(nl, request, take_answer, &answer))
		return nl_fail(nl);
	if (options.json)
		print_json(&answer);
	else
		print_text(&answer);
	switch (answer.verdict) {
	case OBPBL_VERDICT_BLOCK:
		return STATUS_BLOCK;
	case OBPBL_VERDICT_WOULD_BLOCK:
		return STATUS_WOULD_BLOCK;
	}
	return STATUS_OK;
}

/**
 * test_command() - the kernel's decision on a packet that is not sent
 * @words: what follows the command
 *
 * Return: enum status.
 */
int test_command(struct words *words)
{
	struct packet packet;
	struct nl nl;
	int status;

	status = take_packet(words, &packet);
	if (status)
		return status;
	status = nl_open(&nl);
	if (status)
		return status;
	status = ask(&nl, &packet);
	nl_close(&nl);
	return status;
}

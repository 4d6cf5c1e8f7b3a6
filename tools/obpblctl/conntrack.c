// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tracked connections that a policy blocks
 *
 * A connection in a flowtable does not pass the module any more, so that a
 * policy that has become tighter would not end it. Taking its entry out of
 * connection tracking does: the flow dies with it, and what comes next passes
 * the module again, which blocks it.
 *
 * What blocks is asked of the kernel, as the test command does: each entry is
 * two packets, as the forward hook sees them, with the destination after DNAT
 * and the source before SNAT.
 *
 * An entry does not tell by which device its packets come in. It is judged as
 * if by none, and by each VRF of the policy; one of them is enough. But an
 * exemption that is bound to a device is taken to apply.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack_tcp.h>
#include <netinet/in.h>

#include "conntrack.h"
#include "kernel.h"

#define PRESENT "/proc/sys/net/netfilter/nf_conntrack_count"

/* What of a tuple a dump is filtered by; the kernel's headers do not say. */
#define FILTER_PROTO_NUM (1 << 3)
#define FILTER_PROTO_SRC_PORT (1 << 4)

#define TCP_ACK 0x10
#define RECEIVE (64 * 1024)
#define REQUEST 512
#define ASK 1024	/* questions at once, whose answers wait in the socket */
#define DELETE 256	/* deletions at once */

#define SILENT "connection tracking does not answer"

/**
 * struct sweep - one search for connections to end
 * @nl: socket of the module
 * @socket: socket of connection tracking
 * @receive: what came on it
 * @seq: its last sequence number
 * @reply: whether the dump is of entries whose answers come from port 25, or
 *	of those that come from it themselves
 * @list: entries that may have to go
 * @n: number of @list
 * @cap: room
 * @devs: where to judge: by no device, and by each VRF
 * @n_devs: number of @devs
 * @cap_devs: room
 * @exempts: there are exemptions
 * @ended: entries that are gone
 * @why: what went wrong, or empty
 */
struct sweep {
	struct nl *nl;
	struct mnl_socket *socket;
	char *receive;
	uint32_t seq;
	bool reply;
	struct nf_conntrack **list;
	size_t n;
	size_t cap;
	char (*devs)[OBPBL_DEV_NAME_SIZE];
	size_t n_devs;
	size_t cap_devs;
	bool exempts;
	json_int_t ended;
	char why[256];
};

static bool failed(struct sweep *sweep, const char *what, int error)
{
	if (!*sweep->why)
		snprintf(sweep->why, sizeof(sweep->why), "%s%s%s", what,
			 error ? ": " : "", error ? strerror(error) : "");
	return false;
}

/* Entries */

static bool is_v6(const struct nf_conntrack *ct)
{
	return nfct_get_attr_u8(ct, ATTR_ORIG_L3PROTO) == AF_INET6;
}

/* Where packets of one direction come from */
static const void *address(const struct nf_conntrack *ct, bool reply)
{
	if (reply)
		return nfct_get_attr(ct, is_v6(ct) ? ATTR_REPL_IPV6_SRC :
						     ATTR_REPL_IPV4_SRC);
	return nfct_get_attr(ct, is_v6(ct) ? ATTR_ORIG_IPV6_SRC :
					     ATTR_ORIG_IPV4_SRC);
}

static size_t address_size(const struct nf_conntrack *ct)
{
	return is_v6(ct) ? 16 : 4;
}

static uint16_t port(const struct nf_conntrack *ct, bool reply)
{
	return ntohs(nfct_get_attr_u16(ct, reply ? ATTR_REPL_PORT_SRC :
						   ATTR_ORIG_PORT_SRC));
}

/* A connection that has ended by itself is not worth a word. */
static bool is_over(const struct nf_conntrack *ct)
{
	uint8_t state = nfct_get_attr_u8(ct, ATTR_TCP_STATE);

	return state == TCP_CONNTRACK_TIME_WAIT ||
	       state == TCP_CONNTRACK_CLOSE;
}

/* An older kernel does not filter, so that everything is looked at again. */
static bool is_wanted(const struct sweep *sweep, const struct nf_conntrack *ct)
{
	bool answers = port(ct, true) == OBPBL_PORT;

	if (nfct_get_attr_u8(ct, ATTR_ORIG_L4PROTO) != IPPROTO_TCP ||
	    is_over(ct))
		return false;
	return sweep->reply ? answers :
	       !answers && port(ct, false) == OBPBL_PORT;
}

static int take_entry(const struct nlmsghdr *message, void *data)
{
	struct nf_conntrack *ct = nfct_new();
	struct sweep *sweep = data;

	if (!ct)
		return MNL_CB_OK;
	if (nfct_nlmsg_parse(message, ct) || !is_wanted(sweep, ct)) {
		nfct_destroy(ct);
		return MNL_CB_OK;
	}
	GROW(sweep->list, sweep->n, sweep->cap);
	sweep->list[sweep->n++] = ct;
	return MNL_CB_OK;
}

/* Entries up to the end of a dump; or acknowledgements, until @ack stops */
static bool receive(struct sweep *sweep, mnl_cb_t ack)
{
	mnl_cb_t control[] = { [NLMSG_ERROR] = ack };
	int done = MNL_CB_OK;
	ssize_t got;

	while (done > MNL_CB_STOP) {
		got = mnl_socket_recvfrom(sweep->socket, sweep->receive,
					  RECEIVE);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			done = MNL_CB_ERROR;
		else if (ack)
			done = mnl_cb_run2(sweep->receive, got, 0, 0, NULL,
					   sweep, control, NLMSG_ERROR + 1);
		else
			done = mnl_cb_run(sweep->receive, got, sweep->seq, 0,
					  take_entry, sweep);
	}
	return done == MNL_CB_STOP || failed(sweep, SILENT, errno);
}

static struct nlmsghdr *new_request(struct sweep *sweep, char *buffer,
				    uint8_t type, uint8_t family,
				    uint16_t flags)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *head;

	request->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | type;
	request->nlmsg_flags = NLM_F_REQUEST | flags;
	request->nlmsg_seq = ++sweep->seq;
	head = mnl_nlmsg_put_extra_header(request, sizeof(*head));
	head->nfgen_family = family;
	head->version = NFNETLINK_V0;
	return request;
}

/* Asks for entries of which one direction comes from port 25. */
static void put_filter(struct nlmsghdr *request, bool reply)
{
	struct nlattr *nest, *proto;

	nest = mnl_attr_nest_start(request, reply ? CTA_TUPLE_REPLY :
				   CTA_TUPLE_ORIG);
	proto = mnl_attr_nest_start(request, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(request, CTA_PROTO_NUM, IPPROTO_TCP);
	mnl_attr_put_u16(request, CTA_PROTO_SRC_PORT, htons(OBPBL_PORT));
	mnl_attr_nest_end(request, proto);
	mnl_attr_nest_end(request, nest);
	nest = mnl_attr_nest_start(request, CTA_FILTER);
	mnl_attr_put_u32(request, reply ? CTA_FILTER_REPLY_FLAGS :
			 CTA_FILTER_ORIG_FLAGS,
			 FILTER_PROTO_NUM | FILTER_PROTO_SRC_PORT);
	mnl_attr_nest_end(request, nest);
}

static bool dump(struct sweep *sweep, uint8_t family, bool reply)
{
	char buffer[REQUEST] __attribute__((aligned(8)));
	struct nlmsghdr *request;

	request = new_request(sweep, buffer, IPCTNL_MSG_CT_GET, family,
			      NLM_F_DUMP);
	put_filter(request, reply);
	sweep->reply = reply;
	if (mnl_socket_sendto(sweep->socket, request, request->nlmsg_len) < 0)
		return failed(sweep, SILENT, errno);
	return receive(sweep, NULL);
}

/* Judgement */

/**
 * struct questions - packets that the module is asked about
 * @sweep: the sweep
 * @first: sequence number of the first one
 * @subject: what each of them is about
 * @n: number of @subject
 * @blocked: which subjects are blocked
 */
struct questions {
	struct sweep *sweep;
	uint32_t first;
	uint32_t subject[ASK];
	size_t n;
	bool *blocked;
};

static void take_verdict(const struct nlattr **a, void *data)
{
	struct questions *questions = data;
	uint32_t i = questions->sweep->nl->answered - questions->first;

	if (i < questions->n && nl_u8(a[OBPBL_A_VERDICT]) ==
	    OBPBL_VERDICT_BLOCK)
		questions->blocked[questions->subject[i]] = true;
}

static bool ask_all(struct questions *questions)
{
	struct nl *nl = questions->sweep->nl;
	bool done;

	done = nl_batch_talk(nl, take_verdict, questions);
	questions->n = 0;
	return done || failed(questions->sweep, nl->refusal.text, 0);
}

/* Each direction goes from its own source to that of the other. */
static bool ask(struct questions *questions, uint32_t subject, bool reply,
		const struct nf_conntrack *ct, const char *dev)
{
	struct nl *nl = questions->sweep->nl;
	struct nlmsghdr *request;

	if ((questions->n == ASK || nl_batch_full(nl)) && !ask_all(questions))
		return false;
	request = nl_batch(nl, OBPBL_CMD_TEST);
	if (!questions->n)
		questions->first = request->nlmsg_seq;
	questions->subject[questions->n++] = subject;
	mnl_attr_put(request, OBPBL_A_SRC, address_size(ct),
		     address(ct, reply));
	mnl_attr_put(request, OBPBL_A_DST, address_size(ct),
		     address(ct, !reply));
	mnl_attr_put_u16(request, OBPBL_A_SPORT, port(ct, reply));
	mnl_attr_put_u16(request, OBPBL_A_DPORT, port(ct, !reply));
	mnl_attr_put_u8(request, OBPBL_A_TCP_FLAGS, TCP_ACK);
	if (*dev)
		mnl_attr_put_strz(request, OBPBL_A_DEV, dev);
	return true;
}

static bool ask_both(struct questions *questions, uint32_t subject,
		     const struct nf_conntrack *ct, const char *dev)
{
	return ask(questions, subject, false, ct, dev) &&
	       ask(questions, subject, true, ct, dev);
}

static bool judge(struct sweep *sweep, bool *blocked)
{
	struct questions questions = { .sweep = sweep, .blocked = blocked };
	size_t i, dev;

	for (i = 0; i < sweep->n; i++)
		for (dev = 0; dev < sweep->n_devs; dev++)
			if (!ask_both(&questions, i, sweep->list[i],
				      sweep->devs[dev]))
				return false;
	return ask_all(&questions);
}

/* Exemptions that are bound to a device */

/**
 * struct doubt - an entry that is blocked, unless it comes in by a device
 * @entry: which
 * @dev: the device
 */
struct doubt {
	uint32_t entry;
	const char *dev;
};

/**
 * struct doubts - such entries
 * @list: the entries
 * @n: number of @list
 * @cap: room
 */
struct doubts {
	struct doubt *list;
	size_t n;
	size_t cap;
};

static bool comes_from(const struct nf_conntrack *ct, bool reply,
		       const struct prefix *source)
{
	struct prefix from = { .family = is_v6(ct) ? 6 : 4 };

	from.len = cidr_bits(&from);
	memcpy(from.addr, address(ct, reply), address_size(ct));
	return cidr_covers(source, &from);
}

/* Exemptions that are bound to a device; there may be many others. */
static void add_doubts(const struct sweep *sweep, const bool *blocked,
		       const struct policy *policy, struct doubts *doubts)
{
	const struct nf_conntrack *ct;
	const struct overlay *overlay;
	size_t i, entry;

	for (i = 0; i < policy->n_overlays; i++) {
		overlay = &policy->overlays[i];
		if (!*overlay->dev || !if_nametoindex(overlay->dev))
			continue;
		for (entry = 0; entry < sweep->n; entry++) {
			ct = sweep->list[entry];
			if (!blocked[entry] ||
			    (!comes_from(ct, false, &overlay->prefix) &&
			     !comes_from(ct, true, &overlay->prefix)))
				continue;
			GROW(doubts->list, doubts->n, doubts->cap);
			doubts->list[doubts->n++] = (struct doubt){
				entry, overlay->dev
			};
		}
	}
}

static bool judge_doubts(struct sweep *sweep, const struct doubts *doubts,
			 bool *blocked)
{
	struct questions questions = { .sweep = sweep };
	bool done = true;
	size_t i;

	questions.blocked = xcalloc(doubts->n, sizeof(bool));
	for (i = 0; done && i < doubts->n; i++)
		done = ask_both(&questions, i,
				sweep->list[doubts->list[i].entry],
				doubts->list[i].dev);
	done = done && ask_all(&questions);
	for (i = 0; done && i < doubts->n; i++)
		if (!questions.blocked[i])
			blocked[doubts->list[i].entry] = false;
	free(questions.blocked);
	return done;
}

static bool spare(struct sweep *sweep, bool *blocked)
{
	struct doubts doubts = { 0 };
	struct policy policy;
	bool done = true;

	if (!sweep->exempts || !memchr(blocked, true, sweep->n))
		return true;
	if (kernel_policy(sweep->nl, &policy, KERNEL_OVERLAYS))
		return failed(sweep, "the exemptions cannot be read", 0);
	add_doubts(sweep, blocked, &policy, &doubts);
	if (doubts.n)
		done = judge_doubts(sweep, &doubts, blocked);
	free(doubts.list);
	policy_free(&policy);
	return done;
}

/* Deletion */

/* By its first direction and its number, so that no later one is hit */
static size_t put_deletion(struct sweep *sweep, char *buffer,
			   const struct nf_conntrack *from)
{
	uint32_t id = nfct_get_attr_u32(from, ATTR_ID);
	struct nf_conntrack *ct = nfct_new();
	struct nlmsghdr *request;

	if (!ct)
		return 0;
	nfct_copy(ct, from, NFCT_CP_ORIG);
	if (nfct_attr_is_set(from, ATTR_ZONE) > 0)
		nfct_copy_attr(ct, from, ATTR_ZONE);
	request = new_request(sweep, buffer, IPCTNL_MSG_CT_DELETE,
			      is_v6(from) ? AF_INET6 : AF_INET, NLM_F_ACK);
	nfct_nlmsg_build(request, ct);
	mnl_attr_put_u32(request, CTA_ID, htonl(id));
	nfct_destroy(ct);
	return request->nlmsg_len;
}

/* One that has gone meanwhile is no failure, and is not counted. */
static int take_ack(const struct nlmsghdr *message, void *data)
{
	const struct nlmsgerr *ack = mnl_nlmsg_get_payload(message);
	struct sweep *sweep = data;

	if (!ack->error)
		sweep->ended++;
	else if (ack->error != -ENOENT)
		failed(sweep, "connection tracking refused", -ack->error);
	return message->nlmsg_seq == sweep->seq ? MNL_CB_STOP : MNL_CB_OK;
}

static bool send_deletions(struct sweep *sweep, const void *bytes, size_t size)
{
	if (!size)
		return true;
	if (mnl_socket_sendto(sweep->socket, bytes, size) < 0)
		return failed(sweep, "connection tracking cannot be told",
			      errno);
	return receive(sweep, take_ack);
}

static void delete(struct sweep *sweep, const bool *blocked)
{
	char *buffer = xrealloc(NULL, DELETE, REQUEST);
	size_t i, used = 0;

	for (i = 0; i < sweep->n; i++) {
		if (!blocked[i])
			continue;
		used += MNL_ALIGN(put_deletion(sweep, buffer + used,
					       sweep->list[i]));
		if (used + REQUEST <= DELETE * REQUEST)
			continue;
		if (!send_deletions(sweep, buffer, used))
			break;
		used = 0;
	}
	if (i == sweep->n)
		send_deletions(sweep, buffer, used);
	free(buffer);
}

/* The policy */

static void add_dev(struct sweep *sweep, const char *dev)
{
	size_t i;

	for (i = 0; i < sweep->n_devs; i++)
		if (!strcmp(sweep->devs[i], dev))
			return;
	if (*dev && !if_nametoindex(dev))
		return;
	GROW(sweep->devs, sweep->n_devs, sweep->cap_devs);
	strcpy(sweep->devs[sweep->n_devs++], dev);
}

/* Whether anything can be blocked at all */
static bool can_block(struct sweep *sweep, const struct policy *policy)
{
	struct glance glance;
	bool enforced = false;
	size_t i;

	for (i = 0; i < policy->n_isps; i++)
		enforced |= policy->isps[i].mode == OBPBL_MODE_ENFORCE;
	return enforced && !kernel_glance(sweep->nl, &glance) &&
	       glance.ceiling == OBPBL_MODE_ENFORCE;
}

static bool look_at_policy(struct sweep *sweep)
{
	struct policy policy;
	bool blocks;
	size_t i;

	if (kernel_policy(sweep->nl, &policy, KERNEL_ISPS))
		return failed(sweep, "the policy cannot be read", 0);
	blocks = can_block(sweep, &policy);
	add_dev(sweep, "");
	for (i = 0; i < policy.n_isps; i++) {
		add_dev(sweep, policy.isps[i].vrf);
		sweep->exempts |= policy.isps[i].counts[OBPBL_CLASS_EXEMPT];
	}
	policy_free(&policy);
	return blocks;
}

static bool open_socket(struct sweep *sweep)
{
	sweep->socket = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (!sweep->socket ||
	    mnl_socket_bind(sweep->socket, 0, MNL_SOCKET_AUTOPID))
		return failed(sweep, "connection tracking cannot be asked",
			      errno);
	sweep->receive = xrealloc(NULL, RECEIVE, 1);
	return true;
}

static void search(struct sweep *sweep)
{
	bool *blocked;

	if (!open_socket(sweep) || !dump(sweep, AF_INET, true) ||
	    !dump(sweep, AF_INET, false) || !dump(sweep, AF_INET6, true) ||
	    !dump(sweep, AF_INET6, false) || !sweep->n)
		return;
	blocked = xcalloc(sweep->n, sizeof(*blocked));
	if (judge(sweep, blocked) && spare(sweep, blocked))
		delete(sweep, blocked);
	free(blocked);
}

/*
 * Without connection tracking in this namespace nothing is done, so that no
 * module is loaded for it.
 */
static bool is_tracking(void)
{
	int fd = open(PRESENT, O_RDONLY | O_CLOEXEC);
	char text[16] = "";
	bool tracking;

	if (fd < 0)
		return false;
	tracking = read(fd, text, sizeof(text) - 1) > 0 && *text != '0';
	close(fd);
	return tracking;
}

/**
 * conntrack_end() - end the connections that the policy blocks
 * @nl: the socket
 *
 * A failure is a warning: the policy itself holds.
 *
 * Return: how many there were.
 */
json_int_t conntrack_end(struct nl *nl)
{
	struct sweep sweep = { .nl = nl };

	if (!is_tracking())
		return 0;
	if (look_at_policy(&sweep))
		search(&sweep);
	if (*sweep.why)
		warn("offloaded connections that are blocked now may go on: %s",
		     sweep.why);
	if (sweep.ended && !options.json)
		printf("%s ended\n",
		       count_of(sweep.ended, "tracked connection"));
	if (sweep.socket)
		mnl_socket_close(sweep.socket);
	free(sweep.receive);
	while (sweep.n)
		nfct_destroy(sweep.list[--sweep.n]);
	free(sweep.list);
	free(sweep.devs);
	return sweep.ended;
}

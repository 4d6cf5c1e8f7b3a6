// SPDX-License-Identifier: GPL-2.0-only
/*
 * Talking to the kernel module
 *
 * A request is handled before sendmsg() returns, so its answers wait in the
 * socket by then. Many small requests go in one sendmsg(), of which only the
 * last asks for an acknowledgement; a refusal comes unasked.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "netlink.h"

#define BATCH (2 * NL_MESSAGE)
#define RECEIVE (128 * 1024)
#define SOCKET_BUFFER (4 << 20)
#define PAUSE 20	/* milliseconds between two looks for a transaction */
#define MAX_ERRNO 4095	/* of the kernel */

#ifndef NLM_F_CAPPED
#define NLM_F_CAPPED 0x100
#define NLM_F_ACK_TLVS 0x200
#endif

/**
 * nl_forget() - forget an earlier refusal
 * @nl: the socket
 */
void nl_forget(struct nl *nl)
{
	memset(&nl->refusal, 0, sizeof(nl->refusal));
}

/* What to say when the kernel gave no sentence. */
static void own_words(struct nl_refusal *refusal)
{
	const char *text;

	switch (refusal->error) {
	case EPERM:
	case EACCES:
		text = "only root may do this (CAP_NET_ADMIN in the initial user namespace)";
		break;
	case EOPNOTSUPP:
		text = "the obpbl module does not know this request; it is older than this program";
		break;
	case ENOMEM:
	case ENOBUFS:
		text = "the kernel has no memory for this; nothing was changed";
		break;
	case EBUSY:
		text = "another program is changing the policy; try again";
		break;
	case ESTALE:
		text = "the policy was changed meanwhile; try again";
		break;
	case EPROTO:
		text = "the module's answer makes no sense; it does not go with this program";
		break;
	default:
		snprintf(refusal->text, sizeof(refusal->text),
			 "the kernel refused: %s", strerror(refusal->error));
		return;
	}
	snprintf(refusal->text, sizeof(refusal->text), "%s", text);
}

/* Notes what the kernel did not refuse itself, unless it did refuse before. */
static void refuse(struct nl *nl, int error)
{
	if (nl->refusal.error)
		return;
	nl->refusal.error = error;
	own_words(&nl->refusal);
}

/* Notes a failure of our own side of the socket. */
static bool socket_failed(struct nl *nl, const char *what)
{
	int error = errno;

	/* After a refusal nothing is waited for. */
	nl->broken |= error != EAGAIN;
	if (nl->refusal.error)
		return false;
	refuse(nl, error);
	if (error != ENOBUFS && error != ENOMEM)
		snprintf(nl->refusal.text, sizeof(nl->refusal.text),
			 "cannot %s the kernel: %s", what, strerror(error));
	return false;
}

/* What a refused request left behind must not answer the next one. */
static void drain(struct nl *nl)
{
	ssize_t got;

	do {
		got = recv(mnl_socket_get_fd(nl->socket), nl->receive, RECEIVE,
			   MSG_DONTWAIT);
	} while (got > 0 || (got < 0 && errno == EINTR));
}

static const char *wanted_netns(void)
{
	return options.netns ? options.netns : "";
}

/* The namespace that this process is in, and the one that it began in */
static char entered[NAME_MAX + 1];
static int home = -1;

static int open_netns(const char *name)
{
	char path[PATH_MAX];

	if (!*name)
		return dup(home);
	snprintf(path, sizeof(path), "/run/netns/%s", name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int enter_netns(void)
{
	const char *name = wanted_netns();
	int fd, failed;

	if (strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, "..") ||
	    strlen(name) > NAME_MAX || (options.netns && !*name))
		return usage("'%s': is no name of a network namespace", name);
	if (!strcmp(name, entered))
		return STATUS_OK;
	if (home < 0)
		home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	fd = open_netns(name);
	if (fd < 0 && errno == ENOENT && *name)
		return fail_as(ENOENT, "'%s': there is no such network namespace (ip netns list shows them)",
			       name);
	if (fd < 0)
		return fail_as(errno, "'%s': cannot open the network namespace: %s",
			       name, strerror(errno));
	failed = setns(fd, CLONE_NEWNET) ? errno : 0;
	close(fd);
	if (failed == EPERM)
		return fail_as(EPERM, "'%s': only root may enter a network namespace",
			       name);
	if (failed)
		return fail_as(failed, "'%s': cannot enter the network namespace: %s",
			       name, strerror(failed));
	strcpy(entered, name);
	return STATUS_OK;
}

/* Large messages need a large buffer; root may exceed the system's limit. */
static void size_buffers(struct mnl_socket *socket)
{
	int fd = mnl_socket_get_fd(socket), size = SOCKET_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static void ask_for_sentences(struct mnl_socket *socket)
{
	int on = 1;

	mnl_socket_setsockopt(socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(socket, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(socket, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
}

/* One multicast group: its number, if it is that of events. */
static uint32_t events_group(const struct nlattr *group)
{
	const struct nlattr *attr;
	uint32_t number = 0;
	char name[GENL_NAMSIZ] = "";

	mnl_attr_for_each_nested(attr, group) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
			number = nl_u32(attr);
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME)
			nl_string(attr, name, sizeof(name));
	}
	return strcmp(name, OBPBL_GENL_EVENTS) ? 0 : number;
}

/* What the controller says of the family; it has fewer attributes than we */
static void take_family(const struct nlattr **a, void *data)
{
	const struct nlattr *group, *id = a[CTRL_ATTR_FAMILY_ID];
	struct nl *nl = data;

	if (id && mnl_attr_get_payload_len(id) >= 2)
		nl->family = mnl_attr_get_u16(id);
	if (a[CTRL_ATTR_MCAST_GROUPS])
		mnl_attr_for_each_nested(group, a[CTRL_ATTR_MCAST_GROUPS])
			nl->events |= events_group(group);
}

static bool find_family(struct nl *nl)
{
	struct nlmsghdr *request;

	nl->family = GENL_ID_CTRL;
	request = nl_request(nl, CTRL_CMD_GETFAMILY, NLM_F_ACK);
	mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, OBPBL_GENL_NAME);
	nl->family = 0;
	return nl_talk(nl, request, take_family, nl) && nl->family;
}

static int open_failed(struct nl *nl)
{
	int status, error = nl->refusal.error;

	if (!error || error == ENOENT) {
		fail("the obpbl module is not loaded (modprobe obpbl)");
		failure.code = "no_module";
		status = STATUS_NO_MODULE;
	} else {
		status = nl_fail(nl);
	}
	nl_close(nl);
	return status;
}

/* A socket that failed by itself, or is elsewhere, is of no use any more. */
static bool reusable(struct nl *nl)
{
	if (!nl->socket || nl->broken || strcmp(nl->netns, wanted_netns()) ||
	    (options.netns && !*options.netns))
		return false;
	if (nl->refusal.error)
		drain(nl);
	nl_forget(nl);
	nl_batch_drop(nl);
	nl->tightened = false;
	return true;
}

/**
 * nl_open() - open a socket, in the namespace of -n, and find the family
 * @nl: zeroed, or a socket that has been open: that is used again if it can be
 *
 * Return: STATUS_OK, or another after saying why.
 */
int nl_open(struct nl *nl)
{
	int status;

	if (reusable(nl))
		return STATUS_OK;
	nl_close(nl);
	status = enter_netns();
	if (status)
		return status;
	strcpy(nl->netns, entered);
	nl->socket = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl->socket || mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID)) {
		fail("cannot open a netlink socket: %s", strerror(errno));
		nl_close(nl);
		return STATUS_FAILED;
	}
	size_buffers(nl->socket);
	ask_for_sentences(nl->socket);
	nl->patience = NL_PATIENCE;
	nl->receive = xrealloc(NULL, RECEIVE, 1);
	nl->request = xrealloc(NULL, NL_MESSAGE, 1);
	nl->batch = xrealloc(NULL, BATCH, 1);
	return find_family(nl) ? STATUS_OK : open_failed(nl);
}

/**
 * nl_close() - close a socket; the kernel throws away its open transaction
 * @nl: the socket, or zeroes
 */
void nl_close(struct nl *nl)
{
	if (nl->socket)
		mnl_socket_close(nl->socket);
	free(nl->receive);
	free(nl->request);
	free(nl->batch);
	memset(nl, 0, sizeof(*nl));
}

static struct nlmsghdr *begin(struct nl *nl, char *buffer, uint8_t command,
			      uint16_t flags)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *genl;

	request->nlmsg_type = nl->family;
	request->nlmsg_flags = NLM_F_REQUEST | flags;
	request->nlmsg_seq = ++nl->seq;
	genl = mnl_nlmsg_put_extra_header(request, sizeof(*genl));
	genl->cmd = command;
	genl->version = OBPBL_GENL_VERSION;
	return request;
}

/**
 * nl_request() - begin a request
 * @nl: the socket
 * @command: enum obpbl_cmd
 * @flags: NLM_F_ACK, NLM_F_DUMP
 *
 * Return: the request, for attributes to be added; it takes the place of the
 * one before.
 */
struct nlmsghdr *nl_request(struct nl *nl, uint8_t command, uint16_t flags)
{
	return begin(nl, nl->request, command, flags);
}

static void extended_ack(struct nl_refusal *refusal,
			 const struct nlmsghdr *message)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(message);
	size_t skip = sizeof(*error), size, request;
	const struct nlattr *attr;

	if (!(message->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	/* The end of a dump has no request in it. */
	if (message->nlmsg_type == NLMSG_DONE)
		skip = sizeof(error->error);
	size = mnl_nlmsg_get_payload_len(message);
	if (size < skip)
		return;
	if (message->nlmsg_type == NLMSG_ERROR &&
	    !(message->nlmsg_flags & NLM_F_CAPPED)) {
		request = error->msg.nlmsg_len;
		if (request < sizeof(error->msg) || request > size)
			return;
		skip += MNL_ALIGN(request) - sizeof(error->msg);
	}
	if (size < skip)
		return;
	mnl_attr_for_each(attr, message, skip) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
			nl_string(attr, refusal->text, sizeof(refusal->text));
		else if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_OFFS)
			refusal->offset = nl_u32(attr);
	}
}

/* The first refusal is the cause, those after it only follow. */
static void note_refusal(struct nl *nl, const struct nlmsghdr *message,
			 int error)
{
	if (nl->refusal.error)
		return;
	nl->refusal.error = error;
	nl->refusal.seq = message->nlmsg_seq;
	extended_ack(&nl->refusal, message);
	if (!*nl->refusal.text)
		own_words(&nl->refusal);
}

/* What was done, but with a warning */
static void note_warning(const struct nlmsghdr *message)
{
	struct nl_refusal warning = { 0 };

	extended_ack(&warning, message);
	if (*warning.text)
		warn("%s", warning.text);
}

static int message_error(const struct nlmsghdr *message)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(message);

	if (mnl_nlmsg_get_payload_len(message) < sizeof(int) ||
	    error->error < -MAX_ERRNO)
		return EPROTO;
	return error->error < 0 ? -error->error : 0;
}

/**
 * nl_whole() - whether a message is there, and all of it
 * @message: the message
 * @left: bytes that are left from there on
 *
 * mnl_nlmsg_ok() takes a length of 2^31 and more for a negative one, of which
 * there is enough, and then mnl_nlmsg_next() never gets to an end.
 *
 * Return: whether it is.
 */
bool nl_whole(const struct nlmsghdr *message, int left)
{
	return left >= (int)sizeof(*message) &&
	       message->nlmsg_len >= sizeof(*message) &&
	       message->nlmsg_len <= (unsigned int)left;
}

/**
 * struct wait - what a reply loop waits for
 * @seq: the request whose end it is
 * @answer: what takes the answers
 * @data: its data
 * @done: whether the end has come
 * @all: answers to earlier requests are wanted, too
 * @answered: there was one
 */
struct wait {
	uint32_t seq;
	nl_answer_fn *answer;
	void *data;
	bool done;
	bool all;
	bool answered;
};

/* By their numbers; those of a newer module are left out */
static void attributes(const struct nlmsghdr *message, const struct nlattr **a)
{
	const struct nlattr *attr;

	memset(a, 0, sizeof(*a) * (OBPBL_A_MAX + 1));
	mnl_attr_for_each(attr, message, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) <= OBPBL_A_MAX)
			a[mnl_attr_get_type(attr)] = attr;
}

static void handle(struct nl *nl, const struct nlmsghdr *message,
		   struct wait *wait)
{
	bool last = message->nlmsg_seq == wait->seq;
	const struct nlattr *a[OBPBL_A_MAX + 1];
	int error = 0;

	if (message->nlmsg_flags & NLM_F_DUMP_INTR)
		refuse(nl, ESTALE);
	switch (message->nlmsg_type) {
	case NLMSG_ERROR:
	case NLMSG_DONE:
		error = message_error(message);
		if (error)
			note_refusal(nl, message, error);
		else if (message->nlmsg_type == NLMSG_ERROR)
			note_warning(message);
		wait->done |= last;
		break;
	case NLMSG_NOOP:
	case NLMSG_OVERRUN:
		break;
	default:
		if (!(last || wait->all) || !wait->answer ||
		    mnl_nlmsg_get_payload_len(message) <
		    sizeof(struct genlmsghdr))
			break;
		wait->answered = true;
		nl->answered = message->nlmsg_seq;
		attributes(message, a);
		wait->answer(a, wait->data);
	}
}

/* One recvmsg(). After a refusal the end may have been lost; do not wait. */
static bool receive(struct nl *nl, struct wait *wait)
{
	int flags = nl->refusal.error ? MSG_DONTWAIT : 0, left;
	const struct nlmsghdr *message;
	ssize_t got;

	do {
		got = recv(mnl_socket_get_fd(nl->socket), nl->receive, RECEIVE,
			   flags | MSG_TRUNC);
	} while (got < 0 && errno == EINTR);
	if (got > RECEIVE) {
		errno = EMSGSIZE;
		got = -1;
	}
	if (got <= 0) {
		wait->done = true;
		return socket_failed(nl, "hear");
	}
	left = got;
	for (message = (void *)nl->receive; nl_whole(message, left);
	     message = mnl_nlmsg_next(message, &left))
		handle(nl, message, wait);
	/* No message, so that whatever it was may be missing. */
	if (left > 0)
		refuse(nl, EPROTO);
	return true;
}

static bool send_bytes(struct nl *nl, const void *bytes, size_t size)
{
	ssize_t sent;

	do {
		sent = mnl_socket_sendto(nl->socket, bytes, size);
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? socket_failed(nl, "tell") : true;
}

static bool exchange_once(struct nl *nl, const void *bytes, size_t size,
			  struct wait *wait)
{
	if (!send_bytes(nl, bytes, size))
		return false;
	while (!wait->done)
		receive(nl, wait);
	return !nl->refusal.error;
}

static void take_owner(const struct nlattr **a, void *data)
{
	*(uint32_t *)data = nl_u32(a[OBPBL_A_OWNER]);
}

/*
 * Whether another socket has a transaction open. A change that waits to be
 * confirmed is as busy, but may take a day.
 */
static bool is_taken(struct nl *nl)
{
	char buffer[64] __attribute__((aligned(8)));
	struct nl_refusal refusal = nl->refusal;
	struct wait wait = { .answer = take_owner };
	struct nlmsghdr *request;
	uint32_t owner = 0;

	nl_forget(nl);
	request = begin(nl, buffer, OBPBL_CMD_GET, NLM_F_ACK);
	wait.seq = request->nlmsg_seq;
	wait.data = &owner;
	exchange_once(nl, request, request->nlmsg_len, &wait);
	nl->refusal = refusal;
	return owner && owner != mnl_socket_get_portid(nl->socket);
}

/* Many go together only in a transaction, which nobody is in the way of. */
static bool is_single(const void *bytes, size_t size)
{
	return ((const struct nlmsghdr *)bytes)->nlmsg_len == size;
}

/*
 * Most transactions are short, such as that of an ISP that is removed. One may
 * have ended between the refusal and the look for it.
 */
static bool exchange(struct nl *nl, const void *bytes, size_t size,
		     struct wait *wait)
{
	const struct timespec pause = { 0, PAUSE * 1000000L };
	time_t end = time(NULL) + nl->patience;
	const struct wait begin = *wait;
	bool taken = nl->patience;

	while (!exchange_once(nl, bytes, size, wait)) {
		if (nl->refusal.error != EBUSY || !taken || nl->broken ||
		    !is_single(bytes, size) || time(NULL) > end)
			return false;
		taken = is_taken(nl);
		if (taken)
			nanosleep(&pause, NULL);
		nl_forget(nl);
		*wait = begin;
	}
	return true;
}

/**
 * nl_talk() - send a request and wait for its acknowledgement
 * @nl: the socket
 * @request: the request; it must have NLM_F_ACK
 * @answer: what takes an answer before that, which there must be but to a dump;
 *	    or NULL
 * @data: for @answer
 *
 * Return: whether it was done; if not, see @nl->refusal.
 */
bool nl_talk(struct nl *nl, struct nlmsghdr *request, nl_answer_fn *answer,
	     void *data)
{
	bool dump = (request->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	struct wait wait = {
		.seq = request->nlmsg_seq,
		.answer = answer,
		.data = data,
	};

	if (!exchange(nl, request, request->nlmsg_len, &wait))
		return false;
	if (answer && !dump && !wait.answered)
		refuse(nl, EPROTO);
	return !nl->refusal.error;
}

/**
 * nl_command() - send a request without attributes
 * @nl: the socket
 * @command: enum obpbl_cmd
 *
 * Return: whether it was done; if not, see @nl->refusal.
 */
bool nl_command(struct nl *nl, uint8_t command)
{
	return nl_talk(nl, nl_request(nl, command, NLM_F_ACK), NULL, NULL);
}

/**
 * nl_batch() - begin a request that goes with others
 * @nl: the socket
 * @command: enum obpbl_cmd
 *
 * The batch must not be full. The request ends where the next one begins.
 *
 * Return: the request, for attributes to be added.
 */
struct nlmsghdr *nl_batch(struct nl *nl, uint8_t command)
{
	if (nl->batch_last)
		nl->batch_used += MNL_ALIGN(nl->batch_last->nlmsg_len);
	nl->batch_last = begin(nl, nl->batch + nl->batch_used, command, 0);
	return nl->batch_last;
}

/**
 * nl_batch_full() - whether another message may not fit
 * @nl: the socket
 *
 * Return: whether it is time for nl_batch_talk().
 */
bool nl_batch_full(const struct nl *nl)
{
	size_t used = nl->batch_used;

	if (nl->batch_last)
		used += MNL_ALIGN(nl->batch_last->nlmsg_len);
	return used + NL_MESSAGE > BATCH;
}

/**
 * nl_batch_drop() - forget what nl_batch() has gathered
 * @nl: the socket
 */
void nl_batch_drop(struct nl *nl)
{
	nl->batch_used = 0;
	nl->batch_last = NULL;
}

/**
 * nl_batch_talk() - send what nl_batch() has gathered, and take all answers
 * @nl: the socket
 * @answer: what takes the answers, each with the number of its request; or NULL
 * @data: for @answer
 *
 * Return: whether all of it was done; if not, see @nl->refusal.
 */
bool nl_batch_talk(struct nl *nl, nl_answer_fn *answer, void *data)
{
	struct wait wait = { .answer = answer, .data = data, .all = true };
	size_t size;

	if (!nl->batch_last)
		return true;
	nl->batch_last->nlmsg_flags |= NLM_F_ACK;
	wait.seq = nl->batch_last->nlmsg_seq;
	size = nl->batch_used + nl->batch_last->nlmsg_len;
	nl_batch_drop(nl);
	return exchange(nl, nl->batch, size, &wait);
}

/**
 * nl_fail() - say why the kernel refused
 * @nl: the socket
 *
 * Return: STATUS_FAILED.
 */
int nl_fail(const struct nl *nl)
{
	return fail_as(nl->refusal.error, "%s", nl->refusal.text);
}

/**
 * nl_fail_isp() - say why a request about an ISP was refused
 * @nl: the socket
 * @name: the ISP, or NULL
 *
 * Some kernels lose the sentence of a dump that cannot begin.
 *
 * Return: STATUS_FAILED.
 */
int nl_fail_isp(const struct nl *nl, const char *name)
{
	if (!name)
		return nl_fail(nl);
	return fail_as(nl->refusal.error, "%s: %s", quote_word(name),
		       nl->refusal.error == ENOENT ? "there is no such ISP" :
						     nl->refusal.text);
}

/**
 * nl_fail_dev() - say why a request about a device was refused
 * @nl: the socket
 * @name: the device, or NULL
 *
 * Return: STATUS_FAILED.
 */
int nl_fail_dev(const struct nl *nl, const char *name)
{
	if (!name || nl->refusal.error != ENODEV)
		return nl_fail(nl);
	return fail_as(ENODEV, "%s: there is no such device", quote_word(name));
}

/**
 * nl_put_prefix() - add a prefix to a request
 * @request: the request
 * @p: the prefix
 * @attr4: attribute for an IPv4 one
 * @attr6: attribute for an IPv6 one
 */
void nl_put_prefix(struct nlmsghdr *request, const struct prefix *p,
		   uint16_t attr4, uint16_t attr6)
{
	int family = p->family == 4 ? V4 : V6;
	struct obpbl_prefix6 wire;	/* the larger of the two */

	prefix_to_wire(&wire, p);
	mnl_attr_put(request, family == V4 ? attr4 : attr6, wire_size(family),
		     &wire);
}

/**
 * nl_u8() - value of an attribute
 * @attr: the attribute or NULL
 *
 * Return: the value; 0 when there is none.
 */
uint8_t nl_u8(const struct nlattr *attr)
{
	return attr && mnl_attr_get_payload_len(attr) >= 1 ?
	       mnl_attr_get_u8(attr) : 0;
}

/**
 * nl_u32() - value of an attribute
 * @attr: the attribute or NULL
 *
 * Return: the value; 0 when there is none.
 */
uint32_t nl_u32(const struct nlattr *attr)
{
	return attr && mnl_attr_get_payload_len(attr) >= 4 ?
	       mnl_attr_get_u32(attr) : 0;
}

/**
 * nl_u64() - value of an attribute
 * @attr: the attribute or NULL
 *
 * Return: the value; 0 when there is none.
 */
uint64_t nl_u64(const struct nlattr *attr)
{
	return attr && mnl_attr_get_payload_len(attr) >= 8 ?
	       mnl_attr_get_u64(attr) : 0;
}

/**
 * nl_element() - an element of an attribute that is an array
 * @attr: the attribute or NULL
 * @i: which
 * @out: where to put it, since attributes are aligned to four bytes only
 * @size: of one
 *
 * Return: whether there are as many.
 */
bool nl_element(const struct nlattr *attr, size_t i, void *out, size_t size)
{
	if (!attr || i >= mnl_attr_get_payload_len(attr) / size)
		return false;
	memcpy(out, (const char *)mnl_attr_get_payload(attr) + i * size, size);
	return true;
}

/**
 * nl_string() - text of an attribute
 * @attr: the attribute or NULL
 * @out: where to put it; empty when there is none
 * @size: size of @out; longer text is cut
 */
void nl_string(const struct nlattr *attr, char *out, size_t size)
{
	size_t length = attr ? mnl_attr_get_payload_len(attr) : 0;

	if (length >= size)
		length = size - 1;
	if (length)
		memcpy(out, mnl_attr_get_payload(attr), length);
	out[length] = '\0';
}

/**
 * nl_text() - nl_string() of what is UTF-8
 * @attr: the attribute or NULL
 * @out: where to put it, with question marks for what is not UTF-8
 * @size: size of @out; longer text is cut
 */
void nl_text(const struct nlattr *attr, char *out, size_t size)
{
	nl_string(attr, out, size);
	make_utf8(out);
}

/**
 * nl_isp() - name of an ISP
 * @attr: the attribute or NULL
 * @name: where to put it, with question marks for what no name has
 */
void nl_isp(const struct nlattr *attr, char name[OBPBL_ISP_NAME_SIZE])
{
	nl_string(attr, name, OBPBL_ISP_NAME_SIZE);
	for (; *name; name++)
		if (!isascii(*name) ||
		    (!isalnum(*name) && !strchr("._-", *name)))
			*name = '?';
}

/**
 * nl_take_generation() - the generation of an answer
 * @a: the answer
 * @data: uint64_t to set
 */
void nl_take_generation(const struct nlattr **a, void *data)
{
	*(uint64_t *)data = nl_u64(a[OBPBL_A_GENERATION]);
}

static bool join(struct nl *nl, unsigned int group)
{
	return !mnl_socket_setsockopt(nl->socket, NETLINK_ADD_MEMBERSHIP,
				      &group, sizeof(group));
}

/**
 * nl_listen() - let a socket hear events
 * @nl: the socket
 *
 * It hears of the module's comings and goings, too: see NL_FAMILY.
 *
 * Return: STATUS_OK, or STATUS_FAILED after saying why.
 */
int nl_listen(struct nl *nl)
{
	if (!nl->events)
		return fail("the obpbl module has no events; it is older than this program");
	/* The controller's own group has the controller's number */
	if (join(nl, nl->events) && join(nl, GENL_ID_CTRL))
		return STATUS_OK;
	if (errno == EPERM)
		return fail_as(EPERM, "only root may listen (CAP_NET_ADMIN in the initial user namespace)");
	return fail("cannot listen: %s", strerror(errno));
}

/*
 * Whether the module has come or gone: its family is 0 while there is none, and
 * a new one has to be listened to again.
 */
static bool family_event(struct nl *nl, uint8_t command,
			 const struct nlattr **a)
{
	char name[GENL_NAMSIZ];

	nl_string(a[CTRL_ATTR_FAMILY_NAME], name, sizeof(name));
	if ((command != CTRL_CMD_NEWFAMILY && command != CTRL_CMD_DELFAMILY) ||
	    strcmp(name, OBPBL_GENL_NAME))
		return false;
	nl->family = 0;
	nl->events = 0;
	if (command == CTRL_CMD_NEWFAMILY)
		take_family(a, nl);
	return true;
}

static int hear_one(struct nl *nl, const struct nlmsghdr *message,
		    nl_event_fn *take, void *data)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(message);
	const struct nlattr *a[OBPBL_A_MAX + 1];

	if (mnl_nlmsg_get_payload_len(message) < sizeof(*genl))
		return STATUS_OK;
	attributes(message, a);
	if (message->nlmsg_type == GENL_ID_CTRL)
		return family_event(nl, genl->cmd, a) ?
		       take(NL_FAMILY, NULL, data) : STATUS_OK;
	if (!nl->family || message->nlmsg_type != nl->family)
		return STATUS_OK;
	return take(genl->cmd, a, data);
}

/**
 * nl_hear() - take the events that have come, until the program shall stop
 * @nl: a socket of nl_listen()
 * @take: takes them, and returns enum status
 * @data: for @take
 *
 * Return: STATUS_OK, or another of @take, or STATUS_FAILED after saying why.
 */
int nl_hear(struct nl *nl, nl_event_fn *take, void *data)
{
	int fd = mnl_socket_get_fd(nl->socket), left, status = STATUS_OK;
	const struct nlmsghdr *message;

	while (!status && !stopped) {
		left = recv(fd, nl->receive, RECEIVE, MSG_DONTWAIT);
		if (left < 0 && errno == ENOBUFS)
			status = take(NL_LOST, NULL, data);
		else if (left < 0)
			break;
		for (message = (void *)nl->receive;
		     !status && nl_whole(message, left);
		     message = mnl_nlmsg_next(message, &left))
			status = hear_one(nl, message, take, data);
	}
	if (status || stopped || errno == EAGAIN || errno == EINTR)
		return status;
	return fail("cannot hear events: %s", strerror(errno));
}

/**
 * nl_take_prefix() - the prefix of one of two attributes
 * @attr4: of an IPv4 one, or NULL
 * @attr6: of an IPv6 one, or NULL
 * @p: where to put it; left alone when there is none
 */
void nl_take_prefix(const struct nlattr *attr4, const struct nlattr *attr6,
		    struct prefix *p)
{
	const struct nlattr *attr = attr4 ? attr4 : attr6;
	int family = attr4 ? V4 : V6;

	if (attr && mnl_attr_get_payload_len(attr) >= wire_size(family))
		prefix_from_wire(p, family, mnl_attr_get_payload(attr));
}

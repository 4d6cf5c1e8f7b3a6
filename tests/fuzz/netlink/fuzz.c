// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stranger on netlink: requests made from a grammar, most of them valid, some
 * spoilt, by several sockets, in the network namespace in which it runs; and
 * whether each answer is what it must be.
 *
 *	netlink_fuzz [-s SEED] [-f STEP] [-n STEPS | -t SECONDS] [-j N] [-v]
 *
 *	-s	what decides everything; printed
 *	-f	the first step, to begin nearer to a finding
 *	-j	so many at a time; what one does is then no matter of its seed alone
 *	-v	prints each request
 *
 * Afterwards a policy must load, and be dumped as it was put in; and when it has
 * gone, no memory is left.  The namespace has the module's sysctls, and a TUN
 * device t0, if packets are wanted.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/genetlink.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>

#include "law.h"

#define LINKS		7
#define BATCH		64
#define FAILURES	10
/* Steps after which whoever has a transaction open comes to an end */
#define PATIENCE	40

/**
 * struct link - a socket
 * @fd: its number
 * @port: its netlink port
 * @mute: nobody reads from it
 * @listens: it gets events
 * @whole: a refusal carries the request
 */
struct link {
	int fd;
	uint32_t port;
	bool mute, listens, whole;
};

/**
 * struct asked - a request that has been sent
 * @nlh: it
 * @opinion: what must become of it
 * @why: what is wrong with it
 * @silent: the kernel does no more than acknowledge it
 * @strange: it is of another family: anything goes
 * @crowded: there was a dump before it in the datagram
 * @answers: how many there were
 * @ended: acknowledged, refused, or dumped to the end
 * @error: with which errno
 */
struct asked {
	const struct nlmsghdr *nlh;
	enum opinion opinion;
	const char *why;
	bool silent, strange, crowded;
	unsigned int answers;
	bool ended;
	int error;
};

/* What all have done, by command: done, refused by the tables, refused */
struct tally {
	uint64_t steps, messages, answers, events, samples, transactions, devices,
		 packets;
	uint64_t done[COMMANDS], malformed[COMMANDS], refused[COMMANDS];
	uint64_t failures;
};

static struct tally *tally;
static uint64_t seed, step;
static bool verbose, alone = true;
static bool dumps_explain;	/* this kernel has room for what a dump says */
static uint16_t family;
static uint32_t group;
static struct link links[LINKS];
static struct link watcher;
static unsigned int seldom = 12;	/* how seldom it is looked at what there is */
static int owner = -1, since;
static bool spoilt;		/* a change of that transaction was refused */
static uint32_t seq;
static uint64_t by_nobody;	/* policy events that no request has caused */
static int tun = -1;

/* Large, and one at a time */
static struct message message, other;
static uint8_t datagram[2 * LARGEST];
static size_t datagram_len;
static struct asked asked[BATCH];
static unsigned int asked_n;
static uint8_t got[1 << 18];

/* ---- findings ---- */

static void print_bytes(const void *data, size_t len)
{
	const uint8_t *bytes = data;
	size_t i;

	for (i = 0; i < len && i < 256; i++)
		printf("%s%02x", i % 32 ? i % 4 ? "" : " " : "\n#   ", bytes[i]);
	printf("%s\n", len > i ? " ..." : "");
}

static const char *name_of(const struct nlmsghdr *nlh)
{
	uint8_t command = nlh->nlmsg_len > 16 ? ((const uint8_t *)nlh)[16] : 0;

	return command < COMMANDS && command ? rules[command].name : "none";
}

static void wrong(const struct nlmsghdr *nlh, const char *format, ...)
{
	va_list args;

	printf("not ok - seed %llu, step %llu: ", (unsigned long long)seed,
	       (unsigned long long)step);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	if (nlh) {
		printf(" (%s)\n#", name_of(nlh));
		print_bytes(nlh, nlh->nlmsg_len);
	} else {
		printf("\n");
	}
	fflush(stdout);
	if (__sync_add_and_fetch(&tally->failures, 1) >= FAILURES)
		exit(1);
}

static void die(const char *what)
{
	printf("not ok - %s: %s\n", what, strerror(errno));
	exit(2);
}

static void count(uint64_t *what)
{
	__sync_fetch_and_add(what, 1);
}

/* ---- sockets ---- */

static void set(int fd, int option, int value)
{
	if (setsockopt(fd, SOL_NETLINK, option, &value, sizeof(value)))
		die("setsockopt");
}

static int open_netlink(int protocol, uint32_t *port)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	socklen_t len = sizeof(address);

	if (fd < 0 || bind(fd, (void *)&address, len) ||
	    getsockname(fd, (void *)&address, &len))
		die("netlink");
	*port = address.nl_pid;
	return fd;
}

static void link_open(struct link *link, bool mute, bool listens, bool whole)
{
	link->fd = open_netlink(NETLINK_GENERIC, &link->port);
	link->mute = mute;
	link->listens = listens;
	link->whole = whole;
	set(link->fd, NETLINK_EXT_ACK, 1);
	if (!whole)
		set(link->fd, NETLINK_CAP_ACK, 1);
	if (listens)
		set(link->fd, NETLINK_ADD_MEMBERSHIP, group);
}

static void link_any(struct link *link)
{
	link_open(link, rarely(4), rarely(3), rarely(3));
}

static ssize_t receive(int fd)
{
	ssize_t n = recv(fd, got, sizeof(got), MSG_DONTWAIT);

	return n < 0 && errno != EAGAIN && errno != ENOBUFS ? (die("recv"), 0) :
	       n;
}

/* The number of the protocol, and of its group */
static void learn(void)
{
	static const char word[] = "obpbl";
	uint16_t nested;
	size_t at, then;
	uint32_t port;
	int fd = open_netlink(NETLINK_GENERIC, &port);

	message_begin(&message, GENL_ID_CTRL, NLM_F_REQUEST, 3);
	message_put(&message, 2, word, sizeof(word));
	if (send(fd, message.bytes, message.len, 0) < 0 ||
	    receive(fd) < HEADERS)
		die("family");
	if (!find((void *)got, 1) || !find((void *)got, 7))
		die("family");
	memcpy(&family, (uint8_t *)find((void *)got, 1) + 4, 2);
	/* In its groups, in the first of them, its number, which is last */
	at = (uint8_t *)find((void *)got, 7) - got + 8;
	memcpy(&nested, got + at - 4, 2);
	for (then = at + nested - 4; at < then; at += (nested + 3) & ~3) {
		memcpy(&nested, got + at, 2);
		if (got[at + 2] == 2)
			memcpy(&group, got + at + 4, 4);
	}
	close(fd);
}

/* ---- what is sent ---- */

static void add_to_datagram(const struct message *m)
{
	if (datagram_len + m->len > LARGEST)
		return;
	memcpy(datagram + datagram_len, m->bytes, m->len);
	datagram_len = (datagram_len + m->len + 3) & ~3UL;
}

static bool is_dump(const struct nlmsghdr *nlh)
{
	return (nlh->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
}

static void expect(struct nlmsghdr *nlh, bool crowded)
{
	struct asked *a = &asked[asked_n++];

	memset(a, 0, sizeof(*a));
	nlh->nlmsg_seq = ++seq;
	a->nlh = nlh;
	a->crowded = crowded;
	a->silent = !(nlh->nlmsg_flags & NLM_F_REQUEST) ||
		    nlh->nlmsg_type < NLMSG_MIN_TYPE;
	a->strange = !a->silent && nlh->nlmsg_type != family;
	if (!a->silent && !a->strange)
		a->opinion = opinion_of(nlh, &a->why);
	count(&tally->messages);
	if (verbose && !a->silent) {
		printf("# %llu.%u %s: %s", (unsigned long long)step, nlh->nlmsg_seq,
		       name_of(nlh), a->why ? a->why : "fine");
		print_bytes(nlh, nlh->nlmsg_len);
		fflush(stdout);
	}
}

/* Goes through a datagram as the kernel does */
static void expect_all(void)
{
	struct nlmsghdr *nlh;
	bool crowded = false;
	size_t at, left;

	asked_n = 0;
	for (at = 0; datagram_len - at >= 16 && asked_n < BATCH;) {
		nlh = (void *)(datagram + at);
		left = datagram_len - at;
		if (nlh->nlmsg_len < 16 || nlh->nlmsg_len > left)
			break;
		expect(nlh, crowded);
		crowded = crowded || is_dump(nlh);
		if (NLMSG_ALIGN(nlh->nlmsg_len) >= left)
			break;
		at += NLMSG_ALIGN(nlh->nlmsg_len);
	}
	/* So that there is none more than can be remembered */
	if (asked_n == BATCH)
		datagram_len = (uint8_t *)asked[BATCH - 1].nlh - datagram +
			       asked[BATCH - 1].nlh->nlmsg_len;
}

/* ---- what is received ---- */

static struct asked *asked_by(uint32_t number)
{
	unsigned int i;

	for (i = 0; i < asked_n; i++)
		if (asked[i].nlh->nlmsg_seq == number)
			return &asked[i];
	return NULL;
}

static bool sentence_fits(const uint8_t *data, size_t len)
{
	size_t i;

	for (i = 0; i + 1 < len; i++)
		if (data[i] < 0x20 || data[i] > 0x7e)
			return false;
	return len > 1 && !data[len - 1];
}

/* What goes with a refusal: the sentence, and the place */
static void check_details(const struct asked *a, const uint8_t *at, size_t len)
{
	bool sentence = false;
	uint16_t head[2];
	uint32_t place;

	for (; len >= 4; at += (head[0] + 3) & ~3, len -= (head[0] + 3) & ~3) {
		memcpy(head, at, 4);
		if (head[0] < 4 || ((head[0] + 3U) & ~3U) > len) {
			wrong(a->nlh, "a refusal with a broken attribute");
			return;
		}
		if (head[1] == NLMSGERR_ATTR_MSG) {
			sentence = true;
			if (!sentence_fits(at + 4, head[0] - 4))
				wrong(a->nlh, "a sentence of other bytes");
		}
		if (head[1] != NLMSGERR_ATTR_OFFS)
			continue;
		memcpy(&place, at + 4, 4);
		if (head[0] != 8 || place < HEADERS ||
		    place >= a->nlh->nlmsg_len)
			wrong(a->nlh, "a place %u outside the request", place);
	}
	if (len)
		wrong(a->nlh, "a refusal with bytes left over");
	if (!sentence && a->error && a->error != EOPNOTSUPP && !a->strange &&
	    a->nlh->nlmsg_len >= HEADERS &&
	    !(is_dump(a->nlh) && a->opinion != MALFORMED && !dumps_explain) &&
	    !(is_dump(a->nlh) && a->error == EBUSY))
		wrong(a->nlh, "refused with %s without a sentence",
		      strerror(a->error));
}

static void on_error(const struct link *link, struct asked *a,
		     const struct nlmsghdr *nlh)
{
	const uint8_t *bytes = (const uint8_t *)nlh;
	size_t at = 16 + 4, same = 16;
	int error;

	if (nlh->nlmsg_len < 36) {
		wrong(a->nlh, "a short acknowledgement");
		return;
	}
	memcpy(&error, bytes + 16, 4);
	if (a->ended)
		wrong(a->nlh, "acknowledged twice");
	a->ended = true;
	a->error = -error;
	if (error > 0 || error < -133)
		wrong(a->nlh, "the errno %d", error);
	if (error && link->whole)
		same = a->nlh->nlmsg_len;
	if (!(nlh->nlmsg_flags & 0x100) != (error && link->whole))
		wrong(a->nlh, "a request that is cut off, or not");
	if (at + same > nlh->nlmsg_len || memcmp(bytes + at, a->nlh, same)) {
		wrong(a->nlh, "a refusal of another request");
		return;
	}
	at += NLMSG_ALIGN(same);
	if (nlh->nlmsg_flags & 0x200)
		check_details(a, bytes + at, nlh->nlmsg_len - at);
	else
		check_details(a, bytes, 0);
}

static void on_answer(struct asked *a, const struct nlmsghdr *nlh)
{
	bool multi = nlh->nlmsg_flags & NLM_F_MULTI;
	const char *fault;

	count(&tally->answers);
	a->answers++;
	if (a->ended && !a->strange)
		wrong(a->nlh, "an answer after the end");
	if (a->strange)
		return;
	fault = nlh->nlmsg_type == family ? fault_of(nlh) : "of another type";
	if (!fault && ((const uint8_t *)nlh)[16] !=
		      ((const uint8_t *)a->nlh)[16])
		fault = "of another command";
	if (!fault && multi != is_dump(a->nlh))
		fault = "of a dump, or not";
	if (fault) {
		wrong(a->nlh, "an answer: %s", fault);
		printf("#");
		print_bytes(nlh, nlh->nlmsg_len);
	}
}

static void on_event(const struct link *link, const struct nlmsghdr *nlh)
{
	const char *fault = fault_of(nlh);
	uint8_t command = nlh->nlmsg_len > 16 ? ((const uint8_t *)nlh)[16] : 0;
	uint32_t port = ~0U;

	count(&tally->events);
	if (!fault && (command != POLICY_EVENT && command != BLOCK_EVENT &&
		       command != SESSION_EVENT))
		fault = "of another command";
	if (!fault && !link->listens)
		fault = "to one who does not listen";
	if (fault)
		wrong(nlh, "an event: %s", fault);
	else if (command == POLICY_EVENT)
		memcpy(&port, (uint8_t *)find(nlh, A_OWNER) + 4, 4);
	if (link == &watcher)
		by_nobody += !port;
}

static void on_message(const struct link *link, const struct nlmsghdr *nlh)
{
	struct asked *a = asked_by(nlh->nlmsg_seq);
	int error;

	if (!nlh->nlmsg_seq && nlh->nlmsg_type == family) {
		on_event(link, nlh);
		return;
	}
	if (!a || nlh->nlmsg_pid != link->port) {
		wrong(nlh, "an answer to nothing");
		return;
	}
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		on_error(link, a, nlh);
	} else if (nlh->nlmsg_type == NLMSG_DONE) {
		memcpy(&error, nlh + 1, 4);
		if (error || a->ended || !(is_dump(a->nlh) || a->strange))
			wrong(a->nlh, "the end of a dump: %d", error);
		a->ended = true;
	} else {
		on_answer(a, nlh);
	}
}

/* Reads all that there is; returns how much */
static size_t drain(const struct link *link)
{
	const struct nlmsghdr *nlh;
	size_t all = 0, at;
	ssize_t n;

	while ((n = receive(link->fd)) > 0 || (n < 0 && errno == ENOBUFS)) {
		if (n > (ssize_t)sizeof(got))
			wrong(NULL, "a datagram of %zd bytes", n);
		for (at = 0; n > 0 && at < (size_t)n;
		     at += NLMSG_ALIGN(nlh->nlmsg_len)) {
			nlh = (void *)(got + at);
			if (n - at < 16 || nlh->nlmsg_len < 16 ||
			    nlh->nlmsg_len > n - at) {
				wrong(NULL, "a datagram that is cut off");
				break;
			}
			on_message(link, nlh);
		}
		all += n > 0 ? n : 0;
	}
	return all;
}

/* ---- what must have become of it ---- */

static void judge_fine(const struct asked *a, uint8_t command)
{
	bool acknowledged = a->nlh->nlmsg_flags & NLM_F_ACK;

	if (a->error) {
		if (!may_fail(a->nlh, a->error))
			wrong(a->nlh, "refused with %s", strerror(a->error));
		if (a->answers)
			wrong(a->nlh, "refused, and answered");
		count(&tally->refused[command]);
		return;
	}
	count(&tally->done[command]);
	if (is_dump(a->nlh)) {
		if (!a->ended)
			wrong(a->nlh, "a dump without an end");
		return;
	}
	if (a->answers != rules[command].answers)
		wrong(a->nlh, "%u answers", a->answers);
	if (a->ended != acknowledged)
		wrong(a->nlh, "%s acknowledged", acknowledged ? "not" : "");
}

static void judge(const struct asked *a)
{
	uint8_t command = a->nlh->nlmsg_len > 16 ?
			  ((const uint8_t *)a->nlh)[16] : 0;

	if (a->strange)
		return;
	if (a->silent) {
		if (a->error || a->answers || a->ended !=
		    !!(a->nlh->nlmsg_flags & NLM_F_ACK))
			wrong(a->nlh, "no request, and answered");
		return;
	}
	/* Another dump is not at its end yet */
	if (a->crowded && is_dump(a->nlh) && a->error == EBUSY)
		return;
	if (a->opinion == FINE) {
		judge_fine(a, command);
		return;
	}
	if (a->opinion == EITHER)
		return;
	if (command < COMMANDS)
		count(&tally->malformed[command]);
	if (!a->error)
		wrong(a->nlh, "done, in spite of %s", a->why);
	else if (a->opinion == MALFORMED ?
		 a->error != EINVAL && a->error != ERANGE &&
		 a->error != EOPNOTSUPP :
		 a->error != EINVAL && a->error != ERANGE &&
		 a->error != E2BIG && !may_fail(a->nlh, a->error))
		wrong(a->nlh, "%s: refused with %s", a->why,
		      strerror(a->error));
}

/* Is part of a transaction, where there is one; counters are not */
static bool changes(uint8_t command)
{
	return !reads(command) && command != BEGIN && command != COMMIT &&
	       command != ABORT && command != CONFIRM && command != ROLLBACK &&
	       command != SHADOW_PROMOTE && command != SHADOW_DROP &&
	       command != STATS_RESTORE;
}

/* Who has a transaction open by now, as far as is known */
static void remember(int who, const struct asked *a)
{
	uint8_t command = ((const uint8_t *)a->nlh)[16];

	if (a->silent || a->strange || a->opinion == MALFORMED)
		return;
	if (a->error == ECANCELED && who == owner)
		since += PATIENCE / 4;
	if (a->error && who == owner && changes(command))
		spoilt = true;
	if (a->error || a->opinion != FINE)
		return;
	if (command == COMMIT && who == owner && spoilt && !links[who].mute)
		wrong(a->nlh, "committed, though a part was refused");
	if (command == BEGIN && (owner < 0 || !links[who].mute)) {
		owner = who;
		since = 0;
		spoilt = false;
	} else if ((command == COMMIT || command == ABORT) && who == owner) {
		owner = -1;
		tally->transactions += command == COMMIT;
	}
}

/* ---- what there is ---- */

enum { PARTS = 5 };

static uint64_t mixed(uint64_t sum, const uint8_t *bytes, size_t len)
{
	while (len--)
		sum = (sum ^ *bytes++) * 0x100000001b3;
	return sum;
}

/* What does not change by itself, of the namespace at a glance */
static uint64_t glance(const struct nlmsghdr *nlh)
{
	static const uint8_t kept[] = {
		A_GENERATION, A_ISPS, A_PREFIXES, A_OVERLAYS, A_SESSIONS,
		A_OWNER, A_CONFIRM_GENERATION, A_SHADOW_SINCE,
	};
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < sizeof(kept); i++) {
		const uint8_t *nla = (const uint8_t *)find(nlh, kept[i]);

		if (nla)
			sum = mixed(sum, nla, nla[0]);
	}
	return sum;
}

static uint64_t sum_of(uint8_t command)
{
	struct asked *a = asked;
	uint64_t sum = 0xcbf29ce484222325;
	struct nlmsghdr *nlh;
	ssize_t n;
	size_t at;

	message_begin(&message, family, NLM_F_REQUEST |
		      (command == GET ? 0 : NLM_F_DUMP), command);
	asked_n = 0;
	expect((void *)message.bytes, false);
	if (send(watcher.fd, message.bytes, message.len, 0) < 0)
		die("send");
	while ((n = receive(watcher.fd)) > 0 || (n < 0 && errno == ENOBUFS)) {
		for (at = 0; n > 0 && at < (size_t)n;
		     at += NLMSG_ALIGN(nlh->nlmsg_len)) {
			nlh = (void *)(got + at);
			on_message(&watcher, nlh);
			if (nlh->nlmsg_seq != a->nlh->nlmsg_seq)
				continue;
			nlh->nlmsg_seq = 0;
			sum = command == GET ? glance(nlh) :
			      mixed(sum, (void *)nlh, nlh->nlmsg_len);
		}
	}
	judge(a);
	return sum;
}

static void look(uint64_t sums[PARTS])
{
	static const uint8_t commands[PARTS] = {
		GET, ISP_GET, PREFIX_GET, OVERLAY_GET, SESSION_GET
	};
	unsigned int i;

	for (i = 0; i < PARTS; i++)
		sums[i] = sum_of(commands[i]);
}

static bool nothing_done(void)
{
	unsigned int i;

	for (i = 0; i < asked_n; i++) {
		const struct asked *a = &asked[i];

		if (!a->silent && !a->error &&
		    (a->strange || !reads(((const uint8_t *)a->nlh)[16])))
			return false;
	}
	return asked_n;
}

/* ---- steps ---- */

static void close_link(int who)
{
	close(links[who].fd);
	if (owner == who)
		owner = -1;
	link_any(&links[who]);
}

/* Sends what has been put together, and looks at what comes of it */
static void deliver(int who)
{
	struct link *link = &links[who];
	bool sample = alone && !link->mute && rarely(seldom);
	uint64_t before[PARTS], after[PARTS], nobody;
	unsigned int i;

	nobody = by_nobody;
	if (sample)
		look(before);
	expect_all();
	if (!datagram_len)
		return;
	if (send(link->fd, datagram, datagram_len, 0) < 0 && errno != ENOBUFS)
		die("send");
	if (!link->mute)
		drain(link);
	for (i = 0; i < asked_n; i++) {
		if (!link->mute)
			judge(&asked[i]);
		remember(who, &asked[i]);
	}
	if (!sample || !nothing_done())
		return;
	count(&tally->samples);
	look(after);
	for (i = 0; i < PARTS; i++) {
		if (before[i] == after[i])
			continue;
		/* Told by an event, which may come a little later */
		usleep(50000);
		drain(&watcher);
		if (nobody == by_nobody)
			wrong((void *)datagram, "refused, and part %u of what there is has changed", i);
		return;
	}
}

static uint8_t some_command(void)
{
	unsigned int all = 0, n, i;

	for (i = 1; i < COMMANDS; i++)
		all += rules[i].often;
	n = below(all);
	for (i = 1; n >= rules[i].often; i++)
		n -= rules[i].often;
	return i;
}

/* What takes away is mostly about what was added before */
static void again(uint8_t command)
{
	static struct message added[2];
	bool overlay = command == OVERLAY_ADD || command == OVERLAY_DEL;

	if (command == PREFIX_ADD || command == OVERLAY_ADD) {
		if (rarely(2))
			added[overlay] = message;
		return;
	}
	if ((!overlay && command != PREFIX_DEL && command != PREFIX_REPLACE) ||
	    rarely(4) || !added[overlay].len)
		return;
	message = added[overlay];
	message.bytes[16] = command;
}

static void some_message(uint8_t command, unsigned int spoilt)
{
	bool dump = rules[command].dump && (!rules[command].ask || below(2));

	generate(&message, family, command, dump);
	again(command);
	if (rarely(spoilt))
		mutate(&message, &other);
	if (rarely(4))
		other = message;
	add_to_datagram(&message);
}

static int some_link(void)
{
	return owner >= 0 && below(5) < 3 ? owner : (int)below(LINKS);
}

static void requests(void)
{
	unsigned int n = rarely(3) ? 1 + below(10) : 1;

	datagram_len = 0;
	while (n--)
		some_message(some_command(), 4);
	/* Cut off anywhere, or twice the same */
	if (rarely(80))
		datagram_len = below(datagram_len + 1);
	if (rarely(80) && datagram_len < LARGEST / 2) {
		memcpy(datagram + datagram_len, datagram, datagram_len);
		datagram_len *= 2;
	}
	deliver(some_link());
}

static void one(int who, uint8_t command, unsigned int spoilt)
{
	if (rarely(3)) {
		some_message(command, spoilt);
		return;
	}
	some_message(command, spoilt);
	deliver(who);
	datagram_len = 0;
}

/* From a subscriber to port 25, so that there is something to tell */
static void packets(void)
{
	static const uint8_t syn[40] = {
		0x45, 0, 0, 40, [8] = 64, 6, [12] = 203, 0, 113, 0, 198, 18, 0,
		1, 0xc0, 0, 0, 25, [32] = 0x50, 2, 0xff, 0xff,
	};
	uint32_t sum = 0;
	uint8_t packet[40];
	unsigned int n = 1 + below(20), i;

	while (tun >= 0 && n--) {
		memcpy(packet, syn, sizeof(packet));
		packet[15] = below(4) << 6 | below(4);
		packet[19] = below(20);
		for (sum = i = 0; i < 20; i += 2)
			sum += packet[i] << 8 | packet[i + 1];
		sum = ~((sum & 0xffff) + (sum >> 16));
		packet[10] = sum >> 8;
		packet[11] = sum;
		if (write(tun, packet, sizeof(packet)) == sizeof(packet))
			count(&tally->packets);
	}
	while (tun >= 0 && read(tun, packet, sizeof(packet)) > 0)
		;
}

static void isp(const char *name)
{
	message_begin(&message, family, NLM_F_REQUEST | NLM_F_ACK, ISP_ADD);
	message_put(&message, A_ISP, name, strlen(name) + 1);
	add_to_datagram(&message);
}

/* What the next changes are parts of; returns whether it is in place of all */
static bool begin(void)
{
	unsigned int what = below(6);
	uint32_t seconds = rarely(4) ? 1 : 60;

	if (what > 3) {
		some_message(BEGIN, 30);
		return find((void *)message.bytes, A_EMPTY);
	}
	message_begin(&message, family, NLM_F_REQUEST | NLM_F_ACK, BEGIN);
	if (what)
		message_put(&message, A_EMPTY, NULL, 0);
	if (what == 2)
		message_put(&message, A_SHADOW, NULL, 0);
	if (what == 3)
		message_put(&message, A_CONFIRM, &seconds, 4);
	add_to_datagram(&message);
	return what;
}

/* As a program would do it, in one datagram or in many */
static void transaction(void)
{
	static const uint8_t parts[] = {
		PREFIX_ADD, PREFIX_REPLACE, PREFIX_REPLACE, PREFIX_REPLACE,
		OVERLAY_ADD, OVERLAY_ADD, SESSION_UP, SESSION_UP, SESSION_DOWN,
		ISP_SET, PREFIX_FLUSH, MODE_SET,
	};
	unsigned int n = rarely(3) ? 1 + below(8) : 1 + below(3);
	int who = some_link();

	datagram_len = 0;
	if (begin()) {
		isp("alpha");
		isp("beta");
	}
	while (n--)
		one(who, parts[below(sizeof(parts))], 60);
	some_message(rarely(6) ? ABORT : COMMIT, 60);
	deliver(who);
	if (!rarely(4))
		return;
	packets();
	datagram_len = 0;
	some_message(SHADOW_GET, 100);
	some_message(SHADOW_SOURCE_GET, 100);
	some_message(rarely(2) ? CONFIRM : ROLLBACK, 100);
	some_message(SHADOW_PROMOTE, 100);
	deliver(who);
}

/* A writer that dies in the middle, killed or by itself */
static void dead_writer(void)
{
	struct link mine;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child) {
		waitpid(child, NULL, 0);
		return;
	}
	link_open(&mine, true, rarely(2), false);
	datagram_len = 0;
	some_message(BEGIN, 1000);
	some_message(ISP_ADD, 1000);
	some_message(PREFIX_ADD, 1000);
	some_message(PREFIX_GET, 1000);
	send(mine.fd, datagram, datagram_len, 0);
	if (below(2))
		kill(getpid(), SIGKILL);
	_exit(0);
}

/* A device comes or goes, and its session with it */
static void device(void)
{
	static int fd = -1;
	static const char kind[] = { 9, 0, 1, 0, 'd', 'u', 'm', 'm', 'y' };
	char name[] = "d0";
	uint8_t info[16] = { 0 };
	bool come = below(3);
	uint32_t port;

	if (fd < 0)
		fd = open_netlink(NETLINK_ROUTE, &port);
	name[1] += below(4);
	message_begin(&message, come ? RTM_NEWLINK : RTM_DELLINK,
		      NLM_F_REQUEST | NLM_F_ACK |
		      (come ? NLM_F_CREATE | NLM_F_EXCL : 0), 0);
	message.len = 16;
	memcpy(message.bytes + message.len, info, sizeof(info));
	message.len += sizeof(info);
	message_put(&message, IFLA_IFNAME, name, sizeof(name));
	if (come)
		message_put(&message, IFLA_LINKINFO, kind, sizeof(kind));
	message_end(&message);
	if (send(fd, message.bytes, message.len, 0) < 0)
		die("rtnetlink");
	while (receive(fd) > 0)
		count(&tally->devices);
}

static void set_sysctl(const char *name, unsigned int value)
{
	char path[64], text[16];
	int fd, n = snprintf(text, sizeof(text), "%u", value);

	snprintf(path, sizeof(path), "/proc/sys/net/obpbl/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, n) != n)
		die(path);
	close(fd);
}

static const struct { const char *name; unsigned int usual, least; } sysctls[] = {
	{ "max_prefixes", 4 << 20, 20 }, { "max_overlays", 256 << 10, 4 },
	{ "max_sessions", 1 << 20, 3 }, { "max_sources", 64 << 10, 64 },
	{ "mode", 2, 1 }, { "event_dst", 1, 2 }, { "v6_source_len", 64, 48 },
	{ "established", 0, 1 }, { "event_rate", 20, 1000 },
};

static void sysctl(bool all)
{
	unsigned int i;

	for (i = 0; i < sizeof(sysctls) / sizeof(*sysctls); i++)
		set_sysctl(sysctls[i].name, all || below(4) ?
			   sysctls[i].usual : sysctls[i].least);
}

static void simply_ask(int who, uint8_t command)
{
	datagram_len = 0;
	message_begin(&message, family, NLM_F_REQUEST | NLM_F_ACK, command);
	add_to_datagram(&message);
	deliver(who);
}

/* Nobody has a transaction open for ever, and no change waits for ever */
static void hurry(void)
{
	int i;

	if (owner >= 0 && ++since > PATIENCE)
		simply_ask(owner, ABORT);
	if (rarely(PATIENCE))
		simply_ask(below(LINKS), below(2) ? CONFIRM : ROLLBACK);
	for (i = 0; i < LINKS; i++)
		if (links[i].mute ? rarely(PATIENCE) : rarely(10 * PATIENCE))
			close_link(i);
		else if (!links[i].mute)
			drain(&links[i]);
	drain(&watcher);
}

static void take_step(void)
{
	unsigned int n = below(100);

	chance_seed(seed, step);
	count(&tally->steps);
	asked_n = 0;
	n = below(100);
	if (n < 70)
		requests();
	else if (n < 88)
		transaction();
	else if (n < 92)
		close_link(below(LINKS));
	else if (n < 95)
		packets();
	else if (n < 98)
		device();
	else if (n < 99)
		dead_writer();
	else
		sysctl(false);
	asked_n = 0;
	hurry();
}

/*
 * The whole table once: with each command each attribute that it does not have,
 * and each that it has with a byte more or less, nested, or just out of range.
 */
static void table(void)
{
	unsigned int command, type, kind;

	chance_seed(seed, ~0ULL);
	seldom = 100;
	for (command = 1; command < COMMANDS; command++) {
		for (type = 1; type < ATTRIBUTES; type++) {
			datagram_len = 0;
			for (kind = 0; kind < STRAYS; kind++) {
				generate(&message, family, command,
					 rules[command].dump);
				stray(&message, type, kind);
				add_to_datagram(&message);
			}
			deliver(0);
		}
	}
	seldom = 12;
	hurry();
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* ---- afterwards ---- */

static void check(const char *name, bool good)
{
	printf("%sok - %s\n", good ? "" : "not ", name);
	if (!good)
		tally->failures++;
}

/* Refused by nobody; returns the number of an answer's attribute */
static uint64_t must(uint8_t command, uint16_t flags, uint8_t type)
{
	struct nlmsghdr *nlh = (void *)message.bytes;
	const struct nlattr *nla;
	uint64_t value = 0;
	int error;

	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++seq;
	if (send(watcher.fd, message.bytes, message.len, 0) < 0 ||
	    receive(watcher.fd) < 20)
		die("the end");
	nlh = (void *)got;
	memcpy(&error, got + 16, 4);
	if (nlh->nlmsg_type == NLMSG_ERROR && error) {
		printf("# %s: %s\n", rules[command].name, strerror(-error));
		tally->failures++;
	}
	nla = nlh->nlmsg_type == family ? find(nlh, type) : NULL;
	if (nla)
		memcpy(&value, nla + 1, forms[type].size);
	while (recv(watcher.fd, datagram, sizeof(datagram), MSG_DONTWAIT) > 0)
		;
	return value;
}

static uint64_t ask(uint8_t type)
{
	message_begin(&message, family, NLM_F_REQUEST, GET);
	return must(GET, 0, type);
}

static bool becomes(uint8_t type, uint64_t value)
{
	double end = now() + 30;

	while (ask(type) != value && now() < end)
		usleep(20000);
	return ask(type) == value;
}

static void simply(uint8_t command)
{
	message_begin(&message, family, NLM_F_REQUEST, command);
	must(command, NLM_F_ACK, 0);
}

static void load(void)
{
	static const uint8_t prefixes[2][8] = {
		{ 192, 0, 2, 0, 25 }, { 192, 0, 2, 128, 26 }
	};
	uint8_t class = DYNAMIC, mode = 2;

	message_begin(&message, family, 0, BEGIN);
	message_put(&message, A_EMPTY, NULL, 0);
	must(BEGIN, NLM_F_ACK, 0);
	message_begin(&message, family, 0, ISP_ADD);
	message_put(&message, A_ISP, "omega", 6);
	message_put(&message, A_MODE, &mode, 1);
	must(ISP_ADD, NLM_F_ACK, 0);
	message_begin(&message, family, 0, PREFIX_ADD);
	message_put(&message, A_ISP, "omega", 6);
	message_put(&message, A_CLASS, &class, 1);
	message_put(&message, A_PREFIXES4, prefixes, sizeof(prefixes));
	must(PREFIX_ADD, NLM_F_ACK, 0);
	simply(COMMIT);
	message_begin(&message, family, 0, PREFIX_GET);
	must(PREFIX_GET, NLM_F_DUMP, A_GENERATION);
	check("a policy is loaded, and dumped as it was put in",
	      find((void *)got, A_PREFIXES4) &&
	      !memcmp(find((void *)got, A_PREFIXES4) + 1, prefixes,
		      sizeof(prefixes)) &&
	      !strcmp((char *)(find((void *)got, A_ISP) + 1), "omega"));
}

static void smoke(void)
{
	int i;

	for (i = 0; i < LINKS; i++)
		close(links[i].fd);
	close(watcher.fd);
	link_open(&watcher, false, false, false);
	sysctl(true);
	asked_n = 0;
	check("nobody has a transaction open", becomes(A_OWNER, 0));
	simply(FLUSH);
	load();
	simply(FLUSH);
	check("nothing is left", becomes(A_BYTES, 0));
}

static void report(double seconds)
{
	unsigned int i, missing = 0;

	printf("# %llu steps, %llu requests, %llu answers, %llu events, %llu commits, %llu packets; %llu times nothing had changed; %.0f s\n",
	       (unsigned long long)tally->steps,
	       (unsigned long long)tally->messages,
	       (unsigned long long)tally->answers,
	       (unsigned long long)tally->events,
	       (unsigned long long)tally->transactions,
	       (unsigned long long)tally->packets,
	       (unsigned long long)tally->samples, seconds);
	printf("# done/refused/malformed:");
	for (i = 1; i < COMMANDS; i++) {
		if (!rules[i].often)
			continue;
		printf(" %s %llu/%llu/%llu", rules[i].name,
		       (unsigned long long)tally->done[i],
		       (unsigned long long)tally->refused[i],
		       (unsigned long long)tally->malformed[i]);
		missing += !tally->done[i] || !tally->malformed[i];
	}
	printf("\n");
	printf("# attributes of answers:");
	for (i = 1; i < ATTRIBUTES && alone; i++)
		if (seen[i])
			printf(" %s %llu", forms[i].name,
			       (unsigned long long)seen[i]);
	printf("\n");
	if (alone && tally->steps >= 20000)
		check("each command was both done and malformed", !missing);
	check("each request got what it must get", !tally->failures);
}

static void open_tun(void)
{
	struct ifreq request = {
		.ifr_name = "t0", .ifr_flags = IFF_TUN | IFF_NO_PI,
	};

	tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (tun >= 0 && ioctl(tun, TUNSETIFF, &request)) {
		close(tun);
		tun = -1;
	}
}

/* What differs from kernel to kernel; there is no shadow yet */
static void probe(void)
{
	message_begin(&message, family, NLM_F_REQUEST | 0x800, GET);
	if (send(watcher.fd, message.bytes, message.len, 0) < 0 ||
	    receive(watcher.fd) < HEADERS)
		die("probe");
	strict_headers = ((struct nlmsghdr *)got)->nlmsg_type == NLMSG_ERROR;
	drain(&watcher);
	message_begin(&message, family, NLM_F_REQUEST | NLM_F_DUMP, SHADOW_GET);
	if (send(watcher.fd, message.bytes, message.len, 0) < 0 ||
	    receive(watcher.fd) < HEADERS)
		die("probe");
	dumps_explain = ((struct nlmsghdr *)got)->nlmsg_flags & 0x200;
}

static void run(uint64_t steps, double seconds)
{
	uint64_t last = step + steps;
	double end;
	int i;

	chance_seed(seed, step);
	link_open(&watcher, false, true, false);
	for (i = 0; i < LINKS; i++)
		link_any(&links[i]);
	if (alone && !step) {
		links[0].mute = false;
		table();
	}
	end = now() + seconds;
	for (; steps ? step < last : now() < end; step++)
		take_step();
}

/* Several, of seeds that follow each other */
static void run_many(unsigned int n, uint64_t steps, double seconds)
{
	unsigned int i;
	int status;

	fflush(stdout);
	alone = false;
	for (i = 0; i < n; i++) {
		if (!fork()) {
			seed += i;
			if (i && tun >= 0)
				tun = -1;
			run(steps, seconds);
			fflush(stdout);
			_exit(0);
		}
	}
	while (wait(&status) > 0)
		if (status && !tally->failures)
			tally->failures++;
	link_open(&watcher, false, false, false);
	for (i = 0; i < LINKS; i++)
		link_open(&links[i], false, false, false);
}

int main(int argc, char **argv)
{
	unsigned int many = 1;
	uint64_t steps = 0;
	double seconds = 10, begun = now();
	int option;

	seed = time(NULL);
	while ((option = getopt(argc, argv, "s:f:n:t:j:v")) != -1) {
		switch (option) {
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'f':
			step = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			steps = strtoull(optarg, NULL, 0);
			break;
		case 't':
			seconds = strtod(optarg, NULL);
			break;
		case 'j':
			many = strtoul(optarg, NULL, 0);
			break;
		case 'v':
			verbose = true;
			break;
		default:
			return 2;
		}
	}
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tally == MAP_FAILED)
		die("mmap");
	/* It may be the last that is heard */
	setlinebuf(stdout);
	printf("# seed %llu\n", (unsigned long long)seed);
	learn();
	open_tun();
	link_open(&watcher, false, false, false);
	probe();
	close(watcher.fd);
	if (many > 1)
		run_many(many, steps, seconds);
	else
		run(steps, seconds);
	report(now() - begun);
	smoke();
	return tally->failures > 0;
}

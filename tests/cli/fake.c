// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that is not there, for tests of what the program makes of answers:
 * preloaded, it takes the place of libmnl's sockets, and answers each request
 * with always the same ISPs, counters, sources, overlays and sessions. It
 * decides nothing and keeps nothing.
 *
 *   gcc -shared -fPIC -I include/uapi -o fake.so tests/cli/fake.c -lmnl
 *   LD_PRELOAD=./fake.so obpblctl show
 *
 * The ISP "nobody" is unknown. Of the environment:
 *
 *   FAKE_RECENT=1      one source was blocked just now
 *   FAKE_BUSY=N        another program has a transaction open until changes have
 *                      been refused N times
 *   FAKE_STALE=N       N transactions come too late
 *   FAKE_ENDED=1       the exemption and the quarantine have ended
 *   FAKE_CONFIGURED=1  they are configured
 *   FAKE_VRF=NAME      the ISPs have this VRF, and no such device is there
 *   FAKE_POLICY=N      the ISPs have this enum obpbl_policy_kind
 *   FAKE_LIMIT=N       and let so many connections through in an hour
 *   FAKE_MANY=N        the ISPs have so many static prefixes
 *   FAKE_NOW=N         it is so many seconds after 1970
 *   FAKE_LOG=1         says on stderr what a transaction is made of
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/obpbl.h>

#define FAMILY 0x20
#define LONG_AGO 1700000000	/* 2023-11-14T22:13:20Z */
#define GENERATION 7
#define ROOM 8192
#define OTHER 99	/* port of another program */

static int number_of(const char *name)
{
	const char *value = getenv(name);

	return value ? atoi(value) : 0;
}

time_t time(time_t *at)
{
	const char *now = getenv("FAKE_NOW");
	struct timespec real;

	clock_gettime(CLOCK_REALTIME, &real);
	if (now)
		real.tv_sec = atoll(now);
	if (at)
		*at = real.tv_sec;
	return real.tv_sec;
}

/* How often something is refused yet */
static int busy, stale;

static void __attribute__((constructor)) read_environment(void)
{
	busy = number_of("FAKE_BUSY");
	stale = number_of("FAKE_STALE");
}

/* Both ends of a socket: the program reads one, answers go into the other. */
struct mnl_socket {
	int ends[2];
};

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	struct mnl_socket *nl = malloc(sizeof(*nl));

	(void)bus;
	if (nl && socketpair(AF_UNIX, SOCK_DGRAM | flags, 0, nl->ends)) {
		free(nl);
		nl = NULL;
	}
	return nl;
}

int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	(void)nl;
	(void)groups;
	(void)pid;
	return 0;
}

int mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *value,
			  socklen_t size)
{
	(void)nl;
	(void)type;
	(void)value;
	(void)size;
	return 0;
}

int mnl_socket_get_fd(const struct mnl_socket *nl)
{
	return nl->ends[0];
}

unsigned int mnl_socket_get_portid(const struct mnl_socket *nl)
{
	(void)nl;
	return 1;
}

int mnl_socket_close(struct mnl_socket *nl)
{
	close(nl->ends[0]);
	close(nl->ends[1]);
	free(nl);
	return 0;
}

/* Answers */

static struct nlmsghdr *begin(const struct nlmsghdr *request)
{
	static char buffer[ROOM] __attribute__((aligned(8)));
	struct nlmsghdr *answer = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *genl;

	answer->nlmsg_type = request->nlmsg_type;
	answer->nlmsg_seq = request->nlmsg_seq;
	genl = mnl_nlmsg_put_extra_header(answer, sizeof(*genl));
	*genl = *(const struct genlmsghdr *)mnl_nlmsg_get_payload(request);
	if (request->nlmsg_type == FAMILY)
		mnl_attr_put_u64(answer, OBPBL_A_GENERATION, GENERATION);
	return answer;
}

static void send_off(const struct mnl_socket *nl, const struct nlmsghdr *answer)
{
	if (write(nl->ends[1], answer, answer->nlmsg_len) < 0)
		abort();
}

static void acknowledge(const struct mnl_socket *nl,
			const struct nlmsghdr *request, int error)
{
	char buffer[256] __attribute__((aligned(8)));
	struct nlmsghdr *answer = mnl_nlmsg_put_header(buffer);
	struct nlmsgerr *body;

	answer->nlmsg_type = request->nlmsg_flags & NLM_F_DUMP && !error ?
			     NLMSG_DONE : NLMSG_ERROR;
	answer->nlmsg_seq = request->nlmsg_seq;
	answer->nlmsg_flags = NLM_F_CAPPED;
	body = mnl_nlmsg_put_extra_header(answer, sizeof(*body));
	body->error = -error;
	body->msg = *request;
	send_off(nl, answer);
}

static void answer_family(const struct mnl_socket *nl,
			  const struct nlmsghdr *request)
{
	struct nlmsghdr *answer = begin(request);
	struct nlattr *groups, *group;

	mnl_attr_put_u16(answer, CTRL_ATTR_FAMILY_ID, FAMILY);
	groups = mnl_attr_nest_start(answer, CTRL_ATTR_MCAST_GROUPS);
	group = mnl_attr_nest_start(answer, 1);
	mnl_attr_put_u32(answer, CTRL_ATTR_MCAST_GRP_ID, 1);
	mnl_attr_put_strz(answer, CTRL_ATTR_MCAST_GRP_NAME, OBPBL_GENL_EVENTS);
	mnl_attr_nest_end(answer, group);
	mnl_attr_nest_end(answer, groups);
	send_off(nl, answer);
}

static void put_glance(struct nlmsghdr *answer)
{
	mnl_attr_put_strz(answer, OBPBL_A_VERSION, "0.0.1");
	mnl_attr_put_u32(answer, OBPBL_A_PROTOCOL, OBPBL_GENL_VERSION);
	mnl_attr_put_u8(answer, OBPBL_A_CEILING, OBPBL_MODE_ENFORCE);
	mnl_attr_put_u32(answer, OBPBL_A_ISPS, 2);
	mnl_attr_put_u32(answer, OBPBL_A_PREFIXES, 95);
	mnl_attr_put_u32(answer, OBPBL_A_MAX_PREFIXES, 100);
	mnl_attr_put_u32(answer, OBPBL_A_OVERLAYS, 2);
	mnl_attr_put_u32(answer, OBPBL_A_MAX_OVERLAYS, 100);
	mnl_attr_put_u32(answer, OBPBL_A_CONFIRM, 30);
	mnl_attr_put_u64(answer, OBPBL_A_CONFIRM_GENERATION, GENERATION - 1);
	if (busy)
		mnl_attr_put_u32(answer, OBPBL_A_OWNER, OTHER);
}

static void put_isp(struct nlmsghdr *answer, const char *name, bool first)
{
	uint32_t counts[OBPBL_CLASS_MAX + 1] = {
		[OBPBL_CLASS_DYNAMIC] = 2, [OBPBL_CLASS_SPACE] = 1,
		[OBPBL_CLASS_RELAY] = first,
		[OBPBL_CLASS_STATIC] = number_of("FAKE_MANY"),
	};

	mnl_attr_put_strz(answer, OBPBL_A_ISP, name);
	mnl_attr_put_u8(answer, OBPBL_A_MODE, first ? OBPBL_MODE_ENFORCE :
						      OBPBL_MODE_MONITOR);
	mnl_attr_put_u8(answer, OBPBL_A_POLICY, number_of("FAKE_POLICY"));
	if (getenv("FAKE_LIMIT")) {
		mnl_attr_put_u32(answer, OBPBL_A_LIMIT,
				 number_of("FAKE_LIMIT"));
		mnl_attr_put_u32(answer, OBPBL_A_LIMIT_SECONDS, 3600);
	}
	if (getenv("FAKE_VRF"))
		mnl_attr_put_strz(answer, OBPBL_A_VRF, getenv("FAKE_VRF"));
	mnl_attr_put(answer, OBPBL_A_CLASS_COUNTS, sizeof(counts), counts);
}

static void put_counter(struct nlmsghdr *answer, uint8_t reason, uint8_t verdict)
{
	struct obpbl_counter counter = {
		.packets = 100, .bytes = 6000, .attempts = 50, .family = 4,
		.reason = reason, .verdict = verdict,
	};

	mnl_attr_put(answer, OBPBL_A_COUNTERS, sizeof(counter), &counter);
}

static void put_source(struct nlmsghdr *answer, bool first)
{
	struct obpbl_source source = {
		.family = 4, .src_len = 32, .reason = OBPBL_REASON_OUTSIDE,
		.attempts = first ? 40 : 4, .blocked = first ? 80 : 8,
		.destinations = first ? 2 : 20, .first = LONG_AGO,
		.last = LONG_AGO + (first ? 60 : 30),
	};

	if (first && getenv("FAKE_RECENT"))
		source.last = time(NULL);
	inet_pton(AF_INET, first ? "203.0.113.7" : "203.0.113.8", source.src);
	mnl_attr_put_strz(answer, OBPBL_A_ISP, "alpha");
	mnl_attr_put(answer, OBPBL_A_SOURCE, sizeof(source), &source);
}

static void put_prefix(struct nlmsghdr *answer, const char *addr, uint8_t len)
{
	struct obpbl_prefix4 prefix = { .len = len };

	inet_pton(AF_INET, addr, &prefix.addr);
	mnl_attr_put(answer, OBPBL_A_PREFIXES4, sizeof(prefix), &prefix);
}

static void put_overlay(struct nlmsghdr *answer, bool first)
{
	mnl_attr_put_strz(answer, OBPBL_A_ISP, "alpha");
	mnl_attr_put_u8(answer, OBPBL_A_CLASS, first ? OBPBL_CLASS_EXEMPT :
						       OBPBL_CLASS_QUARANTINE);
	mnl_attr_put_u8(answer, OBPBL_A_LAYER, getenv("FAKE_CONFIGURED") ?
			OBPBL_LAYER_CONFIGURED : OBPBL_LAYER_RUNTIME);
	put_prefix(answer, first ? "203.0.113.9" : "203.0.113.77", 32);
	mnl_attr_put_u64(answer, OBPBL_A_UNTIL, getenv("FAKE_ENDED") ?
			 LONG_AGO : 4000000000);
	mnl_attr_put_strz(answer, OBPBL_A_REASON, "for a test");
}

static void put_entry(struct nlmsghdr *answer)
{
	mnl_attr_put_strz(answer, OBPBL_A_ISP, "alpha");
	mnl_attr_put_strz(answer, OBPBL_A_DEV, "ppp0");
	mnl_attr_put_u8(answer, OBPBL_A_CLASS, OBPBL_CLASS_DYNAMIC);
	put_prefix(answer, "203.0.113.0", 25);
}

static void put_stats(struct nlmsghdr *answer, int i)
{
	if (i < 2) {
		put_isp(answer, i ? "beta" : "alpha", !i);
		put_counter(answer, OBPBL_REASON_OUTSIDE, i ?
			    OBPBL_VERDICT_WOULD_BLOCK : OBPBL_VERDICT_BLOCK);
		return;
	}
	mnl_attr_put_u64(answer, OBPBL_A_REPLIES, 10);
	mnl_attr_put_u64(answer, OBPBL_A_REPLIES_SUPPRESSED, 3);
	put_counter(answer, OBPBL_REASON_FOREIGN, OBPBL_VERDICT_PASS);
}

static void put_test(struct nlmsghdr *answer)
{
	mnl_attr_put_u8(answer, OBPBL_A_VERDICT, OBPBL_VERDICT_BLOCK);
	mnl_attr_put_u8(answer, OBPBL_A_REASON_CODE, OBPBL_REASON_OUTSIDE);
	mnl_attr_put_strz(answer, OBPBL_A_ISP, "alpha");
	mnl_attr_put_u8(answer, OBPBL_A_MODE, OBPBL_MODE_ENFORCE);
	mnl_attr_put_u8(answer, OBPBL_A_SRC_CLASS, OBPBL_CLASS_DYNAMIC);
	mnl_attr_put_u8(answer, OBPBL_A_SRC_LEN, 25);
}

static void put_change(struct nlmsghdr *answer)
{
	struct obpbl_shadow_change change = { .packets = 3, .blocks = 1 };

	mnl_attr_put_strz(answer, OBPBL_A_ISP, "alpha");
	mnl_attr_put(answer, OBPBL_A_SHADOW_CHANGES, sizeof(change), &change);
}

/* The answer number i to a request; whether there is one */
static bool put_answer(struct nlmsghdr *answer, uint8_t command,
		       const struct nlattr *isp, bool asleep, bool dump, int i)
{
	const char *name;

	switch (command) {
	case OBPBL_CMD_GET:
		put_glance(answer);
		return !i;
	case OBPBL_CMD_ISP_GET:
		name = isp ? mnl_attr_get_str(isp) : i ? "beta" : "alpha";
		put_isp(answer, name, strcmp(name, "beta"));
		return i < (dump ? 2 : 1);
	case OBPBL_CMD_STATS_GET:
	case OBPBL_CMD_STATS_RESET:
		put_stats(answer, i);
		return i < 3;
	case OBPBL_CMD_SOURCE_GET:
	case OBPBL_CMD_SHADOW_SOURCE_GET:
		put_source(answer, !i);
		return i < 2;
	case OBPBL_CMD_OVERLAY_GET:
		put_overlay(answer, !i);
		if (asleep)
			mnl_attr_put(answer, OBPBL_A_ASLEEP, 0, NULL);
		return i < (asleep ? 1 : 2);
	case OBPBL_CMD_SESSION_GET:
	case OBPBL_CMD_PREFIX_GET:
		put_entry(answer);
		return !asleep && !i;
	case OBPBL_CMD_TEST:
		put_test(answer);
		return !i;
	case OBPBL_CMD_SHADOW_GET:
		if (dump)
			put_change(answer);
		return !i;
	default:
		return !i;
	}
}

/* Why a request is refused, or 0 */
static int refusal(uint8_t command, const char *isp)
{
	if (isp && !strcmp(isp, "nobody"))
		return ENOENT;
	if (command == OBPBL_CMD_TEST && getenv("FAKE_VRF"))
		return ENODEV;
	if (busy && (command == OBPBL_CMD_BEGIN ||
		     command == OBPBL_CMD_MODE_SET)) {
		busy--;
		return EBUSY;
	}
	if (stale && command == OBPBL_CMD_BEGIN) {
		stale--;
		return ESTALE;
	}
	return 0;
}

static void tell(uint8_t command, const struct nlattr *layer)
{
	static const char *const names[OBPBL_CMD_MAX + 1] = {
		[OBPBL_CMD_BEGIN] = "BEGIN", [OBPBL_CMD_COMMIT] = "COMMIT",
		[OBPBL_CMD_ABORT] = "ABORT",
		[OBPBL_CMD_OVERLAY_ADD] = "OVERLAY_ADD",
		[OBPBL_CMD_OVERLAY_DEL] = "OVERLAY_DEL",
	};

	if (!getenv("FAKE_LOG") || !names[command])
		return;
	fprintf(stderr, "%s%s\n", names[command], !layer ? "" :
		mnl_attr_get_u8(layer) == OBPBL_LAYER_RUNTIME ?
		" run-time" : " configured");
}

static void handle(const struct mnl_socket *nl, const struct nlmsghdr *request)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(request);
	const struct nlattr *attr, *isp = NULL, *layer = NULL;
	struct nlmsghdr *answer;
	bool asleep = false;
	int i, error;

	if (request->nlmsg_type != FAMILY) {
		answer_family(nl, request);
		acknowledge(nl, request, 0);
		return;
	}
	mnl_attr_for_each(attr, request, sizeof(*genl)) {
		if (mnl_attr_get_type(attr) == OBPBL_A_ISP)
			isp = attr;
		if (mnl_attr_get_type(attr) == OBPBL_A_LAYER)
			layer = attr;
		asleep |= mnl_attr_get_type(attr) == OBPBL_A_ASLEEP;
	}
	tell(genl->cmd, layer);
	error = refusal(genl->cmd, isp ? mnl_attr_get_str(isp) : NULL);
	if (error) {
		acknowledge(nl, request, error);
		return;
	}
	for (i = 0;; i++) {
		answer = begin(request);
		if (!put_answer(answer, genl->cmd, isp, asleep,
				request->nlmsg_flags & NLM_F_DUMP, i))
			break;
		send_off(nl, answer);
	}
	if (request->nlmsg_flags & (NLM_F_ACK | NLM_F_DUMP))
		acknowledge(nl, request, 0);
}

ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *bytes,
			  size_t size)
{
	const struct nlmsghdr *request;
	int left = size;

	for (request = bytes; mnl_nlmsg_ok(request, left);
	     request = mnl_nlmsg_next(request, &left))
		handle(nl, request);
	return size;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A routing table of the kernel
 *
 * It is read as a whole, and a notification only says that it is time to read
 * it again: several routes may lead to one prefix, and notifications can be
 * lost.  What is read is the prefixes of the routes that somebody has made;
 * whether they lead anywhere (unicast) or not (blackhole, unreachable,
 * prohibit), as route servers announce them, says nothing of what they are for.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/filter.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <netlink/route/route.h>

#include "fib.h"

#define TRIES 10

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

/**
 * fib_table() - a table, by its number or as ip-route(8) names it
 * @word: the word
 * @table: where to put its number
 *
 * Return: what is wrong, or NULL.
 */
const char *fib_table(const char *word, uint32_t *table)
{
	uint64_t number;
	int named;

	if (!parse_number(word, UINT32_MAX, &number)) {
		rtnl_route_read_table_names("/usr/share/iproute2/rt_tables");
		rtnl_route_read_table_names("/etc/iproute2/rt_tables");
		named = rtnl_route_str2table(word);
		number = RT_TABLE_UNSPEC;
		if (named > 0)
			number = named;
	}
	if (number == RT_TABLE_UNSPEC || number == RT_TABLE_LOCAL)
		return "is no routing table that can be followed";
	*table = number;
	return NULL;
}

static bool counts(struct rtnl_route *route)
{
	if (rtnl_route_get_flags(route) & RTM_F_CLONED)
		return false;
	switch (rtnl_route_get_type(route)) {
	case RTN_UNICAST:
	case RTN_BLACKHOLE:
	case RTN_UNREACHABLE:
	case RTN_PROHIBIT:
		return true;
	default:
		return false;
	}
}

/* No packet is forwarded from or to one of those. */
static bool link_local(const struct prefix *p)
{
	return p->family == 6 && p->len >= 10 && p->addr[0] == 0xfe &&
	       (p->addr[1] & 0xc0) == 0x80;
}

static bool prefix_of(struct rtnl_route *route, struct prefix *p)
{
	struct nl_addr *dst = rtnl_route_get_dst(route);
	int family = rtnl_route_get_family(route);

	memset(p, 0, sizeof(*p));
	if (!dst || (family != AF_INET && family != AF_INET6))
		return false;
	p->family = family == AF_INET ? 4 : 6;
	p->len = nl_addr_get_prefixlen(dst);
	if (nl_addr_get_len(dst) > sizeof(p->addr))
		return false;
	memcpy(p->addr, nl_addr_get_binary_addr(dst), nl_addr_get_len(dst));
	return true;
}

/* The route of a message, if it is in the table; else NULL */
static struct rtnl_route *route_of(const struct fib *fib, struct nl_msg *message)
{
	struct rtnl_route *route;

	if (rtnl_route_parse(nlmsg_hdr(message), &route) < 0)
		return NULL;
	if (rtnl_route_get_table(route) == fib->table)
		return route;
	rtnl_route_put(route);
	return NULL;
}

static int see_change(struct nl_msg *message, void *data)
{
	struct fib *fib = data;
	struct rtnl_route *route = route_of(fib, message);

	if (route) {
		fib->changed = true;
		rtnl_route_put(route);
	}
	return NL_OK;
}

/**
 * struct reading - a table that is being read
 * @fib: the table
 * @list: where its prefixes go
 */
struct reading {
	struct fib *fib;
	struct prefixes *list;
};

static int take_route(struct nl_msg *message, void *data)
{
	struct reading *reading = data;
	struct rtnl_route *route = route_of(reading->fib, message);
	const struct place nowhere = { 0 };
	struct prefix p;

	if (!route)
		return NL_OK;
	if (counts(route) && prefix_of(route, &p) && !link_local(&p)) {
		if (p.len)
			prefixes_add(reading->list, &p, nowhere);
		else
			reading->fib->whole = true;
	}
	rtnl_route_put(route);
	return NL_OK;
}

static struct nl_sock *new_socket(void)
{
	struct nl_sock *socket = nl_socket_alloc();

	if (socket && nl_connect(socket, NETLINK_ROUTE) < 0) {
		nl_socket_free(socket);
		return NULL;
	}
	return socket;
}

/*
 * So that nobody wakes for other tables, which may have a million routes that
 * never rest.  What has no number of a table passes; see_change() looks again.
 */
static void hear_table_alone(struct fib *fib)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LDX | BPF_IMM, RTA_TABLE),
		BPF_STMT(BPF_LD | BPF_IMM, NLMSG_LENGTH(sizeof(struct rtmsg))),
		BPF_STMT(BPF_LD | BPF_ABS, SKF_AD_OFF + SKF_AD_NLATTR),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 3, 0),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_IND, sizeof(struct rtattr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(fib->table), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(*code), code };

	setsockopt(nl_socket_get_fd(fib->hear), SOL_SOCKET, SO_ATTACH_FILTER,
		   &program, sizeof(program));
}

/**
 * fib_open() - begin to watch a table
 * @fib: where to put it
 * @table: its number
 *
 * Return: STATUS_OK, or STATUS_FAILED after saying why.
 */
int fib_open(struct fib *fib, uint32_t table)
{
	const int one = 1;

	*fib = (struct fib){ .table = table, .changed = true };
	fib->ask = new_socket();
	fib->hear = new_socket();
	if (fib->hear)
		hear_table_alone(fib);
	if (!fib->ask || !fib->hear ||
	    nl_socket_add_memberships(fib->hear, RTNLGRP_IPV4_ROUTE,
				      RTNLGRP_IPV6_ROUTE, RTNLGRP_NONE) < 0 ||
	    nl_socket_set_nonblocking(fib->hear) < 0) {
		fib_close(fib);
		return fail("cannot listen to routes");
	}
	/* So that the kernel sends this table alone, however large others are */
	setsockopt(nl_socket_get_fd(fib->ask), SOL_NETLINK,
		   NETLINK_GET_STRICT_CHK, &one, sizeof(one));
	nl_socket_disable_auto_ack(fib->ask);
	nl_socket_disable_seq_check(fib->hear);
	nl_socket_modify_cb(fib->hear, NL_CB_VALID, NL_CB_CUSTOM, see_change,
			    fib);
	return STATUS_OK;
}

/**
 * fib_fd() - what to wait on
 * @fib: the table
 *
 * Return: a descriptor that is readable when fib_hear() is due.
 */
int fib_fd(const struct fib *fib)
{
	return nl_socket_get_fd(fib->hear);
}

/**
 * fib_hear() - take the notifications that are there
 * @fib: the table; its @changed is set if one is about it, or one was lost
 *
 * Return: STATUS_OK, or STATUS_FAILED after saying why.
 */
int fib_hear(struct fib *fib)
{
	int error;

	do {
		error = nl_recvmsgs_default(fib->hear);
		/* So libnl calls ENOBUFS. */
		if (error == -NLE_NOMEM) {
			fib->changed = true;
			error = 0;
		}
	} while (error >= 0);
	if (error == -NLE_AGAIN || error == -NLE_INTR)
		return STATUS_OK;
	return fail("cannot hear of routes: %s", nl_geterror(error));
}

static int ask(struct fib *fib, unsigned char family)
{
	struct rtmsg header = {
		.rtm_family = family,
		.rtm_table = fib->table < 256 ? fib->table : RT_TABLE_COMPAT,
	};
	struct nl_msg *message;
	int error = -NLE_NOMEM;

	message = nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_DUMP);
	if (message && !nlmsg_append(message, &header, sizeof(header), 0) &&
	    !nla_put_u32(message, RTA_TABLE, fib->table))
		error = nl_send_auto(fib->ask, message);
	nlmsg_free(message);
	return error < 0 ? error : nl_recvmsgs_default(fib->ask);
}

/**
 * fib_read() - the prefixes of a table
 * @fib: the table; its @changed is cleared
 * @list: where to add them, in no order, some perhaps twice
 *
 * A table that does not exist is empty; so the kernel treats it too.
 *
 * Return: STATUS_OK, or STATUS_FAILED after saying why.
 */
int fib_read(struct fib *fib, struct prefixes *list)
{
	static const unsigned char families[] = { AF_INET, AF_INET6 };
	struct reading reading = { fib, list };
	int try = 0, error;
	size_t i;

	fib->changed = false;
	fib->whole = false;
	nl_socket_modify_cb(fib->ask, NL_CB_VALID, NL_CB_CUSTOM, take_route,
			    &reading);
	for (i = 0; i < sizeof(families); i++) {
		/* What was read twice does no harm, and nothing is missing. */
		do {
			error = ask(fib, families[i]);
		} while (error == -NLE_DUMP_INTR && ++try < TRIES);
		if (error < 0 && error != -NLE_OBJ_NOTFOUND)
			return fail("cannot read routing table %u: %s",
				    fib->table, nl_geterror(error));
	}
	return STATUS_OK;
}

/**
 * fib_close() - watch no more
 * @fib: the table
 */
void fib_close(struct fib *fib)
{
	nl_socket_free(fib->ask);
	nl_socket_free(fib->hear);
}

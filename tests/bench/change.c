// SPDX-License-Identifier: GPL-2.0-only
/*
 * Times changes over netlink, of obpbl or of an ipset:
 *
 *	change obpbl|ipset NAME FILE MESSAGES PREFIXES
 *
 * FILE has IPv4 prefixes, one a line, none of which is in NAME (an ISP or a
 * set).  All are added and then removed, PREFIXES a message, MESSAGES of them a
 * send; each message is a change of its own.  Prints nanoseconds a prefix:
 * those of adding, and those of removing.
 */
#include <arpa/inet.h>
#include <err.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/obpbl.h>

#define SEND_SIZE	(256 << 10)

struct target {
	struct mnl_socket *socket;
	const char *name;
	void (*change)(struct nlmsghdr *nlh, const struct obpbl_prefix4 *prefix,
		       unsigned int n, bool add);
	unsigned int messages;
	unsigned int prefixes;
};

static struct target target;
static unsigned short family;
static struct obpbl_prefix4 *all;
static unsigned int count;

static void read_prefixes(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[64], *slash;

	if (!file)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), file)) {
		slash = strchr(line, '/');
		if (!(count & (count - 1)))
			all = realloc(all, 2 * (count + 1) * sizeof(*all));
		if (!all || !slash)
			errx(1, "cannot read %s", path);
		*slash = '\0';
		memset(all + count, 0, sizeof(*all));
		if (inet_pton(AF_INET, line, &all[count].addr) != 1)
			errx(1, "no address: %s", line);
		all[count++].len = atoi(slash + 1);
	}
	fclose(file);
}

/* Waits for the acknowledgment of the last message; those before send errors */
static void await(unsigned int seq)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	ssize_t n;
	int ret;

	do {
		n = mnl_socket_recvfrom(target.socket, buf, sizeof(buf));
		if (n < 0)
			err(1, "recv");
		ret = mnl_cb_run(buf, n, 0, 0, NULL, NULL);
		if (ret < 0)
			err(1, "change refused");
	} while (((struct nlmsghdr *)buf)->nlmsg_seq != seq);
}

static void obpbl_change(struct nlmsghdr *nlh,
			 const struct obpbl_prefix4 *prefix, unsigned int n,
			 bool add)
{
	struct genlmsghdr *genl;

	nlh->nlmsg_type = family;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = add ? OBPBL_CMD_PREFIX_ADD : OBPBL_CMD_PREFIX_DEL;
	genl->version = OBPBL_GENL_VERSION;
	mnl_attr_put_strz(nlh, OBPBL_A_ISP, target.name);
	mnl_attr_put_u8(nlh, OBPBL_A_CLASS, OBPBL_CLASS_DYNAMIC);
	mnl_attr_put(nlh, OBPBL_A_PREFIXES4, n * sizeof(*prefix), prefix);
}

static void put_data(struct nlmsghdr *nlh, const struct obpbl_prefix4 *prefix)
{
	struct nlattr *data, *ip;

	data = mnl_attr_nest_start(nlh, IPSET_ATTR_DATA);
	ip = mnl_attr_nest_start(nlh, IPSET_ATTR_IP);
	mnl_attr_put(nlh, IPSET_ATTR_IPADDR_IPV4 | NLA_F_NET_BYTEORDER, 4,
		     &prefix->addr);
	mnl_attr_nest_end(nlh, ip);
	mnl_attr_put_u8(nlh, IPSET_ATTR_CIDR, prefix->len);
	mnl_attr_nest_end(nlh, data);
}

static void ipset_change(struct nlmsghdr *nlh,
			 const struct obpbl_prefix4 *prefix, unsigned int n,
			 bool add)
{
	struct nfgenmsg *nfg;
	struct nlattr *list;

	nlh->nlmsg_type = NFNL_SUBSYS_IPSET << 8 |
			  (add ? IPSET_CMD_ADD : IPSET_CMD_DEL);
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = AF_INET;
	nfg->version = NFNETLINK_V0;
	mnl_attr_put_u8(nlh, IPSET_ATTR_PROTOCOL, 6);
	mnl_attr_put_strz(nlh, IPSET_ATTR_SETNAME, target.name);
	if (n == 1) {
		put_data(nlh, prefix);
		return;
	}
	mnl_attr_put_u32(nlh, IPSET_ATTR_LINENO, 1);
	list = mnl_attr_nest_start(nlh, IPSET_ATTR_ADT);
	while (n--)
		put_data(nlh, prefix++);
	mnl_attr_nest_end(nlh, list);
}

static unsigned int send_some(char *buf, unsigned int from, bool add)
{
	static unsigned int seq;
	unsigned int i, n, size = 0;
	struct nlmsghdr *nlh = NULL;

	for (i = 0; i < target.messages && from < count; i++, from += n) {
		n = count - from < target.prefixes ? count - from :
						     target.prefixes;
		nlh = mnl_nlmsg_put_header(buf + size);
		nlh->nlmsg_flags = NLM_F_REQUEST;
		nlh->nlmsg_seq = ++seq;
		target.change(nlh, all + from, n, add);
		size += MNL_ALIGN(nlh->nlmsg_len);
	}
	nlh->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(target.socket, buf, size) < 0)
		err(1, "send");
	await(seq);
	return from;
}

static double run(bool add)
{
	struct timespec start, end;
	unsigned int at = 0;
	char *buf = malloc(SEND_SIZE);

	if (!buf)
		err(1, "memory");
	clock_gettime(CLOCK_MONOTONIC, &start);
	while (at < count)
		at = send_some(buf, at, add);
	clock_gettime(CLOCK_MONOTONIC, &end);
	free(buf);
	return ((end.tv_sec - start.tv_sec) * 1e9 +
		(end.tv_nsec - start.tv_nsec)) / count;
}

static int on_family(const struct nlattr *attr, void *data)
{
	(void)data;
	if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
		family = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

static int on_reply(const struct nlmsghdr *nlh, void *data)
{
	(void)data;
	return mnl_attr_parse(nlh, sizeof(struct genlmsghdr), on_family, data);
}

static void find_family(void)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;
	ssize_t n;

	nlh->nlmsg_type = GENL_ID_CTRL;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = CTRL_CMD_GETFAMILY;
	genl->version = 1;
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, OBPBL_GENL_NAME);
	if (mnl_socket_sendto(target.socket, nlh, nlh->nlmsg_len) < 0)
		err(1, "send");
	n = mnl_socket_recvfrom(target.socket, buf, sizeof(buf));
	if (n < 0 || mnl_cb_run(buf, n, 0, 0, on_reply, NULL) < 0 || !family)
		errx(1, "the module is not loaded");
}

int main(int argc, char **argv)
{
	double add, del;
	bool ours;

	if (argc != 6)
		errx(2, "usage: change obpbl|ipset NAME FILE MESSAGES PREFIXES");
	ours = !strcmp(argv[1], "obpbl");
	target.name = argv[2];
	target.change = ours ? obpbl_change : ipset_change;
	target.messages = atoi(argv[4]);
	target.prefixes = atoi(argv[5]);
	if (!target.messages || !target.prefixes ||
	    (size_t)target.messages * (200 + 32 * target.prefixes) > SEND_SIZE)
		errx(2, "so many messages do not fit in a send");
	read_prefixes(argv[3]);
	target.socket = mnl_socket_open(ours ? NETLINK_GENERIC :
					       NETLINK_NETFILTER);
	if (!target.socket || mnl_socket_bind(target.socket, 0, 0))
		err(1, "socket");
	if (ours)
		find_family();
	add = run(true);
	del = run(false);
	printf("%.1f %.1f\n", add, del);
	return 0;
}

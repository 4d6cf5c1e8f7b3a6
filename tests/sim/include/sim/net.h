/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Namespaces, network devices with their notifier, hooks, sysctls, and the
 * module itself.
 *
 * RTNL and the locks of the kernel around them are locks of the simulator, so
 * that it sees who waits for what with which of them held.
 */
#ifndef _SIM_NET_H
#define _SIM_NET_H

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/types.h>
#include <sim/lock.h>
#include <sim/skb.h>

#define IFNAMSIZ	16

/* Modules */

struct module {
	int refs;
	bool going;
	bool live;
};

extern struct module sim_module;
#define THIS_MODULE	(&sim_module)

bool try_module_get(struct module *module);
void __module_get(struct module *module);
void module_put(struct module *module);
int module_refcount(struct module *module);

#define __init
#define __exit
#define __net_init
#define __net_exit
#define __ro_after_init
#define __initdata
#define __initconst
#define module_init(fn)	int (*const sim_module_init)(void) = fn
#define module_exit(fn)	void (*const sim_module_exit)(void) = fn
extern int (*const sim_module_init)(void);
extern void (*const sim_module_exit)(void);
#define MODULE_LICENSE(x)	struct sim_none
#define MODULE_AUTHOR(x)	struct sim_none
#define MODULE_DESCRIPTION(x)	struct sim_none
#define MODULE_VERSION(x)	struct sim_none
#define MODULE_ALIAS_GENL_FAMILY(x) struct sim_none
#define MODULE_ALIAS(x)		struct sim_none
#define EXPORT_SYMBOL_GPL(x)	struct sim_none

/* Namespaces */

#define SIM_PERNETS	4
#define SIM_HOOKS	8

struct nf_hook_state;
struct nf_hook_ops;

struct user_namespace {
	int none;
};

extern struct user_namespace init_user_ns;

/**
 * struct net - a network namespace
 * @user_ns: whose it is
 * @generic: what each registered operation has there
 * @hook: the hooks, as packets see them
 * @hooks: how many
 * @index: which one it is; 0: the first, which stays
 * @used: sockets that are open in it
 * @dying: nobody can get a reference to it any more
 */
struct net {
	struct user_namespace *user_ns;
	void *generic[SIM_PERNETS];
	const struct nf_hook_ops *hook[SIM_HOOKS];
	unsigned int hooks;
	int index;
	int used;
	bool dying;
};

struct pernet_operations {
	struct list_head list;
	int (*init)(struct net *net);
	void (*pre_exit)(struct net *net);
	void (*exit)(struct net *net);
	void (*exit_batch)(struct list_head *nets);
	unsigned int *id;
	size_t size;
};

int register_pernet_subsys(struct pernet_operations *ops);
void unregister_pernet_subsys(struct pernet_operations *ops);
#define register_pernet_device(ops)	register_pernet_subsys(ops)
#define unregister_pernet_device(ops)	unregister_pernet_subsys(ops)
void *net_generic(const struct net *net, unsigned int id);
extern struct net *sim_net[];
#define init_net	(*sim_net[0])

static inline bool net_eq(const struct net *a, const struct net *b)
{
	return a == b;
}

#define possible_net_t	struct net *
#define read_pnet(p)	(*(p))

/* Devices */

enum netdev_cmd {
	NETDEV_UP = 1,
	NETDEV_REGISTER = 5,
	NETDEV_UNREGISTER = 6,
	NETDEV_CHANGENAME = 10,
};

/**
 * struct net_device - a network device
 * @name: its name
 * @ifindex: its number
 * @net: its namespace
 * @listed: it can be found there
 * @vrf: it is an l3mdev master
 * @master: the l3mdev master that it is a port of
 * @slot: which of those in the world
 * @uid: another one for each time that it is registered in a namespace
 */
struct net_device {
	char name[IFNAMSIZ];
	int ifindex;
	struct net *net;
	bool listed;
	bool vrf;
	struct net_device *master;
	int slot;
	u32 uid;
};

struct notifier_block {
	int (*notifier_call)(struct notifier_block *nb, unsigned long event,
			     void *data);
	struct notifier_block *next;
	int priority;
};

#define NOTIFY_DONE	0
#define NOTIFY_OK	1

struct netdev_notifier_info {
	struct net_device *dev;
};

static inline struct net_device *
netdev_notifier_info_to_dev(const struct netdev_notifier_info *info)
{
	return info->dev;
}

int register_netdevice_notifier(struct notifier_block *nb);
int unregister_netdevice_notifier(struct notifier_block *nb);

bool sim_rtnl_held(void);
void rtnl_lock(void);
void rtnl_unlock(void);
#define rtnl_is_locked()	sim_rtnl_held()
#define ASSERT_RTNL() do {						\
	if (!sim_rtnl_held())						\
		sim_fail("%s: RTNL is not held", __func__);		\
} while (0)

struct net_device *dev_get_by_name_rcu(struct net *net, const char *name);
struct net_device *dev_get_by_index_rcu(struct net *net, int index);
struct net_device *__dev_get_by_index(struct net *net, int index);
struct net_device *__dev_get_by_name(struct net *net, const char *name);
bool dev_valid_name(const char *name);

static inline struct net *dev_net(const struct net_device *dev)
{
	return dev->net;
}

#define dev_net_rcu(dev)	dev_net(dev)

static inline bool netif_is_l3_master(const struct net_device *dev)
{
	return dev->vrf;
}

static inline bool netif_is_l3_slave(const struct net_device *dev)
{
	return dev->master;
}

static inline struct net_device *
netdev_master_upper_dev_get_rcu(struct net_device *dev)
{
	return dev->master;
}

static inline struct net_device *
l3mdev_master_dev_rcu(const struct net_device *dev)
{
	return dev->master;
}

static inline int l3mdev_master_ifindex_rcu(const struct net_device *dev)
{
	if (!dev)
		return 0;
	if (dev->vrf)
		return dev->ifindex;
	return dev->master ? dev->master->ifindex : 0;
}

/* Netfilter */




struct nf_hook_state {
	u8 hook;
	u8 pf;
	struct net_device *in;
	struct net_device *out;
	struct sock *sk;
	struct net *net;
};

struct nf_hook_ops {
	unsigned int (*hook)(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state);
	struct net_device *dev;
	void *priv;
	u8 pf;
	unsigned int hooknum;
	int priority;
};

int nf_register_net_hooks(struct net *net, const struct nf_hook_ops *ops,
			  unsigned int n);
void nf_unregister_net_hooks(struct net *net, const struct nf_hook_ops *ops,
			     unsigned int n);
#define ipv6_mod_enabled()	true

/* Replies, which go nowhere */

#define ICMP_PKT_FILTERED	13
#define ICMPV6_ADM_PROHIBITED	1
#define IPV6_ADDR_UNICAST	1
#define RTN_BROADCAST		3
#define RTCF_BROADCAST		0x10000000
#define RTCF_MULTICAST		0x20000000

struct dst_entry {
	struct net_device *dev;
};

struct rtable {
	struct dst_entry dst;
	unsigned int rt_flags;
};

struct flowi4 {
	__be32 daddr;
	int flowi4_oif;
};

struct in6_addr;
#define IPCB(skb)	((struct sim_cb *)(skb)->cb)
#define IP6CB(skb)	((struct sim_cb *)(skb)->cb)
struct sim_cb {
	int iif;
};

void sim_reply(const struct sk_buff *skb);
#define nf_send_reset(net, sk, skb, hook)	sim_reply(skb)
#define nf_send_reset6(net, sk, skb, hook)	sim_reply(skb)
#define nf_send_unreach(skb, code, hook)	sim_reply(skb)
#define nf_send_unreach6(net, skb, code, hook)	sim_reply(skb)
#define nf_checksum(skb, hook, offset, protocol, pf)	((void)(skb), 0)

static inline struct dst_entry *skb_dst(const struct sk_buff *skb)
{
	return skb->dst;
}

static inline void skb_dst_drop(struct sk_buff *skb)
{
	skb->dst = NULL;
}

static inline void skb_dst_set(struct sk_buff *skb, struct dst_entry *dst)
{
	skb->dst = dst;
}

static inline struct rtable *skb_rtable(const struct sk_buff *skb)
{
	return (struct rtable *)skb->dst;
}

#define ip_hdr(skb)	((struct iphdr *)(skb)->data)
#define ipv6_hdr(skb)	((struct ipv6hdr *)(skb)->data)
#define ipv4_is_multicast(a)	(((a) & htonl(0xf0000000)) == htonl(0xe0000000))
#define ipv4_is_lbcast(a)	((a) == htonl(0xffffffff))
#define ipv4_is_zeronet(a)	(((a) & htonl(0xff000000)) == 0)
#define ipv4_is_loopback(a)	(((a) & htonl(0xff000000)) == htonl(0x7f000000))
#define inet_addr_type_dev_table(net, dev, a)	((void)(a), 0)
#define ipv6_addr_type(a)	((void)(a), IPV6_ADDR_UNICAST)

/* sysctls */

struct ctl_table;
typedef int proc_handler(const struct ctl_table *table, int write, void *buffer,
			 size_t *lenp, loff_t *ppos);

struct ctl_table {
	const char *procname;
	void *data;
	int maxlen;
	unsigned short mode;
	proc_handler *proc_handler;
	void *extra1;
	void *extra2;
};

struct ctl_table_header {
	const struct ctl_table *ctl_table_arg;
	struct net *net;
	size_t size;
	int users;
	bool going;
	struct ctl_table_header *next;
};

struct ctl_table_header *
register_net_sysctl_sz(struct net *net, const char *path,
		       struct ctl_table *table, size_t size);
void unregister_net_sysctl_table(struct ctl_table_header *header);
int proc_douintvec(const struct ctl_table *table, int write, void *buffer,
		   size_t *lenp, loff_t *ppos);
int proc_douintvec_minmax(const struct ctl_table *table, int write,
			  void *buffer, size_t *lenp, loff_t *ppos);

#define CAP_NET_ADMIN	12
#define capable(cap)	true

#endif

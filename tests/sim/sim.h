/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The simulator from the inside: what its files have of each other.
 */
#ifndef _SIM_H
#define _SIM_H

#include <sim/kernel.h>

/* Tasks */
enum {
	TASK_SOCK0,		/* one for each socket */
	TASK_SOCK1,
	TASK_SOCK2,
	TASK_SOCK3,
	TASK_PACKET0,		/* softirqs */
	TASK_PACKET1,
	TASK_RCU,
	TASK_DEV,		/* whoever holds RTNL */
	TASK_DEV1,		/* and another one, who waits for it */
	TASK_NS,		/* makes and removes namespaces */
	TASK_MODULE,		/* loads and unloads */
	TASK_SYSCTL,
	TASK_WORKER0,
	TASK_WORKER1,
	TASK_WORKER2,
	TASK_CHECK,		/* compares with the model */

	TASKS
};

#define SOCKS	4
#define NETS	2
#define PACKETS	2
#define WORKERS	3

extern struct sim_task sim_task[TASKS];

void sched_init(void);
void sched_reset(void);
void sched_start(int task, void (*fn)(void *arg), void *arg, long slice);
bool sched_run(int task, long slice);
bool sched_busy(int task);
void sched_stuck(void);

/* Memory */
void mem_init(void);
void mem_reset(void);
void mem_fail(unsigned int nth);
unsigned int mem_failed(void);
unsigned int mem_fail_set(void);
void *mem_alloc(size_t size);
void mem_check(const void *ptr, const char *what);
void mem_explain(const void *at);
void mem_leaks(void);
void mem_published(const void *old, const void *new);
size_t mem_used(void);

/* RCU */
void rcu_reset(void);
bool rcu_pass(unsigned int n, long slice);
unsigned int rcu_waiting(void);
bool rcu_passed(u64 stamp);
void rcu_check_module(void);
void rcu_check_free(const void *from, size_t size);
void rcu_queue_work(struct rcu_work *rwork);

/* Work */
void work_reset(void);
bool work_start(unsigned int i, long slice);
unsigned int work_waiting(void);
u64 work_next_due(void);
void work_time(void);
void work_ripe(struct rcu_work *rwork);
void work_check_free(const void *from, size_t size);
void work_check_module(void);

/* Locks */
void lock_reset(void);
void lock_check_free(const void *from, size_t size);
void lock_check_idle(const struct sim_task *task);
extern struct sim_class lock_kernel[];

/* Namespaces, devices, module */
#define DEVICES	6

void net_reset(void);
void net_world(void);
int net_create(int index);
void net_destroy(int index);
int net_load(void);
int net_unload(void);
bool net_module_busy(void);
int dev_register(int slot, int net, const char *name, int ifindex, bool vrf);
void dev_unregister(int slot, bool again);
void dev_rename(int slot, const char *name);
void dev_move(int slot, int net, int ifindex);
void dev_enslave(int slot, int master);
struct net_device *dev_slot(int slot);
struct net_device *dev_named(int net, const char *name);
int net_sysctl(int net, const char *name, u32 value);
unsigned int net_packet(int net, struct sk_buff *skb, struct net_device *in,
			struct net_device *out, u8 pf);
extern u64 sim_replies;
extern unsigned int sim_renames;

/* Generic netlink */

/**
 * struct sim_message - the head of a request
 * @nlh: of netlink
 * @genlhdr: and of generic netlink, behind it
 */
struct sim_message {
	struct nlmsghdr nlh;
	struct genlmsghdr genlhdr;
};

/**
 * struct sim_sock - a socket
 * @sk: as the module sees it
 * @open: it is
 * @net: its namespace
 * @dump: it has a dump under way
 * @cb: that dump
 * @dumped: its request
 * @dump_info: likewise
 * @request: likewise
 * @info: the last request
 * @message: its head
 * @seq: its number
 * @attrs: its attributes, once they are checked
 * @reply: the answer to it, or NULL
 * @extack: what was said of it beside
 * @asked: its attributes
 * @bytes: they
 * @used: how many
 */
struct sim_sock {
	struct sock sk;
	bool open;
	int net;
	bool dump;
	struct netlink_callback cb;
	struct sim_message dumped;
	struct genl_info dump_info;
	struct sk_buff *request;
	struct genl_info info;
	struct sim_message message;
	u32 seq;
	struct nlattr *attrs[128];
	struct sk_buff *reply;
	struct netlink_ext_ack extack;
	struct nlattr *asked[128];
	u8 bytes[1024];
	unsigned int used;
};

void genl_reset(void);
void genl_open(struct sim_sock *sock, int net, u32 portid);
void genl_close(struct sim_sock *sock);
void genl_begin(struct sim_sock *sock);
void genl_attr(struct sim_sock *sock, int type, const void *data, int len);
int genl_do(struct sim_sock *sock, u8 cmd);
int genl_dump_begin(struct sim_sock *sock, u8 cmd);
int genl_dump_more(struct sim_sock *sock, struct sk_buff *skb);
void genl_dump_end(struct sim_sock *sock);
bool genl_there(void);
extern bool sim_listening;

/* An event that the module has sent, as it lies in its message */
void model_event(int net, const struct sk_buff *skb);
/* A worker has done what it was at */
void model_work_done(int task);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Steps, done.
 */
#include <stdio.h>
#include <uapi/linux/obpbl.h>

#include "model.h"
#include "run.h"
#include "shrink.h"
#include "world.h"

u64 sim_now;
struct sim_sock sim_sock[SOCKS];
struct job job[TASKS];

/* In some runs there are more names than there can be ISPs */
unsigned int sim_max_isps;

/* Tables of sources are large where nobody says otherwise */
#define FEW_SOURCES	64

int world_net_of(int sock)
{
	return sock / 2;
}

/* Requests */

static void put_u8(struct sim_sock *sock, int attr, int value)
{
	u8 v = value;

	if (value != NONE)
		genl_attr(sock, attr, &v, sizeof(v));
}

static void put_u32(struct sim_sock *sock, int attr, int value)
{
	u32 v = value;

	if (value != NONE)
		genl_attr(sock, attr, &v, sizeof(v));
}

static void put_name(struct sim_sock *sock, int attr,
		     const char * const *names, int value)
{
	if (value != NONE)
		genl_attr(sock, attr, names[value], strlen(names[value]) + 1);
}

static int wire(u8 *to, const struct prefix *prefix)
{
	int bytes = prefix->family == 4 ? 4 : 16;

	memcpy(to, prefix->addr, bytes);
	memset(to + bytes, 0, 4);
	to[bytes] = prefix->len;
	return bytes + 4;
}

void world_prefix(struct sim_sock *sock, int attr4, int attr6,
		  const struct prefix *prefix)
{
	u8 bytes[20];
	int len = wire(bytes, prefix);

	genl_attr(sock, prefix->family == 4 ? attr4 : attr6, bytes, len);
}

/* One or two prefixes, packed where they are of one family */
static void put_prefixes(struct sim_sock *sock, const struct step *step)
{
	int one = step->arg[ARG_PREFIX], two = step->arg[ARG_PREFIX2], len;
	u8 bytes[40];

	if (one == NONE)
		return;
	if (two == NONE || prefixes[one].family != prefixes[two].family) {
		world_prefix(sock, OBPBL_A_PREFIXES4, OBPBL_A_PREFIXES6,
			     &prefixes[one]);
		if (two != NONE)
			world_prefix(sock, OBPBL_A_PREFIXES4,
				     OBPBL_A_PREFIXES6, &prefixes[two]);
		return;
	}
	len = wire(bytes, &prefixes[one]);
	len += wire(bytes + len, &prefixes[two]);
	genl_attr(sock, prefixes[one].family == 4 ? OBPBL_A_PREFIXES4 :
		  OBPBL_A_PREFIXES6, bytes, len);
}

static void put_isp(struct sim_sock *sock, const struct step *step)
{
	const s32 *arg = step->arg;
	char none = '\0';

	put_u8(sock, OBPBL_A_MODE, arg[ARG_MODE]);
	put_u8(sock, OBPBL_A_POLICY, arg[ARG_POLICY]);
	put_u8(sock, OBPBL_A_REJECT, arg[ARG_REJECT]);
	put_u8(sock, OBPBL_A_REVERSE, arg[ARG_REVERSE]);
	put_u32(sock, OBPBL_A_LIMIT, arg[ARG_LIMIT]);
	if (arg[ARG_LIMIT] > 0)
		put_u32(sock, OBPBL_A_LIMIT_SECONDS, 10);
	put_u32(sock, OBPBL_A_LIMIT_QUARANTINE, arg[ARG_QUARANTINE]);
	if (arg[ARG_VRF] != NONE)
		put_name(sock, OBPBL_A_VRF, dev_names, arg[ARG_VRF]);
	else if (step->op == OP_ISP_SET && arg[ARG_N] == 1)
		genl_attr(sock, OBPBL_A_VRF, &none, 1);
}

static void put_overlay(struct sim_sock *sock, const struct step *step)
{
	const s32 *arg = step->arg;
	u64 until = SIM_EPOCH + arg[ARG_UNTIL];

	world_prefix(sock, OBPBL_A_PREFIXES4, OBPBL_A_PREFIXES6,
		     &prefixes[arg[ARG_PREFIX]]);
	put_u8(sock, OBPBL_A_CLASS, arg[ARG_CLASS]);
	if (arg[ARG_TO] != NONE)
		world_prefix(sock, OBPBL_A_TO4, OBPBL_A_TO6,
			     &prefixes[arg[ARG_TO]]);
	put_name(sock, OBPBL_A_DEV, dev_names, arg[ARG_NAME]);
	if (step->op != OP_OVERLAY_ADD)
		return;
	put_u8(sock, OBPBL_A_LAYER, arg[ARG_LAYER]);
	if (arg[ARG_UNTIL] != NONE)
		genl_attr(sock, OBPBL_A_UNTIL, &until, sizeof(until));
	genl_attr(sock, OBPBL_A_REASON, "why", 4);
}

static void put_addr(struct sim_sock *sock, int attr, int addr)
{
	genl_attr(sock, attr, addrs[addr].addr,
		  addrs[addr].family == 4 ? 4 : 16);
}

/* Of a kind that no packet of a step is */
static void put_counter(struct sim_sock *sock, const struct step *step)
{
	struct obpbl_counter counter = {
		.packets = step->arg[ARG_N],
		.bytes = step->arg[ARG_N] * COUNTED_BYTES,
		.attempts = step->arg[ARG_N],
		.family = 6, .reason = OBPBL_REASON_V6_CHAIN,
		.verdict = OBPBL_VERDICT_WOULD_BLOCK,
	};

	genl_attr(sock, OBPBL_A_COUNTERS, &counter, sizeof(counter));
	if (step->arg[ARG_VALUE] > 0)
		genl_attr(sock, OBPBL_A_TOTAL, NULL, 0);
}

/* Puts what a step asks for into a request */
void world_ask(struct sim_sock *sock, const struct step *step)
{
	const s32 *arg = step->arg;

	genl_begin(sock);
	put_name(sock, OBPBL_A_ISP, isp_names, arg[ARG_ISP]);
	switch (step->op) {
	case OP_BEGIN:
		if (arg[ARG_EMPTY] > 0)
			genl_attr(sock, OBPBL_A_EMPTY, NULL, 0);
		if (arg[ARG_SHADOW] > 0)
			genl_attr(sock, OBPBL_A_SHADOW, NULL, 0);
		put_u32(sock, OBPBL_A_CONFIRM, arg[ARG_SECONDS]);
		break;
	case OP_PROMOTE:
		put_u32(sock, OBPBL_A_CONFIRM, arg[ARG_SECONDS]);
		break;
	case OP_MODE:
		put_u8(sock, OBPBL_A_MODE, arg[ARG_MODE]);
		break;
	case OP_ISP_ADD:
	case OP_ISP_SET:
		put_isp(sock, step);
		break;
	case OP_PREFIX_ADD:
	case OP_PREFIX_REPLACE:
	case OP_PREFIX_DEL:
	case OP_PREFIX_FLUSH:
		put_u8(sock, OBPBL_A_CLASS, arg[ARG_CLASS]);
		put_prefixes(sock, step);
		break;
	case OP_OVERLAY_ADD:
	case OP_OVERLAY_DEL:
		put_overlay(sock, step);
		break;
	case OP_SESSION_UP:
		put_u8(sock, OBPBL_A_CLASS, arg[ARG_CLASS]);
		/* fall through */
	case OP_SESSION_ADDR:
		put_prefixes(sock, step);
		/* fall through */
	case OP_SESSION_DOWN:
		put_name(sock, OBPBL_A_DEV, dev_names, arg[ARG_NAME]);
		break;
	case OP_TEST:
		put_addr(sock, OBPBL_A_SRC, arg[ARG_SRC]);
		put_addr(sock, OBPBL_A_DST, arg[ARG_DST]);
		put_u8(sock, OBPBL_A_TCP_FLAGS, arg[ARG_FLAGS]);
		put_name(sock, OBPBL_A_DEV, dev_names, arg[ARG_NAME]);
		break;
	case OP_RESTORE:
		put_counter(sock, step);
		break;
	default:
		break;
	}
}

int world_cmd(enum op op)
{
	static const u8 cmds[OPS] = {
		[OP_BEGIN] = OBPBL_CMD_BEGIN,
		[OP_COMMIT] = OBPBL_CMD_COMMIT,
		[OP_ABORT] = OBPBL_CMD_ABORT,
		[OP_FLUSH] = OBPBL_CMD_FLUSH,
		[OP_CONFIRM] = OBPBL_CMD_CONFIRM,
		[OP_ROLLBACK] = OBPBL_CMD_ROLLBACK,
		[OP_PROMOTE] = OBPBL_CMD_SHADOW_PROMOTE,
		[OP_DROP] = OBPBL_CMD_SHADOW_DROP,
		[OP_ISP_ADD] = OBPBL_CMD_ISP_ADD,
		[OP_ISP_SET] = OBPBL_CMD_ISP_SET,
		[OP_ISP_DEL] = OBPBL_CMD_ISP_DEL,
		[OP_MODE] = OBPBL_CMD_MODE_SET,
		[OP_PREFIX_ADD] = OBPBL_CMD_PREFIX_ADD,
		[OP_PREFIX_REPLACE] = OBPBL_CMD_PREFIX_REPLACE,
		[OP_PREFIX_DEL] = OBPBL_CMD_PREFIX_DEL,
		[OP_PREFIX_FLUSH] = OBPBL_CMD_PREFIX_FLUSH,
		[OP_OVERLAY_ADD] = OBPBL_CMD_OVERLAY_ADD,
		[OP_OVERLAY_DEL] = OBPBL_CMD_OVERLAY_DEL,
		[OP_SESSION_UP] = OBPBL_CMD_SESSION_UP,
		[OP_SESSION_ADDR] = OBPBL_CMD_SESSION_ADDR,
		[OP_SESSION_DOWN] = OBPBL_CMD_SESSION_DOWN,
		[OP_GET] = OBPBL_CMD_GET,
		[OP_TEST] = OBPBL_CMD_TEST,
		[OP_RESTORE] = OBPBL_CMD_STATS_RESTORE,
	};

	return cmds[op];
}

static u8 dump_cmd(int what)
{
	static const u8 cmds[] = {
		OBPBL_CMD_ISP_GET, OBPBL_CMD_PREFIX_GET, OBPBL_CMD_OVERLAY_GET,
		OBPBL_CMD_SESSION_GET, OBPBL_CMD_STATS_GET,
		OBPBL_CMD_STATS_RESET, OBPBL_CMD_SOURCE_GET,
		OBPBL_CMD_SHADOW_GET, OBPBL_CMD_SHADOW_SOURCE_GET,
	};

	return cmds[what];
}

static int dump_more(struct sim_sock *sock, int size)
{
	struct sk_buff *skb = mem_alloc(sizeof(*skb));
	int len;

	skb->size = size;
	skb->head = skb->data = mem_alloc(size);
	len = genl_dump_more(sock, skb);
	model_told(sock->net, sock->dumped.genlhdr.cmd, skb->data, len);
	kfree_skb(skb);
	return len;
}

/* How a step ended, for whoever reads along */
static void tell(const struct job *me)
{
	const struct sim_sock *sock = &sim_sock[me->step.who];
	char text[512];

	step_print(text, sizeof(text), &me->step);
	fprintf(stderr, "%s: %d%s%s\n", text, me->err,
		me->err && me->step.who <= TASK_SOCK3 && sock->extack._msg ?
		" " : "", me->err && me->step.who <= TASK_SOCK3 &&
		sock->extack._msg ? sock->extack._msg : "");
}

static void count(const struct job *me)
{
	if (run_tells)
		tell(me);
	if (me->err < 0)
		shared->bad[me->step.op]++;
	else
		shared->good[me->step.op]++;
}

/* Its own, or one that may have been another's */
static u32 port_of(const struct step *step)
{
	return 100 + (step->arg[ARG_N] == NONE ? step->who : step->arg[ARG_N]);
}

static bool port_is_free(u32 port)
{
	int i;

	for (i = 0; i < SOCKS; i++) {
		if (sim_sock[i].open && sim_sock[i].sk.portid == port)
			return false;
	}
	return true;
}

static void socket_job(void *arg)
{
	struct job *me = arg;
	const struct step *step = &me->step;
	struct sim_sock *sock = &sim_sock[step->who];
	int net = world_net_of(step->who);

	switch (step->op) {
	case OP_OPEN:
		genl_open(sock, net, port_of(step));
		break;
	case OP_CLOSE:
		genl_close(sock);
		break;
	case OP_DUMP:
		genl_begin(sock);
		put_name(sock, OBPBL_A_ISP, isp_names, step->arg[ARG_ISP]);
		me->err = genl_dump_begin(sock, dump_cmd(step->arg[ARG_WHAT]));
		break;
	case OP_MORE:
		me->err = dump_more(sock, step->arg[ARG_SIZE]);
		break;
	case OP_END:
		genl_dump_end(sock);
		break;
	default:
		world_ask(sock, step);
		me->err = genl_do(sock, world_cmd(step->op));
		break;
	}
	me->done = true;
	count(me);
	model_note(step->who);
}

/* Packets */

static u16 port(bool ours)
{
	return htons(ours ? OBPBL_PORT : 40000);
}

static unsigned int build(u8 *to, const struct step *step)
{
	const struct addr *src = &addrs[step->arg[ARG_SRC]];
	const struct addr *dst = &addrs[step->arg[ARG_DST]];
	unsigned int head = src->family == 4 ? 20 : 40;
	int flags = step->arg[ARG_FLAGS];
	bool answer = flags & 0x10 && flags & 0x100;
	u16 sport = port(answer), dport = port(!answer);

	memset(to, 0, head + 20);
	if (src->family == 4) {
		to[0] = 0x45;
		to[3] = head + 20;
		to[9] = IPPROTO_TCP;
		memcpy(to + 12, src->addr, 4);
		memcpy(to + 16, dst->addr, 4);
	} else {
		to[0] = 0x60;
		to[5] = 20;
		to[6] = IPPROTO_TCP;
		memcpy(to + 8, src->addr, 16);
		memcpy(to + 24, dst->addr, 16);
	}
	memcpy(to + head, &sport, 2);
	memcpy(to + head + 2, &dport, 2);
	to[head + 12] = 0x50;
	to[head + 13] = flags;
	return head + 20;
}

/* As a softirq forwards it: in a VRF, the input device is the VRF itself */
unsigned int world_send(int net, const struct step *step)
{
	struct net_device *in = NULL, *out = NULL;
	u8 bytes[64] __attribute__((aligned(8)));
	struct rtable route = { };
	struct sk_buff skb = { .data = bytes, .pkt_type = PACKET_HOST };
	unsigned int verdict;

	skb.len = build(bytes, step);
	sim_atomic_enter();
	rcu_read_lock();
	if (step->arg[ARG_DEV] != NONE)
		in = dev_slot(step->arg[ARG_DEV]);
	if (step->arg[ARG_OUT] != NONE)
		out = dev_slot(step->arg[ARG_OUT]);
	if (in && (!in->listed || in->net != sim_net[net]))
		in = NULL;
	if (out && (!out->listed || out->net != sim_net[net]))
		out = NULL;
	if (in) {
		IPCB(&skb)->iif = in->ifindex;
		if (in->master)
			in = in->master;
	}
	route.dst.dev = out;
	skb.dst = out ? &route.dst : NULL;
	verdict = net_packet(net, &skb, in, out,
			     addrs[step->arg[ARG_SRC]].family == 4 ?
			     NFPROTO_IPV4 : NFPROTO_IPV6);
	rcu_read_unlock();
	sim_atomic_leave();
	return verdict;
}

static void packet_job(void *arg)
{
	struct job *me = arg;
	int n = me->step.arg[ARG_N];

	do {
		me->verdict = world_send(me->step.arg[ARG_NET], &me->step);
	} while (--n > 0);
	me->done = true;
}

/* The rest */

static void other_job(void *arg)
{
	struct job *me = arg;
	const struct step *step = &me->step;
	const s32 *a = step->arg;

	switch (step->op) {
	case OP_LOAD:
		model_forget(0);
		model_forget(1);
		me->err = net_load();
		if (!me->err) {
			net_sysctl(0, "max_sources", FEW_SOURCES);
			if (sim_net[1])
				net_sysctl(1, "max_sources", FEW_SOURCES);
		}
		break;
	case OP_UNLOAD:
		me->err = net_unload();
		if (!me->err)
			model_unloaded();
		break;
	case OP_NET_ADD:
		model_forget(1);
		me->err = net_create(1);
		if (!me->err)
			net_sysctl(1, "max_sources", FEW_SOURCES);
		break;
	case OP_NET_DEL:
		net_destroy(1);
		break;
	case OP_DEV_ADD:
		me->err = dev_register(a[ARG_DEV], a[ARG_NET],
				       dev_names[a[ARG_NAME]], a[ARG_N],
				       a[ARG_NAME] >= 4);
		break;
	case OP_DEV_DEL:
		dev_unregister(a[ARG_DEV], a[ARG_N] > 0);
		break;
	case OP_DEV_RENAME:
		dev_rename(a[ARG_DEV], dev_names[a[ARG_NAME]]);
		break;
	case OP_DEV_MOVE:
		dev_move(a[ARG_DEV], a[ARG_NET], a[ARG_N]);
		break;
	case OP_DEV_VRF:
		dev_enslave(a[ARG_DEV], a[ARG_OUT]);
		break;
	case OP_SYSCTL:
		me->err = net_sysctl(a[ARG_NET], sysctl_names[a[ARG_SYSCTL]],
				     a[ARG_VALUE]);
		break;
	default:
		break;
	}
	me->done = true;
	count(me);
	model_note(step->who);
}

/* Whether a step can begin now; one that cannot does nothing */

static bool socket_can(const struct step *step)
{
	const struct sim_sock *sock = &sim_sock[step->who];
	int net = world_net_of(step->who);

	switch (step->op) {
	case OP_OPEN:
		return !sock->open && port_is_free(port_of(step)) &&
		       sim_net[net] && !sched_busy(TASK_NS);
	case OP_MORE:
	case OP_END:
		return sock->open && sock->dump;
	case OP_DUMP:
		return sock->open && !sock->dump;
	default:
		return sock->open;
	}
}

static bool of_rtnl(int task)
{
	return task == TASK_DEV || task == TASK_DEV1;
}

bool world_can(const struct step *step)
{
	if (!step_of_task(step->op))
		return true;
	if (step->who < 0 || sched_busy(step->who))
		return false;
	if (step->who <= TASK_SOCK3)
		return step->op >= OP_OPEN && socket_can(step);
	switch (step->op) {
	case OP_LOAD:
		return step->who == TASK_MODULE && !sim_module.live &&
		       !sim_module.going;
	case OP_UNLOAD:
		return step->who == TASK_MODULE && sim_module.live &&
		       !sim_module.refs;
	case OP_NET_ADD:
		return step->who == TASK_NS && !sim_net[1];
	case OP_NET_DEL:
		return step->who == TASK_NS && sim_net[1] &&
		       !sim_net[1]->used;
	case OP_PACKET:
		return step->who == TASK_PACKET0 || step->who == TASK_PACKET1;
	case OP_SYSCTL:
		return step->who == TASK_SYSCTL &&
		       sim_net[step->arg[ARG_NET]];
	case OP_DEV_ADD:
		return of_rtnl(step->who) && !dev_slot(step->arg[ARG_DEV]);
	case OP_DEV_DEL:
	case OP_DEV_RENAME:
	case OP_DEV_MOVE:
	case OP_DEV_VRF:
		return of_rtnl(step->who) && dev_slot(step->arg[ARG_DEV]);
	default:
		return false;
	}
}

/* Settling: all who can go on do, until each waits for what a step must bring */
void world_settle(void)
{
	bool any;
	int i;

	do {
		any = false;
		for (i = 0; i < TASKS; i++)
			any |= sched_run(i, SIM_FOREVER);
	} while (any);
}

bool world_idle(void)
{
	int i;

	for (i = 0; i < TASKS; i++) {
		if (sched_busy(i))
			return false;
	}
	return true;
}

static void pass_time(u64 ms)
{
	sim_now += ms * NSEC_PER_MSEC;
	work_time();
}

static void begin(const struct step *step, long slice)
{
	struct job *me = &job[step->who];

	me->step = *step;
	me->err = 0;
	me->done = false;
	me->now = sim_now;
	me->stamp = sim_stamp;
	me->live = sim_module.live;
	me->renames = sim_renames;
	me->uid = 0;
	if (step->who <= TASK_SOCK3)
		me->uid = model_device(world_net_of(step->who),
				       step->arg[ARG_NAME]);
	if (step->who <= TASK_SOCK3)
		sched_start(step->who, socket_job, me, slice);
	else if (step->op == OP_PACKET)
		sched_start(step->who, packet_job, me, slice);
	else
		sched_start(step->who, other_job, me, slice);
}

void world_step(const struct step *step)
{
	long slice = step->slice ? (long)step->slice - 1 : SIM_FOREVER;

	switch (step->op) {
	case OP_RUN:
		sched_run(step->who, slice);
		return;
	case OP_SETTLE:
		world_settle();
		return;
	case OP_WORK:
		work_start(step->arg[ARG_N] < 0 ? 0 : step->arg[ARG_N], slice);
		return;
	case OP_GRACE:
		rcu_pass(step->arg[ARG_N] < 0 ? 0 : step->arg[ARG_N], slice);
		return;
	case OP_TIME:
		pass_time(step->arg[ARG_N]);
		return;
	case OP_FAIL:
		mem_fail(step->arg[ARG_N]);
		return;
	default:
		begin(step, slice);
		return;
	}
}

/* Beginning and end */

void world_begin(u64 seed)
{
	shim_random = seed;
	sim_max_isps = seed % 4 ? 2 * ISPS : ISPS - 1;
	sim_now = 0;
	sched_reset();
	rcu_reset();
	work_reset();
	lock_reset();
	net_reset();
	genl_reset();
	net_world();
	memset(sim_sock, 0, sizeof(sim_sock));
	memset(job, 0, sizeof(job));
	model_reset();
}

/* Until nobody is at anything and nothing waits but timers */
static void drain(bool timers)
{
	unsigned int patience = 10000;
	u64 due;

	do {
		world_settle();
		if (work_start(0, SIM_FOREVER) || rcu_pass(0, SIM_FOREVER))
			continue;
		due = work_next_due();
		if (due && (timers || !world_idle())) {
			pass_time(due > sim_now ?
				  (due - sim_now) / NSEC_PER_MSEC + 1 : 1);
			continue;
		}
		if (world_idle())
			return;
		sched_stuck();
	} while (--patience);
	sim_fail("it never ends");
}

static void finish(enum op op, int who)
{
	struct step step;

	step_clear(&step, op, who);
	if (!world_can(&step))
		return;
	begin(&step, SIM_FOREVER);
	drain(false);
}

/* All goes, in the order that a router would have at its end, and is checked */
void world_end(void)
{
	struct step step;
	int i;

	mem_fail(0);
	drain(false);
	for (i = 0; i < SOCKS; i++)
		finish(OP_CLOSE, i);
	if (model_every) {
		drain(true);
		model_settled();
	}
	finish(OP_NET_DEL, TASK_NS);
	if (sim_module.live) {
		finish(OP_OPEN, 0);
		finish(OP_FLUSH, 0);
		finish(OP_CLOSE, 0);
		drain(true);
		model_empty();
	}
	if (sim_module.live && sim_module.refs)
		sim_fail("references to the module are left when nothing is");
	finish(OP_UNLOAD, TASK_MODULE);
	for (i = 0; i < DEVICES; i++) {
		step_clear(&step, OP_DEV_DEL, TASK_DEV);
		step.arg[ARG_DEV] = i;
		if (world_can(&step)) {
			begin(&step, SIM_FOREVER);
			drain(false);
		}
	}
	drain(true);
	mem_leaks();
	mem_reset();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Steps, drawn.
 */
#include <uapi/linux/obpbl.h>

#include "gen.h"
#include "model.h"
#include "world.h"

/* How often a step is drawn, where all are */
static const u8 usual[OPS] = {
	[OP_RUN] = 60,
	[OP_SETTLE] = 6,
	[OP_WORK] = 25,
	[OP_GRACE] = 20,
	[OP_TIME] = 8,
	[OP_FAIL] = 3,
	[OP_LOAD] = 20,
	[OP_UNLOAD] = 1,
	[OP_NET_ADD] = 4,
	[OP_NET_DEL] = 3,
	[OP_DEV_ADD] = 12,
	[OP_DEV_DEL] = 4,
	[OP_DEV_RENAME] = 2,
	[OP_DEV_MOVE] = 2,
	[OP_DEV_VRF] = 2,
	[OP_SYSCTL] = 3,
	[OP_PACKET] = 30,
	[OP_OPEN] = 30,
	[OP_CLOSE] = 1,
	[OP_BEGIN] = 10,
	[OP_COMMIT] = 10,
	[OP_ABORT] = 2,
	[OP_FLUSH] = 1,
	[OP_CONFIRM] = 2,
	[OP_ROLLBACK] = 3,
	[OP_PROMOTE] = 4,
	[OP_DROP] = 2,
	[OP_ISP_ADD] = 12,
	[OP_ISP_SET] = 5,
	[OP_ISP_DEL] = 3,
	[OP_MODE] = 3,
	[OP_PREFIX_ADD] = 18,
	[OP_PREFIX_REPLACE] = 5,
	[OP_PREFIX_DEL] = 6,
	[OP_PREFIX_FLUSH] = 2,
	[OP_OVERLAY_ADD] = 10,
	[OP_OVERLAY_DEL] = 4,
	[OP_SESSION_UP] = 10,
	[OP_SESSION_ADDR] = 4,
	[OP_SESSION_DOWN] = 3,
	[OP_GET] = 1,
	[OP_TEST] = 3,
	[OP_DUMP] = 4,
	[OP_MORE] = 8,
	[OP_END] = 3,
	[OP_RESTORE] = 2,
};

static u64 state;
static unsigned int weight[OPS], sum;

/* One step in so many is interrupted; 0: none */
static unsigned int interrupts;
static unsigned int longest;
/* Which namespaces most happens in; the second one comes and goes */
static enum { FIRST, BOTH, SECOND } where;
/* The device that went last */
static int gone_name, gone_index, gone_net;
/* What is to be done next, in this order, as far as it can be */
static struct step plan[32];
static unsigned int planned, done;
/* Steps of the beginning that are done */
static unsigned int begun;

static void draw_args(struct step *step);
static void delete_device(struct step *step, int slot);

/* splitmix64 */
static u64 draw(void)
{
	u64 z = state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static unsigned int below(unsigned int n)
{
	return draw() % n;
}

static bool one_in(unsigned int n)
{
	return !below(n);
}

/* Mostly a run begins with something that works */
static bool begin_step(struct step *step)
{
	static const struct {
		u8 op;
		s8 who;
	} beginning[] = {
		{ OP_LOAD, TASK_MODULE }, { OP_OPEN, TASK_SOCK0 },
		{ OP_OPEN, TASK_SOCK1 }, { OP_ISP_ADD, TASK_SOCK0 },
		{ OP_ISP_ADD, TASK_SOCK0 }, { OP_DEV_ADD, TASK_DEV },
		{ OP_DEV_ADD, TASK_DEV }, { OP_PREFIX_ADD, TASK_SOCK0 },
		{ OP_SESSION_UP, TASK_SOCK0 },
	};

	if (begun >= ARRAY_SIZE(beginning))
		return false;
	step_clear(step, beginning[begun].op, beginning[begun].who);
	begun++;
	draw_args(step);
	return world_can(step);
}

static unsigned int add_weight(enum op op, unsigned int more)
{
	weight[op] += more;
	return more;
}

void gen_begin(u64 seed)
{
	static const u8 times[] = { 0, 1, 1, 1, 2, 4, 8 };
	static const u8 rates[] = { 0, 16, 4, 2, 1 };
	static const u8 lengths[] = { 8, 40, 160 };
	int i;

	state = seed;
	sum = 0;
	for (i = 0; i < OPS; i++)
		weight[i] = usual[i] * times[below(sizeof(times))];
	/* What undoes all that was done is rare in any run */
	for (i = 0; i < OPS; i++) {
		if (usual[i] == 1 && weight[i] > 2)
			weight[i] = 2;
	}
	/* Without these nothing happens at all */
	for (i = 0; i < OPS; i++) {
		if (i == OP_LOAD || i == OP_OPEN || i == OP_ISP_ADD ||
		    i == OP_RUN)
			weight[i] = weight[i] ?: usual[i];
		sum += weight[i];
	}
	interrupts = rates[below(sizeof(rates))];
	longest = lengths[below(sizeof(lengths))];
	where = below(8) < 5 ? FIRST : one_in(2) ? BOTH : SECOND;
	if (where == SECOND)
		sum += add_weight(OP_NET_ADD, 20) + add_weight(OP_OPEN, 40);
	gone_name = NONE;
	planned = done = 0;
	begun = one_in(4) ? 100 : 0;
}

static int maybe(unsigned int one, int value)
{
	return one_in(one) ? value : NONE;
}

static int same_family(int than)
{
	int i;

	do {
		i = below(PREFIXES);
	} while (prefixes[i].family != prefixes[than].family);
	return i;
}

static int draw_net(void)
{
	switch (where) {
	case FIRST:
		return one_in(8);
	case BOTH:
		return one_in(3);
	default:
		return !one_in(4);
	}
}

static int draw_slot(void)
{
	return below(DEVICES);
}

/*
 * What the model knows makes most steps such that they are not refused.  It may
 * be behind what has happened; then they are.
 */
static const struct model *at(int sock)
{
	return &model[world_net_of(sock)];
}

static const struct table *table_at(int sock)
{
	return at(sock)->owner == sock ? &at(sock)->draft : &at(sock)->live;
}

static const struct runtime *runtime_at(int sock)
{
	return at(sock)->owner == sock ? &at(sock)->draft_runtime :
					 &at(sock)->runtime;
}

/* What is refused cancels a transaction, so that it must be rarer there */
static bool nonsense(int sock)
{
	return one_in(at(sock)->owner == sock ? 100 : 16);
}

/* An ISP that is there, or is not; mostly */
static int draw_isp(int sock, bool there)
{
	int isp = below(ISPS), tries = ISPS;

	if (nonsense(sock))
		return isp;
	while (tries-- && table_at(sock)->isp[isp].there != there)
		isp = (isp + 1) % ISPS;
	return isp;
}

static int draw_class(void)
{
	return OBPBL_CLASS_DYNAMIC + below(5);
}

/* A device that is there, mostly */
static int draw_name(int sock)
{
	int tries = 6, name;

	do {
		name = below(3) ? below(2) : below(NAMES);
	} while (tries-- && !model_device(world_net_of(sock), name));
	return name;
}

static bool is_free(int sock, int isp, int class, int prefix)
{
	const struct table *table = table_at(sock);
	int other;

	for (other = 0; other < ISPS; other++) {
		if (other != isp && table->isp[other].there &&
		    table->classes[other][prefix])
			return false;
	}
	return !(table->classes[isp][prefix] >> class & 1);
}

/* What sessions have, or one of them */
static u32 session_prefixes(const struct model *m)
{
	u32 bits = 0;
	int i, n = below(4);

	for (i = 0; i < SESSIONS && n >= 0; i++) {
		bits |= m->runtime.session[i].prefixes;
		n -= m->runtime.session[i].uid > 0;
	}
	return bits;
}

static void draw_prefix(struct step *step)
{
	s32 *arg = step->arg;
	int tries = 8;

	arg[ARG_ISP] = draw_isp(step->who, true);
	arg[ARG_CLASS] = draw_class();
	arg[ARG_PREFIX] = below(PREFIXES);
	if (step->op == OP_PREFIX_FLUSH) {
		arg[ARG_PREFIX] = NONE;
		return;
	}
	if (step->op == OP_PREFIX_DEL) {
		for (tries = 60; tries && !nonsense(step->who) &&
		     !(table_at(step->who)->classes[arg[ARG_ISP]]
		       [arg[ARG_PREFIX]] >> arg[ARG_CLASS] & 1); tries--) {
			arg[ARG_CLASS] = draw_class();
			arg[ARG_PREFIX] = below(PREFIXES);
		}
		return;
	}
	/* Where sessions are, or were, more than elsewhere */
	if (one_in(4)) {
		u32 bits = session_prefixes(at(step->who));

		if (bits)
			arg[ARG_PREFIX] = one_in(2) ? __builtin_ctz(bits) :
					  31 - __builtin_clz(bits);
		return;
	}
	while (tries-- && !is_free(step->who, arg[ARG_ISP], arg[ARG_CLASS],
				   arg[ARG_PREFIX]))
		arg[ARG_PREFIX] = below(PREFIXES);
	if (one_in(4))
		arg[ARG_PREFIX2] = below(PREFIXES);
}

static void draw_config(struct step *step)
{
	s32 *arg = step->arg;

	arg[ARG_MODE] = maybe(2, below(3) ? 2 : (int)below(3));
	arg[ARG_POLICY] = maybe(3, below(3));
	arg[ARG_REJECT] = maybe(4, below(3));
	arg[ARG_REVERSE] = maybe(4, below(2));
	arg[ARG_LIMIT] = maybe(4, below(3));
	if (arg[ARG_LIMIT] > 0)
		arg[ARG_QUARANTINE] = maybe(2, 5);
	arg[ARG_VRF] = maybe(5, 4 + below(2));
}

/* One that is there */
static bool del_overlay(struct step *step)
{
	const struct runtime *runtime = runtime_at(step->who);
	const struct table *table = table_at(step->who);
	const struct overlay *overlay;
	s32 *arg = step->arg;
	unsigned int i;

	if (!(table->n + runtime->n))
		return false;
	i = below(table->n + runtime->n);
	overlay = (int)i < table->n ? &table->overlay[i] :
				      &runtime->overlay[i - table->n];
	arg[ARG_ISP] = overlay->isp;
	arg[ARG_PREFIX] = overlay->prefix;
	arg[ARG_CLASS] = overlay->class;
	arg[ARG_TO] = overlay->to;
	arg[ARG_NAME] = overlay->name;
	return true;
}

static void draw_overlay(struct step *step)
{
	s32 *arg = step->arg;

	if (step->op == OP_OVERLAY_DEL && !nonsense(step->who) &&
	    del_overlay(step))
		return;
	arg[ARG_ISP] = draw_isp(step->who, true);
	arg[ARG_PREFIX] = below(PREFIXES);
	arg[ARG_CLASS] = OBPBL_CLASS_EXEMPT + below(2);
	if (arg[ARG_CLASS] == OBPBL_CLASS_EXEMPT) {
		arg[ARG_TO] = maybe(4, same_family(arg[ARG_PREFIX]));
		arg[ARG_NAME] = maybe(4, below(NAMES));
	}
	if (step->op != OP_OVERLAY_ADD)
		return;
	arg[ARG_LAYER] = maybe(2, below(2));
	arg[ARG_UNTIL] = maybe(3, sim_now / NSEC_PER_SEC + 1 + below(20));
}

static void draw_flow(struct step *step)
{
	static const s16 flags[] = { 0x02, 0x02, 0x02, 0x10, 0x112, 0x110 };
	int other;

	step->arg[ARG_SRC] = below(ADDRS);
	do {
		other = below(ADDRS);
	} while (addrs[other].family != addrs[step->arg[ARG_SRC]].family);
	step->arg[ARG_DST] = other;
	step->arg[ARG_FLAGS] = flags[below(ARRAY_SIZE(flags))];
}

static void draw_sysctl(struct step *step)
{
	static const s32 values[SYSCTLS][4] = {
		{ 0, 1, 2, 2 }, { 0, 1, 0, 0 }, { 0, 1, 0, 0 }, { 0, 1, 2, 1 },
		{ 0, 64, 128, 56 }, { 0, 1, 500, 2 }, { 0, 20, 1, 20 },
		{ 0, 5, 4 << 20, 4 << 20 }, { 0, 3, 256 << 10, 256 << 10 },
		{ 0, 3, 1 << 20, 1 << 20 }, { 64, 64, 128, 64 },
	};

	step->arg[ARG_SYSCTL] = below(SYSCTLS);
	step->arg[ARG_VALUE] = values[step->arg[ARG_SYSCTL]][below(4)];
}

static void draw_args(struct step *step)
{
	s32 *arg = step->arg;

	switch (step->op) {
	case OP_RUN:
		step->who = below(TASKS);
		break;
	case OP_OPEN:
	case OP_WORK:
		arg[ARG_N] = maybe(3, below(4));
		break;
	case OP_GRACE:
		arg[ARG_N] = maybe(3, 1 + below(3));
		break;
	case OP_TIME:
		arg[ARG_N] = one_in(3) ? 1000 * (1 + below(8)) :
					 50 * (1 + below(12));
		break;
	case OP_FAIL:
		arg[ARG_N] = 1 + below(one_in(3) ? 60 : 12);
		break;
	case OP_DEV_ADD:
		arg[ARG_DEV] = draw_slot();
		arg[ARG_NET] = draw_net();
		arg[ARG_NAME] = below(NAMES);
		while (model_device(arg[ARG_NET], arg[ARG_NAME]) && !one_in(8))
			arg[ARG_NAME] = (arg[ARG_NAME] + 1) % NAMES;
		arg[ARG_N] = 1 + below(5);
		break;
	case OP_DEV_DEL:
		delete_device(step, draw_slot());
		break;
	case OP_DEV_RENAME:
		arg[ARG_DEV] = draw_slot();
		arg[ARG_NAME] = below(NAMES);
		break;
	case OP_DEV_MOVE:
		arg[ARG_DEV] = draw_slot();
		arg[ARG_NET] = below(2);
		arg[ARG_N] = 1 + below(5);
		break;
	case OP_DEV_VRF:
		arg[ARG_DEV] = draw_slot();
		arg[ARG_OUT] = maybe(2, draw_slot());
		break;
	case OP_SYSCTL:
		arg[ARG_NET] = draw_net();
		draw_sysctl(step);
		break;
	case OP_PACKET:
		arg[ARG_NET] = draw_net();
		draw_flow(step);
		arg[ARG_DEV] = maybe(2, draw_slot());
		arg[ARG_OUT] = maybe(2, draw_slot());
		arg[ARG_N] = maybe(4, 2 + below(3));
		break;
	case OP_BEGIN:
		arg[ARG_EMPTY] = maybe(2, 1);
		if (arg[ARG_EMPTY] == 1 && one_in(2))
			arg[ARG_SECONDS] = 1 + below(6);
		else if (arg[ARG_EMPTY] == 1 && one_in(2))
			arg[ARG_SHADOW] = 1;
		break;
	case OP_PROMOTE:
		arg[ARG_SECONDS] = maybe(3, 1 + below(6));
		break;
	case OP_ISP_SET:
		arg[ARG_N] = maybe(6, 1);
		/* fall through */
	case OP_ISP_ADD:
		arg[ARG_ISP] = draw_isp(step->who, step->op == OP_ISP_SET);
		draw_config(step);
		break;
	case OP_ISP_DEL:
		arg[ARG_ISP] = draw_isp(step->who, true);
		break;
	case OP_MODE:
		arg[ARG_ISP] = maybe(2, draw_isp(step->who, true));
		arg[ARG_MODE] = below(3);
		break;
	case OP_PREFIX_ADD:
	case OP_PREFIX_REPLACE:
	case OP_PREFIX_DEL:
	case OP_PREFIX_FLUSH:
		draw_prefix(step);
		break;
	case OP_OVERLAY_ADD:
	case OP_OVERLAY_DEL:
		draw_overlay(step);
		break;
	case OP_SESSION_UP:
		arg[ARG_ISP] = draw_isp(step->who, true);
		arg[ARG_CLASS] = maybe(3, one_in(2) ? OBPBL_CLASS_STATIC :
				       OBPBL_CLASS_EXEMPT);
		/* fall through */
	case OP_SESSION_ADDR:
		arg[ARG_PREFIX] = step->op == OP_SESSION_UP && one_in(6) ?
				  NONE : (int)below(PREFIXES);
		if (arg[ARG_PREFIX] != NONE)
			arg[ARG_PREFIX2] = maybe(3, below(PREFIXES));
		/* fall through */
	case OP_SESSION_DOWN:
		arg[ARG_NAME] = draw_name(step->who);
		break;
	case OP_TEST:
		draw_flow(step);
		arg[ARG_FLAGS] &= 0xff;
		arg[ARG_NAME] = maybe(3, below(NAMES));
		break;
	case OP_DUMP:
		arg[ARG_WHAT] = below(9);
		arg[ARG_ISP] = arg[ARG_WHAT] < 5 || arg[ARG_WHAT] == 6 ?
			       maybe(4, draw_isp(step->who, true)) :
			       NONE;
		break;
	case OP_MORE:
		arg[ARG_SIZE] = 256 + 128 * below(16);
		break;
	case OP_RESTORE:
		arg[ARG_ISP] = draw_isp(step->who, true);
		arg[ARG_N] = one_in(4) ? 1 << 29 : 1 + (int)below(9);
		arg[ARG_VALUE] = maybe(2, 1);
		break;
	default:
		break;
	}
}

static int draw_who(enum op op)
{
	switch (op) {
	case OP_LOAD:
	case OP_UNLOAD:
		return TASK_MODULE;
	case OP_NET_ADD:
	case OP_NET_DEL:
		return TASK_NS;
	case OP_DEV_ADD:
	case OP_DEV_DEL:
	case OP_DEV_RENAME:
	case OP_DEV_MOVE:
	case OP_DEV_VRF:
		return one_in(4) ? TASK_DEV1 : TASK_DEV;
	case OP_SYSCTL:
		return TASK_SYSCTL;
	case OP_PACKET:
		return TASK_PACKET0 + below(PACKETS);
	default:
		if (!step_of_task(op))
			return NONE;
		switch (where) {
		case FIRST:
			return !one_in(3);
		case BOTH:
			return one_in(3) ? (int)below(SOCKS) : !one_in(3);
		default:
			return one_in(6) ? (int)below(SOCKS) : 2 + !one_in(3);
		}
	}
}

static enum op draw_op(void)
{
	unsigned int at = below(sum);
	int op = 0;

	while (at >= weight[op])
		at -= weight[op++];
	return op;
}

static bool configures(enum op op)
{
	return op >= OP_ISP_ADD && op <= OP_PREFIX_FLUSH;
}

/* Whether what a change is about is there, or is not, as it should be */
static bool finds(const struct step *step)
{
	const struct table *table = table_at(step->who);
	const struct runtime *runtime = runtime_at(step->who);
	const s32 *arg = step->arg;
	u32 uid = 0;
	int i;

	if (arg[ARG_ISP] != NONE &&
	    table->isp[arg[ARG_ISP]].there != (step->op != OP_ISP_ADD))
		return false;
	if (step->op == OP_OVERLAY_DEL)
		return table->n + runtime->n;
	if (step->op < OP_SESSION_UP)
		return true;
	uid = model_device(world_net_of(step->who), arg[ARG_NAME]);
	if (!uid || step->op == OP_SESSION_UP)
		return uid;
	for (i = 0; i < SESSIONS; i++) {
		if (runtime->session[i].uid == uid)
			return true;
	}
	return false;
}

/* Whether a request is of any use, as far as is known */
static bool timely(const struct step *step)
{
	const struct model *m = at(step->who);
	bool mine = m->owner == step->who;

	if (nonsense(step->who))
		return true;
	switch (step->op) {
	case OP_BEGIN:
		return m->owner == NONE &&
		       !(m->kept && step->arg[ARG_EMPTY] == 1);
	case OP_COMMIT:
		return mine && !m->canceled && !m->gone;
	case OP_ABORT:
		return mine && (m->canceled || m->gone || one_in(4));
	case OP_CONFIRM:
		return m->kept && m->owner == NONE;
	case OP_ROLLBACK:
		return m->kept;
	case OP_PROMOTE:
		return m->shadow && !m->kept && m->owner == NONE;
	case OP_DROP:
		return m->shadow && m->owner == NONE;
	case OP_FLUSH:
		return m->owner == NONE;
	default:
		break;
	}
	if (step->op < OP_ISP_ADD || step->op > OP_SESSION_DOWN)
		return true;
	if (!finds(step))
		return false;
	if (configures(step->op) && m->kept)
		return mine && m->kind == KIND_CONFIRM;
	if (step->op >= OP_SESSION_UP && mine && m->kind == KIND_SHADOW)
		return false;
	return mine ? !m->canceled && !m->gone : m->owner == NONE;
}

static bool useful(const struct step *step)
{
	switch (step->op) {
	case OP_RUN:
		return sim_task[step->who].state == SIM_READY;
	case OP_WORK:
		return work_waiting();
	case OP_GRACE:
		return rcu_waiting();
	case OP_SETTLE:
		return !world_idle();
	case OP_LOAD:
	case OP_NET_ADD:
	case OP_FAIL:
	case OP_TIME:
		return true;
	default:
		return step->op < OP_OPEN ||
		       (sim_module.live && timely(step));
	}
}

/* A device that has a session in a namespace; NONE */
static int draw_session_device(int net)
{
	const struct model *m = &model[net];
	const struct runtime *runtime = m->owner != NONE && one_in(2) ?
					&m->draft_runtime : &m->runtime;
	int slot = below(DEVICES), n, i;

	for (n = 0; n < DEVICES; n++, slot = (slot + 1) % DEVICES) {
		const struct net_device *dev = dev_slot(slot);

		for (i = 0; dev && i < SESSIONS; i++) {
			if (runtime->session[i].uid == dev->uid)
				return slot;
		}
	}
	return NONE;
}

/* The device that a socket is about to make a session for, or change it; NONE */
static int draw_wanted_device(int sock)
{
	const struct step *step = &job[sock].step;
	const struct net_device *dev;

	if (!sched_busy(sock) || step->op < OP_SESSION_UP ||
	    step->op > OP_SESSION_DOWN)
		return NONE;
	dev = dev_named(world_net_of(sock), dev_names[step->arg[ARG_NAME]]);
	return dev ? dev->slot : NONE;
}

/* A task that was interrupted at something, from @first on; NONE */
static int draw_interrupted(int first, int n)
{
	int i, from = below(n);

	for (i = 0; i < n; i++) {
		if (sim_task[first + (from + i) % n].state == SIM_READY)
			return first + (from + i) % n;
	}
	return NONE;
}

static void delete_device(struct step *step, int slot)
{
	const struct net_device *dev = slot == NONE ? NULL : dev_slot(slot);

	step_clear(step, OP_DEV_DEL, one_in(8) ? TASK_DEV1 : TASK_DEV);
	step->arg[ARG_DEV] = slot;
	if (!dev)
		return;
	step->arg[ARG_N] = maybe(4, 1);
	gone_index = dev->ifindex;
	gone_net = dev->net->index;
	for (gone_name = 0; gone_name < NAMES - 1 &&
	     strcmp(dev_names[gone_name], dev->name); gone_name++)
		;
}

static struct step *add_plan(enum op op, int who)
{
	struct step *step = &plan[planned++];

	step_clear(step, op, who);
	return step;
}

/* A device goes to its end, whoever else is in the middle of something */
static void plan_end_of_device(const struct step *step)
{
	add_plan(OP_GRACE, NONE);
	add_plan(OP_RUN, step->who);
}

/* And another one comes by its name and number */
static void plan_return_of_device(void)
{
	struct step *step = add_plan(OP_DEV_ADD, sched_busy(TASK_DEV) ?
						 TASK_DEV1 : TASK_DEV);

	step->arg[ARG_DEV] = draw_slot();
	step->arg[ARG_NET] = gone_net;
	step->arg[ARG_NAME] = gone_name;
	step->arg[ARG_N] = gone_index;
}

static void plan_session(enum op op, int sock)
{
	struct step *step = add_plan(op, sock);

	step->arg[ARG_NAME] = gone_name;
	step->arg[ARG_PREFIX] = below(PREFIXES);
	if (op == OP_SESSION_UP)
		step->arg[ARG_ISP] = draw_isp(sock, true);
}

/* The first prefix of each family is all of it */
static int whole(u8 family)
{
	int i;

	for (i = 0; prefixes[i].family != family || prefixes[i].len; i++)
		;
	return i;
}

static void plan_end_of_net(void)
{
	add_plan(OP_CLOSE, TASK_SOCK2);
	add_plan(OP_CLOSE, TASK_SOCK3);
	add_plan(OP_NET_DEL, TASK_NS);
	/* It waits for a grace period, as does each device; for callbacks; works */
	do {
		add_plan(OP_GRACE, NONE);
		add_plan(OP_WORK, NONE);
		add_plan(OP_RUN, TASK_NS);
	} while (planned < ARRAY_SIZE(plan) - 3 && !one_in(8));
}

/*
 * A source goes over the limit of its ISP, and is put in quarantine; unless its
 * namespace goes in the middle of that.
 */
static void plan_quarantine(int net)
{
	int sock = 2 * net + below(2), isp = draw_isp(2 * net, true);
	bool ends = net && one_in(3), early = one_in(2);
	struct step flow, *step;

	step_clear(&flow, OP_PACKET, TASK_PACKET0);
	draw_flow(&flow);
	flow.arg[ARG_FLAGS] = 2;
	flow.arg[ARG_NET] = net;
	flow.arg[ARG_N] = 2 + below(3);
	if (!model[net].live.isp[isp].quarantine) {
		step = add_plan(OP_ISP_SET, sock);
		step->arg[ARG_ISP] = isp;
		step->arg[ARG_LIMIT] = 1;
		step->arg[ARG_QUARANTINE] = QUARANTINE;
		step->arg[ARG_MODE] = 1 + below(2);
		step = add_plan(OP_PREFIX_REPLACE, sock);
		step->arg[ARG_ISP] = isp;
		step->arg[ARG_CLASS] = OBPBL_CLASS_DYNAMIC;
		step->arg[ARG_PREFIX] =
			whole(addrs[flow.arg[ARG_SRC]].family);
	}
	*add_plan(OP_PACKET, TASK_PACKET0) = flow;
	add_plan(OP_SETTLE, NONE);
	step = add_plan(OP_WORK, NONE);
	if (!ends || !early) {
		add_plan(OP_WORK, NONE);
		add_plan(OP_WORK, NONE);
		add_plan(OP_SETTLE, NONE);
		add_plan(OP_TIME, NONE)->arg[ARG_N] = 150;
		step = add_plan(OP_WORK, NONE);
	}
	if (ends || one_in(2))
		step->slice = 1 + below(one_in(2) ? 2 : longest);
	if (ends)
		plan_end_of_net();
}

/* The next step of the plan that can be done */
static bool planned_step(struct step *step)
{
	while (done < planned) {
		*step = plan[done++];
		if (world_can(step) && (step->op != OP_RUN || useful(step)))
			return true;
	}
	planned = done = 0;
	return false;
}

/* While a device or a work is at something, what would meet it there */
static bool meeting(struct step *step)
{
	int who;

	switch (below(6)) {
	case 0:
		delete_device(step, draw_wanted_device(below(SOCKS)));
		if (step->arg[ARG_DEV] == NONE)
			return false;
		if (one_in(2))
			plan_end_of_device(step);
		return true;
	case 1:
		who = draw_interrupted(TASK_WORKER0, WORKERS);
		delete_device(step, draw_session_device(where == FIRST ? 0 :
							(int)below(NETS)));
		if (who == NONE || step->arg[ARG_DEV] == NONE)
			return false;
		if (one_in(2))
			plan_end_of_device(step);
		return true;
	case 2:
		step_clear(step, OP_RUN, draw_interrupted(TASK_SOCK0, SOCKS));
		return step->who != NONE && sched_busy(TASK_DEV);
	case 3:
		step_clear(step, OP_GRACE, NONE);
		return sched_busy(TASK_DEV) && rcu_waiting();
	case 4:
		if (!sim_net[1] || where == FIRST ||
		    draw_interrupted(TASK_WORKER0, WORKERS) == NONE)
			return false;
		plan_end_of_net();
		return planned_step(step);
	default:
		if (gone_name == NONE)
			return false;
		plan_return_of_device();
		if (sched_busy(TASK_DEV) && one_in(2)) {
			plan_session(OP_SESSION_UP, 2 * gone_net + below(2));
			add_plan(OP_RUN, TASK_DEV);
		}
		return planned_step(step);
	}
}

/*
 * What chance alone would bring together too rarely: an end of something while
 * something else is open.
 */
static bool opportunity(struct step *step)
{
	int net = where == FIRST ? 0 : (int)below(NETS);
	const struct model *m = &model[net];
	int sock = 2 * net + below(2);

	switch (below(11)) {
	case 0:
		delete_device(step, draw_session_device(net));
		if ((m->owner == NONE && !one_in(4)) ||
		    step->arg[ARG_DEV] == NONE)
			return false;
		if (one_in(4)) {
			plan_end_of_device(step);
			plan_return_of_device();
			plan_session(OP_SESSION_ADDR, m->owner != NONE ?
						      m->owner : sock);
		}
		return true;
	case 1:
		step_clear(step, OP_TIME, NONE);
		step->arg[ARG_N] = 1000;
		return m->kept;
	case 2:
		step_clear(step, OP_ROLLBACK, sock);
		return m->kept && m->owner != NONE;
	case 3:
		step_clear(step, OP_PROMOTE, sock);
		return m->shadow;
	case 4:
		step_clear(step, OP_COMMIT, m->owner);
		return m->owner != NONE && !m->canceled && !m->gone;
	case 5:
		step_clear(step, OP_CLOSE, sock);
		return net && sim_net[1] && one_in(4);
	case 6:
		step_clear(step, OP_NET_DEL, TASK_NS);
		return sim_net[1] && !sim_net[1]->used;
	case 7:
		step_clear(step, OP_UNLOAD, TASK_MODULE);
		return sim_module.live && !sim_module.refs && one_in(4);
	case 8:
		if (!sim_module.live || !sim_net[net] || !one_in(4))
			return false;
		plan_quarantine(net);
		return planned_step(step);
	default:
		return meeting(step);
	}
}

/* The next step; false if nothing can be found */
bool gen_step(struct step *step)
{
	unsigned int tries = 200;
	enum op op;

	if (begin_step(step) || planned_step(step))
		return true;
	while (tries--) {
		op = draw_op();
		if (!one_in(8) || !opportunity(step) || !world_can(step)) {
			planned = done = 0;
			step_clear(step, op, draw_who(op));
			draw_args(step);
		}
		op = step->op;
		if (!world_can(step) || !useful(step)) {
			planned = done = 0;
			continue;
		}
		if (interrupts && one_in(interrupts) &&
		    (step_of_task(op) || op == OP_RUN || op == OP_WORK ||
		     op == OP_GRACE))
			step->slice = 1 + below(longest);
		return true;
	}
	return false;
}

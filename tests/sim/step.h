/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Steps: all that can happen in the world, in a small universe of names.
 *
 * A list of steps tells a run in full.  A step begins something in a task, or is
 * the scheduler's: a task goes on, a work is taken, grace periods end, time
 * passes.  Its slice says at which point whoever runs is interrupted.  A
 * step that makes no sense where it stands does nothing, so that any step can
 * be taken out of a list.
 */
#ifndef _SIM_STEP_H
#define _SIM_STEP_H

#include <linux/types.h>

enum op {
	/* The scheduler's */
	OP_RUN,
	OP_SETTLE,
	OP_WORK,
	OP_GRACE,
	OP_TIME,
	OP_FAIL,

	/* Of the module, namespaces and devices */
	OP_LOAD,
	OP_UNLOAD,
	OP_NET_ADD,
	OP_NET_DEL,
	OP_DEV_ADD,
	OP_DEV_DEL,
	OP_DEV_RENAME,
	OP_DEV_MOVE,
	OP_DEV_VRF,
	OP_SYSCTL,
	OP_PACKET,

	/* Of a socket */
	OP_OPEN,
	OP_CLOSE,
	OP_BEGIN,
	OP_COMMIT,
	OP_ABORT,
	OP_FLUSH,
	OP_CONFIRM,
	OP_ROLLBACK,
	OP_PROMOTE,
	OP_DROP,
	OP_ISP_ADD,
	OP_ISP_SET,
	OP_ISP_DEL,
	OP_MODE,
	OP_PREFIX_ADD,
	OP_PREFIX_REPLACE,
	OP_PREFIX_DEL,
	OP_PREFIX_FLUSH,
	OP_OVERLAY_ADD,
	OP_OVERLAY_DEL,
	OP_SESSION_UP,
	OP_SESSION_ADDR,
	OP_SESSION_DOWN,
	OP_GET,
	OP_TEST,
	OP_DUMP,
	OP_MORE,
	OP_END,
	OP_RESTORE,

	OPS
};

/* What is said of a step */
enum arg {
	ARG_N,
	ARG_NET,
	ARG_ISP,
	ARG_MODE,
	ARG_POLICY,
	ARG_REJECT,
	ARG_REVERSE,
	ARG_LIMIT,
	ARG_QUARANTINE,
	ARG_VRF,
	ARG_CLASS,
	ARG_LAYER,
	ARG_PREFIX,
	ARG_PREFIX2,
	ARG_TO,
	ARG_DEV,
	ARG_NAME,
	ARG_UNTIL,
	ARG_EMPTY,
	ARG_SECONDS,
	ARG_SHADOW,
	ARG_SRC,
	ARG_DST,
	ARG_FLAGS,
	ARG_OUT,
	ARG_SYSCTL,
	ARG_VALUE,
	ARG_WHAT,
	ARG_SIZE,

	ARGS
};

#define NONE	(-1)

/**
 * struct step - one step
 * @op: what
 * @who: the task; NONE for the scheduler's
 * @arg: how, by enum arg; NONE: not said
 * @slice: the point at which whoever runs is interrupted, from 1 on; 0: he is not
 */
struct step {
	u8 op;
	s8 who;
	s32 arg[ARGS];
	u32 slice;
};

#define WORDS	16

/* The universe */
#define ISPS		3
#define PREFIXES	14
#define ADDRS		11
#define NAMES		6
#define SYSCTLS		11

struct prefix {
	u8 family;	/* 4 or 6 */
	u8 len;
	u8 addr[16];
};

struct addr {
	u8 family;
	u8 addr[16];
};

extern const char * const isp_names[ISPS];
extern const char * const dev_names[NAMES];
extern const char * const sysctl_names[SYSCTLS];
extern struct prefix prefixes[PREFIXES];
extern struct addr addrs[ADDRS];

void step_init(void);
void step_clear(struct step *step, enum op op, int who);
bool step_of_task(enum op op);
const char *step_name(enum op op);
int step_print(char *to, size_t size, const struct step *step);
bool step_parse(struct step *step, const char *line);

#endif

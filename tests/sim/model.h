/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model: what the policy must be, written from the documents alone, in
 * plain arrays over the universe of steps.
 *
 * Requests are applied in the order in which they had the lock of the module, as
 * they were answered: one that was refused has changed nothing, one that was not
 * has done what it says.  What the module does by itself (a change taken back,
 * sources over their limit) it tells in events.  Whenever nobody is at anything,
 * what dumps tell is compared with this, and the verdicts on some packets.
 */
#ifndef _SIM_MODEL_H
#define _SIM_MODEL_H

#include "sim.h"
#include "step.h"

#define OVERLAYS	96

/* Sessions that the model has room for, those of devices that are gone among them */
#define SESSIONS	(4 * DEVICES)

/* What the limits of all ISPs quarantine for, where they do */
#define QUARANTINE	5

/**
 * struct config - an ISP
 * @there: there is one
 * @vrf: number of a name; NONE
 */
struct config {
	bool there;
	bool reverse;
	u8 mode;
	u8 policy;
	u8 reject;
	s8 vrf;
	u32 limit;
	u32 quarantine;
};

/**
 * struct overlay - an exemption or quarantine
 * @to: a destination; NONE
 * @name: a device; NONE
 * @vrf: the VRF of its ISP when it was added at run time; NONE
 * @until: seconds of the world's time; 0: for ever
 * @own: the module added it, for a limit
 * @loose: of such a one it is not known in which VRF
 * @seen: it has been told of in this dump
 */
struct overlay {
	u8 isp;
	u8 class;
	u8 prefix;
	s8 to;
	s8 name;
	s8 vrf;
	bool own;
	bool loose;
	bool seen;
	u64 until;
};

/**
 * struct table - what is configured
 * @classes: of each ISP at each prefix, as bits
 */
struct table {
	struct config isp[ISPS];
	u8 classes[ISPS][PREFIXES];
	struct overlay overlay[OVERLAYS];
	int n;
};

/**
 * struct session - what a device has
 * @uid: the device; 0: no session
 * @loose: it is not known in which VRF
 * @prefixes: bits
 */
struct session {
	u32 uid;
	u8 isp;
	u8 class;
	s8 vrf;
	bool loose;
	u32 prefixes;
};

/* What was added at run time */
struct runtime {
	struct overlay overlay[OVERLAYS];
	int n;
	struct session session[SESSIONS];
};

/**
 * struct counted - what was restored of the one counter of an ISP that no packet
 *		    of a step is counted in
 * @total: all
 * @since: but for what was from before the last reset
 * @told: of that, what resets have told of
 * @known: the module knows the name for sure
 */
struct counted {
	u64 total;
	u64 since;
	u64 told;
	bool known;
};

/* So many bytes has each of its packets: a few more, and there is no number */
#define COUNTED_BYTES	(1ULL << 32)

/* What a transaction is for */
enum kind {
	KIND_EDIT,
	KIND_EMPTY,
	KIND_CONFIRM,
	KIND_SHADOW,
};

/**
 * struct model - a namespace
 * @known: it has the module's state
 * @vague: sessions are not known for sure: take them from the next dump
 * @draft_vague: nor were they when the transaction began
 * @slot: by enum slot of the design
 * @kept: there is a table in KEPT
 * @shadow: there is one in SHADOW
 * @deadline: when KEPT comes back
 * @owner: the socket with a transaction open; NONE
 * @canceled: something of it was refused
 * @doubtful: it is not known whether that counts as refused
 * @gone: what it began from is gone
 * @sysctl: values
 * @hidden: the module has quarantined what is no prefix of the universe
 * @counted: by ISP
 * @quarantines: an ISP had a quarantine for its limit
 * @ceilings: ceilings were lowered
 * @ghosts: there may be sessions of devices that are gone, which do no harm
 * @unsettled: overlays of what came back may or may not have taken the place of
 *	       equal ones
 * @lost: too much has happened at once to be told in order
 */
struct model {
	bool known;
	bool vague;
	bool draft_vague;
	struct table live;
	struct table kept_table;
	struct table shadow_table;
	struct runtime runtime;
	bool kept;
	bool shadow;
	u64 deadline;
	int owner;
	enum kind kind;
	u32 seconds;
	bool canceled;
	bool doubtful;
	bool gone;
	struct table draft;
	struct runtime draft_runtime;
	u32 sysctl[SYSCTLS];
	struct counted counted[ISPS];
	bool hidden;
	bool quarantines;
	bool ceilings;
	bool ghosts;
	bool unsettled;
	bool lost;
};

extern struct model model[NETS];
/* Compare with the model as well, one time in so many; 0: never */
extern unsigned int model_every;

void model_reset(void);
void model_forget(int net);
void model_note(int task);
void model_catch_up(int net);
void model_unloaded(void);
void model_follow(void);
void model_check(void);
void model_told(int net, u8 cmd, u8 *bytes, int len);
void model_settled(void);
void model_empty(void);
u32 model_device(int net, int name);

/* What a packet gets */
struct verdict {
	bool judged;
	bool unsure;
	bool limited;
	u8 verdict;
	u8 reason;
	s8 isp;
	u8 src_class;
	u8 src_len;
	u8 dst_class;
	u8 dst_len;
};

void model_judge(const struct model *m, const struct table *table, int src,
		 int dst, int dev, int vrf, int out, int out_vrf, int flags,
		 struct verdict *v);
bool model_awake(const struct table *table, int isp, int vrf, int prefix);
bool model_lives(const struct session *session);
bool model_alike(const struct overlay *a, const struct overlay *b);
bool model_same_overlay(const struct overlay *a, const struct overlay *b);

#endif

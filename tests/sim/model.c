// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model: tables, transactions, slots.
 */
#include <stdio.h>
#include <stdlib.h>
#include <uapi/linux/obpbl.h>

#include "model.h"
#include "run.h"
#include "world.h"

#define LOG	512

struct model model[NETS];
unsigned int model_every = 1;

/**
 * struct entry - something that has happened
 * @stamp: when, in the order of the module's lock
 * @since: from when on nobody else could change anything until then
 * @step: what was asked for
 * @err: how it was answered
 * @uid: the device it was about
 * @now: when, in ns
 * @event: it is an event of the module's own: enum obpbl_cmd
 * @failed: an allocation failed meanwhile
 * @going: the module was not there all the while
 * @begun: when the request was
 */
struct entry {
	u64 stamp;
	u64 since;
	struct step step;
	int err;
	u32 uid;
	u64 now;
	int event;
	bool failed;
	bool going;
	u64 begun;
};

static struct entry events[NETS][LOG];
static int logged[NETS];

/* Where a worker is taking a change back; NONE */
static struct {
	int net;
	int entry;
} rolling[WORKERS];

#define BIT_OF(class)	(1U << (class))
#define SOURCES		(BIT_OF(OBPBL_CLASS_DYNAMIC) | \
			 BIT_OF(OBPBL_CLASS_STATIC) | BIT_OF(OBPBL_CLASS_SPACE))

static void wrong(const struct entry *entry, const char *what)
{
	char text[512];

	step_print(text, sizeof(text), &entry->step);
	fprintf(stderr, "sim: answered %d: %s\n", entry->err, text);
	sim_fail("%s (%s: %d)", what, step_name(entry->step.op), entry->err);
}

void model_forget(int net)
{
	static const u32 presets[SYSCTLS] = {
		2, 0, 0, 1, 64, 500, 20, 4 << 20, 256 << 10, 1 << 20, 64,
	};
	struct model *m = &model[net];
	int i;

	memset(m, 0, sizeof(*m));
	m->owner = NONE;
	for (i = 0; i < SYSCTLS; i++)
		m->sysctl[i] = presets[i];
	logged[net] = 0;
	for (i = 0; i < WORKERS; i++) {
		if (rolling[i].net == net)
			rolling[i].net = NONE;
	}
}

void model_reset(void)
{
	int i;

	for (i = 0; i < NETS; i++)
		model_forget(i);
	for (i = 0; i < WORKERS; i++)
		rolling[i].net = NONE;
}

/* Tables */

/* Whether a request that names the one names the other */
bool model_alike(const struct overlay *a, const struct overlay *b)
{
	return a->isp == b->isp && a->class == b->class &&
	       a->prefix == b->prefix && a->to == b->to && a->name == b->name;
}

bool model_same_overlay(const struct overlay *a, const struct overlay *b)
{
	return model_alike(a, b) && (a->vrf == b->vrf || a->loose || b->loose);
}

static bool surely_same(const struct overlay *a, const struct overlay *b)
{
	return model_alike(a, b) && !a->loose && !b->loose && a->vrf == b->vrf;
}

static bool spent_and_same(const struct overlay *a, const struct overlay *b)
{
	return a->own && a->until <= sim_now / NSEC_PER_SEC &&
	       surely_same(a, b);
}

typedef bool same_fn(const struct overlay *a, const struct overlay *b);

/* Removes all that are @same as @like; whether there was one */
static bool overlay_remove(struct overlay *list, int *n,
			   const struct overlay *like, same_fn *same)
{
	bool any = false;
	int i;

	for (i = 0; i < *n;) {
		if (same(&list[i], like)) {
			list[i] = list[--*n];
			any = true;
		} else {
			i++;
		}
	}
	return any;
}

/* Whether there is one that the module cannot have removed by itself */
static bool overlay_surely(const struct overlay *list, int n,
			   const struct overlay *like, same_fn *same)
{
	while (n--) {
		if (!list[n].own && same(&list[n], like))
			return true;
	}
	return false;
}

static bool overlay_has(const struct overlay *list, int n,
			const struct overlay *like, same_fn *same)
{
	while (n--) {
		if (same(&list[n], like))
			return true;
	}
	return false;
}

static void overlay_append(struct overlay *list, int *n,
			   const struct overlay *overlay)
{
	if (*n == OVERLAYS)
		sim_fail("the model has no room for an overlay");
	list[(*n)++] = *overlay;
}

/* One that is configured takes the place of the same at run time */
static void supersede_one(struct model *m, struct runtime *runtime,
			  const struct overlay *overlay)
{
	overlay_remove(runtime->overlay, &runtime->n, overlay, surely_same);
	m->unsettled |= overlay_has(runtime->overlay, runtime->n, overlay,
				    model_same_overlay);
}

static void supersede(struct model *m)
{
	int i;

	for (i = 0; i < m->live.n; i++)
		supersede_one(m, &m->runtime, &m->live.overlay[i]);
}

static void isp_clear(struct table *table, int isp)
{
	int i;

	memset(&table->isp[isp], 0, sizeof(table->isp[isp]));
	memset(table->classes[isp], 0, sizeof(table->classes[isp]));
	for (i = 0; i < table->n;) {
		if (table->overlay[i].isp == isp)
			table->overlay[i] = table->overlay[--table->n];
		else
			i++;
	}
}

static void runtime_clear(struct runtime *runtime, int isp)
{
	int i;

	for (i = 0; i < runtime->n;) {
		if (runtime->overlay[i].isp == isp)
			runtime->overlay[i] = runtime->overlay[--runtime->n];
		else
			i++;
	}
	for (i = 0; i < SESSIONS; i++) {
		if (runtime->session[i].isp == isp)
			runtime->session[i].uid = 0;
	}
}

/* Changes */

static void set_config(struct config *config, const s32 *arg, bool none_vrf)
{
	if (arg[ARG_MODE] != NONE)
		config->mode = arg[ARG_MODE];
	if (arg[ARG_POLICY] != NONE)
		config->policy = arg[ARG_POLICY];
	if (arg[ARG_REJECT] != NONE)
		config->reject = arg[ARG_REJECT];
	if (arg[ARG_REVERSE] != NONE)
		config->reverse = arg[ARG_REVERSE];
	if (arg[ARG_LIMIT] != NONE)
		config->limit = arg[ARG_LIMIT];
	if (arg[ARG_QUARANTINE] != NONE)
		config->quarantine = arg[ARG_QUARANTINE];
	if (arg[ARG_VRF] != NONE)
		config->vrf = arg[ARG_VRF];
	else if (none_vrf)
		config->vrf = NONE;
}

/* The VRF that an ISP of a step will be in */
static s8 vrf_then(const struct step *step, const struct config *config)
{
	if (step->arg[ARG_VRF] != NONE)
		return step->arg[ARG_VRF];
	return step->op == OP_ISP_SET && step->arg[ARG_N] == 1 ? NONE :
								 config->vrf;
}

/* Whether an ISP has entries on sources, here or at run time */
static bool has_entries(const struct table *table,
			const struct runtime *runtime, int isp)
{
	int i;

	for (i = 0; i < PREFIXES; i++) {
		if (table->classes[isp][i] & SOURCES)
			return true;
	}
	for (i = 0; i < table->n; i++) {
		if (table->overlay[i].isp == isp)
			return true;
	}
	for (i = 0; runtime && i < runtime->n; i++) {
		if (runtime->overlay[i].isp == isp)
			return true;
	}
	for (i = 0; runtime && i < SESSIONS; i++) {
		if (runtime->session[i].uid && runtime->session[i].isp == isp)
			return true;
	}
	return false;
}

static void isp_change(const struct entry *entry, struct table *table)
{
	const s32 *arg = entry->step.arg;
	struct config *config = &table->isp[arg[ARG_ISP]];
	bool add = entry->step.op == OP_ISP_ADD;

	if (add && config->there)
		wrong(entry, "an ISP was added that was there");
	if (!add && !config->there)
		wrong(entry, "an ISP was set that was not there");
	if (!add && vrf_then(&entry->step, config) != config->vrf &&
	    has_entries(table, NULL, arg[ARG_ISP]))
		wrong(entry, "an ISP left a VRF with what it has there");
	if (add)
		*config = (struct config){
			.there = true, .mode = OBPBL_MODE_MONITOR, .vrf = NONE,
		};
	set_config(config, arg, !add && arg[ARG_N] == 1);
}

static void mode_change(const struct entry *entry, struct table *table)
{
	const s32 *arg = entry->step.arg;
	int i;

	for (i = 0; i < ISPS; i++) {
		if (arg[ARG_ISP] != NONE && arg[ARG_ISP] != i)
			continue;
		if (arg[ARG_ISP] == i && !table->isp[i].there)
			wrong(entry, "the mode was set of an ISP that is not there");
		if (table->isp[i].there)
			table->isp[i].mode = arg[ARG_MODE];
	}
}

static u8 rival(int class)
{
	switch (class) {
	case OBPBL_CLASS_DYNAMIC:
		return BIT_OF(OBPBL_CLASS_STATIC);
	case OBPBL_CLASS_STATIC:
		return BIT_OF(OBPBL_CLASS_DYNAMIC);
	case OBPBL_CLASS_RELAY:
		return BIT_OF(OBPBL_CLASS_TARGET);
	case OBPBL_CLASS_TARGET:
		return BIT_OF(OBPBL_CLASS_RELAY);
	default:
		return 0;
	}
}

/* Whose a source prefix is in a scope; NONE */
static int owner_of(const struct table *table, int vrf, int prefix, int but)
{
	int isp, i;

	for (isp = 0; isp < ISPS; isp++) {
		if (isp == but || !table->isp[isp].there ||
		    table->isp[isp].vrf != vrf)
			continue;
		if (table->classes[isp][prefix] & SOURCES)
			return isp;
		for (i = 0; i < table->n; i++) {
			if (table->overlay[i].isp == isp &&
			    table->overlay[i].prefix == prefix)
				return isp;
		}
	}
	return NONE;
}

static void prefix_one(const struct entry *entry, struct table *table,
		       int prefix)
{
	const s32 *arg = entry->step.arg;
	int isp = arg[ARG_ISP], class = arg[ARG_CLASS];
	u8 *classes = &table->classes[isp][prefix];

	switch (entry->step.op) {
	case OP_PREFIX_ADD:
		if (*classes & BIT_OF(class))
			wrong(entry, "a prefix was added that was there");
		break;
	case OP_PREFIX_REPLACE:
		*classes &= ~rival(class);
		break;
	default:
		if (!(*classes & BIT_OF(class)))
			wrong(entry, "a prefix was removed that was not there");
		*classes &= ~BIT_OF(class);
		return;
	}
	if (BIT_OF(class) & SOURCES &&
	    owner_of(table, table->isp[isp].vrf, prefix, isp) != NONE)
		wrong(entry, "a prefix was given to two ISPs");
	*classes |= BIT_OF(class);
}

static void prefix_change(const struct entry *entry, struct table *table)
{
	const s32 *arg = entry->step.arg;
	int one = arg[ARG_PREFIX], two = arg[ARG_PREFIX2], i;

	if (!table->isp[arg[ARG_ISP]].there)
		wrong(entry, "a prefix was changed of an ISP that is not there");
	if (entry->step.op == OP_PREFIX_FLUSH) {
		for (i = 0; i < PREFIXES; i++)
			table->classes[arg[ARG_ISP]][i] &=
				~BIT_OF(arg[ARG_CLASS]);
		return;
	}
	if (one != NONE)
		prefix_one(entry, table, one);
	if (two != NONE)
		prefix_one(entry, table, two);
}

static void overlay_of(const struct step *step, const struct table *table,
		       struct overlay *overlay)
{
	const s32 *arg = step->arg;

	*overlay = (struct overlay){
		.isp = arg[ARG_ISP], .class = arg[ARG_CLASS],
		.prefix = arg[ARG_PREFIX], .to = arg[ARG_TO],
		.name = arg[ARG_NAME], .vrf = table->isp[arg[ARG_ISP]].vrf,
		.until = arg[ARG_UNTIL] == NONE ? 0 : arg[ARG_UNTIL],
	};
}

static void overlay_add(const struct entry *entry, struct model *m,
			struct table *table, struct runtime *runtime,
			bool settled)
{
	bool configured = entry->step.arg[ARG_LAYER] == OBPBL_LAYER_CONFIGURED;
	struct overlay overlay;

	if (!table->isp[entry->step.arg[ARG_ISP]].there)
		wrong(entry, "an overlay was added to an ISP that is not there");
	overlay_of(&entry->step, table, &overlay);
	if (overlay_has(table->overlay, table->n, &overlay, model_same_overlay))
		wrong(entry, "an overlay was added that is configured");
	if (configured) {
		if (owner_of(table, overlay.vrf, overlay.prefix,
			     overlay.isp) != NONE)
			wrong(entry, "an overlay was configured on another's prefix");
		overlay_append(table->overlay, &table->n, &overlay);
		if (settled)
			supersede_one(m, runtime, &overlay);
		return;
	}
	if (!model_awake(table, overlay.isp, overlay.vrf, overlay.prefix))
		wrong(entry, "an overlay was added on another's prefix");
	/* One of the module's own that has ended may have made room for it */
	overlay_remove(runtime->overlay, &runtime->n, &overlay, spent_and_same);
	if (overlay_has(runtime->overlay, runtime->n, &overlay, surely_same))
		wrong(entry, "an overlay was added that was there");
	overlay_append(runtime->overlay, &runtime->n, &overlay);
}

/* At run time it may be of an ISP that is elsewhere by now, or nowhere */
static void overlay_del(const struct entry *entry, struct model *m,
			struct table *table, struct runtime *runtime,
			bool shadow)
{
	struct overlay overlay;
	bool any;

	overlay_of(&entry->step, table, &overlay);
	any = overlay_remove(table->overlay, &table->n, &overlay, model_alike);
	if (any && m->kept && m->kind != KIND_CONFIRM)
		wrong(entry, "what is configured was removed before it was confirmed");
	if (!shadow)
		any |= overlay_remove(runtime->overlay, &runtime->n, &overlay,
				      model_alike);
	if (!any && !m->quarantines)
		wrong(entry, "an overlay was removed that was not there");
}

static bool is_registered(u32 uid)
{
	int slot;

	for (slot = 0; slot < DEVICES; slot++) {
		if (dev_slot(slot) && dev_slot(slot)->uid == uid)
			return true;
	}
	return false;
}

static struct session *session_of(struct runtime *runtime, u32 uid, bool make)
{
	struct session *free = NULL, *session;
	int i;

	for (i = 0; i < SESSIONS; i++) {
		session = &runtime->session[i];
		if (uid && session->uid == uid)
			return session;
		if (!session->uid || (!free && !is_registered(session->uid)))
			free = session;
	}
	if (!make)
		return NULL;
	if (!free)
		sim_fail("the model has no room for a session");
	memset(free, 0, sizeof(*free));
	free->uid = uid;
	return free;
}

static u32 prefixes_of(const struct step *step)
{
	u32 bits = 0;

	if (step->arg[ARG_PREFIX] != NONE)
		bits |= 1U << step->arg[ARG_PREFIX];
	if (step->arg[ARG_PREFIX2] != NONE)
		bits |= 1U << step->arg[ARG_PREFIX2];
	return bits;
}

static void session_change(const struct entry *entry, struct model *m,
			   struct table *table, struct runtime *runtime)
{
	bool *vague = runtime == &m->runtime ? &m->vague : &m->draft_vague;
	const s32 *arg = entry->step.arg;
	struct session *session;
	u32 bits = prefixes_of(&entry->step);
	int i;

	if (!entry->uid) {
		/* Of no device there is no session: as was asked for */
		if (entry->step.op != OP_SESSION_DOWN)
			*vague = m->ghosts = true;
		return;
	}
	session = session_of(runtime, entry->uid,
			     entry->step.op == OP_SESSION_UP);
	if (entry->step.op == OP_SESSION_DOWN) {
		if (session)
			session->uid = 0;
		return;
	}
	if (!session && !*vague)
		wrong(entry, "a session gained a prefix that was not there");
	if (!session)
		return;
	if (entry->step.op == OP_SESSION_UP) {
		if (!table->isp[arg[ARG_ISP]].there)
			wrong(entry, "a session came up of an ISP that is not there");
		session->isp = arg[ARG_ISP];
		session->class = arg[ARG_CLASS] == NONE ?
				 OBPBL_CLASS_DYNAMIC : arg[ARG_CLASS];
		session->vrf = table->isp[arg[ARG_ISP]].vrf;
		session->prefixes = 0;
		session->loose = false;
	}
	session->prefixes |= bits;
	for (i = 0; i < SESSIONS; i++) {
		struct session *other = &runtime->session[i];

		if (other == session || !(other->prefixes & bits))
			continue;
		if (other->loose || session->loose)
			*vague = m->ghosts = true;
		else if (other->vrf == session->vrf)
			other->prefixes &= ~bits;
	}
}

static void change(const struct entry *entry, struct model *m,
		   struct table *table, struct runtime *runtime)
{
	bool open = m->owner != NONE;
	bool shadow = open && m->kind == KIND_SHADOW;
	bool settled = !open || m->kind == KIND_EDIT;

	switch (entry->step.op) {
	case OP_ISP_ADD:
	case OP_ISP_SET:
		isp_change(entry, table);
		m->counted[entry->step.arg[ARG_ISP]].known = true;
		m->quarantines |= entry->step.arg[ARG_QUARANTINE] > 0;
		break;
	case OP_ISP_DEL:
		if (!table->isp[entry->step.arg[ARG_ISP]].there)
			wrong(entry, "an ISP was removed that was not there");
		isp_clear(table, entry->step.arg[ARG_ISP]);
		if (!shadow)
			runtime_clear(runtime, entry->step.arg[ARG_ISP]);
		break;
	case OP_MODE:
		mode_change(entry, table);
		break;
	case OP_PREFIX_ADD:
	case OP_PREFIX_REPLACE:
	case OP_PREFIX_DEL:
	case OP_PREFIX_FLUSH:
		prefix_change(entry, table);
		break;
	case OP_OVERLAY_ADD:
		if (shadow && entry->step.arg[ARG_LAYER] !=
			      OBPBL_LAYER_CONFIGURED)
			wrong(entry, "a run-time overlay was added to a shadow");
		overlay_add(entry, m, table, runtime, settled);
		break;
	case OP_OVERLAY_DEL:
		overlay_del(entry, m, table, runtime, shadow);
		break;
	default:
		session_change(entry, m, table, runtime);
		break;
	}
}

/* Transactions and slots */

static void end_transaction(struct model *m)
{
	m->owner = NONE;
	m->canceled = m->doubtful = m->gone = false;
	m->kind = KIND_EDIT;
}

/*
 * What comes back takes the place of equal overlays of run time as well; but for
 * want of memory it comes back without, and both are there.
 */
static void roll_back(const struct entry *entry, struct model *m)
{
	m->live = m->kept_table;
	m->kept = false;
	if (m->owner != NONE)
		m->gone = true;
	if (entry->failed)
		m->unsettled = true;
	else
		supersede(m);
}

static void begin(const struct entry *entry, struct model *m)
{
	const s32 *arg = entry->step.arg;

	if (m->owner != NONE)
		wrong(entry, "a second transaction was begun");
	if (arg[ARG_EMPTY] > 0 && m->kept)
		wrong(entry, "a file was begun while a change is not confirmed");
	m->owner = entry->step.who;
	m->canceled = m->doubtful = m->gone = false;
	m->seconds = 0;
	m->draft_runtime = m->runtime;
	m->draft_vague = m->vague;
	if (arg[ARG_EMPTY] <= 0) {
		m->kind = KIND_EDIT;
		m->draft = m->live;
		return;
	}
	memset(&m->draft, 0, sizeof(m->draft));
	m->kind = KIND_EMPTY;
	if (arg[ARG_SHADOW] > 0)
		m->kind = KIND_SHADOW;
	else if (arg[ARG_SECONDS] > 0)
		m->kind = KIND_CONFIRM;
	m->seconds = arg[ARG_SECONDS];
}

static void commit(const struct entry *entry, struct model *m)
{
	if (m->owner != entry->step.who)
		wrong(entry, "another's transaction was committed");
	if (m->canceled || m->gone)
		wrong(entry, "a transaction was committed of which something was refused");
	switch (m->kind) {
	case KIND_SHADOW:
		m->shadow_table = m->draft;
		m->shadow = true;
		break;
	case KIND_CONFIRM:
		m->kept_table = m->live;
		m->kept = true;
		m->deadline = entry->now + (u64)m->seconds * NSEC_PER_SEC;
		m->live = m->draft;
		m->runtime = m->draft_runtime;
		m->vague |= m->draft_vague;
		break;
	default:
		m->live = m->draft;
		m->runtime = m->draft_runtime;
		m->vague |= m->draft_vague;
		if (m->kind == KIND_EMPTY)
			supersede(m);
		break;
	}
	end_transaction(m);
}

static void promote(const struct entry *entry, struct model *m)
{
	s32 seconds = entry->step.arg[ARG_SECONDS];

	if (!m->shadow)
		wrong(entry, "a shadow was promoted that was not there");
	if (m->owner != NONE)
		wrong(entry, "a shadow was promoted in a transaction");
	if (m->kept)
		wrong(entry, "a shadow was promoted while a change is not confirmed");
	if (seconds > 0) {
		m->kept_table = m->live;
		m->kept = true;
		m->deadline = entry->now + (u64)seconds * NSEC_PER_SEC;
	}
	m->live = m->shadow_table;
	m->shadow = false;
	if (!m->kept)
		supersede(m);
}

/* Of names that are forgotten and known again, nothing is known */
static bool is_counted(void)
{
	return sim_max_isps >= ISPS;
}

static bool overflows(const struct entry *entry, const struct model *m)
{
	const s32 *arg = entry->step.arg;

	return m->counted[arg[ARG_ISP]].total + arg[ARG_N] >
	       S64_MAX / COUNTED_BYTES;
}

static void restore(const struct entry *entry, struct model *m)
{
	const s32 *arg = entry->step.arg;
	struct counted *counted = &m->counted[arg[ARG_ISP]];

	if (is_counted() && overflows(entry, m))
		wrong(entry, "a counter went out of range");
	counted->total += arg[ARG_N];
	if (arg[ARG_VALUE] <= 0)
		counted->since += arg[ARG_N];
}

static bool configures(const struct step *step)
{
	switch (step->op) {
	case OP_ISP_ADD:
	case OP_ISP_SET:
	case OP_ISP_DEL:
	case OP_MODE:
	case OP_PREFIX_ADD:
	case OP_PREFIX_REPLACE:
	case OP_PREFIX_DEL:
	case OP_PREFIX_FLUSH:
		return true;
	case OP_OVERLAY_ADD:
		return step->arg[ARG_LAYER] == OBPBL_LAYER_CONFIGURED;
	default:
		return false;
	}
}

static void flush(struct model *m)
{
	memset(&m->live, 0, sizeof(m->live));
	memset(&m->runtime, 0, sizeof(m->runtime));
	m->kept = m->shadow = false;
}

/* Whether another request was under way that had let go of the lock */
static bool between(const struct entry *entry, const struct model *m)
{
	int net = m - model, i;

	for (i = 0; i < logged[net]; i++) {
		const struct entry *other = &events[net][i];

		if (other->since < entry->stamp && entry->stamp < other->stamp)
			return true;
	}
	return false;
}

/* Whether a request is answered as if no other had a transaction open */
static bool finds_none(const struct entry *entry)
{
	switch (entry->step.op) {
	case OP_CLOSE:
	case OP_ROLLBACK:
	case OP_RESTORE:
		return false;
	case OP_COMMIT:
	case OP_ABORT:
		return entry->err == -EINVAL;
	default:
		return !entry->err;
	}
}

/*
 * A socket that is about to close is dead before that is told.  The end of
 * another one, which has its port by then, ends its transaction as well.
 */
static void ended_early(const struct entry *entry, struct model *m)
{
	int net = m - model, i;

	if (m->owner == NONE || m->owner == entry->step.who ||
	    !finds_none(entry))
		return;
	for (i = 0; i < logged[net]; i++) {
		const struct entry *other = &events[net][i];

		if (other->step.op == OP_CLOSE && !other->event &&
		    other->step.who == m->owner &&
		    other->begun < entry->stamp &&
		    entry->stamp < other->stamp) {
			end_transaction(m);
			return;
		}
	}
}

static void done(const struct entry *entry, struct model *m)
{
	bool mine = m->owner == entry->step.who;

	if (entry->step.op != OP_CLOSE && entry->step.op != OP_RESTORE &&
	    between(entry, m))
		wrong(entry, "a request went through while another was under way");
	switch (entry->step.op) {
	case OP_BEGIN:
		begin(entry, m);
		break;
	case OP_COMMIT:
		commit(entry, m);
		break;
	case OP_ABORT:
		if (!mine)
			wrong(entry, "another's transaction was aborted");
		end_transaction(m);
		break;
	case OP_CLOSE:
		if (mine)
			end_transaction(m);
		break;
	case OP_FLUSH:
		if (m->owner != NONE)
			wrong(entry, "all was flushed in a transaction");
		flush(m);
		break;
	case OP_CONFIRM:
		if (!m->kept)
			wrong(entry, "a change was confirmed that was not there");
		m->kept = false;
		supersede(m);
		break;
	case OP_ROLLBACK:
		if (!m->kept)
			wrong(entry, "a change was taken back that was not there");
		roll_back(entry, m);
		break;
	case OP_PROMOTE:
		promote(entry, m);
		break;
	case OP_DROP:
		if (!m->shadow)
			wrong(entry, "a shadow was dropped that was not there");
		m->shadow = false;
		break;
	case OP_RESTORE:
		restore(entry, m);
		break;
	default:
		if (m->owner != NONE && !mine)
			wrong(entry, "a change went through while another's transaction is open");
		if (mine && (m->canceled || m->gone))
			wrong(entry, "a change went through in a transaction of which something was refused");
		if (configures(&entry->step) && m->kept &&
		    !(mine && m->kind == KIND_CONFIRM))
			wrong(entry, "what is configured was changed before it was confirmed");
		if (mine)
			change(entry, m, &m->draft, &m->draft_runtime);
		else
			change(entry, m, &m->live, &m->runtime);
		break;
	}
}

/* Refusals */

/* Whether sessions are not known for sure where a request looks for them */
static bool is_vague(const struct model *m, const struct entry *entry)
{
	return m->owner == entry->step.who ? m->draft_vague : m->vague;
}

static bool of_isp(enum op op)
{
	return op >= OP_ISP_ADD && op <= OP_SESSION_UP;
}

static bool of_session(enum op op)
{
	return op >= OP_SESSION_UP && op <= OP_SESSION_DOWN;
}

/* Changes of one request, which may be part of a transaction */
static bool of_change(enum op op)
{
	return op >= OP_ISP_ADD && op <= OP_SESSION_DOWN;
}

static bool is_there(const struct entry *entry, const struct table *table,
		     int prefix)
{
	const s32 *arg = entry->step.arg;

	return prefix == NONE ||
	       table->classes[arg[ARG_ISP]][prefix] >> arg[ARG_CLASS] & 1;
}

static bool may_exist(const struct entry *entry, const struct model *m,
		      const struct table *table, const struct runtime *runtime)
{
	const s32 *arg = entry->step.arg;
	struct overlay overlay;

	switch (entry->step.op) {
	case OP_ISP_ADD:
		return table->isp[arg[ARG_ISP]].there;
	case OP_PREFIX_ADD:
		return is_there(entry, table, arg[ARG_PREFIX]) ||
		       (arg[ARG_PREFIX2] != NONE &&
			is_there(entry, table, arg[ARG_PREFIX2])) ||
		       arg[ARG_PREFIX] == arg[ARG_PREFIX2];
	case OP_OVERLAY_ADD:
		overlay_of(&entry->step, table, &overlay);
		return overlay_has(table->overlay, table->n, &overlay,
				   model_same_overlay) ||
		       (arg[ARG_LAYER] != OBPBL_LAYER_CONFIGURED &&
			overlay_has(runtime->overlay, runtime->n, &overlay,
				    model_same_overlay)) ||
		       (m->quarantines &&
			overlay.class == OBPBL_CLASS_QUARANTINE);
	default:
		return false;
	}
}

static bool may_miss(const struct entry *entry, struct model *m,
		     const struct table *table, struct runtime *runtime)
{
	bool shadow = m->owner == entry->step.who && m->kind == KIND_SHADOW;
	const s32 *arg = entry->step.arg;
	struct overlay overlay;

	switch (entry->step.op) {
	case OP_CONFIRM:
	case OP_ROLLBACK:
		return !m->kept;
	case OP_PROMOTE:
	case OP_DROP:
		return !m->shadow;
	case OP_RESTORE:
		return !m->counted[arg[ARG_ISP]].known || !is_counted();
	case OP_SESSION_ADDR:
		return is_vague(m, entry) || !entry->uid ||
		       !session_of(runtime, entry->uid, false);
	case OP_OVERLAY_DEL:
		overlay_of(&entry->step, table, &overlay);
		return !overlay_has(table->overlay, table->n, &overlay,
				    model_alike) &&
		       (shadow || m->unsettled ||
			!overlay_surely(runtime->overlay, runtime->n, &overlay,
					model_alike));
	default:
		break;
	}
	if (of_isp(entry->step.op) && arg[ARG_ISP] != NONE &&
	    !table->isp[arg[ARG_ISP]].there)
		return true;
	return entry->step.op == OP_PREFIX_DEL &&
	       (!is_there(entry, table, arg[ARG_PREFIX]) ||
		!is_there(entry, table, arg[ARG_PREFIX2]) ||
		arg[ARG_PREFIX] == arg[ARG_PREFIX2]);
}

static bool configures(const struct step *step);

static bool may_be_busy(const struct entry *entry, const struct model *m,
			const struct table *table,
			const struct runtime *runtime)
{
	bool mine = m->owner == entry->step.who;
	const s32 *arg = entry->step.arg;
	struct overlay overlay;

	if (entry->step.op == OP_ROLLBACK)
		return false;
	if (m->owner != NONE && (!mine || !of_change(entry->step.op)))
		return true;
	if (between(entry, m))
		return true;
	if (entry->step.op == OP_ISP_SET && table->isp[arg[ARG_ISP]].there &&
	    vrf_then(&entry->step, &table->isp[arg[ARG_ISP]]) !=
	    table->isp[arg[ARG_ISP]].vrf &&
	    (m->quarantines || m->ghosts ||
	     has_entries(table, runtime, arg[ARG_ISP])))
		return true;
	if (!m->kept)
		return false;
	if (entry->step.op == OP_OVERLAY_DEL) {
		overlay_of(&entry->step, table, &overlay);
		return overlay_has(table->overlay, table->n, &overlay, model_alike);
	}
	return configures(&entry->step) || entry->step.op == OP_PROMOTE ||
	       (entry->step.op == OP_BEGIN && arg[ARG_EMPTY] > 0);
}

/* Whether another ISP has, or may have, a prefix at run time */
static bool rivals(const struct table *table, const struct runtime *runtime,
		   int isp, int vrf, int prefix)
{
	int i;

	for (i = 0; i < runtime->n; i++) {
		const struct overlay *overlay = &runtime->overlay[i];

		if (overlay->isp != isp && overlay->prefix == prefix &&
		    model_awake(table, overlay->isp, vrf, prefix))
			return true;
	}
	for (i = 0; i < SESSIONS; i++) {
		const struct session *session = &runtime->session[i];

		if (session->uid && session->isp != isp &&
		    session->prefixes >> prefix & 1 &&
		    model_awake(table, session->isp, vrf, prefix))
			return true;
	}
	return false;
}

static bool may_be_taken(const struct entry *entry, const struct model *m,
			 const struct table *table, struct runtime *runtime)
{
	const s32 *arg = entry->step.arg;
	bool configured = arg[ARG_LAYER] == OBPBL_LAYER_CONFIGURED ||
			  entry->step.op < OP_OVERLAY_ADD;
	int isp = arg[ARG_ISP], vrf, i;
	const struct session *session = NULL;
	u32 bits = 0;

	if (m->quarantines || is_vague(m, entry) || m->unsettled)
		return true;
	/* In a transaction a session stays until its end */
	if (m->ghosts && m->owner == entry->step.who)
		return true;
	if (arg[ARG_PREFIX] != NONE)
		bits |= 1U << arg[ARG_PREFIX];
	if (arg[ARG_PREFIX2] != NONE)
		bits |= 1U << arg[ARG_PREFIX2];
	if (entry->step.op == OP_SESSION_ADDR) {
		session = session_of(runtime, entry->uid, false);
		if (!session)
			return false;
		isp = session->isp;
	}
	/* A session stays in the VRF that it was made in */
	vrf = session ? session->vrf : table->isp[isp].vrf;
	for (i = 0; i < PREFIXES; i++) {
		if (bits >> i & 1 &&
		    (owner_of(table, vrf, i, isp) != NONE ||
		     (!configured && rivals(table, runtime, isp, vrf, i))))
			return true;
	}
	return false;
}

/* Only what replaces all that is configured is a shadow, or to be confirmed */
static bool begins_nonsense(const s32 *arg)
{
	bool shadow = arg[ARG_SHADOW] > 0, confirm = arg[ARG_SECONDS] > 0;

	return arg[ARG_EMPTY] > 0 ? shadow && confirm : shadow || confirm;
}

/* Whether there is a reason, of those that the documents give */
static bool justified(const struct entry *entry, struct model *m)
{
	bool mine = m->owner == entry->step.who;
	struct table *table = mine ? &m->draft : &m->live;
	struct runtime *runtime = mine ? &m->draft_runtime : &m->runtime;
	enum op op = entry->step.op;

	/* Nor is what happens then told any more */
	if (entry->going)
		return true;
	switch (entry->err) {
	case -ENOMEM:
		return entry->failed;
	case -EBUSY:
		return may_be_busy(entry, m, table, runtime);
	case -ECANCELED:
		return mine && (m->canceled || m->gone || m->doubtful);
	case -ENOENT:
		return may_miss(entry, m, table, runtime);
	case -EEXIST:
		return may_exist(entry, m, table, runtime);
	case -EADDRINUSE:
		return of_change(op) && may_be_taken(entry, m, table, runtime);
	case -ENODEV:
		return of_session(op) && (!entry->uid || is_vague(m, entry));
	case -ERANGE:
		return op == OP_RESTORE &&
		       (overflows(entry, m) || !is_counted());
	case -ENOSPC:
		return m->ceilings || (op == OP_ISP_ADD && sim_max_isps < ISPS);
	case -E2BIG:
		return op == OP_OVERLAY_ADD || of_session(op);
	case -EINVAL:
		return (op == OP_FLUSH && mine) ||
		       ((op == OP_COMMIT || op == OP_ABORT) &&
			m->owner == NONE) ||
		       (op >= OP_OVERLAY_ADD && mine &&
			m->kind == KIND_SHADOW) ||
		       op == OP_ISP_ADD || op == OP_ISP_SET ||
		       (op == OP_BEGIN && begins_nonsense(entry->step.arg));
	default:
		return false;
	}
}

/* A refused change of a transaction cancels it */
static void refused(const struct entry *entry, struct model *m)
{
	if (!justified(entry, m))
		wrong(entry, "a request was refused without a reason");
	if (m->owner != entry->step.who || entry->err == -EOPNOTSUPP)
		return;
	if (of_change(entry->step.op) || entry->step.op == OP_FLUSH)
		m->canceled = true;
	/* It may have failed before, or half way */
	if (entry->step.op == OP_COMMIT && entry->failed)
		m->doubtful = true;
}

static void happened(const struct entry *entry, struct model *m)
{
	if (entry->event != OBPBL_CMD_ROLLBACK)
		return;
	if (!m->kept)
		sim_fail("the timer took back what was not there");
	if (entry->now < m->deadline)
		sim_fail("the timer took a change back too early");
	roll_back(entry, m);
}

/* What has happened, until it can be told */

static struct entry *entry_new(int net)
{
	if (logged[net] == LOG) {
		model[net].lost = true;
		logged[net] = 0;
	}
	return &events[net][logged[net]++];
}

u32 model_device(int net, int name)
{
	const struct net_device *dev;

	dev = name == NONE ? NULL : dev_named(net, dev_names[name]);
	return dev ? dev->uid : 0;
}

static bool of_model(enum op op)
{
	return (op >= OP_CLOSE && op <= OP_SESSION_DOWN) || op == OP_RESTORE;
}

/* What lets go of the lock meanwhile takes effect when it has it again */
static bool is_bulk(enum op op)
{
	return op == OP_ISP_DEL || op == OP_PREFIX_FLUSH;
}

/* A job has ended */
void model_note(int task)
{
	const struct job *me = &job[task];
	const struct step *step = &me->step;
	struct entry *entry;
	int net;

	if (step->op == OP_SYSCTL) {
		struct model *m = &model[step->arg[ARG_NET]];

		if (!me->err)
			m->sysctl[step->arg[ARG_SYSCTL]] = step->arg[ARG_VALUE];
		if (!strncmp(sysctl_names[step->arg[ARG_SYSCTL]], "max_", 4))
			m->ceilings = true;
	}
	if (step->op == OP_DEV_DEL || step->op == OP_DEV_MOVE)
		model[0].ghosts = model[1].ghosts = true;
	if (task > TASK_SOCK3 || !of_model(step->op))
		return;
	net = world_net_of(task);
	entry = entry_new(net);
	entry->step = *step;
	entry->err = me->err;
	entry->since = sim_task[task].first ?: ++sim_stamp;
	entry->stamp = is_bulk(step->op) && sim_task[task].last ?
		       sim_task[task].last : entry->since;
	entry->now = me->now;
	entry->event = 0;
	entry->failed = sim_task[task].failed;
	entry->going = !me->live || !sim_module.live;
	entry->begun = me->stamp;
	entry->uid = 0;
	if (!of_session(step->op))
		return;
	entry->uid = model_device(net, step->arg[ARG_NAME]);
	if (entry->uid != me->uid || me->renames != sim_renames)
		model[net].vague = model[net].draft_vague =
			model[net].ghosts = true;
}

static const struct nlattr *attr_of(const struct sk_buff *skb, int type)
{
	const struct nlattr *nla;
	int rem;

	nla_for_each_attr(nla, (struct nlattr *)(skb->data + 20),
			  (int)skb->len - 20, rem) {
		if (nla_type(nla) == type)
			return nla;
	}
	return NULL;
}

/* The module tells of what it did by itself */
void model_event(int net, const struct sk_buff *skb)
{
	const struct genlmsghdr *header = (void *)(skb->data + NLMSG_HDRLEN);
	const struct nlattr *cmd, *owner;
	struct entry *entry;
	int worker;

	if (header->cmd != OBPBL_CMD_POLICY_EVENT)
		return;
	cmd = attr_of(skb, OBPBL_A_CMD);
	owner = attr_of(skb, OBPBL_A_OWNER);
	if (!cmd || !owner || nla_get_u32(owner))
		return;
	entry = entry_new(net);
	memset(entry, 0, sizeof(*entry));
	entry->event = nla_get_u8(cmd);
	entry->stamp = sim_current->first ?: ++sim_stamp;
	entry->since = entry->stamp;
	entry->now = sim_now;
	if (entry->event != OBPBL_CMD_ROLLBACK)
		return;
	worker = sim_current - &sim_task[TASK_WORKER0];
	rolling[worker].net = net;
	rolling[worker].entry = entry - events[net];
}

/* Only now is it known whether that was all */
void model_work_done(int task)
{
	int worker = task - TASK_WORKER0, net = rolling[worker].net;

	if (net == NONE)
		return;
	events[net][rolling[worker].entry].failed = sim_task[task].failed;
	rolling[worker].net = NONE;
}

static int by_stamp(const void *a, const void *b)
{
	const struct entry *one = a, *two = b;

	return one->stamp < two->stamp ? -1 : one->stamp > two->stamp;
}

void model_catch_up(int net)
{
	struct model *m = &model[net];
	int i;

	if (m->lost)
		logged[net] = 0;
	qsort(events[net], logged[net], sizeof(*events[net]), by_stamp);
	for (i = 0; i < logged[net]; i++) {
		const struct entry *entry = &events[net][i];

		if (!entry->event)
			ended_early(entry, m);
		if (entry->event)
			happened(entry, m);
		else if (entry->err < 0)
			refused(entry, m);
		else
			done(entry, m);
	}
	logged[net] = 0;
}

/* What nothing that is still under way can have come before */
void model_follow(void)
{
	int net, i;
	bool busy;

	for (net = 0; net < NETS; net++) {
		busy = !logged[net];
		for (i = 0; !busy && i < SOCKS; i++)
			busy = world_net_of(i) == net && sched_busy(i) &&
			       of_model(job[i].step.op);
		for (i = 0; !busy && i < WORKERS; i++)
			busy = rolling[i].net == net;
		if (!busy)
			model_catch_up(net);
	}
}

/*
 * The module is gone: with nothing that somebody was told he has, since it stays
 * for as long as there is a policy.
 */
void model_unloaded(void)
{
	const struct model *m;
	int net, i;

	for (net = 0; net < NETS; net++) {
		m = &model[net];
		model_catch_up(net);
		if (!sim_net[net] || m->lost)
			continue;
		/* By now nobody is told any more that it was taken back */
		if (m->kept && sim_now >= m->deadline)
			continue;
		for (i = 0; i < ISPS; i++) {
			if (m->live.isp[i].there)
				sim_fail("the module goes with what is configured");
		}
		if (m->kept || m->shadow)
			sim_fail("the module goes with a change or a shadow");
	}
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verdict on a packet, by the tables of the design, one prefix after another.
 */
#include <uapi/linux/obpbl.h>

#include "model.h"

#define BIT_OF(class)	(1U << (class))
#define SYN		0x02
#define ACK		0x10
/* A packet from port 25, not to it */
#define ANSWER		0x100

/* One side of a packet: an address, and the names of its device */
struct side {
	int addr;
	int dev;
	int vrf;
};

static bool covers(const struct prefix *prefix, const struct addr *addr)
{
	int i;

	if (prefix->family != addr->family)
		return false;
	for (i = 0; i < prefix->len; i++) {
		if ((prefix->addr[i / 8] ^ addr->addr[i / 8]) & 0x80 >> i % 8)
			return false;
	}
	return true;
}

static bool in_scope(const struct table *table, int isp, int vrf)
{
	return table->isp[isp].there && table->isp[isp].vrf == vrf;
}

/* The VRF whose tables judge; NONE: those of everything else */
static int scope_of(const struct table *table, const struct side *side)
{
	int isp;

	for (isp = 0; side->vrf != NONE && isp < ISPS; isp++) {
		if (in_scope(table, isp, side->vrf))
			return side->vrf;
	}
	for (isp = 0; side->dev != NONE && isp < ISPS; isp++) {
		if (in_scope(table, isp, side->dev))
			return side->dev;
	}
	return NONE;
}

static bool has_sources(const struct table *table, int isp, int prefix)
{
	const u8 sources = BIT_OF(OBPBL_CLASS_DYNAMIC) |
			   BIT_OF(OBPBL_CLASS_STATIC) |
			   BIT_OF(OBPBL_CLASS_SPACE);
	int i;

	if (table->classes[isp][prefix] & sources)
		return true;
	for (i = 0; i < table->n; i++) {
		if (table->overlay[i].isp == isp &&
		    table->overlay[i].prefix == prefix)
			return true;
	}
	return false;
}

/*
 * Whether an entry added at run time counts: its ISP is there, in the same VRF,
 * and the prefix is not configured for another.
 */
bool model_awake(const struct table *table, int isp, int vrf, int prefix)
{
	int other;

	if (!in_scope(table, isp, vrf))
		return false;
	for (other = 0; other < ISPS; other++) {
		if (other != isp && in_scope(table, other, vrf) &&
		    has_sources(table, other, prefix))
			return false;
	}
	return true;
}

static bool applies(const struct overlay *overlay, const struct side *src,
		    const struct side *dst)
{
	if (overlay->until &&
	    sim_now / NSEC_PER_SEC >= overlay->until)
		return false;
	if (overlay->name != NONE && overlay->name != src->dev &&
	    overlay->name != src->vrf)
		return false;
	return overlay->to == NONE ||
	       covers(&prefixes[overlay->to], &addrs[dst->addr]);
}

/* A session counts while its device is registered where it was */
bool model_lives(const struct session *session)
{
	int slot;

	for (slot = 0; session->uid && slot < DEVICES; slot++) {
		const struct net_device *dev = dev_slot(slot);

		if (dev && dev->listed && dev->uid == session->uid)
			return true;
	}
	return false;
}

/* What the entries of one ISP at one prefix say of a source */
static u8 class_at(const struct model *m, const struct table *table, int isp,
		   int scope, int prefix, const struct side *src,
		   const struct side *dst, bool *unsure)
{
	u8 bits = table->classes[isp][prefix];
	bool awake = model_awake(table, isp, scope, prefix);
	const struct session *session = NULL;
	int i;

	if (!in_scope(table, isp, scope))
		return OBPBL_CLASS_NONE;
	for (i = 0; i < table->n; i++) {
		const struct overlay *overlay = &table->overlay[i];

		if (overlay->isp == isp && overlay->prefix == prefix &&
		    applies(overlay, src, dst))
			bits |= BIT_OF(overlay->class);
	}
	for (i = 0; awake && i < m->runtime.n; i++) {
		const struct overlay *overlay = &m->runtime.overlay[i];

		if (overlay->isp != isp || overlay->prefix != prefix)
			continue;
		if (overlay->loose)
			*unsure = true;
		if (overlay->vrf == scope && applies(overlay, src, dst))
			bits |= BIT_OF(overlay->class);
	}
	for (i = 0; awake && i < SESSIONS; i++) {
		if (m->runtime.session[i].isp != isp ||
		    !(m->runtime.session[i].prefixes >> prefix & 1) ||
		    !model_lives(&m->runtime.session[i]))
			continue;
		if (m->runtime.session[i].loose)
			*unsure = true;
		if (m->runtime.session[i].vrf == scope)
			session = &m->runtime.session[i];
	}
	if (bits & BIT_OF(OBPBL_CLASS_QUARANTINE))
		return OBPBL_CLASS_QUARANTINE;
	if (bits & BIT_OF(OBPBL_CLASS_EXEMPT))
		return OBPBL_CLASS_EXEMPT;
	if (session)
		return session->class;
	if (bits & BIT_OF(OBPBL_CLASS_STATIC))
		return OBPBL_CLASS_STATIC;
	if (bits & BIT_OF(OBPBL_CLASS_DYNAMIC))
		return OBPBL_CLASS_DYNAMIC;
	if (bits & BIT_OF(OBPBL_CLASS_SPACE))
		return OBPBL_CLASS_SPACE;
	return OBPBL_CLASS_NONE;
}

static void source(const struct model *m, const struct table *table,
		   const struct side *src, const struct side *dst,
		   struct verdict *v)
{
	int scope = scope_of(table, src), prefix, isp, found, len;

	for (len = 128; len >= 0; len--) {
		found = 0;
		for (prefix = 0; prefix < PREFIXES; prefix++) {
			if (prefixes[prefix].len != len ||
			    !covers(&prefixes[prefix], &addrs[src->addr]))
				continue;
			for (isp = 0; isp < ISPS; isp++) {
				u8 class = class_at(m, table, isp, scope,
						    prefix, src, dst,
						    &v->unsure);

				if (class == OBPBL_CLASS_NONE)
					continue;
				found++;
				v->isp = isp;
				v->src_class = class;
				v->src_len = len;
			}
		}
		/* Two of those added at run time, of two ISPs */
		if (found > 1)
			v->unsure = true;
		if (found)
			return;
	}
}

static void destination(const struct table *table, int isp,
			const struct side *dst, struct verdict *v)
{
	static const u8 order[] = {
		OBPBL_CLASS_RELAY, OBPBL_CLASS_TARGET, OBPBL_CLASS_SPACE,
	};
	int prefix, i, best = -1;

	for (prefix = 0; prefix < PREFIXES; prefix++) {
		if (prefixes[prefix].len <= best ||
		    !covers(&prefixes[prefix], &addrs[dst->addr]))
			continue;
		for (i = 0; i < 3; i++) {
			if (!(table->classes[isp][prefix] & BIT_OF(order[i])))
				continue;
			best = v->dst_len = prefixes[prefix].len;
			v->dst_class = order[i];
			break;
		}
	}
}

static u8 reason(const struct config *isp, u8 mode, const struct verdict *v)
{
	if (mode == OBPBL_MODE_OFF)
		return OBPBL_REASON_OFF;
	if (v->src_class == OBPBL_CLASS_SPACE)
		return OBPBL_REASON_OWN;
	if (v->src_class == OBPBL_CLASS_STATIC)
		return OBPBL_REASON_STATIC;
	if (v->src_class == OBPBL_CLASS_EXEMPT)
		return OBPBL_REASON_EXEMPT;
	if (v->dst_class == OBPBL_CLASS_RELAY)
		return OBPBL_REASON_RELAY;
	if (v->src_class == OBPBL_CLASS_QUARANTINE)
		return OBPBL_REASON_QUARANTINE;
	if (isp->policy == OBPBL_POLICY_RELAY_ONLY)
		return OBPBL_REASON_NOT_RELAY;
	if (v->dst_class == OBPBL_CLASS_TARGET)
		return OBPBL_REASON_TARGET;
	if (v->dst_class == OBPBL_CLASS_SPACE)
		return OBPBL_REASON_INSIDE;
	return isp->policy == OBPBL_POLICY_TARGETS ?
	       OBPBL_REASON_NOT_TARGET : OBPBL_REASON_OUTSIDE;
}

static void conclude(struct verdict *v, u8 mode, u8 why)
{
	v->reason = why;
	v->verdict = why < OBPBL_REASON_OUTSIDE ? OBPBL_VERDICT_PASS :
		     mode == OBPBL_MODE_ENFORCE ? OBPBL_VERDICT_BLOCK :
		     OBPBL_VERDICT_WOULD_BLOCK;
}

/* One direction: @src is the subscriber */
static void decide(const struct model *m, const struct table *table,
		   const struct side *src, const struct side *dst,
		   struct verdict *v, u8 *mode)
{
	const struct config *isp;

	*v = (struct verdict){ .judged = true, .isp = NONE };
	source(m, table, src, dst, v);
	*mode = m->sysctl[0];
	if (v->isp == NONE) {
		conclude(v, *mode, OBPBL_REASON_FOREIGN);
		return;
	}
	isp = &table->isp[v->isp];
	destination(table, v->isp, dst, v);
	if (isp->mode < *mode)
		*mode = isp->mode;
	conclude(v, *mode, reason(isp, *mode, v));
	v->limited = isp->limit && v->src_class == OBPBL_CLASS_DYNAMIC &&
		     v->reason >= OBPBL_REASON_OUTSIDE;
}

/*
 * A packet to port 25, or with ANSWER from it; never both.  Where the limit of an
 * ISP has the last word, @limited says so.
 */
void model_judge(const struct model *m, const struct table *table, int src,
		 int dst, int dev, int vrf, int out, int out_vrf, int flags,
		 struct verdict *v)
{
	struct side from = { src, dev, vrf }, to = { dst, out, out_vrf };
	bool opens = (flags & (SYN | ACK)) == SYN;
	bool answers = (flags & (SYN | ACK)) == (SYN | ACK);
	bool established = m->sysctl[1];
	u8 mode;

	*v = (struct verdict){ .isp = NONE };
	if (!(flags & ANSWER)) {
		if (established && !opens)
			return;
		decide(m, table, &from, &to, v, &mode);
		if (v->limited && !opens)
			v->judged = false;
		return;
	}
	if (!(flags & ACK) || (established && !answers))
		return;
	decide(m, table, &to, &from, v, &mode);
	if (v->unsure)
		return;
	if (v->reason < OBPBL_REASON_OUTSIDE || v->isp == NONE ||
	    !table->isp[v->isp].reverse || (v->limited && !answers)) {
		*v = (struct verdict){ .isp = NONE };
		return;
	}
	conclude(v, mode, OBPBL_REASON_REVERSE);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The comparison of what the module tells with the model.
 */
#include <stdio.h>
#include <stdlib.h>
#include <uapi/linux/obpbl.h>

#include "model.h"
#include "run.h"
#include "shrink.h"
#include "world.h"

#define ITEMS	256
#define ROOM	8192

/* A set of things, each as a number */
struct set {
	u64 item[ITEMS];
	int n;
};

static struct sim_sock asker;
static struct set told, wanted;

/* splitmix64, on the order of things: the same where the same has happened */
static u64 draw(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static u64 chance;

/* Attributes of a message */

typedef const struct nlattr *attrs[128];

static void parse(const struct nlmsghdr *nlh, attrs of)
{
	const struct nlattr *nla;
	int rem;

	memset(of, 0, sizeof(attrs));
	nla_for_each_attr(nla, (struct nlattr *)((char *)nlh + 20),
			  (int)nlh->nlmsg_len - 20, rem)
		of[nla_type(nla) & 127] = nla;
}

static int word(const char * const *words, int n, const struct nlattr *nla)
{
	int i;

	for (i = 0; nla && i < n; i++) {
		if (!strcmp(words[i], nla_data(nla)))
			return i;
	}
	return NONE;
}

static int isp_of(attrs of)
{
	return word(isp_names, ISPS, of[OBPBL_A_ISP]);
}

static int u8_of(attrs of, int attr)
{
	return of[attr] ? nla_get_u8(of[attr]) : NONE;
}

static u32 u32_of(attrs of, int attr)
{
	return of[attr] ? nla_get_u32(of[attr]) : 0;
}

static int prefix_at(const u8 *wire, int bytes)
{
	int i;

	for (i = 0; i < PREFIXES; i++) {
		if (prefixes[i].family == (bytes == 4 ? 4 : 6) &&
		    prefixes[i].len == wire[bytes] &&
		    !memcmp(prefixes[i].addr, wire, bytes))
			return i;
	}
	sim_fail("a dump has a prefix that nobody has ever added");
}

/* The one prefix of either of two attributes; NONE */
static int prefix_of(attrs of, int attr4, int attr6)
{
	if (of[attr4])
		return prefix_at(nla_data(of[attr4]), 4);
	if (of[attr6])
		return prefix_at(nla_data(of[attr6]), 16);
	return NONE;
}

/* Sets */

static void add(struct set *set, u64 item)
{
	if (set->n == ITEMS)
		sim_fail("a dump is too long for the model");
	set->item[set->n++] = item;
}

static int order(const void *a, const void *b)
{
	u64 one = *(const u64 *)a, two = *(const u64 *)b;

	return one < two ? -1 : one > two;
}

static void print_set(const char *whose, const struct set *set)
{
	int i;

	fprintf(stderr, "sim: %s:", whose);
	for (i = 0; i < set->n; i++)
		fprintf(stderr, " %llx", (unsigned long long)set->item[i]);
	fprintf(stderr, "\n");
}

static void compare(const char *what)
{
	qsort(told.item, told.n, sizeof(u64), order);
	qsort(wanted.item, wanted.n, sizeof(u64), order);
	if (told.n == wanted.n &&
	    !memcmp(told.item, wanted.item, told.n * sizeof(u64)))
		return;
	print_set("told ", &told);
	print_set("model", &wanted);
	sim_fail("the dump of %s is not what the model has", what);
}

/* Dumps */

static u8 part[ROOM];

static void each_of(u8 *bytes, int len, void (*fn)(attrs of, struct model *m),
		    struct model *m)
{
	const struct nlmsghdr *nlh;
	attrs of;
	int at;

	for (at = 0; at < len; at += NLMSG_ALIGN(nlh->nlmsg_len)) {
		nlh = (void *)(bytes + at);
		parse(nlh, of);
		fn(of, m);
	}
}

/* Of a request that has its attributes */
static void each_answer(u8 cmd, void (*fn)(attrs of, struct model *m),
			struct model *m)
{
	struct sk_buff skb;
	int len;

	if (genl_dump_begin(&asker, cmd))
		sim_fail("a dump is refused");
	do {
		memset(&skb, 0, sizeof(skb));
		skb.head = skb.data = part;
		skb.size = sizeof(part);
		len = genl_dump_more(&asker, &skb);
		each_of(part, len, fn, m);
	} while (len > 0);
	if (len < 0)
		sim_fail("a dump ends with an error");
}

static void each_message(u8 cmd, void (*fn)(attrs of, struct model *m),
			 struct model *m)
{
	genl_begin(&asker);
	each_answer(cmd, fn, m);
}

static u64 pack_isp(int isp, const struct config *config)
{
	return isp | config->mode << 4 | config->policy << 8 |
	       config->reject << 12 | config->reverse << 16 |
	       (u64)(config->vrf + 1) << 20 | (u64)config->limit << 28 |
	       (u64)config->quarantine << 40;
}

static u64 pack_count(int isp, int class, u32 n)
{
	return 1ULL << 63 | isp | class << 4 | (u64)n << 16;
}

static void isp_told(attrs of, struct model *m)
{
	struct config config = {
		.mode = u8_of(of, OBPBL_A_MODE),
		.policy = u8_of(of, OBPBL_A_POLICY),
		.reject = u8_of(of, OBPBL_A_REJECT),
		.reverse = u8_of(of, OBPBL_A_REVERSE),
		.vrf = word(dev_names, NAMES, of[OBPBL_A_VRF]),
		.limit = u32_of(of, OBPBL_A_LIMIT),
		.quarantine = u32_of(of, OBPBL_A_LIMIT_QUARANTINE),
	};
	const u32 *counts = nla_data(of[OBPBL_A_CLASS_COUNTS]);
	int class;

	(void)m;
	add(&told, pack_isp(isp_of(of), &config));
	for (class = OBPBL_CLASS_DYNAMIC; class <= OBPBL_CLASS_TARGET; class++)
		add(&told, pack_count(isp_of(of), class, counts[class]));
}

static void check_isps(struct model *m)
{
	int isp, class, i;
	u32 n;

	told.n = wanted.n = 0;
	each_message(OBPBL_CMD_ISP_GET, isp_told, m);
	for (isp = 0; isp < ISPS; isp++) {
		if (!m->live.isp[isp].there)
			continue;
		add(&wanted, pack_isp(isp, &m->live.isp[isp]));
		for (class = OBPBL_CLASS_DYNAMIC;
		     class <= OBPBL_CLASS_TARGET; class++) {
			for (i = n = 0; i < PREFIXES; i++)
				n += m->live.classes[isp][i] >> class & 1;
			add(&wanted, pack_count(isp, class, n));
		}
	}
	compare("ISPs");
}

static void prefixes_told(attrs of, struct model *m)
{
	int attr = of[OBPBL_A_PREFIXES4] ? OBPBL_A_PREFIXES4 :
					   OBPBL_A_PREFIXES6;
	int bytes = attr == OBPBL_A_PREFIXES4 ? 4 : 16, at;
	const u8 *wire = nla_data(of[attr]);

	(void)m;
	for (at = 0; at < nla_len(of[attr]); at += bytes + 4)
		add(&told, isp_of(of) | u8_of(of, OBPBL_A_CLASS) << 4 |
		    prefix_at(wire + at, bytes) << 8);
}

static void check_prefixes(struct model *m)
{
	int isp, class, i;

	told.n = wanted.n = 0;
	each_message(OBPBL_CMD_PREFIX_GET, prefixes_told, m);
	for (isp = 0; isp < ISPS; isp++) {
		for (i = 0; i < PREFIXES; i++) {
			for (class = 0; class < 8; class++) {
				if (m->live.classes[isp][i] >> class & 1)
					add(&wanted, isp | class << 4 | i << 8);
			}
		}
	}
	compare("prefixes");
}

#define ASLEEP	(1ULL << 63)

static u64 pack_overlay(const struct overlay *overlay, int layer)
{
	return overlay->isp | overlay->class << 4 | layer << 8 |
	       overlay->prefix << 12 | (overlay->to + 1) << 16 |
	       (overlay->name + 1) << 24 | overlay->until << 32;
}

static bool sleeps(const struct model *m, const struct overlay *overlay)
{
	return !model_awake(&m->live, overlay->isp, overlay->vrf,
			    overlay->prefix);
}

/*
 * The one in the model that the module tells of, which may have added or
 * prolonged it by itself: of equal ones, those in other VRFs sleep.
 */
static struct overlay *known_overlay(struct model *m,
				     const struct overlay *overlay, bool asleep)
{
	struct overlay *old;
	int i;

	for (i = 0; i < m->runtime.n; i++) {
		old = &m->runtime.overlay[i];
		if (!old->seen && old->own && model_alike(old, overlay) &&
		    (old->loose || sleeps(m, old) == asleep))
			return old;
	}
	return NULL;
}

/* What the module has added by itself, for a limit, becomes the model's */
static void adopt(struct model *m, const struct overlay *overlay, bool asleep)
{
	struct overlay *old = known_overlay(m, overlay, asleep);

	if (old) {
		old->until = overlay->until;
		old->seen = true;
		return;
	}
	if (m->runtime.n == OVERLAYS)
		sim_fail("the model has no room for an overlay");
	old = &m->runtime.overlay[m->runtime.n++];
	*old = *overlay;
	old->own = old->seen = true;
	old->loose = asleep;
}

/*
 * The module lets a quarantine that is there last longer.  Of several that are
 * alike, in different VRFs, the one that it was is not told.
 */
static void prolonged(struct model *m, const struct overlay *overlay,
		      bool asleep)
{
	struct overlay *old, *found = NULL;
	int i;

	for (i = 0; i < m->runtime.n; i++) {
		old = &m->runtime.overlay[i];
		if (old->seen || !model_alike(old, overlay) ||
		    sleeps(m, old) != asleep)
			continue;
		if (old->until == overlay->until) {
			old->seen = true;
			return;
		}
		if (old->until && old->until < overlay->until &&
		    overlay->until <= sim_now / NSEC_PER_SEC + QUARANTINE)
			found = old;
	}
	if (!found)
		return;
	found->until = overlay->until;
	found->seen = true;
}

static int address_at(const u8 *wire, int bytes)
{
	int i;

	for (i = 0; i < PREFIXES; i++) {
		if (prefixes[i].family == (bytes == 4 ? 4 : 6) &&
		    prefixes[i].len == wire[bytes] &&
		    !memcmp(prefixes[i].addr, wire, bytes))
			return i;
	}
	return NONE;
}

static void overlay_told(attrs of, struct model *m)
{
	bool inet4 = of[OBPBL_A_PREFIXES4];
	const u8 *wire = nla_data(inet4 ? of[OBPBL_A_PREFIXES4] :
				  of[OBPBL_A_PREFIXES6]);
	int prefix = address_at(wire, inet4 ? 4 : 16), isp = isp_of(of);
	struct overlay overlay = {
		.isp = isp, .class = u8_of(of, OBPBL_A_CLASS),
		.prefix = prefix, .to = prefix_of(of, OBPBL_A_TO4, OBPBL_A_TO6),
		.name = word(dev_names, NAMES, of[OBPBL_A_DEV]),
		.until = of[OBPBL_A_UNTIL] ?
			 nla_get_u64(of[OBPBL_A_UNTIL]) - SIM_EPOCH : 0,
	};
	bool runtime = u8_of(of, OBPBL_A_LAYER) == OBPBL_LAYER_RUNTIME;
	bool asleep = of[OBPBL_A_ASLEEP];
	bool own;

	if (isp == NONE)
		sim_fail("an overlay is of no ISP");
	overlay.vrf = m->live.isp[isp].there ? m->live.isp[isp].vrf : NONE;
	own = strcmp(nla_data(of[OBPBL_A_REASON]), "why");
	if (own && (!runtime || !overlay.until || !m->quarantines ||
		    overlay.class != OBPBL_CLASS_QUARANTINE))
		sim_fail("the module has added an overlay that it must not");
	shared->automatic += own;
	/* By itself it quarantines addresses that need be no prefix of ours */
	if (own && prefix == NONE) {
		m->hidden = true;
		return;
	}
	if (prefix == NONE)
		sim_fail("a dump has a prefix that nobody has ever added");
	if (own)
		adopt(m, &overlay, asleep);
	else if (runtime && overlay.until && m->quarantines &&
		 overlay.class == OBPBL_CLASS_QUARANTINE)
		prolonged(m, &overlay, asleep);
	add(&told, pack_overlay(&overlay, runtime ? OBPBL_LAYER_RUNTIME :
				OBPBL_LAYER_CONFIGURED) |
	    (asleep ? ASLEEP : 0));
}

static bool was_told(u64 item)
{
	int i;

	for (i = 0; i < told.n; i++) {
		if ((told.item[i] & ~ASLEEP) == item)
			return true;
	}
	return false;
}

/*
 * What the module may have removed, but need not: its own that have ended, to
 * make room; and those whose place was taken by what came back.
 */
static void look_for(struct model *m)
{
	const u64 now = sim_now / NSEC_PER_SEC;
	struct runtime *runtime = &m->runtime;
	int i, j;

	for (i = 0; i < runtime->n; i++) {
		struct overlay *overlay = &runtime->overlay[i];
		bool perhaps = overlay->own && !overlay->seen &&
			       overlay->until <= now;

		for (j = 0; m->unsettled && j < m->live.n; j++)
			perhaps |= model_same_overlay(&m->live.overlay[j],
						      overlay);
		if (!perhaps || overlay->seen ||
		    (!overlay->own &&
		     was_told(pack_overlay(overlay, OBPBL_LAYER_RUNTIME))))
			continue;
		*overlay = runtime->overlay[--runtime->n];
		i--;
	}
	m->unsettled = false;
}

static void check_overlays(struct model *m)
{
	const struct overlay *overlay;
	int i, j;

	told.n = wanted.n = 0;
	m->hidden = false;
	for (i = 0; i < m->runtime.n; i++)
		m->runtime.overlay[i].seen = false;
	each_message(OBPBL_CMD_OVERLAY_GET, overlay_told, m);
	look_for(m);
	for (i = 0; i < m->live.n; i++)
		add(&wanted, pack_overlay(&m->live.overlay[i],
					  OBPBL_LAYER_CONFIGURED));
	for (i = 0; i < m->runtime.n; i++) {
		overlay = &m->runtime.overlay[i];
		add(&wanted, pack_overlay(overlay, OBPBL_LAYER_RUNTIME) |
		    (sleeps(m, overlay) ? ASLEEP : 0));
		for (j = 0; overlay->loose && j < told.n; j++) {
			if ((told.item[j] & ~ASLEEP) ==
			    pack_overlay(overlay, OBPBL_LAYER_RUNTIME))
				wanted.item[wanted.n - 1] = told.item[j];
		}
	}
	compare("overlays");
}

static u64 pack_session(int name, u32 ifindex, int isp, int class, int prefix,
			bool asleep)
{
	return name | ifindex << 4 | isp << 12 | class << 16 |
	       (u64)(prefix + 1) << 24 | (asleep ? ASLEEP : 0);
}

/* One without a prefix sleeps where any of its would */
static bool session_sleeps(const struct model *m, const struct session *session,
			   int prefix)
{
	if (prefix != NONE)
		return !model_awake(&m->live, session->isp, session->vrf,
				    prefix);
	return !m->live.isp[session->isp].there ||
	       m->live.isp[session->isp].vrf != session->vrf;
}

static struct session *session_of(struct session *sessions, u32 uid)
{
	int i;

	for (i = 0; i < SESSIONS; i++) {
		if (sessions[i].uid == uid)
			return &sessions[i];
	}
	return NULL;
}

/*
 * What is told becomes the model's.  The VRF is not told, but one that does not
 * sleep is where its ISP is.
 */
static void session_learn(struct model *m, u32 uid, int isp, int class,
			  int prefix, bool asleep)
{
	struct session *session = session_of(m->runtime.session, uid);

	if (!session) {
		session = session_of(m->runtime.session, 0);
		if (!session)
			sim_fail("there are more sessions than devices");
		memset(session, 0, sizeof(*session));
		session->uid = uid;
		session->vrf = m->live.isp[isp].there ? m->live.isp[isp].vrf :
							NONE;
	}
	session->isp = isp;
	session->class = class;
	if (prefix != NONE)
		session->prefixes |= 1U << prefix;
	session->loose |= asleep;
}

static void session_told(attrs of, struct model *m)
{
	int name = word(dev_names, NAMES, of[OBPBL_A_DEV]);
	int isp = isp_of(of), class = u8_of(of, OBPBL_A_CLASS);
	int prefix = prefix_of(of, OBPBL_A_PREFIXES4, OBPBL_A_PREFIXES6);
	bool asleep = of[OBPBL_A_ASLEEP];
	const struct session *session;
	const struct net_device *dev;

	if (isp == NONE)
		sim_fail("a session is of no ISP");
	dev = name == NONE ? NULL : dev_named(asker.net, dev_names[name]);
	if (m->vague && dev)
		session_learn(m, dev->uid, isp, class, prefix, asleep);
	session = dev ? session_of(m->runtime.session, dev->uid) : NULL;
	if (session && session->loose)
		asleep = session_sleeps(m, session, prefix);
	add(&told, pack_session(name, u32_of(of, OBPBL_A_IFINDEX), isp, class,
				prefix, asleep));
}

static void session_wanted(struct model *m, const struct net_device *dev)
{
	const struct session *session = NULL;
	int name = word(dev_names, NAMES, NULL), i;

	for (i = 0; i < SESSIONS; i++) {
		if (m->runtime.session[i].uid == dev->uid)
			session = &m->runtime.session[i];
	}
	if (!session)
		return;
	for (i = 0; i < NAMES; i++) {
		if (!strcmp(dev_names[i], dev->name))
			name = i;
	}
	if (!session->prefixes)
		add(&wanted, pack_session(name, dev->ifindex, session->isp,
					  session->class, NONE,
					  session_sleeps(m, session, NONE)));
	for (i = 0; i < PREFIXES; i++) {
		if (session->prefixes >> i & 1)
			add(&wanted, pack_session(name, dev->ifindex,
						  session->isp,
						  session->class, i,
						  session_sleeps(m, session,
								 i)));
	}
}

static void check_sessions(struct model *m)
{
	int i;

	told.n = wanted.n = 0;
	if (m->vague)
		memset(m->runtime.session, 0, sizeof(m->runtime.session));
	each_message(OBPBL_CMD_SESSION_GET, session_told, m);
	for (i = 0; i < DEVICES; i++) {
		const struct net_device *dev = dev_slot(i);

		if (dev && dev->listed && dev->net == asker.sk.net)
			session_wanted(m, dev);
	}
	m->vague = false;
	compare("sessions");
}

/* Packets of steps have one length, and those that are restored another */
static void check_counter(const struct obpbl_counter *counter)
{
	bool restored = counter->reason == OBPBL_REASON_V6_CHAIN;
	u64 length = restored ? COUNTED_BYTES : counter->family == 4 ? 40 : 60;

	if (counter->bytes != counter->packets * length ||
	    counter->attempts > counter->packets ||
	    (restored && counter->attempts != counter->packets))
		sim_fail("a counter has part of a packet");
}

/* What a message has of the counter that is restored alone */
static u64 counted_of(attrs of)
{
	const struct obpbl_counter *counter = nla_data(of[OBPBL_A_COUNTERS]);
	int n = nla_len(of[OBPBL_A_COUNTERS]) / sizeof(*counter);
	u64 counted = 0;

	for (; n--; counter++) {
		check_counter(counter);
		if (counter->reason == OBPBL_REASON_V6_CHAIN)
			counted += counter->packets;
	}
	return counted;
}

static void stats_told(attrs of, struct model *m)
{
	(void)m;
	counted_of(of);
}

static void reset_told(attrs of, struct model *m)
{
	u64 counted = counted_of(of);

	if (of[OBPBL_A_ISP])
		m->counted[isp_of(of)].told += counted;
}

/* A part of a dump */
void model_told(int net, u8 cmd, u8 *bytes, int len)
{
	if (cmd == OBPBL_CMD_STATS_GET)
		each_of(bytes, len, stats_told, &model[net]);
	if (cmd == OBPBL_CMD_STATS_RESET)
		each_of(bytes, len, reset_told, &model[net]);
}

static void total_told(attrs of, struct model *m)
{
	if (of[OBPBL_A_ISP] &&
	    counted_of(of) != m->counted[isp_of(of)].total)
		sim_fail("a counter is not all that was restored");
}

static void since_told(attrs of, struct model *m)
{
	const struct counted *counted;

	if (!of[OBPBL_A_ISP])
		return;
	counted = &m->counted[isp_of(of)];
	if (counted_of(of) + counted->told != counted->since)
		sim_fail("a counter and its resets are not what was restored");
}

static void check_counters(struct model *m)
{
	/* Names may have been forgotten; and sums of all counters take long */
	if (sim_max_isps < ISPS || draw(&chance) % 8)
		return;
	each_message(OBPBL_CMD_STATS_GET, since_told, m);
	genl_begin(&asker);
	genl_attr(&asker, OBPBL_A_TOTAL, NULL, 0);
	each_answer(OBPBL_CMD_STATS_GET, total_told, m);
}

static void check_summary(struct model *m)
{
	attrs of;

	genl_begin(&asker);
	if (genl_do(&asker, OBPBL_CMD_GET))
		sim_fail("GET is refused");
	parse((void *)asker.reply->data, of);
	if (!of[OBPBL_A_CONFIRM_GENERATION] != !m->kept)
		sim_fail("the module says that %s waits to be confirmed",
			 m->kept ? "nothing" : "a change");
	if (!of[OBPBL_A_SHADOW_SINCE] != !m->shadow)
		sim_fail("the module says that there is %s shadow",
			 m->shadow ? "no" : "a");
	if ((u32_of(of, OBPBL_A_OWNER) == 0) != (m->owner == NONE))
		sim_fail("the module says that %s transaction is open",
			 m->owner == NONE ? "a" : "no");
}

/* Verdicts */

static int name_of(const struct net_device *dev)
{
	int i;

	for (i = 0; dev && i < NAMES; i++) {
		if (!strcmp(dev_names[i], dev->name))
			return i;
	}
	return NONE;
}

static void wrong(const struct step *step, const struct verdict *v, attrs of)
{
	char text[512];

	step_print(text, sizeof(text), step);
	fprintf(stderr,
		"sim: %s\nsim: model: isp %d verdict %u reason %u source %u/%u destination %u/%u\n",
		text, v->isp, v->verdict, v->reason, v->src_class, v->src_len,
		v->dst_class, v->dst_len);
	if (of)
		fprintf(stderr,
			"sim: told:  isp %d verdict %d reason %d source %d/%d destination %d/%d\n",
			isp_of(of), u8_of(of, OBPBL_A_VERDICT),
			u8_of(of, OBPBL_A_REASON_CODE),
			u8_of(of, OBPBL_A_SRC_CLASS),
			u8_of(of, OBPBL_A_SRC_LEN),
			u8_of(of, OBPBL_A_DST_CLASS),
			u8_of(of, OBPBL_A_DST_LEN));
	sim_fail("a packet %s another verdict than the model gives",
		 of ? "is told" : "gets");
}

static bool reason_ok(const struct verdict *v, int reason)
{
	if (v->limited && reason == OBPBL_REASON_UNDER_LIMIT)
		return true;
	if (v->limited && v->reason != OBPBL_REASON_REVERSE)
		return reason == OBPBL_REASON_LIMIT;
	return reason == v->reason;
}

/* The test of a packet, against the model */
static void check_test(const struct model *m, const struct step *step)
{
	const struct net_device *dev;
	struct verdict v;
	attrs of;
	int vrf;

	dev = step->arg[ARG_NAME] == NONE ? NULL :
	      dev_named(asker.net, dev_names[step->arg[ARG_NAME]]);
	if (step->arg[ARG_NAME] != NONE && !dev)
		return;
	vrf = !dev ? NONE : dev->vrf ? name_of(dev) : name_of(dev->master);
	model_judge(m, &m->live, step->arg[ARG_SRC], step->arg[ARG_DST],
		    name_of(dev), vrf, name_of(dev), vrf, step->arg[ARG_FLAGS],
		    &v);
	if (v.unsure)
		return;
	world_ask(&asker, step);
	if (genl_do(&asker, OBPBL_CMD_TEST))
		sim_fail("TEST is refused");
	parse((void *)asker.reply->data, of);
	if (!of[OBPBL_A_REASON_CODE] != !v.judged)
		wrong(step, &v, of);
	if (!v.judged)
		return;
	if (isp_of(of) != v.isp || !reason_ok(&v, u8_of(of, OBPBL_A_REASON_CODE)))
		wrong(step, &v, of);
	if (!v.limited && u8_of(of, OBPBL_A_VERDICT) != v.verdict)
		wrong(step, &v, of);
	if (v.isp != NONE &&
	    (u8_of(of, OBPBL_A_SRC_CLASS) != v.src_class ||
	     u8_of(of, OBPBL_A_SRC_LEN) != v.src_len))
		wrong(step, &v, of);
	if (v.dst_class && u8_of(of, OBPBL_A_DST_CLASS) != v.dst_class)
		wrong(step, &v, of);
}

/* The packet itself, where no limit has to be asked, which would count it */
static void check_packet(const struct model *m, const struct step *step)
{
	const struct net_device *in = NULL, *out = NULL;
	struct verdict v;
	bool dropped;

	if (step->arg[ARG_DEV] != NONE)
		in = dev_slot(step->arg[ARG_DEV]);
	if (step->arg[ARG_OUT] != NONE)
		out = dev_slot(step->arg[ARG_OUT]);
	if (in && (!in->listed || in->net != asker.sk.net))
		in = NULL;
	if (out && (!out->listed || out->net != asker.sk.net))
		out = NULL;
	model_judge(m, &m->live, step->arg[ARG_SRC], step->arg[ARG_DST],
		    in && in->vrf ? NONE : name_of(in),
		    !in ? NONE : in->vrf ? name_of(in) : name_of(in->master),
		    name_of(out),
		    !out ? NONE : out->vrf ? name_of(out) : name_of(out->master),
		    step->arg[ARG_FLAGS], &v);
	if (v.unsure || v.limited)
		return;
	dropped = !world_send(asker.net, step);
	if (dropped != (v.judged && v.verdict == OBPBL_VERDICT_BLOCK))
		wrong(step, &v, NULL);
}

static void draw_flow(struct step *step)
{
	static const s16 flags[] = { 0x02, 0x10, 0x112, 0x110 };

	step->arg[ARG_SRC] = draw(&chance) % ADDRS;
	do {
		step->arg[ARG_DST] = draw(&chance) % ADDRS;
	} while (addrs[step->arg[ARG_SRC]].family !=
		 addrs[step->arg[ARG_DST]].family);
	step->arg[ARG_FLAGS] = flags[draw(&chance) % 4];
}

static void check_verdicts(const struct model *m)
{
	struct step step;
	int i;

	for (i = 0; i < 3; i++) {
		step_clear(&step, OP_TEST, NONE);
		draw_flow(&step);
		step.arg[ARG_FLAGS] &= 0xff;
		if (draw(&chance) % 2)
			step.arg[ARG_NAME] = draw(&chance) % NAMES;
		check_test(m, &step);
	}
	for (i = 0; i < 3; i++) {
		step_clear(&step, OP_PACKET, NONE);
		draw_flow(&step);
		if (draw(&chance) % 2)
			step.arg[ARG_DEV] = draw(&chance) % DEVICES;
		if (draw(&chance) % 2)
			step.arg[ARG_OUT] = draw(&chance) % DEVICES;
		check_packet(m, &step);
	}
}

static void check_net(void *arg)
{
	int net = *(int *)arg;
	struct model *m = &model[net];

	genl_open(&asker, net, 200);
	check_summary(m);
	check_isps(m);
	check_prefixes(m);
	check_overlays(m);
	check_sessions(m);
	check_counters(m);
	if (!m->hidden)
		check_verdicts(m);
	genl_close(&asker);
}

static void each_net(void (*fn)(void *arg))
{
	unsigned int fails = mem_fail_set();
	int net;

	chance = sim_stamp;
	mem_fail(0);
	for (net = 0; net < NETS; net++) {
		if (!sim_net[net] || !sim_module.live || model[net].lost)
			continue;
		model_catch_up(net);
		sched_start(TASK_CHECK, fn, &net, SIM_FOREVER);
		if (sched_busy(TASK_CHECK))
			sim_fail("the checker has to wait");
	}
	mem_fail(fails);
}

/* Nobody is at anything: what there is must be what the model has */
void model_check(void)
{
	each_net(check_net);
}

static u64 ask_number(int attr)
{
	attrs of;

	genl_begin(&asker);
	if (genl_do(&asker, OBPBL_CMD_GET))
		sim_fail("GET is refused");
	parse((void *)asker.reply->data, of);
	return nla_len(of[attr]) == 8 ? nla_get_u64(of[attr]) :
					nla_get_u32(of[attr]);
}

/* How many sessions there are, as the module counts them */
static unsigned int count_sessions(const struct model *m)
{
	const struct session *session;
	unsigned int n = 0;
	int i;

	for (i = 0; i < SESSIONS; i++) {
		session = &m->runtime.session[i];
		if (session->uid && model_lives(session))
			n += session->prefixes ?
			     __builtin_popcount(session->prefixes) : 1;
	}
	return n;
}

static void settled_net(void *arg)
{
	const struct model *m = &model[*(int *)arg];

	check_net(arg);
	genl_open(&asker, *(int *)arg, 200);
	if (ask_number(OBPBL_A_SESSIONS) != count_sessions(m))
		sim_fail("sessions of devices that are gone were not removed");
	if (m->kept)
		sim_fail("a change was not taken back in time");
	genl_close(&asker);
}

/* All works are done, and timers: nothing is left to be done */
void model_settled(void)
{
	each_net(settled_net);
}

static void empty_net(void *arg)
{
	genl_open(&asker, *(int *)arg, 200);
	if (ask_number(OBPBL_A_BYTES))
		sim_fail("memory is held though nothing is configured");
	if (ask_number(OBPBL_A_SESSIONS))
		sim_fail("there are sessions though all was flushed");
	genl_close(&asker);
}

/* Likewise, and all was flushed before */
void model_empty(void)
{
	each_net(empty_net);
}

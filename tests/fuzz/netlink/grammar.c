// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables of the protocol, and requests that are made from them.
 */
#include <string.h>
#include <arpa/inet.h>

#include "grammar.h"

#define DAYS31	(31 * 86400)
#define U32	UINT32_MAX
#define U64	UINT64_MAX

const struct form forms[ATTRIBUTES] = {
#define A(NAME, ...) [A_##NAME] = { #NAME, __VA_ARGS__ }
	A(PAD, NOTHING),
	A(GENERATION, NUMBER, 8, U64),
	A(VERSION, STRING, .max = 64),
	A(PROTOCOL, NUMBER, 4, 1),
	A(CEILING, NUMBER, 1, 2),
	A(ISPS, NUMBER, 4, 1024),
	A(PREFIXES, NUMBER, 4, U32),
	A(OVERLAYS, NUMBER, 4, U32),
	A(BYTES, NUMBER, 8, U64),
	A(MAX_PREFIXES, NUMBER, 4, U32),
	A(MAX_OVERLAYS, NUMBER, 4, U32),
	A(OWNER, NUMBER, 4, U32),
	A(EMPTY, FLAG),
	A(COUNT, NUMBER, 8, U64),
	A(ISP, STRING, .max = 31),
	A(MODE, NUMBER, 1, 2),
	A(POLICY, NUMBER, 1, 2),
	A(REJECT, NUMBER, 1, 2),
	A(REVERSE, NUMBER, 1, 1),
	A(VRF, STRING, .max = 15),
	A(CLASS_COUNTS, BYTES, 4, 8),
	A(CLASS, NUMBER, 1, QUARANTINE),
	A(PREFIXES4, BYTES, 8, 8191),
	A(PREFIXES6, BYTES, 20, 3276),
	A(LAYER, NUMBER, 1, 1),
	A(TO4, BYTES, 8, 1),
	A(TO6, BYTES, 20, 1),
	A(DEV, STRING, .max = 15),
	A(UNTIL, NUMBER, 8, U64),
	A(REASON, STRING, .max = 255),
	A(TICKET, STRING, .max = 63),
	A(SRC, BYTES, 1, 16),
	A(DST, BYTES, 1, 16),
	A(SPORT, NUMBER, 2, 65535),
	A(DPORT, NUMBER, 2, 65535),
	A(TCP_FLAGS, NUMBER, 1, 255),
	A(VERDICT, NUMBER, 1, 2),
	A(REASON_CODE, NUMBER, 1, 18),
	A(SRC_LEN, NUMBER, 1, 128),
	A(SRC_CLASS, NUMBER, 1, QUARANTINE),
	A(DST_LEN, NUMBER, 1, 128),
	A(DST_CLASS, NUMBER, 1, QUARANTINE),
	A(COUNTERS, BYTES, 32, 2 * 19 * 3),
	A(REPLIES, NUMBER, 8, U64),
	A(REPLIES_SUPPRESSED, NUMBER, 8, U64),
	A(CMD, NUMBER, 1, COMMANDS - 1),
	A(LIMIT, NUMBER, 4, 1000000),
	A(LIMIT_SECONDS, NUMBER, 4, DAYS31),
	A(SOURCES, NUMBER, 4, U32),
	A(MAX_SOURCES, NUMBER, 4, U32),
	A(SOURCE, BYTES, 80, 1),
	A(SOURCES_LOST, NUMBER, 8, U64),
	A(LIMIT_FULL, NUMBER, 8, U64),
	A(EVENTS, NUMBER, 8, U64),
	A(EVENTS_SUPPRESSED, NUMBER, 8, U64),
	A(TOTAL, FLAG),
	A(CONFIRM, NUMBER, 4, 86400),
	A(CONFIRM_GENERATION, NUMBER, 8, U64),
	A(SHADOW, FLAG),
	A(SHADOW_SINCE, NUMBER, 8, U64),
	A(SHADOW_JUDGED, NUMBER, 8, U64),
	A(SHADOW_CHANGES, BYTES, 16, 2 * 19 * 19),
	A(SESSIONS, NUMBER, 4, U32),
	A(MAX_SESSIONS, NUMBER, 4, U32),
	A(IFINDEX, NUMBER, 4, U32),
	A(FROM, STRING, .max = 15),
	A(LIMIT_QUARANTINE, NUMBER, 4, DAYS31),
	A(QUARANTINE_REFUSED, NUMBER, 8, U64),
	A(ASLEEP, FLAG),
	A(EXPIRED, NUMBER, 8, U64),
#undef A
};

#define ISP_OF_ALL	{ A_ISP, true }
#define ATTRIBUTES_OF_ISP \
	{ A_ISP, true }, { A_MODE }, { A_POLICY }, { A_REJECT }, \
	{ A_REVERSE }, { A_VRF }, { A_LIMIT }, { A_LIMIT_SECONDS }, \
	{ A_LIMIT_QUARANTINE }
#define PREFIXES_OF_CLASS \
	{ A_ISP, true }, { A_CLASS, true, DYNAMIC, TARGET }, \
	{ A_PREFIXES4 }, { A_PREFIXES6 }
#define OVERLAY \
	{ A_ISP, true }, { A_CLASS, true, EXEMPT, QUARANTINE }, \
	{ A_PREFIXES4, false, 1, 1 }, { A_PREFIXES6, false, 1, 1 }, \
	{ A_LAYER }, { A_TO4, false, 1, 1 }, { A_TO6, false, 1, 1 }, \
	{ A_DEV }, { A_UNTIL }, { A_TICKET }

const struct rule rules[COMMANDS] = {
#define ASK	.ask = true
#define DUMP	.dump = true
#define ANSWERS	.ask = true, .answers = true
	[GET] = { "GET", ANSWERS, .often = 2, .has = {
		A_GENERATION, A_VERSION, A_PROTOCOL, A_CEILING, A_ISPS,
		A_PREFIXES, A_OVERLAYS, A_BYTES, A_MAX_PREFIXES, A_MAX_OVERLAYS,
		A_SOURCES, A_MAX_SOURCES, A_SESSIONS, A_MAX_SESSIONS, 0,
		A_OWNER, A_CONFIRM, A_CONFIRM_GENERATION, A_EXPIRED,
		A_SHADOW_SINCE } },
	[BEGIN] = { "BEGIN", ASK, .often = 6, .slots = {
		{ A_EMPTY }, { A_GENERATION }, { A_CONFIRM }, { A_SHADOW } } },
	[COMMIT] = { "COMMIT", ANSWERS, .often = 6, .slots = {
		{ A_COUNT }, { A_GENERATION } }, .has = { A_GENERATION } },
	[ABORT] = { "ABORT", ASK, .often = 4 },
	[FLUSH] = { "FLUSH", ASK, .often = 1 },
	[MODE_SET] = { "MODE_SET", ASK, .often = 2, .slots = {
		{ A_ISP }, { A_MODE, true } } },
	[ISP_ADD] = { "ISP_ADD", ASK, .often = 8,
		.slots = { ATTRIBUTES_OF_ISP } },
	[ISP_SET] = { "ISP_SET", ASK, .often = 4,
		.slots = { ATTRIBUTES_OF_ISP } },
	[ISP_DEL] = { "ISP_DEL", ASK, .often = 2, .slots = { ISP_OF_ALL } },
	[ISP_GET] = { "ISP_GET", ANSWERS, DUMP, .often = 3,
		.slots = { { A_ISP }, { A_SHADOW } }, .has = {
		A_GENERATION, A_ISP, A_MODE, A_POLICY, A_REJECT, A_REVERSE,
		A_CLASS_COUNTS, A_SESSIONS, 0, A_LIMIT, A_LIMIT_SECONDS,
		A_LIMIT_QUARANTINE, A_VRF } },
	[PREFIX_ADD] = { "PREFIX_ADD", ASK, .often = 10,
		.slots = { PREFIXES_OF_CLASS } },
	[PREFIX_REPLACE] = { "PREFIX_REPLACE", ASK, .often = 5,
		.slots = { PREFIXES_OF_CLASS } },
	[PREFIX_DEL] = { "PREFIX_DEL", ASK, .often = 5,
		.slots = { PREFIXES_OF_CLASS } },
	[PREFIX_FLUSH] = { "PREFIX_FLUSH", ASK, .often = 1, .slots = {
		{ A_ISP, true }, { A_CLASS, true, DYNAMIC, TARGET } } },
	[PREFIX_GET] = { "PREFIX_GET", DUMP, .often = 3, .slots = {
		{ A_ISP }, { A_CLASS, false, DYNAMIC, TARGET } }, .has = {
		A_GENERATION, A_ISP, A_CLASS, 0, A_PREFIXES4, A_PREFIXES6 } },
	[OVERLAY_ADD] = { "OVERLAY_ADD", ASK, .often = 8,
		.slots = { OVERLAY, { A_REASON, true } } },
	[OVERLAY_DEL] = { "OVERLAY_DEL", ASK, .often = 4,
		.slots = { OVERLAY, { A_REASON } } },
	[OVERLAY_GET] = { "OVERLAY_GET", DUMP, .often = 3, .slots = {
		{ A_ISP }, { A_ASLEEP }, { A_CLASS, false, EXEMPT, QUARANTINE },
		{ A_PREFIXES4, false, 1, 1 }, { A_PREFIXES6, false, 1, 1 } },
		.has = { A_GENERATION, A_ISP, A_CLASS, A_LAYER, A_REASON, 0,
		A_PREFIXES4, A_PREFIXES6, A_TO4, A_TO6, A_DEV, A_UNTIL, A_TICKET,
		A_ASLEEP } },
	[TEST] = { "TEST", ANSWERS, .often = 6, .slots = {
		{ A_SRC, true }, { A_DST, true }, { A_SPORT }, { A_DPORT },
		{ A_TCP_FLAGS }, { A_DEV } }, .has = {
		A_GENERATION, A_VERDICT, 0, A_REASON_CODE, A_MODE, A_ISP,
		A_REJECT, A_SRC_LEN, A_SRC_CLASS, A_DST_LEN, A_DST_CLASS,
		A_IFINDEX, A_DEV } },
	[STATS_GET] = { "STATS_GET", DUMP, .often = 2, .slots = { { A_TOTAL } },
		.has = { A_GENERATION, A_COUNTERS, 0, A_ISP, A_MODE, A_REPLIES,
		A_REPLIES_SUPPRESSED, A_SOURCES_LOST, A_LIMIT_FULL,
		A_QUARANTINE_REFUSED, A_EVENTS, A_EVENTS_SUPPRESSED } },
	[STATS_RESET] = { "STATS_RESET", DUMP, .often = 1,
		.has = { A_GENERATION, A_COUNTERS, 0, A_ISP, A_MODE, A_REPLIES,
		A_REPLIES_SUPPRESSED, A_SOURCES_LOST, A_LIMIT_FULL,
		A_QUARANTINE_REFUSED, A_EVENTS, A_EVENTS_SUPPRESSED } },
	[SOURCE_GET] = { "SOURCE_GET", DUMP, .often = 2,
		.slots = { { A_ISP } }, .has = {
		A_GENERATION, A_ISP, A_SOURCE } },
	[CONFIRM] = { "CONFIRM", ANSWERS, .often = 3,
		.has = { A_GENERATION } },
	[ROLLBACK] = { "ROLLBACK", ANSWERS, .often = 3,
		.has = { A_GENERATION } },
	[SHADOW_GET] = { "SHADOW_GET", ANSWERS, DUMP, .often = 2, .has = {
		A_GENERATION, 0, A_SHADOW_SINCE, A_SHADOW_JUDGED, A_SOURCES_LOST,
		A_LIMIT_FULL, A_ISPS, A_PREFIXES, A_OVERLAYS, A_SOURCES,
		A_MAX_SOURCES, A_ISP, A_SHADOW_CHANGES } },
	[SHADOW_PROMOTE] = { "SHADOW_PROMOTE", ANSWERS, .often = 2,
		.slots = { { A_CONFIRM } }, .has = { A_GENERATION } },
	[SHADOW_DROP] = { "SHADOW_DROP", ASK, .often = 1 },
	[SHADOW_SOURCE_GET] = { "SHADOW_SOURCE_GET", DUMP, .often = 1,
		.has = { A_GENERATION, A_ISP, A_SOURCE } },
	[SESSION_UP] = { "SESSION_UP", ASK, .often = 8, .slots = {
		{ A_DEV, true }, { A_ISP, true },
		{ A_CLASS, false, DYNAMIC, EXEMPT },
		{ A_PREFIXES4 }, { A_PREFIXES6 } } },
	[SESSION_ADDR] = { "SESSION_ADDR", ASK, .often = 4, .slots = {
		{ A_DEV, true }, { A_PREFIXES4 }, { A_PREFIXES6 } } },
	[SESSION_DOWN] = { "SESSION_DOWN", ASK, .often = 2,
		.slots = { { A_DEV, true } } },
	[SESSION_GET] = { "SESSION_GET", DUMP, .often = 3, .slots = {
		{ A_ISP }, { A_DEV }, { A_ASLEEP } }, .has = {
		A_GENERATION, A_DEV, A_IFINDEX, A_ISP, A_CLASS, 0,
		A_PREFIXES4, A_PREFIXES6, A_ASLEEP } },
	[STATS_RESTORE] = { "STATS_RESTORE", ASK, .often = 3, .slots = {
		{ A_ISP }, { A_COUNTERS, true, 1, 1 }, { A_TOTAL } } },
	[POLICY_EVENT] = { "POLICY_EVENT", .has = {
		A_GENERATION, A_OWNER, A_CMD, 0, A_CONFIRM,
		A_CONFIRM_GENERATION, A_ISP, A_CLASS, A_PREFIXES4, A_PREFIXES6,
		A_TO4, A_TO6, A_DEV, A_UNTIL } },
	[BLOCK_EVENT] = { "BLOCK_EVENT", .has = {
		A_ISP, A_VERDICT, A_REASON_CODE, A_SOURCE,
		A_EVENTS_SUPPRESSED } },
	[SESSION_EVENT] = { "SESSION_EVENT", .has = {
		A_OWNER, A_CMD, A_DEV, A_IFINDEX, A_ISP, A_CLASS, 0, A_FROM,
		A_PREFIXES4, A_PREFIXES6 } },
};

/* ---- chance ---- */

static uint64_t state;

uint64_t chance(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Each step by itself, so that what the kernel has answered changes no other */
void chance_seed(uint64_t seed, uint64_t step)
{
	state = seed;
	state = chance() + step;
	chance();
}

uint32_t below(uint32_t n)
{
	return (chance() >> 32) * n >> 32;
}

bool rarely(uint32_t n)
{
	return !below(n);
}

/* ---- messages ---- */

void message_begin(struct message *m, uint16_t family, uint16_t flags,
		   uint8_t command)
{
	struct nlmsghdr nlh = { .nlmsg_type = family, .nlmsg_flags = flags };
	uint8_t genl[4] = { command, 1 };

	memcpy(m->bytes, &nlh, sizeof(nlh));
	memcpy(m->bytes + sizeof(nlh), genl, sizeof(genl));
	m->len = HEADERS;
	message_end(m);
}

void message_end(struct message *m)
{
	uint32_t len = m->len;

	memcpy(m->bytes, &len, sizeof(len));
}

void message_put(struct message *m, uint16_t type, const void *data,
		 size_t len)
{
	uint16_t head[2] = { 4 + len, type };
	size_t size = (4 + len + 3) & ~3UL;

	if (m->len + size > LARGEST || 4 + len > UINT16_MAX)
		return;
	memset(m->bytes + m->len, 0, size);
	memcpy(m->bytes + m->len, head, 4);
	memcpy(m->bytes + m->len + 4, data, len);
	m->len += size;
	message_end(m);
}

/* ---- values ---- */

static const char *pick(const char *const *words, unsigned int n)
{
	return words[below(n)];
}
#define PICK(words) pick(words, sizeof(words) / sizeof(*(words)))

static const char *name(void)
{
	static const char *const common[] = {
		"alpha", "beta", "gamma", "d", "0.x_-9",
		"abcdefghijklmnopqrstuvwxyz01234",
	};
	static const char *const odd[] = {
		"", "-x", "\xc3\xa9", "a b", "nobody", "a/b", "alpha\n",
		"abcdefghijklmnopqrstuvwxyz012345",
	};

	if (rarely(30))
		return PICK(odd);
	return rarely(4) ? PICK(common) : common[below(2)];
}

static const char *device(bool exists)
{
	static const char *const common[] = { "d0", "d1", "d2", "d3", "t0" };
	static const char *const odd[] = {
		"lo", "d9", "", ".", "..", "a/b", "a b", "a:b", "abcdefghijklmno",
		"abcdefghijklmnop", "\xa0", "%s",
	};

	return rarely(exists ? 30 : 8) ? PICK(odd) : PICK(common);
}

static void text(char *out, size_t max)
{
	size_t i, len = rarely(10) ? max - 1 + below(3) : 1 + below(20);

	for (i = 0; i < len; i++)
		out[i] = rarely(200) ? below(256) : 'a' + below(26);
	out[len] = '\0';
}

/*
 * Prefixes of a world so small that they meet: under two networks of each family,
 * and the ends of the address space.
 */
static void prefix(uint8_t *out, unsigned int bytes)
{
	static const uint8_t networks[2][2][4] = {
		{ { 203, 0, 113 }, { 10 } },
		{ { 0x20, 0x01, 0x0d, 0xb8 }, { 0xfd } },
	};
	static const uint8_t lengths[2][8] = {
		{ 8, 16, 24, 25, 29, 30, 31, 32 },
		{ 8, 32, 48, 52, 56, 64, 65, 128 },
	};
	bool six = bytes == 16;
	unsigned int len = lengths[six][below(8)], i;

	memset(out, 0, bytes + 4);
	memcpy(out, networks[six][below(2)], 4);
	for (i = six ? 4 : 3; i < bytes; i++)
		out[i] = rarely(3) ? below(4) << 6 | below(4) : 0;
	switch (below(40)) {
	case 0:
		memset(out, 0, bytes);
		len = below(2) * bytes * 8;
		break;
	case 1:
		memset(out, 0xff, bytes);
		len = bytes * 8;
		break;
	case 2:
		len = 1 + below(bytes * 8);
		break;
	}
	out[bytes] = len;
	if (rarely(400)) {		/* host bits, maybe */
		out[below(bytes)] ^= 1 << below(8);
		return;
	}
	for (i = len; i < bytes * 8; i++)
		out[i / 8] &= ~(0x80 >> i % 8);
	if (rarely(400))
		out[bytes] = bytes * 8 + 1 + below(100);
	if (rarely(400))
		out[bytes + 1 + below(3)] = 1 << below(8);
}

static void put_prefixes(struct message *m, uint8_t type, unsigned int bytes,
			 unsigned int max)
{
	static uint8_t all[65536];
	unsigned int i, n = 1 + below(4);

	if (rarely(12))
		n = 1 + below(40);
	if (rarely(200))
		n = 200 + below(120);
	if (rarely(1000))
		n = 3276;
	if (max == 1 && !rarely(100))
		n = 1;
	for (i = 0; i < n; i++)
		prefix(all + i * (bytes + 4), bytes);
	message_put(m, type, all, n * (bytes + 4));
}

static void put_number(struct message *m, const struct slot *slot)
{
	const struct form *form = &forms[slot->type];
	uint64_t max = slot->max ? slot->max : form->max;
	uint64_t value = slot->min;

	if (max < 256)
		value += below(max - slot->min + 1);
	else
		value = below(4) ? 1 + below(100) : chance() >> below(64);
	if (slot->type == A_CONFIRM && value < 30 && !rarely(6))
		value = 60;
	if (slot->type == A_COUNT || slot->type == A_GENERATION)
		value = below(8);
	if (slot->type == A_DPORT && !rarely(4))
		value = 25;
	if (rarely(60))
		value = below(2) ? max + 1 : ~0ULL >> below(64);
	message_put(m, slot->type, &value, form->size);
}

static void put_string(struct message *m, const struct slot *slot,
		       uint8_t command)
{
	char word[300] = "";
	size_t len;

	switch (slot->type) {
	case A_ISP:
		strcpy(word, name());
		break;
	case A_DEV:
		strcpy(word, device(command != OVERLAY_ADD));
		break;
	case A_VRF:
		if (rarely(3))
			strcpy(word, device(false));
		break;
	default:
		text(word, forms[slot->type].max);
		break;
	}
	len = strlen(word) + 1;
	if (rarely(80)) {		/* more behind the end, or none */
		word[len] = below(2) ? 0 : 'x';
		len += below(2) ? 1 : -1;
	}
	message_put(m, slot->type, word, len);
}

static void put_address(struct message *m, const struct slot *slot)
{
	bool six = below(2);
	uint8_t wire[20];

	/* As the source before it, most times */
	if (slot->type == A_DST && m->len > HEADERS && !rarely(20))
		six = m->bytes[HEADERS] == 20;
	prefix(wire, six ? 16 : 4);
	message_put(m, slot->type, wire, rarely(100) ? below(17) :
		    six ? 16 : 4);
}

/* Of a family, a reason and a verdict, which may or may not go together */
static void put_counter(struct message *m)
{
	uint64_t wire[4] = { 1 + below(100) };
	uint8_t *kind = (uint8_t *)&wire[3];

	wire[1] = wire[0] * (20 + below(1500));
	wire[2] = below(wire[0] + 1);
	kind[0] = below(2) ? 4 : 6;
	kind[1] = below(19);
	kind[2] = rarely(4) ? below(3) : kind[1] > 8;
	if (rarely(10))
		wire[below(3)] = below(2) ? 0 : chance() >> below(4);
	if (rarely(20))
		kind[below(8)] = below(256);
	message_put(m, A_COUNTERS, wire, sizeof(wire));
}

static void put_slot(struct message *m, const struct slot *slot,
		     uint8_t command)
{
	switch (forms[slot->type].kind) {
	case FLAG:
		message_put(m, slot->type, NULL, 0);
		break;
	case NUMBER:
		put_number(m, slot);
		break;
	case STRING:
		put_string(m, slot, command);
		break;
	case BYTES:
		if (slot->type == A_COUNTERS)
			put_counter(m);
		else if (forms[slot->type].size == 1)
			put_address(m, slot);
		else
			put_prefixes(m, slot->type, forms[slot->type].size - 4,
				     slot->max);
		break;
	case NOTHING:
		break;
	}
}

/* How seldom an attribute that may be absent is there */
static unsigned int seldom(uint8_t command, uint8_t type)
{
	switch (type) {
	case A_CONFIRM:
	case A_SHADOW:
		return 4;
	case A_COUNT:
	case A_GENERATION:
	case A_TO4:
	case A_TO6:
	case A_REVERSE:
	case A_DEV:
		return 8;
	case A_LIMIT:
	case A_LIMIT_SECONDS:
	case A_LIMIT_QUARANTINE:
		return 6;
	case A_VRF:
		return 40;
	case A_ISP:
		return command == ISP_GET ? 2 : 3;
	default:
		return 2;
	}
}

/* What goes together only by luck, if each is by itself */
static bool together(uint8_t command, uint8_t type, uint64_t luck)
{
	bool exclusive = command == OVERLAY_ADD || command == OVERLAY_DEL ||
			 command == OVERLAY_GET;

	switch (type) {
	case A_PREFIXES4:
		return (luck & 1) || (!exclusive && (luck & 6) == 6);
	case A_PREFIXES6:
		return !(luck & 1) || (!exclusive && (luck & 6) == 6);
	case A_TO4:
		return luck & 1;
	case A_TO6:
		return !(luck & 1);
	case A_EMPTY:
		return luck & 0x18;
	}
	return true;
}

void generate(struct message *m, uint16_t family, uint8_t command, bool dump)
{
	const struct rule *rule = &rules[command];
	uint64_t luck = chance();
	unsigned int i;
	bool there;

	message_begin(m, family, NLM_F_REQUEST | (dump ? NLM_F_DUMP :
						  rarely(10) ? 0 : NLM_F_ACK),
		      command);
	for (i = 0; i < SLOTS && rule->slots[i].type; i++) {
		const struct slot *slot = &rule->slots[i];

		switch (slot->type) {
		case A_PREFIXES4:
		case A_PREFIXES6:
		case A_EMPTY:
			there = together(command, slot->type, luck);
			break;
		case A_LIMIT:
		case A_LIMIT_SECONDS:
			there = (luck & 0xe0) == 0xe0;
			break;
		default:
			there = slot->must ||
				(rarely(seldom(command, slot->type)) &&
				 together(command, slot->type, luck));
			break;
		}
		if (there != rarely(200))
			put_slot(m, slot, command);
	}
}

/* ---- what a stranger does ---- */

/* Some attribute of a message: where it begins; 0: it has none */
static size_t some_attribute(const struct message *m)
{
	size_t at = HEADERS, found = 0, size;
	unsigned int n = 0;

	while (at + 4 <= m->len) {
		size = m->bytes[at] | m->bytes[at + 1] << 8;
		if (size < 4 || at + size > m->len)
			break;
		if (rarely(++n))
			found = at;
		at += (size + 3) & ~3UL;
	}
	return found;
}

static uint16_t length_at(const struct message *m, size_t at)
{
	uint16_t len;

	memcpy(&len, m->bytes + at, 2);
	return len;
}

static void flip(struct message *m)
{
	unsigned int n = 1 + below(8);

	while (n--)
		m->bytes[16 + below(m->len - 16)] ^= 1 << below(8);
}

static void lie_of_length(struct message *m, size_t at)
{
	static const uint16_t lengths[] = { 0, 3, 4, 5, 8, 0x7fff, 0xffff };
	uint16_t len = length_at(m, at);

	if (below(2))
		len += below(2) ? 1 + below(4) : -1 - below(4);
	else
		len = lengths[below(7)];
	memcpy(m->bytes + at, &len, 2);
}

static void swap_type(struct message *m, size_t at)
{
	uint16_t type = below(ATTRIBUTES);

	if (rarely(3))
		type = chance();
	if (rarely(3)) {
		memcpy(&type, m->bytes + at + 2, 2);
		type ^= below(2) ? 0x8000 : 0x4000;
	}
	memcpy(m->bytes + at + 2, &type, 2);
}

static void repeat(struct message *m, size_t at)
{
	size_t size = (length_at(m, at) + 3) & ~3UL;

	if (m->len + size > LARGEST || at + size > m->len)
		return;
	memcpy(m->bytes + m->len, m->bytes + at, size);
	m->len += size;
}

/* One inside the other */
static void nest(struct message *m, size_t at)
{
	unsigned int depth = 1 + below(25), i;
	size_t size = (length_at(m, at) + 3) & ~3UL;
	uint16_t head[2], type;

	if (size > 256 || at + size > m->len || m->len + 4 * depth > LARGEST)
		return;
	memcpy(&type, m->bytes + at + 2, 2);
	memmove(m->bytes + at + 4 * depth, m->bytes + at, m->len - at);
	m->len += 4 * depth;
	for (i = 0; i < depth; i++) {
		head[0] = size + 4 * (depth - i);
		head[1] = type | (below(2) ? 0x8000 : 0);
		memcpy(m->bytes + at + 4 * i, head, 4);
	}
}

static void append(struct message *m)
{
	unsigned int n = 1 + below(rarely(3) ? 40 : 4);

	if (m->len + n > LARGEST)
		return;
	while (n--)
		m->bytes[m->len++] = rarely(2) ? 0 : chance();
}

static void splice(struct message *m, const struct message *other)
{
	size_t at = some_attribute(other), size;

	if (!at)
		return;
	size = (length_at(other, at) + 3) & ~3UL;
	if (at + size > other->len || m->len + size > LARGEST)
		return;
	memcpy(m->bytes + m->len, other->bytes + at, size);
	m->len += size;
}

/* The ends of what a number can be */
static void extreme(struct message *m, size_t at)
{
	size_t len = length_at(m, at);

	if (len <= 4 || at + len > m->len)
		return;
	memset(m->bytes + at + 4, below(2) ? 0xff : 0, len - 4);
	if (below(2))
		m->bytes[at + 4 + below(len - 4)] ^= 1 << below(8);
}

static void header(struct message *m)
{
	uint16_t flags;

	switch (below(4)) {
	case 0:
		m->bytes[16] = below(2) ? chance() : below(COMMANDS + 1);
		break;
	case 1:
		m->bytes[17 + below(3)] = chance();
		break;
	default:
		memcpy(&flags, m->bytes + 6, 2);
		flags ^= 1 << below(below(2) ? 16 : 10);
		memcpy(m->bytes + 6, &flags, 2);
		break;
	}
}

void stray(struct message *m, uint8_t type, unsigned int way)
{
	static const char name[] = "a";
	const struct form *form = &forms[type];
	uint64_t value = way == 4 ? form->max + 1 : form->max;
	size_t size = form->kind == STRING ? sizeof(name) : form->size;
	uint8_t data[96] = { 0 };

	if (form->kind == STRING)
		memcpy(data, name, sizeof(name));
	else if (form->kind == NUMBER)
		memcpy(data, &value, sizeof(value));
	if (way == 1)
		size++;
	else if (way == 2 && size)
		size--;
	message_put(m, way == 3 ? type | 0x8000 : type, data, size);
}

static void mutate_once(struct message *m, const struct message *other)
{
	size_t at = some_attribute(m);

	switch (below(at ? 12 : 6)) {
	case 0:
		header(m);
		return;
	case 5:
		stray(m, 1 + below(ATTRIBUTES - 1), 0);
		break;
	case 1:
		append(m);
		break;
	case 2:
		splice(m, other);
		break;
	case 3:
		m->len = 16 + below(m->len - 15);
		break;
	case 4:
		if (m->len > 16)
			flip(m);
		break;
	case 6:
		lie_of_length(m, at);
		break;
	case 7:
		swap_type(m, at);
		break;
	case 8:
		repeat(m, at);
		break;
	case 9:
		nest(m, at);
		break;
	default:
		extreme(m, at);
		break;
	}
	message_end(m);
}

void mutate(struct message *m, const struct message *other)
{
	unsigned int n = 1 + below(3);
	uint32_t len;

	while (n--) {
		mutate_once(m, other);
		if (m->len < HEADERS)
			break;
	}
	if (rarely(10)) {
		len = m->len + below(40) - 20;
		memcpy(m->bytes, &len, sizeof(len));
	}
}

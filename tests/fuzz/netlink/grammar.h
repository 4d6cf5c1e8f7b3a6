/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The protocol as a stranger knows it: numbers, what goes into requests and what
 * comes out of answers, by hand from the text of the header, which is not
 * included; and messages put together byte by byte.
 */
#ifndef FUZZ_GRAMMAR_H
#define FUZZ_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/netlink.h>

#define HEADERS		(16 + 4)	/* of netlink, and of generic netlink */
#define LARGEST		(128 << 10)	/* datagram that is sent */

enum command {
	GET = 1, BEGIN, COMMIT, ABORT, FLUSH, MODE_SET, ISP_ADD, ISP_SET,
	ISP_DEL, ISP_GET, PREFIX_ADD, PREFIX_REPLACE, PREFIX_DEL, PREFIX_FLUSH,
	PREFIX_GET, OVERLAY_ADD, OVERLAY_DEL, OVERLAY_GET, TEST, STATS_GET,
	POLICY_EVENT, SOURCE_GET, BLOCK_EVENT, STATS_RESET, CONFIRM, ROLLBACK,
	SHADOW_GET, SHADOW_PROMOTE, SHADOW_DROP, SHADOW_SOURCE_GET, SESSION_UP,
	SESSION_ADDR, SESSION_DOWN, SESSION_GET, SESSION_EVENT, STATS_RESTORE,
	COMMANDS
};

enum attribute {
	A_PAD = 1, A_GENERATION, A_VERSION, A_PROTOCOL, A_CEILING, A_ISPS,
	A_PREFIXES, A_OVERLAYS, A_BYTES, A_MAX_PREFIXES, A_MAX_OVERLAYS,
	A_OWNER, A_EMPTY, A_COUNT, A_ISP, A_MODE, A_POLICY, A_REJECT, A_REVERSE,
	A_VRF, A_CLASS_COUNTS, A_CLASS, A_PREFIXES4, A_PREFIXES6, A_LAYER,
	A_TO4, A_TO6, A_DEV, A_UNTIL, A_REASON, A_TICKET, A_SRC, A_DST, A_SPORT,
	A_DPORT, A_TCP_FLAGS, A_VERDICT, A_REASON_CODE, A_SRC_LEN, A_SRC_CLASS,
	A_DST_LEN, A_DST_CLASS, A_COUNTERS, A_REPLIES, A_REPLIES_SUPPRESSED,
	A_CMD, A_LIMIT, A_LIMIT_SECONDS, A_SOURCES, A_MAX_SOURCES, A_SOURCE,
	A_SOURCES_LOST, A_LIMIT_FULL, A_EVENTS, A_EVENTS_SUPPRESSED, A_TOTAL,
	A_CONFIRM, A_CONFIRM_GENERATION, A_SHADOW, A_SHADOW_SINCE,
	A_SHADOW_JUDGED, A_SHADOW_CHANGES, A_SESSIONS, A_MAX_SESSIONS, A_IFINDEX,
	A_FROM, A_LIMIT_QUARANTINE, A_QUARANTINE_REFUSED, A_ASLEEP, A_EXPIRED,
	ATTRIBUTES
};

enum class { DYNAMIC = 1, STATIC, SPACE, RELAY, TARGET, EXEMPT, QUARANTINE };

/**
 * enum kind - of what bytes an attribute is
 * @NUMBER: of @size bytes, at most @max
 * @STRING: of at most @max bytes before its NUL
 * @BYTES: whole records of @size bytes, at most @max of them
 */
enum kind { NOTHING, FLAG, NUMBER, STRING, BYTES };

struct form {
	const char *name;
	enum kind kind;
	unsigned int size;
	uint64_t max;
};

extern const struct form forms[ATTRIBUTES];

/**
 * struct slot - an attribute of a request
 * @type: of which number; 0: there are no more
 * @must: it may not be missing
 * @min: the least number
 * @max: the greatest, or how many records
 */
struct slot {
	uint8_t type;
	bool must;
	uint8_t min, max;
};

#define SLOTS 11

/**
 * struct rule - a command
 * @name: its name
 * @ask: it can be asked for by itself
 * @dump: it can be dumped
 * @answers: by itself it has an answer, beside the acknowledgement
 * @often: how often it is asked for
 * @slots: what a request has
 * @has: attributes of an answer, those that it always has first, then 0, then the
 *	 others
 */
struct rule {
	const char *name;
	bool ask, dump, answers;
	uint8_t often;
	struct slot slots[SLOTS];
	uint8_t has[24];
};

extern const struct rule rules[COMMANDS];

/* Chance: that of a step of a seed, a number below n, once in n times */
void chance_seed(uint64_t seed, uint64_t step);
uint64_t chance(void);
uint32_t below(uint32_t n);
bool rarely(uint32_t n);

struct message {
	size_t len;
	uint8_t bytes[LARGEST];
};

void message_begin(struct message *m, uint16_t family, uint16_t flags,
		   uint8_t command);
void message_put(struct message *m, uint16_t type, const void *data,
		 size_t len);
void message_end(struct message *m);

/* A request of this command as it should be, or nearly */
void generate(struct message *m, uint16_t family, uint8_t command, bool dump);
/* One attribute more, valid by itself or not, in so many ways */
#define STRAYS	5
void stray(struct message *m, uint8_t type, unsigned int way);
/* What a stranger does to it; other: one that was sent before */
void mutate(struct message *m, const struct message *other);

#endif

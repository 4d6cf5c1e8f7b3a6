/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * obpbl: Outbound Port 25 Blocking, the generic netlink protocol
 *
 * Family "obpbl", version 1.  Every operation needs CAP_NET_ADMIN in the
 * initial user namespace, reading included, and acts on the network namespace
 * of the socket that sent it.
 *
 * The policy
 * ----------
 * A network namespace has one policy: ISPs, their prefixes, overlays on sources
 * (exemptions and quarantines), and the sessions of network devices.  It is an
 * immutable snapshot with a generation number; every change makes the next
 * generation and publishes it as a whole.  A packet, a dump, a test and a
 * statistics reply each see one generation.  In a namespace without ISPs no hook
 * is registered; where there are no run-time overlays either, there is no policy,
 * and the module may be unloaded.
 *
 * Changes and transactions
 * ------------------------
 * A change is one of OBPBL_CMD_ISP_{ADD,SET,DEL}, OBPBL_CMD_MODE_SET,
 * OBPBL_CMD_PREFIX_{ADD,REPLACE,DEL,FLUSH}, OBPBL_CMD_OVERLAY_{ADD,DEL},
 * OBPBL_CMD_SESSION_{UP,ADDR,DOWN} and OBPBL_CMD_FLUSH.  Sent by itself it is a
 * transaction of its own.  Between OBPBL_CMD_BEGIN and OBPBL_CMD_COMMIT, changes
 * sent on the same socket are collected in a draft that nobody else sees:
 *
 *	-> BEGIN  [OBPBL_A_EMPTY] [OBPBL_A_GENERATION]
 *	-> ISP_ADD, PREFIX_ADD, OVERLAY_ADD, ...  (each acknowledged if asked)
 *	-> COMMIT [OBPBL_A_COUNT] [OBPBL_A_GENERATION]
 *	<- COMMIT OBPBL_A_GENERATION
 *
 * BEGIN with OBPBL_A_EMPTY starts from nothing configured (what a config file
 * says replaces all that an earlier one said; run-time overlays and sessions
 * stay), and without it from the running policy.  OBPBL_A_GENERATION is the
 * generation that the sender has seen: if another one is running, -ESTALE.
 * OBPBL_A_COUNT is the number of prefixes that the sender put into
 * PREFIX_ADD messages since BEGIN: if another number arrived, -EBADMSG.
 *
 * A refused change spoils its transaction: all that follows but ABORT is
 * refused with -ECANCELED, so that the rest of a batch can neither be
 * committed without it nor reach the running policy as single changes.  What
 * generic netlink itself refuses never gets as far: an unknown attribute, a
 * value out of the range that is written here, trailing bytes.  So a sender
 * reads the acknowledgement of each change before it sends COMMIT.
 * ABORT, or closing the socket, throws the draft away.  There is one draft a
 * namespace; while it exists, changes and BEGIN from other sockets are
 * refused with -EBUSY, and the message names the netlink port of its owner.
 * So is a change by its own socket beside one that is still under way, which
 * spoils the transaction like any other refused one.
 * ISP_DEL and PREFIX_FLUSH may take a second where a million prefixes are.
 * Where none is begun, each makes a draft of its own: others are refused
 * meanwhile instead of waiting.
 *
 * Changes that are to be confirmed
 * --------------------------------
 * BEGIN with OBPBL_A_EMPTY and OBPBL_A_CONFIRM makes a transaction that is
 * published by COMMIT as any other.  But what was configured before is kept,
 * and returns as a new generation after OBPBL_A_CONFIRM seconds, whatever has
 * become of the sender, unless OBPBL_CMD_CONFIRM comes in time;
 * OBPBL_CMD_ROLLBACK lets it return at once.  Run-time overlays stay in all
 * cases, but those of an ISP that the transaction removes by ISP_DEL.  Until
 * then nothing configured can be changed: BEGIN with OBPBL_A_EMPTY and all
 * changes are refused with -EBUSY, except FLUSH, which ends it together with
 * everything else, and changes of run-time entries.  One that does not go with
 * what returns sleeps from then on (OBPBL_A_ASLEEP).
 * Run-time overlays that are the same as configured ones stay beside them until
 * CONFIRM.  A transaction that is open when the old configuration returns is
 * refused with -ECANCELED from then on; CONFIRM itself is refused with -EBUSY
 * while one is open.  CONFIRM and ROLLBACK, when nothing waits: -ENOENT.
 *
 * The ceilings hold for what was kept by itself and for what is configured by
 * itself; memory is counted together.  No ceiling stands in the way of a return.
 *
 * Shadows
 * -------
 * BEGIN with OBPBL_A_EMPTY and OBPBL_A_SHADOW makes a transaction whose COMMIT
 * does not change what runs: it makes a shadow, or takes the place of the one
 * that there is.  From then on each packet is judged by both, with the same
 * run-time overlays, and only the running policy acts.  Counted is where
 * exactly one of them blocks: SHADOW_GET and SHADOW_SOURCE_GET tell.  In a
 * struct obpbl_source of the latter, @blocked are packets that only the shadow
 * blocks, @would_block those that only the running policy blocks, and @reason is
 * that of whichever blocks.  The limits of a shadow have windows of their own,
 * which begin with it; it sees the packets that there are, and knows nothing of
 * those that would follow if it were the policy.  SHADOW_PROMOTE lets it take
 * the place of what is configured, in one step, and SHADOW_DROP and FLUSH remove
 * it.  A shadow needs no running policy.  No generation comes of making or
 * dropping it.  Run-time overlays cannot be changed in its transaction; those
 * that do not go with it sleep when it is promoted.
 *
 * Prefixes travel packed: OBPBL_A_PREFIXES4 and OBPBL_A_PREFIXES6 are arrays
 * of struct obpbl_prefix4 and struct obpbl_prefix6, all for the one
 * OBPBL_A_ISP and OBPBL_A_CLASS of the message, up to the 65,531 bytes of an
 * attribute.
 *
 * Refusals
 * --------
 * Every refusal carries a sentence (NLMSGERR_ATTR_MSG) and, where one
 * attribute is at fault, its place (NLMSGERR_ATTR_OFFS).  For packed prefixes
 * the offset is that of the array element at fault, not of the attribute.
 * Unknown attributes, values out of range and trailing bytes are refused.
 *
 *	-EEXIST		the entry is there already (ADD)
 *	-ENOENT		no such ISP, prefix, overlay or session; nothing to
 *			confirm; no shadow
 *	-ENODEV		no such network device
 *	-EADDRINUSE	the source prefix belongs to another ISP
 *	-EINVAL		host bits set, reserved bytes set, attribute missing,
 *			a family that does not fit
 *	-ERANGE		a number or a prefix length out of range, a counter
 *			that would be
 *	-ENOSPC		a ceiling is reached: net.obpbl.max_prefixes,
 *			net.obpbl.max_overlays, net.obpbl.max_sessions,
 *			OBPBL_MAX_ISPS, or the memory that these stand for
 *	-ENOMEM		the kernel has no memory; nothing has changed
 *	-E2BIG		more than OBPBL_MAX_OVERLAYS_AT overlays on a prefix, or
 *			OBPBL_MAX_SESSION_PREFIXES prefixes of a session
 *	-EBUSY		another socket has a transaction open; a change waits to
 *			be confirmed; or the VRF of an ISP with source entries
 *			would change
 *	-ESTALE		another generation is running
 *	-ECANCELED	an earlier change of this transaction was refused, or
 *			what it began from was rolled back
 *	-EBADMSG	COMMIT: OBPBL_A_COUNT does not match
 *
 * Dumps
 * -----
 * ISP_GET, PREFIX_GET, OVERLAY_GET, SESSION_GET, STATS_GET, STATS_RESET and
 * SOURCE_GET with NLM_F_DUMP answer one object a message (PREFIX_GET: a packed array of one
 * ISP and class), all from the snapshot that was running when the dump began,
 * whatever is committed meanwhile.  Each message carries OBPBL_A_GENERATION.
 * Counters, sources and names of devices are read as each message is made, and
 * sessions of devices that have gone meanwhile are left out.
 *
 * Counters
 * --------
 * Counters only ever grow, for as long as the namespace remembers the name of
 * their ISP.  STATS_GET answers what was counted since the last STATS_RESET,
 * or with OBPBL_A_TOTAL since the beginning.  STATS_RESET answers as STATS_GET
 * does, and what is in an answer is then in no later one: the sum of all
 * answers loses no packet and has none twice, whoever asks at the same time.
 *
 * Where a module takes the place of another, STATS_RESTORE lets it go on from
 * where the other one had come, one counter at a time.  Of what that had counted
 * before its last reset, the request has OBPBL_A_TOTAL.
 *
 * Sessions
 * --------
 * A session says of a network device whose subscriber is behind it: the ISP, the
 * class, and up to OBPBL_MAX_SESSION_PREFIXES prefixes.  It counts for packets
 * from these prefixes wherever they come in, and for answers to them.  A device
 * has one session, and a prefix belongs to one session in its VRF scope: when
 * another device's session gets it, the first one loses it, so that the late
 * end of a device does not take what the next one has.
 *
 * The session belongs to the device and not to its name.  It ends, before
 * anything else can happen to the device's number, when the device is removed or
 * moves to another namespace.  That cannot fail; while there is no memory to
 * remove the session, or a transaction is open, it says nothing any more but
 * still counts in OBPBL_A_SESSIONS.
 *
 * What asks for what is there already is done, changes nothing, and makes no
 * new generation: SESSION_UP of the same, SESSION_ADDR of prefixes that the
 * session has, SESSION_DOWN of a device without one, or of no device.
 *
 * Limits
 * ------
 * An ISP with OBPBL_A_LIMIT lets new connections (SYN without ACK) of dynamic
 * sources through that it would block, the first so many of each source in a
 * window of OBPBL_A_LIMIT_SECONDS, which begins with the first of them.  Packets
 * are counted: a SYN that is sent again, since nobody answers, is one more.  Of
 * such a source only what opens a connection is judged.  A source that is of a
 * session begins a new window with its next session.  With OBPBL_A_REVERSE,
 * answers (SYN with ACK) are counted in the same way, apart; since anybody
 * outside can send some, those of a source may be used up before it opens
 * anything.  A window is kept in a table of a fixed size, made with the policy,
 * with two places for each of net.obpbl.max_sources, half of which answers
 * cannot take; a source that finds no place is blocked as if over the limit, and
 * counted in OBPBL_A_LIMIT_FULL.
 *
 * With OBPBL_A_LIMIT_QUARANTINE, the first connection of a window that is over
 * the limit puts its source in quarantine: soon after it there is a run-time
 * overlay of class QUARANTINE of that source, as OVERLAY_ADD would have made it,
 * with the reason "over its limit" and an end.  IPv4 sources are single
 * addresses; IPv6 ones prefixes of net.obpbl.v6_source_len bits, or as long as
 * the entry that makes the source dynamic, if that is longer.  Where there is a
 * quarantine at run time already, its end becomes the later of the two, and its
 * texts stay.  Answers put nobody in quarantine, nor does a source that finds no
 * place.  Nobody is quarantined while a transaction is open; they follow then, if
 * they still are of that ISP and dynamic.  Those that could not be quarantined
 * are counted in OBPBL_A_QUARANTINE_REFUSED.
 *
 * Sources
 * -------
 * A table of at most net.obpbl.max_sources entries, made when the first policy
 * is published and freed when there is none any more, holds the sources of
 * packets that were blocked or would have been.  IPv4 sources are single
 * addresses, IPv6 ones prefixes of net.obpbl.v6_source_len bits.  What was
 * blocked as an answer (reverse) is not in it: its address was not written by
 * the source.  A flood of sources that are seen once can neither make it grow
 * nor push out those that are seen often; what it has no place for, or finds
 * another CPU at work on, is counted in OBPBL_A_SOURCES_LOST.
 *
 * Events
 * ------
 * Multicast group OBPBL_GENL_EVENTS, to join which needs a capability as well
 * (CAP_NET_ADMIN; CAP_SYS_ADMIN on kernels that know no other), has
 * OBPBL_CMD_POLICY_EVENT for each generation that is published in the
 * namespace, and OBPBL_CMD_BLOCK_EVENT for packets that were blocked or would
 * have been: at most net.obpbl.event_rate a second, and of each source at most
 * one a minute.  Packets that got none while somebody listened are counted, and
 * the next event says how many.  A listener that is too slow loses events; of
 * policy events it sees that from the gap in the generations.
 * OBPBL_CMD_SESSION_EVENT tells of each session that is changed by a command of
 * its own or ends with its device; of those in a transaction there is the policy
 * event of its COMMIT alone.
 *
 * Compatibility
 * -------------
 * Numbers are only ever appended.  The NLM_F_CREATE, NLM_F_EXCL,
 * NLM_F_REPLACE and NLM_F_APPEND flags are not used.
 */
#ifndef _UAPI_LINUX_OBPBL_H
#define _UAPI_LINUX_OBPBL_H

#include <linux/types.h>

#define OBPBL_GENL_NAME		"obpbl"
#define OBPBL_GENL_VERSION	1
#define OBPBL_GENL_EVENTS	"events"

/* The TCP port that this module judges; there is no way to name another */
#define OBPBL_PORT		25

/* Sizes of strings, the final NUL included */
#define OBPBL_ISP_NAME_SIZE	32
#define OBPBL_DEV_NAME_SIZE	16
#define OBPBL_REASON_SIZE	256
#define OBPBL_TICKET_SIZE	64

/* ISPs in one namespace, at most; a name keeps its place while it is remembered */
#define OBPBL_MAX_ISPS		1024

/* The greatest limit, and the longest window */
#define OBPBL_MAX_LIMIT		1000000
#define OBPBL_MAX_LIMIT_SECONDS	(31 * 86400)

/* The longest quarantine of whoever goes over a limit, in seconds */
#define OBPBL_MAX_LIMIT_QUARANTINE	(31 * 86400)

/* The longest time in which a change is to be confirmed, in seconds */
#define OBPBL_MAX_CONFIRM	86400

/* Sources of a shadow that are known at one time, at most */
#define OBPBL_SHADOW_SOURCES	4096

/* Overlays on one source prefix, at most: each costs a packet a comparison */
#define OBPBL_MAX_OVERLAYS_AT	16

/* Prefixes of one session, at most */
#define OBPBL_MAX_SESSION_PREFIXES	256

/**
 * struct obpbl_prefix4 - an IPv4 prefix on the wire
 * @addr: network address, network order, host bits zero
 * @len: 0-32
 * @reserved: zero
 */
struct obpbl_prefix4 {
	__be32 addr;
	__u8 len;
	__u8 reserved[3];
};

/**
 * struct obpbl_prefix6 - an IPv6 prefix on the wire
 * @addr: network address, network order, host bits zero
 * @len: 0-128
 * @reserved: zero
 */
struct obpbl_prefix6 {
	__u8 addr[16];
	__u8 len;
	__u8 reserved[3];
};

/**
 * enum obpbl_mode - how far an ISP's verdicts go
 * @OBPBL_MODE_OFF: nothing is judged
 * @OBPBL_MODE_MONITOR: all is judged and counted, nothing is blocked
 * @OBPBL_MODE_ENFORCE: what is judged "block" is blocked
 *
 * Ordered: the effective mode is the lower of the ISP's and net.obpbl.mode.
 */
enum obpbl_mode {
	OBPBL_MODE_OFF,
	OBPBL_MODE_MONITOR,
	OBPBL_MODE_ENFORCE,

	__OBPBL_MODE_LAST
};
#define OBPBL_MODE_MAX (__OBPBL_MODE_LAST - 1)

/**
 * enum obpbl_policy_kind - what is blocked of a dynamic source's connections
 * @OBPBL_POLICY_OUTSIDE: those to hosts outside the ISP's space
 * @OBPBL_POLICY_RELAY_ONLY: those to any host that is not a relay
 * @OBPBL_POLICY_TARGETS: those to target networks
 */
enum obpbl_policy_kind {
	OBPBL_POLICY_OUTSIDE,
	OBPBL_POLICY_RELAY_ONLY,
	OBPBL_POLICY_TARGETS,

	__OBPBL_POLICY_LAST
};
#define OBPBL_POLICY_MAX (__OBPBL_POLICY_LAST - 1)

/**
 * enum obpbl_reject - what the client of a blocked connection is told
 * @OBPBL_REJECT_RESET: a TCP RST
 * @OBPBL_REJECT_ADMIN: ICMP 3/13 or ICMPv6 1/1, administratively prohibited
 * @OBPBL_REJECT_DROP: nothing
 */
enum obpbl_reject {
	OBPBL_REJECT_RESET,
	OBPBL_REJECT_ADMIN,
	OBPBL_REJECT_DROP,

	__OBPBL_REJECT_LAST
};
#define OBPBL_REJECT_MAX (__OBPBL_REJECT_LAST - 1)

/**
 * enum obpbl_class - what a prefix says
 * @OBPBL_CLASS_NONE: no entry: a source of no ISP, a destination outside
 * @OBPBL_CLASS_DYNAMIC: source, subject to the policy
 * @OBPBL_CLASS_STATIC: source, not subject
 * @OBPBL_CLASS_SPACE: the ISP's address space: as a source infrastructure,
 *	which is not subject, as a destination inside
 * @OBPBL_CLASS_RELAY: destination, the ISP's own mail servers
 * @OBPBL_CLASS_TARGET: destination, blocked under OBPBL_POLICY_TARGETS
 * @OBPBL_CLASS_EXEMPT: source overlay, passes
 * @OBPBL_CLASS_QUARANTINE: source overlay, may reach relays only
 *
 * PREFIX commands take DYNAMIC to TARGET, OVERLAY commands EXEMPT and
 * QUARANTINE; OBPBL_CMD_TEST answers with any.
 */
enum obpbl_class {
	OBPBL_CLASS_NONE,
	OBPBL_CLASS_DYNAMIC,
	OBPBL_CLASS_STATIC,
	OBPBL_CLASS_SPACE,
	OBPBL_CLASS_RELAY,
	OBPBL_CLASS_TARGET,
	OBPBL_CLASS_EXEMPT,
	OBPBL_CLASS_QUARANTINE,

	__OBPBL_CLASS_LAST
};
#define OBPBL_CLASS_MAX (__OBPBL_CLASS_LAST - 1)

/**
 * enum obpbl_layer - where an overlay comes from
 * @OBPBL_LAYER_CONFIGURED: from a config file; BEGIN with OBPBL_A_EMPTY starts
 *	without it
 * @OBPBL_LAYER_RUNTIME: added by a command; survives such a transaction, unless
 *	the transaction adds an overlay of the same kind, prefix, ISP,
 *	destination and device, which takes its place
 */
enum obpbl_layer {
	OBPBL_LAYER_CONFIGURED,
	OBPBL_LAYER_RUNTIME,

	__OBPBL_LAYER_LAST
};
#define OBPBL_LAYER_MAX (__OBPBL_LAYER_LAST - 1)

/**
 * enum obpbl_verdict - what becomes of a packet
 * @OBPBL_VERDICT_PASS: it is forwarded
 * @OBPBL_VERDICT_BLOCK: it is dropped, and answered as OBPBL_A_REJECT says
 * @OBPBL_VERDICT_WOULD_BLOCK: it is forwarded, because the mode is monitor
 */
enum obpbl_verdict {
	OBPBL_VERDICT_PASS,
	OBPBL_VERDICT_BLOCK,
	OBPBL_VERDICT_WOULD_BLOCK,

	__OBPBL_VERDICT_LAST
};

/*
 * OBPBL_REASONS() - why; each verdict has exactly one reason
 *
 * FN(NAME, "word") in order of number.  The words are the ones of JSON,
 * metrics and events, and do not change.
 *
 * The first group passes:
 *	foreign		no ISP owns the source
 *	own		the source is the ISP's own infrastructure
 *	static		the source is a static customer
 *	exempt		an exemption applies
 *	relay		the destination is one of the ISP's relays
 *	inside		the destination is inside the ISP's space
 *	not_target	OBPBL_POLICY_TARGETS, and the destination is none
 *	under_limit	within the ISP's limit of new connections
 *	off		the effective mode is OBPBL_MODE_OFF
 * the second blocks:
 *	outside		the destination is outside the ISP's space
 *	not_relay	OBPBL_POLICY_RELAY_ONLY, and the destination is no relay
 *	target		the destination is a target
 *	limit		more new connections than the ISP's limit
 *	quarantine	the source is quarantined, and the destination no relay
 *	reverse		an answer to a connection that would have been blocked
 * and the third blocks what is malformed, of pairs that would be blocked:
 *	tiny_fragment	first fragment without a whole TCP header (RFC 1858)
 *	fragment_offset_1  fragment that would rewrite the header (RFC 3128)
 *	v6_chain	first fragment without its header chain (RFC 7112)
 *	bad_header	too short to hold the ports
 */
#define OBPBL_REASONS(FN)				\
	FN(FOREIGN, "foreign")				\
	FN(OWN, "own")					\
	FN(STATIC, "static")				\
	FN(EXEMPT, "exempt")				\
	FN(RELAY, "relay")				\
	FN(INSIDE, "inside")				\
	FN(NOT_TARGET, "not_target")			\
	FN(UNDER_LIMIT, "under_limit")			\
	FN(OFF, "off")					\
	FN(OUTSIDE, "outside")				\
	FN(NOT_RELAY, "not_relay")			\
	FN(TARGET, "target")				\
	FN(LIMIT, "limit")				\
	FN(QUARANTINE, "quarantine")			\
	FN(REVERSE, "reverse")				\
	FN(TINY_FRAGMENT, "tiny_fragment")		\
	FN(FRAGMENT_OFFSET_1, "fragment_offset_1")	\
	FN(V6_CHAIN, "v6_chain")			\
	FN(BAD_HEADER, "bad_header")

#define __OBPBL_REASON_ENUM(name, word) OBPBL_REASON_##name,
enum obpbl_reason {
	OBPBL_REASONS(__OBPBL_REASON_ENUM)

	__OBPBL_REASON_LAST
};
#define OBPBL_REASON_MAX (__OBPBL_REASON_LAST - 1)

/**
 * struct obpbl_counter - packets of one family, reason and verdict
 * @packets: how many (a GSO packet is one)
 * @bytes: their length from the IP header on
 * @attempts: how many of them were SYN without ACK
 * @family: 4 or 6
 * @reason: enum obpbl_reason
 * @verdict: enum obpbl_verdict
 * @reserved: zero
 */
struct obpbl_counter {
	__u64 packets;
	__u64 bytes;
	__u64 attempts;
	__u8 family;
	__u8 reason;
	__u8 verdict;
	__u8 reserved[5];
};

/**
 * struct obpbl_source - a source that was blocked, or would have been
 * @attempts: connections that it tried to open (SYN without ACK)
 * @blocked: packets that were blocked
 * @would_block: packets that mode monitor let pass
 * @first: when it came into the table, in seconds since 1970-01-01 UTC
 * @last: when it was seen last, likewise
 * @destinations: to how many hosts it has sent, estimated: within 10 % for
 *	hundreds, and at most 1567
 * @family: 4 or 6
 * @src_len: length of the prefix by which it is counted
 * @dst_len: how many bits of the last destination net.obpbl.event_dst let be
 *	known
 * @reason: the last enum obpbl_reason
 * @src: its network address, network order; IPv4 in the first 4 bytes
 * @dst: network address of the last destination, likewise
 *
 * All numbers count from @first on.  A prefix of either has no host bits.
 */
struct obpbl_source {
	__u64 attempts;
	__u64 blocked;
	__u64 would_block;
	__u64 first;
	__u64 last;
	__u32 destinations;
	__u8 family;
	__u8 src_len;
	__u8 dst_len;
	__u8 reason;
	__u8 src[16];
	__u8 dst[16];
};

/**
 * struct obpbl_shadow_change - packets whose verdict a shadow would change
 * @packets: how many
 * @live: enum obpbl_reason of the running policy; OBPBL_REASON_FOREIGN as well
 *	where it does not judge them at all
 * @shadow: likewise of the shadow
 * @blocks: 1: only the shadow blocks them; 0: only the running policy does
 * @reserved: zero
 */
struct obpbl_shadow_change {
	__u64 packets;
	__u8 live;
	__u8 shadow;
	__u8 blocks;
	__u8 reserved[5];
};

/**
 * enum obpbl_cmd - operations
 *
 * @OBPBL_CMD_GET: the namespace at a glance.  Answers OBPBL_A_GENERATION,
 *	OBPBL_A_VERSION, OBPBL_A_PROTOCOL, OBPBL_A_CEILING, OBPBL_A_ISPS,
 *	OBPBL_A_PREFIXES, OBPBL_A_OVERLAYS, OBPBL_A_BYTES,
 *	OBPBL_A_MAX_PREFIXES, OBPBL_A_MAX_OVERLAYS, OBPBL_A_SOURCES,
 *	OBPBL_A_MAX_SOURCES, OBPBL_A_SESSIONS, OBPBL_A_MAX_SESSIONS,
 *	OBPBL_A_OWNER while a transaction is open, OBPBL_A_CONFIRM and
 *	OBPBL_A_CONFIRM_GENERATION while a change waits to be confirmed,
 *	OBPBL_A_EXPIRED if the last one was taken back by the timer, and
 *	OBPBL_A_SHADOW_SINCE while there is a shadow.
 * @OBPBL_CMD_BEGIN: open a transaction on this socket.  Takes OBPBL_A_EMPTY,
 *	OBPBL_A_GENERATION, and with OBPBL_A_EMPTY also OBPBL_A_CONFIRM or
 *	OBPBL_A_SHADOW.
 * @OBPBL_CMD_COMMIT: publish the draft.  Takes OBPBL_A_COUNT,
 *	OBPBL_A_GENERATION; answers OBPBL_A_GENERATION.
 * @OBPBL_CMD_ABORT: throw the draft away.
 * @OBPBL_CMD_FLUSH: remove ISPs, prefixes, overlays and sessions, run-time
 *	ones included; not in a transaction.
 * @OBPBL_CMD_MODE_SET: set OBPBL_A_MODE of OBPBL_A_ISP, or of all ISPs.
 * @OBPBL_CMD_ISP_ADD: add OBPBL_A_ISP.  Takes OBPBL_A_MODE, OBPBL_A_POLICY,
 *	OBPBL_A_REJECT, OBPBL_A_REVERSE, OBPBL_A_VRF, and OBPBL_A_LIMIT with
 *	OBPBL_A_LIMIT_SECONDS and OBPBL_A_LIMIT_QUARANTINE; what is absent has
 *	the default of its enum's description: monitor, outside, reset, off,
 *	none, none, none.
 * @OBPBL_CMD_ISP_SET: change those attributes of OBPBL_A_ISP that are given.
 *	The VRF can only change while the ISP has no source entries; an empty
 *	OBPBL_A_VRF is none.
 * @OBPBL_CMD_ISP_DEL: remove OBPBL_A_ISP with its prefixes, overlays and
 *	sessions.
 * @OBPBL_CMD_ISP_GET: OBPBL_A_ISP or, dumped, all: the attributes of ISP_ADD,
 *	OBPBL_A_CLASS_COUNTS and OBPBL_A_SESSIONS.  With OBPBL_A_SHADOW those of
 *	the shadow, of which what was added at run time is not counted.
 * @OBPBL_CMD_PREFIX_ADD: add prefixes of OBPBL_A_CLASS to OBPBL_A_ISP.
 * @OBPBL_CMD_PREFIX_REPLACE: the same, but what is there already is no
 *	error, and takes the place of static or dynamic (as a source), or of
 *	relay or target (as a destination) at the same prefix.
 * @OBPBL_CMD_PREFIX_DEL: remove prefixes of OBPBL_A_CLASS from OBPBL_A_ISP.
 * @OBPBL_CMD_PREFIX_FLUSH: remove all prefixes of OBPBL_A_CLASS from
 *	OBPBL_A_ISP.
 * @OBPBL_CMD_PREFIX_GET: dump prefixes, packed; takes OBPBL_A_ISP and
 *	OBPBL_A_CLASS as a filter.
 * @OBPBL_CMD_OVERLAY_ADD: add an overlay of OBPBL_A_CLASS on the one source
 *	prefix of OBPBL_A_PREFIXES4 or OBPBL_A_PREFIXES6 of OBPBL_A_ISP.
 *	Takes OBPBL_A_LAYER (default run-time), OBPBL_A_TO4 or OBPBL_A_TO6,
 *	OBPBL_A_DEV (exemptions only), OBPBL_A_UNTIL, OBPBL_A_REASON,
 *	OBPBL_A_TICKET.  The acknowledgement of a run-time one that no source
 *	prefix or session of the ISP covers has a warning, as NLMSGERR_ATTR_MSG.
 * @OBPBL_CMD_OVERLAY_DEL: remove the overlay of that class, prefix, ISP,
 *	destination and device, from whichever layer it is in.
 * @OBPBL_CMD_OVERLAY_GET: dump overlays; takes OBPBL_A_CLASS, OBPBL_A_ISP,
 *	the one prefix of OBPBL_A_PREFIXES4 or OBPBL_A_PREFIXES6, and
 *	OBPBL_A_ASLEEP as a filter.  Those at one prefix are found, and not
 *	searched for.
 * @OBPBL_CMD_TEST: the decision on a packet that is not sent.  Takes
 *	OBPBL_A_SRC, OBPBL_A_DST (4 or 16 bytes, both alike), OBPBL_A_SPORT
 *	(default 49152), OBPBL_A_DPORT (default 25), OBPBL_A_TCP_FLAGS (default
 *	SYN) and OBPBL_A_DEV; answers OBPBL_A_VERDICT, OBPBL_A_REASON_CODE,
 *	OBPBL_A_MODE (effective), OBPBL_A_ISP, OBPBL_A_REJECT,
 *	OBPBL_A_SRC_LEN, OBPBL_A_SRC_CLASS, OBPBL_A_DST_LEN,
 *	OBPBL_A_DST_CLASS; where a session is what decided of the source, its
 *	OBPBL_A_IFINDEX and OBPBL_A_DEV; what does not apply is absent.  A
 *	packet that is not judged at all (another port) passes without
 *	OBPBL_A_REASON_CODE.
 * @OBPBL_CMD_STATS_GET: dump counters, an ISP a message: OBPBL_A_ISP (absent:
 *	sources of no ISP), OBPBL_A_MODE, OBPBL_A_COUNTERS.  The message
 *	without an ISP also has OBPBL_A_REPLIES,
 *	OBPBL_A_REPLIES_SUPPRESSED, OBPBL_A_SOURCES_LOST, OBPBL_A_LIMIT_FULL,
 *	OBPBL_A_QUARANTINE_REFUSED, OBPBL_A_EVENTS and
 *	OBPBL_A_EVENTS_SUPPRESSED.  Takes OBPBL_A_TOTAL.
 * @OBPBL_CMD_POLICY_EVENT: event: OBPBL_A_GENERATION runs, by
 *	OBPBL_A_CMD from netlink port OBPBL_A_OWNER; 0: by the timer, since a
 *	device has gone, (OVERLAY_ADD) since sources went over their limit, or
 *	(OVERLAY_DEL) since what has returned takes the place of run-time
 *	overlays that are the same.
 *	With OBPBL_A_CONFIRM and OBPBL_A_CONFIRM_GENERATION as in GET.  Of a
 *	change by itself with OBPBL_A_ISP and OBPBL_A_CLASS as it was asked for,
 *	and of an overlay also with its prefix, destination, OBPBL_A_DEV and
 *	OBPBL_A_UNTIL.
 * @OBPBL_CMD_SOURCE_GET: dump sources that were blocked or would have been:
 *	OBPBL_A_ISP, OBPBL_A_SOURCE.  Takes OBPBL_A_ISP as a filter.
 * @OBPBL_CMD_BLOCK_EVENT: event: a packet of OBPBL_A_SOURCE of OBPBL_A_ISP met
 *	OBPBL_A_VERDICT for OBPBL_A_REASON_CODE, and OBPBL_A_EVENTS_SUPPRESSED
 *	others got no event since the last one.
 * @OBPBL_CMD_STATS_RESET: dump counters as STATS_GET does, and begin anew.
 * @OBPBL_CMD_CONFIRM: what was published with OBPBL_A_CONFIRM stays.  Answers
 *	OBPBL_A_GENERATION.
 * @OBPBL_CMD_ROLLBACK: what was configured before it returns now.  Answers
 *	OBPBL_A_GENERATION.
 * @OBPBL_CMD_SHADOW_GET: the shadow.  Answers OBPBL_A_SHADOW_SINCE,
 *	OBPBL_A_SHADOW_JUDGED, OBPBL_A_ISPS, OBPBL_A_PREFIXES,
 *	OBPBL_A_OVERLAYS (configured ones), OBPBL_A_SOURCES,
 *	OBPBL_A_MAX_SOURCES, OBPBL_A_SOURCES_LOST and OBPBL_A_LIMIT_FULL.
 *	Dumped: changes, an ISP a message or more: OBPBL_A_ISP (the one that
 *	blocks), OBPBL_A_SHADOW_CHANGES.
 * @OBPBL_CMD_SHADOW_PROMOTE: what the shadow has configured becomes what is
 *	configured.  Takes OBPBL_A_CONFIRM; answers OBPBL_A_GENERATION.
 * @OBPBL_CMD_SHADOW_DROP: remove the shadow.
 * @OBPBL_CMD_SHADOW_SOURCE_GET: dump sources whose packets would change their
 *	verdict: OBPBL_A_ISP, OBPBL_A_SOURCE.
 * @OBPBL_CMD_SESSION_UP: the session of OBPBL_A_DEV becomes this: OBPBL_A_ISP,
 *	OBPBL_A_CLASS (DYNAMIC, which is the default, STATIC or EXEMPT), and
 *	OBPBL_A_PREFIXES4 and OBPBL_A_PREFIXES6, or no prefix yet.
 * @OBPBL_CMD_SESSION_ADDR: the session of OBPBL_A_DEV gains OBPBL_A_PREFIXES4
 *	and OBPBL_A_PREFIXES6.
 * @OBPBL_CMD_SESSION_DOWN: remove the session of OBPBL_A_DEV.
 * @OBPBL_CMD_SESSION_GET: dump sessions, a prefix a message: OBPBL_A_DEV (its
 *	name now), OBPBL_A_IFINDEX, OBPBL_A_ISP, OBPBL_A_CLASS, and the one of
 *	OBPBL_A_PREFIXES4 or OBPBL_A_PREFIXES6; a session without a prefix is
 *	one message without either.  Takes OBPBL_A_DEV, OBPBL_A_ISP and
 *	OBPBL_A_ASLEEP as a filter.
 * @OBPBL_CMD_SESSION_EVENT: event: by OBPBL_A_CMD, which is SESSION_UP,
 *	SESSION_ADDR or SESSION_DOWN, from netlink port OBPBL_A_OWNER (0: the
 *	device has gone), the session of OBPBL_A_DEV and OBPBL_A_IFINDEX has
 *	become, or was until it ended: OBPBL_A_ISP, OBPBL_A_CLASS,
 *	OBPBL_A_PREFIXES4, OBPBL_A_PREFIXES6.  OBPBL_A_FROM is the device whose
 *	session had one of the prefixes before; the first, where there were
 *	several.
 * @OBPBL_CMD_STATS_RESTORE: add to a counter: OBPBL_A_ISP (absent: sources of no
 *	ISP), OBPBL_A_COUNTERS with one element, as STATS_GET has had it, and
 *	OBPBL_A_TOTAL, if not to what is since the last reset.
 */
enum obpbl_cmd {
	OBPBL_CMD_UNSPEC,
	OBPBL_CMD_GET,
	OBPBL_CMD_BEGIN,
	OBPBL_CMD_COMMIT,
	OBPBL_CMD_ABORT,
	OBPBL_CMD_FLUSH,
	OBPBL_CMD_MODE_SET,
	OBPBL_CMD_ISP_ADD,
	OBPBL_CMD_ISP_SET,
	OBPBL_CMD_ISP_DEL,
	OBPBL_CMD_ISP_GET,
	OBPBL_CMD_PREFIX_ADD,
	OBPBL_CMD_PREFIX_REPLACE,
	OBPBL_CMD_PREFIX_DEL,
	OBPBL_CMD_PREFIX_FLUSH,
	OBPBL_CMD_PREFIX_GET,
	OBPBL_CMD_OVERLAY_ADD,
	OBPBL_CMD_OVERLAY_DEL,
	OBPBL_CMD_OVERLAY_GET,
	OBPBL_CMD_TEST,
	OBPBL_CMD_STATS_GET,
	OBPBL_CMD_POLICY_EVENT,
	OBPBL_CMD_SOURCE_GET,
	OBPBL_CMD_BLOCK_EVENT,
	OBPBL_CMD_STATS_RESET,
	OBPBL_CMD_CONFIRM,
	OBPBL_CMD_ROLLBACK,
	OBPBL_CMD_SHADOW_GET,
	OBPBL_CMD_SHADOW_PROMOTE,
	OBPBL_CMD_SHADOW_DROP,
	OBPBL_CMD_SHADOW_SOURCE_GET,
	OBPBL_CMD_SESSION_UP,
	OBPBL_CMD_SESSION_ADDR,
	OBPBL_CMD_SESSION_DOWN,
	OBPBL_CMD_SESSION_GET,
	OBPBL_CMD_SESSION_EVENT,
	OBPBL_CMD_STATS_RESTORE,

	__OBPBL_CMD_LAST
};
#define OBPBL_CMD_MAX (__OBPBL_CMD_LAST - 1)

/**
 * enum obpbl_attr - attributes; numbers are in host order
 *
 * @OBPBL_A_UNSPEC: never sent
 * @OBPBL_A_PAD: alignment of 64-bit attributes
 * @OBPBL_A_GENERATION: u64, number of a policy snapshot; 0 before the first
 * @OBPBL_A_VERSION: string, version of the module
 * @OBPBL_A_PROTOCOL: u32, OBPBL_GENL_VERSION of the module
 * @OBPBL_A_CEILING: u8, enum obpbl_mode, net.obpbl.mode
 * @OBPBL_A_ISPS: u32, number of ISPs
 * @OBPBL_A_PREFIXES: u32, number of prefixes: source entries and destination
 *	entries, a prefix of class SPACE counting as one
 * @OBPBL_A_OVERLAYS: u32, number of overlays
 * @OBPBL_A_BYTES: u64, memory of the policy and of what still waits to be
 *	freed, in bytes
 * @OBPBL_A_MAX_PREFIXES: u32, net.obpbl.max_prefixes
 * @OBPBL_A_MAX_OVERLAYS: u32, net.obpbl.max_overlays
 * @OBPBL_A_OWNER: u32, netlink port of the socket with an open transaction
 * @OBPBL_A_EMPTY: flag, start from nothing configured
 * @OBPBL_A_COUNT: u64, prefixes sent in this transaction
 * @OBPBL_A_ISP: string, 1-31 of A-Za-z0-9._- beginning with a letter or digit
 * @OBPBL_A_MODE: u8, enum obpbl_mode
 * @OBPBL_A_POLICY: u8, enum obpbl_policy_kind
 * @OBPBL_A_REJECT: u8, enum obpbl_reject
 * @OBPBL_A_REVERSE: u8, 0 or 1: judge answers from port 25 as well
 * @OBPBL_A_VRF: string, name of an l3mdev master; the device need not exist
 * @OBPBL_A_CLASS_COUNTS: array of u32 by enum obpbl_class, prefixes and
 *	overlays of an ISP
 * @OBPBL_A_CLASS: u8, enum obpbl_class
 * @OBPBL_A_PREFIXES4: array of struct obpbl_prefix4
 * @OBPBL_A_PREFIXES6: array of struct obpbl_prefix6
 * @OBPBL_A_LAYER: u8, enum obpbl_layer
 * @OBPBL_A_TO4: struct obpbl_prefix4, the only destination of an exemption
 * @OBPBL_A_TO6: struct obpbl_prefix6, likewise
 * @OBPBL_A_DEV: string, name of a network device, or of its l3mdev master
 * @OBPBL_A_UNTIL: u64, seconds since 1970-01-01 UTC; absent: no end
 * @OBPBL_A_REASON: string, 1-255 bytes of text without control characters,
 *	UTF-8 by habit, which is not checked
 * @OBPBL_A_TICKET: string, 1-63 bytes, likewise
 * @OBPBL_A_SRC: 4 or 16 bytes, source address
 * @OBPBL_A_DST: 4 or 16 bytes, destination address
 * @OBPBL_A_SPORT: u16, source port
 * @OBPBL_A_DPORT: u16, destination port
 * @OBPBL_A_TCP_FLAGS: u8, TCP flags, FIN 0x01 to CWR 0x80
 * @OBPBL_A_VERDICT: u8, enum obpbl_verdict
 * @OBPBL_A_REASON_CODE: u8, enum obpbl_reason
 * @OBPBL_A_SRC_LEN: u8, length of the deciding source prefix
 * @OBPBL_A_SRC_CLASS: u8, enum obpbl_class of the deciding source entry
 * @OBPBL_A_DST_LEN: u8, length of the deciding destination prefix
 * @OBPBL_A_DST_CLASS: u8, enum obpbl_class of the deciding destination entry
 * @OBPBL_A_COUNTERS: array of struct obpbl_counter, those that are not zero
 * @OBPBL_A_REPLIES: u64, RST and ICMP replies sent
 * @OBPBL_A_REPLIES_SUPPRESSED: u64, replies held back by net.obpbl.reject_rate
 * @OBPBL_A_CMD: u8, enum obpbl_cmd
 * @OBPBL_A_LIMIT: u32, new connections per source that are let through, up to
 *	OBPBL_MAX_LIMIT; 0: none are
 * @OBPBL_A_LIMIT_SECONDS: u32, in so many seconds, up to
 *	OBPBL_MAX_LIMIT_SECONDS; goes with an OBPBL_A_LIMIT that is not 0
 * @OBPBL_A_SOURCES: u32, number of sources in the table
 * @OBPBL_A_MAX_SOURCES: u32, net.obpbl.max_sources
 * @OBPBL_A_SOURCE: struct obpbl_source
 * @OBPBL_A_SOURCES_LOST: u64, packets that the table of sources did not take
 * @OBPBL_A_LIMIT_FULL: u64, connections blocked because the table of limits
 *	had no place for their source
 * @OBPBL_A_EVENTS: u64, block events sent
 * @OBPBL_A_EVENTS_SUPPRESSED: u64, packets that got no block event while
 *	somebody listened
 * @OBPBL_A_TOTAL: flag, counters since the beginning
 * @OBPBL_A_CONFIRM: u32, seconds in which a change is to be confirmed, 1 to
 *	OBPBL_MAX_CONFIRM; in answers and events those that are left
 * @OBPBL_A_CONFIRM_GENERATION: u64, whose configuration returns after that
 * @OBPBL_A_SHADOW: flag, build a shadow, or: of the shadow
 * @OBPBL_A_SHADOW_SINCE: u64, seconds since 1970-01-01 UTC
 * @OBPBL_A_SHADOW_JUDGED: u64, packets that the running policy or the shadow
 *	has judged since then
 * @OBPBL_A_SHADOW_CHANGES: array of struct obpbl_shadow_change, those that are
 *	not zero
 * @OBPBL_A_SESSIONS: u32, number of prefixes of sessions; a session without a
 *	prefix is one as well
 * @OBPBL_A_MAX_SESSIONS: u32, net.obpbl.max_sessions
 * @OBPBL_A_IFINDEX: u32, number of a network device
 * @OBPBL_A_FROM: string, name of a network device
 * @OBPBL_A_LIMIT_QUARANTINE: u32, seconds for which a source that goes over the
 *	limit is quarantined, up to OBPBL_MAX_LIMIT_QUARANTINE; goes with an
 *	OBPBL_A_LIMIT that is not 0; 0: it is not quarantined
 * @OBPBL_A_QUARANTINE_REFUSED: u64, sources over their limit that could not be
 *	quarantined, for a ceiling, for want of memory, or since a configured
 *	quarantine of the same prefix ends sooner
 * @OBPBL_A_ASLEEP: flag: a run-time entry has no effect, since its ISP is not
 *	configured, or in another VRF, or its prefix is configured for another
 * @OBPBL_A_EXPIRED: u64, when a change that nobody confirmed in time was taken
 *	back, in seconds since the epoch; until what is configured changes again
 */
enum obpbl_attr {
	OBPBL_A_UNSPEC,
	OBPBL_A_PAD,
	OBPBL_A_GENERATION,
	OBPBL_A_VERSION,
	OBPBL_A_PROTOCOL,
	OBPBL_A_CEILING,
	OBPBL_A_ISPS,
	OBPBL_A_PREFIXES,
	OBPBL_A_OVERLAYS,
	OBPBL_A_BYTES,
	OBPBL_A_MAX_PREFIXES,
	OBPBL_A_MAX_OVERLAYS,
	OBPBL_A_OWNER,
	OBPBL_A_EMPTY,
	OBPBL_A_COUNT,
	OBPBL_A_ISP,
	OBPBL_A_MODE,
	OBPBL_A_POLICY,
	OBPBL_A_REJECT,
	OBPBL_A_REVERSE,
	OBPBL_A_VRF,
	OBPBL_A_CLASS_COUNTS,
	OBPBL_A_CLASS,
	OBPBL_A_PREFIXES4,
	OBPBL_A_PREFIXES6,
	OBPBL_A_LAYER,
	OBPBL_A_TO4,
	OBPBL_A_TO6,
	OBPBL_A_DEV,
	OBPBL_A_UNTIL,
	OBPBL_A_REASON,
	OBPBL_A_TICKET,
	OBPBL_A_SRC,
	OBPBL_A_DST,
	OBPBL_A_SPORT,
	OBPBL_A_DPORT,
	OBPBL_A_TCP_FLAGS,
	OBPBL_A_VERDICT,
	OBPBL_A_REASON_CODE,
	OBPBL_A_SRC_LEN,
	OBPBL_A_SRC_CLASS,
	OBPBL_A_DST_LEN,
	OBPBL_A_DST_CLASS,
	OBPBL_A_COUNTERS,
	OBPBL_A_REPLIES,
	OBPBL_A_REPLIES_SUPPRESSED,
	OBPBL_A_CMD,
	OBPBL_A_LIMIT,
	OBPBL_A_LIMIT_SECONDS,
	OBPBL_A_SOURCES,
	OBPBL_A_MAX_SOURCES,
	OBPBL_A_SOURCE,
	OBPBL_A_SOURCES_LOST,
	OBPBL_A_LIMIT_FULL,
	OBPBL_A_EVENTS,
	OBPBL_A_EVENTS_SUPPRESSED,
	OBPBL_A_TOTAL,
	OBPBL_A_CONFIRM,
	OBPBL_A_CONFIRM_GENERATION,
	OBPBL_A_SHADOW,
	OBPBL_A_SHADOW_SINCE,
	OBPBL_A_SHADOW_JUDGED,
	OBPBL_A_SHADOW_CHANGES,
	OBPBL_A_SESSIONS,
	OBPBL_A_MAX_SESSIONS,
	OBPBL_A_IFINDEX,
	OBPBL_A_FROM,
	OBPBL_A_LIMIT_QUARANTINE,
	OBPBL_A_QUARANTINE_REFUSED,
	OBPBL_A_ASLEEP,
	OBPBL_A_EXPIRED,

	__OBPBL_A_LAST
};
#define OBPBL_A_MAX (__OBPBL_A_LAST - 1)

#endif /* _UAPI_LINUX_OBPBL_H */

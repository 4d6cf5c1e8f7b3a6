#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The netlink protocol from a raw sender: what it refuses, and how.

    netlink.py [PART]...

Run by netlink.sh in a network namespace with the module loaded and no policy;
a part is a function of main().
Nothing here comes from obpblctl: messages are built byte by byte, wrong ones
above all.
"""
import errno
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

NETLINK_GENERIC = 16
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 1, 10, 11
REQUEST, ACK, DUMP = 1, 4, 0x300
ERROR, DONE = 2, 3
NESTED = 1 << 15
CTRL, GETFAMILY = 16, 3

(GET, BEGIN, COMMIT, ABORT, FLUSH, MODE_SET, ISP_ADD, ISP_SET, ISP_DEL,
 ISP_GET, PREFIX_ADD, PREFIX_REPLACE, PREFIX_DEL, PREFIX_FLUSH, PREFIX_GET,
 OVERLAY_ADD, OVERLAY_DEL, OVERLAY_GET, TEST, STATS_GET,
 POLICY_EVENT, SOURCE_GET, BLOCK_EVENT, STATS_RESET, CONFIRM, ROLLBACK,
 SHADOW_GET, SHADOW_PROMOTE, SHADOW_DROP, SHADOW_SOURCE_GET, SESSION_UP,
 SESSION_ADDR, SESSION_DOWN, SESSION_GET, SESSION_EVENT,
 STATS_RESTORE) = range(1, 37)
EVENTS = (POLICY_EVENT, BLOCK_EVENT, SESSION_EVENT)
COMMANDS = [c for c in range(GET, STATS_RESTORE + 1) if c not in EVENTS]
DUMPS = (ISP_GET, PREFIX_GET, OVERLAY_GET, STATS_GET, SOURCE_GET, STATS_RESET,
         SHADOW_GET, SHADOW_SOURCE_GET, SESSION_GET)

(PAD, GENERATION, VERSION, PROTOCOL, CEILING, ISPS, PREFIXES, OVERLAYS, BYTES,
 MAX_PREFIXES, MAX_OVERLAYS, OWNER, EMPTY, COUNT, ISP, MODE, POLICY, REJECT,
 REVERSE, VRF, CLASS_COUNTS, CLASS, PREFIXES4, PREFIXES6, LAYER, TO4, TO6, DEV,
 UNTIL, REASON, TICKET, SRC, DST, SPORT, DPORT, TCP_FLAGS, VERDICT,
 REASON_CODE, SRC_LEN, SRC_CLASS, DST_LEN, DST_CLASS, COUNTERS, REPLIES,
 SUPPRESSED, CMD, LIMIT, LIMIT_SECONDS, SOURCES, MAX_SOURCES, SOURCE,
 SOURCES_LOST, LIMIT_FULL, EVENTS_SENT, EVENTS_SUPPRESSED,
 TOTAL, CONFIRM_TIME, CONFIRM_GENERATION, SHADOW, SHADOW_SINCE,
 SHADOW_JUDGED, SHADOW_CHANGES, SESSIONS, MAX_SESSIONS, IFINDEX,
 FROM, LIMIT_QUARANTINE, NOT_QUARANTINED, ASLEEP, EXPIRED) = range(1, 71)
DYNAMIC, STATIC, SPACE, RELAY, TARGET, EXEMPT, QUARANTINE = range(1, 8)

failed = 0


def check(name, got, want):
    """One assertion."""
    global failed
    if got == want:
        print(f"ok - {name}", flush=True)
        return
    failed += 1
    print(f"not ok - {name}: {got!r}, not {want!r}", flush=True)


def attr(kind, data):
    """An attribute, padded."""
    if isinstance(data, str):
        data = data.encode() + b"\0"
    raw = struct.pack("HH", 4 + len(data), kind) + data
    return raw + b"\0" * (-len(raw) % 4)


def u8(kind, value):
    return attr(kind, struct.pack("B", value))


def u32(kind, value):
    return attr(kind, struct.pack("I", value))


def u64(kind, value):
    return attr(kind, struct.pack("Q", value))


def prefix4(text, length, reserved=b"\0\0\0"):
    return socket.inet_aton(text) + bytes([length]) + reserved


def prefix6(text, length):
    return socket.inet_pton(socket.AF_INET6, text) + bytes([length, 0, 0, 0])


def isp(name="alpha"):
    return attr(ISP, name)


def attributes(data):
    """Number -> bytes of the last attribute of that number."""
    found = {}
    while len(data) >= 4:
        size, kind = struct.unpack_from("HH", data)
        found[kind & 0x3fff] = data[4:size]
        data = data[(size + 3) & ~3:]
    return found


class Refused(Exception):
    """What the kernel said: errno, sentence, offset."""

    def __init__(self, number, sentence, offset):
        super().__init__(sentence)
        self.number, self.sentence, self.offset = number, sentence, offset


class Nl:
    """A generic netlink socket."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                  NETLINK_GENERIC)
        self.sock.bind((0, 0))
        self.sock.settimeout(10)
        self.port = self.sock.getsockname()[0]
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        self.seq = 0
        self.family = CTRL
        found = attributes(self.call(GETFAMILY, attr(2, "obpbl"))[0])
        self.family = struct.unpack("H", found[1])[0]
        groups = attributes(found[7])
        self.group = struct.unpack("I", attributes(groups[1])[2])[0]

    def message(self, command, payload, flags):
        self.seq += 1
        body = struct.pack("BBH", command, 1, 0) + payload
        return struct.pack("IHHII", 16 + len(body), self.family, flags,
                           self.seq, 0) + body

    def send(self, command, payload=b"", flags=REQUEST | ACK):
        self.sock.send(self.message(command, payload, flags))

    def receive(self):
        """The messages of one datagram: (type, flags, body)."""
        data = self.sock.recv(1 << 17)
        while len(data) >= 16:
            size, kind, flags = struct.unpack_from("IHH", data)
            yield kind, flags, data[16:size]
            data = data[(size + 3) & ~3:]

    def replies(self):
        """Bodies until the acknowledgement or the end of the dump."""
        bodies = []
        while True:
            for kind, flags, body in self.receive():
                if kind == ERROR:
                    finish(body, flags)
                    return bodies
                if kind == DONE:
                    number = -struct.unpack_from("i", body)[0]
                    if number:
                        raise Refused(number, "", None)
                    return bodies
                bodies.append(body[4:])

    def call(self, command, payload=b"", flags=REQUEST | ACK):
        self.send(command, payload, flags)
        return self.replies()

    def dump(self, command, payload=b""):
        return self.call(command, payload, REQUEST | DUMP)

    def refusal(self, command, payload=b"", flags=REQUEST | ACK):
        """errno's name and what goes with it, or "done"."""
        try:
            self.call(command, payload, flags)
        except Refused as why:
            return errno.errorcode[why.number], why
        return "done", None

    def get(self):
        return attributes(self.call(GET)[0])

    def number(self, kind):
        raw = self.get().get(kind, b"\0\0\0\0")
        return int.from_bytes(raw, sys.byteorder)


def finish(body, flags):
    """An acknowledgement, or the exception that it is."""
    number = -struct.unpack_from("i", body)[0]
    if not number:
        return
    capped = flags & 0x100
    size = struct.unpack_from("I", body, 4)[0]
    tail = attributes(body[20 if capped else 4 + size:]) if flags & 0x200 \
        else {}
    sentence = tail.get(1, b"").rstrip(b"\0").decode()
    offset = struct.unpack("I", tail[2])[0] if 2 in tail else None
    raise Refused(number, sentence, offset)


def refused(nl, name, want, words, command, payload=b"", offset=None):
    """Refused with this errno and words in the sentence; nothing changes."""
    before = nl.number(GENERATION)
    got, why = nl.refusal(command, payload)
    check(name, got, want)
    if words is not None and why:
        check(f"{name}: the sentence", words in why.sentence
              and why.sentence or f"{why.sentence!r} without {words!r}",
              why.sentence)
    if offset is not None and why:
        check(f"{name}: the place", why.offset, offset)
    check(f"{name}: nothing changed", nl.number(GENERATION), before)


def short(kind, size):
    """An attribute that says it has so many bytes, and has 8."""
    return struct.pack("HHI", size, kind, 0)


def deep(kind, levels):
    """One within the other."""
    data = u8(kind, 1)
    for _ in range(levels):
        data = attr(kind | NESTED, data)
    return data


def adding(prefixes, kind=PREFIXES4, name="alpha", cls=DYNAMIC):
    return isp(name) + u8(CLASS, cls) + attr(kind, prefixes)


def malformed(nl):
    """What the tables refuse, and what we refuse in their stead."""
    refused(nl, "unknown command", "ENOTSUP", None, 99)
    for event in EVENTS:
        refused(nl, f"event {event} sent as a request", "ENOTSUP", None, event)
    refused(nl, "unknown attribute", "EINVAL", "", ISP_ADD,
            isp("x") + u8(200, 1))
    refused(nl, "attribute of another command", "EINVAL", "", ISP_ADD,
            isp("x") + u64(UNTIL, 1))
    refused(nl, "trailing bytes", "EINVAL", "", ISP_ADD, isp("x") + b"\1\2\3")
    refused(nl, "mode out of range", "ERANGE", "", ISP_ADD,
            isp("x") + u8(MODE, 3), 28)
    refused(nl, "mode too long", "EINVAL", None, ISP_ADD,
            isp("x") + attr(MODE, b"\0" * 4))
    for name, payload in (
            ("mode too short", attr(MODE, b"")),
            ("limit of 3 bytes", attr(LIMIT, b"\0" * 3)),
            ("attribute of 3 bytes", short(MODE, 3)),
            ("attribute beyond the end", short(MODE, 9)),
            ("mode that is nested", attr(MODE | NESTED, b"\1")),
            ("mode in a mode", attr(MODE | NESTED, u8(MODE, 1))),
            ("mode in 20 others", deep(MODE, 20)),
            ("name in 20 others", deep(ISP, 20))):
        refused(nl, name, "EINVAL", "", ISP_ADD, isp("x") + payload)
    for size in 16, 17, 19:
        nl.seq += 1
        nl.sock.send(struct.pack("IHHII", size, nl.family, REQUEST | ACK,
                                 nl.seq, 0) + bytes([GET, 1, 0])[:size - 16])
        check(f"a header of {size} bytes", answer(nl), "EINVAL")
    refused(nl, "no name", "EINVAL", "ISP is missing", ISP_ADD)
    refused(nl, "no mode", "EINVAL", "mode is missing", MODE_SET, isp())
    refused(nl, "bytes behind the end of a name", "EINVAL", "behind the end",
            ISP_ADD, attr(ISP, b"x\0y\0"), 20)
    check("and of one that is looked for", nl.refusal(
        PREFIX_GET, attr(ISP, b"alpha\0\0"), REQUEST | DUMP)[0], "EINVAL")
    refused(nl, "empty name", "EINVAL", "1-31", ISP_ADD, isp(""))
    refused(nl, "name of 32", "EINVAL", "", ISP_ADD, isp("x" * 32))
    refused(nl, "name without end", "EINVAL", None, ISP_ADD,
            attr(ISP, b"abcd"))
    refused(nl, "name with a dash first", "EINVAL", "1-31", ISP_ADD, isp("-x"))
    refused(nl, "name in UTF-8", "EINVAL", "1-31", ISP_ADD, isp("\u00e9"))
    refused(nl, "VRF with a slash", "EINVAL", "network device", ISP_ADD,
            isp("x") + attr(VRF, "a/b"))
    for name, want, words, payload in (
            ("limit above the greatest", "ERANGE", "at most 1000000",
             u32(LIMIT, 1000001) + u32(LIMIT_SECONDS, 60)),
            ("limit without a window", "EINVAL", "needs a window",
             u32(LIMIT, 1)),
            ("window without a limit", "EINVAL", "needs a limit",
             u32(LIMIT_SECONDS, 1)),
            ("window of no limit", "ERANGE", "between a second",
             u32(LIMIT, 0) + u32(LIMIT_SECONDS, 1)),
            ("window of 0", "ERANGE", "between a second",
             u32(LIMIT, 1) + u32(LIMIT_SECONDS, 0)),
            ("window of 31 days and a second", "ERANGE", "between a second",
             u32(LIMIT, 1) + u32(LIMIT_SECONDS, 31 * 86400 + 1)),
            ("limit of 8 bytes", "EINVAL", None, u64(LIMIT, 1)),
            ("quarantine without a limit", "EINVAL", "needs a limit",
             u32(LIMIT_QUARANTINE, 1)),
            ("quarantine of 31 days and a second", "ERANGE",
             "between a second", u32(LIMIT, 1) + u32(LIMIT_SECONDS, 1) +
             u32(LIMIT_QUARANTINE, 31 * 86400 + 1))):
        refused(nl, name, want, words, ISP_ADD, isp("x") + payload)
    got, _ = nl.refusal(ISP_ADD, isp("x") + u32(LIMIT, 1000000) +
                        u32(LIMIT_SECONDS, 31 * 86400) +
                        u32(LIMIT_QUARANTINE, 31 * 86400))
    check("the greatest limit, window and quarantine", got, "done")
    nl.refusal(ISP_DEL, isp("x"))
    refused(nl, "same ISP again", "EEXIST", "already", ISP_ADD, isp())
    for name, command, payload in (
            ("set", ISP_SET, b""), ("to end", ISP_DEL, b""),
            ("got", ISP_GET, b""), ("of a mode", MODE_SET, u8(MODE, 1)),
            ("of a class", PREFIX_FLUSH, u8(CLASS, DYNAMIC))):
        refused(nl, f"no such ISP, {name}", "ENOENT", "no such ISP", command,
                isp("nobody") + payload)


def bad_tests(nl):
    four, six = bytes(4), bytes(16)
    both = attr(SRC, four) + attr(DST, four)
    for name, want, words, payload in (
            ("no source", "EINVAL", "source is missing", attr(DST, four)),
            ("no destination", "EINVAL", "destination is missing",
             attr(SRC, four)),
            ("both families", "EINVAL", "one family",
             attr(SRC, four) + attr(DST, six)),
            ("addresses of 5 bytes", "EINVAL", "one family",
             attr(SRC, bytes(5)) + attr(DST, bytes(5))),
            ("addresses of 17 bytes", "ERANGE", None,
             attr(SRC, bytes(17)) + attr(DST, bytes(17))),
            ("no address", "EINVAL", "one family",
             attr(SRC, b"") + attr(DST, b"")),
            ("a port of 1 byte", "EINVAL", None, both + u8(DPORT, 25)),
            ("flags of 2 bytes", "EINVAL", None, both + attr(
                TCP_FLAGS, b"\2\0")),
            ("no such device", "ENODEV", "no such device", both + dev("d9"))):
        refused(nl, f"test: {name}", want, words, TEST, payload)
    for text in "0.0.0.0", "255.255.255.255", "::", "ffff:" * 7 + "ffff":
        raw = socket.inet_pton(socket.AF_INET6 if ":" in text
                               else socket.AF_INET, text)
        found = attributes(nl.call(TEST, attr(SRC, raw) + attr(DST, raw))[0])
        check(f"test: {text}", found[VERDICT], b"\0")


def bad_prefixes(nl):
    start = 16 + 4 + 12 + 8 + 4
    good = prefix4("192.0.2.0", 24)
    for name, bad, want, words in (
            ("length 33", prefix4("192.0.2.0", 33), "ERANGE", "length"),
            ("length 255", prefix4("192.0.2.0", 255), "ERANGE", "length"),
            ("host bits", prefix4("192.0.2.1", 24), "EINVAL", "host bits"),
            ("host bits of /0", prefix4("128.0.0.0", 0), "EINVAL", "host"),
            ("reserved bytes", prefix4("192.0.2.0", 24, b"\0\0\1"), "EINVAL",
             "reserved")):
        refused(nl, name, want, words, PREFIX_ADD, adding(good + bad),
                start + 8)
    refused(nl, "IPv6 length 129", "ERANGE", "length", PREFIX_ADD,
            adding(prefix6("2001:db8::", 129), PREFIXES6))
    refused(nl, "IPv6 host bits", "EINVAL", "host bits", PREFIX_ADD,
            adding(prefix6("2001:db8::1", 64), PREFIXES6))
    refused(nl, "half a prefix", "EINVAL", "whole number", PREFIX_ADD,
            adding(good[:5]))
    refused(nl, "no prefix at all", "EINVAL", "whole number", PREFIX_ADD,
            adding(b""))
    refused(nl, "no array", "EINVAL", "prefixes are missing", PREFIX_ADD,
            isp() + u8(CLASS, DYNAMIC))
    refused(nl, "no class", "EINVAL", "class is missing", PREFIX_ADD,
            isp() + attr(PREFIXES4, good))
    refused(nl, "a class that is an overlay's", "ERANGE", "", PREFIX_ADD,
            adding(good, cls=EXEMPT))
    refused(nl, "the same twice in one array", "EEXIST", "exists", PREFIX_ADD,
            adding(good + good), start + 8)
    refused(nl, "delete of nothing", "ENOENT", "no such", PREFIX_DEL,
            adding(good), start)


def extremes(nl):
    """The ends of the address space come and go."""
    four = b"".join(prefix4(*p) for p in (
        ("0.0.0.0", 0), ("0.0.0.0", 32), ("255.255.255.255", 32),
        ("128.0.0.0", 1)))
    six = b"".join(prefix6(*p) for p in (
        ("::", 0), ("::", 128), ("ffff:" * 7 + "ffff", 128), ("8000::", 1)))
    for cls in (DYNAMIC, STATIC, SPACE, RELAY, TARGET):
        for kind, data in ((PREFIXES4, four), (PREFIXES6, six)):
            nl.call(PREFIX_ADD, adding(data, kind, cls=cls))
            listed = b"".join(attributes(m)[kind] for m in nl.dump(
                PREFIX_GET, isp() + u8(CLASS, cls))
                if kind in attributes(m))
            size = 8 if kind == PREFIXES4 else 20
            parts = {data[i:i + size] for i in range(0, len(data), size)}
            got = {listed[i:i + size] for i in range(0, len(listed), size)}
            check(f"extremes of class {cls}, {size} bytes", got, parts)
            nl.call(PREFIX_REPLACE, adding(data, kind, cls=cls))
            nl.call(PREFIX_DEL, adding(data, kind, cls=cls))
    check("and are gone", nl.number(PREFIXES), 0)
    extreme_sources(nl, four, six)


def extreme_sources(nl, four, six):
    """The same, of overlays and of a session."""
    both = ((PREFIXES4, TO4, four, 8), (PREFIXES6, TO6, six, 20))
    for kind, to, data, size in both:
        for i in range(0, len(data), size):
            part = data[i:i + size]
            payload = (isp() + u8(CLASS, EXEMPT) + attr(kind, part) +
                       attr(to, part))
            nl.call(OVERLAY_ADD, payload + attr(REASON, "why"))
            found = attributes(nl.dump(OVERLAY_GET)[0])
            check(f"an overlay of {part.hex()}", (found[kind], found[to]),
                  (part, part))
            nl.call(OVERLAY_DEL, payload)
    nl.call(SESSION_UP, dev() + isp() + attr(PREFIXES4, four) +
            attr(PREFIXES6, six))
    check("a session of all of them", sorted(p for *_, p in listed(nl)), sorted(
        data[i:i + size] for _, _, data, size in both
        for i in range(0, len(data), size)))
    nl.call(SESSION_DOWN, dev())
    check("and they are gone", (nl.number(OVERLAYS), nl.number(SESSIONS)),
          (0, 0))


def overlays(nl):
    source = attr(PREFIXES4, prefix4("192.0.2.1", 32))
    why = attr(REASON, "why")
    head = isp() + u8(CLASS, EXEMPT) + source
    six = attr(TO6, prefix6("2001:db8::", 32))
    for name, want, words, payload in (
            ("no reason", "EINVAL", "reason is missing", head),
            ("no source", "EINVAL", "source prefix", isp() +
             u8(CLASS, EXEMPT) + why),
            ("both families", "EINVAL", "both families", head + why +
             attr(PREFIXES6, prefix6("::1", 128))),
            ("destination of the other family", "EINVAL", "family",
             head + why + six),
            ("destinations of both families", "EINVAL", "both families", head +
             why + six + attr(TO4, prefix4("198.18.0.0", 24))),
            ("destination with host bits", "EINVAL", "host bits", head + why +
             attr(TO4, prefix4("198.18.0.1", 24))),
            ("destination of length 33", "ERANGE", "length", head + why +
             attr(TO4, prefix4("198.18.0.1", 33))),
            ("no class", "EINVAL", "class is missing", isp() + source + why),
            ("control character", "EINVAL", "control", head +
             attr(REASON, "a\nb")),
            ("reason of 256", "EINVAL", "", head + attr(REASON, "x" * 256)),
            ("end at 0", "ERANGE", "second 0", head + why + u64(UNTIL, 0)),
            ("two prefixes", "ERANGE", None, isp() + u8(CLASS, EXEMPT) + why +
             attr(PREFIXES4, prefix4("192.0.2.1", 32) * 2)),
            ("an impossible device", "EINVAL", "possible name", head + why +
             attr(DEV, "a/b")),
            ("quarantine with a device", "EINVAL", "quarantine", isp() +
             u8(CLASS, QUARANTINE) + source + why + attr(DEV, "eth0"))):
        refused(nl, f"overlay: {name}", want, words, OVERLAY_ADD, payload)
    for i in range(16):
        nl.call(OVERLAY_ADD, head + why +
                attr(TO4, prefix4(f"198.18.0.{i}", 32)))
    refused(nl, "overlay: the 17th on a prefix", "E2BIG", "too many",
            OVERLAY_ADD, head + why)
    refused(nl, "overlay: delete of nothing", "ENOENT", "no such",
            OVERLAY_DEL, head)
    refused(nl, "overlay: the same again", "EEXIST", "exists", OVERLAY_ADD,
            head + why + attr(TO4, prefix4("198.18.0.3", 32)))
    check("overlays listed", len(nl.dump(OVERLAY_GET)), 16)
    other = isp() + u8(CLASS, EXEMPT) + attr(PREFIXES6, prefix6("::1", 128))
    nl.call(OVERLAY_ADD, other + why)
    nl.call(OVERLAY_ADD, other + why + u8(LAYER, 0) + attr(DEV, "d0"))
    for name, at, want in (
            ("of IPv4", source, 16),
            ("of IPv6, in both layers",
             attr(PREFIXES6, prefix6("::1", 128)), 2),
            ("around one", attr(PREFIXES4, prefix4("192.0.2.0", 31)), 0)):
        check(f"overlays at a prefix {name}", len(nl.dump(OVERLAY_GET, at)),
              want)
    check("overlays at a prefix of another class",
          nl.dump(OVERLAY_GET, source + u8(CLASS, QUARANTINE)), [])
    for name, error, at in (
            ("with host bits", "EINVAL",
             attr(PREFIXES4, prefix4("192.0.2.1", 31))),
            ("too long", "ERANGE", attr(PREFIXES4, prefix4("192.0.2.1", 33))),
            ("with another behind it", "ERANGE",
             attr(PREFIXES4, prefix4("192.0.2.1", 32) * 2)),
            ("of either family", "EINVAL",
             source + attr(PREFIXES6, prefix6("::1", 128)))):
        check(f"overlays at a prefix {name}", nl.refusal(
            OVERLAY_GET, at, REQUEST | DUMP)[0], error)
    nl.call(OVERLAY_DEL, other)
    nl.call(OVERLAY_DEL, other + attr(DEV, "d0"))
    for i in range(16):
        nl.call(OVERLAY_DEL, head + attr(TO4, prefix4(f"198.18.0.{i}", 32)))
    check("overlays gone", nl.number(OVERLAYS), 0)


def transactions(nl):
    prefix = adding(prefix4("192.0.2.0", 24))
    refused(nl, "commit of nothing", "EINVAL", "no transaction", COMMIT)
    refused(nl, "abort of nothing", "EINVAL", "no transaction", ABORT)
    refused(nl, "begin with an old generation", "ESTALE", "generation", BEGIN,
            u64(GENERATION, 1 << 40))
    nl.call(BEGIN)
    refused(nl, "begin twice", "EBUSY", "open already", BEGIN)
    refused(nl, "flush inside", "EINVAL", "part of a transaction", FLUSH)
    refused(nl, "a change after a refused one", "ECANCELED", "earlier",
            PREFIX_ADD, prefix)
    refused(nl, "commit after a refused change", "ECANCELED", "earlier",
            COMMIT)
    nl.call(ABORT)
    nl.call(BEGIN)
    nl.call(PREFIX_ADD, prefix)
    for count in 0, 2, (1 << 64) - 1:
        refused(nl, f"a count of {count} that lies", "EBADMSG", "arrived",
                COMMIT, u64(COUNT, count), 20)
    refused(nl, "commit of an old generation", "ESTALE", "generation", COMMIT,
            u64(COUNT, 1) + u64(GENERATION, 1 << 40), 32)
    check("unseen until the commit", nl.number(PREFIXES), 0)
    other = Nl()
    refused(other, "second writer", "EBUSY", str(nl.port), PREFIX_ADD, prefix)
    refused(other, "second begin", "EBUSY", str(nl.port), BEGIN)
    refused(other, "another's commit", "EBUSY", str(nl.port), COMMIT)
    check("the owner is named", other.number(OWNER), nl.port)
    generation = nl.number(GENERATION)
    reply = attributes(nl.call(COMMIT, u64(COUNT, 1))[0])
    check("commit says its generation",
          struct.unpack("Q", reply[GENERATION])[0], generation + 1)
    check("seen after it", nl.number(PREFIXES), 1)
    nl.call(PREFIX_DEL, prefix)


def ip(*words):
    subprocess.run(("ip",) + words, check=True)


def index_of(name):
    with open(f"/sys/class/net/{name}/ifindex") as file:
        return int(file.read())


def dev(name="d0"):
    return attr(DEV, name)


def fours(*addresses):
    return attr(PREFIXES4, b"".join(prefix4(a, 32) for a in addresses))


def listed(nl, payload=b""):
    """What is listed: (device, ISP, class, prefixes)."""
    found = [attributes(m) for m in nl.dump(SESSION_GET, payload)]
    return sorted((f[DEV].decode().rstrip("\0"), f[ISP].decode().rstrip("\0"),
                   f[CLASS][0], f.get(PREFIXES4, b"") + f.get(PREFIXES6, b""))
                  for f in found)


def bad_sessions(nl):
    up = dev() + isp()
    good = prefix4("192.0.2.5", 32)
    for name, command, want, words, payload in (
            ("no device", SESSION_UP, "EINVAL", "device is missing", isp()),
            ("no device to end", SESSION_DOWN, "EINVAL", "device is missing",
             b""),
            ("no such device", SESSION_UP, "ENODEV", "no such device",
             isp() + dev("d9")),
            ("an impossible device", SESSION_UP, "EINVAL", "possible name",
             isp() + dev("a/b")),
            ("an impossible device to end", SESSION_DOWN, "EINVAL",
             "possible name", dev("a b")),
            ("a device of 16", SESSION_UP, "EINVAL", "", isp() + dev("d" * 16)),
            ("no ISP", SESSION_UP, "EINVAL", "ISP is missing", dev()),
            ("no such ISP", SESSION_UP, "ENOENT", "no such ISP",
             dev() + isp("nobody")),
            ("class space", SESSION_UP, "EINVAL", "dynamic, static or exempt",
             up + u8(CLASS, SPACE)),
            ("class relay", SESSION_UP, "EINVAL", "dynamic, static or exempt",
             up + u8(CLASS, RELAY)),
            ("class quarantine", SESSION_UP, "ERANGE", "",
             up + u8(CLASS, QUARANTINE)),
            ("class none", SESSION_UP, "ERANGE", "", up + u8(CLASS, 0)),
            ("host bits", SESSION_UP, "EINVAL", "host bits",
             up + attr(PREFIXES4, good + prefix4("192.0.2.1", 24))),
            ("length 33", SESSION_UP, "ERANGE", "length",
             up + attr(PREFIXES4, prefix4("192.0.2.1", 33))),
            ("length 129", SESSION_UP, "ERANGE", "length",
             up + attr(PREFIXES6, prefix6("2001:db8::", 129))),
            ("reserved bytes", SESSION_UP, "EINVAL", "reserved",
             up + attr(PREFIXES4, prefix4("192.0.2.1", 32, b"\1\0\0"))),
            ("half a prefix", SESSION_UP, "EINVAL", "whole number",
             up + attr(PREFIXES4, good[:5])),
            ("an empty array", SESSION_UP, "EINVAL", "whole number",
             up + attr(PREFIXES6, b"")),
            ("257 prefixes", SESSION_UP, "E2BIG", "at most 256",
             up + attr(PREFIXES4, b"".join(prefix4(f"10.0.{i >> 8}.{i & 255}",
                                                   32) for i in range(257)))),
            ("an end", SESSION_UP, "EINVAL", "", up + u64(UNTIL, 1)),
            ("addresses of nothing", SESSION_ADDR, "ENOENT", "no session",
             dev() + fours("192.0.2.5")),
            ("addresses of no device", SESSION_ADDR, "ENODEV", "no such",
             dev("d9") + fours("192.0.2.5")),
            ("no addresses", SESSION_ADDR, "EINVAL", "prefixes are missing",
             dev()),
            ("addresses with an ISP", SESSION_ADDR, "EINVAL", "",
             dev() + isp() + fours("192.0.2.5")),
            ("an end with addresses", SESSION_DOWN, "EINVAL", "",
             dev() + fours("192.0.2.5"))):
        refused(nl, f"session: {name}", want, words, command, payload)
    for want, payload in (("ENOENT", isp("nobody")), ("ENODEV", dev("d9"))):
        check(f"sessions: {want}",
              nl.refusal(SESSION_GET, payload, REQUEST | DUMP)[0], want)


def sessions(nl):
    """Sessions come, move, and go with their devices."""
    bad_sessions(nl)
    a, b, c = (prefix4(f"192.0.2.{i}", 32) for i in (5, 6, 7))
    six = prefix6("2001:db8:a:1000::", 56)
    both = dev() + isp() + fours("192.0.2.5") + attr(PREFIXES6, six)
    nl.call(SESSION_UP, both)
    want = sorted(("d0", "alpha", DYNAMIC, p) for p in (a, six))
    check("a session is dynamic", listed(nl), want)
    check("of both families", nl.number(SESSIONS), 2)
    generation = nl.number(GENERATION)
    nl.call(SESSION_UP, both)
    nl.call(SESSION_UP, dev() + isp() + u8(CLASS, DYNAMIC) +
            attr(PREFIXES6, six + six) + fours("192.0.2.5"))
    nl.call(SESSION_ADDR, dev() + attr(PREFIXES6, six))
    nl.call(SESSION_DOWN, dev("d1"))
    nl.call(SESSION_DOWN, dev("d9"))
    check("what is there already makes no generation",
          nl.number(GENERATION), generation)
    nl.call(SESSION_ADDR, dev() + fours("192.0.2.6"))
    nl.call(SESSION_UP, dev("d1") + isp() + u8(CLASS, STATIC) +
            fours("192.0.2.6", "192.0.2.7"))
    check("a prefix moves", listed(nl), want + [
        ("d1", "alpha", STATIC, b), ("d1", "alpha", STATIC, c)])
    check("one device's", listed(nl, dev("d0")), want)
    nl.call(SESSION_UP, dev("d2") + isp())
    check("without a prefix", listed(nl, dev("d2")),
          [("d2", "alpha", DYNAMIC, b"")])
    check("counts as one", nl.number(SESSIONS), 5)
    check("the ISP's as well", attributes(nl.call(ISP_GET, isp())[0])[SESSIONS],
          struct.pack("I", 5))
    nl.call(ISP_ADD, isp("beta"))
    nl.call(PREFIX_ADD, adding(prefix4("192.0.2.9", 32), name="beta"))
    refused(nl, "session: another ISP's prefix", "EADDRINUSE", "isp beta",
            SESSION_UP, dev("d2") + isp() + fours("192.0.2.8", "192.0.2.9"),
            16 + 4 + 8 + 12 + 4 + 8)
    check("and the session is as before", listed(nl, dev("d2")),
          [("d2", "alpha", DYNAMIC, b"")])
    refused(nl, "an ISP that has sessions", "EBUSY", "VRF", ISP_SET,
            isp() + attr(VRF, "red"))
    nl.call(ISP_DEL, isp("beta"))
    answer = attributes(nl.call(TEST, attr(SRC, a[:4]) +
                                attr(DST, socket.inet_aton("198.18.0.1")))[0])
    check("a test names the session", (answer[SRC_CLASS][0], answer[DEV]),
          (DYNAMIC, b"d0\0"))
    check("by its device", struct.unpack("I", answer[IFINDEX])[0],
          index_of("d0"))
    ip("link", "set", "d0", "name", "d7")
    check("a device keeps it under another name", listed(nl, dev("d7")),
          [("d7", c, k, p) for _, c, k, p in want])
    nl.call(SESSION_DOWN, dev("d7"))
    check("down", listed(nl, dev("d7")), [])
    limit(4, "max_sessions")
    refused(nl, "one more than max_sessions", "ENOSPC", "max_sessions",
            SESSION_UP, dev("d7") + isp() + fours("192.0.2.5", "192.0.2.10"))
    limit(0, "max_sessions")
    nl.call(SESSION_DOWN, dev("d1"))
    check("a ceiling refuses no end", nl.number(SESSIONS), 1)
    limit(1 << 20, "max_sessions")
    nl.call(SESSION_DOWN, dev("d2"))
    ip("link", "set", "d7", "name", "d0")


def session_events(nl):
    listener = Nl()
    listener.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                             listener.group)

    def heard():
        (_, _, policy), = listener.receive()
        (_, _, session), = listener.receive()
        if session[0] == POLICY_EVENT:
            policy, session = session, policy
        check("both events", (policy[0], session[0]),
              (POLICY_EVENT, SESSION_EVENT))
        policy, session = attributes(policy[4:]), attributes(session[4:])
        check("of one cause", (policy[CMD], policy[OWNER]),
              (session[CMD], session[OWNER]))
        return (session[CMD][0], struct.unpack("I", session[OWNER])[0],
                session[DEV], session[ISP], session[CLASS][0],
                session.get(PREFIXES4), session.get(FROM))

    a, b = prefix4("192.0.2.5", 32), prefix4("192.0.2.6", 32)
    nl.call(SESSION_UP, dev() + isp() + fours("192.0.2.5"))
    check("event of up", heard(), (SESSION_UP, nl.port, b"d0\0", b"alpha\0",
                                   DYNAMIC, a, None))
    nl.call(SESSION_UP, dev() + isp() + fours("192.0.2.5"))
    nl.call(SESSION_ADDR, dev() + fours("192.0.2.6"))
    check("event of addr", heard(), (SESSION_ADDR, nl.port, b"d0\0",
                                     b"alpha\0", DYNAMIC, a + b, None))
    nl.call(SESSION_UP, dev("d1") + isp() + u8(CLASS, EXEMPT) +
            fours("192.0.2.6"))
    check("event of a move", heard(), (SESSION_UP, nl.port, b"d1\0",
                                       b"alpha\0", EXEMPT, b, b"d0\0"))
    nl.call(SESSION_DOWN, dev())
    check("event of down", heard(), (SESSION_DOWN, nl.port, b"d0\0",
                                     b"alpha\0", DYNAMIC, a, None))
    ip("link", "del", "d1")
    check("event of a device that goes", heard(),
          (SESSION_DOWN, 0, b"d1\0", b"alpha\0", EXEMPT, b, None))
    check("and its session is gone", (listed(nl), nl.number(SESSIONS)),
          ([], 0))
    ip("link", "add", "d1", "type", "dummy")


def wait_for(name, get, want):
    end = time.monotonic() + 30
    while get() != want and time.monotonic() < end:
        time.sleep(0.02)
    check(name, get(), want)


def passes(nl, address):
    answer = attributes(nl.call(TEST, attr(SRC, socket.inet_aton(address)) +
                                attr(DST, socket.inet_aton("198.18.0.1")))[0])
    return answer[VERDICT][0] == 0


def session_transactions(nl):
    """Devices that go while a transaction is open."""
    nl.call(PREFIX_ADD, adding(prefix4("192.0.2.0", 24)))
    nl.call(MODE_SET, u8(MODE, 2))
    nl.call(SESSION_UP, dev() + isp() + u8(CLASS, STATIC) + fours("192.0.2.5"))
    other = Nl()
    other.call(BEGIN)
    refused(nl, "a session while a transaction is open", "EBUSY",
            str(other.port), SESSION_UP, dev("d1") + isp())
    other.call(SESSION_UP, dev("d1") + isp() + u8(CLASS, STATIC) +
               fours("192.0.2.6"))
    other.call(SESSION_UP, dev("d2") + isp() + u8(CLASS, STATIC) +
               fours("192.0.2.7"))
    check("the session counts", passes(nl, "192.0.2.5"), True)
    check("that of the draft does not yet", passes(nl, "192.0.2.7"), False)
    ip("link", "del", "d0")
    ip("link", "del", "d1")
    check("with its device it ends at once", passes(nl, "192.0.2.5"), False)
    check("and is listed no more", listed(nl), [])
    other.call(COMMIT)
    check("what was in the draft ended with its device", listed(nl),
          [("d2", "alpha", STATIC, prefix4("192.0.2.7", 32))])
    wait_for("and what is left of that goes", lambda: nl.number(SESSIONS), 1)
    check("and only that", (passes(nl, "192.0.2.6"), passes(nl, "192.0.2.7")),
          (False, True))
    other.call(BEGIN)
    ip("link", "del", "d2")
    other.call(ABORT)
    check("nothing passes after an abort", passes(nl, "192.0.2.7"), False)
    wait_for("and what is left of it goes", lambda: nl.number(SESSIONS), 0)
    ip("link", "add", "d0", "type", "dummy")
    nl.call(SESSION_UP, dev() + isp() + fours("192.0.2.5"))
    other.call(BEGIN, attr(EMPTY, b""))
    other.call(ISP_ADD, isp("gamma"))
    other.call(COMMIT)
    check("the session of an ISP that has gone sleeps",
          (passes(nl, "192.0.2.5"), nl.number(SESSIONS),
           [ASLEEP in attributes(m) for m in nl.dump(SESSION_GET)],
           len(nl.dump(SESSION_GET, attr(ASLEEP, b"")))),
          (True, 1, [True], 1))
    other.call(BEGIN, attr(EMPTY, b""))
    other.call(ISP_ADD, isp())
    other.call(COMMIT)
    check("and wakes when it is back",
          ([ASLEEP in attributes(m) for m in nl.dump(SESSION_GET)],
           nl.dump(SESSION_GET, attr(ASLEEP, b""))), ([False], []))
    other.call(BEGIN, attr(EMPTY, b""))
    check("addresses of a session whose ISP has gone",
          other.refusal(SESSION_ADDR, dev() + fours("192.0.2.6"))[0], "done")
    other.call(ABORT)
    other.call(BEGIN, attr(EMPTY, b""))
    other.call(ISP_ADD, isp())
    other.call(SESSION_ADDR, dev() + fours("192.0.2.6"))
    other.call(COMMIT)
    check("a new configuration keeps sessions", nl.number(SESSIONS), 2)
    nl.call(FLUSH)
    check("flush does not", nl.number(SESSIONS), 0)
    nl.call(ISP_ADD, isp())
    session_room(nl, other)


def answer(nl):
    """errno's name of the next acknowledgement, or "done"."""
    try:
        nl.replies()
    except Refused as why:
        return errno.errorcode[why.number]
    return "done"


def one_socket(_):
    """Two at once by one socket: without the refused one, the rest is nothing."""
    nl = Nl()
    many = adding(b"".join(prefix4(f"10.{i >> 8}.{i & 255}.0", 24)
                           for i in range(8000)))
    one = adding(prefix4("198.51.100.0", 24))
    for _ in range(200):
        nl.call(BEGIN)
        thread = threading.Thread(
            target=nl.sock.send,
            args=[nl.message(PREFIX_ADD, many, REQUEST | ACK)])
        message = nl.message(PREFIX_ADD, one, REQUEST | ACK)
        thread.start()
        # It goes first, most times; else both are done, and it is tried again
        time.sleep(0.001)
        nl.sock.send(message)
        thread.join()
        said = sorted((answer(nl), answer(nl)))
        if said == ["EBUSY", "done"]:
            break
        nl.call(ABORT)
    check("two at once by one socket", said, ["EBUSY", "done"])
    check("neither can be committed", nl.refusal(COMMIT)[0], "ECANCELED")
    nl.call(ABORT)


def session_room(nl, other):
    """What waits to be swept takes nobody's place."""
    limit(2, "max_sessions")
    nl.call(SESSION_UP, dev() + isp() + fours("192.0.2.5", "192.0.2.6"))
    other.call(BEGIN)
    ip("link", "del", "d0")
    ip("link", "add", "d0", "type", "dummy")
    ip("link", "add", "d1", "type", "dummy")
    check("a session where another has gone", other.refusal(
        SESSION_UP, dev() + isp() + fours("192.0.2.7"))[0], "done")
    check("and its next address", other.refusal(
        SESSION_ADDR, dev() + fours("192.0.2.5"))[0], "done")
    other.call(COMMIT)
    check("in its place", (nl.number(SESSIONS), len(listed(nl))), (2, 2))
    refused(nl, "one more where none has gone", "ENOSPC", "max_sessions",
            SESSION_UP, dev("d1") + isp())
    limit(1 << 20, "max_sessions")
    nl.call(SESSION_DOWN, dev())
    ip("link", "del", "d1")


def session_uploads(nl):
    """A subscriber in the way of an upload, who goes while it is under way."""
    five, six = (adding(prefix4(f"192.0.2.{i}", 32), name="beta") for i in (5, 6))
    nl.call(ISP_ADD, isp("beta"))
    nl.call(SESSION_UP, dev() + isp() + fours("192.0.2.5", "192.0.2.6"))
    for empty in b"", attr(EMPTY, b""):
        what = "replaces all" if empty else "adds"
        other = Nl()
        other.call(BEGIN, empty)
        if empty:
            other.call(ISP_ADD, isp())
            other.call(ISP_ADD, isp("beta"))
        check(f"an upload that {what}: another ISP's subscriber is there",
              other.refusal(PREFIX_ADD, five)[0], "done")
        ip("link", "del", "d0")
        check("and goes", other.refusal(PREFIX_ADD, six)[0], "done")
        check("it is committed", other.refusal(COMMIT, u64(COUNT, 2))[0],
              "done")
        wait_for("and nothing is left of the session",
                 lambda: nl.number(SESSIONS), 0)
        answer = attributes(nl.call(TEST, attr(SRC, socket.inet_aton(
            "192.0.2.5")) + attr(DST, socket.inet_aton("198.18.0.1")))[0])
        check("whose prefix is the other's", answer.get(ISP), b"beta\0")
        ip("link", "add", "d0", "type", "dummy")
        nl.call(PREFIX_FLUSH, isp("beta") + u8(CLASS, DYNAMIC))
        nl.call(SESSION_UP, dev() + isp() + fours("192.0.2.5", "192.0.2.6"))
    nl.call(FLUSH)
    nl.call(ISP_ADD, isp())


def quiet_bytes(nl):
    """Memory, once what waited for a grace period has been freed."""
    same, last = 0, None
    while same < 5:
        now = nl.number(BYTES)
        same, last = (same + 1, now) if now == last else (0, now)
        time.sleep(0.05)
    return last


def closing(nl):
    """A writer that goes away half way leaves nothing."""
    before = quiet_bytes(nl)
    other = Nl()
    other.call(BEGIN, attr(EMPTY, b""))
    other.call(ISP_ADD, isp("omega"))
    many = b"".join(prefix4(f"10.{i >> 8}.{i & 255}.0", 24)
                    for i in range(8000))
    other.call(PREFIX_ADD, adding(many, name="omega"))
    check("the draft has memory", nl.number(BYTES) > before, True)
    other.sock.close()
    check("closing frees the draft", quiet_bytes(nl), before)
    check("and the place", nl.number(OWNER), 0)


def dead_writers(nl):
    """Those that are killed half way leave no more."""
    before = quiet_bytes(nl)
    many = adding(b"".join(prefix4(f"10.{i >> 8}.{i & 255}.0", 24)
                           for i in range(2000)))
    for _ in range(20):
        child = os.fork()
        if not child:
            other = Nl()
            other.call(BEGIN)
            other.send(PREFIX_ADD, many)
            os.kill(os.getpid(), signal.SIGKILL)
        os.waitpid(child, 0)
        nl.call(BEGIN)
        nl.call(ABORT)
    check("killed writers leave nothing", quiet_bytes(nl), before)


def dumps(nl):
    """A dump is one snapshot, and one that is never read holds nothing up."""
    many = b"".join(prefix4(f"10.{i >> 8}.{i & 255}.0", 24)
                    for i in range(8000))
    nl.call(PREFIX_ADD, adding(many))
    generation = nl.number(GENERATION)
    reader = Nl()
    reader.send(PREFIX_GET, b"", REQUEST | DUMP)
    first = list(reader.receive())
    nl.call(PREFIX_FLUSH, isp() + u8(CLASS, DYNAMIC))
    rest = reader.replies()
    bodies = [body[4:] for _, _, body in first] + rest
    found = [attributes(body) for body in bodies]
    check("one generation", {struct.unpack("Q", f[GENERATION])[0]
                             for f in found}, {generation})
    check("whole", b"".join(f[PREFIXES4] for f in found), many)
    check("while nothing of it runs", nl.number(PREFIXES), 0)
    before = quiet_bytes(nl)
    lazy = [Nl() for _ in range(5)]
    for one in lazy:
        nl.call(PREFIX_ADD, adding(many))
        one.send(PREFIX_GET, b"", REQUEST | DUMP)
        nl.call(PREFIX_FLUSH, isp() + u8(CLASS, DYNAMIC))
    check("dumps that nobody reads keep what they began from",
          quiet_bytes(nl) > before, True)
    for one in lazy:
        one.sock.close()
    check("until they are closed", quiet_bytes(nl), before)
    got, _ = nl.refusal(PREFIX_GET, isp("nobody"), REQUEST | DUMP)
    check("dump of no such ISP", got, "ENOENT")


def events(nl):
    listener = Nl()
    listener.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                             listener.group)
    nl.call(MODE_SET, u8(MODE, 1))
    (_, _, body), = listener.receive()
    found = attributes(body[4:])
    check("an event is a policy event", body[0], POLICY_EVENT)
    check("an event says which generation",
          struct.unpack("Q", found[GENERATION])[0], nl.number(GENERATION))
    check("an event says who", struct.unpack("I", found[OWNER])[0], nl.port)
    check("an event says what", found[CMD], bytes([MODE_SET]))
    what = exemption("192.0.2.9", more=attr(DEV, "d0") + u64(UNTIL, 1 << 40))
    nl.call(OVERLAY_ADD, what + attr(REASON, "why"))
    check("an event of an overlay says which", subject(listener),
          attributes(what))
    what = exemption("192.0.2.9", more=attr(DEV, "d0"))
    nl.call(OVERLAY_DEL, what)
    check("an event of one that goes, too", subject(listener),
          attributes(what))
    nl.call(PREFIX_ADD, adding(prefix4("192.0.2.0", 25)))
    check("an event of prefixes says whose", subject(listener),
          attributes(isp() + u8(CLASS, DYNAMIC)))
    nl.call(PREFIX_FLUSH, isp() + u8(CLASS, DYNAMIC))
    check("likewise where they all go", subject(listener),
          attributes(isp() + u8(CLASS, DYNAMIC)))
    nl.call(BEGIN)
    nl.call(OVERLAY_ADD, what + attr(REASON, "why"))
    nl.call(OVERLAY_DEL, what)
    nl.call(COMMIT)
    check("that of a transaction says nothing of it", subject(listener), {})


def subject(listener):
    """What a policy event says of what has changed."""
    found = next_policy_event(listener)
    return {kind: data for kind, data in found.items()
            if kind not in (PAD, GENERATION, OWNER, CMD)}


def deaf_listener(nl):
    """One that never reads loses events, learns of that, and is in nobody's
    way."""
    deaf = Nl()
    deaf.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, deaf.group)
    before = nl.number(GENERATION)
    for i in range(200):
        nl.call(MODE_SET, u8(MODE, 1 + i % 2))
    check("changes are made beside a deaf listener", nl.number(GENERATION),
          before + 200)
    try:
        list(deaf.receive())
        check("a deaf listener learns that it has lost events", "nothing",
              "ENOBUFS")
    except OSError as why:
        check("a deaf listener learns that it has lost events",
              errno.errorcode[why.errno], "ENOBUFS")
    check("and has those that it had room for",
          struct.unpack("Q", next_policy_event(deaf)[GENERATION])[0],
          before + 1)


def configure(nl, seconds, isps, extra=()):
    """Replaces what is configured, to be confirmed in some seconds; or makes a
    shadow."""
    nl.call(BEGIN, attr(EMPTY, b"") + (
        attr(SHADOW, b"") if seconds is None else u32(CONFIRM_TIME, seconds)))
    for name in isps:
        nl.call(ISP_ADD, isp(name))
    for command, payload in extra:
        nl.call(command, payload)
    return struct.unpack("Q", attributes(nl.call(COMMIT)[0])[GENERATION])[0]


def names(nl):
    return [attributes(m)[ISP].rstrip(b"\0").decode()
            for m in nl.dump(ISP_GET)]


def exemption(host, name="alpha", layer=None, more=b""):
    return isp(name) + u8(CLASS, EXEMPT) + attr(
        PREFIXES4, prefix4(host, 32)) + more + (
            b"" if layer is None else u8(LAYER, layer))


def layers(nl, host):
    """In which layers an exemption of this host is."""
    found = [attributes(m) for m in nl.dump(OVERLAY_GET)]
    return [f[LAYER][0] for f in found
            if f.get(PREFIXES4) == prefix4(host, 32)]


def next_policy_event(listener):
    while True:
        for _, _, body in listener.receive():
            if body[0] == POLICY_EVENT:
                return attributes(body[4:])


def confirm_input(nl):
    empty = attr(EMPTY, b"")
    for name, want, words, payload in (
            ("what is not replaced", "EINVAL", "replaces all",
             u32(CONFIRM_TIME, 60)),
            ("in no time", "ERANGE", "a second and a day",
             empty + u32(CONFIRM_TIME, 0)),
            ("in more than a day", "ERANGE", "a second and a day",
             empty + u32(CONFIRM_TIME, 86401)),
            ("in a time of 8 bytes", "EINVAL", None,
             empty + u64(CONFIRM_TIME, 1)),
            ("in a time of 1 byte", "EINVAL", None,
             empty + u8(CONFIRM_TIME, 1))):
        refused(nl, f"confirm {name}", want, words, BEGIN, payload)
    for name, command in (("confirm", CONFIRM), ("rollback", ROLLBACK)):
        refused(nl, f"{name}: nothing waits", "ENOENT", "no change waits",
                command)
        refused(nl, f"{name}: an attribute", "EINVAL", "", command, empty)


def confirm_refusals(nl):
    """While a change waits, what is configured stays, and the rest fits."""
    why = attr(REASON, "why")
    nl.call(PREFIX_ADD, adding(prefix4("192.0.2.0", 24)))
    nl.call(ISP_ADD, isp("beta"))
    nl.call(PREFIX_ADD, adding(prefix4("198.51.100.7", 32), name="beta"))
    before = nl.number(GENERATION)
    nl.call(BEGIN, attr(EMPTY, b"") + u32(CONFIRM_TIME, 86400))
    refused(nl, "confirm inside a transaction", "EBUSY", "open", CONFIRM)
    nl.call(ABORT)
    configure(nl, 86400, ("alpha", "gamma"), (
        (OVERLAY_ADD, exemption("192.0.2.9", layer=0, more=why)),))
    check("how long it waits", 86390 < nl.number(CONFIRM_TIME) <= 86400, True)
    check("and for what", nl.number(CONFIRM_GENERATION), before)
    wait = f"generation {before} returns"
    for name, command, payload in (
            ("another apply", BEGIN, attr(EMPTY, b"")),
            ("another to be confirmed", BEGIN,
             attr(EMPTY, b"") + u32(CONFIRM_TIME, 60)),
            ("mode", MODE_SET, u8(MODE, 1)),
            ("a new ISP", ISP_ADD, isp("delta")),
            ("an ISP's attributes", ISP_SET, isp() + u8(MODE, 1)),
            ("an ISP that goes", ISP_DEL, isp()),
            ("a prefix", PREFIX_ADD, adding(prefix4("192.0.2.0", 25))),
            ("a prefix in any case", PREFIX_REPLACE,
             adding(prefix4("192.0.2.0", 25))),
            ("a prefix that goes", PREFIX_DEL,
             adding(prefix4("192.0.2.0", 24))),
            ("a class that goes", PREFIX_FLUSH, isp() + u8(CLASS, DYNAMIC)),
            ("a configured overlay", OVERLAY_ADD,
             exemption("192.0.2.8", layer=0, more=why)),
            ("a configured overlay that goes", OVERLAY_DEL,
             exemption("192.0.2.9"))):
        refused(nl, f"unconfirmed: {name}", "EBUSY", wait, command, payload)
    nl.call(OVERLAY_ADD, exemption("192.0.2.8", "gamma", more=why))
    nl.call(OVERLAY_ADD, exemption("198.51.100.7", more=why))
    check("unconfirmed: an entry of a new ISP, and one where another's returns",
          nl.dump(OVERLAY_GET, attr(ASLEEP, b"")), [])
    nl.call(OVERLAY_ADD, exemption("192.0.2.7", more=why))
    nl.call(BEGIN)
    nl.call(OVERLAY_ADD, exemption("192.0.2.6", more=why))
    refused(nl, "unconfirmed: a prefix in a transaction", "EBUSY", wait,
            PREFIX_ADD, adding(prefix4("192.0.2.0", 25)))
    nl.call(ABORT)


def confirm_overtakes(nl):
    """A return does not wait for an open transaction."""
    other = Nl()
    other.call(BEGIN)
    other.call(OVERLAY_ADD, exemption("192.0.2.5", more=attr(REASON, "why")))
    refused(nl, "a confirm waits for a transaction", "EBUSY", str(other.port),
            CONFIRM)
    reply = attributes(nl.call(ROLLBACK)[0])
    check("rollback says its generation",
          struct.unpack("Q", reply[GENERATION])[0], nl.number(GENERATION))
    check("what was configured is back", names(nl), ["alpha", "beta"])
    check("with its prefixes", nl.number(PREFIXES), 2)
    check("and what was added meanwhile stays",
          (layers(nl, "192.0.2.7"), layers(nl, "192.0.2.9")), ([1], []))
    check("of which what does not go with it sleeps",
          len(nl.dump(OVERLAY_GET, attr(ASLEEP, b""))), 2)
    check("nothing waits any more", CONFIRM_TIME in nl.get(), False)
    for name, command, payload in (
            ("a change", OVERLAY_ADD,
             exemption("192.0.2.4", more=attr(REASON, "why"))),
            ("a commit", COMMIT, b"")):
        refused(other, f"{name} of what was overtaken", "ECANCELED",
                "rolled back", command, payload)
    other.call(ABORT)
    other.call(BEGIN)
    other.sock.close()
    nl.call(OVERLAY_DEL, exemption("192.0.2.7"))
    nl.call(ISP_DEL, isp("beta"))
    nl.call(PREFIX_FLUSH, isp() + u8(CLASS, DYNAMIC))


def confirm_absorbs(nl):
    """Run-time overlays are configured ones only once that is settled."""
    why = attr(REASON, "why")
    same = (OVERLAY_ADD, exemption("192.0.2.3", layer=0, more=why))
    nl.call(OVERLAY_ADD, exemption("192.0.2.3", more=why))
    configure(nl, 60, ("alpha",), (same,))
    check("unconfirmed: in both layers", layers(nl, "192.0.2.3"), [0, 1])
    nl.call(ROLLBACK)
    check("rolled back: as it was", layers(nl, "192.0.2.3"), [1])
    configure(nl, 60, ("alpha",), (same,))
    nl.call(CONFIRM)
    check("confirmed: only configured", layers(nl, "192.0.2.3"), [0])
    configure(nl, 60, ("alpha",))
    nl.call(OVERLAY_ADD, exemption("192.0.2.3", more=why))
    check("added while it waits to return", layers(nl, "192.0.2.3"), [1])
    nl.call(ROLLBACK)
    check("returned: only configured", layers(nl, "192.0.2.3"), [0])
    nl.call(OVERLAY_DEL, exemption("192.0.2.3"))


def confirm_sessions(nl):
    """Subscribers come and go meanwhile, and stay however it ends."""
    subprocess.run(["ip", "link", "add", "w0", "type", "dummy"], check=True)
    for settle in ROLLBACK, CONFIRM:
        configure(nl, 60, ("alpha", "beta"))
        nl.call(SESSION_UP, dev("w0") + isp("beta") + fours("192.0.2.5"))
        nl.call(SESSION_UP, dev("w0") + isp() + fours("192.0.2.5"))
        nl.call(SESSION_ADDR, dev("w0") + fours("192.0.2.6"))
        nl.call(settle)
        check("sessions stay", len(listed(nl, dev("w0"))), 2)
        nl.call(SESSION_DOWN, dev("w0"))
    nl.call(BEGIN, attr(EMPTY, b"") + attr(SHADOW, b""))
    nl.call(ISP_ADD, isp())
    refused(nl, "a session in a shadow", "EINVAL", "no run-time entries",
            SESSION_UP, dev("w0") + isp())
    nl.call(ABORT)
    subprocess.run(["ip", "link", "del", "w0"], check=True)


def confirm_timer(nl):
    """The kernel goes back by itself; once, and not after a confirm."""
    listener = Nl()
    listener.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                             listener.group)
    generation = configure(nl, 1, ("alpha", "beta"))
    nl.call(CONFIRM)
    told = [next_policy_event(listener) for _ in range(2)]
    check("event: it waits", (told[0][CMD][0], told[0].get(CONFIRM_TIME),
                              struct.unpack("Q", told[0][CONFIRM_GENERATION])),
          (COMMIT, struct.pack("I", 1), (generation - 1,)))
    check("event: confirmed", (told[1][CMD][0], CONFIRM_TIME in told[1],
                               struct.unpack("I", told[1][OWNER])[0]),
          (CONFIRM, False, nl.port))
    dead = Nl()
    generation = configure(dead, 2, ("gamma",))
    dead.sock.close()
    next_policy_event(listener)
    told = next_policy_event(listener)
    check("event: taken back by the timer",
          (told[CMD][0], told[OWNER], struct.unpack("Q", told[GENERATION])[0],
           CONFIRM_TIME in told),
          (ROLLBACK, bytes(4), generation + 1, False))
    check("what was configured returns", names(nl), ["alpha", "beta"])
    generation = configure(nl, 60, ("alpha",))
    nl.call(ROLLBACK)
    next_policy_event(listener)
    told = next_policy_event(listener)
    check("event: taken back by a command",
          (told[CMD][0], struct.unpack("I", told[OWNER])[0]),
          (ROLLBACK, nl.port))
    nl.call(ISP_DEL, isp("beta"))


def confirm_ceilings(nl):
    """No ceiling stands in the way of a return."""
    three = adding(b"".join(prefix4(f"192.0.2.{i}", 32) for i in range(3)))
    nl.call(PREFIX_ADD, three)
    configure(nl, 60, ("alpha",))
    limit(0)
    limit(0, "max_overlays")
    nl.call(ROLLBACK)
    check("back in spite of the ceilings", nl.number(PREFIXES), 3)
    limit(4 << 20)
    limit(256 << 10, "max_overlays")
    nl.call(PREFIX_DEL, three)


def confirm_nothing(nl):
    """To nothing, from nothing, and the end of it all."""
    nl.call(FLUSH)
    configure(nl, 60, ("alpha",))
    nl.call(ROLLBACK)
    check("back to nothing", names(nl), [])
    nl.call(ISP_ADD, isp())
    configure(nl, 60, ())
    check("nothing waits to be confirmed", (names(nl), nl.number(
        CONFIRM_TIME) > 0), ([], True))
    nl.call(ROLLBACK)
    check("back from nothing", names(nl), ["alpha"])
    configure(nl, 60, ("alpha", "beta"))
    nl.call(FLUSH)
    check("flush ends it", (names(nl), CONFIRM_TIME in nl.get()), ([], False))
    refused(nl, "nothing returns after a flush", "ENOENT", "no change",
            ROLLBACK)
    nl.call(ISP_ADD, isp())


def confirms(nl):
    confirm_input(nl)
    confirm_refusals(nl)
    confirm_overtakes(nl)
    confirm_absorbs(nl)
    confirm_sessions(nl)
    confirm_timer(nl)
    confirm_ceilings(nl)
    nl.call(FLUSH)
    check("nothing is left of what was kept", quiet_bytes(nl), 0)
    nl.call(ISP_ADD, isp())
    confirm_nothing(nl)


def shadow_input(nl):
    empty, shadow = attr(EMPTY, b""), attr(SHADOW, b"")
    refused(nl, "a shadow of what is not replaced", "EINVAL", "replaces all",
            BEGIN, shadow)
    refused(nl, "a shadow to be confirmed", "EINVAL", "before it is promoted",
            BEGIN, empty + shadow + u32(CONFIRM_TIME, 60))
    refused(nl, "a shadow with a value", "ERANGE", None, BEGIN,
            empty + u32(SHADOW, 1))
    for name, command in (("get", SHADOW_GET), ("promote", SHADOW_PROMOTE),
                          ("drop", SHADOW_DROP)):
        refused(nl, f"{name} of no shadow", "ENOENT", "no shadow", command)
    for command in SHADOW_GET, SHADOW_SOURCE_GET:
        check(f"dump {command} of no shadow", nl.refusal(
            command, b"", REQUEST | DUMP)[0], "ENOENT")


def shadow_making(nl):
    why = attr(REASON, "why")
    before = nl.number(GENERATION)
    nl.call(BEGIN, attr(EMPTY, b"") + attr(SHADOW, b""))
    nl.call(ISP_ADD, isp())
    refused(nl, "a run-time overlay in a shadow", "EINVAL", "no run-time",
            OVERLAY_ADD, exemption("192.0.2.9", more=why))
    nl.call(ABORT)
    nl.call(OVERLAY_ADD, exemption("192.0.2.9", more=why))
    nl.call(BEGIN, attr(EMPTY, b"") + attr(SHADOW, b""))
    nl.call(ISP_ADD, isp("beta"))
    nl.call(COMMIT)
    check("a shadow without an ISP with run-time entries",
          (SHADOW_SINCE in nl.get(), nl.dump(OVERLAY_GET, attr(ASLEEP, b""))),
          (True, []))
    nl.call(SHADOW_DROP)
    before = nl.number(GENERATION)
    many = b"".join(prefix4(f"10.{i >> 8}.{i & 255}.0", 24)
                    for i in range(4000))
    said = configure(nl, None, ("alpha", "beta"), (
        (PREFIX_ADD, adding(many, name="beta")),
        (OVERLAY_ADD, exemption("192.0.2.9", layer=0, more=why))))
    check("a shadow is no generation", (said, nl.number(GENERATION)),
          (before, before))
    check("nor is it what runs", (names(nl), nl.number(PREFIXES)),
          (["alpha"], 0))
    found = attributes(nl.call(SHADOW_GET)[0])
    check("what it has", [int.from_bytes(found[kind], sys.byteorder)
                          for kind in (ISPS, PREFIXES, OVERLAYS)],
          [2, 4000, 1])
    check("whose it is", [attributes(m)[ISP] for m in nl.dump(
        ISP_GET, attr(SHADOW, b""))], [b"alpha\0", b"beta\0"])
    beta = attributes(nl.call(ISP_GET, isp("beta") + attr(SHADOW, b""))[0])
    check("and what they have there", (beta[MODE], struct.unpack(
        "8I", beta[CLASS_COUNTS])[DYNAMIC]), (b"\1", 4000))
    refused(nl, "an ISP of the shadow alone", "ENOENT", "no such ISP", ISP_GET,
            isp("beta"))
    check("since when", abs(struct.unpack("Q", found[SHADOW_SINCE])[0] -
                            time.time()) < 60, True)
    check("that there is one", SHADOW_SINCE in nl.get(), True)
    check("nothing has changed yet", (nl.dump(SHADOW_GET),
                                      nl.dump(SHADOW_SOURCE_GET)), ([], []))


def shadow_ceilings(nl):
    limit(3)
    nl.call(BEGIN, attr(EMPTY, b"") + attr(SHADOW, b""))
    nl.call(ISP_ADD, isp())
    refused(nl, "a shadow above the ceiling", "ENOSPC", "max_prefixes",
            PREFIX_ADD, adding(b"".join(prefix4(f"192.0.2.{i}", 32)
                                        for i in range(4))))
    nl.call(ABORT)
    limit(4 << 20)


def shadow_ends(nl):
    """Promoted, promoted for a while, dropped."""
    before = nl.number(GENERATION)
    refused(nl, "promote in no time", "ERANGE", "a second and a day",
            SHADOW_PROMOTE, u32(CONFIRM_TIME, 0))
    nl.call(BEGIN)
    refused(nl, "promote in a transaction", "EBUSY", "open", SHADOW_PROMOTE)
    refused(nl, "drop in a transaction", "EBUSY", "open", SHADOW_DROP)
    nl.call(ABORT)
    listener = Nl()
    listener.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                             listener.group)
    nl.call(SHADOW_PROMOTE, u32(CONFIRM_TIME, 60))
    told = next_policy_event(listener)
    check("event: promoted, and waits", (
        told[CMD][0], struct.unpack("Q", told[CONFIRM_GENERATION])[0]),
          (SHADOW_PROMOTE, before))
    check("it runs", (names(nl), nl.number(PREFIXES)),
          (["alpha", "beta"], 4000))
    check("and is no shadow", SHADOW_SINCE in nl.get(), False)
    check("run-time entries wait", layers(nl, "192.0.2.9"), [0, 1])
    refused(nl, "a shadow while a change waits", "EBUSY", "returns", BEGIN,
            attr(EMPTY, b"") + attr(SHADOW, b""))
    nl.call(ROLLBACK)
    check("it went", (names(nl), layers(nl, "192.0.2.9")), (["alpha"], [1]))
    configure(nl, None, ("alpha", "beta"), (
        (PREFIX_ADD, adding(prefix4("192.0.2.7", 32), name="beta")),))
    nl.call(OVERLAY_ADD, exemption("192.0.2.7", more=attr(REASON, "why")))
    configure(nl, 60, ("alpha",))
    refused(nl, "promote while a change waits", "EBUSY", "returns",
            SHADOW_PROMOTE)
    nl.call(ROLLBACK)
    nl.call(SHADOW_PROMOTE)
    check("promoted for good", (names(nl), nl.number(PREFIXES)),
          (["alpha", "beta"], 1))
    check("where it gives a prefix to another, an entry sleeps",
          len(nl.dump(OVERLAY_GET, attr(ASLEEP, b""))), 1)
    nl.call(OVERLAY_DEL, exemption("192.0.2.7"))
    nl.call(ISP_DEL, isp("beta"))
    configure(nl, None, ("alpha", "gamma"))
    nl.call(SHADOW_DROP)
    check("dropped", (SHADOW_SINCE in nl.get(), names(nl)), (False, ["alpha"]))
    nl.call(OVERLAY_DEL, exemption("192.0.2.9"))


def shadows(nl):
    shadow_input(nl)
    shadow_making(nl)
    shadow_ceilings(nl)
    shadow_ends(nl)
    nl.call(FLUSH)
    check("nothing is left of shadows", quiet_bytes(nl), 0)
    configure(nl, None, ("alpha",))
    check("a shadow of nothing", (names(nl), SHADOW_SINCE in nl.get()),
          ([], True))
    nl.call(SHADOW_PROMOTE)
    check("and its promotion", names(nl), ["alpha"])
    configure(nl, None, ("alpha", "beta"))
    nl.call(FLUSH)
    check("flush removes it", (names(nl), SHADOW_SINCE in nl.get()),
          ([], False))
    nl.call(ISP_ADD, isp())


def counter(packets, bytes_, attempts, reason, verdict, family=4, more=b""):
    """As it goes over the wire."""
    return struct.pack("QQQBBB5s", packets, bytes_, attempts, family, reason,
                       verdict, more)


def counters(nl, name, flag=b""):
    """What has been counted of an ISP, or of none."""
    for body in nl.dump(STATS_GET, flag):
        found = attributes(body)
        if found.get(ISP, b"\0")[:-1].decode() == name:
            return found[COUNTERS]
    return None


def restores(nl):
    """Counters of a module before this one."""
    total, outside, own, foreign = attr(TOTAL, b""), 9, 1, 0
    good = counter(5, 300, 4, outside, 1)
    refused(nl, "no counter to restore", "EINVAL", "counter is missing",
            STATS_RESTORE, isp())
    for name, data in (("none", b""), ("two", good * 2), ("half", good[:16])):
        refused(nl, f"{name} to restore", "ERANGE", None, STATS_RESTORE,
                isp() + attr(COUNTERS, data))
    for name, number, words, who, data in (
            ("of no such ISP", "ENOENT", "no such ISP", isp("nobody"), good),
            ("of no packet", "EINVAL", "counted so", isp(),
             counter(0, 0, 0, outside, 1)),
            ("of packets without bytes", "EINVAL", "counted so", isp(),
             counter(5, 4, 0, outside, 1)),
            ("of more attempts than packets", "EINVAL", "counted so", isp(),
             counter(5, 300, 6, outside, 1)),
            ("of no reason", "EINVAL", "counted so", isp(),
             counter(5, 300, 4, 19, 1)),
            ("of no verdict", "EINVAL", "counted so", isp(),
             counter(5, 300, 4, outside, 3)),
            ("that blocks, and passes", "EINVAL", "counted so", isp(),
             counter(5, 300, 4, outside, 0)),
            ("that passes, and blocks", "EINVAL", "counted so", isp(),
             counter(5, 300, 4, own, 1)),
            ("of no family", "EINVAL", "counted so", isp(),
             counter(5, 300, 4, outside, 1, 5)),
            ("with more bytes", "EINVAL", "counted so", isp(),
             counter(5, 300, 4, outside, 1, 4, b"\0\0\0\0\1")),
            ("of an ISP and of none", "EINVAL", "counted so", isp(),
             counter(5, 300, 4, foreign, 0)),
            ("of no ISP and of one", "EINVAL", "counted so", b"", good),
            ("too great", "ERANGE", "out of range", isp(),
             counter(1, 1 << 63, 1, outside, 1))):
        refused(nl, f"a counter {name}", number, words, STATS_RESTORE,
                who + attr(COUNTERS, data))
    check("what is refused is not counted", counters(nl, "alpha", total), b"")
    nl.call(STATS_RESTORE, isp() + attr(COUNTERS, good))
    nl.call(STATS_RESTORE, isp() + attr(COUNTERS, counter(
        1, (1 << 63) - 301, 0, outside, 1)))
    refused(nl, "one byte too many", "ERANGE", "out of range", STATS_RESTORE,
            isp() + attr(COUNTERS, counter(1, 1, 0, outside, 1)))
    most = counter(6, (1 << 63) - 1, 4, outside, 1)
    check("as much as there are numbers", counters(nl, "alpha"), most)
    list(nl.dump(STATS_RESET))
    check("a reset is behind it", counters(nl, "alpha"), b"")
    check("but not in all", counters(nl, "alpha", total), most)
    blocked6 = counter(2, 160, 2, outside, 2, 6)
    nl.call(STATS_RESTORE, isp() + attr(COUNTERS, blocked6) + total)
    check("before the last reset", counters(nl, "alpha"), b"")
    check("it is in all alone", counters(nl, "alpha", total), most + blocked6)
    for family in 4, 6:
        nl.call(STATS_RESTORE, attr(COUNTERS, counter(7, 700, 7, foreign, 0,
                                                      family)))
    check("of no ISP", counters(nl, ""),
          b"".join(counter(7, 700, 7, foreign, 0, f) for f in (4, 6)))


def limits(nl):
    """A limit comes back as it went in, and stays when others change."""
    nl.call(ISP_SET, isp() + u32(LIMIT, 1000000) +
            u32(LIMIT_SECONDS, 31 * 86400))
    nl.call(ISP_SET, isp() + u8(MODE, 1))
    found = attributes(nl.call(ISP_GET, isp())[0])
    check("a limit", struct.unpack("I", found[LIMIT])[0], 1000000)
    check("its window", struct.unpack("I", found[LIMIT_SECONDS])[0],
          31 * 86400)
    check("no quarantine", LIMIT_QUARANTINE in found, False)
    nl.call(ISP_SET, isp() + u32(LIMIT_QUARANTINE, 31 * 86400))
    nl.call(ISP_SET, isp() + u8(MODE, 2))
    found = attributes(nl.call(ISP_GET, isp())[0])
    check("a quarantine", struct.unpack("I", found[LIMIT_QUARANTINE])[0],
          31 * 86400)
    refused(nl, "no limit for it any more", "EINVAL", "needs a limit",
            ISP_SET, isp() + u32(LIMIT, 0))
    nl.call(ISP_SET, isp() + u32(LIMIT, 0) + u32(LIMIT_QUARANTINE, 0))
    found = attributes(nl.call(ISP_GET, isp())[0])
    check("no limit", LIMIT in found or LIMIT_SECONDS in found or
          LIMIT_QUARANTINE in found, False)


def limit(number, what="max_prefixes"):
    with open(f"/proc/sys/net/obpbl/{what}", "w") as file:
        file.write(str(number))


def in_child(run):
    """Whether it returns something true there."""
    child = os.fork()
    if not child:
        try:
            os._exit(0 if run() else 1)
        finally:
            os._exit(2)
    return os.waitpid(child, 0)[1] == 0


def all_refused(nl):
    """Without rights; of what is only dumped, newer kernels first say that."""
    wanted = [(command, REQUEST | ACK, ("EPERM", "ENOTSUP")
               if command in DUMPS else ("EPERM",)) for command in COMMANDS]
    wanted += [(command, REQUEST | DUMP, ("EPERM",)) for command in DUMPS]
    for command, flags, answers in wanted:
        got = nl.refusal(command, b"", flags)[0]
        if got not in answers:
            print(f"# command {command} is open: {got}", flush=True)
            return False
    return True


def become_nobody():
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)


def privileges(nl):
    def nobody():
        become_nobody()
        mine = Nl()
        try:
            mine.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                                 mine.group)
            return False
        except PermissionError:
            return all_refused(mine)

    def handed():
        mine = Nl()
        become_nobody()
        return all_refused(mine)
    check("nobody may do nothing", in_child(nobody), True)
    check("nor with a socket of root's", in_child(handed), True)
    check("and root still may", nl.refusal(GET)[0], "done")


def contained():
    """The root of a container listens, and tries everything; how many events
    it has got, it says when it is asked."""
    nl = Nl()
    try:
        nl.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, nl.group)
    except PermissionError:
        pass
    print("listening", flush=True)
    sys.stdin.readline()
    nl.sock.setblocking(False)
    heard = 0
    try:
        while nl.sock.recv(1 << 17):
            heard += 1
    except BlockingIOError:
        print(heard, flush=True)
    return not all_refused(Nl())


def change_in_container():
    """What its owner does not learn of, and may not do himself."""
    nl = Nl()
    generation = nl.number(GENERATION)
    nl.call(ISP_ADD, isp())
    nl.call(SESSION_UP, dev("lo") + isp() + fours("192.0.2.5"))
    nl.call(BEGIN, attr(EMPTY, b""))
    nl.call(ISP_ADD, isp())
    nl.call(COMMIT)
    nl.call(SESSION_DOWN, dev("lo"))
    return nl.number(GENERATION) != generation + 4


def containers(_):
    """Who owns a network namespace, but not as the machine's root, learns
    nothing of the policy that root makes there. An event is there before the
    answer to what has made it."""
    owner = subprocess.Popen(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
         "unshare", "-Urn", sys.executable, __file__, "contained"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    check("the root of a container", owner.stdout.readline(), "listening\n")
    inside = ["nsenter", "-t", str(owner.pid), "-n", sys.executable, __file__]
    check("the machine's root makes a policy there",
          subprocess.run(inside + ["change_in_container"]).returncode, 0)
    heard, _ = owner.communicate("\n")
    check("the container's has heard nothing", heard.split("\n")[0], "0")
    check("and may do nothing", owner.returncode, 0)


def main():
    if sys.argv[1:] == ["refused"]:
        return not all_refused(Nl())
    if sys.argv[1:] == ["contained"]:
        return contained()
    if sys.argv[1:] == ["change_in_container"]:
        return change_in_container()
    nl = Nl()
    nl.call(ISP_ADD, isp())
    for part in (malformed, bad_tests, bad_prefixes, extremes, overlays,
                 transactions, one_socket, sessions, session_events,
                 session_transactions, session_uploads, closing, dead_writers,
                 dumps, events, deaf_listener, confirms, shadows, limits,
                 restores, privileges, containers):
        if not sys.argv[1:] or part.__name__ in sys.argv[1:]:
            part(nl)
    nl.call(FLUSH)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())

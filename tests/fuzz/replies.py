#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the module answers to each command, for reply_fuzz to begin with.

    replies.py DIR

An input is as reply_fuzz.c has it; numbers are those of the uapi header.
"""
import re
import socket
import struct
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEADER = (HERE / "../../include/uapi/linux/obpbl.h").read_text()
FUZZER = (HERE / "reply_fuzz.c").read_text()

JSON, LOST = 0x80, 2
OWN, ERROR, DONE = 0, 2, 3
MULTI, CAPPED, ACK_TLVS = 0x2, 0x100, 0x200
LONG_AGO, LATER, ENOENT = 1700000000, 4000000000, 2


def numbers(name):
    """The values of an enum of the header, which count from 0."""
    body = re.search(r"enum %s \{(.*?)\}" % name, HEADER, re.S).group(1)
    words = re.findall(r"^\t(\w+),", body, re.M)
    return {word: number for number, word in enumerate(words)}


A = numbers("obpbl_attr")
CMD = numbers("obpbl_cmd")
CLASS = numbers("obpbl_class")
REASON = re.findall(r"FN\((\w+), ", HEADER)


def padded(data):
    return data + bytes(-len(data) % 4)


def attr(number, data):
    return padded(struct.pack("=HH", 4 + len(data), number) + data)


def attrs(**values):
    """Attributes; a number is of the size that its type says."""
    return b"".join(attr(A["OBPBL_A_" + name], value)
                    for name, value in values.items())


def u8(value):
    return struct.pack("=B", value)


def u32(value):
    return struct.pack("=I", value)


def u64(value):
    return struct.pack("=Q", value)


def text(value):
    return value.encode() + b"\0"


def netlink(kind, flags, payload):
    return padded(struct.pack("=IHHII", 16 + len(payload), kind, flags, 0, 0)
                  + payload)


def message(command=0, **values):
    """An answer of generation 7, or an event."""
    values = {"GENERATION": u64(7), **values}
    return netlink(OWN, MULTI, struct.pack("=BBH", command, 1, 0)
                   + attrs(**values))


def done():
    return netlink(DONE, MULTI, struct.pack("=i", 0))


def ack():
    return netlink(ERROR, CAPPED, struct.pack("=i", 0) + bytes(16))


def sentence(words):
    return attr(1, text(words)) + attr(2, u32(20))


def refused(error, words):
    return netlink(ERROR, CAPPED | ACK_TLVS,
                   struct.pack("=i", -error) + bytes(16) + sentence(words))


def refused_whole(error, words):
    """With the request in it, of 28 bytes, as without NETLINK_CAP_ACK."""
    request = struct.pack("=IHHII", 28, 0x20, 5, 1, 0) + bytes(12)
    return netlink(ERROR, ACK_TLVS,
                   struct.pack("=i", -error) + request + sentence(words))


def done_badly(error, words):
    return netlink(DONE, MULTI | ACK_TLVS,
                   struct.pack("=i", -error) + sentence(words))


def prefix4(addr, length):
    return socket.inet_aton(addr) + struct.pack("=B3x", length)


def prefix6(addr, length):
    return socket.inet_pton(socket.AF_INET6, addr) + \
        struct.pack("=B3x", length)


def glance(**more):
    values = {name: u32(number) for number, name in enumerate(
        ("ISPS", "PREFIXES", "OVERLAYS", "SOURCES", "SESSIONS"), 1)}
    return message(VERSION=text("0.1.0"), PROTOCOL=u32(1), CEILING=u8(2),
                   MAX_PREFIXES=u32(2), MAX_OVERLAYS=u32(3), BYTES=u64(9000),
                   **values, **more)


def isp(name="alpha", vrf="red"):
    return message(ISP=text(name), MODE=u8(2), POLICY=u8(1), REJECT=u8(1),
                   REVERSE=u8(1), VRF=text(vrf), LIMIT=u32(10),
                   LIMIT_SECONDS=u32(3600), LIMIT_QUARANTINE=u32(86400),
                   SESSIONS=u32(4), CLASS_COUNTS=struct.pack("=8I", *range(8)))


def prefixes():
    return message(ISP=text("alpha"), CLASS=u8(1),
                   PREFIXES4=prefix4("203.0.113.0", 25)
                   + prefix4("203.0.113.128", 26)) + \
        message(ISP=text("alpha"), CLASS=u8(3),
                PREFIXES6=prefix6("2001:db8::", 32))


def overlays():
    return message(ISP=text("alpha"), CLASS=u8(CLASS["OBPBL_CLASS_EXEMPT"]),
                   LAYER=u8(0), PREFIXES4=prefix4("203.0.113.9", 32),
                   TO4=prefix4("192.0.2.25", 32), DEV=text("ppp0"),
                   UNTIL=u64(LATER), REASON=text("a test"),
                   TICKET=text("AB-1")) + \
        message(ISP=text("alpha"), CLASS=u8(CLASS["OBPBL_CLASS_QUARANTINE"]),
                LAYER=u8(1), PREFIXES6=prefix6("2001:db8::", 64),
                UNTIL=u64(LONG_AGO), REASON=text("another"), ASLEEP=b"")


def sessions():
    return message(ISP=text("alpha"), DEV=text("ppp0"), IFINDEX=u32(5),
                   CLASS=u8(1), PREFIXES4=prefix4("203.0.113.5", 32)) + \
        message(ISP=text("beta"), DEV=text("ppp1"), IFINDEX=u32(6),
                CLASS=u8(2), ASLEEP=b"")


def counter(reason, family=4, verdict=1):
    return struct.pack("=3Q3B5x", 100, 6000, 50, family, REASON.index(reason),
                       verdict)


def stats():
    return message(ISP=text("alpha"), MODE=u8(2),
                   COUNTERS=counter("OUTSIDE") + counter("OWN", 6, 0)) + \
        message(REPLIES=u64(1), REPLIES_SUPPRESSED=u64(2),
                SOURCES_LOST=u64(3), LIMIT_FULL=u64(4),
                QUARANTINE_REFUSED=u64(5), EVENTS=u64(6),
                EVENTS_SUPPRESSED=u64(7), COUNTERS=counter("FOREIGN", 4, 0))


def source(addr, family=socket.AF_INET):
    number, length = (4, 32) if family == socket.AF_INET else (6, 64)
    data = socket.inet_pton(family, addr).ljust(16, b"\0")
    return struct.pack("=5QI4B", 40, 80, 8, LONG_AGO, LONG_AGO + 60, 20,
                       number, length, length, REASON.index("OUTSIDE")) + \
        data + data


def sources():
    return message(ISP=text("alpha"), SOURCE=source("203.0.113.7")) + \
        message(ISP=text("beta"),
                SOURCE=source("2001:db8::", socket.AF_INET6))


def shadow():
    return message(SHADOW_SINCE=u64(LONG_AGO), SHADOW_JUDGED=u64(9),
                   ISPS=u32(1), PREFIXES=u32(2), OVERLAYS=u32(3),
                   SOURCES_LOST=u64(4), LIMIT_FULL=u64(5))


def changes():
    one = struct.pack("=Q3B5x", 3, REASON.index("FOREIGN"),
                      REASON.index("OUTSIDE"), 1)
    other = struct.pack("=Q3B5x", 4, REASON.index("OUTSIDE"),
                        REASON.index("EXEMPT"), 0)
    return message(ISP=text("alpha"), SHADOW_CHANGES=one + other)


def verdict():
    return message(VERDICT=u8(1), REASON_CODE=u8(REASON.index("OUTSIDE")),
                   ISP=text("alpha"), MODE=u8(2), REJECT=u8(0),
                   SRC_CLASS=u8(1), SRC_LEN=u8(25), DST_CLASS=u8(4),
                   DST_LEN=u8(32), IFINDEX=u32(5), DEV=text("ppp0"))


def events():
    return message(CMD["OBPBL_CMD_POLICY_EVENT"], OWNER=u32(0),
                   CMD=u8(CMD["OBPBL_CMD_ROLLBACK"]), CONFIRM=u32(30),
                   CONFIRM_GENERATION=u64(6)) + \
        message(CMD["OBPBL_CMD_POLICY_EVENT"], OWNER=u32(4),
                CMD=u8(CMD["OBPBL_CMD_OVERLAY_ADD"]), ISP=text("alpha"),
                CLASS=u8(CLASS["OBPBL_CLASS_EXEMPT"]),
                PREFIXES4=prefix4("203.0.113.5", 32),
                TO4=prefix4("198.51.100.0", 24), DEV=text("ppp0"),
                UNTIL=u64(LATER)) + \
        message(CMD["OBPBL_CMD_BLOCK_EVENT"], ISP=text("alpha"),
                SOURCE=source("203.0.113.7"), VERDICT=u8(1),
                REASON_CODE=u8(9), EVENTS_SUPPRESSED=u64(3)) + \
        message(CMD["OBPBL_CMD_SESSION_EVENT"], OWNER=u32(4),
                CMD=u8(CMD["OBPBL_CMD_SESSION_UP"]), DEV=text("ppp0"),
                FROM=text("ppp1"), ISP=text("alpha"), CLASS=u8(1),
                PREFIXES4=prefix4("203.0.113.5", 32),
                PREFIXES6=prefix6("2001:db8::", 56))


NUMBER, COMMIT = message(), message() + ack()
POLICY = [isp() + isp("beta", ""), done(), prefixes(), done(),
          overlays() + done()]
OVERLAYS = [isp() + done(), overlays() + done()]
ASLEEP = [overlays() + done(), sessions() + done()]
APPLY = [*POLICY, ack(), COMMIT, glance() + ack(), *ASLEEP]

# name: the command as reply_fuzz.c has it, and the datagrams
SEEDS = {
    "show": ('"show"', [glance(CONFIRM=u32(30), CONFIRM_GENERATION=u64(6),
                               EXPIRED=u64(LONG_AGO), OWNER=u32(99),
                               SHADOW_SINCE=u64(LONG_AGO)) + ack(),
                        isp() + isp("beta") + done(), stats(), done(),
                        sources() + done(), *ASLEEP]),
    "show-isp": ('"show", "isp"', [isp() + ack(), glance() + ack(),
                                   isp() + done(), stats() + done(),
                                   sources() + done(), *ASLEEP]),
    "isp-list": ('"isp", "list"', [isp(), isp("beta"), done()]),
    "isp-show": ('"isp", "show"', [isp() + ack()]),
    "isp-set": ('"isp", "set"', [ack(), isp() + ack()]),
    "prefix-list": ('"prefix", "list"', [prefixes(), done()]),
    "prefix-add": ('"prefix", "add"', [refused(17, "is there already")]),
    "export": ('"export"', [prefixes() + done()]),
    "exempt-list": ('"exempt", "list"', OVERLAYS),
    "exempt-replace": ('"exempt", "replace"', [ack(), overlays() + done(),
                                               ack(), COMMIT]),
    "quarantine-list": ('"quarantine", "list"', OVERLAYS),
    "purge": ('"purge"', [glance() + ack(), *OVERLAYS, ack(), COMMIT]),
    "session-list": ('"session", "list"', [sessions(), done()]),
    "session-up": ('"session", "up"', [refused_whole(ENOENT, "no such ISP")]),
    "stats": ('"stats"', [stats() + done()]),
    "stats-isp": ('"stats", "isp"', [stats() + done()]),
    "top": ('"top", "--sort"', [sources() + done()]),
    "top-bots": ('"top", "-w"', [sources(), sources(), done()]),
    "metrics": ('"metrics"', [glance(EXPIRED=u64(LONG_AGO)) + ack(),
                              isp() + isp("beta") + done(), *ASLEEP,
                              sources() + done(), stats() + done()]),
    "shadow-show": ('"shadow", "show"', [shadow() + ack(), changes(), done(),
                                         sources() + done(), isp() + done()]),
    "shadow-promote": ('"shadow", "promote"', [NUMBER, ack(),
                                               glance() + ack()]),
    "confirm": ('"confirm"', [COMMIT]),
    "rollback": ('"rollback"', [glance() + ack(), COMMIT, *ASLEEP]),
    "test": ('"test", "from", "203', [verdict() + ack()]),
    "test-ipv6": ('"test", "from", "2001', [verdict() + ack()]),
    "save": ('"save"', POLICY),
    "diff": ('"diff"', POLICY),
    "apply-diff": ('"apply", file, "--diff"', [ack(), *APPLY]),
    "apply-confirm": ('"apply", file, "--confirm"', [ack(), *APPLY]),
    "apply-shadow": ('"apply", file, "--shadow"', [ack(), *APPLY]),
    "monitor": ('"monitor"', [glance() + ack(), *OVERLAYS, events(), b"",
                              *OVERLAYS]),
    "monitor-isp": ('"monitor", "isp"', [isp() + ack(), glance() + ack(),
                                         *OVERLAYS, events()]),
    "version": ('"version"', [glance() + ack()]),
    "refused-late": ('"session", "list"', [sessions(),
                                           done_badly(ENOENT, "is gone")]),
    "refused-early": ('"stats"', [refused(1, "only root may")]),
    "torn": ('"isp", "list"', [isp() + netlink(DONE, 0x10, u32(0))] * 3),
    "no-errno": ('"stats"', [netlink(ERROR, CAPPED, u32(1 << 31))]),
    "no-length": ('"top", "-w"', [u32(0xffffffff) + bytes(16)]),
    "no-name": ('"prefix", "list"', [
        message(ISP=b'\xff"', CLASS=u8(1),
                PREFIXES4=prefix4("203.0.113.0", 255)) + done()]),
    "no-prefix": ('"diff"', [isp() + done(), message(
        ISP=text("alpha"), CLASS=u8(1),
        PREFIXES4=prefix4("203.0.113.0", 255)) + done(), overlays() + done()]),
    "lost": ('"prefix", "list"', [prefixes()]),
}


def main():
    table = re.search(r"commands\[\]\[WORDS\] = \{\n(.*?)\n\};", FUZZER,
                      re.S).group(1)
    commands = re.findall(r"^\t\{ (.*?) \},", re.sub(r",\n\t\s+", ", ", table),
                          re.M | re.S)
    target = Path(sys.argv[1])
    target.mkdir(exist_ok=True)
    for number, (name, (words, datagrams)) in enumerate(SEEDS.items()):
        which = next(i for i, command in enumerate(commands)
                     if (command + ",").startswith(words))
        data = bytes((which | JSON * (number % 2),
                      LOST if name == "lost" else 0))
        data += b"".join(struct.pack("<H", len(one)) + one
                         for one in datagrams)
        (target / name).write_bytes(data)


main()

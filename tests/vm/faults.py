#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Every allocation of every operation fails once.

    faults.py operations
    faults.py namespace
    faults.py load MODULE

Run by faults.sh on a kernel that lets allocations fail at the n-th
(CONFIG_FAILSLAB; /proc/thread-self/fail-nth is this task's alone). Each time the
operation succeeds, or is refused with an errno that is about memory and changes
nothing: the dumps before and after are the same, byte for byte.
"""
import ctypes
import errno
import os
import struct
import sys
import time

from netlink import (
    ABORT, ASLEEP, BEGIN, CLASS, COMMIT, CONFIRM, CONFIRM_TIME, COUNTERS, DUMP,
    DYNAMIC, EMPTY, FLUSH, GET, ISP_ADD, ISP_DEL, ISP_GET, ISP_SET, MODE,
    MODE_SET, OVERLAY_ADD, OVERLAY_DEL, OVERLAY_GET, PREFIXES4, PREFIXES6,
    PREFIX_ADD, PREFIX_DEL, PREFIX_FLUSH, PREFIX_GET, PREFIX_REPLACE, REASON,
    REQUEST, ROLLBACK, SESSION_ADDR, SESSION_DOWN, SESSION_GET, SESSION_UP,
    SHADOW, SHADOW_DROP, SHADOW_GET, SHADOW_PROMOTE, SHADOW_SINCE,
    SHADOW_SOURCE_GET, SOURCE_GET, SPACE, STATS_GET, STATS_RESET, TEST, ACK,
    BYTES, DST, Nl, Refused, SRC, adding, attr, dev, exemption, isp, prefix4,
    prefix6, u32, u8)

# What an allocation that has failed is told as; and a copy to or from user
# space, which fails in its turn
MEMORY = {errno.ENOMEM, errno.ENOBUFS, errno.EFAULT}
MOST = 5000
SYS_FINIT_MODULE = 313
CLONE_NEWNET = 0x40000000
# Counts who comes to a function, see tests/bench/delays
DELAYS = "/proc/obpbl_delays"

libc = ctypes.CDLL(None, use_errno=True)
failed = 0


def check(name, good, why=""):
    global failed
    failed += not good
    print(f"ok - {name}" if good else f"not ok - {name}: {why}", flush=True)


class Failing:
    """The n-th allocation of this task fails, within a with."""
    file = os.open("/proc/thread-self/fail-nth", os.O_RDWR)

    def __init__(self, number):
        self.number = number
        self.failed = False
        self.left = 0

    def __enter__(self):
        os.pwrite(self.file, b"%d" % self.number, 0)
        return self

    def __exit__(self, *_):
        try:
            self.left = int(os.pread(self.file, 16, 0))
        except OSError:
            # It was the copy of this number
            self.left = 0
        self.failed = self.left == 0
        if not self.failed:
            try:
                os.pwrite(self.file, b"0", 0)
            except OSError:
                pass


# ---- what there is ----------------------------------------------------------

def without(kinds, body):
    """The attributes of a message but for some."""
    kept, data = b"", body
    while len(data) >= 4:
        size, kind = struct.unpack_from("HH", data)
        if kind & 0x3fff not in kinds:
            kept += data[:size]
        data = data[(size + 3) & ~3:]
    return kept


def state(nl):
    """All that the kernel tells of the policy, but for what packets change, and
    the memory of what is not freed yet."""
    found = [without({COUNTERS, BYTES}, body) for body in nl.call(GET)]
    for command in ISP_GET, PREFIX_GET, OVERLAY_GET, SESSION_GET:
        found += nl.dump(command)
    found += nl.dump(OVERLAY_GET, attr(ASLEEP, b""))
    if SHADOW_SINCE in nl.get():
        found += [without({COUNTERS, BYTES}, body)
                  for body in nl.call(SHADOW_GET)]
    return found


# ---- operations -------------------------------------------------------------

def attempt(nl, number, command, payload, flags):
    """Whether an allocation has failed, the errno (0, if it is done), and the
    kernel's sentence."""
    with Failing(number) as failing:
        try:
            nl.send(command, payload, flags)
        except OSError as why:
            # The core could not carry it, so that there is no answer.
            return True, why.errno, ""
    try:
        nl.replies()
    except Refused as why:
        return failing.failed, why.number, why.sentence
    except OSError as why:
        # It was done or refused, and the answer could not be carried.
        return failing.failed, -why.errno, ""
    return failing.failed, 0, ""


def operation(nl, name, command, payload=b"", flags=REQUEST | ACK,
              before=None, after=None, changes=True):
    """Fails at each n until it succeeds without a failure; before() prepares
    each try, after() takes back what was done."""
    number, refused, kept = 0, 0, 0
    while number < MOST:
        number += 1
        if before:
            before()
        old = state(nl)
        fired, why, sentence = attempt(nl, number, command, payload, flags)
        if not fired and why:
            check(f"{name}: {number}", False, f"errno {why} without a failure")
            break
        if why > 0:
            refused += 1
            new = state(nl)
            if why not in MEMORY or new != old:
                changed = [pair for pair in zip(old, new) if pair[0] != pair[1]]
                check(f"{name}: {number}", False,
                      f"errno {errno.errorcode[why]}, {len(old)} messages of"
                      f" the state, then {len(new)}; {changed}")
            if sentence and "no memory" not in sentence:
                check(f"{name}: {number}", False, f"it says: {sentence}")
        elif fired:
            # Whoever allocates can do without it; or the answer was lost, and
            # it is done or not, as a whole.
            kept += 1
        if after:
            after(why <= 0 and (why == 0 or state(nl) != old or not changes))
        if not fired:
            check(f"{name}: {number - 1} allocations, {refused} refused,"
                  f" {kept} done without", True)
            return
    check(f"{name}: ends", False, f"{number} allocations")


def operations():
    nl = Nl()
    why = attr(REASON, "why")
    pool = b"".join(prefix4(f"10.{i}.0.0", 16) for i in range(32))
    six = attr(PREFIXES6, prefix6("2001:db8::", 32)) + u8(CLASS, DYNAMIC) + isp()

    def quietly(command, payload=b""):
        nl.refusal(command, payload)

    def undo(command, payload=b""):
        return lambda done: done and nl.call(command, payload)

    def policy():
        quietly(ABORT)
        quietly(FLUSH)
        nl.call(ISP_ADD, isp())
        nl.call(PREFIX_ADD, adding(pool))
        nl.call(OVERLAY_ADD, exemption("10.1.0.9", more=why))

    operation(nl, "the first policy", ISP_ADD, isp(),
              before=lambda: quietly(FLUSH))
    policy()
    operation(nl, "get", GET, changes=False)
    operation(nl, "isp add", ISP_ADD, isp("beta"),
              after=undo(ISP_DEL, isp("beta")))
    operation(nl, "isp set", ISP_SET, isp() + u8(MODE, 2))
    operation(nl, "isp del", ISP_DEL, isp(), before=policy)
    policy()
    operation(nl, "mode set", MODE_SET, u8(MODE, 1))
    operation(nl, "prefix add", PREFIX_ADD, adding(prefix4("192.0.2.0", 24)),
              after=undo(PREFIX_DEL, adding(prefix4("192.0.2.0", 24))))
    operation(nl, "prefix add of many", PREFIX_ADD, adding(b"".join(
        prefix4(f"172.16.{i}.0", 24) for i in range(256))), before=policy)
    operation(nl, "prefix add of IPv6", PREFIX_ADD, six, after=undo(
        PREFIX_DEL, six))
    operation(nl, "prefix replace", PREFIX_REPLACE,
              adding(prefix4("10.3.0.0", 16), cls=SPACE), before=policy)
    operation(nl, "prefix del", PREFIX_DEL, adding(pool), before=policy)
    operation(nl, "prefix flush", PREFIX_FLUSH, isp() + u8(CLASS, DYNAMIC),
              before=policy)
    policy()
    operation(nl, "overlay add", OVERLAY_ADD, exemption("10.1.0.7", more=why),
              after=undo(OVERLAY_DEL, exemption("10.1.0.7")))
    operation(nl, "overlay add, of which to be warned", OVERLAY_ADD,
              exemption("192.0.2.7", more=why),
              after=undo(OVERLAY_DEL, exemption("192.0.2.7")))
    operation(nl, "overlay del", OVERLAY_DEL, exemption("10.1.0.9"),
              before=policy)
    policy()
    session = dev() + isp() + attr(PREFIXES4, prefix4("10.2.0.5", 32))
    operation(nl, "session up", SESSION_UP, session,
              after=undo(SESSION_DOWN, dev()))
    nl.call(SESSION_UP, session)
    operation(nl, "session addr", SESSION_ADDR,
              dev() + attr(PREFIXES4, prefix4("10.2.0.6", 32)))
    operation(nl, "session down", SESSION_DOWN, dev(),
              before=lambda: quietly(SESSION_UP, session))
    operation(nl, "begin", BEGIN, attr(EMPTY, b""), before=lambda: quietly(
        ABORT))
    operation(nl, "a change in a transaction", ISP_ADD, isp("gamma"),
              before=lambda: (quietly(ABORT), nl.call(BEGIN)))

    def fill(extra=b""):
        quietly(ABORT)
        nl.call(BEGIN, attr(EMPTY, b"") + extra)
        nl.call(ISP_ADD, isp())
        nl.call(PREFIX_ADD, adding(prefix4("10.9.0.0", 16)))

    operation(nl, "abort", ABORT, before=fill)
    operation(nl, "commit", COMMIT, before=lambda: (policy(), fill()))

    def unconfirmed():
        quietly(CONFIRM)
        policy()
        fill(u32(CONFIRM_TIME, 600))
        nl.call(COMMIT)

    def armed():
        quietly(CONFIRM)
        policy()
        fill(u32(CONFIRM_TIME, 600))

    operation(nl, "commit to be confirmed", COMMIT, before=armed)
    operation(nl, "confirm", CONFIRM, before=unconfirmed)
    operation(nl, "rollback", ROLLBACK, before=unconfirmed)
    quietly(ROLLBACK)

    def shadow():
        quietly(SHADOW_DROP)
        policy()
        fill(attr(SHADOW, b""))

    def made():
        shadow()
        nl.call(COMMIT)

    operation(nl, "a shadow", COMMIT, before=shadow)
    operation(nl, "promote", SHADOW_PROMOTE, before=made)
    operation(nl, "drop", SHADOW_DROP, before=made)
    made()
    packet = (attr(SRC, bytes([10, 1, 0, 5])) + attr(DST, bytes([198, 18, 0, 25])))
    operation(nl, "test", TEST, packet, changes=False)
    operation(nl, "the same statistics to nought", STATS_RESET,
              flags=REQUEST | DUMP, changes=False)
    for command in (ISP_GET, PREFIX_GET, OVERLAY_GET, SESSION_GET, STATS_GET,
                    SOURCE_GET, SHADOW_GET, SHADOW_SOURCE_GET):
        operation(nl, f"dump {command}", command, flags=REQUEST | DUMP,
                  changes=False)
    quietly(SHADOW_DROP)
    operation(nl, "flush", FLUSH, before=policy)
    for _ in range(300):
        if not nl.number(BYTES):
            break
        time.sleep(0.1)
    check("nothing is left", nl.number(BYTES) == 0, nl.number(BYTES))


# ---- namespaces and the module ----------------------------------------------

def system_call(function, number):
    """What it says, and how many allocations short of number it was."""
    with Failing(number) as failing:
        result = function()
        why = ctypes.get_errno()
    return result, why, failing


def last_ones(name, function, undo, last=250, ours=lambda: True):
    """Fails at each of the last allocations of a system call. What was refused
    to others, by ours(), is their affair."""
    result, why, failing = system_call(function, 1 << 20)
    check(f"{name} works", result >= 0, os.strerror(why))
    undo()
    total = (1 << 20) - failing.left
    refused = done = others = 0
    for number in range(max(1, total - last), total + 1):
        ours()
        result, why, failing = system_call(function, number)
        if result >= 0:
            done += 1
            undo()
        elif not ours():
            others += 1
        elif not failing.failed or why not in MEMORY:
            check(f"{name}: {number}", False, os.strerror(why))
        else:
            refused += 1
    check(f"{name}: {total} allocations, {refused} refused, {others} to others, "
          f"{done} done without", refused > 0)


# Who is asked when a namespace begins: the module, the last of the subsystems,
# and then the first of the devices
ASKED = ("obpbl_net_init", "loopback_net_init")
times = dict.fromkeys(ASKED, 0)


def within_ours():
    """Whether the module was asked since this was called last, and nobody after
    it."""
    with open(DELAYS, encoding="ascii") as file:
        now = {name: int(came) for name, came, _ in map(str.split, file)}
    module, after = (now[name] > times[name] for name in ASKED)
    times.update(now)
    return module and not after


def namespace():
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    for name in ASKED:
        with open(DELAYS, "w", encoding="ascii") as file:
            file.write(f"at {name} 0 1\n")
    last_ones("a namespace", lambda: libc.unshare(CLONE_NEWNET),
              lambda: libc.setns(home, CLONE_NEWNET), 400, within_ours)


def load(path):
    module = os.open(path, os.O_RDONLY)
    last_ones("a module", lambda: libc.syscall(
        SYS_FINIT_MODULE, module, ctypes.c_char_p(b""), 0),
        lambda: libc.delete_module(b"obpbl", os.O_NONBLOCK))


if __name__ == "__main__":
    {"operations": operations, "namespace": namespace,
     "load": load}[sys.argv[1]](*sys.argv[2:])
    sys.exit(failed > 0)

# SPDX-License-Identifier: GPL-2.0-only
"""What may be set, and how much there may be: net.obpbl, and memory.

    ceilings.py

In a network namespace without a policy, of which there is none afterwards.
"""
import ctypes
import errno
import os
import random
import subprocess
import sys

import netlink
from netlink import (ABORT, BEGIN, BYTES, CLASS, COMMIT, COUNT, DYNAMIC, EMPTY,
                     FLUSH, GENERATION, ISP_ADD, PREFIX_ADD, PREFIX_DEL,
                     PREFIX_FLUSH, PREFIXES, PREFIXES6, Nl, adding, attr,
                     check, in_child, isp, limit, prefix4, refused, u8, u64)


def setting(what):
    with open(f"/proc/sys/net/obpbl/{what}") as file:
        return file.read().strip()


def taken(what, text):
    """Whether a setting takes a text, and as what."""
    try:
        limit(text, what)
        said = "taken"
    except OSError as error:
        said = errno.errorcode[error.errno]
    return said, setting(what)


def settings(_):
    """Each of net.obpbl, with its least and its greatest value."""
    for what, least, most in (
            ("mode", 0, 2), ("established", 0, 1), ("fragments", 0, 1),
            ("event_dst", 0, 2), ("v6_source_len", 0, 128),
            ("reject_rate", 0, 1000000), ("event_rate", 0, 1000),
            ("max_prefixes", 0, 64 << 20), ("max_overlays", 0, 16 << 20),
            ("max_sessions", 0, 16 << 20), ("max_sources", 64, 4 << 20)):
        preset = setting(what)
        for number in least, most:
            check(f"{what} may be {number}", taken(what, number),
                  ("taken", str(number)))
        for text in least - 1, most + 1, "", "x", "1x", 1 << 32:
            # What is empty is no value, and nothing is written
            said = "taken" if text == "" else "EINVAL"
            check(f"{what} may not be {text!r}", taken(what, text),
                  (said, str(most)))
        limit(preset, what)


def memory_ceiling(nl):
    """Far below the memory in use, entries still come out one by one."""
    rng = random.Random(25)
    hosts = [rng.randbytes(16) + bytes([128, 0, 0, 0]) for _ in range(300000)]
    nl.call(BEGIN)
    for i in range(0, len(hosts), 3000):
        nl.call(PREFIX_ADD, adding(b"".join(hosts[i:i + 3000]), PREFIXES6))
    nl.call(COMMIT, u64(COUNT, len(hosts)))
    limit(0)
    limit(0, "max_overlays")
    limit(0, "max_sessions")
    check("more memory in use than the ceiling", nl.number(BYTES) > 16 << 20,
          True)
    check("what is there comes out all the same",
          nl.refusal(PREFIX_DEL, adding(hosts[7], PREFIXES6))[0], "done")
    check("and what is configured can be cleared",
          nl.refusal(BEGIN, attr(EMPTY, b""))[0], "done")
    nl.call(ABORT)
    check("all of a class comes out",
          nl.refusal(PREFIX_FLUSH, isp() + u8(CLASS, DYNAMIC))[0], "done")
    limit(4 << 20)
    limit(256 << 10, "max_overlays")
    limit(1 << 20, "max_sessions")


GROUPS = "/sys/fs/cgroup"
NEW_NETWORK = 0x40000000


def poor(name, most, run):
    """What becomes of run() in a child that has, in a memory cgroup of its
    own, so many bytes for what is new; and whether somebody was killed."""
    group = f"{GROUPS}/{name}"
    os.mkdir(group)
    with open(f"{group}/memory.max", "w") as file:
        file.write(str(most))
    result = in_child(lambda: run(group))
    with open(f"{group}/memory.events") as file:
        killed = "oom_kill 0\n" not in file.read()
    os.rmdir(group)
    return result, killed


def become_poor(group):
    """From now on, what is new must find its memory in there."""
    # Not what Python writes to, which is there already
    ctypes.CDLL(None).mlockall(1)
    with open(f"{group}/cgroup.procs", "w") as file:
        file.write(str(os.getpid()))


def adds_too_much(group):
    """Adds prefixes until that is refused; whether for want of memory."""
    rng = random.Random(8)
    mine = Nl()
    many = [adding(b"".join(rng.randbytes(16) + bytes([128, 0, 0, 0])
                            for _ in range(1000)), PREFIXES6)
            for _ in range(200)]
    become_poor(group)
    mine.call(BEGIN)
    for payload in many:
        said = mine.refusal(PREFIX_ADD, payload)[0]
        if said != "done":
            return said == "ENOMEM"
    return False


def begins(group):
    """Makes a first policy, with its tables; whether memory was wanting."""
    ctypes.CDLL(None).unshare(NEW_NETWORK)
    mine = Nl()
    become_poor(group)
    return mine.refusal(ISP_ADD, isp())[0] == "ENOMEM"


def memory_cgroup(nl):
    """Who adds pays for it: without memory he is refused, and not killed."""
    # Not there after "ip netns exec", and goes with its mount namespace
    subprocess.run(["mount", "-t", "cgroup2", "cgroup", GROUPS], check=True)
    with open(f"{GROUPS}/cgroup.subtree_control", "w") as file:
        file.write("+memory")
    before = nl.number(GENERATION), nl.number(PREFIXES)
    check("who adds more than his memory is refused",
          poor("adds", 8 << 20, adds_too_much), (True, False))
    check("and who begins with less than the tables take",
          poor("begins", 1 << 20, begins), (True, False))
    check("and nothing has changed",
          (nl.number(GENERATION), nl.number(PREFIXES)), before)


def ceilings(nl):
    limit(3)
    three = b"".join(prefix4(f"192.0.2.{i}", 32) for i in range(3))
    nl.call(PREFIX_ADD, adding(three))
    refused(nl, "one more than max_prefixes", "ENOSPC", "max_prefixes",
            PREFIX_ADD, adding(prefix4("192.0.2.3", 32)))
    limit(1)
    nl.call(PREFIX_DEL, adding(three))
    check("a ceiling refuses no removal", nl.number(PREFIXES), 0)
    limit(4 << 20)


def main():
    nl = Nl()
    nl.call(ISP_ADD, isp())
    for part in ceilings, memory_ceiling, memory_cgroup, settings:
        part(nl)
    nl.call(FLUSH)
    return netlink.failed > 0


if __name__ == "__main__":
    sys.exit(main())

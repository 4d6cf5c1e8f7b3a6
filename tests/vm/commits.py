#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Commits as fast as they go, from four processes at once.

    commits.py SECONDS               in a network namespace without a policy

What a commit unpublishes is freed after a grace period, and the module warns of
what is freed before. Here most commits come while what earlier ones have
unpublished is being freed.
"""
import os
import socket
import struct
import sys
import time

from netlink import (ACK, BEGIN, CLASS, COMMIT, DYNAMIC, EMPTY, GENERATION,
                     ISP_ADD, MODE, MODE_SET, Nl, PREFIX_FLUSH,
                     PREFIX_REPLACE, Refused, REQUEST, SHADOW, SHADOW_DROP,
                     adding, attr, check, isp, prefix4, u8)

# Far from each other, so that each has a node of its own; as many as fit
TABLE = b"".join(prefix4(socket.inet_ntoa(struct.pack(">I", i * 0x9e3779b1 %
                                                      (1 << 32))), 32)
                 for i in range(8000))
BATCH = 50
PATIENCE = 60


def done(nl, *requests):
    """Whether all were; another process may have a transaction open."""
    for request in requests:
        try:
            nl.call(*request)
        except Refused:
            return False
    return True


def small(nl):
    """Many in a datagram, each of which changes next to nothing."""
    flags = [REQUEST] * (BATCH - 1) + [REQUEST | ACK]
    nl.sock.send(b"".join(nl.message(MODE_SET, u8(MODE, nl.seq % 2 + 1), f)
                          for f in flags))
    while True:
        for _, _, body in nl.receive():
            number, seq = struct.unpack_from("i8xI", body)
            if seq == nl.seq:
                return not number


def large(nl):
    """Two that leave much to free, one after the other."""
    return done(nl, (PREFIX_REPLACE, adding(TABLE)),
                (PREFIX_FLUSH, isp() + u8(CLASS, DYNAMIC)))


def shadow(nl):
    """A shadow in the place of another, and its end."""
    return done(nl, (BEGIN, attr(EMPTY, b"") + attr(SHADOW, b"")),
                (ISP_ADD, isp()), (COMMIT,)) + done(nl, (SHADOW_DROP,))


def child(work, end):
    """A process that does it until the end, and again until it was done."""
    pid = os.fork()
    if pid:
        return pid
    nl, times = Nl(), 0
    while time.monotonic() < end or (not times and
                                     time.monotonic() < end + PATIENCE):
        times += work(nl)
    os._exit(not times)


def main():
    seconds = float(sys.argv[1])
    nl = Nl()
    nl.call(ISP_ADD, isp())
    before = nl.number(GENERATION)
    end = time.monotonic() + seconds
    pids = [child(work, end) for work in (small, small, large, shadow)]
    bad = [pid for pid in pids if os.waitpid(pid, 0)[1]]
    check("all kinds of commits were made", bad, [])
    commits = nl.number(GENERATION) - before
    print(f"# {commits} commits", flush=True)
    check("and many", commits >= 20 * seconds, True)
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What promises.sh needs from a raw client, in the module's namespace:

    promises.py swap TIMES FILE    two policies of which each closes what the
                                   other would open, in turn; TIMES into FILE
    promises.py dumps TIMES        dumps while a writer commits all the time
"""
import os
import signal
import sys

from netlink import (
    ACK, BEGIN, COMMIT, DYNAMIC, EMPTY, FLUSH, GENERATION, ISP_ADD, MODE,
    PREFIX_ADD, PREFIX_GET, PREFIXES4, REQUEST, SPACE, Nl, adding, attr,
    attributes, check, isp, prefix4, u8)

SUBSCRIBERS = prefix4("20.0.0.0", 8)
SERVERS = prefix4("9.0.0.0", 8)
MANY = 6000


def owner(name, space, dynamic=b""):
    """Messages that make an ISP."""
    yield ISP_ADD, isp(name) + u8(MODE, 2)
    yield PREFIX_ADD, adding(space, name=name, cls=SPACE)
    if dynamic:
        yield PREFIX_ADD, adding(dynamic, name=name, cls=DYNAMIC)


def commit(nl, *changes):
    """All of it in one datagram, and the answer to the last."""
    requests = [(BEGIN, attr(EMPTY, b"")), *changes, (COMMIT, b"")]
    flags = [REQUEST] * (len(requests) - 1) + [REQUEST | ACK]
    nl.sock.send(b"".join(nl.message(*request, flag)
                          for request, flag in zip(requests, flags)))
    nl.replies()


# The subscribers are alpha's and the servers beta's, or the other way round: with
# the subscriber of one and the server of the other they would be of one ISP, and
# mail within an ISP passes.
def policies():
    return [[*owner(one, SUBSCRIBERS, SUBSCRIBERS), *owner(other, SERVERS)]
            for one, other in (("alpha", "beta"), ("beta", "alpha"))]


def swap(times, path):
    nl, both = Nl(), policies()
    for number in range(int(times)):
        commit(nl, *both[number & 1])
    with open(path, "w", encoding="ascii") as file:
        print(times, file=file)


def table(number):
    """A policy whose prefixes all say which it is."""
    return b"".join(prefix4(f"{10 + number % 100}.{i >> 8}.{i & 255}.0", 24)
                    for i in range(MANY))


def write(tables):
    nl, number = Nl(), 0
    while True:
        number += 1
        commit(nl, (ISP_ADD, isp()),
               (PREFIX_ADD, adding(tables[number % len(tables)])))


def dumps(times):
    tables = [table(number) for number in range(4)]
    nl = Nl()
    commit(nl, (ISP_ADD, isp()), (PREFIX_ADD, adding(tables[0])))
    first = nl.number(GENERATION)
    writer = os.fork()
    if not writer:
        write(tables)
    wrong, seen = 0, set()
    for _ in range(int(times)):
        found = [attributes(body) for body in nl.dump(PREFIX_GET)]
        generations = {f[GENERATION] for f in found}
        seen |= generations
        wrong += (len(generations) != 1 or
                  b"".join(f[PREFIXES4] for f in found) not in tables)
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    commits = nl.number(GENERATION) - first
    check(f"{times} dumps during {commits} commits, of {len(seen)} generations:"
          " each is one of them", wrong, 0)
    check("there were many", len(seen) > int(times) // 20, True)
    nl.call(FLUSH)


if __name__ == "__main__":
    {"swap": swap, "dumps": dumps}[sys.argv[1]](*sys.argv[2:])

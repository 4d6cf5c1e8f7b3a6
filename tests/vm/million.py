# SPDX-License-Identifier: GPL-2.0-only
"""A list of a million prefixes, and what is printed of it while it changes.

    million.py make             the list, unsorted, one CIDR a line
    million.py sorted           the same in the order in which it is printed
    million.py churn            commands that add 4,096 more and remove them,
                                one by one, for ever
    million.py check            reads those of the churn that "prefix list" has
                                printed

The prefixes of the churn come and go in the order of their addresses. So those
of one moment are the first ones, or the last, with none left out.
"""
import random
import signal
import socket
import sys

FIRST, COUNT = 20 << 24, 4096
CHURN = 10 << 24


def quad(address):
    return ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))


def every():
    yield from (f"{quad(FIRST + (i << 8))}/24" for i in range(800_000))
    yield from (f"{quad(FIRST + (i << 12))}/20" for i in range(40_000))
    yield from (f"{quad(FIRST + (i << 24))}/8" for i in range(12))
    yield from (f"2a{i >> 16:02x}:{i & 65535:x}::/32" for i in range(20_000))
    yield from (f"2a00:{i >> 3:x}:{i & 7:x}::/48" for i in range(140_000))


def make():
    prefixes = list(every())
    random.Random(25).shuffle(prefixes)
    print("\n".join(prefixes))


def key(prefix):
    address, _, length = prefix.partition("/")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return family, socket.inet_pton(family, address), int(length)


def in_order():
    for family, address, length in sorted(map(key, every())):
        print(f"{socket.inet_ntop(family, address)}/{length}")


def churned():
    return [f"{quad(CHURN + i)}/32" for i in range(COUNT)]


def churn():
    while True:
        for verb in "add", "del":
            for prefix in churned():
                print(f"prefix {verb} {prefix} dynamic isp alpha")


def check():
    number = {prefix: i for i, prefix in enumerate(churned())}
    seen = [number[line.rstrip()] for line in sys.stdin]
    print(f"{len(seen)} of the churn", file=sys.stderr)
    return not seen or (
        seen == list(range(seen[0], seen[-1] + 1)) and
        (seen[0] == 0 or seen[-1] == COUNT - 1))


def main(command):
    if command == "check":
        return 0 if check() else 1
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    {"make": make, "sorted": in_order, "churn": churn}[command]()
    return 0


sys.exit(main(*sys.argv[1:]))

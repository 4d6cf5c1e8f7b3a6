# SPDX-License-Identifier: GPL-2.0-only
"""A list of a million prefixes, and what is printed of it while it changes.

    million.py make             the list, unsorted, one CIDR a line
    million.py churn            commands that add 4,096 more and remove them,
                                one by one, for ever
    million.py check MANY       reads what "prefix list" has printed of MANY
                                prefixes, or "-j prefix list", during a churn

The prefixes of the churn come and go in the order of their addresses. So those
of one moment are the first ones, or the last, with none left out.
"""
import json
import random
import signal
import sys

FIRST, COUNT = 20 << 24, 4096
CHURN = 10 << 24


def quad(address):
    return ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))


def make():
    every = [f"{quad(FIRST + (i << 8))}/24" for i in range(800_000)]
    every += [f"{quad(FIRST + (i << 12))}/20" for i in range(40_000)]
    every += [f"{quad(FIRST + (i << 24))}/8" for i in range(12)]
    every += [f"2a{i >> 16:02x}:{i & 65535:x}::/32" for i in range(20_000)]
    every += [f"2a00:{i >> 3:x}:{i & 7:x}::/48" for i in range(140_000)]
    random.Random(25).shuffle(every)
    print("\n".join(every))


def churned():
    return [f"{quad(CHURN + i)}/32" for i in range(COUNT)]


def churn():
    while True:
        for verb in "add", "del":
            for prefix in churned():
                print(f"prefix {verb} {prefix} dynamic isp alpha")


def prefixes(lines):
    for line in lines:
        line = line.strip().rstrip(",")
        if line.startswith("{"):
            yield json.loads(line)["prefix"]
        elif line not in ("[", "]"):
            yield line.split()[0]


def check(many):
    number = {prefix: i for i, prefix in enumerate(churned())}
    seen, others = [], set()
    lines = 0
    for prefix in prefixes(sys.stdin):
        lines += 1
        if prefix in number:
            seen.append(number[prefix])
        else:
            others.add(prefix)
    whole = seen == list(range(seen[0], seen[-1] + 1)) if seen else True
    edge = not seen or seen[0] == 0 or seen[-1] == COUNT - 1
    print(f"{len(others)} of {many}, and {len(seen)} of the churn",
          file=sys.stderr)
    return (len(others) == many and lines == many + len(seen) and whole and
            edge)


def main(command, *args):
    if command == "check":
        return 0 if check(int(args[0])) else 1
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    {"make": make, "churn": churn}[command]()
    return 0


sys.exit(main(*sys.argv[1:]))

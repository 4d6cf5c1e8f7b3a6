#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Counts what each step of a verdict costs.

    count.py STEPS TABLES OUT SIZE...

STEPS is the program of steps.c, TABLES a folder that tables.py has made for each
SIZE, and OUT gets an object a line: instructions by step, and lines of the cache
that a packet touches after all have been flushed.  Valgrind counts, so that it
is the same each time and nothing beside it matters.

Calls of the stand-ins in kernel.c are counted as they are, and differ by a few
instructions from the kernel's own; but counting bits, which the kernel patches
into one instruction, is counted as one.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

# As in the order of hook.c; "lookups" are a part of the decision
STEPS = {"parse": "obpbl_flow_parse", "expect": "obpbl_account_expect",
         "decide": "obpbl_judge", "lookups": "obpbl_trie_lookup",
         "count": "obpbl_stats_count", "note": "obpbl_account_note"}
PARTS = {"lookups": "decide"}
KINDS = {"passed": "relay", "blocked": "keys"}
PACKETS = 2000
LONE = 100
# A first level that holds all, so that each line is missed once
CACHES = ["--cache-sim=yes", "--D1=1048576,16,64", "--LL=8388608,16,64"]
BITS = "__sw_hweight64"


def callgrind(words, *options):
    """By function, what its calls cost, by event."""
    with tempfile.NamedTemporaryFile() as out:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out.name}",
             "--toggle-collect=measured", *options, *words],
            capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"count.py: {' '.join(words)}: {done.stderr}")
        return parse(out.name)


def parse(path):
    events, names, costs = [], {}, {}
    callee, called = None, False
    with open(path, encoding="ascii") as file:
        for line in file:
            if line.startswith("events:"):
                events = line.split()[1:]
            elif match := re.match(r"c?fn=\((\d+)\)(?: (.*))?", line):
                if match[2]:
                    names[match[1]] = match[2]
                if line.startswith("c"):
                    callee = names[match[1]]
            elif line.startswith("calls="):
                called = True
            elif called:
                cost = [int(word) for word in line.split()[1:]]
                # What is zero at the end of a line is left out
                cost += [0] * (len(events) - len(cost))
                costs[callee] = [a + b for a, b in
                                 zip(costs.get(callee, [0] * len(cost)), cost)]
                called = False
    return {name: dict(zip(events, cost)) for name, cost in costs.items()}


def hook(family):
    return "hook4" if family == 4 else "hook6"


def instructions(words, family):
    costs = callgrind(words + [str(PACKETS)])
    # All but the call itself, which stands for the one instruction
    bits = costs.get(BITS, {"Ir": 0})["Ir"] / PACKETS
    found = {step: costs[name]["Ir"] / PACKETS for step, name in STEPS.items()}
    found["lookups"] -= bits
    found["decide"] -= bits
    found["all"] = costs[hook(family)]["Ir"] / PACKETS - bits
    found["hook"] = found["all"] - sum(
        cost for step, cost in found.items()
        if step != "all" and step not in PARTS)
    return {step: round(cost, 1) for step, cost in found.items()}


def lines(words, family):
    costs = callgrind(words + [str(LONE), "flush"], *CACHES)
    cost = costs[hook(family)]
    return round((cost["D1mr"] + cost["D1mw"]) / LONE, 1)


def main():
    steps, tables, out, *sizes = sys.argv[1:]
    with open(out, "w", encoding="ascii") as file:
        for size in sizes:
            for family in (4, 6):
                for kind, keys in KINDS.items():
                    directory = os.path.join(tables, size)
                    words = [steps, directory, str(family),
                             os.path.join(directory, f"{keys}{family}"), kind]
                    result = {"packet": kind, "family": family, "table": size,
                              "instructions": instructions(words, family),
                              "lines": lines(words, family)}
                    print(json.dumps(result), file=file)
                    print(f"{kind}, IPv{family}, table {size}: "
                          f"{result['instructions']}, "
                          f"{result['lines']} lines", flush=True)


if __name__ == "__main__":
    main()

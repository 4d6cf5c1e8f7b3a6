#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""obpblctl fallback, for policies of nested prefixes, against an opinion of its
own: what the most specific prefix says of each address where anything begins or
ends must be what the sets and maps of its rules say.

    intervals.py SEED N     N policies; prints how many differ
"""
import ipaddress
import random
import re
import subprocess
import sys

SOURCES = ["space", "dynamic", "static", "exempt", "quarantine"]
DESTINATIONS = ["space", "target", "relay"]
PASSES = {"outside": {"space", "relay"}, "relay-only": {"relay"},
          "targets": {"space", "relay", None}}


def prefixes(chance, six):
    """Of a small part of all addresses, at their beginning or their end."""
    net = ipaddress.IPv6Network if six else ipaddress.IPv4Network
    bits = 128 if six else 32
    found = set()
    for _ in range(chance.randrange(1, 12)):
        length = chance.choice([0, bits, bits - 1, *range(bits - 8, bits)])
        host = (chance.randrange(256) if chance.random() < 0.7 else
                (1 << bits) - 1 - chance.randrange(256))
        address = host >> (bits - length) << (bits - length)
        found.add(net((address, length)))
    return sorted(found)


class Policy:
    def __init__(self, chance):
        self.kind = chance.choice(sorted(PASSES))
        self.lists = {name: prefixes(chance, False) + prefixes(chance, True)
                      for name in ["space", "dynamic", "static", "relay", "target"]}
        self.overlays = {name: prefixes(chance, False) + prefixes(chance, True)
                         for name in ["exempt", "quarantine"]}

    def text(self):
        lines = ["isp alpha { mode = enforce policy = " + self.kind]
        for name, list_ in self.lists.items():
            lines.append(f"{name} = {{ {', '.join(map(str, list_))} }}")
        lines.append("}")
        for name, list_ in self.overlays.items():
            lines += [f"{name} {prefix} {{ isp = alpha reason = x }}"
                      for prefix in list_]
        return "\n".join(lines)

    def best(self, classes, address):
        """The class of the most specific prefix, of those alike the last."""
        best = (-1, None)
        for name in classes:
            for prefix in {**self.lists, **self.overlays}[name]:
                if address in prefix and prefix.prefixlen >= best[0]:
                    best = (prefix.prefixlen, name)
        return best[1]

    def source(self, address):
        return {"dynamic": "isp_alpha", "quarantine": "quarantine_alpha"}.get(
            self.best(SOURCES, address))

    def edges(self):
        for list_ in [*self.lists.values(), *self.overlays.values()]:
            for prefix in list_:
                first = int(prefix.network_address)
                last = int(prefix.broadcast_address)
                kind = type(prefix.network_address)
                for edge in (first - 1, first, last, last + 1):
                    if 0 <= edge < 1 << prefix.max_prefixlen:
                        yield kind(edge)


def tables(rules):
    """NAME of a set or map: its (first, last, verdict)."""
    found = {}
    for name, body in re.findall(r"\t(?:set|map) (\S+) \{\n(.*?)\n\t\}", rules, re.S):
        elements = re.search(r"elements = \{(.*?)\}", body, re.S)
        found[name] = []
        for element in elements[1].split(",") if elements else ():
            addresses, _, verdict = element.strip().partition(" : goto ")
            ends = [ipaddress.ip_address(a) for a in addresses.split("-")]
            found[name].append((ends[0], ends[-1], verdict or None))
    return found


def looked_up(table, address):
    hits = [verdict for first, last, verdict in table if first <= address <= last]
    return hits


def differs(policy, rules):
    sets = tables(rules)
    for name, table in sets.items():
        table.sort(key=lambda element: int(element[0]))
        for one, other in zip(table, table[1:]):
            if int(one[1]) >= int(other[0]):
                return f"{name}: {other[0]} is in two intervals"
    for address in set(policy.edges()):
        four = address.version
        want = policy.source(address)
        if looked_up(sets[f"source{four}_0"], address) != [want][:bool(want)]:
            return f"source {address}: not {want}"
        what = policy.best(DESTINATIONS, address)
        passes = what in PASSES[policy.kind]
        there = bool(looked_up(sets[f"block{four}_alpha"], address)) \
            if policy.kind == "targets" else \
            not looked_up(sets[f"pass{four}_alpha"], address)
        if there == passes:
            return f"destination {address}: {what}"
        if bool(looked_up(sets[f"relay{four}_alpha"], address)) != (what == "relay"):
            return f"destination {address} of a quarantine: {what}"
    return None


def main():
    bad = 0
    for seed in range(int(sys.argv[1]), int(sys.argv[1]) + int(sys.argv[2])):
        policy = Policy(random.Random(seed))
        done = subprocess.run(["obpblctl", "fallback", "-"], text=True,
                              input=policy.text(), capture_output=True, check=False)
        why = differs(policy, done.stdout) if not done.returncode else done.stderr
        if why:
            bad += 1
            print(f"seed {seed}: {why}")
    print(f"{bad} differ")


main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A made-up day of three ISPs as samples, for pages to look at: always the same.

    history.py >FILE
"""
import datetime
import json
import math
import random

START = 1767225600              # 2026-01-01
STEP = 300

KINDS = {                       # of an attempt that is no relay's, and the rest
    "alpha": ("block outside", "pass relay"),
    "beta-mobile": ("would_block target", "pass not_target"),
    "gamma": ("block not_relay", "pass relay"),
}


def text(when):
    return datetime.datetime.fromtimestamp(
        when, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Source:
    """One that tries so many hosts, so often, from some time on."""

    def __init__(self, address, isp, rate, hosts):
        self.rate, self.hosts = rate, hosts
        self.begins = START + random.randrange(STEP, 70000)
        self.row = {"source": address, "isp": isp, "attempts": 0,
                    "blocked": 0, "would_block": 0, "destinations": 0,
                    "destination": f"198.51.{random.randrange(99)}.0/24",
                    "reason": KINDS[isp][0].split()[1], "first": ""}

    def step(self, when):
        """How many attempts there were until then."""
        if when < self.begins or random.random() < 0.4:
            return 0
        number = 1 + int(random.expovariate(1 / self.rate))
        row = self.row
        counted = KINDS[row["isp"]][0].startswith("would")
        row["attempts"] += number
        row["would_block" if counted else "blocked"] += 2 * number
        row["destinations"] = min(self.hosts, row["attempts"])
        row["first"] = row["first"] or text(when - 120)
        row["last"] = text(when - 20)
        return number


def overlay(prefix, isp, hours, reason, ticket, **more):
    return {"prefix": prefix, "isp": isp, **more, "until":
            text(START + 3600 * hours) if hours else None, "reason": reason,
            "ticket": ticket, "expired": False, "configured": False,
            "asleep": False}


def sources():
    for number in range(9):
        yield Source(f"203.0.113.{7 + 5 * number}", "alpha",
                     random.choice((3, 20, 90)), random.choice((300, 1500)))
    for number in range(12):
        yield Source(f"203.0.113.{64 + 4 * number}",
                     random.choice(("alpha", "gamma")), 0.3,
                     random.choice((1, 2)))
    yield Source("2001:db8:a:1000::/64", "beta-mobile", 40, 1200)
    yield Source("192.0.2.77", "beta-mobile", 1, 7)


def main():
    random.seed(25)
    everybody = list(sources())
    counters = {isp: {kind: [0, 0] for kind in kinds}
                for isp, kinds in KINDS.items()}
    exempt = [
        overlay("203.0.113.9/32", "alpha", 48, "own MTA, contract", "AB-1234",
                to=None, dev=None),
        overlay("203.0.113.10/32", "alpha", 96, "server at hosting company",
                "AB-1301", to="198.51.100.99/32", dev=None)]
    quarantine = [
        overlay("203.0.113.77/32", "alpha", 34,
                "abuse report of 2026-01-01T10:00:00Z: example.net", "AR-77"),
        overlay("203.0.113.12/32", "alpha", 40, "over its limit", None),
        overlay("2001:db8:a:1000::/64", "beta-mobile", 0, "w" * 255, None)]

    def count(isp, kind, number):
        counters[isp][kind][0] += number
        counters[isp][kind][1] += 3 * number

    for when in range(START, START + 86400 + STEP, STEP):
        day = 1 + math.sin((when - START - 27000) / 86400 * 2 * math.pi)
        seen = []
        for isp, kinds in KINDS.items():
            count(isp, kinds[0], int(random.expovariate(1 / (2 * day + .5))))
            count(isp, kinds[1], int(random.expovariate(1 / (40 * day + .5))))
        for source in everybody:
            number = source.step(when)
            if number:
                count(source.row["isp"], KINDS[source.row["isp"]][0], number)
                seen.append(source.row)
        print(json.dumps({
            "time": when, "counters": "example.37", "isps": counters,
            "sources": seen, "sources_all": len(seen),
            "exempt": exempt, "exempt_all": len(exempt),
            "quarantine": quarantine, "quarantine_all": len(quarantine)},
            separators=(",", ":")))


main()

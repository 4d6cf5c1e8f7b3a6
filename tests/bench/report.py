#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Puts the results of tests/bench/run together.

    report.py DIRECTORY

Reads icount.json, steps.json, timed.json, user.json and tables/SIZE/expect.*
there, as far as they exist; prints the table of axes and writes report.json,
cost.svg and flood.svg.  A ratio of times has the median of the rounds, and a 95 %
interval by bootstrap; its target is met when the worse end of that is.  Fails if two peers
disagree about a verdict, or all of them with tables.py: not for slowness.
"""
import json
import os
import random
import statistics
import subprocess
import sys

PLOTTED = ("obpbl", "nft", "nftcount", "ipset", "bpf", "fib")
PEERS = PLOTTED + ("merged", "ipsetmerged")
NAMES = {"nft": "nft interval set", "nftcount": "nft that counts sources",
         "ipset": "ipset hash:net", "ipsetmerged": "ipset, prefixes merged",
         "merged": "obpbl, prefixes merged",
         "bpf": "BPF LPM trie", "fib": "fib_table_lookup"}
RESAMPLES = 2000


def read(path):
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return [json.loads(line) for line in file]


class Report:
    def __init__(self):
        self.rows = []
        self.faults = []

    def add(self, axis, ours, peer, theirs, ratio=None, interval=None,
            target=None, most=False, unit="ns"):
        """most: the target is the most that the ratio may be."""
        met = None
        if target is not None and ratio is not None:
            low, high = interval or (ratio, ratio)
            met = high <= target if most else low >= target
        self.rows.append({"axis": axis, "unit": unit, "ours": ours,
                          "peer": peer, "theirs": theirs, "ratio": ratio,
                          "interval": interval, "target": target,
                          "at_most": most, "met": met})

    def fault(self, sentence):
        self.faults.append(sentence)

    def show(self):
        print(f"{'axis':42} {'ours':>11} {'peer':>28} {'theirs':>11} "
              f"{'ratio':>22} {'target':>8}  met")
        for row in self.rows:
            print(f"{row['axis']:42} {number(row['ours']):>11} "
                  f"{row['peer']:>28} {number(row['theirs']):>11} "
                  f"{ratio_text(row):>22} {target_text(row):>8}  "
                  f"{ {True: 'yes', False: 'no', None: ''}[row['met']]}")
        for fault in self.faults:
            print(f"WRONG: {fault}")


def number(value):
    if value is None:
        return ""
    if value >= 10_000_000:
        return f"{value:.3g}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"


def ratio_text(row):
    if row["ratio"] is None:
        return ""
    text = f"{row['ratio']:.3g}"
    if row["interval"]:
        text += " [{:.3g}, {:.3g}]".format(*row["interval"])
    return text


def target_text(row):
    if row["target"] is None:
        return ""
    return ("≤ " if row["at_most"] else "≥ ") + f"{row['target']:g}"


# ---- batches ---------------------------------------------------------------

def rounds(run):
    """Nanoseconds a packet by peer, a value a round: of A B and of B A."""
    times = {}
    for number_, peer, ns, packets, _, _ in run["batches"]:
        times.setdefault(peer, {}).setdefault(number_, []).append(ns / packets)
    return {peer: [statistics.mean(per[n]) for n in sorted(per)]
            for peer, per in times.items()}


def least(run):
    """Instructions a packet: the batch that no interrupt fell into."""
    return {peer: min(b[2] / b[3] for b in run["batches"] if b[1] == peer)
            for peer in dict.fromkeys(b[1] for b in run["batches"])}


def interval(values):
    rng = random.Random(25)
    medians = sorted(statistics.median(rng.choices(values, k=len(values)))
                     for _ in range(RESAMPLES))
    return (medians[int(RESAMPLES * .025)], medians[int(RESAMPLES * .975)])


def compare(times, peer, floor=None):
    """Median and interval of peer over obpbl, with floor taken off both."""
    base = times[floor] if floor else [0] * len(times["obpbl"])
    ratios = [(theirs - none) / (ours - none) for theirs, ours, none in
              zip(times[peer], times["obpbl"], base)]
    return statistics.median(ratios), interval(ratios)


def check_verdicts(report, run, expect):
    """Of port 25: all peers alike on the same packets, which they get forwards, and
    others backwards; and on the first of all as tables.py says."""
    seen = {}
    turns = {}
    for number_, peer, _, packets, drops, hash_ in run["batches"]:
        if peer in PEERS and not (peer == "fib" and run["family"] == 6):
            turn = turns[peer] = turns.get(peer, -1) + 1
            seen.setdefault((turn, packets), {})[peer] = (drops, hash_)
    for (number_, packets), verdicts in seen.items():
        if len(set(verdicts.values())) > 1:
            report.fault(f"{run['run']}, IPv{run['family']}, turn {number_}: "
                         f"{verdicts}")
        want = expect.get((run["family"], packets))
        if number_ == 0 and want and set(verdicts.values()) != {want}:
            report.fault(f"{run['run']}, IPv{run['family']}: {verdicts}, but "
                         f"the search says {want}")


def read_expect(directory, size, name, packets):
    expect = {}
    path = f"{directory}/tables/{size}/expect.{name}"
    if os.path.exists(path):
        with open(path) as file:
            for line in file:
                family, drops, hash_ = line.split()
                expect[int(family), packets] = (int(drops), hash_)
    return expect


# ---- tiers -----------------------------------------------------------------

def instructions(report, results):
    runs = {(r["run"], r["family"]): r for r in results if "run" in r}
    unit = "instructions"
    for (label, family), run in runs.items():
        if label.endswith("25, hook"):
            check_verdicts(report, run, {})
    for family in (4, 6):
        for shape in ("not TCP", "not 25", "25 passed", "25 blocked"):
            bare = runs.get((f"no hook, {shape}", family))
            run = runs.get((f"hooks, {shape}", family))
            if not bare or not run:
                continue
            packet, floor = least(run), least(bare)
            axis = f"packet {shape}, IPv{family}"
            for peer in ("no hook", "none", "empty", "drop", "nft", "ipset"):
                value = floor["obpbl"] if peer == "no hook" else packet[peer]
                row = [f"forwarded {axis}", packet["obpbl"], peer, value]
                report.add(*row, unit=unit)
            if ("xdp, " + shape, family) in runs:
                both = least(runs["xdp, " + shape, family])
                report.add(f"{axis}, with XDP elsewhere", both["obpbl"],
                           "XDP, an array of /24", both["xdp"], unit=unit)
            if shape.startswith("25"):
                continue
            ours = packet["obpbl"] - floor["obpbl"]
            for peer, target in (("empty", 1.10), ("nft", 1 / 3),
                                 ("ipset", None)):
                theirs = packet[peer] - floor[peer]
                report.add(f"{axis}, over no hook", ours, peer, theirs,
                           ours / theirs, None,
                           target if shape == "not 25" else None, True, unit)
    growth(report, results)


def growth(report, results):
    cost = {(r["change"], r["table"]): r for r in results if "change" in r}
    sizes = list(dict.fromkeys(r["table"] for r in results if "change" in r))
    for op in ("add", "del"):
        for kind in ("obpbl", "ipset"):
            if len(sizes) == 2 and (kind, sizes[1]) in cost:
                small, large = (cost[kind, size][op] for size in sizes)
                report.add(f"one change, {op}, {kind}: {sizes[1]} over "
                           f"{sizes[0]}", large, f"table of {sizes[0]}", small,
                           large / small, None, 1.2 if kind == "obpbl" else None,
                           True, "instructions")
        for size in sizes:
            ours, theirs = cost["obpbl", size][op], cost["ipset", size][op]
            report.add(f"one change a message, {op}, table {size}", ours,
                       "ipset", theirs, theirs / ours, unit="instructions")
            report.add(f"one change a message, {op}, table {size}", ours,
                       "target", CHANGED, ours / CHANGED, None, 1, True,
                       "instructions")


PACKETS = {"passed": "mail to a relay", "blocked": "a blocked packet"}
# Of the hook and what it calls; of the table of sources; lines of the cache
MOST = {"passed": 700, "blocked": 1200}
SOURCES = 400
LINES = 30


def steps(report, results):
    for r in results:
        axis = f"{PACKETS[r['packet']]}, IPv{r['family']}, table {r['table']}"
        cost, unit = r["instructions"], "instructions"
        for step in ("hook", "parse", "expect", "decide", "lookups", "count",
                     "note"):
            report.add(f"{axis}: {step}", cost[step], "", None, unit=unit)
        if r["packet"] == "blocked":
            sources = cost["expect"] + cost["note"]
            report.add(f"{axis}: table of sources", sources, "target", SOURCES,
                       sources / SOURCES, None, 1, True, unit)
        most = MOST[r["packet"]]
        report.add(f"{axis}: all", cost["all"], "target", most,
                   cost["all"] / most, None, 1, True, unit)
        report.add(f"{axis}: cold lines", r["lines"], "target", LINES,
                   r["lines"] / LINES, None, 1, True, "lines")


# What is unkind to a table of sources comes first
KEYS = {"block": "blocked", "relay": "mail to a relay",
        "verdict": "verdict, half of them blocked"}


def target_of(label, size, peer):
    """The least that a peer is to take, over ours."""
    if label == "block":
        return {"nft": 1.0, "nftcount": 1.5}.get(peer)
    if label != "relay":
        return None
    few = size in ("1000", "10000")
    return {"nft": 2.5, "fib": 0.77 if few else 1.0,
            "bpf": {"1000": 1.3, "all": 5}.get(size)}.get(peer)


def verdicts(report, directory, results, curve):
    for run in results:
        label, _, size = run.get("run", "").partition(" ")
        if label not in KEYS:
            continue
        family = run["family"]
        packets = run["batches"][0][3]
        check_verdicts(report, run, read_expect(
            directory, size, {"verdict": "keys"}.get(label, label), packets))
        times = rounds(run)
        if family == 6:
            times.pop("fib", None)
        medians = {peer: statistics.median(t) for peer, t in times.items()}
        axis = f"{KEYS[label]}, table {size}, IPv{family}"
        if label == "verdict":
            curve[family, size] = medians
        for peer in ("none", "empty", "drop"):
            report.add(axis, medians["obpbl"], peer, medians[peer])
        for peer in [p for p in PEERS[1:] if p in medians]:
            report.add(axis, medians["obpbl"], NAMES[peer], medians[peer],
                       *compare(times, peer),
                       target_of(label, size, peer))


def others(report, results):
    for run in results:
        label = run.get("run", "")
        if label.startswith("cold "):
            times = rounds(run)
            check_verdicts(report, run, {})
            for peer in ("drop",) + PEERS[1:]:
                report.add("verdict, caches cold, IPv4",
                           statistics.median(times["obpbl"]),
                           NAMES.get(peer, peer),
                           statistics.median(times[peer]),
                           *compare(times, peer))
        if label.startswith("other ") and label.endswith("all") or \
                label == "forward":
            times = rounds(run)
            axis = "forwarded packet not to port 25" if label == "forward" \
                else "hook alone, packet not to port 25"
            for peer in ("none", "empty", "nft", "ipset"):
                report.add(f"{axis}, IPv{run['family']}",
                           statistics.median(times["obpbl"]),
                           NAMES.get(peer, peer),
                           statistics.median(times[peer]),
                           *compare(times, peer))


def flooded(run):
    """By peer and round: blocked packets a second, and p99 of the others."""
    found = {}
    for number_, peer, ns, packets, dropped, _, others, p99 in run["batches"]:
        found.setdefault(peer, {}).setdefault(number_, []).append(
            (1e9 * dropped / (ns - others), p99))
    return {peer: [[statistics.mean(side) for side in zip(*per[n])]
                   for n in sorted(per)] for peer, per in found.items()}


def let_through(report, run):
    """All of a flood is to be dropped.  Where nft cannot note a source, since its
    set is full, a rule ends there, and nothing is: that is a row, and no fault.
    Returns who has dropped all."""
    family, wanted = run["family"], run["batches"][0][3] * 19 // 20
    passed = {}
    for _, peer, _, _, dropped, *_ in run["batches"]:
        passed.setdefault(peer, []).append(wanted - dropped)
    for peer in ("drop",) + PEERS:
        if any(passed.get(peer, [])) and peer != "nftcount" and \
                not (peer == "fib" and family == 6):
            report.fault(f"flood, IPv{family}: {peer} has let through up to "
                         f"{max(passed[peer])} of {wanted}")
    if "nftcount" in passed:
        report.add(f"flood, IPv{family}: let through",
                   100 * statistics.mean(passed["obpbl"]) / wanted,
                   NAMES["nftcount"],
                   100 * statistics.mean(passed["nftcount"]) / wanted, unit="%")
    return [peer for peer in ("drop",) + PEERS
            if peer in passed and not any(passed[peer])]


def floods(report, results, curve):
    for run in results:
        if run.get("run") != "flood":
            continue
        family = run["family"]
        by = flooded(run)
        curve[family] = {}
        ours = by["obpbl"]
        for peer in let_through(report, run):
            rate, p99 = (statistics.median(side) for side in zip(*by[peer]))
            curve[family][peer] = rate, p99
        if "obpbl" not in curve[family]:
            continue
        for i, (axis, unit) in enumerate((("blocked a second", "packets/s"),
                                          ("p99 of a packet beside it",
                                           "ns"))):
            for peer in curve[family]:
                if peer == "obpbl":
                    continue
                ratios = [b[i] / a[i] if i else a[i] / b[i]
                          for a, b in zip(ours, by[peer])]
                report.add(f"flood, IPv{family}: {axis}",
                           curve[family]["obpbl"][i], NAMES.get(peer, peer),
                           curve[family][peer][i], statistics.median(ratios),
                           interval(ratios), unit=unit)


def loads(report, results, unit, scale, targets):
    """Medians of the loads of a table from a file, each into something empty."""
    times = {}
    for r in results:
        if "load" in r:
            times.setdefault(r["table"], {}).setdefault(r["load"], []).append(
                r["ns"] / scale)
    for size, by in times.items():
        if "list" not in by:
            continue
        ours = statistics.median(by["list"])
        for peer in [p for p in PEERS[1:] if p in by]:
            theirs = statistics.median(by[peer])
            target = targets.get(peer) if size == "all" else None
            report.add(f"table {size} from a file to live", ours, NAMES[peer],
                       theirs, theirs / ours, None, target, unit=unit)


def changes(report, results):
    cost = {}
    for r in results:
        if "change" in r:
            key = (r["change"], r["table"], r["messages"], r["prefixes"])
            cost.setdefault(key, []).append(r)
    for (kind, size, messages, prefixes), ours in cost.items():
        theirs = cost.get(("ipset", size, messages, prefixes))
        if kind != "obpbl" or not theirs or size == "warm":
            continue
        for op in ("add", "del"):
            a, b = (statistics.median(r[op] for r in side)
                    for side in (ours, theirs))
            target = 2 if size == "all" and prefixes == 1 and messages > 1 \
                else None
            report.add(f"{op}, {prefixes} a message, {messages} a send, "
                       f"{size}", a, "ipset", b, b / a, None, target)
            if size == "all" and prefixes > 1:
                report.add(f"{op}, {prefixes} a message, a second", 1e9 / a,
                           "target", 1_000_000, 1e9 / a / 1e6, None, 1,
                           unit="changes/s")


def memory(report, results):
    """As the module counts it; and what the kernel then has less, which for
    obpbl includes its table of sources, 8 MB whatever the prefixes."""
    used = {r["memory"]: r["bytes"] / r["prefixes"]
            for r in results if "memory" in r}
    if "counted" in used:
        counted = used.pop("counted")
        report.add("policy of the whole table, a prefix", counted, "target",
                   13, counted / 13, None, 1, True, "bytes")
    for peer in [p for p in used if p != "obpbl" and "obpbl" in used]:
        report.add("free memory that a prefix takes", used["obpbl"],
                   NAMES[peer], used[peer], used[peer] / used["obpbl"],
                   unit="bytes")


# Of a prefix: from a file to live, by the program and the kernel; listed, by the
# kernel alone; and of one that is changed in a message of its own
BULK, LISTED, CHANGED = 1600, 900, 20000


def bulk(report, results):
    for r in results:
        if "listing" in r:
            axis, most, seconds = "list", LISTED, r["system"]
        elif r.get("load") == "list":
            axis, most, seconds = "from a file to live", BULK, r["ns"] / 1e9
        else:
            continue
        cost = seconds * 1e9 / r["prefixes"]
        report.add(f"table {r.get('table') or r['listing']}, {axis}: a prefix",
                   cost, "target", most, cost / most, None, 1, True,
                   "instructions")


def latency(report, results):
    times = [(r["with"], r["without"]) for r in results if "latency" in r]
    if not times:
        return
    ratios = [a / b for a, b in times]
    ours, theirs = (statistics.median(side) for side in zip(*times))
    report.add("p99 of a verdict, 10,000 changes a second", ours,
               "without changes", theirs, statistics.median(ratios),
               interval(ratios), 1.05, True)


def user(report, results):
    by = {}
    latency(report, results)
    for r in [r for r in results if "user" in r]:
        by.setdefault(r["user"], {})[r["what"]] = (r["ours"], r["theirs"])
    for what, (ns, _) in by.pop("machine", {}).items():
        report.add(f"a dependent load, {what}", ns, "", None)
    limits = {"random /32": 26, "random /128": 60, "pairs of /128": 192}
    for table, got in by.items():
        each = got["bytes"][0] / got["prefixes"][0]
        limit = limits.get(table)
        report.add(f"trie: {table}", each, "target" if limit else "array",
                   limit or got["bytes"][1] / got["prefixes"][0],
                   each / limit if limit else None, None, 1, True, "bytes")
        for what in ("hot", "uniform"):
            ours, theirs = got[what]
            wanted = what == "uniform" and table == "file, v4"
            report.add(f"trie: {table}, lookup, {what}", ours, "sorted array",
                       theirs, theirs / ours, None, 2 if wanted else None)
        for what in ("replace", "delete", "insert"):
            if what in got:
                report.add(f"trie: {table}, {what} one", got[what][0],
                           "target", 1000, got[what][0] / 1000, None, 1, True)
        report.add(f"trie: {table}, drop", got["drop"][0] / 1e6, "target", 30,
                   got["drop"][0] / 3e7, None, 1, True, "ms")
    both = [by[t] for t in ("file, v4", "file, v6") if t in by]
    if len(both) == 2:
        each = sum(t["bytes"][0] for t in both) / \
            sum(t["prefixes"][0] for t in both)
        report.add("trie: file, both families", each, "target", 13, each / 13,
                   None, 1, True, "bytes")


# ---- plot ------------------------------------------------------------------

PLOT = """
set terminal svg size 900,500 font "sans,13" background "white"
set output "{directory}/cost.svg"
set multiplot layout 1,2 title "A verdict on port 25, by size of the table"
set logscale xy
set xlabel "prefixes"
set grid
set key top left
set yrange [5:20000]
{plots}
unset multiplot
"""


def plot(directory, curve):
    if not curve:
        return
    plots = []
    for family in (4, 6):
        peers = [p for p in ("drop",) + PLOTTED if any(
            f == family and p in m for (f, _), m in curve.items())]
        path = f"{directory}/cost{family}.dat"
        with open(path, "w") as file:
            print("prefixes", *peers, file=file)
            for (f, size), medians in curve.items():
                if f != family:
                    continue
                with open(f"{directory}/tables/{size}/dyn{family}") as table:
                    n = sum(1 for _ in table)
                print(n, *(f"{medians[p]:.1f}" for p in peers), file=file)
        lines = ", ".join(
            f'"{path}" using 1:{i + 2} with linespoints lw 2 title '
            f'"{ {"drop": "no lookup"}.get(p) or NAMES.get(p, p)}"'
            for i, p in enumerate(peers))
        plots.append(f'set title "IPv{family}"\nset ylabel "ns"\nplot {lines}')
    script = PLOT.format(directory=directory, plots="\n".join(plots))
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


FLOOD = """
set terminal svg size 900,400 font "sans,13" background "white"
set output "{directory}/flood.svg"
set multiplot layout 1,2 title \\
	"Port 25 is flooded from spoofed sources, one packet in 20 is to another port"
set datafile missing "?"
set style data histograms
set style fill solid 0.7
set grid y
set xtics rotate by -30
set key top right
set yrange [0:*]
set title "blocked packets a second and processor"
set ylabel "millions"
plot "{directory}/flood.dat" using ($2/1e6):xtic(1) title "IPv4", \\
	"" using ($4/1e6) title "IPv6"
set title "the slowest of a hundred of the others"
set ylabel "ns"
plot "{directory}/flood.dat" using 3:xtic(1) title "IPv4", \\
	"" using 5 title "IPv6"
unset multiplot
"""


def plot_flood(directory, curve):
    if not curve:
        return
    with open(f"{directory}/flood.dat", "w") as file:
        for peer in curve[4]:
            name = {"drop": "no lookup"}.get(peer) or NAMES.get(peer, peer)
            pair = curve[4][peer] + curve[6].get(peer, ("?", "?"))
            print(f'"{name}"', *pair, file=file)
    subprocess.run(["gnuplot"], input=FLOOD.format(directory=directory),
                   text=True, check=True)


def main():
    directory = sys.argv[1]
    report, curve, flood = Report(), {}, {}
    timed = read(f"{directory}/timed.json")
    icount = read(f"{directory}/icount.json")
    instructions(report, icount)
    steps(report, read(f"{directory}/steps.json"))
    verdicts(report, directory, timed, curve)
    floods(report, timed, flood)
    others(report, timed)
    loads(report, icount, "million instructions", 1e6, {"ipset": 10})
    bulk(report, icount)
    loads(report, timed, "ms", 1e6, {})
    changes(report, timed)
    memory(report, timed)
    user(report, read(f"{directory}/user.json"))
    report.show()
    plot(directory, curve)
    plot_flood(directory, flood)
    with open(f"{directory}/report.json", "w") as file:
        json.dump({"rows": report.rows, "faults": report.faults}, file,
                  indent=1)
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())

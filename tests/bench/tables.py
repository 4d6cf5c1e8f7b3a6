#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Makes what the peers are loaded with, and the packets with their verdicts.

    tables.py DIRECTORY PACKETS SIZE... [--table FILE]

For each SIZE (of IPv4 prefixes; "all": the whole table) DIRECTORY/SIZE gets

    dyn4 dyn6         prefixes whose packets to port 25 are dropped,
    ok4 ok6           except those to these: one CIDR a line
    all               dyn4 and dyn6
    obpbl.conf nft ipset routes   the same, as each peer wants it
    merged.conf ipsetmerged       the fewest prefixes of the same addresses, which is
                      what nft makes of them for itself
    nftcount          as nft, with a counter, and a set of who was dropped
    keys4 keys6       pairs of addresses, binary
    relay4 relay6     the same sources, all to where nothing is dropped
    block4 block6     pairs of which each is dropped, of BOTS sources
    flood4 flood6     likewise, each of a source that no other has (hardly): of the
                      last SIZE alone
    expect.keys expect.relay expect.block    family, drops and hash of the
                      verdicts on the first PACKETS pairs, by search in merged
                      intervals
    fresh             IPv4 prefixes that are not in dyn4

FILE has one CIDR a line, of both families, and may be compressed by gzip.
Without it there is a made-up table with the lengths and the nesting of BGP's.
All that is random is seeded, so that two runs make the same files.
"""
import argparse
import bisect
import gzip
import ipaddress
import os
import random

BITS = {4: 32, 6: 128}
KEYS = 1 << 20
# Fewer than the table of sources has places
BOTS = 50_000
# Shares of the lengths in a BGP table, in thousands
LENGTHS = {
    4: {24: 600, 23: 100, 22: 105, 21: 50, 20: 45, 19: 30, 18: 15, 17: 9,
        16: 14},
    6: {48: 480, 44: 100, 40: 100, 36: 60, 32: 160, 33: 40, 46: 30, 29: 30},
}
MADE_UP = {4: 900_000, 6: 160_000}


def allowed(family, addr):
    """Forwardable: neither martian nor multicast."""
    if family == 6:
        return addr >> 125 == 1
    return addr >> 24 not in (0, 127) and addr >> 24 < 224


def draw(rng, family):
    while True:
        addr = rng.getrandbits(BITS[family])
        if family == 6:
            addr = addr & ~(7 << 125) | 1 << 125
        if allowed(family, addr):
            return addr


def network(family, addr, length):
    low = BITS[family] - length
    return addr >> low << low, length


def make_up(rng, family):
    """A third lies within another, most in blocks that are dense."""
    lengths = list(LENGTHS[family])
    weights = list(LENGTHS[family].values())
    block = 14 if family == 4 else 28
    blocks = [network(family, draw(rng, family), block)[0]
              for _ in range(6000)]
    table = set()
    while len(table) < MADE_UP[family]:
        length = rng.choices(lengths, weights)[0]
        low = BITS[family] - block
        addr = rng.choice(blocks) | rng.getrandbits(low)
        table.add(network(family, addr, length))
    return sorted(table)


def read_table(path):
    tables = {4: set(), 6: set()}
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt") as file:
        for line in file:
            line = line.partition("#")[0].strip()
            if not line:
                continue
            net = ipaddress.ip_network(line)
            addr = int(net.network_address)
            if allowed(net.version, addr):
                tables[net.version].add((addr, net.prefixlen))
    return {family: sorted(table) for family, table in tables.items()}


def text(family, prefix):
    addr = prefix[0].to_bytes(BITS[family] // 8, "big")
    return f"{ipaddress.ip_address(addr)}/{prefix[1]}"


def merged(family, table):
    """Borders where membership changes, in order."""
    borders = []
    for addr, length in sorted(table):
        end = addr + (1 << (BITS[family] - length))
        if borders and addr <= borders[-1]:
            borders[-1] = max(borders[-1], end)
        else:
            borders += [addr, end]
    return borders


def within(borders, addr):
    return bisect.bisect_right(borders, addr) % 2 == 1


def address_in(rng, family, prefix):
    low = BITS[family] - prefix[1]
    return prefix[0] | (rng.getrandbits(low) if low else 0)


def make_pairs(rng, family, dyn, ok):
    """One source in eight and one destination in two are from anywhere."""
    pairs = []
    for _ in range(KEYS):
        src = draw(rng, family) if rng.random() < 1 / 8 else \
            address_in(rng, family, rng.choice(dyn))
        dst = draw(rng, family) if rng.random() < 1 / 2 else \
            address_in(rng, family, rng.choice(ok))
        pairs.append((src, dst))
    return pairs


def to_relays(rng, family, pairs, ok):
    """Mail as it should be sent: both lookups, and no drop."""
    return [(src, address_in(rng, family, rng.choice(ok))) for src, _ in pairs]


def to_anywhere(rng, family, ok, source):
    """What bots send; to no relay."""
    relays = merged(family, ok)
    pairs = []
    while len(pairs) < KEYS:
        dst = draw(rng, family)
        if not within(relays, dst):
            pairs.append((source(), dst))
    return pairs


def from_bots(rng, family, dyn, ok):
    bots = [address_in(rng, family, rng.choice(dyn)) for _ in range(BOTS)]
    return to_anywhere(rng, family, ok, lambda: rng.choice(bots))


def spoofed(rng, family, dyn, ok):
    return to_anywhere(rng, family, ok,
                       lambda: address_in(rng, family, rng.choice(dyn)))


def verdicts(family, pairs, dyn, ok):
    """The same sum as injector.c makes."""
    sources, destinations = merged(family, dyn), merged(family, ok)
    drops = total = 0
    for src, dst in pairs:
        drop = within(sources, src) and not within(destinations, dst)
        drops += drop
        total = (total * 0x100000001b3 + drop + 1) & (1 << 64) - 1
    return f"{family} {drops} {total:016x}\n"


def fresh(rng, dyn, count):
    """/32s, half of them beside one of the table."""
    known = set(dyn)
    made = set()
    while len(made) < count:
        addr = draw(rng, 4)
        if rng.random() < 1 / 2:
            addr = address_in(rng, 4, rng.choice(dyn))
        if (addr, 32) not in known:
            made.add((addr, 32))
    made = list(made)
    made.sort()
    rng.shuffle(made)
    return [text(4, prefix) for prefix in made]


def write(path, lines):
    with open(path, "w") as file:
        file.writelines(line + "\n" for line in lines)


def write_pairs(path, family, pairs):
    size = BITS[family] // 8
    with open(path, "wb") as file:
        file.write(b"".join(s.to_bytes(size, "big") + d.to_bytes(size, "big")
                            for s, d in pairs))


def nft(family, lists, counting=False):
    table, proto, kind = ("ip", "ip", "ipv4_addr") if family == 4 else \
        ("ip6", "ip6", "ipv6_addr")
    noting = f"update @sources {{ {proto} saddr counter }} counter " \
        if counting else ""
    yield f"table {table} bench {{"
    for side in ("dyn", "ok"):
        yield f"set {side} {{ type {kind}; flags interval; auto-merge; elements = {{"
        yield ",\n".join(lists[f"{side}{family}"])
        yield "}"
        yield "}"
    if counting:
        yield (f"set sources {{ type {kind}; size 4194304; flags dynamic,timeout; "
               "timeout 1h; }")
    yield "chain forward { type filter hook forward priority filter;"
    yield f"tcp dport 25 {proto} saddr @dyn {proto} daddr != @ok {noting}drop"
    yield "}"
    yield "}"


def ipset(lists, dyn):
    for name in ("dyn4", "ok4", "dyn6", "ok6"):
        lines = lists[name.replace("dyn", dyn)]
        family = "inet6" if name.endswith("6") else "inet"
        size = 1 << max(10, len(lines).bit_length())
        yield (f"create {name} hash:net family {family} hashsize {size} "
               f"maxelem {max(65536, 4 * len(lines))}")
        for line in lines:
            yield f"add {name} {line}"


def routes(lists):
    for number, name in ((1001, "dyn4"), (1002, "ok4")):
        for line in lists[name]:
            yield f"route add {line} dev out0 table {number}"


def conf(dyn="dyn"):
    yield "isp bench {"
    yield "    mode = enforce  policy = outside  reject = drop"
    yield f"    dynamic = {{ @{dyn}4, @{dyn}6 }}"
    yield "    relay = { @ok4, @ok6 }"
    yield "}"


def fewest(family, table):
    """The prefixes of the same addresses of which none could be left out."""
    borders = iter(merged(family, table))
    for start, end in zip(borders, borders):
        while start < end:
            low = (start & -start).bit_length() - 1 if start else BITS[family]
            low = min(low, (end - start).bit_length() - 1)
            yield start, BITS[family] - low
            start += 1 << low


def make_size(rng, out, size, tables, packets, last):
    lists, dyn = {}, {}
    os.makedirs(out, exist_ok=True)
    expect = {"keys": "", "relay": "", "block": ""}
    for family, table in tables.items():
        n = len(table) if size == "all" else min(int(size), len(table))
        dyn[family] = sorted(rng.sample(table, n)) if n < len(table) else table
        ok = sorted({network(family, draw(rng, family),
                             BITS[family] // 4 + 8) for _ in range(100)})
        pairs = {"keys": make_pairs(rng, family, dyn[family], ok)}
        pairs["relay"] = to_relays(rng, family, pairs["keys"], ok)
        pairs["block"] = from_bots(rng, family, dyn[family], ok)
        lists[f"dyn{family}"] = [text(family, p) for p in dyn[family]]
        lists[f"ok{family}"] = [text(family, p) for p in ok]
        for name in pairs:
            expect[name] += verdicts(family, pairs[name][:packets],
                                     dyn[family], ok)
            write_pairs(f"{out}/{name}{family}", family, pairs[name])
        if last:
            write_pairs(f"{out}/flood{family}", family,
                        spoofed(rng, family, dyn[family], ok))
    if last:
        for family in tables:
            lists[f"merged{family}"] = [text(family, p)
                                        for p in fewest(family, dyn[family])]
        write(f"{out}/merged.conf", conf("merged"))
    for name, lines in lists.items():
        write(f"{out}/{name}", lines)
    write(f"{out}/all", lists["dyn4"] + lists["dyn6"])
    write(f"{out}/obpbl.conf", conf())
    write(f"{out}/nft", [*nft(4, lists), *nft(6, lists)])
    write(f"{out}/nftcount", [*nft(4, lists, True), *nft(6, lists, True)])
    write(f"{out}/ipset", ipset(lists, "dyn"))
    if last:
        write(f"{out}/ipsetmerged", ipset(lists, "merged"))
    write(f"{out}/routes", routes(lists))
    write(f"{out}/fresh", fresh(rng, dyn[4], 20000))
    for name, lines in expect.items():
        with open(f"{out}/expect.{name}", "w") as file:
            file.write(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory")
    parser.add_argument("packets", type=int)
    parser.add_argument("size", nargs="+")
    parser.add_argument("--table")
    args = parser.parse_args()
    rng = random.Random(25)
    if args.table:
        tables = read_table(args.table)
    else:
        tables = {family: make_up(rng, family) for family in BITS}
    for size in args.size:
        make_size(rng, f"{args.directory}/{size}", size, tables, args.packets,
                  size == args.size[-1])


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Hostile packets, and what the oracle says of each.

    corpus.py stream [--seed N] [--policies N] [--packets N]
    corpus.py directory DIR [--seed N] [--policies N] [--packets N]
    corpus.py judge POLICY DIR
    corpus.py serve POLICY
    corpus.py seeds POLICY DIR [--seed N] [--packets N]

"stream" prints policies, each with its packets, for replay. "directory" puts
routable ones into DIR/NUMBER, and into DIR/plain with the policy of that name:
the policy as stream has it and as a config file, its sysctls, the packets, what
must have been counted, and as questions and answers those that "obpblctl test"
can take. "judge" prints a policy that stream has printed with the packets that
are in the files of DIR, as the fuzzer keeps them; "serve" judges those that
come as lines of hex, and "seeds" makes files to begin with.

A line of a packet is: family, where it comes in and goes out as DEV/VRF, its
bytes in hex, and verdict, reason, ISP and reply; "-" for none.
"""
import argparse
import ipaddress
import os
import random
import sys

from hostile import Generator, World
from oracle import (Entry, Isp, Policy, Port, Prefix, Settings, judge,
                    parts, trimmed)


def dash(value):
    return value if value else "-"


def written(prefix):
    kind = ipaddress.IPv4Network if prefix.family == 4 else \
        ipaddress.IPv6Network
    return str(kind((prefix.network, prefix.length)))


def policy_lines(policy):
    settings = policy.settings
    yield "policy"
    yield f"settings {settings.mode} {int(settings.established)} " \
        f"{int(settings.fragments)} {settings.now}"
    for isp in policy.isps:
        yield f"isp {isp.name} {isp.mode} {isp.policy} {isp.reject} " \
            f"{int(isp.reverse)} {dash(isp.vrf)}"
    for e in policy.entries:
        yield f"entry {e.kind} {written(e.prefix)} {e.isp.name} " \
            f"{written(e.to) if e.to else '-'} {dash(e.dev)} {e.until}"


def read_prefix(word):
    network = ipaddress.ip_network(word)
    return Prefix(network.version, int(network.network_address),
                  network.prefixlen)


def read_policy(path):
    """What policy_lines() has written."""
    isps, entries, settings = {}, [], Settings()
    with open(path, encoding="ascii") as file:
        for line in file:
            word, *rest = line.split()
            if word == "settings":
                settings = Settings(rest[0], rest[1] == "1", rest[2] == "1",
                                    int(rest[3]))
            elif word == "isp":
                isps[rest[0]] = Isp(*rest[:4], rest[4] == "1",
                                    None if rest[5] == "-" else rest[5])
            elif word == "entry":
                entries.append(Entry(
                    rest[0], read_prefix(rest[1]), isps[rest[2]],
                    None if rest[3] == "-" else read_prefix(rest[3]),
                    None if rest[4] == "-" else rest[4], int(rest[5])))
    return Policy(list(isps.values()), entries, settings)


def words(verdict):
    """Verdict, reason, ISP and reply."""
    if verdict is None:
        return "none", "-", "-", "-"
    return verdict.verdict, verdict.reason, \
        verdict.isp.name if verdict.isp else "-", dash(verdict.reply)


def packet_line(packet, inward, outward, verdict):
    """The packet, and a verdict on it."""
    where = [f"{dash(p.dev)}/{dash(p.vrf)}" for p in (inward, outward)]
    return f"packet {packet[0] >> 4} {' '.join(where)} {packet.hex()} " \
        f"{' '.join(words(verdict))}"


def config(policy):
    """The policy as a config file."""
    for isp in policy.isps:
        yield f"isp {isp.name} {{"
        for name in "mode", "policy", "reject":
            yield f"    {name} = {getattr(isp, name)}"
        yield f"    reverse = {'on' if isp.reverse else 'off'}"
        if isp.vrf:
            yield f"    vrf = {isp.vrf}"
        for kind in "space", "dynamic", "static", "relay", "target":
            prefixes = [written(e.prefix) for e in policy.entries
                        if e.isp is isp and e.kind == kind]
            if prefixes:
                yield f"    {kind} = {{ {', '.join(prefixes)} }}"
        yield "}"
    for e in policy.entries:
        if e.kind not in ("exempt", "quarantine"):
            continue
        words = [f"isp = {e.isp.name}", 'reason = "test"']
        if e.to:
            words.append(f"to = {written(e.to)}")
        if e.dev:
            words.append(f"dev = {e.dev}")
        if e.until:
            words.append('until = "%s"' % (
                "2100-01-01T00:00:00Z" if e.until > 4000000000 else
                "1970-01-01T00:00:01Z"))
        yield f"{e.kind} {written(e.prefix)} {{ {' '.join(words)} }}"


def counted(packet):
    """Bytes of a packet, without what follows it in its frame."""
    if packet[0] >> 4 == 4:
        return packet[2] << 8 | packet[3]
    return 40 + (packet[4] << 8 | packet[5])


class Counters:
    """What must have been counted."""

    def __init__(self):
        self.counts = {}
        self.replies = 0

    def add(self, packet, verdict):
        self.replies += verdict.tried
        key = verdict.isp.name if verdict.isp else "-", verdict.reason
        packets, size, attempts = self.counts.get(key, (0, 0, 0))
        self.counts[key] = (packets + 1, size + counted(packet),
                            attempts + verdict.attempt)

    def lines(self):
        for (isp, reason), numbers in sorted(self.counts.items()):
            yield f"{isp} {reason} {' '.join(map(str, numbers))}"
        if self.replies:
            yield f"replies sent {self.replies} 0 0"


def judged(world, rng, packets, routable):
    generator = Generator(world, rng, routable)
    for _ in range(packets):
        packet, inward, outward = generator.make()
        verdict = judge(world.policy, packet, inward, outward)
        if routable and verdict and verdict.reply:
            reached = generator.reached(packet, inward, outward,
                                        verdict.reply)
            # The module sees that a RST has no way back; an ICMP message, the
            # stack alone
            verdict.tried = reached or verdict.reply == "admin"
            if not reached:
                verdict.reply = None
        yield packet, inward, outward, verdict


def stream(args):
    rng = random.Random(args.seed)
    for _ in range(args.policies):
        world = World(rng)
        print("\n".join(policy_lines(world.policy)))
        print("\n".join(packet_line(*line) for line in
                        judged(world, rng, args.packets, False)))


def put(path, lines):
    with open(path, "w", encoding="ascii") as file:
        file.writelines(f"{line}\n" for line in lines)


def question(policy, packet, inward):
    """The packet as "obpblctl test" takes it, and the answer; or None.

    The command knows one device, nothing malformed, and no port 0.
    """
    family, ends, segment = parts(packet, policy.settings.fragments)
    if not segment or segment.fault or not segment.sport or \
            not segment.dport:
        return None
    source, destination = map(ipaddress.ip_address, ends)
    flags = "".join(letter for bit, letter in enumerate("FSRPAUEC")
                    if segment.flags >> bit & 1) or "-"
    said = words(judge(policy, packet, inward, inward))
    return f"test from {source} to {destination} dport {segment.dport} " \
        f"sport {segment.sport} flags {flags} dev {inward.dev}", \
        " ".join(said[:3]).replace("none", "pass")


def section(place, rng, packets, policy=None):
    world = World(rng, policy)
    counters = Counters()
    lines, questions = [], []
    for packet, inward, outward, verdict in judged(world, rng, packets, True):
        lines.append(packet_line(packet, inward, outward, verdict))
        questions.append(question(world.policy, packet, inward))
        if verdict:
            counters.add(packet, verdict)
    settings = world.policy.settings
    os.makedirs(place, exist_ok=True)
    put(f"{place}/policy", policy_lines(world.policy))
    put(f"{place}/policy.conf", config(world.policy))
    put(f"{place}/packets", lines)
    put(f"{place}/counters", counters.lines())
    put(f"{place}/questions", [q[0] for q in questions if q])
    put(f"{place}/answers", [q[1] for q in questions if q])
    put(f"{place}/settings", [
        f"mode={('off', 'monitor', 'enforce').index(settings.mode)}",
        f"established={int(settings.established)}",
        f"fragments={int(settings.fragments)}"])


def directory(args):
    rng = random.Random(args.seed)
    for number in range(args.policies):
        section(f"{args.dir}/{number:03}", rng, args.packets)
    plain = os.path.join(os.path.dirname(os.path.realpath(__file__)), "plain")
    section(f"{args.dir}/plain", rng, args.packets, read_policy(plain))


PORTS = Port("subs"), Port("out"), Port("cust", "customers"), Port()


def fuzzed(data):
    """(packet, in, out) of bytes as packet_fuzz.c takes them, or None."""
    if len(data) <= (40 if data and data[0] & 1 else 20):
        return None
    packet = bytearray(data[1:])
    packet[0] = (0x60 if data[0] & 1 else 0x40) | packet[0] & 15
    packet = trimmed(packet)
    return packet and (bytes(packet), PORTS[data[0] >> 1 & 3],
                       PORTS[data[0] >> 3 & 3])


def judge_files(args):
    policy = read_policy(args.policy)
    print("\n".join(policy_lines(policy)))
    for name in sorted(os.listdir(args.dir)):
        with open(f"{args.dir}/{name}", "rb") as file:
            packet = fuzzed(file.read())
        if packet:
            print(packet_line(*packet, judge(policy, *packet)))


def serve(args):
    policy = read_policy(args.policy)
    for line in sys.stdin:
        verdict = judge(policy, *fuzzed(bytes.fromhex(line)))
        print(" ".join(words(verdict)[:3]), flush=True)


def seeds(args):
    rng = random.Random(args.seed)
    generator = Generator(World(rng, read_policy(args.policy)), rng, False)
    os.makedirs(args.dir, exist_ok=True)
    for number in range(args.packets):
        packet, inward, outward = generator.make()
        first = packet[0] >> 5 & 1 | PORTS.index(inward) << 1 | \
            PORTS.index(outward) << 3 | rng.getrandbits(3) << 5
        with open(f"{args.dir}/{number}", "wb") as file:
            file.write(bytes([first]) + packet)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    commands = parser.add_subparsers(required=True)
    for run, *arguments in ((stream,), (directory, "dir"),
                            (judge_files, "policy", "dir"),
                            (serve, "policy"), (seeds, "policy", "dir")):
        command = commands.add_parser(run.__name__.split("_", 1)[0])
        command.set_defaults(run=run)
        for name in arguments:
            command.add_argument(name)
        if run in (stream, directory, seeds):
            command.add_argument("--seed", type=int, default=1)
            command.add_argument("--packets", type=int, default=100)
        if run in (stream, directory):
            command.add_argument("--policies", type=int, default=10)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()

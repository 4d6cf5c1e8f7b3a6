# SPDX-License-Identifier: GPL-2.0-only
"""What must become of a packet: the rules once more, as plainly as possible.

An independent model to hold the module against. It is written from the rules,
shares nothing with src/, and prefers linear searches to anything clever.
"""
from dataclasses import dataclass, field

PORT = 25
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
TCP = 6
HOPOPTS, ROUTING, FRAGMENT, AUTH, DSTOPTS = 0, 43, 44, 51, 60
MODES = "off", "monitor", "enforce"

# From the first to look at: of one prefix, the classes of a source, and of a
# destination
SOURCE_ORDER = "quarantine", "exempt", "static", "dynamic", "space"
DESTINATION_ORDER = "relay", "target", "space"

MAX_EXTENSION_HEADERS = 64


@dataclass(frozen=True)
class Prefix:
    family: int
    network: int
    length: int

    def covers(self, family, address):
        bits = 32 if self.family == 4 else 128
        return family == self.family and \
            not (address ^ self.network) >> (bits - self.length)


@dataclass
class Isp:
    name: str
    mode: str = "monitor"
    policy: str = "outside"
    reject: str = "reset"
    reverse: bool = False
    vrf: str = None


@dataclass
class Entry:
    """A source or destination entry; the last four are those of overlays."""
    kind: str
    prefix: Prefix
    isp: Isp
    to: Prefix = None
    dev: str = None
    until: int = 0


@dataclass
class Settings:
    mode: str = "enforce"
    established: bool = False
    fragments: bool = False
    now: int = 1000


@dataclass
class Policy:
    isps: list = field(default_factory=list)
    entries: list = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self):
        """Entries by what they can matter to; of each, the longest first."""
        ordered = sorted(self.entries, key=lambda e: -e.prefix.length)
        self.sources = [e for e in ordered if e.kind in SOURCE_ORDER]
        self.destinations = [e for e in ordered
                             if e.kind in DESTINATION_ORDER]
        self.vrfs = {isp.vrf for isp in self.isps if isp.vrf}


@dataclass
class Port:
    """A device, and the VRF that it is in."""
    dev: str = None
    vrf: str = None


@dataclass
class Segment:
    """What a packet says of TCP, or what is wrong with it."""
    sport: int = 0
    dport: int = 0
    flags: int = 0
    fault: str = None
    whole: bool = True
    at: int = 0     # where TCP begins
    end: int = 0    # where the packet ends


@dataclass
class Verdict:
    verdict: str
    reason: str
    isp: Isp = None
    attempt: bool = False
    reply: str = None
    tried: bool = False     # the reply, whether it got anywhere or not


def trimmed(packet):
    """The packet as the stack leaves it to hooks: without what follows it.

    A length of 0 says that it is longer than the field can tell. None: the
    stack drops it.
    """
    if packet[0] >> 4 == 4:
        length = packet[2] << 8 | packet[3]
        if 0 < length < 20 or packet[0] & 15 < 5:
            return None
    else:
        length = packet[4] << 8 | packet[5]
        length += 40 if length else 0
    return packet[:length] if length else packet


# ---- shape -----------------------------------------------------------------

def ports(packet, at, end, fault):
    """The segment at an offset, None if port 25 has no part in it."""
    if end - at < 4:
        return Segment(fault=fault)
    sport = packet[at] << 8 | packet[at + 1]
    dport = packet[at + 2] << 8 | packet[at + 3]
    if PORT not in (sport, dport):
        return None
    if end - at < 14:
        return Segment(fault=fault) if dport == PORT else None
    flags = packet[at + 13]
    if dport != PORT and not flags & ACK:
        return None
    return Segment(sport, dport, flags, at=at, end=end)


def shape4(packet, strict):
    if packet[9] != TCP:
        return None
    fragment = packet[6] << 8 | packet[7]
    offset, more = fragment & 0x1fff, bool(fragment & 0x2000)
    if offset:
        if offset == 1 or strict:
            return Segment(fault="fragment_offset_1")
        return None
    words = packet[0] & 15
    if words < 5:
        return Segment(fault="bad_header")
    length = packet[2] << 8 | packet[3]
    end = min(len(packet), length) if length else len(packet)
    if more and end - 4 * words < 16:
        return Segment(fault="tiny_fragment")
    segment = ports(packet, 4 * words, end, "bad_header")
    if segment:
        segment.whole = not more
    return segment


def shape6(packet, strict):
    length = packet[4] << 8 | packet[5]
    end = min(len(packet), 40 + length) if length else len(packet)
    kind, at = packet[6], 40
    first_fragment = False
    for _ in range(MAX_EXTENSION_HEADERS + 1):
        fault = "v6_chain" if first_fragment else "bad_header"
        if kind == TCP:
            segment = ports(packet, at, end, fault)
            if segment:
                segment.whole = not first_fragment
            return segment
        if kind not in (HOPOPTS, ROUTING, FRAGMENT, AUTH, DSTOPTS):
            return None
        if end - at < (8 if kind == FRAGMENT else 2):
            return Segment(fault=fault)
        if kind == FRAGMENT:
            field = packet[at + 2] << 8 | packet[at + 3]
            size = 8
            if field & 0xfff8:
                if strict and packet[at] == TCP:
                    return Segment(fault="fragment_offset_1")
                return None
            first_fragment |= bool(field & 1)
        elif kind == AUTH:
            size = 4 * (packet[at + 1] + 2)
        else:
            size = 8 * (packet[at + 1] + 1)
        if end - at < size:
            return Segment(fault=fault)
        kind, at = packet[at], at + size
    return Segment(fault="v6_chain")


# ---- decision --------------------------------------------------------------

def scope(policy, port):
    """The VRF in whose tables a packet's source is looked up."""
    for name in (port.vrf, port.dev):
        if name in policy.vrfs:
            return name
    return None


def applies(entry, settings, family, destination, port):
    if entry.until and settings.now >= entry.until:
        return False
    if entry.dev and entry.dev not in (port.dev, port.vrf):
        return False
    return not entry.to or entry.to.covers(family, destination)


def best(candidates, order):
    """Of the longest prefix, the class that is first in the order."""
    longest = [e for e in candidates
               if e.prefix.length == candidates[0].prefix.length]
    return min(longest, key=lambda e: order.index(e.kind))


def decide(policy, family, source, destination, port):
    """(reason, whether it blocks, ISP) of a connection to port 25."""
    where = scope(policy, port)
    found = [e for e in policy.sources
             if e.prefix.covers(family, source) and e.isp.vrf == where and
             applies(e, policy.settings, family, destination, port)]
    if not found:
        return "foreign", False, None
    entry = best(found, SOURCE_ORDER)
    isp = entry.isp
    if "off" in (isp.mode, policy.settings.mode):
        return "off", False, isp
    if entry.kind in ("exempt", "static"):
        return entry.kind, False, isp
    if entry.kind == "space":
        return "own", False, isp
    there = [e for e in policy.destinations
             if e.isp is isp and e.prefix.covers(family, destination)]
    target = best(there, DESTINATION_ORDER).kind if there else "outside"
    if target == "relay":
        return "relay", False, isp
    if entry.kind == "quarantine":
        return "quarantine", True, isp
    if isp.policy == "relay-only":
        return "not_relay", True, isp
    if target == "target":
        return "target", True, isp
    if target == "space":
        return "inside", False, isp
    if isp.policy == "targets":
        return "not_target", False, isp
    return "outside", True, isp


def verdict(policy, reason, blocks, isp):
    if not blocks:
        return Verdict("pass", reason, isp)
    enforced = MODES.index("enforce") == min(MODES.index(isp.mode),
                                             MODES.index(policy.settings.mode))
    return Verdict("block" if enforced else "would_block", reason, isp)


def forward(policy, family, source, destination, port, segment):
    if not segment.fault:
        if segment.dport != PORT:
            return None
        if policy.settings.established and \
                segment.flags & (SYN | ACK) != SYN:
            return None
    reason, blocks, isp = decide(policy, family, source, destination, port)
    if segment.fault:
        if not blocks:
            return None
        reason = segment.fault
    return verdict(policy, reason, blocks, isp)


def backward(policy, family, source, destination, port, segment):
    if segment.fault or segment.sport != PORT or not segment.flags & ACK:
        return None
    if policy.settings.established and not segment.flags & SYN:
        return None
    _, blocks, isp = decide(policy, family, destination, source, port)
    if not blocks or not isp.reverse:
        return None
    return verdict(policy, "reverse", True, isp)


# ---- replies ---------------------------------------------------------------

def sums_up(packet, family, at, end):
    """The checksum of the segment is right."""
    addresses = packet[12:20] if family == 4 else packet[8:40]
    data = addresses + (end - at + TCP).to_bytes(4, "big") + packet[at:end]
    if len(data) & 1:
        data += b"\0"
    return int.from_bytes(data, "big") % 0xffff == 0


def unicast(family, address):
    if family == 4:
        return 0 < address >> 24 < 224 and address >> 24 != 127
    return address >> 120 != 0xff and address


def reply(packet, family, ends, segment, verdict):
    if verdict.verdict != "block" or segment.fault or not segment.whole or \
            segment.flags & RST or verdict.reason == "reverse" or \
            verdict.isp.reject == "drop":
        return None
    if not all(unicast(family, address) for address in ends) or \
            not sums_up(packet, family, segment.at, segment.end):
        return None
    # A RST needs all of the header that it answers
    if verdict.isp.reject == "reset" and segment.end - segment.at < 20:
        return None
    return verdict.isp.reject


def parts(packet, strict):
    """Family, both addresses, and the segment or None."""
    if packet[0] >> 4 == 4:
        return 4, (packet[12:16], packet[16:20]), shape4(packet, strict)
    return 6, (packet[8:24], packet[24:40]), shape6(packet, strict)


def judge(policy, packet, inward, outward):
    """What becomes of a packet; None: it passes and is not counted."""
    family, ends, segment = parts(packet, policy.settings.fragments)
    if not segment:
        return None
    source, destination = (int.from_bytes(a, "big") for a in ends)
    there = forward(policy, family, source, destination, inward, segment)
    if not there or there.verdict == "pass":
        there = backward(policy, family, source, destination, outward,
                         segment) or there
    if there:
        there.attempt = not segment.fault and \
            segment.flags & (SYN | ACK) == SYN
        there.reply = reply(packet, family, (source, destination), segment,
                            there)
    return there

# SPDX-License-Identifier: GPL-2.0-only
"""Policies and hostile packets by the seed.

Packets are of every shape that a spammer could think of, and nearly all of
them concern port 25 somehow. A packet is "routable" where a router would let
it get as far as FORWARD; those can be sent through a real one.
"""
from oracle import (ACK, AUTH, DESTINATION_ORDER, DSTOPTS, FRAGMENT, HOPOPTS,
                    ROUTING, SYN, TCP, Entry, Isp, Policy, Port, Prefix,
                    Settings, trimmed)

UDP, ICMP, GRE, ESP, ICMP6, NONE, SCTP = 17, 1, 47, 50, 58, 59, 132

# Where the test network has its devices: subscribers of alpha and beta, those
# of gamma in a VRF of theirs, and the rest of the world
SUBS, OUT, CUST = Port("subs"), Port("out"), Port("cust", "customers")
SPACE4 = {"alpha": 0xcb007100, "beta": 0xc0000200, "gamma": 0x64400000}
SPACE6 = {name: 0x20010db8 << 96 | n << 80
          for name, n in (("alpha", 0xa), ("beta", 0xb), ("gamma", 0xc))}
OUTSIDE4 = 0xc6120000
OUTSIDE6 = 0x20010db8 << 96 | 0xf << 80
PAST, FUTURE = 1, 4102444800
ODD4 = 0, 0x7f000001, 0xe0000001, 0xffffffff, 0x0a000001, 0xf0000000
ODD6 = 0, 1, 0xff02 << 112 | 1, 0xfe80 << 112 | 1, 0xffffcb007101


def span(prefix):
    """First and last address."""
    bits = 32 if prefix.family == 4 else 128
    return prefix.network, prefix.network | (1 << bits - prefix.length) - 1


class World:
    """A policy, at random if none is given, and addresses that matter to it."""

    def __init__(self, rng, policy=None):
        self.rng = rng
        self.policy = policy or self.random_policy()
        self.pool = {4: self.addresses(4), 6: self.addresses(6)}
        self.lines = {4: self.subject(4), 6: self.subject(6)}

    def subject(self, family):
        """Prefixes of sources whom the policy concerns."""
        return [e.prefix for e in self.policy.entries
                if e.kind in ("dynamic", "quarantine") and
                e.prefix.family == family] or \
            [Prefix(family, *((OUTSIDE4, 24) if family == 4 else
                              (OUTSIDE6, 48)))]

    def random_policy(self):
        rng = self.rng
        isps = [self.isp("alpha"), self.isp("beta")]
        if rng.random() < .5:
            isps.append(self.isp("gamma", rng.choice(("customers", None))))
        entries = [e for isp in isps for e in self.entries_of(isp)]
        seen, kept = set(), []
        for e in entries:
            # One source prefix is either of these, and belongs to one ISP
            kind = "line" if e.kind in ("static", "dynamic") else \
                "rival" if e.kind in ("relay", "target") else e.kind
            key = kind, e.prefix, e.isp.name, e.to, e.dev
            if key not in seen:
                seen.add(key)
                kept.append(e)
        return Policy(isps, kept, Settings(
            rng.choice(("enforce",) * 6 + ("monitor", "off")),
            rng.random() < .2, rng.random() < .25))

    def isp(self, name, vrf=None):
        rng = self.rng
        return Isp(name, rng.choice(("enforce",) * 5 + ("monitor", "off")),
                   rng.choice(("outside", "outside", "relay-only", "targets")),
                   rng.choice(("reset", "admin", "drop")),
                   rng.random() < .6, vrf)

    def within(self, base, family, shortest):
        rng = self.rng
        bits = 32 if family == 4 else 128
        length = rng.randint(shortest, bits)
        host = rng.getrandbits(bits - shortest)
        if rng.random() < .5:
            host &= ~(~0 << 8) | 0xf << bits - shortest - 4
        network = (base | host) >> bits - length << bits - length
        return Prefix(family, network, length)

    def anywhere(self, family):
        rng = self.rng
        bases = list((SPACE4 if family == 4 else SPACE6).values())
        bases += [OUTSIDE4 if family == 4 else OUTSIDE6] * 2
        return self.within(rng.choice(bases), family, 24 if family == 4 else 48)

    def overlay(self, isp, prefix):
        rng = self.rng
        kind = rng.choice(("exempt", "exempt", "quarantine"))
        to = dev = None
        if kind == "exempt" and rng.random() < .4:
            to = self.anywhere(prefix.family)
        if kind == "exempt" and rng.random() < .3:
            dev = rng.choice(("subs", "cust", "customers", "out"))
        return Entry(kind, prefix, isp, to, dev,
                     rng.choice((0, 0, PAST, FUTURE)))

    def entries_of(self, isp):
        rng = self.rng
        for family, base, length in ((4, SPACE4[isp.name], 24),
                                     (6, SPACE6[isp.name], 48)):
            yield Entry("space", Prefix(family, base, length), isp)
            if rng.random() < .8:
                yield Entry("dynamic", Prefix(family, base, length + 1), isp)
            for _ in range(rng.randint(0, 4)):
                inside = self.within(base, family, length)
                yield Entry(rng.choice(("dynamic", "static")), inside, isp)
                if rng.random() < .5:
                    yield self.overlay(isp, inside)
            for _ in range(rng.randint(0, 2)):
                spot = self.within(base, family, length)
                for _ in range(rng.randint(1, 3)):
                    yield self.overlay(isp, spot)
            for _ in range(rng.randint(0, 4)):
                yield Entry(rng.choice(DESTINATION_ORDER[:2]),
                            self.anywhere(family), isp)

    def addresses(self, family):
        """Both ends of every prefix, what is just beyond, one within."""
        rng = self.rng
        pool = []
        for entry in self.policy.entries:
            for prefix in (entry.prefix, entry.to):
                if not prefix or prefix.family != family:
                    continue
                first, last = span(prefix)
                pool += [first, last, first - 1, last + 1,
                         rng.randint(first, last)]
        outside = OUTSIDE4 if family == 4 else OUTSIDE6
        pool += [outside + n for n in (1, 25, 77)] * 4
        return pool


class Generator:
    """Packets for a world."""

    def __init__(self, world, rng, routable):
        self.world = world
        self.rng = rng
        self.routable = routable
        self.number = 0

    def subscriber(self, family):
        """Most often one whom the policy concerns."""
        if self.rng.random() < .4:
            return self.address(family)
        return self.rng.randint(*span(self.rng.choice(
            self.world.lines[family])))

    def ends(self, family):
        """Source and destination; in the other direction now and then."""
        ends = self.subscriber(family), self.address(family)
        while self.routable and ends[0] == ends[1]:
            # Its reply could not be told from it
            ends = ends[0], self.address(family)
        return ends if self.rng.random() < .75 else ends[::-1]

    def address(self, family):
        rng = self.rng
        if not self.routable and rng.random() < .04:
            return rng.choice(ODD4 if family == 4 else ODD6)
        return rng.choice(self.world.pool[family])

    # -- TCP --

    def port(self):
        rng = self.rng
        return 25 if rng.random() < .8 else \
            rng.choice((6400, 587, 465, 2525, 80, 0, 24, 26, 0x1919, 65535,
                        rng.getrandbits(16)))

    def flags(self):
        rng = self.rng
        return rng.choice((SYN, SYN, SYN | ACK, ACK, ACK, 0x18, 0, 0xff, 4,
                           0x14, 0xc2, 3, 0x29, rng.getrandbits(8)))

    def segment(self, ends):
        """A TCP segment, most often with the right checksum."""
        rng = self.rng
        sport, dport = self.port(), self.port()
        if sport == 25 and rng.random() < .7:
            sport = 1024 + rng.getrandbits(15)
        size = 0 if rng.random() < .7 else rng.randint(1, 40)
        if self.routable and rng.random() < .02:
            size += 4200    # more than a page: the kernel takes pieces
        head = sport.to_bytes(2, "big") + dport.to_bytes(2, "big") + \
            rng.getrandbits(64).to_bytes(8, "big") + \
            bytes((0x50, self.flags(), 0x20, 0))
        data = rng.randbytes(size)
        even = ends + (20 + size + TCP).to_bytes(4, "big") + head + data + \
            b"\0" * (size & 1)
        total = int.from_bytes(even, "big") % 0xffff
        check = (0xffff - total) % 0xffff
        if rng.random() < .05:
            check ^= 1
        return head + check.to_bytes(2, "big") + b"\0\0" + data

    def cut(self, data, chance):
        """Often not all of it is there."""
        rng = self.rng
        if rng.random() < chance:
            return data[:rng.randint(0, min(len(data), 24))]
        return data

    # -- IPv4 --

    def fragment4(self):
        rng = self.rng
        at = rng.random()
        if at < .72:
            return rng.choice((0, 0x4000, 0x8000))
        if at < .86:
            return 0x2000
        offset = rng.choice((1, 1, 2, 3, 185, 0x1fff, rng.getrandbits(13)))
        return offset | rng.choice((0, 0x2000, 0x4000))

    def packet4(self):
        rng = self.rng
        source, destination = self.ends(4)
        ends = source.to_bytes(4, "big") + destination.to_bytes(4, "big")
        words = 0 if rng.random() < .7 else rng.randint(1, 10)
        if self.routable:
            options = b"\1" * 4 * words
        else:
            options = rng.randbytes(4 * words)
        payload = self.cut(self.segment(ends), .15)
        proto = TCP if rng.random() < .92 else \
            rng.choice((UDP, ICMP, GRE, ESP, SCTP, rng.getrandbits(8)))
        length = 20 + len(options) + len(payload)
        ihl = 5 + words
        if not self.routable:
            if rng.random() < .03:
                ihl = rng.randint(5, 15)
            if rng.random() < .05:
                length = rng.choice((0, 20, max(20, length - 1), length + 1,
                                     65535, 20 + rng.getrandbits(14)))
        self.number = self.number + 1 & 0xffff
        head = bytes((0x40 | ihl, 0)) + (length & 0xffff).to_bytes(2, "big") + \
            self.number.to_bytes(2, "big") + \
            self.fragment4().to_bytes(2, "big") + bytes((64, proto))
        body = head + b"\0\0" + ends + options
        check = (0xffff - int.from_bytes(body, "big") % 0xffff) % 0xffff
        if len(payload) > 15 and rng.random() < .1:
            payload += self.trailer(length, len(body) + len(payload))
        return head + check.to_bytes(2, "big") + ends + options + payload

    def trailer(self, length, so_far):
        """What follows the datagram in its frame is not part of it."""
        return self.rng.randbytes(self.rng.randint(1, 20)) \
            if length == so_far else b""

    # -- IPv6 --

    def extension(self, kind, following, first):
        rng = self.rng
        units = 0 if rng.random() < .6 else rng.randint(1, 3)
        if kind == FRAGMENT:
            at = rng.random()
            if at < .4:
                field = 0
            elif at < .7:
                field = 1
            else:
                field = rng.choice((8, 9, 16, 0xfff8, 0xfff9,
                                    rng.getrandbits(16)))
            return bytes((following, rng.getrandbits(8))) + \
                field.to_bytes(2, "big") + self.number.to_bytes(4, "big")
        if kind == AUTH:
            # In units of four bytes, and two of them more
            units = 2 * units + 1 if self.routable else rng.getrandbits(3)
            return bytes((following, units)) + rng.randbytes(4 * units + 6)
        size = 8 * units + 6
        if kind == ROUTING:
            return bytes((following, units, 253, 0)) + bytes(size - 2)
        if self.routable or first:
            # One unknown option, to be skipped
            return bytes((following, units, 0x1e, size - 2)) + \
                bytes(size - 2)
        return bytes((following, units)) + rng.randbytes(size)

    def chain(self, payload):
        """(next header, bytes) of extension headers before a segment."""
        rng = self.rng
        at = rng.random()
        if at < .35:
            count = 0
        elif at < .97:
            count = rng.randint(1, 5)
        else:
            count = rng.choice((60, 63, 64, 64, 65, 65, 66, 70))
        last = TCP if rng.random() < .93 else \
            rng.choice((UDP, ICMP6, ESP, NONE, SCTP, 253, rng.getrandbits(8)))
        if self.routable and last in (HOPOPTS, ROUTING, FRAGMENT, AUTH,
                                      DSTOPTS):
            last = TCP
        kinds = [rng.choice((DSTOPTS, DSTOPTS, ROUTING, FRAGMENT, AUTH,
                             HOPOPTS)) for _ in range(count)]
        if count >= 60:     # no fragment that would end it early
            kinds = [DSTOPTS] * count
        elif count and rng.random() < .2:
            kinds[0] = HOPOPTS
        after, data = last, payload
        for place in range(count - 1, -1, -1):
            data = self.extension(kinds[place], after, place == 0) + data
            after = kinds[place]
        return after, data

    def packet6(self):
        rng = self.rng
        source, destination = self.ends(6)
        ends = source.to_bytes(16, "big") + destination.to_bytes(16, "big")
        kind, payload = self.chain(self.segment(ends))
        if rng.random() < .2:
            least = 0
            if self.routable and kind == HOPOPTS:
                least = 8 * (payload[1] + 1)    # or the stack drops it
            payload = payload[:rng.randint(least, len(payload))]
            if self.routable and not payload:
                payload = b"\0"     # a length of 0 says jumbogram
        length = len(payload)
        if not self.routable and rng.random() < .05:
            length = rng.choice((0, length - 1, length + 1, 65535,
                                 rng.getrandbits(16))) & 0xffff
        elif len(payload) > 15 and rng.random() < .1:
            payload += rng.randbytes(rng.randint(1, 20))
        self.number = self.number + 1 & 0xfffff
        return bytes((0x60, self.number >> 16)) + \
            (self.number & 0xffff).to_bytes(2, "big") + \
            length.to_bytes(2, "big") + bytes((kind, 64)) + ends + payload

    # -- where it comes from and goes to --

    def reached(self, packet, inward, outward, reply):
        """The reply that the rules allow gets to where the source says.

        Of a packet that crosses into a VRF or out of it, a RST needs a way
        back in the one that it came from; and the stack sends no ICMPv6 to the
        anycast address of a subnet's routers.
        """
        family = packet[0] >> 4
        source = int.from_bytes(packet[12:16] if family == 4 else
                                packet[8:24], "big")
        back = self.outward(family, source, inward)
        if reply == "admin":
            return source not in SPACE6.values() or back is OUT
        return (inward is CUST) == (outward is CUST) or \
            (inward is CUST) == (back is CUST)

    def outward(self, family, destination, inward):
        """The device that the routes of the test network lead to."""
        spaces = SPACE4 if family == 4 else SPACE6
        size = 8 if family == 4 else 80
        for name, base in spaces.items():
            if (destination ^ base) >> size == 0:
                if name == "gamma":
                    return CUST
                return SUBS if inward is not CUST else OUT
        return OUT

    def make(self):
        """(packet, port it comes in by, port it leaves by)"""
        rng = self.rng
        family = 4 if rng.random() < .5 else 6
        packet = self.packet4() if family == 4 else self.packet6()
        if not self.routable:
            packet = trimmed(packet)
            ports = SUBS, OUT, CUST, Port()
            return packet, rng.choice(ports), rng.choice(ports)
        ends = (packet[12:16], packet[16:20]) if family == 4 else \
            (packet[8:24], packet[24:40])
        source, destination = (int.from_bytes(a, "big") for a in ends)
        # By the line that the source lives on; now and then by another
        inward = self.outward(family, source, SUBS)
        if rng.random() < .15:
            inward = rng.choice((SUBS, OUT, CUST))
        return packet, inward, self.outward(family, destination, inward)

# SPDX-License-Identifier: GPL-2.0-only
"""Every byte of the replies.

    replies.py reset|admin

Fields that are the kernel's own choice (the identification of an IPv4 packet,
the flow label of an IPv6 one) are not compared; checksums must be right.
"""
import struct
import sys

from packets import (ACK, DYNAMIC, FRAGMENT, ICMP6, MF, OUT, PSH, SYN, TCP,
                     Bench, Packet, binary, fragment6, mac, reply, total)

ROUTER = "203.0.113.1", "2001:db8:a:1000::1"
# The last one of a network of the router's there
EVERYONE = "203.0.113.79", None
BROADCAST, GROUP = b"\xff" * 6, bytes.fromhex("01005e000042")
HOPS = 64       # net.ipv4.ip_default_ttl, net.ipv6.conf.*.hop_limit


def header(family, source, destination, payload, proto, tos=0, hops=HOPS):
    """A whole packet of the kernel's making."""
    if family == 6:
        return struct.pack("!IHBB", 6 << 28, len(payload), proto, hops) + \
            source + destination + payload
    dont_fragment = 0x4000 if proto == TCP else 0
    head = struct.pack("!BBHHHBBH", 0x45, tos, 20 + len(payload), 0,
                       dont_fragment, hops, proto, 0) + source + destination
    return head[:10] + struct.pack("!H", total(head)) + head[12:] + payload


def pseudo(packet, payload, proto):
    return packet.destination + packet.source + struct.pack(
        "!II", len(payload), proto)


def reset(packet, flags, seq, ack):
    """RFC 9293, 3.10.7.1: what a closed port answers."""
    data = struct.pack("!HHIIBBHHH", 25, packet.sport(), seq, ack, 0x50, flags,
                       0, 0, 0)
    check = total(pseudo(packet, data, TCP) + data)
    data = data[:16] + struct.pack("!H", check) + data[18:]
    return header(packet.family, packet.destination, packet.source, data, TCP)


def quoted(packet, original):
    """The packet as FORWARD sees it, cut to what an error may quote."""
    if packet.family == 6:
        seen = original[:7] + bytes([original[7] - 1]) + original[8:]
        return seen[:1280 - 40 - 8]
    head = original[:8] + bytes([original[8] - 1]) + original[9:10] + \
        b"\0\0" + original[12:20]
    head = head[:10] + struct.pack("!H", total(head)) + head[12:]
    return (head + original[20:])[:576 - 20 - 8]


def admin(packet, original):
    """RFC 1812, 5.2.7.1, and RFC 4443, 3.1."""
    kind, proto = ((3, 13), 1) if packet.family == 4 else ((1, 1), ICMP6)
    data = struct.pack("!BBHI", *kind, 0, 0) + quoted(packet, original)
    source = binary(ROUTER[packet.family == 6])
    cover = b"" if packet.family == 4 else source + packet.source + \
        struct.pack("!II", len(data), proto)
    data = data[:2] + struct.pack("!H", total(cover + data)) + data[4:]
    return header(packet.family, source, packet.source, data, proto, tos=0xc0)


def comparable(packet):
    if packet[0] >> 4 == 6:
        return packet[:1] + bytes([packet[1] & 0xf0, 0, 0]) + packet[4:]
    head = packet[:4] + b"\0\0" + packet[6:20]
    # Right with the identification that it has
    assert total(head[:4] + packet[4:6] + head[6:]) == 0, "bad header checksum"
    return head[:10] + b"\0\0" + head[12:] + packet[20:]


class Replies(Bench):
    def told(self, family, packet, to=None):
        """What comes back for a packet."""
        self.line.drain()
        self.line.send(packet, to or self.router)
        return [p for p in self.settle(family, Packet.number)
                if reply(p, 20000 + Packet.number)]

    def one(self, family, name, make, **tcp):
        Packet.number += 1
        packet = Packet(DYNAMIC, OUT, family)
        original = packet.whole(**tcp)
        wanted = [comparable(make(packet, original)).hex()]
        got = [comparable(p).hex() for p in self.told(family, original)]
        self.say(f"IPv{family}: {name}", [("bytes", got, wanted)])

    def nothing(self, family, name, to=None, make=Packet.whole, source=None):
        Packet.number += 1
        packet = Packet(source or DYNAMIC, OUT, family)
        got = self.told(family, make(packet), to)
        arrived = self.arrived(Packet.number)
        self.say(f"IPv{family}: {name}", [("replies", got, []),
                                          ("arrived", arrived, 0)])


def first_fragment(packet):
    """With a sum that is right for the fragment alone."""
    if packet.family == 4:
        return packet.ip4(packet.tcp(data=bytes(12)), fragment=MF)
    return packet.ip6(fragment6(TCP, 0, 1) + packet.tcp(data=bytes(4)),
                      FRAGMENT)


def silent(bench, family):
    bench.nothing(family, "none for a SYN to everyone on the link", BROADCAST)
    if family == 4:
        bench.nothing(family, "none for a SYN of everyone on the link",
                      source=EVERYONE)


def resets(bench, family):
    def one(name, answer, **tcp):
        bench.one(family, f"the RST for {name}",
                  lambda p, _: reset(p, *answer), **tcp)

    one("a SYN", (0x14, 0, 1001))
    one("a SYN at the end of the numbers", (0x14, 0, 0), seq=2**32 - 1)
    one("a SYN with data", (0x14, 0, 1101), data=bytes(100))
    one("data", (0x04, 0xfffffffe, 0), flags=PSH | ACK, ack=0xfffffffe,
        data=b"EHLO")
    one("a SYN+ACK", (0x04, 5, 0), flags=SYN | ACK, ack=5)
    silent(bench, family)
    bench.nothing(family, "none for a SYN to a group on the link", GROUP)
    bench.nothing(family, "none for a first fragment", make=first_fragment)


def errors(bench, family):
    bench.one(family, "the ICMP error for a SYN", admin)
    bench.one(family, "the ICMP error for 1,400 bytes", admin, flags=ACK,
              ack=7, data=bytes(range(256)) * 5)
    silent(bench, family)


def main(suite):
    bench = Replies()
    bench.router = mac("router", "sub0")
    for family in (4, 6) if bench.six else (4,):
        {"reset": resets, "admin": errors}[suite](bench, family)
    return bench.failed > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

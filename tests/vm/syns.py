# SPDX-License-Identifier: GPL-2.0-only
"""SYNs to port 25 from many sources, as fast as Python sends them.

    syns.py SOURCE COUNT DESTINATION COUNT [ROUNDS [CPU]]

From the line of the subscriber of lib.sh, to the router. Each source, counted
up from SOURCE, sends to each destination, ROUNDS times. TCP checksums are
wrong, so that nobody answers; all else is right. CPU is the last where there are
not so many.
"""
import _socket as socket    # the other takes most of a second to import
import os
import struct
import sys


def number(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return int.from_bytes(socket.inet_pton(family, address), "big")


def total(data):
    value = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while value >> 16:
        value = (value & 0xffff) + (value >> 16)
    return ~value & 0xffff


TCP = struct.pack("!HHIIBBHHH", 40000, 25, 1, 0, 0x50, 2, 8192, 1, 0)


class Packet4:
    """Lower half of the source and identification add up to nothing in the
    header's sum, so that it is computed once and not for each packet."""
    kind = 0x800

    def __init__(self, source, destination):
        head = struct.pack("!BBHHHBBHII", 0x45, 0, 40, 0xffff, 0, 64, 6, 0,
                           source & 0xffff0000, destination)
        self.buffer = bytearray(head + TCP)
        struct.pack_into("!H", self.buffer, 10, total(head))

    def from_source(self, source):
        struct.pack_into("!H", self.buffer, 4, ~source & 0xffff)
        struct.pack_into("!H", self.buffer, 14, source & 0xffff)
        return self.buffer


class Packet6:
    """IPv6 has no sum; the lower half of the source changes."""
    kind = 0x86dd

    def __init__(self, source, destination):
        self.buffer = bytearray(
            struct.pack("!IHBB", 6 << 28, len(TCP), 6, 64) +
            source.to_bytes(16, "big") + destination.to_bytes(16, "big") + TCP)

    def from_source(self, source):
        struct.pack_into("!H", self.buffer, 22, source & 0xffff)
        return self.buffer


def main():
    first, sources = number(sys.argv[1]), int(sys.argv[2])
    to = number(sys.argv[3])
    destinations = range(to, to + int(sys.argv[4]))
    rounds = int(sys.argv[5]) if len(sys.argv) > 5 else 1
    if len(sys.argv) > 6:
        os.sched_setaffinity(0, {int(sys.argv[6]) % os.cpu_count()})
    make = Packet6 if ":" in sys.argv[1] else Packet4
    line = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    where = "eth0", make.kind, 0, 0, bytes.fromhex(os.environ["ROUTER_MAC"])
    for _ in range(rounds):
        for source in range(first, first + sources):
            if source == first or not source & 0xffff:
                packets = [make(source, d) for d in destinations]
            for packet in packets:
                line.sendto(packet.from_source(source), where)


main()

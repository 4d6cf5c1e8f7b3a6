# SPDX-License-Identifier: GPL-2.0-only
"""SYNs from the subscriber to port 25 outside, and as many to port 26.

Goes on until it is killed; at a pace that leaves the machine to others.
"""
import itertools
import time

from packets import Line, Packet, mac

SUBSCRIBER = "203.0.113.6", None
SERVER = "198.18.0.25", None

line, router = Line("sub"), mac("router", "sub0")
packet = Packet(SUBSCRIBER, SERVER)
for sport in itertools.cycle(range(1024, 65536)):
    for dport in 25, 26:
        line.send(packet.ip4(packet.tcp(dport=dport, sport=sport)), router)
    time.sleep(0.0005)

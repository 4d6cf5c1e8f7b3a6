# SPDX-License-Identifier: GPL-2.0-only
"""What scale.sh does step by step.

    scale.py steady COUNT   so many interfaces with a session come, one after
                            another, and fifty later each goes again

In the network namespace of the policy, whose ISP is alpha.
"""
import socket
import struct
import sys
import time

from latency import PAUSE, Links
from netlink import CLASS, DEV, DYNAMIC, PREFIXES4, SESSION_UP, Nl, attr, isp, \
    prefix4, u8

AT_ONCE = 50


def steady(count):
    links, nl = Links(), Nl()
    for i in range(int(count) + AT_ONCE):
        if i < int(count):
            address = socket.inet_ntoa(struct.pack(">I", (31 << 24) + i))
            links.add(f"st{i}")
            nl.call(SESSION_UP, isp("alpha") + u8(CLASS, DYNAMIC) +
                    attr(DEV, f"st{i}") +
                    attr(PREFIXES4, prefix4(address, 32)))
        if i >= AT_ONCE:
            links.remove(f"st{i - AT_ONCE}")
        time.sleep(PAUSE)


{"steady": steady}[sys.argv[1]](*sys.argv[2:])

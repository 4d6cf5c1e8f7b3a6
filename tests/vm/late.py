#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A commit that comes while the module goes is refused, and says why.

    late.py                          in a network namespace without a policy

One datagram holds a transaction from its begin to its commit. Nothing pins the
module before it is published, so that its removal begins; but the removal waits
for the datagram, and the commit finds a module that is going.
"""
import ctypes
import errno
import os
import socket
import struct
import sys
import threading

from netlink import (ACK, BEGIN, COMMIT, ERROR, FLUSH, ISP_ADD, Nl, OWNER,
                     PREFIX_ADD, REQUEST, Refused, adding, check, finish, isp,
                     prefix4)

SO_SNDBUFFORCE = 32
DELETE_MODULE = {"x86_64": 176}[os.uname().machine]
EACH = 8000
MOST = 512


def upload(nl, messages):
    """A transaction of so many messages with prefixes; its commit is last."""
    requests = [nl.message(BEGIN, b"", REQUEST),
                nl.message(ISP_ADD, isp(), REQUEST)]
    for i in range(messages):
        table = b"".join(prefix4(socket.inet_ntoa(struct.pack(
            ">I", ((i * EACH + j) * 0x9e3779b1) % (1 << 32))), 32)
                         for j in range(EACH))
        requests.append(nl.message(PREFIX_ADD, adding(table), REQUEST))
    return b"".join(requests + [nl.message(COMMIT, b"", REQUEST | ACK)])


def answer(nl):
    """To the last request: errno's name and the sentence, or "done"."""
    while True:
        for kind, flags, body in nl.receive():
            if kind != ERROR or struct.unpack_from("12xI", body)[0] != nl.seq:
                continue
            try:
                finish(body, flags)
            except Refused as why:
                return errno.errorcode[why.number], why.sentence
            return "done", ""


def attempt(messages):
    """What the commit was told, and what the removal."""
    libc = ctypes.CDLL(None, use_errno=True)
    nl, other = Nl(), Nl()
    nl.sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 1 << 26)
    nl.sock.settimeout(120)
    sender = threading.Thread(target=nl.sock.send, args=(upload(nl, messages),))
    sender.start()
    while other.number(OWNER) != nl.port and sender.is_alive():
        pass
    removed = "removed"
    if libc.syscall(DELETE_MODULE, b"obpbl", os.O_NONBLOCK):
        removed = errno.errorcode[ctypes.get_errno()]
    sender.join()
    said = answer(nl)
    nl.sock.close()
    if removed != "removed":
        other.call(FLUSH)
    return said, removed


def main():
    messages, said, removed = 2, None, ""
    # Whoever was too quick for the removal tries again with more
    while removed != "removed" and messages < MOST:
        messages *= 2
        said, removed = attempt(messages)
        print(f"# {messages * EACH} prefixes: {said}, {removed}", flush=True)
    check("a module that goes while a transaction is open", removed, "removed")
    check("refuses its commit, and says why", said,
          ("ENODEV", "the module or the namespace is being removed"))


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: GPL-2.0-only
"""Big transfers, whose data tells if it arrived whole and in order.

    bulk.py serve                    TCP and UDP port 25; reports on port 26
    bulk.py send SOURCE TO BYTES     to port 25; says how it ended
    bulk.py datagrams SOURCE TO N    N datagrams, cut up by the kernel
    bulk.py report SOURCE TO         what arrived there so far, as JSON

The data is 64-bit numbers that count up from 0.
"""
import array
import errno
import json
import selectors
import socket
import sys

SEGMENT = 1000
UDP_SEGMENT = 103


def data(size, start=0):
    return array.array("Q", range(start // 8, (start + size) // 8)).tobytes()


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def listener(port, kind):
    v6 = socket.has_dualstack_ipv6()
    s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, kind)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if v6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    s.bind(("", port))
    if kind == socket.SOCK_STREAM:
        s.listen()
    return s


def serve():
    wait = selectors.DefaultSelector()
    took, report = {}, {"udp": 0}
    tcp, udp, ask = (listener(25, socket.SOCK_STREAM),
                     listener(25, socket.SOCK_DGRAM),
                     listener(26, socket.SOCK_STREAM))
    for s in tcp, udp, ask:
        wait.register(s, selectors.EVENT_READ)
    while True:
        for key, _ in wait.select():
            s = key.fileobj
            if s is udp:
                report["udp"] += len(s.recv(65535))
            elif s is ask:
                report["tcp"] = [[len(got), got == data(len(got) + 8)[:len(got)]]
                                 for got in took.values()]
                with s.accept()[0] as peer:
                    peer.sendall(json.dumps(report).encode())
            elif s is tcp:
                peer = s.accept()[0]
                took[peer] = bytearray()
                wait.register(peer, selectors.EVENT_READ)
            else:
                got = s.recv(1 << 18)
                took[s] += got
                if not got:
                    wait.unregister(s)


def send(source, to, size):
    s = socket.create_connection((to, 25), source_address=(source, 0))
    sent = 0
    try:
        while sent < size:
            chunk = data(min(1 << 18, size - sent), sent)
            s.sendall(chunk)
            sent += len(chunk)
        s.shutdown(socket.SHUT_WR)
        print("sent")
    except OSError as e:
        print(errno.errorcode[e.errno])


def datagrams(source, to, count):
    s = socket.socket(family(to), socket.SOCK_DGRAM)
    s.bind((source, 0))
    s.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, SEGMENT)
    for _ in range(count // 10):
        s.sendto(data(SEGMENT * 10), (to, 25))


def report(source, to):
    s = socket.create_connection((to, 26), source_address=(source, 0))
    print(s.makefile().read())


def main(command, *args):
    if command == "serve":
        serve()
    elif command == "report":
        report(*args)
    else:
        {"send": send, "datagrams": datagrams}[command](
            args[0], args[1], int(args[2]))


main(*sys.argv[1:])

# SPDX-License-Identifier: GPL-2.0-only
"""What races.py is made of: namespaces and links without a process each,
packets on another processor, and others who do something meanwhile."""
import contextlib
import ctypes
import mmap
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import time

from netlink import (
    ABORT, ACK, attr, attributes, BEGIN, check, CLASS, COMMIT, COUNTERS,
    DEV, DPORT, DST, DYNAMIC, EMPTY, ERROR, GENERATION, isp, ISP_ADD,
    MODE, Nl, prefix4, prefix6, PREFIX_ADD, PREFIXES4, PREFIXES6,
    REASON_CODE, Refused, REJECT, REQUEST, REVERSE, SPACE, SRC, STATS_GET,
    TCP_FLAGS, TEST, u32, u8)

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
BUILD = os.environ["OBPBL_BUILD"]
DELAYS = "/proc/obpbl_delays"
SETTINGS = "/proc/sys/net/obpbl"
MAC = bytes.fromhex("020000000019")
# Devices of lines that come and go; as many for both sides of each box
FIRST_LINE = 100


def system(result):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


# ---- namespaces ------------------------------------------------------------

def here():
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY)


@contextlib.contextmanager
def inside(namespace):
    """In it, and back."""
    before = here()
    system(libc.setns(namespace, CLONE_NEWNET))
    try:
        yield
    finally:
        system(libc.setns(before, CLONE_NEWNET))
        os.close(before)


def new_namespace():
    """One that lives as long as its file is open, or anything in it."""
    before = here()
    system(libc.unshare(CLONE_NEWNET))
    namespace = here()
    system(libc.setns(before, CLONE_NEWNET))
    os.close(before)
    return namespace


def named(name):
    return os.open(f"/run/netns/{name}", os.O_RDONLY)


# ---- links -----------------------------------------------------------------

class Rt:
    """A route netlink socket: what ip does, without a process each."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        self.sock.bind((0, 0))

    def call(self, kind, flags, body):
        self.sock.send(struct.pack("IHHII", 16 + len(body), kind,
                                   REQUEST | ACK | flags, 1, 0) + body)
        answer = self.sock.recv(1 << 16)
        number = -struct.unpack_from("i", answer, 16)[0]
        if number:
            raise OSError(number, os.strerror(number))

    @staticmethod
    def link(index, *attrs, up=False):
        return struct.pack("BxHiII", 0, 0, index, up, up) + b"".join(attrs)

    def add(self, kind, name, index, more=b""):
        info = attr(1, kind.encode()) + (attr(2, more) if more else b"")
        self.call(16, 0x600, self.link(index, attr(3, name), attr(18, info),
                                       up=kind == "veth"))

    def rename(self, index, name):
        self.call(16, 0, self.link(index, attr(3, name)))

    def move(self, index, namespace):
        self.call(16, 0, self.link(index, u32(28, namespace)))

    def delete(self, index):
        self.call(17, 0, self.link(index))

    def address(self, index, text, length):
        family, raw = number(text)
        self.call(20, 0x600, struct.pack("BBBBI", family, length, 2, 0, index) +
                  attr(1, raw) + attr(2, raw))


def number(text):
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    return family, socket.inet_pton(family, text)


class Box:
    """A router of its own between the lines of sub and foreign, by devices that
    have the same numbers again each time."""

    def __init__(self, place=0):
        self.index = FIRST_LINE + place
        self.namespace = new_namespace()
        for name in "sub", "foreign":
            self.connect(name)
        with inside(self.namespace):
            write("/proc/sys/net/ipv4/ip_forward", 1)
            write("/proc/sys/net/ipv6/conf/all/forwarding", 1)
            rt = Rt()
            for index, addresses in (
                    (self.index, (("203.0.113.1", 25),
                                  ("2001:db8:a:1000::1", 64))),
                    (self.index + 1000, (("198.18.0.1", 24),
                                         ("2001:db8:f::1", 64)))):
                rt.call(16, 0, rt.link(index, up=True))
                for text, length in addresses:
                    rt.address(index, text, length)
            rt.sock.close()
            self.nl = Nl()

    def connect(self, name):
        """The line of the last box may be on its way out."""
        index = self.index + (1000 if name == "foreign" else 0)
        peer = attr(1, Rt.link(index, attr(3, name), attr(1, MAC),
                               u32(28, self.namespace)))
        with inside(lines[name]):
            rt = Rt()
            until(lambda: added(rt, index, peer))
            rt.sock.close()

    def close(self):
        """Nobody keeps it any more."""
        self.nl.sock.close()
        os.close(self.namespace)


def added(rt, index, peer):
    """Not while the one before is there."""
    try:
        rt.add("veth", f"box{index}", index, peer)
    except FileExistsError:
        return False
    return True


def write(path, value):
    with open(path, "w", encoding="ascii") as file:
        file.write(f"{value}\n")


# ---- patience --------------------------------------------------------------

# How long to wait for what must come
PATIENCE = 60


def until(done_now):
    end = time.monotonic() + PATIENCE
    while not done_now():
        if time.monotonic() > end:
            raise TimeoutError("it does not come")
        time.sleep(0.002)


def done(call, *args):
    """Whether it could be done: others are in the way at times."""
    try:
        call(*args)
    except (OSError, Refused):
        return False
    return True


# What helpers leave to others of their processor
BREATH = 0.02


class Helper:
    """A process that does something again and again: each turn of a generator
    is one time."""

    def __init__(self, work, *args):
        self.times = mmap.mmap(-1, 8)
        self.name = work.__name__
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid:
            return
        try:
            for times, _ in enumerate(work(*args), 1):
                self.times[:] = struct.pack("Q", times)
                time.sleep(random.uniform(0, BREATH))
        finally:
            sys.excepthook(*sys.exc_info()) if sys.exc_info()[0] else None
            sys.stderr.flush()
            os._exit(1)

    def count(self):
        return struct.unpack("Q", self.times[:])[0]

    def stop(self):
        """How often it was done; it must not have ended before."""
        os.kill(self.pid, signal.SIGKILL)
        status = os.waitpid(self.pid, 0)[1]
        if not os.WIFSIGNALED(status):
            check(f"{self.name} goes on till the end", status, 0)
        return self.count()


@contextlib.contextmanager
def helpers(*works):
    """Meanwhile; each is done at least once, but for those that wait for what
    the case does."""
    all_of_them = [Helper(*work) for work in works]
    try:
        yield
        until(lambda: all(h.count() for h in all_of_them
                          if not h.name.startswith("shadow")))
    finally:
        times = [h.stop() for h in all_of_them]
        names = ", ".join(f"{h.name} {n}" for h, n in zip(all_of_them, times))
        print(f"# meanwhile: {names}", flush=True)


# ---- packets ---------------------------------------------------------------

class Watch:
    """Counts TCP packets that come in from somewhere else."""

    def __init__(self, namespace, device=None):
        with inside(namespace):
            self.socks = [self.sock(0x800, 9), self.sock(0x86dd, 6)]
            for sock in self.socks if device else ():
                sock.bind((device, 0))

    @staticmethod
    def sock(kind, at):
        program = b"".join(struct.pack("HBBI", *line) for line in (
            (0x28, 0, 0, 0xfffff004),   # ldh [pkttype]
            (0x15, 3, 0, 4),            # outgoing: none
            (0x30, 0, 0, at),           # ldb [protocol]
            (0x15, 0, 1, 6),            # TCP
            (0x06, 0, 0, 64),
            (0x06, 0, 0, 0)))
        buffer = ctypes.create_string_buffer(program)
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                             socket.htons(kind))
        sock.setsockopt(socket.SOL_SOCKET, 26, struct.pack(
            "HxxxxxxP", len(program) // 8, ctypes.addressof(buffer)))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        return sock

    def count(self):
        """Since the last time: what was queued, and what was not."""
        return sum(struct.unpack("II", sock.getsockopt(263, 6, 8))[0]
                   for sock in self.socks)

    def close(self):
        for sock in self.socks:
            sock.close()


def side(name, index, source, to, *words):
    return ",".join((f"/run/netns/{name}", str(index), source, to) + words)


def sides(sub, foreign):
    """Both ends and both families; the numbers of their devices."""
    return [side("sub", sub, "203.0.113.10", "198.18.0.25"),
            side("sub", sub, "2001:db8:a:1000::10", "2001:db8:f::25"),
            side("foreign", foreign, "198.18.0.25", "203.0.113.10", "answer"),
            side("foreign", foreign, "2001:db8:f::25", "2001:db8:a:1000::10",
                 "answer")]


def line_index(name):
    with inside(lines[name]):
        return socket.if_nametoindex("eth0")


LAST_CPU = os.cpu_count() - 1


class Torrent:
    """Packets through the router, and through some boxes."""

    def __init__(self, boxes=0, cpu=LAST_CPU, rounds=0):
        words = sides(line_index("sub"), line_index("foreign"))
        for index in range(FIRST_LINE, FIRST_LINE + boxes):
            words += sides(index, index + 1000)
        self.child = subprocess.Popen(
            [f"{BUILD}/vm/torrent", str(cpu), str(rounds), *words],
            stdout=subprocess.PIPE)
        self.child.stdout.readline()    # it has begun

    def stop(self):
        self.child.terminate()
        return self.wait()

    def wait(self):
        sent = int(self.child.communicate()[0])
        if self.child.returncode:
            raise OSError("the torrent has run dry")
        return sent


def judged(nl):
    """Packets that were counted in the namespace."""
    total = 0
    for body in nl.dump(STATS_GET):
        raw = attributes(body).get(COUNTERS, b"")
        total += sum(struct.unpack_from("Q", raw, at)[0]
                     for at in range(0, len(raw), 32))
    return total


# Whatever a round does, some packets come in the meantime
EACH_ROUND = 10


@contextlib.contextmanager
def torrent(what, rounds, nl, boxes=0, cpu=LAST_CPU):
    """Under it: nothing forbidden passes the router; packets are judged."""
    for watch in watches.values():
        watch.count()
    before = judged(nl)
    packets = Torrent(boxes, cpu)
    try:
        yield
    finally:
        sent = packets.stop()
    settle()
    seen = judged(nl) - before
    leaked = {name: watch.count() for name, watch in watches.items()}
    print(f"# {what}: {seen} packets judged in the router, {sent} sent",
          flush=True)
    check(f"{what}, {rounds} rounds: no packet has passed",
          {name: n for name, n in leaked.items() if n}, {})
    check(f"{what}: packets were judged meanwhile",
          seen >= EACH_ROUND * rounds or seen, True)


def settle():
    """Packets that are in a queue have come."""
    time.sleep(0.1)


# ---- policies --------------------------------------------------------------

SUBSCRIBERS = prefix4("203.0.113.0", 25), prefix6("2001:db8:a:1000::", 52)
SERVERS = prefix4("198.18.0.0", 24), prefix6("2001:db8:f::", 48)
KINDS = PREFIXES4, PREFIXES6


def adding(prefixes, name, cls):
    """Both families."""
    for kind, data in zip(KINDS, prefixes):
        yield PREFIX_ADD, isp(name) + u8(CLASS, cls) + attr(kind, data)


def owner(name, space, dynamic=()):
    yield ISP_ADD, isp(name) + u8(MODE, 2) + u8(REVERSE, 1) + u8(REJECT, 2)
    yield from adding(space, name, SPACE)
    yield from adding(dynamic, name, DYNAMIC)


# The subscribers are one's and the servers the other's: with the subscriber of
# one policy and the server of the other they would be of one ISP, and pass.
POLICIES = [[*owner(one, SUBSCRIBERS, SUBSCRIBERS), *owner(other, SERVERS)]
            for one, other in (("alpha", "beta"), ("beta", "alpha"))]


def request(nl, *requests):
    """All in one datagram, and the answer to the last; an earlier one may be
    refused."""
    flags = [REQUEST] * (len(requests) - 1) + [REQUEST | ACK]
    data = b"".join(nl.message(*one, flag)
                    for one, flag in zip(requests, flags))
    nl.sock.send(data)
    bodies, refusal = [], None
    while True:
        for kind, flag, body in nl.receive():
            if kind != ERROR:
                bodies.append(body[4:])
                continue
            status, seq = struct.unpack_from("i8xI", body)
            if status and not refusal:
                refusal = Refused(-status, "", None)
            if seq == nl.seq:
                if refusal:
                    raise refusal
                return bodies


def apply(nl, number=0, head=b"", more=()):
    """Replaces all that is configured; whoever else is at it goes first."""
    policy = [(BEGIN, attr(EMPTY, b"") + head), *POLICIES[number % 2], *more,
              (COMMIT, b"")]
    until(lambda: attempt(nl, policy))


def attempt(nl, requests):
    """Whether a transaction was done; it is not left open. Nothing of it is
    sent unless it could begin: it would be done by itself."""
    begin, *rest = requests
    if not done(nl.call, *begin):
        return False
    try:
        request(nl, *rest)
    except Refused:
        done(nl.call, ABORT)
        return False
    return True


def generation(nl):
    return nl.number(GENERATION)


def reason(nl, source, to="198.18.0.25", device=None):
    """Why a SYN of that source is passed or blocked."""
    found = attributes(nl.call(TEST, attr(SRC, socket.inet_aton(source)) +
                               attr(DST, socket.inet_aton(to)) +
                               attr(DPORT, struct.pack("H", 25)) +
                               u8(TCP_FLAGS, 2) +
                               (attr(DEV, device) if device else b""))[0])
    return REASONS[found[REASON_CODE][0]]


REASONS = ("foreign own static exempt relay inside not_target under_limit off "
           "outside not_relay target limit quarantine reverse").split()


# ---- delays ----------------------------------------------------------------

# Who is held up where, for how many microseconds, and each how many-th: a
# packet that has its policy and has not looked into it, and one that has been
# judged by it; a change between what it has built and its publication; whoever
# frees, and whoever is about to keep something.
DELAYED = """
at obpbl_flow_parse 1000 16
at obpbl_stats_count 500 61
at obpbl_transaction_commit 500 8
at obpbl_policy_free 300 8
at obpbl_datapath_free_rcu 500 2
at obpbl_session_find 500 2
at obpbl_net_hold 200 16
""".split("\n")[1:-1]
held_up = {}


def hold_up():
    """Not by a kernel without probes, which the module is not loaded into."""
    report()
    for line in DELAYED if os.path.exists(DELAYS) else ():
        write(DELAYS, line)


def report():
    """Counts how often anybody was, since they were set."""
    if not os.path.exists(DELAYS):
        return
    with open(DELAYS, encoding="ascii") as file:
        for line in file:
            name, _, times = line.split()
            held_up[name] = held_up.get(name, 0) + int(times)



lines = {name: named(name) for name in ("sub", "foreign")}
watches = {name: Watch(namespace, "eth0")
           for name, namespace in lines.items()}

# SPDX-License-Identifier: GPL-2.0-only
"""Raw packets through the router, and what became of them.

    packets.py SUITE

The network and its names are those of lib.sh. Packets leave the subscriber's
line as they are, by packet sockets, from and to addresses that no stack owns
(so that nobody answers them but the router), and carry a number by which they
are known on the far side. An echo request behind each case says when all of
it has arrived. Counters are read before and after.
"""
import ctypes
import json
import os
import socket
import struct
import subprocess
import sys
import time

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
MF = 0x2000
TCP, UDP, SCTP, ICMP6 = 6, 17, 132, 58
HOP, ROUTING, FRAGMENT, ESP, AUTH, NONE, OPTIONS = 0, 43, 44, 50, 51, 59, 60

# From and to; static neighbours lead the router to them.
DYNAMIC = "203.0.113.6", "2001:db8:a:1000::6"
STATIC = "203.0.113.122", None
EXEMPT = "203.0.113.9", "2001:db8:a:1000::9"
OWN = "203.0.113.201", "2001:db8:a::201"
STRANGER = "100.64.0.6", "2001:db8:cccc::6"
OUT = "198.18.0.66", "2001:db8:f::66"
BETA = "192.0.2.66", "2001:db8:b::66"
RELAY = "203.0.113.210", "2001:db8:a::210"
INSIDE = "203.0.113.220", "2001:db8:a::220"

libc = ctypes.CDLL(None, use_errno=True)
home = os.open("/proc/self/ns/net", os.O_RDONLY)


def setns(fd):
    if libc.setns(fd, 0x40000000):
        raise OSError(ctypes.get_errno(), "setns")


def mac(namespace, device):
    said = subprocess.run(["ip", "-n", namespace, "-j", "link", "show", device],
                          capture_output=True, check=True).stdout
    return bytes.fromhex(json.loads(said)[0]["address"].replace(":", ""))


class Line:
    """A packet socket on a namespace's device."""

    def __init__(self, namespace, device="eth0"):
        fd = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
        setns(fd)
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                    socket.htons(3))
        self.socket.bind((device, 3))
        setns(home)
        os.close(fd)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.device = device

    def send(self, packet, to):
        kind = 0x86dd if packet[0] >> 4 == 6 else 0x800
        self.socket.sendto(packet, (self.device, kind, 0, 0, to))

    def heard(self, until, timeout=20):
        """Packets that came in, up to and with the one that until() likes."""
        packets = []
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            self.socket.settimeout(max(0.001, end - time.monotonic()))
            try:
                packet, address = self.socket.recvfrom(65535)
            except TimeoutError:
                break
            if address[2] == socket.PACKET_OUTGOING:
                continue
            packets.append(packet)
            if until(packet):
                return packets
        raise SystemExit("packets.py: the marker never came")

    def drain(self):
        self.socket.setblocking(False)
        try:
            while True:
                self.socket.recv(65535)
        except BlockingIOError:
            pass


def total(data):
    if len(data) % 2:
        data += b"\0"
    value = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while value >> 16:
        value = (value & 0xffff) + (value >> 16)
    return ~value & 0xffff


def binary(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.inet_pton(family, address)


class Packet:
    """Bytes from an address to another; one number for all of a case."""
    number = 0

    def __init__(self, source, destination, family=4):
        index = 0 if family == 4 else 1
        self.source = binary(source[index])
        self.destination = binary(destination[index])
        self.family = family

    def sport(self):
        return 20000 + Packet.number

    def tcp(self, dport=25, flags=SYN, data=b"", sport=None, bad=False,
            ack=0, seq=1000, proto=TCP):
        head = struct.pack("!HHIIBBHHH", sport or self.sport(), dport, seq,
                           ack, 0x50, flags, 8192, 0, 0)
        pseudo = self.source + self.destination + struct.pack(
            "!II", len(head + data), proto)
        check = total(pseudo + head + data) ^ bad
        return head[:16] + struct.pack("!H", check) + head[18:] + data

    def ip4(self, payload, proto=TCP, fragment=0, options=b"", ihl=None):
        length = 20 + len(options) + len(payload)
        head = struct.pack("!BBHHHBBH", 0x40 | (ihl or 5 + len(options) // 4),
                           0, length, Packet.number, fragment, 64, proto, 0)
        head += self.source + self.destination + options
        return head[:10] + struct.pack("!H", total(head)) + head[12:] + payload

    def ip6(self, payload, proto=TCP):
        return struct.pack("!IHBB", 6 << 28 | Packet.number, len(payload),
                           proto, 64) + self.source + self.destination + payload

    def whole(self, **tcp):
        return self.ip4(self.tcp(**tcp)) if self.family == 4 else \
            self.ip6(self.tcp(**tcp))


def extension(kind, following, units=0):
    """An extension header that only pads."""
    if kind == AUTH:
        return struct.pack("!BBHII", following, 1 + units, 0, 1, 1) + \
            bytes(4 * units)
    if kind == ROUTING:     # all segments visited
        return struct.pack("!BBBBI", following, units, 253, 0, 0) + \
            bytes(8 * units)
    size = 4 + 8 * units
    return struct.pack("!BBBB", following, units, 1, size) + bytes(size)


def fragment6(following, offset=0, more=0):
    return struct.pack("!BBHI", following, 0, offset << 3 | more,
                       Packet.number)


def chain(kinds, payload, last=TCP):
    """(next header, bytes) of extension headers before the payload."""
    after, data = last, payload
    for kind in reversed(kinds):
        head = fragment6(after) if kind == FRAGMENT else extension(kind, after)
        after, data = kind, head + data
    return after, data


# ---- what is observed ------------------------------------------------------


control = None


def asked():
    """What "stats" says. One process answers all, since to start one takes
    most of the time of a case."""
    global control
    if not control:
        control = subprocess.Popen(
            ["obpblctl", "-n", "router", "-j", "-b", "-"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    control.stdin.write(b"stats\n")
    control.stdin.flush()
    return json.loads(control.stdout.readline())


def stats():
    """{(ISP, reason): (packets, attempts)}, foreign ones under (None, ...)."""
    document = asked()
    result = {(isp["name"], reason): (n["packets"], n["attempts"])
              for isp in document["isps"]
              for reason, n in isp["reasons"].items()}
    foreign = document.get("foreign") or {}
    result[None, "foreign"] = (foreign.get("packets", 0),
                               foreign.get("attempts", 0))
    return result


def replies():
    """Replies sent, and replies held back."""
    counted = asked()["replies"]
    return counted["sent"], counted["suppressed"]


def difference(before, after):
    """{reason: packets} of what has been counted since, attempts apart."""
    packets, attempts = {}, 0
    for key, (n, tried) in after.items():
        m, was = before.get(key, (0, 0))
        if n != m:
            packets[key[1]] = packets.get(key[1], 0) + n - m
        attempts += tried - was
    return packets, attempts


def known_by(packet):
    if packet[0] >> 4 == 6:
        return struct.unpack("!I", packet[:4])[0] & 0xfffff
    return struct.unpack("!H", packet[4:6])[0]


def upper(packet):
    """(protocol, bytes) of a packet without extension headers."""
    if packet[0] >> 4 == 6:
        return packet[6], packet[40:]
    return packet[9], packet[(packet[0] & 15) * 4:]


def reply(packet, port):
    """What the packet tells the sender of a segment from that port."""
    proto, data = upper(packet)
    if proto == TCP:
        to, seq, ack, flags = struct.unpack("!2xHIIxB", data[:14])
        if to == port and flags & RST:
            return f"rst {seq} {ack} {flags:#x}"
    if proto in (1, ICMP6):
        quoted = upper(data[8:])[1] if len(data) > 28 else b""
        if quoted[:2] == struct.pack("!H", port):
            return f"icmp {data[0]}/{data[1]}"
    return None


class Bench:
    """Lines into the leaves; packets are sent into one of them."""

    # Stacks that send and answer the echoes
    stacks = {"sub": ("203.0.113.5", "2001:db8:a:1000::5"),
              "foreign": ("198.18.0.25", "2001:db8:f::25")}

    def __init__(self):
        self.lines = {leaf: Line(leaf)
                      for leaf in ("sub", "foreign", "beta", "relay")}
        self.six = os.path.exists("/proc/sys/net/ipv6")
        self.failed = 0
        self.before = stats()
        self.send_from("sub")

    def send_from(self, leaf):
        self.line = self.lines[leaf]
        self.router = mac("router", f"{leaf}0")
        self.here = leaf
        self.there = "foreign" if leaf == "sub" else "sub"

    def echo(self, family, number):
        """An echo request between stacks that answer it."""
        ends = Packet(self.stacks[self.here], self.stacks[self.there], family)
        kind, proto = (8, 1) if family == 4 else (128, ICMP6)
        body = struct.pack("!BBHHH", kind, 0, 0, 7, number)
        pseudo = b"" if family == 4 else ends.source + ends.destination + \
            struct.pack("!II", len(body), proto)
        body = body[:2] + struct.pack("!H", total(pseudo + body)) + body[4:]
        return ends.ip4(body, proto) if family == 4 else ends.ip6(body, proto)

    def settle(self, family, number):
        """Everything sent so far has arrived, and its replies as well."""
        answer = 0 if family == 4 else 129
        proto = 1 if family == 4 else ICMP6

        def is_echo(packet):
            kind, data = upper(packet)
            return kind == proto and len(data) >= 8 and data[0] == answer and \
                data[6:8] == struct.pack("!H", number)

        self.line.send(self.echo(family, number), self.router)
        return self.line.heard(is_echo)

    def arrived(self, number):
        n = 0
        for leaf, line in self.lines.items():
            if leaf == self.here:
                continue
            line.socket.setblocking(False)
            try:
                while True:
                    packet, address = line.socket.recvfrom(65535)
                    if address[2] != socket.PACKET_OUTGOING and \
                            known_by(packet) == number and \
                            upper(packet)[0] not in (1, ICMP6):
                        n += 1
            except BlockingIOError:
                pass
        return n

    def run(self, family, name, make, passing, counted, answer=None,
            attempts=None):
        """Sends what make() gives; passing is how many must arrive."""
        Packet.number += 1
        self.line.drain()
        port = 20000 + Packet.number
        for packet in make():
            self.line.send(packet, self.router)
        # A number of its own, or the echo would be taken for the case.
        heard = self.settle(family, Packet.number)
        got = [r for r in (reply(p, port) for p in heard) if r]
        after = stats()
        packets, tried = difference(self.before, after)
        self.before = after
        results = [("arrived", self.arrived(Packet.number), passing),
                   ("counted", packets, counted),
                   ("replies", got, [answer] if answer else [])]
        if attempts is not None:
            results.append(("attempts", tried, attempts))
        self.say(f"IPv{family}: {name}", results)

    def say(self, name, results):
        wrong = [r for r in results if r[1] != r[2]]
        self.failed += bool(wrong)
        print("not ok -" if wrong else "ok -", name)
        for what, got, wanted in wrong:
            print(f"#   {what}: {got}, not {wanted}")


# ---- suites ----------------------------------------------------------------

def relation(bench, family):
    def one(name, source, destination, passing, counted, answer=None,
            attempts=None, **tcp):
        packet = Packet(source, destination, family)
        bench.run(family, name, lambda: [packet.whole(**tcp)], passing,
                  counted, answer, attempts)

    reset = "rst 0 1001 0x14"
    one("dynamic to outside", DYNAMIC, OUT, 0, {"outside": 1}, reset, 1)
    one("dynamic to another ISP", DYNAMIC, BETA, 0, {"outside": 1}, reset)
    one("dynamic to the relay", DYNAMIC, RELAY, 1, {"relay": 1}, None, 1)
    one("dynamic to inside", DYNAMIC, INSIDE, 1, {"inside": 1})
    if family == 4:
        one("static to outside", STATIC, OUT, 1, {"static": 1})
    one("exempt to outside", EXEMPT, OUT, 1, {"exempt": 1})
    one("own to outside", OWN, OUT, 1, {"own": 1})
    one("transit", STRANGER, OUT, 1, {"foreign": 1}, None, 1)
    for port in 24, 26, 80, 465, 587, 2525, 6400:
        one(f"port {port}", DYNAMIC, OUT, 1, {}, dport=port)
    for proto in UDP, SCTP:
        packet = Packet(DYNAMIC, OUT, family)
        bench.run(family, f"protocol {proto} to port 25", lambda: [
            packet.ip4(packet.tcp(), proto) if family == 4 else
            packet.ip6(packet.tcp(), proto)], 1, {})


def forms(bench, family):
    packet = Packet(DYNAMIC, OUT, family)

    def one(name, answer, attempts, **tcp):
        bench.run(family, name, lambda: [packet.whole(**tcp)], 0,
                  {"outside": 1}, answer, attempts)

    one("SYN", "rst 0 1001 0x14", 1)
    one("SYN with data", "rst 0 1006 0x14", 1, data=b"hello")
    one("SYN+ECE+CWR", "rst 0 1001 0x14", 1, flags=0xc2)
    one("SYN+FIN", "rst 0 1002 0x14", 1, flags=SYN | FIN)
    one("no flags", "rst 0 1000 0x14", 0, flags=0)
    one("FIN+PSH+URG", "rst 0 1001 0x14", 0, flags=0x29)
    one("bare ACK", "rst 77 0 0x4", 0, flags=ACK, ack=77)
    one("data", "rst 77 0 0x4", 0, flags=PSH | ACK, ack=77, data=b"EHLO")
    one("FIN+ACK", "rst 77 0 0x4", 0, flags=FIN | ACK, ack=77)
    one("RST", None, 0, flags=RST)
    one("RST+ACK", None, 0, flags=RST | ACK)
    one("bad checksum", None, 1, bad=True)
    one("from port 25 as well", None, 1, sport=25)


def shape4(bench):
    p = Packet(DYNAMIC, OUT)

    def one(name, make, passing, counted, answer=None):
        bench.run(4, name, make, passing, counted, answer)

    reset = "rst 0 1001 0x14"
    for words in range(1, 11):
        one(f"IHL {5 + words}",
            lambda: [p.ip4(p.tcp(), options=b"\1" * (4 * words))], 0,
            {"outside": 1}, reset)
    one("options, port 80",
        lambda: [p.ip4(p.tcp(dport=80), options=b"\1" * 40)], 1, {})
    one("IHL 4, which the core drops", lambda: [p.ip4(p.tcp(), ihl=4)], 0, {})
    for size in 0, 1, 3:
        one(f"{size} bytes of TCP", lambda: [p.ip4(p.tcp()[:size])], 0,
            {"bad_header": 1})
    for size in 4, 13:
        one(f"{size} bytes of TCP to port 25",
            lambda: [p.ip4(p.tcp()[:size])], 0, {"bad_header": 1})
        one(f"{size} bytes of TCP to port 80",
            lambda: [p.ip4(p.tcp(dport=80)[:size])], 1, {})
    one("14 bytes of TCP", lambda: [p.ip4(p.tcp()[:14])], 0, {"outside": 1})
    one("first fragment", lambda: [
        p.ip4(p.tcp(data=b"m" * 12), fragment=MF)], 0, {"outside": 1})
    one("first fragment to port 80", lambda: [
        p.ip4(p.tcp(dport=80, data=b"m" * 12), fragment=MF)], 1, {})
    one("two fragments", lambda: [
        p.ip4(p.tcp(data=b"m" * 12), fragment=MF),
        p.ip4(p.tcp(), fragment=4)], 1, {"outside": 1})
    one("tiny first fragment", lambda: [
        p.ip4(p.tcp()[:8], fragment=MF)], 0, {"tiny_fragment": 1})
    one("offset 1", lambda: [p.ip4(p.tcp(), fragment=1)], 0,
        {"fragment_offset_1": 1})
    one("offset 2, looking like port 25",
        lambda: [p.ip4(p.tcp(), fragment=2)], 1, {})
    one("a first fragment that rewrites the port", lambda: [
        p.ip4(p.tcp(dport=80, data=b"m" * 12), fragment=MF),
        p.ip4(p.tcp(data=b"m" * 12), fragment=MF)], 1, {"outside": 1})
    unharmed(bench)


def unharmed(bench):
    """Fragment rules concern subject pairs alone."""
    for source, destination in ((STATIC, OUT), (EXEMPT, OUT), (STRANGER, OUT),
                                (OWN, OUT), (DYNAMIC, RELAY),
                                (DYNAMIC, INSIDE)):
        p = Packet(source, destination)
        name = f"{source[0]} to {destination[0]}"
        bench.run(4, f"tiny, {name}",
                  lambda: [p.ip4(p.tcp()[:8], fragment=MF)], 1, {})
        bench.run(4, f"offset 1, {name}",
                  lambda: [p.ip4(p.tcp(), fragment=1)], 1, {})
        bench.run(4, f"no ports, {name}", lambda: [p.ip4(b"")], 1, {})


def shape6(bench):
    p = Packet(DYNAMIC, OUT, 6)

    def one(name, make, passing, counted, answer=None):
        bench.run(6, name, make, passing, counted, answer)

    def ip(kinds, payload, last=TCP):
        after, data = chain(kinds, payload, last)
        return p.ip6(data, after)

    reset = "rst 0 1001 0x14"
    # Since 7.0 Linux walks 12 headers for an RST of its own
    far = reset if int(os.uname().release.split(".")[0]) < 7 else None
    for kinds in ([HOP], [OPTIONS], [ROUTING], [AUTH], [FRAGMENT],
                  [HOP, OPTIONS, ROUTING, FRAGMENT, AUTH, OPTIONS],
                  [OPTIONS] * 20):
        one(f"behind {kinds}", lambda: [ip(kinds, p.tcp())], 0,
            {"outside": 1}, far if len(kinds) > 12 else reset)
        one(f"port 80 behind {kinds}", lambda: [ip(kinds, p.tcp(dport=80))],
            1, {})
    one("a chain of 64", lambda: [ip([OPTIONS] * 64, p.tcp())], 0,
        {"outside": 1}, far)
    one("a chain of 65", lambda: [ip([OPTIONS] * 65, p.tcp())], 0,
        {"v6_chain": 1})
    for proto in ESP, NONE, 253:
        one(f"header {proto}", lambda: [p.ip6(p.tcp(), proto)], 1, {})
        one(f"header {proto} behind options",
            lambda: [ip([OPTIONS], p.tcp(), proto)], 1, {})
    one("3 bytes of TCP", lambda: [p.ip6(p.tcp()[:3])], 0, {"bad_header": 1})
    one("first fragment", lambda: [
        p.ip6(fragment6(TCP, 0, 1) + p.tcp(data=b"m" * 4), FRAGMENT)], 0,
        {"outside": 1})
    one("first fragment without ports", lambda: [
        p.ip6(fragment6(OPTIONS, 0, 1) + extension(OPTIONS, TCP), FRAGMENT)],
        0, {"v6_chain": 1})
    one("later fragment, looking like port 25", lambda: [
        p.ip6(fragment6(TCP, 2) + p.tcp(), FRAGMENT)], 1, {})
    one("exempt, first fragment without ports", lambda: [
        Packet(EXEMPT, OUT, 6).ip6(fragment6(OPTIONS, 0, 1) +
                                   extension(OPTIONS, TCP), FRAGMENT)], 1, {})


def strict(bench):
    p4, p6 = Packet(DYNAMIC, OUT), Packet(DYNAMIC, OUT, 6)

    bench.run(4, "strict: a later fragment",
              lambda: [p4.ip4(bytes(8), fragment=100)], 0,
              {"fragment_offset_1": 1})
    bench.run(4, "strict: a later UDP fragment",
              lambda: [p4.ip4(bytes(8), UDP, fragment=100)], 1, {})
    bench.run(4, "strict: exempt",
              lambda: [Packet(EXEMPT, OUT).ip4(bytes(8), fragment=100)], 1, {})
    if bench.six:
        bench.run(6, "strict: a later fragment", lambda: [
            p6.ip6(fragment6(TCP, 100) + bytes(8), FRAGMENT)], 0,
            {"fragment_offset_1": 1})


def defragmented(bench):
    """With connection tracking, FORWARD sees whole packets."""
    p = Packet(DYNAMIC, OUT)
    segment = p.tcp

    bench.run(4, "two fragments of a SYN, put together", lambda: [
        p.ip4(segment(data=b"m" * 12)[:24], fragment=MF),
        p.ip4(segment(data=b"m" * 12)[24:], fragment=3)], 0, {"outside": 1},
        "rst 0 1013 0x14")
    bench.run(4, "tiny fragments, put together", lambda: [
        p.ip4(segment()[:8], fragment=MF),
        p.ip4(segment()[8:], fragment=1)], 0, {"outside": 1},
        "rst 0 1001 0x14")


def established(bench, family):
    p = Packet(DYNAMIC, OUT, family)

    bench.run(family, "established: SYN", lambda: [p.whole()], 0,
              {"outside": 1}, "rst 0 1001 0x14")
    bench.run(family, "established: data",
              lambda: [p.whole(flags=ACK, data=b"x")], 1, {})
    bench.run(family, "established: SYN+ACK",
              lambda: [p.whole(flags=SYN | ACK)], 1, {})


def answers(bench, family):
    """With reverse on: from the far side to the subscriber."""
    def one(name, passing, counted, **tcp):
        packet = Packet(OUT, DYNAMIC, family)
        bench.run(family, name, lambda: [packet.whole(**tcp)], passing,
                  counted)

    bench.send_from("foreign")
    one("SYN+ACK from port 25", 0, {"reverse": 1}, sport=25, dport=30000,
        flags=SYN | ACK)
    one("data from port 25", 0, {"reverse": 1}, sport=25, dport=30000,
        flags=ACK, data=b"220 hello")
    one("pure SYN from port 25", 1, {}, sport=25, dport=30000)
    one("SYN to a subscriber's port 25", 1, {"foreign": 1})
    one("SYN+ACK from another port", 1, {}, sport=26, dport=30000,
        flags=SYN | ACK)
    one("from 25 to 25", 0, {"reverse": 1}, sport=25, flags=SYN | ACK)
    bench.send_from("sub")
    packet = Packet(DYNAMIC, OUT, family)
    bench.run(family, "forward first, from 25 to 25",
              lambda: [packet.whole(sport=25, flags=SYN | ACK)], 0,
              {"outside": 1})


def refused(bench, family, answer):
    packet = Packet(DYNAMIC, OUT, family)

    bench.run(family, f"reply: {answer}", lambda: [packet.whole()], 0,
              {"outside": 1}, answer)
    bench.run(family, "no reply to a RST", lambda: [packet.whole(flags=RST)],
              0, {"outside": 1})
    bench.run(family, "no reply to a bad checksum",
              lambda: [packet.whole(bad=True)], 0, {"outside": 1})


def bucket(bench, family):
    """At five a second, with five saved up: never more, and none is lost."""
    Packet.number += 1
    packet = Packet(DYNAMIC, OUT, family).whole()
    time.sleep(1.1)
    before = replies()
    start = time.monotonic()
    bench.line.drain()
    for _ in range(100):
        bench.line.send(packet, bench.router)
    heard = bench.settle(family, Packet.number)
    most = 5 + 5 * (time.monotonic() - start) + 1
    sent, suppressed = (b - a for a, b in zip(before, replies()))
    got = sum(bool(reply(p, 20000 + Packet.number)) for p in heard)
    bench.say(f"IPv{family}: 100 packets, {got} replies at 5 a second", [
        ("sent", sent, got), ("all", sent + suppressed, 100),
        ("too few", got < 5, False), ("too many", got > most, False)])
    bench.before = stats()


SUITES = {
    "bucket": lambda b, f: bucket(b, f),
    "relation": lambda b, f: relation(b, f),
    "forms": lambda b, f: forms(b, f),
    "shape": lambda b, f: shape4(b) if f == 4 else shape6(b),
    "strict": lambda b, f: strict(b) if f == 4 else None,
    "defragmented": lambda b, f: defragmented(b) if f == 4 else None,
    "established": lambda b, f: established(b, f),
    "answers": lambda b, f: answers(b, f),
    "admin": lambda b, f: refused(b, f, "icmp 3/13" if f == 4 else "icmp 1/1"),
    "silent": lambda b, f: refused(b, f, None),
}


def main(names):
    bench = Bench()
    for name in names:
        for family in (4, 6) if bench.six else (4,):
            SUITES[name](bench, family)
    return bench.failed > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

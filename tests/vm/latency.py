# SPDX-License-Identifier: GPL-2.0-only
"""Who has to wait while something long is done to a policy.

    latency.py devices FIRST COUNT     dummy devices, each with a session
    latency.py during NAME FIRST COUNT DEVICES COMMAND...
                                       what happens while a command runs
    latency.py kill COMMAND...         kills a loader half way
    latency.py remove ISP              removes it, and asks for more meanwhile, on
                                       the same socket and on another

In the network namespace of the policy.  "during" removes those devices, one after
another, for which the kernel needs RTNL, and asks again and again for something
that needs the lock of changes and changes nothing, until the command has ended.
It prints figures, and fails where fewer than so many DEVICES went before that.
"""
import errno
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

from netlink import (ABORT, BYTES, CLASS, COMMIT, DEV, DYNAMIC, ISP_ADD,
                     ISP_DEL, Nl, OWNER, PREFIXES4, Refused, SESSION_UP, attr,
                     isp, prefix4, u8)

HOLDS = "/proc/obpbl_holds"
NEWLINK, DELLINK = 16, 17
REQUEST, ACK, CREATE = 1, 4, 0x600
IFNAME, LINKINFO, KIND = 3, 18, 1

# Seconds between two devices, and between two requests
PAUSE = 0.01


class Links:
    """A routing netlink socket."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        self.sock.bind((0, 0))

    def call(self, kind, flags, name, more=b""):
        body = struct.pack("BxHiII", 0, 0, 0, 0, 0) + attr(IFNAME, name) + more
        self.sock.send(struct.pack("IHHII", 16 + len(body), kind,
                                   REQUEST | ACK | flags, 1, 0) + body)
        number = -struct.unpack_from("i", self.sock.recv(1 << 16), 16)[0]
        if number:
            raise OSError(number, os.strerror(number))

    def add(self, name):
        self.call(NEWLINK, CREATE, name,
                  attr(LINKINFO, attr(KIND, b"dummy")))

    def remove(self, name):
        self.call(DELLINK, 0, name)


def names(first, count):
    return [f"lat{i}" for i in range(int(first), int(first) + int(count))]


def devices(first, count):
    links, nl = Links(), Nl()
    for i, name in enumerate(names(first, count), int(first)):
        links.add(name)
        address = socket.inet_ntoa(struct.pack(">I", (100 << 24) + i))
        nl.call(SESSION_UP, isp("people") + u8(CLASS, DYNAMIC) +
                attr(DEV, name) + attr(PREFIXES4, prefix4(address, 32)))


def removing(first, count):
    """The end of each removal, and how long it took, in nanoseconds."""
    links = Links()
    for name in names(first, count):
        begun = time.monotonic_ns()
        links.remove(name)
        yield time.monotonic_ns(), time.monotonic_ns() - begun
        time.sleep(PAUSE)


def asking():
    """Likewise of requests that are refused, but not before the lock is had."""
    nl = Nl()
    nl.sock.settimeout(600)
    while True:
        begun = time.monotonic_ns()
        try:
            nl.call(ABORT)
        except Refused:
            pass
        yield time.monotonic_ns(), time.monotonic_ns() - begun
        time.sleep(PAUSE)


def beside(function, *args):
    """A process that does something until it is told to stop."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    stop = False

    def stopped(_signal, _frame):
        nonlocal stop
        stop = True

    signal.signal(signal.SIGTERM, stopped)
    out = []
    for one in function(*args):
        out.append(one)
        if stop:
            break
    with os.fdopen(writer, "w") as pipe:
        for one in out:
            print(*one, file=pipe)
    os._exit(0)


def told(process):
    pid, reader = process
    os.kill(pid, signal.SIGTERM)
    with os.fdopen(reader) as pipe:
        out = [tuple(map(int, line.split())) for line in pipe]
    os.waitpid(pid, 0)
    return out


def holds():
    """Name -> how often, held, waited for, where."""
    try:
        with open(HOLDS) as file:
            return {words[0]: (*map(int, words[1:4]), words[4])
                    for words in map(str.split, file)}
    except FileNotFoundError:
        return {}


def reset():
    if os.path.exists(HOLDS):
        with open(HOLDS, "w") as file:
            file.write("reset")


def ms(ns):
    return f"{ns / 1e6:.2f}"


def longest(times):
    return max((took for _, took in times), default=0)


def show(name, took, seen, removed, meanwhile, asked):
    print(f"# {name}: {ms(took)} ms; {meanwhile} devices went meanwhile, the"
          f" slowest in {ms(longest(removed))} ms; {len(asked)} requests, the"
          f" slowest in {ms(longest(asked))} ms")
    for lock, (times, held, waited, where) in seen.items():
        print(f"#   {lock}: held {times} times, at most {ms(held)} ms"
              f" ({where}), waited for at most {ms(waited)} ms", flush=True)


def verdict(name, good):
    print(f"{'ok' if good else 'not ok'} - {name}", flush=True)


def during(name, first, count, least, *command):
    processes = [beside(removing, first, count), beside(asking)]
    time.sleep(5 * PAUSE)
    reset()
    begun = time.monotonic_ns()
    status = subprocess.call(command, stdout=subprocess.DEVNULL)
    ended = time.monotonic_ns()
    seen = holds()
    removed, asked = [told(process) for process in processes]
    meanwhile = sum(begun < end < ended for end, _ in removed)
    show(name, ended - begun, seen, removed, meanwhile, asked)
    verdict(f"{name}: is done", status == 0)
    if int(least):
        verdict(f"{name}: devices go meanwhile", meanwhile >= int(least))


def kill(*command):
    """Once what it has loaded takes half of what the table takes."""
    nl = Nl()
    enough = nl.number(BYTES) * 3 // 2
    with subprocess.Popen(command) as process:
        while nl.number(BYTES) < enough:
            time.sleep(0.001)
        process.kill()
    while nl.number(BYTES) >= enough * 2 // 3 + (1 << 20):
        time.sleep(0.01)


def answers(nl, count):
    """Sequence number -> errno, of so many acknowledgements."""
    found = {}
    while len(found) < count:
        for _, _, body in nl.receive():
            number, _, _, _, seq = struct.unpack_from("iIHHI", body)
            found[seq] = -number
    return found


def remove(name):
    """What takes long is a transaction, which nobody else gets at."""
    nl, other = Nl(), Nl()
    nl.sock.settimeout(600)
    removing_it = threading.Thread(target=nl.send, args=(ISP_DEL, isp(name)))
    removing_it.start()
    while removing_it.is_alive() and other.number(OWNER) != nl.port:
        pass
    whose = other.number(OWNER)
    refused = other.refusal(ISP_ADD, isp("gamma"))[0]
    message = nl.message(COMMIT, b"", REQUEST | ACK)
    nl.sock.send(message)
    found = answers(nl, 2)
    removing_it.join()
    checks = [whose == nl.port, refused == "EBUSY",
              found == {nl.seq - 1: 0, nl.seq: errno.EBUSY},
              other.number(OWNER) == 0,
              other.refusal(ISP_DEL, isp(name))[0] == "ENOENT",
              other.refusal(ISP_ADD, isp("gamma"))[0] == "done",
              other.refusal(ISP_DEL, isp("gamma"))[0] == "done"]
    if not all(checks):
        sys.exit(f"remove: {checks} {found}")


if __name__ == "__main__":
    {"devices": devices, "during": during, "kill": kill,
     "remove": remove}[sys.argv[1]](*sys.argv[2:])

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Races: whatever changes, at the moment at which something else does, under a
torrent of packets to and from port 25 on another processor.

    races.py ROUNDS [CASE]...

Run by races.sh in the router of lib.sh, with the module loaded and no policy; a
case is a function of CASES. A round is one try at each race of a case. Which of
two comes first is for chance to decide; what is asserted holds either way, and
that both have happened, and that packets were judged meanwhile.
"""
import contextlib
import errno
import os
import random
import signal
import socket
import struct
import sys
import threading
import time
import traceback

from netlink import (
    ABORT, attr, attributes, BEGIN, check, CLASS, COMMIT, CONFIRM,
    CONFIRM_TIME, COUNTERS, DEV, DUMP, DYNAMIC, EMPTY, EXEMPT, FLUSH, GENERATION,
    IFINDEX, ISP, isp, ISP_ADD, ISP_GET, ISP_SET, LIMIT, LIMIT_QUARANTINE,
    LIMIT_SECONDS, MODE, MODE_SET, NETLINK_ADD_MEMBERSHIP, Nl, OVERLAY_ADD,
    OVERLAY_DEL, OVERLAY_GET, OVERLAYS, prefix4, PREFIX_ADD, PREFIX_GET,
    PREFIXES4, PREFIXES6, REASON, Refused, REQUEST, ROLLBACK, SESSION_ADDR,
    SESSION_GET, SESSION_UP, SESSIONS, SHADOW, SHADOW_DROP, SHADOW_GET,
    SHADOW_JUDGED, SHADOW_PROMOTE, SHADOW_SOURCE_GET, SOL_NETLINK,
    SOURCE_GET, STATS_GET, STATS_RESET, u32, u64, u8, UNTIL)
from racing import (
    apply, attempt, Box, BUILD, done, EACH_ROUND, generation, helpers, here,
    held_up, hold_up, inside, judged, libc, new_namespace, owner, PATIENCE,
    POLICIES, reason, report, Rt, SETTINGS, settle, system,
    Torrent, torrent, until, Watch, watches, write)

DUMPS = (PREFIX_GET, OVERLAY_GET, SESSION_GET, STATS_GET, SOURCE_GET, ISP_GET)
FINIT_MODULE, DELETE_MODULE = {"x86_64": (313, 176)}[os.uname().machine]


# ---- what others do meanwhile ----------------------------------------------

def reading():
    """Dumps of all kinds: some to their end, each of which is of one
    generation, and some that are left half way."""
    half = []
    while True:
        for command in DUMPS:
            nl = Nl()
            nl.send(command, b"", REQUEST | DUMP)
            half.append(nl)
            if len(half) < 8:
                continue
            first, *half = half
            if random.random() < 0.5:
                first.sock.close()
                continue
            found = {attributes(body).get(GENERATION)
                     for body in first.replies()}
            first.sock.close()
            if len(found) > 1:
                raise AssertionError(f"a dump of {found}")
            yield


def committing():
    nl = Nl()
    for number in range(sys.maxsize):
        apply(nl, number)
        yield


def adjusting():
    """Settings that change no verdict."""
    while True:
        for name, most in (("event_rate", 1000), ("v6_source_len", 128),
                           ("event_dst", 2), ("reject_rate", 1000),
                           ("max_sources", 70000)):
            write(f"{SETTINGS}/{name}", random.randrange(most) if
                  name != "max_sources" else random.randrange(64, most))
        yield


def listening():
    """To events, for a while at a time."""
    while True:
        nl = Nl()
        nl.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, nl.group)
        list(nl.receive())
        nl.sock.close()
        yield


def opening():
    """Transactions that change nothing in the end."""
    nl = Nl()
    while True:
        if done(nl.call, BEGIN):
            done(nl.call, MODE_SET, u8(MODE, 0))
            if random.random() < 0.5:
                nl.call(ABORT)
            else:
                nl.sock.close()
                nl = Nl()
            yield


# ---- cases -----------------------------------------------------------------

def commits(nl, rounds):
    """Two policies in turn, of which a mixture would pass what each blocks; ten
    commits a round."""
    first = generation(nl)
    with torrent("commits", rounds, nl), helpers(
            (reading,), (adjusting,), (listening,), (opening,)):
        for number in range(10 * rounds):
            apply(nl, number)
    check("commits: all were made", generation(nl) - first >= 10 * rounds, True)


class Aim:
    """Finds the moment of something by coming too late and too early."""

    def __init__(self, first):
        self.at, self.step = first, 0.016
        self.early = self.late = 0

    def wait(self, start):
        """Till about then; nearly, so that it is not always the same."""
        at = start + self.at + random.uniform(-0.001, 0.001)
        while (left := at - time.monotonic()) > 0:
            time.sleep(max(left - 0.0005, 0))

    def was(self, late):
        """Late or early; the next one aims better."""
        if late:
            self.late += 1
        else:
            self.early += 1
        self.at += -self.step if late else self.step
        self.step = max(self.step * 0.9, 0.002)


def runtime_key(address, cls=EXEMPT, name="alpha"):
    return isp(name) + u8(CLASS, cls) + attr(PREFIXES4, prefix4(address, 32))


def runtime(address, cls=EXEMPT, name="alpha"):
    return runtime_key(address, cls, name) + attr(REASON, "a race")


def in_open(nl, *message):
    """A message of a transaction that was open before; whether it was before the
    timer, which cancels what it took something from."""
    try:
        nl.call(*message)
    except Refused as why:
        if why.number != errno.ECANCELED:
            raise
        nl.call(ABORT)
        return False
    return True


def at_the_moment(nl, other, action, aim, start, name):
    """Whether it came before the timer. Afterwards all is as it was."""
    opened = False
    if action in ("commit", "abort"):
        other.call(BEGIN)
        opened = in_open(other, OVERLAY_ADD, runtime("192.0.2.1"))
        # The timer is of one second, and never early
        late = time.monotonic() - start >= 1
        check_quietly(f"{name}: {action}, begun", opened or late, True)
    aim.wait(start)
    if action == "commit":
        early = opened and in_open(other, COMMIT)
    elif action == "abort":
        early = None
        if opened:
            other.call(ABORT)
    else:
        early = done(nl.call, CONFIRM if action == "confirm" else ROLLBACK)
    if action in ("commit", "abort"):
        until(lambda: CONFIRM_TIME not in nl.get())
        done(nl.call, OVERLAY_DEL, runtime_key("192.0.2.1"))
    names = [attributes(m)[ISP].rstrip(b"\0").decode()
             for m in nl.dump(ISP_GET)]
    kept = "gamma" in names
    check_quietly(f"{name}: {action}", kept, action == "confirm" and early)
    check_quietly(f"{name}: {action}, and nothing waits",
                  CONFIRM_TIME in nl.get(), False)
    return early


def check_quietly(name, got, want):
    """Of many, only those that fail are worth a line."""
    if got != want:
        check(name, got, want)


ACTIONS = "confirm", "rollback", "commit", "abort"


def confirms(nl, rounds):
    """What is to be confirmed is taken back after a second; something else is
    done at that moment. A round is a race; several wait side by side, in
    namespaces of their own."""
    boxes = [Box(place) for place in range(7 if rounds >= 40 else 3)]
    routers = [(nl, Nl())]
    for box in boxes:
        with inside(box.namespace):
            routers.append((box.nl, Nl()))
    aims = {action: Aim(1.0) for action in ACTIONS}
    for box in boxes:
        apply(box.nl)
    extra = tuple(owner("gamma", (prefix4("192.0.2.0", 24), b"")[:1]))
    with torrent("confirms", rounds, nl, len(boxes)), helpers((reading,)):
        for number in range(-(-rounds // len(routers))):
            starts = []
            for router, _ in routers:
                apply(router, number, u32(CONFIRM_TIME, 1), extra)
                starts.append(time.monotonic())
                time.sleep(0.1)
            for i, ((router, other), start) in enumerate(zip(routers, starts)):
                action = ACTIONS[(number + i) % len(ACTIONS)]
                early = at_the_moment(router, other, action, aims[action],
                                      start, f"round {number}")
                if early is not None:
                    aims[action].was(not early)
                    aims["abort"].at = aims[action].at
                if early and action == "confirm":
                    apply(router, number)
        for router, _ in routers:
            check_quietly("packets in a box", judged(router) > 0, True)
    for box, (_, other) in zip(boxes, routers[1:]):
        other.sock.close()
        box.close()
    for action in ACTIONS[:3]:
        aim = aims[action]
        check(f"confirms: {action}: {aim.early} before the timer, {aim.late} "
              "after", aim.late > 0 and aim.early > 0 or rounds < 40, True)


def shadow_reading():
    while True:
        nl = Nl()
        for command in SHADOW_GET, SHADOW_SOURCE_GET:
            if done(nl.dump, command):
                yield
        nl.sock.close()


def shadow_ending():
    """Takes the shadow from under the other's hands, who takes some calls' time
    until it ends it itself."""
    nl = Nl()
    while True:
        began = time.monotonic()
        done(nl.call, SHADOW_GET)
        call = time.monotonic() - began
        time.sleep(random.uniform(0.005, max(0.05, 20 * call)))
        ways = (SHADOW_DROP, b""), (SHADOW_PROMOTE, b""), \
            (SHADOW_PROMOTE, u32(CONFIRM_TIME, 60))
        if done(nl.call, *random.choice(ways)):
            yield


def shadow_judged(nl, wait):
    """Packets that it has judged; if it is still there."""
    end = time.monotonic() + wait
    while True:
        try:
            found = attributes(nl.call(SHADOW_GET)[0])
        except Refused:
            return 0
        seen = struct.unpack("Q", found[SHADOW_JUDGED])[0]
        if seen or time.monotonic() > end:
            return seen


def shadows(nl, rounds):
    """A shadow is promoted, with and without a time to confirm, while another
    drops or promotes it."""
    seen, ends = 0, {"promoted": 0, "confirmed": 0, "returned": 0, "dropped": 0}
    with torrent("shadows", rounds, nl), helpers(
            (reading,), (shadow_reading,), (shadow_ending,)):
        end, number = time.monotonic() + PATIENCE, 0
        # More, where the other is so quick that few packets were judged
        while number < rounds or seen <= rounds and time.monotonic() < end:
            shadow = [(BEGIN, attr(EMPTY, b"") + attr(SHADOW, b"")),
                      *POLICIES[number % 2], (COMMIT, b"")]
            # The other may have promoted one that is to be confirmed
            until(lambda: attempt(nl, shadow) or
                  done(nl.call, CONFIRM) and False)
            seen += shadow_judged(nl, wait=number % 4 == 0)
            number += 1
            way = random.randrange(4)
            if way == 0:
                ends["dropped"] += done(nl.call, SHADOW_DROP)
            elif way == 1:
                ends["promoted"] += done(nl.call, SHADOW_PROMOTE)
            elif done(nl.call, SHADOW_PROMOTE, u32(CONFIRM_TIME, 60)):
                ends["confirmed" if way == 2 else "returned"] += done(
                    nl.call, CONFIRM if way == 2 else ROLLBACK)
    done(nl.call, CONFIRM)
    done(nl.call, SHADOW_DROP)
    print(f"# shadows: {ends}, {seen} packets judged by them", flush=True)
    check("shadows: packets were judged by them", seen > rounds or seen, True)
    check("shadows: all ends were reached", min(ends.values()) > 0 or
          rounds < 40 or ends, True)


def dev(name):
    return attr(DEV, name)


def addresses(*texts):
    return attr(PREFIXES4, b"".join(prefix4(text, 32) for text in texts))


def sessions_now(nl):
    return [attributes(m) for m in nl.dump(SESSION_GET)]


def moving(namespace):
    """Devices with sessions are renamed, and go to another namespace and
    back."""
    nl, rt = Nl(), Rt()
    rt.add("dummy", "wander", 300)
    with inside(namespace):
        away = Rt()
    back = here()
    while True:
        done(nl.call, SESSION_UP, dev("wander") + isp("alpha") +
             u8(CLASS, EXEMPT) + addresses("10.3.0.1"))
        rt.rename(300, "wanders")
        done(nl.call, SESSION_ADDR, dev("wanders") + addresses("10.3.0.2"))
        rt.move(300, namespace)
        if done(nl.call, SESSION_ADDR, dev("wanders") + addresses("10.3.0.3")):
            raise AssertionError("a session of what has left")
        if reason(nl, "10.3.0.1") != "foreign":
            raise AssertionError("what has left exempts")
        away.rename(300, "wander")
        away.move(300, back)
        yield


def replaced(rt, index):
    """The device goes, and the next one of its number has another name."""
    rt.delete(index)
    rt.add("dummy", "next", index)


def begin_session(nl, name, address, alone):
    """For a device that may be there: by itself, or in a transaction that is
    left open. Whether it was taken."""
    up = SESSION_UP, dev(name) + isp("alpha") + u8(CLASS, EXEMPT) + \
        addresses(address)
    if alone:
        return done(nl.call, *up)
    until(lambda: done(nl.call, BEGIN))
    if not done(nl.call, *up):
        nl.call(ABORT)
        return False
    return True


def sessions(nl, rounds):
    """A session is made for a device at the moment at which it goes and another
    gets its number: it never has one, nor does its address."""
    rt, ups, other = Rt(), 0, Nl()
    namespace = new_namespace()
    with torrent("sessions", rounds, nl), helpers(
            (reading,), (moving, namespace), (committing,)):
        for number in range(rounds):
            address = f"10.2.{number >> 8 & 255}.{number & 255}"
            rt.add("dummy", "first", 200)
            if number % 2:
                done(begin_session, other, "first", address, True)
            way = random.choice(("alone", "open", "late"))
            taken = way == "late" and begin_session(other, "first", address,
                                                    False)
            thread = threading.Thread(target=replaced, args=(rt, 200))
            thread.start()
            if way != "late":
                time.sleep(random.choice((0, random.uniform(0, 0.01))))
                taken = begin_session(other, "first", address, way == "alone")
            if way == "open" and taken:
                time.sleep(random.uniform(0, 0.02))
                in_open(other, COMMIT)
            thread.join()
            if way == "late" and taken:
                in_open(other, COMMIT)
            ups += taken
            check_quietly(f"round {number}: a session of the next device",
                          [s for s in sessions_now(nl)
                           if struct.unpack("I", s[IFINDEX])[0] == 200], [])
            check_quietly(f"round {number}: an address of its own",
                          reason(nl, address), "foreign")
            rt.delete(200)
    os.close(namespace)
    done(rt.delete, 300)
    until(lambda: not nl.number(SESSIONS))
    check(f"sessions: {ups} were made, and nothing is left of any",
          ups >= rounds // 3 or ups, True)


def wide(number):
    """More than goes into one message of a dump, which says what it is of."""
    return b"".join(prefix4(f"{20 + number % 100}.{i >> 8}.{i & 255}.0", 24)
                    for i in range(4000))


def dumps(nl, rounds):
    """Dumps are begun before all of it changes, and read to their end after."""
    tables, whole = [wide(number) for number in range(3)], 0
    apply(nl, 0, b"", tabled(tables[0]))
    with torrent("dumps", rounds, nl), helpers((committing_tables, tables),
                                               (opening,), (adjusting,)):
        for number in range(rounds):
            readers = [Nl() for _ in range(6)]
            for reader in readers:
                reader.send(PREFIX_GET, isp("wide"), REQUEST | DUMP)
                time.sleep(random.uniform(0, 0.005))
            first = [list(reader.receive()) for reader in readers]
            for reader, part in zip(readers, first):
                if number % 2 and reader is readers[0]:
                    reader.sock.close()
                    continue
                found = [attributes(body[4:]) for kind, _, body in part
                         if kind != 3]
                if not any(kind == 3 for kind, _, _ in part):
                    found += map(attributes, reader.replies())
                reader.sock.close()
                check_quietly(f"round {number}: generations",
                              len({f[GENERATION] for f in found}), 1)
                check_quietly(f"round {number}: whole", b"".join(
                    f[PREFIXES4] for f in found) in tables, True)
                whole += 1
    apply(nl)
    check(f"dumps: {whole} were read, each of them whole", whole,
          6 * rounds - rounds // 2)


def tabled(table):
    yield ISP_ADD, isp("wide")
    yield PREFIX_ADD, isp("wide") + u8(CLASS, DYNAMIC) + attr(PREFIXES4, table)


def committing_tables(tables):
    nl = Nl()
    for number in range(sys.maxsize):
        apply(nl, number, b"", tabled(tables[number % len(tables)]))
        yield


# ---- namespaces that end ---------------------------------------------------

LIMITED = u32(LIMIT, 3) + u32(LIMIT_SECONDS, 60) + u32(LIMIT_QUARANTINE, 600)


def busy(ready):
    """In a box: everything open, and work of every kind under way."""
    nl, half, listener = Nl(), Nl(), Nl()
    listener.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                             listener.group)
    rt = Rt()
    rt.add("dummy", "d0", 400)
    apply(nl)
    nl.call(ISP_SET, isp("alpha") + LIMITED)
    nl.call(SESSION_UP, dev("d0") + isp("alpha") + addresses("10.4.0.1"))
    half.send(PREFIX_GET, b"", REQUEST | DUMP)
    apply(nl, 0, u32(CONFIRM_TIME, 1))
    os.write(ready, b"x")
    for number in range(sys.maxsize):
        done(nl.call, BEGIN)
        done(nl.call, OVERLAY_ADD, runtime(f"10.4.1.{number % 250}"))
        if number % 3:
            done(nl.call, COMMIT)
            done(nl.call, CONFIRM)
        apply(nl, number, u32(CONFIRM_TIME, 1))
        half.sock.close()
        half = Nl()
        half.send(random.choice(DUMPS), b"", REQUEST | DUMP)
        if number % 4 == 3:
            rt.delete(400)
            rt.add("dummy", "d0", 400)
            done(nl.call, SESSION_UP, dev("d0") + isp("alpha") +
                 addresses("10.4.0.1"))


def outliving(namespace):
    """Writes settings of a namespace in which nobody is, until they go."""
    with inside(namespace):
        files = [os.open(f"{SETTINGS}/{name}", os.O_WRONLY)
                 for name in os.listdir(SETTINGS)]
    os.close(namespace)
    writes = 0
    while True:
        for file in files:
            try:
                os.pwrite(file, b"1\n", 0)
            except FileNotFoundError:
                os._exit(0 if writes else 1)
            except OSError:
                pass    # less than the least that it takes
            writes += 1


def fork(work, *args):
    pid = os.fork()
    if pid:
        return pid
    try:
        work(*args)
    except BaseException:   # whatever it is, it is said
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)


def one_end(place, seen):
    """A box ends while all of it is at work; whoever is still at its settings.
    """
    box = Box(place)
    ready, tell = os.pipe()
    with inside(box.namespace):
        writer = fork(busy, tell)
    os.close(tell)
    if os.read(ready, 1) != b"x":
        raise AssertionError("a box does not come up")
    os.close(ready)
    until(lambda: judged(box.nl) > 20)
    time.sleep(random.uniform(0, 0.05))
    seen.append(judged(box.nl))
    box.nl.sock.close()
    setter = fork(outliving, box.namespace)
    os.close(box.namespace)
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    return setter


# The next one need not wait for the end of the last
PLACES = 4


def namespaces(nl, rounds):
    """A namespace ends under packets, with an open transaction, a change to be
    confirmed, a dump half way, a listener, sessions, limits that trip, and
    somebody at its settings."""
    seen, setters = [], []
    with torrent("namespaces", rounds, nl, PLACES), helpers((reading,),
                                                            (committing,)):
        for number in range(rounds):
            setters.append(one_end(number % PLACES, seen))
        bad = [pid for pid in setters if os.waitpid(pid, 0)[1]]
    check("namespaces: settings were written till they went", bad, [])
    check(f"namespaces: {sum(seen)} packets in {len(seen)} that have ended",
          len(seen) == rounds and min(seen) > 20, True)


# ---- limits ----------------------------------------------------------------

def limited(number):
    """Each source is over the limit of its ISP with its third packet, for a
    day; and in quarantine for a second."""
    for command, payload in POLICIES[number % 2]:
        if command == ISP_ADD:
            payload += u32(LIMIT, 2) + u32(LIMIT_SECONDS, 86400) + \
                u32(LIMIT_QUARANTINE, 1)
        yield command, payload


def purging():
    """Quarantines go, at their end and before it."""
    nl = Nl()
    while True:
        for body in nl.dump(OVERLAY_GET):
            found = attributes(body)
            key = b"".join(attr(kind, found[kind])
                           for kind in (ISP, CLASS, PREFIXES4, PREFIXES6)
                           if kind in found)
            if random.random() < 0.5 and done(nl.call, OVERLAY_DEL, key):
                yield
        time.sleep(0.02)


def quarantines(nl, rounds):
    """Sources trip over their limit, of which packets tell, while policies,
    transactions, and whoever purges come and go. With a flush in each round,
    all windows begin anew."""
    before, tripped = judged(nl), 0
    packets = Torrent()
    with helpers((reading,), (purging,), (opening,), (adjusting,)):
        for number in range(rounds):
            until(lambda: done(nl.call, FLUSH))
            most = 0
            for again in range(5):
                policy = [(BEGIN, attr(EMPTY, b"")),
                          *limited(number + again), (COMMIT, b"")]
                until(lambda: attempt(nl, policy))
                time.sleep(random.uniform(0, 0.08))
                most = max(most, nl.number(OVERLAYS))
            tripped += most > 0
    packets.stop()
    until(lambda: done(nl.call, FLUSH))
    apply(nl)
    seen = judged(nl) - before
    check(f"quarantines, {rounds} rounds: in {tripped}, sources were in "
          "quarantine", tripped >= rounds // 4 and tripped > 0, True)
    check(f"quarantines: {seen} packets were judged meanwhile",
          seen >= EACH_ROUND * rounds or seen, True)


# ---- counters --------------------------------------------------------------

def torn(body):
    """Counters with a part of a packet, of which each has one length, and is an
    attempt if any of its kind is."""
    lengths = {4: 40, 6: 60}
    return [found for found in struct.iter_unpack(
                "QQQBBB5x", attributes(body).get(COUNTERS, b""))
            if found[1] != found[0] * lengths[found[3]] or
            found[2] not in (0, found[0])]


def counters(nl, rounds):
    """A packet that is counted while counters are read, or begin anew, is in
    them with all of it or not at all; 200 readings a round."""
    found = []
    nl.dump(STATS_RESET)
    with torrent("counters", rounds, nl):
        for number in range(200 * rounds):
            command = STATS_RESET if number % 4 == 0 else STATS_GET
            for body in nl.dump(command):
                found += torn(body)
        until(lambda: judged(nl) >= EACH_ROUND * rounds)
    check(f"counters: none of {200 * rounds} readings has a part of a packet",
          found[:5], [])


# ---- processors and clocks -------------------------------------------------

ONLINE = "/sys/devices/system/cpu/cpu1/online"


def processors(nl, rounds):
    """A processor goes and comes while packets are counted on it: each is,
    once."""
    if not os.path.exists(ONLINE):
        print("ok - processors: none can go # skip", flush=True)
        return
    router = here()
    watch, before = Watch(router), judged(nl)
    os.close(router)
    with torrent("processors", rounds, nl, cpu=-1), helpers((committing,),
                                                            (reading,)):
        for number in range(rounds):
            time.sleep(random.uniform(0, 0.01))
            last = judged(nl)
            write(ONLINE, 0)
            check_quietly(f"round {number}: counts of one that has gone stay",
                          judged(nl) >= last, True)
            write(ONLINE, 1)
    seen, counted = watch.count(), judged(nl) - before
    watch.close()
    check(f"processors: of {seen} packets are counted", counted, seen)


def clocks(nl, rounds):
    """The clock jumps: an exemption ends at its second, on whichever side of it
    the clock comes to stand; a change to be confirmed waits for time that has
    passed."""
    host, begun = "203.0.113.99", time.monotonic() - time.time()
    late = 0
    with torrent("clocks", rounds, nl), helpers((reading,), (opening,),
                                                (committing,)):
        for number in range(rounds):
            end = int(time.time()) + random.choice((3600, 86400, 30 * 86400))
            name = random.choice(("alpha", "beta"))
            overlay = runtime(host, EXEMPT, name) + u64(UNTIL, end)
            until(lambda: done(nl.call, OVERLAY_ADD, overlay))
            for at, over in ((end + 50, True), (end - 50, False),
                             (end + 86400, True), (end - 86400, False)):
                time.clock_settime(time.CLOCK_REALTIME, at)
                # It sleeps while the other is the owner
                got = {reason(nl, host) for _ in range(4)}
                if over:
                    check_quietly(f"round {number}: {at - end} s", got,
                                  {"outside"})
                else:
                    check_quietly(f"round {number}: {at - end} s",
                                  got <= {"outside", "exempt"}, True)
                    late += "exempt" in got
            until(lambda: done(nl.call, OVERLAY_DEL,
                               runtime_key(host, EXEMPT, name)))
            time.clock_settime(time.CLOCK_REALTIME, time.monotonic() - begun)
    for number, jump in enumerate((86400, -86400, 30 * 86400, 0)):
        apply(nl, number, u32(CONFIRM_TIME, 1))
        start = time.monotonic()
        time.clock_settime(time.CLOCK_REALTIME, time.time() + jump)
        until(lambda: CONFIRM_TIME not in nl.get())
        took = time.monotonic() - start
        check_quietly(f"a second to confirm, while the clock jumps by {jump}",
                      0.9 < took < 10, True)
    time.clock_settime(time.CLOCK_REALTIME, time.monotonic() - begun)
    check(f"clocks: the exemption held {late} times", late > rounds // 2, True)


# ---- the module ------------------------------------------------------------

def load():
    with open(f"{BUILD}/module/obpbl.ko", "rb") as module:
        system(libc.syscall(FINIT_MODULE, module.fileno(), b"", 0))
    hold_up()


def unload():
    """Whether it has gone; somebody may hold it."""
    return not libc.syscall(DELETE_MODULE, b"obpbl", os.O_NONBLOCK)


def retrying(work):
    """The same, again whenever the module goes from under it."""
    while True:
        with contextlib.suppress(OSError, Refused, KeyError):
            yield from work()
        # Else somebody would hold it at any time
        time.sleep(random.uniform(0, 0.2))


def module_reading():
    """Dumps that are begun, some of which are read; with none for a while."""
    def work():
        many = []
        for command in DUMPS:
            nl = Nl()
            nl.send(command, b"", REQUEST | DUMP)
            many.append(nl)
        time.sleep(random.uniform(0, 0.01))
        for nl in many[::2]:
            nl.replies()
        for nl in many:
            nl.sock.close()
        yield
        time.sleep(random.uniform(0, 0.1))
    return retrying(work)


def module_listening():
    """Keeps a socket for events for longer than a module lives."""
    return retrying(listening)


def module_adjusting():
    return retrying(adjusting)


def module_opening():
    """Has a transaction open, which does not keep the module."""
    return retrying(opening)


def module_namespaces():
    """Namespaces with a policy of their own end all the time, and others come.
    """
    def work():
        namespace = new_namespace()
        try:
            with inside(namespace):
                nl = Nl()
                apply(nl)
                if random.random() < 0.5:
                    nl.call(FLUSH)
                nl.sock.close()
            yield
        finally:
            os.close(namespace)
        time.sleep(random.uniform(0, 0.1))
    return retrying(work)


def module_notifying():
    """Devices and sockets that go tell the module so."""
    rt = Rt()
    while True:
        rt.add("dummy", "told", 500)
        rt.delete(500)
        for _ in range(20):
            sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
            sock.bind((0, 0))
            sock.close()
        yield


def policy_dump():
    """A dump of what the family takes, which is begun and not read."""
    nl = Nl()
    nl.family = 16
    nl.send(10, attr(2, "obpbl"), REQUEST | DUMP)
    return nl


def module_policy_dumps():
    def work():
        nl = policy_dump()
        time.sleep(random.uniform(0, 0.005))
        if nl.replies():
            yield
        nl.sock.close()
    return retrying(work)


def policy_dumps_pin():
    """Whether this kernel keeps the module while one is open."""
    nl = policy_dump()
    gone = unload()
    nl.sock.close()
    if gone:
        load()
    return not gone


def modules(nl, rounds):
    """The module comes and goes, with and without a policy, under all that
    holds it and all that tells it something; into fifty namespaces."""
    nl.call(FLUSH)
    nl.sock.close()
    many, held, judged_all = [new_namespace() for _ in range(50)], 0, 0
    others = [(module_reading,), (module_listening,), (module_adjusting,),
              (module_opening,), (module_namespaces,), (module_notifying,)]
    if policy_dumps_pin():
        others.append((module_policy_dumps,))
    else:
        print("# this kernel lets a module go from under a dump of its "
              "policies", flush=True)
    packets = Torrent()
    with helpers(*others):
        for number in range(rounds):
            nl = Nl()
            if number % 4:
                apply(nl, number)
                until(lambda: judged(nl) > 20)
                judged_all += judged(nl)
                held += not unload()
                until(lambda: done(nl.call, FLUSH))
            nl.sock.close()
            end = time.monotonic() + PATIENCE
            while not unload():
                if time.monotonic() > end:
                    raise TimeoutError("the module does not go")
                time.sleep(0.0005)
            load()
    packets.stop()
    for namespace in many:
        os.close(namespace)
    check(f"modules: {rounds} have gone, of which {held} were held by a policy "
          f"that has judged {judged_all} packets",
          held == rounds - -(-rounds // 4) and judged_all >= 20 * held, True)
    nl = Nl()
    apply(nl)
    return nl


CASES = (commits, confirms, shadows, sessions, dumps, namespaces, quarantines,
         counters, processors, clocks, modules)



def main():
    rounds, wanted = int(sys.argv[1]), sys.argv[2:]
    hold_up()
    nl = Nl()
    packets = Torrent(rounds=20)
    packets.wait()
    settle()
    passed = {name: watch.count() > 0 for name, watch in watches.items()}
    check("without a policy packets pass, both ways", passed,
          {"sub": True, "foreign": True})
    apply(nl)
    for case in CASES:
        if not wanted or case.__name__ in wanted:
            start = time.monotonic()
            try:
                nl = case(nl, rounds) or nl
            except (OSError, Refused) as why:
                traceback.print_exc()
                check(f"{case.__name__} comes to its end", why, None)
            print(f"# {case.__name__}: {time.monotonic() - start:.1f} s",
                  flush=True)
    nl.call(FLUSH)
    report()
    print("# held up:", ", ".join(f"{n} {name}" for name, n in held_up.items()),
          flush=True)
    check("packets were held up with their policy in hand",
          not held_up or held_up["obpbl_flow_parse"] >= rounds or held_up,
          True)


if __name__ == "__main__":
    main()

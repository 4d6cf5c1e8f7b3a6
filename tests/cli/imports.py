#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""obpblctl import, for random lists, against an opinion of its own of what the
first rule that matches says, and of what a policy does: wherever anything begins
or ends the two agree, or the rule that decides is named as not carried over.

    imports.py KIND SEED N    N lists; prints how many differ, and how many of
                              them were carried over whole: enough
"""
import ipaddress
import json
import random
import re
import subprocess
import sys

ALL = {4: "0.0.0.0/0", 6: "::/0"}


class Rule:
    """Of packets from src to dst; only: to port 25 alone; a verdict, or rules."""

    def __init__(self, number, src, dst, only, verdict):
        self.number, self.src, self.dst = number, src, dst
        self.only, self.verdict = only, verdict

    def matches(self, source, to):
        return any(source in p for p in self.src) and any(to in p for p in self.dst)


def network(text):
    return ipaddress.ip_network(text)


def random_prefix(chance, version):
    bits = {4: 32, 6: 128}[version]
    base = int(ipaddress.ip_address({4: "203.0.113.0", 6: "2001:db8::"}[version]))
    length = chance.choice([bits, bits, *range(bits - 8, bits + 1)])
    host = base + chance.randrange(256)
    return ipaddress.ip_network((host >> (bits - length) << (bits - length), length))


def random_other(chance, version):
    """A destination: mostly apart from the sources, sometimes among them."""
    if chance.random() < 0.2:
        return random_prefix(chance, version)
    base = {4: "198.51.100.0/24", 6: "2001:db8:5::/120"}[version]
    net = network(base)
    length = chance.choice([net.max_prefixlen, net.max_prefixlen - 2, net.prefixlen])
    bits = net.max_prefixlen - length
    host = int(net.network_address) + chance.randrange(256)
    return ipaddress.ip_network((host >> bits << bits, length))


def some(chance, make, version, rate):
    """A list of prefixes apart from each other, or all there are."""
    if chance.random() < rate:
        return [network(ALL[version])]
    found = []
    for _ in range(chance.choice([1, 1, 2, 3])):
        one = make(chance, version)
        if not any(one.overlaps(other) for other in found):
            found.append(one)
    return found


class List:
    """Rules as people write them, with a few that nobody would."""

    def __init__(self, chance, kind):
        self.chance, self.kind, self.number = chance, kind, 0
        self.version = 6 if chance.random() < 0.2 else 4
        self.space = [network({4: "203.0.113.0/24", 6: "2001:db8::/64"}[self.version])]
        if chance.random() < 0.3:
            self.space = []
        self.rules = self.some_rules(chance.randrange(1, 9), 0)
        self.end = chance.random() < 0.15
        # What no line decides is denied there, so that most lists permit it
        if kind != "nft" and not self.end:
            everything = [network(ALL[self.version])]
            self.rules.append(Rule(0, everything, everything, False, "permit"))
            self.end = True

    def rule(self, depth):
        chance, version = self.chance, self.version
        self.number += 1
        number = self.number
        only = chance.random() < 0.8
        style = chance.choice(["block", "block", "relay", "static", "exempt", "target",
                               "any"])
        src = some(chance, random_prefix, version,
                   {"relay": 1, "target": 0.5, "any": 0.5}.get(style, 0))
        dst = some(chance, random_other, version,
                   {"block": 1, "static": 1, "any": 0.5}.get(style, 0))
        verdict = "deny" if style in ("block", "target") else "permit"
        if style == "any":
            verdict = chance.choice(["deny", "permit"])
        if not only:
            verdict = chance.choice(["permit", verdict])
        if self.kind == "nft" and depth < 2 and chance.random() < 0.15:
            verdict = self.some_rules(chance.randrange(1, 4), depth + 1)
        return Rule(number, src, dst, only, verdict)

    def some_rules(self, n, depth):
        return [self.rule(depth) for _ in range(n)]

    def flat(self, rules=None):
        for rule in self.rules if rules is None else rules:
            yield rule
            if isinstance(rule.verdict, list):
                yield from self.flat(rule.verdict)

    def decides(self, source, to, rules=None, only=False):
        """The rule that does, and whether it is about port 25 alone; or None."""
        for rule in self.rules if rules is None else rules:
            if not rule.matches(source, to):
                continue
            if not isinstance(rule.verdict, list):
                return rule, rule.only or only
            found = self.decides(source, to, rule.verdict, rule.only or only)
            if found:
                return found
        return None


class Policy:
    """The decision table, for a file that import has written."""

    def __init__(self, text):
        self.targets = "policy  = targets" in text
        self.lists = {}
        for name, body in re.findall(r"^    (\w+) *= \{\n(.*?)\n    \}", text, re.M | re.S):
            self.lists[name] = [network(line.split("#")[0].strip().rstrip(","))
                                for line in body.split("\n")]
        self.exempt = [(network(p), network(to)) for p, to in re.findall(
            r"^exempt (\S+) \{\n.*?to      = (\S+)", text, re.M | re.S)]

    def best(self, names, address):
        best = (-1, None)
        for name in names:
            for prefix in self.lists.get(name, []):
                if address in prefix and prefix.prefixlen >= best[0]:
                    best = (prefix.prefixlen, name)
        return best

    def blocks(self, source, to):
        length, name = self.best(["space", "dynamic", "static"], source)
        if name != "dynamic" or any(source in p and to in d and p.prefixlen >= length
                                    for p, d in self.exempt):
            return False
        what = self.best(["space", "target", "relay"], to)[1]
        return what == "target" if self.targets else what not in ("space", "relay")


def nft_value(list_):
    values = [{"prefix": {"addr": str(p.network_address), "len": p.prefixlen}}
              if p.prefixlen < p.max_prefixlen else str(p.network_address) for p in list_]
    return values[0] if len(values) == 1 else {"set": values}


def nft(list_):
    chance = list_.chance
    word = {4: "ip", 6: "ip6"}[list_.version]
    objects, sets = [], []

    def chain(name, **more):
        objects.append({"chain": {"family": "inet", "table": "t", "name": name, **more}})

    def match(left, right, op="=="):
        return {"match": {"op": op, "left": left, "right": right}}

    def addresses(field, prefixes):
        if prefixes[0].prefixlen == 0:
            return []
        value = nft_value(prefixes)
        if chance.random() < 0.2:
            sets.append({"set": {"family": "inet", "table": "t", "name": f"s{len(sets)}",
                                 "elem": value.get("set", [value])
                                 if isinstance(value, dict) else [value]}})
            value = f"@s{len(sets) - 1}"
        return [match({"payload": {"protocol": word, "field": field}}, value)]

    def write(name, rules):
        for rule in rules:
            expr = [match({"meta": {"key": "nfproto"}}, f"ipv{list_.version}")]
            if rule.only:
                expr.append(match({"payload": {"protocol": "tcp", "field": "dport"}},
                                  chance.choice([25, {"set": [25, 465]},
                                                 {"range": [20, 30]}])))
            expr += addresses("saddr", rule.src) + addresses("daddr", rule.dst)
            if isinstance(rule.verdict, list):
                chain(f"c{rule.number}")
                verdict = {"jump": {"target": f"c{rule.number}"}}
                write(f"c{rule.number}", rule.verdict)
            else:
                verdict = {"accept": None} if rule.verdict == "permit" else \
                    {"reject": {"type": "tcp reset"}}
            field = addresses("saddr", rule.src)
            if field and chance.random() < 0.1:
                key = {"payload": {"protocol": word, "field": "saddr"}}
                right = nft_value(rule.src)
                right = right["set"] if isinstance(right, dict) and "set" in right else [right]
                expr = [e for e in expr if e["match"]["left"] != key]
                verdict = {"vmap": {"key": key, "data": {
                    "set": [[value, verdict] for value in right]}}}
            objects.append({"rule": {"family": "inet", "table": "t", "chain": name,
                                     "handle": rule.number, "expr": expr + [verdict]}})

    chain("forward", type="filter", hook="forward", prio=0,
          policy="drop" if list_.end else "accept")
    write("forward", list_.rules)
    return json.dumps({"nftables": sets + objects})


def masked(chance, prefix):
    if prefix.version == 6 or chance.random() < 0.1:
        return str(prefix) if prefix.prefixlen < prefix.max_prefixlen else \
            f"host {prefix.network_address}"
    if prefix.prefixlen == 32 and chance.random() < 0.7:
        return f"host {prefix.network_address}"
    return f"{prefix.network_address} {prefix.hostmask}"


def cisco(list_):
    """Of several addresses in a line: a group of them."""
    chance, version = list_.chance, list_.version
    head, body, groups = [], [], 0
    numbered = version == 4 and chance.random() < 0.3
    body.append("!" if numbered else "ip access-list extended mail" if version == 4
                else "ipv6 access-list mail")

    def addresses(prefixes):
        nonlocal groups
        if prefixes[0].prefixlen == 0:
            return "any"
        if len(prefixes) == 1 and chance.random() < 0.8:
            return masked(chance, prefixes[0])
        groups += 1
        head.append(f"object-group network g{groups}")
        for prefix in prefixes:
            if version == 6 or chance.random() < 0.2:
                head.append(f" {prefix}")
            elif prefix.prefixlen == 32:
                head.append(f" host {prefix.network_address}")
            else:
                head.append(f" {prefix.network_address} {prefix.netmask}")
        return f"object-group g{groups}"

    for rule in list_.rules:
        protocol = chance.choice(["tcp", "6"] if rule.only else
                                 ["ip" if version == 4 else "ipv6", "tcp"])
        words = [rule.verdict, protocol, addresses(rule.src), addresses(rule.dst)]
        if rule.only:
            words.append(chance.choice(["eq smtp", "eq 25", "eq 25 465", "range 20 30",
                                        "lt 26"]))
        words.append(chance.choice(["", "", "log", "(7 matches)"]))
        body.append(("access-list 101 " if numbered else " ") + " ".join(words).rstrip())
        rule.number = len(body)
    for rule in list_.rules:
        rule.number += len(head)
    return "\n".join([*head, *body, ""])


def junos(list_):
    chance = list_.chance
    family = {4: "inet", 6: "inet6"}[list_.version]
    statements = []     # (rule, path)
    for index, rule in enumerate(list_.rules):
        def say(*words, rule=rule, index=index):
            statements.append((rule, f"term t{index} " + " ".join(words)))

        if rule.only:
            say("from protocol tcp")
            say("from destination-port",
                chance.choice(["smtp", "25", "[ 25 465 ]", "20-30"]))
        for field, prefixes in ("source", rule.src), ("destination", rule.dst):
            if prefixes[0].prefixlen == 0 and chance.random() < 0.7:
                continue
            for prefix in prefixes:
                say(f"from {field}-address {prefix}")
        if chance.random() < 0.3:
            say("then count mail")
        if rule.verdict == "deny" or chance.random() < 0.7:
            say("then", {"deny": chance.choice(["discard", "reject"]),
                         "permit": "accept"}[rule.verdict])
        elif not rule.only and rule.src[0].prefixlen == rule.dst[0].prefixlen == 0:
            say("then accept")
    lines = []
    braces = chance.random() < 0.5
    if braces:
        lines += ["firewall {", f"family {family} {{ /* mail */", "filter mail {"]
    for rule, path in statements:
        words = path.split()
        if braces:
            lines.append(f"{words[0]} {words[1]} {{ {words[2]} {{ {' '.join(words[3:])}; }} }}")
        else:
            lines.append(f"set firewall family {family} filter mail {path}")
        rule.first = min(getattr(rule, "first", len(lines)), len(lines))
    for rule in list_.rules:
        rule.number = getattr(rule, "first", 0)
    return "\n".join(lines + (["}", "}", "}"] if braces else []) + [""])


WRITERS = {"nft": nft, "cisco": cisco, "juniper": junos}


def points(prefixes, version):
    found = set()
    for prefix in [*prefixes, network(ALL[version])]:
        for edge in (int(prefix.network_address) - 1, int(prefix.network_address),
                     int(prefix.broadcast_address), int(prefix.broadcast_address) + 1):
            if 0 <= edge < 1 << prefix.max_prefixlen:
                found.add(type(prefix.network_address)(edge))
    return found


def differs(list_, answer):
    policy = Policy(answer["config"])
    rules = list(list_.flat())
    named = {int(re.findall(r"\d+", left["place"])[-1]) for left in answer["not_carried"]
             if re.search(r"\d", left["place"])}
    sources = points([p for r in rules for p in r.src] + list_.space, list_.version)
    for source in sources:
        if not any(source in p for p in list_.space) and not any(
                source in p for r in rules for p in r.src if p.prefixlen):
            continue
        for to in points([p for r in rules for p in r.dst] + list_.space, list_.version):
            decides = list_.decides(source, to)
            denies = decides[0].verdict == "deny" if decides else list_.end
            blocks = policy.blocks(source, to)
            if denies == blocks or (denies and not (decides and decides[1])):
                continue
            if denies and policy.best(["space", "target", "relay"], to)[1] == "space":
                continue
            if decides and decides[0].number in named:
                continue
            if not decides and any(left["place"] == "stdin" or not re.search(
                    r"\d", left["place"]) for left in answer["not_carried"]):
                continue
            return f"{source} to {to}: " + (
                f"rule {decides[0].number} {decides[0].verdict}" if decides else "no rule")
    return None


def main():
    kind, bad, whole = sys.argv[1], 0, 0
    for seed in range(int(sys.argv[2]), int(sys.argv[2]) + int(sys.argv[3])):
        list_ = List(random.Random(seed), kind)
        text = WRITERS[kind](list_)
        words = ["obpblctl", "-j", "import", kind, "-", "isp", "alpha"]
        for prefix in list_.space:
            words += ["space", str(prefix)]
        done = subprocess.run(words, text=True, input=text, capture_output=True, check=False)
        if done.returncode:
            # Nothing is denied, or not of anybody who is known
            if "no line of it blocks" in done.stderr or re.search(
                    "no (chain|access list|filter).* blocks", done.stderr):
                continue
            why = done.stderr
        else:
            answer = json.loads(done.stdout)
            why = differs(list_, answer)
            whole += not answer["not_carried"]
            checked = subprocess.run(["obpblctl", "apply", "--check", "-"], text=True,
                                     input=answer["config"], capture_output=True, check=False)
            if checked.returncode:
                why = checked.stderr
        if why:
            bad += 1
            print(f"seed {seed}: {why}")
    print(f"{bad} differ, {'enough' if 4 * whole > int(sys.argv[3]) else f'only {whole}'} whole")


main()

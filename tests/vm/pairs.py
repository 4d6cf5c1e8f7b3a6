#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Pairs of addresses for spoofed.sh, source first, binary: one packet in a
thousand is of each bot, to some hundred servers; all others are from somebody
else each.

    pairs.py BOTS
"""
import random
import struct
import sys

bots, rng, out = int(sys.argv[1]), random.Random(25), sys.stdout.buffer
for _ in range(1 << 20):
    dice = rng.randrange(1000)
    bot = dice < bots
    source = 20 << 24 | (dice + 1 if bot else rng.randrange(1 << 24))
    to = 9 << 24 | rng.randrange(300 if bot else 1 << 24)
    out.write(struct.pack("!II", source, to))

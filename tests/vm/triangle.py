# SPDX-License-Identifier: GPL-2.0-only
"""Triangular spamming: mail from a bot's address that the bot does not send.

A server elsewhere sends the client's half of a connection to port 25 with the
bot's source address; the mail server's answers reach the bot, which tells the
server what is in them. Says what became of it.
"""
import socket
import struct
import sys
import time

from packets import ACK, SYN, TCP, Line, Packet, mac, stats, upper

# No stack owns the bot's address: nobody there answers the mail server.
BOT = "203.0.113.6", None
MAIL_SERVER = "198.18.0.25", None
SPORT = 40000 + int(time.monotonic() * 100) % 20000

spammer, bot = Line("spam"), Line("sub")
mail_server = mac("foreign", "eth1")
packet = Packet(BOT, MAIL_SERVER)


def blocked():
    return stats().get(("alpha", "reverse"), (0, 0))[0]


def send(**tcp):
    spammer.send(packet.ip4(packet.tcp(sport=SPORT, **tcp)), mail_server)


def answer(before):
    """(sequence number, data) of the next answer to reach the bot, or None."""
    bot.socket.settimeout(0.2)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            got, address = bot.socket.recvfrom(65535)
        except TimeoutError:
            if blocked() > before:
                return None
            continue
        proto, data = upper(got)
        if address[2] != socket.PACKET_OUTGOING and proto == TCP and \
                struct.unpack("!HH", data[:4]) == (25, SPORT):
            return struct.unpack("!I", data[4:8])[0], data[data[12] // 16 * 4:]
    sys.exit("the mail server said nothing")


before = blocked()
send(flags=SYN)
heard = answer(before)
if not heard:
    print("the answer is blocked")
    sys.exit()
send(flags=ACK, seq=1001, ack=(heard[0] + 1) % 2**32)
greeting = answer(before)
print("the bot is greeted" if greeting and greeting[1].startswith(b"220") else
      f"the bot gets {greeting}")

# What is not understood is exit status 2 and one line.
2 obpblctl nonsense
! obpblctl: 'nonsense': unknown command; there are show, apply, diff, confirm, rollback, shadow, save, flush, mode, isp, prefix, exempt, quarantine, purge, keep, restore, session, test, top, stats, report, metrics, monitor, export, follow, fallback, import, version or help
2 obpblctl s
! obpblctl: 's': can be show, shadow, save, session or stats
2 obpblctl ''
! obpblctl: '': unknown command; there are show, apply, diff, confirm, rollback, shadow, save, flush, mode, isp, prefix, exempt, quarantine, purge, keep, restore, session, test, top, stats, report, metrics, monitor, export, follow, fallback, import, version or help
2 obpblctl -x
! obpblctl: '-x': unknown option (usage: obpblctl [-j] [-n NETNS] COMMAND)
2 obpblctl -n
! obpblctl: '-n': the name of a network namespace follows it
2 obpblctl show more
! obpblctl: 'more': not expected here (usage: obpblctl show [isp NAME] [-w])
2 obpblctl apply
! obpblctl: a file is missing (usage: obpblctl apply FILE|- [--check] [--diff] [--empty] [--confirm DUR|--shadow])
2 obpblctl apply --nonsense a.conf
! obpblctl: '--nonsense': not expected here (usage: obpblctl apply FILE|- [--check] [--diff] [--empty] [--confirm DUR|--shadow])
2 obpblctl apply a.conf b.conf
! obpblctl: 'b.conf': not expected here (usage: obpblctl apply FILE|- [--check] [--diff] [--empty] [--confirm DUR|--shadow])
2 obpblctl mode
! obpblctl: a mode is missing (usage: obpblctl mode off|monitor|enforce [isp NAME])
2 obpblctl mode maximum
! obpblctl: 'maximum': unknown mode; it is off, monitor or enforce
2 obpblctl mode isp alpha enforce
! obpblctl: 'isp': the mode comes first, and then the ISP (usage: obpblctl mode off|monitor|enforce [isp NAME])
2 obpblctl mode enforce alpha
! obpblctl: 'alpha': not expected here (usage: obpblctl mode off|monitor|enforce [isp NAME])
2 obpblctl mode enforce isp
! obpblctl: 'isp': the name of an ISP follows it (usage: obpblctl mode off|monitor|enforce [isp NAME])
2 obpblctl mode enforce isp -alpha
! obpblctl: '-alpha': the name of an ISP begins with a letter or a digit
2 obpblctl isp add
! obpblctl: the name of an ISP is missing (usage: obpblctl isp add NAME [mode MODE] [policy POLICY] [reject REJECT] [reverse on|off] [limit N/T|none] [limit_quarantine DUR|none] [vrf VRF])
2 obpblctl isp rename alpha
! obpblctl: 'rename': unknown word; after 'isp' comes list, show, add, set or del
2 obpblctl isp add a23456789012345678901234567890123
! obpblctl: 'a23456789012345678901234567890123': the name of an ISP has at most 31 characters
2 obpblctl isp add al/pha
! obpblctl: 'al/pha': the name of an ISP is made of A-Z a-z 0-9 . _ -
2 obpblctl isp add alpha mode
! obpblctl: 'mode': off, monitor or enforce follows it (usage: obpblctl isp add NAME [mode MODE] [policy POLICY] [reject REJECT] [reverse on|off] [limit N/T|none] [limit_quarantine DUR|none] [vrf VRF])
2 obpblctl isp add alpha mode loud
! obpblctl: 'loud': unknown mode; it is off, monitor or enforce
2 obpblctl isp add alpha mode off mode off
! obpblctl: 'mode': given twice
2 obpblctl isp add alpha colour red
! obpblctl: 'colour': not expected here (usage: obpblctl isp add NAME [mode MODE] [policy POLICY] [reject REJECT] [reverse on|off] [limit N/T|none] [limit_quarantine DUR|none] [vrf VRF])
2 obpblctl isp add alpha reverse maybe
! obpblctl: 'maybe': unknown reverse; it is off or on
2 obpblctl isp add alpha limit 10
! obpblctl: '10': a limit is none, or written like 10/1h: so many connections in so much time
2 obpblctl isp add alpha limit /1h
! obpblctl: '/1h': a limit is none, or written like 10/1h: so many connections in so much time
2 obpblctl isp add alpha limit 010/1h
! obpblctl: '010/1h': a limit is none, or written like 10/1h: so many connections in so much time
2 obpblctl isp add alpha limit 0/1h
! obpblctl: '0/1h': a limit is between 1 and 1000000 connections
2 obpblctl isp add alpha limit 1000001/1h
! obpblctl: '1000001/1h': a limit is between 1 and 1000000 connections
2 obpblctl isp add alpha limit 10/1
! obpblctl: '10/1': a duration is written like 90s, 30m, 24h, 7d, 2w or 1h30m
2 obpblctl isp add alpha limit 10/0s
! obpblctl: '10/0s': a duration is between a second and a hundred years
2 obpblctl isp add alpha limit 10/5w
! obpblctl: '10/5w': the time of a limit is at most 31 days
2 obpblctl isp add alpha limit
! obpblctl: 'limit': none, or a limit like 10/1h, follows it (usage: obpblctl isp add NAME [mode MODE] [policy POLICY] [reject REJECT] [reverse on|off] [limit N/T|none] [limit_quarantine DUR|none] [vrf VRF])
2 obpblctl isp add alpha limit 10/1h limit_quarantine
! obpblctl: 'limit_quarantine': none, or a duration like 24h, follows it (usage: obpblctl isp add NAME [mode MODE] [policy POLICY] [reject REJECT] [reverse on|off] [limit N/T|none] [limit_quarantine DUR|none] [vrf VRF])
2 obpblctl isp add alpha limit 10/1h limit_quarantine 24
! obpblctl: '24': a duration is written like 90s, 30m, 24h, 7d, 2w or 1h30m
2 obpblctl isp add alpha limit 10/1h limit_quarantine 0s
! obpblctl: '0s': a duration is between a second and a hundred years
2 obpblctl isp add alpha limit 10/1h limit_quarantine 31d1s
! obpblctl: '31d1s': the quarantine of a limit is at most 31 days
2 obpblctl isp set alpha limit_quarantine 1h limit_quarantine none
! obpblctl: 'limit_quarantine': given twice
2 obpblctl isp add alpha limit 10/1h limit none
! obpblctl: 'limit': given twice
2 obpblctl top -n
! obpblctl: '-n': a number of rows follows it (usage: obpblctl top [-n N] [isp NAME] [--bots|--clients] [--sort COLUMN] [-w])
2 obpblctl top -n 0
! obpblctl: '0': is no number of rows
2 obpblctl top -n x
! obpblctl: 'x': is no number of rows
2 obpblctl top --bots --clients
! obpblctl: no source is both of --bots and --clients (usage: obpblctl top [-n N] [isp NAME] [--bots|--clients] [--sort COLUMN] [-w])
2 obpblctl top alpha
! obpblctl: 'alpha': not expected here (usage: obpblctl top [-n N] [isp NAME] [--bots|--clients] [--sort COLUMN] [-w])
2 obpblctl top isp
! obpblctl: 'isp': the name of an ISP follows it (usage: obpblctl top [-n N] [isp NAME] [--bots|--clients] [--sort COLUMN] [-w])
2 obpblctl stats again
! obpblctl: 'again': not expected here (usage: obpblctl stats show [isp NAME])
2 obpblctl metrics x y
! obpblctl: 'y': not expected here (usage: obpblctl metrics [FILE])
2 obpblctl monitor x
! obpblctl: 'x': not expected here (usage: obpblctl monitor [isp NAME])
2 obpblctl isp add alpha vrf a234567890123456
! obpblctl: 'a234567890123456': the name of a device has at most 15 characters
2 obpblctl isp set alpha
! obpblctl: there is nothing to set (usage: obpblctl isp set NAME [mode MODE] [policy POLICY] [reject REJECT] [reverse on|off] [limit N/T|none] [limit_quarantine DUR|none] [vrf VRF])
2 obpblctl isp set alpha vrf
! obpblctl: 'vrf': none, or the name of a device, follows it (usage: obpblctl isp set NAME [mode MODE] [policy POLICY] [reject REJECT] [reverse on|off] [limit N/T|none] [limit_quarantine DUR|none] [vrf VRF])
2 obpblctl isp del alpha mode off
! obpblctl: 'mode': a word too many
2 obpblctl prefix push 10.0.0.0/8
! obpblctl: 'push': unknown word; after 'prefix' comes list, add, replace, del or load
2 obpblctl prefix add
! obpblctl: a prefix is missing (usage: obpblctl prefix add PREFIX... CLASS isp NAME)
2 obpblctl prefix add dynamic isp alpha
! obpblctl: 'dynamic': prefixes come first, and then their class (usage: obpblctl prefix add PREFIX... CLASS isp NAME)
2 obpblctl prefix add 10.0.0.0/8
! obpblctl: a class is missing; it is dynamic, static, space, relay or target (usage: obpblctl prefix add PREFIX... CLASS isp NAME)
2 obpblctl prefix add 10.0.0.0/8 isp alpha
! obpblctl: a class is missing; it is dynamic, static, space, relay or target (usage: obpblctl prefix add PREFIX... CLASS isp NAME)
2 obpblctl prefix add 10.0.0.0/8 dynamic
! obpblctl: 'isp NAME' is missing (usage: obpblctl prefix add PREFIX... CLASS isp NAME)
2 obpblctl prefix add 10.0.0.0/8 dynamic isp alpha extra
! obpblctl: 'extra': a word too many
2 obpblctl prefix add 203.0.113.5/24 dynamic isp alpha
! obpblctl: '203.0.113.5/24': has host bits set; did you mean 203.0.113.0/24?
2 obpblctl prefix list everything
! obpblctl: 'everything': unknown class; it is dynamic, static, space, relay or target
2 obpblctl prefix load
! obpblctl: the name of a list is missing (usage: obpblctl prefix load FILE|- CLASS isp NAME [--replace])
2 obpblctl prefix load list.txt dynamic
! obpblctl: 'isp NAME' is missing (usage: obpblctl prefix load FILE|- CLASS isp NAME [--replace])
2 obpblctl test
! obpblctl: 'from' and an address are missing (usage: obpblctl test from SRC to DST [dport N] [sport N] [dev IF] [flags S|SA|A|...])
2 obpblctl test from 203.0.113.5
! obpblctl: 'to' and an address are missing (usage: obpblctl test from SRC to DST [dport N] [sport N] [dev IF] [flags S|SA|A|...])
2 obpblctl test from 203.0.113.5 to 2001:db8::1
! obpblctl: the two addresses are not of one family
2 obpblctl test from 203.0.113.0/24 to 192.0.2.1
! obpblctl: '203.0.113.0/24': is not an IPv4 or IPv6 address
2 obpblctl test from 203.0.113.5 to 192.0.2.1 dport 65536
! obpblctl: '65536': a port is a number from 1 to 65535
2 obpblctl test from 203.0.113.5 to 192.0.2.1 dport 025
! obpblctl: '025': a port is a number from 1 to 65535
2 obpblctl test from 203.0.113.5 to 192.0.2.1 dport 0x19
! obpblctl: '0x19': a port is a number from 1 to 65535
2 obpblctl test from 203.0.113.5 to 192.0.2.1 dport +5
! obpblctl: '+5': a port is a number from 1 to 65535
2 obpblctl test from 203.0.113.5 to 192.0.2.1 dport 1e3
! obpblctl: '1e3': a port is a number from 1 to 65535
2 obpblctl test from 203.0.113.5 to 192.0.2.1 dport 99999999999999999999
! obpblctl: '99999999999999999999': a port is a number from 1 to 65535
2 obpblctl test from 203.0.113.5 to 192.0.2.1 flags SX
! obpblctl: 'flags' 'SX': letters of F S R P A U E C, or - for none
2 obpblctl test from 203.0.113.5 to 192.0.2.1 dev a/b
! obpblctl: 'a/b': is no name of a device
2 obpblctl test from fe80::1%eth0 to 2001:db8::1
! obpblctl: 'fe80::1%eth0': a zone id has no place in a prefix
2 obpblctl flush
! obpblctl: this removes the whole policy and there is no terminal to ask on; say --yes (usage: obpblctl flush [--yes])
2 obpblctl flush --now
! obpblctl: '--now': not expected here (usage: obpblctl flush [--yes])
2 obpblctl stats now
! obpblctl: 'now': not expected here (usage: obpblctl stats show [isp NAME])
2 obpblctl export
! obpblctl: dynamic, space or relay is missing (usage: obpblctl export dynamic|space|relay [isp NAME])
2 obpblctl export static
! obpblctl: 'static': what can be exported is dynamic, space or relay
2 obpblctl export space alpha
! obpblctl: 'alpha': 'isp NAME' is expected here (usage: obpblctl export dynamic|space|relay [isp NAME])
2 obpblctl export space isp alpha beta
! obpblctl: 'beta': a word too many
2 obpblctl version 2
! obpblctl: '2': a word too many
2 obpblctl help nonsense
! obpblctl: 'nonsense': unknown command; there are show, apply, diff, confirm, rollback, shadow, save, flush, mode, isp, prefix, exempt, quarantine, purge, keep, restore, session, test, top, stats, report, metrics, monitor, export, follow, fallback, import, version or help
# With -j there is one JSON document whatever happens.
2 obpblctl -j nonsense 2>/dev/null
> {
>  "schema": 1,
>  "error": {
>   "code": "usage",
>   "message": "'nonsense': unknown command; there are show, apply, diff, confirm, rollback, shadow, save, flush, mode, isp, prefix, exempt, quarantine, purge, keep, restore, session, test, top, stats, report, metrics, monitor, export, follow, fallback, import, version or help"
>  }
> }
2 obpblctl nonsense -j 2>/dev/null
> {
>  "schema": 1,
>  "error": {
>   "code": "usage",
>   "message": "'nonsense': unknown command; there are show, apply, diff, confirm, rollback, shadow, save, flush, mode, isp, prefix, exempt, quarantine, purge, keep, restore, session, test, top, stats, report, metrics, monitor, export, follow, fallback, import, version or help"
>  }
> }
2 obpblctl apply x.conf --confirm
! obpblctl: '--confirm': a number of seconds, or a duration like 10m, follows it (usage: obpblctl apply FILE|- [--check] [--diff] [--empty] [--confirm DUR|--shadow])
2 obpblctl apply x.conf --confirm 0
! obpblctl: '0': is no time from 1 to 86400 seconds, such as 600 or 10m
2 obpblctl apply x.conf --confirm 86401
! obpblctl: '86401': is no time from 1 to 86400 seconds, such as 600 or 10m
2 obpblctl apply x.conf --confirm 25h
! obpblctl: '25h': is no time from 1 to 86400 seconds, such as 600 or 10m
2 obpblctl confirm now
! obpblctl: 'now': a word too many
2 obpblctl rollback 1
! obpblctl: '1': a word too many
# Sessions.
2 obpblctl session up
! obpblctl: 'dev IF' is missing (usage: obpblctl session up dev IF [addr PREFIX]... isp NAME [class dynamic|static|exempt])
2 obpblctl session up dev ppp0 2>&1 | cut -c-39; exit ${PIPESTATUS[0]}
> obpblctl: 'isp NAME' is missing (usage:
2 obpblctl session addr dev ppp0 2>&1 | cut -c-44; exit ${PIPESTATUS[0]}
> obpblctl: 'addr PREFIX' is missing (usage: o
2 obpblctl session begin dev ppp0 2>&1 | cut -c-32; exit ${PIPESTATUS[0]}
> obpblctl: 'begin': unknown word;
2 obpblctl session down dev ppp0 addr 192.0.2.5 2>&1 | cut -c-38; exit ${PIPESTATUS[0]}
> obpblctl: 'addr': not expected here (u
2 obpblctl session list class static 2>&1 | cut -c-39; exit ${PIPESTATUS[0]}
> obpblctl: 'class': not expected here (u
2 obpblctl session up dev ppp0 isp 2>&1 | cut -c-35; exit ${PIPESTATUS[0]}
> obpblctl: 'isp': the name of an ISP
2 obpblctl session up dev ppp0 isp alpha dev ppp1
! obpblctl: 'dev': given twice
2 obpblctl session up dev ppp0 isp alpha isp alpha
! obpblctl: 'isp': given twice
2 obpblctl session up dev ppp0 isp alpha class static class static
! obpblctl: 'class': given twice
2 obpblctl session up dev ppp0 isp alpha class space
! obpblctl: 'space': the class of a session is dynamic, static or exempt
2 obpblctl session up dev ppp0 isp -a
! obpblctl: '-a': the name of an ISP begins with a letter or a digit
2 obpblctl session up dev a/b isp alpha
!~ obpblctl: 'a/b': .*
2 obpblctl session up dev ppp0 isp alpha addr 192.0.2.5/24
! obpblctl: '192.0.2.5/24': has host bits set; did you mean 192.0.2.0/24?
2 obpblctl session up dev ppp0 isp alpha addr 192.0.2
!~ obpblctl: '192.0.2': .*
2 obpblctl session up dev ppp0 isp alpha $(for i in $(seq 0 256); do echo addr 10.0.$((i / 256)).$((i % 256)); done)
! obpblctl: a session has at most 256 prefixes
# Shadows.
2 obpblctl apply x.conf --confirm 5 --shadow
!~ obpblctl: --shadow changes nothing that could be confirmed; 'shadow promote --confirm' does \(usage: .*
2 obpblctl shadow
! obpblctl: a word is missing after 'shadow': show, promote or drop
2 obpblctl shadow nothing
! obpblctl: 'nothing': unknown word; after 'shadow' comes show, promote or drop
2 obpblctl shadow drop it
! obpblctl: 'it': not expected here (usage: obpblctl shadow drop)
2 obpblctl shadow drop -n 3
! obpblctl: '-n': not expected here (usage: obpblctl shadow drop)
2 obpblctl shadow promote --confirm 0
! obpblctl: '0': is no time from 1 to 86400 seconds, such as 600 or 10m
2 obpblctl shadow show -n 0
! obpblctl: '0': is no number of rows
2 obpblctl follow
! obpblctl: 'table N' is missing (usage: obpblctl follow section TITLE of FILE | table N isp NAME class CLASS [hold DUR] [file FILE])
2 obpblctl follow table
! obpblctl: 'table': a routing table follows it (usage: obpblctl follow section TITLE of FILE | table N isp NAME class CLASS [hold DUR] [file FILE])
2 obpblctl follow table local isp alpha class dynamic
! obpblctl: 'local': is no routing table that can be followed
2 obpblctl follow table 0 isp alpha class dynamic
! obpblctl: '0': is no routing table that can be followed
2 obpblctl follow table nonsense isp alpha class dynamic
! obpblctl: 'nonsense': is no routing table that can be followed
2 obpblctl follow table 4294967296 isp alpha class dynamic
! obpblctl: '4294967296': is no routing table that can be followed
2 obpblctl follow table main isp alpha class own
! obpblctl: 'own': unknown class; it is dynamic, static, space, relay, target, exempt or quarantine
2 obpblctl follow table 100 isp alpha class dynamic hold never
! obpblctl: 'never': a duration is written like 90s, 30m, 24h, 7d, 2w or 1h30m
2 obpblctl follow table 100 isp alpha class dynamic hold
! obpblctl: 'hold': a duration follows it (usage: obpblctl follow section TITLE of FILE | table N isp NAME class CLASS [hold DUR] [file FILE])
2 obpblctl follow table 100 isp alpha class dynamic file
! obpblctl: 'file': the name of a list follows it (usage: obpblctl follow section TITLE of FILE | table N isp NAME class CLASS [hold DUR] [file FILE])
2 obpblctl follow table 100 isp alpha class dynamic now
! obpblctl: 'now': not expected here (usage: obpblctl follow section TITLE of FILE | table N isp NAME class CLASS [hold DUR] [file FILE])
2 obpblctl exempt add 10.0.0.1 isp a reason own server
! obpblctl: 'server': not expected here; a text of several words is put in quotes
# Words of a table may be as short as other words.
2 obpblctl isp add alpha m off mode off
! obpblctl: 'mode': given twice
2 obpblctl isp add alpha l off
! obpblctl: 'l': can be limit or limit_quarantine
2 obpblctl isp add alpha re off
! obpblctl: 're': can be reject or reverse
2 obpblctl isp add alpha po out rej rough
! obpblctl: 'rough': unknown reject; it is reset, admin or drop
2 obpblctl isp add alpha modes off 2>&1 | sed 's/ (usage.*//'; exit ${PIPESTATUS[0]}
> obpblctl: 'modes': not expected here
2 obpblctl exempt add 10.0.0.1 isp a unt 2097-03-31T00:00:00Z f 1h
! obpblctl: there are both 'for' and 'until'; one end is enough
2 obpblctl top --sort packets
! obpblctl: 'packets': unknown column; it is attempts, blocked, would_block, destinations, first or last
2 obpblctl top --sort
! obpblctl: '--sort': a column follows it (usage: obpblctl top [-n N] [isp NAME] [--bots|--clients] [--sort COLUMN] [-w])

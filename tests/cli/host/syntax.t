# What the config file's grammar refuses, with its line.
@ c.conf
| # a comment counts for one line
| // so does this
| /* and
|    this for two */
| isp a { colour = red }
1 obpblctl apply c.conf
! obpblctl: c.conf:5:9: 'colour': unknown word; in isp there can be mode policy reject reverse limit limit_quarantine vrf dynamic static space relay target
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| isp a {
|     mode = enforce
|     port = 587
|     ports = { 25, 587 }
| }
| shop b { x = { 1, 2 } y = 3 }
| exempt 192.0.2.1 { mode = off  isp = a  reason = x }
| quarantine 192.0.2.1 { to = 192.0.2.9  isp = a  reason = x }
1 obpblctl apply c.conf
! obpblctl: c.conf:3:5: 'port': unknown word; only port 25 is judged, and 587 and 465 can never be blocked
! obpblctl: c.conf:4:5: 'ports': unknown word; only port 25 is judged, and 587 and 465 can never be blocked
! obpblctl: c.conf:6:1: 'shop': unknown word; a file has isp, exempt, quarantine and follow sections, and includes
! obpblctl: c.conf:7:20: 'mode': unknown word; in exempt there can be isp to dev for until reason ticket
! obpblctl: c.conf:8:24: 'to': unknown word; in quarantine there can be isp for until reason ticket
! obpblctl: c.conf: 5 faults; nothing was changed
@ c.conf
| isp a {
|     mode = enforce
|     mode = monitor
|     space = { 192.0.2.0/24 }
|     space += { 198.51.100.0/24 }
|     dynamic += { 192.0.2.0/25 }
| }
1 obpblctl apply c.conf
! obpblctl: c.conf:3:5: 'mode': given twice; first in line 2
! obpblctl: c.conf:5:5: 'space': given twice; first in line 4
! obpblctl: c.conf:5:11: '+=': a list is given once, with =
! obpblctl: c.conf:6:13: '+=': a list is given once, with =
! obpblctl: c.conf: 4 faults; nothing was changed
@ c.conf
| isp a { mode = monitor }
| isp b { }
| isp a { policy = targets }
1 obpblctl apply c.conf
! obpblctl: c.conf:3:5: 'a': there are two ISPs of this name; first at c.conf:1:5
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| isp a {
|     mode = loud
|     policy = strict
|     reject = icmp
|     reverse = yes
|     limit = 10
|     vrf = a-name-that-is-too-long
| }
1 obpblctl apply c.conf
! obpblctl: c.conf:2:12: 'loud': unknown mode; it is off, monitor or enforce
! obpblctl: c.conf:3:14: 'strict': unknown policy; it is outside, relay-only or targets
! obpblctl: c.conf:4:14: 'icmp': unknown reject; it is reset, admin or drop
! obpblctl: c.conf:5:15: 'yes': unknown reverse; it is off or on
! obpblctl: c.conf:6:13: '10': a limit is none, or written like 10/1h: so many connections in so much time
! obpblctl: c.conf:7:11: 'a-name-that-is-too-long': the name of a device has at most 15 characters
! obpblctl: c.conf: 6 faults; nothing was changed
@ c.conf
| isp a {
|     limit = 10/1h
|     limit_quarantine = 24
| }
| isp b {
|     limit_quarantine = 1h
|     limit = none
| }
| isp c {
|     limit = 10/1h
|     limit_quarantine = 5w
| }
1 obpblctl apply c.conf
! obpblctl: c.conf:3:24: '24': a duration is written like 90s, 30m, 24h, 7d, 2w or 1h30m
! obpblctl: c.conf:6:5: 'limit_quarantine': needs a limit
! obpblctl: c.conf:11:24: '5w': the quarantine of a limit is at most 31 days
! obpblctl: c.conf: 3 faults; nothing was changed
@ c.conf
| isp a {
|     limit = none
|     vrf = "bad/name"
| }
1 obpblctl apply c.conf
! obpblctl: c.conf:3:11: 'bad/name': is no name of a device
! obpblctl: c.conf: 1 fault; nothing was changed
# 31 characters, and one more
0 echo 'isp a234567890123456789012345678901 { relay = { 203.0.113.1 } }' | obpblctl apply --check - 2>/dev/null
> stdin: 1 ISP, 1 prefix, 0 exemptions and quarantines: no fault
1 echo 'isp a2345678901234567890123456789012 { relay = { 203.0.113.1 } }' | obpblctl apply --check -
! obpblctl: stdin:1:5: 'a2345678901234567890123456789012': the name of an ISP has at most 31 characters
! obpblctl: stdin: 1 fault; nothing was changed
@ c.conf
| isp a23456789012345678901234567890123 { }
| isp .a { }
| isp "" { }
| isp "a b" { }
| isp ä { }
1 obpblctl apply c.conf
! obpblctl: c.conf:1:5: 'a23456789012345678901234567890123': the name of an ISP has at most 31 characters
! obpblctl: c.conf:2:5: '.a': the name of an ISP begins with a letter or a digit
! obpblctl: c.conf:3:5: '': the name of an ISP cannot be empty
! obpblctl: c.conf:4:5: 'a b': the name of an ISP is made of A-Z a-z 0-9 . _ -
! obpblctl: c.conf:5:5: 'ä': the name of an ISP is made of A-Z a-z 0-9 . _ -
! obpblctl: c.conf: 5 faults; nothing was changed
@ c.conf
| isp a { mode = enforce
| isp b { }
1 obpblctl apply c.conf
! obpblctl: c.conf:2:1: 'isp': there is no = after it
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| isp a {
|     mode = enforce
1 obpblctl apply c.conf
! obpblctl: c.conf:1:1: 'isp': the section that begins here is not closed
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| isp a { } }
1 obpblctl apply c.conf
! obpblctl: c.conf:1:11: '}': no section begins like this
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| isp { mode = off }
1 obpblctl apply c.conf
! obpblctl: c.conf:1:1: 'isp': it is written: isp NAME { ... }, exempt PREFIX { ... }, follow NAME { ... } or include "FILE"
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| isp a { mode enforce }
1 obpblctl apply c.conf
! obpblctl: c.conf:1:9: 'mode': there is no = after it
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| isp a { mode = }
1 obpblctl apply c.conf
! obpblctl: c.conf:1:16: '}': there is a value missing before this
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| isp a { space = { 192.0.2.0/24 198.51.100.0/24 } }
1 obpblctl apply c.conf
! obpblctl: c.conf:1:32: '198.51.100.0/24': there is a comma missing before this
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| isp a { space = { 192.0.2.0/24, { } }
1 obpblctl apply c.conf
! obpblctl: c.conf:1:17: '{': the list that begins here is not closed
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| isp a { space = 192.0.2.0/24  dynamic = { 192.0.2.0/25 } }
1 obpblctl apply c.conf
! obpblctl: c.conf:1:9: 'space': a list is written in braces
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| isp a { mode = { enforce } }
1 obpblctl apply c.conf
! obpblctl: c.conf:1:9: 'mode': takes one value
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| include("other.conf")
1 obpblctl apply c.conf
! obpblctl: c.conf:1:8: '(': a character that has no place here
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| "isp=a|mode" = off
1 obpblctl apply c.conf
! obpblctl: c.conf:1:1: 'isp=a|mode': no section begins like this
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| isp a { "mode" = off }
1 obpblctl apply c.conf
! obpblctl: c.conf:1:9: 'mode': a key is written without quotes
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| exempt 192.0.2.1 { isp = a  reason = "not closed }
| isp a { }
1 obpblctl apply c.conf
! obpblctl: c.conf:1:38: '"not closed }': the string is not closed in its line
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| /* not closed
| isp a { }
1 obpblctl apply c.conf
! obpblctl: c.conf:1:1: '/*': the comment is not closed
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| isp a { mode = ${HOME} }
1 obpblctl apply c.conf
! obpblctl: c.conf:1:16: '${HOME}': a character that has no place here; the environment is not looked at
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| isp a { }
| exempt 192.0.2.1 { isp = a  reason = "of ${HOME}"  until = "2097-01-01T00:00:00Z" }
| exempt 192.0.2.2 { isp = a  reason = "a\n\x41"  until = "2097-01-01T00:00:00Z" }
1 obpblctl apply c.conf
! obpblctl: c.conf:2:42: '${': the environment is not looked at; write \${ for these characters
! obpblctl: c.conf:3:40: '\n': in a string, only \ " and $ can follow a backslash
! obpblctl: c.conf:3:42: '\x': in a string, only \ " and $ can follow a backslash
! obpblctl: c.conf: 3 faults; nothing was changed
@ c.conf
| isp a { dynamic = { 192.0.2.0/25 } relay = { 192.0.2.130 } space = { 192.0.2.0/24 } }
| exempt 192.0.2.1 { isp = a  reason = "of \${HOME} \"x\" \\"  until = "2097-01-01T00:00:00Z" }
| exempt 192.0.2.2 { isp = a  reason = 'of ${HOME} "x" \'  until = "2097-01-01T00:00:00Z" }
| exempt 192.0.2.3 { isp = a  reason = "日本語"  until = "2097-01-01T00:00:00Z" }
1 obpblctl apply --check c.conf
! obpblctl: c.conf:3:38: ''of ${HOME} "x" \'  until = "2097-01-01T00:00:00Z" }': the string is not closed in its line
! obpblctl: c.conf: 1 fault; nothing was changed
0 sed -i "3s/ .'  until/'  until/" c.conf; obpblctl apply --check c.conf
> c.conf: 1 ISP, 3 prefixes, 3 exemptions and quarantines: no fault
1 printf 'isp a { }\nexempt 192.0.2.1 { isp = a reason = "caf\xe9" until = "2097-01-01T00:00:00Z" }' | obpblctl apply --check -
! obpblctl: stdin:2:37: 'reason': is not UTF-8
! obpblctl: stdin: 1 fault; nothing was changed
# The first and the last of each length, and what is longer than it need be
0 for text in '\xc2\x80' '\xdf\xbf' '\xe0\xa0\x80' '\xef\xbf\xbd' '\xf0\x90\x80\x80' '\xf3\xa0\x80\x81'; do printf "isp a { }\nexempt 192.0.2.1 { isp = a reason = \"x${text}\" until = \"2097-01-01T00:00:00Z\" }" | obpblctl apply --check - 2>&1 | grep -c 'is not UTF-8'; done | uniq -c | tr -s ' '
>  6 0
0 for text in '\xc1\xbf' '\xe0\x9f\xbf' '\xf0\x8f\xbf\xbf' '\xed\xa0\x80' '\xf4\x90\x80\x80' '\xf5\x80\x80\x80'; do printf "isp a { }\nexempt 192.0.2.1 { isp = a reason = \"x${text}\" until = \"2097-01-01T00:00:00Z\" }" | obpblctl apply --check - 2>&1 | grep -c 'is not UTF-8'; done | uniq -c | tr -s ' '
>  6 1
1 printf 'isp a { mode = *enforce }' | obpblctl apply --check -
! obpblctl: stdin:1:16: '*': a character that has no place here
! obpblctl: stdin: 1 fault; nothing was changed
1 printf 'isp a { mode = +enforce }' | obpblctl apply --check -
! obpblctl: stdin:1:16: '+': a word with this character needs quotes
! obpblctl: stdin: 1 fault; nothing was changed
1 printf 'isp a { mode = (enforce) }' | obpblctl apply --check -
! obpblctl: stdin:1:16: '(': a character that has no place here
! obpblctl: stdin: 1 fault; nothing was changed
1 printf 'isp a { mode = \001 }' | obpblctl apply --check -
! obpblctl: stdin:1:16: '\x01': a character that has no place here
! obpblctl: stdin: 1 fault; nothing was changed
# All faults in one run, the first twenty of them.
0 { echo 'isp a { space = {'; for i in $(seq 30); do echo "10.0.$i.1/24,"; done; echo '10.1.0.0/16 } }'; } >c.conf
1 obpblctl apply c.conf
! obpblctl: c.conf:2:1: '10.0.1.1/24': has host bits set; did you mean 10.0.1.0/24?
! obpblctl: c.conf:3:1: '10.0.2.1/24': has host bits set; did you mean 10.0.2.0/24?
! obpblctl: c.conf:4:1: '10.0.3.1/24': has host bits set; did you mean 10.0.3.0/24?
! obpblctl: c.conf:5:1: '10.0.4.1/24': has host bits set; did you mean 10.0.4.0/24?
! obpblctl: c.conf:6:1: '10.0.5.1/24': has host bits set; did you mean 10.0.5.0/24?
! obpblctl: c.conf:7:1: '10.0.6.1/24': has host bits set; did you mean 10.0.6.0/24?
! obpblctl: c.conf:8:1: '10.0.7.1/24': has host bits set; did you mean 10.0.7.0/24?
! obpblctl: c.conf:9:1: '10.0.8.1/24': has host bits set; did you mean 10.0.8.0/24?
! obpblctl: c.conf:10:1: '10.0.9.1/24': has host bits set; did you mean 10.0.9.0/24?
! obpblctl: c.conf:11:1: '10.0.10.1/24': has host bits set; did you mean 10.0.10.0/24?
! obpblctl: c.conf:12:1: '10.0.11.1/24': has host bits set; did you mean 10.0.11.0/24?
! obpblctl: c.conf:13:1: '10.0.12.1/24': has host bits set; did you mean 10.0.12.0/24?
! obpblctl: c.conf:14:1: '10.0.13.1/24': has host bits set; did you mean 10.0.13.0/24?
! obpblctl: c.conf:15:1: '10.0.14.1/24': has host bits set; did you mean 10.0.14.0/24?
! obpblctl: c.conf:16:1: '10.0.15.1/24': has host bits set; did you mean 10.0.15.0/24?
! obpblctl: c.conf:17:1: '10.0.16.1/24': has host bits set; did you mean 10.0.16.0/24?
! obpblctl: c.conf:18:1: '10.0.17.1/24': has host bits set; did you mean 10.0.17.0/24?
! obpblctl: c.conf:19:1: '10.0.18.1/24': has host bits set; did you mean 10.0.18.0/24?
! obpblctl: c.conf:20:1: '10.0.19.1/24': has host bits set; did you mean 10.0.19.0/24?
! obpblctl: c.conf:21:1: '10.0.20.1/24': has host bits set; did you mean 10.0.20.0/24?
! obpblctl: and 10 more
! obpblctl: c.conf: 30 faults; nothing was changed
1 obpblctl -j apply c.conf 2>/dev/null | sed -n 1,15p; exit ${PIPESTATUS[0]}
> {
>  "schema": 1,
>  "applied": false,
>  "error": {
>   "code": "faults",
>   "message": "c.conf: 30 faults; nothing was changed"
>  },
>  "total": 30,
>  "faults": [
>   {
>    "file": "c.conf",
>    "line": 2,
>    "column": 1,
>    "text": "'10.0.1.1/24': has host bits set; did you mean 10.0.1.0/24?"
>   },
# After a fault the next key, or the next section, is looked for.
@ c.conf
| isp a {
|     mode enforce
|     vrf = none
|     reject = loud
|     space = { 192.0.2.0/24  198.51.100.0/24 }
|     policy = = outside
|     mode = off
|     reverse = up
|     "limit" = 1/1h
| }
| isp { mode = off }
| isp b { colour = red }
| } isp c { mode = loud }
1 obpblctl apply c.conf
! obpblctl: c.conf:2:5: 'mode': there is no = after it
! obpblctl: c.conf:4:14: 'loud': unknown reject; it is reset, admin or drop
! obpblctl: c.conf:5:29: '198.51.100.0/24': there is a comma missing before this
! obpblctl: c.conf:6:14: '=': there is a value missing before this
! obpblctl: c.conf:8:15: 'up': unknown reverse; it is off or on
! obpblctl: c.conf:9:5: 'limit': a key is written without quotes
! obpblctl: c.conf:11:1: 'isp': it is written: isp NAME { ... }, exempt PREFIX { ... }, follow NAME { ... } or include "FILE"
! obpblctl: c.conf:12:9: 'colour': unknown word; in isp there can be mode policy reject reverse limit limit_quarantine vrf dynamic static space relay target
! obpblctl: c.conf:13:1: '}': no section begins like this
! obpblctl: c.conf:13:18: 'loud': unknown mode; it is off, monitor or enforce
! obpblctl: c.conf: 10 faults; nothing was changed
# A brace that is missing is one fault, however much follows.
@ c.conf
| isp a { mode = enforce
| isp b { mode = monitor  space = { 192.0.2.0/24 } }
| isp c { mode = off }
| exempt 10.0.0.1 { isp = a  reason = x }
1 obpblctl apply c.conf
! obpblctl: c.conf:2:1: 'isp': there is no = after it
! obpblctl: c.conf: 1 fault; nothing was changed
@ c.conf
| isp a { space = { 192.0.2.0/24
|         dynamic = { 192.0.2.0/25 }
|         relay = { 192.0.2.200 } }
| isp b { mode = loud }
1 obpblctl apply c.conf
! obpblctl: c.conf:1:17: '{': the list that begins here is not closed
! obpblctl: c.conf:2:9: 'dynamic': there is a comma missing before this
! obpblctl: c.conf:4:16: 'loud': unknown mode; it is off, monitor or enforce
! obpblctl: c.conf: 3 faults; nothing was changed
# What follows a # in a word is not lost.
1 echo 'exempt 192.0.2.1 { isp = a  reason = x  ticket = AB#12 for = 7d }' | obpblctl apply -
! obpblctl: stdin:1:50: 'AB#12': a # in a word needs quotes, and a comment a blank before it
! obpblctl: stdin: 1 fault; nothing was changed
0 printf 'isp a { dynamic = { 10.0.0.0/9 }# x }\n space = { 10.0.0.0/8, # y\n } relay = { "10.255.0.1"# z\n } }\nexempt 10.0.0.9 { isp = a reason = x ticket = "AB#12" for = 7d }' | obpblctl apply --check -
> stdin: 1 ISP, 3 prefixes, 1 exemption or quarantine: no fault
# What cannot be seen is shown.
1 printf 'isp a { mode = enforce\xc2\xa0 policy = \xe2\x80\x8btargets reject = caf\xe9 }' | obpblctl apply -
! obpblctl: stdin:1:16: 'enforce\u00a0': unknown mode; it is off, monitor or enforce
! obpblctl: stdin:1:34: '\u200btargets': unknown policy; it is outside, relay-only or targets
! obpblctl: stdin:1:52: 'caf\xe9': unknown reject; it is reset, admin or drop
! obpblctl: stdin: 3 faults; nothing was changed
# A column counts characters, as an editor does.
1 printf 'isp a { }\n/* 日本\n */ exempt 10.0.0.1 { reason = "日本語"	isp = ä }' | obpblctl apply -
! obpblctl: stdin:3:44: 'ä': the name of an ISP is made of A-Z a-z 0-9 . _ -
! obpblctl: stdin: 1 fault; nothing was changed
# 'none' is nothing, in a file as on the command line.
0 printf 'isp a { vrf = none limit = none limit_quarantine = none dynamic = { 10.0.0.0/8 } space = { 10.0.0.0/8 } relay = { 192.0.2.1 } } isp b { vrf = "none" dynamic = { 11.0.0.0/8 } space = { 11.0.0.0/8 } relay = { 192.0.2.1 } }' | obpblctl apply --check -
> stdin: 2 ISPs, 6 prefixes, 0 exemptions and quarantines: no fault
1 printf 'isp a { vrf = none dynamic = { 10.0.0.0/8 } } isp b { dynamic = { 10.0.0.0/8 } }' | obpblctl apply --check -
! obpblctl: stdin:1:67: '10.0.0.0/8': isp b claims a source prefix of isp a, which has it at stdin:1:32
! obpblctl: stdin: 1 fault; nothing was changed

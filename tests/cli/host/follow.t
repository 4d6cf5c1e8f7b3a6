# Sections that say what becomes of routing tables: keys, and what may be twice.
@ f.conf
| follow pools { table = 2501  isp = alpha  class = dynamic  hold = 6h  file = pools.list }
| follow listed { table = main  isp = beta  class = quarantine }
| isp alpha { space = { 203.0.113.0/24 } dynamic = { 203.0.113.0/28 } static = { 203.0.113.8/29 } relay = { 203.0.113.200 } }
| isp beta { space = { 192.0.2.0/24 } dynamic = { 192.0.2.0/25 } relay = { 192.0.2.200 } }
| quarantine 192.0.2.240 { isp = beta  until = "2097-01-01T00:00:00Z"  reason = x }
0 obpblctl apply --check f.conf
> f.conf: 2 ISPs, 7 prefixes, 1 exemption or quarantine: no fault
@ bad.conf
| follow -x { table = 2501  isp = alpha  class = dynamic }
| follow a { table = local  isp = alpha  class = own  hold = 1  file = { x } }
| follow b { table = 7  isp = alpha  class = dynamic  file = - }
| follow b { table = 8  isp = alpha  class = dynamic  to = 192.0.2.1 }
| follow c { table = 7  isp = alpha  class = dynamic  table = 9 }
| follow d { table = 9  isp = alpha  class = relay  file = ./a/f }
| follow e { table = 10  isp = alpha  class = relay  file = "./a/f" }
| follow f { hold = 1h }
| follow g
| isp alpha { space = { 10.0.0.0/8 } }
1 obpblctl apply bad.conf
! obpblctl: bad.conf:1:8: '-x': the name of a section is made as that of an ISP: 1 to 31 of A-Z a-z 0-9 . _ -, a letter or a digit first
! obpblctl: bad.conf:2:20: 'local': is no routing table that can be followed
! obpblctl: bad.conf:2:48: 'own': unknown class; it is dynamic, static, space, relay, target, exempt or quarantine
! obpblctl: bad.conf:2:60: '1': a duration is written like 90s, 30m, 24h, 7d, 2w or 1h30m
! obpblctl: bad.conf:2:63: 'file': takes one value
! obpblctl: bad.conf:3:53: 'file': what is mirrored is kept in a file
! obpblctl: bad.conf:4:8: 'b': there are two follow sections of this name; first at bad.conf:3:8
! obpblctl: bad.conf:4:53: 'to': unknown word; in follow there can be table isp class hold file
! obpblctl: bad.conf:5:53: 'table': given twice; first in line 5
! obpblctl: bad.conf:7:8: 'e': another section has the same file; it is at bad.conf:6:8
! obpblctl: bad.conf:8:8: 'f': has no table = ...
! obpblctl: bad.conf:9:1: 'follow': it is written: isp NAME { ... }, exempt PREFIX { ... }, follow NAME { ... } or include "FILE"
! obpblctl: bad.conf: 12 faults; nothing was changed
1 printf 'follow a { table = 7 isp = alpha class = dynamic }\nfollow b { class = dynamic isp = alpha table = 7 }\nfollow c { table = 7 isp = beta class = dynamic }\nisp alpha { }' | obpblctl apply -
! obpblctl: stdin:2:8: 'b': another section makes the same of this table; it is at stdin:1:8
! obpblctl: stdin:3:8: 'beta': no such ISP in this file
! obpblctl: stdin: 2 faults; nothing was changed
# The list of a section is a part of its class, as far as the file does not say
# otherwise; it is relative to the file that has the section.
0 printf '# obpblctl follow\n203.0.113.0/28\n203.0.113.64/26\n203.0.113.64/26\n203.0.113.8/29\n192.0.2.0/25\n192.0.2.240\n2001:db8::/48\n' >pools.list; obpblctl apply --check f.conf
> f.conf: 2 ISPs, 10 prefixes, 1 exemption or quarantine: no fault
! obpblctl: warning: pools.list:6:1: 192.0.2.0/25 is mirrored for isp alpha, and left out, since isp beta has it
! obpblctl: warning: pools.list:7:1: 192.0.2.240/32 is mirrored for isp alpha, and left out, since isp beta has it
! obpblctl: warning: pools.list:8:1: dynamic 2001:db8::/48 is outside the space of isp alpha: mail between the two counts as outbound
! obpblctl: warning: f.conf:3:80: 203.0.113.8/29 of isp alpha is both static and dynamic: static counts, and nothing of it is blocked
0 mkdir sub; mv f.conf pools.list sub; echo 'include sub/f.conf' >f.conf; obpblctl apply --check f.conf 2>/dev/null
> f.conf: 2 ISPs, 10 prefixes, 1 exemption or quarantine: no fault
# Two tables may have the same, and a relay is one of each ISP.
0 printf '203.0.113.77\n' >sub/one; printf '203.0.113.77\n203.0.113.78\n' >sub/two; (cat sub/f.conf; for n in one two; do echo "follow $n { table = 1 isp = alpha class = dynamic file = $n }"; done; echo 'follow three { table = 1 isp = beta class = relay file = four }') | sed 's/follow two { table = 1/follow two { table = 2/' >sub/g.conf; printf '203.0.113.200\n192.0.2.200\n' >sub/four; obpblctl apply --check sub/g.conf 2>/dev/null
> sub/g.conf: 2 ISPs, 13 prefixes, 1 exemption or quarantine: no fault
# One that is broken refuses the file; so does one that cannot be read.
1 echo 203.0.113.1/24 >>sub/pools.list; obpblctl apply f.conf
! obpblctl: sub/pools.list:9:1: '203.0.113.1/24': has host bits set; did you mean 203.0.113.0/24?
! obpblctl: f.conf: 1 fault; nothing was changed
1 rm sub/pools.list; mkdir sub/pools.list; obpblctl apply f.conf
! obpblctl: sub/f.conf:1:8: 'pools': its file sub/pools.list is a directory, not a file
! obpblctl: f.conf: 1 fault; nothing was changed
0 rmdir sub/pools.list; echo 203.0.113.96/27 >sub/pools.list; sed -i 's,^isp alpha {,& mode = enforce,' sub/f.conf; obpblctl fallback f.conf 2>/dev/null | grep -c '203.0.113.96-203.0.113.127'
> 1
# Without a list there is none through an apply, which is said; what is added at
# run time needs none.
0 printf 'follow pools { table = 7 isp = alpha class = dynamic }\nfollow q { table = 8 isp = alpha class = exempt }\nisp alpha { relay = { 192.0.2.1 } dynamic = { 10.0.0.0/8 } space = { 10.0.0.0/8 } }' | obpblctl apply - --check
> stdin: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
! obpblctl: warning: stdin:1:8: follow pools has no file: each apply removes what it has mirrored, until it puts that back
# A section is named where its file is.
2 obpblctl follow section pools 2>&1 | sed 's/ (usage.*//'; exit ${PIPESTATUS[0]}
> obpblctl: 'section': a name and 'of FILE' follow it
2 obpblctl follow section pools of 2>&1 | sed 's/ (usage.*//'; exit ${PIPESTATUS[0]}
> obpblctl: a file is missing
2 obpblctl follow section pools of f.conf now
! obpblctl: 'now': a word too many
1 obpblctl follow section pool of f.conf
! obpblctl: f.conf: there is no section 'follow pool' in it
1 obpblctl follow section a of bad.conf 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}
> obpblctl: bad.conf: 12 faults; nothing was changed
1 obpblctl follow section pools of nothing.conf
! obpblctl: nothing.conf: cannot be opened: No such file or directory
! obpblctl: nothing.conf: 1 fault; nothing was changed
3 obpblctl follow section pools of f.conf
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl follow s listed o f.conf
! obpblctl: the obpbl module is not loaded (modprobe obpbl)

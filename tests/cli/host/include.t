# Other files in a config file.
0 mkdir conf.d lists; echo 198.51.100.0/25 >lists/pool.txt
@ conf.d/20-beta.conf
| isp beta { space = { 198.51.100.0/24 }  dynamic = { @../lists/pool.txt }  relay = { 198.51.100.200 } }
@ conf.d/10-alpha.conf
| isp alpha { space = { 192.0.2.0/24 }  dynamic = { 192.0.2.0/25 }  relay = { 192.0.2.200 } }
@ c.conf
| include "conf.d/*.conf"   # as many as there are, in the order of their names
| exempt 192.0.2.9 { isp = alpha  for = 7d  reason = include }
0 obpblctl apply --check c.conf
> c.conf: 2 ISPs, 6 prefixes, 1 exemption or quarantine: no fault
0 mkdir sub; cd sub; obpblctl apply --check ../c.conf
> ../c.conf: 2 ISPs, 6 prefixes, 1 exemption or quarantine: no fault
0 obpblctl apply --check - <c.conf
> stdin: 2 ISPs, 6 prefixes, 1 exemption or quarantine: no fault
# No file may match a pattern; a file that is named must be there.
0 (echo 'include "no/*.conf"'; cat c.conf) | obpblctl apply --check -
> stdin: 2 ISPs, 6 prefixes, 1 exemption or quarantine: no fault
# A pattern without quotes: it is told what is missing.
@ p.conf
| include conf.d/*.conf
| isp alpha { }
| include *.conf
| isp beta { }  /* a comment */ /** another **/ // one/*
| include /etc/**/x*.conf
| /*/ no pattern */
1 obpblctl apply p.conf
! obpblctl: p.conf:1:9: 'conf.d/*.conf': put the name in quotes, since there is a * in it
! obpblctl: p.conf:3:9: '*.conf': put the name in quotes, since there is a * in it
! obpblctl: p.conf:5:9: '/etc/**/x*.conf': put the name in quotes, since there is a * in it
! obpblctl: p.conf: 3 faults; nothing was changed
@ d.conf
| isp gamma { relay = { 10.0.0.1 }
|   space = { 10.0.0.0/8 }  dynamic = { 10.0.0.0/9 } }
| include conf.d/30-gamma.conf
| include "conf.d"  include
1 obpblctl apply d.conf
! obpblctl: d.conf:3:9: 'conf.d/30-gamma.conf': the file conf.d/30-gamma.conf cannot be opened: No such file or directory
! obpblctl: d.conf:4:9: 'conf.d': the file conf.d is a directory, not a file
! obpblctl: d.conf:4:19: 'include': it is written: isp NAME { ... }, exempt PREFIX { ... }, follow NAME { ... } or include "FILE"
! obpblctl: d.conf: 3 faults; nothing was changed
# A fault is named by the file that it is in; an ISP of two files by both.
@ conf.d/15-bad.conf
| isp bad {
|     mode = loud
|     port = 587
| }
| isp alpha { }
1 obpblctl apply c.conf
! obpblctl: conf.d/15-bad.conf:2:12: 'loud': unknown mode; it is off, monitor or enforce
! obpblctl: conf.d/15-bad.conf:3:5: 'port': unknown word; only port 25 is judged, and 587 and 465 can never be blocked
! obpblctl: conf.d/15-bad.conf:5:5: 'alpha': there are two ISPs of this name; first at conf.d/10-alpha.conf:1:5
! obpblctl: c.conf: 3 faults; nothing was changed
0 printf 'isp x { }\0' >conf.d/15-bad.conf
1 obpblctl apply c.conf
! obpblctl: conf.d/15-bad.conf:1: a NUL byte; this is no text file
! obpblctl: c.conf: 1 fault; nothing was changed
# Not closed in one file is not closed by the next.
0 printf 'isp x { mode = off' >conf.d/15-bad.conf
1 obpblctl apply c.conf
! obpblctl: conf.d/15-bad.conf:1:1: 'isp': the section that begins here is not closed
! obpblctl: c.conf: 1 fault; nothing was changed
# Circles, also by another name, and an endless depth.
0 echo 'include "../c.conf"' >conf.d/15-bad.conf; ln -s c.conf l.conf
1 obpblctl apply c.conf
! obpblctl: conf.d/15-bad.conf:1:9: '../c.conf': the file conf.d/../c.conf includes itself
! obpblctl: c.conf: 1 fault; nothing was changed
1 obpblctl apply l.conf
! obpblctl: conf.d/15-bad.conf:1:9: '../c.conf': the file conf.d/../c.conf includes itself
! obpblctl: l.conf: 1 fault; nothing was changed
1 for i in $(seq 20); do echo "include n$((i + 1))" >n$i; done; obpblctl apply n1
! obpblctl: n17:1:9: 'n18': files include each other more than 16 deep
! obpblctl: n1: 1 fault; nothing was changed
# Twice is no circle; what is in it is there twice.
@ e.conf
| include conf.d/10-alpha.conf
| include conf.d/10-alpha.conf
1 obpblctl apply e.conf
! obpblctl: conf.d/10-alpha.conf:1:5: 'alpha': there are two ISPs of this name; first at conf.d/10-alpha.conf:1:5
! obpblctl: e.conf: 1 fault; nothing was changed
# Inside of a section the word is a key like others.
1 echo 'isp a { include = x }' | obpblctl apply -
! obpblctl: stdin:1:9: 'include': unknown word; in isp there can be mode policy reject reverse limit limit_quarantine vrf dynamic static space relay target
! obpblctl: stdin: 1 fault; nothing was changed
1 echo 'isp a { include "x" }' | obpblctl apply -
! obpblctl: stdin:1:9: 'include': there is no = after it
! obpblctl: stdin: 1 fault; nothing was changed

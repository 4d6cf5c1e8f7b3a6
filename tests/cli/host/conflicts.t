# What contradicts itself, both places named.
@ pool.txt
| 192.0.2.0/25
| 192.0.2.128/25
| 192.0.2.0/25
@ c.conf
| isp a {
|     dynamic = { 192.0.2.128/25, @pool.txt }
|     relay = { 192.0.2.1, 192.0.2.2,
|               192.0.2.1/32 }
| }
1 obpblctl apply c.conf
! obpblctl: c.conf:4:15: '192.0.2.1/32': is twice in relay of isp a; first at c.conf:3:15
! obpblctl: pool.txt:2:1: '192.0.2.128/25': is twice in dynamic of isp a; first at c.conf:2:17
! obpblctl: pool.txt:3:1: '192.0.2.0/25': is twice in dynamic of isp a; first at pool.txt:1:1
! obpblctl: c.conf: 3 faults; nothing was changed
@ c.conf
| isp a { dynamic = { 192.0.2.0/25 } }
| isp b { static = { 192.0.2.0/25 } }
| isp c { space = { 2001:db8::/32 } }
| isp d { dynamic = { 2001:db8::/32 } }
1 obpblctl apply c.conf
! obpblctl: c.conf:2:20: '192.0.2.0/25': isp b claims a source prefix of isp a, which has it at c.conf:1:21
! obpblctl: c.conf:4:21: '2001:db8::/32': isp d claims a source prefix of isp c, which has it at c.conf:3:19
! obpblctl: c.conf: 2 faults; nothing was changed
# The same prefix in several classes of one ISP, and relays of several ISPs, are none.
@ c.conf
| isp a { space = { 192.0.2.0/24 }  dynamic = { 192.0.2.0/24 }  static = { 192.0.2.0/24 }  relay = { 192.0.2.0/24 } }
| isp b { space = { 198.51.100.0/24 }  dynamic = { 198.51.100.0/24 }  relay = { 192.0.2.0/24 } }
0 obpblctl apply --check c.conf
> c.conf: 2 ISPs, 7 prefixes, 0 exemptions and quarantines: no fault
! obpblctl: warning: c.conf:1:74: 192.0.2.0/24 of isp a is both static and dynamic: static counts, and nothing of it is blocked
# In a VRF of its own an ISP may have what another has.
@ c.conf
| isp a { vrf = red   space = { 10.0.0.0/8 }  dynamic = { 10.0.0.0/9 }  relay = { 10.255.0.1 } }
| isp b { vrf = blue  space = { 10.0.0.0/8 }  dynamic = { 10.0.0.0/9 }  relay = { 10.255.0.1 } }
| isp c {             space = { 10.0.0.0/8 }  dynamic = { 10.0.0.0/9 }  relay = { 10.255.0.1 } }
0 obpblctl apply --check c.conf
> c.conf: 3 ISPs, 9 prefixes, 0 exemptions and quarantines: no fault
1 sed -i 's/blue/red/' c.conf; obpblctl apply --check c.conf
! obpblctl: c.conf:2:30: '10.0.0.0/8': isp b claims a source prefix of isp a, which has it at c.conf:1:31
! obpblctl: c.conf:2:56: '10.0.0.0/9': isp b claims a source prefix of isp a, which has it at c.conf:1:57
! obpblctl: c.conf: 2 faults; nothing was changed
# Exemptions and quarantines.
@ c.conf
| isp a { }
| isp b { }
| exempt 192.0.2.1 { isp = nobody  reason = x }
| exempt 192.0.2.2 { isp = a  to = 2001:db8::/32  reason = x }
| exempt 192.0.2.3 { isp = a  reason = x }
| exempt 192.0.2.3 { isp = a  reason = y }
| exempt 192.0.2.3 { isp = a  to = 198.51.100.1  reason = y }
| quarantine 192.0.2.3 { isp = a  reason = y }
| exempt 192.0.2.3 { isp = b  reason = x }
| exempt 192.0.2.4 { isp = a  for = 1h  until = "2097-01-01T00:00:00Z"  reason = x }
| exempt 192.0.2.5 { isp = a }
| exempt 192.0.2.6 { reason = x }
| exempt 192.0.2.7 { isp = a  reason = "" }
| exempt hello { isp = a  reason = x }
1 obpblctl apply c.conf
! obpblctl: c.conf:3:8: 'nobody': no such ISP in this file
! obpblctl: c.conf:4:8: '2001:db8::/32': the destination is IPv6, the source IPv4
! obpblctl: c.conf:6:8: '192.0.2.3/32': the same exempt is there twice; first at c.conf:5:8
! obpblctl: c.conf:9:8: '192.0.2.3/32': isp b claims a source prefix of isp a, which has it at c.conf:5:8
! obpblctl: c.conf:10:8: '192.0.2.4': has both 'for' and 'until'; one end is enough
! obpblctl: c.conf:11:8: '192.0.2.5': has no reason = ...
! obpblctl: c.conf:12:8: '192.0.2.6': has no isp = ...
! obpblctl: c.conf:13:38: 'reason': cannot be empty
! obpblctl: c.conf:14:8: 'hello': is not an IPv4 or IPv6 prefix
! obpblctl: c.conf: 9 faults; nothing was changed
0 { echo 'isp a { relay = { 203.0.113.1 } dynamic = { 10.0.0.0/8 } space = { 10.0.0.0/8 } }'; for i in $(seq 16); do echo "exempt 10.0.0.7 { isp = a to = 192.0.2.$i reason = x for = 1h }"; done; } >c.conf; obpblctl apply --check c.conf
> c.conf: 1 ISP, 3 prefixes, 16 exemptions and quarantines: no fault
1 echo 'exempt 10.0.0.7 { isp = a to = 192.0.2.200 reason = x for = 1h }' >>c.conf; obpblctl apply --check c.conf
! obpblctl: c.conf:18:8: '10.0.0.7/32': there can be at most 16 exemptions and quarantines of one prefix
! obpblctl: c.conf: 1 fault; nothing was changed

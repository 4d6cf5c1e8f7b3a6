# What may be a mistake is said, and is no error.
@ c.conf
| isp a { }
| isp b { policy = relay-only  dynamic = { 10.0.0.0/8 }  space = { 10.0.0.0/8 } }
| isp c { policy = targets  dynamic = { 11.0.0.0/8 }  space = { 11.0.0.0/8 } }
0 obpblctl apply --check c.conf
> c.conf: 3 ISPs, 4 prefixes, 0 exemptions and quarantines: no fault
! obpblctl: warning: c.conf:1:5: isp a has no relay: its dynamic customers can only reach port 25 inside its space
! obpblctl: warning: c.conf:2:5: isp b has no relay: its dynamic customers cannot reach port 25 anywhere
! obpblctl: warning: c.conf:3:5: isp c has no relay: its quarantined customers cannot reach port 25 anywhere
! obpblctl: warning: c.conf:1:5: isp a has no dynamic prefixes: nothing of it is blocked, dynamic sessions aside
! obpblctl: warning: c.conf:3:5: isp c has no target: its policy blocks nothing of its dynamic customers
@ c.conf
| isp a {
|     relay = { 203.0.113.1 }
|     space = { 10.0.0.0/9, 10.128.0.0/9, 2001:db8::/32 }
|     dynamic = { 10.0.0.0/8, 2001:db8::/33 }
|     target = { 192.0.2.0/24 }
| }
0 obpblctl apply --check c.conf
> c.conf: 1 ISP, 7 prefixes, 0 exemptions and quarantines: no fault
@ c.conf
| isp a {
|     relay = { 203.0.113.1 }
|     space = { 10.0.0.0/9 }
|     dynamic = { 10.0.0.0/8,
|                 2001:db8::/33 }
|     target = { 192.0.2.0/24, 10.5.0.0/16 }
| }
0 obpblctl apply --check c.conf
> c.conf: 1 ISP, 6 prefixes, 0 exemptions and quarantines: no fault
! obpblctl: warning: c.conf:4:17: dynamic 10.0.0.0/8 is outside the space of isp a: mail between the two counts as outbound
! obpblctl: warning: c.conf:5:17: dynamic 2001:db8::/33 is outside the space of isp a: mail between the two counts as outbound
! obpblctl: warning: c.conf:6:30: target 10.5.0.0/16 is inside the space of isp a: dynamic customers cannot reach port 25 there, although it is the ISP's own network
@ c.conf
| isp a { relay = { 0.0.0.0/0 }  space = { 0.0.0.0/0 }  dynamic = { ::/0 } }
| quarantine 0.0.0.0/0 { isp = a  for = 1h  reason = x }
0 obpblctl apply --check c.conf
> c.conf: 1 ISP, 3 prefixes, 1 exemption or quarantine: no fault
! obpblctl: warning: c.conf:1:67: dynamic ::/0 is outside the space of isp a: mail between the two counts as outbound
! obpblctl: warning: c.conf:1:67: dynamic of isp a holds ::/0: every source of this family is judged as its customer
! obpblctl: warning: c.conf:1:42: space of isp a holds 0.0.0.0/0: no destination of this family is outside
! obpblctl: warning: c.conf:1:19: relay of isp a holds 0.0.0.0/0: every destination of this family is reachable
! obpblctl: warning: c.conf:2:12: quarantine 0.0.0.0/0 of isp a: every source of this family can reach relays only
# Five examples of a kind, then a number.
0 { echo 'isp a { relay = { 203.0.113.1 } dynamic = { 10.0.0.0/8 } space = { 10.0.0.0/8 } }'; for i in $(seq 9); do echo "exempt 10.0.0.$i { isp = a reason = x }"; done; } >c.conf; obpblctl apply --check c.conf
> c.conf: 1 ISP, 3 prefixes, 9 exemptions and quarantines: no fault
! obpblctl: warning: c.conf:2:8: exempt 10.0.0.1/32 has no end: it holds until somebody removes it
! obpblctl: warning: c.conf:3:8: exempt 10.0.0.2/32 has no end: it holds until somebody removes it
! obpblctl: warning: c.conf:4:8: exempt 10.0.0.3/32 has no end: it holds until somebody removes it
! obpblctl: warning: c.conf:5:8: exempt 10.0.0.4/32 has no end: it holds until somebody removes it
! obpblctl: warning: c.conf:6:8: exempt 10.0.0.5/32 has no end: it holds until somebody removes it
! obpblctl: warning: and 4 more like these
0 { echo 'isp a { relay = { 203.0.113.1 } dynamic = { 10.0.0.0/8 } space = { 10.0.0.0/8 } }'; for i in $(seq 6); do echo "exempt 10.0.0.$i { isp = a reason = x }"; done; } >c.conf; obpblctl apply --check c.conf 2>&1 >/dev/null | tail -n 1
> obpblctl: warning: and 1 more like these
# A mistyped address, and a customer of two classes.
@ c.conf
| isp a { space = { 10.0.0.0/24 } dynamic = { 10.0.0.0/25, 10.0.1.0/24 } static = { 10.0.0.0/25, 10.0.0.4/32 } relay = { 10.0.0.200 } }
| isp b { space = { 10.9.0.0/24 } dynamic = { 10.9.0.0/25 } relay = { 10.9.0.200 } }
| exempt 10.0.2.9 { isp = a  for = 7d  reason = "x" }
| exempt 10.0.1.9 { isp = a  for = 7d  reason = "x" }
| quarantine 10.0.0.9 { isp = b  for = 7d  reason = "x" }
0 obpblctl apply --check c.conf
> c.conf: 2 ISPs, 9 prefixes, 3 exemptions and quarantines: no fault
! obpblctl: warning: c.conf:5:12: 10.0.0.9/32 is inside 10.0.0.0/25 of isp a
! obpblctl: warning: c.conf:1:58: dynamic 10.0.1.0/24 is outside the space of isp a: mail between the two counts as outbound
! obpblctl: warning: c.conf:1:83: 10.0.0.0/25 of isp a is both static and dynamic: static counts, and nothing of it is blocked
! obpblctl: warning: c.conf:3:8: exempt 10.0.2.9/32 is not inside the prefixes of isp a
! obpblctl: warning: c.conf:5:12: quarantine 10.0.0.9/32 is not inside the prefixes of isp b
# A server of the ISP among its customers is judged as one, unless something more specific says that it is none.
@ c.conf
| isp a {
|     space = { 10.0.0.0/16, 10.0.3.200/32, 2001:db8::/32 }
|     dynamic = { 10.0.0.0/16, 10.0.1.0/24, 2001:db8::/40 }
|     static = { 10.0.2.0/24, 10.0.5.200/32 }
|     relay = { 10.0.0.200, 10.0.1.200, 10.0.2.200, 10.0.3.200, 10.0.4.200,
|               10.0.5.200, 192.0.2.25, 10.0.6.0/24, 2001:db8::25, 2001:db8:ffff::25 }
| }
| exempt 10.0.4.0/24 { isp = a  for = 7d  reason = "its servers" }
| exempt 10.0.6.0/24 { isp = a  for = 7d  to = 198.51.100.1  reason = "not enough" }
0 obpblctl apply --check c.conf
> c.conf: 1 ISP, 18 prefixes, 2 exemptions and quarantines: no fault
! obpblctl: warning: c.conf:5:15: relay 10.0.0.200/32 is inside the dynamic prefixes of isp a: what it sends is judged as a customer's
! obpblctl: warning: c.conf:5:27: relay 10.0.1.200/32 is inside the dynamic prefixes of isp a: what it sends is judged as a customer's
! obpblctl: warning: c.conf:6:39: relay 10.0.6.0/24 is inside the dynamic prefixes of isp a: what it sends is judged as a customer's
! obpblctl: warning: c.conf:6:52: relay 2001:db8::25/128 is inside the dynamic prefixes of isp a: what it sends is judged as a customer's
# A list that is empty is named, also beside one that is not.
@ c.conf
| isp a {
|     relay = { 203.0.113.1 }  space = { 10.0.0.0/8, @empty.txt }
|     dynamic = { 10.0.0.0/9, @empty.txt, @sub/pool.txt }
| }
0 echo '# nothing' >empty.txt; mkdir sub; : >sub/pool.txt; obpblctl apply --check c.conf
> c.conf: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
! obpblctl: warning: c.conf:2:52: the list empty.txt is empty
! obpblctl: warning: c.conf:3:29: the list empty.txt is empty
! obpblctl: warning: c.conf:3:41: the list sub/pool.txt is empty
# A prefix inside another ISP's takes addresses from it: the outermost is named, of a VRF alone.
@ c.conf
| isp a { space = { 10.0.0.0/16, 2001:db8::/32 } dynamic = { 10.0.0.0/17, 2001:db8::/33 } relay = { 10.0.200.1 } }
| isp b {
|     space = { 10.0.5.0/24, 10.9.0.0/24 }
|     dynamic = { 10.0.5.0/24, 10.0.5.0/25, 10.0.4.0/25 }
|     static = { 2001:db8:1::/48, 10.9.0.0/24 }  relay = { 10.9.0.1 }
| }
| isp c { vrf = red  space = { 10.0.6.0/24 } dynamic = { 10.0.6.0/24 } relay = { 192.0.2.1 } }
0 obpblctl apply --check c.conf
> c.conf: 3 ISPs, 16 prefixes, 0 exemptions and quarantines: no fault
! obpblctl: warning: c.conf:4:43: dynamic 10.0.4.0/25 of isp b is inside 10.0.0.0/17 of isp a: these addresses become b's
! obpblctl: warning: c.conf:4:17: dynamic 10.0.5.0/24 of isp b is inside 10.0.0.0/17 of isp a: these addresses become b's
! obpblctl: warning: c.conf:5:16: static 2001:db8:1::/48 of isp b is inside 2001:db8::/33 of isp a: these addresses become b's
! obpblctl: warning: c.conf:4:43: dynamic 10.0.4.0/25 is outside the space of isp b: mail between the two counts as outbound
# As deep as prefixes can be.
0 { echo 'isp a { relay = { 192.0.2.1 } space = { ::/0 } dynamic = {'; for i in {1..127}; do echo "::/$i,"; done; echo '} }'; echo 'isp b { relay = { 192.0.2.1 } space = { ::/128 } dynamic = { ::/128 } }'; } >c.conf; obpblctl apply --check c.conf 2>&1 | grep ' inside '
> obpblctl: warning: c.conf:130:62: dynamic ::/128 of isp b is inside ::/127 of isp a: these addresses become b's
# IPv4 in the clothes of IPv6 matches nothing.
@ c.conf
| isp a { space = { 10.0.0.0/24, ::ffff:10.0.1.0/120 } dynamic = { @l } relay = { 10.0.0.200 } }
| exempt ::ffff:10.0.1.9 { isp = a  to = ::ffff:198.51.100.1  for = 7d  reason = "x" }
0 echo ::ffff:10.0.1.5 >l; obpblctl apply --check c.conf
> c.conf: 1 ISP, 4 prefixes, 1 exemption or quarantine: no fault
! obpblctl: warning: l:1:1: ::ffff:10.0.1.5/128 is an IPv4 address written as IPv6: no IPv4 packet matches it (10.0.1.5?)
! obpblctl: warning: c.conf:1:32: ::ffff:10.0.1.0/120 is an IPv4 address written as IPv6: no IPv4 packet matches it (10.0.1.0/24?)
! obpblctl: warning: c.conf:2:8: ::ffff:10.0.1.9/128 is an IPv4 address written as IPv6: no IPv4 packet matches it (10.0.1.9?)
! obpblctl: warning: c.conf:2:8: ::ffff:198.51.100.1/128 is an IPv4 address written as IPv6: no IPv4 packet matches it (198.51.100.1?)
# A quarantine, as an exemption, that nobody ends.
@ c.conf
| isp a { space = { 10.0.0.0/24 } dynamic = { 10.0.0.0/25 } relay = { 10.0.0.200 } }
| quarantine 10.0.0.9 { isp = a  reason = "x" }
0 obpblctl apply --check c.conf
> c.conf: 1 ISP, 3 prefixes, 1 exemption or quarantine: no fault
! obpblctl: warning: c.conf:2:12: quarantine 10.0.0.9/32 has no end: it holds until somebody removes it

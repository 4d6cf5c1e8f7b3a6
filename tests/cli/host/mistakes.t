# What cuts customers off, or opens port 25, and may be a mistake, is said, and
# done. The module is not there: see ../fake.c.
@ fake
| LD_PRELOAD=./fake.so exec obpblctl "$@"
0 gcc -Wall -Wextra -Werror -shared -fPIC -I "$OBPBL_REPO/include/uapi" -o fake.so "$OBPBL_REPO/tests/cli/fake.c" -lmnl
# Prefixes of another ISP.
0 bash fake prefix add 203.0.113.64/26 dynamic isp beta
! obpblctl: warning: dynamic 203.0.113.64/26 of isp beta is inside 203.0.113.0/25 of isp alpha: these addresses become beta's
0 bash fake prefix replace 203.0.113.64/26 203.0.113.0/26 static isp beta; bash fake prefix del 203.0.113.64/26 dynamic isp beta; bash fake prefix add 203.0.113.64/26 relay isp beta; bash fake prefix add 203.0.113.64/26 static isp alpha
! obpblctl: warning: static 203.0.113.0/26 of isp beta is inside 203.0.113.0/25 of isp alpha: these addresses become beta's
! obpblctl: warning: static 203.0.113.64/26 of isp beta is inside 203.0.113.0/25 of isp alpha: these addresses become beta's
0 printf '203.0.113.64/26\n' >l; bash fake prefix load l static isp beta
! obpblctl: warning: l:1:1: static 203.0.113.64/26 of isp beta is inside 203.0.113.0/25 of isp alpha: these addresses become beta's
0 bash fake session up dev ppp0 addr 203.0.113.5 isp beta; bash fake session addr dev ppp0 addr 203.0.113.5
! obpblctl: warning: dynamic 203.0.113.5/32 of isp beta is inside 203.0.113.0/25 of isp alpha: these addresses become beta's
0 bash fake exempt add 203.0.113.5 isp beta for 1h reason x
! obpblctl: warning: 203.0.113.5/32 is inside 203.0.113.0/25 of isp alpha
# Of many at once, so many all along the list are looked at.
0 for i in {0..31}; do for j in {0..15}; do echo 203.0.113.$((i * 8))/29; echo 10.$i.$j.0/24; done; done | sort -u >l; bash fake prefix load l static isp beta 2>&1 | grep -c "^obpblctl: warning: l:[0-9]*:1: static 203.0.113.[0-9]*/29 of isp beta is inside 203.0.113.0/25 of isp alpha: these addresses become beta.s$"
> 5
# All addresses, and those outside the space.
0 bash fake prefix add 0.0.0.0/0 static isp alpha; bash fake session up dev ppp0 addr ::/0 isp alpha class static
! obpblctl: warning: static of isp alpha holds 0.0.0.0/0: every other source of this family passes
! obpblctl: warning: static of isp alpha holds ::/0: every other source of this family passes
0 bash fake prefix add 198.51.100.0/24 dynamic isp alpha
! obpblctl: warning: dynamic 198.51.100.0/24 is outside the space of isp alpha: mail between the two counts as outbound
0 printf '%s\n' 'prefix add 203.0.113.64/26 dynamic isp beta' 'prefix add ::/0 dynamic isp beta' >b; bash fake -b b --atomic
! obpblctl: warning: b:2: dynamic of isp beta holds ::/0: every source of this family is judged as its customer
# IPv4 in the clothes of IPv6, wherever it is written.
0 bash fake prefix add ::ffff:203.0.113.0/120 static isp alpha; echo ::ffff:203.0.113.200 >l; bash fake prefix load l static isp alpha
! obpblctl: warning: ::ffff:203.0.113.0/120 is an IPv4 address written as IPv6: no IPv4 packet matches it (203.0.113.0/24?)
! obpblctl: warning: l:1:1: ::ffff:203.0.113.200/128 is an IPv4 address written as IPv6: no IPv4 packet matches it (203.0.113.200?)
0 bash fake exempt add 2001:db8::9 to ::ffff:192.0.2.1 isp alpha for 1h reason x; bash fake session up dev ppp0 addr ::ffff:203.0.113.200 isp alpha; bash fake exempt list ::ffff:203.0.113.200
! obpblctl: warning: ::ffff:192.0.2.1/128 is an IPv4 address written as IPv6: no IPv4 packet matches it (192.0.2.1?)
! obpblctl: warning: ::ffff:203.0.113.200/128 is an IPv4 address written as IPv6: no IPv4 packet matches it (203.0.113.200?)
! obpblctl: warning: ::ffff:203.0.113.200/128 is an IPv4 address written as IPv6: no IPv4 packet matches it (203.0.113.200?)
10 bash fake test from ::ffff:203.0.113.200 to 2001:db8::1 >out; exit $?
! obpblctl: warning: ::ffff:203.0.113.200/128 is an IPv4 address written as IPv6: no IPv4 packet matches it (203.0.113.200?)
# A quarantine that blocks nothing yet, or that nobody ends.
0 bash fake quarantine add 203.0.113.5 isp alpha reason x; bash fake quarantine add 198.51.100.5 isp beta for 1h reason x 2>&1 | tail -n 1
> obpblctl: warning: the effective mode of isp beta is monitor: this blocks nothing yet
! obpblctl: warning: quarantine 203.0.113.5/32 has no end: it holds until somebody removes it
0 bash fake quarantine replace 203.0.113.5 isp beta for 1h reason x
! obpblctl: warning: 203.0.113.5/32 is inside 203.0.113.0/25 of isp alpha
! obpblctl: warning: the effective mode of isp beta is monitor: this blocks nothing yet
# What comes from a file comes back with it.
0 FAKE_CONFIGURED=1 bash fake exempt replace 203.0.113.9 isp alpha for 1h reason x
! obpblctl: warning: exempt 203.0.113.9/32 comes from a file: the next apply of it takes this back
0 FAKE_CONFIGURED=1 bash fake exempt del 203.0.113.9 isp alpha; bash fake exempt del 203.0.113.9 isp alpha
! obpblctl: warning: exempt 203.0.113.9/32 comes from a file: the next apply of it takes this back
# What goes with an ISP, and which are meant where none is named.
0 bash fake isp del alpha; bash fake -j isp del beta >out
! obpblctl: warning: isp alpha had 4 prefixes and 0 exemptions and quarantines; they have gone with it
! obpblctl: warning: isp beta had 3 prefixes and 0 exemptions and quarantines; they have gone with it
0 bash fake mode enforce; bash fake mode monitor; bash fake mode enforce isp alpha
! obpblctl: warning: all ISPs: alpha, beta
# A shadow that counts nothing.
@ c.conf
| isp alpha { mode = enforce  space = { 203.0.113.0/24 }  dynamic = { 203.0.113.0/25 }  relay = { 203.0.113.200 } }
| isp beta { space = { 192.0.2.0/24 }  dynamic = { 192.0.2.0/25 }  relay = { 192.0.2.200 } }
0 bash fake apply c.conf --shadow 2>&1 >out | grep shadow; bash fake apply c.conf 2>&1 | grep -c 'in the shadow' || true
> obpblctl: warning: c.conf:2:5: isp beta is in mode monitor in the shadow: nothing of it counts as blocked
> 0
# A VRF that is not there, and the numbers of one ISP.
0 FAKE_VRF=nosuch bash fake -w show isp alpha | sed -n 's/^wrong *\(isp.*\)/\1/p'; FAKE_VRF=nosuch bash fake -j show | grep -c 'there is no VRF'
> isp alpha: there is no VRF 'nosuch', nothing of it is judged
> 2
0 bash fake show isp beta | grep ^policy
> policy      generation 7, 3 prefixes, 0 exemptions and quarantines, 0 sessions;
# A list that lets most go.
@ l
| 203.0.113.0/25
0 FAKE_MANY=3 bash fake prefix load l static isp alpha --replace; FAKE_MANY=2 bash fake prefix load l static isp alpha --replace; FAKE_MANY=3 bash fake prefix load l static isp alpha
! obpblctl: warning: static of isp alpha had 3 prefixes, has 1 now

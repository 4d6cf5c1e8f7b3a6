# What cuts customers off, or opens port 25, and may be a mistake, is said, and
# done: with what the kernel knows.
@ c.conf
| isp alpha { mode = enforce  space = { 203.0.113.0/24, 2001:db8:a::/48 }  dynamic = { 203.0.113.0/25, 2001:db8:a::/49 }  relay = { 203.0.113.200 } }
| isp beta { space = { 192.0.2.0/24 }  dynamic = { 192.0.2.0/25 }  relay = { 192.0.2.200 } }
| exempt 203.0.113.9 { isp = alpha  until = "2097-03-31T00:00:00Z"  reason = "in the file" }
0 obpblctl apply c.conf >/dev/null
# Another ISP's prefixes: the most specific of them is named, once the change is done.
0 obpblctl prefix add 203.0.113.64/26 dynamic isp beta
! obpblctl: warning: dynamic 203.0.113.64/26 of isp beta is inside 203.0.113.0/25 of isp alpha: these addresses become beta's
! obpblctl: warning: dynamic 203.0.113.64/26 is outside the space of isp beta: mail between the two counts as outbound
0 obpblctl prefix replace 203.0.113.64/26 203.0.113.64/27 2001:db8:a:1::/64 static isp beta
! obpblctl: warning: static 2001:db8:a:1::/64 of isp beta is inside 2001:db8:a::/49 of isp alpha: these addresses become beta's
1 obpblctl prefix add 203.0.113.0/25 dynamic isp beta
! obpblctl: '203.0.113.0/25': the prefix belongs to isp alpha
0 obpblctl prefix del 203.0.113.64/26 203.0.113.64/27 2001:db8:a:1::/64 static isp beta; obpblctl prefix add 192.0.2.0/26 dynamic isp beta; obpblctl prefix add 203.0.112.0/23 static isp beta; obpblctl prefix del 203.0.112.0/23 static isp beta
0 obpblctl prefix add 203.0.113.128/25 198.51.100.0/24 192.0.2.64/26 dynamic isp alpha
! obpblctl: warning: dynamic 192.0.2.64/26 of isp alpha is inside 192.0.2.0/25 of isp beta: these addresses become alpha's
! obpblctl: warning: dynamic 198.51.100.0/24 is outside the space of isp alpha: mail between the two counts as outbound
! obpblctl: warning: dynamic 192.0.2.64/26 is outside the space of isp alpha: mail between the two counts as outbound
0 obpblctl prefix del 203.0.113.128/25 198.51.100.0/24 192.0.2.64/26 dynamic isp alpha; obpblctl prefix add 0.0.0.0/0 dynamic isp alpha; obpblctl prefix del 0.0.0.0/0 dynamic isp alpha
! obpblctl: warning: dynamic of isp alpha holds 0.0.0.0/0: every source of this family is judged as its customer
! obpblctl: warning: dynamic 0.0.0.0/0 is outside the space of isp alpha: mail between the two counts as outbound
0 for i in {16..255} {0..8} {12..15}; do for j in 0 1; do echo 203.0.113.$i/32; echo 2001:db8:b:$i::/64; done; done | sort -u >l; obpblctl prefix load l dynamic isp beta 2>&1 | cut -d' ' -f 3- | sed '2,$d'; obpblctl prefix load l dynamic isp beta --replace 2>&1 | grep -c inside || true
> l:254:1: dynamic 203.0.113.0/32 of isp beta is inside 203.0.113.0/25 of isp alpha: these addresses become beta's
> 0
# Not those of another VRF.
0 obpblctl isp add red vrf red; ip link add red type vrf table 10; obpblctl prefix add 203.0.113.0/24 static isp red; obpblctl isp add red2 vrf red; obpblctl prefix add 203.0.113.32/28 static isp red2
! obpblctl: warning: static 203.0.113.32/28 of isp red2 is inside 203.0.113.0/24 of isp red: these addresses become red2's
0 ip link del red; obpblctl -w show isp red | grep VRF; obpblctl -w show isp alpha | grep VRF || true
> wrong       isp red: there is no VRF 'red', nothing of it is judged
0 obpblctl isp del red; obpblctl isp del red2; obpblctl isp add x; obpblctl isp del x
! obpblctl: warning: isp red had 1 prefix and 0 exemptions and quarantines; they have gone with it
! obpblctl: warning: isp red2 had 1 prefix and 0 exemptions and quarantines; they have gone with it
# Customers of another ISP, by overlays and sessions.
0 obpblctl apply c.conf >/dev/null; obpblctl quarantine add 192.0.2.5 isp alpha for 1h reason x
! obpblctl: warning: 192.0.2.5/32 is not inside the ISP's prefixes
! obpblctl: warning: 192.0.2.5/32 is inside 192.0.2.0/25 of isp beta
0 ip link add ppp7 type dummy; obpblctl session up dev ppp7 addr 203.0.113.5 isp beta; obpblctl session up dev ppp7 addr 203.0.113.5 isp beta; obpblctl session up dev ppp7 addr 192.0.2.7 isp beta
! obpblctl: warning: dynamic 203.0.113.5/32 of isp beta is inside 203.0.113.0/25 of isp alpha: these addresses become beta's
# A quarantine where nothing is blocked, by the ISP's own mode or the ceiling.
0 obpblctl quarantine add 192.0.2.6 isp beta for 1h reason x; obpblctl quarantine add 203.0.113.6 isp alpha for 1h reason x
! obpblctl: warning: the effective mode of isp beta is monitor: this blocks nothing yet
0 sysctl -qw net.obpbl.mode=1; obpblctl quarantine replace 203.0.113.6 isp alpha for 2h reason x; sysctl -qw net.obpbl.mode=2
! obpblctl: warning: the effective mode of isp alpha is monitor: this blocks nothing yet
# What is meant may be the one beside.
0 obpblctl exempt add 203.0.113.10 isp alpha to 198.18.0.25 for 1h reason x; obpblctl exempt replace 203.0.113.10 isp alpha for 1h reason x
! obpblctl: warning: added; there was none without 'to' (there is one to 198.18.0.25/32)
0 obpblctl exempt replace 203.0.113.10 isp alpha for 2h reason x; obpblctl exempt del 203.0.113.10 isp alpha
1 obpblctl exempt del 203.0.113.10 isp alpha
! obpblctl: '203.0.113.10/32': there is no such entry; there is one to 198.18.0.25/32: say 'to 198.18.0.25'
1 obpblctl exempt del 203.0.113.10 isp beta
! obpblctl: '203.0.113.10/32': there is no such entry
1 obpblctl exempt del 203.0.113.9 isp alpha dev ppp7
! obpblctl: '203.0.113.9/32': there is no such entry; there is one without 'dev'
0 obpblctl exempt add 203.0.113.11 isp alpha to 198.18.0.0/24 dev ppp7 for 1h reason x
1 obpblctl exempt del 203.0.113.11 isp alpha
! obpblctl: '203.0.113.11/32': there is no such entry; there is one to 198.18.0.0/24 and dev ppp7: say 'to 198.18.0.0/24 dev ppp7'
# A list shows what covers an address as well.
0 obpblctl exempt add 203.0.113.0/29 isp alpha for 1h reason x; obpblctl -j exempt list 203.0.113.4 | jq -c '.[].prefix'; obpblctl -j exempt list 203.0.113.8/30 | jq -c '.[].prefix' | sort
> "203.0.113.0/29"
> "203.0.113.10/32"
> "203.0.113.11/32"
> "203.0.113.9/32"
# Of a file, which brings it back.
0 obpblctl exempt replace 203.0.113.9 isp alpha for 1h reason y; obpblctl exempt del 203.0.113.9 isp alpha; obpblctl exempt del 203.0.113.10 isp alpha to 198.18.0.25
! obpblctl: warning: exempt 203.0.113.9/32 comes from a file: the next apply of it takes this back
! obpblctl: warning: exempt 203.0.113.9/32 comes from a file: the next apply of it takes this back
0 obpblctl show isp beta | grep ^policy | sed 's/generation [0-9]*/generation N/'
> policy      generation N, 3 prefixes, 1 exemption or quarantine, 1 session;
0 obpblctl isp del beta
! obpblctl: warning: isp beta had 3 prefixes and 1 exemption or quarantine, and 1 prefix of sessions; they have gone with it

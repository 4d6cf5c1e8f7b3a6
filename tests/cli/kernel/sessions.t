# Sessions of interfaces.
@ alpha.conf
| isp alpha {
|     mode    = enforce
|     space   = { 203.0.113.0/24, 2001:db8:a::/48 }
|     dynamic = { 203.0.113.0/25, 2001:db8:a:1000::/52 }
|     static  = { 203.0.113.120/29 }
|     relay   = { 203.0.113.200 }
| }
| isp beta { mode = enforce  space = { 192.0.2.0/24 } dynamic = { 192.0.2.0/25 } relay = { 192.0.2.200 } }
0 for i in 0 1 2 3; do ip link add ppp$i type dummy; done; obpblctl apply alpha.conf >/dev/null
0 obpblctl session; obpblctl session list; obpblctl -j session list
> []
# Up, and the kernel's own decision.
0 obpblctl session up dev ppp0 addr 203.0.113.5 addr 2001:db8:a:1000::/64 isp alpha class static
0 obpblctl test from 203.0.113.5 to 198.18.0.25
> pass: static
> source       203.0.113.5, static (203.0.113.5/32, session of ppp0)
> destination  198.18.0.25, outside (no entry)
> isp          alpha, mode enforce
0 obpblctl -j test from 2001:db8:a:1000::7 to 2001:db8:f::25
> {
>  "schema": 1,
>  "verdict": "pass",
>  "reason": "static",
>  "isp": "alpha",
>  "mode": "enforce",
>  "source": {
>   "prefix": "2001:db8:a:1000::/64",
>   "class": "static",
>   "from": "session",
>   "dev": "ppp0"
>  },
>  "destination": {
>   "prefix": null,
>   "class": "outside"
>  }
> }
0 obpblctl -j session up dev ppp1 isp beta class exempt addr 192.0.2.5 addr 192.0.2.6/32
> {
>  "schema": 1,
>  "dev": "ppp1",
>  "addr": [
>   "192.0.2.5/32",
>   "192.0.2.6/32"
>  ],
>  "isp": "beta",
>  "class": "exempt"
> }
0 obpblctl session up dev ppp2 isp alpha
0 obpblctl session list
> dev ppp0 addr 203.0.113.5/32 isp alpha class static
> dev ppp0 addr 2001:db8:a:1000::/64 isp alpha class static
> dev ppp1 addr 192.0.2.5/32 isp beta class exempt
> dev ppp1 addr 192.0.2.6/32 isp beta class exempt
> dev ppp2 isp alpha class dynamic
0 obpblctl -j session list isp alpha
> [
>  {"dev": "ppp0", "addr": "203.0.113.5/32", "isp": "alpha", "class": "static", "asleep": false},
>  {"dev": "ppp0", "addr": "2001:db8:a:1000::/64", "isp": "alpha", "class": "static", "asleep": false},
>  {"dev": "ppp2", "addr": null, "isp": "alpha", "class": "dynamic", "asleep": false}
> ]
0 obpblctl session list dev ppp1 isp beta; obpblctl session list dev ppp1 isp alpha
> dev ppp1 addr 192.0.2.5/32 isp beta class exempt
> dev ppp1 addr 192.0.2.6/32 isp beta class exempt
0 obpblctl -j show | jq -c '.sessions, .max_sessions, [.isps[] | [.name, .sessions]]'
> 5
> 1048576
> [["alpha",3],["beta",2]]
0 obpblctl metrics | grep sessions | grep -v '^#'
> obpbl_sessions 5
> obpbl_sessions_max 1048576
> obpbl_isp_sessions{isp="alpha"} 3
> obpbl_isp_sessions{isp="beta"} 2
# What is so already makes no generation.
@ again
| session up dev ppp0 addr 2001:db8:a:1000::/64 addr 203.0.113.5 isp alpha class static
| session up dev ppp2 isp alpha class dynamic
| session addr dev ppp1 addr 192.0.2.6
| session down dev ppp3
| session down dev nothing
0 obpblctl -j show | jq .generation >a; obpblctl -b again; obpblctl -b again --atomic; obpblctl -j show | jq .generation >b; echo $(($(cat b) - $(cat a)))
> 1
# Prefixes come later, and move with their address; the late end of the first does not take it.
0 obpblctl session addr dev ppp2 addr 2001:db8:a:1100::/56 addr 203.0.113.5; obpblctl session list isp alpha
> dev ppp0 addr 2001:db8:a:1000::/64 isp alpha class static
> dev ppp2 addr 203.0.113.5/32 isp alpha class dynamic
> dev ppp2 addr 2001:db8:a:1100::/56 isp alpha class dynamic
0 obpblctl -j session addr dev ppp2 addr 2001:db8:a:1100::/56
> {
>  "schema": 1,
>  "dev": "ppp2",
>  "addr": [
>   "2001:db8:a:1100::/56"
>  ]
> }
0 obpblctl -j session down dev ppp0
> {
>  "schema": 1,
>  "dev": "ppp0"
> }
10 obpblctl test from 203.0.113.5 to 198.18.0.25 | head -n 2; exit ${PIPESTATUS[0]}
> block: outside
> source       203.0.113.5, dynamic (203.0.113.5/32, session of ppp2)
0 obpblctl session up dev ppp2 addr 192.0.2.6 isp beta; obpblctl session list
> dev ppp2 addr 192.0.2.6/32 isp beta class dynamic
> dev ppp1 addr 192.0.2.5/32 isp beta class exempt
# A session belongs to the interface, not to its name.
0 ip link set ppp1 name ppp9; ip link add ppp1 type dummy; obpblctl session list dev ppp9; obpblctl session list dev ppp1
> dev ppp9 addr 192.0.2.5/32 isp beta class exempt
0 ip link del ppp9; ip link add ppp9 type dummy; obpblctl session list dev ppp9; obpblctl session list
> dev ppp2 addr 192.0.2.6/32 isp beta class dynamic
# What is refused names what is wrong.
1 obpblctl session up dev ppp7 isp alpha
! obpblctl: 'ppp7': there is no such device
1 obpblctl session up dev ppp3 isp nobody
! obpblctl: 'nobody': there is no such ISP
1 obpblctl session addr dev ppp3 addr 203.0.113.6
! obpblctl: 'ppp3': the device has no session
1 obpblctl session up dev ppp3 isp alpha addr 203.0.113.6 addr 2001:db8:a:1000::/64 addr 192.0.2.0/25
! obpblctl: '192.0.2.0/25': the prefix belongs to isp beta
1 obpblctl session up dev ppp3 isp beta addr 203.0.113.6 addr 2001:db8:a:1000::/64 addr 2001:db8:a:1000::/52
! obpblctl: '2001:db8:a:1000::/52': the prefix belongs to isp alpha
1 obpblctl session list dev ppp7
! obpblctl: 'ppp7': there is no such device
1 obpblctl session list isp nobody
! obpblctl: 'nobody': there is no such ISP
0 sysctl -qw net.obpbl.max_sessions=2
1 obpblctl session up dev ppp3 isp alpha addr 203.0.113.6 addr 203.0.113.7
! obpblctl: 'ppp3': a ceiling is reached: see net.obpbl.max_sessions
0 sysctl -qw net.obpbl.max_sessions=1048576; obpblctl session list dev ppp3
# They outlive a new configuration; without their ISP, or where another has got the prefix, they sleep. save does not write them, export neither.
0 obpblctl apply alpha.conf | grep -v generation; obpblctl session list | wc -l
> no difference
> 1
0 obpblctl prefix add 192.0.2.6/32 dynamic isp alpha; obpblctl session list
> dev ppp2 addr 192.0.2.6/32 isp beta class dynamic asleep
! obpblctl: warning: dynamic 192.0.2.6/32 is outside the space of isp alpha: mail between the two counts as outbound
0 obpblctl prefix del 192.0.2.6/32 dynamic isp alpha; obpblctl session list
> dev ppp2 addr 192.0.2.6/32 isp beta class dynamic
0 sed '/beta/d' alpha.conf | obpblctl apply - 2>&1 >/dev/null | grep asleep; obpblctl session list
> obpblctl: warning: asleep: 1 session of isp beta, which is not configured there, or whose prefix is another ISP's
> dev ppp2 addr 192.0.2.6/32 isp beta class dynamic asleep
0 obpblctl apply alpha.conf >/dev/null 2>&1; obpblctl session list
> dev ppp2 addr 192.0.2.6/32 isp beta class dynamic
1 obpblctl isp set beta vrf red
! obpblctl: 'beta': the ISP has source entries, so its VRF cannot change
0 obpblctl save | grep -c 192.0.2.6; obpblctl export dynamic | grep 192
> 0
> 192.0.2.0/25
# In a batch, line by line and as one step.
@ three
| session up dev ppp0 addr 203.0.113.5 isp alpha
| session addr dev ppp0 addr 2001:db8:a:1000::/64
| session up dev ppp1 addr 203.0.113.6 isp alpha class static
0 obpblctl -b three --atomic; obpblctl session list isp alpha
> dev ppp0 addr 203.0.113.5/32 isp alpha class dynamic
> dev ppp0 addr 2001:db8:a:1000::/64 isp alpha class dynamic
> dev ppp1 addr 203.0.113.6/32 isp alpha class static
1 { cat three; echo session addr dev ppp3 addr 192.0.2.9; } | obpblctl -b - --atomic
! obpblctl: stdin:4: 'ppp3': the device has no session
! obpblctl: stdin: nothing was changed
1 { echo session down dev ppp0; echo session up dev ppp7 isp alpha; } | obpblctl -b -
! obpblctl: stdin:2: 'ppp7': there is no such device
0 obpblctl session list isp alpha
> dev ppp1 addr 203.0.113.6/32 isp alpha class static
2 echo 'session list' | obpblctl -b - --atomic
! obpblctl: stdin:1: 'list': only changes can be part of an atomic batch
! obpblctl: stdin: nothing was changed
# It waits for a transaction of another program to end.
0 awk 'BEGIN { for (i = 0; i < 256; i++) for (j = 0; j < 200; j++) print "prefix add 10." i "." j ".0/24 static isp alpha" }' >many; mkfifo lines
0 touch trace; obpblctl -b lines --atomic & first=$!; exec 3>lines; cat many >&3; until obpblctl show 2>&1 | grep -q transaction; do :; done; strace -f -o trace -e trace=sendto obpblctl session up dev ppp3 addr 203.0.113.7 isp alpha 3>&- & second=$!; until [ "$(grep -c sendto trace)" -ge 6 ]; do :; done; obpblctl session list dev ppp3; exec 3>&-; wait $first && wait $second && obpblctl session list dev ppp3
> dev ppp3 addr 203.0.113.7/32 isp alpha class dynamic
# What happens is told.
0 (obpblctl -j monitor >events & echo $! >pid; until grep -q listening events; do :; done; obpblctl session up dev ppp0 addr 203.0.113.7 addr 2001:db8:a:1000::/64 isp alpha; obpblctl session addr dev ppp0 addr 203.0.113.8; obpblctl session down dev ppp1; ip link del ppp0; until grep -q gone events && [ "$(grep -c session_down events)" -ge 2 ]; do :; done; kill $(cat pid)); grep '"session"' events | sed 's/"schema":1,"time":"[^"]*",//; s/"port":[1-9][0-9]*/"port":N/'
> {"event":"session","change":"up","dev":"ppp0","addr":["203.0.113.7/32","2001:db8:a:1000::/64"],"isp":"alpha","class":"dynamic","from":"ppp3","port":N}
> {"event":"session","change":"addr","dev":"ppp0","addr":["203.0.113.7/32","203.0.113.8/32","2001:db8:a:1000::/64"],"isp":"alpha","class":"dynamic","from":null,"port":N}
> {"event":"session","change":"down","dev":"ppp1","addr":["203.0.113.6/32"],"isp":"alpha","class":"static","from":null,"port":N}
> {"event":"session","change":"gone","dev":"ppp0","addr":["203.0.113.7/32","203.0.113.8/32","2001:db8:a:1000::/64"],"isp":"alpha","class":"dynamic","from":null,"port":0}
0 grep '"policy"' events | sed 's/.*"change":"\([^"]*\)".*/\1/'
> session_up
> session_addr
> session_down
> session_down
0 ip link add ppp0 type dummy; (obpblctl monitor >events & echo $! >pid; until grep -q listening events; do :; done; obpblctl session up dev ppp0 addr 203.0.113.7 addr 203.0.113.8 isp alpha; until grep -q session_up events; do :; done; kill $(cat pid)); grep ' session ' events | cut -d' ' -f2- | sed 's/port .*/port N/'
> session change up dev ppp0 addr 203.0.113.7/32 addr 203.0.113.8/32 isp alpha class dynamic port N
# The script for pppd.
0 obpblctl session list | cut -d' ' -f1-2 | sort -u | sed 's/^/session down /' | obpblctl -b -; for when in ip-up ipv6-up ip-down; do mkdir $when.d; ln -s "$OBPBL_REPO/tools/ppp/session" $when.d/obpbl; done
0 ip-up.d/obpbl ppp0 "" 38400 203.0.113.1 203.0.113.5; ip-up.d/obpbl ppp0 "" 38400 203.0.113.1 203.0.113.5 "a word"; obpblctl session list
0 ip-up.d/obpbl ppp0 "" 38400 203.0.113.1 203.0.113.5 isp=alpha; obpblctl session list
> dev ppp0 addr 203.0.113.5/32 isp alpha class dynamic
0 ipv6-up.d/obpbl ppp0 "" 38400 fe80::1 fe80::2 isp=alpha; ip-down.d/obpbl ppp1 "" 38400 203.0.113.1 203.0.113.5; obpblctl session list
> dev ppp0 addr 203.0.113.5/32 isp alpha class dynamic
0 ip-down.d/obpbl ppp0 "" 38400 203.0.113.1 203.0.113.5 isp=alpha; ip-down.d/obpbl ppp0 "" 38400 203.0.113.1 203.0.113.5 isp=alpha; obpblctl session list
0 printf '%s\n' 'Framed-IP-Address 203.0.113.5' 'Framed-IPv6-Prefix 2001:db8:a:1000::/64' 'Delegated-IPv6-Prefix 2001:db8:a:1100::/56' >/run/radattr.ppp0; ipv6-up.d/obpbl ppp0 "" 38400 fe80::1 fe80::2 class=static,isp=alpha; ip-up.d/obpbl ppp0 "" 38400 203.0.113.1 203.0.113.5 class=static,isp=alpha; obpblctl session list | sort
> dev ppp0 addr 2001:db8:a:1000::/64 isp alpha class static
> dev ppp0 addr 2001:db8:a:1100::/56 isp alpha class static
> dev ppp0 addr 203.0.113.5/32 isp alpha class static
0 for i in 1 2 3 4 5 6 7 8 9 10; do ip-down.d/obpbl ppp0 "" 38400 203.0.113.1 203.0.113.5 isp=alpha; ip-up.d/obpbl ppp0 "" 38400 203.0.113.1 203.0.113.5 isp=alpha & ipv6-up.d/obpbl ppp0 "" 38400 fe80::1 fe80::2 isp=alpha & wait; obpblctl session list | wc -l; done | uniq -c | tr -s ' '
>  10 3
1 ip-up.d/obpbl ppp3 "" 38400 203.0.113.1 203.0.113.9 isp=nobody 2>/dev/null
0 rm /run/radattr.ppp0; obpblctl session addr dev ppp0 addr 203.0.113.8; obpblctl session list | sort
> dev ppp0 addr 2001:db8:a:1000::/64 isp alpha class dynamic
> dev ppp0 addr 2001:db8:a:1100::/56 isp alpha class dynamic
> dev ppp0 addr 203.0.113.5/32 isp alpha class dynamic
> dev ppp0 addr 203.0.113.8/32 isp alpha class dynamic
# All goes with the policy.
0 obpblctl flush --yes | sed 's/[0-9]* prefixes, /N prefixes, /'; obpblctl session list
> removed 2 ISPs, N prefixes, 0 overlays and sessions of 4 prefixes

# Batches against the kernel.
@ setup
| isp add alpha mode enforce
| isp add beta
| prefix add 203.0.113.0/24 2001:db8:a::/48 space isp alpha
| prefix add 203.0.113.0/25 dynamic isp alpha # a comment
| prefix add 203.0.113.200 relay isp alpha
| test from 203.0.113.7 to 192.0.2.25
| prefix list dynamic
0 obpblctl -b setup
> block: outside
> source       203.0.113.7, dynamic (203.0.113.0/25)
> destination  192.0.2.25, outside (no entry)
> isp          alpha, mode enforce
> client gets  a TCP reset: connection refused
> 203.0.113.0/25 dynamic isp alpha
# Each line is a step of its own: what was done stays.
1 obpblctl save >before; printf 'prefix add 203.0.113.128/26 dynamic isp alpha\nprefix add 203.0.113.0/25 dynamic isp alpha\nmode off\n' | obpblctl -b -
! obpblctl: stdin:2: '203.0.113.0/25': it exists already
0 obpblctl prefix list dynamic
> 203.0.113.0/25 dynamic isp alpha
> 203.0.113.128/26 dynamic isp alpha
# A refused line leaves nothing behind for those after it.
1 printf '%s\n' 'prefix del 203.0.113.128/26 dynamic isp alpha' 'prefix del 203.0.113.128/26 dynamic isp alpha' 'isp add alpha' 'isp show nobody' 'prefix list dynamic' '-j isp del nobody' 'prefix add 10.0.0.0/8 203.0.113.0/25 dynamic isp beta' 'prefix list dynamic isp beta' | obpblctl -b - -f
> 203.0.113.0/25 dynamic isp alpha
> {"schema": 1, "error": {"code": "not_found", "message": "stdin:6: 'nobody': there is no such ISP", "file": "stdin", "line": 6}}
! obpblctl: stdin:2: '203.0.113.128/26': there is no such entry
! obpblctl: stdin:3: 'alpha': there is an ISP of that name already
! obpblctl: stdin:4: 'nobody': there is no such ISP
! obpblctl: stdin:6: 'nobody': there is no such ISP
! obpblctl: stdin:7: '203.0.113.0/25': the prefix belongs to isp alpha
0 obpblctl save | sed 1d >after; sed 1d before | cmp - after
0 printf '%s\n' 'prefix add 10.0.0.0/8 dynamic isp beta' 'isp list' 'prefix del 10.0.0.0/8 dynamic isp beta' 'prefix list dynamic isp beta' 'mode monitor isp beta' 'version' | obpblctl -j -b - | sed 's/"generation": [0-9]*/"generation": N/; s/"schema": 1, "program.*/version}/'
> {"schema": 1, "isp": "beta", "class": "dynamic", "prefixes": 1, "generation": N, "connections_ended": 0}
> [{"name": "alpha", "mode": "enforce", "policy": "outside", "reject": "reset", "reverse": false, "limit": "none", "limit_quarantine": "none", "vrf": null, "dynamic": 1, "static": 0, "space": 2, "relay": 1, "target": 0, "exempt": 0, "quarantine": 0, "sessions": 0}, {"name": "beta", "mode": "monitor", "policy": "outside", "reject": "reset", "reverse": false, "limit": "none", "limit_quarantine": "none", "vrf": null, "dynamic": 1, "static": 0, "space": 0, "relay": 0, "target": 0, "exempt": 0, "quarantine": 0, "sessions": 0}]
> {"schema": 1, "isp": "beta", "class": "dynamic", "prefixes": 1, "generation": N, "connections_ended": 0}
> []
> {"schema": 1, "isp": "beta", "mode": "monitor", "ceiling": "enforce", "generation": N, "connections_ended": 0}
> {version}
# A line of another namespace, and then one of this again.
0 ip netns add other; printf '%s\n' '-n other isp add x' '-n other isp list -j' 'isp show x -j' 'isp del beta' | obpblctl -b - -f 2>&1 | cut -c 1-60; obpblctl isp list -j | grep -c name; ip netns del other
> [{"name": "x", "mode": "monitor", "policy": "outside", "reje
> obpblctl: stdin:3: 'x': there is no such ISP
> {"schema": 1, "error": {"code": "not_found", "message": "std
> 1
0 obpblctl isp add beta
# One step: a generation, and all or nothing.
@ atomic
| isp add gamma mode enforce
| prefix add 192.0.2.0/24 2001:db8:c::/48 space isp gamma
| prefix add 192.0.2.0/25 dynamic isp gamma
| prefix add 2001:db8:c:1::/64 dynamic isp gamma
| prefix del 203.0.113.0/25 dynamic isp alpha
| prefix add 203.0.113.0/25 static isp alpha
| prefix replace 203.0.113.0/25 dynamic isp alpha
| prefix load list dynamic isp gamma
| isp set gamma policy relay-only
| mode monitor isp alpha
@ list
| # a list
| 192.0.2.128/26
|
| 192.0.2.192/26
0 obpblctl -j show 2>/dev/null | grep generation >a; obpblctl -b atomic --atomic; obpblctl -j show 2>/dev/null | grep generation >b; echo $(($(tr -dc 0-9 <b) - $(tr -dc 0-9 <a)))
> 1
0 obpblctl prefix list isp gamma | sort; obpblctl prefix list isp alpha | sort; obpblctl isp list | grep -o '^[ag].*only\|alpha *monitor'
> 192.0.2.0/24 space isp gamma
> 192.0.2.0/25 dynamic isp gamma
> 192.0.2.128/26 dynamic isp gamma
> 192.0.2.192/26 dynamic isp gamma
> 2001:db8:c:1::/64 dynamic isp gamma
> 2001:db8:c::/48 space isp gamma
> 2001:db8:a::/48 space isp alpha
> 203.0.113.0/24 space isp alpha
> 203.0.113.0/25 dynamic isp alpha
> 203.0.113.200/32 relay isp alpha
> alpha  monitor
> gamma  enforce  relay-only
1 obpblctl save >before; obpblctl -b atomic --atomic
! obpblctl: atomic:1: 'gamma': there is an ISP of that name already
! obpblctl: atomic: nothing was changed
1 { echo 'mode off'; sed 1d atomic; } | obpblctl -b - --atomic
! obpblctl: stdin:2: '192.0.2.0/24': it exists already
! obpblctl: stdin: nothing was changed
1 printf '%s\n' 'prefix add 198.18.1.0/24 198.18.2.0/24 dynamic isp beta' '' 'prefix add 2001:db8:d::/48 dynamic isp beta' 'prefix add 198.18.3.0/24 198.18.1.0/24 dynamic isp beta' | obpblctl -b - --atomic
! obpblctl: stdin:4: '198.18.1.0/24': it exists already
! obpblctl: stdin: nothing was changed
1 printf '%s\n' 'prefix add 198.18.1.0/24 dynamic isp beta' 'prefix add 2001:db8:d::/48 dynamic isp beta' '# x' 'prefix add 2001:db8:c:1::/64 dynamic isp beta' | obpblctl -j -b - --atomic
> {"schema": 1, "error": {"code": "conflict", "message": "stdin:4: '2001:db8:c:1::/64': the prefix belongs to isp gamma"}}
! obpblctl: stdin:4: '2001:db8:c:1::/64': the prefix belongs to isp gamma
! obpblctl: stdin: nothing was changed
1 printf '%s\n' 'mode off' 'prefix load list dynamic isp beta' | obpblctl -b - --atomic
! obpblctl: list:2:1: '192.0.2.128/26': the prefix belongs to isp gamma
! obpblctl: stdin: nothing was changed
2 printf '%s\n' 'mode off' 'prefix add 198.18.1.1/24 dynamic isp beta' | obpblctl -b - --atomic
! obpblctl: stdin:2: '198.18.1.1/24': has host bits set; did you mean 198.18.1.0/24?
! obpblctl: stdin: nothing was changed
2 printf '%s\n' 'mode off' 'show' | obpblctl -b - --atomic
! obpblctl: stdin:2: 'show': only changes can be part of an atomic batch
! obpblctl: stdin: nothing was changed
2 printf '%s\n' 'mode off' 'isp list' | obpblctl -b - --atomic
! obpblctl: stdin:2: 'list': only changes can be part of an atomic batch
! obpblctl: stdin: nothing was changed
2 printf '%s\n' 'mode off' 'prefix list' | obpblctl -b - --atomic
! obpblctl: stdin:2: 'list': only changes can be part of an atomic batch
! obpblctl: stdin: nothing was changed
0 obpblctl save | cmp - before
0 echo 'prefix load list static isp alpha --replace' | sed 's/list/nolist/' >x; obpblctl -b x --atomic; echo $?; : >list; sed -i s/no// x; obpblctl -b x --atomic
> 1
! obpblctl: x:1: nolist: cannot be opened: No such file or directory
! obpblctl: x:1: nothing was changed
! obpblctl: x: nothing was changed
! obpblctl: warning: x:1: list: the list is empty: isp alpha is left without static prefixes
0 printf '%s\n' 'mode off isp beta' 'prefix add 198.18.0.0/15 static isp beta' | obpblctl -j -b - --atomic | sed 's/"generation": [0-9]*/"generation": N/'
> {"schema": 1, "changes": 2, "generation": N, "connections_ended": 0}
0 obpblctl -j -b /dev/null --atomic
> {"schema": 1, "changes": 0, "generation": null, "connections_ended": 0}
# Many, in few requests: runs of one kind, kinds that alternate, and the fault in the last of them.
0 awk 'BEGIN { for (i = 0; i < 256; i++) { for (j = 0; j < 99; j++) print "prefix add 10." i "." j ".0/24 dynamic isp beta"; print "prefix add 2001:db8:e:" i "::/64 dynamic isp beta" } }' >many; obpblctl -b many --atomic; obpblctl prefix list dynamic isp beta | wc -l
> 25600
1 { sed s/add/del/ many | tac; echo; echo prefix del 10.5.5.0/24 dynamic isp beta; } | obpblctl -b - --atomic
! obpblctl: stdin:25602: '10.5.5.0/24': there is no such entry
! obpblctl: stdin: nothing was changed
0 sed s/add/del/ many | obpblctl -b - --atomic; obpblctl prefix list dynamic isp beta
0 awk 'BEGIN { for (i = 0; i < 256; i++) for (j = 0; j < 10; j++) { print "prefix add 10." i "." j ".0/24 dynamic isp beta"; print "prefix add 11." i "." j ".0/24 static isp alpha" } }' >many; strace -f -c -e trace=sendto obpblctl -b many --atomic 2>&1 | awk '/sendto/ { print ($4 < 30 ? "few" : $4) }'; obpblctl prefix list dynamic isp beta | wc -l
> few
> 2560
1 { sed s/add/del/ many; cat many; echo prefix add 10.5.5.0/24 dynamic isp beta; } | obpblctl -b - --atomic
! obpblctl: stdin:10241: '10.5.5.0/24': it exists already
! obpblctl: stdin: nothing was changed
0 obpblctl prefix list static isp alpha | wc -l
> 2560
# One socket, one message a line.
0 sed s/add/replace/ many | head -n 100 >some; strace -f -c -e trace=socket,sendto,recvfrom obpblctl -b some 2>&1 | awk '/socket|sendto|recvfrom/ { print $NF, $4 }' | sort
> recvfrom 102
> sendto 101
> socket 1

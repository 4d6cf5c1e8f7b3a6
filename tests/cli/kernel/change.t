# Single changes.
@ alpha.conf
| isp alpha {
|     mode    = enforce
|     reverse = on
|     space   = { 203.0.113.0/24, 2001:db8:a::/48 }
|     dynamic = { 203.0.113.0/25, 2001:db8:a:1000::/52 }
|     static  = { 203.0.113.120/29 }
|     relay   = { 203.0.113.200, 198.51.100.25 }
| }
| isp beta {
|     policy  = targets
|     target  = { 198.18.0.0/15 }
|     space   = { 192.0.2.0/24 }
|     dynamic = { 192.0.2.0/25 }
|     relay   = { 192.0.2.200 }
| }
| exempt 203.0.113.9 { isp = alpha  until = "2097-03-31T00:00:00+09:00"  reason = "own MTA, \"contract\" \${x} \\ 日本"  ticket = AB-1234 }
| exempt 203.0.113.10 { isp = alpha  to = 198.51.100.99  for = 1h  reason = "hosting company's server" }
| exempt 203.0.113.11 { isp = alpha  dev = "ppp0"  until = "2097-03-31T00:00:00Z"  reason = x }
| quarantine 203.0.113.77 { isp = alpha  until = "2097-03-31T00:00:00Z"  reason = "bot report" }
0 obpblctl apply alpha.conf >/dev/null 2>&1
0 obpblctl prefix add 203.0.113.64/26 static isp alpha
0 obpblctl prefix replace 203.0.113.64/26 dynamic isp alpha; obpblctl prefix list dynamic isp alpha
> 203.0.113.0/25 dynamic isp alpha
> 203.0.113.64/26 dynamic isp alpha
> 2001:db8:a:1000::/52 dynamic isp alpha
0 obpblctl -j prefix del 203.0.113.64/26 dynamic isp alpha | sed 's/"generation": [0-9]*/"generation": N/'
> {
>  "schema": 1,
>  "isp": "alpha",
>  "class": "dynamic",
>  "prefixes": 1,
>  "generation": N,
>  "connections_ended": 0
> }
0 obpblctl prefix add 2001:db8:a:2000::/52 203.0.113.128/26 dynamic isp alpha; obpblctl prefix list dynamic isp alpha
> 203.0.113.0/25 dynamic isp alpha
> 203.0.113.128/26 dynamic isp alpha
> 2001:db8:a:1000::/52 dynamic isp alpha
> 2001:db8:a:2000::/52 dynamic isp alpha
0 printf '203.0.113.0/26\n2001:db8:a:4000::/52\n' | obpblctl prefix load - dynamic isp alpha --replace; obpblctl prefix list dynamic isp alpha
> 203.0.113.0/26 dynamic isp alpha
> 2001:db8:a:4000::/52 dynamic isp alpha
0 { awk 'BEGIN { for (i = 0; i <= 250; i++) for (j = 0; j < 100; j++) print "10." i "." j ".0/24" }'; } >l; obpblctl prefix load l dynamic isp beta; obpblctl prefix list dynamic isp beta | wc -l
> 25101
! obpblctl: warning: l:1:1: dynamic 10.0.0.0/24 is outside the space of isp beta: mail between the two counts as outbound
! *
0 echo 192.0.2.0/25 | obpblctl -j prefix load - dynamic isp beta --replace | sed 's/"generation": [0-9]*/"generation": N/'; obpblctl prefix list dynamic isp beta
> {
>  "schema": 1,
>  "isp": "beta",
>  "class": "dynamic",
>  "prefixes": 1,
>  "generation": N,
>  "connections_ended": 0
> }
> 192.0.2.0/25 dynamic isp beta
! obpblctl: warning: dynamic of isp beta had 25101 prefixes, has 1 now
0 obpblctl prefix load - static isp alpha --replace </dev/null; obpblctl prefix list static
! obpblctl: warning: stdin: the list is empty: isp alpha is left without static prefixes
0 obpblctl isp add gamma mode off policy relay-only reject drop reverse on limit none vrf red; obpblctl isp show gamma
> name       gamma
> mode       off
> policy     relay-only
> reject     drop
> reverse    on
> limit      none
> limit_quarantine none
> vrf        red
> dynamic    0
> static     0
> space      0
> relay      0
> target     0
> exempt     0
> quarantine 0
> sessions   0
0 obpblctl isp set gamma vrf none reject admin; obpblctl isp show gamma | grep 'vrf\|reject\|policy'
> policy     relay-only
> reject     admin
> vrf        none
0 obpblctl isp set gamma limit 10/1h; obpblctl isp show gamma | grep limit
> limit      10/1h
> limit_quarantine none
0 obpblctl save | sed -n '/^isp gamma/,/^}/p' >gamma.conf; grep limit gamma.conf
>     limit   = 10/1h
0 sed 's,10/1h,3/1h30m,' gamma.conf >g.conf; obpblctl save >all.conf; sed 's,10/1h,3/90m,' all.conf >b.conf; obpblctl apply b.conf --check --diff 2>/dev/null | grep limit
> - isp gamma limit 10/1h
> + isp gamma limit 3/90m
0 obpblctl apply b.conf >/dev/null 2>&1; obpblctl -j isp show gamma | grep limit
>  "limit": "3/90m",
>  "limit_quarantine": "none",
0 obpblctl isp set gamma mode monitor; obpblctl isp show gamma | grep limit
> limit      3/90m
> limit_quarantine none
0 obpblctl isp set gamma limit_quarantine 1d; obpblctl isp show gamma | grep limit
> limit      3/90m
> limit_quarantine 1d
0 obpblctl save >q.conf; grep limit q.conf
>     limit   = 3/90m
>     limit_quarantine = 1d
0 sed 's,= 1d,= 36h,' q.conf >r.conf; obpblctl apply r.conf --check --diff 2>/dev/null | grep limit
> - isp gamma limit_quarantine 1d
> + isp gamma limit_quarantine 36h
0 obpblctl apply r.conf >/dev/null 2>&1; obpblctl -j isp show gamma | grep limit
>  "limit": "3/90m",
>  "limit_quarantine": "36h",
1 obpblctl isp set gamma limit none
! obpblctl: 'gamma': limit_quarantine needs a limit
1 obpblctl isp add delta limit_quarantine 1h
! obpblctl: 'delta': limit_quarantine needs a limit
0 obpblctl isp set gamma limit none limit_quarantine none; obpblctl isp show gamma | grep limit; obpblctl save | grep limit || true
> limit      none
> limit_quarantine none
0 obpblctl -j isp del gamma
> {
>  "schema": 1,
>  "name": "gamma"
> }
0 obpblctl mode monitor isp alpha; obpblctl -j isp show alpha | grep mode
>  "mode": "monitor",
0 obpblctl mode enforce; obpblctl isp list | grep -c enforce
> 2
! obpblctl: warning: all ISPs: alpha, beta
0 obpblctl -j mode monitor | sed 's/"generation": [0-9]*/"generation": N/'
> {
>  "schema": 1,
>  "isp": null,
>  "mode": "monitor",
>  "ceiling": "enforce",
>  "generation": N,
>  "connections_ended": 0
> }
# The file that is applied at boot would take it back.
0 mkdir -p /etc/obpbl; mv /etc/obpbl/obpbl.conf kept 2>/dev/null; printf 'isp %s { mode = monitor }\n' alpha beta >/etc/obpbl/obpbl.conf; obpblctl mode monitor
0 obpblctl mode enforce isp alpha
! obpblctl: warning: /etc/obpbl/obpbl.conf has mode monitor for isp alpha: the next apply of it takes this back
0 obpblctl mode enforce
! obpblctl: warning: all ISPs: alpha, beta
! obpblctl: warning: /etc/obpbl/obpbl.conf has another mode for 2 ISPs: the next apply of it takes this back
0 obpblctl -j mode enforce isp beta >/dev/null
! obpblctl: warning: /etc/obpbl/obpbl.conf has mode monitor for isp beta: the next apply of it takes this back
0 echo 'mode enforce' | obpblctl -b -
0 echo broken >/etc/obpbl/obpbl.conf; obpblctl mode off; rm /etc/obpbl/obpbl.conf; mv kept /etc/obpbl/obpbl.conf 2>/dev/null || true
0 obpblctl mode monitor
0 sysctl -qw net.obpbl.mode=1; obpblctl mode enforce
! obpblctl: warning: all ISPs: alpha, beta
! obpblctl: warning: net.obpbl.mode is 1 (monitor): until it is raised, no ISP goes beyond monitor
0 obpblctl apply alpha.conf 2>&1 >/dev/null | grep obpbl.mode
> obpblctl: warning: net.obpbl.mode is 1 (monitor): until it is raised, no ISP goes beyond monitor
0 obpblctl show 2>&1 | grep -c 'net.obpbl.mode'
> 2
0 sysctl -qw net.obpbl.mode=2
0 obpblctl -j flush --yes
> {
>  "schema": 1,
>  "configured_isps": 2,
>  "prefixes": 11,
>  "overlays": 4,
>  "sessions": 0
> }
# In another namespace.
0 ip netns add other; obpblctl -n other isp add x; obpblctl isp list; obpblctl -n other isp list | grep -c ^x; ip netns del other
> 1
# Nothing to change, or to save: nothing is done, and that is said.
0 obpblctl flush --yes >/dev/null; echo mine >kept.conf
1 obpblctl mode enforce
! obpblctl: there is no ISP in this network namespace: no mode was set
1 obpblctl save kept.conf
! obpblctl: there is no policy here to be saved: 'kept.conf' stays as it is
0 cat kept.conf; obpblctl save
> mine
> # obpbl policy
> 

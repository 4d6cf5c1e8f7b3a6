# What the kernel refuses is named, and changes nothing.
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
0 obpblctl apply alpha.conf 2>/dev/null >/dev/null; obpblctl save >before
1 obpblctl prefix add 203.0.113.0/25 dynamic isp alpha
! obpblctl: '203.0.113.0/25': it exists already
1 obpblctl prefix add 10.0.0.0/8 10.0.0.0/8 dynamic isp alpha
! obpblctl: '10.0.0.0/8': it exists already
1 obpblctl prefix add 10.0.0.0/8 203.0.113.0/25 dynamic isp beta
! obpblctl: '203.0.113.0/25': the prefix belongs to isp alpha
1 obpblctl prefix del 10.0.0.0/8 dynamic isp alpha
! obpblctl: '10.0.0.0/8': there is no such entry
1 obpblctl prefix add 10.0.0.0/8 dynamic isp nobody
! obpblctl: 'nobody': there is no such ISP
1 obpblctl prefix add 10.0.0.0/8 11.0.0.0/8 dynamic isp nobody
! obpblctl: 'nobody': there is no such ISP
1 obpblctl prefix load - dynamic isp alpha </dev/null
! obpblctl: stdin: the list is empty; nothing was changed
1 obpblctl prefix load - dynamic isp nobody --replace </dev/null
! obpblctl: warning: stdin: the list is empty: isp nobody is left without dynamic prefixes
! obpblctl: 'nobody': there is no such ISP
1 printf '# x\n10.0.0.0/8\n\n203.0.113.0/25\n2001:db8:f::/48' | obpblctl prefix load - dynamic isp alpha
! obpblctl: stdin:4:1: '203.0.113.0/25': it exists already
1 printf '# x\n10.0.0.0/8\n2001:db8:f::/48\n2001:db8:a:1000::/52' | obpblctl prefix load - dynamic isp alpha
! obpblctl: stdin:4:1: '2001:db8:a:1000::/52': it exists already
1 { awk 'BEGIN { for (i = 0; i <= 250; i++) for (j = 0; j < 100; j++) print "10." i "." j ".0/24" }'; echo 203.0.113.0/25; } | obpblctl prefix load - dynamic isp alpha
! obpblctl: stdin:25101:1: '203.0.113.0/25': it exists already
1 obpblctl isp add alpha
! obpblctl: 'alpha': there is an ISP of that name already
1 obpblctl isp set nobody mode off
! obpblctl: 'nobody': there is no such ISP
1 obpblctl isp del nobody
! obpblctl: 'nobody': there is no such ISP
1 obpblctl isp show nobody
! obpblctl: 'nobody': there is no such ISP
1 obpblctl mode off isp nobody
! obpblctl: 'nobody': there is no such ISP
1 obpblctl isp set alpha vrf red
! obpblctl: 'alpha': the ISP has source entries, so its VRF cannot change
0 obpblctl save | cmp - before
# A ceiling is a sentence, with the line that went beyond it.
0 sysctl -qw net.obpbl.max_prefixes=12
@ big.conf
| isp a { space = { 10.0.0.0/8 }  relay = { 10.0.0.1 }
|   dynamic = { @big.txt } }
1 for i in $(seq 20); do echo 10.0.$i.0/24; done >big.txt; obpblctl apply big.conf
! obpblctl: big.txt:13:1: '10.0.13.0/24': a ceiling is reached: see net.obpbl.max_prefixes and net.obpbl.max_overlays
0 obpblctl save | cmp - before
0 sysctl -qw net.obpbl.max_prefixes=4194304
# Nobody but root.
1 setpriv --reuid 65534 --clear-groups obpblctl show
! obpblctl: only root may do this (CAP_NET_ADMIN in the initial user namespace)
1 setpriv --reuid 65534 --clear-groups obpblctl apply - <alpha.conf 2>&1 | grep -v warning; exit ${PIPESTATUS[0]}
> obpblctl: only root may do this (CAP_NET_ADMIN in the initial user namespace)

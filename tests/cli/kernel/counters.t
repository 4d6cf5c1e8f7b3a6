# What one module has counted, the next one goes on from.
@ alpha.conf
| isp alpha { mode = enforce  space = { 203.0.113.0/24 }  dynamic = { 203.0.113.0/25 }  relay = { 203.0.113.200 } }
0 obpblctl apply alpha.conf >/dev/null 2>&1; obpblctl stats save
0 obpblctl -j stats save
> []
0 obpblctl stats restore isp alpha family 4 reason outside verdict block packets 5 bytes 300 attempts 4; obpblctl stats
> packets  bytes  attempts  ipv4  ipv6  would_block  isp    reason
>       5    300         4     5     0            0  alpha  outside
0 obpblctl stats reset >/dev/null; obpblctl stats restore isp alpha family 6 reason outside verdict would packets 2 bytes 160 attempts 2; obpblctl stats restore family 4 reason foreign verdict pass packets 1 bytes 60 attempts 0
0 obpblctl stats save | tee counters
> stats restore family 4 reason foreign verdict pass packets 1 bytes 60 attempts 0
> stats restore isp alpha family 6 reason outside verdict would_block packets 2 bytes 160 attempts 2
> stats restore isp alpha family 4 reason outside verdict block packets 5 bytes 300 attempts 4 before
0 obpblctl -j stats save | jq -c '.[2], .[0]'
> {"attempts":4,"before":true,"bytes":300,"family":4,"isp":"alpha","packets":5,"reason":"outside","verdict":"block"}
> {"attempts":0,"before":false,"bytes":60,"family":4,"packets":1,"reason":"foreign","verdict":"pass"}
1 obpblctl metrics | grep ^obpbl_bytes >before; obpblctl flush --yes >/dev/null; rmmod obpbl; insmod "$OBPBL_BUILD/module/obpbl.ko"; obpblctl stats save; obpblctl -b counters
! obpblctl: counters:2: 'alpha': there is no such ISP
0 obpblctl apply alpha.conf >/dev/null 2>&1; sed 1d counters | obpblctl -b -; obpblctl stats save | cmp - counters; obpblctl metrics | grep ^obpbl_bytes | diff - before
# What no packet can have counted
1 obpblctl stats restore isp alpha family 4 reason relay verdict block packets 5 bytes 300 attempts 4
! obpblctl: 'alpha': no packet is counted so
1 obpblctl stats restore family 4 reason foreign verdict pass packets 1 bytes 9223372036854775807 attempts 0
! obpblctl: the counter would be out of range
1 obpblctl stats restore isp nobody family 4 reason outside verdict block packets 5 bytes 300 attempts 4
! obpblctl: 'nobody': there is no such ISP
2 obpblctl stats restore isp alpha reason outside
! obpblctl: 'family 4' or 'family 6' is missing (usage: obpblctl stats restore [isp NAME] family 4|6 reason REASON verdict VERDICT packets N bytes N attempts N [before])
2 obpblctl stats restore isp alpha family 5
! obpblctl: '5': a family is 4 or 6
0 obpblctl stats save | cmp - counters

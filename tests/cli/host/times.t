# Durations and times.
0 echo 'isp a { relay = { 203.0.113.1 } dynamic = { 10.0.0.0/8 } space = { 10.0.0.0/8 } }' >isp.conf
0 for d in 90s 30m 24h 7d 2w 1h30m 1w2d3h4m5s; do { cat isp.conf; echo "exempt 10.0.0.2 { isp = a reason = x for = $d }"; } | obpblctl apply --check - || echo $d; done | sort -u
> stdin: 1 ISP, 3 prefixes, 1 exemption or quarantine: no fault
1 { cat isp.conf; for d in 90 s 1h1h 30m1h -5m 1.5h 0s 08h 1y 99999w 5H; do echo "exempt 10.0.0.2 { isp = a reason = x for = $d to = 192.0.2.$((++i)) }"; done; } | obpblctl apply --check -
! obpblctl: stdin:2:44: '90': a duration is written like 90s, 30m, 24h, 7d, 2w or 1h30m
! obpblctl: stdin:3:44: 's': a duration is written like 90s, 30m, 24h, 7d, 2w or 1h30m
! obpblctl: stdin:4:44: '1h1h': a duration is written like 90s, 30m, 24h, 7d, 2w or 1h30m
! obpblctl: stdin:5:44: '30m1h': a duration is written like 90s, 30m, 24h, 7d, 2w or 1h30m
! obpblctl: stdin:6:44: '-5m': a duration is written like 90s, 30m, 24h, 7d, 2w or 1h30m
! obpblctl: stdin:7:44: '1.5h': a duration is written like 90s, 30m, 24h, 7d, 2w or 1h30m
! obpblctl: stdin:8:44: '0s': a duration is between a second and a hundred years
! obpblctl: stdin:9:44: '08h': a duration is written like 90s, 30m, 24h, 7d, 2w or 1h30m
! obpblctl: stdin:10:44: '1y': a duration is written like 90s, 30m, 24h, 7d, 2w or 1h30m
! obpblctl: stdin:11:44: '99999w': a duration is between a second and a hundred years
! obpblctl: stdin:12:44: '5H': a duration is written like 90s, 30m, 24h, 7d, 2w or 1h30m
! obpblctl: stdin: 11 faults; nothing was changed
0 for t in 2097-03-31T00:00:00Z 2097-03-31T00:00:00+09:00 2097-03-31t00:00:00z "2097-03-31 00:00:00-0330" 2096-02-29T23:59:59.5Z; do { cat isp.conf; echo "exempt 10.0.0.2 { isp = a reason = x until = \"$t\" }"; } | obpblctl apply --check - || echo $t; done | sort -u
> stdin: 1 ISP, 3 prefixes, 1 exemption or quarantine: no fault
1 { cat isp.conf; for t in 2097-03-31T00:00:00 2097-03-31 2097-02-29T00:00:00Z 2097-13-01T00:00:00Z 2097-03-31T24:00:00Z 2097-03-31T00:00:00+9 tomorrow 2097-03-31T00:00:00Zx 4000000000 2097-03-81T00:00:00Z 2097-03-31T00:00:005Z 2097-03-31T00:00:60Z " 2097-03-31T00:00:00Z" 1969-12-31T23:59:59Z; do echo "exempt 10.0.0.2 { isp = a reason = x until = \"$t\" to = 192.0.2.$((++i)) }"; done; } | obpblctl apply --check -
! obpblctl: stdin:2:46: '2097-03-31T00:00:00': a time needs an offset from UTC, such as Z or +09:00
! obpblctl: stdin:3:46: '2097-03-31': a time is written like 2027-03-31T00:00:00+09:00
! obpblctl: stdin:4:46: '2097-02-29T00:00:00Z': there is no such day
! obpblctl: stdin:5:46: '2097-13-01T00:00:00Z': a time is written like 2027-03-31T00:00:00+09:00
! obpblctl: stdin:6:46: '2097-03-31T24:00:00Z': a time is written like 2027-03-31T00:00:00+09:00
! obpblctl: stdin:7:46: '2097-03-31T00:00:00+9': a time is written like 2027-03-31T00:00:00+09:00
! obpblctl: stdin:8:46: 'tomorrow': a time is written like 2027-03-31T00:00:00+09:00
! obpblctl: stdin:9:46: '2097-03-31T00:00:00Zx': a time is written like 2027-03-31T00:00:00+09:00
! obpblctl: stdin:10:46: '4000000000': a time is written like 2027-03-31T00:00:00+09:00
! obpblctl: stdin:11:46: '2097-03-81T00:00:00Z': a time is written like 2027-03-31T00:00:00+09:00
! obpblctl: stdin:12:46: '2097-03-31T00:00:005Z': a time is written like 2027-03-31T00:00:00+09:00
! obpblctl: stdin:13:46: '2097-03-31T00:00:60Z': a time is written like 2027-03-31T00:00:00+09:00
! obpblctl: stdin:14:46: ' 2097-03-31T00:00:00Z': a time is written like 2027-03-31T00:00:00+09:00
! obpblctl: stdin:15:46: '1969-12-31T23:59:59Z': a time is between 1970 and 9999
! obpblctl: stdin: 14 faults; nothing was changed
0 { cat isp.conf; echo 'exempt 10.0.0.2 { isp = a reason = x until = "2007-03-31T00:00:00+09:00" }'; } | obpblctl apply --check -
> stdin: 1 ISP, 3 prefixes, 1 exemption or quarantine: no fault
! obpblctl: warning: stdin:2:8: exempt 10.0.0.2/32 ended at 2007-03-30T15:00:00Z: it has no effect

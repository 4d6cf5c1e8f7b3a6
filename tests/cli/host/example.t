# The example of the manual: nothing is wrong with it but what is warned of.
@ alpha-pool.txt
| # a pool
| 203.0.113.128/26
|
| 2001:db8:a:1000::/52   # with a comment
@ mobile.txt
| 198.51.100.0/24
@ obpbl.conf
| # /etc/obpbl/obpbl.conf
| isp alpha {
|     mode    = enforce
|     policy  = outside
|     reverse = on
|     space   = { 203.0.113.0/24, 2001:db8:a::/48 }
|     dynamic = { @alpha-pool.txt, 203.0.113.0/25 }   # @FILE: one CIDR a line, relative to this file
|     static  = { 203.0.113.120/29 }
|     relay   = { 203.0.113.200, 198.51.100.25 }      # an address alone is a /32 or /128
| }
| isp beta { policy = targets  target = { @mobile.txt }  space = { 192.0.2.0/24 }  dynamic = { 192.0.2.0/25 } }
|
| exempt 203.0.113.9 { isp = alpha  until = "2097-03-31T00:00:00+09:00"  reason = "own MTA, contract"  ticket = AB-1234 }
| exempt 203.0.113.10 { isp = alpha  to = 198.51.100.99  reason = "hosting company's server" }
| quarantine 203.0.113.77 { isp = alpha  for = 24h  reason = "bot report" }
0 obpblctl apply obpbl.conf --check
> obpbl.conf: 2 ISPs, 11 prefixes, 3 exemptions and quarantines: no fault
! obpblctl: warning: obpbl.conf:11:5: isp beta has no relay: its quarantined customers cannot reach port 25 anywhere
! obpblctl: warning: obpbl.conf:14:8: exempt 203.0.113.10/32 has no end: it holds until somebody removes it
0 obpblctl apply --check - <obpbl.conf
> stdin: 2 ISPs, 11 prefixes, 3 exemptions and quarantines: no fault
! obpblctl: warning: stdin:11:5: isp beta has no relay: its quarantined customers cannot reach port 25 anywhere
! obpblctl: warning: stdin:14:8: exempt 203.0.113.10/32 has no end: it holds until somebody removes it
0 obpblctl -j apply obpbl.conf --check
> {
>  "schema": 1,
>  "applied": false,
>  "isps": [
>   {
>    "name": "alpha"
>   },
>   {
>    "name": "beta"
>   }
>  ],
>  "prefixes": 11,
>  "overlays": 3,
>  "warnings": [
>   "obpbl.conf:11:5: isp beta has no relay: its quarantined customers cannot reach port 25 anywhere",
>   "obpbl.conf:14:8: exempt 203.0.113.10/32 has no end: it holds until somebody removes it"
>  ]
> }
! obpblctl: warning: obpbl.conf:11:5: isp beta has no relay: its quarantined customers cannot reach port 25 anywhere
! obpblctl: warning: obpbl.conf:14:8: exempt 203.0.113.10/32 has no end: it holds until somebody removes it
# Lists are beside the config file, wherever that is looked at from.
0 mkdir -p sub/etc/pools && cp *.txt *.conf sub/etc && cd sub && obpblctl apply etc/obpbl.conf --check 2>/dev/null
> etc/obpbl.conf: 2 ISPs, 11 prefixes, 3 exemptions and quarantines: no fault
0 cd sub/etc/pools && sed 's/@/@..\//' ../obpbl.conf >x.conf && obpblctl apply x.conf --check 2>/dev/null
> x.conf: 2 ISPs, 11 prefixes, 3 exemptions and quarantines: no fault

# Nothing, and what to do next.
0 obpblctl | sed 's/[0-9]\+\.[0-9]\+\.[0-9]\+/N/g'
> off         no policy: nothing is judged (obpblctl apply FILE installs one)
> wrong       nothing
> policy      generation 0, 0 prefixes, 0 exemptions and quarantines, 0 sessions,
>             0 B; net.obpbl.mode enforce; obpbl N, obpblctl N
0 obpblctl -j show | grep -v 'module\|program\|bytes'
> {
>  "schema": 1,
>  "generation": 0,
>  "ceiling": "enforce",
>  "prefixes": 0,
>  "overlays": 0,
>  "max_prefixes": 4194304,
>  "max_overlays": 262144,
>  "sources": 0,
>  "max_sources": 65536,
>  "sessions": 0,
>  "max_sessions": 1048576,
>  "last_blocked": null,
>  "sources_last_minute": 0,
>  "confirm": null,
>  "shadow": null,
>  "isps": [],
>  "warnings": []
> }
0 obpblctl isp list
0 obpblctl -j isp list
> []
0 obpblctl prefix list
0 obpblctl -j prefix list
> []
0 obpblctl stats
> no packet to port 25 has been counted
0 obpblctl -j stats
> {
>  "schema": 1,
>  "generation": 0,
>  "isps": [],
>  "foreign": {
>   "packets": 0,
>   "bytes": 0,
>   "attempts": 0
>  },
>  "replies": {
>   "sent": 0,
>   "suppressed": 0
>  },
>  "sources": {
>   "lost": 0
>  },
>  "limit": {
>   "full": 0,
>   "not_quarantined": 0
>  },
>  "events": {
>   "sent": 0,
>   "suppressed": 0
>  }
> }
0 obpblctl stats reset
> no packet to port 25 has been counted
0 obpblctl top
0 obpblctl -j top --clients -n 3
> []
1 obpblctl top isp nobody
! obpblctl: 'nobody': there is no such ISP
0 obpblctl metrics | grep -v '^#\|obpbl_info'
> obpbl_up 1
> obpbl_policy_generation 0
> obpbl_mode_ceiling 2
> obpbl_confirm_left_seconds 0
> obpbl_taken_back_timestamp_seconds 0
> obpbl_shadow_timestamp_seconds 0
> obpbl_transaction_open 0
> obpbl_isps 0
> obpbl_prefixes 0
> obpbl_prefixes_max 4194304
> obpbl_overlays 0
> obpbl_overlays_max 262144
> obpbl_sessions 0
> obpbl_sessions_max 1048576
> obpbl_policy_bytes 0
> obpbl_sources 0
> obpbl_sources_max 65536
> obpbl_overlays_ending{class="exempt",within="1h"} 0
> obpbl_overlays_ending{class="exempt",within="1d"} 0
> obpbl_overlays_ending{class="exempt",within="7d"} 0
> obpbl_overlays_ending{class="quarantine",within="1h"} 0
> obpbl_overlays_ending{class="quarantine",within="1d"} 0
> obpbl_overlays_ending{class="quarantine",within="7d"} 0
> obpbl_overlays_ended{class="exempt"} 0
> obpbl_overlays_ended{class="quarantine"} 0
> obpbl_asleep{class="exempt"} 0
> obpbl_asleep{class="quarantine"} 0
> obpbl_asleep{class="session"} 0
> obpbl_replies_total{result="sent"} 0
> obpbl_replies_total{result="suppressed"} 0
> obpbl_events_total{result="sent"} 0
> obpbl_events_total{result="suppressed"} 0
> obpbl_sources_lost_total 0
> obpbl_limit_full_total 0
> obpbl_limit_not_quarantined_total 0
0 obpblctl monitor | head -n 1 | sed 's/^[-0-9T:]*Z/NOW/'
> NOW listening generation 0
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
0 obpblctl apply alpha.conf --check --diff | sed 's/until 20[^9][^ ]*/until SOON/'
> + isp alpha
> + isp alpha mode enforce
> + isp alpha policy outside
> + isp alpha reject reset
> + isp alpha reverse on
> + isp alpha limit none
> + isp alpha limit_quarantine none
> + isp alpha vrf none
> + isp alpha dynamic 203.0.113.0/25
> + isp alpha dynamic 2001:db8:a:1000::/52
> + isp alpha static 203.0.113.120/29
> + isp alpha space 203.0.113.0/24
> + isp alpha space 2001:db8:a::/48
> + isp alpha relay 198.51.100.25/32
> + isp alpha relay 203.0.113.200/32
> + isp beta
> + isp beta mode monitor
> + isp beta policy targets
> + isp beta reject reset
> + isp beta reverse off
> + isp beta limit none
> + isp beta limit_quarantine none
> + isp beta vrf none
> + isp beta dynamic 192.0.2.0/25
> + isp beta space 192.0.2.0/24
> + isp beta relay 192.0.2.200/32
> + isp beta target 198.18.0.0/15
> + exempt 203.0.113.9/32 isp alpha until 2097-03-30T15:00:00Z reason "own MTA, "contract" ${x} \ 日本" ticket AB-1234
> + exempt 203.0.113.10/32 isp alpha to 198.51.100.99/32 until SOON reason "hosting company's server"
> + exempt 203.0.113.11/32 isp alpha dev ppp0 until 2097-03-31T00:00:00Z reason "x"
> + quarantine 203.0.113.77/32 isp alpha until 2097-03-31T00:00:00Z reason "bot report"
0 obpblctl apply alpha.conf
> isp alpha: new, mode enforce, policy outside, reject reset, reverse on
>   dynamic  +2 -0, now 2 prefixes: 128 IPv4 addresses, 4096 IPv6 /64s
>   static   +1 -0, now 1 prefix: 8 IPv4 addresses
>   space    +2 -0, now 2 prefixes: 256 IPv4 addresses, 65536 IPv6 /64s
>   relay    +2 -0, now 2 prefixes: 2 IPv4 addresses
> isp beta: new, mode monitor, policy targets, reject reset
>   dynamic  +1 -0, now 1 prefix: 128 IPv4 addresses
>   space    +1 -0, now 1 prefix: 256 IPv4 addresses
>   relay    +1 -0, now 1 prefix: 1 IPv4 address
>   target   +1 -0, now 1 prefix: 131072 IPv4 addresses
> exempt: +3 -0
> quarantine: +1 -0
> generation 0 -> 1
0 grep -v 'for = 1h' alpha.conf >n.conf; obpblctl apply n.conf
> exempt: +0 -1
> generation 1 -> 2
0 obpblctl -j apply n.conf
> {
>  "schema": 1,
>  "applied": true,
>  "shadow": false,
>  "old_generation": 2,
>  "generation": 3,
>  "confirm": null,
>  "changes": {
>   "isps": [
>    {
>     "name": "alpha",
>     "change": "none",
>     "attributes": {},
>     "prefixes": {}
>    },
>    {
>     "name": "beta",
>     "change": "none",
>     "attributes": {},
>     "prefixes": {}
>    }
>   ],
>   "overlays": {
>    "added": 0,
>    "removed": 0
>   }
>  },
>  "connections_ended": 0,
>  "warnings": []
> }
0 obpblctl apply alpha.conf
> exempt: +1 -0
> generation 3 -> 4
0 rm n.conf
0 obpblctl show | sed 's/[0-9]\+\.[0-9]\+\.[0-9]\+/N/g; s/[0-9.]* [KM]iB/N/'
> blocking    alpha
> counting    beta
> blocked     0 packets
> last minute 0 sources were blocked, or would have been
> wrong       nothing
> policy      generation 4, 11 prefixes, 4 exemptions and quarantines, 0 sessions,
>             N; net.obpbl.mode enforce; obpbl N, obpblctl N
>
> name   effective  policy   blocked  would_block  last_blocked
> alpha  enforce    outside        0            0  -
> beta   monitor    targets        0            0  -
0 obpblctl show isp beta -w | sed '/^policy/d'
> counting    beta
> blocked     0 packets
> last minute 0 sources were blocked, or would have been
> wrong       nothing
>
> name  mode     effective  policy   blocked  would_block  last_blocked  reject  reverse  limit  limit_quarantine  vrf  space  dynamic  static  relay  target  exempt  quarantine  sessions
> beta  monitor  monitor    targets        0            0  -             reset   off      none   none              -        1        1       0      1       1       0           0         0
0 obpblctl -w show | awk 'length > 80' | wc -l; obpblctl show | awk 'length > 80' | wc -l
> 4
> 0
0 obpblctl -j show isp beta | jq -c '.isps | map(.name)'
> ["beta"]
1 obpblctl show isp nobody
! obpblctl: 'nobody': there is no such ISP
1 obpblctl stats isp nobody
! obpblctl: 'nobody': there is no such ISP
0 obpblctl -j stats isp beta | jq -c 'del(.generation)'
> {"isps":[{"mode":"monitor","name":"beta","reasons":{}}],"schema":1}
1 obpblctl monitor isp nobody
! obpblctl: 'nobody': there is no such ISP
0 obpblctl isp list
> name   mode     policy   reject  reverse  limit  limit_quarantine  vrf  dynamic  static  space  relay  target  exempt  quarantine
> alpha  enforce  outside  reset   on       none   none              -          2       1      2      2       0       3           1
> beta   monitor  targets  reset   off      none   none              -          1       0      1      1       1       0           0
0 obpblctl isp show alpha
> name       alpha
> mode       enforce
> policy     outside
> reject     reset
> reverse    on
> limit      none
> limit_quarantine none
> vrf        none
> dynamic    2
> static     1
> space      2
> relay      2
> target     0
> exempt     3
> quarantine 1
> sessions   0
0 obpblctl -j isp show beta
> {
>  "schema": 1,
>  "name": "beta",
>  "mode": "monitor",
>  "policy": "targets",
>  "reject": "reset",
>  "reverse": false,
>  "limit": "none",
>  "limit_quarantine": "none",
>  "vrf": null,
>  "dynamic": 1,
>  "static": 0,
>  "space": 1,
>  "relay": 1,
>  "target": 1,
>  "exempt": 0,
>  "quarantine": 0,
>  "sessions": 0
> }
0 obpblctl prefix list | sort
> 192.0.2.0/24 space isp beta
> 192.0.2.0/25 dynamic isp beta
> 192.0.2.200/32 relay isp beta
> 198.18.0.0/15 target isp beta
> 198.51.100.25/32 relay isp alpha
> 2001:db8:a:1000::/52 dynamic isp alpha
> 2001:db8:a::/48 space isp alpha
> 203.0.113.0/24 space isp alpha
> 203.0.113.0/25 dynamic isp alpha
> 203.0.113.120/29 static isp alpha
> 203.0.113.200/32 relay isp alpha
0 obpblctl prefix list dynamic isp alpha
> 203.0.113.0/25 dynamic isp alpha
> 2001:db8:a:1000::/52 dynamic isp alpha
0 obpblctl -j prefix list relay isp beta
> [
>  {"prefix": "192.0.2.200/32", "class": "relay", "isp": "beta"}
> ]
0 obpblctl save | sed 's/until   = "20[^9].*/until   = SOON/'
> # obpbl policy
>
> isp alpha {
>     mode    = enforce
>     policy  = outside
>     reject  = reset
>     reverse = on
>     space   = {
>         203.0.113.0/24,
>         2001:db8:a::/48
>     }
>     dynamic = {
>         203.0.113.0/25,
>         2001:db8:a:1000::/52
>     }
>     static  = {
>         203.0.113.120/29
>     }
>     relay   = {
>         198.51.100.25/32,
>         203.0.113.200/32
>     }
> }
>
> isp beta {
>     mode    = monitor
>     policy  = targets
>     reject  = reset
>     reverse = off
>     space   = {
>         192.0.2.0/24
>     }
>     dynamic = {
>         192.0.2.0/25
>     }
>     relay   = {
>         192.0.2.200/32
>     }
>     target  = {
>         198.18.0.0/15
>     }
> }
>
> exempt 203.0.113.9/32 {
>     isp     = alpha
>     until   = "2097-03-30T15:00:00Z"
>     reason  = "own MTA, \"contract\" \${x} \\ 日本"
>     ticket  = "AB-1234"
> }
>
> exempt 203.0.113.10/32 {
>     isp     = alpha
>     to      = 198.51.100.99/32
>     until   = SOON
>     reason  = "hosting company's server"
> }
>
> exempt 203.0.113.11/32 {
>     isp     = alpha
>     dev     = "ppp0"
>     until   = "2097-03-31T00:00:00Z"
>     reason  = "x"
> }
>
> quarantine 203.0.113.77/32 {
>     isp     = alpha
>     until   = "2097-03-31T00:00:00Z"
>     reason  = "bot report"
> }
>
# What is saved applies, and is the same.
0 obpblctl save saved.conf && stat -c '%a %h' saved.conf && ls
> 640 1
> alpha.conf
> saved.conf
0 obpblctl apply saved.conf
> no difference
> generation 4 -> 5
0 obpblctl save - >b; cmp saved.conf b
# Nobody else reads customers' reasons, whatever the file's permissions were.
0 (umask 077; obpblctl save s.conf); stat -c %a s.conf; chmod 666 s.conf; obpblctl save s.conf; stat -c %a s.conf; chmod 400 s.conf; obpblctl save s.conf; stat -c %a s.conf; rm s.conf
> 600
> 640
> 400
0 obpblctl flush --yes
> removed 2 ISPs, 11 prefixes and 4 overlays
0 obpblctl apply saved.conf 2>&1 | grep -v warning
> isp alpha: new, mode enforce, policy outside, reject reset, reverse on
>   dynamic  +2 -0, now 2 prefixes: 128 IPv4 addresses, 4096 IPv6 /64s
>   static   +1 -0, now 1 prefix: 8 IPv4 addresses
>   space    +2 -0, now 2 prefixes: 256 IPv4 addresses, 65536 IPv6 /64s
>   relay    +2 -0, now 2 prefixes: 2 IPv4 addresses
> isp beta: new, mode monitor, policy targets, reject reset
>   dynamic  +1 -0, now 1 prefix: 128 IPv4 addresses
>   space    +1 -0, now 1 prefix: 256 IPv4 addresses
>   relay    +1 -0, now 1 prefix: 1 IPv4 address
>   target   +1 -0, now 1 prefix: 131072 IPv4 addresses
> exempt: +3 -0
> quarantine: +1 -0
> generation 0 -> 7
0 obpblctl save | cmp - b
0 ln -s saved.conf link.conf; obpblctl save link.conf; readlink link.conf
> saved.conf
1 obpblctl save /dev/full
! obpblctl: /dev/full: cannot be written: No space left on device
1 obpblctl save >/dev/full
! obpblctl: cannot write to stdout: No space left on device
1 obpblctl save no/such/folder/x.conf
! obpblctl: no/such/folder/x.conf: cannot be written: No such file or directory
1 mkdir d; obpblctl save d
! obpblctl: d: cannot be written: Is a directory
0 test -c /dev/full && ls d
# What differs is shown, and applied unless only to be looked at.
0 sed '/198.18/s/198.18.0.0\/15/198.18.0.0\/16, 203.0.113.0\/24/; s/enforce/monitor/; /^quarantine/d; s/AB-1234/AB-1235/' alpha.conf | grep -v 'for = 1h' >c.conf; obpblctl apply c.conf 2>&1 | sed 's/generation.*/generation/'
> isp alpha: changed, mode enforce -> monitor
> isp beta: changed
>   target   +2 -1, now 2 prefixes: 65792 IPv4 addresses
> exempt: +1 -2
> quarantine: +0 -1
> generation
0 sed '/^isp beta/,/^}/d' c.conf >d.conf; obpblctl apply d.conf --check --diff
> - isp beta
> - isp beta mode monitor
> - isp beta policy targets
> - isp beta reject reset
> - isp beta reverse off
> - isp beta limit none
> - isp beta limit_quarantine none
> - isp beta vrf none
> - isp beta dynamic 192.0.2.0/25
> - isp beta space 192.0.2.0/24
> - isp beta relay 192.0.2.200/32
> - isp beta target 198.18.0.0/16
> - isp beta target 203.0.113.0/24
# The preview changes nothing.
0 obpblctl diff d.conf >one; obpblctl apply d.conf --check --diff | cmp - one; obpblctl diff d.conf | cmp - one; obpblctl isp list | grep -c beta
> 1
0 obpblctl -j diff d.conf | jq -c '.applied, (.diff | length)'
> false
> 13
0 obpblctl apply d.conf --diff
> - isp beta
> - isp beta mode monitor
> - isp beta policy targets
> - isp beta reject reset
> - isp beta reverse off
> - isp beta limit none
> - isp beta limit_quarantine none
> - isp beta vrf none
> - isp beta dynamic 192.0.2.0/25
> - isp beta space 192.0.2.0/24
> - isp beta relay 192.0.2.200/32
> - isp beta target 198.18.0.0/16
> - isp beta target 203.0.113.0/24
> isp beta: removed
> generation 8 -> 9
! obpblctl: warning: isp beta is not in d.conf and was removed: its customers are no longer judged
0 obpblctl -j apply d.conf --diff
> {
>  "schema": 1,
>  "applied": true,
>  "shadow": false,
>  "old_generation": 9,
>  "generation": 10,
>  "confirm": null,
>  "changes": {
>   "isps": [
>    {
>     "name": "alpha",
>     "change": "none",
>     "attributes": {},
>     "prefixes": {}
>    }
>   ],
>   "overlays": {
>    "added": 0,
>    "removed": 0
>   }
>  },
>  "connections_ended": 0,
>  "diff": [],
>  "warnings": []
> }

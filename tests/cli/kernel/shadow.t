# There is none: one sentence each.
1 obpblctl shadow show
! obpblctl: there is no shadow
1 obpblctl -j shadow drop
! obpblctl: there is no shadow
> {
>  "schema": 1,
>  "error": {
>   "code": "not_found",
>   "message": "there is no shadow"
>  }
> }
1 obpblctl shadow promote
! obpblctl: there is no shadow
@ alpha.conf
| isp alpha { mode = enforce  space = { 203.0.113.0/24 }  dynamic = { 203.0.113.0/25 }  relay = { 203.0.113.200 } }
@ new.conf
| isp alpha { mode = enforce  policy = relay-only  space = { 203.0.113.0/24 }  dynamic = { 203.0.113.0/25 }  relay = { 203.0.113.200 } }
| isp beta { space = { 192.0.2.0/24 }  dynamic = { 192.0.2.0/25 }  relay = { 192.0.2.200 } }
0 obpblctl apply alpha.conf >/dev/null
0 obpblctl apply new.conf --shadow
> isp alpha: changed, policy outside -> relay-only
> isp beta: new, mode monitor, policy outside, reject reset
>   dynamic  +1 -0, now 1 prefix: 128 IPv4 addresses
>   space    +1 -0, now 1 prefix: 256 IPv4 addresses
>   relay    +1 -0, now 1 prefix: 1 IPv4 address
> nothing has changed; a shadow is judged beside the policy from now on (obpblctl shadow show)
! obpblctl: warning: new.conf:2:5: isp beta is in mode monitor in the shadow: nothing of it counts as blocked
0 obpblctl isp list | cut -d' ' -f1
> name
> alpha
0 obpblctl -w show | grep ^shadow | sed 's/since [^ ]*/since NOW/'
> shadow      a shadow is judged beside it since NOW (obpblctl shadow show)
0 obpblctl -j show | jq -c '.shadow | keys'
> ["since"]
0 obpblctl shadow show | sed 's/since [^:]*:[^:]*:[^:]*/since NOW/'
> shadow since NOW: 2 ISPs, 6 prefixes, 0 overlays
> mode enforce: alpha
> mode monitor: beta, of which nothing counts as blocked
> 0 packets judged: 0 that pass would be blocked, 0 that are blocked would pass
0 obpblctl -j shadow show | grep -v since
> {
>  "schema": 1,
>  "judged": 0,
>  "pass_to_block": 0,
>  "block_to_pass": 0,
>  "prefixes": 6,
>  "overlays": 0,
>  "configured_isps": 2,
>  "modes": [
>   {
>    "name": "alpha",
>    "mode": "enforce"
>   },
>   {
>    "name": "beta",
>    "mode": "monitor"
>   }
>  ],
>  "sources_lost": 0,
>  "limit_full": 0,
>  "isps": [],
>  "sources": []
> }
0 obpblctl -j apply new.conf --shadow | jq -c .applied,.shadow,.generation,.confirm
> false
> true
> null
> null
! obpblctl: warning: new.conf:2:5: isp beta is in mode monitor in the shadow: nothing of it counts as blocked
0 obpblctl exempt add 203.0.113.9 isp alpha for 7d reason "by hand"
# What is added at run time stands in the way of none.
0 echo 'isp beta { space = { 192.0.2.0/24 } dynamic = { 192.0.2.0/25 } relay = { 192.0.2.200 } }' | obpblctl -j apply - --shadow 2>/dev/null | jq -c .shadow; obpblctl -j shadow show | jq .configured_isps
> true
> 1
0 obpblctl -j apply new.conf --shadow | jq -c .shadow
> true
! obpblctl: warning: new.conf:2:5: isp beta is in mode monitor in the shadow: nothing of it counts as blocked
0 obpblctl -j shadow promote --confirm 600 | jq -c '.confirm.seconds_left |= . > 590'
> {"confirm":{"returns":2,"seconds_left":true},"connections_ended":0,"generation":3,"schema":1}
0 obpblctl rollback
> generation 4: what generation 2 had configured is back
0 obpblctl apply new.conf --shadow >/dev/null; obpblctl shadow promote
> generation 5: the shadow is what is configured
! obpblctl: warning: new.conf:2:5: isp beta is in mode monitor in the shadow: nothing of it counts as blocked
0 obpblctl isp list | cut -d' ' -f1
> name
> alpha
> beta
0 obpblctl apply alpha.conf --shadow >/dev/null; obpblctl shadow drop
1 obpblctl shadow drop
! obpblctl: there is no shadow
0 obpblctl apply alpha.conf --shadow >/dev/null; obpblctl -j shadow drop
> {
>  "schema": 1,
>  "dropped": true
> }
0 obpblctl flush --yes
> removed 2 ISPs, 6 prefixes and 1 overlay

# Exemptions and quarantines by command.
@ alpha.conf
| isp alpha {
|     mode    = enforce
|     space   = { 203.0.113.0/24, 2001:db8:a::/48 }
|     dynamic = { 203.0.113.0/25, 2001:db8:a:1000::/52 }
|     relay   = { 203.0.113.200 }
| }
| isp beta { space = { 192.0.2.0/24 } dynamic = { 192.0.2.0/25 } relay = { 192.0.2.200 } }
| exempt 203.0.113.11 { isp = alpha  until = "2097-03-31T00:00:00Z"  reason = "in the file" }
0 obpblctl exempt; obpblctl quarantine list; obpblctl -j exempt list
> []
0 obpblctl apply alpha.conf >/dev/null
10 obpblctl -j test from 203.0.113.9 to 198.18.0.25 | grep reason; exit ${PIPESTATUS[0]}
>  "reason": "outside",
0 obpblctl exempt add 203.0.113.9 isp alpha until 2097-03-31T00:00:00+09:00 reason "own MTA, contract" ticket AB-1234
0 obpblctl -j test from 203.0.113.9 to 198.18.0.25 | grep reason
>  "reason": "exempt",
0 obpblctl exempt add 203.0.113.10 to 198.51.100.99 ticket "T 1" reason "日本" isp alpha
! obpblctl: warning: exempt 203.0.113.10/32 has no end: it holds until somebody removes it
0 obpblctl exempt add 2001:db8:a:1000::/64 isp alpha dev ppp0 for 59m reason "soon"
0 obpblctl exempt add 192.0.2.9 isp beta until 2001-02-03T04:05:06Z reason "long ago"
! obpblctl: warning: exempt 192.0.2.9/32 ended at 2001-02-03T04:05:06Z: it has no effect
0 obpblctl -j quarantine add 203.0.113.77 isp alpha for 26h30m reason "bot report" | sed 's/"until": "2[^"]*"/"until": "LATER"/'
> {
>  "schema": 1,
>  "prefix": "203.0.113.77/32",
>  "isp": "alpha",
>  "until": "LATER",
>  "reason": "bot report",
>  "ticket": null,
>  "expired": false,
>  "configured": false,
>  "asleep": false,
>  "connections_ended": 0
> }
10 obpblctl -j test from 203.0.113.77 to 203.0.113.130 | grep reason; exit ${PIPESTATUS[0]}
>  "reason": "quarantine",
0 obpblctl exempt list | sed -E 's/[0-9]+ days( [0-9]+ hours?)?/N days/; s/5[89] minutes( [0-9]* seconds?)?/59 minutes/; s/ +/ /g' | sort
> 192.0.2.9/32 beta - - EXPIRED N days ago - long ago
> 2001:db8:a:1000::/64 alpha - ppp0 soon: 59 minutes - soon
> 203.0.113.10/32 alpha 198.51.100.99/32 - no end T 1 日本
> 203.0.113.11/32 alpha - - N days - in the file
> 203.0.113.9/32 alpha - - N days AB-1234 own MTA, contract
> prefix isp to dev left ticket reason
0 obpblctl quarantine list
> prefix           isp    left           ticket  reason
> 203.0.113.77/32  alpha  1 day 2 hours  -       bot report
0 obpblctl -j exempt list 203.0.113.0/29 isp alpha; obpblctl exempt list 203.0.113.8/29 isp beta; obpblctl -j exempt list 203.0.113.11
> []
> [
>  {
>   "prefix": "203.0.113.11/32",
>   "isp": "alpha",
>   "to": null,
>   "dev": null,
>   "until": "2097-03-31T00:00:00Z",
>   "reason": "in the file",
>   "ticket": null,
>   "expired": false,
>   "configured": true,
>   "asleep": false
>  }
> ]
0 obpblctl -j exempt list isp alpha | grep -c '"prefix"'; obpblctl -j exempt list isp beta | grep 'prefix\|until\|expired'
> 4
>   "prefix": "192.0.2.9/32",
>   "until": "2001-02-03T04:05:06Z",
>   "expired": true,
# What is there, and what is not.
1 obpblctl exempt add 203.0.113.9 isp alpha for 1h reason again
! obpblctl: '203.0.113.9/32': it exists already
1 obpblctl exempt add 203.0.113.11 isp alpha for 1h reason again
! obpblctl: '203.0.113.11/32': it exists already
1 obpblctl exempt add 203.0.113.9 isp beta for 1h reason x
! obpblctl: '203.0.113.9/32': the prefix belongs to isp alpha
1 obpblctl exempt add 203.0.113.9 isp nobody for 1h reason x
! obpblctl: 'nobody': there is no such ISP
1 obpblctl quarantine del 203.0.113.77 isp nobody
! obpblctl: 'nobody': there is no such ISP
1 printf '%s\n' 'quarantine add 203.0.113.78 isp alpha for 1h reason x' 'exempt add 203.0.113.78 isp nobody for 1h reason x' | obpblctl -b - --atomic
! obpblctl: stdin:2: 'nobody': there is no such ISP
! obpblctl: stdin: nothing was changed
1 obpblctl exempt list isp nobody
! obpblctl: 'nobody': there is no such ISP
1 obpblctl -j quarantine list 203.0.113.77 isp nobody 2>/dev/null | jq -c .error; exit ${PIPESTATUS[0]}
> {"code":"not_found","message":"'nobody': there is no such ISP"}
1 obpblctl exempt del 203.0.113.10 isp alpha
! obpblctl: '203.0.113.10/32': there is no such entry; there is one to 198.51.100.99/32: say 'to 198.51.100.99'
1 obpblctl quarantine del 203.0.113.78 isp alpha
! obpblctl: '203.0.113.78/32': there is no such entry
1 obpblctl -j quarantine del 203.0.113.78 isp alpha 2>/dev/null
> {
>  "schema": 1,
>  "error": {
>   "code": "not_found",
>   "message": "'203.0.113.78/32': there is no such entry"
>  }
> }
# They survive apply, and come back from save.
0 obpblctl apply alpha.conf 2>&1 | grep -v generation; obpblctl exempt list | wc -l
> no difference
> 6
0 obpblctl save | sed -n '/^exempt 203.0.113.9/,/^}/p'
> exempt 203.0.113.9/32 {
>     isp     = alpha
>     until   = "2097-03-30T15:00:00Z"
>     reason  = "own MTA, contract"
>     ticket  = "AB-1234"
> }
! obpblctl: warning: 1 exemption or quarantine that has ended is left out
# What has ended is not saved, which is said.
0 obpblctl save saved.conf; grep -c 192.0.2.9 saved.conf || true
> 0
! obpblctl: warning: 1 exemption or quarantine that has ended is left out
0 obpblctl exempt del 192.0.2.9 isp beta; obpblctl save >saved.conf; obpblctl -j exempt list | grep -v configured | sort >a; obpblctl -j quarantine list | sort | grep -v configured >>a; obpblctl flush --yes >/dev/null; obpblctl apply saved.conf >/dev/null 2>&1; obpblctl -j exempt list | grep -v configured | sort >b; obpblctl -j quarantine list | grep -v configured | sort >>b; cmp a b; obpblctl save | cmp - saved.conf
0 obpblctl -j exempt list | grep -c '"configured": true'
> 4
# From either layer they go.
0 obpblctl exempt del 203.0.113.10 isp alpha to 198.51.100.99; obpblctl exempt del 203.0.113.9 isp alpha; obpblctl exempt del 2001:db8:a:1000::/64 isp alpha dev ppp0; obpblctl -j quarantine del 203.0.113.77 isp alpha; obpblctl exempt list | wc -l
> {
>  "schema": 1,
>  "prefix": "203.0.113.77/32",
>  "isp": "alpha"
> }
> 2
! obpblctl: warning: exempt 203.0.113.10/32 comes from a file: the next apply of it takes this back
! obpblctl: warning: exempt 203.0.113.9/32 comes from a file: the next apply of it takes this back
! obpblctl: warning: exempt 2001:db8:a:1000::/64 comes from a file: the next apply of it takes this back
! obpblctl: warning: quarantine 203.0.113.77/32 comes from a file: the next apply of it takes this back
# In a batch.
0 printf '%s\n' 'exempt add 203.0.113.9 isp alpha for 1h reason "one two # three" ticket "\"4\""' 'quarantine add 203.0.113.10 isp alpha reason x' 'exempt list 203.0.113.9 -j' | obpblctl -b - | sed 's/"until": "[^"]*"/"until": SOON/'
> [{"prefix": "203.0.113.9/32", "isp": "alpha", "to": null, "dev": null, "until": SOON, "reason": "one two # three", "ticket": "\"4\"", "expired": false, "configured": false, "asleep": false}]
! obpblctl: warning: stdin:2: quarantine 203.0.113.10/32 has no end: it holds until somebody removes it
# Lines are warned as single commands are; of a mode, once.
0 printf '%s\n' 'quarantine add 192.0.2.1 isp beta for 1h reason x' 'quarantine add 192.0.2.2 isp beta for 1h reason x' 'quarantine add 198.51.100.1 isp beta for 1h reason x' 'exempt add 203.0.113.130 isp beta for 1h reason x' 'exempt del 203.0.113.130 isp beta' 'quarantine del 198.51.100.1 isp beta' 'quarantine del 192.0.2.1 isp beta' 'quarantine del 192.0.2.2 isp beta' 'exempt del 203.0.113.11 isp alpha' | obpblctl -b -
! obpblctl: warning: stdin:1: the effective mode of isp beta is monitor: this blocks nothing yet
! obpblctl: warning: stdin:3: 198.51.100.1/32 is not inside the ISP's prefixes
! obpblctl: warning: stdin:4: 203.0.113.130/32 is not inside the ISP's prefixes
1 printf '%s\n' 'exempt del 203.0.113.10 isp alpha to 198.51.100.7' | obpblctl -b -
! obpblctl: stdin:1: '203.0.113.10/32': there is no such entry
1 printf '%s\n' 'exempt del 203.0.113.9 isp alpha' 'quarantine del 203.0.113.9 isp alpha' | obpblctl -b - --atomic
! obpblctl: stdin:2: '203.0.113.9/32': there is no such entry
! obpblctl: stdin: nothing was changed
0 printf '%s\n' 'exempt del 203.0.113.9 isp alpha' 'quarantine del 203.0.113.10 isp alpha' | obpblctl -b - --atomic; obpblctl quarantine list; obpblctl exempt list 203.0.113.9
# An address that is not the ISP's, or not yet, is pointed out and taken.
0 obpblctl quarantine add 198.51.100.7 isp alpha for 1h reason mistyped
! obpblctl: warning: 198.51.100.7/32 is not inside the ISP's prefixes
0 obpblctl exempt add 2001:db8::/40 isp alpha for 1h reason "too wide"
! obpblctl: warning: 2001:db8::/40 is not inside the ISP's prefixes
0 obpblctl quarantine add 203.0.113.8 isp alpha for 1h reason inside
0 obpblctl prefix add 192.0.2.64/26 static isp beta; obpblctl quarantine add 192.0.2.65 isp beta for 1h reason nested
! obpblctl: warning: the effective mode of isp beta is monitor: this blocks nothing yet
0 ip link add ppp0 type dummy; obpblctl session up dev ppp0 addr 198.51.100.9 isp alpha; obpblctl quarantine add 198.51.100.9 isp alpha for 1h reason "a session's"
0 obpblctl quarantine del 198.51.100.7 isp alpha; obpblctl -j quarantine list | grep -c '"prefix"'
> 3
# An end that the file gives as a duration counts from the first apply on.
@ for.conf
| isp alpha { mode = enforce  space = { 203.0.113.0/24 }  dynamic = { 203.0.113.0/25 }  relay = { 203.0.113.200 } }
| exempt 203.0.113.9 { isp = alpha  for = 24h  reason = "own MTA" }
| quarantine 203.0.113.10 { isp = alpha  for = 2s  reason = "short" }
0 obpblctl flush --yes >/dev/null; obpblctl apply for.conf >/dev/null; obpblctl -j exempt list | grep until >a; until obpblctl -j quarantine list | grep -q '"expired": true'; do :; done
0 obpblctl apply for.conf | grep -v generation
> no difference
!~ obpblctl: warning: for.conf:3:12: quarantine 203.0.113.10/32 ended at .*: it has no effect
0 obpblctl -j exempt list | grep until | cmp - a
0 sed -i 's/24h/1h/' for.conf; obpblctl apply --check --diff for.conf 2>/dev/null | sed 's/until [^ ]*/until END/'
> - exempt 203.0.113.9/32 isp alpha until END reason "own MTA"
> + exempt 203.0.113.9/32 isp alpha until END reason "own MTA"
0 sed -i 's/own MTA/another/' for.conf; obpblctl apply for.conf 2>/dev/null | grep -v generation; obpblctl -j exempt list | grep until | cmp -s - a || echo anew
> exempt: +1 -1
> anew
# One takes the place of another in the layer in which that was, or is added.
0 obpblctl exempt replace 203.0.113.9 isp alpha until 2097-03-31T00:00:00Z reason "own MTA" ticket T; obpblctl -j exempt list | jq -c '.[] | [.until, .reason, .ticket, .configured]'
> ["2097-03-31T00:00:00Z","own MTA","T",true]
! obpblctl: warning: exempt 203.0.113.9/32 comes from a file: the next apply of it takes this back
0 obpblctl exempt replace 203.0.113.9 isp alpha to 198.51.100.99 for 1h reason x; obpblctl exempt replace 203.0.113.9 isp alpha to 198.51.100.99 for 1h reason y; obpblctl -j exempt list | jq -c 'map([.to, .reason, .configured]) | sort | .[]'
> [null,"own MTA",true]
> ["198.51.100.99/32","y",false]
! obpblctl: warning: added; there was none to 198.51.100.99/32 (there is one without 'to')
# In one step, and no packet sees that there is none.
0 g=$(obpblctl -j show 2>/dev/null | jq .generation); for i in 1 2 3; do obpblctl quarantine replace 203.0.113.11 isp alpha for ${i}h reason x; done; echo $(($(obpblctl -j show 2>/dev/null | jq .generation) - g))
> 3
0 for i in {1..200}; do echo "exempt replace 203.0.113.9 isp alpha for 1h reason x$i"; done >many; obpblctl -b many & while kill -0 $! 2>/dev/null; do obpblctl test from 203.0.113.9 to 192.0.2.1 >/dev/null || echo gap; done; wait $! && obpblctl -j exempt list | jq -c '.[] | select(.to == null) | [.reason, .configured]'
> ["x200",true]
0 printf '%s\n' 'exempt replace 203.0.113.9 isp alpha for 1h reason a' 'exempt replace 203.0.113.12 isp alpha for 1h reason b' 'quarantine replace 203.0.113.11 isp alpha for 1h reason c' | obpblctl -b - --atomic; for c in exempt quarantine; do obpblctl -j $c list | jq -c 'map(select(.reason | length == 1) | [.prefix, .reason, .configured]) | sort | .[]'; done
> ["203.0.113.12/32","b",false]
> ["203.0.113.9/32","a",true]
> ["203.0.113.9/32","y",false]
> ["203.0.113.11/32","c",false]
1 obpblctl exempt replace 203.0.113.9 isp nobody for 1h reason x
! obpblctl: 'nobody': there is no such ISP
# What has ended is removed; while a change waits, what is configured stays.
0 obpblctl exempt add 203.0.113.13 isp alpha until 2001-02-03T04:05:06Z reason x 2>/dev/null; obpblctl apply for.conf --confirm 600 >/dev/null 2>&1; obpblctl -j purge | jq -c 'del(.generation)'
> {"exempt":1,"kept":1,"quarantine":0,"schema":1}
! obpblctl: warning: 1 more of the config file: they can go when the change that waits is confirmed or taken back
1 obpblctl exempt replace 203.0.113.9 isp alpha for 1h reason x 2>&1 | sed 's/in [0-9]* s generation [0-9]*/in N s generation N/'; exit ${PIPESTATUS[0]}
> obpblctl: '203.0.113.9/32': unconfirmed: in N s generation N returns; confirm or rollback first
0 obpblctl exempt replace 203.0.113.12 isp alpha for 1h reason z; obpblctl confirm >/dev/null; obpblctl purge; obpblctl purge; obpblctl -j quarantine list | jq -c '.[].prefix'
> removed 0 exemptions and 1 quarantine that had ended
> removed 0 exemptions and 0 quarantines that had ended
> "203.0.113.11/32"
# Whoever monitors is told which one comes or goes.
0 mkfifo events; obpblctl -j monitor >events & exec 3<events; read -r <&3; obpblctl exempt add 203.0.113.14 isp alpha to 198.51.100.0/24 dev ppp0 until 2097-03-31T00:00:00Z reason x; obpblctl quarantine add 203.0.113.15 isp alpha for 1h reason x; obpblctl quarantine del 203.0.113.15 isp alpha; obpblctl prefix add 203.0.113.64/29 static isp alpha; for i in 1 2 3 4; do read -r a <&3; echo "$a" | jq -c 'del(.time, .schema, .event, .generation, .port) | (.until | strings) |= sub("^202.*"; "SOON")'; done; kill %1
> {"change":"overlay_add","class":"exempt","dev":"ppp0","isp":"alpha","prefix":"203.0.113.14/32","to":"198.51.100.0/24","until":"2097-03-31T00:00:00Z"}
> {"change":"overlay_add","class":"quarantine","isp":"alpha","prefix":"203.0.113.15/32","until":"SOON"}
> {"change":"overlay_del","class":"quarantine","isp":"alpha","prefix":"203.0.113.15/32"}
> {"change":"prefix_add","class":"static","isp":"alpha"}

# Nothing waits: one sentence each.
1 obpblctl confirm
! obpblctl: no change waits to be confirmed
1 obpblctl rollback
! obpblctl: no change waits to be confirmed
1 obpblctl -j rollback
! obpblctl: no change waits to be confirmed
> {
>  "schema": 1,
>  "error": {
>   "code": "not_found",
>   "message": "no change waits to be confirmed"
>  }
> }
@ alpha.conf
| isp alpha { mode = enforce  space = { 203.0.113.0/24 }  dynamic = { 203.0.113.0/25 }  relay = { 203.0.113.200 } }
| isp beta { space = { 192.0.2.0/24 }  dynamic = { 192.0.2.0/25 }  relay = { 192.0.2.200 } }
# A typo: /24 of another, and none of what was meant
@ typo.conf
| isp alpha { mode = enforce  space = { 203.0.113.0/24 }  dynamic = { 198.51.100.0/24 }  relay = { 203.0.113.200 } }
| isp gamma { space = { 192.0.2.0/24 }  dynamic = { 192.0.2.0/25 }  relay = { 192.0.2.200 } }
| exempt 203.0.113.9 { isp = alpha  reason = "own MTA"  until = "2097-03-31T00:00:00Z" }
# The first configuration of all
0 obpblctl apply alpha.conf --confirm 600 >/dev/null; obpblctl -j show 2>/dev/null | jq -c .confirm.returns,.warnings | sed 's/[0-9]* s left/N s left/'
> 0
> ["confirm pending: N s left, then generation 0 returns"]
0 obpblctl confirm
> generation 2: confirmed
10 obpblctl test from 203.0.113.7 to 198.18.0.1
> block: outside
> *
0 obpblctl exempt add 203.0.113.9 isp alpha for 7d reason "by hand"
0 obpblctl apply typo.conf --confirm 600 --diff 2>&1 | tail -n 2
> generation 3 -> 4
> confirm pending: 600 s left, then generation 3 returns; 'obpblctl confirm' keeps what is new
0 obpblctl show | grep ^wrong | sed 's/[0-9]* s left/N s left/'
> wrong       confirm pending: N s left, then generation 3 returns
0 obpblctl metrics | grep -c '^obpbl_confirm_left_seconds [1-9]'
> 1
# What is configured stays.
1 obpblctl apply alpha.conf 2>&1 | sed 's/in [0-9]* s/in N s/'; exit ${PIPESTATUS[0]}
> obpblctl: unconfirmed: in N s generation 3 returns; confirm or rollback first
1 obpblctl mode monitor 2>&1 | sed 's/in [0-9]* s/in N s/'; exit ${PIPESTATUS[0]}
> obpblctl: unconfirmed: in N s generation 3 returns; confirm or rollback first
1 obpblctl prefix add 203.0.113.0/26 dynamic isp alpha 2>&1 | sed 's/in [0-9]* s/in N s/'; exit ${PIPESTATUS[0]}
> obpblctl: '203.0.113.0/26': unconfirmed: in N s generation 3 returns; confirm or rollback first
0 obpblctl exempt add 203.0.113.10 isp alpha for 7d reason "meanwhile"
# In both layers, but written once
0 obpblctl save | grep -c '^exempt 203.0.113.9/32'
> 1
0 obpblctl exempt list | grep -c '^203.0.113.9/32'
> 2
0 obpblctl rollback
> generation 6: what generation 3 had configured is back
0 obpblctl isp list | cut -d' ' -f1
> name
> alpha
> beta
0 obpblctl -j exempt list | jq -c '.[] | [.prefix, .reason]'
> ["203.0.113.9/32","by hand"]
> ["203.0.113.10/32","meanwhile"]
10 obpblctl test from 203.0.113.7 to 198.18.0.1
> block: outside
> *
# As JSON
0 obpblctl -j apply typo.conf --confirm 600 2>/dev/null | jq -c .applied,.generation,.confirm
> true
> 7
> {"returns":6,"seconds_left":600}
0 obpblctl -j rollback | jq -c .
> {"connections_ended":0,"generation":8,"returned":6,"schema":1,"warnings":[]}
0 obpblctl -j apply typo.conf --confirm 600 >/dev/null 2>&1; obpblctl -j confirm
> {
>  "schema": 1,
>  "generation": 10,
>  "connections_ended": 0
> }
0 obpblctl -j exempt list | jq -c '.[] | [.prefix, .reason]'
> ["203.0.113.9/32","own MTA"]
> ["203.0.113.10/32","meanwhile"]
# The kernel goes back by itself, and monitor tells.
0 mkfifo events; obpblctl -j monitor >events & exec 3<events; read -r <&3; obpblctl apply alpha.conf --confirm 1 >/dev/null 2>&1; read -r a <&3; read -r b <&3; kill %1; printf '%s\n' "$a" "$b" | jq -c 'del(.time)' | sed 's/"port":[1-9][0-9]*/"port":N/'
> {"change":"commit","confirm_left":1,"event":"policy","generation":11,"port":N,"returns":10,"schema":1}
> {"by":"timer","change":"rollback","event":"policy","generation":12,"port":0,"schema":1}
# Which show says first, until what is configured changes.
0 obpblctl -j show | jq -r '.warnings[0]' | sed 's/at [^,]*/at NOW/'; obpblctl session up dev lo isp gamma; obpblctl session down dev lo; obpblctl show | grep -c 'taken back by'
> the last change was taken back by the timer at NOW, since nobody had confirmed it
> 1
# As do those that come too late.
1 obpblctl confirm 2>&1 | sed 's/at 2.*Z$/at NOW/'; exit ${PIPESTATUS[0]}
> obpblctl: no change waits to be confirmed; the last one was taken back by the timer at NOW
1 obpblctl -j rollback 2>/dev/null | jq -r '.error | .code, .message' | sed 's/at 2.*Z$/at NOW/'; exit ${PIPESTATUS[0]}
> not_found
> no change waits to be confirmed; the last one was taken back by the timer at NOW
0 obpblctl isp set gamma reverse on; obpblctl isp set gamma reverse off; obpblctl show | grep -c 'taken back by' || true
> 0
0 obpblctl isp list | cut -d' ' -f1
> name
> alpha
> gamma
1 obpblctl confirm
! obpblctl: no change waits to be confirmed
# flush ends it, and says so.
0 obpblctl apply alpha.conf --confirm 600 >/dev/null 2>&1; obpblctl flush --yes
> removed 2 ISPs, 6 prefixes and 1 overlay
! obpblctl: warning: a change was waiting to be confirmed: that has ended, generation 16 does not return
1 obpblctl rollback
! obpblctl: no change waits to be confirmed
# Subscribers come meanwhile, also of an ISP that may go; nothing is waited for.
0 obpblctl flush --yes >/dev/null 2>&1; obpblctl apply alpha.conf >/dev/null 2>&1; obpblctl apply typo.conf --confirm 600 >/dev/null 2>&1; ip link add w0 type dummy
0 timeout 20 obpblctl session up dev w0 isp gamma
0 obpblctl session up dev w0 addr 203.0.113.7 isp alpha; obpblctl rollback >/dev/null; obpblctl session list; ip link del w0; obpblctl session list
> dev w0 addr 203.0.113.7/32 isp alpha class dynamic
# A duration does as well; and a timer that would take nothing back says so.
0 obpblctl rollback >/dev/null 2>&1; obpblctl apply alpha.conf >/dev/null 2>&1; obpblctl apply alpha.conf --confirm 10m | grep -o "no difference\|pending: 600 s"
> no difference
> pending: 600 s
! obpblctl: warning: nothing differs from the policy that was running: if this is not confirmed, the same returns

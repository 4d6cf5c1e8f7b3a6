# What was added for an ISP that is not configured any more, or elsewhere, sleeps;
# what is saved can be applied all the same.
@ both.conf
| isp alpha { mode = enforce  dynamic = { 203.0.113.0/25 } }
| isp beta { mode = enforce  dynamic = { 192.0.2.0/25 } }
@ alpha.conf
| isp alpha { mode = enforce  dynamic = { 203.0.113.0/25, 192.0.2.0/24 } }
@ red.conf
| isp alpha { mode = enforce  dynamic = { 203.0.113.0/25, 192.0.2.0/24 }  vrf = "red" }
0 obpblctl apply both.conf >/dev/null 2>&1
0 obpblctl exempt add 192.0.2.1 isp beta for 7d reason "a \"word\" # here" ticket T-1
0 obpblctl exempt add 203.0.113.1 isp alpha for 7d reason first
0 obpblctl apply alpha.conf >/dev/null 2>&1
0 obpblctl save saved.conf; grep -v -e '^# obpbl' -e ' until ' saved.conf | cat -s
>
> isp alpha {
>     mode    = enforce
>     policy  = outside
>     reject  = reset
>     reverse = off
>     dynamic = {
>         192.0.2.0/24,
>         203.0.113.0/25
>     }
> }
> 
> exempt 203.0.113.1/32 {
>     isp     = alpha
>     reason  = "first"
> }
> 
> # asleep:
> # exempt 192.0.2.1/32 {
> #     isp     = beta
> #     reason  = "a \"word\" # here"
> #     ticket  = "T-1"
> # }
> 
0 obpblctl apply saved.conf >/dev/null 2>&1
0 obpblctl apply both.conf >/dev/null 2>&1
10 obpblctl test from 192.0.2.2 to 198.18.0.1
> block: outside
> *
0 obpblctl test from 192.0.2.1 to 198.18.0.1
> pass: exempt
> *
# The same in two VRFs: what is awake is written, and both are removed.
0 obpblctl exempt add 203.0.113.2 isp alpha for 7d reason "in none"
0 obpblctl apply red.conf >/dev/null 2>&1
0 obpblctl exempt add 203.0.113.2 isp alpha for 7d reason "in red"
0 obpblctl save saved.conf; grep -v until saved.conf | grep -A 2 '^exempt'; grep -c '^# exempt' saved.conf
> exempt 203.0.113.2/32 {
>     isp     = alpha
>     reason  = "in red"
> 2
0 obpblctl apply saved.conf >/dev/null 2>&1
0 obpblctl exempt del 203.0.113.2 isp alpha; obpblctl exempt list 203.0.113.2
! obpblctl: warning: exempt 203.0.113.2/32 comes from a file: the next apply of it takes this back
# What sleeps is counted where it begins to, and marked in the lists.
0 obpblctl flush --yes >/dev/null; obpblctl apply both.conf >/dev/null 2>&1; ip link add w0 type dummy; obpblctl session up dev w0 addr 192.0.2.7 addr 192.0.2.8 isp beta
0 for i in 1 2 3; do obpblctl exempt add 192.0.2.$i isp beta for 7d reason x; done; obpblctl quarantine add 192.0.2.4 isp beta for 7d reason x
0 obpblctl apply alpha.conf --confirm 600 2>&1 >/dev/null | grep asleep
> obpblctl: warning: asleep: 3 exemptions, 1 quarantine, 1 session of isp beta, which is not configured there, or whose prefix is another ISP's
0 obpblctl | grep -c asleep; obpblctl -j 2>/dev/null | jq -c '.warnings | map(select(test("asleep"))) | length'
> 1
> 1
0 obpblctl metrics | grep -e '^obpbl_asleep' -e 'ending{.*within="7d"'
> obpbl_overlays_ending{class="exempt",within="7d"} 3
> obpbl_overlays_ending{class="quarantine",within="7d"} 1
> obpbl_asleep{class="exempt"} 3
> obpbl_asleep{class="quarantine"} 1
> obpbl_asleep{class="session"} 2
0 obpblctl exempt list 192.0.2.1 | tail -n 1 | sed 's/  */ /g; s/[67] days.*x$/DAYS/'; obpblctl -j quarantine list isp beta | jq -c 'map(.asleep)'
> 192.0.2.1/32 beta - - asleep, DAYS
> [true]
0 obpblctl session list isp beta; obpblctl -j session list | jq -c 'map(.asleep)'
> dev w0 addr 192.0.2.7/32 isp beta class dynamic asleep
> dev w0 addr 192.0.2.8/32 isp beta class dynamic asleep
> [true,true]
0 obpblctl -j rollback 2>&1 | jq -c .warnings; obpblctl 2>&1 | grep asleep; obpblctl session list isp beta
> []
> dev w0 addr 192.0.2.7/32 isp beta class dynamic
> dev w0 addr 192.0.2.8/32 isp beta class dynamic
0 ip link del w0; obpblctl flush --yes >/dev/null

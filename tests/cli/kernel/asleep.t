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

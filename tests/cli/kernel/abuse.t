# Abuse reports: whose address it is says the kernel.
@ alpha.conf
| isp alpha {
|     mode    = enforce
|     space   = { 203.0.113.0/24, 2001:db8:a::/48 }
|     dynamic = { 203.0.113.0/25, 2001:db8:a:1000::/52 }
|     static  = { 203.0.113.120/29 }
|     relay   = { 203.0.113.200, 203.0.113.130 }
| }
| isp beta { space = { 192.0.2.0/24 } dynamic = { 192.0.2.0/25 } relay = { 192.0.2.200 } }
| isp gamma { vrf = red space = { 203.0.113.64/27 } dynamic = { 203.0.113.64/27 } relay = { 198.51.100.200 } }
| exempt 203.0.113.8/30 { isp = alpha  until = "2097-03-31T00:00:00Z"  reason = "own MTA" }
0 ip link add red type vrf table 10; ip link set red up; obpblctl apply alpha.conf >/dev/null
# report ADDRESS WORD...: of an hour ago
@ report
| address=$1; shift
| printf '%s\n' 'Content-Type: multipart/report; report-type=feedback-report; boundary=b' '' --b '' Spam. --b 'Content-Type: message/feedback-report' '' 'Feedback-Type: abuse' 'User-Agent: test/1' 'Version: 1' "Source-IP: $address" "Arrival-Date: $(TZ=UTC date -d '-1 hour' '+%a, %d %b %Y %T +0000')" 'Reported-Domain: example.net' '' --b-- | obpblctl "${before[@]}" quarantine import "$@" >out 2>said; status=$?
| sed 's/20[0-9-]*T[0-9:]*Z/TIME/' out; sed 's/20[0-9-]*T[0-9:]*Z/TIME/' said >&2
| exit $status
0 bash report 203.0.113.7
> obpblctl quarantine add 203.0.113.7 isp alpha for 24h reason 'abuse report of TIME: example.net'
0 bash report 192.0.2.7 for 1d12h ticket AR-1
> obpblctl quarantine add 192.0.2.7 isp beta for 1d12h reason 'abuse report of TIME: example.net' ticket AR-1
# What is printed does it.
0 bash report 203.0.113.7 reason "it's a bot" | bash; obpblctl -j quarantine list | jq -c '.[] | [.prefix, .isp, .reason]'
> ["203.0.113.7/32","alpha","it's a bot"]
10 obpblctl -j test from 203.0.113.7 to 203.0.113.131 | grep reason; exit ${PIPESTATUS[0]}
>  "reason": "quarantine",
1 bash report 203.0.113.7 for 1h
! obpblctl: 203.0.113.7/32 is in quarantine already, until TIME
0 bash report 203.0.113.7 for 48h | bash; obpblctl -j quarantine list | jq -c '.[] | [.prefix, .reason[:12]]'
> ["203.0.113.7/32","abuse report"]
! obpblctl: warning: 203.0.113.7/32 is in quarantine already, until TIME: this is longer
# And so does --yes, which gives one that is there another end.
0 bash report 203.0.113.7 for 72h ticket T-2 --yes; obpblctl -j quarantine list | jq -c '.[] | [.prefix, .ticket, .until[:10]]' | sed "s/$(date -u -d '72 hours' +%F)/IN THREE DAYS/"
> ["203.0.113.7/32","T-2","IN THREE DAYS"]
! obpblctl: warning: 203.0.113.7/32 is in quarantine already, until TIME: this is longer
0 before=(-j); . ./report 203.0.113.20 isp alpha --yes; "$OBPBL_REPO/tests/cli/validate" 'quarantine replace' <out
> {
>  "schema": 1,
>  "prefix": "203.0.113.20/32",
>  "isp": "alpha",
>  "until": "TIME",
>  "reason": "abuse report of TIME: example.net",
>  "ticket": null,
>  "expired": false,
>  "configured": false,
>  "asleep": false,
>  "connections_ended": 0
> }
# A bot has all the addresses of its network of IPv6: what top counts as one.
0 bash report 2001:db8:a:1000::5 --yes; obpblctl -j quarantine list | jq -r '.[].prefix' | grep :
> 2001:db8:a:1000::/64
0 sysctl -qw net.obpbl.v6_source_len=56; bash report 2001:db8:a:1234::5 reason x
> obpblctl quarantine add 2001:db8:a:1200::/56 isp alpha for 24h reason x
0 ip link add ppp0 type dummy; obpblctl session up dev ppp0 addr 2001:db8:a:1234::5/128 isp alpha class dynamic; bash report 2001:db8:a:1234::5 reason x
> obpblctl quarantine add 2001:db8:a:1234::5 isp alpha for 24h reason x
# What somebody has to look at.
0 bash report 203.0.113.121 reason x
> obpblctl quarantine add 203.0.113.121 isp alpha for 24h reason x
! obpblctl: warning: 203.0.113.121 is the address of a static customer of isp alpha, who may have a mail server
1 bash report 203.0.113.121 --yes
! obpblctl: 203.0.113.121 is the address of a static customer of isp alpha, who may have a mail server; nothing was changed: look at it, then say the command without --yes
1 bash report 203.0.113.9 --yes
! obpblctl: 203.0.113.8/30 is exempt: 'own MTA'; nothing was changed: look at it, then say the command without --yes
# What nobody has to.
1 bash report 198.51.100.7
! obpblctl: 198.51.100.7 is no address of an ISP here: the report is for somebody else
1 bash report 203.0.113.130 isp alpha
! obpblctl: 203.0.113.130 is a relay of isp alpha: its log knows who has sent the message
1 bash report 203.0.113.140
! obpblctl: 203.0.113.140 is no customer's address, but isp alpha's own
1 bash report 192.0.2.7 isp alpha
! obpblctl: 192.0.2.7 is an address of isp beta, not of isp alpha
1 bash report 192.0.2.7 isp nobody
! obpblctl: 192.0.2.7 is an address of isp beta, not of isp nobody
# One address, two ISPs.
1 bash report 203.0.113.70 reason x
! obpblctl: 203.0.113.70 is an address of isp alpha and, in another VRF, of isp gamma: say 'isp NAME'
0 bash report 203.0.113.70 isp gamma reason x; bash report 203.0.113.70 isp alpha reason x
> obpblctl quarantine add 203.0.113.70 isp gamma for 24h reason x
> obpblctl quarantine add 203.0.113.70 isp alpha for 24h reason x
# While nothing is judged, an address is still somebody's.
0 sysctl -qw net.obpbl.mode=0; obpblctl mode off isp beta; bash report 192.0.2.8 reason x --yes; obpblctl -j quarantine list isp beta | grep -c prefix
> 1
! obpblctl: warning: the effective mode of isp beta is off: this blocks nothing yet
# Without a policy it is nobody's.
1 obpblctl flush --yes >/dev/null; bash report 203.0.113.7
! obpblctl: 203.0.113.7 is no address of an ISP here: the report is for somebody else

# A config file as rules of nft; whether nft takes them, and what they do to packets: tests/vm/fallback.sh.
@ a.conf
| isp alpha { mode = enforce  policy = outside  reject = drop  space = { 203.0.113.0/24 }  dynamic = { 203.0.113.0/25 }  static = { 203.0.113.64/27 }  relay = { 203.0.113.200 } }
| isp beta { mode = monitor  reverse = on  limit = 5/1h  space = { 198.18.0.0/15 }  dynamic = { 198.18.0.0/15 }  relay = { 198.18.0.25 }  vrf = red }
| exempt 203.0.113.9 { isp = alpha  to = 198.51.100.99  dev = ppp0  until = "2097-01-01T00:00:00Z"  reason = x }
| exempt 203.0.113.10 { isp = alpha  until = "2001-01-01T00:00:00Z"  reason = x }
| quarantine 203.0.113.70 { isp = alpha  until = "2097-01-01T00:00:00Z"  reason = x }
0 obpblctl fallback a.conf >rules; sed -n '/map source4_0/,/^}/p' rules
> 	map source4_0 {
> 		type ipv4_addr : verdict
> 		flags interval
> 		elements = {
> 			203.0.113.0-203.0.113.63 : goto isp_alpha,
> 			203.0.113.70 : goto quarantine_alpha,
> 			203.0.113.96-203.0.113.127 : goto isp_alpha
> 		}
> 	}
> 	map source6_0 {
> 		type ipv6_addr : verdict
> 		flags interval
> 	}
> 	chain scope_0 {
> 		iifname "ppp0" ip saddr { 203.0.113.9 } ip daddr 198.51.100.99/32 accept
> 		ip saddr vmap @source4_0
> 		ip6 saddr vmap @source6_0
> 	}
> 	map source4_2 {
> 		type ipv4_addr : verdict
> 		flags interval
> 	}
> 	map source6_2 {
> 		type ipv6_addr : verdict
> 		flags interval
> 	}
> 	chain scope_2 {
> 		ip saddr vmap @source4_2
> 		ip6 saddr vmap @source6_2
> 	}
> 	chain forward {
> 		type filter hook forward priority filter; policy accept;
> 		tcp dport 25 iifname "red" goto scope_2
> 		tcp dport 25 goto scope_0
> 	}
> }
! obpblctl: warning: isp beta: its limit lets nothing through here
! obpblctl: warning: isp beta: answers from port 25 are not judged here
0 sed -n '/chain isp_alpha {$/,/}/p;/chain quarantine_alpha {$/,/}/p' rules | tail -n 10
> 	chain isp_alpha {
> 		ip daddr @pass4_alpha accept
> 		ip6 daddr @pass6_alpha accept
> 		counter drop
> 	}
> 	chain quarantine_alpha {
> 		ip daddr @relay4_alpha accept
> 		ip6 daddr @relay6_alpha accept
> 		counter drop
> 	}
0 obpblctl fallback - <a.conf 2>/dev/null | sed 1d >other; sed 1d rules | cmp - other; obpblctl -j fallback a.conf 2>/dev/null | jq -j .ruleset | cmp - rules; obpblctl -j fallback a.conf 2>/dev/null | "$OBPBL_REPO/tests/cli/validate" fallback
# Faults name their place, and there are no rules.
1 echo 'isp x { dynamic = { 1.2.3.4/8 } }' | obpblctl fallback -
! obpblctl: stdin:1:21: '1.2.3.4/8': has host bits set; did you mean 1.0.0.0/8?
! obpblctl: stdin: 1 fault; nothing was changed
1 echo '# nothing yet' | obpblctl fallback -
! obpblctl: stdin: there is no ISP in it
! obpblctl: stdin: 1 fault; nothing was changed
# An exemption is not wider than what it decides, and a name of nft is no pattern.
0 echo 'isp x { mode = enforce dynamic = { 10.0.0.0/24, 10.0.0.64/26 } space = { 10.0.0.0/8 } relay = { 10.9.9.9 } } exempt 10.0.0.0/24 { isp = x to = 192.0.2.1 reason = x } exempt 10.0.0.5 { isp = x dev = "ppp*" reason = x } exempt 10.0.0.64/26 { isp = x to = 192.0.2.2 reason = x } quarantine 10.0.0.9 { isp = x reason = x }' | obpblctl fallback - | grep accept$ | grep saddr
> 		ip saddr { 10.0.0.0-10.0.0.8, 10.0.0.10-10.0.0.63, 10.0.0.128-10.0.0.255 } ip daddr 192.0.2.1/32 accept
> 		ip saddr { 10.0.0.64-10.0.0.127 } ip daddr 192.0.2.2/32 accept
! obpblctl: warning: exempt 10.0.0.5/32: nft cannot name device 'ppp*'; it is left out
1 echo 'isp x { mode = enforce vrf = "r*" dynamic = { 10.0.0.0/24 } }' | obpblctl fallback -
! obpblctl: stdin:1:5: nft cannot name VRF 'r*'
! obpblctl: stdin: 1 fault; nothing was changed
2 obpblctl fallback
!~ obpblctl: a file is missing .usage: obpblctl fallback FILE.-.
# Of nested prefixes, each address is where the most specific one says.
0 "$OBPBL_REPO/tests/cli/intervals.py" 1 200
> 0 differ

# What is elsewhere as a config file; with rules of a real nft and a real ipset: tests/vm/import.sh.
@ rules.json
| {"nftables":[{"metainfo":{"version":"1.0.6","json_schema_version":1}},
| {"table":{"family":"inet","name":"filter","handle":1}},
| {"chain":{"family":"inet","table":"filter","name":"forward","handle":1,"type":"filter","hook":"forward","prio":0,"policy":"accept"}},
| {"set":{"family":"inet","name":"pool","table":"filter","type":"ipv4_addr","handle":2,"flags":["interval"],"elem":[{"prefix":{"addr":"203.0.113.0","len":25}},{"range":["203.0.113.130","203.0.113.132"]}]}},
| {"rule":{"family":"inet","table":"filter","chain":"forward","handle":3,"expr":[{"match":{"op":"in","left":{"ct":{"key":"state"}},"right":["established","related"]}},{"accept":null}]}},
| {"rule":{"family":"inet","table":"filter","chain":"forward","handle":4,"comment":"our mx","expr":[{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"daddr"}},"right":{"set":["203.0.113.200","198.51.100.25"]}}},{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":{"set":[25,465]}}},{"accept":null}]}},
| {"rule":{"family":"inet","table":"filter","chain":"forward","handle":5,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"saddr"}},"right":"203.0.113.9"}},{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"daddr"}},"right":"198.51.100.99"}},{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":25}},{"accept":null}]}},
| {"rule":{"family":"inet","table":"filter","chain":"forward","handle":6,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"saddr"}},"right":{"prefix":{"addr":"203.0.113.120","len":29}}}},{"accept":null}]}},
| {"rule":{"family":"inet","table":"filter","chain":"forward","handle":7,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"saddr"}},"right":"@pool"}},{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":25}},{"counter":{"packets":0,"bytes":0}},{"reject":{"type":"icmpx","expr":"admin-prohibited"}}]}},
| {"rule":{"family":"inet","table":"filter","chain":"forward","handle":8,"expr":[{"match":{"op":"==","left":{"meta":{"key":"iifname"}},"right":"ppp0"}},{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":25}},{"drop":null}]}},
| {"chain":{"family":"inet","table":"filter","name":"output","handle":9,"type":"filter","hook":"output","prio":0,"policy":"accept"}},
| {"rule":{"family":"inet","table":"filter","chain":"output","handle":10,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":25}},{"drop":null}]}}
| ]}
0 obpblctl import nft rules.json isp alpha space 203.0.113.0/24
> # obpbl policy of ISP alpha, imported from rules.json
> # In mode monitor it counts, and blocks nothing.
> #
> # Not carried over:
> #   inet filter output handle 10: nothing that is forwarded gets to it from a chain that is imported
> #   inet filter forward handle 8: it is of interfaces (iifname 'ppp0'); those that are meant are given as 'dev NAME'
> #
> # Carried over, but worth a look:
> #   inet filter forward handle 4: 'our mx': it is of other ports too, for which it is still needed
> #   inet filter forward handle 7: it denies mail inside the space too, which passes here; 'policy = relay-only' denies it
> #
> # Left where they are: 2 lines not about port 25, or not of it alone
>
> isp alpha {
>     mode    = monitor
>     policy  = outside
>     reject  = admin
>     reverse = off
>     space   = {
>         203.0.113.0/24  # the command line
>     }
>     dynamic = {
>         203.0.113.0/25,  # inet filter set pool
>         203.0.113.130/31,  # inet filter set pool
>         203.0.113.132/32  # inet filter set pool
>     }
>     static  = {
>         203.0.113.120/29  # inet filter forward handle 6
>     }
>     relay   = {
>         198.51.100.25/32,  # inet filter forward handle 4
>         203.0.113.200/32  # inet filter forward handle 4
>     }
> }
>
> exempt 203.0.113.9/32 {
>     isp     = alpha
>     to      = 198.51.100.99/32
>     reason  = "inet filter forward handle 5"
> }
>
! obpblctl: warning: inet filter output handle 10: not carried over: nothing that is forwarded gets to it from a chain that is imported
! obpblctl: warning: inet filter forward handle 8: not carried over: it is of interfaces (iifname 'ppp0'); those that are meant are given as 'dev NAME'
# With the interface, the last rule is of every source: of the space, that is, but for what the rules before it permit.
0 obpblctl -j import nft - isp alpha space 203.0.113.0/24 dev ppp0 <rules.json 2>/dev/null | tee answer | "$OBPBL_REPO/tests/cli/validate" import; jq -r '.not_carried[].place, (.notes[] | select(.place | endswith("8")).why), (.config | split("\n")[] | select(test("handle 8$")))' answer
> inet filter output handle 10
> inet filter forward handle 8
> here it is of every interface
> it denies every source; here it is the space of the ISP
> it answers by drop; the policy has one answer for all, admin
> it denies mail inside the space too, which passes here; 'policy = relay-only' denies it
>         203.0.113.0/24,  # inet filter forward handle 8
0 jq -r .config answer | obpblctl apply --check - 2>/dev/null
> stdin: 1 ISP, 8 prefixes, 1 exemption or quarantine: no fault
# Order counts: what comes later decides nothing, and what a policy cannot say is named with an example.
@ rule
| # rule HANDLE SADDR DADDR VERDICT
| a() { [ "$2" = any ] || printf '{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"%s"}},"right":{"prefix":{"addr":"%s","len":%s}}}},' "$1" "${2%/*}" "${2#*/}"; }
| printf ',{"rule":{"family":"ip","table":"t","chain":"f","handle":%s,"expr":[%s%s{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":25}},{"%s":null}]}}\n' "$1" "$(a saddr "$2")" "$(a daddr "$3")" "$4"
@ rules
| echo '{"nftables":[{"chain":{"family":"ip","table":"t","name":"f","hook":"forward","policy":"accept"}}'
| while read -r words; do bash ./rule $words; done
| echo ']}'
0 printf '%s\n' '1 10.0.0.0/24 any drop' '2 any 192.0.2.1/32 accept' '3 10.0.0.0/16 any drop' | bash rules >x; obpblctl import nft x isp a space 10.0.0.0/8 | grep -v ^#
>
> isp a {
>     mode    = monitor
>     policy  = outside
>     reject  = drop
>     reverse = off
>     space   = {
>         10.0.0.0/8  # the command line
>     }
>     dynamic = {
>         10.0.0.0/16,  # ip t f handle 3
>         10.0.0.0/24  # ip t f handle 1
>     }
>     relay   = {
>         192.0.2.1/32  # ip t f handle 2
>     }
> }
>
! obpblctl: warning: ip t f handle 1: not carried over: from 10.0.0.0 to 192.0.2.1 it denies, and this policy lets it pass
0 printf '%s\n' '1 10.0.0.0/24 any accept' '2 10.0.0.64/26 any drop' '3 10.0.0.0/16 any drop' | bash rules >x; obpblctl import nft x isp a space 10.0.0.0/8 | grep 'handle 2'
> #   ip t f handle 2: nothing reaches it: the lines before it decide
0 printf '%s\n' '1 10.0.0.0/16 192.0.2.0/24 accept' '2 10.0.1.0/24 any drop' '3 any any accept' '4 10.0.0.0/8 any drop' | bash rules >x; obpblctl import nft x isp a space 10.0.0.0/8 | sed -n '/^#  /p;/dynamic/,/}/p;/exempt/,/to/p'
> #   ip t f handle 4: nothing reaches it: the lines before it decide
> #   ip t f handle 2: it denies mail inside the space too, which passes here; 'policy = relay-only' denies it
>     dynamic = {
>         10.0.1.0/24  # ip t f handle 2
>     }
> exempt 10.0.0.0/16 {
>     isp     = a
>     to      = 192.0.2.0/24
> exempt 10.0.1.0/24 {
>     isp     = a
>     to      = 192.0.2.0/24
# Only some destinations are blocked: targets.
0 printf '%s\n' '1 any 192.0.2.0/25 drop' '2 any 192.0.2.128/26 drop' | bash rules >x; obpblctl import nft x isp a space 10.0.0.0/8 | sed -n '/^    policy/p;/^    dynamic/,/}/p;/^    target/,/}/p'
>     policy  = targets
>     dynamic = {
>         10.0.0.0/8  # ip t f handle 1
>     }
>     target  = {
>         192.0.2.0/25,  # ip t f handle 1
>         192.0.2.128/26  # ip t f handle 2
>     }
# What is denied of every source needs to be told whose they are.
1 printf '%s\n' '1 any any drop' | bash rules >x; obpblctl import nft x isp a
! obpblctl: warning: ip t f handle 1: not carried over: it denies every source of IPv4; give the addresses of the ISP as 'space PREFIX'
! obpblctl: x: no line of it blocks port 25 in a way that can be carried over
# Which of several chains
1 sed 's/\[{"chain/[{"chain":{"family":"ip","table":"t","name":"g","hook":"forward","policy":"accept"}},{"rule":{"family":"ip","table":"t","chain":"g","handle":9,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":25}},{"drop":null}]}},{"chain/' x >y; obpblctl import nft y isp a space 10.0.0.0/8
! obpblctl: y: both chain 'ip t g' and chain 'ip t f' block port 25; say which one is meant: list 'ip t g'
0 obpblctl import nft y isp a space 10.0.0.0/8 list 'ip t f' 2>/dev/null | grep 'handle'
> #   ip t g handle 9: nothing that is forwarded gets to it from a chain that is imported
> #   ip t f handle 1: it denies every source; here it is the space of the ISP
> #   ip t f handle 1: it denies mail inside the space too, which passes here; 'policy = relay-only' denies it
>         10.0.0.0/8  # ip t f handle 1
1 obpblctl import nft y isp a space 10.0.0.0/8 list 'ip t h'
! obpblctl: y: no chain at the forward hook is called 'ip t h'
# No rules at all
1 echo '{"nftables": 3}' | obpblctl import nft - isp a
! obpblctl: stdin: it has no array 'nftables'; this is no output of 'nft -j list ruleset'
1 echo 'table ip x {' | obpblctl import nft - isp a
!~ obpblctl: stdin:1:5: .*; this is no output of 'nft -j list ruleset'
1 echo '{"nftables": []}' | obpblctl import nft - isp a
! obpblctl: stdin: no chain at the forward hook blocks port 25
# Sets mean what the command line says.
@ sets
| create pool hash:net family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x1
| add pool 203.0.113.0/24
| add pool 203.0.113.64/26 nomatch
| add pool 203.0.113.80/28
| create mx hash:ip family inet hashsize 1024 maxelem 65536
| add mx 198.51.100.25
| create own hash:ip family inet netmask 29 hashsize 1024 maxelem 65536
| add own 203.0.113.120
| create vip hash:ip family inet timeout 0 comment
| add vip 203.0.113.9 timeout 0 comment "own MTA, \d"
| add vip 203.0.113.10 timeout 100
| create pair hash:net,net family inet6
| add pair 2001:db8::/64,2001:db8:5::25
| create ports hash:ip,port family inet
| add ports 203.0.113.1,tcp:25
| create other hash:ip family inet
| add other 192.0.2.1
| add other 192.0.2.2
0 obpblctl import ipset sets isp alpha set pool class dynamic set mx class relay set own class static set vip class exempt set pair class exempt set ports class exempt space 203.0.113.0/24 space 2001:db8::/48 | sed 's/"20..-.*Z"/END/'
> # obpbl policy of ISP alpha, imported from sets
> # In mode monitor it counts, and blocks nothing.
> #
> # Not carried over:
> #   sets:14: 'ports': a set of 1, of type hash:ip,port, which has no like in class exempt
> #   sets:16: 'other': a set of 2, to which the command line gives no meaning: set other class CLASS
> #
> # Carried over, but worth a look:
> #   sets:1: 'pool': its nomatch entries are cut out of the others
>
> isp alpha {
>     mode    = monitor
>     policy  = outside
>     reject  = reset
>     reverse = off
>     space   = {
>         203.0.113.0/24,  # the command line
>         2001:db8::/48  # the command line
>     }
>     dynamic = {
>         203.0.113.0/26,  # sets:1
>         203.0.113.80/28,  # sets:1
>         203.0.113.128/25  # sets:1
>     }
>     static  = {
>         203.0.113.120/29  # sets:8
>     }
>     relay   = {
>         198.51.100.25/32  # sets:6
>     }
> }
>
> exempt 203.0.113.9/32 {
>     isp     = alpha
>     reason  = "sets:10: own MTA, \\d"
> }
>
> exempt 203.0.113.10/32 {
>     isp     = alpha
>     until   = END
>     reason  = "sets:11: set 'vip'"
> }
>
> exempt 2001:db8::/64 {
>     isp     = alpha
>     to      = 2001:db8:5::25/128
>     reason  = "sets:13: set 'pair'"
> }
>
! obpblctl: warning: sets:14: not carried over: a set of 1, of type hash:ip,port, which has no like in class exempt
! obpblctl: warning: sets:16: not carried over: a set of 2, to which the command line gives no meaning: set other class CLASS
0 obpblctl import ipset sets isp a set pool class dyn 2>/dev/null | obpblctl apply --check - 2>/dev/null
> stdin: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
0 obpblctl import ipset sets isp a set vip class static 2>&1 >/dev/null | grep ends
> obpblctl: warning: sets:11: not carried over: it ends in 100 seconds, and static prefixes do not end
1 obpblctl import ipset sets isp a set nosuch class dynamic
! obpblctl: sets: there is no set 'nosuch'
1 printf 'create a hash:ip\nadd a 1.2.3\n' | obpblctl import ipset - isp a set a class relay
! obpblctl: stdin:2: '1.2.3' an IPv4 address has four numbers; this is no output of 'ipset save'
1 printf 'add a 1.2.3.4\n' | obpblctl import ipset - isp a set a class relay
! obpblctl: stdin:1: there is no set 'a'; this is no output of 'ipset save'
1 printf '\n-A FORWARD -j DROP\n' | obpblctl import ipset - isp a set a class relay
! obpblctl: stdin:2: '-A': neither 'create SET TYPE ...' nor 'add SET ENTRY ...'; this is no output of 'ipset save'
# Access lists of Cisco
@ router.cfg
| ! what a router has
| object-group network POOL
|  description subscribers
|  203.0.113.0 255.255.255.128
|  host 203.0.113.130
| object-group network ODD
|  203.0.113.0 255.0.255.0
| interface GigabitEthernet0/1
|  ip access-group mail out
| ip access-list extended mail
|  10 permit tcp any any established
|  20 permit tcp any host 203.0.113.200 eq smtp
|  25 remark own MTA, contract
|  30 permit tcp host 203.0.113.9 host 198.51.100.99 eq 25
|  40 permit tcp 203.0.113.120 0.0.0.7 any eq 25 465 log
|  15 permit udp any any
|  50 deny tcp object-group POOL any eq smtp log-input
|  60 deny tcp object-group ODD any eq smtp
|  70 deny tcp 10.0.0.0 0.0.255.0 any eq smtp
|  80 deny tcp 203.0.113.0 0.0.0.127 eq smtp any
|  85 deny tcp object-group NONE any eq smtp time-range night
|  90 permit ip any any
| ipv6 access-list mail6
|  permit tcp any host 2001:db8:a::25 eq smtp
|  deny tcp 2001:db8:a:1000::/52 any eq smtp
|  permit ipv6 any any
| access-list 101 permit tcp any host 192.0.2.1 eq smtp
| access-list 10 permit 192.0.2.0 0.0.0.255
0 obpblctl import cisco router.cfg isp alpha space 203.0.113.0/24 space 2001:db8:a::/48
> # obpbl policy of ISP alpha, imported from router.cfg
> # In mode monitor it counts, and blocks nothing.
> #
> # Not carried over:
> #   router.cfg:27: 'permit tcp any host 192.0.2.1 eq smtp': it is of access list '101', which is not the one that is imported
> #   router.cfg:18: 'deny tcp object-group ODD any eq smtp': in group 'ODD': the bits of mask '255.0.255.0' are not one after another
> #   router.cfg:19: 'deny tcp 10.0.0.0 0.0.255.0 any eq smtp': the bits of mask '0.0.255.0' are not one after another
> #   router.cfg:20: 'deny tcp 203.0.113.0 0.0.0.127 eq smtp any': it is of the port that a packet comes from; 'reverse = on' judges answers from port 25
> #   router.cfg:21: 'deny tcp object-group NONE any eq smtp time-range night': there is no network group 'NONE'
> #
> # Carried over, but worth a look:
> #   router.cfg:15: 'permit tcp 203.0.113.120 0.0.0.7 any eq 25 465 log': it is of other ports too, for which it is still needed
> #   router.cfg:17: 'deny tcp object-group POOL any eq smtp log-input': it denies mail inside the space too, which passes here; 'policy = relay-only' denies it
> #   router.cfg:25: 'deny tcp 2001:db8:a:1000::/52 any eq smtp': it denies mail inside the space too, which passes here; 'policy = relay-only' denies it
> #
> # Left where they are: 5 lines not about port 25, or not of it alone
>
> isp alpha {
>     mode    = monitor
>     policy  = outside
>     reject  = admin
>     reverse = off
>     space   = {
>         203.0.113.0/24,  # the command line
>         2001:db8:a::/48  # the command line
>     }
>     dynamic = {
>         203.0.113.0/25,  # router.cfg:4
>         203.0.113.130/32,  # router.cfg:5
>         2001:db8:a:1000::/52  # router.cfg:25
>     }
>     static  = {
>         203.0.113.120/29  # router.cfg:15
>     }
>     relay   = {
>         203.0.113.200/32,  # router.cfg:12
>         2001:db8:a::25/128  # router.cfg:24
>     }
> }
>
> exempt 203.0.113.9/32 {
>     isp     = alpha
>     to      = 198.51.100.99/32
>     reason  = "router.cfg:14: permit tcp host 203.0.113.9 host 198.51.100.99 eq 25 (own MTA, contract)"
> }
>
! *
# As it is shown, and without permit at the end; the sequence orders it, not the lines.
0 printf '%s\n' 'Extended IP access list 102' '    20 deny tcp 10.0.0.0 0.255.255.255 any eq smtp (17 matches)' '    10 permit tcp any host 192.0.2.1 eq smtp' | obpblctl import cisco - isp a space 10.0.0.0/8 | sed -n '/^#  /p;/^    dynamic/,/}/p;/^    relay/,/}/p'
> #   stdin:2: 'deny tcp 10.0.0.0 0.255.255.255 any eq smtp (17 matches)': it denies mail inside the space too, which passes here; 'policy = relay-only' denies it
>     dynamic = {
>         10.0.0.0/8  # stdin:2
>     }
>     relay   = {
>         192.0.2.1/32  # stdin:3
>     }
1 printf '%s\n' 'access-list 101 deny tcp any any eq 25' 'access-list 102 deny tcp any any eq 25' | obpblctl import cisco - isp a
! obpblctl: stdin: both access list '101' and access list '102' block port 25; say which one is meant: list '101'
1 obpblctl import cisco router.cfg isp a list nosuch
! obpblctl: router.cfg: no access list is called 'nosuch'
1 echo hello | obpblctl import cisco - isp a
! obpblctl: stdin: no access list blocks port 25
# Filters of Junos, of one meaning in braces and as lines of set
@ braces
| /* what a router has */
| policy-options {
|     prefix-list POOL { 203.0.113.0/25; 203.0.113.128/26; }
| }
| firewall {
|     family inet {
|         filter mail {
|             term mx { from { destination-address { 203.0.113.200/32; } protocol tcp; destination-port smtp; } then accept; }
|             term own {
|                 from {
|                     source-address {
|                         203.0.113.9/32;
|                     }
|                     destination-address 198.51.100.99/32;
|                     protocol tcp;
|                     destination-port [ 25 465 ];
|                 }
|                 then { count own; accept; }
|             }
|             term customers {
|                 from { source-prefix-list POOL; source-address { 203.0.113.64/27 except; } protocol tcp; destination-port 25; }
|                 then { discard; }
|             }
|             term odd { from { source-address 10.0.0.0/8; interface ge-0/0/0; protocol tcp; destination-port 25; } then reject; }
|             inactive: term off { then discard; }
|             term rest { then accept; }
|         }
|     }
| }
@ lines
| set policy-options prefix-list POOL 203.0.113.0/25
| set policy-options prefix-list POOL 203.0.113.128/26
| set firewall family inet filter mail term mx from destination-address 203.0.113.200/32
| set firewall family inet filter mail term mx from protocol tcp
| set firewall family inet filter mail term mx from destination-port smtp
| set firewall family inet filter mail term mx then accept
| set firewall family inet filter mail term own from source-address 203.0.113.9/32
| set firewall family inet filter mail term own from destination-address 198.51.100.99/32
| set firewall family inet filter mail term own from protocol tcp
| set firewall family inet filter mail term own from destination-port 25
| set firewall family inet filter mail term own from destination-port 465
| set firewall family inet filter mail term own then accept
| set firewall family inet filter mail term customers from source-prefix-list POOL
| set firewall family inet filter mail term customers from source-address 203.0.113.64/27 except
| set firewall family inet filter mail term customers from protocol tcp
| set firewall family inet filter mail term customers from destination-port 25
| set firewall family inet filter mail term customers then discard
| set firewall family inet filter mail term odd from source-address 10.0.0.0/8
| set firewall family inet filter mail term odd from interface ge-0/0/0
| set firewall family inet filter mail term odd from protocol tcp
| set firewall family inet filter mail term odd from destination-port 25
| set firewall family inet filter mail term odd then reject
| set firewall family inet filter mail term rest then accept
| deactivate firewall family inet filter mail term off
0 obpblctl import juniper braces isp alpha space 203.0.113.0/24 | tee one
> # obpbl policy of ISP alpha, imported from braces
> # In mode monitor it counts, and blocks nothing.
> #
> # Not carried over:
> #   braces:24: 'mail term odd': it matches 'interface'
> #
> # Carried over, but worth a look:
> #   braces:25: 'off': it is inactive, and left out
> #   braces:12: 'mail term own': it is of other ports too, for which it is still needed
> #   braces:21: 'mail term customers': it denies mail inside the space too, which passes here; 'policy = relay-only' denies it
> #
> # Left where they are: 1 line not about port 25, or not of it alone
>
> isp alpha {
>     mode    = monitor
>     policy  = outside
>     reject  = drop
>     reverse = off
>     space   = {
>         203.0.113.0/24  # the command line
>     }
>     dynamic = {
>         203.0.113.0/26,  # braces:21
>         203.0.113.96/27,  # braces:21
>         203.0.113.128/26  # braces:21
>     }
>     relay   = {
>         203.0.113.200/32  # braces:8
>     }
> }
>
> exempt 203.0.113.9/32 {
>     isp     = alpha
>     to      = 198.51.100.99/32
>     reason  = "braces:12: mail term own"
> }
>
! obpblctl: warning: braces:24: not carried over: it matches 'interface'
0 obpblctl import juniper - isp alpha space 203.0.113.0/24 <lines >two; for file in one two; do sed '/^#/d;s/ *#.*//;/reason/d' $file >$file.plain; done; cmp one.plain two.plain; grep -c '^#   stdin:24: .*only lines of' two
> 1
! *
1 echo 'firewall { filter x { term y { then discard; }' | obpblctl import juniper - isp a
! obpblctl: stdin:2: it ends within a statement; this is no configuration of Junos
1 echo 'a } b' | obpblctl import juniper - isp a
! obpblctl: stdin:1: a brace is closed that was not opened
1 echo 'a { b }' | obpblctl import juniper - isp a
! obpblctl: stdin:1: a statement does not end in a semicolon
1 { for i in $(seq 40); do echo 'a {'; done; } | obpblctl import juniper - isp a
! obpblctl: stdin:33: braces are too deep for a configuration of Junos
1 { printf 'a "'; head -c 5000 /dev/zero | tr '\0' x; printf '";'; } | obpblctl import juniper - isp a
! obpblctl: stdin:1: a statement is too long for a configuration of Junos
1 echo 'system { host-name x; }' | obpblctl import juniper - isp a
! obpblctl: stdin: no filter blocks port 25
# Words
2 obpblctl import ipset sets isp a
!~ obpblctl: 'set NAME class CLASS' is missing: a set has no meaning by itself .usage: .*
2 obpblctl import ipset sets isp a set b set c class relay
!~ obpblctl: 'set b': 'class CLASS' follows it .*
2 obpblctl import ipset sets isp a set b class pool
! obpblctl: 'pool': unknown class; it is dynamic, static, space, relay, target, exempt or quarantine
2 obpblctl import nft rules.json
!~ obpblctl: 'isp NAME' is missing .*
2 obpblctl import nft
!~ obpblctl: a file is missing .*
2 obpblctl import nft x isp a space 10.0.0.1/8
! obpblctl: '10.0.0.1/8': has host bits set; did you mean 10.0.0.0/8?
1 obpblctl import nft nosuch isp a
! obpblctl: nosuch: cannot be opened: No such file or directory
# What the list decides, the policy does, or the line is named.
0 "$OBPBL_REPO/tests/cli/imports.py" nft 1 100
> 0 differ, enough whole
0 "$OBPBL_REPO/tests/cli/imports.py" cisco 1 70
> 0 differ, enough whole
0 "$OBPBL_REPO/tests/cli/imports.py" juniper 1 70
> 0 differ, enough whole

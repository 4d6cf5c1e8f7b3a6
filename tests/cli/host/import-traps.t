# What looks like something that import knows, and is not.
@ rules
| # rules COMMAND...: what is imported of the rules that they print
| match() { printf '{"match":{"op":"==","left":%s,"right":%s}}' "$1" "$2"; }
| field() { printf '{"payload":{"protocol":"%s","field":"%s"}}' "$1" "$2"; }
| saddr=$(field ip saddr) dport=$(field tcp dport)
| port=$(match "$dport" 25) drop='{"drop":null}' accept='{"accept":null}' n=0
| from() { match "$saddr" "${1:-\"10.0.0.9\"}"; }
| rule() { local IFS=, chain=$1; shift; printf ',{"rule":{"family":"ip","table":"t","chain":"%s","handle":%s,"expr":[%s]}}' "$chain" $((++n)) "$*"; }
| set() { printf ',{"%s":{"family":"ip","table":"t","name":"%s","elem":[%s]}}' "$1" "$2" "$3"; }
| {
|     printf '{"nftables":[{"metainfo":{"version":"%s"}},{"chain":{"family":"ip","table":"t","name":"f","hook":"forward","policy":"accept"}}' "${version-1.0.9}"
|     eval "$1"
|     echo ']}'
| } >x
| obpblctl import nft x isp a space 10.0.0.0/8 2>err >out || { grep -v warning err; grep warning err; }
| sed -n '/^# Left/p;/^#   /p;/^    \(dynamic\|static\) /,/}/p;/^exempt/,/}/p' out | grep -v 'inside the space'
# A number of connections, or of new entries in a set, is a condition.
0 bash rules 'rule f $port "{\"ct count\":{\"val\":20,\"inv\":true}}" $drop; rule f $(from) $port $drop'
> #   ip t f handle 1: it has 'ct count', which is not understood
>     dynamic = {
>         10.0.0.9/32  # ip t f handle 2
>     }
@ adds
| meter='{"set":{"op":"add","elem":'$saddr',"set":"@m"'$1'}}'
| rule f $(from) $port "$meter" $drop
| rule f $(from '"10.0.0.8"') $port $drop
0 bash rules '. ./adds ",\"stmt\":[{\"limit\":{\"rate\":10,\"per\":\"minute\",\"inv\":true}}]"'
> #   ip t f handle 1: it adds to a set under a condition
>     dynamic = {
>         10.0.0.8/32  # ip t f handle 2
>     }
0 version=1.0.6 bash rules '. ./adds ""'
> #   ip t f handle 1: it adds to a set, and nft before 1.0.9 does not print under which condition
>     dynamic = {
>         10.0.0.8/32  # ip t f handle 2
>     }
0 bash rules '. ./adds ",\"stmt\":[{\"counter\":null}]"'; version=1.1.0 bash rules '. ./adds ""' | tail -n 2
>     dynamic = {
>         10.0.0.8/32,  # ip t f handle 2
>         10.0.0.9/32  # ip t f handle 1
>     }
>         10.0.0.9/32  # ip t f handle 1
>     }
# What a chain does not decide goes on behind the jump to it, or where it was gone to from there.
@ chains
| rule f $port '{"jump":{"target":"c"}}'
| rule f $(from '{"prefix":{"addr":"10.0.0.0","len":8}}') $port $drop
| rule c $(from) "$1"
| [ ! "$2" ] || rule c $(from '"10.0.0.8"') $accept
| rule d $(match $(field ip daddr) '"192.0.2.1"') $accept
0 bash rules '. ./chains "{\"goto\":{\"target\":\"d\"}}" ""'
>     dynamic = {
>         10.0.0.0/8  # ip t f handle 2
>     }
> exempt 10.0.0.9/32 {
>     isp     = a
>     to      = 192.0.2.1/32
>     reason  = "ip t d handle 4"
> }
0 bash rules '. ./chains "{\"goto\":{\"target\":\"d\"}}" more' | head -n 1
> #   ip t c handle 3: goto out of a chain that was jumped to has no like here
0 bash rules '. ./chains "{\"return\":null}" more' | head -n 1
> #   ip t c handle 3: return out of a chain that was jumped to has no like here
0 bash rules '. ./chains "{\"return\":null}" ""' | sed -n 2p
>     dynamic = {
# From the first chain it is for the policy.
0 bash rules 'rule f $(from) "{\"return\":null}"; rule f $port $drop' | sed -n '/static/,/}/p'
>     static  = {
>         10.0.0.9/32  # ip t f handle 1
>     }
# Several things at once, and bytes by their number, may be port 25.
@ pairs
| set set s '{"concat":["10.0.0.1",'$1']},{"concat":["10.0.0.2",587]}'
| rule f $(match '{"concat":['$saddr,$dport']}' '"@s"') $drop
| rule f $(from) $port $drop
0 bash rules '. ./pairs 25' | sed 's/^    .*//'
> #   ip t f handle 1: it matches something else than addresses, port and interface
>
>
>
0 bash rules '. ./pairs 465' | head -n 1
> # Left where they are: 1 line not about port 25, or not of it alone
0 bash rules 'rule f $(match "{\"payload\":{\"base\":\"th\",\"offset\":16,\"len\":16}}" 25) $drop; rule f $(from) $port $drop' | head -n 1
> #   ip t f handle 1: it matches something else than addresses, port and interface
# All ports on one side; and a state that is new among others.
0 for op in "< 26" "< 25" "> 24" "> 25" "<= 25" "<= 24" ">= 25" ">= 26"; do bash rules "rule f \$(from '{\"prefix\":{\"addr\":\"10.1.0.0\",\"len\":16}}') '{\"match\":{\"op\":\"${op% *}\",\"left\":'\$dport',\"right\":${op#* }}}' \$drop; rule f \$(from) \$port \$drop" | grep -c '10.1.0.0/16'; done | paste -sd ' '
> 1 0 1 0 1 0 1 0
0 bash rules 'rule f "{\"match\":{\"op\":\"<\",\"left\":$(field udp dport),\"right\":1024}}" $drop; rule f $(from) $port $drop' | grep handle
>         10.0.0.9/32  # ip t f handle 2
0 bash rules 'rule f $(match "{\"ct\":{\"key\":\"state\"}}" "{\"|\":[\"new\",\"related\"]}") $(from) $port $drop' | grep handle
>         10.0.0.9/32  # ip t f handle 1
# A set that is empty now was not always.
0 bash rules 'set set s ""; rule f $(from "\"@s\"") $port $drop; set map m ""; rule f $port "{\"vmap\":{\"key\":$saddr,\"data\":\"@m\"}}"; rule f $(from) $port $drop' | grep "^#  " | sort
> #   ip t f handle 1: it is of a set that is empty
> #   ip t f handle 2: it is of a map that is empty
# A name ends no line.
0 bash rules 'set set "s\\nisp" "\"10.0.0.1\""; rule f $(from "\"@s\\nisp\"") $port $drop'
>     dynamic = {
>         10.0.0.1/32  # ip t set s?isp
>     }
# Neither does a comment of a set say more than it says; and some sets are not what they look like.
0 printf '%s\n' 'create a hash:net family inet comment' 'add a 10.0.0.0/24 comment "nomatch"' 'add a 10.0.1.0/24 comment "timeout"' 'add a 10.0.1.128/25 nomatch comment "x"' 'create b hash:ip family inet bitmask 255.255.0.255' 'add b 10.0.0.9' | obpblctl import ipset - isp a set a class dynamic set b class static 2>/dev/null | sed -n '/^#   /p;/^    dynamic /,/}/p'
> #   stdin:5: 'b': a set of 1, of type hash with a bitmask, which has no like in class static
> #   stdin:1: 'a': its nomatch entries are cut out of the others
>     dynamic = {
>         10.0.0.0/24,  # stdin:1
>         10.0.1.0/25  # stdin:1
>     }
# What a list of Cisco's has that is not understood is told, and ends no list; nor does it end a group.
@ cisco
| obpblctl import cisco - isp a space 10.0.0.0/8 2>/dev/null | sed -n '/^#   /p;/^    \(dynamic\|static\) /,/}/p' | grep -v 'inside the space'
0 printf '%s\n' 'ip access-list extended m' ' statistics per-entry' ' permit tcp any any reflect r' ' evaluate r' ' deny tcp host 10.0.0.9 any eq www pop3 smtp' ' deny tcp host 10.0.0.8 any range ftp telnet' ' deny tcp host 10.0.0.7 any range ftp domain' ' permit ip any any' | bash cisco
> #   stdin:2: 'statistics per-entry': 'statistics' is not understood
> #   stdin:3: 'permit tcp any any reflect r': 'reflect' is not understood
> #   stdin:4: 'evaluate r': 'evaluate' is not understood
> #   stdin:5: 'deny tcp host 10.0.0.9 any eq www pop3 smtp': it is of other ports too, for which it is still needed
> #   stdin:7: 'deny tcp host 10.0.0.7 any range ftp domain': it is of other ports too, for which it is still needed
>     dynamic = {
>         10.0.0.7/32,  # stdin:7
>         10.0.0.9/32  # stdin:5
>     }
0 printf '%s\n' 'object-group network e' 'object-group network n' ' network-object host 10.0.0.1' ' 10.0.2.0 255.255.255.0' 'ip access-list extended m' ' deny tcp object-group e any eq 25' ' deny tcp object-group n any eq 25' ' deny tcp host 10.0.0.9 any eq 25' | bash cisco
> #   stdin:6: 'deny tcp object-group e any eq 25': group 'e' is empty
> #   stdin:7: 'deny tcp object-group n any eq 25': in group 'n': 'network-object' is no address
>     dynamic = {
>         10.0.0.9/32  # stdin:8
>     }
# An ASA has masks where IOS has their opposite.
0 printf '%s\n' 'access-list m extended deny tcp 10.0.0.9 255.255.255.255 any eq smtp' 'access-list m extended deny tcp 10.0.1.0 255.255.255.0 any eq smtp' | bash cisco
>     dynamic = {
>         10.0.0.9/32,  # stdin:1
>         10.0.1.0/24  # stdin:2
>     }
# A list that is named is there.
1 echo 'access-list 101 deny tcp any any eq 25' | obpblctl import cisco - isp a space 10.0.0.0/8 list 101 list 102
! obpblctl: stdin: there is no list '102'
# Filters of Junos: brackets without blanks, more words than a screen has, either port, and lists that are not only prefixes.
@ junos
| obpblctl import juniper - isp a space 10.0.0.0/8 2>/dev/null | sed -n '/^#   /p;/^    \(dynamic\|static\) /,/}/p' | grep -v 'inside the space\|other ports'
@ filter
| echo 'firewall { family inet { filter m {'
| while read -r source other; do echo "term t { from { source-address $source; $other } then discard; }"; done | awk '{ sub("term t", "term t" NR); print }'
| echo 'term z { then accept; } } } }'
0 { echo '10.0.0.1/32 destination-port [25 465];'; echo '10.0.0.2/32 protocol [udp tcp]; port smtp;'; echo "10.0.0.3/32 destination-port [ $(seq -s ' ' 1000 1200) 25 ];"; echo '10.0.0.4/32 port 26;'; } | bash filter | bash junos
> #   stdin:3: 'm term t2': it matches 'port'
>     dynamic = {
>         10.0.0.1/32,  # stdin:2
>         10.0.0.3/32  # stdin:4
>     }
0 { echo 'policy-options { prefix-list P { apply-path "interfaces x"; 10.0.0.1/32; } }'; printf '%s\n' '10.0.0.0/24 destination-port 25; source-prefix-list P except;' '10.0.2.0/24 destination-port 25;' | bash filter; } | bash junos
> #   stdin:1: 'apply-path': it is no prefix, in prefix list 'P'
> #   stdin:3: 'm term t1': prefix list 'P' has not only prefixes, or none
>     dynamic = {
>         10.0.2.0/24  # stdin:4
>     }
# What is inactive is not active.
@ lines
| set firewall family inet filter m term a from source-address 10.0.0.1/32
| set firewall family inet filter m term a from destination-port 25
| set firewall family inet filter m term a then discard
| set firewall family inet filter m term b from source-prefix-list P
| set firewall family inet filter m term b from destination-port 25
| set firewall family inet filter m term b then discard
| set firewall family inet filter m term c from source-address 10.0.0.2/32
| set firewall family inet filter m term c from destination-port 25
| set firewall family inet filter m term c then discard
| set policy-options prefix-list P 10.0.0.3/32
0 { cat lines; echo 'deactivate firewall family inet filter m term a'; echo 'deactivate policy-options prefix-list P 10.0.0.3/32'; } | bash junos
> #   stdin:1: 'm term a': 'inactive:' is not understood
> #   stdin:4: 'm term b': prefix list 'P' has not only prefixes, or none
>     dynamic = {
>         10.0.0.2/32  # stdin:7
>     }
0 { cat lines; echo 'deactivate firewall family inet filter m'; } | obpblctl import juniper - isp a 2>&1 | tail -n 1 >&2
! obpblctl: stdin: no line of it blocks port 25 in a way that can be carried over

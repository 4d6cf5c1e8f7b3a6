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
# A set that is empty now was not always.
0 bash rules 'set set s ""; rule f $(from "\"@s\"") $port $drop; set map m ""; rule f $port "{\"vmap\":{\"key\":$saddr,\"data\":\"@m\"}}"; rule f $(from) $port $drop' | grep "^#  " | sort
> #   ip t f handle 1: it is of a set that is empty
> #   ip t f handle 2: it is of a map that is empty
# A name ends no line.
0 bash rules 'set set "s\\nisp" "\"10.0.0.1\""; rule f $(from "\"@s\\nisp\"") $port $drop'
>     dynamic = {
>         10.0.0.1/32  # ip t set s?isp
>     }

# Tables by number, also a large one, and by name; what is no customer's is left out.
@ alpha.conf
| isp alpha { mode = enforce  space = { 203.0.113.0/24 }  relay = { 203.0.113.200 } }
@ once
| mkfifo says; obpblctl "$@" >says & read -r line <says; kill %1; rm says; echo "${line#* }"
1 timeout 20 obpblctl follow table 100 isp alpha class dynamic
! obpblctl: 'alpha': there is no such ISP
0 obpblctl apply alpha.conf >/dev/null 2>&1
0 bash once follow table 100 isp alpha class dynamic
> followed table 100 isp alpha class dynamic prefixes 0 added 0 deleted 0 held 0
0 ip route add blackhole 203.0.113.0/26 table 100; ip route add unreachable default table 100; ip -6 route add blackhole fe80::/64 table 100; ip -6 route add prohibit 2001:db8::/32 table 100
0 bash once follow table 100 isp alpha class dynamic
> followed table 100 isp alpha class dynamic prefixes 2 added 2 deleted 0 held 0
! obpblctl: warning: table 100 has a default route: it is not mirrored, since it would be everybody
0 ip route add blackhole 203.0.113.64/26 table 4000000000; ip route add throw 203.0.113.192/26 table 4000000000; bash once follow table 4000000000 isp alpha class dynamic
> followed table 4000000000 isp alpha class dynamic prefixes 1 added 1 deleted 0 held 0
0 echo "4242 pools" >>/etc/iproute2/rt_tables; ip route add blackhole 203.0.113.128/26 table pools; bash once -j follow table pools isp alpha class static | sed 's/^.*"event"/{"event"/'
> {"event":"followed","table":4242,"isp":"alpha","class":"static","prefixes":1,"added":1,"deleted":0,"held":0}
0 obpblctl prefix list dynamic; obpblctl prefix list static
> 203.0.113.0/26 dynamic isp alpha
> 203.0.113.64/26 dynamic isp alpha
> 2001:db8::/32 dynamic isp alpha
> 203.0.113.128/26 static isp alpha
# A list that is none, and one in a folder that is not there.
1 echo nonsense >bad.txt; timeout 20 obpblctl follow table 100 isp alpha class dynamic file bad.txt
! obpblctl: bad.txt:1:1: 'nonsense': is not an IPv4 or IPv6 prefix
! obpblctl: bad.txt: is no list of prefixes
0 bash once follow table 100 isp alpha class dynamic file new.txt 2>/dev/null >/dev/null; cat new.txt
> # obpblctl follow table 100 isp alpha class dynamic
> 203.0.113.0/26
> 2001:db8::/32
# What a section says; its list is a part of the file through each apply, after
# which nothing differs. What was mirrored while nobody applied is in both.
@ f.conf
| include alpha.conf
| follow pools { table = 100  isp = alpha  class = dynamic  file = pools.txt }
| follow listed { table = 200  isp = alpha  class = quarantine  hold = 1s }
| follow servers { table = 300  isp = alpha  class = exempt }
0 obpblctl apply f.conf >/dev/null 2>&1; obpblctl prefix list dynamic; obpblctl diff f.conf 2>/dev/null
0 bash once follow section pools of f.conf 2>/dev/null; obpblctl diff f.conf 2>/dev/null; obpblctl apply f.conf 2>/dev/null | head -n 1; obpblctl prefix list dynamic
> followed table 100 isp alpha class dynamic prefixes 2 added 2 deleted 0 held 0
> no difference
> 203.0.113.0/26 dynamic isp alpha
> 2001:db8::/32 dynamic isp alpha
0 obpblctl save >s.conf; grep -c follow s.conf; obpblctl diff s.conf 2>/dev/null; obpblctl apply s.conf 2>/dev/null | head -n 1; obpblctl diff f.conf 2>/dev/null
> 0
> no difference
# Quarantines and exemptions by their reason; somebody else's stay, and the
# table's are in the place of those that have ended.
0 for p in 203.0.113.5 203.0.113.6 203.0.113.7; do ip route add blackhole $p table 200; done; ip route add blackhole 203.0.113.9 table 300; obpblctl quarantine add 203.0.113.6 isp alpha for 1h reason mine 2>/dev/null >/dev/null; obpblctl quarantine add 203.0.113.7 isp alpha until 2020-01-01T00:00:00Z reason old >/dev/null 2>&1; bash once follow section listed of f.conf 2>/dev/null; bash once follow section servers of f.conf 2>/dev/null
> followed table 200 isp alpha class quarantine prefixes 3 added 2 deleted 0 held 0
> followed table 300 isp alpha class exempt prefixes 1 added 1 deleted 0 held 0
0 obpblctl -j quarantine list | jq -r '.[] | "\(.prefix) \(.reason) \(.until != null) \(.configured)"' | sort; obpblctl -j exempt list | jq -r '.[] | "\(.prefix) \(.reason)"'
> 203.0.113.5/32 follow table 200 false false
> 203.0.113.6/32 mine true false
> 203.0.113.7/32 follow table 200 false false
> 203.0.113.9/32 follow table 300
10 obpblctl test from 203.0.113.5 to 203.0.113.200 >/dev/null; obpblctl test from 203.0.113.5 to 203.0.113.201 >/dev/null
0 obpblctl apply f.conf >/dev/null 2>&1; obpblctl -j quarantine list | jq length
> 3
# After a reboot, when what was added by command has been restored, follow knows
# its own; what has left the table goes.
0 ip route flush table 200; obpblctl follow section listed of f.conf >says 2>/dev/null & until obpblctl -j quarantine list | jq -e 'length == 1' >/dev/null; do :; done; kill $!; wait $!; obpblctl quarantine list | grep -c mine; grep -c 'deleted 2' says
> 1
> 1
# What the file has as well, or the list of another section, is not a table's to
# take away; and nothing goes while the file has a fault.
@ shared.conf
| isp alpha { mode = enforce  space = { 203.0.113.0/24 }  dynamic = { 203.0.113.16/30 } }
| follow one { table = 500  isp = alpha  class = dynamic  hold = 1s  file = one.txt }
| follow two { table = 600  isp = alpha  class = dynamic  hold = 1s  file = two.txt }
0 rm says; for p in 16 20 24; do ip route add blackhole 203.0.113.$p/30 table 500; done; ip route add blackhole 203.0.113.20/30 table 600; cp shared.conf now.conf; obpblctl apply now.conf >/dev/null 2>&1; for name in one two; do bash once follow section $name of now.conf 2>/dev/null; done
> followed table 500 isp alpha class dynamic prefixes 3 added 2 deleted 0 held 0
> followed table 600 isp alpha class dynamic prefixes 1 added 0 deleted 0 held 0
0 obpblctl follow section one of now.conf >heard 2>/dev/null & until grep -q followed heard; do sleep 0.1; done; echo 'isp {' >now.conf; ip route flush table 500; until grep -q waiting heard; do sleep 0.1; done; kill $!; wait $!; grep waiting heard; obpblctl prefix list dynamic
>~ [^ ]+ waiting isp alpha why "?now.conf has a fault: nothing goes until it can be read"?
> 203.0.113.16/30 dynamic isp alpha
> 203.0.113.20/30 dynamic isp alpha
> 203.0.113.24/30 dynamic isp alpha
0 cp shared.conf now.conf; obpblctl follow section one of now.conf >heard 2>/dev/null & until grep -q 'deleted [1-9]' heard; do sleep 0.1; done; kill $!; wait $!; obpblctl prefix list dynamic; grep -v '#' one.txt two.txt
> 203.0.113.16/30 dynamic isp alpha
> 203.0.113.20/30 dynamic isp alpha
> two.txt:203.0.113.20/30
# What two give up at once goes all the same: both wait here until they may.
0 for t in 500 600; do ip route flush table $t 2>/dev/null; ip route add blackhole 203.0.113.28/30 table $t; done; for name in one two; do obpblctl follow section $name of now.conf >heard.$name 2>/dev/null & done; until grep -q followed heard.one && grep -q followed heard.two; do sleep 0.1; done; while obpblctl prefix list dynamic | grep -q '\.20/'; do sleep 0.1; done; exec 9<.; flock 9; ip route flush table 500; ip route flush table 600; timeout 60 bash -c 'until [[ $(grep -c -e "-> FLOCK" /proc/locks) == 2 ]]; do sleep 0.1; done' || echo none waits; flock -u 9; while obpblctl prefix list dynamic | grep -q '\.28/'; do sleep 0.1; done; kill $(jobs -p); wait; obpblctl prefix list dynamic
> 203.0.113.16/30 dynamic isp alpha
0 obpblctl flush --yes >/dev/null

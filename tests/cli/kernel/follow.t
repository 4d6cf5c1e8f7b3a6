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

# tools/ppp/session: who is behind an interface, as RADIUS says, by the interfaces
# of pppd, accel-ppp and FreeRADIUS.
# In the place of the program: it keeps the sessions that it is told of, and knows
# two ISPs.
@ obpblctl
| #!/bin/bash
| keep() { for ((i = 5; i < $#; i += 2)); do [[ ${!i} != addr ]] || { j=$((i + 1)); a=${!j}; [[ $a == */* ]] || a+=/32; grep -q " $a " have || echo "dev $4 addr $a isp $isp class $class" >>have; }; done; }
| isp=$(sed -n 's/.* isp \([^ ]*\) .*/\1/p;q' have) class=$(sed -n 's/.* class //p;q' have)
| case "$1 $2" in
| "session list") cat have; exit ;;
| "session down") : >have; exit ;;
| "session up") for ((i = 1; i < $#; i++)); do j=$((i + 1)); case ${!i} in isp) isp=${!j} ;; class) class=${!j} ;; esac; done ;;
| esac
| [[ $isp == @(alpha|beta) ]] || { echo "obpblctl: '$isp': there is no such ISP"; exit 1; }
| [[ $2 != up ]] || : >have
| keep "$@"
# What is complained of
@ logger
| #!/bin/sh
| [ "$1 $2 $3 $4 $5" = "-t obpbl -p daemon.err --" ] && printf '%s\n' "$6" >&2
# Its exit status, and the sessions then
@ after
| #!/bin/bash
| "$@"
| echo "$? $(sort have | sed 's/^dev //' | paste -sd ';')"
# pppd IPPARAM [ATTRIBUTE]...: ip-up of a new interface
@ pppd
| #!/bin/bash
| ipparam=$1
| shift
| : >have
| printf '%s\n' "$@" >run/radattr.ppp0
| ./after ip-up.d/obpbl ppp0 access0 38400 203.0.113.1 203.0.113.5 "$ipparam"
# accel WHEN [ATTRIBUTE]...: as accel-ppp calls it, with a number that the
# subscriber has chosen
@ accel
| #!/bin/bash
| when=$1
| shift
| (($#)) && printf '%s\n' "$@" >run/radattr.ppp0
| ./after env -i PATH="$PATH" PEERNAME=alice CALLING_SID=isp=alpha,class=exempt CALLED_SID=x accel-ppp/$when ppp0 none 0 203.0.113.1 203.0.113.5 isp=alpha,class=exempt
# A copy that has this folder for that of the machine
0 sed "s#/run/#$PWD/run/#g; s#/etc/default#$PWD#g" "$OBPBL_REPO/tools/ppp/session" >session; mkdir -p bin run/obpbl accel-ppp freeradius ip-pre-up.d ip-up.d ipv6-up.d ip-down.d; mv obpblctl logger bin; chmod +x after pppd accel session bin/*; : >have
0 sed -i "s#^\#!/bin/bash#&\nPATH=$PWD/bin:\$PATH#" pppd accel after; for path in ip-pre-up.d/obpbl ip-up.d/obpbl ipv6-up.d/obpbl ip-down.d/obpbl accel-ppp/ip-pre-up accel-ppp/ip-up accel-ppp/ip-change accel-ppp/ip-down freeradius/coa freeradius/disconnect; do ln -s "$PWD/session" $path; done
# RADIUS names both, or one of them; ipparam the other.
0 ./pppd none "Filter-Id obpbl:isp=alpha,class=static"
> 0 ppp0 addr 203.0.113.5/32 isp alpha class static
0 ./pppd none "Filter-Id obpbl:class=exempt,isp=alpha"
> 0 ppp0 addr 203.0.113.5/32 isp alpha class exempt
0 ./pppd none "Filter-Id obpbl:isp=alpha"
> 0 ppp0 addr 203.0.113.5/32 isp alpha class dynamic
0 ./pppd isp=alpha "Filter-Id obpbl:class=static" "Framed-IPv6-Prefix 2001:db8:a:1::/64"
> 0 ppp0 addr 2001:db8:a:1::/64 isp alpha class static;ppp0 addr 203.0.113.5/32 isp alpha class static
0 ./pppd isp=alpha,class=static "Filter-Id obpbl:class=dynamic"
> 0 ppp0 addr 203.0.113.5/32 isp alpha class dynamic
# An ISP of RADIUS does not come with the class of another.
0 ./pppd isp=beta,class=static "Filter-Id obpbl:isp=alpha"
> 0 ppp0 addr 203.0.113.5/32 isp alpha class dynamic
# Those of other programs are theirs.
0 ./pppd isp=alpha,class=static "Filter-Id std.ppp.in" "Filter-Id class=exempt" "Reply-Message Filter-Id obpbl:class=exempt" "X-Filter-Id obpbl:class=exempt"
> 0 ppp0 addr 203.0.113.5/32 isp alpha class static
0 ./pppd isp=alpha "Filter-Id std.ppp.in" "Filter-Id obpbl:class=static" "Filter-Id std.ppp.out"
> 0 ppp0 addr 203.0.113.5/32 isp alpha class static
0 ./pppd none "Filter-Id std.ppp.in"
> 0 
# One that is not understood gives nothing, and takes what ipparam gives.
0 for filter in obpbl obpbl: obpbl:static obpbl:class=Static "obpbl:class=static " obpbl:class=static, obpbl:,class=static obpbl:class=static,class=static obpbl:class=static,class=exempt obpbl:isp=alpha,isp=alpha obpbl:class= obpbl:isp= obpbl:isp=.x "obpbl:isp=a b" 'obpbl:isp=$(id)' 'obpbl:isp=alpha;class=static' "obpbl: class=static" obpbl=class=static OBPBL:class=static obpbl-class=static obpbl:class=own obpbl:class=static,dev=ppp0 'obpbl:class=static\012'; do ./pppd isp=alpha,class=exempt "Filter-Id $filter" 2>said; grep -qxF "ppp0: Filter-Id '$filter': not one that is understood" said || echo "$filter: $(cat said)"; done | sort | uniq -c | tr -s ' '
>  23 0 ppp0 addr 203.0.113.5/32 isp alpha class dynamic
0 ./pppd isp=alpha,class=static "Filter-Id obpbl:class=exempt" "Filter-Id obpbl:class=exempt"
> 0 ppp0 addr 203.0.113.5/32 isp alpha class dynamic
! ppp0: Filter-Id 'obpbl:class=exempt': not one that is understood
0 ./pppd none "Filter-Id obpbl:class=exempt"
> 1 
! ppp0: Filter-Id 'obpbl:class=exempt': of no ISP
0 ./pppd none "Filter-Id obpbl:isp=gamma,class=exempt" 2>&1 | sed 's/obpblctl: .*/obpblctl/'
> ppp0: obpblctl
> 1 
# What a pppd that was killed has left is nobody's.
0 echo "Filter-Id obpbl:isp=alpha,class=exempt" >run/radattr.ppp0; touch -d -1min run/radattr.ppp0; echo 1 >run/ppp0.pid; ./after ip-up.d/obpbl ppp0 access0 38400 203.0.113.1 203.0.113.5 isp=alpha; rm run/ppp0.pid
> 0 ppp0 addr 203.0.113.5/32 isp alpha class dynamic
# Where one is still there of another class, as without ip-down, it is not kept.
0 echo "Filter-Id obpbl:class=static" >run/radattr.ppp0; bin/obpblctl session up dev ppp0 addr 203.0.113.5 addr 203.0.113.6 isp alpha class exempt; ./after ip-up.d/obpbl ppp0 access0 38400 203.0.113.1 203.0.113.5 isp=alpha
> 0 ppp0 addr 203.0.113.5/32 isp alpha class static
# The end of a pppd is not that of the next one on the same interface.
0 export PATH=$PWD/bin:$PATH; PPPD_PID=1 ip-up.d/obpbl ppp0 access0 38400 203.0.113.1 203.0.113.5 isp=alpha; PPPD_PID=2 ip-up.d/obpbl ppp0 access0 38400 203.0.113.1 203.0.113.5 isp=alpha; PPPD_PID=1 ./after ip-down.d/obpbl ppp0 access0 38400 203.0.113.1 203.0.113.5 isp=alpha
> 0 ppp0 addr 203.0.113.5/32 isp alpha class static
0 rm run/radattr.ppp0; PPPD_PID=2 ./after ip-down.d/obpbl ppp0 access0 38400 203.0.113.1 203.0.113.5
> 0 
# accel-ppp: RADIUS says it, or the file; never the subscriber's own number.
0 ./accel ip-pre-up; ./accel ip-up "Filter-Id std.ppp.in"
> 0 
> 0 
0 echo 'ACCEL_PPP="isp=beta"' >obpbl; ./accel ip-pre-up "Filter-Id std.ppp.in"; ./accel ip-down
> 0 ppp0 addr 203.0.113.5/32 isp beta class dynamic
> 0 
0 ./accel ip-pre-up "Filter-Id obpbl:isp=alpha,class=static" "Delegated-IPv6-Prefix 2001:db8:a:100::/56"; ./accel ip-up
> 0 ppp0 addr 2001:db8:a:100::/56 isp alpha class static;ppp0 addr 203.0.113.5/32 isp alpha class static
> 0 ppp0 addr 2001:db8:a:100::/56 isp alpha class static;ppp0 addr 203.0.113.5/32 isp alpha class static
# A CoA: the file has what it says alone. Prefixes and ISP stay.
0 ./accel ip-change "Filter-Id obpbl:class=dynamic"; ./accel ip-change "Session-Timeout 60"; ./accel ip-change "Filter-Id obpbl:isp=alpha,class=exempt"
> 0 ppp0 addr 2001:db8:a:100::/56 isp alpha class dynamic;ppp0 addr 203.0.113.5/32 isp alpha class dynamic
> 0 ppp0 addr 2001:db8:a:100::/56 isp alpha class dynamic;ppp0 addr 203.0.113.5/32 isp alpha class dynamic
> 0 ppp0 addr 2001:db8:a:100::/56 isp alpha class exempt;ppp0 addr 203.0.113.5/32 isp alpha class exempt
# What is not understood is refused, which accel-ppp answers with a NAK.
0 ./accel ip-change "Filter-Id obpbl:class=all"
> 1 ppp0 addr 2001:db8:a:100::/56 isp alpha class exempt;ppp0 addr 203.0.113.5/32 isp alpha class exempt
! ppp0: Filter-Id 'obpbl:class=all': not one that is understood, nothing changed
0 ./accel ip-change "Filter-Id obpbl:isp=gamma" 2>/dev/null
> 1 ppp0 addr 2001:db8:a:100::/56 isp alpha class exempt;ppp0 addr 203.0.113.5/32 isp alpha class exempt
0 ./accel ip-down "Session-Timeout 60"
> 0 
0 ./accel ip-change "Filter-Id obpbl:isp=alpha,class=static"; : >have
> 0 ppp0 addr 203.0.113.5/32 isp alpha class static
# It hangs up if ip-pre-up fails: a subscriber without a session is none without a line.
0 ./accel ip-pre-up "Filter-Id obpbl:isp=gamma" 2>/dev/null; rm obpbl; ./accel ip-pre-up "Filter-Id obpbl:all" 2>/dev/null
> 0 
> 0 
# FreeRADIUS, for pppd: the session of this user with this address. What comes up
# after it, as IPv6 may at any time, takes nothing of it back.
0 (trap 'touch ended; exit' TERM; exec >/dev/null 2>&1; while :; do sleep 0.1; done) & export PPPD_PID=$! PEERNAME='alice@alpha example'; rm -f run/radattr.ppp0; PATH=$PWD/bin:$PATH ip-up.d/obpbl ppp0 access0 38400 203.0.113.1 203.0.113.5 isp=alpha; bin/obpblctl session addr dev ppp0 addr 2001:db8:a:200::/56; ./after freeradius/coa "$PEERNAME" 203.0.113.5 obpbl:class=static; PATH=$PWD/bin:$PATH ipv6-up.d/obpbl ppp0 access0 38400 fe80::1 fe80::2 isp=alpha; ./after ip-up.d/obpbl ppp0 access0 38400 203.0.113.1 203.0.113.5 isp=alpha
> 0 ppp0 addr 2001:db8:a:200::/56 isp alpha class static;ppp0 addr 203.0.113.5/32 isp alpha class static
> 0 ppp0 addr 2001:db8:a:200::/56 isp alpha class static;ppp0 addr 203.0.113.5/32 isp alpha class static
0 for which in coa disconnect; do ./after freeradius/$which bob 203.0.113.5 obpbl:class=exempt; ./after freeradius/$which "" 203.0.113.5 obpbl:class=exempt; ./after freeradius/$which "alice@alpha example" 203.0.113.6 obpbl:class=exempt; ./after freeradius/$which "alice@alpha example" "" obpbl:class=exempt; done 2>&1 | sort | uniq -c | tr -s ' '; test ! -e ended
>  8 1 ppp0 addr 2001:db8:a:200::/56 isp alpha class static;ppp0 addr 203.0.113.5/32 isp alpha class static
>  2 a request of RADIUS: 203.0.113.6: no session has this address
>  2 a request of RADIUS: : no session has this address
>  2 ppp0: 203.0.113.5: not the session of ''
>  2 ppp0: 203.0.113.5: not the session of 'bob'
0 for filter in "" std.ppp.in obpbl:class=all obpbl:class=exempt,obpbl:class=exempt; do ./after freeradius/coa "alice@alpha example" 203.0.113.5 "$filter"; done 2>&1
> ppp0: 203.0.113.5: a CoA without a Filter-Id
> 1 ppp0 addr 2001:db8:a:200::/56 isp alpha class static;ppp0 addr 203.0.113.5/32 isp alpha class static
> ppp0: Filter-Id 'std.ppp.in': not one that is understood, nothing changed
> 1 ppp0 addr 2001:db8:a:200::/56 isp alpha class static;ppp0 addr 203.0.113.5/32 isp alpha class static
> ppp0: Filter-Id 'obpbl:class=all': not one that is understood, nothing changed
> 1 ppp0 addr 2001:db8:a:200::/56 isp alpha class static;ppp0 addr 203.0.113.5/32 isp alpha class static
> ppp0: Filter-Id 'obpbl:class=exempt,obpbl:class=exempt': not one that is understood, nothing changed
> 1 ppp0 addr 2001:db8:a:200::/56 isp alpha class static;ppp0 addr 203.0.113.5/32 isp alpha class static
0 PATH=$PWD/bin:$PATH freeradius/disconnect "alice@alpha example" 203.0.113.5; timeout 60 bash -c 'until [[ -e ended ]]; do sleep 0.1; done' && : >have && ./after freeradius/disconnect "alice@alpha example" 203.0.113.5
> 1 
! a request of RADIUS: 203.0.113.5: no session has this address

# The upgrade of the module, with programs that only say what they were asked: what
# it does where something goes wrong. Where nothing does: tests/system/boot.sh.
@ obpblctl
| #!/bin/sh
| echo "obpblctl $*" >>log
| case $* in
| "isp list") [ ! "$LIST" ] || exit 1; echo alpha ;;
| "session list") printf '%s\n' "dev ppp0 addr 203.0.113.5/32 isp alpha class static" "dev ppp0 addr 2001:db8::/64 isp alpha class static" "dev ppp1 isp alpha class dynamic" ;;
| "-j show") printf '{\n "confirm": %s,\n "shadow": null\n}\n' "${CONFIRM-null}" ;;
| "stats save") echo "stats restore isp alpha family 4" ;;
| apply*) exit ${APPLY-0} ;;
| "-f -b"*) cat "$3" >>log; exit ${SESSION-0} ;;
| esac
@ rmmod
| #!/bin/sh
| echo "rmmod $*" >>log
| exit ${RMMOD-0}
@ says
| #!/bin/sh
| echo "${0##*/} $*" >>log
@ modinfo
| #!/bin/sh
| uname -r
@ ip
| #!/bin/sh
@ run
| rm -rf log obpbl-upgrade.*; mkdir -p module; echo ${HELD-1} >module/refcnt
| sed "s|/sys/module/obpbl|$PWD/module|; s|/run/|$PWD/|" "$OBPBL_REPO/tools/systemd/upgrade" >upgrade
| PATH=$PWD:$PATH sh upgrade 2>&1 | sed "s|$PWD/||; s|grade\.[^ ]*|grade|"; status=${PIPESTATUS[0]}
| sed "s|$PWD/||; s|grade\.[^/]*|grade|" log | sed '/list$/d; /show$/d; /save/d'; ls -d obpbl-upgrade.* 2>/dev/null | wc -l; exit $status
0 for c in modprobe systemctl sysctl; do cp says $c; done; printf '#!/bin/sh\n[ "$1" != -u ] || echo 0\n' >id; chmod +x obpblctl rmmod says modinfo ip id modprobe systemctl sysctl
0 bash run
> sysctl net.obpbl
> systemctl -q is-enabled obpbl-fallback
> systemctl start obpbl-fallback
> obpblctl flush --yes
> rmmod obpbl
> modprobe obpbl
> sysctl -qp obpbl-upgrade/-.sysctl
> obpblctl apply obpbl-upgrade/-.conf --empty
> obpblctl restore obpbl-upgrade/-.runtime
> obpblctl -f -b obpbl-upgrade/-.sessions
> session up dev ppp0 isp alpha class static addr 203.0.113.5/32 addr 2001:db8::/64
> session up dev ppp1 isp alpha class dynamic
> obpblctl -f -b obpbl-upgrade/-.counters
> stats restore isp alpha family 4
> systemctl stop obpbl-fallback
> obpblctl version
> 0
# What cannot be read, waits or is not known is not lost: nothing is flushed.
1 LIST=1 bash run
> upgrade: -: cannot be read; nothing was changed
> 0
1 CONFIRM={ bash run
> upgrade: -: a change waits to be confirmed; nothing was changed
> 0
1 HELD=2 bash run
> upgrade: a network namespace without a name has a policy; nothing was changed
> sysctl net.obpbl
> 0
# A module that does not go: all is put back. A policy that does not come back: nft stays, and what there was is named.
0 RMMOD=1 bash run | grep -v "ppp\|sysctl"
> upgrade: the module was not replaced; all is as it was before
> systemctl -q is-enabled obpbl-fallback
> systemctl start obpbl-fallback
> obpblctl flush --yes
> rmmod obpbl
> obpblctl apply obpbl-upgrade/-.conf --empty
> obpblctl restore obpbl-upgrade/-.runtime
> obpblctl -f -b obpbl-upgrade/-.sessions
> systemctl stop obpbl-fallback
> 0
0 APPLY=1 bash run | tail -n 4
> modprobe obpbl
> sysctl -qp obpbl-upgrade/-.sysctl
> obpblctl apply obpbl-upgrade/-.conf --empty
> 1
0 APPLY=1 bash run | head -n 1
> upgrade: not all is back: -; what there was is in obpbl-upgrade
# A subscriber who has gone meanwhile is none.
0 SESSION=1 bash run | grep -v ppp | tail -n 3
> systemctl stop obpbl-fallback
> obpblctl version
> 0

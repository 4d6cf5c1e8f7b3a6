# What the examples of tools/doc/examples say of themselves, the kernel decides.
@ expect
| for vrf in $(sed -n 's/^ *vrf *= //p' "$1"); do
| 	ip link add "$vrf" type vrf table $((++table)) && ip link set "$vrf" up
| done
| obpblctl flush --yes >/dev/null 2>&1
| obpblctl apply "$1" >/dev/null
| sed -n 's/^# test //p' "$1" | while IFS= read -r words; do
| 	want=${words##*: } words=${words%: *}
| 	got=$(obpblctl -j test $words | jq -r '"\(.verdict) \(.reason)"')
| 	[ "$got" = "$want" ] && echo ok || echo "$words: $got, not $want"
| done | sort | uniq -c | sed 's/^ *//'
0 bash expect "$OBPBL_REPO/tools/doc/examples/small-isp.conf"
> 11 ok
0 bash expect "$OBPBL_REPO/tools/doc/examples/hoster.conf"
> 11 ok
0 bash expect "$OBPBL_REPO/tools/doc/examples/mobile-2005.conf"
> 8 ok
0 bash expect "$OBPBL_REPO/tools/doc/examples/wholesale.conf"
> 16 ok

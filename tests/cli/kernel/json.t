# The manual has every name in every document, but those of reasons and classes,
# which are in obpbl(4), and its example is a filter that jq takes.
@ alpha.conf
| isp alpha { mode = enforce  space = { 203.0.113.0/24 }  dynamic = { 203.0.113.0/25 }  relay = { 203.0.113.200 }  limit = 3/1h  limit_quarantine = 1h }
@ stricter.conf
| isp alpha { mode = enforce  policy = relay-only  space = { 203.0.113.0/24 }  dynamic = { 203.0.113.0/25 }  relay = { 203.0.113.200 } }
@ names
| section() { sed -n '/^\.SH JSON/,/^\.SH EXIT/p' "$OBPBL_REPO/tools/man/obpblctl.8"; sed -n '/^\.BR isp/,/^\.TP/p' "$OBPBL_REPO/tools/man/obpblctl.8"; sed -n '/^\.BR limit/p' "$OBPBL_REPO/tools/man/obpbl.conf.5"; }
| section >manual
| for name; do
|     case $name in exempt|quarantine|static|space|relay|target|dynamic) continue ;; esac
|     grep -qw -- "$name" manual || echo "the manual has no $name in JSON"
| done
0 obpblctl apply alpha.conf >/dev/null; obpblctl exempt add 203.0.113.9 isp alpha for 1h reason x ticket T to 198.18.0.1; ip link add w0 type dummy; obpblctl session up dev w0 addr 203.0.113.7 isp alpha
0 for c in "apply alpha.conf" show "isp list" "exempt list" "session list" "test from 203.0.113.7 to 198.18.0.1" stats "apply alpha.conf --diff --confirm 60" show confirm "apply stricter.conf --shadow" "shadow show" "prefix add 203.0.113.128/26 dynamic isp alpha" "apply alpha.conf"; do obpblctl -j $c 2>/dev/null; done | jq -r '.. | objects | keys[]' | sort -u >keys; xargs bash names <keys; wc -l <keys | sed 's/^[4-9][0-9]$\|^1[0-9][0-9]$/many/'
> many
0 sed -n 's/^obpblctl .-j top .-n 1000 | \(jq .*\)/\1/p' "$OBPBL_REPO/tools/man/obpblctl.8" | sed 's/\\-/-/g' >filter; echo '[{"source": "203.0.113.5/32", "destinations": 101}, {"source": "203.0.113.6/32", "destinations": 1}]' | bash filter
> 203.0.113.5/32

# Every document of -j is as tools/json/schema.json says, and has no name that it
# does not have. Those that need no kernel are in ../host/schema.t.
@ alpha.conf
| isp alpha { mode = enforce  reverse = on  limit = 10/1h  space = { 203.0.113.0/24 }  dynamic = { 203.0.113.0/25 }  relay = { 203.0.113.200 } }
| isp beta { space = { 192.0.2.0/24 }  dynamic = { 192.0.2.0/25 }  relay = { 192.0.2.200 } }
| exempt 203.0.113.9 { isp = alpha  to = 198.51.100.99  until = "2097-03-31T00:00:00Z"  reason = "own MTA"  ticket = T-1 }
@ other.conf
| isp alpha { mode = enforce  policy = relay-only  space = { 203.0.113.0/24 }  dynamic = { 203.0.113.0/25 }  relay = { 203.0.113.200 } }
@ wide.conf
| isp alpha { space = { ::/0 }  dynamic = { ::/0 }  relay = { 2001:db8::25 } }
@ v
| { printf '%s\t' "$1"; shift; obpblctl -j "$@" 2>/dev/null; printf '\0'; } >>documents
# Without a policy.
0 for c in show 'isp list' 'prefix list' 'exempt list' 'quarantine list' 'session list' stats top metrics version; do bash v "$c" $c; done
0 bash v export export dynamic; bash v test test from 203.0.113.7 to 192.0.2.25
0 for c in 'isp show nobody' 'prefix list isp nobody' 'session list isp nobody' 'top isp nobody' 'stats isp nobody' 'show isp nobody' 'shadow show' confirm rollback 'shadow drop' 'session down'; do bash v error $c; done
0 obpblctl -j prefix list isp nobody 2>/dev/null | grep '"code"'
>   "code": "not_found",
# With one.
0 bash v apply apply alpha.conf; bash v diff diff other.conf; bash v apply apply --check --diff other.conf
0 bash v 'isp add' isp add gamma mode monitor; bash v 'isp set' isp set gamma policy targets; bash v 'isp show' isp show gamma
0 bash v mode mode monitor isp gamma; bash v mode mode enforce
0 bash v 'prefix add' prefix add 198.18.0.0/24 dynamic isp gamma; bash v 'prefix replace' prefix replace 198.18.0.0/24 dynamic isp gamma; bash v 'prefix del' prefix del 198.18.0.0/24 dynamic isp gamma; echo 198.18.0.0/16 >list; bash v 'prefix load' prefix load list dynamic isp gamma --replace
0 bash v 'exempt add' exempt add 203.0.113.10 isp alpha dev lo for 1h reason x; bash v 'quarantine add' quarantine add 203.0.113.77 isp alpha for 1h reason x ticket T
0 bash v 'exempt replace' exempt replace 203.0.113.10 isp alpha dev lo for 2h reason x; bash v 'quarantine replace' quarantine replace 203.0.113.77 isp alpha for 2h reason x; bash v purge purge; printf '%s\n' 'Content-Type: multipart/report; report-type=feedback-report; boundary=b' '' --b '' --b 'Content-Type: message/feedback-report' '' 'Feedback-Type: abuse' 'User-Agent: x' 'Version: 1' 'Source-IP: 203.0.113.99' '' --b-- >report; bash v 'quarantine import' quarantine import isp alpha <report
0 for c in exempt quarantine; do bash v "$c list" $c list; done
0 ip link add w0 type dummy; bash v 'session up' session up dev w0 addr 203.0.113.7 isp alpha; bash v 'session addr' session addr dev w0 addr 203.0.113.8
0 for c in show 'isp list' 'prefix list' 'session list' stats top metrics; do bash v "$c" $c; done
0 for p in 'from 203.0.113.7 to 192.0.2.25' 'from 203.0.113.20 to 203.0.113.200' 'from 203.0.113.9 to 198.51.100.99' 'from 203.0.113.77 to 192.0.2.1' 'from 203.0.113.7 to 192.0.2.25 dport 587' 'from 198.51.100.77 to 203.0.113.20 sport 25 dport 40000 flags SA'; do bash v test test $p; done
0 bash v export export space isp alpha; bash v show show isp alpha; bash v stats stats isp alpha; bash v stats stats reset; bash v counters stats save
0 bash v 'report sample' report sample history; bash v report report history
0 bash v save save; bash v save save saved.conf
0 obpblctl save runtime.conf --runtime; bash v restore restore runtime.conf; bash v save save --runtime; obpblctl -j keep runtime.conf >events & pid=$!; until grep -q kept events; do :; done; kill $pid; wait $pid; "$OBPBL_REPO/tests/cli/validate" keep <events
# Changes that wait, and shadows.
0 bash v apply apply other.conf --confirm 600; bash v show show; bash v rollback rollback; bash v apply apply other.conf --confirm 600; bash v confirm confirm
0 bash v apply apply alpha.conf --shadow; bash v show show; bash v 'shadow show' shadow show; bash v 'shadow promote' shadow promote --confirm 600; bash v confirm confirm; bash v apply apply alpha.conf --shadow; bash v 'shadow drop' shadow drop
# Events, a line each.
0 obpblctl -j monitor >events & pid=$!; until grep -q listening events; do :; done; obpblctl exempt add 203.0.113.11 isp alpha for 5s reason x ticket T; obpblctl session up dev w0 addr 203.0.113.12 isp alpha; obpblctl mode monitor; ip link del w0; until grep -q '"gone"' events && grep -q '"expired"' events; do :; done; kill $pid; wait $pid; "$OBPBL_REPO/tests/cli/validate" monitor <events
0 ip route add blackhole 203.0.113.64/26 table 4243; obpblctl -j follow table 4243 isp alpha class static >events & pid=$!; until grep -q followed events; do :; done; kill $pid; wait $pid; "$OBPBL_REPO/tests/cli/validate" follow <events
# Ends.
0 bash v 'exempt del' exempt del 203.0.113.10 isp alpha dev lo; bash v 'quarantine del' quarantine del 203.0.113.77 isp alpha; bash v 'prefix del' prefix del 203.0.113.64/26 static isp alpha; echo 'prefix add 198.18.0.0/24 dynamic isp alpha' | obpblctl -j -b - --atomic | "$OBPBL_REPO/tests/cli/validate" batch; bash v 'isp add' isp add delta; bash v 'isp del' isp del delta
# All of IPv6 is a number that no integer of 64 bits holds.
0 bash v apply apply wide.conf; obpblctl -j apply alpha.conf >/dev/null 2>&1; obpblctl -j diff wide.conf 2>/dev/null | grep -c 'ipv6_64s": 1.8446744073709552e19$'
> 2
0 bash v flush flush --yes
# All at once, since a validator takes long to begin.
0 "$OBPBL_REPO/tests/cli/validate" --all <documents

# What Prometheus gets, of answers that ../fake.c gives. Of real ones: ../kernel,
# and tests/vm/metrics.sh.
@ fake
| LD_PRELOAD=./fake.so exec obpblctl "$@"
0 gcc -Wall -Wextra -Werror -shared -fPIC -I "$OBPBL_REPO/include/uapi" -o fake.so "$OBPBL_REPO/tests/cli/fake.c" -lmnl
# Each has a help and a type of its own, counters and nothing else end in _total,
# and no two samples are of the same name and labels.
@ form.awk
| /^# HELP/ { if (helped[$3]++ || NF < 4) print; help = $3; next }
| /^# TYPE/ { if ($3 != help) print; type = $4; name = $3; next }
| { split($1, part, "{"); if (part[1] != name || seen[$1]++ || NF != 2) print }
| (type == "counter") != (name ~ /_total$/) { print }
0 bash fake metrics | awk -f form.awk
0 bash fake metrics | head -n 7 | sed 's/^obpbl_info.*/INFO/'
> # HELP obpbl_up Whether the module is loaded and answers; 0: there are no other metrics.
> # TYPE obpbl_up gauge
> obpbl_up 1
> # HELP obpbl_info Versions of the module and of its protocol.
> # TYPE obpbl_info gauge
> INFO
> # HELP obpbl_policy_generation Number of the running policy.
# Modes, and what waits.
0 bash fake metrics | grep -e '^obpbl_isp.*mode' -e '^obpbl_confirm' -e '^obpbl_trans'; FAKE_BUSY=1 bash fake metrics | grep '^obpbl_trans'
> obpbl_confirm_left_seconds 30
> obpbl_transaction_open 0
> obpbl_isp_mode{isp="alpha"} 2
> obpbl_isp_mode{isp="beta"} 1
> obpbl_isp_effective_mode{isp="alpha"} 2
> obpbl_isp_effective_mode{isp="beta"} 1
> obpbl_transaction_open 1
# What ends: in many years, long ago; what is active: two hosts are a client's.
1 bash fake metrics | grep -e '^obpbl_overlays_en' -e '^obpbl_sources_active' | grep -v ' 0$'
0 FAKE_ENDED=1 bash fake metrics | grep '^obpbl_overlays_en' | grep -v ' 0$'
> obpbl_overlays_ended{class="exempt"} 1
> obpbl_overlays_ended{class="quarantine"} 1
0 FAKE_RECENT=1 bash fake metrics | grep '^obpbl_sources_active' | grep -v ' 0$'
> obpbl_sources_active{isp="alpha",kind="client"} 1
# What may begin any moment is there at zero, once; beside what was counted.
0 bash fake metrics | grep '^obpbl_[a-z]*_total{isp="beta"'
> obpbl_packets_total{isp="beta",reason="outside",family="ipv4",verdict="would_block"} 100
> obpbl_bytes_total{isp="beta",reason="outside",family="ipv4",verdict="would_block"} 6000
> obpbl_attempts_total{isp="beta",reason="outside",family="ipv4",verdict="would_block"} 50
> obpbl_attempts_total{isp="beta",reason="relay",family="ipv4",verdict="pass"} 0
> obpbl_attempts_total{isp="beta",reason="relay",family="ipv6",verdict="pass"} 0
> obpbl_attempts_total{isp="beta",reason="quarantine",family="ipv4",verdict="block"} 0
> obpbl_attempts_total{isp="beta",reason="quarantine",family="ipv6",verdict="block"} 0
> obpbl_attempts_total{isp="beta",reason="quarantine",family="ipv4",verdict="would_block"} 0
> obpbl_attempts_total{isp="beta",reason="quarantine",family="ipv6",verdict="would_block"} 0
> obpbl_attempts_total{isp="beta",reason="outside",family="ipv4",verdict="block"} 0
> obpbl_attempts_total{isp="beta",reason="outside",family="ipv6",verdict="block"} 0
> obpbl_attempts_total{isp="beta",reason="outside",family="ipv6",verdict="would_block"} 0
0 FAKE_LIMIT=10 bash fake metrics | grep 'reason="limit"' | sort | sed -n 1p\;5p
> obpbl_attempts_total{isp="alpha",reason="limit",family="ipv4",verdict="block"} 0
> obpbl_attempts_total{isp="beta",reason="limit",family="ipv4",verdict="block"} 0
0 FAKE_POLICY=1 bash fake metrics | grep -o 'isp="alpha",reason="not_relay".*'
> isp="alpha",reason="not_relay",family="ipv4",verdict="block"} 0
> isp="alpha",reason="not_relay",family="ipv6",verdict="block"} 0
> isp="alpha",reason="not_relay",family="ipv4",verdict="would_block"} 0
> isp="alpha",reason="not_relay",family="ipv6",verdict="would_block"} 0
# A file is replaced as a whole, and others may read it.
0 umask 022; echo old >x.prom; chmod 600 x.prom; bash fake metrics new.prom; bash fake metrics x.prom; bash fake metrics - | cmp - x.prom; cmp x.prom new.prom; stat -c '%a %n' *.prom; ls
> 644 new.prom
> 600 x.prom
> fake
> fake.so
> form.awk
> new.prom
> x.prom
0 bash fake -j metrics x.prom
> {
>  "schema": 1,
>  "file": "x.prom"
> }
1 bash fake metrics no/x.prom
! obpblctl: no/x.prom: cannot be written: No such file or directory
# A FIFO is written to.
0 mkfifo pipe; cat pipe >got & bash fake metrics pipe; wait; cmp got new.prom; test -p pipe
# Where there is no module, that is what is said. Where nobody may ask, nothing is.
3 obpblctl metrics x.prom
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 cat x.prom; obpblctl metrics 2>/dev/null
> # HELP obpbl_up Whether the module is loaded and answers; 0: there are no other metrics.
> # TYPE obpbl_up gauge
> obpbl_up 0
> # HELP obpbl_up Whether the module is loaded and answers; 0: there are no other metrics.
> # TYPE obpbl_up gauge
> obpbl_up 0
1 obpblctl -n nowhere metrics x.prom
! obpblctl: 'nowhere': there is no such network namespace (ip netns list shows them)
0 grep -c . x.prom
> 3
3 obpblctl -j metrics x.prom 2>/dev/null | "$OBPBL_REPO/tests/cli/validate" error; exit ${PIPESTATUS[0]}
1 obpblctl metrics no/x.prom
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
! obpblctl: no/x.prom: cannot be written: No such file or directory
# The manual has each metric, and no other: tools/doc/monitoring.md.
0 diff <(bash fake metrics | awk '/^# HELP/ { print $3 }' | sort) <(sed -n 's/^| `\(obpbl_[a-z_]*\)[`{].*/\1/p' "$OBPBL_REPO/tools/doc/monitoring.md" | sort)
# Each alert has a heading there and tests in which it comes and does not come.
0 cd "$OBPBL_REPO"; sed -n 's/^ *- alert: //p' tools/monitoring/alerts.yml | sort >"$OLDPWD/alerts"; diff "$OLDPWD/alerts" <(sed -n 's/^### //p' tools/doc/monitoring.md | sort); diff <(tr A-Z a-z <"$OLDPWD/alerts" | sort) <(sed -n 's/.*runbook_url: "monitoring.md#\(.*\)"/\1/p' tools/monitoring/alerts.yml | sort)
@ tested
| for quiet in ' \[\]' ''; do
|     grep -h -A1 alertname: "$OBPBL_REPO"/tests/monitoring/*.yml | grep -B1 "exp_alerts:$quiet\$" | sed -n 's/.*alertname: //p' | sort -u | diff - alerts
| done
0 bash tested; wc -l <alerts
> 23
# What alerts and dashboard ask for is there.
0 cat "$OBPBL_REPO"/tools/monitoring/* | grep -o '\bobpbl_[a-z_]*' | sort -u | comm -23 - <(bash fake metrics | awk '/^# HELP/ { print $3 }' | sort)
0 jq -r '[.uid, (.panels | length), ([.panels[].targets[].datasource.uid] | unique[])] | join(" ")' "$OBPBL_REPO/tools/monitoring/dashboard.json"
> obpbl 20 ${datasource}

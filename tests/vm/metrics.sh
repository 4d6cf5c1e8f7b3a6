#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# From the module to an operator's screen, with real parts: obpblctl writes for
# node_exporter, which Prometheus scrapes; each query of the dashboard has data of
# it, and Prometheus knows how to evaluate each alert; when these come is for
# tests/monitoring.
#
#   tests/vm/run tests/vm/metrics.sh
#
# With "picture", a story of some minutes is told instead, and what the dashboard
# shows of it is left for tests/monitoring/draw:
#
#   tests/vm/run --timeout 1800 --log DIR tests/vm/metrics.sh picture
#   tests/monitoring/draw DIR/ranges tools/doc/monitoring.svg
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$OBPBL_REPO/tests/vm/lib.sh"

patience=600
monitoring=$OBPBL_REPO/tools/monitoring
collector=$scratch/collector
file=$collector/obpbl-router.prom

# collect: what obpbl-metrics@router.timer does, without systemd
collect() {
	while :; do
		ctl metrics "$file" 2>/dev/null || true
		read -rt 2 -u "$never" || true
	done
}

# run_in_router PROGRAM ARG...
run_in_router() {
	ip netns exec router "$@" >>"$scratch/log" 2>&1 &
	background+=($!)
}

start() {
	mkdir "$collector"
	collect &
	background+=($!)
	run_in_router prometheus-node-exporter --collector.disable-defaults \
		--collector.textfile --collector.textfile.directory="$collector" \
		--web.listen-address=127.0.0.1:9100
	cat >"$scratch/prometheus.yml" <<-CONF
		global: {scrape_interval: 5s, evaluation_interval: 5s}
		rule_files: ["$monitoring/alerts.yml"]
		scrape_configs:
		  - job_name: node
		    static_configs: [{targets: ["127.0.0.1:9100"]}]
		    relabel_configs: [{target_label: instance, replacement: bras1}]
	CONF
	run_in_router prometheus --config.file="$scratch/prometheus.yml" \
		--storage.tsdb.path="$scratch/tsdb" \
		--web.listen-address=127.0.0.1:9090
	check "Prometheus listens" wait_until listening router 9090
}

# ask PATH: what Prometheus answers
ask() {
	printf 'GET /api/v1/%s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$1" |
		ns router nc -w 60 127.0.0.1 9090 | sed '1,/^\r$/d'
}

# encode QUERY: as part of an address
encode() {
	local i

	for ((i = 0; i < ${#1}; i++)); do
		printf '%%%02x' "'${1:i:1}"
	done
}

# values QUERY FILTER: of each sample, sorted lines
values() {
	ask "query?query=$(encode "$1")" | jq -r ".data.result[] | $2" | sort
}

# has QUERY: whether there is data; without jq, which is slow to start. What is
# not there comes with the next scrape, and not before.
has() {
	[[ $(ask "query?query=$(encode "$1")") != *'"value":'* ]] || return 0
	read -rt 1 -u "$never" || return 1
}

# expressions: those of the dashboard, a line each
expressions() {
	jq -r '.panels[].targets[].expr | gsub("\\$(instance|isp)"; ".*") |
		gsub("\\$__rate_interval"; "30s")' \
		"$monitoring/dashboard.json"
}

# policy MODE: alpha has it, beta monitors
policy() {
	ctl apply - >"$scratch/apply" 2>&1 <<-CONF || fail "apply: $(<"$scratch/apply")"
		isp alpha {
		    mode = $1
		    space = { 203.0.113.0/24, 10.0.0.0/8 }
		    dynamic = { 203.0.113.0/25, 10.0.0.0/8 }
		    static = { 203.0.113.120/29 }
		    relay = { 203.0.113.200, 198.51.100.25 }
		}
		isp beta {
		    mode = monitor
		    space = { 11.0.0.0/8 }
		    dynamic = { 11.0.0.0/8 }
		    relay = { 11.0.0.1 }
		}
	CONF
}

alerts() {
	check "the file is as Prometheus wants it" \
		bash -c "promtool check metrics <'$file'"
	is "Prometheus evaluates each alert" "$(ask rules | jq -c \
		'[.data.groups[].rules[] | .health, .lastError // ""] | unique')" \
		'["","ok"]'
	is "and has all that they ask for" "$(comm -23 \
		<(sed -n '/^ *expr:/,/^ *labels:/p' "$monitoring/alerts.yml" |
			grep -oE '\b(obpbl|node)_[a-z_]+' | sort -u) \
		<(ask label/__name__/values | jq -r '.data[]' | sort))" ""
}

panels() {
	local expression number=0

	while read -r expression; do
		if wait_until has "$expression"; then
			number=$((number + 1))
		else
			note "no data: $expression"
		fi
	done < <(expressions)
	is "each query of the dashboard has data" "$number" \
		"$(jq '[.panels[].targets[]] | length' "$monitoring/dashboard.json")"
	is "an ISP can be chosen" "$(ask \
		"label/isp/values?match\[\]=obpbl_isp_mode" | jq -c .data)" \
		'["alpha","beta"]'
}

is_up() {
	has "obpbl_up{instance=\"bras1\",netns=\"router\"} == $1"
}

check_all() {
	check "without the module, that is what Prometheus knows" wait_until is_up 0
	check "and somebody is told" wait_until has \
		'ALERTS{alertname="ObpblModuleMissing"}'
	load_module
	check "it knows that the module has come" wait_until is_up 1
	check "and that there is no policy" wait_until has \
		'ALERTS{alertname="ObpblNoPolicy"}'
	policy enforce
	ctl exempt add 203.0.113.9 isp alpha for 1h reason "own server"
	ctl quarantine add 203.0.113.77 isp alpha for 24h reason "bot report"
	ctl session up dev sub0 addr 203.0.113.5 isp alpha
	syns 10.0.0.1 20 198.18.0.25 30
	syns 11.0.0.1 3 198.18.0.25 1
	syns 10.0.1.1 10 203.0.113.200 1
	check "it knows how much is blocked" wait_until has \
		'sum(obpbl_attempts_total{verdict="block",isp="alpha"}) == 600'
	is "who is a bot" "$(values "obpbl_sources_active > 0" \
		'"\(.metric.isp) \(.metric.kind) \(.value[1])"')" \
		$'alpha bot 20\nbeta client 3'
	is "and what ends" "$(values 'obpbl_overlays_ending{within="1d"}' \
		'"\(.metric.class) \(.value[1])"')" \
		$'exempt 1\nquarantine 1'
	check "its rates have come" wait_until has \
		'rate(obpbl_attempts_total{verdict="block",isp="alpha"}[30s])'
	panels
	alerts
}

# phase SECONDS COMMAND...: the command again and again, beside the usual
phase() {
	local end=$((SECONDS + $1))

	while ((SECONDS < end)); do
		syns 10.0.1.1 $((20 + RANDOM % 8)) 203.0.113.200 1
		syns 10.0.2.1 $((2 + RANDOM % 2)) "$mx" 1
		syns 11.0.0.1 $((3 + RANDOM % 3)) "$mx" 1
		syns 203.0.113.9 1 "$mx" 1 $((1 + RANDOM % 3))
		"${@:2}"
	done
}

bots() {
	syns 10.66.0.1 $((4 + RANDOM % 4)) 198.18.4.0 20
}

story() {
	local from to expression

	load_module
	policy monitor
	wait_until is_up 1
	from=$(date +%s)
	ctl exempt add 203.0.113.9 isp alpha for 7d reason "own server"
	phase 60 true
	phase 60 bots
	ctl mode enforce isp alpha
	phase 60 bots
	for ((bot = 1; bot < 8; bot++)); do
		ctl quarantine add 10.66.0.$bot isp alpha for 24h reason "bot"
	done
	phase 60 syns 10.66.0.1 1 198.18.4.0 20
	to=$(date +%s)
	while read -r expression; do
		ask "query_range?query=$(encode "$expression")&start=$from&end=$to&step=5"
		echo
	done < <(expressions) >"$OBPBL_RESULTS/ranges"
	is "there is something to draw of each" \
		"$(jq -s 'map(select(.data.result == [])) | length' \
			"$OBPBL_RESULTS/ranges")" 0
}

topology
ip -n router route add 198.18.0.0/15 dev foreign0
start
if [[ ${1-} == picture ]]; then
	story
else
	check_all
fi
((failed == 0)) || tail -n 20 "$scratch/log"
kill "${background[@]}"
wait "${background[@]}" 2>/dev/null || true
background=()
finish

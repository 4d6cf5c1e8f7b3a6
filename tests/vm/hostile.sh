# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # for who reads it
#
# The router that hostile packets go through, for corpus.sh and compare.sh:
#
#                      ┌──────────────────────────────┐
#   alpha, beta   subs ┤ router                       ├ out   all others
#                      │         ┌── VRF customers ───┤
#                      └─────────┴────────────── cust ┘       gamma

fuzz=$OBPBL_BUILD/fuzz
devices=(subs out cust)

tuns() {
	local dev

	for dev in "${devices[@]}"; do
		ip -n router tuntap add dev "$dev" mode tun multi_queue vnet_hdr
		ip -n router link set "$dev" mtu 9000 up
	done
}

routes() {
	ip -n router -batch - <<-'IP'
		address add 198.51.100.1/32 dev lo
		link add customers type vrf table 10
		link set customers up
		link set cust master customers
		address add 198.51.100.2/32 dev customers
		route add 203.0.113.0/24 dev subs
		route add 192.0.2.0/24 dev subs
		route add 100.64.0.0/24 dev cust
		route add default dev out
		route add 100.64.0.0/24 dev cust table 10
		route add default dev out table 10
	IP
	ip -n router -6 -batch - <<-'IP'
		address add 2001:db8:e::1/128 dev lo
		address add 2001:db8:e::2/128 dev customers nodad
		route add 2001:db8:a::/48 dev subs
		route add 2001:db8:b::/48 dev subs
		route add 2001:db8:c::/48 dev cust
		route add default dev out
		route add 2001:db8:c::/48 dev cust table 10
		route add default dev out table 10
	IP
}

# So that the stack says nothing of its own, and leaves replies alone.
calm() {
	local messages=("net.ipv4.icmp_msgs_"{per_sec,burst}"=1000000")

	ns router sysctl -qw net.ipv4.conf.{all,default,subs,out,cust}.rp_filter=0 \
		net.ipv4.conf.{all,default,subs,out,cust}.send_redirects=0 \
		net.ipv4.icmp_ratelimit=0 \
		net.ipv6.icmp.ratelimit=0
	# Older kernels have them for the whole machine alone
	ns router sysctl -qw "${messages[@]}" 2>/dev/null ||
		sysctl -qw "${messages[@]}"
	ip -n router link set "${devices[0]}" arp off
}

hostile_router() {
	namespace router router
	modprobe -a tun vrf
	tuns
	calm
	routes
}

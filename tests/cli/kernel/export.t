# Lists that leave: plain prefixes, and a long list while the policy changes.
@ setup
| isp add alpha
| isp add beta
| prefix add 203.0.113.0/25 0.0.0.0/0 100.64.0.0/10 2001:db8:a:1000::/52 ::/0 2001:db8::ffff:0:1/128 255.255.255.255/32 dynamic isp alpha
| prefix add 192.0.2.0/24 dynamic isp beta
| prefix add 192.0.2.200 relay isp beta
0 obpblctl -b setup; obpblctl export dynamic
> 0.0.0.0/0
> 100.64.0.0/10
> 192.0.2.0/24
> 203.0.113.0/25
> 255.255.255.255/32
> ::/0
> 2001:db8::ffff:0:1/128
> 2001:db8:a:1000::/52
! obpblctl: warning: setup:3: dynamic of isp alpha holds 0.0.0.0/0: every source of this family is judged as its customer
! obpblctl: warning: setup:3: dynamic of isp alpha holds ::/0: every source of this family is judged as its customer
0 obpblctl export relay isp beta; obpblctl export relay isp alpha; obpblctl export space
> 192.0.2.200/32
0 obpblctl -j export dynamic isp beta; obpblctl -j export space; echo 'export dynamic isp alpha' | obpblctl -j -b -
> [
>  "192.0.2.0/24"
> ]
> []
> ["0.0.0.0/0", "100.64.0.0/10", "203.0.113.0/25", "255.255.255.255/32", "::/0", "2001:db8::ffff:0:1/128", "2001:db8:a:1000::/52"]
0 obpblctl export dynamic isp alpha >a; obpblctl prefix load a dynamic isp alpha --replace; obpblctl export dynamic isp alpha | cmp - a
!~ obpblctl: warning: a:[0-9]+:1: dynamic of isp alpha holds 0.0.0.0/0: every source of this family is judged as its customer
!~ obpblctl: warning: a:[0-9]+:1: dynamic of isp alpha holds ::/0: every source of this family is judged as its customer
! *
1 obpblctl export dynamic isp nobody
! obpblctl: 'nobody': there is no such ISP
# Two complete sets are swapped while they are listed: each list is one of them, and a document.
0 awk 'BEGIN { for (i = 0; i < 256; i++) for (j = 0; j < 80; j++) print "10." i "." j ".0/24" }' >ten; sed 's/^10/11/' ten >eleven; obpblctl prefix load ten dynamic isp beta --replace; { echo 'prefix load eleven dynamic isp beta --replace'; echo 'prefix load ten dynamic isp beta --replace'; } >two; yes "$(cat two)" | head -n 1000 >swaps
! obpblctl: warning: ten:1:1: dynamic 10.0.0.0/24 of isp beta is inside 0.0.0.0/0 of isp alpha: these addresses become beta's
! *
0 (timeout 3000 obpblctl -b swaps & for i in {1..10}; do obpblctl export dynamic isp beta >l; cmp -s l ten || cmp -s l eleven || echo torn; obpblctl -j prefix list dynamic isp beta | jq -r 'length, (map(.prefix[0:2]) | unique | length), (map(.class + .isp) | unique[])' | sort -u; done; kill $! || echo idle; wait $! 2>/dev/null) | sort -u
> 1
> 20480
> dynamicbeta
# Long lists take no memory: a program that may have little prints them.
0 awk 'BEGIN { for (i = 0; i < 200; i++) for (j = 0; j < 256; j++) for (k = 0; k < 4; k++) print i + 12 "." j "." k ".0/24" }' | grep -v '^127' >many; obpblctl prefix load many dynamic isp beta --replace; (ulimit -v 12000; obpblctl export dynamic isp beta) | cmp - many
! obpblctl: warning: many:1:1: dynamic 12.0.0.0/24 of isp beta is inside 0.0.0.0/0 of isp alpha: these addresses become beta's
! *
0 (ulimit -v 12000; obpblctl -j prefix list dynamic isp beta) | jq length; wc -l <many
> 203776
> 203776

# The kernel's decisions.
@ alpha.conf
| isp alpha {
|     mode    = enforce
|     reverse = on
|     space   = { 203.0.113.0/24, 2001:db8:a::/48 }
|     dynamic = { 203.0.113.0/25, 2001:db8:a:1000::/52 }
|     static  = { 203.0.113.120/29 }
|     relay   = { 203.0.113.200, 198.51.100.25 }
| }
| isp beta {
|     policy  = targets
|     target  = { 198.18.0.0/15 }
|     space   = { 192.0.2.0/24 }
|     dynamic = { 192.0.2.0/25 }
|     relay   = { 192.0.2.200 }
| }
| exempt 203.0.113.9 { isp = alpha  until = "2097-03-31T00:00:00+09:00"  reason = "own MTA, \"contract\" \${x} \\ 日本"  ticket = AB-1234 }
| exempt 203.0.113.10 { isp = alpha  to = 198.51.100.99  for = 1h  reason = "hosting company's server" }
| exempt 203.0.113.11 { isp = alpha  dev = "ppp0"  until = "2097-03-31T00:00:00Z"  reason = x }
| quarantine 203.0.113.77 { isp = alpha  until = "2097-03-31T00:00:00Z"  reason = "bot report" }
0 obpblctl apply alpha.conf >/dev/null 2>&1
10 obpblctl test from 203.0.113.7 to 192.0.2.25
> block: outside
> source       203.0.113.7, dynamic (203.0.113.0/25)
> destination  192.0.2.25, outside (no entry)
> isp          alpha, mode enforce
> client gets  a TCP reset: connection refused
10 obpblctl -j test from 203.0.113.7 to 192.0.2.25
> {
>  "schema": 1,
>  "verdict": "block",
>  "reason": "outside",
>  "isp": "alpha",
>  "mode": "enforce",
>  "source": {
>   "prefix": "203.0.113.0/25",
>   "class": "dynamic"
>  },
>  "destination": {
>   "prefix": null,
>   "class": "outside"
>  }
> }
0 obpblctl -j test from 203.0.113.7 to 203.0.113.200
> {
>  "schema": 1,
>  "verdict": "pass",
>  "reason": "relay",
>  "isp": "alpha",
>  "mode": "enforce",
>  "source": {
>   "prefix": "203.0.113.0/25",
>   "class": "dynamic"
>  },
>  "destination": {
>   "prefix": "203.0.113.200/32",
>   "class": "relay"
>  }
> }
0 obpblctl -j test from 203.0.113.7 to 203.0.113.130
> {
>  "schema": 1,
>  "verdict": "pass",
>  "reason": "inside",
>  "isp": "alpha",
>  "mode": "enforce",
>  "source": {
>   "prefix": "203.0.113.0/25",
>   "class": "dynamic"
>  },
>  "destination": {
>   "prefix": "203.0.113.0/24",
>   "class": "space"
>  }
> }
0 obpblctl -j test from 203.0.113.121 to 192.0.2.25
> {
>  "schema": 1,
>  "verdict": "pass",
>  "reason": "static",
>  "isp": "alpha",
>  "mode": "enforce",
>  "source": {
>   "prefix": "203.0.113.120/29",
>   "class": "static"
>  },
>  "destination": {
>   "prefix": null,
>   "class": "outside"
>  }
> }
0 obpblctl -j test from 203.0.113.130 to 192.0.2.25
> {
>  "schema": 1,
>  "verdict": "pass",
>  "reason": "own",
>  "isp": "alpha",
>  "mode": "enforce",
>  "source": {
>   "prefix": "203.0.113.0/24",
>   "class": "own"
>  },
>  "destination": {
>   "prefix": null,
>   "class": "outside"
>  }
> }
0 obpblctl -j test from 203.0.113.9 to 192.0.2.25
> {
>  "schema": 1,
>  "verdict": "pass",
>  "reason": "exempt",
>  "isp": "alpha",
>  "mode": "enforce",
>  "source": {
>   "prefix": "203.0.113.9/32",
>   "class": "exempt"
>  },
>  "destination": {
>   "prefix": null,
>   "class": "outside"
>  }
> }
0 obpblctl -j test from 203.0.113.10 to 198.51.100.99
> {
>  "schema": 1,
>  "verdict": "pass",
>  "reason": "exempt",
>  "isp": "alpha",
>  "mode": "enforce",
>  "source": {
>   "prefix": "203.0.113.10/32",
>   "class": "exempt"
>  },
>  "destination": {
>   "prefix": null,
>   "class": "outside"
>  }
> }
10 obpblctl -j test from 203.0.113.10 to 198.51.100.98
> {
>  "schema": 1,
>  "verdict": "block",
>  "reason": "outside",
>  "isp": "alpha",
>  "mode": "enforce",
>  "source": {
>   "prefix": "203.0.113.0/25",
>   "class": "dynamic"
>  },
>  "destination": {
>   "prefix": null,
>   "class": "outside"
>  }
> }
10 obpblctl -j test from 203.0.113.77 to 203.0.113.130
> {
>  "schema": 1,
>  "verdict": "block",
>  "reason": "quarantine",
>  "isp": "alpha",
>  "mode": "enforce",
>  "source": {
>   "prefix": "203.0.113.77/32",
>   "class": "quarantine"
>  },
>  "destination": {
>   "prefix": "203.0.113.0/24",
>   "class": "space"
>  }
> }
10 obpblctl -j test from 2001:db8:a:1000::1 to 2001:db8:b::1
> {
>  "schema": 1,
>  "verdict": "block",
>  "reason": "outside",
>  "isp": "alpha",
>  "mode": "enforce",
>  "source": {
>   "prefix": "2001:db8:a:1000::/52",
>   "class": "dynamic"
>  },
>  "destination": {
>   "prefix": null,
>   "class": "outside"
>  }
> }
0 obpblctl -j test from 198.51.100.1 to 203.0.113.7
> {
>  "schema": 1,
>  "verdict": "pass",
>  "reason": "foreign",
>  "isp": null,
>  "mode": null,
>  "source": {
>   "prefix": null,
>   "class": "foreign"
>  },
>  "destination": {
>   "prefix": null,
>   "class": "outside"
>  }
> }
0 obpblctl test from 198.51.100.1 to 203.0.113.7
> pass: foreign
> source       198.51.100.1, foreign (no entry)
> destination  203.0.113.7, outside (no entry)
0 obpblctl -j test from 203.0.113.7 to 192.0.2.25 dport 587
> {
>  "schema": 1,
>  "verdict": "pass",
>  "reason": null,
>  "isp": null,
>  "mode": null,
>  "source": {
>   "prefix": null,
>   "class": "foreign"
>  },
>  "destination": {
>   "prefix": null,
>   "class": "outside"
>  }
> }
0 obpblctl test from 203.0.113.7 to 192.0.2.25 dport 587
> pass: not a packet that is judged
11 obpblctl -j test from 192.0.2.7 to 198.18.0.1
> {
>  "schema": 1,
>  "verdict": "would_block",
>  "reason": "target",
>  "isp": "beta",
>  "mode": "monitor",
>  "source": {
>   "prefix": "192.0.2.0/25",
>   "class": "dynamic"
>  },
>  "destination": {
>   "prefix": "198.18.0.0/15",
>   "class": "target"
>  }
> }
11 obpblctl test from 192.0.2.7 to 198.18.0.1
> would block: target
> source       192.0.2.7, dynamic (192.0.2.0/25)
> destination  198.18.0.1, target (198.18.0.0/15)
> isp          beta, mode monitor
> mode enforce a TCP reset: connection refused
0 obpblctl -j test from 192.0.2.7 to 203.0.113.1
> {
>  "schema": 1,
>  "verdict": "pass",
>  "reason": "not_target",
>  "isp": "beta",
>  "mode": "monitor",
>  "source": {
>   "prefix": "192.0.2.0/25",
>   "class": "dynamic"
>  },
>  "destination": {
>   "prefix": null,
>   "class": "outside"
>  }
> }
10 obpblctl -j test from 198.51.100.77 to 203.0.113.7 sport 25 dport 40000 flags SA
> {
>  "schema": 1,
>  "verdict": "block",
>  "reason": "reverse",
>  "isp": "alpha",
>  "mode": "enforce",
>  "source": {
>   "prefix": "203.0.113.0/25",
>   "class": "dynamic"
>  },
>  "destination": {
>   "prefix": null,
>   "class": "outside"
>  }
> }
10 obpblctl test from 198.51.100.77 to 203.0.113.7 sport 25 dport 40000 flags SA
> block: reverse
> source       203.0.113.7, dynamic (203.0.113.0/25)
> destination  198.51.100.77, outside (no entry)
> isp          alpha, mode enforce
> client gets  nothing: an answer to a mail server would be backscatter
0 obpblctl -j test from 198.51.100.77 to 203.0.113.7 sport 25 dport 40000
> {
>  "schema": 1,
>  "verdict": "pass",
>  "reason": null,
>  "isp": null,
>  "mode": null,
>  "source": {
>   "prefix": null,
>   "class": "foreign"
>  },
>  "destination": {
>   "prefix": null,
>   "class": "outside"
>  }
> }
1 obpblctl test from 203.0.113.9 to 198.18.0.1 dev nosuch
! obpblctl: 'nosuch': there is no such device

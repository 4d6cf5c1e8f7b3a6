# What people type who know iproute2, nft or birdc. That a line is understood
# is seen by what is missing then: the module.
# show and list, del and delete are the same everywhere.
3 obpblctl exempt show
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl session show
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl prefix show class dynamic
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl isp show
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl isp list alpha
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl shadow list -n 3
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl list
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl exempt delete 203.0.113.9 isp alpha
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl isp delete alpha
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl prefix delete 203.0.113.0/25 dynamic isp alpha
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
# "class" may stand before a class.
3 obpblctl prefix add 203.0.113.0/25 class dynamic isp alpha
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl prefix list class dynamic isp alpha
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl export class space
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 echo 203.0.113.0/25 >list.txt; obpblctl prefix load list.txt class dynamic isp alpha
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
2 obpblctl prefix add 203.0.113.0/25 class isp alpha
! obpblctl: a class is missing; it is dynamic, static, space, relay or target (usage: obpblctl prefix add PREFIX... CLASS isp NAME)
# Short words, as long as they are clear.
3 obpblctl pre a 203.0.113.0/25 dyn i alpha
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl sess u d ppp0 a 203.0.113.5 i alpha c st
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl mode enf isp alpha
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl test fr 203.0.113.5 t 192.0.2.1 dp 587
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
2 obpblctl isp s alpha
! obpblctl: 's': can be show or set
2 obpblctl prefix l
! obpblctl: 'l': can be list or load
2 obpblctl prefix add 203.0.113.0/25 s isp alpha
! obpblctl: 's': can be static or space
2 obpblctl test d 203.0.113.5
! obpblctl: 'd': can be dport or dev
# Options.
0 obpblctl --version | sed 's/[0-9]\.[0-9.]*/VERSION/'; exit ${PIPESTATUS[0]}
> program   VERSION
> protocol  1
0 obpblctl -j -V | sed 's/[0-9]\.[0-9.]*/VERSION/'; exit ${PIPESTATUS[0]}
> {
>  "schema": 1,
>  "program": "VERSION",
>  "module": null,
>  "protocol": 1,
>  "module_protocol": null,
>  "advice": null
> }
1 obpblctl --netns=no-such-namespace show
! obpblctl: 'no-such-namespace': there is no such network namespace (ip netns list shows them)
1 obpblctl --netns no-such-namespace show
! obpblctl: 'no-such-namespace': there is no such network namespace (ip netns list shows them)
2 obpblctl --netns= show
! obpblctl: '': is no name of a network namespace
3 obpblctl -c show
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl --color=never -- show
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
2 obpblctl --color=blue show
! obpblctl: 'blue': colours are auto, always or never
2 obpblctl -- show -j
! obpblctl: '-j': not expected here (usage: obpblctl show [isp NAME] [-w])
1 obpblctl apply -- -j
! obpblctl: -j: cannot be opened: No such file or directory
! obpblctl: -j: 1 fault; nothing was changed
# Help is asked for before the words, never in a text.
3 obpblctl exempt add 203.0.113.9 isp alpha reason -h
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl exempt add 203.0.113.9 isp alpha reason -j ticket --json
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl exempt add 203.0.113.9 isp alpha reason help
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
0 obpblctl help shadow promote
> usage: obpblctl shadow promote [--confirm DUR]
>
> make the shadow the policy, in one step.
>
> 'show': how many packets would be blocked that pass, or pass that are
> blocked, by ISP, by the reasons of both, and of which sources (the N
> heaviest each way; default: 20). 'promote' makes it the policy in one step,
> --confirm as of apply. 'drop' removes it.
>
> example: obpblctl shadow promote --confirm 600
0 for words in 'help isp add' 'isp add help' 'isp add -h' 'isp a --help' 'help isp a'; do obpblctl $words | head -n 1 | cut -c-27; done | sort -u
> usage: obpblctl isp add NAM
0 obpblctl isp help | head -n 2; obpblctl isp -h | head -n 2
> usage: obpblctl isp list [NAME]
>        obpblctl isp show NAME
> usage: obpblctl isp list [NAME]
>        obpblctl isp show NAME
0 obpblctl -j -h | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["name"])'
> show
# What is wrong, and the one line that applies.
2 obpblctl prefix add dynamic 10.0.0.0/8 isp a
! obpblctl: 'dynamic': prefixes come first, and then their class (usage: obpblctl prefix add PREFIX... CLASS isp NAME)
2 obpblctl exempt del
! obpblctl: a prefix is missing (usage: obpblctl exempt del PREFIX isp NAME [to PREFIX] [dev IF])
2 obpblctl session down
! obpblctl: 'dev IF' is missing (usage: obpblctl session down dev IF)
2 obpblctl diff
! obpblctl: a file is missing (usage: obpblctl diff FILE|- [--empty])
2 obpblctl diff --check x.conf
! obpblctl: '--check': not expected here (usage: obpblctl diff FILE|- [--empty])
3 echo 'isp a { relay = { 10.128.0.1 } dynamic = { 10.0.0.0/9 } space = { 10.0.0.0/8 } }' >c.conf; obpblctl diff c.conf
! obpblctl: the obpbl module is not loaded (modprobe obpbl)

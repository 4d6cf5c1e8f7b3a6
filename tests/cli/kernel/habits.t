# What people type who know iproute2; the rest of it is in ../host/habits.t.
0 obpblctl isp add alpha; obpblctl isp add beta; obpblctl isp list alpha | cut -d' ' -f1
> name
> alpha
0 obpblctl -j isp list alpha | jq -c 'map(.name)'; obpblctl -j isp show | jq -c 'map(.name)'; obpblctl -j isp show alpha | jq -r .name
> ["alpha"]
> ["alpha","beta"]
> alpha
1 obpblctl isp list nobody
! obpblctl: 'nobody': there is no such ISP
0 obpblctl prefix add 203.0.113.0/25 class dynamic isp alpha; obpblctl prefix show class dynamic; obpblctl pre li dyn i alpha
> 203.0.113.0/25 dynamic isp alpha
> 203.0.113.0/25 dynamic isp alpha
! obpblctl: warning: dynamic 203.0.113.0/25 is outside the space of isp alpha: mail between the two counts as outbound
# A text that looks like an option is a text.
0 obpblctl exempt add 203.0.113.9 isp alpha for 1h reason -h 2>/dev/null; obpblctl exempt add 203.0.113.10 isp alpha for 1h reason -j ticket --json 2>/dev/null; obpblctl -j exempt show | jq -r '.[] | .reason, .ticket'
> -h
> null
> -j
> --json
0 obpblctl exempt delete 203.0.113.9 isp alpha; obpblctl exempt show | wc -l
> 2
# The completion of the shell knows what the kernel knows.
@ complete
| . "$OBPBL_REPO/tools/completion/obpblctl"
| COMP_WORDS=(obpblctl "$@") COMP_CWORD=$#
| _obpblctl
| printf '%s\n' "${COMPREPLY[@]}" | sort | xargs echo
0 bash complete isp show ''; bash complete mode enforce isp a; bash complete session list isp ''
> alpha beta
> alpha
> alpha beta
0 bash complete exempt del 2; obpblctl quarantine add 2001:db8:a::/48 isp alpha for 1h reason x 2>/dev/null; bash complete quarantine del 2001 : db
> 203.0.113.10/32
> db8:a::/48
0 ip netns add other; obpblctl -n other isp add gamma; bash complete -n other isp show ''; bash complete -n o; bash complete --netns = o; ip netns del other
> gamma
> other
> other
0 obpblctl flush --yes >/dev/null; bash complete isp show ''
>

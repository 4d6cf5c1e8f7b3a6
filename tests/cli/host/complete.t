# The completion of the shell. "complete WORD..." prints what it offers for the
# last word; the words are split as bash splits them.
@ complete
| . "$OBPBL_REPO/tools/completion/obpblctl"
| COMP_WORDS=(obpblctl "$@") COMP_CWORD=$#
| _obpblctl
| printf '%s\n' "${COMPREPLY[@]}" | sort | xargs echo
0 bash complete m
> metrics mode monitor
0 bash complete -j mode e
> enforce
0 bash complete -n x pref l
> list load
0 bash complete ''
> apply confirm diff exempt export fallback flush follow help import isp keep metrics mode monitor prefix purge quarantine report restore rollback save session shadow show stats test top version
# The words of a verb, those that are not there yet.
0 bash complete isp ''
> add del list set show
0 bash complete isp add alpha ''
> limit limit_quarantine mode policy reject reverse vrf
0 bash complete isp add alpha mode off r
> reject reverse
0 bash complete isp set alpha policy ''
> outside relay-only targets
0 bash complete isp set alpha reverse ''
> off on
0 bash complete exempt add 203.0.113.9 isp alpha for 1h reason x ''
> dev ticket to until
0 bash complete prefix add 203.0.113.0/25 ''
> dynamic isp relay space static target
0 bash complete prefix add 203.0.113.0/25 dynamic ''
> isp
0 bash complete mode enforce ''
> isp
0 bash complete session up dev ppp0 isp alpha class ''
> dynamic exempt static
0 bash complete top --
> --bots --clients --sort
0 bash complete top --sort d
> destinations
0 bash complete apply x.conf --
> --check --confirm --diff --empty --shadow
0 bash complete shadow promote ''
> --confirm
0 bash complete stats ''
> isp reset restore save show
# After help, what there is help for.
0 bash complete help mo
> mode monitor
0 bash complete help isp a
> add
# Devices.
0 bash complete session up dev l | grep -ow lo
> lo
0 bash complete isp set alpha vrf l | grep -ow lo
> lo
# Files, and one with a space is one word.
0 mkdir 'a folder'; touch 'a folder/the file.conf' 'a list.txt' x; bash complete apply 'a l'
> a list.txt
0 bash complete apply a\\\ l
> a list.txt
0 bash complete apply ''
> --check --confirm --diff --empty --shadow a folder a list.txt complete x
0 bash complete follow table 100 isp alpha class dynamic file 'a l'
> a list.txt
0 bash complete prefix load 'a folder/'
> a folder/the file.conf
0 bash complete save x
> x
0 bash complete -b x
> x
0 . "$OBPBL_REPO/tools/completion/obpblctl"; COMP_WORDS=(obpblctl apply 'a l') COMP_CWORD=2; _obpblctl; echo "${#COMPREPLY[@]}"
> 1
# Options of the program, and their values.
0 bash complete --n
> --netns
0 bash complete --color = a
> always auto
0 bash complete -j --
> --atomic --batch --color --color=always --color=auto --color=never --force --help --json --netns --version --wide
# Where no module is loaded there are no names, and nobody says so.
0 bash complete isp show '' 2>&1
>
0 bash complete nonsense '' 2>&1
>

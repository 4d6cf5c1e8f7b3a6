0 obpblctl help
> usage: obpblctl [-j] [-n NETNS] COMMAND
>        obpblctl [-j] [-n NETNS] -b FILE|- [-f|--atomic]
>
> Outbound Port 25 Blocking: control of the obpbl kernel module.
>
>   -j, --json          one JSON document on stdout; with -b one a line
>   -n, --netns NETNS   act in that network namespace (ip netns)
>   -c, --color[=WHEN]  colours: always, never, or auto (the default)
>   -w, --wide          all columns, however wide
>   -b, --batch FILE    run the commands in it, one a line; - is stdin
>   -f, --force         with -b: go on after a failure
>       --atomic        with -b: all changes in one step, or none
>   -V, --version       version of the program and of the module
>   -h, --help          this
>   --                  no option comes behind it
>
>   show       the policy at a glance; so does no command at all
>   apply      replace the whole configured policy, atomically
>   diff       what apply would change; changes nothing
>   confirm    keep what apply --confirm has changed
>   rollback   go back to what was before apply --confirm, at once
>   shadow     the candidate that apply --shadow has put beside the policy
>   save       the running policy as a config file that apply accepts
>   flush      remove the policy of this namespace
>   mode       set the mode of one ISP, or of all
>   isp        ISPs and their attributes
>   prefix     prefixes of an ISP
>   exempt     exemptions: sources that pass
>   quarantine quarantines: sources that reach relays only
>   purge      remove exemptions and quarantines that have ended
>   keep       write what is added by command to a file, at each change
>   restore    add again what was added by command, from a file of keep
>   session    who is behind an interface, for as long as it is there
>   test       the kernel's own decision on a packet that is not sent
>   top        who tries port 25
>   stats      counters of each ISP and reason
>   report     a day as a page for the abuse desk
>   metrics    counters for Prometheus, in its text format
>   monitor    changes, sessions, expiries and blocked sources as they happen
>   export     prefixes alone, one a line, for other programs
>   follow     mirror a routing table (BGP) into the policy
>   fallback   a config file as rules of nft, for when there is no module
>   import     what is elsewhere for blocking port 25, as a config file
>   version    program, module and protocol versions, and which to update
>   help       this, or more of a command
>
> Commands and their words may be short, as long as they are clear.
> Exit status: 0 done, 1 refused or failed, 2 usage, 3 module not loaded;
> test: 0 pass, 10 block, 11 would block.
> obpblctl help COMMAND says more.
0 obpblctl --help
> usage: obpblctl [-j] [-n NETNS] COMMAND
>        obpblctl [-j] [-n NETNS] -b FILE|- [-f|--atomic]
>
> Outbound Port 25 Blocking: control of the obpbl kernel module.
>
>   -j, --json          one JSON document on stdout; with -b one a line
>   -n, --netns NETNS   act in that network namespace (ip netns)
>   -c, --color[=WHEN]  colours: always, never, or auto (the default)
>   -w, --wide          all columns, however wide
>   -b, --batch FILE    run the commands in it, one a line; - is stdin
>   -f, --force         with -b: go on after a failure
>       --atomic        with -b: all changes in one step, or none
>   -V, --version       version of the program and of the module
>   -h, --help          this
>   --                  no option comes behind it
>
>   show       the policy at a glance; so does no command at all
>   apply      replace the whole configured policy, atomically
>   diff       what apply would change; changes nothing
>   confirm    keep what apply --confirm has changed
>   rollback   go back to what was before apply --confirm, at once
>   shadow     the candidate that apply --shadow has put beside the policy
>   save       the running policy as a config file that apply accepts
>   flush      remove the policy of this namespace
>   mode       set the mode of one ISP, or of all
>   isp        ISPs and their attributes
>   prefix     prefixes of an ISP
>   exempt     exemptions: sources that pass
>   quarantine quarantines: sources that reach relays only
>   purge      remove exemptions and quarantines that have ended
>   keep       write what is added by command to a file, at each change
>   restore    add again what was added by command, from a file of keep
>   session    who is behind an interface, for as long as it is there
>   test       the kernel's own decision on a packet that is not sent
>   top        who tries port 25
>   stats      counters of each ISP and reason
>   report     a day as a page for the abuse desk
>   metrics    counters for Prometheus, in its text format
>   monitor    changes, sessions, expiries and blocked sources as they happen
>   export     prefixes alone, one a line, for other programs
>   follow     mirror a routing table (BGP) into the policy
>   fallback   a config file as rules of nft, for when there is no module
>   import     what is elsewhere for blocking port 25, as a config file
>   version    program, module and protocol versions, and which to update
>   help       this, or more of a command
>
> Commands and their words may be short, as long as they are clear.
> Exit status: 0 done, 1 refused or failed, 2 usage, 3 module not loaded;
> test: 0 pass, 10 block, 11 would block.
> obpblctl help COMMAND says more.
0 obpblctl -h | head -n 1
> usage: obpblctl [-j] [-n NETNS] COMMAND
0 obpblctl help apply
> usage: obpblctl apply FILE|- [--check] [--diff] [--empty] [--confirm DUR|--shadow]
>
> replace the whole configured policy, atomically.
>
> Whatever is wrong in the file is named with its line, and then nothing
> changes. Sessions, and exemptions and quarantines that were added by
> command, stay.
>   --check  look at the file only; needs neither the module nor root
>   --diff   apply, and print line by line what differs from what was running;
>            'obpblctl diff FILE' and --check --diff print it and do not apply
>   --empty  the file may have no ISP, which removes the policy
>   --confirm DUR  the kernel goes back by itself after that time (600 seconds,
>            10m, up to 24h) unless 'obpblctl confirm' comes in time
>   --shadow  change nothing, but judge each packet by this policy as well:
>            see 'obpblctl help shadow'
>
> example: obpblctl apply /etc/obpbl/obpbl.conf
0 obpblctl apply --help | head -n 1
> usage: obpblctl apply FILE|- [--check] [--diff] [--empty] [--confirm DUR|--shadow]
0 obpblctl app -h | tail -n 1
> example: obpblctl apply /etc/obpbl/obpbl.conf
0 obpblctl help --complete
> show
> apply
> diff
> confirm
> rollback
> shadow
> save
> flush
> mode
> isp
> prefix
> exempt
> quarantine
> purge
> keep
> restore
> session
> test
> top
> stats
> report
> metrics
> monitor
> export
> follow
> fallback
> import
> version
> help
0 obpblctl help --complete mode
> off
> monitor
> enforce
> isp
0 obpblctl help --complete show
> isp
> -w
0 obpblctl -j help mode
> {
>  "schema": 1,
>  "name": "mode",
>  "synopsis": "off|monitor|enforce [isp NAME]",
>  "summary": "set the mode of one ISP, or of all",
>  "example": "obpblctl mode enforce isp alpha",
>  "verbs": []
> }
# A verb has its own example alone.
0 obpblctl help isp del | grep ^example
> example: obpblctl isp del alpha
# Every command has an example, and its help.
0 for c in $(obpblctl help --complete); do obpblctl help $c | grep -q "^example: obpblctl" || echo $c; done
# Every command is in the man page.
0 for c in $(obpblctl help --complete); do grep -q "^\.BR* $c\b" "$OBPBL_REPO/tools/man/obpblctl.8" || echo $c; done
# What may follow isp add comes from the table that reads it.
0 obpblctl help isp | sed '1,/^$/d'
> ISPs and their attributes.
>
>   mode    off monitor enforce (default: monitor)
>   policy  outside relay-only targets (default: outside)
>   reject  reset admin drop (default: reset)
>   reverse on off: judge answers from port 25 too (default: off)
>   limit   none, or N/T such as 10/1h: so many new connections of each
>           source are let through in that time before the policy blocks
>           (default: none)
>   limit_quarantine none, or a duration such as 24h: a source that goes
>           over the limit is put in quarantine for so long (default: none)
>   vrf     name of an l3mdev master; none: no VRF
>
> example: obpblctl isp list
> example: obpblctl isp show alpha
> example: obpblctl isp add alpha mode monitor policy outside
> example: obpblctl isp set alpha mode enforce
> example: obpblctl isp del alpha
# And what may follow exempt and quarantine.
0 obpblctl -j help quarantine | jq -r '.verbs[].synopsis'
> [PREFIX] [isp NAME]
> PREFIX isp NAME [for DUR|until TIME] reason TEXT [ticket ID]
> PREFIX isp NAME [for DUR|until TIME] reason TEXT [ticket ID]
> PREFIX isp NAME
> [isp NAME] [for DUR] [reason TEXT] [ticket ID] [--yes]

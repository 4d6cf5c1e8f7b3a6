# What is added by command outlives a module, and a reboot.
@ alpha.conf
| isp alpha { mode = enforce  space = { 203.0.113.0/24 }  dynamic = { 203.0.113.0/25 }  relay = { 203.0.113.200 } }
| exempt 203.0.113.9 { isp = alpha  until = "2097-03-31T00:00:00Z"  reason = "of the file" }
@ is
| for ((i = 0; i < 600; i++)); do grep -c '^exempt\|^quarantine' k.conf | grep -qx "$1" && exit; sleep 0.1; done; cat k.conf; exit 1
0 obpblctl apply alpha.conf >/dev/null 2>&1; obpblctl save --runtime
> # exemptions and quarantines added by command, for obpblctl restore
>
0 obpblctl exempt add 203.0.113.10 isp alpha to 198.51.100.99 dev ppp7 until 2097-01-01T00:00:00Z reason "say \"own\" \$MTA" ticket T-1; obpblctl quarantine add 203.0.113.77 isp alpha until 2097-01-02T00:00:00Z reason bot; obpblctl exempt add 203.0.113.11 isp alpha until 2001-01-01T00:00:00Z reason old 2>/dev/null; obpblctl save --runtime r.conf; cat r.conf
> # exemptions and quarantines added by command, for obpblctl restore
>
> exempt 203.0.113.10/32 {
>     isp     = alpha
>     to      = 198.51.100.99/32
>     dev     = "ppp7"
>     until   = "2097-01-01T00:00:00Z"
>     reason  = "say \"own\" \$MTA"
>     ticket  = "T-1"
> }
>
> quarantine 203.0.113.77/32 {
>     isp     = alpha
>     until   = "2097-01-02T00:00:00Z"
>     reason  = "bot"
> }
>
! obpblctl: warning: 1 exemption or quarantine that has ended is left out
# The rest of it is a config file.
0 obpblctl save --configured c.conf; grep -c . c.conf; grep ^exempt c.conf; obpblctl diff c.conf
> 21
> exempt 203.0.113.9/32 {
2 obpblctl save --configured --runtime
!~ obpblctl: of --runtime and --configured, which together are all, there may be one .*
# All is there: no generation. After a flush there is no ISP for it.
0 obpblctl -j restore r.conf | jq -c '[.added, .there, .ended, .generation]'
> [0,2,0,null]
0 obpblctl flush --yes >/dev/null; obpblctl restore r.conf; obpblctl exempt list
> restored 0 exemptions and quarantines
! obpblctl: warning: 2 are left out: refused, or of an ISP that is not there
0 obpblctl apply alpha.conf >/dev/null 2>&1; obpblctl restore r.conf; obpblctl -j exempt list | jq -c '.[] | [.prefix, .asleep, .configured, .ticket, .reason]'; obpblctl save --runtime again.conf; cmp r.conf again.conf
> restored 2 exemptions and quarantines
> ["203.0.113.9/32",false,true,null,"of the file"]
> ["203.0.113.10/32",false,false,"T-1","say \"own\" $MTA"]
# What the config file has too is left to it, and what is newer stays.
0 obpblctl exempt replace 203.0.113.10 isp alpha to 198.51.100.99 dev ppp7 until 2098-01-01T00:00:00Z reason longer >/dev/null; (cat r.conf; echo 'exempt 203.0.113.9 { isp = alpha until = "2099-01-01T00:00:00Z" reason = x } quarantine 203.0.113.5 { isp = alpha until = "2001-01-01T00:00:00Z" reason = y }') | obpblctl restore -; obpblctl -j exempt list | jq -r '.[].until'
> restored 0 exemptions and quarantines; 3 were there; 1 has ended
> 2097-03-31T00:00:00Z
> 2098-01-01T00:00:00Z
# Faults name their place, and nothing is restored.
1 echo 'exempt 203.0.113.30 { isp = alpha until = "2097-01-01T00:00:00Z" reason = x } isp beta { }' >bad.conf; obpblctl restore bad.conf
! obpblctl: bad.conf:1:83: 'beta': an ISP is for 'apply'; only exemptions and quarantines are restored
! obpblctl: bad.conf: 1 fault; nothing was changed
0 printf '%s\n' 'exempt 203.0.113.30 { isp = alpha until = "2097-01-01T00:00:00Z" reason = x }' 'exempt 203.0.113.30 { isp = alpha until = "2098-01-01T00:00:00Z" reason = y }' >bad.conf; obpblctl restore bad.conf; echo $?; obpblctl -j exempt list 203.0.113.30 | jq -r '.[].reason'; obpblctl exempt del 203.0.113.30 isp alpha
> restored 1 exemption or quarantine
> 1
> x
!~ obpblctl: bad.conf:2:8: '203.0.113.30/32': .*; it is left out
! obpblctl: warning: 1 is left out: refused, or of an ISP that is not there
1 obpblctl restore nothing.conf
! obpblctl: nothing.conf: cannot be opened: No such file or directory
! obpblctl: nothing.conf: 1 fault; nothing was changed
2 obpblctl restore
!~ obpblctl: a file is missing .usage: obpblctl restore FILE.-.
2 obpblctl keep
!~ obpblctl: a file is missing .usage: obpblctl keep FILE.
# Kept: what was there, and each change; prefixes and sessions are none of it.
0 cp r.conf k.conf; obpblctl -j keep k.conf >lines & until grep -q kept lines; do :; done; jq -c '[.event, .added, .there, .overlays]' lines; head -n 1 k.conf | cut -c 1-12; obpblctl exempt add 203.0.113.12 isp alpha until 2097-01-01T00:00:00Z reason x; bash is 3; obpblctl prefix add 203.0.113.128/26 dynamic isp alpha; obpblctl quarantine del 203.0.113.77 isp alpha; bash is 2; kill $!; wait $!
> ["restored",0,2,null]
> ["kept",null,null,2]
> # exemptions
# Ended in the middle, it has written what was changed before.
0 obpblctl keep k.conf >lines & until grep -q kept lines; do :; done; obpblctl quarantine add 203.0.113.78 isp alpha until 2097-01-01T00:00:00Z reason x; kill $!; wait $!; bash is 3; obpblctl save --runtime | cmp - k.conf
# A flush leaves the file, and the next module finds what there was.
0 obpblctl keep k.conf >lines & until grep -q kept lines; do :; done; cp k.conf before.conf; obpblctl flush --yes >/dev/null; until rmmod obpbl 2>rmmod.log; do :; done; insmod "$OBPBL_BUILD/module/obpbl.ko"; obpblctl apply alpha.conf >/dev/null 2>&1; until [ "$(grep -c restored lines)" = 2 ]; do :; done; obpblctl save --runtime | cmp - before.conf; cmp k.conf before.conf; obpblctl flush --yes >/dev/null; obpblctl apply alpha.conf >/dev/null 2>&1; bash is 0; kill $!; wait $!
# Of an ISP that is not there yet, it waits in the file.
0 (cat alpha.conf; echo 'isp beta { space = { 192.0.2.0/24 } dynamic = { 192.0.2.0/25 } relay = { 192.0.2.200 } }') >both.conf; echo 'exempt 192.0.2.9 { isp = beta until = "2097-01-01T00:00:00Z" reason = x }' >k.conf; obpblctl keep k.conf >lines & until grep -q kept lines; do :; done; obpblctl exempt add 203.0.113.12 isp alpha until 2097-01-01T00:00:00Z reason x; bash is 2; obpblctl apply both.conf >/dev/null 2>&1; until obpblctl exempt list isp beta | grep -q 192.0.2.9; do :; done; grep -c restored lines; bash is 2; obpblctl exempt del 192.0.2.9 isp beta; bash is 1; obpblctl exempt del 203.0.113.12 isp alpha; bash is 0; kill $!; wait $!
> 1
# A folder that goes is told, and it ends with a failure.
1 mkdir d; obpblctl keep d/k.conf >lines 2>says & until grep -q kept lines; do :; done; rm -r d; obpblctl exempt add 203.0.113.13 isp alpha until 2097-01-01T00:00:00Z reason x; until [ -s says ]; do :; done; cat says; kill $!; wait $!
> obpblctl: d/k.conf: cannot be written: No such file or directory

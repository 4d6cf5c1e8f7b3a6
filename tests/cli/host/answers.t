# What the program makes of the answers of a module, which is not there: see
# ../fake.c. What a kernel really answers is for ../kernel.
@ v
| # v NAME COMMAND...: its document is as the schema says
| name=$1; shift; LD_PRELOAD=./fake.so obpblctl -j "$@" 2>/dev/null | "$OBPBL_REPO/tests/cli/validate" "$name"
@ fake
| LD_PRELOAD=./fake.so exec obpblctl "$@"
0 gcc -Wall -Wextra -Werror -shared -fPIC -I "$OBPBL_REPO/include/uapi" -o fake.so "$OBPBL_REPO/tests/cli/fake.c" -lmnl
# Is it on, for whom, how much, is anything wrong: worst first, in 80 columns.
0 bash fake show | sed 's/obpblctl [0-9.]*/obpblctl N/'
> blocking    alpha
> counting    beta
> blocked     100 packets; last tried 2023-11-14T22:14:20Z
> would block 100 packets, which passed
> last minute 0 sources were blocked, or would have been
> no ISP      100 packets of no ISP's customers passed
> wrong       confirm pending: 30 s left, then generation 6 returns
> wrong       isp beta has no relay: its dynamic customers can only reach port 25
>             inside its space
> wrong       asleep: 1 exemption of isp alpha, which is not configured there, or
>             whose prefix is another ISP's
> wrong       3 replies were held back by net.obpbl.reject_rate: these clients
>             wait instead of being told
> wrong       95 prefixes of at most 100: raise net.obpbl.max_prefixes before it
>             is reached
> wrong       the module is older than the program: update obpbl and load it anew
> policy      generation 7, 95 prefixes, 2 exemptions and quarantines, 0 sessions,
>             0 B; net.obpbl.mode enforce; obpbl 0.0.1, obpblctl N
>
> name   effective  policy   blocked  would_block  last_blocked
> alpha  enforce    outside      100            0  2023-11-14T22:14:20Z
> beta   monitor    outside        0          100  -
0 FAKE_RECENT=1 bash fake show isp alpha | sed -n 's/^\(last minute.*\)/\1/p; $p' | sed 's/20[2-9][0-9]-.*/NOW/'
> last minute 1 source was blocked, or would have been
> alpha  enforce    outside      100            0  NOW
0 bash fake show -w | awk 'length > 80' | wc -l; bash fake -w | tail -n 2 | cut -c-25; COLUMNS=40 bash fake show | awk 'length > 40' | wc -l
> 8
> alpha  enforce  enforce  
> beta   monitor  monitor  
> 0
1 bash fake show isp nobody
! obpblctl: 'nobody': there is no such ISP
1 bash fake stats isp nobody
! obpblctl: 'nobody': there is no such ISP
1 bash fake monitor isp nobody
! obpblctl: 'nobody': there is no such ISP
# Of a total, what is not since the last reset is from before it.
0 bash fake stats save
> stats restore isp alpha family 4 reason outside verdict block packets 100 bytes 6000 attempts 50
> stats restore isp beta family 4 reason outside verdict would_block packets 100 bytes 6000 attempts 50
> stats restore family 4 reason foreign verdict pass packets 100 bytes 6000 attempts 50
# top sorts by a column, and leaves out those for which there is no room.
0 bash fake top | cut -c-50
> attempts  blocked  would_block  destinations  sour
>       40       80            0             2  203.
>        4        8            0            20  203.
0 COLUMNS=60 bash fake top --sort dest
> attempts  blocked  would_block  destinations  source
>        4        8            0            20  203.0.113.8
>       40       80            0             2  203.0.113.7
0 for w in 30 80 200; do COLUMNS=$w bash fake top | head -n 1 | wc -w; done; COLUMNS=30 bash fake top -w | head -n 1 | wc -w
> 3
> 7
> 10
> 10
# On a terminal of 80 columns no line is longer, and a key sorts anew.
@ seen-by
| # seen-by PID WORD: waits until what PID runs has shown it, or has ended
| until grep -qs "sources by $2" raw; do kill -0 "$1" 2>/dev/null || exit; done
0 mkfifo keys; timeout 60 script -qec 'stty rows 24 cols 80; bash fake top' /dev/null <keys >raw & exec 3>keys; bash seen-by $! attempts; printf d >&3; bash seen-by $! dest; printf q >&3; wait; tr -d '\r' <raw | sed 's/\x1b\[[0-9;]*[A-Za-z]//g' >seen; awk 'length > 80' seen | wc -l; grep -o 'sources by .*' seen | sort -u
> 0
> sources by attempts
> sources by destinations
0 bash fake -c show | grep -c $'\033'; bash fake --color=never show | grep -c $'\033'; NO_COLOR=1 bash fake -c=always show | grep -c $'\033'; bash fake show | grep -c $'\033' || true
> 4
> 0
> 4
> 0
# A list of one, and short words.
0 bash fake isp list alpha | cut -d' ' -f1; bash fake exe sh isp alpha | cut -c-20
> name
> alpha
> prefix          isp 
> 203.0.113.9/32  alph
0 bash fake -j exempt add 203.0.113.9 isp alpha for 1h reason -h ticket -j 2>/dev/null | grep -e reason -e ticket
>  "reason": "-h",
>  "ticket": "-j",
# Each document is as the schema says.
@ alpha.conf
| isp alpha { mode = enforce  space = { 203.0.113.0/24 }  dynamic = { 203.0.113.0/25 }  relay = { 203.0.113.200 } }
@ wide.conf
| isp alpha { space = { ::/0 }  dynamic = { ::/0 }  relay = { 2001:db8::25 } }
0 for c in show 'isp list' 'prefix list' 'exempt list' 'quarantine list' 'session list' stats top metrics version confirm rollback 'shadow show' 'shadow promote' 'shadow drop' save; do bash v "$c" $c; done
0 bash v show show isp alpha; bash v stats stats isp beta; bash v stats stats reset; bash v counters stats save; bash v export export space; bash v test test from 203.0.113.7 to 192.0.2.25; bash v flush flush --yes; bash v save save x; bash v metrics metrics x
0 bash v apply apply alpha.conf; bash v apply apply alpha.conf --confirm 60; bash v apply apply alpha.conf --shadow; bash v apply apply alpha.conf --diff; bash v diff diff alpha.conf
0 bash v mode mode enforce; bash v mode mode off isp alpha; bash v 'isp add' isp add x; bash v 'isp set' isp set x mode off; bash v 'isp show' isp show x; bash v 'isp del' isp del x
0 for c in add replace del; do bash v "prefix $c" prefix $c 203.0.113.0/25 dynamic isp alpha; done; echo 203.0.113.0/25 >list; bash v 'prefix load' prefix load list dynamic isp alpha
0 bash v 'exempt add' exempt add 203.0.113.9 isp alpha for 1h reason x; bash v 'exempt del' exempt del 203.0.113.9 isp alpha; bash v 'quarantine add' quarantine add 203.0.113.9 isp alpha for 1h reason x; bash v 'quarantine del' quarantine del 203.0.113.9 isp alpha
0 bash v 'session up' session up dev x isp alpha; bash v 'session addr' session addr dev x addr 203.0.113.7; bash v 'session down' session down dev x
0 for c in 'isp show nobody' 'isp list nobody' 'top isp nobody' 'mode off isp nobody' 'prefix list isp nobody' 'session list isp nobody'; do bash v error $c; LD_PRELOAD=./fake.so obpblctl -j $c 2>/dev/null | grep -o '"not_found"'; done | sort | uniq -c | tr -s ' '
>  6 "not_found"
0 printf '%s\n' 'mode off' 'exempt add 203.0.113.9 isp alpha for 1h reason x' 'session up dev x isp alpha' 'prefix add 203.0.113.0/25 dynamic isp alpha' 'isp set alpha mode off' >lines; bash v batch -b lines --atomic
0 timeout -s INT 1 env LD_PRELOAD=./fake.so obpblctl -j monitor isp alpha >events; "$OBPBL_REPO/tests/cli/validate" monitor <events
# All of IPv6 is a number that no integer of 64 bits holds.
0 LD_PRELOAD=./fake.so obpblctl -j diff wide.conf 2>/dev/null | grep -o 'ipv6_64s.*' | sort -u
> ipv6_64s": 1
> ipv6_64s": 1.8446744073709552e19
# While another program has a transaction open, a change waits for its end.
0 FAKE_BUSY=3 bash fake mode off isp alpha
0 FAKE_BUSY=3 FAKE_LOG=1 bash fake apply alpha.conf 2>&1 >/dev/null | grep -v warning
> BEGIN
> BEGIN
> BEGIN
> BEGIN
> COMMIT
1 FAKE_BUSY=100000 bash fake mode off isp alpha
! obpblctl: 'alpha': another program is changing the policy; try again
# One takes the place of another in one step, in the layer in which that was, or is
# added; what would be the same to a packet ends no connection.
0 FAKE_LOG=1 bash fake exempt replace 203.0.113.9 isp alpha for 1h reason x
! BEGIN
! OVERLAY_DEL
! OVERLAY_ADD run-time
! COMMIT
0 FAKE_LOG=1 FAKE_CONFIGURED=1 bash fake quarantine replace 203.0.113.77 isp alpha for 1h reason x
! BEGIN
! OVERLAY_DEL
! OVERLAY_ADD configured
! COMMIT
! obpblctl: warning: quarantine 203.0.113.77/32 comes from a file: the next apply of it takes this back
0 FAKE_LOG=1 bash fake exempt rep 203.0.113.9 isp alpha dev ppp0 for 1h reason x
! BEGIN
! OVERLAY_ADD run-time
! COMMIT
! obpblctl: warning: added; there was none dev ppp0 (there is one without 'dev')
0 printf '%s\n' 'mode off' 'exempt replace 203.0.113.9 isp alpha for 1h reason x' 'quarantine replace 203.0.113.78 isp alpha for 1h reason x' | FAKE_LOG=1 bash fake -j -b - --atomic
> {"schema": 1, "changes": 3, "generation": 7, "connections_ended": 0}
! BEGIN
! OVERLAY_DEL
! OVERLAY_ADD run-time
! OVERLAY_ADD run-time
! COMMIT
0 bash v 'exempt replace' exempt replace 203.0.113.9 isp alpha for 1h reason x; bash v 'quarantine replace' quarantine replace 203.0.113.9 isp alpha reason x
1 bash fake exempt replace 203.0.113.9 isp nobody for 1h reason x
! obpblctl: '203.0.113.9/32': the kernel refused: No such file or directory
2 bash fake exempt replace 203.0.113.9 isp alpha
! obpblctl: 'reason TEXT' is missing (usage: obpblctl exempt replace PREFIX isp NAME [to PREFIX] [dev IF] [for DUR|until TIME] reason TEXT [ticket ID])
# What has ended goes in one step, of the generation that was looked at.
0 bash fake purge
> removed 0 exemptions and 0 quarantines that had ended
0 FAKE_LOG=1 FAKE_ENDED=1 FAKE_STALE=2 bash fake purge
> removed 1 exemption and 1 quarantine that had ended
! BEGIN
! BEGIN
! BEGIN
! OVERLAY_DEL
! OVERLAY_DEL
! COMMIT
1 FAKE_ENDED=1 FAKE_STALE=1000 bash fake purge
! obpblctl: the policy was changed meanwhile; try again
0 FAKE_ENDED=1 bash fake -j purge | jq -c .
> {"schema":1,"exempt":1,"quarantine":1,"kept":0,"generation":7}
0 FAKE_LOG=1 FAKE_ENDED=1 FAKE_CONFIGURED=1 bash fake -j purge | jq -c .
> {"schema":1,"exempt":0,"quarantine":0,"kept":2,"generation":null}
! obpblctl: warning: 2 more of the config file: they can go when the change that waits is confirmed or taken back
0 bash v purge purge; FAKE_ENDED=1 bash v purge purge; FAKE_ENDED=1 FAKE_STALE=1000 bash v error purge
2 bash fake purge isp alpha
! obpblctl: 'isp': a word too many
# A fault in a line of an atomic batch is told as one of any other is.
1 echo 'isp set nobody mode monitor' | bash fake -j -b - --atomic
> {"schema": 1, "error": {"code": "not_found", "message": "stdin:1: 'nobody': the kernel refused: No such file or directory"}}
! obpblctl: stdin:1: 'nobody': the kernel refused: No such file or directory
! obpblctl: stdin: nothing was changed
2 echo 'isp set' | bash fake -j -b - --atomic
>~ \{"schema": 1, "error": \{"code": "usage", .*
! *
# What is no change cannot be part of an atomic batch, nor what is one alone.
2 for c in purge 'flush --yes' 'apply x' confirm rollback 'shadow promote' 'shadow drop' 'stats reset'; do echo "$c" | bash fake -b - --atomic; done
! obpblctl: stdin:1: 'purge': is always a step of its own, and cannot be part of an atomic batch
! obpblctl: stdin: nothing was changed
! obpblctl: stdin:1: 'flush': is always a step of its own, and cannot be part of an atomic batch
! obpblctl: stdin: nothing was changed
! obpblctl: stdin:1: 'apply': is always a step of its own, and cannot be part of an atomic batch
! obpblctl: stdin: nothing was changed
! obpblctl: stdin:1: 'confirm': is always a step of its own, and cannot be part of an atomic batch
! obpblctl: stdin: nothing was changed
! obpblctl: stdin:1: 'rollback': is always a step of its own, and cannot be part of an atomic batch
! obpblctl: stdin: nothing was changed
! obpblctl: stdin:1: 'promote': is always a step of its own, and cannot be part of an atomic batch
! obpblctl: stdin: nothing was changed
! obpblctl: stdin:1: 'drop': is always a step of its own, and cannot be part of an atomic batch
! obpblctl: stdin: nothing was changed
! obpblctl: stdin:1: 'reset': is always a step of its own, and cannot be part of an atomic batch
! obpblctl: stdin: nothing was changed
2 for c in show stats 'shadow show' 'diff x'; do echo "$c" | bash fake -b - --atomic; done
! obpblctl: stdin:1: 'show': only changes can be part of an atomic batch
! obpblctl: stdin: nothing was changed
! obpblctl: stdin:1: 'show': only changes can be part of an atomic batch
! obpblctl: stdin: nothing was changed
! obpblctl: stdin:1: 'show': only changes can be part of an atomic batch
! obpblctl: stdin: nothing was changed
! obpblctl: stdin:1: 'diff': only changes can be part of an atomic batch
! obpblctl: stdin: nothing was changed

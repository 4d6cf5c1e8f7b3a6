# The config file as a file.
1 obpblctl apply nothing.conf
! obpblctl: nothing.conf: cannot be opened: No such file or directory
! obpblctl: nothing.conf: 1 fault; nothing was changed
1 obpblctl apply .
! obpblctl: .: is a directory, not a file
! obpblctl: .: 1 fault; nothing was changed
1 ln -s loop loop; obpblctl apply loop
! obpblctl: loop: cannot be opened: Too many levels of symbolic links
! obpblctl: loop: 1 fault; nothing was changed
0 : >empty.conf; obpblctl apply --check --empty empty.conf
> empty.conf: 0 ISPs, 0 prefixes, 0 exemptions and quarantines: no fault
! obpblctl: warning: there is no ISP in it: nothing will be blocked
0 printf '# nothing\n' >comment.conf; obpblctl apply comment.conf --empty --check
> comment.conf: 0 ISPs, 0 prefixes, 0 exemptions and quarantines: no fault
! obpblctl: warning: there is no ISP in it: nothing will be blocked
# A file without an ISP is what a program leaves that has failed.
1 obpblctl apply empty.conf
! obpblctl: empty.conf: there is no ISP in it; --empty removes the policy
! obpblctl: empty.conf: 1 fault; nothing was changed
1 obpblctl apply --check /dev/null
! obpblctl: /dev/null: there is no ISP in it; --empty removes the policy
! obpblctl: /dev/null: 1 fault; nothing was changed
1 false | obpblctl -j apply - 2>/dev/null
> {
>  "schema": 1,
>  "applied": false,
>  "error": {
>   "code": "faults",
>   "message": "stdin: 1 fault; nothing was changed"
>  },
>  "total": 1,
>  "faults": [
>   {
>    "file": "stdin",
>    "line": 0,
>    "column": 0,
>    "text": "there is no ISP in it; --empty removes the policy"
>   }
>  ]
> }
1 echo 'exempt 10.0.0.1 { isp = a  reason = x }' | obpblctl apply - --empty
! obpblctl: stdin:1:8: 'a': no such ISP in this file
! obpblctl: stdin: 1 fault; nothing was changed
0 printf 'isp a { dynamic = { 10.0.0.0/9 }\r\nspace = { 10.0.0.0/8 }\r\nrelay = { 10.255.0.1 } }' >crlf.conf; obpblctl apply --check crlf.conf
> crlf.conf: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
1 printf 'isp a { }\r\nisp b {\r\n mode = loud }' | obpblctl apply -
! obpblctl: stdin:3:9: 'loud': unknown mode; it is off, monitor or enforce
! obpblctl: stdin: 1 fault; nothing was changed
1 printf '\xef\xbb\xbfisp a { }\n' | obpblctl apply -
! obpblctl: stdin:1: begins with a byte order mark; save it as plain UTF-8
! obpblctl: stdin: 1 fault; nothing was changed
1 printf 'isp a { }\n\n\0' | obpblctl apply -
! obpblctl: stdin:3: a NUL byte; this is no text file
! obpblctl: stdin: 1 fault; nothing was changed
1 printf 'isp a { }\nisp b\0' | obpblctl apply -
! obpblctl: stdin:2: a NUL byte; this is no text file
! obpblctl: stdin: 1 fault; nothing was changed
1 { printf 'isp a { mode = '; head -c 1000000 /dev/zero | tr '\0' x; printf ' }'; } | obpblctl apply -
! obpblctl: stdin:1:16: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...': a word of more than 1024 characters
! obpblctl: stdin: 1 fault; nothing was changed
0 { printf '# '; head -c 1000000 /dev/zero | tr '\0' x; printf '\nisp a { dynamic = { 10.0.0.0/9 } space = { 10.0.0.0/8 } relay = { 10.255.0.1 } }'; } | obpblctl apply --check -
> stdin: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
0 { printf 'isp a { relay = { 10.255.0.1 } space = { 10.0.0.0/8 } dynamic = { '; for i in $(seq 0 127); do for j in $(seq 0 99); do printf '10.%d.%d.0/24, ' $i $j; done; done; printf '10.127.255.0/24 } }'; } | obpblctl apply --check -
> stdin: 1 ISP, 12803 prefixes, 0 exemptions and quarantines: no fault
0 mkfifo fifo; (echo 'isp a { dynamic = { 10.0.0.0/9 } space = { 10.0.0.0/8 } relay = { 10.255.0.1 } }' >fifo &); timeout 10 obpblctl apply --check fifo
> fifo: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
# What stdout cannot take is said.
1 obpblctl help >/dev/full
! obpblctl: cannot write to stdout: No space left on device
1 obpblctl -j help >/dev/full
! obpblctl: cannot write to stdout: No space left on device
0 obpblctl help | head -n 1
> usage: obpblctl [-j] [-n NETNS] COMMAND
1 obpblctl help >&-
! obpblctl: cannot write to stdout: Bad file descriptor
1 obpblctl apply --check crlf.conf >/dev/full
! obpblctl: cannot write to stdout: No space left on device
# Few descriptors, an odd locale and time zone.
0 ulimit -n 4; exec obpblctl apply --check crlf.conf
> crlf.conf: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
0 LC_ALL=tr_TR.UTF-8 TZ=Asia/Kathmandu obpblctl apply --check crlf.conf
> crlf.conf: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
# However long or many, they take no time: a comment, exemptions, faults.
0 { printf '/* '; head -c 4000000 /dev/zero | tr '\0' x; printf '*/\n# '; head -c 4000000 /dev/zero | tr '\0' x; printf '\nisp a { dynamic = { 10.0.0.0/9 } space = { 10.0.0.0/8 } relay = { 10.255.0.1 } }'; } >long.conf; ulimit -t 3; obpblctl apply --check long.conf
> long.conf: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
0 { echo 'isp a { relay = { 203.0.113.1 } space = { 10.0.0.0/8 } dynamic = { 10.0.0.0/8 } }'; seq 0 262143 | awk '{ printf "exempt 10.%d.%d.%d { isp = a for = 7d reason = \"own MTA\" ticket = AB-%d }\n", $1 / 65536, $1 / 256 % 256, $1 % 256, $1 }'; } >many.conf; ulimit -t 20; obpblctl apply --check many.conf
> many.conf: 1 ISP, 3 prefixes, 262144 exemptions and quarantines: no fault
1 ulimit -t 20; sed -i 's/for = 7d/for 7d/' many.conf; obpblctl apply many.conf 2>&1 | sed -n '1p;$p'; exit ${PIPESTATUS[0]}
> obpblctl: many.conf:2:27: 'for': there is no = after it
> obpblctl: many.conf: 262144 faults; nothing was changed
1 head -c 300000 /dev/zero | tr '\0' '{' | (ulimit -t 5; obpblctl apply -) 2>&1 | sed -n 1p; exit ${PIPESTATUS[2]}
> obpblctl: stdin:1:1: '{': no section begins like this

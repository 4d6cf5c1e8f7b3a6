# Files that lists come in.
@ c.conf
| isp a { space = { 0.0.0.0/0, ::/0 }
|   relay = { 192.0.2.1 }
|   dynamic = { @list.txt } }
1 obpblctl apply c.conf
! obpblctl: c.conf:3:15: '@list.txt': the list list.txt cannot be opened: No such file or directory
! obpblctl: c.conf: 1 fault; nothing was changed
0 printf '10.0.0.0/8\r\n\r\n# x\r\n11.0.0.0/8 # y\r\n\t12.0.0.0/8  \n13.0.0.0/8' >list.txt; obpblctl apply --check c.conf 2>/dev/null
> c.conf: 1 ISP, 7 prefixes, 0 exemptions and quarantines: no fault
0 : >list.txt; obpblctl apply --check c.conf 2>/dev/null
> c.conf: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
1 printf '10.0.0.0/8\n11.0.0.1/8\n\n12.0.0.0/8,13.0.0.0/8\n14.0.0.0/8 15.0.0.0/8\n@more.txt\n10.0.0.0/8\n' >list.txt; obpblctl apply c.conf
! obpblctl: list.txt:2:1: '11.0.0.1/8': has host bits set; did you mean 11.0.0.0/8?
! obpblctl: list.txt:4:1: '12.0.0.0/8,13.0.0.0/8': a list has one prefix a line
! obpblctl: list.txt:5:1: '14.0.0.0/8 15.0.0.0/8': a list has one prefix a line
! obpblctl: list.txt:6:1: '@more.txt': a list cannot name another list
! obpblctl: list.txt:7:1: '10.0.0.0/8': is twice in dynamic of isp a; first at list.txt:1:1
! obpblctl: c.conf: 5 faults; nothing was changed
1 printf '\xef\xbb\xbf10.0.0.0/8\n' >list.txt; obpblctl apply c.conf
! obpblctl: list.txt:1: begins with a byte order mark; save it as plain UTF-8
! obpblctl: c.conf: 1 fault; nothing was changed
1 printf '\xff\xfe1\0' >list.txt; obpblctl apply c.conf
! obpblctl: list.txt:1: is UTF-16; save it as plain UTF-8
! obpblctl: c.conf: 1 fault; nothing was changed
1 printf '10.0.0.0/8\n11.0.0.0/8\0\n' >list.txt; obpblctl apply c.conf
! obpblctl: list.txt:2: a NUL byte; this is no text file
! obpblctl: c.conf: 1 fault; nothing was changed
1 { echo 10.0.0.0/8; head -c 1000000 /dev/zero | tr '\0' 1; } >list.txt; obpblctl apply c.conf
! obpblctl: list.txt:2: a line of 1000000 bytes; a list has one prefix a line
! obpblctl: c.conf: 1 fault; nothing was changed
1 rm list.txt; mkdir list.txt; obpblctl apply c.conf
! obpblctl: c.conf:3:15: '@list.txt': the list list.txt is a directory, not a file
! obpblctl: c.conf: 1 fault; nothing was changed
1 rmdir list.txt; ln -s list.txt list.txt; obpblctl apply c.conf
! obpblctl: c.conf:3:15: '@list.txt': the list list.txt cannot be opened: Too many levels of symbolic links
! obpblctl: c.conf: 1 fault; nothing was changed
0 rm list.txt; mkfifo list.txt; (echo 10.0.0.0/8 >list.txt &); timeout 10 obpblctl apply --check c.conf 2>/dev/null
> c.conf: 1 ISP, 4 prefixes, 0 exemptions and quarantines: no fault
1 printf 'isp a { dynamic = { @, "@-" } }' | obpblctl apply -
! obpblctl: stdin:1:21: '@': the name of a file follows the @
! obpblctl: stdin:1:24: '@-': the name of a file follows the @
! obpblctl: stdin: 2 faults; nothing was changed
1 cp c.conf d.conf; sed -i 's/list.txt/no\/such\/list/' d.conf; obpblctl apply d.conf
! obpblctl: d.conf:3:15: '@no/such/list': the list no/such/list cannot be opened: No such file or directory
! obpblctl: d.conf: 1 fault; nothing was changed
# A list of an ISP is checked before the kernel is asked.
1 printf '10.0.0.0/8\n10.0.0.0/8\n' | obpblctl prefix load - dynamic isp alpha
! obpblctl: stdin:2:1: '10.0.0.0/8': is twice in dynamic of isp alpha; first at stdin:1:1
! obpblctl: nothing was changed
1 obpblctl prefix load nothing.txt dynamic isp alpha
! obpblctl: nothing.txt: cannot be opened: No such file or directory
! obpblctl: nothing was changed
1 printf '10.0.0.1/8\nx\n' >l; obpblctl prefix load l static isp alpha --replace
! obpblctl: l:1:1: '10.0.0.1/8': has host bits set; did you mean 10.0.0.0/8?
! obpblctl: l:2:1: 'x': is not an IPv4 or IPv6 prefix
! obpblctl: nothing was changed
# Of many bad lines each is looked at once, and nothing behind the last one.
0 echo 'isp a { dynamic = { @many.txt } }' >m.conf; seq 0 399999 | awk '{ printf "%d.%d.%d.0/8\n", $1 / 65536 + 1, $1 / 256 % 256, $1 % 256 }' >many.txt; printf 10.0.0.0.0 >>many.txt
1 ulimit -t 4; obpblctl apply m.conf 2>&1 | sed -n '2p;$p'; exit ${PIPESTATUS[0]}
> obpblctl: many.txt:3:1: '1.0.2.0/8': has host bits set; did you mean 1.0.0.0/8?
> obpblctl: m.conf: 399994 faults; nothing was changed
1 { seq 0 20000 | awk '{ printf "10.%d.%d.0/24\n", $1 / 256, $1 % 256 }'; printf 10.0.0.0.0; } >many.txt; obpblctl apply m.conf
! obpblctl: many.txt:20002:1: '10.0.0.0.0': is not an IPv4 or IPv6 prefix
! obpblctl: m.conf: 1 fault; nothing was changed

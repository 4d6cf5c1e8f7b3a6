# Commands of a file, as far as they need no kernel.
@ good.conf
| isp alpha { relay = { 203.0.113.200 }  dynamic = { 203.0.113.0/25 }  space = { 203.0.113.0/24 } }
@ bad.conf
| isp alpha { relay = { 203.0.113.200/24 } }
@ good.batch
| # a comment, and an empty line
|
|   apply --check good.conf
| apply --check "good.conf" # a comment
| 	apply	'good.conf' --check #x
| help --complete mode
0 obpblctl -b good.batch
> good.conf: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
> good.conf: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
> good.conf: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
> off
> monitor
> enforce
> isp
0 printf 'apply --check good.conf\r\nhelp --complete mode' | obpblctl --batch -
> good.conf: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
> off
> monitor
> enforce
> isp
0 obpblctl -b /dev/null; obpblctl -j -b /dev/null; obpblctl -b - </dev/null
# Options of a line are its own.
0 printf '%s\n' '-j apply --check good.conf' 'apply --check good.conf' 'apply good.conf --check -j' | obpblctl -b -
> {"schema": 1, "applied": false, "isps": [{"name": "alpha"}], "prefixes": 3, "overlays": 0, "warnings": []}
> good.conf: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
> {"schema": 1, "applied": false, "isps": [{"name": "alpha"}], "prefixes": 3, "overlays": 0, "warnings": []}
# The first failure ends it, with its status, unless it is forced.
@ bad.batch
| apply --check good.conf
| apply --check bad.conf
| help --complete mode
| mode loud
| help --complete show
1 obpblctl -b bad.batch
> good.conf: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
! obpblctl: bad.batch:2: bad.conf:1:23: '203.0.113.200/24': has host bits set; did you mean 203.0.113.0/24?
! obpblctl: bad.batch:2: bad.conf: 1 fault; nothing was changed
2 sed 2d bad.batch | obpblctl -b -
> good.conf: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
> off
> monitor
> enforce
> isp
! obpblctl: stdin:3: 'loud': unknown mode; it is off, monitor or enforce
1 obpblctl -f -b bad.batch
> good.conf: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
> off
> monitor
> enforce
> isp
> isp
> -w
! obpblctl: bad.batch:2: bad.conf:1:23: '203.0.113.200/24': has host bits set; did you mean 203.0.113.0/24?
! obpblctl: bad.batch:2: bad.conf: 1 fault; nothing was changed
! obpblctl: bad.batch:4: 'loud': unknown mode; it is off, monitor or enforce
1 obpblctl -j -b bad.batch --force 2>/dev/null
> {"schema": 1, "applied": false, "isps": [{"name": "alpha"}], "prefixes": 3, "overlays": 0, "warnings": []}
> {"schema": 1, "applied": false, "error": {"code": "faults", "message": "bad.batch:2: bad.conf: 1 fault; nothing was changed", "file": "bad.batch", "line": 2}, "total": 1, "faults": [{"file": "bad.conf", "line": 1, "column": 23, "text": "'203.0.113.200/24': has host bits set; did you mean 203.0.113.0/24?"}]}
> off
> monitor
> enforce
> isp
> {"schema": 1, "error": {"code": "usage", "message": "bad.batch:4: 'loud': unknown mode; it is off, monitor or enforce", "file": "bad.batch", "line": 4}}
> isp
> -w
3 echo show | obpblctl -b -
! obpblctl: stdin:1: the obpbl module is not loaded (modprobe obpbl)
3 echo 'mode off' | obpblctl -b - --atomic
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
# Quotes are those of the config file.
2 echo 'mode "off' | obpblctl -b -
! obpblctl: stdin:1:6: '"off': the string is not closed in its line
2 echo 'mode "off"x' | obpblctl -b -
! obpblctl: stdin:1:6: '"off"x': a blank is missing after a string
2 echo 'mode o"ff"' | obpblctl -b -
! obpblctl: stdin:1:6: 'o"': a string begins in the middle of a word
2 echo 'mode "\off"' | obpblctl -b -
! obpblctl: stdin:1:7: '\o': in a string, only \ " and $ can follow a backslash
2 echo 'mode "${HOME}"' | obpblctl -b -
! obpblctl: stdin:1:7: '${': the environment is not looked at; write \${ for these characters
2 echo 'mode "\"\\\${x}" # "' | obpblctl -b -
! obpblctl: stdin:1: '"\${x}': unknown mode; it is off, monitor or enforce
2 echo "mode 'it\\'s \${x}'" | obpblctl -b -
! obpblctl: stdin:1: 'it's ${x}': unknown mode; it is off, monitor or enforce
2 echo 'mode ""' | obpblctl -b -
! obpblctl: stdin:1: '': unknown mode; it is off, monitor or enforce
2 printf 'mode off\033\n' | obpblctl -b -
! obpblctl: stdin:1:9: '\x1b': a control character
2 printf 'mode off\0\n' | obpblctl -b -
! obpblctl: stdin:1:9: '\x00': a NUL byte; this is no text file
1 { echo '# x'; head -c 3000000 /dev/zero | tr '\0' x; } | obpblctl -b -
! obpblctl: stdin:2: a line of more than a million characters
# What cannot be.
2 obpblctl -b
! obpblctl: '-b': a file of commands follows it, or - for stdin
2 obpblctl -f show
! obpblctl: '-f' is for a batch: -b FILE
2 obpblctl --atomic
! obpblctl: '--atomic' is for a batch: -b FILE
2 obpblctl -b x show
! obpblctl: 'show': the commands come from x
2 obpblctl -b x -f --atomic
! obpblctl: '--atomic' is all or nothing; it cannot be with '-f'
1 obpblctl -b nothing
! obpblctl: nothing: cannot be opened: No such file or directory
1 obpblctl -b .
! obpblctl: .: is a directory, not a file
2 echo '-b x' | obpblctl -b -
! obpblctl: stdin:1: a line cannot begin another batch
2 echo 'apply -' | obpblctl -b -
! obpblctl: stdin:1: '-': the commands come from stdin; it cannot be a file as well
2 echo 'prefix load - dynamic isp alpha' | obpblctl -b -
! obpblctl: stdin:1: '-': the commands come from stdin; it cannot be a file as well
2 echo 'flush' | obpblctl -b -
! obpblctl: stdin:1: this removes the whole policy and there is no terminal to ask on; say --yes (usage: obpblctl flush [--yes])
# A line is run, and its output is there, before the next one is written.
0 coproc timeout 20 obpblctl -b -; exec 8>&${COPROC[1]} 9<&${COPROC[0]}; eval "exec ${COPROC[1]}>&-"; echo 'help --complete shadow promote' >&8; read -r line <&9; echo "$line"; echo 'help --complete flush' >&8; read -r line <&9; echo "$line"; exec 8>&-; wait $COPROC_PID
> --confirm
> --yes
# What is wrong with the words of a line is of the usual kind.
2 printf 'isp list "a\n' | obpblctl -j -b - 2>/dev/null
> {"schema": 1, "error": {"code": "usage", "message": "stdin:1:10: '\"a': the string is not closed in its line", "file": "stdin", "line": 1}}

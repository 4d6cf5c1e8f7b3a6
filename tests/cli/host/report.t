# The report of a day, from samples that are written here. What a kernel gives as
# a sample is for ../kernel.
@ fake
| LD_PRELOAD=./fake.so exec obpblctl "$@"
0 gcc -Wall -Wextra -Werror -shared -fPIC -I "$OBPBL_REPO/include/uapi" -o fake.so "$OBPBL_REPO/tests/cli/fake.c" -lmnl
# sample TIME COUNTERS [ISPS [SOURCES [OVERLAYS]]]: TIME is of the day 2026-01-02,
# or a date and a time
@ sample
| case $1 in *' '*) at=$1 ;; *) at="2026-01-02 $1" ;; esac
| jq -nc --argjson time "$(date -ud "$at" +%s)" --arg counters "$2" --argjson isps "${3:-{\}}" --argjson sources "${4:-[]}" --argjson more "${5:-{\}}" '{$time, $counters, $isps, $sources, sources_all: ($sources | length), exempt: [], exempt_all: 0, quarantine: [], quarantine_all: 0} + $more' >>history
@ source
| # source ADDRESS ATTEMPTS DESTINATIONS FIRST LAST
| jq -nc --arg s "$1" --argjson n "$2" --argjson d "$3" --arg first "2026-01-$4Z" --arg last "2026-01-$5Z" '[{source: $s, isp: "alpha", attempts: $n, blocked: ($n * 2), would_block: 0, destinations: $d, destination: "198.51.100.0/24", reason: "outside", $first, $last}]'
# What was counted is what counters have grown by.
0 bash sample '2026-01-01 23:55' a.1 '{"alpha": {"block outside": [100, 200], "pass relay": [10, 90]}}' "$(bash source 203.0.113.7 50 20 01T20:00:00 01T23:54:00)"
0 bash sample 00:05 a.1 '{"alpha": {"block outside": [107, 214], "pass relay": [11, 99]}}' "$(bash source 203.0.113.7 57 20 01T20:00:00 02T00:04:00)"
0 bash sample 01:00 a.1 '{"alpha": {"block outside": [107, 214], "pass relay": [11, 99]}, "beta": {"would_block target": [3, 6]}}' "$(bash source 203.0.113.8 3 1 02T00:30:00 02T00:59:00)"
0 bash sample 01:05 a.1 '{"alpha": {"block outside": [108, 216], "block not_relay": [1, 2], "pass relay": [11, 99]}, "beta": {"would_block target": [3, 6]}}' "$(bash source 203.0.113.8 4 2 02T00:30:00 02T01:04:00)"
@ facts
| obpblctl -j report history day 2026-01-02 | jq -c "$1"
@ isps
| bash facts '.isps[] | [.name, .block, .would_block, .pass], (.hours[] | select(.block + .would_block + .pass > 0) | [.time[11:16], .block, .would_block, .pass])'
0 bash isps
> ["alpha",9,0,1]
> ["00:00",7,0,1]
> ["01:00",2,0,0]
> ["beta",0,3,0]
> ["00:00",0,3,0]
0 bash facts '.isps[0].reasons[] | [.verdict, .reason, .attempts, .packets]'
> ["block","outside",8,16]
> ["pass","relay",1,9]
> ["block","not_relay",1,2]
0 bash facts '[.from, .to, .samples, .restarts, .as_of, .gaps]'
> ["2026-01-02T00:00:00Z","2026-01-03T00:00:00Z",3,0,"2026-01-02T01:05:00Z",[]]
# A source that was there the day before counts from then on, another since its
# first time; the number of its destinations says what it is.
0 bash facts '.bots, .clients, .others | .[] | [.source, .attempts, .blocked, .destinations, .first, .last]'
> ["203.0.113.7",7,14,20,"2026-01-02T00:00:00Z","2026-01-02T00:04:00Z"]
> ["203.0.113.8",4,8,2,"2026-01-02T00:30:00Z","2026-01-02T01:04:00Z"]
0 bash facts '[(.bots, .clients, .others) | length]'
> [1,1,0]
0 bash facts '.bots[].advice, .clients[].advice' | sed 's/^"//; s/\. .*//'
> From your connection (address 203.0.113.7) there were 7 attempts to reach the mail servers of about 20 others by TCP port 25 between 2026-01-02 00:00 UTC and 2026-01-02 00:04 UTC
> From your connection (address 203.0.113.8) there were 4 attempts to reach a mail server by TCP port 25 between 2026-01-02 00:30 UTC and 2026-01-02 01:04 UTC, the last one at 198.51.100.0/24
# Counters begin anew with another module or machine, and one may without.
0 bash sample 02:00 a.2 '{"alpha": {"block outside": [500, 1000]}}'; bash sample 03:00 a.2 '{"alpha": {"block outside": [2, 4]}}'; bash isps | sed -n 1p\;4,5p; bash facts .restarts
> ["alpha",511,0,1]
> ["02:00",2,0,0]
> ["beta",0,3,0]
> 1
# Those of another module may go on from there (stats restore), all of them.
0 cp history kept; bash sample 03:01 a.3 '{"alpha": {"block outside": [5, 10]}}'; bash isps | sed -n 1p; bash facts .restarts; mv kept history
> ["alpha",514,0,1]
> 1
# So does an ISP that was not there for a while, after a flush say; also where another
# module has none at first.
0 cp history kept; for c in a.2 a.3; do cp kept history; bash sample 03:01 $c; bash sample 03:02 $c '{"alpha": {"block outside": [6, 12]}}'; bash isps | sed -n 1p; bash facts .restarts; done; mv kept history
> ["alpha",515,0,1]
> 1
> ["alpha",515,0,1]
> 1
# A source that the table has forgotten, and that comes back, is one.
0 bash sample 03:05 a.2 '{}' "$(bash source 203.0.113.8 5 5 02T03:00:00 02T03:04:00)"; bash facts '.others[] | [.source, .attempts, .destinations, .first, .last]'
> ["203.0.113.8",9,5,"2026-01-02T00:30:00Z","2026-01-02T03:04:00Z"]
# Where there was no sample, that is said.
0 bash sample 05:00 a.2 '{}'; bash facts .gaps
> [{"from":"2026-01-02T03:05:00Z","to":"2026-01-02T05:00:00Z"}]
0 obpblctl report history day 2026-01-02 | grep -o 'no sample between[^:]*:.. and[^:]*:..'
> no sample between 2026-01-02 03:05 and 2026-01-02 05:00
# What is not ours is text: in HTML, in XML, in a shell.
@ odd.json
| {"exempt": [{"prefix": "203.0.113.9/32", "isp": "alpha", "to": null, "dev": null, "until": "2026-01-05T00:00:00Z", "reason": "<script>alert('&')</script>\u0001\"", "ticket": "]]><!--", "expired": false, "configured": true, "asleep": false}], "exempt_all": 7,
|  "quarantine": [{"prefix": "203.0.113.77/32", "isp": "alpha", "until": null, "reason": "日本 http://example.net", "ticket": null, "expired": false, "configured": false, "asleep": false}], "quarantine_all": 1}
0 bash sample 05:05 a.2 '{"<b>&\"": {"block \"<i>": [1, 1]}}' '[{"source": "<img src=x onerror=alert(1)>", "isp": "</title><script>", "attempts": 1, "blocked": 1, "would_block": 0, "destinations": 1, "destination": "<a href=\"http://x\">", "reason": "&lt;", "first": "<", "last": ">"}]' "$(cat odd.json)"
@ check.py
| import html.parser, re, sys, xml.etree.ElementTree
| text = sys.stdin.read()
| tree = xml.etree.ElementTree.fromstring(text.split("\n", 1)[1])
| tags = sorted({element.tag for element in tree.iter()})
| print(*tags)
| attributes = {key for element in tree.iter() for key in element.keys()}
| print(*sorted(key for key in attributes if re.match("on|src|href|style|action|data", key)))
| print(*re.findall(r"url\(|@import|https?:[^ ]*", re.sub(r"<td>[^<]*</td>|<p class=.letter.>[^<]*</p>|<span class=.soft.>.*?</span>", "", text)))
| class Parser(html.parser.HTMLParser):
|     open = []
|     def handle_starttag(self, tag, attrs):
|         self.open.append(tag)
|     def handle_startendtag(self, tag, attrs):
|         pass
|     def handle_endtag(self, tag):
|         assert self.open.pop() == tag, tag
| Parser().feed(text)
| print(Parser.open)
0 obpblctl report history day 2026-01-02 >page; python3 check.py <page
> b body br code desc details div g h1 h2 h3 head header html li line main meta p rect section span style summary svg table tbody td text th thead time title tr ul
>
>
> []
0 grep -c '<script\|<img\|<i>' page; grep -o '&lt;script&gt;alert(&#39;&amp;&#39;)[^ <]*<' page; grep -o '<td>]]&gt[^<]*' page; grep -o '日本 [^<]*' page; grep -c 'And 6 more' page
> 0
> &lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;?&quot;<
> <td>]]&gt;&lt;!--
> 日本 http://example.net
> 1
# Not what XML knows nothing of, or half a character.
0 cp history kept; bash sample 05:06 a.2 '{}' '[{"source": "\uffff", "isp": "\ufffe", "attempts": 1, "blocked": 1, "destinations": 1, "reason": "\ufffd", "first": "日本日本日本日本", "last": "日本"}]'; obpblctl report history day 2026-01-02 >page; python3 check.py <page | tail -n 1; mv kept history
> []
1 obpblctl report history day 2026-01-02 | grep -o '>[0-9]*,[0-9][0-9]*[^0-9,<]'
0 bash sample 05:10 a.3 '{"big": {"block outside": [1234567, 1234567]}}'; obpblctl report history day 2026-01-02 | grep -o '1,234,567 blocked' | uniq
> 1,234,567 blocked
# The documents are as the schema says.
0 obpblctl -j report history day 2026-01-02 | "$OBPBL_REPO/tests/cli/validate" 'report'
# The default is the last 24 hours, the one that runs included.
0 mv history full; bash sample "$(date -ud '-90 minutes' '+%F %T')" a.1 '{"alpha": {"block outside": [1, 1]}}'; bash sample "$(date -ud '-1 minute' '+%F %T')" a.1 '{"alpha": {"block outside": [3, 3]}}'; obpblctl -j report history | jq -c '.isps[0].block, (.isps[0].hours | length)'
> 2
> 24
# A day without samples, and one of no ISP
0 obpblctl report full day 2026-02-01 | grep -o 'There is no sample of this day\|Nothing is known of any ISP'
> There is no sample of this day
> Nothing is known of any ISP
# So are sources that samples have no room for.
0 rm history; for n in 7 1070 9; do bash sample 05:00 a.1 '{}' '[]' "{\"sources_all\": $n}"; done; bash facts .sources_left; obpblctl report history day 2026-01-02 | grep -o 'no room for [^:]*'
> 1070
> no room for 1,070 sources
# What is torn or odd is left out, and said.
0 (head -n 2 full; printf '{"time":176731'; echo; echo '[]'; echo '{"time": -1}'; sed -n 3p full; printf '{"time":17673') >history; bash isps | head -n 1
> ["alpha",7,0,1]
! obpblctl: warning: history:3: is no sample, and left out, and so are 2 more
! obpblctl: warning: history: the last line is torn, and left out
0 printf '%s\n' '{"time": 1767312300, "counters": "x", "isps": {"alpha": {"block outside": [9223372036854775807, -5], "block": 3, "": [], "block target": ["x"]}, "y": 5}, "sources": [5, {}, {"source": 7, "attempts": 1}], "exempt": 5, "quarantine": [[], null, {"until": 5}]}' '{"time": 1767312600, "counters": "y", "isps": {"alpha": {"block outside": [9223372036854775807, 7], "pass x": [9223372036854775807, 7]}}, "sources": {}}' '{"time": 1767312900, "counters": "z", "isps": {"alpha": {"block outside": [9223372036854775807, 7]}}}' >history; obpblctl -j report history day 2026-01-02 | grep '^ *"\(block\|pass\)": [1-9]'; obpblctl report history day 2026-01-02 | python3 check.py | sed -n 2,4p
>    "block": 9223372036854775807,
>    "pass": 9223372036854775807,
>      "block": 9223372036854775807,
>      "pass": 9223372036854775807,
>
>
> []
# Samples are added by a line, and what is old goes once a day.
0 rm history; bash fake report sample history; bash fake -j report sample ./history | jq -c '[.file, .sources]'; jq -c '[(.isps | keys), .isps.alpha, .exempt_all, .quarantine_all, .quarantine[0].reason]' history; stat -c %a history
> ["./history",0]
> [["alpha","beta"],{"block outside":[50,100]},0,1,"for a test"]
> [["alpha","beta"],{"block outside":[50,100]},0,1,"for a test"]
> 640
0 jq -r '.sources[] | .source' history | head -n 2
> 203.0.113.7
> 203.0.113.8
0 printf torn >>history; bash fake report sample history; wc -l <history; sed -n 3p history; obpblctl -j report history 2>&1 >/dev/null
> 4
> torn
> obpblctl: warning: history:3: is no sample, and left out
0 rm history; bash sample '-8 days -1 hour' a.1; bash sample '-7 days' a.1; bash fake report sample history; wc -l <history
> 3
0 sed -i "1s/.*/{\"time\":$(date -d '-10 days' +%s)}/" history; cp history before; bash fake report sample history; wc -l <history; tail -n 2 before | cmp - <(head -n 2 history)
> 3
# A clock that is wrong, as before the network is there, takes no history with it;
# whoever was seen before it is wrong no more is in the next sample.
0 rm history; bash sample '-2 hours' a.1; bash sample '-1 hour' a.1; for at in 100 4000000000 "$(date +%s)"; do touch -d '-1 hour' history; FAKE_NOW=$at bash fake report sample history; done; jq -c .time history | wc -l
> 5
0 rm history; for at in 4000000000 1700000100 1700000200; do FAKE_NOW=$at bash fake report sample history; done; jq -c '[.time, (.sources | length)]' history
> [4000000000,2]
> [1700000100,2]
> [1700000200,0]
# What found no room on the disk is no sample: who was seen then is in the next.
1 rm history; for ((i = 0; i < 9; i++)); do bash sample '2023-11-14 22:13:00' a.1; done; touch -d @1700000000 history; cp history before; (trap '' XFSZ; ulimit -f 1; FAKE_NOW=1700000300 bash fake report sample history)
! obpblctl: history: cannot be written: File too large
0 cmp before history; FAKE_NOW=1700000600 bash fake report sample history; tail -n 1 history | jq '.sources | length'; date -d @1700000600 +%s | cmp - <(stat -c %Y history)
> 2
1 mkdir folder; bash fake report sample folder
! obpblctl: folder: cannot be written: Is a directory
1 bash fake report sample nowhere/history
! obpblctl: nowhere/history: cannot be written: No such file or directory
1 obpblctl report nowhere
! obpblctl: nowhere: cannot be opened: No such file or directory
3 obpblctl report sample history
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
0 bash fake -j report sample history | "$OBPBL_REPO/tests/cli/validate" 'report sample'
# Words.
2 obpblctl report history day 2026-1-2
! obpblctl: '2026-1-2': a day is written like 2027-03-31
2 obpblctl report history day 2026-02-30
! obpblctl: '2026-02-30': a day is written like 2027-03-31
1 obpblctl report day 2026-02-01 2>&1 | sed 's/: cannot.*//'; exit ${PIPESTATUS[0]}
> obpblctl: /var/lib/obpbl/history
2 obpblctl report history x
! obpblctl: 'x': not expected here (usage: obpblctl report show [FILE] [day DATE])
2 obpblctl report sample day 2026-02-01
! obpblctl: 'day': not expected here (usage: obpblctl report sample [FILE])

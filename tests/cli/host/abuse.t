# Abuse reports on stdin: what is wrong with one is said without the kernel, and
# what is right, with a module that is not there (../fake.c).
@ fake
| LD_PRELOAD=./fake.so exec obpblctl "$@"
0 gcc -Wall -Wextra -Werror -shared -fPIC -I "$OBPBL_REPO/include/uapi" -o fake.so "$OBPBL_REPO/tests/cli/fake.c" -lmnl
@ report
| From: <abusedesk@example.com>
| Subject: FW: Earn money
| MIME-Version: 1.0
| Content-Type: multipart/report; report-type=feedback-report;
|      boundary="part1_13d.2e68ed54_boundary"
|
| --part1_13d.2e68ed54_boundary
| Content-Type: text/plain; charset="US-ASCII"
| Content-Transfer-Encoding: 7bit
|
| This is an email abuse report for an email message received from IP
| 203.0.113.70 on Thu, 8 Mar 2005 14:00:00 EDT.
|
| --part1_13d.2e68ed54_boundary
| Content-Type: message/feedback-report
|
| Feedback-Type: abuse
| User-Agent: SomeGenerator/1.0
| Version: 1
| Arrival-Date: Thu, 8 Mar 2035 14:00:00 EDT
| Source-IP: 203.0.113.70
| Reported-Domain: example.net
| Reported-URI: http://example.net/earn_money.html
|
| --part1_13d.2e68ed54_boundary
| Content-Type: message/rfc822
|
| From: <somespammer@example.net>
| Source-IP: 192.0.2.1
|
| Spam.
| --part1_13d.2e68ed54_boundary--
# Its date is made today's; "edit SED" is another report, and what becomes of it.
0 sed -i "s/^Arrival-Date:.*/Arrival-Date: $(date -Ru -d '-1 hour')/" report
@ edit
| sed -E "$1" report >edited; shift
| LD_PRELOAD=./fake.so obpblctl quarantine import "$@" <edited 2>said >out; status=$?
| sed -E 's/[0-9]{4}-[0-9-]*T[0-9:]*Z/TIME/g' out; sed -E 's/[0-9]{4}-[0-9-]*T[0-9:]*Z/TIME/g; s/, [0-9]+ [a-z 0-9]* ago/, LONG ago/' said >&2
| exit $status
# The command is proposed, ready for a shell.
0 bash edit ''
> obpblctl quarantine add 203.0.113.70 isp alpha for 24h reason 'abuse report of TIME: example.net'
0 bash edit '' for 2h isp alpha reason "it's \$(reboot)" ticket 'T 1'
> obpblctl quarantine add 203.0.113.70 isp alpha for 2h reason 'it'\''s $(reboot)' ticket 'T 1'
0 bash fake quarantine import reason "it's \`x\`; \$(y) \"z\"" ticket -j <report | sed 's/^obpblctl/printf "%s|"/' | bash
> quarantine|add|203.0.113.70|isp|alpha|for|24h|reason|it's `x`; $(y) "z"|ticket|-j|
0 bash fake -j quarantine import ticket A-1 <report >document; "$OBPBL_REPO/tests/cli/validate" 'quarantine import' <document; jq -c '[.command[2], .prefix, .isp, .for, .ticket, .report.source, .report.domains, .warnings]' document
> ["add","203.0.113.70/32","alpha","24h","A-1","203.0.113.70",1,[]]
# Other forms of the same.
0 bash edit 's/$/\r/'
> obpblctl quarantine add 203.0.113.70 isp alpha for 24h reason 'abuse report of TIME: example.net'
0 bash edit '1i From abusedesk@example.com Thu Mar  8 14:00:00 2035'
> obpblctl quarantine add 203.0.113.70 isp alpha for 24h reason 'abuse report of TIME: example.net'
0 bash edit 's/"part1_13d.2e68ed54_boundary"/part1_13d.2e68ed54_boundary/; s/^Content-Type: multi/CONTENT-type:Multi/; s/^Source-IP: /source-ip:\n\t/; s/feedback-report;/Feedback-Report ;/; s/^(--part1_13d.2e68ed54_boundary(--)?)$/\1 \t/'
> obpblctl quarantine add 203.0.113.70 isp alpha for 24h reason 'abuse report of TIME: example.net'
0 bash edit 's/(boundary=)"/\1"=\\\\ /; s/^--part/--=\\ part/'
> obpblctl quarantine add 203.0.113.70 isp alpha for 24h reason 'abuse report of TIME: example.net'
0 bash edit '/^Reported-Domain/{p;s/net/org/;p;s/org/com/}; s/Version: 1/Version: 0.1/; s/^Feedback-Type: /\n&/'
> obpblctl quarantine add 203.0.113.70 isp alpha for 24h reason 'abuse report of TIME: example.net and 2 more'
0 bash edit '/^(Reported-Domain)/d; s/Arrival-Date/Received-Date/; s/^Feedback-Type: abuse/Feedback-Type: FRAUD/'
> obpblctl quarantine add 203.0.113.70 isp alpha for 24h reason 'FRAUD report of TIME'
# A report as a part of another message.
0 (printf '%s\n' 'Content-Type: multipart/mixed; boundary=a' '' '--a' '' 'See below.' '--a'; cat report; echo --a--) >mixed; bash fake quarantine import <mixed | cut -d ' ' -f -8
> obpblctl quarantine add 203.0.113.70 isp alpha for 24h
# What somebody has to look at: proposed, and not done.
0 bash edit 's/^Arrival-Date.*/Arrival-Date: Thu, 8 Mar 2005 14:00:00 EDT/'
> obpblctl quarantine add 203.0.113.70 isp alpha for 24h reason 'abuse report of TIME: example.net'
! obpblctl: warning: the report is about a message of TIME, LONG ago: the address may be another customer's now
1 bash edit 's/^Arrival-Date.*/Arrival-Date: 8 Mar 2005 14:00 -0400 (EDT)/' --yes
! obpblctl: the report is about a message of TIME, LONG ago: the address may be another customer's now; nothing was changed: look at it, then say the command without --yes
0 bash edit '/^Arrival-Date/d'
> obpblctl quarantine add 203.0.113.70 isp alpha for 24h reason 'abuse report: example.net'
! obpblctl: warning: the report does not say when the message came: the address may be another customer's now
1 bash edit 's/^Arrival-Date.*/Arrival-Date: Fri, 1 Jan 2100 00:00:00 GMT/' --yes
! obpblctl: the report is about a message of TIME, which is yet to come; nothing was changed: look at it, then say the command without --yes
0 bash edit 's/^Feedback-Type: abuse/Feedback-Type: auth-failure/'
> obpblctl quarantine add 203.0.113.70 isp alpha for 24h reason 'auth-failure report of TIME: example.net'
! obpblctl: warning: the report is of the type 'auth-failure', which need not be about a bot
0 bash edit 's/203.0.113.70/203.0.113.9/'
> obpblctl quarantine add 203.0.113.9 isp alpha for 24h reason 'abuse report of TIME: example.net'
! obpblctl: warning: 203.0.113.9/32 is exempt: 'for a test'
1 bash edit 's/203.0.113.70/203.0.113.9/' --yes
! obpblctl: 203.0.113.9/32 is exempt: 'for a test'; nothing was changed: look at it, then say the command without --yes
0 FAKE_ENDED=1 bash edit 's/203.0.113.70/203.0.113.77/'
> obpblctl quarantine replace 203.0.113.77 isp alpha for 24h reason 'abuse report of TIME: example.net'
0 bash edit "s/^(Reported-Domain: ).*/\\1$(printf 'a%.0s' {1..250})/"
> obpblctl quarantine add 203.0.113.70 isp alpha for 24h reason 'abuse report of TIME'
! obpblctl: warning: the Reported-Domain is too long for a reason, and left out
# What is refused, with --yes or without.
1 bash edit 's/203.0.113.70/203.0.113.77/'
! obpblctl: 203.0.113.77/32 is in quarantine already, until TIME
1 bash edit 's/^Feedback-Type: abuse/Feedback-Type: not-spam/' --yes
! obpblctl: the report is of the type 'not-spam': there is nothing to be stopped
1 bash edit '' isp beta
! obpblctl: 203.0.113.70 is an address of isp alpha, not of isp beta
0 FAKE_LOG=1 bash edit '' --yes
! BEGIN
! OVERLAY_ADD run-time
! COMMIT
# Faults of the report come first.
1 obpblctl quarantine import </dev/null
! obpblctl: stdin: is no abuse report: that is multipart/report with report-type=feedback-report
3 obpblctl quarantine import <report
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
1 bash edit 's/feedback-report;/delivery-status;/'
! obpblctl: stdin: is no abuse report: that is multipart/report with report-type=feedback-report
1 bash edit '/^Source-IP: 203/d'
! obpblctl: stdin:15: the report has no 'Source-IP'
1 bash edit 's/^Source-IP: 203.*/&\n&/'
! obpblctl: stdin:22: 'Source-IP' is there twice
1 bash edit 's/^Source-IP: 203.*/Source-IP: 203.0.113.0\/24/'
! obpblctl: stdin:21: 'Source-IP': '203.0.113.0/24': is not an IPv4 or IPv6 address
1 bash edit 's/^Source-IP: 203.*/Source-IP: ::ffff:203.0.113.7/' 2>&1 | grep -c "stdin:21: 'Source-IP': '::ffff:203.0.113.7': "; exit ${PIPESTATUS[0]}
> 1
1 bash edit 's/^Source-IP: 203.*/Source-IP: example.net/'
! obpblctl: stdin:21: 'Source-IP': 'example.net': is not an IPv4 or IPv6 address
1 bash edit 's/^Arrival-Date.*/Arrival-Date: 2035-03-08T14:00:00Z/'
! obpblctl: stdin:20: 'Arrival-Date': 'TIME': a date is written like Thu, 1 Jan 2026 10:00:00 +0900
1 bash edit 's/^Arrival-Date.*/Arrival-Date: Sun, 30 Feb 2031 14:00:00 +0000/'
! obpblctl: stdin:20: 'Arrival-Date': 'Sun, 30 Feb 2031 14:00:00 +0000': a date is written like Thu, 1 Jan 2026 10:00:00 +0900
1 bash edit 's/^(Arrival-Date.*)/\1\nReceived-Date: Thu, 8 Mar 2035 14:00:00 EDT/'
! obpblctl: stdin:21: 'Received-Date' is there twice
1 bash edit 's/^Version: 1/Version: 2/'
! obpblctl: stdin:19: 'Version': '2': a version that is not known
1 bash edit 's/^Reported-Domain: .*/Reported-Domain: $(reboot)/'
! obpblctl: stdin:22: 'Reported-Domain': '$(reboot)': is no such name
1 bash edit 's/^(Content-Type: message\/feedback-report)/\1\nContent-Transfer-Encoding: base64/'
! obpblctl: stdin:15: the Content-Transfer-Encoding of this part is 'base64'; that of a report is 7bit
1 bash edit '3s/$/\nContent-Transfer-Encoding: quoted-printable/'
! obpblctl: stdin:1: the Content-Transfer-Encoding of this part is 'quoted-printable'; that of a report is 7bit
1 bash edit '$d'
! obpblctl: stdin:26: it is cut off: the line that ends its parts is missing (boundary 'part1_13d.2e68ed54_boundary')
1 bash edit '25,$d'
! obpblctl: stdin:15: it is cut off: the line that ends its parts is missing (boundary 'part1_13d.2e68ed54_boundary')
1 bash edit '14,24d'
! obpblctl: stdin:15: the second part of a report is message/feedback-report, and this is not
1 bash edit '14,30d'
! obpblctl: stdin:8: the report has no second part
1 bash edit 's/^Version: 1/no header at all/'
! obpblctl: stdin:19: 'no header at all': is no header line
1 bash edit 's/^Version: 1/&\n\nSource-IP: 192.0.2.1/'
! obpblctl: stdin:21: a line behind the end of the report
1 bash edit 's/^ +boundary=.*/     charset=x/'
! obpblctl: stdin:1: a multipart Content-Type without a boundary
1 bash edit 's/^ +boundary=.*/     boundary="x/'
! obpblctl: stdin:4: Content-Type cannot be understood: 'multipart/report; report-type=feedback-report;     boundary="x'
1 bash edit '3s/$/\nContent-Type: text\/plain/'
! obpblctl: stdin:5: 'Content-Type' is there twice
1 bash edit "s/^Source-IP: 203.*/Source-IP: $(printf '1%.0s' {1..1100})/"
! obpblctl: stdin:21: a header line of more than 1023 bytes
1 printf 'Subject: x\n\0' | obpblctl quarantine import
! obpblctl: stdin:2: a NUL byte; this is no text file
1 (cat report; head -c 1048576 /dev/zero | tr '\0' x) | obpblctl quarantine import
! obpblctl: stdin: is larger than 1 MiB
# What a spammer has written is no report, wherever it is: in the message itself,
# as further parts, or as a message alone.
1 (sed '$d' report; printf '%s\n' '' '--part1_13d.2e68ed54_boundary' 'Content-Type: message/feedback-report' '' 'Source-IP: 192.0.2.2'; tail -n 1 report) >more; bash fake quarantine import isp beta <more
! obpblctl: 203.0.113.70 is an address of isp alpha, not of isp beta
1 (printf '%s\n' 'Content-Type: message/rfc822' ''; cat report) | bash fake quarantine import
! obpblctl: stdin: is no abuse report: that is multipart/report with report-type=feedback-report
1 (printf '%s\n' 'Content-Type: multipart/mixed; boundary=a' '' '--a'; cat report; echo --a; cat report; echo --a--) | bash fake quarantine import
! obpblctl: stdin:43: there are two reports in it; one at a time
1 for i in 1 2 3 4 5 6 7 8 9 10; do printf '%s\n' "Content-Type: multipart/mixed; boundary=a$i" '' "--a$i"; done >deep; for i in 10 9 8 7 6 5 4 3 2 1; do echo --a$i--; done >>deep; bash fake quarantine import <deep
! obpblctl: stdin:28: parts in parts, too deep
# Words.
2 obpblctl quarantine import 203.0.113.7 </dev/null
! obpblctl: '203.0.113.7': not expected here (usage: obpblctl quarantine import [isp NAME] [for DUR] [reason TEXT] [ticket ID] [--yes])
2 obpblctl quarantine import for 3 <report
! obpblctl: '3': a duration is written like 90s, 30m, 24h, 7d, 2w or 1h30m
2 obpblctl quarantine import reason '' <report
! obpblctl: 'reason': cannot be empty
2 echo 'quarantine import' | bash fake -b -
! obpblctl: stdin:1: '-': the commands come from stdin; it cannot be a file as well

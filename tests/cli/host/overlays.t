# The words of exemptions and quarantines.
2 obpblctl exempt push
! obpblctl: 'push': unknown word; after 'exempt' comes list, add, replace or del
2 obpblctl quarantine del
! obpblctl: a prefix is missing (usage: obpblctl quarantine del PREFIX isp NAME)
2 obpblctl exempt add isp alpha reason x 2>&1 | sed 's/ (usage.*//'; exit ${PIPESTATUS[0]}
> obpblctl: a prefix is missing
2 obpblctl exempt add 203.0.113.9/24 isp alpha reason x
! obpblctl: '203.0.113.9/24': has host bits set; did you mean 203.0.113.0/24?
2 obpblctl exempt add 203.0.113.9 reason x 2>&1 | sed 's/ (usage.*//'; exit ${PIPESTATUS[0]}
> obpblctl: 'isp NAME' is missing
2 obpblctl exempt add 203.0.113.9 isp alpha for 1h 2>&1 | sed 's/ (usage.*//'; exit ${PIPESTATUS[0]}
> obpblctl: 'reason TEXT' is missing
2 obpblctl exempt add 203.0.113.9 isp alpha reason 2>&1 | sed 's/ (usage.*//'; exit ${PIPESTATUS[0]}
> obpblctl: 'reason': a text follows it
2 obpblctl exempt add 203.0.113.9 isp alpha reason ''
! obpblctl: 'reason': cannot be empty
2 obpblctl exempt add 203.0.113.9 isp alpha reason x ticket "$(printf 'a\033b')"
! obpblctl: 'ticket': cannot hold control characters
2 obpblctl exempt add 203.0.113.9 isp alpha reason "$(head -c 256 /dev/zero | tr '\0' x)"
! obpblctl: 'reason': has at most 255 bytes
2 obpblctl exempt add 203.0.113.9 isp alpha isp alpha reason x
! obpblctl: 'isp': given twice
2 obpblctl exempt add 203.0.113.9 isp alpha for 1h until 2097-03-31T00:00:00Z reason x
! obpblctl: there are both 'for' and 'until'; one end is enough
2 obpblctl exempt add 203.0.113.9 isp alpha for 1 reason x
! obpblctl: '1': a duration is written like 90s, 30m, 24h, 7d, 2w or 1h30m
2 obpblctl exempt add 203.0.113.9 isp alpha until 2097-03-31 reason x
! obpblctl: '2097-03-31': a time is written like 2027-03-31T00:00:00+09:00
2 obpblctl exempt add 203.0.113.9 isp alpha until 2097-03-31T00:00:00 reason x
! obpblctl: '2097-03-31T00:00:00': a time needs an offset from UTC, such as Z or +09:00
2 obpblctl exempt add 203.0.113.9 isp alpha to 2001:db8::1 reason x
! obpblctl: the destination is IPv6, the source IPv4
2 obpblctl exempt add 203.0.113.9 isp alpha dev a/b reason x
! obpblctl: 'a/b': is no name of a device
2 obpblctl exempt add 203.0.113.9 isp al/pha reason x
! obpblctl: 'al/pha': the name of an ISP is made of A-Z a-z 0-9 . _ -
2 obpblctl quarantine add 203.0.113.9 isp alpha dev ppp0 reason x 2>&1 | sed 's/ (usage.*//'; exit ${PIPESTATUS[0]}
> obpblctl: 'dev': not expected here
2 obpblctl exempt del 203.0.113.9 isp alpha reason x 2>&1 | sed 's/ (usage.*//'; exit ${PIPESTATUS[0]}
> obpblctl: 'reason': not expected here
2 obpblctl exempt list 203.0.113.9 to 192.0.2.1 2>&1 | sed 's/ (usage.*//'; exit ${PIPESTATUS[0]}
> obpblctl: 'to': not expected here
3 obpblctl quarantine list
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl exempt add 203.0.113.9 isp alpha reason x
! obpblctl: the obpbl module is not loaded (modprobe obpbl)

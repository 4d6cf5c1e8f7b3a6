# The grammar of a prefix. Each of these words is refused as a prefix.
0 echo 'isp a { dynamic = { @list.txt } }' >c.conf
1 printf '%s\n' 1.2.3 1.2.3.4/24/ 1.2.3.4/ 1.2.3.4/08 1.2.3.4/+8 1.2.3.4/33 1.2.3.4/0x8 01.2.3.4 1.2.3.256 1.2.3.4.5 1234.1.1.1 0x1.2.3.4 203.0.113.5/24 1.2.3.4/24x hello 10.0.0.0-10.0.0.9 >list.txt; obpblctl apply c.conf
! obpblctl: list.txt:1:1: '1.2.3': an IPv4 address has four numbers
! obpblctl: list.txt:2:1: '1.2.3.4/24/': there is more after the prefix length
! obpblctl: list.txt:3:1: '1.2.3.4/': the prefix length is not a number
! obpblctl: list.txt:4:1: '1.2.3.4/08': a number with a leading zero is ambiguous
! obpblctl: list.txt:5:1: '1.2.3.4/+8': the prefix length is not a number
! obpblctl: list.txt:6:1: '1.2.3.4/33': the prefix length is above 32
! obpblctl: list.txt:7:1: '1.2.3.4/0x8': is not an IPv4 or IPv6 prefix
! obpblctl: list.txt:8:1: '01.2.3.4': a number with a leading zero is ambiguous
! obpblctl: list.txt:9:1: '1.2.3.256': a number of an IPv4 address is above 255
! obpblctl: list.txt:10:1: '1.2.3.4.5': is not an IPv4 or IPv6 prefix
! obpblctl: list.txt:11:1: '1234.1.1.1': a number of an IPv4 address is above 255
! obpblctl: list.txt:12:1: '0x1.2.3.4': is not an IPv4 or IPv6 prefix
! obpblctl: list.txt:13:1: '203.0.113.5/24': has host bits set; did you mean 203.0.113.0/24?
! obpblctl: list.txt:14:1: '1.2.3.4/24x': is not an IPv4 or IPv6 prefix
! obpblctl: list.txt:15:1: 'hello': is not an IPv4 or IPv6 prefix
! obpblctl: list.txt:16:1: '10.0.0.0-10.0.0.9': is not an IPv4 or IPv6 prefix
! obpblctl: c.conf: 16 faults; nothing was changed
1 printf '%s\n' fe80::1%eth0 ::1/129 1::2::3 1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9 12345:: ::1.2.3 ::1.2.3.256 ::g : ::: 2001:db8::1/32 ::ffff:1.2.3.4/96 >list.txt; obpblctl apply c.conf
! obpblctl: list.txt:1:1: 'fe80::1%eth0': a zone id has no place in a prefix
! obpblctl: list.txt:2:1: '::1/129': the prefix length is above 128
! obpblctl: list.txt:3:1: '1::2::3': is not an IPv4 or IPv6 prefix
! obpblctl: list.txt:4:1: '1:2:3:4:5:6:7': is not an IPv4 or IPv6 prefix
! obpblctl: list.txt:5:1: '1:2:3:4:5:6:7:8:9': is not an IPv4 or IPv6 prefix
! obpblctl: list.txt:6:1: '12345::': is not an IPv4 or IPv6 prefix
! obpblctl: list.txt:7:1: '::1.2.3': is not an IPv4 or IPv6 prefix
! obpblctl: list.txt:8:1: '::1.2.3.256': is not an IPv4 or IPv6 prefix
! obpblctl: list.txt:9:1: '::g': is not an IPv4 or IPv6 prefix
! obpblctl: list.txt:10:1: ':': is not an IPv4 or IPv6 prefix
! obpblctl: list.txt:11:1: ':::': is not an IPv4 or IPv6 prefix
! obpblctl: list.txt:12:1: '2001:db8::1/32': has host bits set; did you mean 2001:db8::/32?
! obpblctl: list.txt:13:1: '::ffff:1.2.3.4/96': has host bits set; did you mean ::ffff:0.0.0.0/96?
! obpblctl: c.conf: 13 faults; nothing was changed
# These are accepted.
0 printf '%s\n' 1.2.3.4 0.0.0.0/0 255.255.255.255 ::/0 ::1 ::ffff:1.2.3.4 ::ffff:1.2.0.0/112 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2001:DB8::/32 1:2:3:4:5:6:7:: >list.txt; echo 'isp a { dynamic = { @list.txt } }' >c.conf; obpblctl apply --check c.conf 2>/dev/null
> c.conf: 1 ISP, 10 prefixes, 0 exemptions and quarantines: no fault
# As words of the config file.
@ c.conf
| isp a {
|     space = { 203.0.113.5/24,
|               "2001:db8::1/32", 1.2.3
|     }
|     relay = { fe80::1%eth0 }
| }
| exempt 192.0.2.1/24 { isp = a  reason = x }
| exempt 192.0.2.1 { isp = a  reason = x  to = 1.2.3.4/08 }
1 obpblctl apply c.conf
! obpblctl: c.conf:2:15: '203.0.113.5/24': has host bits set; did you mean 203.0.113.0/24?
! obpblctl: c.conf:3:15: '2001:db8::1/32': has host bits set; did you mean 2001:db8::/32?
! obpblctl: c.conf:3:33: '1.2.3': an IPv4 address has four numbers
! obpblctl: c.conf:5:15: 'fe80::1%eth0': a zone id has no place in a prefix
! obpblctl: c.conf:7:8: '192.0.2.1/24': has host bits set; did you mean 192.0.2.0/24?
! obpblctl: c.conf:8:46: '1.2.3.4/08': a number with a leading zero is ambiguous
! obpblctl: c.conf: 6 faults; nothing was changed

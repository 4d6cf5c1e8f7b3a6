# Where the module is not loaded, that is what is said, and the status is 3.
3 obpblctl
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl show
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl -j stats
> {
>  "schema": 1,
>  "error": {
>   "code": "no_module",
>   "message": "the obpbl module is not loaded (modprobe obpbl)"
>  }
> }
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl mode off
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl isp list
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl prefix list
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl save
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl flush --yes
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl test from 203.0.113.5 to 192.0.2.1
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl version | sed 's/[0-9]\.[0-9.]*/VERSION/'; exit ${PIPESTATUS[0]}
> program   VERSION
> protocol  1
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
0 obpblctl -V | sed 's/[0-9]\.[0-9.]*/VERSION/'; exit ${PIPESTATUS[0]}
> program   VERSION
> protocol  1
# A fault of the file is found without the module.
@ good.conf
| isp alpha { relay = { 203.0.113.200 }  dynamic = { 203.0.113.0/25 }  space = { 203.0.113.0/24 } }
@ bad.conf
| isp alpha { relay = { 203.0.113.200/24 } }
0 obpblctl apply good.conf --check
> good.conf: 1 ISP, 3 prefixes, 0 exemptions and quarantines: no fault
3 obpblctl apply good.conf
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
3 obpblctl apply good.conf --check --diff
! obpblctl: the obpbl module is not loaded (modprobe obpbl)
1 obpblctl apply bad.conf
! obpblctl: bad.conf:1:23: '203.0.113.200/24': has host bits set; did you mean 203.0.113.0/24?
! obpblctl: bad.conf: 1 fault; nothing was changed
1 obpblctl -n no-such-namespace show
! obpblctl: 'no-such-namespace': there is no such network namespace (ip netns list shows them)
2 obpblctl -n ../x show
! obpblctl: '../x': is no name of a network namespace

# tools/json/schema.json describes the documents of -j; tests/cli/kernel has
# those that need a kernel.
@ good.conf
| isp alpha { relay = { 203.0.113.200 }  dynamic = { 203.0.113.0/25 }  space = { 203.0.113.0/24 } }
@ bad.conf
| isp alpha { relay = { 203.0.113.200/24 } }
@ validate
| "$OBPBL_REPO/tests/cli/validate" "$@"
0 obpblctl -j apply --check good.conf | bash validate 'apply check'
0 obpblctl -j apply bad.conf 2>/dev/null | bash validate 'apply faults'
0 obpblctl -j diff bad.conf 2>/dev/null | bash validate 'apply faults'
0 obpblctl -j version 2>/dev/null | bash validate version
0 obpblctl -j -V | bash validate version
0 obpblctl -j help | bash validate help
0 obpblctl -j -h | bash validate help
0 obpblctl -j isp help | bash validate 'help command'
0 for c in $(obpblctl help --complete); do obpblctl -j help $c; done | bash validate 'help command'
# Errors, of each kind that there is without a kernel.
0 for c in nonsense 'isp x' 'show more' 'mode loud'; do obpblctl -j $c 2>/dev/null; done | tee errors | bash validate error; grep -c '"code": "usage"' errors
> 4
0 for c in show 'isp list' 'prefix list' stats metrics monitor 'mode off' 'diff good.conf' 'session down dev x'; do obpblctl -j $c 2>/dev/null; done | tee errors | bash validate error; grep -c '"code": "no_module"' errors
> 9
0 obpblctl -j --netns no-such-one show 2>/dev/null | tee errors | bash validate error; grep '"code"' errors
>   "code": "not_found",
0 printf '%s\n' 'mode loud' show | obpblctl -j -f -b - 2>/dev/null | bash validate error
# No command is left out, and what is not described is a fault.
0 obpblctl help --complete | bash validate --commands
1 echo '{"schema": 1, "error": {"code": "usage", "message": "x"}, "more": 1}' | bash validate error
> error: $: Additional properties are not allowed ('more' was unexpected)
1 echo '{"error": {"code": "usage", "message": "x"}}' | bash validate error
> error: $: 'schema' is a required property
# Each code of the schema is in the manual.
0 python3 -c 'import json, sys; print(*json.load(open(sys.argv[1]))["$defs"]["failure"]["properties"]["code"]["enum"])' "$OBPBL_REPO/tools/json/schema.json" | tr ' ' '\n' | while read -r code; do grep -qx "\.B $code" "$OBPBL_REPO/tools/man/obpblctl.8" || echo $code; done

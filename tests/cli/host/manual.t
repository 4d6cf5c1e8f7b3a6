# The example of the manual is a file that apply takes, without a warning.
0 echo 2001:db8:a:1000::/52 >alpha-pool.txt; sed -n '/^\.SH EXAMPLE/,/^\.fi/p' "$OBPBL_REPO/tools/man/obpbl.conf.5" | grep -v '^\.' | sed 's/\\-/-/g' >obpbl.conf; obpblctl apply --check obpbl.conf
> obpbl.conf: 1 ISP, 7 prefixes, 2 exemptions and quarantines: no fault
# The examples of obpblctl(8) and of help are understood. They get no further: the
# namespace that they are run in does not exist.
@ examples
| sed -n '/^\.SH EXAMPLES/,/^\.SH SEE/p' "$OBPBL_REPO/tools/man/obpblctl.8" | sed '/^\.nf/,/^\.fi/!d; /^\./d; s/\\-/-/g; s/\\e/\\/g'
@ understood
| while IFS= read -r line; do
|     (eval "${line//obpblctl/obpblctl --netns=nowhere}") >/dev/null 2>said </dev/null
|     [ $? -ne 2 ] || { echo "$line"; cat said; }
| done
0 bash examples | grep -c . | sed 's/^[4-9][0-9]$/many/'; bash examples | bash understood
> many
0 for c in $(obpblctl help --complete); do obpblctl -j help $c | jq -r '.example, .verbs[].example'; done | bash understood
# Each command and each of its verbs has one.
0 bash examples >all; obpblctl -j help | jq -r '.[] | .name as $c | if .verbs == [] then $c else "\($c) \(.verbs[].name)" end' | while read -r words; do grep -q "obpblctl \(-j \)*$words\b\|'$words " all || echo "$words"; done

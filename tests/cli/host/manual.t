# The example of the manual is a file that apply takes, without a warning.
0 echo 2001:db8:a:1000::/52 >alpha-pool.txt; sed -n '/^\.SH EXAMPLE/,/^\.fi/p' "$OBPBL_REPO/tools/man/obpbl.conf.5" | grep -v '^\.' | sed 's/\\-/-/g' >obpbl.conf; obpblctl apply --check obpbl.conf
> obpbl.conf: 1 ISP, 7 prefixes, 2 overlays: no fault

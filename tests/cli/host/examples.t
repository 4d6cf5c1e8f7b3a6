# The examples of tools/doc/examples: nothing is wrong with them, nor worth a warning; what they do: tests/cli/kernel/examples.t.
0 cd "$OBPBL_REPO/tools/doc/examples"; for file in *.conf; do obpblctl apply --check $file; done
> hoster.conf: 1 ISP, 8 prefixes, 4 exemptions and quarantines: no fault
> mobile-2005.conf: 1 ISP, 7 prefixes, 0 exemptions and quarantines: no fault
> small-isp.conf: 1 ISP, 8 prefixes, 1 exemption or quarantine: no fault
> wholesale.conf: 4 ISPs, 16 prefixes, 1 exemption or quarantine: no fault
# Addresses for documentation alone (RFC 5737, RFC 2544, RFC 3849), and each file in the table
0 cd "$OBPBL_REPO/tools/doc/examples"; grep -ohE '\b[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+|[0-9a-f]+:[0-9a-f:]+:[0-9a-f:]*' *.conf | grep -vE '^(192\.0\.2|198\.51\.100|203\.0\.113|198\.1[89])\.|^2001:db8:|^[0-9]{2}:'; for file in *.conf; do grep -q "($file)" README.md || echo $file; done

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Real mail servers for guest programs; sourced after lib.sh. Each is a Postfix
# of its own in a network namespace: port 25, and port 587 for submission with
# authentication. No DNS: who is where is written down.

# Free of daemons: Cyrus SASL reads its own file of users.
# submission_user NAME REALM PASSWORD
submission_user() {
	cat >/etc/postfix/sasl/smtpd.conf <<-'CONF'
		pwcheck_method: auxprop
		auxprop_plugin: sasldb
		mech_list: PLAIN LOGIN
		sasldb_path: /etc/sasldb2
	CONF
	echo "$3" | saslpasswd2 -p -c -f /etc/sasldb2 -u "$2" "$1"
	chown postfix /etc/sasldb2
}

# Not Debian's, so that nothing runs that is not used.
mail_services() {
	cat <<-'CONF'
		smtp      inet  n - n -    - smtpd
		587       inet  n - n -    - smtpd
		    -o syslog_name=postfix/submission
		    -o smtpd_sasl_auth_enable=yes
		    -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
		pickup    unix  n - n 60   1 pickup
		cleanup   unix  n - n -    0 cleanup
		qmgr      unix  n - n 300  1 qmgr
		tlsmgr    unix  - - n 1000? 1 tlsmgr
		rewrite   unix  - - n -    - trivial-rewrite
		bounce    unix  - - n -    0 bounce
		defer     unix  - - n -    0 bounce
		trace     unix  - - n -    0 bounce
		verify    unix  - - n -    1 verify
		proxymap  unix  - - n -    - proxymap
		smtp      unix  - - n -    - smtp
		error     unix  - - n -    - error
		retry     unix  - - n -    - error
		virtual   unix  - n n -    - virtual
		anvil     unix  - - n -    1 anvil
		postlog   unix-dgram n - n - 1 postlogd
	CONF
}

# mail_settings NAMESPACE DOMAIN NETWORKS TRANSPORT
mail_settings() {
	cat <<-CONF
		compatibility_level = 3.6
		queue_directory = /var/spool/postfix-$1
		data_directory = /var/lib/postfix-$1
		maillog_file = /var/log/mail-$1.log
		myhostname = mail.$2
		mydomain = $2
		mydestination =
		mynetworks = $3
		inet_protocols = $(have_ipv6 && echo all || echo ipv4)
		alias_maps =
		local_recipient_maps =
		virtual_mailbox_domains = $2
		virtual_mailbox_maps = static:box/
		virtual_mailbox_base = /var/mail/$1
		virtual_minimum_uid = 1
		virtual_uid_maps = static:8
		virtual_gid_maps = static:8
		transport_maps = $4
		disable_dns_lookups = yes
		smtp_host_lookup = native
		smtpd_peername_lookup = no
		smtpd_tls_security_level = none
		smtp_tls_security_level = none
		smtpd_sasl_type = cyrus
		smtpd_sasl_path = smtpd
		smtpd_sasl_local_domain = $2
		smtpd_relay_restrictions =
		    permit_mynetworks, reject_unauth_destination
	CONF
}

# mail_server NAMESPACE DOMAIN NETWORKS [TRANSPORT]: delivers DOMAIN into
# /var/mail/NAMESPACE/box (Maildir), relays for NETWORKS, and listens when this
# returns.
mail_server() {
	local name=$1 conf=/etc/postfix-$1

	install -d "$conf"
	install -d -o postfix -g root -m 700 "/var/lib/postfix-$name"
	install -d -o 8 -g 8 "/var/mail/$name"
	cp -a /var/spool/postfix "/var/spool/postfix-$name"
	mail_settings "$@" "${4-}" >"$conf/main.cf"
	mail_services >"$conf/master.cf"
	cp /etc/postfix/dynamicmaps.cf "$conf/"
	# Its own word for: the queue is known to be whole, as it is new.
	touch "/var/spool/postfix-$name/quick-start"
	ns "$name" postfix -c "$conf" start
	wait_until listening "$name" 25
	wait_until listening "$name" 587
}

# delivered NAMESPACE WORD: a message with WORD is in the mailbox.
delivered() {
	grep -rqs -- "$2" "/var/mail/$1/box/new"
}

# send FROM-ADDRESS SERVER PORT WORD [SWAKS-OPTION...]: one message for
# bob@foreign.example from the subscriber's line, with WORD in it; the subscriber
# is $subscriber, or sub. Prints what became of the connection or of the message:
# accepted, refused, ...
send() {
	local source=$1 server=$2 port=$3 word=$4 log status=0

	shift 4
	# shellcheck disable=SC2154 # of lib.sh
	log=$scratch/swaks.log
	ns "${subscriber-sub}" swaks --server "$server" --port "$port" \
		--local-interface "$source" --helo client.alpha.example \
		--from alice@alpha.example --to bob@foreign.example \
		--header "Subject: $word" --timeout 60 "$@" >"$log" 2>&1 ||
		status=$?
	case $status:$(<"$log") in
	0:*) echo accepted ;;
	*"Connection refused"*) echo refused ;;
	*"No route to host"*) echo unreachable ;;
	*"Permission denied"*) echo prohibited ;;
	*"timed out"*) echo timeout ;;
	28:*) echo "auth failed" ;;
	*) echo "failed ($status)" ;;
	esac
}

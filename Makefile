# SPDX-License-Identifier: GPL-2.0-only
#
# The front door; "make help" lists what it can do.

VERSION := 0.1.0

# The kernel to build for: the running one's headers, else the newest there are.
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(shell ls -d /lib/modules/*/build 2>/dev/null | sort -rV))

PREFIX	?= /usr
SBINDIR	?= $(PREFIX)/sbin
MANDIR	?= $(PREFIX)/share/man
BASHDIR	?= $(PREFIX)/share/bash-completion/completions
DATADIR	?= $(PREFIX)/share/obpbl
UNITDIR	?= $(PREFIX)/lib/systemd/system
CONFDIR	?= /etc
SRCDIR	?= $(PREFIX)/src
INSTALL	?= install
DEPMOD	?= /sbin/depmod

build	:= $(CURDIR)/build
staged	:= $(build)/module
man	:= $(wildcard tools/man/*.8)
man4	:= $(wildcard tools/man/*.4)
man5	:= $(wildcard tools/man/*.5)
words	:= $(wildcard tools/completion/obpblctl)
ppp	:= tools/ppp/session
# By which accel-ppp and FreeRADIUS call it
ppplinks := $(addprefix accel-ppp/,ip-pre-up ip-up ip-change ip-down) \
	freeradius/coa freeradius/disconnect
schema	:= tools/json/schema.json
examples := $(wildcard tools/doc/examples/*)
scripts	:= tools/systemd/fallback tools/systemd/upgrade
units	:= $(patsubst tools/systemd/%.in,%,$(wildcard tools/systemd/*.service.in \
	tools/systemd/*.timer.in))
monitoring := tools/monitoring/alerts.yml tools/monitoring/dashboard.json
# File of tools/systemd, and where it goes below CONFDIR
settings := obpbl.conf:obpbl/obpbl.conf sysctl.conf:sysctl.d/obpbl.conf \
	default:default/obpbl

# Debian packages that a build and the tests in user space need; those of the
# VM bench are in tests/vm/packages.
packages := bc bison clang clang-tidy coccinelle flex gcc jq kmod libc6-dev \
	libclang-rt-14-dev libcmocka-dev libelf-dev libjansson-dev libmnl-dev \
	libnetfilter-conntrack-dev libnl-route-3-dev liburcu-dev \
	linux-headers-amd64 make perl pkg-config pyflakes3 python3 \
	python3-jsonschema shellcheck sparse

MAKEFLAGS += --no-print-directory

# Headers alone hold neither the kernel's debug data nor its signing key, so
# that there is neither BTF nor a signature, and no need to say so.
kbuild	= $(MAKE) -C $(KDIR) M=$(staged) OBPBL_VERSION=$(VERSION) \
	$(if $(wildcard $(KDIR)/vmlinux),,CONFIG_DEBUG_INFO_BTF_MODULES=) \
	$(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=)

all: module program		## build the module and the program

# Kbuild leaves its objects beside the sources: give it links to them instead.
stage:
	@mkdir -p $(staged)
	@find $(staged) -xtype l -delete
	@cp -rsf $(CURDIR)/Kbuild $(CURDIR)/src $(CURDIR)/include $(staged)/

need-kernel:
	@test -d "$(KDIR)" || { \
		echo "no kernel headers: install linux-headers-amd64 or set KDIR" >&2; \
		exit 1; \
	}

module: need-kernel stage	## build build/module/obpbl.ko against KDIR
	@$(kbuild) modules

program:			## build build/bin/obpblctl
	@mkdir -p $(build)/bin
	@$(MAKE) -C tools/obpblctl O=$(build)/bin VERSION=$(VERSION)

install: all install-module install-program	## install both, as root (DESTDIR, PREFIX)

install-module: need-kernel
	@$(kbuild) $(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) modules_install
	@$(if $(DESTDIR),,$(DEPMOD) -a $(release))

# The policy and the settings are the operator's, once they are there.
install-program: program
	$(INSTALL) -D -m 755 $(build)/bin/obpblctl $(DESTDIR)$(SBINDIR)/obpblctl
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(MANDIR)/man8 $(man)
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(MANDIR)/man4 $(man4)
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(MANDIR)/man5 $(man5)
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(BASHDIR) $(words)
	$(INSTALL) -D -m 755 -t $(DESTDIR)$(DATADIR)/ppp $(ppp)
	$(INSTALL) -d $(DESTDIR)$(DATADIR)/ppp/accel-ppp $(DESTDIR)$(DATADIR)/ppp/freeradius
	@for link in $(ppplinks); do \
		ln -sf ../session $(DESTDIR)$(DATADIR)/ppp/$$link || exit; \
	done
	$(INSTALL) -D -m 755 -t $(DESTDIR)$(DATADIR) $(scripts)
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(DATADIR) $(schema)
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(DATADIR)/monitoring $(monitoring)
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(DATADIR)/examples $(examples)
	$(INSTALL) -d $(DESTDIR)$(UNITDIR)
	@for unit in $(units); do \
		sed -e 's|@SBINDIR@|$(SBINDIR)|' -e 's|@DATADIR@|$(DATADIR)|' \
			tools/systemd/$$unit.in \
			>$(DESTDIR)$(UNITDIR)/$$unit && \
		chmod 644 $(DESTDIR)$(UNITDIR)/$$unit || exit; \
	done
	@for file in $(settings); do \
		test -e $(DESTDIR)$(CONFDIR)/$${file#*:} || $(INSTALL) -D -m 644 \
			tools/systemd/$${file%:*} $(DESTDIR)$(CONFDIR)/$${file#*:} || \
			exit; \
	done

# For DKMS, which builds it for each kernel.
install-source:
	$(INSTALL) -d $(DESTDIR)$(SRCDIR)/obpbl-$(VERSION)
	cp -r --no-preserve=ownership,timestamps Kbuild src include \
		$(DESTDIR)$(SRCDIR)/obpbl-$(VERSION)/
	rm $(DESTDIR)$(SRCDIR)/obpbl-$(VERSION)/src/README.md
	sed 's/@VERSION@/$(VERSION)/' tools/dkms/dkms.conf.in \
		>$(DESTDIR)$(SRCDIR)/obpbl-$(VERSION)/dkms.conf

deb:				## packages for Debian in build/deb (installs what they need)
	@tools/debian/build $(VERSION)

# What the kernel calls itself, which is where its modules are; distributions
# do not agree with "make kernelrelease".
release = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h)

uninstall: need-kernel		## remove what install has installed, but for settings
	find $(DESTDIR)/lib/modules/$(release) -name 'obpbl.ko*' -delete
	@$(if $(DESTDIR),,$(DEPMOD) -a $(release))
	rm -f $(DESTDIR)$(SBINDIR)/obpblctl $(DESTDIR)$(BASHDIR)/obpblctl
	rm -f $(addprefix $(DESTDIR)$(DATADIR)/ppp/,$(notdir $(ppp)) $(ppplinks))
	rm -f $(DESTDIR)$(DATADIR)/$(notdir $(schema))
	rm -f $(addprefix $(DESTDIR)$(DATADIR)/monitoring/,$(notdir $(monitoring)))
	rm -f $(addprefix $(DESTDIR)$(DATADIR)/examples/,$(notdir $(examples)))
	rm -f $(addprefix $(DESTDIR)$(DATADIR)/,$(notdir $(scripts)))
	rm -f $(addprefix $(DESTDIR)$(UNITDIR)/,$(units))
	rm -f $(addprefix $(DESTDIR)$(MANDIR)/man8/,$(notdir $(man)))
	rm -f $(addprefix $(DESTDIR)$(MANDIR)/man4/,$(notdir $(man4)))
	rm -f $(addprefix $(DESTDIR)$(MANDIR)/man5/,$(notdir $(man5)))

check: deps all debug-kernel	## run the tests (installs what they need)
	@tests/run

check-long: deps all debug-kernel	## these, and those that take long by nature
	@tests/run --long

check-e2e: deps all		## those with real parts: packages, boots, mail, BGP
	@tests/run --e2e

check-kernels: deps all		## those of guests on 5.10, 6.1, 6.12 and the newest
	@tests/run --on bullseye --on bookworm --on trixie --on trixie-backports

check-debug: deps all debug-kernel	## and on kernels with KASAN, lockdep, kmemleak, ...
	@tests/run --on uml --on debug

debug-kernel: deps		## build that of "make check", once: ten minutes
	@tests/vm/image --suite uml kernel >/dev/null

demo: deps all			## real mail through the module, in a VM
	@tests/vm/run tests/vm/demo.sh

# TABLE=FILE: prefixes to measure with, one CIDR a line; else made up
bench: deps all bench-tools	## measure beside nft, ipset and others (TABLE=FILE)
	@tests/bench/run $(if $(TABLE),--table $(TABLE))

bench-quick: deps all bench-tools	## only instructions, small tables: a minute
	@tests/bench/run --quick icount

bench-tools:
	@tests/vm/setup bench
	@$(MAKE) -C tests/bench all steps

deps:				## install what is missing to build and test (Debian)
	@missing=$$(for p in $(packages); do \
		dpkg-query -W -f '$${db:Status-Status}' $$p 2>/dev/null | \
			grep -qx installed || echo $$p; \
	done); \
	test -z "$$missing" || DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
		--no-install-recommends install $$missing
	@tests/vm/setup

clean:				## remove everything that was built
	rm -rf $(build)

help:				## list the targets
	@sed -n 's/^\([a-z-]*\):.*##[[:space:]]*/  \1\t/p' $(CURDIR)/Makefile | \
		expand -t 16
	@echo
	@echo "  W=1 more warnings, C=1 sparse, KDIR=DIR another kernel"

.PHONY: all module program install install-module install-program install-source \
	deb uninstall check check-long check-e2e check-kernels \
	check-debug debug-kernel demo bench bench-quick bench-tools deps clean help stage need-kernel

# SPDX-License-Identifier: GPL-2.0-only
#
# What this kernel has, found in its headers and its configuration; included
# by Kbuild.  Sets obpbl-have, flags for the compiler; see compat.h.

# $(call need,OPTION): a missing one is one sentence, before any compiler error.
need = $(if $(filter y m,$(CONFIG_$(1))),,$(error \
	obpbl needs a kernel with CONFIG_$(1), and $(KERNELRELEASE) has it not))

# Without a configuration (make clean) there is nothing to check.
ifdef CONFIG_MODULES
$(foreach option,INET NETFILTER NET_NS SYSCTL NF_REJECT_IPV4,\
	$(call need,$(option)))
# A kernel without IPv6 at all has nothing to filter there.
ifneq ($(CONFIG_IPV6),)
$(call need,NF_REJECT_IPV6)
endif
endif

# $(call have,HEADER,PATTERN,NAME)
have = $(shell grep -qsE '$(2)' $(srctree)/include/$(1) && \
	echo -DOBPBL_HAVE_$(3))

obpbl-have := \
	$(call have,net/net_namespace.h,register_net_sysctl_sz,SYSCTL_SZ) \
	$(call have,linux/sysctl.h,proc_handler.const struct ctl_table,CONST_CTL_TABLE) \
	$(call have,net/netlink.h,nla_strscpy,NLA_STRSCPY) \
	$(call have,net/genetlink.h,cap_sys_admin:1,MCAST_CAP_SYS_ADMIN) \
	$(call have,net/genetlink.h,genl_info_dump,GENL_INFO_DUMP) \
	$(call have,linux/netfilter.h,NF_DROP_REASON,NF_DROP_REASON) \
	$(call have,linux/rcutree.h,poll_state_synchronize_rcu_full,POLL_RCU_FULL) \
	$(call have,linux/rcutree.h,poll_state_synchronize_rcu_full.struct rcu_gp_seq,RCU_GP_SEQ)

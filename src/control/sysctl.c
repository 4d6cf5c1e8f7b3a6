// SPDX-License-Identifier: GPL-2.0-only
/*
 * net.obpbl.*, per namespace.
 */
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/sysctl.h>
#include <net/net_namespace.h>

#include "compat/compat.h"
#include "net.h"
#include "sysctl.h"

/**
 * struct setting - one sysctl
 * @name: below net.obpbl.
 * @offset: of its field in struct obpbl_sysctl
 * @size: of that field: 1 or 4
 * @min: the least value
 * @max: the greatest
 * @preset: what a new namespace begins with
 */
struct setting {
	const char *name;
	size_t offset;
	size_t size;
	u32 min;
	u32 max;
	u32 preset;
};

#define SETTING(field, least, most, first) {			\
	.name = #field,						\
	.offset = offsetof(struct obpbl_sysctl, field),		\
	.size = sizeof_field(struct obpbl_sysctl, field),	\
	.min = least,						\
	.max = most,						\
	.preset = first,					\
}

static const struct setting settings[] = {
	SETTING(mode, 0, OBPBL_MODE_MAX, OBPBL_MODE_ENFORCE),
	SETTING(established, 0, 1, 0),
	SETTING(fragments, 0, 1, 0),
	SETTING(event_dst, 0, 2, 1),
	SETTING(v6_source_len, 0, 128, 64),
	SETTING(reject_rate, 0, 1000000, 500),
	SETTING(event_rate, 0, 1000, 20),
	SETTING(max_prefixes, 0, 64 << 20, 4 << 20),
	SETTING(max_overlays, 0, 16 << 20, 256 << 10),
	SETTING(max_sessions, 0, 16 << 20, 1 << 20),
	SETTING(max_sources, 64, 4 << 20, 64 << 10),
};

static void *field_of(struct obpbl_net *onet, const struct setting *setting)
{
	return (u8 *)&onet->sysctl + setting->offset;
}

/* The packet path reads while this writes */
static u32 load(const void *field, size_t size)
{
	return size == sizeof(u8) ? READ_ONCE(*(const u8 *)field) :
				    READ_ONCE(*(const u32 *)field);
}

static void store(void *field, size_t size, u32 value)
{
	if (size == sizeof(u8))
		WRITE_ONCE(*(u8 *)field, value);
	else
		WRITE_ONCE(*(u32 *)field, value);
}

/*
 * The owner of a user namespace is root of its own network namespaces as far
 * as the modes of /proc/sys/net go.  That is not enough here: as with netlink,
 * only the machine's own administrator may read and write.
 */
static int access(obpbl_ctl_table *table, int write, void *buffer,
		  size_t *lenp, loff_t *ppos)
{
	const struct setting *setting = table->extra1;
	u32 value = load(table->data, setting->size);
	struct ctl_table one = {
		.data = &value,
		.maxlen = sizeof(value),
		.mode = table->mode,
	};
	int err;

	if (!capable(CAP_NET_ADMIN))
		return -EPERM;
	err = proc_douintvec(&one, write, buffer, lenp, ppos);
	if (err || !write)
		return err;
	if (value < setting->min || value > setting->max)
		return -EINVAL;
	store(table->data, setting->size, value);
	return 0;
}

static void fill(struct ctl_table *table, struct obpbl_net *onet,
		 const struct setting *setting)
{
	table->procname = setting->name;
	table->data = field_of(onet, setting);
	table->maxlen = sizeof(u32);
	table->mode = 0600;
	table->proc_handler = access;
	table->extra1 = (void *)setting;
}

/**
 * obpbl_sysctl_init() - set defaults, and show net.obpbl
 * @onet: the namespace's state
 *
 * Context: process, may sleep.
 * Return: 0, or -ENOMEM.
 */
int obpbl_sysctl_init(struct obpbl_net *onet)
{
	struct ctl_table *table;
	size_t i;

	/* Kernels up to 6.10 look for an empty entry at the end */
	table = kcalloc(ARRAY_SIZE(settings) + 1, sizeof(*table),
			GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		store(field_of(onet, &settings[i]), settings[i].size, settings[i].preset);
		fill(&table[i], onet, &settings[i]);
	}
	onet->sysctl_header = obpbl_register_net_sysctl(onet->net, "net/obpbl",
							table,
						      ARRAY_SIZE(settings));
	if (onet->sysctl_header)
		return 0;
	kfree(table);
	return -ENOMEM;
}

/**
 * obpbl_sysctl_exit() - hide net.obpbl
 * @onet: the namespace's state
 *
 * Returns when nobody reads or writes any of it.
 *
 * Context: process, may sleep.
 */
void obpbl_sysctl_exit(struct obpbl_net *onet)
{
	const struct ctl_table *table = onet->sysctl_header->ctl_table_arg;

	unregister_net_sysctl_table(onet->sysctl_header);
	onet->sysctl_header = NULL;
	kfree(table);
}

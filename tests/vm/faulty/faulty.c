// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that does wrong on purpose, so that tests/vm/selftest can see the
 * bench notice. It stands in for obpbl and has nothing else to do with it.
 */
#include <linux/module.h>
#include <linux/slab.h>

static char *fault = "none";
module_param(fault, charp, 0444);
MODULE_PARM_DESC(fault, "none, warn, oops, stay, object or cache");

static struct kmem_cache *cache;

static bool wanted(const char *name)
{
	return !strcmp(fault, name);
}

static int __init faulty_init(void)
{
	cache = kmem_cache_create("obpbl_faulty", 64, 0, 0, NULL);
	if (!cache)
		return -ENOMEM;
	if (wanted("object") && !kmem_cache_alloc(cache, GFP_KERNEL))
		return -ENOMEM;
	if (wanted("stay"))
		__module_get(THIS_MODULE);
	WARN_ON(wanted("warn"));
	if (wanted("oops"))
		*(volatile int *)8 = 0;
	return 0;
}

static void __exit faulty_exit(void)
{
	if (!wanted("cache"))
		kmem_cache_destroy(cache);
}

module_init(faulty_init);
module_exit(faulty_exit);
MODULE_DESCRIPTION("A module that does wrong on purpose");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Namespaces, devices and the module, in the order in which the kernel does
 * things: unlist, wait for readers, tell, free.
 */
#include <stdio.h>
#include <stdlib.h>

#include "sim.h"
#include "run.h"

struct sim_class lock_kernel[] = {
	{ .name = "pernet_ops_rwsem" },
	{ .name = "rtnl_mutex", .rtnl = true },
};

static struct mutex pernet = { .class = &lock_kernel[0] };
static struct mutex rtnl = { .class = &lock_kernel[1] };

struct module sim_module;
struct user_namespace init_user_ns;
struct net *sim_net[NETS];
u64 sim_replies;
unsigned int sim_renames;
static struct net net_memory[NETS];

static struct pernet_operations *pernets[SIM_PERNETS];
static struct notifier_block *notifiers;
static struct net_device *devices[DEVICES];
static struct ctl_table_header *sysctls;
static u32 uids;

/* Modules */

bool try_module_get(struct module *module)
{
	sim_point();
	if (module->going)
		return false;
	module->refs++;
	return true;
}

void __module_get(struct module *module)
{
	sim_point();
	if (module->going && run_graces)
		sim_fail("__module_get() of a module that goes");
	module->refs++;
}

void module_put(struct module *module)
{
	sim_point();
	if (--module->refs < 0)
		sim_fail("module_put() without a reference");
}

int module_refcount(struct module *module)
{
	return module->refs;
}

/* Whether a hook is registered somewhere, or may still run */
bool net_module_busy(void)
{
	int i;

	for (i = 0; i < NETS; i++) {
		if (sim_net[i] && sim_net[i]->hooks)
			return true;
	}
	for (i = TASK_PACKET0; i < TASK_PACKET0 + PACKETS; i++) {
		if (sched_busy(i))
			return true;
	}
	return false;
}

static void check_gone(void)
{
	struct net *net;
	int i, j;

	for (i = 0; i < NETS; i++) {
		net = sim_net[i];
		for (j = 0; net && j < SIM_PERNETS; j++) {
			if (net->generic[j])
				sim_fail("the module goes before its state");
		}
		if (net && net->hooks)
			sim_fail("the module goes before its hooks");
	}
	for (i = 0; i < SIM_PERNETS; i++) {
		if (pernets[i])
			sim_fail("the module goes before its namespaces' operations");
	}
	if (notifiers)
		sim_fail("the module goes before its notifier");
	if (sysctls)
		sim_fail("the module goes before its sysctls");
	if (genl_there())
		sim_fail("the module goes before its family");
	for (i = TASK_PACKET0; i < TASK_PACKET0 + PACKETS; i++) {
		if (sched_busy(i) && sim_task[i].root[0] &&
		    sim_task[i].roots && sim_task[i].readers)
			sim_fail("the module goes while its hook runs");
	}
	if (sim_module.refs)
		sim_fail("the module goes with references to it");
	work_check_module();
	rcu_check_module();
}

int net_load(void)
{
	int err;

	if (sim_module.live || sim_module.going)
		return -EEXIST;
	sim_module.refs = 0;
	err = sim_module_init();
	if (err)
		check_gone();
	else
		sim_module.live = true;
	return err;
}

int net_unload(void)
{
	if (!sim_module.live || sim_module.refs)
		return -EBUSY;
	sim_module.live = false;
	sim_module.going = true;
	sim_module_exit();
	check_gone();
	sim_module.going = false;
	return 0;
}

/* Namespaces */

static int ops_init(struct pernet_operations *ops, struct net *net)
{
	void *state = NULL;
	int err;

	if (ops->id) {
		state = kzalloc(ops->size, GFP_KERNEL);
		if (!state)
			return -ENOMEM;
		net->generic[*ops->id - 1] = state;
	}
	err = ops->init ? ops->init(net) : 0;
	if (!err)
		return 0;
	if (ops->id)
		net->generic[*ops->id - 1] = NULL;
	kfree(state);
	return err;
}

static void ops_free(struct pernet_operations *ops, struct net *net)
{
	void *state = net->generic[*ops->id - 1];

	kfree(state);
	net->generic[*ops->id - 1] = NULL;
}

static void ops_undo(struct pernet_operations *ops, struct net **nets,
		     unsigned int n)
{
	unsigned int i;

	for (i = 0; ops->pre_exit && i < n; i++)
		ops->pre_exit(nets[i]);
	synchronize_rcu();
	for (i = 0; ops->exit && i < n; i++)
		ops->exit(nets[i]);
	for (i = 0; ops->id && i < n; i++)
		ops_free(ops, nets[i]);
}

int register_pernet_subsys(struct pernet_operations *ops)
{
	struct net *done[NETS];
	unsigned int n = 0;
	int i, id = 0, err = 0;

	mutex_lock(&pernet);
	while (pernets[id])
		id++;
	if (ops->id)
		*ops->id = id + 1;
	for (i = 0; !err && i < NETS; i++) {
		if (!sim_net[i])
			continue;
		err = ops_init(ops, sim_net[i]);
		if (!err)
			done[n++] = sim_net[i];
	}
	if (err)
		ops_undo(ops, done, n);
	else
		pernets[id] = ops;
	mutex_unlock(&pernet);
	return err;
}

void unregister_pernet_subsys(struct pernet_operations *ops)
{
	struct net *all[NETS];
	unsigned int n = 0;
	int i;

	mutex_lock(&pernet);
	for (i = 0; i < SIM_PERNETS; i++) {
		if (pernets[i] == ops)
			pernets[i] = NULL;
	}
	for (i = 0; i < NETS; i++) {
		if (sim_net[i])
			all[n++] = sim_net[i];
	}
	ops_undo(ops, all, n);
	mutex_unlock(&pernet);
}

void *net_generic(const struct net *net, unsigned int id)
{
	if (!id || id > SIM_PERNETS)
		sim_fail("net_generic() with a number that was never given");
	return net->generic[id - 1];
}

int net_create(int index)
{
	struct net *net = &net_memory[index];
	int i, err = 0;

	if (sim_net[index])
		return -EEXIST;
	mutex_lock(&pernet);
	memset(net, 0, sizeof(*net));
	net->index = index;
	net->user_ns = &init_user_ns;
	for (i = 0; !err && i < SIM_PERNETS; i++) {
		if (pernets[i])
			err = ops_init(pernets[i], net);
	}
	if (!err)
		sim_net[index] = net;
	for (i -= 2; err && i >= 0; i--) {
		if (pernets[i])
			ops_undo(pernets[i], &net, 1);
	}
	mutex_unlock(&pernet);
	return err;
}

static void dev_remove(struct net_device *dev);

/* As cleanup_net(): devices go between the two halves of an exit */
void net_destroy(int index)
{
	struct net *net = sim_net[index];
	int i;

	net->dying = true;
	mutex_lock(&pernet);
	for (i = SIM_PERNETS - 1; i >= 0; i--) {
		if (pernets[i] && pernets[i]->pre_exit)
			pernets[i]->pre_exit(net);
	}
	sim_net[index] = NULL;
	synchronize_rcu();
	rtnl_lock();
	for (i = 0; i < DEVICES; i++) {
		if (devices[i] && devices[i]->net == net)
			dev_remove(devices[i]);
	}
	rtnl_unlock();
	for (i = SIM_PERNETS - 1; i >= 0; i--) {
		if (pernets[i] && pernets[i]->exit)
			pernets[i]->exit(net);
	}
	for (i = SIM_PERNETS - 1; i >= 0; i--) {
		if (pernets[i] && pernets[i]->id)
			ops_free(pernets[i], net);
	}
	mutex_unlock(&pernet);
	if (net->hooks)
		sim_fail("a namespace goes before the hooks in it");
}

/* The world before anything happens, and after all of it */
void net_world(void)
{
	memset(&net_memory[0], 0, sizeof(net_memory[0]));
	net_memory[0].user_ns = &init_user_ns;
	sim_net[0] = &net_memory[0];
	sim_net[1] = NULL;
}

void net_reset(void)
{
	memset(&sim_module, 0, sizeof(sim_module));
	memset(pernets, 0, sizeof(pernets));
	memset(devices, 0, sizeof(devices));
	notifiers = NULL;
	sysctls = NULL;
	sim_replies = 0;
	uids = 0;
}

/* Devices */

void rtnl_lock(void)
{
	mutex_lock(&rtnl);
}

void rtnl_unlock(void)
{
	mutex_unlock(&rtnl);
}

bool sim_rtnl_held(void)
{
	return sim_mutex_held(&rtnl);
}

static struct net_device *find(struct net *net, const char *name, int index)
{
	int i;

	for (i = 0; i < DEVICES; i++) {
		if (devices[i] && devices[i]->listed &&
		    devices[i]->net == net &&
		    (name ? !strncmp(devices[i]->name, name, IFNAMSIZ) :
			    devices[i]->ifindex == index))
			return devices[i];
	}
	return NULL;
}

struct net_device *dev_get_by_name_rcu(struct net *net, const char *name)
{
	if (!rcu_read_lock_held())
		sim_fail("dev_get_by_name_rcu() outside of a read-side section");
	sim_point();
	return find(net, name, 0);
}

struct net_device *dev_get_by_index_rcu(struct net *net, int index)
{
	if (!rcu_read_lock_held())
		sim_fail("dev_get_by_index_rcu() outside of a read-side section");
	sim_point();
	return find(net, NULL, index);
}

struct net_device *__dev_get_by_index(struct net *net, int index)
{
	ASSERT_RTNL();
	return find(net, NULL, index);
}

struct net_device *__dev_get_by_name(struct net *net, const char *name)
{
	ASSERT_RTNL();
	return find(net, name, 0);
}

bool dev_valid_name(const char *name)
{
	if (!*name || strnlen(name, IFNAMSIZ) == IFNAMSIZ ||
	    !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	for (; *name; name++) {
		if (*name == '/' || *name == ':' || isspace(*name))
			return false;
	}
	return true;
}

/* Without a look at who may see it: for the model */
struct net_device *dev_named(int net, const char *name)
{
	return sim_net[net] ? find(sim_net[net], name, 0) : NULL;
}

struct net_device *dev_slot(int slot)
{
	return devices[slot];
}

static void tell(struct notifier_block *only, struct net_device *dev,
		 unsigned long event)
{
	struct netdev_notifier_info info = { dev };
	struct notifier_block *nb;

	for (nb = notifiers; nb; nb = nb->next) {
		if (!only || only == nb)
			nb->notifier_call(nb, event, &info);
	}
}

int register_netdevice_notifier(struct notifier_block *nb)
{
	int i;

	mutex_lock(&pernet);
	rtnl_lock();
	nb->next = notifiers;
	notifiers = nb;
	for (i = 0; i < DEVICES; i++) {
		if (devices[i] && devices[i]->listed)
			tell(nb, devices[i], NETDEV_REGISTER);
	}
	rtnl_unlock();
	mutex_unlock(&pernet);
	return 0;
}

/* Tells it that all devices go, as the kernel does */
int unregister_netdevice_notifier(struct notifier_block *nb)
{
	struct notifier_block **at;
	int i;

	mutex_lock(&pernet);
	rtnl_lock();
	for (i = 0; i < DEVICES; i++) {
		if (devices[i] && devices[i]->listed)
			tell(nb, devices[i], NETDEV_UNREGISTER);
	}
	for (at = &notifiers; *at != nb; at = &(*at)->next)
		;
	*at = nb->next;
	rtnl_unlock();
	mutex_unlock(&pernet);
	return 0;
}

static int free_ifindex(struct net *net, int wanted)
{
	while (find(net, NULL, wanted))
		wanted++;
	return wanted;
}

int dev_register(int slot, int net, const char *name, int ifindex, bool vrf)
{
	struct net_device *dev;
	int err = -EEXIST;

	rtnl_lock();
	if (!devices[slot] && sim_net[net] && !sim_net[net]->dying &&
	    !find(sim_net[net], name, 0)) {
		dev = mem_alloc(sizeof(*dev));
		strscpy(dev->name, name, IFNAMSIZ);
		dev->net = sim_net[net];
		dev->ifindex = free_ifindex(dev->net, ifindex);
		dev->vrf = vrf;
		dev->slot = slot;
		dev->uid = ++uids;
		devices[slot] = dev;
		dev->listed = true;
		tell(NULL, dev, NETDEV_REGISTER);
		err = 0;
	}
	rtnl_unlock();
	return err;
}

static void detach(struct net_device *dev)
{
	int i;

	dev->master = NULL;
	for (i = 0; i < DEVICES; i++) {
		if (devices[i] && devices[i]->master == dev)
			devices[i]->master = NULL;
	}
}

static void dev_unlist(struct net_device *dev)
{
	detach(dev);
	dev->listed = false;
	synchronize_net();
	tell(NULL, dev, NETDEV_UNREGISTER);
}

static void dev_remove(struct net_device *dev)
{
	dev_unlist(dev);
	devices[dev->slot] = NULL;
	kfree(dev);
}

/* @again: as kernels did that had to wait for who still holds it */
void dev_unregister(int slot, bool again)
{
	struct net_device *dev;

	rtnl_lock();
	dev = devices[slot];
	if (dev) {
		dev_unlist(dev);
		devices[slot] = NULL;
	}
	rtnl_unlock();
	if (dev && again) {
		rcu_barrier();
		rtnl_lock();
		if (sim_net[dev->net->index] == dev->net)
			tell(NULL, dev, NETDEV_UNREGISTER);
		rtnl_unlock();
	}
	kfree(dev);
}

void dev_rename(int slot, const char *name)
{
	struct net_device *dev;

	rtnl_lock();
	dev = devices[slot];
	if (dev && !find(dev->net, name, 0)) {
		strscpy(dev->name, name, IFNAMSIZ);
		sim_renames++;
		tell(NULL, dev, NETDEV_CHANGENAME);
	}
	rtnl_unlock();
}

void dev_move(int slot, int net, int ifindex)
{
	struct net *to = sim_net[net];
	struct net_device *dev;

	if (!to || to->dying)
		return;
	to->used++;
	rtnl_lock();
	dev = devices[slot];
	if (dev && dev->net != to && !find(to, dev->name, 0)) {
		dev_unlist(dev);
		dev->net = to;
		dev->ifindex = free_ifindex(to, ifindex);
		dev->uid = ++uids;
		dev->listed = true;
		tell(NULL, dev, NETDEV_REGISTER);
	}
	rtnl_unlock();
	to->used--;
}

void dev_enslave(int slot, int master)
{
	struct net_device *dev, *vrf;

	rtnl_lock();
	dev = devices[slot];
	vrf = master < 0 ? NULL : devices[master];
	if (dev && !dev->vrf && (!vrf || (vrf->vrf && vrf->net == dev->net)))
		dev->master = vrf;
	rtnl_unlock();
}

/* Hooks */

static void hook_remove(struct net *net, const struct nf_hook_ops *ops)
{
	unsigned int at;

	for (at = 0; at < net->hooks && net->hook[at] != ops; at++)
		;
	if (at == net->hooks)
		sim_fail("a hook is unregistered that is not there");
	net->hook[at] = net->hook[--net->hooks];
	sim_point();
}

static int hook_add(struct net *net, const struct nf_hook_ops *ops)
{
	void *array = kmalloc(64, GFP_KERNEL);

	if (!array)
		return -ENOMEM;
	kfree(array);
	if (net->hooks == SIM_HOOKS)
		sim_fail("too many hooks");
	net->hook[net->hooks++] = ops;
	sim_point();
	return 0;
}

/* One after the other: packets may see some of them before the last one fails */
int nf_register_net_hooks(struct net *net, const struct nf_hook_ops *ops,
			  unsigned int n)
{
	unsigned int i;
	int err;

	for (i = 0; i < n; i++) {
		err = hook_add(net, &ops[i]);
		if (err) {
			nf_unregister_net_hooks(net, ops, i);
			return err;
		}
	}
	return 0;
}

void nf_unregister_net_hooks(struct net *net, const struct nf_hook_ops *ops,
			     unsigned int n)
{
	while (n--)
		hook_remove(net, &ops[n]);
}

/* A packet is forwarded; in a softirq, in a read-side section */
unsigned int net_packet(int index, struct sk_buff *skb, struct net_device *in,
			struct net_device *out, u8 pf)
{
	const struct nf_hook_ops *hook[SIM_HOOKS];
	struct net *net = sim_net[index];
	struct nf_hook_state state = {
		.hook = NF_INET_FORWARD, .pf = pf, .in = in, .out = out,
		.net = net,
	};
	unsigned int i, n, verdict = NF_ACCEPT;

	if (!net)
		return NF_ACCEPT;
	n = net->hooks;
	memcpy(hook, net->hook, sizeof(hook));
	for (i = 0; i < n && verdict == NF_ACCEPT; i++) {
		if (hook[i]->pf == pf)
			verdict = hook[i]->hook(hook[i]->priv, skb, &state) &
				  0xff;
	}
	return verdict;
}

void sim_reply(const struct sk_buff *skb)
{
	(void)skb;
	sim_replies++;
	sim_point();
}

/* sysctls */

struct ctl_table_header *
register_net_sysctl_sz(struct net *net, const char *path,
		       struct ctl_table *table, size_t size)
{
	struct ctl_table_header *header = kzalloc(sizeof(*header), GFP_KERNEL);

	(void)path;
	if (!header)
		return NULL;
	header->ctl_table_arg = table;
	header->net = net;
	header->size = size;
	header->next = sysctls;
	sysctls = header;
	return header;
}

void unregister_net_sysctl_table(struct ctl_table_header *header)
{
	struct ctl_table_header **at;

	for (at = &sysctls; *at != header; at = &(*at)->next)
		;
	*at = header->next;
	header->going = true;
	while (header->users) {
		sim_current->wake = ~0ULL;
		sim_sleep("users of a sysctl");
		sim_current->wake = 0;
	}
	kfree(header);
}

int proc_douintvec(const struct ctl_table *table, int write, void *buffer,
		   size_t *lenp, loff_t *ppos)
{
	(void)lenp;
	(void)ppos;
	sim_point();
	if (write)
		*(u32 *)table->data = strtoul(buffer, NULL, 10);
	else
		snprintf(buffer, *lenp, "%u", *(u32 *)table->data);
	return 0;
}

int proc_douintvec_minmax(const struct ctl_table *table, int write,
			  void *buffer, size_t *lenp, loff_t *ppos)
{
	u32 value = strtoul(buffer, NULL, 10);

	if (write && ((table->extra1 && value < *(u32 *)table->extra1) ||
		      (table->extra2 && value > *(u32 *)table->extra2)))
		return -EINVAL;
	return proc_douintvec(table, write, buffer, lenp, ppos);
}

int net_sysctl(int net, const char *name, u32 value)
{
	struct ctl_table_header *header;
	const struct ctl_table *table;
	char text[16];
	size_t len, i;
	loff_t pos = 0;
	int err = -ENOENT;

	for (header = sysctls; header; header = header->next) {
		if (header->net == sim_net[net] && !header->going)
			break;
	}
	if (!header)
		return err;
	header->users++;
	len = snprintf(text, sizeof(text), "%u", value);
	for (i = 0; i < header->size; i++) {
		table = &header->ctl_table_arg[i];
		if (table->procname && !strcmp(table->procname, name))
			err = table->proc_handler(table, 1, text, &len, &pos);
	}
	if (!--header->users && header->going)
		sim_wake(&sim_task[TASK_NS]), sim_wake(&sim_task[TASK_MODULE]);
	return err;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * For how long mutexes are held at a time, and waited for, at most.
 *
 * One file, /proc/obpbl_holds, takes a command a write:
 *
 *	lock NAME ADDRESS	watch this mutex
 *	learn NAME MODULE	watch the one that code of a module takes next
 *	reset			begin anew
 *
 * and reads as a line a mutex: name, how often it was let go of, the longest time
 * that it was held and waited for, in nanoseconds, and who held it then.
 *
 * What is written here is written by whoever has the mutex, so that it needs no
 * lock.  A mutex that was taken by mutex_trylock() and the like is not seen.
 */
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#define MAX_WATCHED	4
#define NAME_SIZE	32
#define MAX_WAITING	512

struct watched {
	char name[NAME_SIZE];
	char module[NAME_SIZE];		/* to be learnt from; "": known */
	unsigned long lock;
	u64 since;			/* taken then; 0: nobody knows */
	u64 n;
	u64 held;
	u64 waited;
	unsigned long where;
};

/* A thread on its way through mutex_lock() */
struct waiting {
	struct watched *watched;
	u64 since;
};

static struct watched watched[MAX_WATCHED];

static u64 now(void)
{
	return ktime_get_mono_fast_ns();
}

static struct watched *find(unsigned long lock)
{
	unsigned int i;

	for (i = 0; i < MAX_WATCHED; i++) {
		if (READ_ONCE(watched[i].lock) == lock)
			return &watched[i];
	}
	return NULL;
}

static unsigned long caller(const struct pt_regs *regs)
{
	return *(unsigned long *)kernel_stack_pointer((struct pt_regs *)regs);
}

/* Whose code ADDRESS is in, as "name+0x1/0x2 [module]" says it */
static bool in_module(unsigned long address, const char *module)
{
	char symbol[KSYM_SYMBOL_LEN], *at;

	sprint_symbol(symbol, address);
	at = strchr(symbol, '[');
	return at && !strncmp(at + 1, module, strlen(module)) &&
	       at[1 + strlen(module)] == ']';
}

static void learn(unsigned long lock, unsigned long from)
{
	unsigned int i;

	for (i = 0; i < MAX_WATCHED; i++) {
		if (!READ_ONCE(watched[i].module[0]) ||
		    !in_module(from, watched[i].module))
			continue;
		watched[i].module[0] = '\0';
		WRITE_ONCE(watched[i].lock, lock);
	}
}

static int on_lock(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct waiting *waiting = (struct waiting *)ri->data;
	unsigned long lock = regs_get_kernel_argument(regs, 0);

	learn(lock, caller(regs));
	waiting->watched = find(lock);
	waiting->since = now();
	return !waiting->watched;
}

static int on_locked(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct waiting *waiting = (struct waiting *)ri->data;
	struct watched *w = waiting->watched;

	w->since = now();
	w->waited = max(w->waited, w->since - waiting->since);
	return 0;
}

static int on_unlock(struct kprobe *probe, struct pt_regs *regs)
{
	struct watched *w = find(regs_get_kernel_argument(regs, 0));
	u64 held;

	if (!w || !w->since)
		return 0;
	held = now() - w->since;
	w->since = 0;
	w->n++;
	if (held > w->held) {
		w->held = held;
		w->where = caller(regs);
	}
	return 0;
}

static struct kretprobe lock_probe = {
	.kp.symbol_name = "mutex_lock",
	.entry_handler = on_lock,
	.handler = on_locked,
	.data_size = sizeof(struct waiting),
	.maxactive = MAX_WAITING,
};

static struct kprobe unlock_probe = {
	.symbol_name = "mutex_unlock",
	.pre_handler = on_unlock,
};

static struct watched *fresh(const char *name)
{
	unsigned int i;

	for (i = 0; i < MAX_WATCHED; i++) {
		if (watched[i].name[0] && strcmp(watched[i].name, name))
			continue;
		WRITE_ONCE(watched[i].lock, 0);
		memset(&watched[i], 0, sizeof(watched[i]));
		strscpy(watched[i].name, name, NAME_SIZE);
		return &watched[i];
	}
	return NULL;
}

static void reset(void)
{
	struct watched *w;

	for (w = watched; w < watched + MAX_WATCHED; w++) {
		w->n = 0;
		w->held = 0;
		w->waited = 0;
		w->where = 0;
	}
}

static int command(const char *line)
{
	char verb[NAME_SIZE], name[NAME_SIZE], arg[NAME_SIZE];
	int n = sscanf(line, "%31s %31s %31s", verb, name, arg);
	unsigned long address;
	struct watched *w;

	if (n == 1 && !strcmp(verb, "reset")) {
		reset();
		return 0;
	}
	if (n != 3)
		return -EINVAL;
	if (!strcmp(verb, "learn")) {
		w = fresh(name);
		if (!w)
			return -ENOSPC;
		strscpy(w->module, arg, NAME_SIZE);
		return 0;
	}
	if (strcmp(verb, "lock") || kstrtoul(arg, 16, &address))
		return -EINVAL;
	w = fresh(name);
	if (!w)
		return -ENOSPC;
	WRITE_ONCE(w->lock, address);
	return 0;
}

static ssize_t write(struct file *file, const char __user *from, size_t size,
		     loff_t *pos)
{
	char line[128] = { };
	int err;

	if (size >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, size))
		return -EFAULT;
	err = command(line);
	return err ?: size;
}

static int show(struct seq_file *seq, void *unused)
{
	const struct watched *w;

	for (w = watched; w < watched + MAX_WATCHED; w++) {
		if (w->name[0])
			seq_printf(seq, "%s %llu %llu %llu %ps\n", w->name, w->n,
				   w->held, w->waited, (void *)w->where);
	}
	return 0;
}

static int open(struct inode *inode, struct file *file)
{
	return single_open(file, show, NULL);
}

static const struct proc_ops ops = {
	.proc_open = open,
	.proc_read = seq_read,
	.proc_write = write,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int __init holds_init(void)
{
	int err = register_kprobe(&unlock_probe);

	if (err)
		return err;
	err = register_kretprobe(&lock_probe);
	if (err)
		goto unlock;
	if (proc_create("obpbl_holds", 0600, NULL, &ops))
		return 0;
	err = -ENOMEM;
	unregister_kretprobe(&lock_probe);
unlock:
	unregister_kprobe(&unlock_probe);
	return err;
}

static void __exit holds_exit(void)
{
	remove_proc_entry("obpbl_holds", NULL);
	unregister_kretprobe(&lock_probe);
	unregister_kprobe(&unlock_probe);
}

module_init(holds_init);
module_exit(holds_exit);

MODULE_DESCRIPTION("How long mutexes are held");
MODULE_LICENSE("GPL");

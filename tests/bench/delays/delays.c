// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes races wide: whoever comes to a function stops there for a while, as if
 * its processor had been taken away.
 *
 * A packet is in the hook for less than a microsecond, and what is freed too
 * early is freed some time after that: on a machine that is not busy, a missing
 * grace period harms nobody.  A packet that has its policy and is held up before
 * it looks into it comes upon what was freed meanwhile, which is poisoned.
 *
 * One file, /proc/obpbl_delays, takes a command a write:
 *
 *	at FUNCTION MICROSECONDS EVERY	each so many-th comes so much later
 *	forget				none does
 *
 * and reads as a line a function: its name, how many came, how many were late.
 * A function of a module that has been removed is to be named again.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define MAX_PLACES	16
#define NAME_SIZE	64

struct place {
	struct kprobe probe;
	char name[NAME_SIZE];
	unsigned int every;
	unsigned int delay;
	atomic_t came;
	atomic_t late;
	bool there;
};

static DEFINE_MUTEX(lock);	/* protects all below, but for its counts */
static struct place places[MAX_PLACES];

static int hold_up(struct kprobe *probe, struct pt_regs *regs)
{
	struct place *place = container_of(probe, struct place, probe);

	if (atomic_inc_return(&place->came) % place->every)
		return 0;
	atomic_inc(&place->late);
	udelay(place->delay);
	return 0;
}

static void leave(struct place *place)
{
	if (place->there)
		unregister_kprobe(&place->probe);
	place->there = false;
}

static void forget(void)
{
	struct place *place;

	for (place = places; place < places + MAX_PLACES; place++) {
		leave(place);
		memset(place, 0, sizeof(*place));
	}
}

/* The same place as before, or one that is free */
static struct place *find(const char *name)
{
	struct place *place;

	for (place = places; place < places + MAX_PLACES; place++) {
		if (!place->name[0] || !strcmp(place->name, name))
			return place;
	}
	return NULL;
}

static int at(const char *name, unsigned int delay, unsigned int every)
{
	struct place *place = find(name);
	int err;

	if (!every || delay > 10000)
		return -EINVAL;
	if (!place)
		return -ENOSPC;
	leave(place);
	strscpy(place->name, name, NAME_SIZE);
	place->every = every;
	place->delay = delay;
	memset(&place->probe, 0, sizeof(place->probe));
	place->probe.symbol_name = place->name;
	place->probe.pre_handler = hold_up;
	err = register_kprobe(&place->probe);
	place->there = !err;
	return err;
}

static int command(const char *line)
{
	unsigned int delay, every;
	char name[NAME_SIZE];

	if (!strncmp(line, "forget", 6)) {
		forget();
		return 0;
	}
	if (sscanf(line, "at %63s %u %u", name, &delay, &every) != 3)
		return -EINVAL;
	return at(name, delay, every);
}

static ssize_t delays_write(struct file *file, const char __user *from,
			    size_t size, loff_t *pos)
{
	char line[128] = { };
	int err;

	if (size >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, size))
		return -EFAULT;
	mutex_lock(&lock);
	err = command(line);
	mutex_unlock(&lock);
	return err ?: size;
}

static int delays_show(struct seq_file *seq, void *v)
{
	const struct place *place;

	mutex_lock(&lock);
	for (place = places; place < places + MAX_PLACES; place++) {
		if (place->name[0])
			seq_printf(seq, "%s %u %u\n", place->name,
				   atomic_read(&place->came),
				   atomic_read(&place->late));
	}
	mutex_unlock(&lock);
	return 0;
}

static int delays_open(struct inode *inode, struct file *file)
{
	return single_open(file, delays_show, NULL);
}

static const struct proc_ops delays_ops = {
	.proc_open = delays_open,
	.proc_read = seq_read,
	.proc_write = delays_write,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int __init delays_init(void)
{
	if (!proc_create("obpbl_delays", 0600, NULL, &delays_ops))
		return -ENOMEM;
	return 0;
}

static void __exit delays_exit(void)
{
	remove_proc_entry("obpbl_delays", NULL);
	forget();
}

module_init(delays_init);
module_exit(delays_exit);

MODULE_DESCRIPTION("Delays at functions, for the tests of obpbl");
MODULE_LICENSE("GPL");

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Queues that one may write and one may read without a lock; but no two may
 * write at a time, nor read.
 */
#ifndef _SIM_KFIFO_H
#define _SIM_KFIFO_H

#include <linux/types.h>
#include <sim/sched.h>

struct sim_kfifo {
	unsigned int in, out;
	bool written, read;
};

#define DECLARE_KFIFO(name, type, size)					\
	struct {							\
		struct sim_kfifo fifo;					\
		type data[size];					\
	} name

#define sim_kfifo_size(f)	(sizeof((f)->data) / sizeof((f)->data[0]))
#define INIT_KFIFO(f)		((f).fifo = (struct sim_kfifo){ })
#define kfifo_len(f)		((f)->fifo.in - (f)->fifo.out)
#define kfifo_is_empty(f)	(!kfifo_len(f))
#define kfifo_is_full(f)	(kfifo_len(f) >= sim_kfifo_size(f))

static inline void sim_kfifo_begin(bool *busy, const char *what)
{
	if (*busy)
		sim_fail("two %s a queue at one time", what);
	*busy = true;
	sim_point();
}

#define kfifo_put(f, val) ({						\
	__typeof__(f) __f = (f);					\
	bool __room;							\
									\
	sim_kfifo_begin(&__f->fifo.written, "write");			\
	__room = !kfifo_is_full(__f);					\
	if (__room) {							\
		__f->data[__f->fifo.in % sim_kfifo_size(__f)] = (val);	\
		sim_point();						\
		__f->fifo.in++;						\
	}								\
	__f->fifo.written = false;					\
	__room; })

#define kfifo_get(f, val) ({						\
	__typeof__(f) __f = (f);					\
	bool __any;							\
									\
	sim_kfifo_begin(&__f->fifo.read, "read");			\
	__any = !kfifo_is_empty(__f);					\
	if (__any) {							\
		*(val) = __f->data[__f->fifo.out % sim_kfifo_size(__f)]; \
		sim_point();						\
		__f->fifo.out++;					\
	}								\
	__f->fifo.read = false;						\
	__any; })

#endif

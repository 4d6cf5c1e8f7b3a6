// SPDX-License-Identifier: GPL-2.0-only
#include <urcu.h>

#include "rcu.h"

void reader_register(void)
{
	rcu_register_thread();
}

void reader_unregister(void)
{
	rcu_unregister_thread();
}

void read_begin(void)
{
	rcu_read_lock();
}

void read_end(void)
{
	rcu_read_unlock();
}

void *published(void **pointer)
{
	return rcu_dereference(*pointer);
}

void publish(void **pointer, void *value)
{
	rcu_assign_pointer(*pointer, value);
}

void grace_period(void)
{
	synchronize_rcu();
}

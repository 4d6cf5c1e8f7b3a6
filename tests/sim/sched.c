// SPDX-License-Identifier: GPL-2.0-only
/*
 * Coroutines, and waiting.
 */
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

#include "sim.h"
#include "run.h"

#define STACK	(256 * 1024)

struct sim_task sim_task[TASKS];
struct sim_task *sim_current;
long sim_slice = SIM_FOREVER;
u64 sim_stamp;

static const char * const names[TASKS] = {
	"socket 0", "socket 1", "socket 2", "socket 3", "packet 0", "packet 1",
	"rcu", "rtnl", "rtnl 1", "namespaces", "module", "sysctl", "worker 0",
	"worker 1", "worker 2", "checker",
};

/* The one who decides who runs */
static void *main_sp, *main_fake;
static const void *main_stack;
static size_t main_size;
static unsigned int blocked;

void sim_switch(void **save, void *to);

__asm__(
".text\n"
".globl sim_switch\n"
".type sim_switch,@function\n"
"sim_switch:\n"
"	pushq %rbp\n"
"	pushq %rbx\n"
"	pushq %r12\n"
"	pushq %r13\n"
"	pushq %r14\n"
"	pushq %r15\n"
"	movq %rsp, (%rdi)\n"
"	movq %rsi, %rsp\n"
"	popq %r15\n"
"	popq %r14\n"
"	popq %r13\n"
"	popq %r12\n"
"	popq %rbx\n"
"	popq %rbp\n"
"	ret\n"
".size sim_switch,.-sim_switch\n");

static void to_main(void)
{
	struct sim_task *task = sim_current;

	__sanitizer_start_switch_fiber(&task->fake, main_stack, main_size);
	sim_switch(&task->sp, main_sp);
	__sanitizer_finish_switch_fiber(task->fake, NULL, NULL);
}

static void body(void)
{
	__sanitizer_finish_switch_fiber(NULL, &main_stack, &main_size);
	for (;;) {
		struct sim_task *task = sim_current;

		task->fn(task->arg);
		lock_check_idle(task);
		task->state = SIM_FREE;
		to_main();
	}
}

void sched_init(void)
{
	int i;

	for (i = 0; i < TASKS; i++) {
		struct sim_task *task = &sim_task[i];
		void **top;

		task->name = names[i];
		task->size = STACK;
		task->stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (task->stack == MAP_FAILED)
			sim_fail("no memory for a stack");
		top = (void **)((char *)task->stack + STACK);
		*--top = NULL;
		*--top = (void *)body;
		top -= 6;
		task->sp = top;
	}
}

void sched_reset(void)
{
	int i;

	for (i = 0; i < TASKS; i++) {
		struct sim_task *task = &sim_task[i];

		if (task->state != SIM_FREE)
			sim_fail("a task is left");
		task->softirq = i == TASK_PACKET0 || i == TASK_PACKET1 ||
				i == TASK_RCU;
		task->fixed = task->softirq;
		task->cpu = task->fixed ? i - TASK_PACKET0 : -1;
		task->readers = task->atomic = 0;
		task->nheld = task->roots = 0;
		task->var = NULL;
		task->wake = 0;
	}
	sim_stamp = 1;
	blocked = 0;
}

static void run(struct sim_task *task, long slice)
{
	void *fake;

	sim_current = task;
	sim_slice = slice;
	__sanitizer_start_switch_fiber(&fake, task->stack, task->size);
	sim_switch(&main_sp, task->sp);
	__sanitizer_finish_switch_fiber(fake, NULL, NULL);
	(void)main_fake;
	sim_current = NULL;
	sim_slice = SIM_FOREVER;
}

/* Gives a free task something to do, and lets it run for @slice points */
void sched_start(int task, void (*fn)(void *arg), void *arg, long slice)
{
	struct sim_task *t = &sim_task[task];

	t->fn = fn;
	t->arg = arg;
	t->first = t->last = 0;
	t->failed = 0;
	t->state = SIM_READY;
	run(t, slice);
}

/* Lets a task go on, if it can */
bool sched_run(int task, long slice)
{
	if (sim_task[task].state != SIM_READY)
		return false;
	run(&sim_task[task], slice);
	return true;
}

bool sched_busy(int task)
{
	return sim_task[task].state != SIM_FREE;
}

void sim_preempt(void)
{
	if (sim_current)
		to_main();
	else
		sim_slice = SIM_FOREVER;
}

static void wait(enum sim_state state, const char *waits)
{
	if (!sim_current)
		sim_fail("the scheduler itself waits: %s", waits);
	sim_current->state = state;
	sim_current->waits = waits;
	to_main();
	sim_current->waits = NULL;
}

void sim_sleep(const char *waits)
{
	wait(SIM_ASLEEP, waits);
}

void sim_wake(struct sim_task *task)
{
	if (task->state == SIM_ASLEEP)
		task->state = SIM_READY;
}

void sim_wait_prepare(const void *var)
{
	mem_check(var, "what is waited for");
	if (!sim_current)
		return;
	sim_current->var = var;
	sim_current->woken = false;
}

void sim_wait(const char *waits)
{
	if (!sim_current || !sim_current->woken)
		sim_sleep(waits);
}

void sim_wait_finish(void)
{
	if (sim_current)
		sim_current->var = NULL;
}

/* Of @var, only the address is used: it may be gone by now */
void sim_wake_var(const void *var)
{
	int i;

	for (i = 0; i < TASKS; i++) {
		if (sim_task[i].var != var)
			continue;
		sim_task[i].woken = true;
		sim_wake(&sim_task[i]);
	}
	sim_point();
}

void sim_wait_lock(const void *lock, const char *waits)
{
	blocked++;
	sim_current->until_free = lock;
	wait(SIM_BLOCKED, waits);
}

void sim_release_lock(const void *lock)
{
	int i;

	for (i = 0; blocked && i < TASKS; i++) {
		if (sim_task[i].state == SIM_BLOCKED &&
		    sim_task[i].until_free == lock) {
			sim_task[i].state = SIM_READY;
			blocked--;
		}
	}
}

/* Nobody can run and somebody waits */
void sched_stuck(void)
{
	int i;

	for (i = 0; i < TASKS; i++) {
		if (sim_task[i].state == SIM_BLOCKED ||
		    sim_task[i].state == SIM_ASLEEP)
			fprintf(stderr, "sim: %s waits for %s\n",
				sim_task[i].name, sim_task[i].waits);
	}
	sim_fail("nobody can go on");
}

/* Processors */

static bool taken(int cpu)
{
	int i;

	for (i = 0; i < TASKS; i++) {
		if (&sim_task[i] != sim_current && sim_task[i].cpu == cpu)
			return true;
	}
	return false;
}

void sim_atomic_enter(void)
{
	struct sim_task *task = sim_current;
	int cpu;

	if (!task || task->atomic++ || task->fixed)
		return;
	for (cpu = 3; cpu < SIM_CPUS - 1 && taken(cpu); cpu++)
		;
	task->cpu = cpu;
}

void sim_atomic_leave(void)
{
	struct sim_task *task = sim_current;

	if (!task)
		return;
	if (!task->atomic)
		sim_fail("left an atomic section that nobody has entered");
	if (!--task->atomic && !task->fixed)
		task->cpu = -1;
}

void sim_may_sleep(const char *what)
{
	const struct sim_task *task = sim_current;

	if (task && (task->atomic || task->softirq || task->readers))
		sim_fail("%s may sleep, in %s", what, task->softirq ?
			 "a softirq" : task->readers ?
			 "a read-side section" : "an atomic section");
}

int sim_cpu(const char *what)
{
	const struct sim_task *task = sim_current;

	if (!task)
		return 0;
	if (!task->atomic && !task->softirq)
		sim_fail("%s can be preempted", what);
	return task->cpu;
}

/* Failures */

void __asan_on_error(void)
{
	mem_explain(__asan_get_report_address());
	run_where();
}

void sim_fail(const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "sim: failure: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\n");
	run_where();
	if (run_traces)
		__sanitizer_print_stack_trace();
	fflush(stderr);
	_exit(66);
}

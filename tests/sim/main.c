// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program: seeds, lists, and what to do with a failure.
 *
 * Runs are made in a child, many in one, so that a failure of any kind ends the
 * child alone; what it was at is in memory that both share.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gen.h"
#include "model.h"
#include "run.h"
#include "shrink.h"
#include "world.h"

u32 run_step;
bool run_traces;
bool run_tells;
bool run_graces = true;

struct shared *shared;
static unsigned int steps = 1000;
static unsigned int longest_run = 20;

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0:exitcode=67:symbolize=0:"
	       "detect_stack_use_after_return=0:print_legend=0:"
	       "print_summary=0:allow_user_segv_handler=0";
}

const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
	return "print_stacktrace=1:exitcode=67:symbolize=0";
}

/* For whoever reads of a failure: the step that it is in */
void run_where(void)
{
	char text[512];

	fprintf(stderr, "sim: in step %u", run_step);
	if (run_step && run_step <= shared->n) {
		step_print(text, sizeof(text), &shared->step[run_step - 1]);
		fprintf(stderr, ": %s", text);
	}
	fprintf(stderr, "; running: %s\n",
		sim_current ? sim_current->name : "the scheduler");
}

static void do_step(const struct step *step)
{
	if (world_can(step))
		world_step(step);
	shared->done++;
	model_follow();
	if (model_every && world_idle() &&
	    (model_every == 1 || sim_stamp % model_every == 0))
		model_check();
}

/* A run of a seed */
static void run_seed(u64 seed)
{
	unsigned int i;

	shared->seed = seed;
	shared->n = 0;
	run_step = 0;
	gen_begin(seed);
	world_begin(seed);
	for (i = 0; i < steps; i++) {
		struct step *step = &shared->step[i];

		if (!gen_step(step))
			break;
		shared->n = i + 1;
		run_step = i + 1;
		do_step(step);
	}
	run_step = 0;
	world_end();
}

/* A run of a list */
void run_list(const struct list *list)
{
	unsigned int i;

	memcpy(shared->step, list->step, list->n * sizeof(*list->step));
	shared->n = list->n;
	shared->seed = list->seed;
	world_begin(list->seed);
	for (i = 0; i < list->n; i++) {
		run_step = i + 1;
		do_step(&list->step[i]);
	}
	run_step = 0;
	world_end();
}

static void print_list(FILE *to, const struct list *list)
{
	char text[512];
	unsigned int i;

	fprintf(to, "seed %llu\n", (unsigned long long)list->seed);
	for (i = 0; i < list->n; i++) {
		step_print(text, sizeof(text), &list->step[i]);
		fprintf(to, "%s\n", text);
	}
}

static bool read_list(const char *name, struct list *list)
{
	FILE *from = fopen(name, "r");
	char line[512];
	unsigned int at = 0;

	list->n = 0;
	list->seed = 0;
	if (!from) {
		fprintf(stderr, "sim: %s: %s\n", name, strerror(errno));
		return false;
	}
	while (fgets(line, sizeof(line), from)) {
		at++;
		line[strcspn(line, "\n")] = '\0';
		if (!*line || *line == '#')
			continue;
		if (!strncmp(line, "seed ", 5)) {
			list->seed = strtoull(line + 5, NULL, 10);
		} else if (list->n == MAX_STEPS ||
			   !step_parse(&list->step[list->n++], line)) {
			fprintf(stderr, "sim: %s:%u: not a step: %s\n", name,
				at, line);
			fclose(from);
			return false;
		}
	}
	fclose(from);
	return true;
}

/* What takes longer than any run does, by the clock of this process, hangs */
void run_patience(unsigned int seconds)
{
	struct itimerval most = { .it_value.tv_sec = seconds };

	setitimer(ITIMER_PROF, &most, NULL);
}

/* Seeds from @from on, until @to, a failure, or time is up */
static void run_seeds(u64 from, u64 to, time_t until)
{
	u64 seed;

	for (seed = from; seed <= to; seed++) {
		run_patience(longest_run);
		run_seed(seed);
		shared->runs++;
		if (until && time(NULL) >= until)
			break;
	}
	run_patience(0);
}

/* Which steps came about: a generator that is only refused tests little */
static void tell_steps(void)
{
	int op;

	for (op = 0; op < OPS; op++)
		printf("# %-16s %12llu done %12llu refused\n", step_name(op),
		       (unsigned long long)shared->good[op],
		       (unsigned long long)shared->bad[op]);
}

static void report(const struct outcome *outcome, struct list *list, bool small)
{
	printf("# seed %llu fails: %s\n", (unsigned long long)list->seed,
	       outcome->kind);
	fflush(stdout);
	if (small)
		shrink(list, outcome->kind);
	print_list(stdout, list);
	fflush(stdout);
	run_aloud(list);
}

static int usage(void)
{
	fprintf(stderr,
		"usage: sim [OPTION]... --seed N | --seeds A-[B]\n"
		"       sim [OPTION]... --replay FILE...\n"
		"  --steps N     steps of a run (1000)\n"
		"  --seconds N   begin no run after so long\n"
		"  --model N     compare with the model one time in N (1); 0: never\n"
		"  --collect     go on after failures, tell of each kind once\n"
		"  --no-shrink   leave a list that fails as long as it is\n"
		"  --shrink      with --replay: shorten a list that fails\n"
		"  --no-grace    let grace periods go that were not waited for\n"
		"  --stats       how often each step was done and refused\n"
		"  --tell        how each step ends, as it does\n");
	return 2;
}

static struct list list;

static void take_list(u64 seed)
{
	list.seed = seed;
	list.n = shared->n;
	memcpy(list.step, shared->step, list.n * sizeof(*list.step));
}

/* Where it is built for coverage: see tests/coverage */
void __gcov_dump(void) __attribute__((weak));

/* A child's whole life */
static void __attribute__((noreturn)) live(u64 from, u64 to, time_t until)
{
	run_seeds(from, to, until);
	if (__gcov_dump)
		__gcov_dump();
	_exit(0);
}

/* After so many runs, what may come about in any has */
#define MANY	1000

static int do_seeds(u64 from, u64 to, unsigned int seconds, bool small)
{
	time_t until = seconds ? time(NULL) + seconds : 0;
	struct timespec begin, end;
	struct outcome outcome;
	double took;
	pid_t pid;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	pid = outcome_fork();
	if (!pid)
		live(from, to, until);
	outcome_wait(pid, &outcome);
	clock_gettime(CLOCK_MONOTONIC, &end);
	took = (end.tv_sec - begin.tv_sec) +
	       (end.tv_nsec - begin.tv_nsec) / 1e9;
	printf("# %llu seeds, %llu steps, %.0f a second\n",
	       (unsigned long long)shared->runs,
	       (unsigned long long)shared->done, shared->done / took);
	printf("# %llu automatic quarantines told\n",
	       (unsigned long long)shared->automatic);
	if (!outcome.failed && (shared->runs < MANY || shared->automatic)) {
		printf("ok - seeds from %llu on\n", (unsigned long long)from);
		return 0;
	}
	if (!outcome.failed) {
		printf("not ok - no source over its limit was put in quarantine\n");
		return 1;
	}
	printf("not ok - seed %llu\n", (unsigned long long)shared->seed);
	take_list(shared->seed);
	report(&outcome, &list, small);
	return 1;
}

#define KINDS	64

/* Goes on after failures, and tells of each kind of them once */
static int do_collect(u64 from, u64 to, unsigned int seconds)
{
	static struct {
		char kind[256];
		u64 seed;
		unsigned int n;
	} found[KINDS];
	time_t until = seconds ? time(NULL) + seconds : 0;
	struct outcome outcome;
	unsigned int kinds = 0, i;
	pid_t pid;

	while (from <= to && (!until || time(NULL) < until)) {
		pid = outcome_fork();
		if (!pid)
			live(from, to, until);
		outcome_wait(pid, &outcome);
		if (!outcome.failed)
			break;
		from = shared->seed + 1;
		for (i = 0; i < kinds; i++) {
			if (!strcmp(found[i].kind, outcome.kind))
				break;
		}
		if (i == KINDS)
			continue;
		if (i == kinds) {
			kinds++;
			found[i].seed = shared->seed;
			strcpy(found[i].kind, outcome.kind);
			take_list(shared->seed);
			report(&outcome, &list, true);
		}
		found[i].n++;
	}
	printf("# %llu runs, %llu steps\n", (unsigned long long)shared->runs,
	       (unsigned long long)shared->done);
	for (i = 0; i < kinds; i++)
		printf("# %u times, first seed %llu: %s\n", found[i].n,
		       (unsigned long long)found[i].seed, found[i].kind);
	return kinds ? 1 : 0;
}

static int do_lists(char **names, int n, bool small)
{
	struct outcome outcome;
	const char *name;
	int i, bad = 0;

	for (i = 0; i < n; i++) {
		if (!read_list(names[i], &list))
			return 2;
		outcome_of(&list, &outcome);
		name = strrchr(names[i], '/');
		printf("%s - %s\n", outcome.failed ? "not ok" : "ok",
		       name ? name + 1 : names[i]);
		bad += outcome.failed;
		if (outcome.failed)
			report(&outcome, &list, small);
	}
	return bad ? 1 : 0;
}

static void init(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		exit(2);
	step_init();
	mem_init();
	sched_init();
}

int main(int argc, char **argv)
{
	bool small = true, replay = false, shrinks = false;
	unsigned int seconds = 0;
	u64 from = 0, to = 0;
	bool seeds = false, collect = false, stats = false;
	int status;
	char *dash;
	int i;

	init();
	for (i = 1; i < argc && !replay; i++) {
		const char *arg = argv[i], *value = argv[i + 1];

		if (!strcmp(arg, "--no-shrink")) {
			small = false;
		} else if (!strcmp(arg, "--collect")) {
			collect = true;
		} else if (!strcmp(arg, "--no-grace")) {
			run_graces = false;
		} else if (!strcmp(arg, "--tell")) {
			run_tells = true;
		} else if (!strcmp(arg, "--stats")) {
			stats = true;
		} else if (!strcmp(arg, "--shrink")) {
			shrinks = true;
		} else if (!strcmp(arg, "--traces")) {
			run_traces = true;
		} else if (!value) {
			return usage();
		} else if (!strcmp(arg, "--replay")) {
			replay = true;
		} else if (!strcmp(arg, "--model")) {
			model_every = atoi(argv[++i]);
		} else if (!strcmp(arg, "--steps")) {
			steps = atoi(argv[++i]);
		} else if (!strcmp(arg, "--seconds")) {
			seconds = atoi(argv[++i]);
		} else if (!strcmp(arg, "--seed")) {
			from = to = strtoull(argv[++i], NULL, 10);
			seeds = true;
		} else if (!strcmp(arg, "--seeds")) {
			from = strtoull(argv[++i], &dash, 10);
			to = *dash && dash[1] ? strtoull(dash + 1, NULL, 10) :
						~0ULL;
			seeds = true;
		} else {
			return usage();
		}
	}
	if (steps > MAX_STEPS)
		steps = MAX_STEPS;
	if (seeds && run_tells) {
		run_seeds(from, to, 0);
		return 0;
	}
	if (replay && sim_listening)
		model_every = model_every ? 1 : 0;
	if (replay && (run_traces || run_tells)) {
		if (!read_list(argv[i], &list))
			return 2;
		run_list(&list);
		return 0;
	}
	if (replay)
		return do_lists(argv + i, argc - i, shrinks);
	if (!seeds)
		return usage();
	status = collect ? do_collect(from, to, seconds) :
			   do_seeds(from, to, seconds, small);
	if (stats)
		tell_steps();
	return status;
}

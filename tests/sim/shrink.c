// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shrinking: delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating
 * Failure-Inducing Input", IEEE TSE 28(2), 2002) of the list of steps, then of
 * what each step says, so that little is left but what matters.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model.h"
#include "run.h"
#include "shrink.h"
#include "sim.h"

/* The child's stderr, which says what was wrong */
static int log_fd = -1;

#define SECONDS	20

pid_t outcome_fork(void)
{
	pid_t pid;

	if (log_fd < 0)
		log_fd = memfd_create("stderr", 0);
	fflush(stdout);
	if (log_fd < 0 || ftruncate(log_fd, 0) ||
	    lseek(log_fd, 0, SEEK_SET))
		exit(2);
	pid = fork();
	if (pid < 0)
		exit(2);
	if (!pid)
		dup2(log_fd, STDERR_FILENO);
	return pid;
}

/* The first place in this program that a sanitizer names */
static void first_frame(char *to, size_t size, const char *line)
{
	const char *at = strstr(line, "/sim+0x");

	if (at && !strstr(to, " at 0x"))
		snprintf(to + strlen(to), size - strlen(to), " at %.*s",
			 (int)strcspn(at + 5, ")"), at + 5);
}

static void kind_of(struct outcome *outcome)
{
	static const char asan[] = "ERROR: AddressSanitizer: ";
	static const char own[] = "sim: failure: ";
	static char text[1 << 16];
	char *line, *left = text, *at;
	ssize_t n = pread(log_fd, text, sizeof(text) - 1, 0);

	text[n < 0 ? 0 : n] = '\0';
	while ((line = strsep(&left, "\n"))) {
		at = strstr(line, own);
		if (at) {
			snprintf(outcome->kind, sizeof(outcome->kind),
				 "%.250s", at + sizeof(own) - 1);
			return;
		}
		at = strstr(line, asan);
		if (at) {
			at += sizeof(asan) - 1;
			snprintf(outcome->kind, sizeof(outcome->kind),
				 "%.*s", (int)strcspn(at, " "), at);
		}
		at = strstr(line, "runtime error: ");
		if (at)
			snprintf(outcome->kind, sizeof(outcome->kind),
				 "%.200s", line);
		if (outcome->kind[0])
			first_frame(outcome->kind, sizeof(outcome->kind),
				    line);
	}
}

void outcome_wait(pid_t pid, struct outcome *outcome)
{
	int status;

	memset(outcome, 0, sizeof(*outcome));
	while (waitpid(pid, &status, 0) != pid)
		;
	outcome->failed = status;
	if (!status)
		return;
	kind_of(outcome);
	if (WIFSIGNALED(status))
		snprintf(outcome->kind, sizeof(outcome->kind), "signal %d",
			 WTERMSIG(status));
}

void outcome_of(const struct list *list, struct outcome *outcome)
{
	pid_t pid = outcome_fork();

	if (!pid) {
		run_patience(SECONDS);
		run_list(list);
		_exit(0);
	}
	outcome_wait(pid, outcome);
}

static bool fails(const struct list *list, const char *kind)
{
	struct outcome outcome;

	outcome_of(list, &outcome);
	return outcome.failed && !strcmp(outcome.kind, kind);
}

/*
 * Candidates are tried one after another in one child, since most of them do not
 * fail and a child is dear.
 */
typedef bool candidate_fn(const struct list *list, unsigned int which,
			  unsigned int n, struct list *next);

static struct list next;

/* The first candidate from @from on that fails alike, else @end */
static unsigned int first_failing(const struct list *list, unsigned int from,
				  unsigned int end, unsigned int n,
				  candidate_fn *make, const char *kind)
{
	struct outcome outcome;
	unsigned int i;
	pid_t pid;

	while (from < end) {
		pid = outcome_fork();
		if (!pid) {
			for (i = from; i < end; i++) {
				shared->candidate = i;
				run_patience(SECONDS);
				if (make(list, i, n, &next))
					run_list(&next);
			}
			_exit(0);
		}
		outcome_wait(pid, &outcome);
		if (!outcome.failed)
			return end;
		if (!strcmp(outcome.kind, kind))
			return shared->candidate;
		from = shared->candidate + 1;
	}
	return end;
}

static void copy(struct list *to, const struct list *from)
{
	to->seed = from->seed;
	to->n = from->n;
	memcpy(to->step, from->step, from->n * sizeof(*from->step));
}

/* Without the @n steps from the @which-th @n on */
static bool without(const struct list *list, unsigned int which,
		    unsigned int n, struct list *to)
{
	unsigned int at = which * n, end = at + n;

	if (at >= list->n)
		return false;
	if (end > list->n)
		end = list->n;
	to->seed = list->seed;
	to->n = list->n - (end - at);
	memcpy(to->step, list->step, at * sizeof(*to->step));
	memcpy(to->step + at, list->step + end,
	       (list->n - end) * sizeof(*to->step));
	return true;
}

static bool fewer(struct list *list, const char *kind)
{
	unsigned int n, at, end;
	bool any = false;

	for (n = list->n / 2; n; n /= 2) {
		at = 0;
		for (;;) {
			end = (list->n + n - 1) / n;
			at = first_failing(list, at, end, n, without, kind);
			if (at >= end)
				break;
			without(list, at, n, &next);
			copy(list, &next);
			any = true;
		}
	}
	return any;
}

/* What a step cannot do without */
static bool needed(enum op op, enum arg arg)
{
	switch (arg) {
	case ARG_PREFIX:
	case ARG_CLASS:
	case ARG_ISP:
	case ARG_NAME:
	case ARG_DEV:
	case ARG_NET:
	case ARG_SRC:
	case ARG_DST:
	case ARG_FLAGS:
	case ARG_WHAT:
	case ARG_SIZE:
	case ARG_SYSCTL:
	case ARG_VALUE:
		return true;
	case ARG_MODE:
		return op == OP_MODE;
	case ARG_N:
		return op == OP_TIME || op == OP_DEV_ADD ||
		       op == OP_DEV_MOVE || op == OP_FAIL;
	default:
		return false;
	}
}

/* A step that is not interrupted, or says a word less */
static bool shorter(const struct list *list, unsigned int which,
		    unsigned int n, struct list *to)
{
	const struct step *step = &list->step[which / n];
	int arg = which % n;

	if (arg == ARGS ? !step->slice :
	    step->arg[arg] == NONE || needed(step->op, arg))
		return false;
	copy(to, list);
	if (arg == ARGS)
		to->step[which / n].slice = 0;
	else
		to->step[which / n].arg[arg] = NONE;
	return true;
}

static bool simpler(struct list *list, const char *kind)
{
	unsigned int at = 0, end = list->n * (ARGS + 1);
	bool any = false;

	for (;;) {
		at = first_failing(list, at, end, ARGS + 1, shorter, kind);
		if (at >= end)
			return any;
		shorter(list, at, ARGS + 1, &next);
		copy(list, &next);
		any = true;
	}
}

void shrink(struct list *list, const char *kind)
{
	unsigned int every = model_every;
	bool any;

	/* Without the model it is faster, where the model has not found it */
	model_every = 0;
	if (!fails(list, kind))
		model_every = 1;
	if (model_every && !fails(list, kind))
		model_every = every;
	if (model_every > 1 && !fails(list, kind)) {
		printf("# it does not fail again; the list is as it was\n");
		return;
	}
	do {
		any = fewer(list, kind);
		any |= simpler(list, kind);
	} while (any);
	model_every = every;
}

/* Once more, with all that can be said of the failure */
void run_aloud(const struct list *list)
{
	char name[] = "/tmp/sim.XXXXXX", text[512], every[16];
	int fd = mkstemp(name);
	unsigned int i;
	FILE *to;
	pid_t pid;

	if (fd < 0)
		return;
	to = fdopen(fd, "w");
	fprintf(to, "seed %llu\n", (unsigned long long)list->seed);
	for (i = 0; i < list->n; i++) {
		step_print(text, sizeof(text), &list->step[i]);
		fprintf(to, "%s\n", text);
	}
	fclose(to);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		dup2(STDOUT_FILENO, STDERR_FILENO);
		setenv("ASAN_OPTIONS", "symbolize=1", 1);
		setenv("UBSAN_OPTIONS", "symbolize=1", 1);
		snprintf(every, sizeof(every), "%u", model_every);
		execl("/proc/self/exe", "sim", "--model", every,
		      run_graces ? "--traces" : "--no-grace",
		      "--traces", "--replay", name, NULL);
		_exit(2);
	}
	waitpid(pid, NULL, 0);
	unlink(name);
}

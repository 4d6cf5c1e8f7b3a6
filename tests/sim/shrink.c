// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shrinking: delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating
 * Failure-Inducing Input", IEEE TSE 28(2), 2002) of the list of steps, then of
 * what each step says, so that little is left but what matters.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"
#include "shrink.h"
#include "sim.h"

/* The child's stderr, which says what was wrong */
static FILE *log_file;

#define SECONDS	20

pid_t outcome_fork(void)
{
	pid_t pid;

	if (!log_file)
		log_file = tmpfile();
	if (!log_file)
		exit(2);
	fflush(stdout);
	rewind(log_file);
	if (ftruncate(fileno(log_file), 0))
		exit(2);
	pid = fork();
	if (pid < 0)
		exit(2);
	if (!pid)
		dup2(fileno(log_file), STDERR_FILENO);
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
	char line[1024], *at;

	rewind(log_file);
	while (fgets(line, sizeof(line), log_file)) {
		line[strcspn(line, "\n")] = '\0';
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
		alarm(SECONDS);
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

static struct list next;

/* Without @n steps from @at on */
static bool without(struct list *list, unsigned int at, unsigned int n,
		    const char *kind)
{
	next.seed = list->seed;
	next.n = list->n - n;
	memcpy(next.step, list->step, at * sizeof(*next.step));
	memcpy(next.step + at, list->step + at + n,
	       (next.n - at) * sizeof(*next.step));
	if (!fails(&next, kind))
		return false;
	list->n = next.n;
	memcpy(list->step, next.step, next.n * sizeof(*next.step));
	return true;
}

static bool fewer(struct list *list, const char *kind)
{
	unsigned int n, at;
	bool any = false;

	for (n = list->n / 2; n; n /= 2) {
		for (at = 0; at + n <= list->n;) {
			if (without(list, at, n, kind))
				any = true;
			else
				at += n;
		}
	}
	return any;
}

static bool try(struct list *list, struct step *step,
		const struct step *simpler, const char *kind)
{
	struct step was = *step;

	if (!memcmp(step, simpler, sizeof(was)))
		return false;
	*step = *simpler;
	if (fails(list, kind))
		return true;
	*step = was;
	return false;
}

/* Fewer interruptions, fewer words */
static bool simpler(struct list *list, const char *kind)
{
	struct step step;
	bool any = false;
	unsigned int i;
	int arg;

	for (i = 0; i < list->n; i++) {
		step = list->step[i];
		step.slice = 0;
		any |= try(list, &list->step[i], &step, kind);
		for (arg = 0; arg < ARGS; arg++) {
			if (arg == ARG_PREFIX || arg == ARG_CLASS ||
			    arg == ARG_ISP || arg == ARG_NAME ||
			    arg == ARG_DEV || arg == ARG_NET ||
			    arg == ARG_SRC || arg == ARG_DST ||
			    arg == ARG_WHAT || arg == ARG_SIZE ||
			    arg == ARG_SYSCTL || arg == ARG_VALUE ||
			    (arg == ARG_MODE && list->step[i].op == OP_MODE) ||
			    (arg == ARG_N &&
			     (list->step[i].op == OP_TIME ||
			      list->step[i].op == OP_DEV_ADD ||
			      list->step[i].op == OP_DEV_MOVE ||
			      list->step[i].op == OP_FAIL)))
				continue;
			step = list->step[i];
			step.arg[arg] = NONE;
			any |= try(list, &list->step[i], &step, kind);
		}
	}
	return any;
}

void shrink(struct list *list, const char *kind)
{
	bool any;

	if (!fails(list, kind)) {
		printf("# it does not fail again; the list is as it was\n");
		return;
	}
	do {
		any = fewer(list, kind);
		any |= simpler(list, kind);
	} while (any);
}

/* Once more, with all that can be said of the failure */
void run_aloud(const struct list *list)
{
	char name[] = "/tmp/sim.XXXXXX", text[512];
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
		execl("/proc/self/exe", "sim", sim_new ? "--new" : "--traces",
		      "--traces", "--replay", name, NULL);
		_exit(2);
	}
	waitpid(pid, NULL, 0);
	unlink(name);
}

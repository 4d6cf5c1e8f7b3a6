// SPDX-License-Identifier: GPL-2.0-only
/*
 * Samples of the counters, a line of JSON each
 *
 * A line is added by one write, so that a power cut can tear the last one only;
 * what is torn is no sample, and the next one begins on a line of its own. Once a
 * day the file is written anew without what has become old.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history.h"
#include "list.h"

#define DAY 86400
#define KEPT (8 * DAY)
#define MODE 0640	/* it names customers */

/**
 * history_last() - when a file got its last sample
 * @path: its name
 *
 * That is the time of the file, so that nobody has to look for its last line.
 *
 * Return: in seconds since 1970; 0: it has none.
 */
uint64_t history_last(const char *path)
{
	struct stat st;

	return stat(path, &st) || st.st_mtime < 0 || !st.st_size ?
	       0 : st.st_mtime;
}

/* A sample says it first. */
static uint64_t time_of(const char *line)
{
	uint64_t time;

	return sscanf(line, "{\"time\":%" SCNu64, &time) == 1 ? time : 0;
}

/* The next line, without its end; false: there is none, or it is torn */
static bool next_line(FILE *file, char **line, size_t *cap, bool *torn)
{
	ssize_t size = getline(line, cap, file);

	*torn = size > 0 && (*line)[size - 1] != '\n';
	if (size > 0 && !*torn)
		(*line)[size - 1] = '\0';
	return size > 0 && !*torn;
}

/**
 * struct prune - a file to be written anew
 * @old: the old one
 * @since: from when on samples are kept
 */
struct prune {
	FILE *old;
	uint64_t since;
};

static void write_recent(FILE *file, const void *data)
{
	const struct prune *prune = data;
	char *line = NULL;
	size_t cap = 0;
	bool torn;

	while (next_line(prune->old, &line, &cap, &torn))
		if (time_of(line) >= prune->since)
			fprintf(file, "%s\n", line);
	free(line);
}

/* By the earlier of two times, since a clock can be wrong, as after a boot */
static int prune(const char *path, uint64_t now, uint64_t last)
{
	uint64_t end = last && last < now ? last : now;
	struct prune it = {
		.old = fopen(path, "re"), .since = end > KEPT ? end - KEPT : 0,
	};
	int status = STATUS_OK;
	char *line = NULL;
	size_t cap = 0;
	bool torn, old;

	if (!it.old)
		return STATUS_OK;
	old = next_line(it.old, &line, &cap, &torn) &&
	      time_of(line) + DAY < it.since;
	free(line);
	rewind(it.old);
	if (old)
		status = file_replace(path, MODE, write_recent, &it);
	fclose(it.old);
	return status;
}

/* All of it or nothing, and on the disk */
static bool add(int fd, const char *line)
{
	off_t end = lseek(fd, 0, SEEK_END);
	size_t size = strlen(line);
	char last = '\n';
	int error;

	if (end < 0 || (end && pread(fd, &last, 1, end - 1) != 1))
		return false;
	if (last == '\n') {
		line++;
		size--;
	}
	if (write(fd, line, size) == (ssize_t)size && !fdatasync(fd))
		return true;
	error = errno ? errno : ENOSPC;
	if (ftruncate(fd, end))
		warn("a torn line is left: %s", strerror(errno));
	errno = error;
	return false;
}

/* What is no sample, also one that did not get in, leaves history_last() alone. */
static void stamp(int fd, uint64_t time)
{
	struct timespec at = { .tv_sec = time };

	futimens(fd, (struct timespec []){ at, at });
}

static int append(const char *path, const char *line, uint64_t now)
{
	uint64_t last = history_last(path);
	int fd, status = prune(path, now, last);
	bool done;

	if (status)
		return status;
	fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY,
		  MODE);
	errno = fd >= 0 ? 0 : errno;
	done = fd >= 0 && add(fd, line);
	if (!done)
		status = fail_as(errno, "%s: %s", path, cannot("written"));
	if (fd >= 0) {
		stamp(fd, done ? now : last);
		close(fd);
	}
	return status;
}

/**
 * history_append() - add a sample to a file
 * @path: its name
 * @sample: the sample, whose first name is "time"
 * @now: in seconds since 1970
 *
 * Return: STATUS_OK or STATUS_FAILED.
 */
int history_append(const char *path, const json_t *sample, uint64_t now)
{
	char *text = json_dumps(sample, JSON_COMPACT), *line = NULL;
	int locked, status;

	/* The line end before it is for what a power cut has torn. */
	if (!text || asprintf(&line, "\n%s\n", text) < 0) {
		free(text);
		return fail("cannot make the JSON document");
	}
	locked = file_lock(path);
	if (locked < 0)
		status = fail_as(errno, "%s: %s", path, cannot("written"));
	else
		status = append(path, line, now);
	if (locked >= 0)
		close(locked);
	free(text);
	free(line);
	return status;
}

/* What has to be there; the rest is looked at where it is used. */
static bool is_sample(const json_t *sample)
{
	return json_integer_value(json_object_get(sample, "time")) > 0 &&
	       json_is_string(json_object_get(sample, "counters")) &&
	       json_is_object(json_object_get(sample, "isps"));
}

static void tell_odd(const char *path, size_t odd, size_t first, bool torn)
{
	if (odd)
		warn("%s:%zu: is no sample, and left out%s", path, first,
		     odd > 1 ? text_print(", and so are %zu more", odd - 1) :
			       "");
	if (torn)
		warn("%s: the last line is torn, and left out", path);
}

/**
 * history_read() - all samples of a file
 * @path: its name
 * @take: is called with each, in the order in which they were added
 * @data: for @take
 *
 * Return: STATUS_OK or STATUS_FAILED.
 */
int history_read(const char *path, sample_fn *take, void *data)
{
	FILE *file = fopen(path, "re");
	size_t cap = 0, n = 0, odd = 0, first = 0;
	int status = STATUS_OK;
	char *line = NULL;
	json_t *sample;
	bool torn;

	if (!file)
		return fail_as(errno, "%s: %s", path, cannot("opened"));
	while (next_line(file, &line, &cap, &torn)) {
		n++;
		sample = json_loads(line, 0, NULL);
		if (is_sample(sample))
			take(sample, data);
		else if (!odd++)
			first = n;
		json_decref(sample);
	}
	if (ferror(file))
		status = fail_as(errno, "%s: %s", path, cannot("read"));
	else
		tell_odd(path, odd, first, torn);
	fclose(file);
	free(line);
	return status;
}

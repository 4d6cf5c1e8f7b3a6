// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files as a whole, and lists of prefixes
 *
 * A list holds one prefix a line; blank lines and # comments count for
 * nothing. A router's lists have a million lines, so the common line, which
 * is a prefix and nothing else, takes one pass and no copy.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "list.h"

#define MAX_LINE 4096
#define STEP (256UL << 10)

/* Room for the whole of a regular file at once, and for two NUL behind it. */
static size_t first_cap(int fd, size_t most)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size <= 0 ||
	    (size_t)st.st_size > most)
		return STEP;
	return st.st_size + 3;
}

static ssize_t read_some(int fd, char *at, size_t room)
{
	ssize_t got;

	do {
		got = read(fd, at, room);
	} while (got < 0 && errno == EINTR);
	return got;
}

/* The whole of a descriptor, up to a NUL, which ends in one of our own. */
static const char *read_all(int fd, size_t most, char **text, size_t *size)
{
	size_t cap = first_cap(fd, most);
	const char *start;
	ssize_t got;

	*text = xrealloc(*text, cap, 1);
	do {
		if (cap - *size < 3) {
			cap *= 2;
			*text = xrealloc(*text, cap, 1);
		}
		start = *text + *size;
		got = read_some(fd, *text + *size, cap - *size - 2);
		if (got < 0)
			return errno == EISDIR ?
			       "is a directory, not a file" : cannot("read");
		*size += got;
		if (*size > most)
			return text_print("is larger than %zu MiB", most >> 20);
	} while (got && !memchr(start, '\0', got));
	memset(*text + *size, 0, 2);
	return NULL;
}

/**
 * file_line() - the line of a place in a text
 * @text: the text
 * @at: the place
 *
 * Return: its number, 1 for the first.
 */
uint32_t file_line(const char *text, const char *at)
{
	uint32_t line = 1;

	while ((text = memchr(text, '\n', at - text))) {
		text++;
		line++;
	}
	return line;
}

/**
 * file_name() - what messages call a file
 * @path: its name; "-" is stdin
 *
 * Return: the name.
 */
const char *file_name(const char *path)
{
	return strcmp(path, "-") ? path : "stdin";
}

/* What cannot be in any text file that we read. */
static const char *text_file_fault(const char *text, size_t size,
				   uint32_t *line)
{
	const char *nul = memchr(text, '\0', size);

	*line = 1;
	if (size >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		return "begins with a byte order mark; save it as plain UTF-8";
	if (size >= 2 && (!memcmp(text, "\xff\xfe", 2) ||
			  !memcmp(text, "\xfe\xff", 2)))
		return "is UTF-16; save it as plain UTF-8";
	*line = nul ? file_line(text, nul) : 0;
	return nul ? "a NUL byte; this is no text file" : NULL;
}

/**
 * file_read() - the whole of a file, a FIFO, or stdin
 * @path: its name; "-" is stdin
 * @most: how many bytes it may have
 * @text: where to put the text, two NUL behind it; the caller frees it, also
 *	after a fault
 * @size: where to put its length
 * @line: where to put the line of the fault, 0 for the file as a whole
 *
 * Return: what is wrong, or NULL.
 */
const char *file_read(const char *path, size_t most, char **text, size_t *size,
		      uint32_t *line)
{
	bool is_stdin = !strcmp(path, "-");
	const char *fault;
	int fd = 0;

	*text = NULL;
	*size = 0;
	*line = 0;
	if (!is_stdin)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return cannot("opened");
	fault = read_all(fd, most, text, size);
	if (!is_stdin)
		close(fd);
	return fault ? fault : text_file_fault(*text, *size, line);
}

/* The line without its end, comment, and blanks around. */
static const char *trim(const char *at, const char **end)
{
	const char *comment;

	while (at < *end && (*at == ' ' || *at == '\t'))
		at++;
	comment = memchr(at, '#', *end - at);
	if (comment)
		*end = comment;
	while (at < *end && ((*end)[-1] == ' ' || (*end)[-1] == '\t' ||
			     (*end)[-1] == '\r'))
		(*end)--;
	return at;
}

static void line_fault(const char *at, const char *end, const char *why,
		       struct place place, struct faults *faults)
{
	const char *blank;

	for (blank = at; blank < end && !strchr(" \t,;", *blank); blank++)
		;
	if (*at == '@')
		why = "a list cannot name another list";
	else if (blank < end)
		why = "a list has one prefix a line";
	faults_add(faults, place, "%s: %s", quote(at, end - at), why);
}

static void parse_line(const char *start, const char *end, struct place place,
		       struct prefixes *list, struct faults *faults)
{
	const char *at, *fault;
	struct prefix p;

	if (end - start > MAX_LINE) {
		faults_add(faults, place, "a line of %zu bytes; a list has one prefix a line",
			   (size_t)(end - start));
		return;
	}
	at = trim(start, &end);
	if (at == end)
		return;
	place.column = at - start + 1;
	fault = cidr_read(at, end - at, &p);
	if (fault)
		line_fault(at, end, fault, place, faults);
	else
		prefixes_add(list, &p, place);
}

/**
 * list_read() - the prefixes of a list in a file
 * @path: its name; "-" is stdin
 * @policy: where to name the file
 * @list: where to add them
 * @faults: where to note what is wrong in it
 *
 * Return: why it could not be read at all, or NULL.
 */
const char *list_read(const char *path, struct policy *policy,
		      struct prefixes *list, struct faults *faults)
{
	const char *fault, *at, *end, *stop;
	struct place place = { 0 };
	size_t size;
	char *text;

	fault = file_read(path, LIST_SIZE, &text, &size, &place.line);
	if (!fault || place.line)
		place.file = policy_file(policy, file_name(path));
	if (fault && place.line) {
		faults_add(faults, place, "%s", fault);
		fault = NULL;
		size = 0;
	}
	stop = text + size;
	for (at = text; !fault && at < stop; at = end + 1) {
		end = memchr(at, '\n', stop - at);
		if (!end)
			end = stop;
		place.line++;
		parse_line(at, end, place, list, faults);
		if (!(place.line & 0xffff))
			progress("reading %s: %u lines", file_name(path),
				 place.line);
	}
	progress_end();
	free(text);
	return fault;
}

/**
 * file_text() - what a file would have
 * @write: what writes it
 * @data: for @write
 *
 * Return: that, to be freed; NULL after saying that there is no memory.
 */
char *file_text(write_fn *write, const void *data)
{
	char *text = NULL;
	size_t size;
	FILE *file;

	file = open_memstream(&text, &size);
	if (file) {
		write(file, data);
		if (!fclose(file))
			return text;
	}
	free(text);
	fail("out of memory");
	return NULL;
}

/* Writes and closes it; if @sync, the disk must have it. If not, errno says why. */
static bool fill(int fd, write_fn *write, const void *data, bool sync)
{
	FILE *file = fdopen(fd, "w");
	bool done;

	if (!file) {
		close(fd);
		return false;
	}
	write(file, data);
	done = !fflush(file) && !ferror(file) && (!sync || !fsync(fd));
	return !fclose(file) && done;
}

static int open_directory(const char *path)
{
	char *copy = xstrdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	free(copy);
	return fd;
}

/**
 * file_lock() - have the folder of a file for oneself, among those who ask
 * @path: name of the file, which may be replaced meanwhile
 *
 * Return: what to close in the end; -1: errno says why not.
 */
int file_lock(const char *path)
{
	int fd = open_directory(path);

	if (fd >= 0 && flock(fd, LOCK_EX)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* The rename itself must outlast a power cut as well */
static void sync_directory(const char *path)
{
	int fd = open_directory(path);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
}

/* Those of the file that it replaces, or as the umask has it; never more */
static mode_t mode_for(const char *path, mode_t most)
{
	struct stat st;
	mode_t mask;

	if (!stat(path, &st))
		return st.st_mode & most;
	mask = umask(0);
	umask(mask);
	return most & ~mask;
}

/**
 * file_replace() - put a file in the place of another, or none
 * @path: its name; where it is a link, that stays, and what it leads to is meant
 * @most: the permissions that it may have at most
 * @write: what writes the new one
 * @data: for @write
 *
 * Whoever reads it, also after a power cut, reads all of the old or all of the
 * new one.
 *
 * Return: STATUS_OK or STATUS_FAILED.
 */
int file_replace(const char *path, mode_t most, write_fn *write,
		 const void *data)
{
	char *linked = realpath(path, NULL);
	const char *target = linked ? linked : path;
	size_t size = strlen(target) + sizeof(".XXXXXX");
	char *temporary = xrealloc(NULL, size, 1);
	bool done;
	int fd;

	snprintf(temporary, size, "%s.XXXXXX", target);
	fd = mkstemp(temporary);
	done = fd >= 0 && !fchmod(fd, mode_for(target, most)) &&
	       fill(fd, write, data, true) && !rename(temporary, target);
	if (done) {
		sync_directory(target);
	} else {
		fail("%s: cannot be written: %s", path, strerror(errno));
		if (fd >= 0)
			unlink(temporary);
	}
	free(temporary);
	free(linked);
	return done ? STATUS_OK : STATUS_FAILED;
}

/* A device or a FIFO is written to; to rename over it would take its place. */
static int write_device(const char *path, write_fn *write, const void *data)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0 && fill(fd, write, data, false))
		return STATUS_OK;
	return fail("%s: cannot be written: %s", path, strerror(errno));
}

/**
 * file_write() - write to what was named, which may be no file
 * @path: its name
 * @most: the permissions that a file may have at most
 * @write: what writes it
 * @data: for @write
 *
 * A file is replaced as by file_replace().
 *
 * Return: STATUS_OK or STATUS_FAILED.
 */
int file_write(const char *path, mode_t most, write_fn *write,
	       const void *data)
{
	struct stat st;

	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		return write_device(path, write, data);
	return file_replace(path, most, write, data);
}

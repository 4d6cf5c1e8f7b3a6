// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel answers to the program, by libFuzzer
 *
 * An input is a command and what comes when it listens:
 *
 *	byte	which of the commands below; 0x80: with -j
 *	byte	flags, see below
 *	then of each datagram u16 (little endian) its length, and the datagram
 *
 * A length of 0 is a failure of the socket. A message of type 0 is one of the
 * family, and a sequence number of 0 is that of the request at hand. Where
 * nothing is left, requests are acknowledged. Whatever came, the program must
 * end, print so much and no more, and with -j one JSON document.
 */
#include <errno.h>
#include <poll.h>
#include <sanitizer/asan_interface.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <linux/genetlink.h>

#define FAMILY 0x20
#define JSON 0x80

#define FLAG_FAMILY 1	/* the answer of the controller is one of the input */
#define FLAG_LOST 2	/* where nothing is left the socket fails */
#define FLAG_WIDE 4

/* Stdout is not the program's own. */
#define setvbuf(stream, buffer, mode, size) ((void)0)
#define main program_main
#include "main.c"
#include "monitor.c"
#undef setvbuf
#undef main

static const uint8_t *at, *end;
static uint8_t flags;
static uint32_t seq;
static bool of_controller, due;

/* In all of the program: nothing shall end between two looks at it. */
time_t time(time_t *now)
{
	if (now)
		*now = 1800000000;
	return 1800000000;
}

int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left);

int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left)
{
	return 0;
}

/* The other end of the socket */

struct mnl_socket {
	int none;
};

struct mnl_socket *mnl_socket_open2(int bus, int how)
{
	return calloc(1, sizeof(struct mnl_socket));
}

int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	return 0;
}

int mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *value,
			  socklen_t size)
{
	return 0;
}

int mnl_socket_get_fd(const struct mnl_socket *nl)
{
	return -1;
}

unsigned int mnl_socket_get_portid(const struct mnl_socket *nl)
{
	return 1;
}

int mnl_socket_close(struct mnl_socket *nl)
{
	free(nl);
	return 0;
}

/* What is asked does not matter, but for whom, and by which number. */
ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *bytes,
			  size_t size)
{
	const struct nlmsghdr *request;
	int left = size;

	for (request = bytes; mnl_nlmsg_ok(request, left);
	     request = mnl_nlmsg_next(request, &left)) {
		of_controller = request->nlmsg_type == GENL_ID_CTRL;
		seq = request->nlmsg_seq;
	}
	due = true;
	if (left)
		abort();
	return size;
}

static size_t put_family(char *buffer)
{
	struct nlmsghdr *answer = mnl_nlmsg_put_header(buffer);
	struct nlattr *groups, *group;

	answer->nlmsg_type = GENL_ID_CTRL;
	answer->nlmsg_seq = seq;
	mnl_nlmsg_put_extra_header(answer, sizeof(struct genlmsghdr));
	mnl_attr_put_u16(answer, CTRL_ATTR_FAMILY_ID, FAMILY);
	groups = mnl_attr_nest_start(answer, CTRL_ATTR_MCAST_GROUPS);
	group = mnl_attr_nest_start(answer, 1);
	mnl_attr_put_u32(answer, CTRL_ATTR_MCAST_GRP_ID, 1);
	mnl_attr_put_strz(answer, CTRL_ATTR_MCAST_GRP_NAME, OBPBL_GENL_EVENTS);
	mnl_attr_nest_end(answer, group);
	mnl_attr_nest_end(answer, groups);
	return MNL_ALIGN(answer->nlmsg_len);
}

static size_t put_done(char *buffer)
{
	struct nlmsghdr *answer = mnl_nlmsg_put_header(buffer);

	answer->nlmsg_type = NLMSG_DONE;
	answer->nlmsg_seq = seq;
	mnl_nlmsg_put_extra_header(answer, sizeof(int));
	return answer->nlmsg_len;
}

/* The next datagram of the input; negative: none is left */
static ssize_t take_datagram(char *buffer, size_t size)
{
	struct nlmsghdr *message = (void *)buffer;
	size_t length;
	int left;

	if (end - at < 2)
		return -1;
	length = at[0] | at[1] << 8;
	at += 2;
	if (length > (size_t)(end - at))
		length = end - at;
	if (length > size)
		length = size;
	memcpy(buffer, at, length);
	at += length;
	left = length;
	for (; nl_whole(message, left);
	     message = mnl_nlmsg_next(message, &left)) {
		if (!message->nlmsg_type)
			message->nlmsg_type = FAMILY;
		if (!message->nlmsg_seq)
			message->nlmsg_seq = seq;
	}
	return length;
}

static ssize_t answer(char *buffer, size_t size, int how)
{
	ssize_t got;
	size_t used;

	if (due && of_controller && !(flags & FLAG_FAMILY)) {
		due = false;
		used = put_family(buffer);
		return used + put_done(buffer + used);
	}
	got = take_datagram(buffer, size);
	if (got > 0)
		return got;
	errno = !got ? ENOBUFS : how & MSG_DONTWAIT ? EAGAIN : ECONNRESET;
	if (!got || how & MSG_DONTWAIT || flags & FLAG_LOST)
		return -1;
	return put_done(buffer);
}

ssize_t __wrap_recv(int fd, void *buffer, size_t size, int how);

/* Beyond what has come nobody may look, where it is no stack that is in use. */
ssize_t __wrap_recv(int fd, void *buffer, size_t size, int how)
{
	ssize_t got;

	ASAN_UNPOISON_MEMORY_REGION(buffer, size);
	got = answer(buffer, size, how);
	if (got > 0 && buffer == nl.receive)
		ASAN_POISON_MEMORY_REGION((char *)buffer + got, size - got);
	return got;
}

/* Events come until there are no more of them. */
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	nfds_t i;

	for (i = 0; i < n; i++)
		fds[i].revents = 0;
	fds[0].revents = POLLIN;
	stopped = end - at < 2;
	return 1;
}

/* Signals are the fuzzer's. */
void __wrap_stop_on_signals(void);

void __wrap_stop_on_signals(void)
{
}

/* Connections are not what this is about. */
json_int_t conntrack_end(struct nl *socket)
{
	return 0;
}

/* The program */

#define WORDS 16

static const char policy[] =
	"isp alpha {\n"
	"    mode = enforce  vrf = red  limit = 10/1h\n"
	"    space = { 203.0.113.0/24, 2001:db8::/32 }\n"
	"    dynamic = { 203.0.113.0/25, 2001:db8:1::/48 }\n"
	"    relay = { 203.0.113.200 }\n"
	"}\n"
	"isp gamma { dynamic = { 192.0.2.0/24 } }\n"
	"exempt 203.0.113.9 { isp = alpha  for = 7d  reason = \"a test\" }\n";

static char file[32];

static const char *const commands[][WORDS] = {
	{ "show" },
	{ "show", "isp", "alpha", "-w" },
	{ "isp", "list" },
	{ "isp", "show", "alpha" },
	{ "isp", "set", "alpha", "mode", "enforce" },
	{ "prefix", "list", "isp", "alpha" },
	{ "prefix", "add", "203.0.113.0/25", "2001:db8::/48", "dynamic",
	  "isp", "alpha" },
	{ "export", "dynamic" },
	{ "exempt", "list" },
	{ "exempt", "replace", "203.0.113.9", "isp", "alpha", "for", "7d",
	  "reason", "a test" },
	{ "quarantine", "list", "203.0.113.0/24" },
	{ "purge" },
	{ "session", "list" },
	{ "session", "up", "dev", "ppp0", "addr", "203.0.113.5", "isp",
	  "alpha" },
	{ "stats" },
	{ "stats", "isp", "alpha" },
	{ "top", "--sort", "last" },
	{ "top", "-w", "--bots" },
	{ "metrics" },
	{ "shadow", "show" },
	{ "shadow", "promote", "--confirm", "600" },
	{ "confirm" },
	{ "rollback" },
	{ "test", "from", "203.0.113.7", "to", "192.0.2.25" },
	{ "test", "from", "2001:db8::7", "to", "2001:db8:25::1" },
	{ "save" },
	{ "diff", file },
	{ "apply", file, "--diff" },
	{ "apply", file, "--confirm", "600" },
	{ "apply", file, "--shadow" },
	{ "monitor" },
	{ "monitor", "isp", "alpha" },
	{ "version" },
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

static void make_file(void)
{
	int fd;

	if (*file)
		return;
	fd = memfd_create("policy", MFD_CLOEXEC);
	if (fd < 0 || write(fd, policy, strlen(policy)) < 0)
		abort();
	snprintf(file, sizeof(file), "/proc/self/fd/%d", fd);
}

/* As main() does it, but that a process serves many */
static int run_program(uint8_t which)
{
	const char *const *command = commands[which % JSON % COMMANDS];
	struct words words = { 0 };
	char *list[WORDS + 2];
	int status;

	memset(&options, 0, sizeof(options));
	memset(&failure, 0, sizeof(failure));
	stopped = stale = false;
	if (which & JSON)
		list[words.left++] = "-j";
	if (flags & FLAG_WIDE)
		list[words.left++] = "-w";
	while (*command)
		list[words.left++] = (char *)*command++;
	words.at = list;
	out_begin();
	status = run_line(&words);
	nl_close(&nl);
	out_end(status);
	return status;
}

/* A document; with events any number of them */
static void check_json(const char *text, size_t size, bool events)
{
	json_error_t error;
	json_t *document;

	if (!size && !events)
		abort();
	while (size) {
		document = json_loadb(text, size, JSON_DECODE_ANY |
				      JSON_REJECT_DUPLICATES |
				      JSON_DISABLE_EOF_CHECK, &error);
		if (!document)
			abort();
		json_decref(document);
		text += error.position;
		size -= error.position;
		if (*text == '\n')
			text++, size--;
		if (size && !events)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *before = stdout;
	size_t length;
	bool events;
	char *text;
	int status;

	if (size < 2)
		return 0;
	make_file();
	flags = data[1];
	at = data + 2;
	end = data + size;
	stdout = open_memstream(&text, &length);
	status = run_program(*data);
	fclose(stdout);
	stdout = before;
	if (status < STATUS_OK || status > STATUS_WOULD_BLOCK ||
	    length > 65536 + size * 1024)
		abort();
	events = !strcmp(commands[*data % JSON % COMMANDS][0], "monitor");
	if (*data & JSON)
		check_json(text, length, events);
	free(text);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Real packets through the router in whose namespace this runs: those of
 * corpus.py, one after another, by TUN devices.
 *
 *	inject check FILE DEV...	compares what comes out with what must
 *	inject differ FILE DEV...	only names what passed or not unlike it
 *	inject flood FILE TIMES DEV...	sends all that often, and reads nothing
 *
 * A packet written to a TUN device has been forwarded, dropped or answered when
 * write(2) returns, so that its fate can be read off at once. Every second
 * packet of more than a page is laid out by the kernel in two pieces.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>

#define DEVICES 4
#define LARGEST 9000
#define SHOWN 10

/* Headers that Linux walks for an RST of its own, since 7.0 */
#define WALKED 12

struct device {
	const char *name;
	int fd;
};

struct packet {
	int from;		/* index of the device it comes in by */
	bool six;
	size_t len;
	uint8_t bytes[LARGEST];
	bool passes;
	char reply[8];		/* reset, admin or - */
	char verdict[96];
};

static struct device devices[DEVICES];
static int device_count;

static void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

static int tun(const char *name)
{
	struct ifreq request = {
		.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR |
			     IFF_MULTI_QUEUE,
	};
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request))
		die("%s: %s", name, strerror(errno));
	return fd;
}

static void open_devices(char **names)
{
	for (; *names; names++) {
		if (device_count == DEVICES)
			die("too many devices");
		devices[device_count++] =
			(struct device){ *names, tun(*names) };
	}
}

static int device_of(const char *word)
{
	size_t len = strcspn(word, "/");
	int i;

	for (i = 0; i < device_count; i++)
		if (strlen(devices[i].name) == len &&
		    !strncmp(devices[i].name, word, len))
			return i;
	die("no device %s", word);
	return 0;
}

static uint8_t nibble(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* packet FAMILY IN OUT HEX VERDICT REASON ISP REPLY */
static void parse(char *line, struct packet *packet)
{
	char family, in[40], *hex, *end;
	char verdict[16], reason[32], isp[40];
	int at;
	size_t i;

	if (sscanf(line, "packet %c %39s %*s %n", &family, in, &at) != 2)
		die("not a packet: %.60s", line);
	hex = line + at;
	end = strchr(hex, ' ');
	if (!end || sscanf(end, "%15s %31s %39s %7s", verdict, reason, isp,
			   packet->reply) != 4)
		die("no verdict: %.60s", line);
	packet->from = device_of(in);
	packet->six = family == '6';
	packet->len = (end - hex) / 2;
	if (packet->len > LARGEST)
		die("too long: %zu", packet->len);
	for (i = 0; i < packet->len; i++)
		packet->bytes[i] = nibble(hex[2 * i]) << 4 |
				   nibble(hex[2 * i + 1]);
	packet->passes = strcmp(verdict, "block");
	snprintf(packet->verdict, sizeof(packet->verdict), "%s %s %s",
		 verdict, reason, isp);
}

static void put(const struct packet *packet, bool pieces)
{
	uint8_t frame[sizeof(struct virtio_net_hdr) + LARGEST];
	struct virtio_net_hdr head = { };
	size_t size = sizeof(head) + packet->len;

	if (pieces)
		head.hdr_len = packet->six ? 40 : 20;
	memcpy(frame, &head, sizeof(head));
	memcpy(frame + sizeof(head), packet->bytes, packet->len);
	if (write(devices[packet->from].fd, frame, size) != (ssize_t)size)
		die("write to %s: %s", devices[packet->from].name,
		    strerror(errno));
}

static const uint8_t *source(const uint8_t *bytes, bool six)
{
	return bytes + (six ? 8 : 12);
}

static const uint8_t *destination(const uint8_t *bytes, bool six)
{
	return bytes + (six ? 24 : 16);
}

struct seen {
	unsigned int passed;
	char reply[8];
	unsigned int replies;
	unsigned int others;
};

static void answer(struct seen *seen, const char *what)
{
	snprintf(seen->reply, sizeof(seen->reply), "%s", what);
	seen->replies++;
}

/* What the stack says by itself: no global source, or MLD, or a redirect */
static bool own(const uint8_t *got, ssize_t len)
{
	return len >= 48 && got[0] >> 4 == 6 &&
	       (got[8] >> 5 != 1 || (got[6] == 58 && got[40] >= 128));
}

/* A packet that came out: the one that went in, a reply to it, or neither */
static void look(const struct packet *sent, const uint8_t *got, ssize_t len,
		 struct seen *seen)
{
	size_t size = sent->six ? 16 : 4;
	const uint8_t *from = source(sent->bytes, sent->six);
	const uint8_t *to = destination(sent->bytes, sent->six);

	if (len < 20 || (got[0] >> 4 == 6) != sent->six) {
		seen->others += !own(got, len);
	} else if (!memcmp(source(got, sent->six), from, size) &&
		   !memcmp(destination(got, sent->six), to, size)) {
		seen->passed++;
	} else if (own(got, len)) {
		return;
	} else if (memcmp(destination(got, sent->six), from, size)) {
		seen->others++;
	} else if (!sent->six) {
		if (got[9] == 6 && got[33] & 4)
			answer(seen, "reset");
		else if (got[9] == 1 && got[20] == 3 && got[21] == 13)
			answer(seen, "admin");
		else
			seen->others++;
	} else if (got[6] == 6 && got[53] & 4) {
		answer(seen, "reset");
	} else if (got[6] == 58 && got[40] == 1 && got[41] == 1) {
		answer(seen, "admin");
	} else {
		seen->others++;
	}
}

static void collect(const struct packet *sent, struct seen *seen)
{
	const size_t head = sizeof(struct virtio_net_hdr);
	uint8_t frame[head + 65536];
	ssize_t len;
	int i;

	for (i = 0; i < device_count; i++)
		while ((len = read(devices[i].fd, frame, sizeof(frame))) > 0)
			look(sent, frame + head, len - head, seen);
}

/* Extension headers, of a packet whose chain the oracle has followed */
static unsigned int headers(const struct packet *packet)
{
	const uint8_t *bytes = packet->bytes;
	uint8_t next = bytes[6];
	unsigned int n = 0;
	size_t at = 40;

	while (at + 2 <= packet->len) {
		const uint8_t *header = bytes + at;

		switch (next) {
		case 0:
		case 43:
		case 60:
			at += (header[1] + 1) * 8;
			break;
		case 44:
			at += 8;
			break;
		case 51:
			at += (header[1] + 2) * 4;
			break;
		default:
			return n;
		}
		next = header[0];
		n++;
	}
	return n;
}

/* What this kernel can answer of what the oracle would */
static const char *reply_to(const struct packet *packet)
{
	static bool walks_all, asked;
	struct utsname name;

	if (!asked)
		walks_all = !uname(&name) && atoi(name.release) < 7;
	asked = true;
	if (!walks_all && packet->six && !strcmp(packet->reply, "reset") &&
	    headers(packet) > WALKED)
		return "-";
	return packet->reply;
}

static bool as_wanted(const struct packet *packet, const struct seen *seen)
{
	const char *reply = seen->replies ? seen->reply : "-";

	return seen->passed == packet->passes && seen->replies <= 1 &&
	       !strcmp(reply, reply_to(packet)) && !seen->others;
}

static FILE *open_file(const char *name)
{
	FILE *file = fopen(name, "r");

	if (!file)
		die("%s: %s", name, strerror(errno));
	return file;
}

static struct packet *load(const char *name, unsigned int *count)
{
	static char line[4 * LARGEST];
	struct packet *packets = NULL;
	unsigned int n = 0, room = 0;
	FILE *file = open_file(name);

	while (fgets(line, sizeof(line), file)) {
		if (n == room) {
			room += 1024;
			packets = realloc(packets, room * sizeof(*packets));
			if (!packets)
				die("no memory");
		}
		parse(line, &packets[n++]);
	}
	fclose(file);
	*count = n;
	return packets;
}

static void show(unsigned int number, const struct packet *packet,
		 const struct seen *seen)
{
	size_t i;

	printf("# packet %u by %s: oracle \"%s\", reply %s; passed %u, reply %s, %u others\n#   ",
	       number, devices[packet->from].name, packet->verdict,
	       reply_to(packet), seen->passed, seen->replies ? seen->reply : "-",
	       seen->others);
	for (i = 0; i < packet->len; i++)
		printf("%02x", packet->bytes[i]);
	putchar('\n');
}

static int check(const struct packet *packets, unsigned int count)
{
	unsigned int i, wrong = 0;
	struct seen seen;

	for (i = 0; i < count; i++) {
		memset(&seen, 0, sizeof(seen));
		put(&packets[i], i & 1);
		collect(&packets[i], &seen);
		if (!as_wanted(&packets[i], &seen) && wrong++ < SHOWN)
			show(i, &packets[i], &seen);
	}
	printf("%u packets, %u wrong\n", count, wrong);
	return wrong != 0;
}

static int differ(const struct packet *packets, unsigned int count)
{
	struct seen seen;
	unsigned int i;

	for (i = 0; i < count; i++) {
		memset(&seen, 0, sizeof(seen));
		put(&packets[i], false);
		collect(&packets[i], &seen);
		if (seen.passed != packets[i].passes)
			printf("IPv%c %s: %s\n", packets[i].six ? '6' : '4',
			       packets[i].verdict,
			       seen.passed ? "passed" : "did not pass");
	}
	return 0;
}

static int flood(const struct packet *packets, unsigned int count,
		 unsigned long times)
{
	unsigned int i;

	for (; times; times--)
		for (i = 0; i < count; i++)
			put(&packets[i], false);
	return 0;
}

int main(int argc, char **argv)
{
	struct packet *packets;
	unsigned int count;

	if (argc > 3 && !strcmp(argv[1], "check")) {
		open_devices(argv + 3);
		packets = load(argv[2], &count);
		return check(packets, count);
	}
	if (argc > 3 && !strcmp(argv[1], "differ")) {
		open_devices(argv + 3);
		packets = load(argv[2], &count);
		return differ(packets, count);
	}
	if (argc > 4 && !strcmp(argv[1], "flood")) {
		open_devices(argv + 4);
		packets = load(argv[2], &count);
		return flood(packets, count, strtoul(argv[3], NULL, 10));
	}
	die("usage: inject check|differ FILE DEV... | flood FILE TIMES DEV...");
}

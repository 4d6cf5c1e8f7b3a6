// SPDX-License-Identifier: GPL-2.0-only
/*
 * Judges what corpus.py prints by the pure core: each packet in one piece, with
 * nothing linear but its IP header, and cut in two at random. All must be as
 * the oracle says.
 *
 *	corpus.py stream | replay
 */
#include <stdlib.h>
#include <string.h>

#include "world.h"

/* Failures to show, of what may be a million */
#define SHOWN 10

static unsigned long packets, wrong;

static u8 nibble(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

static size_t from_hex(const char *hex, u8 *out, size_t size)
{
	size_t i, len = strlen(hex) / 2;

	if (len > size)
		die("a packet of %zu bytes", len);
	for (i = 0; i < len; i++)
		out[i] = nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]);
	return len;
}

/* DEV/VRF */
static struct obpbl_port port_of(char *word)
{
	struct obpbl_port port = { word, strchr(word, '/') };

	*(char *)port.vrf++ = '\0';
	if (!strcmp(port.dev, "-"))
		port.dev = NULL;
	if (!strcmp(port.vrf, "-"))
		port.vrf = NULL;
	return port;
}

/* Both pieces on the heap, exactly as large as they are */
static struct sk_buff pieces(const u8 *bytes, size_t len, size_t linear)
{
	struct sk_buff skb = { .len = len, .data_len = len - linear };
	u8 *paged = malloc(len - linear + !(len - linear));

	skb.data = malloc(linear);
	if (!skb.data || !paged)
		die("no memory");
	memcpy(skb.data, bytes, linear);
	memcpy(paged, bytes + linear, len - linear);
	skb.paged = paged;
	return skb;
}

static void try_cut(const struct world *world, const u8 *bytes, size_t len,
		    size_t linear, u8 family, const struct obpbl_port *in,
		    const struct obpbl_port *out, const char *wanted,
		    const char *hex)
{
	struct sk_buff skb = pieces(bytes, len, linear);
	char said[WORLD_SAID];

	world_judge(world, &skb, family, in, out, said);
	free(skb.data);
	free((void *)skb.paged);
	if (!strcmp(said, wanted))
		return;
	if (wrong++ < SHOWN)
		printf("# packet %lu, %zu of %zu bytes linear: core \"%s\", oracle \"%s\"\n#   %s\n",
		       packets, linear, len, said, wanted, hex);
}

/* packet FAMILY IN OUT HEX VERDICT REASON ISP REPLY */
static void try_packet(const struct world *world, char *line)
{
	char *in_word, *out_word, *hex, *wanted;
	struct obpbl_port in, out;
	u8 family, bytes[9000];
	size_t len, header;

	strtok(line, " ");
	family = *strtok(NULL, " ") == '4' ? OBPBL_INET4 : OBPBL_INET6;
	in_word = strtok(NULL, " ");
	out_word = strtok(NULL, " ");
	hex = strtok(NULL, " ");
	wanted = strtok(NULL, "\n");
	if (!wanted)
		die("a packet without a verdict");
	*strrchr(wanted, ' ') = '\0';
	in = port_of(in_word);
	out = port_of(out_word);
	len = from_hex(hex, bytes, sizeof(bytes));
	header = family == OBPBL_INET4 ? 20 : 40;
	if (len < header)
		die("a packet without an IP header");
	packets++;
	try_cut(world, bytes, len, len, family, &in, &out, wanted, hex);
	try_cut(world, bytes, len, header, family, &in, &out, wanted, hex);
	try_cut(world, bytes, len, header + random() % (len - header + 1),
		family, &in, &out, wanted, hex);
}

int main(void)
{
	static char line[1 << 15];
	struct world world;

	world_init(&world);
	while (fgets(line, sizeof(line), stdin)) {
		if (strncmp(line, "packet ", 7)) {
			world_line(&world, line);
			continue;
		}
		world_ready(&world);
		try_packet(&world, line);
	}
	world_ready(&world);
	world_exit(&world);
	printf("# %lu packets, %lu verdicts differ\n", packets, wrong);
	printf("%s - the pure core agrees with the oracle\n",
	       packets && !wrong ? "ok" : "not ok");
	return !packets || wrong;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer: bytes of packets, judged by the pure core and by the oracle.
 *
 * The first byte of an input says the family and the devices, the rest is the
 * packet; see judge_files() in corpus.py. The oracle is asked over a pipe, so
 * that there is one of it.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "world.h"

#define LONGEST 512

static struct world world;
static FILE *ask, *answer;

static const struct obpbl_port ports[] = {
	{ "subs", NULL }, { "out", NULL }, { "cust", "customers" },
	{ NULL, NULL },
};

static void child(int from, int to)
{
	dup2(from, STDIN_FILENO);
	dup2(to, STDOUT_FILENO);
	close(from);
	close(to);
	execlp("python3", "python3", "-B", FUZZ_DIR "/corpus.py", "serve",
	       FUZZ_DIR "/policy", NULL);
	die("no python3");
}

static void start_oracle(void)
{
	int down[2], up[2];

	if (pipe(down) || pipe(up))
		die("no pipe");
	switch (fork()) {
	case -1:
		die("no process");
	case 0:
		close(down[1]);
		close(up[0]);
		child(down[0], up[1]);
	}
	close(down[0]);
	close(up[1]);
	ask = fdopen(down[1], "w");
	answer = fdopen(up[0], "r");
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	FILE *file = fopen(FUZZ_DIR "/policy", "r");
	char line[256];

	(void)argc;
	(void)argv;
	if (!file)
		die("no policy");
	world_init(&world);
	while (fgets(line, sizeof(line), file))
		world_line(&world, line);
	fclose(file);
	world_ready(&world);
	start_oracle();
	return 0;
}

static void oracle(const u8 *data, size_t size, char said[WORLD_SAID])
{
	size_t i;

	for (i = 0; i < size; i++)
		fprintf(ask, "%02x", data[i]);
	fputc('\n', ask);
	fflush(ask);
	if (!fgets(said, WORLD_SAID, answer))
		die("the oracle has died");
	said[strcspn(said, "\n")] = '\0';
}

static void try_cut(const u8 *packet, size_t len, size_t linear,
		    const u8 *data, const char *wanted)
{
	u8 *head = malloc(linear), *paged = malloc(len - linear + 1);
	struct sk_buff skb = { head, len, len - linear, paged };
	char said[WORLD_SAID];

	memcpy(head, packet, linear);
	memcpy(paged, packet + linear, len - linear);
	world_judge(&world, &skb, *data & 1 ? OBPBL_INET6 : OBPBL_INET4,
		    &ports[*data >> 1 & 3], &ports[*data >> 3 & 3], said);
	free(head);
	free(paged);
	if (strcmp(said, wanted)) {
		fprintf(stderr, "core: %s\noracle: %s\n", said, wanted);
		abort();
	}
}

/* As the stack trims a packet before any hook; see trimmed() in oracle.py */
static size_t trim(const u8 *packet, size_t len, bool six)
{
	size_t length = packet[six ? 4 : 2] << 8 | packet[six ? 5 : 3];

	if (!length)
		return len;
	if (six)
		length += 40;
	return length < len ? length : len;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 packet[LONGEST];
	char wanted[WORLD_SAID];
	size_t header, len;

	if (!size || size > LONGEST)
		return -1;
	header = *data & 1 ? 40 : 20;
	len = size - 1;
	if (len < header)
		return -1;
	memcpy(packet, data + 1, len);
	packet[0] = (*data & 1 ? 0x60 : 0x40) | (packet[0] & 15);
	len = trim(packet, len, *data & 1);
	if (len < header || (!(*data & 1) && (packet[0] & 15) < 5))
		return -1;
	oracle(data, size, wanted);
	try_cut(packet, len, len, data, wanted);
	try_cut(packet, len, header + (*data >> 5) * (len - header) / 7, data,
		wanted);
	return 0;
}

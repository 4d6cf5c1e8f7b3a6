// SPDX-License-Identifier: GPL-2.0-only
/*
 * Abuse reports, by libFuzzer
 *
 * What is taken from one must fit into a command and into the kernel, and does
 * not depend on how lines end.
 */
#include <stdlib.h>
#include <string.h>

#include "arf.h"

/* The text with each line end in the other form */
static char *other_ends(const char *text, size_t size, size_t *new_size)
{
	char *out = malloc(2 * size + 1);
	size_t i, n = 0;

	for (i = 0; i < size; i++) {
		if (text[i] == '\n')
			out[n++] = '\r';
		out[n++] = text[i];
	}
	out[n] = '\0';
	*new_size = n;
	return out;
}

static void check(const struct arf *arf)
{
	struct prefix again;

	if (!*arf->type || text_fault(arf->type, sizeof(arf->type)) ||
	    strpbrk(arf->type, " '\"\\$`") ||
	    (*arf->domain && text_fault(arf->domain, sizeof(arf->domain))) ||
	    !arf->domains != !*arf->domain ||
	    arf->source.len != cidr_bits(&arf->source) ||
	    cidr_read_address(cidr_print_address(&arf->source), &again) ||
	    cidr_order(&again, &arf->source))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arf arf, same;
	uint32_t line = 0;
	char *text, *other;

	if (size > ARF_SIZE || memchr(data, '\0', size))
		return 0;
	/* Nothing behind it may be read, so it has no room but for the NUL. */
	text = malloc(size + 1);
	memcpy(text, data, size);
	text[size] = '\0';
	if (!arf_read(text, size, &arf, &line)) {
		check(&arf);
		if (!memchr(text, '\r', size)) {
			other = other_ends(text, size, &size);
			if (arf_read(other, size, &same, &line) ||
			    memcmp(&arf, &same, sizeof(arf)))
				abort();
			free(other);
		}
	} else if (line > size + 1) {
		abort();
	}
	free(text);
	return 0;
}

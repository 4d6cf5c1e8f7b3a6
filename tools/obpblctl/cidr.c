// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prefixes and addresses as text: exactly one grammar
 *
 *	prefix = address [ "/" number ]
 *
 * where an address is a dotted quad or the text form of RFC 4291 2.2, and a
 * number is decimal without sign or leading zero. inet_pton() says of no
 * address what is wrong with it, so that IPv4, where it is mostly a typing
 * error, is written out; that is also what the time of a long list goes to.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "cidr.h"

/* Where the parser stands */
struct cursor {
	const char *at;
	const char *end;
};

static int peek(const struct cursor *c)
{
	return c->at < c->end ? (unsigned char)*c->at : -1;
}

static bool is_digit(int ch)
{
	return ch >= '0' && ch <= '9';
}

/* A decimal of up to three digits. */
static enum cidr_fault number(struct cursor *c, unsigned int *value)
{
	const char *start = c->at, *at = start;
	const char *end = c->end - start > 3 ? start + 3 : c->end;
	unsigned int n = 0, digit;

	for (; at < end; at++) {
		digit = (unsigned char)*at - '0';
		if (digit > 9)
			break;
		n = n * 10 + digit;
	}
	c->at = at;
	*value = n;
	if (at == start)
		return CIDR_NONE;
	return *start == '0' && at - start > 1 ? CIDR_ZERO : CIDR_OK;
}

static enum cidr_fault dotted_quad(struct cursor *c, uint8_t addr[4])
{
	enum cidr_fault fault;
	unsigned int value;
	int i;

	for (i = 0; i < 4; i++) {
		if (i && peek(c) != '.')
			return is_digit(peek(c)) ? CIDR_OCTET :
			       peek(c) == '/' || peek(c) < 0 ? CIDR_SHORT :
			       CIDR_NONE;
		c->at += !!i;
		fault = number(c, &value);
		if (fault)
			return fault;
		if (value > 255)
			return CIDR_OCTET;
		addr[i] = value;
	}
	return is_digit(peek(c)) ? CIDR_OCTET : CIDR_OK;
}

/* RFC 4291 2.2, forms 1 to 3 */
static enum cidr_fault ipv6(struct cursor *c, uint8_t addr[16])
{
	char text[INET6_ADDRSTRLEN];
	size_t n = 0;

	for (; peek(c) >= 0 && peek(c) != '/' && peek(c) != '%'; c->at++) {
		if (n == sizeof(text) - 1)
			return CIDR_NONE;
		text[n++] = *c->at;
	}
	text[n] = '\0';
	return inet_pton(AF_INET6, text, addr) == 1 ? CIDR_OK : CIDR_NONE;
}

static bool looks_ipv6(const struct cursor *c)
{
	const char *at = c->at;

	while (at < c->end && *at != '.' && *at != ':')
		at++;
	return at < c->end && *at == ':';
}

static enum cidr_fault address(struct cursor *c, struct prefix *p)
{
	enum cidr_fault fault;

	memset(p, 0, sizeof(*p));
	if (looks_ipv6(c)) {
		p->family = 6;
		fault = ipv6(c, p->addr);
	} else {
		p->family = 4;
		fault = dotted_quad(c, p->addr);
	}
	p->len = cidr_bits(p);
	if (!fault && peek(c) == '%')
		return CIDR_ZONE;
	return fault;
}

/**
 * cidr_network() - clear what is beyond the length of a prefix
 * @p: the prefix
 *
 * Return: whether there was any.
 */
bool cidr_network(struct prefix *p)
{
	unsigned int bytes = cidr_bits(p) / 8, i = p->len / 8;
	uint8_t mask, host = 0;

	if (i < bytes && p->len % 8) {
		mask = 0xff >> (p->len % 8);
		host |= p->addr[i] & mask;
		p->addr[i++] &= ~mask;
	}
	for (; i < bytes; i++) {
		host |= p->addr[i];
		p->addr[i] = 0;
	}
	return host;
}

/**
 * cidr_covers() - whether a prefix is inside another
 * @whole: the other
 * @p: the prefix
 *
 * Return: whether it is, or is the same.
 */
bool cidr_covers(const struct prefix *whole, const struct prefix *p)
{
	unsigned int bytes = whole->len / 8, bits = whole->len % 8;

	if (whole->family != p->family || whole->len > p->len ||
	    memcmp(whole->addr, p->addr, bytes))
		return false;
	return !bits || !((whole->addr[bytes] ^ p->addr[bytes]) >> (8 - bits));
}

/**
 * cidr_order() - the order of prefixes: by family, address, length
 * @a: a prefix; one of family 0 is none
 * @b: another one
 *
 * Return: below 0, 0 or above 0, as of strcmp().
 */
int cidr_order(const struct prefix *a, const struct prefix *b)
{
	int order = (int)a->family - b->family;

	if (!order && a->family)
		order = memcmp(a->addr, b->addr, sizeof(a->addr));
	return order ? order : (int)a->len - b->len;
}

static enum cidr_fault length(struct cursor *c, struct prefix *p)
{
	enum cidr_fault fault;
	unsigned int value;

	c->at++;
	fault = number(c, &value);
	if (fault)
		return fault == CIDR_NONE ? CIDR_LEN : fault;
	if (value > cidr_bits(p) || is_digit(peek(c)))
		return CIDR_LEN_RANGE;
	p->len = value;
	return CIDR_OK;
}

/**
 * cidr_parse() - read a prefix
 * @text: its text, which need not end in a NUL
 * @size: length of @text; all of it must be the prefix
 * @p: where to put it; after CIDR_HOST with the host bits cleared
 *
 * Return: CIDR_OK or what is wrong.
 */
enum cidr_fault cidr_parse(const char *text, size_t size, struct prefix *p)
{
	struct cursor c = { text, text + size };
	enum cidr_fault fault;

	fault = address(&c, p);
	if (!fault && peek(&c) == '/')
		fault = length(&c, p);
	if (fault)
		return fault;
	if (c.at != c.end)
		return peek(&c) == '/' ? CIDR_MORE : CIDR_NONE;
	return cidr_network(p) ? CIDR_HOST : CIDR_OK;
}

/**
 * cidr_parse_address() - read an address
 * @text: its text
 * @p: where to put it, as a prefix of full length
 *
 * Return: CIDR_OK or what is wrong.
 */
enum cidr_fault cidr_parse_address(const char *text, struct prefix *p)
{
	struct cursor c = { text, text + strlen(text) };
	enum cidr_fault fault;

	fault = address(&c, p);
	if (fault)
		return fault;
	return c.at == c.end ? CIDR_OK : CIDR_NONE;
}

/**
 * cidr_explain() - what is wrong, in words
 * @fault: what cidr_parse() returned
 * @p: what it left
 *
 * Return: the words, which follow a quotation of the text; the next call may
 * overwrite them.
 */
const char *cidr_explain(enum cidr_fault fault, const struct prefix *p)
{
	static const char *const words[] = {
		[CIDR_OK] = "is a prefix",
		[CIDR_NONE] = "is not an IPv4 or IPv6 prefix",
		[CIDR_ZERO] = "a number with a leading zero is ambiguous",
		[CIDR_OCTET] = "a number of an IPv4 address is above 255",
		[CIDR_SHORT] = "an IPv4 address has four numbers",
		[CIDR_ZONE] = "a zone id has no place in a prefix",
		[CIDR_LEN] = "the prefix length is not a number",
		[CIDR_MORE] = "there is more after the prefix length",
	};
	static char text[128];
	char good[CIDR_SIZE];

	if (fault == CIDR_HOST)
		snprintf(text, sizeof(text),
			 "has host bits set; did you mean %s?",
			 cidr_print(p, good));
	else if (fault == CIDR_LEN_RANGE)
		snprintf(text, sizeof(text), "the prefix length is above %u",
			 cidr_bits(p));
	else
		return words[fault];
	return text;
}

/**
 * cidr_read() - cidr_parse(), with its fault in words
 * @text: the text
 * @size: its length
 * @p: where to put the prefix
 *
 * Return: what is wrong, as of cidr_explain(), or NULL.
 */
const char *cidr_read(const char *text, size_t size, struct prefix *p)
{
	enum cidr_fault fault = cidr_parse(text, size, p);

	return fault ? cidr_explain(fault, p) : NULL;
}

static char *print_number(char *to, unsigned int value)
{
	if (value >= 100)
		*to++ = '0' + value / 100;
	if (value >= 10)
		*to++ = '0' + value / 10 % 10;
	*to++ = '0' + value % 10;
	return to;
}

/* Written out, since a list of a million takes seconds with printf(). */
static char *print_ipv4(char *to, const uint8_t addr[4])
{
	int i;

	for (i = 0; i < 4; i++) {
		if (i)
			*to++ = '.';
		to = print_number(to, addr[i]);
	}
	return to;
}

static char *print_address(char *to, const struct prefix *p)
{
	if (p->family == 4)
		return print_ipv4(to, p->addr);
	/* inet_ntop() writes RFC 5952. */
	inet_ntop(AF_INET6, p->addr, to, CIDR_SIZE);
	return to + strlen(to);
}

/**
 * cidr_print_address() - the address of a prefix, in canonical text
 * @p: the prefix
 * @text: where to put it
 *
 * Return: @text.
 */
const char *cidr_print_address(const struct prefix *p, char text[CIDR_SIZE])
{
	*print_address(text, p) = '\0';
	return text;
}

/**
 * cidr_print() - a prefix in canonical text, its length always with it
 * @p: the prefix
 * @text: where to put it
 *
 * Return: @text.
 */
const char *cidr_print(const struct prefix *p, char text[CIDR_SIZE])
{
	char *end = print_address(text, p);

	*end++ = '/';
	*print_number(end, p->len) = '\0';
	return text;
}

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

#include "util.h"

/* What is wrong with a text, as it follows a quotation of it */
static const char none[] = "is not an IPv4 or IPv6 prefix";
static const char octet[] = "a number of an IPv4 address is above 255";

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
static inline const char *number(struct cursor *c, unsigned int *value)
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
		return none;
	return *start == '0' && at - start > 1 ?
	       "a number with a leading zero is ambiguous" : NULL;
}

static const char *dotted_quad(struct cursor *c, uint8_t addr[4])
{
	/* A copy, of which nobody has the address, is kept in registers */
	struct cursor here = *c;
	const char *fault;
	unsigned int value;
	int i;

	for (i = 0; i < 4; i++) {
		if (i && peek(&here) != '.')
			return is_digit(peek(&here)) ? octet :
			       peek(&here) == '/' || peek(&here) < 0 ?
			       "an IPv4 address has four numbers" : none;
		here.at += !!i;
		fault = number(&here, &value);
		if (fault)
			return fault;
		if (value > 255)
			return octet;
		addr[i] = value;
	}
	*c = here;
	return is_digit(peek(c)) ? octet : NULL;
}

/* RFC 4291 2.2, forms 1 to 3 */
static const char *ipv6(struct cursor *c, uint8_t addr[16])
{
	char text[INET6_ADDRSTRLEN];
	size_t n = 0;

	for (; peek(c) >= 0 && peek(c) != '/' && peek(c) != '%'; c->at++) {
		if (n == sizeof(text) - 1)
			return none;
		text[n++] = *c->at;
	}
	text[n] = '\0';
	return inet_pton(AF_INET6, text, addr) == 1 ? NULL : none;
}

static bool looks_ipv6(const struct cursor *c)
{
	const char *at = c->at;

	while (at < c->end && *at != '.' && *at != ':')
		at++;
	return at < c->end && *at == ':';
}

static const char *address(struct cursor *c, struct prefix *p)
{
	const char *fault;

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
		return "a zone id has no place in a prefix";
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

static const char *length(struct cursor *c, struct prefix *p)
{
	const char *fault;
	unsigned int value;

	c->at++;
	fault = number(c, &value);
	if (fault)
		return fault == none ?
		       "the prefix length is not a number" : fault;
	if (value > cidr_bits(p) || is_digit(peek(c)))
		return p->family == 4 ? "the prefix length is above 32" :
					"the prefix length is above 128";
	p->len = value;
	return NULL;
}

static const char *host_fault(const struct prefix *p)
{
	return text_print("has host bits set; did you mean %s?", cidr_print(p));
}

/**
 * cidr_read() - read a prefix
 * @text: its text, which need not end in a NUL
 * @size: length of @text; all of it must be the prefix
 * @p: where to put it
 *
 * Return: what is wrong, in words that follow a quotation of the text, or NULL;
 * the next call may overwrite them.
 */
const char *cidr_read(const char *text, size_t size, struct prefix *p)
{
	struct cursor c = { text, text + size };
	const char *fault;

	fault = address(&c, p);
	if (!fault && peek(&c) == '/')
		fault = length(&c, p);
	if (fault)
		return fault;
	if (c.at != c.end)
		return peek(&c) == '/' ?
		       "there is more after the prefix length" : none;
	return cidr_network(p) ? host_fault(p) : NULL;
}

/**
 * cidr_read_address() - read an address
 * @text: its text
 * @p: where to put it, as a prefix of full length
 *
 * Return: what is wrong, as of cidr_read(), or NULL.
 */
const char *cidr_read_address(const char *text, struct prefix *p)
{
	struct cursor c = { text, text + strlen(text) };
	const char *fault;

	fault = address(&c, p);
	if (fault == none || (!fault && c.at != c.end))
		return "is not an IPv4 or IPv6 address";
	return fault;
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
	inet_ntop(AF_INET6, p->addr, to, TEXT_ROOM);
	return to + strlen(to);
}

/**
 * cidr_print_address() - the address of a prefix, in canonical text
 * @p: the prefix
 *
 * Return: that.
 */
const char *cidr_print_address(const struct prefix *p)
{
	char *text = text_room();

	*print_address(text, p) = '\0';
	return text;
}

/**
 * cidr_print_short() - a prefix as people write it: without the length of one
 * address
 * @p: the prefix
 *
 * Return: that.
 */
const char *cidr_print_short(const struct prefix *p)
{
	return p->len == cidr_bits(p) ? cidr_print_address(p) :
					cidr_print(p);
}

/**
 * cidr_print() - a prefix in canonical text, its length always with it
 * @p: the prefix
 *
 * Return: that.
 */
const char *cidr_print(const struct prefix *p)
{
	char *text = text_room(), *end = print_address(text, p);

	*end++ = '/';
	*print_number(end, p->len) = '\0';
	return text;
}

/**
 * cidr_mapped() - whether a prefix was meant to be an IPv4 one
 * @p: the prefix
 *
 * Addresses of RFC 4291 2.5.5.2 are for programs; a packet has none of them.
 *
 * Return: what is to be said of it; NULL: it is an ordinary prefix.
 */
const char *cidr_mapped(const struct prefix *p)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct prefix p4 = { .family = 4 };

	if (p->family != 6 || p->len < 96 ||
	    memcmp(p->addr, mapped, sizeof(mapped)))
		return NULL;
	p4.len = p->len - 96;
	memcpy(p4.addr, p->addr + 12, 4);
	return text_print("%s is an IPv4 address written as IPv6: no IPv4 packet matches it (%s?)",
			  cidr_print(p), cidr_print_short(&p4));
}

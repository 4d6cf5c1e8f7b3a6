// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must become of a request, and what an answer must look like: read off the
 * bytes alone, whoever has made them.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "law.h"

bool strict_headers;
uint64_t seen[ATTRIBUTES];

/* ---- attributes ---- */

static uint16_t get16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, 2);
	return value;
}

static uint64_t number_of(const uint8_t *data, size_t len)
{
	uint64_t value = 0;

	memcpy(&value, data, len < 8 ? len : 8);
	return value;
}

/* The next attribute of a message from @at on; 0: there is none, or a broken one */
static size_t next(const struct nlmsghdr *nlh, size_t at)
{
	const uint8_t *bytes = (const uint8_t *)nlh;
	size_t len;

	if (at + 4 > nlh->nlmsg_len)
		return 0;
	len = get16(bytes + at);
	if (len < 4 || at + len > nlh->nlmsg_len)
		return 0;
	return at + ((len + 3) & ~3UL);
}

const struct nlattr *find(const struct nlmsghdr *nlh, uint16_t type)
{
	const struct nlattr *found = NULL;
	size_t at, then;

	for (at = HEADERS; (then = next(nlh, at)); at = then) {
		const void *nla = (const uint8_t *)nlh + at;

		if ((get16((const uint8_t *)nla + 2) & 0x3fff) == type)
			found = nla;
	}
	return found;
}

static const uint8_t *data_of(const struct nlattr *nla)
{
	return (const uint8_t *)nla + 4;
}

static size_t len_of(const struct nlattr *nla)
{
	return get16((const uint8_t *)nla) - 4;
}

static uint64_t value(const struct nlmsghdr *nlh, uint16_t type,
		      uint64_t otherwise)
{
	const struct nlattr *nla = find(nlh, type);

	return nla ? number_of(data_of(nla), len_of(nla)) : otherwise;
}

static const char *string(const struct nlmsghdr *nlh, uint16_t type)
{
	const struct nlattr *nla = find(nlh, type);

	return nla ? (const char *)data_of(nla) : NULL;
}

static const char *zero(const uint8_t *bytes, size_t len, const char *what)
{
	while (len--)
		if (*bytes++)
			return what;
	return NULL;
}

/* ---- requests: what the tables see ---- */

static const struct slot *slot_of(uint8_t command, uint16_t type)
{
	const struct slot *slot = rules[command].slots;
	unsigned int i;

	for (i = 0; i < SLOTS && slot[i].type; i++)
		if (slot[i].type == type)
			return &slot[i];
	return NULL;
}

/* Of 32 bits and more, no table knows the range */
static bool number_fits(const struct slot *slot, const uint8_t *data,
			size_t len)
{
	const struct form *form = &forms[slot->type];
	uint64_t max = slot->max ? slot->max : form->max;
	uint64_t number = number_of(data, len);

	if (len != form->size)
		return false;
	return form->size > 1 || (number >= slot->min && number <= max);
}

static bool string_fits(const struct slot *slot, const uint8_t *data, size_t len)
{
	return len && len <= forms[slot->type].max + 1 &&
	       memchr(data, 0, len) == data + len - 1;
}

static const char *misfit(const struct slot *slot, uint16_t type,
			  const uint8_t *data, size_t len)
{
	const struct form *form = &forms[slot->type];

	if (type & 0x8000)
		return "nested";
	switch (form->kind) {
	case FLAG:
		return len ? "a flag with a value" : NULL;
	case NUMBER:
		return number_fits(slot, data, len) ? NULL : "a number";
	case STRING:
		return string_fits(slot, data, len) ? NULL : "a string";
	case BYTES:
		if (slot->max && len != form->size)
			return "not one prefix";
		return form->size == 1 && len > 16 ? "an address" : NULL;
	case NOTHING:
		break;
	}
	return "nothing";
}

static const char *bad_attributes(const struct nlmsghdr *nlh, uint8_t command)
{
	const uint8_t *bytes = (const uint8_t *)nlh;
	size_t at = HEADERS, then;
	const struct slot *slot;
	const char *why;
	uint16_t type;

	for (; (then = next(nlh, at)); at = then) {
		type = get16(bytes + at + 2);
		slot = slot_of(command, type & 0x3fff);
		if (!slot)
			return "an attribute that it does not have";
		why = misfit(slot, type, bytes + at + 4,
			     get16(bytes + at) - 4);
		if (why)
			return why;
	}
	return at < nlh->nlmsg_len ? "bytes left over" : NULL;
}

static bool is_dump(const struct nlmsghdr *nlh)
{
	return (nlh->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
}

static bool plain_header(const struct nlmsghdr *nlh)
{
	uint16_t known = NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO;
	const uint8_t *bytes = (const uint8_t *)nlh;

	if (is_dump(nlh))
		known |= NLM_F_DUMP;
	return !(nlh->nlmsg_flags & ~known) && !bytes[18] && !bytes[19];
}

/* ---- requests: what is said in words ---- */

static bool name_valid(const char *name)
{
	const char *c;

	for (c = name; *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && !strchr("._-", *c)))
			return false;
	return isascii(*name) && isalnum(*name);
}

static bool device_valid(const char *name)
{
	if (!*name || strlen(name) > 15 || !strcmp(name, ".") ||
	    !strcmp(name, ".."))
		return false;
	for (; *name; name++)
		if (strchr("/: \t\n\v\f\r\xa0", *name))
			return false;
	return true;
}

static bool text_valid(const char *text)
{
	bool valid = *text;

	for (; *text; text++)
		valid = valid && (uint8_t)*text >= 0x20 && *text != 0x7f;
	return valid;
}

static bool prefix_valid(const uint8_t *wire, unsigned int bytes)
{
	unsigned int len = wire[bytes], i;

	if (len > bytes * 8 || wire[bytes + 1] | wire[bytes + 2] |
			       wire[bytes + 3])
		return false;
	for (i = len; i < bytes * 8; i++)
		if (wire[i / 8] & 0x80 >> i % 8)
			return false;
	return true;
}

static const char *bad_array(const struct nlmsghdr *nlh, uint16_t type,
			     unsigned int *n)
{
	const struct nlattr *nla = find(nlh, type);
	unsigned int size = forms[type].size, i;

	if (!nla)
		return NULL;
	if (!len_of(nla) || len_of(nla) % size)
		return "no whole number of prefixes";
	for (i = 0; i < len_of(nla) / size; i++)
		if (!prefix_valid(data_of(nla) + i * size, size - 4))
			return "a bad prefix";
	*n += i;
	return NULL;
}

static const char *bad_prefixes(const struct nlmsghdr *nlh, bool must,
				unsigned int max)
{
	unsigned int n = 0;
	const char *why = bad_array(nlh, A_PREFIXES4, &n);

	if (!why)
		why = bad_array(nlh, A_PREFIXES6, &n);
	if (!why && must && !n)
		why = "no prefixes";
	return why ? why : n > max ? "too many prefixes" : NULL;
}

static const char *bad_overlay(const struct nlmsghdr *nlh)
{
	const struct nlattr *to4 = find(nlh, A_TO4), *to6 = find(nlh, A_TO6);
	bool six = find(nlh, A_PREFIXES6);
	const char *dev = string(nlh, A_DEV);
	unsigned int n = 0;

	if (six && find(nlh, A_PREFIXES4))
		return "both families";
	if ((to4 && to6) || (to4 && six) || (to6 && !six))
		return "a destination of the other family";
	if (bad_array(nlh, A_TO4, &n) || bad_array(nlh, A_TO6, &n))
		return "a bad destination";
	if (dev && !device_valid(dev))
		return "a bad device";
	if (value(nlh, A_CLASS, 0) == QUARANTINE && (to4 || to6 || dev))
		return "a quarantine with a destination or a device";
	if (!value(nlh, A_UNTIL, 1))
		return "an end at 0";
	if (find(nlh, A_REASON) && !text_valid(string(nlh, A_REASON)))
		return "a bad reason";
	if (find(nlh, A_TICKET) && !text_valid(string(nlh, A_TICKET)))
		return "a bad ticket";
	return bad_prefixes(nlh, true, 1);
}

static const char *bad_isp(const struct nlmsghdr *nlh, bool add)
{
	uint64_t limit = value(nlh, A_LIMIT, 0);
	uint64_t seconds = value(nlh, A_LIMIT_SECONDS, 1);
	uint64_t quarantine = value(nlh, A_LIMIT_QUARANTINE, 0);
	bool window = find(nlh, A_LIMIT_SECONDS);
	const char *vrf = string(nlh, A_VRF);

	if (limit > forms[A_LIMIT].max || !limit != !window)
		return "a limit or a window without the other";
	if (!seconds || seconds > forms[A_LIMIT_SECONDS].max)
		return "a window out of range";
	if (quarantine > forms[A_LIMIT_QUARANTINE].max)
		return "a quarantine out of range";
	if (quarantine && !limit && (add || find(nlh, A_LIMIT)))
		return "a quarantine without a limit";
	return vrf && *vrf && !device_valid(vrf) ? "a bad VRF" : NULL;
}

static const char *bad_begin(const struct nlmsghdr *nlh)
{
	bool confirm = find(nlh, A_CONFIRM), shadow = find(nlh, A_SHADOW);
	uint64_t seconds = value(nlh, A_CONFIRM, 1);

	if (!seconds || seconds > forms[A_CONFIRM].max)
		return "a time out of range";
	if ((confirm || shadow) && !find(nlh, A_EMPTY))
		return "replaces nothing";
	return confirm && shadow ? "a shadow to be confirmed" : NULL;
}

static const char *bad_test(const struct nlmsghdr *nlh)
{
	size_t src = len_of(find(nlh, A_SRC)), dst = len_of(find(nlh, A_DST));

	return src == dst && (src == 4 || src == 16) ? NULL :
	       "not two addresses of one family";
}

static const char *bad_session(const struct nlmsghdr *nlh, uint8_t command)
{
	uint64_t class = value(nlh, A_CLASS, DYNAMIC);

	if (!device_valid(string(nlh, A_DEV)))
		return "a bad device";
	if (command == SESSION_DOWN)
		return NULL;
	if (class != DYNAMIC && class != STATIC && class != EXEMPT)
		return "a class that no session has";
	return bad_prefixes(nlh, command == SESSION_ADDR, 256);
}

static const char *bad_counter(const struct nlmsghdr *nlh)
{
	const uint8_t *at = data_of(find(nlh, A_COUNTERS));
	uint64_t packets = number_of(at, 8), bytes = number_of(at + 8, 8);
	unsigned int reason = at[25], verdict = at[26];

	if ((at[24] != 4 && at[24] != 6) || reason > 18 || verdict > 2)
		return "a counter out of range";
	if (zero(at + 27, 5, "a counter with more bytes"))
		return "a counter with more bytes";
	if (!reason != !find(nlh, A_ISP))
		return "a reason that the ISP has not";
	if ((reason > 8) != (verdict > 0))
		return "a verdict that the reason has not";
	if (!packets || bytes < packets || number_of(at + 16, 8) > packets)
		return "packets without bytes, or attempts without packets";
	return bytes >> 63 ? "more than there are numbers" : NULL;
}

static const char *bad_words(const struct nlmsghdr *nlh, uint8_t command)
{
	const struct slot *slot = rules[command].slots;
	const char *isp;
	unsigned int i;

	for (i = 0; i < SLOTS && slot[i].type; i++)
		if (slot[i].must && !find(nlh, slot[i].type))
			return "something is missing";
	isp = string(nlh, A_ISP);
	if (isp && !name_valid(isp))
		return "a bad name";
	switch (command) {
	case BEGIN:
		return bad_begin(nlh);
	case ISP_ADD:
	case ISP_SET:
		return bad_isp(nlh, command == ISP_ADD);
	case PREFIX_ADD:
	case PREFIX_REPLACE:
	case PREFIX_DEL:
		return bad_prefixes(nlh, true, ~0U);
	case OVERLAY_ADD:
	case OVERLAY_DEL:
		return bad_overlay(nlh);
	case OVERLAY_GET:
		return find(nlh, A_PREFIXES4) && find(nlh, A_PREFIXES6) ?
		       "both families" : bad_prefixes(nlh, false, 1);
	case TEST:
		return bad_test(nlh);
	case ISP_GET:
		return isp || is_dump(nlh) ? NULL : "no ISP";
	case SHADOW_PROMOTE:
		return value(nlh, A_CONFIRM, 1) - 1 < forms[A_CONFIRM].max ?
		       NULL : "a time out of range";
	case SESSION_UP:
	case SESSION_ADDR:
	case SESSION_DOWN:
		return bad_session(nlh, command);
	case STATS_RESTORE:
		return bad_counter(nlh);
	}
	return NULL;
}

enum opinion opinion_of(const struct nlmsghdr *nlh, const char **why)
{
	uint8_t command;

	*why = "a short header";
	if (nlh->nlmsg_len < HEADERS)
		return MALFORMED;
	command = ((const uint8_t *)nlh)[16];
	*why = "no such command";
	if (!command || command >= COMMANDS || !(is_dump(nlh) ?
	    rules[command].dump : rules[command].ask))
		return MALFORMED;
	*why = bad_attributes(nlh, command);
	if (*why)
		return MALFORMED;
	*why = "bits of the header";
	if (!plain_header(nlh))
		return strict_headers ? MALFORMED : EITHER;
	*why = bad_words(nlh, command);
	return *why ? WRONG : FINE;
}

/* ---- refusals ---- */

static const int busy[] = { EBUSY, ECANCELED, ENOSPC, 0 };
static const int failures[COMMANDS][8] = {
	[BEGIN] = { ESTALE, ENOSPC },
	[COMMIT] = { EINVAL, ESTALE, EBADMSG },
	[ABORT] = { EINVAL },
	[FLUSH] = { EINVAL },
	[MODE_SET] = { ENOENT },
	[ISP_ADD] = { EEXIST },
	[ISP_SET] = { ENOENT, EINVAL },
	[ISP_DEL] = { ENOENT },
	[ISP_GET] = { ENOENT },
	[PREFIX_ADD] = { ENOENT, EEXIST, EADDRINUSE },
	[PREFIX_REPLACE] = { ENOENT, EADDRINUSE },
	[PREFIX_DEL] = { ENOENT },
	[PREFIX_FLUSH] = { ENOENT },
	[PREFIX_GET] = { ENOENT },
	[OVERLAY_ADD] = { ENOENT, EEXIST, E2BIG, EADDRINUSE, EINVAL },
	[OVERLAY_DEL] = { ENOENT, EINVAL },
	[OVERLAY_GET] = { ENOENT },
	[TEST] = { ENODEV },
	[SOURCE_GET] = { ENOENT },
	[CONFIRM] = { ENOENT },
	[ROLLBACK] = { ENOENT },
	[SHADOW_GET] = { ENOENT },
	[SHADOW_PROMOTE] = { ENOENT },
	[SHADOW_DROP] = { ENOENT },
	[SHADOW_SOURCE_GET] = { ENOENT },
	[SESSION_UP] = { ENOENT, ENODEV, EADDRINUSE, EINVAL },
	[SESSION_ADDR] = { ENOENT, ENODEV, EADDRINUSE, E2BIG, EINVAL },
	[SESSION_DOWN] = { EINVAL },
	[SESSION_GET] = { ENOENT, ENODEV },
	[STATS_RESTORE] = { ENOENT, ERANGE },
};

static bool among(int error, const int *list)
{
	for (; *list; list++)
		if (*list == error)
			return true;
	return false;
}

bool may_fail(const struct nlmsghdr *nlh, int error)
{
	uint8_t command = ((const uint8_t *)nlh)[16];

	if (among(error, failures[command]))
		return true;
	return !reads(command) && among(error, busy);
}

bool reads(uint8_t command)
{
	return rules[command].dump || command == GET || command == TEST;
}

/* ---- answers ---- */

static bool host_bits(const uint8_t *addr, unsigned int len)
{
	for (; len < 128; len++)
		if (addr[len / 8] & 0x80 >> len % 8)
			return true;
	return false;
}

static const char *bad_source(const uint8_t *at)
{
	uint8_t family = at[44], bits = family == 4 ? 32 : 128;

	if ((family != 4 && family != 6) || at[45] > bits || at[46] > bits ||
	    at[47] > 18)
		return "a source out of range";
	return host_bits(at + 48, at[45]) || host_bits(at + 64, at[46]) ?
	       "a source with bytes behind its prefix" : NULL;
}

static const char *bad_record(uint16_t type, const uint8_t *at)
{
	switch (type) {
	case A_PREFIXES4:
	case A_PREFIXES6:
	case A_TO4:
	case A_TO6:
		return prefix_valid(at, forms[type].size - 4) ? NULL :
		       "a bad prefix in an answer";
	case A_COUNTERS:
		if ((at[24] != 4 && at[24] != 6) || at[25] > 18 || at[26] > 2)
			return "a counter out of range";
		return zero(at + 27, 5, "a counter with more bytes");
	case A_SHADOW_CHANGES:
		if (at[8] > 18 || at[9] > 18 || at[10] > 1)
			return "a change out of range";
		return zero(at + 11, 5, "a change with more bytes");
	case A_SOURCE:
		return bad_source(at);
	}
	return NULL;
}

static const char *bad_value(uint16_t type, const uint8_t *data, size_t len)
{
	const struct form *form = &forms[type];
	const char *why = NULL;
	size_t i;

	switch (form->kind) {
	case FLAG:
		return len ? "a flag with a value" : NULL;
	case NUMBER:
		return len == form->size && number_of(data, len) <= form->max ?
		       NULL : "a number out of range";
	case STRING:
		return len && len <= form->max + 1 && !data[len - 1] &&
		       strlen((const char *)data) + 1 == len ? NULL :
		       "a bad string";
	case BYTES:
		if (len % form->size || len / form->size > form->max)
			return "not a whole number of records";
		for (i = 0; !why && i < len; i += form->size)
			why = bad_record(type, data + i);
		return why;
	case NOTHING:
		break;
	}
	return type == A_PAD && !len ? NULL : "an attribute with no meaning";
}

static bool has(uint8_t command, uint16_t type)
{
	return type && memchr(rules[command].has, type,
			      sizeof(rules[command].has));
}

static const char *bad_answer_attribute(uint8_t command, uint16_t type,
					const uint8_t *data, size_t len)
{
	if (type != A_PAD && (type >= ATTRIBUTES || !has(command, type)))
		return "an attribute that an answer does not have";
	return bad_value(type, data, len);
}

const char *fault_of(const struct nlmsghdr *nlh)
{
	const uint8_t *bytes = (const uint8_t *)nlh, *must;
	const char *why = NULL;
	size_t at = HEADERS, then, len;

	if (nlh->nlmsg_len < HEADERS || bytes[16] >= COMMANDS ||
	    bytes[17] != 1 || bytes[18] || bytes[19])
		return "a bad header";
	for (; !why && (then = next(nlh, at)); at = then) {
		len = get16(bytes + at);
		if (then > nlh->nlmsg_len)
			return "an attribute without its padding";
		why = zero(bytes + at + len, then - at - len,
			   "padding that is not zero");
		seen[get16(bytes + at + 2) % ATTRIBUTES]++;
		if (!why)
			why = bad_answer_attribute(bytes[16],
				get16(bytes + at + 2), bytes + at + 4, len - 4);
	}
	if (!why && at != nlh->nlmsg_len)
		why = "an attribute that goes beyond the end";
	for (must = rules[bytes[16]].has; !why && *must; must++)
		if (!find(nlh, *must))
			why = forms[*must].name;
	return why;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Access lists of Cisco's IOS, as "show running-config" and "show access-lists"
 * print them
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "list.h"

/**
 * struct rule - a line of an access list
 * @list: index of its list
 * @sequence: its number there
 * @line: where it is
 * @text: it
 * @remark: what is said above it, or NULL
 */
struct rule {
	size_t list;
	uint64_t sequence;
	uint32_t line;
	const char *text;
	const char *remark;
};

/**
 * struct acl_list - an access list
 * @name: its name or number
 * @family: V4 or V6
 * @standard: it knows sources alone
 * @netmasks: its masks have ones where bits count, as those of ASA
 * @last: the highest number in it
 * @remark: what was said last, or NULL
 * @chosen: it is one that is imported
 */
struct acl_list {
	const char *name;
	int family;
	bool standard;
	bool netmasks;
	uint64_t last;
	const char *remark;
	bool chosen;
};

/**
 * struct object - a network object group
 * @name: its name
 * @list: its addresses
 * @why: it has more than that; or NULL
 */
struct object {
	const char *name;
	struct prefixes list;
	const char *why;
};

/**
 * struct cisco - what is being read
 * @im: where to put it
 * @lists: the lists
 * @n_lists: number of them
 * @cap_lists: room
 * @rules: their lines
 * @n_rules: number of them
 * @cap_rules: room
 * @objects: the object groups
 * @n_objects: number of them
 * @cap_objects: room
 * @list: the list that lines belong to, plus 1; 0: none
 * @object: the group that they belong to, plus 1; 0: none
 * @at: the line at hand
 */
struct cisco {
	struct import *im;
	struct acl_list *lists;
	size_t n_lists;
	size_t cap_lists;
	struct rule *rules;
	size_t n_rules;
	size_t cap_rules;
	struct object *objects;
	size_t n_objects;
	size_t cap_objects;
	size_t list;
	size_t object;
	struct place at;
};

/* Copies a line and splits it; the copy is to be freed */
static char *split(const char *line, char *words[ACL_WORDS], int *n)
{
	char *copy = xstrdup(line);

	*n = acl_words(copy, words);
	return copy;
}

static bool is(const char *word, const char *other)
{
	return word && !strcmp(word, other);
}

static bool decides(const char *word)
{
	return is(word, "permit") || is(word, "deny");
}

/* Lists and their lines */

static size_t open_list(struct cisco *cisco, const char *name, int family,
			bool standard)
{
	struct acl_list *list;
	size_t i;

	for (i = 0; i < cisco->n_lists; i++) {
		list = &cisco->lists[i];
		if (!strcmp(list->name, name) && list->family == family)
			return i + 1;
	}
	GROW(cisco->lists, cisco->n_lists, cisco->cap_lists);
	cisco->lists[cisco->n_lists++] = (struct acl_list){
		.name = xstrdup(name), .family = family, .standard = standard,
	};
	return cisco->n_lists;
}

/* Where the n-th word of a line begins */
static const char *from_word(const char *line, int n)
{
	static const char blanks[] = " \t\r";

	for (line += strspn(line, blanks); n--; line += strspn(line, blanks))
		line += strcspn(line, blanks);
	return line;
}

/* A line of a list: [sequence] NUMBER permit ..., or NUMBER permit ..., or both */
static void add_rule(struct cisco *cisco, const char *line, char **words,
		     int at)
{
	struct acl_list *list = &cisco->lists[cisco->list - 1];
	struct rule rule = { .list = cisco->list - 1 };
	uint64_t number;
	char *const *word;

	if (is(words[at], "sequence"))
		at++;
	if (parse_number(words[at], UINT32_MAX, &number))
		at++;
	else
		number = list->last + 10;
	for (word = words + at; *word; word++)
		if (!strcmp(*word, "sequence") && word[1] &&
		    list->family == V6)
			parse_number(word[1], UINT32_MAX, &number);
	if (is(words[at], "remark")) {
		list->remark = from_word(line, at + 1);
		return;
	}
	rule.sequence = number;
	rule.line = cisco->at.line;
	rule.text = from_word(line, at);
	rule.remark = list->remark;
	list->remark = NULL;
	if (number > list->last)
		list->last = number;
	GROW(cisco->rules, cisco->n_rules, cisco->cap_rules);
	cisco->rules[cisco->n_rules++] = rule;
}

/* Object groups */

static struct object *find_object(struct cisco *cisco, const char *name)
{
	size_t i;

	for (i = 0; name && i < cisco->n_objects; i++)
		if (!strcmp(cisco->objects[i].name, name))
			return &cisco->objects[i];
	return NULL;
}

static void open_object(struct cisco *cisco, const char *name)
{
	GROW(cisco->objects, cisco->n_objects, cisco->cap_objects);
	cisco->objects[cisco->n_objects++] = (struct object){
		.name = xstrdup(name),
	};
	cisco->object = cisco->n_objects;
}

/*
 * An address and a mask, which has zeroes where bits count, or ones.
 * Returns what is wrong, or NULL.
 */
static const char *read_masked(const char *address, const char *mask,
			       bool wildcard, struct prefix *p)
{
	struct prefix bits;
	unsigned int i, len = 0;
	bool counts, more = true;

	if (cidr_read_address(address, p) || p->family != 4)
		return text_print("%s is no address", quote_word(address));
	if (!mask || cidr_read_address(mask, &bits) || bits.family != 4)
		return text_print("%s is no mask", quote_word(mask ?: ""));
	for (i = 0; i < 32; i++) {
		counts = (bits.addr[i / 8] >> (7 - i % 8) & 1) != wildcard;
		if (counts && !more)
			return text_print("the bits of mask %s are not one after another",
					  quote_word(mask));
		more = counts;
		len += counts;
	}
	p->len = len;
	cidr_network(p);
	return NULL;
}

static void add_member(struct cisco *cisco, char **words)
{
	struct object *object = &cisco->objects[cisco->object - 1];
	struct object *other;
	const char *why = NULL;
	struct prefix p;
	size_t i;

	if (is(words[0], "description"))
		return;
	if (is(words[0], "host") && words[1])
		words++;
	if (is(words[0], "range")) {
		why = acl_range(words[1], words[1] ? words[2] : NULL,
				 &object->list, cisco->at);
	} else if (is(words[0], "group-object")) {
		other = find_object(cisco, words[1]);
		if (!other || other == object)
			why = "it has a group that is not there";
		for (i = 0; !why && prefixes_get(&other->list, i, &p); i++)
			prefixes_add(&object->list, &p, cisco->at);
		why = why ?: other->why;
	} else if (!words[1] && acl_prefix(words[0], &p)) {
		prefixes_add(&object->list, &p, cisco->at);
	} else {
		why = read_masked(words[0], words[1], false, &p);
		if (!why)
			prefixes_add(&object->list, &p, cisco->at);
	}
	if (why && !object->why)
		object->why = xstrdup(why);
}

/* The lines of a configuration */

static bool begins_member(const char *word)
{
	return is(word, "host") || is(word, "range") ||
	       is(word, "group-object") || is(word, "description") ||
	       isdigit((unsigned char)*word) || strchr(word, ':');
}

static bool is_standard_number(const char *name)
{
	uint64_t number;

	return parse_number(name, UINT32_MAX, &number) &&
	       (number < 100 || (number >= 1300 && number < 2000));
}

/* A line that begins a list or a group, or is one of its own */
static void take_command(struct cisco *cisco, const char *line, char **words,
			 int n)
{
	bool show = n > 3 && is(words[1], "IP") && is(words[2], "access") &&
		    is(words[3], "list");
	bool asa = n > 2 && is(words[2], "extended");

	cisco->list = cisco->object = 0;
	if (n > 2 && is(words[0], "access-list")) {
		cisco->list = open_list(cisco, words[1], V4,
					is_standard_number(words[1]));
		cisco->lists[cisco->list - 1].netmasks |= asa;
		if (n > 3)
			add_rule(cisco, line, words, asa ? 3 : 2);
		cisco->list = 0;
	} else if (n > 2 && is(words[0], "ip") && is(words[1], "access-list")) {
		cisco->list = open_list(cisco, words[n - 1], V4,
					is(words[2], "standard"));
	} else if (n > 2 && is(words[0], "ipv6") &&
		   is(words[1], "access-list")) {
		cisco->list = open_list(cisco, words[2], V6, false);
	} else if (show && n > 4) {
		cisco->list = open_list(cisco, words[4], V4,
					is(words[0], "Standard"));
	} else if (n > 3 && is(words[0], "IPv6") && is(words[1], "access") &&
		   is(words[2], "list")) {
		cisco->list = open_list(cisco, words[3], V6, false);
	} else if (n > 2 && is(words[0], "object-group") &&
		   (is(words[1], "network") || is(words[2], "address"))) {
		open_object(cisco, words[n - 1]);
	}
}

static void take_line(struct cisco *cisco, const char *line)
{
	/* What is within a list or a group stands further in */
	bool within = isblank((unsigned char)*line);
	char *words[ACL_WORDS], *copy;
	uint64_t number;
	int n, at;

	copy = split(line, words, &n);
	at = n && is(words[0], "sequence") ? 1 : 0;
	at += n > at && parse_number(words[at], UINT32_MAX, &number);
	if (!n || *words[0] == '!')
		;
	else if (cisco->list && n > at &&
		 (within || decides(words[at]) || is(words[at], "remark")))
		add_rule(cisco, line, words, 0);
	else if (cisco->object && (within || begins_member(words[0])))
		add_member(cisco, words);
	else
		take_command(cisco, line, words, n);
	free(copy);
}

/* What a line says */

/* Takes addresses; returns the word behind them, or NULL after saying why */
static char **take_addresses(struct cisco *cisco, char **word,
			     const struct acl_list *acl,
			     struct acl_match *match, struct prefixes *list)
{
	const int family = acl->family;
	const struct object *object;
	const char *why;
	struct prefix p;
	size_t i;

	if (!word || !*word) {
		acl_because(match, "addresses are missing");
		return NULL;
	}
	if (is(*word, "any") || is(*word, family == V4 ? "any4" : "any6")) {
		import_any(list, family, cisco->at);
		return word + 1;
	}
	if (is(*word, "object-group") || is(*word, "addrgroup")) {
		object = find_object(cisco, word[1]);
		if (!object)
			acl_because(match, "there is no network group %s",
				    quote_word(word[1] ?: ""));
		else if (object->why)
			acl_because(match, "in group %s: %s",
				    quote_word(word[1]), object->why);
		else if (!object->list.of[family].n)
			acl_because(match, "group %s is empty",
				    quote_word(word[1]));
		for (i = 0; object && prefixes_get(&object->list, i, &p); i++)
			prefixes_add(list, &p, prefixes_place(&object->list, i));
		return word[1] ? word + 2 : NULL;
	}
	if (is(*word, "host"))
		word++;
	if (*word && (strchr(*word, '/') || is(word[-1], "host")) &&
	    acl_prefix(*word, &p)) {
		prefixes_add(list, &p, cisco->at);
		return word + 1;
	}
	why = read_masked(*word ?: "", *word ? word[1] : NULL, !acl->netmasks,
			  &p);
	if (why)
		acl_because(match, "%s", why);
	else
		prefixes_add(list, &p, cisco->at);
	return *word && word[1] ? word + 2 : NULL;
}

/* By number, or as IOS prints it */
static bool read_port(const char *word, uint64_t *port)
{
	static const struct {
		const char *name;
		uint16_t port;
	} ports[] = {
		{ "bgp", 179 }, { "chargen", 19 }, { "cmd", 514 },
		{ "daytime", 13 }, { "discard", 9 }, { "domain", 53 },
		{ "echo", 7 }, { "exec", 512 }, { "finger", 79 },
		{ "ftp", 21 }, { "ftp-data", 20 }, { "gopher", 70 },
		{ "hostname", 101 }, { "ident", 113 }, { "irc", 194 },
		{ "klogin", 543 }, { "kshell", 544 }, { "login", 513 },
		{ "lpd", 515 }, { "msrpc", 135 }, { "nntp", 119 },
		{ "pim-auto-rp", 496 }, { "pop2", 109 }, { "pop3", 110 },
		{ "smtp", 25 }, { "sunrpc", 111 }, { "syslog", 514 },
		{ "tacacs", 49 }, { "talk", 517 }, { "telnet", 23 },
		{ "time", 37 }, { "uucp", 540 }, { "whois", 43 },
		{ "www", 80 },
	};
	size_t i;

	for (i = 0; i < sizeof(ports) / sizeof(*ports); i++)
		if (is(word, ports[i].name)) {
			*port = ports[i].port;
			return true;
		}
	return word && parse_number(word, 65535, port);
}

/* Takes the ports of the destination; returns the word behind them */
static char **take_ports(char **word, struct acl_match *match)
{
	uint64_t port = 0, last = 0;
	bool here = false, others = false, known = true;
	const char *op = word && *word ? *word : "";

	if (!strcmp(op, "eq") || !strcmp(op, "neq")) {
		/* Up to the first word that is no port */
		for (word++; *word && (read_port(*word, &port) ||
				       (!here && !others)); word++) {
			here |= read_port(*word, &port) && port == ACL_PORT;
			others |= !read_port(*word, &port) || port != ACL_PORT;
		}
		/* All but others are all, as it were */
		if (*op == 'e' || here)
			acl_ports(match, here == (*op == 'e'), others);
		return word;
	}
	if (!strcmp(op, "range")) {
		known = word[1] && read_port(word[1], &port) &&
			read_port(word[2], &last);
		here = port <= ACL_PORT && ACL_PORT <= last;
		word += !word[1] ? 1 : !word[2] ? 2 : 3;
	} else if (!strcmp(op, "gt") || !strcmp(op, "lt")) {
		known = read_port(word[1], &port);
		here = *op == 'g' ? port < ACL_PORT : port > ACL_PORT;
		word += word[1] ? 2 : 1;
	} else {
		return word;
	}
	if (!known) {
		match->unknown = true;
		acl_because(match, "its ports (%s) are not understood", op);
	} else {
		acl_ports(match, here, true);
	}
	return word;
}

/* Ports of the source, which nothing here is about */
static char **skip_ports(char **word, struct acl_match *match)
{
	struct acl_match ports = { 0 };
	char **next;

	if (!word)
		return NULL;
	next = take_ports(word, &ports);
	if (next == word)
		return word;
	match->unknown |= ports.ports == THIS_PORT;
	if (ports.ports == THIS_PORT)
		acl_because(match, "it is of the port that a packet comes from; %s",
			    "'reverse = on' judges answers from port 25");
	else
		acl_because(match, "it is of the port that a packet comes from");
	return next;
}

static void take_rest(char **word, struct acl_match *match)
{
	for (; word && *word && **word != '('; word++)
		if (is(*word, "established"))
			match->running = true;
		else if (is(*word, "sequence") && word[1])
			word++;
		else if (!is(*word, "log") && !is(*word, "log-input") &&
			 !is(*word, "syn") && !is(*word, "count"))
			acl_because(match, "%s is not understood",
				    quote_word(*word));
}

static bool take_protocol(const char *word, struct acl_match *match)
{
	if (is(word, "ip") || is(word, "ipv6") || is(word, "tcp") ||
	    is(word, "6"))
		return true;
	if (is(word, "object-group") || is(word, "object")) {
		match->unknown = true;
		acl_because(match, "a group of services is not understood");
		return false;
	}
	match->never = true;
	return false;
}

static void read_rule(struct cisco *cisco, const struct acl_list *list,
		      char **words, struct acl_match *match)
{
	bool tcp = is(words[1], "tcp") || is(words[1], "6");
	char **word = words + 1;

	memset(match, 0, sizeof(*match));
	if (!list->standard && !take_protocol(*word++, match))
		return;
	word = take_addresses(cisco, word, list, match, &match->src);
	if (tcp)
		word = skip_ports(word, match);
	if (list->standard)
		import_any(&match->dst, V4, cisco->at);
	else
		word = take_addresses(cisco, word, list, match, &match->dst);
	if (tcp && word)
		word = take_ports(word, match);
	take_rest(word, match);
	/* What is not understood in addresses is told, whatever they are */
	if (*match->why && !match->src.of[list->family].n)
		import_any(&match->src, list->family, cisco->at);
	if (*match->why && !match->dst.of[list->family].n)
		import_any(&match->dst, list->family, cisco->at);
}

static int take_rule(struct cisco *cisco, const struct rule *rule, bool chosen)
{
	const struct acl_list *list = &cisco->lists[rule->list];
	char *words[ACL_WORDS], *copy, text[512];
	struct acl_match match;
	int n, status = STATUS_OK;

	cisco->at.line = rule->line;
	copy = split(rule->text, words, &n);
	snprintf(text, sizeof(text), "%.240s%s%.240s%s", rule->text,
		 rule->remark ? " (" : "", rule->remark ?: "",
		 rule->remark ? ")" : "");
	if (decides(words[0])) {
		read_rule(cisco, list, words, &match);
	} else {
		acl_match_all(&match);
		match.src.of[!list->family].n = 0;
		match.unknown = true;
		acl_because(&match, "%s is not understood",
			    quote_word(words[0]));
	}
	cisco->im->others += !match.unknown &&
		(match.never || match.ports != THIS_PORT);
	if (!match.never && match.ports != OTHER_PORT && chosen)
		status = acl_decide(cisco->im, &match, is(words[0], "deny"),
				    OBPBL_REJECT_ADMIN, text, cisco->at);
	else if (!match.never && match.ports == THIS_PORT)
		import_leave(cisco->im, cisco->at, text,
			     "it is of access list %s, which is not the one that is imported",
			     quote_word(list->name));
	acl_match_free(&match);
	free(copy);
	return status;
}

/* Which lists are meant */

static int rule_order(const void *a, const void *b)
{
	const struct rule *x = a, *y = b;

	if (x->list != y->list)
		return x->list < y->list ? -1 : 1;
	if (x->sequence != y->sequence)
		return x->sequence < y->sequence ? -1 : 1;
	return x->line < y->line ? -1 : 1;
}

/* Whether a list, by its own, blocks port 25; its lines are thrown away */
static bool blocks(struct cisco *cisco, size_t list)
{
	struct import mine = *cisco->im;
	struct cisco trial = *cisco;
	bool found;
	size_t i;

	import_trial(&mine);
	trial.im = &mine;
	for (i = 0; i < cisco->n_rules; i++)
		if (cisco->rules[i].list == list &&
		    take_rule(&trial, &cisco->rules[i], true))
			break;
	found = acl_blocks(&mine);
	import_clear(&mine);
	return found;
}

static int choose(struct cisco *cisco)
{
	const struct acl_list *first[FAMILIES] = { NULL };
	struct acl_list *list;
	size_t i;

	for (i = 0; i < cisco->n_lists; i++) {
		list = &cisco->lists[i];
		list->chosen = cisco->im->n_lists ?
			       import_list(cisco->im, list->name) :
			       blocks(cisco, i);
		if (!list->chosen)
			continue;
		if (first[list->family])
			return import_which(cisco->im, "access list",
					    first[list->family]->name,
					    list->name);
		first[list->family] = list;
	}
	return first[V4] || first[V6] ? STATUS_OK :
	       import_none(cisco->im, "access list");
}

static int take_all(struct cisco *cisco)
{
	const struct acl_list *list;
	int status;
	size_t i;

	if (cisco->n_rules)
		qsort(cisco->rules, cisco->n_rules, sizeof(*cisco->rules),
		      rule_order);
	status = choose(cisco);
	for (i = 0; !status && i < cisco->n_rules; i++) {
		list = &cisco->lists[cisco->rules[i].list];
		status = take_rule(cisco, &cisco->rules[i], list->chosen);
	}
	/* Each denies at its end what it has not permitted. */
	for (i = 0; !status && i < cisco->n_lists; i++)
		if (cisco->lists[i].chosen)
			status = acl_end_all(cisco->im, "list",
					     cisco->lists[i].name,
					     cisco->lists[i].family);
	return status;
}

static void cisco_free(struct cisco *cisco)
{
	size_t i;

	for (i = 0; i < cisco->n_lists; i++)
		free((char *)cisco->lists[i].name);
	for (i = 0; i < cisco->n_objects; i++) {
		free((char *)cisco->objects[i].name);
		free((char *)cisco->objects[i].why);
		prefixes_free(&cisco->objects[i].list);
	}
	free(cisco->lists);
	free(cisco->objects);
	free(cisco->rules);
}

/**
 * cisco_read() - the lines of access lists
 * @im: where to put them
 * @text: the configuration; it is taken apart
 * @size: its length
 *
 * Return: enum status.
 */
int cisco_read(struct import *im, char *text, size_t size)
{
	struct cisco cisco = { .im = im };
	char *line, *rest = text;
	int status;

	(void)size;
	cisco.at.file = policy_file(&im->policy, file_name(im->path));
	while ((line = strsep(&rest, "\n"))) {
		cisco.at.line++;
		line[strcspn(line, "\r")] = '\0';
		take_line(&cisco, line);
	}
	status = take_all(&cisco);
	cisco_free(&cisco);
	return status;
}

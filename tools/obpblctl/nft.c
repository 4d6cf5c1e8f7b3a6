// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules of nftables, as "nft -j list ruleset" prints them, see
 * libnftables-json(5)
 *
 * Chains are followed as the kernel does, from the one at the forward hook on, so
 * that what is left are lines of which the first one that matches decides.
 */
#include <stdlib.h>
#include <string.h>
#include <jansson.h>

#include "import.h"
#include "list.h"

#define DEPTH 16	/* of chains that lead to each other: the kernel's own limit */
#define VISITS 1000000

/**
 * struct nft - a ruleset
 * @im: where to put it
 * @all: its objects
 * @chains: the rules of each chain
 * @sets: each set and each map
 * @family: of the table at hand
 * @table: its name
 * @version: of the nft that has printed it
 * @drop: the policy of the base chain
 * @rule: the rule at hand
 * @jumps: how many jumps have led to it
 * @in_set: elements of a named set are being read
 * @visits: how many rules were gone through, chains that are jumped to anew
 * @seen: the rules that something which is forwarded gets to
 * @ours: those of them that are about port 25
 * @status: enum status
 */
struct nft {
	struct import *im;
	const json_t *all;
	json_t *chains;
	json_t *sets;
	const char *family;
	const char *table;
	const char *version;
	bool drop;
	const json_t *rule;
	unsigned int jumps;
	bool in_set;
	size_t visits;
	json_t *seen;
	json_t *ours;
	int status;
};

static void follow(struct nft *nft, const char *name, const struct acl_match *match,
		   unsigned int depth);

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key)) ?: "";
}

/* Objects, by their table and their name there */

static const char *name_of(const char *family, const char *table,
			   const char *name)
{
	return text_print("%s %s %s", family, table, name);
}

static const char *own_name(const json_t *object, const char *key)
{
	return name_of(text_of(object, "family"), text_of(object, "table"),
		       text_of(object, key));
}

static void index_objects(struct nft *nft)
{
	json_t *entry, *object, *rules;
	const char *name;
	size_t i;

	json_array_foreach(nft->all, i, entry) {
		object = json_object_get(entry, "set") ?:
			 json_object_get(entry, "map");
		if (object)
			json_object_set(nft->sets, own_name(object, "name"),
					object);
		object = json_object_get(entry, "rule");
		if (!object)
			continue;
		name = own_name(object, "chain");
		rules = json_object_get(nft->chains, name);
		if (!rules) {
			rules = json_array();
			json_object_set_new(nft->chains, name, rules);
		}
		json_array_append(rules, object);
	}
}

/* A set or map of the table at hand, by "@NAME" */
static const json_t *named(const struct nft *nft, const char *name)
{
	return json_object_get(nft->sets, name_of(nft->family, nft->table,
						  name + 1));
}

/* The rules of a chain of the table at hand */
static const json_t *rules_of(const struct nft *nft, const char *chain)
{
	return json_object_get(nft->chains, name_of(nft->family, nft->table,
						    chain));
}

/* Addresses */

static const char *add_address(const char *text, json_int_t len,
			       struct prefixes *list, struct place at)
{
	struct prefix p;
	const char *fault = cidr_read_address(text, &p);

	if (fault || len > (int)cidr_bits(&p) || len < -1)
		return "it has an address that is none";
	if (len >= 0)
		p.len = len;
	cidr_network(&p);
	prefixes_add(list, &p, at);
	return NULL;
}

static const char *add_value(struct nft *nft, const json_t *value,
			     struct prefixes *list, struct place at);

static const char *add_array(struct nft *nft, const json_t *array,
			     struct prefixes *list, struct place at)
{
	const char *why = NULL;
	const json_t *value;
	size_t i;

	json_array_foreach(array, i, value) {
		why = add_value(nft, value, list, at);
		if (why)
			break;
	}
	return why;
}

static const char *add_set(struct nft *nft, const char *name,
			   struct prefixes *list)
{
	const json_t *set = named(nft, name);
	struct place at = { 0 };
	const char *why;

	if (!set || nft->in_set)
		return text_print("there is no set %s", quote_word(name));
	at.file = import_file(nft->im, text_print("%s %s set %s", nft->family,
						  nft->table, name + 1));
	nft->in_set = true;
	why = add_array(nft, json_object_get(set, "elem"), list, at);
	nft->in_set = false;
	return why;
}

/* Adds what a value stands for; returns why it cannot, or NULL */
static const char *add_value(struct nft *nft, const json_t *value,
			     struct prefixes *list, struct place at)
{
	const json_t *inner;
	const char *text = json_string_value(value);

	if (text && *text == '@')
		return add_set(nft, text, list);
	if (text)
		return add_address(text, -1, list, at);
	inner = json_object_get(value, "prefix");
	if (inner)
		return add_address(text_of(inner, "addr"),
				   json_integer_value(json_object_get(inner,
								      "len")),
				   list, at);
	inner = json_object_get(value, "range");
	if (inner)
		return acl_range(json_string_value(json_array_get(inner, 0)),
				 json_string_value(json_array_get(inner, 1)),
				 list, at);
	inner = json_object_get(value, "set");
	if (inner)
		return json_is_array(inner) ? add_array(nft, inner, list, at) :
					      add_value(nft, inner, list, at);
	inner = json_object_get(value, "elem");
	if (!inner || !json_object_get(inner, "val"))
		return "it has a value that is no address";
	if (json_object_get(inner, "timeout"))
		import_note(nft->im, at, NULL,
			    "an element that ends by itself is here to stay");
	return add_value(nft, json_object_get(inner, "val"), list, at);
}

/* Narrows addresses to those of a list; what was written stays as it was. */
static void narrow(struct prefixes *list, struct prefixes *by, bool not,
		   int family, struct place at)
{
	struct prefixes result = { 0 };
	struct ranges a, b, c, d;
	bool all = true;
	struct prefix p;
	size_t i;

	for (i = 0; prefixes_get(list, i, &p); i++)
		all &= !p.len;
	/* A family that no address of the rule is of does not match it */
	if (family == V4 || family == V6)
		list->of[!family].n = 0;
	if (all && !not && list->of[family].n) {
		prefixes_free(list);
		*list = *by;
		memset(by, 0, sizeof(*by));
		return;
	}
	ranges_make(&a, list);
	ranges_make(&b, by);
	ranges_not(&c, &b);
	ranges_and(&d, &a, not ? &c : &b);
	ranges_prefixes(&d, &result, at);
	ranges_free(&a);
	ranges_free(&b);
	ranges_free(&c);
	ranges_free(&d);
	prefixes_free(list);
	prefixes_free(by);
	*list = result;
}

/* Conditions of a rule */

static bool is_port_in(struct nft *nft, const json_t *value, bool *others)
{
	const json_t *inner, *one;
	const char *text = json_string_value(value);
	bool found = false;
	size_t i;

	if (text && *text == '@' && !nft->in_set) {
		inner = named(nft, text);
		nft->in_set = true;
		found = inner && is_port_in(nft, json_object_get(inner, "elem"),
					    others);
		nft->in_set = false;
		return found;
	}
	if (text) {
		*others |= strcmp(text, "smtp");
		return !strcmp(text, "smtp");
	}
	if (json_is_integer(value)) {
		*others |= json_integer_value(value) != ACL_PORT;
		return json_integer_value(value) == ACL_PORT;
	}
	inner = json_object_get(value, "range");
	if (inner) {
		*others = true;
		return json_integer_value(json_array_get(inner, 0)) <= ACL_PORT &&
		       json_integer_value(json_array_get(inner, 1)) >= ACL_PORT;
	}
	inner = json_object_get(value, "elem");
	if (inner)
		return is_port_in(nft, json_object_get(inner, "val"), others);
	inner = json_object_get(value, "set") ?:
		json_object_get(value, "concat") ?: value;
	if (json_is_string(inner))
		return is_port_in(nft, inner, others);
	json_array_foreach(inner, i, one)
		found |= is_port_in(nft, one, others);
	return found;
}

static void match_port(struct nft *nft, struct acl_match *match,
		       const json_t *right, bool not)
{
	bool others = false, found = is_port_in(nft, right, &others);

	/* All ports but a few are all of them, as it were */
	if (!not || found)
		acl_ports(match, found != not, others);
}

static bool is_dport(const json_t *payload)
{
	const char *protocol = text_of(payload, "protocol");

	return !strcmp(text_of(payload, "field"), "dport") &&
	       (!strcmp(protocol, "tcp") || !strcmp(protocol, "th"));
}

/* "<" and the like, which have all ports on one side */
static void match_order(struct acl_match *match, const char *op,
			json_int_t limit)
{
	if (op[1])
		limit += *op == '<' ? 1 : -1;
	acl_ports(match, *op == '<' ? ACL_PORT < limit : ACL_PORT > limit,
		  true);
}

/* Whether a value is a word, or has it among others */
static bool has_word(const json_t *value, const char *word)
{
	const json_t *inner, *one;
	bool found = false;
	size_t i;

	if (json_is_string(value))
		return !strcmp(json_string_value(value), word);
	if (json_is_integer(value))
		return json_integer_value(value) == 6 && !strcmp(word, "tcp");
	inner = json_object_get(value, "set") ?:
		json_object_get(value, "|") ?: value;
	json_array_foreach(inner, i, one)
		found |= has_word(one, word);
	return found;
}

static void match_address(struct nft *nft, struct acl_match *match,
			  struct prefixes *list, const char *protocol,
			  const json_t *right, bool not, struct place at)
{
	struct prefixes by = { 0 };
	const char *why = add_value(nft, right, &by, at);
	int family = !strcmp(protocol, "ip6") ? V6 : V4;

	if (!why && !not && !prefixes_count(&by))
		why = "it is of a set that is empty";
	if (why) {
		/* It is told, whatever they are */
		acl_because(match, "%s", why);
		list->of[!family].n = 0;
		prefixes_free(&by);
		return;
	}
	narrow(list, &by, not, family, at);
}

/* Whether a name, which may end in *, is that of an interface */
static bool is_dev(const char *pattern, const char *name)
{
	size_t length = strlen(pattern);

	if (!strcmp(pattern, name))
		return true;
	return length && pattern[length - 1] == '*' &&
	       !strncmp(pattern, name, length - 1);
}

static bool is_meant(const struct import *im, const json_t *value)
{
	size_t i, j;
	const json_t *one, *inner = json_object_get(value, "set");

	if (!json_is_string(value)) {
		json_array_foreach(inner, i, one)
			if (is_meant(im, one))
				return true;
		return false;
	}
	for (j = 0; j < im->n_devs; j++)
		if (is_dev(json_string_value(value), im->devs[j]))
			return true;
	return false;
}

static void match_dev(struct nft *nft, struct acl_match *match, const char *key,
		      const json_t *right, bool not)
{
	const char *name = json_string_value(right);

	/* What is forwarded comes from there never, and goes there never */
	if (name && !strcmp(name, "lo"))
		match->never |= !not;
	else if (!not && is_meant(nft->im, right))
		match->dev = key;
	else
		acl_because(match, "it is of interfaces (%s %s%s); those that are meant are given as 'dev NAME'",
					key, not ? "!= " : "",
					name ? quote_word(name) : "...");
}

static void match_meta(struct nft *nft, struct acl_match *match, const char *key,
		       const json_t *right, bool not)
{
	if (!strcmp(key, "l4proto")) {
		match->never |= has_word(right, "tcp") == not;
	} else if (!strcmp(key, "nfproto") || !strcmp(key, "protocol")) {
		if ((has_word(right, "ipv4") || has_word(right, "ip")) == not)
			match->src.of[V4].n = 0;
		if ((has_word(right, "ipv6") || has_word(right, "ip6")) == not)
			match->src.of[V6].n = 0;
	} else if (!strncmp(key, "iif", 3) || !strncmp(key, "oif", 3)) {
		match_dev(nft, match, key, right, not);
	} else {
		acl_because(match, "it matches meta %s", quote_word(key));
	}
}

static void match_payload(struct nft *nft, struct acl_match *match,
			  const json_t *left, const json_t *right, bool not,
			  struct place at)
{
	const char *protocol = text_of(left, "protocol");
	const char *field = text_of(left, "field");
	bool network = !strcmp(protocol, "ip") || !strcmp(protocol, "ip6");

	if (is_dport(left)) {
		match_port(nft, match, right, not);
	} else if (network && !strcmp(field, "saddr")) {
		match_address(nft, match, &match->src, protocol, right, not, at);
	} else if (network && !strcmp(field, "daddr")) {
		match_address(nft, match, &match->dst, protocol, right, not, at);
	} else if (network && (!strcmp(field, "protocol") ||
			       !strcmp(field, "nexthdr"))) {
		match->src.of[!strcmp(protocol, "ip") ? V6 : V4].n = 0;
		match->never |= has_word(right, "tcp") == not;
	} else if (!strcmp(protocol, "udp") || !strcmp(protocol, "icmp") ||
		   !strcmp(protocol, "icmpv6") || !strcmp(protocol, "sctp")) {
		match->never = true;
	} else {
		acl_because(match, "it matches %s %s", quote_word(protocol),
					quote_word(field));
	}
}

/* Only the first packet of a connection counts, which is new. */
static void match_state(struct acl_match *match, const json_t *right, bool not)
{
	if (has_word(right, "new") == not)
		match->running = true;
}

/* "tcp flags syn / fin,syn,rst,ack" and the like: a new connection is that */
static bool is_syn(const json_t *left, const json_t *right)
{
	const json_t *masked = json_array_get(json_object_get(left, "&"), 0);

	return !strcmp(text_of(json_object_get(masked, "payload"), "field"),
		       "flags") && json_is_string(right) &&
	       has_word(right, "syn");
}

/* Several things at once, or bytes by their number */
static void match_other(struct nft *nft, struct acl_match *match,
			const json_t *left, const json_t *right)
{
	const json_t *one, *payload = json_object_get(left, "payload");
	bool others, port = !strcmp(text_of(payload, "base"), "th");
	size_t i;

	json_array_foreach(json_object_get(left, "concat"), i, one)
		if (is_dport(json_object_get(one, "payload"))) {
			port = is_port_in(nft, right, &others);
			if (!port)
				acl_ports(match, false, true);
		}
	match->unknown |= port;
	acl_because(match, "it matches something else than addresses, port and interface");
}

static void match_one(struct nft *nft, struct acl_match *match, const json_t *is,
		      struct place at)
{
	const char *op = text_of(is, "op");
	const json_t *left = json_object_get(is, "left"), *inner;
	const json_t *right = json_object_get(is, "right");
	bool not = !strcmp(op, "!=");

	if (*op && strchr("<>", *op) && json_is_integer(right) &&
	    is_dport(json_object_get(left, "payload")))
		match_order(match, op, json_integer_value(right));
	else if (strcmp(op, "==") && strcmp(op, "in") && !not)
		acl_because(match, "it compares by %s", quote_word(op));
	else if ((inner = json_object_get(left, "payload")) &&
		 json_object_get(inner, "protocol"))
		match_payload(nft, match, inner, right, not, at);
	else if ((inner = json_object_get(left, "meta")))
		match_meta(nft, match, text_of(inner, "key"), right, not);
	else if ((inner = json_object_get(left, "ct")) &&
		 !strcmp(text_of(inner, "key"), "state"))
		match_state(match, right, not);
	else if (!is_syn(left, right) || not)
		match_other(nft, match, left, right);
}

/* Verdicts */

static void add_line(struct nft *nft, const struct acl_match *match, bool deny,
		     int reject, const char *text, struct place at)
{
	if (!nft->status)
		nft->status = acl_decide(nft->im, match, deny, reject, text,
					 at);
}

static int reject_of(const json_t *reject)
{
	return !strcmp(text_of(reject, "type"), "tcp reset") ?
	       OBPBL_REJECT_RESET : OBPBL_REJECT_ADMIN;
}

static const char *const verdicts[] = {
	"accept", "drop", "reject", "jump", "goto", "return", "continue",
	"queue", NULL
};

static const char *verdict_of(const json_t *statement)
{
	const char *const *verdict = verdicts;

	while (*verdict && !json_object_get(statement, *verdict))
		verdict++;
	return *verdict;
}

/* Whether the rule at hand is the last one of its chain */
static bool is_last(const struct nft *nft)
{
	const json_t *rules = rules_of(nft, text_of(nft->rule, "chain"));

	return json_array_get(rules, json_array_size(rules) - 1) == nft->rule;
}

/* It leaves the chain: for the policy, or for what is behind the jump to it */
static void leave(struct nft *nft, const struct acl_match *match,
		  const char *verdict, const char *text, struct place at)
{
	if (!nft->jumps)
		add_line(nft, match, nft->drop, OBPBL_REJECT_DROP, text, at);
	else if (!match->running && !is_last(nft))
		import_leave(nft->im, at, text,
			     "%s out of a chain that was jumped to has no like here",
			     verdict);
}

static void decide(struct nft *nft, const struct acl_match *match,
		   const json_t *statement, const char *text, struct place at,
		   unsigned int depth)
{
	const char *verdict = verdict_of(statement);
	const json_t *value = json_object_get(statement, verdict);

	if (!strcmp(verdict, "accept")) {
		add_line(nft, match, false, 0, text, at);
	} else if (!strcmp(verdict, "drop")) {
		add_line(nft, match, true, OBPBL_REJECT_DROP, text, at);
	} else if (!strcmp(verdict, "reject")) {
		add_line(nft, match, true, reject_of(value), text, at);
	} else if (!strcmp(verdict, "jump")) {
		nft->jumps++;
		follow(nft, text_of(value, "target"), match, depth + 1);
		nft->jumps--;
	} else if (!strcmp(verdict, "goto")) {
		follow(nft, text_of(value, "target"), match, depth + 1);
		leave(nft, match, verdict, text, at);
	} else if (!strcmp(verdict, "return")) {
		leave(nft, match, verdict, text, at);
	} else if (strcmp(verdict, "continue")) {
		import_leave(nft->im, at, text, "%s has no like here", verdict);
	}
}

/* An element of a map: its key, and what happens then */
static const json_t *map_key(const json_t *element)
{
	const json_t *key = json_array_get(element, 0);
	const json_t *inner = json_object_get(key, "elem");

	return inner ? json_object_get(inner, "val") : key;
}

/* All elements of one verdict together, since there may be thousands */
static void decide_by_map(struct nft *nft, const struct acl_match *match,
			  const json_t *vmap, const char *text,
			  struct place at, unsigned int depth)
{
	const json_t *data = json_object_get(vmap, "data"), *one, *verdict;
	const json_t *set = json_object_get(data, "set");
	json_t *is, *keys, *groups = json_array(), *group;
	struct acl_match inner;
	size_t i, j;

	if (json_is_string(data)) {
		set = named(nft, json_string_value(data));
		set = set ? json_object_get(set, "elem") : NULL;
	}
	json_array_foreach(set, i, one) {
		verdict = json_array_get(one, 1);
		json_array_foreach(groups, j, group)
			if (json_equal(json_array_get(group, 0), verdict))
				break;
		if (j == json_array_size(groups)) {
			keys = json_array();
			json_array_append_new(groups,
					      json_pack("[O, o]", verdict,
							keys));
		}
		keys = json_array_get(json_array_get(groups, j), 1);
		json_array_append(keys, (json_t *)map_key(one));
	}
	if (!json_array_size(groups) && match->ports == THIS_PORT)
		import_leave(nft->im, at, text, "it is of a map that is empty");
	json_array_foreach(groups, j, group) {
		verdict = json_array_get(group, 0);
		is = json_pack("{s:s, s:O, s:{s:O}}", "op", "==", "left",
			       json_object_get(vmap, "key"), "right", "set",
			       json_array_get(group, 1));
		acl_match_copy(&inner, match);
		match_one(nft, &inner, is, at);
		if (acl_may_match(&inner) && verdict_of(verdict))
			decide(nft, &inner, verdict, text, at, depth);
		acl_match_free(&inner);
		json_decref(is);
	}
	json_decref(groups);
}

/* Of what is added to a set under a limit, nft before 1.0.9 prints no limit. */
static bool prints_limits(const struct nft *nft)
{
	int major = 0, minor = 0, patch = 0;

	sscanf(nft->version, "%d.%d.%d", &major, &minor, &patch);
	return major > 1 || (major == 1 && (minor || patch >= 9));
}

/* Why a statement may end a rule before its verdict; NULL: it does not */
static const char *condition_of(const struct nft *nft, const json_t *statement)
{
	static const char *const harmless[] = {
		"counter", "log", "mangle", "notrack", NULL
	};
	const json_t *inner = json_object_get(statement, "set") ?:
			      json_object_get(statement, "map"), *one;
	const char *const *word = harmless;
	size_t i;

	json_array_foreach(json_object_get(inner, "stmt"), i, one)
		if (!json_object_get(one, "counter"))
			return "it adds to a set under a condition";
	if (inner)
		return prints_limits(nft) ? NULL :
		       "it adds to a set, and nft before 1.0.9 does not print under which condition";
	while (*word && !json_object_get(statement, *word))
		word++;
	return *word ? NULL :
	       text_print("it has %s, which is not understood",
			  quote_word(json_object_iter_key(json_object_iter(
					(json_t *)statement)) ?: ""));
}

static long long handle_of(const json_t *rule)
{
	return json_integer_value(json_object_get(rule, "handle"));
}

/* Handles are numbers of a table */
static const char *key_of(const json_t *rule)
{
	return text_print("%s %s %lld", text_of(rule, "family"),
			  text_of(rule, "table"), handle_of(rule));
}

static void remember(json_t *rules, const json_t *rule)
{
	json_object_set_new(rules, key_of(rule), json_true());
}

static struct place place_of(struct nft *nft, const json_t *rule)
{
	const char *name = text_print("%s handle %lld", own_name(rule, "chain"),
				      handle_of(rule));

	return (struct place){ .file = import_file(nft->im, name) };
}

static void take_rule(struct nft *nft, const json_t *rule,
		      const struct acl_match *outer, unsigned int depth)
{
	const json_t *statement, *inner, *jumper = nft->rule;
	const char *comment = json_string_value(json_object_get(rule, "comment"));
	const char *why;
	struct place at = place_of(nft, rule);
	bool decided = false;
	struct acl_match match;
	size_t i;

	remember(nft->seen, rule);
	nft->rule = rule;
	acl_match_copy(&match, outer);
	json_array_foreach(json_object_get(rule, "expr"), i, statement) {
		inner = json_object_get(statement, "match");
		if (inner) {
			match_one(nft, &match, inner, at);
		} else if (!acl_may_match(&match)) {
			break;
		} else if ((inner = json_object_get(statement, "vmap"))) {
			decide_by_map(nft, &match, inner, comment, at, depth);
			decided = true;
		} else if (verdict_of(statement)) {
			decide(nft, &match, statement, comment, at, depth);
			decided = true;
		} else if ((why = condition_of(nft, statement))) {
			match.unknown = true;
			acl_because(&match, "%s", why);
		}
	}
	if (decided && (match.ports == THIS_PORT || match.unknown))
		remember(nft->ours, rule);
	acl_match_free(&match);
	nft->rule = jumper;
}

/* The rules of a chain, for what gets there */
static void follow(struct nft *nft, const char *name, const struct acl_match *match,
		   unsigned int depth)
{
	const json_t *rule;
	size_t i;

	if (depth > DEPTH || nft->visits > VISITS)
		nft->status = nft->status ?:
			fail("%s: chains of table %s lead to each other more than %d deep, or too often",
			     file_name(nft->im->path), quote_word(nft->table),
			     DEPTH);
	json_array_foreach(rules_of(nft, name), i, rule) {
		if (nft->status)
			return;
		nft->visits++;
		take_rule(nft, rule, match, depth);
	}
}

/* Base chains */

/* A chain that forwarded packets of IP come to */
static bool is_base(const json_t *chain)
{
	const char *family = text_of(chain, "family");

	return !strcmp(text_of(chain, "hook"), "forward") &&
	       (!strcmp(family, "ip") || !strcmp(family, "ip6") ||
		!strcmp(family, "inet"));
}

static void take_base(struct nft *nft, const json_t *chain)
{
	struct acl_match match;

	nft->family = text_of(chain, "family");
	nft->table = text_of(chain, "table");
	nft->drop = !strcmp(text_of(chain, "policy"), "drop");
	acl_match_all(&match);
	if (!strcmp(nft->family, "ip"))
		match.src.of[V6].n = 0;
	else if (!strcmp(nft->family, "ip6"))
		match.src.of[V4].n = 0;
	follow(nft, text_of(chain, "name"), &match, 0);
	if (nft->drop && !nft->status)
		nft->status = acl_end(nft->im, own_name(chain, "name"), &match);
	acl_match_free(&match);
}

/* Whether a chain, by its own, blocks port 25; its lines are thrown away */
static bool blocks(struct nft *nft, const json_t *chain)
{
	struct import *im = nft->im, mine = *im;
	struct nft trial = {
		.im = &mine, .all = nft->all, .chains = nft->chains,
		.sets = nft->sets, .version = nft->version,
	};
	bool found;

	import_trial(&mine);
	trial.seen = json_object();
	trial.ours = json_object();
	take_base(&trial, chain);
	found = acl_blocks(&mine);
	nft->status = trial.status;
	json_decref(trial.seen);
	json_decref(trial.ours);
	import_clear(&mine);
	return found;
}

static bool is_chosen(struct nft *nft, const json_t *chain)
{
	struct import *im = nft->im;

	return im->n_lists ? import_list(im, own_name(chain, "name")) :
			     blocks(nft, chain);
}

/* A family can be in one chain only: it would take two to let a packet pass */
static void take_chosen(struct nft *nft)
{
	const json_t *entry, *chain, *first[FAMILIES] = { NULL }, *other;
	bool four, six;
	size_t i;

	json_array_foreach(nft->all, i, entry) {
		chain = json_object_get(entry, "chain");
		if (nft->status || !chain || !is_base(chain) ||
		    !is_chosen(nft, chain))
			continue;
		four = strcmp(text_of(chain, "family"), "ip6");
		six = strcmp(text_of(chain, "family"), "ip");
		other = four && first[V4] ? first[V4] : six ? first[V6] : NULL;
		if (other)
			nft->status = import_which(nft->im, "chain",
						   own_name(other, "name"),
						   own_name(chain, "name"));
		else
			take_base(nft, chain);
		if (four)
			first[V4] = chain;
		if (six)
			first[V6] = chain;
	}
	if (!nft->status && !first[V4] && !first[V6])
		nft->status = import_none(nft->im, "chain at the forward hook");
}

/* Rules that nothing gets to which is forwarded, or that another list has */
static void look_at_others(struct nft *nft)
{
	const json_t *entry, *rule, *statement, *inner;
	struct acl_match match;
	size_t i, j, total = 0;

	json_array_foreach(nft->all, i, entry) {
		rule = json_object_get(entry, "rule");
		if (!rule)
			continue;
		total++;
		if (json_object_get(nft->seen, key_of(rule)))
			continue;
		nft->family = text_of(rule, "family");
		nft->table = text_of(rule, "table");
		acl_match_all(&match);
		json_array_foreach(json_object_get(rule, "expr"), j, statement) {
			inner = json_object_get(statement, "match");
			if (inner)
				match_one(nft, &match, inner,
					  (struct place){ 0 });
		}
		if (match.ports == THIS_PORT && !match.never) {
			import_leave(nft->im, place_of(nft, rule), NULL,
				     "nothing that is forwarded gets to it from a chain that is imported");
			remember(nft->ours, rule);
		}
		acl_match_free(&match);
	}
	nft->im->others = total - json_object_size(nft->ours);
}

/**
 * nft_read() - the lines of a ruleset
 * @im: where to put them
 * @text: what nft -j list ruleset has printed
 * @size: its length
 *
 * Return: enum status.
 */
int nft_read(struct import *im, char *text, size_t size)
{
	struct nft nft = { .im = im };
	json_error_t error;
	json_t *root;

	root = json_loadb(text, size, 0, &error);
	if (!root)
		return fail("%s:%d:%d: %s; this is no output of 'nft -j list ruleset'",
			    file_name(im->path), error.line, error.column,
			    error.text);
	nft.all = json_object_get(root, "nftables");
	nft.version = text_of(json_object_get(json_array_get(nft.all, 0),
					      "metainfo"), "version");
	nft.chains = json_object();
	nft.sets = json_object();
	nft.seen = json_object();
	nft.ours = json_object();
	index_objects(&nft);
	if (!json_is_array(nft.all))
		nft.status = fail("%s: it has no array 'nftables'; this is no output of 'nft -j list ruleset'",
				  file_name(im->path));
	else
		take_chosen(&nft);
	if (!nft.status)
		look_at_others(&nft);
	json_decref(nft.chains);
	json_decref(nft.sets);
	json_decref(nft.seen);
	json_decref(nft.ours);
	json_decref(root);
	return nft.status;
}

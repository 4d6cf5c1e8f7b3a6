// SPDX-License-Identifier: GPL-2.0-only
/*
 * What "ipset save" prints: sets, to which the command line gives a meaning
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "import.h"
#include "list.h"
#include "names.h"

/**
 * struct entry - an entry of a set
 * @prefix: it
 * @to: of a pair, where to; family 0: it is no pair
 * @line: where it is
 * @timeout: in how many seconds it ends; 0: it does not
 * @nomatch: it is left out of a wider one
 * @comment: what is said of it, or NULL
 */
struct entry {
	struct prefix prefix;
	struct prefix to;
	uint32_t line;
	uint64_t timeout;
	bool nomatch;
	const char *comment;
};

/**
 * struct set - a set
 * @name: its name
 * @type: its type
 * @line: where it was created
 * @length: of the prefix that an address stands for; -1: of the address
 * @meant: what the command line says of it; NULL: nothing
 * @nomatch: it has such entries
 * @n: entries, whatever they are
 * @entries: those that are understood
 * @n_entries: number of them
 * @cap: room
 */
struct set {
	const char *name;
	const char *type;
	uint32_t line;
	int length;
	struct named_set *meant;
	bool nomatch;
	size_t n;
	struct entry *entries;
	size_t n_entries;
	size_t cap;
};

/**
 * struct ipset - what is being read
 * @im: where to put it
 * @sets: the sets
 * @n: number of them
 * @cap: room
 * @at: the line at hand
 */
struct ipset {
	struct import *im;
	struct set *sets;
	size_t n;
	size_t cap;
	struct place at;
};

/* Where an option is, which no text of a comment is; or NULL */
static char **option(char **words, const char *word)
{
	for (; *words && strcmp(*words, word); words++)
		if (!strcmp(*words, "comment") && words[1])
			words++;
	return *words ? words : NULL;
}

/* The value of one, or NULL */
static const char *value_of(char **words, const char *word)
{
	char **at = option(words, word);

	return at ? at[1] : NULL;
}

static int bad(struct ipset *ipset, const char *what)
{
	return fail("%s: %s; this is no output of 'ipset save'",
		    place_text(&ipset->im->policy, ipset->at), what);
}

static struct set *find_set(struct ipset *ipset, const char *name)
{
	size_t i;

	/* Entries follow their set */
	for (i = ipset->n; i--; )
		if (!strcmp(ipset->sets[i].name, name))
			return &ipset->sets[i];
	return NULL;
}

static int create(struct ipset *ipset, char **words)
{
	struct import *im = ipset->im;
	const char *netmask = value_of(words + 3, "netmask");
	struct set set = { .line = ipset->at.line, .length = -1 };
	uint64_t length;
	size_t i;

	set.name = words[1];
	set.type = option(words + 3, "bitmask") ? "hash with a bitmask" :
						  words[2];
	if (find_set(ipset, set.name))
		return bad(ipset, text_print("set %s is there twice",
					     quote_word(set.name)));
	if (netmask && !parse_number(netmask, 128, &length))
		return bad(ipset, text_print("%s is no netmask",
					     quote_word(netmask)));
	if (netmask)
		set.length = length;
	for (i = 0; i < im->n_sets; i++)
		if (!strcmp(im->sets[i].name, set.name))
			set.meant = &im->sets[i];
	if (set.meant)
		set.meant->seen = true;
	GROW(ipset->sets, ipset->n, ipset->cap);
	ipset->sets[ipset->n++] = set;
	return STATUS_OK;
}

static bool is_known(const struct set *set)
{
	return !strcmp(set->type, "hash:net") || !strcmp(set->type, "hash:ip") ||
	       !strcmp(set->type, "bitmap:ip") ||
	       (!strcmp(set->type, "hash:net,net") &&
		set->meant->class == OBPBL_CLASS_EXEMPT);
}

static const char *read_entry(const struct set *set, char *text,
			      struct entry *entry)
{
	char *comma = strchr(text, ',');
	const char *fault;

	if (comma) {
		*comma++ = '\0';
		fault = cidr_read(comma, strlen(comma), &entry->to);
		if (fault)
			return fault;
	}
	fault = cidr_read(text, strlen(text), &entry->prefix);
	if (fault)
		return fault;
	if (!comma != !strchr(set->type, ','))
		return "is no entry of a set of this type";
	if (set->length >= 0 && set->length < entry->prefix.len) {
		entry->prefix.len = set->length;
		cidr_network(&entry->prefix);
	}
	return NULL;
}

static int add(struct ipset *ipset, char **words)
{
	struct set *set = find_set(ipset, words[1]);
	struct entry entry = { .line = ipset->at.line };
	const char *fault, *timeout = value_of(words + 3, "timeout");

	if (!set)
		return bad(ipset, text_print("there is no set %s",
					     quote_word(words[1])));
	set->n++;
	if (!set->meant || !is_known(set))
		return STATUS_OK;
	if (timeout && !parse_number(timeout, UINT32_MAX, &entry.timeout))
		return bad(ipset, text_print("%s is no timeout",
					     quote_word(timeout)));
	fault = read_entry(set, words[2], &entry);
	if (fault)
		return bad(ipset, text_print("%s %s", quote_word(words[2]),
					     fault));
	entry.nomatch = option(words + 3, "nomatch");
	entry.comment = value_of(words + 3, "comment");
	set->nomatch |= entry.nomatch;
	GROW(set->entries, set->n_entries, set->cap);
	set->entries[set->n_entries++] = entry;
	return STATUS_OK;
}

static int take_line(struct ipset *ipset, char *line)
{
	char *words[ACL_WORDS];
	int n = acl_words(line, words);

	if (!n || *words[0] == '#')
		return STATUS_OK;
	if (n > 2 && !strcmp(words[0], "create"))
		return create(ipset, words);
	if (n > 2 && !strcmp(words[0], "add"))
		return add(ipset, words);
	return bad(ipset, text_print("%s: neither 'create SET TYPE ...' nor 'add SET ENTRY ...'",
				     quote_word(words[0])));
}

/* What becomes of the sets */

static void take_entry(struct import *im, const struct set *set,
		       const struct prefix *p, const struct entry *entry,
		       struct place at)
{
	int class = set->meant->class;
	const char *name = quote_word(set->name);
	struct overlay *overlay;

	if (class <= OBPBL_CLASS_TARGET) {
		if (entry && entry->timeout)
			import_leave(im, at, cidr_print(p),
				     "it ends in %llu seconds, and %s prefixes do not end",
				     (unsigned long long)entry->timeout,
				     names_word(&class_names, class));
		else
			prefixes_add(&im->isp->lists[class], p, at);
		return;
	}
	overlay = import_overlay(im, class, p, at, entry && entry->comment ?
				 entry->comment : text_print("set %s", name));
	if (entry && entry->timeout)
		overlay->until = time(NULL) + entry->timeout;
	if (entry)
		overlay->to = entry->to;
}

/* The most specific entry decides, whether it is one or an exception of one */
static void take_with_exceptions(struct import *im, const struct set *set,
				 struct place at)
{
	struct prefixes list = { 0 }, except = { 0 };
	struct prefix p;
	size_t i;

	for (i = 0; i < set->n_entries; i++)
		prefixes_add(set->entries[i].nomatch ? &except : &list,
			     &set->entries[i].prefix, at);
	acl_except(&list, &except, at);
	import_note(im, at, set->name,
		    "its nomatch entries are cut out of the others");
	for (i = 0; prefixes_get(&list, i, &p); i++)
		take_entry(im, set, &p, NULL, at);
	prefixes_free(&list);
}

static bool is_plain(const struct set *set)
{
	size_t i;

	for (i = 0; i < set->n_entries; i++)
		if (set->entries[i].timeout || set->entries[i].to.family)
			return false;
	return true;
}

static void take_set(struct import *im, const struct set *set, uint32_t file)
{
	struct place at = { .file = file, .line = set->line };
	size_t i;

	if (!set->meant)
		import_leave(im, at, set->name,
			     "a set of %zu, to which the command line gives no meaning: set %s class CLASS",
			     set->n, set->name);
	else if (!is_known(set))
		import_leave(im, at, set->name,
			     "a set of %zu, of type %s, which has no like in class %s",
			     set->n, set->type,
			     names_word(&class_names, set->meant->class));
	else if (set->nomatch && !is_plain(set))
		import_leave(im, at, set->name,
			     "a set of %zu, of which some do not match and some end or are pairs",
			     set->n);
	else if (set->nomatch)
		take_with_exceptions(im, set, at);
	else
		for (i = 0; i < set->n_entries; i++) {
			at.line = set->entries[i].line;
			take_entry(im, set, &set->entries[i].prefix,
				   &set->entries[i], at);
		}
}

static int take_sets(struct ipset *ipset)
{
	struct import *im = ipset->im;
	size_t i;

	for (i = 0; i < im->n_sets; i++)
		if (!im->sets[i].seen)
			return fail("%s: there is no set %s",
				    file_name(im->path),
				    quote_word(im->sets[i].name));
	for (i = 0; i < ipset->n; i++)
		take_set(im, &ipset->sets[i], ipset->at.file);
	acl_finish(im->isp);
	if (im->isp->lists[OBPBL_CLASS_TARGET].of[V4].n +
	    im->isp->lists[OBPBL_CLASS_TARGET].of[V6].n)
		im->isp->policy = OBPBL_POLICY_TARGETS;
	return STATUS_OK;
}

/**
 * ipset_read() - the sets of an "ipset save"
 * @im: where to put them
 * @text: what it has printed; it is taken apart
 * @size: its length
 *
 * Return: enum status.
 */
int ipset_read(struct import *im, char *text, size_t size)
{
	struct ipset ipset = { .im = im };
	int status = STATUS_OK;
	char *line, *rest = text;
	size_t i;

	(void)size;
	ipset.at.file = policy_file(&im->policy, file_name(im->path));
	while (!status && (line = strsep(&rest, "\n"))) {
		ipset.at.line++;
		status = take_line(&ipset, line);
	}
	if (!status)
		status = take_sets(&ipset);
	for (i = 0; i < ipset.n; i++)
		free(ipset.sets[i].entries);
	free(ipset.sets);
	return status;
}

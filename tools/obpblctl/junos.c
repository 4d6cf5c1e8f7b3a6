// SPDX-License-Identifier: GPL-2.0-only
/*
 * Firewall filters of Junos, with braces as "show configuration" prints them, or as
 * lines of "set"
 *
 * Either way a statement is a path of words.  Those of a term are kept until all
 * is read, since a prefix list may come later.
 */
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "list.h"

#define PATH (2 * ACL_WORDS - 4)	/* bytes of the words of a statement */
#define DEPTH 32	/* of braces */

/**
 * struct prefix_list - a prefix list
 * @name: its name
 * @list: its prefixes
 * @more: it has something else, too
 */
struct prefix_list {
	char *name;
	struct prefixes list;
	bool more;
};

/**
 * struct filter - a filter
 * @name: its name
 * @family: V4 or V6
 * @chosen: it is one that is imported
 */
struct filter {
	char *name;
	int family;
	bool chosen;
};

/**
 * struct term - a term of a filter
 * @filter: index of the filter
 * @name: its name
 * @line: where it begins
 * @statements: its "from ..." and "then ..."
 * @n: number of them
 * @cap: room
 */
struct term {
	size_t filter;
	char *name;
	uint32_t line;
	char **statements;
	size_t n;
	size_t cap;
};

/**
 * struct junos - what is being read
 * @im: where to put it
 * @lists: prefix lists
 * @n_lists: number of them
 * @cap_lists: room
 * @filters: filters
 * @n_filters: number of them
 * @cap_filters: room
 * @terms: their terms, as they come
 * @n_terms: number of them
 * @cap_terms: room
 * @at: the line at hand
 */
struct junos {
	struct import *im;
	struct prefix_list *lists;
	size_t n_lists;
	size_t cap_lists;
	struct filter *filters;
	size_t n_filters;
	size_t cap_filters;
	struct term *terms;
	size_t n_terms;
	size_t cap_terms;
	struct place at;
};

static bool is(const char *word, const char *other)
{
	return word && !strcmp(word, other);
}

/* Statements */

static struct prefix_list *find_list(struct junos *junos, const char *name)
{
	size_t i;

	for (i = 0; name && i < junos->n_lists; i++)
		if (!strcmp(junos->lists[i].name, name))
			return &junos->lists[i];
	return NULL;
}

static void take_prefix_list(struct junos *junos, char **words)
{
	struct prefix_list *list = find_list(junos, words[1]);
	struct prefix p;

	if (!list) {
		GROW(junos->lists, junos->n_lists, junos->cap_lists);
		list = &junos->lists[junos->n_lists++];
		*list = (struct prefix_list){ .name = xstrdup(words[1]) };
	}
	if (!words[2])
		return;
	if (acl_prefix(words[2], &p)) {
		prefixes_add(&list->list, &p, junos->at);
		return;
	}
	list->more = true;
	import_leave(junos->im, junos->at, words[2],
		     "it is no prefix, in prefix list %s",
		     quote_word(words[1]));
}

static size_t find_filter(struct junos *junos, const char *name, int family)
{
	size_t i;

	for (i = 0; i < junos->n_filters; i++)
		if (junos->filters[i].family == family &&
		    !strcmp(junos->filters[i].name, name))
			return i;
	GROW(junos->filters, junos->n_filters, junos->cap_filters);
	junos->filters[junos->n_filters] = (struct filter){
		.name = xstrdup(name), .family = family,
	};
	return junos->n_filters++;
}

static struct term *find_term(struct junos *junos, size_t filter,
			      const char *name)
{
	struct term *term;
	size_t i;

	for (i = junos->n_terms; i--; ) {
		term = &junos->terms[i];
		if (term->filter == filter && !strcmp(term->name, name))
			return term;
	}
	GROW(junos->terms, junos->n_terms, junos->cap_terms);
	term = &junos->terms[junos->n_terms++];
	*term = (struct term){
		.filter = filter, .name = xstrdup(name),
		.line = junos->at.line,
	};
	return term;
}

static char *join(char **words)
{
	char text[PATH] = "";
	size_t used = 0;

	for (; *words && used < sizeof(text); words++)
		used += snprintf(text + used, sizeof(text) - used, "%s%s",
				 used ? " " : "", *words);
	return xstrdup(text);
}

static void add_statement(struct term *term, char **words)
{
	GROW(term->statements, term->n, term->cap);
	term->statements[term->n++] = join(words);
}

/* Where a path names a prefix list or a filter, or what is inactive, or its end */
static char **find_part(char **words, int *family)
{
	*family = V4;
	for (; *words; words++) {
		if (is(*words, "inactive:") ||
		    (is(*words, "prefix-list") && words[1]) ||
		    (is(*words, "filter") && words[1]))
			break;
		if (is(*words, "family"))
			*family = is(words[1], "inet6") ? V6 :
				  is(words[1], "inet") ? V4 : FAMILIES;
	}
	return words;
}

/* A whole path */
static void take_statement(struct junos *junos, char **words)
{
	struct term *term;
	int family;

	words = find_part(words, &family);
	if (is(*words, "inactive:")) {
		import_note(junos->im, junos->at, NULL,
			    "it is inactive, and left out");
		return;
	}
	if (is(*words, "prefix-list")) {
		take_prefix_list(junos, words);
		return;
	}
	if (*words && is(words[2], "inactive:"))
		import_note(junos->im, junos->at, words[4],
			    "it is inactive, and left out");
	if (!*words || !is(words[2], "term") || !words[3] || family == FAMILIES)
		return;
	term = find_term(junos, find_filter(junos, words[1], family), words[3]);
	if (words[4])
		add_statement(term, words + 4);
}

/*
 * A path that is inactive, behind what sets it.  What is so of a term, or of all
 * terms of a filter, makes them not understood.  Returns whether it is of one.
 */
static bool take_inactive(struct junos *junos, char **words)
{
	char *inactive[] = { "inactive:", NULL };
	struct prefix_list *list;
	struct term *term;
	bool found = false;
	size_t i, filter;
	int family;

	words = find_part(words, &family);
	list = is(*words, "prefix-list") ? find_list(junos, words[1]) : NULL;
	if (list)
		return list->more = true;
	if (!is(*words, "filter") || family == FAMILIES)
		return false;
	filter = find_filter(junos, words[1], family);
	for (i = 0; i < junos->n_terms; i++) {
		term = &junos->terms[i];
		if (term->filter == filter && (!words[2] ||
		    (is(words[2], "term") && is(words[3], term->name)))) {
			add_statement(term, inactive);
			found = true;
		}
	}
	return found;
}

/* Text */

/**
 * struct path - words from the outermost brace on
 * @text: they, parted by blanks
 * @size: bytes used
 * @ends: where each brace began
 * @depth: how many are open
 */
struct path {
	char text[PATH];
	size_t size;
	size_t ends[DEPTH];
	unsigned int depth;
};

static bool push(struct path *path, const char *word, size_t size)
{
	if (path->size + size + 2 > sizeof(path->text))
		return false;
	memcpy(path->text + path->size, word, size);
	path->size += size;
	path->text[path->size++] = ' ';
	path->text[path->size] = '\0';
	return true;
}

static void statement(struct junos *junos, const struct path *path)
{
	char text[PATH], *words[ACL_WORDS];

	memcpy(text, path->text, path->size + 1);
	if (acl_words(text, words))
		take_statement(junos, words);
}

/* Skips blanks and comments; counts lines */
static char *skip(struct junos *junos, char *at)
{
	for (;; at++) {
		if (*at == '#') {
			at += strcspn(at, "\n");
		} else if (at[0] == '/' && at[1] == '*') {
			for (at += 2; *at && (at[0] != '*' || at[1] != '/'); at++)
				junos->at.line += *at == '\n';
			if (!*at)
				return at;
			at++;
			continue;
		}
		junos->at.line += *at == '\n';
		if (!*at || !strchr(" \t\r\n", *at))
			return at;
	}
}

static size_t word_size(const char *at)
{
	size_t size;

	if (*at == '"') {
		size = 1 + strcspn(at + 1, "\"\n");
		return size + (at[size] == '"');
	}
	return strcspn(at, " \t\r\n{};");
}

/* Where the words of the innermost brace begin */
static size_t base(const struct path *path)
{
	return path->depth ? path->ends[path->depth - 1] : 0;
}

/* Takes one sign or word; returns what is wrong, or NULL */
static const char *take_token(struct junos *junos, struct path *path, char **at)
{
	size_t size;

	switch (**at) {
	case '{':
		if (path->depth == DEPTH)
			return "braces are too deep for a configuration of Junos";
		path->ends[path->depth++] = path->size;
		break;
	case '}':
		if (!path->depth)
			return "a brace is closed that was not opened";
		if (path->size > base(path))
			return "a statement does not end in a semicolon";
		path->depth--;
		path->size = base(path);
		break;
	case ';':
		statement(junos, path);
		path->size = base(path);
		break;
	default:
		size = word_size(*at);
		if (!push(path, *at, size))
			return "a statement is too long for a configuration of Junos";
		*at += size - 1;
	}
	(*at)++;
	path->text[path->size] = '\0';
	return NULL;
}

static int read_braces(struct junos *junos, char *at)
{
	struct path path = { .size = 0 };
	const char *why = NULL;

	for (at = skip(junos, at); *at && !why; at = why ? at : skip(junos, at))
		why = take_token(junos, &path, &at);
	if (!why && (path.depth || path.size))
		why = "it ends within a statement; this is no configuration of Junos";
	return why ? fail("%s: %s", place_text(&junos->im->policy, junos->at),
			  why) : STATUS_OK;
}

static int read_lines(struct junos *junos, char *text)
{
	char *line, *words[ACL_WORDS];
	int n;

	while ((line = strsep(&text, "\n"))) {
		junos->at.line++;
		n = acl_words(line, words);
		if (n == ACL_WORDS - 1)
			return fail("%s: a line of more than %d words",
				    place_text(&junos->im->policy, junos->at),
				    ACL_WORDS - 2);
		if (n && is(words[0], "set"))
			take_statement(junos, words + 1);
		else if (n && *words[0] != '#' &&
			 !(is(words[0], "deactivate") &&
			   take_inactive(junos, words + 1)))
			import_leave(junos->im, junos->at, NULL,
				     "%s: only lines of 'set' are read here",
				     quote_word(words[0]));
	}
	return STATUS_OK;
}

/* Terms */

/**
 * struct parts - what a term is made of
 * @match: what it matches
 * @not_src: exceptions of its sources
 * @not_dst: exceptions of its destinations
 * @no_src: it does not say from where
 * @no_dst: it does not say to where
 * @tcp: a protocol was said, and TCP among them
 * @protocol: a protocol was said
 * @here: port 25 was
 * @others: others were
 * @deny: it blocks
 * @next: it does not decide
 * @reject: enum obpbl_reject
 */
struct parts {
	struct acl_match match;
	struct prefixes not_src;
	struct prefixes not_dst;
	bool no_src;
	bool no_dst;
	bool tcp;
	bool protocol;
	bool here;
	bool others;
	bool deny;
	bool next;
	uint8_t reject;
};

static void take_address(struct junos *junos, struct parts *parts, bool source,
			 char **words)
{
	bool except = is(words[1], "except");
	struct prefixes *list = source ?
		(except ? &parts->not_src : &parts->match.src) :
		(except ? &parts->not_dst : &parts->match.dst);
	struct prefix p;

	if (words[0] && acl_prefix(words[0], &p))
		prefixes_add(list, &p, junos->at);
	else
		acl_because(&parts->match, "%s is no prefix",
			    quote_word(words[0] ?: ""));
	if (source)
		parts->no_src = false;
	else
		parts->no_dst = false;
}

static void take_list(struct junos *junos, struct parts *parts, bool source,
		      char **words)
{
	const struct prefix_list *list = find_list(junos, words[0]);
	bool except = is(words[1], "except");
	struct prefixes *to = source ?
		(except ? &parts->not_src : &parts->match.src) :
		(except ? &parts->not_dst : &parts->match.dst);
	struct prefix p;
	size_t i;

	if (!list)
		acl_because(&parts->match, "there is no prefix list %s",
			    quote_word(words[0] ?: ""));
	else if (list->more || !prefixes_count(&list->list))
		acl_because(&parts->match,
			    "prefix list %s has not only prefixes, or none",
			    quote_word(words[0]));
	for (i = 0; list && prefixes_get(&list->list, i, &p); i++)
		prefixes_add(to, &p, prefixes_place(&list->list, i));
	if (source)
		parts->no_src = false;
	else
		parts->no_dst = false;
}

/* Blanks may part them from the words, or not */
static void strip_brackets(char **word)
{
	*word += strspn(*word, "[");
	(*word)[strcspn(*word, "]")] = '\0';
}

/* One of the values of a list, or several in brackets */
static void take_port(struct parts *parts, char **words)
{
	uint64_t port, last;
	char *dash;

	for (; *words; words++) {
		strip_brackets(words);
		dash = strchr(*words, '-');
		if (!**words)
			continue;
		if (dash)
			*dash++ = '\0';
		if (!parse_number(*words, 65535, &port))
			port = is(*words, "smtp") ? ACL_PORT : 0;
		last = port;
		if (dash && !parse_number(dash, 65535, &last))
			last = is(dash, "smtp") ? ACL_PORT : port;
		parts->here |= port <= ACL_PORT && ACL_PORT <= last;
		parts->others |= port != ACL_PORT || last != ACL_PORT;
	}
}

static void take_protocol(struct parts *parts, char **words)
{
	parts->protocol = true;
	for (; *words; words++) {
		strip_brackets(words);
		parts->tcp |= is(*words, "tcp") || is(*words, "6");
	}
}

static void take_other(struct parts *parts, char **words)
{
	struct parts port = { .here = false };

	/* That of the source, or that of the destination */
	if (is(words[0], "port")) {
		take_port(&port, words + 1);
		parts->match.unknown |= port.here;
	}
	acl_because(&parts->match, "it matches %s", quote_word(words[0] ?: ""));
}

static void take_from(struct junos *junos, struct parts *parts, char **words)
{
	const char *word = words[0] ?: "";

	if (!strcmp(word, "source-address"))
		take_address(junos, parts, true, words + 1);
	else if (!strcmp(word, "destination-address"))
		take_address(junos, parts, false, words + 1);
	else if (!strcmp(word, "source-prefix-list"))
		take_list(junos, parts, true, words + 1);
	else if (!strcmp(word, "destination-prefix-list"))
		take_list(junos, parts, false, words + 1);
	else if (!strcmp(word, "destination-port"))
		take_port(parts, words + 1);
	else if (!strcmp(word, "protocol") || !strcmp(word, "next-header") ||
		 !strcmp(word, "payload-protocol"))
		take_protocol(parts, words + 1);
	else if (!strcmp(word, "tcp-established"))
		parts->match.running = true;
	else if (strcmp(word, "tcp-initial"))
		take_other(parts, words);
}

static void take_then(struct parts *parts, char **words)
{
	static const char *const harmless[] = {
		"count", "log", "syslog", "sample", "port-mirror",
		"loss-priority", "forwarding-class", "accept", "dscp", NULL
	};
	const char *word = words[0] ?: "";
	const char *const *known = harmless;

	if (!strcmp(word, "discard")) {
		parts->deny = true;
		parts->reject = OBPBL_REJECT_DROP;
	} else if (!strcmp(word, "reject")) {
		parts->deny = true;
		parts->reject = is(words[1], "tcp-reset") ?
				OBPBL_REJECT_RESET : OBPBL_REJECT_ADMIN;
	} else if (!strcmp(word, "next")) {
		parts->next = true;
	} else {
		while (*known && strcmp(word, *known))
			known++;
		if (!*known)
			acl_because(&parts->match, "'then %s' has no like here",
				    word);
	}
}

static void take_parts(struct junos *junos, const struct term *term,
		       struct parts *parts)
{
	char *words[ACL_WORDS], *copy;
	size_t i;

	*parts = (struct parts){ .no_src = true, .no_dst = true };
	for (i = 0; i < term->n; i++) {
		copy = xstrdup(term->statements[i]);
		if (!acl_words(copy, words))
			;
		else if (is(words[0], "from"))
			take_from(junos, parts, words + 1);
		else if (is(words[0], "then"))
			take_then(parts, words + 1);
		else
			acl_because(&parts->match, "%s is not understood",
				    quote_word(words[0]));
		free(copy);
	}
}

static void settle(struct junos *junos, const struct term *term,
		   struct parts *parts)
{
	struct acl_match *match = &parts->match;
	int family = junos->filters[term->filter].family;

	if (parts->no_src)
		import_any(&match->src, family, junos->at);
	if (parts->no_dst)
		import_any(&match->dst, family, junos->at);
	acl_except(&match->src, &parts->not_src, junos->at);
	acl_except(&match->dst, &parts->not_dst, junos->at);
	match->never = parts->protocol && !parts->tcp;
	if (parts->here || parts->others)
		acl_ports(match, parts->here, parts->others);
	/* What is not understood in addresses is told, whatever they are */
	if (*match->why && !match->src.of[family].n)
		import_any(&match->src, family, junos->at);
	if (*match->why && !match->dst.of[family].n)
		import_any(&match->dst, family, junos->at);
}

static int take_term(struct junos *junos, const struct term *term, bool chosen)
{
	const struct filter *filter = &junos->filters[term->filter];
	const char *name = text_print("%.64s term %.64s", filter->name,
				      term->name);
	struct parts parts;
	int status = STATUS_OK;

	junos->at.line = term->line;
	take_parts(junos, term, &parts);
	settle(junos, term, &parts);
	junos->im->others += parts.match.never ||
			     parts.match.ports != THIS_PORT || parts.next;
	if (!acl_may_match(&parts.match) || parts.next)
		;
	else if (chosen)
		status = acl_decide(junos->im, &parts.match, parts.deny,
				    parts.reject, name, junos->at);
	else if (parts.match.ports == THIS_PORT)
		import_leave(junos->im, junos->at, name,
			     "it is of a filter that is not imported");
	acl_match_free(&parts.match);
	return status;
}

/* Which filters are meant */

static bool blocks(struct junos *junos, size_t filter)
{
	struct import mine = *junos->im;
	struct junos trial = *junos;
	bool found;
	size_t i;

	import_trial(&mine);
	trial.im = &mine;
	for (i = 0; i < junos->n_terms; i++)
		if (junos->terms[i].filter == filter &&
		    take_term(&trial, &junos->terms[i], true))
			break;
	found = acl_blocks(&mine);
	import_clear(&mine);
	return found;
}

static int choose(struct junos *junos)
{
	const struct filter *first[FAMILIES] = { NULL };
	struct filter *filter;
	size_t i;

	for (i = 0; i < junos->n_filters; i++) {
		filter = &junos->filters[i];
		filter->chosen = junos->im->n_lists ?
				 import_list(junos->im, filter->name) :
				 blocks(junos, i);
		if (!filter->chosen)
			continue;
		if (first[filter->family])
			return import_which(junos->im, "filter",
					    first[filter->family]->name,
					    filter->name);
		first[filter->family] = filter;
	}
	return first[V4] || first[V6] ? STATUS_OK :
	       import_none(junos->im, "filter");
}

static int take_all(struct junos *junos)
{
	int status = choose(junos);
	size_t i;

	for (i = 0; !status && i < junos->n_terms; i++)
		status = take_term(junos, &junos->terms[i],
				   junos->filters[junos->terms[i].filter].chosen);
	/* Each discards at its end what no term has decided. */
	for (i = 0; !status && i < junos->n_filters; i++)
		if (junos->filters[i].chosen)
			status = acl_end_all(junos->im, "filter",
					     junos->filters[i].name,
					     junos->filters[i].family);
	return status;
}

static void junos_free(struct junos *junos)
{
	size_t i, j;

	for (i = 0; i < junos->n_lists; i++) {
		free(junos->lists[i].name);
		prefixes_free(&junos->lists[i].list);
	}
	for (i = 0; i < junos->n_filters; i++)
		free(junos->filters[i].name);
	for (i = 0; i < junos->n_terms; i++) {
		for (j = 0; j < junos->terms[i].n; j++)
			free(junos->terms[i].statements[j]);
		free(junos->terms[i].statements);
		free(junos->terms[i].name);
	}
	free(junos->lists);
	free(junos->filters);
	free(junos->terms);
}

/**
 * junos_read() - the lines of filters
 * @im: where to put them
 * @text: the configuration; it is taken apart
 * @size: its length
 *
 * Return: enum status.
 */
int junos_read(struct import *im, char *text, size_t size)
{
	struct junos junos = { .im = im };
	char *start;
	int status;

	(void)size;
	junos.at.file = policy_file(&im->policy, file_name(im->path));
	junos.at.line = 1;
	start = skip(&junos, text);
	if (!strncmp(start, "set ", 4) || !strncmp(start, "deactivate ", 11)) {
		junos.at.line--;
		status = read_lines(&junos, start);
	} else {
		junos.at.line = 1;
		status = read_braces(&junos, text);
	}
	if (!status)
		status = take_all(&junos);
	junos_free(&junos);
	return status;
}

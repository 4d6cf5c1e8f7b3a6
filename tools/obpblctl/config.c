// SPDX-License-Identifier: GPL-2.0-only
/* The config file: what is made of what the grammar finds */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "grammar.tab.h"
#include "list.h"

#define MAX_DEPTH 16	/* of files that include each other */
#define MAX_FOLLOWS 1024
#define FIRST_LIST 8	/* where lists begin in seen[], behind the fields */

/**
 * reader_fault() - say what is wrong with a word
 * @reader: the state
 * @token: the word
 * @format: what is
 */
void reader_fault(struct reader *reader, const struct token *token,
		  const char *format, ...)
{
	char why[PATH_MAX + 128];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	faults_add(reader->faults, token->at, "%s: %s",
		   quote(token->text.at, token->text.size), why);
}

static bool is(const struct token *token, const char *word)
{
	return !strncmp(token->text.at, word, token->text.size) &&
	       !word[token->text.size];
}

/* The word with a NUL behind it; the scanner lets no longer one pass. */
static const char *word_of(const struct token *token)
{
	static char word[SCAN_WORD + 1];

	memcpy(word, token->text.at, token->text.size);
	word[token->text.size] = '\0';
	return word;
}

static bool take_prefix(struct reader *reader, const struct token *token,
			struct prefix *p)
{
	const char *fault = cidr_read(token->text.at, token->text.size, p);

	if (fault)
		reader_fault(reader, token, "%s", fault);
	return !fault;
}

/* Files */

/* A name, relative to the folder of the file that it is written in */
static const char *path_of(const struct reader *reader, const char *name)
{
	const char *from = reader->source->path, *slash = strrchr(from, '/');
	static char path[PATH_MAX];

	if (*name == '/' || !slash)
		snprintf(path, sizeof(path), "%s", name);
	else
		snprintf(path, sizeof(path), "%.*s/%s", (int)(slash - from),
			 from, name);
	return path;
}

static void parse(struct reader *reader, char *text, size_t size,
		  struct place at)
{
	struct scan outer = reader->scan;

	scan_begin(&reader->scan, reader->faults);
	scan_file(&reader->scan, text, size, at.file);
	if (grammar_yyparse(reader) && !reader->faults->total)
		faults_add(reader->faults, at, "cannot be read");
	scan_end(&reader->scan);
	reader->scan = outer;
}

/* @name: what includes it, or NULL */
static void read_source(struct reader *reader, const struct source *source,
			const struct token *name)
{
	const struct source *outer = reader->source;
	struct place at = { 0 };
	const char *fault;
	size_t size;
	char *text;

	fault = file_read(source->path, LIST_SIZE, &text, &size, &at.line);
	if (fault && name && !at.line) {
		reader_fault(reader, name, "the file %s %s", source->path,
			     fault);
	} else {
		at.file = policy_file(reader->policy, file_name(source->path));
		reader->source = source;
		if (fault)
			faults_add(reader->faults, at, "%s", fault);
		else
			parse(reader, text, size, at);
		reader->source = outer;
	}
	free(text);
}

static void identify(struct source *source)
{
	struct stat st;

	if (!strcmp(source->path, "-") || stat(source->path, &st))
		return;
	source->device = st.st_dev;
	source->inode = st.st_ino;
}

static void include(struct reader *reader, const struct token *name,
		    const char *path)
{
	const struct source *outer = reader->source;
	struct source source = {
		.path = path,
		.outer = outer,
		.depth = outer->depth + 1,
	};

	identify(&source);
	for (; outer; outer = outer->outer)
		if (source.inode && outer->inode == source.inode &&
		    outer->device == source.device) {
			reader_fault(reader, name, "the file %s includes itself",
				     path);
			return;
		}
	if (source.depth > MAX_DEPTH)
		reader_fault(reader, name, "files include each other more than %d deep",
			     MAX_DEPTH);
	else
		read_source(reader, &source, name);
}

/* One that is not there holds nothing; another fault ends the search. */
static int folder_fault(const char *path, int error)
{
	return error != ENOENT;
}

/**
 * reader_include() - read other files here
 * @reader: the state
 * @name: their name or pattern, relative to the file that it is in
 *
 * A pattern may match no file; a name must be one.
 */
void reader_include(struct reader *reader, const struct token *name)
{
	glob_t found = { 0 };
	size_t i;
	int ret;

	ret = glob(path_of(reader, word_of(name)), GLOB_NOMAGIC, folder_fault,
		   &found);
	if (ret && ret != GLOB_NOMATCH)
		reader_fault(reader, name, "a folder of it cannot be read");
	for (i = 0; !ret && i < found.gl_pathc; i++)
		include(reader, name, found.gl_pathv[i]);
	globfree(&found);
}

/* Sections */

static void begin_isp(struct reader *reader, const struct token *title)
{
	struct policy *policy = reader->policy;
	const char *name = word_of(title);
	const char *fault = isp_name_fault(name);
	const struct isp *other;

	other = policy_find_isp(policy, name);
	if (fault)
		reader_fault(reader, title, "%s", fault);
	else if (other)
		reader_fault(reader, title, "there are two ISPs of this name; first at %s",
			     place_text(policy, other->at));
	else if (policy->n_isps == OBPBL_MAX_ISPS)
		reader_fault(reader, title, "there can be at most %d ISPs",
			     OBPBL_MAX_ISPS);
	/* One of no name holds what a section at fault says. */
	if (policy->n_isps > OBPBL_MAX_ISPS)
		policy_drop_isp(policy);
	reader->isp = policy_add_isp(policy);
	reader->isp->at = title->at;
	if (!fault && !other)
		strcpy(reader->isp->name, name);
}

static void begin_overlay(struct reader *reader, const struct token *title,
			  int class)
{
	struct overlay *overlay = policy_add_overlay(reader->policy);

	overlay->class = class;
	overlay->layer = OBPBL_LAYER_CONFIGURED;
	overlay->at = title->at;
	if (!take_prefix(reader, title, &overlay->prefix))
		overlay->prefix.family = 0;
	reader->overlay = overlay;
}

static void begin_follow(struct reader *reader, const struct token *title)
{
	struct policy *policy = reader->policy;
	const char *name = word_of(title);
	const char *fault = isp_name_fault(name);
	const struct follow *other = policy_find_follow(policy, name);

	if (fault)
		reader_fault(reader, title, "the name of a section is made as that of an ISP: 1 to 31 of A-Z a-z 0-9 . _ -, a letter or a digit first");
	else if (other)
		reader_fault(reader, title, "there are two follow sections of this name; first at %s",
			     place_text(policy, other->at));
	else if (policy->n_follows >= MAX_FOLLOWS)
		reader_fault(reader, title, "there can be at most %d follow sections",
			     MAX_FOLLOWS);
	reader->follow = policy_add_follow(policy);
	reader->follow->at = title->at;
	if (!fault && !other)
		strcpy(reader->follow->name, name);
}

/**
 * reader_begin() - a section begins
 * @reader: the state; its @kind is what the section begins with
 * @title: of what it is
 */
void reader_begin(struct reader *reader, const struct token *title)
{
	memset(reader->seen, 0, sizeof(reader->seen));
	reader->isp = NULL;
	reader->overlay = NULL;
	reader->follow = NULL;
	reader->table = overlay_fields;
	if (is(&reader->kind, "exempt")) {
		begin_overlay(reader, title, OBPBL_CLASS_EXEMPT);
	} else if (is(&reader->kind, "quarantine")) {
		begin_overlay(reader, title, OBPBL_CLASS_QUARANTINE);
	} else if (is(&reader->kind, "isp")) {
		reader->table = isp_fields;
		begin_isp(reader, title);
	} else if (is(&reader->kind, "follow")) {
		reader->table = follow_fields;
		begin_follow(reader, title);
	} else {
		reader->table = NULL;
		reader_fault(reader, &reader->kind,
			     "unknown word; a file has isp, exempt, quarantine and follow sections, and includes");
	}
}

/* Where the section at hand has a field; line 0: nowhere */
static struct place seen(const struct reader *reader, const char *word)
{
	const struct field *field;

	field = field_find(reader->table, word, strlen(word));
	return reader->seen[field - reader->table];
}

/* Whether all is there that has to be */
static bool is_whole(struct reader *reader, const struct token *title)
{
	const struct field *field;

	for (field = reader->table; field->word; field++)
		if (field->flags & FIELD_MUST &&
		    !seen(reader, field->word).line) {
			reader_fault(reader, title, "has no %s = ...",
				     field->word);
			return false;
		}
	return true;
}

static void end_overlay(struct reader *reader, const struct token *title)
{
	reader->overlay->from_now = seen(reader, "for").line;
	if (seen(reader, "for").line && seen(reader, "until").line)
		reader_fault(reader, title,
			     "has both 'for' and 'until'; one end is enough");
	is_whole(reader, title);
}

/* Two that follow the same would take each other's prefixes away. */
static void check_other_follows(struct reader *reader,
				const struct token *title)
{
	const struct follow *follow = reader->follow, *other;
	const char *same;

	for (other = reader->policy->follows; other < follow; other++) {
		if (other->table == follow->table &&
		    other->class == follow->class &&
		    !strcmp(other->isp, follow->isp))
			same = "makes the same of this table";
		else if (other->file && follow->file &&
			 !strcmp(other->file, follow->file))
			same = "has the same file";
		else
			continue;
		reader_fault(reader, title, "another section %s; it is at %s",
			     same, place_text(reader->policy, other->at));
		return;
	}
}

static void end_follow(struct reader *reader, const struct token *title)
{
	struct follow *follow = reader->follow;
	char *name = follow->file;

	if (name && !strcmp(name, "-"))
		faults_add(reader->faults, seen(reader, "file"),
			   "'file': what is mirrored is kept in a file");
	if (name) {
		follow->file = xstrdup(path_of(reader, name));
		free(name);
	}
	if (is_whole(reader, title))
		check_other_follows(reader, title);
}

/**
 * reader_end() - a section ends
 * @reader: the state
 * @title: of what it is
 */
void reader_end(struct reader *reader, const struct token *title)
{
	const struct isp *isp = reader->isp;

	if (reader->overlay)
		end_overlay(reader, title);
	else if (reader->follow)
		end_follow(reader, title);
	else if (isp && isp->penalty && !isp->limit.count)
		faults_add(reader->faults, seen(reader, "limit_quarantine"),
			   "'limit_quarantine': needs a limit");
}

/* Keys and values */

static bool belongs(const struct reader *reader, const struct field *field)
{
	return !(field->flags & FIELD_EXEMPT) ||
	       reader->overlay->class == OBPBL_CLASS_EXEMPT;
}

static void unknown_key(struct reader *reader, const struct token *key)
{
	const struct field *field;
	char words[160] = "";
	size_t used = 0;
	int class;

	if (is(key, "port") || is(key, "ports") || is(key, "dport")) {
		reader_fault(reader, key, "unknown word; only port 25 is judged, and 587 and 465 can never be blocked");
		return;
	}
	for (field = reader->table; field->word; field++)
		if (belongs(reader, field))
			used += sprintf(words + used, " %s", field->word);
	if (reader->isp)
		for_each_class(class)
			used += sprintf(words + used, " %s",
					names_word(&class_names, class));
	reader_fault(reader, key, "unknown word; in %.*s there can be%s",
		     (int)reader->kind.text.size, reader->kind.text.at, words);
}

/* Where the key is noted; NULL: nobody knows it. */
static struct place *find_key(struct reader *reader, const char *word)
{
	const struct field *field;
	int class;

	field = field_find(reader->table, word, strlen(word));
	class = reader->isp ? names_value(&class_names, word) : -1;
	if (class >= 0) {
		reader->list = &reader->isp->lists[class];
		return &reader->seen[FIRST_LIST + class];
	}
	if (!field || !belongs(reader, field))
		return NULL;
	reader->field = field;
	return &reader->seen[field - reader->table];
}

/**
 * reader_key() - a key of the section at hand, whose value follows
 * @reader: the state, with its @key
 * @lost: a fault just before it may be why it seems to be one
 */
void reader_key(struct reader *reader, bool lost)
{
	const struct token *key = &reader->key;
	struct place *place;

	reader->field = NULL;
	reader->list = NULL;
	place = reader->table ? find_key(reader, word_of(key)) : NULL;
	if (!place && reader->table && !lost)
		unknown_key(reader, key);
	else if (place && place->line && !lost)
		reader_fault(reader, key, "given twice; first in line %u",
			     place->line);
	if (place)
		*place = key->at;
}

/**
 * reader_value() - the value of the key at hand
 * @reader: the state
 * @value: the value
 */
void reader_value(struct reader *reader, const struct token *value)
{
	const char *fault = NULL;
	void *object;

	object = reader->isp ? (void *)reader->isp :
		 reader->follow ? (void *)reader->follow : reader->overlay;
	if (reader->list)
		reader_fault(reader, &reader->key, "a list is written in braces");
	else if (reader->field)
		fault = field_parse(reader->field, word_of(value), object);
	if (fault)
		faults_add(reader->faults, value->at, "%s", fault);
}

/**
 * reader_list() - a list is the value of the key at hand
 * @reader: the state
 * @open: its brace
 */
void reader_list(struct reader *reader, const struct token *open)
{
	reader->open = *open;
	reader->comma = true;
	if (reader->field)
		reader_fault(reader, &reader->key, "takes one value");
}

static void take_list(struct reader *reader, const struct token *value)
{
	size_t total = reader->faults->total;
	size_t before = prefixes_count(reader->list);
	const char *name = word_of(value) + 1, *path, *fault;

	if (!*name || !strcmp(name, "-")) {
		reader_fault(reader, value, "the name of a file follows the @");
		return;
	}
	path = path_of(reader, name);
	fault = list_read(path, reader->policy, reader->list, reader->faults);
	if (fault)
		reader_fault(reader, value, "the list %s %s", path, fault);
	else if (prefixes_count(reader->list) == before &&
		 reader->faults->total == total)
		faults_add(&reader->policy->notes, value->at,
			   "the list %s is empty", path);
}

/**
 * reader_item() - a value of the list at hand
 * @reader: the state
 * @value: the value
 */
void reader_item(struct reader *reader, const struct token *value)
{
	struct prefix p;

	if (!reader->comma)
		reader_fault(reader, value, "there is a comma missing before this");
	else if (reader->list && value->text.size && *value->text.at == '@')
		take_list(reader, value);
	else if (reader->list && take_prefix(reader, value, &p))
		prefixes_add(reader->list, &p, value->at);
	reader->comma = false;
}

/**
 * config_read() - read a config file, and those that it includes
 * @path: its name; "-" is stdin
 * @policy: where to put what it says
 * @faults: where to note what is wrong
 *
 * Return: whether what it says is all there, right or wrong.
 */
bool config_read(const char *path, struct policy *policy, struct faults *faults)
{
	struct reader reader = { .policy = policy, .faults = faults };
	struct source source = { .path = path };

	faults->policy = policy;
	identify(&source);
	read_source(&reader, &source, NULL);
	return !reader.broken;
}

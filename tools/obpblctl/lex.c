// SPDX-License-Identifier: GPL-2.0-only
/*
 * A config file before libConfuse reads it
 *
 * libConfuse lets pass what must not pass here: a repeated key replaces the
 * one before it, an unexpected character is skipped, ${NAME} is replaced from
 * the environment, a string may run over lines, "\0" cuts it short. It stops
 * at the first unknown word, and counts the line of a comment twice. So its
 * tokens are looked at first; what is wrong is named, and comments and unknown
 * words are blanked, so that libConfuse finds the rest and its lines are right.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lex.h"

#define MAX_WORD 1024

/* Besides these characters, a token is its own type. */
enum token_type {
	TOKEN_END = 0,
	TOKEN_WORD = 'w',
	TOKEN_STRING = 's',
	TOKEN_APPEND = '+',
};

/**
 * struct token - a word, a string or a sign
 * @type: enum token_type, or the sign itself
 * @start: its first character
 * @end: behind its last one
 * @line: where it is
 */
struct token {
	int type;
	char *start;
	char *end;
	uint32_t line;
};

/**
 * struct lexer - the state of the check
 * @at: the next character
 * @end: behind the last one
 * @line: of @at
 * @file: index of the file
 * @lost: the structure cannot be trusted any more
 * @kinds: kinds of sections; ends in a name of NULL
 * @sections: what was found
 * @faults: what is wrong
 * @seen: line of each key of the current section
 */
struct lexer {
	char *at;
	char *end;
	uint32_t line;
	uint32_t file;
	bool lost;
	const struct section_kind *kinds;
	struct sections *sections;
	struct faults *faults;
	uint32_t seen[32];
};

/* Structure faults make the rest meaningless; others do not. */
static void fault_at(struct lexer *lexer, uint32_t line, const char *start,
		     const char *end, const char *text)
{
	struct place at = { lexer->file, line };
	char word[QUOTE_SIZE];

	if (start)
		faults_add(lexer->faults, at, "%s: %s",
			   quote(start, end - start, word), text);
	else
		faults_add(lexer->faults, at, "%s", text);
}

static void lose(struct lexer *lexer, uint32_t line, const char *start,
		 const char *end, const char *text)
{
	if (!lexer->lost)
		fault_at(lexer, line, start, end, text);
	lexer->lost = true;
}

static void blank(char *start, const char *end)
{
	for (; start < end; start++)
		if (*start != '\n')
			*start = ' ';
}

static bool starts(const struct lexer *lexer, const char *text)
{
	size_t size = strlen(text);

	return (size_t)(lexer->end - lexer->at) >= size &&
	       !memcmp(lexer->at, text, size);
}

static void line_comment(struct lexer *lexer)
{
	char *end = memchr(lexer->at, '\n', lexer->end - lexer->at);

	if (!end)
		end = lexer->end;
	blank(lexer->at, end);
	lexer->at = end;
}

static void block_comment(struct lexer *lexer)
{
	char *start = lexer->at;
	uint32_t line = lexer->line;

	for (lexer->at += 2; lexer->at < lexer->end; lexer->at++) {
		if (starts(lexer, "*/")) {
			lexer->at += 2;
			blank(start, lexer->at);
			return;
		}
		lexer->line += *lexer->at == '\n';
	}
	lose(lexer, line, start, start + 2, "the comment is not closed");
}

/* Blanks and comments up to the next token. */
static void skip(struct lexer *lexer)
{
	while (lexer->at < lexer->end && !lexer->lost) {
		if (*lexer->at == '#' || starts(lexer, "//")) {
			line_comment(lexer);
		} else if (starts(lexer, "/*")) {
			block_comment(lexer);
		} else if (*lexer->at == '\n') {
			lexer->line++;
			lexer->at++;
		} else if (*lexer->at == ' ' || *lexer->at == '\t') {
			lexer->at++;
		} else if (starts(lexer, "\r\n")) {
			*lexer->at++ = ' ';
		} else {
			return;
		}
	}
}

static bool is_word(int ch)
{
	return (unsigned char)ch > ' ' && ch != 0x7f &&
	       !strchr("#\"'={}()+,*|$;", ch);
}

static void word(struct lexer *lexer, struct token *token)
{
	while (lexer->at < lexer->end && is_word(*lexer->at))
		lexer->at++;
	token->type = TOKEN_WORD;
	token->end = lexer->at;
	if (token->end - token->start > MAX_WORD)
		lose(lexer, token->line, token->start, token->end,
		     "a word of more than 1024 characters");
}

static const char *escape_fault(char quotation, char escaped)
{
	if (quotation == '\'')
		return NULL;
	return strchr("\\\"$", escaped) ? NULL :
	       "in a string, only \\ \" and $ can follow a backslash";
}

/* One character of a string, or two; false at the end of the string. */
static bool string_char(struct lexer *lexer, const struct token *token)
{
	char quotation = *token->start, ch = *lexer->at++;
	const char *fault;

	if (ch == quotation)
		return false;
	if (ch == '\\' && lexer->at < lexer->end && *lexer->at != '\n') {
		fault = escape_fault(quotation, *lexer->at++);
		if (fault)
			fault_at(lexer, token->line, lexer->at - 2, lexer->at,
				 fault);
	} else if (ch == '$' && quotation == '"' && starts(lexer, "{")) {
		fault_at(lexer, token->line, lexer->at - 1, lexer->at + 1,
			 "the environment is not looked at; write \\${ for these characters");
	} else if ((unsigned char)ch < ' ' || ch == 0x7f) {
		fault_at(lexer, token->line, lexer->at - 1, lexer->at,
			 "a control character in a string");
		lexer->at[-1] = ' ';
	}
	return true;
}

static void string(struct lexer *lexer, struct token *token)
{
	token->type = TOKEN_STRING;
	lexer->at++;
	while (lexer->at < lexer->end && *lexer->at != '\n')
		if (!string_char(lexer, token)) {
			token->end = lexer->at;
			if (token->end - token->start > MAX_WORD)
				lose(lexer, token->line, token->start,
				     token->end,
				     "a string of more than 1024 characters");
			return;
		}
	lose(lexer, token->line, token->start, lexer->at,
	     "the string is not closed in its line");
}

static const char *sign_fault(char ch)
{
	if (ch == '$')
		return "a character that has no place here; the environment is not looked at";
	if (ch == '+')
		return "a word with this character needs quotes";
	return "a character that has no place here";
}

static void sign(struct lexer *lexer, struct token *token)
{
	token->type = *lexer->at++;
	token->end = lexer->at;
	if (strchr("={},", token->type))
		return;
	if (token->type == '+' && starts(lexer, "=")) {
		*token->start = ' ';
		token->end = ++lexer->at;
		return;
	}
	lose(lexer, token->line, token->start, token->end,
	     sign_fault(token->type));
}

static struct token next(struct lexer *lexer)
{
	struct token token = { 0 };

	skip(lexer);
	token.start = token.end = lexer->at;
	token.line = lexer->line;
	if (lexer->at == lexer->end || lexer->lost)
		return token;
	if (*lexer->at == '"' || *lexer->at == '\'')
		string(lexer, &token);
	else if (is_word(*lexer->at))
		word(lexer, &token);
	else
		sign(lexer, &token);
	if (lexer->lost)
		token.type = TOKEN_END;
	return token;
}

static bool is(const struct token *token, const char *text)
{
	size_t size = token->end - token->start;

	return token->type == TOKEN_WORD && strlen(text) == size &&
	       !memcmp(token->start, text, size);
}

static bool is_value(const struct token *token)
{
	return token->type == TOKEN_WORD || token->type == TOKEN_STRING;
}

/* The rest of a list: values, a comma between each two. */
static struct token list(struct lexer *lexer, const struct token *open)
{
	struct token token, before = *open;

	for (token = next(lexer); token.type != '}'; token = next(lexer)) {
		if (!is_value(&token) && token.type != ',') {
			lose(lexer, open->line, open->start, open->end,
			     "the list that begins here is not closed");
			break;
		}
		if (is_value(&token) && is_value(&before))
			lose(lexer, token.line, token.start, token.end,
			     "there is a comma missing before this");
		before = token;
	}
	return token;
}

/* A value: a word, a string, or a list in braces. */
static struct token value(struct lexer *lexer, const struct token *key,
			  bool known, bool is_list)
{
	struct token token = next(lexer);

	if (!is_value(&token) && token.type != '{') {
		lose(lexer, token.line, token.start, token.end,
		     "there is a value missing before this");
		return token;
	}
	if (known && is_list != (token.type == '{'))
		lose(lexer, key->line, key->start, key->end, is_list ?
		     "a list is written in braces" : "takes one value");
	return token.type == '{' ? list(lexer, &token) : token;
}

static void unknown_key(struct lexer *lexer, const struct token *key,
			const struct section_kind *kind)
{
	struct place at = { lexer->file, key->line };
	char name[QUOTE_SIZE], words[128] = "";
	size_t i, used = 0;

	quote(key->start, key->end - key->start, name);
	if (is(key, "port") || is(key, "ports") || is(key, "dport")) {
		faults_add(lexer->faults, at, "%s: unknown word; only port 25 is judged, and 587 and 465 can never be blocked",
			   name);
		return;
	}
	for (i = 0; kind->keys[i]; i++)
		used += snprintf(words + used, sizeof(words) - used, " %s",
				 kind->keys[i]);
	faults_add(lexer->faults, at, "%s: unknown word; in %s there can be%s",
		   name, kind->name, words);
}

/* Notes a key; returns its index, or -1 if it is unknown. */
static int note_key(struct lexer *lexer, const struct token *key,
		     const struct section_kind *kind)
{
	char text[64];
	int i;

	for (i = 0; kind->keys[i]; i++)
		if (is(key, kind->keys[i]))
			break;
	if (!kind->keys[i]) {
		unknown_key(lexer, key, kind);
		return -1;
	}
	if (lexer->seen[i]) {
		snprintf(text, sizeof(text), "given twice; first in line %u",
			 lexer->seen[i]);
		fault_at(lexer, key->line, key->start, key->end, text);
	}
	lexer->seen[i] = key->line;
	return i;
}

/* KEY = VALUE; false when it was none. */
static bool pair(struct lexer *lexer, struct token *key,
		 const struct section_kind *kind)
{
	static const char append[] = "+=";
	struct token equals, last;
	int index;

	if (key->type != TOKEN_WORD) {
		lose(lexer, key->line, key->start, key->end,
		     key->type == TOKEN_STRING ?
		     "a key is written without quotes" :
		     "a key is missing before this");
		return false;
	}
	equals = next(lexer);
	if (equals.type == TOKEN_APPEND)
		fault_at(lexer, equals.line, append, append + 2,
			 "a list is given once, with =");
	else if (equals.type != '=')
		lose(lexer, key->line, key->start, key->end,
		     "there is no = after it");
	if (lexer->lost)
		return false;
	index = note_key(lexer, key, kind);
	last = value(lexer, key, index >= 0, index >= (int)kind->lists);
	if (index < 0)
		blank(key->start, last.end);
	return !lexer->lost;
}

static char *title_text(const struct token *token)
{
	char *text = xcalloc(token->end - token->start + 1, 1), *to = text;
	const char *at = token->start, *end = token->end;
	bool single = *at == '\'';

	if (token->type == TOKEN_WORD)
		return memcpy(text, at, end - at);
	for (at++, end--; at < end; at++) {
		if (*at == '\\' && (!single || strchr("\\'", at[1])))
			at++;
		*to++ = *at;
	}
	return text;
}

static const struct section_kind *find_kind(struct lexer *lexer,
					    const struct token *name)
{
	const struct section_kind *kind;
	struct section *section;

	for (kind = lexer->kinds; kind->name; kind++)
		if (is(name, kind->name))
			break;
	if (!kind->name) {
		fault_at(lexer, name->line, name->start, name->end,
			 "unknown word; a file has isp, exempt and quarantine sections");
		return NULL;
	}
	GROW(lexer->sections->list, lexer->sections->n, lexer->sections->cap);
	section = &lexer->sections->list[lexer->sections->n++];
	section->kind = kind - lexer->kinds;
	section->line = name->line;
	section->title = NULL;
	return kind;
}

/* What is between the braces of a section that nobody knows. */
static void skip_body(struct lexer *lexer, struct token *last)
{
	int depth = 1;

	do {
		*last = next(lexer);
		depth += last->type == '{';
		depth -= last->type == '}';
	} while (depth && last->type != TOKEN_END);
}

static void body(struct lexer *lexer, const struct token *name,
		 const struct section_kind *kind)
{
	struct token token;

	memset(lexer->seen, 0, sizeof(lexer->seen));
	for (token = next(lexer); token.type && token.type != '}';
	     token = next(lexer))
		if (!pair(lexer, &token, kind))
			return;
	if (!token.type)
		lose(lexer, name->line, name->start, name->end,
		     "the section that begins here is not closed");
}

/* KIND TITLE { ... } */
static void section(struct lexer *lexer, struct token *name)
{
	const struct section_kind *kind;
	struct token title, brace, last;

	if (name->type != TOKEN_WORD) {
		lose(lexer, name->line, name->start, name->end,
		     "no section begins like this");
		return;
	}
	kind = find_kind(lexer, name);
	title = next(lexer);
	brace = is_value(&title) ? next(lexer) : title;
	if (!is_value(&title) || brace.type != '{') {
		lose(lexer, name->line, name->start, name->end,
		     kind ? "a section is written: isp NAME { ... }, exempt PREFIX { ... }" :
		     "no section begins like this");
		return;
	}
	if (kind) {
		lexer->sections->list[lexer->sections->n - 1].title =
			title_text(&title);
		body(lexer, name, kind);
	} else {
		skip_body(lexer, &last);
		blank(name->start, last.end);
	}
}

/**
 * lex_check() - find what libConfuse would let pass, and make it fit to be read
 * @text: the file; changed
 * @size: length of @text
 * @file: its index for struct place
 * @kinds: the kinds of sections; ends in a name of NULL
 * @sections: where to put the sections
 * @faults: where to note what is wrong
 *
 * Return: whether libConfuse can read it.
 */
bool lex_check(char *text, size_t size, uint32_t file,
	       const struct section_kind *kinds, struct sections *sections,
	       struct faults *faults)
{
	struct lexer lexer = {
		.at = text,
		.end = text + size,
		.line = 1,
		.file = file,
		.kinds = kinds,
		.sections = sections,
		.faults = faults,
	};
	struct token token;

	for (token = next(&lexer); token.type; token = next(&lexer))
		section(&lexer, &token);
	return !lexer.lost;
}

/**
 * sections_free() - free what lex_check() found
 * @sections: it, empty afterwards
 */
void sections_free(struct sections *sections)
{
	size_t i;

	for (i = 0; i < sections->n; i++)
		free(sections->list[i].title);
	free(sections->list);
	memset(sections, 0, sizeof(*sections));
}

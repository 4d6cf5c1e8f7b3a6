/* SPDX-License-Identifier: GPL-2.0-only */
/* The grammar of the config file */

%require "3.7"
%define api.pure full
%define api.prefix {grammar_yy}
%define api.token.prefix {T_}
%define api.value.type {struct token}
%define api.location.type {struct place}
%define parse.error custom
%locations
%param {struct reader *reader}

%code requires {
#include "reader.h"
}

%code {
/* Where a construct begins is enough. */
#define YYLLOC_DEFAULT(current, rhs, n) \
	((current) = YYRHSLOC(rhs, (n) ? 1 : 0))

static int yylex(struct token *token, struct place *at, struct reader *reader);
static void yyerror(const struct place *at, struct reader *reader,
		    const char *text);
}

%token WORD STRING INCLUDE
%token BAD		/* what has no place anywhere */
%token OPEN "{" CLOSE "}" EQUALS "=" APPEND "+=" COMMA ","

%%

/* After a fault the next key or section, or an end, is looked for. */
file:	%empty
|	file section
|	file include value		{ reader_include(reader, &$3); }
|	file error
;

section:
	kind value "{"			{ reader_begin(reader, &$2); }
	pairs "}"			{ reader_end(reader, &$2); yyerrok; }
;

kind:	WORD				{ reader->kind = $1; }
;

include:
	INCLUDE				{ reader->kind = $1; }
;

pairs:	%empty
|	pairs pair
|	pairs error
;

pair:	key assign value		{ reader_value(reader, &$3); }
|	key assign list
;

key:	name				{ reader->key = $1; }
;

name:	WORD
|	INCLUDE
;

/* Just after a fault something may only seem to be a key. */
assign:	"="				{ reader_key(reader, YYRECOVERING()); }
|	"+="				{
		reader_key(reader, YYRECOVERING());
		reader_fault(reader, &$1, "a list is given once, with =");
	}
;

list:	open items "}"
|	open items error "}"
;

open:	"{"				{ reader_list(reader, &$1); }
;

items:	%empty
|	items ","			{ reader->comma = true; }
|	items value			{ reader_item(reader, &$2); }
;

value:	name
|	STRING
;

%%

static int yylex(struct token *token, struct place *at, struct reader *reader)
{
	int type = T_YYEOF;

	if (!reader->scan.lost)
		type = scan_token(&token->text, at, reader->scan.scanner);
	if (type == T_YYEOF)
		*at = reader->scan.at;
	token->at = *at;
	reader->last = *token;
	return type;
}

static void yyerror(const struct place *at, struct reader *reader,
		    const char *text)
{
	faults_add(reader->faults, *at, "%s", text);
}

static bool can_come(const yypcontext_t *context, yysymbol_kind_t wanted)
{
	yysymbol_kind_t list[YYNTOKENS];
	int n = yypcontext_expected_tokens(context, list, YYNTOKENS);

	while (n > 0)
		if (list[--n] == wanted)
			return true;
	return false;
}

/* In a section: a key was expected, or its end */
static const char *no_key(struct reader *reader, yysymbol_kind_t found,
			  const struct token **at)
{
	if (found == YYSYMBOL_STRING)
		return "a key is written without quotes";
	if (found != YYSYMBOL_YYEOF)
		return "a key is missing before this";
	*at = &reader->kind;
	return "the section that begins here is not closed";
}

/* What could have come here says what is missing. */
static int yyreport_syntax_error(const yypcontext_t *context,
				 struct reader *reader)
{
	yysymbol_kind_t found = yypcontext_token(context);
	bool value = can_come(context, YYSYMBOL_STRING);
	const struct token *at = &reader->last;
	const char *why;

	if (found == YYSYMBOL_BAD) {
		why = reader->scan.why;
	} else if (can_come(context, YYSYMBOL_EQUALS)) {
		at = &reader->key;
		why = "there is no = after it";
	} else if (can_come(context, YYSYMBOL_COMMA)) {
		at = &reader->open;
		why = "the list that begins here is not closed";
	} else if (can_come(context, YYSYMBOL_CLOSE)) {
		why = no_key(reader, found, &at);
	} else if (value && can_come(context, YYSYMBOL_OPEN)) {
		why = "there is a value missing before this";
	} else if (value || can_come(context, YYSYMBOL_OPEN)) {
		at = &reader->kind;
		why = "it is written: isp NAME { ... }, exempt PREFIX { ... }, follow NAME { ... } or include \"FILE\"";
	} else {
		why = "no section begins like this";
	}
	reader->broken = true;
	reader_fault(reader, at, "%s", why);
	return 0;
}

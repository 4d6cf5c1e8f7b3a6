// SPDX-License-Identifier: GPL-2.0-only
/* Commands and their verbs, from which parsing, help and completion come */
#include <stdarg.h>
#include <string.h>

#include "command.h"
#include "fields.h"

static const struct command *const commands[] = {
	&show_command, &apply_command, &diff_command, &confirm_command,
	&rollback_command, &shadow_command, &save_command, &flush_command,
	&mode_command, &isp_command, &prefix_command, &exempt_command,
	&quarantine_command, &purge_command, &keep_command, &restore_command,
	&session_command, &test_command, &top_command, &stats_command,
	&report_command, &metrics_command, &monitor_command, &export_command,
	&follow_command, &fallback_command, &import_command,
	&version_command, &help_command, NULL
};

#define MAX_NAMES 32

/* What the command line at hand has said until now */
static const struct command *at_command;
static const struct verb *at_verb;

/**
 * command_next() - all commands, one after the other
 * @command: the one before, or NULL
 *
 * Return: the command, or NULL.
 */
const struct command *command_next(const struct command *command)
{
	const struct command *const *at = commands;

	while (command && *at++ != command)
		;
	return *at;
}

/* The words with a value that may stand behind a verb */
static uint32_t allowed_fields(const struct verb *verb)
{
	const struct field *field;
	uint32_t which = 0;

	for (field = verb->fields; field && field->word; field++)
		if ((!verb->only || field->flags & verb->only) &&
		    !(field->flags & verb->without))
			which |= FIELD_BIT(verb->fields, field);
	return which;
}

/* Those of them that have to; a list that is not narrowed is one of all. */
static uint32_t needed_fields(const struct verb *verb)
{
	const struct field *field;
	uint32_t which = 0;

	if (verb->only & FIELD_GET)
		return 0;
	for (field = verb->fields; field && field->word; field++)
		if (field->flags & FIELD_MUST)
			which |= FIELD_BIT(verb->fields, field);
	return which & allowed_fields(verb);
}

/**
 * command_synopsis() - what follows a verb
 * @verb: the verb
 *
 * Return: that.
 */
const char *command_synopsis(const struct verb *verb)
{
	char *text = text_room();
	size_t used = snprintf(text, TEXT_ROOM, "%s", verb->synopsis);

	if (verb->fields)
		fields_synopsis(verb->fields, allowed_fields(verb),
				needed_fields(verb), text + used,
				TEXT_ROOM - used);
	return text;
}

/**
 * command_usage() - say what was not understood, and the line that applies
 * @format: a sentence
 *
 * Return: STATUS_USAGE.
 */
int command_usage(const char *format, ...)
{
	char text[512];
	const char *synopsis;
	const char *name = at_verb->name;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	synopsis = command_synopsis(at_verb);
	return usage("%s (usage: obpblctl %s%s%s%s%s)", text, at_command->name,
		     name ? " " : "", name ? name : "", *synopsis ? " " : "",
		     synopsis);
}

/**
 * command_find() - take the command from a command line
 * @words: its words; there is one at least
 * @command: where to put the command
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int command_find(struct words *words, const struct command **command)
{
	static const char *names[MAX_NAMES];
	const char *word = words_next(words);
	int i, found, status;

	for (i = 0; !names[i] && commands[i]; i++)
		names[i] = commands[i]->name;
	status = word_pick(word, names, &found);
	if (!status && found < 0)
		status = usage("%s: unknown command; there are %s",
			       quote_word(word), word_list(names));
	if (!status)
		*command = at_command = commands[found];
	return status;
}

/**
 * command_verb() - take the verb of a command from a command line
 * @words: what follows the command
 * @command: the command
 * @verb: where to put the verb
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int command_verb(struct words *words, const struct command *command,
		 const struct verb **verb)
{
	const char *names[MAX_NAMES];
	int i, found = -1, status = STATUS_OK;

	*verb = at_verb = command->verbs;
	if (!command->verbs->name || (!words->left && command->standard))
		return STATUS_OK;
	for (i = 0; command->verbs[i].synopsis; i++)
		names[i] = command->verbs[i].name;
	names[i] = NULL;
	if (!words->left)
		return usage("a word is missing after '%s': %s", command->name,
			     word_list(names));
	status = word_pick(*words->at, names, &found);
	if (status || (found < 0 && command->open))
		return status;
	if (found < 0)
		return usage("%s: unknown word; after '%s' comes %s",
			     quote_word(*words->at), command->name,
			     word_list(names));
	words_next(words);
	*verb = at_verb = &command->verbs[found];
	return STATUS_OK;
}

/* Takes a word that is a key, with what follows it */
static int take_key(struct words *words, const struct key *key, void *order)
{
	const char *word = words_next(words);

	if (key->value) {
		word = words_next(words);
		if (!word)
			return command_usage("'%s': %s follows it", key->name,
					     key->value);
	}
	return key->take(word, (char *)order + key->at);
}

/* Whether the next word is no option; "-" alone is a file */
static bool may_be_bare(const struct words *words)
{
	const char *word = *words->at;

	return words->plain || *word != '-' || !word[1];
}

/**
 * command_keys() - take the rest of a command line, which is keys and values
 * @words: the rest
 * @keys: the keys, up to one without a name
 * @verb: the verb
 * @order: for what takes the values
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int command_keys(struct words *words, const struct key *keys,
		 const struct verb *verb, void *order)
{
	const char *names[MAX_NAMES];
	const struct key *key, *allowed[MAX_NAMES], *bare = NULL;
	int found, n = 0, status = STATUS_OK;
	uint64_t given = 0;

	for (key = keys; key->name; key++) {
		if (key->verbs && !(key->verbs & 1ULL << verb->value))
			continue;
		if (key->bare) {
			bare = key;
			continue;
		}
		names[n] = key->name;
		allowed[n++] = key;
	}
	names[n] = NULL;
	while (!status && words->left) {
		if (bare && may_be_bare(words)) {
			status = bare->take(words_next(words),
					    (char *)order + bare->at);
			bare = NULL;
			continue;
		}
		status = word_pick(*words->at, names, &found);
		if (status)
			return status;
		if (found < 0)
			return command_usage("%s: not expected here",
					     quote_word(*words->at));
		key = allowed[found];
		if (given & 1ULL << found && !key->often)
			return usage("'%s': given twice", key->name);
		given |= 1ULL << found;
		status = take_key(words, key, order);
	}
	return status;
}

/* The field that the next word names; its short form may be of others also */
static int pick_field(struct words *words, const struct verb *verb,
		      const struct field **picked)
{
	const struct field *field, *allowed[MAX_NAMES];
	uint32_t which = allowed_fields(verb);
	const char *names[MAX_NAMES];
	int found, n = 0, status;

	for (field = verb->fields; field->word; field++)
		if (which & FIELD_BIT(verb->fields, field)) {
			names[n] = field->word;
			allowed[n++] = field;
		}
	names[n] = NULL;
	status = word_pick(words_next(words), names, &found);
	*picked = !status && found >= 0 ? allowed[found] : NULL;
	return status;
}

/* What is wrong with a field at this place; returns enum status */
static int check_field(const struct verb *verb, const struct field *field,
		       const char *word, uint32_t given)
{
	const struct field *table = verb->fields, *other;
	bool text = false, twin = false;
	const char *shown;

	for (other = table; other->word; other++) {
		if (!(given & FIELD_BIT(table, other)))
			continue;
		text |= other->type == TYPE_TEXT;
		twin |= field && field->offset == other->offset;
	}
	shown = quote_word(word);
	if (!field && text)
		return usage("%s: not expected here; a text of several words is put in quotes",
			     shown);
	if (!field)
		return command_usage("%s: not expected here", shown);
	if (given & FIELD_BIT(table, field))
		return usage("'%s': given twice", field->word);
	if (twin)
		return usage("there are both 'for' and 'until'; one end is enough");
	return STATUS_OK;
}

static int take_value(struct words *words, const struct field *field,
		      void *object)
{
	const char *word = words_next(words);
	const char *fault;
	int value, status;

	if (!word)
		return command_usage("'%s': %s follows it", field->word,
				     field_follows(field));
	if (field->names) {
		status = word_choice(word, field->names, &value);
		if (status)
			return status;
		word = names_word(field->names, value);
	}
	fault = field_parse(field, word, object);
	return fault ? usage("%s", fault) : STATUS_OK;
}

/**
 * command_fields() - take the rest of a command line, which is fields
 * @words: the rest
 * @verb: the verb, which says what fields there are
 * @object: where their values go: a struct isp or struct overlay
 * @given: where to put the bits of those that were there
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int command_fields(struct words *words, const struct verb *verb, void *object,
		   uint32_t *given)
{
	const struct field *field;
	int status = STATUS_OK;
	const char *word;

	*given = 0;
	while (!status && words->left) {
		word = *words->at;
		status = pick_field(words, verb, &field);
		if (!status)
			status = check_field(verb, field, word, *given);
		if (status)
			return status;
		*given |= FIELD_BIT(verb->fields, field);
		status = take_value(words, field, object);
	}
	for (field = verb->fields; !status && field->word; field++)
		if (needed_fields(verb) & ~*given &
		    FIELD_BIT(verb->fields, field))
			status = command_usage("'%s %s' is missing",
					       field->word, field->form);
	return status;
}

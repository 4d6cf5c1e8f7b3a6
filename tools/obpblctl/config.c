// SPDX-License-Identifier: GPL-2.0-only
/*
 * The config file
 *
 * libConfuse reads the grammar and calls back for each value while the line
 * is known; its own tree of values is not used.
 */
#include <confuse.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "fields.h"
#include "lex.h"
#include "list.h"
#include "names.h"

enum kind { KIND_ISP, KIND_EXEMPT, KIND_QUARANTINE };

static const char *const isp_keys[] = {
	"mode", "policy", "reject", "reverse", "limit", "limit_quarantine",
	"vrf", "space", "dynamic", "static", "relay", "target", NULL
};

static const char *const exempt_keys[] = {
	"isp", "to", "dev", "for", "until", "reason", "ticket", NULL
};

static const char *const quarantine_keys[] = {
	"isp", "for", "until", "reason", "ticket", NULL
};

static const struct section_kind kinds[] = {
	[KIND_ISP] = { "isp", isp_keys, 7 },
	[KIND_EXEMPT] = { "exempt", exempt_keys, 7 },
	[KIND_QUARANTINE] = { "quarantine", quarantine_keys, 5 },
	{ NULL, NULL, 0 }
};

/**
 * struct reader - the state of reading a file
 * @policy: what it says
 * @faults: what is wrong in it
 * @file: its index
 * @path: its name
 * @sections: its sections
 * @current: which of them libConfuse is in
 * @open: whether it has been begun
 * @isp: its ISP, if it is one
 * @penalty: where its limit_quarantine is
 * @overlay: its overlay, if it is one
 * @ends: how many of for and until were given
 * @has_owner: whether an overlay names its ISP
 * @has_reason: whether it gives a reason
 */
struct reader {
	struct policy *policy;
	struct faults *faults;
	uint32_t file;
	const char *path;
	struct sections sections;
	size_t current;
	bool open;
	struct isp *isp;
	struct place penalty;
	struct overlay *overlay;
	int ends;
	bool has_owner;
	bool has_reason;
};

/* libConfuse hands no pointer of ours to its callbacks. */
static struct reader *reader;

static struct place here(const cfg_t *cfg)
{
	struct place at = { reader->file, cfg->line };

	return at;
}

static void refuse(struct place at, const char *value, const char *text)
{
	char word[QUOTE_SIZE];

	faults_add(reader->faults, at, "%s: %s", quote_word(value, word), text);
}

static bool take_prefix(struct place at, const char *value, struct prefix *p)
{
	enum cidr_fault fault;
	char text[128];

	fault = cidr_parse(value, strlen(value), p);
	if (!fault)
		return true;
	cidr_explain(fault, p, text, sizeof(text));
	refuse(at, value, text);
	return false;
}

/* A list's name, relative to the config file's folder. */
static void list_path(const char *name, char *path, size_t size)
{
	const char *slash = strrchr(reader->path, '/');

	if (*name == '/' || !slash)
		snprintf(path, size, "%s", name);
	else
		snprintf(path, size, "%.*s/%s", (int)(slash - reader->path),
			 reader->path, name);
}

static void take_list(struct place at, const char *value, struct prefixes *list)
{
	char path[PATH_MAX], word[QUOTE_SIZE];
	const char *fault;

	if (!value[1] || !strcmp(value, "@-")) {
		refuse(at, value, "the name of a file follows the @");
		return;
	}
	list_path(value + 1, path, sizeof(path));
	fault = list_read(path, reader->policy, list, reader->faults);
	if (fault)
		faults_add(reader->faults, at, "%s: the list %s %s",
			   quote_word(value, word), path, fault);
}

static void take_prefixes(struct place at, int class, const char *value)
{
	struct prefixes *list = &reader->isp->lists[class];
	struct prefix p;

	if (*value == '@')
		take_list(at, value, list);
	else if (take_prefix(at, value, &p))
		prefixes_add(list, &p, at);
}

static void take_field(struct place at, const struct field *table,
		       const char *key, const char *value, void *object)
{
	const struct field *field = field_find(table, key, strlen(key));
	char fault[FIELD_FAULT];

	if (!field_parse(field, value, object, fault))
		faults_add(reader->faults, at, "%s", fault);
}

static void isp_value(struct place at, const char *key, const char *value)
{
	int class = names_value(&class_names, key);

	if (!strcmp(key, "limit_quarantine"))
		reader->penalty = at;
	if (class >= 0)
		take_prefixes(at, class, value);
	else
		take_field(at, isp_fields, key, value, reader->isp);
}

static void overlay_value(struct place at, const char *key, const char *value)
{
	reader->ends += !strcmp(key, "for") || !strcmp(key, "until");
	reader->has_owner |= !strcmp(key, "isp");
	reader->has_reason |= !strcmp(key, "reason");
	take_field(at, overlay_fields, key, value, reader->overlay);
}

static void begin_isp(const struct section *section, struct place at)
{
	const char *fault = isp_name_fault(section->title);
	const struct isp *other;
	char text[64];

	other = policy_find_isp(reader->policy, section->title);
	if (fault) {
		refuse(at, section->title, fault);
	} else if (other) {
		snprintf(text, sizeof(text),
			 "there are two ISPs of this name; first in line %u",
			 other->at.line);
		refuse(at, section->title, text);
	} else if (reader->policy->n_isps == OBPBL_MAX_ISPS) {
		refuse(at, section->title, "there can be at most 1024 ISPs");
	}
	/* One of no name holds what a section at fault says. */
	if (reader->policy->n_isps > OBPBL_MAX_ISPS)
		policy_drop_isp(reader->policy);
	reader->isp = policy_add_isp(reader->policy);
	reader->isp->at = at;
	if (!fault && !other)
		strcpy(reader->isp->name, section->title);
}

static void begin_overlay(const struct section *section, struct place at)
{
	struct overlay *overlay = policy_add_overlay(reader->policy);

	overlay->class = section->kind == KIND_EXEMPT ?
			 OBPBL_CLASS_EXEMPT : OBPBL_CLASS_QUARANTINE;
	overlay->layer = OBPBL_LAYER_CONFIGURED;
	overlay->at = at;
	if (!take_prefix(at, section->title, &overlay->prefix))
		overlay->prefix.family = 0;
	reader->overlay = overlay;
	reader->ends = 0;
	reader->has_owner = reader->has_reason = false;
}

/* The section that libConfuse is in, begun when it is met first. */
static const struct section *current(void)
{
	const struct section *section;
	struct place at;

	section = &reader->sections.list[reader->current];
	at = (struct place){ reader->file, section->line };
	if (!reader->open && section->kind == KIND_ISP)
		begin_isp(section, at);
	else if (!reader->open)
		begin_overlay(section, at);
	reader->open = true;
	return section;
}

static int value_found(cfg_t *cfg, cfg_opt_t *opt, const char *value,
		       void *result)
{
	*(const char **)result = "";
	if (current()->kind == KIND_ISP)
		isp_value(here(cfg), opt->name, value);
	else
		overlay_value(here(cfg), opt->name, value);
	return 0;
}

static void end_isp(void)
{
	if (reader->isp->penalty && !reader->isp->limit.count)
		faults_add(reader->faults, reader->penalty,
			   "'limit_quarantine': needs a limit");
}

static void end_overlay(const struct section *section)
{
	const struct overlay *overlay = reader->overlay;
	const char *missing = NULL;

	if (reader->ends > 1)
		refuse(overlay->at, section->title,
		       "has both 'for' and 'until'; one end is enough");
	if (!reader->has_owner)
		missing = "isp";
	else if (!reader->has_reason)
		missing = "reason";
	if (missing)
		faults_add(reader->faults, overlay->at, "'%s': has no %s = ...",
			   section->title, missing);
}

static int section_found(cfg_t *cfg, cfg_opt_t *opt)
{
	const struct section *section = current();

	(void)cfg;
	(void)opt;
	if (section->kind == KIND_ISP)
		end_isp();
	else
		end_overlay(section);
	reader->open = false;
	reader->current++;
	return 0;
}

static void confuse_error(cfg_t *cfg, const char *format, va_list args)
{
	char text[512];

	vsnprintf(text, sizeof(text), format, args);
	faults_add(reader->faults, here(cfg), "%s", text);
}

static cfg_opt_t *key_options(const struct section_kind *kind)
{
	cfg_opt_t scalar = CFG_STR_CB("", NULL, CFGF_NODEFAULT, value_found);
	cfg_opt_t list = CFG_STR_LIST_CB("", NULL, CFGF_NODEFAULT, value_found);
	cfg_opt_t end = CFG_END(), *options_of;
	size_t n;

	for (n = 0; kind->keys[n]; n++)
		;
	options_of = xcalloc(n + 1, sizeof(*options_of));
	for (n = 0; kind->keys[n]; n++) {
		options_of[n] = n >= kind->lists ? list : scalar;
		options_of[n].name = kind->keys[n];
	}
	options_of[n] = end;
	return options_of;
}

static void parse(FILE *file)
{
	cfg_opt_t *keys[3], root[4] = {
		[3] = CFG_END()
	};
	cfg_t *cfg;
	int i;

	for (i = 0; i < 3; i++) {
		keys[i] = key_options(&kinds[i]);
		root[i] = (cfg_opt_t)CFG_SEC(kinds[i].name, keys[i],
					     CFGF_MULTI | CFGF_TITLE);
	}
	cfg = cfg_init(root, CFGF_NONE);
	if (cfg) {
		cfg_set_error_function(cfg, confuse_error);
		for (i = 0; i < 3; i++)
			cfg_set_validate_func(cfg, kinds[i].name,
					      section_found);
		if (cfg_parse_fp(cfg, file) && !reader->faults->total)
			refuse(here(cfg), reader->path, "cannot be read");
		cfg_free(cfg);
	}
	for (i = 0; i < 3; i++)
		free(keys[i]);
}

/**
 * config_parse() - read the text of a config file
 * @name: name of the file, for messages and for the lists beside it
 * @text: its text; changed
 * @size: length of @text
 * @policy: where to put what it says
 * @faults: where to note what is wrong
 */
void config_parse(const char *name, char *text, size_t size,
		  struct policy *policy, struct faults *faults)
{
	struct reader state = {
		.policy = policy,
		.faults = faults,
		.file = policy_file(policy, name),
		.path = name,
	};
	FILE *file;

	reader = &state;
	if (lex_check(text, size, state.file, kinds, &state.sections, faults) &&
	    size) {
		file = fmemopen(text, size, "r");
		if (file) {
			parse(file);
			fclose(file);
		}
	}
	sections_free(&state.sections);
	reader = NULL;
}

/**
 * config_read() - read a config file
 * @path: its name; "-" is stdin
 * @policy: where to put what it says
 * @faults: where to note what is wrong
 */
void config_read(const char *path, struct policy *policy,
		 struct faults *faults)
{
	struct place at = { 0 };
	const char *fault;
	size_t size;
	char *text;

	faults->policy = policy;
	fault = file_read(path, &text, &size, &at.line);
	if (!fault) {
		config_parse(file_name(path), text, size, policy, faults);
	} else {
		at.file = policy_file(policy, file_name(path));
		faults_add(faults, at, "%s", fault);
	}
	free(text);
}

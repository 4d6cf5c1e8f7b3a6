// SPDX-License-Identifier: GPL-2.0-only
/*
 * The import command: what an ISP has elsewhere as a config file of ours
 *
 * What is in the input is in the file, or the file says why it is not.
 */
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "check.h"
#include "command.h"
#include "import.h"
#include "list.h"
#include "names.h"
#include "out.h"
#include "save.h"

#define PRINT 20	/* remarks on stderr; the file has all */

enum { NFT, IPSET, CISCO, JUNIPER };

/* Each takes a text apart */
static int (*const readers[])(struct import *im, char *text, size_t size) = {
	[NFT] = nft_read, [IPSET] = ipset_read, [CISCO] = cisco_read,
	[JUNIPER] = junos_read,
};

static void free_import(void *order)
{
	struct import *im = order;

	import_clear(im);
	prefixes_free(&im->space);
	free(im->lists);
	free(im->devs);
	free(im->sets);
}

/* What is made of it */

static const char *remark_place(const struct import *im,
				const struct remark *remark)
{
	return im->policy.n_files ? place_text(&im->policy, remark->at) :
				    file_name(im->path);
}

static size_t count_remarks(const struct import *im, bool carried)
{
	size_t i, n = 0;

	for (i = 0; i < im->n_remarks; i++)
		n += im->remarks[i].carried == carried;
	return n;
}

static void write_remarks(FILE *file, const struct import *im, bool carried,
			  const char *title)
{
	const struct remark *remark;
	size_t i;

	if (!count_remarks(im, carried))
		return;
	fprintf(file, "#\n# %s\n", title);
	for (i = 0; i < im->n_remarks; i++) {
		remark = &im->remarks[i];
		if (remark->carried != carried)
			continue;
		fprintf(file, "#   %s: ", remark_place(im, remark));
		if (remark->text)
			fprintf(file, "%s: ", quote_word(remark->text));
		fprintf(file, "%s\n", remark->why ? remark->why : "");
	}
}

static const char no_space[] =
	"no space was given: mail inside the ISP counts as outbound too";

static const char *others(const struct import *im)
{
	return text_print("%s not about port 25, or not of it alone",
			  count_of(im->others, "line"));
}

static void write_config(FILE *file, const void *data)
{
	const struct import *im = data;
	size_t i;

	fprintf(file, "# obpbl policy of ISP %s, imported from %s\n",
		im->isp->name, file_name(im->path));
	fputs("# In mode monitor it counts, and blocks nothing.\n", file);
	if (!prefixes_count(&im->isp->lists[OBPBL_CLASS_SPACE]))
		fprintf(file, "# Beware: %s.\n", no_space);
	write_remarks(file, im, false, "Not carried over:");
	write_remarks(file, im, true, "Carried over, but worth a look:");
	if (im->others)
		fprintf(file, "#\n# Left where they are: %s\n", others(im));
	putc('\n', file);
	save_isp(file, im->isp, &im->policy);
	for (i = 0; i < im->policy.n_overlays; i++)
		save_overlay(file, &im->policy.overlays[i], "");
}

static void warn_remarks(const struct import *im)
{
	const struct remark *remark;
	size_t i, n = 0;

	for (i = 0; i < im->n_remarks; i++) {
		remark = &im->remarks[i];
		if (!remark->carried && n++ < PRINT)
			warn("%s: not carried over: %s",
			     remark_place(im, remark), remark->why);
	}
	if (n > PRINT)
		warn("and %zu more were not carried over; the file names all",
		     n - PRINT);
}

static json_t *remarks_json(const struct import *im, bool carried)
{
	json_t *list = json_array(), *object;
	const struct remark *remark;
	size_t i;

	for (i = 0; i < im->n_remarks; i++) {
		remark = &im->remarks[i];
		if (remark->carried != carried)
			continue;
		object = json_pack("{s:o, s:o}", "place",
				   json_text(remark_place(im, remark)), "why",
				   json_text(remark->why ? remark->why : ""));
		if (remark->text)
			put_text(object, "text", remark->text);
		json_array_append_new(list, object);
	}
	return list;
}

static int print_all(const struct import *im)
{
	char *text;

	warn_remarks(im);
	if (!prefixes_count(&im->isp->lists[OBPBL_CLASS_SPACE]))
		warn("%s", no_space);
	if (!options.json) {
		write_config(stdout, im);
		return STATUS_DONE;
	}
	text = file_text(write_config, im);
	if (!text)
		return STATUS_FAILED;
	out_json(json_pack("{s:s, s:o, s:o, s:o, s:I}", "isp", im->isp->name,
			   "config", json_text(text), "not_carried",
			   remarks_json(im, false), "notes",
			   remarks_json(im, true), "others",
			   (json_int_t)im->others));
	free(text);
	return STATUS_DONE;
}

/* What apply would refuse is not written */
static int check(const struct import *im)
{
	struct faults faults = { .policy = &im->policy };
	int status;

	check_faults(&im->policy, &faults);
	status = faults_fail(&faults, file_name(im->path));
	faults_free(&faults);
	return status;
}

/* That none is there, a reader has said */
static int check_lists(const struct import *im)
{
	size_t i;

	for (i = 0; i < im->n_lists; i++)
		if (!im->lists[i].seen)
			return fail("%s: there is no list %s",
				    file_name(im->path),
				    quote_word(im->lists[i].name));
	return STATUS_OK;
}

static int translate(struct import *im)
{
	if (acl_translate(im))
		return STATUS_OK;
	warn_remarks(im);
	return fail("%s: no line of it blocks port 25 in a way that can be carried over",
		    file_name(im->path));
}

static void begin_policy(struct import *im)
{
	struct place given = { 0 };
	struct prefix p;
	size_t i;

	im->isp = policy_add_isp(&im->policy);
	strcpy(im->isp->name, im->name);
	if (!prefixes_count(&im->space))
		return;
	given.file = policy_file(&im->policy, "the command line");
	for (i = 0; prefixes_get(&im->space, i, &p); i++)
		prefixes_add(&im->isp->lists[OBPBL_CLASS_SPACE], &p, given);
}

static int read_input(struct import *im, int kind)
{
	const char *fault;
	uint32_t line;
	int status;
	size_t size;
	char *text;

	fault = file_read(im->path, LIST_SIZE, &text, &size, &line);
	if (fault && line)
		status = fail("%s:%u: %s", file_name(im->path), line, fault);
	else if (fault)
		status = fail("%s: %s", file_name(im->path), fault);
	else
		status = readers[kind](im, text, size);
	free(text);
	return status;
}

/* Words */

static int take_space(const char *word, void *to)
{
	const struct place given = { 0 };
	struct prefix p;
	int status = word_prefix(word, &p);

	if (!status)
		prefixes_add(to, &p, given);
	return status;
}

static int take_dev(const char *word, void *to)
{
	struct import *im = to;
	const char *name;
	int status = word_dev(word, &name);

	if (status)
		return status;
	GROW(im->devs, im->n_devs, im->cap_devs);
	im->devs[im->n_devs++] = name;
	return STATUS_OK;
}

static int take_list(const char *word, void *to)
{
	struct import *im = to;

	GROW(im->lists, im->n_lists, im->cap_lists);
	im->lists[im->n_lists++] = (struct named_set){ .name = word };
	return STATUS_OK;
}

static int take_set(const char *word, void *to)
{
	struct import *im = to;

	GROW(im->sets, im->n_sets, im->cap_sets);
	im->sets[im->n_sets++] = (struct named_set){ .name = word };
	return STATUS_OK;
}

static int take_class(const char *word, void *to)
{
	struct names names = class_names;
	struct import *im = to;
	struct named_set *set = im->n_sets ? &im->sets[im->n_sets - 1] : NULL;

	if (!set || set->class)
		return command_usage("'class': it follows 'set NAME'");
	names.last = OBPBL_CLASS_QUARANTINE;
	return word_choice(word, &names, &set->class);
}

static const struct key keys[] = {
	{ KEY("FILE", NULL, word_any, struct import, path), .bare = true },
	{ KEY("isp", "the name of an ISP", word_isp, struct import, name) },
	{ KEY("space", "a prefix", take_space, struct import, space),
	  .often = true },
	{ .name = "dev", .value = "the name of an interface", .take = take_dev,
	  .often = true, .verbs = 1 << NFT },
	{ .name = "list", .value = "the name of a list", .take = take_list,
	  .often = true, .verbs = 1 << NFT | 1 << CISCO | 1 << JUNIPER },
	{ .name = "set", .value = "the name of a set", .take = take_set,
	  .often = true, .verbs = 1 << IPSET },
	{ .name = "class", .value = "a class", .take = take_class,
	  .often = true, .verbs = 1 << IPSET },
	{ .name = NULL }
};

static int check_words(const struct import *im, int kind)
{
	size_t i;

	if (!im->path)
		return command_usage("a file is missing");
	if (!im->name)
		return command_usage("'isp NAME' is missing");
	if (kind == IPSET && !im->n_sets)
		return command_usage("'set NAME class CLASS' is missing: a set has no meaning by itself");
	for (i = 0; i < im->n_sets; i++)
		if (!im->sets[i].class)
			return command_usage("'set %s': 'class CLASS' follows it",
					     im->sets[i].name);
	return batch_stdin(im->path);
}

static int parse(struct words *words, const struct verb *verb, void *order)
{
	struct import *im = order;
	int status;

	status = command_keys(words, keys, verb, order);
	if (!status)
		status = check_words(im, verb->value);
	if (status)
		return status;
	begin_policy(im);
	status = read_input(im, verb->value);
	if (!status)
		status = check_lists(im);
	if (!status && verb->value != IPSET)
		status = translate(im);
	if (!status)
		status = check(im);
	return status ? status : print_all(im);
}

#define VERB(word, number, says, words, shows) {			\
	.name = word, .synopsis = words, .summary = says,		\
	.example = "obpblctl import " shows, .value = number,		\
}

static const struct verb verbs[] = {
	VERB("nft", NFT, "rules of nftables, as 'nft -j list ruleset' prints them",
	     "FILE|- isp NAME [space PREFIX]... [dev IF]... [list CHAIN]...",
	     "nft ruleset.json isp alpha space 203.0.113.0/24"),
	VERB("ipset", IPSET, "sets, as 'ipset save' prints them",
	     "FILE|- isp NAME set SET class CLASS [set SET class CLASS]... [space PREFIX]...",
	     "ipset sets.txt isp alpha set pool class dynamic set mx class relay"),
	VERB("cisco", CISCO, "access lists of IOS, as 'show running-config' prints them",
	     "FILE|- isp NAME [space PREFIX]... [list LIST]...",
	     "cisco router.cfg isp alpha space 203.0.113.0/24 list 101"),
	VERB("juniper", JUNIPER, "firewall filters of Junos, with braces or as 'set' lines",
	     "FILE|- isp NAME [space PREFIX]... [list FILTER]...",
	     "juniper router.conf isp alpha space 203.0.113.0/24"),
	{ .synopsis = NULL }
};

const struct command import_command = {
	.name = "import",
	.summary = "what is elsewhere for blocking port 25, as a config file",
	.help = "Prints a config file, with comments that say where each prefix comes from and\n"
		"what could not be carried over, which is said on stderr too. What a list\n"
		"decides for each kind of connection is compared with what the file does:\n"
		"where they differ, the line is named. The file is in mode monitor. Needs\n"
		"neither the module nor root.\n"
		"  space  the addresses of the ISP: what is denied of every source is denied of\n"
		"         these, and mail inside them is not outbound\n"
		"  dev    rules of this interface are meant; those of others are left out\n"
		"  list   the access list, the filter, or the chain, as 'FAMILY TABLE CHAIN',\n"
		"         that is meant, where several block port 25\n"
		"  set    what a set is: dynamic, static, space, relay, target, exempt or\n"
		"         quarantine\n",
	.verbs = verbs,
	.size = sizeof(struct import),
	.parse = parse,
	.free = free_import,
};

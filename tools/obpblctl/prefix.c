// SPDX-License-Identifier: GPL-2.0-only
/* The prefix command */
#include <string.h>

#include "batch.h"
#include "check.h"
#include "command.h"
#include "isp.h"
#include "kernel.h"
#include "list.h"
#include "names.h"
#include "out.h"
#include "owner.h"
#include "prefix.h"
#include "txn.h"

/**
 * struct change - a change of prefixes
 * @command: OBPBL_CMD_PREFIX_ADD, _REPLACE or _DEL
 * @isp: the ISP
 * @class: enum obpbl_class
 * @list: the prefixes
 * @flush: they take the place of what there is
 * @path: the list that they come from, or NULL
 * @files: what was read from @path
 */
struct change {
	uint8_t command;
	const char *isp;
	int class;
	const struct prefixes *list;
	bool flush;
	const char *path;
	struct policy files;
};

static int take_class(struct words *words, int *class)
{
	words_take(words, "class");
	if (!words->left || words_begin(words, "isp"))
		return command_usage("a class is missing; it is %s",
				     names_choice(&class_names));
	return word_class(words_next(words), class);
}

/**
 * class_tightens() - whether more may be blocked when prefixes are added
 * @class: their class, enum obpbl_class
 *
 * A static or exempted source or a relay only lets more pass.
 *
 * Return: that.
 */
bool class_tightens(int class)
{
	return class != OBPBL_CLASS_STATIC && class != OBPBL_CLASS_RELAY &&
	       class != OBPBL_CLASS_EXEMPT;
}

/* A class, or the beginning of one, looks like no prefix. */
static bool is_class(const struct words *words)
{
	unsigned int class;

	for (class = class_names.first; class <= class_names.last; class++)
		if (words_begin(words, class_names.words[class]))
			return true;
	return words_begin(words, "class");
}

static int take_prefixes(struct words *words, struct prefixes *list)
{
	const struct place nowhere = { 0 };
	struct prefix p;
	int status;

	while (words->left && !is_class(words) && !words_begin(words, "isp")) {
		status = word_prefix(words_next(words), &p);
		if (status)
			return status;
		prefixes_add(list, &p, nowhere);
	}
	if (prefixes_count(list))
		return STATUS_OK;
	if (words->left > 1 && is_class(words))
		return command_usage("'%s': prefixes come first, and then their class",
				     *words->at);
	return command_usage("a prefix is missing");
}

/* Makes room for the list that takes the place of what there is. */
static bool flush(struct txn *txn, const struct change *change)
{
	struct nlmsghdr *request;

	txn->tightens |= change->flush ||
			 change->command == OBPBL_CMD_PREFIX_DEL ||
			 class_tightens(change->class);
	if (!change->flush)
		return true;
	request = txn_add(txn, OBPBL_CMD_PREFIX_FLUSH, txn->at, change->isp);
	if (!request)
		return false;
	mnl_attr_put_strz(request, OBPBL_A_ISP, change->isp);
	mnl_attr_put_u8(request, OBPBL_A_CLASS, change->class);
	return true;
}

static void print_change(const struct change *change, uint64_t generation)
{
	if (options.json)
		out_json(json_pack("{s:s, s:s, s:I, s:I, s:i}", "isp",
				   change->isp, "class",
				   names_word(&class_names, change->class),
				   "prefixes",
				   (json_int_t)prefixes_count(change->list),
				   "generation", (json_int_t)generation,
				   "connections_ended", 0));
}

/* A list of another pool, or of half of it, cuts off or lets go the rest. */
static void warn_shrunk(const struct change *change, const struct isp *before)
{
	size_t now = prefixes_count(change->list);

	if (before && now && 2 * now < before->counts[change->class])
		warn("%s of isp %s had %u prefixes, has %zu now",
		     names_word(&class_names, change->class), change->isp,
		     before->counts[change->class], now);
}

static void tell(struct nl *nl, const struct change *change,
		 struct owners *owners)
{
	if (change->flush)
		warn_shrunk(change, policy_find_isp(&owners->policy,
						    change->isp));
	if (change->command != OBPBL_CMD_PREFIX_DEL)
		owners_tell(nl, change->isp, change->class, change->list,
			    change->path ? &change->files : NULL, owners);
}

/*
 * All of a list in one step, even if it does not fit in one request. If it
 * does, that request is enough, unless the generation has to be told.
 */
static int make_change(struct nl *nl, void *order)
{
	const struct change *change = order;
	struct owners owners = { 0 };
	int status = STATUS_OK;
	struct txn txn;

	if (change->command != OBPBL_CMD_PREFIX_DEL)
		owners_read(nl, change->isp, change->list, &owners);
	txn_init(&txn, nl, change->path ? &change->files : NULL, false);
	txn.alone = !options.json && !change->flush && txn_fits(change->list);
	txn.expected = change->path ? prefixes_count(change->list) : 0;
	if (!flush(&txn, change) ||
	    !txn_prefixes(&txn, change->command, change->isp, change->class,
			  change->list) ||
	    !txn_commit(&txn))
		status = txn_fail(&txn);
	if (!status)
		print_change(change, txn.generation);
	txn_end(&txn);
	if (!status)
		tell(nl, change, &owners);
	owners_free(&owners);
	return status;
}

/* What is around them is not asked, since lines before may change it. */
static bool join(struct txn *txn, void *order)
{
	const struct change *change = order;
	struct owners nobody = { 0 };

	if (!flush(txn, change) ||
	    !batch_prefixes(change->command, change->isp, change->class,
			    change->path ? file_name(change->path) : NULL,
			    change->list))
		return false;
	tell(txn->nl, change, &nobody);
	return true;
}

static int parse_change(struct words *words, const struct verb *verb,
			void *order)
{
	/* Kept from line to line of a batch, since room costs time. */
	static struct prefixes list;
	struct change *change = order;
	int status;

	change->command = verb->value;
	change->list = &list;
	prefixes_clear(&list);
	status = take_prefixes(words, &list);
	if (!status)
		status = take_class(words, &change->class);
	if (!status)
		status = isp_word(words, &change->isp);
	return status ? status : words_end(words);
}

/**
 * struct listing - what is listed
 * @plain: prefixes alone
 * @of: of this ISP alone, or NULL
 * @class_of: of this enum obpbl_class alone, or 0
 * @isp: the ISP at hand
 * @class: word of the class at hand
 */
struct listing {
	bool plain;
	const char *of;
	int class_of;
	char isp[OBPBL_ISP_NAME_SIZE];
	const char *class;
};

/* None of these words needs an escape in JSON. */
static void print_prefix(const struct prefix *p, void *data)
{
	const struct listing *listing = data;
	const char *text;

	text = cidr_print(p);
	if (options.json)
		stream_next();
	if (listing->plain)
		printf(options.json ? "\"%s\"" : "%s\n", text);
	else
		printf(options.json ?
		       "{\"prefix\": \"%s\", \"class\": \"%s\", \"isp\": \"%s\"}" :
		       "%s %s isp %s\n", text, listing->class, listing->isp);
}

/* Printed as it comes, so that a list of any length takes no memory. */
static void list_some(const struct nlattr **a, void *data)
{
	struct listing *listing = data;

	nl_isp(a[OBPBL_A_ISP], listing->isp);
	listing->class = names_word(&class_names, nl_u8(a[OBPBL_A_CLASS]));
	kernel_each_packed(a, print_prefix, listing);
}

static int list_all(struct nl *nl, void *order)
{
	struct listing *listing = order;
	int status;

	if (options.json)
		stream_begin();
	status = kernel_prefixes(nl, listing->of, listing->class_of, list_some,
				 listing);
	if (options.json)
		stream_end(status);
	return status;
}

static int parse_list(struct words *words, const struct verb *verb, void *order)
{
	struct listing *listing = order;
	int status = STATUS_OK;

	if (words->left && !words_begin(words, "isp"))
		status = take_class(words, &listing->class_of);
	if (!status && words->left)
		status = isp_word(words, &listing->of);
	return status ? status : words_end(words);
}

/* Reads a list as if an ISP of the name had it, so that it is checked alike. */
static int read_list(struct change *change)
{
	struct policy *policy = &change->files;
	struct faults faults = { .policy = policy };
	struct place at = { 0 };
	struct isp *isp;
	const char *why;
	int status = STATUS_OK;

	isp = policy_add_isp(policy);
	strcpy(isp->name, change->isp);
	change->list = &isp->lists[change->class];
	why = list_read(change->path, policy, &isp->lists[change->class],
			&faults);
	if (why) {
		at.file = policy_file(policy, file_name(change->path));
		faults_add(&faults, at, "%s", why);
	}
	check_faults(policy, &faults);
	if (faults.total) {
		faults_print(&faults);
		status = fail("nothing was changed");
		failure.code = "faults";
	}
	faults_free(&faults);
	return status;
}

/* Most likely whatever wrote the list has failed. */
static int check_empty(const struct change *change)
{
	if (prefixes_count(change->list))
		return STATUS_OK;
	if (!change->flush)
		return fail("%s: the list is empty; nothing was changed",
			    file_name(change->path));
	warn("%s: the list is empty: isp %s is left without %s prefixes",
	     file_name(change->path), change->isp,
	     names_word(&class_names, change->class));
	return STATUS_OK;
}

static void take_replace(struct words *words, struct change *change)
{
	change->flush |= words_take(words, "--replace");
}

static int parse_load(struct words *words, const struct verb *verb, void *order)
{
	struct change *change = order;
	int status;

	change->command = verb->value;
	take_replace(words, change);
	change->path = words_next(words);
	if (!change->path)
		return command_usage("the name of a list is missing");
	take_replace(words, change);
	status = take_class(words, &change->class);
	if (!status)
		status = isp_word(words, &change->isp);
	take_replace(words, change);
	if (!status)
		status = words_end(words);
	if (!status)
		status = batch_stdin(change->path);
	if (!status)
		status = read_list(change);
	return status ? status : check_empty(change);
}

static void free_change(void *order)
{
	struct change *change = order;

	policy_free(&change->files);
}

static const struct verb prefix_verbs[] = {
	{
		.name = "list",
		.synopsis = "[CLASS] [isp NAME]",
		.summary = "prefixes, one a line",
		.example = "obpblctl prefix list dynamic isp alpha",
		.size = sizeof(struct listing),
		.parse = parse_list,
		.run = list_all,
	}, {
		.name = "add",
		.synopsis = "PREFIX... CLASS isp NAME",
		.summary = "add prefixes; refuses what is there already",
		.example = "obpblctl prefix add 203.0.113.0/25 dynamic isp alpha",
		.value = OBPBL_CMD_PREFIX_ADD,
		.size = sizeof(struct change),
		.parse = parse_change,
		.run = make_change,
		.join = join,
	}, {
		.name = "replace",
		.synopsis = "PREFIX... CLASS isp NAME",
		.summary = "add prefixes, of which some may be there already",
		.example = "obpblctl prefix replace 203.0.113.0/25 dynamic isp alpha",
		.value = OBPBL_CMD_PREFIX_REPLACE,
		.size = sizeof(struct change),
		.parse = parse_change,
		.run = make_change,
		.join = join,
	}, {
		.name = "del",
		.synopsis = "PREFIX... CLASS isp NAME",
		.summary = "remove prefixes; refuses what is not there",
		.example = "obpblctl prefix del 203.0.113.0/25 dynamic isp alpha",
		.value = OBPBL_CMD_PREFIX_DEL,
		.size = sizeof(struct change),
		.parse = parse_change,
		.run = make_change,
		.join = join,
	}, {
		.name = "load",
		.synopsis = "FILE|- CLASS isp NAME [--replace]",
		.summary = "add all prefixes of a list, or none",
		.example = "obpblctl prefix load pool.txt dynamic isp alpha --replace",
		.value = OBPBL_CMD_PREFIX_ADD,
		.size = sizeof(struct change),
		.parse = parse_load,
		.run = make_change,
		.join = join,
		.free = free_change,
	},
	{ .synopsis = NULL }
};

const struct command prefix_command = {
	.name = "prefix",
	.summary = "prefixes of an ISP",
	.help = "CLASS is dynamic, static, space, relay or target. 'load' reads a list, one\n"
		"prefix a line, # comments; with --replace the list takes the place of all\n"
		"that the ISP has of that class. Several prefixes are one step.\n",
	.verbs = prefix_verbs,
	.standard = true,
};

static int parse_export(struct words *words, const struct verb *verb,
			void *order)
{
	struct listing *listing = order;
	int status = STATUS_OK;
	const char *word;

	if (!words->left)
		return command_usage("dynamic, space or relay is missing");
	word = words->at[0];
	if (take_class(words, &listing->class_of))
		return STATUS_USAGE;
	if (listing->class_of != OBPBL_CLASS_DYNAMIC &&
	    listing->class_of != OBPBL_CLASS_SPACE &&
	    listing->class_of != OBPBL_CLASS_RELAY)
		return usage("%s: what can be exported is dynamic, space or relay",
			     quote_word(word));
	listing->plain = true;
	if (words->left)
		status = isp_word(words, &listing->of);
	return status ? status : words_end(words);
}

const struct command export_command = {
	.name = "export",
	.summary = "prefixes alone, one a line, for other programs",
	.help = "For lists of dynamic addresses (PBL), reverse DNS, other ISPs; and for\n"
		"'prefix load'. With -j an array of strings. Sessions are not in it: such a\n"
		"list is of pools, not of who is connected.\n",
	.verbs = ONE_VERB(.synopsis = "dynamic|space|relay [isp NAME]",
			  .example = "obpblctl export dynamic isp alpha",
			  .size = sizeof(struct listing),
			  .parse = parse_export,
			  .run = list_all),
};

// SPDX-License-Identifier: GPL-2.0-only
/* The prefix command */
#include <string.h>

#include "batch.h"
#include "check.h"
#include "command.h"
#include "conntrack.h"
#include "isp.h"
#include "kernel.h"
#include "list.h"
#include "names.h"
#include "out.h"
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
 * @files: the names of files in @list, or NULL
 */
struct change {
	uint8_t command;
	const char *isp;
	int class;
	const struct prefixes *list;
	bool flush;
	const char *path;
	const struct policy *files;
};

/**
 * class_word() - the class of prefixes
 * @words: what is left of the command
 * @class: where to put it, enum obpbl_class
 *
 * Return: STATUS_OK or STATUS_USAGE.
 */
int class_word(struct words *words, int *class)
{
	const char *word = words_next(words);
	char text[QUOTE_SIZE];

	if (!word)
		return usage("a class is missing; it is %s",
			     names_choice(&class_names));
	*class = names_value(&class_names, word);
	if (*class < 0)
		return usage("%s: unknown class; it is %s",
			     quote_word(word, text),
			     names_choice(&class_names));
	return STATUS_OK;
}

static int take_prefixes(struct words *words, struct prefixes *list)
{
	const struct place nowhere = { 0 };
	char text[QUOTE_SIZE];
	const char *fault;
	struct prefix p;

	while (words->left && names_value(&class_names, *words->at) < 0 &&
	       strcmp(*words->at, "isp")) {
		fault = cidr_read(*words->at, strlen(*words->at), &p);
		if (fault)
			return usage("%s: %s", quote_word(*words->at, text),
				     fault);
		prefixes_add(list, &p, nowhere);
		words_next(words);
	}
	if (!prefixes_count(list))
		return command_usage("prefix", "a prefix is missing");
	return STATUS_OK;
}

static void put_class(struct nlmsghdr *request, const char *isp, int class)
{
	mnl_attr_put_strz(request, OBPBL_A_ISP, isp);
	mnl_attr_put_u8(request, OBPBL_A_CLASS, class);
}

static bool send_all(struct txn *txn, const struct change *change)
{
	struct nlmsghdr *request;
	struct place nowhere = { 0 };

	if (change->flush) {
		request = txn_add(txn, OBPBL_CMD_PREFIX_FLUSH, nowhere,
				  change->isp);
		if (!request)
			return false;
		put_class(request, change->isp, change->class);
	}
	return txn_prefixes(txn, change->command, change->isp, change->class,
			    change->list) &&
	       txn_commit(txn);
}

/* A static source or a relay that is added only lets more pass. */
static bool tightens(const struct change *change)
{
	return change->flush || change->command == OBPBL_CMD_PREFIX_DEL ||
	       (change->class != OBPBL_CLASS_STATIC &&
		change->class != OBPBL_CLASS_RELAY);
}

static void print_change(const struct change *change, uint64_t generation,
			 json_int_t ended)
{
	if (options.json)
		out_json(json_pack("{s:s, s:s, s:I, s:I, s:I}", "isp", change->isp,
				   "class",
				   names_word(&class_names, change->class),
				   "prefixes",
				   (json_int_t)prefixes_count(change->list),
				   "generation", (json_int_t)generation,
				   "connections_ended", ended));
}

/*
 * All of a list in one step, even if it does not fit in one request. If it
 * does, that request is enough, unless the generation has to be told.
 */
static int make_change(const struct change *change)
{
	json_int_t ended = 0;
	uint64_t generation;
	struct txn txn;
	struct nl nl;
	int status;

	status = nl_open(&nl);
	if (status)
		return status;
	txn_init(&txn, &nl, change->files, false);
	txn.alone = !options.json && !change->flush && txn_fits(change->list);
	txn.expected = change->files ? prefixes_count(change->list) : 0;
	if (!send_all(&txn, change))
		status = txn_fail(&txn);
	generation = txn.generation;
	txn_end(&txn);
	if (!status && tightens(change))
		ended = conntrack_end(&nl);
	if (!status)
		print_change(change, generation, ended);
	nl_release(&nl);
	return status;
}

static int join(const struct change *change)
{
	struct nlmsghdr *request;

	batch_tightens(tightens(change));
	if (change->flush) {
		request = batch_request(OBPBL_CMD_PREFIX_FLUSH, change->isp);
		if (!request)
			return STATUS_FAILED;
		put_class(request, change->isp, change->class);
	}
	return batch_prefixes(change->command, change->isp, change->class,
			      change->path ? file_name(change->path) : NULL,
			      change->list);
}

static int do_change(struct words *words, uint8_t command)
{
	/* Kept from line to line of a batch, since room costs time. */
	static struct prefixes list;
	struct change change = { .command = command, .list = &list };
	int status;

	prefixes_clear(&list);
	status = take_prefixes(words, &list);
	if (!status)
		status = class_word(words, &change.class);
	if (!status)
		status = isp_word(words, &change.isp);
	if (!status)
		status = words_end(words);
	if (status)
		return status;
	return batch_joined() ? join(&change) : make_change(&change);
}

/**
 * struct listing - what is listed
 * @plain: prefixes alone
 * @isp: the ISP at hand
 * @class: word of the class at hand
 */
struct listing {
	bool plain;
	char isp[OBPBL_ISP_NAME_SIZE];
	const char *class;
};

/* None of these words needs an escape in JSON. */
static void print_prefix(const struct prefix *p, void *data)
{
	const struct listing *listing = data;
	char text[CIDR_SIZE];

	cidr_print(p, text);
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
static int list_some(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *a[OBPBL_A_MAX + 1];
	struct listing *listing = data;

	nl_attributes(message, a);
	nl_string(a[OBPBL_A_ISP], listing->isp, sizeof(listing->isp));
	listing->class = names_word(&class_names, nl_u8(a[OBPBL_A_CLASS]));
	kernel_each_packed(a, print_prefix, listing);
	return MNL_CB_OK;
}

static int list_all(const char *isp, int class, bool plain)
{
	struct listing listing = { .plain = plain };
	struct nl nl;
	int status;

	status = nl_open(&nl);
	if (status)
		return status;
	if (options.json)
		stream_begin();
	status = kernel_prefixes(&nl, isp, class, list_some, &listing);
	if (options.json)
		stream_end();
	nl_release(&nl);
	return status;
}

static int do_list(struct words *words)
{
	const char *isp = NULL;
	int status = 0, class = 0;

	if (words->left && strcmp(*words->at, "isp"))
		status = class_word(words, &class);
	if (!status && words->left)
		status = isp_word(words, &isp);
	if (!status)
		status = words_end(words);
	if (!status && batch_joined())
		status = batch_no_change("list");
	return status ? status : list_all(isp, class, false);
}

/* Reads a list as if an ISP of the name had it, so that it is checked alike. */
static int read_list(const char *path, const char *name, int class,
		     struct policy *policy)
{
	struct faults faults = { .policy = policy };
	struct place at = { 0 };
	struct isp *isp;
	const char *why;
	int status = STATUS_OK;

	isp = policy_add_isp(policy);
	strcpy(isp->name, name);
	why = list_read(path, policy, &isp->lists[class], &faults);
	if (why) {
		at.file = policy_file(policy, file_name(path));
		faults_add(&faults, at, "%s", why);
	}
	check_faults(policy, &faults);
	if (faults.total) {
		faults_print(&faults);
		status = fail("nothing was changed");
	}
	faults_free(&faults);
	return status;
}

/* Most likely whatever wrote the list has failed. */
static int check_empty(const char *path, const char *isp, int class,
		       const struct policy *policy, bool replace)
{
	if (prefixes_count(&policy->isps->lists[class]))
		return STATUS_OK;
	if (!replace)
		return fail("%s: the list is empty; nothing was changed",
			    file_name(path));
	warn("%s: the list is empty: isp %s is left without %s prefixes",
	     file_name(path), isp, names_word(&class_names, class));
	return STATUS_OK;
}

static int load(struct change *change)
{
	struct policy policy = { 0 };
	int status;

	status = batch_stdin(change->path);
	if (!status)
		status = read_list(change->path, change->isp, change->class,
				   &policy);
	if (!status)
		status = check_empty(change->path, change->isp, change->class,
				     &policy, change->flush);
	if (!status) {
		change->files = &policy;
		change->list = &policy.isps->lists[change->class];
		status = batch_joined() ? join(change) : make_change(change);
	}
	policy_free(&policy);
	return status;
}

static int do_load(struct words *words)
{
	struct change change = { .command = OBPBL_CMD_PREFIX_ADD };
	int status;

	change.flush = words_take(words, "--replace");
	change.path = words_next(words);
	if (!change.path)
		return command_usage("prefix", "the name of a list is missing");
	change.flush |= words_take(words, "--replace");
	status = class_word(words, &change.class);
	if (!status)
		status = isp_word(words, &change.isp);
	if (status)
		return status;
	change.flush |= words_take(words, "--replace");
	if (words_end(words))
		return STATUS_USAGE;
	return load(&change);
}

/**
 * prefix_command() - prefixes of an ISP
 * @words: what follows the command
 *
 * Return: enum status.
 */
int prefix_command(struct words *words)
{
	char text[QUOTE_SIZE];

	if (!words->left || words_take(words, "list"))
		return do_list(words);
	if (words_take(words, "add"))
		return do_change(words, OBPBL_CMD_PREFIX_ADD);
	if (words_take(words, "replace"))
		return do_change(words, OBPBL_CMD_PREFIX_REPLACE);
	if (words_take(words, "del"))
		return do_change(words, OBPBL_CMD_PREFIX_DEL);
	if (words_take(words, "load"))
		return do_load(words);
	return command_usage("prefix", "%s: unknown word",
			     quote_word(*words->at, text));
}

/**
 * export_command() - print prefixes alone, for other programs
 * @words: what follows the command
 *
 * Return: enum status.
 */
int export_command(struct words *words)
{
	static const int classes[] = {
		OBPBL_CLASS_DYNAMIC, OBPBL_CLASS_SPACE, OBPBL_CLASS_RELAY
	};
	const char *word = words_next(words), *isp = NULL;
	char text[QUOTE_SIZE];
	size_t i;

	if (!word)
		return command_usage("export", "dynamic, space or relay is missing");
	for (i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (!strcmp(names_word(&class_names, classes[i]), word))
			break;
	if (i == sizeof(classes) / sizeof(*classes))
		return usage("%s: what can be exported is dynamic, space or relay",
			     quote_word(word, text));
	if (words->left && isp_word(words, &isp))
		return STATUS_USAGE;
	if (words_end(words))
		return STATUS_USAGE;
	return list_all(isp, classes[i], true);
}

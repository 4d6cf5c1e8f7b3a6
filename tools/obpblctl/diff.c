// SPDX-License-Identifier: GPL-2.0-only
/* What differs between two policies, in lines and in sums */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "fields.h"
#include "names.h"
#include "out.h"
#include "sort.h"

static void keep(struct prefixes *list, const struct ref *ref)
{
	const struct place nowhere = { 0 };
	struct prefix p;

	refs_prefix(ref, &p);
	prefixes_add(list, &p, nowhere);
}

static void compare_lists(const struct prefixes *old,
			  const struct prefixes *new, struct prefixes *added,
			  struct prefixes *removed)
{
	struct refs a = { 0 }, b = { 0 };
	size_t i = 0, j = 0;
	int order;

	if (prefixes_same(old, new))
		return;
	refs_add_list(&a, old, 0, 0, 0);
	refs_sort(&a);
	refs_add_list(&b, new, 0, 0, 0);
	refs_sort(&b);
	while (i < a.n || j < b.n) {
		order = i == a.n ? 1 : j == b.n ? -1 :
			memcmp(a.list[i].key, b.list[j].key, REF_KEY);
		if (order < 0)
			keep(removed, &a.list[i]);
		else if (order > 0)
			keep(added, &b.list[j]);
		i += order <= 0;
		j += order >= 0;
	}
	refs_free(&a);
	refs_free(&b);
}

static int cmp_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

/* The value of an attribute of an ISP, in words; NULL: there is no such ISP */
static const char *words_of(const struct field *field, const struct isp *isp)
{
	const char *value = isp ? field_print(field, isp) : NULL;

	return isp && !value ? "none" : value;
}

static bool class_differs(const struct isp_diff *d, int class)
{
	return prefixes_count(&d->added[class]) ||
	       prefixes_count(&d->removed[class]);
}

static void compare_isps(struct diff *diff, const struct isp *old,
			 const struct isp *new)
{
	static const struct isp nothing;
	const struct field *field;
	struct isp_diff *d;
	int class;

	GROW(diff->isps, diff->n, diff->cap);
	d = &diff->isps[diff->n++];
	memset(d, 0, sizeof(*d));
	d->old = old;
	d->new = new;
	for (field = isp_fields; field->word; field++)
		if (cmp_text(words_of(field, old), words_of(field, new)))
			d->fields |= FIELD_BIT(isp_fields, field);
	d->any = !old || !new || d->fields;
	for_each_class(class) {
		compare_lists(&(old ? old : &nothing)->lists[class],
			      &(new ? new : &nothing)->lists[class],
			      &d->added[class], &d->removed[class]);
		d->any |= class_differs(d, class);
	}
}

static bool differs(const struct isp_diff *d, const struct field *field)
{
	return d->fields & FIELD_BIT(isp_fields, field);
}

/* All that an overlay says, but its end and the layer */
static int text_order(const struct overlay *x, const struct overlay *y)
{
	int order = overlay_order(x, y);

	order = order ? order : cmp_text(x->reason, y->reason);
	return order ? order : cmp_text(x->ticket, y->ticket);
}

static int full_order(const struct overlay *x, const struct overlay *y)
{
	int order = text_order(x, y);

	return order ? order : (x->until > y->until) - (x->until < y->until);
}

/**
 * diff_keep_ends() - an end given as a duration counts from when it was new
 * @new: the policy of a file; ends that the running one has are put in it
 * @old: the running policy
 *
 * What was configured by the same words has the end that it got then. If that
 * is later than the duration allows from now on, the duration was made shorter.
 */
void diff_keep_ends(struct policy *new, const struct policy *old)
{
	const struct overlay **a = policy_sorted(old, text_order);
	const struct overlay **b = policy_sorted(new, text_order);
	size_t i = 0, j = 0;
	struct overlay *to;
	int order;

	while (i < old->n_overlays && j < new->n_overlays) {
		to = &new->overlays[b[j] - new->overlays];
		order = text_order(a[i], to);
		if (!order && a[i]->layer == OBPBL_LAYER_CONFIGURED &&
		    to->from_now && a[i]->until && a[i]->until < to->until)
			to->until = a[i]->until;
		if (order > 0 ||
		    (!order && a[i]->layer == OBPBL_LAYER_CONFIGURED))
			j++;
		else
			i++;
	}
	free(a);
	free(b);
}

/* What was added by command stays, so it is never removed. */
static void compare_overlays(struct diff *diff, const struct policy *old,
			     const struct policy *new)
{
	const struct overlay **a = policy_sorted(old, full_order);
	const struct overlay **b = policy_sorted(new, full_order);
	size_t i = 0, j = 0;
	int order;

	diff->added = xcalloc(new->n_overlays, sizeof(*diff->added));
	diff->removed = xcalloc(old->n_overlays, sizeof(*diff->removed));
	while (i < old->n_overlays || j < new->n_overlays) {
		order = i == old->n_overlays ? 1 : j == new->n_overlays ? -1 :
			full_order(a[i], b[j]);
		if (order < 0 && a[i]->layer == OBPBL_LAYER_CONFIGURED)
			diff->removed[diff->n_removed++] = a[i];
		else if (order > 0)
			diff->added[diff->n_added++] = b[j];
		i += order <= 0;
		j += order >= 0;
	}
	free(a);
	free(b);
}

/**
 * diff_make() - compare two policies
 * @diff: where to put what differs; refers to both
 * @old: the running one
 * @new: the one of a file
 */
void diff_make(struct diff *diff, const struct policy *old,
	       const struct policy *new)
{
	size_t i;

	memset(diff, 0, sizeof(*diff));
	for (i = 0; i < new->n_isps; i++)
		compare_isps(diff, policy_find_isp(old, new->isps[i].name),
			     &new->isps[i]);
	for (i = 0; i < old->n_isps; i++)
		if (!policy_find_isp(new, old->isps[i].name))
			compare_isps(diff, &old->isps[i], NULL);
	compare_overlays(diff, old, new);
}

/**
 * diff_free() - free what differs
 * @diff: it, empty afterwards
 */
void diff_free(struct diff *diff)
{
	int class;
	size_t i;

	for (i = 0; i < diff->n; i++)
		for_each_class(class) {
			prefixes_free(&diff->isps[i].added[class]);
			prefixes_free(&diff->isps[i].removed[class]);
		}
	free(diff->isps);
	free(diff->added);
	free(diff->removed);
	memset(diff, 0, sizeof(*diff));
}

static void line(json_t *lines, char sign, const char *format, ...)
	PRINTF(3, 4);

static void line(json_t *lines, char sign, const char *format, ...)
{
	char text[1024];
	va_list args;

	text[0] = sign;
	text[1] = ' ';
	va_start(args, format);
	vsnprintf(text + 2, sizeof(text) - 2, format, args);
	va_end(args);
	if (lines)
		json_array_append_new(lines, json_text(text));
	else
		printf("%s%s%s\n", color(sign == '+' ? GREEN : RED), text,
		       color(PLAIN));
}

static void prefix_lines(const struct prefixes *list, char sign,
			 const char *isp, int class, json_t *lines)
{
	struct prefix p;
	size_t i;

	for (i = 0; prefixes_get(list, i, &p); i++)
		line(lines, sign, "isp %s %s %s", isp,
		     names_word(&class_names, class), cidr_print(&p));
}

static void isp_lines(const struct isp_diff *d, json_t *lines)
{
	const char *name = d->new ? d->new->name : d->old->name;
	const struct field *field;
	int class;

	if (!d->new || !d->old)
		line(lines, d->new ? '+' : '-', "isp %s", name);
	for (field = isp_fields; field->word; field++) {
		if (!differs(d, field))
			continue;
		if (d->old)
			line(lines, '-', "isp %s %s %s", name, field->word,
			     words_of(field, d->old));
		if (d->new)
			line(lines, '+', "isp %s %s %s", name, field->word,
			     words_of(field, d->new));
	}
	for_each_class(class) {
		prefix_lines(&d->removed[class], '-', name, class, lines);
		prefix_lines(&d->added[class], '+', name, class, lines);
	}
}

static void overlay_line(const struct overlay *o, char sign, json_t *lines)
{
	char words[768];
	const struct field *field;
	const char *value, *quote;
	size_t used = 0;

	*words = '\0';
	for (field = overlay_fields; field->word; field++) {
		value = field->attr ? field_print(field, o) : NULL;
		if (!value)
			continue;
		quote = field->attr == OBPBL_A_REASON ? "\"" : "";
		used += snprintf(words + used, sizeof(words) - used,
				 " %s %s%s%s", field->word, quote, value,
				 quote);
	}
	line(lines, sign, "%s%s", overlay_name(o), words);
}

/**
 * diff_lines() - what differs, a line each
 * @diff: it
 * @lines: an array to put the lines in; NULL: print them
 */
void diff_lines(const struct diff *diff, json_t *lines)
{
	size_t i;

	for (i = 0; i < diff->n; i++)
		isp_lines(&diff->isps[i], lines);
	for (i = 0; i < diff->n_removed; i++)
		overlay_line(diff->removed[i], '-', lines);
	for (i = 0; i < diff->n_added; i++)
		overlay_line(diff->added[i], '+', lines);
}

/* Sums */

static void cover(const struct prefixes *list, uint64_t *addresses4,
		  uint64_t *networks6)
{
	struct ranges ranges;

	ranges_make(&ranges, list);
	*addresses4 = ranges_size(&ranges, 4);
	*networks6 = ranges_size(&ranges, 6);
	ranges_free(&ranges);
}

static void class_report(const struct isp_diff *d, int class)
{
	uint64_t addresses4, networks6;
	size_t n;

	n = prefixes_count(&d->new->lists[class]);
	cover(&d->new->lists[class], &addresses4, &networks6);
	printf("  %-8s +%zu -%zu, now %s", names_word(&class_names, class),
	       prefixes_count(&d->added[class]),
	       prefixes_count(&d->removed[class]),
	       count_of(n, "prefix"));
	if (addresses4)
		printf("%s%s", n ? ": " : "",
		       count_of(addresses4, "IPv4 address"));
	if (networks6 == UINT64_MAX)
		printf("%sall IPv6 /64s", addresses4 ? ", " : ": ");
	else if (networks6)
		printf("%s%s", addresses4 ? ", " : ": ",
		       count_of(networks6, "IPv6 /64"));
	putchar('\n');
}

/* Of a new ISP only what is not as it would be anyway */
static void attribute_report(const struct isp_diff *d,
			     const struct field *field, uint32_t set)
{

	if (d->old && differs(d, field))
		printf(", %s %s -> %s", field->word,
		       words_of(field, d->old), words_of(field, d->new));
	else if (!d->old && set & FIELD_BIT(isp_fields, field))
		printf(", %s %s", field->word, words_of(field, d->new));
}

static void isp_report(const struct isp_diff *d)
{
	const struct field *field;
	int class;

	if (!d->any)
		return;
	if (!d->new) {
		printf("isp %s: removed\n", d->old->name);
		return;
	}
	printf("isp %s: %s", d->new->name, d->old ? "changed" : "new");
	for (field = isp_fields; field->word; field++)
		attribute_report(d, field, fields_set(isp_fields, d->new));
	putchar('\n');
	for_each_class(class)
		if (class_differs(d, class))
			class_report(d, class);
}

static size_t count_class(const struct overlay *const *list, size_t n,
			  int class)
{
	size_t i, count = 0;

	for (i = 0; i < n; i++)
		count += list[i]->class == class;
	return count;
}

/**
 * diff_any() - whether anything differs
 * @diff: it
 *
 * Return: that.
 */
bool diff_any(const struct diff *diff)
{
	bool any = diff->n_added || diff->n_removed;
	size_t i;

	for (i = 0; i < diff->n; i++)
		any |= diff->isps[i].any;
	return any;
}

/**
 * diff_report() - print what differs, in sums
 * @diff: it
 */
void diff_report(const struct diff *diff)
{
	size_t i, added, removed;
	int class;

	for (i = 0; i < diff->n; i++)
		isp_report(&diff->isps[i]);
	for (class = OBPBL_CLASS_EXEMPT; class <= OBPBL_CLASS_QUARANTINE;
	     class++) {
		added = count_class(diff->added, diff->n_added, class);
		removed = count_class(diff->removed, diff->n_removed, class);
		if (added || removed)
			printf("%s: +%zu -%zu\n",
			       names_word(&class_names, class), added, removed);
	}
	if (!diff_any(diff))
		puts("no difference");
}

static json_t *class_json(const struct isp_diff *d, int class)
{
	uint64_t addresses4 = 0, networks6 = 0;
	size_t n = 0;

	if (d->new) {
		n = prefixes_count(&d->new->lists[class]);
		cover(&d->new->lists[class], &addresses4, &networks6);
	}
	return json_pack("{s:I, s:I, s:I, s:I, s:o}", "added",
			 (json_int_t)prefixes_count(&d->added[class]),
			 "removed",
			 (json_int_t)prefixes_count(&d->removed[class]),
			 "prefixes", (json_int_t)n, "ipv4_addresses",
			 (json_int_t)addresses4, "ipv6_64s",
			 json_count(networks6));
}

static json_t *change_json(const struct isp_diff *d, const struct field *field)
{
	return json_pack("{s:o, s:o}", "old", d->old ?
			 field_json(field, d->old) : json_null(), "new",
			 d->new ? field_json(field, d->new) : json_null());
}

static json_t *isp_diff_json(const struct isp_diff *d)
{
	json_t *changes = json_object(), *classes = json_object();
	const struct field *field;
	int class;

	for (field = isp_fields; field->word; field++)
		if (differs(d, field))
			json_object_set_new(changes, field->word,
					    change_json(d, field));
	for_each_class(class)
		if (class_differs(d, class))
			json_object_set_new(classes,
					    names_word(&class_names, class),
					    class_json(d, class));
	return json_pack("{s:s, s:s, s:o, s:o}", "name",
			 d->new ? d->new->name : d->old->name, "change",
			 !d->new ? "removed" : !d->old ? "new" :
			 d->any ? "changed" : "none", "attributes",
			 changes, "prefixes", classes);
}

/**
 * diff_json() - what differs, in sums
 * @diff: it
 *
 * Return: an object.
 */
json_t *diff_json(const struct diff *diff)
{
	json_t *isps = json_array();
	size_t i;

	for (i = 0; i < diff->n; i++)
		json_array_append_new(isps, isp_diff_json(&diff->isps[i]));
	return json_pack("{s:o, s:{s:I, s:I}}", "isps", isps, "overlays",
			 "added", (json_int_t)diff->n_added, "removed",
			 (json_int_t)diff->n_removed);
}

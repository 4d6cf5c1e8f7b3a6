// SPDX-License-Identifier: GPL-2.0-only
/*
 * A policy of the pure core in user space, from the lines of corpus.py, and
 * the verdict on a packet, as hook.c comes to it.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include "world.h"

#define WORDS 8

static const char * const modes[] = { "off", "monitor", "enforce", NULL };
static const char * const policies[] = {
	"outside", "relay-only", "targets", NULL,
};
static const char * const classes[] = {
	"none", "dynamic", "static", "space", "relay", "target", "exempt",
	"quarantine", NULL,
};

#define WORD(name, word) word,
static const char * const reasons[] = { OBPBL_REASONS(WORD) };
static const char * const verdicts[] = { "pass", "block", "would_block" };

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static int index_of(const char * const *table, const char *word)
{
	int i;

	for (i = 0; table[i]; i++)
		if (!strcmp(table[i], word))
			return i;
	die("unknown word %s", word);
}

static struct obpbl_prefix prefix_of(const char *word)
{
	struct obpbl_prefix p = { .family = strchr(word, ':') ? OBPBL_INET6 :
						OBPBL_INET4 };
	const char *slash = strchr(word, '/');
	char address[INET6_ADDRSTRLEN];

	if (!slash)
		die("%s: no length", word);
	snprintf(address, sizeof(address), "%.*s", (int)(slash - word), word);
	if (inet_pton(p.family == OBPBL_INET6 ? AF_INET6 : AF_INET, address,
		      p.key) != 1)
		die("%s: no address", word);
	p.len = atoi(slash + 1);
	return p;
}

static bool given(const char *word)
{
	return strcmp(word, "-");
}

/* settings MODE ESTABLISHED FRAGMENTS NOW */
static void take_settings(struct world *world, char **word)
{
	world->settings.mode = index_of(modes, word[1]);
	world->settings.established = atoi(word[2]);
	world->strict = atoi(word[3]);
	world->now = strtoull(word[4], NULL, 10);
}

/* isp NAME MODE POLICY REJECT REVERSE VRF; replies are not ours to send */
static void take_isp(struct world *world, char **word)
{
	struct obpbl_isp_config config = {
		.mode = index_of(modes, word[2]),
		.policy = index_of(policies, word[3]),
		.reverse = atoi(word[5]),
	};

	if (world->count == ARRAY_SIZE(world->isps))
		die("too many ISPs");
	snprintf(config.name, sizeof(config.name), "%s", word[1]);
	if (given(word[6]))
		snprintf(config.vrf, sizeof(config.vrf), "%s", word[6]);
	strcpy(world->isps[world->count], config.name);
	if (core_isp_add(&world->next, ++world->count, &config))
		die("isp %s was refused", word[1]);
}

static u16 isp_number(const struct world *world, const char *name)
{
	unsigned int i;

	for (i = 0; i < world->count; i++)
		if (!strcmp(world->isps[i], name))
			return i + 1;
	die("no such ISP: %s", name);
}

static int add_overlay(struct world *world, u8 class, u16 isp, char **word)
{
	struct obpbl_prefix at = prefix_of(word[2]);
	struct obpbl_overlay *overlay = calloc(1, sizeof(*overlay) + 1);
	int err;

	if (!overlay)
		die("no memory");
	overlay->class = class;
	overlay->until = strtoull(word[6], NULL, 10);
	overlay->has_to = given(word[4]);
	if (overlay->has_to)
		overlay->to = prefix_of(word[4]);
	if (given(word[5]))
		snprintf(overlay->dev, sizeof(overlay->dev), "%s", word[5]);
	err = obpbl_overlay_add(&world->next, OBPBL_LIVE, isp, &at, overlay);
	free(overlay);
	return err;
}

/* entry CLASS PREFIX ISP TO DEV UNTIL */
static void take_entry(struct world *world, char **word)
{
	u8 class = index_of(classes, word[1]);
	u16 isp = isp_number(world, word[3]);
	struct obpbl_prefix prefix;
	int err;

	if (OBPBL_BIT(class) & OBPBL_OVERLAY_CLASSES) {
		err = add_overlay(world, class, isp, word);
	} else {
		prefix = prefix_of(word[2]);
		err = core_prefix_add(&world->next, isp, class, &prefix,
				      false);
	}
	if (err)
		die("%s %s of %s was refused: %d", word[1], word[2], word[3],
		    err);
}

static void begin(struct world *world)
{
	world_exit(world);
	world_init(world);
	if (core_begin(&world->next, &world->history, 10000))
		die("no transaction");
	world->building = true;
}

static int split(char *line, char *word[WORDS])
{
	int n = 0;

	while (n < WORDS && (word[n] = strtok(n ? NULL : line, " \n")))
		n++;
	return n;
}

/**
 * world_line() - read a line of a policy
 * @world: what it is about
 * @line: the line, which is taken apart
 */
void world_line(struct world *world, char *line)
{
	char *word[WORDS];
	int n = split(line, word);

	if (n == 1 && !strcmp(word[0], "policy"))
		begin(world);
	else if (n == 5 && !strcmp(word[0], "settings"))
		take_settings(world, word);
	else if (n == 7 && !strcmp(word[0], "isp"))
		take_isp(world, word);
	else if (n == 7 && !strcmp(word[0], "entry"))
		take_entry(world, word);
	else
		die("what is this: %s", n ? word[0] : "an empty line");
}

/**
 * world_ready() - all lines of the policy have been read
 * @world: what they were about
 */
void world_ready(struct world *world)
{
	if (!world->building)
		return;
	world->building = false;
	core_commit(&world->next);
}

void world_init(struct world *world)
{
	memset(world, 0, sizeof(*world));
	if (obpbl_history_init(&world->history))
		die("no history");
}

void world_exit(struct world *world)
{
	obpbl_history_exit(&world->history);
}

/* As the hooks do: the quick look, the closer look, the decision */
static bool judge(const struct world *world, const struct sk_buff *skb,
		  u8 family, const struct obpbl_port *in,
		  const struct obpbl_port *out, struct obpbl_decision *d)
{
	struct obpbl_shape shape;
	struct obpbl_flow flow;
	struct obpbl_question question = {
		world->history.current_policy, &flow, world->settings,
		world->now
	};

	if (family == OBPBL_INET4 ? !obpbl_flow_maybe4(skb) :
				    !obpbl_flow_maybe6(skb))
		return false;
	if (!obpbl_flow_parse(skb, family, world->strict, &flow, &shape))
		return false;
	flow.in = *in;
	flow.out = *out;
	return obpbl_judge(&question, OBPBL_LIVE, d);
}

/**
 * world_judge() - the verdict on a packet
 * @world: the policy
 * @skb: the packet, its IP header linear
 * @family: enum obpbl_family
 * @in: where it came from
 * @out: where it goes
 * @said: where "VERDICT REASON ISP" goes
 */
void world_judge(const struct world *world, const struct sk_buff *skb,
		 u8 family, const struct obpbl_port *in,
		 const struct obpbl_port *out, char said[WORLD_SAID])
{
	struct obpbl_decision d;

	if (judge(world, skb, family, in, out, &d))
		snprintf(said, WORLD_SAID, "%s %s %s", verdicts[d.verdict],
			 reasons[d.reason], d.isp ? d.isp->config.name : "-");
	else
		strcpy(said, "none - -");
}

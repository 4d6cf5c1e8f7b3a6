// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages, sockets, and how the kernel calls a family.
 */
#include <stdarg.h>
#include <stdio.h>

#include "sim.h"
#include "run.h"

static struct sim_class genl_class = { .name = "genl_mutex" };
static struct mutex genl_mutex = { .class = &genl_class };
static struct genl_family *family;
static struct notifier_block *releases;
static int inside;
/* Somebody always does, since the model must be told; or nobody */
bool sim_listening = true;

void genl_reset(void)
{
	family = NULL;
	releases = NULL;
	inside = 0;
}

/* Socket buffers */

/*
 * What the module tells of what it did by itself must get to the model: there is
 * always memory for it.
 */
struct sk_buff *alloc_skb(unsigned int size, gfp_t flags)
{
	struct sk_buff *skb;

	if (sim_current > &sim_task[TASK_SOCK3])
		flags |= __GFP_NOFAIL;
	skb = kzalloc(sizeof(*skb), flags);
	if (!skb)
		return NULL;
	skb->head = kmalloc(size, flags);
	if (!skb->head) {
		kfree(skb);
		return NULL;
	}
	skb->data = skb->head;
	skb->size = size;
	return skb;
}

void kfree_skb(struct sk_buff *skb)
{
	if (!skb)
		return;
	kfree(skb->head);
	kfree(skb);
}

void *skb_put(struct sk_buff *skb, unsigned int len)
{
	void *at = skb->data + skb->len;

	if (skb->len + len > skb->size)
		sim_fail("skb_put() past the end");
	skb->len += len;
	return at;
}

void *skb_put_zero(struct sk_buff *skb, unsigned int len)
{
	return memset(skb_put(skb, len), 0, len);
}

void skb_trim(struct sk_buff *skb, unsigned int len)
{
	skb->len = len;
}

/* Attributes */

struct nlattr *nla_reserve(struct sk_buff *skb, int type, int len)
{
	unsigned int room = nla_total_size(len);
	struct nlattr *nla;

	if ((unsigned int)skb_tailroom(skb) < room)
		return NULL;
	nla = skb_put(skb, room);
	nla->nla_type = type;
	nla->nla_len = nla_attr_size(len);
	return nla;
}

int nla_put(struct sk_buff *skb, int type, int len, const void *data)
{
	struct nlattr *nla = nla_reserve(skb, type, len);

	if (!nla)
		return -EMSGSIZE;
	memcpy(nla_data(nla), data, len);
	return 0;
}

int nla_put_nohdr(struct sk_buff *skb, int len, const void *data)
{
	if (skb_tailroom(skb) < (int)NLA_ALIGN(len))
		return -EMSGSIZE;
	memcpy(skb_put_zero(skb, NLA_ALIGN(len)), data, len);
	return 0;
}

ssize_t nla_strscpy(char *dst, const struct nlattr *nla, size_t size)
{
	size_t len = strnlen(nla_data(nla), nla_len(nla));

	if (!size)
		return -E2BIG;
	memset(dst, 0, size);
	memcpy(dst, nla_data(nla), len < size ? len : size - 1);
	return len < size ? (ssize_t)len : -E2BIG;
}

int nla_strcmp(const struct nlattr *nla, const char *str)
{
	return strncmp(nla_data(nla), str, nla_len(nla));
}

int nla_memcpy(void *dst, const struct nlattr *src, int count)
{
	int n = nla_len(src) < count ? nla_len(src) : count;

	memcpy(dst, nla_data(src), n);
	return n;
}

void sim_ext_ack(struct netlink_ext_ack *extack, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(extack->_msg_buf, sizeof(extack->_msg_buf), fmt, args);
	va_end(args);
	extack->_msg = extack->_msg_buf;
}

/* Messages */

void *genlmsg_put(struct sk_buff *skb, u32 portid, u32 seq,
		  const struct genl_family *of, int flags, u8 cmd)
{
	struct nlmsghdr *nlh;
	struct genlmsghdr *header;
	unsigned int len = NLMSG_HDRLEN + GENL_HDRLEN_ + of->hdrsize;

	if (skb_tailroom(skb) < (int)len)
		return NULL;
	nlh = skb_put_zero(skb, len);
	nlh->nlmsg_len = len;
	nlh->nlmsg_flags = flags;
	nlh->nlmsg_pid = portid;
	nlh->nlmsg_seq = seq;
	header = (void *)((char *)nlh + NLMSG_HDRLEN);
	header->cmd = cmd;
	header->version = of->version;
	return (char *)header + GENL_HDRLEN_;
}

static struct nlmsghdr *message_of(void *header)
{
	return (void *)((char *)header - GENL_HDRLEN_ - NLMSG_HDRLEN);
}

void genlmsg_end(struct sk_buff *skb, void *header)
{
	struct nlmsghdr *nlh = message_of(header);

	nlh->nlmsg_len = skb_tail_pointer(skb) - (unsigned char *)nlh;
	while (skb->len & 3)
		skb->len++;
}

void genlmsg_cancel(struct sk_buff *skb, void *header)
{
	if (header)
		skb_trim(skb, (unsigned char *)message_of(header) - skb->data);
}

/* Who asked is in the first bytes of what was asked */
int genlmsg_reply(struct sk_buff *skb, struct genl_info *info)
{
	struct sim_sock *sock = container_of(info, struct sim_sock, info);

	kfree_skb(sock->reply);
	sock->reply = skb;
	sim_point();
	return 0;
}

int genlmsg_unicast(struct net *net, struct sk_buff *skb, u32 portid)
{
	(void)net;
	(void)portid;
	kfree_skb(skb);
	return 0;
}

int genlmsg_multicast_netns(const struct genl_family *of, struct net *net,
			    struct sk_buff *skb, u32 portid, unsigned int group,
			    gfp_t flags)
{
	(void)portid;
	(void)flags;
	if (group >= of->n_mcgrps)
		sim_fail("an event to no group");
	/* Requests keep it; in a work item nobody does */
	if (!family && sim_current > &sim_task[TASK_SOCK3])
		sim_fail("an event of a family that is not there any more");
	if (!net->user_ns)
		sim_fail("an event in a namespace that is gone");
	model_event(net->index, skb);
	sim_point();
	kfree_skb(skb);
	return 0;
}

int genl_has_listeners(const struct genl_family *of, struct net *net,
		       unsigned int group)
{
	(void)of;
	(void)net;
	(void)group;
	return family && sim_listening;
}

/* The family */

int genl_register_family(struct genl_family *of)
{
	void *array = kmalloc(64, GFP_KERNEL);

	if (!array)
		return -ENOMEM;
	kfree(array);
	mutex_lock(&genl_mutex);
	family = of;
	mutex_unlock(&genl_mutex);
	return 0;
}

int genl_unregister_family(const struct genl_family *of)
{
	mutex_lock(&genl_mutex);
	if (family != of)
		sim_fail("a family is unregistered that is not there");
	family = NULL;
	mutex_unlock(&genl_mutex);
	while (inside) {
		sim_current->wake = ~0ULL;
		sim_sleep("requests under way");
		sim_current->wake = 0;
	}
	return 0;
}

bool genl_there(void)
{
	return family || releases;
}

int netlink_register_notifier(struct notifier_block *nb)
{
	nb->next = releases;
	releases = nb;
	return 0;
}

int netlink_unregister_notifier(struct notifier_block *nb)
{
	struct notifier_block **at;

	for (at = &releases; *at != nb; at = &(*at)->next)
		;
	*at = nb->next;
	while (inside) {
		sim_current->wake = ~0ULL;
		sim_sleep("sockets that close");
		sim_current->wake = 0;
	}
	return 0;
}

static void enter(void)
{
	inside++;
}

static void leave(void)
{
	if (!--inside && sim_task[TASK_MODULE].wake)
		sim_wake(&sim_task[TASK_MODULE]);
}

static const struct genl_ops *ops_of(const struct genl_family *of, u8 cmd,
				      bool dump)
{
	const struct genl_ops *ops;
	unsigned int i;

	for (i = 0; of && i < of->n_ops; i++) {
		ops = &of->ops[i];
		if (ops->cmd == cmd && (dump ? !!ops->dumpit : !!ops->doit))
			return ops;
	}
	return NULL;
}

/* Sockets */

void genl_open(struct sim_sock *sock, int net, u32 portid)
{
	memset(sock, 0, sizeof(*sock));
	sock->open = true;
	sock->net = net;
	sock->sk.net = sim_net[net];
	sock->sk.portid = portid;
	sock->sk.net->used++;
}

static void lock_family(bool parallel)
{
	if (!parallel)
		mutex_lock(&genl_mutex);
}

static void unlock_family(bool parallel)
{
	if (!parallel)
		mutex_unlock(&genl_mutex);
}

void genl_dump_end(struct sim_sock *sock)
{
	bool parallel = family && family->parallel_ops;

	if (!sock->dump)
		return;
	sock->dump = false;
	lock_family(parallel);
	if (sock->cb.done)
		sock->cb.done(&sock->cb);
	unlock_family(parallel);
	kfree_skb(sock->request);
	sock->request = NULL;
	module_put(sock->cb.module);
}

/* As netlink_release(): those who want to know, then what is left of a dump */
void genl_close(struct sim_sock *sock)
{
	struct netlink_notify notify = {
		.net = sock->sk.net, .portid = sock->sk.portid,
		.protocol = NETLINK_GENERIC,
	};
	struct notifier_block *nb;

	/* From here on its port is anybody's */
	sock->open = false;
	sim_point();
	sock->sk.dead = true;
	enter();
	for (nb = releases; nb; nb = nb->next)
		nb->notifier_call(nb, NETLINK_URELEASE, &notify);
	leave();
	genl_dump_end(sock);
	kfree_skb(sock->reply);
	sock->reply = NULL;
	sock->sk.net->used--;
}

void genl_begin(struct sim_sock *sock)
{
	memset(sock->asked, 0, sizeof(sock->asked));
	sock->used = 0;
	kfree_skb(sock->reply);
	sock->reply = NULL;
}

void genl_attr(struct sim_sock *sock, int type, const void *data, int len)
{
	struct nlattr *nla = (void *)(sock->bytes + sock->used);

	if (sock->used + nla_total_size(len) > sizeof(sock->bytes))
		sim_fail("a request is too long");
	nla->nla_type = type;
	nla->nla_len = nla_attr_size(len);
	memcpy(nla_data(nla), data, len);
	sock->used += nla_total_size(len);
	sock->asked[type] = nla;
}

/* What of a policy the operations rely on */

static int check_range(const struct nla_policy *policy, const struct nlattr *nla,
		       struct netlink_ext_ack *extack)
{
	bool sized = policy->type == NLA_BINARY || policy->type == NLA_STRING ||
		     policy->type == NLA_NUL_STRING;
	s64 min = policy->min, max = policy->max;
	u64 value;

	switch (policy->type) {
	case NLA_U8:
		value = nla_get_u8(nla);
		break;
	case NLA_U16:
		value = nla_get_u16(nla);
		break;
	case NLA_U32:
		value = nla_get_u32(nla);
		break;
	case NLA_U64:
		value = nla_get_u64(nla);
		break;
	default:
		value = nla_len(nla);
		break;
	}
	switch (policy->validation_type) {
	case NLA_VALIDATE_MIN:
		max = S64_MAX;
		break;
	case NLA_VALIDATE_MAX:
		min = 0;
		break;
	case NLA_VALIDATE_RANGE:
		break;
	case NLA_VALIDATE_RANGE_PTR:
		if (value < policy->range->min || value > policy->range->max)
			return -ERANGE;
		return 0;
	case NLA_VALIDATE_FUNCTION:
		return policy->validate(nla, extack);
	case NLA_VALIDATE_MASK:
		return value & ~(u64)policy->mask ? -EINVAL : 0;
	default:
		if (sized && policy->len && value > policy->len + 1U)
			return -ERANGE;
		return 0;
	}
	return (s64)value < min || (s64)value > max ? -ERANGE : 0;
}

static int validate(struct sim_sock *sock, const struct genl_family *of,
		    const struct genl_ops *ops)
{
	const struct nla_policy *policy = ops->policy ?: of->policy;
	unsigned int i, max = ops->maxattr ?: of->maxattr;
	int err;

	for (i = 0; i < ARRAY_SIZE(sock->asked); i++) {
		sock->attrs[i] = NULL;
		if (!sock->asked[i])
			continue;
		if (i > max || !policy || !policy[i].type)
			return -EINVAL;
		err = check_range(&policy[i], sock->asked[i], &sock->extack);
		if (err)
			return err;
		sock->attrs[i] = sock->asked[i];
	}
	return 0;
}

static void request(struct sim_sock *sock, struct sim_message *message,
		    struct genl_info *info, const struct genl_family *of,
		    u8 cmd)
{
	memset(&sock->extack, 0, sizeof(sock->extack));
	message->nlh.nlmsg_pid = sock->sk.portid;
	message->nlh.nlmsg_seq = ++sock->seq;
	message->genlhdr.cmd = cmd;
	*info = (struct genl_info){
		.snd_seq = sock->seq,
		.snd_portid = sock->sk.portid,
		.family = of,
		.nlhdr = &message->nlh,
		.genlhdr = &message->genlhdr,
		.attrs = sock->attrs,
		.net = sock->sk.net,
		.extack = &sock->extack,
	};
}

/* A family that goes waits for requests under way, so that it is still there */
int genl_do(struct sim_sock *sock, u8 cmd)
{
	const struct genl_family *of;
	const struct genl_ops *ops;
	struct sk_buff skb = { .sk = &sock->sk };
	int err = -EOPNOTSUPP;
	bool parallel;

	enter();
	of = family;
	parallel = of && of->parallel_ops;
	lock_family(parallel);
	ops = ops_of(of, cmd, false);
	if (ops) {
		request(sock, &sock->message, &sock->info, of, cmd);
		NETLINK_CB(&skb).portid = sock->sk.portid;
		NETLINK_CB(&skb).sk = &sock->sk;
		err = validate(sock, of, ops);
		if (!err && of->pre_doit)
			err = of->pre_doit(ops, &skb, &sock->info);
		if (!err) {
			err = ops->doit(&skb, &sock->info);
			if (of->post_doit)
				of->post_doit(ops, &skb, &sock->info);
		}
		if (err > 0)
			sim_fail("an operation returns more than 0");
	}
	unlock_family(parallel);
	leave();
	return err;
}

int genl_dump_begin(struct sim_sock *sock, u8 cmd)
{
	const struct genl_family *of;
	const struct genl_ops *ops;
	bool parallel;
	int err = -EOPNOTSUPP;

	if (sock->dump)
		return -EBUSY;
	enter();
	of = family;
	parallel = of && of->parallel_ops;
	lock_family(parallel);
	ops = ops_of(of, cmd, true);
	if (ops && try_module_get(of->module)) {
		request(sock, &sock->dumped, &sock->dump_info, of, cmd);
		err = validate(sock, of, ops);
		memset(&sock->cb, 0, sizeof(sock->cb));
		if (!err) {
			sock->request = mem_alloc(sizeof(struct sk_buff));
			sock->request->sk = &sock->sk;
			NETLINK_CB(sock->request).portid = sock->sk.portid;
			NETLINK_CB(sock->request).sk = &sock->sk;
			sock->cb.skb = sock->request;
			sock->cb.nlh = &sock->dumped.nlh;
			sock->cb.dump = ops->dumpit;
			sock->cb.done = ops->done;
			sock->cb.module = of->module;
			sock->cb.extack = &sock->extack;
			sock->cb.info = &sock->dump_info;
			err = ops->start ? ops->start(&sock->cb) : 0;
			/* Later parts see the request no more than its head */
			sock->dump_info.attrs = NULL;
			if (err) {
				kfree_skb(sock->request);
				sock->request = NULL;
			}
		}
		if (err)
			module_put(of->module);
		else
			sock->dump = true;
	}
	unlock_family(parallel);
	leave();
	return err;
}

/* One more part: its length; 0 at the end, and the dump is over then */
int genl_dump_more(struct sim_sock *sock, struct sk_buff *skb)
{
	bool parallel = family && family->parallel_ops;
	int len;

	if (!sock->dump)
		return 0;
	lock_family(parallel);
	sock->cb.extack = &sock->extack;
	len = sock->cb.dump(skb, &sock->cb);
	unlock_family(parallel);
	if (len <= 0)
		genl_dump_end(sock);
	return len;
}

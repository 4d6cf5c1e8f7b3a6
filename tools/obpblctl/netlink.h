/* SPDX-License-Identifier: GPL-2.0-only */
/* Talking to the kernel module */
#ifndef OBPBLCTL_NETLINK_H
#define OBPBLCTL_NETLINK_H

#include <limits.h>
#include <libmnl/libmnl.h>

#include "policy.h"

/* The largest message: an attribute of 64 KB, and small ones */
#define NL_MESSAGE (72 * 1024)

/* For how many seconds a change waits for another program's transaction */
#define NL_PATIENCE 5

/**
 * struct nl_refusal - why the kernel refused a request
 * @error: errno; 0: it did not
 * @seq: of the request
 * @offset: of the part at fault, in the request; 0: none
 * @text: the kernel's sentence, or ours
 */
struct nl_refusal {
	int error;
	uint32_t seq;
	uint32_t offset;
	char text[256];
};

/**
 * struct nl - a socket of the obpbl family
 * @socket: the socket
 * @family: number of the family
 * @events: number of its multicast group of events; 0: it has none
 * @seq: the last sequence number
 * @patience: for how many seconds a change waits for the transaction of
 *	another program to end
 * @broken: it failed by itself
 * @tightened: the policy may block now what passed: whoever has changed it
 *	says so, and the dispatcher looks for tracked connections
 * @netns: the namespace that it is in; empty: the first one
 * @answered: number of the request whose answer is being taken
 * @refusal: the first refusal since nl_open() or nl_forget()
 * @receive: what came
 * @request: what nl_request() has begun
 * @batch: what goes
 * @batch_used: bytes of @batch
 * @batch_last: the last message in @batch
 */
struct nl {
	struct mnl_socket *socket;
	uint16_t family;
	uint32_t events;
	uint32_t seq;
	int patience;
	bool broken;
	bool tightened;
	char netns[NAME_MAX + 1];
	uint32_t answered;
	struct nl_refusal refusal;
	char *receive;
	char *request;
	char *batch;
	size_t batch_used;
	struct nlmsghdr *batch_last;
};

/* Takes an answer: its attributes by their numbers, or NULL */
typedef void nl_answer_fn(const struct nlattr **a, void *data);

/* What is no event of the module, and has no attributes */
#define NL_FAMILY (-1)	/* it has gone, or has come and must be listened to */
#define NL_LOST (-2)	/* events were lost since they were not taken in time */

/* Takes an event: its enum obpbl_cmd, or one of these, and its attributes */
typedef int nl_event_fn(int event, const struct nlattr **a, void *data);

int nl_open(struct nl *nl);
void nl_close(struct nl *nl);
int nl_listen(struct nl *nl);
int nl_hear(struct nl *nl, nl_event_fn *take, void *data);
void nl_forget(struct nl *nl);

struct nlmsghdr *nl_request(struct nl *nl, uint8_t command, uint16_t flags);
bool nl_talk(struct nl *nl, struct nlmsghdr *request, nl_answer_fn *answer,
	     void *data);
bool nl_command(struct nl *nl, uint8_t command);
struct nlmsghdr *nl_batch(struct nl *nl, uint8_t command);
bool nl_batch_full(const struct nl *nl);
void nl_batch_drop(struct nl *nl);
bool nl_batch_talk(struct nl *nl, nl_answer_fn *answer, void *data);
bool nl_whole(const struct nlmsghdr *message, int left);
int nl_fail(const struct nl *nl);
int nl_fail_isp(const struct nl *nl, const char *name);
int nl_fail_dev(const struct nl *nl, const char *name);

void nl_put_prefix(struct nlmsghdr *request, const struct prefix *p,
		   uint16_t attr4, uint16_t attr6);
uint8_t nl_u8(const struct nlattr *attr);
uint32_t nl_u32(const struct nlattr *attr);
uint64_t nl_u64(const struct nlattr *attr);
void nl_isp(const struct nlattr *attr, char name[OBPBL_ISP_NAME_SIZE]);
void nl_text(const struct nlattr *attr, char *out, size_t size);
void nl_string(const struct nlattr *attr, char *out, size_t size);
void nl_take_generation(const struct nlattr **a, void *data);
bool nl_element(const struct nlattr *attr, size_t i, void *out, size_t size);
void nl_take_prefix(const struct nlattr *attr4, const struct nlattr *attr6,
		    struct prefix *p);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ends of exemptions and quarantines, as they come
 *
 * The kernel compares an end with the clock when a packet comes, and has no
 * event for it: whoever wants to be told waits here.
 */
#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "expiry.h"
#include "kernel.h"

/* The next end, and the clock being set, make the descriptor readable. */
static void arm(struct expiry *expiry)
{
	struct itimerspec at = { { 0, 0 }, { 0, 0 } };
	uint64_t next = UINT64_MAX;
	size_t i;

	for (i = 0; i < expiry->overlays.n_overlays; i++) {
		uint64_t until = expiry->overlays.overlays[i].until;

		if (until > expiry->seen && until < next)
			next = until;
	}
	if (next != UINT64_MAX)
		at.it_value.tv_sec = next;
	timerfd_settime(expiry->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET,
			&at, NULL);
}

/**
 * expiry_forget() - wait for nothing
 * @expiry: after expiry_begin()
 */
void expiry_forget(struct expiry *expiry)
{
	policy_free(&expiry->overlays);
	memset(&expiry->overlays, 0, sizeof(expiry->overlays));
	arm(expiry);
}

/**
 * expiry_reload() - wait for the overlays that there are now
 * @expiry: after expiry_begin()
 * @nl: a socket for requests
 *
 * Return: enum status.
 */
int expiry_reload(struct expiry *expiry, struct nl *nl)
{
	int status;

	expiry_forget(expiry);
	status = kernel_policy(nl, &expiry->overlays, KERNEL_OVERLAYS);
	if (!status)
		arm(expiry);
	return status;
}

/**
 * expiry_begin() - wait for what ends from now on
 * @expiry: the wait
 * @nl: a socket for requests
 *
 * Return: enum status; after STATUS_OK expiry_end() is due.
 */
int expiry_begin(struct expiry *expiry, struct nl *nl)
{
	memset(expiry, 0, sizeof(*expiry));
	expiry->seen = time(NULL);
	expiry->fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	if (expiry->fd < 0)
		return fail("no timer: %s", strerror(errno));
	return expiry_reload(expiry, nl);
}

/**
 * expiry_tell() - tell what has ended since the last time
 * @expiry: whose descriptor was readable
 * @ended: called for each
 */
void expiry_tell(struct expiry *expiry,
		 void (*ended)(const struct overlay *overlay))
{
	const struct overlay *overlay;
	uint64_t now = time(NULL), ticks;
	size_t i;

	/* ECANCELED: the clock was set, which may have ended something as well */
	if (read(expiry->fd, &ticks, sizeof(ticks)) < 0 && errno == EAGAIN)
		return;
	for (i = 0; i < expiry->overlays.n_overlays; i++) {
		overlay = &expiry->overlays.overlays[i];
		if (overlay->until > expiry->seen && overlay->until <= now)
			ended(overlay);
	}
	expiry->seen = now;
	arm(expiry);
}

/**
 * expiry_end() - wait no more
 * @expiry: the wait
 */
void expiry_end(struct expiry *expiry)
{
	policy_free(&expiry->overlays);
	close(expiry->fd);
}

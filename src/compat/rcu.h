/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a grace period has elapsed, on kernels that can tell.
 *
 * Of both kinds, normal and expedited (since 6.1): the older call sees only
 * normal ones, and would accuse who has waited for an expedited one.
 */
#ifndef _OBPBL_COMPAT_RCU_H
#define _OBPBL_COMPAT_RCU_H

#include <linux/rcupdate.h>

#ifdef OBPBL_HAVE_POLL_RCU_FULL
struct obpbl_grace {
#ifdef OBPBL_HAVE_RCU_GP_SEQ	/* another name for the same, since 7.x */
	struct rcu_gp_seq state;
#else
	struct rcu_gp_oldstate state;
#endif
};

static inline void obpbl_grace_begin(struct obpbl_grace *grace)
{
	get_state_synchronize_rcu_full(&grace->state);
}

static inline bool obpbl_grace_elapsed(struct obpbl_grace *grace)
{
	return poll_state_synchronize_rcu_full(&grace->state);
}
#else
struct obpbl_grace {
};

#define obpbl_grace_begin(grace)	((void)(grace))
#define obpbl_grace_elapsed(grace)	((void)(grace), true)
#endif

#endif /* _OBPBL_COMPAT_RCU_H */

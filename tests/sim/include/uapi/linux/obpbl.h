/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The protocol, with ceilings so low that a simulated world reaches them.
 */
#include_next <uapi/linux/obpbl.h>

/* The length of an array is that of the real ones */
#ifndef SIM_ALL_ISPS
#undef OBPBL_MAX_ISPS
#define OBPBL_MAX_ISPS			sim_max_isps
#endif
extern unsigned int sim_max_isps;
#undef OBPBL_MAX_OVERLAYS_AT
#define OBPBL_MAX_OVERLAYS_AT		3
#undef OBPBL_MAX_SESSION_PREFIXES
#define OBPBL_MAX_SESSION_PREFIXES	4
#undef OBPBL_SHADOW_SOURCES
#define OBPBL_SHADOW_SOURCES		32

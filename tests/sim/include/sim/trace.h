/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints that nobody has switched on.
 */
#ifndef _SIM_TRACE_H
#define _SIM_TRACE_H

#define TP_PROTO(...)		__VA_ARGS__
#define TRACE_EVENT(name, proto, ...)	\
	static inline void trace_##name(proto) { }
#define TRACE_DEFINE_ENUM(x)	struct sim_none

#endif

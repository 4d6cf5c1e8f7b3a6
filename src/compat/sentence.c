// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sentences with names in them, for kernels without NL_SET_ERR_MSG_FMT().
 *
 * There the acknowledgement takes a pointer to the text and reads it after the
 * handler has returned, so that the text has to outlive the handler.  The
 * places are used in turn: a sentence is overwritten by the 64th one after it,
 * which would have to come from 64 other refusals between the return of a
 * handler and its acknowledgement.  Even then it is a string.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>

#include "compat.h"

#ifndef NL_SET_ERR_MSG_FMT

#define PLACES	64
#define SIZE	128

/**
 * obpbl_sentence() - format a sentence for an extended acknowledgement
 * @fmt: as printf()
 *
 * Context: process.
 * Return: the sentence, cut at 127 bytes.
 */
const char *obpbl_sentence(const char *fmt, ...)
{
	static char places[PLACES][SIZE];
	static atomic_t next;
	char *place = places[(unsigned int)atomic_inc_return(&next) % PLACES];
	va_list args;

	va_start(args, fmt);
	vsnprintf(place, SIZE, fmt, args);
	va_end(args);
	return place;
}

#endif

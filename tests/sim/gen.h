/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generator: a seed makes a list of steps.
 *
 * Each seed draws first what kind of run it is: which steps are frequent, rare or
 * absent, how often whoever runs is interrupted, whether grace periods end early
 * or late.  So runs differ more than by the order of the same mixture.
 */
#ifndef _SIM_GEN_H
#define _SIM_GEN_H

#include "step.h"

void gen_begin(u64 seed);
bool gen_step(struct step *step);

#endif

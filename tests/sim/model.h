/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model: what the policy must be, in lists.
 */
#ifndef _SIM_MODEL_H
#define _SIM_MODEL_H

void model_reset(void);
void model_note(int task);

#endif

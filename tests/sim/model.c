// SPDX-License-Identifier: GPL-2.0-only
#include "model.h"
#include "world.h"

void model_reset(void)
{
}

void model_note(int task)
{
	(void)task;
}

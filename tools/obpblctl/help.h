/* SPDX-License-Identifier: GPL-2.0-only */
/* Help, from the table of commands */
#ifndef OBPBLCTL_HELP_H
#define OBPBLCTL_HELP_H

#include "command.h"

bool help_wanted(const struct words *words);
void help_print(const struct command *command, const struct verb *verb);

#endif

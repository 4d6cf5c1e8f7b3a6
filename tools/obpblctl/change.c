// SPDX-License-Identifier: GPL-2.0-only
/* What changes the policy, as its events tell it */
#include "change.h"

/**
 * change_of() - what a command changes
 * @command: enum obpbl_cmd
 *
 * Return: that.
 */
struct change change_of(uint8_t command)
{
	static const struct change changes[] = {
		[OBPBL_CMD_COMMIT] = { "commit", true },
		[OBPBL_CMD_FLUSH] = { "flush", true },
		[OBPBL_CMD_MODE_SET] = { "mode", false },
		[OBPBL_CMD_ISP_ADD] = { "isp_add", false },
		[OBPBL_CMD_ISP_SET] = { "isp_set", false },
		[OBPBL_CMD_ISP_DEL] = { "isp_del", true },
		[OBPBL_CMD_PREFIX_ADD] = { "prefix_add", false },
		[OBPBL_CMD_PREFIX_REPLACE] = { "prefix_replace", false },
		[OBPBL_CMD_PREFIX_DEL] = { "prefix_del", false },
		[OBPBL_CMD_PREFIX_FLUSH] = { "prefix_flush", false },
		[OBPBL_CMD_OVERLAY_ADD] = { "overlay_add", true },
		[OBPBL_CMD_OVERLAY_DEL] = { "overlay_del", true },
		[OBPBL_CMD_CONFIRM] = { "confirm", true },
		[OBPBL_CMD_ROLLBACK] = { "rollback", true },
		[OBPBL_CMD_SHADOW_PROMOTE] = { "shadow_promote", true },
		[OBPBL_CMD_SESSION_UP] = { "session_up", false },
		[OBPBL_CMD_SESSION_ADDR] = { "session_addr", false },
		[OBPBL_CMD_SESSION_DOWN] = { "session_down", false },
	};

	if (command >= sizeof(changes) / sizeof(*changes) ||
	    !changes[command].word)
		return (struct change){ "unknown", false };
	return changes[command];
}

/* jc hook: the group of what has to do with an agent's hooks. */
#include "cli/commands.h"

static const jc_command_entry hook_commands[] = {
    {"install", "have a coding agent call jc hook at every event", &jc_cmd_hook_install},
    {"uninstall", "take that back", &jc_cmd_hook_uninstall},
    {0},
};

const jc_command jc_cmd_hook = {
    .details = "A coding agent tells what it does by running hooks; those of jc record it.",
    .examples = "jc hook install --dry-run\n"
                "jc hook uninstall",
    .group = hook_commands,
};

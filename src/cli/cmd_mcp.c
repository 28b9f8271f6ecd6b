/* jc mcp: the group of what has to do with the server that agents ask. */
#include "cli/commands.h"

static const jc_command_entry mcp_commands[] = {
    {"install", "have a coding agent start the server", &jc_cmd_mcp_install},
    {"uninstall", "take that back", &jc_cmd_mcp_uninstall},
    {0},
};

const jc_command jc_cmd_mcp = {
    .details = "Agents read and write through a server of the Model Context Protocol.",
    .examples = "jc mcp install --dry-run\n"
                "jc mcp uninstall",
    .group = mcp_commands,
};

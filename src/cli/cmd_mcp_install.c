/* jc mcp install, jc mcp uninstall: put the server of jc into the project's .mcp.json, and take it out
 * again (mcp_settings.c). */
#include "base/json.h"
#include "cli/commands.h"
#include "cli/install.h"
#include "cli/mcp_settings.h"

#include <stdio.h>

#define SERVERS_FILE ".mcp.json"

typedef struct install_options {
    bool dry_run;
    bool yes;
    const char *program;
    const char *workflow;
    const char *agent;
} install_options;

/* A name that the server could not use is refused here, where somebody sees it. */
static int check_names(const jc_cli *cli, const install_options *options)
{
    jc_error error = {0};
    const char *agent = options->agent;
    if (options->workflow != NULL && jc_workflow_id_check(jc_str_of(options->workflow), &error) < 0)
        return jc_cli_fail(cli, JC_EXIT_USAGE, "--workflow: %s", error.text);
    if (agent != NULL &&
        (*agent == '\0' || strlen(agent) > JC_AGENT_ID_SIZE_MAX ||
         !jc_utf8_valid(jc_str_of(agent)) || jc_utf8_has_control(jc_str_of(agent))))
        return jc_cli_fail(cli, JC_EXIT_USAGE,
                           "--agent is empty, not plain text or longer than %d bytes: give a name",
                           JC_AGENT_ID_SIZE_MAX);
    return 0;
}

static int mcp_install(jc_cli *cli, const void *values)
{
    const install_options *options = values;
    JC_AUTO(jc_install)
    change = {.dry_run = options->dry_run, .yes = options->yes, .noun = "server"};
    JC_AUTO(jc_buf) command = {0};
    jc_program program = {0};
    jc_error error = {0};
    int failed = check_names(cli, options);
    if (failed == 0)
        failed = jc_install_open_project(cli, &change, SERVERS_FILE, true);
    if (failed == 0)
        failed = jc_program_choose(cli, options->program, &program);
    if (failed != 0)
        return failed;

    jc_mcp_wanted wanted = {.program = jc_str_of(program.path),
                            .workflow_id = jc_str_of(options->workflow),
                            .agent_id = jc_str_of(options->agent)};
    if (jc_mcp_settings_install(jc_settings_file_text(&change.file), &wanted, &change.text,
                                &change.changes, &error) < 0)
        return jc_install_refuse(cli, &change, &error);
    jc_program_quote(program.path, &command);
    jc_cli_must(jc_buf_append(&command, " mcp", sizeof " mcp", NULL));
    change.command = command.bytes;
    change.why = program.why;
    if (change.changes.count > 0 && program.path[0] == '/')
        jc_cli_warn(cli, "%s is a path of this machine: if others share %s, put jc into the PATH",
                    program.path, SERVERS_FILE);
    return jc_install_finish(cli, &change);
}

static int mcp_uninstall(jc_cli *cli, const void *values)
{
    const install_options *options = values;
    JC_AUTO(jc_install)
    change = {.dry_run = options->dry_run, .yes = options->yes, .noun = "server"};
    jc_error error = {0};
    int failed = jc_install_open_project(cli, &change, SERVERS_FILE, false);
    if (failed != 0)
        return failed;
    if (jc_mcp_settings_uninstall(jc_settings_file_text(&change.file), &change.text, &change.remove,
                                  &change.changes, &error) < 0)
        return jc_install_refuse(cli, &change, &error);
    return jc_install_finish(cli, &change);
}

/* clang-format off */
#define SHARED_OPTIONS \
    {"dry-run", 'n', JC_OPTION_FLAG, NULL, "show what would change, and change nothing", \
     offsetof(install_options, dry_run)}, \
    {"yes", 'y', JC_OPTION_FLAG, NULL, "do not ask", offsetof(install_options, yes)}

static const jc_option mcp_install_options[] = {
    SHARED_OPTIONS,
    {"workflow", 'w', JC_OPTION_TEXT, "WF", "the workflow of what is asked without one: $JC_WORKFLOW",
     offsetof(install_options, workflow)},
    {"agent", 'a', JC_OPTION_TEXT, "A", "who asks, when it is not said: $JC_AGENT",
     offsetof(install_options, agent)},
    {"program", 0, JC_OPTION_TEXT, "PATH", "the jc to run; default this one, by the PATH if it finds it",
     offsetof(install_options, program)},
    JC_OPTIONS_END,
};

static const jc_option mcp_uninstall_options[] = {
    SHARED_OPTIONS,
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_mcp_install = {
    .synopsis = "[-w WF] [-a A] [OPTION]...",
    .details =
        "Adds the server \"jc\" to the project's " SERVERS_FILE ", which coding agents read, and\n"
        "leaves everything else in the file as it is. A server of that name that is another is\n"
        "not touched. Shows what changes, and asks on a terminal; doing it again brings it up to\n"
        "date. For all projects of yours: 'claude mcp add --scope user jc -- jc mcp'.",
    .examples = "jc mcp install --dry-run\n"
                "jc mcp install --yes -w fix-login -a coder-agent",
    .options = mcp_install_options,
    .run = mcp_install,
};

const jc_command jc_cmd_mcp_uninstall = {
    .synopsis = "[OPTION]...",
    .details =
        "Takes the server \"jc\" out of the project's " SERVERS_FILE ". What was before the\n"
        "install comes back, byte for byte.",
    .examples = "jc mcp uninstall --dry-run\n"
                "jc mcp uninstall --yes",
    .options = mcp_uninstall_options,
    .run = mcp_uninstall,
};

/* jc mcp: serve the log to an agent on standard input and output, by the Model Context Protocol.
 *
 * The server lives as long as its client: it ends with its input, or on a signal, and the log is closed
 * properly either way. Nothing but the protocol goes to standard output. */
#include "cli/commands.h"
#include "cli/stop.h"
#include "mcp/mcp.h"

#include <stdlib.h>
#include <unistd.h>

typedef struct mcp_options {
    const char *workflow;
    const char *agent;
} mcp_options;

static jc_status reopen(void *context, jc_store **store, jc_error *reterr)
{
    jc_cli *cli = context;
    jc_status status = jc_cli_reopen(cli, reterr);
    *store = cli->store;
    return status;
}

/* What -w or -a says, else the variable; absent when neither says anything. */
static jc_str said(const char *option, const char *variable)
{
    const char *text = option != NULL ? option : getenv(variable);
    return text != NULL && *text != '\0' ? jc_str_of(text) : (jc_str){0};
}

/* A rule of the project's that is none must not keep an agent from its notes: the others hold. */
static jc_status read_rules(const jc_cli *cli, jc_redactor **ret_redactor, jc_error *reterr)
{
    jc_error error = {0};
    jc_status status = jc_redactor_new(cli->project, ret_redactor, &error);
    if (status == JC_EINVAL && *ret_redactor != NULL) {
        jc_cli_warn(cli, "%s", error.text);
        return JC_OK;
    }
    if (status < 0)
        *reterr = error;
    return status;
}

/* The session that starts the server may say which one it is: its hooks write into this workflow. */
static jc_status name_session(jc_mcp_options *options, char id[JC_WORKFLOW_ID_SIZE_MAX + 1],
                              jc_error *reterr)
{
    jc_str session_id = said(NULL, "CLAUDE_CODE_SESSION_ID");
    if (session_id.bytes == NULL)
        return JC_OK;
    jc_status status = jc_hook_workflow_id(options->redactor, session_id, id, reterr);
    if (status == JC_OK)
        options->session_workflow_id = jc_str_of(id);
    return status;
}

static int serve(jc_cli *cli, jc_mcp_options *options)
{
    char session[JC_WORKFLOW_ID_SIZE_MAX + 1];
    jc_mcp *mcp = NULL;
    jc_error error = {0};
    jc_status status = read_rules(cli, &options->redactor, &error);
    if (status == JC_OK)
        status = name_session(options, session, &error);
    if (status == JC_OK)
        status = jc_mcp_new(cli->store, options, &mcp, &error);
    if (status == JC_OK)
        status = jc_mcp_serve(mcp, STDIN_FILENO, STDOUT_FILENO, jc_cli_stop_fd(), &error);
    jc_mcp_free(mcp);
    jc_redactor_free(options->redactor);
    return status < 0 ? jc_cli_fail_error(cli, &error) : JC_EXIT_DONE;
}

static int serve_mcp(jc_cli *cli, const void *values)
{
    const mcp_options *of = values;
    jc_error error = {0};
    jc_mcp_options options = {.workflow_id = said(of->workflow, "JC_WORKFLOW"),
                              .agent_id = said(of->agent, "JC_AGENT"),
                              .reopen = reopen,
                              .reopen_context = cli};
    if (options.workflow_id.bytes != NULL && jc_workflow_id_check(options.workflow_id, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    int failed = jc_cli_open(cli, false);
    return failed != 0 ? failed : serve(cli, &options);
}

/* clang-format off */
static const jc_option mcp_command_options[] = {
    {"workflow", 'w', JC_OPTION_TEXT, "WF", "where a call names no workflow; default $JC_WORKFLOW, "
     "else the session's",
     offsetof(mcp_options, workflow)},
    {"agent", 'a', JC_OPTION_TEXT, "A", "where a call names no agent; default $JC_AGENT, else main",
     offsetof(mcp_options, agent)},
    JC_OPTIONS_END,
};
/* clang-format on */

static const jc_command_entry mcp_commands[] = {
    {"install", "have a coding agent start the server", &jc_cmd_mcp_install},
    {"uninstall", "take that back", &jc_cmd_mcp_uninstall},
    {0},
};

const jc_command jc_cmd_mcp = {
    .synopsis = "[-w WF] [-a A]",
    .details =
        "A server of the Model Context Protocol on standard input and output: an agent starts it\n"
        "and reads and writes notes, events and messages by tools. It speaks the versions from\n"
        "2024-10-07 to 2025-11-25 (initialize) and 2026-07-28 (stateless), and ends with its "
        "input.",
    .examples = "jc mcp install\n"
                "claude mcp add jc -- jc mcp\n"
                "JC_WORKFLOW=fix-login JC_AGENT=coder jc -C /path/to/project mcp",
    .options = mcp_command_options,
    .words_min = 0,
    .words_max = 0,
    .run = serve_mcp,
    .group = mcp_commands,
};

/* jc message send: write to an agent. The text may come from standard input, without the newlines at
 * its end. */
#include "cli/emit.h"
#include "cli/message.h"

typedef struct send_options {
    const char *agent;
    const char *type;
    const char *priority;
    const char *reply_to;
    const char *workflow;
    bool awaiting;
} send_options;

static int read_text(const jc_cli *cli, jc_buf *content, jc_str *ret_text)
{
    *ret_text = jc_str_of(cli->words[1]);
    if (strcmp(cli->words[1], "-") != 0)
        return 0;
    int failed = jc_emit_read(cli, "-", JC_DATA_SIZE_MAX, content);
    *ret_text = jc_buf_str(content);
    while (ret_text->size > 0 && ret_text->bytes[ret_text->size - 1] == '\n')
        ret_text->size--;
    return failed;
}

static int send_message(jc_cli *cli, const void *values)
{
    const send_options *options = values;
    JC_AUTO(jc_buf) content = {0};
    JC_AUTO(jc_names) workflow = {0};
    jc_message_receipt receipt;
    jc_error error = {0};
    jc_message_draft draft = {.from_agent = jc_str_of(options->agent),
                              .to_agent = jc_str_of(cli->words[0]),
                              .message_type = jc_str_of(options->type),
                              .awaiting_response = options->awaiting,
                              .reply_to = jc_str_of(options->reply_to)};
    int failed = jc_message_need_agent(cli, options->agent);
    if (failed == 0)
        failed = jc_message_priority(cli, options->priority, &draft.priority);
    if (failed == 0)
        failed = read_text(cli, &content, &draft.content);
    if (failed == 0)
        failed = jc_message_open(cli, false, options->workflow, &workflow);
    if (failed != 0)
        return failed;
    draft.workflow_id = workflow.ids[0];
    if (jc_message_send(cli->store, &draft, &receipt, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    cli->committed = true;
    jc_message_print_receipt(cli, draft.workflow_id, "agent.message.sent", &receipt);
    return JC_EXIT_DONE;
}

/* clang-format off */
static const jc_option send_command_options[] = {
    {"agent", 'a', JC_OPTION_TEXT, "FROM", "who writes", offsetof(send_options, agent)},
    {"type", 0, JC_OPTION_TEXT, "T", "what kind it is; default notification, for a reply response",
     offsetof(send_options, type)},
    {"priority", 0, JC_OPTION_TEXT, "P", "urgent, high, normal (the default) or low",
     offsetof(send_options, priority)},
    {"reply-to", 0, JC_OPTION_TEXT, "ID", "the message that it answers: it joins its thread",
     offsetof(send_options, reply_to)},
    {"awaiting", 0, JC_OPTION_FLAG, NULL, "a response is waited for", offsetof(send_options, awaiting)},
    {"workflow", 'w', JC_OPTION_TEXT, "WF", "the workflow; default the one heard of last",
     offsetof(send_options, workflow)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_message_send = {
    .synopsis = "TO TEXT|- -a FROM [OPTION]...",
    .details =
        "Prints the workflow, the sequence, the type, and the correlation id, which is the ID\n"
        "that the other commands take. A reply has that of the message it answers. A TEXT\n"
        "of - is read from standard input. Kinds that others know: help_request,\n"
        "notification, task_assignment, status_update, response.",
    .examples = "jc message send coder 'please review auth.c' -a lead --priority high --awaiting\n"
                "jc message send lead 'two remarks' -a coder --reply-to 01a20a3e-59f8\n"
                "git diff | jc message send reviewer - -a coder --type help_request -w fix-login\n"
                "jc message send coder 'stop' -a lead --json",
    .options = send_command_options,
    .words_min = 2,
    .words_max = 2,
    .run = send_message,
};

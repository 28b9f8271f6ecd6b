/* jc message ack, jc message complete: what an agent says to a thread. */
#include "cli/message.h"

#include <stdio.h>

typedef struct answer_options {
    const char *agent;
    const char *workflow;
    const char *result;
    bool failed;
} answer_options;

typedef jc_status answer_call(jc_store *store, const jc_message_answer *answer,
                              jc_message_receipt *ret_receipt, jc_error *reterr);

static int answer_with(jc_cli *cli, const answer_options *options, answer_call *call,
                       const char *event_type)
{
    JC_AUTO(jc_names) workflow = {0};
    jc_message_receipt receipt;
    jc_error error = {0};
    int failed = jc_message_need_agent(cli, options->agent);
    if (failed == 0)
        failed = jc_message_open(cli, false, options->workflow, &workflow);
    if (failed != 0)
        return failed;
    jc_message_answer answer = {.workflow_id = workflow.ids[0],
                                .correlation_id = jc_str_of(cli->words[0]),
                                .agent = jc_str_of(options->agent),
                                .result = jc_str_of(options->result),
                                .failed = options->failed};
    if (call(cli->store, &answer, &receipt, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    if (jc_uuid_is_nil(receipt.id)) {
        (void)jc_cli_fail(cli, 0, "already acknowledged: the first time counts");
        return JC_EXIT_DONE;
    }
    cli->committed = true;
    jc_message_print_receipt(cli, answer.workflow_id, event_type, &receipt);
    return JC_EXIT_DONE;
}

static int acknowledge(jc_cli *cli, const void *values)
{
    return answer_with(cli, values, jc_message_acknowledge, "agent.message.acknowledged");
}

static int complete(jc_cli *cli, const void *values)
{
    return answer_with(cli, values, jc_message_complete, "agent.message.completed");
}

/* clang-format off */
static const jc_option ack_options[] = {
    {"agent", 'a', JC_OPTION_TEXT, "A", "who has read it", offsetof(answer_options, agent)},
    {"workflow", 'w', JC_OPTION_TEXT, "WF", "the workflow; default the one heard of last",
     offsetof(answer_options, workflow)},
    JC_OPTIONS_END,
};

static const jc_option complete_options[] = {
    {"agent", 'a', JC_OPTION_TEXT, "A", "who says so: its recipient, or its sender",
     offsetof(answer_options, agent)},
    {"result", 'r', JC_OPTION_TEXT, "RESULT", "what came of it; default done, or failed",
     offsetof(answer_options, result)},
    {"failed", 0, JC_OPTION_FLAG, NULL, "it was not done", offsetof(answer_options, failed)},
    {"workflow", 'w', JC_OPTION_TEXT, "WF", "the workflow; default the one heard of last",
     offsetof(answer_options, workflow)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_message_ack = {
    .synopsis = "ID -a A [-w WF]",
    .details =
        "Acknowledges all messages of the thread ID that A received and has not acknowledged\n"
        "yet. Where there are none, nothing is stored, and that is a success.",
    .examples = "jc message ack 01a20a3e-59f8 -a coder\n"
                "jc message ack 01a20a3e-59f8 -a coder -w fix-login --json",
    .options = ack_options,
    .words_min = 1,
    .words_max = 1,
    .run = acknowledge,
};

const jc_command jc_cmd_message_complete = {
    .synopsis = "ID -a A [-r RESULT] [--failed] [-w WF]",
    .details =
        "Completes all open messages of the thread ID that A received or sent: they leave the\n"
        "inbox of the one and the outbox of the other. Usually the recipient completes them;\n"
        "the sender may, when nothing is wanted any more: what was not read by then stays in\n"
        "the inbox until it is acknowledged. A second completion is refused (exit 3).",
    .examples = "jc message complete 01a20a3e-59f8 -a coder -r 'reviewed, two remarks'\n"
                "jc message complete 01a20a3e-59f8 -a coder --failed -r 'no access'\n"
                "jc message complete 01a20a3e-59f8 -a lead -r 'not needed any more' --json",
    .options = complete_options,
    .words_min = 1,
    .words_max = 1,
    .run = complete,
};

/* jc message: the group, and what its commands share (message.h). */
#include "cli/message.h"

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/point.h"

#include <inttypes.h>
#include <stdio.h>

#define AGE_COLUMNS 8

int jc_message_open(jc_cli *cli, bool read_only, const char *given, jc_names *ret_workflow)
{
    jc_error error = {0};
    if (given != NULL && jc_workflow_id_check(jc_str_of(given), &error) < 0)
        return jc_cli_fail_error(cli, &error);
    int failed = jc_cli_open(cli, read_only);
    if (failed != 0)
        return failed;
    if (given == NULL)
        return jc_cli_latest_workflow(cli, ret_workflow);
    jc_names_add(ret_workflow, jc_str_of(given));
    return 0;
}

int jc_message_read(jc_cli *cli, const char *given, const char *at, jc_names *ret_workflow,
                    jc_mailbox **ret_mailbox)
{
    jc_point point;
    jc_error error = {0};
    int failed = jc_cli_point(cli, "--at", at, &point);
    if (failed == 0)
        failed = jc_message_open(cli, true, given, ret_workflow);
    if (failed != 0)
        return failed;
    return jc_mailbox_read(cli->store, ret_workflow->ids[0], &point, ret_mailbox, &error) < 0
               ? jc_cli_fail_error(cli, &error)
               : 0;
}

int jc_message_priority(const jc_cli *cli, const char *text, jc_priority *ret_priority)
{
    *ret_priority = JC_PRIORITY_ANY;
    if (text == NULL)
        return 0;
    *ret_priority = jc_priority_of(jc_str_of(text));
    if (*ret_priority != JC_PRIORITY_ANY)
        return 0;
    return jc_cli_fail(cli, JC_EXIT_USAGE,
                       "'%s' is no priority: there are urgent, high, normal and low", text);
}

int jc_message_need_agent(const jc_cli *cli, const char *agent)
{
    if (agent != NULL)
        return 0;
    return jc_cli_fail(cli, JC_EXIT_USAGE, "who does it is not said: name the agent with -a");
}

void jc_message_print_receipt(jc_cli *cli, jc_str workflow_id, const char *event_type,
                              const jc_message_receipt *receipt)
{
    char id[JC_UUID_TEXT_SIZE];
    jc_uuid_format(receipt->id, id);
    if (!cli->json) {
        JC_AUTO(jc_buf) line = {0};
        jc_cli_must(jc_buf_append_format(&line, NULL, "%.*s #%" PRIu64 " %s ",
                                         (int)workflow_id.size, workflow_id.bytes,
                                         receipt->sequence, event_type));
        (void)jc_text_append_safe(&line, jc_str_of(receipt->correlation_id), 0);
        jc_line_print(&line);
        return;
    }
    jc_event stored = {0};
    jc_error error = {0};
    if (jc_event_find(cli->store, jc_str_of(id), &stored, &error) < 0)
        jc_cli_warn(cli, "stored as %s, but it cannot be read back: %s", id, error.text);
    else
        (void)jc_cli_print_line(cli, &stored);
}

/* ---- Parts of a line ---- */

bool jc_message_is_unread(const jc_mailbox_item *item)
{
    return item->store != JC_MAIL_HISTORY && !item->message->acknowledged;
}

void jc_message_add_mark(jc_buf *line, const jc_term *term, const jc_mailbox_item *item)
{
    const jc_message *message = item->message;
    if (jc_message_is_unread(item))
        jc_line_coloured(line, term, JC_COLOUR_CYAN, "●");
    else if (message->completed && message->success)
        jc_line_coloured(line, term, JC_COLOUR_GREEN, "✓");
    else if (message->completed)
        jc_line_coloured(line, term, JC_COLOUR_RED, "✗");
    else
        jc_line_coloured(line, term, JC_COLOUR_DIM, "○");
}

void jc_message_add_priority(jc_buf *line, const jc_term *term, jc_priority priority)
{
    switch (priority) {
    case JC_PRIORITY_URGENT:
        jc_line_coloured(line, term, JC_COLOUR_RED, "!!");
        break;
    case JC_PRIORITY_HIGH:
        jc_line_coloured(line, term, JC_COLOUR_YELLOW, "! ");
        break;
    case JC_PRIORITY_LOW:
        jc_line_coloured(line, term, JC_COLOUR_DIM, "↓ ");
        break;
    default:
        jc_line_add(line, "  ");
        break;
    }
}

void jc_message_add_time(jc_buf *line, const jc_term *term, int64_t time_us)
{
    jc_line_colour(line, term, JC_COLOUR_DIM);
    size_t start = line->size;
    if (term->terminal)
        jc_text_append_age(line, time_us, jc_clock_now_us());
    else
        jc_text_append_local(line, time_us);
    for (size_t used = line->size - start; used < AGE_COLUMNS; used++)
        jc_line_add(line, " ");
    jc_line_colour(line, term, JC_COLOUR_NONE);
    jc_line_add(line, "  ");
}

static const jc_command_entry message_commands[] = {
    {"send", "write to an agent", &jc_cmd_message_send},
    {"inbox", "show what agents received", &jc_cmd_message_inbox},
    {"outbox", "show what agents sent and wait for", &jc_cmd_message_outbox},
    {"ack", "acknowledge a message: it was read", &jc_cmd_message_ack},
    {"complete", "say that what a message asked for is done", &jc_cmd_message_complete},
    {"thread", "show a message with its replies, and all that happened to it",
     &jc_cmd_message_thread},
    {0},
};

const jc_command jc_cmd_message = {
    .details =
        "Agents of a workflow write to each other, and it is known what was read and what came\n"
        "of it. ID is a correlation id, or an unambiguous beginning of one: a message and the\n"
        "replies to it share it. Without -w: the workflow that was heard of last.",
    .examples = "jc message send coder 'please review auth.c' -a lead --priority high\n"
                "jc message inbox -a coder\n"
                "jc message inbox -a coder --json | jq -r .content\n"
                "jc message ack 01a20a3e-59f8 -a coder\n"
                "jc message send lead 'two remarks' -a coder --reply-to 01a20a3e-59f8\n"
                "jc message complete 01a20a3e-59f8 -a coder -r 'reviewed'\n"
                "jc message thread 01a20a3e-59f8",
    .group = message_commands,
};

/* jc message thread: a message with its replies, everything that happened to them, and whose turn it
 * is.
 *
 *     01a20a3e-59f8-7c53-8c3e-8f2b2f2c9a11   active   lead, coder
 *       3m ago    #12  lead → coder  !! task_assignment: please review auth.c
 *       1m ago    #14  coder has read #12
 *     coder is to complete #12 */
#include "cli/message.h"

#include <inttypes.h>
#include <stdio.h>

#define NAME_COLUMNS_MAX 40

typedef struct thread_options {
    const char *workflow;
    const char *at;
} thread_options;

static void add_name(jc_buf *line, jc_str name)
{
    (void)jc_text_append_safe(line, name, NAME_COLUMNS_MAX);
}

static jc_colour colour_of(jc_thread_status status)
{
    switch (status) {
    case JC_THREAD_ACTIVE:
        return JC_COLOUR_CYAN;
    case JC_THREAD_COMPLETED:
        return JC_COLOUR_GREEN;
    default:
        return JC_COLOUR_RED;
    }
}

static void print_heading(const jc_term *term, const jc_thread *thread)
{
    JC_AUTO(jc_buf) line = {0};
    jc_line_colour(&line, term, JC_COLOUR_BOLD);
    (void)jc_text_append_safe(&line, thread->correlation_id, 0);
    jc_line_colour(&line, term, JC_COLOUR_NONE);
    jc_line_add(&line, "   ");
    jc_line_coloured(&line, term, colour_of(thread->status), jc_thread_status_name(thread->status));
    jc_line_add(&line, "   ");
    for (size_t i = 0; i < thread->participant_count; i++) {
        jc_line_add(&line, i > 0 ? ", " : "");
        add_name(&line, thread->participants[i]);
    }
    jc_line_print(&line);
}

static void add_sent(jc_buf *line, const jc_term *term, const jc_message *message)
{
    jc_line_add(line, " → ");
    add_name(line, message->to_agent);
    jc_line_add(line, "  ");
    jc_message_add_priority(line, term, message->priority);
    jc_line_add(line, " ");
    add_name(line, message->message_type);
    jc_line_add(line, ": ");
    (void)jc_text_append_safe(line, message->content, 0);
    if (message->awaiting_response)
        jc_line_coloured(line, term, JC_COLOUR_DIM, "  (a response is awaited)");
}

/* What became of a message, or what an answer that found none was. */
static void add_answer(jc_buf *line, const jc_thread_entry *entry)
{
    bool acknowledged = entry->step == JC_THREAD_ACKNOWLEDGED;
    if (entry->message == NULL) {
        jc_line_add(line, acknowledged ? " acknowledged" : " completed");
        return;
    }
    jc_cli_must(jc_buf_append_format(line, NULL, "%s #%" PRIu64,
                                     acknowledged              ? " has read"
                                     : entry->message->success ? " ✓ completed"
                                                               : " ✗ failed",
                                     entry->message->sequence));
    if (acknowledged)
        return;
    jc_line_add(line, ": ");
    (void)jc_text_append_safe(line, entry->message->result, 0);
}

static void print_entry(const jc_term *term, const jc_thread_entry *entry)
{
    JC_AUTO(jc_buf) line = {0};
    jc_line_add(&line, "  ");
    jc_message_add_time(&line, term, entry->time_us);
    jc_cli_must(jc_buf_append_format(&line, NULL, "#%-4" PRIu64 " ", entry->sequence));
    add_name(&line, entry->agent);
    if (entry->step == JC_THREAD_SENT)
        add_sent(&line, term, entry->message);
    else
        add_answer(&line, entry);
    if (entry->problem != JC_PROBLEM_NONE) {
        jc_line_add(&line, "  ");
        jc_line_coloured(&line, term, JC_COLOUR_YELLOW, "(");
        jc_line_coloured(&line, term, JC_COLOUR_YELLOW, jc_problem_text(entry->problem));
        jc_line_coloured(&line, term, JC_COLOUR_YELLOW, ")");
    }
    jc_line_print(&line);
}

static void print_thread(const jc_thread *thread)
{
    jc_term term = jc_term_of_output();
    print_heading(&term, thread);
    for (size_t i = 0; i < thread->timeline_count; i++)
        print_entry(&term, &thread->timeline[i]);
    for (size_t i = 0; i < thread->pending_count; i++) {
        const jc_thread_pending *pending = &thread->pending[i];
        JC_AUTO(jc_buf) line = {0};
        add_name(&line, pending->agent);
        jc_cli_must(
            jc_buf_append_format(&line, NULL, " is to %s #%" PRIu64,
                                 pending->action == JC_ACTION_ACKNOWLEDGE ? "read" : "complete",
                                 pending->message->sequence));
        jc_line_print(&line);
    }
}

static int print_found(jc_cli *cli, jc_mailbox *mailbox)
{
    jc_error error = {0};
    jc_str id;
    jc_thread thread;
    if (jc_mailbox_find(mailbox, jc_str_of(cli->words[0]), &id, &error) < 0 ||
        jc_mailbox_thread(mailbox, id, &thread, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    if (!cli->json) {
        print_thread(&thread);
        return JC_EXIT_DONE;
    }
    const char *json = jc_thread_json(mailbox, &thread, &error);
    if (json == NULL)
        return jc_cli_fail_error(cli, &error);
    (void)puts(json);
    return JC_EXIT_DONE;
}

static int show_thread(jc_cli *cli, const void *values)
{
    const thread_options *options = values;
    JC_AUTO(jc_names) workflow = {0};
    jc_mailbox *mailbox = NULL;
    int exit_code = jc_message_read(cli, options->workflow, options->at, &workflow, &mailbox);
    if (exit_code == 0)
        exit_code = print_found(cli, mailbox);
    jc_mailbox_free(mailbox);
    return exit_code;
}

/* clang-format off */
static const jc_option thread_command_options[] = {
    {"at", 0, JC_OPTION_TEXT, "POINT", "as it was: a sequence, -N, or a time",
     offsetof(thread_options, at)},
    {"workflow", 'w', JC_OPTION_TEXT, "WF", "the workflow; default the one heard of last",
     offsetof(thread_options, workflow)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_message_thread = {
    .synopsis = "ID [--at POINT] [-w WF]",
    .details =
        "Shows the thread ID in order, also what was said about it in vain, and who is to do\n"
        "what next. With --json one object: status (active, completed or orphaned), participants,\n"
        "counts, messages, timeline, pending and problems.",
    .examples = "jc message thread 01a20a3e-59f8\n"
                "jc message thread 01a20a3e-59f8 --at -2\n"
                "jc message thread 01a20a3e-59f8 --json | jq .pending",
    .options = thread_command_options,
    .words_min = 1,
    .words_max = 1,
    .run = show_thread,
};

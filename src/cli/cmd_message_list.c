/* jc message inbox, jc message outbox: what agents received, and what they sent.
 *
 *     coder   3 messages, 2 unread
 *       ● !! 01a20a3e-59f8  3m ago    from lead  task_assignment  please review auth.c
 *
 * With -v the text follows in full. The ids are cut where they are unambiguous in the workflow. */
#include "cli/message.h"

#include <stdio.h>

#define NAME_COLUMNS_MAX 20
#define TYPE_COLUMNS_MAX 16
#define ID_SIZE_MIN 13 /* of a UUIDv7, the time in milliseconds */
#define TEXT_COLUMNS_MIN 20

typedef struct list_options {
    const char *agent;
    const char *workflow;
    const char *priority;
    const char *at;
    bool all;
} list_options;

/* One run of the command. */
typedef struct listing {
    jc_cli *cli;
    const list_options *options;
    jc_mailbox *mailbox;
    jc_mail_store store; /* JC_MAIL_INBOX or JC_MAIL_OUTBOX */
    jc_priority priority_min;
    jc_term term;
    size_t id_size;      /* bytes of an id that are shown */
    size_t name_columns; /* of the widest "from lead" */
    size_t count;        /* of messages, so far */
} listing;

static size_t common_size(jc_str a, jc_str b)
{
    size_t size = 0;
    while (size < a.size && size < b.size && a.bytes[size] == b.bytes[size])
        size++;
    return size;
}

/* So many bytes tell all threads of the workflow apart. */
static int measure_ids(listing *list)
{
    jc_error error = {0};
    jc_mailbox_names threads;
    if (jc_mailbox_threads(list->mailbox, &threads, &error) < 0)
        return jc_cli_fail_error(list->cli, &error);
    list->id_size = ID_SIZE_MIN;
    for (size_t i = 1; i < threads.count; i++) {
        size_t common = common_size(threads.items[i - 1], threads.items[i]);
        if (common >= list->id_size)
            list->id_size = common + 1;
    }
    return 0;
}

static bool is_inside_character(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

static jc_str short_id(const listing *list, jc_str id)
{
    size_t size = list->id_size < id.size ? list->id_size : id.size;
    while (size < id.size && is_inside_character(id.bytes[size]))
        size++;
    return (jc_str){id.bytes, size};
}

/* The other end, "from lead" or "to coder". Returns its columns. */
static size_t add_other_end(jc_buf *text, const jc_mailbox_item *item)
{
    const jc_message *message = item->message;
    bool sent = item->store == JC_MAIL_OUTBOX ||
                (item->store == JC_MAIL_HISTORY && jc_str_equal(item->agent, message->from_agent));
    const char *word = sent ? "to " : "from ";
    jc_line_add(text, word);
    return strlen(word) + jc_text_append_safe(text, sent ? message->to_agent : message->from_agent,
                                              NAME_COLUMNS_MAX);
}

static void measure_names(listing *list, const jc_mailbox_items *items)
{
    list->name_columns = 0;
    for (size_t i = 0; i < items->count; i++) {
        JC_AUTO(jc_buf) name = {0};
        size_t columns = add_other_end(&name, &items->items[i]);
        list->name_columns = columns > list->name_columns ? columns : list->name_columns;
    }
}

/* Columns that are left for the text on a terminal; 0: no limit. */
static size_t text_columns(const listing *list)
{
    size_t before = 7 + list->id_size + 2 + 10 + list->name_columns + 2 + TYPE_COLUMNS_MAX + 2;
    if (list->term.width == 0)
        return 0;
    return before + TEXT_COLUMNS_MIN < list->term.width ? list->term.width - before
                                                        : TEXT_COLUMNS_MIN;
}

static void print_item(const listing *list, const jc_mailbox_item *item)
{
    const jc_message *message = item->message;
    JC_AUTO(jc_buf) line = {0};
    JC_AUTO(jc_buf) name = {0};
    (void)add_other_end(&name, item);
    jc_line_add(&line, "  ");
    jc_message_add_mark(&line, &list->term, item);
    jc_line_add(&line, " ");
    jc_message_add_priority(&line, &list->term, message->priority);
    jc_line_add(&line, " ");
    jc_line_cell(&line, &list->term, JC_COLOUR_NONE, short_id(list, message->correlation_id), 0, 0);
    jc_message_add_time(&line, &list->term, message->sent_us);
    jc_line_cell(&line, &list->term, JC_COLOUR_NONE, jc_buf_str(&name), list->name_columns, 0);
    jc_line_cell(&line, &list->term, JC_COLOUR_NONE, message->message_type, TYPE_COLUMNS_MAX,
                 TYPE_COLUMNS_MAX);
    if (!list->cli->verbose)
        (void)jc_text_append_safe(&line, message->content, text_columns(list));
    jc_line_print(&line);
    if (list->cli->verbose)
        jc_line_print_text("       ", message->content);
    if (message->completed) {
        jc_line_add(&line, "       → ");
        (void)jc_text_append_safe(&line, message->completed_by, NAME_COLUMNS_MAX);
        jc_line_add(&line, ": ");
        (void)jc_text_append_safe(&line, message->result, 0);
        jc_line_print(&line);
    }
}

/* Unread, read, completed. */
static int rank_of(const jc_mailbox_item *item)
{
    return jc_message_is_unread(item) ? 0 : item->store != JC_MAIL_HISTORY ? 1 : 2;
}

static void print_heading(const listing *list, jc_str agent, const jc_mailbox_items *items)
{
    JC_AUTO(jc_buf) line = {0};
    size_t unread = 0;
    for (size_t i = 0; i < items->count; i++)
        unread += rank_of(&items->items[i]) == 0 ? 1 : 0;
    jc_line_colour(&line, &list->term, JC_COLOUR_BOLD);
    (void)jc_text_append_safe(&line, agent, 0);
    jc_line_colour(&line, &list->term, JC_COLOUR_NONE);
    jc_line_format(&line, "   %zu message%s, %zu unread", items->count,
                   items->count == 1 ? "" : "s", unread);
    jc_line_print(&line);
}

static int print_one(listing *list, const jc_mailbox_item *item)
{
    jc_error error = {0};
    if (!list->cli->json) {
        print_item(list, item);
        return 0;
    }
    const char *json = jc_mailbox_item_json(list->mailbox, item, &error);
    if (json == NULL)
        return jc_cli_fail_error(list->cli, &error);
    (void)puts(json);
    return 0;
}

/* What is unread first, then what was read, then what is done; each the most urgent first, as they are
 * given. */
static int print_items(listing *list, const jc_mailbox_items *items)
{
    int failed = 0;
    for (int rank = 0; rank <= 2; rank++) {
        for (size_t i = 0; failed == 0 && i < items->count; i++) {
            if (rank_of(&items->items[i]) == rank && jc_cli_output_works(list->cli))
                failed = print_one(list, &items->items[i]);
        }
    }
    return failed;
}

static int list_agent(listing *list, jc_str agent)
{
    jc_error error = {0};
    jc_mailbox_query query = {.agent = agent,
                              .stores = (unsigned)list->store,
                              .priority_min = list->priority_min,
                              .by_priority = true};
    jc_mailbox_items items;
    if (list->options->all) {
        query.stores |= JC_MAIL_HISTORY;
        query.received = list->store == JC_MAIL_INBOX;
        query.sent = list->store == JC_MAIL_OUTBOX;
    }
    if (jc_mailbox_select(list->mailbox, &query, &items, &error) < 0)
        return jc_cli_fail_error(list->cli, &error);
    list->count += items.count;
    measure_names(list, &items);
    if (!list->cli->json && items.count > 0)
        print_heading(list, agent, &items);
    return print_items(list, &items);
}

static int list_agents(listing *list)
{
    jc_error error = {0};
    jc_mailbox_names agents;
    if (list->options->agent != NULL)
        return list_agent(list, jc_str_of(list->options->agent));
    if (jc_mailbox_agents(list->mailbox, &agents, &error) < 0)
        return jc_cli_fail_error(list->cli, &error);
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < agents.count; i++)
        failed = list_agent(list, agents.items[i]);
    return failed;
}

static int list_store(jc_cli *cli, const list_options *options, jc_mail_store store)
{
    JC_AUTO(jc_names) workflow = {0};
    listing list = {.cli = cli, .options = options, .store = store, .term = jc_term_of_output()};
    int failed = jc_message_priority(cli, options->priority, &list.priority_min);
    if (failed == 0)
        failed = jc_message_read(cli, options->workflow, options->at, &workflow, &list.mailbox);
    if (failed == 0)
        failed = measure_ids(&list);
    if (failed == 0)
        failed = list_agents(&list);
    if (failed == 0 && list.count == 0)
        failed = jc_cli_found_nothing(
            cli, options->all ? "no messages found"
                              : "no open messages found: --all shows the completed ones too");
    jc_mailbox_free(list.mailbox);
    return failed;
}

static int show_inbox(jc_cli *cli, const void *values)
{
    return list_store(cli, values, JC_MAIL_INBOX);
}

static int show_outbox(jc_cli *cli, const void *values)
{
    return list_store(cli, values, JC_MAIL_OUTBOX);
}

/* clang-format off */
static const jc_option list_command_options[] = {
    {"agent", 'a', JC_OPTION_TEXT, "AGENT", "whose; default everybody's", offsetof(list_options, agent)},
    {"all", 0, JC_OPTION_FLAG, NULL, "the completed ones too", offsetof(list_options, all)},
    {"priority", 0, JC_OPTION_TEXT, "P", "only these and above: urgent, high, normal or low",
     offsetof(list_options, priority)},
    {"at", 0, JC_OPTION_TEXT, "POINT", "as it was: a sequence, -N, or a time", offsetof(list_options, at)},
    {"workflow", 'w', JC_OPTION_TEXT, "WF", "the workflow; default the one heard of last",
     offsetof(list_options, workflow)},
    JC_OPTIONS_END,
};
/* clang-format on */

#define MARKS                                                                                           \
    "Marks: ● unread, ○ read, ✓ completed, ✗ failed; !! urgent, ! high, ↓ low. -v shows the " \
    "text\n"                                                                                            \
    "in full. The ID is what `jc message ack`, complete and thread take."

const jc_command jc_cmd_message_inbox = {
    .synopsis = "[-a AGENT] [--all] [--priority P] [--at POINT] [-w WF]",
    .details =
        "What the agent received and is not completed: unread first, the most urgent of them\n"
        "first. What its sender has completed stays until it is acknowledged.\n" MARKS,
    .examples =
        "jc message inbox\n"
        "jc message inbox -a coder --priority high\n"
        "jc message inbox -a coder --json | jq -r 'select(.acknowledged_at == null).content'\n"
        "jc message inbox -a coder --at '10m ago' -w fix-login",
    .options = list_command_options,
    .words_min = 0,
    .words_max = 0,
    .run = show_inbox,
};

const jc_command jc_cmd_message_outbox = {
    .synopsis = "[-a AGENT] [--all] [--priority P] [--at POINT] [-w WF]",
    .details =
        "What the agent sent and is not completed: unread first, the most urgent of them first.\n"
        "Here, read means that the recipient has acknowledged it.\n" MARKS,
    .examples = "jc message outbox -a lead\n"
                "jc message outbox -a lead --all --json",
    .options = list_command_options,
    .words_min = 0,
    .words_max = 0,
    .run = show_outbox,
};

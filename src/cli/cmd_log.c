/* jc log: events in order, and following them.
 *
 * `-n N` reads backwards until N events fit, notes where the oldest of them lies, and then reads
 * forwards from there: nothing is kept in memory, however large N is. `-f` takes the store's position,
 * reads to the end, and waits until the store has gone past that position: what is committed between
 * the last read and the wait ends the wait at once. It ends by itself behind --to and --until. */
#include "base/clock.h"
#include "cli/commands.h"
#include "cli/names.h"
#include "cli/render.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define WAIT_MS 1000
#define UNTIL_GRACE_US ((int64_t)JC_BUSY_TIMEOUT_MS * 1000)

typedef struct log_options {
    jc_list types;
    const char *agent;
    const char *correlation;
    const char *since;
    const char *until;
    jc_number from;
    jc_number to;
    const char *grep;
    jc_list where;
    jc_number count;
    bool reverse;
    bool follow;
} log_options;

/* One run of the command. */
typedef struct reading {
    jc_cli *cli;
    const log_options *options;
    jc_names workflows;
    jc_filter filter;
    jc_match *match;
    jc_render render;
    uint64_t printed;
} reading;

static int set_times(reading *log)
{
    const log_options *options = log->options;
    int failed = 0;
    if (options->since != NULL) {
        log->filter.has_since = true;
        failed = jc_cli_time(log->cli, "--since", options->since, &log->filter.since_us);
    }
    if (failed == 0 && options->until != NULL) {
        log->filter.has_until = true;
        failed = jc_cli_time(log->cli, "--until", options->until, &log->filter.until_us);
    }
    return failed;
}

static int check_usage(const reading *log)
{
    const log_options *options = log->options;
    if (options->follow && options->reverse)
        return jc_cli_fail(log->cli, JC_EXIT_USAGE,
                           "-f and --reverse exclude each other: new events come last");
    if (options->to.given && options->to.value == 0)
        return jc_cli_fail(log->cli, JC_EXIT_USAGE,
                           "--to 0 lies before the first event: count from 1");
    if (options->to.given && options->from.value > options->to.value)
        return jc_cli_fail(log->cli, JC_EXIT_USAGE,
                           "--from %" PRIu64 " lies behind --to %" PRIu64 ": swap them",
                           options->from.value, options->to.value);
    return 0;
}

static int set_filter(reading *log)
{
    const log_options *options = log->options;
    int failed = check_usage(log);
    if (failed == 0)
        failed = jc_cli_words_as_workflows(log->cli, &log->workflows);
    if (failed == 0)
        failed = set_times(log);
    if (failed != 0)
        return failed;
    log->filter.workflow_ids = log->workflows.ids;
    log->filter.workflow_count = log->workflows.count;
    log->filter.event_types = options->types.items;
    log->filter.event_type_count = options->types.count;
    log->filter.agent_id = jc_str_of(options->agent);
    log->filter.correlation_id = jc_str_of(options->correlation);
    log->filter.from = options->from.value;
    log->filter.to = options->to.value;

    jc_error error = {0};
    if (options->grep == NULL && options->where.count == 0)
        return 0;
    jc_status status = jc_match_new(jc_str_of(options->grep), options->where.items,
                                    options->where.count, &log->match, &error);
    return status < 0 ? jc_cli_fail_error(log->cli, &error) : 0;
}

/* The next event that is wanted. */
static jc_status next_match(const reading *log, jc_cursor *cursor, const jc_event **ret_event,
                            jc_error *reterr)
{
    for (;;) {
        jc_status status = jc_cursor_next(cursor, ret_event, reterr);
        if (status != JC_OK || log->match == NULL)
            return status;
        status = jc_match_test(log->match, *ret_event, reterr);
        if (status != JC_END)
            return status;
    }
}

static void print_event(reading *log, const jc_event *event)
{
    log->printed++;
    if (log->cli->json)
        (void)jc_cli_print_line(log->cli, event);
    else
        jc_render_add(&log->render, event);
}

/* Print what the cursor gives, at most `count_max` (0: no end). JC_END: no more for now. */
static jc_status print_events(reading *log, jc_cursor *cursor, uint64_t count_max, jc_error *reterr)
{
    const jc_event *event = NULL;
    jc_status status = JC_OK;
    for (uint64_t i = 0; count_max == 0 || i < count_max; i++) {
        status = next_match(log, cursor, &event, reterr);
        if (status != JC_OK)
            break;
        print_event(log, event);
        if (!jc_cli_output_works(log->cli))
            return JC_END;
    }
    jc_render_flush(&log->render);
    return status < 0 ? status : JC_END;
}

static bool counts_sequences(const reading *log)
{
    return log->filter.workflow_count == 1;
}

/* Where the log ends now, in the terms of `from` and `to`. */
static jc_status read_end(const reading *log, uint64_t *ret_end, jc_error *reterr)
{
    jc_status status;
    if (counts_sequences(log)) {
        jc_head head = {0};
        status = jc_head_read(log->cli->store, log->filter.workflow_ids[0], &head, reterr);
        *ret_end = head.sequence;
    } else {
        jc_store_info info = {0};
        status = jc_store_info_read(log->cli->store, &info, reterr);
        *ret_end = info.position;
    }
    return status;
}

/* Narrow `from`, so that the filter begins at the Nth last event; and `to`, unless following, so that
 * events that come meanwhile do not make it more than N. */
static jc_status narrow_to_last(reading *log, uint64_t count, jc_error *reterr)
{
    uint64_t end = 0;
    jc_status status = read_end(log, &end, reterr);
    if (status < 0 || end == 0)
        return status;
    if (log->filter.to != 0 && log->filter.to < end)
        end = log->filter.to;

    jc_filter backwards = log->filter;
    backwards.reverse = true;
    backwards.to = end;
    uint64_t first = end + 1; /* with none to show, the first that is to come */
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    if (log->filter.from <= end)
        status = jc_cursor_open(log->cli->store, &backwards, &cursor, reterr);
    for (uint64_t i = 0; status == JC_OK && cursor != NULL && i < count; i++) {
        status = next_match(log, cursor, &event, reterr);
        if (status == JC_OK)
            first = counts_sequences(log) ? event->sequence : event->position;
    }
    jc_cursor_close(cursor);
    if (first > log->filter.from)
        log->filter.from = first;
    if (!log->options->follow)
        log->filter.to = end;
    return status < 0 ? status : JC_OK;
}

/* Is anybody still reading? A pipe whose reader went away says so without being written to. */
static bool reader_left(void)
{
    struct pollfd output = {.fd = STDOUT_FILENO};
    return poll(&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLNVAL)) != 0;
}

/* An event gets its time before it is seen, by as long as its append takes. */
static bool is_in_time(const reading *log)
{
    return !log->filter.has_until || jc_clock_now_us() - UNTIL_GRACE_US <= log->filter.until_us;
}

/* Can there still be an event that --to and --until let through? Asked before what is there is read, so
 * that nothing is missed. */
static jc_status may_come(const reading *log, bool *ret_more, jc_error *reterr)
{
    uint64_t end = 0;
    jc_status status = JC_OK;
    if (log->filter.to > 0)
        status = read_end(log, &end, reterr);
    bool in_range = log->filter.to == 0 || end < log->filter.to;
    *ret_more = in_range && is_in_time(log);
    return status;
}

static jc_status follow(reading *log, jc_cursor *cursor, jc_error *reterr)
{
    jc_store_info info = {0};
    jc_status status = jc_store_info_read(log->cli->store, &info, reterr);
    uint64_t position = info.position;
    bool more = true;
    while (status >= 0) {
        status = may_come(log, &more, reterr);
        if (status >= 0)
            status = print_events(log, cursor, 0, reterr);
        if (status < 0 || !more || !jc_cli_flush(log->cli) || reader_left())
            break;
        do
            status = jc_wait(log->cli->store, position, WAIT_MS, &position, reterr);
        while (status == JC_END && is_in_time(log) && !reader_left());
    }
    return status;
}

static jc_status read_log(reading *log, jc_error *reterr)
{
    const log_options *options = log->options;
    jc_status status = JC_OK;
    log->filter.reverse = options->reverse;
    if (options->count.given && !options->reverse) {
        status = narrow_to_last(log, options->count.value, reterr);
        if (status < 0 || (log->filter.to > 0 && log->filter.from > log->filter.to))
            return status;
    }
    if (options->count.given && options->count.value == 0 && !options->follow)
        return JC_OK;
    jc_cursor *cursor = NULL;
    status = jc_cursor_open(log->cli->store, &log->filter, &cursor, reterr);
    if (status < 0)
        return status;
    if (options->follow)
        status = follow(log, cursor, reterr);
    else
        status = print_events(log, cursor, options->reverse ? options->count.value : 0, reterr);
    jc_cursor_close(cursor);
    return status;
}

static int run(reading *log)
{
    int failed = set_filter(log);
    if (failed == 0)
        failed = jc_cli_open(log->cli, true);
    /* Whoever follows may wait for a workflow that is still to begin. */
    if (failed == 0 && !log->options->follow)
        failed = jc_cli_check_workflows(log->cli, log->workflows.ids, log->workflows.count);
    if (failed != 0)
        return failed;

    log->render.term = jc_term_of_output();
    log->render.one_workflow = log->workflows.count == 1;
    jc_error error = {0};
    if (read_log(log, &error) < 0) {
        jc_render_flush(&log->render);
        (void)jc_cli_flush(log->cli);
        return jc_cli_fail_error(log->cli, &error);
    }
    if (log->printed == 0 && log->render.term.terminal && !log->options->follow)
        (void)fputs("no events\n", stderr);
    return JC_EXIT_DONE;
}

static int log_command(jc_cli *cli, const void *values)
{
    reading log = {.cli = cli, .options = values};
    int exit_code = run(&log);
    jc_render_release(&log.render);
    jc_match_free(log.match);
    jc_names_release(&log.workflows);
    return exit_code;
}

/* clang-format off */
static const jc_option log_command_options[] = {
    {"type", 0, JC_OPTION_LIST, "GLOB", "only these types; '*' matches dots too; may be repeated",
     offsetof(log_options, types)},
    {"agent", 0, JC_OPTION_TEXT, "A", "only this agent's", offsetof(log_options, agent)},
    {"correlation", 0, JC_OPTION_TEXT, "C", "only with this correlation id",
     offsetof(log_options, correlation)},
    {"since", 0, JC_OPTION_TEXT, "TIME", "at this time or later", offsetof(log_options, since)},
    {"until", 0, JC_OPTION_TEXT, "TIME", "at this time or earlier", offsetof(log_options, until)},
    {"from", 0, JC_OPTION_NUMBER, "N", "from this sequence; without one workflow, position",
     offsetof(log_options, from)},
    {"to", 0, JC_OPTION_NUMBER, "N", "up to this sequence or position", offsetof(log_options, to)},
    {"grep", 0, JC_OPTION_TEXT, "TEXT", "that hold this text, in either case",
     offsetof(log_options, grep)},
    {"where", 0, JC_OPTION_LIST, "PATH=VALUE", "with this value; PATH is dotted or a JSON pointer",
     offsetof(log_options, where)},
    {"lines", 'n', JC_OPTION_NUMBER, "N", "the last N", offsetof(log_options, count)},
    {"reverse", 0, JC_OPTION_FLAG, NULL, "newest first", offsetof(log_options, reverse)},
    {"follow", 'f', JC_OPTION_FLAG, NULL, "go on as events come, from any process",
     offsetof(log_options, follow)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_log = {
    .synopsis = "[WORKFLOW]... [OPTION]...",
    .details = "Without a workflow: all events by position. TIME is 10m ago, 09:30, yesterday\n"
               "14:00, 2026-01-09 or RFC 3339; without a zone it is local.",
    .examples = "jc log fix-login -n 20\n"
                "jc log -f --type 'feature.*'\n"
                "jc log --since '2h ago' --grep timeout\n"
                "jc log fix-login --where data.name='login form' --json",
    .options = log_command_options,
    .words_min = 0,
    .words_max = JC_WORDS_ANY,
    .run = log_command,
};

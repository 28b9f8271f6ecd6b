/* jc timings: how long each feature of a workflow took, what was tried again, what runs now.
 *
 * The bar of a feature is a stretch of time from its first start on, as long as the longest of them:
 * █ an attempt that completed or runs, ▒ one that did not, · waiting. */
#include "base/clock.h"
#include "cli/commands.h"
#include "cli/line.h"
#include "cli/point.h"

#include <inttypes.h>
#include <stdio.h>

#define NAME_COLUMNS_MAX 40
#define DURATION_COLUMNS 8
#define BAR_COLUMNS 24

typedef struct timings_options {
    const char *at;
} timings_options;

/* What is printed, and until when what runs has run. */
typedef struct report {
    jc_cli *cli;
    jc_term term;
    const jc_timings *timings;
    int64_t now_us;
    int64_t longest_us;
    size_t name_columns;
} report;

/* A feature that nobody named is shown by its id. */
static jc_str name_of(const jc_feature_timing *feature)
{
    return feature->name.bytes != NULL ? feature->name : feature->feature_id;
}

static int64_t end_of(const report *of, const jc_attempt *attempt)
{
    return attempt->ended_us != JC_UNKNOWN ? attempt->ended_us : of->now_us;
}

/* From a feature's first start to where its last attempt ended, or is; 0 without a start. */
static int64_t stretch_of(const report *of, const jc_feature_timing *feature)
{
    if (feature->attempt_count == 0 || feature->started_us == JC_UNKNOWN)
        return 0;
    int64_t end_us = end_of(of, &feature->attempts[feature->attempt_count - 1]);
    return end_us > feature->started_us ? end_us - feature->started_us : 0;
}

static void measure(report *of)
{
    for (size_t i = 0; i < of->timings->feature_count; i++) {
        const jc_feature_timing *feature = &of->timings->features[i];
        int64_t stretch_us = stretch_of(of, feature);
        size_t columns = jc_line_width(name_of(feature), NAME_COLUMNS_MAX);
        of->longest_us = stretch_us > of->longest_us ? stretch_us : of->longest_us;
        of->name_columns = columns > of->name_columns ? columns : of->name_columns;
    }
}

static jc_str status_of(const jc_feature_timing *feature)
{
    return jc_str_of(jc_feature_state_text(feature->status));
}

/* The attempt that a moment lies in; NULL: between attempts. */
static const jc_attempt *attempt_at(const report *of, const jc_feature_timing *feature,
                                    int64_t time_us, size_t *from)
{
    while (*from < feature->attempt_count && end_of(of, &feature->attempts[*from]) <= time_us)
        (*from)++;
    if (*from == feature->attempt_count || feature->attempts[*from].started_us > time_us)
        return NULL;
    return &feature->attempts[*from];
}

static void add_bar(jc_buf *line, const report *of, const jc_feature_timing *feature)
{
    int64_t stretch_us = stretch_of(of, feature);
    if (of->longest_us == 0 || stretch_us == 0)
        return;
    int64_t columns = stretch_us / (of->longest_us / BAR_COLUMNS + 1) + 1;
    size_t from = 0;
    for (int64_t i = 0; i < columns; i++) {
        int64_t middle_us =
            feature->started_us + stretch_us / columns * i + stretch_us / columns / 2;
        const jc_attempt *attempt = attempt_at(of, feature, middle_us, &from);
        if (attempt == NULL)
            jc_line_coloured(line, &of->term, JC_COLOUR_DIM, "·");
        else if (attempt->status == JC_ATTEMPT_RUNNING || attempt->status == JC_ATTEMPT_COMPLETED)
            jc_line_coloured(line, &of->term, jc_colour_of_status(status_of(feature)), "█");
        else
            jc_line_coloured(line, &of->term, JC_COLOUR_RED, "▒");
    }
}

static void print_attempt(const report *of, const jc_attempt *attempt, size_t number)
{
    JC_AUTO(jc_buf) line = {0};
    jc_line_format(&line, "      %zu  %-10s", number, jc_attempt_status_text(attempt->status));
    if (attempt->status == JC_ATTEMPT_RUNNING && attempt->started_us != JC_UNKNOWN)
        jc_line_duration(&line, (end_of(of, attempt) - attempt->started_us) / 1000,
                         DURATION_COLUMNS);
    else
        jc_line_duration(&line, attempt->duration_ms, DURATION_COLUMNS);
    if (attempt->started_us != JC_UNKNOWN) {
        jc_line_add(&line, "  from ");
        jc_text_append_local(&line, attempt->started_us);
    }
    if (attempt->ended_us != JC_UNKNOWN) {
        jc_line_add(&line, "  to ");
        jc_text_append_local(&line, attempt->ended_us);
    }
    if (attempt->waited_ms > 0) {
        jc_line_add(&line, "  waited ");
        jc_text_append_duration(&line, attempt->waited_ms);
    }
    jc_line_print(&line);
}

static void print_feature(const report *of, const jc_feature_timing *feature)
{
    JC_AUTO(jc_buf) line = {0};
    bool is_running = feature->status == JC_FEATURE_IS_STARTED && feature->started_us != JC_UNKNOWN;
    jc_line_add(&line, "  ");
    jc_line_coloured(&line, &of->term, jc_colour_of_status(status_of(feature)),
                     jc_mark_of_status(status_of(feature)));
    jc_line_add(&line, " ");
    jc_line_column(&line, name_of(feature), of->name_columns, NAME_COLUMNS_MAX);
    jc_line_add(&line, "  ");
    jc_line_duration(&line, is_running ? stretch_of(of, feature) / 1000 : feature->duration_ms,
                     DURATION_COLUMNS);
    jc_line_add(&line, "  ");
    add_bar(&line, of, feature);
    if (feature->attempt_count > 1)
        jc_line_format(&line, "  %zu attempts", feature->attempt_count);
    if (feature->waited_ms > 0) {
        jc_line_add(&line, "  waited ");
        jc_text_append_duration(&line, feature->waited_ms);
    }
    jc_line_print(&line);
    if (feature->attempt_count < 2 && !of->cli->verbose)
        return;
    for (size_t i = 0; i < feature->attempt_count; i++)
        print_attempt(of, &feature->attempts[i], i + 1);
}

static void print_totals(const report *of)
{
    JC_AUTO(jc_buf) line = {0};
    const jc_timings *timings = of->timings;
    jc_line_format(&line, "%zu of %zu features completed   %zu retr%s   worked ",
                   timings->by_status[JC_FEATURE_IS_COMPLETED], timings->feature_count,
                   timings->retries, timings->retries == 1 ? "y" : "ies");
    jc_text_append_duration(&line, timings->worked_ms);
    jc_line_add(&line, "   waited ");
    jc_text_append_duration(&line, timings->waited_ms);
    if (timings->slowest != NULL) {
        jc_line_add(&line, "   median ");
        jc_text_append_duration(&line, timings->median_ms);
        jc_line_add(&line, "   slowest ");
        (void)jc_text_append_safe(&line, name_of(timings->slowest), NAME_COLUMNS_MAX);
        jc_line_add(&line, ", ");
        jc_text_append_duration(&line, timings->slowest->duration_ms);
    }
    jc_line_print(&line);
}

static void print_running(const report *of)
{
    JC_AUTO(jc_buf) line = {0};
    for (size_t i = 0; i < of->timings->feature_count; i++) {
        const jc_feature_timing *feature = &of->timings->features[i];
        if (feature->status != JC_FEATURE_IS_STARTED)
            continue;
        jc_line_add(&line, line.size == 0 ? "running: " : ", ");
        (void)jc_text_append_safe(&line, name_of(feature), NAME_COLUMNS_MAX);
    }
    if (line.size > 0)
        jc_line_print(&line);
}

static void print_table(const report *of)
{
    if (of->timings->feature_count == 0) {
        (void)fputs("no features\n", stdout);
        return;
    }
    for (size_t i = 0; i < of->timings->feature_count && jc_cli_output_works(of->cli); i++)
        print_feature(of, &of->timings->features[i]);
    print_totals(of);
    print_running(of);
}

static void print_json(const report *of)
{
    for (size_t i = 0; i < of->timings->feature_count && jc_cli_output_works(of->cli); i++) {
        jc_feature_timing_write(&jc_cli_output, &of->timings->features[i]);
        (void)putchar('\n');
    }
    (void)fputs("{\"summary\":", stdout);
    jc_timings_summary_write(&jc_cli_output, jc_str_of(of->cli->words[0]), of->timings);
    (void)fputs("}\n", stdout);
}

static int timings_command(jc_cli *cli, const void *values)
{
    const timings_options *options = values;
    jc_point point;
    jc_error error = {0};
    jc_timings *timings = NULL;
    int failed = jc_cli_point(cli, "--at", options->at, &point);
    if (failed == 0)
        failed = jc_cli_open(cli, true);
    if (failed != 0)
        return failed;
    if (jc_timings_read(cli->store, jc_str_of(cli->words[0]), &point, &timings, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    report of = {.cli = cli, .term = jc_term_of_output(), .timings = timings};
    of.now_us = options->at == NULL ? jc_clock_now_us() : timings->as_of_us;
    if (point.kind == JC_POINT_TIME)
        of.now_us = point.time_us;
    measure(&of);
    if (cli->json)
        print_json(&of);
    else
        print_table(&of);
    jc_timings_free(timings);
    return JC_EXIT_DONE;
}

/* clang-format off */
static const jc_option timings_command_options[] = {
    {"at", 0, JC_OPTION_TEXT, "POINT", "a sequence (0: before the first event), -N, or a time",
     offsetof(timings_options, at)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_timings = {
    .synopsis = "WORKFLOW [--at POINT]",
    .details =
        "Durations are from a feature's first start to its completion; its bar shows attempts\n"
        "(█ completed or running, ▒ not) and the waits between them (·). Attempts are listed\n"
        "where there are several, with -v always. --json: a feature a line, then a summary.",
    .examples = "jc timings fix-login\n"
                "jc timings fix-login --at 09:30\n"
                "jc timings fix-login --json | jq 'select((.attempts | length) > 1)'",
    .options = timings_command_options,
    .words_min = 1,
    .words_max = 1,
    .run = timings_command,
};

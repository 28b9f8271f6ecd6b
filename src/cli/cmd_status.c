/* jc status: where a workflow stands, for people: progress, phase, each feature with its attempts.
 *
 * It shows the state of the projection `workflow`, read as JSON like any other reader would. */
#include "base/clock.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/line.h"
#include "cli/names.h"
#include "cli/point.h"
#include "cli/status_agents.h"

#include <inttypes.h>
#include <stdio.h>

#define BAR_COLUMNS 20
#define NAME_COLUMNS_MAX 40
#define TEXT_COLUMNS_MAX 60

typedef struct status_options {
    bool all;
    const char *at;
} status_options;

/* One workflow's state, and its agents'. */
typedef struct standing {
    jc_str workflow_id;
    jc_state_document workflow;
    jc_state_document agents; /* empty unless they are to be shown */
    yyjson_val *root;         /* of `workflow` */
} standing;

static void standing_release(standing *of)
{
    jc_state_document_release(&of->workflow);
    jc_state_document_release(&of->agents);
    *of = (standing){0};
}

static int standing_read(jc_cli *cli, jc_str workflow_id, const jc_point *point, standing *ret)
{
    standing of = {.workflow_id = workflow_id};
    int failed = jc_cli_state_document(cli, "workflow", workflow_id, point, &of.workflow);
    if (failed != 0)
        return failed;
    of.root = of.workflow.root;
    *ret = of;
    return 0;
}

static jc_str text_of(yyjson_val *object, const char *name)
{
    yyjson_val *value = yyjson_obj_get(object, name);
    return yyjson_is_str(value) ? (jc_str){yyjson_get_str(value), yyjson_get_len(value)}
                                : (jc_str){0};
}

static uint64_t count_of(yyjson_val *object, const char *name)
{
    return yyjson_get_uint(yyjson_obj_get(object, name));
}

static void add_duration(jc_buf *line, yyjson_val *object)
{
    yyjson_val *duration = yyjson_obj_get(object, "duration_ms");
    if (duration == NULL)
        return;
    jc_line_add(line, "   ");
    jc_text_append_duration(line, yyjson_get_sint(duration));
}

static void add_cost(jc_buf *line, yyjson_val *object)
{
    yyjson_val *cost = yyjson_obj_get(object, "cost_usd");
    if (cost == NULL)
        return;
    jc_line_add(line, "   ");
    jc_text_append_cost(line, yyjson_get_num(cost));
}

/* "started 10m ago", of something that goes on. */
static void add_since(jc_buf *line, yyjson_val *object)
{
    int64_t start_us = 0;
    jc_str start = text_of(object, "started_at");
    if (start.bytes == NULL || jc_time_parse(start, &start_us, NULL) < 0)
        return;
    jc_line_add(line, "   started ");
    jc_text_append_age(line, start_us, jc_clock_now_us());
}

static unsigned percent_of(yyjson_val *root)
{
    uint64_t total = count_of(root, "features_total");
    if (total == 0)
        return jc_str_equal(text_of(root, "status"), JC_STR("completed")) ? 100 : 0;
    return (unsigned)(count_of(root, "features_completed") * 100 / total);
}

static void add_bar(jc_buf *line, const jc_term *term, unsigned percent)
{
    jc_line_colour(line, term, JC_COLOUR_GREEN);
    for (unsigned i = 0; i < BAR_COLUMNS; i++) {
        if (i == percent * BAR_COLUMNS / 100)
            jc_line_colour(line, term, JC_COLOUR_DIM);
        jc_line_add(line, i < percent * BAR_COLUMNS / 100 ? "█" : "░");
    }
    jc_line_colour(line, term, JC_COLOUR_NONE);
    jc_line_format(line, " %3u %%", percent);
}

/* A feature that nobody named is shown by its id. */
static jc_str name_of(yyjson_val *feature)
{
    jc_str name = text_of(feature, "name");
    return name.bytes != NULL ? name : text_of(feature, "feature_id");
}

static size_t name_columns(yyjson_val *features)
{
    size_t widest = 0;
    size_t at;
    size_t count;
    yyjson_val *feature;
    yyjson_arr_foreach(features, at, count, feature) {
        size_t used = jc_line_width(name_of(feature), NAME_COLUMNS_MAX);
        widest = used > widest ? used : widest;
    }
    return widest;
}

static void print_feature(const jc_cli *cli, const jc_term *term, yyjson_val *feature,
                          size_t columns)
{
    JC_AUTO(jc_buf) line = {0};
    jc_str status = text_of(feature, "status");
    uint64_t attempts = count_of(feature, "attempts");
    bool is_going_on = jc_str_equal(status, JC_STR("started"));
    jc_line_add(&line, "  ");
    jc_line_coloured(&line, term, jc_colour_of_status(status), jc_mark_of_status(status));
    jc_line_add(&line, " ");
    jc_line_column(&line, name_of(feature), columns, NAME_COLUMNS_MAX);
    if (attempts > 1)
        jc_line_format(&line, "   %" PRIu64 " attempts", attempts);
    if (is_going_on)
        add_since(&line, feature);
    add_duration(&line, feature);
    add_cost(&line, feature);
    if (text_of(feature, "error").bytes != NULL) {
        jc_line_add(&line, "   ");
        (void)jc_text_append_safe(&line, text_of(feature, "error"), TEXT_COLUMNS_MAX);
    }
    jc_line_print(&line);
    if (cli->verbose && text_of(feature, "description").bytes != NULL) {
        jc_line_add(&line, "    ");
        (void)jc_text_append_safe(&line, text_of(feature, "description"), 0);
        jc_line_print(&line);
    }
}

/* A session that was recorded has agents, and neither a status nor features. */
static bool is_session(const standing *of)
{
    return text_of(of->root, "status").bytes == NULL && count_of(of->root, "features_total") == 0 &&
           jc_status_agents_any(&of->agents);
}

/* The line of what the workflow says of itself: "paused: which key?". */
static void add_title(jc_buf *line, const jc_term *term, const standing *of)
{
    jc_str status = text_of(of->root, "status");
    jc_str reason = text_of(of->root, "pause_reason");
    if (reason.bytes == NULL)
        reason = text_of(of->root, "error");
    if (is_session(of))
        status = jc_status_agents_word(&of->agents);
    jc_line_colour(line, term, JC_COLOUR_BOLD);
    (void)jc_text_append_safe(line, of->workflow_id, 0);
    jc_line_colour(line, term, JC_COLOUR_NONE);
    jc_line_add(line, "   ");
    jc_line_colour(line, term, jc_colour_of_status(status));
    (void)jc_text_append_safe(line, status.bytes != NULL ? status : JC_STR("not started"), 0);
    jc_line_colour(line, term, JC_COLOUR_NONE);
    if (reason.bytes != NULL) {
        jc_line_add(line, ": ");
        (void)jc_text_append_safe(line, reason, TEXT_COLUMNS_MAX);
    }
    if (text_of(of->root, "phase").bytes != NULL) {
        jc_line_add(line, "   phase ");
        (void)jc_text_append_safe(line, text_of(of->root, "phase"), NAME_COLUMNS_MAX);
    }
}

static void print_progress(const jc_term *term, const standing *of)
{
    JC_AUTO(jc_buf) line = {0};
    uint64_t retries = count_of(of->root, "retries");
    add_bar(&line, term, percent_of(of->root));
    jc_line_format(&line, "   %" PRIu64 " of %" PRIu64 " features",
                   count_of(of->root, "features_completed"), count_of(of->root, "features_total"));
    if (retries > 0)
        jc_line_format(&line, "   %" PRIu64 " retr%s", retries, retries == 1 ? "y" : "ies");
    add_duration(&line, of->root);
    add_cost(&line, of->root);
    jc_line_print(&line);
}

static void print_standing(const jc_cli *cli, const jc_term *term, const standing *of)
{
    JC_AUTO(jc_buf) line = {0};
    yyjson_val *features = yyjson_obj_get(of->root, "features");
    add_title(&line, term, of);
    jc_line_print(&line);
    if (text_of(of->root, "description").bytes != NULL) {
        (void)jc_text_append_safe(&line, text_of(of->root, "description"), 0);
        jc_line_print(&line);
    }
    if (!is_session(of))
        print_progress(term, of);
    size_t columns = name_columns(features);
    size_t at;
    size_t count;
    yyjson_val *feature;
    yyjson_arr_foreach(features, at, count, feature) {
        print_feature(cli, term, feature, columns);
    }
    jc_status_agents_print(&of->agents, term);
}

static void print_json(const standing *of)
{
    jc_cli_must(jc_status_write(&jc_cli_output, of->workflow_id, of->workflow.state, NULL));
    (void)putchar('\n');
}

/* With --all: a line each. */
static void print_row(const jc_term *term, const standing *of, size_t columns)
{
    JC_AUTO(jc_buf) line = {0};
    jc_str status =
        is_session(of) ? jc_status_agents_word(&of->agents) : text_of(of->root, "status");
    jc_line_colour(&line, term, JC_COLOUR_BOLD);
    jc_line_column(&line, of->workflow_id, columns, 0);
    jc_line_colour(&line, term, JC_COLOUR_NONE);
    jc_line_add(&line, "  ");
    jc_line_colour(&line, term, jc_colour_of_status(status));
    jc_line_column(&line, status.bytes != NULL ? status : JC_STR("not started"), 11, 0);
    jc_line_colour(&line, term, JC_COLOUR_NONE);
    jc_line_add(&line, "  ");
    if (is_session(of)) {
        jc_status_agents_sum(&of->agents, &line);
        jc_line_print(&line);
        return;
    }
    add_bar(&line, term, percent_of(of->root));
    jc_line_format(&line, "  %" PRIu64 "/%" PRIu64 "  ", count_of(of->root, "features_completed"),
                   count_of(of->root, "features_total"));
    jc_line_column(&line, text_of(of->root, "phase"), 12, 12);
    jc_line_add(&line, "  ");
    (void)jc_text_append_safe(&line, text_of(of->root, "description"), NAME_COLUMNS_MAX);
    jc_line_print(&line);
}

/* With features, the agents are for those who want to know more. */
static bool shows_agents(const jc_cli *cli, const standing *of, bool as_table)
{
    bool is_asked = cli->verbose && !as_table;
    bool is_bare =
        count_of(of->root, "features_total") == 0 && text_of(of->root, "status").bytes == NULL;
    return !cli->json && (is_asked || is_bare);
}

static int print_workflows(jc_cli *cli, const jc_names *names, const jc_point *point, bool as_table)
{
    jc_term term = jc_term_of_output();
    size_t columns = 0;
    for (size_t i = 0; i < names->count; i++)
        columns = names->ids[i].size > columns ? names->ids[i].size : columns;
    for (size_t i = 0; i < names->count && jc_cli_output_works(cli); i++) {
        standing of = {0};
        int failed = standing_read(cli, names->ids[i], point, &of);
        if (failed == 0 && shows_agents(cli, &of, as_table))
            failed = jc_cli_state_document(cli, "agents", names->ids[i], point, &of.agents);
        if (failed != 0) {
            standing_release(&of);
            return failed;
        }
        if (cli->json)
            print_json(&of);
        else if (as_table)
            print_row(&term, &of, columns);
        else
            print_standing(cli, &term, &of);
        standing_release(&of);
    }
    return JC_EXIT_DONE;
}

static int status_command(jc_cli *cli, const void *values)
{
    const status_options *options = values;
    JC_AUTO(jc_names) names = {0};
    if (options->all && cli->word_count > 0)
        return jc_cli_fail(cli, JC_EXIT_USAGE, "--all is all workflows: leave out '%s'",
                           cli->words[0]);
    jc_point point = {.kind = JC_POINT_HEAD};
    int failed = jc_cli_words_as_workflows(cli, &names);
    if (failed == 0)
        failed = jc_cli_point(cli, "--at", options->at, &point);
    if (failed == 0 && options->all && options->at != NULL && point.kind != JC_POINT_TIME)
        return jc_cli_fail(cli, JC_EXIT_USAGE,
                           "--at %s is a place in one workflow: with --all give a time",
                           options->at);
    if (failed == 0)
        failed = jc_cli_open(cli, true);
    if (failed == 0 && options->all)
        failed = jc_cli_workflows(cli, false, &names);
    else if (failed == 0 && cli->word_count == 0)
        failed = jc_cli_latest_workflow(cli, &names);
    return failed != 0 ? failed : print_workflows(cli, &names, &point, options->all);
}

/* clang-format off */
static const jc_option status_command_options[] = {
    {"all", 0, JC_OPTION_FLAG, NULL, "all workflows, a line each", offsetof(status_options, all)},
    {"at", 0, JC_OPTION_TEXT, "POINT", "as it was: at a sequence, -N, or a time",
     offsetof(status_options, at)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_status = {
    .synopsis = "[WORKFLOW] [--all] [--at POINT]",
    .details = "Without a workflow: the one that was heard of last. Features are marked ✓\n"
               "completed, → started, ○ planned, ✗ failed. -v shows their descriptions, and the\n"
               "agents; of a session that was recorded, its agents are shown anyway.",
    .examples = "jc status\n"
                "jc status fix-login -v\n"
                "jc status fix-login --at 09:30\n"
                "jc status --all",
    .options = status_command_options,
    .words_min = 0,
    .words_max = 1,
    .run = status_command,
};

/* jc diff: what changed in a state between two points, or where two workflows part. */
#include "base/buf.h"
#include "cli/commands.h"
#include "cli/point.h"
#include "cli/projection.h"
#include "cli/term.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define VALUE_COLUMNS_MAX 120

typedef struct diff_options {
    const char *projection;
    bool workflows;
} diff_options;

/* What is printed to. */
typedef struct output {
    const jc_cli *cli;
    jc_term term;
    bool any;
} output;

static void print_value(const output *out, jc_colour colour, const char *sign, jc_str path,
                        jc_str value)
{
    JC_AUTO(jc_buf) line = {0};
    jc_cli_must(
        jc_buf_append_format(&line, NULL, "%s%s ", jc_term_colour(&out->term, colour), sign));
    (void)jc_text_append_safe(&line, path, 0);
    jc_cli_must(jc_buf_append_text(&line, ": ", NULL));
    (void)jc_text_append_safe(&line, value, out->term.terminal ? VALUE_COLUMNS_MAX : 0);
    jc_cli_must(
        jc_buf_append_format(&line, NULL, "%s\n", jc_term_colour(&out->term, JC_COLOUR_NONE)));
    (void)fwrite(line.bytes, 1, line.size, stdout);
}

static void print_change(void *context, const jc_change *change)
{
    output *out = context;
    out->any = true;
    if (out->cli->json) {
        jc_change_write(&jc_cli_output, change);
        (void)putchar('\n');
        return;
    }
    if (change->before.bytes != NULL)
        print_value(out, JC_COLOUR_RED, "-", change->path, change->before);
    if (change->after.bytes != NULL)
        print_value(out, JC_COLOUR_GREEN, "+", change->path, change->after);
}

/* Points A and B of one workflow, as states. */
static int read_states(jc_cli *cli, const jc_projection *projection, const jc_point points[2],
                       jc_state *ret_states[2])
{
    jc_error error = {0};
    for (size_t i = 0; i < 2; i++) {
        if (jc_state_read(cli->store, projection, jc_str_of(cli->words[0]), &points[i],
                          &ret_states[i], &error) < 0)
            return jc_cli_fail_error(cli, &error);
    }
    return 0;
}

static int print_states(jc_cli *cli, jc_state *states[2])
{
    jc_error error = {0};
    output out = {.cli = cli, .term = jc_term_of_output()};
    const char *before = jc_state_json(states[0], &error);
    const char *after = before != NULL ? jc_state_json(states[1], &error) : NULL;
    if (after == NULL ||
        jc_json_diff(jc_str_of(before), jc_str_of(after), print_change, &out, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    if (cli->verbose || (!out.any && !cli->json))
        (void)fprintf(stderr, "jc diff: #%" PRIu64 " and #%" PRIu64 "%s\n",
                      jc_state_info_get(states[0]).sequence, jc_state_info_get(states[1]).sequence,
                      out.any ? "" : " are the same state");
    return JC_EXIT_DONE;
}

static int diff_points(jc_cli *cli, const diff_options *options)
{
    jc_found_projection found = {0};
    jc_point points[2] = {{0}, {0}};
    jc_state *states[2] = {NULL, NULL};
    int failed = jc_cli_point(cli, "A", cli->words[1], &points[0]);
    if (failed == 0 && cli->word_count > 2)
        failed = jc_cli_point(cli, "B", cli->words[2], &points[1]);
    if (failed == 0)
        failed = jc_cli_open(cli, true);
    if (failed == 0)
        failed = jc_cli_find_projection(cli, options->projection, &found);
    if (failed == 0)
        failed = read_states(cli, found.projection, points, states);
    if (failed == 0)
        failed = print_states(cli, states);
    jc_state_free(states[0]);
    jc_state_free(states[1]);
    jc_projection_unload(found.own);
    return failed;
}

/* One side of the parting. */
static void print_side(const output *out, jc_colour colour, const char *sign, jc_str workflow_id,
                       const jc_event *event)
{
    JC_AUTO(jc_buf) name = {0};
    JC_AUTO(jc_buf) text = {0};
    jc_cli_must(jc_buf_append_str(&name, workflow_id, NULL));
    if (event->sequence == 0) {
        print_value(out, colour, sign, workflow_id, JC_STR("has ended"));
        return;
    }
    jc_cli_must(jc_buf_append_format(&name, NULL, " #%" PRIu64, event->sequence));
    jc_cli_must(jc_buf_append_format(&text, NULL, "%.*s  %.*s%s%.*s", (int)event->event_type.size,
                                     event->event_type.bytes, (int)event->agent_id.size,
                                     event->agent_id.bytes != NULL ? event->agent_id.bytes : "",
                                     event->agent_id.bytes != NULL ? "  " : "",
                                     (int)event->data.size, event->data.bytes));
    print_value(out, colour, sign, jc_buf_str(&name), jc_buf_str(&text));
}

static void print_parting(const jc_cli *cli, const jc_parting *parting)
{
    output out = {.cli = cli, .term = jc_term_of_output()};
    if (cli->json) {
        jc_parting_write(&jc_cli_output, parting);
        (void)putchar('\n');
    } else if (parting->sequence == 0) {
        printf("the same events in both\n");
    } else {
        printf("part at #%" PRIu64 "%s%s\n", parting->sequence,
               *parting->differs != '\0' ? ": " : "", parting->differs);
        print_side(&out, JC_COLOUR_RED, "-", jc_str_of(cli->words[0]), &parting->first);
        print_side(&out, JC_COLOUR_GREEN, "+", jc_str_of(cli->words[1]), &parting->second);
    }
}

static int diff_workflows(jc_cli *cli)
{
    jc_error error = {0};
    jc_parting parting;
    jc_cursor *cursors[2] = {NULL, NULL};
    if (cli->word_count != 2)
        return jc_cli_fail(cli, JC_EXIT_USAGE, "--workflows compares two: name them");
    int failed = jc_cli_open(cli, true);
    if (failed != 0)
        return failed;
    jc_status status = jc_workflow_compare(cli->store, jc_str_of(cli->words[0]),
                                           jc_str_of(cli->words[1]), cursors, &parting, &error);
    if (status == JC_OK)
        print_parting(cli, &parting);
    else
        failed = jc_cli_fail_error(cli, &error);
    jc_cursor_close(cursors[0]);
    jc_cursor_close(cursors[1]);
    return failed;
}

static int diff(jc_cli *cli, const void *values)
{
    const diff_options *options = values;
    if (!options->workflows)
        return diff_points(cli, options);
    if (options->projection != NULL)
        return jc_cli_fail(cli, JC_EXIT_USAGE,
                           "--workflows compares events: leave out --projection");
    return diff_workflows(cli);
}

/* clang-format off */
static const jc_option diff_command_options[] = {
    {"projection", 'p', JC_OPTION_TEXT, "NAME", "of which projection (workflow)",
     offsetof(diff_options, projection)},
    {"workflows", 0, JC_OPTION_FLAG, NULL, "the first event at which two workflows part",
     offsetof(diff_options, workflows)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_diff = {
    .synopsis = "WORKFLOW A [B] [-p NAME]\n"
                "--workflows WORKFLOW WORKFLOW",
    .details =
        "A and B are points: a sequence (0: before the first event), -N (N events before the\n"
        "last), or a time. Without B: now. Two workflows are compared by the types, agents and\n"
        "data of their events.",
    .examples = "jc diff fix-login -1\n"
                "jc diff fix-login 09:30 10:00 -p notes\n"
                "jc diff --workflows first-try second-try",
    .options = diff_command_options,
    .points = true,
    .words_min = 2,
    .words_max = 3,
    .run = diff,
};

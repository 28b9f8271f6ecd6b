/* jc state: the state of a workflow, now or at a point of its past. */
#include "base/json.h"
#include "cli/commands.h"
#include "cli/point.h"
#include "cli/projection.h"
#include "cli/term.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct state_options {
    const char *projection;
    const char *at;
    const char *jq;
} state_options;

/* For people: a member a line, made harmless for a terminal. */
static void print_pretty(const char *json)
{
    JC_AUTO(jc_buf) shown = {0};
    yyjson_doc *doc = yyjson_read(json, strlen(json), 0);
    char *pretty = yyjson_write(doc, YYJSON_WRITE_PRETTY_TWO_SPACES, NULL);
    yyjson_doc_free(doc);
    jc_cli_must(pretty != NULL ? JC_OK : JC_ENOMEM);
    for (const char *line = pretty; *line != '\0';) {
        size_t size = strcspn(line, "\n");
        (void)jc_text_append_safe(&shown, (jc_str){line, size}, 0);
        jc_cli_must(jc_buf_append_char(&shown, '\n', NULL));
        line += size + (line[size] == '\n' ? 1 : 0);
    }
    (void)fwrite(shown.bytes, 1, shown.size, stdout);
    free(pretty);
}

/* An output of --jq on a line of its own: for a program as it is, for people harmless. */
static bool print_output(void *context, jc_str output)
{
    jc_cli *cli = context;
    if (cli->json) {
        (void)fwrite(output.bytes, 1, output.size, stdout);
    } else {
        JC_AUTO(jc_buf) shown = {0};
        (void)jc_text_append_safe(&shown, output, 0);
        (void)fwrite(shown.bytes, 1, shown.size, stdout);
    }
    (void)putchar('\n');
    return jc_cli_output_works(cli);
}

static int print_filtered(jc_cli *cli, const char *json, const char *expression)
{
    jc_error error = {0};
    jc_status status = jc_json_filter(jc_str_of(json), expression, print_output, cli, &error);
    if (status < 0)
        return jc_cli_fail(cli, jc_cli_exit_code(status), "--jq: %s", error.text);
    return JC_EXIT_DONE;
}

/* Where the state came from: a snapshot and what was replayed behind it. */
static void print_origin(const jc_state_info *info)
{
    char snapshot[64] = "no snapshot";
    if (info->snapshot_sequence > 0)
        (void)snprintf(snapshot, sizeof snapshot, "snapshot #%" PRIu64, info->snapshot_sequence);
    (void)fprintf(stderr,
                  "jc state: %s version %" PRIu32 ", at #%" PRIu64 ", from %s, %" PRIu64
                  " event%s replayed\n",
                  info->projection->name, info->projection->version, info->sequence, snapshot,
                  info->replayed, info->replayed == 1 ? "" : "s");
}

static int print_state(jc_cli *cli, jc_state *state, const char *expression)
{
    jc_error error = {0};
    jc_state_info info = jc_state_info_get(state);
    const char *json = jc_state_json(state, &error);
    if (json == NULL)
        return jc_cli_fail_error(cli, &error);
    if (cli->verbose)
        print_origin(&info);
    if (expression != NULL)
        return print_filtered(cli, json, expression);
    if (!cli->json) {
        print_pretty(json);
        return JC_EXIT_DONE;
    }
    if (jc_state_write(&jc_cli_output, jc_str_of(cli->words[0]), state, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    (void)putchar('\n');
    return JC_EXIT_DONE;
}

static int read_and_print(jc_cli *cli, const jc_projection *projection,
                          const state_options *options)
{
    jc_point point;
    jc_error error = {0};
    jc_state *state = NULL;
    int failed = jc_cli_point(cli, "--at", options->at, &point);
    if (failed != 0)
        return failed;
    if (jc_state_read(cli->store, projection, jc_str_of(cli->words[0]), &point, &state, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    int exit_code = print_state(cli, state, options->jq);
    jc_state_free(state);
    return exit_code;
}

static int show_state(jc_cli *cli, const void *values)
{
    const state_options *options = values;
    jc_found_projection found = {0};
    int failed = jc_cli_open(cli, true);
    if (failed == 0)
        failed = jc_cli_find_projection(cli, options->projection, &found);
    if (failed == 0)
        failed = read_and_print(cli, found.projection, options);
    jc_projection_unload(found.own);
    return failed;
}

/* clang-format off */
static const jc_option state_command_options[] = {
    {"projection", 'p', JC_OPTION_TEXT, "NAME",
     "a built-in one (default: workflow), or of .jc/projections/NAME.jq",
     offsetof(state_options, projection)},
    {"at", 0, JC_OPTION_TEXT, "POINT", "a sequence (0: before the first event), -N, or a time",
     offsetof(state_options, at)},
    {"jq", 0, JC_OPTION_TEXT, "EXPR", "print what the jq expression gives for the state",
     offsetof(state_options, jq)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_state = {
    .synopsis = "WORKFLOW [-p NAME] [--at POINT] [--jq EXPR]",
    .details = "The state is made by replaying the workflow's events up to POINT. -N is N events\n"
               "before the last: --at -1 undoes one. At a time: the events with a timestamp at or\n"
               "before it; without a zone it is local. Beyond the last event: exit 4.\n"
               "Without a built-in projection of that name, NAME is the program in jq that the\n"
               "project has in .jc/projections/NAME.jq. --jq prints each output on a line of its\n"
               "own, as jq -c does.",
    .examples = "jc state fix-login\n"
                "jc state fix-login --at -1\n"
                "jc state fix-login -p notes --at 09:30 --json\n"
                "jc state fix-login --jq '.features[] | select(.attempts > 1) | .name'",
    .options = state_command_options,
    .words_min = 1,
    .words_max = 1,
    .run = show_state,
};

/* jc workflows: how many events each has, when it began and was last heard of, and how far it is. */
#include "base/clock.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/line.h"
#include "cli/names.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PHASE_COLUMNS_MAX 16

typedef struct listing {
    jc_workflow_summary *items; /* their names are in `names`, by the same index */
    size_t count;
    size_t capacity;
    jc_names names;
} listing;

/* How far a workflow is, by the projection `workflow`. */
typedef struct progress {
    jc_state *state;
    yyjson_doc *doc;
    jc_str status, phase; /* absent: nothing has said */
    uint64_t completed, total;
} progress;

static void progress_release(progress *of)
{
    yyjson_doc_free(of->doc);
    jc_state_free(of->state);
}
JC_AUTO_DEFINE(progress, progress_release);

/* A workflow whose state cannot be read is listed all the same; `jc verify` says what is wrong. */
static progress progress_of(const jc_cli *cli, jc_str workflow_id)
{
    progress of = {0};
    jc_error error;
    if (jc_state_read(cli->store, jc_projection_find("workflow"), workflow_id, NULL, &of.state,
                      &error) < 0) {
        jc_cli_warn(cli, "%s", error.text);
        return of;
    }
    const char *json = jc_state_json(of.state, &error);
    of.doc = json != NULL ? yyjson_read(json, strlen(json), 0) : NULL;
    yyjson_val *root = yyjson_doc_get_root(of.doc);
    of.status = jc_json_text(root, "status");
    of.phase = jc_json_text(root, "phase");
    of.completed = yyjson_get_uint(yyjson_obj_get(root, "features_completed"));
    of.total = yyjson_get_uint(yyjson_obj_get(root, "features_total"));
    return of;
}

static jc_status add(void *context, const jc_workflow_summary *summary)
{
    listing *all = context;
    if (all->count == all->capacity) {
        all->capacity = all->capacity == 0 ? 64 : all->capacity * 2;
        jc_workflow_summary *larger = realloc(all->items, all->capacity * sizeof *larger);
        jc_cli_must(larger != NULL ? JC_OK : JC_ENOMEM);
        all->items = larger;
    }
    all->items[all->count++] = *summary;
    jc_names_add(&all->names, summary->workflow_id);
    return JC_OK;
}

static void print_json(const jc_cli *cli, jc_str name, const jc_workflow_summary *summary)
{
    JC_AUTO(progress) of = progress_of(cli, name);
    char first[JC_TIME_TEXT_SIZE];
    char last[JC_TIME_TEXT_SIZE];
    char hash[JC_HASH_TEXT_SIZE];
    jc_time_format(summary->first_us, first);
    jc_time_format(summary->last_us, last);
    jc_hash_format(summary->hash, hash);
    printf("{\"workflow_id\":");
    jc_cli_print_json_text(name);
    printf(",\"events\":%" PRIu64
           ",\"first_at\":\"%s\",\"last_at\":\"%s\",\"last_position\":%" PRIu64 ",\"hash\":\"%s\"",
           summary->events, first, last, summary->last_position, hash);
    if (of.status.bytes != NULL) {
        printf(",\"status\":");
        jc_cli_print_json_text(of.status);
    }
    if (of.phase.bytes != NULL) {
        printf(",\"phase\":");
        jc_cli_print_json_text(of.phase);
    }
    printf(",\"features_completed\":%" PRIu64 ",\"features_total\":%" PRIu64 "}\n", of.completed,
           of.total);
}

static void add_progress(jc_buf *line, const jc_cli *cli, const jc_term *term, jc_str name)
{
    JC_AUTO(progress) of = progress_of(cli, name);
    char features[48] = "";
    if (of.total > 0)
        (void)snprintf(features, sizeof features, "%" PRIu64 "/%" PRIu64, of.completed, of.total);
    jc_line_colour(line, term, jc_colour_of_status(of.status));
    jc_line_cell(line, term, JC_COLOUR_NONE, of.status.bytes != NULL ? of.status : JC_STR("-"), 9,
                 9);
    jc_line_colour(line, term, JC_COLOUR_NONE);
    jc_line_cell(line, term, JC_COLOUR_NONE, jc_str_of(features), 8, 8);
    (void)jc_text_append_safe(line, of.phase, PHASE_COLUMNS_MAX);
}

static void print_row(const jc_cli *cli, const jc_term *term, size_t width, jc_str name,
                      const jc_workflow_summary *summary)
{
    JC_AUTO(jc_buf) line = {0};
    JC_AUTO(jc_buf) age = {0};
    jc_line_colour(&line, term, JC_COLOUR_BOLD);
    jc_line_column(&line, name, width, 0);
    jc_line_colour(&line, term, JC_COLOUR_NONE);
    jc_line_format(&line, "  %8" PRIu64 "  ", summary->events);
    jc_text_append_local(&line, summary->first_us);
    jc_line_add(&line, "  ");
    jc_text_append_local(&line, summary->last_us);
    jc_line_add(&line, "  ");
    if (term->terminal) {
        jc_text_append_age(&age, summary->last_us, jc_clock_now_us());
        jc_line_cell(&line, term, JC_COLOUR_NONE, jc_buf_str(&age), 8, 8);
    }
    add_progress(&line, cli, term, name);
    jc_line_print(&line);
}

static void print_table(jc_cli *cli, const listing *all)
{
    jc_term term = jc_term_of_output();
    size_t width = sizeof "workflow" - 1;
    for (size_t i = 0; i < all->count; i++)
        width = all->names.ids[i].size > width ? all->names.ids[i].size : width;

    printf("%s%-*s  %8s  %-19s  %-19s  %s%-9s  %-8s  %s%s\n", jc_term_colour(&term, JC_COLOUR_DIM),
           (int)width, "workflow", "events", "first", "last", term.terminal ? "age       " : "",
           "status", "features", "phase", jc_term_colour(&term, JC_COLOUR_NONE));
    for (size_t i = 0; i < all->count && jc_cli_output_works(cli); i++)
        print_row(cli, &term, width, all->names.ids[i], &all->items[i]);
}

static int workflows(jc_cli *cli, const void *values)
{
    (void)values;
    int failed = jc_cli_open(cli, true);
    if (failed != 0)
        return failed;
    listing all = {0};
    jc_error error = {0};
    jc_status status = jc_workflow_list(cli->store, add, &all, &error);
    if (status == JC_OK && cli->json) {
        for (size_t i = 0; i < all.count; i++)
            print_json(cli, all.names.ids[i], &all.items[i]);
    } else if (status == JC_OK && all.count > 0) {
        print_table(cli, &all);
    } else if (status == JC_OK) {
        (void)jc_cli_found_nothing(cli,
                                   "there are no workflows yet: 'jc emit' appends their events");
    }
    jc_names_release(&all.names);
    free(all.items);
    return status < 0 ? jc_cli_fail_error(cli, &error) : JC_EXIT_DONE;
}

const jc_command jc_cmd_workflows = {
    .synopsis = "",
    .examples = "jc workflows\n"
                "jc workflows --json | jq -r .workflow_id",
    .words_min = 0,
    .words_max = 0,
    .run = workflows,
};

/* jc workflows: how many events each has, and when it began and was last heard of. */
#include "base/clock.h"
#include "cli/commands.h"
#include "cli/names.h"
#include "cli/term.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct listing {
    jc_workflow_summary *items; /* their names are in `names`, by the same index */
    size_t count;
    size_t capacity;
    jc_names names;
} listing;

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

static void print_json(jc_str name, const jc_workflow_summary *summary)
{
    char first[JC_TIME_TEXT_SIZE];
    char last[JC_TIME_TEXT_SIZE];
    char hash[JC_HASH_TEXT_SIZE];
    jc_time_format(summary->first_us, first);
    jc_time_format(summary->last_us, last);
    jc_hash_format(summary->hash, hash);
    printf("{\"workflow_id\":");
    jc_cli_print_json_text(name);
    printf(",\"events\":%" PRIu64
           ",\"first_at\":\"%s\",\"last_at\":\"%s\",\"last_position\":%" PRIu64
           ",\"hash\":\"%s\"}\n",
           summary->events, first, last, summary->last_position, hash);
}

static void print_table(const listing *all)
{
    jc_term term = jc_term_of_output();
    int width = (int)sizeof "workflow" - 1;
    for (size_t i = 0; i < all->count; i++)
        width = (int)all->names.ids[i].size > width ? (int)all->names.ids[i].size : width;

    printf("%s%-*s  %8s  %-19s  %-19s%s%s\n", jc_term_colour(&term, JC_COLOUR_DIM), width,
           "workflow", "events", "first", "last", term.terminal ? "  age" : "",
           jc_term_colour(&term, JC_COLOUR_NONE));
    for (size_t i = 0; i < all->count; i++) {
        const jc_workflow_summary *summary = &all->items[i];
        JC_AUTO(jc_buf) times = {0};
        jc_text_append_local(&times, summary->first_us);
        jc_cli_must(jc_buf_append_text(&times, "  ", NULL));
        jc_text_append_local(&times, summary->last_us);
        if (term.terminal) {
            jc_cli_must(jc_buf_append_text(&times, "  ", NULL));
            jc_text_append_age(&times, summary->last_us, jc_clock_now_us());
        }
        printf("%s%-*s%s  %8" PRIu64 "  %.*s\n", jc_term_colour(&term, JC_COLOUR_BOLD), width,
               all->names.ids[i].bytes, jc_term_colour(&term, JC_COLOUR_NONE), summary->events,
               (int)times.size, times.bytes);
    }
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
            print_json(all.names.ids[i], &all.items[i]);
    } else if (status == JC_OK && all.count > 0) {
        print_table(&all);
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

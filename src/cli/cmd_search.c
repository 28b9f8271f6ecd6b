/* jc search: full text over all events, the best match first. */
#include "cli/commands.h"
#include "cli/names.h"
#include "cli/search.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct search_options {
    jc_list types;
    jc_list workflows;
    const char *agent;
    const char *since;
    const char *until;
    jc_number count;
} search_options;

static void print_hit(jc_cli *cli, const jc_term *term, const jc_search_hit *hit)
{
    const jc_event *event = hit->event;
    JC_AUTO(jc_buf) line = {0};
    if (cli->json) {
        (void)jc_cli_print_line(cli, event);
        return;
    }
    jc_cli_must(jc_buf_append_text(&line, jc_term_colour(term, JC_COLOUR_BOLD), NULL));
    (void)jc_text_append_safe(&line, event->workflow_id, 0);
    jc_cli_must(jc_buf_append_format(&line, NULL, " #%" PRIu64 "%s  ", event->sequence,
                                     jc_term_colour(term, JC_COLOUR_NONE)));
    (void)jc_text_append_safe(&line, event->event_type, 0);
    jc_cli_must(jc_buf_append_text(&line, "  ", NULL));
    jc_text_append_local(&line, event->timestamp_us);
    if (event->agent_id.bytes != NULL) {
        jc_cli_must(jc_buf_append_text(&line, "  ", NULL));
        (void)jc_text_append_safe(&line, event->agent_id, 40);
    }
    jc_cli_must(jc_buf_append_text(&line, "\n    ", NULL));
    jc_excerpt_append(&line, term, hit->excerpt);
    jc_cli_must(jc_buf_append_char(&line, '\n', NULL));
    (void)fwrite(line.bytes, 1, line.size, stdout);
}

static int set_times(jc_cli *cli, const search_options *options, jc_filter *filter)
{
    int failed = 0;
    filter->has_since = options->since != NULL;
    filter->has_until = options->until != NULL;
    if (options->since != NULL)
        failed = jc_cli_time(cli, "--since", options->since, &filter->since_us);
    if (failed == 0 && options->until != NULL)
        failed = jc_cli_time(cli, "--until", options->until, &filter->until_us);
    return failed;
}

/* The best `count`; 0: all. */
static int print_hits(jc_cli *cli, const jc_filter *filter, uint64_t count)
{
    jc_term term = jc_term_of_output();
    jc_error error = {0};
    jc_search *search = NULL;
    jc_search_hit hit;
    uint64_t found = 0;
    JC_AUTO(jc_buf) text = {0};
    jc_search_text(cli, &text);
    jc_progress_begin(&cli->progress, "indexing");
    jc_status status = jc_search_new(cli->store, jc_buf_str(&text), filter, jc_search_progress,
                                     &cli->progress, &search, &error);
    jc_progress_end(&cli->progress);
    while (status == JC_OK && (count == 0 || found < count) && jc_cli_output_works(cli)) {
        status = jc_search_next(search, &hit, &error);
        if (status != JC_OK)
            break;
        print_hit(cli, &term, &hit);
        found++;
    }
    jc_search_free(search);
    if (status < 0)
        return jc_cli_fail_error(cli, &error);
    return found == 0 ? jc_cli_found_nothing(cli, "nothing found") : JC_EXIT_DONE;
}

static int search_events(jc_cli *cli, const void *values)
{
    const search_options *options = values;
    jc_filter filter = {.workflow_ids = options->workflows.items,
                        .workflow_count = options->workflows.count,
                        .event_types = options->types.items,
                        .event_type_count = options->types.count,
                        .agent_id = jc_str_of(options->agent)};
    int failed = set_times(cli, options, &filter);
    if (failed == 0)
        failed = jc_cli_open(cli, true);
    if (failed == 0)
        failed = jc_cli_check_workflows(cli, options->workflows.items, options->workflows.count);
    if (failed != 0)
        return failed;
    return print_hits(cli, &filter, options->count.given ? options->count.value : JC_SEARCH_HITS);
}

/* clang-format off */
static const jc_option search_command_options[] = {
    {"type", 0, JC_OPTION_LIST, "GLOB", "only these types; * matches dots too; may be repeated",
     offsetof(search_options, types)},
    {"workflow", 'w', JC_OPTION_LIST, "WORKFLOW", "only this workflow; may be repeated",
     offsetof(search_options, workflows)},
    {"agent", 'a', JC_OPTION_TEXT, "AGENT", "only this agent's events",
     offsetof(search_options, agent)},
    {"since", 0, JC_OPTION_TEXT, "TIME", "at or after this time",
     offsetof(search_options, since)},
    {"until", 0, JC_OPTION_TEXT, "TIME", "at or before this time",
     offsetof(search_options, until)},
    {"count", 'n', JC_OPTION_NUMBER, "N", "the best N (20); 0: all that match",
     offsetof(search_options, count)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_search = {
    .synopsis = "TEXT... [-w WORKFLOW] [--type GLOB] [-n N]",
    .details =
        "All words must be there: in an event's data, its type, its workflow or its agent, in\n"
        "either case, with or without accents. \"Several words\" in quotes stand together,\n"
        "word* is a beginning, OR between two is either. The index in .jc/cache.db is made at\n"
        "the first search and follows the log from then on.",
    .examples = "jc search timeout\n"
                "jc search 'migrat* \"foreign key\"' -w fix-login\n"
                "jc search argon2 OR bcrypt --type 'agent.note.*' --json",
    .options = search_command_options,
    .words_min = 1,
    .words_max = JC_WORDS_ANY,
    .run = search_events,
};

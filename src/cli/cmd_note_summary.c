/* jc note summary: how many notes there are, of which category and by whom, and what they are called. */
#include "cli/note.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct summary_options {
    const char *workflow;
    const char *at;
} summary_options;

static void add(jc_buf *line, const char *text)
{
    jc_cli_must(jc_buf_append_text(line, text, NULL));
}

static void print_line(jc_buf *line)
{
    add(line, "\n");
    (void)fwrite(line->bytes, 1, line->size, stdout);
    jc_buf_clear(line);
}

static void add_count(jc_buf *line, size_t count)
{
    jc_cli_must(jc_buf_append_format(line, NULL, " %zu", count));
}

static void print_category(const jc_term *term, const jc_note_group *group)
{
    JC_AUTO(jc_buf) line = {0};
    add(&line, jc_term_colour(term, jc_note_colour(group->name)));
    (void)jc_text_append_safe(&line, group->name, 0);
    add(&line, jc_term_colour(term, JC_COLOUR_NONE));
    add_count(&line, group->count);
    print_line(&line);
    for (size_t i = 0; i < group->count; i++) {
        add(&line, "  [");
        (void)jc_text_append_safe(&line, group->notes[i]->agent_id, 0);
        add(&line, "] ");
        (void)jc_text_append_safe(&line, group->notes[i]->title, 0);
        print_line(&line);
    }
}

static void print_agents(const jc_note_summary *summary)
{
    JC_AUTO(jc_buf) line = {0};
    add(&line, "by ");
    for (size_t i = 0; i < summary->agent_count; i++) {
        add(&line, i > 0 ? ", " : "");
        (void)jc_text_append_safe(&line, summary->agents[i].name, 0);
        add_count(&line, summary->agents[i].count);
    }
    print_line(&line);
}

static void print_summary(jc_str workflow_id, size_t count, const jc_note_summary *summary)
{
    jc_term term = jc_term_of_output();
    printf("%s%.*s%s: %zu note%s\n", jc_term_colour(&term, JC_COLOUR_BOLD), (int)workflow_id.size,
           workflow_id.bytes, jc_term_colour(&term, JC_COLOUR_NONE), count, count == 1 ? "" : "s");
    for (size_t i = 0; i < summary->category_count; i++)
        print_category(&term, &summary->categories[i]);
    if (summary->agent_count > 0)
        print_agents(summary);
}

static void print_json_counts(const char *name, const jc_note_group *groups, size_t count)
{
    printf(",\"%s\":{", name);
    for (size_t i = 0; i < count; i++) {
        printf("%s", i > 0 ? "," : "");
        jc_cli_print_json_text(groups[i].name);
        printf(":%zu", groups[i].count);
    }
    printf("}");
}

static void print_json(jc_str workflow_id, size_t count, const jc_note_summary *summary)
{
    printf("{\"workflow_id\":");
    jc_cli_print_json_text(workflow_id);
    printf(",\"notes\":%zu", count);
    print_json_counts("by_category", summary->categories, summary->category_count);
    print_json_counts("by_agent", summary->agents, summary->agent_count);
    printf(",\"titles\":{");
    for (size_t i = 0; i < summary->category_count; i++) {
        const jc_note_group *group = &summary->categories[i];
        printf("%s", i > 0 ? "," : "");
        jc_cli_print_json_text(group->name);
        for (size_t j = 0; j < group->count; j++) {
            printf("%s", j > 0 ? "," : ":[");
            jc_cli_print_json_text(group->notes[j]->title);
        }
        printf("]");
    }
    printf("}}\n");
}

static int summary(jc_cli *cli, const void *values)
{
    const summary_options *options = values;
    JC_AUTO(jc_names) names = {0};
    JC_AUTO(jc_notes) notes = {0};
    jc_error error = {0};
    jc_note_summary groups;
    int failed = jc_note_read(cli, options->workflow, &names, options->at, NULL, &notes);
    if (failed != 0)
        return failed;
    if (jc_notes_summarize(&notes, &groups, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    if (cli->json)
        print_json(names.ids[0], notes.count, &groups);
    else
        print_summary(names.ids[0], notes.count, &groups);
    return JC_EXIT_DONE;
}

/* clang-format off */
static const jc_option summary_command_options[] = {
    {"workflow", 'w', JC_OPTION_TEXT, "WF", "default the workflow heard of last",
     offsetof(summary_options, workflow)},
    {"at", 0, JC_OPTION_TEXT, "POINT", "as they were: at a sequence, -N, or a time",
     offsetof(summary_options, at)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_note_summary = {
    .synopsis = "[-w WF] [--at POINT]",
    .details = "The most important categories come first, and in each the newest notes.",
    .examples = "jc note summary\n"
                "jc note summary -w fix-login --at '1h ago' --json",
    .options = summary_command_options,
    .words_min = 0,
    .words_max = 0,
    .run = summary,
};

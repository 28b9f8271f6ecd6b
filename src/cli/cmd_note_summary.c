/* jc note summary: how many notes there are, of which category and by whom, and what they are called. */
#include "cli/line.h"
#include "cli/note.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct summary_options {
    const char *workflow;
    const char *at;
} summary_options;

static void print_category(const jc_term *term, const jc_note_group *group)
{
    JC_AUTO(jc_buf) line = {0};
    jc_line_colour(&line, term, jc_note_colour(group->name));
    (void)jc_text_append_safe(&line, group->name, 0);
    jc_line_colour(&line, term, JC_COLOUR_NONE);
    jc_line_format(&line, " %zu", group->count);
    jc_line_print(&line);
    for (size_t i = 0; i < group->count; i++) {
        jc_line_add(&line, "  [");
        (void)jc_text_append_safe(&line, group->notes[i]->agent_id, 0);
        jc_line_add(&line, "] ");
        (void)jc_text_append_safe(&line, group->notes[i]->title, 0);
        jc_line_print(&line);
    }
}

static void print_agents(const jc_note_summary *summary)
{
    JC_AUTO(jc_buf) line = {0};
    jc_line_add(&line, "by ");
    for (size_t i = 0; i < summary->agent_count; i++) {
        jc_line_add(&line, i > 0 ? ", " : "");
        (void)jc_text_append_safe(&line, summary->agents[i].name, 0);
        jc_line_format(&line, " %zu", summary->agents[i].count);
    }
    jc_line_print(&line);
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

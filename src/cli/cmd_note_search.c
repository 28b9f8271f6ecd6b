/* jc note search: notes by words, the best match first. */
#include "cli/line.h"
#include "cli/note.h"
#include "cli/search.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct search_options {
    const char *workflow;
    const char *category;
    const char *agent;
    const char *tag;
    jc_number count;
    bool full;
} search_options;

static void print_note(const jc_term *term, const jc_note *note, jc_str excerpt, bool full)
{
    JC_AUTO(jc_buf) line = {0};
    jc_line_colour(&line, term, JC_COLOUR_BOLD);
    (void)jc_text_append_safe(&line, note->workflow_id, 0);
    jc_line_format(&line, " #%" PRIu64, note->sequence);
    jc_line_colour(&line, term, JC_COLOUR_NONE);
    jc_line_add(&line, "  ");
    jc_line_colour(&line, term, jc_note_colour(note->category));
    (void)jc_text_append_safe(&line, note->category, 0);
    jc_line_colour(&line, term, JC_COLOUR_NONE);
    jc_line_add(&line, "  ");
    (void)jc_text_append_safe(&line, note->agent_id, 20);
    jc_line_add(&line, "  ");
    (void)jc_text_append_safe(&line, note->title, 0);
    jc_line_print(&line);
    jc_line_add(&line, "    ");
    if (full)
        (void)jc_text_append_safe(&line, note->content, 0);
    else
        jc_excerpt_append(&line, term, excerpt);
    jc_line_print(&line);
}

static void print_notes(jc_cli *cli, const jc_notes *notes, bool full)
{
    jc_term term = jc_term_of_output();
    for (size_t i = 0; i < notes->count && jc_cli_output_works(cli); i++) {
        if (cli->json)
            jc_note_print_json(&notes->items[i]);
        else
            print_note(&term, &notes->items[i], notes->excerpts[i], full);
    }
}

static int search_notes(jc_cli *cli, const void *values)
{
    const search_options *options = values;
    JC_AUTO(jc_buf) text = {0};
    JC_AUTO(jc_notes) notes = {0};
    jc_error error = {0};
    jc_note_filter filter = {.category = jc_str_of(options->category),
                             .agent_id = jc_str_of(options->agent),
                             .tag = jc_str_of(options->tag),
                             .limit = options->count.given ? (size_t)options->count.value
                                                           : JC_SEARCH_HITS};
    jc_str workflow_id = jc_str_of(options->workflow);
    int failed = jc_cli_open(cli, true);
    if (failed == 0 && options->workflow != NULL)
        failed = jc_cli_check_workflows(cli, &workflow_id, 1);
    if (failed != 0)
        return failed;
    jc_search_text(cli, &text);
    jc_progress_begin(&cli->progress, "indexing");
    jc_status status = jc_notes_search(cli->store, jc_buf_str(&text), workflow_id, &filter,
                                       jc_search_progress, &cli->progress, &notes, &error);
    jc_progress_end(&cli->progress);
    if (status < 0)
        return jc_cli_fail_error(cli, &error);
    if (notes.count == 0)
        return jc_note_found_nothing(cli, options->category);
    print_notes(cli, &notes, options->full);
    return JC_EXIT_DONE;
}

/* clang-format off */
static const jc_option search_command_options[] = {
    {"workflow", 'w', JC_OPTION_TEXT, "WF", "only of this workflow",
     offsetof(search_options, workflow)},
    {"category", 't', JC_OPTION_TEXT, "CATEGORY", "only of this category",
     offsetof(search_options, category)},
    {"agent", 'a', JC_OPTION_TEXT, "A", "only this agent's", offsetof(search_options, agent)},
    {"tag", 0, JC_OPTION_TEXT, "T", "only with this tag", offsetof(search_options, tag)},
    {"limit", 'n', JC_OPTION_NUMBER, "N", "the best N (20); 0: all that match",
     offsetof(search_options, count)},
    {"full", 'f', JC_OPTION_FLAG, NULL, "with their whole content", offsetof(search_options, full)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_note_search = {
    .synopsis = "TEXT... [OPTION]...",
    .details = "The search of 'jc search', in the notes of all workflows, or of one with -w.",
    .examples = "jc note search token\n"
                "jc note search 'migrat*' -t decision -f\n"
                "jc note search '\"foreign key\"' -w fix-login --json",
    .options = search_command_options,
    .words_min = 1,
    .words_max = JC_WORDS_ANY,
    .run = search_notes,
};

/* jc note list: notes, newest first: a line each, or in full. */
#include "base/clock.h"
#include "cli/line.h"
#include "cli/note.h"

#include <inttypes.h>
#include <stdio.h>

#define AGENT_COLUMNS_MAX 20
#define TITLE_COLUMNS_MIN 20
#define TITLE_COLUMNS_MAX 200 /* where no terminal says how many there are */
#define TIME_COLUMNS 19
#define AGE_COLUMNS 8
#define ANSWERED "  answered"

typedef struct list_options {
    const char *workflow;
    bool all;
    const char *category;
    const char *agent;
    const char *tag;
    const char *file;
    const char *feature;
    jc_number count;
    bool full;
    const char *at;
} list_options;

/* How wide the columns are. */
typedef struct layout {
    jc_term term;
    int64_t now_us;
    bool workflows; /* show whose note it is */
    size_t workflow, sequence, category, agent;
} layout;

static void grow(size_t *width, size_t columns)
{
    if (columns > *width)
        *width = columns;
}

static layout layout_of(const jc_notes *notes, bool workflows)
{
    layout made = {.term = jc_term_of_output(),
                   .now_us = jc_clock_now_us(),
                   .workflows = workflows};
    for (size_t i = 0; i < notes->count; i++) {
        const jc_note *note = &notes->items[i];
        grow(&made.workflow, note->workflow_id.size);
        grow(&made.sequence, (size_t)snprintf(NULL, 0, "#%" PRIu64, note->sequence));
        grow(&made.category, note->category.size);
        grow(&made.agent, jc_line_width(note->agent_id, AGENT_COLUMNS_MAX));
    }
    return made;
}

static void add_sequence(jc_buf *line, const layout *with, const jc_note *note, size_t width)
{
    char text[24];
    (void)snprintf(text, sizeof text, "#%" PRIu64, note->sequence);
    if (with->workflows)
        jc_line_cell(line, &with->term, JC_COLOUR_BOLD, note->workflow_id, with->workflow, 0);
    jc_line_cell(line, &with->term, JC_COLOUR_NONE, jc_str_of(text), width, 0);
}

static void add_time(jc_buf *line, const layout *with, const jc_note *note)
{
    JC_AUTO(jc_buf) text = {0};
    jc_text_append_local(&text, note->created_us);
    jc_line_cell(line, &with->term, JC_COLOUR_DIM, jc_buf_str(&text), TIME_COLUMNS, 0);
}

/* For a person, how long ago it was says it shortest; elsewhere the line may be kept. */
static void add_age(jc_buf *line, const layout *with, const jc_note *note)
{
    JC_AUTO(jc_buf) text = {0};
    jc_text_append_age(&text, note->created_us, with->now_us);
    jc_line_cell(line, &with->term, JC_COLOUR_DIM, jc_buf_str(&text), AGE_COLUMNS, 0);
}

static void append_tags(jc_buf *text, const jc_note *note)
{
    for (size_t i = 0; i < note->tag_count; i++) {
        jc_line_add(text, i > 0 ? ", " : "");
        jc_cli_must(jc_buf_append_str(text, note->tags[i], NULL));
    }
}

/* What is left of the terminal's width for the title. */
static size_t title_columns(const layout *with)
{
    if (with->term.width == 0)
        return TITLE_COLUMNS_MAX;
    size_t before = AGE_COLUMNS + with->sequence + with->category + with->agent + 8;
    if (with->workflows)
        before += with->workflow + 2;
    return before + TITLE_COLUMNS_MIN < with->term.width ? with->term.width - before
                                                         : TITLE_COLUMNS_MIN;
}

static void add_answered(jc_buf *line, const layout *with)
{
    jc_line_colour(line, &with->term, JC_COLOUR_GREEN);
    jc_line_add(line, ANSWERED);
    jc_line_colour(line, &with->term, JC_COLOUR_NONE);
}

static void print_row(const layout *with, const jc_note *note)
{
    JC_AUTO(jc_buf) line = {0};
    JC_AUTO(jc_buf) tags = {0};
    size_t columns = title_columns(with) - (note->answered ? sizeof ANSWERED - 1 : 0);
    if (with->term.terminal)
        add_age(&line, with, note);
    else
        add_time(&line, with, note);
    add_sequence(&line, with, note, with->sequence);
    jc_line_cell(&line, &with->term, jc_note_colour(note->category), note->category, with->category,
                 0);
    jc_line_cell(&line, &with->term, JC_COLOUR_NONE, note->agent_id, with->agent,
                 AGENT_COLUMNS_MAX);
    size_t used = jc_text_append_safe(&line, note->title, columns);
    if (note->answered)
        add_answered(&line, with);
    append_tags(&tags, note);
    if (tags.size > 0 && used + 6 < columns) {
        jc_line_colour(&line, &with->term, JC_COLOUR_DIM);
        jc_line_add(&line, "  [");
        (void)jc_text_append_safe(&line, jc_buf_str(&tags), columns - used - 4);
        jc_line_add(&line, "]");
        jc_line_colour(&line, &with->term, JC_COLOUR_NONE);
    }
    jc_line_print(&line);
}

/* A line of what there is: "tags: auth, api". */
static void print_detail(const char *name, jc_str text)
{
    JC_AUTO(jc_buf) line = {0};
    if (text.size == 0)
        return;
    jc_line_add(&line, "    ");
    jc_line_add(&line, name);
    (void)jc_text_append_safe(&line, text, 0);
    jc_line_print(&line);
}

/* "answered: #12, 2026-01-09 09:30:00, coder": by what, when, and by whom. */
static void print_answer(const jc_note *note)
{
    JC_AUTO(jc_buf) text = {0};
    if (!note->answered)
        return;
    jc_cli_must(jc_buf_append_format(&text, NULL, "#%" PRIu64 ", ", note->answered_sequence));
    jc_text_append_local(&text, note->answered_us);
    if (note->answered_by.bytes != NULL) {
        jc_line_add(&text, ", ");
        jc_cli_must(jc_buf_append_str(&text, note->answered_by, NULL));
    }
    print_detail("answered: ", jc_buf_str(&text));
}

static void print_full(const layout *with, const jc_note *note)
{
    JC_AUTO(jc_buf) line = {0};
    JC_AUTO(jc_buf) tags = {0};
    char id[JC_UUID_TEXT_SIZE];
    add_sequence(&line, with, note, 0);
    jc_line_cell(&line, &with->term, jc_note_colour(note->category), note->category, 0, 0);
    jc_line_cell(&line, &with->term, JC_COLOUR_BOLD, note->title, 0, 0);
    jc_line_print(&line);
    jc_line_add(&line, "    ");
    add_time(&line, with, note);
    if (with->term.terminal)
        add_age(&line, with, note);
    jc_line_cell(&line, &with->term, JC_COLOUR_NONE, note->agent_id, 0, 0);
    jc_uuid_format(note->id, id);
    jc_line_cell(&line, &with->term, JC_COLOUR_DIM, jc_str_of(id), 0, 0);
    jc_line_print(&line);
    append_tags(&tags, note);
    print_detail("tags: ", jc_buf_str(&tags));
    print_detail("file: ", note->related_file);
    print_detail("feature: ", note->related_feature);
    print_answer(note);
    if (!jc_str_equal(note->title, note->content))
        jc_line_print_text("    ", note->content);
}

static void print_notes(jc_cli *cli, const list_options *options, const jc_notes *notes)
{
    layout with = {0};
    if (!cli->json)
        with = layout_of(notes, options->all);
    for (size_t i = 0; i < notes->count && jc_cli_output_works(cli); i++) {
        if (cli->json)
            jc_note_print_json(&notes->items[i]);
        else if (options->full)
            print_full(&with, &notes->items[i]);
        else
            print_row(&with, &notes->items[i]);
        if (options->full && !cli->json && i + 1 < notes->count)
            (void)putchar('\n');
    }
}

static int list(jc_cli *cli, const void *values)
{
    const list_options *options = values;
    JC_AUTO(jc_names) names = {0};
    JC_AUTO(jc_notes) notes = {0};
    jc_note_filter filter = {.category = jc_str_of(options->category),
                             .agent_id = jc_str_of(options->agent),
                             .tag = jc_str_of(options->tag),
                             .related_file = jc_str_of(options->file),
                             .related_feature = jc_str_of(options->feature),
                             .limit = (size_t)options->count.value};
    if (options->all && options->workflow != NULL)
        return jc_cli_fail(cli, JC_EXIT_USAGE, "--all is all workflows: leave out -w '%s'",
                           options->workflow);
    int failed = jc_note_read(cli, options->workflow, options->all ? NULL : &names, options->at,
                              &filter, &notes);
    if (failed != 0)
        return failed;
    if (notes.count == 0)
        return jc_note_found_nothing(cli, options->category);
    if (!options->count.given || options->count.value > 0)
        print_notes(cli, options, &notes);
    return JC_EXIT_DONE;
}

/* clang-format off */
static const jc_option list_command_options[] = {
    {"workflow", 'w', JC_OPTION_TEXT, "WF", "default the workflow heard of last",
     offsetof(list_options, workflow)},
    {"all", 0, JC_OPTION_FLAG, NULL, "of all workflows", offsetof(list_options, all)},
    {"category", 't', JC_OPTION_TEXT, "CATEGORY", "only of this category",
     offsetof(list_options, category)},
    {"agent", 'a', JC_OPTION_TEXT, "A", "only this agent's", offsetof(list_options, agent)},
    {"tag", 0, JC_OPTION_TEXT, "T", "only with this tag", offsetof(list_options, tag)},
    {"file", 0, JC_OPTION_TEXT, "F", "only about this file", offsetof(list_options, file)},
    {"feature", 0, JC_OPTION_TEXT, "F", "only about this feature",
     offsetof(list_options, feature)},
    {"limit", 'n', JC_OPTION_NUMBER, "N", "the newest N of those", offsetof(list_options, count)},
    {"full", 'f', JC_OPTION_FLAG, NULL, "with their content", offsetof(list_options, full)},
    {"at", 0, JC_OPTION_TEXT, "POINT", "as they were: at a sequence, -N, or a time",
     offsetof(list_options, at)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_note_list = {
    .synopsis = "[OPTION]...",
    .details = "Newest first, by their order in the log. -n counts what the other options let\n"
               "through. Questions and blockers are marked once a later note or message names\n"
               "them as its cause, but not with --all, where --at can only be a time.",
    .examples = "jc note list -t blocker -f\n"
                "jc note list -w fix-login --tag auth -n 5\n"
                "jc note list --all --at yesterday --json",
    .options = list_command_options,
    .words_min = 0,
    .words_max = 0,
    .run = list,
};

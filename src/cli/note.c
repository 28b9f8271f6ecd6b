/* What the commands of `jc note` share: see note.h. */
#include "cli/note.h"

#include "cli/point.h"

#include <inttypes.h>
#include <stdio.h>

int jc_note_workflow(jc_cli *cli, const char *given, jc_names *ret_names)
{
    jc_error error = {0};
    if (given == NULL)
        return jc_cli_latest_workflow(cli, ret_names);
    if (jc_workflow_id_check(jc_str_of(given), &error) < 0)
        return jc_cli_fail_error(cli, &error);
    jc_names_add(ret_names, jc_str_of(given));
    return 0;
}

int jc_note_read(jc_cli *cli, const char *workflow, jc_names *names, const char *at,
                 const jc_note_filter *filter, jc_notes *ret_notes)
{
    jc_point point;
    jc_error error = {0};
    int failed = jc_cli_point(cli, "--at", at, &point);
    if (failed == 0)
        failed = jc_cli_open(cli, true);
    if (failed == 0 && names != NULL)
        failed = jc_note_workflow(cli, workflow, names);
    if (failed != 0)
        return failed;
    jc_str workflow_id = names != NULL ? names->ids[0] : (jc_str){0};
    if (jc_notes_read(cli->store, workflow_id, &point, filter, ret_notes, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    return 0;
}

/* The categories that there are, and whether the wanted one is among them. */
typedef struct category_search {
    const char *wanted;
    bool found;
    jc_buf names;
} category_search;

static void look_at_category(void *context, const jc_note_category *category)
{
    category_search *of = context;
    of->found = of->found || strcmp(category->category, of->wanted) == 0;
    jc_cli_must(jc_buf_append_format(&of->names, NULL, "%s%s", of->names.size > 0 ? ", " : "",
                                     category->category));
}

/* Notes of a category that nobody declares may have been emitted or imported. */
static bool has_notes_of(const jc_cli *cli, const char *category)
{
    JC_AUTO(jc_notes) notes = {0};
    jc_note_filter filter = {.category = jc_str_of(category), .limit = 1};
    return jc_notes_read(cli->store, (jc_str){0}, NULL, &filter, &notes, NULL) < 0 ||
           notes.count > 0;
}

int jc_note_found_nothing(jc_cli *cli, const char *category)
{
    category_search of = {.wanted = category};
    int code = JC_EXIT_USAGE;
    if (category != NULL)
        jc_note_category_list(cli->store, look_at_category, &of);
    if (category == NULL || of.found || has_notes_of(cli, category))
        code = jc_cli_found_nothing(cli, "no notes found");
    else
        (void)jc_cli_fail(cli, code, "there is no category '%s', and no note of it: there are %.*s",
                          category, (int)of.names.size, of.names.bytes);
    jc_buf_release(&of.names);
    return code;
}

static void print_member(const char *name, jc_str text)
{
    if (text.bytes == NULL)
        return;
    printf(",\"%s\":", name);
    jc_cli_print_json_text(text);
}

void jc_note_print_json(const jc_note *note)
{
    char id[JC_UUID_TEXT_SIZE];
    char time[JC_TIME_TEXT_SIZE];
    jc_uuid_format(note->id, id);
    jc_time_format(note->created_us, time);
    printf("{\"workflow_id\":");
    jc_cli_print_json_text(note->workflow_id);
    printf(",\"id\":\"%s\"", id);
    print_member("category", note->category);
    print_member("agent_id", note->agent_id);
    print_member("title", note->title);
    print_member("content", note->content);
    printf(",\"tags\":[");
    for (size_t i = 0; i < note->tag_count; i++) {
        printf("%s", i > 0 ? "," : "");
        jc_cli_print_json_text(note->tags[i]);
    }
    printf("]");
    print_member("related_file", note->related_file);
    print_member("related_feature", note->related_feature);
    printf(",\"created_at\":\"%s\",\"sequence\":%" PRIu64, time, note->sequence);
    if (note->answered) {
        jc_time_format(note->answered_us, time);
        printf(",\"answered_at\":\"%s\",\"answered_sequence\":%" PRIu64, time,
               note->answered_sequence);
        print_member("answered_by", note->answered_by);
    }
    printf("}\n");
}

jc_colour jc_note_colour(jc_str category)
{
    static const struct {
        int importance;
        jc_colour colour;
    } looks[] = {{100, JC_COLOUR_RED},
                 {90, JC_COLOUR_YELLOW},
                 {80, JC_COLOUR_MAGENTA},
                 {60, JC_COLOUR_CYAN},
                 {40, JC_COLOUR_GREEN}};
    int importance = jc_note_importance(category);
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        if (importance >= looks[i].importance)
            return looks[i].colour;
    }
    return JC_COLOUR_NONE;
}

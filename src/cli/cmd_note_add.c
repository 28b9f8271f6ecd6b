/* jc note add: append a note. As with jc emit, its id is made before the append, so that the command can
 * be repeated with --id when the outcome is unknown. */
#include "cli/emit.h"
#include "cli/note.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct add_options {
    const char *content;
    const char *category;
    const char *agent;
    const char *tags;
    const char *file;
    const char *feature;
    const char *workflow;
    const char *correlation;
    const char *answers;
    const char *id;
} add_options;

/* A draft, with what it borrows. */
typedef struct drafting {
    jc_note_draft draft;
    jc_buf content;
    jc_str tags[JC_LIST_MAX];
    char question[JC_UUID_TEXT_SIZE];
} drafting;

/* "auth, api": what is blank between two commas is no tag. */
static int split_tags(const jc_cli *cli, const char *list, drafting *ret)
{
    while (list != NULL && *list != '\0') {
        size_t size = strcspn(list, ",");
        jc_str tag = {list, size};
        bool blank = strspn(list, " \t") >= size;
        list += size + (list[size] == ',' ? 1 : 0);
        if (blank)
            continue;
        if (ret->draft.tag_count == JC_LIST_MAX)
            return jc_cli_fail(cli, JC_EXIT_USAGE, "--tags has too many: at most %d", JC_LIST_MAX);
        ret->tags[ret->draft.tag_count++] = tag;
    }
    ret->draft.tags = ret->tags;
    return 0;
}

static int fill_draft(const jc_cli *cli, const add_options *options, drafting *ret)
{
    jc_error error = {0};
    jc_note_draft *draft = &ret->draft;
    draft->category = jc_str_of(options->category);
    draft->agent_id = jc_str_of(options->agent != NULL ? options->agent : "cli-user");
    draft->title = jc_str_of(cli->words[0]);
    draft->content = jc_str_of(options->content);
    draft->related_file = jc_str_of(options->file);
    draft->related_feature = jc_str_of(options->feature);
    draft->correlation_id = jc_str_of(options->correlation);
    if (options->id != NULL && jc_uuid_parse(jc_str_of(options->id), &draft->id, &error) < 0)
        return jc_cli_fail(cli, JC_EXIT_USAGE, "--id: %s", error.text);
    if (options->id == NULL && jc_uuid_new(&draft->id, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    int failed = split_tags(cli, options->tags, ret);
    if (failed == 0 && options->content != NULL && strcmp(options->content, "-") == 0) {
        failed = jc_emit_read(cli, "-", JC_DATA_SIZE_MAX, &ret->content);
        draft->content = jc_buf_str(&ret->content);
    }
    return failed;
}

/* Read the note back: it is what the point just behind it has newest. */
static int print_json(jc_cli *cli, jc_str workflow_id, const jc_note_receipt *receipt,
                      const char *id)
{
    JC_AUTO(jc_notes) notes = {0};
    jc_error error = {0};
    jc_point point = {.kind = JC_POINT_SEQUENCE, .number = receipt->event.sequence};
    jc_note_filter filter = {.limit = 1};
    if (jc_notes_read(cli->store, workflow_id, &point, &filter, &notes, &error) < 0)
        jc_cli_warn(cli, "stored as %s, but it cannot be read back: %s", id, error.text);
    else if (notes.count > 0)
        jc_note_print_json(&notes.items[0]);
    return JC_EXIT_DONE;
}

static int append_note(jc_cli *cli, jc_str workflow_id, const jc_note_draft *draft)
{
    jc_error error = {0};
    jc_note_receipt receipt = {0};
    char id[JC_UUID_TEXT_SIZE];
    jc_uuid_format(draft->id, id);
    if (jc_note_add(cli->store, workflow_id, draft, &receipt, &error) < 0)
        return jc_emit_fail(cli, &error, id);
    cli->committed = true;
    if (receipt.event.already_stored)
        (void)jc_cli_fail(cli, 0, "already stored: this is the first result");
    if (cli->json)
        return print_json(cli, workflow_id, &receipt, id);
    printf("%.*s #%" PRIu64 " agent.note.%s %s\n", (int)workflow_id.size, workflow_id.bytes,
           receipt.event.sequence,
           draft->category.bytes != NULL ? draft->category.bytes : "observation", id);
    return JC_EXIT_DONE;
}

/* The question that is answered, and its workflow, which is the answer's as well. */
static int find_question(jc_cli *cli, const add_options *options, drafting *ret, jc_names *names)
{
    jc_error error = {0};
    jc_event question;
    if (options->workflow != NULL && jc_workflow_id_check(jc_str_of(options->workflow), &error) < 0)
        return jc_cli_fail_error(cli, &error);
    if (jc_note_question_find(cli->store, jc_str_of(options->answers), jc_str_of(options->workflow),
                              &question, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    jc_uuid_format(question.id, ret->question);
    ret->draft.causation_id = jc_str_of(ret->question);
    jc_names_add(names, question.workflow_id);
    return 0;
}

static int add(jc_cli *cli, const void *values)
{
    const add_options *options = values;
    JC_AUTO(jc_names) names = {0};
    drafting note = {0};
    int failed = fill_draft(cli, options, &note);
    if (failed == 0)
        failed = jc_cli_open(cli, false);
    if (failed == 0 && options->answers != NULL)
        failed = find_question(cli, options, &note, &names);
    else if (failed == 0)
        failed = jc_note_workflow(cli, options->workflow, &names);
    if (failed == 0)
        failed = append_note(cli, names.ids[0], &note.draft);
    jc_buf_release(&note.content);
    return failed;
}

/* clang-format off */
static const jc_option add_command_options[] = {
    {"content", 'c', JC_OPTION_TEXT, "TEXT|-", "more than the title says, or - for standard input",
     offsetof(add_options, content)},
    {"category", 't', JC_OPTION_TEXT, "CATEGORY", "its category; default observation",
     offsetof(add_options, category)},
    {"agent", 'a', JC_OPTION_TEXT, "A", "who notes it; default cli-user",
     offsetof(add_options, agent)},
    {"tags", 0, JC_OPTION_TEXT, "A,B", "tags, with commas between",
     offsetof(add_options, tags)},
    {"file", 'f', JC_OPTION_TEXT, "F", "the file that it is about", offsetof(add_options, file)},
    {"feature", 0, JC_OPTION_TEXT, "F", "the feature that it is about",
     offsetof(add_options, feature)},
    {"workflow", 'w', JC_OPTION_TEXT, "WF", "default the workflow heard of last",
     offsetof(add_options, workflow)},
    {"correlation", 0, JC_OPTION_TEXT, "C", "what it belongs to: correlation_id",
     offsetof(add_options, correlation)},
    {"answers", 0, JC_OPTION_TEXT, "ID", "the question or blocker that it answers, in its workflow",
     offsetof(add_options, answers)},
    {"id", 0, JC_OPTION_TEXT, "UUID", "its id, for repeating safely; default a new one",
     offsetof(add_options, id)},
    JC_OPTIONS_END,
};
/* clang-format on */

#define CATEGORY_WORD(name, category, importance, what) " " category

const jc_command jc_cmd_note_add = {
    .synopsis = "TITLE [-c TEXT|-] [-t CATEGORY] [OPTION]...",
    .details =
        "Prints WORKFLOW #SEQUENCE TYPE ID. Categories:\n"
        " " JC_NOTE_CATEGORY_MAP(
            CATEGORY_WORD) "\n"
                           "and those whose type, agent.note.CATEGORY, the project declares in\n"
                           ".jc/config.json.",
    .examples =
        "jc note add 'Waiting for API credentials' -t blocker -a coder-agent\n"
        "jc note add 'Auth uses JWT tokens' -t learning --tags auth,security -f src/auth.c\n"
        "jc note add 'Use the staging keys' --answers 01a21c02 -a lead\n"
        "git log -3 | jc note add 'What came before' -t context -c - -w fix-login",
    .options = add_command_options,
    .words_min = 1,
    .words_max = 1,
    .run = add,
};

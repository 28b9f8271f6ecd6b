/* jc note context: notes for a prompt. The library has taken out of the text what could play tricks on a
 * terminal. */
#include "cli/note.h"

#include <stdio.h>

typedef struct context_options {
    const char *workflow;
    jc_number count;
    jc_number budget;
    const char *at;
} context_options;

static void print_json(jc_str workflow_id, const jc_note_context *context)
{
    printf("{\"workflow_id\":");
    jc_cli_print_json_text(workflow_id);
    printf(",\"shown\":%zu,\"left_out\":%zu,\"size\":%zu,\"text\":", context->shown,
           context->left_out, context->text.size);
    jc_cli_print_json_text(context->text);
    printf("}\n");
}

static int context_command(jc_cli *cli, const void *values)
{
    const context_options *options = values;
    JC_AUTO(jc_names) names = {0};
    JC_AUTO(jc_notes) notes = {0};
    jc_error error = {0};
    jc_note_context context;
    size_t size_max = options->budget.given ? (size_t)options->budget.value : JC_NOTE_CONTEXT_SIZE;
    if (size_max == 0 || (options->count.given && options->count.value == 0))
        return jc_cli_fail(cli, JC_EXIT_USAGE, "%s 0 leaves no room: give at least 1",
                           size_max == 0 ? "--budget" : "-n");
    int failed = jc_note_read(cli, options->workflow, &names, options->at, NULL, &notes);
    if (failed != 0)
        return failed;
    if (jc_notes_context(&notes, (size_t)options->count.value, size_max, &context, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    if (cli->json)
        print_json(names.ids[0], &context);
    else
        (void)fwrite(context.text.bytes, 1, context.text.size, stdout);
    if (context.shown == 0 && context.left_out > 0)
        jc_cli_warn(cli, "none of %zu notes fits into %zu bytes: give a larger --budget",
                    context.left_out, size_max);
    return JC_EXIT_DONE;
}

/* clang-format off */
static const jc_option context_command_options[] = {
    {"workflow", 'w', JC_OPTION_TEXT, "WF", "default the workflow heard of last",
     offsetof(context_options, workflow)},
    {"limit", 'n', JC_OPTION_NUMBER, "N", "at most N notes", offsetof(context_options, count)},
    {"budget", 0, JC_OPTION_NUMBER, "BYTES", "never more than this; default 8000",
     offsetof(context_options, budget)},
    {"at", 0, JC_OPTION_TEXT, "POINT", "as they were: at a sequence, -N, or a time",
     offsetof(context_options, at)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_note_context = {
    .synopsis = "[-w WF] [-n N] [--budget BYTES] [--at POINT]",
    .details = "The most important categories come first, from blockers and warnings down to\n"
               "accomplishments, and in each the newest notes. What does not fit is shortened,\n"
               "which … marks, or left out, which the last line counts.",
    .examples = "jc note context >> prompt.md\n"
                "jc note context -w fix-login -n 10 --budget 4000\n"
                "jc note context --at -20 --json | jq -r .text",
    .options = context_command_options,
    .words_min = 0,
    .words_max = 0,
    .run = context_command,
};

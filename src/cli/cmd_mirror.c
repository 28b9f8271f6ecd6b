/* jc mirror: make the mirrors what the log says, or only compare them. Mirrors that have no workflow
 * in the log are looked at too: they are ahead of it. */
#include "cli/commands.h"
#include "cli/names.h"
#include "cli/term.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct mirror_options {
    bool check;
} mirror_options;

typedef struct counts {
    uint64_t mirrors;
    uint64_t behind;
    uint64_t different;
    uint64_t written;
} counts;

static const char *state_name(jc_mirror_state state)
{
    static const char *const names[] = {
        [JC_MIRROR_EQUAL] = "equal",           [JC_MIRROR_BEHIND] = "behind",
        [JC_MIRROR_AHEAD] = "ahead",           [JC_MIRROR_DIFFERENT] = "different",
        [JC_MIRROR_UNREADABLE] = "unreadable",
    };
    return names[state];
}

static void print_json(jc_str workflow_id, const jc_mirror_report *report)
{
    printf("{\"workflow_id\":");
    jc_cli_print_json_text(workflow_id);
    printf(",\"state\":\"%s\",\"sequence\":%" PRIu64 ",\"line\":%" PRIu64 ",\"written\":%s",
           state_name(report->state), report->sequence, report->line,
           report->written ? "true" : "false");
    if (report->text[0] != '\0') {
        printf(",\"what\":");
        jc_cli_print_json_text(jc_str_of(report->text));
    }
    if (report->kept[0] != '\0') {
        printf(",\"kept\":");
        jc_cli_print_json_text(jc_str_of(report->kept));
    }
    printf("}\n");
}

static void print_human(jc_str workflow_id, const jc_mirror_report *report)
{
    if (report->state == JC_MIRROR_EQUAL)
        return;
    JC_AUTO(jc_buf) line = {0};
    jc_cli_must(jc_buf_append_str(&line, workflow_id, NULL));
    jc_cli_must(jc_buf_append_format(&line, NULL, ": %s", state_name(report->state)));
    if (report->line > 0)
        jc_cli_must(jc_buf_append_format(&line, NULL, " from line %" PRIu64, report->line));
    if (report->text[0] != '\0') {
        jc_cli_must(jc_buf_append_text(&line, ": ", NULL));
        (void)jc_text_append_safe(&line, jc_str_of(report->text), 0);
    }
    if (report->written)
        jc_cli_must(jc_buf_append_text(&line, "; now equal", NULL));
    if (report->kept[0] != '\0')
        jc_cli_must(
            jc_buf_append_format(&line, NULL, ", the old file is kept as %s", report->kept));
    printf("%.*s\n", (int)line.size, line.bytes);
}

static void count(counts *all, const jc_mirror_report *report)
{
    all->mirrors++;
    if (report->written)
        all->written++;
    if (report->state == JC_MIRROR_BEHIND)
        all->behind++;
    else if (report->state != JC_MIRROR_EQUAL)
        all->different++;
}

/* One mirror; goes on with the next when this one cannot be healed. 0, or an exit code. */
static int look_after(jc_cli *cli, jc_str workflow_id, bool check, counts *all)
{
    jc_mirror_report report = {0};
    jc_error error = {0};
    jc_status status = check ? jc_mirror_check(cli->store, workflow_id, &report, &error)
                             : jc_mirror_heal(cli->store, workflow_id, &report, &error);
    if (status < 0)
        return jc_cli_fail(cli, jc_cli_exit_code(status), "%.*s: %s", (int)workflow_id.size,
                           workflow_id.bytes, error.text);
    count(all, &report);
    jc_progress_end(&cli->progress);
    if (cli->json)
        print_json(workflow_id, &report);
    else
        print_human(workflow_id, &report);
    return 0;
}

static int conclude(const jc_cli *cli, bool check, const counts *all)
{
    if (!cli->json) {
        printf("%" PRIu64 " mirror%s: ", all->mirrors, all->mirrors == 1 ? "" : "s");
        if (check)
            printf("%" PRIu64 " different, %" PRIu64 " behind\n", all->different, all->behind);
        else
            printf("%" PRIu64 " written, all equal to the log\n", all->written);
    }
    if (!check || all->different == 0)
        return JC_EXIT_DONE;
    return jc_cli_fail(
        cli, JC_EXIT_INTEGRITY,
        "%" PRIu64
        " mirror%s not what the log says: 'jc mirror' puts that right, and keeps the old file "
        "where it holds more than zeros",
        all->different, all->different == 1 ? " is" : "s are");
}

static int mirror(jc_cli *cli, const void *values)
{
    const mirror_options *options = values;
    JC_AUTO(jc_names) workflows = {0};
    int failed = jc_cli_open(cli, options->check);
    if (failed == 0)
        failed = jc_cli_workflows(cli, true, &workflows);
    if (failed != 0)
        return failed;

    counts all = {0};
    jc_progress_begin(&cli->progress, options->check ? "comparing mirrors" : "writing mirrors");
    for (size_t i = 0; i < workflows.count; i++) {
        int problem = look_after(cli, workflows.ids[i], options->check, &all);
        failed = problem != 0 ? problem : failed;
        jc_progress_show(&cli->progress, i + 1, workflows.count);
    }
    jc_progress_end(&cli->progress);
    return failed != 0 ? failed : conclude(cli, options->check, &all);
}

/* clang-format off */
static const jc_option mirror_command_options[] = {
    {"check", 0, JC_OPTION_FLAG, NULL, "only compare: 5 on a difference, 0 when merely behind",
     offsetof(mirror_options, check)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_mirror = {
    .synopsis = "[--check]",
    .details = "A mirror that is behind is completed in place. One that is ahead of the log or\n"
               "different is written anew, and the old file kept as events.jsonl.damaged-TIME.",
    .examples = "jc mirror\n"
                "jc mirror --check",
    .options = mirror_command_options,
    .words_min = 0,
    .words_max = 0,
    .run = mirror,
};

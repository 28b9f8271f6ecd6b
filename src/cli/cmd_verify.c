/* jc verify: is everything that was recorded still what it was? The log (jc_verify), then every mirror
 * against the log (jc_mirror_check), then the snapshots (jc_cache_check), then a head that was kept elsewhere; or one JSONL file alone.
 * Findings are results, on stdout; when one of them is damage, stderr says what to do. */
#include "cli/commands.h"
#include "cli/names.h"
#include "cli/term.h"
#include "cli/verify_head.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct verify_options {
    const char *file;
    const char *head;
} verify_options;

/* What was found so far. */
typedef struct findings {
    jc_cli *cli;
    jc_term term;
    jc_verify_result checked;
    uint64_t damages;
    uint64_t mirror_damages;
    uint64_t snapshot_damages;
    bool head_lost;
    uint64_t notes;
} findings;

static void report(void *context, const jc_finding *finding)
{
    findings *all = context;
    jc_progress_end(&all->cli->progress);
    if (finding->damage)
        all->damages++;
    else
        all->notes++;
    if (all->cli->json) {
        jc_finding_write(&jc_cli_output, finding);
        (void)putchar('\n');
        return;
    }
    JC_AUTO(jc_buf) line = {0};
    (void)jc_text_append_safe(&line, jc_str_of(finding->where), 0);
    jc_cli_must(jc_buf_append_text(&line, finding->damage ? ": " : ": note: ", NULL));
    (void)jc_text_append_safe(&line, jc_str_of(finding->what), 0);
    printf("%s%.*s%s\n",
           jc_term_colour(&all->term, finding->damage ? JC_COLOUR_RED : JC_COLOUR_YELLOW),
           (int)line.size, line.bytes, jc_term_colour(&all->term, JC_COLOUR_NONE));
}

static int check_mirrors(findings *all, const jc_names *names)
{
    uint64_t before = all->damages;
    jc_progress_begin(&all->cli->progress, "comparing mirrors");
    for (size_t i = 0; i < names->count; i++) {
        jc_error error = {0};
        /* A damaged row that was found already is not told twice; the comparison cannot go past it. */
        jc_status status = jc_mirror_verify(all->cli->store, names->ids[i], report, all, &error);
        if (status < 0 && (status != JC_ECORRUPT || before == 0))
            return jc_cli_fail_error(all->cli, &error);
        jc_progress_show(&all->cli->progress, i + 1, names->count);
    }
    jc_progress_end(&all->cli->progress);
    all->mirror_damages = all->damages - before;
    return 0;
}

static int check_snapshots(findings *all, const jc_names *names)
{
    uint64_t before = all->damages;
    jc_progress_begin(&all->cli->progress, "checking snapshots");
    for (size_t i = 0; i < names->count; i++) {
        uint64_t checked = 0;
        jc_error error = {0};
        /* States cannot be made of a damaged row, which was found already. */
        jc_status status =
            jc_cache_check(all->cli->store, names->ids[i], report, all, &checked, &error);
        if (status < 0 && (status != JC_ECORRUPT || before == 0))
            return jc_cli_fail_error(all->cli, &error);
        jc_progress_show(&all->cli->progress, i + 1, names->count);
    }
    jc_progress_end(&all->cli->progress);
    all->snapshot_damages = all->damages - before;
    return 0;
}

/* What hangs on the log, of the workflows given, or of all. */
static int check_derived(findings *all, const jc_names *given)
{
    JC_AUTO(jc_names) every = {0};
    const jc_names *names = given;
    int failed = 0;
    if (given->count == 0) {
        failed = jc_cli_workflows(all->cli, true, &every);
        names = &every;
    }
    if (failed == 0)
        failed = check_mirrors(all, names);
    return failed == 0 ? check_snapshots(all, names) : failed;
}

static int check_head(findings *all, const jc_kept_head *head)
{
    char where[256] = "";
    jc_error error = {0};
    jc_status status = jc_kept_head_find(all->cli, head, where, &error);
    if (status < 0 && (status != JC_ECORRUPT || all->damages == 0))
        return jc_cli_fail_error(all->cli, &error);
    if (status != JC_OK) {
        jc_finding finding = {.damage = true,
                              .where = "head",
                              .what = status < 0 ? error.text : where};
        report(all, &finding);
        all->head_lost = true;
        return 0;
    }
    if (!all->cli->json)
        printf("head: it is that of %s\n", where);
    return 0;
}

/* The last line of the results. `file` names the file that was checked, NULL: the log. */
static void print_totals(const findings *all, const char *file)
{
    const jc_verify_result *checked = &all->checked;
    if (all->cli->json) {
        printf("{\"events\":%" PRIu64 ",\"workflows\":%" PRIu64 ",\"damages\":%" PRIu64 "}\n",
               checked->events, checked->workflows, all->damages);
        return;
    }
    printf("checked %" PRIu64 " event%s in %" PRIu64 " workflow%s%s%s: %s\n", checked->events,
           checked->events == 1 ? "" : "s", checked->workflows, checked->workflows == 1 ? "" : "s",
           file != NULL ? " of " : "", file != NULL ? file : "",
           all->damages == 0 ? "no damage" : "DAMAGED");
}

static int conclude(const findings *all, const char *file)
{
    print_totals(all, file);
    if (all->damages == 0)
        return JC_EXIT_DONE;
    const char *advice =
        "keep the project as it is, and restore a backup or rebuild from the mirrors";
    if (file != NULL)
        advice = "do not trust this file";
    else if (all->snapshot_damages == all->damages)
        advice = "the log itself is intact; 'jc rebuild --cache' makes the snapshots anew";
    else if (all->mirror_damages == all->damages)
        advice =
            "the log itself is intact; a mirror that goes on where it ends may hold what was cut "
            "off: 'jc rebuild --from-mirror' makes the log from the mirrors, 'jc mirror' "
            "the mirrors from the log and keeps "
            "the old";
    else if (all->head_lost && all->damages == 1)
        advice = "the log is sound in itself but is not the one that the head is of; compare it "
                 "with a backup";
    return jc_cli_fail(all->cli, JC_EXIT_INTEGRITY, "damage in %" PRIu64 " place%s: %s",
                       all->damages, all->damages == 1 ? "" : "s", advice);
}

static int verify_file(findings *all, const char *path)
{
    jc_error error = {0};
    if (jc_mirror_verify_file(path, report, all, &all->checked, &error) < 0)
        return jc_cli_fail_error(all->cli, &error);
    return conclude(all, path);
}

static int verify_log(findings *all, const verify_options *options)
{
    jc_kept_head head = {0};
    JC_AUTO(jc_names) workflows = {0};
    int failed = options->head != NULL ? jc_kept_head_parse(all->cli, options->head, &head) : 0;
    if (failed == 0)
        failed = jc_cli_words_as_workflows(all->cli, &workflows);
    if (failed == 0)
        failed = jc_cli_open(all->cli, true);
    if (failed == 0)
        failed = jc_cli_check_workflows(all->cli, workflows.ids, workflows.count);
    if (failed != 0)
        return failed;

    jc_error error = {0};
    if (jc_verify(all->cli->store, workflows.ids, workflows.count, report, all, &all->checked,
                  &error) < 0)
        return jc_cli_fail_error(all->cli, &error);
    failed = check_derived(all, &workflows);
    if (failed == 0 && options->head != NULL)
        failed = check_head(all, &head);
    return failed != 0 ? failed : conclude(all, NULL);
}

static int verify(jc_cli *cli, const void *values)
{
    const verify_options *options = values;
    findings all = {.cli = cli, .term = jc_term_of_output()};
    if (options->file == NULL)
        return verify_log(&all, options);
    if (options->head != NULL || cli->word_count > 0)
        return jc_cli_fail(cli, JC_EXIT_USAGE,
                           "--file checks a file alone: leave out workflows and --head");
    return verify_file(&all, options->file);
}

/* clang-format off */
static const jc_option verify_command_options[] = {
    {"file", 0, JC_OPTION_TEXT, "F", "check this JSONL file, without a log",
     offsetof(verify_options, file)},
    {"head", 0, JC_OPTION_TEXT, "HASH",
     "is this head, as 'jc head' printed it, still part of the record?",
     offsetof(verify_options, head)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_verify = {
    .synopsis = "[WORKFLOW]... [--head HASH]\n--file F",
    .details = "Checks the hash chains, the order, the database, the mirrors and the snapshots.\n"
               "Damage is named as WORKFLOW #SEQUENCE: what differs (line N for a file), and the\n"
               "exit code is 5. A mirror that is merely behind is a note.",
    .examples = "jc verify\n"
                "jc verify fix-login\n"
                "jc verify --head \"$(git log -1 --format='%(trailers:key=Jc-Head,valueonly)')\"\n"
                "jc verify --file agents/fix-login/events.jsonl",
    .options = verify_command_options,
    .words_min = 0,
    .words_max = JC_WORDS_ANY,
    .run = verify,
};

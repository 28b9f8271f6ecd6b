/* jc restore: put a backup in place of the log, keeping the old one. Mirrors that hold more than the
 * restored log are left for the person to look at. */
#include "cli/commands.h"
#include "cli/names.h"

#include <inttypes.h>
#include <stdio.h>

/* How many mirrors go on where the log ends. 0, or an exit code. */
static int count_ahead(jc_cli *cli, uint64_t *ret_count)
{
    JC_AUTO(jc_names) workflows = {0};
    int failed = jc_cli_open(cli, true);
    if (failed == 0)
        failed = jc_cli_workflows(cli, true, &workflows);
    *ret_count = 0;
    for (size_t i = 0; failed == 0 && i < workflows.count; i++) {
        jc_mirror_report report = {0};
        jc_error error = {0};
        if (jc_mirror_check(cli->store, workflows.ids[i], &report, &error) < 0)
            return jc_cli_fail_error(cli, &error);
        if (report.state == JC_MIRROR_AHEAD || report.state == JC_MIRROR_DIFFERENT)
            (*ret_count)++;
    }
    return failed;
}

static int restore(jc_cli *cli, const void *values)
{
    (void)values;
    char kept[JC_PATH_SIZE_MAX] = "";
    jc_error error = {0};
    int failed = jc_cli_find_project(cli);
    if (failed != 0)
        return failed;
    if (jc_restore(cli->project, cli->words[0], kept, sizeof kept, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    cli->committed = true;
    if (cli->json) {
        printf("{\"file\":");
        jc_cli_print_json_text(jc_str_of(cli->words[0]));
        printf(",\"kept\":");
        jc_cli_print_json_text(jc_str_of(kept));
        printf("}\n");
    } else {
        printf("restored the log from %s\n", cli->words[0]);
        if (kept[0] != '\0')
            printf("the old log is kept as %s\n", kept);
    }
    uint64_t ahead = 0;
    failed = count_ahead(cli, &ahead);
    if (failed == 0 && ahead > 0)
        jc_cli_warn(
            cli,
            "%" PRIu64
            " mirror%s ahead of the restored log: 'jc mirror' writes them anew and keeps the "
            "old files",
            ahead, ahead == 1 ? " is" : "s are");
    return failed;
}

const jc_command jc_cmd_restore = {
    .synopsis = "FILE",
    .details = "FILE is what `jc backup` wrote. The log that is there is kept beside it.\n"
               "Mirrors ahead of the restored log stay as they are until `jc mirror`.",
    .examples = "jc restore /backups/shop-2026-01-09.db",
    .words_min = 1,
    .words_max = 1,
    .run = restore,
};

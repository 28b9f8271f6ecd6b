/* jc backup: a consistent copy of the log while others write. */
#include "cli/commands.h"

#include <inttypes.h>
#include <stdio.h>

static void show(void *context, uint64_t done, uint64_t total)
{
    jc_progress_show(context, done, total);
}

static int backup(jc_cli *cli, const void *values)
{
    (void)values;
    const char *path = cli->words[0];
    int failed = jc_cli_open(cli, true);
    if (failed != 0)
        return failed;
    jc_error error = {0};
    jc_progress_begin(&cli->progress, "copying");
    jc_status status = jc_backup(cli->store, path, show, &cli->progress, &error);
    jc_progress_end(&cli->progress);
    if (status < 0)
        return jc_cli_fail_error(cli, &error);
    cli->committed = true;
    if (!cli->json) {
        printf("copied the log to %s\n", path);
        return JC_EXIT_DONE;
    }
    printf("{\"file\":");
    jc_cli_print_json_text(jc_str_of(path));
    printf("}\n");
    return JC_EXIT_DONE;
}

const jc_command jc_cmd_backup = {
    .synopsis = "FILE",
    .details = "Never writes over a file that exists.",
    .examples = "jc backup /backups/shop-$(date +%F).db",
    .words_min = 1,
    .words_max = 1,
    .run = backup,
};

/* jc export: events as JSON lines, exactly as the mirrors hold them. */
#include "cli/commands.h"
#include "cli/names.h"

static jc_status print_all(jc_cli *cli, const jc_filter *filter, jc_error *reterr)
{
    jc_store_info info = {0};
    jc_cursor *cursor = NULL;
    jc_status status = jc_store_info_read(cli->store, &info, reterr);
    if (status == JC_OK)
        status = jc_cursor_open(cli->store, filter, &cursor, reterr);
    jc_progress_begin(&cli->progress, "exporting");
    const jc_event *event = NULL;
    while (status == JC_OK) {
        status = jc_cursor_next(cursor, &event, reterr);
        if (status != JC_OK || !jc_cli_print_line(cli, event))
            break;
        jc_progress_show(&cli->progress, event->position, info.position);
    }
    jc_cursor_close(cursor);
    return status;
}

static int export_events(jc_cli *cli, const void *values)
{
    (void)values;
    JC_AUTO(jc_names) workflows = {0};
    int failed = jc_cli_words_as_workflows(cli, &workflows);
    if (failed == 0)
        failed = jc_cli_open(cli, true);
    if (failed == 0)
        failed = jc_cli_check_workflows(cli, workflows.ids, workflows.count);
    if (failed != 0)
        return failed;
    jc_filter filter = {.workflow_ids = workflows.ids, .workflow_count = workflows.count};
    jc_error error = {0};
    if (print_all(cli, &filter, &error) >= 0)
        return JC_EXIT_DONE;
    (void)jc_cli_flush(cli);
    return jc_cli_fail_error(cli, &error);
}

const jc_command jc_cmd_export = {
    .synopsis = "[WORKFLOW]...",
    .details = "Prints every event as the line that its mirror holds; without a workflow all,\n"
               "by position.",
    .examples = "jc export > all.jsonl\n"
                "jc export fix-login | jq .event_type",
    .words_min = 0,
    .words_max = JC_WORDS_ANY,
    .run = export_events,
};

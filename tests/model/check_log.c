/* Checks of a log at rest. They read through the public calls and count for themselves. */
#include "model/check_log.h"

#include "contract/events.h"
#include "contract/folder.h"

#include "base/fail.h"
#include "base/files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The events seen so far of one workflow. */
typedef struct counted {
    char workflow_id[JC_WORKFLOW_ID_SIZE_MAX + 1];
    uint64_t sequence;
} counted;

typedef struct log_count {
    counted *workflows;
    size_t count;
    uint64_t position;
} log_count;

static counted *workflow_of(log_count *counting, jc_str workflow_id)
{
    for (size_t i = 0; i < counting->count; i++)
        if (jc_str_equal(jc_str_of(counting->workflows[i].workflow_id), workflow_id))
            return &counting->workflows[i];
    counted *grown =
        realloc(counting->workflows, (counting->count + 1) * sizeof *counting->workflows);
    if (grown == NULL)
        abort();
    counting->workflows = grown;
    counted *added = &grown[counting->count++];
    *added = (counted){0};
    memcpy(added->workflow_id, workflow_id.bytes, workflow_id.size);
    return added;
}

static jc_status count_event(log_count *counting, const jc_event *event, jc_error *reterr)
{
    counted *workflow = workflow_of(counting, event->workflow_id);
    if (event->position != ++counting->position)
        return jc_fail(reterr, JC_ECORRUPT, "position %" PRIu64 " instead of %" PRIu64,
                       event->position, counting->position);
    if (event->sequence != ++workflow->sequence)
        return jc_fail(reterr, JC_ECORRUPT, "%s #%" PRIu64 " instead of #%" PRIu64,
                       workflow->workflow_id, event->sequence, workflow->sequence);
    return JC_OK;
}

static jc_status count_all(jc_store *store, log_count *counting, jc_error *reterr)
{
    const jc_filter everything = {0};
    jc_cursor *cursor = NULL;
    jc_status status = jc_cursor_open(store, &everything, &cursor, reterr);
    while (status == JC_OK) {
        const jc_event *event = NULL;
        status = jc_cursor_next(cursor, &event, reterr);
        if (status == JC_OK)
            status = count_event(counting, event, reterr);
    }
    jc_cursor_close(cursor);
    return status == JC_END ? JC_OK : status;
}

static void keep_first_finding(void *context, const jc_finding *finding)
{
    jc_error *first = context;
    if (finding->damage && first->status == JC_OK)
        (void)jc_fail(first, JC_ECORRUPT, "%s: %s", finding->where, finding->what);
}

jc_status jc_check_log(jc_store *store, uint64_t *ret_events, jc_error *reterr)
{
    log_count counting = {0};
    jc_status status = count_all(store, &counting, reterr);
    free(counting.workflows);
    if (status < 0)
        return status;

    jc_error found = {.status = JC_OK};
    jc_verify_result result = {0};
    status = jc_verify(store, NULL, 0, keep_first_finding, &found, &result, reterr);
    if (status < 0)
        return status;
    if (result.damages != 0 || result.events != counting.position)
        return jc_fail(reterr, JC_ECORRUPT, "verify: %" PRIu64 " events, %" PRIu64 " damages: %s",
                       result.events, result.damages, found.status < 0 ? found.text : "none named");
    *ret_events = counting.position;
    return JC_OK;
}

typedef struct mirror_check {
    const char *project_dir;
    char (*names)[JC_WORKFLOW_ID_SIZE_MAX + 1];
    size_t count;
} mirror_check;

static jc_status add_name(void *context, const jc_workflow_summary *summary)
{
    mirror_check *check = context;
    void *grown = realloc(check->names, (check->count + 1) * sizeof *check->names);
    if (grown == NULL)
        return JC_ENOMEM;
    check->names = grown;
    snprintf(check->names[check->count++], sizeof *check->names, "%.*s",
             (int)summary->workflow_id.size, summary->workflow_id.bytes);
    return JC_OK;
}

static jc_status check_mirror(jc_store *store, const char *project_dir, const char *name,
                              jc_error *reterr)
{
    char path[JC_TEST_PATH_SIZE * 2];
    snprintf(path, sizeof path, "%s/agents/%s/events.jsonl", project_dir, name);
    JC_AUTO(jc_buf) mirror = {0};
    JC_AUTO(jc_buf) log = {0};
    const jc_str workflow = jc_str_of(name);
    const jc_filter filter = {.workflow_ids = &workflow, .workflow_count = 1};
    jc_status status = jc_file_read(path, SIZE_MAX, &mirror, reterr);
    if (status == JC_OK)
        status = jc_test_lines(store, &filter, &log, reterr);
    if (status < 0)
        return status;
    if (!jc_str_equal(jc_buf_str(&mirror), jc_buf_str(&log)))
        return jc_fail(reterr, JC_ECORRUPT,
                       "the mirror of %s (%zu bytes) is not the log's (%zu bytes)", name,
                       mirror.size, log.size);
    return JC_OK;
}

jc_status jc_check_mirrors(jc_store *store, const char *project_dir, jc_error *reterr)
{
    mirror_check check = {.project_dir = project_dir};
    jc_status status = jc_workflow_list(store, add_name, &check, reterr);
    for (size_t i = 0; status == JC_OK && i < check.count; i++)
        status = check_mirror(store, project_dir, check.names[i], reterr);
    free(check.names);
    return status;
}

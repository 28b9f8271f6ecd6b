/* Verifying the log: the database's own structure, then every event in order of position (or, for
 * named workflows, of sequence). What is found is reported and the check goes on. */
#include "store/chain_check.h"
#include "store/store.h"

#include "base/fail.h"

#include <inttypes.h>
#include <stdio.h>

/* The check under way. */
typedef struct verifying {
    jc_store *store;
    jc_report *report;
    void *context;
    jc_verify_result result;
    jc_chain_check chain;
    uint64_t position; /* of the event before */
    bool gaps;         /* positions may have gaps */
} verifying;

static void tell(verifying *verify, const char *where, const char *what)
{
    jc_finding finding = {.damage = true, .where = where, .what = what};
    verify->result.damages++;
    verify->report(verify->context, &finding);
}

static void tell_event(verifying *verify, const jc_event *event, const char *what)
{
    char where[JC_WORKFLOW_ID_SIZE_MAX + 32];
    (void)snprintf(where, sizeof where, "%.*s #%" PRIu64, (int)event->workflow_id.size,
                   event->workflow_id.bytes, event->sequence);
    tell(verify, where, what);
}

/* A row that could not be read: its sentence starts with its place. */
static void tell_row(verifying *verify, const jc_error *row)
{
    char where[JC_ERROR_SIZE_MAX];
    const char *colon = strstr(row->text, ": ");
    if (colon == NULL) {
        tell(verify, "events", row->text);
        return;
    }
    (void)snprintf(where, sizeof where, "%.*s", (int)(colon - row->text), row->text);
    tell(verify, where, colon + 2);
}

static void count_structure(void *context, const jc_finding *finding)
{
    verifying *verify = context;
    verify->result.damages += finding->damage ? 1 : 0;
    verify->report(verify->context, finding);
}

static void check_position(verifying *verify, const jc_event *event)
{
    uint64_t before = verify->position;
    verify->position = event->position;
    if (verify->gaps || event->position == before + 1)
        return;
    char what[128];
    (void)snprintf(what, sizeof what, "position: %" PRIu64 " follows %" PRIu64, event->position,
                   before);
    tell_event(verify, event, what);
}

static jc_status check_rows(verifying *verify, jc_cursor *cursor, bool by_position,
                            jc_error *reterr)
{
    jc_error last = {0};
    for (;;) {
        const jc_event *event = NULL;
        jc_error detail;
        jc_status status = jc_cursor_next(cursor, &event, &detail);
        if (status == JC_END)
            return JC_OK;
        if (status == JC_ECORRUPT) {
            /* The same again: it is not a row but the file that cannot be read on. */
            if (strcmp(last.text, detail.text) == 0)
                return JC_OK;
            last = detail;
            tell_row(verify, &detail);
            /* The events behind a row that cannot be read have nothing to be held against. */
            verify->position++;
            continue;
        }
        if (status < 0)
            return jc_fail(reterr, status, "%s", detail.text);
        verify->result.events++;
        if (by_position)
            check_position(verify, event);
        status = jc_chain_check_event(&verify->chain, event, &detail);
        if (status == JC_ECORRUPT)
            tell_event(verify, event, detail.text);
        else if (status < 0)
            return jc_fail(reterr, status, "%s", detail.text);
    }
}

static jc_status check_events(verifying *verify, const jc_str *workflow_id, jc_error *reterr)
{
    jc_cursor *cursor = NULL;
    jc_filter filter = {.workflow_ids = workflow_id, .workflow_count = workflow_id != NULL ? 1 : 0};
    jc_status status = jc_cursor_open(verify->store, &filter, &cursor, reterr);
    if (status == JC_OK)
        status = check_rows(verify, cursor, workflow_id == NULL, reterr);
    jc_cursor_close(cursor);
    return status;
}

static jc_status check_workflow(verifying *verify, jc_str workflow_id, jc_error *reterr)
{
    jc_head head;
    jc_status status = jc_head_read(verify->store, workflow_id, &head, reterr);
    if (status == JC_OK && head.sequence == 0)
        return jc_fail(reterr, JC_ENOTFOUND, "there is no workflow '%.*s'", (int)workflow_id.size,
                       workflow_id.bytes);
    if (status == JC_ECORRUPT || status == JC_OK)
        status = check_events(verify, &workflow_id, reterr);
    return status;
}

static jc_status verify_all(verifying *verify, const jc_str workflow_ids[], size_t count,
                            jc_error *reterr)
{
    jc_store *store = verify->store;
    jc_store_info info = {0};
    jc_status status =
        store->backend.ops->check(store->backend.self, count_structure, verify, reterr);
    if (status == JC_OK)
        status = jc_store_info_read(store, &info, reterr);
    verify->gaps = info.gaps;
    if (status == JC_OK && count == 0)
        status = check_events(verify, NULL, reterr);
    for (size_t i = 0; status == JC_OK && i < count; i++)
        status = check_workflow(verify, workflow_ids[i], reterr);
    return status;
}

jc_status jc_verify(jc_store *store, const jc_str workflow_ids[], size_t count, jc_report *report,
                    void *context, jc_verify_result *ret_result, jc_error *reterr)
{
    verifying verify = {.store = store, .report = report, .context = context};
    jc_error detail;
    jc_status status = verify_all(&verify, workflow_ids, count, &detail);
    /* A page of the database that cannot be read ends the check: that is damage too, not a failure. */
    if (status == JC_ECORRUPT) {
        tell_row(&verify, &detail);
        status = JC_OK;
    }
    verify.result.workflows = verify.chain.workflow_count;
    jc_chain_check_release(&verify.chain);
    if (status < 0)
        return jc_fail(reterr, status, "%s", detail.text);
    *ret_result = verify.result;
    return JC_OK;
}

/* A backend that wraps another and fails on demand: see backend_fault.h. */
#include "store/backend_fault.h"

#include "base/fail.h"
#include "store/store.h"

#include <stdlib.h>

typedef struct faulty {
    jc_backend inner;
    jc_fault *fault;
} faulty;

typedef struct faulty_cursor {
    faulty *faulty;
    void *inner;
} faulty_cursor;

/* Is this the call that fails? */
static bool is_due(faulty *self)
{
    return ++self->fault->calls == self->fault->fail_at;
}

static jc_status fail_now(const faulty *self, jc_error *reterr)
{
    return jc_fail(reterr, self->fault->status, "a fault was injected");
}

static jc_status faulty_append(void *context, const jc_unit units[], size_t count,
                               jc_append_result ret_results[], jc_error *reterr)
{
    faulty *self = context;
    bool due = is_due(self);
    if (due && self->fault->kind == JC_FAULT_BEFORE)
        return fail_now(self, reterr);
    jc_status status = self->inner.ops->append(self->inner.self, units, count, ret_results, reterr);
    return due && status == JC_OK ? fail_now(self, reterr) : status;
}

static jc_status faulty_restore(void *context, const jc_event events[], size_t count,
                                jc_error *reterr)
{
    faulty *self = context;
    bool due = is_due(self);
    if (due && self->fault->kind == JC_FAULT_BEFORE)
        return fail_now(self, reterr);
    jc_status status = self->inner.ops->restore(self->inner.self, events, count, reterr);
    return due && status == JC_OK ? fail_now(self, reterr) : status;
}

static jc_status faulty_cursor_open(void *context, const jc_filter *filter, void **ret_cursor,
                                    jc_error *reterr)
{
    faulty_cursor *cursor = calloc(1, sizeof *cursor);
    if (cursor == NULL)
        return jc_fail_memory(reterr);
    cursor->faulty = context;
    jc_backend inner = cursor->faulty->inner;
    jc_status status = inner.ops->cursor_open(inner.self, filter, &cursor->inner, reterr);
    if (status < 0) {
        free(cursor);
        return status;
    }
    *ret_cursor = cursor;
    return JC_OK;
}

static jc_status faulty_cursor_page(void *context, uint64_t after, jc_page *page, jc_error *reterr)
{
    faulty_cursor *cursor = context;
    if (is_due(cursor->faulty))
        return fail_now(cursor->faulty, reterr);
    return cursor->faulty->inner.ops->cursor_page(cursor->inner, after, page, reterr);
}

static void faulty_cursor_close(void *context)
{
    faulty_cursor *cursor = context;
    cursor->faulty->inner.ops->cursor_close(cursor->inner);
    free(cursor);
}

static jc_status faulty_find(void *context, jc_str prefix, jc_page *page, jc_error *reterr)
{
    faulty *self = context;
    return self->inner.ops->find(self->inner.self, prefix, page, reterr);
}

static jc_status faulty_at(void *context, jc_str workflow_id, uint64_t sequence, jc_page *page,
                           jc_error *reterr)
{
    faulty *self = context;
    return self->inner.ops->at(self->inner.self, workflow_id, sequence, page, reterr);
}

static jc_status faulty_head(void *context, jc_str workflow_id, jc_head *ret_head, jc_error *reterr)
{
    faulty *self = context;
    return self->inner.ops->head(self->inner.self, workflow_id, ret_head, reterr);
}

static jc_status faulty_info(void *context, jc_store_info *ret_info, jc_error *reterr)
{
    faulty *self = context;
    return self->inner.ops->info(self->inner.self, ret_info, reterr);
}

static jc_status faulty_workflows(void *context,
                                  jc_status (*each)(void *context,
                                                    const jc_workflow_summary *summary),
                                  void *each_context, jc_error *reterr)
{
    faulty *self = context;
    return self->inner.ops->workflows(self->inner.self, each, each_context, reterr);
}

static jc_status faulty_wait(void *context, uint64_t position, int timeout_ms,
                             uint64_t *ret_position, jc_error *reterr)
{
    faulty *self = context;
    return self->inner.ops->wait(self->inner.self, position, timeout_ms, ret_position, reterr);
}

static int faulty_wait_fd(void *context)
{
    faulty *self = context;
    return self->inner.ops->wait_fd(self->inner.self);
}

static jc_status faulty_check(void *context, jc_report *report, void *report_context,
                              jc_error *reterr)
{
    faulty *self = context;
    return self->inner.ops->check(self->inner.self, report, report_context, reterr);
}

static jc_status faulty_backup(void *context, const char *path,
                               void (*progress)(void *context, uint64_t done, uint64_t total),
                               void *progress_context, jc_error *reterr)
{
    faulty *self = context;
    return self->inner.ops->backup(self->inner.self, path, progress, progress_context, reterr);
}

static void faulty_close(void *context)
{
    faulty *self = context;
    self->inner.ops->close(self->inner.self);
    free(self);
}

static const jc_backend_ops faulty_ops = {
    .version = JC_BACKEND_VERSION,
    .name = "fault",
    .append = faulty_append,
    .restore = faulty_restore,
    .cursor_open = faulty_cursor_open,
    .cursor_page = faulty_cursor_page,
    .cursor_close = faulty_cursor_close,
    .find = faulty_find,
    .at = faulty_at,
    .head = faulty_head,
    .info = faulty_info,
    .workflows = faulty_workflows,
    .wait = faulty_wait,
    .wait_fd = faulty_wait_fd,
    .check = faulty_check,
    .backup = faulty_backup,
    .close = faulty_close,
};

jc_status jc_store_add_fault(jc_store *store, jc_fault *fault, jc_error *reterr)
{
    faulty *self = calloc(1, sizeof *self);
    if (self == NULL)
        return jc_fail_memory(reterr);
    self->inner = store->backend;
    self->fault = fault;
    store->backend = (jc_backend){.ops = &faulty_ops, .self = self};
    return JC_OK;
}

/* The wrappers of the backend's table: they assert what every backend must keep. */
#include "store/backend.h"

#include "base/fail.h"

#include <assert.h>

void jc_page_release(jc_page *page)
{
    jc_arena_release(&page->arena);
    page->events = NULL;
    page->capacity = 0;
    page->count = 0;
}

jc_status jc_page_clear(jc_page *page, size_t capacity, jc_error *reterr)
{
    assert(capacity >= 1 && capacity <= JC_PAGE_EVENTS_MAX);
    jc_arena_reset(&page->arena);
    page->count = 0;
    page->damaged = false;
    page->events = jc_arena_get(&page->arena, capacity * sizeof(jc_event));
    page->capacity = page->events != NULL ? capacity : 0;
    return page->events != NULL ? JC_OK : jc_fail_memory(reterr);
}

/* What was stored by one unit is dense within each workflow and rises in position. */
static void assert_receipts(const jc_unit *unit)
{
    uint64_t position = 0;
    for (size_t i = 0; unit->ret_receipts != NULL && i < unit->count; i++) {
        const jc_receipt *receipt = &unit->ret_receipts[i];
        assert(receipt->sequence >= 1 && receipt->position >= receipt->sequence);
        if (receipt->already_stored)
            continue;
        assert(receipt->position > position);
        position = receipt->position;
    }
}

jc_status jc_backend_append(jc_backend backend, const jc_unit units[], size_t count,
                            jc_append_result ret_results[], jc_error *reterr)
{
    assert(count >= 1 && count <= JC_APPEND_MAX);
    jc_status status = backend.ops->append(backend.self, units, count, ret_results, reterr);
    for (size_t i = 0; status == JC_OK && i < count; i++) {
        if (ret_results[i].status != JC_OK)
            continue;
        assert(ret_results[i].stored + ret_results[i].already_stored == units[i].count);
        assert_receipts(&units[i]);
    }
    return status;
}

jc_status jc_backend_restore(jc_backend backend, const jc_event events[], size_t count,
                             jc_error *reterr)
{
    assert(count >= 1);
    for (size_t i = 1; i < count; i++)
        assert(events[i].position > events[i - 1].position);
    return backend.ops->restore(backend.self, events, count, reterr);
}

jc_status jc_backend_cursor_page(jc_backend backend, void *cursor, const jc_filter *filter,
                                 uint64_t after, jc_page *page, jc_error *reterr)
{
    jc_status status = backend.ops->cursor_page(cursor, after, page, reterr);
    if (status < 0)
        return status;
    assert(page->count <= page->capacity);
    bool by_sequence = filter->workflow_count == 1;
    uint64_t key = after;
    for (size_t i = 0; i < page->count; i++) {
        uint64_t next = by_sequence ? page->events[i].sequence : page->events[i].position;
        assert(filter->reverse ? key == 0 || next < key : next > key);
        key = next;
    }
    return JC_OK;
}

/* Reading: a cursor pages through the backend and hands events out one by one. Between pages it
 * holds nothing but its place, so it may be kept for ever. */
#include "store/store.h"

#include "base/fail.h"

#include <inttypes.h>
#include <stdlib.h>

struct jc_cursor {
    jc_store *store;
    jc_filter filter; /* its text lives in `arena` */
    jc_arena arena;
    void *backend_cursor;
    jc_page page;
    size_t next;    /* of the page */
    uint64_t after; /* the key of the last row that was looked at; 0 before the first */
    bool ended;     /* newest first, and the first event was reached */
};

static bool copy_strs(jc_arena *arena, const jc_str **list, size_t count)
{
    jc_str *copy = jc_arena_get(arena, (count + 1) * sizeof *copy);
    for (size_t i = 0; copy != NULL && i < count; i++) {
        copy[i] = jc_arena_copy(arena, (*list)[i]);
        if (copy[i].bytes == NULL)
            return false;
    }
    *list = copy;
    return copy != NULL;
}

static bool copy_str(jc_arena *arena, jc_str *text)
{
    if (text->bytes == NULL)
        return true;
    *text = jc_arena_copy(arena, *text);
    return text->bytes != NULL;
}

static jc_status check_filter(const jc_filter *filter, jc_error *reterr)
{
    if (filter->workflow_count > JC_FILTER_MAX || filter->event_type_count > JC_FILTER_MAX)
        return jc_fail(reterr, JC_EINVAL,
                       "%zu workflows and %zu types in a filter; allowed are %d of each: split it",
                       filter->workflow_count, filter->event_type_count, JC_FILTER_MAX);
    for (size_t i = 0; i < filter->workflow_count; i++) {
        jc_status status = jc_workflow_id_check(filter->workflow_ids[i], reterr);
        if (status < 0)
            return status;
    }
    if (filter->to != 0 && filter->from > filter->to)
        return jc_fail(reterr, JC_EINVAL,
                       "from %" PRIu64 " to %" PRIu64 " is nothing: turn them round", filter->from,
                       filter->to);
    if (filter->has_since && filter->has_until && filter->since_us > filter->until_us)
        return jc_fail(reterr, JC_EINVAL, "the time 'since' lies after 'until'");
    return JC_OK;
}

jc_status jc_cursor_open(jc_store *store, const jc_filter *filter, jc_cursor **ret_cursor,
                         jc_error *reterr)
{
    static const jc_filter everything = {0};
    if (filter == NULL)
        filter = &everything;
    jc_status status = check_filter(filter, reterr);
    if (status < 0)
        return status;

    jc_cursor *cursor = calloc(1, sizeof *cursor);
    if (cursor == NULL)
        return jc_fail_memory(reterr);
    cursor->store = store;
    cursor->filter = *filter;
    if (!copy_strs(&cursor->arena, &cursor->filter.workflow_ids, filter->workflow_count) ||
        !copy_strs(&cursor->arena, &cursor->filter.event_types, filter->event_type_count) ||
        !copy_str(&cursor->arena, &cursor->filter.agent_id) ||
        !copy_str(&cursor->arena, &cursor->filter.correlation_id))
        status = jc_fail_memory(reterr);
    if (status == JC_OK)
        status = store->backend.ops->cursor_open(store->backend.self, &cursor->filter,
                                                 &cursor->backend_cursor, reterr);
    if (status < 0) {
        jc_cursor_close(cursor);
        return status;
    }
    *ret_cursor = cursor;
    return JC_OK;
}

void jc_cursor_close(jc_cursor *cursor)
{
    if (cursor == NULL)
        return;
    if (cursor->backend_cursor != NULL)
        cursor->store->backend.ops->cursor_close(cursor->backend_cursor);
    jc_page_release(&cursor->page);
    jc_arena_release(&cursor->arena);
    free(cursor);
}

static jc_status next_page(jc_cursor *cursor, jc_error *reterr)
{
    jc_status status =
        jc_backend_cursor_page(cursor->store->backend, cursor->backend_cursor, &cursor->filter,
                               cursor->after, &cursor->page, reterr);
    if (status < 0) {
        cursor->page.count = 0;
        cursor->page.damaged = false;
        cursor->next = 0;
        return status;
    }
    cursor->next = 0;
    if (cursor->page.count > 0 || cursor->page.damaged)
        cursor->after = cursor->page.last;
    return JC_OK;
}

jc_status jc_cursor_next(jc_cursor *cursor, const jc_event **ret_event, jc_error *reterr)
{
    if (cursor->next >= cursor->page.count && !cursor->page.damaged) {
        if (cursor->ended)
            return JC_END;
        jc_status status = next_page(cursor, reterr);
        if (status < 0)
            return status;
    }
    if (cursor->next < cursor->page.count) {
        *ret_event = &cursor->page.events[cursor->next++];
        return JC_OK;
    }
    if (cursor->page.damaged) {
        cursor->page.damaged = false;
        return jc_fail(reterr, JC_ECORRUPT, "%s", cursor->page.damage.text);
    }
    cursor->ended = cursor->filter.reverse;
    return JC_END;
}

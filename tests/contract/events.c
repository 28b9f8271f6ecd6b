/* Making events for tests, appending them, and reading them back as lines. A line holds every field
 * of an event, so equal lines are equal events. */
#include "contract/events.h"

#include "base/fail.h"

jc_uuid jc_test_id(uint64_t number)
{
    jc_uuid id = {{0x01, 0x9b, 0xa1, 0, 0, 0, 0x70, 0, 0x80}};
    for (int at = 15; at > 8; at--, number >>= 8)
        id.bytes[at] = (uint8_t)(number & 0xff);
    return id;
}

jc_event jc_test_event(uint64_t number, const char *workflow_id, const char *event_type,
                       const char *data)
{
    jc_event event = {.id = jc_test_id(number),
                      .workflow_id = jc_str_of(workflow_id),
                      .event_type = jc_str_of(event_type),
                      .data = jc_str_of(data)};
    return event;
}

static jc_status append_unit(jc_store *store, const jc_unit *unit, jc_error *reterr)
{
    jc_append_result result = {.status = JC_OK};
    jc_status status = jc_append(store, unit, 1, &result, reterr);
    if (status == JC_OK &&
        (result.status != JC_OK || result.stored + result.already_stored != unit->count))
        return jc_fail(reterr, JC_EIO, "the result of the append contradicts its status");
    return status;
}

jc_status jc_test_append(jc_store *store, const jc_event events[], size_t count,
                         jc_receipt ret_receipts[], jc_error *reterr)
{
    jc_unit unit = {.events = events, .count = count, .ret_receipts = ret_receipts};
    return append_unit(store, &unit, reterr);
}

jc_status jc_test_append_expecting(jc_store *store, const jc_event events[], size_t count,
                                   uint64_t expected, jc_receipt ret_receipts[], jc_error *reterr)
{
    jc_expected expectation = {.workflow_id = events[0].workflow_id, .sequence = expected};
    jc_unit unit = {.events = events,
                    .count = count,
                    .expected = &expectation,
                    .expected_count = 1,
                    .ret_receipts = ret_receipts};
    return append_unit(store, &unit, reterr);
}

jc_status jc_test_line_add(jc_buf *lines, const jc_event *event, jc_error *reterr)
{
    size_t size = jc_event_format(event, NULL, 0);
    jc_status status = jc_buf_reserve(lines, size + 1, reterr);
    if (status < 0)
        return status;
    (void)jc_event_format(event, lines->bytes + lines->size, size);
    lines->size += size;
    return jc_buf_append_char(lines, '\n', reterr);
}

jc_status jc_test_cursor_lines(jc_cursor *cursor, jc_buf *lines, jc_error *reterr)
{
    for (;;) {
        const jc_event *event = NULL;
        jc_status status = jc_cursor_next(cursor, &event, reterr);
        if (status == JC_END)
            return JC_OK;
        if (status == JC_OK)
            status = jc_test_line_add(lines, event, reterr);
        if (status < 0)
            return status;
    }
}

jc_status jc_test_lines(jc_store *store, const jc_filter *filter, jc_buf *lines, jc_error *reterr)
{
    const jc_filter everything = {0};
    jc_cursor *cursor = NULL;
    jc_status status =
        jc_cursor_open(store, filter != NULL ? filter : &everything, &cursor, reterr);
    if (status < 0)
        return status;
    status = jc_test_cursor_lines(cursor, lines, reterr);
    jc_cursor_close(cursor);
    return status;
}

/* GET /api/outline/{workflow}: what all events of a workflow are, in columns, as JSON lines. A page reads it
 * before it looks at any of them, so it is short: times are differences, names stand once. */
#include "base/fail.h"
#include "base/map.h"
#include "server/routes.h"

#include <inttypes.h>

#define BLOCK 2000 /* events on a line */

/* Names in the order in which they came up; an index is kept as a pointer into `numbers`. */
typedef struct table {
    jc_map by_name; /* to its number, from 1 on */
    size_t count;
    size_t told;     /* of them, on lines before */
    jc_answer added; /* the names that are new on this line, with commas between */
    jc_buf added_bytes;
    jc_buf column; /* of this line */
} table;

enum {
    TYPES,
    AGENTS,
    CORRELATIONS,
    TABLE_COUNT
};

static const char *const names[TABLE_COUNT] = {"types", "agents", "correlations"};

typedef struct outline {
    jc_call *call;
    jc_cursor *cursor;
    table tables[TABLE_COUNT];
    jc_buf times; /* of this line */
    int64_t last_us;
    size_t count; /* events of this line */
    uint64_t from;
} outline;

static void end_outline(outline *of)
{
    jc_cursor_close(of->cursor);
    jc_buf_release(&of->times);
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        jc_buf_release(&of->tables[i].added_bytes);
        jc_buf_release(&of->tables[i].column);
    }
}
JC_AUTO_DEFINE(outline, end_outline);

static jc_status add_number(jc_buf *column, int64_t number, jc_error *reterr)
{
    char digits[24];
    char *at = digits + sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        *--at = '-';
    if (column->size > 0)
        *--at = ',';
    return jc_buf_append(column, at, (size_t)(digits + sizeof digits - at), reterr);
}

/* A name that has not come up before: the next number is its. */
static jc_status add_name(outline *of, table *in, jc_str name, size_t *ret_number, jc_error *reterr)
{
    size_t *number = jc_arena_get(of->call->arena, sizeof *number);
    jc_str kept = jc_arena_copy(of->call->arena, name);
    if (number == NULL || kept.bytes == NULL)
        return jc_fail_memory(reterr);
    *number = ++in->count;
    if (!jc_map_put(&in->by_name, of->call->arena, kept, number))
        return jc_fail_memory(reterr);
    if (in->added_bytes.size > 0)
        jc_put(&in->added, ",");
    jc_put_text(&in->added, name);
    *ret_number = *number;
    return jc_answer_status(&in->added, reterr);
}

static jc_status add_cell(outline *of, table *in, jc_str name, jc_error *reterr)
{
    size_t number = 0;
    jc_status status = JC_OK;
    if (name.bytes != NULL) {
        const size_t *known = jc_map_get(&in->by_name, name);
        if (known != NULL)
            number = *known;
        else
            status = add_name(of, in, name, &number, reterr);
    }
    return status == JC_OK ? add_number(&in->column, (int64_t)number - 1, reterr) : status;
}

static jc_status add_event(outline *of, const jc_event *event, jc_error *reterr)
{
    const jc_str cells[TABLE_COUNT] = {event->event_type, event->agent_id, event->correlation_id};
    if (of->count == 0) {
        of->from = event->sequence;
        of->last_us = 0;
    }
    jc_status status = add_number(&of->times, event->timestamp_us - of->last_us, reterr);
    of->last_us = event->timestamp_us;
    for (size_t i = 0; status == JC_OK && i < TABLE_COUNT; i++)
        status = add_cell(of, &of->tables[i], cells[i], reterr);
    of->count++;
    return status;
}

static void put_list(jc_answer *out, const char *prefix, const char *name, jc_buf *list)
{
    jc_put_format(out, ",\"%s%s\":[", prefix, name);
    jc_put_str(out, jc_buf_str(list));
    jc_put(out, "]");
    jc_buf_clear(list);
}

static void put_line(outline *of)
{
    jc_answer *out = &of->call->out;
    if (of->count == 0)
        return;
    jc_put_format(out, "{\"from\":%" PRIu64, of->from);
    put_list(out, "", "times", &of->times);
    for (size_t i = 0; i < TABLE_COUNT; i++)
        put_list(out, "", names[i], &of->tables[i].column);
    for (size_t i = 0; i < TABLE_COUNT; i++)
        put_list(out, "new_", names[i], &of->tables[i].added_bytes);
    jc_put(out, "}\n");
    of->count = 0;
}

static jc_status put_lines(outline *of, uint64_t limit, jc_error *reterr)
{
    const jc_event *event = NULL;
    jc_status status = JC_OK;
    for (uint64_t i = 0; status == JC_OK && i < limit; i++) {
        status = jc_cursor_next(of->cursor, &event, reterr);
        if (status == JC_OK)
            status = add_event(of, event, reterr);
        if (status == JC_OK && of->count == BLOCK)
            put_line(of);
        if (status == JC_OK && of->call->out.too_large)
            break;
    }
    put_line(of);
    return status == JC_END ? JC_OK : status;
}

jc_status jc_api_outline(jc_call *call, jc_error *reterr)
{
    JC_AUTO(outline) of = {.call = call};
    jc_head head;
    uint64_t after = 0;
    uint64_t limit = UINT64_MAX;
    jc_filter filter = {.workflow_ids = &call->name, .workflow_count = 1};
    for (size_t i = 0; i < TABLE_COUNT; i++)
        jc_answer_init(&of.tables[i].added, &of.tables[i].added_bytes);
    jc_status status = jc_query_number(&call->query, "after", 0, INT64_MAX - 1, &after, reterr);
    if (status == JC_OK)
        status = jc_query_number(&call->query, "limit", 1, INT64_MAX, &limit, reterr);
    if (status == JC_OK)
        status = jc_call_head(call, call->name, &head, reterr);
    if (status < 0)
        return status;
    call->response->content_type = "application/x-ndjson";
    filter.from = after + 1;
    status = jc_cursor_open(call->store, &filter, &of.cursor, reterr);
    return status == JC_OK ? put_lines(&of, limit, reterr) : status;
}

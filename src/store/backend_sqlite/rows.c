/* Rows into events. Every field is checked as it is read: a row that somebody changed must not pass
 * for an event, and must not stop the rest from being read. */
#include "store/backend_sqlite/sqlite.h"

#include "base/fail.h"
#include "base/hash.h"
#include "base/uuid.h"

#include <inttypes.h>

enum column {
    POSITION,
    ID,
    WORKFLOW_ID,
    SEQUENCE,
    TIMESTAMP,
    EVENT_TYPE,
    AGENT_ID,
    CORRELATION_ID,
    CAUSATION_ID,
    DATA,
    HASH,
    DATA_HASH
};

static jc_status damaged(sqlite3_stmt *row, const char *what, jc_error *reterr)
{
    jc_str workflow_id = jc_sql_text(row, WORKFLOW_ID);
    return jc_fail(reterr, JC_ECORRUPT, "%.*s #%lld: %s",
                   (int)(workflow_id.size > JC_WORKFLOW_ID_SIZE_MAX ? 0 : workflow_id.size),
                   workflow_id.bytes != NULL ? workflow_id.bytes : "",
                   (long long)sqlite3_column_int64(row, SEQUENCE), what);
}

static bool read_time(jc_str text, int64_t *ret_us)
{
    char again[JC_TIME_TEXT_SIZE];
    if (text.size != JC_TIME_TEXT_SIZE - 1 || jc_time_parse(text, ret_us, NULL) < 0)
        return false;
    jc_time_format(*ret_us, again);
    return memcmp(text.bytes, again, text.size) == 0;
}

/* The fields that are numbers, ids and times; NULL when all are well, else what is wrong. */
static const char *read_fixed(sqlite3_stmt *row, jc_event *event)
{
    int64_t position = sqlite3_column_int64(row, POSITION);
    int64_t sequence = sqlite3_column_int64(row, SEQUENCE);
    jc_str id = jc_sql_text(row, ID);
    jc_str hash = jc_sql_text(row, HASH);
    if (position < 1)
        return "position: below 1";
    if (sequence < 1)
        return "sequence: below 1";
    if (id.size != 36 || !jc_uuid_decode(id.bytes, false, &event->id))
        return "id: not a UUID in lower case";
    if (!read_time(jc_sql_text(row, TIMESTAMP), &event->timestamp_us))
        return "timestamp: not a time of the log's form";
    if (hash.size != 64 || !jc_hex_decode(hash.bytes, sizeof event->hash.bytes, event->hash.bytes))
        return "hash: not 64 hex digits";
    event->position = (uint64_t)position;
    event->sequence = (uint64_t)sequence;
    event->has_timestamp = true;
    return NULL;
}

static bool copy_column(sqlite3_stmt *row, enum column column, jc_arena *arena, jc_str *ret)
{
    jc_str text = jc_sql_text(row, (int)column);
    *ret = (jc_str){0};
    if (text.bytes == NULL)
        return sqlite3_column_type(row, (int)column) == SQLITE_NULL;
    *ret = jc_arena_copy(arena, text);
    return ret->bytes != NULL;
}

static bool copy_columns(sqlite3_stmt *row, jc_arena *arena, jc_event *event)
{
    return copy_column(row, WORKFLOW_ID, arena, &event->workflow_id) &&
           copy_column(row, EVENT_TYPE, arena, &event->event_type) &&
           copy_column(row, AGENT_ID, arena, &event->agent_id) &&
           copy_column(row, CORRELATION_ID, arena, &event->correlation_id) &&
           copy_column(row, CAUSATION_ID, arena, &event->causation_id) &&
           copy_column(row, DATA, arena, &event->data);
}

jc_status jc_row_read(sqlite3_stmt *row, jc_arena *arena, jc_event *ret_event, jc_error *reterr)
{
    jc_event event;
    const char *wrong = read_fixed(row, &event);
    if (wrong != NULL)
        return damaged(row, wrong, reterr);
    if (sqlite3_column_type(row, DATA_HASH) != SQLITE_NULL)
        return damaged(row, "data_hash: set, but this version erases nothing", reterr);
    if (!copy_columns(row, arena, &event))
        return jc_fail_memory(reterr);
    if (event.data.bytes == NULL)
        return damaged(row, "data: missing", reterr);
    *ret_event = event;
    return JC_OK;
}

jc_status jc_rows_read(sqlite3 *db, sqlite3_stmt *rows, bool by_sequence, jc_page *page,
                       jc_error *reterr)
{
    size_t size = 0;
    while (page->count < page->capacity && size < JC_PAGE_SIZE_MAX) {
        int code = sqlite3_step(rows);
        if (code == SQLITE_DONE)
            return JC_OK;
        if (code != SQLITE_ROW)
            return jc_sqlite_fail(db, reterr, "the log");
        int64_t key = sqlite3_column_int64(rows, by_sequence ? SEQUENCE : POSITION);
        page->last = key > 0 ? (uint64_t)key : 0;
        jc_event *event = &page->events[page->count];
        jc_status status = jc_row_read(rows, &page->arena, event, &page->damage);
        if (status == JC_ECORRUPT) {
            page->damaged = true;
            return JC_OK;
        }
        if (status < 0)
            return jc_fail(reterr, status, "%s", page->damage.text);
        size += event->data.size;
        page->count++;
    }
    return JC_OK;
}

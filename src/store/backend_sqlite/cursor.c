/* A filter into SQL, and its rows in pages.
 *
 * The statement is put together from fixed pieces, with every value bound. A piece with a '+' before
 * the column keeps SQLite from choosing that column's index, which would sort all matches anew for
 * every page. Without one workflow to go by, the range of positions that can match is looked up
 * first, so that a short time or a small workflow in a large log is found at once. */
#include "store/backend_sqlite/sqlite.h"

#include "base/fail.h"

#include <stdlib.h>

typedef struct row_cursor {
    jc_sqlite *self;
    jc_filter filter; /* its text belongs to the caller, who outlives the cursor */
    sqlite3_stmt *rows;
    char since[JC_TIME_TEXT_SIZE];
    char until[JC_TIME_TEXT_SIZE];
    /* Of the events that were there at the first page, those that match lie within these positions. */
    bool ranged;
    uint64_t first, last;
    uint64_t position_at_start; /* and later: up to where everything was looked at */
} row_cursor;

static bool by_sequence(const row_cursor *cursor)
{
    return cursor->filter.workflow_count == 1;
}

static bool is_glob(jc_str text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.bytes[i] == '*' || text.bytes[i] == '?' || text.bytes[i] == '[')
            return true;
    }
    return false;
}

/* Text that is known to fit: the number of filters is bounded by memory, not by the statement. */
static jc_status add(jc_buf *sql, const char *text, jc_error *reterr)
{
    return jc_buf_append_text(sql, text, reterr);
}

static jc_status add_list(jc_buf *sql, const char *start, const char *each, const char *between,
                          const char *end, size_t count, jc_error *reterr)
{
    if (count == 0)
        return JC_OK;
    jc_status status = add(sql, start, reterr);
    for (size_t i = 0; status == JC_OK && i < count; i++) {
        status = add(sql, i > 0 ? between : "", reterr);
        if (status == JC_OK)
            status = add(sql, each, reterr);
    }
    return status == JC_OK ? add(sql, end, reterr) : status;
}

static jc_status add_types(jc_buf *sql, const jc_filter *filter, jc_error *reterr)
{
    bool exact = filter->event_type_count == 1 && !is_glob(filter->event_types[0]);
    if (exact)
        return add(sql, filter->workflow_count == 1 ? " AND +event_type=?" : " AND event_type=?",
                   reterr);
    return add_list(sql, " AND (", "+event_type GLOB ?", " OR ", ")", filter->event_type_count,
                    reterr);
}

/* The parameters in their order: after, end, workflows, types, agent, correlation, since, until, from,
 * to. */
static jc_status write_sql(const row_cursor *cursor, jc_buf *sql, jc_error *reterr)
{
    const jc_filter *filter = &cursor->filter;
    const char *key = by_sequence(cursor) ? "sequence" : "position";
    jc_status status =
        jc_buf_append_format(sql, reterr,
                             filter->reverse
                                 ? "SELECT " JC_ROW_COLUMNS " FROM events WHERE %s<?1 AND %s>=?2"
                                 : "SELECT " JC_ROW_COLUMNS " FROM events WHERE %s>?1 AND %s<=?2",
                             key, key);
    if (status == JC_OK && by_sequence(cursor))
        status = add(sql, " AND workflow_id=?", reterr);
    else if (status == JC_OK)
        status =
            add_list(sql, " AND +workflow_id IN (", "?", ",", ")", filter->workflow_count, reterr);
    if (status == JC_OK)
        status = add_types(sql, filter, reterr);
    if (status == JC_OK && filter->agent_id.bytes != NULL)
        status = add(sql, " AND agent_id=?", reterr);
    if (status == JC_OK && filter->correlation_id.bytes != NULL)
        status = add(sql, by_sequence(cursor) ? " AND +correlation_id=?" : " AND correlation_id=?",
                     reterr);
    if (status == JC_OK && filter->has_since)
        status = add(sql, " AND +timestamp>=?", reterr);
    if (status == JC_OK && filter->has_until)
        status = add(sql, " AND +timestamp<=?", reterr);
    if (status == JC_OK && filter->from > 0)
        status = jc_buf_append_format(sql, reterr, " AND %s>=?", key);
    if (status == JC_OK && filter->to > 0)
        status = jc_buf_append_format(sql, reterr, " AND %s<=?", key);
    if (status == JC_OK)
        status = jc_buf_append_format(sql, reterr, " ORDER BY %s%s", key,
                                      filter->reverse ? " DESC" : "");
    return status;
}

static void bind_str(sqlite3_stmt *stmt, int *at, jc_str text)
{
    jc_sql_bind(stmt, (*at)++, text);
}

static int64_t as_key(uint64_t key)
{
    return key > INT64_MAX ? INT64_MAX : (int64_t)key;
}

static uint64_t as_key_back(int64_t key)
{
    return key > 0 ? (uint64_t)key : 0;
}

/* Everything but where a page begins and ends, once for the life of the cursor. */
static void bind_filter(row_cursor *cursor)
{
    const jc_filter *filter = &cursor->filter;
    sqlite3_stmt *rows = cursor->rows;
    int at = 3;
    for (size_t i = 0; i < filter->workflow_count; i++)
        bind_str(rows, &at, filter->workflow_ids[i]);
    for (size_t i = 0; i < filter->event_type_count; i++)
        bind_str(rows, &at, filter->event_types[i]);
    if (filter->agent_id.bytes != NULL)
        bind_str(rows, &at, filter->agent_id);
    if (filter->correlation_id.bytes != NULL)
        bind_str(rows, &at, filter->correlation_id);
    if (filter->has_since)
        bind_str(rows, &at, jc_str_of(cursor->since));
    if (filter->has_until)
        bind_str(rows, &at, jc_str_of(cursor->until));
    if (filter->from > 0)
        (void)sqlite3_bind_int64(rows, at++, as_key(filter->from));
    if (filter->to > 0)
        (void)sqlite3_bind_int64(rows, at++, as_key(filter->to));
}

/* A time outside what an event can have is as good as the end of that range. */
static int64_t within_range(int64_t time_us)
{
    if (time_us < JC_TIMESTAMP_US_MIN)
        return JC_TIMESTAMP_US_MIN;
    return time_us > JC_TIMESTAMP_US_MAX ? JC_TIMESTAMP_US_MAX : time_us;
}

static jc_status prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret, jc_error *reterr)
{
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL) == SQLITE_OK)
        return JC_OK;
    return jc_sqlite_fail(db, reterr, "the log");
}

/* Narrow the range to what one row of (least, greatest position) says; no row or nulls: to nothing. */
static jc_status narrow_by(row_cursor *cursor, sqlite3_stmt *range, uint64_t *first, uint64_t *last,
                           jc_error *reterr)
{
    int code = sqlite3_step(range);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return jc_sqlite_fail(cursor->self->db, reterr, "the log");
    if (code == SQLITE_DONE || sqlite3_column_type(range, 0) == SQLITE_NULL)
        return JC_OK;
    uint64_t least = (uint64_t)sqlite3_column_int64(range, 0);
    uint64_t greatest = (uint64_t)sqlite3_column_int64(range, 1);
    *first = *first == 0 || least < *first ? least : *first;
    *last = greatest > *last ? greatest : *last;
    return JC_OK;
}

static jc_status range_of_times(row_cursor *cursor, uint64_t *first, uint64_t *last,
                                jc_error *reterr)
{
    sqlite3_stmt *range = NULL;
    jc_status status =
        prepare(cursor->self->db,
                "SELECT min(position),max(position) FROM events INDEXED BY events_timestamp "
                "WHERE timestamp>=?1 AND timestamp<=?2",
                &range, reterr);
    if (status < 0)
        return status;
    (void)sqlite3_bind_text(range, 1, cursor->since, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(range, 2, cursor->until, -1, SQLITE_STATIC);
    status = narrow_by(cursor, range, first, last, reterr);
    (void)sqlite3_finalize(range);
    return status;
}

static jc_status range_of_workflows(row_cursor *cursor, uint64_t *first, uint64_t *last,
                                    jc_error *reterr)
{
    sqlite3_stmt *range = NULL;
    jc_status status = prepare(
        cursor->self->db,
        "SELECT (SELECT position FROM events WHERE workflow_id=?1 ORDER BY sequence LIMIT 1),"
        "(SELECT position FROM events WHERE workflow_id=?1 ORDER BY sequence DESC LIMIT 1)",
        &range, reterr);
    for (size_t i = 0; status == JC_OK && i < cursor->filter.workflow_count; i++) {
        jc_str workflow_id = cursor->filter.workflow_ids[i];
        jc_sql_bind(range, 1, workflow_id);
        status = narrow_by(cursor, range, first, last, reterr);
        (void)sqlite3_reset(range);
    }
    (void)sqlite3_finalize(range);
    return status;
}

static jc_status find_range(row_cursor *cursor, jc_error *reterr)
{
    cursor->first = 1;
    cursor->ranged = true;
    jc_status status = jc_sqlite_last_position(cursor->self, &cursor->position_at_start, reterr);
    cursor->last = cursor->position_at_start;
    const jc_filter *filter = &cursor->filter;
    if (status < 0 || by_sequence(cursor) ||
        (!filter->has_since && !filter->has_until && filter->workflow_count == 0))
        return status;
    uint64_t first = 0;
    uint64_t last = 0;
    status = filter->workflow_count > 0 ? range_of_workflows(cursor, &first, &last, reterr)
                                        : range_of_times(cursor, &first, &last, reterr);
    if (status == JC_OK) {
        cursor->first = first > 0 ? first : cursor->position_at_start + 1;
        cursor->last = last;
    }
    return status;
}

void jc_sqlite_cursor_close(void *context)
{
    row_cursor *cursor = context;
    (void)sqlite3_finalize(cursor->rows);
    free(cursor);
}

jc_status jc_sqlite_cursor_open(void *context, const jc_filter *filter, void **ret_cursor,
                                jc_error *reterr)
{
    row_cursor *cursor = calloc(1, sizeof *cursor);
    if (cursor == NULL)
        return jc_fail_memory(reterr);
    cursor->self = context;
    cursor->filter = *filter;
    jc_time_format(filter->has_since ? within_range(filter->since_us) : JC_TIMESTAMP_US_MIN,
                   cursor->since);
    jc_time_format(filter->has_until ? within_range(filter->until_us) : JC_TIMESTAMP_US_MAX,
                   cursor->until);

    JC_AUTO(jc_buf) sql = {0};
    jc_status status = write_sql(cursor, &sql, reterr);
    if (status == JC_OK)
        status = jc_buf_append_char(&sql, '\0', reterr);
    if (status == JC_OK)
        status = prepare(cursor->self->db, sql.bytes, &cursor->rows, reterr);
    if (status < 0) {
        jc_sqlite_cursor_close(cursor);
        return status;
    }
    bind_filter(cursor);
    *ret_cursor = cursor;
    return JC_OK;
}

/* In a damaged file rows may come in any order; a reader that believed them could go round for ever. */
static jc_status check_order(const row_cursor *cursor, int64_t after, const jc_page *page,
                             jc_error *reterr)
{
    uint64_t key = as_key_back(after);
    bool ordered = true;
    for (size_t i = 0; i <= page->count; i++) {
        uint64_t next = page->last;
        if (i < page->count)
            next = by_sequence(cursor) ? page->events[i].sequence : page->events[i].position;
        else if (!page->damaged)
            break;
        ordered = ordered && (cursor->filter.reverse ? next < key && next > 0 : next > key);
        key = next;
    }
    if (ordered)
        return JC_OK;
    return jc_fail(reterr, JC_ECORRUPT,
                   "the rows of the log are not in order behind %s %lld: run jc verify",
                   by_sequence(cursor) ? "sequence" : "position", (long long)after);
}

/* SQLite enters the index at one bound, the page's: so that must be the filter's where that is nearer.
 * Else everything before `from` would be stepped over at each look. */
static void narrow_range(const jc_filter *filter, int64_t *after, int64_t *end)
{
    int64_t from = as_key(filter->from);
    int64_t to = filter->to > 0 ? as_key(filter->to) : INT64_MAX;
    if (filter->reverse) {
        if (to<INT64_MAX && * after> to)
            *after = to + 1;
        *end = *end < from ? from : *end;
    } else {
        *after = *after < from - 1 ? from - 1 : *after;
        *end = *end > to ? to : *end;
    }
}

/* A page of the rows behind `after`, up to and with `end`, in the cursor's direction. */
static jc_status read_page(row_cursor *cursor, int64_t after, int64_t end, jc_page *page,
                           jc_error *reterr)
{
    jc_status status = jc_page_clear(page, JC_PAGE_EVENTS_MAX, reterr);
    if (status < 0)
        return status;
    jc_sqlite_set_deadline(cursor->self);
    narrow_range(&cursor->filter, &after, &end);
    (void)sqlite3_bind_int64(cursor->rows, 1, after);
    (void)sqlite3_bind_int64(cursor->rows, 2, end);
    status = jc_rows_read(cursor->self->db, cursor->rows, by_sequence(cursor), page, reterr);
    /* The reset ends the read transaction: pages hold none between them. */
    (void)sqlite3_reset(cursor->rows);
    if (status < 0)
        return status;
    status = check_order(cursor, after, page, reterr);
    if (status < 0)
        page->count = 0;
    return status;
}

/* Newest first there is nothing to come, so the range bounds both ends. */
static jc_status read_back(row_cursor *cursor, uint64_t after, jc_page *page, jc_error *reterr)
{
    int64_t end = by_sequence(cursor) ? 1 : as_key(cursor->first);
    if (after == 0 && !by_sequence(cursor) && cursor->last < cursor->position_at_start)
        after = cursor->last + 1;
    return read_page(cursor, after > 0 ? as_key(after) : INT64_MAX, end, page, reterr);
}

/* First the range in which those lie that were there, then what came since. What was looked at in
 * vain is not looked at again, so that following a rare type costs nothing but what is new. */
static jc_status read_on(row_cursor *cursor, uint64_t after, jc_page *page, jc_error *reterr)
{
    if (after + 1 < cursor->first)
        after = cursor->first - 1;
    if (after < cursor->last) {
        jc_status status = read_page(cursor, as_key(after), as_key(cursor->last), page, reterr);
        if (status < 0 || page->count > 0 || page->damaged)
            return status;
        cursor->last = 0;
    }
    if (after < cursor->position_at_start)
        after = cursor->position_at_start;
    uint64_t visible = 0;
    jc_status status = jc_sqlite_last_position(cursor->self, &visible, reterr);
    if (status == JC_OK)
        status = read_page(cursor, as_key(after), INT64_MAX, page, reterr);
    if (status == JC_OK && page->count == 0 && !page->damaged && visible > after)
        cursor->position_at_start = visible;
    return status;
}

jc_status jc_sqlite_cursor_page(void *context, uint64_t after, jc_page *page, jc_error *reterr)
{
    row_cursor *cursor = context;
    jc_status status = cursor->ranged ? JC_OK : find_range(cursor, reterr);
    if (status < 0) {
        cursor->ranged = false;
        return status;
    }
    if (cursor->filter.reverse)
        return read_back(cursor, after, page, reterr);
    if (by_sequence(cursor))
        return read_page(cursor, as_key(after), INT64_MAX, page, reterr);
    return read_on(cursor, after, page, reterr);
}

/* The original system's database: `events(id, timestamp, workflow_id, event_type, data)`, in the
 * order in which its rows were written. Its times are local clock time without a zone. */
#include "intake/derived_id.h"
#include "intake/import.h"

#include "base/fail.h"
#include "base/sql.h"

#include <inttypes.h>

static jc_status read_id(sqlite3_stmt *row, jc_event *event, jc_error *reterr)
{
    jc_str text = jc_sql_text(row, 0);
    if (jc_uuid_parse(text, &event->id, NULL) == JC_OK)
        return JC_OK;
    if (text.bytes == NULL)
        return jc_fail(reterr, JC_EINVAL, "id: it is missing");
    return jc_derive_id(JC_URN_IMPORT, &text, 1, &event->id, reterr);
}

static jc_status take_row(jc_importing *importing, sqlite3_stmt *row, jc_error *reterr)
{
    jc_event event = {0};
    jc_error detail;
    jc_status status = read_id(row, &event, reterr);
    if (status == JC_OK)
        status = jc_arena_keep(&importing->arena, jc_sql_text(row, 2), &event.workflow_id, reterr);
    if (status == JC_OK)
        status = jc_arena_keep(&importing->arena, jc_sql_text(row, 3), &event.event_type, reterr);
    if (status == JC_OK)
        status = jc_arena_keep(&importing->arena, jc_sql_text(row, 4), &event.data, reterr);
    if (status < 0)
        return status;
    status =
        jc_intake_time(jc_sql_text(row, 1), importing->options->utc, &event.timestamp_us, &detail);
    if (status < 0)
        return jc_fail(reterr, status, "timestamp: %s", detail.text);
    event.has_timestamp = true;
    return jc_import_take(importing, &event, NULL, reterr);
}

/* Our own log has a table of that name too, with more in it than this reads. */
static jc_status refuse_own_log(sqlite3 *db, const char *path, jc_error *reterr)
{
    sqlite3_stmt *stmt = NULL;
    bool own = sqlite3_prepare_v2(db, "SELECT 1 FROM pragma_table_info('events') WHERE name='hash'",
                                  -1, &stmt, NULL) == SQLITE_OK &&
               sqlite3_step(stmt) == SQLITE_ROW;
    (void)sqlite3_finalize(stmt);
    if (!own)
        return JC_OK;
    return jc_fail(reterr, JC_EINVAL,
                   "%s is a log of jc: take it in with jc -C ITS_PROJECT export | jc import -, or "
                   "put it in place "
                   "with jc restore",
                   path);
}

/* What SQLite said of the file: that it cannot be read is the machine's failure, that it is damaged or
 * something else is the file's. */
static jc_status fail_reading(sqlite3 *db, const char *path, jc_error *reterr)
{
    static const char what[] = "is not the original's database, which has a table events(id, "
                               "timestamp, workflow_id, event_type, data)";
    if (db == NULL)
        return jc_fail_memory(reterr);
    switch (sqlite3_errcode(db) & 0xff) {
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_PERM:
    case SQLITE_READONLY:
        return jc_fail(reterr, JC_EIO, "cannot read %s: %s", path, sqlite3_errmsg(db));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return jc_fail(reterr, JC_EBUSY, "%s is in use: %s: try again", path, sqlite3_errmsg(db));
    case SQLITE_NOMEM:
        return jc_fail_memory(reterr);
    case SQLITE_CORRUPT:
        return jc_fail(reterr, JC_EINVAL, "%s is damaged: %s", path, sqlite3_errmsg(db));
    default:
        return jc_fail(reterr, JC_EINVAL, "%s %s: %s", path, what, sqlite3_errmsg(db));
    }
}

static jc_status take_rows(jc_importing *importing, const char *path, sqlite3 *db,
                           sqlite3_stmt *rows, jc_error *reterr)
{
    for (;;) {
        jc_error detail;
        int code = sqlite3_step(rows);
        if (code == SQLITE_DONE)
            return JC_OK;
        if (code != SQLITE_ROW)
            return fail_reading(db, path, reterr);
        importing->line = ++importing->result.lines;
        jc_status status = take_row(importing, rows, &detail);
        if (status == JC_END)
            return JC_END;
        if (status < 0) {
            (void)jc_fail(reterr, status, "row %" PRIu64 ": %s", importing->result.lines,
                          detail.text);
            return jc_import_stop_at(importing, status, reterr);
        }
    }
}

jc_status jc_import_jean_claude_db(jc_importing *importing, const char *path, jc_error *reterr)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *rows = NULL;
    jc_status status = JC_OK;
    static const char sql[] =
        "SELECT id,timestamp,workflow_id,event_type,data FROM events ORDER BY rowid";
    const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, sql, -1, &rows, NULL) != SQLITE_OK)
        status = fail_reading(db, path, reterr);
    if (status == JC_OK)
        status = refuse_own_log(db, path, reterr);
    /* How many rows there are is not asked, so progress has no total. */
    importing->total_size = 0;
    if (status == JC_OK)
        status = take_rows(importing, path, db, rows, reterr);
    (void)sqlite3_finalize(rows);
    (void)sqlite3_close(db);
    return status;
}

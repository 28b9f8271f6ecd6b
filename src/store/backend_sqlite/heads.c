/* Small questions: heads, facts about the store, events by id, the list of workflows; and waiting. */
#include "store/backend_sqlite/sqlite.h"

#include "base/fail.h"

#include <inttypes.h>

static jc_status prepare(jc_sqlite *self, const char *sql, sqlite3_stmt **ret, jc_error *reterr)
{
    jc_sqlite_set_deadline(self);
    if (sqlite3_prepare_v2(self->db, sql, -1, ret, NULL) == SQLITE_OK)
        return JC_OK;
    return jc_sqlite_fail(self->db, reterr, "the log");
}

/* Columns: sequence, position, timestamp, hash. */
static jc_status read_head(sqlite3_stmt *row, jc_str workflow_id, jc_head *ret_head,
                           jc_error *reterr)
{
    jc_head head = {.sequence = (uint64_t)sqlite3_column_int64(row, 0),
                    .position = (uint64_t)sqlite3_column_int64(row, 1)};
    if (jc_time_parse(jc_sql_text(row, 2), &head.timestamp_us, NULL) < 0 ||
        jc_hash_parse(jc_sql_text(row, 3), &head.hash, NULL) < 0)
        return jc_fail(reterr, JC_ECORRUPT, "%.*s #%" PRIu64 ": its timestamp or hash is malformed",
                       (int)workflow_id.size, workflow_id.bytes, head.sequence);
    *ret_head = head;
    return JC_OK;
}

jc_status jc_sqlite_head(void *context, jc_str workflow_id, jc_head *ret_head, jc_error *reterr)
{
    jc_sqlite *self = context;
    sqlite3_stmt *stmt = NULL;
    jc_status status = jc_sqlite_statement(self, JC_SQL_SELECT_HEAD, &stmt, reterr);
    if (status < 0)
        return status;
    /* Inside an append the deadline is the append's. */
    if (sqlite3_get_autocommit(self->db))
        jc_sqlite_set_deadline(self);
    JC_AUTO(jc_stmt_use) use = stmt;
    jc_sql_bind(use, 1, workflow_id);
    int code = sqlite3_step(use);
    if (code == SQLITE_ROW)
        return read_head(use, workflow_id, ret_head, reterr);
    if (code != SQLITE_DONE)
        return jc_sqlite_fail(self->db, reterr, "the log");
    *ret_head = (jc_head){0};
    return JC_OK;
}

jc_status jc_sqlite_at(void *context, jc_str workflow_id, uint64_t sequence, jc_page *page,
                       jc_error *reterr)
{
    jc_sqlite *self = context;
    sqlite3_stmt *stmt = NULL;
    jc_status status = jc_page_clear(page, JC_PAGE_FEW, reterr);
    if (status == JC_OK)
        status = jc_sqlite_statement(self, JC_SQL_SELECT_SEQUENCE, &stmt, reterr);
    if (status < 0)
        return status;
    jc_sqlite_set_deadline(self);
    JC_AUTO(jc_stmt_use) use = stmt;
    jc_sql_bind(use, 1, workflow_id);
    (void)sqlite3_bind_int64(use, 2, (int64_t)sequence);
    status = jc_rows_read(self->db, use, true, page, reterr);
    if (status == JC_OK && page->damaged)
        status = jc_fail(reterr, JC_ECORRUPT, "%s", page->damage.text);
    return status;
}

jc_status jc_sqlite_last_position(jc_sqlite *self, uint64_t *ret_position, jc_error *reterr)
{
    sqlite3_stmt *stmt = NULL;
    jc_status status = jc_sqlite_statement(self, JC_SQL_LAST_POSITION, &stmt, reterr);
    if (status < 0)
        return status;
    jc_sqlite_set_deadline(self);
    JC_AUTO(jc_stmt_use) use = stmt;
    if (sqlite3_step(use) != SQLITE_ROW)
        return jc_sqlite_fail(self->db, reterr, "the log");
    int64_t position = sqlite3_column_int64(use, 0);
    *ret_position = position > 0 ? (uint64_t)position : 0;
    return JC_OK;
}

jc_status jc_sqlite_info(void *context, jc_store_info *ret_info, jc_error *reterr)
{
    jc_sqlite *self = context;
    sqlite3_stmt *stmt = NULL;
    jc_store_info info = {.read_only = self->read_only || self->options.read_only};
    jc_status status = prepare(self, "SELECT store_id,epoch,format,gaps FROM store", &stmt, reterr);
    if (status < 0)
        return status;
    if (sqlite3_step(stmt) != SQLITE_ROW)
        status = sqlite3_errcode(self->db) == SQLITE_DONE
                     ? jc_fail(reterr, JC_ECORRUPT, "the log has lost the row of its table `store`")
                     : jc_sqlite_fail(self->db, reterr, "the log");
    else if (jc_uuid_parse(jc_sql_text(stmt, 0), &info.store_id, NULL) < 0)
        status = jc_fail(reterr, JC_ECORRUPT, "the log's store_id is not a UUID");
    info.epoch = (uint64_t)sqlite3_column_int64(stmt, 1);
    info.format = (uint64_t)sqlite3_column_int64(stmt, 2);
    info.gaps = sqlite3_column_int64(stmt, 3) != 0;
    (void)sqlite3_finalize(stmt);
    if (status == JC_OK)
        status = jc_sqlite_last_position(self, &info.position, reterr);
    if (status == JC_OK)
        *ret_info = info;
    return status;
}

jc_status jc_sqlite_find(void *context, jc_str prefix, jc_page *page, jc_error *reterr)
{
    jc_sqlite *self = context;
    char end[64];
    sqlite3_stmt *stmt = NULL;
    jc_status status = jc_page_clear(page, JC_PAGE_FEW, reterr);
    if (status == JC_OK)
        status =
            prepare(self, "SELECT " JC_ROW_COLUMNS " FROM events WHERE id>=?1 AND id<?2 LIMIT 2",
                    &stmt, reterr);
    if (status < 0)
        return status;
    /* '~' sorts behind every character of an id. */
    memcpy(end, prefix.bytes, prefix.size);
    end[prefix.size] = '~';
    jc_sql_bind(stmt, 1, prefix);
    (void)sqlite3_bind_text64(stmt, 2, end, prefix.size + 1, SQLITE_STATIC, SQLITE_UTF8);
    status = jc_rows_read(self->db, stmt, false, page, reterr);
    (void)sqlite3_finalize(stmt);
    if (status == JC_OK && page->damaged)
        status = jc_fail(reterr, JC_ECORRUPT, "%s", page->damage.text);
    return status;
}

/* One workflow of the listing: its first and its last row. */
static jc_status summarise(jc_sqlite *self, sqlite3_stmt *first, jc_str workflow_id,
                           jc_workflow_summary *ret_summary, jc_error *reterr)
{
    jc_head head;
    jc_status status = jc_sqlite_head(self, workflow_id, &head, reterr);
    if (status < 0)
        return status;
    *ret_summary = (jc_workflow_summary){.workflow_id = workflow_id,
                                         .events = head.sequence,
                                         .last_position = head.position,
                                         .last_us = head.timestamp_us,
                                         .hash = head.hash};
    JC_AUTO(jc_stmt_use) use = first;
    jc_sql_bind(use, 1, workflow_id);
    if (sqlite3_step(use) != SQLITE_ROW)
        return jc_sqlite_fail(self->db, reterr, "the log");
    if (jc_time_parse(jc_sql_text(use, 0), &ret_summary->first_us, NULL) < 0)
        return jc_fail(reterr, JC_ECORRUPT, "%.*s #1: its timestamp is malformed",
                       (int)workflow_id.size, workflow_id.bytes);
    return JC_OK;
}

static bool is_behind(jc_str found, jc_str last)
{
    int order = memcmp(found.bytes, last.bytes, found.size < last.size ? found.size : last.size);
    return order > 0 || (order == 0 && found.size > last.size);
}

static jc_status list(jc_sqlite *self, sqlite3_stmt *next, sqlite3_stmt *first,
                      jc_status (*each)(void *context, const jc_workflow_summary *summary),
                      void *context, jc_error *reterr)
{
    JC_AUTO(jc_buf) name = {0};
    for (;;) {
        (void)sqlite3_bind_text64(next, 1, jc_buf_str(&name).bytes, name.size, SQLITE_STATIC,
                                  SQLITE_UTF8);
        if (sqlite3_step(next) != SQLITE_ROW)
            return jc_sqlite_fail(self->db, reterr, "the log");
        jc_str found = jc_sql_text(next, 0);
        if (found.bytes == NULL)
            return JC_OK;
        /* In a damaged index the next may not be behind the last: that would never end. */
        if (!is_behind(found, jc_buf_str(&name)))
            return jc_fail(reterr, JC_ECORRUPT,
                           "the index of workflows is not in order: run jc verify");
        jc_buf_clear(&name);
        jc_status status = jc_buf_append_str(&name, found, reterr);
        (void)sqlite3_reset(next);
        jc_workflow_summary summary;
        if (status == JC_OK)
            status = summarise(self, first, jc_buf_str(&name), &summary, reterr);
        if (status == JC_OK)
            status = each(context, &summary);
        if (status != JC_OK)
            return status;
    }
}

jc_status jc_sqlite_workflows(void *context,
                              jc_status (*each)(void *context, const jc_workflow_summary *summary),
                              void *each_context, jc_error *reterr)
{
    jc_sqlite *self = context;
    sqlite3_stmt *next = NULL;
    sqlite3_stmt *first = NULL;
    /* The index on (workflow_id, sequence) leads from one id to the next without reading between. */
    jc_status status =
        prepare(self, "SELECT min(workflow_id) FROM events WHERE workflow_id>?1", &next, reterr);
    if (status == JC_OK)
        status =
            prepare(self,
                    "SELECT timestamp FROM events WHERE workflow_id=?1 ORDER BY sequence LIMIT 1",
                    &first, reterr);
    /* One transaction, so that the list is of one moment. */
    if (status == JC_OK && sqlite3_exec(self->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
        status = jc_sqlite_fail(self->db, reterr, "the log");
    if (status == JC_OK) {
        status = list(self, next, first, each, each_context, reterr);
        (void)sqlite3_reset(next);
        (void)sqlite3_exec(self->db, "COMMIT", NULL, NULL, NULL);
    }
    (void)sqlite3_finalize(next);
    (void)sqlite3_finalize(first);
    return status;
}

jc_status jc_sqlite_wait(void *context, uint64_t position, int timeout_ms, uint64_t *ret_position,
                         jc_error *reterr)
{
    jc_sqlite *self = context;
    int64_t end_us = jc_clock_monotonic_us() + (int64_t)timeout_ms * 1000;
    /* Watch first, then look: what comes between is not missed. */
    (void)jc_wake_fd(&self->wake);
    jc_wake_drain(&self->wake);
    for (;;) {
        uint64_t last = 0;
        jc_status status = jc_sqlite_last_position(self, &last, reterr);
        if (status < 0)
            return status;
        if (last > position) {
            *ret_position = last;
            return JC_OK;
        }
        int64_t left_ms = (end_us - jc_clock_monotonic_us() + 999) / 1000;
        status = jc_sqlite_check_current(self, reterr);
        if (status < 0)
            return status;
        if (left_ms <= 0)
            return JC_END;
        jc_wake_sleep(&self->wake, left_ms > 1000 ? 1000 : (int)left_ms);
    }
}

int jc_sqlite_wait_fd(void *context)
{
    jc_sqlite *self = context;
    return jc_wake_fd(&self->wake);
}

/* Rows of the table spans: see spans.h.
 *
 * `times` holds the spans of a row as pairs of 64-bit numbers, least significant byte first. `digest`
 * is over the workflow, the number, both hashes and the times. Each row but the last is full, and
 * begins with the hash that the one before ends with, so the last row's hash vouches for all. */
#include "cache/spans.h"

#include "base/array.h"
#include "base/hash.h"
#include "base/sql.h"

#include <stdlib.h>

#define SPAN_SIZE 16

void jc_spans_release(jc_spans *spans)
{
    free(spans->rows);
    *spans = (jc_spans){0};
}

static void put_number(uint8_t *bytes, int64_t number)
{
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)number >> 8 * i & 0xff);
}

static int64_t get_number(const uint8_t *bytes)
{
    uint64_t number = 0;
    for (size_t i = 0; i < 8; i++)
        number |= (uint64_t)bytes[i] << 8 * i;
    return (int64_t)number;
}

static jc_hash digest_of(jc_str workflow_id, size_t number, const jc_spans_row *row,
                         const uint8_t *times)
{
    jc_hasher hasher;
    jc_hasher_begin(&hasher);
    jc_hasher_add_number(&hasher, number);
    jc_hasher_add(&hasher, row->before_hash.bytes, sizeof row->before_hash.bytes);
    jc_hasher_add(&hasher, row->event_hash.bytes, sizeof row->event_hash.bytes);
    jc_hasher_add(&hasher, times, row->count * SPAN_SIZE);
    jc_hasher_add(&hasher, workflow_id.bytes, workflow_id.size);
    return jc_hasher_take(&hasher);
}

static bool read_row(sqlite3_stmt *stmt, jc_str workflow_id, size_t number, jc_spans_row *ret)
{
    jc_hash digest;
    const uint8_t *times = sqlite3_column_blob(stmt, 4);
    size_t size = (size_t)sqlite3_column_bytes(stmt, 4);
    if (sqlite3_column_int64(stmt, 0) != (int64_t)number || times == NULL ||
        size % SPAN_SIZE != 0 || size > JC_SPANS_ROW * SPAN_SIZE ||
        !jc_sql_hash(stmt, 1, &ret->before_hash) || !jc_sql_hash(stmt, 2, &ret->event_hash) ||
        !jc_sql_hash(stmt, 3, &digest))
        return false;
    ret->count = size / SPAN_SIZE;
    ret->changed = false;
    jc_hash wanted = digest_of(workflow_id, number, ret, times);
    if (!jc_hash_equal(&wanted, &digest))
        return false;
    for (size_t i = 0; i < ret->count; i++)
        ret->items[i] = (jc_time_span){.least_us = get_number(times + i * SPAN_SIZE),
                                       .greatest_us = get_number(times + i * SPAN_SIZE + 8)};
    return true;
}

static jc_spans_row *new_row(jc_spans *spans)
{
    jc_spans_row *rows = jc_array_grow(spans->rows, sizeof *rows, spans->count, &spans->capacity);
    if (rows == NULL)
        return NULL;
    spans->rows = rows;
    return &rows[spans->count];
}

/* Does the row go on where the last one ended? */
static bool follows(const jc_spans *spans, const jc_spans_row *row)
{
    const jc_spans_row *last = spans->count > 0 ? &spans->rows[spans->count - 1] : NULL;
    return last == NULL ||
           (last->count == JC_SPANS_ROW && jc_hash_equal(&last->event_hash, &row->before_hash));
}

void jc_spans_get(jc_cache *cache, jc_str workflow_id, size_t first, jc_spans *ret_spans)
{
    static const char sql[] = "SELECT number,before_hash,event_hash,digest,times FROM spans "
                              "WHERE workflow_id=?1 AND number>=?2 ORDER BY number";
    jc_spans spans = {.first_row = first / JC_SPANS_ROW};
    sqlite3_stmt *stmt = jc_cache_statement(cache, sql);
    if (stmt != NULL) {
        jc_sql_bind(stmt, 1, workflow_id);
        (void)sqlite3_bind_int64(stmt, 2, (int64_t)spans.first_row);
    }
    while (jc_cache_step(cache, stmt) == SQLITE_ROW) {
        jc_spans_row *row = new_row(&spans);
        if (row == NULL || !read_row(stmt, workflow_id, spans.first_row + spans.count, row) ||
            !follows(&spans, row))
            break;
        spans.count++;
    }
    jc_cache_reset(stmt);
    *ret_spans = spans;
}

size_t jc_spans_end(const jc_spans *spans)
{
    size_t rows = spans->first_row * JC_SPANS_ROW;
    if (spans->count == 0)
        return rows;
    return rows + (spans->count - 1) * JC_SPANS_ROW + spans->rows[spans->count - 1].count;
}

jc_time_span jc_spans_at(const jc_spans *spans, size_t number)
{
    return spans->rows[number / JC_SPANS_ROW - spans->first_row].items[number % JC_SPANS_ROW];
}

bool jc_spans_add(jc_spans *spans, jc_time_span span, jc_hash before_hash, jc_hash event_hash)
{
    jc_spans_row *row = spans->count > 0 ? &spans->rows[spans->count - 1] : NULL;
    if (row == NULL || row->count == JC_SPANS_ROW) {
        row = new_row(spans);
        if (row == NULL)
            return false;
        spans->count++;
        row->count = 0;
        row->before_hash = before_hash;
    }
    row->items[row->count++] = span;
    row->event_hash = event_hash;
    row->changed = true;
    return true;
}

static bool put_row(jc_cache *cache, jc_str workflow_id, size_t number, const jc_spans_row *row)
{
    static const char sql[] = "INSERT OR REPLACE INTO spans "
                              "(workflow_id,number,before_hash,event_hash,digest,times) "
                              "VALUES (?1,?2,?3,?4,?5,?6)";
    uint8_t times[JC_SPANS_ROW * SPAN_SIZE];
    sqlite3_stmt *stmt = jc_cache_statement(cache, sql);
    if (stmt == NULL)
        return false;
    for (size_t i = 0; i < row->count; i++) {
        put_number(times + i * SPAN_SIZE, row->items[i].least_us);
        put_number(times + i * SPAN_SIZE + 8, row->items[i].greatest_us);
    }
    jc_hash digest = digest_of(workflow_id, number, row, times);
    jc_sql_bind(stmt, 1, workflow_id);
    (void)sqlite3_bind_int64(stmt, 2, (int64_t)number);
    jc_sql_bind_hash(stmt, 3, &row->before_hash);
    jc_sql_bind_hash(stmt, 4, &row->event_hash);
    jc_sql_bind_hash(stmt, 5, &digest);
    (void)sqlite3_bind_blob(stmt, 6, times, (int)(row->count * SPAN_SIZE), SQLITE_STATIC);
    return jc_cache_run(cache, stmt);
}

bool jc_spans_put(jc_cache *cache, jc_str workflow_id, const jc_spans *spans)
{
    for (size_t i = 0; i < spans->count; i++) {
        if (spans->rows[i].changed &&
            !put_row(cache, workflow_id, spans->first_row + i, &spans->rows[i]))
            return false;
    }
    return true;
}

bool jc_spans_remove(jc_cache *cache, jc_str workflow_id)
{
    static const char sql[] = "DELETE FROM spans WHERE workflow_id=?1";
    sqlite3_stmt *stmt = jc_cache_statement(cache, sql);
    if (stmt != NULL)
        jc_sql_bind(stmt, 1, workflow_id);
    return jc_cache_run(cache, stmt);
}

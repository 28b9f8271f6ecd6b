/* Text and hashes in and out of SQLite statements. */
#ifndef JC_BASE_SQL_H
#define JC_BASE_SQL_H

#include "jc/event.h"

#include <sqlite3.h>

/* A column of the row that the statement stands on, borrowed until its next step; absent when it is
 * null, or memory is short (then sqlite3_column_type() says something else). */
static inline jc_str jc_sql_text(sqlite3_stmt *row, int column)
{
    const char *bytes = (const char *)sqlite3_column_text(row, column);
    return (jc_str){bytes, bytes != NULL ? (size_t)sqlite3_column_bytes(row, column) : 0};
}

/* Bind text that stays where it is until the statement is reset; absent text is null. */
static inline void jc_sql_bind(sqlite3_stmt *stmt, int at, jc_str text)
{
    if (text.bytes == NULL)
        (void)sqlite3_bind_null(stmt, at);
    else
        (void)sqlite3_bind_text64(stmt, at, text.bytes, text.size, SQLITE_STATIC, SQLITE_UTF8);
}

/* A column that holds the 32 bytes of a hash; false when it holds something else. */
static inline bool jc_sql_hash(sqlite3_stmt *row, int column, jc_hash *ret)
{
    const void *bytes = sqlite3_column_blob(row, column);
    if (bytes == NULL || sqlite3_column_bytes(row, column) != (int)sizeof ret->bytes)
        return false;
    memcpy(ret->bytes, bytes, sizeof ret->bytes);
    return true;
}

/* Bind a hash that stays where it is until the statement is reset. */
static inline void jc_sql_bind_hash(sqlite3_stmt *stmt, int at, const jc_hash *hash)
{
    (void)sqlite3_bind_blob(stmt, at, hash->bytes, (int)sizeof hash->bytes, SQLITE_STATIC);
}

#endif

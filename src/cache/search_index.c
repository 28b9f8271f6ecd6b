/* The FTS5 table `search`: see search_index.h.
 *
 * It keeps no copy of the text (content=''), so it stays a fraction of the log. Excerpts are made by a
 * table of the same kind in memory that holds one event. Letters, digits and symbols make up words, so
 * that an emoji can be searched for. */
#include "cache/search_index.h"

#include "base/fail.h"
#include "base/sql.h"

#define COLUMNS "title,body,type,workflow,agent"
#define TOKENS "tokenize=\"unicode61 remove_diacritics 2 categories 'L* N* Co So'\""

/* bm25 weighs a match in each column; the last three are there to narrow a search down. */
#define RANK "bm25(search,8.0,2.0,0.2,0.2,0.2)"

static bool run(jc_cache *cache, const char *sql)
{
    return jc_cache_run(cache, jc_cache_statement(cache, sql));
}

bool jc_search_index_ready(jc_cache *cache)
{
    static const char look[] = "SELECT 1 FROM sqlite_schema WHERE name='search'";
    static const char make[] = "CREATE VIRTUAL TABLE IF NOT EXISTS search "
                               "USING fts5(" COLUMNS ",content=''," TOKENS ")";
    sqlite3_stmt *stmt = jc_cache_statement(cache, look);
    bool ready = jc_cache_step(cache, stmt) == SQLITE_ROW;
    jc_cache_reset(stmt);
    return ready || run(cache, make);
}

bool jc_search_index_place(jc_cache *cache, uint64_t *ret_position, jc_hash *ret_hash)
{
    static const char sql[] = "SELECT position,event_hash FROM followers WHERE name='search'";
    sqlite3_stmt *stmt = jc_cache_statement(cache, sql);
    int code = jc_cache_step(cache, stmt);
    *ret_position = 0;
    if (code == SQLITE_ROW && jc_sql_hash(stmt, 1, ret_hash))
        *ret_position = (uint64_t)sqlite3_column_int64(stmt, 0);
    jc_cache_reset(stmt);
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

bool jc_search_index_clear(jc_cache *cache)
{
    static const char empty[] = "INSERT INTO search(search) VALUES ('delete-all')";
    static const char forget[] = "DELETE FROM followers WHERE name='search'";
    return run(cache, empty) && run(cache, forget);
}

static void bind_document(sqlite3_stmt *stmt, int first, const jc_document *document)
{
    for (int i = 0; i < JC_SEARCH_FIELDS; i++)
        jc_sql_bind(stmt, first + i, document->fields[i]);
}

bool jc_search_index_add(jc_cache *cache, uint64_t position, const jc_document *document)
{
    static const char sql[] = "INSERT INTO search (rowid," COLUMNS ") VALUES (?1,?2,?3,?4,?5,?6)";
    sqlite3_stmt *stmt = jc_cache_statement(cache, sql);
    if (stmt == NULL)
        return false;
    (void)sqlite3_bind_int64(stmt, 1, (int64_t)position);
    bind_document(stmt, 2, document);
    return jc_cache_run(cache, stmt);
}

bool jc_search_index_move(jc_cache *cache, uint64_t position, const jc_hash *hash)
{
    static const char sql[] = "INSERT OR REPLACE INTO followers (name,position,event_hash) "
                              "VALUES ('search',?1,?2)";
    sqlite3_stmt *stmt = jc_cache_statement(cache, sql);
    if (stmt == NULL)
        return false;
    (void)sqlite3_bind_int64(stmt, 1, (int64_t)position);
    jc_sql_bind_hash(stmt, 2, hash);
    return jc_cache_run(cache, stmt);
}

sqlite3_stmt *jc_search_index_match(jc_cache *cache, jc_str expression)
{
    static const char sql[] =
        "SELECT rowid," RANK " FROM search WHERE search MATCH ?1 ORDER BY " RANK ",rowid DESC";
    sqlite3_stmt *stmt = jc_cache_statement(cache, sql);
    if (stmt != NULL)
        jc_sql_bind(stmt, 1, expression);
    return stmt;
}

static bool make_excerpt_table(jc_cache *memory)
{
    static const char make[] =
        "CREATE VIRTUAL TABLE IF NOT EXISTS one USING fts5(" COLUMNS "," TOKENS ")";
    static const char empty[] = "DELETE FROM one";
    return run(memory, make) && run(memory, empty);
}

jc_status jc_search_excerpt(jc_cache *memory, const jc_document *document, jc_str expression,
                            int words, jc_buf *ret_text, jc_error *reterr)
{
    static const char add[] = "INSERT INTO one (" COLUMNS ") VALUES (?1,?2,?3,?4,?5)";
    static const char cut[] = "SELECT snippet(one,-1,char(1),char(2),'…',?2) FROM one "
                              "WHERE one MATCH ?1";
    sqlite3_stmt *stmt = make_excerpt_table(memory) ? jc_cache_statement(memory, add) : NULL;
    if (stmt == NULL)
        return jc_fail_memory(reterr);
    bind_document(stmt, 1, document);
    if (!jc_cache_run(memory, stmt) || (stmt = jc_cache_statement(memory, cut)) == NULL)
        return jc_fail_memory(reterr);
    jc_sql_bind(stmt, 1, expression);
    (void)sqlite3_bind_int(stmt, 2, words);
    int code = jc_cache_step(memory, stmt);
    jc_status status = code == SQLITE_DONE ? JC_END : JC_OK;
    jc_buf_clear(ret_text);
    if (code == SQLITE_ROW)
        status = jc_buf_append_str(ret_text, jc_sql_text(stmt, 0), reterr);
    else if (code != SQLITE_DONE)
        status = jc_fail_memory(reterr);
    jc_cache_reset(stmt);
    return status;
}

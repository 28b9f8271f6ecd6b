/* Rows of the table snapshots: see snapshots.h.
 *
 * Which one serves a point in time: all of its events lie at or before it (latest_us), and all that it
 * leaves out lie behind it (excluded_us). Among those that leave nothing out latest_us only rises with
 * the sequence, so the index finds the last at once. */
#include "cache/snapshots.h"

#include "base/hash.h"
#include "base/sql.h"

#define COLUMNS                                                                                    \
    "id,sequence,latest_us,excluded_us,events,event_bytes,timestamp_us,event_hash,digest,state"
#define OF_KEY "FROM snapshots WHERE workflow_id=?1 AND projection=?2 AND version=?3 "

static jc_hash digest_of(const jc_snapshot_key *key, const jc_snapshot *snapshot)
{
    jc_hasher hasher;
    jc_hasher_begin(&hasher);
    jc_hasher_add_text(&hasher, key->workflow_id);
    jc_hasher_add_text(&hasher, key->projection);
    jc_hasher_add_text(&hasher, key->version);
    jc_hasher_add_number(&hasher, snapshot->sequence);
    jc_hasher_add_number(&hasher, (uint64_t)snapshot->latest_us);
    jc_hasher_add_number(&hasher, (uint64_t)snapshot->excluded_us);
    jc_hasher_add_number(&hasher, snapshot->events);
    jc_hasher_add_number(&hasher, snapshot->event_bytes);
    jc_hasher_add_number(&hasher, (uint64_t)snapshot->timestamp_us);
    jc_hasher_add(&hasher, snapshot->event_hash.bytes, sizeof snapshot->event_hash.bytes);
    jc_hasher_add_text(&hasher, snapshot->state);
    return jc_hasher_take(&hasher);
}

/* The row that the statement stands on, its state borrowed from there. false: it is damaged; only its
 * id is good then. */
static bool read_row(sqlite3_stmt *row, const jc_snapshot_key *key, jc_snapshot *ret)
{
    jc_hash digest;
    bool excludes = sqlite3_column_type(row, 3) != SQLITE_NULL;
    *ret = (jc_snapshot){.id = sqlite3_column_int64(row, 0)};
    jc_snapshot read = {
        .id = ret->id,
        .sequence = (uint64_t)sqlite3_column_int64(row, 1),
        .latest_us = sqlite3_column_int64(row, 2),
        .excluded_us = excludes ? sqlite3_column_int64(row, 3) : JC_EXCLUDED_NONE,
        .events = (uint64_t)sqlite3_column_int64(row, 4),
        .event_bytes = (uint64_t)sqlite3_column_int64(row, 5),
        .timestamp_us = sqlite3_column_int64(row, 6),
    };
    read.state.bytes = sqlite3_column_blob(row, 9);
    read.state.size = (size_t)sqlite3_column_bytes(row, 9);
    if (read.state.bytes == NULL || !jc_sql_hash(row, 7, &read.event_hash) ||
        !jc_sql_hash(row, 8, &digest))
        return false;
    jc_hash wanted = digest_of(key, &read);
    if (!jc_hash_equal(&wanted, &digest))
        return false;
    *ret = read;
    return true;
}

static sqlite3_stmt *with_key(jc_cache *cache, const char *sql, const jc_snapshot_key *key)
{
    sqlite3_stmt *stmt = jc_cache_statement(cache, sql);
    if (stmt == NULL)
        return NULL;
    jc_sql_bind(stmt, 1, key->workflow_id);
    jc_sql_bind(stmt, 2, key->projection);
    jc_sql_bind(stmt, 3, key->version);
    return stmt;
}

bool jc_snapshot_remove(jc_cache *cache, int64_t id)
{
    static const char sql[] = "DELETE FROM snapshots WHERE id=?1";
    sqlite3_stmt *stmt = jc_cache_statement(cache, sql);
    if (stmt != NULL)
        (void)sqlite3_bind_int64(stmt, 1, id);
    bool done = jc_cache_begin(cache) && jc_cache_run(cache, stmt) && jc_cache_commit(cache);
    if (!done)
        jc_cache_rollback(cache);
    return done;
}

/* What a look-up found. */
typedef enum look_result {
    NOTHING,
    DAMAGED,
    GOOD
} look_result;

/* Run one look-up: the first row, when it is later than what `best` has. */
static look_result look(jc_cache *cache, sqlite3_stmt *stmt, const jc_snapshot_key *key,
                        jc_buf *buf, jc_snapshot *best)
{
    jc_snapshot row = {0};
    look_result result = NOTHING;
    if (jc_cache_step(cache, stmt) == SQLITE_ROW) {
        result = read_row(stmt, key, &row) ? GOOD : DAMAGED;
        if (result == DAMAGED)
            best->id = row.id;
    }
    if (result == GOOD && row.sequence > best->sequence) {
        jc_buf_clear(buf);
        if (jc_buf_append_str(buf, row.state, NULL) < 0)
            result = NOTHING;
        else
            *best = row;
    }
    jc_cache_reset(stmt);
    return result;
}

static look_result look_at_sequence(jc_cache *cache, const jc_snapshot_key *key,
                                    uint64_t sequence_max, jc_buf *buf, jc_snapshot *best)
{
    static const char sql[] =
        "SELECT " COLUMNS " " OF_KEY "AND sequence<=?4 AND excluded_us IS NULL "
        "ORDER BY sequence DESC LIMIT 1";
    sqlite3_stmt *stmt = with_key(cache, sql, key);
    if (stmt == NULL)
        return NOTHING;
    (void)sqlite3_bind_int64(stmt, 4, (int64_t)sequence_max);
    return look(cache, stmt, key, buf, best);
}

static look_result look_at_time(jc_cache *cache, const char *sql, const jc_snapshot_key *key,
                                uint64_t sequence_max, int64_t time_us, jc_buf *buf,
                                jc_snapshot *best)
{
    sqlite3_stmt *stmt = with_key(cache, sql, key);
    if (stmt == NULL)
        return NOTHING;
    (void)sqlite3_bind_int64(stmt, 4, (int64_t)sequence_max);
    (void)sqlite3_bind_int64(stmt, 5, time_us);
    return look(cache, stmt, key, buf, best);
}

static look_result look_around_time(jc_cache *cache, const jc_snapshot_key *key,
                                    uint64_t sequence_max, int64_t time_us, jc_buf *buf,
                                    jc_snapshot *best)
{
    static const char complete[] =
        "SELECT " COLUMNS " " OF_KEY "AND latest_us<=?5 AND sequence<=?4 AND excluded_us IS NULL "
        "ORDER BY latest_us DESC, sequence DESC LIMIT 1";
    static const char excluding[] =
        "SELECT " COLUMNS " " OF_KEY "AND latest_us<=?5 AND sequence<=?4 AND excluded_us>?5 "
        "AND excluded_us IS NOT NULL "
        "ORDER BY sequence DESC LIMIT 1";
    look_result first = look_at_time(cache, complete, key, sequence_max, time_us, buf, best);
    if (first == DAMAGED)
        return DAMAGED;
    look_result second = look_at_time(cache, excluding, key, sequence_max, time_us, buf, best);
    return second == NOTHING ? first : second;
}

/* Does it say what was asked for? An index that is damaged may lead to another's row. */
static bool serves(const jc_snapshot *snapshot, uint64_t sequence_max, const int64_t *time_us)
{
    if (snapshot->sequence == 0 || snapshot->sequence > sequence_max)
        return false;
    if (time_us == NULL)
        return snapshot->excluded_us == JC_EXCLUDED_NONE;
    return snapshot->latest_us <= *time_us && *time_us < snapshot->excluded_us;
}

bool jc_snapshot_get(jc_cache *cache, const jc_snapshot_key *key, uint64_t sequence_max,
                     const int64_t *time_us, jc_buf *buf, jc_snapshot *ret_snapshot)
{
    for (;;) {
        jc_snapshot best = {0};
        look_result result = time_us == NULL
                                 ? look_at_sequence(cache, key, sequence_max, buf, &best)
                                 : look_around_time(cache, key, sequence_max, *time_us, buf, &best);
        if (result == DAMAGED) {
            /* The one before may be good. When it cannot be removed, do without. */
            if (!jc_snapshot_remove(cache, best.id))
                return false;
            continue;
        }
        if (result == NOTHING || !serves(&best, sequence_max, time_us))
            return false;
        *ret_snapshot = best;
        ret_snapshot->state = jc_buf_str(buf);
        return true;
    }
}

uint64_t jc_snapshot_last(jc_cache *cache, const jc_snapshot_key *key, uint64_t sequence_max,
                          uint64_t *ret_size)
{
    static const char sql[] =
        "SELECT sequence,size " OF_KEY "AND sequence<=?4 AND excluded_us IS NULL "
        "ORDER BY sequence DESC LIMIT 1";
    uint64_t sequence = 0;
    *ret_size = 0;
    sqlite3_stmt *stmt = with_key(cache, sql, key);
    if (stmt == NULL)
        return 0;
    (void)sqlite3_bind_int64(stmt, 4, (int64_t)sequence_max);
    if (jc_cache_step(cache, stmt) == SQLITE_ROW) {
        sequence = (uint64_t)sqlite3_column_int64(stmt, 0);
        *ret_size = (uint64_t)sqlite3_column_int64(stmt, 1);
    }
    jc_cache_reset(stmt);
    return sequence <= sequence_max ? sequence : 0;
}

static void remove_other_versions(jc_cache *cache, const jc_snapshot_key *key)
{
    static const char sql[] =
        "DELETE FROM snapshots WHERE workflow_id=?1 AND projection=?2 AND version<>?3";
    (void)jc_cache_run(cache, with_key(cache, sql, key));
}

bool jc_snapshot_put(jc_cache *cache, const jc_snapshot_key *key, const jc_snapshot *snapshot)
{
    static const char sql[] =
        "INSERT INTO snapshots (workflow_id,projection,version,sequence,latest_us,excluded_us,size,"
        "events,event_bytes,timestamp_us,event_hash,digest,state) "
        "VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)";
    remove_other_versions(cache, key);
    jc_hash digest = digest_of(key, snapshot);
    sqlite3_stmt *stmt = with_key(cache, sql, key);
    if (stmt == NULL)
        return false;
    (void)sqlite3_bind_int64(stmt, 4, (int64_t)snapshot->sequence);
    (void)sqlite3_bind_int64(stmt, 5, snapshot->latest_us);
    if (snapshot->excluded_us != JC_EXCLUDED_NONE)
        (void)sqlite3_bind_int64(stmt, 6, snapshot->excluded_us);
    (void)sqlite3_bind_int64(stmt, 7, (int64_t)snapshot->state.size);
    (void)sqlite3_bind_int64(stmt, 8, (int64_t)snapshot->events);
    (void)sqlite3_bind_int64(stmt, 9, (int64_t)snapshot->event_bytes);
    (void)sqlite3_bind_int64(stmt, 10, snapshot->timestamp_us);
    jc_sql_bind_hash(stmt, 11, &snapshot->event_hash);
    jc_sql_bind_hash(stmt, 12, &digest);
    (void)sqlite3_bind_blob64(stmt, 13, snapshot->state.bytes, snapshot->state.size, SQLITE_STATIC);
    return jc_cache_run(cache, stmt);
}

/* A sum; one that was damaged is no reason for nonsense. */
static uint64_t sum_of(sqlite3_stmt *row, int column)
{
    int64_t sum = sqlite3_column_int64(row, column);
    return sum > 0 ? (uint64_t)sum : 0;
}

bool jc_snapshot_measure(jc_cache *cache, const jc_snapshot_key *key, jc_snapshot_sizes *ret_sizes)
{
    static const char sql[] = "SELECT complete,excluding,event_bytes FROM totals "
                              "WHERE workflow_id=?1 AND projection=?2 AND version=?3";
    sqlite3_stmt *stmt = with_key(cache, sql, key);
    int code = jc_cache_step(cache, stmt);
    *ret_sizes = (jc_snapshot_sizes){0};
    if (code == SQLITE_ROW)
        *ret_sizes = (jc_snapshot_sizes){.complete = sum_of(stmt, 0),
                                         .excluding = sum_of(stmt, 1),
                                         .event_bytes = sum_of(stmt, 2)};
    jc_cache_reset(stmt);
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

bool jc_snapshot_remove_oldest_excluding(jc_cache *cache, const jc_snapshot_key *key)
{
    static const char sql[] =
        "DELETE FROM snapshots WHERE id=(SELECT min(id) " OF_KEY "AND excluded_us IS NOT NULL)";
    sqlite3_stmt *stmt = with_key(cache, sql, key);
    return jc_cache_run(cache, stmt) && sqlite3_changes(sqlite3_db_handle(stmt)) > 0;
}

bool jc_snapshot_has(jc_cache *cache, const jc_snapshot_key *key, uint64_t sequence,
                     int64_t excluded_us)
{
    static const char sql[] = "SELECT 1 " OF_KEY "AND sequence=?4 AND excluded_us IS ?5";
    sqlite3_stmt *stmt = with_key(cache, sql, key);
    if (stmt == NULL)
        return false;
    (void)sqlite3_bind_int64(stmt, 4, (int64_t)sequence);
    if (excluded_us != JC_EXCLUDED_NONE)
        (void)sqlite3_bind_int64(stmt, 5, excluded_us);
    bool found = jc_cache_step(cache, stmt) == SQLITE_ROW;
    jc_cache_reset(stmt);
    return found;
}

bool jc_snapshot_list(jc_cache *cache, jc_str workflow_id,
                      bool (*each)(void *context, const jc_snapshot_key *key,
                                   const jc_snapshot *snapshot),
                      void *context)
{
    static const char sql[] = "SELECT " COLUMNS ",projection,version FROM snapshots "
                              "WHERE workflow_id=?1 ORDER BY projection,version,sequence";
    sqlite3_stmt *stmt = jc_cache_statement(cache, sql);
    if (stmt == NULL)
        return false;
    jc_sql_bind(stmt, 1, workflow_id);
    bool go_on = true;
    while (go_on && jc_cache_step(cache, stmt) == SQLITE_ROW) {
        jc_snapshot_key key = {.workflow_id = workflow_id,
                               .projection = jc_sql_text(stmt, 10),
                               .version = jc_sql_text(stmt, 11)};
        jc_snapshot row;
        if (!read_row(stmt, &key, &row))
            row.sequence = (uint64_t)sqlite3_column_int64(stmt, 1);
        go_on = each(context, &key, &row);
    }
    jc_cache_reset(stmt);
    return true;
}

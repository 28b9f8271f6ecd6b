/* The limits: SQLite without jc on the same table, and the disk without SQLite.
 *
 * The raw side inserts rows of the same shape and size as jc's into a log that jc made (so that
 * schema, indexes and page size are the same), with prepared statements, BEGIN IMMEDIATE and COMMIT,
 * WAL and synchronous=FULL. Its triggers are dropped: jc's own connection runs without them too. It
 * validates nothing, computes no hash and reads no head. */
#include "bench.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char INSERT[] =
    "INSERT INTO events (position, id, workflow_id, sequence, timestamp, event_type, agent_id,"
    " correlation_id, causation_id, data, data_hash, hash)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, NULL, ?8, NULL, ?9)";

static void must_sqlite(sqlite3 *db, int code, const char *what)
{
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
        bench_die("raw SQLite: %s: %s", what, sqlite3_errmsg(db));
}

void bench_sql(sqlite3 *db, const char *sql)
{
    must_sqlite(db, sqlite3_exec(db, sql, NULL, NULL, NULL), sql);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    must_sqlite(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL),
                sql);
    return statement;
}

static uint64_t read_number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = prepare(db, sql);
    must_sqlite(db, sqlite3_step(statement), sql);
    uint64_t number = (uint64_t)sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

static void drop_triggers(sqlite3 *db)
{
    sqlite3_stmt *names = prepare(db, "SELECT name FROM sqlite_schema WHERE type = 'trigger'");
    char sql[4096] = "";
    size_t used = 0;
    while (sqlite3_step(names) == SQLITE_ROW && used < sizeof(sql) - 256)
        used += (size_t)snprintf(sql + used, sizeof(sql) - used, "DROP TRIGGER %s;",
                                 (const char *)sqlite3_column_text(names, 0));
    sqlite3_finalize(names);
    bench_sql(db, sql);
}

static sqlite3 *open_log(const char *folder, const char *name)
{
    char path[BENCH_PATH_SIZE];
    bench_path(path, folder, name);
    strncat(path, "/.jc/events.db", sizeof(path) - strlen(path) - 1);
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
    must_sqlite(db, code, path);
    return db;
}

void bench_page_size(const char *folder, const char *name, int page_size)
{
    sqlite3 *db = open_log(folder, name);
    char sql[96];
    snprintf(sql, sizeof(sql), "PRAGMA journal_mode = DELETE; PRAGMA page_size = %d; VACUUM;",
             page_size);
    bench_sql(db, sql);
    bench_sql(db, "PRAGMA journal_mode = WAL");
    sqlite3_close(db);
}

void bench_raw_open(bench_raw *raw, const char *folder, const char *name)
{
    *raw = (bench_raw){.db = open_log(folder, name)};
    bench_sql(raw->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    raw->begin = prepare(raw->db, "BEGIN IMMEDIATE");
    raw->insert = prepare(raw->db, INSERT);
    raw->commit = prepare(raw->db, "COMMIT");
    raw->position = read_number(raw->db, "SELECT coalesce(max(position), 0) FROM events");
}

void bench_raw_make(bench_raw *raw, const char *folder, const char *name)
{
    jc_close(bench_store(folder, name, true));
    sqlite3 *db = open_log(folder, name);
    drop_triggers(db);
    sqlite3_close(db);
    bench_raw_open(raw, folder, name);
}

void bench_raw_close(bench_raw *raw)
{
    sqlite3_finalize(raw->begin);
    sqlite3_finalize(raw->insert);
    sqlite3_finalize(raw->commit);
    sqlite3_close(raw->db);
    *raw = (bench_raw){0};
}

static void step(bench_raw *raw, sqlite3_stmt *statement)
{
    must_sqlite(raw->db, sqlite3_step(statement), sqlite3_sql(statement));
    must_sqlite(raw->db, sqlite3_reset(statement), sqlite3_sql(statement));
}

static void bind_text(sqlite3_stmt *statement, int index, jc_str text)
{
    sqlite3_bind_text(statement, index, text.bytes, (int)text.size, SQLITE_STATIC);
}

static void insert_row(bench_raw *raw, const char *workflow_id)
{
    static const char hash[] = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    uint64_t number = ++raw->position;
    jc_event event = bench_event(workflow_id, number, false);
    char id[JC_UUID_TEXT_SIZE];
    char time[JC_TIME_TEXT_SIZE];
    jc_uuid_format(event.id, id);
    jc_time_format(INT64_C(1767952800000000) + (int64_t)number, time);

    sqlite3_bind_int64(raw->insert, 1, (sqlite3_int64)number);
    bind_text(raw->insert, 2, jc_str_of(id));
    bind_text(raw->insert, 3, event.workflow_id);
    sqlite3_bind_int64(raw->insert, 4, (sqlite3_int64)number);
    bind_text(raw->insert, 5, jc_str_of(time));
    bind_text(raw->insert, 6, event.event_type);
    bind_text(raw->insert, 7, event.agent_id);
    bind_text(raw->insert, 8, event.data);
    bind_text(raw->insert, 9, jc_str_of(hash));
    step(raw, raw->insert);
}

void bench_raw_append(bench_raw *raw, const char *workflow_id, size_t count)
{
    step(raw, raw->begin);
    for (size_t i = 0; i < count; i++)
        insert_row(raw, workflow_id);
    step(raw, raw->commit);
}

uint64_t bench_raw_read(bench_raw *raw, const char *workflow_id)
{
    sqlite3_stmt *read =
        prepare(raw->db, "SELECT position, id, workflow_id, sequence, timestamp,"
                         " event_type, agent_id, correlation_id, causation_id, data,"
                         " data_hash, hash FROM events WHERE workflow_id = ?1"
                         " ORDER BY sequence");
    bind_text(read, 1, jc_str_of(workflow_id));
    uint64_t rows = 0;
    int64_t sink = 0;
    while (sqlite3_step(read) == SQLITE_ROW) {
        sink += sqlite3_column_int64(read, 0) + sqlite3_column_int64(read, 3);
        for (int column = 1; column < 12; column++)
            if (column != 3 && sqlite3_column_text(read, column) != NULL)
                sink += sqlite3_column_bytes(read, column);
        rows++;
    }
    must_sqlite(raw->db, sqlite3_finalize(read), "read");
    if (rows > 0 && sink <= 0)
        bench_die("raw SQLite read nothing");
    return rows;
}

double bench_disk_overwrite(const char *folder, int count)
{
    static char block[4096];
    char path[BENCH_PATH_SIZE];
    bench_path(path, folder, "overwrite");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || pwrite(fd, block, sizeof(block), 0) != (ssize_t)sizeof(block) || fsync(fd) != 0)
        bench_die("cannot write %s", path);

    double start = bench_seconds();
    for (int i = 0; i < count; i++) {
        memset(block, 'a' + i % 26, sizeof(block));
        if (pwrite(fd, block, sizeof(block), 0) != (ssize_t)sizeof(block) || fdatasync(fd) != 0)
            bench_die("cannot write %s", path);
    }
    double seconds = bench_seconds() - start;
    close(fd);
    return count / seconds;
}

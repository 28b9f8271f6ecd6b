/* The file cache.db: opened, emptied, written in transactions.
 *
 * It is a WAL database with synchronous=NORMAL: a power cut may take the last that was saved, which is
 * then saved again. A file that is damaged, or of another schema, is emptied in place where SQLite can
 * do that (others may have it open), and removed where it cannot. One of a newer schema is left alone. */
#include "cache/cache.h"

#include "base/files.h"
#include "jc/project.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x6a636361 /* "jcca" */
#define SCHEMA_VERSION 1
#define OPEN_TIMEOUT_MS 100 /* how long opening waits for others */
#define BUSY_TIMEOUT_MS 5   /* and writing: what cannot be saved now is saved by the next reader */
#define STATEMENTS_MAX 48

extern const char jc_cache_schema_1_sql[];

struct jc_cache {
    sqlite3 *db;
    char *project_dir;
    bool damaged;
    struct {
        const char *sql;
        sqlite3_stmt *stmt;
    } statements[STATEMENTS_MAX];
    size_t statement_count;
};

static bool run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static int64_t number_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t number = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        number = sqlite3_column_int64(stmt, 0);
    (void)sqlite3_finalize(stmt);
    return number;
}

static bool is_damage(int code)
{
    return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

/* Only the owner may read it, like the log; SQLite gives its other files the same rights. A file that is
 * there is not opened: closing it would drop the locks that this process has on it (POSIX). */
static bool make_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return errno == EEXIST;
    (void)close(fd);
    return true;
}

static sqlite3 *connect(const char *path)
{
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK) {
        (void)sqlite3_busy_timeout(db, OPEN_TIMEOUT_MS);
        (void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        return db;
    }
    (void)sqlite3_close(db);
    return NULL;
}

/* Also of a file that is damaged, as long as it still looks like a database. */
static bool reset_in_place(sqlite3 *db)
{
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_RESET_DATABASE, 1, NULL);
    bool done = run(db, "VACUUM");
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_RESET_DATABASE, 0, NULL);
    return done;
}

/* The database gets another name first, so that nobody opens it while its other files go. */
static bool remove_files(const char *path)
{
    char aside[JC_PATH_SIZE_MAX + 32];
    char name[JC_PATH_SIZE_MAX + 8];
    (void)snprintf(aside, sizeof aside, "%s.damaged-%ld", path, (long)getpid());
    if (rename(path, aside) < 0)
        return errno == ENOENT;
    (void)snprintf(name, sizeof name, "%s-wal", path);
    (void)unlink(name);
    (void)snprintf(name, sizeof name, "%s-shm", path);
    (void)unlink(name);
    return unlink(aside) == 0;
}

bool jc_cache_drop(const char *project_dir)
{
    char path[JC_PATH_SIZE_MAX];
    if (jc_path_join(project_dir, ".jc/cache.db", path, sizeof path, NULL) < 0)
        return false;
    jc_file_facts facts;
    if (!jc_path_look(path, &facts))
        return errno == ENOENT;
    if (!facts.is_regular)
        return false;
    sqlite3 *db = connect(path);
    bool done = db != NULL && reset_in_place(db);
    int code = db != NULL ? sqlite3_errcode(db) : SQLITE_CANTOPEN;
    (void)sqlite3_close(db);
    if (!done && (code & 0xff) != SQLITE_BUSY && (code & 0xff) != SQLITE_LOCKED)
        done = remove_files(path);
    return done;
}

/* Inside a transaction: the tables, where there are none, and whose cache this is. */
static bool prepare(sqlite3 *db, jc_uuid store_id)
{
    char id[JC_UUID_TEXT_SIZE];
    char sql[512];
    jc_uuid_format(store_id, id);
    if (number_of(db, "PRAGMA user_version") == 0) {
        (void)snprintf(sql, sizeof sql,
                       "PRAGMA application_id=%d; PRAGMA user_version=%d; "
                       "INSERT INTO cache VALUES (1, '')",
                       APPLICATION_ID, SCHEMA_VERSION);
        if (!run(db, jc_cache_schema_1_sql) || !run(db, sql))
            return false;
    }
    (void)snprintf(sql, sizeof sql,
                   "DELETE FROM snapshots; DELETE FROM totals; DELETE FROM spans; "
                   "DELETE FROM followers; "
                   "DROP TABLE IF EXISTS search; UPDATE cache SET store_id='%s'",
                   id);
    return run(db, sql);
}

/* Does it have this schema, and is it this store's? */
static bool is_ready(sqlite3 *db, jc_uuid store_id)
{
    char id[JC_UUID_TEXT_SIZE];
    char sql[128];
    jc_uuid_format(store_id, id);
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM cache WHERE store_id='%s'", id);
    return number_of(db, "PRAGMA user_version") == SCHEMA_VERSION && number_of(db, sql) == 1;
}

/* Make a connection good to use. *ret_drop: it will only be once the file was emptied. */
static bool set_up(sqlite3 *db, jc_uuid store_id, bool *ret_drop)
{
    int64_t version = number_of(db, "PRAGMA user_version");
    *ret_drop = is_damage(sqlite3_errcode(db)) || (version > 0 && version < SCHEMA_VERSION);
    if (*ret_drop || version < 0 || version > SCHEMA_VERSION)
        return false;
    bool ready =
        run(db, "PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY") && is_ready(db, store_id);
    if (!ready) {
        /* Also when another process was quicker with the same. */
        ready = run(db, "PRAGMA journal_mode=WAL") && run(db, "BEGIN IMMEDIATE") &&
                (is_ready(db, store_id) || prepare(db, store_id)) && run(db, "COMMIT");
        *ret_drop =
            is_damage(sqlite3_errcode(db)) || (!ready && sqlite3_errcode(db) == SQLITE_ERROR);
        if (!ready && !sqlite3_get_autocommit(db))
            (void)run(db, "ROLLBACK");
    }
    return ready;
}

static sqlite3 *connect_ready(const char *path, jc_uuid store_id, bool *ret_drop)
{
    *ret_drop = false;
    sqlite3 *db = make_file(path) ? connect(path) : NULL;
    if (db == NULL || set_up(db, store_id, ret_drop))
        return db;
    (void)sqlite3_close(db);
    return NULL;
}

/* Around a connection, which is closed when this fails. */
static jc_cache *new_cache(sqlite3 *db, const char *project_dir)
{
    jc_cache *cache = db != NULL ? calloc(1, sizeof *cache) : NULL;
    if (cache != NULL && project_dir != NULL &&
        (cache->project_dir = strdup(project_dir)) == NULL) {
        free(cache);
        cache = NULL;
    }
    if (cache == NULL) {
        (void)sqlite3_close(db);
        return NULL;
    }
    cache->db = db;
    return cache;
}

jc_cache *jc_cache_open(const char *project_dir, jc_uuid store_id)
{
    char path[JC_PATH_SIZE_MAX];
    bool drop = false;
    if (jc_path_join(project_dir, ".jc/cache.db", path, sizeof path, NULL) < 0)
        return NULL;
    sqlite3 *db = connect_ready(path, store_id, &drop);
    if (db == NULL && drop && jc_cache_drop(project_dir))
        db = connect_ready(path, store_id, &drop);
    if (db != NULL)
        (void)sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
    return new_cache(db, project_dir);
}

jc_cache *jc_cache_open_memory(void)
{
    sqlite3 *db = NULL;
    if (sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
            SQLITE_OK ||
        !prepare(db, (jc_uuid){0})) {
        (void)sqlite3_close(db);
        return NULL;
    }
    return new_cache(db, NULL);
}

void jc_cache_close(jc_cache *cache)
{
    if (cache == NULL)
        return;
    for (size_t i = 0; i < cache->statement_count; i++)
        (void)sqlite3_finalize(cache->statements[i].stmt);
    (void)sqlite3_close(cache->db);
    if (cache->damaged && cache->project_dir != NULL)
        (void)jc_cache_drop(cache->project_dir);
    free(cache->project_dir);
    free(cache);
}

void jc_cache_distrust(jc_cache *cache)
{
    cache->damaged = true;
}

static bool take_note(jc_cache *cache, int code)
{
    cache->damaged = cache->damaged || is_damage(code);
    return code == SQLITE_OK;
}

bool jc_cache_begin(jc_cache *cache)
{
    return !cache->damaged &&
           take_note(cache, sqlite3_exec(cache->db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
}

bool jc_cache_is_busy(const jc_cache *cache)
{
    int code = sqlite3_errcode(cache->db);
    return code == SQLITE_BUSY || code == SQLITE_LOCKED;
}

bool jc_cache_commit(jc_cache *cache)
{
    if (take_note(cache, sqlite3_exec(cache->db, "COMMIT", NULL, NULL, NULL)))
        return true;
    jc_cache_rollback(cache);
    return false;
}

void jc_cache_rollback(jc_cache *cache)
{
    if (!sqlite3_get_autocommit(cache->db))
        (void)sqlite3_exec(cache->db, "ROLLBACK", NULL, NULL, NULL);
}

sqlite3_stmt *jc_cache_statement(jc_cache *cache, const char *sql)
{
    for (size_t i = 0; i < cache->statement_count; i++) {
        if (cache->statements[i].sql == sql)
            return cache->damaged ? NULL : cache->statements[i].stmt;
    }
    sqlite3_stmt *stmt = NULL;
    if (cache->damaged || cache->statement_count == STATEMENTS_MAX ||
        !take_note(cache,
                   sqlite3_prepare_v3(cache->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL)))
        return NULL;
    cache->statements[cache->statement_count].sql = sql;
    cache->statements[cache->statement_count++].stmt = stmt;
    return stmt;
}

int jc_cache_step(jc_cache *cache, sqlite3_stmt *stmt)
{
    int code = stmt != NULL ? sqlite3_step(stmt) : SQLITE_MISUSE;
    (void)take_note(cache, code);
    return code;
}

bool jc_cache_run(jc_cache *cache, sqlite3_stmt *stmt)
{
    int code = jc_cache_step(cache, stmt);
    jc_cache_reset(stmt);
    return code == SQLITE_DONE;
}

void jc_cache_reset(sqlite3_stmt *stmt)
{
    if (stmt == NULL)
        return;
    (void)sqlite3_reset(stmt);
    (void)sqlite3_clear_bindings(stmt);
}

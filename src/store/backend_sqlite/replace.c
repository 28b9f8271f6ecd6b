/* One log put in place of another, so that no reader or writer can mix the two.
 *
 * SQLite finds the write-ahead log of a database by name, so the old one must be gone from its name
 * before the new database gets hers. In order: hold off writers (queue and write lock); empty the old
 * write-ahead log into the old database; rename the old database away, then what is left of its
 * write-ahead log after it; rename the new one in. For that instant there is no events.db and nobody
 * can open it. Those who have the old one open keep it, by its inode, and find out at their next
 * append (open.c, jc_sqlite_check_current). */
#include "store/backend_sqlite/replace.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/files.h"
#include "store/backend_sqlite/sqlite.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The old log while it is being replaced. */
typedef struct old_log {
    sqlite3 *db; /* NULL: there is none, or it cannot be read */
    jc_queue queue;
    uint64_t epoch;
} old_log;

/* One number that the log says; -1 when it cannot be read. */
static int64_t read_number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t number = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        number = sqlite3_column_int64(stmt, 0);
    (void)sqlite3_finalize(stmt);
    return number;
}

static uint64_t read_epoch(sqlite3 *db)
{
    int64_t epoch = read_number(db, "SELECT epoch FROM store");
    return epoch > 0 ? (uint64_t)epoch : 0;
}

/* The same of the log in a file; -1 also when there is none. */
static int64_t read_number_of(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    int64_t number = -1;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ==
        SQLITE_OK) {
        (void)sqlite3_busy_timeout(db, JC_BUSY_TIMEOUT_MS);
        number = read_number(db, sql);
    }
    (void)sqlite3_close(db);
    return number;
}

int64_t jc_log_last_position(const char *path)
{
    return read_number_of(path, "SELECT coalesce(max(position),0) FROM events");
}

jc_status jc_log_incoming(const char *project_dir, char *ret, size_t ret_size, jc_error *reterr)
{
    char name[64];
    (void)snprintf(name, sizeof name, ".jc/events.db.incoming-%ld", (long)getpid());
    return jc_path_join(project_dir, name, ret, ret_size, reterr);
}

static void add_suffix(const char *path, const char *suffix, char ret[PATH_MAX])
{
    (void)snprintf(ret, PATH_MAX, "%.*s%s", PATH_MAX - 64, path, suffix);
}

void jc_log_remove(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char name[PATH_MAX];
        add_suffix(path, suffixes[i], name);
        (void)unlink(name);
    }
}

static bool wal_is_empty(const char *path)
{
    char wal[PATH_MAX];
    struct stat facts;
    add_suffix(path, "-wal", wal);
    return stat(wal, &facts) < 0 || facts.st_size == 0;
}

/* A log that was rebuilt goes on being the store that it was; `held` is the old one. */
static jc_status keep_identity(sqlite3 *db, const old_log *held, const char *incoming,
                               jc_error *reterr)
{
    sqlite3_stmt *from = NULL;
    sqlite3_stmt *to = NULL;
    jc_status status = JC_OK;
    jc_uuid id;
    if (held->db != NULL &&
        sqlite3_prepare_v2(held->db, "SELECT store_id FROM store", -1, &from, NULL) == SQLITE_OK &&
        sqlite3_step(from) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(from, 0);
        bool known = text != NULL && jc_uuid_parse(jc_str_of(text), &id, NULL) == JC_OK;
        if (known &&
            (sqlite3_prepare_v2(db, "UPDATE store SET store_id=?1", -1, &to, NULL) != SQLITE_OK ||
             sqlite3_bind_text(to, 1, text, -1, SQLITE_STATIC) != SQLITE_OK ||
             sqlite3_step(to) != SQLITE_DONE))
            status = jc_sqlite_fail(db, reterr, "%s", incoming);
    }
    (void)sqlite3_finalize(from);
    (void)sqlite3_finalize(to);
    return status;
}

static jc_status mark_incoming(const char *incoming, const old_log *held, int gaps,
                               jc_error *reterr)
{
    sqlite3 *db = NULL;
    uint64_t old_epoch = held->epoch;
    char sql[256];
    jc_status status = JC_OK;
    if (sqlite3_open_v2(incoming, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        status = jc_sqlite_fail(db, reterr, "cannot open %s", incoming);
    uint64_t epoch = status == JC_OK ? read_epoch(db) : 0;
    (void)snprintf(sql, sizeof sql,
                   "UPDATE store SET epoch=%" PRIu64 ", gaps=%s; PRAGMA journal_mode=WAL",
                   (epoch > old_epoch ? epoch : old_epoch) + 1,
                   gaps < 0   ? "gaps"
                   : gaps > 0 ? "1"
                              : "0");
    if (status == JC_OK && gaps >= 0)
        status = keep_identity(db, held, incoming, reterr);
    if (status == JC_OK && sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        status = jc_sqlite_fail(db, reterr, "%s", incoming);
    /* Closing keeps quiet about a checkpoint that failed, and only the database itself moves on. */
    if (status == JC_OK &&
        sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK)
        status = jc_sqlite_fail(db, reterr, "cannot write %s", incoming);
    if (sqlite3_close(db) != SQLITE_OK && status == JC_OK)
        status = jc_fail(reterr, JC_EIO, "cannot write %s", incoming);
    if (status == JC_OK && !wal_is_empty(incoming))
        status = jc_fail(reterr, JC_EIO, "cannot write %s: its write-ahead log stays", incoming);
    return status;
}

/* Empty the write-ahead log and take the write lock; a reader may keep it from getting empty, then
 * it is moved along with the database. */
static jc_status hold_writers(old_log *held, const char *path, jc_error *reterr)
{
    int64_t deadline_us = jc_clock_monotonic_us() + (int64_t)JC_BUSY_TIMEOUT_MS * 1000;
    (void)jc_queue_enter(&held->queue, deadline_us);
    for (int tries = 0;; tries++) {
        (void)sqlite3_wal_checkpoint_v2(held->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        int code = sqlite3_exec(held->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        if (code == SQLITE_OK && (tries >= 3 || wal_is_empty(path)))
            return JC_OK;
        if (code == SQLITE_BUSY)
            return jc_fail(reterr, JC_EBUSY,
                           "a writer keeps %s busy; nothing was changed: try again", path);
        /* A log too damaged to lock has no writers. */
        if (code != SQLITE_OK)
            return JC_OK;
        (void)sqlite3_exec(held->db, "ROLLBACK", NULL, NULL, NULL);
    }
}

static jc_status hold(const char *path, old_log *held, jc_error *reterr)
{
    char lock[PATH_MAX];
    char folder[PATH_MAX - 8];
    jc_path_folder(path, folder, sizeof folder);
    (void)snprintf(lock, sizeof lock, "%s/lock", folder);
    jc_queue_open(&held->queue, lock);
    if (access(path, F_OK) < 0)
        return JC_OK;
    if (sqlite3_open_v2(path, &held->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        return JC_OK;
    (void)sqlite3_busy_timeout(held->db, JC_BUSY_TIMEOUT_MS);
    held->epoch = read_epoch(held->db);
    return hold_writers(held, path, reterr);
}

static void let_go(old_log *held)
{
    if (held->db != NULL) {
        (void)sqlite3_exec(held->db, "ROLLBACK", NULL, NULL, NULL);
        (void)sqlite3_close(held->db);
    }
    jc_queue_leave(&held->queue);
    jc_queue_close(&held->queue);
}

static jc_status move_away(const char *path, const char *kept, jc_error *reterr)
{
    char from[PATH_MAX];
    char to[PATH_MAX];
    if (rename(path, kept) < 0)
        return jc_fail_errno(reterr, errno, "cannot rename %s", path);
    add_suffix(path, "-wal", from);
    add_suffix(kept, "-wal", to);
    if (rename(from, to) < 0 && errno != ENOENT) {
        jc_status status = jc_fail_errno(reterr, errno, "cannot rename %s", from);
        (void)rename(kept, path);
        return status;
    }
    add_suffix(path, "-shm", from);
    (void)unlink(from);
    return JC_OK;
}

/* Undo move_away(): better the old log than none. */
static void move_back(const char *path, const char *kept)
{
    char from[PATH_MAX];
    char to[PATH_MAX];
    add_suffix(kept, "-wal", from);
    add_suffix(path, "-wal", to);
    (void)rename(from, to);
    (void)rename(kept, path);
}

/* With writers held off: has the old log gone on since `position`, or does it hold more than the new
 * one? A log that can be read is not given up for less. */
static jc_status check_old_log(const old_log *held, int64_t position, const char *incoming,
                               jc_error *reterr)
{
    if (position < 0 || held->db == NULL)
        return JC_OK;
    int64_t events = read_number(held->db, "SELECT count(*) FROM events");
    int64_t incoming_events = read_number_of(incoming, "SELECT count(*) FROM events");
    if (events > incoming_events)
        return jc_fail(reterr, JC_ECONFLICT,
                       "the log holds %lld events, the mirrors %lld: bring them up with jc mirror "
                       "first, or move .jc/events.db away to go on with what the mirrors have",
                       (long long)events, (long long)incoming_events);
    if (read_number(held->db, "SELECT coalesce(max(position),0) FROM events") == position)
        return JC_OK;
    return jc_fail(
        reterr, JC_EBUSY,
        "events were appended meanwhile; nothing was changed: stop the writers and try again");
}

jc_status jc_log_replace(const char *path, const char *incoming, int gaps, int64_t position,
                         char *ret_kept, size_t kept_size, jc_error *reterr)
{
    old_log held = {.queue = {.fd = -1}};
    char kept[PATH_MAX] = "";
    char folder[PATH_MAX];
    bool moved = false;
    jc_status status = hold(path, &held, reterr);
    if (status == JC_OK)
        status = check_old_log(&held, position, incoming, reterr);
    if (status == JC_OK)
        status = mark_incoming(incoming, &held, gaps, reterr);
    if (status == JC_OK && access(path, F_OK) == 0) {
        jc_path_keep(path, "before", kept, sizeof kept);
        status = move_away(path, kept, reterr);
        moved = status == JC_OK;
    }
    /* The old log's new name must be durable before its old one is given away. */
    jc_path_folder(path, folder, sizeof folder);
    if (status == JC_OK && moved)
        status = jc_folder_sync(folder, reterr);
    if (status == JC_OK && rename(incoming, path) < 0)
        status = jc_fail_errno(reterr, errno, "cannot rename %s to %s", incoming, path);
    if (status < 0 && moved)
        move_back(path, kept);
    if (status == JC_OK)
        status = jc_folder_sync(folder, reterr);
    let_go(&held);
    if (status == JC_OK && ret_kept != NULL)
        (void)snprintf(ret_kept, kept_size, "%s", kept);
    return status;
}

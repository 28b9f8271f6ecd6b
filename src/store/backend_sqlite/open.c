/* Opening and closing the log: the connection, its settings, the statements of a handle.
 *
 * The connection runs with triggers off, since its own code keeps what they guard, and with an
 * authorizer that denies changing or deleting events. On a medium that cannot be written the file is
 * opened immutable: then it cannot change under us either. */
#include "store/backend_sqlite/sqlite.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/files.h"
#include "jc/project.h"
#include "store/backend_sqlite/schema.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_NAP_US_MIN 300
#define BUSY_NAP_US_MAX 2000

static const char *const sql_texts[JC_SQL_COUNT] = {
    [JC_SQL_BEGIN] = "BEGIN IMMEDIATE",
    [JC_SQL_COMMIT] = "COMMIT",
    [JC_SQL_ROLLBACK] = "ROLLBACK",
    [JC_SQL_SAVEPOINT] = "SAVEPOINT unit",
    [JC_SQL_RELEASE] = "RELEASE unit",
    [JC_SQL_ROLLBACK_UNIT] = "ROLLBACK TO unit",
    [JC_SQL_INSERT] =
        "INSERT INTO events (id,workflow_id,sequence,timestamp,event_type,agent_id,"
        "correlation_id,causation_id,data,hash) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
    [JC_SQL_SELECT_HEAD] =
        "SELECT sequence,position,timestamp,hash FROM events WHERE workflow_id=?1 "
        "ORDER BY sequence DESC LIMIT 1",
    [JC_SQL_SELECT_ID] = "SELECT " JC_ROW_COLUMNS " FROM events WHERE id=?1",
    [JC_SQL_SELECT_SEQUENCE] =
        "SELECT " JC_ROW_COLUMNS " FROM events WHERE workflow_id=?1 AND sequence=?2",
    [JC_SQL_RESTORE] = "INSERT INTO events (id,workflow_id,sequence,timestamp,event_type,agent_id,"
                       "correlation_id,causation_id,data,hash,position) "
                       "VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
    [JC_SQL_LAST_POSITION] = "SELECT max(position) FROM events",
};

static jc_status status_of_sqlite(sqlite3 *db)
{
    int code = sqlite3_extended_errcode(db);
    if (code == SQLITE_READONLY_DBMOVED)
        return JC_ESTALE;
    if (code == SQLITE_IOERR_NOMEM)
        return JC_ENOMEM;
    if ((code & 0xff) == SQLITE_IOERR && sqlite3_system_errno(db) == ENOSPC)
        return JC_EFULL;
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return JC_EBUSY;
    case SQLITE_FULL:
        return JC_EFULL;
    case SQLITE_READONLY:
        return JC_EREADONLY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return JC_ECORRUPT;
    case SQLITE_NOMEM:
        return JC_ENOMEM;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_AUTH:
        return JC_EINVAL;
    default:
        return JC_EIO;
    }
}

jc_status jc_sqlite_fail(sqlite3 *db, jc_error *reterr, const char *format, ...)
{
    char text[JC_ERROR_SIZE_MAX / 2];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    jc_status status = status_of_sqlite(db);
    int system_error = status == JC_EIO ? sqlite3_system_errno(db) : 0;
    if (system_error != 0)
        return jc_fail(reterr, status, "%s: %s: %s", text, sqlite3_errmsg(db),
                       strerror(system_error));
    return jc_fail(reterr, status, "%s: %s", text, sqlite3_errmsg(db));
}

jc_status jc_sqlite_statement(jc_sqlite *self, jc_sql which, sqlite3_stmt **ret, jc_error *reterr)
{
    if (self->statements[which] == NULL &&
        sqlite3_prepare_v3(self->db, sql_texts[which], -1, SQLITE_PREPARE_PERSISTENT,
                           &self->statements[which], NULL) != SQLITE_OK)
        return jc_sqlite_fail(self->db, reterr, "the log");
    *ret = self->statements[which];
    return JC_OK;
}

jc_status jc_sqlite_run(jc_sqlite *self, jc_sql which, jc_error *reterr)
{
    sqlite3_stmt *stmt = NULL;
    jc_status status = jc_sqlite_statement(self, which, &stmt, reterr);
    if (status < 0)
        return status;
    int code = sqlite3_step(stmt);
    if (code != SQLITE_DONE)
        status = jc_sqlite_fail(self->db, reterr, "the log");
    (void)sqlite3_reset(stmt);
    return status;
}

jc_status jc_sqlite_check_current(jc_sqlite *self, jc_error *reterr)
{
    int moved = 0;
    if (sqlite3_file_control(self->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK &&
        moved)
        return jc_fail(reterr, JC_ESTALE, "%s was replaced by another file: reopen it", self->path);
    return JC_OK;
}

void jc_sqlite_undo(jc_sqlite *self, jc_sql which)
{
    jc_status status = jc_sqlite_run(self, which, NULL);
    (void)status;
}

/* Somebody holds a lock that we need: sleep a little and try again until the deadline. The naps grow,
 * and their ends are spread, so that waiters do not march in step. */
static int wait_while_busy(void *context, int tries)
{
    jc_sqlite *self = context;
    int64_t left_us = self->deadline_us - jc_clock_monotonic_us();
    if (left_us <= 0)
        return 0;
    int64_t nap_us = BUSY_NAP_US_MIN + (int64_t)(tries > 15 ? 15 : tries) * 100;
    nap_us += jc_clock_monotonic_us() % 200;
    if (nap_us > BUSY_NAP_US_MAX)
        nap_us = BUSY_NAP_US_MAX;
    jc_clock_sleep_us(nap_us < left_us ? nap_us : left_us);
    return 1;
}

static int forbid_changes(void *context, int action, const char *table, const char *column,
                          const char *database, const char *trigger)
{
    (void)context, (void)column, (void)database, (void)trigger;
    if ((action == SQLITE_UPDATE || action == SQLITE_DELETE) && table != NULL &&
        strcmp(table, "events") == 0)
        return SQLITE_DENY;
    return SQLITE_OK;
}

/* "file:" and the path with what a URI would misread escaped (RFC 3986, 2.1). */
static char *immutable_uri(const char *path)
{
    static const char digits[] = "0123456789ABCDEF";
    char *uri = malloc(strlen(path) * 3 + 32);
    if (uri == NULL)
        return NULL;
    char *to = uri + sprintf(uri, "file:");
    for (const unsigned char *from = (const unsigned char *)path; *from != '\0'; from++) {
        bool plain = (*from >= 'a' && *from <= 'z') || (*from >= 'A' && *from <= 'Z') ||
                     (*from >= '0' && *from <= '9') || strchr("/._-", *from) != NULL;
        if (plain) {
            *to++ = (char)*from;
            continue;
        }
        *to++ = '%';
        *to++ = digits[*from >> 4];
        *to++ = digits[*from & 15];
    }
    strcpy(to, "?immutable=1");
    return uri;
}

static void give_up_connection(jc_sqlite *self)
{
    self->system_errno = self->db != NULL ? sqlite3_system_errno(self->db) : 0;
    (void)sqlite3_close(self->db);
    self->db = NULL;
}

static jc_status connect(jc_sqlite *self, const char *name, int flags, jc_error *reterr)
{
    flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
    if (sqlite3_open_v2(name, &self->db, flags, self->vfs.name) == SQLITE_OK) {
        (void)sqlite3_busy_handler(self->db, wait_while_busy, self);
        (void)sqlite3_db_config(self->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
        return JC_OK;
    }
    jc_status status = self->db != NULL
                           ? jc_sqlite_fail(self->db, reterr, "cannot open %s", self->path)
                           : jc_fail_memory(reterr);
    give_up_connection(self);
    return status;
}

/* The first look at the file: this is where WAL opens and recovers. */
static jc_status look(jc_sqlite *self, jc_error *reterr)
{
    jc_status status = jc_schema_check(self->db, self->path, self->read_only, reterr);
    if (status < 0)
        give_up_connection(self);
    return status;
}

/* That we may not write does not mean that nobody does: an ordinary reader sees the others. */
static jc_status connect_read_only(jc_sqlite *self, jc_error *reterr)
{
    self->read_only = true;
    jc_status status = connect(self, self->path, SQLITE_OPEN_READONLY, reterr);
    return status == JC_OK ? look(self, reterr) : status;
}

/* WAL needs files beside the log. Where they are not and cannot be made, nobody can be writing. */
static jc_status connect_immutable(jc_sqlite *self, jc_error *reterr)
{
    char *uri = immutable_uri(self->path);
    if (uri == NULL)
        return jc_fail_memory(reterr);
    self->read_only = true;
    jc_status status = connect(self, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, reterr);
    free(uri);
    return status == JC_OK ? look(self, reterr) : status;
}

/* What lies in the write-ahead log is not seen by an immutable reader: that must be said. */
static void warn_of_hidden_events(jc_sqlite *self)
{
    char wal[JC_ERROR_SIZE_MAX / 2];
    struct stat facts;
    int size = snprintf(wal, sizeof wal, "%s-wal", self->path);
    if (size < 0 || (size_t)size >= sizeof wal || stat(wal, &facts) < 0 || facts.st_size == 0)
        return;
    if (self->options.warn != NULL)
        self->options.warn(
            self->options.warn_context,
            "the log is on a read-only medium and its newest events, in events.db-wal, "
            "cannot be read there: copy .jc/ to a place that can be written");
}

static jc_status connect_any(jc_sqlite *self, jc_error *reterr)
{
    bool writable = access(self->path, W_OK) == 0;
    jc_status status = JC_EREADONLY;
    if (writable) {
        status = connect(self, self->path, SQLITE_OPEN_READWRITE, reterr);
        if (status == JC_OK)
            status = look(self, reterr);
    }
    if (status == JC_EREADONLY ||
        (status == JC_EIO && (self->system_errno == EROFS || self->system_errno == EACCES))) {
        jc_error ignored;
        if (connect_read_only(self, &ignored) == JC_OK)
            return JC_OK;
        status = connect_immutable(self, reterr);
        if (status == JC_OK)
            warn_of_hidden_events(self);
    }
    return status;
}

/* The connection, over a VFS of its own, whose name SQLite needs only now. */
static jc_status connect_over_vfs(jc_sqlite *self, jc_error *reterr)
{
    const jc_options *options = &self->options;
    const jc_file_ops *ops = options->file_ops != NULL ? options->file_ops : &jc_file_ops_system;
    jc_status status =
        jc_vfs_init(&self->vfs, options->sqlite_vfs, ops, options->file_context, reterr);
    if (status < 0)
        return status;
    status = connect_any(self, reterr);
    jc_vfs_unname(&self->vfs);
    return status;
}

/* SQLite calls this for every transaction that does not commit, its own decisions included. */
static void forget_gathered(void *context)
{
    jc_sqlite *self = context;
    jc_vfs_forget(&self->vfs);
}

/* Will SQLite sync before each commit is shown to others? Asked, not taken for granted, since gathering
 * writes stands on it. */
static bool syncs_each_commit(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    bool full = sqlite3_prepare_v2(db, "PRAGMA synchronous", -1, &stmt, NULL) == SQLITE_OK &&
                sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_int(stmt, 0) >= 2;
    (void)sqlite3_finalize(stmt);
    return full;
}

static jc_status set_durability(jc_sqlite *self, jc_error *reterr)
{
    const char *sql = self->options.durability == JC_DURABILITY_NORMAL ? "PRAGMA synchronous=NORMAL"
                                                                       : "PRAGMA synchronous=FULL";
    if (sqlite3_exec(self->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return jc_sqlite_fail(self->db, reterr, "the log");
    (void)sqlite3_rollback_hook(self->db, forget_gathered, self);
    self->gathers = syncs_each_commit(self->db);
    (void)sqlite3_set_authorizer(self->db, forbid_changes, self);
    return JC_OK;
}

static void sqlite_close(void *context)
{
    jc_sqlite *self = context;
    for (size_t i = 0; i < JC_SQL_COUNT; i++)
        (void)sqlite3_finalize(self->statements[i]);
    (void)sqlite3_close(self->db);
    jc_vfs_release(&self->vfs);
    jc_queue_close(&self->queue);
    jc_wake_close(&self->wake);
    jc_arena_release(&self->arena);
    jc_buf_release(&self->scratch);
    jc_page_release(&self->page);
    free(self->path);
    free(self);
}

static const jc_backend_ops sqlite_ops = {
    .version = JC_BACKEND_VERSION,
    .name = "sqlite",
    .append = jc_sqlite_append,
    .restore = jc_sqlite_restore,
    .cursor_open = jc_sqlite_cursor_open,
    .cursor_page = jc_sqlite_cursor_page,
    .cursor_close = jc_sqlite_cursor_close,
    .find = jc_sqlite_find,
    .at = jc_sqlite_at,
    .head = jc_sqlite_head,
    .info = jc_sqlite_info,
    .workflows = jc_sqlite_workflows,
    .wait = jc_sqlite_wait,
    .wait_fd = jc_sqlite_wait_fd,
    .check = jc_sqlite_check,
    .backup = jc_sqlite_backup,
    .close = sqlite_close,
};

/* The two small files beside the log. */
static jc_status open_neighbours(jc_sqlite *self, jc_error *reterr)
{
    char folder[JC_PATH_SIZE_MAX];
    char lock[JC_PATH_SIZE_MAX + 8];
    jc_path_folder(self->path, folder, sizeof folder);
    (void)snprintf(lock, sizeof lock, "%s/lock", folder);
    if (!self->read_only)
        jc_queue_open(&self->queue, lock);
    char *kept = strdup(folder);
    if (kept == NULL)
        return jc_fail_memory(reterr);
    jc_wake_init(&self->wake, kept);
    return JC_OK;
}

jc_status jc_sqlite_open(const char *path, const jc_options *options, jc_backend *ret_backend,
                         jc_error *reterr)
{
    jc_sqlite *self = calloc(1, sizeof *self);
    if (self == NULL)
        return jc_fail_memory(reterr);
    self->queue.fd = -1;
    jc_wake_init(&self->wake, NULL);
    if (options != NULL)
        self->options = *options;
    jc_sqlite_set_deadline(self);
    self->path = strdup(path);
    jc_status status = self->path != NULL ? JC_OK : jc_fail_memory(reterr);
    if (status == JC_OK)
        status = connect_over_vfs(self, reterr);
    if (status == JC_OK)
        status = set_durability(self, reterr);
    if (status == JC_OK)
        status = open_neighbours(self, reterr);
    if (status < 0) {
        sqlite_close(self);
        return status;
    }
    *ret_backend = (jc_backend){.ops = &sqlite_ops, .self = self};
    return JC_OK;
}

/* The file events.db: made, recognised, migrated.
 *
 * A new log is built under another name and linked to its own only when it is whole and synced, so
 * nobody ever sees half of one, and of two makers one wins. */
#include "store/backend_sqlite/schema.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/uuid.h"
#include "store/backend_sqlite/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

extern const char jc_schema_1_sql[];

/* The steps from each version to the next; the schema only ever grows. */
static const char *const steps[JC_SQLITE_SCHEMA_VERSION] = {jc_schema_1_sql};

static jc_status run(sqlite3 *db, const char *sql, const char *path, jc_error *reterr)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return JC_OK;
    return jc_sqlite_fail(db, reterr, "%s", path);
}

static jc_status read_number(sqlite3 *db, const char *sql, const char *path, int64_t *ret,
                             jc_error *reterr)
{
    sqlite3_stmt *stmt = NULL;
    jc_status status = JC_OK;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK ||
        sqlite3_step(stmt) != SQLITE_ROW)
        status = jc_sqlite_fail(db, reterr, "%s", path);
    else
        *ret = sqlite3_column_int64(stmt, 0);
    (void)sqlite3_finalize(stmt);
    return status;
}

static jc_status add_identity(sqlite3 *db, const char *path, jc_error *reterr)
{
    jc_uuid id;
    char text[JC_UUID_TEXT_SIZE];
    char sql[256];
    jc_status status = jc_uuid_new(&id, reterr);
    if (status < 0)
        return status;
    jc_uuid_format(id, text);
    (void)snprintf(sql, sizeof sql, "INSERT INTO store VALUES (1, '%s', 1, %d, 0)", text,
                   JC_LOG_FORMAT);
    return run(db, sql, path, reterr);
}

/* Inside a transaction: every step from `version` on. */
static jc_status take_steps(sqlite3 *db, int64_t version, const char *path, jc_error *reterr)
{
    char sql[128];
    jc_status status = JC_OK;
    for (int64_t step = version; step < JC_SQLITE_SCHEMA_VERSION && status == JC_OK; step++)
        status = run(db, steps[step], path, reterr);
    if (status == JC_OK && version == 0)
        status = add_identity(db, path, reterr);
    (void)snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA user_version=%d",
                   JC_SQLITE_APPLICATION_ID, JC_SQLITE_SCHEMA_VERSION);
    return status == JC_OK ? run(db, sql, path, reterr) : status;
}

static jc_status migrate(sqlite3 *db, const char *path, jc_error *reterr)
{
    int64_t version = 0;
    jc_status status = run(db, "BEGIN IMMEDIATE", path, reterr);
    if (status < 0)
        return status;
    /* Another process may have been here while we waited. */
    status = read_number(db, "PRAGMA user_version", path, &version, reterr);
    if (status == JC_OK)
        status = take_steps(db, version, path, reterr);
    if (status == JC_OK)
        status = run(db, "COMMIT", path, reterr);
    if (status < 0)
        (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

jc_status jc_schema_check(sqlite3 *db, const char *path, bool read_only, jc_error *reterr)
{
    int64_t application = 0;
    int64_t version = 0;
    jc_status status = read_number(db, "PRAGMA application_id", path, &application, reterr);
    if (status == JC_OK)
        status = read_number(db, "PRAGMA user_version", path, &version, reterr);
    if (status < 0)
        return status;
    if (application != JC_SQLITE_APPLICATION_ID)
        return jc_fail(reterr, JC_ECORRUPT, "%s is not a log of jc: its application_id is %" PRId64,
                       path, application);
    if (version < 0)
        return jc_fail(reterr, JC_ECORRUPT, "%s says that its schema is %" PRId64, path, version);
    if (version > JC_SQLITE_SCHEMA_VERSION)
        return jc_fail(reterr, JC_ENEWER,
                       "%s has schema %" PRId64 ", this jc knows %d: use a newer jc", path, version,
                       JC_SQLITE_SCHEMA_VERSION);
    if (version == JC_SQLITE_SCHEMA_VERSION)
        return JC_OK;
    if (read_only)
        return jc_fail(reterr, JC_EREADONLY,
                       "%s has the older schema %" PRId64
                       " and cannot be migrated where it is read-only",
                       path, version);
    return migrate(db, path, reterr);
}

static jc_status build(const char *path, jc_error *reterr)
{
    sqlite3 *db = NULL;
    jc_status status = JC_OK;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        status = jc_sqlite_fail(db, reterr, "cannot make %s", path);
    if (status == JC_OK)
        status =
            run(db, "PRAGMA page_size=4096; PRAGMA synchronous=FULL; PRAGMA journal_mode=DELETE",
                path, reterr);
    if (status == JC_OK)
        status = migrate(db, path, reterr);
    if (status == JC_OK)
        status = run(db, "PRAGMA journal_mode=WAL", path, reterr);
    if (sqlite3_close(db) != SQLITE_OK && status == JC_OK)
        status = jc_fail(reterr, JC_EIO, "cannot make %s", path);
    return status;
}

jc_status jc_schema_create(const char *path, jc_error *reterr)
{
    char built[PATH_MAX];
    int size = snprintf(built, sizeof built, "%s.new-%ld", path, (long)getpid());
    if (size < 0 || (size_t)size >= sizeof built)
        return jc_fail(reterr, JC_EINVAL, "the path %s is too long", path);
    (void)unlink(built);
    /* SQLite gives its other files the permissions of this one. */
    int fd = open(built, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return jc_fail_errno(reterr, errno, "cannot make %s", path);
    (void)close(fd);
    jc_status status = build(built, reterr);
    if (status == JC_OK)
        status = jc_file_publish(built, path, reterr);
    (void)unlink(built);
    return status;
}

/* Copies of the log, and the check of the file's own structure. */
#include "store/backend_sqlite/sqlite.h"

#include "base/fail.h"
#include "base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#define STEP_PAGES 1024
#define STRUCTURE_FINDINGS_MAX 20

static jc_status copy_pages(sqlite3 *from, sqlite3 *to,
                            void (*progress)(void *, uint64_t, uint64_t), void *context,
                            jc_error *reterr)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (backup == NULL)
        return jc_sqlite_fail(to, reterr, "the copy");
    int code = SQLITE_OK;
    while (code == SQLITE_OK) {
        code = sqlite3_backup_step(backup, STEP_PAGES);
        int total = sqlite3_backup_pagecount(backup);
        int left = sqlite3_backup_remaining(backup);
        if (progress != NULL && total > 0)
            progress(context, (uint64_t)(total - left), (uint64_t)total);
    }
    (void)sqlite3_backup_finish(backup);
    return code == SQLITE_DONE ? JC_OK : jc_sqlite_fail(to, reterr, "the copy");
}

static jc_status copy_to(sqlite3 *from, const char *path,
                         void (*progress)(void *, uint64_t, uint64_t), void *context,
                         jc_error *reterr)
{
    sqlite3 *to = NULL;
    jc_status status = JC_OK;
    if (sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        status = jc_sqlite_fail(to, reterr, "cannot make %s", path);
    if (status == JC_OK)
        status = copy_pages(from, to, progress, context, reterr);
    if (sqlite3_close(to) != SQLITE_OK && status == JC_OK)
        status = jc_fail(reterr, JC_EIO, "cannot make %s", path);
    return status;
}

/* `path` is the name that the copy will have, for the message. */
static jc_status make_empty(const char *made, const char *path, jc_error *reterr)
{
    (void)unlink(made);
    int fd = open(made, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return jc_fail_errno(reterr, errno, "cannot make %s", path);
    (void)close(fd);
    return JC_OK;
}

static jc_status refuse_existing(const char *path, jc_error *reterr)
{
    return jc_fail(reterr, JC_EEXISTS, "%s exists; a backup never replaces a file", path);
}

jc_status jc_sqlite_backup(void *context, const char *path,
                           void (*progress)(void *context, uint64_t done, uint64_t total),
                           void *progress_context, jc_error *reterr)
{
    jc_sqlite *self = context;
    char made[PATH_MAX];
    int size = snprintf(made, sizeof made, "%s.new-%ld", path, (long)getpid());
    if (size < 0 || (size_t)size >= sizeof made)
        return jc_fail(reterr, JC_EINVAL, "the path %s is too long", path);
    if (access(path, F_OK) == 0)
        return refuse_existing(path, reterr);
    jc_status status = make_empty(made, path, reterr);
    if (status < 0)
        return status;

    /* The read transaction keeps the copy of one moment while others go on writing. */
    jc_sqlite_set_deadline(self);
    if (sqlite3_exec(self->db, "BEGIN; SELECT 1 FROM store", NULL, NULL, NULL) != SQLITE_OK)
        status = jc_sqlite_fail(self->db, reterr, "the log");
    if (status == JC_OK)
        status = copy_to(self->db, made, progress, progress_context, reterr);
    (void)sqlite3_exec(self->db, "COMMIT", NULL, NULL, NULL);
    if (status == JC_OK)
        status = jc_file_publish(made, path, reterr);
    (void)unlink(made);
    return status == JC_EEXISTS ? refuse_existing(path, reterr) : status;
}

static void report_structure(jc_report *report, void *context, bool damage, const char *what)
{
    jc_finding finding = {.damage = damage, .where = "events.db", .what = what};
    report(context, &finding);
}

static const char *const guards[] = {"events_never_change", "events_never_go",
                                     "events_are_appended"};

/* The triggers guard the log from other programs; a log without them is intact, but open. */
static void check_guards(jc_sqlite *self, jc_report *report, void *context)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(self->db, "SELECT 1 FROM sqlite_schema WHERE type='trigger' AND name=?1",
                           -1, &stmt, NULL) != SQLITE_OK)
        return;
    for (size_t i = 0; i < sizeof guards / sizeof guards[0]; i++) {
        JC_AUTO(jc_stmt_use) use = stmt;
        (void)sqlite3_bind_text(use, 1, guards[i], -1, SQLITE_STATIC);
        if (sqlite3_step(use) == SQLITE_ROW)
            continue;
        char text[128];
        (void)snprintf(text, sizeof text,
                       "the trigger %s is gone: other programs can change the log", guards[i]);
        report_structure(report, context, false, text);
    }
    (void)sqlite3_finalize(stmt);
}

/* Reading starts at position 1, so rows below it would go unseen. */
static jc_status check_positions(jc_sqlite *self, jc_report *report, void *context,
                                 jc_error *reterr)
{
    sqlite3_stmt *rows = NULL;
    if (sqlite3_prepare_v2(
            self->db, "SELECT workflow_id,sequence,position FROM events WHERE position<1 LIMIT 20",
            -1, &rows, NULL) != SQLITE_OK)
        return jc_sqlite_fail(self->db, reterr, "the log");
    while (sqlite3_step(rows) == SQLITE_ROW) {
        char where[JC_WORKFLOW_ID_SIZE_MAX + 32];
        char what[64];
        const char *workflow_id = (const char *)sqlite3_column_text(rows, 0);
        (void)snprintf(where, sizeof where, "%.128s #%lld", workflow_id != NULL ? workflow_id : "",
                       (long long)sqlite3_column_int64(rows, 1));
        (void)snprintf(what, sizeof what, "position: %lld is below 1",
                       (long long)sqlite3_column_int64(rows, 2));
        jc_finding finding = {.damage = true, .where = where, .what = what};
        report(context, &finding);
    }
    (void)sqlite3_finalize(rows);
    return JC_OK;
}

jc_status jc_sqlite_check(void *context, jc_report *report, void *report_context, jc_error *reterr)
{
    jc_sqlite *self = context;
    sqlite3_stmt *stmt = NULL;
    char sql[64];
    (void)snprintf(sql, sizeof sql, "PRAGMA integrity_check(%d)", STRUCTURE_FINDINGS_MAX);
    jc_sqlite_set_deadline(self);
    if (sqlite3_prepare_v2(self->db, sql, -1, &stmt, NULL) != SQLITE_OK)
        return jc_sqlite_fail(self->db, reterr, "the log");
    int code = sqlite3_step(stmt);
    for (; code == SQLITE_ROW; code = sqlite3_step(stmt)) {
        const char *text = (const char *)sqlite3_column_text(stmt, 0);
        if (text != NULL && strcmp(text, "ok") != 0)
            report_structure(report, report_context, true, text);
    }
    jc_status status = code == SQLITE_DONE ? JC_OK : jc_sqlite_fail(self->db, reterr, "the log");
    (void)sqlite3_finalize(stmt);
    if (status == JC_ECORRUPT) {
        report_structure(report, report_context, true, sqlite3_errmsg(self->db));
        status = JC_OK;
    }
    check_guards(self, report, report_context);
    if (status == JC_OK)
        status = check_positions(self, report, report_context, reterr);
    return status;
}

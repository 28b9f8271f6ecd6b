/* Inside the SQLite backend: the handle and what its files share.
 *
 * open.c       open and close, the connection's settings      schema.c  make and migrate the file
 * append.c     units into rows                                 rows.c    rows into events
 * cursor.c     a filter into SQL, pages                        heads.c   heads, info, find, listing
 * queue.c      the writers' queue, .jc/lock                    wake.c    waiting, .jc/wake
 * backup.c     copies                                          replace.c one log put in place of another
 * vfs.c        the file of the write-ahead log */
#ifndef JC_STORE_SQLITE_H
#define JC_STORE_SQLITE_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/sql.h"
#include "store/backend.h"
#include "store/backend_sqlite/queue.h"
#include "store/backend_sqlite/vfs.h"
#include "store/backend_sqlite/wake.h"

#include <sqlite3.h>

/* The file's PRAGMA application_id, "jcev", and user_version. */
#define JC_SQLITE_APPLICATION_ID 0x6a636576
#define JC_SQLITE_SCHEMA_VERSION 1
#define JC_LOG_FORMAT 1

/* The statements of a handle, each prepared when first used. */
typedef enum jc_sql {
    JC_SQL_BEGIN,
    JC_SQL_COMMIT,
    JC_SQL_ROLLBACK,
    JC_SQL_SAVEPOINT,
    JC_SQL_RELEASE,
    JC_SQL_ROLLBACK_UNIT,
    JC_SQL_INSERT,
    JC_SQL_SELECT_HEAD,
    JC_SQL_SELECT_ID,
    JC_SQL_SELECT_SEQUENCE,
    JC_SQL_RESTORE,
    JC_SQL_LAST_POSITION,
    JC_SQL_COUNT
} jc_sql;

typedef struct jc_sqlite {
    sqlite3 *db;
    sqlite3_stmt *statements[JC_SQL_COUNT];
    jc_vfs vfs;
    bool gathers; /* commits are gathered into one write */
    jc_options options;
    char *path; /* of events.db */
    bool read_only;
    int system_errno;    /* of the system call that kept the file from being opened; 0: none */
    int64_t deadline_us; /* of the call under way, by the monotonic clock */
    jc_queue queue;
    jc_wake wake;
    jc_arena arena; /* of the append under way */
    jc_buf scratch; /* for hashing */
    jc_page page;   /* for looking rows up */
} jc_sqlite;

/* Open the log at `path` (an events.db). As jc_open(). */
JC_MUST_CHECK jc_status jc_sqlite_open(const char *path, const jc_options *options,
                                       jc_backend *ret_backend, jc_error *reterr);

/* A statement, prepared now or before. NULL: *ret_status says why. */
JC_MUST_CHECK jc_status jc_sqlite_statement(jc_sqlite *self, jc_sql which, sqlite3_stmt **ret,
                                            jc_error *reterr);

/* Run a statement that gives no rows. */
JC_MUST_CHECK jc_status jc_sqlite_run(jc_sqlite *self, jc_sql which, jc_error *reterr);

/* From now on this handle waits for others as long as its options allow. */
static inline int jc_sqlite_timeout_ms(const jc_sqlite *self)
{
    return self->options.busy_timeout_ms > 0 ? self->options.busy_timeout_ms : JC_BUSY_TIMEOUT_MS;
}

static inline void jc_sqlite_set_deadline(jc_sqlite *self)
{
    self->deadline_us = jc_clock_monotonic_us() + (int64_t)jc_sqlite_timeout_ms(self) * 1000;
}

/* Is the log that we have open still the one of that name? JC_ESTALE: it was restored or rebuilt. */
JC_MUST_CHECK jc_status jc_sqlite_check_current(jc_sqlite *self, jc_error *reterr);

/* Roll back, on a way out that has another failure to tell. */
void jc_sqlite_undo(jc_sqlite *self, jc_sql which);

/* The status and the sentence for what SQLite said last. */
JC_PRINTF(3, 4)
jc_status jc_sqlite_fail(sqlite3 *db, jc_error *reterr, const char *format, ...);

/* The last position; 0 when the log is empty. */
JC_MUST_CHECK jc_status jc_sqlite_last_position(jc_sqlite *self, uint64_t *ret_position,
                                                jc_error *reterr);

/* Reset a statement and forget what was bound, at the end of a scope. */
typedef sqlite3_stmt *jc_stmt_use;
static inline void jc_stmt_use_end(sqlite3_stmt **stmt)
{
    if (*stmt != NULL) {
        (void)sqlite3_reset(*stmt);
        (void)sqlite3_clear_bindings(*stmt);
    }
}
JC_AUTO_DEFINE(jc_stmt_use, jc_stmt_use_end);

/* The columns of an event, in the order that jc_row_read expects. */
#define JC_ROW_COLUMNS                                                                             \
    "position,id,workflow_id,sequence,timestamp,event_type,agent_id,correlation_id,causation_id,"  \
    "data,hash,data_hash"

/* Read the row that a statement stands on into `arena`. JC_ECORRUPT: a field is not what it must be;
 * reterr names it as "WORKFLOW #SEQUENCE: field: …". JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_row_read(sqlite3_stmt *row, jc_arena *arena, jc_event *ret_event,
                                    jc_error *reterr);

/* Step through a statement and read its rows into the page, which must be clear, up to its bounds.
 * `by_sequence` says what the key of a row is. */
JC_MUST_CHECK jc_status jc_rows_read(sqlite3 *db, sqlite3_stmt *rows, bool by_sequence,
                                     jc_page *page, jc_error *reterr);

/* The backend's table, spread over the files. */
jc_status jc_sqlite_append(void *self, const jc_unit units[], size_t count,
                           jc_append_result ret_results[], jc_error *reterr);
jc_status jc_sqlite_restore(void *self, const jc_event events[], size_t count, jc_error *reterr);
jc_status jc_sqlite_cursor_open(void *self, const jc_filter *filter, void **ret_cursor,
                                jc_error *reterr);
jc_status jc_sqlite_cursor_page(void *cursor, uint64_t after, jc_page *page, jc_error *reterr);
void jc_sqlite_cursor_close(void *cursor);
jc_status jc_sqlite_find(void *self, jc_str prefix, jc_page *page, jc_error *reterr);
jc_status jc_sqlite_at(void *self, jc_str workflow_id, uint64_t sequence, jc_page *page,
                       jc_error *reterr);
jc_status jc_sqlite_head(void *self, jc_str workflow_id, jc_head *ret_head, jc_error *reterr);
jc_status jc_sqlite_info(void *self, jc_store_info *ret_info, jc_error *reterr);
jc_status jc_sqlite_workflows(void *self,
                              jc_status (*each)(void *context, const jc_workflow_summary *summary),
                              void *context, jc_error *reterr);
jc_status jc_sqlite_wait(void *self, uint64_t position, int timeout_ms, uint64_t *ret_position,
                         jc_error *reterr);
int jc_sqlite_wait_fd(void *self);
jc_status jc_sqlite_check(void *self, jc_report *report, void *context, jc_error *reterr);
jc_status jc_sqlite_backup(void *self, const char *path,
                           void (*progress)(void *context, uint64_t done, uint64_t total),
                           void *context, jc_error *reterr);

#endif

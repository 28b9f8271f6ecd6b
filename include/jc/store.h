/* The log: open it, append to it, read it, follow it.
 *
 *     jc_store *store = NULL;
 *     if (jc_open(".", NULL, &store, &error) < 0) ...
 *     jc_event event = {.workflow_id = JC_STR("fix-login"), .event_type = JC_STR("workflow.started")};
 *     jc_event_prepare(&event, &error);
 *     jc_unit unit = {.events = &event, .count = 1};
 *     jc_append_result result;
 *     jc_append(store, &unit, 1, &result, &error);
 *     jc_close(store);
 *
 * A handle belongs to one thread at a time and to the process that opened it: open one a thread,
 * and after fork() one in the child. Any number of handles and processes may use one project. */
#ifndef JC_STORE_H
#define JC_STORE_H

#include "jc/event.h"
#include "jc/status.h"
#include "jc/str.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jc_store jc_store;
struct jc_file_ops;

/* Limits of one append. */
#define JC_APPEND_MAX 10000                           /* units in a call, and events in them */
#define JC_APPEND_SIZE_MAX ((size_t)64 * 1024 * 1024) /* bytes of data in a call */
#define JC_EXPECTED_MAX 256                           /* `expected` in a unit */
#define JC_BUSY_TIMEOUT_MS 5000

typedef enum jc_durability {
    JC_DURABILITY_FULL = 0,  /* acknowledged means on the disk: survives a power cut */
    JC_DURABILITY_NORMAL = 1 /* survives kill -9, but a power cut may take the last acknowledged
                                events, back to the last checkpoint of the write-ahead log */
} jc_durability;

/* How to open. {0} is the default of everything. */
typedef struct jc_options {
    jc_durability durability;
    int busy_timeout_ms; /* how long a call waits for other writers; 0 means JC_BUSY_TIMEOUT_MS */
    bool read_only; /* of the log; what is derived from it may still be saved, in .jc/cache.db */
    bool without_mirror; /* append to the log alone; the mirrors catch up at the next append with */
    bool
        without_cache; /* neither read nor write .jc/cache.db: states are replayed from the start */

    /* Told of what went wrong after a commit, in one line. NULL: nobody is told. */
    void (*warn)(void *context, const char *text);
    void *warn_context;

    /* The clock, in microseconds of UTC since 1970. NULL: the system's. */
    int64_t (*now_us)(void *context);
    void *now_context;

    /* For simulations: the SQLite VFS by name, and the mirror's file calls. NULL: the system's. */
    const char *sqlite_vfs;
    const struct jc_file_ops *file_ops;
    void *file_context;
} jc_options;

/* Open the project whose folder is `project_dir` (the folder that holds .jc/; see jc/project.h for
 * finding it). `options` may be NULL. The caller closes what *ret_store becomes.
 *
 * JC_ENOTFOUND  there is no .jc/events.db in that folder.
 * JC_ENEWER     the log was written by a newer version.
 * JC_ECORRUPT   the file is not a log of jc, or is damaged.
 * JC_EBUSY      the log is being replaced or migrated by another process.
 * JC_EIO        the system refused; reterr says what. */
JC_API JC_MUST_CHECK jc_status jc_open(const char *project_dir, const jc_options *options,
                                       jc_store **ret_store, jc_error *reterr);

/* Close and free; NULL is harmless. Always close: it is what keeps the write-ahead log small. */
JC_API void jc_close(jc_store *store);

/* Where the caller believes a workflow to be: its last sequence, 0 for "no events yet". */
typedef struct jc_expected {
    jc_str workflow_id;
    uint64_t sequence;
} jc_expected;

/* What became of one event of a unit. */
typedef struct jc_receipt {
    uint64_t position;
    uint64_t sequence;
    int64_t timestamp_us;
    jc_hash hash;
    bool already_stored; /* by an earlier append with the same id and content */
} jc_receipt;

/* What one append makes durable, all or nothing: events in order, and at most one `expected` a
 * workflow. */
typedef struct jc_unit {
    const jc_event *events;
    size_t count;
    const jc_expected *expected;
    size_t expected_count;
    jc_receipt
        *ret_receipts; /* NULL, or room for `count`; written when the unit's status is JC_OK */
} jc_unit;

typedef struct jc_append_result {
    jc_status status;
    size_t stored;         /* events that this call stored */
    size_t already_stored; /* events that were stored before */
    uint64_t position;     /* of the unit's last event */
    jc_error error;        /* when status is negative */
} jc_append_result;

/* Append `count` units: each is durable as a whole, or not at all, and has its own status.
 * Every event carries an id (jc_event_prepare() gives it one). A unit whose ids are all stored
 * already, with the same content, succeeds with the result of the first time. When only some are,
 * the others are appended, unless the unit says what it expects: then it is a conflict.
 *
 * The call returns JC_OK once committed; ret_results[i].status is each unit's own (a conflict in one
 * does not touch the others): JC_OK, JC_ECONFLICT or JC_EREUSED. With a single unit the call
 * returns that unit's status.
 *
 * JC_EINVAL     an event breaks a rule; nothing was written; reterr names the event and the rule.
 * JC_ECONFLICT  a workflow is not at its `expected`; read it again and decide anew.
 * JC_EREUSED    an id is stored with other content: a caller's bug, do not retry.
 * JC_EBUSY      other writers kept the lock past the deadline; nothing was written; retry.
 * JC_EFULL      the disk is full; nothing was written; make room and retry.
 * JC_EREADONLY  the log cannot be written; nothing was written.
 * JC_ESTALE     the log was replaced (restored, rebuilt); nothing was written; reopen and retry.
 * JC_ENOMEM     out of memory; nothing was written.
 * JC_ECORRUPT   a row that was looked at is damaged; nothing was written; see jc_verify().
 * JC_EIO        the outcome is unknown; reopen, and repeat the identical call until it says otherwise. */
JC_API JC_MUST_CHECK jc_status jc_append(jc_store *store, const jc_unit units[], size_t count,
                                         jc_append_result ret_results[], jc_error *reterr);

/* What would jc_append() say of this one event before it looks at the log? JC_EINVAL and the rule,
 * or JC_OK. With `strict`, types that are neither built in nor declared by the project are refused.
 * `ret_advice` (may be NULL) gets a sentence when the type is not in the past tense, else "". */
JC_API JC_MUST_CHECK jc_status jc_event_check(jc_store *store, const jc_event *event, bool strict,
                                              jc_error *ret_advice, jc_error *reterr);

#define JC_FILTER_MAX 500 /* workflows, or globs, in a filter */

/* Which events to read. {0} means all of them, oldest first. */
typedef struct jc_filter {
    const jc_str *workflow_ids; /* any of these; none means all */
    size_t workflow_count;
    const jc_str *event_types; /* any of these globs; '*' matches dots too */
    size_t event_type_count;
    jc_str agent_id;       /* absent: any */
    jc_str correlation_id; /* absent: any */
    bool has_since, has_until;
    int64_t since_us, until_us; /* both inclusive */
    uint64_t from, to;          /* both inclusive, 0 is open; sequences when exactly one workflow is
                                   named, else positions */
    bool reverse;               /* newest first */
} jc_filter;

/* Does the event pass the filter, but for `from` and `to`? As a cursor would decide it. The globs must end with
 * a zero byte. */
JC_API bool jc_filter_passes(const jc_filter *filter, const jc_event *event);

typedef struct jc_cursor jc_cursor;

/* Start reading. One workflow is read in order of sequence, anything else in order of position. The
 * filter is copied. A cursor holds no lock and no transaction between calls, so it may be kept as
 * long as the store is open. The caller closes it before the store.
 *
 * JC_EINVAL  a workflow id is none, the filter can match nothing that exists (from > to), or it lists
 *            more than JC_FILTER_MAX. */
JC_API JC_MUST_CHECK jc_status jc_cursor_open(jc_store *store, const jc_filter *filter,
                                              jc_cursor **ret_cursor, jc_error *reterr);

/* The next event, borrowed until the next call with this cursor. After JC_END the same call gives
 * the events that came since (not when reading newest first).
 *
 * JC_ECORRUPT  a stored row is damaged; reterr names it, and the next call goes on behind it. When it
 *              is the file that cannot be read on, the next call says the same again.
 * JC_EIO, JC_EBUSY as for jc_append. */
JC_API JC_MUST_CHECK jc_status jc_cursor_next(jc_cursor *cursor, const jc_event **ret_event,
                                              jc_error *reterr);

JC_API void jc_cursor_close(jc_cursor *cursor);

/* The head of a workflow: its last event. sequence 0 when the workflow has no events. */
typedef struct jc_head {
    uint64_t sequence;
    uint64_t position;
    int64_t timestamp_us;
    jc_hash hash;
} jc_head;

JC_API JC_MUST_CHECK jc_status jc_head_read(jc_store *store, jc_str workflow_id, jc_head *ret_head,
                                            jc_error *reterr);

/* Facts about the whole store. */
typedef struct jc_store_info {
    jc_uuid store_id;
    uint64_t epoch;    /* rises with every restore and rebuild */
    uint64_t format;   /* of the log, docs/FORMAT.md */
    uint64_t position; /* of the last event, 0 when there is none */
    bool gaps;         /* positions may have gaps: rebuilt from incomplete mirrors */
    bool read_only;
} jc_store_info;

JC_API JC_MUST_CHECK jc_status jc_store_info_read(jc_store *store, jc_store_info *ret_info,
                                                  jc_error *reterr);

/* The store's head: SHA-256 over the sorted lines "workflow_id sequence hash\n" of all workflows,
 * as they were at `position` (0 means now). *ret_position is the position it is of.
 * JC_ENOTFOUND  the log does not reach that position. */
JC_API JC_MUST_CHECK jc_status jc_store_head_read(jc_store *store, uint64_t position,
                                                  jc_hash *ret_hash, uint64_t *ret_position,
                                                  jc_error *reterr);

/* The event whose id starts with `prefix` (hex digits and hyphens, at least 4). The event's text is
 * borrowed until the next call with this store.
 *
 * JC_ENOTFOUND  none; JC_EINVAL  several, or not such a prefix. */
JC_API JC_MUST_CHECK jc_status jc_event_find(jc_store *store, jc_str prefix, jc_event *ret_event,
                                             jc_error *reterr);

/* One workflow in a listing. workflow_id is borrowed for the duration of the callback. */
typedef struct jc_workflow_summary {
    jc_str workflow_id;
    uint64_t events;
    uint64_t last_position;
    int64_t first_us; /* time of its first event */
    int64_t last_us;  /* time of its last event */
    jc_hash hash;
} jc_workflow_summary;

/* Call `each` for every workflow, sorted by id; a status other than JC_OK from it ends the listing
 * and is returned. The callback must not use the store. */
JC_API JC_MUST_CHECK jc_status jc_workflow_list(
    jc_store *store, jc_status (*each)(void *context, const jc_workflow_summary *summary),
    void *context, jc_error *reterr);

/* Wait until the log has an event past `position`, written by any process, or `timeout_ms` is over
 * (0 only looks). JC_OK: it has; *ret_position is its last. JC_END: the time is over.
 * JC_ESTALE  the log was replaced; reopen it. */
JC_API JC_MUST_CHECK jc_status jc_wait(jc_store *store, uint64_t position, int timeout_ms,
                                       uint64_t *ret_position, jc_error *reterr);

/* A file descriptor that becomes readable when the log may have grown, for an event loop; call
 * jc_wait() with time-out 0 then. At times it becomes readable for nothing; wake once a second all
 * the same. Owned by the store. -1 where the system has no such thing: wake every 10 ms then. */
JC_API int jc_wait_fd(jc_store *store);

/* What a check found: `where` is "WORKFLOW #SEQUENCE", "line N", "position N" or a file's name. */
typedef struct jc_finding {
    bool damage; /* false: worth a note, nothing is wrong with the record */
    const char *where;
    const char *what;
} jc_finding;

typedef void jc_report(void *context, const jc_finding *finding);

typedef struct jc_verify_result {
    uint64_t events;
    uint64_t workflows;
    uint64_t damages;
} jc_verify_result;

/* Check the log: the database's own structure, every row's fields, order and density of sequences
 * and positions, and the hash chain; of the given workflows, or of all when there are none. Damage
 * is reported, not returned: JC_OK means that the check itself went through. */
JC_API JC_MUST_CHECK jc_status jc_verify(jc_store *store, const jc_str workflow_ids[], size_t count,
                                         jc_report *report, void *context,
                                         jc_verify_result *ret_result, jc_error *reterr);

/* Write a consistent copy of the log to `path` while others go on writing. Progress is told in
 * pages of the database (may be NULL).
 * JC_EEXISTS  there is a file of that name; it is left alone. */
JC_API JC_MUST_CHECK jc_status jc_backup(jc_store *store, const char *path,
                                         void (*progress)(void *context, uint64_t done,
                                                          uint64_t total),
                                         void *context, jc_error *reterr);

/* Make the copy in `path` the project's log, with a new epoch, and keep the old log beside it:
 * ret_kept (may be NULL) gets its path, "" when there was none. Handles that are open on the old log
 * are refused their next append with JC_ESTALE.
 * JC_ECORRUPT  `path` is not an intact log of jc; nothing was changed. */
JC_API JC_MUST_CHECK jc_status jc_restore(const char *project_dir, const char *path, char *ret_kept,
                                          size_t kept_size, jc_error *reterr);

#ifdef __cplusplus
}
#endif
#endif

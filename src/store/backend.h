/* Where the log lives: a const table of functions, so that SQLite, a twin in memory, a wrapper that
 * fails on demand, and one day a database shared by a fleet, stand behind the same calls.
 *
 * What every backend keeps: whole units; sequence, position, time and `expected` are decided below
 * this line, in one indivisible step; an outcome may be unknown, and repeating the identical call
 * settles it. Nothing above the line knows SQL. The wrappers assert what must hold. */
#ifndef JC_STORE_BACKEND_H
#define JC_STORE_BACKEND_H

#include "base/arena.h"
#include "jc/store.h"

#define JC_BACKEND_VERSION 1
#define JC_PAGE_EVENTS_MAX 512
#define JC_PAGE_SIZE_MAX ((size_t)1024 * 1024)

/* A page of events that a cursor read, in its own memory. */
typedef struct jc_page {
    jc_arena arena;
    jc_event *events;
    size_t capacity; /* events that it has room for */
    size_t count;
    uint64_t last; /* the key (sequence or position) of the last row that was looked at */
    bool damaged;  /* the row `last`, behind the events, is damaged: `damage` says how */
    jc_error damage;
} jc_page;

void jc_page_release(jc_page *page);
JC_AUTO_DEFINE(jc_page, jc_page_release);

/* Empty the page and give it room for so many events, JC_PAGE_EVENTS_MAX at most. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_page_clear(jc_page *page, size_t capacity, jc_error *reterr);

#define JC_PAGE_FEW 2 /* room for looking one event up, or seeing that there are several */

typedef struct jc_backend_ops {
    int version; /* JC_BACKEND_VERSION */
    const char *name;

    /* The units' events are valid (jc_event_validate). As jc_append(), for at least one unit. */
    jc_status (*append)(void *self, const jc_unit units[], size_t count,
                        jc_append_result ret_results[], jc_error *reterr);

    /* Store events that carry sequence, position, time and hash, all or nothing, in order of position
     * and beyond what is there: a rebuilt log, a replica. The chain is not checked here. */
    jc_status (*restore)(void *self, const jc_event events[], size_t count, jc_error *reterr);

    /* A cursor; the filter is copied. */
    jc_status (*cursor_open)(void *self, const jc_filter *filter, void **ret_cursor,
                             jc_error *reterr);

    /* The events whose key lies behind `after` in the cursor's direction (0: from its start). The key
     * is the sequence when the filter names one workflow, else the position. An empty page is the
     * end, for now. Holds no transaction when it returns. */
    jc_status (*cursor_page)(void *cursor, uint64_t after, jc_page *page, jc_error *reterr);
    void (*cursor_close)(void *cursor);

    /* Up to two events whose id text starts with `prefix`, in `page`. */
    jc_status (*find)(void *self, jc_str prefix, jc_page *page, jc_error *reterr);

    /* The event at a place of a workflow, in `page`; none when it has no such event. */
    jc_status (*at)(void *self, jc_str workflow_id, uint64_t sequence, jc_page *page,
                    jc_error *reterr);

    /* A workflow's head; sequence 0 when it has no events. */
    jc_status (*head)(void *self, jc_str workflow_id, jc_head *ret_head, jc_error *reterr);
    jc_status (*info)(void *self, jc_store_info *ret_info, jc_error *reterr);

    /* Every workflow, sorted by the bytes of its id. */
    jc_status (*workflows)(void *self,
                           jc_status (*each)(void *context, const jc_workflow_summary *summary),
                           void *context, jc_error *reterr);

    /* As jc_wait() and jc_wait_fd(). */
    jc_status (*wait)(void *self, uint64_t position, int timeout_ms, uint64_t *ret_position,
                      jc_error *reterr);
    int (*wait_fd)(void *self);

    /* Check the backend's own structure, apart from what events say. */
    jc_status (*check)(void *self, jc_report *report, void *context, jc_error *reterr);
    jc_status (*backup)(void *self, const char *path,
                        void (*progress)(void *context, uint64_t done, uint64_t total),
                        void *context, jc_error *reterr);
    void (*close)(void *self);
} jc_backend_ops;

typedef struct jc_backend {
    const jc_backend_ops *ops;
    void *self;
} jc_backend;

jc_status jc_backend_append(jc_backend backend, const jc_unit units[], size_t count,
                            jc_append_result ret_results[], jc_error *reterr);
jc_status jc_backend_restore(jc_backend backend, const jc_event events[], size_t count,
                             jc_error *reterr);
jc_status jc_backend_cursor_page(jc_backend backend, void *cursor, const jc_filter *filter,
                                 uint64_t after, jc_page *page, jc_error *reterr);

#endif

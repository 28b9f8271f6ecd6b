/* The handle: a backend, what validation needs, and the followers that run after a commit. */
#ifndef JC_STORE_STORE_H
#define JC_STORE_STORE_H

#include "event/event.h"
#include "store/backend.h"

#include <sys/types.h>

#define JC_FOLLOWERS_MAX 4

/* What must happen after a commit. It cannot fail the append: what goes wrong is a warning. */
typedef struct jc_follower {
    void *self;
    void (*after_append)(void *self, jc_store *store, const jc_unit units[], size_t count,
                         const jc_append_result results[]);
    void (*close)(void *self);
} jc_follower;

struct jc_store {
    jc_backend backend;
    jc_options options;
    char *project_dir; /* owned; NULL for a store without files */
    jc_types types;
    jc_validator validator;
    jc_arena arena; /* of the append under way */
    jc_page found;  /* what jc_event_find handed out */
    jc_follower followers[JC_FOLLOWERS_MAX];
    size_t follower_count;

    /* cache.db, which the layers above open when they first need it. */
    struct jc_cache *cache;
    void (*cache_close)(struct jc_cache *cache);
    bool cache_tried; /* it is open, or it is no use to try again */

    pid_t owner;   /* the process that opened it */
    bool poisoned; /* a write's outcome is unknown: no more appends */
};

/* An event of a unit that was appended, as it is stored. */
static inline jc_event jc_event_as_stored(const jc_event *given, const jc_receipt *receipt)
{
    jc_event event = *given;
    event.position = receipt->position;
    event.sequence = receipt->sequence;
    event.timestamp_us = receipt->timestamp_us;
    event.hash = receipt->hash;
    return event;
}

/* Make a handle around a backend, which it owns from then on, also when this fails. */
JC_MUST_CHECK jc_status jc_store_new(jc_backend backend, const jc_options *options,
                                     const char *project_dir, jc_store **ret_store,
                                     jc_error *reterr);

/* Add a follower, which the handle owns. They run in the order of being added. */
void jc_store_add_follower(jc_store *store, jc_follower follower);

/* Tell the embedder, in one line, of what went wrong behind a commit. */
JC_PRINTF(2, 3)
void jc_store_warn(jc_store *store, const char *format, ...);

/* The event at a place of a workflow, borrowed from `page`; JC_END when there is none. */
JC_MUST_CHECK jc_status jc_store_at(jc_store *store, jc_str workflow_id, uint64_t sequence,
                                    jc_page *page, const jc_event **ret_event, jc_error *reterr);

/* Store events as they are: see jc_backend_ops.restore. */
JC_MUST_CHECK jc_status jc_store_restore_events(jc_store *store, const jc_event events[],
                                                size_t count, jc_error *reterr);

#endif

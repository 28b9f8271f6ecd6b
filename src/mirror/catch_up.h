/* Where a mirror stands, and bringing it up to the log. The caller holds the file's lock. */
#ifndef JC_MIRROR_CATCH_UP_H
#define JC_MIRROR_CATCH_UP_H

#include "mirror/file.h"
#include "mirror/synced.h"

/* An append writes at most so much of what was missing; the rest is for jc_mirror_heal(). */
#define JC_MIRROR_BACKLOG_MAX ((size_t)1024 * 1024)

/* A mirror is synced when so much of it is not; this bounds what is compared after a power cut. */
#define JC_MIRROR_UNSYNCED_MAX ((uint64_t)4 * 1024 * 1024)

/* Up to where the file is the log's. */
typedef struct jc_mirror_place {
    bool known;
    uint64_t sequence; /* of the last line; 0 in an empty file */
    uint64_t size;     /* of the file */
    uint64_t synced_size;
} jc_mirror_place;

/* Find out where the file stands, unless `place` is known and the file has that size: look at its
 * last line, complete or cut a torn one; after another boot, compare its unsynced part and put right
 * what a power cut zeroed. JC_ECORRUPT: the file is not the log's; it is left alone. */
JC_MUST_CHECK jc_status jc_mirror_find_place(jc_mirror_file *file, jc_store *store,
                                             jc_str workflow_id, jc_synced *synced,
                                             jc_mirror_place *place, jc_error *reterr);

/* Write what the log has behind the place, at most `size_max` bytes and a line (0: all of it). */
JC_MUST_CHECK jc_status jc_mirror_catch_up(jc_mirror_file *file, jc_store *store,
                                           jc_str workflow_id, size_t size_max,
                                           jc_mirror_place *place, jc_error *reterr);

/* Sync the file if too much of it is not, and note that. */
JC_MUST_CHECK jc_status jc_mirror_sync_now_and_then(jc_mirror_file *file, jc_str workflow_id,
                                                    jc_synced *synced, jc_mirror_place *place,
                                                    jc_error *reterr);

#endif

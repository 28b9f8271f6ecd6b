/* The cache, .jc/cache.db: looking after what is derived from the log.
 *
 * States and searches use it by themselves and never need it; these calls are for making it anew, for
 * seeing what is in it, and for checking that it says what the log says. */
#ifndef JC_CACHE_H
#define JC_CACHE_H

#include "jc/store.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jc_cache_info {
    bool usable;             /* it can be read and written; the rest is 0 when it cannot */
    uint64_t snapshots;      /* saved states */
    uint64_t snapshot_bytes; /* what they take */
    uint64_t indexed;        /* position of the last event in the search index; 0: there is none */
} jc_cache_info;

JC_API JC_MUST_CHECK jc_status jc_cache_info_read(jc_store *store, jc_cache_info *ret_info,
                                                  jc_error *reterr);

/* Empty the cache and fill it again: the states of all workflows, and the search index. `progress`
 * (may be NULL) is told how many of how many events were read. Needs no writable log.
 *
 * JC_EBUSY      others are writing to it; try again.
 * JC_EREADONLY  it cannot be written.
 * JC_ECORRUPT   a stored event is damaged. */
JC_API JC_MUST_CHECK jc_status
jc_cache_rebuild(jc_store *store, void (*progress)(void *context, uint64_t done, uint64_t total),
                 void *context, jc_cache_info *ret_info, jc_error *reterr);

/* Compare the snapshots of a workflow with what its events come to. One that is damaged is a note: it
 * is never used. One that is whole and says something else is damage: states would be wrong. Those that
 * leave events out, for past times, are only looked at, not compared. *ret_checked is how many there
 * were. */
JC_API JC_MUST_CHECK jc_status jc_cache_check(jc_store *store, jc_str workflow_id,
                                              jc_report *report, void *context,
                                              uint64_t *ret_checked, jc_error *reterr);

#ifdef __cplusplus
}
#endif
#endif

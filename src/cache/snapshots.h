/* Snapshots: states saved in cache.db, each with a digest over all of its fields. */
#ifndef JC_CACHE_SNAPSHOTS_H
#define JC_CACHE_SNAPSHOTS_H

#include "base/buf.h"
#include "cache/cache.h"

/* Which states: of one projection, in one version, of one workflow. */
typedef struct jc_snapshot_key {
    jc_str workflow_id;
    jc_str projection;
    jc_str version;
} jc_snapshot_key;

/* excluded_us of a snapshot that leaves nothing out. */
#define JC_EXCLUDED_NONE INT64_MAX

typedef struct jc_snapshot {
    int64_t id;           /* of its row; not part of what it says */
    uint64_t sequence;    /* of the last event that was looked at */
    int64_t latest_us;    /* the greatest timestamp of the events in it */
    int64_t excluded_us;  /* the least timestamp of the events left out, or JC_EXCLUDED_NONE */
    uint64_t events;      /* how many are in it */
    uint64_t event_bytes; /* their size, see snapshot.c */
    int64_t timestamp_us; /* of the last event in it */
    jc_hash event_hash;   /* of the event at `sequence` */
    jc_str state;         /* JSON */
} jc_snapshot;

/* The last snapshot at or before `sequence_max` that leaves nothing out; with `time_us`, the last that
 * holds just the events with a timestamp at or before it. Its state goes into `buf`. false: there is
 * none that can be read; one that is damaged is removed. */
bool jc_snapshot_get(jc_cache *cache, const jc_snapshot_key *key, uint64_t sequence_max,
                     const int64_t *time_us, jc_buf *buf, jc_snapshot *ret_snapshot);

/* The sequence of the last one at or before `sequence_max` that leaves nothing out, and its bytes; 0:
 * there is none. */
uint64_t jc_snapshot_last(jc_cache *cache, const jc_snapshot_key *key, uint64_t sequence_max,
                          uint64_t *ret_size);

/* Save one, inside a transaction; what there is of other versions of the projection goes. */
bool jc_snapshot_put(jc_cache *cache, const jc_snapshot_key *key, const jc_snapshot *snapshot);

/* Remove one that is not the log's, in a transaction of its own. */
bool jc_snapshot_remove(jc_cache *cache, int64_t id);

/* What the snapshots of a key take, in bytes. */
typedef struct jc_snapshot_sizes {
    uint64_t complete;    /* of those that leave nothing out */
    uint64_t excluding;   /* of the others */
    uint64_t event_bytes; /* of the events in the largest of them */
} jc_snapshot_sizes;

bool jc_snapshot_measure(jc_cache *cache, const jc_snapshot_key *key, jc_snapshot_sizes *ret_sizes);

/* Inside a transaction: remove the oldest of those that leave events out. false: there was none. */
bool jc_snapshot_remove_oldest_excluding(jc_cache *cache, const jc_snapshot_key *key);

/* Is there one at that sequence that leaves the same out? */
bool jc_snapshot_has(jc_cache *cache, const jc_snapshot_key *key, uint64_t sequence,
                     int64_t excluded_us);

/* Call `each` with every snapshot of a workflow, in order of projection, version and sequence, until
 * it returns false; one that is damaged has an empty state. */
bool jc_snapshot_list(jc_cache *cache, jc_str workflow_id,
                      bool (*each)(void *context, const jc_snapshot_key *key,
                                   const jc_snapshot *snapshot),
                      void *context);

#endif

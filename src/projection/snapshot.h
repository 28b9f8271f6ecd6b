/* Snapshots of states: which one a replay begins from, and which it leaves behind.
 *
 * A replay that passes a multiple of JC_SNAPSHOT_EVENTS saves the state when the events since the last
 * snapshot take somewhat more bytes than that snapshot; and never so that the snapshots of a projection
 * outgrow the events of its workflow. So a state that grows with every event is saved at ever wider
 * distances, and one that does not at every multiple. Of the room, three quarters are for snapshots that
 * leave nothing out, and one for those that do, which are wider apart. */
#ifndef JC_PROJECTION_SNAPSHOT_H
#define JC_PROJECTION_SNAPSHOT_H

#include "cache/snapshots.h"
#include "jc/projection.h"

#define JC_SNAPSHOT_EVENTS 100

/* Where a replay stands. */
typedef struct jc_replay_place {
    uint64_t sequence;    /* of the last event that was looked at */
    jc_hash event_hash;   /* its hash */
    int64_t latest_us;    /* the greatest timestamp of the events applied */
    int64_t excluded_us;  /* the least timestamp of the events left out, or JC_EXCLUDED_NONE */
    uint64_t event_bytes; /* the size of the events applied */
} jc_replay_place;

/* Where a replay stands before the first event. */
jc_replay_place jc_replay_place_start(void);

/* Is what was saved at an event of this log? */
typedef enum jc_of_log {
    JC_OF_LOG_YES,
    JC_OF_LOG_NO,
    JC_OF_LOG_UNKNOWN /* the log cannot be read just now */
} jc_of_log;

jc_of_log jc_event_is_of_log(jc_store *store, jc_str workflow_id, uint64_t sequence,
                             const jc_hash *event_hash);

/* How much an event counts for: what its fields take as text. */
uint64_t jc_event_bytes(const jc_event *event);

/* Go on to an event that was applied. */
void jc_replay_place_apply(jc_replay_place *place, const jc_event *event);

/* The text that tells a version of a projection from any other; at most JC_VERSION_TEXT_SIZE bytes
 * with its zero byte. */
#define JC_VERSION_TEXT_SIZE 128
void jc_projection_version_format(const jc_projection *projection, char *ret_text);

/* Snapshots of one projection of one workflow, for one replay. */
typedef struct jc_snapshots {
    jc_store *store;
    jc_cache *cache; /* NULL: none is read, none is saved */
    const jc_projection *projection;
    jc_snapshot_key key;
    char version[JC_VERSION_TEXT_SIZE];

    uint64_t saved_at;   /* event_bytes at the last snapshot */
    uint64_t saved_size; /* its bytes; 0: there is none */
    bool knows_sizes;
    jc_snapshot_sizes sizes;     /* those to be written included */
    struct jc_snapshot *waiting; /* to be written; their states lie in `states` */
    size_t waiting_count, waiting_capacity;
    jc_buf states;
} jc_snapshots;

/* `workflow_id` is borrowed. */
void jc_snapshots_init(jc_snapshots *snapshots, jc_store *store, const jc_projection *projection,
                       jc_str workflow_id);
void jc_snapshots_release(jc_snapshots *snapshots);

/* The state nearest to the end of the replay, at or before `sequence_max`; of the events at or before
 * a time, when time_us is given. Nothing comes out of it when there is none. One that is not the log's
 * is removed. JC_ENOMEM and the like; what is wrong with the cache is no failure. */
JC_MUST_CHECK jc_status jc_snapshots_load(jc_snapshots *snapshots, uint64_t sequence_max,
                                          const int64_t *time_us, jc_state **ret_state,
                                          jc_replay_place *ret_place, jc_error *reterr);

/* Behind an event that was applied: save the state when it is time to. Nothing can go wrong. */
void jc_snapshots_offer(jc_snapshots *snapshots, jc_state *state, const jc_replay_place *place);

/* Write what was saved, in a transaction of its own; or in one that the caller began. */
void jc_snapshots_flush(jc_snapshots *snapshots);
bool jc_snapshots_write(jc_snapshots *snapshots);

#endif

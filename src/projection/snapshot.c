/* Snapshots of states: see snapshot.h.
 *
 * What a replay saves waits in memory and is written in one transaction at its end, or when it takes
 * more than a megabyte. */
#include "projection/snapshot.h"

#include "base/array.h"
#include "base/fail.h"
#include "base/hash.h"
#include "projection/cached.h"
#include "projection/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define WAITING_SIZE_MAX ((size_t)1024 * 1024)
#define FIXED_BYTES 128 /* id, timestamp and hash, as text */

/* One that leaves events out is worth saving when it serves that much time at least. */
#define SERVED_US_MIN INT64_C(60000000)

uint64_t jc_event_bytes(const jc_event *event)
{
    return FIXED_BYTES + event->workflow_id.size + event->event_type.size + event->agent_id.size +
           event->correlation_id.size + event->causation_id.size + event->data.size;
}

jc_replay_place jc_replay_place_start(void)
{
    return (jc_replay_place){.latest_us = INT64_MIN, .excluded_us = JC_EXCLUDED_NONE};
}

void jc_replay_place_apply(jc_replay_place *place, const jc_event *event)
{
    place->sequence = event->sequence;
    place->event_hash = event->hash;
    place->event_bytes += jc_event_bytes(event);
    if (event->timestamp_us > place->latest_us)
        place->latest_us = event->timestamp_us;
}

void jc_projection_version_format(const jc_projection *projection, char *ret_text)
{
    const char *revision = projection->revision != NULL ? projection->revision : "";
    (void)snprintf(ret_text, JC_VERSION_TEXT_SIZE, "%" PRIu32 "%s%.100s", projection->version,
                   *revision != '\0' ? "-" : "", revision);
}

void jc_snapshots_init(jc_snapshots *snapshots, jc_store *store, const jc_projection *projection,
                       jc_str workflow_id)
{
    *snapshots = (jc_snapshots){.store = store, .projection = projection};
    jc_projection_version_format(projection, snapshots->version);
    snapshots->key = (jc_snapshot_key){.workflow_id = workflow_id,
                                       .projection = jc_str_of(projection->name),
                                       .version = jc_str_of(snapshots->version)};
}

void jc_snapshots_release(jc_snapshots *snapshots)
{
    free(snapshots->waiting);
    jc_buf_release(&snapshots->states);
    snapshots->waiting = NULL;
}

jc_of_log jc_event_is_of_log(jc_store *store, jc_str workflow_id, uint64_t sequence,
                             const jc_hash *event_hash)
{
    JC_AUTO(jc_page) page = {0};
    const jc_event *event = NULL;
    jc_status status = jc_store_at(store, workflow_id, sequence, &page, &event, NULL);
    if (status < 0)
        return JC_OF_LOG_UNKNOWN;
    return status == JC_OK && jc_hash_equal(&event->hash, event_hash) ? JC_OF_LOG_YES
                                                                      : JC_OF_LOG_NO;
}

static jc_replay_place place_of(const jc_snapshot *found)
{
    return (jc_replay_place){.sequence = found->sequence,
                             .event_hash = found->event_hash,
                             .latest_us = found->latest_us,
                             .excluded_us = found->excluded_us,
                             .event_bytes = found->event_bytes};
}

jc_status jc_snapshots_load(jc_snapshots *snapshots, uint64_t sequence_max, const int64_t *time_us,
                            jc_state **ret_state, jc_replay_place *ret_place, jc_error *reterr)
{
    JC_AUTO(jc_buf) state = {0};
    jc_snapshot found;
    if (snapshots->projection->read_json == NULL || sequence_max < JC_SNAPSHOT_EVENTS)
        return JC_OK;
    snapshots->cache = jc_store_cache(snapshots->store);
    while (snapshots->cache != NULL && jc_snapshot_get(snapshots->cache, &snapshots->key,
                                                       sequence_max, time_us, &state, &found)) {
        jc_state_info info = {.sequence = found.sequence,
                              .events = found.events,
                              .has_timestamp = found.events > 0,
                              .timestamp_us = found.timestamp_us,
                              .snapshot_sequence = found.sequence};
        jc_error error;
        jc_status status = JC_ECORRUPT;
        jc_of_log of_log = jc_event_is_of_log(snapshots->store, snapshots->key.workflow_id,
                                              found.sequence, &found.event_hash);
        /* When the log cannot be asked, the replay will say why. */
        if (of_log == JC_OF_LOG_UNKNOWN)
            return JC_OK;
        if (of_log == JC_OF_LOG_YES)
            status = jc_state_restore(snapshots->projection, found.state, &info, ret_state, &error);
        if (status == JC_OK) {
            *ret_place = place_of(&found);
            snapshots->saved_at = found.event_bytes;
            snapshots->saved_size = found.state.size;
            return JC_OK;
        }
        if (status != JC_ECORRUPT)
            return jc_fail(reterr, status, "%s", error.text);
        /* Where it cannot be removed, the next look would find it again. */
        if (!jc_snapshot_remove(snapshots->cache, found.id))
            snapshots->cache = NULL;
    }
    return JC_OK;
}

/* How many bytes of events there must be for so many of snapshots. */
static uint64_t bytes_for(uint64_t size, int64_t excluded_us)
{
    return excluded_us == JC_EXCLUDED_NONE ? size / 3 * 4 + size % 3 * 2 : size * 4;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Would the snapshots still be smaller than the events? Of those that leave events out, older ones
 * will make room. */
static bool has_room(jc_snapshots *snapshots, const jc_replay_place *place, uint64_t size)
{
    if (!snapshots->knows_sizes)
        snapshots->knows_sizes =
            jc_snapshot_measure(snapshots->cache, &snapshots->key, &snapshots->sizes);
    uint64_t event_bytes = larger(place->event_bytes, snapshots->sizes.event_bytes);
    uint64_t beside = place->excluded_us == JC_EXCLUDED_NONE ? snapshots->sizes.complete : 0;
    return snapshots->knows_sizes && bytes_for(beside + size, place->excluded_us) <= event_bytes;
}

static void keep(jc_snapshots *snapshots, const jc_state_info *info, const jc_replay_place *place,
                 jc_str json)
{
    jc_snapshot *waiting = jc_array_grow(snapshots->waiting, sizeof *waiting,
                                         snapshots->waiting_count, &snapshots->waiting_capacity);
    if (waiting == NULL)
        return;
    snapshots->waiting = waiting;
    if (jc_buf_append_str(&snapshots->states, json, NULL) < 0)
        return;
    waiting[snapshots->waiting_count++] = (jc_snapshot){.sequence = place->sequence,
                                                        .latest_us = place->latest_us,
                                                        .excluded_us = place->excluded_us,
                                                        .events = info->events,
                                                        .event_bytes = place->event_bytes,
                                                        .timestamp_us = info->timestamp_us,
                                                        .event_hash = place->event_hash,
                                                        .state.size = json.size};
    if (place->excluded_us == JC_EXCLUDED_NONE)
        snapshots->sizes.complete += json.size;
}

void jc_snapshots_offer(jc_snapshots *snapshots, jc_state *state, const jc_replay_place *place)
{
    jc_error error;
    if (snapshots->cache == NULL || place->sequence % JC_SNAPSHOT_EVENTS != 0 ||
        place->event_bytes - snapshots->saved_at <
            bytes_for(snapshots->saved_size, place->excluded_us) ||
        place->excluded_us - SERVED_US_MIN < place->latest_us ||
        jc_snapshot_has(snapshots->cache, &snapshots->key, place->sequence, place->excluded_us))
        return;
    const char *json = jc_state_json(state, &error);
    if (json == NULL)
        return;
    jc_str text = jc_str_of(json);
    jc_state_info info = jc_state_info_get(state);
    snapshots->saved_at = place->event_bytes;
    snapshots->saved_size = text.size;
    if (has_room(snapshots, place, text.size))
        keep(snapshots, &info, place, text);
    if (snapshots->states.size > WAITING_SIZE_MAX)
        jc_snapshots_flush(snapshots);
}

/* Inside the transaction. */
static bool make_room(jc_snapshots *snapshots, const jc_snapshot *waiting)
{
    jc_snapshot_sizes sizes;
    while (waiting->excluded_us != JC_EXCLUDED_NONE) {
        if (!jc_snapshot_measure(snapshots->cache, &snapshots->key, &sizes))
            return false;
        if (bytes_for(sizes.excluding + waiting->state.size, waiting->excluded_us) <=
            larger(sizes.event_bytes, waiting->event_bytes))
            return true;
        if (sizes.excluding == 0 ||
            !jc_snapshot_remove_oldest_excluding(snapshots->cache, &snapshots->key))
            return false;
    }
    return true;
}

bool jc_snapshots_write(jc_snapshots *snapshots)
{
    size_t used = 0;
    for (size_t i = 0; i < snapshots->waiting_count; i++) {
        jc_snapshot *waiting = &snapshots->waiting[i];
        waiting->state.bytes = snapshots->states.bytes + used;
        used += waiting->state.size;
        /* Another process may have been here in the meantime. */
        if (jc_snapshot_has(snapshots->cache, &snapshots->key, waiting->sequence,
                            waiting->excluded_us) ||
            !make_room(snapshots, waiting))
            continue;
        if (!jc_snapshot_put(snapshots->cache, &snapshots->key, waiting))
            return false;
    }
    return true;
}

void jc_snapshots_flush(jc_snapshots *snapshots)
{
    if (snapshots->waiting_count > 0 && jc_cache_begin(snapshots->cache)) {
        if (jc_snapshots_write(snapshots))
            (void)jc_cache_commit(snapshots->cache);
        else
            jc_cache_rollback(snapshots->cache);
    }
    snapshots->waiting_count = 0;
    jc_buf_clear(&snapshots->states);
}

/* How long each feature took: the state of the projection `timings` with what follows from it. */
#include "base/arena.h"
#include "base/fail.h"
#include "jc/query.h"
#include "projection/feature_words.h"
#include "projection/registry.h"
#include "projection/timings.h"

#include <stdlib.h>

/* What jc_timings_free() gets is the first member. */
typedef struct timings_owner {
    jc_timings timings;
    jc_state *state; /* owns the texts */
    jc_arena arena;  /* owns the features and attempts */
} timings_owner;

const char *jc_attempt_status_text(jc_attempt_status status)
{
    return (size_t)status < JC_ATTEMPT_STATUS_COUNT ? jc_attempt_words[status] : "";
}

const char *jc_feature_state_text(jc_feature_state status)
{
    return (size_t)status < JC_FEATURE_STATE_COUNT ? jc_feature_words[status] : "";
}

static int64_t value_of(jc_maybe number)
{
    return number.given ? number.value : JC_UNKNOWN;
}

static int64_t duration_of(jc_maybe start_us, jc_maybe end_us)
{
    return end_us.given ? value_of(jc_duration_between(start_us, end_us.value)) : JC_UNKNOWN;
}

/* Add what is known. */
static void add_known(int64_t *sum_ms, int64_t duration_ms)
{
    if (duration_ms != JC_UNKNOWN)
        *sum_ms += duration_ms;
}

static void time_attempts(const jc_timed_feature *timed, jc_attempt *attempts,
                          jc_feature_timing *feature)
{
    jc_maybe free_since = timed->planned_us;
    for (size_t i = 0; i < timed->count; i++) {
        const jc_timed_attempt *attempt = &timed->attempts[i];
        attempts[i] =
            (jc_attempt){.status = attempt->status,
                         .started_us = value_of(attempt->started_us),
                         .ended_us = value_of(attempt->ended_us),
                         .duration_ms = duration_of(attempt->started_us, attempt->ended_us),
                         .waited_ms = duration_of(free_since, attempt->started_us)};
        add_known(&feature->worked_ms, attempts[i].duration_ms);
        add_known(&feature->waited_ms, attempts[i].waited_ms);
        free_since = attempt->ended_us;
    }
}

static jc_feature_timing time_feature(const jc_timings_state *state, size_t place,
                                      jc_attempt *attempts)
{
    const jc_timed_feature *timed = &state->features[place];
    jc_feature_timing feature = {.name = jc_feature_names_name(&state->names, place),
                                 .feature_id = jc_feature_names_id(&state->names, place),
                                 .status = timed->status,
                                 .attempts = attempts,
                                 .attempt_count = timed->count,
                                 .planned_us = value_of(timed->planned_us),
                                 .started_us = JC_UNKNOWN,
                                 .ended_us = JC_UNKNOWN,
                                 .duration_ms = JC_UNKNOWN};
    time_attempts(timed, attempts, &feature);
    if (timed->count == 0)
        return feature;
    jc_maybe start_us = timed->attempts[0].started_us;
    feature.started_us = value_of(start_us);
    if (timed->status == JC_FEATURE_IS_COMPLETED || timed->status == JC_FEATURE_HAS_FAILED) {
        jc_maybe end_us = timed->attempts[timed->count - 1].ended_us;
        feature.ended_us = value_of(end_us);
        feature.duration_ms = duration_of(start_us, end_us);
    }
    return feature;
}

static int compare_durations(const void *a, const void *b)
{
    const int64_t *one = a;
    const int64_t *other = b;
    return (*one > *other) - (*one < *other);
}

/* The middle of the durations, or the mean of the two that are there. */
static int64_t median_of(int64_t durations_ms[], size_t count)
{
    if (count == 0)
        return JC_UNKNOWN;
    qsort(durations_ms, count, sizeof *durations_ms, compare_durations);
    int64_t upper = durations_ms[count / 2];
    int64_t lower = durations_ms[(count - 1) / 2];
    return lower + (upper - lower) / 2;
}

/* `durations_ms` is room for one of each feature. */
static void sum_up(jc_timings *timings, int64_t durations_ms[])
{
    size_t durations = 0;
    for (size_t i = 0; i < timings->feature_count; i++) {
        const jc_feature_timing *feature = &timings->features[i];
        timings->by_status[feature->status]++;
        timings->attempts += feature->attempt_count;
        timings->retries += feature->attempt_count > 1 ? feature->attempt_count - 1 : 0;
        timings->worked_ms += feature->worked_ms;
        timings->waited_ms += feature->waited_ms;
        if (feature->status != JC_FEATURE_IS_COMPLETED || feature->duration_ms == JC_UNKNOWN)
            continue;
        durations_ms[durations++] = feature->duration_ms;
        if (timings->slowest == NULL || feature->duration_ms > timings->slowest->duration_ms)
            timings->slowest = feature;
    }
    timings->median_ms = median_of(durations_ms, durations);
}

static jc_status fill(timings_owner *owner, jc_error *reterr)
{
    const jc_timings_state *state = jc_state_get(owner->state);
    jc_state_info info = jc_state_info_get(owner->state);
    size_t attempt_count = 0;
    for (size_t i = 0; i < state->count; i++)
        attempt_count += state->features[i].count;
    jc_feature_timing *features =
        jc_arena_get(&owner->arena, (state->count + 1) * sizeof *features);
    jc_attempt *attempts = jc_arena_get(&owner->arena, (attempt_count + 1) * sizeof *attempts);
    int64_t *durations_ms = jc_arena_get(&owner->arena, (state->count + 1) * sizeof *durations_ms);
    if (features == NULL || attempts == NULL || durations_ms == NULL)
        return jc_fail_memory(reterr);
    for (size_t i = 0; i < state->count; i++) {
        features[i] = time_feature(state, i, attempts);
        attempts += features[i].attempt_count;
    }
    owner->timings = (jc_timings){.features = features,
                                  .feature_count = state->count,
                                  .sequence = info.sequence,
                                  .as_of_us = info.has_timestamp ? info.timestamp_us : JC_UNKNOWN};
    sum_up(&owner->timings, durations_ms);
    return JC_OK;
}

jc_status jc_timings_read(jc_store *store, jc_str workflow_id, const jc_point *point,
                          jc_timings **ret_timings, jc_error *reterr)
{
    timings_owner *owner = calloc(1, sizeof *owner);
    if (owner == NULL)
        return jc_fail_memory(reterr);
    jc_status status =
        jc_state_read(store, &jc_projection_timings, workflow_id, point, &owner->state, reterr);
    if (status == JC_OK)
        status = fill(owner, reterr);
    if (status < 0) {
        jc_timings_free(&owner->timings);
        return status;
    }
    *ret_timings = &owner->timings;
    return JC_OK;
}

void jc_timings_free(jc_timings *timings)
{
    timings_owner *owner = (timings_owner *)timings;
    if (owner == NULL)
        return;
    jc_state_free(owner->state);
    jc_arena_release(&owner->arena);
    free(owner);
}

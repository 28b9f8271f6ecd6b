/* The projection `timings`: every attempt at every feature, when it began, when and how it ended.
 *
 * It stands beside `workflow`, which only counts attempts: a feature that is tried a thousand times
 * must not make every look at a workflow slow. Which feature is meant, and what its status is, is the
 * same in both. An attempt that nobody ended ends where the next begins. */
#include "projection/timings.h"

#include "base/array.h"
#include "base/fail.h"
#include "jc/event_types.h"
#include "projection/feature_words.h"
#include "projection/read.h"
#include "projection/registry.h"

static jc_status add_feature(jc_timings_state *state, jc_error *reterr)
{
    jc_timed_feature *features =
        jc_array_grow(state->features, sizeof *features, state->count, &state->capacity);
    if (features == NULL)
        return jc_fail_memory(reterr);
    state->features = features;
    state->features[state->count++] = (jc_timed_feature){0};
    return JC_OK;
}

static jc_status add_attempt(jc_timed_feature *feature, jc_timed_attempt attempt, jc_error *reterr)
{
    jc_timed_attempt *attempts =
        jc_array_grow(feature->attempts, sizeof *attempts, feature->count, &feature->capacity);
    if (attempts == NULL)
        return jc_fail_memory(reterr);
    feature->attempts = attempts;
    feature->attempts[feature->count++] = attempt;
    return JC_OK;
}

static jc_timed_attempt *last_attempt(jc_timed_feature *feature)
{
    return feature->count > 0 ? &feature->attempts[feature->count - 1] : NULL;
}

static jc_status start(jc_timed_feature *feature, int64_t time_us, jc_error *reterr)
{
    jc_timed_attempt *before = last_attempt(feature);
    if (before != NULL && before->status == JC_ATTEMPT_RUNNING) {
        before->status = JC_ATTEMPT_ABANDONED;
        before->ended_us = jc_maybe_is(time_us);
    }
    feature->status = JC_FEATURE_IS_STARTED;
    return add_attempt(feature, (jc_timed_attempt){.started_us = jc_maybe_is(time_us)}, reterr);
}

/* An end without a start is an attempt all the same; a second end corrects the first. */
static jc_status end(jc_timings_state *state, jc_timed_feature *feature, jc_attempt_status ended_as,
                     int64_t time_us, jc_error *reterr)
{
    jc_timed_attempt *attempt = last_attempt(feature);
    if (attempt == NULL) {
        jc_maybe told = jc_start_told(&state->payload, time_us);
        return add_attempt(feature,
                           (jc_timed_attempt){.status = ended_as,
                                              .started_us = told,
                                              .ended_us = jc_maybe_is(time_us)},
                           reterr);
    }
    attempt->status = ended_as;
    attempt->ended_us = jc_maybe_is(time_us);
    return JC_OK;
}

static void revert(jc_timed_feature *feature)
{
    jc_timed_attempt *attempt = last_attempt(feature);
    feature->status = JC_FEATURE_IS_STARTED;
    if (attempt != NULL && attempt->status == JC_ATTEMPT_COMPLETED)
        attempt->status = JC_ATTEMPT_REVERTED;
}

static jc_status take(jc_timings_state *state, size_t place, const jc_event *event,
                      jc_error *reterr)
{
    jc_timed_feature *feature = &state->features[place];
    switch (jc_event_type_of(event->event_type)) {
    case JC_TYPE_FEATURE_PLANNED:
        feature->status = JC_FEATURE_IS_PLANNED;
        if (!feature->planned_us.given)
            feature->planned_us = jc_maybe_is(event->timestamp_us);
        return JC_OK;
    case JC_TYPE_FEATURE_STARTED:
        return start(feature, event->timestamp_us, reterr);
    case JC_TYPE_FEATURE_COMPLETED:
        feature->status = JC_FEATURE_IS_COMPLETED;
        return end(state, feature, JC_ATTEMPT_COMPLETED, event->timestamp_us, reterr);
    case JC_TYPE_FEATURE_FAILED:
        feature->status = JC_FEATURE_HAS_FAILED;
        return end(state, feature, JC_ATTEMPT_FAILED, event->timestamp_us, reterr);
    case JC_TYPE_FEATURE_COMPLETION_REVERTED:
        revert(feature);
        return JC_OK;
    case JC_TYPE_FEATURE_RENAMED:
        return jc_feature_names_change(&state->names, place, &state->payload, reterr);
    default:
        return JC_OK;
    }
}

static bool is_of_a_feature(const jc_event *event)
{
    static const char prefix[] = "feature.";
    return event->event_type.size > sizeof prefix - 1 &&
           memcmp(event->event_type.bytes, prefix, sizeof prefix - 1) == 0 &&
           jc_event_type_of(event->event_type) != JC_TYPE_OTHER;
}

static jc_status timings_apply(void *context, const jc_event *event, jc_error *reterr)
{
    jc_timings_state *state = context;
    size_t place = JC_FEATURE_NONE;
    if (!is_of_a_feature(event))
        return JC_OK;
    jc_status status = jc_payload_read(&state->payload, event, reterr);
    if (status == JC_OK)
        status = jc_feature_names_find(&state->names, &state->payload, &place, reterr);
    if (status < 0 || place == JC_FEATURE_NONE)
        return status;
    if (place == state->count)
        status = add_feature(state, reterr);
    return status == JC_OK ? take(state, place, event, reterr) : status;
}

static void write_attempt(jc_write *write, yyjson_mut_val *list, const jc_timed_attempt *attempt)
{
    yyjson_mut_val *object = jc_write_element(write, list);
    jc_write_text(write, object, "status", jc_str_of(jc_attempt_words[attempt->status]));
    jc_write_maybe_time(write, object, "started_at", attempt->started_us);
    jc_write_maybe_time(write, object, "ended_at", attempt->ended_us);
    if (attempt->ended_us.given)
        jc_write_maybe(write, object, "duration_ms",
                       jc_duration_between(attempt->started_us, attempt->ended_us.value));
}

static jc_status timings_write_json(const void *context, jc_output *output, jc_error *reterr)
{
    const jc_timings_state *state = context;
    jc_write write;
    yyjson_mut_val *root = jc_write_begin(&write);
    yyjson_mut_val *features = jc_write_list(&write, root, "features");
    for (size_t i = 0; i < state->count; i++) {
        const jc_timed_feature *feature = &state->features[i];
        yyjson_mut_val *object = jc_write_element(&write, features);
        jc_feature_names_write(&state->names, i, &write, object);
        jc_write_text(&write, object, "status", jc_str_of(jc_feature_words[feature->status]));
        jc_write_maybe_time(&write, object, "planned_at", feature->planned_us);
        yyjson_mut_val *attempts = jc_write_list(&write, object, "attempts");
        for (size_t each = 0; each < feature->count; each++)
            write_attempt(&write, attempts, &feature->attempts[each]);
    }
    return jc_write_end(&write, output, reterr);
}

static jc_status read_attempt(jc_timed_feature *feature, yyjson_val *object, jc_error *reterr)
{
    size_t word =
        jc_word_of(jc_read_text(object, "status"), jc_attempt_words, JC_ATTEMPT_STATUS_COUNT);
    if (word == JC_ATTEMPT_STATUS_COUNT)
        return jc_read_fail("an attempt", reterr);
    return add_attempt(feature,
                       (jc_timed_attempt){.status = (jc_attempt_status)word,
                                          .started_us = jc_read_maybe_time(object, "started_at"),
                                          .ended_us = jc_read_maybe_time(object, "ended_at")},
                       reterr);
}

static jc_status read_feature(jc_timings_state *state, yyjson_val *object, jc_error *reterr)
{
    size_t word =
        jc_word_of(jc_read_text(object, "status"), jc_feature_words, JC_FEATURE_STATE_COUNT);
    if (word == JC_FEATURE_STATE_COUNT)
        return jc_read_fail("a feature", reterr);
    jc_status status = jc_feature_names_read(&state->names, object, reterr);
    if (status == JC_OK)
        status = add_feature(state, reterr);
    if (status < 0)
        return status;
    jc_timed_feature *feature = &state->features[state->count - 1];
    feature->status = (jc_feature_state)word;
    feature->planned_us = jc_read_maybe_time(object, "planned_at");
    size_t at = 0;
    size_t count = 0;
    yyjson_val *attempt;
    yyjson_arr_foreach(yyjson_obj_get(object, "attempts"), at, count, attempt) {
        status = read_attempt(feature, attempt, reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}

static jc_status timings_read_json(void *context, jc_str json, jc_error *reterr)
{
    JC_AUTO(jc_read) read = {0};
    yyjson_val *root = NULL;
    jc_status status = jc_read_begin(&read, json, &root, reterr);
    if (status < 0)
        return status;
    size_t at = 0;
    size_t count = 0;
    yyjson_val *feature;
    yyjson_arr_foreach(yyjson_obj_get(root, "features"), at, count, feature) {
        status = read_feature(context, feature, reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}

static void timings_release(void *context)
{
    jc_timings_state *state = context;
    for (size_t i = 0; i < state->count; i++)
        free(state->features[i].attempts);
    free(state->features);
    jc_feature_names_release(&state->names);
    jc_payload_release(&state->payload);
}

const jc_projection jc_projection_timings = {
    .name = "timings",
    .version = 1,
    .state_size = sizeof(jc_timings_state),
    .summary = "every attempt at every feature, when it began, when and how it ended",
    .apply = timings_apply,
    .write_json = timings_write_json,
    .read_json = timings_read_json,
    .release = timings_release,
};

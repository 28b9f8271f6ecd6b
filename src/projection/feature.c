/* The features of a workflow: see feature.h.
 *
 * A slot of the maps outlives what it points to: a feature that is renamed leaves its old name free
 * for another. */
#include "projection/feature.h"

#include "base/array.h"
#include "base/fail.h"
#include "jc/event_types.h"

#include <math.h>

typedef struct feature_slot {
    jc_feature *feature; /* NULL: the name is free */
} feature_slot;

jc_maybe jc_maybe_of(double number)
{
    if (!(number >= -9e15 && number <= 9e15))
        return (jc_maybe){0};
    return (jc_maybe){.given = true, .value = (int64_t)number};
}

static jc_feature *find(const jc_map *map, jc_str key)
{
    const feature_slot *slot = key.bytes != NULL ? jc_map_get(map, key) : NULL;
    return slot != NULL ? slot->feature : NULL;
}

/* Let a key mean a feature from now on (NULL: none). */
static jc_status point_to(jc_workflow *state, jc_map *map, jc_str key, jc_feature *feature,
                          jc_error *reterr)
{
    feature_slot *slot = jc_map_get(map, key);
    if (slot == NULL) {
        jc_str kept = jc_arena_copy(&state->arena, key);
        slot = jc_arena_get(&state->arena, sizeof *slot);
        if (kept.bytes == NULL || slot == NULL || !jc_map_put(map, &state->arena, kept, slot))
            return jc_fail_memory(reterr);
    }
    slot->feature = feature;
    return JC_OK;
}

static jc_status add(jc_workflow *state, jc_feature **ret, jc_error *reterr)
{
    jc_feature **features = jc_array_grow(state->features, sizeof(jc_feature *),
                                          state->feature_count, &state->feature_capacity);
    if (features == NULL)
        return jc_fail_memory(reterr);
    state->features = features;
    jc_feature *feature = calloc(1, sizeof *feature);
    if (feature == NULL)
        return jc_fail_memory(reterr);
    state->features[state->feature_count++] = feature;
    *ret = feature;
    return JC_OK;
}

static jc_status give_name(jc_workflow *state, jc_feature *feature, jc_str name, jc_error *reterr)
{
    jc_str before = jc_buf_str(&feature->name);
    jc_status status = JC_OK;
    if (before.size > 0 && find(&state->feature_by_name, before) == feature)
        status = point_to(state, &state->feature_by_name, before, NULL, reterr);
    if (status == JC_OK)
        status = point_to(state, &state->feature_by_name, name, feature, reterr);
    return status == JC_OK ? jc_text_set(&feature->name, name, reterr) : status;
}

static jc_status give_id(jc_workflow *state, jc_feature *feature, jc_str id, jc_error *reterr)
{
    jc_status status = point_to(state, &state->feature_by_id, id, feature, reterr);
    return status == JC_OK ? jc_text_set(&feature->id, id, reterr) : status;
}

/* The feature that the event speaks of, which is new when nothing was heard of it before. NULL: the
 * event names none. */
static jc_status feature_of(jc_workflow *state, jc_feature **ret, jc_error *reterr)
{
    jc_str id = jc_payload_text(&state->payload, "feature_id");
    jc_str name = jc_payload_text(&state->payload, "name|feature_name");
    jc_status status = JC_OK;
    jc_feature *feature = find(&state->feature_by_id, id);
    if (feature == NULL) {
        jc_feature *named = find(&state->feature_by_name, name);
        /* A name that another id has taken is another feature's. */
        if (named != NULL && (id.bytes == NULL || named->id.size == 0))
            feature = named;
    }
    if (feature == NULL && (id.bytes != NULL || name.bytes != NULL))
        status = add(state, &feature, reterr);
    if (status == JC_OK && feature != NULL && id.bytes != NULL && feature->id.size == 0)
        status = give_id(state, feature, id, reterr);
    if (status == JC_OK && feature != NULL && name.bytes != NULL && feature->name.size == 0)
        status = give_name(state, feature, name, reterr);
    *ret = feature;
    return status;
}

bool jc_feature_has_name(const jc_workflow *state, const jc_feature *feature)
{
    return find(&state->feature_by_name, jc_buf_str(&feature->name)) == feature;
}

jc_status jc_feature_restore(jc_workflow *state, jc_str id, jc_str name, bool name_shared,
                             jc_feature **ret_feature, jc_error *reterr)
{
    jc_feature *feature = NULL;
    jc_status status = add(state, &feature, reterr);
    if (status == JC_OK && id.bytes != NULL)
        status = give_id(state, feature, id, reterr);
    if (status == JC_OK && name.bytes != NULL && !name_shared)
        status = give_name(state, feature, name, reterr);
    if (status == JC_OK && name_shared)
        status = jc_text_set(&feature->name, name, reterr);
    *ret_feature = feature;
    return status;
}

static void add_cost(jc_workflow *state, jc_feature *feature)
{
    double cost = 0;
    /* JSON has no infinite number, and so neither has a state. */
    if (!jc_payload_number(&state->payload, "cost_usd", &cost) ||
        !isfinite(feature->cost_usd + cost))
        return;
    feature->has_cost = true;
    feature->cost_usd += cost;
}

static void see_tests(jc_workflow *state, jc_feature *feature)
{
    bool passing = false;
    if (jc_payload_bool(&state->payload, "tests_passing", &passing))
        feature->tests_passing = (jc_maybe){.given = true, .value = passing};
}

static void start_attempt(jc_feature *feature, const jc_event *event)
{
    feature->status = JC_FEATURE_STARTED;
    feature->attempts++;
    if (!feature->started_us.given)
        feature->started_us = (jc_maybe){.given = true, .value = event->timestamp_us};
    feature->completed_us = (jc_maybe){0};
    feature->duration_ms = (jc_maybe){0};
    jc_buf_clear(&feature->error);
}

/* An attempt whose start nobody told of is one all the same. */
static void end_attempt(jc_workflow *state, jc_feature *feature, jc_feature_status status)
{
    feature->status = status;
    if (feature->attempts == 0)
        feature->attempts = 1;
    feature->completed_us = (jc_maybe){0};
    feature->duration_ms = (jc_maybe){0};
    jc_buf_clear(&feature->error);
    add_cost(state, feature);
    see_tests(state, feature);
}

/* A duration that the event tells counts only when no start is known. */
static void complete(jc_workflow *state, jc_feature *feature, const jc_event *event)
{
    double told = 0;
    end_attempt(state, feature, JC_FEATURE_COMPLETED);
    feature->completed_us = (jc_maybe){.given = true, .value = event->timestamp_us};
    feature->duration_ms = jc_duration_between(feature->started_us, event->timestamp_us);
    if (!feature->duration_ms.given && jc_payload_number(&state->payload, "duration_ms", &told))
        feature->duration_ms = jc_maybe_of(told);
}

static void revert_completion(jc_feature *feature)
{
    feature->status = JC_FEATURE_STARTED;
    feature->completed_us = (jc_maybe){0};
    feature->duration_ms = (jc_maybe){0};
}

static jc_status describe(jc_workflow *state, jc_feature *feature, jc_error *reterr)
{
    jc_str description = jc_payload_text(&state->payload, "description");
    return description.bytes != NULL ? jc_text_set(&feature->description, description, reterr)
                                     : JC_OK;
}

jc_status jc_feature_take(jc_workflow *state, const jc_event *event, jc_error *reterr)
{
    jc_feature *feature = NULL;
    jc_status status = feature_of(state, &feature, reterr);
    if (status < 0 || feature == NULL)
        return status;
    if (state->status == JC_WORKFLOW_UNKNOWN)
        state->status = JC_WORKFLOW_RUNNING;
    switch (jc_event_type_of(event->event_type)) {
    case JC_TYPE_FEATURE_PLANNED:
        feature->status = JC_FEATURE_PLANNED;
        break;
    case JC_TYPE_FEATURE_STARTED:
        start_attempt(feature, event);
        break;
    case JC_TYPE_FEATURE_COMPLETED:
        complete(state, feature, event);
        break;
    case JC_TYPE_FEATURE_FAILED:
        end_attempt(state, feature, JC_FEATURE_FAILED);
        status =
            jc_text_set(&feature->error, jc_payload_text(&state->payload, "error|reason"), reterr);
        break;
    case JC_TYPE_FEATURE_COMPLETION_REVERTED:
        revert_completion(feature);
        break;
    case JC_TYPE_FEATURE_RENAMED: {
        jc_str name = jc_payload_text(&state->payload, "new_name");
        return name.bytes != NULL ? give_name(state, feature, name, reterr) : JC_OK;
    }
    default:
        break;
    }
    return status == JC_OK ? describe(state, feature, reterr) : status;
}

jc_feature_totals jc_feature_total(const jc_workflow *state)
{
    jc_feature_totals totals = {0};
    for (size_t i = 0; i < state->feature_count; i++) {
        const jc_feature *feature = state->features[i];
        totals.completed += feature->status == JC_FEATURE_COMPLETED ? 1 : 0;
        totals.retries += feature->attempts > 1 ? feature->attempts - 1 : 0;
        totals.has_cost = totals.has_cost || feature->has_cost;
        totals.cost_usd += feature->cost_usd;
    }
    return totals;
}

void jc_feature_release_all(jc_workflow *state)
{
    for (size_t i = 0; i < state->feature_count; i++) {
        jc_feature *feature = state->features[i];
        jc_buf_release(&feature->id);
        jc_buf_release(&feature->name);
        jc_buf_release(&feature->description);
        jc_buf_release(&feature->error);
        free(feature);
    }
    free(state->features);
    state->feature_count = 0;
}

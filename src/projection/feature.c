/* The features of a workflow: see feature.h. */
#include "projection/feature.h"

#include "base/array.h"
#include "base/fail.h"
#include "jc/event_types.h"

#include <math.h>

jc_status jc_feature_add(jc_workflow *state, jc_feature **ret_feature, jc_error *reterr)
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
    *ret_feature = feature;
    return JC_OK;
}

/* The feature that the event speaks of, which is new when nothing was heard of it before. NULL: the
 * event names none. */
static jc_status feature_of(jc_workflow *state, size_t *ret_place, jc_feature **ret,
                            jc_error *reterr)
{
    jc_status status = jc_feature_names_find(&state->names, &state->payload, ret_place, reterr);
    if (status < 0 || *ret_place == JC_FEATURE_NONE)
        return status;
    if (*ret_place == state->feature_count)
        return jc_feature_add(state, ret, reterr);
    *ret = state->features[*ret_place];
    return JC_OK;
}

static void add_cost(jc_workflow *state, jc_feature *feature)
{
    double cost = 0;
    /* JSON has no infinite number, and so neither has a state. */
    if (!jc_payload_amount(&state->payload, "cost_usd", &cost) ||
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
    feature->status = JC_FEATURE_IS_STARTED;
    feature->attempts++;
    if (!feature->started_us.given)
        feature->started_us = (jc_maybe){.given = true, .value = event->timestamp_us};
    feature->completed_us = (jc_maybe){0};
    feature->duration_ms = (jc_maybe){0};
    jc_buf_clear(&feature->error);
}

/* An attempt whose start nobody told of is one all the same. */
static void end_attempt(jc_workflow *state, jc_feature *feature, jc_feature_state status)
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
    end_attempt(state, feature, JC_FEATURE_IS_COMPLETED);
    feature->completed_us = (jc_maybe){.given = true, .value = event->timestamp_us};
    feature->duration_ms = jc_duration_between(feature->started_us, event->timestamp_us);
    if (!feature->duration_ms.given && jc_payload_amount(&state->payload, "duration_ms", &told))
        feature->duration_ms = jc_maybe_of(told);
}

static void revert_completion(jc_feature *feature)
{
    feature->status = JC_FEATURE_IS_STARTED;
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
    size_t place = JC_FEATURE_NONE;
    jc_feature *feature = NULL;
    jc_status status = feature_of(state, &place, &feature, reterr);
    if (status < 0 || feature == NULL)
        return status;
    if (state->status == JC_WORKFLOW_UNKNOWN)
        jc_workflow_set_status(state, JC_WORKFLOW_RUNNING, event);
    if (jc_event_type_of(event->event_type) == JC_TYPE_FEATURE_RENAMED)
        return jc_feature_names_change(&state->names, place, &state->payload, reterr);
    feature->since_us = event->timestamp_us;
    feature->since_sequence = event->sequence;
    switch (jc_event_type_of(event->event_type)) {
    case JC_TYPE_FEATURE_PLANNED:
        feature->status = JC_FEATURE_IS_PLANNED;
        break;
    case JC_TYPE_FEATURE_STARTED:
        start_attempt(feature, event);
        break;
    case JC_TYPE_FEATURE_COMPLETED:
        complete(state, feature, event);
        break;
    case JC_TYPE_FEATURE_FAILED:
        end_attempt(state, feature, JC_FEATURE_HAS_FAILED);
        status =
            jc_text_set(&feature->error, jc_payload_text(&state->payload, "error|reason"), reterr);
        break;
    case JC_TYPE_FEATURE_COMPLETION_REVERTED:
        revert_completion(feature);
        break;
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
        totals.completed += feature->status == JC_FEATURE_IS_COMPLETED ? 1 : 0;
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
        jc_buf_release(&feature->description);
        jc_buf_release(&feature->error);
        free(feature);
    }
    free(state->features);
    state->feature_count = 0;
    jc_feature_names_release(&state->names);
}

/* timings: how long each feature took. */
#include "base/fail.h"
#include "mcp/page.h"

#define FEATURE_COUNT 100

static yyjson_mut_val *attempt_item(jc_mcp_json *out, const jc_attempt *attempt)
{
    yyjson_mut_val *item = jc_mcp_object(out);
    jc_mcp_put_word(out, item, "status", jc_attempt_status_text(attempt->status));
    jc_mcp_put_time(out, item, "started_at", attempt->started_us);
    jc_mcp_put_time(out, item, "ended_at", attempt->ended_us);
    jc_mcp_put_duration(out, item, "duration_ms", attempt->duration_ms);
    jc_mcp_put_duration(out, item, "waited_ms", attempt->waited_ms);
    return item;
}

static yyjson_mut_val *feature_item(jc_mcp_json *out, const jc_feature_timing *feature)
{
    yyjson_mut_val *item = jc_mcp_object(out);
    jc_mcp_put_text(out, item, "name", feature->name);
    jc_mcp_put_text(out, item, "feature_id", feature->feature_id);
    jc_mcp_put_word(out, item, "status", jc_feature_state_text(feature->status));
    jc_mcp_put_time(out, item, "planned_at", feature->planned_us);
    jc_mcp_put_time(out, item, "started_at", feature->started_us);
    jc_mcp_put_time(out, item, "ended_at", feature->ended_us);
    jc_mcp_put_duration(out, item, "duration_ms", feature->duration_ms);
    jc_mcp_put_duration(out, item, "worked_ms", feature->worked_ms);
    jc_mcp_put_duration(out, item, "waited_ms", feature->waited_ms);
    yyjson_mut_val *attempts = jc_mcp_put_list(out, item, "attempts");
    for (size_t i = 0; i < feature->attempt_count; i++)
        jc_mcp_add(out, attempts, attempt_item(out, &feature->attempts[i]));
    return item;
}

static void put_summary(jc_mcp_call *call, const jc_timings *timings)
{
    jc_mcp_json *out = call->out;
    yyjson_mut_val *summary = jc_mcp_put_object(out, call->result, "summary");
    jc_mcp_put_number(out, summary, "features", timings->feature_count);
    for (size_t i = 0; i < JC_FEATURE_STATE_COUNT; i++)
        jc_mcp_put_number(out, summary, jc_feature_state_text((jc_feature_state)i),
                          timings->by_status[i]);
    jc_mcp_put_number(out, summary, "attempts", timings->attempts);
    jc_mcp_put_number(out, summary, "retries", timings->retries);
    jc_mcp_put_duration(out, summary, "worked_ms", timings->worked_ms);
    jc_mcp_put_duration(out, summary, "waited_ms", timings->waited_ms);
    jc_mcp_put_duration(out, summary, "median_ms", timings->median_ms);
    const jc_feature_timing *slowest = timings->slowest;
    if (slowest == NULL)
        return;
    jc_mcp_put_text(out, summary, "slowest",
                    jc_mcp_cut(slowest->name.bytes != NULL ? slowest->name : slowest->feature_id,
                               200));
    jc_mcp_put_duration(out, summary, "slowest_ms", slowest->duration_ms);
}

static void put_features(jc_mcp_call *call, const jc_mcp_place *place, const jc_timings *timings)
{
    uint64_t at = place->given;
    jc_mcp_page page = jc_mcp_page_begin(call, "features", FEATURE_COUNT);
    while (at < timings->feature_count &&
           jc_mcp_page_add(&page, feature_item(call->out, &timings->features[at])))
        at++;
    if (at < timings->feature_count)
        jc_mcp_put_place(call, place, at);
}

jc_status jc_mcp_timings(jc_mcp_call *call, jc_error *reterr)
{
    jc_str workflow_id;
    jc_mcp_place place;
    jc_timings *timings = NULL;
    jc_status status = jc_mcp_workflow_of(call, &workflow_id, reterr);
    if (status == JC_OK)
        status = jc_mcp_place_of(call, workflow_id, "at", NULL, &place, reterr);
    if (status == JC_OK)
        status = jc_timings_read(call->store, workflow_id, &place.point, &timings, reterr);
    if (status < 0)
        return status;
    jc_mcp_put_text(call->out, call->result, "workflow_id", workflow_id);
    jc_mcp_put_number(call->out, call->result, "sequence", timings->sequence);
    jc_mcp_put_time(call->out, call->result, "as_of", timings->as_of_us);
    put_summary(call, timings);
    put_features(call, &place, timings);
    jc_timings_free(timings);
    return JC_OK;
}

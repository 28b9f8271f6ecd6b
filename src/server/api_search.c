/* GET /api/search and /api/trace/{correlation}: events by their words, and by what belongs together. */
#include "base/fail.h"
#include "server/routes.h"

#include <inttypes.h>

#define LIMIT 20
#define LIMIT_MAX 1000

/* A filter that names a workflow that is not there is a mistake, not an empty answer. */
static jc_status check_workflows(jc_call *call, const jc_str ids[], size_t count, jc_error *reterr)
{
    jc_status status = JC_OK;
    for (size_t i = 0; status == JC_OK && i < count; i++) {
        jc_head head;
        status = jc_workflow_id_check(ids[i], reterr);
        if (status == JC_OK)
            status = jc_call_head(call, ids[i], &head, reterr);
    }
    return status;
}

static jc_status set_filter(jc_call *call, jc_filter *filter, jc_error *reterr)
{
    const jc_query *query = &call->query;
    filter->agent_id = jc_query_text(query, "agent");
    jc_status status =
        jc_query_texts(query, "workflow", &filter->workflow_ids, &filter->workflow_count, reterr);
    if (status == JC_OK)
        status = check_workflows(call, filter->workflow_ids, filter->workflow_count, reterr);
    if (status == JC_OK)
        status =
            jc_query_texts(query, "type", &filter->event_types, &filter->event_type_count, reterr);
    if (status == JC_OK)
        status = jc_query_time(query, "since", &filter->has_since, &filter->since_us, reterr);
    if (status == JC_OK)
        status = jc_query_time(query, "until", &filter->has_until, &filter->until_us, reterr);
    return status;
}

static void put_hit(jc_answer *out, const jc_search_hit *hit)
{
    jc_put_comma(out);
    jc_put(out, "{\"event\":");
    jc_put_event(out, hit->event);
    jc_put_member(out, "excerpt", hit->excerpt);
    jc_put_format(out, ",\"rank\":%.6g}", hit->rank);
}

static jc_status put_hits(jc_call *call, jc_search *search, uint64_t limit, jc_error *reterr)
{
    jc_search_hit hit;
    jc_status status = JC_OK;
    jc_put(&call->out, "{\"hits\":[");
    for (uint64_t i = 0; i <= limit; i++) {
        status = jc_search_next(search, &hit, reterr);
        if (status != JC_OK || i == limit)
            break;
        put_hit(&call->out, &hit);
    }
    jc_put_format(&call->out, "],\"more\":%s}", status == JC_OK ? "true" : "false");
    return status == JC_END ? JC_OK : status;
}

jc_status jc_api_search(jc_call *call, jc_error *reterr)
{
    jc_filter filter = {0};
    jc_search *search = NULL;
    uint64_t limit = LIMIT;
    jc_str words = jc_query_text(&call->query, "q");
    if (words.bytes == NULL)
        return jc_fail(reterr, JC_EINVAL, "q: it is missing: the words to search for");
    jc_status status = jc_query_number(&call->query, "limit", 1, LIMIT_MAX, &limit, reterr);
    if (status == JC_OK)
        status = set_filter(call, &filter, reterr);
    if (status == JC_OK)
        status = jc_search_new(call->store, words, &filter, NULL, NULL, &search, reterr);
    if (status == JC_OK)
        status = put_hits(call, search, limit, reterr);
    jc_search_free(search);
    return status;
}

jc_status jc_api_trace(jc_call *call, jc_error *reterr)
{
    const jc_str *workflows = NULL;
    size_t count = 0;
    jc_trace *trace = NULL;
    jc_status status = jc_query_texts(&call->query, "workflow", &workflows, &count, reterr);
    if (status == JC_OK)
        status = jc_trace_read(call->store, call->name, workflows, count, &trace, reterr);
    if (status < 0)
        return status;
    jc_put(&call->out, "{\"correlation_id\":");
    jc_put_text(&call->out, call->name);
    jc_put_format(&call->out, ",\"duration_ms\":%" PRId64 ",\"events\":[",
                  trace->duration_us / 1000);
    for (size_t i = 0; i < trace->count && !call->out.too_large; i++) {
        jc_put_comma(&call->out);
        jc_trace_event_write(&call->out.sink, &trace->events[i]);
    }
    jc_put(&call->out, "]}");
    jc_trace_free(trace);
    return JC_OK;
}

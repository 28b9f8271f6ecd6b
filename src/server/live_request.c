/* Reading what a stream is asked for. */
#include "server/live_request.h"

#include "base/fail.h"
#include "server/live.h"
#include "server/request.h"

#include <event2/http.h>
#include <stdlib.h>

#define STREAM_OF_ALL "/api/stream"
#define BEFORE_WORKFLOW "/api/events/"
#define BEHIND_WORKFLOW "/stream"
#define PARAMETERS "after last type* agent heads store_id epoch"

typedef struct reading {
    jc_live_wish *wish;
    jc_arena arena; /* the texts, until they are packed */
    jc_query query;
} reading;

void jc_live_wish_release(jc_live_wish *wish)
{
    free(wish->texts);
    *wish = (jc_live_wish){0};
}

/* The workflow's part of the path, still encoded; absent when this is no such path. */
static jc_str workflow_part(jc_str path)
{
    const jc_str before = JC_STR(BEFORE_WORKFLOW);
    const jc_str behind = JC_STR(BEHIND_WORKFLOW);
    if (path.size <= before.size + behind.size ||
        memcmp(path.bytes, before.bytes, before.size) != 0 ||
        memcmp(path.bytes + path.size - behind.size, behind.bytes, behind.size) != 0)
        return (jc_str){0};
    jc_str part = {path.bytes + before.size, path.size - before.size - behind.size};
    return memchr(part.bytes, '/', part.size) == NULL ? part : (jc_str){0};
}

bool jc_live_is_stream(jc_str path)
{
    return jc_str_equal(path, JC_STR(STREAM_OF_ALL)) || workflow_part(path).bytes != NULL;
}

static jc_status read_path(reading *of, jc_str path, jc_error *reterr)
{
    jc_error error = {0};
    jc_str part = workflow_part(path);
    if (part.bytes == NULL)
        return JC_OK;
    jc_status status = jc_percent_decode(part, false, &of->arena, &of->wish->workflow_id, &error);
    if (status < 0)
        return jc_fail(reterr, status, "the workflow's id: %s", error.text);
    return jc_workflow_id_check(of->wish->workflow_id, reterr);
}

static jc_status read_place(reading *of, jc_error *reterr)
{
    jc_live_wish *wish = of->wish;
    const jc_query *query = &of->query;
    jc_status status = jc_query_number(query, "after", 0, INT64_MAX, &wish->after, reterr);
    if (status == JC_OK)
        status = jc_query_number(query, "last", 0, JC_LIVE_LAST_MAX, &wish->last, reterr);
    if (status == JC_OK)
        status = jc_query_number(query, "epoch", 0, INT64_MAX, &wish->epoch, reterr);
    jc_str store_id = jc_query_text(query, "store_id");
    if (status == JC_OK && store_id.bytes != NULL &&
        jc_uuid_parse(store_id, &wish->store_id, NULL) < 0)
        return jc_fail(reterr, JC_EINVAL, "store_id: it is no UUID");
    wish->has_after = jc_query_has(query, "after");
    wish->has_epoch = jc_query_has(query, "epoch");
    return status;
}

static jc_status read_choice(reading *of, jc_error *reterr)
{
    jc_live_wish *wish = of->wish;
    jc_str heads = jc_query_text(&of->query, "heads");
    wish->heads = jc_str_equal(heads, JC_STR("1"));
    wish->filter.agent_id = jc_query_text(&of->query, "agent");
    if (heads.bytes != NULL && wish->workflow_id.bytes == NULL)
        return jc_fail(reterr, JC_EINVAL, "heads: it is for the stream of one workflow");
    if (heads.bytes != NULL && !wish->heads && !jc_str_equal(heads, JC_STR("0")))
        return jc_fail(reterr, JC_EINVAL, "heads: it is 0 or 1");
    return jc_query_texts(&of->query, "type", &wish->filter.event_types,
                          &wish->filter.event_type_count, reterr);
}

/* What a browser sends when it comes back goes before what its address says. */
static jc_status read_last_event_id(reading *of, jc_str value, jc_error *reterr)
{
    if (value.size == 0)
        return JC_OK;
    if (!jc_digits_read(value, INT64_MAX, &of->wish->after))
        return jc_fail(reterr, JC_EINVAL, "Last-Event-ID: it is no position");
    of->wish->has_after = true;
    return JC_OK;
}

static jc_str pack_text(char **to, jc_str text)
{
    jc_str packed = {*to, text.size};
    if (text.bytes == NULL)
        return text;
    memcpy(*to, text.bytes, text.size);
    (*to)[text.size] = '\0';
    *to += text.size + 1;
    return packed;
}

/* All texts into one piece of memory, the list of types at its front. */
static jc_status pack(reading *of, jc_error *reterr)
{
    jc_live_wish *wish = of->wish;
    jc_filter *filter = &wish->filter;
    const jc_str *from = filter->event_types;
    size_t size = wish->workflow_id.size + filter->agent_id.size + 2;
    for (size_t i = 0; i < filter->event_type_count; i++)
        size += sizeof from[i] + from[i].size + 1;
    jc_str *types = malloc(size);
    if (types == NULL)
        return jc_fail_memory(reterr);
    char *to = (char *)(types + filter->event_type_count);
    for (size_t i = 0; i < filter->event_type_count; i++)
        types[i] = pack_text(&to, from[i]);
    wish->workflow_id = pack_text(&to, wish->workflow_id);
    filter->agent_id = pack_text(&to, filter->agent_id);
    filter->event_types = types;
    wish->texts = types;
    wish->is_filtered = filter->event_type_count > 0 || filter->agent_id.bytes != NULL;
    return JC_OK;
}

static jc_status read_all(reading *of, struct evhttp_request *request, jc_error *reterr)
{
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
    struct evkeyvalq *headers = evhttp_request_get_input_headers(request);
    jc_status status = read_path(of, jc_str_of(evhttp_uri_get_path(uri)), reterr);
    if (status == JC_OK)
        status = jc_query_read(jc_str_of(evhttp_uri_get_query(uri)), PARAMETERS, &of->arena,
                               &of->query, reterr);
    if (status == JC_OK)
        status = read_place(of, reterr);
    if (status == JC_OK)
        status = read_choice(of, reterr);
    if (status == JC_OK)
        status =
            read_last_event_id(of, jc_str_of(evhttp_find_header(headers, "Last-Event-ID")), reterr);
    return status == JC_OK ? pack(of, reterr) : status;
}

jc_status jc_live_wish_read(struct evhttp_request *request, jc_live_wish *ret_wish,
                            jc_error *reterr)
{
    jc_live_wish wish = {.last = JC_LIVE_LAST};
    reading of = {.wish = &wish};
    jc_status status = read_all(&of, request, reterr);
    jc_arena_release(&of.arena);
    if (status == JC_OK)
        *ret_wish = wish;
    return status;
}

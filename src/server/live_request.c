/* Reading what a stream is asked for, and refusing it. Values come percent-encoded from anybody, so messages
 * name the parameter and never repeat what it held. */
#include "server/live_request.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/fail.h"
#include "base/json.h"
#include "server/api.h"
#include "server/live.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <stdlib.h>
#include <sys/queue.h>

#define STREAM_OF_ALL "/api/stream"
#define BEFORE_WORKFLOW "/api/events/"
#define BEHIND_WORKFLOW "/stream"

typedef struct reading {
    jc_live_wish *wish;
    jc_arena arena; /* the texts, until they are packed */
    jc_str types[JC_REQUEST_PARAMETER_MAX];
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
    jc_str part = workflow_part(path);
    if (part.bytes == NULL)
        return JC_OK;
    jc_str encoded = jc_arena_copy(&of->arena, part);
    size_t size = 0;
    char *decoded = encoded.bytes != NULL ? evhttp_uridecode(encoded.bytes, 0, &size) : NULL;
    if (decoded == NULL)
        return jc_fail_memory(reterr);
    jc_status status = JC_OK;
    if (!jc_utf8_valid((jc_str){decoded, size}))
        status = jc_fail(reterr, JC_EINVAL, "the workflow's id is not UTF-8");
    if (status == JC_OK)
        status = jc_workflow_id_check((jc_str){decoded, size}, reterr);
    if (status == JC_OK)
        status = jc_arena_keep(&of->arena, (jc_str){decoded, size}, &of->wish->workflow_id, reterr);
    free(decoded);
    return status;
}

/* Digits alone. */
static bool read_number(const char *text, uint64_t max, uint64_t *ret)
{
    uint64_t number = 0;
    if (*text == '\0')
        return false;
    for (; *text >= '0' && *text <= '9'; text++) {
        if (number > (max - (uint64_t)(*text - '0')) / 10)
            return false;
        number = number * 10 + (uint64_t)(*text - '0');
    }
    *ret = number;
    return *text == '\0';
}

static jc_status read_after(reading *of, const char *value, jc_error *reterr)
{
    if (!read_number(value, INT64_MAX, &of->wish->after))
        return jc_fail(reterr, JC_EINVAL, "after is not a position, such as 4711");
    of->wish->has_after = true;
    return JC_OK;
}

static jc_status read_last(reading *of, const char *value, jc_error *reterr)
{
    if (!read_number(value, JC_LIVE_LAST_MAX, &of->wish->last))
        return jc_fail(reterr, JC_EINVAL, "last is not a number of events from 0 to %d",
                       JC_LIVE_LAST_MAX);
    return JC_OK;
}

static jc_status read_type(reading *of, const char *value, jc_error *reterr)
{
    if (*value == '\0')
        return jc_fail(reterr, JC_EINVAL, "type is empty; it is a GLOB, such as feature.*");
    return jc_arena_keep(&of->arena, jc_str_of(value),
                         &of->types[of->wish->filter.event_type_count++], reterr);
}

static jc_status read_agent(reading *of, const char *value, jc_error *reterr)
{
    if (*value == '\0')
        return jc_fail(reterr, JC_EINVAL, "agent is empty");
    return jc_arena_keep(&of->arena, jc_str_of(value), &of->wish->filter.agent_id, reterr);
}

static jc_status read_heads(reading *of, const char *value, jc_error *reterr)
{
    if (of->wish->workflow_id.bytes == NULL)
        return jc_fail(reterr, JC_EINVAL, "heads is for the stream of one workflow");
    if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0)
        return jc_fail(reterr, JC_EINVAL, "heads is neither 0 nor 1");
    of->wish->heads = value[0] == '1';
    return JC_OK;
}

static jc_status read_store_id(reading *of, const char *value, jc_error *reterr)
{
    if (jc_uuid_parse(jc_str_of(value), &of->wish->store_id, NULL) < 0)
        return jc_fail(reterr, JC_EINVAL, "store_id is not a UUID");
    return JC_OK;
}

static jc_status read_epoch(reading *of, const char *value, jc_error *reterr)
{
    if (!read_number(value, INT64_MAX, &of->wish->epoch))
        return jc_fail(reterr, JC_EINVAL, "epoch is not a number");
    of->wish->has_epoch = true;
    return JC_OK;
}

static const struct {
    const char *name;
    jc_status (*read)(reading *of, const char *value, jc_error *reterr);
    bool repeated;
} parameters[] = {
    {"after", read_after, false}, {"agent", read_agent, false}, {"epoch", read_epoch, false},
    {"heads", read_heads, false}, {"last", read_last, false},   {"store_id", read_store_id, false},
    {"type", read_type, true},
};

#define PARAMETER_COUNT (sizeof parameters / sizeof parameters[0])

static jc_status read_parameter(reading *of, const struct evkeyval *pair, unsigned *seen,
                                jc_error *reterr)
{
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        if (strcmp(pair->key, parameters[i].name) != 0)
            continue;
        if ((*seen & (1U << i)) != 0 && !parameters[i].repeated)
            return jc_fail(reterr, JC_EINVAL, "%s is given twice", parameters[i].name);
        *seen |= 1U << i;
        if (!jc_utf8_valid(jc_str_of(pair->value)))
            return jc_fail(reterr, JC_EINVAL, "%s is not UTF-8", parameters[i].name);
        return parameters[i].read(of, pair->value, reterr);
    }
    return jc_fail(reterr, JC_EINVAL,
                   "a parameter is not known; a stream takes after, agent, epoch, heads, last, "
                   "store_id and type");
}

static jc_status read_pairs(reading *of, const struct evkeyvalq *pairs, jc_error *reterr)
{
    unsigned seen = 0;
    size_t count = 0;
    const struct evkeyval *pair;
    TAILQ_FOREACH(pair, pairs, next) {
        if (count++ == JC_REQUEST_PARAMETER_MAX)
            return jc_fail(reterr, JC_EINVAL, "more than %d parameters", JC_REQUEST_PARAMETER_MAX);
        jc_status status = read_parameter(of, pair, &seen, reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}

static jc_status read_query(reading *of, const char *query, jc_error *reterr)
{
    struct evkeyvalq pairs;
    if (query == NULL || *query == '\0')
        return JC_OK;
    /* Decoded, a text would end there. */
    if (strstr(query, "%00") != NULL)
        return jc_fail(reterr, JC_EINVAL, "a parameter holds a zero byte");
    if (evhttp_parse_query_str(query, &pairs) < 0)
        return jc_fail(reterr, JC_EINVAL, "the parameters are not NAME=VALUE, joined by &");
    jc_status status = read_pairs(of, &pairs, reterr);
    evhttp_clear_headers(&pairs);
    return status;
}

/* What a browser sends when it comes back goes before what its address says. */
static jc_status read_last_event_id(reading *of, const char *value, jc_error *reterr)
{
    if (value == NULL || *value == '\0')
        return JC_OK;
    if (!read_number(value, INT64_MAX, &of->wish->after))
        return jc_fail(reterr, JC_EINVAL, "Last-Event-ID is not a position");
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
    size_t size = wish->workflow_id.size + filter->agent_id.size + 2;
    for (size_t i = 0; i < filter->event_type_count; i++)
        size += sizeof of->types[i] + of->types[i].size + 1;
    jc_str *types = malloc(size);
    if (types == NULL)
        return jc_fail_memory(reterr);
    char *to = (char *)(types + filter->event_type_count);
    for (size_t i = 0; i < filter->event_type_count; i++)
        types[i] = pack_text(&to, of->types[i]);
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
        status = read_query(of, evhttp_uri_get_query(uri), reterr);
    if (status == JC_OK)
        status = read_last_event_id(of, evhttp_find_header(headers, "Last-Event-ID"), reterr);
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

static const struct {
    jc_status status;
    int http;
    const char *code;
} refusals[] = {
    {JC_EINVAL, 400, "invalid"},
    {JC_ENOTFOUND, 404, "not_found"},
    {JC_EBUSY, 503, "busy"},
    {JC_ECORRUPT, 500, "corrupt"},
};

static jc_status write_refusal(jc_buf *body, const char *code, const jc_error *error)
{
    jc_status status =
        jc_buf_append_format(body, NULL, "{\"error\":{\"code\":\"%s\",\"message\":", code);
    if (status == JC_OK)
        status = jc_json_write_text(body, jc_str_of(error->text), NULL);
    return status == JC_OK ? jc_buf_append_text(body, "}}\n", NULL) : status;
}

void jc_live_refuse(struct evhttp_request *request, jc_status status, const jc_error *error)
{
    int http = 500;
    const char *code = "failed";
    JC_AUTO(jc_buf) body = {0};
    struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
    struct evbuffer *content = evbuffer_new();
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        if (refusals[i].status == status) {
            http = refusals[i].http;
            code = refusals[i].code;
        }
    }
    if (content != NULL && write_refusal(&body, code, error) == JC_OK)
        (void)evbuffer_add(content, body.bytes, body.size);
    (void)evhttp_remove_header(headers, "Content-Type");
    (void)evhttp_add_header(headers, "Content-Type", "application/json");
    if (http == 503)
        (void)evhttp_add_header(headers, "Retry-After", "1");
    evhttp_send_reply(request, http, NULL, content);
    if (content != NULL)
        evbuffer_free(content);
}

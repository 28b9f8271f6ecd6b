/* The loop's side of a request:
 *
 *     whole? ── small, and beyond doubt? ── let in? ──┬─ page and files: answered at once
 *                                                     ├─ a stream: handed to live.h
 *                                                     └─ anything else: to a worker, and back
 *
 * evhttp may give up a connection while a worker computes. Its close callback is how that is noticed: the
 * response is then dropped. */
#include "server/http.h"

#include "base/clock.h"
#include "server/framing.h"
#include "server/reply.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <stdlib.h>

#define ROUTE_FOR_REFUSED "refused"

/* A method as a bit, as jc_api_methods() gives them. */
#define BIT(method) (1U << (method))

static jc_str header_of(struct evhttp_request *request, const char *name)
{
    return jc_str_of(evhttp_find_header(evhttp_request_get_input_headers(request), name));
}

static jc_str path_of(struct evhttp_request *request)
{
    const char *path = evhttp_uri_get_path(evhttp_request_get_evhttp_uri(request));
    return path != NULL && *path != '\0' ? jc_str_of(path) : JC_STR("/");
}

static jc_str query_of(struct evhttp_request *request)
{
    return jc_str_of(evhttp_uri_get_query(evhttp_request_get_evhttp_uri(request)));
}

static bool is_page(jc_str path)
{
    return jc_str_equal(path, JC_STR("/")) || jc_str_equal(path, JC_STR("/index.html"));
}

static bool takes_get(struct evhttp_request *request)
{
    enum evhttp_cmd_type method = evhttp_request_get_command(request);
    return method == EVHTTP_REQ_GET || method == EVHTTP_REQ_HEAD;
}

static jc_str named_host(struct evhttp_request *request, char room[300])
{
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
    const char *host = evhttp_uri_get_host(uri);
    int port = evhttp_uri_get_port(uri);
    if (host == NULL || *host == '\0')
        return (jc_str){0};
    (void)evutil_snprintf(room, 300, port >= 0 ? "%s:%d" : "%s", host, port);
    return jc_str_of(room);
}

static jc_verdict judge(const jc_http *http, struct evhttp_request *request, jc_str path)
{
    char named[300];
    jc_guard_request asked = {
        .post = evhttp_request_get_command(request) == EVHTTP_REQ_POST,
        .page = is_page(path) && takes_get(request),
        .health = jc_str_equal(path, JC_STR("/healthz")),
        .host = header_of(request, "Host"),
        .named = named_host(request, named),
        .origin = header_of(request, "Origin"),
        .fetch_site = header_of(request, "Sec-Fetch-Site"),
        .fetch_mode = header_of(request, "Sec-Fetch-Mode"),
        .fetch_dest = header_of(request, "Sec-Fetch-Dest"),
        .authorization = header_of(request, "Authorization"),
        .cookie = header_of(request, "Cookie"),
        .content_type = header_of(request, "Content-Type"),
        .query = query_of(request),
    };
    return jc_guard_judge(&http->guard, &asked);
}

static void count(jc_http *http, const char *route, struct evhttp_request *request,
                  int64_t began_us)
{
    jc_metrics_count(http->metrics, route, evhttp_request_get_response_code(request),
                     jc_clock_monotonic_us() - began_us);
}

/* Behind such a request nothing can be read for sure. */
static void refuse_and_close(struct evhttp_request *request, int status, const char *code,
                             const char *message)
{
    (void)evhttp_add_header(evhttp_request_get_output_headers(request), "Connection", "close");
    jc_reply_refuse(request, status, code, message);
}

static void on_close(struct evhttp_connection *connection, void *context)
{
    jc_exchange *exchange = context;
    (void)connection;
    /* One that evhttp took off its connection is ours to free. */
    if (evhttp_request_get_connection(exchange->request) == NULL)
        evhttp_request_free(exchange->request);
    exchange->request = NULL;
}

static jc_exchange *exchange_begin(jc_http *http, struct evhttp_request *request, jc_str path,
                                   int64_t began_us)
{
    jc_exchange *exchange = calloc(1, sizeof *exchange);
    if (exchange == NULL)
        return NULL;
    exchange->http = http;
    exchange->request = request;
    exchange->began_us = began_us;
    jc_route_of(path, exchange->route);
    evhttp_connection_set_closecb(evhttp_request_get_connection(request), on_close, exchange);
    http->pending++;
    return exchange;
}

/* The connection is evhttp's again. */
static struct evhttp_request *exchange_end(jc_exchange *exchange)
{
    struct evhttp_request *request = exchange->request;
    exchange->http->pending--;
    if (request != NULL)
        evhttp_connection_set_closecb(evhttp_request_get_connection(request), NULL, NULL);
    return request;
}

/* Clients that ask and do not read must not fill the memory. */
static void refuse_if_crowded(const jc_http *http, jc_response *response)
{
    if (jc_connections_have_room(http->connections, response->body.size))
        return;
    jc_buf_release(&response->body);
    jc_api_refuse(response, 503, "busy",
                  JC_STR("too much waits for clients that do not take it: ask again in a second"));
    response->retry_after_s = 1;
}

static void reply(jc_exchange *exchange, jc_response *response)
{
    struct evhttp_request *request = exchange_end(exchange);
    if (request != NULL)
        refuse_if_crowded(exchange->http, response);
    int64_t took_us = jc_clock_monotonic_us() - exchange->began_us;
    jc_metrics_count(exchange->http->metrics, exchange->route, response->status, took_us);
    if (request != NULL && exchange->http->ending)
        (void)evhttp_add_header(evhttp_request_get_output_headers(request), "Connection", "close");
    if (request != NULL)
        jc_reply_send(request, response);
    free(exchange);
}

static void api_done(void *context, jc_response *response)
{
    reply(context, response);
}

/* A job that was never run has a refusal for a response. */
static void health_done(void *context, jc_response *response)
{
    jc_exchange *exchange = context;
    if (response->status == 0)
        jc_health_answer(exchange, response);
    reply(exchange, response);
}

static void metrics_done(void *context, jc_response *response)
{
    jc_exchange *exchange = context;
    if (response->status == 0)
        jc_metrics_answer(exchange, response);
    reply(exchange, response);
}

static void look(void *context)
{
    jc_exchange *exchange = context;
    jc_health_look(exchange->http->health, &exchange->report);
}

static void refuse_busy(jc_exchange *exchange, const jc_error *error)
{
    jc_response response = {.retry_after_s = 1};
    bool busy = error->status == JC_EBUSY;
    jc_api_refuse(&response, busy ? 503 : 500, busy ? "busy" : "failed", jc_str_of(error->text));
    response.retry_after_s = 1;
    reply(exchange, &response);
    jc_response_release(&response);
}

static jc_str body_of(struct evhttp_request *request)
{
    struct evbuffer *input = evhttp_request_get_input_buffer(request);
    size_t size = evbuffer_get_length(input);
    const char *bytes = size > 0 ? (const char *)evbuffer_pullup(input, -1) : NULL;
    jc_str body = {bytes != NULL ? bytes : "", bytes != NULL ? size : 0};
    return body;
}

static void ask_worker(jc_http *http, struct evhttp_request *request, jc_exchange *exchange)
{
    jc_error error = {0};
    bool post = evhttp_request_get_command(request) == EVHTTP_REQ_POST;
    jc_request asked = {.method = post ? JC_METHOD_POST : JC_METHOD_GET,
                        .path = path_of(request),
                        .query = query_of(request),
                        .content_type = header_of(request, "Content-Type"),
                        .body = body_of(request)};
    if (jc_workers_ask(http->workers, &asked, api_done, exchange, &error) < 0)
        refuse_busy(exchange, &error);
}

static void look_at_health(jc_http *http, jc_exchange *exchange, bool metrics)
{
    jc_error error = {0};
    if (jc_workers_run(http->workers, look, metrics ? metrics_done : health_done, exchange,
                       &error) < 0)
        refuse_busy(exchange, &error);
}

/* What is wrong with the request, the stream answers itself; then it is a request like any other. */
static void attach(jc_http *http, struct evhttp_request *request, const char *route,
                   int64_t began_us)
{
    uint64_t attached = jc_live_stats_get(http->live).attached;
    jc_connections_stream(http->connections, request);
    jc_reply_secure(request);
    jc_live_attach(http->live, request);
    if (jc_live_stats_get(http->live).attached != attached) {
        jc_metrics_count(http->metrics, route, 200, jc_clock_monotonic_us() - began_us);
        return;
    }
    jc_connections_answer(http->connections, request);
    count(http, route, request, began_us);
}

/* What is answered in the loop; false: it is not such a path. */
static bool answer_here(jc_http *http, struct evhttp_request *request, jc_str path,
                        int64_t began_us)
{
    char route[JC_ROUTE_SIZE_MAX];
    const jc_asset *asset = jc_asset_find(path);
    bool stream = asset == NULL && jc_live_is_stream(path);
    if (asset == NULL && !stream)
        return false;
    jc_route_of(path, route);
    bool get = evhttp_request_get_command(request) == EVHTTP_REQ_GET;
    if (stream && get && http->live != NULL) {
        attach(http, request, route, began_us);
        return true;
    }
    if (stream && get)
        jc_reply_refuse(request, 503, "busy", "the server is ending");
    else if (asset != NULL && takes_get(request))
        jc_reply_asset(request, asset);
    else
        jc_reply_refuse_method(request, stream ? "GET" : "GET, HEAD");
    count(http, route, request, began_us);
    return true;
}

/* Which methods does a path take that is neither file nor stream? As jc_api_methods() says it. */
static unsigned methods_of(jc_str path, bool *ret_health, bool *ret_metrics)
{
    *ret_health = jc_str_equal(path, JC_STR("/healthz"));
    *ret_metrics = jc_str_equal(path, JC_STR("/metrics"));
    return *ret_health || *ret_metrics ? BIT(JC_METHOD_GET) : jc_api_methods(path);
}

static const char *methods_text(unsigned methods)
{
    if (methods == (BIT(JC_METHOD_GET) | BIT(JC_METHOD_POST)))
        return "GET, HEAD, POST";
    return methods == BIT(JC_METHOD_POST) ? "POST" : "GET, HEAD";
}

static unsigned method_of(struct evhttp_request *request)
{
    if (takes_get(request))
        return BIT(JC_METHOD_GET);
    return evhttp_request_get_command(request) == EVHTTP_REQ_POST ? BIT(JC_METHOD_POST) : 0;
}

static void answer(jc_http *http, struct evhttp_request *request, bool limited, int64_t began_us)
{
    bool health, metrics;
    jc_str path = path_of(request);
    if (answer_here(http, request, path, began_us))
        return;
    unsigned methods = methods_of(path, &health, &metrics);
    jc_exchange *exchange = NULL;
    if (methods == 0)
        jc_reply_refuse(request, 404, "not_found", "there is no such path: see docs/API.md");
    else if ((methods & method_of(request)) == 0)
        jc_reply_refuse_method(request, methods_text(methods));
    else if ((exchange = exchange_begin(http, request, path, began_us)) == NULL)
        jc_reply_refuse(request, 503, "busy", "memory is short: ask again in a second");
    if (exchange == NULL) {
        count(http, methods == 0 ? "other" : ROUTE_FOR_REFUSED, request, began_us);
        return;
    }
    exchange->limited = limited;
    if (health || metrics)
        look_at_health(http, exchange, metrics);
    else
        ask_worker(http, request, exchange);
}

static void give_cookie(const jc_http *http, struct evhttp_request *request)
{
    char name[JC_TOKEN_COOKIE_SIZE_MAX];
    jc_str query = query_of(request);
    char *left = malloc(query.size + 1);
    if (left == NULL) {
        jc_reply_refuse(request, 503, "busy", "memory is short: ask again in a second");
        return;
    }
    size_t size = jc_query_without_token(query, left);
    jc_guard_cookie_name(&http->guard, name);
    jc_reply_cookie(request, name, http->guard.token, (jc_str){left, size});
    free(left);
}

void jc_http_answer(struct evhttp_request *request, void *context)
{
    jc_http *http = context;
    int64_t began_us = jc_clock_monotonic_us();
    const char *doubt = NULL;
    jc_connections_answer(http->connections, request);
    int refused = jc_framing_check(request, http->limits->header_size_max, &doubt);
    if (refused != 0) {
        refuse_and_close(request, refused, refused == 431 ? "headers" : "invalid", doubt);
    } else {
        jc_verdict verdict = judge(http, request, path_of(request));
        if (verdict.entry == JC_ENTRY_OPEN || verdict.entry == JC_ENTRY_LIMITED) {
            answer(http, request, verdict.entry == JC_ENTRY_LIMITED, began_us);
            return;
        }
        if (verdict.entry == JC_ENTRY_COOKIE)
            give_cookie(http, request);
        else if (verdict.entry == JC_ENTRY_AGAIN)
            jc_reply_again(request);
        else
            jc_reply_refuse(request, verdict.status, verdict.code, verdict.message);
    }
    count(http, ROUTE_FOR_REFUSED, request, began_us);
}

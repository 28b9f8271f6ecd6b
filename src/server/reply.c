/* The headers are a table; a body is handed to libevent without being copied. */
#include "server/reply.h"

#include "server/guard.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct header {
    const char *name;
    const char *value;
} header;

static const header security[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
     "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
};

#define SECURITY_COUNT (sizeof security / sizeof security[0])

static const struct {
    int status;
    const char *phrase;
    const char *code;
    const char *message;
} refusals[] = {
    {400, "Bad Request", "invalid", "the request is no good HTTP/1.1"},
    {405, "Method Not Allowed", "method", "the path does not take that method"},
    {413, "Content Too Large", "too_large",
     "what was posted is larger than 8 MiB: post it in parts"},
    {431, "Request Header Fields Too Large", "headers",
     "the request's line and headers are larger than 16 KiB"},
};

#define REFUSAL_COUNT (sizeof refusals / sizeof refusals[0])

static void add(struct evhttp_request *request, const char *name, const char *value)
{
    (void)evhttp_add_header(evhttp_request_get_output_headers(request), name, value);
}

void jc_reply_secure(struct evhttp_request *request)
{
    for (size_t i = 0; i < SECURITY_COUNT; i++) {
        (void)evhttp_remove_header(evhttp_request_get_output_headers(request), security[i].name);
        add(request, security[i].name, security[i].value);
    }
}

/* NULL: libevent's own. */
static const char *phrase_of(int status)
{
    for (size_t i = 0; i < REFUSAL_COUNT; i++) {
        if (refusals[i].status == status)
            return refusals[i].phrase;
    }
    return NULL;
}

/* To HEAD the size is told, and nothing sent. */
static void send_body(struct evhttp_request *request, int status, struct evbuffer *body)
{
    char size[32];
    if (evhttp_request_get_command(request) == EVHTTP_REQ_HEAD && status != 304) {
        (void)snprintf(size, sizeof size, "%zu", evbuffer_get_length(body));
        add(request, "Content-Length", size);
        (void)evbuffer_drain(body, evbuffer_get_length(body));
    }
    evhttp_send_reply(request, status, phrase_of(status), body);
    evbuffer_free(body);
}

/* Without memory for an answer there is none: the connection ends. */
static struct evbuffer *body_for(struct evhttp_request *request)
{
    struct evbuffer *body = evbuffer_new();
    struct evhttp_connection *connection = evhttp_request_get_connection(request);
    if (body == NULL && connection != NULL)
        evhttp_connection_free(connection);
    return body;
}

static void free_body(const void *bytes, size_t size, void *context)
{
    (void)bytes;
    (void)size;
    free(context);
}

void jc_reply_send(struct evhttp_request *request, jc_response *response)
{
    char seconds[32];
    struct evbuffer *body = body_for(request);
    if (body == NULL)
        return;
    jc_reply_secure(request);
    add(request, "Cache-Control", "no-store");
    if (response->content_type != NULL)
        add(request, "Content-Type", response->content_type);
    if (response->retry_after_s > 0) {
        (void)snprintf(seconds, sizeof seconds, "%d", response->retry_after_s);
        add(request, "Retry-After", seconds);
    }
    if (response->body.size > 0 &&
        evbuffer_add_reference(body, response->body.bytes, response->body.size, free_body,
                               response->body.bytes) == 0)
        response->body = (jc_buf){0};
    send_body(request, response->status, body);
}

void jc_reply_refuse(struct evhttp_request *request, int status, const char *code,
                     const char *message)
{
    jc_response response = {0};
    jc_api_refuse(&response, status, code, jc_str_of(message));
    if (status == 503)
        response.retry_after_s = 1;
    jc_reply_send(request, &response);
    jc_response_release(&response);
}

void jc_reply_refuse_method(struct evhttp_request *request, const char *allowed)
{
    add(request, "Allow", allowed);
    jc_reply_refuse(request, 405, "method", "the path does not take that method");
}

void jc_reply_asset(struct evhttp_request *request, const jc_asset *asset)
{
    const char *known =
        evhttp_find_header(evhttp_request_get_input_headers(request), "If-None-Match");
    bool has_it = known != NULL && strstr(known, asset->etag) != NULL;
    struct evbuffer *body = body_for(request);
    if (body == NULL)
        return;
    jc_reply_secure(request);
    add(request, "Cache-Control", "no-cache");
    add(request, "ETag", asset->etag);
    if (!has_it) {
        add(request, "Content-Type", asset->content_type);
        (void)evbuffer_add_reference(body, asset->bytes, asset->size, NULL, NULL);
    }
    send_body(request, has_it ? 304 : 200, body);
}

void jc_reply_cookie(struct evhttp_request *request, const char *name, jc_str token, jc_str query)
{
    struct evbuffer *body = body_for(request);
    JC_AUTO(jc_buf) cookie = {0};
    JC_AUTO(jc_buf) place = {0};
    if (body == NULL)
        return;
    jc_reply_secure(request);
    add(request, "Cache-Control", "no-store");
    if (jc_buf_append_format(&cookie, NULL, "%s=%.*s; HttpOnly; SameSite=Strict; Path=/%c", name,
                             (int)token.size, token.bytes, '\0') == JC_OK &&
        jc_buf_append_format(&place, NULL, "/%s%.*s%c", query.size > 0 ? "?" : "", (int)query.size,
                             query.bytes, '\0') == JC_OK) {
        add(request, "Set-Cookie", cookie.bytes);
        add(request, "Location", place.bytes);
    }
    send_body(request, 303, body);
}

void jc_reply_again(struct evhttp_request *request)
{
    static const char page[] = "<!doctype html><meta charset=\"utf-8\"><title>jc</title>"
                               "<meta http-equiv=\"refresh\" content=\"0\">\n";
    struct evbuffer *body = body_for(request);
    if (body == NULL)
        return;
    jc_reply_secure(request);
    add(request, "Cache-Control", "no-store");
    add(request, "Content-Type", "text/html; charset=utf-8");
    (void)evbuffer_add_reference(body, page, sizeof page - 1, NULL, NULL);
    send_body(request, 200, body);
}

void jc_reply_raw(struct evbuffer *output, int status)
{
    jc_response response = {0};
    size_t which = 0;
    while (which + 1 < REFUSAL_COUNT && refusals[which].status != status)
        which++;
    jc_api_refuse(&response, status, refusals[which].code, jc_str_of(refusals[which].message));
    (void)evbuffer_add_printf(output, "HTTP/1.1 %d %s\r\n", status, refusals[which].phrase);
    for (size_t i = 0; i < SECURITY_COUNT; i++)
        (void)evbuffer_add_printf(output, "%s: %s\r\n", security[i].name, security[i].value);
    (void)evbuffer_add_printf(output,
                              "Cache-Control: no-store\r\nContent-Type: %s\r\n"
                              "Content-Length: %zu\r\nConnection: close\r\n\r\n",
                              response.content_type, response.body.size);
    (void)evbuffer_add(output, response.body.bytes, response.body.size);
    jc_response_release(&response);
}

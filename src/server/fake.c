/* Stand-ins. */
#include "server/api.h"
#include "server/live.h"
#include "base/json.h"
#include "base/fail.h"
#include <event2/http.h>
#include <event2/event.h>
#include <event2/buffer.h>
#include <stdlib.h>
#include <stdio.h>
#include <unistd.h>
struct jc_api { jc_store *store; char dir[4096]; };
jc_status jc_api_new(const char *project_dir, jc_api **ret_api, jc_error *reterr)
{
    jc_api *api = calloc(1, sizeof *api);
    if (api == NULL) return jc_fail_memory(reterr);
    (void)snprintf(api->dir, sizeof api->dir, "%s", project_dir);
    jc_status s = jc_open(project_dir, NULL, &api->store, reterr);
    if (s < 0) { free(api); return s; }
    *ret_api = api; return JC_OK;
}
void jc_api_free(jc_api *api) { if (api) { jc_close(api->store); free(api); } }
void jc_api_refuse(jc_response *r, int status, const char *code, jc_str m)
{
    r->status = status; r->content_type = "application/json"; jc_buf_clear(&r->body);
    (void)!jc_buf_append_format(&r->body, NULL, "{\"error\":{\"code\":\"%s\",\"message\":", code);
    (void)!jc_json_write_text(&r->body, m, NULL);
    (void)!jc_buf_append_text(&r->body, "}}\n", NULL);
}
unsigned jc_api_methods(jc_str p)
{
    if (jc_str_equal(p, JC_STR("/hook"))) return 2;
    if (jc_str_equal(p, JC_STR("/api/events"))) return 3;
    if (jc_str_equal(p, JC_STR("/api/workflows"))||jc_str_equal(p, JC_STR("/api/head"))) return 1;
    if (p.size > 11 && memcmp(p.bytes, "/api/state/", 11) == 0) return 1;
    if (p.size > 12 && memcmp(p.bytes, "/api/events/", 12) == 0) return 1;
    return 0;
}
static jc_status one(void *c, const jc_workflow_summary *s) { return jc_buf_append_format(c, NULL, "%s{\"workflow_id\":\"%.*s\"}", ((jc_buf*)c)->bytes[((jc_buf*)c)->size-1]=='[' ? "" : ",", (int)s->workflow_id.size, s->workflow_id.bytes); }
void jc_api_answer(jc_api *api, const jc_request *q, jc_response *r)
{
    unsigned ms = 0;
    if (q->query.bytes && sscanf(q->query.bytes, "sleep=%u", &ms) == 1) usleep(ms * 1000);
    r->status = 200; r->content_type = "application/json";
    if (q->method == JC_METHOD_POST && jc_str_equal(q->path, JC_STR("/hook"))) {
        jc_redactor *rd = NULL; jc_hook_result hr; jc_error e = {0};
        (void)!jc_redactor_new(api->dir, &rd, NULL);
        jc_status s = jc_intake_hook(api->store, rd, q->body, NULL, &hr, &e);
        jc_redactor_free(rd);
        if (s == JC_EINVAL) jc_api_refuse(r, 400, "invalid", jc_str_of(e.text)); else r->status = 204;
        return;
    }
    if (q->method == JC_METHOD_POST) { r->status = 201; (void)!jc_buf_append_format(&r->body, NULL, "{\"size\":%zu}", q->body.size); return; }
    (void)!jc_buf_append_text(&r->body, "{\"workflows\":[", NULL);
    uint64_t p; jc_error e;
    if (jc_wait(api->store, UINT64_MAX, 0, &p, &e) == JC_ESTALE) { jc_close(api->store); api->store = NULL; (void)!jc_open(api->dir, NULL, &api->store, NULL); }
    (void)!jc_workflow_list(api->store, one, &r->body, NULL);
    (void)!jc_buf_append_text(&r->body, "]}", NULL);
}
struct jc_live { jc_live_stats stats; struct evhttp_request *reqs[2000]; size_t n; };
jc_status jc_live_new(struct event_base *base, const char *d, jc_live **ret, jc_error *e)
{ (void)base; (void)d; *ret = calloc(1, sizeof **ret); return *ret ? JC_OK : jc_fail_memory(e); }
void jc_live_free(jc_live *l) { if (!l) return; for (size_t i = 0; i < l->n; i++) if (l->reqs[i]) { evhttp_connection_set_closecb(evhttp_request_get_connection(l->reqs[i]), NULL, NULL); evhttp_send_reply_end(l->reqs[i]); } free(l); }
bool jc_live_is_stream(jc_str p)
{ return jc_str_equal(p, JC_STR("/api/stream")) || (p.size > 19 && memcmp(p.bytes, "/api/events/", 12) == 0 && memcmp(p.bytes + p.size - 7, "/stream", 7) == 0); }
struct at { jc_live *l; size_t i; };
static void gone(struct evhttp_connection *c, void *x) { struct at *a = x; struct evhttp_request *r = a->l->reqs[a->i]; (void)c; a->l->reqs[a->i] = NULL; a->l->stats.clients--; if (evhttp_request_get_connection(r) == NULL) evhttp_request_free(r); free(a); }
void jc_live_attach(jc_live *l, struct evhttp_request *r)
{
    const char *q = evhttp_uri_get_query(evhttp_request_get_evhttp_uri(r));
    if (q && strstr(q, "bad")) { evhttp_send_reply(r, 400, NULL, NULL); return; }
    evhttp_add_header(evhttp_request_get_output_headers(r), "Content-Type", "text/event-stream");
    evhttp_send_reply_start(r, 200, "OK");
    struct evbuffer *b = evbuffer_new(); evbuffer_add_printf(b, "event: ready\ndata: {}\n\n"); evhttp_send_reply_chunk(r, b); evbuffer_free(b);
    struct at *a = malloc(sizeof *a); a->l = l; a->i = l->n; l->reqs[l->n++] = r; l->stats.clients++; l->stats.attached++;
    evhttp_connection_set_closecb(evhttp_request_get_connection(r), gone, a);
    evhttp_connection_set_timeout(evhttp_request_get_connection(r), 3600);
}
jc_live_stats jc_live_stats_get(const jc_live *l) { return l->stats; }

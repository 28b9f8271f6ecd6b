/* The API's routes, as docs/API.md lists them. */
#include "server/routes.h"

#define EVENT_FILTERS "type* agent correlation since until from to grep where* limit order after"

static const jc_route routes[] = {
    {JC_METHOD_GET, "/api/workflows", "", jc_api_workflows},
    {JC_METHOD_GET, "/api/status/{workflow}", "at", jc_api_status},
    {JC_METHOD_GET, "/api/events", EVENT_FILTERS, jc_api_events},
    {JC_METHOD_GET, "/api/events/{workflow}", EVENT_FILTERS, jc_api_events},
    {JC_METHOD_GET, "/api/event/{id}", "", jc_api_event},
    {JC_METHOD_GET, "/api/outline/{workflow}", "after limit", jc_api_outline},
    {JC_METHOD_GET, "/api/state/{workflow}", "projection* at", jc_api_state},
    {JC_METHOD_GET, "/api/projections", "", jc_api_projections},
    {JC_METHOD_GET, "/api/diff/{workflow}", "from to projection with", jc_api_diff},
    {JC_METHOD_GET, "/api/timeline/{workflow}", "at", jc_api_timeline},
    {JC_METHOD_GET, "/api/timings/{workflow}", "at", jc_api_timings},
    {JC_METHOD_GET, "/api/attention/{workflow}", "at", jc_api_attention},
    {JC_METHOD_GET, "/api/trace/{correlation}", "workflow*", jc_api_trace},
    {JC_METHOD_GET, "/api/search", "q workflow* type* agent since until limit", jc_api_search},
    {JC_METHOD_GET, "/api/notes/{workflow}", "category agent tag at limit", jc_api_notes_of},
    {JC_METHOD_GET, "/api/notes", "q category agent tag limit", jc_api_notes},
    {JC_METHOD_GET, "/api/messages/{workflow}", "agent at", jc_api_messages},
    {JC_METHOD_GET, "/api/head", "", jc_api_head},
    {JC_METHOD_GET, "/api/verify", "workflow*", jc_api_verify, JC_REQUEST_CHECKS},
    {JC_METHOD_POST, "/api/events", "", jc_api_append, JC_REQUEST_WRITES},
    {JC_METHOD_POST, "/api/notes", "", jc_api_add_note, JC_REQUEST_WRITES},
    {JC_METHOD_POST, "/hook", "workflow agent", jc_api_hook, .has_own_log = true},
};

/* Does the path fit? A name is one segment, and not empty. */
static bool fits(const char *pattern, jc_str path, jc_str *ret_name)
{
    const char *brace = strchr(pattern, '{');
    size_t fixed = brace != NULL ? (size_t)(brace - pattern) : strlen(pattern);
    if (path.size < fixed || memcmp(path.bytes, pattern, fixed) != 0)
        return false;
    jc_str rest = {path.bytes + fixed, path.size - fixed};
    if (brace == NULL)
        return rest.size == 0;
    *ret_name = rest;
    return rest.size > 0 && memchr(rest.bytes, '/', rest.size) == NULL;
}

const jc_route *jc_route_find(jc_method method, jc_str path, jc_str *ret_name)
{
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        jc_str name = {0};
        if (routes[i].method == method && path.size > 0 && fits(routes[i].path, path, &name)) {
            *ret_name = name;
            return &routes[i];
        }
    }
    return NULL;
}

unsigned jc_api_methods(jc_str path)
{
    unsigned methods = 0;
    jc_str name;
    for (unsigned method = JC_METHOD_GET; method <= JC_METHOD_POST; method++) {
        if (jc_route_find((jc_method)method, path, &name) != NULL)
            methods |= 1U << method;
    }
    return methods;
}

jc_request_kind jc_api_kind(jc_method method, jc_str path)
{
    jc_str name;
    const jc_route *route = jc_route_find(method, path, &name);
    return route != NULL ? route->kind : JC_REQUEST_SHORT;
}

/* A request's way to its answer, and what every handler of the API needs.
 *
 *     route ── is there one, does it take the method? (routes.c)
 *       │ parameters and the path's name, decoded (request.c)
 *       ▼
 *     store ── the log that is there now; one that was replaced is opened again
 *       ▼
 *     handler (api_*.c) ──▶ body (answer.c)     a status below 0 ──▶ a refusal */
#include "server/api.h"

#include "base/fail.h"
#include "base/json.h"
#include "server/routes.h"

#include <stdio.h>
#include <stdlib.h>

#define BUSY_RETRY_S 1

void jc_response_release(jc_response *response)
{
    jc_buf_release(&response->body);
    *response = (jc_response){0};
}

/* ---- Refusals ---- */

/* What is said may hold a piece of what was asked, cut anywhere. */
static void put_mended(jc_answer *answer, jc_str text)
{
    JC_AUTO(jc_buf) mended = {0};
    jc_status status = JC_OK;
    while (text.size > 0 && status == JC_OK) {
        size_t size = jc_utf8_size(text);
        status = size > 0 ? jc_buf_append(&mended, text.bytes, size, NULL)
                          : jc_buf_append_text(&mended, "\xef\xbf\xbd", NULL);
        size += size == 0 ? 1 : 0;
        text = (jc_str){text.bytes + size, text.size - size};
    }
    jc_put_text(answer, jc_buf_str(&mended));
}

void jc_api_refuse(jc_response *response, int status, const char *code, jc_str message)
{
    jc_answer answer;
    jc_buf_clear(&response->body);
    jc_answer_init(&answer, &response->body);
    response->status = status;
    response->content_type = "application/json";
    jc_put_format(&answer, "{\"error\":{\"code\":\"%s\",\"message\":", code);
    put_mended(&answer, message);
    jc_put(&answer, "}}");
    if (answer.no_memory)
        jc_buf_clear(&response->body);
}

void jc_api_refuse_status(jc_response *response, jc_status status, jc_str message)
{
    static const struct {
        jc_status status;
        int http;
        const char *code;
    } rows[] = {
        {JC_EINVAL, 400, "invalid"},      {JC_ENOTFOUND, 404, "not_found"},
        {JC_ECONFLICT, 409, "conflict"},  {JC_EREUSED, 409, "reused"},
        {JC_EREADONLY, 409, "read_only"}, {JC_ECORRUPT, 500, "corrupt"},
        {JC_EBUSY, 503, "busy"},          {JC_ESTALE, 503, "busy"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].status != status)
            continue;
        jc_api_refuse(response, rows[i].http, rows[i].code, message);
        response->retry_after_s = rows[i].http == 503 ? BUSY_RETRY_S : 0;
        return;
    }
    jc_api_refuse(response, 500, "failed", message);
}

static void refuse(const jc_call *call, jc_status status, const jc_error *error)
{
    jc_str message = jc_str_of(error->text[0] != '\0' ? error->text : jc_status_text(status));
    if (call->out.too_large)
        jc_api_refuse(call->response, 413, "too_large", message);
    else
        jc_api_refuse_status(call->response, status, message);
}

/* ---- The store ---- */

static void close_store(jc_api *api)
{
    jc_rows_release(&api->rows);
    jc_close(api->store);
    api->store = NULL;
}

/* Not finding the log is no answer to what was asked. */
jc_status jc_store_ready(const char *project_dir, const jc_options *options, jc_store **store,
                         jc_error *reterr)
{
    jc_error error = {0};
    uint64_t position = 0;
    if (*store != NULL && jc_wait(*store, UINT64_MAX, 0, &position, NULL) != JC_ESTALE)
        return JC_OK;
    jc_close(*store);
    *store = NULL;
    jc_status status = jc_open(project_dir, options, store, &error);
    if (status == JC_ENOTFOUND)
        status = JC_EIO;
    return status < 0 ? jc_fail(reterr, status, "%s", error.text) : status;
}

/* Rows are those of a log. */
static jc_status ready_store(jc_api *api, jc_error *reterr)
{
    const jc_store *before = api->store;
    jc_status status = jc_store_ready(api->project_dir, NULL, &api->store, reterr);
    if (api->store != before)
        jc_rows_release(&api->rows);
    return status;
}

jc_status jc_api_new(const char *project_dir, jc_api **ret_api, jc_error *reterr)
{
    jc_api *api = calloc(1, sizeof *api);
    if (api == NULL)
        return jc_fail_memory(reterr);
    int size = snprintf(api->project_dir, sizeof api->project_dir, "%s", project_dir);
    jc_status status = JC_OK;
    if (size < 0 || (size_t)size >= sizeof api->project_dir)
        status = jc_fail(reterr, JC_EINVAL, "the path of the project is too long");
    if (status == JC_OK)
        status = jc_open(api->project_dir, NULL, &api->store, reterr);
    if (status < 0) {
        jc_api_free(api);
        return status;
    }
    *ret_api = api;
    return JC_OK;
}

void jc_api_free(jc_api *api)
{
    if (api == NULL)
        return;
    close_store(api);
    jc_hook_memory_free(api->hooks);
    jc_arena_release(&api->arena);
    free(api);
}

/* ---- Answering ---- */

/* What can be said without looking at the log. false: the request is refused. */
static bool admit(const jc_request *request, const jc_route *route, jc_response *response)
{
    if (route == NULL && jc_api_methods(request->path) == 0)
        jc_api_refuse(response, 404, "not_found", JC_STR("there is no such path"));
    else if (route == NULL)
        jc_api_refuse(response, 405, "method", JC_STR("the path does not take that method"));
    else if (request->body.size > JC_REQUEST_BODY_SIZE_MAX)
        jc_api_refuse(response, 413, "too_large", JC_STR("what was posted is larger than 8 MiB"));
    else if (route->method == JC_METHOD_POST && !jc_content_type_is_json(request->content_type))
        jc_api_refuse(response, 415, "content_type",
                      JC_STR("what is posted must be of the type application/json"));
    else
        return true;
    return false;
}

static jc_status read_path(jc_call *call, const jc_route *route, jc_str name, jc_error *reterr)
{
    jc_error error = {0};
    if (name.bytes == NULL)
        return JC_OK;
    jc_status status = jc_percent_decode(name, false, call->arena, &call->name, &error);
    if (status < 0)
        return jc_fail(reterr, status, "the last part of the path: %s", error.text);
    if (strstr(route->path, "{workflow}") != NULL)
        status = jc_workflow_id_check(call->name, reterr);
    return status;
}

static jc_status run(jc_call *call, const jc_route *route, jc_str name, jc_error *reterr)
{
    jc_status status =
        jc_query_read(call->request->query, route->parameters, call->arena, &call->query, reterr);
    if (status == JC_OK)
        status = read_path(call, route, name, reterr);
    if (status < 0)
        return status;
    if (!route->has_own_log) {
        status = ready_store(call->api, reterr);
        call->store = call->api->store;
    }
    if (status == JC_OK)
        status = route->handler(call, reterr);
    return status < 0 ? status : jc_answer_status(&call->out, reterr);
}

/* JC_ESTALE: the log was replaced meanwhile, which is no answer yet. */
static jc_status try_once(jc_api *api, const jc_request *request, const jc_route *route,
                          jc_str name, bool is_again, jc_response *response)
{
    jc_error error = {0};
    jc_call call = {.api = api, .arena = &api->arena, .request = request, .response = response};
    jc_arena_reset(&api->arena);
    jc_buf_clear(&response->body);
    *response =
        (jc_response){.status = 200, .content_type = "application/json", .body = response->body};
    jc_answer_init(&call.out, &response->body);
    jc_status status = run(&call, route, name, &error);
    if (status == JC_ESTALE && !is_again)
        return status;
    if (status < 0)
        refuse(&call, status, &error);
    /* A handle whose write has an unknown outcome writes no more. */
    if (status == JC_EIO || status == JC_ESTALE)
        close_store(api);
    return JC_OK;
}

void jc_api_answer(jc_api *api, const jc_request *request, jc_response *ret_response)
{
    jc_str name = {0};
    const jc_route *route = jc_route_find(request->method, request->path, &name);
    *ret_response = (jc_response){0};
    if (!admit(request, route, ret_response))
        return;
    if (try_once(api, request, route, name, false, ret_response) == JC_ESTALE) {
        close_store(api);
        (void)try_once(api, request, route, name, true, ret_response);
    }
}

/* ---- What handlers share ---- */

jc_status jc_call_head(jc_call *call, jc_str workflow_id, jc_head *ret_head, jc_error *reterr)
{
    jc_status status = jc_head_read(call->store, workflow_id, ret_head, reterr);
    if (status == JC_OK && ret_head->sequence == 0)
        status = jc_fail(reterr, JC_ENOTFOUND, "there is no workflow '%.*s'", (int)workflow_id.size,
                         workflow_id.bytes);
    return status;
}

jc_status jc_call_point(jc_call *call, const char *name, jc_point *ret_point, bool *ret_given,
                        jc_error *reterr)
{
    jc_status status = jc_query_point(&call->query, name, ret_point, reterr);
    *ret_given = jc_query_has(&call->query, name);
    if (status == JC_OK && call->head.sequence == 0)
        status = jc_call_head(call, call->name, &call->head, reterr);
    if (status < 0 || ret_point->kind == JC_POINT_SEQUENCE || ret_point->kind == JC_POINT_TIME)
        return status;
    if (ret_point->number <= call->head.sequence)
        *ret_point = (jc_point){.kind = JC_POINT_SEQUENCE,
                                .number = call->head.sequence - ret_point->number};
    return JC_OK;
}

void jc_found_projection_release(jc_found_projection *found)
{
    jc_projection_unload(found->own);
    *found = (jc_found_projection){0};
}

jc_status jc_call_projection(jc_call *call, jc_str name, jc_found_projection *ret, jc_error *reterr)
{
    jc_error error = {0};
    jc_found_projection found = {.projection = jc_projection_find(name.bytes)};
    if (found.projection == NULL) {
        jc_status status = jc_projection_load(call->store, name.bytes, &found.own, &error);
        if (status == JC_ENOTFOUND)
            return jc_fail(reterr, JC_EINVAL,
                           "there is no projection '%.60s': GET /api/projections lists them",
                           name.bytes);
        if (status < 0)
            return jc_fail(reterr, status, "%s", error.text);
        found.projection = found.own;
    }
    *ret = found;
    return JC_OK;
}

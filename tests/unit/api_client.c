/* The API asked without a server: see api_client.h. */
#include "api_client.h"

#include "contract/events.h"

#include <stdlib.h>

int api_open(void **state)
{
    static api_client client;
    jc_error error = {0};
    client = (api_client){.number = 1};
    jc_test_project_make(client.dir);
    if (jc_open(client.dir, NULL, &client.store, &error) < 0 ||
        jc_api_new(client.dir, &client.api, &error) < 0) {
        fprintf(stderr, "%s\n", error.text);
        return -1;
    }
    *state = &client;
    return 0;
}

static void forget_answer(api_client *in)
{
    yyjson_doc_free(in->doc);
    in->doc = NULL;
    jc_response_release(&in->response);
}

int api_close(void **state)
{
    api_client *in = *state;
    forget_answer(in);
    jc_api_free(in->api);
    jc_close(in->store);
    jc_test_folder_remove(in->dir);
    return 0;
}

static void append(api_client *in, jc_event *event, int64_t seconds, const char *agent)
{
    jc_error error = {0};
    event->has_timestamp = true;
    event->timestamp_us = API_START_US + seconds * 1000000;
    event->agent_id = jc_str_of(agent);
    if (jc_test_append(in->store, event, 1, NULL, &error) < 0)
        fail_msg("%s", error.text);
}

void api_tell(api_client *in, int64_t seconds, const char *workflow_id, const char *agent,
              const char *event_type, const char *data)
{
    jc_event event = jc_test_event(in->number++, workflow_id, event_type, data);
    append(in, &event, seconds, agent);
}

void api_tell_steps(api_client *in, const char *workflow_id, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char data[128];
        (void)snprintf(data, sizeof data, "{\"number\":%zu,\"name\":\"step %zu\"}", i + 1, i + 1);
        jc_event event = jc_test_event(in->number++, workflow_id, "step.done", data);
        event.correlation_id = i % 3 == 0 ? JC_STR("third") : (jc_str){0};
        append(in, &event, (int64_t)i, i % 2 == 0 ? "even" : "odd");
    }
}

static void ask(api_client *in, jc_request *request, const char *target)
{
    const char *query = strchr(target, '?');
    forget_answer(in);
    request->path = (jc_str){target, query != NULL ? (size_t)(query - target) : strlen(target)};
    request->query = jc_str_of(query != NULL ? query + 1 : NULL);
    jc_api_answer(in->api, request, &in->response);
    if (in->response.body.size > 0)
        in->doc = yyjson_read(in->response.body.bytes, in->response.body.size, 0);
}

void api_get(api_client *in, const char *target)
{
    jc_request request = {.method = JC_METHOD_GET};
    ask(in, &request, target);
}

void api_post(api_client *in, const char *target, const char *body)
{
    jc_request request = {.method = JC_METHOD_POST,
                          .content_type = JC_STR("application/json; charset=utf-8"),
                          .body = jc_str_of(body)};
    ask(in, &request, target);
}

static const char *body_of(const api_client *in)
{
    static char text[4096];
    jc_str body = jc_buf_str(&in->response.body);
    (void)snprintf(text, sizeof text, "%.*s", (int)body.size, body.bytes);
    return text;
}

void assert_answer(const api_client *in, int status)
{
    if (in->response.status != status)
        fail_msg("answered %d: %s", in->response.status, body_of(in));
}

void assert_refusal(const api_client *in, int status, const char *code, const char *piece)
{
    yyjson_val *error = yyjson_obj_get(yyjson_doc_get_root(in->doc), "error");
    assert_answer(in, status);
    if (!yyjson_equals_str(yyjson_obj_get(error, "code"), code))
        fail_msg("refused otherwise: %s", body_of(in));
    assert_holds(yyjson_get_str(yyjson_obj_get(error, "message")), piece);
}

void assert_at(const api_client *in, const char *pointer, const char *json)
{
    yyjson_val *value = yyjson_ptr_get(yyjson_doc_get_root(in->doc), pointer);
    char *got = value != NULL ? yyjson_val_write(value, 0, NULL) : NULL;
    if (strcmp(got != NULL ? got : "", json) != 0)
        fail_msg("at %s: got %s, wanted %s, in %s", pointer, got != NULL ? got : "nothing", json,
                 body_of(in));
    free(got);
}

size_t api_count(const api_client *in, const char *pointer)
{
    return yyjson_arr_size(yyjson_ptr_get(yyjson_doc_get_root(in->doc), pointer));
}

void assert_body(const api_client *in, bool holds, const char *piece)
{
    jc_str body = jc_buf_str(&in->response.body);
    bool is_there = memmem(body.bytes, body.size, piece, strlen(piece)) != NULL;
    if (is_there != holds)
        fail_msg("%s %s: %s", holds ? "lacks" : "holds", piece, body_of(in));
}

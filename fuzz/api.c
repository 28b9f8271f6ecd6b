/* Requests to the dashboard's API, over a small project in a folder: whatever they hold, each is answered by
 * good JSON with a status that docs/API.md knows, and the log stays sound.
 *
 * The input is a method ('P' is a POST), the path, the query and the body, with zero bytes between. Events that
 * are posted stay for the inputs that follow, until there are many. */
#include "base/json.h"
#include "fuzz.h"
#include "jc/jc.h"
#include "server/api.h"

#include <unistd.h>

#define EVENTS_MAX 2000

static char dir[] = "/dev/shm/jc-fuzz-XXXXXX";
static jc_api *api;

static void remove_project(void)
{
    char command[sizeof dir + 64];
    jc_api_free(api);
    api = NULL;
    (void)snprintf(command, sizeof command, "rm -rf %s/.jc %s/agents", dir, dir);
    FUZZ_MUST(system(command) == 0);
}

static void remove_folder(void)
{
    remove_project();
    (void)rmdir(dir);
}

static void post(const char *body)
{
    jc_response response;
    jc_request request = {.method = JC_METHOD_POST,
                          .path = JC_STR("/api/events"),
                          .content_type = JC_STR("application/json"),
                          .body = jc_str_of(body)};
    jc_api_answer(api, &request, &response);
    FUZZ_MUST(response.status == 201);
    jc_response_release(&response);
}

/* A workflow with a bit of everything. */
static void make_project(void)
{
    jc_project_made made;
    FUZZ_MUST(jc_project_init(dir, &made, NULL) == JC_OK);
    FUZZ_MUST(jc_api_new(dir, &api, NULL) == JC_OK);
    post("{\"events\":["
         "{\"workflow_id\":\"wf\",\"event_type\":\"workflow.started\",\"data\":{\"description\":"
         "\"d\"}},"
         "{\"workflow_id\":\"wf\",\"event_type\":\"feature.started\",\"agent_id\":\"coder\","
         "\"correlation_id\":\"c\",\"data\":{\"name\":\"login\"}},"
         "{\"workflow_id\":\"wf\",\"event_type\":\"agent.note.question\",\"agent_id\":\"coder\","
         "\"data\":{\"title\":\"t\",\"content\":\"needle\",\"tags\":[\"x\"]}},"
         "{\"workflow_id\":\"wf\",\"event_type\":\"agent.message.sent\","
         "\"data\":{\"from_agent\":\"lead\",\"to_agent\":\"coder\",\"content\":\"hello\"}},"
         "{\"workflow_id\":\"wf\",\"event_type\":\"agent.tool.started\",\"agent_id\":\"coder\","
         "\"data\":{\"session_id\":\"s\",\"tool_name\":\"Bash\",\"tool_use_id\":\"u\"}},"
         "{\"workflow_id\":\"wf\",\"event_type\":\"feature.completed\",\"data\":{\"name\":"
         "\"login\"}},"
         "{\"workflow_id\":\"b\",\"event_type\":\"feature.failed\",\"data\":{\"name\":\"login\"}}]"
         "}");
}

static void ready(void)
{
    static unsigned inputs;
    if (inputs == 0) {
        FUZZ_MUST(mkdtemp(dir) != NULL);
        FUZZ_MUST(atexit(remove_folder) == 0);
    }
    if (inputs++ % EVENTS_MAX == 0) {
        remove_project();
        make_project();
    }
}

static bool is_known(int status)
{
    static const int known[] = {200, 201, 204, 400, 404, 405, 409, 413, 415};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (status == known[i])
            return true;
    }
    return false;
}

static void check_json(jc_str text, bool refused)
{
    yyjson_doc *doc = yyjson_read(text.bytes, text.size, YYJSON_READ_NUMBER_AS_RAW);
    FUZZ_MUST(yyjson_is_obj(yyjson_doc_get_root(doc)));
    yyjson_val *error = yyjson_obj_get(yyjson_doc_get_root(doc), "error");
    if (refused) {
        FUZZ_MUST(yyjson_is_str(yyjson_obj_get(error, "code")));
        FUZZ_MUST(yyjson_get_len(yyjson_obj_get(error, "message")) > 0);
    }
    yyjson_doc_free(doc);
}

static void check_lines(jc_str body)
{
    while (body.size > 0) {
        const char *end = memchr(body.bytes, '\n', body.size);
        FUZZ_MUST(end != NULL);
        size_t size = (size_t)(end - body.bytes);
        check_json((jc_str){body.bytes, size}, false);
        body = (jc_str){end + 1, body.size - size - 1};
    }
}

static void check_response(const jc_response *response)
{
    jc_str body = jc_buf_str(&response->body);
    if (!is_known(response->status))
        fprintf(stderr, "%d: %.*s\n", response->status, (int)body.size, body.bytes);
    FUZZ_MUST(is_known(response->status));
    FUZZ_MUST(jc_utf8_valid(body));
    if (response->status == 204)
        FUZZ_MUST(body.size == 0);
    else if (strcmp(response->content_type, "application/json") == 0)
        check_json(body, response->status >= 400);
    else
        check_lines(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    jc_response response;
    jc_str rest = fuzz_input(bytes, size);
    jc_str method = fuzz_next_part(&rest);
    jc_request request = {.method = method.size > 0 && *method.bytes == 'P' ? JC_METHOD_POST
                                                                            : JC_METHOD_GET,
                          .content_type = JC_STR("application/json")};
    request.path = fuzz_next_part(&rest);
    request.query = fuzz_next_part(&rest);
    request.body = rest;
    ready();
    jc_api_answer(api, &request, &response);
    check_response(&response);
    jc_response_release(&response);
    return 0;
}

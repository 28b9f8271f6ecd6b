/* What is posted to the API; and logs that are replaced, damaged or kept from being written. */
#include "api_client.h"

#include "base/clock.h"

#include "contract/events.h"

#include <stdlib.h>

#include <sqlite3.h>

/* ---- Events ---- */

static void an_event_is_stored_and_given_back_as_its_line(void **state)
{
    api_client *in = *state;
    api_post(in, "/api/events",
             "{\"workflow_id\":\"wf\",\"event_type\":\"step.done\",\"agent_id\":\"person\","
             "\"data\":{\"n\":1.50}}");
    assert_answer(in, 201);
    assert_at(in, "/stored", "1");
    assert_at(in, "/already_stored", "0");
    assert_at(in, "/position", "1");
    assert_at(in, "/events/0/sequence", "1");
    assert_at(in, "/events/0/agent_id", "\"person\"");
    assert_body(in, true, "\"data\":{\"n\":1.50}");
}

static void the_same_event_again_is_stored_once(void **state)
{
    static const char body[] =
        "{\"id\":\"01970000-0000-7000-8000-000000000001\",\"workflow_id\":\"wf\","
        "\"event_type\":\"step.done\"}";
    api_client *in = *state;
    api_post(in, "/api/events", body);
    api_post(in, "/api/events", body);
    assert_answer(in, 201);
    assert_at(in, "/stored", "0");
    assert_at(in, "/already_stored", "1");
    assert_at(in, "/events/0/sequence", "1");
    api_post(in, "/api/events",
             "{\"id\":\"01970000-0000-7000-8000-000000000001\",\"workflow_id\":\"wf\","
             "\"event_type\":\"other.done\"}");
    assert_refusal(in, 409, "reused", "01970000-0000-7000-8000-000000000001");
}

static void several_events_are_one_unit(void **state)
{
    api_client *in = *state;
    api_post(in, "/api/events",
             "{\"events\":[{\"workflow_id\":\"a\",\"event_type\":\"step.done\"},"
             " {\"workflow_id\":\"b\",\"event_type\":\"step.done\",\"data\":{\"x\":[1,{}]}}],"
             "\"expected\":{\"a\":0,\"b\":0}}");
    assert_answer(in, 201);
    assert_at(in, "/stored", "2");
    assert_at(in, "/events/1/workflow_id", "\"b\"");
    assert_at(in, "/events/1/data", "{\"x\":[1,{}]}");
}

static void a_unit_that_expects_otherwise_stores_nothing(void **state)
{
    api_client *in = *state;
    api_tell_steps(in, "a", 2);
    api_post(in, "/api/events",
             "{\"events\":[{\"workflow_id\":\"b\",\"event_type\":\"step.done\"},"
             "{\"workflow_id\":\"a\",\"event_type\":\"step.done\"}],\"expected\":{\"a\":1}}");
    assert_refusal(in, 409, "conflict", "'a'");
    api_get(in, "/api/head");
    assert_at(in, "/position", "2");
}

static void what_is_no_event_is_refused_by_its_place(void **state)
{
    static const char *const wrong[][2] = {
        {"", "what was posted"},
        {"[]", "no JSON object"},
        {"{\"workflow_id\":\"wf\"}", "event_type"},
        {"{\"event_type\":\"step.done\"}", "workflow_id"},
        {"{\"workflow_id\":\"wf\",\"event_type\":\"Step\"}", "Step"},
        {"{\"workflow_id\":\"wf\",\"event_type\":\"step.done\",\"extra\":1}", "extra"},
        {"{\"events\":[]}", "none"},
        {"{\"events\":{}}", "events"},
        {"{\"events\":[1]}", "events[0]"},
        {"{\"events\":[{\"workflow_id\":\"wf\",\"event_type\":\"a.b\"},"
         "{\"workflow_id\":\"wf\",\"event_type\":\"agent.note.idea\"}]}",
         "events[1]"},
        {"{\"events\":[{\"workflow_id\":\"wf\",\"event_type\":\"a.b\"}],\"strict\":true}",
         "strict"},
        {"{\"events\":[{\"workflow_id\":\"wf\",\"event_type\":\"a.b\"}],\"expected\":{\"wf\":\"1\"}"
         "}",
         "expected"},
        {"{\"events\":[{\"workflow_id\":\"wf\",\"event_type\":\"a.b\"}],\"expected\":{\"wf\":-1}}",
         "expected"},
        {"{\"events\":[{\"workflow_id\":\"wf\",\"event_type\":\"a.b\"}],\"expected\":[]}",
         "expected"},
        {"{\"workflow_id\":\"wf\",\"workflow_id\":\"wf\",\"event_type\":\"a.b\"}", "workflow_id"},
    };
    api_client *in = *state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        api_post(in, "/api/events", wrong[i][0]);
        assert_refusal(in, 400, "invalid", wrong[i][1]);
    }
    api_get(in, "/api/head");
    assert_at(in, "/position", "0");
}

static void what_does_not_call_itself_json_is_refused(void **state)
{
    static const char *const types[] = {NULL, "", "text/plain", "application/jsonx",
                                        "application/x-www-form-urlencoded"};
    api_client *in = *state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        jc_response response;
        jc_request request = {.method = JC_METHOD_POST,
                              .path = JC_STR("/api/events"),
                              .content_type = jc_str_of(types[i]),
                              .body = JC_STR("{\"workflow_id\":\"wf\",\"event_type\":\"a.b\"}")};
        jc_api_answer(in->api, &request, &response);
        assert_int_equal(response.status, 415);
        jc_response_release(&response);
    }
}

static void what_is_larger_than_the_limit_is_refused(void **state)
{
    api_client *in = *state;
    const size_t size = JC_REQUEST_BODY_SIZE_MAX + 1;
    char *body = malloc(size + 1);
    assert_non_null(body);
    memset(body, ' ', size);
    body[size] = '\0';
    api_post(in, "/hook", body);
    assert_refusal(in, 413, "too_large", "8 MiB");
    free(body);
}

/* ---- Notes ---- */

static void a_note_of_a_person_is_stored(void **state)
{
    api_client *in = *state;
    api_tell(in, 0, "wf", "coder", "agent.note.question",
             "{\"title\":\"Which key?\",\"content\":\"?\"}");
    api_post(
        in, "/api/notes",
        "{\"workflow_id\":\"wf\",\"title\":\"The new one\",\"category\":\"decision\","
        "\"tags\":[\"auth\"],\"related_file\":\"a.c\",\"causation_id\":\"c\",\"content\":null}");
    assert_answer(in, 201);
    assert_at(in, "/stored", "1");
    assert_at(in, "/events/0/event_type", "\"agent.note.decision\"");
    assert_at(in, "/events/0/agent_id", "\"person\"");
    assert_at(in, "/events/0/causation_id", "\"c\"");
    assert_at(in, "/events/0/data/content", "\"The new one\"");
    assert_at(in, "/events/0/data/tags", "[\"auth\"]");
}

static void a_note_is_an_observation_unless_it_says_otherwise(void **state)
{
    api_client *in = *state;
    api_post(in, "/api/notes", "{\"workflow_id\":\"wf\",\"title\":\"t\",\"agent_id\":\"lead\"}");
    assert_at(in, "/events/0/event_type", "\"agent.note.observation\"");
    assert_at(in, "/events/0/agent_id", "\"lead\"");
}

static void the_same_note_again_is_stored_once(void **state)
{
    static const char body[] = "{\"id\":\"01970000-0000-7000-8000-000000000009\","
                               "\"workflow_id\":\"wf\",\"title\":\"t\"}";
    api_client *in = *state;
    api_post(in, "/api/notes", body);
    api_post(in, "/api/notes", body);
    assert_answer(in, 201);
    assert_at(in, "/already_stored", "1");
    assert_at(in, "/events/0/sequence", "1");
}

static void what_is_no_note_is_refused(void **state)
{
    static const char *const wrong[][2] = {
        {"{\"workflow_id\":\"wf\",\"title\\u0000\":\"t\"}", "'title' is no member"},
        {"{\"title\":\"t\"}", "workflow_id"},
        {"{\"workflow_id\":\"wf\"}", "title"},
        {"{\"workflow_id\":\"wf\",\"title\":\" \"}", "title"},
        {"{\"workflow_id\":\"wf\",\"title\":\"t\",\"category\":\"gossip\"}", "gossip"},
        {"{\"workflow_id\":\"wf\",\"title\":1}", "title"},
        {"{\"workflow_id\":\"wf\",\"title\":\"t\",\"tags\":\"a\"}", "tags"},
        {"{\"workflow_id\":\"wf\",\"title\":\"t\",\"tags\":[1]}", "tags"},
        {"{\"workflow_id\":\"wf\",\"title\":\"t\",\"more\":\"x\"}", "more"},
        {"{\"workflow_id\":\"wf\",\"title\":\"t\",\"id\":\"x\"}", "id"},
    };
    api_client *in = *state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        api_post(in, "/api/notes", wrong[i][0]);
        assert_refusal(in, 400, "invalid", wrong[i][1]);
    }
}

/* ---- Hooks ---- */

#define PROMPT                                                                                     \
    "{\"hook_event_name\":\"UserPromptSubmit\",\"session_id\":\"s1\",\"cwd\":\"/elsewhere\","      \
    "\"prompt\":\"my password=hunter2hunter2 please\"}"

static void a_hook_is_in_the_log_and_redacted(void **state)
{
    api_client *in = *state;
    api_post(in, "/hook", PROMPT);
    assert_answer(in, 204);
    assert_int_equal(in->response.body.size, 0);
    api_get(in, "/api/events/s1");
    assert_at(in, "/events/0/event_type", "\"turn.started\"");
    assert_at(in, "/events/0/agent_id", "\"main\"");
    assert_body(in, false, "hunter2");
    assert_body(in, true, "[redacted:");
}

static void a_hook_may_name_its_workflow_and_agent(void **state)
{
    api_client *in = *state;
    api_post(in, "/hook?workflow=wf&agent=coder", PROMPT);
    assert_answer(in, 204);
    api_get(in, "/api/events/wf");
    assert_at(in, "/events/0/agent_id", "\"coder\"");
    api_post(in, "/hook?workflow=.wf", PROMPT);
    assert_refusal(in, 400, "invalid", ".wf");
    api_post(in, "/hook", "[1]");
    assert_refusal(in, 400, "invalid", "");
}

static void rules_that_are_added_hold_from_then_on(void **state)
{
    api_client *in = *state;
    char path[JC_TEST_PATH_SIZE + 64];
    api_post(in, "/hook",
             "{\"hook_event_name\":\"UserPromptSubmit\",\"session_id\":\"s1\",\"prompt\":\"corp-"
             "12345678\"}");
    (void)snprintf(path, sizeof path, "%s/.jc/config.json", in->dir);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(
        fputs("{\"redaction\":{\"rules\":[{\"kind\":\"badge\",\"pattern\":\"corp-[0-9]{8}\"}]}}",
              file) >= 0);
    assert_int_equal(fclose(file), 0);
    api_post(in, "/hook",
             "{\"hook_event_name\":\"UserPromptSubmit\",\"session_id\":\"s2\",\"prompt\":\"corp-"
             "12345678\"}");
    api_get(in, "/api/events/s1");
    assert_body(in, true, "corp-12345678");
    api_get(in, "/api/events/s2");
    assert_body(in, true, "[redacted:badge]");
}

static void move(const api_client *in, const char *from, const char *to)
{
    char paths[2][JC_TEST_PATH_SIZE + 64];
    (void)snprintf(paths[0], sizeof paths[0], "%s/.jc/%s", in->dir, from);
    (void)snprintf(paths[1], sizeof paths[1], "%s/.jc/%s", in->dir, to);
    assert_int_equal(rename(paths[0], paths[1]), 0);
}

static void assert_spooled(api_client *in, size_t count)
{
    jc_spool_result taken = {0};
    assert_int_equal(jc_spool_count(in->dir), count);
    assert_int_equal(jc_spool_take_up(in->store, 0, &taken, NULL), JC_OK);
    assert_int_equal(taken.taken, count);
    api_get(in, "/api/events/s1");
    assert_at(in, "/events/0/event_type", "\"turn.started\"");
}

static void a_hook_is_spooled_while_there_is_no_log(void **state)
{
    api_client *in = *state;
    move(in, "events.db", "kept.db");
    api_post(in, "/hook", PROMPT);
    assert_answer(in, 204);
    move(in, "kept.db", "events.db");
    assert_spooled(in, 1);
}

static void a_hook_is_spooled_soon_while_others_keep_the_log(void **state)
{
    api_client *in = *state;
    char log[JC_TEST_PATH_SIZE + 64];
    sqlite3 *other = NULL;
    (void)snprintf(log, sizeof log, "%s/.jc/events.db", in->dir);
    assert_int_equal(sqlite3_open(log, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    int64_t began_us = jc_clock_monotonic_us();
    api_post(in, "/hook", PROMPT);
    int64_t took_us = jc_clock_monotonic_us() - began_us;
    assert_answer(in, 204);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    assert_spooled(in, 1);
    assert_in_range(took_us, 0, 2 * JC_US_PER_SECOND);
}

/* ---- Logs that are not what they were ---- */

static void replace_log(api_client *in)
{
    char path[JC_TEST_PATH_SIZE + 64];
    jc_error error = {0};
    (void)snprintf(path, sizeof path, "%s/copy-%u.db", in->dir, (unsigned)in->number);
    if (jc_backup(in->store, path, NULL, NULL, &error) < 0)
        fail_msg("%s", error.text);
    api_tell_steps(in, "wf", 1);
    jc_close(in->store);
    in->store = NULL;
    if (jc_restore(in->dir, path, NULL, 0, &error) < 0)
        fail_msg("%s", error.text);
    assert_int_equal(jc_open(in->dir, NULL, &in->store, NULL), JC_OK);
}

static void a_log_that_was_replaced_is_opened_again(void **state)
{
    api_client *in = *state;
    api_tell_steps(in, "wf", 2);
    api_get(in, "/api/workflows");
    replace_log(in);
    api_get(in, "/api/workflows");
    assert_answer(in, 200);
    assert_at(in, "/workflows/0/events", "2");
    assert_at(in, "/epoch", "2");
    replace_log(in);
    api_post(in, "/api/events", "{\"workflow_id\":\"wf\",\"event_type\":\"step.done\"}");
    assert_answer(in, 201);
    assert_at(in, "/events/0/sequence", "3");
}

static void a_log_that_is_gone_is_a_failure_and_comes_back(void **state)
{
    api_client *in = *state;
    api_tell_steps(in, "wf", 2);
    move(in, "events.db", "kept.db");
    api_get(in, "/api/events/wf");
    assert_refusal(in, 500, "failed", "missing");
    move(in, "kept.db", "events.db");
    api_get(in, "/api/events/wf");
    assert_answer(in, 200);
}

static void a_refusal_is_good_json_whatever_it_says(void **state)
{
    (void)state;
    jc_response response = {0};
    jc_api_refuse(&response, 503, "busy", JC_STR("a\xff\"b"));
    assert_int_equal(response.status, 503);
    assert_str(jc_buf_str(&response.body),
               "{\"error\":{\"code\":\"busy\",\"message\":\"a\xef\xbf\xbd\\\"b\"}}");
    jc_response_release(&response);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_CLAIM(an_event_is_stored_and_given_back_as_its_line),
        API_CLAIM(the_same_event_again_is_stored_once),
        API_CLAIM(several_events_are_one_unit),
        API_CLAIM(a_unit_that_expects_otherwise_stores_nothing),
        API_CLAIM(what_is_no_event_is_refused_by_its_place),
        API_CLAIM(what_does_not_call_itself_json_is_refused),
        API_CLAIM(what_is_larger_than_the_limit_is_refused),
        API_CLAIM(a_note_of_a_person_is_stored),
        API_CLAIM(a_note_is_an_observation_unless_it_says_otherwise),
        API_CLAIM(the_same_note_again_is_stored_once),
        API_CLAIM(what_is_no_note_is_refused),
        API_CLAIM(a_hook_is_in_the_log_and_redacted),
        API_CLAIM(a_hook_may_name_its_workflow_and_agent),
        API_CLAIM(rules_that_are_added_hold_from_then_on),
        API_CLAIM(a_hook_is_spooled_while_there_is_no_log),
        API_CLAIM(a_hook_is_spooled_soon_while_others_keep_the_log),
        API_CLAIM(a_log_that_was_replaced_is_opened_again),
        API_CLAIM(a_log_that_is_gone_is_a_failure_and_comes_back),
        CLAIM(a_refusal_is_good_json_whatever_it_says),
    };
    return cmocka_run_group_tests_name("api_write", tests, NULL, NULL);
}

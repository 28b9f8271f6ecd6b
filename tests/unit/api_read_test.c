/* The API's questions about states, notes, messages, traces and the record as a whole; and what it refuses. */
#include "api_client.h"

#include "contract/events.h"

#include <stdlib.h>
#include <sys/stat.h>

/* A workflow with a bit of everything, six events, and a second one. */
static void tell_a_story(api_client *in)
{
    api_tell(in, 0, "wf", NULL, "workflow.started", "{\"description\":\"sign in\"}");
    api_tell(in, 10, "wf", "coder", "feature.started", "{\"name\":\"auth\"}");
    api_tell(in, 20, "wf", "coder", "agent.note.question",
             "{\"agent_id\":\"coder\",\"title\":\"Which key?\",\"content\":\"old or new\","
             "\"tags\":[\"auth\"],\"correlation_id\":\"r1\"}");
    api_tell(in, 30, "wf", "lead", "agent.message.sent",
             "{\"from_agent\":\"lead\",\"to_agent\":\"coder\",\"content\":\"the new one\","
             "\"correlation_id\":\"r1\"}");
    api_tell(in, 40, "wf", "coder", "feature.completed", "{\"name\":\"auth\"}");
    api_tell(in, 50, "wf", "coder", "agent.note.learning",
             "{\"agent_id\":\"coder\",\"title\":\"Keys rotate\",\"content\":\"daily\"}");
    api_tell(in, 60, "other", "coder", "feature.started", "{\"name\":\"auth\"}");
}

/* ---- States ---- */

static void a_state_is_given_as_of_each_kind_of_point(void **state)
{
    static const char *const points[][2] = {
        {"", "6"},
        {"?at=2", "2"},
        {"?at=-1", "5"},
        {"?at=0", "0"},
        {"?at=-6", "0"},
        {"?at=2026-01-09T09:00:25Z", "3"},
        {"?at=2026-01-09T09:00:20", "3"},
        {"?at=2026-01-09T10:00:10%2B01:00", "2"},
    };
    api_client *in = *state;
    tell_a_story(in);
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        char target[128];
        (void)snprintf(target, sizeof target, "/api/state/wf%s", points[i][0]);
        api_get(in, target);
        assert_answer(in, 200);
        assert_at(in, "/sequence", points[i][1]);
        assert_at(in, "/projection", "\"workflow\"");
    }
}

static void points_that_are_none_are_refused(void **state)
{
    api_client *in = *state;
    tell_a_story(in);
    api_get(in, "/api/state/wf?at=soon");
    assert_refusal(in, 400, "invalid", "at: 'soon' is no point");
    api_get(in, "/api/state/wf?at=7");
    assert_refusal(in, 404, "not_found", "7");
    api_get(in, "/api/state/wf?at=-7");
    assert_refusal(in, 404, "not_found", "7");
    api_get(in, "/api/state/wf?at=99999999999999999999");
    assert_refusal(in, 400, "invalid", "at");
}

static void several_states_are_of_one_moment(void **state)
{
    api_client *in = *state;
    tell_a_story(in);
    api_get(in, "/api/state/wf?projection=workflow,notes&projection=mailbox&at=-2");
    assert_answer(in, 200);
    assert_int_equal(api_count(in, "/states"), 3);
    assert_at(in, "/states/0/projection", "\"workflow\"");
    assert_at(in, "/states/1/projection", "\"notes\"");
    assert_at(in, "/states/2/projection", "\"mailbox\"");
    for (int i = 0; i < 3; i++) {
        char pointer[32];
        (void)snprintf(pointer, sizeof pointer, "/states/%d/sequence", i);
        assert_at(in, pointer, "4");
    }
}

static void a_projection_that_is_not_there_is_refused(void **state)
{
    api_client *in = *state;
    tell_a_story(in);
    api_get(in, "/api/state/wf?projection=nothing");
    assert_refusal(in, 400, "invalid", "no projection 'nothing'");
    api_get(in, "/api/state/wf?projection=notes,");
    assert_refusal(in, 400, "invalid", "projection");
}

static void projections_are_listed_the_projects_own_too(void **state)
{
    api_client *in = *state;
    char path[JC_TEST_PATH_SIZE + 64];
    (void)snprintf(path, sizeof path, "%s/.jc/projections", in->dir);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/.jc/projections/own.jq", in->dir);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs("def init: {}; def apply($event): .;", file) >= 0);
    assert_int_equal(fclose(file), 0);
    api_get(in, "/api/projections");
    assert_answer(in, 200);
    assert_body(in, true, "{\"name\":\"workflow\",\"version\":");
    assert_body(in, true, "{\"name\":\"own\",\"version\":");
}

static void status_says_how_far_it_is(void **state)
{
    api_client *in = *state;
    tell_a_story(in);
    api_get(in, "/api/status/wf");
    assert_at(in, "/progress_percentage", "100");
    assert_at(in, "/state/status", "\"running\"");
    api_get(in, "/api/status/wf?at=2");
    assert_at(in, "/progress_percentage", "0");
    assert_at(in, "/sequence", "2");
}

static void a_difference_says_what_changed_between_two_points(void **state)
{
    api_client *in = *state;
    tell_a_story(in);
    api_get(in, "/api/diff/wf?from=2&to=5");
    assert_answer(in, 200);
    assert_at(in, "/from", "2");
    assert_at(in, "/to", "5");
    assert_body(in, true,
                "\"path\":\"features[auth].status\",\"pointer\":\"/features/0/status\","
                "\"before\":\"started\",\"after\":\"completed\"");
    api_get(in, "/api/diff/wf?from=-1&projection=notes");
    assert_at(in, "/to", "6");
    assert_body(in, true, "Keys rotate");
    api_get(in, "/api/diff/wf?to=5");
    assert_refusal(in, 400, "invalid", "from");
}

static void two_workflows_part_somewhere(void **state)
{
    api_client *in = *state;
    tell_a_story(in);
    api_get(in, "/api/diff/wf?with=other");
    assert_answer(in, 200);
    assert_at(in, "/sequence", "1");
    assert_at(in, "/differs", "\"event_type\"");
    assert_at(in, "/second/workflow_id", "\"other\"");
    api_get(in, "/api/diff/wf?with=nobody");
    assert_refusal(in, 404, "not_found", "nobody");
    api_get(in, "/api/diff/wf?with=other&from=1");
    assert_refusal(in, 400, "invalid", "with");
}

static void the_timeline_is_a_line_a_span(void **state)
{
    api_client *in = *state;
    tell_a_story(in);
    api_get(in, "/api/timeline/wf?at=5");
    assert_answer(in, 200);
    assert_string_equal(in->response.content_type, "application/x-ndjson");
    assert_body(in, true,
                "{\"workflow_id\":\"wf\",\"sequence\":5,\"timestamp\":\"2026-01-09T09:00:40."
                "000000Z\",\"spans\":3}\n"
                "{\"id\":\"workflow:1\",");
    assert_body(in, true, "}\n{\"id\":\"feature:2\",\"parent_id\":\"workflow:1\",");
    assert_int_equal(in->response.body.bytes[in->response.body.size - 1], '\n');
    api_get(in, "/api/timeline/wf?at=0");
    assert_body(in, true, "{\"workflow_id\":\"wf\",\"sequence\":0,\"spans\":0}\n");
}

static void timings_say_how_long_features_took(void **state)
{
    api_client *in = *state;
    tell_a_story(in);
    api_get(in, "/api/timings/wf");
    assert_at(in, "/features/0/duration_ms", "30000");
    assert_at(in, "/features/0/attempts/0/status", "\"completed\"");
    assert_at(in, "/summary/workflow_id", "\"wf\"");
    assert_at(in, "/summary/slowest", "\"auth\"");
}

static void attention_counts_up_to_the_time_of_the_point(void **state)
{
    api_client *in = *state;
    tell_a_story(in);
    api_get(in, "/api/attention/wf?at=6");
    assert_answer(in, 200);
    assert_at(in, "/sequence", "6");
    assert_int_equal(api_count(in, "/attention"), 1);
    assert_at(in, "/attention/0/title", "\"Which key?\"");
    api_get(in, "/api/attention/wf?at=2026-01-09T09:05:00Z");
    assert_int_equal(api_count(in, "/attention"), 2);
    assert_at(in, "/attention/0/key", "\"message_unread:r1\"");
    api_get(in, "/api/attention/wf");
    assert_int_equal(api_count(in, "/attention"), 2);
}

/* ---- Notes, messages, search, traces ---- */

static void notes_of_a_workflow_come_newest_first_with_their_counts(void **state)
{
    api_client *in = *state;
    tell_a_story(in);
    api_get(in, "/api/notes/wf");
    assert_int_equal(api_count(in, "/notes"), 2);
    assert_at(in, "/notes/0/title", "\"Keys rotate\"");
    assert_at(in, "/notes/0/workflow_id", "\"wf\"");
    assert_at(in, "/by_category/question", "1");
    api_get(in, "/api/notes/wf?category=question&limit=1");
    assert_int_equal(api_count(in, "/notes"), 1);
    assert_at(in, "/notes/0/tags", "[\"auth\"]");
    assert_at(in, "/by_category/learning", "1");
    api_get(in, "/api/notes/wf?tag=auth&at=3");
    assert_int_equal(api_count(in, "/notes"), 1);
    assert_at(in, "/by_category/learning", "");
}

static void notes_of_all_workflows_are_read_or_searched(void **state)
{
    api_client *in = *state;
    tell_a_story(in);
    api_tell(in, 70, "other", "lead", "agent.note.idea",
             "{\"title\":\"Another\",\"content\":\"daily\"}");
    api_get(in, "/api/notes?limit=2");
    assert_int_equal(api_count(in, "/notes"), 2);
    assert_at(in, "/notes/0/workflow_id", "\"other\"");
    assert_at(in, "/more", "true");
    api_get(in, "/api/notes?q=daily&agent=coder");
    assert_int_equal(api_count(in, "/notes"), 1);
    assert_at(in, "/notes/0/title", "\"Keys rotate\"");
    assert_at(in, "/more", "false");
}

static void messages_are_those_of_one_agent_or_of_all(void **state)
{
    api_client *in = *state;
    tell_a_story(in);
    api_get(in, "/api/messages/wf");
    assert_at(in, "/agents/coder/inbox/0/content", "\"the new one\"");
    assert_at(in, "/agents/lead/outbox/0/to_agent", "\"coder\"");
    api_get(in, "/api/messages/wf?agent=coder");
    assert_at(in, "/agents/coder/inbox/0/content", "\"the new one\"");
    assert_at(in, "/agents/lead", "");
    api_get(in, "/api/messages/wf?agent=nobody");
    assert_at(in, "", "{\"agents\":{}}");
    api_get(in, "/api/messages/wf?at=3");
    assert_at(in, "", "{\"agents\":{}}");
}

static void a_search_gives_the_events_and_what_matched(void **state)
{
    api_client *in = *state;
    tell_a_story(in);
    api_get(in, "/api/search?q=auth&limit=2");
    assert_answer(in, 200);
    assert_int_equal(api_count(in, "/hits"), 2);
    assert_at(in, "/more", "true");
    assert_body(in, true, "\"excerpt\":\"");
    assert_body(in, true, "\\u0001auth\\u0002");
    api_get(in, "/api/search?q=auth&workflow=other&type=feature.*");
    assert_int_equal(api_count(in, "/hits"), 1);
    assert_at(in, "/hits/0/event/workflow_id", "\"other\"");
    api_get(in, "/api/search?q=auth&workflow=nobody");
    assert_refusal(in, 404, "not_found", "nobody");
    api_get(in, "/api/search");
    assert_refusal(in, 400, "invalid", "q: it is missing");
    api_get(in, "/api/search?q=%2B%2B");
    assert_refusal(in, 400, "invalid", "word");
}

static void a_trace_is_what_belongs_together(void **state)
{
    api_client *in = *state;
    tell_a_story(in);
    api_get(in, "/api/trace/r1");
    assert_answer(in, 200);
    assert_at(in, "/correlation_id", "\"r1\"");
    assert_at(in, "/duration_ms", "10000");
    assert_int_equal(api_count(in, "/events"), 2);
    assert_at(in, "/events/1/offset_ms", "10000");
    assert_at(in, "/events/1/event/sequence", "4");
    api_get(in, "/api/trace/r1?workflow=other");
    assert_refusal(in, 404, "not_found", "r1");
}

static void a_correlation_may_hold_anything_in_its_path(void **state)
{
    api_client *in = *state;
    api_tell(in, 0, "wf", NULL, "step.done", "{\"correlation_id\":\"a/b c+d%\"}");
    api_get(in, "/api/trace/a%2Fb%20c+d%25");
    assert_answer(in, 200);
    assert_at(in, "/correlation_id", "\"a/b c+d%\"");
}

/* ---- The record ---- */

static void the_head_stands_for_everything_so_far(void **state)
{
    api_client *in = *state;
    tell_a_story(in);
    api_get(in, "/api/head");
    assert_at(in, "/position", "7");
    assert_int_equal(yyjson_get_len(yyjson_ptr_get(yyjson_doc_get_root(in->doc), "/hash")), 64);
}

static void an_intact_record_has_no_findings(void **state)
{
    api_client *in = *state;
    tell_a_story(in);
    api_get(in, "/api/verify");
    assert_at(in, "", "{\"events\":7,\"workflows\":2,\"damages\":0,\"findings\":[]}");
    api_get(in, "/api/verify?workflow=other");
    assert_at(in, "/events", "1");
    api_get(in, "/api/verify?workflow=nobody");
    assert_refusal(in, 404, "not_found", "nobody");
}

static void a_mirror_that_was_edited_is_a_finding(void **state)
{
    api_client *in = *state;
    char path[JC_TEST_PATH_SIZE + 64];
    tell_a_story(in);
    (void)snprintf(path, sizeof path, "%s/agents/other/events.jsonl", in->dir);
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    assert_int_equal(fputs("edited", file) >= 0, 1);
    assert_int_equal(fclose(file), 0);
    api_get(in, "/api/verify");
    assert_answer(in, 200);
    assert_at(in, "/damages", "1");
    assert_at(in, "/findings/0/damage", "true");
    assert_at(in, "/findings/0/where", "\"other #1\"");
}

/* ---- Refusals ---- */

static void a_workflow_that_is_not_there_is_not_found_anywhere(void **state)
{
    static const char *const paths[] = {"status",   "events",  "outline",   "state", "diff",
                                        "timeline", "timings", "attention", "notes", "messages"};
    api_client *in = *state;
    tell_a_story(in);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        char target[64];
        const char *query = strcmp(paths[i], "diff") == 0 ? "?from=1" : "";
        (void)snprintf(target, sizeof target, "/api/%s/nobody%s", paths[i], query);
        api_get(in, target);
        assert_refusal(in, 404, "not_found", "nobody");
        (void)snprintf(target, sizeof target, "/api/%s/.no%%20id%s", paths[i], query);
        api_get(in, target);
        assert_refusal(in, 400, "invalid", "");
    }
}

static void other_paths_and_methods_are_refused(void **state)
{
    api_client *in = *state;
    static const char *const paths[] = {"/",
                                        "",
                                        "/api",
                                        "/api/workflows/",
                                        "/api/state",
                                        "/api/state/",
                                        "/api/state/a/b",
                                        "/api/events/wf/stream",
                                        "/healthz"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        api_get(in, paths[i]);
        assert_refusal(in, 404, "not_found", "path");
        assert_int_equal(jc_api_methods(jc_str_of(paths[i])), 0);
    }
    api_post(in, "/api/workflows", "{}");
    assert_refusal(in, 405, "method", "method");
    api_get(in, "/hook");
    assert_refusal(in, 405, "method", "method");
    assert_int_equal(jc_api_methods(JC_STR("/api/events")),
                     (1U << JC_METHOD_GET) | (1U << JC_METHOD_POST));
    assert_int_equal(jc_api_methods(JC_STR("/api/events/wf")), 1U << JC_METHOD_GET);
}

static void a_path_that_is_no_text_is_refused_in_good_json(void **state)
{
    api_client *in = *state;
    api_get(in, "/api/state/%ff");
    assert_refusal(in, 400, "invalid", "UTF-8");
    api_get(in, "/api/event/\xff\xfe");
    assert_refusal(in, 400, "invalid", "UTF-8");
    api_get(in, "/api/state/wf?\xff=1");
    assert_refusal(in, 400, "invalid", "UTF-8");
}

static void more_parameters_than_there_is_room_for_are_refused(void **state)
{
    api_client *in = *state;
    char target[1024] = "/api/events?type=a";
    tell_a_story(in);
    for (int i = 1; i < JC_REQUEST_PARAMETER_MAX; i++)
        (void)strcat(target, "&type=a");
    api_get(in, target);
    assert_answer(in, 200);
    (void)strcat(target, "&type=a");
    api_get(in, target);
    assert_refusal(in, 400, "invalid", "64");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_CLAIM(a_state_is_given_as_of_each_kind_of_point),
        API_CLAIM(points_that_are_none_are_refused),
        API_CLAIM(several_states_are_of_one_moment),
        API_CLAIM(a_projection_that_is_not_there_is_refused),
        API_CLAIM(projections_are_listed_the_projects_own_too),
        API_CLAIM(status_says_how_far_it_is),
        API_CLAIM(a_difference_says_what_changed_between_two_points),
        API_CLAIM(two_workflows_part_somewhere),
        API_CLAIM(the_timeline_is_a_line_a_span),
        API_CLAIM(timings_say_how_long_features_took),
        API_CLAIM(attention_counts_up_to_the_time_of_the_point),
        API_CLAIM(notes_of_a_workflow_come_newest_first_with_their_counts),
        API_CLAIM(notes_of_all_workflows_are_read_or_searched),
        API_CLAIM(messages_are_those_of_one_agent_or_of_all),
        API_CLAIM(a_search_gives_the_events_and_what_matched),
        API_CLAIM(a_trace_is_what_belongs_together),
        API_CLAIM(a_correlation_may_hold_anything_in_its_path),
        API_CLAIM(the_head_stands_for_everything_so_far),
        API_CLAIM(an_intact_record_has_no_findings),
        API_CLAIM(a_mirror_that_was_edited_is_a_finding),
        API_CLAIM(a_workflow_that_is_not_there_is_not_found_anywhere),
        API_CLAIM(other_paths_and_methods_are_refused),
        API_CLAIM(a_path_that_is_no_text_is_refused_in_good_json),
        API_CLAIM(more_parameters_than_there_is_room_for_are_refused),
    };
    return cmocka_run_group_tests_name("api_read", tests, NULL, NULL);
}

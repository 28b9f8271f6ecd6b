/* Spans of time: the projection `timeline`. */
#include "told.h"

#include "base/buf.h"

#include <yyjson.h>

/* Fail unless the spans, a line each as "ID < PARENT NAME START-END STATUS" with times in seconds after
 * nine o'clock, are these. */
static void assert_spans(told *in, const char *wanted)
{
    JC_AUTO(jc_buf) lines = {0};
    jc_state *state = told_state(in, "timeline");
    const char *json = jc_state_json(state, NULL);
    yyjson_doc *doc = yyjson_read(json, strlen(json), 0);
    size_t at = 0;
    size_t count = 0;
    yyjson_val *span;
    yyjson_arr_foreach(yyjson_obj_get(yyjson_doc_get_root(doc), "spans"), at, count, span) {
        const char *parent = yyjson_get_str(yyjson_obj_get(span, "parent_id"));
        const char *name = yyjson_get_str(yyjson_obj_get(span, "name"));
        const char *times[] = {yyjson_get_str(yyjson_obj_get(span, "started_at")),
                               yyjson_get_str(yyjson_obj_get(span, "ended_at"))};
        assert_int_equal(jc_buf_append_format(&lines, NULL, "%s < %s %s",
                                              yyjson_get_str(yyjson_obj_get(span, "id")),
                                              parent != NULL ? parent : "-",
                                              name != NULL ? name : "-"),
                         JC_OK);
        for (size_t i = 0; i < 2; i++) {
            int64_t time_us = 0;
            if (times[i] != NULL)
                assert_int_equal(jc_time_parse(jc_str_of(times[i]), &time_us, NULL), JC_OK);
            assert_int_equal(times[i] != NULL
                                 ? jc_buf_append_format(&lines, NULL, "%c%d", " -"[i],
                                                        (int)((time_us - TOLD_START_US) / 1000000))
                                 : jc_buf_append_format(&lines, NULL, "%c", " -"[i]),
                             JC_OK);
        }
        assert_int_equal(jc_buf_append_format(&lines, NULL, " %s\n",
                                              yyjson_get_str(yyjson_obj_get(span, "status"))),
                         JC_OK);
    }
    yyjson_doc_free(doc);
    jc_state_free(state);
    assert_str(jc_buf_str(&lines), wanted);
}

static void phases_lie_in_the_workflow_and_follow_each_other(void **state)
{
    told *in = *state;
    tell(in, 0, "l", "workflow.started", "{}");
    tell(in, 10, "l", "workflow.phase_changed", "{\"from_phase\":\"idea\",\"to_phase\":\"plan\"}");
    tell(in, 11, "l", "workflow.phase_changed", "{\"from_phase\":\"idea\",\"to_phase\":\"plan\"}");
    tell(in, 20, "l", "phase.changed", "{\"from_phase\":\"plan\",\"to_phase\":\"build\"}");
    tell(in, 30, "l", "workflow.completed", "{}");
    assert_spans(in, "workflow:1 < - wf 0-30 completed\n"
                     "phase:2:before < workflow:1 idea -10 completed\n"
                     "phase:2 < workflow:1 plan 10-20 completed\n"
                     "phase:4 < workflow:1 build 20-30 completed\n");
}

static void a_workflow_pauses_fails_and_starts_again(void **state)
{
    told *in = *state;
    tell(in, 0, "l", "workflow.started", "{}");
    tell(in, 1, "l", "workflow.paused", "{}");
    assert_spans(in, "workflow:1 < - wf 0- paused\n");
    tell(in, 2, "l", "workflow.resumed", "{}");
    tell(in, 3, "l", "phase.changed", "{\"to_phase\":\"build\"}");
    tell(in, 4, "l", "workflow.failed", "{}");
    assert_spans(in, "workflow:1 < - wf 0-4 failed\nphase:4 < workflow:1 build 3-4 failed\n");
    tell(in, 5, "l", "workflow.started", "{}");
    assert_spans(in, "workflow:1 < - wf 0- open\nphase:4 < workflow:1 build 3-4 failed\n");
}

static void each_attempt_at_a_feature_is_a_span(void **state)
{
    told *in = *state;
    tell(in, 0, "l", "feature.planned", "{\"name\":\"auth\"}");
    tell(in, 1, "c", "feature.started", "{\"name\":\"auth\"}");
    tell(in, 2, "c", "feature.failed", "{\"name\":\"auth\"}");
    tell(in, 3, "c", "phase.changed", "{\"to_phase\":\"again\"}");
    tell(in, 4, "c", "feature.started", "{\"name\":\"auth\"}");
    tell(in, 5, "c", "feature.started", "{\"name\":\"auth\"}");
    tell(in, 6, "c", "feature.renamed", "{\"name\":\"auth\",\"new_name\":\"login\"}");
    tell(in, 7, "c", "feature.completed", "{\"name\":\"login\"}");
    tell(in, 8, "c", "feature.completion_reverted", "{\"name\":\"login\"}");
    tell(in, 9, "c", "feature.started", "{\"name\":\"auth\"}");
    assert_spans(in, "workflow:1 < - wf 0- open\n"
                     "feature:2 < workflow:1 login 1-2 failed\n"
                     "phase:4 < workflow:1 again 3- open\n"
                     "feature:5 < phase:4 login 4-5 abandoned\n"
                     "feature:6 < phase:4 login 5-7 reverted\n"
                     "feature:10 < phase:4 auth 9- open\n");
}

/* As a real client's hooks tell it: the call of a subagent comes back before the subagent does. */
static void a_subagent_stands_below_the_call_whose_answer_names_it(void **state)
{
    told *in = *state;
    tell(in, 0, "main", "session.started", "{\"session_id\":\"s\"}");
    tell(in, 1, "main", "agent.tool.started",
         "{\"session_id\":\"s\",\"tool_name\":\"Agent\",\"tool_use_id\":\"u1\"}");
    tell(in, 2, "a1", "subagent.started",
         "{\"session_id\":\"s\",\"agent_id\":\"a1\",\"agent_type\":\"Plan\"}");
    tell(in, 3, "main", "agent.tool.completed",
         "{\"session_id\":\"s\",\"tool_name\":\"Agent\",\"tool_use_id\":\"u1\","
         "\"tool_response\":{\"agentId\":\"a1\"}}");
    assert_spans(in, "workflow:1 < - wf 0- open\n"
                     "session:1 < workflow:1 s 0- open\n"
                     "tool:2 < session:1 Agent 1-3 completed\n"
                     "subagent:3 < tool:2 Plan 2- open\n");
}

static void a_span_is_never_put_below_one_that_lies_below_it(void **state)
{
    told *in = *state;
    tell(in, 0, "a1", "subagent.started", "{\"agent_id\":\"a1\",\"agent_type\":\"Plan\"}");
    tell(in, 1, "a1", "agent.tool.started", "{\"tool_name\":\"Agent\",\"tool_use_id\":\"u1\"}");
    tell(in, 2, "a1", "agent.tool.completed",
         "{\"tool_name\":\"Agent\",\"tool_use_id\":\"u1\",\"tool_response\":{\"agentId\":\"a1\"}}");
    assert_spans(in, "workflow:1 < - wf 0- open\n"
                     "subagent:1 < workflow:1 Plan 0- open\n"
                     "tool:2 < subagent:1 Agent 1-2 completed\n");
}

static void a_subagent_whose_start_was_overtaken_has_no_second_span(void **state)
{
    told *in = *state;
    tell(in, 1, "a1", "subagent.completed", "{\"agent_id\":\"a1\",\"agent_type\":\"Plan\"}");
    tell(in, 2, "a1", "subagent.started", "{\"agent_id\":\"a1\",\"agent_type\":\"Plan\"}");
    assert_spans(in, "workflow:1 < - wf 1- open\n"
                     "subagent:1 < workflow:1 Plan 1-1 completed\n");
    tell(in, 9, "a1", "subagent.started", "{\"agent_id\":\"a1\",\"agent_type\":\"Plan\"}");
    assert_spans(in, "workflow:1 < - wf 1- open\n"
                     "subagent:1 < workflow:1 Plan 1-1 completed\n"
                     "subagent:3 < workflow:1 Plan 9- open\n");
}

static void tools_stand_below_their_turn_session_or_subagent(void **state)
{
    told *in = *state;
    tell(in, 0, NULL, "session.started", "{\"session_id\":\"s\"}");
    tell(in, 1, NULL, "agent.tool.started",
         "{\"session_id\":\"s\",\"tool_name\":\"Read\",\"tool_use_id\":\"u0\"}");
    tell(in, 2, NULL, "turn.started",
         "{\"session_id\":\"s\",\"prompt_id\":\"p1\",\"prompt\":\"do\"}");
    tell(in, 3, NULL, "agent.tool.started",
         "{\"session_id\":\"s\",\"tool_name\":\"Agent\",\"tool_use_id\":\"u1\"}");
    tell(in, 4, NULL, "subagent.started",
         "{\"session_id\":\"s\",\"agent_id\":\"a1\",\"agent_type\":\"Plan\","
         "\"parent_tool_use_id\":\"u1\"}");
    tell(in, 5, NULL, "agent.tool.completed",
         "{\"session_id\":\"s\",\"tool_name\":\"Agent\",\"tool_use_id\":\"u1\"}");
    tell(
        in, 6, NULL, "agent.tool.started",
        "{\"session_id\":\"s\",\"tool_name\":\"Bash\",\"tool_use_id\":\"u2\",\"agent_id\":\"a1\"}");
    tell(
        in, 7, NULL, "agent.tool.failed",
        "{\"session_id\":\"s\",\"tool_name\":\"Bash\",\"tool_use_id\":\"u2\",\"agent_id\":\"a1\"}");
    tell(in, 8, NULL, "subagent.completed", "{\"session_id\":\"s\",\"agent_id\":\"a1\"}");
    tell(in, 9, NULL, "turn.completed", "{\"session_id\":\"s\",\"prompt_id\":\"p1\"}");
    tell(in, 10, NULL, "agent.tool.completed",
         "{\"session_id\":\"s\",\"tool_name\":\"Read\",\"tool_use_id\":\"u0\"}");
    tell(in, 11, NULL, "session.ended", "{\"session_id\":\"s\"}");
    assert_spans(in, "workflow:1 < - wf 0- open\n"
                     "session:1 < workflow:1 s 0-11 completed\n"
                     "tool:2 < session:1 Read 1-10 completed\n"
                     "turn:3 < session:1 do 2-9 completed\n"
                     "tool:4 < turn:3 Agent 3-5 completed\n"
                     "subagent:5 < tool:4 Plan 4-8 completed\n"
                     "tool:7 < subagent:5 Bash 6-7 failed\n");
}

static void a_turn_may_fail(void **state)
{
    told *in = *state;
    tell(in, 0, "a", "turn.started",
         "{\"session_id\":\"s\",\"prompt_id\":\"p1\",\"prompt\":\"do\"}");
    tell(in, 1, "a", "turn.failed", "{\"session_id\":\"s\",\"prompt_id\":\"p1\"}");
    tell(in, 2, "a", "turn.started", "{\"session_id\":\"s\",\"prompt\":\"more\"}");
    tell(in, 3, "a", "turn.failed", "{\"session_id\":\"s\"}");
    assert_spans(in, "workflow:1 < - wf 0- open\n"
                     "turn:1 < workflow:1 do 0-1 failed\n"
                     "turn:3 < workflow:1 more 2-3 failed\n");
}

static void a_session_has_one_turn_at_a_time(void **state)
{
    told *in = *state;
    tell(in, 0, "a", "session.started", "{\"session_id\":\"s\"}");
    tell(in, 1, "a", "turn.started", "{\"session_id\":\"s\",\"prompt_id\":\"p1\"}");
    tell(in, 2, "a", "turn.started", "{\"session_id\":\"s\",\"prompt_id\":\"p2\"}");
    tell(in, 3, "a", "turn.started", "{\"session_id\":\"t\"}");
    tell(in, 4, "a", "turn.completed", "{\"session_id\":\"s\"}");
    tell(in, 5, "a", "turn.started", "{\"session_id\":\"s\",\"prompt_id\":\"p3\"}");
    tell(in, 6, "a", "session.ended", "{\"session_id\":\"s\"}");
    assert_spans(in, "workflow:1 < - wf 0- open\n"
                     "session:1 < workflow:1 s 0-6 completed\n"
                     "turn:2 < session:1 - 1-2 abandoned\n"
                     "turn:3 < session:1 - 2-4 completed\n"
                     "turn:4 < workflow:1 - 3- open\n"
                     "turn:6 < session:1 - 5-6 abandoned\n");
}

static void a_session_that_is_taken_up_again_is_a_new_span(void **state)
{
    told *in = *state;
    tell(in, 0, "a", "session.started", "{\"session_id\":\"s\"}");
    tell(in, 1, "a", "session.started", "{\"session_id\":\"s\",\"source\":\"compact\"}");
    tell(in, 2, "a", "session.ended", "{\"session_id\":\"s\"}");
    tell(in, 2, "a", "session.ended", "{\"session_id\":\"s\"}");
    tell(in, 5, "a", "session.started", "{\"session_id\":\"s\",\"source\":\"resume\"}");
    assert_spans(in, "workflow:1 < - wf 0- open\n"
                     "session:1 < workflow:1 s 0-2 completed\n"
                     "session:5 < workflow:1 s 5- open\n");
}

static void what_is_told_twice_or_out_of_order_does_no_harm(void **state)
{
    told *in = *state;
    const char *call = "{\"tool_name\":\"Bash\",\"tool_use_id\":\"u1\"}";
    const char *late = "{\"tool_name\":\"Edit\",\"tool_use_id\":\"u2\"}";
    tell(in, 1, "a", "agent.tool.started", call);
    tell(in, 1, "a", "agent.tool.started", call);
    tell(in, 2, "a", "agent.tool.completed", call);
    tell(in, 3, "a", "agent.tool.completed", call);
    tell(in, 3, "a", "agent.tool.failed", call);
    tell(in, 4, "a", "agent.tool.started", call);
    tell(in, 9, "a", "agent.tool.completed", late);
    tell(in, 7, "a", "agent.tool.started", late);
    tell(in, 9, "a", "agent.tool.completed", late);
    assert_spans(in, "workflow:1 < - wf 1- open\n"
                     "tool:1 < workflow:1 Bash 1-2 completed\n"
                     "tool:7 < workflow:1 Edit 7-9 completed\n");
}

static void calls_without_an_id_end_in_turn(void **state)
{
    told *in = *state;
    tell(in, 1, "a", "agent.tool.started", "{\"tool\":\"grep\"}");
    tell(in, 2, "b", "agent.tool.started", "{\"tool\":\"grep\"}");
    tell(in, 3, "a", "agent.tool.completed", "{\"tool\":\"grep\"}");
    tell(in, 4, "a", "agent.tool.started", "{\"tool\":\"grep\"}");
    tell(in, 5, "a", "agent.tool_use", "{\"tool\":\"grep\"}");
    tell(in, 9, "a", "agent.tool_use",
         "{\"tool\":\"grep\",\"duration_ms\":2000,\"success\":false}");
    assert_spans(in, "workflow:1 < - wf 1- open\n"
                     "tool:1 < workflow:1 grep 1-3 completed\n"
                     "tool:2 < workflow:1 grep 2- open\n"
                     "tool:4 < workflow:1 grep 4-5 completed\n"
                     "tool:6 < workflow:1 grep 7-9 failed\n");
}

static void an_end_without_a_start_is_an_end_alone(void **state)
{
    told *in = *state;
    tell(in, 1, "a", "feature.completed", "{\"name\":\"x\"}");
    tell(in, 2, "a", "session.ended", "{\"session_id\":\"s\"}");
    tell(in, 3, "a", "agent.tool.completed", "{\"tool_name\":\"Bash\",\"tool_use_id\":\"u1\"}");
    tell(in, 4, "a", "agent.tool.completed",
         "{\"tool_name\":\"Bash\",\"tool_use_id\":\"u2\",\"duration_ms\":1000}");
    tell(in, 5, "a", "permission.denied", "{\"tool_name\":\"Bash\",\"tool_use_id\":\"u3\"}");
    assert_spans(in, "workflow:1 < - wf 1- open\n"
                     "feature:1 < workflow:1 x -1 completed\n"
                     "session:2 < workflow:1 s -2 completed\n"
                     "tool:3 < workflow:1 Bash -3 completed\n"
                     "tool:4 < workflow:1 Bash 3-4 completed\n");
}

static void a_clock_that_went_back_makes_no_negative_duration(void **state)
{
    told *in = *state;
    tell(in, 9, "a", "agent.tool.started", "{\"tool_name\":\"Bash\",\"tool_use_id\":\"u1\"}");
    tell(in, 5, "a", "agent.tool.completed", "{\"tool_name\":\"Bash\",\"tool_use_id\":\"u1\"}");
    assert_told_holds(in, "timeline", "\"duration_ms\":0,\"status\":\"completed\"");
}

/* The last microsecond of the year 9999, and a duration that is rounded to just beyond it. */
static void nothing_is_told_to_have_begun_before_all_time(void **state)
{
    told *in = *state;
    jc_event event = told_event(in, 0, "a", "agent.tool_use",
                                "{\"tool\":\"grep\",\"duration_ms\":253402300799999.999}");
    event.timestamp_us = INT64_C(253402300799999999);
    told_append(in, &event);
    assert_told_holds(in, "timeline", "\"name\":\"grep\",\"agent_id\":\"a\",\"ended_at\":\"9999-");
}

static void a_message_lasts_until_it_is_completed(void **state)
{
    told *in = *state;
    jc_event event =
        told_event(in, 1, "coder", "agent.message.sent",
                   "{\"from_agent\":\"coder\",\"to_agent\":\"tester\",\"content\":\"c\"}");
    event.correlation_id = JC_STR("c1");
    told_append(in, &event);
    event =
        told_event(in, 2, "tester", "agent.message.acknowledged", "{\"from_agent\":\"tester\"}");
    event.correlation_id = JC_STR("c1");
    told_append(in, &event);
    assert_spans(in, "workflow:1 < - wf 1- open\n"
                     "message:1 < workflow:1 coder → tester 1- acknowledged\n");
    event = told_event(in, 5, "tester", "agent.message.completed",
                       "{\"from_agent\":\"tester\",\"result\":\"no\",\"success\":false}");
    event.correlation_id = JC_STR("c1");
    told_append(in, &event);
    assert_spans(in, "workflow:1 < - wf 1- open\n"
                     "message:1 < workflow:1 coder → tester 1-5 failed\n");
    assert_told_holds(in, "timeline", "\"agent_id\":\"coder\"");
}

static void long_names_are_cut_between_characters(void **state)
{
    told *in = *state;
    char data[600] = "{\"session_id\":\"s\",\"prompt\":\"x";
    for (int i = 0; i < 100; i++)
        strcat(data, "é");
    strcat(data, "\"}");
    tell(in, 1, "a", "turn.started", data);
    assert_told_holds(in, "timeline", "xéééé");
    assert_told_holds(in, "timeline", "éé\",\"agent_id\"");
}

#define SPANS(spans) ("{\"spans\":[" spans "]}")
#define ROOT "{\"id\":\"workflow:1\",\"kind\":\"workflow\",\"status\":\"open\",\"sequence\":1}"

static void what_is_no_saved_state_is_refused(void **state)
{
    static const char *const texts[] = {
        "{\"spans\":[{}]}",
        "{\"spans\":[7]}",
        SPANS("{\"id\":\"workflow:2\",\"kind\":\"workflow\",\"status\":\"open\",\"sequence\":1}"),
        SPANS(ROOT "," ROOT),
        SPANS(ROOT ",{\"id\":\"tool:2\",\"kind\":\"tool\",\"status\":\"open\",\"sequence\":2}"),
        SPANS(ROOT ",{\"id\":\"feature:2\",\"parent_id\":\"workflow:1\",\"kind\":\"feature\","
                   "\"status\":\"open\",\"sequence\":2,\"feature\":0}"),
        SPANS(ROOT ",{\"id\":\"tool:2\",\"parent_id\":\"workflow:1\",\"kind\":\"tool\","
                   "\"status\":\"odd\",\"sequence\":2}"),
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_refused("timeline", texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD_CLAIM(phases_lie_in_the_workflow_and_follow_each_other),
        TOLD_CLAIM(a_workflow_pauses_fails_and_starts_again),
        TOLD_CLAIM(each_attempt_at_a_feature_is_a_span),
        TOLD_CLAIM(a_subagent_stands_below_the_call_whose_answer_names_it),
        TOLD_CLAIM(a_span_is_never_put_below_one_that_lies_below_it),
        TOLD_CLAIM(a_subagent_whose_start_was_overtaken_has_no_second_span),
        TOLD_CLAIM(tools_stand_below_their_turn_session_or_subagent),
        TOLD_CLAIM(a_turn_may_fail),
        TOLD_CLAIM(a_session_has_one_turn_at_a_time),
        TOLD_CLAIM(a_session_that_is_taken_up_again_is_a_new_span),
        TOLD_CLAIM(what_is_told_twice_or_out_of_order_does_no_harm),
        TOLD_CLAIM(calls_without_an_id_end_in_turn),
        TOLD_CLAIM(an_end_without_a_start_is_an_end_alone),
        TOLD_CLAIM(a_clock_that_went_back_makes_no_negative_duration),
        TOLD_CLAIM(nothing_is_told_to_have_begun_before_all_time),
        TOLD_CLAIM(a_message_lasts_until_it_is_completed),
        TOLD_CLAIM(long_names_are_cut_between_characters),
        CLAIM(what_is_no_saved_state_is_refused),
    };
    return cmocka_run_group_tests_name("timeline", tests, NULL, NULL);
}

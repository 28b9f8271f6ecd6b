/* Tests of an event's content: grep and where. */
#include "unit.h"

static jc_event sample(void)
{
    jc_event event = {.position = 12, .sequence = 3, .timestamp_us = 0, .has_timestamp = true};
    event.workflow_id = JC_STR("login");
    event.event_type = JC_STR("feature.completed");
    event.agent_id = JC_STR("coder");
    event.data = JC_STR("{\"name\":\"Auth System\",\"n\":0.10,\"ok\":true,\"tags\":[\"a\",\"b\"],"
                        "\"feature\":{\"na/me\":\"x=y\",\"none\":null}}");
    return event;
}

static bool matches(const char *grep, const char *where)
{
    jc_match *match = NULL;
    jc_event event = sample();
    jc_str clause = jc_str_of(where);
    assert_int_equal(jc_match_new(jc_str_of(grep), &clause, where != NULL ? 1 : 0, &match, NULL),
                     JC_OK);
    jc_status status = jc_match_test(match, &event, NULL);
    jc_match_free(match);
    assert_true(status == JC_OK || status == JC_END);
    return status == JC_OK;
}

static void grep_finds_text_anywhere_in_either_case(void **state)
{
    (void)state;
    assert_true(matches("auth sys", NULL));
    assert_true(matches("CODER", NULL));
    assert_true(matches("feature.comp", NULL));
    assert_true(matches("", NULL));
    assert_false(matches("auth-system", NULL));
}

static void grep_finds_text_that_was_written_with_escapes(void **state)
{
    jc_match *match = NULL;
    jc_event event = sample();
    event.data = JC_STR("{\"a\":[{\"b\":\"gr\\u00fcn \\\"x\\\"\"}]}");
    (void)state;
    assert_int_equal(jc_match_new(JC_STR("gr\xc3\xbcn \"X"), NULL, 0, &match, NULL), JC_OK);
    assert_int_equal(jc_match_test(match, &event, NULL), JC_OK);
    event.data = JC_STR("{\"a\":\"\\u00fc\"}");
    assert_int_equal(jc_match_test(match, &event, NULL), JC_END);
    jc_match_free(match);
}

static void where_compares_values_at_paths(void **state)
{
    (void)state;
    assert_true(matches(NULL, "data.name=Auth System"));
    assert_false(matches(NULL, "data.name=auth system"));
    assert_true(matches(NULL, "/data/tags/1=b"));
    assert_true(matches(NULL, "data.tags=[\"a\",\"b\"]"));
    assert_true(matches(NULL, "data.ok=true"));
    assert_true(matches(NULL, "data.n=0.10"));
    assert_false(matches(NULL, "data.n=0.1"));
    assert_true(matches(NULL, "data.feature.none=null"));
    assert_true(matches(NULL, "data.feature.na/me=x=y"));
    assert_true(matches(NULL, "agent_id=coder"));
    assert_true(matches(NULL, "sequence=3"));
    assert_false(matches(NULL, "data.missing="));
    assert_false(matches(NULL, "correlation_id=x"));
}

static void all_conditions_must_hold(void **state)
{
    (void)state;
    assert_true(matches("auth", "data.ok=true"));
    assert_false(matches("auth", "data.ok=false"));
    assert_false(matches("nothing", "data.ok=true"));
}

static void a_malformed_condition_is_refused(void **state)
{
    static const char *const clauses[] = {"", "data.name", "=x"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        jc_match *match = NULL;
        jc_error error;
        jc_str clause = jc_str_of(clauses[i]);
        assert_int_equal(jc_match_new((jc_str){0}, &clause, 1, &match, &error), JC_EINVAL);
        assert_holds(error.text, "PATH=VALUE");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(grep_finds_text_anywhere_in_either_case),
        CLAIM(grep_finds_text_that_was_written_with_escapes),
        CLAIM(where_compares_values_at_paths),
        CLAIM(all_conditions_must_hold),
        CLAIM(a_malformed_condition_is_refused),
    };
    return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}

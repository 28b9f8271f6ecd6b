/* What comes out is what went in: data byte for byte, texts lifted out of data, and timestamps. */
#include "contract/fixture.h"

#include <string.h>

static const jc_filter everything = {0};

/* Append the event and read it back: it is the last one of the store. The cursor owns its text. */
static const jc_event *stored(jc_fixture *fixture, const jc_event *event, jc_cursor **ret_cursor)
{
    (void)jc_fixture_append(fixture, event);
    jc_filter newest = everything;
    newest.reverse = true;
    const jc_event *found = NULL;
    assert_ok(fixture, jc_cursor_open(fixture->store, &newest, ret_cursor, &fixture->error));
    assert_ok(fixture, jc_cursor_next(*ret_cursor, &found, &fixture->error));
    return found;
}

static void assert_text(jc_str got, jc_str wanted)
{
    if (!jc_str_equal(got, wanted))
        fail_msg("'%.*s'%s instead of '%.*s'", (int)got.size, got.bytes != NULL ? got.bytes : "",
                 got.bytes == NULL ? " (absent)" : "", (int)wanted.size,
                 wanted.bytes != NULL ? wanted.bytes : "");
}

static void check_data(jc_fixture *fixture, uint64_t number, jc_str given, jc_str wanted)
{
    jc_event event = jc_test_event(number, "alpha", "step.done", NULL);
    event.data = given;
    jc_cursor *cursor = NULL;
    assert_text(stored(fixture, &event, &cursor)->data, wanted);
    jc_cursor_close(cursor);
}

static void data_is_kept_byte_for_byte(void **state)
{
    char huge[2 + 5 + 401 + 1] = "{\"n\":1";
    memset(huge + 6, '0', 400);
    huge[406] = '}';
    const jc_str texts[] = {
        JC_STR("{}"),
        JC_STR("{\"n\":9223372036854775808}"),
        JC_STR("{\"n\":-9223372036854775809}"),
        JC_STR("{\"n\":123456789012345678901234567890123456789012345678901234567890}"),
        JC_STR("{\"n\":-0,\"m\":-0.0,\"l\":0e0}"),
        JC_STR("{\"n\":0.10,\"m\":1E+2,\"l\":1e-400,\"k\":1E400}"),
        JC_STR("{\"n\":3.14159265358979323846264338327950288419716939937510}"),
        {huge, 407},
        JC_STR("{\"s\":\"\\u0041\\/\\b\\f\\n\\r\\t\\\"\\\\\"}"),
        JC_STR("{\"s\":\"\\u0000\",\"t\":\"\\uD83D\\uDE00\",\"u\":\"\\u00E4\"}"),
        JC_STR("{\"s\":\"\x7f\xc3\xa4\xe2\x80\xa8\xf0\x9f\x98\x80\"}"),
        JC_STR("{\"s\":\"  two  spaces , : { [ \\\" \"}"),
        JC_STR("{\"z\":1,\"a\":2,\"\":3,\"\\u0061b\":[true,false,null,{},[]]}"),
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_data(*state, i + 1, texts[i], texts[i]);
}

static void white_space_outside_strings_is_removed_and_nothing_else(void **state)
{
    check_data(
        *state, 1,
        JC_STR(
            " \t\r\n{ \"a\" :\t[ 1 , -0.0 ,\n{ } , [ ] ] ,\r\n \"b c\" : \" x : \\\" , y \" } \n"),
        JC_STR("{\"a\":[1,-0.0,{},[]],\"b c\":\" x : \\\" , y \"}"));
}

static void absent_data_is_an_empty_object(void **state)
{
    check_data(*state, 1, (jc_str){0}, JC_STR("{}"));
}

static void every_field_comes_back_as_given(void **state)
{
    jc_fixture *fixture = *state;
    jc_event event = jc_test_event(1, "alpha", "deploy.step.done", "{\"n\":1}");
    event.has_timestamp = true;
    event.timestamp_us = 1;
    event.agent_id = JC_STR("say \"hi\"");
    event.correlation_id = JC_STR("C:\\x");
    event.causation_id = JC_STR("\xf0\x9f\x98\x80");

    jc_cursor *cursor = NULL;
    const jc_event *found = stored(fixture, &event, &cursor);

    assert_memory_equal(&found->id, &event.id, sizeof event.id);
    assert_text(found->workflow_id, event.workflow_id);
    assert_text(found->event_type, event.event_type);
    assert_text(found->agent_id, event.agent_id);
    assert_text(found->correlation_id, event.correlation_id);
    assert_text(found->causation_id, event.causation_id);
    assert_text(found->data, event.data);
    assert_int_equal(found->timestamp_us, 1);
    assert_int_equal(found->sequence, 1);
    assert_int_equal(found->position, 1);
    jc_cursor_close(cursor);
}

/* Append with that data, and nothing else given; the three lifted texts must be these. */
static void check_lifted(jc_fixture *fixture, uint64_t number, const char *data, jc_str agent_id,
                         jc_str correlation_id, jc_str causation_id)
{
    jc_event event = jc_test_event(number, "alpha", "step.done", data);
    jc_cursor *cursor = NULL;
    const jc_event *found = stored(fixture, &event, &cursor);
    assert_text(found->agent_id, agent_id);
    assert_text(found->correlation_id, correlation_id);
    assert_text(found->causation_id, causation_id);
    assert_text(found->data, event.data);
    jc_cursor_close(cursor);
}

static void ids_in_data_are_lifted_and_stay_in_data(void **state)
{
    check_lifted(*state, 1, "{\"agent_id\":\"a\",\"correlation_id\":\"b\",\"causation_id\":\"c\"}",
                 JC_STR("a"), JC_STR("b"), JC_STR("c"));
    check_lifted(*state, 2, "{\"agent\\u005fid\":\"\\u0061\\\\\",\"x\":{\"correlation_id\":\"b\"}}",
                 JC_STR("a\\"), (jc_str){0}, (jc_str){0});
}

static void ids_in_data_that_break_the_rule_stay_there_without_error(void **state)
{
    check_lifted(*state, 1, "{\"agent_id\":\"\",\"correlation_id\":7,\"causation_id\":\"a\\nb\"}",
                 (jc_str){0}, (jc_str){0}, (jc_str){0});
    check_lifted(*state, 2,
                 "{\"agent_id\":null,\"correlation_id\":[\"x\"],\"causation_id\":\"\\u0000\"}",
                 (jc_str){0}, (jc_str){0}, (jc_str){0});
}

static void a_given_id_wins_over_the_one_in_data(void **state)
{
    jc_fixture *fixture = *state;
    jc_event event = jc_test_event(1, "alpha", "step.done", "{\"agent_id\":\"inner\"}");
    event.agent_id = JC_STR("outer");

    jc_cursor *cursor = NULL;
    const jc_event *found = stored(fixture, &event, &cursor);
    assert_text(found->agent_id, JC_STR("outer"));
    assert_text(found->data, event.data);
    jc_cursor_close(cursor);
}

static int64_t append_at(jc_fixture *fixture, uint64_t number, int64_t now_us)
{
    fixture->now_us = now_us;
    jc_event event = jc_test_event(number, "alpha", "step.done", "{}");
    return jc_fixture_append(fixture, &event).timestamp_us;
}

static int64_t append_given(jc_fixture *fixture, uint64_t number, int64_t timestamp_us)
{
    jc_event event = jc_test_event(number, "alpha", "step.done", "{}");
    event.has_timestamp = true;
    event.timestamp_us = timestamp_us;
    return jc_fixture_append(fixture, &event).timestamp_us;
}

static void a_timestamp_is_now_when_the_clock_goes_forward(void **state)
{
    assert_int_equal(append_at(*state, 1, JC_TEST_NOW_US), JC_TEST_NOW_US);
    assert_int_equal(append_at(*state, 2, JC_TEST_NOW_US + 1), JC_TEST_NOW_US + 1);
}

static void a_timestamp_is_the_heads_when_the_clock_went_back(void **state)
{
    (void)append_at(*state, 1, JC_TEST_NOW_US);

    assert_int_equal(append_at(*state, 2, JC_TEST_NOW_US - 1), JC_TEST_NOW_US);
    assert_int_equal(append_at(*state, 3, JC_TEST_NOW_US - 60000000), JC_TEST_NOW_US);
}

static void a_timestamp_is_now_when_the_head_lies_over_a_minute_ahead(void **state)
{
    (void)append_at(*state, 1, JC_TEST_NOW_US);

    assert_int_equal(append_at(*state, 2, JC_TEST_NOW_US - 60000001), JC_TEST_NOW_US - 60000001);
}

static void a_timestamp_follows_its_own_workflow_only(void **state)
{
    jc_fixture *fixture = *state;
    (void)append_at(fixture, 1, JC_TEST_NOW_US);
    fixture->now_us = JC_TEST_NOW_US - 1000;

    jc_event event = jc_test_event(2, "beta", "step.done", "{}");
    assert_int_equal(jc_fixture_append(fixture, &event).timestamp_us, JC_TEST_NOW_US - 1000);
}

static void a_timestamp_follows_the_event_before_it_in_the_unit(void **state)
{
    jc_fixture *fixture = *state;
    jc_event events[] = {jc_test_event(1, "alpha", "step.done", "{}"),
                         jc_test_event(2, "alpha", "step.done", "{}")};
    events[0].has_timestamp = true;
    events[0].timestamp_us = JC_TEST_NOW_US + 5;

    jc_receipt receipts[2] = {0};
    assert_ok(fixture, jc_test_append(fixture->store, events, 2, receipts, &fixture->error));
    assert_int_equal(receipts[1].timestamp_us, JC_TEST_NOW_US + 5);
}

static void a_given_timestamp_is_kept_whatever_the_head_says(void **state)
{
    assert_int_equal(append_given(*state, 1, JC_TIMESTAMP_US_MAX), JC_TIMESTAMP_US_MAX);
    assert_int_equal(append_given(*state, 2, JC_TIMESTAMP_US_MIN), JC_TIMESTAMP_US_MIN);
    assert_int_equal(append_given(*state, 3, JC_TEST_NOW_US), JC_TEST_NOW_US);
}

static void a_timestamp_outside_1970_to_9999_is_refused(void **state)
{
    jc_fixture *fixture = *state;
    const int64_t times[] = {JC_TIMESTAMP_US_MIN - 1, JC_TIMESTAMP_US_MAX + 1, INT64_MIN,
                             INT64_MAX};

    for (int i = 0; i < 4; i++) {
        jc_event event = jc_test_event(1, "alpha", "step.done", "{}");
        event.has_timestamp = true;
        event.timestamp_us = times[i];
        assert_status(jc_test_append(fixture->store, &event, 1, NULL, &fixture->error), JC_EINVAL);
    }
    assert_int_equal(jc_fixture_position(fixture), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JC_CASE(data_is_kept_byte_for_byte),
        JC_CASE(white_space_outside_strings_is_removed_and_nothing_else),
        JC_CASE(absent_data_is_an_empty_object),
        JC_CASE(every_field_comes_back_as_given),
        JC_CASE(ids_in_data_are_lifted_and_stay_in_data),
        JC_CASE(ids_in_data_that_break_the_rule_stay_there_without_error),
        JC_CASE(a_given_id_wins_over_the_one_in_data),
        JC_CASE(a_timestamp_is_now_when_the_clock_goes_forward),
        JC_CASE(a_timestamp_is_the_heads_when_the_clock_went_back),
        JC_CASE(a_timestamp_is_now_when_the_head_lies_over_a_minute_ahead),
        JC_CASE(a_timestamp_follows_its_own_workflow_only),
        JC_CASE(a_timestamp_follows_the_event_before_it_in_the_unit),
        JC_CASE(a_given_timestamp_is_kept_whatever_the_head_says),
        JC_CASE(a_timestamp_outside_1970_to_9999_is_refused),
    };
    return jc_contract_run("content", tests, sizeof tests / sizeof *tests);
}

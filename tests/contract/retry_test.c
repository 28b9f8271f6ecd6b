/* Idempotency: an append that is repeated stores nothing twice, and an id never gets other content. */
#include "contract/fixture.h"

#include <string.h>

/* An event with every field that is compared. */
static jc_event full_event(uint64_t number)
{
    jc_event event = jc_test_event(number, "alpha", "step.done", "{\"n\":1}");
    event.agent_id = JC_STR("coder");
    event.correlation_id = JC_STR("call-7");
    event.causation_id = JC_STR("cause-3");
    return event;
}

static void assert_same_receipt(const jc_receipt *got, const jc_receipt *wanted)
{
    assert_int_equal(got->position, wanted->position);
    assert_int_equal(got->sequence, wanted->sequence);
    assert_int_equal(got->timestamp_us, wanted->timestamp_us);
    assert_memory_equal(&got->hash, &wanted->hash, sizeof got->hash);
}

static void a_repeated_append_gives_the_first_receipts(void **state)
{
    jc_fixture *fixture = *state;
    const jc_event events[] = {full_event(1), full_event(2)};
    const jc_unit unit = {.events = events, .count = 2};
    jc_receipt first[2] = {0};
    assert_ok(fixture, jc_test_append(fixture->store, events, 2, first, &fixture->error));
    jc_fixture_fill(fixture, "alpha", 10, 3);
    fixture->now_us += 5000000;

    jc_receipt again[2] = {0};
    assert_ok(fixture, jc_test_append(fixture->store, events, 2, again, &fixture->error));
    jc_append_result result = {0};
    assert_ok(fixture, jc_append(fixture->store, &unit, 1, &result, &fixture->error));

    for (int i = 0; i < 2; i++) {
        assert_same_receipt(&again[i], &first[i]);
        assert_true(again[i].already_stored);
    }
    assert_int_equal(result.stored, 0);
    assert_int_equal(result.already_stored, 2);
    assert_int_equal(result.position, first[1].position);
    assert_int_equal(jc_fixture_position(fixture), 5);
}

static void a_repeated_append_succeeds_though_its_expected_is_stale_by_now(void **state)
{
    jc_fixture *fixture = *state;
    jc_event event = full_event(1);
    assert_ok(fixture,
              jc_test_append_expecting(fixture->store, &event, 1, 0, NULL, &fixture->error));
    jc_fixture_fill(fixture, "alpha", 10, 3);

    jc_receipt receipt = {0};
    assert_ok(fixture,
              jc_test_append_expecting(fixture->store, &event, 1, 0, &receipt, &fixture->error));
    assert_int_equal(receipt.sequence, 1);
}

static void a_partly_stored_unit_stores_the_rest(void **state)
{
    jc_fixture *fixture = *state;
    const jc_event events[] = {full_event(1), full_event(2), full_event(3)};
    (void)jc_fixture_append(fixture, &events[1]);
    const jc_unit unit = {.events = events, .count = 3};

    jc_receipt receipts[3] = {0};
    jc_append_result result = {0};
    jc_unit with_receipts = unit;
    with_receipts.ret_receipts = receipts;
    assert_ok(fixture, jc_append(fixture->store, &with_receipts, 1, &result, &fixture->error));

    assert_int_equal(result.stored, 2);
    assert_int_equal(result.already_stored, 1);
    assert_int_equal(receipts[0].sequence, 2);
    assert_int_equal(receipts[1].sequence, 1);
    assert_true(receipts[1].already_stored);
    assert_int_equal(receipts[2].sequence, 3);
    assert_false(receipts[2].already_stored);
    assert_int_equal(result.position, 3);
}

static void a_partly_stored_unit_with_expected_is_a_conflict(void **state)
{
    jc_fixture *fixture = *state;
    const jc_event events[] = {full_event(1), full_event(2)};
    (void)jc_fixture_append(fixture, &events[0]);

    assert_status(jc_test_append_expecting(fixture->store, events, 2, 0, NULL, &fixture->error),
                  JC_ECONFLICT);
    assert_status(jc_test_append_expecting(fixture->store, events, 2, 1, NULL, &fixture->error),
                  JC_ECONFLICT);
    assert_int_equal(jc_fixture_position(fixture), 1);
}

/* full_event(1) with one field changed, one way after the other; false when there is no such way. */
static bool change_one_field(int way, jc_event *event)
{
    switch (way) {
    case 0:
        event->workflow_id = JC_STR("beta");
        return true;
    case 1:
        event->event_type = JC_STR("step.failed");
        return true;
    case 2:
        event->data = JC_STR("{\"n\":1.0}");
        return true;
    case 3:
        event->data = JC_STR("{\"n\":1,\"m\":2}");
        return true;
    case 4:
        event->agent_id = JC_STR("codeR");
        return true;
    case 5:
        event->agent_id = (jc_str){0};
        return true;
    case 6:
        event->correlation_id = JC_STR("call-70");
        return true;
    case 7:
        event->correlation_id = (jc_str){0};
        return true;
    case 8:
        event->causation_id = JC_STR("cause-4");
        return true;
    case 9:
        event->causation_id = (jc_str){0};
        return true;
    default:
        return false;
    }
}

static void an_id_with_any_compared_field_changed_is_refused(void **state)
{
    jc_fixture *fixture = *state;
    jc_event event = full_event(1);
    (void)jc_fixture_append(fixture, &event);

    for (int way = 0; change_one_field(way, &event); way++) {
        jc_status status = jc_test_append(fixture->store, &event, 1, NULL, &fixture->error);
        if (status != JC_EREUSED)
            fail_msg("way %d of changing a field gave %s", way, jc_status_name(status));
        event = full_event(1);
    }
    assert_int_equal(jc_fixture_position(fixture), 1);
    assert_ok(fixture, jc_test_append(fixture->store, &event, 1, NULL, &fixture->error));
}

static void an_id_that_gains_a_field_is_refused(void **state)
{
    jc_fixture *fixture = *state;
    jc_event bare = jc_test_event(1, "alpha", "step.done", "{\"n\":1}");
    (void)jc_fixture_append(fixture, &bare);

    jc_event event = full_event(1);
    assert_status(jc_test_append(fixture->store, &event, 1, NULL, &fixture->error), JC_EREUSED);
}

static void a_reused_id_stores_nothing_of_its_unit(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 1);
    const jc_event events[] = {full_event(2), full_event(1)};

    assert_status(jc_test_append(fixture->store, events, 2, NULL, &fixture->error), JC_EREUSED);
    assert_int_equal(jc_fixture_position(fixture), 1);
}

static void a_reused_id_is_named(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 1);
    jc_event event = full_event(1);
    char id[JC_UUID_TEXT_SIZE];
    jc_uuid_format(event.id, id);

    assert_status(jc_test_append(fixture->store, &event, 1, NULL, &fixture->error), JC_EREUSED);
    assert_non_null(strstr(fixture->error.text, id));
}

static void a_timestamp_is_compared_only_when_given(void **state)
{
    jc_fixture *fixture = *state;
    jc_event event = full_event(1);
    event.has_timestamp = true;
    event.timestamp_us = JC_TEST_NOW_US - 123;
    jc_receipt first = jc_fixture_append(fixture, &event);

    event.has_timestamp = false;
    jc_receipt receipt = jc_fixture_append(fixture, &event);
    assert_same_receipt(&receipt, &first);

    event.has_timestamp = true;
    receipt = jc_fixture_append(fixture, &event);
    assert_same_receipt(&receipt, &first);

    event.timestamp_us += 1;
    assert_status(jc_test_append(fixture->store, &event, 1, NULL, &fixture->error), JC_EREUSED);
}

static void a_timestamp_that_the_append_gave_is_compared_too(void **state)
{
    jc_fixture *fixture = *state;
    jc_event event = full_event(1);
    jc_receipt first = jc_fixture_append(fixture, &event);

    event.has_timestamp = true;
    event.timestamp_us = first.timestamp_us;
    assert_ok(fixture, jc_test_append(fixture->store, &event, 1, NULL, &fixture->error));
    event.timestamp_us += 1;
    assert_status(jc_test_append(fixture->store, &event, 1, NULL, &fixture->error), JC_EREUSED);
}

static void white_space_outside_strings_is_no_other_content(void **state)
{
    jc_fixture *fixture = *state;
    jc_event event = jc_test_event(1, "alpha", "step.done", "{\"a\":[1,2],\"b\":\"x y\"}");
    (void)jc_fixture_append(fixture, &event);

    event.data = JC_STR(" { \"a\" : [ 1 ,\t2 ] ,\r\n\"b\" : \"x y\" } ");
    assert_true(jc_fixture_append(fixture, &event).already_stored);
    event.data = JC_STR("{\"a\":[1,2],\"b\":\"x  y\"}");
    assert_status(jc_test_append(fixture->store, &event, 1, NULL, &fixture->error), JC_EREUSED);
}

static void absent_data_is_the_same_as_an_empty_object(void **state)
{
    jc_fixture *fixture = *state;
    jc_event event = jc_test_event(1, "alpha", "step.done", NULL);
    (void)jc_fixture_append(fixture, &event);

    event.data = JC_STR("{}");
    assert_true(jc_fixture_append(fixture, &event).already_stored);
}

static void a_lifted_agent_is_the_same_as_one_that_is_given(void **state)
{
    jc_fixture *fixture = *state;
    jc_event event = jc_test_event(1, "alpha", "step.done", "{\"agent_id\":\"coder\"}");
    (void)jc_fixture_append(fixture, &event);

    event.agent_id = JC_STR("coder");
    assert_true(jc_fixture_append(fixture, &event).already_stored);
    event.agent_id = JC_STR("tester");
    assert_status(jc_test_append(fixture->store, &event, 1, NULL, &fixture->error), JC_EREUSED);
}

static void the_same_id_twice_in_a_unit_is_bad_input(void **state)
{
    jc_fixture *fixture = *state;
    const jc_event events[] = {full_event(1), full_event(2), full_event(1)};

    assert_status(jc_test_append(fixture->store, events, 3, NULL, &fixture->error), JC_EINVAL);
    assert_int_equal(jc_fixture_position(fixture), 0);
}

static void the_same_id_twice_in_a_unit_is_bad_input_though_it_is_stored(void **state)
{
    jc_fixture *fixture = *state;
    const jc_event events[] = {full_event(1), full_event(1)};
    (void)jc_fixture_append(fixture, &events[0]);

    assert_status(jc_test_append(fixture->store, events, 2, NULL, &fixture->error), JC_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JC_CASE(a_repeated_append_gives_the_first_receipts),
        JC_CASE(a_repeated_append_succeeds_though_its_expected_is_stale_by_now),
        JC_CASE(a_partly_stored_unit_stores_the_rest),
        JC_CASE(a_partly_stored_unit_with_expected_is_a_conflict),
        JC_CASE(an_id_with_any_compared_field_changed_is_refused),
        JC_CASE(an_id_that_gains_a_field_is_refused),
        JC_CASE(a_reused_id_stores_nothing_of_its_unit),
        JC_CASE(a_reused_id_is_named),
        JC_CASE(a_timestamp_is_compared_only_when_given),
        JC_CASE(a_timestamp_that_the_append_gave_is_compared_too),
        JC_CASE(white_space_outside_strings_is_no_other_content),
        JC_CASE(absent_data_is_the_same_as_an_empty_object),
        JC_CASE(a_lifted_agent_is_the_same_as_one_that_is_given),
        JC_CASE(the_same_id_twice_in_a_unit_is_bad_input),
        JC_CASE(the_same_id_twice_in_a_unit_is_bad_input_though_it_is_stored),
    };
    return jc_contract_run("retry", tests, sizeof tests / sizeof *tests);
}

/* Sets of units in one append: each unit is all or nothing and has a status of its own; and the
 * limits of a call. */
#include "contract/fixture.h"

#include <stdlib.h>
#include <string.h>

enum {
    unit_max = 4
};

/* A call of up to four units with one event each. */
typedef struct request {
    jc_event events[unit_max];
    jc_expected expected[unit_max];
    jc_unit units[unit_max];
    jc_receipt receipts[unit_max];
    jc_append_result results[unit_max];
} request;

static void call_add(request *call, size_t at, jc_event event)
{
    call->events[at] = event;
    call->units[at] =
        (jc_unit){.events = &call->events[at], .count = 1, .ret_receipts = &call->receipts[at]};
}

static void call_expect(request *call, size_t at, uint64_t sequence)
{
    call->expected[at] = (jc_expected){call->events[at].workflow_id, sequence};
    call->units[at].expected = &call->expected[at];
    call->units[at].expected_count = 1;
}

static jc_status call_append(request *call, jc_fixture *fixture, size_t count)
{
    return jc_append(fixture->store, call->units, count, call->results, &fixture->error);
}

static void a_conflict_in_one_unit_leaves_the_others_alone(void **state)
{
    jc_fixture *fixture = *state;
    request call = {0};
    call_add(&call, 0, jc_test_event(1, "alpha", "step.done", "{}"));
    call_add(&call, 1, jc_test_event(2, "beta", "step.done", "{}"));
    call_expect(&call, 1, 9);
    call_add(&call, 2, jc_test_event(3, "gamma", "step.done", "{}"));

    assert_ok(fixture, call_append(&call, fixture, 3));

    assert_status(call.results[0].status, JC_OK);
    assert_status(call.results[1].status, JC_ECONFLICT);
    assert_non_null(strstr(call.results[1].error.text, "beta"));
    assert_status(call.results[2].status, JC_OK);
    assert_int_equal(call.receipts[2].position, 2);
    assert_int_equal(jc_fixture_position(fixture), 2);
}

static void a_reused_id_in_one_unit_leaves_the_others_alone(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 1);
    request call = {0};
    call_add(&call, 0, jc_test_event(1, "alpha", "step.failed", "{}"));
    call_add(&call, 1, jc_test_event(2, "alpha", "step.done", "{}"));

    assert_ok(fixture, call_append(&call, fixture, 2));

    assert_status(call.results[0].status, JC_EREUSED);
    assert_status(call.results[1].status, JC_OK);
    assert_int_equal(call.receipts[1].sequence, 2);
}

static void a_unit_that_fails_late_leaves_nothing_of_its_beginning(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 1);
    const jc_event events[] = {jc_test_event(2, "alpha", "step.done", "{}"),
                               jc_test_event(3, "beta", "step.done", "{}"),
                               jc_test_event(1, "alpha", "step.failed", "{}")};
    jc_event other = jc_test_event(4, "beta", "step.done", "{}");
    const jc_unit units[] = {{.events = events, .count = 3}, {.events = &other, .count = 1}};

    jc_append_result results[2] = {0};
    assert_ok(fixture, jc_append(fixture->store, units, 2, results, &fixture->error));

    assert_status(results[0].status, JC_EREUSED);
    assert_status(results[1].status, JC_OK);
    assert_int_equal(results[1].position, 2);
    jc_head head = {0};
    assert_ok(fixture, jc_head_read(fixture->store, JC_STR("alpha"), &head, &fixture->error));
    assert_int_equal(head.sequence, 1);
}

static void a_unit_sees_the_units_before_it_in_the_call(void **state)
{
    jc_fixture *fixture = *state;
    request call = {0};
    for (size_t i = 0; i < unit_max; i++) {
        call_add(&call, i, jc_test_event(i + 1, "alpha", "step.done", "{}"));
        call_expect(&call, i, i);
    }

    assert_ok(fixture, call_append(&call, fixture, unit_max));

    for (size_t i = 0; i < unit_max; i++) {
        assert_status(call.results[i].status, JC_OK);
        assert_int_equal(call.receipts[i].sequence, i + 1);
    }
}

static void an_id_repeated_in_a_later_unit_is_already_stored(void **state)
{
    jc_fixture *fixture = *state;
    request call = {0};
    call_add(&call, 0, jc_test_event(1, "alpha", "step.done", "{}"));
    call_add(&call, 1, jc_test_event(1, "alpha", "step.done", "{}"));
    call_add(&call, 2, jc_test_event(1, "alpha", "step.failed", "{}"));

    assert_ok(fixture, call_append(&call, fixture, 3));

    assert_int_equal(call.results[0].stored, 1);
    assert_int_equal(call.results[1].already_stored, 1);
    assert_int_equal(call.receipts[1].position, call.receipts[0].position);
    assert_true(call.receipts[1].already_stored);
    assert_status(call.results[2].status, JC_EREUSED);
    assert_int_equal(jc_fixture_position(fixture), 1);
}

static void one_event_that_breaks_a_rule_refuses_the_whole_call(void **state)
{
    jc_fixture *fixture = *state;
    request call = {0};
    call_add(&call, 0, jc_test_event(1, "alpha", "step.done", "{}"));
    call_add(&call, 1, jc_test_event(2, "alpha", "step.done", "[]"));

    assert_status(call_append(&call, fixture, 2), JC_EINVAL);
    assert_int_equal(jc_fixture_position(fixture), 0);
}

static void a_single_unit_gives_the_call_its_status(void **state)
{
    jc_fixture *fixture = *state;
    request call = {0};
    call_add(&call, 0, jc_test_event(1, "alpha", "step.done", "{}"));
    call_expect(&call, 0, 3);

    assert_status(call_append(&call, fixture, 1), JC_ECONFLICT);
    assert_status(call.results[0].status, JC_ECONFLICT);
    assert_status(call.results[0].error.status, JC_ECONFLICT);
    assert_string_equal(call.results[0].error.text, fixture->error.text);
}

static void a_call_in_which_every_unit_fails_writes_nothing(void **state)
{
    jc_fixture *fixture = *state;
    request call = {0};
    for (size_t i = 0; i < unit_max; i++) {
        call_add(&call, i, jc_test_event(i + 1, "alpha", "step.done", "{}"));
        call_expect(&call, i, 7);
    }

    assert_ok(fixture, call_append(&call, fixture, unit_max));

    for (size_t i = 0; i < unit_max; i++)
        assert_status(call.results[i].status, JC_ECONFLICT);
    assert_int_equal(jc_fixture_position(fixture), 0);
    jc_fixture_fill(fixture, "alpha", 1, 1);
    assert_int_equal(jc_fixture_position(fixture), 1);
}

static void an_append_of_nothing_is_bad_input(void **state)
{
    jc_fixture *fixture = *state;
    jc_append_result result = {0};
    const jc_unit empty = {0};

    assert_status(jc_append(fixture->store, &empty, 0, &result, &fixture->error), JC_EINVAL);
    assert_status(jc_append(fixture->store, &empty, 1, &result, &fixture->error), JC_EINVAL);
}

/* Append that many events, ids from 1 on, in one unit. */
static jc_status append_many(jc_fixture *fixture, size_t count, jc_str data)
{
    jc_event *events = calloc(count, sizeof *events);
    assert_non_null(events);
    for (size_t i = 0; i < count; i++) {
        events[i] = jc_test_event(i + 1, "alpha", "step.done", NULL);
        events[i].data = data;
    }
    jc_status status = jc_test_append(fixture->store, events, count, NULL, &fixture->error);
    free(events);
    return status;
}

static void a_unit_holds_as_many_events_as_the_limit_says(void **state)
{
    jc_fixture *fixture = *state;

    assert_status(append_many(fixture, JC_APPEND_MAX + 1, JC_STR("{}")), JC_EINVAL);
    assert_int_equal(jc_fixture_position(fixture), 0);
    assert_ok(fixture, append_many(fixture, JC_APPEND_MAX, JC_STR("{}")));
    assert_int_equal(jc_fixture_position(fixture), JC_APPEND_MAX);
}

static void a_call_holds_as_many_units_as_the_limit_says(void **state)
{
    jc_fixture *fixture = *state;
    jc_event event = jc_test_event(1, "alpha", "step.done", "{}");
    jc_unit *units = calloc(JC_APPEND_MAX + 1, sizeof *units);
    jc_append_result *results = calloc(JC_APPEND_MAX + 1, sizeof *results);
    assert_true(units != NULL && results != NULL);
    for (size_t i = 0; i <= JC_APPEND_MAX; i++)
        units[i] = (jc_unit){.events = &event, .count = 1};

    assert_status(jc_append(fixture->store, units, JC_APPEND_MAX + 1, results, &fixture->error),
                  JC_EINVAL);
    assert_int_equal(jc_fixture_position(fixture), 0);
    assert_ok(fixture, jc_append(fixture->store, units, JC_APPEND_MAX, results, &fixture->error));
    assert_int_equal(jc_fixture_position(fixture), 1);
    free(results);
    free(units);
}

static void a_call_holds_as_many_bytes_as_the_limit_says(void **state)
{
    jc_fixture *fixture = *state;
    char *data = malloc(JC_DATA_SIZE_MAX);
    assert_non_null(data);
    memset(data, 'x', JC_DATA_SIZE_MAX);
    memcpy(data, "{\"a\":\"", 6);
    memcpy(data + JC_DATA_SIZE_MAX - 2, "\"}", 2);
    const jc_str largest = {data, JC_DATA_SIZE_MAX};
    const size_t fitting = JC_APPEND_SIZE_MAX / JC_DATA_SIZE_MAX;

    assert_status(append_many(fixture, fitting + 1, largest), JC_EINVAL);
    assert_int_equal(jc_fixture_position(fixture), 0);
    assert_ok(fixture, append_many(fixture, fitting, largest));
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JC_CASE(a_conflict_in_one_unit_leaves_the_others_alone),
        JC_CASE(a_reused_id_in_one_unit_leaves_the_others_alone),
        JC_CASE(a_unit_that_fails_late_leaves_nothing_of_its_beginning),
        JC_CASE(a_unit_sees_the_units_before_it_in_the_call),
        JC_CASE(an_id_repeated_in_a_later_unit_is_already_stored),
        JC_CASE(one_event_that_breaks_a_rule_refuses_the_whole_call),
        JC_CASE(a_single_unit_gives_the_call_its_status),
        JC_CASE(a_call_in_which_every_unit_fails_writes_nothing),
        JC_CASE(an_append_of_nothing_is_bad_input),
        JC_CASE(a_unit_holds_as_many_events_as_the_limit_says),
        JC_CASE(a_call_holds_as_many_units_as_the_limit_says),
        JC_CASE(a_call_holds_as_many_bytes_as_the_limit_says),
    };
    return jc_contract_run("units", tests, sizeof tests / sizeof *tests);
}

/* When the backend fails: what is refused left nothing, what is unknown can be found out, and a
 * reading that broke off goes on where it was. */
#include "contract/fixture.h"

static void fail_next_call(jc_fixture *fixture, jc_fault_kind kind, jc_status status)
{
    fixture->fault.kind = kind;
    fixture->fault.status = status;
    fixture->fault.fail_at = fixture->fault.calls + 1;
}

static jc_status append_number(jc_fixture *fixture, uint64_t number, jc_receipt *ret_receipt)
{
    jc_event event = jc_test_event(number, "alpha", "step.done", "{}");
    return jc_test_append(fixture->store, &event, 1, ret_receipt, &fixture->error);
}

static void a_busy_log_stores_nothing_and_the_append_can_be_repeated(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 2);
    fail_next_call(fixture, JC_FAULT_BEFORE, JC_EBUSY);

    jc_receipt receipt = {0};
    assert_status(append_number(fixture, 3, &receipt), JC_EBUSY);
    assert_int_equal(receipt.position, 0);
    assert_int_equal(jc_fixture_position(fixture), 2);
    assert_ok(fixture, append_number(fixture, 3, &receipt));
    assert_int_equal(receipt.sequence, 3);
    assert_false(receipt.already_stored);
}

static void a_full_disk_stores_nothing_and_the_append_can_be_repeated(void **state)
{
    jc_fixture *fixture = *state;
    fail_next_call(fixture, JC_FAULT_BEFORE, JC_EFULL);

    assert_status(append_number(fixture, 1, NULL), JC_EFULL);
    assert_int_equal(jc_fixture_position(fixture), 0);
    assert_ok(fixture, append_number(fixture, 1, NULL));
}

static void after_an_unknown_outcome_the_handle_appends_no_more(void **state)
{
    jc_fixture *fixture = *state;
    fail_next_call(fixture, JC_FAULT_AFTER, JC_EIO);

    assert_status(append_number(fixture, 1, NULL), JC_EIO);
    assert_status(append_number(fixture, 1, NULL), JC_EIO);
    assert_status(append_number(fixture, 2, NULL), JC_EIO);
    assert_int_equal(jc_fixture_position(fixture), 1);
}

static void after_an_unknown_outcome_the_log_tells_what_was_stored(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 2);
    fail_next_call(fixture, JC_FAULT_BEFORE, JC_EIO);

    assert_status(append_number(fixture, 3, NULL), JC_EIO);
    jc_head head = {0};
    assert_ok(fixture, jc_head_read(fixture->store, JC_STR("alpha"), &head, &fixture->error));
    assert_int_equal(head.sequence, 2);
    assert_ok(fixture, jc_test_lines(fixture->store, NULL, &fixture->lines, &fixture->error));
}

static void a_reading_that_failed_goes_on_where_it_was(void **state)
{
    enum {
        count = 1200
    };
    jc_fixture *fixture = *state;
    static jc_event events[count];
    for (uint64_t i = 0; i < count; i++)
        events[i] = jc_test_event(i + 1, "alpha", "step.done", "{}");
    assert_ok(fixture, jc_test_append(fixture->store, events, count, NULL, &fixture->error));
    const jc_filter everything = {0};
    jc_cursor *cursor = NULL;
    assert_ok(fixture, jc_cursor_open(fixture->store, &everything, &cursor, &fixture->error));

    int failures = 0;
    for (uint64_t at = 1; at <= count;) {
        const jc_event *event = NULL;
        if (failures < 3)
            fail_next_call(fixture, JC_FAULT_BEFORE, JC_EIO);
        jc_status status = jc_cursor_next(cursor, &event, &fixture->error);
        if (status == JC_EIO) {
            failures++;
            fixture->fault.fail_at = 0;
            assert_ok(fixture, jc_cursor_next(cursor, &event, &fixture->error));
        } else {
            assert_ok(fixture, status);
        }
        assert_int_equal(event->sequence, at++);
    }
    assert_int_not_equal(failures, 0);
    jc_cursor_close(cursor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JC_CASE(a_busy_log_stores_nothing_and_the_append_can_be_repeated),
        JC_CASE(a_full_disk_stores_nothing_and_the_append_can_be_repeated),
        JC_CASE(after_an_unknown_outcome_the_handle_appends_no_more),
        JC_CASE(after_an_unknown_outcome_the_log_tells_what_was_stored),
        JC_CASE(a_reading_that_failed_goes_on_where_it_was),
    };
    return jc_contract_run_faulty("fault", tests, sizeof tests / sizeof *tests);
}

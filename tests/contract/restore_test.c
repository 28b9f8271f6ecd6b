/* Events that are stored as they are, with the sequence, position, time and hash that they carry: what
 * a rebuild and a replica do. */
#include "contract/fixture.h"

#include "store/backend_memory.h"
#include "store/store.h"

#include <string.h>

enum {
    count_max = 8
};

/* A log somewhere else, whose events are to be restored. Their texts live as long as it. */
typedef struct origin {
    jc_store *store;
    jc_cursor *cursors[count_max];
    jc_event events[count_max];
} origin;

/* `count` events, in turn of workflows "alpha" and "beta". */
static origin origin_make(size_t count)
{
    origin made = {0};
    jc_error error;
    assert_status(jc_store_open_memory(NULL, &made.store, &error), JC_OK);
    for (size_t i = 0; i < count; i++) {
        jc_event event =
            jc_test_event(i + 1, i % 2 == 0 ? "alpha" : "beta", "step.done", "{\"n\":1}");
        assert_status(jc_test_append(made.store, &event, 1, NULL, &error), JC_OK);
        /* A cursor lends its event until it moves on. */
        const jc_event *stored = NULL;
        jc_filter filter = {.from = i + 1};
        assert_status(jc_cursor_open(made.store, &filter, &made.cursors[i], &error), JC_OK);
        assert_status(jc_cursor_next(made.cursors[i], &stored, &error), JC_OK);
        made.events[i] = *stored;
    }
    return made;
}

static void origin_release(origin *made)
{
    for (size_t i = 0; i < count_max; i++)
        jc_cursor_close(made->cursors[i]);
    jc_close(made->store);
}

static jc_status restore(jc_fixture *fixture, const jc_event events[], size_t count)
{
    return jc_store_restore_events(fixture->store, events, count, &fixture->error);
}

static void restored_events_come_out_as_they_were(void **state)
{
    jc_fixture *fixture = *state;
    origin from = origin_make(5);

    assert_ok(fixture, restore(fixture, from.events, 5));

    assert_ok(fixture, jc_test_lines(fixture->store, NULL, &fixture->lines, &fixture->error));
    assert_ok(fixture, jc_test_lines(from.store, NULL, &fixture->wanted, &fixture->error));
    assert_same_lines(&fixture->lines, &fixture->wanted);
    origin_release(&from);
}

static void restored_positions_may_leave_gaps(void **state)
{
    jc_fixture *fixture = *state;
    origin from = origin_make(3);
    from.events[1].position = 7;
    from.events[2].position = 40;

    assert_ok(fixture, restore(fixture, from.events, 3));

    assert_int_equal(jc_fixture_position(fixture), 40);
    origin_release(&from);
}

static void an_append_goes_on_behind_what_was_restored(void **state)
{
    jc_fixture *fixture = *state;
    origin from = origin_make(3);
    assert_ok(fixture, restore(fixture, from.events, 3));

    jc_event next = jc_test_event(100, "alpha", "step.done", "{}");
    jc_receipt receipt = jc_fixture_append(fixture, &next);

    assert_int_equal(receipt.position, 4);
    assert_int_equal(receipt.sequence, 3);
    origin_release(&from);
}

static void restoring_not_beyond_the_last_position_stores_nothing(void **state)
{
    jc_fixture *fixture = *state;
    origin from = origin_make(4);
    from.events[0].position = 10;
    assert_ok(fixture, restore(fixture, from.events, 1));
    const uint64_t positions[] = {3, 10};

    for (size_t i = 0; i < 2; i++) {
        from.events[1].position = positions[i];
        from.events[2].position = 50;
        assert_status(restore(fixture, &from.events[1], 2), JC_EINVAL);
        assert_non_null(strstr(fixture->error.text, "not beyond"));
        assert_int_equal(jc_fixture_position(fixture), 10);
    }
    origin_release(&from);
}

static void restoring_an_id_that_is_stored_stores_nothing(void **state)
{
    jc_fixture *fixture = *state;
    origin from = origin_make(4);
    assert_ok(fixture, restore(fixture, from.events, 2));

    from.events[3].id = from.events[0].id;
    assert_status(restore(fixture, &from.events[2], 2), JC_EINVAL);

    assert_int_equal(jc_fixture_position(fixture), 2);
    origin_release(&from);
}

static void restoring_a_sequence_that_is_taken_stores_nothing(void **state)
{
    jc_fixture *fixture = *state;
    origin from = origin_make(4);
    assert_ok(fixture, restore(fixture, from.events, 2));

    from.events[3].sequence = 1;
    assert_status(restore(fixture, &from.events[2], 2), JC_EINVAL);

    assert_int_equal(jc_fixture_position(fixture), 2);
    origin_release(&from);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JC_CASE(restored_events_come_out_as_they_were),
        JC_CASE(restored_positions_may_leave_gaps),
        JC_CASE(an_append_goes_on_behind_what_was_restored),
        JC_CASE(restoring_not_beyond_the_last_position_stores_nothing),
        JC_CASE(restoring_an_id_that_is_stored_stores_nothing),
        JC_CASE(restoring_a_sequence_that_is_taken_stores_nothing),
    };
    return jc_contract_run("restore", tests, sizeof tests / sizeof *tests);
}

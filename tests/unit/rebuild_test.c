/* One log in place of another: restored from a copy, rebuilt from the mirrors. */
#include "workshop.h"

static void quiet(void *context, const jc_finding *finding)
{
    if (finding->damage)
        ++*(int *)context;
}

/* All lines of the log. */
static void read_log(workshop *shop, jc_buf *lines)
{
    jc_buf_clear(lines);
    assert_int_equal(jc_test_lines(shop->store, NULL, lines, NULL), JC_OK);
}

static void assert_verified(workshop *shop)
{
    int damages = 0;
    jc_verify_result result;
    assert_int_equal(jc_verify(shop->store, NULL, 0, quiet, &damages, &result, NULL), JC_OK);
    assert_int_equal(damages, 0);
}

static void append_to(workshop *shop, uint64_t number, const char *workflow_id)
{
    jc_error error;
    jc_event event = jc_test_event(number, workflow_id, "step.done", "{\"agent_id\":\"a\\\"b\"}");
    if (jc_test_append(shop->store, &event, 1, NULL, &error) != JC_OK)
        fail_msg("%s", error.text);
}

static jc_rebuild_result rebuild(workshop *shop, bool renumber, jc_status wanted, jc_error *error)
{
    jc_rebuild_result result = {0};
    int damages = 0;
    assert_int_equal(jc_rebuild_from_mirrors(shop->dir, renumber, quiet, &damages, &result, error),
                     wanted);
    return result;
}

/* Take the log away, so that only the mirrors are left. */
static void lose_log(workshop *shop)
{
    char path[JC_TEST_PATH_SIZE + 32];
    jc_close(shop->store);
    shop->store = NULL;
    (void)snprintf(path, sizeof path, "%s/.jc/events.db", shop->dir);
    assert_int_equal(unlink(path), 0);
}

static void a_rebuilt_log_is_the_same_to_the_byte(void **state)
{
    workshop *shop = *state;
    JC_AUTO(jc_buf) before = {0};
    JC_AUTO(jc_buf) after = {0};
    jc_store_info old_info, new_info;
    jc_error error;
    for (uint64_t i = 0; i < 3000; i++)
        append_to(shop, i + 1, i % 7 == 0 ? "w" : i % 3 == 0 ? "second" : "third");
    read_log(shop, &before);
    assert_int_equal(jc_store_info_read(shop->store, &old_info, NULL), JC_OK);
    jc_rebuild_result result = rebuild(shop, false, JC_OK, &error);
    assert_int_equal(result.events, 3000);
    assert_int_equal(result.workflows, 3);
    assert_false(result.gaps);
    assert_int_equal(access(result.kept, F_OK), 0);
    workshop_reopen(shop);
    read_log(shop, &after);
    assert_int_equal(before.size, after.size);
    assert_memory_equal(before.bytes, after.bytes, before.size);
    assert_int_equal(jc_store_info_read(shop->store, &new_info, NULL), JC_OK);
    assert_true(new_info.epoch > old_info.epoch);
    assert_verified(shop);
}

/* Three events, the second in a workflow whose mirror is lost with the log. */
static void leave_a_gap(workshop *shop)
{
    char path[JC_TEST_PATH_SIZE + 64];
    append_to(shop, 1, "w");
    append_to(shop, 2, "lost");
    append_to(shop, 3, "w");
    (void)snprintf(path, sizeof path, "%s/agents/lost/events.jsonl", shop->dir);
    assert_int_equal(unlink(path), 0);
    lose_log(shop);
}

static void a_lost_mirror_leaves_gaps_that_are_known(void **state)
{
    workshop *shop = *state;
    jc_store_info info;
    jc_error error;
    leave_a_gap(shop);
    assert_true(rebuild(shop, false, JC_OK, &error).gaps);
    workshop_reopen(shop);
    assert_int_equal(jc_store_info_read(shop->store, &info, NULL), JC_OK);
    assert_true(info.gaps);
    assert_int_equal(info.position, 3);
    assert_verified(shop);
}

static void renumbering_closes_the_gaps_in_the_old_order(void **state)
{
    workshop *shop = *state;
    jc_store_info info;
    jc_error error;
    leave_a_gap(shop);
    assert_false(rebuild(shop, true, JC_OK, &error).gaps);
    workshop_reopen(shop);
    assert_int_equal(jc_store_info_read(shop->store, &info, NULL), JC_OK);
    assert_int_equal(info.position, 2);
    assert_verified(shop);
}

static void a_log_that_holds_more_than_the_mirrors_is_kept(void **state)
{
    workshop *shop = *state;
    jc_error error;
    workshop_append(shop, 1, 3);
    append_to(shop, 9, "lost");
    char path[JC_TEST_PATH_SIZE + 64];
    (void)snprintf(path, sizeof path, "%s/agents/lost/events.jsonl", shop->dir);
    assert_int_equal(unlink(path), 0);
    (void)rebuild(shop, false, JC_ECONFLICT, &error);
    assert_holds(error.text, "the log holds 4 events, the mirrors 3");
    workshop_append(shop, 20, 1);
    assert_verified(shop);
}

static void a_rebuilt_log_is_the_same_store(void **state)
{
    workshop *shop = *state;
    jc_store_info before, after;
    jc_error error;
    workshop_append(shop, 1, 3);
    assert_int_equal(jc_store_info_read(shop->store, &before, NULL), JC_OK);
    (void)rebuild(shop, false, JC_OK, &error);
    workshop_reopen(shop);
    assert_int_equal(jc_store_info_read(shop->store, &after, NULL), JC_OK);
    assert_memory_equal(&before.store_id, &after.store_id, sizeof before.store_id);
    assert_true(after.epoch > before.epoch);
}

static void a_damaged_mirror_stops_the_rebuilding_and_changes_nothing(void **state)
{
    workshop *shop = *state;
    JC_AUTO(jc_buf) content = {0};
    jc_error error;
    workshop_append(shop, 1, 4);
    workshop_read(shop->mirror, &content);
    char *word = memmem(content.bytes, content.size, "fill", 4);
    *word = 'F';
    workshop_write(shop->mirror, jc_buf_str(&content));
    (void)rebuild(shop, false, JC_ECORRUPT, &error);
    assert_holds(error.text, "events.jsonl: line 1");
    workshop_append(shop, 5, 1);
    assert_verified(shop);
}

static void a_torn_last_line_is_left_out(void **state)
{
    workshop *shop = *state;
    JC_AUTO(jc_buf) content = {0};
    jc_error error;
    workshop_append(shop, 1, 4);
    workshop_read(shop->mirror, &content);
    workshop_write(shop->mirror, (jc_str){content.bytes, content.size - 20});
    lose_log(shop);
    assert_int_equal(rebuild(shop, false, JC_OK, &error).events, 3);
}

static void a_lost_log_is_rebuilt(void **state)
{
    workshop *shop = *state;
    jc_error error;
    char path[JC_TEST_PATH_SIZE + 32];
    workshop_append(shop, 1, 4);
    jc_close(shop->store);
    shop->store = NULL;
    (void)snprintf(path, sizeof path, "%s/.jc/events.db", shop->dir);
    assert_int_equal(unlink(path), 0);
    jc_rebuild_result result = rebuild(shop, false, JC_OK, &error);
    assert_int_equal(result.events, 4);
    assert_string_equal(result.kept, "");
    workshop_reopen(shop);
    assert_verified(shop);
    workshop_append(shop, 5, 1);
    workshop_assert_mirror(shop);
}

static void a_restored_log_refuses_those_who_have_the_old_one_open(void **state)
{
    workshop *shop = *state;
    char copy[JC_TEST_PATH_SIZE + 16];
    char kept[JC_PATH_SIZE_MAX];
    jc_error error;
    workshop_append(shop, 1, 2);
    (void)snprintf(copy, sizeof copy, "%s/copy.db", shop->dir);
    assert_int_equal(jc_backup(shop->store, copy, NULL, NULL, NULL), JC_OK);
    workshop_append(shop, 3, 1);
    assert_int_equal(jc_restore(shop->dir, copy, kept, sizeof kept, &error), JC_OK);
    jc_event event = jc_test_event(9, "w", "step.done", "{}");
    assert_int_equal(jc_test_append(shop->store, &event, 1, NULL, &error), JC_ESTALE);
    workshop_reopen(shop);
    jc_head head;
    assert_int_equal(jc_head_read(shop->store, JC_STR("w"), &head, NULL), JC_OK);
    assert_int_equal(head.sequence, 2);
    assert_int_equal(access(kept, F_OK), 0);
}

static void a_backup_never_replaces_a_file(void **state)
{
    workshop *shop = *state;
    char copy[JC_TEST_PATH_SIZE + 16];
    JC_AUTO(jc_buf) content = {0};
    (void)snprintf(copy, sizeof copy, "%s/copy.db", shop->dir);
    workshop_write(copy, JC_STR("precious"));
    assert_int_equal(jc_backup(shop->store, copy, NULL, NULL, NULL), JC_EEXISTS);
    workshop_read(copy, &content);
    assert_str(jc_buf_str(&content), "precious");
}

static void what_is_no_intact_log_is_not_restored(void **state)
{
    workshop *shop = *state;
    char copy[JC_TEST_PATH_SIZE + 16];
    JC_AUTO(jc_buf) content = {0};
    jc_error error;
    workshop_append(shop, 1, 30);
    (void)snprintf(copy, sizeof copy, "%s/copy.db", shop->dir);
    workshop_write(copy, JC_STR("this is no database at all, but long enough to be looked at"));
    assert_int_equal(jc_restore(shop->dir, copy, NULL, 0, &error), JC_ECORRUPT);
    assert_int_equal(unlink(copy), 0);
    assert_int_equal(jc_backup(shop->store, copy, NULL, NULL, NULL), JC_OK);
    workshop_read(copy, &content);
    char *word = memmem(content.bytes, content.size, "some words", 10);
    assert_non_null(word);
    *word = 'S';
    workshop_write(copy, jc_buf_str(&content));
    assert_int_equal(jc_restore(shop->dir, copy, NULL, 0, &error), JC_ECORRUPT);
    assert_holds(error.text, "was not restored");
    assert_verified(shop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORKSHOP_CLAIM(a_rebuilt_log_is_the_same_to_the_byte),
        WORKSHOP_CLAIM(a_lost_mirror_leaves_gaps_that_are_known),
        WORKSHOP_CLAIM(renumbering_closes_the_gaps_in_the_old_order),
        WORKSHOP_CLAIM(a_damaged_mirror_stops_the_rebuilding_and_changes_nothing),
        WORKSHOP_CLAIM(a_log_that_holds_more_than_the_mirrors_is_kept),
        WORKSHOP_CLAIM(a_rebuilt_log_is_the_same_store),
        WORKSHOP_CLAIM(a_torn_last_line_is_left_out),
        WORKSHOP_CLAIM(a_lost_log_is_rebuilt),
        WORKSHOP_CLAIM(a_restored_log_refuses_those_who_have_the_old_one_open),
        WORKSHOP_CLAIM(a_backup_never_replaces_a_file),
        WORKSHOP_CLAIM(what_is_no_intact_log_is_not_restored),
    };
    return cmocka_run_group_tests_name("rebuild", tests, NULL, NULL);
}

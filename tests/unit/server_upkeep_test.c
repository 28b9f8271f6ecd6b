/* What a running server does beside: the spool is taken up, mirrors that are behind are completed, and others
 * left alone. */
#include "unit.h"

#include "base/files.h"
#include "contract/events.h"
#include "contract/folder.h"
#include "server/upkeep.h"

#include <stdlib.h>
#include <unistd.h>

typedef struct fixture {
    char folder[JC_TEST_PATH_SIZE];
    char mirror[JC_TEST_PATH_SIZE + 64];
    jc_upkeep *upkeep;
    char warning[JC_ERROR_SIZE_MAX];
    int warnings;
} fixture;

static void keep_warning(void *context, const char *text)
{
    fixture *own = context;
    (void)snprintf(own->warning, sizeof own->warning, "%s", text);
    own->warnings++;
}

static int set_up(void **state)
{
    fixture *own = calloc(1, sizeof *own);
    assert_non_null(own);
    jc_test_project_make(own->folder);
    (void)snprintf(own->mirror, sizeof own->mirror, "%s/agents/w/events.jsonl", own->folder);
    own->upkeep = jc_upkeep_new(own->folder, keep_warning, own);
    assert_non_null(own->upkeep);
    *state = own;
    return 0;
}

static int tear_down(void **state)
{
    fixture *own = *state;
    jc_upkeep_free(own->upkeep);
    jc_test_folder_remove(own->folder);
    free(own);
    return 0;
}

static void append(fixture *own, const char *workflow_id, uint64_t first, size_t count)
{
    jc_store *store = NULL;
    jc_error error = {0};
    assert_int_equal(jc_open(own->folder, NULL, &store, &error), JC_OK);
    for (uint64_t i = 0; i < count; i++) {
        jc_event event = jc_test_event(first + i, workflow_id, "a.happened", "{}");
        assert_int_equal(jc_test_append(store, &event, 1, NULL, &error), JC_OK);
    }
    jc_close(store);
}

static void read_mirror(fixture *own, jc_buf *content)
{
    jc_error error = {0};
    jc_buf_clear(content);
    assert_int_equal(jc_file_read(own->mirror, SIZE_MAX, content, &error), JC_OK);
}

static void write_mirror(fixture *own, jc_str content)
{
    jc_error error = {0};
    assert_int_equal(jc_file_replace(own->mirror, 0600, content, &error), JC_OK);
}

/* Two looks are what a mirror that is behind needs. */
static void look(fixture *own, int times)
{
    for (int i = 0; i < times; i++)
        jc_upkeep_do(own->upkeep);
}

static void what_waits_in_the_spool_is_taken_up(void **state)
{
    fixture *own = *state;
    jc_redactor *redactor = NULL;
    jc_store *store = NULL;
    jc_head head = {0};
    jc_error error = {0};
    jc_str payload = JC_STR("{\"hook_event_name\":\"SessionStart\",\"session_id\":\"s1\"}");
    assert_int_equal(jc_redactor_new(own->folder, &redactor, &error), JC_OK);
    assert_int_equal(jc_hook_spool(own->folder, redactor, payload, NULL, &error), JC_OK);
    jc_redactor_free(redactor);
    assert_int_equal(jc_spool_count(own->folder), 1);
    look(own, 1);
    assert_int_equal(jc_spool_count(own->folder), 0);
    assert_int_equal(jc_open(own->folder, NULL, &store, &error), JC_OK);
    assert_int_equal(jc_head_read(store, JC_STR("s1"), &head, &error), JC_OK);
    assert_int_equal(head.sequence, 1);
    jc_close(store);
}

static void a_mirror_that_is_behind_is_completed(void **state)
{
    fixture *own = *state;
    JC_AUTO(jc_buf) whole = {0};
    JC_AUTO(jc_buf) healed = {0};
    append(own, "a", 1, 1);
    append(own, "w", 10, 5);
    append(own, "z", 20, 1);
    read_mirror(own, &whole);
    write_mirror(own, (jc_str){whole.bytes, whole.size / 2});
    look(own, 2);
    read_mirror(own, &healed);
    assert_int_equal(healed.size, whole.size);
    assert_memory_equal(healed.bytes, whole.bytes, whole.size);
    assert_int_equal(own->warnings, 0);
}

static void a_mirror_that_is_gone_is_made_again(void **state)
{
    fixture *own = *state;
    JC_AUTO(jc_buf) whole = {0};
    JC_AUTO(jc_buf) healed = {0};
    append(own, "w", 1, 3);
    read_mirror(own, &whole);
    assert_int_equal(unlink(own->mirror), 0);
    look(own, 2);
    read_mirror(own, &healed);
    assert_int_equal(healed.size, whole.size);
}

static void a_mirror_may_be_behind_for_one_look(void **state)
{
    fixture *own = *state;
    JC_AUTO(jc_buf) whole = {0};
    JC_AUTO(jc_buf) after = {0};
    append(own, "w", 1, 5);
    read_mirror(own, &whole);
    write_mirror(own, (jc_str){whole.bytes, whole.size / 2});
    look(own, 1);
    read_mirror(own, &after);
    assert_int_equal(after.size, whole.size / 2);
}

static void a_mirror_that_says_something_else_is_left_alone_and_told_of_once(void **state)
{
    fixture *own = *state;
    JC_AUTO(jc_buf) content = {0};
    append(own, "w", 1, 3);
    write_mirror(own, JC_STR("somebody's own words\n"));
    look(own, 6);
    read_mirror(own, &content);
    assert_str(jc_buf_str(&content), "somebody's own words\n");
    assert_int_equal(own->warnings, 1);
    assert_holds(own->warning, "'w'");
}

static void a_log_that_was_replaced_is_looked_after_again(void **state)
{
    fixture *own = *state;
    jc_store *store = NULL;
    jc_error error = {0};
    JC_AUTO(jc_buf) whole = {0};
    JC_AUTO(jc_buf) healed = {0};
    char copy[JC_TEST_PATH_SIZE + 16];
    (void)snprintf(copy, sizeof copy, "%s/copy.db", own->folder);
    append(own, "w", 1, 3);
    read_mirror(own, &whole);
    assert_int_equal(jc_open(own->folder, NULL, &store, &error), JC_OK);
    assert_int_equal(jc_backup(store, copy, NULL, NULL, &error), JC_OK);
    jc_close(store);
    look(own, 1);
    assert_int_equal(jc_restore(own->folder, copy, NULL, 0, &error), JC_OK);
    assert_int_equal(unlink(own->mirror), 0);
    look(own, 3);
    read_mirror(own, &healed);
    assert_int_equal(healed.size, whole.size);
}

static void a_project_without_a_log_is_no_trouble(void **state)
{
    fixture *own = *state;
    char path[JC_TEST_PATH_SIZE + 32];
    (void)snprintf(path, sizeof path, "%s/.jc/events.db", own->folder);
    assert_int_equal(unlink(path), 0);
    look(own, 2);
    assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_waits_in_the_spool_is_taken_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mirror_that_is_behind_is_completed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mirror_that_is_gone_is_made_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mirror_may_be_behind_for_one_look, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_mirror_that_says_something_else_is_left_alone_and_told_of_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_log_that_was_replaced_is_looked_after_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_project_without_a_log_is_no_trouble, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

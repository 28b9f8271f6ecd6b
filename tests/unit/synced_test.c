/* `.jc/mirror.sync`: what a power cut does to it must never make it vouch for bytes that are lost. */
#include "workshop.h"

#include "base/auto.h"
#include "mirror/synced.h"
#include "store/store.h"

static void record_path(const workshop *shop, char ret_path[JC_TEST_PATH_SIZE + 32])
{
    (void)snprintf(ret_path, JC_TEST_PATH_SIZE + 32, "%s/.jc/mirror.sync", shop->dir);
}

/* What a handle that opens the record now reads of a workflow. */
static uint64_t synced_size(const workshop *shop, jc_str workflow_id, bool *ret_this_boot)
{
    JC_AUTO(jc_synced) synced = {0};
    uint64_t size = 0;
    assert_int_equal(jc_synced_init(&synced, shop->store, NULL), JC_OK);
    jc_synced_get(&synced, workflow_id, &size, ret_this_boot);
    return size;
}

static void put(const workshop *shop, jc_str workflow_id, uint64_t size)
{
    JC_AUTO(jc_synced) synced = {0};
    assert_int_equal(jc_synced_init(&synced, shop->store, NULL), JC_OK);
    jc_synced_put(&synced, workflow_id, size);
}

static void the_last_line_of_a_workflow_counts(void **state)
{
    bool this_boot = false;
    put(*state, JC_STR("w"), 100);
    put(*state, JC_STR("v"), 7);
    put(*state, JC_STR("w"), 5);

    assert_int_equal(synced_size(*state, JC_STR("w"), &this_boot), 5);
    assert_true(this_boot);
    assert_int_equal(synced_size(*state, JC_STR("v"), &this_boot), 7);
    assert_int_equal(synced_size(*state, JC_STR("other"), &this_boot), 0);
    assert_false(this_boot);
}

/* The line that takes a size back must count whatever a power cut left in front of it. */
static void a_torn_line_does_not_hide_the_next(void **state)
{
    static const char zeros[40];
    const jc_str torn[] = {JC_STR("boot 99"), JC_STR("boot 1862 w"), {zeros, sizeof zeros}};
    char path[JC_TEST_PATH_SIZE + 32];
    record_path(*state, path);
    for (size_t i = 0; i < sizeof torn / sizeof torn[0]; i++) {
        JC_AUTO(jc_buf) content = {0};
        bool this_boot = false;
        assert_int_equal(jc_buf_append_text(&content, "boot 1862 w .\n", NULL), JC_OK);
        assert_int_equal(jc_buf_append_str(&content, torn[i], NULL), JC_OK);
        workshop_write(path, jc_buf_str(&content));

        put(*state, JC_STR("w"), 0);

        assert_int_equal(synced_size(*state, JC_STR("w"), &this_boot), 0);
        assert_true(this_boot);
    }
}

/* Cut short, "… 1862 wide .", would speak of a workflow "w". */
static void a_line_without_its_end_vouches_for_nothing(void **state)
{
    char path[JC_TEST_PATH_SIZE + 32];
    record_path(*state, path);
    const char whole[] = "boot 1862 wide .";
    for (size_t size = 0; size < sizeof whole - 1; size++) {
        JC_AUTO(jc_buf) content = {0};
        bool this_boot = false;
        assert_int_equal(jc_buf_append_str(&content, (jc_str){whole, size}, NULL), JC_OK);
        assert_int_equal(jc_buf_append_text(&content, "\nboot 3 v .\n", NULL), JC_OK);
        workshop_write(path, jc_buf_str(&content));

        const jc_str names[] = {JC_STR("w"), JC_STR("wi"), JC_STR("wid"), JC_STR("wide")};
        for (size_t i = 0; i < 4; i++)
            assert_int_equal(synced_size(*state, names[i], &this_boot), 0);
        assert_int_equal(synced_size(*state, JC_STR("v"), &this_boot), 3);
    }
}

static void a_line_with_zeros_in_it_vouches_for_nothing(void **state)
{
    char path[JC_TEST_PATH_SIZE + 32];
    record_path(*state, path);
    const char whole[] = "boot 1862 w .\n";
    for (size_t at = 0; at < sizeof whole - 2; at++) {
        char damaged[sizeof whole];
        bool this_boot = false;
        memcpy(damaged, whole, sizeof whole);
        damaged[at] = '\0';
        workshop_write(path, (jc_str){damaged, sizeof whole - 1});
        assert_int_equal(synced_size(*state, JC_STR("w"), &this_boot), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORKSHOP_CLAIM(the_last_line_of_a_workflow_counts),
        WORKSHOP_CLAIM(a_torn_line_does_not_hide_the_next),
        WORKSHOP_CLAIM(a_line_without_its_end_vouches_for_nothing),
        WORKSHOP_CLAIM(a_line_with_zeros_in_it_vouches_for_nothing),
    };
    return cmocka_run_group_tests_name("synced", tests, NULL, NULL);
}

/* The mirror: followed, torn, edited, deleted, zeroed, in the way. */
#include "workshop.h"

#include <fcntl.h>
#include <sys/file.h>

static void every_append_is_mirrored(void **state)
{
    workshop *shop = *state;
    workshop_append(shop, 1, 5);
    workshop_assert_mirror(shop);
    assert_int_equal(workshop_check(shop).state, JC_MIRROR_EQUAL);
    assert_int_equal(shop->warnings, 0);
}

/* Whatever a dying writer left of a line, the next append makes it whole, in place. */
static void a_torn_line_is_completed_in_place_at_every_byte(void **state)
{
    workshop *shop = *state;
    JC_AUTO(jc_buf) whole = {0};
    workshop_append(shop, 1, 3);
    workshop_read(shop->mirror, &whole);
    size_t two = 0;
    for (int lines = 0; lines < 2; two++)
        lines += whole.bytes[two] == '\n';
    uint64_t number = 100;
    for (size_t cut = two; cut <= whole.size; cut += 7) {
        jc_mirror_report report;
        workshop_write(shop->mirror, (jc_str){whole.bytes, cut});
        report = workshop_check(shop);
        assert_int_equal(report.state,
                         cut == whole.size && number == 100 ? JC_MIRROR_EQUAL : JC_MIRROR_BEHIND);
        workshop_append(shop, number++, 1);
        workshop_assert_mirror(shop);
    }
    assert_int_equal(shop->warnings, 0);
}

static void rubbish_without_a_line_end_is_cut_and_told(void **state)
{
    workshop *shop = *state;
    workshop_append(shop, 1, 2);
    FILE *file = fopen(shop->mirror, "ab");
    assert_int_equal(fwrite("{\"position\":9\0\0\0", 1, 16, file), 16);
    assert_int_equal(fclose(file), 0);
    workshop_append(shop, 3, 1);
    workshop_assert_mirror(shop);
    assert_int_equal(shop->warnings, 1);
    assert_holds(shop->warning, "16 bytes");
}

static void a_foreign_last_line_is_left_alone_with_one_warning(void **state)
{
    workshop *shop = *state;
    JC_AUTO(jc_buf) before = {0};
    JC_AUTO(jc_buf) after = {0};
    workshop_append(shop, 1, 2);
    FILE *file = fopen(shop->mirror, "ab");
    assert_true(fputs("a note of mine\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    workshop_read(shop->mirror, &before);
    workshop_append(shop, 3, 2);
    workshop_read(shop->mirror, &after);
    assert_int_equal(before.size, after.size);
    assert_int_equal(shop->warnings, 1);
    assert_holds(shop->warning, "jc mirror");
    assert_int_equal(workshop_check(shop).state, JC_MIRROR_DIFFERENT);
}

static void healing_keeps_the_old_file_and_writes_the_new_one(void **state)
{
    workshop *shop = *state;
    JC_AUTO(jc_buf) kept = {0};
    workshop_append(shop, 1, 3);
    workshop_write(shop->mirror, JC_STR("mine\n"));
    jc_mirror_report report = workshop_heal(shop);
    assert_int_equal(report.state, JC_MIRROR_DIFFERENT);
    assert_int_equal(report.line, 1);
    assert_true(report.written);
    workshop_read(report.kept, &kept);
    assert_str(jc_buf_str(&kept), "mine\n");
    workshop_assert_mirror(shop);
    workshop_append(shop, 4, 1);
    workshop_assert_mirror(shop);
}

static void an_edit_in_the_middle_is_found_and_healed(void **state)
{
    workshop *shop = *state;
    JC_AUTO(jc_buf) content = {0};
    workshop_append(shop, 1, 5);
    workshop_read(shop->mirror, &content);
    content.bytes[content.size / 2] ^= 1;
    workshop_write(shop->mirror, jc_buf_str(&content));
    jc_mirror_report report = workshop_check(shop);
    assert_int_equal(report.state, JC_MIRROR_DIFFERENT);
    assert_int_equal(report.line, 3);
    (void)workshop_heal(shop);
    workshop_assert_mirror(shop);
}

static void a_mirror_ahead_of_the_log_is_told_and_kept(void **state)
{
    workshop *shop = *state;
    JC_AUTO(jc_buf) content = {0};
    jc_error error;
    char copy[JC_TEST_PATH_SIZE + 16];
    workshop_append(shop, 1, 2);
    (void)snprintf(copy, sizeof copy, "%s/copy.db", shop->dir);
    assert_int_equal(jc_backup(shop->store, copy, NULL, NULL, &error), JC_OK);
    workshop_append(shop, 3, 2);
    workshop_read(shop->mirror, &content);
    jc_close(shop->store);
    shop->store = NULL;
    assert_int_equal(jc_restore(shop->dir, copy, NULL, 0, &error), JC_OK);
    workshop_reopen(shop);
    jc_mirror_report report = workshop_check(shop);
    assert_int_equal(report.state, JC_MIRROR_AHEAD);
    assert_int_equal(report.sequence, 2);
    workshop_append(shop, 9, 1);
    assert_int_equal(shop->warnings, 1);
    JC_AUTO(jc_buf) again = {0};
    workshop_read(shop->mirror, &again);
    assert_int_equal(again.size, content.size);
    (void)workshop_heal(shop);
    workshop_assert_mirror(shop);
}

static void a_deleted_mirror_comes_back_with_the_next_append(void **state)
{
    workshop *shop = *state;
    workshop_append(shop, 1, 3);
    assert_int_equal(unlink(shop->mirror), 0);
    workshop_append(shop, 4, 1);
    workshop_assert_mirror(shop);
}

static void a_folder_in_the_way_costs_a_warning_and_no_event(void **state)
{
    workshop *shop = *state;
    char parent[JC_TEST_PATH_SIZE + 64];
    (void)snprintf(parent, sizeof parent, "%s/agents", shop->dir);
    assert_int_equal(mkdir(parent, 0700), 0);
    (void)snprintf(parent, sizeof parent, "%s/agents/w", shop->dir);
    assert_int_equal(mkdir(parent, 0700), 0);
    assert_int_equal(mkdir(shop->mirror, 0700), 0);
    workshop_append(shop, 1, 2);
    assert_int_equal(shop->warnings, 1);
    assert_int_equal(workshop_check(shop).state, JC_MIRROR_UNREADABLE);
    jc_mirror_report report = workshop_heal(shop);
    assert_true(report.written);
    workshop_assert_mirror(shop);
}

static void a_held_mirror_delays_but_does_not_fail_the_append(void **state)
{
    workshop *shop = *state;
    workshop_append(shop, 1, 1);
    int fd = open(shop->mirror, O_RDWR);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    workshop_append(shop, 2, 1);
    assert_int_equal(shop->warnings, 1);
    assert_holds(shop->warning, "holds the mirror");
    assert_int_equal(close(fd), 0);
    workshop_append(shop, 3, 1);
    workshop_assert_mirror(shop);
}

static void a_large_batch_is_mirrored_whole(void **state)
{
    enum {
        COUNT = 6000
    };
    static jc_event events[COUNT];
    workshop *shop = *state;
    jc_error error;
    for (size_t i = 0; i < COUNT; i++)
        events[i] = jc_test_event(
            i + 1, i % 3 == 0 ? "other" : "w", "step.done",
            "{\"text\":\"so many of these that they are more than a mebibyte together\"}");
    assert_int_equal(jc_test_append(shop->store, events, COUNT, NULL, &error), JC_OK);
    workshop_assert_mirror(shop);
    assert_int_equal(shop->warnings, 0);
}

static void a_long_backlog_is_written_piece_by_piece(void **state)
{
    enum {
        COUNT = 9000
    };
    static jc_event events[COUNT];
    workshop *shop = *state;
    jc_error error;
    for (size_t i = 0; i < COUNT; i++)
        events[i] = jc_test_event(i + 1, "w", "step.done",
                                  "{\"text\":\"fill the line, fill the line, fill the line\"}");
    assert_int_equal(jc_test_append(shop->store, events, COUNT, NULL, &error), JC_OK);
    assert_int_equal(unlink(shop->mirror), 0);
    workshop_append(shop, COUNT + 1, 1);
    struct stat facts;
    assert_int_equal(stat(shop->mirror, &facts), 0);
    assert_in_range(facts.st_size, 1024 * 1024, 1024 * 1024 + 600 * 1024);
    assert_int_equal(shop->warnings, 1);
    assert_holds(shop->warning, "behind");
    assert_int_equal(workshop_check(shop).state, JC_MIRROR_BEHIND);
    (void)workshop_heal(shop);
    workshop_assert_mirror(shop);
}

/* Another boot of the machine: what is beyond the synced size is compared, and zeros are put right. */
static void zeros_of_a_power_cut_are_put_right_in_place(void **state)
{
    workshop *shop = *state;
    JC_AUTO(jc_buf) content = {0};
    char record[JC_TEST_PATH_SIZE + 32];
    workshop_append(shop, 1, 20);
    workshop_read(shop->mirror, &content);
    (void)memset(content.bytes + content.size / 3, 0, 1200);
    workshop_write(shop->mirror, jc_buf_str(&content));
    (void)snprintf(record, sizeof record, "%s/.jc/mirror.sync", shop->dir);
    workshop_write(record, JC_STR("another-boot 0 w .\n"));
    workshop_reopen(shop);
    workshop_append(shop, 21, 1);
    workshop_assert_mirror(shop);
    assert_int_equal(shop->warnings, 0);
}

static void an_edit_found_after_a_boot_is_left_alone_and_told(void **state)
{
    workshop *shop = *state;
    JC_AUTO(jc_buf) content = {0};
    JC_AUTO(jc_buf) after = {0};
    char record[JC_TEST_PATH_SIZE + 32];
    workshop_append(shop, 1, 20);
    workshop_read(shop->mirror, &content);
    content.bytes[content.size / 3] ^= 1;
    workshop_write(shop->mirror, jc_buf_str(&content));
    (void)snprintf(record, sizeof record, "%s/.jc/mirror.sync", shop->dir);
    workshop_write(record, JC_STR("another-boot 0 w .\n"));
    workshop_reopen(shop);
    workshop_append(shop, 21, 1);
    workshop_read(shop->mirror, &after);
    assert_int_equal(after.size, content.size);
    assert_int_equal(shop->warnings, 1);
}

static void a_link_in_the_mirrors_place_is_not_followed(void **state)
{
    workshop *shop = *state;
    JC_AUTO(jc_buf) content = {0};
    char victim[JC_TEST_PATH_SIZE + 32];
    workshop_append(shop, 1, 1);
    assert_int_equal(unlink(shop->mirror), 0);
    (void)snprintf(victim, sizeof victim, "%s/victim", shop->dir);
    workshop_write(victim, JC_STR("precious"));
    assert_int_equal(symlink(victim, shop->mirror), 0);
    workshop_append(shop, 2, 1);
    workshop_read(victim, &content);
    assert_str(jc_buf_str(&content), "precious");
    assert_int_equal(shop->warnings, 1);
}

static void healing_a_mirror_that_is_ahead_always_keeps_it(void **state)
{
    workshop *shop = *state;
    JC_AUTO(jc_buf) content = {0};
    jc_error error;
    char copy[JC_TEST_PATH_SIZE + 16];
    workshop_append(shop, 1, 2);
    (void)snprintf(copy, sizeof copy, "%s/copy.db", shop->dir);
    assert_int_equal(jc_backup(shop->store, copy, NULL, NULL, &error), JC_OK);
    workshop_append(shop, 3, 2);
    workshop_read(shop->mirror, &content);
    content.bytes[40] = '\0';
    workshop_write(shop->mirror, jc_buf_str(&content));
    jc_close(shop->store);
    shop->store = NULL;
    assert_int_equal(jc_restore(shop->dir, copy, NULL, 0, &error), JC_OK);
    workshop_reopen(shop);
    jc_mirror_report report = workshop_heal(shop);
    assert_true(report.kept[0] != '\0');
    workshop_assert_mirror(shop);
}

static void permissions_are_for_the_owner_alone(void **state)
{
    workshop *shop = *state;
    struct stat facts;
    workshop_append(shop, 1, 1);
    assert_int_equal(stat(shop->mirror, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORKSHOP_CLAIM(every_append_is_mirrored),
        WORKSHOP_CLAIM(a_torn_line_is_completed_in_place_at_every_byte),
        WORKSHOP_CLAIM(rubbish_without_a_line_end_is_cut_and_told),
        WORKSHOP_CLAIM(a_foreign_last_line_is_left_alone_with_one_warning),
        WORKSHOP_CLAIM(healing_keeps_the_old_file_and_writes_the_new_one),
        WORKSHOP_CLAIM(an_edit_in_the_middle_is_found_and_healed),
        WORKSHOP_CLAIM(a_mirror_ahead_of_the_log_is_told_and_kept),
        WORKSHOP_CLAIM(a_deleted_mirror_comes_back_with_the_next_append),
        WORKSHOP_CLAIM(a_folder_in_the_way_costs_a_warning_and_no_event),
        WORKSHOP_CLAIM(a_held_mirror_delays_but_does_not_fail_the_append),
        WORKSHOP_CLAIM(a_large_batch_is_mirrored_whole),
        WORKSHOP_CLAIM(a_long_backlog_is_written_piece_by_piece),
        WORKSHOP_CLAIM(zeros_of_a_power_cut_are_put_right_in_place),
        WORKSHOP_CLAIM(an_edit_found_after_a_boot_is_left_alone_and_told),
        WORKSHOP_CLAIM(a_link_in_the_mirrors_place_is_not_followed),
        WORKSHOP_CLAIM(healing_a_mirror_that_is_ahead_always_keeps_it),
        WORKSHOP_CLAIM(permissions_are_for_the_owner_alone),
    };
    return cmocka_run_group_tests_name("mirror", tests, NULL, NULL);
}

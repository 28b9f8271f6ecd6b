/* The writers' queue by itself: what its file may hold, and what it means. Waiting with others is in
 * tests/model/waiting_test.c. */
#include "unit.h"

#include "contract/folder.h"
#include "store/backend_sqlite/queue.h"

#include "base/clock.h"

#include <fcntl.h>
#include <unistd.h>

#define SECOND_US INT64_C(1000000)

typedef struct line {
    char folder[JC_TEST_PATH_SIZE];
    char path[JC_TEST_PATH_SIZE + 16];
    jc_queue queue;
} line;

static int line_open(void **state)
{
    static line opened;
    jc_test_folder_make(opened.folder);
    (void)snprintf(opened.path, sizeof opened.path, "%s/lock", opened.folder);
    jc_queue_open(&opened.queue, opened.path);
    *state = &opened;
    return 0;
}

static int line_close(void **state)
{
    line *opened = *state;
    jc_queue_close(&opened->queue);
    jc_test_folder_remove(opened->folder);
    return 0;
}

#define LINE_CLAIM(function) cmocka_unit_test_setup_teardown(function, line_open, line_close)

/* Take a turn, which must not take long, and give it back. */
static void take_turn(line *in)
{
    int64_t start_us = jc_clock_monotonic_us();
    assert_true(jc_queue_enter(&in->queue, start_us + 5 * SECOND_US));
    jc_queue_leave(&in->queue);
    assert_in_range(jc_clock_monotonic_us() - start_us, 0, SECOND_US);
}

/* The file's words: of each lock (busy, next) its turn and its sleepers. */
static void write_words(const line *in, const uint32_t words[4])
{
    int fd = open(in->path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, words, 4 * sizeof *words, 0), 4 * sizeof *words);
    assert_int_equal(close(fd), 0);
}

static void read_words(const line *in, uint32_t ret_words[4])
{
    int fd = open(in->path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, ret_words, 4 * sizeof *ret_words, 0), 4 * sizeof *ret_words);
    assert_int_equal(close(fd), 0);
}

static void a_second_handle_waits_until_its_deadline(void **state)
{
    line *in = *state;
    jc_queue second;
    jc_queue_open(&second, in->path);
    assert_true(jc_queue_enter(&in->queue, jc_clock_monotonic_us() + SECOND_US));

    assert_false(jc_queue_enter(&second, jc_clock_monotonic_us() + SECOND_US / 50));

    jc_queue_leave(&in->queue);
    assert_true(jc_queue_enter(&second, jc_clock_monotonic_us() + SECOND_US));
    jc_queue_close(&second);
}

static void garbage_in_the_file_keeps_nobody_out(void **state)
{
    line *in = *state;
    const uint32_t garbage[4] = {0xffffffff, 0x80000000, 0x12345678, 0xffffffff};
    take_turn(in);
    write_words(in, garbage);

    for (int i = 0; i < 5; i++)
        take_turn(in);
}

/* Who is killed asleep stays counted; the lone writer's short way must not be closed for ever. */
static void sleepers_that_are_gone_are_forgotten(void **state)
{
    line *in = *state;
    const uint32_t left[4] = {7, 2, 9, 3};
    uint32_t words[4];
    take_turn(in);
    write_words(in, left);

    for (int i = 0; i < 4; i++)
        take_turn(in);

    read_words(in, words);
    assert_int_equal(words[1], 0);
    assert_int_equal(words[3], 0);
}

static void a_lock_file_that_is_removed_is_made_again(void **state)
{
    line *in = *state;
    take_turn(in);
    assert_int_equal(unlink(in->path), 0);

    take_turn(in);

    assert_int_equal(access(in->path, F_OK), 0);
}

static void without_a_place_for_the_file_there_is_no_queue(void **state)
{
    line *in = *state;
    jc_queue nowhere;
    char path[sizeof in->path + 16];
    (void)snprintf(path, sizeof path, "%s/missing/lock", in->folder);
    jc_queue_open(&nowhere, path);
    assert_false(jc_queue_enter(&nowhere, jc_clock_monotonic_us() + SECOND_US));
    jc_queue_leave(&nowhere);
    jc_queue_close(&nowhere);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINE_CLAIM(a_second_handle_waits_until_its_deadline),
        LINE_CLAIM(garbage_in_the_file_keeps_nobody_out),
        LINE_CLAIM(sleepers_that_are_gone_are_forgotten),
        LINE_CLAIM(a_lock_file_that_is_removed_is_made_again),
        LINE_CLAIM(without_a_place_for_the_file_there_is_no_queue),
    };
    return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}

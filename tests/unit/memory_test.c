/* Buffers, arenas, maps, and lines of a file. */
#include "unit.h"

#include "base/lines.h"
#include "base/map.h"
#include "contract/folder.h"

#include <stdio.h>
#include <stdlib.h>

static void a_buffer_grows_and_keeps_what_it_has(void **state)
{
    JC_AUTO(jc_buf) buf = {0};
    (void)state;
    for (int i = 0; i < 5000; i++)
        assert_int_equal(jc_buf_append_format(&buf, NULL, "%04d", i), JC_OK);
    assert_int_equal(buf.size, 20000);
    assert_memory_equal(buf.bytes + 4 * 4321, "4321", 4);
    jc_buf_consume(&buf, 19996);
    assert_str(jc_buf_str(&buf), "4999");
}

static void a_buffer_refuses_more_than_its_maximum_and_stays_as_it_was(void **state)
{
    JC_AUTO(jc_buf) buf = {.size_max = 10};
    jc_error error;
    (void)state;
    assert_int_equal(jc_buf_append_text(&buf, "0123456789", &error), JC_OK);
    jc_status status = JC_OK;
    for (int i = 0; i < 300 && status == JC_OK; i++)
        status = jc_buf_append_char(&buf, 'x', &error);
    assert_int_equal(status, JC_EINVAL);
    assert_holds(error.text, "more than 10 bytes");
}

static void pieces_of_an_arena_stay_where_they_are(void **state)
{
    JC_AUTO(jc_arena) arena = {0};
    char *pieces[300];
    (void)state;
    for (int i = 0; i < 300; i++) {
        pieces[i] = jc_arena_get(&arena, 1000);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % 16, 0);
        memset(pieces[i], i & 127, 1000);
    }
    for (int i = 0; i < 300; i++) {
        assert_int_equal(pieces[i][0], i & 127);
        assert_int_equal(pieces[i][999], i & 127);
    }
}

static void a_map_finds_what_was_put_and_nothing_else(void **state)
{
    JC_AUTO(jc_arena) arena = {0};
    jc_map map = {0};
    static char keys[3000][8];
    (void)state;
    for (int i = 0; i < 3000; i++) {
        (void)snprintf(keys[i], sizeof keys[i], "k%d", i);
        assert_null(jc_map_get(&map, jc_str_of(keys[i])));
        assert_true(jc_map_put(&map, &arena, jc_str_of(keys[i]), keys[i]));
    }
    for (int i = 0; i < 3000; i++)
        assert_ptr_equal(jc_map_get(&map, jc_str_of(keys[i])), keys[i]);
    assert_null(jc_map_get(&map, JC_STR("k3000")));
    assert_null(jc_map_get(&map, JC_STR("")));
}

static void write_file(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void lines_are_read_whole_across_reads_and_the_torn_one_is_told(void **state)
{
    char dir[JC_TEST_PATH_SIZE];
    char path[JC_TEST_PATH_SIZE + 16];
    jc_test_folder_make(dir);
    (void)snprintf(path, sizeof path, "%s/lines", dir);
    (void)state;
    /* Lines of growing length, so that many reads end in the middle of one. */
    JC_AUTO(jc_buf) text = {0};
    for (int i = 0; i < 700; i++) {
        for (int k = 0; k < i; k++)
            assert_int_equal(jc_buf_append_char(&text, (char)('a' + i % 26), NULL), JC_OK);
        assert_int_equal(jc_buf_append_char(&text, '\n', NULL), JC_OK);
    }
    assert_int_equal(jc_buf_append_text(&text, "torn", NULL), JC_OK);
    write_file(path, text.bytes, text.size);
    for (int keep_closed = 0; keep_closed < 2; keep_closed++) {
        JC_AUTO(jc_lines) lines = {.fd = -1};
        jc_str line;
        bool torn = true;
        assert_int_equal(jc_lines_open(&lines, path, keep_closed == 1, NULL), JC_OK);
        for (size_t i = 0; i < 700; i++) {
            assert_int_equal(jc_lines_next(&lines, &line, &torn, NULL), JC_OK);
            assert_int_equal(line.size, i);
            assert_false(torn);
        }
        assert_int_equal(jc_lines_next(&lines, &line, &torn, NULL), JC_OK);
        assert_true(torn);
        assert_str(line, "torn");
        assert_int_equal(lines.number, 701);
        assert_int_equal(jc_lines_next(&lines, &line, &torn, NULL), JC_END);
    }
    jc_test_folder_remove(dir);
}

static void a_line_without_end_is_refused_and_not_swallowed(void **state)
{
    char dir[JC_TEST_PATH_SIZE];
    char path[JC_TEST_PATH_SIZE + 16];
    jc_test_folder_make(dir);
    (void)snprintf(path, sizeof path, "%s/lines", dir);
    (void)state;
    size_t size = JC_LINE_SIZE_MAX * 4;
    char *bytes = malloc(size);
    assert_non_null(bytes);
    memset(bytes, '\0', size);
    write_file(path, bytes, size);
    free(bytes);
    JC_AUTO(jc_lines) lines = {.fd = -1};
    jc_str line;
    bool torn;
    jc_error error;
    assert_int_equal(jc_lines_open(&lines, path, false, NULL), JC_OK);
    assert_int_equal(jc_lines_next(&lines, &line, &torn, &error), JC_EINVAL);
    assert_holds(error.text, "line 1 is longer than");
    jc_test_folder_remove(dir);
}

/* Keys come and go at random, beside an array that says which are there. */
static void a_map_forgets_what_was_removed_and_nothing_else(void **state)
{
    JC_AUTO(jc_arena) arena = {0};
    jc_map map = {0};
    static char keys[200][8];
    bool there[200] = {false};
    uint32_t place = 7;
    (void)state;
    assert_false(jc_map_remove(&map, JC_STR("k0")));
    for (int i = 0; i < 200; i++)
        (void)snprintf(keys[i], sizeof keys[i], "k%d", i);
    for (int step = 0; step < 20000; step++) {
        place = place * 1664525 + 1013904223;
        size_t i = (place >> 16) % 200;
        jc_str key = jc_str_of(keys[i]);
        if (there[i])
            assert_true(jc_map_remove(&map, key));
        else
            assert_true(jc_map_put(&map, &arena, key, keys[i]));
        there[i] = !there[i];
        for (size_t each = i % 7; each < 200; each += 7)
            assert_ptr_equal(jc_map_get(&map, jc_str_of(keys[each])),
                             there[each] ? keys[each] : NULL);
    }
    assert_true(map.capacity <= 512);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_buffer_grows_and_keeps_what_it_has),
        CLAIM(a_buffer_refuses_more_than_its_maximum_and_stays_as_it_was),
        CLAIM(pieces_of_an_arena_stay_where_they_are),
        CLAIM(a_map_finds_what_was_put_and_nothing_else),
        CLAIM(a_map_forgets_what_was_removed_and_nothing_else),
        CLAIM(lines_are_read_whole_across_reads_and_the_torn_one_is_told),
        CLAIM(a_line_without_end_is_refused_and_not_swallowed),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}

/* Files line by line: what is too long, and what is taken back. */
#include "unit.h"

#include "base/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LONG 100000

/* A file of that content, read with lines of at most 10 bytes. */
static void open_lines(jc_lines *lines, const char *content, char path[32])
{
    (void)snprintf(path, 32, "/tmp/jc-lines-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    size_t size = strlen(content);
    assert_int_equal(write(fd, content, size), (ssize_t)size);
    (void)close(fd);
    assert_int_equal(jc_lines_open(lines, path, false, NULL), JC_OK);
    lines->size_max = 10;
    lines->pass_over = true;
}

static void close_lines(jc_lines *lines, const char *path)
{
    jc_lines_close(lines);
    assert_int_equal(unlink(path), 0);
}

static void assert_next(jc_lines *lines, const char *wanted)
{
    jc_str line;
    bool torn = false;
    assert_int_equal(jc_lines_next(lines, &line, &torn, NULL), JC_OK);
    assert_str(line, wanted);
}

static void assert_end(jc_lines *lines)
{
    jc_str line;
    bool torn = false;
    assert_int_equal(jc_lines_next(lines, &line, &torn, NULL), JC_END);
}

static void a_line_that_is_too_long_is_passed_over(void **state)
{
    char path[32];
    jc_lines lines;
    (void)state;
    open_lines(&lines, "one\n01234567890\n0123456789\nthree\n", path);
    assert_next(&lines, "one");
    assert_next(&lines, "0123456789");
    assert_int_equal(lines.passed_over, 1);
    assert_int_equal(lines.number, 3);
    assert_next(&lines, "three");
    assert_end(&lines);
    close_lines(&lines, path);
}

static void a_line_beyond_what_is_read_at_once_is_passed_over(void **state)
{
    static char content[LONG + 16];
    char path[32];
    jc_lines lines;
    (void)state;
    memset(content, 'x', LONG);
    (void)strcpy(content + LONG, "\nlast\n");
    open_lines(&lines, content, path);
    assert_next(&lines, "last");
    assert_int_equal(lines.passed_over, 1);
    assert_end(&lines);
    close_lines(&lines, path);
}

static void a_last_line_that_is_too_long_ends_the_file(void **state)
{
    static char content[LONG + 16];
    char path[32];
    jc_lines lines;
    (void)state;
    (void)strcpy(content, "one\n");
    memset(content + 4, 'x', LONG);
    open_lines(&lines, content, path);
    assert_next(&lines, "one");
    assert_end(&lines);
    assert_int_equal(lines.passed_over, 1);
    close_lines(&lines, path);
}

static void a_line_that_is_too_long_is_refused_where_none_is_passed_over(void **state)
{
    static char content[LONG + 16];
    char path[32];
    jc_lines lines;
    jc_str line;
    bool torn = false;
    (void)state;
    memset(content, 'x', LONG);
    open_lines(&lines, content, path);
    lines.pass_over = false;
    assert_int_equal(jc_lines_next(&lines, &line, &torn, NULL), JC_EINVAL);
    close_lines(&lines, path);
}

static void a_line_that_is_put_back_is_given_again(void **state)
{
    char path[32];
    jc_lines lines;
    jc_str line;
    bool torn = false;
    (void)state;
    open_lines(&lines, "one\ntwo", path);
    assert_int_equal(jc_lines_next(&lines, &line, &torn, NULL), JC_OK);
    jc_lines_put_back(&lines, line, torn);
    assert_next(&lines, "one");
    assert_int_equal(jc_lines_next(&lines, &line, &torn, NULL), JC_OK);
    jc_lines_put_back(&lines, line, torn);
    assert_next(&lines, "two");
    assert_end(&lines);
    close_lines(&lines, path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_that_is_too_long_is_passed_over),
        cmocka_unit_test(a_line_beyond_what_is_read_at_once_is_passed_over),
        cmocka_unit_test(a_last_line_that_is_too_long_ends_the_file),
        cmocka_unit_test(a_line_that_is_too_long_is_refused_where_none_is_passed_over),
        cmocka_unit_test(a_line_that_is_put_back_is_given_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Answers that are not taken, on the wire. */
#include "unit.h"

#include "server_host.h"

#include <stdlib.h>
#include <unistd.h>

#define EVENTS 8
#define EVENT_SIZE ((size_t)900 * 1024)
#define ALL "GET /api/events/large"

static void add_large_event(const jc_test_host *host)
{
    JC_AUTO(jc_buf) body = {0};
    JC_AUTO(jc_buf) answer = {0};
    char *text = malloc(EVENT_SIZE);
    assert_non_null(text);
    memset(text, 'x', EVENT_SIZE);
    assert_int_equal(jc_buf_append_format(&body, NULL,
                                          "{\"workflow_id\":\"large\",\"event_type\":\"a.written\","
                                          "\"data\":{\"text\":\"%.*s\"}}",
                                          (int)EVENT_SIZE, text),
                     JC_OK);
    free(text);
    jc_test_ask(host, "POST /api/events", "Content-Type: application/json\r\n", jc_buf_str(&body),
                &answer);
    assert_int_equal(jc_test_status(&answer), 201);
}

static int set_up(void **state)
{
    jc_test_host *host = calloc(1, sizeof *host);
    assert_non_null(host);
    jc_test_host_make(host);
    host->limits.answering_size_max = (size_t)6 * 1024 * 1024;
    jc_test_host_start(host);
    for (int i = 0; i < EVENTS; i++)
        add_large_event(host);
    *state = host;
    return 0;
}

static int tear_down(void **state)
{
    jc_test_host_remove(*state);
    free(*state);
    return 0;
}

/* Ask for some four megabytes, and read no more than that they come. */
static int ask_and_leave_it(const jc_test_host *host)
{
    char start[13] = "";
    const char request[] = ALL " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    int fd = jc_test_connect(host);
    assert_true(jc_test_send(fd, jc_str_of(request)));
    assert_int_equal(read(fd, start, sizeof start - 1), sizeof start - 1);
    assert_string_equal(start, "HTTP/1.1 200");
    return fd;
}

static void answers_that_nobody_takes_have_a_limit_together(void **state)
{
    JC_AUTO(jc_buf) large = {0};
    JC_AUTO(jc_buf) small = {0};
    int fd = ask_and_leave_it(*state);
    jc_test_ask(*state, ALL, "", (jc_str){0}, &large);
    assert_int_equal(jc_test_status(&large), 503);
    assert_str(jc_test_header(&large, "Retry-After"), "1");
    jc_test_ask(*state, "GET /api/head", "", (jc_str){0}, &small);
    assert_int_equal(jc_test_status(&small), 200);
    (void)close(fd);
}

static void what_was_taken_makes_room(void **state)
{
    JC_AUTO(jc_buf) taken = {0};
    JC_AUTO(jc_buf) large = {0};
    int fd = ask_and_leave_it(*state);
    assert_true(jc_test_read_until(fd, "\"position\":8}}", &taken));
    jc_test_ask(*state, ALL, "", (jc_str){0}, &large);
    assert_int_equal(jc_test_status(&large), 200);
    (void)close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answers_that_nobody_takes_have_a_limit_together, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_was_taken_makes_room, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

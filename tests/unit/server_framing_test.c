/* Requests that could be understood in two ways, on the wire. */
#include "unit.h"

#include "server_host.h"

#include <stdlib.h>
#include <unistd.h>

#define JSON "Content-Type: application/json\r\n"

static int set_up(void **state)
{
    jc_test_host *host = calloc(1, sizeof *host);
    assert_non_null(host);
    jc_test_host_make(host);
    jc_test_host_start(host);
    *state = host;
    return 0;
}

static int tear_down(void **state)
{
    jc_test_host_remove(*state);
    free(*state);
    return 0;
}

/* All that is answered until the server closes; a request that ends the connection itself is behind them. */
static void send_all(void **state, const char *requests, jc_buf *ret_answer)
{
    char last[128];
    const jc_test_host *host = *state;
    int fd = jc_test_connect(host);
    (void)snprintf(last, sizeof last,
                   "GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_true(jc_test_send(fd, jc_str_of(requests)));
    (void)jc_test_send(fd, jc_str_of(last));
    (void)jc_test_read_until(fd, NULL, ret_answer);
    (void)close(fd);
    assert_non_null(ret_answer->bytes);
}

static void a_header_whose_name_is_none_hides_no_second_request(void **state)
{
    static const char *const headers[] = {"Content-Length : 44", "Transfer-Encoding : chunked",
                                          "Content-Length\t: 44", "Content Length: 44", ": 44"};
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        char request[512];
        JC_AUTO(jc_buf) answer = {0};
        (void)snprintf(request, sizeof request,
                       "POST /hook HTTP/1.1\r\nHost: localhost\r\n" JSON "%s\r\n\r\n"
                       "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
                       headers[i]);
        send_all(state, request, &answer);
        assert_int_equal(jc_test_status(&answer), 400);
        if (strstr(answer.bytes + 1, "HTTP/1.1 ") != NULL)
            fail_msg("%s: %.900s", headers[i], answer.bytes);
    }
}

static void what_decides_something_is_given_once(void **state)
{
    static const char *const headers[] = {
        "Origin: http://localhost\r\nOrigin: http://evil.example\r\n",
        "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\n",
        "Content-Type: application/json\r\nContent-Type: text/plain\r\n",
        "Authorization: Bearer a\r\nauthorization: Bearer b\r\n", "Host: localhost\r\n"};
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        JC_AUTO(jc_buf) answer = {0};
        jc_test_ask(*state, "GET /healthz", headers[i], (jc_str){0}, &answer);
        if (jc_test_status(&answer) != 400)
            fail_msg("%s: %.300s", headers[i], answer.bytes);
    }
}

static void what_is_no_http_behind_an_answer_is_refused_as_json(void **state)
{
    JC_AUTO(jc_buf) answer = {0};
    send_all(state, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nNONSENSE\r\n\r\n", &answer);
    const char *second = strstr(answer.bytes, "HTTP/1.1 400 ");
    assert_int_equal(jc_test_status(&answer), 200);
    assert_non_null(second);
    assert_holds(second, "Content-Security-Policy: ");
    assert_holds(second, "{\"error\":{\"code\":\"invalid\",\"message\":\"");
    assert_null(strstr(second, "<HTML>"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_header_whose_name_is_none_hides_no_second_request, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_decides_something_is_given_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_http_behind_an_answer_is_refused_as_json, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The server on the wire: limits, what is no good as HTTP, what every answer has, and the end. */
#include "unit.h"

#include "server/address.h"
#include "server/api.h"
#include "server_host.h"

#include "base/clock.h"
#include "base/hash.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static int set_up(void **state)
{
    jc_test_host *host = calloc(1, sizeof *host);
    assert_non_null(host);
    jc_test_host_make(host);
    *state = host;
    return 0;
}

static int set_up_started(void **state)
{
    (void)set_up(state);
    jc_test_host_start(*state);
    return 0;
}

static int tear_down(void **state)
{
    jc_test_host_remove(*state);
    free(*state);
    return 0;
}

static void ask(void **state, const char *line, const char *headers, jc_buf *ret_answer)
{
    jc_test_ask(*state, line, headers, (jc_str){0}, ret_answer);
}

static void assert_status(const jc_buf *answer, int status)
{
    if (jc_test_status(answer) != status)
        fail_msg("wanted %d: %.300s", status, answer->bytes);
}

static void assert_header(const jc_buf *answer, const char *name, const char *wanted)
{
    jc_str value = jc_test_header(answer, name);
    if (value.bytes == NULL)
        fail_msg("no %s: %.600s", name, answer->bytes);
    assert_str(value, wanted);
}

static void assert_refusal(const jc_buf *answer, int status, const char *code)
{
    char piece[64];
    assert_status(answer, status);
    assert_header(answer, "Content-Type", "application/json");
    (void)snprintf(piece, sizeof piece, "{\"error\":{\"code\":\"%s\",\"message\":\"", code);
    assert_holds(answer->bytes, piece);
}

static const char *body_of(const jc_buf *answer)
{
    const char *end = strstr(answer->bytes, "\r\n\r\n");
    assert_non_null(end);
    return end + 4;
}

/* ---- What every answer has ---- */

static void assert_safe(const jc_buf *answer)
{
    assert_header(answer, "Content-Security-Policy",
                  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: "
                  "blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
                  "form-action 'none'");
    assert_header(answer, "X-Content-Type-Options", "nosniff");
    assert_header(answer, "Referrer-Policy", "no-referrer");
    assert_header(answer, "Cross-Origin-Opener-Policy", "same-origin");
    assert_header(answer, "Cross-Origin-Resource-Policy", "same-origin");
}

static void every_answer_keeps_a_browser_from_more_than_showing_it(void **state)
{
    static const char *const lines[] = {"GET /",        "GET /model.js",      "GET /healthz",
                                        "GET /metrics", "GET /api/workflows", "GET /nowhere",
                                        "DELETE /",     "BREW /coffee",       "GET /\x01 x"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        JC_AUTO(jc_buf) answer = {0};
        ask(state, lines[i], "", &answer);
        assert_safe(&answer);
    }
}

static void a_stream_has_the_same_headers(void **state)
{
    JC_AUTO(jc_buf) answer = {0};
    char request[128];
    int fd = jc_test_connect(*state);
    (void)snprintf(request, sizeof request,
                   "GET /api/stream HTTP/1.1\r\nHost: localhost:%d\r\n\r\n",
                   ((jc_test_host *)*state)->port);
    assert_true(jc_test_send(fd, jc_str_of(request)));
    assert_true(jc_test_read_until(fd, "\r\n\r\n", &answer));
    assert_status(&answer, 200);
    assert_safe(&answer);
    assert_header(&answer, "Content-Type", "text/event-stream");
    (void)close(fd);
}

static void answers_of_the_api_are_kept_nowhere(void **state)
{
    JC_AUTO(jc_buf) answer = {0};
    ask(state, "GET /api/workflows", "", &answer);
    assert_status(&answer, 200);
    assert_header(&answer, "Cache-Control", "no-store");
}

/* ---- Page and files ---- */

static void the_page_is_there_with_any_query(void **state)
{
    static const char *const lines[] = {"GET /", "GET /index.html", "GET /?wf=a&at=5",
                                        "GET http://localhost/?wf=a"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        JC_AUTO(jc_buf) answer = {0};
        ask(state, lines[i], "", &answer);
        assert_status(&answer, 200);
        assert_header(&answer, "Content-Type", "text/html; charset=utf-8");
        assert_holds(answer.bytes, "<!doctype html>");
    }
}

static void a_file_that_the_browser_has_is_not_sent_again(void **state)
{
    JC_AUTO(jc_buf) first = {0};
    JC_AUTO(jc_buf) again = {0};
    JC_AUTO(jc_buf) other = {0};
    char header[128];
    ask(state, "GET /model.js", "", &first);
    jc_str tag = jc_test_header(&first, "ETag");
    assert_non_null(tag.bytes);
    (void)snprintf(header, sizeof header, "If-None-Match: %.*s\r\n", (int)tag.size, tag.bytes);
    ask(state, "GET /model.js", header, &again);
    assert_status(&again, 304);
    assert_string_equal(body_of(&again), "");
    ask(state, "GET /model.js", "If-None-Match: \"another\"\r\n", &other);
    assert_status(&other, 200);
}

static void a_files_tag_is_the_hash_of_its_bytes(void **state)
{
    JC_AUTO(jc_buf) answer = {0};
    char wanted[2 * sizeof(jc_hash) + 1] = "";
    ask(state, "GET /model.js", "", &answer);
    jc_hash hash = jc_hash_of(jc_str_of(body_of(&answer)));
    jc_hex_encode(hash.bytes, sizeof hash.bytes, wanted);
    jc_str tag = jc_test_header(&answer, "ETag");
    assert_int_equal(tag.size, 34);
    assert_memory_equal(tag.bytes + 1, wanted, 32);
}

static void head_tells_the_size_and_sends_nothing(void **state)
{
    static const char *const paths[] = {"/", "/model.js", "/api/workflows", "/healthz", "/nowhere"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        JC_AUTO(jc_buf) head = {0};
        JC_AUTO(jc_buf) get = {0};
        char line[64];
        (void)snprintf(line, sizeof line, "HEAD %s", paths[i]);
        ask(state, line, "", &head);
        (void)snprintf(line, sizeof line, "GET %s", paths[i]);
        ask(state, line, "", &get);
        assert_int_equal(jc_test_status(&head), jc_test_status(&get));
        jc_str size = jc_test_header(&head, "Content-Length");
        assert_int_equal(atoi(size.bytes), strlen(body_of(&get)));
        assert_string_equal(body_of(&head), "");
    }
}

/* ---- Routes ---- */

static void a_path_that_there_is_not_is_not_found(void **state)
{
    static const char *const lines[] = {"GET /nowhere", "GET /api/nowhere", "GET /model.js/",
                                        "GET /../etc/passwd", "GET /package.json"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        JC_AUTO(jc_buf) answer = {0};
        ask(state, lines[i], "", &answer);
        assert_refusal(&answer, 404, "not_found");
    }
}

static void a_method_that_a_path_does_not_take_is_refused(void **state)
{
    static const struct {
        const char *line;
        const char *allowed;
    } cases[] = {
        {"POST /", "GET, HEAD"},         {"PUT /model.js", "GET, HEAD"},
        {"OPTIONS /", "GET, HEAD"},      {"DELETE /api/events", "GET, HEAD, POST"},
        {"PATCH /healthz", "GET, HEAD"}, {"GET /hook", "POST"},
        {"HEAD /api/stream", "GET"},     {"TRACE /api/workflows", "GET, HEAD"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        JC_AUTO(jc_buf) answer = {0};
        ask(state, cases[i].line, "Content-Type: application/json\r\n", &answer);
        assert_status(&answer, 405);
        assert_header(&answer, "Allow", cases[i].allowed);
    }
}

static void health_says_where_the_log_is(void **state)
{
    JC_AUTO(jc_buf) answer = {0};
    ask(state, "GET /healthz", "", &answer);
    assert_status(&answer, 200);
    assert_holds(body_of(&answer), "{\"status\":\"ok\",\"version\":\"");
    assert_holds(body_of(&answer), "\",\"position\":0}");
}

static void health_says_when_the_log_is_gone(void **state)
{
    jc_test_host *host = *state;
    JC_AUTO(jc_buf) answer = {0};
    char from[JC_TEST_PATH_SIZE + 32];
    char to[JC_TEST_PATH_SIZE + 32];
    (void)snprintf(from, sizeof from, "%s/.jc/events.db", host->folder);
    (void)snprintf(to, sizeof to, "%s/.jc/elsewhere.db", host->folder);
    assert_int_equal(rename(from, to), 0);
    ask(state, "GET /healthz", "", &answer);
    assert_int_equal(rename(to, from), 0);
    assert_refusal(&answer, 503, "failed");
}

static void metrics_count_requests_by_route_and_never_by_path(void **state)
{
    JC_AUTO(jc_buf) first = {0};
    JC_AUTO(jc_buf) second = {0};
    JC_AUTO(jc_buf) third = {0};
    JC_AUTO(jc_buf) metrics = {0};
    ask(state, "GET /api/state/some-workflow", "", &first);
    ask(state, "GET /api/state/another", "", &second);
    ask(state, "GET /nowhere/secret", "", &third);
    ask(state, "GET /metrics", "", &metrics);
    assert_status(&metrics, 200);
    assert_header(&metrics, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    assert_holds(metrics.bytes, "jc_http_requests_total{route=\"/api/state/{name}\",status=\"");
    assert_holds(metrics.bytes, "jc_http_requests_total{route=\"other\",status=\"404\"} 1\n");
    assert_holds(metrics.bytes,
                 "jc_http_request_duration_seconds_count{route=\"/api/state/{name}\"} 2\n");
    assert_null(strstr(metrics.bytes, "some-workflow"));
    assert_null(strstr(metrics.bytes, "secret"));
    assert_holds(metrics.bytes, "\njc_log_position 0\n");
    assert_holds(metrics.bytes, "\njc_http_connections ");
}

/* ---- Limits of size ---- */

/* `size` bytes in headers of a kilobyte each. */
static void fill_headers(jc_buf *headers, size_t size)
{
    for (size_t i = 0; headers->size < size; i++)
        assert_int_equal(jc_buf_append_format(headers, NULL, "X-%04zu: %0*d\r\n", i, 1000, 0),
                         JC_OK);
    assert_int_equal(jc_buf_append_char(headers, '\0', NULL), JC_OK);
}

static void headers_below_the_limit_are_good(void **state)
{
    JC_AUTO(jc_buf) headers = {0};
    JC_AUTO(jc_buf) answer = {0};
    fill_headers(&headers, 14 * 1024);
    ask(state, "GET /healthz", headers.bytes, &answer);
    assert_status(&answer, 200);
}

static void headers_beyond_the_limit_are_refused_however_large(void **state)
{
    static const size_t sizes[] = {17 * 1024, 60 * 1024, 70 * 1024, 300 * 1024};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        JC_AUTO(jc_buf) headers = {0};
        JC_AUTO(jc_buf) answer = {0};
        fill_headers(&headers, sizes[i]);
        ask(state, "GET /healthz", headers.bytes, &answer);
        assert_refusal(&answer, 431, "headers");
        assert_header(&answer, "Connection", "close");
        assert_safe(&answer);
    }
}

static void an_address_beyond_the_limit_is_refused(void **state)
{
    JC_AUTO(jc_buf) line = {0};
    JC_AUTO(jc_buf) answer = {0};
    assert_int_equal(jc_buf_append_format(&line, NULL, "GET /?q=%0*d%c", 90000, 0, '\0'), JC_OK);
    ask(state, line.bytes, "", &answer);
    assert_refusal(&answer, 431, "headers");
}

static void post(void **state, size_t size, jc_buf *ret_answer)
{
    char *body = malloc(size);
    assert_non_null(body);
    memset(body, ' ', size);
    jc_test_ask(*state, "POST /hook", "Content-Type: application/json\r\n", (jc_str){body, size},
                ret_answer);
    free(body);
}

static void what_is_posted_may_be_as_large_as_the_limit(void **state)
{
    JC_AUTO(jc_buf) answer = {0};
    post(state, JC_REQUEST_BODY_SIZE_MAX, &answer);
    assert_refusal(&answer, 400, "invalid");
}

static void what_is_posted_beyond_the_limit_is_too_large(void **state)
{
    JC_AUTO(jc_buf) little = {0};
    JC_AUTO(jc_buf) much = {0};
    post(state, JC_REQUEST_BODY_SIZE_MAX + 1, &little);
    assert_refusal(&little, 413, "too_large");
    assert_safe(&little);
    post(state, 3 * JC_REQUEST_BODY_SIZE_MAX, &much);
    assert_refusal(&much, 413, "too_large");
}

static void what_is_posted_in_chunks_is_put_together(void **state)
{
    JC_AUTO(jc_buf) answer = {0};
    ask(state, "POST /hook",
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        "9\r\n{\"session\r\n22\r\n_id\":\"s\",\"hook_event_name\":\"Stop\"}\r\n0\r\n",
        &answer);
    assert_status(&answer, 204);
}

/* ---- What is no good as HTTP ---- */

static void what_is_no_http_is_refused_as_json(void **state)
{
    static const char *const lines[] = {"NONSENSE", "GET", "\x16\x03\x01", "",
                                        "GET / HTTP/-7.1\r\nnonsense"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        JC_AUTO(jc_buf) answer = {0};
        ask(state, lines[i], "", &answer);
        assert_refusal(&answer, 400, "invalid");
    }
}

static void other_versions_of_http_are_answered_in_ours_or_refused(void **state)
{
    static const struct {
        const char *version;
        const char *wanted;
    } cases[] = {{"1.0", "HTTP/1.0 200 "}, {"1.1", "HTTP/1.1 200 "}, {"1.9", "HTTP/1.1 200 "},
                 {"0.0", "HTTP/1.1 400 "}, {"0.9", "HTTP/1.1 400 "}, {"-1.1", "HTTP/1.1 400 "},
                 {"2.0", "HTTP/1.1 400 "}, {"1.-1", "HTTP/1.1 400 "}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        JC_AUTO(jc_buf) answer = {0};
        char request[128];
        int fd = jc_test_connect(*state);
        (void)snprintf(request, sizeof request,
                       "GET /healthz HTTP/%s\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                       cases[i].version);
        assert_true(jc_test_send(fd, jc_str_of(request)));
        assert_true(jc_test_read_until(fd, NULL, &answer));
        if (strncmp(answer.bytes, cases[i].wanted, strlen(cases[i].wanted)) != 0)
            fail_msg("HTTP/%s: %.20s", cases[i].version, answer.bytes);
        (void)close(fd);
    }
}

static void where_a_request_ends_must_be_clear(void **state)
{
    static const struct {
        const char *line;
        const char *headers;
    } cases[] = {
        {"GET /healthz", "Content-Length: 4\r\n\r\nGET "},
        {"GET /healthz", "Transfer-Encoding: chunked\r\n\r\n0\r\n"},
        {"POST /hook", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"},
        {"POST /hook", "Content-Length: +2\r\n\r\n{}"},
        {"POST /hook", "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n"},
        {"POST /hook", "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n"},
        {"GET /healthz", "Host: localhost\r\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        JC_AUTO(jc_buf) answer = {0};
        ask(state, cases[i].line, cases[i].headers, &answer);
        assert_refusal(&answer, 400, "invalid");
        assert_header(&answer, "Connection", "close");
    }
}

static void requests_sent_at_once_are_answered_in_order(void **state)
{
    JC_AUTO(jc_buf) answer = {0};
    char requests[512];
    int port = ((jc_test_host *)*state)->port;
    int fd = jc_test_connect(*state);
    (void)snprintf(requests, sizeof requests,
                   "GET /api/workflows HTTP/1.1\r\nHost: localhost:%d\r\n\r\n"
                   "GET /nowhere HTTP/1.1\r\nHost: localhost:%d\r\n\r\n"
                   "GET /healthz HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n",
                   port, port, port);
    assert_true(jc_test_send(fd, jc_str_of(requests)));
    assert_true(jc_test_read_until(fd, NULL, &answer));
    const char *second = strstr(answer.bytes, "HTTP/1.1 404");
    const char *third = second != NULL ? strstr(second, "\"status\":\"ok\"") : NULL;
    assert_int_equal(jc_test_status(&answer), 200);
    assert_non_null(second);
    assert_non_null(third);
    (void)close(fd);
}

/* evhttp would end the process over this. */
static void bytes_that_come_while_a_request_is_answered_wait(void **state)
{
    for (int i = 0; i < 20; i++) {
        JC_AUTO(jc_buf) answer = {0};
        char request[256];
        int port = ((jc_test_host *)*state)->port;
        int fd = jc_test_connect(*state);
        (void)snprintf(request, sizeof request,
                       "GET /metrics HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", port);
        assert_true(jc_test_send(fd, jc_str_of(request)));
        (void)snprintf(request, sizeof request,
                       "GET /healthz HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n",
                       port);
        assert_true(jc_test_send(fd, jc_str_of(request)));
        assert_true(jc_test_read_until(fd, NULL, &answer));
        assert_holds(answer.bytes, "\"status\":\"ok\"");
        (void)close(fd);
    }
}

static void clients_that_go_away_are_no_trouble(void **state)
{
    JC_AUTO(jc_buf) answer = {0};
    struct linger at_once = {.l_onoff = 1};
    char request[256];
    (void)snprintf(request, sizeof request,
                   "POST /hook HTTP/1.1\r\nHost: localhost:%d\r\nContent-Type: application/json\r\n"
                   "Content-Length: 40\r\n\r\n{\"session_id\":\"s\",\"hook_event_name\":\"Stop\"",
                   ((jc_test_host *)*state)->port);
    for (size_t i = 0; i < 200; i++) {
        int fd = jc_test_connect(*state);
        (void)jc_test_send(fd, (jc_str){request, strlen(request) - i % 60});
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        (void)close(fd);
    }
    ask(state, "GET /healthz", "", &answer);
    assert_status(&answer, 200);
}

/* ---- Limits of number and time ---- */

static void a_silent_connection_is_closed(void **state)
{
    jc_test_host *host = *state;
    host->limits.request_ms = 300;
    jc_test_host_start(host);
    int fd = jc_test_connect(host);
    assert_true(jc_test_closed_within(fd, 5000));
    (void)close(fd);
}

static void a_request_that_comes_a_byte_at_a_time_is_cut_off(void **state)
{
    jc_test_host *host = *state;
    host->limits.request_ms = 500;
    jc_test_host_start(host);
    int fd = jc_test_connect(host);
    int64_t began_us = jc_clock_monotonic_us();
    assert_true(jc_test_send(fd, JC_STR("GET /healthz HTTP/1.1\r\nX: ")));
    bool open = true;
    while (open && jc_clock_monotonic_us() - began_us < 5000000)
        open = jc_test_send(fd, JC_STR("x")) && !jc_test_closed_within(fd, 50);
    assert_false(open);
    assert_true(jc_clock_monotonic_us() - began_us >= 500000);
    (void)close(fd);
}

static void a_stream_outlives_the_time_for_a_request(void **state)
{
    jc_test_host *host = *state;
    JC_AUTO(jc_buf) answer = {0};
    char request[128];
    host->limits.request_ms = 300;
    host->limits.answer_ms = 300;
    jc_test_host_start(host);
    int fd = jc_test_connect(host);
    (void)snprintf(request, sizeof request,
                   "GET /api/stream HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", host->port);
    assert_true(jc_test_send(fd, jc_str_of(request)));
    assert_true(jc_test_read_until(fd, "event: ready", &answer));
    assert_false(jc_test_closed_within(fd, 1200));
    (void)close(fd);
}

static void beyond_the_limit_connections_wait_until_others_have_gone(void **state)
{
    jc_test_host *host = *state;
    enum {
        LIMIT = 8
    };
    int fds[LIMIT];
    JC_AUTO(jc_buf) answer = {0};
    char request[128];
    host->limits.connections_max = LIMIT;
    jc_test_host_start(host);
    for (int i = 0; i < LIMIT; i++)
        fds[i] = jc_test_connect(host);
    int late = jc_test_connect(host);
    (void)snprintf(request, sizeof request,
                   "GET /healthz HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n",
                   host->port);
    assert_true(jc_test_send(late, jc_str_of(request)));
    assert_false(jc_test_closed_within(late, 700));
    (void)close(fds[0]);
    assert_true(jc_test_read_until(late, NULL, &answer));
    assert_status(&answer, 200);
    (void)close(late);
    for (int i = 1; i < LIMIT; i++)
        (void)close(fds[i]);
}

static void wait_for_metric(void **state, const char *line)
{
    JC_AUTO(jc_buf) metrics = {0};
    int64_t until_us = jc_clock_monotonic_us() + 10000000;
    do {
        jc_buf_clear(&metrics);
        ask(state, "GET /metrics", "", &metrics);
    } while (strstr(metrics.bytes, line) == NULL && jc_clock_monotonic_us() < until_us);
    assert_holds(metrics.bytes, line);
}

static void connections_that_say_nothing_keep_the_server_from_others_only_for_a_while(void **state)
{
    jc_test_host *host = *state;
    enum {
        COUNT = 1100
    };
    static int fds[COUNT];
    struct rlimit files = {.rlim_cur = 4096, .rlim_max = 4096};
    JC_AUTO(jc_buf) answer = {0};
    if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_max < 4096)
        skip();
    files.rlim_cur = files.rlim_cur > 4096 ? files.rlim_cur : 4096;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
    host->limits.request_ms = 1500;
    jc_test_host_start(host);
    for (int i = 0; i < COUNT; i++) {
        fds[i] = jc_test_connect(host);
        assert_true(fds[i] >= 0);
    }
    ask(state, "GET /healthz", "", &answer);
    assert_status(&answer, 200);
    for (int i = 0; i < COUNT; i++) {
        assert_true(jc_test_closed_within(fds[i], 10000));
        (void)close(fds[i]);
    }
    wait_for_metric(state, "\njc_http_connections 1\n");
}

static void requests_that_are_not_whole_have_a_limit_together(void **state)
{
    jc_test_host *host = *state;
    enum {
        COUNT = 6
    };
    int fds[COUNT];
    int cut = 0;
    char header[160];
    char *body = calloc(1, 1024 * 1024);
    JC_AUTO(jc_buf) answer = {0};
    assert_non_null(body);
    host->limits.receiving_size_max = (size_t)3 * 1024 * 1024;
    jc_test_host_start(host);
    (void)snprintf(header, sizeof header,
                   "POST /hook HTTP/1.1\r\nHost: localhost:%d\r\n"
                   "Content-Type: application/json\r\nContent-Length: 8000000\r\n\r\n",
                   host->port);
    for (int i = 0; i < COUNT; i++) {
        fds[i] = jc_test_connect(host);
        (void)jc_test_send(fds[i], jc_str_of(header));
        (void)jc_test_send(fds[i], (jc_str){body, 1024 * 1024});
    }
    free(body);
    for (int i = 0; i < COUNT; i++)
        cut += jc_test_closed_within(fds[i], 500) ? 1 : 0;
    assert_in_range(cut, 1, COUNT - 1);
    ask(state, "GET /healthz", "", &answer);
    assert_status(&answer, 200);
    for (int i = 0; i < COUNT; i++)
        (void)close(fds[i]);
}

/* ---- Token ---- */

#define TOKEN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_"

static void the_tokens_address_becomes_a_cookie_and_the_rest_of_it_stays(void **state)
{
    jc_test_host *host = *state;
    JC_AUTO(jc_buf) answer = {0};
    JC_AUTO(jc_buf) page = {0};
    char cookie[128], headers[160];
    host->token = TOKEN;
    jc_test_host_start(host);
    ask(state, "GET /?wf=a&token=" TOKEN "&at=5", "", &answer);
    assert_status(&answer, 303);
    assert_header(&answer, "Location", "/?wf=a&at=5");
    (void)snprintf(cookie, sizeof cookie, "jc_token_%d=" TOKEN, host->port);
    assert_true(strncmp(jc_test_header(&answer, "Set-Cookie").bytes, cookie, strlen(cookie)) == 0);
    assert_holds(answer.bytes, TOKEN "; HttpOnly; SameSite=Strict; Path=/\r\n");
    (void)snprintf(headers, sizeof headers, "Cookie: %s\r\n", cookie);
    ask(state, "GET /?wf=a&at=5", headers, &page);
    assert_status(&page, 200);
}

static void with_a_token_every_path_demands_it(void **state)
{
    static const char *const lines[] = {"GET /",           "GET /model.js",
                                        "GET /metrics",    "GET /api/workflows",
                                        "GET /api/stream", "GET /nowhere"};
    jc_test_host *host = *state;
    host->token = TOKEN;
    jc_test_host_start(host);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        JC_AUTO(jc_buf) answer = {0};
        ask(state, lines[i], "", &answer);
        assert_refusal(&answer, 401, "token");
    }
}

static void without_the_token_health_says_nothing_of_the_log(void **state)
{
    jc_test_host *host = *state;
    JC_AUTO(jc_buf) bare = {0};
    JC_AUTO(jc_buf) full = {0};
    host->token = TOKEN;
    jc_test_host_start(host);
    ask(state, "GET /healthz", "", &bare);
    assert_string_equal(body_of(&bare), "{\"status\":\"ok\"}\n");
    ask(state, "GET /healthz", "Authorization: Bearer " TOKEN "\r\n", &full);
    assert_holds(full.bytes, "store_id");
}

static void a_link_from_elsewhere_is_loaded_anew(void **state)
{
    jc_test_host *host = *state;
    JC_AUTO(jc_buf) answer = {0};
    host->token = TOKEN;
    jc_test_host_start(host);
    ask(state, "GET /?wf=a",
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n",
        &answer);
    assert_status(&answer, 200);
    assert_holds(answer.bytes, "http-equiv=\"refresh\"");
    assert_safe(&answer);
}

/* ---- Beginning and end ---- */

static void a_port_in_use_is_told(void **state)
{
    jc_test_host *host = *state;
    jc_server *second = NULL;
    jc_error error = {0};
    jc_server_options options = {.project_dir = host->folder, .port = host->port};
    assert_int_equal(jc_server_new(&options, &second, &error), JC_EEXISTS);
    assert_holds(error.text, "in use");
}

static void what_listens_does_not_hold_back_the_ends_of_answers(void **state)
{
    jc_address address = {0};
    jc_error error = {0};
    int at_once = 0;
    socklen_t size = sizeof at_once;
    (void)state;
    assert_int_equal(jc_address_listen("127.0.0.1", 0, &address, &error), JC_OK);
    assert_int_equal(getsockopt(address.fd, IPPROTO_TCP, TCP_NODELAY, &at_once, &size), 0);
    (void)close(address.fd);
    assert_true(at_once != 0);
}

static void an_address_that_others_reach_needs_a_token(void **state)
{
    jc_test_host *host = *state;
    jc_server *server = NULL;
    jc_error error = {0};
    jc_server_options options = {.project_dir = host->folder,
                                 .host = "0.0.0.0",
                                 .port = JC_SERVER_PORT_ANY};
    assert_int_equal(jc_server_new(&options, &server, &error), JC_EINVAL);
    assert_holds(error.text, "token");
}

static void an_address_of_another_machine_is_refused(void **state)
{
    static const char *const hosts[] = {"192.0.2.1", "no such name", "", "[::1"};
    jc_test_host *host = *state;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        jc_server *server = NULL;
        jc_error error = {0};
        jc_server_options options = {.project_dir = host->folder,
                                     .host = hosts[i],
                                     .port = JC_SERVER_PORT_ANY,
                                     .token = TOKEN};
        assert_int_equal(jc_server_new(&options, &server, &error), JC_EINVAL);
        assert_holds(error.text, "address");
    }
}

static void the_end_comes_within_a_second_with_streams_open(void **state)
{
    jc_test_host *host = *state;
    char request[128];
    int fds[20];
    (void)snprintf(request, sizeof request,
                   "GET /api/stream HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", host->port);
    for (int i = 0; i < 20; i++) {
        JC_AUTO(jc_buf) answer = {0};
        fds[i] = jc_test_connect(host);
        assert_true(jc_test_send(fds[i], jc_str_of(request)));
        assert_true(jc_test_read_until(fds[i], "event: ready", &answer));
    }
    assert_in_range(jc_test_host_stop(host), 0, 1000);
    for (int i = 0; i < 20; i++) {
        assert_true(jc_test_closed_within(fds[i], 1000));
        (void)close(fds[i]);
    }
}

#define STARTED(function) cmocka_unit_test_setup_teardown(function, set_up_started, tear_down)
#define BARE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STARTED(every_answer_keeps_a_browser_from_more_than_showing_it),
        STARTED(a_stream_has_the_same_headers),
        STARTED(answers_of_the_api_are_kept_nowhere),
        STARTED(the_page_is_there_with_any_query),
        STARTED(a_file_that_the_browser_has_is_not_sent_again),
        STARTED(a_files_tag_is_the_hash_of_its_bytes),
        STARTED(head_tells_the_size_and_sends_nothing),
        STARTED(a_path_that_there_is_not_is_not_found),
        STARTED(a_method_that_a_path_does_not_take_is_refused),
        STARTED(health_says_where_the_log_is),
        STARTED(health_says_when_the_log_is_gone),
        STARTED(metrics_count_requests_by_route_and_never_by_path),
        STARTED(headers_below_the_limit_are_good),
        STARTED(headers_beyond_the_limit_are_refused_however_large),
        STARTED(an_address_beyond_the_limit_is_refused),
        STARTED(what_is_posted_may_be_as_large_as_the_limit),
        STARTED(what_is_posted_beyond_the_limit_is_too_large),
        STARTED(what_is_posted_in_chunks_is_put_together),
        STARTED(what_is_no_http_is_refused_as_json),
        STARTED(other_versions_of_http_are_answered_in_ours_or_refused),
        STARTED(where_a_request_ends_must_be_clear),
        STARTED(requests_sent_at_once_are_answered_in_order),
        STARTED(bytes_that_come_while_a_request_is_answered_wait),
        STARTED(clients_that_go_away_are_no_trouble),
        BARE(a_silent_connection_is_closed),
        BARE(a_request_that_comes_a_byte_at_a_time_is_cut_off),
        BARE(a_stream_outlives_the_time_for_a_request),
        BARE(beyond_the_limit_connections_wait_until_others_have_gone),
        BARE(connections_that_say_nothing_keep_the_server_from_others_only_for_a_while),
        BARE(requests_that_are_not_whole_have_a_limit_together),
        BARE(the_tokens_address_becomes_a_cookie_and_the_rest_of_it_stays),
        BARE(with_a_token_every_path_demands_it),
        BARE(without_the_token_health_says_nothing_of_the_log),
        BARE(a_link_from_elsewhere_is_loaded_anew),
        STARTED(a_port_in_use_is_told),
        CLAIM(what_listens_does_not_hold_back_the_ends_of_answers),
        BARE(an_address_that_others_reach_needs_a_token),
        BARE(an_address_of_another_machine_is_refused),
        STARTED(the_end_comes_within_a_second_with_streams_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

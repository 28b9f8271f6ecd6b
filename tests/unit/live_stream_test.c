/* Live streams as one client meets them: over a socket, from a process that serves nothing else. */
#include "unit.h"

#include "base/clock.h"
#include "base/fail.h"
#include "contract/events.h"
#include "contract/folder.h"
#include "live/host.h"
#include "live/reader.h"

#include <inttypes.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct fixture {
    char folder[JC_TEST_PATH_SIZE];
    jc_store *store;
    jc_host host;
    uint64_t number; /* of the last event */
} fixture;

static int set_up_with(void **state, int heartbeat_s, int stuck_s)
{
    fixture *of = calloc(1, sizeof *of);
    jc_error error = {0};
    jc_test_project_make(of->folder);
    if (jc_open(of->folder, NULL, &of->store, &error) < 0)
        fail_msg("%s", error.text);
    of->host = (jc_host){.project = of->folder, .heartbeat_s = heartbeat_s, .stuck_s = stuck_s};
    jc_host_start(&of->host);
    *state = of;
    return 0;
}

static int set_up(void **state)
{
    return set_up_with(state, 0, 0);
}

static int set_up_quick(void **state)
{
    return set_up_with(state, 1, 2);
}

static int tear_down(void **state)
{
    fixture *of = *state;
    int result = jc_host_stop(&of->host);
    jc_close(of->store);
    jc_test_folder_remove(of->folder);
    free(of);
    return result;
}

static void append_by(fixture *of, const char *workflow_id, const char *type, const char *agent_id,
                      const char *data)
{
    jc_error error = {0};
    jc_event event = jc_test_event(++of->number, workflow_id, type, data);
    event.agent_id = jc_str_of(agent_id);
    if (jc_test_append(of->store, &event, 1, NULL, &error) < 0)
        fail_msg("%s", error.text);
}

static void append(fixture *of, const char *workflow_id)
{
    append_by(of, workflow_id, "x.happened", NULL, "{}");
}

/* So many as one unit, each with about `size` bytes. */
static void append_many(fixture *of, const char *workflow_id, size_t count, size_t size)
{
    jc_error error = {0};
    jc_event *events = calloc(count, sizeof *events);
    char *data = malloc(size + 32);
    int at = sprintf(data, "{\"x\":\"");
    memset(data + at, 'x', size);
    (void)strcpy(data + at + size, "\"}");
    for (size_t i = 0; i < count; i++)
        events[i] = jc_test_event(++of->number, workflow_id, "x.happened", data);
    if (jc_test_append(of->store, events, count, NULL, &error) < 0)
        fail_msg("%s", error.text);
    free(events);
    free(data);
}

static void open_stream(fixture *of, jc_reader *reader, const char *path, const char *more)
{
    if (!jc_reader_open(reader, of->host.port, path, more))
        fail_msg("%s cannot be opened", path);
}

/* With little room for what it does not read. */
static void open_narrow_stream(fixture *of, jc_reader *reader, const char *path)
{
    char request[200];
    (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path);
    if (!jc_reader_ask(reader, of->host.port, 16384, request))
        fail_msg("%s cannot be opened", path);
}

static jc_said next(jc_reader *reader)
{
    jc_said message = {0};
    if (!jc_reader_next(reader, &message))
        fail_msg("no message came (%s)", reader->trouble != NULL ? reader->trouble : "silence");
    return message;
}

static void assert_next(jc_reader *reader, const char *event, uint64_t position)
{
    jc_said message = next(reader);
    if (!jc_str_equal(message.event, jc_str_of(event)) || message.id != position)
        fail_msg("got %.*s %" PRIu64 ", wanted %s %" PRIu64, (int)message.event.size,
                 message.event.bytes != NULL ? message.event.bytes : "", message.id, event,
                 position);
}

static void assert_all(jc_reader *reader, const char *event, uint64_t first, uint64_t last)
{
    for (uint64_t position = first; position <= last; position++)
        assert_next(reader, event, position);
}

static void assert_ended(jc_reader *reader)
{
    jc_said message;
    assert_false(jc_reader_next(reader, &message));
    assert_true(reader->ended);
    assert_false(reader->cut);
}

/* ---- Where it begins ---- */

static void a_stream_begins_with_the_last_thousand_and_goes_on_with_what_comes(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    append_many(of, "w", 1500, 10);
    open_stream(of, &reader, "/api/events/w/stream", NULL);
    assert_all(&reader, "log", 501, 1500);
    assert_next(&reader, "ready", 1500);
    append(of, "w");
    assert_next(&reader, "log", 1501);
    append_many(of, "w", 300, 10);
    assert_all(&reader, "log", 1502, 1801);
    jc_reader_close(&reader);
}

static void what_is_sent_is_the_line_of_the_event(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    JC_AUTO(jc_buf) lines = {0};
    append_by(of, "w", "feature.started", "a \"b\" c", "{\"name\":\"\xc3\xbc \\n\"}");
    assert_int_equal(jc_test_lines(of->store, NULL, &lines, NULL), JC_OK);
    open_stream(of, &reader, "/api/stream", NULL);
    jc_said message = next(&reader);
    assert_true(
        jc_str_equal(message.data, (jc_str){lines.bytes, lines.size - 1 /* its newline */}));
    jc_reader_close(&reader);
}

static void last_counts_the_events_of_the_workflow(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    for (int i = 0; i < 10; i++) {
        append(of, "w");
        append(of, "other");
    }
    open_stream(of, &reader, "/api/events/w/stream?last=3", NULL);
    assert_next(&reader, "log", 15);
    assert_next(&reader, "log", 17);
    assert_next(&reader, "log", 19);
    assert_next(&reader, "ready", 20);
    jc_reader_close(&reader);
}

static void last_0_shows_only_what_is_new(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    append(of, "w");
    open_stream(of, &reader, "/api/stream?last=0", NULL);
    assert_next(&reader, "ready", 1);
    append(of, "v");
    assert_next(&reader, "log", 2);
    jc_reader_close(&reader);
}

static void a_stream_of_an_empty_log_is_ready_at_0(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    open_stream(of, &reader, "/api/stream", NULL);
    assert_next(&reader, "ready", 0);
    append(of, "w");
    assert_next(&reader, "log", 1);
    jc_reader_close(&reader);
}

static void after_0_is_everything(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    append_many(of, "w", 1200, 10);
    open_stream(of, &reader, "/api/stream?after=0", NULL);
    assert_all(&reader, "log", 1, 1200);
    assert_next(&reader, "ready", 1200);
    jc_reader_close(&reader);
}

static void last_event_id_goes_before_after_and_last(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    append_many(of, "w", 9, 10);
    open_stream(of, &reader, "/api/events/w/stream?after=2&last=1", "Last-Event-ID: 7\r\n");
    assert_all(&reader, "log", 8, 9);
    assert_next(&reader, "ready", 9);
    jc_reader_close(&reader);
}

/* Many positions, workflows of every density: the sequence behind each is found. */
static void from_every_position_exactly_what_lies_behind_it_comes(void **state)
{
    fixture *of = *state;
    for (int i = 0; i < 40; i++) {
        append(of, i % 7 == 0 ? "rare" : "often");
        if (i % 3 > 0)
            append_many(of, "noise", (size_t)(i % 3), 10);
    }
    uint64_t last = of->number;
    for (uint64_t after = 0; after <= last; after++) {
        jc_reader reader;
        char path[64];
        jc_cursor *cursor = NULL;
        const jc_event *event = NULL;
        const jc_str workflow = after % 2 == 0 ? JC_STR("rare") : JC_STR("often");
        const jc_filter filter = {.workflow_ids = &workflow, .workflow_count = 1};
        (void)snprintf(path, sizeof path, "/api/events/%s/stream?after=%" PRIu64, workflow.bytes,
                       after);
        open_stream(of, &reader, path, NULL);
        assert_int_equal(jc_cursor_open(of->store, &filter, &cursor, NULL), JC_OK);
        while (jc_cursor_next(cursor, &event, NULL) == JC_OK) {
            if (event->position > after)
                assert_next(&reader, "log", event->position);
        }
        assert_next(&reader, "ready", last);
        jc_cursor_close(cursor);
        jc_reader_close(&reader);
    }
}

/* ---- What it shows ---- */

static void heads_show_other_workflows_in_short(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    append(of, "other");
    append(of, "w");
    append(of, "other");
    open_stream(of, &reader, "/api/events/w/stream?heads=1&last=5", NULL);
    assert_next(&reader, "log", 2);
    assert_next(&reader, "ready", 3);
    append(of, "other");
    append(of, "w");
    jc_said message = next(&reader);
    assert_str(message.event, "head");
    assert_int_equal(message.id, 4);
    char data[200];
    (void)snprintf(data, sizeof data, "%.*s", (int)message.data.size, message.data.bytes);
    assert_holds(data, "{\"workflow_id\":\"other\",\"sequence\":3,\"position\":4,"
                       "\"event_type\":\"x.happened\",\"timestamp\":\"");
    assert_next(&reader, "log", 5);
    jc_reader_close(&reader);
}

static void heads_that_were_missed_come_when_a_client_comes_back(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    append(of, "w");
    append(of, "other");
    append(of, "w");
    append(of, "other");
    open_stream(of, &reader, "/api/events/w/stream?heads=1", "Last-Event-ID: 1\r\n");
    assert_next(&reader, "head", 2);
    assert_next(&reader, "log", 3);
    assert_next(&reader, "head", 4);
    assert_next(&reader, "ready", 4);
    jc_reader_close(&reader);
}

static void without_heads_other_workflows_are_not_shown(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    append(of, "w");
    open_stream(of, &reader, "/api/events/w/stream?last=0", NULL);
    assert_next(&reader, "ready", 1);
    append(of, "other");
    append(of, "w");
    assert_next(&reader, "log", 3);
    jc_reader_close(&reader);
}

static void filters_hold_for_the_past_and_for_what_comes(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    for (int i = 0; i < 2; i++) {
        append_by(of, "w", "feature.started", "coder", "{\"name\":\"n\"}");
        append_by(of, "w", "feature.started", "tester", "{\"name\":\"n\"}");
        append_by(of, "w", "agent.error", "coder", "{}");
        append_by(of, "w", "tests.passed", "coder", "{}");
        append_by(of, "w", "tests.passed", NULL, "{}");
        if (i > 0)
            break;
        open_stream(of, &reader, "/api/stream?type=feature.*&type=tests.[p]assed&agent=coder",
                    NULL);
        assert_next(&reader, "log", 1);
        assert_next(&reader, "log", 4);
        assert_next(&reader, "ready", 5);
    }
    assert_next(&reader, "log", 6);
    assert_next(&reader, "log", 9);
    jc_reader_close(&reader);
}

static void an_event_of_the_greatest_size_gets_through(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    append(of, "w");
    open_stream(of, &reader, "/api/stream", NULL);
    assert_next(&reader, "log", 1);
    assert_next(&reader, "ready", 1);
    append_many(of, "w", 1, JC_DATA_SIZE_MAX - 100);
    assert_next(&reader, "log", 2);
    append(of, "w");
    jc_said message = next(&reader);
    while (jc_str_equal(message.event, JC_STR("ready")))
        message = next(&reader);
    assert_int_equal(message.id, 3);
    jc_reader_close(&reader);
}

static void events_of_the_greatest_size_are_caught_up_with(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    for (int i = 0; i < 5; i++)
        append_many(of, "w", 1, JC_DATA_SIZE_MAX - 100);
    open_stream(of, &reader, "/api/events/w/stream", NULL);
    assert_all(&reader, "log", 1, 5);
    assert_next(&reader, "ready", 5);
    jc_reader_close(&reader);
}

static void a_damaged_row_is_passed_over(void **state)
{
    fixture *of = *state;
    char path[JC_TEST_PATH_SIZE + 16];
    sqlite3 *db = NULL;
    jc_reader readers[2];
    append_many(of, "w", 5, 10);
    (void)snprintf(path, sizeof path, "%s/.jc/events.db", of->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "DROP TRIGGER events_never_change;"
                                  "UPDATE events SET timestamp='x' WHERE position=3",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    open_stream(of, &readers[0], "/api/stream", NULL);
    open_stream(of, &readers[1], "/api/events/w/stream?after=2", NULL);
    assert_all(&readers[0], "log", 1, 2);
    for (int i = 0; i < 2; i++) {
        assert_all(&readers[i], "log", 4, 5);
        assert_next(&readers[i], "ready", 5);
        jc_reader_close(&readers[i]);
    }
}

/* ---- The wire ---- */

static void the_headers_keep_proxies_from_holding_it_back(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    open_stream(of, &reader, "/api/stream", NULL);
    assert_next(&reader, "ready", 0);
    assert_int_equal(reader.status, 200);
    assert_holds(reader.headers, "Content-Type: text/event-stream\r\n");
    assert_holds(reader.headers, "Cache-Control: no-cache\r\n");
    assert_holds(reader.headers, "X-Accel-Buffering: no\r\n");
    assert_true(reader.chunked);
    jc_reader_close(&reader);
}

static void a_client_of_http_1_0_is_given_no_chunks(void **state)
{
    static const char *const requests[] = {
        "GET /api/stream HTTP/1.0\r\n\r\n",
        "GET /api/stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"};
    fixture *of = *state;
    append(of, "w");
    for (int i = 0; i < 2; i++) {
        jc_reader reader;
        assert_true(jc_reader_ask(&reader, of->host.port, 0, requests[i]));
        assert_all(&reader, "log", 1, of->number);
        assert_next(&reader, "ready", of->number);
        append(of, "w");
        assert_next(&reader, "log", of->number);
        assert_false(reader.chunked);
        assert_null(strstr(reader.headers, "Content-Length"));
        jc_reader_close(&reader);
    }
}

static void head_is_answered_by_the_headers_alone(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    append(of, "w");
    assert_true(jc_reader_ask(&reader, of->host.port, 0,
                              "HEAD /api/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
    assert_int_equal(jc_reader_rest(&reader).size, 0);
    assert_int_equal(reader.status, 200);
    assert_holds(reader.headers, "Content-Type: text/event-stream\r\n");
    jc_reader_close(&reader);
    assert_int_equal(jc_host_stats(&of->host).clients, 0);
}

static void what_a_client_says_meanwhile_is_not_kept(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    char noise[4096];
    memset(noise, 'x', sizeof noise);
    open_stream(of, &reader, "/api/stream", NULL);
    assert_next(&reader, "ready", 0);
    size_t before = jc_host_memory(&of->host);
    for (int i = 0; i < 4096; i++)
        (void)!send(reader.fd, noise, sizeof noise, MSG_NOSIGNAL | MSG_DONTWAIT);
    append(of, "w");
    assert_next(&reader, "log", 1);
    assert_in_range(jc_host_memory(&of->host), 0, before + 1024 * 1024);
    jc_reader_close(&reader);
}

/* ---- What is refused ---- */

static void assert_refused(fixture *of, const char *path, const char *more, int status,
                           const char *code, const char *word)
{
    jc_reader reader;
    char headers[200];
    char body[1024];
    (void)snprintf(headers, sizeof headers, "%sConnection: close\r\n", more != NULL ? more : "");
    open_stream(of, &reader, path, headers);
    jc_str rest = jc_reader_rest(&reader);
    (void)snprintf(body, sizeof body, "%.*s", (int)rest.size, rest.bytes);
    if (reader.status != status)
        fail_msg("%s: %d, wanted %d: %s", path, reader.status, status, body);
    assert_holds(reader.headers, "Content-Type: application/json\r\n");
    char begin[64];
    (void)snprintf(begin, sizeof begin, "{\"error\":{\"code\":\"%s\",\"message\":\"", code);
    assert_int_equal(strncmp(body, begin, strlen(begin)), 0);
    assert_holds(body, word);
    jc_reader_close(&reader);
}

static void what_is_wrong_with_a_parameter_is_said(void **state)
{
    static const struct {
        const char *path;
        const char *word;
    } cases[] = {
        {"/api/stream?after=x", "after"},
        {"/api/stream?after=", "after"},
        {"/api/stream?after=-1", "after"},
        {"/api/stream?after=9223372036854775808", "after"},
        {"/api/stream?after=1&after=2", "after: it is given twice"},
        {"/api/stream?last=100001", "last"},
        {"/api/stream?last=1e3", "last"},
        {"/api/stream?agent=", "agent"},
        {"/api/stream?agent=%ff", "agent: it is not UTF-8"},
        {"/api/stream?agent=a%00b", "zero byte"},
        {"/api/stream?type=", "type"},
        {"/api/stream?heads=1", "heads"},
        {"/api/events/w/stream?heads=2", "heads"},
        {"/api/stream?epoch=x", "epoch"},
        {"/api/stream?store_id=1", "store_id"},
        {"/api/stream?lats=1", "no parameter 'lats'"},
        {"/api/stream?last", "last: it is empty"},
        {"/api/events/.w/stream", "w"},
        {"/api/events/a%20b/stream", "a b"},
        {"/api/events/%ff/stream", "UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(*state, cases[i].path, NULL, 400, "invalid", cases[i].word);
}

static void more_parameters_than_allowed_are_refused(void **state)
{
    char path[2000] = "/api/stream?type=a.*";
    for (int i = 0; i < 64; i++)
        (void)strcat(path, "&type=a.*");
    assert_refused(*state, path, NULL, 400, "invalid", "64");
}

static void a_last_event_id_that_is_no_position_is_refused(void **state)
{
    assert_refused(*state, "/api/stream", "Last-Event-ID: 12a\r\n", 400, "invalid",
                   "Last-Event-ID");
}

static void a_workflow_that_does_not_exist_is_not_found(void **state)
{
    append(*state, "w");
    assert_refused(*state, "/api/events/nope/stream?heads=1", NULL, 404, "not_found", "nope");
}

/* ---- Coming and going ---- */

static void assert_clients(fixture *of, uint64_t clients)
{
    int64_t end_us = jc_clock_monotonic_us() + 10 * JC_US_PER_SECOND;
    while (jc_host_stats(&of->host).clients != clients) {
        if (jc_clock_monotonic_us() > end_us)
            fail_msg("there are %" PRIu64 " clients", jc_host_stats(&of->host).clients);
    }
}

static void a_client_that_went_away_is_forgotten(void **state)
{
    fixture *of = *state;
    jc_reader readers[3];
    for (int i = 0; i < 3; i++) {
        open_stream(of, &readers[i], "/api/stream", NULL);
        assert_next(&readers[i], "ready", 0);
    }
    assert_clients(of, 3);
    jc_reader_close(&readers[1]);
    assert_clients(of, 2);
    append(of, "w");
    assert_next(&readers[0], "log", 1);
    assert_next(&readers[2], "log", 1);
    jc_reader_close(&readers[0]);
    jc_reader_close(&readers[2]);
    assert_clients(of, 0);
}

static void a_comment_comes_when_nothing_else_does(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    open_stream(of, &reader, "/api/stream", NULL);
    assert_next(&reader, "ready", 0);
    jc_said message = next(&reader);
    assert_null(message.event.bytes);
    assert_false(message.has_id);
    assert_null(message.data.bytes);
    jc_reader_close(&reader);
}

/* It reads nothing; a second client reads beside it. */
static void a_reader_that_takes_nothing_is_let_go_and_comes_back_without_a_gap(void **state)
{
    fixture *of = *state;
    jc_reader stuck;
    jc_reader other;
    open_narrow_stream(of, &stuck, "/api/stream");
    open_stream(of, &other, "/api/stream", NULL);
    assert_next(&stuck, "ready", 0);
    assert_next(&other, "ready", 0);
    append_many(of, "w", 10000, 600);
    for (uint64_t position = 1; position <= 10000;) {
        jc_said message = next(&other);
        if (jc_str_equal(message.event, JC_STR("log")))
            assert_int_equal(message.id, position++);
    }
    assert_int_equal(jc_host_stats(&of->host).clients, 2);
    assert_in_range(jc_host_stats(&of->host).queued_bytes, 1, 2 * JC_LIVE_QUEUED_MAX);
    assert_clients(of, 1);

    jc_said message;
    uint64_t last = 0;
    while (jc_reader_next(&stuck, &message)) {
        if (jc_str_equal(message.event, JC_STR("log")))
            assert_int_equal(message.id, ++last);
    }
    assert_in_range(last, 1, 9999);
    jc_reader_close(&stuck);
    char header[64];
    (void)snprintf(header, sizeof header, "Last-Event-ID: %" PRIu64 "\r\n", last);
    open_stream(of, &stuck, "/api/stream", header);
    assert_all(&stuck, "log", last + 1, 10000);
    assert_next(&stuck, "ready", 10000);
    jc_reader_close(&stuck);
    jc_reader_close(&other);
}

static void a_slow_reader_is_caught_up_in_order_and_told_when_it_is_ready_again(void **state)
{
    fixture *of = *state;
    jc_reader slow;
    jc_said message;
    uint64_t last = 0;
    bool ready_again = false;
    append(of, "w");
    open_narrow_stream(of, &slow, "/api/events/w/stream?heads=1&last=0");
    assert_next(&slow, "ready", 1);
    append_many(of, "other", 5000, 600);
    append_many(of, "w", 5000, 600);
    jc_live_stats stats = jc_host_stats(&of->host);
    while (stats.position < 10001)
        stats = jc_host_stats(&of->host);
    append_many(of, "w", 100, 600);
    for (last = 1; !ready_again || last < 10101;) {
        message = next(&slow);
        ready_again = jc_str_equal(message.event, JC_STR("ready"));
        if (!ready_again)
            assert_int_equal(message.id, ++last);
    }
    append(of, "w");
    assert_next(&slow, "log", 10102);
    assert_int_equal(jc_host_stats(&of->host).behind, 0);
    jc_reader_close(&slow);
}

static void the_numbers_say_what_was_sent(void **state)
{
    fixture *of = *state;
    jc_reader readers[2];
    append_many(of, "w", 7, 10);
    for (int i = 0; i < 2; i++) {
        open_stream(of, &readers[i], "/api/stream", NULL);
        assert_all(&readers[i], "log", 1, 7);
        assert_next(&readers[i], "ready", 7);
    }
    append(of, "w");
    assert_next(&readers[0], "log", 8);
    assert_next(&readers[1], "log", 8);
    jc_live_stats stats = jc_host_stats(&of->host);
    assert_int_equal(stats.clients, 2);
    assert_int_equal(stats.attached, 2);
    assert_int_equal(stats.behind, 0);
    assert_int_equal(stats.queued_bytes, 0);
    assert_int_equal(stats.events_sent, 16);
    assert_int_equal(stats.position, 8);
    jc_reader_close(&readers[0]);
    jc_reader_close(&readers[1]);
}

/* ---- The log under it ---- */

static void back_up(fixture *of, const char *name, char path[JC_TEST_PATH_SIZE + 16])
{
    jc_error error = {0};
    (void)snprintf(path, JC_TEST_PATH_SIZE + 16, "%s/%s", of->folder, name);
    if (jc_backup(of->store, path, NULL, NULL, &error) < 0)
        fail_msg("%s", error.text);
}

static void restore(fixture *of, const char *path)
{
    jc_error error = {0};
    jc_close(of->store);
    of->store = NULL;
    if (jc_restore(of->folder, path, NULL, 0, &error) < 0 ||
        jc_open(of->folder, NULL, &of->store, &error) < 0)
        fail_msg("%s", error.text);
}

static void assert_replaced(jc_reader *reader, uint64_t epoch)
{
    char data[200];
    char wanted[40];
    jc_said message = next(reader);
    assert_str(message.event, "replaced");
    (void)snprintf(data, sizeof data, "%.*s", (int)message.data.size, message.data.bytes);
    (void)snprintf(wanted, sizeof wanted, "\",\"epoch\":%" PRIu64 "}", epoch);
    assert_holds(data, wanted);
    assert_ended(reader);
    jc_reader_close(reader);
}

static void everybody_is_told_that_the_log_was_replaced(void **state)
{
    fixture *of = *state;
    char path[JC_TEST_PATH_SIZE + 16];
    jc_reader readers[2];
    append_many(of, "w", 3, 10);
    back_up(of, "copy.db", path);
    append_many(of, "w", 3, 10);
    open_stream(of, &readers[0], "/api/stream?last=0", NULL);
    open_stream(of, &readers[1], "/api/events/w/stream?last=0", NULL);
    assert_next(&readers[0], "ready", 6);
    assert_next(&readers[1], "ready", 6);
    restore(of, path);
    assert_replaced(&readers[0], 2);
    assert_replaced(&readers[1], 2);

    open_stream(of, &readers[0], "/api/stream", NULL);
    assert_all(&readers[0], "log", 1, 3);
    assert_next(&readers[0], "ready", 3);
    append(of, "w");
    assert_next(&readers[0], "log", 4);
    jc_reader_close(&readers[0]);
}

static void who_comes_with_more_than_the_log_has_is_told_that_it_was_replaced(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    append_many(of, "w", 3, 10);
    open_stream(of, &reader, "/api/events/w/stream", "Last-Event-ID: 4\r\n");
    assert_replaced(&reader, 1);
    open_stream(of, &reader, "/api/stream?after=4", NULL);
    assert_replaced(&reader, 1);
}

static void who_says_another_store_or_epoch_is_told_that_it_was_replaced(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    append_many(of, "w", 3, 10);
    open_stream(of, &reader, "/api/stream?after=1&epoch=2", NULL);
    assert_replaced(&reader, 1);
    open_stream(of, &reader,
                "/api/stream?after=1&epoch=1&store_id=0191f3a2-7c1e-7000-8000-000000000001", NULL);
    assert_replaced(&reader, 1);
}

static void who_says_the_same_store_and_epoch_goes_on(void **state)
{
    fixture *of = *state;
    jc_reader reader;
    jc_store_info info;
    char id[JC_UUID_TEXT_SIZE];
    char path[200];
    append_many(of, "w", 3, 10);
    assert_int_equal(jc_store_info_read(of->store, &info, NULL), JC_OK);
    jc_uuid_format(info.store_id, id);
    (void)snprintf(path, sizeof path, "/api/stream?after=2&epoch=1&store_id=%s", id);
    open_stream(of, &reader, path, NULL);
    assert_next(&reader, "log", 3);
    jc_reader_close(&reader);
}

/* The log is moved away, so that there is none for a while. */
static void while_there_is_no_log_who_comes_is_asked_to_come_again(void **state)
{
    fixture *of = *state;
    char log[JC_TEST_PATH_SIZE + 32];
    char away[JC_TEST_PATH_SIZE + 16];
    jc_reader reader;
    append_many(of, "w", 3, 10);
    back_up(of, "away.db", away);
    open_stream(of, &reader, "/api/stream?last=0", NULL);
    assert_next(&reader, "ready", 3);
    (void)snprintf(log, sizeof log, "%s/.jc/events.db", of->folder);
    assert_int_equal(unlink(log), 0);
    for (int busy = 0; busy < 1;) {
        jc_reader late;
        open_stream(of, &late, "/api/stream", "Connection: close\r\n");
        jc_said message;
        if (!jc_reader_next(&late, &message) && late.status == 503)
            busy++;
        jc_reader_close(&late);
    }
    jc_close(of->store);
    of->store = NULL;
    assert_int_equal(rename(away, log), 0);
    jc_said message = next(&reader);
    assert_str(message.event, "replaced");
    jc_reader_close(&reader);
}

#define STREAM_CLAIM(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
#define QUICK_CLAIM(function) cmocka_unit_test_setup_teardown(function, set_up_quick, tear_down)

int main(void)
{
    const struct CMUnitTest claims[] = {
        STREAM_CLAIM(a_stream_begins_with_the_last_thousand_and_goes_on_with_what_comes),
        STREAM_CLAIM(what_is_sent_is_the_line_of_the_event),
        STREAM_CLAIM(last_counts_the_events_of_the_workflow),
        STREAM_CLAIM(last_0_shows_only_what_is_new),
        STREAM_CLAIM(a_stream_of_an_empty_log_is_ready_at_0),
        STREAM_CLAIM(after_0_is_everything),
        STREAM_CLAIM(last_event_id_goes_before_after_and_last),
        STREAM_CLAIM(from_every_position_exactly_what_lies_behind_it_comes),
        STREAM_CLAIM(heads_show_other_workflows_in_short),
        STREAM_CLAIM(heads_that_were_missed_come_when_a_client_comes_back),
        STREAM_CLAIM(without_heads_other_workflows_are_not_shown),
        STREAM_CLAIM(filters_hold_for_the_past_and_for_what_comes),
        STREAM_CLAIM(an_event_of_the_greatest_size_gets_through),
        STREAM_CLAIM(events_of_the_greatest_size_are_caught_up_with),
        STREAM_CLAIM(a_damaged_row_is_passed_over),
        STREAM_CLAIM(the_headers_keep_proxies_from_holding_it_back),
        STREAM_CLAIM(a_client_of_http_1_0_is_given_no_chunks),
        STREAM_CLAIM(head_is_answered_by_the_headers_alone),
        STREAM_CLAIM(what_a_client_says_meanwhile_is_not_kept),
        STREAM_CLAIM(what_is_wrong_with_a_parameter_is_said),
        STREAM_CLAIM(more_parameters_than_allowed_are_refused),
        STREAM_CLAIM(a_last_event_id_that_is_no_position_is_refused),
        STREAM_CLAIM(a_workflow_that_does_not_exist_is_not_found),
        STREAM_CLAIM(a_client_that_went_away_is_forgotten),
        QUICK_CLAIM(a_comment_comes_when_nothing_else_does),
        QUICK_CLAIM(a_reader_that_takes_nothing_is_let_go_and_comes_back_without_a_gap),
        STREAM_CLAIM(a_slow_reader_is_caught_up_in_order_and_told_when_it_is_ready_again),
        STREAM_CLAIM(the_numbers_say_what_was_sent),
        STREAM_CLAIM(everybody_is_told_that_the_log_was_replaced),
        STREAM_CLAIM(who_comes_with_more_than_the_log_has_is_told_that_it_was_replaced),
        STREAM_CLAIM(who_says_another_store_or_epoch_is_told_that_it_was_replaced),
        STREAM_CLAIM(who_says_the_same_store_and_epoch_goes_on),
        STREAM_CLAIM(while_there_is_no_log_who_comes_is_asked_to_come_again),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}

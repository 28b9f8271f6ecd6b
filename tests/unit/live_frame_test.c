/* What is on the wire of a stream, byte by byte, and which paths are streams. */
#include "unit.h"

#include "contract/events.h"
#include "server/live.h"
#include "server/live_frame.h"

#include <stdlib.h>

static const jc_store_info info = {.store_id = {{0x01, 0x91, 0xf3, 0xa2, 0x7c, 0x1e, 0x70, 0,
                                                 0x80}},
                                   .epoch = 3};

static jc_event event_of(const char *data)
{
    jc_event event = jc_test_event(1, "fix-login", "feature.started", data);
    event.position = 4711;
    event.sequence = 12;
    event.timestamp_us = INT64_C(1767952800000001);
    return event;
}

static void a_log_frame_is_a_chunk_with_the_line_of_the_event(void **state)
{
    (void)state;
    char line[1024];
    char wanted[1200];
    char size_line[16];
    JC_AUTO(jc_buf) scratch = {0};
    jc_event event = event_of("{\"name\":\"login\"}");
    size_t size = jc_event_format(&event, line, sizeof line);
    jc_live_frame *frame = jc_live_frame_log(&event, &scratch);

    int at =
        snprintf(wanted, sizeof wanted, "id: 4711\nevent: log\ndata: %.*s\n\n", (int)size, line);
    assert_str(jc_live_frame_part(frame, false), wanted);
    (void)snprintf(size_line, sizeof size_line, "%x\r\n", (unsigned)at);
    memmove(wanted + strlen(size_line), wanted, (size_t)at + 1);
    memcpy(wanted, size_line, strlen(size_line));
    (void)strcat(wanted, "\r\n");
    assert_str(jc_live_frame_part(frame, true), wanted);
    jc_live_frame_drop(frame);
}

static void an_event_of_any_size_has_a_frame(void **state)
{
    (void)state;
    JC_AUTO(jc_buf) scratch = {0};
    JC_AUTO(jc_buf) data = {0};
    assert_int_equal(jc_buf_append_text(&data, "{\"x\":\"", NULL), JC_OK);
    while (data.size < JC_DATA_SIZE_MAX - 2)
        assert_int_equal(jc_buf_append_char(&data, 'x', NULL), JC_OK);
    assert_int_equal(jc_buf_append(&data, "\"}", 3, NULL), JC_OK);
    jc_event event = event_of(data.bytes);
    jc_live_frame *frame = jc_live_frame_log(&event, &scratch);

    assert_true(frame->message_size > JC_DATA_SIZE_MAX);
    assert_memory_equal(frame->bytes + frame->size - 4, "\n\n\r\n", 4);
    jc_live_frame_drop(frame);
}

static void a_head_frame_says_which_event_it_was(void **state)
{
    (void)state;
    JC_AUTO(jc_buf) scratch = {0};
    jc_event event = event_of("{}");
    jc_live_frame *frame = jc_live_frame_head(&event, &scratch);
    assert_str(jc_live_frame_part(frame, false),
               "id: 4711\nevent: head\ndata: {\"workflow_id\":\"fix-login\",\"sequence\":12,"
               "\"position\":4711,\"event_type\":\"feature.started\","
               "\"timestamp\":\"2026-01-09T10:00:00.000001Z\"}\n\n");
    jc_live_frame_drop(frame);
}

static void ready_carries_the_position_as_its_id(void **state)
{
    (void)state;
    JC_AUTO(jc_buf) scratch = {0};
    jc_live_frame *frame = jc_live_frame_ready(&info, 99, &scratch);
    assert_str(jc_live_frame_part(frame, false),
               "id: 99\nevent: ready\ndata: {\"store_id\":\"0191f3a2-7c1e-7000-8000-000000000000\","
               "\"epoch\":3,\"position\":99}\n\n");
    jc_live_frame_drop(frame);
}

static void replaced_takes_the_id_away(void **state)
{
    (void)state;
    JC_AUTO(jc_buf) scratch = {0};
    jc_live_frame *frame = jc_live_frame_replaced(&info, &scratch);
    assert_str(jc_live_frame_part(frame, false),
               "id:\nevent: replaced\ndata: {\"store_id\":\"0191f3a2-7c1e-7000-8000-000000000000\","
               "\"epoch\":3}\n\n");
    jc_live_frame_drop(frame);
}

static void a_comment_is_no_message(void **state)
{
    (void)state;
    JC_AUTO(jc_buf) scratch = {0};
    jc_live_frame *frame = jc_live_frame_comment(&scratch);
    assert_str(jc_live_frame_part(frame, true), "3\r\n:\n\n\r\n");
    jc_live_frame_drop(frame);
}

static void a_frame_lives_as_long_as_the_last_that_holds_it(void **state)
{
    (void)state;
    JC_AUTO(jc_buf) scratch = {0};
    jc_live_frame *frame = jc_live_frame_comment(&scratch);
    jc_live_frame *held = jc_live_frame_hold(frame);
    jc_live_frame_drop(frame);
    assert_int_equal(held->references, 1);
    assert_str(jc_live_frame_part(held, false), ":\n\n");
    jc_live_frame_drop(held);
}

static void streams_are_known_by_their_paths(void **state)
{
    static const struct {
        const char *path;
        bool is;
    } cases[] = {
        {"/api/stream", true},
        {"/api/events/fix-login/stream", true},
        {"/api/events/a%20b/stream", true},
        {"/api/events/stream/stream", true},
        {"/api/events/stream", false},
        {"/api/events//stream", false},
        {"/api/events/a/b/stream", false},
        {"/api/events/a/stream/", false},
        {"/api/events/a", false},
        {"/api/stream/", false},
        {"/api/streams", false},
        {"", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (jc_live_is_stream(jc_str_of(cases[i].path)) != cases[i].is)
            fail_msg("%s", cases[i].path);
    }
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM(a_log_frame_is_a_chunk_with_the_line_of_the_event),
        CLAIM(an_event_of_any_size_has_a_frame),
        CLAIM(a_head_frame_says_which_event_it_was),
        CLAIM(ready_carries_the_position_as_its_id),
        CLAIM(replaced_takes_the_id_away),
        CLAIM(a_comment_is_no_message),
        CLAIM(a_frame_lives_as_long_as_the_last_that_holds_it),
        CLAIM(streams_are_known_by_their_paths),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}

/* The line and the chain, by bytes. */
#include "unit.h"

#include "base/hash.h"
#include "event/chain.h"
#include "event/line.h"

/* An event with every field, some of them in need of escaping. */
static jc_event full_event(void)
{
    jc_event event = {.position = 18446744,
                      .sequence = 7,
                      .timestamp_us = 1767952800123456,
                      .has_timestamp = true};
    event.workflow_id = JC_STR("fix-login.2");
    event.event_type = JC_STR("agent.note.learning");
    event.agent_id = JC_STR("a\"b\\c");
    event.correlation_id = JC_STR("\\");
    event.causation_id = JC_STR("caf\xc3\xa9 \"");
    event.data = JC_STR("{\"title\":\"}\\\"{\",\"n\":1e400}");
    assert_int_equal(jc_uuid_parse(JC_STR("0197c0de-ab01-7000-8000-0123456789af"), &event.id, NULL),
                     JC_OK);
    event.hash = jc_hash_of(JC_STR("abc"));
    return event;
}

static const char full_line[] =
    "{\"position\":18446744,\"id\":\"0197c0de-ab01-7000-8000-0123456789af\",\"workflow_id\":\"fix-"
    "login.2\","
    "\"sequence\":7,\"timestamp\":\"2026-01-09T10:00:00.123456Z\",\"event_type\":\"agent.note."
    "learning\","
    "\"agent_id\":\"a\\\"b\\\\c\",\"correlation_id\":\"\\\\\",\"causation_id\":\"caf\xc3\xa9 "
    "\\\"\","
    "\"data\":{\"title\":\"}\\\"{\",\"n\":1e400},"
    "\"hash\":\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}";

static void the_line_has_every_field_in_order(void **state)
{
    JC_AUTO(jc_buf) line = {0};
    jc_event event = full_event();
    (void)state;
    assert_int_equal(jc_line_encode(&event, &line, NULL), JC_OK);
    assert_str(jc_buf_str(&line), full_line);
}

static void absent_fields_are_left_out(void **state)
{
    JC_AUTO(jc_buf) line = {0};
    jc_event event = full_event();
    event.agent_id = event.correlation_id = event.causation_id = (jc_str){0};
    (void)state;
    assert_int_equal(jc_line_encode(&event, &line, NULL), JC_OK);
    jc_str text = jc_buf_str(&line);
    assert_null(memmem(text.bytes, text.size, "agent_id", 8));
    assert_null(memmem(text.bytes, text.size, "_id\":null", 9));
}

static void formatting_counts_what_does_not_fit(void **state)
{
    jc_event event = full_event();
    size_t size = sizeof full_line - 1;
    (void)state;
    for (size_t room = 0; room <= size + 1; room++) {
        char bytes[sizeof full_line + 8];
        memset(bytes, '#', sizeof bytes);
        assert_int_equal(jc_event_format(&event, bytes, room), size);
        size_t written = room < size ? room : size;
        assert_memory_equal(bytes, full_line, written);
        assert_int_equal(bytes[written], '#');
    }
}

static void decoding_gives_back_what_was_encoded(void **state)
{
    JC_AUTO(jc_arena) arena = {0};
    JC_AUTO(jc_buf) again = {0};
    jc_event event;
    (void)state;
    assert_int_equal(jc_line_decode(jc_str_of(full_line), &arena, &event, NULL), JC_OK);
    assert_str(event.agent_id, "a\"b\\c");
    assert_str(event.causation_id, "caf\xc3\xa9 \"");
    assert_int_equal(event.timestamp_us, 1767952800123456);
    assert_int_equal(jc_line_encode(&event, &again, NULL), JC_OK);
    assert_str(jc_buf_str(&again), full_line);
}

static void no_beginning_of_a_line_is_a_line(void **state)
{
    JC_AUTO(jc_arena) arena = {0};
    jc_event event;
    (void)state;
    for (size_t size = 0; size < sizeof full_line - 1; size++)
        assert_int_equal(jc_line_decode((jc_str){full_line, size}, &arena, &event, NULL),
                         JC_EINVAL);
}

static void a_line_in_another_form_is_refused(void **state)
{
    static const char *const replacements[][2] = {{"{\"position\"", "{ \"position\""},
                                                  {"18446744", "018446744"},
                                                  {"18446744", "0"},
                                                  {"18446744", "99999999999999999999"},
                                                  {"\"sequence\":7", "\"sequence\":-7"},
                                                  {"0197c0de", "0197C0DE"},
                                                  {"fix-login.2", ".hidden"},
                                                  {"fix-login.2", "a/b"},
                                                  {".123456Z", "Z"},
                                                  {"10:00:00.123456Z", "25:00:00.123456Z"},
                                                  {"agent.note.learning", "learning"},
                                                  {"\\\"b", "\\u0022b"},
                                                  {"a\\\"b\\\\c", ""},
                                                  {"\"data\":{", "\"data\":[{"},
                                                  {"f20015ad", "F20015AD"},
                                                  {"\"}", "\"} "},
                                                  {"caf\xc3\xa9", "caf\xc3"},
                                                  {"\\\\\",\"causation", "\x01\",\"causation"}};
    (void)state;
    for (size_t i = 0; i < sizeof replacements / sizeof replacements[0]; i++) {
        JC_AUTO(jc_arena) arena = {0};
        char line[1024];
        jc_event event;
        const char *at = strstr(full_line, replacements[i][0]);
        assert_non_null(at);
        /* The last place of `"}` is the end of the line. */
        if (strcmp(replacements[i][0], "\"}") == 0)
            at = full_line + sizeof full_line - 3;
        (void)snprintf(line, sizeof line, "%.*s%s%s", (int)(at - full_line), full_line,
                       replacements[i][1], at + strlen(replacements[i][0]));
        if (jc_line_decode(jc_str_of(line), &arena, &event, NULL) != JC_EINVAL)
            fail_msg("taken for a line: %s", line);
    }
}

static void erased_and_salted_events_are_reserved(void **state)
{
    static const char erased[] = "{\"position\":1,\"id\":\"0197c0de-ab01-7000-8000-0123456789af\","
                                 "\"workflow_id\":\"w\",\"sequence\":1,"
                                 "\"timestamp\":\"2026-01-09T10:00:00.123456Z\",\"event_type\":\"a."
                                 "b\",\"data\":null,\"data_hash\":\"00\"}";
    static const char salted[] = "{\"position\":1,\"id\":\"0197c0de-ab01-7000-8000-0123456789af\","
                                 "\"workflow_id\":\"w\",\"sequence\":1,"
                                 "\"timestamp\":\"2026-01-09T10:00:00.123456Z\",\"event_type\":\"a."
                                 "b\",\"salt\":\"00\",\"data\":{}}";
    JC_AUTO(jc_arena) arena = {0};
    jc_event event;
    (void)state;
    assert_int_equal(jc_line_decode(jc_str_of(erased), &arena, &event, NULL), JC_EUNSUPPORTED);
    assert_int_equal(jc_line_decode(jc_str_of(salted), &arena, &event, NULL), JC_EUNSUPPORTED);
}

/* Computed with another SHA-256 over the bytes that docs/FORMAT.md names, not with this library. */
static void the_chain_gives_the_documented_hash(void **state)
{
    static const char wanted[] = "e9810b93a217ec978c03034cfac6c887e4b1ca4ae4278f23ff305352ed4b41df";
    JC_AUTO(jc_buf) scratch = {0};
    jc_event event = full_event();
    jc_hash hash;
    char text[JC_HASH_TEXT_SIZE];
    (void)state;
    assert_int_equal(jc_chain_hash((jc_hash){{0}}, &event, &scratch, &hash, NULL), JC_OK);
    jc_hash_format(hash, text);
    assert_string_equal(text, wanted);
}

static void every_field_but_position_is_in_the_hash(void **state)
{
    JC_AUTO(jc_buf) scratch = {0};
    jc_event event = full_event();
    jc_hash wanted, hash;
    (void)state;
    assert_int_equal(jc_chain_hash((jc_hash){{0}}, &event, &scratch, &wanted, NULL), JC_OK);
    for (int i = 0; i < 10; i++) {
        jc_event changed = event;
        jc_hash before = {{0}};
        switch (i) {
        case 0:
            changed.id.bytes[15] ^= 1;
            break;
        case 1:
            changed.workflow_id = JC_STR("fix-login.3");
            break;
        case 2:
            changed.sequence++;
            break;
        case 3:
            changed.timestamp_us++;
            break;
        case 4:
            changed.event_type = JC_STR("agent.note.warning");
            break;
        case 5:
            changed.agent_id = (jc_str){0};
            break;
        case 6:
            changed.correlation_id = JC_STR("x");
            break;
        case 7:
            changed.causation_id = JC_STR("y");
            break;
        case 8:
            changed.data = JC_STR("{}");
            break;
        default:
            before.bytes[0] = 1;
            break;
        }
        assert_int_equal(jc_chain_hash(before, &changed, &scratch, &hash, NULL), JC_OK);
        assert_memory_not_equal(&hash, &wanted, sizeof hash);
    }
    event.position++;
    assert_int_equal(jc_chain_hash((jc_hash){{0}}, &event, &scratch, &hash, NULL), JC_OK);
    assert_memory_equal(&hash, &wanted, sizeof hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(the_line_has_every_field_in_order),       CLAIM(absent_fields_are_left_out),
        CLAIM(formatting_counts_what_does_not_fit),     CLAIM(decoding_gives_back_what_was_encoded),
        CLAIM(no_beginning_of_a_line_is_a_line),        CLAIM(a_line_in_another_form_is_refused),
        CLAIM(erased_and_salted_events_are_reserved),   CLAIM(the_chain_gives_the_documented_hash),
        CLAIM(every_field_but_position_is_in_the_hash),
    };
    return cmocka_run_group_tests_name("line", tests, NULL, NULL);
}

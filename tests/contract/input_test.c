/* What good and bad events are: names, texts, data. Each table is a claim about every text in it; the
 * failing text is named. What is refused leaves nothing behind. */
#include "contract/fixture.h"

#include <stdlib.h>
#include <string.h>

#define TEXTS(...) ((const jc_str[]){__VA_ARGS__, {0}})

/* A string of `size` times the same character, kept for the whole run. */
static jc_str repeated(char c, size_t size)
{
    static char bytes[512];
    assert_in_range(size, 1, sizeof bytes);
    memset(bytes, c, sizeof bytes);
    jc_str text = {bytes, size};
    return text;
}

typedef void set_field(jc_event *event, jc_str text);

static void set_workflow_id(jc_event *event, jc_str text)
{
    event->workflow_id = text;
}

static void set_event_type(jc_event *event, jc_str text)
{
    event->event_type = text;
}

static void set_agent_id(jc_event *event, jc_str text)
{
    event->agent_id = text;
}

static void set_correlation_id(jc_event *event, jc_str text)
{
    event->correlation_id = text;
}

static void set_causation_id(jc_event *event, jc_str text)
{
    event->causation_id = text;
}

static void set_data(jc_event *event, jc_str text)
{
    event->data = text;
}

static void check_text(jc_fixture *fixture, set_field *set, jc_str text, uint64_t number,
                       jc_status wanted)
{
    jc_event event = jc_test_event(number, "alpha", "step.done", "{}");
    set(&event, text);
    jc_status status = jc_test_append(fixture->store, &event, 1, NULL, &fixture->error);
    if (status != wanted)
        fail_msg("'%.*s' gave %s instead of %s: %s", (int)text.size,
                 text.bytes != NULL ? text.bytes : "(absent)", jc_status_name(status),
                 jc_status_name(wanted), fixture->error.text);
}

static void check_refused(jc_fixture *fixture, set_field *set, const jc_str texts[])
{
    for (; texts->bytes != NULL; texts++)
        check_text(fixture, set, *texts, 1, JC_EINVAL);
    assert_int_equal(jc_fixture_position(fixture), 0);
}

static void check_accepted(jc_fixture *fixture, set_field *set, const jc_str texts[])
{
    uint64_t number = 1;
    for (; texts->bytes != NULL; texts++)
        check_text(fixture, set, *texts, number++, JC_OK);
}

static void a_workflow_id_that_is_none_is_refused(void **state)
{
    check_refused(*state, set_workflow_id,
                  TEXTS(JC_STR(""), JC_STR("../x"), JC_STR(".."), JC_STR("."), JC_STR(".hidden"),
                        JC_STR("-x"), JC_STR("a/b"), JC_STR("a\\b"), JC_STR("a b"), JC_STR("a\nb"),
                        JC_STR("a\x7f"), JC_STR("a\0b"), JC_STR("\xff"), JC_STR("\xc3\xa4"),
                        JC_STR("a:b"), JC_STR("a*"), repeated('w', JC_WORKFLOW_ID_SIZE_MAX + 1)));
}

static void an_absent_workflow_id_is_refused(void **state)
{
    check_text(*state, set_workflow_id, (jc_str){0}, 1, JC_EINVAL);
}

static void a_workflow_id_may_have_letters_digits_dots_underscores_and_hyphens(void **state)
{
    check_accepted(*state, set_workflow_id,
                   TEXTS(JC_STR("a"), JC_STR("0"), JC_STR("_"), JC_STR("A.b-C_9"), JC_STR("a..b"),
                         JC_STR("x-"), repeated('w', JC_WORKFLOW_ID_SIZE_MAX)));
}

static void an_event_type_that_is_none_is_refused(void **state)
{
    check_refused(*state, set_event_type,
                  TEXTS(JC_STR(""), JC_STR("done"), JC_STR("a."), JC_STR(".a"), JC_STR("a..b"),
                        JC_STR("A.b"), JC_STR("a.B"), JC_STR("a.b-c"), JC_STR("a b.c"),
                        JC_STR("a.b.c.d.e.f"), JC_STR("a.b\n"), JC_STR("a.\0b"),
                        JC_STR("a.\xc3\xa4"), JC_STR("a/b"), JC_STR("*.b")));
}

static void an_absent_event_type_is_refused(void **state)
{
    check_text(*state, set_event_type, (jc_str){0}, 1, JC_EINVAL);
}

static void an_event_type_has_at_most_128_bytes(void **state)
{
    char type[JC_EVENT_TYPE_SIZE_MAX + 1];
    memset(type, 'a', sizeof type);
    type[1] = '.';

    check_text(*state, set_event_type, (jc_str){type, sizeof type}, 1, JC_EINVAL);
    check_text(*state, set_event_type, (jc_str){type, sizeof type - 1}, 1, JC_OK);
}

static void an_event_type_has_two_to_five_segments(void **state)
{
    check_accepted(*state, set_event_type,
                   TEXTS(JC_STR("a.b"), JC_STR("a.b.c"), JC_STR("a.b.c.d"), JC_STR("a.b.c.d.e"),
                         JC_STR("deploy_2.step_9.done")));
}

static const jc_str *bad_names(void)
{
    static const jc_str names[] = {{"", 0},
                                   {"a\x01", 2},
                                   {"a\nb", 3},
                                   {"\x7f", 1},
                                   {"\xc2\x85", 2},
                                   {"a\0b", 3},
                                   {"\xff", 1},
                                   {"\xc3", 1},
                                   {"\xed\xa0\x80", 3},
                                   {"\xc0\xaf", 2},
                                   {"\xf4\x90\x80\x80", 4},
                                   {NULL, 0}};
    return names;
}

static void an_agent_correlation_or_causation_that_is_none_is_refused(void **state)
{
    set_field *const fields[] = {set_agent_id, set_correlation_id, set_causation_id};

    for (int i = 0; i < 3; i++) {
        check_refused(*state, fields[i], bad_names());
        check_text(*state, fields[i], repeated('n', JC_AGENT_ID_SIZE_MAX + 1), 1, JC_EINVAL);
    }
}

static void an_agent_may_have_any_other_text(void **state)
{
    check_accepted(*state, set_agent_id,
                   TEXTS(JC_STR("a"), JC_STR(" "), JC_STR("say \"hi\""), JC_STR("C:\\agents"),
                         JC_STR("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"), JC_STR("a/b"),
                         repeated('n', JC_AGENT_ID_SIZE_MAX)));
}

static void data_that_is_not_a_json_object_is_refused(void **state)
{
    check_refused(*state, set_data,
                  TEXTS(JC_STR(""), JC_STR(" "), JC_STR("[]"), JC_STR("1"), JC_STR("\"x\""),
                        JC_STR("null"), JC_STR("true"), JC_STR("hello"), JC_STR("{"),
                        JC_STR("{\"a\":1"), JC_STR("{\"a\":"), JC_STR("{\"a\""),
                        JC_STR("{\"a\":\"b"), JC_STR("{}}"), JC_STR("{} {}"), JC_STR("{},"),
                        JC_STR("{\"a\":1,}"), JC_STR("{a:1}"), JC_STR("{'a':1}"),
                        JC_STR("{\"a\":[1,]}"), JC_STR("{\"a\":1 /* one */}"),
                        JC_STR("{\"a\":1} // one"), JC_STR("\xef\xbb\xbf{}"), JC_STR("{\"a\"=1}"),
                        JC_STR("{\"a\" 1}")));
}

static void data_with_a_malformed_number_is_refused(void **state)
{
    check_refused(*state, set_data,
                  TEXTS(JC_STR("{\"a\":01}"), JC_STR("{\"a\":+1}"), JC_STR("{\"a\":1.}"),
                        JC_STR("{\"a\":.5}"), JC_STR("{\"a\":1e}"), JC_STR("{\"a\":-}"),
                        JC_STR("{\"a\":0x1}"), JC_STR("{\"a\":NaN}"), JC_STR("{\"a\":Infinity}"),
                        JC_STR("{\"a\":1 2}"), JC_STR("{\"a\":1e+}")));
}

static void data_with_a_malformed_string_is_refused(void **state)
{
    check_refused(*state, set_data,
                  TEXTS(JC_STR("{\"a\":\"\0\"}"), JC_STR("{\"a\":1}\0"), JC_STR("\0{}"),
                        JC_STR("{\"a\":\"\n\"}"), JC_STR("{\"a\":\"\t\"}"),
                        JC_STR("{\"a\":\"\x01\"}"), JC_STR("{\"a\":\"\\x\"}"),
                        JC_STR("{\"a\":\"\\u12\"}"), JC_STR("{\"a\":\"\\u12g4\"}"),
                        JC_STR("{\"a\":\"\\ud800\"}"), JC_STR("{\"a\":\"\\udc00\"}"),
                        JC_STR("{\"a\":\"\\udc00\\ud800\"}"), JC_STR("{\"a\":\"\\ud800x\"}"),
                        JC_STR("{\"\\ud800\":1}"), JC_STR("{\"a\":\"\xff\"}"),
                        JC_STR("{\"a\":\"\xc3\"}"), JC_STR("{\"a\":\"\xed\xa0\x80\"}"),
                        JC_STR("{\"a\":\"\xc0\x80\"}")));
}

static void data_with_a_duplicate_key_is_refused_at_any_depth(void **state)
{
    check_refused(*state, set_data,
                  TEXTS(JC_STR("{\"a\":1,\"a\":1}"), JC_STR("{\"a\":1,\"b\":2,\"a\":3}"),
                        JC_STR("{\"a\":1,\"\\u0061\":2}"), JC_STR("{\"\":1,\"\":2}"),
                        JC_STR("{\"x\":{\"a\":1,\"a\":2}}"),
                        JC_STR("{\"x\":[[{\"k\":1,\"k\":2}]]}"),
                        JC_STR("{\"\\u00e4\":1,\"\xc3\xa4\":2}"), JC_STR("{\"\\/\":1,\"/\":2}")));
}

static void keys_that_only_look_alike_are_accepted(void **state)
{
    check_accepted(*state, set_data,
                   TEXTS(JC_STR("{\"a\":{\"a\":{\"a\":1}}}"), JC_STR("{\"a\":1,\"A\":2}"),
                         JC_STR("{\"x\":[{\"a\":1},{\"a\":1}]}"), JC_STR("{\"a\":1,\"a \":2}"),
                         JC_STR("{\"a\":1,\"a\\u0000\":2}"), JC_STR("{\"a\":\"b\",\"b\":\"a\"}")));
}

/* {"a":[[…]]}: the object is the first level, so it takes `levels` - 1 brackets. */
static jc_status append_nested(jc_fixture *fixture, size_t levels)
{
    JC_AUTO(jc_buf) data = {0};
    assert_ok(fixture, jc_buf_append_text(&data, "{\"a\":", &fixture->error));
    for (size_t i = 1; i < levels; i++)
        assert_ok(fixture, jc_buf_append_char(&data, '[', &fixture->error));
    for (size_t i = 1; i < levels; i++)
        assert_ok(fixture, jc_buf_append_char(&data, ']', &fixture->error));
    assert_ok(fixture, jc_buf_append_char(&data, '}', &fixture->error));
    jc_event event = jc_test_event(1, "alpha", "step.done", NULL);
    event.data = jc_buf_str(&data);
    return jc_test_append(fixture->store, &event, 1, NULL, &fixture->error);
}

static void data_has_at_most_64_levels(void **state)
{
    jc_fixture *fixture = *state;

    assert_status(append_nested(fixture, JC_DATA_DEPTH_MAX + 1), JC_EINVAL);
    assert_status(append_nested(fixture, 100000), JC_EINVAL);
    assert_int_equal(jc_fixture_position(fixture), 0);
    assert_ok(fixture, append_nested(fixture, JC_DATA_DEPTH_MAX));
}

/* {"a":"xx…"} of `size` bytes, and `white` spaces behind its brace. */
static jc_status append_sized(jc_fixture *fixture, size_t size, size_t white)
{
    char *bytes = malloc(size + white);
    assert_non_null(bytes);
    memset(bytes, ' ', size + white);
    bytes[0] = '{';
    memcpy(bytes + 1 + white, "\"a\":\"", 5);
    memset(bytes + 6 + white, 'x', size - 8);
    memcpy(bytes + white + size - 2, "\"}", 2);
    jc_event event = jc_test_event(1, "alpha", "step.done", NULL);
    event.data = (jc_str){bytes, size + white};
    jc_status status = jc_test_append(fixture->store, &event, 1, NULL, &fixture->error);
    free(bytes);
    return status;
}

static void data_has_at_most_one_mebibyte_without_its_white_space(void **state)
{
    jc_fixture *fixture = *state;

    assert_status(append_sized(fixture, JC_DATA_SIZE_MAX + 1, 0), JC_EINVAL);
    assert_status(append_sized(fixture, JC_DATA_SIZE_MAX + 1, 9), JC_EINVAL);
    assert_int_equal(jc_fixture_position(fixture), 0);
    assert_ok(fixture, append_sized(fixture, JC_DATA_SIZE_MAX, 4096));
    assert_ok(fixture, append_sized(fixture, JC_DATA_SIZE_MAX, 0));
    assert_int_equal(jc_fixture_position(fixture), 1);
}

static void an_event_without_id_is_refused(void **state)
{
    jc_fixture *fixture = *state;
    jc_event event = jc_test_event(1, "alpha", "step.done", "{}");
    event.id = (jc_uuid){{0}};

    assert_status(jc_test_append(fixture->store, &event, 1, NULL, &fixture->error), JC_EINVAL);
    assert_ok(fixture, jc_event_prepare(&event, &fixture->error));
    assert_ok(fixture, jc_test_append(fixture->store, &event, 1, NULL, &fixture->error));
}

static void the_rule_of_a_type_is_enforced(void **state)
{
    jc_fixture *fixture = *state;
    const char *refused[][2] = {
        {"feature.started", "{}"},
        {"feature.started", "{\"name\":\"  \"}"},
        {"feature.completed", "{\"name\":7}"},
        {"agent.note.learning", "{\"title\":\"t\",\"content\":\"c\"}"},
        {"workflow.phase_changed", "{\"from_phase\":\"a\"}"},
        {"agent.message.sent",
         "{\"from_agent\":\"a\",\"to_agent\":\"b\",\"content\":\"c\",\"priority\":\"x\"}"},
        {"agent.message.completed",
         "{\"correlation_id\":\"m\",\"from_agent\":\"a\",\"result\":\"r\",\"success\":\"yes\"}"}};

    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        jc_event event = jc_test_event(1, "alpha", refused[i][0], refused[i][1]);
        if (jc_test_append(fixture->store, &event, 1, NULL, &fixture->error) != JC_EINVAL)
            fail_msg("%s with %s was not refused", refused[i][0], refused[i][1]);
    }
    assert_int_equal(jc_fixture_position(fixture), 0);
}

static void a_refusal_names_the_place_the_field_and_the_value(void **state)
{
    jc_fixture *fixture = *state;
    const jc_event events[] = {jc_test_event(1, "alpha", "step.done", "{}"),
                               jc_test_event(2, "alpha", "Step.Done", "{}")};

    assert_status(jc_test_append(fixture->store, events, 2, NULL, &fixture->error), JC_EINVAL);
    assert_non_null(strstr(fixture->error.text, "event_type"));
    assert_non_null(strstr(fixture->error.text, "Step.Done"));
    assert_non_null(strstr(fixture->error.text, "2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JC_CASE(a_workflow_id_that_is_none_is_refused),
        JC_CASE(an_absent_workflow_id_is_refused),
        JC_CASE(a_workflow_id_may_have_letters_digits_dots_underscores_and_hyphens),
        JC_CASE(an_event_type_that_is_none_is_refused),
        JC_CASE(an_absent_event_type_is_refused),
        JC_CASE(an_event_type_has_at_most_128_bytes),
        JC_CASE(an_event_type_has_two_to_five_segments),
        JC_CASE(an_agent_correlation_or_causation_that_is_none_is_refused),
        JC_CASE(an_agent_may_have_any_other_text),
        JC_CASE(data_that_is_not_a_json_object_is_refused),
        JC_CASE(data_with_a_malformed_number_is_refused),
        JC_CASE(data_with_a_malformed_string_is_refused),
        JC_CASE(data_with_a_duplicate_key_is_refused_at_any_depth),
        JC_CASE(keys_that_only_look_alike_are_accepted),
        JC_CASE(data_has_at_most_64_levels),
        JC_CASE(data_has_at_most_one_mebibyte_without_its_white_space),
        JC_CASE(an_event_without_id_is_refused),
        JC_CASE(the_rule_of_a_type_is_enforced),
        JC_CASE(a_refusal_names_the_place_the_field_and_the_value),
    };
    return jc_contract_run("input", tests, sizeof tests / sizeof *tests);
}

/* An event's data, written from what others recorded: mended, cut, and never too large. */
#include "unit.h"

#include "base/hash.h"
#include "intake/data.h"

typedef struct bench {
    jc_foreign foreign;
    jc_data data;
    jc_buf record;
} bench;

static int open_bench(void **state)
{
    static bench opened;
    opened = (bench){0};
    *state = &opened;
    return 0;
}

static int close_bench(void **state)
{
    bench *in = *state;
    jc_foreign_release(&in->foreign);
    jc_data_release(&in->data);
    jc_buf_release(&in->record);
    return 0;
}

#define DATA_CLAIM(function) cmocka_unit_test_setup_teardown(function, open_bench, close_bench)

/* The data of a record, borrowed until the next. */
static jc_str write_record(bench *in, jc_str record)
{
    yyjson_val *root = NULL;
    jc_error error;
    jc_str text = {0};
    jc_status status = jc_foreign_read(&in->foreign, record, &root, &error);
    if (status < 0)
        fail_msg("%s", error.text);
    in->data.mended = in->foreign.mended;
    do {
        status = jc_data_begin(&in->data, &error);
        if (status == JC_OK)
            status = jc_data_members(&in->data, root, NULL, &error);
        if (status == JC_OK)
            status = jc_data_end(&in->data, &text, &error);
    } while (status == JC_END);
    if (status < 0)
        fail_msg("%s", error.text);
    assert_true(text.size <= JC_DATA_SIZE_MAX);
    return text;
}

static void add(bench *in, const char *text)
{
    assert_int_equal(jc_buf_append_text(&in->record, text, NULL), JC_OK);
}

static void add_times(bench *in, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add(in, text);
}

static jc_str write_it(bench *in)
{
    return write_record(in, jc_buf_str(&in->record));
}

/* What comes out must be an event's data. */
static void assert_is_data(jc_str data)
{
    JC_AUTO(jc_json) json = {0};
    JC_AUTO(jc_arena) arena = {0};
    jc_json_limits limits = {.size_max = JC_DATA_SIZE_MAX, .depth_max = JC_DATA_DEPTH_MAX};
    yyjson_val *root = NULL;
    jc_str compact;
    jc_error error;
    if (jc_json_read(&json, data, limits, &arena, &root, &compact, &error) < 0)
        fail_msg("%s", error.text);
    assert_int_equal(compact.size, data.size);
}

static bool ends(jc_str text, const char *with)
{
    size_t size = strlen(with);
    return text.size >= size && memcmp(text.bytes + text.size - size, with, size) == 0;
}

static bool holds(jc_str text, const char *piece)
{
    return memmem(text.bytes, text.size, piece, strlen(piece)) != NULL;
}

static void what_breaks_no_rule_is_kept_as_it_is(void **state)
{
    static const char record[] =
        "{\"a\":1.0e5,\"b\":[true,null,{}],\"c\":{\"d\":\"x\\\"y\"},\"e\":\"\"}";
    assert_str(write_record(*state, jc_str_of(record)), record);
}

static void the_last_of_duplicate_keys_stands(void **state)
{
    assert_str(write_record(*state, JC_STR("{\"a\":1,\"b\":{\"c\":1,\"\\u0063\":2},\"a\":3}")),
               "{\"b\":{\"c\":2},\"a\":3,\"mended\":[\"duplicate\"]}");
}

static void the_last_of_duplicate_keys_stands_among_many(void **state)
{
    bench *in = *state;
    add(in, "{");
    for (int i = 0; i < 100; i++)
        assert_int_equal(jc_buf_append_format(&in->record, NULL, "\"k%d\":%d,", i % 50, i), JC_OK);
    add(in, "\"z\":0}");
    jc_str data = write_it(in);
    assert_is_data(data);
    assert_int_equal(memcmp(data.bytes, "{\"k0\":50,\"k1\":51,", 17), 0);
    assert_true(ends(data, ",\"z\":0,\"mended\":[\"duplicate\"]}"));
}

static void lone_surrogates_become_a_replacement(void **state)
{
    assert_str(write_record(*state,
                            JC_STR("{\"a\":\"x\\ud800y\\udc00\\ud83d\\ude00\\ud800\\ud83d\"}")),
               "{\"a\":\"x\xef\xbf\xbdy\xef\xbf\xbd\xf0\x9f\x98\x80\xef\xbf\xbd\xef\xbf\xbd\","
               "\"mended\":[\"surrogate\"]}");
}

static void bytes_that_are_no_utf8_become_a_replacement(void **state)
{
    assert_str(write_record(*state, JC_STR("{\"a\":\"x\xff\xc3y\xe2\x82\"}")),
               "{\"a\":\"x\xef\xbf\xbd\xef\xbf\xbdy\xef\xbf\xbd\xef\xbf\xbd\","
               "\"mended\":[\"utf8\"]}");
}

static void raw_control_characters_are_escaped(void **state)
{
    jc_str data = write_record(*state, JC_STR("{\"a\":\"x\ny\tz\0w\"}"));
    assert_is_data(data);
    assert_true(ends(data, "\"mended\":[\"control\"]}"));
    assert_true(holds(data, "z\\u0000w"));
}

static void an_escaped_zero_is_good_and_no_mend(void **state)
{
    assert_str(write_record(*state, JC_STR("{\"a\":\"\\u0000\"}")), "{\"a\":\"\\u0000\"}");
}

static void sixty_four_levels_are_kept_and_the_next_becomes_text(void **state)
{
    bench *in = *state;
    add(in, "{\"a\":");
    add_times(in, "[", 63);
    add_times(in, "]", 63);
    add(in, "}");
    jc_str data = write_it(in);
    assert_is_data(data);
    assert_false(holds(data, "mended"));

    in->record.size = 0;
    add(in, "{\"a\":");
    add_times(in, "[", 64);
    add_times(in, "]", 64);
    add(in, "}");
    data = write_it(in);
    assert_is_data(data);
    assert_true(holds(data, "[\"[]\"]"));
    assert_true(ends(data, ",\"mended\":[\"depth\"]}"));
}

static void members_that_have_our_names_get_a_line_behind_them(void **state)
{
    assert_str(write_record(*state, JC_STR("{\"mended\":1,\"cut\":2,\"cut_\":3,\"redacted\":4}")),
               "{\"mended_\":1,\"cut__\":2,\"cut_\":3,\"redacted_\":4}");
}

/* The data of a record without the secrets that the built-in rules find. */
static jc_str write_redacted(bench *in, jc_redactor *redactor, const char *record)
{
    in->data.redactor = redactor;
    jc_str text = write_record(in, jc_str_of(record));
    in->data.redactor = NULL;
    return text;
}

static void a_secret_is_found_by_what_names_it(void **state)
{
    static const char *const cases[][2] = {
        {"{\"i\":{\"password\":\"hunter\"}}",
         "{\"i\":{\"password\":\"[redacted:password]\"},\"redacted\":1}"},
        {"{\"a\":[\"--password\",\"hunter\",\"hunter\"]}",
         "{\"a\":[\"--password\",\"[redacted:password]\",\"hunter\"],\"redacted\":1}"},
        {"{\"e\":[{\"name\":\"DB_PASSWORD\",\"value\":\"hunter\"}]}",
         "{\"e\":[{\"name\":\"DB_PASSWORD\",\"value\":\"[redacted:password]\"}],\"redacted\":1}"},
        {"{\"e\":[{\"value\":\"hunter\",\"name\":\"DB_PASSWORD\"}]}",
         "{\"e\":[{\"value\":\"[redacted:password]\",\"name\":\"DB_PASSWORD\"}],\"redacted\":1}"},
        {"{\"e\":[{\"name\":\"USER\",\"value\":\"hunter\"}]}",
         "{\"e\":[{\"name\":\"USER\",\"value\":\"hunter\"}]}"},
        {"{\"i\":{\"password\":72519468,\"max_token\":72519468,\"pass\":72519468,\"pin\":13}}",
         "{\"i\":{\"password\":\"[redacted:password]\",\"max_token\":72519468,\"pass\":72519468,"
         "\"pin\":13},\"redacted\":1}"},
        {"{\"door\":{\"pin\":7251}}",
         "{\"door\":{\"pin\":\"[redacted:password]\"},\"redacted\":1}"},
        {"{\"password\":{\"x\":\"hunter\",\"type\":\"string\",\"y\":[{\"z\":\"hunter\"},7251]},"
         "\"x\":"
         "\"hunter\"}",
         "{\"password\":{\"x\":\"[redacted:password]\",\"type\":\"string\",\"y\":[{\"z\":"
         "\"[redacted:password]\"},\"[redacted:password]\"]},\"x\":\"hunter\",\"redacted\":3}"},
    };
    jc_redactor *redactor = NULL;
    assert_int_equal(jc_redactor_new(NULL, &redactor, NULL), JC_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_str(write_redacted(*state, redactor, cases[i][0]), cases[i][1]);
    jc_redactor_free(redactor);
}

#define TOKEN_A                                                                                    \
    "ghp_"                                                                                         \
    "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"
#define TOKEN_B                                                                                    \
    "ghp_"                                                                                         \
    "Z9y8X7w6V5u4T3s2R1q0P9o8N7m6L5k4J3i2"

static void secrets_in_names_become_marks_that_differ(void **state)
{
    jc_redactor *redactor = NULL;
    assert_int_equal(jc_redactor_new(NULL, &redactor, NULL), JC_OK);
    assert_str(write_redacted(*state, redactor,
                              "{\"" TOKEN_A "\":1,\"in\":{\"" TOKEN_A "\":2,\"" TOKEN_B "\":3}}"),
               "{\"[redacted:github-token] 1\":1,\"in\":{\"[redacted:github-token] 2\":2,"
               "\"[redacted:github-token] 3\":3},\"redacted\":3}");
    assert_str(write_redacted(*state, redactor,
                              "{\"" TOKEN_A "\":1,\"[redacted:github-token] 1\":2}"),
               "{\"[redacted:github-token] 1_\":1,\"[redacted:github-token] 1\":2,\"redacted\":1}");
    jc_redactor_free(redactor);
}

static void a_secret_in_a_name_is_not_in_the_list_of_cuts(void **state)
{
    bench *in = *state;
    jc_redactor *redactor = NULL;
    assert_int_equal(jc_redactor_new(NULL, &redactor, NULL), JC_OK);
    add(in, "{\"in\":{\"" TOKEN_A "\":\"");
    add_times(in, "word ", 20000);
    add(in, "\"}}");
    assert_int_equal(jc_buf_append_char(&in->record, '\0', NULL), JC_OK);
    jc_str data = write_redacted(in, redactor, in->record.bytes);
    assert_true(holds(data, "\"at\":\"/in/[redacted:github-token] 1\""));
    assert_false(holds(data, TOKEN_A));
    jc_redactor_free(redactor);
}

static void a_long_text_is_cut_and_its_size_and_digest_are_kept(void **state)
{
    bench *in = *state;
    char wanted[256];
    char digest[JC_HASH_TEXT_SIZE];
    add(in, "{\"out\":{\"a/b\":\"");
    add_times(in, "0123456789", 10000);
    jc_hash_format(jc_hash_of((jc_str){in->record.bytes + 15, 100000}), digest);
    add(in, "\"}}");
    jc_str data = write_it(in);
    assert_is_data(data);
    (void)snprintf(wanted, sizeof wanted,
                   "},\"cut\":[{\"at\":\"/out/a~1b\",\"size\":100000,\"sha256\":\"%s\"}]}", digest);
    assert_true(ends(data, wanted));
    assert_true(holds(data, "\\n[... 67232 bytes cut ...]\\n"));
    assert_true(data.size < 34000);
}

static void a_cut_never_goes_through_a_character(void **state)
{
    for (int shift = 0; shift < 4; shift++) {
        bench *in = *state;
        in->record.size = 0;
        add(in, "{\"a\":\"");
        add_times(in, "x", (size_t)shift);
        add_times(in, "\xf0\x9f\x98\x80", 20000);
        add(in, "\"}");
        jc_str data = write_it(in);
        assert_is_data(data);
        assert_true(holds(data, "bytes cut"));
        assert_false(holds(data, "\xef\xbf\xbd"));
    }
}

static void a_text_that_is_hardly_too_long_stays_whole(void **state)
{
    bench *in = *state;
    add(in, "{\"a\":\"");
    add_times(in, "x", JC_DATA_TEXT_MAX + 10);
    add(in, "\"}");
    assert_false(holds(write_it(in), "cut"));
}

/* So many texts below the limit that together they are too much. */
static void a_record_that_is_too_large_is_cut_harder(void **state)
{
    bench *in = *state;
    add(in, "{\"first\":1");
    for (int i = 0; i < 100; i++) {
        assert_int_equal(jc_buf_append_format(&in->record, NULL, ",\"m%d\":\"", i), JC_OK);
        add_times(in, "0123456789abcdef", 2000);
        add(in, "\"");
    }
    add(in, "}");
    jc_str data = write_it(in);
    assert_is_data(data);
    assert_int_equal(memcmp(data.bytes, "{\"first\":1,\"m0\":\"0123", 20), 0);
    assert_true(holds(data, "\"mended\":[\"size\"]"));
    assert_true(holds(data, "\"m99\":"));
}

static void a_list_of_very_many_elements_becomes_text_and_is_cut(void **state)
{
    bench *in = *state;
    add(in, "{\"a\":[0");
    add_times(in, ",1234567890", 200000);
    add(in, "],\"b\":\"kept\"}");
    jc_str data = write_it(in);
    assert_is_data(data);
    assert_true(holds(data, "\"a\":\"[0,1234567890,"));
    assert_true(holds(data, "\"b\":\"kept\""));
    assert_true(holds(data, "\"at\":\"/a\",\"size\":"));
}

/* Everything at its worst: names and texts that are six times as large once escaped. */
static void the_worst_record_is_small_enough_in_the_end(void **state)
{
    bench *in = *state;
    add(in, "{\"session_id\":\"s\"");
    for (int i = 0; i < 3000; i++) {
        assert_int_equal(jc_buf_append_format(&in->record, NULL, ",\"%d", i), JC_OK);
        add_times(in, "\\u0001", (size_t)(i % 3 == 0 ? 120 : i % 3 == 1 ? 900 : 2000));
        add(in, "\":\"");
        add_times(in, "\\u0001", 500);
        add(in, "\"");
    }
    add(in, "}");
    jc_str data = write_it(in);
    assert_is_data(data);
    assert_true(holds(data, "\"session_id\":\"s\""));
    assert_true(holds(data, "\"mended\":[\"size\"]"));
}

static void numbers_of_any_length_end_small_enough(void **state)
{
    bench *in = *state;
    add(in, "{\"a\":1");
    add_times(in, "0", 2000000);
    add(in, "}");
    assert_is_data(write_it(in));
}

static void a_mapper_is_as_good_for_the_next_record(void **state)
{
    bench *in = *state;
    add(in, "{\"a\":[0");
    add_times(in, ",1234567890", 200000);
    add(in, "],\"a\":[\"\xff\"");
    add_times(in, ",1234567890", 200000);
    add(in, "]}");
    (void)write_it(in);
    assert_str(write_record(in, JC_STR("{\"a\":1}")), "{\"a\":1}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DATA_CLAIM(what_breaks_no_rule_is_kept_as_it_is),
        DATA_CLAIM(the_last_of_duplicate_keys_stands),
        DATA_CLAIM(the_last_of_duplicate_keys_stands_among_many),
        DATA_CLAIM(lone_surrogates_become_a_replacement),
        DATA_CLAIM(bytes_that_are_no_utf8_become_a_replacement),
        DATA_CLAIM(raw_control_characters_are_escaped),
        DATA_CLAIM(an_escaped_zero_is_good_and_no_mend),
        DATA_CLAIM(sixty_four_levels_are_kept_and_the_next_becomes_text),
        DATA_CLAIM(members_that_have_our_names_get_a_line_behind_them),
        DATA_CLAIM(a_secret_is_found_by_what_names_it),
        DATA_CLAIM(secrets_in_names_become_marks_that_differ),
        DATA_CLAIM(a_secret_in_a_name_is_not_in_the_list_of_cuts),
        DATA_CLAIM(a_long_text_is_cut_and_its_size_and_digest_are_kept),
        DATA_CLAIM(a_cut_never_goes_through_a_character),
        DATA_CLAIM(a_text_that_is_hardly_too_long_stays_whole),
        DATA_CLAIM(a_record_that_is_too_large_is_cut_harder),
        DATA_CLAIM(a_list_of_very_many_elements_becomes_text_and_is_cut),
        DATA_CLAIM(the_worst_record_is_small_enough_in_the_end),
        DATA_CLAIM(numbers_of_any_length_end_small_enough),
        DATA_CLAIM(a_mapper_is_as_good_for_the_next_record),
    };
    return cmocka_run_group_tests_name("data", tests, NULL, NULL);
}

/* JSON that is checked and kept by its bytes. */
#include "unit.h"

#include "base/json.h"

static const jc_json_limits limits = {.size_max = 1024 * 1024, .depth_max = 64};

/* What reading says; the compact text, or the error's. */
static jc_status read_text(const char *text, size_t size, char *ret, size_t ret_size)
{
    JC_AUTO(jc_json) json = {0};
    JC_AUTO(jc_arena) arena = {0};
    jc_error error = {0};
    yyjson_val *root = NULL;
    jc_str compact = {0};
    jc_status status =
        jc_json_read(&json, (jc_str){text, size}, limits, &arena, &root, &compact, &error);
    if (status == JC_OK)
        (void)snprintf(ret, ret_size, "%.*s", (int)compact.size, compact.bytes);
    else
        (void)snprintf(ret, ret_size, "%s", error.text);
    return status;
}

static void assert_compact(const char *text, const char *wanted)
{
    char got[4096];
    jc_status status = read_text(text, strlen(text), got, sizeof got);
    if (status != JC_OK)
        fail_msg("%s: %s", text, got);
    assert_string_equal(got, wanted);
}

static void assert_refused(const char *text, const char *reason)
{
    char got[4096];
    assert_int_equal(read_text(text, strlen(text), got, sizeof got), JC_EINVAL);
    assert_holds(got, reason);
}

static void white_space_goes_outside_strings_and_stays_inside(void **state)
{
    (void)state;
    assert_compact(" {\t\"a b\" :\n[ 1 , \"x  y\\\" z \" ]\r} ", "{\"a b\":[1,\"x  y\\\" z \"]}");
    assert_compact("{\"\\\\\" : \" \\\\\" }", "{\"\\\\\":\" \\\\\"}");
}

static void numbers_and_escapes_are_kept_as_written(void **state)
{
    (void)state;
    const char *text =
        "{\"n\":[9223372036854775808,1e400,-0,0.10,1E+2,12345678901234567890123],\"s\":"
        "\"\\u0041\\/\\u0000\"}";
    assert_compact(text, text);
}

static void what_is_not_json_is_refused(void **state)
{
    (void)state;
    assert_refused("", "not JSON");
    assert_refused("   ", "not JSON");
    assert_refused("{\"a\":1", "not JSON");
    assert_refused("{\"a\":01}", "not JSON");
    assert_refused("{'a':1}", "not JSON");
    assert_refused("{\"a\":NaN}", "not JSON");
    assert_refused("{\"a\":1} x", "not JSON");
    assert_refused("{\"a\":\"\\ud800\"}", "not JSON");
    assert_refused("{\"a\":\"\xff\"}", "not JSON");
    assert_refused("{\"a\":\"\n\"}", "not JSON");
    assert_refused("{\"a\":\"", "not JSON");
    assert_refused("{\"a\":\"\\", "not JSON");
}

static void a_raw_nul_byte_is_refused(void **state)
{
    char got[4096];
    (void)state;
    assert_int_equal(read_text("{\"a\":\"\0\"}", 9, got, sizeof got), JC_EINVAL);
    assert_holds(got, "NUL");
}

static void duplicate_keys_are_refused_at_any_depth_and_after_unescaping(void **state)
{
    (void)state;
    assert_refused("{\"a\":1,\"a\":2}", "duplicate key \"a\"");
    assert_refused("{\"a\":1,\"\\u0061\":2}", "duplicate key \"a\"");
    assert_refused("[{\"x\":{\"b\":0,\"c\":1,\"b\":1}}]", "duplicate key \"b\"");
    assert_refused(
        "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"d\":1}",
        "duplicate key \"d\"");
    assert_compact("{\"a\":{\"a\":{\"a\":1}},\"A\":2,\"a\\u0000\":3}",
                   "{\"a\":{\"a\":{\"a\":1}},\"A\":2,\"a\\u0000\":3}");
}

static void sixty_four_levels_are_good_and_sixty_five_are_not(void **state)
{
    char text[256];
    (void)state;
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    text[130] = '\0';
    assert_refused(text, "65 levels deep");
    text[129] = '\0';
    assert_compact(text + 1, text + 1);
}

static void the_size_limit_counts_without_white_space(void **state)
{
    JC_AUTO(jc_json) json = {0};
    JC_AUTO(jc_arena) arena = {0};
    jc_error error;
    yyjson_val *root;
    jc_str compact;
    jc_json_limits small = {.size_max = 7, .depth_max = 64};
    (void)state;
    assert_int_equal(jc_json_read(&json, JC_STR("{ \"a\" :  1 }"), small, &arena, &root, &compact,
                                  &error),
                     JC_OK);
    assert_int_equal(jc_json_read(&json, JC_STR("{\"a\":12}"), small, &arena, &root, &compact,
                                  &error),
                     JC_EINVAL);
    assert_holds(error.text, "8 bytes");
}

static void text_without_white_space_is_not_copied(void **state)
{
    JC_AUTO(jc_json) json = {0};
    JC_AUTO(jc_arena) arena = {0};
    yyjson_val *root;
    jc_str compact;
    jc_str text = JC_STR("{\"a\":\"b c\"}");
    (void)state;
    assert_int_equal(jc_json_read(&json, text, limits, &arena, &root, &compact, NULL), JC_OK);
    assert_ptr_equal(compact.bytes, text.bytes);
}

static void members_are_walked_by_their_bytes(void **state)
{
    static const char *const wanted[][2] = {{"\"a\"", "-0.10"},
                                            {"\"b,\\\"\"", "\"x:{\\\\\\\"\""},
                                            {"\"c\"", "{\"d\":[1,{}]}"},
                                            {"\"e\"", "[]"},
                                            {"\"f\"", "null"}};
    jc_str object =
        JC_STR(" { \"a\" : -0.10 ,\"b,\\\"\":\"x:{\\\\\\\"\",\"c\":{\"d\":[1,{}]},\"e\": [] , "
               "\"f\":null }");
    jc_str key, value;
    size_t at = 0, i = 0;
    (void)state;
    for (; jc_json_next_member(object, &at, &key, &value); i++) {
        assert_true(i < 5);
        assert_str(key, wanted[i][0]);
        assert_str(value, wanted[i][1]);
    }
    assert_int_equal(i, 5);
}

static void an_empty_object_has_no_members(void **state)
{
    jc_str key, value;
    size_t at = 0;
    (void)state;
    assert_false(jc_json_next_member(JC_STR("{}"), &at, &key, &value));
}

static void utf8_is_told_from_what_only_looks_like_it(void **state)
{
    (void)state;
    assert_true(jc_utf8_valid(JC_STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")));
    assert_false(jc_utf8_valid(JC_STR("\xc0\x80")));         /* overlong */
    assert_false(jc_utf8_valid(JC_STR("\xe0\x80\x80")));     /* overlong */
    assert_false(jc_utf8_valid(JC_STR("\xed\xa0\x80")));     /* a surrogate */
    assert_false(jc_utf8_valid(JC_STR("\xf4\x90\x80\x80"))); /* beyond U+10FFFF */
    assert_false(jc_utf8_valid(JC_STR("\xe2\x82")));         /* cut */
    assert_false(jc_utf8_valid(JC_STR("\x80")));
}

static void control_characters_are_seen_in_both_ranges(void **state)
{
    (void)state;
    assert_true(jc_utf8_has_control(JC_STR("a\x01")));
    assert_true(jc_utf8_has_control(JC_STR("\x7f")));
    assert_true(jc_utf8_has_control(JC_STR("\xc2\x85")));
    assert_false(jc_utf8_has_control(JC_STR("a \xc2\xa0\xc3\x85")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(white_space_goes_outside_strings_and_stays_inside),
        CLAIM(numbers_and_escapes_are_kept_as_written),
        CLAIM(what_is_not_json_is_refused),
        CLAIM(a_raw_nul_byte_is_refused),
        CLAIM(duplicate_keys_are_refused_at_any_depth_and_after_unescaping),
        CLAIM(sixty_four_levels_are_good_and_sixty_five_are_not),
        CLAIM(the_size_limit_counts_without_white_space),
        CLAIM(text_without_white_space_is_not_copied),
        CLAIM(members_are_walked_by_their_bytes),
        CLAIM(an_empty_object_has_no_members),
        CLAIM(utf8_is_told_from_what_only_looks_like_it),
        CLAIM(control_characters_are_seen_in_both_ranges),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}

/* The editor of JSON texts: what it reads, and that it changes nothing but what it is told to. */
#include "unit.h"

#include "base/json_edit.h"

static jc_json_container container_of(const char *text)
{
    jc_json_container container = {0};
    assert_int_equal(jc_json_container_read(jc_str_of(text), &container, NULL), JC_OK);
    return container;
}

/* Fail unless taking out the children whose letter is in `drop`, and adding, gives `wanted`. */
static void assert_edit(const char *text, const char *drop, const char *added, const char *wanted)
{
    JC_AUTO(jc_json_container) container = container_of(text);
    JC_AUTO(jc_json_edit) edit = {.text = jc_str_of(text)};
    JC_AUTO(jc_buf) result = {0};
    for (size_t i = 0; i < container.count; i++)
        container.children[i].drop = strchr(drop, container.children[i].whole.bytes[1]) != NULL;
    assert_int_equal(jc_json_edit_children(&edit, &container, jc_str_of(added), JC_STR(", "), " ",
                                           NULL),
                     JC_OK);
    assert_int_equal(jc_json_edit_apply(&edit, &result, NULL), JC_OK);
    assert_str(jc_buf_str(&result), wanted);
}

static void a_text_is_refused_by_line_and_column(void **state)
{
    (void)state;
    jc_error error = {0};
    assert_int_equal(jc_json_check(JC_STR("{\n  \"a\": 1,\n  // why\n}"), &error), JC_EINVAL);
    assert_holds(error.text, "line 3, column 3");
}

static void an_empty_text_is_refused(void **state)
{
    (void)state;
    jc_error error = {0};
    assert_int_equal(jc_json_check(JC_STR(""), &error), JC_EINVAL);
    assert_holds(error.text, "not JSON");
}

static void a_key_given_twice_is_no_mistake(void **state)
{
    (void)state;
    assert_int_equal(jc_json_check(JC_STR("{\"a\":1,\"a\":2}"), NULL), JC_OK);
}

static void members_are_read_as_written(void **state)
{
    (void)state;
    JC_AUTO(jc_json_container)
    object = container_of("{ \"a\" : 1.50 ,\n\"b,}\":[ {\"x\":\"]\"} , 2], \"c\":{}}");
    assert_int_equal(object.count, 3);
    assert_str(object.children[0].whole, "\"a\" : 1.50");
    assert_str(object.children[1].key, "\"b,}\"");
    assert_str(object.children[1].value, "[ {\"x\":\"]\"} , 2]");
    assert_str(object.children[2].value, "{}");
}

static void elements_are_read_as_written(void **state)
{
    (void)state;
    JC_AUTO(jc_json_container) array = container_of("[ 1,\"a\\\"]\" ,[2 , 3], {} ,null ]");
    assert_int_equal(array.count, 5);
    assert_str(array.children[0].whole, "1");
    assert_str(array.children[1].value, "\"a\\\"]\"");
    assert_str(array.children[2].value, "[2 , 3]");
    assert_str(array.children[4].value, "null");
}

static void empty_containers_have_no_children(void **state)
{
    (void)state;
    static const char *const texts[] = {"{}", "[]", "{ \n}", "[ ]"};
    for (size_t i = 0; i < 4; i++) {
        JC_AUTO(jc_json_container) container = container_of(texts[i]);
        assert_int_equal(container.count, 0);
    }
}

static void a_member_is_found_however_its_key_is_written(void **state)
{
    (void)state;
    size_t count = 0;
    JC_AUTO(jc_json_container) object = container_of("{\"hooks\":1,\"h\":2,\"\\u0068ooks\":3}");
    assert_str(jc_json_container_find(&object, "hooks", &count)->value, "3");
    assert_int_equal(count, 2);
    assert_null(jc_json_container_find(&object, "hook", &count));
    assert_int_equal(count, 0);
}

static void children_are_added_behind_the_last(void **state)
{
    (void)state;
    assert_edit("{ \"a\": 1 }", "", "\"n\": 2", "{ \"a\": 1, \"n\": 2 }");
    assert_edit("[[1],\n[2]\n]", "", "[3]", "[[1],\n[2], [3]\n]");
}

static void what_stood_in_an_empty_container_stays_behind_what_is_added(void **state)
{
    (void)state;
    assert_edit("{\n\t}", "", "\"n\": 2", "{ \"n\": 2\n\t}");
    assert_edit("[]", "", "1", "[ 1]");
}

static void children_go_with_their_comma(void **state)
{
    (void)state;
    static const char text[] = "{ \"a\":1 , \"b\":2,\n\"c\":3 }";
    assert_edit(text, "a", "", "{ \"b\":2,\n\"c\":3 }");
    assert_edit(text, "b", "", "{ \"a\":1,\n\"c\":3 }");
    assert_edit(text, "c", "", "{ \"a\":1 , \"b\":2 }");
    assert_edit(text, "ab", "", "{ \"c\":3 }");
    assert_edit(text, "ac", "", "{ \"b\":2 }");
    assert_edit(text, "bc", "", "{ \"a\":1 }");
    assert_edit(text, "abc", "", "{ }");
}

static void children_are_added_and_taken_out_at_once(void **state)
{
    (void)state;
    assert_edit("{\"a\":1, \"b\":2}", "b", "\"n\":3", "{\"a\":1, \"n\":3}");
    assert_edit("{\"a\":1, \"b\":2}", "a", "\"n\":3", "{\"b\":2, \"n\":3}");
    assert_edit("{ \"a\":1, \"b\":2 }", "ab", "\"n\":3", "{ \"n\":3 }");
}

static void changes_are_applied_by_place_not_by_order(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":1,\"b\":2}";
    JC_AUTO(jc_json_container) object = container_of(text);
    JC_AUTO(jc_json_edit) edit = {.text = object.whole};
    JC_AUTO(jc_buf) result = {0};
    assert_int_equal(jc_json_edit_replace(&edit, object.children[1].value, JC_STR("22"), NULL),
                     JC_OK);
    assert_int_equal(jc_json_edit_replace(&edit, object.children[0].value, JC_STR(""), NULL),
                     JC_OK);
    assert_int_equal(jc_json_edit_apply(&edit, &result, NULL), JC_OK);
    assert_str(jc_buf_str(&result), "{\"a\":,\"b\":22}");
}

static void assert_style(const char *text, const char *newline, const char *indent,
                         const char *colon)
{
    JC_AUTO(jc_json_container) object = container_of(text);
    jc_json_style style = jc_json_style_of(&object);
    assert_string_equal(style.newline, newline);
    assert_string_equal(style.indent, indent);
    assert_string_equal(style.colon, colon);
}

static void the_layout_of_a_text_is_seen(void **state)
{
    (void)state;
    assert_style("{\n    \"a\": 1\n}", "\n", "    ", ": ");
    assert_style("{\r\n\t\"a\":1\r\n}", "\r\n", "\t", ":");
    assert_style("{\n\"a\": 1}", "\n", "", ": ");
    assert_style("{\"a\":1}", "", "  ", ":");
    assert_style("{}", "\n", "  ", ": ");
    assert_style("{\r\n}", "\r\n", "  ", ": ");
    assert_style("{\n                              \"a\": 1}", "\n", "  ", ": ");
}

static void strings_are_written_as_json(void **state)
{
    (void)state;
    JC_AUTO(jc_buf) text = {0};
    assert_int_equal(jc_json_append_string(&text, JC_STR("a\"\\\n\xc3\xa4"), NULL), JC_OK);
    assert_str(jc_buf_str(&text), "\"a\\\"\\\\\\u000a\xc3\xa4\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_text_is_refused_by_line_and_column),
        CLAIM(an_empty_text_is_refused),
        CLAIM(a_key_given_twice_is_no_mistake),
        CLAIM(members_are_read_as_written),
        CLAIM(elements_are_read_as_written),
        CLAIM(empty_containers_have_no_children),
        CLAIM(a_member_is_found_however_its_key_is_written),
        CLAIM(children_are_added_behind_the_last),
        CLAIM(what_stood_in_an_empty_container_stays_behind_what_is_added),
        CLAIM(children_go_with_their_comma),
        CLAIM(children_are_added_and_taken_out_at_once),
        CLAIM(changes_are_applied_by_place_not_by_order),
        CLAIM(the_layout_of_a_text_is_seen),
        CLAIM(strings_are_written_as_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

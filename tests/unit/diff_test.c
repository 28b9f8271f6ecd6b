/* Differences of states and of workflows. */
#include "workshop.h"

#include "jc/query.h"

#include <time.h>

typedef struct seen {
    char text[4096];
} seen;

static void add(void *context, const jc_change *change)
{
    seen *all = context;
    size_t used = strlen(all->text);
    static const char signs[] = "+-~";
    (void)snprintf(all->text + used, sizeof all->text - used, "%c %.*s %.*s %.*s>%.*s\n",
                   signs[change->kind], (int)change->path.size, change->path.bytes,
                   (int)change->pointer.size, change->pointer.bytes, (int)change->before.size,
                   change->before.bytes != NULL ? change->before.bytes : "",
                   (int)change->after.size, change->after.bytes != NULL ? change->after.bytes : "");
}

static void assert_differs(const char *before, const char *after, const char *wanted)
{
    seen all = {""};
    jc_error error;
    if (jc_json_diff(jc_str_of(before), jc_str_of(after), add, &all, &error) < 0)
        fail_msg("%s", error.text);
    assert_string_equal(all.text, wanted);
}

static void members_are_added_removed_and_changed(void **state)
{
    (void)state;
    assert_differs("{\"a\":1,\"b\":{\"c\":[1,2]}}", "{\"a\":1,\"b\":{\"c\":[1,2]}}", "");
    assert_differs("{\"a\":1,\"gone\":true}", "{\"a\":2,\"new\":null}",
                   "~ a /a 1>2\n+ new /new >null\n- gone /gone true>\n");
    assert_differs("{\"a\":{\"b/c~\":1}}", "{\"a\":{\"b/c~\":\"1\"}}",
                   "~ a.b/c~ /a/b~1c~0 1>\"1\"\n");
    assert_differs("{\"a\":{}}", "{\"a\":[]}", "~ a /a {}>[]\n");
    assert_differs("1", "2", "~   1>2\n");
}

static void elements_are_known_by_what_identifies_them(void **state)
{
    (void)state;
    assert_differs("{\"f\":[{\"name\":\"a\",\"n\":1},{\"name\":\"b\",\"n\":1}]}",
                   "{\"f\":[{\"name\":\"new\"},{\"name\":\"a\",\"n\":1},{\"name\":\"b\",\"n\":2}]}",
                   "+ f[new] /f/0 >{\"name\":\"new\"}\n~ f[b].n /f/2/n 1>2\n");
    assert_differs("{\"f\":[{\"id\":\"x\"}]}", "{\"f\":[]}", "- f[x] /f/0 {\"id\":\"x\"}>\n");
    assert_differs("{\"f\":[1,2,3]}", "{\"f\":[1,4]}", "~ f[1] /f/1 2>4\n- f[2] /f/2 3>\n");
}

static void elements_may_move_come_and_go(void **state)
{
    (void)state;
    assert_differs("[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"}]",
                   "[{\"id\":\"c\"},{\"id\":\"a\"},{\"id\":\"b\"}]", "");
    assert_differs("[{\"id\":\"a\",\"n\":1},{\"id\":\"b\"},{\"id\":\"c\"}]",
                   "[{\"id\":\"c\"},{\"id\":\"x\"},{\"id\":\"a\",\"n\":2}]",
                   "+ [x] /1 >{\"id\":\"x\"}\n~ [a].n /2/n 1>2\n- [b] /1 {\"id\":\"b\"}>\n");
}

static void names_that_repeat_identify_nothing(void **state)
{
    (void)state;
    assert_differs("[{\"name\":\"a\"}]", "[{\"name\":\"a\"},{\"name\":\"a\"},{\"name\":\"a\"}]",
                   "+ [1] /1 >{\"name\":\"a\"}\n+ [2] /2 >{\"name\":\"a\"}\n");
    assert_differs("[{\"name\":\"a\"},{\"name\":\"a\"}]", "[{\"name\":\"a\"}]",
                   "- [1] /1 {\"name\":\"a\"}>\n");
    assert_differs("[{\"path\":\"p\",\"n\":1},{\"path\":\"q\",\"n\":2}]",
                   "[{\"path\":\"p\",\"n\":1},{\"path\":\"q\",\"n\":2},{\"path\":\"p\",\"n\":3}]",
                   "+ [2] /2 >{\"path\":\"p\",\"n\":3}\n");
    assert_differs("[]", "[{\"id\":\"a\"},{\"id\":\"a\"}]",
                   "+ [0] /0 >{\"id\":\"a\"}\n+ [1] /1 >{\"id\":\"a\"}\n");
}

static void the_key_that_tells_all_elements_apart_is_taken(void **state)
{
    (void)state;
    assert_differs("[{\"name\":\"a\",\"path\":\"p\"},{\"name\":\"a\",\"path\":\"q\"}]",
                   "[{\"name\":\"b\",\"path\":\"q\"},{\"name\":\"a\",\"path\":\"p\"}]",
                   "~ [q].name /0/name \"a\">\"b\"\n");
    assert_differs("[{\"name\":\"a\"},{\"name\":\"b\"}]",
                   "[{\"name\":\"b\"},{\"name\":\"a\",\"feature_id\":\"f\"}]",
                   "+ [a].feature_id /1/feature_id >\"f\"\n");
}

static void lists_of_all_kinds_are_compared_by_place(void **state)
{
    (void)state;
    assert_differs("[{\"id\":\"a\"},5,[1],null]", "[5,{\"id\":\"a\"},[1,2]]",
                   "~ [0] /0 {\"id\":\"a\"}>5\n~ [1] /1 5>{\"id\":\"a\"}\n+ [2][1] /2/1 >2\n"
                   "- [3] /3 null>\n");
    assert_differs("[{\"id\":\"a\"},{\"n\":1}]", "[{\"id\":\"a\"},{\"n\":2}]",
                   "~ [1].n /1/n 1>2\n");
    assert_differs("[{\"id\":1},{\"id\":2}]", "[{\"id\":2}]",
                   "~ [0].id /0/id 1>2\n- [1] /1 {\"id\":2}>\n");
}

static void objects_of_many_members_are_compared_by_name(void **state)
{
    (void)state;
    JC_AUTO(jc_buf) before = {0};
    JC_AUTO(jc_buf) after = {0};
    for (int i = 0; i < 40; i++) {
        assert_int_equal(jc_buf_append_format(&before, NULL, "%c\"k%d\":%d", i > 0 ? ',' : '{', i,
                                              i),
                         JC_OK);
        assert_int_equal(jc_buf_append_format(&after, NULL, "%c\"k%d\":%d", i > 0 ? ',' : '{',
                                              40 - i, i == 1 ? 0 : 40 - i),
                         JC_OK);
    }
    assert_int_equal(jc_buf_append(&before, "}", sizeof "}", NULL), JC_OK);
    assert_int_equal(jc_buf_append(&after, "}", sizeof "}", NULL), JC_OK);
    assert_differs(before.bytes, after.bytes, "+ k40 /k40 >40\n~ k39 /k39 39>0\n- k0 /k0 0>\n");
}

static void count_change(void *context, const jc_change *change)
{
    (void)change;
    ++*(size_t *)context;
}

/* `count` elements, or members, each with its number, which may go down. */
static void write_many(jc_buf *json, size_t count, bool backwards, const char *element)
{
    for (size_t i = 0; i < count; i++) {
        size_t number = backwards ? count - i : i + 1;
        assert_int_equal(jc_buf_append_text(json, i > 0 ? "," : "", NULL), JC_OK);
        for (const char *c = element; *c != '\0'; c++)
            assert_int_equal(*c == '#' ? jc_buf_append_format(json, NULL, "%zu", number)
                                       : jc_buf_append_char(json, *c, NULL),
                             JC_OK);
    }
}

/* Twenty thousand of each: to look each up in a list of the others takes many seconds. */
static void assert_quick(const char *begin, const char *element, const char *end, size_t changes)
{
    jc_buf texts[2] = {{0}};
    size_t found = 0;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(jc_buf_append_text(&texts[i], begin, NULL), JC_OK);
        write_many(&texts[i], 20000, i > 0, element);
        assert_int_equal(jc_buf_append_text(&texts[i], end, NULL), JC_OK);
    }
    clock_t start = clock();
    assert_int_equal(jc_json_diff(jc_buf_str(&texts[0]), jc_buf_str(&texts[1]), count_change,
                                  &found, NULL),
                     JC_OK);
    assert_true((clock() - start) / CLOCKS_PER_SEC < 2);
    assert_int_equal(found, changes);
    jc_buf_release(&texts[0]);
    jc_buf_release(&texts[1]);
}

static void large_states_are_compared_in_little_time(void **state)
{
    (void)state;
    assert_quick("[", "{\"id\":\"i#\"}", "]", 0);
    assert_quick("[", "{\"path\":\"p\",\"n\":#}", "]", 20000);
    assert_quick("{", "\"key#\":1", "}", 0);
}

static void what_is_not_json_is_refused(void **state)
{
    (void)state;
    seen all = {""};
    assert_int_equal(jc_json_diff(JC_STR("{"), JC_STR("{}"), add, &all, NULL), JC_EINVAL);
    assert_int_equal(jc_json_diff(JC_STR("{}"), JC_STR(""), add, &all, NULL), JC_EINVAL);
    assert_string_equal(all.text, "");
}

static void tell(workshop *shop, const char *workflow_id, const char *data)
{
    static uint64_t number = 1;
    jc_event event = jc_test_event(number++, workflow_id, "step.done", data);
    assert_int_equal(jc_test_append(shop->store, &event, 1, NULL, NULL), JC_OK);
}

static void assert_parts(workshop *shop, uint64_t sequence, const char *differs, uint64_t first,
                         uint64_t second)
{
    jc_cursor *cursors[2];
    jc_parting parting;
    assert_int_equal(jc_workflow_compare(shop->store, JC_STR("one"), JC_STR("two"), cursors,
                                         &parting, NULL),
                     JC_OK);
    assert_int_equal(parting.sequence, sequence);
    assert_string_equal(parting.differs, differs);
    assert_int_equal(parting.first.sequence, first);
    assert_int_equal(parting.second.sequence, second);
    jc_cursor_close(cursors[0]);
    jc_cursor_close(cursors[1]);
}

static void workflows_part_at_the_first_event_that_differs(void **state)
{
    workshop *shop = *state;
    tell(shop, "one", "{\"a\":1}");
    tell(shop, "two", "{\"a\":1}");
    assert_parts(shop, 0, "", 0, 0);
    tell(shop, "two", "{\"a\":2}");
    assert_parts(shop, 2, "", 0, 2);
    tell(shop, "one", "{\"a\":3}");
    assert_parts(shop, 2, "data", 2, 2);
}

static void a_workflow_that_is_not_there_has_nothing_to_compare(void **state)
{
    workshop *shop = *state;
    jc_cursor *cursors[2];
    jc_parting parting;
    tell(shop, "one", "{}");
    assert_int_equal(jc_workflow_compare(shop->store, JC_STR("one"), JC_STR("two"), cursors,
                                         &parting, NULL),
                     JC_ENOTFOUND);
    jc_cursor_close(cursors[0]);
    jc_cursor_close(cursors[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(members_are_added_removed_and_changed),
        CLAIM(elements_are_known_by_what_identifies_them),
        CLAIM(elements_may_move_come_and_go),
        CLAIM(names_that_repeat_identify_nothing),
        CLAIM(the_key_that_tells_all_elements_apart_is_taken),
        CLAIM(lists_of_all_kinds_are_compared_by_place),
        CLAIM(objects_of_many_members_are_compared_by_name),
        CLAIM(large_states_are_compared_in_little_time),
        CLAIM(what_is_not_json_is_refused),
        WORKSHOP_CLAIM(workflows_part_at_the_first_event_that_differs),
        WORKSHOP_CLAIM(a_workflow_that_is_not_there_has_nothing_to_compare),
    };
    return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}

/* Differences of states and of workflows. */
#include "workshop.h"

#include "jc/query.h"

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
        CLAIM(what_is_not_json_is_refused),
        WORKSHOP_CLAIM(workflows_part_at_the_first_event_that_differs),
        WORKSHOP_CLAIM(a_workflow_that_is_not_there_has_nothing_to_compare),
    };
    return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}

/* The hooks and the server of jc in an agent's settings: put in, brought up to date, and taken out so that
 * the bytes of before come back, whatever the file looks like. */
#include "unit.h"

#include "cli/hook_settings.h"
#include "cli/mcp_settings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <yyjson.h>

#define EVENTS 31

static const jc_hook_wanted plain = {.command = {"jc hook", 7}};
static const jc_mcp_wanted server = {.program = {"jc", 2}};

/* What a change came to. */
typedef struct result {
    jc_buf text;
    jc_setting_changes changes;
    bool remove;
} result;

static void result_release(result *done)
{
    jc_buf_release(&done->text);
    jc_setting_changes_release(&done->changes);
}
JC_AUTO_DEFINE(result, result_release);

static result install_with(const char *text, const jc_hook_wanted *wanted)
{
    result done = {0};
    jc_error error;
    if (jc_hook_settings_install(jc_str_of(text), wanted, &done.text, &done.changes, &error) < 0)
        fail_msg("%s", error.text);
    return done;
}

static result uninstall(jc_str text)
{
    result done = {0};
    jc_error error;
    if (jc_hook_settings_uninstall(text, &done.text, &done.remove, &done.changes, &error) < 0)
        fail_msg("%s", error.text);
    return done;
}

static result install_server(jc_str text, const jc_mcp_wanted *wanted)
{
    result done = {0};
    jc_error error;
    if (jc_mcp_settings_install(text, wanted, &done.text, &done.changes, &error) < 0)
        fail_msg("%s", error.text);
    return done;
}

static result uninstall_server(jc_str text)
{
    result done = {0};
    jc_error error;
    if (jc_mcp_settings_uninstall(text, &done.text, &done.remove, &done.changes, &error) < 0)
        fail_msg("%s", error.text);
    return done;
}

/* The value at a JSON pointer, which must be there. The caller frees *ret_doc. */
static yyjson_val *value_at(const jc_buf *text, const char *pointer, yyjson_doc **ret_doc)
{
    jc_str json = jc_buf_str(text);
    if (json.size >= 3 && memcmp(json.bytes, "\xef\xbb\xbf", 3) == 0)
        json = (jc_str){json.bytes + 3, json.size - 3};
    *ret_doc = yyjson_read(json.bytes, json.size, 0);
    yyjson_val *value = yyjson_doc_ptr_get(*ret_doc, pointer);
    if (value == NULL)
        fail_msg("nothing at %s of %.*s", pointer, (int)text->size, text->bytes);
    return value;
}

/* Fail unless the value there is this JSON. */
static void assert_at(const jc_buf *text, const char *pointer, const char *wanted)
{
    yyjson_doc *doc = NULL;
    yyjson_doc *other = yyjson_read(wanted, strlen(wanted), 0);
    if (!yyjson_equals(value_at(text, pointer, &doc), yyjson_doc_get_root(other)))
        fail_msg("%s of %.*s is not %s", pointer, (int)text->size, text->bytes, wanted);
    yyjson_doc_free(other);
    yyjson_doc_free(doc);
}

static void refused(const char *text, const char *why)
{
    JC_AUTO(jc_buf) out = {0};
    JC_AUTO(jc_setting_changes) changes = {0};
    jc_error error;
    assert_int_equal(jc_hook_settings_install(jc_str_of(text), &plain, &out, &changes, &error),
                     JC_EINVAL);
    assert_holds(error.text, why);
    assert_int_equal(out.size, 0);
}

static void a_new_file_has_a_hook_for_every_event(void **state)
{
    (void)state;
    JC_AUTO(result) done = install_with(NULL, &plain);
    yyjson_doc *doc = NULL;
    assert_int_equal(yyjson_obj_size(value_at(&done.text, "/hooks", &doc)), EVENTS);
    yyjson_doc_free(doc);
    assert_int_equal(done.changes.counts[JC_SETTING_ADD], EVENTS);
    assert_at(&done.text, "/hooks/PreToolUse",
              "[{\"hooks\":[{\"type\":\"command\",\"command\":\"jc hook\",\"async\":true,"
              "\"timeout\":5}]}]");
    assert_int_equal(done.text.bytes[done.text.size - 1], '\n');
}

static void the_agent_waits_where_a_hook_beside_it_would_be_lost(void **state)
{
    (void)state;
    static const char *const events[] = {"Setup", "SessionStart", "Stop", "StopFailure",
                                         "SessionEnd"};
    JC_AUTO(result) done = install_with(NULL, &plain);
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        char pointer[64];
        (void)snprintf(pointer, sizeof pointer, "/hooks/%s/0/hooks/0", events[i]);
        assert_at(&done.text, pointer,
                  "{\"type\":\"command\",\"command\":\"jc hook\",\"timeout\":5}");
    }
}

static bool mentions(const result *done, const char *word)
{
    return memmem(done->text.bytes, done->text.size, word, strlen(word)) != NULL;
}

static void neither_worktrees_nor_pieces_of_answers_are_hooked_unasked(void **state)
{
    (void)state;
    JC_AUTO(result) done = install_with(NULL, &plain);
    assert_false(mentions(&done, "WorktreeCreate"));
    assert_false(mentions(&done, "MessageDisplay"));
    jc_hook_wanted more = {.command = plain.command, .message_display = true};
    JC_AUTO(result) asked = install_with(NULL, &more);
    assert_false(mentions(&asked, "WorktreeCreate"));
    assert_true(mentions(&asked, "MessageDisplay"));
}

static void a_new_file_goes_with_its_hooks(void **state)
{
    (void)state;
    JC_AUTO(result) done = install_with(NULL, &plain);
    JC_AUTO(result) undone = uninstall(jc_buf_str(&done.text));
    assert_true(undone.remove);
    assert_int_equal(undone.changes.counts[JC_SETTING_REMOVE], EVENTS);
}

static void the_second_install_changes_nothing(void **state)
{
    (void)state;
    JC_AUTO(result) once = install_with("{\"a\": 1, \"hooks\": {\"Stop\": []}}", &plain);
    assert_int_equal(jc_buf_append_char(&once.text, '\0', NULL), JC_OK);
    JC_AUTO(result) twice = install_with(once.text.bytes, &plain);
    assert_int_equal(twice.changes.count, 0);
    assert_str(jc_buf_str(&twice.text), once.text.bytes);
}

static void hooks_of_others_stay_in_the_same_event(void **state)
{
    (void)state;
    JC_AUTO(result)
    done = install_with(
        "{\"hooks\":{\"Stop\":[{\"matcher\":\"x\",\"hooks\":[{\"type\":\"command\",\"command\":"
        "\"say jc hook\"}]}]}}",
        &plain);
    assert_at(&done.text, "/hooks/Stop/0/hooks/0/command", "\"say jc hook\"");
    assert_at(&done.text, "/hooks/Stop/1/hooks/0/command", "\"jc hook\"");
    JC_AUTO(result) undone = uninstall(jc_buf_str(&done.text));
    assert_at(&undone.text, "/hooks/Stop/0/hooks/0/command", "\"say jc hook\"");
}

/* Fail unless installing over this handler of Stop, in a group by itself, leaves one hook, as wanted. */
static void assert_updated(const char *matcher, const char *handler)
{
    JC_AUTO(jc_buf) text = {0};
    assert_int_equal(jc_buf_append_format(&text, NULL,
                                          "{\"hooks\": {\"Stop\": [{%s\"hooks\": [%s]}]}}", matcher,
                                          handler),
                     JC_OK);
    JC_AUTO(result) done = install_with(text.bytes, &plain);
    assert_at(&done.text, "/hooks/Stop/0/hooks",
              "[{\"type\":\"command\",\"command\":\"jc hook\",\"timeout\":5}]");
    yyjson_doc *doc = NULL;
    assert_int_equal(yyjson_arr_size(value_at(&done.text, "/hooks/Stop", &doc)), 1);
    yyjson_doc_free(doc);
    assert_int_equal(done.changes.counts[JC_SETTING_UPDATE], 1);
}

static void an_older_install_is_brought_up_to_date(void **state)
{
    (void)state;
    assert_updated("", "{\"type\":\"command\",\"command\":\"jc hook\",\"timeout\":60}");
    assert_updated("", "{\"type\":\"command\",\"command\":\"/old/bin/jc hook\",\"timeout\":5}");
    assert_updated("", "{\"type\":\"command\",\"command\":\"'/my old/jc' hook\",\"timeout\":5}");
    assert_updated("", "{\"type\":\"command\",\"command\":\"/old/jc\",\"args\":[\"hook\"]}");
    assert_updated("", "{\"type\":\"command\",\"command\":\"jc hook\",\"async\":true,"
                       "\"timeout\":5}");
    assert_updated("\"matcher\":\"*\",", "{\"command\":\"jc hook\"}");
}

static void a_hook_for_some_of_what_happens_becomes_one_for_all(void **state)
{
    (void)state;
    assert_updated("\"matcher\":\"Bash\",",
                   "{\"type\":\"command\",\"command\":\"jc hook\",\"timeout\":5}");
}

static void of_several_hooks_of_ours_one_stays(void **state)
{
    (void)state;
    assert_updated("", "{\"type\":\"command\",\"command\":\"jc hook\",\"timeout\":5},"
                       "{\"type\":\"command\",\"command\":\"/x/jc hook\"}");
    JC_AUTO(result)
    done = install_with(
        "{\"hooks\":{\"Stop\":[{\"matcher\":\"a\",\"hooks\":[{\"command\":\"jc hook\"},"
        "{\"command\":\"other\"}]},{\"hooks\":[{\"command\":\"jc hook\"}]},"
        "{\"hooks\":[{\"command\":\"jc hook\"}]}]}}",
        &plain);
    assert_at(&done.text, "/hooks/Stop",
              "[{\"matcher\":\"a\",\"hooks\":[{\"command\":\"other\"}]},{\"hooks\":[{\"type\":"
              "\"command\",\"command\":\"jc hook\",\"timeout\":5}]}]");
}

static void hooks_that_shall_not_be_there_go(void **state)
{
    (void)state;
    JC_AUTO(result)
    done = install_with(
        "{\"hooks\":{\"WorktreeCreate\":[{\"hooks\":[{\"command\":\"jc hook\"}]}],"
        "\"MessageDisplay\":[{\"hooks\":[{\"command\":\"jc hook\"},{\"command\":\"x\"}]"
        "}]}}",
        &plain);
    assert_false(mentions(&done, "WorktreeCreate"));
    assert_at(&done.text, "/hooks/MessageDisplay", "[{\"hooks\":[{\"command\":\"x\"}]}]");
    assert_int_equal(done.changes.counts[JC_SETTING_REMOVE], 2);
    assert_int_equal(done.changes.counts[JC_SETTING_ADD], EVENTS);
}

static void an_object_that_held_only_what_must_go_is_filled(void **state)
{
    (void)state;
    JC_AUTO(result)
    done =
        install_with("{\"hooks\":{\"WorktreeCreate\":[{\"hooks\":[{\"command\":\"jc hook\"}]}]}}",
                     &plain);
    yyjson_doc *doc = NULL;
    assert_int_equal(yyjson_obj_size(value_at(&done.text, "/hooks", &doc)), EVENTS);
    yyjson_doc_free(doc);
}

static void a_command_is_ours_only_when_a_shell_would_run_jc_hook_and_no_more(void **state)
{
    (void)state;
    static const char *const ours[] = {"jc hook",        "  jc   hook ",       "/usr/bin/jc hook",
                                       "'/a b/jc' hook", "\"/a b/jc\" 'hook'", "/a\\ b/jc hook",
                                       "./jc hook",      "'/it'\\''s/jc' hook"};
    static const char *const others[] = {"",
                                         "jc",
                                         "hook",
                                         "jc hooks",
                                         "jc hook install",
                                         "abjc hook",
                                         "jc-hook",
                                         "jc hook; rm x",
                                         "jc hook || true",
                                         "jc hook | tee log",
                                         "jc hook > log",
                                         "$HOME/jc hook",
                                         "`x`/jc hook",
                                         "A=1 jc hook",
                                         "exec jc hook",
                                         "jc hook # mine",
                                         "'jc hook'",
                                         "'jc hook",
                                         "jc hook\\",
                                         "/jc/x hook",
                                         "jc\nhook"};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        if (!jc_command_is_ours(jc_str_of(ours[i]), "hook"))
            fail_msg("taken for another's: %s", ours[i]);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (jc_command_is_ours(jc_str_of(others[i]), "hook"))
            fail_msg("taken for ours: %s", others[i]);
    }
}

static void handlers_of_other_kinds_are_not_ours(void **state)
{
    (void)state;
    static const char text[] =
        "{\"hooks\":{\"Stop\":[{\"hooks\":[{\"type\":\"prompt\",\"command\":\"jc hook\"},"
        "{\"type\":\"command\",\"command\":\"jc\",\"args\":[\"hook\",\"-v\"]},"
        "{\"type\":\"command\",\"command\":\"jc hook\",\"args\":[]},"
        "{\"type\":\"http\",\"url\":\"http://127.0.0.1/hook\"},\"jc hook\",7]},\"jc hook\",7]}}";
    JC_AUTO(result) done = uninstall(jc_str_of(text));
    assert_int_equal(done.changes.count, 0);
    assert_str(jc_buf_str(&done.text), text);
}

static void shapes_that_are_not_known_are_refused(void **state)
{
    (void)state;
    refused("[]", "not a JSON object");
    refused("{\"a\": 1,}", "line 1");
    refused("{\"a\": 1} // why", "line 1, column 10");
    refused("{\"hooks\": []}", "\"hooks\" is not an object");
    refused("{\"hooks\": null}", "\"hooks\" is not an object");
    refused("{\"hooks\": {}, \"hooks\": {}}", "\"hooks\" is there 2 times");
    refused("{\"hooks\": {\"Stop\": {}}}", "\"Stop\" is not an array");
    refused("{\"hooks\": {\"Stop\": [], \"Stop\": []}}", "\"Stop\" is there 2 times");
}

static void the_layout_of_the_file_is_followed(void **state)
{
    (void)state;
    JC_AUTO(result) tabs = install_with("{\r\n\t\"a\": 1\r\n}\r\n", &plain);
    assert_int_equal(jc_buf_append_char(&tabs.text, '\0', NULL), JC_OK);
    assert_holds(tabs.text.bytes, "{\r\n\t\"a\": 1,\r\n\t\"hooks\": {\r\n\t\t\"Setup\": [");
    assert_holds(tabs.text.bytes, "]}],\r\n\t\t\"SessionStart\": [");
    assert_holds(tabs.text.bytes, "]}]\r\n\t}\r\n}\r\n");
    JC_AUTO(result) line = install_with("{\"a\":1}", &plain);
    assert_null(memchr(line.text.bytes, '\n', line.text.size));
    assert_true(
        mentions(&line, "{\"a\":1,\"hooks\":{\"Setup\":[{\"hooks\":[{\"type\":\"command\""));
}

static void what_an_agent_wrote_anew_is_taken_out_too(void **state)
{
    (void)state;
    JC_AUTO(result) done = install_with("{\"a\": 1}", &plain);
    yyjson_doc *doc = yyjson_read(done.text.bytes, done.text.size, 0);
    size_t size = 0;
    char *anew = yyjson_write(doc, YYJSON_WRITE_PRETTY_TWO_SPACES, &size);
    JC_AUTO(result) undone = uninstall((jc_str){anew, size});
    assert_str(jc_buf_str(&undone.text), "{\n  \"a\": 1\n}");
    free(anew);
    yyjson_doc_free(doc);
}

static void what_was_added_behind_the_hooks_stays(void **state)
{
    (void)state;
    JC_AUTO(result) done = install_with(NULL, &plain);
    done.text.size -= strlen("\n}\n");
    assert_int_equal(jc_buf_append_text(&done.text, ",\n  \"b\": 2\n}\n", NULL), JC_OK);
    JC_AUTO(result) undone = uninstall(jc_buf_str(&done.text));
    assert_false(undone.remove);
    assert_str(jc_buf_str(&undone.text), "{\n  \"b\": 2\n}\n");
}

static void a_server_is_added_with_its_variables(void **state)
{
    (void)state;
    jc_mcp_wanted wanted = {.program = JC_STR("jc"),
                            .workflow_id = JC_STR("fix"),
                            .agent_id = JC_STR("a\"b")};
    JC_AUTO(result) done = install_server((jc_str){0}, &wanted);
    assert_at(&done.text, "/mcpServers/jc",
              "{\"type\":\"stdio\",\"command\":\"jc\",\"args\":[\"mcp\"],\"env\":{\"JC_WORKFLOW\":"
              "\"fix\",\"JC_AGENT\":\"a\\\"b\"}}");
    JC_AUTO(result) simple = install_server((jc_str){0}, &server);
    assert_at(&simple.text, "/mcpServers/jc",
              "{\"type\":\"stdio\",\"command\":\"jc\",\"args\":[\"mcp\"]}");
}

static void a_server_keeps_what_others_gave_it(void **state)
{
    (void)state;
    jc_mcp_wanted wanted = {.program = JC_STR("jc"), .workflow_id = JC_STR("new")};
    JC_AUTO(result)
    done = install_server(
        JC_STR("{\"mcpServers\":{\"jc\":{\"command\":\"/old/jc\",\"args\":[\"-C\",\"x\",\"mcp\"],"
               "\"env\":{\"A\":\"1\",\"JC_WORKFLOW\":\"old\"},\"timeout\":7}}}"),
        &wanted);
    assert_str(jc_buf_str(&done.text),
               "{\"mcpServers\":{\"jc\":{\"command\":\"jc\",\"args\":[\"-C\",\"x\",\"mcp\"],"
               "\"env\":{\"A\":\"1\",\"JC_WORKFLOW\":\"new\"},\"timeout\":7}}}");
    assert_int_equal(done.changes.counts[JC_SETTING_UPDATE], 1);
    JC_AUTO(result) again = install_server(jc_buf_str(&done.text), &server);
    assert_int_equal(again.changes.count, 0);
}

static void a_server_gets_an_env_where_it_has_none(void **state)
{
    (void)state;
    jc_mcp_wanted wanted = {.program = JC_STR("jc"), .agent_id = JC_STR("me")};
    JC_AUTO(result)
    done =
        install_server(JC_STR("{\"mcpServers\":{\"jc\":{\"command\":\"jc\",\"args\":[\"mcp\"]}}}"),
                       &wanted);
    assert_at(&done.text, "/mcpServers/jc/env", "{\"JC_AGENT\":\"me\"}");
    JC_AUTO(result)
    empty = install_server(
        JC_STR("{\"mcpServers\":{\"jc\":{\"command\":\"jc\",\"args\":[\"mcp\"],\"env\":{}}}}"),
        &wanted);
    assert_at(&empty.text, "/mcpServers/jc/env", "{\"JC_AGENT\":\"me\"}");
}

static void another_server_of_that_name_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"mcpServers\":{\"jc\":{\"command\":\"node\",\"args\":[\"mcp\"]}}}",
        "{\"mcpServers\":{\"jc\":{\"command\":\"jc\",\"args\":[\"serve\"]}}}",
        "{\"mcpServers\":{\"jc\":{\"type\":\"http\",\"url\":\"http://127.0.0.1/\"}}}",
        "{\"mcpServers\":{\"jc\":null}}"};
    for (size_t i = 0; i < 4; i++) {
        JC_AUTO(result) done = {0};
        jc_error error;
        assert_int_equal(jc_mcp_settings_install(jc_str_of(texts[i]), &server, &done.text,
                                                 &done.changes, &error),
                         JC_ECONFLICT);
        assert_holds(error.text, "another name");
        assert_int_equal(jc_mcp_settings_uninstall(jc_str_of(texts[i]), &done.text, &done.remove,
                                                   &done.changes, &error),
                         JC_ECONFLICT);
        assert_int_equal(done.text.size, 0);
    }
}

/* A small generator: the same seed gives the same file. */
typedef struct maker {
    uint64_t seed;
    const char *newline;
    const char *indent;
    bool spaces; /* behind colons and commas */
    jc_buf text;
} maker;

static uint64_t draw(maker *make, uint64_t below)
{
    make->seed = make->seed * 6364136223846793005U + 1442695040888963407U;
    return (make->seed >> 33) % below;
}

static void put(maker *make, const char *text)
{
    assert_int_equal(jc_buf_append_text(&make->text, text, NULL), JC_OK);
}

static void put_line(maker *make, int depth)
{
    if (*make->newline == '\0')
        return;
    put(make, make->newline);
    for (int i = 0; i < depth; i++)
        put(make, make->indent);
}

static void put_colon(maker *make)
{
    put(make, make->spaces ? ": " : ":");
}

static void put_comma(maker *make)
{
    put(make, *make->newline == '\0' && make->spaces ? ", " : ",");
}

static void put_empty(maker *make, const char *brackets)
{
    static const char *const inside[] = {"", "", " ", "\n", "\r\n  ", "\t", "  "};
    char bracket[2] = {brackets[0], '\0'};
    put(make, bracket);
    put(make, inside[draw(make, 7)]);
    put(make, brackets + 1);
}

static void put_scalar(maker *make)
{
    static const char *const scalars[] = {"1",           "-0.50",
                                          "1e5",         "true",
                                          "null",        "\"\"",
                                          "\"]}\"",      "\"a\\\"b\"",
                                          "\"\\u00e4\"", "123456789012345678901234567890"};
    put(make, scalars[draw(make, 10)]);
}

static void put_value(maker *make, int depth)
{
    uint64_t kind = draw(make, depth > 4 ? 3 : 6);
    if (kind < 2)
        put_scalar(make);
    else if (kind == 2)
        put_empty(make, draw(make, 2) == 0 ? "{}" : "[]");
    else {
        bool object = kind == 3;
        uint64_t count = 1 + draw(make, 3);
        put(make, object ? "{" : "[");
        for (uint64_t i = 0; i < count; i++) {
            static const char *const keys[] = {"\"a\"", "\"hooks\"", "\"a\"", "\"\\u0061\""};
            if (i > 0)
                put_comma(make);
            put_line(make, depth + 1);
            if (object) {
                put(make, keys[draw(make, 4)]);
                put_colon(make);
            }
            put_value(make, depth + 1);
        }
        put_line(make, depth);
        put(make, object ? "}" : "]");
    }
}

/* A group of another's. */
static void put_group(maker *make)
{
    static const char *const groups[] = {
        "{\"matcher\":\"Bash\",\"hooks\":[{\"type\":\"command\",\"command\":\"lint\"}]}",
        "{ \"hooks\" : [ ] }",
        "{\"hooks\": [{\"type\": \"http\", \"url\": \"http://x/\"}]}",
        "{}",
        "{\"hooks\": 7}",
        "\"later\""};
    put(make, groups[draw(make, 6)]);
}

static void put_groups(maker *make)
{
    uint64_t count = draw(make, 4);
    if (count == 0) {
        put_empty(make, "[]");
        return;
    }
    bool lines = draw(make, 2) == 0;
    put(make, "[");
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            put_comma(make);
        if (lines)
            put_line(make, 3);
        put_group(make);
    }
    if (lines)
        put_line(make, 2);
    put(make, "]");
}

static void put_hooks(maker *make)
{
    static const char *const names[] = {"PreToolUse",     "Stop",           "SessionEnd",
                                        "WorktreeCreate", "MessageDisplay", "Later"};
    bool any = false;
    put(make, "{");
    for (size_t i = 0; i < 6; i++) {
        if (draw(make, 2) == 0)
            continue;
        if (any)
            put_comma(make);
        any = true;
        put_line(make, 2);
        put(make, "\"");
        put(make, names[i]);
        put(make, "\"");
        put_colon(make);
        put_groups(make);
    }
    if (any)
        put_line(make, 1);
    put(make, "}");
}

static void put_root(maker *make)
{
    uint64_t count = draw(make, 4);
    uint64_t special = draw(make, 5);
    bool any = false;
    if (count == 0 && special > 3) {
        put_empty(make, "{}");
        return;
    }
    put(make, "{");
    for (uint64_t i = 0; i <= count; i++) {
        if (i != special && i == count)
            break;
        if (any)
            put_comma(make);
        any = true;
        put_line(make, 1);
        put(make, i == special ? "\"hooks\"" : draw(make, 2) == 0 ? "\"env\"" : "\"perm\"");
        put_colon(make);
        if (i != special)
            put_value(make, 1);
        else if (draw(make, 3) == 0)
            put_empty(make, "{}");
        else
            put_hooks(make);
    }
    put_line(make, 0);
    put(make, "}");
}

/* Settings as people and programs write them. */
static void make_settings(maker *make, uint64_t seed)
{
    static const char *const newlines[] = {"\n", "\n", "\r\n", ""};
    static const char *const indents[] = {"  ", "    ", "\t", "", " "};
    static const char *const tails[] = {"", "\n", "\r\n", "\n\n", " "};
    make->seed = seed * 2654435761U + 1;
    make->newline = newlines[draw(make, 4)];
    make->indent = indents[draw(make, 5)];
    make->spaces = draw(make, 3) > 0;
    jc_buf_clear(&make->text);
    if (draw(make, 10) == 0)
        put(make, "\xef\xbb\xbf");
    if (draw(make, 10) == 0)
        put(make, tails[draw(make, 5)]);
    if (draw(make, 20) > 0)
        put_root(make);
    put(make, tails[draw(make, 5)]);
}

/* Fail unless `got` is what was there before. */
static void assert_back(uint64_t seed, jc_str before, const result *installed, const result *got)
{
    if (got->remove || !jc_str_equal(before, jc_buf_str(&got->text)))
        fail_msg("seed %" PRIu64 ": before \"%.*s\", installed \"%.*s\", then %s\"%.*s\"", seed,
                 (int)before.size, before.bytes, (int)installed->text.size, installed->text.bytes,
                 got->remove ? "removed " : "", (int)got->text.size,
                 got->text.bytes != NULL ? got->text.bytes : "");
}

static void every_file_comes_back_byte_for_byte(void **state)
{
    (void)state;
    maker make = {0};
    for (uint64_t seed = 0; seed < 5000; seed++) {
        make_settings(&make, seed);
        jc_str before = jc_buf_str(&make.text);
        JC_AUTO(result) done = {0};
        jc_error error;
        if (jc_hook_settings_install(before, &plain, &done.text, &done.changes, &error) < 0)
            fail_msg("seed %" PRIu64 ": %s in %.*s", seed, error.text, (int)before.size,
                     before.bytes);
        assert_int_equal(done.changes.count, EVENTS);
        JC_AUTO(result) undone = uninstall(jc_buf_str(&done.text));
        assert_back(seed, before, &done, &undone);
        JC_AUTO(result) with_server = install_server(before, &server);
        JC_AUTO(result) without = uninstall_server(jc_buf_str(&with_server.text));
        assert_back(seed, before, &with_server, &without);
    }
    jc_buf_release(&make.text);
}

static void every_file_with_hooks_has_each_once_and_keeps_the_rest(void **state)
{
    (void)state;
    maker make = {0};
    for (uint64_t seed = 0; seed < 1000; seed++) {
        make_settings(&make, seed);
        assert_int_equal(jc_buf_append_char(&make.text, '\0', NULL), JC_OK);
        JC_AUTO(result) done = install_with(make.text.bytes, &plain);
        size_t found = 0;
        const char *end = done.text.bytes + done.text.size;
        for (const char *at = done.text.bytes;
             (at = memmem(at, (size_t)(end - at), "\"jc hook\"", 9)) != NULL; at++)
            found++;
        assert_int_equal(found, EVENTS);
        assert_int_equal(jc_buf_append_char(&done.text, '\0', NULL), JC_OK);
        JC_AUTO(result) again = install_with(done.text.bytes, &plain);
        assert_int_equal(again.changes.count, 0);
        assert_str(jc_buf_str(&again.text), done.text.bytes);
    }
    jc_buf_release(&make.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_new_file_has_a_hook_for_every_event),
        CLAIM(the_agent_waits_where_a_hook_beside_it_would_be_lost),
        CLAIM(neither_worktrees_nor_pieces_of_answers_are_hooked_unasked),
        CLAIM(a_new_file_goes_with_its_hooks),
        CLAIM(the_second_install_changes_nothing),
        CLAIM(hooks_of_others_stay_in_the_same_event),
        CLAIM(an_older_install_is_brought_up_to_date),
        CLAIM(a_hook_for_some_of_what_happens_becomes_one_for_all),
        CLAIM(of_several_hooks_of_ours_one_stays),
        CLAIM(hooks_that_shall_not_be_there_go),
        CLAIM(an_object_that_held_only_what_must_go_is_filled),
        CLAIM(a_command_is_ours_only_when_a_shell_would_run_jc_hook_and_no_more),
        CLAIM(handlers_of_other_kinds_are_not_ours),
        CLAIM(shapes_that_are_not_known_are_refused),
        CLAIM(the_layout_of_the_file_is_followed),
        CLAIM(what_an_agent_wrote_anew_is_taken_out_too),
        CLAIM(what_was_added_behind_the_hooks_stays),
        CLAIM(a_server_is_added_with_its_variables),
        CLAIM(a_server_keeps_what_others_gave_it),
        CLAIM(a_server_gets_an_env_where_it_has_none),
        CLAIM(another_server_of_that_name_is_refused),
        CLAIM(every_file_comes_back_byte_for_byte),
        CLAIM(every_file_with_hooks_has_each_once_and_keeps_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Answers of the MCP server that are too long for one: pages that miss nothing and repeat nothing while
 * the log grows, and sizes that are kept whatever is stored. */
#include "mcp_client.h"

#include <inttypes.h>
#include <stdlib.h>

#define CHARACTERS 25000 /* as promised where nothing is said */
#define MARKS_MAX 512

/* Which items were given, by the number that each has in it. */
typedef struct tally {
    unsigned char given[MARKS_MAX];
    size_t pages;
    size_t longest; /* answer, in bytes */
} tally;

/* Ask page by page until there is no more. `list` is where the items are, `number` where each has its
 * number; `between` (may be NULL) is called after each page. */
static void read_all(jc_client *client, const char *tool, const char *arguments, const char *list,
                     const char *number, void (*between)(jc_client *client), tally *ret)
{
    JC_AUTO(jc_buf) all = {0};
    char cursor[300] = "";
    *ret = (tally){.pages = 0};
    do {
        size_t i, count;
        yyjson_val *item;
        jc_buf_clear(&all);
        assert_int_equal(jc_buf_append_format(&all, NULL, "{%s%s%s%s}%c", arguments,
                                              cursor[0] != '\0' ? ",\"cursor\":\"" : "", cursor,
                                              cursor[0] != '\0' ? "\"" : "", '\0'),
                         JC_OK);
        yyjson_val *page = jc_client_call(client, tool, all.bytes);
        yyjson_val *items = yyjson_ptr_get(page, list);
        assert_true(yyjson_arr_size(items) > 0);
        yyjson_arr_foreach(items, i, count, item) {
            yyjson_val *at = yyjson_ptr_get(item, number);
            size_t n = yyjson_is_str(at) ? strtoul(yyjson_get_str(at), NULL, 10)
                                         : (size_t)yyjson_get_uint(at);
            assert_in_range(n, 0, MARKS_MAX - 1);
            assert_int_equal(ret->given[n]++, 0);
        }
        ret->pages++;
        ret->longest = client->text.size > ret->longest ? client->text.size : ret->longest;
        (void)snprintf(cursor, sizeof cursor, "%s",
                       jc_is_at(page, "/next_cursor") ? jc_text_at(page, "/next_cursor") : "");
        if (between != NULL)
            between(client);
        assert_in_range(ret->pages, 1, MARKS_MAX);
    } while (cursor[0] != '\0');
}

/* All from `first` to `last` were given, once each, and nothing else. */
static void assert_given(const tally *of, size_t first, size_t last)
{
    for (size_t i = 0; i < MARKS_MAX; i++) {
        if (of->given[i] != (i >= first && i <= last))
            fail_msg("%zu was %sgiven", i, of->given[i] != 0 ? "" : "not ");
    }
}

/* ---- Notes, messages, features: numbered, and large where that is wanted ---- */

static void fill(char *text, size_t size, char with)
{
    memset(text, with, size);
    text[size] = '\0';
}

static void add_note(jc_client *client, int number, size_t size)
{
    static char data[1100000];
    int at = snprintf(data, 100, "{\"title\":\"%d needle\",\"content\":\"x", number);
    fill(data + at, size, 'y');
    memcpy(data + (size_t)at + size, "\"}", 3);
    jc_client_emit(client, "wf", "agent.note.idea", "a", data);
}

static void add_notes(jc_client *client, int count, size_t size)
{
    for (int i = 1; i <= count; i++)
        add_note(client, i, size);
}

static void add_another_note(jc_client *client)
{
    add_note(client, 400, 10);
}

/* ---- Claims ---- */

static void notes_come_by_the_page_while_others_are_taken(void **state)
{
    tally all;
    add_notes(*state, 40, 10);
    read_all(*state, "read_notes", "\"limit\":7", "/notes", "/title", add_another_note, &all);
    assert_given(&all, 1, 40);
    assert_int_equal(all.pages, 6);
}

static void notes_that_are_large_come_in_more_pages(void **state)
{
    tally all;
    add_notes(*state, 40, 3000);
    read_all(*state, "read_notes", "\"order\":\"oldest\"", "/notes", "/title", NULL, &all);
    assert_given(&all, 1, 40);
    assert_in_range(all.longest, CHARACTERS / 2, CHARACTERS);
}

static void a_note_that_fits_no_page_is_shortened_and_says_so(void **state)
{
    jc_client *client = *state;
    add_note(client, 1, 900000);
    yyjson_val *notes = jc_client_call(client, "read_notes", "{}");
    assert_int_equal(jc_count_at(notes, "/notes"), 1);
    assert_string_equal(jc_text_at(notes, "/notes/0/shortened/0"), "content");
    assert_in_range(client->text.size, CHARACTERS / 3, CHARACTERS);
    notes = jc_client_call(client, "read_notes", "{\"max_characters\":2000000}");
    assert_int_equal(strlen(jc_text_at(notes, "/notes/0/content")), 900001);
}

static void found_notes_and_events_come_by_the_page_while_others_are_stored(void **state)
{
    tally all;
    add_notes(*state, 30, 10);
    read_all(*state, "search_notes", "\"query\":\"needle\",\"limit\":9", "/notes", "/title", NULL,
             &all);
    assert_given(&all, 1, 30);
    read_all(*state, "search", "\"query\":\"needle\",\"limit\":9", "/events", "/position", NULL,
             &all);
    assert_given(&all, 1, 30);
}

static void what_is_stored_meanwhile_does_not_shift_what_is_found(void **state)
{
    char arguments[200];
    jc_client *client = *state;
    add_notes(client, 10, 10);
    yyjson_val *page = jc_client_call(client, "search", "{\"query\":\"needle\",\"limit\":4}");
    (void)snprintf(arguments, sizeof arguments,
                   "{\"query\":\"needle\",\"limit\":4,\"cursor\":\"%s\"}",
                   jc_text_at(page, "/next_cursor"));
    page = jc_client_call(client, "search", arguments);
    int64_t first = jc_number_at(page, "/events/0/position");
    jc_client_emit(client, "wf", "agent.note.idea", "a",
                   "{\"title\":\"needle needle needle\",\"content\":\"needle\"}");
    page = jc_client_call(client, "search", arguments);
    assert_int_equal(jc_number_at(page, "/events/0/position"), first);
}

static void add_better_matches(jc_client *client)
{
    for (int i = 0; i < 12; i++)
        jc_client_emit(client, "wf", "agent.note.idea", "a",
                       "{\"title\":\"400 needle needle needle\",\"content\":\"needle\"}");
}

static void better_matches_that_are_noted_meanwhile_hide_none_of_the_others(void **state)
{
    tally all;
    add_notes(*state, 10, 10);
    read_all(*state, "search_notes", "\"query\":\"needle\",\"limit\":3", "/notes", "/title",
             add_better_matches, &all);
    assert_given(&all, 1, 10);
    assert_int_equal(all.pages, 4);
}

static void a_cursor_of_notes_whose_place_is_none_is_refused(void **state)
{
    static const char *const places[] = {"", ".", ".-1", ".3x", ".99999999999", "x3"};
    char arguments[300];
    add_notes(*state, 10, 10);
    yyjson_val *page = jc_client_call(*state, "search_notes", "{\"query\":\"needle\",\"limit\":3}");
    char cursor[100];
    (void)snprintf(cursor, sizeof cursor, "%s", jc_text_at(page, "/next_cursor"));
    *strrchr(cursor, '.') = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        (void)snprintf(arguments, sizeof arguments, "{\"query\":\"needle\",\"cursor\":\"%s%s\"}",
                       cursor, places[i]);
        assert_holds(jc_client_failure(*state, "search_notes", arguments), "cursor: ");
    }
}

static void add_event_in_another_workflow(jc_client *client)
{
    jc_client_emit(client, "zz", "x.done", "a", "{}");
}

static void events_come_by_the_page_in_both_orders_while_others_are_stored(void **state)
{
    tally all;
    add_notes(*state, 40, 10);
    read_all(*state, "get_events", "\"limit\":7", "/events", "/sequence", add_another_note, &all);
    assert_given(&all, 1, 40);
    read_all(*state, "get_events", "\"limit\":7,\"order\":\"oldest\"", "/events", "/sequence", NULL,
             &all);
    assert_given(&all, 1, 46);
    read_all(*state, "get_events", "\"limit\":7,\"all_workflows\":true", "/events", "/position",
             add_event_in_another_workflow, &all);
    assert_given(&all, 1, 46);
}

static void large_events_keep_the_size_and_come_all(void **state)
{
    tally all;
    add_notes(*state, 20, 4000);
    read_all(*state, "get_events", "\"include_data\":true", "/events", "/sequence", NULL, &all);
    assert_given(&all, 1, 20);
    assert_in_range(all.longest, CHARACTERS / 2, CHARACTERS);
    add_note(*state, 21, 500000);
    read_all(*state, "get_events", "\"include_data\":true", "/events", "/sequence", NULL, &all);
    assert_given(&all, 1, 21);
    assert_in_range(all.longest, CHARACTERS / 2, CHARACTERS);
}

static void a_trace_comes_by_the_page(void **state)
{
    tally all;
    for (int i = 0; i < 40; i++)
        jc_client_emit(*state, i % 2 == 0 ? "a" : "b", "x.done", "a", "{\"correlation_id\":\"c\"}");
    read_all(*state, "trace", "\"correlation_id\":\"c\",\"limit\":9", "/events", "/position", NULL,
             &all);
    assert_given(&all, 1, 40);
}

static void add_message(jc_client *client)
{
    jc_client_emit(client, "wf", "agent.message.sent", "lead",
                   "{\"from_agent\":\"lead\",\"to_agent\":\"coder\",\"content\":\"400\","
                   "\"priority\":\"urgent\"}");
}

static void an_inbox_comes_by_the_page_while_it_is_acknowledged_and_grows(void **state)
{
    tally all;
    for (int i = 1; i <= 30; i++) {
        char data[200];
        (void)snprintf(data, sizeof data,
                       "{\"from_agent\":\"lead\",\"to_agent\":\"coder\",\"content\":\"%d\"}", i);
        jc_client_emit(*state, "wf", "agent.message.sent", "lead", data);
    }
    read_all(*state, "read_inbox",
             "\"agent_id\":\"coder\",\"limit\":7,\"unread_only\":true,\"acknowledge\":true",
             "/messages", "/content", add_message, &all);
    assert_given(&all, 1, 30);
}

static void add_feature(jc_client *client, int number)
{
    char data[64];
    (void)snprintf(data, sizeof data, "{\"name\":\"%d\"}", number);
    jc_client_emit(client, "wf", "feature.started", "a", data);
}

static void add_another_feature(jc_client *client)
{
    add_feature(client, 400);
}

static void features_come_by_the_page_of_one_moment(void **state)
{
    tally all;
    for (int i = 1; i <= 40; i++)
        add_feature(*state, i);
    read_all(*state, "timings", "\"limit\":9", "/features", "/name", add_another_feature, &all);
    assert_given(&all, 1, 40);
    read_all(*state, "get_state", "\"pointer\":\"/features\",\"limit\":9,\"at\":40", "/state",
             "/name", add_another_feature, &all);
    assert_given(&all, 1, 40);
}

static void changes_come_by_the_page_of_the_same_two_moments(void **state)
{
    tally all;
    for (int i = 1; i <= 40; i++)
        add_feature(*state, i);
    read_all(*state, "diff_state", "\"from\":0,\"projection\":\"timings\",\"limit\":5", "/changes",
             "/after/name", add_another_feature, &all);
    assert_given(&all, 1, 40);
}

static void a_large_state_names_what_it_left_out_and_tells_that_when_asked(void **state)
{
    tally all;
    jc_client *client = *state;
    add_notes(client, 60, 1000);
    yyjson_val *told = jc_client_call(client, "get_state", "{\"projection\":\"notes\"}");
    assert_true(client->text.size <= CHARACTERS);
    assert_string_equal(jc_text_at(told, "/left_out/0/pointer"), "/notes");
    assert_int_equal(jc_number_at(told, "/left_out/0/count"), 60);
    assert_true(jc_is_at(told, "/state/by_agent"));
    read_all(client, "get_state", "\"projection\":\"notes\",\"pointer\":\"/notes\"", "/state",
             "/title", NULL, &all);
    assert_given(&all, 1, 60);
    assert_true(all.longest <= CHARACTERS);
}

static void an_object_of_many_members_comes_by_the_page(void **state)
{
    char cursor[300] = "";
    char arguments[500];
    size_t members = 0;
    jc_client *client = *state;
    for (int i = 0; i < 300; i++) {
        char agent[200];
        fill(agent, 150, 'a');
        (void)snprintf(agent + 150, 20, "%d", i);
        jc_client_emit(client, "wf", "agent.note.idea", agent,
                       "{\"title\":\"t\",\"content\":\"c\"}");
    }
    do {
        (void)snprintf(arguments, sizeof arguments,
                       "{\"projection\":\"notes\",\"pointer\":\"/by_agent\"%s%s%s}",
                       cursor[0] != '\0' ? ",\"cursor\":\"" : "", cursor,
                       cursor[0] != '\0' ? "\"" : "");
        yyjson_val *told = jc_client_call(client, "get_state", arguments);
        assert_true(client->text.size <= CHARACTERS);
        assert_true(jc_count_at(told, "/state") > 0);
        members += jc_count_at(told, "/state");
        (void)snprintf(cursor, sizeof cursor, "%s",
                       jc_is_at(told, "/next_cursor") ? jc_text_at(told, "/next_cursor") : "");
    } while (cursor[0] != '\0');
    assert_int_equal(members, 300);
}

static void a_long_text_of_a_state_is_told_piece_by_piece(void **state)
{
    char cursor[300] = "";
    char arguments[500];
    size_t size = 0;
    jc_client *client = *state;
    add_note(client, 1, 50000);
    do {
        (void)snprintf(arguments, sizeof arguments,
                       "{\"projection\":\"notes\",\"pointer\":\"/notes/0/content\"%s%s%s}",
                       cursor[0] != '\0' ? ",\"cursor\":\"" : "", cursor,
                       cursor[0] != '\0' ? "\"" : "");
        yyjson_val *told = jc_client_call(client, "get_state", arguments);
        size += strlen(jc_text_at(told, "/state"));
        (void)snprintf(cursor, sizeof cursor, "%s",
                       jc_is_at(told, "/next_cursor") ? jc_text_at(told, "/next_cursor") : "");
    } while (cursor[0] != '\0');
    assert_int_equal(size, 50001);
}

static void an_element_that_fits_no_page_is_named_and_the_next_are_told(void **state)
{
    char arguments[300];
    jc_client *client = *state;
    static char data[40000] = "{\"title\":\"t\",\"content\":\"c\",\"tags\":[\"one\",\"";
    size_t at = strlen(data);
    fill(data + at, 30000, 'x');
    (void)snprintf(data + at + 30000, 100, "\",\"three\"]}");
    jc_client_emit(client, "wf", "agent.note.idea", "a", data);
    const char *const wanted[] = {"one", NULL, "three"};
    char cursor[300] = "";
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(arguments, sizeof arguments,
                       "{\"projection\":\"notes\",\"pointer\":\"/notes/0/tags\"%s%.200s%s}",
                       i > 0 ? ",\"cursor\":\"" : "", cursor, i > 0 ? "\"" : "");
        yyjson_val *told = jc_client_call(client, "get_state", arguments);
        assert_int_equal(jc_count_at(told, "/state"), 1);
        if (wanted[i] != NULL)
            assert_string_equal(jc_text_at(told, "/state/0"), wanted[i]);
        else
            assert_string_equal(jc_text_at(told, "/left_out/0/pointer"), "/notes/0/tags/1");
        if (i < 2)
            (void)snprintf(cursor, sizeof cursor, "%s", jc_text_at(told, "/next_cursor"));
    }
}

static void the_summary_of_many_notes_is_short(void **state)
{
    jc_client *client = *state;
    static const char *const categories[] = {"accomplishment", "blocker",  "context", "decision",
                                             "idea",           "learning", "todo",    "warning"};
    for (int i = 0; i < 400; i++) {
        char type[64];
        char agent[64];
        char data[700] = "{\"content\":\"c\",\"title\":\"";
        size_t at = strlen(data);
        fill(data + at, 500, 't');
        memcpy(data + at + 500, "\"}", 3);
        (void)snprintf(type, sizeof type, "agent.note.%s", categories[i % 8]);
        (void)snprintf(agent, sizeof agent, "agent-%d", i);
        jc_client_emit(client, "wf", type, agent, data);
    }
    (void)jc_client_call(client, "get_notes_summary", "{}");
    assert_true(client->text.size <= CHARACTERS);
}

static void a_cursor_of_another_question_is_refused(void **state)
{
    static const struct {
        const char *tool;
        const char *arguments;
    } cases[] = {
        {"read_notes", "\"category\":\"idea\""},
        {"read_notes", "\"order\":\"oldest\""},
        {"get_events", "\"limit\":7"},
        {"search_notes", "\"query\":\"needle\""},
        {"timings", "\"limit\":7"},
        {"get_state", "\"limit\":7"},
        {"read_inbox", "\"limit\":7"},
    };
    char cursor[300];
    char arguments[500];
    add_notes(*state, 20, 10);
    yyjson_val *page = jc_client_call(*state, "read_notes", "{\"limit\":7}");
    (void)snprintf(cursor, sizeof cursor, "%s", jc_text_at(page, "/next_cursor"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(arguments, sizeof arguments, "{%s,\"cursor\":\"%s\"}", cases[i].arguments,
                       cursor);
        assert_holds(jc_client_failure(*state, cases[i].tool, arguments), "cursor: ");
    }
}

static void a_cursor_may_be_used_with_another_limit(void **state)
{
    char arguments[500];
    add_notes(*state, 20, 10);
    yyjson_val *page = jc_client_call(*state, "read_notes", "{\"limit\":7,\"tag\":\"\"}");
    (void)snprintf(arguments, sizeof arguments,
                   "{\"cursor\":\"%s\",\"limit\":3,\"max_characters\":9000}",
                   jc_text_at(page, "/next_cursor"));
    page = jc_client_call(*state, "read_notes", arguments);
    assert_int_equal(jc_count_at(page, "/notes"), 3);
    assert_string_equal(jc_text_at(page, "/notes/0/title"), "13 needle");
}

static void what_is_no_cursor_is_refused(void **state)
{
    static const char *const tools[] = {"read_notes", "get_events", "get_state", "timings",
                                        "read_inbox"};
    static const char *const cursors[] = {"x", "-", "00000000", "00000000-", "00000000-1", "7"};
    add_notes(*state, 3, 10);
    for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++) {
        for (size_t k = 0; k < sizeof cursors / sizeof cursors[0]; k++) {
            char arguments[100];
            (void)snprintf(arguments, sizeof arguments, "{\"cursor\":\"%s\"}", cursors[k]);
            assert_holds(jc_client_failure(*state, tools[i], arguments), "cursor: ");
        }
    }
}

static void the_place_in_a_cursor_is_checked_too(void **state)
{
    static const struct {
        const char *tool;
        const char *arguments;
        const char *place;
    } cases[] = {
        {"read_notes", "\"limit\":1", "0199a000-0000-7000-8000-000000000001"},
        {"read_notes", "\"limit\":1", "nonsense"},
        {"get_events", "\"limit\":1", "0"},
        {"get_events", "\"limit\":1", "x"},
        {"search", "\"query\":\"needle\",\"limit\":1", "999"},
        {"get_state", "\"projection\":\"notes\",\"pointer\":\"/notes\",\"limit\":1", "s1.s1"},
        {"get_state", "\"projection\":\"notes\",\"pointer\":\"/notes\",\"limit\":1", "x1.s1.1"},
        {"get_state", "\"projection\":\"notes\",\"pointer\":\"/notes\",\"limit\":1", "s1.s1.1x"},
    };
    char arguments[500];
    add_notes(*state, 20, 10);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(arguments, sizeof arguments, "{%s}", cases[i].arguments);
        yyjson_val *page = jc_client_call(*state, cases[i].tool, arguments);
        (void)snprintf(arguments, sizeof arguments, "{%s,\"cursor\":\"%.9s%s\"}",
                       cases[i].arguments, jc_text_at(page, "/next_cursor"), cases[i].place);
        assert_holds(jc_client_failure(*state, cases[i].tool, arguments), "cursor: ");
    }
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        AGREED_CLAIM(notes_come_by_the_page_while_others_are_taken),
        AGREED_CLAIM(notes_that_are_large_come_in_more_pages),
        AGREED_CLAIM(a_note_that_fits_no_page_is_shortened_and_says_so),
        AGREED_CLAIM(found_notes_and_events_come_by_the_page_while_others_are_stored),
        AGREED_CLAIM(what_is_stored_meanwhile_does_not_shift_what_is_found),
        AGREED_CLAIM(better_matches_that_are_noted_meanwhile_hide_none_of_the_others),
        AGREED_CLAIM(a_cursor_of_notes_whose_place_is_none_is_refused),
        AGREED_CLAIM(events_come_by_the_page_in_both_orders_while_others_are_stored),
        AGREED_CLAIM(large_events_keep_the_size_and_come_all),
        AGREED_CLAIM(a_trace_comes_by_the_page),
        AGREED_CLAIM(an_inbox_comes_by_the_page_while_it_is_acknowledged_and_grows),
        AGREED_CLAIM(features_come_by_the_page_of_one_moment),
        AGREED_CLAIM(changes_come_by_the_page_of_the_same_two_moments),
        AGREED_CLAIM(a_large_state_names_what_it_left_out_and_tells_that_when_asked),
        AGREED_CLAIM(an_object_of_many_members_comes_by_the_page),
        AGREED_CLAIM(a_long_text_of_a_state_is_told_piece_by_piece),
        AGREED_CLAIM(an_element_that_fits_no_page_is_named_and_the_next_are_told),
        AGREED_CLAIM(the_summary_of_many_notes_is_short),
        AGREED_CLAIM(a_cursor_of_another_question_is_refused),
        AGREED_CLAIM(a_cursor_may_be_used_with_another_limit),
        AGREED_CLAIM(what_is_no_cursor_is_refused),
        AGREED_CLAIM(the_place_in_a_cursor_is_checked_too),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}

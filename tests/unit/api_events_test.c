/* The API's events: pages, filters, cursors; the outline. */
#include "api_client.h"

#include "contract/events.h"

#include <stdlib.h>

#define STEPS 25

/* The sequences that a target gives, all its pages together. Returns how many pages there were. */
static size_t read_pages(api_client *in, const char *target, uint64_t ret_numbers[],
                         size_t *ret_count)
{
    char next[512];
    size_t pages = 0;
    *ret_count = 0;
    (void)snprintf(next, sizeof next, "%s", target);
    for (;;) {
        api_get(in, next);
        assert_answer(in, 200);
        pages++;
        yyjson_val *root = yyjson_doc_get_root(in->doc);
        size_t at, count;
        yyjson_val *event;
        yyjson_arr_foreach(yyjson_obj_get(root, "events"), at, count, event) {
            ret_numbers[(*ret_count)++] = yyjson_get_uint(yyjson_obj_get(event, "sequence"));
        }
        const char *cursor = yyjson_get_str(yyjson_obj_get(root, "next"));
        if (cursor == NULL)
            return pages;
        (void)snprintf(next, sizeof next, "%s&after=%s", target, cursor);
    }
}

static void a_page_is_lines_as_they_are_stored(void **state)
{
    api_client *in = *state;
    api_tell(in, 0, "wf", "coder", "step.done", "{\"n\":1.50,\"text\":\"\\u00e4 \\\" \xc3\xa4\"}");
    api_get(in, "/api/events/wf?limit=5");
    assert_answer(in, 200);
    assert_string_equal(in->response.content_type, "application/json");
    assert_body(in, true, "\"data\":{\"n\":1.50,\"text\":\"\\u00e4 \\\" \xc3\xa4\"},\"hash\":\"");
    assert_at(in, "/events/0/sequence", "1");
    assert_at(in, "/next", "null");
    assert_at(in, "/head", "{\"sequence\":1,\"position\":1}");
}

static void pages_go_on_to_the_end_and_give_each_event_once(void **state)
{
    api_client *in = *state;
    uint64_t numbers[STEPS + 1];
    size_t count;
    api_tell_steps(in, "wf", STEPS);
    api_tell_steps(in, "other", 3);

    assert_int_equal(read_pages(in, "/api/events/wf?limit=10", numbers, &count), 3);
    assert_int_equal(count, STEPS);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(numbers[i], i + 1);
    assert_int_equal(read_pages(in, "/api/events/wf?limit=5", numbers, &count), 5);
    assert_int_equal(count, STEPS);
}

static void pages_go_backwards_too(void **state)
{
    api_client *in = *state;
    uint64_t numbers[STEPS + 1];
    size_t count;
    api_tell_steps(in, "wf", STEPS);
    assert_int_equal(read_pages(in, "/api/events/wf?limit=10&order=desc", numbers, &count), 3);
    assert_int_equal(count, STEPS);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(numbers[i], STEPS - i);
}

static void pages_keep_to_their_filters(void **state)
{
    api_client *in = *state;
    uint64_t numbers[STEPS + 1];
    size_t count;
    api_tell_steps(in, "wf", STEPS);
    assert_int_equal(read_pages(in, "/api/events/wf?limit=4&agent=odd", numbers, &count), 3);
    assert_int_equal(count, 12);
    assert_int_equal(numbers[11], 24);
    assert_int_equal(read_pages(in, "/api/events/wf?limit=4&agent=odd&from=5&to=12&order=desc",
                                numbers, &count),
                     1);
    assert_int_equal(count, 4);
    assert_int_equal(numbers[0], 12);
    assert_int_equal(read_pages(in, "/api/events/wf?limit=3&correlation=third", numbers, &count),
                     3);
    assert_int_equal(count, 9);
    assert_int_equal(numbers[1], 4);
}

static void types_are_globs_of_which_any_may_fit(void **state)
{
    api_client *in = *state;
    api_tell(in, 0, "wf", NULL, "workflow.started", "{}");
    api_tell(in, 1, "wf", NULL, "feature.started", "{\"name\":\"a\"}");
    api_tell(in, 2, "wf", NULL, "step.done", "{}");
    api_get(in, "/api/events/wf?type=feature.*&type=work*");
    assert_int_equal(api_count(in, "/events"), 2);
}

static void content_is_matched_by_words_and_by_paths(void **state)
{
    api_client *in = *state;
    api_tell_steps(in, "wf", STEPS);
    api_get(in, "/api/events/wf?grep=STEP+2");
    assert_int_equal(api_count(in, "/events"), 7);
    api_get(in, "/api/events/wf?where=data.number%3D7");
    assert_int_equal(api_count(in, "/events"), 1);
    assert_at(in, "/events/0/sequence", "7");
    api_get(in, "/api/events/wf?where=data.number%3D7&where=agent_id%3Dodd");
    assert_int_equal(api_count(in, "/events"), 0);
    assert_at(in, "/next", "null");
}

static void times_bound_what_is_read_also_out_of_order(void **state)
{
    api_client *in = *state;
    api_tell(in, 60, "wf", NULL, "step.done", "{}");
    api_tell(in, 0, "wf", NULL, "step.done", "{}");
    api_tell(in, 30, "wf", NULL, "step.done", "{}");
    api_get(in, "/api/events/wf?since=2026-01-09T09:00:30Z");
    assert_int_equal(api_count(in, "/events"), 2);
    assert_at(in, "/events/0/sequence", "1");
    api_get(in, "/api/events/wf?until=2026-01-09T09:00:30");
    assert_int_equal(api_count(in, "/events"), 2);
    assert_at(in, "/events/0/sequence", "2");
    api_get(in, "/api/events/wf?since=2026-01-09T10:00:30%2B01:00&until=2026-01-09T09:00:30Z");
    assert_int_equal(api_count(in, "/events"), 1);
}

static void without_parameters_the_last_thousand_are_given(void **state)
{
    api_client *in = *state;
    api_tell_steps(in, "wf", 1003);
    api_get(in, "/api/events/wf");
    assert_int_equal(api_count(in, "/events"), 1000);
    assert_at(in, "/events/0/sequence", "4");
    assert_at(in, "/next", "null");
    api_get(in, "/api/events/wf?order=asc");
    assert_int_equal(api_count(in, "/events"), 100);
    assert_at(in, "/next", "\"100\"");
}

static void of_all_workflows_pages_go_by_position(void **state)
{
    api_client *in = *state;
    api_tell_steps(in, "a", 3);
    api_tell_steps(in, "b", 3);
    api_get(in, "/api/events?limit=4");
    assert_int_equal(api_count(in, "/events"), 4);
    assert_at(in, "/next", "\"4\"");
    assert_at(in, "/head", "{\"position\":6}");
    api_get(in, "/api/events?limit=4&after=4");
    assert_int_equal(api_count(in, "/events"), 2);
    assert_at(in, "/events/0/workflow_id", "\"b\"");
    assert_at(in, "/events/0/sequence", "2");
    assert_at(in, "/next", "null");
}

static void behind_the_head_is_nothing_yet(void **state)
{
    api_client *in = *state;
    api_tell_steps(in, "wf", 3);
    api_get(in, "/api/events/wf?after=3");
    assert_answer(in, 200);
    assert_int_equal(api_count(in, "/events"), 0);
    assert_at(in, "/next", "null");
    api_tell_steps(in, "wf", 1);
    api_get(in, "/api/events/wf?after=3");
    assert_int_equal(api_count(in, "/events"), 1);
    api_get(in, "/api/events/wf?after=1&order=desc");
    assert_int_equal(api_count(in, "/events"), 0);
}

/* Four events of a mebibyte are one page, and more than one is never left out. */
static void a_page_ends_at_four_mebibytes(void **state)
{
    api_client *in = *state;
    const size_t size = 1000000;
    char *data = malloc(size + 1);
    assert_non_null(data);
    (void)snprintf(data, size, "{\"t\":\"");
    memset(data + 6, 'x', size - 8);
    memcpy(data + size - 2, "\"}", 3);
    for (int i = 0; i < 6; i++)
        api_tell(in, i, "wf", NULL, "step.done", data);
    free(data);
    api_get(in, "/api/events/wf?limit=100");
    assert_int_equal(api_count(in, "/events"), 4);
    assert_at(in, "/next", "\"4\"");
    api_get(in, "/api/events/wf?limit=100&after=4");
    assert_int_equal(api_count(in, "/events"), 2);
    assert_at(in, "/next", "null");
}

static void an_answer_that_is_too_large_is_refused(void **state)
{
    api_client *in = *state;
    const size_t size = 1000000;
    char *data = malloc(size + 1);
    assert_non_null(data);
    int head = snprintf(data, size, "{\"correlation_id\":\"c\",\"t\":\"");
    memset(data + head, 'x', size - (size_t)head - 2);
    memcpy(data + size - 2, "\"}", 3);
    for (int i = 0; i < 68; i++)
        api_tell(in, i, "wf", NULL, "step.done", data);
    free(data);
    api_get(in, "/api/trace/c");
    assert_refusal(in, 413, "too_large", "64 MiB");
    api_get(in, "/api/trace/c?workflow=wf");
    assert_refusal(in, 413, "too_large", "less");
}

static void an_event_is_found_by_the_beginning_of_its_id(void **state)
{
    api_client *in = *state;
    char id[JC_UUID_TEXT_SIZE];
    char target[64];
    api_tell_steps(in, "wf", 2);
    jc_uuid_format(jc_test_id(2), id);
    (void)snprintf(target, sizeof target, "/api/event/%s", id);
    api_get(in, target);
    assert_answer(in, 200);
    assert_at(in, "/sequence", "2");
    api_get(in, "/api/event/ffffffff");
    assert_refusal(in, 404, "not_found", "ffffffff");
    api_get(in, "/api/event/zz");
    assert_refusal(in, 400, "invalid", "zz");
}

static void what_is_no_filter_is_refused_by_its_name(void **state)
{
    static const char *const wrong[][2] = {
        {"limit=0", "limit"},
        {"limit=1001", "limit"},
        {"limit=ten", "limit"},
        {"order=up", "order"},
        {"after=-1", "after"},
        {"from=0", "from"},
        {"from=9&to=3", "from"},
        {"since=yesterday", "since"},
        {"until=2026-13-01T00:00:00Z", "until"},
        {"where=nothing", "nothing"},
        {"typ=x", "typ"},
        {"limit=5&limit=6", "limit"},
        {"agent=", "agent"},
        {"grep=%00", "grep"},
        {"agent=%ff", "agent"},
        {"since=2026-01-09T10:00:00+01:00", "%2B"},
        {"since=2026-01-09T10:00:00Z&until=2026-01-09T09:00:00Z", "since"},
    };
    api_client *in = *state;
    api_tell_steps(in, "wf", 1);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char target[128];
        (void)snprintf(target, sizeof target, "/api/events/wf?%s", wrong[i][0]);
        api_get(in, target);
        assert_refusal(in, 400, "invalid", wrong[i][1]);
    }
}

/* ---- Outline ---- */

/* The lines of the body, as one list. */
static yyjson_doc *lines_of(const api_client *in)
{
    char *text = malloc(in->response.body.size + 3);
    size_t size = 0;
    assert_non_null(text);
    text[size++] = '[';
    for (size_t i = 0; i < in->response.body.size; i++) {
        char c = in->response.body.bytes[i];
        if (c != '\n')
            text[size++] = c;
        else if (i + 1 < in->response.body.size)
            text[size++] = ',';
    }
    text[size++] = ']';
    yyjson_doc *doc = yyjson_read(text, size, 0);
    free(text);
    assert_non_null(doc);
    return doc;
}

static void assert_line(yyjson_doc *doc, const char *pointer, const char *json)
{
    yyjson_val *value = yyjson_ptr_get(yyjson_doc_get_root(doc), pointer);
    char *got = value != NULL ? yyjson_val_write(value, 0, NULL) : NULL;
    assert_non_null(got);
    assert_string_equal(got, json);
    free(got);
}

static void an_outline_has_columns_and_the_names_they_count_into(void **state)
{
    api_client *in = *state;
    api_tell(in, 0, "wf", NULL, "workflow.started", "{}");
    api_tell(in, 2, "wf", "coder \"x\"", "step.done", "{}");
    api_tell(in, 1, "wf", "lead", "step.done", "{\"correlation_id\":\"c\"}");
    api_get(in, "/api/outline/wf");
    assert_answer(in, 200);
    assert_string_equal(in->response.content_type, "application/x-ndjson");
    yyjson_doc *lines = lines_of(in);
    assert_line(lines, "",
                "[{\"from\":1,\"times\":[1767949200000000,2000000,-1000000],\"types\":[0,1,1],"
                "\"agents\":[-1,0,1],\"correlations\":[-1,-1,0],"
                "\"new_types\":[\"workflow.started\",\"step.done\"],"
                "\"new_agents\":[\"coder \\\"x\\\"\",\"lead\"],\"new_correlations\":[\"c\"]}]");
    yyjson_doc_free(lines);
}

static void tables_grow_from_line_to_line(void **state)
{
    api_client *in = *state;
    api_tell_steps(in, "wf", 2000);
    api_tell(in, 5000, "wf", "new", "step.done", "{}");
    api_tell(in, 5001, "wf", "even", "other.done", "{}");
    api_get(in, "/api/outline/wf");
    yyjson_doc *lines = lines_of(in);
    assert_int_equal(yyjson_arr_size(yyjson_doc_get_root(lines)), 2);
    assert_line(lines, "/0/new_agents", "[\"even\",\"odd\"]");
    assert_line(lines, "/1",
                "{\"from\":2001,\"times\":[1767954200000000,1000000],\"types\":[0,1],"
                "\"agents\":[2,0],\"correlations\":[-1,-1],\"new_types\":[\"other.done\"],"
                "\"new_agents\":[\"new\"],\"new_correlations\":[]}");
    yyjson_doc_free(lines);
}

static void an_outline_begins_behind_a_sequence_with_empty_tables(void **state)
{
    api_client *in = *state;
    api_tell_steps(in, "wf", 10);
    api_get(in, "/api/outline/wf?after=7&limit=2");
    yyjson_doc *lines = lines_of(in);
    assert_line(lines, "",
                "[{\"from\":8,\"times\":[1767949207000000,1000000],\"types\":[0,0],"
                "\"agents\":[0,1],\"correlations\":[-1,-1],\"new_types\":[\"step.done\"],"
                "\"new_agents\":[\"odd\",\"even\"],\"new_correlations\":[]}]");
    yyjson_doc_free(lines);
    api_get(in, "/api/outline/wf?after=10");
    assert_answer(in, 200);
    assert_int_equal(in->response.body.size, 0);
}

static void numbers_go_as_far_as_sequences_and_positions_do(void **state)
{
    api_client *in = *state;
    api_tell_steps(in, "wf", 3);
    api_get(in, "/api/events/wf?from=9223372036854775807");
    assert_answer(in, 200);
    assert_int_equal(api_count(in, "/events"), 0);
    api_get(in, "/api/events/wf?from=9223372036854775808");
    assert_refusal(in, 400, "invalid", "is no number");
    api_get(in, "/api/events/wf?after=9223372036854775807");
    assert_refusal(in, 400, "invalid", "is not between");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_CLAIM(a_page_is_lines_as_they_are_stored),
        API_CLAIM(pages_go_on_to_the_end_and_give_each_event_once),
        API_CLAIM(pages_go_backwards_too),
        API_CLAIM(pages_keep_to_their_filters),
        API_CLAIM(types_are_globs_of_which_any_may_fit),
        API_CLAIM(content_is_matched_by_words_and_by_paths),
        API_CLAIM(times_bound_what_is_read_also_out_of_order),
        API_CLAIM(without_parameters_the_last_thousand_are_given),
        API_CLAIM(of_all_workflows_pages_go_by_position),
        API_CLAIM(behind_the_head_is_nothing_yet),
        API_CLAIM(a_page_ends_at_four_mebibytes),
        API_CLAIM(an_answer_that_is_too_large_is_refused),
        API_CLAIM(an_event_is_found_by_the_beginning_of_its_id),
        API_CLAIM(what_is_no_filter_is_refused_by_its_name),
        API_CLAIM(numbers_go_as_far_as_sequences_and_positions_do),
        API_CLAIM(an_outline_has_columns_and_the_names_they_count_into),
        API_CLAIM(tables_grow_from_line_to_line),
        API_CLAIM(an_outline_begins_behind_a_sequence_with_empty_tables),
    };
    return cmocka_run_group_tests_name("api_events", tests, NULL, NULL);
}

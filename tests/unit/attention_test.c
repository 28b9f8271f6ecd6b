/* What needs a person: the vectors that the page keeps to as well, and what a log says. */
#include "told.h"

#include "base/buf.h"
#include "base/files.h"
#include "jc/json.h"

#include <yyjson.h>

#define VECTORS_SIZE_MAX ((size_t)1024 * 1024)

static void put(void *context, jc_str piece)
{
    assert_int_equal(jc_buf_append_str(context, piece, NULL), JC_OK);
}

/* What is due at a time, as a list. */
static void write_due(const jc_attentions *attentions, int64_t as_of_us, jc_buf *json)
{
    jc_sink sink = {.put = put, .context = json};
    put(json, JC_STR("["));
    for (size_t i = 0; i < attentions->count; i++) {
        if (attentions->items[i].due_us > as_of_us)
            continue;
        put(json, json->size > 1 ? JC_STR(",") : JC_STR(""));
        jc_attention_write(&sink, &attentions->items[i]);
    }
    put(json, JC_STR("]"));
}

static jc_str state_of(yyjson_val *states, const char *name, char **ret_owned)
{
    size_t size = 0;
    yyjson_val *state = yyjson_obj_get(states, name);
    *ret_owned = state != NULL ? yyjson_val_write(state, 0, &size) : NULL;
    return (jc_str){*ret_owned, size};
}

static void check_vector(yyjson_val *vector)
{
    char *owned[4];
    JC_AUTO(jc_buf) json = {0};
    jc_attentions *attentions = NULL;
    jc_error error = {0};
    int64_t as_of_us = 0;
    yyjson_val *states = yyjson_obj_get(vector, "states");
    jc_attention_states given = {.workflow = state_of(states, "workflow", &owned[0]),
                                 .agents = state_of(states, "agents", &owned[1]),
                                 .notes = state_of(states, "notes", &owned[2]),
                                 .mailbox = state_of(states, "mailbox", &owned[3])};
    const char *as_of = yyjson_get_str(yyjson_obj_get(vector, "as_of"));
    assert_int_equal(jc_time_parse(jc_str_of(as_of), &as_of_us, NULL), JC_OK);
    if (jc_attention_of(&given, &attentions, &error) < 0)
        fail_msg("%s", error.text);
    write_due(attentions, as_of_us, &json);
    yyjson_doc *got = yyjson_read(json.bytes, json.size, 0);
    if (!yyjson_equals(yyjson_doc_get_root(got), yyjson_obj_get(vector, "attention")))
        fail_msg("%s: got %.*s", yyjson_get_str(yyjson_obj_get(vector, "name")), (int)json.size,
                 json.bytes);
    yyjson_doc_free(got);
    jc_attention_free(attentions);
    for (size_t i = 0; i < 4; i++)
        free(owned[i]);
}

static void the_states_say_what_needs_a_person(void **state)
{
    (void)state;
    JC_AUTO(jc_buf) content = {0};
    size_t at, count;
    yyjson_val *vector;
    assert_int_equal(jc_file_read(JC_VECTORS "/attention.json", VECTORS_SIZE_MAX, &content, NULL),
                     JC_OK);
    yyjson_doc *doc = yyjson_read(content.bytes, content.size, 0);
    assert_true(yyjson_arr_size(yyjson_doc_get_root(doc)) > 10);
    yyjson_arr_foreach(yyjson_doc_get_root(doc), at, count, vector) {
        check_vector(vector);
    }
    yyjson_doc_free(doc);
}

static void a_state_that_is_no_json_is_refused(void **state)
{
    (void)state;
    jc_attentions *none = NULL;
    jc_error error = {0};
    jc_attention_states given = {.notes = JC_STR("{\"notes\":")};
    assert_int_equal(jc_attention_of(&given, &none, &error), JC_EINVAL);
    assert_holds(error.text, "no JSON");
}

/* ---- From a log ---- */

static jc_attentions *read_attention(told *in, const jc_point *point)
{
    jc_attentions *attentions = NULL;
    jc_error error = {0};
    if (jc_attention_read(in->store, JC_STR("wf"), point, &attentions, &error) < 0)
        fail_msg("%s", error.text);
    return attentions;
}

static void the_log_says_it_as_of_a_point(void **state)
{
    told *in = *state;
    tell(in, 0, NULL, "workflow.started", "{}");
    tell(in, 10, "coder", "feature.failed", "{\"name\":\"auth\",\"error\":\"no token\"}");
    tell(in, 20, "coder", "permission.requested", "{\"tool_name\":\"Bash\"}");
    tell(in, 30, NULL, "feature.started", "{\"name\":\"auth\"}");
    jc_point before = {.kind = JC_POINT_BEFORE_HEAD, .number = 1};
    jc_attentions *then = read_attention(in, &before);
    jc_attentions *now = read_attention(in, NULL);

    assert_int_equal(then->count, 2);
    assert_int_equal(then->sequence, 3);
    assert_int_equal(then->as_of_us, TOLD_START_US + 20000000);
    assert_str(then->items[0].key, "feature_failed:auth");
    assert_str(then->items[0].text, "no token");
    assert_int_equal(then->items[0].sequence, 2);
    assert_str(then->items[1].title, "coder waits for a permission");
    assert_str(then->items[1].text, "Bash");
    assert_int_equal(now->count, 1);
    assert_int_equal(now->items[0].kind, JC_ATTENTION_PERMISSION);
    jc_attention_free(then);
    jc_attention_free(now);
}

static void what_takes_patience_says_from_when_on_it_counts(void **state)
{
    told *in = *state;
    tell(in, 0, "lead", "agent.message.sent",
         "{\"from_agent\":\"lead\",\"to_agent\":\"coder\",\"content\":\"hi\",\"correlation_id\":"
         "\"c\"}");
    tell(in, 5, "coder", "agent.tool.started",
         "{\"session_id\":\"s\",\"tool_name\":\"Bash\",\"tool_use_id\":\"u\"}");
    jc_attentions *now = read_attention(in, NULL);

    assert_int_equal(now->count, 2);
    assert_str(now->items[0].key, "tool_open:u");
    assert_int_equal(now->items[0].due_us - now->items[0].at_us, 120000001);
    assert_str(now->items[1].key, "message_unread:c");
    assert_int_equal(now->items[1].due_us - now->items[1].at_us, 60000001);
    jc_attention_free(now);
}

static void a_time_is_the_time_that_was_asked_for(void **state)
{
    told *in = *state;
    tell(in, 0, NULL, "workflow.started", "{}");
    jc_point point = {.kind = JC_POINT_TIME, .time_us = TOLD_START_US + 90000000};
    jc_attentions *then = read_attention(in, &point);
    assert_int_equal(then->as_of_us, point.time_us);
    jc_attention_free(then);
}

static void a_workflow_that_is_not_there_is_not_found(void **state)
{
    told *in = *state;
    jc_attentions *none = NULL;
    jc_error error = {0};
    assert_int_equal(jc_attention_read(in->store, JC_STR("wf"), NULL, &none, &error), JC_ENOTFOUND);
    assert_holds(error.text, "wf");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(the_states_say_what_needs_a_person),
        CLAIM(a_state_that_is_no_json_is_refused),
        TOLD_CLAIM(the_log_says_it_as_of_a_point),
        TOLD_CLAIM(what_takes_patience_says_from_when_on_it_counts),
        TOLD_CLAIM(a_time_is_the_time_that_was_asked_for),
        TOLD_CLAIM(a_workflow_that_is_not_there_is_not_found),
    };
    return cmocka_run_group_tests_name("attention", tests, NULL, NULL);
}

/* Saved states: any text is answered by every projection. One that is taken writes a text that is read
 * back to the same bytes; and behind any event it is saved, read back, and goes on as it would have
 * without.
 *
 * The input is four parts with zero bytes between: the projection's name (all of them when there is
 * none of that name), the saved state, and the type and data of an event that is applied to it. */
#include "base/json.h"
#include "event/event.h"
#include "fuzz.h"
#include "jc/event_types.h"
#include "projection/state.h"

#define SEQUENCE 100
#define TIME_US INT64_C(1767952800000000) /* 2026-01-09T10:00:00Z */

static const char *const types[] = {
#define TYPE_NAME(name, type, rule, what) type,
    JC_EVENT_TYPE_MAP(TYPE_NAME)
#undef TYPE_NAME
};

#define TYPE_COUNT (sizeof types / sizeof types[0])

/* What the events of the tour say; the seeds speak of the same agents, features and calls. */
static const char tour_data[] =
    "{\"name\":\"auth\",\"feature_id\":\"f1\",\"new_name\":\"login\",\"description\":\"d\","
    "\"to_phase\":\"building\",\"error\":\"e\",\"reason\":\"r\",\"cost_usd\":0.25,"
    "\"duration_ms\":100,\"tests_passing\":true,\"title\":\"t\",\"content\":\"c\","
    "\"tags\":[\"auth\",\"x\"],\"related_file\":\"a.c\",\"related_feature\":\"auth\","
    "\"from_agent\":\"coder\",\"to_agent\":\"lead\",\"correlation_id\":\"c-1\","
    "\"priority\":\"high\",\"awaiting_response\":true,\"result\":\"done\",\"success\":true,"
    "\"session_id\":\"s1\",\"turn_id\":\"t1\",\"tool_use_id\":\"u1\",\"tool_name\":\"Bash\","
    "\"parent_agent_id\":\"lead\",\"agent_type\":\"Explore\",\"model\":\"m\","
    "\"message_id\":\"m1\",\"usage\":{\"input_tokens\":10,\"output_tokens\":5},"
    "\"task_id\":\"k1\",\"subject\":\"s\",\"path\":\"/w\",\"branch\":\"b\",\"commit_sha\":\"abc\"}";

static jc_event event_of(uint64_t number, const char *type, jc_str data)
{
    jc_event event = {
        .position = SEQUENCE + number,
        .id = {{1, 2, 3, 4, 5, 6, 0x70, 8, 0x90, [15] = (uint8_t)number}},
        .workflow_id = JC_STR("wf"),
        .sequence = SEQUENCE + number,
        .timestamp_us = TIME_US + (int64_t)number * 1000000,
        .has_timestamp = true,
        .event_type = jc_str_of(type),
        .agent_id = JC_STR("coder"),
        .data = data,
    };
    return event;
}

/* What comes of the state as it is saved. The caller frees it. */
static jc_state *read_back(jc_state *state)
{
    jc_error error;
    jc_state *restored = NULL;
    jc_state_info info = jc_state_info_get(state);
    const char *saved = jc_state_json(state, &error);
    FUZZ_MUST(saved != NULL);
    FUZZ_MUST(jc_state_restore(info.projection, jc_str_of(saved), &info, &restored, &error) ==
              JC_OK);
    return restored;
}

static void must_be_same(jc_state *state, jc_state *other)
{
    jc_error error;
    const char *one = jc_state_json(state, &error);
    const char *two = jc_state_json(other, &error);
    FUZZ_MUST(one != NULL && two != NULL);
    if (strcmp(one, two) == 0)
        return;
    fprintf(stderr, "%s is\n%s\nand, of what was saved,\n%s\n",
            jc_state_info_get(state).projection->name, one, two);
    abort();
}

static void apply(jc_state *state, const jc_event *event)
{
    jc_error error;
    FUZZ_MUST(jc_state_apply(state, event, &error) == JC_OK);
}

/* A state that was saved behind an event, and read back, goes on as the one that was not. */
static void check_goes_on(jc_state *state, const jc_event *event)
{
    apply(state, event);
    jc_state *saved = read_back(state);
    must_be_same(state, saved);
    for (uint64_t i = 0; i < TYPE_COUNT; i++) {
        jc_event next = event_of(2 + i, types[i], jc_str_of(tour_data));
        apply(state, &next);
        apply(saved, &next);
    }
    must_be_same(state, saved);
    jc_state_free(saved);
    saved = read_back(state);
    must_be_same(state, saved);
    jc_state_free(saved);
}

static void check(const jc_projection *projection, jc_str saved, const jc_event *event)
{
    jc_error error;
    jc_state *taken = NULL;
    jc_state_info info = {.sequence = SEQUENCE, .events = SEQUENCE};
    jc_status status = jc_state_restore(projection, saved, &info, &taken, &error);
    if (status < 0) {
        FUZZ_MUST(status == JC_ECORRUPT);
        FUZZ_MUST(taken == NULL);
        fuzz_must_explain(status, &error);
        return;
    }
    /* What it was taken from may be what no projection writes; from here on it is. */
    jc_state *state = read_back(taken);
    must_be_same(taken, state);
    jc_state_free(taken);
    check_goes_on(state, event);
    jc_state_free(state);
}

/* The built-in type of that name, or one of them. */
static const char *type_of(jc_str name)
{
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (jc_str_equal(name, jc_str_of(types[i])))
            return types[i];
    }
    return types[name.size > 0 ? (unsigned char)name.bytes[0] % TYPE_COUNT : 0];
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    jc_str rest = fuzz_input(bytes, size);
    jc_str name = fuzz_next_part(&rest);
    jc_str saved = fuzz_next_part(&rest);
    const char *type = type_of(fuzz_next_part(&rest));

    JC_AUTO(jc_json) json = {0};
    JC_AUTO(jc_arena) arena = {0};
    yyjson_val *root = NULL;
    jc_str data = JC_STR("{}");
    jc_error error;
    jc_status status = jc_json_read(&json, rest, JC_DATA_LIMITS, &arena, &root, &data, &error);
    if (status < 0 || !yyjson_is_obj(root))
        data = JC_STR("{}");
    jc_event event = event_of(1, type, data);

    size_t count = 0;
    bool known = false;
    const jc_projection *const *all = jc_projection_list(&count);
    for (size_t i = 0; i < count; i++)
        known = known || jc_str_equal(name, jc_str_of(all[i]->name));
    for (size_t i = 0; i < count; i++) {
        if (!known || jc_str_equal(name, jc_str_of(all[i]->name)))
            check(all[i], saved, &event);
    }
    return 0;
}

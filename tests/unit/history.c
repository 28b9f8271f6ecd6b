/* Made-up histories: see history.h. */
#include "unit.h"

#include "base/buf.h"
#include "contract/events.h"
#include "history.h"
#include "jc/event_types.h"

#include <stdlib.h>

static const char *const types[] = {
#define TYPE_NAME(name, type, rule, what) type,
    JC_EVENT_TYPE_MAP(TYPE_NAME)
#undef TYPE_NAME
};

/* What a field may be; each is a JSON value. */
typedef struct field {
    const char *name;
    const char *values[6];
} field;

static const field fields[] = {
    {"name", {"\"auth\"", "\"login\"", "\"api \\u00e9\"", "\"x\\u0000y\"", "7", "\"\""}},
    {"feature_name", {"\"auth\"", "\"pages\"", "\"login\"", "\"api\"", "\"a b\"", "\"z\""}},
    {"feature_id", {"\"f1\"", "\"f2\"", "\"f3\"", "\"auth\"", "null", "\"f4\""}},
    {"new_name", {"\"auth\"", "\"login\"", "\"new\"", "\"pages\"", "\"\"", "\"f1\""}},
    {"description", {"\"to do\"", "\"\\ud83d\\ude80\"", "\"\"", "1", "\"long text\"", "\"d\""}},
    {"to_phase", {"\"planning\"", "\"building\"", "\"testing\"", "\"done\"", "\"p\"", "\"q\""}},
    {"error", {"\"no link\"", "\"timeout\"", "\"\"", "{}", "\"e\"", "\"a\\nb\""}},
    {"reason", {"\"asks\"", "\"waits\"", "\"merged\"", "\"\"", "\"r\"", "\"s\""}},
    {"cost_usd", {"0.25", "1e308", "0.1", "3", "-1", "\"much\""}},
    {"total_cost", {"0.5", "1e308", "7", "0", "1e-9", "null"}},
    {"duration_ms", {"100", "1e300", "0", "-5", "12.5", "\"x\""}},
    {"tests_passing", {"true", "false", "null", "1", "true", "false"}},
    {"title", {"\"JWT\"", "\"argon2\"", "\"a title\"", "\"t\"", "\"u\"", "\"v\""}},
    {"content", {"\"tokens expire\"", "\"see \\\"x\\\"\"", "\"c\"", "\"d\"", "\"e\"", "\"f\""}},
    {"tags",
     {"[\"auth\",\"api\"]", "[]", "[\"auth\",\"auth\"]", "[1,\"x\",\"\"]", "\"no\"", "[\"y\"]"}},
    {"related_file", {"\"src/a.py\"", "\"b.c\"", "\"\"", "null", "\"c\"", "\"d\""}},
    {"related_feature", {"\"auth\"", "\"login\"", "\"\"", "null", "\"f1\"", "\"z\""}},
    {"agent_id", {"\"coder\"", "\"tester\"", "\"lead\"", "\"sub1\"", "\"sub2\"", "\"user\""}},
    {"from_agent", {"\"coder\"", "\"tester\"", "\"lead\"", "\"user\"", "\"coder\"", "\"sub1\""}},
    {"to_agent", {"\"coder\"", "\"tester\"", "\"lead\"", "\"user\"", "\"coder\"", "\"nobody\""}},
    {"correlation_id", {"\"c-1\"", "\"c-2\"", "\"c-3\"", "\"c-4\"", "\"c-5\"", "\"c-6\""}},
    {"message_type",
     {"\"help_request\"", "\"notification\"", "\"response\"", "\"\"", "5", "\"m\""}},
    {"priority", {"\"urgent\"", "\"high\"", "\"normal\"", "\"low\"", "\"high\"", "\"normal\""}},
    {"awaiting_response", {"true", "false", "true", "null", "0", "true"}},
    {"result", {"\"done\"", "\"could not\"", "\"ok\"", "\"r\"", "\"s\"", "\"t\""}},
    {"success", {"true", "false", "true", "true", "false", "true"}},
    {"session_id", {"\"s1\"", "\"s2\"", "\"s3\"", "\"s1\"", "\"\"", "\"s2\""}},
    {"turn_id", {"\"t1\"", "\"t2\"", "\"t3\"", "\"t4\"", "1", "\"t5\""}},
    {"prompt_id", {"\"p1\"", "\"p2\"", "\"p3\"", "\"p4\"", "null", "\"p5\""}},
    {"tool_use_id", {"\"u1\"", "\"u2\"", "\"u3\"", "\"u4\"", "\"u5\"", "null"}},
    {"tool_name", {"\"Bash\"", "\"Edit\"", "\"Read\"", "\"mcp__x__y\"", "\"\"", "\"Bash\""}},
    {"tool", {"\"edit_file\"", "\"Bash\"", "\"grep\"", "null", "\"Read\"", "\"w\""}},
    {"parent_agent_id", {"\"lead\"", "\"coder\"", "null", "\"sub1\"", "\"\"", "\"lead\""}},
    {"parent_tool_use_id", {"\"u1\"", "\"u2\"", "null", "\"u3\"", "\"\"", "\"u9\""}},
    {"agent_type", {"\"Explore\"", "\"reviewer\"", "null", "\"\"", "\"x\"", "\"Plan\""}},
    {"model", {"\"opus\"", "\"haiku\"", "null", "\"\"", "3", "\"sonnet\""}},
    {"message_id", {"\"m1\"", "\"m2\"", "\"m3\"", "\"m1\"", "\"m2\"", "null"}},
    {"usage",
     {"{\"input_tokens\":10,\"output_tokens\":5}",
      "{\"input_tokens\":7,\"output_tokens\":9,"
      "\"cache_read_input_tokens\":100,\"cache_creation_input_tokens\":20}",
      "{}", "null", "[1]", "{\"output_tokens\":1.5}"}},
    {"task_id", {"\"k1\"", "\"k2\"", "\"k3\"", "1", "null", "\"k4\""}},
    {"subject", {"\"write\"", "\"read\"", "\"\"", "null", "\"s\"", "\"t\""}},
    {"path", {"\"/w/a\"", "\"/w/b\"", "\"\"", "null", "\"c\"", "\"/w/a\""}},
    {"branch", {"\"main\"", "\"a\"", "\"b\"", "\"\"", "null", "\"c\""}},
    {"commit_sha", {"\"abc\"", "\"def\"", "null", "\"\"", "\"0\"", "\"1\""}},
    {"message", {"\"fix\"", "\"mend\"", "\"\"", "null", "\"m\"", "\"n\""}},
    {"source", {"\"startup\"", "\"resume\"", "null", "\"\"", "\"x\"", "\"y\""}},
    {"is_interrupt", {"true", "false", "null", "true", "false", "0"}},
    {"notification_type",
     {"\"permission_prompt\"", "\"idle_prompt\"", "null", "\"\"", "\"x\"", "1"}},
    {"from_phase", {"\"planning\"", "\"building\"", "null", "\"\"", "\"p\"", "\"q\""}},
};

#define FIELD_COUNT (sizeof fields / sizeof fields[0])

/* xorshift64*. */
uint64_t jc_history_draw(uint64_t *seed, uint64_t limit)
{
    uint64_t x = *seed != 0 ? *seed : 1;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *seed = x;
    return (x * UINT64_C(2685821657736338717) >> 11) % limit;
}

void jc_history_release(jc_history *history)
{
    free(history->events);
    jc_arena_release(&history->arena);
    *history = (jc_history){0};
}

/* Does the rule of a type name the field? */
static bool speaks_of(const char *rule, const char *name)
{
    const char *found = strstr(rule, name);
    return found != NULL && strspn(found + strlen(name), "abcdefghijklmnopqrstuvwxyz_") == 0;
}

static const char *rule_of(const char *type)
{
    static const char *const rules[] = {
#define TYPE_RULE(name, type, rule, what) rule,
        JC_EVENT_TYPE_MAP(TYPE_RULE)
#undef TYPE_RULE
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(types[i], type) == 0)
            return rules[i];
    }
    return "";
}

/* What the rule of the type asks for is there and good; of the rest, some. */
static jc_str make_data(jc_arena *arena, uint64_t *seed, const char *type)
{
    JC_AUTO(jc_buf) data = {0};
    const char *rule = rule_of(type);
    const char *separator = "{";
    uint64_t chance = 2 + jc_history_draw(seed, 8);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        bool required = speaks_of(rule, fields[i].name);
        if (!required && jc_history_draw(seed, chance) != 0)
            continue;
        const char *value = fields[i].values[jc_history_draw(seed, required ? 3 : 6)];
        assert_int_equal(jc_buf_append_format(&data, NULL, "%s\"%s\":%s", separator, fields[i].name,
                                              value),
                         JC_OK);
        separator = ",";
    }
    assert_int_equal(jc_buf_append_text(&data, *separator == '{' ? "{}" : "}", NULL), JC_OK);
    return jc_arena_copy(arena, jc_buf_str(&data));
}

/* One in four names an event before it as its cause; some write it in capitals. */
static jc_str make_cause(jc_arena *arena, uint64_t *seed, size_t before)
{
    char text[JC_UUID_TEXT_SIZE];
    if (before == 0 || jc_history_draw(seed, 4) != 0)
        return (jc_str){0};
    size_t back = jc_history_draw(seed, before < 20 ? before : 20);
    jc_uuid_format(jc_test_id(before - back), text);
    for (size_t i = 0; jc_history_draw(seed, 2) == 0 && text[i] != '\0'; i++)
        text[i] = (char)(text[i] >= 'a' && text[i] <= 'f' ? text[i] - ('a' - 'A') : text[i]);
    jc_str cause = jc_arena_copy(arena, jc_str_of(text));
    assert_non_null(cause.bytes);
    return cause;
}

/* Mostly some seconds on; ties; late by up to a minute or a day; early by up to an hour. One in
 * `calm` is late or early. */
static int64_t next_time(uint64_t *seed, int64_t *clock_us, uint64_t calm)
{
    const int64_t second = 1000000;
    switch (jc_history_draw(seed, calm)) {
    case 0:
        return *clock_us - (int64_t)jc_history_draw(seed, 60) * second;
    case 1:
        return *clock_us - (int64_t)jc_history_draw(seed, 86400) * second;
    case 2:
        return *clock_us + (int64_t)jc_history_draw(seed, 3600) * second;
    case 3:
    case 4:
    case 5:
        return *clock_us;
    default:
        *clock_us +=
            (int64_t)jc_history_draw(seed, 5000) * 1000 + (int64_t)jc_history_draw(seed, 9);
        return *clock_us;
    }
}

/* Types that are told often in one history, others seldom. */
static const char *next_type(uint64_t *seed, uint64_t favourite)
{
    const size_t count = sizeof types / sizeof types[0];
    if (jc_history_draw(seed, 3) != 0)
        return types[(favourite + jc_history_draw(seed, 12)) % count];
    return types[jc_history_draw(seed, count)];
}

void jc_history_make(jc_history *history, uint64_t seed, size_t count)
{
    static const char *const agents[] = {"coder", "tester", "lead", "sub1"};
    int64_t clock_us = JC_HISTORY_START_US;
    uint64_t place = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    uint64_t causes = seed + 1;
    uint64_t favourite = jc_history_draw(&place, sizeof types / sizeof types[0]);
    uint64_t calm = seed % 2 == 0 ? 40 : 400;
    uint64_t from_2099 = jc_history_draw(&place, count + count / 2 + 1);
    *history = (jc_history){.events = calloc(count, sizeof *history->events), .count = count};
    assert_non_null(history->events);
    for (size_t i = 0; i < count; i++) {
        const char *type = next_type(&place, favourite);
        jc_event event = jc_test_event(i + 1, "wf", type, NULL);
        event.sequence = i + 1;
        event.position = i + 1;
        event.has_timestamp = true;
        event.timestamp_us = next_time(&place, &clock_us, calm);
        if (i == from_2099)
            event.timestamp_us = INT64_C(4070908800000000);
        event.data = make_data(&history->arena, &place, type);
        assert_non_null(event.data.bytes);
        if (jc_history_draw(&place, 3) != 0)
            event.agent_id = jc_str_of(agents[jc_history_draw(&place, 4)]);
        event.causation_id = make_cause(&history->arena, &causes, i);
        history->events[i] = event;
    }
}

/* Types of events: the map, the rules, what a project declares, and advice on names. */
#include "unit.h"

#include "event/event.h"
#include "event/types.h"

static const struct {
    const char *type, *rule;
} map[] = {
#define TYPE_RULE(name, type, rule, what) {type, rule},
    JC_EVENT_TYPE_MAP(TYPE_RULE)
#undef TYPE_RULE
};
#define MAP_COUNT (sizeof map / sizeof map[0])

static void the_map_is_sorted_and_well_formed(void **state)
{
    (void)state;
    for (size_t i = 0; i < MAP_COUNT; i++) {
        jc_error error;
        assert_true(i == 0 || strcmp(map[i - 1].type, map[i].type) < 0);
        assert_int_equal(jc_event_type_check(jc_str_of(map[i].type), &error), JC_OK);
        assert_int_equal(jc_rule_parse(map[i].rule, &error), JC_OK);
    }
}

static void every_built_in_type_is_found_and_no_neighbour_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < MAP_COUNT; i++) {
        char longer[160];
        jc_str type = jc_str_of(map[i].type);
        assert_int_equal(jc_event_type_of(type), i);
        (void)snprintf(longer, sizeof longer, "%sx", map[i].type);
        assert_int_equal(jc_event_type_of(jc_str_of(longer)), JC_TYPE_OTHER);
        assert_int_equal(jc_event_type_of((jc_str){type.bytes, type.size - 1}), JC_TYPE_OTHER);
    }
    assert_int_equal(jc_event_type_of(JC_STR("")), JC_TYPE_OTHER);
}

/* Validate an event of this type; the error's text, or "" when it is good. */
static const char *judge_as(const char *type, const char *data, const char *agent_id,
                            const jc_types *types, bool strict)
{
    static jc_error error;
    JC_AUTO(jc_arena) arena = {0};
    jc_validator validator = {.types = types, .strict = strict};
    jc_event event = {.workflow_id = JC_STR("w"),
                      .event_type = jc_str_of(type),
                      .data = jc_str_of(data)};
    jc_event valid;
    if (agent_id != NULL)
        event.agent_id = jc_str_of(agent_id);
    assert_int_equal(jc_event_prepare(&event, NULL), JC_OK);
    jc_status status = jc_event_validate(&validator, &event, &arena, &valid, &error);
    jc_validator_release(&validator);
    return status == JC_OK ? "" : error.text;
}

static const char *judge(const char *type, const char *data)
{
    return judge_as(type, data, NULL, NULL, false);
}

static void a_feature_needs_one_of_its_names(void **state)
{
    (void)state;
    assert_string_equal(judge("feature.started", "{\"name\":\"x\"}"), "");
    assert_string_equal(judge("feature.started", "{\"feature_name\":\"x\"}"), "");
    assert_string_equal(judge("feature.renamed", "{\"feature_id\":\"x\"}"), "");
    assert_holds(judge("feature.started", "{}"), "one of name|feature_name|feature_id");
    assert_holds(judge("feature.started", "{\"name\":\" \\t\\n\"}"), "not blank");
    assert_holds(judge("feature.started", "{\"name\":7}"), "name");
}

static void a_note_needs_title_content_and_an_agent_somewhere(void **state)
{
    static const char note[] = "{\"title\":\"t\",\"content\":\"c\"}";
    (void)state;
    assert_holds(judge("agent.note.blocker", note), "agent_id");
    assert_string_equal(judge_as("agent.note.blocker", note, "coder", NULL, false), "");
    assert_string_equal(judge("agent.note.todo",
                              "{\"title\":\"t\",\"content\":\"c\",\"agent_id\":\"a\"}"),
                        "");
    assert_holds(judge("agent.note.todo", "{\"title\":\"t\",\"agent_id\":\"a\"}"), "content");
}

static void both_names_of_a_phase_change_have_one_rule(void **state)
{
    (void)state;
    assert_string_equal(judge("phase.changed", "{\"to_phase\":\"verify\"}"), "");
    assert_string_equal(judge("workflow.phase_changed", "{\"to_phase\":\"verify\"}"), "");
    assert_holds(judge("phase.changed", "{}"), "to_phase");
    assert_holds(judge("workflow.phase_changed", "{}"), "to_phase");
}

static void messages_obey_their_rules(void **state)
{
    (void)state;
    assert_string_equal(
        judge(
            "agent.message.sent",
            "{\"from_agent\":\"a\",\"to_agent\":\"b\",\"content\":\"c\",\"priority\":\"urgent\"}"),
        "");
    assert_holds(
        judge("agent.message.sent",
              "{\"from_agent\":\"a\",\"to_agent\":\"b\",\"content\":\"c\",\"priority\":\"asap\"}"),
        "priority must be one of urgent|high|normal|low");
    assert_holds(
        judge(
            "agent.message.completed",
            "{\"from_agent\":\"a\",\"correlation_id\":\"c\",\"result\":\"r\",\"success\":\"yes\"}"),
        "success must be there, true or false");
    assert_string_equal(
        judge("agent.message.completed",
              "{\"from_agent\":\"a\",\"correlation_id\":\"c\",\"result\":\"r\",\"success\":false}"),
        "");
}

static void types_without_a_rule_take_any_object(void **state)
{
    (void)state;
    assert_string_equal(judge("deploy.finished", "{\"x\":[]}"), "");
    assert_holds(judge("deploy.finished", "[]"), "must be a JSON object");
    assert_holds(judge_as("deploy.finished", "{}", NULL, NULL, true),
                 "neither built in nor declared");
    assert_string_equal(judge_as("workflow.started", "{}", NULL, NULL, true), "");
}

static void malformed_types_are_refused(void **state)
{
    static const char *const types[] = {"",      "started",        ".started", "a.",
                                        "a..b",  "a.b.c.d.e.f",    "A.b",      "a b.c",
                                        "a.b\n", "f\xc3\xa9.done", "a-b.c"};
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        assert_holds(judge(types[i], "{}"), "event_type:");
    assert_string_equal(judge("a.b.c.d.e", "{}"), "");
}

static void ids_are_lifted_out_of_data_only_when_they_fit(void **state)
{
    JC_AUTO(jc_arena) arena = {0};
    jc_validator validator = {0};
    jc_event valid;
    jc_event event = {
        .workflow_id = JC_STR("w"),
        .event_type = JC_STR("a.b"),
        .causation_id = JC_STR("explicit"),
        .data = JC_STR(
            "{\"agent_id\":\"\\u0061b\",\"correlation_id\":\"x\\ny\",\"causation_id\":\"data\"}")};
    (void)state;
    assert_int_equal(jc_event_prepare(&event, NULL), JC_OK);
    assert_int_equal(jc_event_validate(&validator, &event, &arena, &valid, NULL), JC_OK);
    assert_str(valid.agent_id, "ab");
    assert_null(valid.correlation_id.bytes);
    assert_str(valid.causation_id, "explicit");
    assert_true(jc_str_equal(valid.data, event.data));
    jc_validator_release(&validator);
}

static void a_project_declares_types_with_rules(void **state)
{
    static const char config[] =
        "{\"other\":1,\"types\":{\"deploy.finished\":{\"required\":\"target ok:bool\","
        "\"description\":\"it is out\"}}}";
    jc_types types = {0};
    jc_error error;
    (void)state;
    assert_int_equal(jc_types_load(&types, jc_str_of(config), "config.json", &error), JC_OK);
    assert_holds(judge_as("deploy.finished", "{}", NULL, &types, true), "target");
    assert_string_equal(judge_as("deploy.finished", "{\"target\":\"eu\",\"ok\":true}", NULL, &types,
                                 true),
                        "");
    jc_types_release(&types);
}

static void a_bad_declaration_is_named(void **state)
{
    static const char *const configs[][2] = {{"{\"types\":{\"workflow.started\":{}}}", "built in"},
                                             {"{\"types\":{\"deploy\":{}}}", "'deploy'"},
                                             {"{\"types\":{\"a.b\":{\"required\":\"x:int\"}}}",
                                              "x:int"},
                                             {"{\"types\":{\"a.b\":{\"required\":\"p?\"}}}", "p?"},
                                             {"{\"types\":{\"a.b\":{\"required\":\"a||b\"}}}",
                                              "a||b"},
                                             {"{\"types\":{\"a.b\":7}}", "must be an object"},
                                             {"{\"types\":[]}", "\"types\" must be"},
                                             {"[1]", "must be a JSON object"},
                                             {"{\"types\":", "not JSON"}};
    (void)state;
    for (size_t i = 0; i < sizeof configs / sizeof configs[0]; i++) {
        jc_types types = {0};
        jc_error error = {0};
        assert_int_equal(jc_types_load(&types, jc_str_of(configs[i][0]), "config.json", &error),
                         JC_EINVAL);
        assert_holds(error.text, configs[i][1]);
        assert_holds(error.text, "config.json");
        jc_types_release(&types);
    }
}

static const char *advice(const char *type)
{
    static jc_error text;
    jc_types_advise(jc_str_of(type), &text);
    return text.text;
}

static void commands_are_advised_of_their_past_tense(void **state)
{
    (void)state;
    assert_holds(advice("feature.complete"), "'feature.completed'");
    assert_holds(advice("complete.feature"), "'feature.completed'");
    assert_holds(advice("build.step_start"), "'build.step_started'");
    assert_holds(advice("mail.send"), "'mail.sent'");
}

static void facts_are_left_in_peace(void **state)
{
    (void)state;
    for (size_t i = 0; i < MAP_COUNT; i++)
        assert_string_equal(advice(map[i].type), "");
    assert_string_equal(advice("deploy.finished"), "");
    assert_string_equal(advice("agent.note.haiku"), "");
    assert_string_equal(advice("release.published"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(the_map_is_sorted_and_well_formed),
        CLAIM(every_built_in_type_is_found_and_no_neighbour_is),
        CLAIM(a_feature_needs_one_of_its_names),
        CLAIM(a_note_needs_title_content_and_an_agent_somewhere),
        CLAIM(both_names_of_a_phase_change_have_one_rule),
        CLAIM(messages_obey_their_rules),
        CLAIM(types_without_a_rule_take_any_object),
        CLAIM(malformed_types_are_refused),
        CLAIM(ids_are_lifted_out_of_data_only_when_they_fit),
        CLAIM(a_project_declares_types_with_rules),
        CLAIM(a_bad_declaration_is_named),
        CLAIM(commands_are_advised_of_their_past_tense),
        CLAIM(facts_are_left_in_peace),
    };
    return cmocka_run_group_tests_name("types", tests, NULL, NULL);
}

/* Random appends and filters: see requests.h. The tables are small, so that things collide. */
#include "model/requests.h"

#include <stdio.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))
#define BASE_US INT64_C(1767952800000000)

const char *const jc_request_workflows[JC_REQUEST_WORKFLOWS] = {"alpha", "beta", "Beta", "gamma.1",
                                                                "a-very_long.name"};
static const char *const types[] = {"step.done", "step.failed", "deploy.step.done",
                                    "agent.tool_use", "session.ended"};
static const char *const agents[] = {NULL, "coder", "tester \"2\"", "caf\xc3\xa9"};
static const char *const correlations[] = {NULL, NULL, "call-1", "call\\2"};
static const char *const datas[] = {
    NULL,
    "{}",
    "{\"n\":%llu}",
    " { \"n\" : %llu , \"list\" : [ 1.50 , -0 , 1E400 ] } ",
    "{\"agent_id\":\"lifted\",\"n\":%llu}",
    "{\"correlation_id\":\"call-1\",\"causation_id\":\"c%llu\"}",
    "{\"agent_id\":\"\",\"text\":\"\\u0000 \\\" \xe2\x82\xac %llu\"}",
};
static const char *const globs[] = {
    "*",         "step.*",   "*.done", "*e*d*",        "agent.tool_use",
    "nothing.*", "deploy.*", "*_*",    "session.ended"};

static const char *pick(jc_random *random, const char *const table[], size_t count)
{
    return table[jc_random_below(random, count)];
}

jc_uuid jc_request_id(uint64_t seed, uint64_t number)
{
    jc_random random = {.state = jc_random_mix(seed, number)};
    jc_uuid id;
    for (size_t i = 0; i < sizeof id.bytes; i++)
        id.bytes[i] = (uint8_t)jc_random_next(&random);
    id.bytes[6] = (uint8_t)(0x70 | (id.bytes[6] & 0x0f));
    id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f));
    return id;
}

/* The text of a data pattern, in which %llu stands for the number. */
static jc_str format_data(const char *pattern, uint64_t number, char text[256])
{
    if (pattern == NULL)
        return (jc_str){0};
    const char *place = strstr(pattern, "%llu");
    if (place == NULL)
        snprintf(text, 256, "%s", pattern);
    else
        snprintf(text, 256, "%.*s%llu%s", (int)(place - pattern), pattern,
                 (unsigned long long)number, place + 4);
    return jc_str_of(text);
}

static jc_event event_of_number(uint64_t seed, uint64_t number, char data[256])
{
    jc_random random = {.state = jc_random_mix(seed + 1, number)};
    jc_event event = {.id = jc_request_id(seed, number)};
    event.workflow_id = jc_str_of(pick(&random, jc_request_workflows, JC_REQUEST_WORKFLOWS));
    event.event_type = jc_str_of(pick(&random, types, COUNT(types)));
    event.agent_id = jc_str_of(pick(&random, agents, COUNT(agents)));
    event.correlation_id = jc_str_of(pick(&random, correlations, COUNT(correlations)));
    event.causation_id = jc_str_of(pick(&random, correlations, COUNT(correlations)));
    event.data = format_data(pick(&random, datas, COUNT(datas)), number, data);
    event.has_timestamp = jc_random_chance(&random, 30);
    event.timestamp_us = BASE_US + (int64_t)jc_random_below(&random, 40000) * 100000;
    return event;
}

/* Something of the event becomes other content, mostly: at times it stays the same. */
static void change_content(jc_event *event, jc_random *random)
{
    switch (jc_random_below(random, 6)) {
    case 0:
        event->workflow_id = jc_str_of(pick(random, jc_request_workflows, JC_REQUEST_WORKFLOWS));
        break;
    case 1:
        event->event_type = jc_str_of(pick(random, types, COUNT(types)));
        break;
    case 2:
        event->agent_id = jc_str_of(pick(random, agents, COUNT(agents)));
        break;
    case 3:
        event->data = JC_STR("{ \"other\" : true }");
        break;
    case 4:
        event->has_timestamp = !event->has_timestamp;
        break;
    default:
        event->causation_id = jc_str_of(pick(random, correlations, COUNT(correlations)));
        break;
    }
}

static void break_rule(jc_event *event, jc_random *random)
{
    switch (jc_random_below(random, 5)) {
    case 0:
        event->workflow_id = JC_STR("../x");
        break;
    case 1:
        event->event_type = JC_STR("feature.started");
        event->data = JC_STR("{\"name\":\" \"}");
        break;
    case 2:
        event->data = JC_STR("{\"a\":1,\"\\u0061\":2}");
        break;
    case 3:
        event->agent_id = JC_STR("a\nb");
        break;
    default:
        event->has_timestamp = true;
        event->timestamp_us = -1;
        break;
    }
}

/* A new event, one that was sent before, or one that was sent with other content. */
static jc_event choose_event(jc_request_source *source, jc_random *random, char data[256])
{
    uint64_t dice = jc_random_below(random, 100);
    if (dice < 70 || source->numbers_used == 0)
        return event_of_number(source->seed, ++source->numbers_used, data);
    /* Recent ones more often: a retry mostly comes soon. */
    uint64_t window = dice < 90 && source->numbers_used > 12 ? 12 : source->numbers_used;
    uint64_t number = source->numbers_used - jc_random_below(random, window);
    jc_event event = event_of_number(source->seed, number, data);
    if (dice >= 94)
        change_content(&event, random);
    return event;
}

static void add_expected(jc_unit *unit, jc_expected *expected, const jc_request_source *source,
                         jc_random *random)
{
    size_t workflow = jc_random_below(random, JC_REQUEST_WORKFLOWS);
    expected->workflow_id = jc_str_of(jc_request_workflows[workflow]);
    expected->sequence = source->sequences[workflow];
    if (jc_random_chance(random, 20))
        expected->sequence += jc_random_below(random, 3) - 1;
    unit->expected_count++;
}

static void make_unit(jc_request *request, size_t at, jc_request_source *source, jc_random *random)
{
    jc_unit *unit = &request->units[at];
    *unit = (jc_unit){.events = request->events[at],
                      .count = 1 + jc_random_below(random, JC_REQUEST_EVENTS_MAX),
                      .expected = request->expected[at],
                      .ret_receipts = request->receipts[at]};
    for (size_t i = 0; i < unit->count; i++)
        request->events[at][i] = choose_event(source, random, request->data[at][i]);
    if (jc_random_chance(random, 3))
        break_rule(&request->events[at][jc_random_below(random, unit->count)], random);
    if (jc_random_chance(random, 30))
        for (size_t i = 0; i <= jc_random_below(random, JC_REQUEST_EXPECTED_MAX); i++)
            add_expected(unit, &request->expected[at][i], source, random);
}

void jc_request_make(jc_request *request, jc_request_source *source, jc_random *random)
{
    memset(request, 0, sizeof *request);
    request->count =
        jc_random_chance(random, 70) ? 1 : 1 + jc_random_below(random, JC_REQUEST_UNITS_MAX);
    for (size_t i = 0; i < request->count; i++)
        make_unit(request, i, source, random);
}

jc_filter jc_request_filter(jc_random *random, jc_str ret_names[3], jc_str ret_globs[2])
{
    jc_filter filter = {.workflow_ids = ret_names, .event_types = ret_globs};
    filter.workflow_count = jc_random_below(random, 4);
    for (size_t i = 0; i < filter.workflow_count; i++)
        ret_names[i] = jc_random_chance(random, 95)
                           ? jc_str_of(pick(random, jc_request_workflows, JC_REQUEST_WORKFLOWS))
                           : JC_STR("unknown");
    filter.event_type_count = jc_random_chance(random, 50) ? 0 : jc_random_below(random, 3);
    for (size_t i = 0; i < filter.event_type_count; i++)
        ret_globs[i] = jc_str_of(pick(random, globs, COUNT(globs)));
    if (jc_random_chance(random, 25))
        filter.agent_id = jc_str_of(pick(random, agents, COUNT(agents)));
    if (jc_random_chance(random, 25))
        filter.correlation_id = jc_str_of(pick(random, correlations, COUNT(correlations)));
    filter.has_since = jc_random_chance(random, 20);
    filter.since_us = BASE_US + (int64_t)jc_random_below(random, 4000) * 1000000;
    filter.has_until = jc_random_chance(random, 20);
    filter.until_us = BASE_US + (int64_t)jc_random_below(random, 4000) * 1000000;
    filter.from = jc_random_chance(random, 25) ? jc_random_below(random, 400) : 0;
    filter.to = jc_random_chance(random, 25) ? jc_random_below(random, 800) : 0;
    filter.reverse = jc_random_chance(random, 40);
    return filter;
}

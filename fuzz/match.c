/* jc_match_new and jc_match_test: any text is answered; the same question gets the same answer; what
 * is in the data is found by --grep.
 *
 * The input is three parts with zero bytes between: PATH=VALUE, what to grep for, and the data. */
#include "base/json.h"
#include "event/event.h"
#include "fuzz.h"
#include "jc/query.h"

static jc_event event_with(jc_str data)
{
    jc_event event = {
        .position = 7,
        .id = {{1, 2, 3, 4, 5, 6, 0x70, 8, 0x90}},
        .workflow_id = JC_STR("fix-login"),
        .sequence = 3,
        .timestamp_us = INT64_C(1767952800000000),
        .has_timestamp = true,
        .event_type = JC_STR("agent.tool.completed"),
        .agent_id = JC_STR("coder"),
        .data = data,
    };
    return event;
}

/* A test by `grep` alone must find it in an event that has it in its data. */
static void check_found(const jc_event *event, jc_str grep)
{
    jc_error error;
    jc_match *match = NULL;
    FUZZ_MUST(jc_match_new(grep, NULL, 0, &match, &error) == JC_OK);
    FUZZ_MUST(jc_match_test(match, event, &error) == JC_OK);
    jc_match_free(match);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    jc_str rest = fuzz_input(bytes, size);
    jc_str where = fuzz_next_part(&rest);
    jc_str grep = fuzz_next_part(&rest);
    jc_str text = fuzz_next_part(&rest);

    JC_AUTO(jc_json) json = {0};
    JC_AUTO(jc_arena) arena = {0};
    yyjson_val *root = NULL;
    jc_str data = JC_STR("{\"a\":1}");
    jc_error error;
    jc_status status = jc_json_read(&json, text, JC_DATA_LIMITS, &arena, &root, &data, &error);
    if (status < 0 || !yyjson_is_obj(root))
        data = JC_STR("{\"name\":\"x\",\"list\":[1,\"two\",{\"k\":null}],\"n\":1e400}");
    jc_event event = event_with(data);

    jc_match *match = NULL;
    status = jc_match_new(grep, &where, 1, &match, &error);
    if (status < 0) {
        FUZZ_MUST(status == JC_EINVAL);
        fuzz_must_explain(status, &error);
    } else {
        jc_status first = jc_match_test(match, &event, &error);
        FUZZ_MUST(first == JC_OK || first == JC_END);
        FUZZ_MUST(jc_match_test(match, &event, &error) == first);
        jc_match_free(match);
    }
    if (grep.size > 0 && memmem(data.bytes, data.size, grep.bytes, grep.size) != NULL)
        check_found(&event, grep);
    return 0;
}

/* jc_hook_map: whatever the bytes, it refuses them or gives an event that the log takes, whose line in the spool
 * reads back as the same fact; and mapping again says the same. */
#include "base/auto.h"
#include "event/event.h"
#include "fuzz.h"
#include "intake/hook.h"
#include "intake/spool.h"
#include "store/backend_memory.h"

static void must_be_stored(const jc_fact *fact)
{
    jc_store *store = NULL;
    jc_fact_result result;
    jc_error error;
    FUZZ_MUST(jc_store_open_memory(NULL, &store, NULL) == JC_OK);
    FUZZ_MUST(jc_fact_append(store, fact, INT64_MAX, &result, &error) == JC_OK);
    FUZZ_MUST(!result.already_stored);
    FUZZ_MUST(jc_fact_append(store, fact, INT64_MAX, &result, &error) == JC_OK);
    FUZZ_MUST(result.already_stored);
    jc_close(store);
}

static void must_read_back(const jc_fact *fact)
{
    JC_AUTO(jc_spool_reader) reader = {0};
    JC_AUTO(jc_buf) line = {0};
    JC_AUTO(jc_buf) again = {0};
    jc_fact read;
    FUZZ_MUST(jc_spool_encode(fact, &line, NULL) == JC_OK);
    FUZZ_MUST(line.size <= JC_SPOOL_SIZE_MAX);
    FUZZ_MUST(jc_spool_decode(&reader, jc_buf_str(&line), &read, NULL) == JC_OK);
    FUZZ_MUST(jc_spool_encode(&read, &again, NULL) == JC_OK);
    FUZZ_MUST(jc_str_equal(jc_buf_str(&line), jc_buf_str(&again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    JC_AUTO(jc_hook_mapper) mapper = {0};
    JC_AUTO(jc_hook_mapper) other = {0};
    jc_hook_options options = {.received_us = INT64_C(1767960000000000)};
    jc_str payload = fuzz_input(bytes, size);
    jc_fact fact, second;
    jc_error error;
    jc_status status = jc_hook_map(&mapper, NULL, payload, &options, &fact, &error);
    if (status < 0) {
        FUZZ_MUST(status == JC_EINVAL);
        fuzz_must_explain(status, &error);
        return 0;
    }
    FUZZ_MUST(jc_hook_map(&other, NULL, payload, &options, &second, NULL) == JC_OK);
    FUZZ_MUST(jc_str_equal(fact.event.data, second.event.data));
    FUZZ_MUST(fact.rule == second.rule && jc_str_equal(fact.key, second.key));
    must_be_stored(&fact);
    must_read_back(&fact);
    return 0;
}

/* jc_line_decode: a line that is read is written again as the same bytes, by both encoders; what its
 * header says is what the chain covers. */
#include "event/chain.h"
#include "event/line.h"
#include "fuzz.h"

static void check_round_trip(jc_str line, const jc_event *event)
{
    jc_error error;
    JC_AUTO(jc_buf) again = {0};
    FUZZ_MUST(jc_line_encode(event, &again, &error) == JC_OK);
    FUZZ_MUST(jc_str_equal(jc_buf_str(&again), line));

    char *copy = malloc(line.size + 1);
    FUZZ_MUST(copy != NULL);
    FUZZ_MUST(jc_event_format(event, copy, line.size) == line.size);
    FUZZ_MUST(memcmp(copy, line.bytes, line.size) == 0);
    /* With less room the beginning is written, and the size is told all the same. */
    FUZZ_MUST(jc_event_format(event, copy, line.size / 2) == line.size);
    FUZZ_MUST(memcmp(copy, line.bytes, line.size / 2) == 0);
    free(copy);
}

/* The header is the line's bytes from "id" up to "data":, in the line as it stands. */
static void check_header(jc_str line, const jc_event *event)
{
    jc_error error;
    JC_AUTO(jc_buf) header = {0};
    FUZZ_MUST(jc_line_encode_header(event, &header, &error) == JC_OK);
    const char *start = memmem(line.bytes, line.size, "\"id\":", 5);
    FUZZ_MUST(start != NULL);
    FUZZ_MUST(header.size <= (size_t)(line.bytes + line.size - start));
    FUZZ_MUST(memcmp(header.bytes, start, header.size) == 0);

    JC_AUTO(jc_buf) scratch = {0};
    jc_hash hash;
    FUZZ_MUST(jc_chain_hash((jc_hash){{0}}, event, &scratch, &hash, &error) == JC_OK);
}

static void check_fields(const jc_event *event)
{
    jc_error error;
    FUZZ_MUST(jc_workflow_id_check(event->workflow_id, &error) == JC_OK);
    FUZZ_MUST(!jc_uuid_is_nil(event->id));
    FUZZ_MUST(event->timestamp_us >= JC_TIMESTAMP_US_MIN);
    FUZZ_MUST(event->timestamp_us <= JC_TIMESTAMP_US_MAX);
    FUZZ_MUST(event->position > 0 && event->sequence > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    jc_str line = fuzz_input(bytes, size);
    JC_AUTO(jc_arena) arena = {0};
    jc_event event;
    jc_error error;
    jc_status status = jc_line_decode(line, &arena, &event, &error);
    if (status < 0) {
        FUZZ_MUST(status == JC_EINVAL || status == JC_EUNSUPPORTED);
        fuzz_must_explain(status, &error);
        return 0;
    }
    check_round_trip(line, &event);
    check_header(line, &event);
    check_fields(&event);
    return 0;
}

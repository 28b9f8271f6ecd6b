/* The small texts of an event: UUID, hash, workflow id, event type. What is read is written back as
 * itself (a UUID in lower case), and what is accepted keeps its rule. */
#include "event/event.h"
#include "fuzz.h"
#include "jc/event_types.h"

#include <ctype.h>

static void check_uuid(jc_str text)
{
    jc_uuid id;
    jc_error error;
    jc_status status = jc_uuid_parse(text, &id, &error);
    if (status < 0) {
        fuzz_must_explain(status, &error);
        return;
    }
    char again[JC_UUID_TEXT_SIZE];
    jc_uuid_format(id, again);
    FUZZ_MUST(text.size == strlen(again));
    for (size_t i = 0; i < text.size; i++)
        FUZZ_MUST(tolower((unsigned char)text.bytes[i]) == again[i]);
}

static void check_hash(jc_str text)
{
    jc_hash hash;
    jc_error error;
    jc_status status = jc_hash_parse(text, &hash, &error);
    if (status < 0) {
        fuzz_must_explain(status, &error);
        return;
    }
    char again[JC_HASH_TEXT_SIZE];
    jc_hash_format(hash, again);
    FUZZ_MUST(jc_str_equal(text, jc_str_of(again)));
}

/* A workflow id names a folder: nothing that leads elsewhere may pass. */
static void check_workflow_id(jc_str text)
{
    jc_error error;
    jc_status status = jc_workflow_id_check(text, &error);
    if (status < 0) {
        fuzz_must_explain(status, &error);
        return;
    }
    FUZZ_MUST(text.size >= 1 && text.size <= JC_WORKFLOW_ID_SIZE_MAX);
    FUZZ_MUST(text.bytes[0] != '.' && text.bytes[0] != '-');
    for (size_t i = 0; i < text.size; i++)
        FUZZ_MUST(isalnum((unsigned char)text.bytes[i]) || memchr("._-", text.bytes[i], 3) != NULL);
}

static void check_event_type(jc_str text)
{
    jc_error error;
    jc_status status = jc_event_type_check(text, &error);
    if (status < 0) {
        fuzz_must_explain(status, &error);
        FUZZ_MUST(jc_event_type_of(text) == JC_TYPE_OTHER);
        return;
    }
    int segments = 1;
    for (size_t i = 0; i < text.size; i++)
        segments += text.bytes[i] == '.';
    FUZZ_MUST(segments >= 2 && segments <= JC_EVENT_TYPE_SEGMENTS_MAX);
    FUZZ_MUST(text.bytes[0] != '.' && text.bytes[text.size - 1] != '.');
    FUZZ_MUST(memmem(text.bytes, text.size, "..", 2) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    jc_str text = fuzz_input(bytes, size);
    check_uuid(text);
    check_hash(text);
    check_workflow_id(text);
    check_event_type(text);
    return 0;
}

/* Checking events one after the other: see chain_check.h. */
#include "store/chain_check.h"

#include "base/fail.h"
#include "event/chain.h"
#include "event/event.h"

#include <inttypes.h>

/* A workflow as far as it was checked. */
typedef struct checked {
    uint64_t sequence;
    jc_hash hash;
} checked;

void jc_chain_check_release(jc_chain_check *check)
{
    jc_arena_release(&check->arena);
    jc_arena_release(&check->json_arena);
    jc_buf_release(&check->scratch);
    jc_json_release(&check->json);
}

static checked *place_of(jc_chain_check *check, jc_str workflow_id)
{
    checked *place = jc_map_get(&check->workflows, workflow_id);
    if (place != NULL)
        return place;
    jc_str key = jc_arena_copy(&check->arena, workflow_id);
    place = jc_arena_get(&check->arena, sizeof *place);
    if (key.bytes == NULL || place == NULL ||
        !jc_map_put(&check->workflows, &check->arena, key, place))
        return NULL;
    *place = (checked){0};
    check->workflow_count++;
    return place;
}

/* The rules that hold for every stored event and that a hash alone would not show. */
static jc_status check_fields(jc_chain_check *check, const jc_event *event, jc_error *reterr)
{
    yyjson_val *data = NULL;
    jc_str compact = {0};
    jc_error detail;
    jc_status status = jc_workflow_id_check(event->workflow_id, &detail);
    if (status == JC_OK)
        status = jc_event_type_check(event->event_type, &detail);
    if (status < 0)
        return jc_fail(reterr, JC_ECORRUPT, "%s", detail.text);
    jc_arena_reset(&check->json_arena);
    status = jc_json_read(&check->json, event->data, JC_DATA_LIMITS, &check->json_arena, &data,
                          &compact, &detail);
    if (status == JC_ENOMEM)
        return jc_fail_memory(reterr);
    if (status < 0)
        return jc_fail(reterr, JC_ECORRUPT, "data: %s", detail.text);
    if (!yyjson_is_obj(data) || compact.size != event->data.size)
        return jc_fail(reterr, JC_ECORRUPT, "data: not a JSON object without white space");
    return JC_OK;
}

jc_status jc_chain_check_event(jc_chain_check *check, const jc_event *event, jc_error *reterr)
{
    checked *place = place_of(check, event->workflow_id);
    if (place == NULL)
        return jc_fail_memory(reterr);
    checked before = *place;
    *place = (checked){.sequence = event->sequence, .hash = event->hash};

    if (event->sequence != before.sequence + 1)
        return jc_fail(reterr, JC_ECORRUPT, "sequence: %" PRIu64 " follows %" PRIu64,
                       event->sequence, before.sequence);
    jc_hash hash;
    jc_status status = jc_chain_hash(before.hash, event, &check->scratch, &hash, reterr);
    if (status < 0)
        return status;
    if (memcmp(&hash, &event->hash, sizeof hash) != 0)
        return jc_fail(reterr, JC_ECORRUPT,
                       "hash: it does not match the event and the one before it");
    return check_fields(check, event, reterr);
}

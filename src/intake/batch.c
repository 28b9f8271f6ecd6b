/* jc_batch: events in the making, in memory that is kept from one batch to the next. */
#include "intake/batch.h"

#include "base/array.h"
#include "base/fail.h"

#include <stdlib.h>

struct jc_batch {
    jc_json json;
    jc_arena arena;
    jc_event *events;
    size_t count;
    size_t capacity;
    size_t size;
};

jc_status jc_batch_new(jc_batch **ret_batch, jc_error *reterr)
{
    jc_batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL)
        return jc_fail_memory(reterr);
    *ret_batch = batch;
    return JC_OK;
}

static jc_status make_room(jc_batch *batch, jc_error *reterr)
{
    jc_event *events = jc_array_grow(batch->events, sizeof *events, batch->count, &batch->capacity);
    if (events == NULL)
        return jc_fail_memory(reterr);
    batch->events = events;
    return JC_OK;
}

jc_status jc_batch_add_line(jc_batch *batch, jc_str line, jc_error *reterr)
{
    static const jc_line_rules rules = {0};
    jc_line_extra extra;
    jc_event event;
    jc_status status = make_room(batch, reterr);
    if (status == JC_OK)
        status = jc_intake_line(&batch->json, line, &rules, &batch->arena, &event, &extra, reterr);
    if (status == JC_OK)
        status = jc_event_prepare(&event, reterr);
    if (status < 0)
        return status;
    batch->events[batch->count++] = event;
    batch->size += event.data.size;
    return JC_OK;
}

const jc_event *jc_batch_events(const jc_batch *batch, size_t *ret_count)
{
    *ret_count = batch->count;
    return batch->events;
}

size_t jc_batch_size(const jc_batch *batch)
{
    return batch->size;
}

void jc_batch_clear(jc_batch *batch)
{
    jc_arena_reset(&batch->arena);
    batch->count = 0;
    batch->size = 0;
}

void jc_batch_free(jc_batch *batch)
{
    if (batch == NULL)
        return;
    jc_json_release(&batch->json);
    jc_arena_release(&batch->arena);
    free(batch->events);
    free(batch);
}

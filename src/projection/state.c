/* The runner: a state and where it stands, and events applied to it one by one. What is replayed for a
 * point in the past is in replay.c. */
#include "projection/state.h"

#include "base/fail.h"

#include <assert.h>
#include <inttypes.h>
#include <stdalign.h>
#include <stdlib.h>

struct jc_state {
    jc_state_info info;
    jc_output json;
    bool started;                      /* init has run: there is something to release */
    alignas(max_align_t) char bytes[]; /* the projection's own struct */
};

jc_status jc_output_add(jc_output *output, jc_str text, jc_error *reterr)
{
    return jc_buf_append_str(&output->buf, text, reterr);
}

jc_status jc_state_new(const jc_projection *projection, jc_state **ret_state, jc_error *reterr)
{
    if (projection == NULL)
        return jc_fail(reterr, JC_EINVAL, "there is no such projection");
    jc_state *state = calloc(1, sizeof *state + projection->state_size);
    if (state == NULL)
        return jc_fail_memory(reterr);
    state->info.projection = projection;
    jc_status status =
        projection->init != NULL ? projection->init(projection, state->bytes, reterr) : JC_OK;
    state->started = true;
    if (status < 0) {
        jc_state_free(state);
        return status;
    }
    *ret_state = state;
    return JC_OK;
}

jc_status jc_state_restore(const jc_projection *projection, jc_str json, const jc_state_info *info,
                           jc_state **ret_state, jc_error *reterr)
{
    jc_state *state = NULL;
    if (projection->read_json == NULL)
        return jc_fail(reterr, JC_EUNSUPPORTED, "projection %s reads no saved states",
                       projection->name);
    jc_status status = jc_state_new(projection, &state, reterr);
    if (status == JC_OK)
        status = projection->read_json(state->bytes, json, reterr);
    if (status < 0) {
        jc_state_free(state);
        return status;
    }
    state->info = *info;
    state->info.projection = projection;
    *ret_state = state;
    return JC_OK;
}

void jc_state_free(jc_state *state)
{
    if (state == NULL)
        return;
    if (state->started && state->info.projection->release != NULL)
        state->info.projection->release(state->bytes);
    jc_buf_release(&state->json.buf);
    free(state);
}

jc_status jc_state_apply(jc_state *state, const jc_event *event, jc_error *reterr)
{
    if (event->sequence <= state->info.sequence)
        return JC_OK;
    jc_error detail;
    detail.text[0] = '\0';
    jc_status status = state->info.projection->apply(state->bytes, event, &detail);
    if (status < 0)
        return jc_fail(reterr, status, "projection %s: %.*s #%" PRIu64 ": %s",
                       state->info.projection->name, (int)event->workflow_id.size,
                       event->workflow_id.bytes, event->sequence,
                       detail.text[0] != '\0' ? detail.text : jc_status_text(status));
    state->info.sequence = event->sequence;
    state->info.events++;
    state->info.replayed++;
    state->info.has_timestamp = true;
    state->info.timestamp_us = event->timestamp_us;
    return JC_OK;
}

const void *jc_state_get(const jc_state *state)
{
    return state->bytes;
}

jc_state_info jc_state_info_get(const jc_state *state)
{
    return state->info;
}

const char *jc_state_json(jc_state *state, jc_error *reterr)
{
    jc_buf_clear(&state->json.buf);
    jc_status status = state->info.projection->write_json(state->bytes, &state->json, reterr);
    if (status == JC_OK)
        status = jc_buf_append_char(&state->json.buf, '\0', reterr);
    return status == JC_OK ? state->json.buf.bytes : NULL;
}

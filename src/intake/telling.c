/* Facts on their way into an import: see telling.h. */
#include "intake/telling.h"

#include "base/fail.h"
#include "intake/name.h"

void jc_telling_release(jc_telling *telling)
{
    jc_redactor_free(telling->redactor);
    jc_prices_free(telling->prices);
    jc_data_release(&telling->data);
    jc_arena_release(&telling->arena);
    *telling = (jc_telling){0};
}

jc_status jc_telling_begin(jc_telling *telling, jc_importing *importing, jc_error *reterr)
{
    jc_store *store = importing->store;
    jc_error detail;
    *telling = (jc_telling){.importing = importing};
    importing->told = true;
    jc_status status = jc_redactor_new(store->project_dir, &telling->redactor, &detail);
    if (telling->redactor == NULL)
        return jc_fail_memory(reterr);
    if (status < 0)
        jc_store_warn(store, "%s; the other rules for secrets hold", detail.text);
    status = jc_prices_new(store->project_dir, &telling->prices, &detail);
    if (telling->prices == NULL)
        return jc_fail_memory(reterr);
    if (status < 0)
        jc_store_warn(store, "%s; the other prices hold", detail.text);
    telling->data.redactor = telling->redactor;
    return JC_OK;
}

static jc_status set_workflow(jc_telling *telling, jc_str session_id, jc_str workflow_id,
                              jc_error *reterr)
{
    jc_str *kept = jc_arena_get(&telling->arena, sizeof *kept);
    jc_str key = jc_arena_copy(&telling->arena, session_id);
    if (kept == NULL || key.bytes == NULL)
        return jc_fail_memory(reterr);
    *kept = jc_arena_copy(&telling->arena, workflow_id);
    if (kept->bytes == NULL || !jc_map_put(&telling->workflows, &telling->arena, key, kept))
        return jc_fail_memory(reterr);
    return JC_OK;
}

static bool is_decided(const jc_telling *telling, jc_str session_id)
{
    return telling->importing->options->workflow_id.bytes != NULL ||
           jc_map_get(&telling->workflows, session_id) != NULL;
}

jc_status jc_telling_id(jc_telling *telling, jc_str session_id, jc_fact_kind kind, jc_str key,
                        uint64_t ordinal, jc_uuid *ret_id, jc_error *reterr)
{
    jc_redactor *redactor = telling->redactor;
    jc_status status = jc_name_key(redactor, session_id, &telling->arena, &session_id, reterr);
    if (status == JC_OK)
        status = jc_name_key(redactor, key, &telling->arena, &key, reterr);
    return status == JC_OK ? jc_fact_id(session_id, kind, key, ordinal, ret_id, reterr) : status;
}

jc_status jc_telling_look(jc_telling *telling, jc_str session_id, jc_fact_kind kind, jc_str key,
                          uint64_t ordinal, jc_error *reterr)
{
    jc_uuid id;
    jc_event stored;
    if (is_decided(telling, session_id))
        return JC_OK;
    jc_status status = jc_telling_id(telling, session_id, kind, key, ordinal, &id, reterr);
    if (status < 0)
        return status;
    status = jc_fact_find(telling->importing->store, id, &stored, reterr);
    if (status == JC_ENOTFOUND)
        return JC_OK;
    return status == JC_OK ? set_workflow(telling, session_id, stored.workflow_id, reterr) : status;
}

jc_status jc_telling_is_stored(jc_telling *telling, jc_str session_id, jc_fact_kind kind,
                               jc_str key, uint64_t ordinal, bool *ret_stored, jc_error *reterr)
{
    jc_uuid id;
    jc_event stored;
    jc_status status = jc_telling_id(telling, session_id, kind, key, ordinal, &id, reterr);
    if (status == JC_OK)
        status = jc_fact_find(telling->importing->store, id, &stored, reterr);
    *ret_stored = status == JC_OK;
    return status == JC_ENOTFOUND ? JC_OK : status;
}

jc_status jc_telling_workflow(jc_telling *telling, jc_str session_id, jc_str *ret_workflow_id,
                              jc_error *reterr)
{
    *ret_workflow_id = telling->importing->options->workflow_id;
    if (ret_workflow_id->bytes != NULL)
        return JC_OK;
    jc_str *kept = jc_map_get(&telling->workflows, session_id);
    if (kept != NULL) {
        *ret_workflow_id = *kept;
        return JC_OK;
    }
    jc_status status =
        jc_name_workflow(telling->redactor, session_id, &telling->arena, ret_workflow_id, reterr);
    return status == JC_OK ? set_workflow(telling, session_id, *ret_workflow_id, reterr) : status;
}

jc_status jc_telling_met(jc_telling *telling, jc_str session_id, const char *event_type,
                         jc_teller teller, const int64_t *near_us, bool *ret_met, jc_error *reterr)
{
    jc_str workflow_id;
    jc_fact_result found = {0};
    size_t count;
    jc_status status = jc_telling_workflow(telling, session_id, &workflow_id, reterr);
    /* As it stands in the data of what is stored. */
    if (status == JC_OK)
        status = jc_redact(telling->redactor, session_id, &session_id, &count, reterr);
    if (status == JC_OK)
        status = jc_fact_look(telling->importing->store, workflow_id, session_id,
                              jc_str_of(event_type), teller, near_us, &found, reterr);
    *ret_met = found.already_stored;
    if (*ret_met)
        telling->importing->result.already_stored++;
    return status;
}

static jc_status build(jc_telling *telling, jc_told_write *write, void *context, jc_str *ret_data,
                       jc_error *reterr)
{
    jc_status status;
    do {
        status = jc_data_begin(&telling->data, reterr);
        if (status == JC_OK)
            status = write(context, &telling->data, reterr);
        if (status == JC_OK)
            status = jc_data_end(&telling->data, ret_data, reterr);
    } while (status == JC_END);
    return status;
}

static jc_status make_event(jc_telling *telling, const jc_told *told, jc_event *event,
                            jc_error *reterr)
{
    jc_str fact_session = told->of_the_world ? JC_STR("") : told->session_id;
    *event = (jc_event){.event_type = jc_str_of(told->event_type),
                        .has_timestamp = told->has_time,
                        .timestamp_us = told->time_us};
    jc_status status =
        jc_name_good(telling->redactor, told->agent_id, &telling->arena, &event->agent_id, reterr);
    if (status == JC_OK)
        status = jc_name_good(telling->redactor, told->correlation_id, &telling->arena,
                              &event->correlation_id, reterr);
    if (status == JC_OK)
        status = jc_telling_workflow(telling, told->session_id, &event->workflow_id, reterr);
    if (status < 0)
        return status;
    return jc_telling_id(telling, fact_session, told->kind, told->key, told->ordinal, &event->id,
                         reterr);
}

jc_status jc_tell(jc_telling *telling, const jc_told *told, jc_told_write *write, void *context,
                  jc_error *reterr)
{
    char cause[JC_UUID_TEXT_SIZE];
    jc_event event;
    jc_error detail;
    telling->data.mended = told->mended;
    jc_status status = make_event(telling, told, &event, &detail);
    if (status == JC_OK && !jc_uuid_is_nil(told->cause)) {
        jc_uuid_format(told->cause, cause);
        event.causation_id = jc_str_of(cause);
    }
    if (status == JC_OK)
        status = build(telling, write, context, &event.data, &detail);
    if (status == JC_OK)
        status = jc_import_tell(telling->importing, &event, &detail);
    if (status == JC_EINVAL) {
        telling->importing->result.torn++;
        return JC_OK;
    }
    return status < 0 ? jc_fail(reterr, status, "%s", detail.text) : status;
}

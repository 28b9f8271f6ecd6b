/* Hooks: a payload becomes a fact, and the fact is appended.
 *
 * The table (hook_table.c) says what each hook means. What it says is the event's data, member for member
 * (data.c); who acts, what it belongs to, what caused it and what it is known by are read from the few
 * members that all agents have, under their own names. */
#include "intake/hook.h"

#include "base/clock.h"
#include "base/fail.h"
#include "intake/hook_table.h"
#include "intake/name.h"
#include "intake/prompt.h"

#include <stdio.h>

/* Longer ones are no ids; a fact is not known by them, so that it stays small in the spool. */
#define KEY_SIZE_MAX ((size_t)16 * 1024)

/* Of a payload that is not whole, so much is looked at, and so much is kept as text. */
#define HEAD_SIZE_MAX ((size_t)64 * 1024)
#define HEAD_SHOWN_MAX ((size_t)16 * 1024)

void jc_hook_mapper_release(jc_hook_mapper *mapper)
{
    jc_foreign_release(&mapper->foreign);
    jc_data_release(&mapper->data);
    jc_arena_release(&mapper->arena);
    jc_buf_release(&mapper->head);
}

/* A payload on its way to a fact. */
typedef struct reading {
    jc_hook_mapper *mapper;
    jc_redactor *redactor;
    const jc_hook_options *options;
    yyjson_val *payload;
    const jc_hook_agent *agent;
    const jc_hook_row *row;
    jc_str session_id;
    jc_str turn_id;
    jc_str call_id;
    jc_str subagent_id;
    jc_str head;   /* what is there of a payload that is not whole, as text; absent: it is whole */
    uint64_t size; /* of such a payload */
} reading;

/* An id as it is told: text, or a number by its digits. */
static jc_str id_of(yyjson_val *object, const char *name)
{
    yyjson_val *value = jc_foreign_get(object, name);
    if (yyjson_is_raw(value))
        return (jc_str){yyjson_get_raw(value), yyjson_get_len(value)};
    return jc_foreign_text(object, name);
}

static jc_status find_agent(const reading *in, jc_str *ret, jc_error *reterr)
{
    jc_str given = in->subagent_id.size > 0 ? in->subagent_id : in->options->agent_id;
    if (given.size == 0) {
        *ret = JC_STR(JC_HOOK_MAIN_AGENT);
        return JC_OK;
    }
    return jc_name_agent(in->redactor, given, &in->mapper->arena, ret, reterr);
}

/* One that the user named is written as it is. */
static jc_status find_workflow(const reading *in, jc_str *ret, jc_error *reterr)
{
    jc_str given = in->options->workflow_id;
    jc_redactor *redactor = given.size > 0 ? NULL : in->redactor;
    if (given.size == 0)
        given = in->session_id.size > 0 ? in->session_id : JC_STR(JC_HOOK_NO_SESSION);
    return jc_name_workflow(redactor, given, &in->mapper->arena, ret, reterr);
}

/* Two parts with "," between, in the arena. */
static jc_status join(jc_arena *arena, jc_str first, jc_str second, jc_str *ret, jc_error *reterr)
{
    char *joined = jc_arena_get(arena, first.size + 1 + second.size);
    if (joined == NULL)
        return jc_fail_memory(reterr);
    memcpy(joined, first.bytes, first.size);
    joined[first.size] = ',';
    memcpy(joined + first.size + 1, second.bytes, second.size);
    *ret = (jc_str){joined, first.size + 1 + second.size};
    return JC_OK;
}

/* The ids of a batch's calls; absent when one has none. */
static jc_status batch_key(const reading *in, jc_str *ret, jc_error *reterr)
{
    JC_AUTO(jc_buf) ids = {0};
    yyjson_val *calls = jc_foreign_get(in->payload, "tool_calls");
    size_t i, count;
    yyjson_val *call;
    yyjson_arr_foreach(calls, i, count, call) {
        jc_str id = id_of(call, "tool_use_id");
        if (id.size == 0)
            return JC_OK;
        jc_status status = i > 0 ? jc_buf_append_char(&ids, ',', reterr) : JC_OK;
        if (status == JC_OK)
            status = jc_buf_append_str(&ids, id, reterr);
        if (status < 0)
            return status;
    }
    return ids.size > 0 ? jc_arena_keep(&in->mapper->arena, jc_buf_str(&ids), ret, reterr) : JC_OK;
}

static jc_status message_key(const reading *in, jc_str *ret, jc_error *reterr)
{
    jc_str message = id_of(in->payload, "message_id");
    jc_str index = id_of(in->payload, "index");
    if (message.size == 0 || index.size == 0)
        return JC_OK;
    return join(&in->mapper->arena, message, index, ret, reterr);
}

/* Absent when the payload lacks what makes it. */
static jc_status find_key(const reading *in, jc_str *ret, jc_error *reterr)
{
    *ret = (jc_str){0};
    switch (in->row->key) {
    case JC_HOOK_KEY_NONE:
        break;
    case JC_HOOK_KEY_TURN:
        *ret = in->turn_id;
        break;
    case JC_HOOK_KEY_CALL:
        *ret = in->call_id;
        break;
    case JC_HOOK_KEY_SUBAGENT:
        *ret = in->subagent_id;
        break;
    case JC_HOOK_KEY_TASK:
        *ret = id_of(in->payload, "task_id");
        break;
    case JC_HOOK_KEY_BATCH:
        return batch_key(in, ret, reterr);
    case JC_HOOK_KEY_MESSAGE:
        return message_key(in, ret, reterr);
    }
    return JC_OK;
}

/* The session and the key of a fact, as they are known. */
static jc_status hide_secrets(const reading *in, jc_str *session_id, jc_str *key, jc_error *reterr)
{
    jc_arena *arena = &in->mapper->arena;
    jc_status status = jc_name_key(in->redactor, *session_id, arena, session_id, reterr);
    return status == JC_OK ? jc_name_key(in->redactor, *key, arena, key, reterr) : status;
}

/* What is known by nothing but its moment: also all that names no session, where short keys would meet. */
static jc_status identify(const reading *in, jc_fact *fact, jc_error *reterr)
{
    jc_status status = find_key(in, &fact->key, reterr);
    if (status < 0)
        return status;
    if (in->row->rule != JC_FACT_MOMENT && fact->key.size > 0 && fact->key.size <= KEY_SIZE_MAX &&
        in->session_id.size > 0 && in->session_id.size <= KEY_SIZE_MAX) {
        fact->rule = in->row->rule;
        fact->kind = in->row->kind;
        fact->session_id = in->session_id;
        return hide_secrets(in, &fact->session_id, &fact->key, reterr);
    }
    fact->rule = JC_FACT_MOMENT;
    fact->kind = JC_FACT_NONE;
    fact->key = (jc_str){0};
    fact->session_id = in->session_id.bytes != NULL ? in->session_id : JC_STR("");
    return jc_event_prepare(&fact->event, reterr);
}

/* The id of another fact of this session, as text; absent without a key. */
static jc_status name_cause(const reading *in, jc_fact_kind kind, jc_str key, uint64_t ordinal,
                            jc_str *ret, jc_error *reterr)
{
    char text[JC_UUID_TEXT_SIZE];
    jc_uuid id;
    if (key.size == 0 || in->session_id.size == 0)
        return JC_OK;
    jc_str session_id = in->session_id;
    jc_status status = hide_secrets(in, &session_id, &key, reterr);
    if (status == JC_OK)
        status = jc_fact_id(session_id, kind, key, ordinal, &id, reterr);
    if (status < 0)
        return status;
    jc_uuid_format(id, text);
    return jc_arena_keep(&in->mapper->arena, jc_str_of(text), ret, reterr);
}

/* Ids of starts are derived, so that a cause can be named without looking for it. */
static jc_status find_cause(const reading *in, jc_str *ret, jc_error *reterr)
{
    jc_hook_cause cause = in->row->cause;
    *ret = (jc_str){0};
    if (cause == JC_HOOK_CAUSE_NONE)
        return JC_OK;
    if (cause == JC_HOOK_CAUSE_CALL && in->call_id.size > 0)
        return name_cause(in, JC_FACT_TOOL_STARTED, in->call_id, 0, ret, reterr);
    if (cause != JC_HOOK_CAUSE_TURN && in->subagent_id.size > 0)
        return name_cause(in, JC_FACT_SUBAGENT_STARTED, in->subagent_id, 1, ret, reterr);
    return name_cause(in, JC_FACT_TURN_STARTED, in->turn_id, 1, ret, reterr);
}

/* Does the answer of a tool tell whether it did what it should? *ret_success says what it tells. */
static bool tells_success(yyjson_val *response, bool *ret_success)
{
    yyjson_val *success = jc_foreign_get(response, "success");
    yyjson_val *is_error = jc_foreign_get(response, "is_error");
    yyjson_val *code = jc_foreign_get(response, "exit_code");
    if (code == NULL)
        code = jc_foreign_get(jc_foreign_get(response, "metadata"), "exit_code");
    if (yyjson_is_bool(success))
        *ret_success = yyjson_get_bool(success);
    else if (yyjson_is_bool(is_error))
        *ret_success = !yyjson_get_bool(is_error);
    else if (yyjson_is_raw(code))
        *ret_success =
            jc_str_equal((jc_str){yyjson_get_raw(code), yyjson_get_len(code)}, JC_STR("0"));
    else
        return false;
    return true;
}

static jc_status add_bool(const reading *in, const char *name, bool value, jc_error *reterr)
{
    return jc_foreign_get(in->payload, name) == NULL
               ? jc_data_bool(&in->mapper->data, name, value, reterr)
               : JC_OK;
}

static jc_status add_success(const reading *in, jc_error *reterr)
{
    bool success = true;
    bool told = tells_success(jc_foreign_get(in->payload, "tool_response"), &success);
    return told || (in->row->adds & JC_HOOK_ADDS_SUCCESS) != 0
               ? add_bool(in, "success", success, reterr)
               : JC_OK;
}

/* A work tree is created by its name and removed by its path. */
static jc_status add_worktree(const reading *in, jc_error *reterr)
{
    jc_str name = jc_foreign_text(in->payload, "name");
    jc_str path = jc_foreign_text(in->payload, "worktree_path");
    while (path.size > 1 && path.bytes[path.size - 1] == '/')
        path.size--;
    if (path.size > 0) {
        size_t at = path.size;
        while (at > 0 && path.bytes[at - 1] != '/')
            at--;
        name = (jc_str){path.bytes + at, path.size - at};
    }
    if (name.size == 0 || jc_foreign_get(in->payload, "worktree") != NULL)
        return JC_OK;
    return jc_data_text(&in->mapper->data, "worktree", name, reterr);
}

static jc_status add_members(const reading *in, jc_error *reterr)
{
    unsigned adds = in->row->adds;
    jc_status status = JC_OK;
    if (strcmp(in->agent->session_id, "session_id") != 0 &&
        jc_foreign_get(in->payload, "session_id") == NULL)
        status = jc_data_text(&in->mapper->data, "session_id", in->session_id, reterr);
    if (status == JC_OK && (adds & JC_HOOK_ADDS_HUMAN) != 0)
        status = add_bool(in, "human",
                          jc_prompt_is_human(jc_foreign_text(in->payload, "source"),
                                             jc_foreign_text(in->payload, "prompt")),
                          reterr);
    if (status == JC_OK && (adds & (JC_HOOK_ADDS_SUCCESS | JC_HOOK_ADDS_TOLD_SUCCESS)) != 0)
        status = add_success(in, reterr);
    if (status == JC_OK && (adds & JC_HOOK_ADDS_FAILURE) != 0)
        status = add_bool(in, "success", false, reterr);
    if (status == JC_OK && (adds & JC_HOOK_ADDS_WORKTREE) != 0)
        status = add_worktree(in, reterr);
    return status;
}

/* Redacted before it is cut: half a secret would be none to the rules. */
static jc_status add_head(const reading *in, jc_error *reterr)
{
    jc_data *data = &in->mapper->data;
    jc_str shown = {in->head.bytes, in->head.size < HEAD_SIZE_MAX ? in->head.size : HEAD_SIZE_MAX};
    jc_str text;
    size_t redacted = 0;
    jc_status status = JC_OK;
    if (data->redactor != NULL)
        status = jc_redact(data->redactor, shown, &shown, &redacted, reterr);
    if (shown.size > HEAD_SHOWN_MAX)
        shown.size = HEAD_SHOWN_MAX;
    while (shown.size > 0 && !jc_utf8_valid(shown))
        shown.size--;
    if (status == JC_OK)
        status = jc_arena_keep(&in->mapper->arena, shown, &text, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "payload_head", text, reterr);
    data->redacted += redacted;
    return status == JC_OK ? jc_data_number(data, "payload_size", (int64_t)in->size, reterr)
                           : status;
}

static jc_status write_data(const reading *in, jc_str *ret, jc_error *reterr)
{
    jc_data *data = &in->mapper->data;
    jc_status status;
    do {
        status = jc_data_begin(data, reterr);
        if (status == JC_OK)
            status = jc_data_members(data, in->payload, NULL, reterr);
        if (status == JC_OK)
            status = add_members(in, reterr);
        if (status == JC_OK && in->head.bytes != NULL)
            status = add_head(in, reterr);
        if (status == JC_OK)
            status = jc_data_end(data, ret, reterr);
    } while (status == JC_END);
    return status;
}

/* What is common to a payload that is whole and to the head of one; `in` has those two apart. */
static jc_status map_reading(reading *in, jc_redactor *redactor, unsigned mended, jc_fact *ret_fact,
                             jc_error *reterr)
{
    jc_hook_mapper *mapper = in->mapper;
    yyjson_val *payload = in->payload;
    in->redactor = redactor;
    in->agent = jc_hook_agent_of(payload);
    in->session_id = id_of(payload, in->agent->session_id);
    in->turn_id = id_of(payload, in->agent->turn_id);
    in->call_id = id_of(payload, "tool_use_id");
    in->subagent_id = id_of(payload, "agent_id");
    /* A head says too little to be what its hook means. */
    in->row = jc_hook_row_of(in->agent, in->head.bytes == NULL
                                            ? jc_foreign_text(payload, in->agent->hook_name)
                                            : (jc_str){0});
    jc_fact fact = {.event = {.event_type = jc_str_of(in->row->event_type),
                              .timestamp_us = in->options->received_us,
                              .has_timestamp = in->options->received_us > 0}};
    jc_arena_reset(&mapper->arena);
    mapper->data.redactor = redactor;
    mapper->data.mended = mended;
    mapper->data.round = 0;
    jc_status status = find_workflow(in, &fact.event.workflow_id, reterr);
    if (status == JC_OK)
        status = find_agent(in, &fact.event.agent_id, reterr);
    if (status == JC_OK)
        status =
            jc_name_good(redactor, in->turn_id, &mapper->arena, &fact.event.correlation_id, reterr);
    if (status == JC_OK)
        status = find_cause(in, &fact.event.causation_id, reterr);
    if (status == JC_OK)
        status = identify(in, &fact, reterr);
    if (status == JC_OK)
        status = write_data(in, &fact.event.data, reterr);
    if (status == JC_OK)
        *ret_fact = fact;
    return status;
}

static const jc_hook_options default_options = {0};

jc_status jc_hook_map_object(jc_hook_mapper *mapper, jc_redactor *redactor, yyjson_val *payload,
                             unsigned mended, const jc_hook_options *options, jc_fact *ret_fact,
                             jc_error *reterr)
{
    reading in = {.mapper = mapper,
                  .options = options != NULL ? options : &default_options,
                  .payload = payload};
    return map_reading(&in, redactor, mended, ret_fact, reterr);
}

static jc_status map_head(jc_hook_mapper *mapper, jc_redactor *redactor, jc_str payload,
                          const jc_hook_options *options, jc_fact *ret_fact, jc_error *reterr)
{
    reading in = {.mapper = mapper, .options = options, .head = payload, .size = options->size};
    jc_status status = jc_hook_head(payload, &mapper->head, reterr);
    if (status == JC_OK)
        status = jc_foreign_read(&mapper->foreign, jc_buf_str(&mapper->head), &in.payload, reterr);
    return status == JC_OK ? map_reading(&in, redactor, mapper->foreign.mended | JC_MENDED_SIZE,
                                         ret_fact, reterr)
                           : status;
}

jc_status jc_hook_map(jc_hook_mapper *mapper, jc_redactor *redactor, jc_str payload,
                      const jc_hook_options *options, jc_fact *ret_fact, jc_error *reterr)
{
    yyjson_val *root = NULL;
    if (options != NULL && options->size > payload.size)
        return map_head(mapper, redactor, payload, options, ret_fact, reterr);
    jc_status status = jc_foreign_read(&mapper->foreign, payload, &root, reterr);
    if (status < 0)
        return status;
    return jc_hook_map_object(mapper, redactor, root, mapper->foreign.mended, options, ret_fact,
                              reterr);
}

jc_status jc_intake_hook(jc_store *store, jc_redactor *redactor, jc_str payload,
                         const jc_hook_options *options, jc_hook_result *ret_result,
                         jc_error *reterr)
{
    JC_AUTO(jc_hook_mapper) mapper = {0};
    jc_fact fact;
    jc_fact_result result;
    int timeout_ms =
        options != NULL && options->timeout_ms > 0 ? options->timeout_ms : JC_BUSY_TIMEOUT_MS;
    int64_t deadline_us = jc_clock_monotonic_us() + (int64_t)timeout_ms * 1000;
    jc_status status = jc_hook_map(&mapper, redactor, payload, options, &fact, reterr);
    if (status == JC_OK)
        status = jc_fact_append(store, &fact, deadline_us, &result, reterr);
    if (status == JC_OK)
        *ret_result = (jc_hook_result){.id = result.id,
                                       .position = result.position,
                                       .already_stored = result.already_stored};
    return status;
}

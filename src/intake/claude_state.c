/* What a transcript has begun and not ended, and who is who in it: see claude.h. Sessions, prompts and agents
 * are few and stay; calls come and go. */
#include "intake/claude.h"

#include "base/fail.h"
#include "base/hash.h"

#include <stdlib.h>

static void free_call(jc_claude_call *call)
{
    jc_buf_release(&call->key);
    jc_buf_release(&call->name);
    jc_buf_release(&call->input);
    free(call);
}

void jc_claude_release(jc_claude *claude)
{
    while (claude->first_call != NULL) {
        jc_claude_call *call = claude->first_call;
        claude->first_call = call->next;
        free_call(call);
    }
    for (jc_claude_prompt *each = claude->first_prompt; each != NULL; each = each->next) {
        jc_buf_release(&each->answer);
        jc_buf_release(&each->answered_uuid);
    }
    jc_json_release(&claude->json);
    *claude = (jc_claude){0};
}

/* A new record of `size` bytes under a copy of `id`. */
static void *add_record(jc_claude *claude, jc_map *map, jc_str id, size_t size, jc_str *ret_id)
{
    void *record = jc_arena_get(claude->arena, size);
    *ret_id = jc_arena_copy(claude->arena, id);
    if (record == NULL || ret_id->bytes == NULL || !jc_map_put(map, claude->arena, *ret_id, record))
        return NULL;
    memset(record, 0, size);
    return record;
}

jc_status jc_claude_find_session(jc_claude *claude, jc_str id, jc_claude_session **ret,
                                 jc_error *reterr)
{
    jc_claude_session *session = claude->session;
    if (session == NULL || !jc_str_equal(session->id, id))
        session = jc_map_get(&claude->sessions, id);
    if (session == NULL) {
        jc_str kept;
        session = add_record(claude, &claude->sessions, id, sizeof *session, &kept);
        if (session == NULL)
            return jc_fail_memory(reterr);
        session->id = kept;
    }
    claude->session = session;
    *ret = session;
    return JC_OK;
}

jc_status jc_claude_find_prompt(jc_claude *claude, jc_claude_session *session, jc_str id,
                                jc_claude_prompt **ret, jc_error *reterr)
{
    jc_claude_prompt *prompt = jc_map_get(&session->prompts, id);
    if (prompt == NULL) {
        jc_str kept;
        prompt = add_record(claude, &session->prompts, id, sizeof *prompt, &kept);
        if (prompt == NULL)
            return jc_fail_memory(reterr);
        prompt->id = kept;
        prompt->next = claude->first_prompt;
        claude->first_prompt = prompt;
        jc_status status = jc_telling_id(claude->telling, session->id, JC_FACT_TURN_STARTED, kept,
                                         1, &prompt->start, reterr);
        if (status < 0)
            return status;
    }
    *ret = prompt;
    return JC_OK;
}

jc_status jc_claude_find_agent(jc_claude *claude, jc_str id, jc_claude_agent **ret,
                               jc_error *reterr)
{
    jc_claude_agent *agent = jc_map_get(&claude->agents, id);
    if (agent == NULL) {
        jc_str kept;
        agent = add_record(claude, &claude->agents, id, sizeof *agent, &kept);
        if (agent == NULL)
            return jc_fail_memory(reterr);
        agent->id = kept;
    }
    *ret = agent;
    return JC_OK;
}

jc_claude_call *jc_claude_find_call(const jc_claude *claude, jc_str id)
{
    return id.bytes != NULL ? jc_map_get(&claude->calls, id) : NULL;
}

static bool starts_agents(jc_str tool)
{
    return jc_str_equal(tool, JC_STR("Agent")) || jc_str_equal(tool, JC_STR("Task"));
}

static jc_status note_launch(jc_claude *claude, jc_claude_call *call, yyjson_val *input,
                             jc_error *reterr)
{
    jc_str prompt = jc_foreign_text(input, "prompt");
    call->launches = true;
    call->prompt = jc_hash_of(prompt.bytes != NULL ? prompt : JC_STR(""));
    jc_status status = jc_arena_keep(claude->arena, jc_foreign_text(input, "subagent_type"),
                                     &call->agent_type, reterr);
    if (status == JC_OK)
        status = jc_arena_keep(claude->arena, jc_foreign_text(input, "description"),
                               &call->description, reterr);
    return status;
}

static jc_status fill_call(jc_claude *claude, jc_claude_call *call, yyjson_val *block,
                           jc_error *reterr)
{
    jc_str name = jc_foreign_text(block, "name");
    yyjson_val *input = jc_foreign_get(block, "input");
    jc_status status = jc_buf_append_str(&call->name, name, reterr);
    if (status == JC_OK && input != NULL)
        status = jc_json_write_value(input, &call->input, reterr);
    if (status < 0 || input == NULL)
        return status;
    return starts_agents(name) ? note_launch(claude, call, input, reterr) : JC_OK;
}

jc_status jc_claude_open_call(jc_claude *claude, jc_str id, yyjson_val *block, jc_str agent_id,
                              const jc_claude_line *line, jc_error *reterr)
{
    if (jc_map_get(&claude->calls, id) != NULL)
        return JC_OK;
    jc_claude_call *call = calloc(1, sizeof *call);
    if (call == NULL)
        return jc_fail_memory(reterr);
    call->agent_id = agent_id;
    call->has_time = line->has_time;
    call->started_us = line->time_us;
    jc_status status = jc_buf_append_str(&call->key, id, reterr);
    if (status == JC_OK)
        status = fill_call(claude, call, block, reterr);
    if (status == JC_OK && !jc_map_put(&claude->calls, claude->arena, jc_buf_str(&call->key), call))
        status = jc_fail_memory(reterr);
    if (status < 0) {
        free_call(call);
        return status;
    }
    call->next = claude->first_call;
    if (call->next != NULL)
        call->next->before = call;
    claude->first_call = call;
    return JC_OK;
}

void jc_claude_close_call(jc_claude *claude, jc_claude_call *call)
{
    if (call->launches) {
        jc_buf_release(&call->input);
        return;
    }
    if (call->before != NULL)
        call->before->next = call->next;
    else
        claude->first_call = call->next;
    if (call->next != NULL)
        call->next->before = call->before;
    (void)jc_map_remove(&claude->calls, jc_buf_str(&call->key));
    free_call(call);
}

jc_claude_call *jc_claude_find_launch(const jc_claude *claude, jc_str prompt)
{
    jc_hash hash = jc_hash_of(prompt);
    for (jc_claude_call *each = claude->first_call; each != NULL; each = each->next) {
        if (each->launches && jc_hash_equal(&each->prompt, &hash))
            return each;
    }
    return NULL;
}

jc_status jc_claude_join(jc_claude *claude, jc_claude_agent *agent, jc_claude_call *call,
                         jc_error *reterr)
{
    jc_status status = JC_OK;
    call->launched = agent;
    if (agent->parent_call.bytes == NULL)
        status = jc_arena_keep(claude->arena, jc_buf_str(&call->key), &agent->parent_call, reterr);
    if (agent->parent_id.bytes == NULL && !jc_str_equal(call->agent_id, agent->id))
        agent->parent_id = call->agent_id;
    if (agent->type.bytes == NULL)
        agent->type = call->agent_type;
    if (agent->description.bytes == NULL)
        agent->description = call->description;
    return status;
}

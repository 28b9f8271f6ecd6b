/* The records of the projection `agents`: agents and sessions, which are kept, and open calls, recent
 * messages and ends without a start, which come and go. See agents.h. */
#include "projection/agents.h"

#include "base/fail.h"

#include <stdlib.h>

jc_status jc_agents_keep(jc_agents *state, jc_str text, jc_str *ret_kept, jc_error *reterr)
{
    return jc_texts_keep(&state->texts, &state->arena, text, ret_kept, reterr);
}

jc_status jc_agents_agent(jc_agents *state, jc_str id, jc_agent_record **ret_agent,
                          jc_error *reterr)
{
    jc_agent_record *agent = jc_map_get(&state->agent_by_id, id);
    if (agent == NULL) {
        jc_str kept = {0};
        jc_status status = jc_agents_keep(state, id, &kept, reterr);
        if (status < 0)
            return status;
        agent = jc_arena_get(&state->arena, sizeof *agent);
        if (agent == NULL || !jc_map_put(&state->agent_by_id, &state->arena, kept, agent))
            return jc_fail_memory(reterr);
        *agent = (jc_agent_record){.id = kept};
        if (state->last_agent != NULL)
            state->last_agent->next = agent;
        else
            state->first_agent = agent;
        state->last_agent = agent;
    }
    *ret_agent = agent;
    return JC_OK;
}

jc_status jc_agents_session(jc_agents *state, jc_str id, jc_session_record **ret_session,
                            jc_error *reterr)
{
    jc_session_record *session = jc_map_get(&state->session_by_id, id);
    if (session == NULL) {
        jc_str kept = {0};
        jc_status status = jc_agents_keep(state, id, &kept, reterr);
        if (status < 0)
            return status;
        session = jc_arena_get(&state->arena, sizeof *session);
        if (session == NULL || !jc_map_put(&state->session_by_id, &state->arena, kept, session))
            return jc_fail_memory(reterr);
        *session = (jc_session_record){.id = kept};
        if (state->last_session != NULL)
            state->last_session->next = session;
        else
            state->first_session = session;
        state->last_session = session;
    }
    *ret_session = session;
    return JC_OK;
}

/* Note a pair of agent and session; *ret_new is whether it was not there. */
static jc_status note_pair(jc_agents *state, jc_str agent, jc_str session, bool *ret_new,
                           jc_error *reterr)
{
    jc_status status = jc_text_set(&state->room, agent, reterr);
    if (status == JC_OK)
        status = jc_buf_append_char(&state->room, '\0', reterr);
    if (status == JC_OK)
        status = jc_buf_append_str(&state->room, session, reterr);
    if (status < 0)
        return status;
    jc_str pair = jc_buf_str(&state->room);
    *ret_new = jc_map_get(&state->session_of_agent, pair) == NULL;
    if (!*ret_new)
        return JC_OK;
    pair = jc_arena_copy(&state->arena, pair);
    if (pair.bytes == NULL ||
        !jc_map_put(&state->session_of_agent, &state->arena, pair, (void *)(uintptr_t)pair.bytes))
        return jc_fail_memory(reterr);
    return JC_OK;
}

jc_status jc_agents_join(jc_agents *state, jc_agent_record *agent, jc_session_record *session,
                         jc_error *reterr)
{
    bool is_new = false;
    if (agent->session == session || session == &state->no_session)
        return JC_OK;
    jc_status status = note_pair(state, agent->id, session->id, &is_new, reterr);
    if (status < 0)
        return status;
    agent->session = session;
    if (!is_new)
        return JC_OK;
    jc_agent_session *joined = jc_arena_get(&state->arena, sizeof *joined);
    if (joined == NULL)
        return jc_fail_memory(reterr);
    *joined = (jc_agent_session){.session = session};
    if (agent->last_session != NULL)
        agent->last_session->next = joined;
    else
        agent->first_session = joined;
    agent->last_session = joined;
    return JC_OK;
}

jc_status jc_agents_open_call(jc_agents *state, jc_str key, const jc_open_call *call,
                              jc_error *reterr)
{
    jc_open_call *made = calloc(1, sizeof *made);
    if (made == NULL)
        return jc_fail_memory(reterr);
    *made = *call;
    if (jc_text_set(&made->key, key, reterr) < 0 ||
        !jc_map_put(&state->call_by_key, &state->arena, jc_buf_str(&made->key), made)) {
        jc_buf_release(&made->key);
        free(made);
        return jc_fail_memory(reterr);
    }
    jc_session_record *session = made->session;
    made->before = session->last_call;
    made->next = NULL;
    if (session->last_call != NULL)
        session->last_call->next = made;
    else
        session->first_call = made;
    session->last_call = made;
    if (made->agent != NULL)
        made->agent->open_calls++;
    return JC_OK;
}

void jc_agents_close_call(jc_agents *state, jc_open_call *call)
{
    jc_session_record *session = call->session;
    if (call->before != NULL)
        call->before->next = call->next;
    else
        session->first_call = call->next;
    if (call->next != NULL)
        call->next->before = call->before;
    else
        session->last_call = call->before;
    if (call->agent != NULL)
        call->agent->open_calls--;
    (void)jc_map_remove(&state->call_by_key, jc_buf_str(&call->key));
    jc_buf_release(&call->key);
    free(call);
}

jc_status jc_agents_next_message(jc_session_record *session, jc_recent_message **ret_message,
                                 jc_error *reterr)
{
    if (session->recent == NULL)
        session->recent = calloc(JC_RECENT_MESSAGES, sizeof *session->recent);
    if (session->recent == NULL)
        return jc_fail_memory(reterr);
    *ret_message = &session->recent[session->recent_next];
    session->recent_next = (session->recent_next + 1) % JC_RECENT_MESSAGES;
    if (session->recent_count < JC_RECENT_MESSAGES)
        session->recent_count++;
    return JC_OK;
}

void jc_agents_forget_messages(jc_session_record *session)
{
    for (size_t i = 0; session->recent != NULL && i < JC_RECENT_MESSAGES; i++)
        jc_buf_release(&session->recent[i].id);
    free(session->recent);
    session->recent = NULL;
    session->recent_count = 0;
    session->recent_next = 0;
}

static void forget_unstarted(jc_session_record *session, size_t place)
{
    jc_unstarted *list = session->unstarted;
    jc_buf_release(&list[place].key);
    session->unstarted_count--;
    memmove(&list[place], &list[place + 1], (session->unstarted_count - place) * sizeof *list);
    list[session->unstarted_count] = (jc_unstarted){0};
}

jc_status jc_agents_add_unstarted(jc_session_record *session, jc_str key, int64_t ended_us,
                                  jc_error *reterr)
{
    int64_t before_us;
    jc_unstarted made = {.ended_us = ended_us};
    if (session->unstarted == NULL)
        session->unstarted = calloc(JC_UNSTARTED_MAX, sizeof *session->unstarted);
    if (session->unstarted == NULL)
        return jc_fail_memory(reterr);
    jc_status status = jc_text_set(&made.key, key, reterr);
    if (status < 0)
        return status;
    (void)jc_agents_take_unstarted(session, key, &before_us);
    if (session->unstarted_count == JC_UNSTARTED_MAX)
        forget_unstarted(session, 0);
    session->unstarted[session->unstarted_count++] = made;
    return JC_OK;
}

bool jc_agents_take_unstarted(jc_session_record *session, jc_str key, int64_t *ret_ended_us)
{
    for (size_t i = 0; i < session->unstarted_count; i++) {
        if (!jc_str_equal(jc_buf_str(&session->unstarted[i].key), key))
            continue;
        *ret_ended_us = session->unstarted[i].ended_us;
        forget_unstarted(session, i);
        return true;
    }
    return false;
}

void jc_agents_release_session(jc_agents *state, jc_session_record *session)
{
    while (session->first_call != NULL)
        jc_agents_close_call(state, session->first_call);
    jc_agents_forget_messages(session);
    while (session->unstarted_count > 0)
        forget_unstarted(session, session->unstarted_count - 1);
    free(session->unstarted);
    session->unstarted = NULL;
    jc_buf_release(&session->turn);
}

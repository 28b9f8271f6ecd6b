/* The state of the projection `agents` as JSON, and back: see agents_json.h.
 *
 * Beside the totals stand what events to come depend on: open_calls, in order of their starts,
 * recent_messages and unstarted, oldest first; of what names no session they stand at the top. */
#include "projection/agents_json.h"

#include "base/fail.h"
#include "projection/read.h"

static const char *const statuses[JC_AGENT_STATUS_COUNT] = {"", "active", "waiting", "idle",
                                                            "ended"};

static void write_waiting(jc_write *write, yyjson_mut_val *object, const jc_waiting *waiting)
{
    jc_write_text(write, object, "waiting_for", waiting->tool);
    jc_write_text(write, object, "waiting_message", jc_buf_str(&waiting->message));
    jc_write_time(write, object, "waiting_since", waiting->since_us);
    jc_write_count(write, object, "waiting_sequence", waiting->sequence);
}

static void write_agent(jc_write *write, yyjson_mut_val *list, const jc_agent_record *agent)
{
    yyjson_mut_val *object = jc_write_element(write, list);
    jc_write_text(write, object, "agent_id", agent->id);
    jc_write_text(write, object, "agent_type", agent->type);
    jc_write_text(write, object, "model", agent->model);
    jc_write_text(write, object, "parent_agent_id", agent->parent_id);
    jc_write_text(write, object, "status", jc_str_of(statuses[agent->status]));
    jc_write_maybe_time(write, object, "status_since", agent->since_us);
    if (agent->status == JC_AGENT_WAITING)
        write_waiting(write, object, &agent->waiting);
    if (agent->is_running)
        jc_write_bool(write, object, "running", true);
    jc_tally_write(&agent->tally, write, object);
    if (agent->open_calls > 0)
        jc_write_count(write, object, "open_calls", agent->open_calls);
    if (agent->session == NULL)
        return;
    jc_write_text(write, object, "session_id", agent->session->id);
    yyjson_mut_val *sessions = jc_write_list(write, object, "sessions");
    for (const jc_agent_session *each = agent->first_session; each != NULL; each = each->next)
        jc_write_element_text(write, sessions, each->session->id);
}

static void write_calls(jc_write *write, yyjson_mut_val *parent, const jc_session_record *session)
{
    if (session->first_call == NULL)
        return;
    yyjson_mut_val *calls = jc_write_list(write, parent, "open_calls");
    for (const jc_open_call *call = session->first_call; call != NULL; call = call->next) {
        yyjson_mut_val *object = jc_write_element(write, calls);
        jc_write_text(write, object, "tool_use_id", jc_buf_str(&call->key));
        jc_write_text(write, object, "tool_name", call->tool);
        if (call->agent != NULL)
            jc_write_text(write, object, "agent_id", call->agent->id);
        jc_write_maybe_time(write, object, "started_at", call->started_us);
        jc_write_count(write, object, "sequence", call->sequence);
    }
}

static void write_messages(jc_write *write, yyjson_mut_val *parent,
                           const jc_session_record *session)
{
    if (session->recent_count == 0)
        return;
    yyjson_mut_val *messages = jc_write_list(write, parent, "recent_messages");
    size_t oldest = session->recent_next + JC_RECENT_MESSAGES - session->recent_count;
    for (size_t i = 0; i < session->recent_count; i++) {
        const jc_recent_message *message = &session->recent[(oldest + i) % JC_RECENT_MESSAGES];
        yyjson_mut_val *object = jc_write_element(write, messages);
        jc_write_text(write, object, "message_id", jc_buf_str(&message->id));
        if (message->agent != NULL)
            jc_write_text(write, object, "agent_id", message->agent->id);
        jc_tokens_write(&message->tokens, write, object);
        jc_cost_write(message->agent_cost, write, object, "cost_usd");
        jc_cost_write(message->session_cost, write, object, "session_cost_usd");
    }
}

static void write_unstarted(jc_write *write, yyjson_mut_val *parent,
                            const jc_session_record *session)
{
    jc_write_text(write, parent, "turn_id", jc_buf_str(&session->turn));
    if (session->unstarted_count == 0)
        return;
    yyjson_mut_val *list = jc_write_list(write, parent, "unstarted");
    for (size_t i = 0; i < session->unstarted_count; i++) {
        yyjson_mut_val *object = jc_write_element(write, list);
        jc_write_text(write, object, "key", jc_buf_str(&session->unstarted[i].key));
        jc_write_time(write, object, "ended_at", session->unstarted[i].ended_us);
    }
}

/* What events to come depend on. */
static void write_open(jc_write *write, yyjson_mut_val *parent, const jc_session_record *session)
{
    write_calls(write, parent, session);
    write_messages(write, parent, session);
    write_unstarted(write, parent, session);
}

static void write_session(jc_write *write, yyjson_mut_val *list, const jc_session_record *session)
{
    yyjson_mut_val *object = jc_write_element(write, list);
    jc_write_text(write, object, "session_id", session->id);
    if (session->agent != NULL)
        jc_write_text(write, object, "agent_id", session->agent->id);
    jc_write_text(write, object, "model", session->model);
    jc_write_text(write, object, "status", jc_str_of(statuses[session->status]));
    jc_write_maybe_time(write, object, "status_since", session->since_us);
    jc_write_maybe_time(write, object, "started_at", session->started_us);
    jc_write_maybe_time(write, object, "ended_at", session->ended_us);
    jc_tally_write(&session->tally, write, object);
    write_open(write, object, session);
}

jc_status jc_agents_write_json(const void *context, jc_output *output, jc_error *reterr)
{
    const jc_agents *state = context;
    jc_write write;
    yyjson_mut_val *root = jc_write_begin(&write);
    yyjson_mut_val *agents = jc_write_list(&write, root, "agents");
    for (const jc_agent_record *each = state->first_agent; each != NULL; each = each->next)
        write_agent(&write, agents, each);
    yyjson_mut_val *sessions = jc_write_list(&write, root, "sessions");
    for (const jc_session_record *each = state->first_session; each != NULL; each = each->next)
        write_session(&write, sessions, each);
    write_open(&write, root, &state->no_session);
    return jc_write_end(&write, output, reterr);
}

static bool read_status(yyjson_val *object, jc_agent_status *ret)
{
    jc_str text = jc_read_text(object, "status");
    size_t word = text.bytes != NULL ? jc_word_of(text, statuses, JC_AGENT_STATUS_COUNT) : 0;
    *ret = word < JC_AGENT_STATUS_COUNT ? (jc_agent_status)word : JC_AGENT_UNKNOWN;
    return word < JC_AGENT_STATUS_COUNT;
}

/* A member that is text, kept. */
static jc_status keep_member(jc_agents *state, yyjson_val *object, const char *name, jc_str *ret,
                             jc_error *reterr)
{
    return jc_agents_keep(state, jc_read_text(object, name), ret, reterr);
}

/* The agent that a member names; NULL when it names none. */
static jc_status read_agent_of(jc_agents *state, yyjson_val *object, jc_agent_record **ret,
                               jc_error *reterr)
{
    jc_str id = jc_read_text(object, "agent_id");
    *ret = NULL;
    return id.bytes != NULL ? jc_agents_agent(state, id, ret, reterr) : JC_OK;
}

static jc_status read_waiting(jc_agents *state, yyjson_val *object, jc_waiting *waiting,
                              jc_error *reterr)
{
    (void)jc_read_time(object, "waiting_since", &waiting->since_us);
    (void)jc_read_count(object, "waiting_sequence", &waiting->sequence);
    jc_status status = keep_member(state, object, "waiting_for", &waiting->tool, reterr);
    if (status < 0)
        return status;
    return jc_text_set(&waiting->message, jc_read_text(object, "waiting_message"), reterr);
}

/* All of an agent but its sessions, which are still to come. */
static jc_status read_agent(jc_agents *state, yyjson_val *object, jc_error *reterr)
{
    jc_agent_record *agent = NULL;
    jc_agent_status known = JC_AGENT_UNKNOWN;
    jc_status status = read_agent_of(state, object, &agent, reterr);
    if (status == JC_OK && (agent == NULL || !read_status(object, &known)))
        return jc_read_fail("an agent", reterr);
    if (status < 0)
        return status;
    agent->status = known;
    agent->since_us = jc_read_maybe_time(object, "status_since");
    agent->is_running = jc_read_true(object, "running");
    status = read_waiting(state, object, &agent->waiting, reterr);
    if (status == JC_OK)
        status = keep_member(state, object, "agent_type", &agent->type, reterr);
    if (status == JC_OK)
        status = keep_member(state, object, "model", &agent->model, reterr);
    if (status == JC_OK)
        status = keep_member(state, object, "parent_agent_id", &agent->parent_id, reterr);
    return status == JC_OK ? jc_tally_read(&agent->tally, &state->arena, object, reterr) : status;
}

static jc_status read_call(jc_agents *state, jc_session_record *session, yyjson_val *object,
                           jc_error *reterr)
{
    jc_open_call call = {.session = session,
                         .started_us = jc_read_maybe_time(object, "started_at")};
    jc_str key = jc_read_text(object, "tool_use_id");
    (void)jc_read_count(object, "sequence", &call.sequence);
    if (key.bytes == NULL || jc_map_get(&state->call_by_key, key) != NULL)
        return jc_read_fail("an open call", reterr);
    jc_status status = keep_member(state, object, "tool_name", &call.tool, reterr);
    if (status == JC_OK && call.tool.bytes == NULL)
        return jc_read_fail("an open call", reterr);
    if (status == JC_OK)
        status = read_agent_of(state, object, &call.agent, reterr);
    return status == JC_OK ? jc_agents_open_call(state, key, &call, reterr) : status;
}

static jc_status read_message(jc_agents *state, jc_session_record *session, yyjson_val *object,
                              jc_error *reterr)
{
    jc_recent_message *message = NULL;
    jc_status status = jc_agents_next_message(session, &message, reterr);
    if (status == JC_OK)
        status = jc_text_set(&message->id, jc_read_text(object, "message_id"), reterr);
    if (status < 0)
        return status;
    message->tokens = jc_tokens_read(object);
    message->agent_cost = jc_cost_read(object, "cost_usd");
    message->session_cost = jc_cost_read(object, "session_cost_usd");
    return read_agent_of(state, object, &message->agent, reterr);
}

static jc_status read_unstarted(jc_session_record *session, yyjson_val *object, jc_error *reterr)
{
    jc_str key = jc_read_text(object, "key");
    jc_maybe ended_us = jc_read_maybe_time(object, "ended_at");
    if (key.bytes == NULL || !ended_us.given)
        return jc_read_fail("an end without a start", reterr);
    return jc_agents_add_unstarted(session, key, ended_us.value, reterr);
}

/* What a session, or the state for none, leaves open. */
static jc_status read_open(jc_agents *state, jc_session_record *session, yyjson_val *object,
                           jc_error *reterr)
{
    size_t at = 0;
    size_t count = 0;
    yyjson_val *each;
    yyjson_arr_foreach(yyjson_obj_get(object, "open_calls"), at, count, each) {
        jc_status status = read_call(state, session, each, reterr);
        if (status < 0)
            return status;
    }
    yyjson_arr_foreach(yyjson_obj_get(object, "recent_messages"), at, count, each) {
        jc_status status = read_message(state, session, each, reterr);
        if (status < 0)
            return status;
    }
    yyjson_arr_foreach(yyjson_obj_get(object, "unstarted"), at, count, each) {
        jc_status status = read_unstarted(session, each, reterr);
        if (status < 0)
            return status;
    }
    return jc_text_set(&session->turn, jc_read_text(object, "turn_id"), reterr);
}

static jc_status read_session(jc_agents *state, yyjson_val *object, jc_error *reterr)
{
    jc_session_record *session = NULL;
    jc_agent_status known = JC_AGENT_UNKNOWN;
    jc_str id = jc_read_text(object, "session_id");
    if (id.bytes == NULL || !read_status(object, &known))
        return jc_read_fail("a session", reterr);
    jc_status status = jc_agents_session(state, id, &session, reterr);
    if (status == JC_OK)
        status = read_agent_of(state, object, &session->agent, reterr);
    if (status == JC_OK)
        status = keep_member(state, object, "model", &session->model, reterr);
    if (status < 0)
        return status;
    session->status = known;
    session->since_us = jc_read_maybe_time(object, "status_since");
    session->started_us = jc_read_maybe_time(object, "started_at");
    session->ended_us = jc_read_maybe_time(object, "ended_at");
    status = jc_tally_read(&session->tally, &state->arena, object, reterr);
    return status == JC_OK ? read_open(state, session, object, reterr) : status;
}

static jc_status join_session(jc_agents *state, jc_agent_record *agent, jc_str id, jc_error *reterr)
{
    jc_session_record *session = NULL;
    if (id.bytes == NULL)
        return jc_read_fail("the sessions of an agent", reterr);
    jc_status status = jc_agents_session(state, id, &session, reterr);
    return status == JC_OK ? jc_agents_join(state, agent, session, reterr) : status;
}

/* Once all sessions are there, and in their order. */
static jc_status read_sessions_of(jc_agents *state, yyjson_val *object, jc_error *reterr)
{
    jc_agent_record *agent = NULL;
    jc_str last = jc_read_text(object, "session_id");
    jc_status status = read_agent_of(state, object, &agent, reterr);
    size_t at = 0;
    size_t count = 0;
    yyjson_val *each;
    yyjson_arr_foreach(yyjson_obj_get(object, "sessions"), at, count, each) {
        if (status == JC_OK)
            status = join_session(state, agent, jc_read_element_text(each), reterr);
    }
    if (status == JC_OK && last.bytes != NULL)
        status = join_session(state, agent, last, reterr);
    return status;
}

static jc_status read_each(jc_agents *state, yyjson_val *list,
                           jc_status (*read)(jc_agents *state, yyjson_val *object,
                                             jc_error *reterr),
                           jc_error *reterr)
{
    size_t at = 0;
    size_t count = 0;
    yyjson_val *each;
    yyjson_arr_foreach(list, at, count, each) {
        jc_status status = read(state, each, reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}

jc_status jc_agents_read_json(void *context, jc_str json, jc_error *reterr)
{
    jc_agents *state = context;
    JC_AUTO(jc_read) read = {0};
    yyjson_val *root = NULL;
    jc_status status = jc_read_begin(&read, json, &root, reterr);
    if (status < 0)
        return status;
    yyjson_val *agents = yyjson_obj_get(root, "agents");
    status = read_each(state, agents, read_agent, reterr);
    if (status == JC_OK)
        status = read_each(state, yyjson_obj_get(root, "sessions"), read_session, reterr);
    if (status == JC_OK)
        status = read_each(state, agents, read_sessions_of, reterr);
    return status == JC_OK ? read_open(state, &state->no_session, root, reterr) : status;
}

/* The projection `agents`: who did what. Per agent and per session: when it was seen, events, turns,
 * tools with their calls, failures and durations, errors, tokens and cost, notes and messages; the
 * calls that are open, an agent's parent, its model, and whether it is at work.
 *
 * An event belongs to its agent_id, and where it has none, to the agent whose session it is of. Of
 * calls only the open ones are kept: one that is told anew after it ended counts again. A response is
 * told by several events with the same message_id and usage, of which the last counts, once; a session
 * knows its last JC_RECENT_MESSAGES messages again, until it ends.
 *
 * Events come in out of order: hooks that nobody waits for overtake each other, a spool and an import tell
 * what was earlier. So a session knows the ends that it saw no start of, whose starts then change nothing;
 * and what is earlier than the start or end that decided a status leaves the status alone.
 *
 * How records are found and made is in agents_records.c, how the state becomes JSON and is made of it
 * again in agents_json.c. */
#include "projection/agents.h"

#include "base/fail.h"
#include "jc/event_types.h"
#include "projection/actor.h"
#include "projection/agents_json.h"
#include "projection/registry.h"

#include <stdlib.h>

#define ANCESTORS_MAX 1000

/* A subagent that starts behind its end by no more is one that was overtaken, not one that was resumed. */
#define OVERTAKEN_US INT64_C(5000000)

/* An event on its way into the state. */
typedef struct acting {
    jc_agents *state;
    const jc_event *event;
    jc_event_type type;
    jc_agent_record *agent;         /* NULL: nobody is named */
    jc_session_record *session;     /* no_session when none is named */
    jc_agent_status status;         /* what the two are from now on; UNKNOWN: as they are */
    const jc_agent_record *settled; /* whose status is set already */
} acting;

/* Did it happen before what decided a status? */
static bool is_earlier(const acting *in, jc_maybe since_us)
{
    return since_us.given && in->event->timestamp_us < since_us.value;
}

/* Keep a text in place of another, unless it is absent. */
static jc_status replace(jc_agents *state, jc_str text, jc_str *ret, jc_error *reterr)
{
    return text.bytes != NULL ? jc_agents_keep(state, text, ret, reterr) : JC_OK;
}

/* The tallies of a tool that an event counts in. */
typedef struct tool_pair {
    jc_tool_tally *of_agent; /* NULL: there is no agent */
    jc_tool_tally *of_session;
} tool_pair;

static jc_status find_tools(jc_agents *state, jc_agent_record *agent, jc_session_record *session,
                            jc_str name, tool_pair *ret, jc_error *reterr)
{
    jc_status status = jc_agents_keep(state, name, &name, reterr);
    if (status < 0)
        return status;
    ret->of_session = jc_tally_tool(&session->tally, &state->arena, name);
    ret->of_agent =
        agent != NULL ? jc_tally_tool(&agent->tally, &state->arena, name) : ret->of_session;
    if (ret->of_session == NULL || ret->of_agent == NULL)
        return jc_fail_memory(reterr);
    if (agent == NULL)
        ret->of_agent = NULL;
    return JC_OK;
}

/* Add to a member of both. */
#define COUNT_TOOL(tools, member, number)                                                          \
    do {                                                                                           \
        (tools).of_session->member += (number);                                                    \
        if ((tools).of_agent != NULL)                                                              \
            (tools).of_agent->member += (number);                                                  \
    } while (0)

#define COUNT(in, member)                                                                          \
    do {                                                                                           \
        (in)->session->tally.member++;                                                             \
        if ((in)->agent != NULL)                                                                   \
            (in)->agent->tally.member++;                                                           \
    } while (0)

/* A start that came in behind its end: all was counted by then, and nobody is at work for it. */
static bool is_overtaken(acting *in, jc_str key)
{
    int64_t ended_us;
    if (key.bytes == NULL || !jc_agents_take_unstarted(in->session, key, &ended_us))
        return false;
    in->status = JC_AGENT_UNKNOWN;
    return true;
}

static jc_str call_id(const acting *in)
{
    return jc_payload_text(&in->state->payload, "tool_use_id");
}

static jc_status start_tool(acting *in, jc_error *reterr)
{
    jc_agents *state = in->state;
    jc_open_call call = {.started_us = jc_maybe_is(in->event->timestamp_us),
                         .sequence = in->event->sequence,
                         .agent = in->agent,
                         .session = in->session};
    jc_str key = {0};
    tool_pair tools;
    jc_status status = jc_call_key(&state->payload, in->event, &state->room, &key, reterr);
    if (status < 0 || jc_map_get(&state->call_by_key, key) != NULL || is_overtaken(in, call_id(in)))
        return status;
    status = find_tools(state, in->agent, in->session, jc_tool_of(&state->payload), &tools, reterr);
    if (status < 0)
        return status;
    COUNT_TOOL(tools, calls, 1);
    call.tool = tools.of_session->name;
    return jc_agents_open_call(state, key, &call, reterr);
}

static void count_end(tool_pair tools, jc_event_type type, bool failed, jc_maybe started_us,
                      int64_t ended_us)
{
    jc_maybe duration_ms = jc_duration_between(started_us, ended_us);
    if (type == JC_TYPE_PERMISSION_DENIED)
        COUNT_TOOL(tools, denied, 1);
    else if (failed)
        COUNT_TOOL(tools, failed, 1);
    else
        COUNT_TOOL(tools, completed, 1);
    if (duration_ms.given)
        COUNT_TOOL(tools, duration_ms, (uint64_t)duration_ms.value);
}

/* Is `agent` the caller, or one of those above it? What was told may be a ring; a chain that is that long
 * counts as one. */
static bool stands_above(const jc_agents *state, const jc_agent_record *agent,
                         const jc_agent_record *caller)
{
    for (int steps = 0; steps < ANCESTORS_MAX; steps++) {
        if (caller == agent)
            return true;
        if (caller->parent_id.bytes == NULL)
            return false;
        caller = jc_map_get(&state->agent_by_id, caller->parent_id);
        if (caller == NULL)
            return false;
    }
    return true;
}

/* What came back of a call names the agent that it started: the caller is its parent. Until then it was
 * taken for the session's agent's, unless its start said better. */
static jc_status see_launched(acting *in, jc_agent_record *caller, jc_error *reterr)
{
    jc_agents *state = in->state;
    jc_agent_record *sub = NULL;
    jc_str id = jc_launched_by(&state->payload);
    if (id.bytes == NULL || caller == NULL)
        return JC_OK;
    jc_status status = jc_agents_agent(state, id, &sub, reterr);
    if (status < 0 || jc_str_equal(sub->parent_id, caller->id) || stands_above(state, sub, caller))
        return status;
    jc_agent_record *before =
        sub->parent_id.bytes != NULL ? jc_map_get(&state->agent_by_id, sub->parent_id) : NULL;
    if (before != NULL && before->tally.subagents > 0) {
        before->tally.subagents--;
        caller->tally.subagents++;
    }
    sub->parent_id = caller->id;
    return JC_OK;
}

/* A call that nobody started is counted as one all the same. */
static jc_status end_tool(acting *in, jc_error *reterr)
{
    jc_agents *state = in->state;
    jc_str key = {0};
    tool_pair tools;
    bool success = true;
    int64_t ended_us = in->event->timestamp_us;
    jc_maybe started_us = jc_start_told(&state->payload, ended_us);
    (void)jc_payload_bool(&state->payload, "success", &success);
    jc_status status = jc_call_key(&state->payload, in->event, &state->room, &key, reterr);
    if (status < 0)
        return status;
    jc_open_call *call = jc_map_get(&state->call_by_key, key);
    if (call != NULL)
        status = find_tools(state, call->agent, call->session, call->tool, &tools, reterr);
    else
        status =
            find_tools(state, in->agent, in->session, jc_tool_of(&state->payload), &tools, reterr);
    if (status < 0)
        return status;
    if (call == NULL)
        COUNT_TOOL(tools, calls, 1);
    else
        started_us = call->started_us;
    count_end(tools, in->type, in->type == JC_TYPE_AGENT_TOOL_FAILED || !success, started_us,
              ended_us);
    if (in->type == JC_TYPE_AGENT_TOOL_COMPLETED)
        status = see_launched(in, call != NULL ? call->agent : in->agent, reterr);
    if (call != NULL)
        jc_agents_close_call(state, call);
    else if (status == JC_OK && in->type != JC_TYPE_AGENT_TOOL_USE && call_id(in).bytes != NULL)
        status = jc_agents_add_unstarted(in->session, call_id(in), ended_us, reterr);
    return status;
}

static jc_status deny(acting *in, jc_error *reterr)
{
    COUNT(in, permissions_denied);
    return end_tool(in, reterr);
}

static jc_status wait(acting *in, jc_error *reterr)
{
    (void)reterr;
    COUNT(in, permissions_requested);
    in->status = JC_AGENT_WAITING;
    return JC_OK;
}

/* What an agent tells its user says what it does; most of it says nothing about that. */
static jc_status see_notification(acting *in, jc_error *reterr)
{
    jc_str type = jc_payload_text(&in->state->payload, "notification_type");
    (void)reterr;
    in->status = JC_AGENT_UNKNOWN;
    if (jc_str_equal(type, JC_STR("permission_prompt")) ||
        jc_str_equal(type, JC_STR("agent_needs_input")))
        in->status = JC_AGENT_WAITING;
    else if (jc_str_equal(type, JC_STR("idle_prompt")))
        in->status = JC_AGENT_IDLE;
    return JC_OK;
}

static jc_recent_message *find_message(const jc_session_record *session, jc_str id)
{
    for (size_t i = 0; i < session->recent_count; i++) {
        if (jc_str_equal(jc_buf_str(&session->recent[i].id), id))
            return &session->recent[i];
    }
    return NULL;
}

/* Take away what a message added. */
static void take_back(jc_session_record *session, const jc_recent_message *message)
{
    session->tally.responses--;
    jc_tokens_subtract(&session->tally.tokens, &message->tokens);
    jc_cost_subtract(&session->tally.cost, message->session_cost);
    if (message->agent == NULL)
        return;
    message->agent->tally.responses--;
    jc_tokens_subtract(&message->agent->tally.tokens, &message->tokens);
    jc_cost_subtract(&message->agent->tally.cost, message->agent_cost);
}

/* Add what a response used, and say in *ret_message what that was. What names no session adds to none: no
 * state keeps those sums. */
static void add_usage(acting *in, jc_recent_message *ret_message)
{
    jc_tokens tokens = jc_tokens_of(&in->state->payload);
    jc_cost cost = jc_cost_of(&in->state->payload);
    COUNT(in, responses);
    ret_message->tokens = tokens;
    ret_message->agent = in->agent;
    ret_message->agent_cost = ret_message->session_cost = (jc_cost){0};
    jc_tokens_add(&in->session->tally.tokens, &tokens);
    if (in->session != &in->state->no_session)
        jc_cost_add(&in->session->tally.cost, cost, &ret_message->session_cost);
    if (in->agent == NULL)
        return;
    jc_tokens_add(&in->agent->tally.tokens, &tokens);
    jc_cost_add(&in->agent->tally.cost, cost, &ret_message->agent_cost);
}

static jc_status take_model(acting *in, jc_error *reterr)
{
    jc_str model = jc_payload_text(&in->state->payload, "model");
    jc_status status = replace(in->state, model, &in->session->model, reterr);
    if (status == JC_OK && in->agent != NULL)
        status = replace(in->state, model, &in->agent->model, reterr);
    return status;
}

static jc_status take_response(acting *in, jc_error *reterr)
{
    jc_recent_message unnamed;
    jc_str id = jc_payload_text(&in->state->payload, "message_id");
    jc_status status = take_model(in, reterr);
    if (status < 0)
        return status;
    if (id.bytes == NULL) {
        add_usage(in, &unnamed);
        return JC_OK;
    }
    jc_recent_message *message = find_message(in->session, id);
    if (message != NULL) {
        take_back(in->session, message);
    } else {
        status = jc_agents_next_message(in->session, &message, reterr);
        if (status == JC_OK)
            status = jc_text_set(&message->id, id, reterr);
        if (status < 0)
            return status;
    }
    add_usage(in, message);
    return JC_OK;
}

static jc_status count_error(acting *in, jc_error *reterr)
{
    (void)reterr;
    COUNT(in, errors);
    return JC_OK;
}

static jc_status count_compaction(acting *in, jc_error *reterr)
{
    (void)reterr;
    COUNT(in, compactions);
    return JC_OK;
}

static jc_status send_message(acting *in, jc_error *reterr)
{
    jc_agent_record *recipient = NULL;
    jc_str to = jc_payload_text(&in->state->payload, "to_agent");
    COUNT(in, messages_sent);
    if (to.bytes == NULL)
        return JC_OK;
    jc_status status = jc_agents_agent(in->state, to, &recipient, reterr);
    if (status == JC_OK)
        recipient->tally.messages_received++;
    return status;
}

static jc_status add_feature_cost(acting *in, jc_error *reterr)
{
    jc_cost cost = jc_cost_of(&in->state->payload);
    jc_cost added;
    (void)reterr;
    jc_cost_add(&in->session->tally.feature_cost, cost, &added);
    if (in->agent != NULL)
        jc_cost_add(&in->agent->tally.feature_cost, cost, &added);
    return JC_OK;
}

static jc_status start_session(acting *in, jc_error *reterr)
{
    jc_session_record *session = in->session;
    int64_t time_us = in->event->timestamp_us;
    if (session == &in->state->no_session)
        return take_model(in, reterr);
    if (!session->started_us.given || time_us < session->started_us.value)
        session->started_us = jc_maybe_is(time_us);
    if (session->ended_us.given && time_us >= session->ended_us.value)
        session->ended_us = (jc_maybe){0};
    if (in->agent != NULL)
        session->agent = in->agent;
    return take_model(in, reterr);
}

/* What the session leaves open will not end any more. */
static jc_status end_session(acting *in, jc_error *reterr)
{
    in->status = JC_AGENT_ENDED;
    if (in->session == &in->state->no_session)
        return JC_OK;
    if (is_earlier(in, in->session->since_us))
        return JC_OK;
    in->session->ended_us = jc_maybe_is(in->event->timestamp_us);
    jc_agents_forget_messages(in->session);
    while (in->session->first_call != NULL) {
        jc_open_call *call = in->session->first_call;
        tool_pair tools;
        jc_status status =
            find_tools(in->state, call->agent, call->session, call->tool, &tools, reterr);
        if (status < 0)
            return status;
        COUNT_TOOL(tools, abandoned, 1);
        jc_agents_close_call(in->state, call);
    }
    return JC_OK;
}

static jc_str turn_id(const acting *in)
{
    return jc_payload_text(&in->state->payload, "turn_id|prompt_id");
}

/* A turn is a person's. What the machine asked of itself is counted apart. */
static jc_status start_turn(acting *in, jc_error *reterr)
{
    bool human = true;
    (void)jc_payload_bool(&in->state->payload, "human", &human);
    if (human)
        COUNT(in, turns);
    else
        COUNT(in, machine_turns);
    return is_overtaken(in, turn_id(in)) ? JC_OK
                                         : jc_text_set(&in->session->turn, turn_id(in), reterr);
}

static jc_status end_turn(acting *in, jc_error *reterr)
{
    jc_str id = turn_id(in);
    in->status = JC_AGENT_IDLE;
    if (id.bytes == NULL || jc_str_equal(id, jc_buf_str(&in->session->turn)))
        return JC_OK;
    return jc_agents_add_unstarted(in->session, id, in->event->timestamp_us, reterr);
}

static jc_status fail_turn(acting *in, jc_error *reterr)
{
    COUNT(in, errors);
    return end_turn(in, reterr);
}

/* The subagent and who started it: the one named, else whose session it is. */
static jc_status find_subagent(acting *in, jc_agent_record **ret_sub, jc_agent_record **ret_parent,
                               jc_error *reterr)
{
    jc_agents *state = in->state;
    jc_subagent named = jc_subagent_of(&state->payload, in->event);
    jc_status status = JC_OK;
    *ret_sub = NULL;
    *ret_parent = in->session->agent;
    if (named.parent_id.bytes != NULL)
        status = jc_agents_agent(state, named.parent_id, ret_parent, reterr);
    if (status < 0 || named.id.bytes == NULL)
        return status;
    status = jc_agents_agent(state, named.id, ret_sub, reterr);
    if (status == JC_OK)
        status = replace(state, named.type, &(*ret_sub)->type, reterr);
    if (status == JC_OK)
        status = jc_agents_join(state, *ret_sub, in->session, reterr);
    if (status == JC_OK && named.parent_id.bytes == NULL && (*ret_sub)->parent_id.bytes != NULL)
        status = jc_agents_agent(state, (*ret_sub)->parent_id, ret_parent, reterr);
    if (*ret_parent == *ret_sub)
        *ret_parent = NULL;
    return status;
}

static void see(jc_tally *tally, int64_t time_us)
{
    if (!tally->first_us.given || time_us < tally->first_us.value)
        tally->first_us = jc_maybe_is(time_us);
    if (!tally->last_us.given || time_us > tally->last_us.value)
        tally->last_us = jc_maybe_is(time_us);
}

/* Let the subagent be what it became, and nothing else; it may be who tells it. */
static void settle(acting *in, jc_agent_record *sub, jc_agent_status status)
{
    in->settled = sub;
    if (is_earlier(in, sub->since_us))
        return;
    sub->status = status;
    sub->since_us = jc_maybe_is(in->event->timestamp_us);
}

/* The event may be told by the subagent itself, by its parent, or by nobody. */
static jc_status start_subagent(acting *in, jc_error *reterr)
{
    jc_agent_record *sub = NULL;
    jc_agent_record *parent = NULL;
    jc_status status = find_subagent(in, &sub, &parent, reterr);
    if (status < 0)
        return status;
    in->session->tally.subagents++;
    if (parent != NULL)
        parent->tally.subagents++;
    if (sub == NULL)
        return JC_OK;
    if (parent != NULL)
        sub->parent_id = parent->id;
    see(&sub->tally, in->event->timestamp_us);
    int64_t ended_us = 0;
    if (jc_agents_take_unstarted(in->session, sub->id, &ended_us) &&
        in->event->timestamp_us <= ended_us + OVERTAKEN_US) {
        in->status = JC_AGENT_UNKNOWN;
        return JC_OK;
    }
    sub->is_running = true;
    settle(in, sub, JC_AGENT_ACTIVE);
    return JC_OK;
}

static jc_status end_subagent(acting *in, jc_error *reterr)
{
    jc_agent_record *sub = NULL;
    jc_agent_record *parent = NULL;
    jc_status status = find_subagent(in, &sub, &parent, reterr);
    if (status < 0 || sub == NULL)
        return status;
    if (parent != NULL && sub->parent_id.bytes == NULL)
        sub->parent_id = parent->id;
    see(&sub->tally, in->event->timestamp_us);
    settle(in, sub, JC_AGENT_ENDED);
    if (!sub->is_running)
        return jc_agents_add_unstarted(in->session, sub->id, in->event->timestamp_us, reterr);
    sub->is_running = false;
    return JC_OK;
}

/* What each type does beyond being counted as an event. The data of these is read. */
typedef jc_status handler(acting *in, jc_error *reterr);

static jc_status only_count(acting *in, jc_error *reterr)
{
    (void)in, (void)reterr;
    return JC_OK;
}

static handler *const handlers[JC_TYPE_OTHER + 1] = {
    [JC_TYPE_AGENT_ERROR] = count_error,
    [JC_TYPE_AGENT_HOOK_RECEIVED] = only_count,
    [JC_TYPE_AGENT_MESSAGE_ACKNOWLEDGED] = only_count,
    [JC_TYPE_AGENT_MESSAGE_COMPLETED] = only_count,
    [JC_TYPE_AGENT_MESSAGE_SENT] = send_message,
    [JC_TYPE_AGENT_NOTIFIED] = see_notification,
    [JC_TYPE_AGENT_RESPONSE_RECEIVED] = take_response,
    [JC_TYPE_AGENT_RESPONSE_DISPLAYED] = only_count,
    [JC_TYPE_AGENT_TEST_RESULT] = only_count,
    [JC_TYPE_AGENT_TOOL_BATCH_COMPLETED] = only_count,
    [JC_TYPE_AGENT_TOOL_COMPLETED] = end_tool,
    [JC_TYPE_AGENT_TOOL_FAILED] = end_tool,
    [JC_TYPE_AGENT_TOOL_STARTED] = start_tool,
    [JC_TYPE_AGENT_TOOL_USE] = end_tool,
    [JC_TYPE_CONTEXT_COMPACTED] = count_compaction,
    [JC_TYPE_FEATURE_COMPLETED] = add_feature_cost,
    [JC_TYPE_FEATURE_FAILED] = add_feature_cost,
    [JC_TYPE_PERMISSION_DENIED] = deny,
    [JC_TYPE_PERMISSION_REQUESTED] = wait,
    [JC_TYPE_SESSION_ENDED] = end_session,
    [JC_TYPE_SESSION_STARTED] = start_session,
    [JC_TYPE_SUBAGENT_COMPLETED] = end_subagent,
    [JC_TYPE_SUBAGENT_STARTED] = start_subagent,
    [JC_TYPE_TASK_COMPLETED] = only_count,
    [JC_TYPE_TASK_CREATED] = only_count,
    [JC_TYPE_TURN_COMPLETED] = end_turn,
    [JC_TYPE_TURN_FAILED] = fail_turn,
    [JC_TYPE_TURN_STARTED] = start_turn,
};

/* A session is the agent's that is seen in it first and is no subagent: those have a type or a
 * parent. */
static void own_session(acting *in)
{
    if (in->session->agent == NULL && in->agent->type.bytes == NULL &&
        in->agent->parent_id.bytes == NULL)
        in->session->agent = in->agent;
}

/* Who acts, and in which session. */
static jc_status find_actors(acting *in, bool has_data, jc_error *reterr)
{
    jc_agents *state = in->state;
    jc_str agent_id = in->event->agent_id;
    jc_str session_id = has_data ? jc_session_of(&state->payload) : (jc_str){0};
    jc_status status = JC_OK;
    in->session = &state->no_session;
    if (session_id.bytes != NULL)
        status = jc_agents_session(state, session_id, &in->session, reterr);
    if (has_data && agent_id.bytes == NULL &&
        jc_type_begins(in->event->event_type, "agent.message."))
        agent_id = jc_payload_text(&state->payload, "from_agent");
    in->agent = in->session->agent;
    if (status == JC_OK && agent_id.bytes != NULL)
        status = jc_agents_agent(state, agent_id, &in->agent, reterr);
    if (status < 0 || in->agent == NULL || session_id.bytes == NULL ||
        jc_type_begins(in->event->event_type, "subagent."))
        return status;
    if (agent_id.bytes != NULL && in->agent->type.bytes == NULL)
        status = replace(state, jc_payload_text(&state->payload, "agent_type"), &in->agent->type,
                         reterr);
    own_session(in);
    return status;
}

static bool is_start(jc_event_type type)
{
    return type == JC_TYPE_SESSION_STARTED || type == JC_TYPE_TURN_STARTED ||
           type == JC_TYPE_SUBAGENT_STARTED;
}

/* An agent that ended, or whose session did, is not called back to life by what comes in late; nor is one
 * whose turn is over, by the last of its words. */
static bool may_revive(const acting *in, jc_agent_status status)
{
    return is_start(in->type) ||
           (status != JC_AGENT_ENDED &&
            (status != JC_AGENT_IDLE || in->type != JC_TYPE_AGENT_RESPONSE_DISPLAYED));
}

static void set_status(const acting *in, jc_agent_status *status, jc_maybe *since_us,
                       bool elsewhere)
{
    if (in->status == JC_AGENT_UNKNOWN || is_earlier(in, *since_us))
        return;
    if (!elsewhere && !may_revive(in, *status))
        return;
    *status = in->status;
    if (is_start(in->type) || in->status == JC_AGENT_IDLE || in->status == JC_AGENT_ENDED)
        *since_us = jc_maybe_is(in->event->timestamp_us);
}

static void begin_waiting(jc_waiting *waiting, const jc_event *event)
{
    jc_buf_clear(&waiting->message);
    waiting->tool = (jc_str){0};
    waiting->since_us = event->timestamp_us;
    waiting->sequence = event->sequence;
}

/* The agent waits, or goes on to wait. A request says for which tool, a notification what the user was
 * told; the first of each counts. */
static jc_status see_waiting(const acting *in, jc_agent_status before, jc_error *reterr)
{
    jc_waiting *waiting = &in->agent->waiting;
    const jc_payload *payload = &in->state->payload;
    if (before != JC_AGENT_WAITING)
        begin_waiting(waiting, in->event);
    if (in->type == JC_TYPE_AGENT_NOTIFIED && waiting->message.size == 0)
        return jc_text_set(&waiting->message, jc_payload_text(payload, "message"), reterr);
    if (in->type == JC_TYPE_PERMISSION_REQUESTED && waiting->tool.bytes == NULL)
        return replace(in->state, jc_payload_text(payload, "tool_name|tool|name"), &waiting->tool,
                       reterr);
    return JC_OK;
}

static jc_status count_event(acting *in, jc_error *reterr)
{
    jc_session_record *session = in->session;
    bool elsewhere = false;
    jc_status status = JC_OK;
    COUNT(in, events);
    see(&session->tally, in->event->timestamp_us);
    if (in->agent != NULL) {
        see(&in->agent->tally, in->event->timestamp_us);
        elsewhere = session != &in->state->no_session && in->agent->session != session;
        status = jc_agents_join(in->state, in->agent, session, reterr);
        jc_agent_status before = in->agent->status;
        if (in->agent != in->settled)
            set_status(in, &in->agent->status, &in->agent->since_us, elsewhere);
        if (status == JC_OK && in->status == JC_AGENT_WAITING &&
            in->agent->status == JC_AGENT_WAITING)
            status = see_waiting(in, before, reterr);
    }
    set_status(in, &session->status, &session->since_us, false);
    return status;
}

static jc_status agents_apply(void *context, const jc_event *event, jc_error *reterr)
{
    acting in = {.state = context,
                 .event = event,
                 .type = jc_event_type_of(event->event_type),
                 .status = JC_AGENT_ACTIVE};
    handler *take = handlers[in.type];
    if (take == NULL && event->agent_id.bytes == NULL)
        return JC_OK;
    jc_status status = JC_OK;
    if (take != NULL)
        status = jc_payload_read(&in.state->payload, event, reterr);
    if (status == JC_OK)
        status = find_actors(&in, take != NULL, reterr);
    if (status < 0)
        return status;
    if (jc_type_begins(event->event_type, "agent.note."))
        COUNT(&in, notes);
    if (take != NULL)
        status = take(&in, reterr);
    return status == JC_OK ? count_event(&in, reterr) : status;
}

static void agents_release(void *context)
{
    jc_agents *state = context;
    for (jc_session_record *each = state->first_session; each != NULL; each = each->next)
        jc_agents_release_session(state, each);
    jc_agents_release_session(state, &state->no_session);
    for (jc_agent_record *each = state->first_agent; each != NULL; each = each->next)
        jc_buf_release(&each->waiting.message);
    jc_payload_release(&state->payload);
    jc_buf_release(&state->room);
    jc_arena_release(&state->arena);
}

const jc_projection jc_projection_agents = {
    .name = "agents",
    .version = 5,
    .state_size = sizeof(jc_agents),
    .summary = "who did what: per agent and session, tools, errors, tokens, open calls, parents",
    .apply = agents_apply,
    .write_json = jc_agents_write_json,
    .read_json = jc_agents_read_json,
    .release = agents_release,
};

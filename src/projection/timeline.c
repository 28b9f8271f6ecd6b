/* The projection `timeline`: the Gantt of a workflow, as spans that have a parent.
 *
 *     workflow            from the first event to its completion
 *     ├ phase             until the next begins, or the workflow ends
 *     │ └ feature         one span an attempt, below the phase that it began in
 *     └ session           of an agent
 *       └ turn            from a prompt to the end of the answer; one at a time in a session
 *         └ tool, subagent, message       a subagent's own stand below it
 *
 * Later events know a span by its key, a tool_use_id, a session_id, an agent_id, a correlation_id. What
 * is told twice changes nothing; a start that comes in behind its end is joined to it, and is no later than
 * it; an end without a start makes a span with an end alone, unless the event tells a duration. A message's span is its
 * conversation: from what was sent first under a correlation id until that is completed. */
#include "projection/timeline.h"

#include "base/array.h"
#include "base/fail.h"
#include "jc/event_types.h"
#include "projection/actor.h"
#include "projection/registry.h"
#include "projection/timeline_json.h"

#include <stdlib.h>

#define NAME_SIZE_MAX 120 /* a prompt is no name */

/* A subagent that starts behind its end by no more is one that was overtaken, not one that was resumed. */
#define OVERTAKEN_US INT64_C(5000000)

typedef struct span_slot {
    jc_span *span;
} span_slot;

static jc_span *find_in(const jc_map *map, jc_str key)
{
    const span_slot *slot = key.bytes != NULL ? jc_map_get(map, key) : NULL;
    return slot != NULL ? slot->span : NULL;
}

static jc_span *find(const jc_timeline *state, jc_span_kind kind, jc_str key)
{
    return find_in(&state->by_key[kind], key);
}

/* `key` is kept already. */
static jc_status point_to(jc_timeline *state, jc_map *map, jc_str key, jc_span *span,
                          jc_error *reterr)
{
    span_slot *slot = jc_map_get(map, key);
    if (slot == NULL) {
        slot = jc_arena_get(&state->arena, sizeof *slot);
        if (slot == NULL || !jc_map_put(map, &state->arena, key, slot))
            return jc_fail_memory(reterr);
    }
    slot->span = span;
    return JC_OK;
}

jc_status jc_timeline_add(jc_timeline *state, const jc_span *span, jc_span **ret_span,
                          jc_error *reterr)
{
    jc_span *made = jc_arena_get(&state->arena, sizeof *made);
    if (made == NULL)
        return jc_fail_memory(reterr);
    *made = *span;
    made->next = NULL;
    if (state->last != NULL)
        state->last->next = made;
    else
        state->root = made;
    state->last = made;
    *ret_span = made;
    if (made->key.bytes == NULL)
        return JC_OK;
    return point_to(state, &state->by_key[made->kind], made->key, made, reterr);
}

jc_status jc_timeline_set_turn(jc_timeline *state, jc_str session_id, jc_span *turn,
                               jc_error *reterr)
{
    return point_to(state, &state->turn_of_session, session_id, turn, reterr);
}

jc_status jc_timeline_set_attempt(jc_timeline *state, size_t place, jc_span *span, jc_error *reterr)
{
    if (place == state->attempt_count) {
        jc_span **attempts = jc_array_grow(state->attempts, sizeof(jc_span *), state->attempt_count,
                                           &state->attempt_capacity);
        if (attempts == NULL)
            return jc_fail_memory(reterr);
        state->attempts = attempts;
        state->attempt_count++;
    }
    state->attempts[place] = span;
    return JC_OK;
}

static jc_status keep(jc_timeline *state, jc_str text, jc_str *ret, jc_error *reterr)
{
    return jc_texts_keep(&state->texts, &state->arena, text, ret, reterr);
}

/* The beginning of a text, not cut within a character. */
static jc_str cut(jc_str text)
{
    if (text.size <= NAME_SIZE_MAX)
        return text;
    size_t size = NAME_SIZE_MAX;
    while (size > 0 && ((unsigned char)text.bytes[size] & 0xc0) == 0x80)
        size--;
    return (jc_str){text.bytes, size};
}

/* Make a span of what `span` says, whose texts are borrowed. */
static jc_status make(jc_timeline *state, const jc_event *event, jc_span span, jc_span **ret,
                      jc_error *reterr)
{
    span.sequence = event->sequence;
    jc_status status = keep(state, cut(span.name), &span.name, reterr);
    if (status == JC_OK)
        status = keep(state, span.agent_id, &span.agent_id, reterr);
    if (status == JC_OK)
        status = keep(state, span.key, &span.key, reterr);
    if (status == JC_OK)
        status = keep(state, span.session, &span.session, reterr);
    return status == JC_OK ? jc_timeline_add(state, &span, ret, reterr) : status;
}

static bool is_open(const jc_span *span)
{
    return span != NULL && !span->ended_us.given;
}

static void end(jc_span *span, jc_span_status status, int64_t time_us)
{
    span->status = status;
    span->ended_us = jc_maybe_is(time_us);
}

/* An end that no start is known of. */
static jc_status make_ended(jc_timeline *state, const jc_event *event, jc_span span,
                            jc_span_status status, jc_span **ret, jc_error *reterr)
{
    span.started_us = jc_start_told(&state->payload, event->timestamp_us);
    end(&span, status, event->timestamp_us);
    return make(state, event, span, ret, reterr);
}

/* Does a start belong to an end that is there without one? */
static bool is_late_start(const jc_span *known, bool once, int64_t time_us)
{
    int64_t leeway_us = known->kind == JC_SPAN_SUBAGENT ? OVERTAKEN_US : 0;
    return known->ended_us.given && !known->started_us.given &&
           (once || time_us <= known->ended_us.value + leeway_us);
}

/* A start. `once`: the key never means another span, so that this may be a repetition. */
static jc_status begin(jc_timeline *state, const jc_event *event, jc_span span, bool once,
                       jc_span **ret, jc_error *reterr)
{
    jc_span *known = find(state, span.kind, span.key);
    int64_t time_us = event->timestamp_us;
    bool is_late = known != NULL && is_late_start(known, once, time_us);
    if (is_late)
        known->started_us =
            jc_maybe_is(time_us < known->ended_us.value ? time_us : known->ended_us.value);
    if (known != NULL && (is_late || once || is_open(known))) {
        *ret = known;
        return JC_OK;
    }
    span.started_us = jc_maybe_is(time_us);
    return make(state, event, span, ret, reterr);
}

/* An end. `once`: as above. */
static jc_status finish(jc_timeline *state, const jc_event *event, jc_span span, bool once,
                        jc_span_status status, jc_error *reterr)
{
    jc_span *known = find(state, span.kind, span.key);
    jc_span *made = NULL;
    if (known == NULL || (!is_open(known) && !once))
        return make_ended(state, event, span, status, &made, reterr);
    if (is_open(known))
        end(known, status, event->timestamp_us);
    return JC_OK;
}

/* Below what an event's spans stand: its agent's subagent, its session's turn, or the session. */
static jc_span *place_of(const jc_timeline *state, const jc_event *event)
{
    jc_str session_id = jc_session_of(&state->payload);
    jc_span *sub = find(state, JC_SPAN_SUBAGENT, event->agent_id);
    jc_span *turn = find_in(&state->turn_of_session, session_id);
    jc_span *session = find(state, JC_SPAN_SESSION, session_id);
    if (is_open(sub))
        return sub;
    if (is_open(turn))
        return turn;
    return session != NULL ? session : state->root;
}

static jc_status start_workflow(jc_timeline *state, const jc_event *event, jc_error *reterr)
{
    (void)event, (void)reterr;
    state->root->status = JC_SPAN_OPEN;
    state->root->ended_us = (jc_maybe){0};
    return JC_OK;
}

static jc_status pause(jc_timeline *state, const jc_event *event, jc_error *reterr)
{
    (void)event, (void)reterr;
    if (is_open(state->root))
        state->root->status = JC_SPAN_PAUSED;
    return JC_OK;
}

static jc_status resume(jc_timeline *state, const jc_event *event, jc_error *reterr)
{
    return start_workflow(state, event, reterr);
}

static jc_status end_workflow(jc_timeline *state, const jc_event *event, jc_error *reterr)
{
    jc_span_status status = jc_event_type_of(event->event_type) == JC_TYPE_WORKFLOW_FAILED
                                ? JC_SPAN_FAILED
                                : JC_SPAN_COMPLETED;
    (void)reterr;
    end(state->root, status, event->timestamp_us);
    if (state->phase != NULL)
        end(state->phase, status, event->timestamp_us);
    state->phase = NULL;
    return JC_OK;
}

/* The phase before, when this is the first to be heard of, ends without a start. */
static jc_status change_phase(jc_timeline *state, const jc_event *event, jc_error *reterr)
{
    jc_str to = jc_payload_text(&state->payload, "to_phase");
    jc_span span = {.kind = JC_SPAN_PHASE,
                    .parent = state->root,
                    .name = jc_payload_text(&state->payload, "from_phase"),
                    .agent_id = event->agent_id,
                    .key = JC_STR("phase"),
                    .is_before = true};
    jc_status status = JC_OK;
    if (to.bytes == NULL || (state->phase != NULL && jc_str_equal(state->phase->name, cut(to))))
        return JC_OK;
    bool is_first = find(state, JC_SPAN_PHASE, span.key) == NULL;
    if (state->phase != NULL)
        end(state->phase, JC_SPAN_COMPLETED, event->timestamp_us);
    else if (is_first && span.name.bytes != NULL)
        status = make_ended(state, event, span, JC_SPAN_COMPLETED, &state->phase, reterr);
    if (status < 0)
        return status;
    span.is_before = false;
    span.name = to;
    span.started_us = jc_maybe_is(event->timestamp_us);
    return make(state, event, span, &state->phase, reterr);
}

static jc_status start_attempt(jc_timeline *state, const jc_event *event, size_t place,
                               jc_span span, jc_error *reterr)
{
    jc_span *before = state->attempts[place];
    if (is_open(before))
        end(before, JC_SPAN_ABANDONED, event->timestamp_us);
    span.started_us = jc_maybe_is(event->timestamp_us);
    return make(state, event, span, &state->attempts[place], reterr);
}

/* A second end corrects the first. */
static jc_status end_attempt(jc_timeline *state, const jc_event *event, size_t place, jc_span span,
                             jc_span_status status, jc_error *reterr)
{
    if (state->attempts[place] == NULL)
        return make_ended(state, event, span, status, &state->attempts[place], reterr);
    end(state->attempts[place], status, event->timestamp_us);
    return JC_OK;
}

static jc_status take_feature(jc_timeline *state, const jc_event *event, jc_error *reterr)
{
    size_t place = JC_FEATURE_NONE;
    jc_status status = jc_feature_names_find(&state->names, &state->payload, &place, reterr);
    if (status < 0 || place == JC_FEATURE_NONE)
        return status;
    if (place == state->attempt_count)
        status = jc_timeline_set_attempt(state, place, NULL, reterr);
    if (status < 0)
        return status;
    jc_span span = {.kind = JC_SPAN_FEATURE,
                    .parent = state->phase != NULL ? state->phase : state->root,
                    .agent_id = event->agent_id,
                    .feature = place};
    jc_span *last = state->attempts[place];
    switch (jc_event_type_of(event->event_type)) {
    case JC_TYPE_FEATURE_STARTED:
        return start_attempt(state, event, place, span, reterr);
    case JC_TYPE_FEATURE_COMPLETED:
        return end_attempt(state, event, place, span, JC_SPAN_COMPLETED, reterr);
    case JC_TYPE_FEATURE_FAILED:
        return end_attempt(state, event, place, span, JC_SPAN_FAILED, reterr);
    case JC_TYPE_FEATURE_COMPLETION_REVERTED:
        if (last != NULL && last->status == JC_SPAN_COMPLETED)
            last->status = JC_SPAN_REVERTED;
        return JC_OK;
    case JC_TYPE_FEATURE_RENAMED:
        return jc_feature_names_change(&state->names, place, &state->payload, reterr);
    default:
        return JC_OK;
    }
}

/* The session that an event names, as a span to be. */
static jc_span session_span(const jc_timeline *state, const jc_event *event)
{
    jc_str id = jc_session_of(&state->payload);
    jc_str title = jc_payload_text(&state->payload, "session_title|title");
    return (jc_span){.kind = JC_SPAN_SESSION,
                     .parent = state->root,
                     .name = title.bytes != NULL ? title : id,
                     .agent_id = event->agent_id,
                     .key = id};
}

static jc_status start_session(jc_timeline *state, const jc_event *event, jc_error *reterr)
{
    jc_span *session = NULL;
    jc_span span = session_span(state, event);
    return span.key.bytes != NULL ? begin(state, event, span, false, &session, reterr) : JC_OK;
}

static jc_status end_session(jc_timeline *state, const jc_event *event, jc_error *reterr)
{
    jc_span span = session_span(state, event);
    jc_span *turn = find_in(&state->turn_of_session, span.key);
    if (span.key.bytes == NULL)
        return JC_OK;
    if (is_open(turn))
        end(turn, JC_SPAN_ABANDONED, event->timestamp_us);
    return finish(state, event, span, true, JC_SPAN_COMPLETED, reterr);
}

/* The turn that an event speaks of, as a span to be: its key is "SESSION/ID", absent without an id. */
static jc_status turn_span(jc_timeline *state, const jc_event *event, jc_span *ret,
                           jc_error *reterr)
{
    jc_str id = jc_payload_text(&state->payload, "turn_id|prompt_id");
    jc_str session = jc_session_of(&state->payload);
    jc_span *parent = find(state, JC_SPAN_SESSION, session);
    *ret = (jc_span){.kind = JC_SPAN_TURN,
                     .parent = parent != NULL ? parent : state->root,
                     .name = jc_payload_text(&state->payload, "prompt|content|text"),
                     .agent_id = event->agent_id,
                     .session = session.bytes != NULL ? session : JC_STR("")};
    if (id.bytes == NULL)
        return JC_OK;
    jc_status status = jc_text_set(&state->room, ret->session, reterr);
    if (status == JC_OK)
        status = jc_buf_append_char(&state->room, '/', reterr);
    if (status == JC_OK)
        status = jc_buf_append_str(&state->room, id, reterr);
    ret->key = jc_buf_str(&state->room);
    return status;
}

static jc_status start_turn(jc_timeline *state, const jc_event *event, jc_error *reterr)
{
    jc_span span;
    jc_span *turn = NULL;
    jc_status status = turn_span(state, event, &span, reterr);
    if (status < 0)
        return status;
    jc_span *before = find_in(&state->turn_of_session, span.session);
    bool is_known = find(state, JC_SPAN_TURN, span.key) != NULL;
    if (is_open(before) && !is_known)
        end(before, JC_SPAN_ABANDONED, event->timestamp_us);
    status = begin(state, event, span, true, &turn, reterr);
    if (status < 0 || is_known)
        return status;
    return jc_timeline_set_turn(state, turn->session, turn, reterr);
}

/* The turn that is named, else the one that is open. */
static jc_status end_turn(jc_timeline *state, const jc_event *event, jc_error *reterr)
{
    jc_span span;
    jc_span_status how = jc_event_type_of(event->event_type) == JC_TYPE_TURN_FAILED
                             ? JC_SPAN_FAILED
                             : JC_SPAN_COMPLETED;
    jc_status status = turn_span(state, event, &span, reterr);
    if (status < 0)
        return status;
    jc_span *open = find_in(&state->turn_of_session, span.session);
    if (find(state, JC_SPAN_TURN, span.key) == NULL && is_open(open)) {
        end(open, how, event->timestamp_us);
        return JC_OK;
    }
    return finish(state, event, span, true, how, reterr);
}

static jc_status tool_span(jc_timeline *state, const jc_event *event, jc_span *ret, bool *ret_once,
                           jc_error *reterr)
{
    *ret = (jc_span){.kind = JC_SPAN_TOOL,
                     .parent = place_of(state, event),
                     .name = jc_tool_of(&state->payload),
                     .agent_id = event->agent_id};
    *ret_once = jc_payload_text(&state->payload, "tool_use_id").bytes != NULL;
    return jc_call_key(&state->payload, event, &state->room, &ret->key, reterr);
}

static jc_status start_tool(jc_timeline *state, const jc_event *event, jc_error *reterr)
{
    jc_span span;
    jc_span *tool = NULL;
    bool once = false;
    jc_status status = tool_span(state, event, &span, &once, reterr);
    return status == JC_OK ? begin(state, event, span, once, &tool, reterr) : status;
}

static bool lies_below(const jc_span *span, const jc_span *other)
{
    while (span != NULL && span != other)
        span = span->parent;
    return span == other;
}

/* What came back of a call names the agent that it started: that one's span belongs below the call's. A span
 * is never below one that was made after it. */
static void see_launched(jc_timeline *state, jc_str call)
{
    jc_str id = jc_launched_by(&state->payload);
    jc_span *sub = find(state, JC_SPAN_SUBAGENT, id);
    jc_span *tool = find(state, JC_SPAN_TOOL, call);
    if (sub == NULL || tool == NULL || sub->parent->kind == JC_SPAN_TOOL ||
        tool->sequence > sub->sequence || lies_below(tool, sub))
        return;
    sub->parent = tool;
}

static jc_status end_tool(jc_timeline *state, const jc_event *event, jc_error *reterr)
{
    jc_span span;
    bool once = false;
    bool success = jc_event_type_of(event->event_type) != JC_TYPE_AGENT_TOOL_FAILED;
    jc_status status = tool_span(state, event, &span, &once, reterr);
    if (status < 0)
        return status;
    if (success)
        (void)jc_payload_bool(&state->payload, "success", &success);
    if (success)
        see_launched(state, span.key);
    return finish(state, event, span, once, success ? JC_SPAN_COMPLETED : JC_SPAN_FAILED, reterr);
}

/* It ends a call that is open; by itself it is no span. */
static jc_status deny_tool(jc_timeline *state, const jc_event *event, jc_error *reterr)
{
    jc_span span;
    bool once = false;
    jc_status status = tool_span(state, event, &span, &once, reterr);
    if (status < 0)
        return status;
    jc_span *tool = find(state, JC_SPAN_TOOL, span.key);
    if (is_open(tool))
        end(tool, JC_SPAN_DENIED, event->timestamp_us);
    return JC_OK;
}

/* Below the call that started it, else below its parent. Without an id it is known by its type. */
static jc_span subagent_span(const jc_timeline *state, const jc_event *event)
{
    jc_subagent sub = jc_subagent_of(&state->payload, event);
    jc_str call = jc_payload_text(&state->payload, "parent_tool_use_id|tool_use_id");
    jc_span *parent = find(state, JC_SPAN_TOOL, call);
    if (parent == NULL)
        parent = find(state, JC_SPAN_SUBAGENT, sub.parent_id);
    if (parent == NULL || (!is_open(parent) && parent->kind == JC_SPAN_SUBAGENT))
        parent = place_of(state, event);
    return (jc_span){.kind = JC_SPAN_SUBAGENT,
                     .parent = parent,
                     .name = sub.type.bytes != NULL ? sub.type : sub.id,
                     .agent_id = sub.id,
                     .key = sub.id.bytes != NULL ? sub.id : sub.type};
}

static jc_status start_subagent(jc_timeline *state, const jc_event *event, jc_error *reterr)
{
    jc_span *sub = NULL;
    jc_span span = subagent_span(state, event);
    return span.key.bytes != NULL ? begin(state, event, span, false, &sub, reterr) : JC_OK;
}

static jc_status end_subagent(jc_timeline *state, const jc_event *event, jc_error *reterr)
{
    jc_span span = subagent_span(state, event);
    return span.key.bytes != NULL ? finish(state, event, span, true, JC_SPAN_COMPLETED, reterr)
                                  : JC_OK;
}

/* The message that an event speaks of, as a span to be. */
static jc_span message_span(const jc_timeline *state, const jc_event *event)
{
    jc_str correlation = event->correlation_id;
    jc_str from = jc_payload_text(&state->payload, "from_agent");
    if (correlation.bytes == NULL)
        correlation = jc_payload_text(&state->payload, "correlation_id");
    return (jc_span){.kind = JC_SPAN_MESSAGE,
                     .parent = place_of(state, event),
                     .name = jc_payload_text(&state->payload, "subject|message_type"),
                     .agent_id = from.bytes != NULL ? from : event->agent_id,
                     .key = correlation};
}

static jc_status send_message(jc_timeline *state, const jc_event *event, jc_error *reterr)
{
    jc_span *message = NULL;
    jc_span span = message_span(state, event);
    jc_str to = jc_payload_text(&state->payload, "to_agent");
    jc_status status = jc_text_set(&state->other_room, span.agent_id, reterr);
    if (status == JC_OK)
        status = jc_buf_append_text(&state->other_room, " → ", reterr);
    if (status == JC_OK && to.bytes != NULL)
        status = jc_buf_append_str(&state->other_room, to, reterr);
    if (status < 0)
        return status;
    span.name = jc_buf_str(&state->other_room);
    return begin(state, event, span, false, &message, reterr);
}

static jc_status acknowledge_message(jc_timeline *state, const jc_event *event, jc_error *reterr)
{
    jc_span *message = find(state, JC_SPAN_MESSAGE, message_span(state, event).key);
    (void)reterr;
    if (is_open(message))
        message->status = JC_SPAN_ACKNOWLEDGED;
    return JC_OK;
}

static jc_status complete_message(jc_timeline *state, const jc_event *event, jc_error *reterr)
{
    bool success = true;
    jc_span span = message_span(state, event);
    (void)jc_payload_bool(&state->payload, "success", &success);
    if (span.key.bytes == NULL)
        return JC_OK;
    return finish(state, event, span, true, success ? JC_SPAN_COMPLETED : JC_SPAN_FAILED, reterr);
}

/* What each type does. The event's data is read; types that are not here change nothing. */
typedef jc_status handler(jc_timeline *state, const jc_event *event, jc_error *reterr);

static handler *const handlers[JC_TYPE_OTHER + 1] = {
    [JC_TYPE_AGENT_MESSAGE_ACKNOWLEDGED] = acknowledge_message,
    [JC_TYPE_AGENT_MESSAGE_COMPLETED] = complete_message,
    [JC_TYPE_AGENT_MESSAGE_SENT] = send_message,
    [JC_TYPE_AGENT_TOOL_COMPLETED] = end_tool,
    [JC_TYPE_AGENT_TOOL_FAILED] = end_tool,
    [JC_TYPE_AGENT_TOOL_STARTED] = start_tool,
    [JC_TYPE_AGENT_TOOL_USE] = end_tool,
    [JC_TYPE_FEATURE_COMPLETED] = take_feature,
    [JC_TYPE_FEATURE_COMPLETION_REVERTED] = take_feature,
    [JC_TYPE_FEATURE_FAILED] = take_feature,
    [JC_TYPE_FEATURE_PLANNED] = take_feature,
    [JC_TYPE_FEATURE_RENAMED] = take_feature,
    [JC_TYPE_FEATURE_STARTED] = take_feature,
    [JC_TYPE_PERMISSION_DENIED] = deny_tool,
    [JC_TYPE_PHASE_CHANGED] = change_phase,
    [JC_TYPE_SESSION_ENDED] = end_session,
    [JC_TYPE_SESSION_STARTED] = start_session,
    [JC_TYPE_SUBAGENT_COMPLETED] = end_subagent,
    [JC_TYPE_SUBAGENT_STARTED] = start_subagent,
    [JC_TYPE_TURN_COMPLETED] = end_turn,
    [JC_TYPE_TURN_FAILED] = end_turn,
    [JC_TYPE_TURN_STARTED] = start_turn,
    [JC_TYPE_WORKFLOW_COMPLETED] = end_workflow,
    [JC_TYPE_WORKFLOW_FAILED] = end_workflow,
    [JC_TYPE_WORKFLOW_PAUSED] = pause,
    [JC_TYPE_WORKFLOW_PHASE_CHANGED] = change_phase,
    [JC_TYPE_WORKFLOW_RESUMED] = resume,
    [JC_TYPE_WORKFLOW_STARTED] = start_workflow,
};

static jc_status timeline_apply(void *context, const jc_event *event, jc_error *reterr)
{
    jc_timeline *state = context;
    handler *take = handlers[jc_event_type_of(event->event_type)];
    jc_status status = JC_OK;
    if (state->root == NULL) {
        jc_span root = {.kind = JC_SPAN_WORKFLOW,
                        .name = event->workflow_id,
                        .started_us = jc_maybe_is(event->timestamp_us)};
        status = make(state, event, root, &state->root, reterr);
    }
    if (status < 0 || take == NULL)
        return status;
    status = jc_payload_read(&state->payload, event, reterr);
    return status == JC_OK ? take(state, event, reterr) : status;
}

static void timeline_release(void *context)
{
    jc_timeline *state = context;
    jc_feature_names_release(&state->names);
    jc_payload_release(&state->payload);
    jc_buf_release(&state->room);
    jc_buf_release(&state->other_room);
    jc_arena_release(&state->arena);
    free(state->attempts);
}

const jc_projection jc_projection_timeline = {
    .name = "timeline",
    .version = 3,
    .state_size = sizeof(jc_timeline),
    .summary = "spans of time: phases, attempts at features, sessions, turns, tools, messages",
    .apply = timeline_apply,
    .write_json = jc_timeline_write_json,
    .read_json = jc_timeline_read_json,
    .release = timeline_release,
};

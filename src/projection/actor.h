/* Who acts in an event, and on what: the names that agents' events carry, which several projections
 * read. */
#ifndef JC_PROJECTION_ACTOR_H
#define JC_PROJECTION_ACTOR_H

#include "projection/payload.h"

/* A subagent, and who started it. What is not told is absent. */
typedef struct jc_subagent {
    jc_str id;
    jc_str type;
    jc_str parent_id; /* never the same as id */
} jc_subagent;

/* Whom subagent.started and .completed speak of: agent_id in data is the subagent; its parent is
 * parent_agent_id, else the event's own agent. */
jc_subagent jc_subagent_of(const jc_payload *payload, const jc_event *event);

/* Whom a tool call started, by what came back of it: tool_response.agentId. Absent: nobody. */
jc_str jc_launched_by(const jc_payload *payload);

/* The session that data names; absent when none. */
jc_str jc_session_of(const jc_payload *payload);

/* The name of a tool; "tool" when it has none. */
jc_str jc_tool_of(const jc_payload *payload);

/* What a tool call is known by until it ends: its tool_use_id, else "AGENT/TOOL", borrowed from `room`
 * until the next call. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_call_key(const jc_payload *payload, const jc_event *event, jc_buf *room,
                                    jc_str *ret_key, jc_error *reterr);

/* Does a type begin with that? */
bool jc_type_begins(jc_str event_type, const char *prefix);

#endif

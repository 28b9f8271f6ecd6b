/* The state of the projection `agents`, for those who read it typed. */
#ifndef JC_PROJECTION_AGENTS_H
#define JC_PROJECTION_AGENTS_H

#include "projection/tally.h"
#include "projection/texts.h"

typedef enum jc_agent_status {
    JC_AGENT_UNKNOWN, /* others spoke of it, itself it did nothing */
    JC_AGENT_ACTIVE,
    JC_AGENT_WAITING, /* for a permission, or for its user */
    JC_AGENT_IDLE,    /* its turn is over */
    JC_AGENT_ENDED
} jc_agent_status;

#define JC_AGENT_STATUS_COUNT 5

/* How many of its last messages a session knows again. The usage of one message is told by events
 * that follow each other, at most parallel subagents tell theirs in between. */
#define JC_RECENT_MESSAGES 32

/* How many ends without a start a session knows. Hooks that nobody waits for overtake each other, so
 * that some starts come in behind their ends; those are few, and come soon. */
#define JC_UNSTARTED_MAX 32

struct jc_agent_record;
struct jc_session_record;

/* A tool call that was started and has not ended. */
typedef struct jc_open_call {
    jc_buf key; /* tool_use_id, or what stands in for it */
    jc_str tool;
    jc_maybe started_us;
    uint64_t sequence;             /* of its start */
    struct jc_agent_record *agent; /* NULL: none was named */
    struct jc_session_record *session;
    struct jc_open_call *before; /* of the same session, in order of their starts */
    struct jc_open_call *next;
} jc_open_call;

/* What a message added to the sums, to be taken away again when it is told anew. */
typedef struct jc_recent_message {
    jc_buf id;
    jc_tokens tokens;
    jc_cost agent_cost;
    jc_cost session_cost;
    struct jc_agent_record *agent;
} jc_recent_message;

/* What ended before its start was told: a call by its tool_use_id, a turn by its prompt, a subagent. */
typedef struct jc_unstarted {
    jc_buf key;
    int64_t ended_us;
} jc_unstarted;

typedef struct jc_session_record {
    jc_str id; /* absent for the one of what names no session */
    jc_str model;
    jc_agent_status status;
    jc_maybe since_us; /* the start or end that decided the status: nothing earlier changes it */
    jc_maybe started_us;
    jc_maybe ended_us;
    jc_tally tally;
    struct jc_agent_record *agent; /* whose session it is; NULL: not known */
    jc_open_call *first_call;
    jc_open_call *last_call;
    jc_recent_message *recent; /* NULL, or JC_RECENT_MESSAGES, used as a ring */
    size_t recent_count;
    size_t recent_next;      /* where the next one goes */
    jc_unstarted *unstarted; /* NULL, or JC_UNSTARTED_MAX, oldest first */
    size_t unstarted_count;
    jc_buf turn; /* the turn that was started last; empty: none has an id */
    struct jc_session_record *next;
} jc_session_record;

/* What an agent waits for, while it does; kept from the event that made it wait. */
typedef struct jc_waiting {
    jc_str tool;    /* that it asked to use; absent: nobody said */
    jc_buf message; /* what it told its user; empty: nothing */
    int64_t since_us;
    uint64_t sequence;
} jc_waiting;

/* A session in which an agent was seen. */
typedef struct jc_agent_session {
    jc_session_record *session;
    struct jc_agent_session *next;
} jc_agent_session;

typedef struct jc_agent_record {
    jc_str id;
    jc_str type;
    jc_str model;
    jc_str parent_id;
    jc_agent_status status;
    jc_maybe since_us;  /* as a session's */
    jc_waiting waiting; /* while that is its status */
    bool is_running;    /* a subagent that was started and has not ended */
    jc_tally tally;
    uint64_t open_calls;
    jc_session_record *session; /* the one it was seen in last */
    jc_agent_session *first_session;
    jc_agent_session *last_session;
    struct jc_agent_record *next;
} jc_agent_record;

typedef struct jc_agents {
    jc_arena arena; /* owns records and all text but what is a jc_buf */
    jc_payload payload;
    jc_buf room;
    jc_texts texts;
    jc_map agent_by_id;
    jc_map session_by_id;
    jc_map session_of_agent; /* "AGENT\0SESSION", for pairs that were seen */
    jc_map call_by_key;      /* to jc_open_call */
    jc_agent_record *first_agent;
    jc_agent_record *last_agent;
    jc_session_record *first_session;
    jc_session_record *last_session;
    jc_session_record no_session;
} jc_agents;

/* For both ways in, events and JSON. */

/* The one copy of a text that lives as long as the state; absent stays absent. */
JC_MUST_CHECK jc_status jc_agents_keep(jc_agents *state, jc_str text, jc_str *ret_kept,
                                       jc_error *reterr);

/* The record under that id, which is new when there was none. */
JC_MUST_CHECK jc_status jc_agents_agent(jc_agents *state, jc_str id, jc_agent_record **ret_agent,
                                        jc_error *reterr);
JC_MUST_CHECK jc_status jc_agents_session(jc_agents *state, jc_str id,
                                          jc_session_record **ret_session, jc_error *reterr);

/* Remember that an agent was seen in a session, and that it was the last. */
JC_MUST_CHECK jc_status jc_agents_join(jc_agents *state, jc_agent_record *agent,
                                       jc_session_record *session, jc_error *reterr);

/* Begin a call; `call` says all but its key. The tallies of the tool are left as they are. */
JC_MUST_CHECK jc_status jc_agents_open_call(jc_agents *state, jc_str key, const jc_open_call *call,
                                            jc_error *reterr);

/* End a call: it is forgotten and freed. */
void jc_agents_close_call(jc_agents *state, jc_open_call *call);

/* The place where a session keeps the next message; what was there is forgotten. */
JC_MUST_CHECK jc_status jc_agents_next_message(jc_session_record *session,
                                               jc_recent_message **ret_message, jc_error *reterr);

void jc_agents_forget_messages(jc_session_record *session);

/* Remember what ended without a start; of too many, the oldest is forgotten. */
JC_MUST_CHECK jc_status jc_agents_add_unstarted(jc_session_record *session, jc_str key,
                                                int64_t ended_us, jc_error *reterr);

/* Its start is here: did it end before, and when? It is forgotten. */
bool jc_agents_take_unstarted(jc_session_record *session, jc_str key, int64_t *ret_ended_us);

/* Free what a session keeps beside the arena. */
void jc_agents_release_session(jc_agents *state, jc_session_record *session);

#endif

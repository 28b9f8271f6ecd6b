/* The table of hooks: which agents there are, how their payloads are recognised, and what becomes of each
 * hook. Another agent is another list of rows (docs/HACKING.md, "Add another agent's hooks"). */
#ifndef JC_INTAKE_HOOK_TABLE_H
#define JC_INTAKE_HOOK_TABLE_H

#include "intake/fact.h"

#include <yyjson.h>

/* Which members make a fact's key. A payload without them has none, and is a moment. */
typedef enum jc_hook_key {
    JC_HOOK_KEY_NONE,
    JC_HOOK_KEY_TURN,     /* the agent's turn_id */
    JC_HOOK_KEY_CALL,     /* tool_use_id */
    JC_HOOK_KEY_BATCH,    /* the tool_use_id of each of tool_calls, "," between */
    JC_HOOK_KEY_SUBAGENT, /* agent_id */
    JC_HOOK_KEY_TASK,     /* task_id */
    JC_HOOK_KEY_MESSAGE   /* message_id, "," and index */
} jc_hook_key;

/* What caused it. What a payload does not name causes nothing; the next is taken then. */
typedef enum jc_hook_cause {
    JC_HOOK_CAUSE_NONE,
    JC_HOOK_CAUSE_TURN,  /* the start of its turn */
    JC_HOOK_CAUSE_AGENT, /* the start of the subagent that acts, else of its turn */
    JC_HOOK_CAUSE_CALL   /* the start of its tool call, else as for AGENT */
} jc_hook_cause;

/* Members that the mapping adds to a payload, unless it has them. Bits. */
enum jc_hook_adds {
    JC_HOOK_ADDS_HUMAN = 1,        /* human: did a person write the prompt? */
    JC_HOOK_ADDS_SUCCESS = 2,      /* success: as tool_response tells it, else true */
    JC_HOOK_ADDS_TOLD_SUCCESS = 4, /* the same, where tool_response tells it */
    JC_HOOK_ADDS_FAILURE = 8,      /* success: false */
    JC_HOOK_ADDS_WORKTREE = 16     /* worktree: its name, the last part of worktree_path */
};

typedef struct jc_hook_row {
    const char *hook; /* the name of the hook event */
    const char *event_type;
    jc_fact_rule rule; /* where there is a key; a moment otherwise */
    jc_fact_kind kind;
    jc_hook_key key;
    jc_hook_cause cause;
    unsigned adds; /* bits of enum jc_hook_adds */
} jc_hook_row;

typedef struct jc_hook_agent {
    const char *name;
    const char *const *has;   /* a payload is this agent's when it has all of these members, */
    const char *const *lacks; /* and none of these; ended by NULL */

    /* Under which names its payloads have these. */
    const char *hook_name;
    const char *session_id;
    const char *turn_id;

    const jc_hook_row *rows; /* the last has no hook: what becomes of all others */
} jc_hook_agent;

/* Whose payload is it? There is always one: the last agent takes what no other does. */
const jc_hook_agent *jc_hook_agent_of(yyjson_val *payload);

/* The row of a hook. */
const jc_hook_row *jc_hook_row_of(const jc_hook_agent *agent, jc_str hook);

#endif

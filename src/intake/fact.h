/* A fact about an agent, whoever tells it: which tellings are the same, and how it gets into the log once.
 *
 * Hooks and transcripts tell the same facts in different words. A fact that has a natural key (a tool call
 * its tool_use_id) has an id derived from session, kind and key, so that the second telling meets the first.
 * docs/FORMAT.md lists the keys; they never change. */
#ifndef JC_INTAKE_FACT_H
#define JC_INTAKE_FACT_H

#include "base/arena.h"
#include "jc/store.h"

/* Two tellings without a natural key are the same fact when they are equal and at most this far apart. */
#define JC_FACT_MOMENT_US INT64_C(2000000)

/* What a hook and a transcript tell without a common key, a session's start or a compaction, is the same when
 * it is of one session and at most this far apart. */
#define JC_FACT_NEAR_US INT64_C(5000000)

typedef enum jc_fact_rule {
    JC_FACT_MOMENT, /* no natural key: equal, and within JC_FACT_MOMENT_US, is the same */
    JC_FACT_ONE,    /* one of its key, whatever it says */
    JC_FACT_ORDINAL /* of its key there may be several: what says the same is the same */
} jc_fact_rule;

/* The kinds of facts that have a key: names in derived ids, which never change. */
#define JC_FACT_KIND_MAP(X)                                                                        \
    X(JC_FACT_NONE, "")                                                                            \
    X(JC_FACT_TURN_STARTED, "turn.started")             /* prompt id */                            \
    X(JC_FACT_TURN_COMPLETED, "turn.completed")         /* prompt id */                            \
    X(JC_FACT_TURN_FAILED, "turn.failed")               /* prompt id */                            \
    X(JC_FACT_TOOL_STARTED, "tool.started")             /* tool_use_id */                          \
    X(JC_FACT_TOOL_COMPLETED, "tool.completed")         /* tool_use_id */                          \
    X(JC_FACT_TOOL_FAILED, "tool.failed")               /* tool_use_id */                          \
    X(JC_FACT_TOOL_BATCH, "tool.batch")                 /* tool_use_ids, "," between */            \
    X(JC_FACT_PERMISSION_DENIED, "permission.denied")   /* tool_use_id */                          \
    X(JC_FACT_SUBAGENT_STARTED, "subagent.started")     /* agent_id */                             \
    X(JC_FACT_SUBAGENT_COMPLETED, "subagent.completed") /* agent_id */                             \
    X(JC_FACT_TASK_CREATED, "task.created")             /* task_id */                              \
    X(JC_FACT_TASK_COMPLETED, "task.completed")         /* task_id */                              \
    X(JC_FACT_TEXT_SHOWN, "text.shown")                 /* message_id, "," and index */            \
    X(JC_FACT_RESPONSE, "response")                     /* message_id, "," and output tokens */    \
    X(JC_FACT_LINE, "line")                             /* a transcript line's uuid */

typedef enum jc_fact_kind {
#define JC_FACT_KIND_ENUM(name, word) name,
    JC_FACT_KIND_MAP(JC_FACT_KIND_ENUM)
#undef JC_FACT_KIND_ENUM
} jc_fact_kind;

typedef struct jc_fact {
    jc_event event; /* its id: given for JC_FACT_MOMENT, derived by the append for the others */
    jc_fact_rule rule;
    jc_fact_kind kind;
    jc_str session_id; /* "" for JC_FACT_RESPONSE, whose message ids are the world's */
    jc_str key;
} jc_fact;

/* The id of the fact of that key; `ordinal` is 0 for JC_FACT_ONE, and 1 for the first of JC_FACT_ORDINAL.
 * UUIDv5 in the namespace of hooks, of session, kind, key and, unless it is 0, the ordinal. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_fact_id(jc_str session_id, jc_fact_kind kind, jc_str key,
                                   uint64_t ordinal, jc_uuid *ret_id, jc_error *reterr);

/* The word of a kind, and the kind of a word (JC_FACT_NONE: there is no such kind). */
const char *jc_fact_kind_word(jc_fact_kind kind);
jc_fact_kind jc_fact_kind_of(jc_str word);

typedef struct jc_fact_result {
    jc_uuid id;
    uint64_t position;
    bool already_stored;
} jc_fact_result;

/* Who told an event. */
typedef enum jc_teller {
    JC_TELLER_ANY,
    JC_TELLER_HOOK,
    JC_TELLER_TRANSCRIPT
} jc_teller;

/* Look for an event of that type and session in a workflow, told by that teller and, with `near_us`, at most
 * JC_FACT_NEAR_US from it. ret_result->already_stored is whether there is one. Of what is stored, all of the
 * type is passed, so this is for types of which a session has few. */
JC_MUST_CHECK jc_status jc_fact_look(jc_store *store, jc_str workflow_id, jc_str session_id,
                                     jc_str event_type, jc_teller teller, const int64_t *near_us,
                                     jc_fact_result *ret_result, jc_error *reterr);

/* Append a fact unless it is stored, whoever told it. `deadline_us` is on the clock of
 * jc_clock_monotonic_us(); past it, what would have to be tried again is JC_EBUSY. Otherwise as jc_append(). */
JC_MUST_CHECK jc_status jc_fact_append(jc_store *store, const jc_fact *fact, int64_t deadline_us,
                                       jc_fact_result *ret_result, jc_error *reterr);

/* Is the event of that id stored? It is borrowed until the next call with this store. JC_ENOTFOUND. */
JC_MUST_CHECK jc_status jc_fact_find(jc_store *store, jc_uuid id, jc_event *ret_event,
                                     jc_error *reterr);

#endif

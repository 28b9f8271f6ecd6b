/* The state of the projection `timeline`, for those who read it typed. */
#ifndef JC_PROJECTION_TIMELINE_H
#define JC_PROJECTION_TIMELINE_H

#include "projection/feature_names.h"
#include "projection/maybe.h"
#include "projection/texts.h"

/* X(name, word) */
#define JC_SPAN_KIND_MAP(X)                                                                        \
    X(JC_SPAN_WORKFLOW, "workflow")                                                                \
    X(JC_SPAN_PHASE, "phase")                                                                      \
    X(JC_SPAN_FEATURE, "feature")                                                                  \
    X(JC_SPAN_SESSION, "session")                                                                  \
    X(JC_SPAN_TURN, "turn")                                                                        \
    X(JC_SPAN_TOOL, "tool")                                                                        \
    X(JC_SPAN_SUBAGENT, "subagent")                                                                \
    X(JC_SPAN_MESSAGE, "message")

#define JC_SPAN_STATUS_MAP(X)                                                                      \
    X(JC_SPAN_OPEN, "open")                                                                        \
    X(JC_SPAN_PAUSED, "paused")                                                                    \
    X(JC_SPAN_ACKNOWLEDGED, "acknowledged")                                                        \
    X(JC_SPAN_COMPLETED, "completed")                                                              \
    X(JC_SPAN_FAILED, "failed")                                                                    \
    X(JC_SPAN_DENIED, "denied")                                                                    \
    X(JC_SPAN_ABANDONED, "abandoned") /* the next began, and nobody had ended it */                \
    X(JC_SPAN_REVERTED, "reverted")   /* completed, but that was taken back */

#define JC_SPAN_ENUM(name, word) name,
typedef enum jc_span_kind {
    JC_SPAN_KIND_MAP(JC_SPAN_ENUM) JC_SPAN_KIND_COUNT
} jc_span_kind;
typedef enum jc_span_status {
    JC_SPAN_STATUS_MAP(JC_SPAN_ENUM) JC_SPAN_STATUS_COUNT
} jc_span_status;

/* A stretch of time. Its id is KIND:SEQUENCE of the event that made it. */
typedef struct jc_span {
    jc_span_kind kind;
    jc_span_status status;
    bool is_before;         /* the phase that ended by the event that began another */
    uint64_t sequence;      /* of the event that made it */
    struct jc_span *parent; /* NULL: the root */
    jc_str name;
    jc_str agent_id;
    jc_str key;     /* what later events know it by: tool_use_id, session_id … */
    jc_str session; /* of a turn: its session */
    size_t feature; /* of an attempt: the place of its feature */
    jc_maybe started_us;
    jc_maybe ended_us;
    struct jc_span *next; /* in order of making */
} jc_span;

typedef struct jc_timeline {
    jc_arena arena; /* owns spans and text */
    jc_payload payload;
    jc_buf room;       /* for keys */
    jc_buf other_room; /* for names */
    jc_texts texts;
    jc_feature_names names;
    jc_span **attempts; /* the last one of each feature, by place; NULL: none yet */
    size_t attempt_count;
    size_t attempt_capacity;
    jc_map by_key[JC_SPAN_KIND_COUNT]; /* to a slot that holds the newest span of that key */
    jc_map turn_of_session;            /* to a slot that holds its newest turn */
    jc_span *root;                     /* NULL before the first event */
    jc_span *phase;                    /* the one that is open, or NULL */
    jc_span *last;
} jc_timeline;

/* For both ways in, events and JSON. Texts of the span are kept already. */

/* A span behind the others, found by its key from now on, when it has one. *ret_span stays. */
JC_MUST_CHECK jc_status jc_timeline_add(jc_timeline *state, const jc_span *span, jc_span **ret_span,
                                        jc_error *reterr);

/* Remember which is the newest turn of a session. */
JC_MUST_CHECK jc_status jc_timeline_set_turn(jc_timeline *state, jc_str session_id, jc_span *turn,
                                             jc_error *reterr);

/* Let `span` (NULL: none yet) be the last attempt at the feature of that place. */
JC_MUST_CHECK jc_status jc_timeline_set_attempt(jc_timeline *state, size_t place, jc_span *span,
                                                jc_error *reterr);

#endif

/* Questions that go beyond what the log's own filter answers. */
#ifndef JC_QUERY_H
#define JC_QUERY_H

#include "jc/projection.h"
#include "jc/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A test of an event's content, applied to what a cursor gives. */
typedef struct jc_match jc_match;

/* Compile a test. `grep` (absent: any event) is found in the event's type, agent, ids or data, ASCII
 * letters in either case, escapes in data as what they mean. Each of `where` is PATH=VALUE: PATH is dotted (data.feature.name,
 * agent_id) or a JSON pointer (RFC 6901: /data/tags/0), VALUE is compared with a string's text, or
 * with the JSON text of anything else. All must hold. The caller frees *ret_match.
 * JC_EINVAL  a PATH=VALUE is malformed. */
JC_API JC_MUST_CHECK jc_status jc_match_new(jc_str grep, const jc_str where[], size_t where_count,
                                            jc_match **ret_match, jc_error *reterr);

/* JC_OK: it matches. JC_END: it does not. JC_ECORRUPT: the stored event is damaged. JC_ENOMEM. */
JC_API JC_MUST_CHECK jc_status jc_match_test(jc_match *match, const jc_event *event,
                                             jc_error *reterr);

JC_API void jc_match_free(jc_match *match);

/* What differs between two states, or between any two JSON texts. */
typedef enum jc_change_kind {
    JC_CHANGE_ADDED,
    JC_CHANGE_REMOVED,
    JC_CHANGE_CHANGED
} jc_change_kind;

typedef struct jc_change {
    jc_change_kind kind;
    jc_str path;    /* for people: features[auth].status */
    jc_str pointer; /* RFC 6901, into the second text, or of what was removed into the first */
    jc_str before;  /* JSON; absent of what was added */
    jc_str after;   /* JSON; absent of what was removed */
} jc_change;

/* Call `each` for every change, in the order of the second text; its texts are borrowed for the call.
 * Where all elements of two lists have an id or a name, and no two of a list the same, each is compared
 * with the element of that id or name, wherever that stands: order alone is no change. Elements of other
 * lists are compared with those at the same place. JC_EINVAL: one of them is not JSON. */
JC_API JC_MUST_CHECK jc_status jc_json_diff(jc_str before, jc_str after,
                                            void (*each)(void *context, const jc_change *change),
                                            void *context, jc_error *reterr);

/* Where two workflows part. */
typedef struct jc_parting {
    uint64_t sequence; /* of the first events that differ; 0: none do, they are of one length */
    jc_event first;    /* sequence 0: this workflow ended before */
    jc_event second;
    const char *differs; /* "event_type", "data" or "agent_id"; "" when one has ended */
} jc_parting;

/* Compare two workflows event by event: types, agents and data, not ids, times and correlations. The
 * events are borrowed from *ret_cursors, two cursors that the caller closes.
 * JC_ENOTFOUND  there is no such workflow. */
JC_API JC_MUST_CHECK jc_status jc_workflow_compare(jc_store *store, jc_str first, jc_str second,
                                                   jc_cursor *ret_cursors[2],
                                                   jc_parting *ret_parting, jc_error *reterr);

/* Full-text search over all events, by an index in .jc/cache.db that follows the log: it is brought up
 * to date first, so an event is found as soon as it is stored, by any process. */
typedef struct jc_search jc_search;

/* Where an excerpt of a hit begins and ends to match. */
#define JC_SEARCH_MARK_BEGIN '\x01'
#define JC_SEARCH_MARK_END '\x02'

typedef struct jc_search_hit {
    const jc_event *event; /* borrowed, as the excerpt, until the next call with this search */
    double rank;           /* the smaller the better a match (BM25) */
    jc_str excerpt;        /* a piece of its text, what matched between the marks */
} jc_search_hit;

/* Search for words. All must be there, in either case and with or without accents; "several words"
 * as they stand; word* for a beginning; OR between two for either. They are looked for in the texts
 * and numbers of an event's data, in its type, its workflow's id and its agent's. `filter` (NULL: all
 * events) narrows it down; from, to and reverse of it are not looked at. `progress` (may be NULL) is
 * told how many of how many events are in the index, while it is being built. The caller frees
 * *ret_search, before the store is closed.
 *
 * Without a cache that can be written, an index is built in memory for this search alone.
 *
 * JC_EINVAL     there is no word in `text`, or it is not UTF-8.
 * JC_ECORRUPT   a stored event is damaged.
 * JC_EUNSUPPORTED  SQLite has no full-text search here (FTS5). */
JC_API JC_MUST_CHECK jc_status jc_search_new(jc_store *store, jc_str text, const jc_filter *filter,
                                             void (*progress)(void *context, uint64_t done,
                                                              uint64_t total),
                                             void *context, jc_search **ret_search,
                                             jc_error *reterr);

/* The next hit, the best first. JC_END: there is no more. */
JC_API JC_MUST_CHECK jc_status jc_search_next(jc_search *search, jc_search_hit *ret_hit,
                                              jc_error *reterr);

JC_API void jc_search_free(jc_search *search);

/* Times, in microseconds, and durations, in milliseconds, that nobody told of. */
#define JC_UNKNOWN INT64_C(-1)

#define JC_ATTEMPT_STATUS_MAP(X)                                                                   \
    X(JC_ATTEMPT_RUNNING, "running")                                                               \
    X(JC_ATTEMPT_COMPLETED, "completed")                                                           \
    X(JC_ATTEMPT_FAILED, "failed")                                                                 \
    X(JC_ATTEMPT_ABANDONED, "abandoned")                                                           \
    X(JC_ATTEMPT_REVERTED, "reverted")

/* How an attempt at a feature ended, if it did. Nobody ended an abandoned one before the next began; a
 * reverted one was completed, but that was taken back. */
typedef enum jc_attempt_status {
#define JC_ATTEMPT_STATUS_ENUM(name, text) name,
    JC_ATTEMPT_STATUS_MAP(JC_ATTEMPT_STATUS_ENUM)
#undef JC_ATTEMPT_STATUS_ENUM
    JC_ATTEMPT_STATUS_COUNT
} jc_attempt_status;

typedef struct jc_attempt {
    jc_attempt_status status;
    int64_t started_us;
    int64_t ended_us;
    int64_t duration_ms;
    int64_t
        waited_ms; /* before it: since the end of the one before, or since the feature was planned */
} jc_attempt;

#define JC_FEATURE_STATE_MAP(X)                                                                    \
    X(JC_FEATURE_IS_PLANNED, "planned")                                                            \
    X(JC_FEATURE_IS_STARTED, "started")                                                            \
    X(JC_FEATURE_IS_COMPLETED, "completed")                                                        \
    X(JC_FEATURE_HAS_FAILED, "failed")

/* A feature's status is what its last event says. */
typedef enum jc_feature_state {
#define JC_FEATURE_STATE_ENUM(name, text) name,
    JC_FEATURE_STATE_MAP(JC_FEATURE_STATE_ENUM)
#undef JC_FEATURE_STATE_ENUM
    JC_FEATURE_STATE_COUNT
} jc_feature_state;

typedef struct jc_feature_timing {
    jc_str name;       /* absent: it is known by its id alone */
    jc_str feature_id; /* absent: it is known by its name */
    jc_feature_state status;
    const jc_attempt *attempts; /* in order; those beyond the first are retries */
    size_t attempt_count;
    int64_t planned_us;
    int64_t started_us;  /* of the first attempt */
    int64_t ended_us;    /* of the last attempt, while the feature is completed or failed */
    int64_t duration_ms; /* between these two */
    int64_t worked_ms;   /* all attempts together, as far as their durations are known */
    int64_t waited_ms;   /* before the first attempt and between attempts, as far as is known */
} jc_feature_timing;

/* How long each feature took. Those that run now have the status JC_FEATURE_IS_STARTED. */
typedef struct jc_timings {
    const jc_feature_timing *features; /* in the order in which they came up */
    size_t feature_count;
    size_t by_status[JC_FEATURE_STATE_COUNT]; /* how many features have each status */
    size_t attempts;
    size_t retries;    /* attempts beyond the first of each feature */
    int64_t worked_ms; /* of all features */
    int64_t waited_ms;
    int64_t median_ms;                /* of the durations of completed features; JC_UNKNOWN: none */
    const jc_feature_timing *slowest; /* the completed one that took longest; NULL: none */
    uint64_t sequence;                /* of the last event that was looked at; 0: none */
    int64_t as_of_us;                 /* its time, or JC_UNKNOWN */
} jc_timings;

/* The words for both, "running" and "planned"; never NULL. */
JC_API const char *jc_attempt_status_text(jc_attempt_status status);
JC_API const char *jc_feature_state_text(jc_feature_state status);

/* The timings of a workflow's features as they were at a point (NULL: now). The caller frees
 * *ret_timings, which holds all that it points to. Fails as jc_state_read() does. */
JC_API JC_MUST_CHECK jc_status jc_timings_read(jc_store *store, jc_str workflow_id,
                                               const jc_point *point, jc_timings **ret_timings,
                                               jc_error *reterr);

JC_API void jc_timings_free(jc_timings *timings);

/* Where an event of a trace stands to what caused it. */
typedef enum jc_cause {
    JC_CAUSE_NONE = 0, /* it names no cause */
    JC_CAUSE_INSIDE,   /* its cause is the event above it in the tree */
    JC_CAUSE_OUTSIDE,  /* its cause is no event of the trace */
    JC_CAUSE_CIRCLE    /* its cause is itself, or one of those that it caused */
} jc_cause;

/* "none", "inside", "outside" or "circle"; never NULL. */
JC_API const char *jc_cause_text(jc_cause cause);

typedef struct jc_trace_event {
    jc_event event;
    size_t depth;      /* 0: a root of the tree */
    size_t parent;     /* place of its cause in the trace; SIZE_MAX: a root */
    bool last_of_kind; /* the last of what its cause caused, or the last root */
    jc_cause cause;
    int64_t offset_us;      /* since the earliest event of the trace */
    int64_t since_cause_us; /* since its cause, negative when clocks differ; 0 for a root */
} jc_trace_event;

/* The events that share a correlation id, as a tree: each stands below its cause, in order of
 * position, and before those that its cause caused later. */
typedef struct jc_trace {
    const jc_trace_event *events;
    size_t count;
    int64_t duration_us; /* from the earliest to the latest */
} jc_trace;

/* Read all events with a correlation id, of the workflows that are named, or of all when none is. An
 * event's cause is the event of the trace whose id its causation_id names: a UUID in either case,
 * also without hyphens or behind a prefix ("urn:uuid:"), or the text that jc_import made an id of. The
 * trace is kept in memory as a whole. The caller frees *ret_trace.
 *
 * JC_ENOTFOUND  there is no such event.
 * and what jc_cursor_next() returns. */
JC_API JC_MUST_CHECK jc_status jc_trace_read(jc_store *store, jc_str correlation_id,
                                             const jc_str workflow_ids[], size_t workflow_count,
                                             jc_trace **ret_trace, jc_error *reterr);

JC_API void jc_trace_free(jc_trace *trace);

/* X(name, text, whether it is bad) */
#define JC_ATTENTION_MAP(X)                                                                        \
    X(JC_ATTENTION_WORKFLOW_FAILED, "workflow_failed", true)                                       \
    X(JC_ATTENTION_WORKFLOW_PAUSED, "workflow_paused", false)                                      \
    X(JC_ATTENTION_FEATURE_FAILED, "feature_failed", true)                                         \
    X(JC_ATTENTION_BLOCKER, "blocker", true)                                                       \
    X(JC_ATTENTION_QUESTION, "question", false)                                                    \
    X(JC_ATTENTION_PERMISSION, "permission", false)                                                \
    X(JC_ATTENTION_MESSAGE_UNREAD, "message_unread", false)                                        \
    X(JC_ATTENTION_TOOL_OPEN, "tool_open", false)

typedef enum jc_attention_kind {
#define JC_ATTENTION_ENUM(name, text, bad) name,
    JC_ATTENTION_MAP(JC_ATTENTION_ENUM)
#undef JC_ATTENTION_ENUM
    JC_ATTENTION_COUNT
} jc_attention_kind;

/* How long a message may be unread, and a tool's call open, before that needs a person. */
#define JC_ATTENTION_UNREAD_US INT64_C(60000000)
#define JC_ATTENTION_OPEN_US INT64_C(120000000)

/* Something that a person should look at. Texts are never absent, but for agent_id. */
typedef struct jc_attention {
    jc_attention_kind kind;
    bool bad;   /* else it is a warning */
    jc_str key; /* the same for the same matter, whenever it is looked at; ended by a zero byte */
    uint64_t sequence; /* of the event that began it */
    int64_t at_us;     /* its time */
    int64_t due_us;    /* from when on it counts: till then it may settle; INT64_MIN: at once */
    jc_str agent_id;
    jc_str title;
    jc_str text;
} jc_attention;

/* The bad before the warnings, of each the newest first (by sequence), then by key; no two of one key. */
typedef struct jc_attentions {
    const jc_attention *items; /* those that are not due yet too */
    size_t count;
    uint64_t sequence; /* of the last event that was looked at; 0: none */
    int64_t
        as_of_us; /* the time of the point: its own, or that event's; JC_UNKNOWN: there is none */
} jc_attentions;

/* The states, as JSON, of the projections of these names; what is absent needs nobody. */
typedef struct jc_attention_states {
    jc_str workflow;
    jc_str agents;
    jc_str notes;
    jc_str mailbox;
} jc_attention_states;

/* "permission"; never NULL. */
JC_API const char *jc_attention_kind_text(jc_attention_kind kind);

/* What needs a person in a workflow whose states are these (docs/API.md, "Attention", says what does).
 * sequence and as_of_us are left to the caller. The caller frees *ret_attentions, which holds all that it
 * points to. JC_EINVAL: one of them is not JSON. JC_ENOMEM. */
JC_API JC_MUST_CHECK jc_status jc_attention_of(const jc_attention_states *states,
                                               jc_attentions **ret_attentions, jc_error *reterr);

/* The same of a workflow at a point (NULL: now). Fails as jc_state_read() does. */
JC_API JC_MUST_CHECK jc_status jc_attention_read(jc_store *store, jc_str workflow_id,
                                                 const jc_point *point,
                                                 jc_attentions **ret_attentions, jc_error *reterr);

JC_API void jc_attention_free(jc_attentions *attentions);

#ifdef __cplusplus
}
#endif
#endif

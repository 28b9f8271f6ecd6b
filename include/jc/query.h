/* Questions that go beyond what the log's own filter answers. */
#ifndef JC_QUERY_H
#define JC_QUERY_H

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
 * Elements of a list that have an id or a name are compared with the element of that id or name, others
 * with the element at the same place. JC_EINVAL: one of them is not JSON. */
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

#ifdef __cplusplus
}
#endif
#endif

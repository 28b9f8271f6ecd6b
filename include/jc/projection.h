/* Projections: states that are folded from the events of a workflow, at any point of its past.
 *
 *     jc_state *state = NULL;
 *     if (jc_state_read(store, jc_projection_find("workflow"), JC_STR("fix-login"), NULL, &state,
 *                       &error) < 0) ...
 *     const char *json = jc_state_json(state, &error);
 *     jc_state_free(state);
 *
 * A projection is a const descriptor. The built-in ones are listed by jc_projection_list(); an
 * embedder's own is any jc_projection that it passes to jc_state_read(), with a struct of its own as
 * the state. */
#ifndef JC_PROJECTION_H
#define JC_PROJECTION_H

#include "jc/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Text that a projection writes to. */
typedef struct jc_output jc_output;

/* Append bytes. JC_ENOMEM. */
JC_API JC_MUST_CHECK jc_status jc_output_add(jc_output *output, jc_str text, jc_error *reterr);

/* How events become a state. `apply` must be pure: the same events give the same state, whenever and
 * wherever; no clock, no files, no global variables. It is given each event of the workflow once, in
 * order of sequence (the caller of jc_state_apply() may try to do otherwise; the runner skips what is
 * not above the last one), and ignores types that it does not know. */
typedef struct jc_projection {
    const char *name;  /* [a-z][a-z0-9_-]*, at most 63 characters, and no built-in one's: snapshots
                            are kept by name, version and revision */
    uint32_t version;  /* raise it when apply, or what it writes, changes */
    size_t state_size; /* bytes of the state; it begins as zeros */
    const char *summary; /* what the state says, one line; may be NULL */

    /* What tells it from others of its name beside the version, such as the hash of the text it was
     * read from; NULL for most. */
    const char *revision;
    const void *context; /* the projection's own, for init; NULL for most */

    /* Make the zeros the state before the first event. May be NULL. */
    jc_status (*init)(const struct jc_projection *self, void *state, jc_error *reterr);

    /* Take one event in. A negative status ends the replay and is returned from it. */
    jc_status (*apply)(void *state, const jc_event *event, jc_error *reterr);

    /* Write the state as one JSON object, always the same bytes for the same state. */
    jc_status (*write_json)(const void *state, jc_output *output, jc_error *reterr);

    /* Make a state that is as before the first event the one that write_json wrote: events applied to
     * it from then on must come to the same, byte for byte. JC_ECORRUPT: it is not such a text.
     * NULL: states are always replayed from the first event on, there are no snapshots. */
    jc_status (*read_json)(void *state, jc_str json, jc_error *reterr);

    /* Give back what the state holds, but not the state itself. May be NULL. */
    void (*release)(void *state);
} jc_projection;

/* A built-in projection by its name; NULL when there is none. */
JC_API const jc_projection *jc_projection_find(const char *name);

/* The built-in projections; *ret_count is how many. */
JC_API const jc_projection *const *jc_projection_list(size_t *ret_count);

/* The project's own projections are programs in jq, .jc/projections/NAME.jq, with two definitions:
 *
 *     def init: {count: 0};                     # the state before the first event, an object
 *     def apply($event): .count += 1;           # the state behind an event, from the one before it
 *
 * $event is what the event's line is (docs/FORMAT.md). They run in a process of their own, a state
 * each, which is forked when the state is made and ends with it: it has no environment, opens no
 * files, and a program that takes longer than 5 s for an event, or more than 512 MiB, is ended.
 * docs/PROJECTIONS.md says the rest. */

/* Load .jc/projections/NAME.jq of the store's project. Its `revision` is the SHA-256 of the file; the
 * file is not looked at again. Whether it is valid jq turns out when a state is made. The caller
 * unloads it when its states are freed.
 *
 * JC_EINVAL       `name` is no name of a projection, or that of a built-in one (which always is the
 *                 built-in one); or the file holds what no program may.
 * JC_ENOTFOUND    there is no such file. */
JC_API JC_MUST_CHECK jc_status jc_projection_load(jc_store *store, const char *name,
                                                  jc_projection **ret_projection, jc_error *reterr);

/* Forget a projection that was loaded; NULL is harmless. Free its states before. */
JC_API void jc_projection_unload(jc_projection *projection);

/* Call `each` with the name of every projection that the project has of its own, sorted. */
JC_API JC_MUST_CHECK jc_status jc_projection_custom_list(jc_store *store,
                                                         void (*each)(void *context,
                                                                      const char *name),
                                                         void *context, jc_error *reterr);

/* Run an expression in jq over JSON, such as a state's, and call `each` with every output as JSON, one
 * line, borrowed for that call; false from it ends this early. The same process, limits and refusals
 * as for a projection.
 *
 * JC_EINVAL       it is no valid jq, or it failed; outputs may have been given before.
 * JC_EUNSUPPORTED libjq is not installed.
 * JC_EIO          its process could not be started, or was ended by somebody. */
JC_API JC_MUST_CHECK jc_status jc_json_filter(jc_str json, const char *expression,
                                              bool (*each)(void *context, jc_str output),
                                              void *context, jc_error *reterr);

/* A point in the past of a workflow. */
typedef enum jc_point_kind {
    JC_POINT_HEAD = 0,    /* now */
    JC_POINT_SEQUENCE,    /* behind the event of that sequence; 0 is before the first */
    JC_POINT_BEFORE_HEAD, /* so many events before the head: 1 undoes the last */
    JC_POINT_TIME         /* all events with a timestamp at or before it, in order of sequence */
} jc_point_kind;

typedef struct jc_point {
    jc_point_kind kind;
    uint64_t number; /* of JC_POINT_SEQUENCE and JC_POINT_BEFORE_HEAD */
    int64_t time_us; /* of JC_POINT_TIME, microseconds of UTC since 1970 */
} jc_point;

/* A state, with where it stands. */
typedef struct jc_state jc_state;

/* The state before the first event, for events that the caller applies. The caller frees it.
 * JC_EINVAL: projection is NULL, so that jc_projection_find() may stand in its place. */
JC_API JC_MUST_CHECK jc_status jc_state_new(const jc_projection *projection, jc_state **ret_state,
                                            jc_error *reterr);

/* Take an event in, unless its sequence is not above the last one's: applying an event twice, or a
 * whole suffix again, changes nothing. After a failure the state is good for nothing but freeing. */
JC_API JC_MUST_CHECK jc_status jc_state_apply(jc_state *state, const jc_event *event,
                                              jc_error *reterr);

/* Fold a workflow's events up to a point (NULL: now) in bounded memory. The caller frees *ret_state.
 *
 * JC_EINVAL     projection is NULL, or workflow_id is none.
 * JC_ENOTFOUND  there is no such workflow, or the point lies beyond its head.
 * JC_ECORRUPT   a stored event is damaged.
 * and what `apply` returns. */
JC_API JC_MUST_CHECK jc_status jc_state_read(jc_store *store, const jc_projection *projection,
                                             jc_str workflow_id, const jc_point *point,
                                             jc_state **ret_state, jc_error *reterr);

JC_API void jc_state_free(jc_state *state);

/* The projection's own struct, borrowed from the state. */
JC_API const void *jc_state_get(const jc_state *state);

typedef struct jc_state_info {
    const jc_projection *projection;
    uint64_t sequence; /* of the last event that was applied; 0: none */
    uint64_t events;   /* how many are in it */
    uint64_t replayed; /* how many of them were applied here, the others being in the snapshot */
    uint64_t snapshot_sequence; /* of the snapshot that it began from; 0: none */
    bool has_timestamp;         /* there was one */
    int64_t timestamp_us;       /* of the last event that was applied */
} jc_state_info;

JC_API jc_state_info jc_state_info_get(const jc_state *state);

/* The state as JSON, one line, borrowed until the next call with this state. NULL: reterr says why. */
JC_API const char *jc_state_json(jc_state *state, jc_error *reterr);

#ifdef __cplusplus
}
#endif
#endif

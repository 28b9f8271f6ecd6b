/* The API's routes: which path and method is answered by which handler, and with which parameters. */
#ifndef JC_SERVER_ROUTES_H
#define JC_SERVER_ROUTES_H

#include "server/answer.h"
#include "server/request.h"
#include "server/rows.h"

struct jc_api {
    char project_dir[JC_PATH_SIZE_MAX];
    jc_store *store;              /* NULL: it is to be opened again */
    jc_arena arena;               /* of the request under way */
    jc_rows rows;                 /* what is known of each workflow */
    struct jc_hook_memory *hooks; /* NULL: no hook came yet */
};

/* A request on its way to its answer. */
typedef struct jc_call {
    jc_api *api;
    jc_store *store; /* NULL: the route has a log of its own */
    jc_arena *arena;
    const jc_request *request;
    jc_query query;
    jc_str name;  /* the {name} of the path, decoded; absent: it has none */
    jc_head head; /* that points of one answer are counted from; sequence 0: not read yet */
    jc_answer out;
    jc_response *response;
} jc_call;

/* Answer. What it fails with becomes a refusal, in the place of what was written by then. */
typedef jc_status jc_handler(jc_call *call, jc_error *reterr);

typedef struct jc_route {
    jc_method method;
    const char *path;       /* a name in braces at its end stands for one that is given */
    const char *parameters; /* see request.h */
    jc_handler *handler;
    jc_request_kind kind;
    bool has_own_log; /* the handler opens it, and has an answer when it cannot be opened */
} jc_route;

/* The route of a path and a method; NULL: there is none. *ret_name is what stands for the name in braces, as
 * it came. */
const jc_route *jc_route_find(jc_method method, jc_str path, jc_str *ret_name);

jc_handler jc_api_workflows, jc_api_status, jc_api_events, jc_api_event, jc_api_outline,
    jc_api_state, jc_api_projections, jc_api_diff, jc_api_timeline, jc_api_timings,
    jc_api_attention, jc_api_trace, jc_api_search, jc_api_notes, jc_api_notes_of, jc_api_messages,
    jc_api_head, jc_api_verify, jc_api_append, jc_api_add_note, jc_api_hook;

/* ---- What handlers share ---- */

/* Have the log that is there now in *store: opened when that is NULL, and anew when it was replaced. Nothing
 * waits for it. *store is NULL when this fails. */
JC_MUST_CHECK jc_status jc_store_ready(const char *project_dir, const jc_options *options,
                                       jc_store **store, jc_error *reterr);

/* The path's workflow as a point: what moves with the head becomes the sequence that it is now, so that all
 * that is read there is of one moment. *ret_given is whether a point was asked for. JC_ENOTFOUND: there is no
 * such workflow. */
JC_MUST_CHECK jc_status jc_call_point(jc_call *call, const char *name, jc_point *ret_point,
                                      bool *ret_given, jc_error *reterr);

/* Its head. JC_ENOTFOUND: it has no events. */
JC_MUST_CHECK jc_status jc_call_head(jc_call *call, jc_str workflow_id, jc_head *ret_head,
                                     jc_error *reterr);

/* A projection by its name: a built-in one, or the project's own, which is to be unloaded. */
typedef struct jc_found_projection {
    const jc_projection *projection;
    jc_projection *own;
} jc_found_projection;

void jc_found_projection_release(jc_found_projection *found);
JC_AUTO_DEFINE(jc_found_projection, jc_found_projection_release);

JC_MUST_CHECK jc_status jc_call_projection(jc_call *call, jc_str name, jc_found_projection *ret,
                                           jc_error *reterr);

/* Frees what handlers keep in the api. */
void jc_hook_memory_free(struct jc_hook_memory *memory);

#endif

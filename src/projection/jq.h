/* Projections in jq, for those who do not take them from a project's folder: tests. */
#ifndef JC_PROJECTION_JQ_H
#define JC_PROJECTION_JQ_H

#include "jc/projection.h"
#include "projection/jq_child.h"

/* Raise it when programs are run in another way, so that they may come to other states. */
#define JC_JQ_PROJECTION_VERSION 1

/* Make a projection of a program's text; messages call it `file`. jc_projection_unload() frees it. */
JC_MUST_CHECK jc_status jc_jq_projection_make(const char *name, const char *file, jc_str text,
                                              const jc_jq_limits *limits,
                                              jc_projection **ret_projection, jc_error *reterr);

/* jc_json_filter() with other limits. */
JC_MUST_CHECK jc_status jc_jq_filter(jc_str json, const char *expression,
                                     const jc_jq_limits *limits,
                                     bool (*each)(void *context, jc_str output), void *context,
                                     jc_error *reterr);

/* The process that keeps a state. */
const jc_jq_child *jc_jq_child_of(const jc_state *state);

#endif

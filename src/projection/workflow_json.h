/* The state of the projection `workflow` as JSON, and back. */
#ifndef JC_PROJECTION_WORKFLOW_JSON_H
#define JC_PROJECTION_WORKFLOW_JSON_H

#include "jc/projection.h"
#include "projection/workflow.h"

/* As jc_projection says; the contexts are a jc_workflow. */
JC_MUST_CHECK jc_status jc_workflow_write_json(const void *context, jc_output *output,
                                               jc_error *reterr);
JC_MUST_CHECK jc_status jc_workflow_read_json(void *context, jc_str json, jc_error *reterr);

/* For both ways in, events and JSON. Texts are copied. */
JC_MUST_CHECK jc_status jc_workflow_add_commit(jc_workflow *state, jc_str sha, jc_str message,
                                               int64_t created_us, jc_error *reterr);
JC_MUST_CHECK jc_status jc_worktree_add(jc_workflow *state, jc_str path, jc_worktree **ret_worktree,
                                        jc_error *reterr);

/* The word as a worktree keeps it; NULL when it is no status of one. */
const char *jc_worktree_status_of(jc_str word);

#endif

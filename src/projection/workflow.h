/* The state of the projection `workflow`, for those who read it typed. */
#ifndef JC_PROJECTION_WORKFLOW_H
#define JC_PROJECTION_WORKFLOW_H

#include "jc/query.h"
#include "projection/feature_names.h"
#include "projection/maybe.h"

typedef struct jc_feature {
    jc_buf description;
    jc_buf error; /* of the last attempt, while that failed */
    jc_feature_state status;
    uint64_t attempts;
    jc_maybe started_us; /* of the first attempt */
    jc_maybe completed_us;
    jc_maybe duration_ms; /* until its completion */
    jc_maybe tests_passing;
    int64_t since_us; /* of the event that decided its status */
    uint64_t since_sequence;
    bool has_cost;
    double cost_usd; /* of all attempts */
} jc_feature;

typedef struct jc_commit {
    jc_str sha;
    jc_str message;
    int64_t created_us;
} jc_commit;

typedef struct jc_worktree {
    jc_str path;
    jc_str branch;
    const char *status; /* created, active, merged or deleted */
    int64_t updated_us;
} jc_worktree;

typedef enum jc_workflow_status {
    JC_WORKFLOW_UNKNOWN, /* nothing has said yet that it runs */
    JC_WORKFLOW_RUNNING,
    JC_WORKFLOW_PAUSED,
    JC_WORKFLOW_COMPLETED,
    JC_WORKFLOW_FAILED
} jc_workflow_status;

typedef struct jc_workflow {
    jc_arena arena; /* owns commits' and work trees' text */
    jc_payload payload;
    jc_workflow_status status;
    int64_t since_us; /* of the event that decided the status, if one did */
    uint64_t since_sequence;
    jc_buf description;
    jc_buf phase;
    jc_buf error; /* why it failed */
    jc_buf pause_reason;
    jc_maybe started_us;
    jc_maybe completed_us;
    jc_maybe duration_ms;
    bool has_cost; /* the workflow itself told its cost */
    double cost_usd;

    jc_feature_names names;
    jc_feature **features; /* by their place among the names */
    size_t feature_count;
    size_t feature_capacity;

    uint64_t tests_started, tests_passed, tests_failed;
    jc_commit *commits;
    size_t commit_count;
    size_t commit_capacity;
    uint64_t commits_failed;
    jc_worktree *worktrees;
    size_t worktree_count;
    size_t worktree_capacity;

    uint64_t last_sequence;
    int64_t last_us;
    jc_buf last_type;
} jc_workflow;

/* Let the event decide where the workflow stands. */
void jc_workflow_set_status(jc_workflow *state, jc_workflow_status status, const jc_event *event);

#endif

/* The projection `workflow`: where a workflow stands, and each of its features with its attempts.
 *
 * Both vocabularies of the original are read: phase.changed and workflow.phase_changed, name and
 * feature_name. Which feature an event means is in feature_names.c. A feature's status is that of its
 * last event; feature.renamed keeps it. How features fold is in feature.c, how a state becomes JSON and
 * is made of it again in workflow_json.c. */
#include "projection/workflow.h"

#include "base/array.h"
#include "base/fail.h"
#include "jc/event_types.h"
#include "projection/feature.h"
#include "projection/registry.h"
#include "projection/workflow_json.h"

#include <stdlib.h>

void jc_workflow_set_status(jc_workflow *state, jc_workflow_status status, const jc_event *event)
{
    state->status = status;
    state->since_us = event->timestamp_us;
    state->since_sequence = event->sequence;
}

static jc_status start(jc_workflow *state, const jc_event *event, jc_error *reterr)
{
    jc_str description = jc_payload_text(&state->payload, "description|task|title|name");
    jc_workflow_set_status(state, JC_WORKFLOW_RUNNING, event);
    if (!state->started_us.given)
        state->started_us = (jc_maybe){.given = true, .value = event->timestamp_us};
    state->completed_us = (jc_maybe){0};
    state->duration_ms = (jc_maybe){0};
    jc_buf_clear(&state->error);
    jc_buf_clear(&state->pause_reason);
    return description.bytes != NULL ? jc_text_set(&state->description, description, reterr)
                                     : JC_OK;
}

/* Completed or failed. A duration that the event tells counts only when no start is known. */
static jc_status end(jc_workflow *state, const jc_event *event, jc_workflow_status status,
                     jc_error *reterr)
{
    double number = 0;
    jc_workflow_set_status(state, status, event);
    state->completed_us = (jc_maybe){.given = true, .value = event->timestamp_us};
    state->duration_ms = jc_duration_between(state->started_us, event->timestamp_us);
    if (!state->duration_ms.given && jc_payload_amount(&state->payload, "duration_ms", &number))
        state->duration_ms = jc_maybe_of(number);
    if (jc_payload_amount(&state->payload, "total_cost_usd|total_cost|cost_usd", &number)) {
        state->has_cost = true;
        state->cost_usd = number;
    }
    jc_buf_clear(&state->pause_reason);
    jc_str error = {0};
    if (status == JC_WORKFLOW_FAILED)
        error = jc_payload_text(&state->payload, "error|reason|message");
    return jc_text_set(&state->error, error, reterr);
}

static jc_status complete(jc_workflow *state, const jc_event *event, jc_error *reterr)
{
    return end(state, event, JC_WORKFLOW_COMPLETED, reterr);
}

static jc_status give_up(jc_workflow *state, const jc_event *event, jc_error *reterr)
{
    return end(state, event, JC_WORKFLOW_FAILED, reterr);
}

static jc_status pause(jc_workflow *state, const jc_event *event, jc_error *reterr)
{
    jc_workflow_set_status(state, JC_WORKFLOW_PAUSED, event);
    return jc_text_set(&state->pause_reason, jc_payload_text(&state->payload, "reason"), reterr);
}

static jc_status resume(jc_workflow *state, const jc_event *event, jc_error *reterr)
{
    (void)reterr;
    jc_workflow_set_status(state, JC_WORKFLOW_RUNNING, event);
    jc_buf_clear(&state->pause_reason);
    return JC_OK;
}

static jc_status change_phase(jc_workflow *state, const jc_event *event, jc_error *reterr)
{
    jc_str phase = jc_payload_text(&state->payload, "to_phase");
    if (state->status == JC_WORKFLOW_UNKNOWN)
        jc_workflow_set_status(state, JC_WORKFLOW_RUNNING, event);
    return phase.bytes != NULL ? jc_text_set(&state->phase, phase, reterr) : JC_OK;
}

static jc_status count_tests(jc_workflow *state, const jc_event *event, jc_error *reterr)
{
    (void)reterr;
    switch (jc_event_type_of(event->event_type)) {
    case JC_TYPE_TESTS_STARTED:
        state->tests_started++;
        break;
    case JC_TYPE_TESTS_PASSED:
        state->tests_passed++;
        break;
    default:
        state->tests_failed++;
        break;
    }
    return JC_OK;
}

static jc_status count_failed_commit(jc_workflow *state, const jc_event *event, jc_error *reterr)
{
    (void)event, (void)reterr;
    state->commits_failed++;
    return JC_OK;
}

jc_status jc_workflow_add_commit(jc_workflow *state, jc_str sha, jc_str message, int64_t created_us,
                                 jc_error *reterr)
{
    jc_commit *commits = jc_array_grow(state->commits, sizeof *commits, state->commit_count,
                                       &state->commit_capacity);
    if (commits == NULL)
        return jc_fail_memory(reterr);
    state->commits = commits;
    jc_commit *commit = &commits[state->commit_count];
    commit->created_us = created_us;
    jc_status status = jc_arena_keep(&state->arena, sha, &commit->sha, reterr);
    if (status == JC_OK)
        status = jc_arena_keep(&state->arena, message, &commit->message, reterr);
    if (status == JC_OK)
        state->commit_count++;
    return status;
}

static jc_status add_commit(jc_workflow *state, const jc_event *event, jc_error *reterr)
{
    return jc_workflow_add_commit(state, jc_payload_text(&state->payload, "commit_sha|sha|commit"),
                                  jc_payload_text(&state->payload, "message"), event->timestamp_us,
                                  reterr);
}

static jc_worktree *find_worktree(const jc_workflow *state, jc_str path)
{
    for (size_t i = 0; i < state->worktree_count; i++) {
        if (jc_str_equal(state->worktrees[i].path, path))
            return &state->worktrees[i];
    }
    return NULL;
}

static const char *const worktree_statuses[] = {"created", "active", "merged", "deleted"};

const char *jc_worktree_status_of(jc_str word)
{
    for (size_t i = 0; i < sizeof worktree_statuses / sizeof worktree_statuses[0]; i++) {
        if (jc_str_equal(word, jc_str_of(worktree_statuses[i])))
            return worktree_statuses[i];
    }
    return NULL;
}

jc_status jc_worktree_add(jc_workflow *state, jc_str path, jc_worktree **ret_worktree,
                          jc_error *reterr)
{
    jc_worktree *worktrees = jc_array_grow(state->worktrees, sizeof *worktrees,
                                           state->worktree_count, &state->worktree_capacity);
    if (worktrees == NULL)
        return jc_fail_memory(reterr);
    state->worktrees = worktrees;
    jc_worktree *worktree = &worktrees[state->worktree_count];
    *worktree = (jc_worktree){0};
    jc_status status = jc_arena_keep(&state->arena, path, &worktree->path, reterr);
    if (status < 0)
        return status;
    state->worktree_count++;
    *ret_worktree = worktree;
    return JC_OK;
}

/* The verb of the event is the work tree's status. */
static jc_status see_worktree(jc_workflow *state, const jc_event *event, jc_error *reterr)
{
    const size_t prefix = sizeof "worktree." - 1;
    jc_str path = jc_payload_text(&state->payload, "path|worktree|branch");
    jc_str branch = jc_payload_text(&state->payload, "branch");
    jc_status status = JC_OK;
    if (path.bytes == NULL)
        return JC_OK;
    jc_worktree *worktree = find_worktree(state, path);
    if (worktree == NULL)
        status = jc_worktree_add(state, path, &worktree, reterr);
    if (status < 0)
        return status;
    worktree->status = jc_worktree_status_of(
        (jc_str){event->event_type.bytes + prefix, event->event_type.size - prefix});
    worktree->updated_us = event->timestamp_us;
    if (branch.bytes != NULL && !jc_str_equal(worktree->branch, branch))
        status = jc_arena_keep(&state->arena, branch, &worktree->branch, reterr);
    return status;
}

/* What each type does. The event's data is read; types that are not here change nothing. */
typedef jc_status handler(jc_workflow *state, const jc_event *event, jc_error *reterr);

static handler *const handlers[JC_TYPE_OTHER + 1] = {
    [JC_TYPE_WORKFLOW_STARTED] = start,
    [JC_TYPE_WORKFLOW_PAUSED] = pause,
    [JC_TYPE_WORKFLOW_RESUMED] = resume,
    [JC_TYPE_WORKFLOW_COMPLETED] = complete,
    [JC_TYPE_WORKFLOW_FAILED] = give_up,
    [JC_TYPE_WORKFLOW_PHASE_CHANGED] = change_phase,
    [JC_TYPE_PHASE_CHANGED] = change_phase,
    [JC_TYPE_FEATURE_PLANNED] = jc_feature_take,
    [JC_TYPE_FEATURE_STARTED] = jc_feature_take,
    [JC_TYPE_FEATURE_COMPLETED] = jc_feature_take,
    [JC_TYPE_FEATURE_FAILED] = jc_feature_take,
    [JC_TYPE_FEATURE_RENAMED] = jc_feature_take,
    [JC_TYPE_FEATURE_COMPLETION_REVERTED] = jc_feature_take,
    [JC_TYPE_TESTS_STARTED] = count_tests,
    [JC_TYPE_TESTS_PASSED] = count_tests,
    [JC_TYPE_TESTS_FAILED] = count_tests,
    [JC_TYPE_COMMIT_CREATED] = add_commit,
    [JC_TYPE_COMMIT_FAILED] = count_failed_commit,
    [JC_TYPE_WORKTREE_CREATED] = see_worktree,
    [JC_TYPE_WORKTREE_ACTIVE] = see_worktree,
    [JC_TYPE_WORKTREE_MERGED] = see_worktree,
    [JC_TYPE_WORKTREE_DELETED] = see_worktree,
};

static jc_status workflow_apply(void *context, const jc_event *event, jc_error *reterr)
{
    jc_workflow *state = context;
    handler *take = handlers[jc_event_type_of(event->event_type)];
    jc_status status = JC_OK;
    if (take != NULL) {
        status = jc_payload_read(&state->payload, event, reterr);
        if (status == JC_OK)
            status = take(state, event, reterr);
    }
    state->last_sequence = event->sequence;
    state->last_us = event->timestamp_us;
    return status == JC_OK ? jc_text_set(&state->last_type, event->event_type, reterr) : status;
}

static void workflow_release(void *context)
{
    jc_workflow *state = context;
    jc_feature_release_all(state);
    jc_payload_release(&state->payload);
    jc_arena_release(&state->arena);
    jc_buf *texts[] = {&state->description, &state->phase, &state->error, &state->pause_reason,
                       &state->last_type};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        jc_buf_release(texts[i]);
    free(state->commits);
    free(state->worktrees);
}

const jc_projection jc_projection_workflow = {
    .name = "workflow",
    .version = 3,
    .state_size = sizeof(jc_workflow),
    .summary = "status, phase, and features with their attempts, durations and costs",
    .apply = workflow_apply,
    .write_json = jc_workflow_write_json,
    .read_json = jc_workflow_read_json,
    .release = workflow_release,
};

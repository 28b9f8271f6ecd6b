/* The projection `workflow`: where a workflow stands, and each of its features with its attempts.
 *
 * Both vocabularies of the original are read: phase.changed and workflow.phase_changed, name and
 * feature_name. A feature is known by its feature_id where events give one, else by its name; an id
 * that comes up later joins the feature of that name. A feature's status is that of its last event;
 * feature.renamed keeps it. How features fold is in feature.c. */
#include "projection/workflow.h"

#include "base/array.h"
#include "base/fail.h"
#include "jc/event_types.h"
#include "projection/feature.h"
#include "projection/registry.h"
#include "projection/write.h"

#include <stdlib.h>

#define US_PER_MS 1000

/* Where something began and ended, in whole milliseconds; a clock that went back makes no negative
 * duration. */
jc_maybe jc_duration_between(jc_maybe start_us, int64_t end_us)
{
    if (!start_us.given)
        return (jc_maybe){0};
    int64_t between_us = end_us > start_us.value ? end_us - start_us.value : 0;
    return (jc_maybe){.given = true, .value = between_us / US_PER_MS};
}

jc_status jc_text_set(jc_buf *text, jc_str value, jc_error *reterr)
{
    jc_buf_clear(text);
    return value.bytes != NULL ? jc_buf_append_str(text, value, reterr) : JC_OK;
}

static jc_status start(jc_workflow *state, const jc_event *event, jc_error *reterr)
{
    jc_str description = jc_payload_text(&state->payload, "description|task|title|name");
    state->status = JC_WORKFLOW_RUNNING;
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
    state->status = status;
    state->completed_us = (jc_maybe){.given = true, .value = event->timestamp_us};
    state->duration_ms = jc_duration_between(state->started_us, event->timestamp_us);
    if (!state->duration_ms.given && jc_payload_number(&state->payload, "duration_ms", &number))
        state->duration_ms = jc_maybe_of(number);
    if (jc_payload_number(&state->payload, "total_cost_usd|total_cost|cost_usd", &number)) {
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
    (void)event;
    state->status = JC_WORKFLOW_PAUSED;
    return jc_text_set(&state->pause_reason, jc_payload_text(&state->payload, "reason"), reterr);
}

static jc_status resume(jc_workflow *state, const jc_event *event, jc_error *reterr)
{
    (void)event, (void)reterr;
    state->status = JC_WORKFLOW_RUNNING;
    jc_buf_clear(&state->pause_reason);
    return JC_OK;
}

static jc_status change_phase(jc_workflow *state, const jc_event *event, jc_error *reterr)
{
    (void)event;
    jc_str phase = jc_payload_text(&state->payload, "to_phase");
    if (state->status == JC_WORKFLOW_UNKNOWN)
        state->status = JC_WORKFLOW_RUNNING;
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

static jc_status add_commit(jc_workflow *state, const jc_event *event, jc_error *reterr)
{
    jc_commit *commits = jc_array_grow(state->commits, sizeof *commits, state->commit_count,
                                       &state->commit_capacity);
    if (commits == NULL)
        return jc_fail_memory(reterr);
    state->commits = commits;
    jc_commit *commit = &commits[state->commit_count];
    commit->created_us = event->timestamp_us;
    jc_status status =
        jc_arena_keep(&state->arena, jc_payload_text(&state->payload, "commit_sha|sha|commit"),
                      &commit->sha, reterr);
    if (status == JC_OK)
        status = jc_arena_keep(&state->arena, jc_payload_text(&state->payload, "message"),
                               &commit->message, reterr);
    if (status == JC_OK)
        state->commit_count++;
    return status;
}

static jc_worktree *find_worktree(const jc_workflow *state, jc_str path)
{
    for (size_t i = 0; i < state->worktree_count; i++) {
        if (jc_str_equal(state->worktrees[i].path, path))
            return &state->worktrees[i];
    }
    return NULL;
}

static const char *worktree_status(jc_event_type type)
{
    switch (type) {
    case JC_TYPE_WORKTREE_CREATED:
        return "created";
    case JC_TYPE_WORKTREE_ACTIVE:
        return "active";
    case JC_TYPE_WORKTREE_MERGED:
        return "merged";
    default:
        return "deleted";
    }
}

/* The verb of the event is the work tree's status. */
static jc_status see_worktree(jc_workflow *state, const jc_event *event, jc_error *reterr)
{
    jc_str path = jc_payload_text(&state->payload, "path|worktree|branch");
    jc_str branch = jc_payload_text(&state->payload, "branch");
    jc_status status = JC_OK;
    if (path.bytes == NULL)
        return JC_OK;
    jc_worktree *worktree = find_worktree(state, path);
    if (worktree == NULL) {
        jc_worktree *worktrees = jc_array_grow(state->worktrees, sizeof *worktrees,
                                               state->worktree_count, &state->worktree_capacity);
        if (worktrees == NULL)
            return jc_fail_memory(reterr);
        state->worktrees = worktrees;
        worktree = &worktrees[state->worktree_count];
        *worktree = (jc_worktree){0};
        status = jc_arena_keep(&state->arena, path, &worktree->path, reterr);
        if (status < 0)
            return status;
        state->worktree_count++;
    }
    worktree->status = worktree_status(jc_event_type_of(event->event_type));
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

static void write_maybe_time(jc_write *write, yyjson_mut_val *object, const char *name,
                             jc_maybe time_us)
{
    if (time_us.given)
        jc_write_time(write, object, name, time_us.value);
}

static void write_maybe(jc_write *write, yyjson_mut_val *object, const char *name, jc_maybe number)
{
    if (number.given)
        jc_write_integer(write, object, name, number.value);
}

static void write_feature(jc_write *write, yyjson_mut_val *list, const jc_feature *feature)
{
    static const char *const statuses[] = {"planned", "started", "completed", "failed"};
    yyjson_mut_val *object = jc_write_element(write, list);
    jc_write_text(write, object, "name", jc_buf_str(&feature->name));
    jc_write_text(write, object, "feature_id", jc_buf_str(&feature->id));
    jc_write_text(write, object, "description", jc_buf_str(&feature->description));
    jc_write_text(write, object, "status", jc_str_of(statuses[feature->status]));
    jc_write_count(write, object, "attempts", feature->attempts);
    write_maybe_time(write, object, "started_at", feature->started_us);
    write_maybe_time(write, object, "completed_at", feature->completed_us);
    write_maybe(write, object, "duration_ms", feature->duration_ms);
    jc_write_text(write, object, "error", jc_buf_str(&feature->error));
    if (feature->tests_passing.given)
        jc_write_bool(write, object, "tests_passing", feature->tests_passing.value != 0);
    if (feature->has_cost)
        jc_write_number(write, object, "cost_usd", feature->cost_usd);
}

static void write_features(jc_write *write, yyjson_mut_val *root, const jc_workflow *state)
{
    jc_feature_totals totals = jc_feature_total(state);
    yyjson_mut_val *list = jc_write_list(write, root, "features");
    for (size_t i = 0; i < state->feature_count; i++)
        write_feature(write, list, state->features[i]);
    jc_write_count(write, root, "features_total", state->feature_count);
    jc_write_count(write, root, "features_completed", totals.completed);
    jc_write_count(write, root, "retries", totals.retries);
    write_maybe(write, root, "duration_ms", state->duration_ms);
    if (state->has_cost || totals.has_cost)
        jc_write_number(write, root, "cost_usd",
                        state->has_cost ? state->cost_usd : totals.cost_usd);
}

static void write_rest(jc_write *write, yyjson_mut_val *root, const jc_workflow *state)
{
    if (state->tests_started + state->tests_passed + state->tests_failed > 0) {
        yyjson_mut_val *tests = jc_write_object(write, root, "tests");
        jc_write_count(write, tests, "started", state->tests_started);
        jc_write_count(write, tests, "passed", state->tests_passed);
        jc_write_count(write, tests, "failed", state->tests_failed);
    }
    yyjson_mut_val *commits = jc_write_list(write, root, "commits");
    for (size_t i = 0; i < state->commit_count; i++) {
        yyjson_mut_val *commit = jc_write_element(write, commits);
        jc_write_text(write, commit, "commit_sha", state->commits[i].sha);
        jc_write_text(write, commit, "message", state->commits[i].message);
        jc_write_time(write, commit, "created_at", state->commits[i].created_us);
    }
    if (state->commits_failed > 0)
        jc_write_count(write, root, "commits_failed", state->commits_failed);
    yyjson_mut_val *worktrees = jc_write_list(write, root, "worktrees");
    for (size_t i = 0; i < state->worktree_count; i++) {
        yyjson_mut_val *worktree = jc_write_element(write, worktrees);
        jc_write_text(write, worktree, "path", state->worktrees[i].path);
        jc_write_text(write, worktree, "branch", state->worktrees[i].branch);
        jc_write_text(write, worktree, "status", jc_str_of(state->worktrees[i].status));
        jc_write_time(write, worktree, "updated_at", state->worktrees[i].updated_us);
    }
    if (state->last_sequence == 0)
        return;
    yyjson_mut_val *last = jc_write_object(write, root, "last_event");
    jc_write_count(write, last, "sequence", state->last_sequence);
    jc_write_text(write, last, "event_type", jc_buf_str(&state->last_type));
    jc_write_time(write, last, "timestamp", state->last_us);
}

static jc_status workflow_write_json(const void *context, jc_output *output, jc_error *reterr)
{
    static const char *const statuses[] = {"", "running", "paused", "completed", "failed"};
    const jc_workflow *state = context;
    jc_write write;
    yyjson_mut_val *root = jc_write_begin(&write);
    jc_write_text(&write, root, "status", jc_str_of(statuses[state->status]));
    jc_write_text(&write, root, "phase", jc_buf_str(&state->phase));
    jc_write_text(&write, root, "description", jc_buf_str(&state->description));
    write_maybe_time(&write, root, "started_at", state->started_us);
    write_maybe_time(&write, root, "completed_at", state->completed_us);
    jc_write_text(&write, root, "error", jc_buf_str(&state->error));
    jc_write_text(&write, root, "pause_reason", jc_buf_str(&state->pause_reason));
    write_features(&write, root, state);
    write_rest(&write, root, state);
    return jc_write_end(&write, output, reterr);
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
    .version = 1,
    .state_size = sizeof(jc_workflow),
    .summary = "status, phase, and features with their attempts, durations and costs",
    .apply = workflow_apply,
    .write_json = workflow_write_json,
    .release = workflow_release,
};

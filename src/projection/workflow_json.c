/* The state of the projection `workflow` as JSON, and back: see workflow_json.h.
 *
 * What a reader of the JSON would not miss, but events to come depend on, stands there too:
 * cost_source (a cost that the workflow told of stays, the features' sum grows) and name_shared (the
 * name means another feature of the same name). */
#include "projection/workflow_json.h"

#include "base/array.h"
#include "base/fail.h"
#include "projection/feature.h"
#include "projection/feature_words.h"
#include "projection/read.h"
#include "projection/write.h"

static const char *const workflow_statuses[] = {"", "running", "paused", "completed", "failed"};

/* Since when the status is what it is, and by which event; sequence 0: none decided it. */
static void write_since(jc_write *write, yyjson_mut_val *object, int64_t since_us,
                        uint64_t since_sequence)
{
    if (since_sequence == 0)
        return;
    jc_write_time(write, object, "status_since", since_us);
    jc_write_count(write, object, "status_sequence", since_sequence);
}

static void write_feature(jc_write *write, yyjson_mut_val *list, const jc_workflow *state,
                          size_t place)
{
    const jc_feature *feature = state->features[place];
    yyjson_mut_val *object = jc_write_element(write, list);
    jc_feature_names_write(&state->names, place, write, object);
    jc_write_text(write, object, "description", jc_buf_str(&feature->description));
    jc_write_text(write, object, "status", jc_str_of(jc_feature_words[feature->status]));
    jc_write_count(write, object, "attempts", feature->attempts);
    jc_write_maybe_time(write, object, "started_at", feature->started_us);
    jc_write_maybe_time(write, object, "completed_at", feature->completed_us);
    jc_write_maybe(write, object, "duration_ms", feature->duration_ms);
    jc_write_text(write, object, "error", jc_buf_str(&feature->error));
    if (feature->tests_passing.given)
        jc_write_bool(write, object, "tests_passing", feature->tests_passing.value != 0);
    if (feature->has_cost)
        jc_write_number(write, object, "cost_usd", feature->cost_usd);
    write_since(write, object, feature->since_us, feature->since_sequence);
}

static void write_features(jc_write *write, yyjson_mut_val *root, const jc_workflow *state)
{
    jc_feature_totals totals = jc_feature_total(state);
    yyjson_mut_val *list = jc_write_list(write, root, "features");
    for (size_t i = 0; i < state->feature_count; i++)
        write_feature(write, list, state, i);
    jc_write_count(write, root, "features_total", state->feature_count);
    jc_write_count(write, root, "features_completed", totals.completed);
    jc_write_count(write, root, "retries", totals.retries);
    jc_write_maybe(write, root, "duration_ms", state->duration_ms);
    if (!state->has_cost && !totals.has_cost)
        return;
    jc_write_number(write, root, "cost_usd", state->has_cost ? state->cost_usd : totals.cost_usd);
    if (state->has_cost)
        jc_write_text(write, root, "cost_source", JC_STR("workflow"));
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

jc_status jc_workflow_write_json(const void *context, jc_output *output, jc_error *reterr)
{
    const jc_workflow *state = context;
    jc_write write;
    yyjson_mut_val *root = jc_write_begin(&write);
    jc_write_text(&write, root, "status", jc_str_of(workflow_statuses[state->status]));
    jc_write_text(&write, root, "phase", jc_buf_str(&state->phase));
    jc_write_text(&write, root, "description", jc_buf_str(&state->description));
    jc_write_maybe_time(&write, root, "started_at", state->started_us);
    jc_write_maybe_time(&write, root, "completed_at", state->completed_us);
    jc_write_text(&write, root, "error", jc_buf_str(&state->error));
    jc_write_text(&write, root, "pause_reason", jc_buf_str(&state->pause_reason));
    write_since(&write, root, state->since_us, state->since_sequence);
    write_features(&write, root, state);
    write_rest(&write, root, state);
    return jc_write_end(&write, output, reterr);
}

static void read_since(yyjson_val *object, int64_t *ret_us, uint64_t *ret_sequence)
{
    (void)jc_read_time(object, "status_since", ret_us);
    (void)jc_read_count(object, "status_sequence", ret_sequence);
}

static jc_status read_feature(jc_workflow *state, yyjson_val *object, jc_error *reterr)
{
    jc_feature *feature = NULL;
    jc_status status = jc_feature_names_read(&state->names, object, reterr);
    if (status == JC_OK)
        status = jc_feature_add(state, &feature, reterr);
    if (status < 0)
        return status;
    size_t word =
        jc_word_of(jc_read_text(object, "status"), jc_feature_words, JC_FEATURE_STATE_COUNT);
    if (word == JC_FEATURE_STATE_COUNT || !jc_read_count(object, "attempts", &feature->attempts))
        return jc_read_fail("a feature", reterr);
    feature->status = (jc_feature_state)word;
    feature->started_us = jc_read_maybe_time(object, "started_at");
    feature->completed_us = jc_read_maybe_time(object, "completed_at");
    feature->duration_ms = jc_read_maybe(object, "duration_ms");
    yyjson_val *passing = yyjson_obj_get(object, "tests_passing");
    if (passing != NULL)
        feature->tests_passing = (jc_maybe){.given = true, .value = yyjson_get_bool(passing)};
    feature->has_cost = jc_read_number(object, "cost_usd", &feature->cost_usd);
    read_since(object, &feature->since_us, &feature->since_sequence);
    status = jc_text_set(&feature->description, jc_read_text(object, "description"), reterr);
    return status == JC_OK ? jc_text_set(&feature->error, jc_read_text(object, "error"), reterr)
                           : status;
}

static jc_status read_commit(jc_workflow *state, yyjson_val *object, jc_error *reterr)
{
    int64_t created_us = 0;
    if (!jc_read_time(object, "created_at", &created_us))
        return jc_read_fail("a commit", reterr);
    return jc_workflow_add_commit(state, jc_read_text(object, "commit_sha"),
                                  jc_read_text(object, "message"), created_us, reterr);
}

static jc_status read_worktree(jc_workflow *state, yyjson_val *object, jc_error *reterr)
{
    jc_worktree *worktree = NULL;
    jc_str path = jc_read_text(object, "path");
    int64_t updated_us = 0;
    const char *known = jc_worktree_status_of(jc_read_text(object, "status"));
    if (path.bytes == NULL || known == NULL || !jc_read_time(object, "updated_at", &updated_us))
        return jc_read_fail("a work tree", reterr);
    jc_status status = jc_worktree_add(state, path, &worktree, reterr);
    if (status < 0)
        return status;
    worktree->status = known;
    worktree->updated_us = updated_us;
    return jc_arena_keep(&state->arena, jc_read_text(object, "branch"), &worktree->branch, reterr);
}

/* Each element of a list; a list that is not there has none. */
static jc_status read_list(jc_workflow *state, yyjson_val *root, const char *name,
                           jc_status (*read)(jc_workflow *state, yyjson_val *object,
                                             jc_error *reterr),
                           jc_error *reterr)
{
    yyjson_val *list = yyjson_obj_get(root, name);
    size_t at = 0;
    size_t count = 0;
    yyjson_val *element;
    yyjson_arr_foreach(list, at, count, element) {
        jc_status status = read(state, element, reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}

static jc_status read_texts(jc_workflow *state, yyjson_val *root, jc_error *reterr)
{
    const struct {
        const char *name;
        jc_buf *text;
    } texts[] = {{"phase", &state->phase},
                 {"description", &state->description},
                 {"error", &state->error},
                 {"pause_reason", &state->pause_reason}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        jc_status status = jc_text_set(texts[i].text, jc_read_text(root, texts[i].name), reterr);
        if (status < 0)
            return status;
    }
    yyjson_val *last = yyjson_obj_get(root, "last_event");
    (void)jc_read_count(last, "sequence", &state->last_sequence);
    (void)jc_read_time(last, "timestamp", &state->last_us);
    return jc_text_set(&state->last_type, jc_read_text(last, "event_type"), reterr);
}

static void read_numbers(jc_workflow *state, yyjson_val *root)
{
    yyjson_val *tests = yyjson_obj_get(root, "tests");
    read_since(root, &state->since_us, &state->since_sequence);
    state->started_us = jc_read_maybe_time(root, "started_at");
    state->completed_us = jc_read_maybe_time(root, "completed_at");
    state->duration_ms = jc_read_maybe(root, "duration_ms");
    state->has_cost = jc_str_equal(jc_read_text(root, "cost_source"), JC_STR("workflow")) &&
                      jc_read_number(root, "cost_usd", &state->cost_usd);
    (void)jc_read_count(root, "commits_failed", &state->commits_failed);
    (void)jc_read_count(tests, "started", &state->tests_started);
    (void)jc_read_count(tests, "passed", &state->tests_passed);
    (void)jc_read_count(tests, "failed", &state->tests_failed);
}

jc_status jc_workflow_read_json(void *context, jc_str json, jc_error *reterr)
{
    jc_workflow *state = context;
    JC_AUTO(jc_read) read = {0};
    yyjson_val *root = NULL;
    jc_status status = jc_read_begin(&read, json, &root, reterr);
    if (status < 0)
        return status;
    jc_str word = jc_read_text(root, "status");
    size_t known =
        word.bytes != NULL ? jc_word_of(word, workflow_statuses, 5) : JC_WORKFLOW_UNKNOWN;
    if (known == 5)
        return jc_read_fail("its status", reterr);
    state->status = (jc_workflow_status)known;
    read_numbers(state, root);
    status = read_texts(state, root, reterr);
    if (status == JC_OK)
        status = read_list(state, root, "features", read_feature, reterr);
    if (status == JC_OK)
        status = read_list(state, root, "commits", read_commit, reterr);
    return status == JC_OK ? read_list(state, root, "worktrees", read_worktree, reterr) : status;
}

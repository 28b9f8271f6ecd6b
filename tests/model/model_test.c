/* The model check: random appends, readings, reopenings and crashes on the log in SQLite, in lock
 * step with its twin in memory. Whatever the log answers, the twin must answer too.
 *
 *     model_test [--seed S] [--seeds N] [--steps N]
 *
 * A crash is a fault before or after the commit whose outcome the caller does not learn, or a child
 * process that is killed while it appends. Afterwards the log is reopened, and the identical append
 * repeated until it is settled, as a caller would. */
#include "model/child.h"
#include "model/twins.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct model_run {
    jc_random random;
    jc_twins twins;
    jc_request_source source;
    jc_request request;
    uint64_t position; /* of the log, as last seen */
    uint64_t crashes;
    uint64_t crashes_after_commit;
} model_run;

/* Where the workflows are, for expectations that are mostly true. */
static void look_at_heads(model_run *model)
{
    for (size_t i = 0; i < JC_REQUEST_WORKFLOWS; i++) {
        jc_head head = {0};
        (void)!jc_head_read(model->twins.twin, jc_str_of(jc_request_workflows[i]), &head, NULL);
        model->source.sequences[i] = head.sequence;
        model->position = head.position > model->position ? head.position : model->position;
    }
}

static void make_request(model_run *model)
{
    look_at_heads(model);
    jc_request_make(&model->request, &model->source, &model->random);
}

static bool step_append(model_run *model)
{
    make_request(model);
    return jc_twins_append(&model->twins, &model->request);
}

static bool step_read(model_run *model)
{
    jc_str names[3];
    jc_str globs[2];
    const jc_filter filter = jc_request_filter(&model->random, names, globs);
    return jc_twins_read(&model->twins, &filter);
}

static bool step_cursor(model_run *model)
{
    jc_str names[3];
    jc_str globs[2];
    size_t at = jc_random_below(&model->random, JC_TWINS_CURSORS);
    if (jc_random_chance(&model->random, 25)) {
        const jc_filter filter = jc_request_filter(&model->random, names, globs);
        return jc_twins_cursor_open(&model->twins, at, &filter);
    }
    return jc_twins_cursor_read(&model->twins, at, jc_random_below(&model->random, 200));
}

static bool step_ask(model_run *model)
{
    look_at_heads(model);
    return jc_twins_ask(&model->twins, jc_random_below(&model->random, model->position + 3));
}

static bool step_find(model_run *model)
{
    char text[JC_UUID_TEXT_SIZE];
    uint64_t number = 1 + jc_random_below(&model->random, model->source.numbers_used + 1);
    jc_uuid_format(jc_request_id(model->source.seed, number), text);
    jc_str prefix = {text, 3 + jc_random_below(&model->random, 34)};
    return jc_twins_find(&model->twins, prefix);
}

static bool step_reopen(model_run *model)
{
    return jc_twins_reopen(&model->twins);
}

static bool settle(model_run *model)
{
    bool stored = false;
    model->crashes++;
    bool same = jc_twins_settle(&model->twins, &model->request, &stored);
    model->crashes_after_commit += stored;
    return same;
}

/* The answer of the append is lost, before the commit or after it. */
static bool step_fault(model_run *model)
{
    jc_fault *fault = &model->twins.fault;
    make_request(model);
    fault->kind = jc_random_chance(&model->random, 50) ? JC_FAULT_BEFORE : JC_FAULT_AFTER;
    fault->status = JC_EIO;
    fault->fail_at = fault->calls + 1;
    jc_status status = jc_append(model->twins.real, model->request.units, model->request.count,
                                 model->request.results, &model->twins.error);
    fault->fail_at = 0;
    if (status != JC_EIO && status != JC_EINVAL) {
        snprintf(model->twins.difference, sizeof model->twins.difference,
                 "an append whose answer was lost gave %s", jc_status_name(status));
        return false;
    }
    return jc_twins_reopen(&model->twins) && settle(model);
}

/* The log was busy: nothing was written, and the handle is as good as before. */
static bool step_busy(model_run *model)
{
    jc_fault *fault = &model->twins.fault;
    make_request(model);
    fault->kind = JC_FAULT_BEFORE;
    fault->status = JC_EBUSY;
    fault->fail_at = fault->calls + 1;
    (void)!jc_append(model->twins.real, model->request.units, model->request.count,
                     model->request.results, &model->twins.error);
    fault->fail_at = 0;
    return settle(model);
}

static int append_and_exit(void *context)
{
    model_run *model = context;
    if (!jc_twins_open_real(&model->twins))
        return 1;
    (void)!jc_append(model->twins.real, model->request.units, model->request.count,
                     model->request.results, &model->twins.error);
    jc_twins_close_real(&model->twins);
    return 0;
}

/* A process is killed while it appends; now and then it is quicker. */
static bool step_kill(model_run *model)
{
    make_request(model);
    jc_twins_close_real(&model->twins);
    pid_t child = jc_child_start(append_and_exit, model);
    jc_clock_sleep_us((int64_t)jc_random_below(&model->random, 10000));
    jc_child_kill(child);
    return jc_twins_open_real(&model->twins) && settle(model);
}

/* What may happen in a step, and how often, of a hundred. */
static const struct {
    uint64_t percent;
    bool (*run)(model_run *model);
} steps[] = {{52, step_append}, {14, step_read}, {14, step_cursor}, {5, step_ask}, {5, step_find},
             {3, step_reopen},  {3, step_fault}, {2, step_busy},    {2, step_kill}};

static bool run_step(model_run *model)
{
    /* The clock mostly goes on, sometimes back, and now and then far. */
    model->twins.now_us += (int64_t)jc_random_below(&model->random, 3000000) - 500000;
    if (jc_random_chance(&model->random, 2))
        model->twins.now_us += ((int64_t)jc_random_below(&model->random, 3) - 1) * 100000000;
    uint64_t dice = jc_random_below(&model->random, 100);
    size_t at = 0;
    while (dice >= steps[at].percent)
        dice -= steps[at++].percent;
    return steps[at].run(model);
}

static bool run_model(const char *program, uint64_t seed, uint64_t step_count)
{
    model_run *model = calloc(1, sizeof *model);
    if (model == NULL)
        abort();
    model->random.state = seed;
    model->source.seed = seed;
    model->twins.now_us = INT64_C(1767952800000000);
    printf("# seed %" PRIu64 ", replay with: %s --seed %" PRIu64 " --steps %" PRIu64 "\n", seed,
           program, seed, step_count);
    (void)fflush(stdout);

    uint64_t step = 0;
    bool same = jc_twins_open(&model->twins);
    while (same && step < step_count) {
        step++;
        same = run_step(model);
    }
    same = same && jc_twins_check(&model->twins);
    look_at_heads(model);
    if (same)
        printf("# %" PRIu64 " events, %" PRIu64 " crashes, %" PRIu64
               " of them after the commit, %" PRIu64 " warnings\n",
               model->position, model->crashes, model->crashes_after_commit, model->twins.warnings);
    else
        printf("# step %" PRIu64 ": %s\n", step, model->twins.difference);
    jc_twins_close(&model->twins);
    free(model);
    return same;
}

static uint64_t option(int argc, char **argv, const char *name, uint64_t otherwise)
{
    for (int i = 1; i + 1 < argc; i += 2)
        if (strcmp(argv[i], name) == 0)
            return strtoull(argv[i + 1], NULL, 10);
    return otherwise;
}

int main(int argc, char **argv)
{
    uint64_t seed = option(argc, argv, "--seed", 0);
    uint64_t seeds = option(argc, argv, "--seeds", seed == 0 ? 6 : 1);
    uint64_t step_count = option(argc, argv, "--steps", 600);
    seed = seed == 0 ? 1 : seed;
    int failed = 0;
    printf("1..%" PRIu64 "\n", seeds);
    for (uint64_t i = 0; i < seeds; i++) {
        bool same = run_model(argv[0], seed + i, step_count);
        printf("%sok %" PRIu64 " - the_log_answers_as_its_twin_in_memory (seed %" PRIu64 ")\n",
               same ? "" : "not ", i + 1, seed + i);
        failed += !same;
    }
    return failed != 0;
}

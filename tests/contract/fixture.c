/* Runs each case on each backend: SQLite in a temporary project, the twin in memory, and both behind
 * the fault backend, which lets everything through until a case says otherwise. The clock stands still
 * unless a case moves it. */
#include "contract/fixture.h"

#include "store/backend_memory.h"

#include <stdio.h>
#include <stdlib.h>

struct jc_fixture_backend {
    const char *name;
    bool has_folder;
    bool has_fault;
    jc_status (*open)(const char *dir, const jc_options *options, jc_store **ret, jc_error *reterr);
};

static jc_status open_memory(const char *dir, const jc_options *options, jc_store **ret,
                             jc_error *reterr)
{
    (void)dir;
    return jc_store_open_memory(options, ret, reterr);
}

static struct jc_fixture_backend backends[] = {
    {.name = "sqlite", .has_folder = true, .open = jc_open},
    {.name = "memory", .open = open_memory},
    {.name = "fault on sqlite", .has_folder = true, .has_fault = true, .open = jc_open},
    {.name = "fault on memory", .has_fault = true, .open = open_memory},
};
static const size_t backend_count = sizeof backends / sizeof *backends;
static const size_t first_faulty = 2;

static int64_t fixture_now(void *context)
{
    const jc_fixture *fixture = context;
    return fixture->now_us;
}

/* Nothing goes wrong behind a commit here, so nobody is to be told of it. */
static void fail_on_warning(void *context, const char *text)
{
    (void)context;
    fail_msg("warned: %s", text);
}

static int set_up(void **state)
{
    jc_fixture *fixture = calloc(1, sizeof *fixture);
    if (fixture == NULL)
        return -1;
    fixture->backend = *state;
    fixture->now_us = JC_TEST_NOW_US;
    if (fixture->backend->has_folder)
        jc_test_project_make(fixture->dir);

    const jc_options options = {.now_us = fixture_now,
                                .now_context = fixture,
                                .warn = fail_on_warning};
    jc_status status =
        fixture->backend->open(fixture->dir, &options, &fixture->store, &fixture->error);
    if (status == JC_OK && fixture->backend->has_fault)
        status = jc_store_add_fault(fixture->store, &fixture->fault, &fixture->error);
    if (status < 0)
        print_error("cannot open: %s\n", fixture->error.text);
    *state = fixture;
    return status < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
    jc_fixture *fixture = *state;
    jc_close(fixture->store);
    jc_test_folder_remove(fixture->dir);
    jc_buf_release(&fixture->lines);
    jc_buf_release(&fixture->wanted);
    free(fixture);
    return 0;
}

static int run_on(const char *group, const struct CMUnitTest tests[], size_t count, size_t first,
                  size_t last)
{
    size_t total = count * (last - first);
    struct CMUnitTest *all = calloc(total, sizeof *all);
    char(*names)[128] = calloc(total, sizeof *names);
    if (all == NULL || names == NULL)
        return 99;
    for (size_t i = 0; i < total; i++) {
        struct jc_fixture_backend *backend = &backends[first + i / count];
        snprintf(names[i], sizeof names[i], "%s: %s", backend->name, tests[i % count].name);
        all[i] = (struct CMUnitTest){.name = names[i],
                                     .test_func = tests[i % count].test_func,
                                     .setup_func = set_up,
                                     .teardown_func = tear_down,
                                     .initial_state = backend};
    }
    int failed = _cmocka_run_group_tests(group, all, total, NULL, NULL);
    free(names);
    free(all);
    return failed;
}

int jc_contract_run(const char *group, const struct CMUnitTest tests[], size_t count)
{
    return run_on(group, tests, count, 0, backend_count);
}

int jc_contract_run_faulty(const char *group, const struct CMUnitTest tests[], size_t count)
{
    return run_on(group, tests, count, first_faulty, backend_count);
}

void jc_assert_status(jc_status got, jc_status wanted, const char *text, const char *file, int line)
{
    if (got == wanted)
        return;
    print_error("%s instead of %s%s%s\n", jc_status_name(got), jc_status_name(wanted),
                text != NULL ? ": " : "", text != NULL ? text : "");
    _fail(file, line);
}

/* Where the line that holds the byte at `at` starts, and how long it is. */
static jc_str line_around(const jc_buf *lines, size_t at)
{
    size_t start = at < lines->size ? at : lines->size;
    while (start > 0 && lines->bytes[start - 1] != '\n')
        start--;
    size_t end = start;
    while (end < lines->size && lines->bytes[end] != '\n')
        end++;
    jc_str line = {lines->bytes != NULL ? lines->bytes + start : "", end - start};
    return line;
}

void jc_assert_same_lines(const jc_buf *got, const jc_buf *wanted, const char *file, int line)
{
    size_t at = 0;
    while (at < got->size && at < wanted->size && got->bytes[at] == wanted->bytes[at])
        at++;
    if (at == got->size && at == wanted->size)
        return;
    jc_str got_line = line_around(got, at);
    jc_str wanted_line = line_around(wanted, at);
    print_error("%.*s\ninstead of\n%.*s\n", (int)got_line.size, got_line.bytes,
                (int)wanted_line.size, wanted_line.bytes);
    _fail(file, line);
}

jc_receipt jc_fixture_append(jc_fixture *fixture, const jc_event *event)
{
    jc_receipt receipt = {0};
    assert_ok(fixture, jc_test_append(fixture->store, event, 1, &receipt, &fixture->error));
    return receipt;
}

void jc_fixture_fill(jc_fixture *fixture, const char *workflow_id, uint64_t first_number, int count)
{
    for (int i = 0; i < count; i++) {
        jc_event event = jc_test_event(first_number + (uint64_t)i, workflow_id, "step.done", "{}");
        (void)jc_fixture_append(fixture, &event);
    }
}

uint64_t jc_fixture_position(jc_fixture *fixture)
{
    jc_store_info info = {0};
    assert_ok(fixture, jc_store_info_read(fixture->store, &info, &fixture->error));
    return info.position;
}

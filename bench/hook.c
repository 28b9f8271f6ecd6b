/* A hook, from start to exit, as an agent pays for it at every tool call: against `cat > file`, the least
 * that recording could cost, and against the `sqlite3` program storing the same payload in one durable
 * insert; alone, beside a process that has the store open, and while somebody keeps the write lock, when
 * the payload goes to the spool. The figures are milliseconds of single runs. */
#include "bench.h"

#include <inttypes.h>
#include <stdlib.h>

#define RUNS 60      /* of each side a round */
#define BUSY_RUNS 10 /* each of them waits out its deadline */
#define DEADLINE_MS 100
#define PAYLOAD_SIZE 2048

typedef struct hook_side {
    const bench_options *options;
    char project[BENCH_PATH_SIZE];
    char log[BENCH_PATH_SIZE];
    char payload[BENCH_PATH_SIZE]; /* the file that is read */
    char copy[BENCH_PATH_SIZE];
    uint64_t number;
} hook_side;

/* What a tool call of the usual size tells behind it. */
static void format_payload(char ret[PAYLOAD_SIZE], const hook_side *side)
{
    int size = snprintf(
        ret, PAYLOAD_SIZE,
        "{\"session_id\":\"3f0c8f5e-7a52-4f0e-9d55-0a4c8a3b6d11\",\"transcript_path\":"
        "\"/home/dev/.claude/projects/-home-dev-app/3f0c8f5e-7a52-4f0e-9d55-0a4c8a3b6d11.jsonl\","
        "\"cwd\":\"%s\",\"prompt_id\":\"9b1d4c1e-0d0b-4a7e-8f5f-6f1f3f0f7a01\","
        "\"permission_mode\":\"acceptEdits\",\"hook_event_name\":\"PostToolUse\","
        "\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"ninja -C build && meson test -C "
        "build "
        "--suite unit\",\"description\":\"Build and run the unit tests\"},\"tool_response\":"
        "{\"stdout\":\"",
        side->project);
    for (int i = 0; i < 12 && size < PAYLOAD_SIZE - 300; i++)
        size += snprintf(ret + size, PAYLOAD_SIZE - (size_t)size,
                         "%2d/12 unit_%d_test          OK              0.%02d s\\n", i + 1, i,
                         i * 7 % 60);
    snprintf(ret + size, PAYLOAD_SIZE - (size_t)size,
             "\",\"stderr\":\"\",\"interrupted\":false,\"isImage\":false},"
             "\"tool_use_id\":\"toolu_bench_%" PRIu64 "\",\"duration_ms\":4211}",
             side->number);
}

static void write_payload(hook_side *side, char ret[PAYLOAD_SIZE])
{
    side->number++;
    format_payload(ret, side);
    FILE *file = fopen(side->payload, "w");
    if (file == NULL || fputs(ret, file) < 0 || fclose(file) != 0)
        bench_die("cannot write %s", side->payload);
}

static double record_with_jc(void *context)
{
    hook_side *side = context;
    char payload[PAYLOAD_SIZE];
    char *arguments[] = {(char *)(uintptr_t)side->options->jc, "hook", NULL};
    write_payload(side, payload);
    return bench_process(arguments, side->payload, NULL);
}

static double record_with_cat(void *context)
{
    hook_side *side = context;
    char payload[PAYLOAD_SIZE];
    char *arguments[] = {"cat", NULL};
    write_payload(side, payload);
    return bench_process(arguments, side->payload, side->copy);
}

static double record_with_sqlite3(void *context)
{
    hook_side *side = context;
    char payload[PAYLOAD_SIZE];
    char id[JC_UUID_TEXT_SIZE];
    char sql[PAYLOAD_SIZE + 512];
    write_payload(side, payload);
    jc_event event = bench_event("hook", side->number, false);
    jc_uuid_format(event.id, id);
    snprintf(sql, sizeof(sql),
             "PRAGMA synchronous = FULL; INSERT INTO events VALUES (%" PRIu64
             ", '%s', 'hook', %" PRIu64
             ", '2026-01-09T10:00:00.000000Z', 'agent.tool.completed', 'main', NULL, NULL,"
             " '%s', NULL, '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08')",
             side->number, id, side->number, payload);
    char *arguments[] = {"sqlite3", "-batch", side->log, sql, NULL};
    return bench_process(arguments, NULL, NULL);
}

static double the_deadline(void *context)
{
    (void)context;
    return DEADLINE_MS;
}

static hook_side make_side(const bench_options *options, const char *name)
{
    hook_side side = {.options = options};
    char file[64];
    bench_path(side.project, options->folder, name);
    bench_path(side.log, side.project, ".jc/events.db");
    snprintf(file, sizeof(file), "%s.json", name);
    bench_path(side.payload, options->folder, file);
    snprintf(file, sizeof(file), "%s.copy", name);
    bench_path(side.copy, options->folder, file);
    return side;
}

/* While this process keeps the write lock, hooks cannot but spool. */
static void measure_busy(const bench_options *options, hook_side *jc, bench_row *row)
{
    bench_raw keeper;
    bench_raw_open(&keeper, options->folder, "hook");
    bench_sql(keeper.db, "BEGIN IMMEDIATE");
    row->name = "jc hook, the log locked: spooled";
    row->limit = "its deadline of 100 ms";
    row->limit_side = the_deadline;
    row->jc_context = jc;
    row->sense = BENCH_FACT;
    bench_run_times(row, options->rounds, BUSY_RUNS);
    bench_sql(keeper.db, "ROLLBACK");
    bench_raw_close(&keeper);
}

static void measure(const bench_options *options)
{
    hook_side jc = make_side(options, "hook");
    hook_side raw = make_side(options, "hook-raw");
    bench_row row = {.name = "jc hook",
                     .limit = "cat > file",
                     .unit = "ms",
                     .jc_side = record_with_jc,
                     .jc_context = &jc,
                     .limit_side = record_with_cat,
                     .limit_context = &raw,
                     .sense = BENCH_FACT};
    bench_run_times(&row, options->rounds, RUNS);

    row.limit = "sqlite3, one durable insert";
    row.limit_side = record_with_sqlite3;
    row.sense = BENCH_AT_MOST;
    row.target = 1.0;
    bench_run_times(&row, options->rounds, RUNS);

    /* This process is the holder: it has both logs open and does nothing with them. */
    jc_error error;
    jc_store *holder = NULL;
    bench_raw raw_holder;
    bench_must(jc_open(jc.project, NULL, &holder, &error), &error, "open");
    bench_raw_open(&raw_holder, options->folder, "hook-raw");
    row.name = "jc hook, the store held open by another";
    row.limit = "sqlite3, its database held open";
    row.target = 0.7;
    bench_run_times(&row, options->rounds, RUNS);
    bench_raw_close(&raw_holder);
    jc_close(holder);
    measure_busy(options, &jc, &row);
}

void bench_hook(const bench_options *options)
{
    bench_heading("Hooks: whole processes, milliseconds from start to exit");
    if (!bench_has_command(options, "hook")) {
        bench_print_absent("jc hook", "this program has no such command");
        return;
    }
    unsetenv("JC_DIR");
    unsetenv("JC_WORKFLOW");
    unsetenv("JC_AGENT");
    jc_close(bench_store(options->folder, "hook", false));
    bench_raw raw;
    bench_raw_make(&raw, options->folder, "hook-raw");
    bench_raw_close(&raw);
    measure(options);
}

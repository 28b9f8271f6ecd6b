/* Replaying a workflow of 100,000 events into the built-in projections, against reading it alone. The
 * events are a mixture: of ten, six are tool calls, two are about features and two are notes. And
 * rebuilding the notes of a workflow that is nothing but notes, in milliseconds. */
#include "bench.h"

#include "jc/projection.h"

#include <inttypes.h>
#include <stdio.h>

#define EVENTS UINT64_C(100000)
#define BATCH 1000
#define NOTES UINT64_C(10000)

typedef struct bench_side {
    jc_store *store;
    const jc_projection *projection;
} bench_side;

/* The event of that number; its text is good until the next call with the same `room`. */
static jc_event mixed_event(uint64_t number, char *room, size_t size)
{
    jc_event event = bench_event("mixed", number, false);
    const char *type = NULL;
    switch (number % 10) {
    case 3:
        type = "feature.started";
        break;
    case 6:
        type = "feature.completed";
        break;
    case 8:
        type = "agent.note.learning";
        break;
    case 9:
        type = "agent.note.decision";
        break;
    default:
        snprintf(room, size, "%.*s", (int)event.data.size, event.data.bytes);
        event.data = jc_str_of(room);
        return event;
    }
    event.event_type = jc_str_of(type);
    if (number % 10 < 8)
        snprintf(room, size,
                 "{\"name\":\"feature %" PRIu64 "\",\"description\":\"one of a hundred\","
                 "\"tests_passing\":true,\"cost_usd\":0.0125,\"duration_ms\":48000}",
                 number / 10 % 100);
    else
        snprintf(room, size,
                 "{\"title\":\"What was found out, number %" PRIu64 "\",\"content\":\"All routes "
                 "check the token in one place, so a new route needs nothing of its own; see the "
                 "middleware.\",\"tags\":[\"auth\",\"area-%" PRIu64 "\"],\"related_file\":\"a.c\"}",
                 number, number % 50);
    event.data = jc_str_of(room);
    return event;
}

static void fill(jc_store *store)
{
    static char room[BATCH][640];
    static jc_event events[BATCH];
    jc_error error;
    for (uint64_t done = 0; done < EVENTS; done += BATCH) {
        for (size_t i = 0; i < BATCH; i++)
            events[i] = mixed_event(done + i, room[i], sizeof(room[i]));
        jc_append_result result;
        jc_unit unit = {.events = events, .count = BATCH};
        bench_must(jc_append(store, &unit, 1, &result, &error), &error, "append");
    }
}

static double replay(void *context)
{
    bench_side *side = context;
    jc_error error;
    jc_state *state = NULL;
    double start = bench_seconds();
    bench_must(jc_state_read(side->store, side->projection, JC_STR("mixed"), NULL, &state, &error),
               &error, "replay");
    double seconds = bench_seconds() - start;
    if (jc_state_info_get(state).events != EVENTS)
        bench_die("the replay applied too few events");
    jc_state_free(state);
    return (double)EVENTS / seconds;
}

/* Read a workflow's events and do nothing with them. */
static uint64_t count_events(jc_store *store, jc_str workflow_id)
{
    jc_error error;
    jc_filter filter = {.workflow_ids = &workflow_id, .workflow_count = 1};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    uint64_t count = 0;
    jc_status status;
    bench_must(jc_cursor_open(store, &filter, &cursor, &error), &error, "cursor");
    while ((status = jc_cursor_next(cursor, &event, &error)) == JC_OK)
        count++;
    bench_must(status, &error, "read");
    jc_cursor_close(cursor);
    return count;
}

static double read_alone(void *context)
{
    bench_side *side = context;
    double start = bench_seconds();
    uint64_t count = count_events(side->store, JC_STR("mixed"));
    return (double)count / (bench_seconds() - start);
}

static double rebuild_notes(void *context)
{
    bench_side *side = context;
    jc_error error;
    jc_state *state = NULL;
    double start = bench_seconds();
    bench_must(jc_state_read(side->store, side->projection, JC_STR("notes"), NULL, &state, &error),
               &error, "rebuild");
    double seconds = bench_seconds() - start;
    if (jc_state_info_get(state).events != NOTES)
        bench_die("the rebuild applied too few events");
    jc_state_free(state);
    return seconds * 1e3;
}

static double read_note_events(void *context)
{
    bench_side *side = context;
    double start = bench_seconds();
    if (count_events(side->store, JC_STR("notes")) != NOTES)
        bench_die("too few notes were read");
    return (bench_seconds() - start) * 1e3;
}

static void bench_notes(const bench_options *options, jc_store *store)
{
    bench_heading("Rebuilding a workflow of 10,000 notes, milliseconds");
    bench_fill_notes(store, "notes", NOTES);
    bench_side side = {.store = store, .projection = jc_projection_find("notes")};
    bench_row row = {.name = "rebuild 10,000 notes",
                     .limit = "reading them alone",
                     .unit = "ms",
                     .jc_side = rebuild_notes,
                     .jc_context = &side,
                     .limit_side = read_note_events,
                     .limit_context = &side,
                     .sense = BENCH_FACT};
    bench_run(&row, options->rounds);
}

/* The same project, without its cache: every read replays from the first event on. */
static jc_store *open_without_cache(const char *folder, const char *name)
{
    char path[BENCH_PATH_SIZE];
    jc_error error;
    jc_store *store = NULL;
    jc_options options = {.without_mirror = true, .without_cache = true};
    bench_path(path, folder, name);
    bench_must(jc_open(path, &options, &store, &error), &error, "open");
    return store;
}

void bench_states(const bench_options *options)
{
    bench_heading("Replaying 100,000 mixed events of one workflow, events a second");
    jc_close(bench_store(options->folder, "states", true));
    jc_store *store = open_without_cache(options->folder, "states");
    fill(store);
    size_t count = 0;
    const jc_projection *const *all = jc_projection_list(&count);
    for (size_t i = 0; i < count; i++) {
        char name[64];
        bench_side side = {.store = store, .projection = all[i]};
        snprintf(name, sizeof(name), "replay into %s", all[i]->name);
        bench_row row = {.name = name,
                         .limit = "reading them alone",
                         .unit = "/s",
                         .jc_side = replay,
                         .jc_context = &side,
                         .limit_side = read_alone,
                         .limit_context = &side,
                         .sense = BENCH_AT_LEAST,
                         .target = 0.5};
        bench_run(&row, options->rounds);
    }
    bench_notes(options, store);
    jc_close(store);
}

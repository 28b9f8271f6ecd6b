/* Sample events, and projects of jc filled with them. */
#include "bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define FILL_BATCH 1000

void bench_path(char ret[BENCH_PATH_SIZE], const char *folder, const char *name)
{
    int size = snprintf(ret, BENCH_PATH_SIZE, "%s/%s", folder, name);
    if (size < 0 || size >= BENCH_PATH_SIZE)
        bench_die("the path %s/%s is too long", folder, name);
}

/* One of the sentences that an agent's tool call could carry, about 280 bytes with the rest. */
static int format_data(char *ret, size_t room, uint64_t number)
{
    return snprintf(
        ret, room,
        "{\"tool\":\"edit\",\"call\":%" PRIu64 ",\"file\":\"src/store/append_%" PRIu64
        ".c\",\"summary\":\"Replaced the loop that read one row at a time by a prepared "
        "statement, and checked the bound.\",\"lines_added\":%" PRIu64
        ",\"lines_removed\":7,\"duration_ms\":%" PRIu64
        ",\"success\":true,\"session\":\"0191f3a2-7c1e\",\"model\":\"large\"}",
        number, number % 97, number % 40, 100 + number % 900);
}

jc_event bench_event(const char *workflow_id, uint64_t number, bool derived)
{
    static char text[512];
    int size = format_data(text, sizeof(text), number);
    jc_event event = {
        .workflow_id = jc_str_of(workflow_id),
        .event_type = JC_STR("agent.tool.completed"),
        .agent_id = JC_STR("coder"),
        .data = {text, (size_t)size},
    };
    jc_error error;
    if (derived) {
        jc_uuid name_space = {{0x6b, 0xa7, 0xb8, 0x11}};
        char name[192];
        int length = snprintf(name, sizeof(name), "%s %" PRIu64, workflow_id, number);
        event.id = jc_uuid_derive(name_space, (jc_str){name, (size_t)length});
    } else {
        bench_must(jc_event_prepare(&event, &error), &error, "prepare");
    }
    return event;
}

jc_store *bench_store(const char *folder, const char *name, bool without_mirror)
{
    char path[BENCH_PATH_SIZE];
    bench_path(path, folder, name);
    if (mkdir(path, 0700) != 0)
        bench_die("cannot make the folder %s", path);

    jc_error error;
    jc_project_made made;
    bench_must(jc_project_init(path, &made, &error), &error, "init");
    jc_store *store = NULL;
    jc_options options = {.without_mirror = without_mirror};
    bench_must(jc_open(path, &options, &store, &error), &error, "open");
    return store;
}

/* Events whose data stays valid together; a unit needs all of them at once. */
static jc_event *make_events(const char *workflow_id, uint64_t number, size_t count, bool derived,
                             char **ret_texts)
{
    enum {
        room = 512
    };
    jc_event *events = calloc(count, sizeof(events[0]));
    char *texts = malloc(count * room);
    if (events == NULL || texts == NULL)
        bench_die("out of memory");
    for (size_t i = 0; i < count; i++) {
        events[i] = bench_event(workflow_id, number + i, derived);
        memcpy(texts + i * room, events[i].data.bytes, events[i].data.size);
        events[i].data.bytes = texts + i * room;
    }
    *ret_texts = texts;
    return events;
}

static void append_unit(jc_store *store, const jc_event *events, size_t count)
{
    jc_error error;
    jc_append_result result;
    jc_unit unit = {.events = events, .count = count};
    bench_must(jc_append(store, &unit, 1, &result, &error), &error, "append");
    if (result.stored != count)
        bench_die("append stored %zu of %zu events", result.stored, count);
}

void bench_append(jc_store *store, const char *workflow_id, uint64_t number, size_t count,
                  bool derived)
{
    if (count == 1) {
        jc_event event = bench_event(workflow_id, number, derived);
        append_unit(store, &event, 1);
        return;
    }
    char *texts = NULL;
    jc_event *events = make_events(workflow_id, number, count, derived, &texts);
    append_unit(store, events, count);
    free(events);
    free(texts);
}

void bench_fill(jc_store *store, const char *workflow_id, uint64_t total, bool derived)
{
    for (uint64_t done = 0; done < total;) {
        uint64_t count = total - done < JC_APPEND_MAX ? total - done : JC_APPEND_MAX;
        bench_append(store, workflow_id, done, (size_t)count, derived);
        done += count;
    }
}

void bench_fill_notes(jc_store *store, const char *workflow_id, uint64_t total)
{
    static const char *const types[] = {"agent.note.learning", "agent.note.decision",
                                        "agent.note.blocker", "agent.note.observation"};
    static char room[FILL_BATCH][512];
    static jc_event events[FILL_BATCH];
    for (uint64_t done = 0; done < total; done += FILL_BATCH) {
        for (size_t i = 0; i < FILL_BATCH; i++) {
            uint64_t number = done + i;
            events[i] = bench_event(workflow_id, number, false);
            events[i].event_type = jc_str_of(types[number % 4]);
            snprintf(room[i], sizeof(room[i]),
                     "{\"title\":\"What was found out, number %" PRIu64
                     "\",\"content\":\"All routes check the token in one place, so a new route "
                     "needs nothing of its own; see the middleware.\",\"tags\":[\"auth\","
                     "\"area-%" PRIu64 "\"],\"related_file\":\"src/auth.c\"}",
                     number, number % 50);
            events[i].data = jc_str_of(room[i]);
        }
        append_unit(store, events, FILL_BATCH);
    }
}

/* Events told by hand into a log in memory, at seconds after nine o'clock, for tests of what is folded
 * from them. Behind each test, every projection's state of what was told is saved at each event, read
 * back, and must go on as if it had not been. */
#ifndef JC_TEST_TOLD_H
#define JC_TEST_TOLD_H

#include "unit.h"

#include "base/arena.h"
#include "contract/events.h"
#include "jc/projection.h"
#include "saved_states.h"
#include "store/backend_memory.h"

#define TOLD_SAVED_MAX 256 /* so many events, of the first that were told */

#define TOLD_START_US INT64_C(1767949200000000) /* 2026-01-09T09:00:00Z */
#define TOLD_TIME(minutes, seconds) "2026-01-09T09:" minutes ":" seconds ".000000Z"

typedef struct told {
    jc_store *store;
    uint64_t number;
} told;

static inline int told_open(void **state)
{
    static told opened;
    opened = (told){.number = 1};
    *state = &opened;
    return jc_store_open_memory(NULL, &opened.store, NULL) == JC_OK ? 0 : -1;
}

/* The events of workflow "wf", copied into the arena. */
static inline size_t told_events(told *in, jc_arena *arena, jc_event events[TOLD_SAVED_MAX])
{
    jc_str id = JC_STR("wf");
    jc_filter filter = {.workflow_ids = &id, .workflow_count = 1};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    size_t count = 0;
    assert_int_equal(jc_cursor_open(in->store, &filter, &cursor, NULL), JC_OK);
    while (count < TOLD_SAVED_MAX && jc_cursor_next(cursor, &event, NULL) == JC_OK) {
        jc_event *kept = &events[count++];
        *kept = *event;
        jc_str *texts[] = {&kept->workflow_id,    &kept->event_type,   &kept->agent_id,
                           &kept->correlation_id, &kept->causation_id, &kept->data};
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
            assert_int_equal(jc_arena_keep(arena, *texts[i], texts[i], NULL), JC_OK);
    }
    jc_cursor_close(cursor);
    return count;
}

static inline int told_close(void **state)
{
    static jc_event events[TOLD_SAVED_MAX];
    told *opened = *state;
    jc_arena arena = {0};
    size_t projections = 0;
    const jc_projection *const *all = jc_projection_list(&projections);
    size_t count = told_events(opened, &arena, events);
    for (size_t i = 0; i < projections; i++)
        assert_saved_states_go_on(all[i], events, count, 1);
    jc_arena_release(&arena);
    jc_close(opened->store);
    return 0;
}

#define TOLD_CLAIM(function) cmocka_unit_test_setup_teardown(function, told_open, told_close)

/* An event of workflow "wf" at so many seconds after nine o'clock; `agent` may be NULL. */
static inline jc_event told_event(told *in, int64_t seconds, const char *agent,
                                  const char *event_type, const char *data)
{
    jc_event event = jc_test_event(in->number++, "wf", event_type, data);
    event.has_timestamp = true;
    event.timestamp_us = TOLD_START_US + seconds * 1000000;
    event.agent_id = jc_str_of(agent);
    return event;
}

static inline void told_append(told *in, const jc_event *event)
{
    jc_error error;
    if (jc_test_append(in->store, event, 1, NULL, &error) < 0)
        fail_msg("%.*s: %s", (int)event->event_type.size, event->event_type.bytes, error.text);
}

static inline void tell(told *in, int64_t seconds, const char *agent, const char *event_type,
                        const char *data)
{
    jc_event event = told_event(in, seconds, agent, event_type, data);
    told_append(in, &event);
}

static inline jc_state *told_state(told *in, const char *projection)
{
    jc_state *state = NULL;
    jc_error error;
    if (jc_state_read(in->store, jc_projection_find(projection), JC_STR("wf"), NULL, &state,
                      &error) < 0)
        fail_msg("%s", error.text);
    return state;
}

/* Fail unless the state, as JSON, holds, or lacks, `piece`; and unless a state made of that JSON
 * writes the same. */
static inline void assert_told(told *in, const char *projection, bool holds, const char *piece)
{
    jc_state *state = told_state(in, projection);
    jc_state *restored = NULL;
    jc_error error;
    jc_state_info info = jc_state_info_get(state);
    const char *json = jc_state_json(state, &error);
    assert_non_null(json);
    if ((strstr(json, piece) != NULL) != holds)
        fail_msg("\"%s\" %s \"%s\"", json, holds ? "does not hold" : "holds", piece);
    if (jc_state_restore(info.projection, jc_str_of(json), &info, &restored, &error) < 0)
        fail_msg("%s: %s", error.text, json);
    assert_string_equal(jc_state_json(restored, &error), json);
    jc_state_free(restored);
    jc_state_free(state);
}

#define assert_told_holds(in, projection, piece) assert_told(in, projection, true, piece)
#define assert_told_lacks(in, projection, piece) assert_told(in, projection, false, piece)

/* Fail unless the projection refuses the text as a saved state. */
static inline void assert_refused(const char *projection, const char *json)
{
    jc_state_info info = {0};
    jc_state *none = NULL;
    if (jc_state_restore(jc_projection_find(projection), jc_str_of(json), &info, &none, NULL) !=
        JC_ECORRUPT)
        fail_msg("%s took %s", projection, json);
}

#endif

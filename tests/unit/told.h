/* Events told by hand into a log in memory, at seconds after nine o'clock, for tests of what is folded
 * from them. */
#ifndef JC_TEST_TOLD_H
#define JC_TEST_TOLD_H

#include "unit.h"

#include "contract/events.h"
#include "jc/projection.h"
#include "projection/state.h"
#include "store/backend_memory.h"

#include <stdlib.h>

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

static inline int told_close(void **state)
{
    told *opened = *state;
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

#endif

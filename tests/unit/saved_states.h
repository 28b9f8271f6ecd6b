/* Saved states: that one read back from its JSON goes on as if it had never been saved. */
#ifndef JC_TEST_SAVED_STATES_H
#define JC_TEST_SAVED_STATES_H

#include "unit.h"

#include "jc/projection.h"
#include "projection/state.h"

#include <stdlib.h>

/* Fail with what stands around the place where two texts part: whole ones may be too long to print. */
static inline void show_parting(size_t saved_before, const char *got, const char *wanted)
{
    size_t at = 0;
    while (got[at] != '\0' && got[at] == wanted[at])
        at++;
    size_t from = at > 200 ? at - 200 : 0;
    fail_msg("saved before event %zu, it became\n…%.300s\ninstead of\n…%.300s", saved_before,
             got + from, wanted + from);
}

/* Apply the events; at each, save the state, read it back, and apply the rest to what came out of it
 * (`stride` 1; with more, only at every so manieth event). Fail unless both write the same bytes. */
static inline void assert_saved_states_go_on(const jc_projection *projection,
                                             const jc_event events[], size_t count, size_t stride)
{
    jc_error error;
    jc_state *whole = NULL;
    assert_int_equal(jc_state_new(projection, &whole, &error), JC_OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(jc_state_apply(whole, &events[i], &error), JC_OK);
    const char *wanted = jc_state_json(whole, &error);
    assert_non_null(wanted);

    jc_state *running = NULL;
    assert_int_equal(jc_state_new(projection, &running, &error), JC_OK);
    for (size_t i = 0; i < count; i++) {
        if (i % stride == 0) {
            jc_state *restored = NULL;
            jc_state_info info = jc_state_info_get(running);
            const char *saved = jc_state_json(running, &error);
            assert_non_null(saved);
            if (jc_state_restore(projection, jc_str_of(saved), &info, &restored, &error) < 0)
                fail_msg("before event %zu: %s\n%s", i, error.text, saved);
            for (size_t rest = i; rest < count; rest++)
                assert_int_equal(jc_state_apply(restored, &events[rest], &error), JC_OK);
            const char *got = jc_state_json(restored, &error);
            if (got == NULL || strcmp(got, wanted) != 0)
                show_parting(i, got != NULL ? got : error.text, wanted);
            jc_state_free(restored);
        }
        assert_int_equal(jc_state_apply(running, &events[i], &error), JC_OK);
    }
    jc_state_free(running);
    jc_state_free(whole);
}

#endif

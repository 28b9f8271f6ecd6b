/* States saved and read back, of made-up histories and every built-in projection. JC_SEED replays one
 * seed. */
#include "saved_states.h"

#include "history.h"

#define SEEDS 60
#define EVENTS 150

static void a_state_read_back_goes_on_as_if_it_had_not_been_saved(void **state)
{
    (void)state;
    const char *given = getenv("JC_SEED");
    uint64_t first = given != NULL ? strtoull(given, NULL, 10) : 1;
    uint64_t last = given != NULL ? first : getenv("JC_TEST_FEW") != NULL ? SEEDS / 20 : SEEDS;
    size_t count = 0;
    const jc_projection *const *all = jc_projection_list(&count);
    for (uint64_t seed = first; seed <= last; seed++) {
        jc_history history;
        jc_history_make(&history, seed, EVENTS);
        print_message("# seed %llu\n", (unsigned long long)seed);
        for (size_t i = 0; i < count; i++)
            assert_saved_states_go_on(all[i], history.events, history.count, 7);
        jc_history_release(&history);
    }
}

static void what_is_no_saved_state_is_refused(void **state)
{
    static const char *const texts[] = {
        "", "[]", "7", "{", "{\"status\":\"odd\"}", "{\"features\":[1]}", "{\"notes\":[{}]}"};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        size_t count = 0;
        const jc_projection *const *all = jc_projection_list(&count);
        for (size_t each = 0; each < count; each++) {
            jc_state_info info = {0};
            jc_state *none = NULL;
            assert_int_equal(jc_state_restore(all[each], jc_str_of(texts[i]), &info, &none, NULL),
                             JC_ECORRUPT);
            assert_null(none);
        }
    }
    jc_state_info info = {0};
    jc_state *none = NULL;
    for (size_t i = 4; i < 6; i++)
        assert_int_equal(jc_state_restore(jc_projection_find("workflow"), jc_str_of(texts[i]),
                                          &info, &none, NULL),
                         JC_ECORRUPT);
    assert_int_equal(jc_state_restore(jc_projection_find("notes"), jc_str_of(texts[6]), &info,
                                      &none, NULL),
                     JC_ECORRUPT);
}

/* Empty texts are never written, so one that is read is absent. */
static void an_empty_text_is_none(void **state)
{
    (void)state;
    jc_state_info info = {0};
    jc_state *none = NULL;
    assert_int_equal(jc_state_restore(jc_projection_find("agents"),
                                      JC_STR(
                                          "{\"agents\":[],\"sessions\":[{\"session_id\":\"\"}]}"),
                                      &info, &none, NULL),
                     JC_ECORRUPT);
    assert_null(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_state_read_back_goes_on_as_if_it_had_not_been_saved),
        CLAIM(what_is_no_saved_state_is_refused),
        CLAIM(an_empty_text_is_none),
    };
    return cmocka_run_group_tests_name("saved_states", tests, NULL, NULL);
}

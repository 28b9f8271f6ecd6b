/* Many hooks at once, as whole processes: an agent that runs tools in parallel starts a `jc hook` for each
 * of them. None is lost, none doubled, none says a word, and none waits for a lock that somebody keeps:
 * what cannot be stored in time goes to the spool, and the next commands that append take it up.
 *
 * A telling is one payload given to one process. The calls of the tools are numbered; each is told twice
 * by nature, before and after (PreToolUse, PostToolUse). */
#include "contract/fixture.h"
#include "model/check_log.h"
#include "model/child.h"
#include "model/crowd.h"

#include "base/clock.h"
#include "base/json.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    call_count = 25,
    notice_count = 10,
    again_count = 4,
    commands_max = 20, /* that may be needed to take up a spool */
    hold_ms = 3000,
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    /* Fifty programs start many times slower then, and still end before the lock is let go. */
    median_ms_max = 2000,
    worst_ms_max = 2500,
#else
    median_ms_max = 250,
    worst_ms_max = 1500,
#endif
    payload_size = 2048
};

/* How often the log tells what. */
typedef struct tally {
    int started[call_count];
    int completed[call_count];
    int noticed[notice_count];
    int others;
} tally;

typedef struct holder {
    char path[JC_TEST_PATH_SIZE + 32];
    atomic_bool holds;
    atomic_bool stop;
    atomic_bool held_to_the_end;
} holder;

/* A crowd of hooks while somebody kept the write lock, and what was found behind it. */
typedef struct scene {
    bool is_played;
    char dir[JC_TEST_PATH_SIZE];
    jc_crowd crowd;
    int spooled;
    tally stored;
    bool released_early;
    tally taken_up;
    int left;
} scene;

static const char *program(void)
{
    const char *path = getenv("JC_PROGRAM");
    if (path == NULL) {
        fprintf(stderr, "JC_PROGRAM must be the path of the program\n");
        exit(99);
    }
    return path;
}

/* What every payload of the session begins with. */
static int write_head(char *payload, const char *dir, const char *name)
{
    return snprintf(payload, payload_size,
                    "{\"session_id\":\"6c1f6f6e-0000-4000-8000-00000000c0de\","
                    "\"transcript_path\":\"%s/none.jsonl\",\"cwd\":\"%s\",\"prompt_id\":\"p-1\","
                    "\"permission_mode\":\"default\",\"hook_event_name\":\"%s\",",
                    dir, dir, name);
}

static void add_hook(jc_crowd *crowd, const char *payload)
{
    const char *const arguments[] = {program(), "hook", NULL};
    jc_crowd_add(crowd, arguments, payload);
}

static void add_start(jc_crowd *crowd, const char *dir, int call)
{
    char payload[payload_size];
    int size = write_head(payload, dir, "PreToolUse");
    snprintf(payload + size, payload_size - (size_t)size,
             "\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"make part-%d\"},"
             "\"tool_use_id\":\"toolu_crowd_%02d\"}",
             call, call);
    add_hook(crowd, payload);
}

static void add_end(jc_crowd *crowd, const char *dir, int call)
{
    char payload[payload_size];
    int size = write_head(payload, dir, "PostToolUse");
    snprintf(payload + size, payload_size - (size_t)size,
             "\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"make part-%d\"},"
             "\"tool_response\":{\"stdout\":\"done\",\"stderr\":\"\",\"interrupted\":false},"
             "\"tool_use_id\":\"toolu_crowd_%02d\",\"duration_ms\":%d}",
             call, call, 10 + call);
    add_hook(crowd, payload);
}

static void add_notice(jc_crowd *crowd, const char *dir, int number)
{
    char payload[payload_size];
    int size = write_head(payload, dir, "Notification");
    snprintf(payload + size, payload_size - (size_t)size,
             "\"message\":\"notice %02d\",\"notification_type\":\"permission_prompt\"}", number);
    add_hook(crowd, payload);
}

static void add_all_calls(jc_crowd *crowd, const char *dir)
{
    for (int call = 0; call < call_count; call++) {
        add_start(crowd, dir, call);
        add_end(crowd, dir, call);
    }
}

/* The number at the end of a text, if that is one of `count`; else -1. */
static int number_of(jc_str text, const char *prefix, int count)
{
    char copy[64];
    int number = -1;
    size_t size = strlen(prefix);
    if (text.size < sizeof copy && text.size > size && memcmp(text.bytes, prefix, size) == 0) {
        memcpy(copy, text.bytes, text.size);
        copy[text.size] = '\0';
        number = atoi(copy + size);
    }
    return number < count ? number : -1;
}

static void count_event(tally *counting, const jc_event *event)
{
    JC_AUTO(jc_json) json = {0};
    JC_AUTO(jc_arena) arena = {0};
    const jc_json_limits limits = {.size_max = JC_DATA_SIZE_MAX, .depth_max = 64};
    yyjson_val *data = NULL;
    jc_str compact;
    jc_error error;
    assert_status(jc_json_read(&json, event->data, limits, &arena, &data, &compact, &error), JC_OK);
    int call = number_of(jc_json_text(data, "tool_use_id"), "toolu_crowd_", call_count);
    int notice = number_of(jc_json_text(data, "message"), "notice ", notice_count);
    if (jc_str_equal(event->event_type, JC_STR("agent.tool.started")) && call >= 0)
        counting->started[call]++;
    else if (jc_str_equal(event->event_type, JC_STR("agent.tool.completed")) && call >= 0)
        counting->completed[call]++;
    else if (jc_str_equal(event->event_type, JC_STR("agent.notified")) && notice >= 0)
        counting->noticed[notice]++;
    else if (!jc_str_equal(event->workflow_id, JC_STR("afterwards")))
        counting->others++;
}

/* Read the whole log, which must be sound. */
static tally count_log(const char *dir)
{
    tally counting = {.others = 0};
    jc_error error = {0};
    jc_store *store = NULL;
    jc_cursor *cursor = NULL;
    const jc_filter everything = {0};
    const jc_event *event = NULL;
    uint64_t events = 0;
    jc_assert_status(jc_open(dir, NULL, &store, &error), JC_OK, error.text, __FILE__, __LINE__);
    jc_assert_status(jc_check_log(store, &events, &error), JC_OK, error.text, __FILE__, __LINE__);
    assert_status(jc_cursor_open(store, &everything, &cursor, &error), JC_OK);
    while (jc_cursor_next(cursor, &event, &error) == JC_OK)
        count_event(&counting, event);
    jc_cursor_close(cursor);
    jc_close(store);
    return counting;
}

/* How many payloads wait in the spool, counted from outside. */
static int count_spool(const char *dir)
{
    char path[JC_TEST_PATH_SIZE + 32];
    int count = 0;
    snprintf(path, sizeof path, "%s/.jc/spool", dir);
    DIR *folder = opendir(path);
    if (folder == NULL)
        return 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* Run commands that append until the spool is empty, or there were too many. Returns what is left. */
static int take_up(const char *dir)
{
    const char *const arguments[] = {program(), "-C", dir, "emit", "afterwards", "step.done", NULL};
    for (int i = 0; i < commands_max && count_spool(dir) > 0; i++) {
        jc_crowd command;
        jc_crowd_init(&command);
        jc_crowd_add(&command, arguments, "");
        jc_crowd_run(&command);
        jc_crowd_release(&command);
        assert_int_equal(jc_crowd_failed(&command), 0);
    }
    return count_spool(dir);
}

static void assert_each_call_once(const tally *counted)
{
    for (int call = 0; call < call_count; call++) {
        assert_int_equal(counted->started[call], 1);
        assert_int_equal(counted->completed[call], 1);
    }
}

static int set_up(void **state)
{
    static char dir[JC_TEST_PATH_SIZE];
    jc_test_project_make(dir);
    *state = dir;
    return 0;
}

static int tear_down(void **state)
{
    jc_test_folder_remove(*state);
    return 0;
}

/* Run the crowd to its end, silently, and take up what it left in the spool. */
static tally run_and_count(jc_crowd *crowd, const char *dir)
{
    jc_crowd_run(crowd);
    printf("# %d hooks at once: median %lld us, worst %lld us, %d in the spool\n", crowd->count,
           (long long)jc_crowd_median_us(crowd), (long long)jc_crowd_worst_us(crowd),
           count_spool(dir));
    int64_t printed = jc_crowd_printed(crowd);
    jc_crowd_release(crowd);
    assert_int_equal(jc_crowd_failed(crowd), 0);
    assert_int_equal(printed, 0);
    assert_int_equal(take_up(dir), 0);
    return count_log(dir);
}

static void fifty_hooks_at_once_are_one_event_each(void **state)
{
    jc_crowd crowd;
    jc_crowd_init(&crowd);
    add_all_calls(&crowd, *state);

    tally counted = run_and_count(&crowd, *state);
    assert_each_call_once(&counted);
    assert_int_equal(counted.others, 0);
}

static void hooks_that_are_told_twice_at_one_instant_are_one_event_each(void **state)
{
    jc_crowd crowd;
    jc_crowd_init(&crowd);
    add_all_calls(&crowd, *state);
    add_all_calls(&crowd, *state);

    tally counted = run_and_count(&crowd, *state);
    assert_each_call_once(&counted);
    assert_int_equal(counted.others, 0);
}

static void equal_notifications_at_one_instant_are_one_event(void **state)
{
    jc_crowd crowd;
    jc_crowd_init(&crowd);
    for (int i = 0; i < 2 * notice_count; i++)
        add_notice(&crowd, *state, i / 2);

    tally counted = run_and_count(&crowd, *state);
    for (int i = 0; i < notice_count; i++)
        assert_int_equal(counted.noticed[i], 1);
    assert_int_equal(counted.others, 0);
}

/* A client that is not ours: takes the write lock, and keeps it for so long, or until told to stop. */
static int hold_write_lock(void *context)
{
    holder *lock = context;
    sqlite3 *db = NULL;
    if (sqlite3_open(lock->path, &db) != SQLITE_OK ||
        sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return 1;
    atomic_store(&lock->holds, true);
    int64_t end_us = jc_clock_monotonic_us() + hold_ms * INT64_C(1000);
    while (!atomic_load(&lock->stop) && jc_clock_monotonic_us() < end_us)
        jc_clock_sleep_us(1000);
    atomic_store(&lock->held_to_the_end, atomic_load(&lock->stop));
    return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}

static pid_t start_holder(holder *lock, const char *dir)
{
    snprintf(lock->path, sizeof lock->path, "%s/.jc/events.db", dir);
    pid_t pid = jc_child_start(hold_write_lock, lock);
    while (!atomic_load(&lock->holds))
        jc_clock_sleep_us(1000);
    return pid;
}

/* All calls, and so many tellings more that must not become events of their own. */
static void add_all_and_again(jc_crowd *crowd, const char *dir)
{
    add_all_calls(crowd, dir);
    add_notice(crowd, dir, 0);
    add_start(crowd, dir, 0);
    add_end(crowd, dir, 0);
    add_notice(crowd, dir, 0);
}

static void play(scene *playing)
{
    holder *lock = jc_shared_memory(sizeof *lock);
    jc_test_project_make(playing->dir);
    pid_t pid = start_holder(lock, playing->dir);
    jc_crowd_init(&playing->crowd);
    add_all_and_again(&playing->crowd, playing->dir);
    jc_crowd_run(&playing->crowd);
    atomic_store(&lock->stop, true);
    playing->released_early = jc_child_wait(pid) != 0 || !atomic_load(&lock->held_to_the_end);

    playing->spooled = count_spool(playing->dir);
    playing->stored = count_log(playing->dir);
    playing->left = take_up(playing->dir);
    playing->taken_up = count_log(playing->dir);
    printf("# %d hooks, the lock kept: median %lld us, worst %lld us, %d in the spool\n",
           playing->crowd.count, (long long)jc_crowd_median_us(&playing->crowd),
           (long long)jc_crowd_worst_us(&playing->crowd), playing->spooled);
}

/* The scene is played once; each claim looks at another side of it. */
static scene the_scene;

static int look_at_scene(void **state)
{
    if (!the_scene.is_played)
        play(&the_scene);
    the_scene.is_played = true;
    *state = &the_scene;
    return 0;
}

static int strike_scene(void **state)
{
    (void)state;
    if (the_scene.is_played)
        jc_crowd_release(&the_scene.crowd);
    jc_test_folder_remove(the_scene.dir);
    return 0;
}

static void hooks_end_long_before_a_lock_that_is_kept(void **state)
{
    const scene *played = *state;
    assert_false(played->released_early);
    assert_in_range(jc_crowd_median_us(&played->crowd), 1, median_ms_max * 1000);
    assert_in_range(jc_crowd_worst_us(&played->crowd), 1, worst_ms_max * 1000);
}

static void hooks_say_nothing_of_a_lock_that_is_kept(void **state)
{
    const scene *played = *state;
    assert_int_equal(jc_crowd_failed(&played->crowd), 0);
    assert_int_equal(jc_crowd_printed(&played->crowd), 0);
}

static void hooks_under_a_lock_that_is_kept_wait_in_the_spool(void **state)
{
    const scene *played = *state;
    const tally nothing = {.others = 0};
    assert_memory_equal(&played->stored, &nothing, sizeof nothing);
    assert_in_range(played->spooled, 2 * call_count + 1, 2 * call_count + again_count);
}

static void the_next_commands_take_up_what_waits_once_each(void **state)
{
    const scene *played = *state;
    assert_int_equal(played->left, 0);
    assert_each_call_once(&played->taken_up);
    assert_int_equal(played->taken_up.noticed[0], 1);
    assert_int_equal(played->taken_up.others, 0);
}

#define CROWD_CLAIM(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
#define SCENE_CLAIM(function) cmocka_unit_test_setup(function, look_at_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CROWD_CLAIM(fifty_hooks_at_once_are_one_event_each),
        CROWD_CLAIM(hooks_that_are_told_twice_at_one_instant_are_one_event_each),
        CROWD_CLAIM(equal_notifications_at_one_instant_are_one_event),
        SCENE_CLAIM(hooks_end_long_before_a_lock_that_is_kept),
        SCENE_CLAIM(hooks_say_nothing_of_a_lock_that_is_kept),
        SCENE_CLAIM(hooks_under_a_lock_that_is_kept_wait_in_the_spool),
        SCENE_CLAIM(the_next_commands_take_up_what_waits_once_each),
    };
    unsetenv("JC_DIR");
    unsetenv("JC_WORKFLOW");
    unsetenv("JC_AGENT");
    return cmocka_run_group_tests_name("hooks", tests, NULL, strike_scene);
}

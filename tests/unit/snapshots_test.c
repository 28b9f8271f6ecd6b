/* Snapshots and time travel: whatever the cache holds, or is, states are what a plain fold of the
 * events comes to, byte for byte. JC_SEED replays one seed; with JC_TEST_FEW there are fewer points, for
 * a run under valgrind. */
#include "history.h"
#include "workshop.h"

#include "base/array.h"
#include "cache/cache.h"
#include "cache/snapshots.h"
#include "jc/projection.h"
#include "projection/snapshot.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/wait.h>

#define POINTS 10000
#define SEEDS 5
#define EVENTS 1200

/* So many, or a fortieth and ten where each takes long. */
static size_t few(size_t count)
{
    return getenv("JC_TEST_FEW") != NULL && count > 10 ? count / 40 + 10 : count;
}

/* The events of workflow "wf" as they are stored, in memory. */
typedef struct record {
    jc_arena arena;
    jc_event *events;
    size_t count, capacity;
} record;

static void record_release(record *all)
{
    free(all->events);
    jc_arena_release(&all->arena);
    *all = (record){0};
}

static void keep_text(record *all, jc_str *text)
{
    assert_int_equal(jc_arena_keep(&all->arena, *text, text, NULL), JC_OK);
}

static record read_record(jc_store *store)
{
    record all = {0};
    jc_str workflow_id = JC_STR("wf");
    jc_filter filter = {.workflow_ids = &workflow_id, .workflow_count = 1};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    assert_int_equal(jc_cursor_open(store, &filter, &cursor, NULL), JC_OK);
    while (jc_cursor_next(cursor, &event, NULL) == JC_OK) {
        all.events = jc_array_grow(all.events, sizeof *all.events, all.count, &all.capacity);
        assert_non_null(all.events);
        jc_event *kept = &all.events[all.count++];
        *kept = *event;
        keep_text(&all, &kept->workflow_id);
        keep_text(&all, &kept->event_type);
        keep_text(&all, &kept->agent_id);
        keep_text(&all, &kept->correlation_id);
        keep_text(&all, &kept->causation_id);
        keep_text(&all, &kept->data);
    }
    jc_cursor_close(cursor);
    return all;
}

/* Append a made-up history in batches of 1 to 250. */
static void append_history(workshop *shop, uint64_t seed, size_t count)
{
    jc_history history;
    jc_history_make(&history, seed, count);
    uint64_t draw = seed + 7;
    for (size_t i = 0; i < count;) {
        size_t batch = 1 + (size_t)jc_history_draw(&draw, 250);
        if (batch > count - i)
            batch = count - i;
        jc_error error;
        if (jc_test_append(shop->store, history.events + i, batch, NULL, &error) != JC_OK)
            fail_msg("%s", error.text);
        i += batch;
    }
    jc_history_release(&history);
}

/* The specification's definition: filter, and fold. */
static jc_state *fold(const record *all, const jc_projection *projection, const jc_point *point)
{
    jc_state *state = NULL;
    uint64_t last = all->count;
    if (point->kind == JC_POINT_SEQUENCE)
        last = point->number;
    if (point->kind == JC_POINT_BEFORE_HEAD)
        last = all->count - point->number;
    assert_int_equal(jc_state_new(projection, &state, NULL), JC_OK);
    for (uint64_t i = 0; i < last; i++) {
        const jc_event *event = &all->events[i];
        if (point->kind != JC_POINT_TIME || event->timestamp_us <= point->time_us)
            assert_int_equal(jc_state_apply(state, event, NULL), JC_OK);
    }
    return state;
}

/* Fail unless the store reads at the point what the fold comes to. */
static void assert_reads_as_folded(workshop *shop, const record *all,
                                   const jc_projection *projection, const jc_point *point)
{
    jc_error error;
    jc_state *got = NULL;
    jc_state *wanted = fold(all, projection, point);
    if (jc_state_read(shop->store, projection, JC_STR("wf"), point, &got, &error) < 0)
        fail_msg("%s", error.text);
    jc_state_info got_info = jc_state_info_get(got);
    jc_state_info wanted_info = jc_state_info_get(wanted);
    const char *wanted_json = jc_state_json(wanted, NULL);
    const char *got_json = jc_state_json(got, NULL);
    if (strcmp(got_json, wanted_json) != 0)
        fail_msg("%s at kind %d, number %llu, time %lld, from snapshot %llu: got\n%s\nwanted\n%s",
                 projection->name, point->kind, (unsigned long long)point->number,
                 (long long)point->time_us, (unsigned long long)got_info.snapshot_sequence,
                 got_json, wanted_json);
    assert_int_equal(got_info.sequence, wanted_info.sequence);
    assert_int_equal(got_info.events, wanted_info.events);
    assert_int_equal(got_info.timestamp_us, wanted_info.timestamp_us);
    jc_state_free(got);
    jc_state_free(wanted);
}

static jc_point draw_point(const record *all, uint64_t *draw)
{
    jc_point point = {.kind = JC_POINT_TIME};
    switch (jc_history_draw(draw, 6)) {
    case 0:
        point = (jc_point){.kind = JC_POINT_SEQUENCE, .number = jc_history_draw(draw, all->count)};
        break;
    case 1:
        point =
            (jc_point){.kind = JC_POINT_BEFORE_HEAD, .number = jc_history_draw(draw, all->count)};
        break;
    default:
        point.time_us = all->events[jc_history_draw(draw, all->count)].timestamp_us +
                        (int64_t)jc_history_draw(draw, 3) - 1;
        break;
    }
    return point;
}

static void check_points(workshop *shop, const record *all, uint64_t seed, size_t points)
{
    size_t count = 0;
    uint64_t draw = seed * 31 + 1;
    const jc_projection *const *projections = jc_projection_list(&count);
    for (size_t i = 0; i < few(points); i++) {
        jc_point point = draw_point(all, &draw);
        assert_reads_as_folded(shop, all, projections[i % count], &point);
    }
}

static void cache_path(const workshop *shop, char path[JC_TEST_PATH_SIZE + 32], const char *end)
{
    assert_int_equal(jc_path_join(shop->dir, ".jc/cache.db", path, JC_TEST_PATH_SIZE + 16, NULL),
                     JC_OK);
    (void)strcat(path, end);
}

/* Take the cache away, under a store that is closed for that. */
static void remove_cache(workshop *shop)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    jc_close(shop->store);
    shop->store = NULL;
    for (size_t i = 0; i < 3; i++) {
        char path[JC_TEST_PATH_SIZE + 32];
        cache_path(shop, path, ends[i]);
        (void)unlink(path);
    }
    workshop_reopen(shop);
}

/* Does any lock lie on the file, as another process sees it? */
static bool is_locked(const char *path)
{
    int code = 0;
    pid_t child = fork();
    if (child == 0) {
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        int fd = open(path, O_RDWR);
        bool asked = fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0;
        _exit(!asked ? 2 : lock.l_type == F_UNLCK ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_true(WIFEXITED(code) && WEXITSTATUS(code) != 2);
    return WEXITSTATUS(code) == 1;
}

/* A row of one number from the cache. */
static int64_t ask_cache(const workshop *shop, const char *sql)
{
    char path[JC_TEST_PATH_SIZE + 32];
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    int64_t number = -1;
    cache_path(shop, path, "");
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    (void)sqlite3_busy_timeout(db, 2000);
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    int code = sqlite3_step(stmt);
    if (code == SQLITE_ROW)
        number = sqlite3_column_int64(stmt, 0);
    else if (code != SQLITE_DONE)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    (void)sqlite3_finalize(stmt);
    (void)sqlite3_close(db);
    return number;
}

static void any_point_of_any_history_is_what_the_fold_comes_to(void **state)
{
    workshop *shop = *state;
    const char *given = getenv("JC_SEED");
    uint64_t first = given != NULL ? strtoull(given, NULL, 10) : 1;
    uint64_t last = given != NULL ? first : SEEDS;
    for (uint64_t seed = first; seed <= last; seed++) {
        print_message("# seed %llu\n", (unsigned long long)seed);
        append_history(shop, seed, EVENTS);
        record all = read_record(shop->store);
        assert_int_equal(all.count, EVENTS);
        check_points(shop, &all, seed, POINTS / SEEDS);
        assert_true(ask_cache(shop, "SELECT count(*) FROM snapshots") > 0);
        assert_true(ask_cache(shop, "SELECT count(*) FROM spans") > 0);
        record_release(&all);
        /* The next history in a project of its own. */
        (void)workshop_close(state);
        (void)workshop_open(state);
        shop = *state;
    }
}

static void appends_leave_snapshots_behind(void **state)
{
    workshop *shop = *state;
    workshop_append(shop, 1, 99);
    char path[JC_TEST_PATH_SIZE + 32];
    cache_path(shop, path, "");
    assert_int_equal(access(path, F_OK), -1);
    workshop_append(shop, 100, 1);
    assert_int_equal(ask_cache(shop, "SELECT count(*) FROM snapshots WHERE sequence=100 "
                                     "AND projection='workflow' AND workflow_id='w'"),
                     1);
    /* The others only once they were read. */
    assert_int_equal(ask_cache(shop, "SELECT count(*) FROM snapshots"), 1);
    jc_state *read = NULL;
    assert_int_equal(jc_state_read(shop->store, jc_projection_find("timings"), JC_STR("w"), NULL,
                                   &read, NULL),
                     JC_OK);
    jc_state_free(read);
    workshop_append(shop, 500, 100);
    assert_int_equal(ask_cache(shop, "SELECT count(*) FROM snapshots WHERE sequence=200"), 2);

    /* A batch that jumps over a multiple, and one that would take too long a replay. */
    jc_event events[1000];
    for (uint64_t i = 0; i < 1000; i++)
        events[i] = jc_test_event(1000 + i, "w", "step.done", "{}");
    assert_int_equal(jc_test_append(shop->store, events, 150, NULL, NULL), JC_OK);
    assert_int_equal(ask_cache(shop, "SELECT max(sequence) FROM snapshots"), 300);
    assert_int_equal(jc_test_append(shop->store, events + 150, 850, NULL, NULL), JC_OK);
    assert_int_equal(ask_cache(shop, "SELECT max(sequence) FROM snapshots"), 300);
    assert_int_equal(shop->warnings, 0);
}

static void snapshots_are_used(void **state)
{
    workshop *shop = *state;
    jc_state *read = NULL;
    append_history(shop, 3, 550);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(jc_state_read(shop->store, jc_projection_find("workflow"), JC_STR("wf"),
                                       NULL, &read, NULL),
                         JC_OK);
        jc_state_info info = jc_state_info_get(read);
        if (i == 1) {
            assert_int_equal(info.snapshot_sequence, 500);
            assert_int_equal(info.replayed, 50);
        }
        assert_int_equal(info.events, 550);
        jc_state_free(read);
    }
    /* At a time, too, and from one that leaves events out. */
    record all = read_record(shop->store);
    jc_point point = {.kind = JC_POINT_TIME, .time_us = all.events[549].timestamp_us};
    uint64_t last = 0;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(jc_state_read(shop->store, jc_projection_find("workflow"), JC_STR("wf"),
                                       &point, &read, NULL),
                         JC_OK);
        last = jc_state_info_get(read).snapshot_sequence;
        jc_state_free(read);
    }
    assert_true(last >= 400);
    record_release(&all);
}

/* Set one byte of the cache's file to something else, and let it be read. */
static void any_byte_of_the_file_may_be_damaged(void **state)
{
    workshop *shop = *state;
    char path[JC_TEST_PATH_SIZE + 32];
    JC_AUTO(jc_buf) sound = {0};
    append_history(shop, 5, 450);
    record all = read_record(shop->store);
    check_points(shop, &all, 5, 60);
    jc_close(shop->store);
    shop->store = NULL;
    cache_path(shop, path, "");
    workshop_read(path, &sound);
    uint64_t draw = 11;
    for (int i = 0; i < (int)few(300); i++) {
        size_t at = i < 100 ? (size_t)i : (size_t)jc_history_draw(&draw, sound.size);
        JC_AUTO(jc_buf) damaged = {0};
        assert_int_equal(jc_buf_append_str(&damaged, jc_buf_str(&sound), NULL), JC_OK);
        damaged.bytes[at] = (char)(damaged.bytes[at] ^ (char)(1 + jc_history_draw(&draw, 255)));
        workshop_write(path, jc_buf_str(&damaged));
        workshop_reopen(shop);
        check_points(shop, &all, (uint64_t)i + 100, 5);
        jc_close(shop->store);
        shop->store = NULL;
    }
    workshop_reopen(shop);
    record_release(&all);
}

/* The same inside of the rows, so that SQLite sees nothing wrong with them. */
static void any_byte_of_a_snapshot_may_be_damaged(void **state)
{
    static const char *const damages[] = {"sequence=sequence-1",
                                          "sequence=sequence+1",
                                          "latest_us=latest_us-1000000",
                                          "latest_us=0",
                                          "excluded_us=4",
                                          "excluded_us=9223372036854775806",
                                          "excluded_us=NULL",
                                          "events=events+1",
                                          "event_bytes=event_bytes+1",
                                          "timestamp_us=timestamp_us+1",
                                          "event_hash=zeroblob(32)",
                                          "event_hash=zeroblob(3)",
                                          "digest=zeroblob(32)",
                                          "state=zeroblob(0)",
                                          "state=zeroblob(10)",
                                          "version='2'",
                                          "projection='notes'",
                                          "workflow_id='other'"};
    workshop *shop = *state;
    char sql[512];
    append_history(shop, 6, 450);
    record all = read_record(shop->store);
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        check_points(shop, &all, 6, 40);
        (void)snprintf(sql, sizeof sql, "UPDATE snapshots SET %s", damages[i]);
        (void)ask_cache(shop, sql);
        check_points(shop, &all, i + 1, 40);
    }
    /* Every byte of one state, one after the other. */
    check_points(shop, &all, 6, 40);
    int64_t size = ask_cache(shop, "SELECT max(size) FROM snapshots");
    for (int64_t at = 1; at <= size; at += 1 + size / (int64_t)few(400)) {
        (void)snprintf(sql, sizeof sql,
                       "UPDATE snapshots SET state=CAST(substr(state,1,%lld-1) || x'41' || "
                       "substr(state,%lld+1) AS BLOB) WHERE length(state) >= %lld "
                       "AND substr(state,%lld,1) <> x'41'",
                       (long long)at, (long long)at, (long long)at, (long long)at);
        (void)ask_cache(shop, sql);
        check_points(shop, &all, (uint64_t)at, 3);
    }
    record_release(&all);
}

static void damaged_spans_lead_nobody_astray(void **state)
{
    static const char *const damages[] = {
        "UPDATE spans SET times=zeroblob(length(times))",
        "UPDATE spans SET times=x'"
        "ffffffffffffff7fffffffffffffff7fffffffffffffff7fffffffffffffff7f"
        "ffffffffffffff7fffffffffffffff7fffffffffffffff7fffffffffffffff7f'",
        "UPDATE spans SET times=zeroblob(16)",
        "UPDATE spans SET times=zeroblob(17)",
        "UPDATE spans SET before_hash=zeroblob(32)",
        "UPDATE spans SET event_hash=zeroblob(32)",
        "UPDATE spans SET digest=zeroblob(32)",
        "UPDATE spans SET number=number+1",
        "DELETE FROM spans",
        "INSERT INTO spans SELECT 'wf',number+1,before_hash,event_hash,digest,times FROM spans",
    };
    workshop *shop = *state;
    append_history(shop, 7, 450);
    record all = read_record(shop->store);
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        check_points(shop, &all, 8, 40);
        (void)ask_cache(shop, damages[i]);
        check_points(shop, &all, i + 1, 40);
    }
    record_release(&all);
}

static void what_is_no_cache_is_replaced(void **state)
{
    static const char *const contents[] = {"", "x", "SQLite format 3",
                                           "garbage that is long enough "
                                           "to look like a header, "
                                           "but is none at all....."};
    workshop *shop = *state;
    char path[JC_TEST_PATH_SIZE + 32];
    append_history(shop, 9, 350);
    record all = read_record(shop->store);
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        remove_cache(shop);
        jc_close(shop->store);
        shop->store = NULL;
        cache_path(shop, path, "");
        workshop_write(path, jc_str_of(contents[i]));
        workshop_reopen(shop);
        check_points(shop, &all, i + 1, 20);
        jc_close(shop->store);
        shop->store = NULL;
        workshop_reopen(shop);
        check_points(shop, &all, i + 1, 20);
        assert_true(ask_cache(shop, "SELECT count(*) FROM snapshots") > 0);
    }
    record_release(&all);
}

static void a_cache_that_cannot_be_had_is_done_without(void **state)
{
    workshop *shop = *state;
    char path[JC_TEST_PATH_SIZE + 32];
    sqlite3 *db = NULL;
    append_history(shop, 10, 350);
    record all = read_record(shop->store);
    cache_path(shop, path, "");

    /* A folder of that name. */
    remove_cache(shop);
    assert_int_equal(mkdir(path, 0700), 0);
    check_points(shop, &all, 1, 30);
    assert_int_equal(rmdir(path), 0);

    /* Locked by somebody for all the time. */
    remove_cache(shop);
    check_points(shop, &all, 1, 5);
    workshop_reopen(shop);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    check_points(shop, &all, 2, 10);
    (void)sqlite3_close(db);

    /* One of a newer jc is left as it is. */
    workshop_reopen(shop);
    (void)ask_cache(shop, "PRAGMA user_version=99");
    workshop_reopen(shop);
    check_points(shop, &all, 3, 20);
    assert_int_equal(ask_cache(shop, "PRAGMA user_version"), 99);
    record_release(&all);
}

/* Closing any descriptor of a file drops all locks that a process has on it. */
static void a_second_handle_leaves_the_locks_of_the_first(void **state)
{
    workshop *shop = *state;
    char path[JC_TEST_PATH_SIZE + 32];
    jc_store *second = NULL;
    jc_state *read = NULL;
    append_history(shop, 19, 250);
    record all = read_record(shop->store);
    check_points(shop, &all, 1, 12);
    cache_path(shop, path, "");
    assert_true(is_locked(path));
    assert_int_equal(jc_open(shop->dir, NULL, &second, NULL), JC_OK);
    assert_int_equal(jc_state_read(second, jc_projection_find("workflow"), JC_STR("wf"), NULL,
                                   &read, NULL),
                     JC_OK);
    jc_state_free(read);
    assert_true(is_locked(path));
    jc_close(second);
    assert_true(is_locked(path));
    record_release(&all);
}

static void another_version_of_a_projection_has_snapshots_of_its_own(void **state)
{
    workshop *shop = *state;
    jc_projection next = *jc_projection_find("workflow");
    jc_projection revised = next;
    jc_state *read = NULL;
    next.version++;
    revised.revision = "0123";
    append_history(shop, 11, 350);
    record all = read_record(shop->store);
    check_points(shop, &all, 1, 20);
    const jc_projection *const others[] = {&next, &revised};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(jc_state_read(shop->store, others[i], JC_STR("wf"), NULL, &read, NULL),
                         JC_OK);
        assert_int_equal(jc_state_info_get(read).snapshot_sequence, 0);
        jc_state_free(read);
    }
    record_release(&all);
}

/* A log that went back and then on differently: a backup put in place, by jc or by hand. */
static void snapshots_of_another_past_are_not_used(void **state)
{
    for (int by_hand = 0; by_hand < 2; by_hand++) {
        workshop *shop = *state;
        char backup[JC_TEST_PATH_SIZE + 32];
        char log[JC_TEST_PATH_SIZE + 32];
        jc_error error;
        (void)snprintf(backup, sizeof backup, "%s/backup.db", shop->dir);
        (void)snprintf(log, sizeof log, "%s/.jc/events.db", shop->dir);
        append_history(shop, 12, 250);
        if (jc_backup(shop->store, backup, NULL, NULL, &error) < 0)
            fail_msg("%s", error.text);
        jc_history others;
        jc_history_make(&others, 13, 700);
        if (jc_test_append(shop->store, others.events + 500, 200, NULL, &error) < 0)
            fail_msg("%s", error.text);
        record all = read_record(shop->store);
        check_points(shop, &all, 1, 60);
        record_release(&all);

        jc_close(shop->store);
        shop->store = NULL;
        if (by_hand == 1)
            jc_test_file_copy(backup, log);
        else if (jc_restore(shop->dir, backup, NULL, 0, &error) < 0)
            fail_msg("%s", error.text);
        workshop_reopen(shop);
        all = read_record(shop->store);
        assert_int_equal(all.count, 250);
        /* Once nobody looks before the log is as long again. */
        if (by_hand == 0)
            check_points(shop, &all, 2, 60);
        record_release(&all);
        if (jc_test_append(shop->store, others.events + 300, 200, NULL, &error) < 0)
            fail_msg("%s", error.text);
        all = read_record(shop->store);
        check_points(shop, &all, 3, 60);
        record_release(&all);
        jc_history_release(&others);
        (void)workshop_close(state);
        (void)workshop_open(state);
    }
}

static void the_cache_of_another_store_is_emptied(void **state)
{
    workshop *shop = *state;
    char path[JC_TEST_PATH_SIZE + 32];
    JC_AUTO(jc_buf) cache = {0};
    append_history(shop, 14, 350);
    record all = read_record(shop->store);
    check_points(shop, &all, 1, 20);
    record_release(&all);
    jc_close(shop->store);
    shop->store = NULL;
    cache_path(shop, path, "");
    workshop_read(path, &cache);
    (void)workshop_close(state);
    (void)workshop_open(state);
    shop = *state;
    append_history(shop, 15, 350);
    all = read_record(shop->store);
    remove_cache(shop);
    cache_path(shop, path, "");
    workshop_write(path, jc_buf_str(&cache));
    check_points(shop, &all, 2, 40);
    record_release(&all);
}

/* How many bytes the events of "wf" count for. */
static uint64_t bytes_of(const record *all)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < all->count; i++)
        bytes += jc_event_bytes(&all->events[i]);
    return bytes;
}

/* 3,000 events of which every so manieth is a note, and long. */
static void append_notes(workshop *shop, uint64_t every)
{
    jc_error error;
    for (uint64_t i = 0; i < 3000; i += 250) {
        jc_event events[250];
        char data[250][400];
        for (uint64_t each = 0; each < 250; each++) {
            (void)snprintf(
                data[each], sizeof data[each],
                "{\"agent_id\":\"a%llu\",\"title\":\"title %llu\",\"content\":\"%0200llu\","
                "\"tags\":[\"t%llu\"]}",
                (unsigned long long)(each % 5), (unsigned long long)each, (unsigned long long)each,
                (unsigned long long)(each % 9));
            events[each] =
                jc_test_event(i + each + 1, "wf",
                              each % every == 0 ? "agent.note.learning" : "step.done", data[each]);
        }
        assert_int_equal(jc_test_append(shop->store, events, 250, NULL, &error), JC_OK);
    }
}

/* A state of twice as many bytes as the events' data: {"x":"…"}. */
static jc_status swollen_apply(void *state, const jc_event *event, jc_error *reterr)
{
    (void)reterr;
    *(uint64_t *)state += 2 * event->data.size;
    return JC_OK;
}

static jc_status swollen_write(const void *state, jc_output *output, jc_error *reterr)
{
    jc_status status = jc_output_add(output, JC_STR("{\"x\":\""), reterr);
    for (uint64_t i = 0; status == JC_OK && i < *(const uint64_t *)state; i++)
        status = jc_output_add(output, JC_STR("x"), reterr);
    return status == JC_OK ? jc_output_add(output, JC_STR("\"}"), reterr) : status;
}

static jc_status swollen_read(void *state, jc_str json, jc_error *reterr)
{
    (void)reterr;
    *(uint64_t *)state = json.size - 8;
    return JC_OK;
}

/* Of a state that is larger than its events there is room for few or none. */
static void a_state_larger_than_its_events_has_no_more_snapshots_than_fit(void **state)
{
    static const jc_projection swollen = {.name = "swollen",
                                          .version = 1,
                                          .state_size = sizeof(uint64_t),
                                          .apply = swollen_apply,
                                          .write_json = swollen_write,
                                          .read_json = swollen_read};
    workshop *shop = *state;
    append_notes(shop, 1);
    record all = read_record(shop->store);
    for (uint64_t sequence = 3000; sequence > 0; sequence -= 500) {
        jc_point point = {.kind = JC_POINT_SEQUENCE, .number = sequence};
        assert_reads_as_folded(shop, &all, &swollen, &point);
    }
    int64_t bytes = ask_cache(shop, "SELECT coalesce(sum(length(state)),0) FROM snapshots "
                                    "WHERE projection='swollen'");
    assert_true((uint64_t)bytes <= bytes_of(&all));
    record_release(&all);
}

static void snapshots_never_outgrow_the_events(void **state)
{
    workshop *shop = *state;
    append_notes(shop, 3);
    record all = read_record(shop->store);
    check_points(shop, &all, 1, 300);
    jc_point now = {.kind = JC_POINT_HEAD};
    assert_reads_as_folded(shop, &all, jc_projection_find("workflow"), &now);
    int64_t notes = ask_cache(shop, "SELECT sum(length(state)) FROM snapshots "
                                    "WHERE projection='notes'");
    int64_t workflow = ask_cache(shop, "SELECT count(*) FROM snapshots WHERE projection='workflow' "
                                       "AND excluded_us IS NULL");
    assert_true(notes > 0);
    assert_true((uint64_t)notes <= bytes_of(&all));
    /* The other hardly grows, and has one at every hundred. */
    assert_int_equal(workflow, 30);
    assert_int_equal(ask_cache(shop, "SELECT sum(size) - sum(length(state)) FROM snapshots"), 0);
    record_release(&all);
}

/* What a check of the cache found. */
typedef struct found {
    int notes, damages;
    char where[256];
    char what[JC_ERROR_SIZE_MAX];
} found;

static void keep_finding(void *context, const jc_finding *finding)
{
    found *all = context;
    all->notes += finding->damage ? 0 : 1;
    all->damages += finding->damage ? 1 : 0;
    (void)snprintf(all->where, sizeof all->where, "%s", finding->where);
    (void)snprintf(all->what, sizeof all->what, "%s", finding->what);
}

static found check_cache(workshop *shop, uint64_t *ret_checked)
{
    found all = {0};
    jc_error error;
    if (jc_cache_check(shop->store, JC_STR("wf"), keep_finding, &all, ret_checked, &error) < 0)
        fail_msg("%s", error.text);
    return all;
}

static jc_status write_nonsense(const void *state, jc_output *output, jc_error *reterr)
{
    (void)state;
    return jc_output_add(output, JC_STR("{\"status\":\"failed\"}"), reterr);
}

static void a_check_tells_wrong_snapshots_from_damaged_ones(void **state)
{
    workshop *shop = *state;
    jc_state *read = NULL;
    uint64_t checked = 0;
    append_history(shop, 17, 350);
    found all = check_cache(shop, &checked);
    assert_int_equal(all.notes + all.damages, 0);

    /* A projection of the same name and version that writes something else. */
    jc_projection impostor = *jc_projection_find("workflow");
    impostor.write_json = write_nonsense;
    remove_cache(shop);
    assert_int_equal(jc_state_read(shop->store, &impostor, JC_STR("wf"), NULL, &read, NULL), JC_OK);
    jc_state_free(read);
    all = check_cache(shop, &checked);
    assert_int_equal(checked, 3);
    assert_int_equal(all.damages, 3);
    assert_string_equal(all.where, "wf #300");
    assert_holds(all.what, "the snapshot of workflow is not what the events come to");

    jc_cache_info info;
    assert_int_equal(jc_cache_rebuild(shop->store, NULL, NULL, &info, NULL), JC_OK);
    assert_true(info.usable);
    assert_true(info.snapshots >= 3);
    assert_int_equal(info.indexed, 350);
    all = check_cache(shop, &checked);
    assert_int_equal(all.notes + all.damages, 0);
    assert_int_equal(checked, info.snapshots);

    (void)ask_cache(shop, "UPDATE snapshots SET event_hash=zeroblob(32)");
    all = check_cache(shop, &checked);
    assert_int_equal(all.damages, 0);
    assert_int_equal(all.notes, checked);
    assert_holds(all.what, "is damaged");
}

static void own_projections_have_snapshots_too(void **state)
{
    static const char text[] =
        "def init: {types: {}, last: null};\n"
        "def apply($event): if $event.data.title == \"stop\" then error(\"no more\") else "
        ".types[$event.event_type] += 1 | .last = $event.data end;\n";
    workshop *shop = *state;
    char path[JC_TEST_PATH_SIZE + 64];
    jc_projection *own = NULL;
    jc_error error;
    (void)snprintf(path, sizeof path, "%s/.jc/projections", shop->dir);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/.jc/projections/own.jq", shop->dir);
    workshop_write(path, jc_str_of(text));
    append_history(shop, 18, 450);
    record all = read_record(shop->store);
    if (jc_projection_load(shop->store, "own", &own, &error) < 0)
        fail_msg("%s", error.text);
    uint64_t draw = 5;
    for (int i = 0; i < 12; i++) {
        jc_point point = draw_point(&all, &draw);
        assert_reads_as_folded(shop, &all, own, &point);
    }
    assert_true(ask_cache(shop, "SELECT count(*) FROM snapshots WHERE projection='own' "
                                "AND length(version) > 64") > 0);

    /* A program that fails leaves nothing behind. */
    int64_t before = ask_cache(shop, "SELECT count(*) FROM snapshots WHERE projection='own'");
    jc_event event = jc_test_event(9000, "wf", "agent.note.idea",
                                   "{\"agent_id\":\"a\",\"title\":\"stop\",\"content\":\"c\"}");
    assert_int_equal(jc_test_append(shop->store, &event, 1, NULL, NULL), JC_OK);
    jc_event more[149];
    for (uint64_t i = 0; i < 149; i++)
        more[i] = jc_test_event(9100 + i, "wf", "step.done", "{}");
    assert_int_equal(jc_test_append(shop->store, more, 149, NULL, NULL), JC_OK);
    jc_state *none = NULL;
    assert_true(jc_state_read(shop->store, own, JC_STR("wf"), NULL, &none, &error) < 0);
    assert_holds(error.text, "wf #451");
    assert_holds(error.text, "own.jq");
    assert_holds(error.text, "no more");
    assert_null(none);
    assert_int_equal(ask_cache(shop, "SELECT count(*) FROM snapshots WHERE projection='own'"),
                     before);
    jc_projection_unload(own);
    record_release(&all);
}

/* One process appends, others read states all the while. */
static void reads_while_others_write_are_whole(void **state)
{
    workshop *shop = *state;
    jc_history history;
    jc_history_make(&history, 16, 2000);
    pid_t writer = fork();
    if (writer == 0) {
        jc_store *own = NULL;
        bool good = jc_open(shop->dir, NULL, &own, NULL) == JC_OK;
        for (size_t i = 0; good && i < history.count; i += 20)
            good = jc_test_append(own, history.events + i, 20, NULL, NULL) == JC_OK;
        jc_close(own);
        _exit(good ? 0 : 1);
    }
    pid_t readers[2];
    for (size_t i = 0; i < 2; i++) {
        readers[i] = fork();
        if (readers[i] != 0)
            continue;
        jc_store *own = NULL;
        bool good = jc_open(shop->dir, NULL, &own, NULL) == JC_OK;
        for (uint64_t last = 0; good && last < history.count;) {
            jc_state *read = NULL;
            jc_error error;
            jc_status status = jc_state_read(own, jc_projection_find(i == 0 ? "workflow" : "notes"),
                                             JC_STR("wf"), NULL, &read, &error);
            jc_state_info info = {0};
            if (status == JC_OK)
                info = jc_state_info_get(read);
            good = status == JC_ENOTFOUND ||
                   (status == JC_OK && info.sequence % 20 == 0 && info.sequence >= last &&
                    info.events == info.sequence && jc_state_json(read, NULL) != NULL);
            last = info.sequence > last ? info.sequence : last;
            jc_state_free(read);
        }
        jc_close(own);
        _exit(good ? 0 : 1);
    }
    int status = 0;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(waitpid(readers[i], &status, 0), readers[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(waitpid(writer, &status, 0), writer);
    assert_int_equal(status, 0);
    record all = read_record(shop->store);
    check_points(shop, &all, 1, 60);
    record_release(&all);
    jc_history_release(&history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORKSHOP_CLAIM(any_point_of_any_history_is_what_the_fold_comes_to),
        WORKSHOP_CLAIM(appends_leave_snapshots_behind),
        WORKSHOP_CLAIM(snapshots_are_used),
        WORKSHOP_CLAIM(any_byte_of_the_file_may_be_damaged),
        WORKSHOP_CLAIM(any_byte_of_a_snapshot_may_be_damaged),
        WORKSHOP_CLAIM(damaged_spans_lead_nobody_astray),
        WORKSHOP_CLAIM(what_is_no_cache_is_replaced),
        WORKSHOP_CLAIM(a_cache_that_cannot_be_had_is_done_without),
        WORKSHOP_CLAIM(a_second_handle_leaves_the_locks_of_the_first),
        WORKSHOP_CLAIM(another_version_of_a_projection_has_snapshots_of_its_own),
        WORKSHOP_CLAIM(snapshots_of_another_past_are_not_used),
        WORKSHOP_CLAIM(the_cache_of_another_store_is_emptied),
        WORKSHOP_CLAIM(snapshots_never_outgrow_the_events),
        WORKSHOP_CLAIM(a_state_larger_than_its_events_has_no_more_snapshots_than_fit),
        WORKSHOP_CLAIM(own_projections_have_snapshots_too),
        WORKSHOP_CLAIM(a_check_tells_wrong_snapshots_from_damaged_ones),
        WORKSHOP_CLAIM(reads_while_others_write_are_whole),
    };
    return cmocka_run_group_tests_name("snapshots", tests, NULL, NULL);
}

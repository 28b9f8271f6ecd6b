/* The file of the write-ahead log: when its folder is synced, and what others see of gathered writes. */
#include "workshop.h"

#include "store/backend_sqlite/sqlite.h"
#include "store/store.h"

#include <sqlite3.h>

static int folder_syncs;

static int count_folder_sync(void *context, const char *path)
{
    folder_syncs++;
    return jc_file_ops_system.sync_folder(context, path);
}

/* A handle of its own that counts how often it syncs the log's folder. */
static jc_store *open_counting(const workshop *shop, jc_durability durability)
{
    static jc_file_ops ops;
    jc_store *store = NULL;
    jc_error error;
    ops = jc_file_ops_system;
    ops.sync_folder = count_folder_sync;
    jc_options options = {.durability = durability, .without_mirror = true, .file_ops = &ops};
    if (jc_open(shop->dir, &options, &store, &error) != JC_OK)
        fail_msg("%s", error.text);
    folder_syncs = 0;
    return store;
}

static void append_to(jc_store *store, uint64_t number)
{
    jc_error error;
    jc_event event = jc_test_event(number, "v", "step.done", "{}");
    if (jc_test_append(store, &event, 1, NULL, &error) != JC_OK)
        fail_msg("%s", error.text);
}

/* Everything into the database, so that the next writer begins the write-ahead log anew. */
static void restart_log(const workshop *shop)
{
    char path[JC_TEST_PATH_SIZE + 32];
    sqlite3 *db = NULL;
    (void)snprintf(path, sizeof path, "%s/.jc/events.db", shop->dir);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA wal_checkpoint(RESTART)", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void a_log_in_use_costs_no_sync_of_its_folder(void **state)
{
    workshop *shop = *state;
    workshop_append(shop, 1, 1);
    jc_store *second = open_counting(shop, JC_DURABILITY_FULL);

    append_to(second, 10);
    append_to(second, 11);

    assert_int_equal(folder_syncs, 0);
    jc_close(second);
}

static void whoever_writes_the_header_syncs_the_folder(void **state)
{
    workshop *shop = *state;
    workshop_append(shop, 1, 1);
    jc_store *second = open_counting(shop, JC_DURABILITY_FULL);
    append_to(second, 10);
    restart_log(shop);

    append_to(second, 11);
    assert_int_equal(folder_syncs, 1);
    append_to(second, 12);
    assert_int_equal(folder_syncs, 1);
    jc_close(second);
}

/* The connection's own name for its VFS is known to SQLite only while it opens. */
static void no_name_is_left_behind(void **state)
{
    workshop *shop = *state;
    const jc_sqlite *self = shop->store->backend.self;
    assert_null(sqlite3_vfs_find(self->vfs.name));
    assert_non_null(sqlite3_vfs_find(NULL));
}

static void writes_are_gathered_only_where_each_commit_is_synced(void **state)
{
    workshop *shop = *state;
    const jc_sqlite *self = shop->store->backend.self;
    assert_true(self->vfs.gather);
    jc_store *second = open_counting(shop, JC_DURABILITY_NORMAL);
    self = second->backend.self;
    assert_false(self->vfs.gather);
    jc_close(second);
}

/* A transaction larger than SQLite's page cache spills pages into the log and reads them back. */
static void a_transaction_larger_than_the_cache_is_whole(void **state)
{
    enum {
        COUNT = 6000
    };
    static char data[2000];
    static jc_event events[COUNT];
    workshop *shop = *state;
    jc_error error;
    (void)snprintf(data, sizeof data, "{\"text\":\"%01950d\"}", 7);
    for (size_t i = 0; i < COUNT; i++)
        events[i] = jc_test_event(100 + i * 7919 % COUNT, "w", "step.done", data);
    if (jc_test_append(shop->store, events, COUNT, NULL, &error) != JC_OK)
        fail_msg("%s", error.text);

    jc_store *second = open_counting(shop, JC_DURABILITY_FULL);
    jc_head head;
    assert_int_equal(jc_head_read(second, JC_STR("w"), &head, &error), JC_OK);
    assert_int_equal(head.sequence, COUNT);
    jc_close(second);
    (void)workshop_heal(shop);
    workshop_assert_mirror(shop);
}

static void count_damage(void *context, const jc_finding *finding)
{
    int *damages = context;
    *damages += finding->damage ? 1 : 0;
}

static void run_sql(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

/* Begin a transaction that is larger than the page cache, until pages that spilled wait to be written. */
static void spill(const jc_sqlite *self)
{
    run_sql(self->db, "PRAGMA cache_size=4; BEGIN IMMEDIATE");
    for (int i = 0; i < 1000 && self->vfs.size == 0; i++) {
        char sql[512];
        (void)
            snprintf(sql, sizeof sql,
                     "INSERT INTO events (id,workflow_id,sequence,timestamp,event_type,data,hash) "
                     "VALUES ('x-%d','x',%d,'t','t',printf('%%3000d',7),'h')",
                     i * 7919 % 1000, i + 1);
        run_sql(self->db, sql);
    }
    assert_true(self->vfs.size > 0);
}

/* Written later, those pages would stand where another's commit does. */
static void what_was_rolled_back_is_never_written_over_anothers_commit(void **state)
{
    workshop *shop = *state;
    const jc_sqlite *self = shop->store->backend.self;
    jc_error error;
    int damages = 0;
    workshop_append(shop, 1, 1);
    jc_store *second = open_counting(shop, JC_DURABILITY_FULL);
    spill(self);
    run_sql(self->db, "ROLLBACK");
    assert_int_equal(self->vfs.size, 0);

    for (uint64_t i = 0; i < 20; i++)
        append_to(second, 50000 + i);
    workshop_append(shop, 90000, 3);

    jc_verify_result result;
    assert_int_equal(jc_verify(second, NULL, 0, count_damage, &damages, &result, &error), JC_OK);
    assert_int_equal(damages, 0);
    assert_int_equal(result.events, 24);
    jc_close(second);
}

static void closing_writes_nothing_of_an_open_transaction(void **state)
{
    workshop *shop = *state;
    workshop_append(shop, 1, 1);
    jc_store *second = open_counting(shop, JC_DURABILITY_FULL);
    spill(shop->store->backend.self);

    jc_close(shop->store);
    shop->store = NULL;

    append_to(second, 50000);
    jc_close(second);
    workshop_reopen(shop);
    workshop_append(shop, 2, 1);
    workshop_assert_mirror(shop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORKSHOP_CLAIM(a_log_in_use_costs_no_sync_of_its_folder),
        WORKSHOP_CLAIM(whoever_writes_the_header_syncs_the_folder),
        WORKSHOP_CLAIM(no_name_is_left_behind),
        WORKSHOP_CLAIM(writes_are_gathered_only_where_each_commit_is_synced),
        WORKSHOP_CLAIM(a_transaction_larger_than_the_cache_is_whole),
        WORKSHOP_CLAIM(what_was_rolled_back_is_never_written_over_anothers_commit),
        WORKSHOP_CLAIM(closing_writes_nothing_of_an_open_transaction),
    };
    return cmocka_run_group_tests_name("vfs", tests, NULL, NULL);
}

/* The file of the write-ahead log: how often it and its folder are written and synced, and what
 * becomes of writes that are gathered. A counting VFS stands below the one under test. */
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

/* What reached the system's VFS of files that end in -wal. */
static struct {
    int made; /* opened with the flag that makes a file */
    int writes;
    int syncs;
} counted;

typedef struct counting_file {
    sqlite3_file base;
    sqlite3_io_methods methods; /* those of the file below, but for the calls that are counted */
    int (*write)(sqlite3_file *, const void *, int, sqlite3_int64);
    int (*sync)(sqlite3_file *, int);
} counting_file;

static sqlite3_vfs counting_vfs;
static sqlite3_vfs *system_vfs;

/* The counts stand beside the files: only one write-ahead log is open over this VFS at a time. */
static counting_file counting;

static int count_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
    counted.writes++;
    return counting.write(file, bytes, size, offset);
}

static int count_sync(sqlite3_file *file, int flags)
{
    counted.syncs++;
    return counting.sync(file, flags);
}

static int counting_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                         int *ret_flags)
{
    (void)vfs;
    int code = system_vfs->xOpen(system_vfs, path, file, flags, ret_flags);
    if (code != SQLITE_OK || (flags & SQLITE_OPEN_WAL) == 0)
        return code;
    counted.made += (flags & SQLITE_OPEN_CREATE) != 0 ? 1 : 0;
    counting.methods = *file->pMethods;
    counting.write = counting.methods.xWrite;
    counting.sync = counting.methods.xSync;
    counting.methods.xWrite = count_write;
    counting.methods.xSync = count_sync;
    file->pMethods = &counting.methods;
    return code;
}

static const char *counting_vfs_name(void)
{
    if (system_vfs == NULL) {
        system_vfs = sqlite3_vfs_find(NULL);
        counting_vfs = *system_vfs;
        counting_vfs.pNext = NULL;
        counting_vfs.zName = "counting";
        counting_vfs.xOpen = counting_open;
        assert_int_equal(sqlite3_vfs_register(&counting_vfs, 0), SQLITE_OK);
    }
    memset(&counted, 0, sizeof counted);
    return counting_vfs.zName;
}

static jc_store *open_counted(const workshop *shop, jc_durability durability)
{
    jc_store *store = NULL;
    jc_error error;
    jc_options options = {.durability = durability,
                          .without_mirror = true,
                          .sqlite_vfs = counting_vfs_name()};
    if (jc_open(shop->dir, &options, &store, &error) != JC_OK)
        fail_msg("%s", error.text);
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

static void a_commit_is_one_write_and_one_sync(void **state)
{
    workshop *shop = *state;
    jc_store *store = open_counted(shop, JC_DURABILITY_FULL);
    append_to(store, 10);
    memset(&counted, 0, sizeof counted);

    for (uint64_t i = 0; i < 5; i++)
        append_to(store, 20 + i);

    assert_int_equal(counted.writes, 5);
    assert_int_equal(counted.syncs, 5);
    jc_close(store);
}

static void without_a_sync_for_each_commit_frames_are_written_as_they_come(void **state)
{
    workshop *shop = *state;
    jc_store *store = open_counted(shop, JC_DURABILITY_NORMAL);
    append_to(store, 10);
    memset(&counted, 0, sizeof counted);

    append_to(store, 11);

    assert_in_range(counted.writes, 8, 20);
    assert_int_equal(counted.syncs, 0);
    jc_close(store);
}

/* SQLite syncs the folder of a file that it was told to make, whether it was there or not. */
static void a_log_in_use_is_opened_and_not_made(void **state)
{
    workshop *shop = *state;
    jc_close(open_counted(shop, JC_DURABILITY_FULL));
    assert_int_equal(counted.made, 1);
    workshop_append(shop, 1, 1);

    jc_store *second = open_counted(shop, JC_DURABILITY_FULL);
    append_to(second, 10);

    assert_int_equal(counted.made, 0);
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
    assert_true(self->gathers);
    jc_store *second = open_counting(shop, JC_DURABILITY_NORMAL);
    self = second->backend.self;
    assert_false(self->gathers);
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
static void spill(jc_sqlite *self)
{
    self->vfs.gather = true; /* as while a commit spills */
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
    jc_sqlite *self = shop->store->backend.self;
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
        WORKSHOP_CLAIM(a_commit_is_one_write_and_one_sync),
        WORKSHOP_CLAIM(without_a_sync_for_each_commit_frames_are_written_as_they_come),
        WORKSHOP_CLAIM(a_log_in_use_is_opened_and_not_made),
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

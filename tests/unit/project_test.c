/* The project's folder: made, found, also from a linked worktree; and logs that are not ours. */
#include "workshop.h"

#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>

static char dir[JC_TEST_PATH_SIZE];

static int make_dir(void **state)
{
    char real[PATH_MAX];
    (void)state;
    jc_test_folder_make(dir);
    if (realpath(dir, real) != NULL && strlen(real) < sizeof dir)
        memcpy(dir, real, strlen(real) + 1);
    return 0;
}

static int remove_dir(void **state)
{
    (void)state;
    jc_test_folder_remove(dir);
    return 0;
}

static const char *in_dir(const char *name)
{
    static char paths[4][JC_TEST_PATH_SIZE + 128];
    static int next;
    next = (next + 1) % 4;
    (void)snprintf(paths[next], sizeof paths[next], "%s/%s", dir, name);
    return paths[next];
}

static void make_folder(const char *name)
{
    jc_error error;
    if (jc_folder_make(in_dir(name), 0700, &error) != JC_OK)
        fail_msg("%s", error.text);
}

static jc_project_made init(const char *path)
{
    jc_project_made made;
    jc_error error;
    if (jc_project_init(path, &made, &error) != JC_OK)
        fail_msg("%s", error.text);
    return made;
}

static void a_project_is_found_from_below(void **state)
{
    char found[JC_PATH_SIZE_MAX];
    (void)state;
    make_folder("a/b/c");
    assert_int_equal(jc_project_find(in_dir("a/b/c"), found, NULL), JC_ENOTFOUND);
    assert_true(init(dir).log);
    assert_int_equal(jc_project_find(in_dir("a/b/c"), found, NULL), JC_OK);
    assert_string_equal(found, dir);
    init(in_dir("a/b"));
    assert_int_equal(jc_project_find(in_dir("a/b/c"), found, NULL), JC_OK);
    assert_string_equal(found, in_dir("a/b"));
}

static void a_linked_worktree_leads_to_the_main_ones_project(void **state)
{
    char found[JC_PATH_SIZE_MAX];
    char gitdir[JC_TEST_PATH_SIZE + 64];
    (void)state;
    make_folder("main/.git/worktrees/side");
    make_folder("side/deep");
    init(in_dir("main"));
    int size = snprintf(gitdir, sizeof gitdir, "gitdir: %s\n", in_dir("main/.git/worktrees/side"));
    workshop_write(in_dir("side/.git"), (jc_str){gitdir, (size_t)size});
    workshop_write(in_dir("main/.git/worktrees/side/commondir"), JC_STR("../..\n"));
    assert_int_equal(jc_project_find(in_dir("side/deep"), found, NULL), JC_OK);
    assert_string_equal(found, in_dir("main"));
}

static void init_again_is_harmless(void **state)
{
    struct stat before, after;
    (void)state;
    assert_true(init(dir).log);
    assert_int_equal(stat(in_dir(".jc/events.db"), &before), 0);
    assert_false(init(dir).log);
    assert_int_equal(stat(in_dir(".jc/events.db"), &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(before.st_mode & 0777, 0600);
    assert_int_equal(stat(in_dir(".jc"), &after), 0);
    assert_int_equal(after.st_mode & 0777, 0700);
}

static void in_git_the_log_is_ignored_once(void **state)
{
    JC_AUTO(jc_buf) content = {0};
    (void)state;
    make_folder(".git");
    workshop_write(in_dir(".gitignore"), JC_STR("*.o"));
    assert_true(init(dir).ignored);
    assert_false(init(dir).ignored);
    workshop_read(in_dir(".gitignore"), &content);
    assert_int_equal(memcmp(content.bytes, "*.o\n", 4), 0);
    assert_int_equal(jc_buf_append_char(&content, '\0', NULL), JC_OK);
    assert_holds(content.bytes, "\n.jc/\n");
    assert_holds(content.bytes, "\nagents/");
}

/* What opening says of the file in the log's place. */
static jc_status open_log(jc_error *error)
{
    jc_store *store = NULL;
    jc_status status = jc_open(dir, NULL, &store, error);
    jc_close(store);
    return status;
}

static void run_sql(const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(in_dir(".jc/events.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void what_is_no_log_is_told_from_one(void **state)
{
    jc_error error;
    (void)state;
    make_folder(".jc");
    assert_int_equal(open_log(&error), JC_ENOTFOUND);
    assert_holds(error.text, "is missing");
    workshop_write(in_dir(".jc/events.db"),
                   JC_STR("not a database, but as long as the header of one: that is "
                          "a hundred bytes, so a few words more are needed here"));
    assert_int_equal(open_log(&error), JC_ECORRUPT);
    assert_int_equal(unlink(in_dir(".jc/events.db")), 0);
    run_sql("CREATE TABLE t (x)");
    assert_int_equal(open_log(&error), JC_ECORRUPT);
    assert_holds(error.text, "not a log of jc");
}

static void a_newer_log_is_refused_and_not_touched(void **state)
{
    jc_error error;
    (void)state;
    init(dir);
    run_sql("PRAGMA user_version=99");
    assert_int_equal(open_log(&error), JC_ENEWER);
    assert_holds(error.text, "99");
}

static void an_older_log_is_migrated(void **state)
{
    jc_error error;
    (void)state;
    make_folder(".jc");
    run_sql("PRAGMA application_id=1784898934; PRAGMA journal_mode=WAL");
    assert_int_equal(open_log(&error), JC_OK);
    jc_store *store = NULL;
    assert_int_equal(jc_open(dir, NULL, &store, NULL), JC_OK);
    jc_event event = jc_test_event(1, "w", "step.done", "{}");
    assert_int_equal(jc_test_append(store, &event, 1, NULL, NULL), JC_OK);
    jc_close(store);
}

/* What a plain client's insert at this position comes to. */
static int insert_at(const char *position)
{
    sqlite3 *db = NULL;
    char sql[400];
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO events VALUES (%s, '0197c0de-0000-7000-8000-000000000001', 'w', 1, "
                   "'2026-01-09T10:00:00.000000Z', 'a.b', NULL, NULL, NULL, '{}', NULL, 'x')",
                   position);
    assert_int_equal(sqlite3_open(in_dir(".jc/events.db"), &db), SQLITE_OK);
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return code;
}

static void a_position_out_of_turn_is_refused_from_any_client(void **state)
{
    (void)state;
    init(dir);
    assert_int_equal(insert_at("-5"), SQLITE_CONSTRAINT);
    assert_int_equal(insert_at("-1"), SQLITE_CONSTRAINT);
    assert_int_equal(insert_at("0"), SQLITE_CONSTRAINT);
    assert_int_equal(insert_at("2"), SQLITE_CONSTRAINT);
    assert_int_equal(insert_at("9223372036854775807"), SQLITE_CONSTRAINT);
    assert_int_equal(insert_at("NULL"), SQLITE_OK);
}

/* The sequence of the last row was changed to one that cannot be: the append says so and stops. */
static void a_sequence_above_its_position_is_damage_and_no_crash(void **state)
{
    jc_store *store = NULL;
    jc_error error;
    (void)state;
    init(dir);
    assert_int_equal(jc_open(dir, NULL, &store, NULL), JC_OK);
    jc_event event = jc_test_event(1, "w", "step.done", "{}");
    assert_int_equal(jc_test_append(store, &event, 1, NULL, NULL), JC_OK);
    run_sql("DROP TRIGGER events_never_change; UPDATE events SET sequence=1000");
    jc_event next = jc_test_event(2, "w", "step.done", "{}");
    assert_int_equal(jc_test_append(store, &next, 1, NULL, &error), JC_ECORRUPT);
    assert_holds(error.text, "w #1000");
    jc_close(store);
}

static void a_missing_wake_or_lock_file_is_made_again(void **state)
{
    jc_store *store = NULL;
    uint64_t position = 0;
    (void)state;
    init(dir);
    assert_int_equal(jc_open(dir, NULL, &store, NULL), JC_OK);
    for (uint64_t i = 1; i <= 3; i++) {
        jc_event event = jc_test_event(i, "w", "step.done", "{}");
        assert_int_equal(jc_test_append(store, &event, 1, NULL, NULL), JC_OK);
        (void)unlink(in_dir(".jc/wake"));
        (void)unlink(in_dir(".jc/lock"));
        assert_int_equal(jc_wait(store, i - 1, 0, &position, NULL), JC_OK);
        assert_int_equal(position, i);
    }
    jc_close(store);
}

#define PROJECT_CLAIM(function) cmocka_unit_test_setup_teardown(function, make_dir, remove_dir)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROJECT_CLAIM(a_project_is_found_from_below),
        PROJECT_CLAIM(a_linked_worktree_leads_to_the_main_ones_project),
        PROJECT_CLAIM(init_again_is_harmless),
        PROJECT_CLAIM(in_git_the_log_is_ignored_once),
        PROJECT_CLAIM(what_is_no_log_is_told_from_one),
        PROJECT_CLAIM(a_newer_log_is_refused_and_not_touched),
        PROJECT_CLAIM(an_older_log_is_migrated),
        PROJECT_CLAIM(a_position_out_of_turn_is_refused_from_any_client),
        PROJECT_CLAIM(a_sequence_above_its_position_is_damage_and_no_crash),
        PROJECT_CLAIM(a_missing_wake_or_lock_file_is_made_again),
    };
    return cmocka_run_group_tests_name("project", tests, NULL, NULL);
}

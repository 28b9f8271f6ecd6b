/* Tampering: whatever is changed in a stored event is found and named, other clients are refused
 * their changes, and a flipped bit in the file never passes for something else.
 *
 * The store has two workflows of three events; the one in the middle of `alpha` has every field. It
 * is changed through a plain SQLite connection with the triggers off, as somebody would who wants to
 * rewrite history, one byte at a time, and put right again after each. */
#include "contract/fixture.h"
#include "model/child.h"
#include "sim/random.h"

#include "base/files.h"
#include "jc/mirror.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FLIP_SECONDS_MAX 20

enum {
    target_sequence = 2,
    target_position = 3,
    event_count = 6
};

/* How many bits of the file are flipped, one at a time; more by an argument: tamper_test 20000. */
static int flip_count = 500;

#define TARGET_ID "019ba100-0000-7000-8000-000000003333"

typedef struct victim_log {
    char dir[JC_TEST_PATH_SIZE];
    char path[JC_TEST_PATH_SIZE + 32]; /* of its events.db */
    sqlite3 *db;                       /* the tamperer's */
    jc_store *store;
    jc_error error;
} victim_log;

/* What a check said. */
typedef struct findings {
    int damages;
    bool named; /* the event or one of its neighbours, by "alpha #N" or by position */
    char first[512];
} findings;

static jc_event stored_event(uint64_t number)
{
    /* Ids that differ in four digits: no changed byte makes one into another. */
    jc_event event =
        jc_test_event(number * 0x1111, number % 2 == 1 ? "alpha" : "beta", "step.done",
                      "{\"text\":\"caf\xc3\xa9\",\"n\":-1.50e+3,\"list\":[true,null]}");
    event.has_timestamp = true;
    event.timestamp_us = JC_TEST_NOW_US + (int64_t)number;
    event.agent_id = JC_STR("coder \"7\"");
    event.correlation_id = JC_STR("call-1");
    event.causation_id = JC_STR("cause\\2");
    return event;
}

static void open_store(victim_log *victim)
{
    jc_assert_status(jc_open(victim->dir, NULL, &victim->store, &victim->error), JC_OK,
                     victim->error.text, __FILE__, __LINE__);
}

static void run_sql(victim_log *victim, const char *sql)
{
    char *text = NULL;
    if (sqlite3_exec(victim->db, sql, NULL, NULL, &text) != SQLITE_OK)
        fail_msg("%s: %s", sql, text);
}

static void open_tamperer(victim_log *victim, bool triggers)
{
    assert_int_equal(sqlite3_open(victim->path, &victim->db), SQLITE_OK);
    assert_int_equal(sqlite3_db_config(victim->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, triggers ? 1 : 0,
                                       NULL),
                     SQLITE_OK);
    run_sql(victim, "PRAGMA synchronous=OFF; PRAGMA ignore_check_constraints=ON");
    sqlite3_busy_timeout(victim->db, 5000);
}

static int set_up(void **state)
{
    victim_log *victim = calloc(1, sizeof *victim);
    assert_non_null(victim);
    *state = victim;
    jc_test_project_make(victim->dir);
    snprintf(victim->path, sizeof victim->path, "%s/.jc/events.db", victim->dir);
    open_store(victim);
    for (uint64_t number = 1; number <= event_count; number++) {
        jc_event event = stored_event(number);
        assert_status(jc_test_append(victim->store, &event, 1, NULL, &victim->error), JC_OK);
    }
    return 0;
}

static int tear_down(void **state)
{
    victim_log *victim = *state;
    jc_close(victim->store);
    (void)sqlite3_close(victim->db);
    jc_test_folder_remove(victim->dir);
    free(victim);
    return 0;
}

static void take_finding(void *context, const jc_finding *finding)
{
    findings *found = context;
    if (!finding->damage)
        return;
    if (found->damages++ == 0)
        snprintf(found->first, sizeof found->first, "%s: %s", finding->where, finding->what);
    uint64_t sequence = 0;
    if (sscanf(finding->where, "alpha #%" SCNu64, &sequence) == 1)
        found->named =
            found->named || (sequence >= target_sequence - 1 && sequence <= target_sequence + 1);
    uint64_t position = 0;
    if (sscanf(finding->where, "position %" SCNu64, &position) == 1)
        found->named =
            found->named || (position >= target_position - 1 && position <= target_position + 1);
}

static findings verify(victim_log *victim)
{
    findings found = {0};
    jc_verify_result result = {0};
    jc_status status =
        jc_verify(victim->store, NULL, 0, take_finding, &found, &result, &victim->error);
    if (status == JC_ECORRUPT) {
        const jc_finding finding = {true, victim->error.text, ""};
        take_finding(&found, &finding);
        return found;
    }
    jc_assert_status(status, JC_OK, victim->error.text, __FILE__, __LINE__);
    assert_int_equal(result.damages, found.damages);
    return found;
}

/* A value of the target's row, as SQLite keeps it. */
static sqlite3_value *read_column(victim_log *victim, const char *column)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT %s FROM events WHERE position = %d", column, target_position);
    sqlite3_stmt *select = NULL;
    assert_int_equal(sqlite3_prepare_v2(victim->db, sql, -1, &select, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(select), SQLITE_ROW);
    sqlite3_value *value = sqlite3_value_dup(sqlite3_column_value(select, 0));
    (void)sqlite3_finalize(select);
    return value;
}

/* Write a column of the row at `position`: text, or a number when `text` is absent. */
static void write_column(victim_log *victim, const char *column, uint64_t position, jc_str text,
                         int64_t number)
{
    char sql[128];
    snprintf(sql, sizeof sql, "UPDATE events SET %s = ?1 WHERE position = %" PRIu64, column,
             position);
    sqlite3_stmt *update = NULL;
    assert_int_equal(sqlite3_prepare_v2(victim->db, sql, -1, &update, NULL), SQLITE_OK);
    if (text.bytes != NULL)
        sqlite3_bind_text(update, 1, text.bytes, (int)text.size, SQLITE_TRANSIENT);
    else
        sqlite3_bind_int64(update, 1, number);
    int code = sqlite3_step(update);
    (void)sqlite3_finalize(update);
    if (code != SQLITE_DONE)
        fail_msg("cannot tamper with %s: %s", column, sqlite3_errmsg(victim->db));
}

static void assert_found(victim_log *victim, const char *column, const char *change)
{
    findings found = verify(victim);
    if (found.damages == 0)
        fail_msg("%s %s was not found", column, change);
    if (!found.named)
        fail_msg("%s %s was found in another place: %s", column, change, found.first);
}

static void assert_intact(victim_log *victim)
{
    findings found = verify(victim);
    if (found.damages != 0)
        fail_msg("damage where there is none: %s", found.first);
}

/* Change every byte of a text in turn, in three ways: another letter, the other case, no UTF-8. */
static void tamper_with_text(victim_log *victim, const char *column)
{
    sqlite3_value *value = read_column(victim, column);
    const jc_str original = {(const char *)sqlite3_value_text(value),
                             (size_t)sqlite3_value_bytes(value)};
    char changed[512];
    assert_in_range(original.size, 1, sizeof changed);
    const uint8_t masks[] = {0x01, 0x20, 0x80};
    for (size_t at = 0; at < original.size * 3; at++) {
        char change[64];
        snprintf(change, sizeof change, "with byte %zu xor %#x", at / 3, masks[at % 3]);
        memcpy(changed, original.bytes, original.size);
        changed[at / 3] = (char)((uint8_t)changed[at / 3] ^ masks[at % 3]);
        write_column(victim, column, target_position, (jc_str){changed, original.size}, 0);
        assert_found(victim, column, change);
    }
    write_column(victim, column, target_position, original, 0);
    sqlite3_value_free(value);
    assert_intact(victim);
}

static void every_changed_byte_of_a_text_is_found_and_named(void **state)
{
    victim_log *victim = *state;
    open_tamperer(victim, false);
    const char *columns[] = {"id",           "workflow_id", "timestamp",
                             "event_type",   "agent_id",    "correlation_id",
                             "causation_id", "data",        "hash"};

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        tamper_with_text(victim, columns[i]);
}

static void a_text_that_is_cut_lengthened_or_emptied_is_found_and_named(void **state)
{
    victim_log *victim = *state;
    open_tamperer(victim, false);
    const char *columns[] = {"id",           "workflow_id", "timestamp",
                             "event_type",   "agent_id",    "correlation_id",
                             "causation_id", "data",        "hash"};

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        sqlite3_value *value = read_column(victim, columns[i]);
        char text[512];
        size_t size = (size_t)snprintf(text, sizeof text, "%sx", sqlite3_value_text(value));
        const size_t sizes[] = {0, size - 2, size};
        for (int way = 0; way < 3; way++) {
            write_column(victim, columns[i], target_position, (jc_str){text, sizes[way]}, 0);
            assert_found(victim, columns[i], "with another length");
        }
        write_column(victim, columns[i], target_position, (jc_str){text, size - 1}, 0);
        sqlite3_value_free(value);
    }
    assert_intact(victim);
}

static void a_text_that_is_taken_away_or_added_is_found_and_named(void **state)
{
    victim_log *victim = *state;
    open_tamperer(victim, false);
    const char *const changes[][2] = {
        {"agent_id = NULL", "agent_id = 'coder \"7\"'"},
        {"correlation_id = NULL", "correlation_id = 'call-1'"},
        {"causation_id = NULL", "causation_id = 'cause\\2'"},
        {"agent_id = correlation_id, correlation_id = agent_id",
         "agent_id = correlation_id, correlation_id = agent_id"},
        {"data_hash = hash", "data_hash = NULL"},
        {"data_hash = ''", "data_hash = NULL"},
        {"data_hash = data, data = NULL", "data = data_hash, data_hash = NULL"},
        {"data = ' ' || data", "data = substr(data, 2)"},
    };

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char sql[256];
        snprintf(sql, sizeof sql, "UPDATE events SET %s WHERE position = %d", changes[i][0],
                 target_position);
        run_sql(victim, sql);
        assert_found(victim, "a row", changes[i][0]);
        snprintf(sql, sizeof sql, "UPDATE events SET %s WHERE position = %d", changes[i][1],
                 target_position);
        run_sql(victim, sql);
        assert_intact(victim);
    }
}

/* Every number that differs in one bit from the target's, unless another row has it. */
static void tamper_with_number(victim_log *victim, const char *column, int64_t original)
{
    for (int bit = 0; bit < 64; bit++) {
        int64_t changed = (int64_t)((uint64_t)original ^ (UINT64_C(1) << bit));
        char sql[160];
        snprintf(sql, sizeof sql, "UPDATE OR IGNORE events SET %s = %lld WHERE id = '%s'", column,
                 (long long)changed, TARGET_ID);
        run_sql(victim, sql);
        if (sqlite3_changes(victim->db) == 0)
            continue;
        char change[64];
        snprintf(change, sizeof change, "made %lld", (long long)changed);
        assert_found(victim, column, change);
        snprintf(sql, sizeof sql, "UPDATE events SET %s = %lld WHERE id = '%s'", column,
                 (long long)original, TARGET_ID);
        run_sql(victim, sql);
    }
    assert_intact(victim);
}

static void a_changed_sequence_is_found_and_named(void **state)
{
    victim_log *victim = *state;
    open_tamperer(victim, false);

    tamper_with_number(victim, "sequence", target_sequence);
}

static void a_changed_position_is_found_and_named(void **state)
{
    victim_log *victim = *state;
    open_tamperer(victim, false);

    tamper_with_number(victim, "position", target_position);
}

static void swapped_events_are_found(void **state)
{
    victim_log *victim = *state;
    open_tamperer(victim, false);
    run_sql(victim, "UPDATE events SET position = 100 WHERE position = 3;"
                    "UPDATE events SET position = 3 WHERE position = 4;"
                    "UPDATE events SET position = 4 WHERE position = 100");
    /* alpha #2 and beta #2 changed places: each chain is as before, so the mirrors tell. */
    jc_mirror_report report = {0};
    jc_status status = jc_mirror_check(victim->store, JC_STR("alpha"), &report, &victim->error);
    jc_assert_status(status, JC_OK, victim->error.text, __FILE__, __LINE__);
    assert_int_equal(report.state, JC_MIRROR_DIFFERENT);
    assert_int_equal(report.line, target_sequence);

    run_sql(victim, "UPDATE events SET sequence = 100 WHERE position = 1;"
                    "UPDATE events SET sequence = 1 WHERE position = 4 AND workflow_id = 'alpha';"
                    "UPDATE events SET sequence = 2 WHERE position = 1");
    assert_found(victim, "sequence", "swapped with the one before");
}

static void an_event_that_was_taken_out_is_found_and_named(void **state)
{
    victim_log *victim = *state;
    open_tamperer(victim, false);

    run_sql(victim, "DELETE FROM events WHERE position = 3");
    assert_found(victim, "the row", "deleted");
}

static void an_event_that_was_taken_out_with_the_rest_renumbered_is_found(void **state)
{
    victim_log *victim = *state;
    open_tamperer(victim, false);

    run_sql(victim, "DELETE FROM events WHERE position = 3;"
                    "UPDATE events SET sequence = 2 WHERE workflow_id = 'alpha' AND sequence = 3;"
                    "UPDATE events SET position = position - 1 WHERE position > 3");
    assert_found(victim, "the row", "deleted and the rest renumbered");
}

/* A store whose positions have gaps: the log was lost, and only alpha's mirror was left. */
static void make_gaps(victim_log *victim)
{
    jc_close(victim->store);
    victim->store = NULL;
    char path[JC_TEST_PATH_SIZE + 32];
    snprintf(path, sizeof path, "%s/agents/beta", victim->dir);
    jc_test_folder_remove(path);
    assert_int_equal(unlink(victim->path), 0);
    jc_rebuild_result result;
    findings found = {0};
    jc_status status =
        jc_rebuild_from_mirrors(victim->dir, false, take_finding, &found, &result, &victim->error);
    jc_assert_status(status, JC_OK, victim->error.text, __FILE__, __LINE__);
    assert_true(result.gaps);
    open_store(victim);
}

static void a_changed_position_in_a_store_with_gaps_is_found_by_the_mirror(void **state)
{
    victim_log *victim = *state;
    make_gaps(victim);
    open_tamperer(victim, false);
    assert_intact(victim);
    run_sql(victim, "UPDATE events SET position = 4 WHERE position = 3");

    jc_mirror_report report = {0};
    jc_status status = jc_mirror_check(victim->store, JC_STR("alpha"), &report, &victim->error);
    jc_assert_status(status, JC_OK, victim->error.text, __FILE__, __LINE__);
    assert_int_equal(report.state, JC_MIRROR_DIFFERENT);
    assert_int_equal(report.line, target_sequence);
}

static void another_client_cannot_change_the_log(void **state)
{
    victim_log *victim = *state;
    open_tamperer(victim, true);
    const char *const statements[] = {
        "UPDATE events SET data = '{}' WHERE position = 3",
        "UPDATE events SET position = 99 WHERE position = 3",
        "UPDATE OR REPLACE events SET sequence = 1 WHERE position = 3",
        "UPDATE OR IGNORE events SET hash = '' WHERE position = 3",
        "DELETE FROM events WHERE position = 3",
        "DELETE FROM events",
        /* A row that takes the place of another: by id, by position, by workflow and sequence. */
        "INSERT OR REPLACE INTO events SELECT 7, id, 'alpha', 4, timestamp, event_type, NULL, "
        "NULL, "
        "NULL, '{}', NULL, hash FROM events WHERE position = 3",
        "INSERT OR REPLACE INTO events SELECT 3, '019ba100-0000-7000-8000-0000000000ff', 'alpha', "
        "4, "
        "timestamp, event_type, NULL, NULL, NULL, '{}', NULL, hash FROM events WHERE position = 3",
        "REPLACE INTO events SELECT 7, '019ba100-0000-7000-8000-0000000000ff', 'alpha', 2, "
        "timestamp, "
        "event_type, NULL, NULL, NULL, '{}', NULL, hash FROM events WHERE position = 3",
        "INSERT INTO events SELECT * FROM events WHERE position = 3 "
        "ON CONFLICT (position) DO UPDATE SET data = '{}'",
        "INSERT INTO events SELECT * FROM events WHERE position = 3 "
        "ON CONFLICT (id) DO UPDATE SET data = '{}'",
        /* A new row that is not the next one. */
        "INSERT INTO events SELECT 7, '019ba100-0000-7000-8000-0000000000ff', 'alpha', 5, "
        "timestamp, "
        "event_type, NULL, NULL, NULL, '{}', NULL, hash FROM events WHERE position = 3",
        "INSERT INTO events SELECT 7, '019ba100-0000-7000-8000-0000000000ff', 'gamma', 2, "
        "timestamp, "
        "event_type, NULL, NULL, NULL, '{}', NULL, hash FROM events WHERE position = 3",
        "INSERT INTO events SELECT 7, '019ba100-0000-7000-8000-0000000000ff', 'gamma', 0, "
        "timestamp, "
        "event_type, NULL, NULL, NULL, '{}', NULL, hash FROM events WHERE position = 3",
    };
    JC_AUTO(jc_buf) before = {0};
    JC_AUTO(jc_buf) after = {0};
    assert_status(jc_test_lines(victim->store, NULL, &before, &victim->error), JC_OK);

    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        if (sqlite3_exec(victim->db, statements[i], NULL, NULL, NULL) != SQLITE_CONSTRAINT)
            fail_msg("was not refused: %s", statements[i]);

    assert_status(jc_test_lines(victim->store, NULL, &after, &victim->error), JC_OK);
    assert_same_lines(&after, &before);
    assert_intact(victim);
}

/* What became of a log with a flipped bit. */
typedef enum outcome {
    REFUSED = 10,
    DAMAGE_FOUND,
    UNCHANGED,
    SILENTLY_DIFFERENT
} outcome;

typedef struct flip_run {
    char dir[JC_TEST_PATH_SIZE];
    const jc_buf *lines; /* what the log said before */
} flip_run;

static void ignore_finding(void *context, const jc_finding *finding)
{
    (void)context;
    (void)finding;
}

/* Open the log, check it and read it, in a process of its own, where a crash and a hang are seen. */
static int read_flipped(void *context)
{
    const flip_run *flip = context;
    jc_error error;
    jc_store *store = NULL;
    jc_verify_result result = {0};
    (void)alarm(FLIP_SECONDS_MAX);
    if (jc_open(flip->dir, NULL, &store, &error) < 0)
        return REFUSED;
    jc_status verified = jc_verify(store, NULL, 0, ignore_finding, NULL, &result, &error);
    JC_AUTO(jc_buf) lines = {0};
    jc_status read = jc_test_lines(store, NULL, &lines, &error);
    bool same = read == JC_OK && jc_str_equal(jc_buf_str(&lines), jc_buf_str(flip->lines));
    jc_close(store);
    if (verified < 0 || result.damages != 0)
        return DAMAGE_FOUND;
    return same ? UNCHANGED : SILENTLY_DIFFERENT;
}

/* Where to flip: everywhere in the file's header, and behind it at random places, mostly such that
 * hold something. */
static size_t flip_offset(size_t i, const jc_buf *bytes, jc_random *random)
{
    if (i < 100)
        return i;
    size_t offset = (size_t)jc_random_below(random, bytes->size);
    while (bytes->bytes[offset] == 0 && !jc_random_chance(random, 1))
        offset = (size_t)jc_random_below(random, bytes->size);
    return offset;
}

static void write_flipped(const char *path, const jc_buf *bytes, size_t offset, int bit)
{
    char flipped = (char)(bytes->bytes[offset] ^ (1 << bit));
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes->bytes, 1, bytes->size, file), bytes->size);
    assert_int_equal(fseek(file, (long)offset, SEEK_SET), 0);
    assert_int_equal(fwrite(&flipped, 1, 1, file), 1);
    assert_int_equal(fclose(file), 0);
}

static void remove_beside(const char *path, const char *suffix)
{
    char name[JC_TEST_PATH_SIZE + 64];
    snprintf(name, sizeof name, "%s%s", path, suffix);
    (void)unlink(name);
}

static void a_flipped_bit_in_the_file_never_passes_for_something_else(void **state)
{
    victim_log *victim = *state;
    JC_AUTO(jc_buf) lines = {0};
    JC_AUTO(jc_buf) bytes = {0};
    assert_status(jc_test_lines(victim->store, NULL, &lines, &victim->error), JC_OK);
    jc_close(victim->store);
    victim->store = NULL;
    assert_status(jc_file_read(victim->path, SIZE_MAX, &bytes, &victim->error), JC_OK);

    flip_run flip = {.lines = &lines};
    memcpy(flip.dir, victim->dir, sizeof flip.dir);
    jc_random random = {.state = 4};
    int outcomes[SILENTLY_DIFFERENT + 1] = {0};
    for (size_t i = 0; i < (size_t)flip_count; i++) {
        size_t offset = flip_offset(i, &bytes, &random);
        int bit = (int)jc_random_below(&random, 8);
        write_flipped(victim->path, &bytes, offset, bit);
        remove_beside(victim->path, "-wal");
        remove_beside(victim->path, "-shm");
        int ended = jc_child_wait(jc_child_start(read_flipped, &flip));
        if (ended < REFUSED || ended >= SILENTLY_DIFFERENT)
            fail_msg("byte %zu, bit %d: ended %d", offset, bit, ended);
        outcomes[ended]++;
    }
    printf("# %d flipped bits: %d refused at opening, %d found, %d without effect\n", flip_count,
           outcomes[REFUSED], outcomes[DAMAGE_FOUND], outcomes[UNCHANGED]);
    assert_true(outcomes[REFUSED] > 0 && outcomes[DAMAGE_FOUND] > 0);
}

#define TAMPER_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(int argc, char **argv)
{
    if (argc > 1)
        flip_count = atoi(argv[1]);
    const struct CMUnitTest tests[] = {
        TAMPER_TEST(every_changed_byte_of_a_text_is_found_and_named),
        TAMPER_TEST(a_text_that_is_cut_lengthened_or_emptied_is_found_and_named),
        TAMPER_TEST(a_text_that_is_taken_away_or_added_is_found_and_named),
        TAMPER_TEST(a_changed_sequence_is_found_and_named),
        TAMPER_TEST(a_changed_position_is_found_and_named),
        TAMPER_TEST(swapped_events_are_found),
        TAMPER_TEST(an_event_that_was_taken_out_is_found_and_named),
        TAMPER_TEST(an_event_that_was_taken_out_with_the_rest_renumbered_is_found),
        TAMPER_TEST(a_changed_position_in_a_store_with_gaps_is_found_by_the_mirror),
        TAMPER_TEST(another_client_cannot_change_the_log),
        TAMPER_TEST(a_flipped_bit_in_the_file_never_passes_for_something_else),
    };
    return cmocka_run_group_tests_name("tamper", tests, NULL, NULL);
}

/* Full-text search: what people type, an index that follows the log, and one that cannot be trusted. */
#include "workshop.h"

#include "jc/query.h"
#include "query/expression.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/wait.h>

static void tell(workshop *shop, uint64_t number, const char *workflow_id, const char *event_type,
                 const char *data)
{
    jc_error error;
    jc_event event = jc_test_event(number, workflow_id, event_type, data);
    event.agent_id = JC_STR("coder");
    if (jc_test_append(shop->store, &event, 1, NULL, &error) < 0)
        fail_msg("%s", error.text);
}

static void tell_a_story(workshop *shop)
{
    tell(shop, 1, "fix-login", "agent.note.learning",
         "{\"title\":\"JWT tokens\",\"content\":\"All routes validate tokens in middleware\"}");
    tell(shop, 2, "fix-login", "agent.tool.failed",
         "{\"tool_name\":\"Bash\",\"error\":\"Connection timeout after 30 s\",\"code\":110}");
    tell(shop, 3, "add-cache", "feature.completed",
         "{\"name\":\"caf\\u00e9 page \\ud83d\\ude80\",\"deep\":{\"list\":[{\"x\":\"needle\"}]}}");
    tell(shop, 4, "add-cache", "agent.note.warning",
         "{\"title\":\"Cache\",\"content\":\"a token may time out in src/auth_token.py\"}");
}

/* The sequences and workflows of all hits as "workflow#sequence ", best first. */
static void search_for(workshop *shop, const char *text, const jc_filter *filter, char *ret,
                       size_t room)
{
    jc_search *search = NULL;
    jc_search_hit hit;
    jc_error error;
    if (jc_search_new(shop->store, jc_str_of(text), filter, NULL, NULL, &search, &error) < 0)
        fail_msg("%s: %s", text, error.text);
    jc_status status = JC_OK;
    size_t used = 0;
    *ret = '\0';
    while ((status = jc_search_next(search, &hit, &error)) == JC_OK) {
        int size = snprintf(ret + used, room - used, "%.*s#%llu ", (int)hit.event->workflow_id.size,
                            hit.event->workflow_id.bytes, (unsigned long long)hit.event->sequence);
        used += (size_t)size;
        assert_true(used < room);
    }
    assert_int_equal(status, JC_END);
    jc_search_free(search);
}

static void assert_finds(workshop *shop, const char *text, const char *wanted)
{
    char got[512];
    search_for(shop, text, NULL, got, sizeof got);
    if (strcmp(got, wanted) != 0)
        fail_msg("'%s': got '%s', wanted '%s'", text, got, wanted);
}

static void words_are_found_wherever_they_stand(void **state)
{
    workshop *shop = *state;
    tell_a_story(shop);
    assert_finds(shop, "middleware", "fix-login#1 ");
    assert_finds(shop, "TIMEOUT", "fix-login#2 ");
    assert_finds(shop, "cafe", "add-cache#1 ");
    assert_finds(shop, "Caf\xc3\xa9", "add-cache#1 ");
    assert_finds(shop, "needle", "add-cache#1 ");
    assert_finds(shop, "110", "fix-login#2 ");
    assert_finds(shop, "\xf0\x9f\x9a\x80", "add-cache#1 ");
    assert_finds(shop, "feature.completed", "add-cache#1 ");
    assert_finds(shop, "learning", "fix-login#1 ");
    assert_finds(shop, "auth_token.py", "add-cache#2 ");
    assert_finds(shop, "absent", "");
    /* Names of members are no text. */
    assert_finds(shop, "tool_name", "");
}

static void what_people_type_is_understood(void **state)
{
    workshop *shop = *state;
    tell_a_story(shop);
    assert_finds(shop, "token*", "fix-login#1 add-cache#2 ");
    assert_finds(shop, "token* middleware", "fix-login#1 ");
    assert_finds(shop, "\"time out\"", "add-cache#2 ");
    assert_finds(shop, "\"out time\"", "");
    assert_finds(shop, "\"connection time\"*", "fix-login#2 ");
    assert_finds(shop, "needle OR middleware coder", "add-cache#1 fix-login#1 ");
    assert_finds(shop, "OR needle OR", "add-cache#1 ");
    assert_finds(shop, "ROUT* OR*", "");
    tell(shop, 9, "w", "step.done", "{\"text\":\"a new order\"}");
    assert_finds(shop, "OR*", "w#1 ");
    assert_finds(shop, "needle -- !! \xe2\x80\x94", "add-cache#1 ");
    /* What means something to FTS5 means nothing here. */
    assert_finds(shop, "NEAR(needle)", "");
    assert_finds(shop, "title:cache", "");
    assert_finds(shop, "needle AND", "");
    assert_finds(shop, "\"needle", "add-cache#1 ");
    assert_finds(shop, "^needle +needle needle)", "add-cache#1 ");
}

static void what_holds_no_word_is_refused(void **state)
{
    static const char *const texts[] = {"",     " ",    "\"\"", "***", "()", "OR", "\xe2\x80\x94",
                                        "\xff", "a\xc3"};
    workshop *shop = *state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        jc_search *none = NULL;
        assert_int_equal(jc_search_new(shop->store, jc_str_of(texts[i]), NULL, NULL, NULL, &none,
                                       NULL),
                         JC_EINVAL);
        assert_null(none);
    }
}

static void filters_narrow_a_search_down(void **state)
{
    workshop *shop = *state;
    char got[512];
    jc_str workflow_id = JC_STR("add-cache");
    jc_str notes = JC_STR("agent.note.*");
    jc_filter filter = {.workflow_ids = &workflow_id, .workflow_count = 1};
    tell_a_story(shop);
    search_for(shop, "coder", &filter, got, sizeof got);
    assert_string_equal(got, "add-cache#1 add-cache#2 ");
    filter.event_types = &notes;
    filter.event_type_count = 1;
    search_for(shop, "coder", &filter, got, sizeof got);
    assert_string_equal(got, "add-cache#2 ");
    filter.agent_id = JC_STR("cod");
    search_for(shop, "coder", &filter, got, sizeof got);
    assert_string_equal(got, "");
    filter.agent_id = JC_STR("cod\0er");
    search_for(shop, "coder", &filter, got, sizeof got);
    assert_string_equal(got, "");
    filter = (jc_filter){.has_since = true, .since_us = INT64_C(253402300799999999)};
    search_for(shop, "coder", &filter, got, sizeof got);
    assert_string_equal(got, "");
}

static void an_excerpt_shows_what_matched(void **state)
{
    workshop *shop = *state;
    jc_search *search = NULL;
    jc_search_hit hit;
    tell_a_story(shop);
    assert_int_equal(jc_search_new(shop->store, JC_STR("validate"), NULL, NULL, NULL, &search,
                                   NULL),
                     JC_OK);
    assert_int_equal(jc_search_next(search, &hit, NULL), JC_OK);
    assert_str(hit.excerpt, "All routes \x01validate\x02 tokens in middleware\n");
    assert_true(hit.rank < 0);
    jc_search_free(search);
}

static void a_title_counts_for_more(void **state)
{
    workshop *shop = *state;
    tell(shop, 1, "w", "agent.note.idea", "{\"title\":\"other\",\"content\":\"about caching\"}");
    tell(shop, 2, "w", "agent.note.idea", "{\"title\":\"caching\",\"content\":\"about other\"}");
    assert_finds(shop, "caching", "w#2 w#1 ");
}

static void an_event_is_found_as_soon_as_it_is_stored(void **state)
{
    workshop *shop = *state;
    tell_a_story(shop);
    assert_finds(shop, "late", "");
    pid_t child = fork();
    if (child == 0) {
        jc_store *own = NULL;
        jc_event event = jc_test_event(50, "w", "step.done", "{\"content\":\"better late\"}");
        bool good = jc_open(shop->dir, NULL, &own, NULL) == JC_OK &&
                    jc_test_append(own, &event, 1, NULL, NULL) == JC_OK;
        jc_close(own);
        _exit(good ? 0 : 1);
    }
    int code = 0;
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
    assert_finds(shop, "late", "w#1 ");
}

static void many_search_at_once(void **state)
{
    workshop *shop = *state;
    pid_t children[4];
    for (uint64_t i = 0; i < 3000; i += 500) {
        jc_event events[500];
        for (uint64_t each = 0; each < 500; each++)
            events[each] = jc_test_event(i + each + 1, "w", "step.done", "{\"text\":\"common\"}");
        assert_int_equal(jc_test_append(shop->store, events, 500, NULL, NULL), JC_OK);
    }
    for (size_t i = 0; i < 4; i++) {
        children[i] = fork();
        if (children[i] != 0)
            continue;
        jc_store *own = NULL;
        jc_search *search = NULL;
        jc_search_hit hit;
        int count = 0;
        bool good = jc_open(shop->dir, NULL, &own, NULL) == JC_OK &&
                    jc_search_new(own, JC_STR("common"), NULL, NULL, NULL, &search, NULL) == JC_OK;
        while (good && jc_search_next(search, &hit, NULL) == JC_OK)
            count++;
        jc_search_free(search);
        jc_close(own);
        _exit(good && count == 3000 ? 0 : 1);
    }
    for (size_t i = 0; i < 4; i++) {
        int code = 0;
        assert_int_equal(waitpid(children[i], &code, 0), children[i]);
        assert_int_equal(code, 0);
    }
}

static void cache_path(const workshop *shop, char *path, size_t room)
{
    assert_int_equal(jc_path_join(shop->dir, ".jc/cache.db", path, room, NULL), JC_OK);
}

static void without_a_cache_the_answers_are_the_same(void **state)
{
    workshop *shop = *state;
    char path[JC_TEST_PATH_SIZE + 32];
    cache_path(shop, path, sizeof path);
    assert_int_equal(mkdir(path, 0700), 0);
    tell_a_story(shop);
    assert_finds(shop, "token*", "fix-login#1 add-cache#2 ");
    assert_int_equal(rmdir(path), 0);
}

/* Search the damaged copy: it must be answered, and with nothing that does not match. How many of the
 * two hits there were. */
static int search_damaged(workshop *shop)
{
    jc_search *search = NULL;
    jc_search_hit hit;
    jc_error error;
    jc_status status = JC_OK;
    int hits = 0;
    workshop_reopen(shop);
    if (jc_search_new(shop->store, JC_STR("token*"), NULL, NULL, NULL, &search, &error) < 0)
        fail_msg("%s", error.text);
    while ((status = jc_search_next(search, &hit, &error)) == JC_OK) {
        assert_true(hit.event->position == 1 || hit.event->position == 4);
        hits++;
    }
    if (status < 0)
        fail_msg("%s", error.text);
    jc_search_free(search);
    jc_close(shop->store);
    shop->store = NULL;
    return hits;
}

/* Of damage that SQLite cannot see a word may be missing until the index is made anew; of all other
 * damage nothing shows. */
static void an_index_that_is_damaged_is_answered_for(void **state)
{
    workshop *shop = *state;
    char path[JC_TEST_PATH_SIZE + 32];
    JC_AUTO(jc_buf) sound = {0};
    int copies = 0;
    int complete = 0;
    cache_path(shop, path, sizeof path);
    tell_a_story(shop);
    assert_finds(shop, "token*", "fix-login#1 add-cache#2 ");
    jc_close(shop->store);
    shop->store = NULL;
    workshop_read(path, &sound);
    size_t step = getenv("JC_TEST_FEW") != NULL ? 512 * 20 : 512;
    for (size_t at = 0; at + 512 < sound.size; at += step) {
        JC_AUTO(jc_buf) damaged = {0};
        assert_int_equal(jc_buf_append_str(&damaged, jc_buf_str(&sound), NULL), JC_OK);
        memset(damaged.bytes + at, 0x5a, 512);
        workshop_write(path, jc_buf_str(&damaged));
        for (int i = 0; i < 2; i++) {
            copies++;
            complete += search_damaged(shop) == 2 ? 1 : 0;
        }
    }
    assert_true(complete * 10 >= copies * 9);
    workshop_reopen(shop);
}

static void searches_live_side_by_side(void **state)
{
    workshop *shop = *state;
    jc_search *first = NULL;
    jc_search *second = NULL;
    jc_search_hit hit;
    jc_cache_info info;
    tell_a_story(shop);
    assert_int_equal(jc_search_new(shop->store, JC_STR("coder"), NULL, NULL, NULL, &first, NULL),
                     JC_OK);
    assert_int_equal(jc_search_next(first, &hit, NULL), JC_OK);
    assert_int_equal(jc_search_new(shop->store, JC_STR("needle"), NULL, NULL, NULL, &second, NULL),
                     JC_OK);
    assert_int_equal(jc_search_next(second, &hit, NULL), JC_OK);
    assert_int_equal(hit.event->position, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(jc_search_next(first, &hit, NULL), JC_OK);
    assert_int_equal(jc_search_next(first, &hit, NULL), JC_END);
    jc_search_free(first);
    /* The cache may go while a search lives. */
    jc_status status = jc_cache_rebuild(shop->store, NULL, NULL, &info, NULL);
    assert_true(status == JC_OK || status == JC_EBUSY);
    assert_int_equal(jc_search_next(second, &hit, NULL), JC_END);
    jc_search_free(second);
}

static void a_cache_that_others_hold_is_done_without(void **state)
{
    workshop *shop = *state;
    char path[JC_TEST_PATH_SIZE + 32];
    sqlite3 *db = NULL;
    cache_path(shop, path, sizeof path);
    tell_a_story(shop);
    assert_finds(shop, "needle", "add-cache#1 ");
    tell(shop, 9, "w", "step.done", "{\"text\":\"a second needle\"}");
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_finds(shop, "second", "w#1 ");
    (void)sqlite3_close(db);
}

static void the_index_of_another_past_is_emptied(void **state)
{
    workshop *shop = *state;
    char backup[JC_TEST_PATH_SIZE + 32];
    jc_error error;
    (void)snprintf(backup, sizeof backup, "%s/backup.db", shop->dir);
    tell(shop, 1, "w", "step.done", "{\"content\":\"first\"}");
    assert_int_equal(jc_backup(shop->store, backup, NULL, NULL, &error), JC_OK);
    tell(shop, 2, "w", "step.done", "{\"content\":\"second\"}");
    assert_finds(shop, "second", "w#2 ");
    jc_close(shop->store);
    shop->store = NULL;
    assert_int_equal(jc_restore(shop->dir, backup, NULL, 0, &error), JC_OK);
    workshop_reopen(shop);
    assert_finds(shop, "second", "");
    tell(shop, 3, "w", "step.done", "{\"content\":\"third\"}");
    assert_finds(shop, "second OR third", "w#2 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORKSHOP_CLAIM(words_are_found_wherever_they_stand),
        WORKSHOP_CLAIM(what_people_type_is_understood),
        WORKSHOP_CLAIM(what_holds_no_word_is_refused),
        WORKSHOP_CLAIM(filters_narrow_a_search_down),
        WORKSHOP_CLAIM(an_excerpt_shows_what_matched),
        WORKSHOP_CLAIM(a_title_counts_for_more),
        WORKSHOP_CLAIM(an_event_is_found_as_soon_as_it_is_stored),
        WORKSHOP_CLAIM(many_search_at_once),
        WORKSHOP_CLAIM(without_a_cache_the_answers_are_the_same),
        WORKSHOP_CLAIM(an_index_that_is_damaged_is_answered_for),
        WORKSHOP_CLAIM(searches_live_side_by_side),
        WORKSHOP_CLAIM(a_cache_that_others_hold_is_done_without),
        WORKSHOP_CLAIM(the_index_of_another_past_is_emptied),
    };
    return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}

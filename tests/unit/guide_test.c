/* The worked examples of the guide to event sourcing, with the results that it gives for them: the
 * lines that it opens with, the shopping cart, its core concepts, its three examples and its four
 * patterns. The days and hours are the guide's too. */
#include "history.h"
#include "told.h"
#include "workshop.h"

#include <sqlite3.h>
#include <yyjson.h>

/* Seconds after nine. */
#define AT(hour, minute) (((hour)-9) * 3600 + (minute)*60)

#define AUTH "{\"name\":\"auth-system\"}"

static jc_point point_at(int64_t seconds)
{
    return (jc_point){.kind = JC_POINT_TIME, .time_us = TOLD_START_US + seconds * 1000000};
}

static jc_state *read_state(jc_store *store, const jc_projection *projection, const jc_point *point)
{
    jc_state *state = NULL;
    jc_error error;
    if (jc_state_read(store, projection, JC_STR("wf"), point, &state, &error) < 0)
        fail_msg("%s", error.text);
    return state;
}

/* Fail unless this is the state, as JSON, at the point. */
static void assert_state_is(jc_store *store, const jc_projection *projection, const jc_point *point,
                            const char *wanted)
{
    jc_state *state = read_state(store, projection, point);
    assert_string_equal(jc_state_json(state, NULL), wanted);
    jc_state_free(state);
}

static void assert_state_holds(jc_store *store, const char *projection, const jc_point *point,
                               const char *piece)
{
    jc_state *state = read_state(store, jc_projection_find(projection), point);
    assert_holds(jc_state_json(state, NULL), piece);
    jc_state_free(state);
}

static void tell_opening(told *in)
{
    tell(in, AT(9, 0), NULL, "workflow.started", "{}");
    tell(in, AT(9, 5), NULL, "feature.planned", AUTH);
    tell(in, AT(9, 10), NULL, "feature.started", AUTH);
    tell(in, AT(9, 45), NULL, "feature.completed", AUTH);
}

static void what_was_happening_at_half_past_nine(void **state)
{
    told *in = *state;
    jc_point half_past = point_at(AT(9, 30));
    tell_opening(in);
    assert_state_is(
        in->store, jc_projection_find("workflow"), &half_past,
        "{\"status\":\"running\",\"started_at\":\"" TOLD_TIME(
            "00",
            "00") "\",\"status_since\":\"" TOLD_TIME("00",
                                                     "00") "\",\"status_sequence\":1,"
                                                           "\"features\":[{\"name\":\"auth-"
                                                           "system\",\"status\":\"started\","
                                                           "\"attempts\":1,"
                                                           "\"started_at\":\"" TOLD_TIME(
                                                               "10",
                                                               "00") "\",\"status_since\":"
                                                                     "\"" TOLD_TIME(
                                                                         "10",
                                                                         "00") "\","
                                                                               "\"status"
                                                                               "_sequenc"
                                                                               "e\":3}],"
                                                                               "\"featur"
                                                                               "es_"
                                                                               "total\":"
                                                                               "1,"
                                                                               "\"featur"
                                                                               "es_"
                                                                               "complete"
                                                                               "d\":0,"
                                                                               "\"retrie"
                                                                               "s\":0,"
                                                                               "\"commit"
                                                                               "s\":[],"
                                                                               "\"worktr"
                                                                               "ees\":[]"
                                                                               ","
                                                                               "\"last_"
                                                                               "event\":"
                                                                               "{\"seque"
                                                                               "nce\":3,"
                                                                               "\"event_"
                                                                               "type\":"
                                                                               "\"featur"
                                                                               "e."
                                                                               "started"
                                                                               "\","
                                                                               "\"timest"
                                                                               "amp\":"
                                                                               "\"" TOLD_TIME(
                                                                                   "10",
                                                                                   "00") "\"}}");
}

static void whether_a_feature_was_retried(void **state)
{
    told *in = *state;
    tell_opening(in);
    assert_told_holds(in, "workflow", "\"retries\":0");
    tell(in, AT(9, 50), NULL, "feature.started", "{\"name\":\"api\"}");
    tell(in, AT(9, 55), NULL, "feature.failed", "{\"name\":\"api\",\"error\":\"timeout\"}");
    tell(in, AT(9, 56), NULL, "feature.started", "{\"name\":\"api\"}");
    assert_told_holds(in, "workflow", "\"retries\":1");
    assert_told_holds(in, "workflow", "{\"name\":\"api\",\"status\":\"started\",\"attempts\":2");
}

/* What the naive approach stores, and nothing but the events to have it from. */
static void the_current_state_is_still_there_to_be_had(void **state)
{
    told *in = *state;
    tell(in, AT(9, 0), NULL, "workflow.started", "{}");
    for (int i = 1; i <= 5; i++) {
        char data[32];
        (void)snprintf(data, sizeof data, "{\"name\":\"f%d\"}", i);
        tell(in, AT(9, 10 * i), NULL, "feature.completed", data);
    }
    tell(in, AT(10, 0), NULL, "workflow.completed", "{}");
    assert_told_holds(in, "workflow", "{\"status\":\"completed\"");
    assert_told_holds(in, "workflow", "\"features_completed\":5");
    assert_told_holds(in, "workflow", "\"timestamp\":\"2026-01-09T10:00:00.000000Z\"}}");
}

/* The cart, as an embedder's own projection. */
typedef struct item {
    char product[16];
    int quantity;
    int price;
} item;

typedef struct cart {
    item items[4];
    size_t count;
    int total;
} cart;

static item item_of(const jc_event *event)
{
    item made = {.quantity = 0};
    yyjson_doc *doc = yyjson_read(event->data.bytes, event->data.size, 0);
    yyjson_val *root = yyjson_doc_get_root(doc);
    const char *product = yyjson_get_str(yyjson_obj_get(root, "product"));
    (void)snprintf(made.product, sizeof made.product, "%s", product != NULL ? product : "");
    made.quantity = (int)yyjson_get_int(yyjson_obj_get(root, "quantity"));
    made.price = (int)yyjson_get_int(yyjson_obj_get(root, "price"));
    yyjson_doc_free(doc);
    return made;
}

static jc_status cart_apply(void *context, const jc_event *event, jc_error *reterr)
{
    cart *state = context;
    item spoken_of = item_of(event);
    (void)reterr;
    if (jc_str_equal(event->event_type, JC_STR("cart.item_added"))) {
        state->items[state->count++] = spoken_of;
        state->total += spoken_of.quantity * spoken_of.price;
        return JC_OK;
    }
    for (size_t i = 0; i < state->count; i++) {
        if (strcmp(state->items[i].product, spoken_of.product) != 0)
            continue;
        state->total -= state->items[i].quantity * state->items[i].price;
        state->items[i] = state->items[--state->count];
    }
    return JC_OK;
}

static jc_status cart_write_json(const void *context, jc_output *output, jc_error *reterr)
{
    const cart *state = context;
    JC_AUTO(jc_buf) text = {0};
    jc_status status = jc_buf_append_text(&text, "{\"items\":[", reterr);
    for (size_t i = 0; status == JC_OK && i < state->count; i++)
        status = jc_buf_append_format(&text, reterr,
                                      "%s{\"product\":\"%s\",\"quantity\":%d,\"price\":%d}",
                                      i > 0 ? "," : "", state->items[i].product,
                                      state->items[i].quantity, state->items[i].price);
    if (status == JC_OK)
        status = jc_buf_append_format(&text, reterr, "],\"total\":%d}", state->total);
    return status == JC_OK ? jc_output_add(output, jc_buf_str(&text), reterr) : status;
}

static const jc_projection cart_projection = {.name = "cart",
                                              .version = 1,
                                              .state_size = sizeof(cart),
                                              .apply = cart_apply,
                                              .write_json = cart_write_json};

#define LAPTOP "{\"product\":\"laptop\",\"quantity\":1,\"price\":999}"
#define MICE "{\"product\":\"mouse\",\"quantity\":2,\"price\":25}"

static void tell_cart(told *in)
{
    tell(in, AT(10, 0), NULL, "cart.item_added", LAPTOP);
    tell(in, AT(10, 5), NULL, "cart.item_removed", "{\"product\":\"laptop\",\"quantity\":1}");
    tell(in, AT(10, 10), NULL, "cart.item_added", LAPTOP);
    tell(in, AT(10, 15), NULL, "cart.item_added", MICE);
}

static void the_cart_is_what_its_events_come_to(void **state)
{
    told *in = *state;
    tell_cart(in);
    assert_state_is(in->store, &cart_projection, NULL,
                    "{\"items\":[" LAPTOP "," MICE "],\"total\":1049}");
}

static void the_cart_at_seven_past_ten_was_empty(void **state)
{
    told *in = *state;
    jc_point seven_past = point_at(AT(10, 7));
    jc_point just_before = point_at(AT(10, 4));
    tell_cart(in);
    assert_state_is(in->store, &cart_projection, &seven_past, "{\"items\":[],\"total\":0}");
    assert_state_is(in->store, &cart_projection, &just_before,
                    "{\"items\":[" LAPTOP "],\"total\":999}");
}

static void undo_does_not_replay_the_last_event(void **state)
{
    told *in = *state;
    jc_point undone = {.kind = JC_POINT_BEFORE_HEAD, .number = 1};
    tell_cart(in);
    assert_state_is(in->store, &cart_projection, &undone, "{\"items\":[" LAPTOP "],\"total\":999}");
}

/* How many events of "wf" are of the types that the glob means. */
static size_t count_type(jc_store *store, const char *event_type)
{
    jc_str workflow_id = JC_STR("wf");
    jc_str type = jc_str_of(event_type);
    jc_filter filter = {.workflow_ids = &workflow_id,
                        .workflow_count = 1,
                        .event_types = &type,
                        .event_type_count = 1};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    size_t count = 0;
    assert_int_equal(jc_cursor_open(store, &filter, &cursor, NULL), JC_OK);
    while (jc_cursor_next(cursor, &event, NULL) == JC_OK)
        count++;
    jc_cursor_close(cursor);
    return count;
}

/* Which the current state cannot tell: pairs of adding and removing. */
static void how_often_users_changed_their_mind_is_counted(void **state)
{
    told *in = *state;
    tell_cart(in);
    assert_int_equal(count_type(in->store, "cart.item_removed"), 1);
    assert_int_equal(count_type(in->store, "cart.item_added"), 3);
}

static void a_fact_is_corrected_by_a_new_one_and_stays_as_it_was(void **state)
{
    told *in = *state;
    JC_AUTO(jc_buf) before = {0};
    JC_AUTO(jc_buf) after = {0};
    tell(in, AT(10, 0), "coder-001", "feature.completed", AUTH);
    assert_int_equal(jc_test_lines(in->store, NULL, &before, NULL), JC_OK);
    tell(in, AT(10, 5), "coder-001", "feature.renamed",
         "{\"name\":\"auth-system\",\"new_name\":\"new-name\"}");
    assert_int_equal(jc_test_lines(in->store, NULL, &after, NULL), JC_OK);

    assert_told_holds(in, "workflow", "{\"name\":\"new-name\",\"status\":\"completed\"");
    assert_told_lacks(in, "workflow", "auth-system");
    assert_true(after.size > before.size);
    assert_memory_equal(after.bytes, before.bytes, before.size);
}

/* The loop of the guide's derive_state, stopping behind each event. */
static void state_is_derived_by_replaying_all_events(void **state)
{
    static const char *const statuses[] = {"running", "running", "running", "completed"};
    told *in = *state;
    jc_state *derived = NULL;
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    tell(in, AT(9, 0), NULL, "workflow.started", "{}");
    tell(in, AT(9, 45), NULL, "feature.completed", AUTH);
    tell(in, AT(9, 50), NULL, "feature.completed", "{\"name\":\"api\"}");
    tell(in, AT(10, 0), NULL, "workflow.completed", "{}");

    assert_int_equal(jc_state_new(jc_projection_find("workflow"), &derived, NULL), JC_OK);
    assert_int_equal(jc_cursor_open(in->store, NULL, &cursor, NULL), JC_OK);
    while (jc_cursor_next(cursor, &event, NULL) == JC_OK) {
        char wanted[64];
        assert_int_equal(jc_state_apply(derived, event, NULL), JC_OK);
        (void)snprintf(wanted, sizeof wanted, "{\"status\":\"%s\"", statuses[event->sequence - 1]);
        assert_holds(jc_state_json(derived, NULL), wanted);
        assert_true((strstr(jc_state_json(derived, NULL), "\"auth-system\"") != NULL) ==
                    (event->sequence >= 2));
        assert_true((strstr(jc_state_json(derived, NULL), "\"api\"") != NULL) ==
                    (event->sequence >= 3));
    }
    assert_holds(jc_state_json(derived, NULL), "\"features_completed\":2");
    jc_cursor_close(cursor);
    jc_state_free(derived);
}

static void the_stored_name_of_an_event_cannot_be_changed(void **state)
{
    static const char *const statements[] = {
        "UPDATE events SET data='{\"name\":\"new-name\"}'",
        "DELETE FROM events",
    };
    workshop *shop = *state;
    told in = {.store = shop->store, .number = 1};
    char path[JC_TEST_PATH_SIZE + 32];
    sqlite3 *db = NULL;
    tell(&in, AT(10, 0), NULL, "feature.completed", AUTH);
    (void)snprintf(path, sizeof path, "%s/.jc/events.db", shop->dir);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        assert_int_equal(sqlite3_exec(db, statements[i], NULL, NULL, NULL), SQLITE_CONSTRAINT);
        assert_holds(sqlite3_errmsg(db), "append a new event");
    }
    (void)sqlite3_close(db);
    assert_int_equal(count_type(shop->store, "feature.completed"), 1);
    assert_state_holds(shop->store, "workflow", NULL, "\"auth-system\"");
}

/* events.jsonl: "only add new lines". */
static void the_jsonl_file_only_gets_new_lines(void **state)
{
    workshop *shop = *state;
    JC_AUTO(jc_buf) before = {0};
    JC_AUTO(jc_buf) after = {0};
    workshop_append(shop, 1, 2);
    workshop_read(shop->mirror, &before);
    workshop_append(shop, 3, 1);
    workshop_read(shop->mirror, &after);
    assert_true(after.size > before.size);
    assert_memory_equal(after.bytes, before.bytes, before.size);
    assert_null(memchr(after.bytes + before.size, '\n', after.size - before.size - 1));
}

static void notes_are_indexed_by_category_and_agent(void **state)
{
    told *in = *state;
    tell(in, 0, "coder-agent", "agent.note.learning", "{\"title\":\"note1\",\"content\":\"c\"}");
    tell(in, 1, "coder-agent", "agent.note.decision", "{\"title\":\"note2\",\"content\":\"c\"}");
    tell(in, 2, "coder-agent", "agent.note.learning", "{\"title\":\"note3\",\"content\":\"c\"}");
    assert_told_holds(in, "notes",
                      "],\"by_category\":{\"learning\":[0,2],\"decision\":[1]},"
                      "\"by_agent\":{\"coder-agent\":[0,1,2]},\"by_tag\":{}}");
}

static void a_snapshot_at_100_leaves_50_of_150_to_replay(void **state)
{
    workshop *shop = *state;
    told in = {.store = shop->store, .number = 1};
    jc_options options = {.without_cache = true};
    jc_store *without = NULL;
    for (int i = 1; i <= 150; i++)
        tell(&in, i, "coder", i == 1 ? "workflow.started" : "agent.tool_use",
             "{\"tool\":\"edit_file\",\"file\":\"auth.py\"}");
    assert_int_equal(jc_open(shop->dir, &options, &without, NULL), JC_OK);
    jc_state *whole = read_state(without, jc_projection_find("workflow"), NULL);
    jc_state *quick = read_state(shop->store, jc_projection_find("workflow"), NULL);

    assert_int_equal(jc_state_info_get(whole).replayed, 150);
    assert_int_equal(jc_state_info_get(quick).snapshot_sequence, 100);
    assert_int_equal(jc_state_info_get(quick).replayed, 50);
    assert_int_equal(jc_state_info_get(quick).events, 150);
    assert_string_equal(jc_state_json(quick, NULL), jc_state_json(whole, NULL));
    jc_state_free(whole);
    jc_state_free(quick);
    jc_close(without);
}

static void add_note(jc_store *store, const jc_note_draft *draft, jc_note_receipt *ret_receipt)
{
    jc_error error;
    if (jc_note_add(store, JC_STR("wf"), draft, ret_receipt, &error) < 0)
        fail_msg("%s", error.text);
}

static const jc_str jwt_tags[] = {{"auth", 4}, {"security", 8}};
static const jc_note_draft jwt_note = {
    .category = {"learning", 8},
    .agent_id = {"coder-agent", 11},
    .title = {"Auth uses JWT tokens", 20},
    .content = {"All API routes validate JWT tokens via middleware", 49},
    .tags = jwt_tags,
    .tag_count = 2,
};

/* Steps 1 and 4 of the notes system: recorded, and shown. */
static void the_note_is_shown_by_the_projection(void **state)
{
    told *in = *state;
    jc_note_receipt receipt;
    char id[JC_UUID_TEXT_SIZE];
    char time[JC_TIME_TEXT_SIZE];
    char wanted[1024];
    add_note(in->store, &jwt_note, &receipt);
    jc_uuid_format(receipt.id, id);
    jc_time_format(receipt.event.timestamp_us, time);
    (void)snprintf(
        wanted, sizeof wanted,
        "{\"notes\":[{\"id\":\"%s\",\"category\":\"learning\",\"agent_id\":\"coder-agent\","
        "\"title\":\"Auth uses JWT tokens\","
        "\"content\":\"All API routes validate JWT tokens via middleware\","
        "\"tags\":[\"auth\",\"security\"],\"created_at\":\"%s\",\"sequence\":1}],"
        "\"by_category\":{\"learning\":[0]},\"by_agent\":{\"coder-agent\":[0]},"
        "\"by_tag\":{\"auth\":[0],\"security\":[0]}}",
        id, time);
    assert_state_is(in->store, jc_projection_find("notes"), NULL, wanted);
}

/* Steps 2 and 3: an event, as a row of the database and as a line of the file. */
static void the_note_is_a_row_and_a_line(void **state)
{
    workshop *shop = *state;
    jc_note_receipt receipt;
    char id[JC_UUID_TEXT_SIZE];
    char path[JC_TEST_PATH_SIZE + 64];
    JC_AUTO(jc_buf) line = {0};
    JC_AUTO(jc_buf) file = {0};
    sqlite3 *db = NULL;
    sqlite3_stmt *row = NULL;
    add_note(shop->store, &jwt_note, &receipt);
    jc_uuid_format(receipt.id, id);

    (void)snprintf(path, sizeof path, "%s/.jc/events.db", shop->dir);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT workflow_id,event_type,data FROM events", -1,
                                        &row, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(row, 0), "wf");
    assert_string_equal((const char *)sqlite3_column_text(row, 1), "agent.note.learning");
    assert_holds((const char *)sqlite3_column_text(row, 2), "\"title\":\"Auth uses JWT tokens\"");
    assert_int_equal(sqlite3_step(row), SQLITE_DONE);
    (void)sqlite3_finalize(row);
    (void)sqlite3_close(db);

    (void)snprintf(path, sizeof path, "%s/agents/wf/events.jsonl", shop->dir);
    workshop_read(path, &file);
    assert_int_equal(jc_test_lines(shop->store, NULL, &line, NULL), JC_OK);
    assert_int_equal(file.size, line.size);
    assert_memory_equal(file.bytes, line.bytes, line.size);
    assert_non_null(memmem(file.bytes, file.size, id, strlen(id)));
}

/* Example 1. */
static void a_blocker_is_found_with_its_category(void **state)
{
    told *in = *state;
    jc_note_draft draft = {
        .category = JC_STR("blocker"),
        .agent_id = JC_STR("coder-agent"),
        .title = JC_STR("Waiting for API credentials"),
        .content = JC_STR("Cannot test OAuth flow without production API keys"),
    };
    jc_note_filter blockers = {.category = JC_STR("blocker")};
    jc_notes found = {0};
    jc_note_receipt receipt;
    add_note(in->store, &jwt_note, NULL);
    add_note(in->store, &draft, &receipt);

    assert_int_equal(jc_event_type_of(JC_STR("agent.note.blocker")), JC_TYPE_AGENT_NOTE_BLOCKER);
    assert_int_equal(count_type(in->store, "agent.note.blocker"), 1);
    assert_told_holds(in, "notes",
                      "\"category\":\"blocker\",\"agent_id\":\"coder-agent\","
                      "\"title\":\"Waiting for API credentials\","
                      "\"content\":\"Cannot test OAuth flow without production API keys\"");
    assert_told_holds(in, "notes", "\"by_category\":{\"learning\":[0],\"blocker\":[1]}");
    assert_int_equal(jc_notes_read(in->store, JC_STR("wf"), NULL, &blockers, &found, NULL), JC_OK);
    assert_int_equal(found.count, 1);
    assert_str(found.items[0].title, "Waiting for API credentials");
    assert_int_equal(found.items[0].created_us, receipt.event.timestamp_us);
    jc_notes_release(&found);
}

/* Two features, interleaved, and another workflow beside them. */
static void tell_two_features(told *in)
{
    tell_opening(in);
    tell(in, AT(9, 46), NULL, "feature.started", "{\"name\":\"login-page\"}");
    jc_event other = told_event(in, AT(9, 47), NULL, "feature.completed", AUTH);
    other.workflow_id = JC_STR("other");
    told_append(in, &other);
    tell(in, AT(9, 58), NULL, "feature.completed", "{\"name\":\"login-page\"}");
}

/* Example 2. */
static void all_events_of_a_workflow_or_its_completions_only_are_read(void **state)
{
    told *in = *state;
    tell_two_features(in);
    assert_int_equal(count_type(in->store, "*"), 6);
    assert_int_equal(count_type(in->store, "feature.completed"), 2);
}

/* The example's loop: when each feature started, and how long it had taken when it was completed. */
static int64_t duration_by_hand(told *in, const char *data)
{
    static jc_event events[TOLD_SAVED_MAX];
    jc_arena arena = {0};
    int64_t started_us = 0;
    int64_t duration_us = -1;
    size_t count = told_events(in, &arena, events);
    for (size_t i = 0; i < count; i++) {
        if (!jc_str_equal(events[i].data, jc_str_of(data)))
            continue;
        if (jc_str_equal(events[i].event_type, JC_STR("feature.started")))
            started_us = events[i].timestamp_us;
        if (jc_str_equal(events[i].event_type, JC_STR("feature.completed")))
            duration_us = events[i].timestamp_us - started_us;
    }
    jc_arena_release(&arena);
    return duration_us / 1000;
}

static void how_long_each_feature_took(void **state)
{
    told *in = *state;
    jc_timings *timings = NULL;
    tell_two_features(in);
    assert_int_equal(jc_timings_read(in->store, JC_STR("wf"), NULL, &timings, NULL), JC_OK);
    assert_int_equal(timings->feature_count, 2);
    assert_str(timings->features[0].name, "auth-system");
    assert_int_equal(timings->features[0].duration_ms, 35 * 60000);
    assert_int_equal(timings->features[0].duration_ms, duration_by_hand(in, AUTH));
    assert_str(timings->features[1].name, "login-page");
    assert_int_equal(timings->features[1].duration_ms, 12 * 60000);
    assert_int_equal(timings->features[1].duration_ms,
                     duration_by_hand(in, "{\"name\":\"login-page\"}"));
    jc_timings_free(timings);
}

/* Example 3: get_state_at_time, as it is written there. */
static jc_state *filter_and_fold(told *in, const jc_projection *projection, int64_t target_us)
{
    static jc_event events[TOLD_SAVED_MAX];
    jc_arena arena = {0};
    jc_state *state = NULL;
    size_t count = told_events(in, &arena, events);
    assert_int_equal(jc_state_new(projection, &state, NULL), JC_OK);
    for (size_t i = 0; i < count; i++) {
        if (events[i].timestamp_us <= target_us)
            assert_int_equal(jc_state_apply(state, &events[i], NULL), JC_OK);
    }
    jc_arena_release(&arena);
    return state;
}

static void the_state_at_a_time_is_what_filter_and_fold_come_to(void **state)
{
    told *in = *state;
    size_t count = 0;
    const jc_projection *const *all = jc_projection_list(&count);
    tell_two_features(in);
    for (int64_t minute = -1; minute <= 60; minute++) {
        jc_point point = point_at(minute * 60);
        for (size_t i = 0; i < count; i++) {
            jc_state *wanted = filter_and_fold(in, all[i], point.time_us);
            assert_state_is(in->store, all[i], &point, jc_state_json(wanted, NULL));
            jc_state_free(wanted);
        }
    }
}

/* "The agent made a bad decision at 9:45. What state did it see that led to that decision?" */
static void what_an_agent_saw_when_it_decided_is_the_state_before_its_event(void **state)
{
    told *in = *state;
    tell(in, AT(9, 0), NULL, "workflow.started", "{}");
    tell(in, AT(9, 44), "tester", "tests.failed", "{}");
    tell(in, AT(9, 45), "coder", "agent.note.decision",
         "{\"title\":\"Ship it\",\"content\":\"All tests pass\"}");
    tell(in, AT(9, 46), "tester", "tests.passed", "{}");
    jc_point seen = {.kind = JC_POINT_SEQUENCE, .number = 2};
    assert_state_holds(in->store, "workflow", &seen,
                       "\"tests\":{\"started\":0,\"passed\":0,\"failed\":1}");
}

/* Pattern 1. */
static void a_name_that_is_a_command_gets_the_fact_as_advice(void **state)
{
    static const struct {
        const char *type;
        const char *fact; /* "": it is one */
    } names[] = {
        {"workflow.start", "'workflow.started'"},
        {"feature.complete", "'feature.completed'"},
        {"complete.feature", "'feature.completed'"},
        {"workflow.started", ""},
        {"feature.completed", ""},
        {"agent.note.learning", ""},
    };
    told *in = *state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        jc_error advice;
        jc_event event = jc_test_event(1, "wf", names[i].type,
                                       "{\"name\":\"n\",\"title\":\"t\",\"content\":\"c\"}");
        event.agent_id = JC_STR("coder");
        assert_int_equal(jc_event_check(in->store, &event, false, &advice, NULL), JC_OK);
        assert_holds(advice.text, names[i].fact);
        assert_true((*names[i].fact == '\0') == (advice.text[0] == '\0'));
    }
}

/* Pattern 2: one event is enough to show the feature; the poor one still means the same. */
static void a_payload_that_is_self_contained_needs_no_other_event(void **state)
{
    told *in = *state;
    static const char shown[] = "{\"name\":\"auth-system\",\"feature_id\":\"abc-123\","
                                "\"description\":\"Implement JWT authentication\","
                                "\"status\":\"completed\"";
    jc_match *match = NULL;
    jc_str where = JC_STR("data.tests_passed=12");
    jc_arena arena = {0};
    static jc_event events[TOLD_SAVED_MAX];
    tell(in, AT(9, 45), NULL, "feature.completed",
         "{\"feature_id\":\"abc-123\",\"name\":\"auth-system\","
         "\"description\":\"Implement JWT authentication\","
         "\"files_changed\":[\"auth.py\",\"middleware.py\"],\"tests_passed\":12}");
    assert_told_holds(in, "workflow", shown);
    tell(in, AT(9, 46), NULL, "feature.completed", "{\"feature_id\":\"abc-123\"}");
    assert_told_holds(in, "workflow", shown);
    assert_told_holds(in, "workflow", "\"features_total\":1,\"features_completed\":1");

    /* What no projection reads is in the log all the same. */
    assert_int_equal(told_events(in, &arena, events), 2);
    assert_int_equal(jc_match_new((jc_str){0}, &where, 1, &match, NULL), JC_OK);
    assert_int_equal(jc_match_test(match, &events[0], NULL), JC_OK);
    assert_int_equal(jc_match_test(match, &events[1], NULL), JC_END);
    jc_match_free(match);
    jc_arena_release(&arena);
}

/* Pattern 3: the guide's handler, which must not count a completion twice. */
static void a_feature_that_is_completed_twice_counts_once(void **state)
{
    told *in = *state;
    tell(in, AT(9, 45), NULL, "feature.completed", "{\"feature_id\":\"abc-123\"}");
    tell(in, AT(9, 45), NULL, "feature.completed", "{\"feature_id\":\"abc-123\"}");
    assert_told_holds(in, "workflow", "\"features_total\":1,\"features_completed\":1");
}

static void any_suffix_applied_again_changes_nothing(void **state)
{
    enum {
        EVENTS = 120
    };
    (void)state;
    size_t count = 0;
    const jc_projection *const *all = jc_projection_list(&count);
    jc_history history;
    jc_history_make(&history, 23, EVENTS);
    for (size_t i = 0; i < count; i++) {
        jc_state *once = NULL;
        jc_state *often = NULL;
        assert_int_equal(jc_state_new(all[i], &once, NULL), JC_OK);
        assert_int_equal(jc_state_new(all[i], &often, NULL), JC_OK);
        for (size_t at = 0; at < EVENTS; at++) {
            assert_int_equal(jc_state_apply(once, &history.events[at], NULL), JC_OK);
            for (size_t again = at - at % 9; again <= at; again++) {
                assert_int_equal(jc_state_apply(often, &history.events[again], NULL), JC_OK);
                assert_int_equal(jc_state_apply(often, &history.events[again], NULL), JC_OK);
            }
        }
        for (size_t from = 0; from < EVENTS; from++) {
            for (size_t at = from; at < EVENTS; at++)
                assert_int_equal(jc_state_apply(often, &history.events[at], NULL), JC_OK);
        }
        assert_string_equal(jc_state_json(often, NULL), jc_state_json(once, NULL));
        assert_int_equal(jc_state_info_get(often).events, EVENTS);
        jc_state_free(once);
        jc_state_free(often);
    }
    jc_history_release(&history);
}

/* Pattern 4: the id stands in data and nowhere else. */
static void a_correlation_id_leads_to_what_happened_and_to_nothing_else(void **state)
{
#define CORRELATION "0b8f1d4e-3a52-4c1e-9d0a-5b7c2e6f8a91"
    static const char *const types[] = {"feature.started", "agent.tool_use", "feature.completed"};
    told *in = *state;
    jc_filter filter = {.correlation_id = JC_STR(CORRELATION)};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    jc_trace *trace = NULL;
    tell(in, AT(9, 0), NULL, "workflow.started", "{}");
    tell(in, AT(9, 10), NULL, types[0],
         "{\"correlation_id\":\"" CORRELATION "\",\"name\":\"auth-system\"}");
    tell(in, AT(9, 11), NULL, "agent.tool_use",
         "{\"correlation_id\":\"another\",\"tool\":\"edit_file\",\"file\":\"auth.py\"}");
    tell(in, AT(9, 20), NULL, types[1],
         "{\"correlation_id\":\"" CORRELATION "\",\"tool\":\"edit_file\",\"file\":\"auth.py\"}");
    tell(in, AT(9, 45), NULL, types[2],
         "{\"correlation_id\":\"" CORRELATION "\",\"name\":\"auth-system\"}");
    tell(in, AT(9, 46), NULL, "feature.completed", "{\"name\":\"" CORRELATION "\"}");

    assert_int_equal(jc_trace_read(in->store, JC_STR(CORRELATION), NULL, 0, &trace, NULL), JC_OK);
    assert_int_equal(jc_cursor_open(in->store, &filter, &cursor, NULL), JC_OK);
    assert_int_equal(trace->count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(jc_cursor_next(cursor, &event, NULL), JC_OK);
        assert_str(event->event_type, types[i]);
        assert_str(trace->events[i].event.event_type, types[i]);
        assert_int_equal(trace->events[i].event.sequence, event->sequence);
    }
    assert_int_equal(jc_cursor_next(cursor, &event, NULL), JC_END);
    assert_int_equal(trace->duration_us, INT64_C(35) * 60 * 1000000);
    jc_trace_free(trace);
    jc_cursor_close(cursor);
#undef CORRELATION
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD_CLAIM(what_was_happening_at_half_past_nine),
        TOLD_CLAIM(whether_a_feature_was_retried),
        TOLD_CLAIM(the_current_state_is_still_there_to_be_had),
        TOLD_CLAIM(the_cart_is_what_its_events_come_to),
        TOLD_CLAIM(the_cart_at_seven_past_ten_was_empty),
        TOLD_CLAIM(undo_does_not_replay_the_last_event),
        TOLD_CLAIM(how_often_users_changed_their_mind_is_counted),
        TOLD_CLAIM(a_fact_is_corrected_by_a_new_one_and_stays_as_it_was),
        TOLD_CLAIM(state_is_derived_by_replaying_all_events),
        WORKSHOP_CLAIM(the_stored_name_of_an_event_cannot_be_changed),
        WORKSHOP_CLAIM(the_jsonl_file_only_gets_new_lines),
        TOLD_CLAIM(notes_are_indexed_by_category_and_agent),
        WORKSHOP_CLAIM(a_snapshot_at_100_leaves_50_of_150_to_replay),
        TOLD_CLAIM(the_note_is_shown_by_the_projection),
        WORKSHOP_CLAIM(the_note_is_a_row_and_a_line),
        TOLD_CLAIM(a_blocker_is_found_with_its_category),
        TOLD_CLAIM(all_events_of_a_workflow_or_its_completions_only_are_read),
        TOLD_CLAIM(how_long_each_feature_took),
        TOLD_CLAIM(the_state_at_a_time_is_what_filter_and_fold_come_to),
        TOLD_CLAIM(what_an_agent_saw_when_it_decided_is_the_state_before_its_event),
        TOLD_CLAIM(a_name_that_is_a_command_gets_the_fact_as_advice),
        TOLD_CLAIM(a_payload_that_is_self_contained_needs_no_other_event),
        TOLD_CLAIM(a_feature_that_is_completed_twice_counts_once),
        CLAIM(any_suffix_applied_again_changes_nothing),
        TOLD_CLAIM(a_correlation_id_leads_to_what_happened_and_to_nothing_else),
    };
    return cmocka_run_group_tests_name("guide", tests, NULL, NULL);
}

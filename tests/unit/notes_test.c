/* Agents' notes: added, read by every filter and at points of the past, summed up, and written for a
 * prompt within a size. */
#include "unit.h"

#include "base/buf.h"
#include "base/json.h"
#include "contract/events.h"
#include "event/types.h"
#include "history.h"
#include "store/backend_memory.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdlib.h>

static int store_open(void **state)
{
    return jc_store_open_memory(NULL, (jc_store **)state, NULL) == JC_OK ? 0 : -1;
}

static int store_close(void **state)
{
    jc_close(*state);
    return 0;
}

#define NOTES_CLAIM(function) cmocka_unit_test_setup_teardown(function, store_open, store_close)

static jc_note_draft draft_of(const char *category, const char *agent, const char *title,
                              const char *content)
{
    return (jc_note_draft){.category = jc_str_of(category),
                           .agent_id = jc_str_of(agent),
                           .title = jc_str_of(title),
                           .content = jc_str_of(content)};
}

static void add(jc_store *store, const char *workflow_id, const jc_note_draft *draft)
{
    jc_error error;
    if (jc_note_add(store, jc_str_of(workflow_id), draft, NULL, &error) < 0)
        fail_msg("%s", error.text);
}

static void add_simple(jc_store *store, const char *category, const char *agent, const char *title)
{
    jc_note_draft draft = draft_of(category, agent, title, "said at length");
    add(store, "wf", &draft);
}

static jc_notes read_notes(jc_store *store, const char *workflow_id, const jc_point *point,
                           const jc_note_filter *filter)
{
    jc_notes notes = {0};
    jc_error error;
    if (jc_notes_read(store, jc_str_of(workflow_id), point, filter, &notes, &error) < 0)
        fail_msg("%s", error.text);
    return notes;
}

/* Fail unless these are the titles, a space behind each. */
static void assert_titles(jc_store *store, const char *workflow_id, const jc_point *point,
                          const jc_note_filter *filter, const char *wanted)
{
    JC_AUTO(jc_buf) titles = {0};
    jc_notes notes = read_notes(store, workflow_id, point, filter);
    for (size_t i = 0; i < notes.count; i++)
        assert_int_equal(jc_buf_append_format(&titles, NULL, "%.*s ",
                                              (int)notes.items[i].title.size,
                                              notes.items[i].title.bytes),
                         JC_OK);
    assert_str(jc_buf_str(&titles), wanted);
    jc_notes_release(&notes);
}

static void a_note_is_read_back_with_its_id_and_time(void **state)
{
    jc_store *store = *state;
    const jc_str tags[] = {JC_STR("auth"), JC_STR(" security ")};
    jc_note_draft draft =
        draft_of("learning", "coder-agent", "Auth uses JWT tokens", "All \"routes\"\nuse them");
    draft.tags = tags;
    draft.tag_count = 2;
    draft.related_file = JC_STR("src/auth.py");
    draft.related_feature = JC_STR("auth");
    draft.correlation_id = JC_STR("c-1");
    jc_note_receipt receipt;
    assert_int_equal(jc_note_add(store, JC_STR("wf"), &draft, &receipt, NULL), JC_OK);

    jc_notes notes = read_notes(store, "wf", NULL, NULL);
    assert_int_equal(notes.count, 1);
    const jc_note *note = &notes.items[0];
    assert_str(note->workflow_id, "wf");
    assert_memory_equal(&note->id, &receipt.id, sizeof receipt.id);
    assert_int_equal(note->sequence, receipt.event.sequence);
    assert_int_equal(note->created_us, receipt.event.timestamp_us);
    assert_str(note->category, "learning");
    assert_str(note->agent_id, "coder-agent");
    assert_str(note->title, "Auth uses JWT tokens");
    assert_str(note->content, "All \"routes\"\nuse them");
    assert_str(note->related_file, "src/auth.py");
    assert_str(note->related_feature, "auth");
    assert_int_equal(note->tag_count, 2);
    assert_str(note->tags[1], "security");
    jc_notes_release(&notes);

    jc_event event;
    char id[JC_UUID_TEXT_SIZE];
    jc_uuid_format(receipt.id, id);
    assert_int_equal(jc_event_find(store, jc_str_of(id), &event, NULL), JC_OK);
    assert_str(event.event_type, "agent.note.learning");
    assert_str(event.correlation_id, "c-1");
}

static void white_space_around_is_cut_and_content_is_the_title_when_not_given(void **state)
{
    jc_store *store = *state;
    jc_note_draft draft = draft_of(NULL, "a", " \t\na title\r\n ", NULL);
    draft.related_file = JC_STR("  ");
    add(store, "wf", &draft);
    jc_notes notes = read_notes(store, "wf", NULL, NULL);
    assert_str(notes.items[0].title, "a title");
    assert_str(notes.items[0].content, "a title");
    assert_str(notes.items[0].category, "observation");
    assert_null(notes.items[0].related_file.bytes);
    jc_notes_release(&notes);
}

static void what_is_blank_or_no_text_is_refused(void **state)
{
    jc_store *store = *state;
    static const jc_str blank_tags[] = {{"x", 1}, {" ", 1}};
    const struct {
        jc_note_draft draft;
        const char *complaint;
    } cases[] = {
        {draft_of("idea", "a", " \n", "c"), "title"},
        {draft_of("idea", "a", NULL, "c"), "title"},
        {draft_of("idea", "a", "t", " "), "content"},
        {draft_of("idea", "a", "t", ""), "content"},
        {draft_of("idea", " ", "t", "c"), "agent_id"},
        {draft_of("idea", NULL, "t", "c"), "agent_id"},
        {draft_of("idea", "a", "\xff", "c"), "title: it must be UTF-8"},
        {draft_of("idea", "a", "t", "\xc3"), "content: it must be UTF-8"},
        {{.agent_id = {"a", 1}, .title = {"t", 1}, .tags = blank_tags, .tag_count = 2}, "tag 2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jc_error error;
        assert_int_equal(jc_note_add(store, JC_STR("wf"), &cases[i].draft, NULL, &error),
                         JC_EINVAL);
        assert_holds(error.text, cases[i].complaint);
    }
    jc_head head;
    assert_int_equal(jc_head_read(store, JC_STR("wf"), &head, NULL), JC_OK);
    assert_int_equal(head.sequence, 0);
}

static void an_unknown_category_is_refused_with_those_there_are(void **state)
{
    static const char *const unknown[] = {"risk", "", "Blocker", "block", "a.b", "bl*"};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        jc_error error;
        jc_note_draft draft = draft_of(unknown[i], "a", "t", "c");
        assert_int_equal(jc_note_add(*state, JC_STR("wf"), &draft, NULL, &error), JC_EINVAL);
        assert_holds(error.text, "blocker, context, decision");
    }
}

static void a_category_that_the_project_declares_is_like_the_others(void **state)
{
    jc_store *store = *state;
    assert_int_equal(jc_types_load(&store->types,
                                   JC_STR(
                                       "{\"types\":{\"agent.note.risk\":{\"required\":\"title\"},"
                                       "\"agent.note.a.b\":{},\"deploy.finished\":{}}}"),
                                   "config.json", NULL),
                     JC_OK);
    add_simple(store, "risk", "a", "r");
    add_simple(store, "blocker", "a", "b");
    jc_note_filter risks = {.category = JC_STR("risk")};
    assert_titles(store, "wf", NULL, &risks, "r ");
    jc_error error;
    jc_note_draft draft = draft_of("a.b", "a", "t", "c");
    assert_int_equal(jc_note_add(store, JC_STR("wf"), &draft, NULL, &error), JC_EINVAL);
    assert_holds(error.text, "warning, risk,");
    assert_int_equal(jc_note_importance(JC_STR("risk")), JC_NOTE_IMPORTANCE_OTHER);
}

static void a_note_added_again_with_its_id_is_stored_once(void **state)
{
    jc_store *store = *state;
    jc_note_draft draft = draft_of("idea", "a", "t", "c");
    jc_note_receipt first;
    jc_note_receipt second;
    assert_int_equal(jc_uuid_new(&draft.id, NULL), JC_OK);
    assert_int_equal(jc_note_add(store, JC_STR("wf"), &draft, &first, NULL), JC_OK);
    assert_int_equal(jc_note_add(store, JC_STR("wf"), &draft, &second, NULL), JC_OK);
    assert_false(first.event.already_stored);
    assert_true(second.event.already_stored);
    assert_int_equal(second.event.sequence, 1);
    draft.title = JC_STR("other");
    assert_int_equal(jc_note_add(store, JC_STR("wf"), &draft, NULL, NULL), JC_EREUSED);
}

/* Every line of the map is a type with the notes' rule, and every type of a note is in the map. */
static void categories_and_types_are_in_step(void **state)
{
    static const char *const types[] = {
#define TYPE(name, type, rule, what) type,
        JC_EVENT_TYPE_MAP(TYPE)
#undef TYPE
    };
    static const struct {
        jc_event_type type;
        const char *category;
    } categories[] = {
#define CATEGORY(name, category, importance, what) {name, category},
        JC_NOTE_CATEGORY_MAP(CATEGORY)
#undef CATEGORY
    };
    const size_t count = sizeof categories / sizeof categories[0];
    size_t notes = 0;
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        notes += strncmp(types[i], "agent.note.", 11) == 0;
    assert_int_equal(notes, count);
    for (size_t i = 0; i < count; i++) {
        char type[64];
        bool known = false;
        (void)snprintf(type, sizeof type, "agent.note.%s", categories[i].category);
        assert_string_equal(types[categories[i].type], type);
        assert_string_equal(jc_types_rule(NULL, jc_str_of(type), &known), JC_RULE_NOTE);
    }
}

static void add_a_dozen(jc_store *store)
{
    static const jc_str one[] = {{"auth", 4}};
    static const jc_str two[] = {{"api", 3}, {"auth", 4}};
    static const char *const categories[] = {"idea", "todo", "learning"};
    static const char *const titles[] = {"a", "b", "c", "d", "e", "f",
                                         "g", "h", "i", "j", "k", "l"};
    for (size_t i = 0; i < 12; i++) {
        jc_note_draft draft =
            draft_of(categories[i % 3], i % 4 == 0 ? "tester" : "coder", titles[i], NULL);
        draft.tags = i % 2 == 0 ? one : two;
        draft.tag_count = i % 5 == 0 ? 0 : 1 + i % 2;
        draft.related_file = i % 6 == 1 ? JC_STR("x.c") : (jc_str){0};
        draft.related_feature = i % 4 == 3 ? JC_STR("login") : (jc_str){0};
        add(store, i < 10 ? "wf" : "other", &draft);
    }
}

static void every_filter_lets_through_what_it_names(void **state)
{
    jc_store *store = *state;
    add_a_dozen(store);
    const struct {
        jc_note_filter filter;
        const char *titles;
    } cases[] = {
        {{.limit = 0}, "j i h g f e d c b a "},
        {{.oldest_first = true}, "a b c d e f g h i j "},
        {{.category = JC_STR("todo")}, "h e b "},
        {{.category = JC_STR("t*")}, ""},
        {{.agent_id = JC_STR("tester")}, "i e a "},
        {{.tag = JC_STR("api")}, "j h d b "},
        {{.tag = JC_STR("auth")}, "j i h g e d c b "},
        {{.tag = JC_STR("aut")}, ""},
        {{.related_file = JC_STR("x.c")}, "h b "},
        {{.related_feature = JC_STR("login")}, "h d "},
        {{.category = JC_STR("todo"), .agent_id = JC_STR("coder"), .tag = JC_STR("api")}, "h b "},
        {{.category = JC_STR("none")}, ""},
        {{.agent_id = JC_STR("nobody")}, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_titles(store, "wf", NULL, &cases[i].filter, cases[i].titles);
}

static void the_limit_counts_what_the_other_filters_let_through(void **state)
{
    jc_store *store = *state;
    add_a_dozen(store);
    const struct {
        jc_note_filter filter;
        const char *titles;
    } cases[] = {
        {{.limit = 2}, "j i "},
        {{.limit = 2, .oldest_first = true}, "a b "},
        {{.limit = 2, .agent_id = JC_STR("tester")}, "i e "},
        {{.limit = 1, .tag = JC_STR("api"), .oldest_first = true}, "b "},
        {{.limit = 1, .related_file = JC_STR("x.c")}, "h "},
        {{.limit = 1, .related_feature = JC_STR("login"), .oldest_first = true}, "d "},
        {{.limit = 99, .category = JC_STR("todo")}, "h e b "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_titles(store, "wf", NULL, &cases[i].filter, cases[i].titles);
}

static void all_workflows_are_read_when_none_is_named(void **state)
{
    jc_store *store = *state;
    add_a_dozen(store);
    const jc_note_filter ideas = {.category = JC_STR("idea")};
    assert_titles(store, NULL, NULL, &ideas, "j g d a ");
    const jc_note_filter newest = {.limit = 3};
    assert_titles(store, NULL, NULL, &newest, "l k j ");
    jc_notes notes = read_notes(store, NULL, NULL, &newest);
    assert_str(notes.items[1].workflow_id, "other");
    assert_str(notes.items[2].workflow_id, "wf");
    jc_notes_release(&notes);

    const jc_point third = {.kind = JC_POINT_SEQUENCE, .number = 3};
    jc_error error;
    assert_int_equal(jc_notes_read(store, (jc_str){0}, &third, NULL, &notes, &error), JC_EINVAL);
    assert_holds(error.text, "one workflow's");
}

static void tell(jc_store *store, uint64_t number, const char *type, int64_t seconds,
                 const char *data)
{
    jc_error error;
    jc_event event = jc_test_event(number, "wf", type, data);
    event.has_timestamp = true;
    event.timestamp_us = JC_HISTORY_START_US + seconds * 1000000;
    event.agent_id = JC_STR("coder");
    if (jc_test_append(store, &event, 1, NULL, &error) < 0)
        fail_msg("%s", error.text);
}

static void notes_are_read_as_they_were(void **state)
{
    jc_store *store = *state;
    tell(store, 1, "agent.note.idea", 10, "{\"title\":\"a\",\"content\":\"c\"}");
    tell(store, 2, "feature.started", 20, "{\"name\":\"f\"}");
    tell(store, 3, "agent.note.todo", 40, "{\"title\":\"late\",\"content\":\"c\"}");
    tell(store, 4, "agent.note.idea", 30, "{\"title\":\"b\",\"content\":\"c\"}");
    const struct {
        jc_point point;
        const char *titles;
    } cases[] = {
        {{.kind = JC_POINT_HEAD}, "b late a "},
        {{.kind = JC_POINT_SEQUENCE, .number = 0}, ""},
        {{.kind = JC_POINT_SEQUENCE, .number = 2}, "a "},
        {{.kind = JC_POINT_SEQUENCE, .number = 3}, "late a "},
        {{.kind = JC_POINT_BEFORE_HEAD, .number = 1}, "late a "},
        {{.kind = JC_POINT_BEFORE_HEAD, .number = 4}, ""},
        {{.kind = JC_POINT_TIME, .time_us = JC_HISTORY_START_US}, ""},
        {{.kind = JC_POINT_TIME, .time_us = JC_HISTORY_START_US + 30000000}, "b a "},
        {{.kind = JC_POINT_TIME, .time_us = JC_HISTORY_START_US + 40000000}, "b late a "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_titles(store, "wf", &cases[i].point, NULL, cases[i].titles);
    assert_titles(store, NULL, &cases[7].point, NULL, "b a ");
}

static void a_workflow_or_a_point_that_is_none_is_not_found(void **state)
{
    jc_store *store = *state;
    jc_notes notes = {0};
    jc_error error;
    tell(store, 1, "agent.note.idea", 10, "{\"title\":\"a\",\"content\":\"c\"}");
    const jc_point beyond = {.kind = JC_POINT_SEQUENCE, .number = 2};
    const jc_point before = {.kind = JC_POINT_BEFORE_HEAD, .number = 2};
    assert_int_equal(jc_notes_read(store, JC_STR("wf"), &beyond, NULL, &notes, &error),
                     JC_ENOTFOUND);
    assert_holds(error.text, "no event #2: it is at #1");
    assert_int_equal(jc_notes_read(store, JC_STR("wf"), &before, NULL, &notes, &error),
                     JC_ENOTFOUND);
    assert_holds(error.text, "no 2 events");
    assert_int_equal(jc_notes_read(store, JC_STR("none"), NULL, NULL, &notes, &error),
                     JC_ENOTFOUND);
    assert_int_equal(jc_notes_read(store, JC_STR("../x"), NULL, NULL, &notes, &error), JC_EINVAL);
    assert_null(notes.items);
}

/* Types without a rule may hold anything; so may what was imported. */
static void odd_payloads_are_notes_with_what_can_be_read(void **state)
{
    jc_store *store = *state;
    tell(store, 1, "agent.note.odd", 0, "{\"title\":5,\"content\":null,\"tags\":\"no\"}");
    tell(store, 2, "agent.note.odd", 0, "{\"title\":\"\",\"tags\":[1,\"x\",\"\",[\"y\"]]}");
    tell(store, 3, "agent.note.odd.deep", 0, "{\"title\":\"none\"}");
    tell(store, 4, "agent.note.odd", 0, "{\"title\":\"a\\u0000b\",\"content\":\"\\u001b[31m\"}");
    jc_notes notes = read_notes(store, "wf", NULL, NULL);
    assert_int_equal(notes.count, 3);
    assert_int_equal(notes.items[0].title.size, 3);
    assert_int_equal(notes.items[1].tag_count, 1);
    assert_null(notes.items[2].title.bytes);
    jc_note_context context;
    assert_int_equal(jc_notes_context(&notes, 0, 1000, &context, NULL), JC_OK);
    assert_int_equal(context.shown, 3);
    assert_int_equal(strlen(context.text.bytes), context.text.size);
    assert_holds(context.text.bytes, "- **a b** (coder");
    assert_null(strchr(context.text.bytes, '\033'));
    jc_notes_release(&notes);
}

static void assert_same_note(const jc_note *a, const jc_note *b)
{
    assert_memory_equal(&a->id, &b->id, sizeof a->id);
    assert_int_equal(a->sequence, b->sequence);
    assert_int_equal(a->created_us, b->created_us);
    assert_true(jc_str_equal(a->category, b->category) && jc_str_equal(a->title, b->title) &&
                jc_str_equal(a->agent_id, b->agent_id) && jc_str_equal(a->content, b->content) &&
                jc_str_equal(a->related_file, b->related_file) &&
                jc_str_equal(a->related_feature, b->related_feature));
    assert_int_equal(a->tag_count, b->tag_count);
    for (size_t i = 0; i < a->tag_count; i++)
        assert_true(jc_str_equal(a->tags[i], b->tags[i]));
}

/* A workflow's notes come from its state, those of all workflows from the log: with only one workflow
 * they are the same. */
static void both_ways_of_reading_give_the_same(void **state)
{
    jc_store *store = *state;
    jc_history history;
    size_t seen = 0;
    const jc_note_filter filters[] = {
        {.limit = 0},
        {.oldest_first = true},
        {.category = JC_STR("idea"), .limit = 3},
        {.agent_id = JC_STR("coder")},
        {.tag = JC_STR("auth"), .oldest_first = true, .limit = 5},
        {.tag = JC_STR("x")},
        {.related_file = JC_STR("src/a.py")},
        {.related_feature = JC_STR("login"), .limit = 2},
    };
    jc_history_make(&history, 11, 400);
    assert_int_equal(jc_test_append(store, history.events, history.count, NULL, NULL), JC_OK);
    for (size_t i = 0; i < history.count; i += 7) {
        const jc_note_filter *filter = &filters[i / 7 % (sizeof filters / sizeof filters[0])];
        const jc_point point = {.kind = JC_POINT_TIME, .time_us = history.events[i].timestamp_us};
        jc_notes of_workflow = read_notes(store, "wf", &point, filter);
        jc_notes of_all = read_notes(store, NULL, &point, filter);
        assert_int_equal(of_workflow.count, of_all.count);
        for (size_t j = 0; j < of_all.count; j++)
            assert_same_note(&of_workflow.items[j], &of_all.items[j]);
        seen += of_all.count;
        jc_notes_release(&of_workflow);
        jc_notes_release(&of_all);
    }
    assert_true(seen > 200);
    jc_history_release(&history);
}

static jc_status fill_state(const jc_projection *self, void *state, jc_error *reterr)
{
    (void)reterr;
    memset(state, 1, self->state_size);
    return JC_OK;
}

static void a_state_gives_its_notes_typed(void **state)
{
    jc_store *store = *state;
    jc_state *folded = NULL;
    size_t count = 7;
    add_simple(store, "idea", "coder", "first");
    add_simple(store, "idea", "coder", "second");
    assert_int_equal(jc_state_read(store, jc_projection_find("notes"), JC_STR("wf"), NULL, &folded,
                                   NULL),
                     JC_OK);
    const jc_note *notes = jc_notes_of_state(folded, &count);
    assert_int_equal(count, 2);
    assert_str(notes[1].title, "second");
    jc_state_free(folded);

    static const jc_projection other = {.name = "other",
                                        .version = 1,
                                        .state_size = 1024,
                                        .init = fill_state};
    assert_int_equal(jc_state_new(&other, &folded, NULL), JC_OK);
    assert_null(jc_notes_of_state(folded, &count));
    assert_int_equal(count, 0);
    jc_state_free(folded);
}

static void a_summary_groups_by_category_and_agent(void **state)
{
    jc_store *store = *state;
    add_simple(store, "idea", "coder", "i1");
    add_simple(store, "blocker", "tester", "b1");
    add_simple(store, "idea", "coder", "i2");
    add_simple(store, "learning", "alice", "l1");
    jc_notes notes = read_notes(store, "wf", NULL, NULL);
    jc_note_summary summary;
    assert_int_equal(jc_notes_summarize(&notes, &summary, NULL), JC_OK);
    assert_int_equal(summary.category_count, 3);
    assert_str(summary.categories[0].name, "blocker");
    assert_str(summary.categories[1].name, "learning");
    assert_str(summary.categories[2].name, "idea");
    assert_int_equal(summary.categories[2].count, 2);
    assert_str(summary.categories[2].notes[0]->title, "i2");
    assert_str(summary.categories[2].notes[1]->title, "i1");
    assert_int_equal(summary.agent_count, 3);
    assert_str(summary.agents[0].name, "coder");
    assert_int_equal(summary.agents[0].count, 2);
    assert_str(summary.agents[1].name, "alice");
    assert_str(summary.agents[2].notes[0]->title, "b1");
    jc_notes_release(&notes);

    const jc_notes none = {0};
    assert_int_equal(jc_notes_summarize(&none, &summary, NULL), JC_OK);
    assert_int_equal(summary.category_count, 0);
}

static void a_context_that_fits_has_all_of_every_note(void **state)
{
    jc_store *store = *state;
    tell(store, 1, "agent.note.idea", 0, "{\"title\":\"older\",\"content\":\"older\"}");
    tell(store, 2, "agent.note.blocker", 60,
         "{\"title\":\"no keys\",\"content\":\"first\\r\\n\\n  # not a heading\\n\","
         "\"tags\":[\"auth\",\"api\"],\"related_file\":\"a.c\",\"related_feature\":\"login\"}");
    tell(store, 3, "agent.note.idea", 120, "{\"title\":\"newer\",\"content\":\"c\"}");
    jc_notes notes = read_notes(store, "wf", NULL, NULL);
    jc_note_context context;
    assert_int_equal(jc_notes_context(&notes, 0, JC_NOTE_CONTEXT_SIZE, &context, NULL), JC_OK);
    assert_string_equal(context.text.bytes,
                        "# Notes of wf\n"
                        "\n## blocker\n\n"
                        "- **no keys** (coder, 2026-01-09 09:01 UTC; tags: auth, api; file: a.c;"
                        " feature: login)\n"
                        "  first\n"
                        "\n"
                        "    # not a heading\n"
                        "\n## idea\n\n"
                        "- **newer** (coder, 2026-01-09 09:02 UTC)\n"
                        "  c\n"
                        "- **older** (coder, 2026-01-09 09:00 UTC)\n");
    assert_int_equal(context.shown, 3);
    assert_int_equal(context.left_out, 0);

    /* One byte less, and something is missing; not a byte more is needed. */
    size_t size = context.text.size;
    assert_int_equal(jc_notes_context(&notes, 0, size - 1, &context, NULL), JC_OK);
    assert_true(context.left_out > 0 || strstr(context.text.bytes, "…") != NULL);
    assert_int_equal(jc_notes_context(&notes, 0, size, &context, NULL), JC_OK);
    assert_int_equal(context.text.size, size);
    jc_notes_release(&notes);
}

/* Texts of every width of UTF-8, long lines, many lines, characters to be taken out. */
static void add_long_ones(jc_store *store)
{
    static const char *const pieces[] = {"ä",       "🚀",    "plain words ", "line\n", "\n\n",
                                         "\x1b[0m", "漢字", "\u202e",       "\t",     "…"};
    static const char *const categories[] = {"idea", "blocker", "learning", "warning"};
    uint64_t seed = 5;
    for (size_t i = 0; i < 24; i++) {
        JC_AUTO(jc_buf) text = {0};
        size_t count = 1 + jc_history_draw(&seed, i % 4 == 0 ? 400 : 12);
        for (size_t j = 0; j < count; j++)
            assert_int_equal(jc_buf_append_text(&text, pieces[jc_history_draw(&seed, 10)], NULL),
                             JC_OK);
        assert_int_equal(jc_buf_append_text(&text, "end", NULL), JC_OK);
        jc_note_draft draft = draft_of(categories[i % 4], "agent-ü", "title", NULL);
        draft.content = jc_buf_str(&text);
        if (i % 3 == 0)
            draft.title = draft.content;
        add(store, i % 7 == 0 ? "other" : "wf", &draft);
    }
}

static void a_context_never_exceeds_its_size_nor_cuts_a_character(void **state)
{
    jc_store *store = *state;
    add_long_ones(store);
    jc_notes notes = read_notes(store, NULL, NULL, NULL);
    size_t whole = 0;
    for (size_t size = 0; size <= 20000; size += size < 1500 ? 1 : 97) {
        jc_note_context context;
        assert_int_equal(jc_notes_context(&notes, 0, size, &context, NULL), JC_OK);
        assert_true(context.text.size <= size);
        assert_int_equal(context.text.bytes[context.text.size], '\0');
        assert_true(jc_utf8_valid(context.text));
        assert_null(memmem(context.text.bytes, context.text.size, "\u202e", 3));
        assert_null(memchr(context.text.bytes, '\033', context.text.size));
        assert_int_equal(context.shown + context.left_out, notes.count);
        assert_true((context.shown == 0) == (context.text.size == 0));
        whole += context.left_out == 0;
    }
    assert_true(whole > 0);
    jc_notes_release(&notes);
}

static void a_context_is_the_same_each_time(void **state)
{
    jc_store *store = *state;
    add_long_ones(store);
    jc_notes first = read_notes(store, "wf", NULL, NULL);
    jc_notes second = read_notes(store, "wf", NULL, NULL);
    for (size_t size = 300; size < 3000; size += 100) {
        jc_note_context one;
        jc_note_context other;
        assert_int_equal(jc_notes_context(&first, 0, size, &one, NULL), JC_OK);
        assert_int_equal(jc_notes_context(&second, 0, size, &other, NULL), JC_OK);
        assert_true(jc_str_equal(one.text, other.text));
    }
    jc_notes_release(&first);
    jc_notes_release(&second);
}

static void a_content_takes_a_quarter_when_room_is_short(void **state)
{
    jc_store *store = *state;
    char content[4001];
    memset(content, 'x', sizeof content - 1);
    content[sizeof content - 1] = '\0';
    jc_note_draft large = draft_of("blocker", "a", "large", content);
    add(store, "wf", &large);
    add_simple(store, "accomplishment", "a", "small");
    jc_notes notes = read_notes(store, "wf", NULL, NULL);
    jc_note_context context;
    assert_int_equal(jc_notes_context(&notes, 0, 4000, &context, NULL), JC_OK);
    assert_int_equal(context.shown, 2);
    assert_holds(context.text.bytes, "**small**");
    assert_holds(context.text.bytes, "xxx…\n");
    assert_true(context.text.size > 900 && context.text.size < 1300);
    jc_notes_release(&notes);
}

static void what_was_cut_is_marked(void **state)
{
    jc_store *store = *state;
    jc_note_draft draft = draft_of("idea", "a", "t", "one\ntwo\n\nthree and more\nfour\nfive");
    add(store, "wf", &draft);
    jc_notes notes = read_notes(store, "wf", NULL, NULL);
    jc_note_context context;
    assert_int_equal(jc_notes_context(&notes, 0, 1000, &context, NULL), JC_OK);
    size_t whole = context.text.size;
    size_t cut = 0;
    for (size_t size = 0; size < whole; size++) {
        assert_int_equal(jc_notes_context(&notes, 0, size, &context, NULL), JC_OK);
        assert_true(context.shown == 0 || strstr(context.text.bytes, "…\n") != NULL);
        cut += context.shown;
    }
    assert_true(cut > 20);
    jc_notes_release(&notes);
}

static void a_context_leaves_out_the_least_important_and_says_how_many(void **state)
{
    jc_store *store = *state;
    for (int i = 0; i < 30; i++) {
        char title[32];
        (void)snprintf(title, sizeof title, "%s %d", i % 2 == 0 ? "stop" : "nice", i);
        add_simple(store, i % 2 == 0 ? "blocker" : "accomplishment", "a", title);
    }
    jc_notes notes = read_notes(store, "wf", NULL, NULL);
    jc_note_context context;
    assert_int_equal(jc_notes_context(&notes, 0, 600, &context, NULL), JC_OK);
    assert_holds(context.text.bytes, "**stop 28**");
    assert_holds(context.text.bytes, "**stop 26**");
    assert_null(strstr(context.text.bytes, "nice"));
    char last[64];
    (void)snprintf(last, sizeof last, "\n(%zu more notes were left out)\n", context.left_out);
    assert_holds(context.text.bytes, last);

    assert_int_equal(jc_notes_context(&notes, 16, 8000, &context, NULL), JC_OK);
    assert_int_equal(context.shown, 16);
    assert_int_equal(context.left_out, 14);
    assert_holds(context.text.bytes, "**nice 29**");
    assert_null(strstr(context.text.bytes, "**nice 27**"));
    jc_notes_release(&notes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NOTES_CLAIM(a_note_is_read_back_with_its_id_and_time),
        NOTES_CLAIM(white_space_around_is_cut_and_content_is_the_title_when_not_given),
        NOTES_CLAIM(what_is_blank_or_no_text_is_refused),
        NOTES_CLAIM(an_unknown_category_is_refused_with_those_there_are),
        NOTES_CLAIM(a_category_that_the_project_declares_is_like_the_others),
        NOTES_CLAIM(a_note_added_again_with_its_id_is_stored_once),
        CLAIM(categories_and_types_are_in_step),
        NOTES_CLAIM(every_filter_lets_through_what_it_names),
        NOTES_CLAIM(the_limit_counts_what_the_other_filters_let_through),
        NOTES_CLAIM(all_workflows_are_read_when_none_is_named),
        NOTES_CLAIM(notes_are_read_as_they_were),
        NOTES_CLAIM(a_workflow_or_a_point_that_is_none_is_not_found),
        NOTES_CLAIM(odd_payloads_are_notes_with_what_can_be_read),
        NOTES_CLAIM(both_ways_of_reading_give_the_same),
        NOTES_CLAIM(a_state_gives_its_notes_typed),
        NOTES_CLAIM(a_summary_groups_by_category_and_agent),
        NOTES_CLAIM(a_context_that_fits_has_all_of_every_note),
        NOTES_CLAIM(a_context_never_exceeds_its_size_nor_cuts_a_character),
        NOTES_CLAIM(a_context_is_the_same_each_time),
        NOTES_CLAIM(a_content_takes_a_quarter_when_room_is_short),
        NOTES_CLAIM(what_was_cut_is_marked),
        NOTES_CLAIM(a_context_leaves_out_the_least_important_and_says_how_many),
    };
    return cmocka_run_group_tests_name("notes", tests, NULL, NULL);
}

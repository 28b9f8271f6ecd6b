/* What answers a question or a blocker: the first later note, message or end of a pause that names it as
 * its cause; and that a saved state knows the open ones again. */
#include "saved_states.h"

#include "contract/events.h"
#include "history.h"

/* A state, and the events that it is told. */
typedef struct telling {
    jc_state *state;
    uint64_t sequence;
} telling;

static void begin(telling *to)
{
    jc_error error;
    *to = (telling){0};
    if (jc_state_new(jc_projection_find("notes"), &to->state, &error) < 0)
        fail_msg("%s", error.text);
}

/* An event with the id of its sequence, which is returned. */
static uint64_t tell(telling *to, const char *type, const char *agent, const char *cause)
{
    jc_error error;
    jc_event event =
        jc_test_event(++to->sequence, "wf", type, "{\"title\":\"t\",\"content\":\"c\"}");
    event.sequence = to->sequence;
    event.has_timestamp = true;
    event.timestamp_us = JC_HISTORY_START_US + (int64_t)to->sequence * 1000000;
    event.agent_id = jc_str_of(agent);
    event.causation_id = jc_str_of(cause);
    if (jc_state_apply(to->state, &event, &error) < 0)
        fail_msg("%s", error.text);
    return to->sequence;
}

static const char *text_of(uint64_t number, char text[JC_UUID_TEXT_SIZE])
{
    jc_uuid_format(jc_test_id(number), text);
    return text;
}

static const jc_note *note_at(const telling *of, size_t place)
{
    size_t count = 0;
    const jc_note *notes = jc_notes_of_state(of->state, &count);
    assert_true(place < count);
    return &notes[place];
}

static const char *json_of(const telling *of)
{
    jc_error error;
    const char *json = jc_state_json(of->state, &error);
    assert_non_null(json);
    return json;
}

static void a_question_is_answered_by_what_names_it_as_its_cause(void **state)
{
    static const char *const answers[] = {"agent.note.decision", "agent.note.odd.deep",
                                          "agent.message.sent", "agent.message.completed",
                                          "workflow.resumed"};
    static const char *const asked[] = {"agent.note.question", "agent.note.blocker"};
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        telling to;
        char id[JC_UUID_TEXT_SIZE];
        begin(&to);
        tell(&to, "workflow.started", "lead", NULL);
        (void)text_of(tell(&to, asked[i % 2], "coder", NULL), id);
        assert_false(note_at(&to, 0)->answered);

        tell(&to, answers[i], "lead", id);
        const jc_note *note = note_at(&to, 0);
        assert_true(note->answered);
        assert_int_equal(note->answered_sequence, 3);
        assert_int_equal(note->answered_us, JC_HISTORY_START_US + 3000000);
        assert_str(note->answered_by, "lead");
        jc_state_free(to.state);
    }
}

static void the_first_answer_counts(void **state)
{
    telling to;
    char id[JC_UUID_TEXT_SIZE];
    (void)state;
    begin(&to);
    (void)text_of(tell(&to, "agent.note.question", "coder", NULL), id);
    tell(&to, "agent.message.sent", NULL, id);
    tell(&to, "agent.note.decision", "lead", id);

    assert_int_equal(note_at(&to, 0)->answered_sequence, 2);
    assert_null(note_at(&to, 0)->answered_by.bytes);
    assert_holds(json_of(&to), "\"sequence\":1,\"answered_at\":\"2026-01-09T09:00:02.000000Z\","
                               "\"answered_sequence\":2}");
    jc_state_free(to.state);
}

static void an_id_in_capitals_is_the_same(void **state)
{
    telling to;
    char id[JC_UUID_TEXT_SIZE];
    (void)state;
    begin(&to);
    (void)text_of(tell(&to, "agent.note.question", "coder", NULL), id);
    for (char *at = id; *at != '\0'; at++)
        *at = (char)(*at >= 'a' && *at <= 'f' ? *at - 'a' + 'A' : *at);
    tell(&to, "agent.note.idea", "lead", id);

    assert_true(note_at(&to, 0)->answered);
    jc_state_free(to.state);
}

static void other_events_other_causes_and_other_notes_answer_nothing(void **state)
{
    static const struct {
        const char *note;
        const char *answer;
        const char *cause; /* NULL: the note */
    } cases[] = {
        {"agent.note.question", "feature.completed", NULL},
        {"agent.note.question", "agent.notes.taken", NULL},
        {"agent.note.question", "workflow.started", NULL},
        {"agent.note.question", "agent.message.sent", "0197c0de-0000-7000-8000-000000000000"},
        {"agent.note.question", "agent.message.sent", "no id"},
        {"agent.note.question", "agent.message.sent", ""},
        {"agent.note.todo", "agent.message.sent", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        telling to;
        char id[JC_UUID_TEXT_SIZE];
        begin(&to);
        (void)text_of(tell(&to, cases[i].note, "coder", NULL), id);
        tell(&to, cases[i].answer, "lead", cases[i].cause != NULL ? cases[i].cause : id);

        assert_false(note_at(&to, 0)->answered);
        assert_null(strstr(json_of(&to), "answered"));
        jc_state_free(to.state);
    }
}

static void an_answer_may_be_a_question_itself(void **state)
{
    telling to;
    char first[JC_UUID_TEXT_SIZE];
    char second[JC_UUID_TEXT_SIZE];
    (void)state;
    begin(&to);
    (void)text_of(tell(&to, "agent.note.question", "coder", NULL), first);
    (void)text_of(tell(&to, "agent.note.question", "lead", first), second);
    assert_true(note_at(&to, 0)->answered);
    assert_false(note_at(&to, 1)->answered);

    tell(&to, "agent.note.decision", "coder", second);
    assert_int_equal(note_at(&to, 1)->answered_sequence, 3);
    jc_state_free(to.state);
}

static void a_note_does_not_answer_itself(void **state)
{
    telling to;
    char own[JC_UUID_TEXT_SIZE];
    (void)state;
    begin(&to);
    tell(&to, "agent.note.question", "coder", text_of(1, own));

    assert_false(note_at(&to, 0)->answered);
    jc_state_free(to.state);
}

static void a_saved_state_knows_its_open_and_its_answered_notes(void **state)
{
    enum {
        COUNT = 60
    };
    jc_event events[COUNT];
    char causes[COUNT][JC_UUID_TEXT_SIZE];
    static const char *const types[] = {"agent.note.question", "agent.message.sent",
                                        "agent.note.blocker", "workflow.resumed",
                                        "agent.note.question"};
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        events[i] = jc_test_event(i + 1, "wf", types[i % 5], "{\"title\":\"t\",\"content\":\"c\"}");
        events[i].sequence = i + 1;
        events[i].timestamp_us = JC_HISTORY_START_US + (int64_t)i;
        events[i].agent_id = i % 3 == 0 ? (jc_str){0} : JC_STR("lead");
        events[i].causation_id = jc_str_of(text_of(i % 4 == 0 ? i : i * 7 % COUNT, causes[i]));
    }
    assert_saved_states_go_on(jc_projection_find("notes"), events, COUNT, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_question_is_answered_by_what_names_it_as_its_cause),
        CLAIM(the_first_answer_counts),
        CLAIM(an_id_in_capitals_is_the_same),
        CLAIM(other_events_other_causes_and_other_notes_answer_nothing),
        CLAIM(an_answer_may_be_a_question_itself),
        CLAIM(a_note_does_not_answer_itself),
        CLAIM(a_saved_state_knows_its_open_and_its_answered_notes),
    };
    return cmocka_run_group_tests_name("note_answers", tests, NULL, NULL);
}

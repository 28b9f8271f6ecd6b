/* Messages between agents: what events make of mailboxes, in every order; the queries; threads; and
 * sending and answering through the API. */
#include "saved_states.h"

#include "base/buf.h"
#include "contract/events.h"
#include "store/backend_memory.h"

#define SECOND_US INT64_C(1000000)
#define START_US INT64_C(1767949200000000) /* 2026-01-09T09:00:00Z */
#define EVENTS_MAX 64

/* The events of a workflow, told a second apart, in a store and beside it. */
typedef struct story {
    jc_store *store;
    jc_mailbox *mailbox; /* read last; all are kept, so that what was found stays valid */
    jc_mailbox *mailboxes[EVENTS_MAX];
    size_t mailbox_count;
    jc_event events[EVENTS_MAX];
    size_t count;
} story;

static int story_open(void **state)
{
    static story opened;
    opened = (story){0};
    *state = &opened;
    return jc_store_open_memory(NULL, &opened.store, NULL) == JC_OK ? 0 : -1;
}

/* Whatever a claim told goes on from a saved state as it would have without. */
static int story_close(void **state)
{
    story *opened = *state;
    assert_saved_states_go_on(jc_projection_find("mailbox"), opened->events, opened->count, 1);
    for (size_t i = 0; i < opened->mailbox_count; i++)
        jc_mailbox_free(opened->mailboxes[i]);
    jc_close(opened->store);
    return 0;
}

#define STORY_CLAIM(function) cmocka_unit_test_setup_teardown(function, story_open, story_close)

/* Append an event, so many seconds after nine o'clock. The texts are literals. */
static void tell_at(story *in, int64_t seconds, const char *event_type, const char *data)
{
    jc_error error;
    jc_event event = jc_test_event(in->count + 1, "wf", event_type, data);
    event.has_timestamp = true;
    event.timestamp_us = START_US + seconds * SECOND_US;
    if (jc_test_append(in->store, &event, 1, NULL, &error) < 0)
        fail_msg("%s: %s", event_type, error.text);
    event.sequence = in->count + 1;
    in->events[in->count++] = event;
}

static void tell(story *in, const char *event_type, const char *data)
{
    tell_at(in, (int64_t)in->count, event_type, data);
}

#define SENT(from, to, more)                                                                       \
    "agent.message.sent",                                                                          \
        "{\"from_agent\":\"" from "\",\"to_agent\":\"" to "\",\"content\":\"text\"" more "}"
#define IN(id) ",\"correlation_id\":\"" id "\""
#define PRIORITY(name) ",\"priority\":\"" name "\""
#define ACKNOWLEDGED(id, agent)                                                                    \
    "agent.message.acknowledged", "{\"correlation_id\":\"" id "\",\"from_agent\":\"" agent "\"}"
#define COMPLETED(id, agent, outcome)                                                              \
    "agent.message.completed", "{\"correlation_id\":\"" id "\",\"from_agent\":\"" agent            \
                               "\",\"result\":\"" outcome "\",\"success\":true}"

static jc_mailbox *read_mailbox(story *in)
{
    jc_error error;
    assert_true(in->mailbox_count < EVENTS_MAX);
    if (jc_mailbox_read(in->store, JC_STR("wf"), NULL, &in->mailbox, &error) < 0)
        fail_msg("%s", error.text);
    in->mailboxes[in->mailbox_count++] = in->mailbox;
    return in->mailbox;
}

static jc_mailbox_items select_items(story *in, jc_mailbox_query query)
{
    jc_mailbox_items items = {0};
    assert_int_equal(jc_mailbox_select(read_mailbox(in), &query, &items, NULL), JC_OK);
    return items;
}

/* How many messages an agent has in its inbox, outbox and history. */
static void assert_boxes(story *in, const char *agent, size_t inbox, size_t outbox, size_t history)
{
    const jc_mail_store stores[] = {JC_MAIL_INBOX, JC_MAIL_OUTBOX, JC_MAIL_HISTORY};
    const size_t wanted[] = {inbox, outbox, history};
    for (size_t i = 0; i < 3; i++) {
        size_t got =
            select_items(in, (jc_mailbox_query){.agent = jc_str_of(agent), .stores = stores[i]})
                .count;
        if (got != wanted[i])
            fail_msg("%s has %zu in the %s, wanted %zu", agent, got, jc_mail_store_name(stores[i]),
                     wanted[i]);
    }
}

/* The sequences of items, "3 1 2". */
static void assert_sequences(jc_mailbox_items items, const char *wanted)
{
    char got[256] = "";
    for (size_t i = 0; i < items.count; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%d", i > 0 ? " " : "",
                 (int)items.items[i].message->sequence);
    assert_string_equal(got, wanted);
}

static jc_thread read_thread(story *in, const char *correlation_id)
{
    jc_thread thread;
    assert_int_equal(jc_mailbox_thread(read_mailbox(in), jc_str_of(correlation_id), &thread, NULL),
                     JC_OK);
    return thread;
}

static void assert_state_is(story *in, const char *wanted)
{
    jc_state *state = NULL;
    assert_int_equal(jc_state_read(in->store, jc_projection_find("mailbox"), JC_STR("wf"), NULL,
                                   &state, NULL),
                     JC_OK);
    assert_string_equal(jc_state_json(state, NULL), wanted);
    jc_state_free(state);
}

/* ---- The fold ---- */

static void a_message_is_in_the_inbox_and_in_the_outbox(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder",
                  IN("c1") PRIORITY("high") ",\"awaiting_response\":true,"
                                            "\"message_type\":\"help_request\""));
    char wanted[2048];
    char id[JC_UUID_TEXT_SIZE];
    jc_uuid_format(jc_test_id(1), id);
#define ITEM                                                                                       \
    "{\"id\":\"%s\",\"sequence\":1,\"correlation_id\":\"c1\",\"from_agent\":\"lead\","             \
    "\"to_agent\":\"coder\",\"message_type\":\"help_request\",\"priority\":\"high\","              \
    "\"content\":\"text\",\"awaiting_response\":true,"
    snprintf(wanted, sizeof wanted,
             "{\"agents\":{\"lead\":{\"inbox\":[],\"outbox\":[" ITEM
             "\"sent_at\":\"2026-01-09T09:00:00.000000Z\"}],\"conversation_history\":[]},"
             "\"coder\":{\"inbox\":[" ITEM "\"received_at\":\"2026-01-09T09:00:00.000000Z\"}],"
             "\"outbox\":[],\"conversation_history\":[]}}}",
             id, id);
    assert_state_is(in, wanted);
}

static void the_state_says_what_was_read_and_what_came_of_it(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "lead", IN("c1")));
    tell(in, ACKNOWLEDGED("c1", "lead"));
    tell(in, COMPLETED("c1", "lead", "done"));
    tell(in, COMPLETED("c1", "lead", "again"));
    char wanted[2048];
    char id[2][JC_UUID_TEXT_SIZE];
    jc_uuid_format(jc_test_id(1), id[0]);
    jc_uuid_format(jc_test_id(4), id[1]);
    snprintf(
        wanted, sizeof wanted,
        "{\"agents\":{\"lead\":{\"inbox\":[],\"outbox\":[],\"conversation_history\":[{\"id\":\"%"
        "s\","
        "\"sequence\":1,\"correlation_id\":\"c1\",\"from_agent\":\"lead\",\"to_agent\":\"lead\","
        "\"message_type\":\"notification\",\"priority\":\"normal\",\"content\":\"text\","
        "\"awaiting_response\":false,\"sent_at\":\"2026-01-09T09:00:00.000000Z\","
        "\"received_at\":\"2026-01-09T09:00:00.000000Z\","
        "\"acknowledged_at\":\"2026-01-09T09:00:01.000000Z\",\"acknowledged_sequence\":2,"
        "\"completed_at\":\"2026-01-09T09:00:02.000000Z\",\"completed_sequence\":3,"
        "\"completed_by\":\"lead\",\"success\":true,\"result\":\"done\"}]}},"
        "\"strays\":[{\"id\":\"%s\",\"sequence\":4,\"event_type\":\"agent.message.completed\","
        "\"correlation_id\":\"c1\",\"from_agent\":\"lead\",\"problem\":\"completed_again\","
        "\"created_at\":\"2026-01-09T09:00:03.000000Z\"}]}",
        id[0], id[1]);
    assert_state_is(in, wanted);
}

static void what_is_not_said_has_defaults(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", ""));
    const jc_message *message =
        select_items(in, (jc_mailbox_query){.agent = JC_STR("coder")}).items[0].message;
    char id[JC_UUID_TEXT_SIZE];
    jc_uuid_format(jc_test_id(1), id);
    assert_str(message->message_type, "notification");
    assert_int_equal(message->priority, JC_PRIORITY_NORMAL);
    assert_false(message->awaiting_response);
    assert_str(message->correlation_id, id);
}

/* Of another projection's states the library knows that the log lifts the id; a fold of events that
 * were not in the log must find it in data. */
static void a_correlation_id_stands_on_the_event_or_in_data(void **state)
{
    story *in = *state;
    jc_event event = jc_test_event(1, "wf", SENT("lead", "coder", ""));
    event.correlation_id = JC_STR("c1");
    assert_int_equal(jc_test_append(in->store, &event, 1, NULL, NULL), JC_OK);
    assert_int_equal(read_thread(in, "c1").message_count, 1);

    jc_state *alone = NULL;
    jc_event in_data = jc_test_event(1, "wf", SENT("lead", "coder", IN("c2")));
    in_data.sequence = 1;
    assert_int_equal(jc_state_new(jc_projection_find("mailbox"), &alone, NULL), JC_OK);
    assert_int_equal(jc_state_apply(alone, &in_data, NULL), JC_OK);
    assert_holds(jc_state_json(alone, NULL), "\"correlation_id\":\"c2\"");
    jc_state_free(alone);
}

static void only_a_recipient_acknowledges(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", IN("c1")));
    tell(in, ACKNOWLEDGED("c1", "lead"));
    tell(in, ACKNOWLEDGED("c1", "tester"));
    assert_false(read_thread(in, "c1").messages[0]->acknowledged);
    tell(in, ACKNOWLEDGED("c1", "coder"));
    assert_true(read_thread(in, "c1").messages[0]->acknowledged);
    assert_boxes(in, "coder", 1, 0, 0);
    assert_boxes(in, "lead", 0, 1, 0);
}

static void the_first_time_of_an_acknowledgement_is_kept(void **state)
{
    story *in = *state;
    tell_at(in, 0, SENT("lead", "coder", IN("c1")));
    tell_at(in, 10, ACKNOWLEDGED("c1", "coder"));
    tell_at(in, 20, ACKNOWLEDGED("c1", "coder"));
    jc_thread thread = read_thread(in, "c1");
    assert_int_equal(thread.messages[0]->acknowledged_us, START_US + 10 * SECOND_US);
    assert_int_equal(thread.messages[0]->acknowledged_sequence, 2);
    assert_int_equal(thread.problem_count, 0);
}

static void a_sender_completes(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", IN("c1")));
    tell(in, ACKNOWLEDGED("c1", "coder"));
    tell(in, COMPLETED("c1", "lead", "thanks"));
    assert_boxes(in, "lead", 0, 0, 1);
    assert_boxes(in, "coder", 0, 0, 1);
    const jc_message *message = read_thread(in, "c1").messages[0];
    assert_str(message->completed_by, "lead");
    assert_str(message->result, "thanks");
    assert_true(message->success);
    assert_int_equal(message->completed_us, START_US + 2 * SECOND_US);
}

static void a_recipient_completes(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", IN("c1")));
    tell(
        in, "agent.message.completed",
        "{\"correlation_id\":\"c1\",\"from_agent\":\"coder\",\"result\":\"no\",\"success\":false}");
    assert_boxes(in, "lead", 0, 0, 1);
    assert_boxes(in, "coder", 0, 0, 1);
    const jc_message *message = read_thread(in, "c1").messages[0];
    assert_str(message->completed_by, "coder");
    assert_false(message->success);
}

static void a_stranger_completes_nothing(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", IN("c1")));
    tell(in, SENT("tester", "lead", IN("c2")));
    tell(in, COMPLETED("c1", "tester", "done"));
    assert_boxes(in, "lead", 1, 1, 0);
    assert_boxes(in, "coder", 1, 0, 0);
    assert_int_equal(read_thread(in, "c1").problems[0].problem, JC_PROBLEM_NOT_PARTY);
}

static void of_two_completions_the_first_counts(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", IN("c1")));
    tell(in, COMPLETED("c1", "coder", "first"));
    tell(in, COMPLETED("c1", "coder", "second"));
    tell(in, COMPLETED("c1", "lead", "third"));
    jc_thread thread = read_thread(in, "c1");
    assert_str(thread.messages[0]->result, "first");
    assert_int_equal(thread.messages[0]->completed_sequence, 2);
    assert_boxes(in, "lead", 0, 0, 1);
    assert_int_equal(thread.problem_count, 2);
    assert_int_equal(thread.problems[0].problem, JC_PROBLEM_COMPLETED_AGAIN);
    assert_int_equal(thread.problems[0].sequence, 3);
}

static void answers_before_the_message_do_not_count(void **state)
{
    story *in = *state;
    tell(in, ACKNOWLEDGED("c1", "coder"));
    tell(in, COMPLETED("c1", "coder", "done"));
    tell(in, SENT("lead", "coder", IN("c1")));
    assert_boxes(in, "coder", 1, 0, 0);
    jc_thread thread = read_thread(in, "c1");
    assert_false(thread.messages[0]->acknowledged);
    assert_int_equal(thread.status, JC_THREAD_ACTIVE);
    assert_int_equal(thread.orphan_count, 2);
    assert_int_equal(thread.problems[0].problem, JC_PROBLEM_NOT_SENT);
    tell(in, COMPLETED("c1", "coder", "done"));
    assert_boxes(in, "coder", 0, 0, 1);
}

/* Whoever replies and then completes must not take the reply out of the other's inbox. */
static void what_its_sender_completes_stays_until_it_is_read(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", IN("c1")));
    tell(in, SENT("coder", "lead", IN("c1")));
    tell(in, COMPLETED("c1", "coder", "done"));
    assert_boxes(in, "coder", 0, 0, 2);
    assert_boxes(in, "lead", 1, 0, 1);
    assert_int_equal(jc_mailbox_next(read_mailbox(in), JC_STR("lead"))->sequence, 2);
    jc_thread thread = read_thread(in, "c1");
    assert_int_equal(thread.status, JC_THREAD_ACTIVE);
    assert_int_equal(thread.completed_count, 2);
    assert_int_equal(thread.pending_count, 1);
    assert_int_equal(thread.pending[0].action, JC_ACTION_ACKNOWLEDGE);
    tell(in, ACKNOWLEDGED("c1", "lead"));
    assert_boxes(in, "lead", 0, 0, 2);
    assert_int_equal(read_thread(in, "c1").status, JC_THREAD_COMPLETED);
    assert_int_equal(read_thread(in, "c1").problem_count, 0);
}

static void what_its_recipient_completed_can_still_be_acknowledged(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", IN("c1")));
    tell(in, COMPLETED("c1", "coder", "done"));
    tell(in, ACKNOWLEDGED("c1", "coder"));
    assert_true(read_thread(in, "c1").messages[0]->acknowledged);
    assert_boxes(in, "coder", 0, 0, 1);
}

static void a_message_to_oneself_is_in_ones_history_once(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "lead", IN("c1")));
    assert_boxes(in, "lead", 1, 1, 0);
    tell(in, ACKNOWLEDGED("c1", "lead"));
    tell(in, COMPLETED("c1", "lead", "done"));
    assert_boxes(in, "lead", 0, 0, 1);
    assert_int_equal(read_thread(in, "c1").participant_count, 1);
}

static void an_answer_is_for_all_of_the_thread_that_concerns_its_agent(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", IN("c1")));
    tell(in, SENT("lead", "tester", IN("c1")));
    tell(in, SENT("coder", "lead", IN("c1")));
    tell(in, SENT("lead", "coder", IN("c1")));
    tell(in, ACKNOWLEDGED("c1", "coder"));
    jc_thread thread = read_thread(in, "c1");
    assert_true(thread.messages[0]->acknowledged && thread.messages[3]->acknowledged);
    assert_false(thread.messages[1]->acknowledged || thread.messages[2]->acknowledged);
    tell(in, COMPLETED("c1", "coder", "done"));
    thread = read_thread(in, "c1");
    assert_int_equal(thread.completed_count, 3);
    assert_false(thread.messages[1]->completed);
    assert_boxes(in, "lead", 1, 1, 2);
    assert_boxes(in, "coder", 0, 0, 3);
    assert_boxes(in, "tester", 1, 0, 0);
}

/* Also from a saved state, where messages stand by their agents: see story_close(). */
static void an_answer_takes_messages_in_the_order_in_which_they_were_sent(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "tester", IN("c1")));
    tell(in, SENT("coder", "tester", IN("c1")));
    tell(in, SENT("lead", "tester", IN("c1")));
    tell(in, COMPLETED("c1", "tester", "done"));
    assert_sequences(select_items(in, (jc_mailbox_query){.agent = JC_STR("tester")}), "1 2 3");
    jc_state *mails = NULL;
    assert_int_equal(jc_state_read(in->store, jc_projection_find("mailbox"), JC_STR("wf"), NULL,
                                   &mails, NULL),
                     JC_OK);
    const char *history = strstr(jc_state_json(mails, NULL), "\"tester\":{\"inbox\":[]");
    assert_non_null(history);
    const char *first = strstr(history, "\"sequence\":1");
    const char *second = strstr(history, "\"sequence\":2");
    const char *third = strstr(history, "\"sequence\":3");
    assert_true(first != NULL && first < second && second < third);
    jc_state_free(mails);
}

static void a_thread_has_any_number_of_agents(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "a", IN("c1")));
    tell(in, SENT("lead", "b", IN("c1")));
    tell(in, SENT("lead", "c", IN("c1")));
    tell(in, SENT("lead", "d", IN("c1")));
    tell(in, SENT("lead", "e", IN("c1")));
    tell(in, SENT("lead", "f", IN("c1")));
    tell(in, ACKNOWLEDGED("c1", "d"));
    tell(in, COMPLETED("c1", "f", "done"));
    tell(in, COMPLETED("c1", "g", "done"));
    jc_thread thread = read_thread(in, "c1");
    assert_int_equal(thread.participant_count, 7);
    assert_true(thread.messages[3]->acknowledged);
    assert_true(thread.messages[5]->completed);
    assert_int_equal(thread.completed_count, 1);
    assert_int_equal(thread.problem_count, 1);
    tell(in, COMPLETED("c1", "lead", "done"));
    assert_boxes(in, "lead", 0, 0, 6);
    assert_boxes(in, "d", 0, 0, 1);
    assert_boxes(in, "e", 1, 0, 0);
}

static void a_thread_that_was_completed_goes_on(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", IN("c1")));
    tell(in, COMPLETED("c1", "coder", "done"));
    tell(in, SENT("lead", "coder", IN("c1")));
    assert_int_equal(read_thread(in, "c1").status, JC_THREAD_ACTIVE);
    assert_boxes(in, "coder", 1, 0, 1);
    tell(in, COMPLETED("c1", "lead", "again"));
    assert_boxes(in, "lead", 0, 0, 2);
    assert_boxes(in, "coder", 1, 0, 1);
    assert_str(read_thread(in, "c1").messages[0]->result, "done");
    assert_str(read_thread(in, "c1").messages[1]->result, "again");
}

/* Events that the log would refuse come from elsewhere: they are applied to a state by themselves. */
static void events_that_lack_a_field_change_nothing(void **state)
{
    static const struct {
        const char *type;
        const char *data;
    } cases[] = {
        {"agent.message.sent", "{\"to_agent\":\"b\",\"content\":\"c\"}"},
        {"agent.message.sent", "{\"from_agent\":\"a\",\"content\":\"c\"}"},
        {"agent.message.sent", "{\"from_agent\":\"a\",\"to_agent\":\"b\"}"},
        {"agent.message.sent", "{\"from_agent\":7,\"to_agent\":\"b\",\"content\":\"c\"}"},
        {"agent.message.acknowledged", "{\"from_agent\":\"coder\"}"},
        {"agent.message.acknowledged", "{\"correlation_id\":\"c1\"}"},
        {"agent.message.completed",
         "{\"correlation_id\":\"c1\",\"result\":\"r\",\"success\":true}"},
        {"agent.message.completed", "{\"from_agent\":\"coder\",\"result\":\"r\",\"success\":true}"},
        {"agent.message.completed",
         "{\"correlation_id\":\"c1\",\"from_agent\":\"coder\",\"success\":true}"},
        {"agent.message.completed",
         "{\"correlation_id\":\"c1\",\"from_agent\":\"coder\",\"result\":\"r\"}"},
        {"agent.message.completed", "{\"correlation_id\":\"c1\",\"from_agent\":\"coder\","
                                    "\"result\":\"r\",\"success\":\"yes\"}"},
        {"agent.note.idea", "{\"correlation_id\":\"c1\",\"from_agent\":\"coder\"}"},
    };
    (void)state;
    jc_state *mails = NULL;
    jc_event sent = jc_test_event(1, "wf", SENT("lead", "coder", IN("c1")));
    sent.sequence = 1;
    assert_int_equal(jc_state_new(jc_projection_find("mailbox"), &mails, NULL), JC_OK);
    assert_int_equal(jc_state_apply(mails, &sent, NULL), JC_OK);
    char before[2048];
    snprintf(before, sizeof before, "%s", jc_state_json(mails, NULL));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jc_event event = jc_test_event(i + 2, "wf", cases[i].type, cases[i].data);
        event.sequence = i + 2;
        assert_int_equal(jc_state_apply(mails, &event, NULL), JC_OK);
        if (strcmp(jc_state_json(mails, NULL), before) != 0)
            fail_msg("%s made it %s", cases[i].data, jc_state_json(mails, NULL));
    }
    jc_state_free(mails);
}

static void what_is_no_saved_mailbox_is_refused(void **state)
{
#define MESSAGE(from, to, more)                                                                    \
    "{\"id\":\"019ba100-0000-7000-8000-000000000001\",\"sequence\":1,\"correlation_id\":\"c\","    \
    "\"from_agent\":\"" from "\",\"to_agent\":\"" to                                               \
    "\",\"priority\":\"low\",\"content\":\"x\",\"sent_at\":\"2026-01-09T09:00:00.000000Z\"" more   \
    "}"
#define AGENT(inbox, outbox, history)                                                              \
    "{\"agents\":{\"a\":{\"inbox\":[" inbox "],\"outbox\":[" outbox                                \
    "],\"conversation_history\":[" history "]}}}"
#define READ ",\"acknowledged_at\":\"2026-01-09T09:00:00.000000Z\""
#define DONE ",\"completed_at\":\"2026-01-09T09:00:00.000000Z\""
    static const char *const texts[] = {
        "{}",
        "{\"agents\":[]}",
        "{\"agents\":{\"a\":{}}}",
        "{\"agents\":{\"\":{\"inbox\":[],\"outbox\":[],\"conversation_history\":[]}}}",
        AGENT("{}", "", ""),
        AGENT(MESSAGE("a", "b", ""), "", ""),
        AGENT("", MESSAGE("b", "a", ""), ""),
        AGENT("", MESSAGE("a", "a", DONE), ""),
        AGENT(MESSAGE("a", "a", DONE READ), "", ""),
        AGENT("", "", MESSAGE("a", "a", "")),
        AGENT(MESSAGE("a", "a", "") "," MESSAGE("a", "a", ""), "", ""),
        "{\"agents\":{},\"strays\":[{}]}",
    };
    static const char good[] = AGENT(MESSAGE("a", "a", ""), MESSAGE("a", "a", ""), "");
    (void)state;
    jc_state_info info = {0};
    jc_state *got = NULL;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (jc_state_restore(jc_projection_find("mailbox"), jc_str_of(texts[i]), &info, &got,
                             NULL) != JC_ECORRUPT)
            fail_msg("taken: %s", texts[i]);
    }
    assert_int_equal(jc_state_restore(jc_projection_find("mailbox"), jc_str_of(good), &info, &got,
                                      NULL),
                     JC_OK);
    jc_state_free(got);
}

/* ---- Queries ---- */

static void tell_of_priorities(story *in)
{
    tell(in, SENT("lead", "coder", IN("a") PRIORITY("low")));
    tell(in, SENT("lead", "coder", IN("b")));
    tell(in, SENT("lead", "coder", IN("c") PRIORITY("urgent")));
    tell(in, SENT("lead", "coder", IN("d") PRIORITY("high")));
    tell_at(in, -5, SENT("tester", "coder", IN("e") PRIORITY("urgent")));
    tell(in, SENT("coder", "lead", IN("f") PRIORITY("high")));
}

static void unread_messages_come_most_urgent_first_then_by_time(void **state)
{
    story *in = *state;
    jc_mailbox_query unread = {.agent = JC_STR("coder"),
                               .stores = JC_MAIL_INBOX,
                               .unread = true,
                               .by_priority = true};
    tell_of_priorities(in);
    assert_sequences(select_items(in, unread), "5 3 4 2 1");
    assert_int_equal(jc_mailbox_next(read_mailbox(in), JC_STR("coder"))->sequence, 5);
    assert_true(jc_mailbox_has_urgent(in->mailbox, JC_STR("coder")));
    tell(in, ACKNOWLEDGED("e", "coder"));
    tell(in, COMPLETED("c", "coder", "done"));
    assert_sequences(select_items(in, unread), "4 2 1");
    assert_int_equal(jc_mailbox_next(read_mailbox(in), JC_STR("coder"))->sequence, 4);
    assert_false(jc_mailbox_has_urgent(in->mailbox, JC_STR("coder")));
    assert_null(jc_mailbox_next(in->mailbox, JC_STR("tester")));
    assert_null(jc_mailbox_next(in->mailbox, JC_STR("nobody")));
}

static void items_are_chosen_by_store_priority_and_thread(void **state)
{
    story *in = *state;
    tell_of_priorities(in);
    tell(in, COMPLETED("b", "coder", "done"));
    const jc_str coder = JC_STR("coder");
    assert_sequences(select_items(in, (jc_mailbox_query){.agent = coder, .stores = JC_MAIL_OUTBOX}),
                     "6");
    assert_sequences(select_items(in, (jc_mailbox_query){.agent = coder,
                                                         .stores = JC_MAIL_INBOX | JC_MAIL_HISTORY,
                                                         .received = true}),
                     "1 2 3 4 5");
    assert_sequences(select_items(in, (jc_mailbox_query){.agent = coder,
                                                         .priority_min = JC_PRIORITY_HIGH}),
                     "3 4 5 6");
    assert_sequences(select_items(in, (jc_mailbox_query){.agent = coder,
                                                         .priority_min = JC_PRIORITY_LOW,
                                                         .priority_max = JC_PRIORITY_LOW}),
                     "1");
    assert_sequences(select_items(in, (jc_mailbox_query){.agent = JC_STR("lead"),
                                                         .stores = JC_MAIL_HISTORY,
                                                         .sent = true,
                                                         .correlation_id = JC_STR("b")}),
                     "2");
    jc_mailbox_items both = select_items(in, (jc_mailbox_query){.correlation_id = JC_STR("a")});
    assert_sequences(both, "1 1");
    assert_str(both.items[0].agent, "lead");
    assert_int_equal(both.items[0].store, JC_MAIL_OUTBOX);
    assert_str(both.items[1].agent, "coder");
    assert_int_equal(both.items[1].store, JC_MAIL_INBOX);
    assert_int_equal(select_items(in, (jc_mailbox_query){.agent = JC_STR("nobody")}).count, 0);
}

static void priorities_are_counted(void **state)
{
    story *in = *state;
    tell_of_priorities(in);
    tell(in, ACKNOWLEDGED("a", "coder"));
    jc_priority_summary inbox =
        jc_mailbox_priorities(read_mailbox(in), JC_STR("coder"), JC_MAIL_INBOX);
    assert_int_equal(inbox.total, 5);
    assert_int_equal(inbox.unread, 4);
    assert_int_equal(inbox.counts[JC_PRIORITY_URGENT], 2);
    assert_int_equal(inbox.counts[JC_PRIORITY_NORMAL], 1);
    assert_true(inbox.percent[JC_PRIORITY_URGENT] == 40.0);
    jc_priority_summary all = jc_mailbox_priorities(in->mailbox, JC_STR("coder"), 0);
    assert_int_equal(all.total, 6);
    assert_int_equal(all.counts[JC_PRIORITY_HIGH], 2);
    jc_priority_summary none = jc_mailbox_priorities(in->mailbox, JC_STR("nobody"), 0);
    assert_int_equal(none.total, 0);
    assert_true(none.percent[JC_PRIORITY_LOW] == 0.0);
}

static void agents_and_threads_are_listed(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", IN("z")));
    tell(in, SENT("tester", "lead", IN("a")));
    tell(in, ACKNOWLEDGED("m", "nobody"));
    jc_mailbox_names agents;
    jc_mailbox_names threads;
    assert_int_equal(jc_mailbox_agents(read_mailbox(in), &agents, NULL), JC_OK);
    assert_int_equal(jc_mailbox_threads(in->mailbox, &threads, NULL), JC_OK);
    assert_int_equal(agents.count, 3);
    assert_str(agents.items[0], "lead");
    assert_str(agents.items[2], "tester");
    assert_int_equal(threads.count, 3);
    assert_str(threads.items[0], "a");
    assert_str(threads.items[2], "z");
}

static void a_thread_is_found_by_the_beginning_of_its_id(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", IN("login")));
    tell(in, SENT("lead", "coder", IN("login-2")));
    tell(in, SENT("lead", "coder", IN("logout")));
    jc_mailbox *mailbox = read_mailbox(in);
    jc_str found = {0};
    assert_int_equal(jc_mailbox_find(mailbox, JC_STR("logo"), &found, NULL), JC_OK);
    assert_str(found, "logout");
    assert_int_equal(jc_mailbox_find(mailbox, JC_STR("login"), &found, NULL), JC_OK);
    assert_str(found, "login");
    jc_error error;
    assert_int_equal(jc_mailbox_find(mailbox, JC_STR("log"), &found, &error), JC_EINVAL);
    assert_holds(error.text, "3 messages");
    assert_int_equal(jc_mailbox_find(mailbox, JC_STR("x"), &found, &error), JC_ENOTFOUND);
    assert_holds(error.text, "no message 'x' in workflow 'wf'");
    assert_int_equal(jc_mailbox_find(mailbox, JC_STR(""), &found, &error), JC_EINVAL);
}

/* ---- Threads ---- */

static void a_thread_tells_what_happened_in_order(void **state)
{
    story *in = *state;
    tell_at(in, 0, SENT("lead", "coder", IN("c1")));
    tell_at(in, 10, ACKNOWLEDGED("c1", "coder"));
    tell_at(in, 20, SENT("coder", "lead", IN("c1")));
    tell_at(in, 30, COMPLETED("c1", "lead", "done"));
    jc_thread thread = read_thread(in, "c1");
    assert_int_equal(thread.status, JC_THREAD_COMPLETED);
    assert_int_equal(thread.participant_count, 2);
    assert_str(thread.participants[0], "lead");
    assert_int_equal(thread.message_count, 2);
    assert_int_equal(thread.acknowledged_count, 1);
    assert_int_equal(thread.completed_count, 2);
    assert_int_equal(thread.pending_count, 0);
    static const struct {
        jc_thread_step step;
        uint64_t sequence;
        uint64_t message;
    } wanted[] = {{JC_THREAD_SENT, 1, 1},
                  {JC_THREAD_ACKNOWLEDGED, 2, 1},
                  {JC_THREAD_SENT, 3, 3},
                  {JC_THREAD_COMPLETION, 4, 1},
                  {JC_THREAD_COMPLETION, 4, 3}};
    assert_int_equal(thread.timeline_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(thread.timeline[i].step, wanted[i].step);
        assert_int_equal(thread.timeline[i].sequence, wanted[i].sequence);
        assert_int_equal(thread.timeline[i].message->sequence, wanted[i].message);
    }
    assert_int_equal(thread.timeline[3].time_us, START_US + 30 * SECOND_US);
}

static void a_thread_says_whose_turn_it_is(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", IN("c1")));
    tell(in, ACKNOWLEDGED("c1", "coder"));
    tell(in, SENT("coder", "lead", IN("c1")));
    jc_thread thread = read_thread(in, "c1");
    assert_int_equal(thread.status, JC_THREAD_ACTIVE);
    assert_int_equal(thread.pending_count, 2);
    assert_int_equal(thread.pending[0].action, JC_ACTION_COMPLETE);
    assert_str(thread.pending[0].agent, "coder");
    assert_int_equal(thread.pending[1].action, JC_ACTION_ACKNOWLEDGE);
    assert_str(thread.pending[1].agent, "lead");
}

static void a_thread_without_a_message_is_orphaned(void **state)
{
    story *in = *state;
    tell(in, ACKNOWLEDGED("lost", "coder"));
    tell(in, COMPLETED("lost", "coder", "done"));
    jc_thread thread = read_thread(in, "lost");
    assert_int_equal(thread.status, JC_THREAD_ORPHANED);
    assert_int_equal(thread.orphan_count, 2);
    assert_int_equal(thread.participant_count, 1);
    assert_str(thread.participants[0], "coder");
    assert_int_equal(thread.timeline_count, 2);
    assert_null(thread.timeline[0].message);
    assert_int_equal(read_thread(in, "other").status, JC_THREAD_NOT_FOUND);
}

static void what_does_not_fit_together_is_named(void **state)
{
    story *in = *state;
    tell_at(in, 100, SENT("lead", "coder", IN("c1")));
    tell_at(in, 101, ACKNOWLEDGED("c1", "lead"));
    tell_at(in, 102, ACKNOWLEDGED("c1", "tester"));
    tell_at(in, 50, ACKNOWLEDGED("c1", "coder"));
    tell_at(in, 103, COMPLETED("c1", "tester", "done"));
    jc_thread thread = read_thread(in, "c1");
    static const jc_problem wanted[] = {JC_PROBLEM_NOT_RECIPIENT, JC_PROBLEM_NOT_RECIPIENT,
                                        JC_PROBLEM_CLOCK, JC_PROBLEM_NOT_PARTY};
    assert_int_equal(thread.problem_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(thread.problems[i].problem, wanted[i]);
    assert_int_equal(thread.orphan_count, 0);
}

static void items_and_threads_are_written_as_json(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", IN("c1")));
    tell(in, COMPLETED("c1", "coder", "done"));
    tell(in, COMPLETED("c1", "coder", "done"));
    jc_mailbox_items items = select_items(in, (jc_mailbox_query){.agent = JC_STR("coder")});
    const char *json = jc_mailbox_item_json(in->mailbox, &items.items[0], NULL);
    assert_holds(json, "{\"workflow_id\":\"wf\",\"agent\":\"coder\",\"store\":"
                       "\"conversation_history\",\"id\":\"");
    assert_holds(json, "\"received_at\":\"2026-01-09T09:00:00.000000Z\",\"completed_at\":");
    assert_holds(json, "\"completed_by\":\"coder\",\"success\":true,\"result\":\"done\"}");
    jc_thread thread = read_thread(in, "c1");
    json = jc_thread_json(in->mailbox, &thread, NULL);
    assert_holds(json, "\"correlation_id\":\"c1\",\"status\":\"completed\",\"participants\":"
                       "[\"lead\",\"coder\"],\"message_count\":1,");
    assert_holds(json, "\"consistent\":false");
    assert_holds(json, "\"agent\":\"coder\",\"problem\":\"completed_again\"}]}");
}

/* ---- Through the API ---- */

static jc_message_receipt send_from(story *in, jc_message_draft draft)
{
    jc_message_receipt receipt;
    jc_error error;
    draft.workflow_id = JC_STR("wf");
    if (draft.content.bytes == NULL)
        draft.content = JC_STR("text");
    if (jc_message_send(in->store, &draft, &receipt, &error) < 0)
        fail_msg("%s", error.text);
    return receipt;
}

static jc_message_answer answer_of(const char *id, const char *agent)
{
    return (jc_message_answer){.workflow_id = JC_STR("wf"),
                               .correlation_id = jc_str_of(id),
                               .agent = jc_str_of(agent)};
}

static void a_message_begins_a_thread_named_by_its_event(void **state)
{
    story *in = *state;
    jc_message_receipt sent =
        send_from(in, (jc_message_draft){.from_agent = JC_STR("lead"),
                                         .to_agent = JC_STR("coder"),
                                         .content = JC_STR("say \"hi\"\n\xc3\xa9"),
                                         .priority = JC_PRIORITY_URGENT});
    char id[JC_UUID_TEXT_SIZE];
    jc_uuid_format(sent.id, id);
    assert_string_equal(sent.correlation_id, id);
    assert_int_equal(sent.sequence, 1);
    const jc_message *message = read_thread(in, id).messages[0];
    assert_str(message->content, "say \"hi\"\n\xc3\xa9");
    assert_int_equal(message->priority, JC_PRIORITY_URGENT);

    jc_event event;
    assert_int_equal(jc_event_find(in->store, jc_str_of(id), &event, NULL), JC_OK);
    assert_str(event.agent_id, "lead");
    assert_str(event.correlation_id, id);
}

static void a_reply_joins_the_thread_of_what_it_answers(void **state)
{
    story *in = *state;
    jc_message_receipt asked = send_from(in, (jc_message_draft){.from_agent = JC_STR("lead"),
                                                                .to_agent = JC_STR("coder"),
                                                                .awaiting_response = true});
    (void)send_from(in, (jc_message_draft){.from_agent = JC_STR("lead"),
                                           .to_agent = JC_STR("tester"),
                                           .correlation_id = jc_str_of(asked.correlation_id)});
    jc_message_receipt reply =
        send_from(in, (jc_message_draft){.from_agent = JC_STR("coder"),
                                         .to_agent = JC_STR("lead"),
                                         .reply_to = {asked.correlation_id, 30}});
    assert_string_equal(reply.correlation_id, asked.correlation_id);
    jc_thread thread = read_thread(in, asked.correlation_id);
    assert_int_equal(thread.message_count, 3);
    assert_true(thread.messages[0]->awaiting_response);
    assert_str(thread.messages[2]->message_type, "response");
    assert_str(thread.messages[2]->causation_id, asked.correlation_id);
}

static void a_send_that_is_repeated_is_sent_once(void **state)
{
    story *in = *state;
    jc_message_draft draft = {.from_agent = JC_STR("lead"), .to_agent = JC_STR("coder")};
    draft.id = jc_test_id(7);
    jc_message_receipt first = send_from(in, draft);
    jc_message_receipt second = send_from(in, draft);
    assert_int_equal(first.sequence, second.sequence);
    assert_int_equal(read_thread(in, first.correlation_id).message_count, 1);
}

static void drafts_that_are_none_are_refused(void **state)
{
    story *in = *state;
    const jc_str a = JC_STR("a");
    const jc_message_draft drafts[] = {
        {.from_agent = a, .to_agent = a, .content = a},
        {.workflow_id = JC_STR("../x"), .from_agent = a, .to_agent = a, .content = a},
        {.workflow_id = a, .to_agent = a, .content = a},
        {.workflow_id = a, .from_agent = a, .content = a},
        {.workflow_id = a, .from_agent = a, .to_agent = a},
        {.workflow_id = a, .from_agent = a, .to_agent = a, .content = JC_STR(" ")},
        {.workflow_id = a, .from_agent = a, .to_agent = a, .content = JC_STR("\xff")},
        {.workflow_id = a, .from_agent = a, .to_agent = JC_STR("x\ny"), .content = a},
        {.workflow_id = a,
         .from_agent = a,
         .to_agent = a,
         .content = a,
         .priority = (jc_priority)9},
        {.workflow_id = a,
         .from_agent = a,
         .to_agent = a,
         .content = a,
         .correlation_id = JC_STR("")},
    };
    for (size_t i = 0; i < sizeof drafts / sizeof drafts[0]; i++) {
        jc_message_receipt none;
        assert_int_equal(jc_message_send(in->store, &drafts[i], &none, NULL), JC_EINVAL);
    }
    jc_message_draft reply = {.workflow_id = JC_STR("wf"),
                              .from_agent = a,
                              .to_agent = a,
                              .content = a,
                              .reply_to = JC_STR("c9")};
    jc_message_receipt none;
    assert_int_equal(jc_message_send(in->store, &reply, &none, NULL), JC_ENOTFOUND);
    tell(in, SENT("lead", "coder", IN("c1")));
    assert_int_equal(jc_message_send(in->store, &reply, &none, NULL), JC_ENOTFOUND);
}

static void an_acknowledgement_says_how_many_it_was_for(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", IN("thread-1")));
    tell(in, SENT("lead", "coder", IN("thread-1")));
    jc_message_receipt receipt;
    jc_message_answer answer = answer_of("thr", "coder");
    assert_int_equal(jc_message_acknowledge(in->store, &answer, &receipt, NULL), JC_OK);
    assert_string_equal(receipt.correlation_id, "thread-1");
    assert_int_equal(receipt.messages, 2);
    assert_int_equal(receipt.sequence, 3);
    assert_int_equal(jc_message_acknowledge(in->store, &answer, &receipt, NULL), JC_OK);
    assert_int_equal(receipt.messages, 0);
    assert_true(jc_uuid_is_nil(receipt.id));
    jc_head head;
    assert_int_equal(jc_head_read(in->store, JC_STR("wf"), &head, NULL), JC_OK);
    assert_int_equal(head.sequence, 3);
}

static void assert_caused_by(story *in, uint64_t sequence, jc_uuid cause)
{
    char id[JC_UUID_TEXT_SIZE];
    jc_str workflow_id = JC_STR("wf");
    jc_filter filter = {.workflow_ids = &workflow_id,
                        .workflow_count = 1,
                        .from = sequence,
                        .to = sequence};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    assert_int_equal(jc_cursor_open(in->store, &filter, &cursor, NULL), JC_OK);
    assert_int_equal(jc_cursor_next(cursor, &event, NULL), JC_OK);
    jc_uuid_format(cause, id);
    assert_str(event->causation_id, id);
    jc_cursor_close(cursor);
}

static void an_answer_is_caused_by_the_newest_message_that_it_is_for(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", IN("c1")));
    tell(in, SENT("lead", "coder", IN("c1")));
    tell(in, SENT("coder", "lead", IN("c1")));
    tell(in, SENT("lead", "tester", IN("c1")));
    jc_message_receipt receipt;
    jc_message_answer by_coder = answer_of("c1", "coder");
    jc_message_answer by_lead = answer_of("c1", "lead");
    jc_uuid second = read_thread(in, "c1").messages[1]->id;
    jc_uuid fourth = read_thread(in, "c1").messages[3]->id;

    assert_int_equal(jc_message_acknowledge(in->store, &by_coder, &receipt, NULL), JC_OK);
    assert_caused_by(in, receipt.sequence, second);
    assert_int_equal(jc_message_complete(in->store, &by_coder, &receipt, NULL), JC_OK);
    assert_int_equal(receipt.messages, 3);
    assert_caused_by(in, receipt.sequence, second);
    assert_int_equal(jc_message_complete(in->store, &by_lead, &receipt, NULL), JC_OK);
    assert_int_equal(receipt.messages, 1);
    assert_caused_by(in, receipt.sequence, fourth);
}

static void answers_of_strangers_are_refused(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", IN("c1")));
    tell(in, ACKNOWLEDGED("lost", "coder"));
    jc_message_receipt none;
    jc_error error;
    jc_message_answer by_sender = answer_of("c1", "lead");
    assert_int_equal(jc_message_acknowledge(in->store, &by_sender, &none, &error), JC_ENOTFOUND);
    assert_holds(error.text, "no message 'c1' went to 'lead': it is between lead, coder");
    jc_message_answer by_stranger = answer_of("c1", "tester");
    assert_int_equal(jc_message_complete(in->store, &by_stranger, &none, &error), JC_ENOTFOUND);
    assert_holds(error.text, "'tester': it is between lead, coder");
    jc_message_answer to_orphan = answer_of("lost", "coder");
    assert_int_equal(jc_message_complete(in->store, &to_orphan, &none, &error), JC_ENOTFOUND);
    jc_message_answer to_none = answer_of("c2", "coder");
    assert_int_equal(jc_message_complete(in->store, &to_none, &none, &error), JC_ENOTFOUND);
    assert_holds(error.text, "there is no message 'c2'");
    assert_int_equal(read_thread(in, "c1").timeline_count, 1);
}

static void a_completion_carries_its_result(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", IN("c1")));
    tell(in, SENT("lead", "coder", IN("c2")));
    jc_message_receipt receipt;
    jc_message_answer done = answer_of("c1", "coder");
    jc_message_answer failed = answer_of("c2", "coder");
    failed.failed = true;
    failed.result = JC_STR("no key");
    assert_int_equal(jc_message_complete(in->store, &done, &receipt, NULL), JC_OK);
    assert_int_equal(receipt.messages, 1);
    assert_int_equal(jc_message_complete(in->store, &failed, &receipt, NULL), JC_OK);
    assert_str(read_thread(in, "c1").messages[0]->result, "done");
    assert_true(read_thread(in, "c1").messages[0]->success);
    assert_str(read_thread(in, "c2").messages[0]->result, "no key");
    assert_false(read_thread(in, "c2").messages[0]->success);
}

static void a_second_completion_is_refused(void **state)
{
    story *in = *state;
    tell(in, SENT("lead", "coder", IN("c1")));
    jc_message_receipt receipt;
    jc_error error;
    jc_message_answer first = answer_of("c1", "coder");
    jc_message_answer second = answer_of("c1", "lead");
    assert_int_equal(jc_message_complete(in->store, &first, &receipt, NULL), JC_OK);
    assert_int_equal(jc_message_complete(in->store, &second, &receipt, &error), JC_ECONFLICT);
    assert_holds(error.text, "'c1' is completed already, by 'coder'");
    assert_int_equal(read_thread(in, "c1").problem_count, 0);
}

static void mailboxes_are_read_at_points_of_the_past(void **state)
{
    story *in = *state;
    tell_at(in, 0, SENT("lead", "coder", IN("c1")));
    tell_at(in, 60, COMPLETED("c1", "coder", "done"));
    const jc_point points[] = {{.kind = JC_POINT_SEQUENCE, .number = 1},
                               {.kind = JC_POINT_BEFORE_HEAD, .number = 1},
                               {.kind = JC_POINT_TIME, .time_us = START_US + 59 * SECOND_US}};
    for (size_t i = 0; i < 3; i++) {
        jc_mailbox *then = NULL;
        assert_int_equal(jc_mailbox_read(in->store, JC_STR("wf"), &points[i], &then, NULL), JC_OK);
        assert_non_null(jc_mailbox_next(then, JC_STR("coder")));
        jc_mailbox_free(then);
    }
    assert_null(jc_mailbox_next(read_mailbox(in), JC_STR("coder")));
    jc_mailbox *none = NULL;
    assert_int_equal(jc_mailbox_read(in->store, JC_STR("other"), NULL, &none, NULL), JC_ENOTFOUND);
    assert_null(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_CLAIM(a_message_is_in_the_inbox_and_in_the_outbox),
        STORY_CLAIM(the_state_says_what_was_read_and_what_came_of_it),
        STORY_CLAIM(what_is_not_said_has_defaults),
        STORY_CLAIM(a_correlation_id_stands_on_the_event_or_in_data),
        STORY_CLAIM(only_a_recipient_acknowledges),
        STORY_CLAIM(the_first_time_of_an_acknowledgement_is_kept),
        STORY_CLAIM(a_sender_completes),
        STORY_CLAIM(a_recipient_completes),
        STORY_CLAIM(a_stranger_completes_nothing),
        STORY_CLAIM(of_two_completions_the_first_counts),
        STORY_CLAIM(answers_before_the_message_do_not_count),
        STORY_CLAIM(what_its_sender_completes_stays_until_it_is_read),
        STORY_CLAIM(what_its_recipient_completed_can_still_be_acknowledged),
        STORY_CLAIM(a_message_to_oneself_is_in_ones_history_once),
        STORY_CLAIM(an_answer_is_for_all_of_the_thread_that_concerns_its_agent),
        STORY_CLAIM(an_answer_takes_messages_in_the_order_in_which_they_were_sent),
        STORY_CLAIM(a_thread_has_any_number_of_agents),
        STORY_CLAIM(a_thread_that_was_completed_goes_on),
        CLAIM(events_that_lack_a_field_change_nothing),
        CLAIM(what_is_no_saved_mailbox_is_refused),
        STORY_CLAIM(unread_messages_come_most_urgent_first_then_by_time),
        STORY_CLAIM(items_are_chosen_by_store_priority_and_thread),
        STORY_CLAIM(priorities_are_counted),
        STORY_CLAIM(agents_and_threads_are_listed),
        STORY_CLAIM(a_thread_is_found_by_the_beginning_of_its_id),
        STORY_CLAIM(a_thread_tells_what_happened_in_order),
        STORY_CLAIM(a_thread_says_whose_turn_it_is),
        STORY_CLAIM(a_thread_without_a_message_is_orphaned),
        STORY_CLAIM(what_does_not_fit_together_is_named),
        STORY_CLAIM(items_and_threads_are_written_as_json),
        STORY_CLAIM(a_message_begins_a_thread_named_by_its_event),
        STORY_CLAIM(a_reply_joins_the_thread_of_what_it_answers),
        STORY_CLAIM(a_send_that_is_repeated_is_sent_once),
        STORY_CLAIM(drafts_that_are_none_are_refused),
        STORY_CLAIM(an_acknowledgement_says_how_many_it_was_for),
        STORY_CLAIM(an_answer_is_caused_by_the_newest_message_that_it_is_for),
        STORY_CLAIM(answers_of_strangers_are_refused),
        STORY_CLAIM(a_completion_carries_its_result),
        STORY_CLAIM(a_second_completion_is_refused),
        STORY_CLAIM(mailboxes_are_read_at_points_of_the_past),
    };
    return cmocka_run_group_tests_name("mailbox", tests, NULL, NULL);
}

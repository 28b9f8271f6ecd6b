/* Sending messages and answering them: events that are made here and appended.
 *
 * A thread is looked up in the workflow's state before anything is appended, so that an answer to a
 * message that is not there, or to another agent's, is refused. Nothing is locked meanwhile: many agents write
 * to one workflow, and to insist on its head would make them wait for each other. So a completion
 * looks once more, behind its own event, whether it was the one that counted. */
#include "mailbox/mailbox.h"

#include "base/fail.h"
#include "base/json.h"
#include "event/event.h"
#include "projection/write.h"

#include <assert.h>

/* An event being made: its data is written here. */
typedef struct making {
    jc_output data;
    jc_write write;
    yyjson_mut_val *root;
    jc_event event;
} making;

static void making_release(making *made)
{
    jc_buf_release(&made->data.buf);
}
JC_AUTO_DEFINE(making, making_release);

static void begin(making *made, jc_str workflow_id, const char *event_type, jc_str agent,
                  jc_uuid id)
{
    made->root = jc_write_begin(&made->write);
    made->event = (jc_event){.id = id,
                             .workflow_id = workflow_id,
                             .event_type = jc_str_of(event_type),
                             .agent_id = agent};
}

/* Append the event; the receipt says where. */
static jc_status finish(making *made, jc_store *store, jc_message_receipt *receipt,
                        jc_error *reterr)
{
    jc_receipt stored = {0};
    jc_append_result result = {0};
    jc_unit unit = {.events = &made->event, .count = 1, .ret_receipts = &stored};
    jc_status status = jc_write_end(&made->write, &made->data, reterr);
    made->event.data = jc_buf_str(&made->data.buf);
    if (status == JC_OK)
        status = jc_append(store, &unit, 1, &result, reterr);
    if (status < 0)
        return status;
    receipt->id = made->event.id;
    receipt->sequence = stored.sequence;
    return JC_OK;
}

/* Whose name is it that must be one? */
static jc_status check_name(const char *field, jc_str name, jc_error *reterr)
{
    if (name.bytes != NULL && jc_agent_id_valid(name))
        return JC_OK;
    return jc_fail(reterr, JC_EINVAL,
                   "%s: it must be 1 to %d bytes of UTF-8 without control characters", field,
                   JC_AGENT_ID_SIZE_MAX);
}

static jc_status check_text(const char *field, jc_str text, jc_error *reterr)
{
    if (text.bytes == NULL || jc_utf8_valid(text))
        return JC_OK;
    return jc_fail(reterr, JC_EINVAL, "%s: it is not UTF-8: convert it first", field);
}

/* An id that was checked, on its own or with the event that it came from. */
static void keep_id(jc_message_receipt *receipt, jc_str correlation_id)
{
    assert(correlation_id.size < sizeof receipt->correlation_id);
    memcpy(receipt->correlation_id, correlation_id.bytes, correlation_id.size);
    receipt->correlation_id[correlation_id.size] = '\0';
}

static jc_status read_state(jc_store *store, jc_str workflow_id, jc_state **ret_state,
                            jc_error *reterr)
{
    return jc_state_read(store, jc_projection_find("mailbox"), workflow_id, NULL, ret_state,
                         reterr);
}

/* ---- Sending ---- */

/* The message of a thread that a reply answers: the last one to its sender, or else the last. */
static const jc_message *answered_by(const jc_mail_thread *thread, jc_str from_agent)
{
    const jc_message *last = NULL;
    bool to_sender = false;
    for (const jc_mail_link *link = thread->mails.first; link != NULL; link = link->next) {
        bool is_to_sender = jc_str_equal(link->mail->message.to_agent, from_agent);
        if (is_to_sender || !to_sender)
            last = &link->mail->message;
        to_sender = to_sender || is_to_sender;
    }
    return last;
}

/* What a reply takes over from the thread: its correlation id, and its cause. */
static jc_status join_thread(jc_store *store, const jc_message_draft *draft,
                             jc_message_receipt *receipt, char ret_cause[JC_UUID_TEXT_SIZE],
                             jc_error *reterr)
{
    jc_state *state = NULL;
    const jc_mail_thread *thread = NULL;
    jc_status status = read_state(store, draft->workflow_id, &state, reterr);
    if (status == JC_OK)
        status = jc_mails_find(jc_state_get(state), draft->workflow_id, draft->reply_to, &thread,
                               reterr);
    if (status == JC_OK) {
        const jc_message *answered = answered_by(thread, draft->from_agent);
        if (answered != NULL)
            jc_uuid_format(answered->id, ret_cause);
        keep_id(receipt, thread->correlation_id);
    }
    jc_state_free(state);
    return status;
}

static jc_status check_draft(const jc_message_draft *draft, jc_error *reterr)
{
    jc_status status = jc_workflow_id_check(draft->workflow_id, reterr);
    if (status == JC_OK && (unsigned)draft->priority >= JC_PRIORITY_COUNT)
        status = jc_fail(reterr, JC_EINVAL, "priority: %u is none of jc_priority",
                         (unsigned)draft->priority);
    if (status == JC_OK)
        status = check_name("from_agent", draft->from_agent, reterr);
    if (status == JC_OK)
        status = check_name("to_agent", draft->to_agent, reterr);
    if (status == JC_OK && draft->correlation_id.bytes != NULL)
        status = check_name("correlation_id", draft->correlation_id, reterr);
    if (status == JC_OK)
        status = check_text("content", draft->content, reterr);
    return status == JC_OK ? check_text("message_type", draft->message_type, reterr) : status;
}

static void write_draft(making *made, const jc_message_draft *draft, const char *correlation_id)
{
    jc_str type = draft->message_type;
    jc_priority priority =
        draft->priority != JC_PRIORITY_ANY ? draft->priority : JC_PRIORITY_NORMAL;
    if (type.size == 0)
        type = draft->reply_to.bytes != NULL ? JC_STR("response") : JC_STR("notification");
    jc_write *write = &made->write;
    jc_write_text(write, made->root, "from_agent", draft->from_agent);
    jc_write_text(write, made->root, "to_agent", draft->to_agent);
    jc_write_text(write, made->root, "message_type", type);
    jc_write_text(write, made->root, "priority", jc_str_of(jc_priority_name(priority)));
    jc_write_text(write, made->root, "content", draft->content);
    jc_write_bool(write, made->root, "awaiting_response", draft->awaiting_response);
    jc_write_text(write, made->root, "correlation_id", jc_str_of(correlation_id));
}

/* Which thread it belongs to, into the receipt; and its cause, or "". */
static jc_status choose_thread(jc_store *store, const jc_message_draft *draft, jc_uuid id,
                               jc_message_receipt *receipt, char ret_cause[JC_UUID_TEXT_SIZE],
                               jc_error *reterr)
{
    ret_cause[0] = '\0';
    if (draft->reply_to.bytes != NULL)
        return join_thread(store, draft, receipt, ret_cause, reterr);
    if (draft->correlation_id.bytes != NULL)
        keep_id(receipt, draft->correlation_id);
    else
        jc_uuid_format(id, receipt->correlation_id);
    return JC_OK;
}

jc_status jc_message_send(jc_store *store, const jc_message_draft *draft,
                          jc_message_receipt *ret_receipt, jc_error *reterr)
{
    JC_AUTO(making) made = {0};
    jc_message_receipt receipt = {.messages = 1};
    char cause[JC_UUID_TEXT_SIZE];
    jc_event event = {.id = draft->id};
    jc_status status = check_draft(draft, reterr);
    if (status == JC_OK)
        status = jc_event_prepare(&event, reterr);
    if (status == JC_OK)
        status = choose_thread(store, draft, event.id, &receipt, cause, reterr);
    if (status < 0)
        return status;
    begin(&made, draft->workflow_id, "agent.message.sent", draft->from_agent, event.id);
    if (cause[0] != '\0')
        made.event.causation_id = jc_str_of(cause);
    write_draft(&made, draft, receipt.correlation_id);
    status = finish(&made, store, &receipt, reterr);
    if (status == JC_OK)
        *ret_receipt = receipt;
    return status;
}

/* ---- Answering ---- */

/* An answer being given, and what it is about. */
typedef struct answering {
    jc_store *store;
    const jc_message_answer *answer;
    jc_state *state;
    const jc_mail_thread *thread;
    const jc_mail_party *party; /* NULL: the agent has no part in the thread */
} answering;

static void answering_release(answering *on)
{
    jc_state_free(on->state);
}
JC_AUTO_DEFINE(answering, answering_release);

static jc_status look_up(answering *on, jc_message_receipt *receipt, jc_error *reterr)
{
    const jc_message_answer *answer = on->answer;
    jc_status status = check_name("from_agent", answer->agent, reterr);
    if (status == JC_OK)
        status = check_text("result", answer->result, reterr);
    if (status == JC_OK)
        status = read_state(on->store, answer->workflow_id, &on->state, reterr);
    if (status < 0)
        return status;
    const jc_mails *mails = jc_state_get(on->state);
    status = jc_mails_find(mails, answer->workflow_id, answer->correlation_id, &on->thread, reterr);
    if (status < 0)
        return status;
    on->party = jc_mails_party(mails, on->thread, jc_mails_agent(mails, answer->agent));
    keep_id(receipt, on->thread->correlation_id);
    return JC_OK;
}

/* Whom it is between: "lead, coder". */
static jc_status list_parties(const jc_mail_thread *thread, jc_buf *names, jc_error *reterr)
{
    jc_status status = JC_OK;
    const jc_mail_party *party = thread->first_party;
    for (; status == JC_OK && party != NULL && names->size < JC_ERROR_SIZE_MAX; party = party->next)
        status = jc_buf_append_format(names, reterr, "%s%.*s", names->size > 0 ? ", " : "",
                                      (int)party->agent->name.size, party->agent->name.bytes);
    return status;
}

static jc_status refuse_stranger(const answering *on, const char *what, jc_error *reterr)
{
    JC_AUTO(jc_buf) names = {0};
    jc_str id = on->thread->correlation_id;
    jc_status status = list_parties(on->thread, &names, reterr);
    if (status < 0)
        return status;
    if (names.size == 0)
        return jc_fail(reterr, JC_ENOTFOUND, "'%.*s' was answered, but no message of it was sent",
                       (int)id.size, id.bytes);
    return jc_fail(reterr, JC_ENOTFOUND, "no message '%.*s' %s '%.*s': it is between %.*s",
                   (int)id.size, id.bytes, what, (int)on->answer->agent.size,
                   on->answer->agent.bytes, (int)names.size, names.bytes);
}

/* The messages that an answer is for. */
typedef struct covered {
    size_t count;
    const jc_message *newest; /* NULL: there is none */
} covered;

/* Those of a queue; with `open` only what is not completed, which the other end may have done. */
static covered cover(const jc_mail_queue *queue, bool open)
{
    covered all = {0};
    for (const jc_mail_link *link = queue->first; link != NULL; link = link->next) {
        if (open && link->mail->message.completed)
            continue;
        all.count++;
        all.newest = &link->mail->message;
    }
    return all;
}

static jc_status refuse_completed(const answering *on, jc_error *reterr)
{
    const jc_message *last = NULL;
    for (const jc_mail_link *link = on->thread->mails.first; link != NULL; link = link->next) {
        const jc_mail *mail = link->mail;
        if ((mail->from == on->party->agent || mail->to == on->party->agent) &&
            mail->message.completed)
            last = &mail->message;
    }
    jc_str id = on->thread->correlation_id;
    jc_str by = last != NULL ? last->completed_by : (jc_str){0};
    bool unread = on->party->unread.first != NULL;
    return jc_fail(reterr, JC_ECONFLICT, "'%.*s' is completed already, by '%.*s'%s", (int)id.size,
                   id.bytes, (int)by.size, by.bytes,
                   unread ? ": acknowledge it, and it leaves the inbox" : "");
}

/* Take in what was appended since the state was read. */
static jc_status catch_up(answering *on, jc_error *reterr)
{
    jc_str workflow_id = on->answer->workflow_id;
    jc_filter later = {.workflow_ids = &workflow_id,
                       .workflow_count = 1,
                       .from = jc_state_info_get(on->state).sequence + 1};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    jc_status status = jc_cursor_open(on->store, &later, &cursor, reterr);
    while (status == JC_OK) {
        status = jc_cursor_next(cursor, &event, reterr);
        if (status == JC_OK)
            status = jc_state_apply(on->state, event, reterr);
    }
    jc_cursor_close(cursor);
    return status == JC_END ? JC_OK : status;
}

/* How many messages the event of that sequence has answered. */
static size_t count_answered(const answering *on, uint64_t sequence)
{
    size_t count = 0;
    for (const jc_mail_link *link = on->thread->mails.first; link != NULL; link = link->next) {
        const jc_message *message = &link->mail->message;
        count +=
            message->acknowledged_sequence == sequence || message->completed_sequence == sequence;
    }
    return count;
}

/* Append the answer, caused by the newest message that it is for, and see what it came to: all that it
 * is for, unless others answered meanwhile. What is stored cannot fail any more. */
static jc_status give(answering *on, making *made, covered hoped, jc_message_receipt *receipt,
                      jc_error *reterr)
{
    char cause[JC_UUID_TEXT_SIZE];
    jc_uuid_format(hoped.newest->id, cause);
    made->event.causation_id = jc_str_of(cause);
    jc_write_text(&made->write, made->root, "correlation_id", on->thread->correlation_id);
    jc_write_text(&made->write, made->root, "from_agent", on->answer->agent);
    jc_status status = finish(made, on->store, receipt, reterr);
    if (status < 0)
        return status;
    receipt->messages =
        catch_up(on, NULL) == JC_OK ? count_answered(on, receipt->sequence) : hoped.count;
    return JC_OK;
}

jc_status jc_message_acknowledge(jc_store *store, const jc_message_answer *answer,
                                 jc_message_receipt *ret_receipt, jc_error *reterr)
{
    JC_AUTO(answering) on = {.store = store, .answer = answer};
    JC_AUTO(making) made = {0};
    jc_message_receipt receipt = {0};
    jc_event event = {0};
    jc_status status = look_up(&on, &receipt, reterr);
    if (status < 0)
        return status;
    if (on.party == NULL || !on.party->has_received)
        return refuse_stranger(&on, "went to", reterr);
    covered hoped = cover(&on.party->unread, false);
    if (hoped.count > 0) {
        status = jc_event_prepare(&event, reterr);
        if (status < 0)
            return status;
        begin(&made, answer->workflow_id, "agent.message.acknowledged", answer->agent, event.id);
        status = give(&on, &made, hoped, &receipt, reterr);
    }
    if (status == JC_OK)
        *ret_receipt = receipt;
    return status;
}

static void write_result(making *made, const jc_message_answer *answer)
{
    jc_str result = answer->result;
    if (result.bytes == NULL)
        result = answer->failed ? JC_STR("failed") : JC_STR("done");
    jc_write_bool(&made->write, made->root, "success", !answer->failed);
    jc_write_text(&made->write, made->root, "result", result);
}

jc_status jc_message_complete(jc_store *store, const jc_message_answer *answer,
                              jc_message_receipt *ret_receipt, jc_error *reterr)
{
    JC_AUTO(answering) on = {.store = store, .answer = answer};
    JC_AUTO(making) made = {0};
    jc_message_receipt receipt = {0};
    jc_event event = {0};
    jc_status status = look_up(&on, &receipt, reterr);
    if (status < 0)
        return status;
    if (on.party == NULL)
        return refuse_stranger(&on, "was sent or received by", reterr);
    /* What it was asked to do is the cause, rather than what it said about that itself. */
    covered hoped = cover(&on.party->received, true);
    covered sent = cover(&on.party->sent, true);
    hoped.count += sent.count;
    if (hoped.newest == NULL)
        hoped.newest = sent.newest;
    if (hoped.count == 0)
        return refuse_completed(&on, reterr);
    status = jc_event_prepare(&event, reterr);
    if (status < 0)
        return status;
    begin(&made, answer->workflow_id, "agent.message.completed", answer->agent, event.id);
    write_result(&made, answer);
    status = give(&on, &made, hoped, &receipt, reterr);
    if (status == JC_OK && receipt.messages == 0)
        return refuse_completed(&on, reterr);
    if (status == JC_OK)
        *ret_receipt = receipt;
    return status;
}

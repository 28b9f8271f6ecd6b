/* The projection `mailbox`: who wrote to whom, what was read, and what came of it. The rules stand in
 * jc/mailbox.h, the shape of the state in mailbox.h; mailbox_json.c writes it and reads it back.
 *
 * Events that lack what they need change nothing. Answers that find no message to change are
 * remembered (jc_mail_stray), so that a thread can say what does not fit together. */
#include "projection/mailbox.h"

#include "base/fail.h"
#include "event/event.h"
#include "jc/event_types.h"
#include "projection/mailbox_json.h"
#include "projection/registry.h"

#define PARTIES_LINEAR_MAX 4

/* ---- Agents, threads, parties ---- */

jc_mail_agent *jc_mails_agent(const jc_mails *state, jc_str name)
{
    return name.size > 0 ? jc_map_get(&state->agent_by_name, name) : NULL;
}

jc_status jc_mails_get_agent(jc_mails *state, jc_str name, jc_mail_agent **ret_agent,
                             jc_error *reterr)
{
    *ret_agent = jc_mails_agent(state, name);
    if (*ret_agent != NULL)
        return JC_OK;
    jc_mail_agent *agent = jc_arena_get(&state->arena, sizeof *agent);
    jc_str kept = jc_arena_copy(&state->arena, name);
    if (agent == NULL || kept.bytes == NULL ||
        !jc_map_put(&state->agent_by_name, &state->arena, kept, agent))
        return jc_fail_memory(reterr);
    *agent = (jc_mail_agent){.name = kept};
    if (state->last_agent != NULL)
        state->last_agent->next = agent;
    else
        state->first_agent = agent;
    state->last_agent = agent;
    state->agent_count++;
    *ret_agent = agent;
    return JC_OK;
}

jc_mail_thread *jc_mails_thread(const jc_mails *state, jc_str correlation_id)
{
    return correlation_id.size > 0 ? jc_map_get(&state->thread_by_id, correlation_id) : NULL;
}

static jc_status get_thread(jc_mails *state, jc_str correlation_id, jc_mail_thread **ret_thread,
                            jc_error *reterr)
{
    *ret_thread = jc_mails_thread(state, correlation_id);
    if (*ret_thread != NULL)
        return JC_OK;
    jc_mail_thread *thread = jc_arena_get(&state->arena, sizeof *thread);
    jc_str kept = jc_arena_copy(&state->arena, correlation_id);
    if (thread == NULL || kept.bytes == NULL ||
        !jc_map_put(&state->thread_by_id, &state->arena, kept, thread))
        return jc_fail_memory(reterr);
    *thread = (jc_mail_thread){.correlation_id = kept};
    if (state->last_thread != NULL)
        state->last_thread->next = thread;
    else
        state->first_thread = thread;
    state->last_thread = thread;
    state->thread_count++;
    *ret_thread = thread;
    return JC_OK;
}

/* Most threads have two parties: so few are found by looking, the others by the map. */
jc_mail_party *jc_mails_party(const jc_mails *state, const jc_mail_thread *thread,
                              const jc_mail_agent *agent)
{
    const void *key[2] = {thread, agent};
    if (thread == NULL || agent == NULL)
        return NULL;
    size_t count = 0;
    jc_mail_party *party = thread->first_party;
    for (; party != NULL && count < PARTIES_LINEAR_MAX; party = party->next, count++) {
        if (party->agent == agent)
            return party;
    }
    if (party == NULL)
        return NULL;
    return jc_map_get(&state->party_by_key, (jc_str){(const char *)key, sizeof key});
}

static jc_status get_party(jc_mails *state, jc_mail_thread *thread, jc_mail_agent *agent,
                           jc_mail_party **ret_party, jc_error *reterr)
{
    *ret_party = jc_mails_party(state, thread, agent);
    if (*ret_party != NULL)
        return JC_OK;
    jc_mail_party *party = jc_arena_get(&state->arena, sizeof *party);
    if (party == NULL)
        return jc_fail_memory(reterr);
    *party = (jc_mail_party){.key = {thread, agent}, .agent = agent};
    if (thread->party_count >= PARTIES_LINEAR_MAX &&
        !jc_map_put(&state->party_by_key, &state->arena,
                    (jc_str){(const char *)party->key, sizeof party->key}, party))
        return jc_fail_memory(reterr);
    if (thread->last_party != NULL)
        thread->last_party->next = party;
    else
        thread->first_party = party;
    thread->last_party = party;
    thread->party_count++;
    *ret_party = party;
    return JC_OK;
}

/* ---- Boxes and queues ---- */

void jc_mail_put(jc_mail_box *box, jc_mail_place *place)
{
    place->box = box;
    place->previous = box->last;
    place->next = NULL;
    if (box->last != NULL)
        box->last->next = place;
    else
        box->first = place;
    box->last = place;
}

static void take_out(jc_mail_place *place)
{
    if (place->box == NULL)
        return;
    if (place->previous != NULL)
        place->previous->next = place->next;
    else
        place->box->first = place->next;
    if (place->next != NULL)
        place->next->previous = place->previous;
    else
        place->box->last = place->previous;
    place->box = NULL;
}

static void enqueue(jc_mail_queue *queue, jc_mail_link *link)
{
    link->next = NULL;
    if (queue->last != NULL)
        queue->last->next = link;
    else
        queue->first = link;
    queue->last = link;
}

/* ---- Mails ---- */

jc_status jc_mail_new(jc_mails *state, const jc_message *message, jc_mail **ret_mail,
                      jc_error *reterr)
{
    jc_mail *mail = jc_arena_get(&state->arena, sizeof *mail);
    if (mail == NULL)
        return jc_fail_memory(reterr);
    memset(mail, 0, sizeof *mail);
    mail->message = *message;
    mail->sent.mail = mail->received.mail = mail;
    mail->in_thread.mail = mail->in_unread.mail = mail;
    mail->in_received.mail = mail->in_sent.mail = mail;
    jc_status status = jc_mails_get_agent(state, message->from_agent, &mail->from, reterr);
    if (status == JC_OK)
        status = jc_mails_get_agent(state, message->to_agent, &mail->to, reterr);
    if (status < 0)
        return status;
    mail->message.from_agent = mail->from->name;
    mail->message.to_agent = mail->to->name;
    jc_str *texts[] = {&mail->message.content, &mail->message.message_type,
                       &mail->message.causation_id, &mail->message.completed_by,
                       &mail->message.result};
    for (size_t i = 0; status == JC_OK && i < sizeof texts / sizeof texts[0]; i++)
        status = jc_arena_keep(&state->arena, *texts[i], texts[i], reterr);
    *ret_mail = mail;
    return status;
}

jc_status jc_mail_join(jc_mails *state, jc_mail *mail, jc_error *reterr)
{
    jc_mail_thread *thread = NULL;
    jc_mail_party *sender = NULL;
    jc_mail_party *recipient = NULL;
    jc_status status = get_thread(state, mail->message.correlation_id, &thread, reterr);
    if (status == JC_OK)
        status = get_party(state, thread, mail->from, &sender, reterr);
    if (status == JC_OK)
        status = get_party(state, thread, mail->to, &recipient, reterr);
    if (status < 0)
        return status;
    mail->message.correlation_id = thread->correlation_id;
    enqueue(&thread->mails, &mail->in_thread);
    thread->mail_count++;
    recipient->has_received = true;
    if (!mail->message.acknowledged)
        enqueue(&recipient->unread, &mail->in_unread);
    if (mail->message.completed)
        return JC_OK;
    enqueue(&recipient->received, &mail->in_received);
    enqueue(&sender->sent, &mail->in_sent);
    return JC_OK;
}

jc_status jc_mails_add_stray(jc_mails *state, const jc_mail_stray *source, jc_str correlation_id,
                             jc_error *reterr)
{
    jc_mail_thread *thread = NULL;
    jc_status status = get_thread(state, correlation_id, &thread, reterr);
    if (status < 0)
        return status;
    jc_mail_stray *stray = jc_arena_get(&state->arena, sizeof *stray);
    if (stray == NULL)
        return jc_fail_memory(reterr);
    *stray = *source;
    status = jc_arena_keep(&state->arena, source->agent, &stray->agent, reterr);
    if (status < 0)
        return status;
    stray->thread = thread;
    if (state->last_stray != NULL)
        state->last_stray->next = stray;
    else
        state->first_stray = stray;
    state->last_stray = stray;
    if (thread->last_stray != NULL)
        thread->last_stray->next_in_thread = stray;
    else
        thread->first_stray = stray;
    thread->last_stray = stray;
    thread->stray_count++;
    return JC_OK;
}

/* ---- Events ---- */

/* A correlation id stands on the event, where the log lifts it to; of events that did not pass through
 * the log it may stand in data alone. */
static jc_str correlation_of(const jc_mails *state, const jc_event *event)
{
    jc_str given = event->correlation_id;
    if (given.bytes == NULL)
        given = jc_payload_text(&state->payload, "correlation_id");
    return given.bytes != NULL && jc_agent_id_valid(given) ? given : (jc_str){0};
}

static jc_status send(jc_mails *state, const jc_event *event, jc_error *reterr)
{
    const jc_payload *payload = &state->payload;
    char id[JC_UUID_TEXT_SIZE];
    jc_message message = {.id = event->id,
                          .sequence = event->sequence,
                          .sent_us = event->timestamp_us,
                          .correlation_id = correlation_of(state, event),
                          .causation_id = event->causation_id,
                          .from_agent = jc_payload_text(payload, "from_agent"),
                          .to_agent = jc_payload_text(payload, "to_agent"),
                          .content = jc_payload_text(payload, "content"),
                          .message_type = jc_payload_text(payload, "message_type"),
                          .priority = jc_priority_of(jc_payload_text(payload, "priority"))};
    if (message.from_agent.bytes == NULL || message.to_agent.bytes == NULL ||
        message.content.bytes == NULL)
        return JC_OK;
    if (message.correlation_id.bytes == NULL) {
        jc_uuid_format(event->id, id);
        message.correlation_id = jc_str_of(id);
    }
    if (message.message_type.bytes == NULL)
        message.message_type = JC_STR("notification");
    if (message.priority == JC_PRIORITY_ANY)
        message.priority = JC_PRIORITY_NORMAL;
    (void)jc_payload_bool(payload, "awaiting_response", &message.awaiting_response);

    jc_mail *mail = NULL;
    jc_status status = jc_mail_new(state, &message, &mail, reterr);
    if (status == JC_OK)
        status = jc_mail_join(state, mail, reterr);
    if (status < 0)
        return status;
    jc_mail_put(&mail->from->outbox, &mail->sent);
    jc_mail_put(&mail->to->inbox, &mail->received);
    return JC_OK;
}

/* An acknowledgement or a completion: who says it of which thread. `party` is NULL when the agent has
 * no part in it. */
typedef struct answer {
    jc_str correlation_id;
    jc_str agent;
    const jc_mail_thread *thread;
    jc_mail_party *party;
} answer;

/* Read it; false when the event lacks one of the two. */
static bool read_answer(const jc_mails *state, const jc_event *event, answer *ret)
{
    ret->correlation_id = correlation_of(state, event);
    ret->agent = jc_payload_text(&state->payload, "from_agent");
    if (ret->correlation_id.bytes == NULL || ret->agent.bytes == NULL)
        return false;
    ret->thread = jc_mails_thread(state, ret->correlation_id);
    ret->party = jc_mails_party(state, ret->thread, jc_mails_agent(state, ret->agent));
    return true;
}

static jc_status add_stray(jc_mails *state, const jc_event *event, const answer *from,
                           jc_thread_step step, jc_problem problem, jc_error *reterr)
{
    bool was_sent = from->thread != NULL && from->thread->mail_count > 0;
    jc_mail_stray stray = {.id = event->id,
                           .sequence = event->sequence,
                           .time_us = event->timestamp_us,
                           .step = step,
                           .problem = was_sent ? problem : JC_PROBLEM_NOT_SENT,
                           .agent = from->agent};
    return jc_mails_add_stray(state, &stray, from->correlation_id, reterr);
}

static void move(jc_mail_place *place, jc_mail_box *box)
{
    if (place->box == box)
        return;
    take_out(place);
    jc_mail_put(box, place);
}

/* A completed message leaves the outbox; the inbox only when its recipient has read it, so that a
 * sender cannot take back what was not seen. A message to oneself is in one's history once. */
static void move_to_history(jc_mail *mail)
{
    const jc_message *message = &mail->message;
    move(&mail->sent, &mail->from->history);
    if (mail->from == mail->to)
        take_out(&mail->received);
    else if (message->acknowledged || jc_str_equal(message->completed_by, message->to_agent))
        move(&mail->received, &mail->to->history);
}

static jc_status acknowledge(jc_mails *state, const jc_event *event, jc_error *reterr)
{
    answer from;
    if (!read_answer(state, event, &from))
        return JC_OK;
    if (from.party == NULL || !from.party->has_received)
        return add_stray(state, event, &from, JC_THREAD_ACKNOWLEDGED, JC_PROBLEM_NOT_RECIPIENT,
                         reterr);
    for (jc_mail_link *link = from.party->unread.first; link != NULL; link = link->next) {
        jc_message *message = &link->mail->message;
        message->acknowledged = true;
        message->acknowledged_us = event->timestamp_us;
        message->acknowledged_sequence = event->sequence;
        if (message->completed)
            move_to_history(link->mail);
    }
    from.party->unread = (jc_mail_queue){0};
    return JC_OK;
}

/* Complete what is open in a queue, and empty it; `by` says how. Returns how much that was. */
static size_t complete_all(jc_mail_queue *queue, const jc_message *by)
{
    size_t count = 0;
    for (jc_mail_link *link = queue->first; link != NULL; link = link->next) {
        jc_message *message = &link->mail->message;
        if (message->completed)
            continue;
        message->completed = true;
        message->completed_us = by->completed_us;
        message->completed_sequence = by->completed_sequence;
        message->completed_by = by->completed_by;
        message->success = by->success;
        message->result = by->result;
        move_to_history(link->mail);
        count++;
    }
    *queue = (jc_mail_queue){0};
    return count;
}

static jc_status complete(jc_mails *state, const jc_event *event, jc_error *reterr)
{
    answer from;
    jc_message by = {.completed_us = event->timestamp_us, .completed_sequence = event->sequence};
    jc_str result = jc_payload_text(&state->payload, "result");
    if (!read_answer(state, event, &from) || result.bytes == NULL ||
        !jc_payload_bool(&state->payload, "success", &by.success))
        return JC_OK;
    if (from.party == NULL)
        return add_stray(state, event, &from, JC_THREAD_COMPLETION, JC_PROBLEM_NOT_PARTY, reterr);
    jc_status status = jc_arena_keep(&state->arena, result, &by.result, reterr);
    if (status < 0)
        return status;
    by.completed_by = from.party->agent->name;
    size_t count = complete_all(&from.party->received, &by);
    count += complete_all(&from.party->sent, &by);
    return count > 0 ? JC_OK
                     : add_stray(state, event, &from, JC_THREAD_COMPLETION,
                                 JC_PROBLEM_COMPLETED_AGAIN, reterr);
}

static jc_status mailbox_apply(void *context, const jc_event *event, jc_error *reterr)
{
    jc_mails *state = context;
    jc_event_type type = jc_event_type_of(event->event_type);
    if (type != JC_TYPE_AGENT_MESSAGE_SENT && type != JC_TYPE_AGENT_MESSAGE_ACKNOWLEDGED &&
        type != JC_TYPE_AGENT_MESSAGE_COMPLETED)
        return JC_OK;
    jc_status status = jc_payload_read(&state->payload, event, reterr);
    if (status < 0)
        return status;
    if (type == JC_TYPE_AGENT_MESSAGE_SENT)
        return send(state, event, reterr);
    return type == JC_TYPE_AGENT_MESSAGE_ACKNOWLEDGED ? acknowledge(state, event, reterr)
                                                      : complete(state, event, reterr);
}

static void mailbox_release(void *context)
{
    jc_mails *state = context;
    jc_payload_release(&state->payload);
    jc_arena_release(&state->arena);
}

const jc_projection jc_projection_mailbox = {
    .name = "mailbox",
    .version = 1,
    .state_size = sizeof(jc_mails),
    .summary = "every agent's inbox, outbox and conversations, and what does not fit together",
    .apply = mailbox_apply,
    .write_json = jc_mails_write_json,
    .read_json = jc_mails_read_json,
    .release = mailbox_release,
};

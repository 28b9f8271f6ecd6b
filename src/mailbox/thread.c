/* A thread in full: its messages, everything that happened to them in order, what does not fit
 * together, and whose turn it is.
 *
 * The timeline is made of up to three entries a message and one a stray, sorted. */
#include "mailbox/mailbox.h"

#include "base/fail.h"

#include <stdlib.h>

#define STEPS_MAX 3 /* a message is sent, acknowledged, completed */

/* A thread being put together; its lists have room for all that they can hold. */
typedef struct building {
    const jc_mail_thread *source;
    jc_str *participants;
    size_t participant_count;
    const jc_message **messages;
    jc_thread_entry *timeline;
    size_t timeline_count;
    jc_thread_entry *problems;
    jc_thread_pending *pending;
    size_t pending_count;
    size_t message_count;
    size_t acknowledged_count;
    size_t completed_count;
    size_t orphan_count;
} building;

static jc_status make_room(jc_arena *arena, building *made, jc_error *reterr)
{
    const jc_mail_thread *source = made->source;
    size_t entries = source->mail_count * STEPS_MAX + source->stray_count;
    size_t participants = source->party_count + source->stray_count;
    made->participants = jc_arena_get(arena, (participants + 1) * sizeof(jc_str));
    made->messages = jc_arena_get(arena, (source->mail_count + 1) * sizeof(const jc_message *));
    made->timeline = jc_arena_get(arena, (entries + 1) * sizeof(jc_thread_entry));
    made->problems = jc_arena_get(arena, (entries + 1) * sizeof(jc_thread_entry));
    made->pending = jc_arena_get(arena, (source->mail_count + 1) * sizeof(jc_thread_pending));
    return made->participants == NULL || made->messages == NULL || made->timeline == NULL ||
                   made->problems == NULL || made->pending == NULL
               ? jc_fail_memory(reterr)
               : JC_OK;
}

static void add_entry(building *made, jc_thread_step step, int64_t time_us, uint64_t sequence,
                      jc_str agent, const jc_message *message, jc_problem problem)
{
    made->timeline[made->timeline_count++] = (jc_thread_entry){.step = step,
                                                               .time_us = time_us,
                                                               .sequence = sequence,
                                                               .agent = agent,
                                                               .message = message,
                                                               .problem = problem};
}

static jc_problem problem_of_time(const jc_message *message, int64_t time_us)
{
    return time_us < message->sent_us ? JC_PROBLEM_CLOCK : JC_PROBLEM_NONE;
}

/* What a message still waits for; false: nothing. What its sender has completed is still to be read. */
static bool find_action(const jc_message *message, jc_thread_action *ret)
{
    *ret = message->acknowledged ? JC_ACTION_COMPLETE : JC_ACTION_ACKNOWLEDGE;
    return !message->completed ||
           (!message->acknowledged && !jc_str_equal(message->completed_by, message->to_agent));
}

static void add_message(building *made, const jc_message *message)
{
    made->messages[made->message_count++] = message;
    add_entry(made, JC_THREAD_SENT, message->sent_us, message->sequence, message->from_agent,
              message, JC_PROBLEM_NONE);
    if (message->acknowledged) {
        made->acknowledged_count++;
        add_entry(made, JC_THREAD_ACKNOWLEDGED, message->acknowledged_us,
                  message->acknowledged_sequence, message->to_agent, message,
                  problem_of_time(message, message->acknowledged_us));
    }
    if (message->completed) {
        made->completed_count++;
        add_entry(made, JC_THREAD_COMPLETION, message->completed_us, message->completed_sequence,
                  message->completed_by, message, problem_of_time(message, message->completed_us));
    }
    jc_thread_action action;
    if (find_action(message, &action))
        made->pending[made->pending_count++] =
            (jc_thread_pending){.action = action, .agent = message->to_agent, .message = message};
}

static bool takes_part(const building *made, jc_str agent)
{
    for (size_t i = 0; i < made->participant_count; i++) {
        if (jc_str_equal(made->participants[i], agent))
            return true;
    }
    return false;
}

/* Who has sent or received; and in a thread without messages, who has answered. */
static void add_participants(building *made)
{
    const jc_mail_party *party = made->source->first_party;
    for (; party != NULL; party = party->next)
        made->participants[made->participant_count++] = party->agent->name;
    if (made->source->mail_count > 0)
        return;
    const jc_mail_stray *stray = made->source->first_stray;
    for (; stray != NULL; stray = stray->next_in_thread) {
        if (!takes_part(made, stray->agent))
            made->participants[made->participant_count++] = stray->agent;
    }
}

static void add_strays(building *made)
{
    const jc_mail_stray *stray = made->source->first_stray;
    for (; stray != NULL; stray = stray->next_in_thread) {
        add_entry(made, stray->step, stray->time_us, stray->sequence, stray->agent, NULL,
                  stray->problem);
        made->orphan_count += stray->problem == JC_PROBLEM_NOT_SENT ? 1 : 0;
    }
}

/* One answer may speak of several messages: they keep their order. */
static int compare_entries(const void *a, const void *b)
{
    const jc_thread_entry *left = a;
    const jc_thread_entry *right = b;
    if (left->sequence != right->sequence)
        return left->sequence < right->sequence ? -1 : 1;
    uint64_t left_message = left->message != NULL ? left->message->sequence : 0;
    uint64_t right_message = right->message != NULL ? right->message->sequence : 0;
    return left_message < right_message ? -1 : left_message > right_message;
}

static size_t pick_problems(building *made)
{
    size_t count = 0;
    for (size_t i = 0; i < made->timeline_count; i++) {
        if (made->timeline[i].problem != JC_PROBLEM_NONE)
            made->problems[count++] = made->timeline[i];
    }
    return count;
}

static jc_thread_status status_of(const building *made)
{
    if (made->message_count == 0)
        return JC_THREAD_ORPHANED;
    return made->pending_count > 0 ? JC_THREAD_ACTIVE : JC_THREAD_COMPLETED;
}

static jc_thread build(building *made)
{
    const jc_mail_link *link = made->source->mails.first;
    for (; link != NULL; link = link->next)
        add_message(made, &link->mail->message);
    add_strays(made);
    add_participants(made);
    qsort(made->timeline, made->timeline_count, sizeof *made->timeline, compare_entries);
    return (jc_thread){.correlation_id = made->source->correlation_id,
                       .status = status_of(made),
                       .participants = made->participants,
                       .participant_count = made->participant_count,
                       .messages = made->messages,
                       .message_count = made->message_count,
                       .acknowledged_count = made->acknowledged_count,
                       .completed_count = made->completed_count,
                       .timeline = made->timeline,
                       .timeline_count = made->timeline_count,
                       .pending = made->pending,
                       .pending_count = made->pending_count,
                       .problems = made->problems,
                       .problem_count = pick_problems(made),
                       .orphan_count = made->orphan_count};
}

jc_status jc_mailbox_thread(jc_mailbox *mailbox, jc_str correlation_id, jc_thread *ret_thread,
                            jc_error *reterr)
{
    building made = {.source = jc_mails_thread(jc_mailbox_mails(mailbox), correlation_id)};
    if (made.source == NULL) {
        *ret_thread = (jc_thread){.status = JC_THREAD_NOT_FOUND};
        return jc_arena_keep(&mailbox->arena, correlation_id, &ret_thread->correlation_id, reterr);
    }
    jc_status status = make_room(&mailbox->arena, &made, reterr);
    if (status == JC_OK)
        *ret_thread = build(&made);
    return status;
}

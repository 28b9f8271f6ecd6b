/* Choosing items of mailboxes, and counting them by priority. */
#include "mailbox/mailbox.h"

#include "base/fail.h"

#include <stdlib.h>

/* An agent's stores, in the order in which items are looked at. */
static const jc_mail_store stores[] = {JC_MAIL_INBOX, JC_MAIL_OUTBOX, JC_MAIL_HISTORY};

#define STORE_COUNT (sizeof stores / sizeof stores[0])

static const jc_mail_place *first_of(const jc_mail_agent *agent, jc_mail_store store)
{
    switch (store) {
    case JC_MAIL_INBOX:
        return agent->inbox.first;
    case JC_MAIL_OUTBOX:
        return agent->outbox.first;
    default:
        return agent->history.first;
    }
}

static bool is_in(unsigned wanted, jc_mail_store store)
{
    return wanted == 0 || (wanted & (unsigned)store) != 0;
}

static bool is_unread(const jc_mail *mail, const jc_mail_agent *agent)
{
    return mail->to == agent && !mail->message.acknowledged;
}

static bool is_wanted(const jc_mailbox_query *query, const jc_mail *mail,
                      const jc_mail_agent *agent, jc_mail_store store)
{
    const jc_message *message = &mail->message;
    bool received = mail->to == agent && store != JC_MAIL_OUTBOX;
    bool sent = mail->from == agent && store != JC_MAIL_INBOX;
    if ((query->unread && !(received && is_unread(mail, agent))) ||
        (query->received && !received) || (query->sent && !sent))
        return false;
    if (query->correlation_id.bytes != NULL &&
        !jc_str_equal(query->correlation_id, message->correlation_id))
        return false;
    return message->priority >= query->priority_min &&
           (query->priority_max == JC_PRIORITY_ANY || message->priority <= query->priority_max);
}

/* Add the wanted items of an agent to `items`, or only count them when that is NULL. */
static size_t add_items(const jc_mailbox_query *query, const jc_mail_agent *agent,
                        jc_mailbox_item *items)
{
    size_t count = 0;
    for (size_t i = 0; i < STORE_COUNT; i++) {
        const jc_mail_place *place =
            is_in(query->stores, stores[i]) ? first_of(agent, stores[i]) : NULL;
        for (; place != NULL; place = place->next) {
            if (!is_wanted(query, place->mail, agent, stores[i]))
                continue;
            if (items != NULL)
                items[count] = (jc_mailbox_item){.message = &place->mail->message,
                                                 .agent = agent->name,
                                                 .store = stores[i]};
            count++;
        }
    }
    return count;
}

/* The same of one agent, or of all when none is asked for. */
static size_t add_all(const jc_mailbox *mailbox, const jc_mailbox_query *query,
                      jc_mailbox_item *items)
{
    const jc_mails *mails = jc_mailbox_mails(mailbox);
    size_t count = 0;
    if (query->agent.bytes != NULL) {
        const jc_mail_agent *agent = jc_mails_agent(mails, query->agent);
        return agent != NULL ? add_items(query, agent, items) : 0;
    }
    for (const jc_mail_agent *agent = mails->first_agent; agent != NULL; agent = agent->next)
        count += add_items(query, agent, items != NULL ? items + count : NULL);
    return count;
}

/* Names are kept once, so that equal ones lie in the same place. */
static bool is_senders(const jc_mailbox_item *item)
{
    return item->store == JC_MAIL_OUTBOX ||
           (item->store == JC_MAIL_HISTORY && item->agent.bytes == item->message->from_agent.bytes);
}

/* The same message at both ends: the sender's first. */
static int compare_sequences(const jc_mailbox_item *a, const jc_mailbox_item *b)
{
    uint64_t left = a->message->sequence;
    uint64_t right = b->message->sequence;
    if (left != right)
        return left < right ? -1 : 1;
    return is_senders(b) - is_senders(a);
}

static int by_sequence(const void *a, const void *b)
{
    return compare_sequences(a, b);
}

/* The most urgent first, then what came first. */
static int compare_urgency(const jc_message *a, const jc_message *b)
{
    if (a->priority != b->priority)
        return a->priority > b->priority ? -1 : 1;
    if (a->sent_us != b->sent_us)
        return a->sent_us < b->sent_us ? -1 : 1;
    return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

static int by_priority(const void *a, const void *b)
{
    const jc_mailbox_item *left = a;
    const jc_mailbox_item *right = b;
    int order = compare_urgency(left->message, right->message);
    return order != 0 ? order : compare_sequences(left, right);
}

jc_status jc_mailbox_select(jc_mailbox *mailbox, const jc_mailbox_query *query,
                            jc_mailbox_items *ret_items, jc_error *reterr)
{
    size_t count = add_all(mailbox, query, NULL);
    jc_mailbox_item *items = jc_arena_get(&mailbox->arena, (count + 1) * sizeof *items);
    if (items == NULL)
        return jc_fail_memory(reterr);
    (void)add_all(mailbox, query, items);
    qsort(items, count, sizeof *items, query->by_priority ? by_priority : by_sequence);
    *ret_items = (jc_mailbox_items){.items = items, .count = count};
    return JC_OK;
}

const jc_message *jc_mailbox_next(const jc_mailbox *mailbox, jc_str agent_name)
{
    const jc_mail_agent *agent = jc_mails_agent(jc_mailbox_mails(mailbox), agent_name);
    const jc_message *next = NULL;
    const jc_mail_place *place = agent != NULL ? agent->inbox.first : NULL;
    for (; place != NULL; place = place->next) {
        const jc_message *message = &place->mail->message;
        if (!message->acknowledged && (next == NULL || compare_urgency(message, next) < 0))
            next = message;
    }
    return next;
}

bool jc_mailbox_has_urgent(const jc_mailbox *mailbox, jc_str agent)
{
    const jc_message *next = jc_mailbox_next(mailbox, agent);
    return next != NULL && next->priority == JC_PRIORITY_URGENT;
}

static void count_items(const jc_mail_agent *agent, jc_mail_store store,
                        jc_priority_summary *summary)
{
    for (const jc_mail_place *place = first_of(agent, store); place != NULL; place = place->next) {
        summary->total++;
        summary->counts[place->mail->message.priority]++;
        if (store != JC_MAIL_OUTBOX && is_unread(place->mail, agent))
            summary->unread++;
    }
}

jc_priority_summary jc_mailbox_priorities(const jc_mailbox *mailbox, jc_str agent_name,
                                          unsigned wanted)
{
    jc_priority_summary summary = {0};
    const jc_mail_agent *agent = jc_mails_agent(jc_mailbox_mails(mailbox), agent_name);
    for (size_t i = 0; agent != NULL && i < STORE_COUNT; i++) {
        if (is_in(wanted, stores[i]))
            count_items(agent, stores[i], &summary);
    }
    for (size_t i = 0; i < JC_PRIORITY_COUNT && summary.total > 0; i++)
        summary.percent[i] = 100.0 * (double)summary.counts[i] / (double)summary.total;
    return summary;
}

/* Messages between the agents of a workflow: sending and answering them, and reading mailboxes, now
 * or at any point of the past.
 *
 *     jc_message_draft draft = {.workflow_id = JC_STR("fix-login"), .from_agent = JC_STR("lead"),
 *                               .to_agent = JC_STR("coder"), .content = JC_STR("please review")};
 *     jc_message_receipt receipt;
 *     if (jc_message_send(store, &draft, &receipt, &error) < 0) ...
 *
 *     jc_mailbox *mailbox = NULL;
 *     jc_mailbox_query unread = {.agent = JC_STR("coder"), .stores = JC_MAIL_INBOX, .unread = true,
 *                                .by_priority = true};
 *     jc_mailbox_items items;
 *     if (jc_mailbox_read(store, JC_STR("fix-login"), NULL, &mailbox, &error) < 0 ||
 *         jc_mailbox_select(mailbox, &unread, &items, &error) < 0) ...
 *     jc_mailbox_free(mailbox);
 *
 * Messages are events, so mailboxes are a fold of them (the projection `mailbox`):
 *
 *     agent.message.sent          into the recipient's inbox and the sender's outbox
 *     agent.message.acknowledged  by the recipient: it was read; the first time is kept
 *     agent.message.completed     by the sender or the recipient: with a result into the history of
 *                                 both; the first completion counts
 *
 * Either end may complete a message: the recipient does when the work is done, which is the everyday
 * case; the sender does when the answer is enough, or when nothing is wanted any more. What its sender
 * completes before it was read stays in the recipient's inbox until it is acknowledged, so that no
 * message is lost unseen. What others say about a message changes nothing but is remembered, see
 * jc_problem.
 *
 * A thread is the messages that share a correlation id: a message and the replies to it. A message
 * without one begins a thread, named by the id of its event. Acknowledging and completing speak of a
 * thread: they mean all of its messages that concern the agent and are still open. */
#ifndef JC_MAILBOX_H
#define JC_MAILBOX_H

#include "jc/projection.h"

#ifdef __cplusplus
extern "C" {
#endif

#define JC_PRIORITY_MAP(X)                                                                         \
    X(JC_PRIORITY_LOW, "low")                                                                      \
    X(JC_PRIORITY_NORMAL, "normal")                                                                \
    X(JC_PRIORITY_HIGH, "high")                                                                    \
    X(JC_PRIORITY_URGENT, "urgent")

/* Rising: a greater one goes first. */
typedef enum jc_priority {
    JC_PRIORITY_ANY = 0, /* not said */
#define JC_PRIORITY_ENUM(name, text) name,
    JC_PRIORITY_MAP(JC_PRIORITY_ENUM)
#undef JC_PRIORITY_ENUM
    JC_PRIORITY_COUNT
} jc_priority;

/* "urgent"; "any" for JC_PRIORITY_ANY; never NULL. */
JC_API const char *jc_priority_name(jc_priority priority);

/* The priority of that name; JC_PRIORITY_ANY when there is none. */
JC_API jc_priority jc_priority_of(jc_str name);

/* A message as it stands. Text is borrowed from the mailbox. */
typedef struct jc_message {
    jc_uuid id; /* of the event that sent it */
    uint64_t sequence;
    int64_t sent_us; /* which is also when it was received */
    jc_str correlation_id;
    jc_str causation_id; /* of a reply: the id of the message that it answers; absent: unknown */
    jc_str from_agent;
    jc_str to_agent;
    jc_str content;
    jc_str message_type; /* "notification", "task_assignment", "response", … */
    jc_priority priority;
    bool awaiting_response; /* the sender waits for an answer */

    bool acknowledged; /* by its recipient; absent otherwise: */
    int64_t acknowledged_us;
    uint64_t acknowledged_sequence;

    bool completed; /* absent otherwise: */
    int64_t completed_us;
    uint64_t completed_sequence;
    jc_str completed_by;
    bool success;
    jc_str result;
} jc_message;

/* ---- Sending and answering ---- */

/* A message to be. workflow_id, from_agent, to_agent and content must be there; {0} is the default of
 * the rest. */
typedef struct jc_message_draft {
    jc_str workflow_id;
    jc_str from_agent;
    jc_str to_agent;
    jc_str content;
    jc_str message_type; /* absent: "response" for a reply, else "notification" */
    jc_priority priority;
    bool awaiting_response;
    jc_str reply_to; /* the correlation id of a thread of the workflow, or an unambiguous beginning:
                        the message joins it, and is caused by the thread's last message to its
                        sender, or else by the last */
    jc_str correlation_id; /* without reply_to: the thread to begin or to join; absent: a new one */
    jc_uuid id;            /* of the event; nil: a new one. Repeating a send with the same id never
                              sends twice */
} jc_message_draft;

/* What became of a send, an acknowledgement or a completion. */
typedef struct jc_message_receipt {
    jc_uuid id;        /* of the event; nil: none was needed */
    uint64_t sequence; /* of the event */
    char correlation_id[JC_AGENT_ID_SIZE_MAX + 1];
    size_t messages; /* how many messages were sent, acknowledged or completed by it */
} jc_message_receipt;

/* Append an agent.message.sent.
 *
 * JC_EINVAL     a field is missing, or breaks a rule; reply_to begins several threads.
 * JC_ENOTFOUND  there is no thread to reply to.
 * and what jc_append() returns. */
JC_API JC_MUST_CHECK jc_status jc_message_send(jc_store *store, const jc_message_draft *draft,
                                               jc_message_receipt *ret_receipt, jc_error *reterr);

/* An agent's answer to a thread. Its event is caused by the newest message to the agent that it is for, or
 * else by the newest from it. */
typedef struct jc_message_answer {
    jc_str workflow_id;
    jc_str correlation_id; /* or an unambiguous beginning of it */
    jc_str agent;          /* who answers */
    jc_str result;         /* of a completion; absent: "done" or "failed" */
    bool failed;           /* of a completion: success is false */
} jc_message_answer;

/* Append an agent.message.acknowledged for the thread's messages to the agent. When all of them were
 * acknowledged before, nothing is appended and ret_receipt->messages is 0.
 *
 * JC_ENOTFOUND  there is no such thread, or no message of it went to the agent.
 * JC_EINVAL     correlation_id begins several threads.
 * and what jc_append() returns. */
JC_API JC_MUST_CHECK jc_status jc_message_acknowledge(jc_store *store,
                                                      const jc_message_answer *answer,
                                                      jc_message_receipt *ret_receipt,
                                                      jc_error *reterr);

/* Append an agent.message.completed for the thread's open messages that the agent sent or received.
 *
 * JC_ENOTFOUND  there is no such thread, or the agent neither sent nor received a message of it.
 * JC_ECONFLICT  they are completed already; or another completed them at the same time: then this
 *               completion is stored, without effect.
 * JC_EINVAL     correlation_id begins several threads.
 * and what jc_append() returns. */
JC_API JC_MUST_CHECK jc_status jc_message_complete(jc_store *store, const jc_message_answer *answer,
                                                   jc_message_receipt *ret_receipt,
                                                   jc_error *reterr);

/* ---- Reading ---- */

/* The mailboxes of a workflow's agents at one point. They do not change; read them again to see what
 * came since. */
typedef struct jc_mailbox jc_mailbox;

/* Read them (point NULL: now). The caller frees *ret_mailbox; all that is read from it is borrowed
 * until then. Errors as of jc_state_read(). */
JC_API JC_MUST_CHECK jc_status jc_mailbox_read(jc_store *store, jc_str workflow_id,
                                               const jc_point *point, jc_mailbox **ret_mailbox,
                                               jc_error *reterr);

JC_API void jc_mailbox_free(jc_mailbox *mailbox);

/* Names, as a list. */
typedef struct jc_mailbox_names {
    const jc_str *items;
    size_t count;
} jc_mailbox_names;

/* The agents that sent or received anything, in the order in which they came up; and the correlation
 * ids of the threads, sorted by their bytes. JC_ENOMEM. */
JC_API JC_MUST_CHECK jc_status jc_mailbox_agents(jc_mailbox *mailbox, jc_mailbox_names *ret_agents,
                                                 jc_error *reterr);
JC_API JC_MUST_CHECK jc_status jc_mailbox_threads(jc_mailbox *mailbox,
                                                  jc_mailbox_names *ret_threads, jc_error *reterr);

/* The thread with that correlation id, or else the only one whose id begins so.
 * JC_ENOTFOUND: there is none. JC_EINVAL: `prefix` is empty, or there are several. */
JC_API JC_MUST_CHECK jc_status jc_mailbox_find(jc_mailbox *mailbox, jc_str prefix,
                                               jc_str *ret_correlation_id, jc_error *reterr);

/* Where an agent keeps a message; a set of them is their sum. */
typedef enum jc_mail_store {
    JC_MAIL_INBOX = 1,   /* received, not completed, or completed by its sender and not read */
    JC_MAIL_OUTBOX = 2,  /* sent, not completed */
    JC_MAIL_HISTORY = 4, /* sent or received, and completed */
    JC_MAIL_ALL = 7
} jc_mail_store;

/* "inbox", "outbox" or "conversation_history", as the state calls them. */
JC_API const char *jc_mail_store_name(jc_mail_store store);

/* A message in the store of one agent. */
typedef struct jc_mailbox_item {
    const jc_message *message;
    jc_str agent;
    jc_mail_store store;
} jc_mailbox_item;

typedef struct jc_mailbox_items {
    const jc_mailbox_item *items;
    size_t count;
} jc_mailbox_items;

/* Which items: all that is asked for must hold; {0} asks for nothing.
 *
 *     unread inbox          .stores = JC_MAIL_INBOX, .unread = true, .by_priority = true
 *     pending outbox        .stores = JC_MAIL_OUTBOX
 *     conversation          .stores = JC_MAIL_HISTORY, .correlation_id = …
 *     all of a thread       .correlation_id = …
 *     at or above high      .priority_min = JC_PRIORITY_HIGH
 *     exactly low           .priority_min = JC_PRIORITY_LOW, .priority_max = JC_PRIORITY_LOW */
typedef struct jc_mailbox_query {
    jc_str agent;    /* absent: of every agent; then most messages are found at both ends */
    unsigned stores; /* a sum of jc_mail_store; 0: all */
    bool unread;     /* that the agent received and has not acknowledged */
    bool received;   /* that the agent received */
    bool sent;       /* that the agent sent */
    jc_str correlation_id;
    jc_priority priority_min;
    jc_priority priority_max; /* both inclusive; JC_PRIORITY_ANY is open */
    bool by_priority;         /* the most urgent first, then by time; else in order of sequence */
} jc_mailbox_query;

/* JC_ENOMEM. */
JC_API JC_MUST_CHECK jc_status jc_mailbox_select(jc_mailbox *mailbox, const jc_mailbox_query *query,
                                                 jc_mailbox_items *ret_items, jc_error *reterr);

/* The agent's next message to read: the first of its unread inbox by priority. NULL: none. */
JC_API const jc_message *jc_mailbox_next(const jc_mailbox *mailbox, jc_str agent);

/* Is there an urgent message that the agent has not acknowledged? */
JC_API bool jc_mailbox_has_urgent(const jc_mailbox *mailbox, jc_str agent);

/* How many messages there are of each priority. */
typedef struct jc_priority_summary {
    size_t total;
    size_t unread;                     /* of those received */
    size_t counts[JC_PRIORITY_COUNT];  /* by jc_priority */
    double percent[JC_PRIORITY_COUNT]; /* of the total; 0 when there are none */
} jc_priority_summary;

/* Count the messages in an agent's stores (a sum of jc_mail_store; 0: all). */
JC_API jc_priority_summary jc_mailbox_priorities(const jc_mailbox *mailbox, jc_str agent,
                                                 unsigned stores);

/* ---- Threads ---- */

#define JC_THREAD_STATUS_MAP(X)                                                                    \
    X(JC_THREAD_NOT_FOUND, "not_found") /* nothing speaks of it */                                 \
    X(JC_THREAD_ACTIVE, "active")       /* something is to be done or read */                      \
    X(JC_THREAD_COMPLETED, "completed") /* nothing is */                                           \
    X(JC_THREAD_ORPHANED, "orphaned")   /* it was answered, but there is no message */

typedef enum jc_thread_status {
#define JC_THREAD_STATUS_ENUM(name, text) name,
    JC_THREAD_STATUS_MAP(JC_THREAD_STATUS_ENUM)
#undef JC_THREAD_STATUS_ENUM
} jc_thread_status;

#define JC_THREAD_STEP_MAP(X)                                                                      \
    X(JC_THREAD_SENT, "sent")                                                                      \
    X(JC_THREAD_ACKNOWLEDGED, "acknowledged")                                                      \
    X(JC_THREAD_COMPLETION, "completed")

/* What an event did to a thread. */
typedef enum jc_thread_step {
#define JC_THREAD_STEP_ENUM(name, text) name,
    JC_THREAD_STEP_MAP(JC_THREAD_STEP_ENUM)
#undef JC_THREAD_STEP_ENUM
} jc_thread_step;

#define JC_PROBLEM_MAP(X)                                                                          \
    X(JC_PROBLEM_NONE, "none", "")                                                                 \
    X(JC_PROBLEM_NOT_SENT, "not_sent", "no message of the thread had been sent")                   \
    X(JC_PROBLEM_NOT_RECIPIENT, "not_recipient", "no message of the thread went to that agent")    \
    X(JC_PROBLEM_NOT_PARTY, "not_party", "that agent has no part in the thread")                   \
    X(JC_PROBLEM_COMPLETED_AGAIN, "completed_again", "nothing of that agent's was open any more")  \
    X(JC_PROBLEM_CLOCK, "clock", "answered at a time before it was sent")

/* What does not fit together. The first four are events that changed nothing; of these, those that
 * are JC_PROBLEM_NOT_SENT may belong to a message that was lost. */
typedef enum jc_problem {
#define JC_PROBLEM_ENUM(name, text, what) name,
    JC_PROBLEM_MAP(JC_PROBLEM_ENUM)
#undef JC_PROBLEM_ENUM
} jc_problem;

typedef enum jc_thread_action {
    JC_ACTION_ACKNOWLEDGE = 1, /* the recipient is to read it */
    JC_ACTION_COMPLETE         /* it was read; the recipient, or the sender, is to complete it */
} jc_thread_action;

/* The names as JSON has them; "acknowledge_required" and "completion_required" for actions. */
JC_API const char *jc_thread_status_name(jc_thread_status status);
JC_API const char *jc_thread_step_name(jc_thread_step step);
JC_API const char *jc_thread_action_name(jc_thread_action action);
JC_API const char *jc_problem_name(jc_problem problem);

/* A problem as half a sentence. */
JC_API const char *jc_problem_text(jc_problem problem);

typedef struct jc_thread_entry {
    jc_thread_step step;
    int64_t time_us;
    uint64_t sequence;         /* of the event */
    jc_str agent;              /* who did it */
    const jc_message *message; /* NULL: the event found none, `problem` says why */
    jc_problem problem;        /* JC_PROBLEM_NONE: all is well */
} jc_thread_entry;

typedef struct jc_thread_pending {
    jc_thread_action action;
    jc_str agent; /* whose turn it is */
    const jc_message *message;
} jc_thread_pending;

/* A thread in full. Lists are in order of sequence, of time where that is said. */
typedef struct jc_thread {
    jc_str correlation_id;
    jc_thread_status status;

    const jc_str *participants; /* who sent or received; of an orphaned one: who answered */
    size_t participant_count;
    const jc_message *const *messages;
    size_t message_count;
    size_t acknowledged_count;
    size_t completed_count;

    const jc_thread_entry *timeline; /* everything that happened, also in vain */
    size_t timeline_count;
    const jc_thread_pending *pending; /* of each message what is to be done next */
    size_t pending_count;

    const jc_thread_entry *problems; /* the entries of the timeline that have one */
    size_t problem_count;            /* 0: it is consistent */
    size_t orphan_count;             /* answers for which no message had been sent */
} jc_thread;

/* Look at a thread by its whole correlation id; JC_THREAD_NOT_FOUND in its status is no failure.
 * JC_ENOMEM. */
JC_API JC_MUST_CHECK jc_status jc_mailbox_thread(jc_mailbox *mailbox, jc_str correlation_id,
                                                 jc_thread *ret_thread, jc_error *reterr);

/* ---- JSON ---- */

/* An item, or a thread with its messages, as one line, borrowed until the next of these calls.
 *
 *     {"workflow_id":…,"agent":…,"store":"inbox","id":…,"sequence":…,"correlation_id":…, …}
 *
 * NULL: reterr says why. */
JC_API const char *jc_mailbox_item_json(jc_mailbox *mailbox, const jc_mailbox_item *item,
                                        jc_error *reterr);
JC_API const char *jc_thread_json(jc_mailbox *mailbox, const jc_thread *thread, jc_error *reterr);

#ifdef __cplusplus
}
#endif
#endif

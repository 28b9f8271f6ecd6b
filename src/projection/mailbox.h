/* The state of the projection `mailbox`, for those who read it typed: messages, who keeps them where,
 * and the threads that they make.
 *
 *     agent ── inbox, outbox, history ── place ── mail ── thread ── party (thread and agent)
 *
 * A message is kept once, a jc_mail, and has two places: its sender's and its recipient's. An answer
 * speaks of a thread and comes from an agent; the party of the two holds the queues of what the
 * answer may still change. An answer empties the queue, so that however long a thread grows, each
 * message is looked at a few times in all. */
#ifndef JC_PROJECTION_MAILBOX_H
#define JC_PROJECTION_MAILBOX_H

#include "base/arena.h"
#include "base/map.h"
#include "jc/mailbox.h"
#include "projection/payload.h"

struct jc_mail;
struct jc_mail_box;

/* Where one of its two ends keeps a message. */
typedef struct jc_mail_place {
    struct jc_mail *mail;
    struct jc_mail_box *box; /* NULL: in none */
    struct jc_mail_place *previous;
    struct jc_mail_place *next;
} jc_mail_place;

typedef struct jc_mail_box {
    jc_mail_place *first;
    jc_mail_place *last;
} jc_mail_box;

typedef struct jc_mail_agent {
    jc_str name;
    jc_mail_box inbox;
    jc_mail_box outbox;
    jc_mail_box history; /* in the order of completion */
    struct jc_mail_agent *next;
} jc_mail_agent;

/* A queue that is only added to, and emptied. */
typedef struct jc_mail_link {
    struct jc_mail *mail;
    struct jc_mail_link *next;
} jc_mail_link;

typedef struct jc_mail_queue {
    jc_mail_link *first;
    jc_mail_link *last;
} jc_mail_queue;

/* An agent in a thread. What it received or sent was not completed when it was put into the queue of
 * that name; the other end may have completed it since. */
typedef struct jc_mail_party {
    const void *key[2]; /* the thread and the agent */
    jc_mail_agent *agent;
    bool has_received;    /* a message of the thread went to it */
    jc_mail_queue unread; /* received, not acknowledged */
    jc_mail_queue received;
    jc_mail_queue sent;
    struct jc_mail_party *next;
} jc_mail_party;

/* An answer that found nothing to change. */
typedef struct jc_mail_stray {
    jc_uuid id; /* of its event */
    uint64_t sequence;
    int64_t time_us;
    jc_thread_step step;
    jc_problem problem;
    jc_str agent;
    struct jc_mail_thread *thread;
    struct jc_mail_stray *next; /* of the state */
    struct jc_mail_stray *next_in_thread;
} jc_mail_stray;

typedef struct jc_mail_thread {
    jc_str correlation_id;
    jc_mail_queue mails; /* in order of sequence */
    size_t mail_count;
    jc_mail_party *first_party; /* in the order in which they came up */
    jc_mail_party *last_party;
    size_t party_count;
    jc_mail_stray *first_stray;
    jc_mail_stray *last_stray;
    size_t stray_count;
    struct jc_mail_thread *next;
} jc_mail_thread;

typedef struct jc_mail {
    jc_message message; /* its text lives in the arena */
    jc_mail_agent *from;
    jc_mail_agent *to;
    jc_mail_place sent;     /* the sender's; of a message to oneself also that in the history */
    jc_mail_place received; /* the recipient's */
    jc_mail_link in_thread;
    jc_mail_link in_unread;
    jc_mail_link in_received;
    jc_mail_link in_sent;
} jc_mail;

typedef struct jc_mails {
    jc_arena arena; /* owns everything but the payload */
    jc_payload payload;
    jc_map agent_by_name; /* to jc_mail_agent */
    jc_mail_agent *first_agent;
    jc_mail_agent *last_agent;
    size_t agent_count;
    jc_map thread_by_id; /* to jc_mail_thread */
    jc_mail_thread *first_thread;
    jc_mail_thread *last_thread;
    size_t thread_count;
    jc_map party_by_key; /* to jc_mail_party: those that a thread has beyond a few */
    jc_mail_stray *first_stray;
    jc_mail_stray *last_stray;
} jc_mails;

/* NULL: there is none. */
jc_mail_agent *jc_mails_agent(const jc_mails *state, jc_str name);
jc_mail_thread *jc_mails_thread(const jc_mails *state, jc_str correlation_id);
jc_mail_party *jc_mails_party(const jc_mails *state, const jc_mail_thread *thread,
                              const jc_mail_agent *agent);

/* ---- For mailbox.c and mailbox_json.c ---- */

/* The agent of that name, which is new when nothing was heard of it before. */
JC_MUST_CHECK jc_status jc_mails_get_agent(jc_mails *state, jc_str name, jc_mail_agent **ret_agent,
                                           jc_error *reterr);

/* A mail of that message, with copies of its texts, in no box and no thread. */
JC_MUST_CHECK jc_status jc_mail_new(jc_mails *state, const jc_message *message, jc_mail **ret_mail,
                                    jc_error *reterr);

/* Put a place behind those of a box; it must be in none. */
void jc_mail_put(jc_mail_box *box, jc_mail_place *place);

/* Make a mail part of its thread, behind the others, and let answers find it. */
JC_MUST_CHECK jc_status jc_mail_join(jc_mails *state, jc_mail *mail, jc_error *reterr);

/* Remember an answer that changed nothing. `agent` is copied. */
JC_MUST_CHECK jc_status jc_mails_add_stray(jc_mails *state, const jc_mail_stray *stray,
                                           jc_str correlation_id, jc_error *reterr);

#endif

/* Inside mailboxes: a state of the projection `mailbox` and what was made of it. */
#ifndef JC_MAILBOX_MAILBOX_H
#define JC_MAILBOX_MAILBOX_H

#include "projection/mailbox.h"
#include "projection/state.h"

struct jc_mailbox {
    jc_state *state;
    jc_str workflow_id; /* in the arena */
    jc_arena arena;     /* the lists that were handed out */
    jc_output json;
};

static inline const jc_mails *jc_mailbox_mails(const jc_mailbox *mailbox)
{
    return jc_state_get(mailbox->state);
}

/* The only thread whose correlation id is `prefix` or begins so: see jc_mailbox_find(). The name of
 * the workflow is for the message. */
JC_MUST_CHECK jc_status jc_mails_find(const jc_mails *mails, jc_str workflow_id, jc_str prefix,
                                      const jc_mail_thread **ret_thread, jc_error *reterr);

#endif

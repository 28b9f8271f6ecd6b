/* The state of the projection `mailbox` as JSON, and back. */
#ifndef JC_PROJECTION_MAILBOX_JSON_H
#define JC_PROJECTION_MAILBOX_JSON_H

#include "projection/mailbox.h"
#include "projection/write.h"

jc_status jc_mails_write_json(const void *state, jc_output *output, jc_error *reterr);
jc_status jc_mails_read_json(void *state, jc_str json, jc_error *reterr);

/* Add the members of a message to an object, as one of its ends has it: the sender sent_at, the
 * recipient received_at. */
void jc_mail_write(jc_write *write, yyjson_mut_val *object, const jc_message *message, bool sent,
                   bool received);

#endif

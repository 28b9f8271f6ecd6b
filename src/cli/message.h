/* What the commands of `jc message` share: the workflow, its mailboxes, and how messages look.
 *
 *     ● unread   ○ read   ✓ completed   ✗ completed, and failed
 *     !! urgent  ! high   (nothing) normal   ↓ low */
#ifndef JC_CLI_MESSAGE_H
#define JC_CLI_MESSAGE_H

#include "cli/line.h"
#include "cli/names.h"

/* Each in the file cmd_message_NAME.c; ack and complete in cmd_message_answer.c, inbox and outbox in
 * cmd_message_list.c. */
extern const jc_command jc_cmd_message_send;
extern const jc_command jc_cmd_message_inbox;
extern const jc_command jc_cmd_message_outbox;
extern const jc_command jc_cmd_message_ack;
extern const jc_command jc_cmd_message_complete;
extern const jc_command jc_cmd_message_thread;

/* Open the log and find the workflow: the one that -w names (NULL: the one heard of last). 0, or an
 * exit code. */
int jc_message_open(jc_cli *cli, bool read_only, const char *given, jc_names *ret_workflow);

/* The same, and the workflow's mailboxes at the point that --at names (NULL: now). The caller frees
 * them. 0, or an exit code. */
int jc_message_read(jc_cli *cli, const char *given, const char *at, jc_names *ret_workflow,
                    jc_mailbox **ret_mailbox);

/* Read a priority given to --priority; NULL is any. 0, or an exit code. */
int jc_message_priority(const jc_cli *cli, const char *text, jc_priority *ret_priority);

/* Refuse a missing -a. 0, or an exit code. */
int jc_message_need_agent(const jc_cli *cli, const char *agent);

/* Say what was appended: WORKFLOW #SEQUENCE TYPE CORRELATION_ID, or with --json the stored line. */
void jc_message_print_receipt(jc_cli *cli, jc_str workflow_id, const char *event_type,
                              const jc_message_receipt *receipt);

/* ---- Parts of a line ---- */

/* Is it new to whose store it is in? In an outbox: to its recipient. */
bool jc_message_is_unread(const jc_mailbox_item *item);

/* "●", in its colour; "!!", two columns wide. */
void jc_message_add_mark(jc_buf *line, const jc_term *term, const jc_mailbox_item *item);
void jc_message_add_priority(jc_buf *line, const jc_term *term, jc_priority priority);

/* Its age on a terminal, else the local time; then two spaces. */
void jc_message_add_time(jc_buf *line, const jc_term *term, int64_t time_us);

#endif
